//! Checks and changes of strings, numbers and lists.

use frontage_json::{Text, Value, is_space, number_text};
use frontage_plan::Check;

use super::format;
use super::issue::{Fault, Then};
use super::walk::{Mark, Walk};

impl Walk<'_> {
    /// Runs the checks of a schema whose own parsing noted the issues since `mark`.
    pub(super) fn checks(&mut self, checks: &[Check], input: Value, mark: Mark) -> Value {
        let mut value = input;
        for check in checks {
            let (check, said) = match check {
                Check::Said(check, message) => (&**check, Some(message)),
                check => (check, None),
            };
            let issues = self.since(mark);
            let stops = issues.iter().any(|issue| issue.then == Then::Stop);
            let is_aborted = issues.iter().any(|issue| issue.then != Then::Continue);
            let is_length =
                matches!(check, Check::MinLength(_) | Check::MaxLength(_) | Check::Length(_));
            if stops || (is_aborted && !is_length) {
                continue;
            }
            if let Some(changed) = change(check, &value) {
                value = changed;
                continue;
            }
            if let Some(mut fault) = self.check(check, &value) {
                if let Some(message) = said {
                    fault.message = message.to_string();
                }
                self.note(fault);
            }
            if let (Check::Format(frontage_plan::StringFormat::Url), Value::Text(text)) =
                (check, &value)
                && format::is_url(text.trim_matches(is_space))
            {
                value = Value::text(text.trim_matches(is_space).replace(['\t', '\n', '\r'], ""));
            }
        }
        value
    }

    /// Notes that a value is of another type, in the schema's own words if it has some.
    pub(super) fn wrong_type(&mut self, expected: &str, input: &Value, checks: &[Check]) {
        let mut fault = Fault::wrong_type(expected, input);
        let said = checks.iter().find_map(|check| match check {
            Check::WrongType(message) => Some(message),
            _ => None,
        });
        if let Some(message) = said {
            fault.message = message.to_string();
        }
        self.note(fault);
    }

    fn check(&self, check: &Check, value: &Value) -> Option<Fault> {
        match (check, value) {
            (Check::MinLength(limit), _) => {
                let (length, origin) = length(value)?;
                (length < *limit as usize).then(|| too_small(&origin.least(*limit, ">=")))
            }
            (Check::MaxLength(limit), _) => {
                let (length, origin) = length(value)?;
                (length > *limit as usize).then(|| too_big(&origin.least(*limit, "<=")))
            }
            (Check::Length(limit), _) => {
                let (length, origin) = length(value)?;
                let text = origin.least(*limit, "exactly ");
                match length.cmp(&(*limit as usize)) {
                    std::cmp::Ordering::Less => Some(too_small(&text)),
                    std::cmp::Ordering::Equal => None,
                    std::cmp::Ordering::Greater => Some(too_big(&text)),
                }
            }
            (check, Value::Text(text)) => self.string_check(check, text),
            (check, Value::Number(number)) => number_check(check, *number),
            _ => None,
        }
    }

    fn string_check(&self, check: &Check, text: &Text) -> Option<Fault> {
        let fault =
            |message: String| Some(Fault::new("invalid_format", message).then(Then::Continue));
        match check {
            Check::Regex(pattern) if !self.prepared.is_match(pattern, text) => {
                let shown = super::pattern::shown(pattern);
                fault(format!("Invalid string: must match pattern {shown}"))
            }
            Check::Format(kind) if !format::fits(*kind, text) => {
                fault(format!("Invalid {}", format::name(*kind)))
            }
            Check::StartsWith(start) if !text.starts_with(&**start) => {
                fault(format!("Invalid string: must start with \"{start}\""))
            }
            Check::EndsWith(end) if !text.ends_with(&**end) => {
                fault(format!("Invalid string: must end with \"{end}\""))
            }
            Check::Includes(part) if !text.contains(&**part) => {
                fault(format!("Invalid string: must include \"{part}\""))
            }
            Check::Lowercase if text.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                fault("Invalid lowercase".into())
            }
            Check::Uppercase if text.bytes().any(|byte| byte.is_ascii_lowercase()) => {
                fault("Invalid uppercase".into())
            }
            _ => None,
        }
    }
}

/// What a check that changes strings makes of one; none if it is no such check.
fn change(check: &Check, value: &Value) -> Option<Value> {
    let Value::Text(text) = value else { return None };
    Some(Value::Text(match check {
        Check::Trim => text.trim_matches(is_space).into(),
        Check::ToLowerCase => text.to_lowercase().into(),
        Check::ToUpperCase => text.to_uppercase().into(),
        _ => return None,
    }))
}

/// What has a length.
struct Origin {
    name: &'static str,
    unit: &'static str,
}

impl Origin {
    fn least(&self, limit: u32, relation: &str) -> String {
        format!("expected {} to have {relation}{limit} {}", self.name, self.unit)
    }
}

/// A length as Zod measures it: code points of strings, elements of lists.
fn length(value: &Value) -> Option<(usize, Origin)> {
    match value {
        Value::Text(text) => {
            Some((text.chars().count(), Origin { name: "string", unit: "characters" }))
        }
        Value::Array(list) => Some((list.len(), Origin { name: "array", unit: "items" })),
        _ => None,
    }
}

fn too_small(text: &str) -> Fault {
    Fault::new("too_small", format!("Too small: {text}")).then(Then::Continue)
}

fn too_big(text: &str) -> Fault {
    Fault::new("too_big", format!("Too big: {text}")).then(Then::Continue)
}

fn number_check(check: &Check, number: f64) -> Option<Fault> {
    const SAFE: f64 = 9_007_199_254_740_991.0;
    match check {
        Check::Int if number.fract() != 0.0 => {
            Some(Fault::wrong_type("int", &Value::Number(number)).then(Then::Stop))
        }
        Check::Int if number > SAFE => Some(too_big("expected int to be <=9007199254740991")),
        Check::Int if number < -SAFE => Some(too_small("expected int to be >=-9007199254740991")),
        Check::Min { value, inclusive } => {
            let fits = if *inclusive { number >= value.0 } else { number > value.0 };
            let relation = if *inclusive { ">=" } else { ">" };
            let limit = number_text(value.0);
            (!fits).then(|| too_small(&format!("expected number to be {relation}{limit}")))
        }
        Check::Max { value, inclusive } => {
            let fits = if *inclusive { number <= value.0 } else { number < value.0 };
            let relation = if *inclusive { "<=" } else { "<" };
            let limit = number_text(value.0);
            (!fits).then(|| too_big(&format!("expected number to be {relation}{limit}")))
        }
        Check::MultipleOf(step) if !is_multiple(number, step.0) => {
            let step = number_text(step.0);
            let message = format!("Invalid number: must be a multiple of {step}");
            Some(Fault::new("not_multiple_of", message).then(Then::Continue))
        }
        _ => None,
    }
}

/// Whether a quotient is whole, but for the rounding of its operands.
fn is_multiple(number: f64, step: f64) -> bool {
    let ratio = number / step;
    let whole = (ratio + 0.5).floor();
    (ratio - whole).abs() < 4.0 * f64::EPSILON * ratio.abs().max(1.0) || ratio == whole
}
