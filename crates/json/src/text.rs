//! Strings as routes see them: cheap to clone, UTF-8 inside, UTF-16 to JavaScript.
//!
//! A string with half of a surrogate pair has no UTF-8 form: it keeps its code units. Where it is
//! looked at as UTF-8, U+FFFD stands for the half, so that both forms have the same length.

use std::borrow::Borrow;
use std::cell::OnceCell;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use crate::held;

/// A string; cloning it copies no text.
#[derive(Clone)]
pub struct Text(Repr);

/// UTF-8 comes with whether it is ASCII: what counts code units asks again and again.
#[derive(Clone)]
enum Repr {
    /// Words of the program, such as `"object"`.
    Static(&'static str, bool),
    /// Made while a request runs.
    Local(Local, bool),
    /// Likewise, beyond ASCII and long.
    Long(Rc<Long>),
    /// A constant or name of a plan.
    Shared(Arc<str>, bool),
    /// Holds half of a surrogate pair.
    Torn(Rc<Torn>),
}

/// Text that counts as held until the last of its clones is gone.
#[derive(Clone)]
struct Local(Rc<str>);

impl Local {
    fn new(text: &str) -> Self {
        held::add(local_bytes(text.len()));
        Self(Rc::from(text))
    }
}

impl Drop for Local {
    #[inline]
    fn drop(&mut self) {
        if Rc::strong_count(&self.0) == 1 {
            held::sub(local_bytes(self.0.len()));
        }
    }
}

/// What a text of this many bytes takes, with its counters.
const fn local_bytes(length: usize) -> usize {
    length + 2 * size_of::<usize>()
}

/// Bytes of a text beyond ASCII from which on it knows places.
const LONG: usize = 256;
/// Code units between places that a long text knows.
const STEP: usize = 128;

/// A long text whose code units are found without a look at all before them.
struct Long {
    text: Box<str>,
    places: OnceCell<Places>,
}

/// Where code units stand in UTF-8.
struct Places {
    /// How many there are.
    units: usize,
    /// For every [`STEP`]th of them the character that it belongs to: its first byte, and its first
    /// unit.
    known: Vec<(u32, u32)>,
}

impl Long {
    fn bytes(&self) -> usize {
        // Places included, whether or not they are known yet.
        local_bytes(self.text.len() + self.text.len() / 16)
    }

    fn places(&self) -> &Places {
        self.places.get_or_init(|| {
            let (mut units, mut known) = (0, Vec::new());
            // Long texts have fewer than 2^32 bytes.
            for (at, character) in (0_u32..).zip(self.text.bytes()).filter(|(_, b)| starts(*b)) {
                let width = if character >= 0xF0 { 2 } else { 1 };
                while known.len() * STEP < units + width {
                    known.push((at, u32::try_from(units).unwrap_or(u32::MAX)));
                }
                units += width;
            }
            Places { units, known }
        })
    }
}

/// Whether a byte of UTF-8 is the first of its character.
const fn starts(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

impl Drop for Long {
    fn drop(&mut self) {
        held::sub(self.bytes());
    }
}

/// A string that UTF-8 cannot hold.
struct Torn {
    units: Box<[u16]>,
    /// The same with U+FFFD for what is half a pair.
    shown: Box<str>,
}

impl Torn {
    fn bytes(&self) -> usize {
        local_bytes(self.shown.len() + 2 * self.units.len())
    }
}

impl Drop for Torn {
    #[inline]
    fn drop(&mut self) {
        held::sub(self.bytes());
    }
}

impl Text {
    /// The empty string.
    pub const EMPTY: Self = Self(Repr::Static("", true));

    /// A string that the program itself holds.
    #[must_use]
    pub const fn from_static(text: &'static str) -> Self {
        Self(Repr::Static(text, text.is_ascii()))
    }

    /// The text as UTF-8.
    #[must_use]
    #[inline]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Static(text, _) => text,
            Repr::Local(text, _) => &text.0,
            Repr::Long(long) => &long.text,
            Repr::Shared(text, _) => text,
            Repr::Torn(torn) => &torn.shown,
        }
    }

    /// The string of these UTF-16 code units.
    #[must_use]
    pub fn from_units(units: &[u16]) -> Self {
        match String::from_utf16(units) {
            Ok(text) => text.into(),
            Err(_) => {
                let shown = String::from_utf16_lossy(units).into();
                let torn = Torn { units: units.into(), shown };
                held::add(torn.bytes());
                Self(Repr::Torn(Rc::new(torn)))
            }
        }
    }

    /// Whether every surrogate has its other half, so that [`Text::as_str`] is the whole truth.
    #[must_use]
    #[inline]
    pub fn is_well_formed(&self) -> bool {
        !matches!(self.0, Repr::Torn(_))
    }

    /// Whether all of it is ASCII, so that bytes are code units.
    #[must_use]
    #[inline]
    pub fn is_ascii(&self) -> bool {
        match self.0 {
            Repr::Static(_, is) | Repr::Local(_, is) | Repr::Shared(_, is) => is,
            Repr::Long(_) | Repr::Torn(_) => false,
        }
    }

    /// The UTF-16 code units.
    #[must_use]
    pub fn units(&self) -> Vec<u16> {
        match &self.0 {
            Repr::Torn(torn) => torn.units.to_vec(),
            _ => self.as_str().encode_utf16().collect(),
        }
    }

    fn torn(&self) -> Option<&[u16]> {
        match &self.0 {
            Repr::Torn(torn) => Some(&torn.units),
            _ => None,
        }
    }

    /// JavaScript's `length`: UTF-16 code units.
    #[must_use]
    pub fn len_utf16(&self) -> usize {
        let text = self.as_str();
        match &self.0 {
            Repr::Long(long) => long.places().units,
            _ if self.is_ascii() => text.len(),
            _ => text.chars().map(char::len_utf16).sum(),
        }
    }

    /// The UTF-16 code unit at `index`.
    #[must_use]
    pub fn unit_at(&self, index: usize) -> Option<u16> {
        if let Some(units) = self.torn() {
            return units.get(index).copied();
        }
        let text = self.as_str();
        if self.is_ascii() {
            text.as_bytes().get(index).map(|byte| u16::from(*byte))
        } else {
            let (rest, before) = self.seek(index);
            rest.encode_utf16().nth(index - before)
        }
    }

    /// The text from the last known place at or before a unit, and how many units stand before it.
    fn seek(&self, index: usize) -> (&str, usize) {
        let text = self.as_str();
        let Repr::Long(long) = &self.0 else { return (text, 0) };
        let known = &long.places().known;
        let place = known.get(index / STEP).or_else(|| known.last());
        place.map_or((text, 0), |(at, before)| (&text[*at as usize..], *before as usize))
    }

    /// The code units `from..to`.
    ///
    /// Bounds beyond the end count as the end; `from >= to` gives the empty string.
    #[must_use]
    pub fn slice_utf16(&self, from: usize, to: usize) -> Self {
        let text = self.as_str();
        if from >= to {
            return Self::EMPTY;
        }
        if let Some(units) = self.torn() {
            return Self::from_units(units.get(from..to.min(units.len())).unwrap_or(&[]));
        }
        if self.is_ascii() {
            let to = to.min(text.len());
            if from == 0 && to == text.len() {
                return self.clone();
            }
            return text.get(from..to).map_or(Self::EMPTY, Self::from);
        }
        let mut cut = String::new();
        let (rest, before) = self.seek(from);
        let mut position = before;
        for character in rest.chars() {
            let end = position + character.len_utf16();
            if position >= to {
                break;
            }
            if position >= from && end <= to {
                cut.push(character);
            } else if end > from {
                // The cut goes through a pair.
                let units = rest.encode_utf16().skip(from - before).take(to - from);
                let units: Vec<u16> = units.collect();
                return Self::from_units(&units);
            }
            position = end;
        }
        Self::from(cut)
    }

    /// JavaScript's order of strings: by UTF-16 code units.
    #[must_use]
    pub fn cmp_utf16(&self, other: &Self) -> Ordering {
        if self.torn().is_some() || other.torn().is_some() {
            return self.units().cmp(&other.units());
        }
        let (left, right) = (self.as_str(), other.as_str());
        if std::ptr::eq(left, right) {
            return Ordering::Equal;
        }
        // UTF-8 and UTF-16 order differ only where a surrogate pair meets U+E000..=U+FFFF.
        let shared = left.bytes().zip(right.bytes()).take_while(|(a, b)| a == b).count();
        match (left.as_bytes().get(shared), right.as_bytes().get(shared)) {
            (Some(a), Some(b)) if *a >= 0xEE && *b >= 0xEE => {
                left.encode_utf16().cmp(right.encode_utf16())
            }
            (a, b) => a.cmp(&b),
        }
    }
}

impl Deref for Text {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

/// For tables whose keys are asked for as UTF-8.
impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        if text.is_empty() {
            return Self::EMPTY;
        }
        let is_ascii = text.is_ascii();
        if !is_ascii && (LONG..u32::MAX as usize).contains(&text.len()) {
            let long = Long { text: text.into(), places: OnceCell::new() };
            held::add(long.bytes());
            return Self(Repr::Long(Rc::new(long)));
        }
        Self(Repr::Local(Local::new(text), is_ascii))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<Arc<str>> for Text {
    fn from(text: Arc<str>) -> Self {
        let is_ascii = text.is_ascii();
        Self(Repr::Shared(text, is_ascii))
    }
}

impl From<&Arc<str>> for Text {
    fn from(text: &Arc<str>) -> Self {
        Self(Repr::Shared(Arc::clone(text), text.is_ascii()))
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        // Most texts that are equal and long are one.
        std::ptr::eq(self.as_str(), other.as_str())
            || self.torn() == other.torn() && self.as_str() == other.as_str()
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.is_well_formed() && self.as_str() == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.torn() {
            // Not as its UTF-8 form, which is another string.
            Some(units) => units.hash(state),
            None => self.as_str().hash(state),
        }
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_cuts_count_utf16_units() {
        let text = Text::from("a😀é");
        assert_eq!(text.len_utf16(), 4);
        assert_eq!(text.slice_utf16(0, 1), "a");
        assert_eq!(text.slice_utf16(1, 3), "😀");
        assert_eq!(text.slice_utf16(3, 9), "é");
        assert_eq!(text.slice_utf16(0, 2).units(), [0x61, 0xD83D]);
        assert_eq!(text.slice_utf16(2, 4).units(), [0xDE00, 0xE9]);
        assert_eq!(text.slice_utf16(3, 1), "");
        assert_eq!(text.unit_at(1), Some(0xD83D));
    }

    #[test]
    fn units_of_ascii_are_found_at_once() {
        // One look at the whole text for each of them would take minutes.
        let text = Text::from("x".repeat(1 << 20));
        assert!((0..text.len_utf16()).all(|at| text.unit_at(at) == Some(0x78)));
        assert!((0..text.len_utf16()).all(|at| text.slice_utf16(at, at + 1).len_utf16() == 1));
    }

    #[test]
    fn units_of_long_texts_beyond_ascii_are_found_as_quickly() {
        let text = Text::from("é".repeat(1 << 17));
        assert!((0..text.len_utf16()).all(|at| text.unit_at(at) == Some(0xE9)));
        assert!((0..text.len_utf16()).all(|at| text.slice_utf16(at, at + 1) == "é"));
    }

    #[test]
    fn long_texts_find_every_unit() {
        // Pairs lie across every place that is known, and beside it.
        for before in 0..3 {
            let text = format!("{}{}é~", "a".repeat(before), "😀b～😀".repeat(100));
            let (text, units) = (Text::from(&*text), text.encode_utf16().collect::<Vec<u16>>());
            assert_eq!(text.len_utf16(), units.len());
            for at in 0..units.len() + 2 {
                assert_eq!(text.unit_at(at), units.get(at).copied(), "{at}");
                for length in [0, 1, 2, 3, 130, usize::MAX] {
                    let to = at.saturating_add(length).min(units.len());
                    let cut = text.slice_utf16(at, at.saturating_add(length));
                    assert_eq!(cut.units(), units.get(at..to).unwrap_or(&[]), "{at} {length}");
                }
            }
        }
    }

    #[test]
    fn a_text_is_equal_to_itself_without_a_look_at_it() {
        // Each look would take milliseconds.
        let text = Text::from("x".repeat(1 << 26));
        let other = text.clone();
        assert!((0..100_000).all(|_| text == other && text.cmp_utf16(&other).is_eq()));
    }

    #[test]
    fn halves_of_a_pair_are_kept_and_make_a_pair_again() {
        let text = Text::from("a😀");
        let (left, right) = (text.slice_utf16(0, 2), text.slice_utf16(2, 3));
        assert!(!left.is_well_formed() && !right.is_well_formed());
        assert_ne!(left, Text::from("a\u{FFFD}"));
        assert_eq!(left.len_utf16(), 2);
        let whole = Text::from_units(&[left.units(), right.units()].concat());
        assert!(whole.is_well_formed());
        assert_eq!(whole, text);
    }

    #[test]
    fn order_is_that_of_code_units() {
        // U+1F600 starts with the unit D83D, which is less than U+FF5E.
        assert_eq!(Text::from("😀").cmp_utf16(&"～".into()), Ordering::Less);
        assert_eq!(Text::from("é").cmp_utf16(&"z".into()), Ordering::Greater);
        assert_eq!(Text::from("ab").cmp_utf16(&"abc".into()), Ordering::Less);
        assert_eq!(Text::from("a😀").cmp_utf16(&"a～".into()), Ordering::Less);
        assert_eq!(Text::from("\u{D7FF}").cmp_utf16(&"😀".into()), Ordering::Less);
    }
}
