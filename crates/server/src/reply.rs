//! An answer before it is finished: what routes, files and problems have in common.
//!
//! In:    status, headers, content, and what may be done with it.
//! Out:   the same after conditional request and compression ([`Reply::finish`]).
//! Never: a 304 or a coding for an answer that says it has its own.
//!
//! Sources: RFC 9110 §13 (conditional requests), §8.8.3 (ETag), §12.5.5 (Vary).

use std::time::SystemTime;

use bytes::Bytes;
use frontage_exec::Problem;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use crate::body::Content;
use crate::compress;
use crate::conditional::{etag, not_modified};
use crate::negotiate::{Accepted, Coding};
use crate::problem::to_json;

/// An answer that is not finished.
pub(crate) struct Reply {
    /// Its status.
    pub(crate) status: StatusCode,
    /// Its own headers.
    pub(crate) headers: HeaderMap,
    /// Its body before compression.
    pub(crate) content: Content,
    /// Whether its bytes gain from compression.
    pub(crate) compressible: bool,
    /// Whether other clients may get another coding of it.
    pub(crate) varies: bool,
    /// When it was last changed, if that is known.
    pub(crate) modified: Option<SystemTime>,
    /// Handed on as it came: no ETag, no compression.
    pub(crate) untouched: bool,
    /// Another backend's, which says of itself what there is to say.
    pub(crate) foreign: bool,
}

impl Reply {
    /// An empty answer.
    pub(crate) fn new(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            content: Content::Empty,
            compressible: false,
            varies: false,
            modified: None,
            untouched: false,
            foreign: false,
        }
    }

    /// A text answer.
    pub(crate) fn text(
        status: StatusCode,
        media_type: &'static str,
        text: impl Into<Bytes>,
    ) -> Self {
        let mut reply = Self::new(status);
        reply.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        reply.content = text.into().into();
        reply.compressible = true;
        reply.varies = true;
        reply
    }

    /// The answer to an error.
    pub(crate) fn problem(problem: &Problem, request_id: &str) -> Self {
        let status =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let json = to_json(problem, request_id);
        let mut reply = Self::text(status, "application/problem+json", json);
        reply.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = problem.retry_after_s {
            reply.headers.insert(header::RETRY_AFTER, seconds.into());
        }
        reply
    }

    /// Gives the answer its validator, answers a conditional request, compresses.
    pub(crate) async fn finish(mut self, method: &Method, request: &HeaderMap) -> Self {
        if self.foreign {
            return self;
        }
        self.headers
            .entry(header::X_CONTENT_TYPE_OPTIONS)
            .or_insert(HeaderValue::from_static("nosniff"));
        if self.untouched {
            return self;
        }
        let coded = self.headers.contains_key(header::CONTENT_ENCODING);
        let coding = match &self.content {
            Content::Whole(bytes)
                if self.compressible && !coded && bytes.len() >= compress::SMALLEST =>
            {
                Accepted::of(request).choose(&Coding::LIVE)
            }
            _ => Coding::Identity,
        };
        if self.varies {
            self.headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        let reads = *method == Method::GET || *method == Method::HEAD;
        // A precondition comes before a range.
        let found =
            [StatusCode::OK, StatusCode::PARTIAL_CONTENT, StatusCode::RANGE_NOT_SATISFIABLE];
        if reads && found.contains(&self.status) {
            if self.status == StatusCode::OK
                && let Content::Whole(bytes) = &self.content
                && !self.headers.contains_key(header::ETAG)
                && let Ok(etag) = etag(bytes, coding).parse()
            {
                self.headers.insert(header::ETAG, etag);
            }
            let etag = self.headers.get(header::ETAG).and_then(|value| value.to_str().ok());
            if not_modified(request, etag, self.modified) {
                self.status = StatusCode::NOT_MODIFIED;
                self.content = Content::Empty;
                for name in [
                    header::CONTENT_TYPE,
                    header::CONTENT_LENGTH,
                    header::CONTENT_ENCODING,
                    header::CONTENT_RANGE,
                    header::ACCEPT_RANGES,
                ] {
                    self.headers.remove(name);
                }
                return self;
            }
        }
        if coding != Coding::Identity
            && let Content::Whole(bytes) = &self.content
        {
            match compress::compress(bytes, coding).await {
                Ok(coded) => {
                    self.content = coded.into();
                    self.headers
                        .insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
                    // Offsets into a body that is coded anew each time mean nothing.
                    self.headers.remove(header::ACCEPT_RANGES);
                }
                Err(error) => {
                    // The ETag names the coding, so it goes with it.
                    self.headers.remove(header::ETAG);
                    tracing::warn!(target: "frontage::server", {%error}, "compression failed");
                }
            }
        }
        self
    }
}
