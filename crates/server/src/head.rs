//! Checks of a request's head that come before everything else.
//!
//! In:    method, target, headers.
//! Out:   nothing, or the problem to answer.
//! Never: a head that some other program on the way could read differently.
//!
//! Sources: RFC 9112 §3.2 (`Host`), RFC 6585 §5 (431).

use std::net::IpAddr;

use frontage_exec::Problem;
use http::request::Parts;
use http::uri::Authority;
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

/// Checks that the client named this machine: `kind = "dev"` believes whoever reaches it, and a page
/// of another site could reach it under a name of its own that points here (DNS rebinding).
///
/// # Errors
///
/// The problem to answer.
pub(crate) fn check_loopback_host(parts: &Parts) -> Result<(), Problem> {
    let named = match parts.headers.get(header::HOST) {
        Some(host) => host.to_str().ok().and_then(|host| host.parse::<Authority>().ok()),
        None => parts.uri.authority().cloned(),
    };
    let loopback = named.is_some_and(|authority| {
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let address = host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        address || host.eq_ignore_ascii_case("localhost") || host.ends_with(".localhost")
    });
    if loopback {
        return Ok(());
    }
    let detail = "auth of kind `dev` answers under 127.0.0.1, [::1] and localhost only";
    Err(problem(StatusCode::MISDIRECTED_REQUEST, "foreign_host", detail))
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

#[cfg(test)]
mod tests {
    use http::Request;

    use super::check_loopback_host;

    #[test]
    fn only_names_of_this_machine_pass() {
        let cases = [
            ("127.0.0.1:3001", true),
            ("localhost", true),
            ("LOCALHOST:1", true),
            ("web.localhost:3001", true),
            ("[::1]:3001", true),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example:3001", false),
            ("10.0.0.1", false),
            ("", false),
        ];
        for (host, passes) in cases {
            let request = Request::builder().uri("/").header("host", host).body(());
            let (parts, ()) = request.unwrap_or_else(|e| panic!("{host}: {e}")).into_parts();
            assert_eq!(check_loopback_host(&parts).is_ok(), passes, "{host}");
        }
    }
}
