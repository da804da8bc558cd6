//! Cuts pieces out of a text while it is read, without copying unless something is cut.

use bytes::Bytes;

/// What is kept of one value's text.
pub(crate) struct Cut {
    /// Where the value starts.
    start: usize,
    /// Kept text before `from`.
    kept: Vec<u8>,
    /// Start of the text that is kept unless something more is cut.
    from: usize,
}

/// A state to which a [`Cut`] can go back.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    kept: usize,
    from: usize,
}

impl Cut {
    pub(crate) fn new(start: usize) -> Self {
        Self { start, kept: Vec::new(), from: start }
    }

    /// Leaves out `from..to`; pieces come in order.
    pub(crate) fn omit(&mut self, source: &[u8], from: usize, to: usize) {
        self.kept.extend_from_slice(&source[self.from..from]);
        self.from = to;
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark { kept: self.kept.len(), from: self.from }
    }

    pub(crate) fn back(&mut self, mark: Mark) {
        self.kept.truncate(mark.kept);
        self.from = mark.from;
    }

    /// The text that is kept so far, and where what follows it begins; `None` if nothing is cut.
    pub(crate) fn pieces(&self) -> Option<(&[u8], usize)> {
        (self.from != self.start).then_some((self.kept.as_slice(), self.from))
    }

    /// The text of the value that ends at `end`.
    pub(crate) fn finish(mut self, body: &Bytes, end: usize) -> Bytes {
        if self.from == self.start {
            return body.slice(self.start..end);
        }
        self.kept.extend_from_slice(&body[self.from..end]);
        Bytes::from(self.kept)
    }
}
