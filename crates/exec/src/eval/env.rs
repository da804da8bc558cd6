//! Frames of slots: where a request's values live.
//!
//! A route has a frame of level 0; each element of an asynchronous `.map` has one of its own, a
//! level further in, that also sees those around it.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use frontage_json::Value;
use frontage_plan::Slot;
use smallvec::{SmallVec, smallvec};

use super::{Meter, Patterns};

/// What an expression sees: its frame, those around it, and the request's instant.
///
/// Cloning it gives another handle on the same frames.
#[derive(Debug, Clone)]
pub(crate) struct Env {
    frame: Rc<Frame>,
    now_ms: f64,
    /// Where `ctx.addIssue` of a validator's function puts its issues.
    issues: Option<Rc<RefCell<Vec<Value>>>>,
}

/// Slots that a frame has within itself: what most elements of a list need.
const FEW: usize = 4;

#[derive(Debug)]
struct Frame {
    level: u16,
    /// `None` until filled.
    slots: RefCell<SmallVec<[Option<Value>; FEW]>>,
    around: Option<Rc<Self>>,
    /// Those of the plan.
    patterns: Arc<Patterns>,
    /// The request's.
    meter: Rc<Meter>,
}

impl Env {
    /// An empty frame of level 0 with `slots` slots; `now_ms` is what `Date.now()` says.
    pub(crate) fn new(slots: u16, now_ms: f64, patterns: Arc<Patterns>, meter: Meter) -> Self {
        let slots = RefCell::new(smallvec![None; usize::from(slots)]);
        let frame = Frame { level: 0, slots, around: None, patterns, meter: Rc::new(meter) };
        Self { frame: Rc::new(frame), now_ms, issues: None }
    }

    /// An empty frame with `slots` slots, one level further in.
    pub(crate) fn child(&self, slots: u16) -> Self {
        let frame = Frame {
            level: self.frame.level + 1,
            slots: RefCell::new(smallvec![None; usize::from(slots)]),
            around: Some(Rc::clone(&self.frame)),
            patterns: Arc::clone(&self.frame.patterns),
            meter: Rc::clone(&self.frame.meter),
        };
        Self { frame: Rc::new(frame), now_ms: self.now_ms, issues: None }
    }

    /// The regular expressions of the plan.
    pub(crate) fn patterns(&self) -> &Patterns {
        &self.frame.patterns
    }

    /// What the request has done.
    #[inline]
    pub(crate) fn meter(&self) -> &Meter {
        &self.frame.meter
    }

    /// The same frames, and a list that [`Env::add_issue`] adds to.
    pub(crate) fn collecting(&self) -> (Self, Rc<RefCell<Vec<Value>>>) {
        let issues = Rc::new(RefCell::new(Vec::new()));
        (Self { issues: Some(Rc::clone(&issues)), ..self.clone() }, issues)
    }

    /// Adds an issue of a validator's function.
    pub(crate) fn add_issue(&self, issue: Value) {
        if let Some(issues) = &self.issues {
            issues.borrow_mut().push(issue);
        }
    }

    /// What a slot holds; `undefined` if nothing yet.
    #[inline]
    pub(crate) fn get(&self, slot: Slot) -> Value {
        let frame = self.frame(slot);
        let value = frame.and_then(|frame| {
            frame.slots.borrow().get(usize::from(slot.index)).and_then(Clone::clone)
        });
        value.unwrap_or(Value::Undefined)
    }

    /// Fills a slot, again if need be.
    #[inline]
    pub(crate) fn set(&self, slot: Slot, value: Value) {
        if let Some(frame) = self.frame(slot) {
            let mut slots = frame.slots.borrow_mut();
            let index = usize::from(slot.index);
            if index >= slots.len() {
                slots.resize(index + 1, None);
            }
            let old = slots[index].replace(value);
            // Dropped outside the borrow: values may own much.
            drop(slots);
            drop(old);
        }
    }

    /// Whether a slot is filled.
    pub(crate) fn is_filled(&self, slot: Slot) -> bool {
        let frame = self.frame(slot);
        frame.is_some_and(|frame| {
            frame.slots.borrow().get(usize::from(slot.index)).is_some_and(Option::is_some)
        })
    }

    /// What `Date.now()` says during this request.
    pub(crate) fn now_ms(&self) -> f64 {
        self.now_ms
    }

    #[inline]
    fn frame(&self, slot: Slot) -> Option<&Frame> {
        let mut frame = &self.frame;
        while frame.level > slot.level {
            frame = frame.around.as_ref()?;
        }
        (frame.level == slot.level).then_some(frame)
    }
}
