//! `encodeURIComponent` and back.

use frontage_json::{Text, TextBuilder, Value};

use super::{Thrown, bounds};

/// `encodeURIComponent`
pub(super) fn encode(text: &Text) -> Result<Value, Thrown> {
    if !text.is_well_formed() {
        return Err(malformed());
    }
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            let digit = |nibble: u8| char::from(HEX[usize::from(nibble)]);
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
            bounds::string(encoded.len())?;
        }
    }
    Ok(Value::text(encoded))
}

fn malformed() -> Thrown {
    Thrown(Value::error("URIError", "URI malformed"))
}

/// `decodeURIComponent`; halves of surrogate pairs pass.
pub(super) fn decode(text: &Text) -> Result<Value, Thrown> {
    if text.is_well_formed() {
        return Ok(Value::text(decoded(text)?));
    }
    let mut out = TextBuilder::new();
    let mut part = String::new();
    for character in char::decode_utf16(text.units()) {
        match character {
            Ok(character) => part.push(character),
            Err(half) => {
                out.push_str(&decoded(&std::mem::take(&mut part))?);
                out.push_units(&[half.unpaired_surrogate()]);
            }
        }
    }
    out.push_str(&decoded(&part)?);
    Ok(Value::Text(out.finish()))
}

fn decoded(text: &str) -> Result<String, Thrown> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (hex, tail) = rest.split_at_checked(2).ok_or_else(malformed)?;
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
        let (high, low) = (digit(hex[0]), digit(hex[1]));
        bytes.push(high.ok_or_else(malformed)? << 4 | low.ok_or_else(malformed)?);
        rest = tail;
    }
    String::from_utf8(bytes).map_err(|_| malformed())
}
