//! How much memory the values of a thread take: who computes with values that others chose must be
//! able to stop in time.
//!
//! In:    containers and texts, as they are made and as they go.
//! Out:   [`held_bytes`].
//! Never: an exact figure. What containers and local texts take is counted about as an allocator
//!        sees it; raw text and what a plan shares are not.

use std::cell::Cell;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
}

/// Bytes that the containers and texts of this thread's values take. Only differences tell anything.
#[must_use]
pub fn held_bytes() -> isize {
    HELD.with(Cell::get)
}

/// Something of this size was made.
#[inline]
pub(crate) fn add(bytes: usize) {
    HELD.with(|held| held.set(held.get().wrapping_add_unsigned(bytes)));
}

/// Something of this size is gone.
#[inline]
pub(crate) fn sub(bytes: usize) {
    // A thread that ends drops what its own statics held after this one.
    let _ = HELD.try_with(|held| held.set(held.get().wrapping_sub_unsigned(bytes)));
}

#[cfg(test)]
mod tests {
    use super::held_bytes;
    use crate::{MapValue, Object, SetValue, Text, TextBuilder, Value};

    /// Checks that what `make` makes counts at least `least` bytes, however many share it, and
    /// nothing once it is gone.
    fn counted<T: Clone>(least: usize, make: impl FnOnce() -> T) {
        let before = held_bytes();
        let made = make();
        let held = held_bytes() - before;
        assert!(held >= isize::try_from(least).unwrap_or(isize::MAX), "{held} of {least}");
        let shared = vec![made.clone(); 100];
        assert_eq!(held_bytes() - before, held);
        drop(made);
        assert_eq!(held_bytes() - before, held);
        drop(shared);
        assert_eq!(held_bytes(), before);
    }

    #[test]
    fn what_values_hold_is_counted_until_it_is_gone() {
        let text = || Text::from("x".repeat(1000));
        let pair = || vec![Value::Number(1.0); 1000];
        counted(1000, text);
        counted(1000, || {
            let mut builder = TextBuilder::new();
            builder.push(&text());
            builder.finish()
        });
        counted(3000, || Text::from_units(&[0xD800; 1000]));
        counted(16_000, || Value::array(pair()));
        counted(1000 + 16, || Value::array(vec![Value::Text(text())]));
        counted(32_000, || {
            Value::object((0..1000).map(|i| (format!("k{i}"), Value::Null)).collect())
        });
        counted(32_000, || {
            Value::object((0..1000).map(|i| (format!("{i}"), Value::Null)).collect())
        });
        counted(16_000, || {
            let mut set = SetValue::new();
            (0..1000).for_each(|i| set.insert(Value::Number(f64::from(i))));
            Value::Set(set.into())
        });
        counted(32_000, || {
            let mut map = MapValue::new();
            (0..1000).for_each(|i| map.insert(Value::Number(f64::from(i)), Value::Null));
            Value::Map(map.into())
        });
    }

    #[test]
    fn copies_of_objects_count_by_themselves() {
        let before = held_bytes();
        let name = || Text::from_static("a");
        let object: Object = [(name(), Value::Null), (name(), Value::Null)].into_iter().collect();
        let one = held_bytes() - before;
        let copy = Object::clone(&object);
        assert_eq!(held_bytes() - before, 2 * one);
        drop((object, copy));
        assert_eq!(held_bytes(), before);
    }
}
