//! What a request is sent on: a connection of its own (HTTP/1.1), or one that it shares (HTTP/2).

use std::cell::Cell;
use std::rc::Rc;

use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http2};
use hyper::{Request, Response};
use tokio::time::Instant;

use crate::body::RequestBody;
use crate::link::Link;

/// A connection that can take a request.
pub(crate) enum Sender {
    /// One request at a time.
    Own(Box<Link>),
    /// Many at once.
    Shared(Use),
}

/// An HTTP/2 connection, which the calls of a thread to one address share.
pub(crate) struct Shared {
    sender: http2::SendRequest<RequestBody>,
    /// Calls that use it.
    users: Cell<usize>,
    /// When the last of them was done.
    since: Cell<Instant>,
}

impl Shared {
    pub(crate) fn new(sender: http2::SendRequest<RequestBody>) -> Self {
        Self { sender, users: Cell::new(0), since: Cell::new(Instant::now()) }
    }

    /// Whether it takes no further request.
    pub(crate) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// How long nobody has used it; nothing while somebody does.
    pub(crate) fn idle_since(&self) -> Option<Instant> {
        (self.users.get() == 0).then(|| self.since.get())
    }
}

/// One use of a shared connection, from before its request is sent.
pub(crate) struct Use(Rc<Shared>);

impl Use {
    pub(crate) fn new(shared: &Rc<Shared>) -> Self {
        shared.users.set(shared.users.get() + 1);
        Self(Rc::clone(shared))
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        let shared = &self.0;
        shared.users.set(shared.users.get() - 1);
        shared.since.set(Instant::now());
    }
}

impl Use {
    /// Sends a request.
    ///
    /// # Errors
    ///
    /// hyper's, with the request if nothing of it was written.
    pub(crate) async fn send(
        &self,
        request: Request<RequestBody>,
    ) -> Result<Response<Incoming>, TrySendError<Request<RequestBody>>> {
        // A clone of the sender is a handle; the connection is the same.
        let mut sender = self.0.sender.clone();
        sender.try_send_request(request).await
    }

    /// Whether it still takes requests though one has failed.
    pub(crate) fn goes_on(&self) -> bool {
        !self.0.is_closed()
    }
}
