//! Names of a request: its id and its place in a distributed trace.
//!
//! In:    the headers `x-request-id` and `traceparent`, if they are sane.
//! Out:   an id that stands in the answer and the logs; a trace context that upstreams continue.
//! Never: client text of any other form: ids end up in logs and headers.

use std::cell::RefCell;
use std::hash::{BuildHasher, Hasher, RandomState};

use frontage_exec::{Trace, id_text};
use http::{HeaderMap, HeaderName};

/// The header that names a request.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

thread_local! {
    /// Seeded from the operating system's randomness, which `RandomState` draws on.
    static RANDOM: RefCell<fastrand::Rng> = RefCell::new(fastrand::Rng::with_seed(
        RandomState::new().build_hasher().finish(),
    ));
}

fn random() -> u128 {
    RANDOM.with_borrow_mut(|rng| rng.u128(1..))
}

/// The client's own request id if it has a harmless form, else a new one.
pub(crate) fn request_id(headers: &HeaderMap) -> String {
    let sane = |text: &&str| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    match headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(sane) {
        Some(text) => text.to_owned(),
        None => id_text(random()),
    }
}

/// Continues the caller's trace, or starts one.
pub(crate) fn trace(headers: &HeaderMap) -> Trace {
    let mut fields = headers.get_all("traceparent").iter();
    let parent = match (fields.next(), fields.next()) {
        (Some(one), None) => one.to_str().ok(),
        _ => None,
    };
    let state = headers.get("tracestate").and_then(|value| value.to_str().ok());
    parent
        .and_then(|parent| Trace::parse(parent, state.filter(|state| state.len() <= 512)))
        .unwrap_or_else(|| Trace::begin(false))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::{request_id, trace};

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_str(value).unwrap_or_else(|e| panic!("{value}: {e}"));
        headers.insert(name, value);
        headers
    }

    #[test]
    fn only_a_harmless_request_id_is_taken_over() {
        let long = "a".repeat(65);
        for (given, kept) in [
            ("abc-1.2_3", true),
            ("", false),
            ("a b", false),
            ("a\"b", false),
            ("a;b", false),
            (&long, false),
        ] {
            let id = request_id(&headers("x-request-id", given));
            assert_eq!(id == given, kept, "{given}");
            assert!(!id.is_empty() && id.len() <= 64);
        }
        assert_ne!(request_id(&HeaderMap::new()), request_id(&HeaderMap::new()));
    }

    #[test]
    fn a_valid_parent_is_continued_and_any_other_starts_a_trace() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        for (text, continued) in [
            (format!("00-{id}-00f067aa0ba902b7-01"), true),
            (format!("00-{id}-0000000000000000-01"), false),
            ("00-1-2-3".into(), false),
        ] {
            let trace = trace(&headers("traceparent", &text));
            assert_eq!(format!("{:032x}", trace.trace_id) == id, continued, "{text}");
        }
        let mut two = headers("traceparent", &format!("00-{id}-00f067aa0ba902b7-01"));
        two.append("traceparent", HeaderValue::from_static("x"));
        assert_ne!(format!("{:032x}", trace(&two).trace_id), id);
    }
}
