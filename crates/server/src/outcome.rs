//! Makes an answer of what a route gave, and tells logs and metrics how it came.
//!
//! In:    an [`Outcome`].
//! Out:   a [`Reply`].
//! Never: what was thrown, an upstream's words or address towards the client.

use std::fmt::Write;

use frontage_exec::{CallRecord, CallResult, Outcome, OutcomeBody};
use http::{HeaderName, HeaderValue, StatusCode, header};

use crate::metrics::{CallLabels, OperationLabels, PartLabels};
use crate::reply::Reply;
use crate::worker::Worker;

/// Names the parts that a fallback replaced.
pub(crate) const FALLBACK: HeaderName = HeaderName::from_static("frontage-fallback");

/// Calls that `Server-Timing` names at most.
const TIMINGS: usize = 32;

/// The answer.
pub(crate) fn reply(outcome: Outcome, request_id: &str) -> Reply {
    let status = StatusCode::from_u16(outcome.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut reply = match &outcome.body {
        OutcomeBody::Json(bytes) => Reply::text(status, "application/json", bytes.clone()),
        OutcomeBody::Empty => Reply::new(status),
        OutcomeBody::Problem(problem) => Reply::problem(problem, request_id),
    };
    let mut seen: Vec<HeaderName> = Vec::new();
    for (name, value) in outcome.headers {
        if FRAMING.contains(&name) {
            continue;
        }
        // The first of a name replaces what stands there, further ones join it.
        if name != header::VARY && !seen.contains(&name) {
            reply.headers.remove(&name);
            seen.push(name.clone());
        }
        reply.headers.append(name, value);
    }
    if let Some(value) = outcome.cache_control {
        reply.headers.insert(header::CACHE_CONTROL, value);
    } else if outcome.private && !seen.contains(&header::CACHE_CONTROL) {
        reply.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    }
    // A problem replaces the whole answer. What else was replaced before it depends on which calls
    // ran ahead, and which failed first is chance.
    let is_problem = matches!(outcome.body, OutcomeBody::Problem(_));
    let mut replaced = if is_problem { Vec::new() } else { outcome.replaced };
    replaced.sort();
    let replaced = replaced.join(", ");
    if !replaced.is_empty()
        && let Ok(value) = HeaderValue::from_str(&replaced)
    {
        reply.headers.insert(FALLBACK, value);
    }
    reply
}

/// Fields that belong to the connection or to the server.
const FRAMING: [HeaderName; 5] = [
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::CONNECTION,
    header::UPGRADE,
    header::TRAILER,
];

/// Tells logs and metrics.
pub(crate) fn note(outcome: &Outcome, worker: &Worker, route: &str, request_id: &str) {
    let metrics = &worker.shared.metrics;
    if let Some(internal) = &outcome.internal {
        tracing::warn!(
            target: "frontage::route", {http.route = route, request_id, cause = internal.as_str()}, "a route failed");
    }
    for call in &outcome.calls {
        let seconds = micros(call.duration_us) / 1e6;
        let (status, failure) = match &call.result {
            CallResult::Status(status) => {
                let answered = (&call.upstream, &call.operation, *status);
                worker.handles.call(metrics, answered, seconds);
                continue;
            }
            CallResult::Failed { reason, message } => (*reason, Some(message)),
            CallResult::Cancelled => ("cancelled", None),
        };
        if let Some(message) = failure {
            tracing::warn!(
                target: "frontage::call", {http.route = route, request_id,
                upstream = &*call.upstream, operation = &*call.operation,
                cause = message.as_str()}, "a call failed");
        }
        let labels = CallLabels {
            upstream: call.upstream.to_string(),
            operation: call.operation.to_string(),
            status: status.to_owned(),
        };
        metrics.calls.get_or_create(&labels).observe(seconds);
    }
    for part in &outcome.replaced {
        let labels = PartLabels { http_route: route.to_owned(), part: part.to_string() };
        metrics.fallbacks.get_or_create(&labels).inc();
    }
    for drift in &outcome.drift {
        let labels = OperationLabels {
            upstream: drift.upstream.to_string(),
            operation: drift.operation.to_string(),
        };
        match &drift.fault {
            Some(fault) => {
                metrics.drift.get_or_create(&labels).inc();
                tracing::warn!(
                    target: "frontage::drift", {http.route = route, request_id,
                    upstream = &*drift.upstream, operation = &*drift.operation,
                    place = fault.path.as_str(), expected = fault.expected.as_str(),
                    found = fault.found.as_str()}, "an answer contradicts its contract");
            }
            None => {
                metrics.unknown_enums.get_or_create(&labels).inc_by(drift.unknown_enums.into());
            }
        }
    }
}

/// Microseconds as a number to compute with; exact up to centuries.
#[expect(clippy::cast_precision_loss, reason = "durations of requests are far below 2^52 µs")]
fn micros(duration_us: u64) -> f64 {
    duration_us as f64
}

/// The `Server-Timing` field: each call, then everything.
pub(crate) fn timing(calls: &[CallRecord], total: std::time::Duration) -> Option<HeaderValue> {
    let mut text = String::new();
    for call in calls.iter().take(TIMINGS) {
        let name = format!("{}.{}", call.upstream, call.operation);
        text.extend(name.chars().map(|c| if is_token(c) { c } else { '_' }));
        // Writing to a string cannot fail.
        let _ = write!(text, ";dur={:.1}, ", micros(call.duration_us) / 1e3);
    }
    let _ = write!(text, "total;dur={:.1}", total.as_secs_f64() * 1e3);
    HeaderValue::from_str(&text).ok()
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use frontage_exec::{CallRecord, CallResult, Outcome, OutcomeBody, Problem};
    use http::{HeaderName, HeaderValue, header};

    use super::{reply, timing};

    fn outcome() -> Outcome {
        Outcome {
            status: 200,
            headers: Vec::new(),
            body: OutcomeBody::Json(Bytes::from_static(b"{}")),
            cache_control: None,
            private: false,
            replaced: Vec::new(),
            calls: Vec::new(),
            drift: Vec::new(),
            internal: None,
        }
    }

    #[test]
    fn who_may_store_an_answer_follows_session_and_route() {
        let max_age = HeaderValue::from_static("max-age=60");
        for (private, cache, expected) in [
            (false, None, None),
            (true, None, Some("private, no-store")),
            (true, Some(max_age.clone()), Some("max-age=60")),
            (false, Some(max_age), Some("max-age=60")),
        ] {
            let reply = reply(Outcome { private, cache_control: cache, ..outcome() }, "r");
            let found = reply.headers.get(header::CACHE_CONTROL).and_then(|v| v.to_str().ok());
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_route_sets_headers_but_not_the_framing() {
        let header = |name: &'static str, value| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        let headers = vec![
            header("content-length", "99"),
            header("transfer-encoding", "chunked"),
            header("content-type", "application/hal+json"),
            header("link", "<a>"),
            header("link", "<b>"),
        ];
        let reply = reply(Outcome { headers, ..outcome() }, "r");
        assert!(!reply.headers.contains_key("content-length"));
        assert!(!reply.headers.contains_key("transfer-encoding"));
        assert_eq!(reply.headers["content-type"], "application/hal+json");
        assert_eq!(reply.headers.get_all("content-type").iter().count(), 1);
        assert_eq!(reply.headers.get_all("link").iter().count(), 2);
    }

    #[test]
    fn replaced_parts_are_named_and_internals_are_not() {
        let body = OutcomeBody::Problem(Problem::new(502, "upstream_error"));
        let internal = Some("10.0.0.1 refused".to_owned());
        let replaced = vec!["picks".into(), "stock.get".into()];
        let named = reply(Outcome { replaced: replaced.clone(), ..outcome() }, "r1");
        assert_eq!(named.headers["frontage-fallback"], "picks, stock.get");
        let outcome = Outcome { status: 502, body, internal, replaced, ..outcome() };
        let reply = reply(outcome, "r1");
        assert!(!reply.headers.contains_key("frontage-fallback"));
        assert_eq!(reply.headers["content-type"], "application/problem+json");
        let crate::body::Content::Whole(bytes) = reply.content else { panic!("no body") };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(text.contains("r1") && !text.contains("10.0.0.1"), "{text}");
    }

    #[test]
    fn timings_are_tokens() {
        let call = CallRecord {
            upstream: "us ers".into(),
            operation: "get,User".into(),
            start_us: 0,
            duration_us: 12_340,
            result: CallResult::Status(200),
            joined: 0,
        };
        let field = timing(&[call], Duration::from_millis(20));
        assert_eq!(
            field.as_ref().and_then(|f| f.to_str().ok()),
            Some("us_ers.get_User;dur=12.3, total;dur=20.0")
        );
    }
}
