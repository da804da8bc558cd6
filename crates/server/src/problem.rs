//! Problem details: the body of every error.
//!
//! In:    a status, a machine-readable code, words for people.
//! Out:   `application/problem+json`.
//! Never: internals of upstreams, or anything a client did not send or may not know.
//!
//! Sources: RFC 9457.

use frontage_exec::Problem;
use http::StatusCode;

use crate::json_text::push_string;

/// A problem of the server's own.
pub(crate) fn problem(status: StatusCode, code: &str, detail: &str) -> Problem {
    let detail = Some(detail.to_owned()).filter(|detail| !detail.is_empty());
    Problem { detail, ..Problem::new(status.as_u16(), code) }
}

/// A problem of the server's own that passes: another try makes sense in `seconds`.
pub(crate) fn passing(status: StatusCode, code: &str, detail: &str, seconds: u32) -> Problem {
    Problem { retry_after_s: Some(seconds), ..problem(status, code, detail) }
}

/// The body.
pub(crate) fn to_json(problem: &Problem, request_id: &str) -> String {
    let mut out = String::with_capacity(160);
    out.push_str("{\"type\":\"about:blank\",\"title\":");
    push_string(&mut out, &problem.title);
    out.push_str(",\"status\":");
    out.push_str(&problem.status.to_string());
    out.push_str(",\"code\":");
    push_string(&mut out, &problem.code);
    if let Some(detail) = &problem.detail {
        out.push_str(",\"detail\":");
        push_string(&mut out, detail);
    }
    if !problem.issues.is_empty() {
        out.push_str(",\"errors\":[");
        for (at, issue) in problem.issues.iter().enumerate() {
            out.push_str(if at == 0 { "{\"in\":" } else { ",{\"in\":" });
            push_string(&mut out, issue.part.as_str());
            out.push_str(",\"path\":");
            push_string(&mut out, &issue.path);
            out.push_str(",\"code\":");
            push_string(&mut out, &issue.code);
            out.push_str(",\"message\":");
            push_string(&mut out, &issue.message);
            out.push('}');
        }
        out.push(']');
    }
    out.push_str(",\"requestId\":");
    push_string(&mut out, request_id);
    out.push('}');
    out
}

#[cfg(test)]
mod tests {
    use frontage_exec::{InputPart, Issue, Problem};
    use http::StatusCode;

    use super::{problem, to_json};

    #[test]
    fn a_problem_names_status_code_and_request() {
        let problem = problem(StatusCode::NOT_FOUND, "not_found", "no \"such\" path");
        assert_eq!(
            to_json(&problem, "r1"),
            r#"{"type":"about:blank","title":"Not Found","status":404,"code":"not_found","detail":"no \"such\" path","requestId":"r1"}"#
        );
    }

    #[test]
    fn every_fault_of_the_input_is_listed() {
        let issue = |path: &str| Issue {
            part: InputPart::Query,
            path: path.into(),
            code: "too_big".into(),
            message: "at most 10".into(),
        };
        let problem = Problem {
            issues: vec![issue("limit"), issue("page")],
            ..Problem::new(400, "invalid_input")
        };
        let json: serde_json::Value =
            serde_json::from_str(&to_json(&problem, "r")).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(json["errors"][0]["in"], "query");
        assert_eq!(json["errors"][1]["path"], "page");
        assert_eq!(json["detail"], serde_json::Value::Null);
    }
}
