//! Bodies: what is read of a request, what is sent as an answer.
//!
//! In:    hyper's incoming body; bytes, files and streams.
//! Out:   [`Received`], bounded in size and pauses; [`AnswerBody`], which notes its end.
//! Never: more than the limit in memory.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::Sleep;

/// Any failure of a body.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A body that comes piece by piece.
pub(crate) type Stream = Pin<Box<dyn Body<Data = Bytes, Error = BoxError>>>;

/// What an answer's body is made of.
pub(crate) enum Content {
    /// Nothing.
    Empty,
    /// All of it.
    Whole(Bytes),
    /// Pieces.
    Stream(Stream),
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Self {
        if bytes.is_empty() { Self::Empty } else { Self::Whole(bytes) }
    }
}

/// An answer's body. What is bound to it lives until it has been sent or given up.
pub(crate) struct AnswerBody {
    content: Content,
    sent: u64,
    on_end: Option<Box<dyn FnOnce(u64, bool)>>,
}

impl AnswerBody {
    /// - `on_end`: called once with the bytes handed to the connection and whether that was all.
    pub(crate) fn new(content: Content, on_end: Box<dyn FnOnce(u64, bool)>) -> Self {
        Self { content, sent: 0, on_end: Some(on_end) }
    }

    fn end(&mut self, whole: bool) {
        if let Some(on_end) = self.on_end.take() {
            on_end(self.sent, whole);
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        let frame = match &mut this.content {
            Content::Empty => None,
            Content::Whole(_) => match std::mem::replace(&mut this.content, Content::Empty) {
                Content::Whole(bytes) => Some(Ok(Frame::data(bytes))),
                Content::Empty | Content::Stream(_) => None,
            },
            Content::Stream(stream) => ready!(stream.as_mut().poll_frame(cx)),
        };
        match &frame {
            Some(Ok(frame)) => {
                this.sent += frame.data_ref().map_or(0, |data| data.len() as u64);
            }
            Some(Err(_)) => this.end(false),
            None => this.end(true),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Empty => true,
            Content::Whole(_) => false,
            Content::Stream(stream) => stream.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Empty => SizeHint::with_exact(0),
            Content::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Content::Stream(stream) => stream.size_hint(),
        }
    }
}

impl Drop for AnswerBody {
    fn drop(&mut self) {
        let whole = self.is_end_stream();
        self.end(whole);
    }
}

/// Why a request's body could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReceiveError {
    /// More bytes than the limit.
    #[error("the request's body is larger than {0} bytes")]
    TooLarge(usize),
    /// A pause longer than the limit.
    #[error("the request's body paused for more than {} ms", .0.as_millis())]
    TooSlow(Duration),
    /// The client broke off, or its framing is wrong.
    #[error("the request's body ended early: {0}")]
    Broken(#[source] hyper::Error),
}

/// Bytes of an unwanted body that are read at most.
const DISCARDED: usize = 64 << 20;

/// How long an unwanted body is read at most.
const DISCARDING: Duration = Duration::from_secs(5);

/// A request's body within its limits.
pub(crate) struct Received {
    incoming: Incoming,
    left: usize,
    limit: usize,
    pause: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Received {
    /// - `limit`: most bytes.
    /// - `pause`: longest time without a byte.
    pub(crate) fn new(incoming: Incoming, limit: usize, pause: Duration) -> Self {
        Self { incoming, left: limit, limit, pause, sleep: None }
    }

    /// Reads all of it.
    ///
    /// # Errors
    ///
    /// [`ReceiveError`], as soon as a limit is passed.
    pub(crate) async fn collect(&mut self) -> Result<Bytes, ReceiveError> {
        let mut first = Bytes::new();
        let mut more: Vec<u8> = Vec::new();
        while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut *self).poll_piece(cx)).await
        {
            let Ok(data) = frame?.into_data() else { continue };
            if first.is_empty() && more.is_empty() {
                first = data;
            } else {
                if more.is_empty() {
                    more.extend_from_slice(&first);
                }
                more.extend_from_slice(&data);
            }
        }
        Ok(if more.is_empty() { first } else { more.into() })
    }

    /// Reads on for a while what nobody wants, so that a client that is still sending gets to read
    /// its answer and not a reset (RFC 9112 §9.6).
    pub(crate) async fn discard(mut self) {
        let mut left = DISCARDED;
        let reading = async {
            while let Some(Ok(frame)) =
                std::future::poll_fn(|cx| Pin::new(&mut self.incoming).poll_frame(cx)).await
            {
                let length = frame.data_ref().map_or(0, Bytes::len);
                let Some(rest) = left.checked_sub(length) else { return };
                left = rest;
            }
        };
        // Whatever comes first: the end, too much, too long.
        let _ = tokio::time::timeout(self.pause.min(DISCARDING), reading).await;
    }

    fn poll_piece(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ReceiveError>>> {
        let this = &mut *self;
        match Pin::new(&mut this.incoming).poll_frame(cx) {
            Poll::Ready(frame) => {
                this.sleep = None;
                Poll::Ready(frame.map(|frame| {
                    let frame = frame.map_err(ReceiveError::Broken)?;
                    let length = frame.data_ref().map_or(0, Bytes::len);
                    match this.left.checked_sub(length) {
                        Some(left) => this.left = left,
                        None => return Err(ReceiveError::TooLarge(this.limit)),
                    }
                    Ok(frame)
                }))
            }
            Poll::Pending => {
                let pause = this.pause;
                let sleep = this.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep(pause)));
                ready!(sleep.as_mut().poll(cx));
                Poll::Ready(Some(Err(ReceiveError::TooSlow(pause))))
            }
        }
    }
}

impl Body for Received {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.poll_piece(cx).map(|frame| frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
