//! Writes values as `JSON.stringify` does.
//!
//! Raw text is copied as it is, unless asked otherwise; everything else is spelled as JavaScript
//! spells it.

use crate::value::{DEPTH, SIZE};
use crate::{ErrorValue, Limits, Text, Unspellable, Value, iso_text, parse_limited};

/// Writes JSON text at the end of a buffer.
#[derive(Debug)]
pub struct Writer<'o> {
    out: &'o mut Vec<u8>,
    most: usize,
    /// Members that were left out: looking at them takes time, too.
    left_out: usize,
    respells: bool,
}

impl<'o> Writer<'o> {
    /// Writes to the end of `out`.
    pub fn new(out: &'o mut Vec<u8>) -> Self {
        Self { out, most: SIZE, left_out: 0, respells: false }
    }

    /// The same, but raw text is spelled anew: for texts that a program looks at.
    #[must_use]
    pub fn respelling(mut self) -> Self {
        self.respells = true;
        self
    }

    /// Writes `value`; `false` if it is `undefined`, for which there is no JSON text.
    ///
    /// # Errors
    ///
    /// [`Unspellable`]; what was written then is no JSON.
    pub fn write(&mut self, value: &Value) -> Result<bool, Unspellable> {
        if value.is_undefined() {
            return Ok(false);
        }
        self.value(value, DEPTH)?;
        Ok(true)
    }

    fn value(&mut self, value: &Value, depth: u32) -> Result<(), Unspellable> {
        if self.out.len() + self.left_out > self.most {
            return Err(Unspellable::TooLarge);
        }
        match value {
            Value::Undefined | Value::Null => self.put(b"null"),
            Value::Bool(true) => self.put(b"true"),
            Value::Bool(false) => self.put(b"false"),
            Value::Number(number) => self.number(*number),
            Value::Text(text) => self.text(text),
            Value::Raw(raw) if self.respells => {
                let limits = Limits { depth, keys: usize::MAX };
                let value =
                    parse_limited(raw.as_bytes(), limits).map_err(|_| Unspellable::TooDeep)?;
                self.value(&value, depth)?;
            }
            Value::Raw(raw) => {
                let size = self.out.len() + self.left_out + raw.as_bytes().len();
                if size > self.most || raw.is_too_large() {
                    return Err(Unspellable::TooLarge);
                }
                self.put(raw.as_bytes());
            }
            Value::Array(list) => {
                let depth = depth.checked_sub(1).ok_or(Unspellable::TooDeep)?;
                self.out.push(b'[');
                for (index, element) in list.iter().enumerate() {
                    if index > 0 {
                        self.out.push(b',');
                    }
                    self.value(element, depth)?;
                }
                self.out.push(b']');
            }
            Value::Object(object) => {
                let depth = depth.checked_sub(1).ok_or(Unspellable::TooDeep)?;
                self.out.push(b'{');
                let mut comma = false;
                for (name, member) in object.iter() {
                    if member.is_undefined() {
                        self.left_out += 1;
                        continue;
                    }
                    if comma {
                        self.out.push(b',');
                    }
                    comma = true;
                    self.text(name);
                    self.out.push(b':');
                    self.value(member, depth)?;
                }
                self.out.push(b'}');
            }
            Value::Map(_) | Value::Set(_) | Value::Reply(_) => self.put(b"{}"),
            Value::Date(time) => match iso_text(**time) {
                Some(text) => self.string(&text),
                None => self.put(b"null"),
            },
            Value::Error(error) => self.error(error)?,
        }
        Ok(())
    }

    /// The own enumerable fields of an error: those that its class declares.
    fn error(&mut self, error: &ErrorValue) -> Result<(), Unspellable> {
        let members: crate::Object = error.members().collect();
        self.value(&Value::object(members), 1)
    }

    fn put(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    fn number(&mut self, number: f64) {
        #[expect(clippy::cast_possible_truncation, reason = "checked by the way back")]
        let whole = number as i32;
        if f64::from(whole) == number {
            self.put(itoa::Buffer::new().format(whole).as_bytes());
        } else if number.is_finite() {
            self.put(ryu_js::Buffer::new().format_finite(number).as_bytes());
        } else {
            self.put(b"null");
        }
    }

    /// Writes a string; half of a surrogate pair as its escape.
    fn text(&mut self, text: &Text) {
        if text.is_well_formed() {
            return self.string(text);
        }
        self.out.push(b'"');
        for character in char::decode_utf16(text.units()) {
            match character {
                Ok(character) => self.escaped(character.encode_utf8(&mut [0; 4])),
                Err(half) => {
                    let escape = format!("\\u{:04x}", half.unpaired_surrogate());
                    self.put(escape.as_bytes());
                }
            }
        }
        self.out.push(b'"');
    }

    /// Writes a string with its quotes and escapes.
    pub fn string(&mut self, text: &str) {
        self.out.push(b'"');
        self.escaped(text);
        self.out.push(b'"');
    }

    fn escaped(&mut self, text: &str) {
        let mut rest = text.as_bytes();
        while let Some(at) = rest.iter().position(|byte| ESCAPES[usize::from(*byte)] != 0) {
            self.put(&rest[..at]);
            match ESCAPES[usize::from(rest[at])] {
                b'u' => {
                    const HEX: &[u8; 16] = b"0123456789abcdef";
                    let (high, low) = (usize::from(rest[at] >> 4), usize::from(rest[at] & 15));
                    self.put(&[b'\\', b'u', b'0', b'0', HEX[high], HEX[low]]);
                }
                letter => self.put(&[b'\\', letter]),
            }
            rest = &rest[at + 1..];
        }
        self.put(rest);
    }
}

/// For each byte the letter of its escape; 0 if it needs none.
static ESCAPES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = b'u';
        byte += 1;
    }
    table[0x08] = b'b';
    table[0x09] = b't';
    table[0x0A] = b'n';
    table[0x0C] = b'f';
    table[0x0D] = b'r';
    table[b'"' as usize] = b'"';
    table[b'\\' as usize] = b'\\';
    table
};

#[cfg(test)]
mod tests {
    use super::{SIZE, Unspellable, Writer};
    use crate::{Object, Value};

    #[test]
    fn a_value_of_shared_parts_is_not_written_without_end() {
        let mut value = Value::Null;
        for _ in 0..60 {
            let both: Object = [("l", value.clone()), ("r", value)].into_iter().collect();
            value = Value::object(both);
        }
        let mut out = Vec::new();
        assert_eq!(Writer::new(&mut out).write(&value), Err(Unspellable::TooLarge));
        assert!(out.len() < SIZE + 1024);
    }

    #[test]
    fn what_is_left_out_counts_as_written() {
        let names = (0..10_000).map(|i| (format!("k{i}"), Value::Undefined));
        let hollow = Value::object(names.collect());
        let list = Value::array(vec![hollow; 100_000]);
        assert_eq!(Writer::new(&mut Vec::new()).write(&list), Err(Unspellable::TooLarge));
    }
}
