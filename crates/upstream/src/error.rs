//! Why a call gave no usable answer.

use std::time::Duration;

/// What routes and clients are told of a failed call; everything finer is for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// No answer in time.
    Timeout,
    /// No answer: not connected, cut, refused by our own limits.
    Connection,
    /// An answer that is no usable HTTP: garbage or too large.
    Answer,
    /// The call could not be written: an argument that no request can carry.
    Argument,
}

impl Reason {
    /// The word in logs and in `UpstreamError.reason`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Connection => "connection",
            Self::Answer => "answer",
            Self::Argument => "argument",
        }
    }
}

/// Why one upstream call gave no usable answer.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// No connection could be made; nothing was sent.
    #[error("cannot connect to `{upstream}` at {address}: {cause}")]
    Connect {
        /// Whose.
        upstream: String,
        /// Which address.
        address: String,
        /// The system's words.
        cause: String,
    },
    /// The TLS handshake failed; nothing was sent.
    #[error("no TLS with `{upstream}` at {address}: {cause}")]
    Tls {
        /// Whose.
        upstream: String,
        /// Which address.
        address: String,
        /// The library's words.
        cause: String,
    },
    /// The deadline passed first; the call may still have taken effect.
    #[error("no answer from `{upstream}` within {} ms", waited.as_millis())]
    DeadlinePassed {
        /// Whose.
        upstream: String,
        /// How long it was waited for.
        waited: Duration,
    },
    /// The connection ended before the answer was whole; the call may have taken effect.
    #[error("`{upstream}` closed the connection before its answer was whole: {cause}")]
    Closed {
        /// Whose.
        upstream: String,
        /// The library's words.
        cause: String,
    },
    /// The answer is larger than the limit.
    #[error("the answer of `{upstream}` is larger than {limit} bytes")]
    TooLarge {
        /// Whose.
        upstream: String,
        /// The limit.
        limit: usize,
    },
    /// The answer is no HTTP.
    #[error("`{upstream}` answered something that is not HTTP/1.1: {cause}")]
    Garbage {
        /// Whose.
        upstream: String,
        /// The library's words.
        cause: String,
    },
    /// Too many calls wait for a connection; nothing was sent.
    #[error("too many calls wait for `{upstream}`")]
    Overloaded {
        /// Whose.
        upstream: String,
    },
    /// The request cannot be written; nothing was sent.
    #[error("the call of `{upstream}` cannot be written: {cause}")]
    BadRequest {
        /// Whose.
        upstream: String,
        /// What is wrong with it.
        cause: String,
    },
}

impl CallError {
    /// What is told of it.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        match self {
            Self::DeadlinePassed { .. } => Reason::Timeout,
            Self::Connect { .. }
            | Self::Tls { .. }
            | Self::Closed { .. }
            | Self::Overloaded { .. } => Reason::Connection,
            Self::TooLarge { .. } | Self::Garbage { .. } => Reason::Answer,
            Self::BadRequest { .. } => Reason::Argument,
        }
    }

    /// Whether certainly no byte of the request reached the upstream.
    #[must_use]
    pub const fn nothing_sent(&self) -> bool {
        matches!(
            self,
            Self::Connect { .. }
                | Self::Tls { .. }
                | Self::Overloaded { .. }
                | Self::BadRequest { .. }
        )
    }
}
