//! Objects, records, lists and tuples.

use frontage_json::{Object, Text, Value, parse_number};
use frontage_plan::{Check, ObjectMode, Validator, ValidatorField};

use super::issue::{Fault, PathKey, Then};
use super::optionality::{Absence, absence, may_vanish};
use super::walk::Walk;
use crate::eval::Thrown;

impl Walk<'_> {
    pub(super) fn object(
        &mut self,
        fields: &[ValidatorField],
        mode: &ObjectMode,
        input: Value,
    ) -> Result<Value, Thrown> {
        let Value::Object(object) = &input else {
            self.note(Fault::wrong_type("object", &input));
            return Ok(input);
        };
        let mut output = Object::with_capacity(fields.len());
        for ValidatorField { name, validator } in fields {
            if &**name == "__proto__" {
                continue;
            }
            self.member(validator, name.into(), object.get(name), &mut output)?;
            if self.is_full() {
                break;
            }
        }
        if matches!(mode, ObjectMode::Strip) {
            return Ok(Value::object(output));
        }
        let mut unknown: Vec<String> = Vec::new();
        for (name, value) in object.iter() {
            if self.is_full() {
                break;
            }
            if fields.iter().any(|field| *field.name == **name) {
                continue;
            }
            match mode {
                ObjectMode::Strict => {
                    if unknown.len() < super::MOST_ISSUES {
                        unknown.push(format!("\"{name}\""));
                    }
                }
                _ if *name == "__proto__" => {}
                ObjectMode::Catchall(validator) => {
                    self.member(validator, name.clone(), Some(value), &mut output)?;
                }
                ObjectMode::Strip | ObjectMode::Loose => output.insert(name.clone(), value.clone()),
            }
        }
        if !unknown.is_empty() {
            let s = if unknown.len() > 1 { "s" } else { "" };
            let message = format!("Unrecognized key{s}: {}", unknown.join(", "));
            self.note(Fault::new("unrecognized_keys", message).then(Then::Continue));
        }
        Ok(Value::object(output))
    }

    fn member(
        &mut self,
        validator: &Validator,
        name: Text,
        input: Option<&Value>,
        output: &mut Object,
    ) -> Result<(), Thrown> {
        let mark = self.mark();
        let key = PathKey::Name(name.clone());
        let value = input.cloned().unwrap_or(Value::Undefined);
        let value = self.within(key.clone(), |walk| walk.run(validator, value))?;
        let absence = absence(validator);
        let is_absent = input.is_none();
        let is_faulty = !self.since(mark).is_empty();
        let has_nothing =
            absence == Absence::Allowed || (is_faulty && absence == Absence::Replaced);
        if is_absent && may_vanish(validator) && has_nothing {
            self.forget(mark);
            return Ok(());
        }
        if is_absent && absence == Absence::Refused {
            if !is_faulty {
                let fault = Fault::wrong_type("nonoptional", &Value::Undefined);
                self.within(key, |walk| walk.note(fault));
            }
            return Ok(());
        }
        if !value.is_undefined() || !is_absent {
            output.insert(name, value);
        }
        Ok(())
    }

    pub(super) fn record(
        &mut self,
        key: &Validator,
        value: &Validator,
        input: Value,
    ) -> Result<Value, Thrown> {
        let Value::Object(object) = &input else {
            self.note(Fault::wrong_type("record", &input));
            return Ok(input);
        };
        let mut output = Object::with_capacity(object.len().min(64));
        if let Validator::OneOf(names) = key {
            let mut known: Vec<Text> = Vec::new();
            for name in names {
                let name = Value::from(name).to_text()?;
                let member = object.get(&name).cloned().unwrap_or(Value::Undefined);
                let path = PathKey::Name(name.clone());
                let member = self.within(path, |walk| walk.run(value, member))?;
                output.insert(name.clone(), member);
                known.push(name);
            }
            let unknown: Vec<String> = object
                .keys()
                .filter(|name| !known.contains(name))
                .take(super::MOST_ISSUES)
                .map(|name| format!("\"{name}\""))
                .collect();
            if !unknown.is_empty() {
                let s = if unknown.len() > 1 { "s" } else { "" };
                let message = format!("Unrecognized key{s}: {}", unknown.join(", "));
                self.note(Fault::new("unrecognized_keys", message).then(Then::Continue));
            }
            return Ok(Value::object(output));
        }
        for (name, member) in object.iter() {
            if *name == "__proto__" {
                continue;
            }
            if self.is_full() {
                break;
            }
            let path = PathKey::Name(name.clone());
            let Some(out_name) = self.key(key, name)? else {
                let fault = Fault::new("invalid_key", "Invalid key in record");
                self.within(path, |walk| walk.note(fault));
                continue;
            };
            let member = self.within(path, |walk| walk.run(value, member.clone()))?;
            output.insert(out_name, member);
        }
        Ok(Value::object(output))
    }

    /// The key that a record's key schema makes of a name; none if it refuses it.
    fn key(&mut self, validator: &Validator, name: &Text) -> Result<Option<Text>, Thrown> {
        let mark = self.mark();
        let mut key = self.run(validator, Value::Text(name.clone()))?;
        if !self.since(mark).is_empty() && is_numeric(name) {
            self.forget(mark);
            key = self.run(validator, Value::Number(parse_number(name)))?;
        }
        if !self.since(mark).is_empty() {
            self.forget(mark);
            return Ok(None);
        }
        Ok(Some(key.to_text()?))
    }

    pub(super) fn array(
        &mut self,
        item: &Validator,
        checks: &[Check],
        input: Value,
    ) -> Result<Value, Thrown> {
        let mark = self.mark();
        let Value::Array(list) = &input else {
            self.wrong_type("array", &input, checks);
            return Ok(self.checks(checks, input, mark));
        };
        // A list that is too long is not looked into.
        if let Some(cap) =
            checks.iter().take_while(|check| is_size(check)).find(|check| match bare(check) {
                Check::MaxLength(limit) | Check::Length(limit) => list.len() > *limit as usize,
                _ => false,
            })
        {
            self.checks(std::slice::from_ref(cap), input, mark);
            self.stop_since(mark);
            return Ok(Value::Undefined);
        }
        let mut output = Vec::with_capacity(list.len());
        for (index, element) in list.iter().enumerate() {
            let key = PathKey::Index(index);
            output.push(self.within(key, |walk| walk.run(item, element.clone()))?);
            if self.is_full() {
                return Ok(Value::Undefined);
            }
        }
        Ok(self.checks(checks, Value::array(output), mark))
    }

    pub(super) fn tuple(
        &mut self,
        items: &[Validator],
        rest: Option<&Validator>,
        input: Value,
    ) -> Result<Value, Thrown> {
        let Value::Array(list) = &input else {
            self.note(Fault::wrong_type("tuple", &input));
            return Ok(input);
        };
        let required_in = items.iter().rposition(|item| absence(item) == Absence::Refused);
        let required_out = items.iter().rposition(|item| !may_vanish(item));
        let (least, from) = (required_in.map_or(0, |i| i + 1), required_out.map_or(0, |i| i + 1));
        if rest.is_none() {
            if list.len() < least {
                let message = format!("Too small: expected array to have >={least} items");
                self.note(Fault::new("too_small", message));
                return Ok(input);
            }
            if list.len() > items.len() {
                let message = format!("Too big: expected array to have <={} items", items.len());
                self.note(Fault::new("too_big", message));
            }
        }
        let mut output: Vec<Value> = Vec::with_capacity(items.len());
        let mut tail: Vec<Value> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let mark = self.mark();
            let is_present = index < list.len();
            let element = list.get(index).cloned().unwrap_or(Value::Undefined);
            let element = self.within(PathKey::Index(index), |walk| walk.run(item, element))?;
            let may_end = !is_present && index >= from;
            let is_faulty = !self.since(mark).is_empty();
            if may_end && (is_faulty || absence(item) == Absence::Allowed) {
                self.forget(mark);
                break;
            }
            output.push(element);
        }
        if let Some(rest) = rest {
            for (index, element) in list.iter().enumerate().skip(items.len()) {
                if self.is_full() {
                    break;
                }
                let key = PathKey::Index(index);
                tail.push(self.within(key, |walk| walk.run(rest, element.clone()))?);
            }
        }
        while output.len() > list.len()
            && output.last().is_some_and(Value::is_undefined)
            && may_vanish(&items[output.len() - 1])
        {
            output.pop();
        }
        output.extend(tail);
        Ok(Value::array(output))
    }
}

/// A check without its message.
fn bare(check: &Check) -> &Check {
    if let Check::Said(check, _) = check { check } else { check }
}

fn is_size(check: &Check) -> bool {
    matches!(
        bare(check),
        Check::WrongType(_) | Check::MinLength(_) | Check::MaxLength(_) | Check::Length(_)
    )
}

/// Whether a key spells a number as Zod looks for it: `-?\d+(\.\d+)?`.
fn is_numeric(name: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let name = name.strip_prefix('-').unwrap_or(name);
    match name.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(name),
    }
}
