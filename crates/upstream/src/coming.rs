//! The body of an answer that is coming, and the connection it comes on.
//!
//! In:    a connection whose answer's head was read.
//! Out:   the body, whole or piece by piece.
//! Never: a connection given back before its answer was read to its end; dropped before, it is
//!        closed, or its stream is. A request cut because its answer was there early.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::Body as _;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::task::spawn_local;
use tokio::time::timeout;

use crate::link::{Fault, Link, Whole};
use crate::pool::{Permit, Pool};
use crate::sender::Use;
use crate::wire::Body;

/// How long the rest of a request is written whose answer is there already.
const FINISH: Duration = Duration::from_secs(30);

/// A body that is coming.
pub(crate) struct Coming {
    on: On,
    /// Held until it is over.
    permit: Permit,
}

/// What it comes on.
enum On {
    Own { link: Box<Link>, body: Body, pool: Rc<Pool>, address: usize },
    Shared { body: Incoming, _use: Use },
}

impl Coming {
    /// On a connection of its own.
    pub(crate) fn on_own(
        link: Box<Link>,
        body: Body,
        (pool, address): (Rc<Pool>, usize),
        permit: Permit,
    ) -> Self {
        Self { on: On::Own { link, body, pool, address }, permit }
    }

    /// On a connection that others use too.
    pub(crate) fn on_shared(body: Incoming, used: Use, permit: Permit) -> Self {
        Self { on: On::Shared { body, _use: used }, permit }
    }

    /// Reads it to its end.
    ///
    /// # Errors
    ///
    /// [`Fault`].
    pub(crate) async fn whole(mut self, limit: usize) -> Result<Bytes, Fault> {
        let bytes = match &mut self.on {
            On::Own { link, body, .. } => link.whole(body, limit).await?,
            On::Shared { body, .. } => collect(body, limit).await?,
        };
        self.put_back();
        Ok(bytes)
    }

    /// The next piece; nothing at its end.
    pub(crate) fn poll_piece(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Fault>>> {
        match &mut self.on {
            On::Own { link, body, .. } => link.poll_piece(cx, body),
            On::Shared { body, .. } => loop {
                return Poll::Ready(match ready!(Pin::new(&mut *body).poll_frame(cx)) {
                    None => None,
                    Some(Err(error)) => Some(Err(error.into())),
                    Some(Ok(frame)) => match frame.into_data() {
                        Ok(data) => Some(Ok(data)),
                        // Trailers belong to this hop only.
                        Err(_) => continue,
                    },
                });
            },
        }
    }

    /// Whether nothing more is to come.
    pub(crate) fn is_over(&self) -> bool {
        match &self.on {
            On::Own { body, .. } => body.is_over(),
            On::Shared { body, .. } => body.is_end_stream(),
        }
    }

    /// Bytes that are still to come, where that is known.
    pub(crate) fn left(&self) -> Option<u64> {
        match &self.on {
            On::Own { body, .. } => body.left(),
            On::Shared { body, .. } => body.size_hint().exact(),
        }
    }

    /// Gives the connection back if it can be used again, once its request was written: who answers
    /// early may still want all of it.
    pub(crate) fn put_back(self) {
        let Self { on: On::Own { mut link, body, pool, address }, permit } = self else { return };
        if !link.is_sent() && link.can_send() {
            spawn_local(async move {
                if timeout(FINISH, link.finish()).await.is_ok() && link.rest(&body) {
                    pool.put(address, link);
                }
                drop(permit);
            });
            return;
        }
        if link.rest(&body) {
            pool.put(address, link);
        }
    }
}

async fn collect(body: &mut Incoming, limit: usize) -> Result<Bytes, Fault> {
    if body.size_hint().lower() > limit as u64 {
        return Err(Fault::TooLarge);
    }
    let mut whole = Whole::default();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        whole.add(data, body.size_hint().lower(), limit)?;
    }
    Ok(whole.into_bytes())
}
