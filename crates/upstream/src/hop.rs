//! Hop-by-hop fields: those that concern one connection only and are never handed on.

use http::{HeaderMap, HeaderName, header};

/// Fields that end at the next hop whether or not `Connection` names them (RFC 9110 §7.6.1).
const ALWAYS: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Fields that `Connection` cannot take away: the message would mean something else.
const KEPT: [&str; 4] = ["host", "content-length", "content-type", "cache-control"];

/// Removes hop-by-hop fields, those that `Connection` names included.
pub fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .filter(|name: &HeaderName| !KEPT.contains(&name.as_str()))
        .collect();
    for name in ALWAYS {
        headers.remove(name);
    }
    for name in named {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::remove_hop_by_hop;

    #[test]
    fn named_and_fixed_fields_go_and_framing_stays() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Secret, content-length"),
            ("x-secret", "1"),
            ("content-length", "3"),
            ("te", "trailers"),
            ("upgrade", "h2c"),
            ("etag", "\"a\""),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        remove_hop_by_hop(&mut headers);
        let mut left: Vec<&str> = headers.keys().map(http::HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["content-length", "etag"]);
    }
}
