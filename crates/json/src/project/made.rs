//! What is made of an answer while it is read: its text goes from the answer to where it stands,
//! without a value in between.
//!
//! In:    a value that is checked against its shape like any other.
//! Out:   the JSON text of what is made of it.
//! Never: a piece of a value that did not fit; text of a member that a later one of its name
//!        replaced.

use bytes::Bytes;
use frontage_plan::{Field, Made, Read, Shape, ShapeId, Written};
use smallvec::{SmallVec, smallvec};

use super::fields::Seen;
use super::{Fault, Reader, Step, drift};
use crate::cut::Cut;
use crate::value::SIZE;
use crate::{Kind, Raw, Value};

/// From this many bytes on, a text that is made stays where it was made.
const KEPT: usize = 1 << 12;

/// A piece of text.
#[derive(Clone, Copy)]
enum Piece {
    /// Nothing came.
    Missing,
    /// As it stands in the answer.
    Source(usize, usize),
    /// Made before, in the same buffer.
    Made(usize, usize),
}

type Pieces = SmallVec<[Piece; 16]>;

impl<'p> Reader<'p, '_> {
    /// Reads the value at the cursor and makes of it what is wanted.
    pub(super) fn make(&mut self, shape: &'p Shape, made: &'p Made) -> Result<Value, Fault> {
        let mut out = std::mem::take(&mut self.scratch);
        out.clear();
        if out.capacity() == 0 {
            // A guess: what is made is mostly smaller than what is read.
            let left = self.body.len() - self.cursor.at;
            out.reserve((left / 4).clamp(64, 1 << 16));
        }
        self.make_into(shape, made, &mut out)?;
        if self.is_too_large {
            return Ok(Value::Raw(Raw::too_large(Kind::Object)));
        }
        self.made_bytes += out.len();
        let Some(kind) = out.first().copied().and_then(Kind::of) else {
            self.scratch = out;
            return Ok(Value::Undefined);
        };
        // What is kept takes as much as it holds; a large text is not copied for that.
        let is_spare = out.capacity() - out.len() > out.len() / 4;
        let text = if is_spare || out.len() < KEPT {
            let text = Bytes::copy_from_slice(&out);
            self.scratch = out;
            text
        } else {
            Bytes::from(out)
        };
        Ok(Value::Raw(Raw::new(text, kind)))
    }

    /// Whether so many bytes more may be made, and notes it if not.
    ///
    /// - `start`: where what is written now begins; before it stand pieces that go.
    fn has_room(&mut self, out: &[u8], start: usize, bytes: usize) -> bool {
        let written = self.made_bytes + (out.len() - start) + bytes;
        self.is_too_large |= written > SIZE || out.len() > 2 * SIZE;
        !self.is_too_large
    }

    fn append(&mut self, out: &mut Vec<u8>, start: usize, text: &[u8]) {
        if self.has_room(out, start, text.len()) {
            out.extend_from_slice(text);
        }
    }

    /// Appends what is made; `false` if that is nothing.
    fn make_into(
        &mut self,
        shape: &'p Shape,
        made: &'p Made,
        out: &mut Vec<u8>,
    ) -> Result<bool, Fault> {
        let mut pieces: Pieces = smallvec![Piece::Missing; usize::from(made.pieces)];
        let base = out.len();
        self.keep(shape, &made.read, &mut pieces, out)?;
        let start = out.len();
        let is_there = self.write(&made.write, &pieces, out, start);
        if start > base {
            // What it was made of is of no more use.
            out.copy_within(start.., base);
            out.truncate(out.len() - (start - base));
        }
        Ok(is_there)
    }

    /// Checks a value, and keeps what is needed of it.
    fn keep(
        &mut self,
        shape: &'p Shape,
        read: &'p Read,
        pieces: &mut Pieces,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        match (read, shape) {
            (Read::Keep(piece), _) => {
                let from = self.cursor.at;
                let mut cut = Cut::new(from);
                self.shape(shape, &mut cut)?;
                pieces[usize::from(*piece)] = match cut.pieces() {
                    None => Piece::Source(from, self.cursor.at),
                    Some((kept, rest)) => {
                        let start = out.len();
                        out.extend_from_slice(kept);
                        out.extend_from_slice(&self.body[rest..self.cursor.at]);
                        Piece::Made(start, out.len())
                    }
                };
                Ok(())
            }
            (Read::Each(piece, made), Shape::Array(element)) => {
                self.expect_kind(Kind::Array, "array")?;
                let start = out.len();
                self.deeper(|reader| reader.elements(*element, made, out))?;
                pieces[usize::from(*piece)] = Piece::Made(start, out.len());
                Ok(())
            }
            (Read::Fields(reads), Shape::Object { fields, .. }) => {
                self.expect_kind(Kind::Object, "object")?;
                self.deeper(|reader| reader.fields(fields, reads, pieces, out))
            }
            // Nothing is kept of it.
            _ => self.shape(shape, &mut Cut::new(self.cursor.at)),
        }
    }

    /// Keeps a string or a number whole if that is what the value must be, and it is one. Otherwise
    /// nothing has happened, and the longer way says why.
    #[inline]
    fn keep_scalar(&mut self, shape: &'p Shape, piece: u16, pieces: &mut Pieces) -> bool {
        let from = self.cursor.at;
        let is_it = match (shape, self.cursor.peek()) {
            (Shape::String, Some(b'"')) => self.cursor.skip_string().is_ok(),
            (Shape::Number, Some(b'-' | b'0'..=b'9')) => self.cursor.number().is_ok(),
            (Shape::Integer, Some(b'-' | b'0'..=b'9')) => self
                .cursor
                .number()
                .is_ok_and(|text| text.bytes().skip(1).all(|b| b.is_ascii_digit())),
            _ => false,
        };
        if is_it {
            pieces[usize::from(piece)] = Piece::Source(from, self.cursor.at);
        } else {
            self.cursor.at = from;
        }
        is_it
    }

    fn expect_kind(&self, wanted: Kind, name: &'static str) -> Result<(), Fault> {
        match self.cursor.kind()? {
            kind if kind == wanted => Ok(()),
            other => drift(name, other.name()),
        }
    }

    fn elements(
        &mut self,
        element: ShapeId,
        made: &'p Made,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let shape = &self.plan.shape(element).shape;
        self.cursor.at += 1;
        out.push(b'[');
        self.cursor.space();
        if self.cursor.peek() == Some(b']') {
            self.cursor.at += 1;
            out.push(b']');
            return Ok(());
        }
        for count in 0.. {
            if count > 0 {
                out.push(b',');
            }
            self.cursor.space();
            let is_there = self.make_into(shape, made, out);
            if !is_there.map_err(|f| f.within(|| Step::Element(count)))? {
                out.extend_from_slice(b"null");
            }
            self.cursor.space();
            if self.cursor.peek() != Some(b',') {
                break;
            }
            self.cursor.at += 1;
        }
        self.cursor.expect(b']', "expected a comma or the end of a list")?;
        out.push(b']');
        Ok(())
    }

    fn fields(
        &mut self,
        fields: &'p [Field],
        reads: &'p [Read],
        pieces: &mut Pieces,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        self.cursor.at += 1;
        let mut seen = Seen::default();
        // Members that did not fit: which field, where, why. A later one of the same name may.
        let mut failed: Vec<(usize, usize, Fault)> = Vec::new();
        let mut expected = 0;
        self.cursor.space();
        if self.cursor.peek() == Some(b'}') {
            self.cursor.at += 1;
        } else {
            loop {
                self.cursor.space();
                let name_at = self.cursor.at;
                let field = match fields.get(expected) {
                    Some(field) if self.cursor.is_key(&field.name) => Some(expected),
                    _ => {
                        let (end, escaped) = self.cursor.skip_string()?;
                        self.field(fields, expected, (name_at + 1, end), escaped)
                    }
                };
                self.cursor.colon()?;
                match field {
                    None => self.cursor.skip()?,
                    Some(place) => {
                        expected = place + 1;
                        let read = reads.get(place).unwrap_or(&Read::Check);
                        if seen.has(place) {
                            forget(read, pieces);
                            failed.retain(|(own, ..)| *own != place);
                        }
                        seen.add(place);
                        let shape = &self.plan.shape(fields[place].shape).shape;
                        let (value_at, enums, made) =
                            (self.cursor.at, self.unknown_enums, out.len());
                        let kept = match read {
                            Read::Keep(piece) if self.keep_scalar(shape, *piece, pieces) => Ok(()),
                            _ => self.keep(shape, read, pieces, out),
                        };
                        match kept {
                            Ok(()) => {}
                            Err(Fault::Malformed(fault)) => return Err(Fault::Malformed(fault)),
                            Err(fault) => {
                                let name = || Step::Member((&fields[place].name).into());
                                failed.push((place, name_at, fault.within(name)));
                                forget(read, pieces);
                                out.truncate(made);
                                self.unknown_enums = enums;
                                self.cursor.at = value_at;
                                self.cursor.skip()?;
                            }
                        }
                    }
                }
                self.cursor.space();
                if self.cursor.peek() != Some(b',') {
                    break;
                }
                self.cursor.at += 1;
            }
            self.cursor.expect(b'}', "expected a comma or the end of an object")?;
        }
        if let Some((_, _, fault)) = failed.into_iter().min_by_key(|(_, at, _)| *at) {
            return Err(fault);
        }
        self.all_came(fields, &seen)
    }

    /// Appends what is written of the pieces; `false` if that is nothing.
    fn write(&mut self, write: &Written, pieces: &Pieces, out: &mut Vec<u8>, start: usize) -> bool {
        match write {
            Written::Text(text) => self.append(out, start, text.as_bytes()),
            Written::Piece(piece) => match pieces[usize::from(*piece)] {
                Piece::Missing => return false,
                Piece::Source(from, to) => {
                    if self.has_room(out, start, to - from) {
                        push_part(out, self.body, from, to);
                    }
                }
                Piece::Made(from, to) => {
                    if self.has_room(out, start, to - from) {
                        out.extend_from_within(from..to);
                    }
                }
            },
            Written::Object(members) => {
                out.push(b'{');
                let first = out.len();
                for (key, member) in members {
                    let before = out.len();
                    if before > first {
                        out.push(b',');
                    }
                    self.append(out, start, key.as_bytes());
                    if !self.write(member, pieces, out, start) {
                        out.truncate(before);
                    }
                }
                out.push(b'}');
            }
        }
        true
    }
}

/// Appends a part of a text. Most are short: sixteen bytes are copied without a call, and those too
/// many cut off again.
#[inline]
fn push_part(out: &mut Vec<u8>, source: &[u8], from: usize, to: usize) {
    match source[from..].first_chunk::<16>() {
        Some(block) if to - from <= 16 => {
            let end = out.len() + (to - from);
            out.extend_from_slice(block);
            out.truncate(end);
        }
        _ => out.extend_from_slice(&source[from..to]),
    }
}

/// Whatever was kept of a value counts no longer.
fn forget(read: &Read, pieces: &mut Pieces) {
    match read {
        Read::Check => {}
        Read::Keep(piece) | Read::Each(piece, _) => pieces[usize::from(*piece)] = Piece::Missing,
        Read::Fields(reads) => reads.iter().for_each(|read| forget(read, pieces)),
    }
}
