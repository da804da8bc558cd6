//! The projecting reader: one pass over an answer gives the value that a plan reads of it.
//!
//! In:    an upstream's answer and a shape of the plan.
//! Out:   the value cut to the shape, or [`Drift`].
//! Never: a look at a part that is not JSON; recursion beyond [`DEPTH`]; a value of the answer in
//!        a fault.
//!
//! Duplicate members: the last one counts, as for `JSON.parse`; an earlier one that does not fit
//! is forgotten when a later one does.

mod expected;
mod fields;
mod made;

use std::collections::HashMap;

use bytes::Bytes;
use frontage_plan::{Constant, Field, Form, Node, Plan, Rest, Shape, ShapeId};

use crate::cut::Cut;
use crate::lex::{Cursor, Malformed, StringSpan, number_value};
use crate::value::parse::{TOO_DEEP, build, utf8};
use crate::{Kind, Object, Raw, Text, Value};
use expected::{constant_name, expectation};
use fields::{Seen, find};

/// Most lists and objects within each other, of those that are read.
const DEPTH: u32 = 128;

/// Most unions directly within each other.
const HOPS: u32 = 8;

/// What an answer gave.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The value, cut to its shape.
    pub value: Value,
    /// Values of enums that the contract does not name; they passed.
    pub unknown_enums: u32,
    /// Bytes of text that was made of it, beside the answer itself.
    pub made_bytes: usize,
}

/// How an answer contradicts its contract. It holds no value of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// Where: `items[3].price`; empty for the whole answer.
    pub path: String,
    /// What the contract says.
    pub expected: String,
    /// What kind of thing was there.
    pub found: String,
}

/// Reads an answer through a shape of the plan.
///
/// # Errors
///
/// [`Drift`] if the body is not JSON, or contradicts the shape.
pub fn read(body: &Bytes, plan: &Plan, shape: ShapeId) -> Result<Answer, Drift> {
    let text = utf8(body)?;
    let cursor = Cursor::new(text);
    let mut reader = Reader {
        plan,
        body,
        cursor,
        unknown_enums: 0,
        made_bytes: 0,
        is_too_large: false,
        scratch: Vec::new(),
        depth: DEPTH,
        hops: 0,
        budget: 16 * body.len() + 4096,
    };
    reader.cursor.space();
    let read = reader.node(shape).and_then(|value| {
        reader.cursor.end()?;
        Ok(value)
    });
    match read {
        Ok(value) => {
            Ok(Answer { value, unknown_enums: reader.unknown_enums, made_bytes: reader.made_bytes })
        }
        Err(Fault::Malformed(fault)) => Err(fault.into()),
        Err(Fault::Drift(misfit)) => Err(misfit.into_drift()),
    }
}

impl From<Malformed> for Drift {
    fn from(fault: Malformed) -> Self {
        Self {
            path: String::new(),
            expected: "JSON".into(),
            found: format!("{} at byte {}", fault.message, fault.offset),
        }
    }
}

/// A value that does not fit, and the way to it, innermost step first.
struct Misfit {
    path: Vec<Step>,
    expected: String,
    found: &'static str,
}

enum Step {
    Member(Text),
    Element(usize),
}

impl Misfit {
    fn into_drift(self) -> Drift {
        let mut path = String::new();
        for step in self.path.iter().rev() {
            match step {
                Step::Member(name) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(name);
                }
                Step::Element(index) => path.push_str(&format!("[{index}]")),
            }
        }
        Drift { path, expected: self.expected, found: self.found.into() }
    }
}

enum Fault {
    Malformed(Malformed),
    Drift(Box<Misfit>),
}

impl From<Malformed> for Fault {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

fn drift<T>(expected: impl Into<String>, found: &'static str) -> Result<T, Fault> {
    Err(Fault::Drift(Box::new(Misfit { path: Vec::new(), expected: expected.into(), found })))
}

impl Fault {
    fn within(mut self, step: impl FnOnce() -> Step) -> Self {
        if let Self::Drift(misfit) = &mut self {
            misfit.path.push(step());
        }
        self
    }
}

/// Where what is read goes: into values, or nowhere but the cut.
trait Sink {
    /// What a value becomes.
    type Out;
    /// Keeps no value, only text.
    const RAW: bool;
    fn scalar(&mut self, make: impl FnOnce() -> Value) -> Self::Out;
    fn array(&mut self, elements: Vec<Self::Out>) -> Self::Out;
    fn cut(&mut self) -> Option<&mut Cut>;
}

/// Builds values.
struct Build;

impl Sink for Build {
    type Out = Value;
    const RAW: bool = false;

    fn scalar(&mut self, make: impl FnOnce() -> Value) -> Value {
        make()
    }

    fn array(&mut self, elements: Vec<Value>) -> Value {
        Value::array(elements)
    }

    fn cut(&mut self) -> Option<&mut Cut> {
        None
    }
}

impl Sink for Cut {
    type Out = ();
    const RAW: bool = true;

    fn scalar(&mut self, _make: impl FnOnce() -> Value) {}

    fn array(&mut self, _elements: Vec<()>) {}

    fn cut(&mut self) -> Option<&mut Cut> {
        Some(self)
    }
}

/// What a sink makes of an object's members.
trait Members: Sink {
    fn object(members: Option<Object>) -> Self::Out;
    fn member(members: &mut Object, name: Text, value: Self::Out);
}

impl Members for Build {
    fn object(members: Option<Object>) -> Value {
        Value::object(members.unwrap_or_default())
    }

    fn member(members: &mut Object, name: Text, value: Value) {
        members.insert(name, value);
    }
}

impl Members for Cut {
    fn object(_members: Option<Object>) {}

    fn member(_members: &mut Object, _name: Text, (): ()) {}
}

struct Reader<'p, 'b> {
    plan: &'p Plan,
    body: &'b Bytes,
    cursor: Cursor<'b>,
    unknown_enums: u32,
    /// Bytes that were made so far.
    made_bytes: usize,
    /// More would be made than can be written.
    is_too_large: bool,
    /// Where the next text is made.
    scratch: Vec<u8>,
    /// Lists and objects that may still be entered.
    depth: u32,
    /// Unions entered since the last list or object.
    hops: u32,
    /// Bytes that may still be read a second time, for unions that need a try.
    budget: usize,
}

impl<'p, 'b> Reader<'p, 'b> {
    /// Reads the value at the cursor in the form that the node wants.
    fn node(&mut self, id: ShapeId) -> Result<Value, Fault> {
        let Node { shape, form } = self.plan.shape(id);
        match form {
            Form::Made(made) => self.make(shape, self.plan.made(*made)),
            Form::Decoded => self.shape(shape, &mut Build),
            Form::Raw => self.raw(shape),
        }
    }

    fn raw(&mut self, shape: &'p Shape) -> Result<Value, Fault> {
        let start = self.cursor.at;
        let kind = self.cursor.kind()?;
        let mut cut = Cut::new(start);
        self.shape(shape, &mut cut)?;
        Ok(match kind {
            Kind::Null => Value::Null,
            Kind::Bool => Value::Bool(self.body[start] == b't'),
            kind => Value::Raw(Raw::new(cut.finish(self.body, self.cursor.at), kind)),
        })
    }

    /// An inner value: in its own form when building, as text when cutting.
    fn inner<S: Members + Inner>(&mut self, id: ShapeId, sink: &mut S) -> Result<S::Out, Fault> {
        S::inner(self, id, sink)
    }

    fn shape<S: Members + Inner>(
        &mut self,
        shape: &'p Shape,
        sink: &mut S,
    ) -> Result<S::Out, Fault> {
        let kind = self.cursor.kind()?;
        match shape {
            Shape::Skip if !S::RAW => {
                self.cursor.skip()?;
                Ok(sink.scalar(|| Value::Undefined))
            }
            Shape::Skip | Shape::Any => self.any(sink),
            Shape::Never => drift("no value", kind.name()),
            Shape::Null => match kind {
                Kind::Null => {
                    self.cursor.word()?;
                    Ok(sink.scalar(|| Value::Null))
                }
                other => drift("null", other.name()),
            },
            Shape::Bool => match kind {
                Kind::Bool => {
                    let first = self.cursor.word()?;
                    Ok(sink.scalar(|| Value::Bool(first == b't')))
                }
                other => drift("boolean", other.name()),
            },
            Shape::Number => match kind {
                Kind::Number => {
                    let text = self.cursor.number()?;
                    Ok(sink.scalar(|| Value::Number(number_value(text))))
                }
                other => drift("number", other.name()),
            },
            Shape::Integer => match kind {
                Kind::Number => {
                    let text = self.cursor.number()?;
                    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
                        return Ok(sink.scalar(|| Value::Number(number_value(text))));
                    }
                    let number = number_value(text);
                    if number.fract() != 0.0 || !number.is_finite() {
                        return drift("integer", "number");
                    }
                    Ok(sink.scalar(|| Value::Number(number)))
                }
                other => drift("integer", other.name()),
            },
            Shape::String | Shape::Enum(_) | Shape::Constant(Constant::String(_)) => {
                if kind != Kind::String {
                    return drift(expectation(shape), kind.name());
                }
                self.string(shape, sink)
            }
            Shape::Constant(constant) => self.constant(constant, kind, sink),
            Shape::Array(element) => {
                if kind != Kind::Array {
                    return drift("array", kind.name());
                }
                self.deeper(|reader| reader.list(&[], Some(*element), sink))
            }
            Shape::Tuple(elements, rest) => {
                if kind != Kind::Array {
                    return drift("array", kind.name());
                }
                self.deeper(|reader| reader.list(elements, *rest, sink))
            }
            Shape::Object { fields, rest } => {
                if kind != Kind::Object {
                    return drift("object", kind.name());
                }
                self.deeper(|reader| reader.object(fields, *rest, sink))
            }
            Shape::Union(variants) => self.union(variants, kind, sink),
            Shape::Tagged { property, variants } => {
                if kind != Kind::Object {
                    return drift("object", kind.name());
                }
                let variant = self.tag(property, variants)?;
                self.variant(variant, sink)
            }
        }
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth == 0 {
            return drift(format!("at most {DEPTH} levels"), "a value nested deeper");
        }
        let hops = std::mem::take(&mut self.hops);
        self.depth -= 1;
        let result = read(self);
        self.depth += 1;
        self.hops = hops;
        result
    }

    /// A variant of a union; a plan whose unions hold only each other ends here.
    fn variant<S: Members + Inner>(&mut self, id: ShapeId, sink: &mut S) -> Result<S::Out, Fault> {
        if self.hops == HOPS {
            return drift("a value", "a union without end");
        }
        self.hops += 1;
        let result = self.inner(id, sink);
        self.hops -= 1;
        result
    }

    fn any<S: Sink>(&mut self, sink: &mut S) -> Result<S::Out, Fault> {
        if let Some(cut) = sink.cut() {
            let source = self.cursor.bytes();
            self.cursor.skip_noting(&mut |from, to| cut.omit(source, from, to))?;
            return Ok(sink.scalar(|| Value::Undefined));
        }
        match build(&mut self.cursor, self.depth) {
            Ok(value) => Ok(sink.scalar(|| value)),
            Err(fault) if fault.message == TOO_DEEP => {
                drift(format!("at most {DEPTH} levels"), "a value nested deeper")
            }
            Err(fault) => Err(Malformed { offset: fault.offset, message: fault.message }.into()),
        }
    }

    fn string<S: Sink>(&mut self, shape: &Shape, sink: &mut S) -> Result<S::Out, Fault> {
        let span = self.cursor.string()?;
        match shape {
            Shape::Enum(names) => match names.iter().find(|name| span.is(name)) {
                Some(name) => return Ok(sink.scalar(|| Value::text(name))),
                None => self.unknown_enums += 1,
            },
            Shape::Constant(Constant::String(name)) => {
                if !span.is(name) {
                    return drift(expectation(shape), "another string");
                }
                return Ok(sink.scalar(|| Value::text(name)));
            }
            _ => {}
        }
        Ok(sink.scalar(|| Value::Text(span.decode())))
    }

    fn constant<S: Sink>(
        &mut self,
        constant: &Constant,
        kind: Kind,
        sink: &mut S,
    ) -> Result<S::Out, Fault> {
        let fits = match (constant, kind) {
            (Constant::Null, Kind::Null) => {
                self.cursor.word()?;
                true
            }
            (Constant::Bool(value), Kind::Bool) => (self.cursor.word()? == b't') == *value,
            (Constant::Number(value), Kind::Number) => {
                number_value(self.cursor.number()?) == value.0
            }
            _ => false,
        };
        if fits {
            Ok(sink.scalar(|| Value::from(constant)))
        } else {
            drift(constant_name(constant), kind.name())
        }
    }

    /// Steps over space; when cutting, leaves it out.
    #[inline]
    fn space<S: Sink>(&mut self, sink: &mut S) {
        let start = self.cursor.at;
        self.cursor.space();
        if S::RAW && self.cursor.at > start {
            self.omit(sink, start, self.cursor.at);
        }
    }

    #[inline]
    fn omit<S: Sink>(&self, sink: &mut S, from: usize, to: usize) {
        if let Some(cut) = sink.cut() {
            cut.omit(self.cursor.bytes(), from, to);
        }
    }

    fn list<S: Members + Inner>(
        &mut self,
        items: &'p [ShapeId],
        rest: Option<ShapeId>,
        sink: &mut S,
    ) -> Result<S::Out, Fault> {
        self.cursor.at += 1;
        let mut elements = Vec::new();
        let mut count = 0;
        self.space(sink);
        if self.cursor.peek() == Some(b']') {
            self.cursor.at += 1;
        } else {
            let mut comma = None;
            loop {
                let shape = items.get(count).copied().or(rest);
                if let Some(shape) = shape {
                    self.space(sink);
                    let element = self.inner(shape, sink);
                    elements.push(element.map_err(|f| f.within(|| Step::Element(count)))?);
                } else {
                    // Beyond the tuple: cut, with its comma.
                    let from = comma.unwrap_or(self.cursor.at);
                    self.cursor.space();
                    self.cursor.skip()?;
                    self.omit(sink, from, self.cursor.at);
                }
                count += 1;
                self.space(sink);
                if self.cursor.peek() != Some(b',') {
                    break;
                }
                comma = Some(self.cursor.at);
                self.cursor.at += 1;
            }
            self.cursor.expect(b']', "expected a comma or the end of a list")?;
        }
        if count < items.len() {
            return drift(format!("{} elements", items.len()), "fewer");
        }
        Ok(sink.array(elements))
    }

    fn object<S: Members + Inner>(
        &mut self,
        fields: &'p [Field],
        rest: Rest,
        sink: &mut S,
    ) -> Result<S::Out, Fault> {
        self.cursor.at += 1;
        let mut members = (!S::RAW).then(|| Object::with_capacity(fields.len().min(64)));
        let mut seen = Seen::default();
        // Members that did not fit, and where they stand; a later one of the same name may.
        let mut failed: HashMap<Text, (usize, Fault)> = HashMap::new();
        let mut expected = 0;
        let mut kept_one = false;
        let mut comma: Option<usize> = None;
        self.space(sink);
        if self.cursor.peek() == Some(b'}') {
            self.cursor.at += 1;
        } else {
            loop {
                let start = comma.unwrap_or(self.cursor.at);
                let after_comma = self.cursor.at;
                // A member that is kept loses the space before its name and, as the first one
                // that is kept, a comma.
                self.cursor.space();
                let name_at = self.cursor.at;
                let (name_ends, escaped) = self.cursor.skip_string()?;
                let name_end = self.cursor.at;
                let field = self.field(fields, expected, (name_at + 1, name_ends), escaped);
                let shape = match (field, rest) {
                    (Some(place), _) => {
                        expected = place + 1;
                        seen.add(place);
                        Some(fields[place].shape)
                    }
                    (None, Rest::Keep(shape)) => Some(shape),
                    (None, Rest::Cut) => None,
                };
                let shape = shape
                    .filter(|id| !S::RAW || !matches!(self.plan.shape(*id).shape, Shape::Skip));
                let Some(shape) = shape else {
                    self.cursor.colon()?;
                    self.cursor.skip()?;
                    self.omit(sink, start, self.cursor.at);
                    if !self.next_member(sink, &mut comma)? {
                        break;
                    }
                    continue;
                };
                let mark = sink.cut().map(|cut| cut.mark());
                if !kept_one && comma.is_some() {
                    self.omit(sink, start, name_at);
                } else if name_at > after_comma {
                    self.omit(sink, after_comma, name_at);
                }
                self.cursor.at = name_end;
                if !self.cursor.bare_colon() {
                    self.space(sink);
                    self.cursor.expect(b':', "expected a colon")?;
                    self.space(sink);
                }
                let value_at = self.cursor.at;
                let span = self.cursor.span((name_at + 1, name_ends), escaped);
                let name = || match field {
                    Some(place) => Text::from(&fields[place].name),
                    None => span.decode(),
                };
                let unknown_enums = self.unknown_enums;
                match self.inner(shape, sink) {
                    Ok(value) => {
                        kept_one = true;
                        if let Some(members) = &mut members {
                            S::member(members, name(), value);
                        }
                        if !failed.is_empty() {
                            failed.remove(&name());
                        }
                    }
                    Err(Fault::Malformed(fault)) => return Err(Fault::Malformed(fault)),
                    Err(fault) => {
                        let name = name();
                        let fault = fault.within(|| Step::Member(name.clone()));
                        failed.insert(name, (name_at, fault));
                        self.unknown_enums = unknown_enums;
                        self.cursor.at = value_at;
                        self.cursor.skip()?;
                        if let (Some(cut), Some(mark)) = (sink.cut(), mark) {
                            cut.back(mark);
                            cut.omit(self.cursor.bytes(), start, self.cursor.at);
                        }
                    }
                }
                if !self.next_member(sink, &mut comma)? {
                    break;
                }
            }
        }
        if let Some((_, fault)) = failed.into_values().min_by_key(|(at, _)| *at) {
            return Err(fault);
        }
        self.all_came(fields, &seen)?;
        Ok(S::object(members))
    }

    /// The field of the name that stands in the text at `name`.
    #[inline(always)]
    fn field(
        &self,
        fields: &[Field],
        expected: usize,
        (start, end): (usize, usize),
        escaped: bool,
    ) -> Option<usize> {
        if escaped {
            return self.escaped_field(fields, (start, end));
        }
        let own = &self.cursor.bytes()[start..end];
        find(fields, expected, |name| name.as_bytes() == own)
    }

    /// The same of a name with escapes.
    #[cold]
    fn escaped_field(&self, fields: &[Field], name: (usize, usize)) -> Option<usize> {
        let span = self.cursor.span(name, true);
        find(fields, 0, |name| span.is(name))
    }

    /// Whether every field that has to be there came.
    fn all_came(&self, fields: &[Field], seen: &Seen) -> Result<(), Fault> {
        let missing = fields.iter().enumerate().find(|(i, field)| field.required && !seen.has(*i));
        let Some((_, field)) = missing else { return Ok(()) };
        let expected = expectation(&self.plan.shape(field.shape).shape);
        let missing = drift(expected, "nothing");
        missing.map_err(|fault| fault.within(|| Step::Member((&field.name).into())))
    }

    /// Steps over what follows a member; whether another one follows.
    fn next_member<S: Sink>(
        &mut self,
        sink: &mut S,
        comma: &mut Option<usize>,
    ) -> Result<bool, Malformed> {
        self.space(sink);
        if self.cursor.peek() == Some(b',') {
            *comma = Some(self.cursor.at);
            self.cursor.at += 1;
            return Ok(true);
        }
        self.cursor.expect(b'}', "expected a comma or the end of an object")?;
        Ok(false)
    }

    fn union<S: Members + Inner>(
        &mut self,
        variants: &'p [ShapeId],
        kind: Kind,
        sink: &mut S,
    ) -> Result<S::Out, Fault> {
        let mut candidates =
            variants.iter().copied().filter(|id| can_be(self.plan, *id, kind, 8)).peekable();
        let start = self.cursor.at;
        let unknown_enums = self.unknown_enums;
        let mark = sink.cut().map(|cut| cut.mark());
        while let Some(variant) = candidates.next() {
            let read = self.variant(variant, sink);
            let fault = match read {
                Ok(value) => return Ok(value),
                Err(Fault::Malformed(fault)) => return Err(Fault::Malformed(fault)),
                Err(fault) => fault,
            };
            let is_only = candidates.peek().is_none()
                && variants.iter().filter(|id| can_be(self.plan, **id, kind, 8)).count() == 1;
            if is_only {
                return Err(fault);
            }
            let Some(left) = self.budget.checked_sub(self.cursor.at - start + 1) else {
                return drift("a value that fits early in its union", "too many near misses");
            };
            self.budget = left;
            self.cursor.at = start;
            self.unknown_enums = unknown_enums;
            if let (Some(cut), Some(mark)) = (sink.cut(), mark) {
                cut.back(mark);
            }
        }
        let names: Vec<String> =
            variants.iter().map(|id| expectation(&self.plan.shape(*id).shape)).collect();
        drift(names.join(" or "), kind.name())
    }

    /// Which variant the object at the cursor is.
    fn tag(
        &mut self,
        property: &str,
        variants: &[(frontage_plan::Name, ShapeId)],
    ) -> Result<ShapeId, Fault> {
        let start = self.cursor.at;
        let tag = self.find_tag(property)?;
        self.cursor.at = start;
        let variant = tag.and_then(|tag| variants.iter().find(|(name, _)| tag.is(name)));
        if let Some((_, shape)) = variant {
            return Ok(*shape);
        }
        let names: Vec<String> = variants.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let found = if tag.is_some() { "another value" } else { "no string" };
        let fault = drift(names.join(" or "), found);
        fault.map_err(|fault| fault.within(|| Step::Member(property.into())))
    }

    /// The tag of the object at the cursor: of several, the last one, as everywhere.
    fn find_tag(&mut self, property: &str) -> Result<Option<StringSpan<'b>>, Malformed> {
        self.cursor.at += 1;
        self.cursor.space();
        let mut tag = None;
        if self.cursor.peek() == Some(b'}') {
            return Ok(tag);
        }
        loop {
            self.cursor.space();
            let name = self.cursor.string()?;
            self.cursor.space();
            self.cursor.expect(b':', "expected a colon")?;
            self.cursor.space();
            if name.is(property) {
                tag = None;
                if self.cursor.peek() == Some(b'"') {
                    tag = Some(self.cursor.string()?);
                } else {
                    self.cursor.skip()?;
                }
            } else {
                self.cursor.skip()?;
            }
            self.cursor.space();
            match self.cursor.peek() {
                Some(b',') => self.cursor.at += 1,
                Some(b'}') => return Ok(tag),
                _ => return Err(self.cursor.fault("expected a comma or the end of an object")),
            }
        }
    }
}

/// How a sink reads what lies inside.
trait Inner: Sink {
    fn inner(reader: &mut Reader<'_, '_>, id: ShapeId, sink: &mut Self)
    -> Result<Self::Out, Fault>;
}

impl Inner for Build {
    fn inner(reader: &mut Reader<'_, '_>, id: ShapeId, _sink: &mut Self) -> Result<Value, Fault> {
        reader.node(id)
    }
}

impl Inner for Cut {
    fn inner(reader: &mut Reader<'_, '_>, id: ShapeId, sink: &mut Self) -> Result<(), Fault> {
        let node = reader.plan.shape(id);
        reader.shape(&node.shape, sink)
    }
}

/// Whether a value of a kind can fit the shape; unions are looked into `depth` deep.
fn can_be(plan: &Plan, id: ShapeId, kind: Kind, depth: u32) -> bool {
    match &plan.shape(id).shape {
        Shape::Skip | Shape::Any => true,
        Shape::Never => false,
        Shape::Null => kind == Kind::Null,
        Shape::Bool => kind == Kind::Bool,
        Shape::Integer | Shape::Number => kind == Kind::Number,
        Shape::String | Shape::Enum(_) => kind == Kind::String,
        Shape::Constant(constant) => match constant {
            Constant::Undefined => false,
            Constant::Null => kind == Kind::Null,
            Constant::Bool(_) => kind == Kind::Bool,
            Constant::Number(_) => kind == Kind::Number,
            Constant::String(_) => kind == Kind::String,
        },
        Shape::Array(_) | Shape::Tuple(..) => kind == Kind::Array,
        Shape::Object { .. } | Shape::Tagged { .. } => kind == Kind::Object,
        Shape::Union(variants) => {
            depth == 0 || variants.iter().any(|id| can_be(plan, *id, kind, depth - 1))
        }
    }
}
