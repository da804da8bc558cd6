//! One client's connection: HTTP/1.1 or HTTP/2, its deadlines and its end.
//!
//! In:    an accepted socket; a service that answers requests.
//! Out:   the connection is served until it ends, is told to stop, or breaks a deadline.
//! Never: a timer per request. One timer per connection is only moved when a deadline comes
//!        nearer, which a request that is answered at once never causes. Buffers of a connection
//!        that has nothing to do: after a moment only its socket is left (`talk`).

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::{Rc, Weak};
use std::task::Poll;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::body::{AnswerBody, Sending};
use crate::settings::Limits;
use crate::talk::{Protocols, Talk};

/// What a connection is doing, seen by its socket, its requests and its deadline.
pub(crate) struct Activity {
    running: Cell<usize>,
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
            idle_since: Cell::new(Instant::now()),
            head_since: Cell::new(None),
            write_blocked_since: Cell::new(None),
            multiplexed: Cell::new(false),
            untouched: Cell::new(true),
            first_byte_by: Cell::new(None),
            answers: RefCell::new(Vec::new()),
        }
    }

    /// Bytes came from the client.
    pub(crate) fn receives(&self) {
        self.untouched.set(false);
        if self.running.get() == 0 && self.head_since.get().is_none() {
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
    fn give_up_stalled(&self, limits: &Limits) {
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
    fn rests_at(&self, limits: &Limits) -> Option<Instant> {
        let busy = self.running.get() > 0
            || self.untouched.get()
            || self.multiplexed.get()
            || self.head_since.get().is_some()
            || self.write_blocked_since.get().is_some();
        (!busy).then(|| self.idle_since.get() + limits.rest_after)
    }

    /// When the connection is to be closed, or looked at again, unless something happens.
    fn deadline(&self, limits: &Limits) -> Instant {
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

/// How far a connection is with ending because the server stops.
#[derive(Debug, Clone, Copy)]
enum Stopping {
    No,
    Told,
    Passed,
}

/// How long a stopping server waits for the first byte of a connection that it has accepted.
const FIRST_BYTE: Duration = Duration::from_millis(100);

/// Later than any deadline that matters.
const FAR: Duration = Duration::from_secs(3600);

/// A request that runs on a connection, until its answer has been sent.
pub(crate) struct Running(Rc<Activity>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.set(self.0.running.get() - 1);
        self.0.idle_since.set(Instant::now());
    }
}

/// Serves one connection to its end.
///
/// - `stop`: becomes true when the server stops; running requests are finished.
/// - `answer`: gives each request its answer.
pub(crate) async fn serve<A, F>(
    stream: TcpStream,
    protocols: &Protocols,
    limits: &Limits,
    mut stop: watch::Receiver<bool>,
    answer: A,
) where
    A: Fn(Rc<Activity>, Request<Incoming>) -> F,
    F: Future<Output = Result<Response<AnswerBody>, Infallible>> + 'static,
{
    let activity = Rc::new(Activity::new());
    let service = || hyper::service::service_fn(|request| answer(Rc::clone(&activity), request));
    let mut talk = Talk::new(stream, Rc::clone(&activity));
    let mut sleep = pin!(tokio::time::sleep_until(activity.deadline(limits)));
    let mut told = pin!(stop.wait_for(|stop| *stop));
    let mut stopping = Stopping::No;
    poll_fn(|cx| {
        if matches!(stopping, Stopping::No) && told.as_mut().poll(cx).is_ready() {
            stopping = Stopping::Told;
            // A connection that was just accepted may have a request on its way.
            activity.first_byte_by.set(Some(Instant::now() + FIRST_BYTE));
        }
        let waits = activity.untouched.get()
            && activity.first_byte_by.get().is_some_and(|by| by > Instant::now());
        if matches!(stopping, Stopping::Told) && !waits {
            stopping = Stopping::Passed;
            talk.end();
        }
        // Errors are the client's: garbage, a reset, a flood. hyper has answered what it could.
        if talk.poll(cx, protocols, &service).is_ready() {
            return Poll::Ready(());
        }
        if matches!(stopping, Stopping::Told) && !activity.untouched.get() {
            // The first bytes came just now.
            stopping = Stopping::Passed;
            talk.end();
            if talk.poll(cx, protocols, &service).is_ready() {
                return Poll::Ready(());
            }
        }
        loop {
            let deadline = activity.deadline(limits);
            let rest = activity.rests_at(limits).filter(|_| talk.is_loud());
            let next = rest.map_or(deadline, |rest| rest.min(deadline));
            if next < sleep.deadline() {
                sleep.as_mut().reset(next);
            }
            if sleep.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            activity.give_up_stalled(limits);
            if deadline <= Instant::now() {
                return Poll::Ready(());
            }
            if rest.is_some_and(|rest| rest <= Instant::now()) {
                talk.rest();
                if talk.poll(cx, protocols, &service).is_ready() {
                    return Poll::Ready(());
                }
                continue;
            }
            sleep.as_mut().reset(next);
        }
    })
    .await;
}
