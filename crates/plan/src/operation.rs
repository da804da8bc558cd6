//! Upstreams and their operations, as far as calling them needs it.

use serde::{Deserialize, Serialize};

use crate::{Name, ShapeId};

/// Index into [`crate::Plan::upstreams`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UpstreamId(pub u16);

/// Index into [`crate::Plan::operations`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OperationId(pub u32);

/// A service that routes call. Its addresses and headers are settings, not part of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Upstream {
    /// Its name in `frontage.toml`.
    pub name: Name,
    /// Time for each call unless the call says less, in milliseconds.
    pub timeout_ms: u32,
}

/// HTTP methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the methods of HTTP by their own names")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
    Query,
    Trace,
}

impl Method {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Query => "QUERY",
            Self::Trace => "TRACE",
        }
    }

    /// Whether the method is safe as RFC 9110 §9.2.1 has it.
    #[must_use]
    pub const fn is_safe(self) -> bool {
        matches!(self, Self::Get | Self::Head | Self::Query | Self::Options | Self::Trace)
    }
}

/// An operation of an upstream.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Operation {
    /// Whose it is.
    pub upstream: UpstreamId,
    /// Its name in routes.
    pub name: Name,
    /// Method of the request.
    pub method: Method,
    /// The path, relative to the upstream's address; starts with `/` unless empty.
    pub path: Vec<PathPiece>,
    /// All parameters, in the contract's order.
    pub parameters: Vec<Parameter>,
    /// How a body is written, if the operation takes one.
    pub body: Option<BodyKind>,
    /// Free of side effects: may be joined and started early.
    pub safe: bool,
}

/// A piece of a URL template. Text is written as it is; a parameter only through its encoder.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PathPiece {
    /// Literal text, already encoded.
    Text(Name),
    /// Index of a parameter with [`Location::Path`].
    Parameter(u16),
}

/// A parameter of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Parameter {
    /// Name on the wire.
    pub name: Name,
    /// Where it goes.
    pub location: Location,
    /// How lists and objects are written (RFC 6570 as OpenAPI uses it).
    pub style: Style,
    /// Whether each element has a pair of its own.
    pub explode: bool,
    /// Leaving it out is a fault.
    pub required: bool,
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "OpenAPI's own words")]
pub enum Location {
    Path,
    Query,
    Header,
    Cookie,
}

/// How a parameter's value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "OpenAPI's own words")]
pub enum Style {
    Simple,
    Label,
    Matrix,
    Form,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
}

/// How a body is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BodyKind {
    /// JSON under this media type.
    Json(Name),
    /// `application/x-www-form-urlencoded`.
    Form,
    /// Text under this media type.
    Text(Name),
    /// Bytes; only `passthrough` can send them.
    Binary,
}

/// A set of statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Statuses {
    /// First status.
    pub from: u16,
    /// Last status.
    pub to: u16,
}

impl Statuses {
    /// Whether `status` is one of them.
    #[must_use]
    pub const fn contains(self, status: u16) -> bool {
        self.from <= status && status <= self.to
    }
}

/// What is made of an answer's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AnswerKind {
    /// JSON, read through a projection.
    Json(ShapeId),
    /// Text as a string.
    Text,
    /// No body: `undefined`.
    Empty,
}
