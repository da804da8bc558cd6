//! Words that both towers say: titles of problems (RFC 9457).

/// The title of a problem that Frontage itself answers, the same for each of its codes.
#[must_use]
pub fn problem_title(code: &str) -> Option<&'static str> {
    Some(match code {
        "invalid_input" => "The request does not fit what this route takes",
        "malformed_body" => "The body is not JSON",
        "unsupported_media_type" => "The body must be application/json",
        "upstream_timeout" => "A service did not answer in time",
        "upstream_unavailable" => "A service could not be reached",
        "upstream_drift" => "A service answered something unexpected",
        "upstream_busy" => "A service asks to slow down",
        "upstream_error" => "A service failed",
        "upstream_unauthorized" => "A service wants to know who asks",
        "upstream_forbidden" => "A service does not allow this",
        "upstream_not_found" => "A service does not have this",
        "upstream_conflict" => "A service sees a conflict",
        "upstream_gone" => "A service no longer has this",
        "upstream_unprocessable" => "A service does not accept this",
        "internal" => "This route failed",
        _ => return None,
    })
}
