//! Connections that wait to be used again, and how many may be used at once.
//!
//! In:    connections whose answer was read to its end.
//! Out:   the one used last, which is the most likely to be alive and warm; of an address that
//!        speaks HTTP/2 the one that all calls share.
//! Never: more connections in use than the limit, an unbounded queue, a connection whose last
//!        answer was not read to its end.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use hyper::client::conn::http1::SendRequest;
use smallvec::SmallVec;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep, timeout};

use crate::body::RequestBody;
use crate::connect::Opened;
use crate::sender::{Sender, Shared, Use};
use crate::{CallError, Scheme, Settings};

/// How long a connection may take, after an answer, to be ready for the next request.
const SETTLE: Duration = Duration::from_secs(1);

/// How long an address that refused is asked last.
const REFUSED: Duration = Duration::from_secs(1);

/// The connections of one upstream on one thread.
pub(crate) struct Pool {
    idle: RefCell<Vec<Vec<Idle>>>,
    shared: RefCell<Vec<Sharing>>,
    /// Connections whose answer was read, but whose own task has still to notice; they count as in
    /// use.
    settling: RefCell<Vec<Settling>>,
    refused_at: RefCell<Vec<Option<Instant>>>,
    next_address: Cell<usize>,
    permits: Arc<Semaphore>,
    waiting: Cell<usize>,
    max_waiting: usize,
    idle_timeout: Duration,
    reaping: Cell<bool>,
}

/// What is known of an address whose connections calls may share.
struct Sharing {
    /// Whether they may: it speaks HTTP/2, or nobody knows yet.
    may: bool,
    connection: Option<Rc<Shared>>,
    /// Somebody opens a connection; whoever waits for it is told.
    opening: Option<Rc<Awaited>>,
}

/// A connection that several wait for.
#[derive(Default)]
pub(crate) struct Awaited {
    notify: Notify,
    failed: RefCell<Option<CallError>>,
}

impl Awaited {
    /// Waits until it is there, has failed, or was given up.
    ///
    /// # Errors
    ///
    /// Why it could not be opened.
    pub(crate) async fn over(&self) -> Result<(), CallError> {
        self.notify.notified().await;
        self.failed.borrow().clone().map_or(Ok(()), Err)
    }
}

/// Whose turn it is to open a connection.
pub(crate) enum Turn<'p> {
    /// This caller's; the others wait until it is dropped.
    Open(Option<Opening<'p>>),
    /// Another's.
    Wait(Rc<Awaited>),
}

/// One who opens a connection that others wait for.
pub(crate) struct Opening<'p> {
    pool: &'p Pool,
    address: usize,
}

impl Opening<'_> {
    /// Tells those who wait that it came to nothing.
    pub(crate) fn failed(&self, error: &CallError) {
        if let Some(opening) = &self.pool.shared.borrow()[self.address].opening {
            opening.failed.replace(Some(error.clone()));
        }
    }
}

impl Drop for Opening<'_> {
    fn drop(&mut self) {
        if let Some(opening) = self.pool.shared.borrow_mut()[self.address].opening.take() {
            opening.notify.notify_waiters();
        }
    }
}

struct Idle {
    sender: SendRequest<RequestBody>,
    since: Instant,
}

struct Settling {
    address: usize,
    sender: SendRequest<RequestBody>,
    since: Instant,
    permit: Permit,
}

/// The right to one connection in use.
pub(crate) struct Permit(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

/// A connection in use; dropped, it is closed, unless others share it.
pub(crate) struct Lease {
    pool: Rc<Pool>,
    address: usize,
    held: Held,
    permit: Permit,
}

/// What a lease holds.
enum Held {
    Own(SendRequest<RequestBody>),
    Shared(#[expect(dead_code, reason = "held for its drop")] Use),
}

impl Pool {
    pub(crate) fn new(settings: &Settings) -> Rc<Self> {
        let addresses = settings.addresses.len();
        Rc::new(Self {
            idle: RefCell::new((0..addresses).map(|_| Vec::new()).collect()),
            shared: RefCell::new(
                settings
                    .addresses
                    .iter()
                    .map(|address| Sharing {
                        may: settings.http2.unwrap_or(address.scheme == Scheme::Https),
                        connection: None,
                        opening: None,
                    })
                    .collect(),
            ),
            settling: RefCell::new(Vec::new()),
            refused_at: RefCell::new(vec![None; addresses]),
            next_address: Cell::new(0),
            permits: Arc::new(Semaphore::new(settings.max_connections.max(1))),
            waiting: Cell::new(0),
            max_waiting: settings.max_waiting,
            idle_timeout: settings.idle_timeout,
            reaping: Cell::new(false),
        })
    }

    /// Waits for the right to use a connection.
    ///
    /// # Errors
    ///
    /// [`CallError::Overloaded`] if too many wait already.
    pub(crate) async fn permit(self: &Rc<Self>, upstream: &str) -> Result<Permit, CallError> {
        let overloaded = || CallError::Overloaded { upstream: upstream.to_owned() };
        self.settle();
        if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            return Ok(Permit(permit));
        }
        if self.waiting.get() >= self.max_waiting {
            return Err(overloaded());
        }
        let _waiting = Waiting::new(&self.waiting);
        // Nobody may look at those that settle until one of them is free: each looks for itself.
        for settling in self.settling.take() {
            spawn_local(settling.wait(Rc::downgrade(self)));
        }
        Arc::clone(&self.permits).acquire_owned().await.map(Permit).map_err(|_| overloaded())
    }

    /// Indices of all addresses in the order in which they should be tried: in turn, with those
    /// that just refused last.
    pub(crate) fn addresses(&self) -> SmallVec<[usize; 4]> {
        let refused_at = self.refused_at.borrow();
        let count = refused_at.len();
        if count == 1 {
            return SmallVec::from_slice(&[0]);
        }
        let first = self.next_address.get();
        self.next_address.set(first.wrapping_add(1));
        let now = Instant::now();
        let refused = |index: &usize| refused_at[*index].is_some_and(|at| now < at + REFUSED);
        let mut order: SmallVec<[usize; 4]> =
            (0..count).map(|offset| (first.wrapping_add(offset)) % count).collect();
        order.sort_by_key(refused);
        order
    }

    /// Remembers whether an address could be connected to.
    pub(crate) fn note_connect(&self, address: usize, connected: bool) {
        self.refused_at.borrow_mut()[address] = (!connected).then(Instant::now);
    }

    /// Takes the connection to `address` that calls share, or that was used last, if one is alive.
    pub(crate) fn take(&self, address: usize) -> Option<Sender> {
        if let Some(shared) = &self.shared.borrow()[address].connection
            && !shared.is_closed()
        {
            return Some(Sender::Shared(Use::new(shared)));
        }
        let mut idle = self.idle.borrow_mut();
        while let Some(Idle { sender, since }) = idle[address].pop() {
            if sender.is_ready() && since.elapsed() < self.idle_timeout {
                return Some(Sender::Own(sender));
            }
        }
        None
    }

    /// Whose turn it is to open a connection to `address`: where all share one, several that
    /// start together need not open several.
    pub(crate) fn turn(&self, address: usize) -> Turn<'_> {
        let sharing = &mut self.shared.borrow_mut()[address];
        if !sharing.may {
            return Turn::Open(None);
        }
        if let Some(opening) = &sharing.opening {
            return Turn::Wait(Rc::clone(opening));
        }
        sharing.opening = Some(Rc::default());
        Turn::Open(Some(Opening { pool: self, address }))
    }

    /// Takes up a connection that was opened.
    pub(crate) fn opened(self: &Rc<Self>, address: usize, opened: Opened) -> Sender {
        let sharing = &mut self.shared.borrow_mut()[address];
        match opened {
            Opened::Own(sender) => {
                sharing.may = false;
                Sender::Own(sender)
            }
            Opened::Shared(sender) => {
                let shared = Rc::new(Shared::new(sender));
                sharing.may = true;
                let own = Use::new(&shared);
                sharing.connection = Some(shared);
                self.look_after();
                Sender::Shared(own)
            }
        }
    }

    fn put(self: &Rc<Self>, address: usize, sender: SendRequest<RequestBody>) {
        self.idle.borrow_mut()[address].push(Idle { sender, since: Instant::now() });
        self.look_after();
    }

    /// Takes what has settled among those that can be used.
    fn settle(self: &Rc<Self>) {
        let mut settling = self.settling.borrow_mut();
        let mut at = 0;
        while let Some(one) = settling.get(at) {
            if one.sender.is_ready() {
                let Settling { address, sender, permit, .. } = settling.swap_remove(at);
                drop(permit);
                self.put(address, sender);
            } else if one.sender.is_closed() || one.since.elapsed() >= SETTLE {
                drop(settling.swap_remove(at));
            } else {
                at += 1;
            }
        }
    }

    /// Drops what has waited too long; tells whether anything is left.
    fn drop_stale(self: &Rc<Self>) -> bool {
        self.settle();
        let mut idle = self.idle.borrow_mut();
        for connections in idle.iter_mut() {
            connections.retain(|c| !c.sender.is_closed() && c.since.elapsed() < self.idle_timeout);
        }
        let mut any = !self.settling.borrow().is_empty();
        for sharing in self.shared.borrow_mut().iter_mut() {
            let is_stale = |shared: &Rc<Shared>| {
                let unused =
                    shared.idle_since().is_some_and(|at| at.elapsed() >= self.idle_timeout);
                shared.is_closed() || unused
            };
            if sharing.connection.as_ref().is_some_and(is_stale) {
                sharing.connection = None;
            }
            any |= sharing.connection.is_some();
        }
        any || idle.iter().any(|connections| !connections.is_empty())
    }

    /// Starts to look after connections that nobody uses, unless that is going on.
    fn look_after(self: &Rc<Self>) {
        if !self.reaping.replace(true) {
            spawn_local(reap(Rc::downgrade(self), self.idle_timeout));
        }
    }
}

impl Settling {
    /// Waits until it can be used, and puts it among those that can.
    async fn wait(mut self, pool: Weak<Pool>) {
        if let Ok(Ok(())) = timeout(SETTLE, self.sender.ready()).await
            && let Some(pool) = pool.upgrade()
        {
            drop(self.permit);
            pool.put(self.address, self.sender);
        }
    }
}

/// Closes unused connections while there are any; ends with the pool.
async fn reap(pool: Weak<Pool>, every: Duration) {
    loop {
        sleep(every.max(Duration::from_millis(1))).await;
        let Some(pool) = pool.upgrade() else { return };
        if !pool.drop_stale() {
            pool.reaping.set(false);
            return;
        }
    }
}

impl Lease {
    pub(crate) fn new(pool: Rc<Pool>, address: usize, sender: Sender, permit: Permit) -> Self {
        let held = match sender {
            Sender::Own(sender) => Held::Own(sender),
            Sender::Shared(shared) => Held::Shared(shared),
        };
        Self { pool, address, held, permit }
    }

    /// Gives the connection back; its answer has been read to its end.
    pub(crate) fn put_back(self) {
        let Self { pool, address, held, permit } = self;
        let Held::Own(sender) = held else { return };
        if sender.is_closed() {
            return;
        }
        if sender.is_ready() {
            drop(permit);
            pool.put(address, sender);
            return;
        }
        let settling = Settling { address, sender, since: Instant::now(), permit };
        if pool.waiting.get() > 0 {
            spawn_local(settling.wait(Rc::downgrade(&pool)));
            return;
        }
        pool.settling.borrow_mut().push(settling);
        pool.look_after();
    }
}

/// Counts one who waits, until dropped.
struct Waiting<'a>(&'a Cell<usize>);

impl<'a> Waiting<'a> {
    fn new(count: &'a Cell<usize>) -> Self {
        count.set(count.get() + 1);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}
