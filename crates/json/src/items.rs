//! The items of a list in an answer, told apart by one of their members and left as text.
//!
//! In:    a whole answer, the way to its list, the member that names an item.
//! Out:   an [`Item`] for each element of the list, in its order.
//! Never: a value built of an item; a part of the answer that was not checked to be JSON.

use std::ops::Range;

use bytes::Bytes;
use frontage_plan::Name;

use crate::lex::{Cursor, Malformed, number_value};
use crate::project::Drift;
use crate::value::parse::utf8;
use crate::{Kind, Text, number_text};

/// An element of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The member that names it, as a URL has it: a string as it is, a number as JavaScript writes
    /// it.
    pub name: Text,
    /// The number as it is spelt, if that is something else.
    pub literal: Option<Text>,
    /// Where its text stands in the answer.
    pub text: Range<usize>,
}

/// Finds the items of a list in an answer.
///
/// - `way`: the members that lead to the list; none if the answer is the list.
/// - `naming`: the member of an item that names it, a string or a number.
///
/// # Errors
///
/// [`Drift`] if the body is not JSON, the list is not there, or an item has no name.
pub fn items(body: &Bytes, way: &[Name], naming: &str) -> Result<Vec<Item>, Drift> {
    let read = || {
        let mut finder = Finder { cursor: Cursor::new(utf8(body)?), way, naming };
        finder.cursor.space();
        let found = finder.answer(0)?;
        finder.cursor.end()?;
        Ok(found)
    };
    read().map_err(|fault| match fault {
        Fault::Malformed(malformed) => malformed.into(),
        Fault::Drift(drift) => drift,
    })
}

enum Fault {
    Malformed(Malformed),
    Drift(Drift),
}

impl From<Malformed> for Fault {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

fn drift<T>(path: String, expected: &str, found: &str) -> Result<T, Fault> {
    Err(Fault::Drift(Drift { path, expected: expected.into(), found: found.into() }))
}

struct Finder<'t, 'w> {
    cursor: Cursor<'t>,
    way: &'w [Name],
    naming: &'w str,
}

impl Finder<'_, '_> {
    /// What stands at the cursor, `depth` steps along the way.
    fn answer(&mut self, depth: usize) -> Result<Vec<Item>, Fault> {
        let way = self.way;
        let Some(member) = way.get(depth) else { return self.list() };
        let at = || way[..depth].join(".");
        let kind = self.cursor.kind()?;
        if kind != Kind::Object {
            return drift(at(), "an object", kind.name());
        }
        let mut found = None;
        self.members(|finder, name_is| {
            // Of equal members the last one counts.
            if name_is(member) {
                found = Some(finder.answer(depth + 1)?);
                return Ok(());
            }
            Ok(finder.cursor.skip()?)
        })?;
        match found {
            Some(items) => Ok(items),
            None => drift(way[..=depth].join("."), "a list", "nothing"),
        }
    }

    fn list(&mut self) -> Result<Vec<Item>, Fault> {
        let kind = self.cursor.kind()?;
        if kind != Kind::Array {
            return drift(self.way.join("."), "a list", kind.name());
        }
        self.cursor.at += 1;
        let mut items = Vec::new();
        self.cursor.space();
        if self.cursor.peek() == Some(b']') {
            self.cursor.at += 1;
            return Ok(items);
        }
        let mut index = 0;
        loop {
            self.cursor.space();
            let start = self.cursor.at;
            if self.cursor.kind()? == Kind::Null {
                // What some services answer for a key that names nothing.
                self.cursor.word()?;
            } else {
                let (name, literal) = self.name(index)?;
                items.push(Item { name, literal, text: start..self.cursor.at });
            }
            self.cursor.space();
            if self.cursor.peek() == Some(b']') {
                self.cursor.at += 1;
                return Ok(items);
            }
            self.cursor.expect(b',', "expected a comma or the end of a list")?;
            index += 1;
        }
    }

    /// Steps over the item at the cursor and gives its name.
    fn name(&mut self, index: usize) -> Result<(Text, Option<Text>), Fault> {
        let (way, naming) = (self.way, self.naming);
        let at = || format!("{}[{index}]", way.join("."));
        let kind = self.cursor.kind()?;
        if kind != Kind::Object {
            return drift(at(), "an object", kind.name());
        }
        let mut found: Option<Result<(Text, Option<Text>), Kind>> = None;
        self.members(|finder, name_is| {
            if !name_is(naming) {
                return Ok(finder.cursor.skip()?);
            }
            found = Some(match finder.cursor.kind()? {
                Kind::String => Ok((finder.cursor.string()?.decode(), None)),
                Kind::Number => {
                    let literal = finder.cursor.number()?;
                    let name = number_text(number_value(literal));
                    let other = (name != *literal).then(|| Text::from(literal));
                    Ok((name, other))
                }
                other => {
                    finder.cursor.skip()?;
                    Err(other)
                }
            });
            Ok(())
        })?;
        let place = || format!("{}.{naming}", at());
        match found {
            Some(Ok(name)) => Ok(name),
            Some(Err(kind)) => drift(place(), "a string or a number", kind.name()),
            None => drift(place(), "a string or a number", "nothing"),
        }
    }

    /// Goes through the members of the object at the cursor. `each` stands before a member's value
    /// and steps over it; it can ask whether the member has a name.
    fn members(
        &mut self,
        mut each: impl FnMut(&mut Self, &dyn Fn(&str) -> bool) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.cursor.at += 1;
        self.cursor.space();
        if self.cursor.peek() == Some(b'}') {
            self.cursor.at += 1;
            return Ok(());
        }
        loop {
            self.cursor.space();
            if self.cursor.peek() != Some(b'"') {
                return Err(self.cursor.fault("expected the name of a member").into());
            }
            let name = self.cursor.string()?;
            self.cursor.space();
            self.cursor.expect(b':', "expected a colon")?;
            self.cursor.space();
            each(self, &|wanted| name.is(wanted))?;
            self.cursor.space();
            if self.cursor.peek() == Some(b'}') {
                self.cursor.at += 1;
                return Ok(());
            }
            self.cursor.expect(b',', "expected a comma or the end of an object")?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, way: &[&str], naming: &str) -> Result<Vec<(String, String)>, String> {
        let body = Bytes::copy_from_slice(text.as_bytes());
        let way: Vec<Name> = way.iter().map(|name| Name::from(*name)).collect();
        let items = items(&body, &way, naming);
        let items = items.map_err(|d| format!("{}: {}, {}", d.path, d.expected, d.found))?;
        let each = items.into_iter();
        Ok(each.map(|item| (item.name.to_string(), text[item.text].to_owned())).collect())
    }

    /// Text, way, naming member, and name and text of each item.
    type Case<'a> = (&'a str, &'a [&'a str], &'a str, &'a [(&'a str, &'a str)]);

    #[test]
    fn items_are_found_with_their_names_and_their_text() {
        let cases: &[Case<'_>] = &[
            ("[]", &[], "id", &[]),
            ("[null]", &[], "id", &[]),
            (
                r#" [ {"id":"a"} , {"id" : "b", "x": [1, {"id":"c"}]} ] "#,
                &[],
                "id",
                &[("a", r#"{"id":"a"}"#), ("b", r#"{"id" : "b", "x": [1, {"id":"c"}]}"#)],
            ),
            (r#"{"total":1,"items":[{"sku":7.0}]}"#, &["items"], "sku", &[("7", r#"{"sku":7.0}"#)]),
            (r#"{"d":{"items":[{"k":"a"}]}}"#, &["d", "items"], "k", &[("a", r#"{"k":"a"}"#)]),
            // Of equal members the last one counts.
            (r#"{"i":[{"k":"a"}],"i":[]}"#, &["i"], "k", &[]),
            (r#"[{"k":"a","k":"b"}]"#, &[], "k", &[("b", r#"{"k":"a","k":"b"}"#)]),
            // Names are decoded.
            (r#"[{"\u006b":"\u00e9"}]"#, &[], "k", &[("é", r#"{"\u006b":"\u00e9"}"#)]),
        ];
        for (text, way, naming, expected) in cases {
            let got = found(text, way, naming).expect(text);
            let got: Vec<_> = got.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
            assert_eq!(got, *expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_list_of_named_items_is_drift() {
        let cases: &[(&str, &[&str], &str)] = &[
            ("{}", &["items"], "items: a list, nothing"),
            (r#"{"items":{}}"#, &["items"], "items: a list, object"),
            ("[]", &["items"], ": an object, array"),
            (r#"{"d":[]}"#, &["d", "items"], "d: an object, array"),
            ("[null,1]", &[], "[1]: an object, number"),
            (r#"[{"id":"a"},{}]"#, &[], "[1].id: a string or a number, nothing"),
            (r#"{"i":[{"id":null}]}"#, &["i"], "i[0].id: a string or a number, null"),
            ("[{\"id\":\"a\"}", &[], ": JSON, expected a comma or the end of a list at byte 11"),
            ("[{\"id\":\"a\"}] x", &[], ": JSON, expected the end of the text at byte 13"),
            ("[{\"id\":\"a\",}]", &[], ": JSON, expected the name of a member at byte 11"),
            ("[{\"id\" \"a\"}]", &[], ": JSON, expected a colon at byte 7"),
            ("", &[], ": JSON, expected a value at byte 0"),
        ];
        for (text, way, expected) in cases {
            assert_eq!(found(text, way, "id").expect_err(text), *expected, "{text}");
        }
    }
}
