//! Sorting as V8 does: stable, `undefined` last.
//!
//! A comparator may be inconsistent or throw. Up to 63 elements the comparisons are V8's own
//! (a first run, then binary insertion), so that even `a > b ? 1 : -1` gives Node's order.

use std::cmp::Ordering;

use frontage_json::{Text, Value};

use super::{Meter, Thrown};

/// Below this length V8 only inserts.
const INSERTION: usize = 64;
/// Texts of fewer bytes are sorted without a look at the clock.
const AT_ONCE_BYTES: usize = 1 << 20;

/// Sorts by the elements' strings.
pub(super) fn by_text(list: &[Value], meter: &Meter) -> Result<Vec<Value>, Thrown> {
    let mut keyed: Vec<(Text, Value)> = Vec::with_capacity(list.len());
    let mut bytes = 0_usize;
    for value in list.iter().filter(|value| !value.is_undefined()) {
        let text = meter.text(value)?;
        meter.units(1)?;
        bytes = bytes.saturating_add(text.len());
        keyed.push((text, value.clone()));
    }
    if bytes < AT_ONCE_BYTES {
        keyed.sort_by(|(left, _), (right, _)| left.cmp_utf16(right));
    } else {
        // One that can end: each of the comparisons may look through whole texts.
        keyed = merged(keyed, &mut |(left, _), (right, _)| {
            meter.units(1)?;
            meter.bytes(left.len().min(right.len()))?;
            Ok(left.cmp_utf16(right))
        })?;
    }
    let mut sorted: Vec<Value> = keyed.into_iter().map(|(_, value)| value).collect();
    sorted.resize(list.len(), Value::Undefined);
    Ok(sorted)
}

/// Sorts by a comparator that says whether its first argument is less than, equal to or greater
/// than the second.
pub(super) fn by(
    list: &[Value],
    mut compare: impl FnMut(&Value, &Value) -> Result<Ordering, Thrown>,
) -> Result<Vec<Value>, Thrown> {
    let sorted: Vec<Value> = list.iter().filter(|v| !v.is_undefined()).cloned().collect();
    let mut sorted = merged(sorted, &mut compare)?;
    sorted.resize(list.len(), Value::Undefined);
    Ok(sorted)
}

/// Sorts short runs, and merges them.
fn merged<T: Clone>(
    mut sorted: Vec<T>,
    compare: &mut impl FnMut(&T, &T) -> Result<Ordering, Thrown>,
) -> Result<Vec<T>, Thrown> {
    let mut from = 0;
    let mut runs: Vec<Vec<T>> = Vec::new();
    let width = if sorted.len() < INSERTION { INSERTION } else { 32 };
    while from < sorted.len() {
        let to = (from + width).min(sorted.len());
        insert(&mut sorted[from..to], compare)?;
        runs.push(sorted[from..to].to_vec());
        from = to;
    }
    while runs.len() > 1 {
        let mut merged = Vec::with_capacity(runs.len().div_ceil(2));
        let mut pairs = runs.into_iter();
        while let Some(left) = pairs.next() {
            merged.push(match pairs.next() {
                Some(right) => merge(left, right, compare)?,
                None => left,
            });
        }
        runs = merged;
    }
    Ok(runs.pop().unwrap_or_default())
}

/// Sorts a short slice.
fn insert<T>(
    slice: &mut [T],
    compare: &mut impl FnMut(&T, &T) -> Result<Ordering, Thrown>,
) -> Result<(), Thrown> {
    if slice.len() < 2 {
        return Ok(());
    }
    // The run at the start: never falling, or strictly falling and then reversed.
    let falls = compare(&slice[1], &slice[0])? == Ordering::Less;
    let mut run = 2;
    while run < slice.len() && (compare(&slice[run], &slice[run - 1])? == Ordering::Less) == falls {
        run += 1;
    }
    if falls {
        slice[..run].reverse();
    }
    for next in run..slice.len() {
        let (mut left, mut right) = (0, next);
        while left < right {
            let middle = left + (right - left) / 2;
            if compare(&slice[next], &slice[middle])? == Ordering::Less {
                right = middle;
            } else {
                left = middle + 1;
            }
        }
        slice[left..=next].rotate_right(1);
    }
    Ok(())
}

fn merge<T>(
    left: Vec<T>,
    right: Vec<T>,
    compare: &mut impl FnMut(&T, &T) -> Result<Ordering, Thrown>,
) -> Result<Vec<T>, Thrown> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let next = if compare(b, a)? == Ordering::Less { right.next() } else { left.next() };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}
