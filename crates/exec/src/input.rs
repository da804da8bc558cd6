//! A request's input: checked, then put where the handler reads it.
//!
//! In:    a request and the route's validators.
//! Out:   the inputs in the handler's frame, or every fault of every part.
//! Never: a call of an upstream before all input has been accepted.

use frontage_json::{Object, Text, Value, parse_any};
use frontage_plan::{Input, ObjectMode, Slot, Validator, ValidatorKind, input_slot};
use http::{HeaderMap, header};

use crate::eval::{Env, Thrown};
use crate::outcome::{InputPart, Issue, Problem};
use crate::request::RouteRequest;
use crate::validate::{self, Parts, PathKey, QueryIssue, Ready, Refusal, query_object, validate};

/// Why a request is not taken.
pub(crate) enum Refused {
    /// For the client.
    Problem(Problem),
    /// A transform threw.
    Thrown(Value),
}

/// Checks the input and fills the slots of the handler's frame.
///
/// - `reads_request`: whether the handler looks at the request itself; else nothing is made of it.
///
/// # Errors
///
/// [`Refused`]: all faults of all parts together.
pub(crate) fn accept(
    request: &RouteRequest<'_>,
    input: &Input,
    ready: &Parts,
    reads_request: bool,
    env: &Env,
) -> Result<(), Refused> {
    let mut check = Checker { env, issues: Vec::new(), thrown: None };
    if let Some(validator) = &ready.params {
        let given = request.path_parameters.iter();
        let params: Object =
            given.map(|(name, value)| (Text::from(name), Value::text(&**value))).collect();
        check.part(InputPart::Params, input_slot::PARAMS, validator, Value::object(params));
    }
    if let Some(validator) = &ready.query {
        match query_object(request.query, input.query.as_ref()) {
            Ok(query) => check.part(InputPart::Query, input_slot::QUERY, validator, query),
            Err(issues) => check.query(issues),
        }
    }
    if let (Some(ready), Some(validator)) = (&ready.headers, &input.headers) {
        let headers = header_object(request.headers, validator);
        check.part(InputPart::Headers, input_slot::HEADERS, ready, headers);
    }
    if let Some(validator) = &ready.body {
        let body = env.meter().apart(|| read_body(request)).map_err(Refused::Problem)?;
        check.part(InputPart::Body, input_slot::BODY, validator, body);
    }
    let Checker { issues, thrown, .. } = check;
    if !issues.is_empty() {
        return Err(Refused::Problem(Problem { issues, ..Problem::new(400, "invalid_input") }));
    }
    if let Some(Thrown(error)) = thrown {
        return Err(Refused::Thrown(error));
    }
    for slot in [input_slot::PARAMS, input_slot::QUERY, input_slot::HEADERS, input_slot::BODY] {
        if !env.is_filled(slot) {
            env.set(slot, Value::Undefined);
        }
    }
    let session = match &request.session {
        Value::Undefined => Value::object(Object::new()),
        session => session.clone(),
    };
    env.set(input_slot::SESSION, session);
    if !reads_request {
        env.set(input_slot::REQUEST, Value::Undefined);
        return Ok(());
    }
    let mut about = Object::with_capacity(4);
    about.insert(Text::from_static("method"), Value::text(request.method.as_str()));
    about.insert(Text::from_static("path"), Value::text(request.path));
    about.insert(Text::from_static("id"), Value::text(request.request_id));
    about.insert(Text::from_static("now"), Value::date(request.now_ms));
    env.set(input_slot::REQUEST, Value::object(about));
    Ok(())
}

struct Checker<'r> {
    env: &'r Env,
    issues: Vec<Issue>,
    thrown: Option<Thrown>,
}

impl Checker<'_> {
    fn part(&mut self, part: InputPart, slot: Slot, validator: &Ready, value: Value) {
        match validate(validator, value, self.env) {
            Ok(value) => self.env.set(slot, value),
            Err(Refusal::Issues(issues)) => self.note(part, issues),
            Err(Refusal::Thrown(thrown)) => {
                self.thrown.get_or_insert(thrown);
            }
        }
    }

    fn note(&mut self, part: InputPart, issues: Vec<validate::Issue>) {
        self.issues.extend(issues.into_iter().map(|issue| Issue {
            part,
            path: path_text(issue.path()),
            code: issue.code.to_string(),
            message: issue.message(),
        }));
    }

    fn query(&mut self, issues: Vec<QueryIssue>) {
        self.issues.extend(issues.into_iter().map(|issue| Issue {
            part: InputPart::Query,
            path: issue.key.unwrap_or_default(),
            code: issue.code.to_owned(),
            message: issue.message.to_owned(),
        }));
    }
}

/// `items[2].id`
fn path_text<'k>(path: impl Iterator<Item = &'k PathKey>) -> String {
    let mut text = String::new();
    for key in path {
        match key {
            PathKey::Name(name) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
            PathKey::Index(index) => {
                text.push('[');
                text.push_str(&index.to_string());
                text.push(']');
            }
        }
    }
    text
}

/// The headers that the validator looks at; a repeated one is one list, as fetch has it.
fn header_object(headers: &HeaderMap, validator: &Validator) -> Value {
    let value_of = |name: &str| {
        let mut joined = String::new();
        // Cookies that a client sends apart are one list with semicolons (RFC 9113, 8.2.3).
        let between = if name == "cookie" { "; " } else { ", " };
        for (index, value) in headers.get_all(name).iter().enumerate() {
            if index > 0 {
                joined.push_str(between);
            }
            // Bytes beyond ASCII are Latin-1, as in fetch.
            joined.extend(value.as_bytes().iter().map(|byte| char::from(*byte)));
        }
        Value::text(joined)
    };
    let mut object = Object::new();
    match &validator.kind {
        ValidatorKind::Object { fields, mode: ObjectMode::Strip } => {
            for field in fields {
                if headers.contains_key(&*field.name) {
                    object.insert(&field.name, value_of(&field.name));
                }
            }
        }
        _ => {
            for name in headers.keys() {
                object.insert(name.as_str(), value_of(name.as_str()));
            }
        }
    }
    Value::object(object)
}

/// The JSON body; `undefined` if none was sent.
fn read_body(request: &RouteRequest<'_>) -> Result<Value, Problem> {
    if request.body.is_empty() {
        return Ok(Value::Undefined);
    }
    let content_type = request.headers.get(header::CONTENT_TYPE);
    let media = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !is_json(media) {
        return Err(Problem::new(415, "unsupported_media_type"));
    }
    parse_any(&request.body).map_err(|fault| Problem {
        detail: Some(format!("{} (at byte {})", fault.message, fault.offset)),
        ..Problem::new(400, "malformed_body")
    })
}

/// `application/json` or something that ends in `+json`, with or without parameters.
fn is_json(media: &str) -> bool {
    let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media == "application/json" || (media.starts_with("application/") && media.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::{PathKey, is_json, path_text};

    #[test]
    fn json_media_types() {
        for (media, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/merge-patch+json", true),
            ("text/json", false),
            ("application/jsonp", false),
            ("application/x-www-form-urlencoded", false),
            ("", false),
        ] {
            assert_eq!(is_json(media), expected, "{media}");
        }
    }

    #[test]
    fn paths_are_written_as_people_write_them() {
        let path = [PathKey::Name("items".into()), PathKey::Index(2), PathKey::Name("id".into())];
        assert_eq!(path_text(path.iter()), "items[2].id");
        assert_eq!(path_text([].iter()), "");
    }
}
