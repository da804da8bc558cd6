//! Goes through a validator and an input side by side.

use frontage_json::{Text, Value, parse_any};
use frontage_plan::{Constant, Validator};

use super::issue::{Fault, Issue, PathKey, Then, constant};
use super::optionality::{Absence, absence};
use super::{MOST_ISSUES, Prepared};
use crate::eval::{Env, Thrown, apply};

/// A walk over one input.
pub(super) struct Walk<'a> {
    env: &'a Env,
    pub(super) prepared: &'a Prepared,
    path: Vec<PathKey>,
    issues: Vec<Issue>,
}

/// How many issues there were at some moment.
#[derive(Clone, Copy)]
pub(super) struct Mark(usize);

impl<'a> Walk<'a> {
    pub(super) fn new(env: &'a Env, prepared: &'a Prepared) -> Self {
        Self { env, prepared, path: Vec::new(), issues: Vec::new() }
    }

    pub(super) fn into_issues(self) -> Vec<Issue> {
        self.issues
    }

    /// Notes a fault of the value at hand.
    pub(super) fn note(&mut self, fault: Fault) {
        let Fault { code, message, then } = fault;
        self.issues.push(Issue { path: self.path.clone(), code, message, then });
    }

    pub(super) fn mark(&self) -> Mark {
        Mark(self.issues.len())
    }

    /// The issues since the mark.
    pub(super) fn since(&self, mark: Mark) -> &[Issue] {
        self.issues.get(mark.0..).unwrap_or(&[])
    }

    /// No check runs after the issues since the mark.
    pub(super) fn stop_since(&mut self, mark: Mark) {
        for issue in self.issues.iter_mut().skip(mark.0) {
            issue.then = Then::Stop;
        }
    }

    /// Forgets the issues since the mark.
    pub(super) fn forget(&mut self, mark: Mark) {
        self.issues.truncate(mark.0);
    }

    /// Whether so many issues are known that more would not be listed.
    pub(super) fn is_full(&self) -> bool {
        self.issues.len() >= MOST_ISSUES
    }

    /// Runs `step` with the path one step longer.
    pub(super) fn within<T>(&mut self, key: PathKey, step: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(key);
        let result = step(self);
        self.path.pop();
        result
    }

    /// Checks one value; what comes back counts only if no issue was noted.
    pub(super) fn run(&mut self, validator: &Validator, input: Value) -> Result<Value, Thrown> {
        let input = match input {
            Value::Raw(raw) => raw.decode(),
            other => other,
        };
        match validator {
            Validator::Unknown => Ok(input),
            Validator::Null => {
                if !matches!(input, Value::Null) {
                    self.note(Fault::wrong_type("null", &input));
                }
                Ok(input)
            }
            Validator::String { coerce, checks } => {
                let mark = self.mark();
                let input = if *coerce { Value::Text(input.to_text()?) } else { input };
                if !matches!(input, Value::Text(_)) {
                    self.wrong_type("string", &input, checks);
                }
                Ok(self.checks(checks, input, mark))
            }
            Validator::Number { coerce, checks } => {
                let mark = self.mark();
                let input = if *coerce { Value::Number(input.to_number()) } else { input };
                if !matches!(input, Value::Number(number) if number.is_finite()) {
                    self.wrong_type("number", &input, checks);
                }
                Ok(self.checks(checks, input, mark))
            }
            Validator::Boolean { coerce } => {
                let input = if *coerce { Value::Bool(input.truthy()) } else { input };
                if !matches!(input, Value::Bool(_)) {
                    self.note(Fault::wrong_type("boolean", &input));
                }
                Ok(input)
            }
            Validator::StringBool => Ok(self.string_bool(input)),
            Validator::OneOf(values) => {
                if !values.iter().any(|value| Value::from(value).same_value_zero(&input)) {
                    self.note(Fault::wrong_value(values));
                }
                Ok(input)
            }
            Validator::Object { fields, mode } => self.object(fields, mode, input),
            Validator::Array { item, checks } => self.array(item, checks, input),
            Validator::Tuple { items, rest } => self.tuple(items, rest.as_deref(), input),
            Validator::Record { key, value } => self.record(key, value, input),
            Validator::Union(options) => self.union(options, input),
            Validator::Discriminated { property, variants } => {
                self.discriminated(property, variants, input)
            }
            Validator::Optional(inner) => {
                if input.is_undefined() && absence(inner) != Absence::Replaced {
                    return Ok(input);
                }
                let is_absent = input.is_undefined();
                let mark = self.mark();
                let value = self.run(inner, input)?;
                if is_absent && !self.since(mark).is_empty() {
                    self.forget(mark);
                    return Ok(Value::Undefined);
                }
                Ok(value)
            }
            Validator::Nullable(inner) => {
                if matches!(input, Value::Null) {
                    Ok(input)
                } else {
                    self.run(inner, input)
                }
            }
            Validator::Default(inner, text) => {
                if input.is_undefined() {
                    return Ok(default_value(text));
                }
                let value = self.run(inner, input)?;
                Ok(if value.is_undefined() { default_value(text) } else { value })
            }
            Validator::Transform(inner, lambda) => {
                let mark = self.mark();
                let value = self.run(inner, input)?;
                if self.since(mark).iter().any(|issue| issue.code != "unrecognized_keys") {
                    for issue in self.issues.iter_mut().skip(mark.0) {
                        issue.then =
                            if issue.then == Then::Stop { Then::Stop } else { Then::Lengths };
                    }
                    return Ok(value);
                }
                apply(lambda, &[value], self.env)
            }
        }
    }

    fn string_bool(&mut self, input: Value) -> Value {
        const TRUE: [&str; 6] = ["true", "1", "yes", "on", "y", "enabled"];
        const FALSE: [&str; 6] = ["false", "0", "no", "off", "n", "disabled"];
        let Value::Text(text) = &input else {
            self.note(Fault::wrong_type("string", &input));
            return input;
        };
        let word = text.to_lowercase();
        if TRUE.contains(&word.as_str()) {
            Value::Bool(true)
        } else if FALSE.contains(&word.as_str()) {
            Value::Bool(false)
        } else {
            let words = TRUE.iter().chain(&FALSE).map(|word| Constant::String((*word).into()));
            self.note(Fault::wrong_value(&words.collect::<Vec<_>>()).then(Then::Stop));
            input
        }
    }

    fn union(&mut self, options: &[Validator], input: Value) -> Result<Value, Thrown> {
        if let [only] = options {
            return self.run(only, input);
        }
        let mark = self.mark();
        let mut nearly: Vec<(Value, Vec<Issue>)> = Vec::new();
        for option in options {
            let value = self.run(option, input.clone())?;
            if self.since(mark).is_empty() {
                return Ok(value);
            }
            let issues = self.issues.split_off(mark.0);
            if issues.iter().all(|issue| issue.then == Then::Continue) {
                nearly.push((value, issues));
            }
        }
        if nearly.len() == 1
            && let Some((value, issues)) = nearly.pop()
        {
            self.issues.extend(issues);
            return Ok(value);
        }
        self.note(Fault::new("invalid_union", "Invalid input"));
        Ok(input)
    }

    fn discriminated(
        &mut self,
        property: &str,
        variants: &[(Vec<Constant>, Validator)],
        input: Value,
    ) -> Result<Value, Thrown> {
        let Value::Object(object) = &input else {
            self.note(Fault::wrong_type("object", &input));
            return Ok(input);
        };
        let tag = object.get(property).cloned().unwrap_or(Value::Undefined);
        let is_tag = |value: &Constant| Value::from(value).same_value_zero(&tag);
        let variant = variants.iter().find(|(values, _)| values.iter().any(is_tag));
        if let Some((_, validator)) = variant {
            return self.run(validator, input);
        }
        let values = variants.iter().flat_map(|(values, _)| values);
        let names: Vec<String> =
            values.map(|value| format!("'{}'", constant(value).trim_matches('"'))).collect();
        let message = format!("Invalid discriminator value. Expected {}", names.join(" | "));
        let key = PathKey::Name(Text::from(property));
        self.within(key, |walk| walk.note(Fault::new("invalid_union", message)));
        Ok(input)
    }
}

/// A default's value.
fn default_value(text: &str) -> Value {
    // The compiler wrote it; what is no JSON is `undefined`.
    parse_any(text.as_bytes()).unwrap_or(Value::Undefined)
}
