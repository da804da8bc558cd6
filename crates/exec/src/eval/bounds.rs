//! How large a value an expression may make: a route must not be able to take all memory.

use super::{Meter, Thrown};

/// Most bytes of a string.
const STRING: usize = 1 << 26;
/// Most elements of a list.
const LIST: usize = 1 << 22;

/// Fails if a string of `length` bytes is too long.
pub(super) fn string(length: usize) -> Result<(), Thrown> {
    if length > STRING { Err(Thrown::range_error("Invalid string length")) } else { Ok(()) }
}

/// Fails if a list of `length` elements is too long.
pub(super) fn list(length: usize) -> Result<(), Thrown> {
    if length > LIST { Err(Thrown::range_error("Invalid array length")) } else { Ok(()) }
}

/// A list of what an iterator gives, made no longer than a list may be.
pub(super) fn collect<T>(items: impl Iterator<Item = T>, meter: &Meter) -> Result<Vec<T>, Thrown> {
    let mut all = Vec::new();
    for item in items {
        meter.units(1)?;
        all.push(item);
        list(all.len())?;
    }
    Ok(all)
}
