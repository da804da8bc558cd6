//! What goes wrong, and how clients are told: RFC 9457 problem details.
//!
//! Never: an internal error's text in an answer; it goes to the log.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A refusal as clients see it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Problem {
    #[serde(rename = "type")]
    kind: Box<str>,
    title: &'static str,
    status: u16,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Box<str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shortages: Vec<Shortage>,
}

/// One fault of a parameter or of a place in the body.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FieldError {
    /// JSON pointer into the body, or the parameter's name.
    pub(crate) pointer: String,
    /// What is wrong with it.
    pub(crate) message: String,
}

/// A product that the warehouses do not have enough of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shortage {
    /// The product's id.
    pub(crate) product_id: String,
    /// Units that were asked for.
    pub(crate) requested: i64,
    /// Units that could be had, in all warehouses.
    pub(crate) available: i64,
}

impl Problem {
    /// - `status`: the HTTP status; its phrase becomes the title.
    /// - `code`: the stable name for programs, in `snake_case`.
    pub(crate) fn new(status: StatusCode, code: &'static str) -> Self {
        Self {
            kind: format!("urn:shop:problem:{code}").into(),
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            code,
            detail: None,
            errors: Vec::new(),
            shortages: Vec::new(),
        }
    }

    /// 404 for a thing that does not exist.
    pub(crate) fn not_found(what: &str, id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found").detail(format!("There is no {what} `{id}`."))
    }

    /// 422 for a value that is not allowed.
    pub(crate) fn unprocessable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code).detail(detail)
    }

    /// 409 with the products that are short.
    pub(crate) fn out_of_stock(shortages: Vec<Shortage>) -> Self {
        let mut problem = Self::new(StatusCode::CONFLICT, "out_of_stock")
            .detail("Nothing was reserved: the warehouses do not have enough.");
        problem.shortages = shortages;
        problem
    }

    /// Says more in a sentence for people.
    #[must_use]
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into().into());
        self
    }

    /// Names the places that are wrong.
    #[must_use]
    pub(crate) fn errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}

/// Why a request has no good answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The client is told why.
    #[error("{} {}", .0.status, .0.code)]
    Refused(Box<Problem>),
    /// The database failed; the client learns nothing but 500.
    #[error("database: {0}")]
    Database(#[from] rusqlite::Error),
    /// Stored JSON cannot be read or written.
    #[error("stored JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A task of this program died.
    #[error("internal: {0}")]
    Internal(&'static str),
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(problem) => problem.into_response(),
            internal => {
                eprintln!("shop-services: {internal}");
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal").into_response()
            }
        }
    }
}
