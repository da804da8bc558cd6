//! A body that is handed on, and the time from its end.
//!
//! In:    a request's body; a future that sends it and waits for an answer.
//! Out:   the answer, unless it takes too long after the body was sent.
//! Never: a client's slow upload counted as the other backend's slowness; the body has bounds of its
//!        own.

use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::Instant;

/// Longer than any body takes that keeps its bounds.
pub(crate) const FOREVER: Duration = Duration::from_secs(24 * 3600);

/// When a body has been sent.
#[derive(Debug, Clone)]
pub(crate) struct Sent(Rc<Cell<Option<Instant>>>);

/// A body that notes its end.
#[derive(Debug)]
pub(crate) struct Watched<B> {
    body: Pin<Box<B>>,
    sent: Sent,
}

impl<B: Body> Watched<B> {
    pub(crate) fn new(body: B) -> (Self, Sent) {
        let ended = body.is_end_stream().then(Instant::now);
        let sent = Sent(Rc::new(Cell::new(ended)));
        (Self { body: Box::pin(body), sent: sent.clone() }, sent)
    }
}

impl Sent {
    fn end(&self) {
        if self.0.get().is_none() {
            self.0.set(Some(Instant::now()));
        }
    }

    /// What `running` gives; nothing if it takes longer than `timeout` after the body was sent.
    pub(crate) async fn within<F: Future>(
        &self,
        timeout: Duration,
        running: F,
    ) -> Option<F::Output> {
        let mut running = pin!(running);
        let mut until = Instant::now() + timeout;
        loop {
            tokio::select! {
                done = &mut running => return Some(done),
                () = tokio::time::sleep_until(until) => {}
            }
            let now = Instant::now();
            until = match self.0.get() {
                Some(sent) if sent + timeout <= now => return None,
                Some(sent) => sent + timeout,
                None => now + timeout,
            };
        }
    }
}

impl<B: Body<Data = Bytes>> Body for Watched<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let piece = self.body.as_mut().poll_frame(cx);
        if matches!(piece, Poll::Ready(None | Some(Err(_)))) || self.body.is_end_stream() {
            self.sent.end();
        }
        piece
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
