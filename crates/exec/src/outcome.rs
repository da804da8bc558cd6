//! What running a route gives: an answer or a problem, and what is to be told of how it came.

use bytes::Bytes;
use frontage_plan::{Name, problem_title};
use http::{HeaderName, HeaderValue};

/// What running a route gives.
#[derive(Debug)]
pub struct Outcome {
    /// Status of the answer.
    pub status: u16,
    /// Headers that the route sets.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// What is answered.
    pub body: OutcomeBody,
    /// The `Cache-Control` field that the route asks for.
    pub cache_control: Option<HeaderValue>,
    /// The answer depends on who asks.
    pub private: bool,
    /// Parts whose fallback ran, each once.
    pub replaced: Vec<Name>,
    /// The calls that were made, in order of their start.
    pub calls: Vec<CallRecord>,
    /// Answers that contradict their contracts.
    pub drift: Vec<DriftRecord>,
    /// What was thrown and is not for the client; for the log.
    pub internal: Option<String>,
}

/// What is answered.
#[derive(Debug)]
pub enum OutcomeBody {
    /// JSON text.
    Json(Bytes),
    /// Nothing.
    Empty,
    /// A fault; the server writes it as problem details.
    Problem(Problem),
}

/// A fault, for the client (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Status of the answer.
    pub status: u16,
    /// Machine-readable code.
    pub code: String,
    /// The same for every fault of this code.
    pub title: String,
    /// What a route says of it.
    pub detail: Option<String>,
    /// Faults of the input.
    pub issues: Vec<Issue>,
    /// When to come again, in seconds.
    pub retry_after_s: Option<u32>,
}

/// One fault of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Where it was.
    pub part: InputPart,
    /// Names and indices that lead to it, as `items[2].id`; empty for the whole.
    pub path: String,
    /// Zod's code.
    pub code: String,
    /// For people.
    pub message: String,
}

/// A part of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputPart {
    /// Path parameters.
    Params,
    /// The query.
    Query,
    /// Headers.
    Headers,
    /// The body.
    Body,
}

impl InputPart {
    /// Its word in `errors[].in`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Params => "params",
            Self::Query => "query",
            Self::Headers => "headers",
            Self::Body => "body",
        }
    }
}

/// One call that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord {
    /// Whose operation.
    pub upstream: Name,
    /// Which.
    pub operation: Name,
    /// When it started, from the start of the route, in microseconds.
    pub start_us: u64,
    /// How long it took, in microseconds.
    pub duration_us: u64,
    /// What came of it.
    pub result: CallResult,
    /// How many further places of the route shared it.
    pub joined: u32,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallResult {
    /// An answer with this status.
    Status(u16),
    /// No answer.
    Failed {
        /// `timeout`, `connection`, `answer`, `argument`.
        reason: &'static str,
        /// For the log only: may name addresses.
        message: String,
    },
    /// Nobody waited for it any longer.
    Cancelled,
}

/// One answer that contradicts its contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftRecord {
    /// Whose operation.
    pub upstream: Name,
    /// Which.
    pub operation: Name,
    /// What was wrong, and where; `None` if it passed (an enum's unknown value).
    pub fault: Option<DriftFault>,
    /// Values of enums that the contract does not name.
    pub unknown_enums: u32,
}

/// How an answer contradicts its contract. It holds no value of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftFault {
    /// Where: `items[3].price`; empty for the whole answer.
    pub path: String,
    /// What the contract says.
    pub expected: String,
    /// What kind of thing was there.
    pub found: String,
}

impl Problem {
    /// A problem with its code's own title.
    #[must_use]
    pub fn new(status: u16, code: &str) -> Self {
        let usual = || http::StatusCode::from_u16(status).ok()?.canonical_reason();
        let title = problem_title(code).or_else(usual).unwrap_or("Error");
        Self {
            status,
            code: code.to_owned(),
            title: title.to_owned(),
            detail: None,
            issues: Vec::new(),
            retry_after_s: None,
        }
    }
}
