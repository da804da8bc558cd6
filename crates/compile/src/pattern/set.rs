//! Sets of characters: UTF-16 units, or code points with the flag `u`.

use frontage_plan::{folded, unit_char};

use super::Mode;

/// A set as ranges of numbers, ends included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Set(Vec<(u32, u32)>);

impl Set {
    pub(super) fn of(ranges: &[(u32, u32)]) -> Self {
        let mut set = Self(ranges.to_vec());
        set.tidy();
        set
    }

    pub(super) fn one(number: u32) -> Self {
        Self(vec![(number, number)])
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.0.extend(&other.0);
        self.tidy();
    }

    fn tidy(&mut self) {
        self.0.sort_unstable();
        let mut tidy: Vec<(u32, u32)> = Vec::with_capacity(self.0.len());
        for (low, high) in self.0.drain(..) {
            match tidy.last_mut() {
                Some((_, end)) if low <= end.saturating_add(1) => *end = (*end).max(high),
                _ => tidy.push((low, high)),
            }
        }
        self.0 = tidy;
    }

    /// Its only number, if it has just one.
    pub(super) fn single(&self) -> Option<u32> {
        match self.0.as_slice() {
            [(low, high)] if low == high => Some(*low),
            _ => None,
        }
    }

    /// All others.
    pub(super) fn negated(&self, mode: Mode) -> Self {
        let most = if mode.unicode { 0x10_FFFF } else { 0xFFFF };
        let mut next = 0;
        let mut out = Vec::new();
        for (low, high) in &self.0 {
            if *low > next {
                out.push((next, low - 1));
            }
            next = high + 1;
        }
        if next <= most {
            out.push((next, most));
        }
        Self(out)
    }

    /// Each unit as the flag `i` compares it.
    pub(super) fn folded(&self) -> Self {
        let mut out: Vec<(u32, u32)> = Vec::new();
        for (low, high) in &self.0 {
            for unit in *low..=*high {
                let Some(character) = char::from_u32(unit) else {
                    out.push((unit, unit));
                    continue;
                };
                let upper = u32::from(folded(character));
                match out.last_mut() {
                    Some((_, end)) if upper == *end + 1 => *end = upper,
                    Some((start, end)) if upper >= *start && upper <= *end => {}
                    _ => out.push((upper, upper)),
                }
            }
        }
        Self::of(&out)
    }

    /// As a class of the engine.
    pub(super) fn class(&self, mode: Mode) -> String {
        let mut text = String::from("[");
        let mut put = |low: u32, high: u32| {
            text.push_str(&format!("\\x{{{low:X}}}"));
            if high > low {
                text.push_str(&format!("-\\x{{{high:X}}}"));
            }
        };
        for (low, high) in &self.0 {
            let parts = [(*low, (*high).min(0xD7FF)), ((*low).max(0xE000), *high)];
            for (low, high) in parts {
                if low <= high {
                    put(low, high);
                }
            }
            let (low, high) = ((*low).max(0xD800), (*high).min(0xDFFF));
            if low <= high && !mode.unicode {
                let place =
                    |unit: u32| u16::try_from(unit).map_or(0, |unit| u32::from(unit_char(unit)));
                put(place(low), place(high));
            }
        }
        if text.len() == 1 {
            // Nothing.
            return r"[^\x{0}-\x{10FFFF}]".into();
        }
        text.push(']');
        text
    }
}
