//! The fields of an object: which one a name means, and which came.

use frontage_plan::Field;

/// Which fields came.
#[derive(Default)]
pub(super) struct Seen {
    first: u64,
    more: Vec<u64>,
}

impl Seen {
    pub(super) fn add(&mut self, place: usize) {
        if place < 64 {
            self.first |= 1 << place;
        } else {
            let word = place / 64 - 1;
            if self.more.len() <= word {
                self.more.resize(word + 1, 0);
            }
            self.more[word] |= 1 << (place % 64);
        }
    }

    pub(super) fn has(&self, place: usize) -> bool {
        let word = if place < 64 {
            self.first
        } else {
            self.more.get(place / 64 - 1).copied().unwrap_or(0)
        };
        word >> (place % 64) & 1 == 1
    }
}

/// The field of a name; answers mostly come in the contract's order, so the next one goes first.
#[inline(always)]
pub(super) fn find(fields: &[Field], expected: usize, is: impl Fn(&str) -> bool) -> Option<usize> {
    let expected = expected.min(fields.len());
    let (before, after) = fields.split_at(expected);
    after
        .iter()
        .position(|field| is(&field.name))
        .map(|place| expected + place)
        .or_else(|| before.iter().position(|field| is(&field.name)))
}
