//! Sorting as V8 does: stable, `undefined` last.
//!
//! A comparator may be inconsistent or throw. Up to 63 elements the comparisons are V8's own
//! (a first run, then binary insertion), so that even `a > b ? 1 : -1` gives Node's order.

use std::cmp::Ordering;

use frontage_json::{Text, Value};

use super::Thrown;

/// Below this length V8 only inserts.
const INSERTION: usize = 64;

/// Sorts by the elements' strings.
pub(super) fn by_text(list: &[Value]) -> Result<Vec<Value>, Thrown> {
    let mut keyed: Vec<(Text, Value)> = Vec::with_capacity(list.len());
    for value in list.iter().filter(|value| !value.is_undefined()) {
        keyed.push((value.to_text()?, value.clone()));
    }
    keyed.sort_by(|(left, _), (right, _)| left.cmp_utf16(right));
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
    let mut sorted: Vec<Value> = list.iter().filter(|v| !v.is_undefined()).cloned().collect();
    let mut from = 0;
    let mut runs: Vec<Vec<Value>> = Vec::new();
    let width = if sorted.len() < INSERTION { INSERTION } else { 32 };
    while from < sorted.len() {
        let to = (from + width).min(sorted.len());
        insert(&mut sorted[from..to], &mut compare)?;
        runs.push(sorted[from..to].to_vec());
        from = to;
    }
    while runs.len() > 1 {
        let mut merged = Vec::with_capacity(runs.len().div_ceil(2));
        let mut pairs = runs.into_iter();
        while let Some(left) = pairs.next() {
            merged.push(match pairs.next() {
                Some(right) => merge(left, right, &mut compare)?,
                None => left,
            });
        }
        runs = merged;
    }
    let mut sorted = runs.pop().unwrap_or_default();
    sorted.resize(list.len(), Value::Undefined);
    Ok(sorted)
}

/// Sorts a short slice.
fn insert(
    slice: &mut [Value],
    compare: &mut impl FnMut(&Value, &Value) -> Result<Ordering, Thrown>,
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

fn merge(
    left: Vec<Value>,
    right: Vec<Value>,
    compare: &mut impl FnMut(&Value, &Value) -> Result<Ordering, Thrown>,
) -> Result<Vec<Value>, Thrown> {
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
