//! Validators of answers and conditional requests.
//!
//! In:    an answer's bytes or a file's date; the request's `If-None-Match`, `If-Modified-Since`.
//! Out:   a strong `ETag`; whether 304 is due.
//!
//! Each coding of one answer has an ETag of its own, as a strong validator must.
//!
//! Sources: RFC 9110 §8.8, §13.

use std::time::SystemTime;

use http::{HeaderMap, header};

use crate::negotiate::Coding;

/// The strong ETag of these bytes under this coding.
pub(crate) fn etag(bytes: &[u8], coding: Coding) -> String {
    let hash = xxhash_rust::xxh3::xxh3_128(bytes);
    match coding {
        Coding::Identity => format!("\"{hash:032x}\""),
        _ => format!("\"{hash:032x}-{}\"", coding.name()),
    }
}

/// Whether the client already has this answer, so that 304 is due (for `GET` and `HEAD`).
pub(crate) fn not_modified(
    headers: &HeaderMap,
    etag: Option<&str>,
    modified: Option<SystemTime>,
) -> bool {
    let mut fields = headers.get_all(header::IF_NONE_MATCH).iter().peekable();
    if fields.peek().is_some() {
        // If-None-Match takes precedence; If-Modified-Since is then not looked at.
        let Some(etag) = etag else { return false };
        return fields.filter_map(|v| v.to_str().ok()).any(|field| lists(field, etag));
    }
    let (Some(since), Some(modified)) = (headers.get(header::IF_MODIFIED_SINCE), modified) else {
        return false;
    };
    let since = since.to_str().ok().and_then(|text| httpdate::parse_http_date(text).ok());
    since.is_some_and(|since| seconds(modified) <= seconds(since))
}

/// Whether a range may be served: no `If-Range`, or one that still fits (strongly).
pub(crate) fn range_still_fits(headers: &HeaderMap, etag: &str, modified: SystemTime) -> bool {
    let Some(field) = headers.get(header::IF_RANGE) else { return true };
    let Ok(text) = field.to_str() else { return false };
    if text.starts_with('"') {
        return text == etag;
    }
    httpdate::parse_http_date(text).is_ok_and(|date| seconds(date) == seconds(modified))
}

/// Whole seconds since 1970, the resolution of HTTP's dates.
fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_secs())
}

/// Whether an `If-None-Match` list holds the tag, compared weakly.
fn lists(field: &str, etag: &str) -> bool {
    if field.trim() == "*" {
        return true;
    }
    let opaque = etag.strip_prefix("W/").unwrap_or(etag);
    let mut rest = field;
    // A tag may hold commas, so the list is cut at quotes.
    while let Some(start) = rest.find('"') {
        let Some(length) = rest[start + 1..].find('"') else { return false };
        let end = start + length + 2;
        if &rest[start..end] == opaque {
            return true;
        }
        rest = &rest[end..];
    }
    false
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use http::{HeaderMap, HeaderName, HeaderValue, header};

    use super::{etag, not_modified, range_still_fits};
    use crate::negotiate::Coding;

    fn headers(fields: &[(HeaderName, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn etags_tell_bytes_and_codings_apart() {
        let all = [
            etag(b"a", Coding::Identity),
            etag(b"b", Coding::Identity),
            etag(b"a", Coding::Zstd),
            etag(b"a", Coding::Gzip),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(one.starts_with('"') && one.ends_with('"'));
            assert!(!all[..at].contains(one));
        }
        assert_eq!(etag(b"a", Coding::Zstd), etag(b"a", Coding::Zstd));
    }

    #[test]
    fn a_listed_tag_means_not_modified() {
        for (field, expected) in [
            ("\"x\"", true),
            ("W/\"x\"", true),
            ("\"a\", \"x\"", true),
            ("\"a,\", W/\"x\"", true),
            ("*", true),
            ("\"y\"", false),
            ("x", false),
            ("\"x", false),
            ("", false),
        ] {
            let headers = headers(&[(header::IF_NONE_MATCH, field)]);
            assert_eq!(not_modified(&headers, Some("\"x\""), None), expected, "{field}");
        }
        assert!(!not_modified(&HeaderMap::new(), Some("\"x\""), None));
    }

    #[test]
    fn the_date_counts_only_without_a_tag() {
        let modified = SystemTime::UNIX_EPOCH + Duration::from_millis(784_111_777_500);
        let same = "Sun, 06 Nov 1994 08:49:37 GMT";
        let before = "Sun, 06 Nov 1994 08:49:36 GMT";
        for (field, expected) in [(same, true), (before, false), ("nonsense", false)] {
            let headers = headers(&[(header::IF_MODIFIED_SINCE, field)]);
            assert_eq!(not_modified(&headers, None, Some(modified)), expected, "{field}");
        }
        let both =
            headers(&[(header::IF_MODIFIED_SINCE, same), (header::IF_NONE_MATCH, "\"other\"")]);
        assert!(!not_modified(&both, Some("\"x\""), Some(modified)));
    }

    #[test]
    fn a_range_is_served_only_of_the_same_file() {
        let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        for (field, expected) in [
            ("\"x\"", true),
            ("W/\"x\"", false),
            ("\"y\"", false),
            ("Sun, 06 Nov 1994 08:49:37 GMT", true),
            ("Sun, 06 Nov 1994 08:49:38 GMT", false),
        ] {
            let headers = headers(&[(header::IF_RANGE, field)]);
            assert_eq!(range_still_fits(&headers, "\"x\"", modified), expected, "{field}");
        }
        assert!(range_still_fits(&HeaderMap::new(), "\"x\"", modified));
    }
}
