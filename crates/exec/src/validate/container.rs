//! Objects, records, lists, tuples.

use std::collections::HashSet;

use frontage_json::{Object, Text, Value, parse_number};
use frontage_plan::{Absence, CheckKind, Constant, Name, RecordMode};

use super::issue::{About, Fault, PathKey, Then};
use super::node::{Node, NodeCheck, Others};
use super::payload::Payload;
use super::walk::Walk;
use crate::eval::Thrown;

impl Walk<'_> {
    pub(super) fn object(
        &self,
        node: &Node,
        fields: &[(Name, Node)],
        known: &HashSet<Name>,
        rest: &Others,
        input: &Object,
        mut payload: Payload,
    ) -> Result<Payload, Thrown> {
        let mut output = Object::with_capacity(fields.len());
        for (name, field) in fields {
            if **name == *"__proto__" {
                continue;
            }
            let given = input.get(name);
            let is_present = given.is_some();
            let result = self.fresh(field, given.cloned().unwrap_or(Value::Undefined))?;
            let is_faulty = !result.issues.is_empty();
            let key = PathKey::Name(name.into());
            let value = result.value;
            if field.absence == Absence::Refused {
                payload.issues.append(result.issues, &key);
                if is_present {
                    output.insert(name, value);
                } else if !is_faulty {
                    let fault = Fault::wrong_type("nonoptional", &Value::Undefined);
                    payload.note(fault.at(key));
                }
                continue;
            }
            if field.may_vanish && is_faulty && !is_present {
                continue;
            }
            payload.issues.append(result.issues, &key);
            let is_replaced = field.absence == Absence::Replaced;
            let stays = match (field.may_vanish, is_replaced) {
                (true, true) | (false, false) => is_present || !value.is_undefined(),
                (true, false) => is_present,
                (false, true) => true,
            };
            if stays {
                output.insert(name, value);
            }
        }
        self.others(node, known, rest, input, &mut output, &mut payload)?;
        payload.value = Value::object(output);
        Ok(payload)
    }

    fn others(
        &self,
        node: &Node,
        known: &HashSet<Name>,
        rest: &Others,
        input: &Object,
        output: &mut Object,
        payload: &mut Payload,
    ) -> Result<(), Thrown> {
        if matches!(rest, Others::Strip) {
            return Ok(());
        }
        let mut unknown: Vec<Text> = Vec::new();
        for (name, value) in input.iter() {
            if known.contains(&**name) {
                continue;
            }
            match rest {
                Others::Strict => unknown.push(name.clone()),
                _ if **name == *"__proto__" => {}
                Others::Catchall(rest) => {
                    let result = self.fresh(rest, value.clone())?;
                    payload.issues.append(result.issues, &PathKey::Name(name.clone()));
                    output.insert(name.clone(), result.value);
                }
                Others::Strip | Others::Loose => output.insert(name.clone(), value.clone()),
            }
        }
        if !unknown.is_empty() {
            payload.note(Fault::unknown_keys(unknown).said(node.message.as_ref()));
        }
        Ok(())
    }

    pub(super) fn record(
        &self,
        node: &Node,
        key: &Node,
        value: &Node,
        mode: RecordMode,
        mut payload: Payload,
    ) -> Result<Payload, Thrown> {
        let said = node.message.as_ref();
        let Value::Object(input) = &payload.value else {
            let fault = Fault::wrong_type("record", &payload.value).said(said);
            payload.note(fault);
            return Ok(payload);
        };
        let input = std::rc::Rc::clone(input);
        let mut output = Object::with_capacity(input.len().min(64));
        let mut unknown: Vec<Text> = Vec::new();
        let bad_key =
            |path: PathKey| Fault::of("invalid_key", About::RecordKey).said(said).at(path);
        if let (Some(names), false) = (&key.values, mode == RecordMode::Partial) {
            let mut known: Vec<Text> = Vec::new();
            for constant in names {
                let path = match constant {
                    Constant::String(name) => PathKey::Name(name.into()),
                    Constant::Number(number) => number_key(number.0),
                    _ => continue,
                };
                let name = Value::from(constant).to_text()?;
                known.push(name.clone());
                if *name == *"__proto__" {
                    continue;
                }
                let out = self.fresh(key, Value::from(constant))?;
                if !out.issues.is_empty() {
                    payload.note(bad_key(path));
                    continue;
                }
                let out = out.value.to_text()?;
                if *out == *"__proto__" {
                    continue;
                }
                let member = input.get(&name).cloned().unwrap_or(Value::Undefined);
                let result = self.fresh(value, member)?;
                payload.issues.append(result.issues, &path);
                output.insert(out, result.value);
            }
            for (name, member) in input.iter().filter(|(name, _)| !known.contains(name)) {
                if mode != RecordMode::Loose {
                    unknown.push(name.clone());
                } else if **name != *"__proto__" {
                    output.insert(name.clone(), member.clone());
                }
            }
        } else {
            for (name, member) in input.iter().filter(|(name, _)| **name != *"__proto__") {
                let path = PathKey::Name(name.clone());
                let mut out = self.fresh(key, Value::Text(name.clone()))?;
                if !out.issues.is_empty() && is_numeric(name) {
                    let again = self.fresh(key, Value::Number(parse_number(name)))?;
                    if again.issues.is_empty() {
                        out = again;
                    }
                }
                if !out.issues.is_empty() {
                    if mode == RecordMode::Loose {
                        output.insert(name.clone(), member.clone());
                    } else if key.values.is_some() {
                        unknown.push(name.clone());
                    } else {
                        payload.note(bad_key(path));
                    }
                    continue;
                }
                let out = out.value.to_text()?;
                if *out == *"__proto__" {
                    continue;
                }
                let result = self.fresh(value, member.clone())?;
                payload.issues.append(result.issues, &path);
                output.insert(out, result.value);
            }
        }
        if !unknown.is_empty() {
            payload.note(Fault::unknown_keys(unknown).said(said));
        }
        payload.value = Value::object(output);
        Ok(payload)
    }

    pub(super) fn array(
        &self,
        node: &Node,
        item: &Node,
        mut payload: Payload,
    ) -> Result<Payload, Thrown> {
        let Value::Array(list) = &payload.value else {
            let fault = Fault::wrong_type("array", &payload.value).said(node.message.as_ref());
            payload.note(fault);
            return Ok(payload);
        };
        let list = std::rc::Rc::clone(list);
        // A list that is too long is not looked into.
        let limits = node.checks.iter().map_while(size_limit);
        if let Some((check, _)) = limits.flatten().find(|(_, most)| list.len() > *most as usize) {
            if let Some(fault) = super::checks::length_fault(&check.check.kind, &payload.value) {
                let said = check.check.message.as_ref().or(node.message.as_ref());
                payload.note(fault.said(said).then(Then::Stop));
            }
            return Ok(payload);
        }
        let mut output = Vec::with_capacity(list.len());
        for (index, element) in list.iter().enumerate() {
            let result = self.fresh(item, element.clone())?;
            payload.issues.append(result.issues, &PathKey::Index(index));
            output.push(result.value);
        }
        payload.value = Value::array(output);
        Ok(payload)
    }

    pub(super) fn tuple(
        &self,
        node: &Node,
        items: &[Node],
        rest: Option<&Node>,
        mut payload: Payload,
    ) -> Result<Payload, Thrown> {
        let said = node.message.as_ref();
        let Value::Array(list) = &payload.value else {
            let fault = Fault::wrong_type("tuple", &payload.value).said(said);
            payload.note(fault);
            return Ok(payload);
        };
        let list = std::rc::Rc::clone(list);
        let required_in = items.iter().rposition(|item| item.absence == Absence::Refused);
        let required_out = items.iter().rposition(|item| !item.may_vanish);
        let (least, from) = (required_in.map_or(0, |i| i + 1), required_out.map_or(0, |i| i + 1));
        if rest.is_none() {
            if list.len() < least {
                let words = format!("Too small: expected array to have >={least} items");
                payload.note(Fault::new("too_small", words).said(said));
                payload.value = Value::array(Vec::new());
                return Ok(payload);
            }
            if list.len() > items.len() {
                let words = format!("Too big: expected array to have <={} items", items.len());
                payload.note(Fault::new("too_big", words).said(said));
            }
        }
        let mut results = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let element = list.get(index).cloned().unwrap_or(Value::Undefined);
            results.push(self.fresh(item, element)?);
        }
        // Zod notes the faults of the rest before those of the items.
        let mut tail: Vec<Value> = Vec::new();
        if let Some(rest) = rest {
            for (index, element) in list.iter().enumerate().skip(items.len()) {
                let result = self.fresh(rest, element.clone())?;
                payload.issues.append(result.issues, &PathKey::Index(index));
                tail.push(result.value);
            }
        }
        let mut output: Vec<Value> = Vec::with_capacity(items.len());
        for (index, (item, result)) in items.iter().zip(results).enumerate() {
            let may_end = index >= list.len() && index >= from;
            if may_end && (item.absence == Absence::Allowed || !result.issues.is_empty()) {
                break;
            }
            payload.issues.append(result.issues, &PathKey::Index(index));
            output.push(result.value);
        }
        while output.len() > list.len()
            && output.last().is_some_and(Value::is_undefined)
            && items[output.len() - 1].may_vanish
        {
            output.pop();
        }
        output.extend(tail);
        payload.value = Value::array(output);
        Ok(payload)
    }
}

/// A leading check of a list's size, with its upper limit if it has one; none ends the search.
#[expect(clippy::option_option, reason = "no size check, one without upper limit, one with")]
fn size_limit(check: &NodeCheck) -> Option<Option<(&NodeCheck, u32)>> {
    match check.check.kind {
        CheckKind::MinLength(_) => Some(None),
        CheckKind::MaxLength(most) | CheckKind::Length(most) => Some(Some((check, most))),
        _ => None,
    }
}

/// A number as a step of a path.
fn number_key(number: f64) -> PathKey {
    if number >= 0.0 && number.fract() == 0.0 && number <= 9e15 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
        return PathKey::Index(number as usize);
    }
    PathKey::Name(frontage_json::number_text(number))
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
