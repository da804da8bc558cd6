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

    /// Steps over the colon behind a name, and the space around it.
    #[inline]
    pub(crate) fn colon(&mut self) -> Result<(), Malformed> {
        if !self.bare_colon() {
            self.space();
            self.expect(b':', "expected a colon")?;
            self.space();
        }
        Ok(())
    }

    /// Steps over a colon if no space is around it.
    #[inline]
    pub(crate) fn bare_colon(&mut self) -> bool {
        let is_bare = matches!(self.bytes[self.at..].first_chunk::<2>(), Some([b':', b'!'..=0xFF]));
        self.at += usize::from(is_bare);
        is_bare
    }

    /// Steps over the name of a member, if it stands here without an escape.
    #[inline]
    pub(crate) fn is_key(&mut self, name: &str) -> bool {
        let (start, end) = (self.at + 1, self.at + 1 + name.len());
        let is_it = self.bytes.get(self.at) == Some(&b'"')
            && self.bytes.get(end) == Some(&b'"')
            && &self.bytes[start..end] == name.as_bytes()
            // A name may hold what would end a string.
            && match self.bytes[start..].first_chunk::<16>() {
                Some(block) if name.len() < 16 => {
                    special(block).trailing_zeros() as usize == name.len()
                }
                _ => plain_run(name.as_bytes()) == name.len(),
            };
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
        let first = self.at;
        self.at = word_end(self.bytes, first)?;
        Ok(self.bytes[first])
    }

    /// Steps over a number and gives its text.
    #[inline]
    pub(crate) fn number(&mut self) -> Result<&'t str, Malformed> {
        let start = self.at;
        self.at = number_end(self.bytes, start)?;
        Ok(&self.text[start..self.at])
    }

    /// Steps over a string and gives what stands between the quotes.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<StringSpan<'t>, Malformed> {
        let start = self.at + 1;
        let (end, escaped) = self.skip_string()?;
        Ok(self.span((start, end), escaped))
    }

    /// A string that was stepped over, by where its text is.
    #[inline]
    pub(crate) fn span(&self, (start, end): (usize, usize), escaped: bool) -> StringSpan<'t> {
        StringSpan { text: &self.text[start..end], escaped }
    }

    /// Steps over a string; gives where its text ends, and whether that has escapes.
    #[inline]
    pub(crate) fn skip_string(&mut self) -> Result<(usize, bool), Malformed> {
        self.expect(b'"', "expected a string")?;
        let (end, escaped) = string_end(self.bytes, self.at)?;
        self.at = end + 1;
        Ok((end, escaped))
    }

    /// Steps over the value that starts here.
    #[inline]
    pub(crate) fn skip(&mut self) -> Result<(), Malformed> {
        match self.peek() {
            Some(b'"') => self.skip_string().map(drop),
            Some(b'-' | b'0'..=b'9') => {
                self.at = number_end(self.bytes, self.at)?;
                Ok(())
            }
            _ => self.skip_noting(&mut |_, _| {}),
        }
    }

    /// Steps over the value that starts here; tells where space stands in it.
    pub(crate) fn skip_noting(
        &mut self,
        space: &mut impl FnMut(usize, usize),
    ) -> Result<(), Malformed> {
        self.open.clear();
        self.at = skip_from(self.bytes, self.at, &mut self.open, space)?;
        Ok(())
    }
}

/// Where the value that begins at `at` ends. No call is deeper than the others, however deep the
/// value is.
///
/// - `open`: containers that it is in: whether each is an object.
fn skip_from(
    bytes: &[u8],
    mut at: usize,
    open: &mut Vec<bool>,
    note: &mut impl FnMut(usize, usize),
) -> Result<usize, Malformed> {
    loop {
        // A value starts here.
        match bytes.get(at) {
            Some(b'"') => at = string_end(bytes, at + 1)?.0 + 1,
            Some(b'-' | b'0'..=b'9') => at = number_end(bytes, at)?,
            Some(b'{') => {
                at = space_end(bytes, at + 1, note);
                if bytes.get(at) != Some(&b'}') {
                    open.push(true);
                    at = key_end(bytes, at, note)?;
                    continue;
                }
                at += 1;
            }
            Some(b'[') => {
                at = space_end(bytes, at + 1, note);
                if bytes.get(at) != Some(&b']') {
                    open.push(false);
                    continue;
                }
                at += 1;
            }
            _ => at = word_end(bytes, at)?,
        }
        // A value ended here.
        loop {
            let Some(&is_object) = open.last() else { return Ok(at) };
            at = space_end(bytes, at, note);
            match bytes.get(at) {
                Some(b',') => {
                    at = space_end(bytes, at + 1, note);
                    if is_object {
                        at = key_end(bytes, at, note)?;
                    }
                    break;
                }
                Some(b'}') if is_object => {}
                Some(b']') if !is_object => {}
                _ => return fault(at, "expected a comma or the end of a list or object"),
            }
            at += 1;
            open.pop();
        }
    }
}

fn fault<T>(offset: usize, message: &'static str) -> Result<T, Malformed> {
    Err(Malformed { offset, message })
}

/// Where the space that begins at `at` ends, if any does.
#[inline]
fn space_end(bytes: &[u8], start: usize, note: &mut impl FnMut(usize, usize)) -> usize {
    // Mostly there is none.
    if bytes.get(start).is_some_and(|byte| *byte > b' ') {
        return start;
    }
    let mut at = start;
    while let Some(b' ' | b'\n' | b'\t' | b'\r') = bytes.get(at) {
        at += 1;
    }
    if at > start {
        note(start, at);
    }
    at
}

/// Where the value of the member begins whose name begins at `at`.
#[inline]
fn key_end(
    bytes: &[u8],
    at: usize,
    note: &mut impl FnMut(usize, usize),
) -> Result<usize, Malformed> {
    if bytes.get(at) != Some(&b'"') {
        return fault(at, "expected a string");
    }
    let (end, _) = string_end(bytes, at + 1)?;
    let at = space_end(bytes, end + 1, note);
    if bytes.get(at) != Some(&b':') {
        return fault(at, "expected a colon");
    }
    Ok(space_end(bytes, at + 1, note))
}

/// Where the `null`, `true` or `false` that begins at `at` ends.
fn word_end(bytes: &[u8], at: usize) -> Result<usize, Malformed> {
    let rest = &bytes[at..];
    for word in [&b"null"[..], b"true", b"false"] {
        if rest.starts_with(word) {
            return Ok(at + word.len());
        }
    }
    fault(at, "expected a value")
}

/// Where the number that begins at `at` ends.
#[inline]
fn number_end(bytes: &[u8], at: usize) -> Result<usize, Malformed> {
    // Most are short and without an exponent: their length is looked up and not counted, since
    // nothing can foresee it.
    let start = at + usize::from(bytes.get(at) == Some(&b'-'));
    if let Some(block) = bytes.get(start..).and_then(<[u8]>::first_chunk::<16>) {
        let digits = digits(block);
        let whole = digits.trailing_ones();
        let leads = block[0] == b'0' && whole > 1;
        if (1..15).contains(&whole) && !leads {
            let end = start + whole as usize;
            match block[whole as usize] {
                b'.' => {
                    let fraction = (digits >> (whole + 1)).trailing_ones();
                    let all = whole + 1 + fraction;
                    if fraction > 0 && all < 16 && block[all as usize] | 0x20 != b'e' {
                        return Ok(start + all as usize);
                    }
                }
                b'e' | b'E' => {}
                _ => return Ok(end),
            }
        }
    }
    long_number_end(bytes, at)
}

fn long_number_end(bytes: &[u8], mut at: usize) -> Result<usize, Malformed> {
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let some_digits = |mut at: usize| {
        if !is_digit(at) {
            return fault(at, "expected a digit");
        }
        while is_digit(at) {
            at += 1;
        }
        Ok(at)
    };
    if bytes.get(at) == Some(&b'-') {
        at += 1;
    }
    at = if bytes.get(at) == Some(&b'0') { at + 1 } else { some_digits(at)? };
    if bytes.get(at) == Some(&b'.') {
        at = some_digits(at + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        at += 1;
        if let Some(b'+' | b'-') = bytes.get(at) {
            at += 1;
        }
        at = some_digits(at)?;
    }
    Ok(at)
}

/// Where the string ends whose text begins at `at`, and whether it has escapes.
#[inline]
fn string_end(bytes: &[u8], mut at: usize) -> Result<(usize, bool), Malformed> {
    // Most are short, and end within one look. What follows waits for this place: it is found from
    // the quotes alone, and what else there is only decides whether it counts.
    while let Some(block) = bytes[at..].first_chunk::<16>() {
        let (quotes, others) = ends(block);
        // The bits below the first quote; all of them if there is none.
        let before = (quotes & quotes.wrapping_neg()).wrapping_sub(1);
        if others & before != 0 {
            break;
        }
        if quotes != 0 {
            return Ok((at + quotes.trailing_zeros() as usize, false));
        }
        at += 16;
    }
    long_string_end(bytes, at)
}

fn long_string_end(bytes: &[u8], mut at: usize) -> Result<(usize, bool), Malformed> {
    let mut escaped = false;
    loop {
        at += plain_run(&bytes[at..]);
        match bytes.get(at) {
            Some(b'"') => return Ok((at, escaped)),
            Some(b'\\') => {
                escaped = true;
                at = escape_end(bytes, at)?;
            }
            Some(_) => return fault(at, "control character in a string"),
            None => return fault(at, "string without an end"),
        }
    }
}

#[inline]
fn escape_end(bytes: &[u8], at: usize) -> Result<usize, Malformed> {
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => {
            let digits = bytes.get(at + 2..at + 6);
            if !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                return fault(at, "malformed escape in a string");
            }
            Ok(at + 6)
        }
        _ => fault(at, "malformed escape in a string"),
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
    let (quotes, others) = ends(block);
    quotes | others
}

/// A bit for each quote, and one for each backslash or control character.
#[inline]
fn ends(block: &[u8; 16]) -> (u32, u32) {
    let bytes = u8x16::from(*block);
    let control = bytes.min(u8x16::splat(0x1F)).simd_eq(bytes);
    let others = bytes.simd_eq(u8x16::splat(b'\\')) | control;
    (bytes.simd_eq(u8x16::splat(b'"')).to_bitmask(), others.to_bitmask())
}

/// A bit for each digit.
#[inline]
fn digits(block: &[u8; 16]) -> u32 {
    let bytes = u8x16::from(*block) - u8x16::splat(b'0');
    bytes.min(u8x16::splat(9)).simd_eq(bytes).to_bitmask()
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
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn the_short_way_ends_where_the_long_one_does(
            number in "-{0,1}[0-9]{0,18}(\\.{0,1}[0-9]{0,4}){0,2}([eE]?[-+]?[0-9]{0,2})",
            text in "([a-z]{0,20}(\\\\[nu\"x]|\\\\u00e9|[\\x00-\\x1f]|é){0,1}){0,3}",
            behind in "[,\\]} x]{0,20}",
        ) {
            let bytes = format!("{number}{behind}").into_bytes();
            prop_assert_eq!(number_end(&bytes, 0), long_number_end(&bytes, 0));
            let bytes = format!("{text}\"{behind}").into_bytes();
            prop_assert_eq!(string_end(&bytes, 0), long_string_end(&bytes, 0));
        }
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
