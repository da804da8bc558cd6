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

use smallvec::SmallVec;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep};

use crate::connect::Opened;
use crate::link::Link;
use crate::sender::{Sender, Shared, Use};
use crate::{CallError, Scheme, Settings};

/// How long an address that refused is asked last.
const REFUSED: Duration = Duration::from_secs(1);

/// The connections of one upstream on one thread.
pub(crate) struct Pool {
    idle: RefCell<Vec<Vec<Idle>>>,
    shared: RefCell<Vec<Sharing>>,
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
    link: Box<Link>,
    since: Instant,
}

/// The right to one connection in use.
pub(crate) struct Permit(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

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
        if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            return Ok(Permit(permit));
        }
        if self.waiting.get() >= self.max_waiting {
            return Err(overloaded());
        }
        let _waiting = Waiting::new(&self.waiting);
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
        while let Some(Idle { mut link, since }) = idle[address].pop() {
            if since.elapsed() < self.idle_timeout && link.is_alive() {
                return Some(Sender::Own(link));
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
            Opened::Own(link) => {
                sharing.may = false;
                Sender::Own(link)
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

    /// Takes back a connection that can be used again.
    pub(crate) fn put(self: &Rc<Self>, address: usize, link: Box<Link>) {
        self.idle.borrow_mut()[address].push(Idle { link, since: Instant::now() });
        self.look_after();
    }

    /// Drops what has waited too long; tells whether anything is left.
    fn drop_stale(self: &Rc<Self>) -> bool {
        let mut idle = self.idle.borrow_mut();
        for connections in idle.iter_mut() {
            connections
                .retain_mut(|own| own.since.elapsed() < self.idle_timeout && own.link.is_alive());
        }
        let mut any = false;
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
