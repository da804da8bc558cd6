//! The grammar of JSON, byte by byte: strings, numbers, words, and skipping without recursion.
//!
//! In:    text that is known to be UTF-8.
//! Never: recursion; a part that is skipped is checked as strictly as one that is kept.

use wide::u8x16;

use crate::{Text, TextBuilder};

/// What kind of value a text spells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the kinds of JSON")]
pub enum Kind {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    /// The kind that a text starting with `first` spells, if it is JSON at all.
    #[must_use]
    pub const fn of(first: u8) -> Option<Self> {
        match first {
            b'n' => Some(Self::Null),
            b't' | b'f' => Some(Self::Bool),
            b'-' | b'0'..=b'9' => Some(Self::Number),
            b'"' => Some(Self::String),
            b'[' => Some(Self::Array),
            b'{' => Some(Self::Object),
            _ => None,
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// A place where the text is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) offset: usize,
    pub(crate) message: &'static str,
}

/// A string as it stands in the text, without its quotes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StringSpan<'t> {
    pub(crate) text: &'t str,
    pub(crate) escaped: bool,
}

impl<'t> StringSpan<'t> {
    pub(crate) fn decode(self) -> Text {
        if self.escaped { unescape(self.text) } else { Text::from(self.text) }
    }

    pub(crate) fn is(self, name: &str) -> bool {
        // Decoded as it is: half of a surrogate pair is not U+FFFD.
        if self.escaped {
            let decoded = unescape(self.text);
            decoded == *name
        } else {
            self.text == name
        }
    }
}

/// A position in a text.
pub(crate) struct Cursor<'t> {
    text: &'t str,
    bytes: &'t [u8],
    pub(crate) at: usize,
    /// Containers that a skip is in: whether each is an object.
    open: Vec<bool>,
}

impl<'t> Cursor<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0, open: Vec::new() }
    }

    pub(crate) fn bytes(&self) -> &'t [u8] {
        self.bytes
    }

    pub(crate) fn fault(&self, message: &'static str) -> Malformed {
        Malformed { offset: self.at, message }
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Steps over space.
    #[inline]
    pub(crate) fn space(&mut self) {
        // Mostly there is none.
        if self.peek().is_some_and(|byte| byte > b' ') {
            return;
        }
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// Steps over `byte` or fails.
    #[inline]
    pub(crate) fn expect(&mut self, byte: u8, message: &'static str) -> Result<(), Malformed> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.fault(message))
        }
    }

    /// Steps over the name of a member, if it stands here without an escape.
    #[inline]
    pub(crate) fn is_key(&mut self, name: &str) -> bool {
        let end = self.at + name.len() + 1;
        let is_it = self.bytes.get(self.at) == Some(&b'"')
            && self.bytes.get(end) == Some(&b'"')
            && &self.bytes[self.at + 1..end] == name.as_bytes()
            && plain_run(name.as_bytes()) == name.len();
        if is_it {
            self.at = end + 1;
        }
        is_it
    }

    /// Which kind of value starts here.
    #[inline]
    pub(crate) fn kind(&self) -> Result<Kind, Malformed> {
        self.peek().and_then(Kind::of).ok_or_else(|| self.fault("expected a value"))
    }

    /// Fails unless only space follows.
    pub(crate) fn end(&mut self) -> Result<(), Malformed> {
        self.space();
        if self.at == self.bytes.len() {
            Ok(())
        } else {
            Err(self.fault("expected the end of the text"))
        }
    }

    /// Steps over `null`, `true` or `false`; gives the first byte.
    pub(crate) fn word(&mut self) -> Result<u8, Malformed> {
        let rest = &self.bytes[self.at..];
        for word in [&b"null"[..], b"true", b"false"] {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(word[0]);
            }
        }
        Err(self.fault("expected a value"))
    }

    /// Steps over a number and gives its text.
    pub(crate) fn number(&mut self) -> Result<&'t str, Malformed> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.fault("expected a digit")),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.some_digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    fn digits(&mut self) {
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
    }

    fn some_digits(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        self.digits();
        if self.at == start { Err(self.fault("expected a digit")) } else { Ok(()) }
    }

    /// Steps over a string and gives what stands between the quotes.
    pub(crate) fn string(&mut self) -> Result<StringSpan<'t>, Malformed> {
        let start = self.at + 1;
        let (end, escaped) = self.skip_string()?;
        Ok(StringSpan { text: &self.text[start..end], escaped })
    }

    /// Steps over a string; gives where its text ends, and whether that has escapes.
    #[inline]
    pub(crate) fn skip_string(&mut self) -> Result<(usize, bool), Malformed> {
        self.expect(b'"', "expected a string")?;
        // Most are short, and end within one look.
        if let Some(block) = self.bytes[self.at..].first_chunk::<16>() {
            let end = self.at + special(block).trailing_zeros() as usize;
            if end < self.at + 16 && self.bytes[end] == b'"' {
                self.at = end + 1;
                return Ok((end, false));
            }
        }
        self.skip_long_string()
    }

    fn skip_long_string(&mut self) -> Result<(usize, bool), Malformed> {
        let mut escaped = false;
        loop {
            self.at += plain_run(&self.bytes[self.at..]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok((self.at - 1, escaped));
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(_) => return Err(self.fault("control character in a string")),
                None => return Err(self.fault("string without an end")),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Malformed> {
        match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') => {
                let digits = self.bytes.get(self.at + 2..self.at + 6);
                if !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                    return Err(self.fault("malformed escape in a string"));
                }
                self.at += 6;
            }
            _ => return Err(self.fault("malformed escape in a string")),
        }
        Ok(())
    }

    /// Steps over the value that starts here.
    #[inline]
    pub(crate) fn skip(&mut self) -> Result<(), Malformed> {
        match self.peek() {
            Some(b'"') => self.skip_string().map(drop),
            Some(b'-' | b'0'..=b'9') => self.number().map(drop),
            _ => self.skip_noting(&mut |_, _| {}),
        }
    }

    /// Steps over the value that starts here; tells where space stands in it.
    pub(crate) fn skip_noting(
        &mut self,
        space: &mut impl FnMut(usize, usize),
    ) -> Result<(), Malformed> {
        let base = self.open.len();
        let result = self.skip_from(base, space);
        self.open.truncate(base);
        result
    }

    fn note_space(&mut self, note: &mut impl FnMut(usize, usize)) {
        let start = self.at;
        self.space();
        if self.at > start {
            note(start, self.at);
        }
    }

    fn skip_from(
        &mut self,
        base: usize,
        note: &mut impl FnMut(usize, usize),
    ) -> Result<(), Malformed> {
        loop {
            // A value starts here.
            match self.peek() {
                Some(b'"') => {
                    self.skip_string()?;
                }
                Some(b'-' | b'0'..=b'9') => {
                    self.number()?;
                }
                Some(open @ (b'{' | b'[')) => {
                    self.at += 1;
                    self.note_space(note);
                    let is_object = open == b'{';
                    if self.peek() == Some(if is_object { b'}' } else { b']' }) {
                        self.at += 1;
                    } else {
                        self.open.push(is_object);
                        if is_object {
                            self.skip_key(note)?;
                        }
                        continue;
                    }
                }
                _ => {
                    self.word()?;
                }
            }
            // A value ended here.
            loop {
                let Some(is_object) = (self.open.len() > base).then(|| self.open.last()).flatten()
                else {
                    return Ok(());
                };
                let is_object = *is_object;
                self.note_space(note);
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        self.note_space(note);
                        if is_object {
                            self.skip_key(note)?;
                        }
                        break;
                    }
                    Some(b'}') if is_object => {}
                    Some(b']') if !is_object => {}
                    _ => return Err(self.fault("expected a comma or the end of a list or object")),
                }
                self.at += 1;
                self.open.pop();
            }
        }
    }

    fn skip_key(&mut self, note: &mut impl FnMut(usize, usize)) -> Result<(), Malformed> {
        self.skip_string()?;
        self.note_space(note);
        self.expect(b':', "expected a colon")?;
        self.note_space(note);
        Ok(())
    }
}

/// How many bytes from the start need no look: no quote, backslash or control character.
#[inline]
fn plain_run(bytes: &[u8]) -> usize {
    let mut run = 0;
    let (blocks, rest) = bytes.as_chunks::<16>();
    for block in blocks {
        let found = special(block);
        if found != 0 {
            return run + found.trailing_zeros() as usize;
        }
        run += 16;
    }
    run + rest.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1F)).count()
}

/// A bit for each byte that ends a plain run.
#[inline]
fn special(block: &[u8; 16]) -> u32 {
    let bytes = u8x16::from(*block);
    let control = bytes.min(u8x16::splat(0x1F)).simd_eq(bytes);
    let found = bytes.simd_eq(u8x16::splat(b'"')) | bytes.simd_eq(u8x16::splat(b'\\')) | control;
    found.to_bitmask()
}

/// The number that a JSON number's text spells.
#[inline]
pub(crate) fn number_value(text: &str) -> f64 {
    let bytes = text.as_bytes();
    if bytes.len() <= 15 && bytes.iter().all(u8::is_ascii_digit) {
        let whole = bytes.iter().fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        #[expect(clippy::cast_precision_loss, reason = "15 digits fit")]
        return whole as f64;
    }
    text.parse().unwrap_or(f64::NAN)
}

/// Decodes the escapes of a string that was checked.
fn unescape(text: &str) -> Text {
    let mut decoded = TextBuilder::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        decoded.push_str(&rest[..at]);
        let kind = rest.as_bytes().get(at + 1).copied().unwrap_or(b'\\');
        let mut used = 2;
        match kind {
            b'b' => decoded.push_str("\u{8}"),
            b'f' => decoded.push_str("\u{C}"),
            b'n' => decoded.push_str("\n"),
            b'r' => decoded.push_str("\r"),
            b't' => decoded.push_str("\t"),
            b'u' => {
                used = 6;
                let high = unit(rest, at);
                let low = (0xD800..0xDC00)
                    .contains(&high)
                    .then(|| rest[at + 6..].starts_with("\\u").then(|| unit(rest, at + 6)))
                    .flatten()
                    .filter(|low| (0xDC00..0xE000).contains(low));
                let point = match low {
                    Some(low) => {
                        used = 12;
                        0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
                    }
                    None => high,
                };
                match (char::from_u32(point), u16::try_from(point)) {
                    (Some(character), _) => decoded.push_str(character.encode_utf8(&mut [0; 4])),
                    (None, Ok(half)) => decoded.push_units(&[half]),
                    (None, Err(_)) => {}
                }
            }
            other => decoded.push_str(char::from(other).encode_utf8(&mut [0; 4])),
        }
        rest = &rest[at + used..];
    }
    decoded.push_str(rest);
    decoded.finish()
}

/// The code unit of the `\uXXXX` at `at`.
fn unit(text: &str, at: usize) -> u32 {
    text.get(at + 2..at + 6).and_then(|hex| u32::from_str_radix(hex, 16).ok()).unwrap_or(0xFFFD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_stop_at_the_first_byte_that_matters() {
        for length in 0..40 {
            for byte in [b'"', b'\\', 0x1F, 0x00, b'\n'] {
                let mut bytes = vec![b'a'; length];
                bytes.push(byte);
                bytes.extend_from_slice("é\u{7F}\u{10FFFF}\"\"\"\"\"\"\"".as_bytes());
                assert_eq!(plain_run(&bytes), length, "{byte} at {length}");
            }
        }
        let plain = "é\u{7F} !#[]\u{10FFFF}\u{80}".repeat(3);
        assert_eq!(plain_run(plain.as_bytes()), plain.len());
    }

    #[test]
    fn escapes_decode_and_lone_surrogates_are_kept() {
        for (text, decoded) in [
            (r#"a\"\\\/\b\f\n\r\tz"#, "a\"\\/\u{8}\u{C}\n\r\tz"),
            (r"\u0041\u00e9", "Aé"),
            (r"\ud83d\ude00!", "😀!"),
        ] {
            assert_eq!(unescape(text), decoded, "{text}");
        }
        for (text, units) in [
            (r"\ud83dx", [0xD83D, 0x78]),
            (r"\ude00\ud83d", [0xDE00, 0xD83D]),
            (r"\ud83d\u0041", [0xD83D, 0x41]),
        ] {
            assert_eq!(unescape(text).units(), units, "{text}");
        }
    }
}
