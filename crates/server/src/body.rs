//! Bodies: what is read of a request, what is sent as an answer.
//!
//! In:    hyper's incoming body; bytes, files and streams.
//! Out:   [`Received`], bounded in size and pauses; [`AnswerBody`], which notes its end.
//! Never: more than the limit in memory.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use crate::unread::{Bodies, Unread};

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
pub(crate) struct AnswerBody(Rc<RefCell<Sending>>);

/// What is left of an answer, and whose turn it is.
pub(crate) struct Sending {
    content: Content,
    sent: u64,
    on_end: Option<Box<dyn FnOnce(u64, bool)>>,
    /// Since when the client could have taken more; `None` while more is not there yet.
    offered_since: Option<Instant>,
    given_up: bool,
}

impl AnswerBody {
    /// - `on_end`: called once with the bytes handed to the connection and whether that was all.
    pub(crate) fn new(content: Content, on_end: Box<dyn FnOnce(u64, bool)>) -> Self {
        Self(Rc::new(RefCell::new(Sending {
            content,
            sent: 0,
            on_end: Some(on_end),
            offered_since: Some(Instant::now()),
            given_up: false,
        })))
    }

    /// For whoever watches that the client takes it.
    pub(crate) fn sending(&self) -> Weak<RefCell<Sending>> {
        Rc::downgrade(&self.0)
    }
}

impl Sending {
    /// Since when the client could have taken more, if more is there.
    pub(crate) fn offered_since(&self) -> Option<Instant> {
        self.offered_since
    }

    /// Lets go of everything: the client takes nothing.
    pub(crate) fn give_up(&mut self) {
        self.given_up = true;
        self.offered_since = None;
        self.content = Content::Empty;
        self.end(false);
    }

    fn end(&mut self, whole: bool) {
        if let Some(on_end) = self.on_end.take() {
            on_end(self.sent, whole);
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Empty => !self.given_up,
            Content::Whole(_) => false,
            Content::Stream(stream) => stream.is_end_stream(),
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self.0.borrow_mut();
        if this.given_up {
            return Poll::Ready(Some(Err("the client took nothing for too long".into())));
        }
        let frame = match &mut this.content {
            Content::Empty => None,
            Content::Whole(_) => match std::mem::replace(&mut this.content, Content::Empty) {
                Content::Whole(bytes) => Some(Ok(Frame::data(bytes))),
                Content::Empty | Content::Stream(_) => None,
            },
            Content::Stream(stream) => match stream.as_mut().poll_frame(cx) {
                Poll::Ready(frame) => frame,
                Poll::Pending => {
                    this.offered_since = None;
                    return Poll::Pending;
                }
            },
        };
        this.offered_since = Some(Instant::now());
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
        self.0.borrow().is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0.borrow().content {
            Content::Empty => SizeHint::with_exact(0),
            Content::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Content::Stream(stream) => stream.size_hint(),
        }
    }
}

impl Drop for AnswerBody {
    fn drop(&mut self) {
        let sending = &mut *self.0.borrow_mut();
        let whole = sending.is_end_stream();
        sending.end(whole);
    }
}

/// Why a request's body could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReceiveError {
    /// More bytes than the limit.
    #[error("the request's body is larger than {0} bytes")]
    TooLarge(usize),
    /// A pause longer than the limit, or bytes that only trickle.
    #[error("the request's body came too slowly: nothing for {} ms, or next to nothing", .0.as_millis())]
    TooSlow(Duration),
    /// The client broke off, or its framing is wrong.
    #[error("the request's body ended early: {0}")]
    Broken(#[source] hyper::Error),
    /// It would have to be waited for, as too many others are.
    #[error("too many bodies are waited for")]
    Crowded,
}

/// Bytes of an unwanted body that are read at most.
const DISCARDED: usize = 64 << 20;

/// How long an unwanted body is read at most.
const DISCARDING: Duration = Duration::from_secs(5);

/// Bytes in a second that a body must come with, once its first pause is over.
const SLOWEST: u64 = 128;

/// What was wrong with a body that somebody else was reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// More bytes than the limit.
    TooLarge(usize),
    /// Too long a pause, or too slow altogether.
    TooSlow(Duration),
    /// The client broke off, or its framing is wrong.
    Broken,
    /// It would have to be waited for, as too many others are.
    Crowded,
}

impl From<&ReceiveError> for Fault {
    fn from(error: &ReceiveError) -> Self {
        match error {
            ReceiveError::TooLarge(limit) => Self::TooLarge(*limit),
            ReceiveError::TooSlow(pause) => Self::TooSlow(*pause),
            ReceiveError::Broken(_) => Self::Broken,
            ReceiveError::Crowded => Self::Crowded,
        }
    }
}

/// A request's body within its limits.
pub(crate) struct Received {
    incoming: Incoming,
    /// Until its end was read.
    unread: Option<Unread>,
    left: usize,
    limit: usize,
    pause: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
    /// When it was first waited for.
    since: Option<Instant>,
    fault: Rc<Cell<Option<Fault>>>,
}

impl Received {
    /// - `bodies`: those of its connection.
    /// - `limit`: most bytes.
    /// - `pause`: longest time without a byte.
    pub(crate) fn new(
        incoming: Incoming,
        bodies: &Rc<Bodies>,
        limit: usize,
        pause: Duration,
    ) -> Self {
        let fault = Rc::new(Cell::new(None));
        let unread = (!incoming.is_end_stream()).then(|| bodies.begin());
        Self { incoming, unread, left: limit, limit, pause, sleep: None, since: None, fault }
    }

    fn poll_incoming(&mut self, cx: &mut Context<'_>) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        let frame = ready!(Pin::new(&mut self.incoming).poll_frame(cx));
        if (frame.is_none() || self.incoming.is_end_stream())
            && let Some(unread) = self.unread.take()
        {
            unread.end();
        }
        Poll::Ready(frame)
    }

    /// Lets more or less of it come, before any of it has.
    pub(crate) fn set_limit(&mut self, limit: usize) {
        (self.left, self.limit) = (limit, limit);
    }

    /// What will have been wrong with it, for when it is read elsewhere.
    pub(crate) fn fault(&self) -> Rc<Cell<Option<Fault>>> {
        Rc::clone(&self.fault)
    }

    /// Reads all of it.
    ///
    /// - `enter`: gives a place among those that wait, which is asked for once this one has to.
    ///
    /// # Errors
    ///
    /// [`ReceiveError`], as soon as a limit is passed.
    pub(crate) async fn collect<P>(
        &mut self,
        enter: impl Fn() -> Option<P>,
    ) -> Result<Bytes, ReceiveError> {
        let mut first = Bytes::new();
        let mut more: Vec<u8> = Vec::new();
        let mut place = None;
        let mut next = |cx: &mut Context<'_>| {
            let piece = Pin::new(&mut *self).poll_piece(cx);
            if piece.is_pending() && place.is_none() {
                place = enter();
                if place.is_none() {
                    return Poll::Ready(Some(Err(ReceiveError::Crowded)));
                }
            }
            piece
        };
        while let Some(frame) = std::future::poll_fn(&mut next).await {
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
        let (mut left, pause) = (DISCARDED, self.pause);
        let reading = async {
            // hyper says of a body that was answered early that it has ended when the next request
            // comes; its length says so at once.
            while !self.incoming.is_end_stream()
                && let Some(Ok(frame)) = std::future::poll_fn(|cx| self.poll_incoming(cx)).await
            {
                let length = frame.data_ref().map_or(0, Bytes::len);
                let Some(rest) = left.checked_sub(length) else { return };
                left = rest;
            }
        };
        // Whatever comes first: the end, too much, too long.
        let _ = tokio::time::timeout(pause.min(DISCARDING), reading).await;
    }

    fn poll_piece(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ReceiveError>>> {
        let piece = self.as_mut().poll_within_limits(cx);
        if let Poll::Ready(Some(Err(error))) = &piece {
            self.fault.set(Some(error.into()));
        }
        piece
    }

    /// When waiting ends: after a pause, or once too little has come for the time it took.
    fn patience(&mut self) -> Instant {
        let now = Instant::now();
        let since = *self.since.get_or_insert(now);
        let received = (self.limit - self.left) as u64;
        let earned = Duration::from_millis(received.saturating_mul(1000) / SLOWEST);
        (now + self.pause).min(since + self.pause + earned)
    }

    fn poll_within_limits(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ReceiveError>>> {
        let this = &mut *self;
        match this.poll_incoming(cx) {
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
                let patience = this.patience();
                let sleep =
                    this.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(patience)));
                ready!(sleep.as_mut().poll(cx));
                Poll::Ready(Some(Err(ReceiveError::TooSlow(this.pause))))
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
