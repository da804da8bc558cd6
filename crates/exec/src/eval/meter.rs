//! What a request's own expressions may take: time, and memory.
//!
//! In:    units of work as they are done: a callback, an element, 64 bytes of text.
//! Out:   `Err` once the request has computed too long, or holds too much.
//! Never: an end in the middle of a single function of the library, all of which [`bounds`] keeps
//!        short; a look at the clock for each unit.

use std::cell::Cell;
use std::time::{Duration, Instant};

use frontage_json::{Text, TextBuilder, Value, held_bytes};

use super::{Thrown, bounds};

/// Units between looks at the clock.
const SLICE: usize = 4096;
/// Bytes of text that are one unit.
const UNIT_BYTES: usize = 64;
/// Most bytes that the values of one request take.
const HELD_BYTES: isize = 1 << 28;

/// How long a request's own expressions may take.
#[derive(Debug, Clone, Copy)]
pub struct Compute {
    /// In all, without what it waits.
    pub most: Duration,
    /// Before others of its thread may go on, if there is more to do between its expressions.
    pub turn: Duration,
    /// No longer than this; then the request has no time left at all.
    pub until: Option<Instant>,
}

impl Compute {
    /// Without an end: for who compares answers, and has small ones.
    pub const UNBOUNDED: Self = Self { most: Duration::MAX, turn: Duration::MAX, until: None };
}

/// What was exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exceeded {
    /// Its time: no handler of the route sees it.
    Time,
    /// Its memory: a `RangeError`, as for what is too large by itself.
    Memory,
}

/// Counts what one request does.
///
/// It measures stretches, in which nothing else runs on the thread: from [`Meter::begin`] to
/// [`Meter::end`].
#[derive(Debug)]
pub(crate) struct Meter {
    compute: Compute,
    /// Units left until the next look at the clock.
    left: Cell<usize>,
    /// The last look in this stretch, and the first of the turn.
    looked: Cell<Option<(Instant, Instant)>>,
    /// Computed so far, as far as looks tell.
    spent: Cell<Duration>,
    /// Bytes of the thread's values that are not this request's; only differences tell anything.
    others: Cell<isize>,
    /// Bytes held at the end of the last stretch.
    held: Cell<isize>,
    is_over: Cell<bool>,
    is_turn_over: Cell<bool>,
}

impl Meter {
    pub(crate) fn new(compute: Compute) -> Self {
        Self {
            compute,
            left: Cell::new(SLICE),
            looked: Cell::new(None),
            spent: Cell::new(Duration::ZERO),
            others: Cell::new(held_bytes()),
            held: Cell::new(0),
            is_over: Cell::new(false),
            is_turn_over: Cell::new(false),
        }
    }

    /// The request goes on.
    pub(crate) fn begin(&self) {
        self.others.set(held_bytes() - self.held.get());
        self.looked.set(None);
        self.is_turn_over.set(false);
    }

    /// The request's turn is counted from here.
    pub(crate) fn begin_turn(&self) {
        self.looked.set(self.looked.get().map(|(last, _)| (last, last)));
        self.is_turn_over.set(false);
    }

    /// The request waits: what happens until it goes on is not its own.
    pub(crate) fn end(&self) {
        self.held.set(self.mine());
    }

    /// What `make` makes does not count: other limits bound it.
    pub(crate) fn apart<T>(&self, make: impl FnOnce() -> T) -> T {
        let before = held_bytes();
        let made = make();
        self.others.set(self.others.get() + (held_bytes() - before));
        made
    }

    /// The request keeps this many bytes more to its end, which nothing else counts.
    pub(crate) fn keep(&self, bytes: usize) {
        let bytes = isize::try_from(bytes).unwrap_or(isize::MAX);
        self.others.set(self.others.get().saturating_sub(bytes));
    }

    /// Whether the request has no time left: nothing of it counts any more, and nothing starts.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over.get()
    }

    /// Why it has no time left; for the log.
    pub(crate) fn verdict(&self) -> String {
        let most = self.compute.most;
        if self.spent.get() >= most {
            format!("computed for longer than {} ms", most.as_millis())
        } else {
            "still computed when the request's time was up".into()
        }
    }

    /// Whether the request must let others go on before it does.
    pub(crate) fn is_turn_over(&self) -> bool {
        self.is_turn_over.get()
    }

    /// Notes work. Called while it is done, not ahead: else the clock tells nothing.
    ///
    /// # Errors
    ///
    /// The request has computed too long, or holds too much.
    #[inline]
    pub(crate) fn units(&self, units: usize) -> Result<(), Exceeded> {
        match self.left.get().checked_sub(units) {
            Some(left) if left > 0 => {
                self.left.set(left);
                Ok(())
            }
            _ => self.look(),
        }
    }

    /// Notes work on text.
    #[inline]
    pub(crate) fn bytes(&self, bytes: usize) -> Result<(), Exceeded> {
        // Short ones are part of what is noted for the call.
        if bytes < UNIT_BYTES { Ok(()) } else { self.units(bytes / UNIT_BYTES) }
    }

    /// Notes that a value is looked through, if it is one that takes time: text, or raw text.
    #[inline]
    pub(crate) fn scan(&self, value: &Value) -> Result<(), Exceeded> {
        match value {
            Value::Text(text) => self.bytes(text.len()),
            Value::Raw(raw) => self.bytes(raw.as_bytes().len()),
            _ => Ok(()),
        }
    }

    /// A value as a string.
    #[inline]
    pub(crate) fn text(&self, value: &Value) -> Result<Text, Thrown> {
        if let Value::Text(text) = value {
            return Ok(text.clone());
        }
        let text = value.to_text()?;
        // Of a list: a few bytes for each element.
        self.units(text.len() / 8)?;
        Ok(text)
    }

    /// Adds a value as a string to a text, which must not become too long.
    pub(crate) fn push(&self, text: &mut TextBuilder, value: &Value) -> Result<(), Thrown> {
        let bytes = match value {
            Value::Text(part) => {
                text.push(part);
                part.len()
            }
            other => {
                let part = self.text(other)?;
                text.push(&part);
                part.len()
            }
        };
        bounds::string(text.len())?;
        Ok(self.bytes(bytes)?)
    }

    fn mine(&self) -> isize {
        held_bytes() - self.others.get()
    }

    #[cold]
    fn look(&self) -> Result<(), Exceeded> {
        let now = Instant::now();
        let (last, first) = self.looked.get().unwrap_or((now, now));
        self.looked.set(Some((now, first)));
        let spent = self.spent.get() + (now - last);
        self.spent.set(spent);
        let is_late = self.compute.until.is_some_and(|until| now >= until);
        if self.is_over() || spent >= self.compute.most || is_late {
            self.is_over.set(true);
            // Whatever is done next leads here again.
            self.left.set(0);
            return Err(Exceeded::Time);
        }
        self.left.set(SLICE);
        if now - first >= self.compute.turn {
            self.is_turn_over.set(true);
        }
        if self.mine() > HELD_BYTES {
            return Err(Exceeded::Memory);
        }
        Ok(())
    }
}
