//! JavaScript's conversions: `ToString`, `ToNumber`.

use crate::date::display_text;
use crate::{Kind, Limits, Text, TextBuilder, Value, parse_limited};

/// Most lists and objects within each other that are spelled.
pub(crate) const DEPTH: u32 = 1000;

/// Most bytes that are spelled: a small value whose parts are shared can spell a text without end.
pub(crate) const SIZE: usize = 1 << 26;

/// Why a value was not spelled to its end, as a string or as JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unspellable {
    /// Lists and objects are nested more than 1,000 deep.
    TooDeep,
    /// The text would be longer than 64 MiB.
    TooLarge,
}

impl Value {
    /// `ToString`, as templates and `String(x)` use it.
    ///
    /// # Errors
    ///
    /// [`Unspellable`] for arrays nested too deep, or with too much in them.
    pub fn to_text(&self) -> Result<Text, Unspellable> {
        Ok(match self {
            Self::Undefined => Text::from_static("undefined"),
            Self::Null => Text::from_static("null"),
            Self::Bool(true) => Text::from_static("true"),
            Self::Bool(false) => Text::from_static("false"),
            Self::Number(number) => number_text(*number),
            Self::Text(text) => text.clone(),
            other => {
                let mut out = TextBuilder::new();
                other.append_text(&mut out, DEPTH)?;
                out.finish()
            }
        })
    }

    fn append_text(&self, out: &mut TextBuilder, depth: u32) -> Result<(), Unspellable> {
        if out.len() > SIZE {
            return Err(Unspellable::TooLarge);
        }
        match self {
            Self::Undefined => out.push_str("undefined"),
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(number) => out.push(&number_text(*number)),
            Self::Text(text) => out.push(text),
            Self::Raw(raw) if raw.kind() == Kind::Object => out.push_str("[object Object]"),
            // The whole at once: level by level the innermost text would be read again and again.
            Self::Raw(raw) => {
                let limits = Limits { depth, keys: usize::MAX };
                let value =
                    parse_limited(raw.as_bytes(), limits).map_err(|_| Unspellable::TooDeep)?;
                value.append_text(out, depth)?;
            }
            Self::Array(list) => {
                let depth = depth.checked_sub(1).ok_or(Unspellable::TooDeep)?;
                for (index, element) in list.iter().enumerate() {
                    if index > 0 {
                        out.push_str(",");
                    }
                    if !element.is_nullish() {
                        element.append_text(out, depth)?;
                    }
                }
            }
            Self::Object(_) | Self::Reply(_) => out.push_str("[object Object]"),
            Self::Map(_) => out.push_str("[object Map]"),
            Self::Set(_) => out.push_str("[object Set]"),
            Self::Date(time) => out.push_str(&display_text(**time)),
            Self::Error(error) => {
                let (name, message) = (error.name(), error.message());
                out.push(&name);
                if !message.is_empty() {
                    out.push_str(": ");
                    out.push(&message);
                }
            }
        }
        Ok(())
    }

    /// `ToNumber`; arrays nested too deep give `NaN`, as most arrays do.
    #[must_use]
    pub fn to_number(&self) -> f64 {
        match self {
            Self::Undefined => f64::NAN,
            Self::Null | Self::Bool(false) => 0.0,
            Self::Bool(true) => 1.0,
            Self::Number(number) => *number,
            Self::Text(text) => parse_number(text),
            Self::Date(time) => **time,
            Self::Raw(raw) if raw.kind() != Kind::Array => match raw.kind() {
                Kind::Object => f64::NAN,
                _ => raw.decode().to_number(),
            },
            Self::Array(_) | Self::Raw(_) => {
                self.to_text().map_or(f64::NAN, |text| parse_number(&text))
            }
            Self::Object(_) | Self::Map(_) | Self::Set(_) | Self::Error(_) | Self::Reply(_) => {
                f64::NAN
            }
        }
    }
}

/// A number as JavaScript writes it.
#[must_use]
pub fn number_text(number: f64) -> Text {
    if number == 0.0 {
        return Text::from_static("0");
    }
    Text::from(ryu_js::Buffer::new().format(number))
}

/// Whether JavaScript trims the character.
#[must_use]
pub fn is_space(character: char) -> bool {
    matches!(
        character,
        '\t' | '\n' | '\u{B}' | '\u{C}' | '\r' | ' ' | '\u{A0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200A}'
                | '\u{2028}'
                | '\u{2029}'
                | '\u{202F}'
                | '\u{205F}'
                | '\u{3000}'
                | '\u{FEFF}'
    )
}

/// `Number(text)`
#[must_use]
pub fn parse_number(text: &str) -> f64 {
    let text = text.trim_matches(is_space);
    match text.as_bytes() {
        [] => return 0.0,
        [b'0', b'x' | b'X', ..] => return radix_number(&text[2..], 16),
        [b'0', b'o' | b'O', ..] => return radix_number(&text[2..], 8),
        [b'0', b'b' | b'B', ..] => return radix_number(&text[2..], 2),
        _ => {}
    }
    match decimal_prefix(text) {
        Some((number, length)) if length == text.len() => number,
        _ => f64::NAN,
    }
}

/// The decimal number with which `text` starts (`Infinity` included), and its length in bytes.
#[must_use]
pub fn decimal_prefix(text: &str) -> Option<(f64, usize)> {
    let bytes = text.as_bytes();
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    if text[sign..].starts_with("Infinity") {
        let infinity = if bytes[0] == b'-' { f64::NEG_INFINITY } else { f64::INFINITY };
        return Some((infinity, sign + 8));
    }
    let digits = |from: usize| {
        bytes.get(from..).map_or(0, |rest| rest.iter().take_while(|b| b.is_ascii_digit()).count())
    };
    let whole = digits(sign);
    let mut end = sign + whole;
    if bytes.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        if whole + fraction == 0 {
            return None;
        }
        end += 1 + fraction;
    } else if whole == 0 {
        return None;
    }
    if let Some(b'e' | b'E') = bytes.get(end) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    text[..end].parse().ok().map(|number| (number, end))
}

/// The number that digits of a power-of-two radix spell, correctly rounded.
#[must_use]
pub fn radix_number(digits: &str, radix: u32) -> f64 {
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return f64::NAN;
    }
    let bits = radix.trailing_zeros();
    let mut mantissa: u64 = 0;
    let mut exponent: i32 = 0;
    let mut sticky = false;
    for digit in digits.chars().filter_map(|digit| digit.to_digit(radix)) {
        if mantissa >> 58 == 0 {
            mantissa = mantissa << bits | u64::from(digit);
        } else {
            sticky |= digit != 0;
            exponent = exponent.saturating_add(bits.cast_signed());
        }
    }
    if sticky {
        // More than 53 bits are kept: an odd last bit decides ties and changes nothing else.
        mantissa |= 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "this is the rounding")]
    let rounded = mantissa as f64;
    rounded * 2f64.powi(exponent.min(2000))
}
