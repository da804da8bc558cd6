//! From what a handler gave to what is answered.
//!
//! Never: an upstream's name, status line or body in a problem, except the few statuses that a
//! client can act on; a JSON answer that is cut.

use bytes::Bytes;
use frontage_json::{ErrorValue, ReplyValue, Unspellable, Value, Writer};
use frontage_plan::{Name, Place};
use http::{HeaderName, HeaderValue, header};

use crate::eval::Env;
use crate::{Outcome, OutcomeBody, Problem};

/// Most bytes of an answer, as the writer has it.
const MOST_BYTES: usize = 1 << 26;

/// The answer to a value that a handler returned.
pub(crate) fn answer(value: &Value, private: bool) -> Outcome {
    match value {
        Value::Reply(reply) => whole_reply(reply, private),
        value => match json(value) {
            Ok(Some(body)) => outcome(200, OutcomeBody::Json(body), private),
            Ok(None) => outcome(204, OutcomeBody::Empty, private),
            Err(fault) => internal(fault, private),
        },
    }
}

/// The answer to an error that a handler did not catch.
///
/// - `retry_after`: what upstreams said with 429, in seconds, by upstream and operation.
pub(crate) fn thrown(error: &Value, retry_after: &[(Name, Name, u32)], private: bool) -> Outcome {
    let Value::Error(error) = error else {
        return internal("something that is no error was thrown", private);
    };
    match &**error {
        ErrorValue::Http { status, code, detail } if (400..=599).contains(status) => {
            let detail = detail.as_ref().map(ToString::to_string);
            let own = Problem { detail, ..Problem::new(*status, code) };
            // A route's own code never borrows the title of one of ours.
            let title = http::StatusCode::from_u16(*status)
                .ok()
                .and_then(|status| status.canonical_reason())
                .map_or(own.title, str::to_owned);
            Outcome::problem(Problem { title, ..own }, private)
        }
        ErrorValue::Upstream { status, upstream, operation, reason } => {
            let (status, code) = match (reason.as_str(), *status) {
                ("timeout", _) => (504, "upstream_timeout"),
                ("drift", _) => (502, "upstream_drift"),
                ("status", 401) => (401, "upstream_unauthorized"),
                ("status", 403) => (403, "upstream_forbidden"),
                ("status", 404) => (404, "upstream_not_found"),
                ("status", 409) => (409, "upstream_conflict"),
                ("status", 410) => (410, "upstream_gone"),
                ("status", 422) => (422, "upstream_unprocessable"),
                ("status", 429) => (503, "upstream_busy"),
                ("status", _) => (502, "upstream_error"),
                _ => (502, "upstream_unavailable"),
            };
            let retry_after_s = (code == "upstream_busy").then(|| {
                let of_this =
                    |entry: &&(Name, Name, u32)| *entry.0 == **upstream && *entry.1 == **operation;
                retry_after.iter().rev().find(of_this).map_or(1, |(_, _, seconds)| *seconds)
            });
            let problem = Problem { retry_after_s, ..Problem::new(status, code) };
            Outcome::problem(problem, private)
        }
        other => internal(&format!("{}: {}", &*other.name(), &*other.message()), private),
    }
}

/// The answer where a request's own expressions have taken too long.
///
/// - `place`: the route's.
pub(crate) fn out_of_time(env: &Env, place: &Place, private: bool) -> Outcome {
    let Place { path, line, .. } = place;
    let internal = Some(format!("{path}:{line} {}", env.meter().verdict()));
    let detail = Some("the request took too long".into());
    let problem = Problem { detail, ..Problem::new(504, "request_timeout") };
    Outcome { internal, ..Outcome::problem(problem, private) }
}

fn whole_reply(reply: &ReplyValue, private: bool) -> Outcome {
    if !(200..=599).contains(&reply.status) {
        return internal("a reply's status must be from 200 to 599", private);
    }
    if reply.location.is_some() && !(300..=399).contains(&reply.status) {
        return internal("a redirect's status must be from 300 to 399", private);
    }
    let mut headers = Vec::with_capacity(reply.headers.len() + 1);
    for (name, value) in &reply.headers {
        match field(name, value) {
            Some(field) => headers.push(field),
            None => return internal("a reply's header cannot be written", private),
        }
    }
    if let Some(location) = &reply.location {
        match location_value(location) {
            Some(value) => headers.push((header::LOCATION, value)),
            None => return internal("a redirect's location cannot be written", private),
        }
    }
    let cache_control = match &reply.cache_control {
        None => None,
        Some(text) => match HeaderValue::from_str(text) {
            Ok(value) => Some(value),
            Err(_) => return internal("a reply's cache control cannot be written", private),
        },
    };
    let bodiless = matches!(reply.status, 204 | 205 | 304);
    let mut status = reply.status;
    let body = match &reply.body {
        Some(value) if !bodiless => match json(value) {
            Ok(Some(body)) => OutcomeBody::Json(body),
            Ok(None) => {
                // Nothing to answer is no content.
                status = if status == 200 { 204 } else { status };
                OutcomeBody::Empty
            }
            Err(fault) => return internal(fault, private),
        },
        _ => OutcomeBody::Empty,
    };
    Outcome { headers, cache_control, ..outcome(status, body, private) }
}

/// A header of a reply; none that frames the message.
fn field(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let name: HeaderName = name.parse().ok()?;
    let framing = ["connection", "content-length", "transfer-encoding", "upgrade", "trailer", "te"];
    if framing.contains(&name.as_str()) {
        return None;
    }
    Some((name, HeaderValue::from_bytes(value.as_bytes()).ok()?))
}

/// A `Location`: ASCII as it is, everything else percent-encoded.
fn location_value(location: &str) -> Option<HeaderValue> {
    let encoded = percent_encoding::utf8_percent_encode(location, &LOCATION);
    if location.bytes().any(|byte| byte.is_ascii_control()) {
        return None;
    }
    HeaderValue::try_from(encoded.to_string()).ok()
}

/// What a URL never holds; `%` stays, since it may be an encoding already.
const LOCATION: percent_encoding::AsciiSet =
    percent_encoding::CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');

/// JSON text; `None` for `undefined`.
fn json(value: &Value) -> Result<Option<Bytes>, &'static str> {
    if let Value::Raw(raw) = value
        && (1..=MOST_BYTES).contains(&raw.as_bytes().len())
    {
        // It is text already.
        return Ok(Some(raw.as_bytes().clone()));
    }
    let mut text = Vec::with_capacity(512);
    match Writer::new(&mut text).write(value) {
        Ok(true) => Ok(Some(Bytes::from(text))),
        Ok(false) => Ok(None),
        Err(Unspellable::TooDeep) => Err("the answer is nested too deeply"),
        Err(Unspellable::TooLarge) => Err("the answer would be larger than 64 MiB"),
    }
}

fn outcome(status: u16, body: OutcomeBody, private: bool) -> Outcome {
    Outcome {
        status,
        headers: Vec::new(),
        body,
        cache_control: None,
        private,
        replaced: Vec::new(),
        calls: Vec::new(),
        drift: Vec::new(),
        internal: None,
    }
}

fn internal(fault: &str, private: bool) -> Outcome {
    let internal = Some(fault.to_owned());
    Outcome { internal, ..Outcome::problem(Problem::new(500, "internal"), private) }
}

impl Outcome {
    /// An outcome that is a problem.
    pub(crate) fn problem(problem: Problem, private: bool) -> Self {
        outcome(problem.status, OutcomeBody::Problem(problem), private)
    }
}
