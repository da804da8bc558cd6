//! Answers: stored JSON as it is, pages, and pictures that caches can keep.

use crate::random::fingerprint;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::fmt::Write as _;

/// JSON text with status 200.
pub(crate) fn json(text: String) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response()
}

/// JSON text of a new thing, with its address.
pub(crate) fn created(location: &str, text: String) -> Response {
    let mut response = json(text);
    *response.status_mut() = StatusCode::CREATED;
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// JSON text as a list.
pub(crate) fn list(items: &[String]) -> String {
    let mut text =
        String::with_capacity(items.iter().map(|item| item.len() + 1).sum::<usize>() + 2);
    text.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(item);
    }
    text.push(']');
    text
}

/// Where a page stands in the whole result.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(crate) total: i64,
    pub(crate) limit: i64,
    pub(crate) offset: i64,
}

impl Page {
    /// A page as JSON text.
    ///
    /// - `more`: further members, each a name and JSON text.
    pub(crate) fn json(self, items: &[String], more: &[(&str, String)]) -> String {
        let mut text = format!(r#"{{"items":{}"#, list(items));
        let Self { total, limit, offset } = self;
        // Writing to a string cannot fail.
        let _ = write!(text, r#","total":{total},"limit":{limit},"offset":{offset}"#);
        for (name, json) in more {
            let _ = write!(text, r#","{name}":{json}"#);
        }
        text.push('}');
        text
    }
}

/// `text` with an entity tag, or 304 when the client has it.
pub(crate) fn tagged(
    headers: &HeaderMap,
    kind: &'static str,
    cache: &'static str,
    text: String,
) -> Response {
    let tag = format!("\"{:016x}\"", fingerprint(text.as_bytes()));
    let known = headers.get_all(header::IF_NONE_MATCH).iter().any(|value| {
        let tags = value.to_str().unwrap_or_default().split(',').map(str::trim);
        tags.into_iter().any(|known| known == "*" || known.trim_start_matches("W/") == tag)
    });
    let mut response =
        if known { StatusCode::NOT_MODIFIED.into_response() } else { text.into_response() };
    let answer = response.headers_mut();
    if known {
        answer.remove(header::CONTENT_TYPE);
    } else {
        answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.insert(header::ETAG, tag);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::{Page, list};

    #[test]
    fn pages_are_json() {
        let items = ["{}".to_owned(), "1".to_owned()];
        let page = Page { total: 9, limit: 2, offset: 4 };
        let text = page.json(&items, &[("facets", list(&[]))]);
        assert_eq!(text, r#"{"items":[{},1],"total":9,"limit":2,"offset":4,"facets":[]}"#);
    }
}
