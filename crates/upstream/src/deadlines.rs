//! Times at which the futures of one thread are given up: one timer for all of them.
//!
//! In:    futures, each with its deadline.
//! Out:   their results, or [`Passed`].
//! Never: a timer for each. One that comes before all others of its thread makes tokio wake the
//!        thread through the kernel, which would be a system call for each call of an upstream; here
//!        the timer stays where it is as long as nothing has to end before it.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};

use pin_project_lite::pin_project;
use slab::Slab;
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep_until};

/// The deadlines of one thread; clones are the same. It must be used inside a
/// `tokio::task::LocalSet`, where its timer is a task.
#[derive(Debug, Clone, Default)]
pub struct Deadlines {
    state: Rc<RefCell<State>>,
}

/// The deadline has passed; the future was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed;

#[derive(Debug, Default)]
struct State {
    waiting: Slab<Entry>,
    timer: Timer,
}

#[derive(Debug, Default)]
enum Timer {
    /// There is none.
    #[default]
    Off,
    /// It was started, and has not come to run.
    Starting(Instant),
    /// It goes off at this time, or sooner if it is woken.
    On(Instant, Waker),
}

#[derive(Debug)]
struct Entry {
    deadline: Instant,
    /// `None` once the deadline has passed.
    waker: Option<Waker>,
}

impl Deadlines {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs `future` until it is done or its deadline has passed.
    ///
    /// # Errors
    ///
    /// [`Passed`].
    pub fn within<F: Future>(&self, deadline: Instant, future: F) -> Within<'_, F> {
        Within { future, deadlines: self, deadline, place: None }
    }

    fn enter(&self, deadline: Instant, context: &Context<'_>) -> Place<'_> {
        let mut state = self.state.borrow_mut();
        let entry = Entry { deadline, waker: Some(context.waker().clone()) };
        let index = state.waiting.insert(entry);
        match &mut state.timer {
            Timer::Off => {
                state.timer = Timer::Starting(deadline);
                spawn_local(run(Running(Rc::downgrade(&self.state))));
            }
            Timer::Starting(at) => *at = deadline.min(*at),
            Timer::On(at, waker) if deadline < *at => {
                *at = deadline;
                waker.wake_by_ref();
            }
            Timer::On(..) => {}
        }
        Place { deadlines: self, index }
    }
}

pin_project! {
    /// A future with its deadline. It holds the future once, where an `async` function would hold it
    /// twice: what is as large as a call is moved about often enough.
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct Within<'d, F> {
        #[pin]
        future: F,
        deadlines: &'d Deadlines,
        deadline: Instant,
        // None as long as nobody had to wait.
        place: Option<Place<'d>>,
    }
}

impl<F: Future> Future for Within<'_, F> {
    type Output = Result<F::Output, Passed>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(value) = this.future.poll(context) {
            return Poll::Ready(Ok(value));
        }
        let waits = match this.place {
            Some(place) => place.waits(context),
            // If its deadline has passed already, the timer tells so at once.
            None => {
                *this.place = Some(this.deadlines.enter(*this.deadline, context));
                true
            }
        };
        if waits { Poll::Pending } else { Poll::Ready(Err(Passed)) }
    }
}

/// One that waits; dropped, it does no more.
#[derive(Debug)]
struct Place<'d> {
    deadlines: &'d Deadlines,
    index: usize,
}

impl Place<'_> {
    /// Whether its deadline is still to come.
    fn waits(&self, context: &Context<'_>) -> bool {
        let mut state = self.deadlines.state.borrow_mut();
        match state.waiting.get_mut(self.index).and_then(|entry| entry.waker.as_mut()) {
            Some(waker) => {
                waker.clone_from(context.waker());
                true
            }
            None => false,
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.deadlines.state.borrow_mut().waiting.try_remove(self.index);
    }
}

/// The task of the timer; when it ends, however it does, there is none.
struct Running(Weak<RefCell<State>>);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(state) = self.0.upgrade() {
            state.borrow_mut().timer = Timer::Off;
        }
    }
}

/// Waits for the soonest deadline; ends when nobody waits.
async fn run(running: Running) {
    let mut sleep = pin!(sleep_until(Instant::now()));
    poll_fn(|context| {
        loop {
            let Some(state) = running.0.upgrade() else { return Poll::Ready(()) };
            let at = match &state.borrow().timer {
                Timer::Off => return Poll::Ready(()),
                Timer::Starting(at) | Timer::On(at, _) => *at,
            };
            if sleep.deadline() != at {
                sleep.as_mut().reset(at);
            }
            if sleep.as_mut().poll(context).is_pending() {
                state.borrow_mut().timer = Timer::On(at, context.waker().clone());
                return Poll::Pending;
            }
            let (soonest, passed) = state.borrow_mut().pass(Instant::now());
            for waker in passed {
                waker.wake();
            }
            let Some(soonest) = soonest else { return Poll::Ready(()) };
            state.borrow_mut().timer = Timer::On(soonest, context.waker().clone());
        }
    })
    .await;
}

impl State {
    /// The soonest deadline after `now`; takes the wakers of those that have passed.
    fn pass(&mut self, now: Instant) -> (Option<Instant>, Vec<Waker>) {
        let (mut soonest, mut passed): (Option<Instant>, Vec<Waker>) = (None, Vec::new());
        for (_, entry) in &mut self.waiting {
            if entry.deadline <= now {
                passed.extend(entry.waker.take());
            } else {
                soonest = Some(soonest.map_or(entry.deadline, |own| own.min(entry.deadline)));
            }
        }
        (soonest, passed)
    }
}
