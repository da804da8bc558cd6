//! Whether the bodies of a connection's requests were read to their ends.
//!
//! In:    each body's beginning, and its end or that it was given up.
//! Out:   whether what comes next on the connection is a request.
//! Never: a body taken for a request.

use std::cell::Cell;
use std::rc::Rc;

/// The bodies of one connection's requests.
#[derive(Debug, Default)]
pub(crate) struct Bodies {
    /// Those of which more may come.
    open: Cell<usize>,
    /// One was given up before its end.
    cut: Cell<bool>,
}

impl Bodies {
    /// A body begins; it is cut unless it comes to its end.
    pub(crate) fn begin(self: &Rc<Self>) -> Unread {
        self.open.set(self.open.get() + 1);
        Unread { bodies: Rc::clone(self), whole: false }
    }

    /// Whether more of one may come.
    pub(crate) fn are_open(&self) -> bool {
        self.open.get() > 0
    }

    /// Whether all came to their ends.
    pub(crate) fn are_read(&self) -> bool {
        !self.are_open() && !self.cut.get()
    }
}

/// A body of which more may come.
pub(crate) struct Unread {
    bodies: Rc<Bodies>,
    whole: bool,
}

impl Unread {
    /// Its end was read.
    pub(crate) fn end(mut self) {
        self.whole = true;
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        self.bodies.open.set(self.bodies.open.get() - 1);
        self.bodies.cut.set(self.bodies.cut.get() || !self.whole);
    }
}
