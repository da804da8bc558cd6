//! What a route is run for: one request, without its connection.

use bytes::Bytes;
use frontage_json::Value;
use frontage_plan::Name;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::Compute;

/// One request for one route.
#[derive(Debug)]
pub struct RouteRequest<'a> {
    /// Its method.
    pub method: &'a Method,
    /// Its path as sent, without the query.
    pub path: &'a str,
    /// The path parameters' values, percent-decoded.
    pub path_parameters: Vec<(Name, String)>,
    /// What stands behind the `?`, as sent.
    pub query: Option<&'a str>,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Its body, whole.
    pub body: Bytes,
    /// Who asks: an object; `undefined` becomes an empty one.
    pub session: Value,
    /// Its id in logs and towards upstreams.
    pub request_id: &'a str,
    /// What `Date.now()` says while it runs, in milliseconds since 1970.
    pub now_ms: f64,
    /// The trace it belongs to.
    pub trace: Option<Trace>,
    /// How long its own expressions may take.
    pub compute: Compute,
}

/// One request for a route that is handed through; its body comes apart.
#[derive(Debug)]
pub struct PassthroughRequest<'a> {
    /// Its method.
    pub method: &'a Method,
    /// The path parameters' values, percent-decoded.
    pub path_parameters: Vec<(Name, String)>,
    /// What stands behind the `?`, as sent.
    pub query: Option<&'a str>,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Its id in logs and towards upstreams.
    pub request_id: &'a str,
    /// The trace it belongs to.
    pub trace: Option<Trace>,
}

/// A W3C trace context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The trace's id; not 0.
    pub trace_id: u128,
    /// `sampled` and other flags.
    pub flags: u8,
    /// `tracestate` as received.
    pub state: Option<String>,
}

impl Trace {
    /// Reads `traceparent`; `None` if it is malformed, and then a new trace may be begun.
    ///
    /// # Sources
    ///
    /// W3C Trace Context, §3.2.
    #[must_use]
    pub fn parse(traceparent: &str, tracestate: Option<&str>) -> Option<Self> {
        let mut parts = traceparent.split('-');
        let mut field = |length: usize| {
            let part = parts.next()?;
            let hex = part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
            (part.len() == length && hex).then_some(part)
        };
        let version = field(2)?;
        let trace_id = u128::from_str_radix(field(32)?, 16).ok().filter(|id| *id != 0)?;
        u64::from_str_radix(field(16)?, 16).ok().filter(|id| *id != 0)?;
        let flags = u8::from_str_radix(field(2)?, 16).ok()?;
        let further = parts.next().is_some();
        if version == "ff" || (version == "00" && further) {
            return None;
        }
        Some(Self { trace_id, flags, state: tracestate.map(str::to_owned) })
    }

    /// Begins a trace.
    #[must_use]
    pub fn begin(sampled: bool) -> Self {
        Self { trace_id: fastrand::u128(1..), flags: u8::from(sampled), state: None }
    }

    /// A `traceparent` for one call: this trace, a span of its own.
    #[must_use]
    pub fn child(&self) -> [u8; 55] {
        let mut text = *b"00-________________________________-________________-__";
        hex(&self.trace_id.to_be_bytes(), &mut text[3..35]);
        hex(&fastrand::u64(1..).to_be_bytes(), &mut text[36..52]);
        hex(&[self.flags], &mut text[53..]);
        text
    }
}

/// An id as 32 digits, as traces and requests carry it.
#[must_use]
pub fn id_text(id: u128) -> String {
    let mut text = [0; 32];
    hex(&id.to_be_bytes(), &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// Writes bytes in hexadecimal, two digits each.
fn hex(bytes: &[u8], room: &mut [u8]) {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    for (byte, two) in bytes.iter().zip(room.chunks_exact_mut(2)) {
        two[0] = DIGITS[usize::from(byte >> 4)];
        two[1] = DIGITS[usize::from(byte & 15)];
    }
}

/// What tells upstreams which request their calls belong to.
#[derive(Debug)]
pub(crate) struct Identity<'r> {
    request_id: Option<HeaderValue>,
    trace: Option<&'r Trace>,
    state: Option<HeaderValue>,
}

impl<'r> Identity<'r> {
    pub(crate) fn new(request_id: &str, trace: Option<&'r Trace>) -> Self {
        let state = trace.and_then(|trace| trace.state.as_deref());
        Self {
            request_id: HeaderValue::from_str(request_id).ok(),
            trace,
            state: state.and_then(|state| HeaderValue::from_str(state).ok()),
        }
    }

    /// The header fields of one call.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        let parent = self.trace.and_then(|trace| HeaderValue::from_bytes(&trace.child()).ok());
        let named = |name, value: Option<HeaderValue>| {
            value.map(|value| (HeaderName::from_static(name), value))
        };
        [
            named("x-request-id", self.request_id.clone()),
            named("traceparent", parent),
            named("tracestate", self.state.clone()),
        ]
        .into_iter()
        .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::{Trace, id_text};

    #[test]
    fn an_id_has_all_its_digits() {
        for id in [0, 1, 0xabc, 1 << 127, u128::MAX, 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736] {
            assert_eq!(id_text(id), format!("{id:032x}"));
        }
    }

    #[test]
    fn only_well_formed_contexts_are_taken_up() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        let good = format!("00-{id}-00f067aa0ba902b7-01");
        let trace = Trace::parse(&good, Some("a=b"));
        let parsed = u128::from_str_radix(id, 16).unwrap_or_default();
        assert_eq!(trace.as_ref().map(|t| (t.flags, t.state.as_deref())), Some((1, Some("a=b"))));
        let child = trace.map(|t| t.child()).unwrap_or([0; 55]);
        let child = String::from_utf8_lossy(&child).into_owned();
        assert_eq!(Trace::parse(&child, None).map(|t| (t.trace_id, t.flags)), Some((parsed, 1)));
        assert!(child.starts_with(&format!("00-{id}-")) && child.ends_with("-01"), "{child}");
        assert_ne!(child, good);
        for bad in [
            "",
            "00",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        ] {
            assert_eq!(Trace::parse(bad, None), None, "{bad}");
        }
    }
}
