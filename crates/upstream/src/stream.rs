//! Requests whose bodies are handed through as they come, in both directions.
//!
//! Back-pressure is the connections' own: a reader that does not read stops the writer.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{HeaderMap, Method, Response};
use http_body::{Body, Frame, SizeHint};
use tokio::time::Instant;

use crate::body::{BoxError, RequestBody};
use crate::client::Head;
use crate::coming::Coming;
use crate::hop::remove_hop_by_hop;
use crate::{CallError, Client, Passed};

/// A request whose answer is wanted as a stream.
#[derive(Debug)]
pub struct StreamRequest<B> {
    /// Its method.
    pub method: Method,
    /// Path and query as [`crate::fill`] builds them.
    pub path_and_query: String,
    /// Its own headers; hop-by-hop ones are removed, those of the settings are added.
    pub headers: HeaderMap,
    /// Its body; `None` sends none.
    pub body: Option<B>,
    /// Free of side effects.
    pub safe: bool,
    /// When to give up waiting for the answer's head.
    pub deadline: Instant,
}

impl Client {
    /// Sends a request and gives its answer once the head is there.
    ///
    /// Headers of the answer come without hop-by-hop ones.
    ///
    /// # Errors
    ///
    /// [`CallError`], before the head; what fails later is an error of the body.
    pub async fn stream<B>(
        &self,
        request: StreamRequest<B>,
    ) -> Result<Response<StreamBody>, CallError>
    where
        B: Body<Data = Bytes> + 'static,
        B::Error: Into<BoxError>,
    {
        let StreamRequest { method, path_and_query, mut headers, body, safe, deadline } = request;
        remove_hop_by_hop(&mut headers);
        // The length is written again from the body itself.
        headers.remove(http::header::CONTENT_LENGTH);
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        let head = Head { method, path_and_query, headers, safe };
        let body = match body {
            None => RequestBody::Whole(None),
            Some(body) => RequestBody::Streamed(Box::pin(Converted(Box::pin(body)))),
        };
        let started = Instant::now();
        let inner = self.inner();
        let exchange = inner.exchange(&head, body);
        let reply = match inner.deadlines.within(deadline, exchange).await {
            Ok(result) => result?,
            Err(Passed) => return Err(inner.deadline_passed(started)),
        };
        let mut headers = reply.fields.into_map();
        remove_hop_by_hop(&mut headers);
        let mut response = Response::new(StreamBody::new(reply.body));
        *response.status_mut() = reply.status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

/// A body with its error boxed and its trailers cut.
struct Converted<B>(Pin<Box<B>>);

impl<B> Body for Converted<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        loop {
            return match self.0.as_mut().poll_frame(context) {
                Poll::Pending => Poll::Pending,
                Poll::Ready(None) => Poll::Ready(None),
                Poll::Ready(Some(Ok(frame))) if frame.is_trailers() => continue,
                Poll::Ready(Some(frame)) => Poll::Ready(Some(frame.map_err(Into::into))),
            };
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

/// The body of a streamed answer. Read to its end, its connection is used again; dropped before,
/// the connection is closed.
pub struct StreamBody {
    /// Nothing once it is over.
    coming: Option<Coming>,
}

impl StreamBody {
    pub(crate) fn new(coming: Coming) -> Self {
        let mut body = Self { coming: Some(coming) };
        body.release_at_end();
        body
    }

    fn release_at_end(&mut self) {
        if let Some(coming) = self.coming.take_if(|coming| coming.is_over()) {
            coming.put_back();
        }
    }
}

impl Body for StreamBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(coming) = &mut self.coming else { return Poll::Ready(None) };
        Poll::Ready(match ready!(coming.poll_piece(context)) {
            None => {
                if let Some(coming) = self.coming.take() {
                    coming.put_back();
                }
                None
            }
            Some(Err(fault)) => {
                self.coming = None;
                Some(Err(fault.into()))
            }
            Some(Ok(piece)) => {
                self.release_at_end();
                Some(Ok(Frame::data(piece)))
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.coming.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let left = self.coming.as_ref().map_or(Some(0), Coming::left);
        left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

impl std::fmt::Debug for StreamBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StreamBody").finish_non_exhaustive()
    }
}
