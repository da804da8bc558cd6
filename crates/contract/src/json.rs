//! Reads JSON text into the tree: one pass, with places.
//!
//! In:    a text that is UTF-8 already.
//! Out:   the root node, or the first fault with its place.
//! Never: recursion deeper than [`DEPTH_LIMIT`].

use frontage_diagnostic::{FileId, Span};

use crate::tree::{Builder, DEPTH_LIMIT, NodeId, Run};

/// Why a text could not be read.
#[derive(Debug, Clone)]
pub(crate) struct SyntaxFault {
    /// Where.
    pub(crate) span: Span,
    /// What is wrong there.
    pub(crate) message: String,
    /// Whether the text may be correct but goes beyond what is read.
    pub(crate) limit: bool,
}

/// Reads a whole JSON text.
pub(crate) fn parse(
    file: FileId,
    text: &str,
    builder: &mut Builder<'_>,
) -> Result<NodeId, SyntaxFault> {
    let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut parser = Parser { file, text, bytes: text.as_bytes(), at, builder };
    parser.space();
    let root = parser.value(0)?;
    parser.space();
    if parser.at < parser.bytes.len() {
        return Err(parser.fault("nothing more is expected after the end of the value"));
    }
    Ok(root)
}

struct Parser<'a, 'b, 'c> {
    file: FileId,
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    builder: &'b mut Builder<'c>,
}

impl Parser<'_, '_, '_> {
    fn fault(&self, message: impl Into<String>) -> SyntaxFault {
        let end = self.text[self.at..].chars().next().map_or(self.at, |c| self.at + c.len_utf8());
        SyntaxFault {
            span: Span::new(self.file, self.at as u32, end as u32),
            message: message.into(),
            limit: false,
        }
    }

    fn expected(&self, what: &str) -> SyntaxFault {
        match self.text[self.at..].chars().next() {
            Some(found) => self.fault(format!("{what} is expected, but found {found:?}")),
            None => self.fault(format!("{what} is expected, but the file ends")),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<NodeId, SyntaxFault> {
        let start = self.at;
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => {
                let run = self.string()?;
                Ok(self.builder.string(start, self.at, run))
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') if self.word("true") => Ok(self.builder.bool(start, self.at, true)),
            Some(b'f') if self.word("false") => Ok(self.builder.bool(start, self.at, false)),
            Some(b'n') if self.word("null") => Ok(self.builder.null(start, self.at)),
            _ => Err(self.expected("a value")),
        }
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.bytes[self.at..].starts_with(word.as_bytes());
        if found {
            self.at += word.len();
        }
        found
    }

    fn deeper(&self, depth: usize) -> Result<usize, SyntaxFault> {
        if depth >= DEPTH_LIMIT {
            let message = format!("values are nested more than {DEPTH_LIMIT} deep");
            return Err(SyntaxFault { limit: true, ..self.fault(message) });
        }
        Ok(depth + 1)
    }

    fn object(&mut self, depth: usize) -> Result<NodeId, SyntaxFault> {
        let depth = self.deeper(depth)?;
        let start = self.at;
        self.at += 1;
        let mut open = self.builder.open();
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(self.builder.close_object(start, self.at, open));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.expected("a key in double quotes"));
            }
            let key_start = self.at;
            let key = self.string()?;
            let key_span = self.builder.span(key_start, self.at);
            self.space();
            if self.peek() != Some(b':') {
                return Err(self.expected("`:`"));
            }
            self.at += 1;
            self.space();
            let value = self.value(depth)?;
            Builder::insert(&mut open, key, key_span, value);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(self.builder.close_object(start, self.at, open));
                }
                _ => return Err(self.expected("`,` or `}`")),
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<NodeId, SyntaxFault> {
        let depth = self.deeper(depth)?;
        let start = self.at;
        self.at += 1;
        let mut open = self.builder.open();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(self.builder.close_array(start, self.at, open));
        }
        loop {
            self.space();
            let value = self.value(depth)?;
            Builder::push(&mut open, value);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(self.builder.close_array(start, self.at, open));
                }
                _ => return Err(self.expected("`,` or `]`")),
            }
        }
    }

    fn number(&mut self) -> Result<NodeId, SyntaxFault> {
        let start = self.at;
        let digits = |parser: &mut Self| {
            let from = parser.at;
            while let Some(b'0'..=b'9') = parser.peek() {
                parser.at += 1;
            }
            if parser.at == from { Err(parser.expected("a digit")) } else { Ok(()) }
        };
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        digits(self)?;
        if self.peek() == Some(b'.') {
            self.at += 1;
            digits(self)?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            digits(self)?;
        }
        Ok(self.builder.number(start, self.at, &self.text[start..self.at]))
    }

    /// Reads a string; `at` stands on its opening quote.
    fn string(&mut self) -> Result<Run, SyntaxFault> {
        self.at += 1;
        let start = self.at;
        let length = memchr::memchr2(b'"', b'\\', &self.bytes[start..]);
        if let Some(length) = length
            && self.bytes[start + length] == b'"'
        {
            self.at = start + length + 1;
            return Ok(self.builder.text(&self.text[start..start + length]));
        }
        let mut text = String::new();
        loop {
            let from = self.at;
            let Some(length) = memchr::memchr2(b'"', b'\\', &self.bytes[from..]) else {
                self.at = start - 1;
                return Err(self.fault("this string has no end"));
            };
            text.push_str(&self.text[from..from + length]);
            self.at = from + length + 1;
            if self.bytes[from + length] == b'"' {
                return Ok(self.builder.text(&text));
            }
            text.push(self.escape()?);
        }
    }

    /// Reads an escape; `at` stands after its backslash. A lone surrogate becomes U+FFFD.
    fn escape(&mut self) -> Result<char, SyntaxFault> {
        let Some(byte) = self.peek() else { return Err(self.expected("an escape")) };
        let character = match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                let first = self.hex()?;
                if (0xD800..0xDC00).contains(&first) && self.bytes[self.at..].starts_with(b"\\u") {
                    let before = self.at;
                    self.at += 2;
                    let second = self.hex()?;
                    if (0xDC00..0xE000).contains(&second) {
                        let scalar = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                        return Ok(char::from_u32(scalar).unwrap_or('\u{fffd}'));
                    }
                    self.at = before;
                }
                return Ok(char::from_u32(first).unwrap_or('\u{fffd}'));
            }
            _ => return Err(self.expected("an escape such as `\\n`")),
        };
        self.at += 1;
        Ok(character)
    }

    fn hex(&mut self) -> Result<u32, SyntaxFault> {
        let mut value = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| (byte as char).to_digit(16));
            let Some(digit) = digit else { return Err(self.expected("a hexadecimal digit")) };
            value = value * 16 + digit;
            self.at += 1;
        }
        Ok(value)
    }
}
