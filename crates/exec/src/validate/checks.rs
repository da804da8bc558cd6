//! Checks and changes of values that were parsed.

use frontage_json::{Text, Value, number_text};
use frontage_plan::{Builtin, CheckKind, NormalForm, NumberFormat, PathStep, StringFormat};

use super::issue::{Fault, Issue, PathKey, Then};
use super::node::{Node, NodeCheck};
use super::payload::Payload;
use super::walk::Walk;
use super::{format, url};
use crate::eval::Thrown;

impl Walk<'_> {
    /// Runs a schema's checks.
    pub(super) fn checks(&self, node: &Node, mut payload: Payload) -> Result<Payload, Thrown> {
        let mut is_aborted = payload.is_aborted();
        for check in &node.checks {
            if is_length(&check.check.kind) {
                if payload.is_stopped() {
                    continue;
                }
            } else if is_aborted {
                continue;
            }
            let unsound = payload.issues.unsound;
            self.check(node, check, &mut payload)?;
            is_aborted |= payload.aborted || payload.issues.unsound > unsound;
        }
        Ok(payload)
    }

    fn check(&self, node: &Node, check: &NodeCheck, payload: &mut Payload) -> Result<(), Thrown> {
        let said = check.check.message.as_ref().or(node.message.as_ref());
        let then = if check.check.abort { Then::Stop } else { Then::Continue };
        let fault = match &check.check.kind {
            CheckKind::Refine { test, path } => {
                if self.apply(test, payload.value.clone())?.truthy() {
                    return Ok(());
                }
                let fault = Fault::new("custom", "Invalid input").said(said).then(then);
                let steps = path.iter().rev().map(|step| match step {
                    PathStep::Name(name) => PathKey::Name(Text::from(name)),
                    PathStep::Index(index) => PathKey::Index(*index as usize),
                });
                payload.note(Issue { steps: steps.collect(), ..fault.into() });
                return Ok(());
            }
            CheckKind::SuperRefine(function) => {
                let value = payload.value.clone();
                let said = node.message.as_ref();
                self.adding(function, value, said, Then::Continue, payload)?;
                return Ok(());
            }
            CheckKind::Overwrite(function) => {
                payload.value = self.apply(function, payload.value.clone())?;
                return Ok(());
            }
            CheckKind::Format(StringFormat::Url(rule)) => {
                if !matches!(payload.value, Value::Text(_)) {
                    return Ok(());
                }
                let Value::Text(trimmed) = self.method(Builtin::StringTrim, &payload.value)? else {
                    return Ok(());
                };
                let judged = url::judge(&trimmed, rule, &check.matchers);
                for _ in 0..judged.faults {
                    payload.note(Fault::new("invalid_format", "Invalid URL").said(said).then(then));
                }
                if let Some(value) = judged.value {
                    payload.value = Value::Text(value);
                }
                return Ok(());
            }
            kind => {
                if let Some(changed) = self.change(kind, &payload.value)? {
                    payload.value = changed;
                    return Ok(());
                }
                match (kind, &payload.value) {
                    (kind, value) if is_length(kind) => length_fault(kind, value),
                    (_, Value::Text(text)) => string_fault(check, text),
                    (kind, Value::Number(number)) => number_fault(kind, *number),
                    (kind, Value::Date(time)) => range_fault(kind, **time, "date"),
                    _ => None,
                }
            }
        };
        if let Some(fault) = fault {
            // A number that is not whole stops all further checks.
            let stops = fault.stops();
            payload.note(fault.said(said).then(if stops { Then::Stop } else { then }));
        }
        Ok(())
    }
}

impl Walk<'_> {
    /// What a check that changes strings makes of one; none if it is no such check.
    fn change(&self, kind: &CheckKind, value: &Value) -> Result<Option<Value>, Thrown> {
        let Value::Text(text) = value else { return Ok(None) };
        let method = match kind {
            CheckKind::Trim => Builtin::StringTrim,
            CheckKind::ToLowerCase => Builtin::StringToLowerCase,
            CheckKind::ToUpperCase => Builtin::StringToUpperCase,
            CheckKind::Normalize(form) => {
                let normal = in_pairs(text, |part| normalized(part, *form));
                return Ok(Some(Value::Text(normal)));
            }
            _ => return Ok(None),
        };
        self.method(method, value).map(Some)
    }
}

/// Changes a text part by part, so that halves of surrogate pairs stay as they are.
pub(super) fn in_pairs(text: &Text, change: impl Fn(&str) -> String) -> Text {
    if text.is_well_formed() {
        return change(text).into();
    }
    let mut units: Vec<u16> = Vec::new();
    let mut part = String::new();
    for character in char::decode_utf16(text.units()) {
        match character {
            Ok(character) => part.push(character),
            Err(half) => {
                units.extend(change(&part).encode_utf16());
                units.push(half.unpaired_surrogate());
                part.clear();
            }
        }
    }
    units.extend(change(&part).encode_utf16());
    Text::from_units(&units)
}

fn is_length(kind: &CheckKind) -> bool {
    matches!(kind, CheckKind::MinLength(_) | CheckKind::MaxLength(_) | CheckKind::Length(_))
}

fn normalized(text: &str, form: NormalForm) -> String {
    use icu_normalizer::{ComposingNormalizerBorrowed as Composing, DecomposingNormalizerBorrowed};
    match form {
        NormalForm::Nfc => Composing::new_nfc().normalize(text).into_owned(),
        NormalForm::Nfkc => Composing::new_nfkc().normalize(text).into_owned(),
        NormalForm::Nfd => DecomposingNormalizerBorrowed::new_nfd().normalize(text).into_owned(),
        NormalForm::Nfkd => DecomposingNormalizerBorrowed::new_nfkd().normalize(text).into_owned(),
    }
}

/// A length as Zod measures it (code points of strings, elements of lists, what an object calls
/// its length), whose it is, and in what.
fn length(value: &Value) -> Option<(f64, &'static str, &'static str)> {
    #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^53")]
    match value {
        Value::Text(text) => Some((text.chars().count() as f64, "string", " characters")),
        Value::Array(list) => Some((list.len() as f64, "array", " items")),
        Value::Object(object) => match object.get("length")?.decoded() {
            Value::Undefined => None,
            length => Some((length.to_number(), "unknown", "")),
        },
        _ => None,
    }
}

/// What is wrong with a value's length.
pub(super) fn length_fault(kind: &CheckKind, value: &Value) -> Option<Fault> {
    let (length, origin, unit) = length(value)?;
    let (limit, relation, fits) = match kind {
        CheckKind::MinLength(limit) => (limit, ">=", length >= f64::from(*limit)),
        CheckKind::MaxLength(limit) => (limit, "<=", length <= f64::from(*limit)),
        CheckKind::Length(limit) => {
            let is_number = match value {
                Value::Object(object) => {
                    matches!(object.get("length").map(Value::decoded), Some(Value::Number(_)))
                }
                _ => true,
            };
            #[expect(clippy::float_cmp, reason = "lengths are whole numbers")]
            let same = length == f64::from(*limit);
            (limit, "exactly ", same && is_number)
        }
        _ => return None,
    };
    if fits {
        return None;
    }
    let is_big = match kind {
        CheckKind::MinLength(_) => false,
        CheckKind::MaxLength(_) => true,
        _ => length > f64::from(*limit),
    };
    let verb = if unit.is_empty() { "be" } else { "have" };
    let text = format!("expected {origin} to {verb} {relation}{limit}{unit}");
    Some(if is_big { too_big(&text) } else { too_small(&text) })
}

fn too_small(text: &str) -> Fault {
    Fault::new("too_small", format!("Too small: {text}"))
}

fn too_big(text: &str) -> Fault {
    Fault::new("too_big", format!("Too big: {text}"))
}

fn string_fault(check: &NodeCheck, text: &Text) -> Option<Fault> {
    let fault = |message: String| Some(Fault::new("invalid_format", message));
    let matches = || check.matchers[0].as_ref().is_some_and(|m| m.is_match(text));
    match &check.check.kind {
        CheckKind::Regex(pattern) if !matches() => {
            fault(format!("Invalid string: must match pattern {}", pattern.shown))
        }
        CheckKind::Format(StringFormat::Custom(name, _)) => {
            if matches() {
                None
            } else {
                fault(format!("Invalid {name}"))
            }
        }
        CheckKind::Format(kind) if !format::fits(kind, text) => {
            fault(format!("Invalid {}", format::name(kind)))
        }
        CheckKind::StartsWith(start) if !text.starts_with(&**start) => {
            fault(format!("Invalid string: must start with \"{start}\""))
        }
        CheckKind::EndsWith(end) if !text.ends_with(&**end) => {
            fault(format!("Invalid string: must end with \"{end}\""))
        }
        CheckKind::Includes(part, from) if !rest(text, *from).contains(&**part) => {
            fault(format!("Invalid string: must include \"{part}\""))
        }
        CheckKind::Lowercase if text.bytes().any(|byte| byte.is_ascii_uppercase()) => {
            fault("Invalid lowercase".into())
        }
        CheckKind::Uppercase if text.bytes().any(|byte| byte.is_ascii_lowercase()) => {
            fault("Invalid uppercase".into())
        }
        _ => None,
    }
}

/// The text from an index in UTF-16 units.
fn rest(text: &str, from: Option<u32>) -> &str {
    let mut left = from.unwrap_or(0) as usize;
    let mut characters = text.chars();
    while left > 0 {
        let Some(character) = characters.next() else { break };
        left = left.saturating_sub(character.len_utf16());
    }
    characters.as_str()
}

fn number_fault(kind: &CheckKind, number: f64) -> Option<Fault> {
    match kind {
        CheckKind::NumberFormat(format) => format_fault(*format, number),
        CheckKind::MultipleOf(step) if !is_multiple(number, step.0) => {
            let step = number_text(step.0);
            let message = format!("Invalid number: must be a multiple of {step}");
            Some(Fault::new("not_multiple_of", message))
        }
        kind => range_fault(kind, number, "number"),
    }
}

fn format_fault(format: NumberFormat, number: f64) -> Option<Fault> {
    const SAFE: f64 = 9_007_199_254_740_991.0;
    const SINGLE: f64 = 3.402_823_466_385_288_6e38;
    let (least, most) = match format {
        NumberFormat::SafeInt => (-SAFE, SAFE),
        NumberFormat::Int32 => (-2_147_483_648.0, 2_147_483_647.0),
        NumberFormat::Uint32 => (0.0, 4_294_967_295.0),
        NumberFormat::Float32 => (-SINGLE, SINGLE),
        NumberFormat::Float64 => (-f64::MAX, f64::MAX),
    };
    if !matches!(format, NumberFormat::Float32 | NumberFormat::Float64) {
        if number.fract() != 0.0 {
            return Some(Fault::wrong_type("int", &Value::Number(number)).then(Then::Stop));
        }
        if number > SAFE {
            return Some(too_big("expected int to be <=9007199254740991"));
        }
        if number < -SAFE {
            return Some(too_small("expected int to be >=-9007199254740991"));
        }
    }
    if number < least {
        return Some(too_small(&format!("expected number to be >={}", number_text(least))));
    }
    (number > most).then(|| too_big(&format!("expected number to be <={}", number_text(most))))
}

/// What is wrong with the size of a number, or of a date's milliseconds.
fn range_fault(kind: &CheckKind, number: f64, origin: &str) -> Option<Fault> {
    match kind {
        CheckKind::Min { value, inclusive } => {
            let fits = if *inclusive { number >= value.0 } else { number > value.0 };
            let relation = if *inclusive { ">=" } else { ">" };
            let limit = number_text(value.0);
            (!fits).then(|| too_small(&format!("expected {origin} to be {relation}{limit}")))
        }
        CheckKind::Max { value, inclusive } => {
            let fits = if *inclusive { number <= value.0 } else { number < value.0 };
            let relation = if *inclusive { "<=" } else { "<" };
            let limit = number_text(value.0);
            (!fits).then(|| too_big(&format!("expected {origin} to be {relation}{limit}")))
        }
        _ => None,
    }
}

/// Whether a quotient is whole, but for the rounding of its operands.
fn is_multiple(number: f64, step: f64) -> bool {
    let ratio = number / step;
    let rest = ratio - (ratio + 0.5).floor();
    rest.abs() < 4.0 * f64::EPSILON * ratio.abs().max(1.0) || rest == 0.0
}
