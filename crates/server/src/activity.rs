//! What a connection is doing, and what its deadlines make of that.
//!
//! In:    what its socket and its requests note.
//! Out:   when it is to be closed, or to rest.
//! Never: a timer; a decision about what it speaks.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use tokio::time::Instant;

use crate::body::{AnswerBody, Sending};
use crate::settings::Limits;
use crate::unread::Bodies;

/// Later than any deadline that matters.
const FAR: Duration = Duration::from_secs(3600);

/// What a connection is doing, seen by its socket, its requests and its deadline.
pub(crate) struct Activity {
    running: Cell<usize>,
    bodies: Rc<Bodies>,
    idle_since: Cell<Instant>,
    head_since: Cell<Option<Instant>>,
    write_blocked_since: Cell<Option<Instant>>,
    multiplexed: Cell<bool>,
    untouched: Cell<bool>,
    first_byte_by: Cell<Option<Instant>>,
    /// Answers on the streams of HTTP/2, where a client that takes nothing blocks no socket.
    answers: RefCell<Vec<Weak<RefCell<Sending>>>>,
}

impl Activity {
    /// Of a connection that was just accepted.
    pub(crate) fn new() -> Self {
        Self {
            running: Cell::new(0),
            bodies: Rc::default(),
            idle_since: Cell::new(Instant::now()),
            head_since: Cell::new(None),
            write_blocked_since: Cell::new(None),
            multiplexed: Cell::new(false),
            untouched: Cell::new(true),
            first_byte_by: Cell::new(None),
            answers: RefCell::new(Vec::new()),
        }
    }

    /// Nothing has come from the client so far.
    pub(crate) fn is_untouched(&self) -> bool {
        self.untouched.get()
    }

    /// The client's first byte has to come by then.
    pub(crate) fn expect_first_byte(&self, by: Instant) {
        self.first_byte_by.set(Some(by));
    }

    /// Whether the first byte may still come in time.
    pub(crate) fn awaits_first_byte(&self) -> bool {
        self.untouched.get() && self.first_byte_by.get().is_some_and(|by| by > Instant::now())
    }

    /// Bytes came from the client.
    pub(crate) fn receives(&self) {
        self.untouched.set(false);
        // What belongs to the body of a request that was answered early begins no other.
        let begins = self.running.get() == 0 && !self.bodies.are_open();
        if begins && self.head_since.get().is_none() {
            self.head_since.set(Some(Instant::now()));
        }
    }

    /// The connection speaks HTTP/2.
    pub(crate) fn multiplexes(&self) {
        self.multiplexed.set(true);
    }

    /// The socket takes no more for now, or does again.
    pub(crate) fn blocks(&self, blocked: bool) {
        if !blocked {
            self.write_blocked_since.set(None);
        } else if self.write_blocked_since.get().is_none() {
            self.write_blocked_since.set(Some(Instant::now()));
        }
    }

    /// A request's head is complete; it runs until the guard is dropped.
    pub(crate) fn begin(self: &Rc<Self>) -> Running {
        self.running.set(self.running.get() + 1);
        self.head_since.set(None);
        Running(Rc::clone(self))
    }

    /// The bodies of its requests.
    pub(crate) fn bodies(&self) -> &Rc<Bodies> {
        &self.bodies
    }

    /// This answer is on its way.
    pub(crate) fn sends(&self, answer: &AnswerBody) {
        if self.multiplexed.get() {
            let mut answers = self.answers.borrow_mut();
            answers.retain(|answer| answer.strong_count() > 0);
            answers.push(answer.sending());
        }
    }

    /// Gives up answers that their client has not taken in time: what they hold is freed. Closing
    /// the connection would end others that may belong to other users behind one proxy.
    pub(crate) fn give_up_stalled(&self, limits: &Limits) {
        let now = Instant::now();
        // Ending an answer may start nothing new here, but must not meet a borrow either.
        let answers: Vec<_> = self.answers.borrow().iter().filter_map(Weak::upgrade).collect();
        for answer in answers {
            let mut answer = answer.borrow_mut();
            if answer.offered_since().is_some_and(|since| since + limits.write_timeout <= now) {
                answer.give_up();
            }
        }
    }

    /// When a connection that has answered, and has nothing to do since, gives up its buffers.
    pub(crate) fn rests_at(&self, limits: &Limits) -> Option<Instant> {
        let busy = self.running.get() > 0
            || !self.bodies.are_read()
            || self.untouched.get()
            || self.multiplexed.get()
            || self.head_since.get().is_some()
            || self.write_blocked_since.get().is_some();
        (!busy).then(|| self.idle_since.get() + limits.rest_after)
    }

    /// When the connection is to be closed, or looked at again, unless something happens.
    pub(crate) fn deadline(&self, limits: &Limits) -> Instant {
        if let Some(by) = self.first_byte_by.get()
            && self.untouched.get()
        {
            return by;
        }
        if let Some(since) = self.write_blocked_since.get() {
            return since + limits.write_timeout;
        }
        if self.running.get() > 0 {
            // Streams have no timer each; they are looked at from time to time.
            let patience = if self.multiplexed.get() { limits.write_timeout } else { FAR };
            return Instant::now() + patience;
        }
        match self.head_since.get() {
            // An HTTP/2 connection may carry other frames between requests; only idleness counts.
            Some(since) if !self.multiplexed.get() => since + limits.header_read_timeout,
            _ => self.idle_since.get() + limits.idle_timeout,
        }
    }
}

/// A request that runs on a connection, until its answer has been sent.
pub(crate) struct Running(Rc<Activity>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.set(self.0.running.get() - 1);
        self.0.idle_since.set(Instant::now());
    }
}
