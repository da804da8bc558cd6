//! What a new version of a backend changes for its clients.
//!
//! In:    two OpenAPI 3.1 documents as `frontage openapi` writes them.
//! Out:   every change, breaking and harmless told apart.
//! Never: a change called harmless that could be none: what is not understood breaks.
//!
//! Start at [`compare`]; `schema` decides whether what one side gives is what the other takes.

mod document;
mod schema;

use serde::Serialize;

pub use document::compare;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Change {
    /// The route: `GET /orders/{id}`.
    pub route: String,
    /// Where in what it takes or answers: `query limit`, `answer 200: items[].price`; empty for the
    /// whole route.
    pub place: String,
    /// Clients that work with the old version may fail with the new one.
    pub breaking: bool,
    /// What kind of change it is, for programs.
    pub code: &'static str,
    /// The change in words.
    pub message: String,
}
