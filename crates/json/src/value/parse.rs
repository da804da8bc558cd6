//! Whole documents: request bodies, and raw text that an expression looks at after all.
//!
//! Never: a document beyond its [`Limits`], which also bound the recursion.

use bytes::Bytes;

use crate::lex::{Cursor, Malformed, number_value};
use crate::{Kind, Object, Raw, Text, Value};

/// Why a text is not JSON, or too large a JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonFault {
    /// Where, in bytes from the start.
    pub offset: usize,
    /// What is wrong, for people.
    pub message: &'static str,
}

impl From<Malformed> for JsonFault {
    fn from(malformed: Malformed) -> Self {
        Self { offset: malformed.offset, message: malformed.message }
    }
}

/// How large a document may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most lists and objects within each other.
    pub depth: u32,
    /// Most members of all objects together.
    pub keys: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 64, keys: 100_000 }
    }
}

/// Reads a whole document with the default [`Limits`].
///
/// # Errors
///
/// A [`JsonFault`] if it is not JSON by RFC 8259, or exceeds a limit.
pub fn parse_any(text: &[u8]) -> Result<Value, JsonFault> {
    parse_limited(text, Limits::default())
}

/// Reads a whole document.
///
/// # Errors
///
/// As [`parse_any`].
pub fn parse_limited(text: &[u8], limits: Limits) -> Result<Value, JsonFault> {
    let text = utf8(text)?;
    let mut parser = Parser { cursor: Cursor::new(text), limits };
    parser.cursor.space();
    let value = parser.value()?;
    parser.cursor.end()?;
    Ok(value)
}

/// The text as UTF-8.
pub(crate) fn utf8(text: &[u8]) -> Result<&str, Malformed> {
    simdutf8::compat::from_utf8(text)
        .map_err(|error| Malformed { offset: error.valid_up_to(), message: "malformed UTF-8" })
}

/// Builds the value at the cursor.
///
/// - `depth`: most lists and objects within each other.
pub(crate) fn build(cursor: &mut Cursor<'_>, depth: u32) -> Result<Value, JsonFault> {
    let at = cursor.at;
    let text = std::mem::replace(cursor, Cursor::new(""));
    let mut parser = Parser { cursor: text, limits: Limits { depth, keys: usize::MAX } };
    parser.cursor.at = at;
    let value = parser.value();
    *cursor = parser.cursor;
    value
}

/// What is said when a document is nested too deep.
pub(crate) const TOO_DEEP: &str = "nested too deep";

struct Parser<'t> {
    cursor: Cursor<'t>,
    /// What is left of them.
    limits: Limits,
}

impl Parser<'_> {
    fn value(&mut self) -> Result<Value, JsonFault> {
        match self.cursor.kind()? {
            Kind::String => Ok(Value::Text(self.text()?)),
            Kind::Number => Ok(Value::Number(number_value(self.cursor.number()?))),
            Kind::Null | Kind::Bool => Ok(match self.cursor.word()? {
                b'n' => Value::Null,
                first => Value::Bool(first == b't'),
            }),
            kind @ (Kind::Array | Kind::Object) => {
                if self.limits.depth == 0 {
                    return Err(JsonFault { offset: self.cursor.at, message: TOO_DEEP });
                }
                self.limits.depth -= 1;
                let value = if kind == Kind::Array {
                    self.array(Self::value)
                } else {
                    self.object(Self::value)
                };
                self.limits.depth += 1;
                value
            }
        }
    }

    fn text(&mut self) -> Result<Text, Malformed> {
        Ok(self.cursor.string()?.decode())
    }

    fn array(
        &mut self,
        element: impl Fn(&mut Self) -> Result<Value, JsonFault>,
    ) -> Result<Value, JsonFault> {
        self.cursor.at += 1;
        let mut elements = Vec::new();
        self.cursor.space();
        if self.cursor.peek() == Some(b']') {
            self.cursor.at += 1;
            return Ok(Value::array(elements));
        }
        loop {
            self.cursor.space();
            elements.push(element(self)?);
            self.cursor.space();
            if self.cursor.peek() == Some(b',') {
                self.cursor.at += 1;
                continue;
            }
            self.cursor.expect(b']', "expected a comma or the end of a list")?;
            return Ok(Value::array(elements));
        }
    }

    fn object(
        &mut self,
        member: impl Fn(&mut Self) -> Result<Value, JsonFault>,
    ) -> Result<Value, JsonFault> {
        self.cursor.at += 1;
        let mut object = Object::new();
        self.cursor.space();
        if self.cursor.peek() == Some(b'}') {
            self.cursor.at += 1;
            return Ok(Value::object(object));
        }
        loop {
            self.cursor.space();
            if self.limits.keys == 0 {
                return Err(JsonFault { offset: self.cursor.at, message: "too many members" });
            }
            self.limits.keys -= 1;
            let name = self.text()?;
            self.cursor.space();
            self.cursor.expect(b':', "expected a colon")?;
            self.cursor.space();
            let value = member(self)?;
            object.insert(name, value);
            self.cursor.space();
            if self.cursor.peek() == Some(b',') {
                self.cursor.at += 1;
                continue;
            }
            self.cursor.expect(b'}', "expected a comma or the end of an object")?;
            return Ok(Value::object(object));
        }
    }
}

/// Decodes checked text; lists and objects below it stay raw.
pub(crate) fn decode_level(text: &Bytes) -> Value {
    let shallow = |parser: &mut Parser<'_>| {
        let start = parser.cursor.at;
        let kind = parser.cursor.kind()?;
        if !matches!(kind, Kind::Array | Kind::Object) {
            return parser.value();
        }
        parser.cursor.skip()?;
        Ok(Value::Raw(Raw::new(text.slice(start..parser.cursor.at), kind)))
    };
    let decoded = utf8(text).map_err(JsonFault::from).and_then(|checked| {
        let limits = Limits { depth: 1, keys: usize::MAX };
        let mut parser = Parser { cursor: Cursor::new(checked), limits };
        match parser.cursor.kind()? {
            Kind::Array => parser.array(shallow),
            Kind::Object => parser.object(shallow),
            _ => parser.value(),
        }
    });
    // The text was checked when it was cut.
    decoded.unwrap_or(Value::Undefined)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> (usize, &'static str) {
        let fault = parse_any(text.as_bytes()).expect_err(text);
        (fault.offset, fault.message)
    }

    #[test]
    fn limits_hold() {
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse_any(deep(64).as_bytes()).is_ok());
        assert_eq!(fault(&deep(65)), (64, TOO_DEEP));
        assert_eq!(fault(&"[".repeat(1_000_000)).1, TOO_DEEP);
        let limits = Limits { depth: 2, keys: 2 };
        assert!(parse_limited(br#"{"a":{"b":1}}"#, limits).is_ok());
        let fault = parse_limited(br#"{"a":{"b":1},"c":1}"#, limits).expect_err("three keys");
        assert_eq!((fault.offset, fault.message), (13, "too many members"));
    }

    #[test]
    fn faults_say_where() {
        assert_eq!(fault("{\"a\" 1}"), (5, "expected a colon"));
        assert_eq!(fault("[1 2]"), (3, "expected a comma or the end of a list"));
        assert_eq!(fault("nul"), (0, "expected a value"));
        assert_eq!(fault("1 x"), (2, "expected the end of the text"));
        assert_eq!(parse_any(b"\"\xff\"").expect_err("bad").offset, 1);
    }

    #[test]
    fn raw_text_decodes_one_level_at_a_time() {
        let raw = Raw::new(Bytes::from_static(br#"{"a":[1,{"b":2}],"c":"x"}"#), Kind::Object);
        let Value::Object(object) = raw.decode() else { panic!("an object") };
        assert!(matches!(object.get("c"), Some(Value::Text(text)) if *text == "x"));
        let Some(Value::Raw(list)) = object.get("a") else { panic!("raw") };
        assert_eq!(&list.as_bytes()[..], br#"[1,{"b":2}]"#);
    }
}
