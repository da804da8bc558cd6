//! Checks of a request's head that come before everything else.
//!
//! In:    method, target, headers.
//! Out:   nothing, or the problem to answer.
//! Never: a head that some other program on the way could read differently.
//!
//! Sources: RFC 9112 §3.2 (`Host`), RFC 6585 §5 (431).

use frontage_exec::Problem;
use http::request::Parts;
use http::{HeaderMap, StatusCode, Version, header};

use crate::problem::problem;
use crate::settings::Limits;

/// Checks a head against the limits and for ambiguity.
///
/// # Errors
///
/// The problem to answer.
pub(crate) fn check(parts: &Parts, limits: &Limits) -> Result<(), Problem> {
    let target = parts.uri.path_and_query().map_or(0, |target| target.as_str().len());
    if target > limits.uri {
        let detail = format!("path and query may have {} bytes", limits.uri);
        return Err(problem(StatusCode::URI_TOO_LONG, "uri_too_long", &detail));
    }
    if size_of(&parts.headers) > limits.headers {
        let detail = format!("all headers together may have {} bytes", limits.headers);
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Err(problem(status, "headers_too_large", &detail));
    }
    let hosts = parts.headers.get_all(header::HOST).iter().count();
    if hosts > 1 || (hosts == 0 && parts.version == Version::HTTP_11) {
        let detail = "a request needs exactly one Host";
        return Err(problem(StatusCode::BAD_REQUEST, "malformed_head", detail));
    }
    if looks_alike(&parts.headers) {
        let detail = "two headers differ only in `_` and `-`";
        return Err(problem(StatusCode::BAD_REQUEST, "malformed_head", detail));
    }
    Ok(())
}

/// The size of all fields as the limit counts it: names, values and their separators.
fn size_of(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

/// Some programs read `X_User_Id` as `X-User-Id`: both in one request mean an attempt to pass one
/// off as the other.
fn looks_alike(headers: &HeaderMap) -> bool {
    let mut names = headers.keys().map(http::HeaderName::as_str);
    names.any(|name| name.contains('_') && headers.contains_key(name.replace('_', "-")))
}
