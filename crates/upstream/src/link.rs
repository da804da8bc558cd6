//! One connection over which one request goes at a time (HTTP/1.1).
//!
//! In:    a socket; a request.
//! Out:   the head of its answer, and its body as it is asked for.
//! Never: a task or a channel of its own: whoever waits for the answer reads the socket, and who
//!        drops it closes the connection. A request after an answer that was not read to its end.
//!
//! A request's body is sent on while its answer is read, so that neither side waits for the other.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker, ready};

use bytes::{Bytes, BytesMut};
use http::Method;
use http_body::Body as _;
use tokio::io::{AsyncRead as _, AsyncReadExt as _, AsyncWrite as _, ReadBuf};
use tokio::task::unconstrained;

use crate::body::RequestBody;
use crate::settings::Stream;
use crate::wire::{Body, Garbage, Head, Heads, Length, Step, write_chunk};

/// Room for what comes, if nothing is known of how much that is: at first, and at most.
const ROOM: usize = 8 << 10;
const MOST_ROOM: usize = 64 << 10;
/// The largest buffer that a connection keeps while nobody uses it.
const KEPT: usize = 16 << 10;
/// A body up to this size is written behind its head, in one buffer.
const SMALL: usize = 8 << 10;

/// Why a connection gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// It ended, or could not be written to.
    #[error("the connection ended before the answer was whole: {0}")]
    Closed(String),
    /// The answer is no HTTP.
    #[error("the answer is not HTTP: {0}")]
    Garbage(String),
    /// The answer's body is larger than the limit.
    #[error("the answer is larger than the limit")]
    TooLarge,
}

impl From<Garbage> for Fault {
    fn from(Garbage(cause): Garbage) -> Self {
        Self::Garbage(cause)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Closed(error.to_string())
    }
}

impl From<hyper::Error> for Fault {
    fn from(error: hyper::Error) -> Self {
        let cause = error.to_string();
        if error.is_parse() { Self::Garbage(cause) } else { Self::Closed(cause) }
    }
}

/// A body that is put together. Most are one piece, which is not copied.
#[derive(Debug, Default)]
pub(crate) struct Whole {
    first: Bytes,
    rest: BytesMut,
}

impl Whole {
    /// Adds a piece.
    ///
    /// - `expected`: bytes that will follow, as far as known.
    ///
    /// # Errors
    ///
    /// [`Fault::TooLarge`] if it gets longer than `limit`.
    pub(crate) fn add(&mut self, piece: Bytes, expected: u64, limit: usize) -> Result<(), Fault> {
        let Self { first, rest } = self;
        let length = first.len() + rest.len() + piece.len();
        if length > limit {
            return Err(Fault::TooLarge);
        }
        if length == piece.len() {
            *first = piece;
            return Ok(());
        }
        if rest.is_empty() {
            let expected = usize::try_from(expected).unwrap_or(usize::MAX);
            rest.reserve(length.saturating_add(expected).min(limit));
            rest.extend_from_slice(&std::mem::take(first));
        }
        rest.extend_from_slice(&piece);
        Ok(())
    }

    /// All of it.
    pub(crate) fn into_bytes(self) -> Bytes {
        if self.rest.is_empty() { self.first } else { self.rest.freeze() }
    }
}

/// A connection.
pub(crate) struct Link {
    io: Box<dyn Stream>,
    /// What came and was not taken yet.
    input: BytesMut,
    /// Room for what comes next.
    room: usize,
    /// What is to be written, from `at` on.
    output: Vec<u8>,
    at: usize,
    outgoing: Outgoing,
    /// Whether what was written may not have reached the socket.
    flushes: bool,
    /// Whether any byte of the request was written.
    touched: bool,
    /// Why the rest of the request cannot be written. The answer may say more about it.
    failed: Option<io::Error>,
    /// Why there is no rest of the request: nobody can answer it.
    broken: Option<io::Error>,
    /// Whether any byte of the answer came.
    answered: bool,
    /// Whether the answer allows a further request.
    keeps: bool,
}

/// What is to be written behind [`Link::output`].
enum Outgoing {
    Nothing,
    Whole(Bytes),
    /// As it comes; with the bytes that are still to come, if that was said.
    Streamed(RequestBody, Option<u64>),
}

impl Link {
    pub(crate) fn new(io: Box<dyn Stream>) -> Self {
        Self {
            io,
            input: BytesMut::new(),
            room: ROOM,
            output: Vec::new(),
            at: 0,
            outgoing: Outgoing::Nothing,
            flushes: false,
            touched: false,
            failed: None,
            broken: None,
            answered: false,
            keeps: true,
        }
    }

    /// Whether a request can be sent: the peer has neither closed it nor said anything unasked.
    pub(crate) fn is_alive(&mut self) -> bool {
        let mut byte = [0];
        let mut cx = Context::from_waker(Waker::noop());
        let read = poll_fn(|cx| Pin::new(&mut self.io).poll_read(cx, &mut ReadBuf::new(&mut byte)));
        // A task that has used up its turn would see every connection as one that waits.
        self.input.is_empty() && pin!(unconstrained(read)).poll(&mut cx).is_pending()
    }

    /// Takes up a request; it is written while the answer is waited for.
    ///
    /// - `head`: writes its head, with what is said there of the body.
    pub(crate) fn begin(&mut self, body: RequestBody, head: impl FnOnce(&mut Vec<u8>, Length)) {
        self.output.clear();
        (self.at, self.touched, self.failed, self.answered) = (0, false, None, false);
        self.room = ROOM;
        match body {
            RequestBody::Whole(None) => {
                head(&mut self.output, Length::None);
                self.outgoing = Outgoing::Nothing;
            }
            RequestBody::Whole(Some(bytes)) => {
                head(&mut self.output, Length::Known(bytes.len() as u64));
                self.outgoing = if bytes.len() <= SMALL {
                    self.output.extend_from_slice(&bytes);
                    Outgoing::Nothing
                } else {
                    Outgoing::Whole(bytes)
                };
            }
            streamed @ RequestBody::Streamed(_) => {
                let known = streamed.size_hint().exact();
                head(&mut self.output, known.map_or(Length::Chunked, Length::Known));
                self.outgoing = Outgoing::Streamed(streamed, known);
            }
        }
    }

    /// A streamed body of which nothing was taken.
    pub(crate) fn take_streamed(&mut self) -> Option<RequestBody> {
        match std::mem::replace(&mut self.outgoing, Outgoing::Nothing) {
            Outgoing::Streamed(body, _) if !self.touched => Some(body),
            _ => None,
        }
    }

    /// Whether any byte of the request was written.
    pub(crate) fn is_touched(&self) -> bool {
        self.touched
    }

    /// Whether any byte of an answer came.
    pub(crate) fn is_answered(&self) -> bool {
        self.answered
    }

    /// Waits for the head of the answer.
    ///
    /// # Errors
    ///
    /// [`Fault`]; the connection is of no further use then.
    pub(crate) async fn head(&mut self, asked: &Method) -> Result<Head, Fault> {
        let mut heads = Heads::default();
        loop {
            if let Some(head) = heads.read(&mut self.input, asked)? {
                self.keeps = head.keeps;
                return Ok(head);
            }
            if self.fill(None).await? == 0 {
                // What went wrong before says more than that the peer went away.
                return Err(self.failed.take().unwrap_or_else(ended).into());
            }
        }
    }

    /// Reads a body to its end.
    ///
    /// # Errors
    ///
    /// [`Fault`]; the connection is of no further use then.
    pub(crate) async fn whole(&mut self, body: &mut Body, limit: usize) -> Result<Bytes, Fault> {
        if let Body::Length(left) = *body {
            let length = usize::try_from(left).ok().filter(|length| *length <= limit);
            let length = length.ok_or(Fault::TooLarge)?;
            while self.input.len() < length {
                // One byte more than it needs: a read that fills its room cannot tell that
                // nothing is left.
                let room = length - self.input.len() + 1;
                if self.fill(Some(room)).await? == 0 {
                    return Err(ended().into());
                }
            }
            *body = Body::Length(0);
            if length > KEPT && self.input.len() == length {
                // No part of so large a buffer stays with the connection.
                return Ok(std::mem::take(&mut self.input).freeze());
            }
            return Ok(self.input.split_to(length).freeze());
        }
        let mut whole = Whole::default();
        loop {
            match body.next(&mut self.input)? {
                Step::End => break,
                Step::More => {
                    if self.fill(None).await? == 0 {
                        if *body == Body::UntilClose {
                            break;
                        }
                        return Err(ended().into());
                    }
                }
                Step::Piece(piece) => whole.add(piece, 0, limit)?,
            }
        }
        Ok(whole.into_bytes())
    }

    /// The next piece of a body; nothing at its end.
    ///
    /// # Errors
    ///
    /// [`Fault`]; the connection is of no further use then.
    pub(crate) fn poll_piece(
        &mut self,
        cx: &mut Context<'_>,
        body: &mut Body,
    ) -> Poll<Option<Result<Bytes, Fault>>> {
        self.send_on(cx);
        loop {
            match body.next(&mut self.input) {
                Err(garbage) => return Poll::Ready(Some(Err(garbage.into()))),
                Ok(Step::End) => return Poll::Ready(None),
                Ok(Step::Piece(piece)) => return Poll::Ready(Some(Ok(piece))),
                Ok(Step::More) => match ready!(self.poll_fill(cx, None)) {
                    Ok(0) if *body == Body::UntilClose => return Poll::Ready(None),
                    Ok(0) => return Poll::Ready(Some(Err(ended().into()))),
                    Ok(_) => {}
                    Err(error) => return Poll::Ready(Some(Err(error.into()))),
                },
            }
        }
    }

    /// Whether there is nothing left of the request to be written.
    pub(crate) fn is_sent(&self) -> bool {
        self.at == self.output.len() && matches!(self.outgoing, Outgoing::Nothing) && !self.flushes
    }

    /// Whether the rest of the request can be written.
    pub(crate) fn can_send(&self) -> bool {
        self.failed.is_none()
    }

    /// Writes the rest of the request.
    pub(crate) async fn finish(&mut self) {
        poll_fn(|cx| {
            self.send_on(cx);
            if self.is_sent() || !self.can_send() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// Makes the connection ready for the next request, if it can take one: request and answer are
    /// over, and nothing came behind the answer.
    pub(crate) fn rest(&mut self, body: &Body) -> bool {
        let fit = self.keeps && body.is_over() && self.is_sent() && self.can_send();
        // What came unasked must be seen before its buffer goes.
        if !fit || !self.is_alive() {
            return false;
        }
        // Of a larger buffer a small rest may be all that is seen.
        if self.room > ROOM || self.input.capacity() > KEPT {
            self.input = BytesMut::new();
        }
        if self.output.capacity() > KEPT {
            self.output = Vec::new();
        }
        true
    }

    /// Reads what has come, and sends on meanwhile; 0 at the end.
    ///
    /// - `room`: for how much, if that is known.
    async fn fill(&mut self, room: Option<usize>) -> io::Result<usize> {
        poll_fn(|cx| self.poll_fill(cx, room)).await
    }

    fn poll_fill(&mut self, cx: &mut Context<'_>, room: Option<usize>) -> Poll<io::Result<usize>> {
        self.send_on(cx);
        if let Some(error) = self.broken.take() {
            return Poll::Ready(Err(error));
        }
        let (least, most) = room.map_or((self.room / 4, self.room), |room| (room, room));
        if self.input.capacity() - self.input.len() < least {
            self.input.reserve(most);
        }
        let count = ready!(pin!(self.io.read_buf(&mut self.input)).poll(cx))?;
        if self.input.len() == self.input.capacity() {
            self.room = (2 * self.room).min(MOST_ROOM);
        }
        self.answered |= count > 0;
        Poll::Ready(Ok(count))
    }

    /// Writes of the request what the socket takes.
    fn send_on(&mut self, cx: &mut Context<'_>) {
        if self.failed.is_none()
            && let Poll::Ready(Err(error)) = self.poll_send(cx)
        {
            self.failed = Some(error);
        }
    }

    fn gives_up(&mut self, error: io::Error) -> Poll<io::Result<()>> {
        self.broken = Some(error);
        Poll::Ready(Err(io::ErrorKind::Other.into()))
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let head = &self.output[self.at..];
            let written = match &mut self.outgoing {
                Outgoing::Nothing if head.is_empty() => {
                    if self.flushes {
                        // Rustls keeps what it encrypts until the socket takes it.
                        ready!(Pin::new(&mut self.io).poll_flush(cx))?;
                        self.flushes = false;
                    }
                    return Poll::Ready(Ok(()));
                }
                Outgoing::Whole(body) if body.is_empty() => {
                    self.outgoing = Outgoing::Nothing;
                    continue;
                }
                Outgoing::Whole(body) => {
                    let both = [io::IoSlice::new(head), io::IoSlice::new(body)];
                    let from = usize::from(head.is_empty());
                    ready!(Pin::new(&mut self.io).poll_write_vectored(cx, &both[from..]))?
                }
                Outgoing::Streamed(body, left) if head.is_empty() => {
                    self.output.clear();
                    self.at = 0;
                    let frame = match Pin::new(&mut *body).poll_frame(cx) {
                        Poll::Ready(frame) => frame,
                        Poll::Pending => {
                            // What was written goes out though nothing follows it for now.
                            if self.flushes {
                                ready!(Pin::new(&mut self.io).poll_flush(cx))?;
                                self.flushes = false;
                            }
                            return Poll::Pending;
                        }
                    };
                    let is_last = body.is_end_stream();
                    match frame {
                        Some(Err(error)) => return self.gives_up(io::Error::other(error)),
                        Some(Ok(frame)) => {
                            let Ok(piece) = frame.into_data() else { continue };
                            match left {
                                _ if piece.is_empty() => {}
                                None => write_chunk(&mut self.output, &piece),
                                Some(left) => match left.checked_sub(piece.len() as u64) {
                                    Some(rest) => {
                                        *left = rest;
                                        self.output.extend_from_slice(&piece);
                                    }
                                    None => {
                                        let longer = io::Error::other("a body longer than it said");
                                        return self.gives_up(longer);
                                    }
                                },
                            }
                            // Its end need not be asked for where both say that this was all.
                            if is_last && *left == Some(0) {
                                self.outgoing = Outgoing::Nothing;
                            }
                        }
                        None => {
                            match left {
                                None => write_chunk(&mut self.output, b""),
                                Some(0) => {}
                                Some(_) => {
                                    let shorter = io::Error::other("a body shorter than it said");
                                    return self.gives_up(shorter);
                                }
                            }
                            self.outgoing = Outgoing::Nothing;
                        }
                    }
                    continue;
                }
                Outgoing::Nothing | Outgoing::Streamed(..) => {
                    ready!(Pin::new(&mut self.io).poll_write(cx, head))?
                }
            };
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            (self.touched, self.flushes) = (true, true);
            let of_head = written.min(self.output.len() - self.at);
            self.at += of_head;
            if let Outgoing::Whole(body) = &mut self.outgoing {
                let _ = body.split_to(written - of_head);
            }
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // Over TLS, whoever is told that nothing more comes need not take it for an attack.
        let _ = Pin::new(&mut self.io).poll_shutdown(&mut Context::from_waker(Waker::noop()));
    }
}

fn ended() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "it ended")
}
