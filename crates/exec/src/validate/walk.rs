//! Sends an input through a schema, step by step as Zod does.

use frontage_json::Value;
use frontage_plan::{Absence, Builtin, Constant, Lambda, Name};

use super::issue::{Fault, PathKey, Then, plain};
use super::node::{Held, Node, NodeKind, held_value};
use super::payload::Payload;
use crate::eval::{Env, Thrown, apply};

/// A walk over one input.
pub(super) struct Walk<'a> {
    env: &'a Env,
}

impl<'a> Walk<'a> {
    pub(super) fn new(env: &'a Env) -> Self {
        Self { env }
    }

    /// Sends a value through a schema of its own.
    pub(super) fn fresh(&self, node: &Node, value: Value) -> Result<Payload, Thrown> {
        self.run(node, Payload::new(value))
    }

    /// Parses, then checks.
    pub(super) fn run(&self, node: &Node, payload: Payload) -> Result<Payload, Thrown> {
        let parsed = self.parse(node, payload)?;
        if node.checks.is_empty() { Ok(parsed) } else { self.checks(node, parsed) }
    }

    fn parse(&self, node: &Node, mut payload: Payload) -> Result<Payload, Thrown> {
        if let Value::Raw(raw) = &payload.value {
            payload.value = raw.decode();
        }
        let said = node.message.as_ref();
        let wrong = |mut payload: Payload, expected: &str| {
            let fault = Fault::wrong_type(expected, &payload.value).said(said);
            payload.note(fault);
            payload
        };
        let value = &payload.value;
        let expected = match &node.kind {
            NodeKind::Unknown => return Ok(payload),
            NodeKind::Never => "never",
            NodeKind::Undefined if value.is_undefined() => return Ok(payload),
            NodeKind::Undefined => "undefined",
            NodeKind::Void if value.is_undefined() => return Ok(payload),
            NodeKind::Void => "void",
            NodeKind::Null if matches!(value, Value::Null) => return Ok(payload),
            NodeKind::Null => "null",
            NodeKind::String { coerce } => {
                if *coerce && let Ok(text) = value.to_text() {
                    payload.value = Value::Text(text);
                }
                if matches!(payload.value, Value::Text(_)) {
                    return Ok(payload);
                }
                "string"
            }
            NodeKind::Number { coerce } => {
                if *coerce {
                    payload.value = Value::Number(payload.value.to_number());
                }
                if matches!(payload.value, Value::Number(number) if number.is_finite()) {
                    return Ok(payload);
                }
                "number"
            }
            NodeKind::Boolean { coerce } => {
                if *coerce {
                    payload.value = Value::Bool(payload.value.truthy());
                }
                if matches!(payload.value, Value::Bool(_)) {
                    return Ok(payload);
                }
                "boolean"
            }
            NodeKind::Date { coerce } => {
                if *coerce {
                    payload.value = self.date_of(&payload.value)?;
                }
                if matches!(&payload.value, Value::Date(time) if !time.is_nan()) {
                    return Ok(payload);
                }
                "date"
            }
            NodeKind::StringBool { truthy, falsy, sensitive } => {
                return Ok(string_bool(node, truthy, falsy, *sensitive, payload));
            }
            NodeKind::OneOf(values) => {
                if !values.iter().any(|v| Value::from(v).same_value_zero(&payload.value)) {
                    payload.note(Fault::wrong_value(values).said(said));
                }
                return Ok(payload);
            }
            NodeKind::Object { fields, known, rest } => match &payload.value {
                Value::Object(input) => {
                    let input = std::rc::Rc::clone(input);
                    return self.object(node, fields, known, rest, &input, payload);
                }
                // To Zod, dates, maps and sets are objects without members.
                Value::Date(_) | Value::Map(_) | Value::Set(_) | Value::Error(_) => {
                    return self.object(node, fields, known, rest, &Default::default(), payload);
                }
                _ => "object",
            },
            NodeKind::Array(item) => return self.array(node, item, payload),
            NodeKind::Tuple { items, rest } => {
                return self.tuple(node, items, rest.as_deref(), payload);
            }
            NodeKind::Record { key, value, mode } => {
                return self.record(node, key, value, *mode, payload);
            }
            NodeKind::Union { options, exclusive } => {
                return self.union(node, options, *exclusive, payload);
            }
            NodeKind::Discriminated { property, variants } => {
                return self.discriminated(node, property, variants, payload);
            }
            NodeKind::Intersection(left, right) => return self.intersection(left, right, payload),
            NodeKind::Optional(inner) => return self.optional(inner, payload),
            NodeKind::Same(inner) => return self.run(inner, payload),
            NodeKind::NonOptional(inner) => {
                let mut payload = self.run(inner, payload)?;
                if payload.issues.is_empty() && payload.value.is_undefined() {
                    payload.note(Fault::wrong_type("nonoptional", &Value::Undefined).said(said));
                }
                return Ok(payload);
            }
            NodeKind::Nullable(inner) => {
                if matches!(payload.value, Value::Null) {
                    return Ok(payload);
                }
                return self.run(inner, payload);
            }
            NodeKind::Default(inner, held) => {
                if !payload.value.is_undefined() {
                    payload = self.run(inner, payload)?;
                }
                if payload.value.is_undefined() {
                    payload.value = self.held(held)?;
                }
                return Ok(payload);
            }
            NodeKind::Prefault(inner, held) => {
                if payload.value.is_undefined() {
                    payload.value = self.held(held)?;
                }
                return self.run(inner, payload);
            }
            NodeKind::Catch(inner, held) => {
                let inner = self.fresh(inner, payload.value.clone())?;
                payload.value =
                    if inner.issues.is_empty() { inner.value } else { self.held(held)? };
                return Ok(payload);
            }
            NodeKind::Pipe(first, second) => {
                let mut left = self.run(first, payload)?;
                if left.issues.beyond_keys > 0 {
                    left.aborted = true;
                    return Ok(left);
                }
                left.aborted = false;
                return self.run(second, left);
            }
            NodeKind::Transform(lambda) => {
                let value = std::mem::replace(&mut payload.value, Value::Undefined);
                payload.value = self.adding(lambda, value, None, Then::Lengths, &mut payload)?;
                return Ok(payload);
            }
        };
        Ok(wrong(payload, expected))
    }

    fn optional(&self, inner: &Node, mut payload: Payload) -> Result<Payload, Thrown> {
        if !payload.value.is_undefined() {
            return self.run(inner, payload);
        }
        if inner.absence == Absence::Replaced {
            let result = self.fresh(inner, Value::Undefined)?;
            payload.value = if result.issues.is_empty() { result.value } else { Value::Undefined };
        }
        Ok(payload)
    }

    /// The value that a schema holds.
    fn held(&self, held: &Held) -> Result<Value, Thrown> {
        match held {
            Held::Json(text) => Ok(held_value(text)),
            Held::Computed(lambda) => apply(lambda, &[], self.env),
        }
    }

    /// What a function of the schema's author makes of a value.
    pub(super) fn apply(&self, lambda: &Lambda, value: Value) -> Result<Value, Thrown> {
        apply(lambda, &[value], self.env)
    }

    /// Runs a function that may add issues; gives its result.
    pub(super) fn adding(
        &self,
        lambda: &Lambda,
        value: Value,
        said: Option<&Name>,
        then: Then,
        payload: &mut Payload,
    ) -> Result<Value, Thrown> {
        let (env, added) = self.env.collecting();
        let result = apply(lambda, &[value], &env)?;
        for issue in added.take() {
            payload.note(super::added::issue(&issue, said, then)?);
        }
        Ok(result)
    }

    /// What a method of JavaScript makes of a value.
    pub(super) fn method(&self, method: Builtin, value: &Value) -> Result<Value, Thrown> {
        crate::eval::call(method, std::slice::from_ref(value), self.env)
    }

    /// `new Date(value)`
    fn date_of(&self, value: &Value) -> Result<Value, Thrown> {
        crate::eval::new_date(value, self.env)
    }

    fn union(
        &self,
        node: &Node,
        options: &[Node],
        exclusive: bool,
        mut payload: Payload,
    ) -> Result<Payload, Thrown> {
        if let [only] = options {
            return self.run(only, payload);
        }
        let mut fitting = Vec::new();
        let mut sound = Vec::new();
        for option in options {
            let result = self.fresh(option, payload.value.clone())?;
            if result.issues.is_empty() {
                if !exclusive {
                    return Ok(result);
                }
                fitting.push(result);
            } else if !result.is_aborted() {
                sound.push(result);
            }
        }
        if exclusive {
            if fitting.len() == 1
                && let Some(result) = fitting.pop()
            {
                payload.value = result.value;
                return Ok(payload);
            }
            let words = if fitting.is_empty() {
                "Invalid input"
            } else {
                "Invalid input: more than one option matched"
            };
            payload.note(Fault::new("invalid_union", words).said(node.message.as_ref()));
            return Ok(payload);
        }
        if sound.len() == 1
            && let Some(result) = sound.pop()
        {
            return Ok(result);
        }
        let fault = Fault::new("invalid_union", "Invalid input").said(node.message.as_ref());
        payload.note(fault);
        Ok(payload)
    }

    fn discriminated(
        &self,
        node: &Node,
        property: &Name,
        variants: &[(Vec<Constant>, Node)],
        mut payload: Payload,
    ) -> Result<Payload, Thrown> {
        let said = node.message.as_ref();
        let tag = match &payload.value {
            Value::Object(object) => object.get(property).cloned().unwrap_or(Value::Undefined),
            Value::Date(_) | Value::Map(_) | Value::Set(_) | Value::Error(_) => Value::Undefined,
            other => {
                let fault = Fault::wrong_type("object", other).said(said);
                payload.note(fault);
                return Ok(payload);
            }
        };
        let is_tag = |value: &Constant| Value::from(value).same_value_zero(&tag);
        let variant = variants.iter().find(|(values, _)| values.iter().any(is_tag));
        if let Some((_, variant)) = variant {
            return self.run(variant, payload);
        }
        let values = variants.iter().flat_map(|(values, _)| values);
        let names: Vec<String> = values.map(|value| format!("'{}'", plain(value))).collect();
        let words = format!("Invalid discriminator value. Expected {}", names.join(" | "));
        let key = PathKey::Name(property.into());
        payload.note(Fault::new("invalid_union", words).said(said).at(key));
        Ok(payload)
    }
}

fn string_bool(
    node: &Node,
    truthy: &[Name],
    falsy: &[Name],
    sensitive: bool,
    mut payload: Payload,
) -> Payload {
    let said = node.message.as_ref();
    let Value::Text(text) = &payload.value else {
        let fault = Fault::wrong_type("string", &payload.value).said(said);
        payload.note(fault);
        payload.aborted = true;
        return payload;
    };
    if !payload.issues.is_empty() {
        payload.aborted = true;
        return payload;
    }
    let word = if sensitive { text.to_string() } else { text.to_lowercase() };
    if truthy.iter().any(|t| **t == *word) {
        payload.value = Value::Bool(true);
    } else if falsy.iter().any(|f| **f == *word) {
        payload.value = Value::Bool(false);
    } else {
        let mut words: Vec<Constant> = Vec::new();
        for word in truthy.iter().chain(falsy) {
            words.push(Constant::String(word.clone()));
        }
        payload.note(Fault::wrong_value(&words).said(said).then(Then::Stop));
        payload.aborted = true;
    }
    payload
}
