//! Requests whose bodies are handed through as they come, in both directions.
//!
//! Back-pressure is the connections' own: a reader that does not read stops the writer.

use bytes::Bytes;
use http::{HeaderMap, Method, Response};
use http_body::Body;
use tokio::time::{Instant, timeout_at};

use crate::body::{BoxError, RequestBody, StreamBody};
use crate::client::Head;
use crate::hop::remove_hop_by_hop;
use crate::{CallError, Client};

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
        let head = Head { method, path_and_query, headers, safe };
        let body = match body {
            None => RequestBody::Whole(None),
            Some(body) => RequestBody::Streamed(Box::pin(Converted(Box::pin(body)))),
        };
        let started = Instant::now();
        let inner = self.inner();
        let (response, lease) = match timeout_at(deadline, inner.exchange(&head, body)).await {
            Ok(result) => result?,
            Err(_) => return Err(inner.deadline_passed(started)),
        };
        let (mut parts, incoming) = response.into_parts();
        remove_hop_by_hop(&mut parts.headers);
        Ok(Response::from_parts(parts, StreamBody::new(incoming, lease)))
    }
}

/// A body with its error boxed and its trailers cut.
struct Converted<B>(std::pin::Pin<Box<B>>);

impl<B> Body for Converted<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, BoxError>>> {
        use std::task::Poll;
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

    fn size_hint(&self) -> http_body::SizeHint {
        self.0.size_hint()
    }
}
