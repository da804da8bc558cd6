//! Errors and replies as values.

use crate::{Text, Value};

/// A value that was thrown, or can be.
#[derive(Clone, Debug)]
pub enum ErrorValue {
    /// A failed call: `UpstreamError`.
    Upstream {
        /// The upstream's status; 504 for a timeout, 502 otherwise.
        status: u16,
        /// Who failed.
        upstream: Text,
        /// What was asked.
        operation: Text,
        /// `status`, `timeout`, `connection` or `drift`.
        reason: Text,
    },
    /// What `error(status, code, detail)` makes: `HttpError`.
    Http {
        /// Status of the answer.
        status: u16,
        /// Machine-readable code.
        code: Text,
        /// For people.
        detail: Option<Text>,
    },
    /// An error of the language: `TypeError`, `RangeError`, `URIError`, ...
    Other {
        /// Its class.
        name: Text,
        /// Its message.
        message: Text,
    },
}

impl ErrorValue {
    /// Its own members, in their order: what its class adds to `Error`.
    pub fn members(&self) -> impl Iterator<Item = (&'static str, Value)> {
        let names: &[&str] = match self {
            Self::Upstream { .. } => &["status", "upstream", "operation", "reason"],
            Self::Http { .. } => &["status", "code", "detail"],
            Self::Other { .. } => &[],
        };
        let all = names.iter().map(|name| (*name, self.member(name)));
        all.filter(|(_, value)| !value.is_undefined())
    }

    /// `error.name`
    #[must_use]
    pub fn name(&self) -> Text {
        match self {
            Self::Upstream { .. } => Text::from_static("UpstreamError"),
            Self::Http { .. } => Text::from_static("HttpError"),
            Self::Other { name, .. } => name.clone(),
        }
    }

    /// `error.message`
    #[must_use]
    pub fn message(&self) -> Text {
        match self {
            Self::Upstream { upstream, operation, reason, status } => match reason.as_str() {
                "status" => format!("{upstream}.{operation} answered {status}").into(),
                "timeout" => format!("{upstream}.{operation} did not answer in time").into(),
                "drift" => format!("{upstream}.{operation} contradicts its contract").into(),
                _ => format!("{upstream}.{operation} could not be reached").into(),
            },
            Self::Http { code, detail, .. } => detail.clone().unwrap_or_else(|| code.clone()),
            Self::Other { message, .. } => message.clone(),
        }
    }

    /// The field `name` of the error; `undefined` if it has none such.
    #[must_use]
    pub fn member(&self, name: &str) -> Value {
        let number = |status: &u16| Value::Number(f64::from(*status));
        match (self, name) {
            (_, "name") => Value::Text(self.name()),
            (_, "message") => Value::Text(self.message()),
            (Self::Upstream { status, .. } | Self::Http { status, .. }, "status") => number(status),
            (Self::Upstream { upstream, .. }, "upstream") => Value::Text(upstream.clone()),
            (Self::Upstream { operation, .. }, "operation") => Value::Text(operation.clone()),
            (Self::Upstream { reason, .. }, "reason") => Value::Text(reason.clone()),
            (Self::Http { code, .. }, "code") => Value::Text(code.clone()),
            (Self::Http { detail: Some(detail), .. }, "detail") => Value::Text(detail.clone()),
            _ => Value::Undefined,
        }
    }
}

/// A whole reply: what `json(...)`, `noContent()` and `redirect(...)` make.
#[derive(Clone, Debug)]
pub struct ReplyValue {
    /// Its status.
    pub status: u16,
    /// Headers that the route sets, in order.
    pub headers: Vec<(Text, Text)>,
    /// The `Cache-Control` it asks for.
    pub cache_control: Option<Text>,
    /// The answer; none for `noContent` and `redirect`.
    pub body: Option<Value>,
    /// Where a redirect leads.
    pub location: Option<Text>,
}
