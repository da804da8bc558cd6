//! Numbers: their texts in fixed form, precision and other radixes, and reading them.

use frontage_json::{Kind, Text, Value, decimal_prefix, is_space, number_text, radix_number};
use frontage_plan::Builtin;

use super::Thrown;
use super::convert::{Args, integer, no_function, to_int32};

/// Calls a function of numbers.
pub(super) fn call(function: Builtin, args: Args<'_>) -> Result<Value, Thrown> {
    let value = args.get(0);
    let is_number =
        |test: fn(f64) -> bool| Value::Bool(value.type_of() == "number" && test(value.to_number()));
    let text = match function {
        Builtin::NumberToFixed => to_fixed(receiver(value, "toFixed")?, args)?,
        Builtin::NumberToPrecision => to_precision(receiver(value, "toPrecision")?, args)?,
        Builtin::NumberToString => to_radix(receiver(value, "toString")?, args)?,
        Builtin::NumberIsInteger => return Ok(is_number(|n| n.is_finite() && n.fract() == 0.0)),
        Builtin::NumberIsFinite => return Ok(is_number(f64::is_finite)),
        Builtin::NumberIsNaN => return Ok(is_number(f64::is_nan)),
        Builtin::NumberIsSafeInteger => {
            return Ok(is_number(|n| n.fract() == 0.0 && n.abs() <= 9_007_199_254_740_991.0));
        }
        Builtin::ParseInt => return Ok(Value::Number(parse_int(&args.text(0)?, args.number(1)))),
        _ => {
            let text = args.text(0)?;
            let prefix = decimal_prefix(text.trim_start_matches(is_space));
            return Ok(Value::Number(prefix.map_or(f64::NAN, |(number, _)| number)));
        }
    };
    Ok(Value::Text(text))
}

fn receiver(value: &Value, method: &str) -> Result<f64, Thrown> {
    match value {
        Value::Number(number) => Ok(*number),
        Value::Raw(raw) if raw.kind() == Kind::Number => Ok(value.to_number()),
        other if other.is_nullish() => Err(Thrown::unreadable(other, method)),
        _ => Err(no_function(method)),
    }
}

/// A number that is no finite one as text.
fn odd(number: f64) -> Option<Text> {
    (!number.is_finite()).then(|| number_text(number))
}

/// The exact decimal digits of a positive number and the power of ten of the first one.
struct Decimal {
    /// Digits, each 0 to 9.
    digits: Vec<u8>,
    exponent: i32,
}

impl Decimal {
    fn exact(number: f64) -> Self {
        // No double has more than 767 significant digits.
        let text = format!("{number:.780e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let digits =
            mantissa.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
        Self { digits, exponent: exponent.parse().unwrap_or(0) }
    }

    /// Keeps `keep` digits; of two numbers that are equally near the larger one.
    fn round(&mut self, keep: usize) {
        let is_up = self.digits.get(keep).is_some_and(|digit| *digit >= 5);
        self.digits.truncate(keep);
        self.digits.resize(keep, 0);
        if !is_up {
            return;
        }
        for digit in self.digits.iter_mut().rev() {
            if *digit < 9 {
                *digit += 1;
                return;
            }
            *digit = 0;
        }
        self.digits.insert(0, 1);
        self.exponent += 1;
    }
}

fn ascii(digits: &[u8]) -> impl Iterator<Item = char> {
    digits.iter().map(|digit| char::from(digit + b'0'))
}

fn to_fixed(number: f64, args: Args<'_>) -> Result<Text, Thrown> {
    let places = args.integer(1);
    if !(0.0..=100.0).contains(&places) {
        return Err(Thrown::range_error("toFixed() digits argument must be between 0 and 100"));
    }
    if let Some(text) = odd(number) {
        return Ok(text);
    }
    if number.abs() >= 1e21 {
        return Ok(number_text(number));
    }
    let places = to_int32(places).unsigned_abs() as usize;
    let size = number.abs();
    let sign = if number < 0.0 { "-" } else { "" };
    // Exactly between two neighbours the larger counts; the formatter takes the even one.
    let is_between = fraction_bits(size) as usize == places + 1;
    let digits = if is_between { raised(size, places) } else { format!("{size:.places$}") };
    Ok(format!("{sign}{digits}").into())
}

/// A number with a last digit 5 behind `places` digits, without it: one more.
fn raised(size: f64, places: usize) -> String {
    let mut digits = format!("{size:.0$}", places + 1);
    digits.truncate(digits.len() - if places == 0 { 2 } else { 1 });
    let mut raised: Vec<char> = digits.chars().collect();
    for digit in raised.iter_mut().rev().filter(|digit| **digit != '.') {
        if let Some(next) = digit.to_digit(10).and_then(|value| char::from_digit(value + 1, 10)) {
            *digit = next;
            return raised.into_iter().collect();
        }
        *digit = '0';
    }
    raised.insert(0, '1');
    raised.into_iter().collect()
}

/// How many binary digits a number's fraction has; as many are its decimal ones, the last a 5.
fn fraction_bits(size: f64) -> u32 {
    let bits = size.to_bits();
    let (exponent, mantissa) = ((bits >> 52 & 0x7FF) as u32, bits & ((1 << 52) - 1));
    let mantissa = if exponent == 0 { mantissa } else { mantissa | 1 << 52 };
    1075_u32.saturating_sub(exponent.max(1)).saturating_sub(mantissa.trailing_zeros())
}

fn to_precision(number: f64, args: Args<'_>) -> Result<Text, Thrown> {
    if args.get(1).is_undefined() {
        return Ok(number_text(number));
    }
    let precision = args.integer(1);
    if let Some(text) = odd(number) {
        return Ok(text);
    }
    if !(1.0..=100.0).contains(&precision) {
        return Err(Thrown::range_error("toPrecision() argument must be between 1 and 100"));
    }
    let precision = to_int32(precision);
    let mut decimal = Decimal::exact(number.abs());
    let keep = precision.unsigned_abs() as usize;
    decimal.round(keep);
    decimal.digits.truncate(keep);
    let (digits, exponent) = (&decimal.digits, decimal.exponent);
    let mut text = String::new();
    if number < 0.0 {
        text.push('-');
    }
    if exponent < -6 || exponent >= precision {
        text.extend(ascii(&digits[..1]));
        if precision > 1 {
            text.push('.');
            text.extend(ascii(&digits[1..]));
        }
        text.push('e');
        text.push(if exponent < 0 { '-' } else { '+' });
        text.push_str(&exponent.unsigned_abs().to_string());
    } else if exponent < 0 {
        text.push_str("0.");
        text.extend(std::iter::repeat_n('0', exponent.unsigned_abs() as usize - 1));
        text.extend(ascii(digits));
    } else {
        let whole = exponent.unsigned_abs() as usize + 1;
        text.extend(ascii(&digits[..whole]));
        if digits.len() > whole {
            text.push('.');
            text.extend(ascii(&digits[whole..]));
        }
    }
    Ok(text.into())
}

/// `toString(radix)`: as many digits of the fraction as tell the number from its neighbours.
fn to_radix(number: f64, args: Args<'_>) -> Result<Text, Thrown> {
    let radix = args.integer_or(1, 10.0);
    if !(2.0..=36.0).contains(&radix) {
        return Err(Thrown::range_error("toString() radix argument must be between 2 and 36"));
    }
    if radix == 10.0 || !number.is_finite() || number == 0.0 {
        return Ok(number_text(number));
    }
    let base = to_int32(radix).unsigned_abs();
    let digit = |value: f64| char::from_digit(to_int32(value).unsigned_abs(), base).unwrap_or('0');
    let size = number.abs();
    let (mut whole, mut fraction) = (size.trunc(), size.fract());
    // Half the distance to the next number: what the digits may leave open.
    let mut open = (0.5 * (size.next_up() - size)).max(f64::from_bits(1));
    let mut digits: Vec<u32> = Vec::new();
    while fraction >= open {
        fraction *= radix;
        open *= radix;
        let next = fraction.trunc();
        fraction -= next;
        digits.push(to_int32(next).unsigned_abs());
        let is_upper_half = fraction > 0.5 || (fraction == 0.5 && next % 2.0 == 1.0);
        if is_upper_half && fraction + open > 1.0 {
            // Round up, with the carry.
            loop {
                match digits.pop() {
                    None => {
                        whole += 1.0;
                        break;
                    }
                    Some(last) if last + 1 < base => {
                        digits.push(last + 1);
                        break;
                    }
                    Some(_) => {}
                }
            }
            break;
        }
    }
    let mut reversed = String::new();
    // Where a step leaves more than 2^53, V8 gives up exactness: the digits become zeros.
    while whole >= 9_007_199_254_740_992.0 * radix {
        whole /= radix;
        reversed.push('0');
    }
    loop {
        let rest = whole % radix;
        reversed.push(digit(rest));
        whole = (whole - rest) / radix;
        if whole <= 0.0 {
            break;
        }
    }
    let mut text = String::new();
    if number < 0.0 {
        text.push('-');
    }
    text.extend(reversed.chars().rev());
    if !digits.is_empty() {
        text.push('.');
        text.extend(digits.iter().filter_map(|value| char::from_digit(*value, base)));
    }
    Ok(text.into())
}

fn parse_int(text: &str, radix: f64) -> f64 {
    let text = text.trim_start_matches(is_space);
    let (negative, text) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let radix = to_int32(integer(radix));
    if radix != 0 && !(2..=36).contains(&radix) {
        return f64::NAN;
    }
    let hex = (radix == 0 || radix == 16)
        .then(|| text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")))
        .flatten();
    let base = if radix == 0 { if hex.is_some() { 16 } else { 10 } } else { radix.unsigned_abs() };
    let text = hex.unwrap_or(text);
    let end = text.find(|character: char| !character.is_digit(base)).unwrap_or(text.len());
    let digits = &text[..end];
    if digits.is_empty() {
        return f64::NAN;
    }
    let size = if base == 10 {
        digits.parse().unwrap_or(f64::NAN)
    } else if base.is_power_of_two() {
        radix_number(digits, base)
    } else {
        in_parts(digits, base)
    };
    if negative { -size } else { size }
}

/// Digits as V8 sums them: in parts that fit 32 bits, so that few steps round.
fn in_parts(digits: &str, base: u32) -> f64 {
    let (mut sum, mut part, mut scale) = (0.0, 0_u32, 1_u32);
    for digit in digits.chars().filter_map(|digit| digit.to_digit(base)) {
        if scale * base > u32::MAX / 36 {
            sum = sum * f64::from(scale) + f64::from(part);
            (part, scale) = (0, 1);
        }
        part = part * base + digit;
        scale *= base;
    }
    sum * f64::from(scale) + f64::from(part)
}
