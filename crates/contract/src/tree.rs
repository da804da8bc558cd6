//! A tree of values with places: what JSON and YAML texts are read into.
//!
//! In:    values in the order of the text, through [`Builder`].
//! Out:   [`Tree`], one arena for all files of a contract; nodes are small and refer to each
//!        other by [`NodeId`]. A YAML alias is the same node again, never a copy.
//! Never: knowledge of OpenAPI.

use std::collections::HashSet;

use frontage_diagnostic::{FileId, Span};

/// How deeply arrays and objects may be nested.
pub(crate) const DEPTH_LIMIT: usize = 250;

/// How many keys that stand twice are reported of one file.
const DUPLICATE_LIMIT: usize = 100;

/// How many bytes of a line are shown at most.
const LINE_LIMIT: usize = 160;

/// A node of a [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(u32);

/// A run of the tree's string buffer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    start: u32,
    end: u32,
}

#[derive(Debug, Clone, Copy)]
enum Value {
    Null,
    Bool(bool),
    Number(Run),
    String(Run),
    Array { start: u32, end: u32 },
    Object { start: u32, end: u32 },
}

#[derive(Debug, Clone, Copy)]
struct Node {
    span: Span,
    value: Value,
}

/// A member of an object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member {
    key: Run,
    /// Where the key stands.
    pub(crate) key_span: Span,
    /// The value.
    pub(crate) value: NodeId,
}

/// What a node is, for a reader that wants all cases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind<'a> {
    /// `null`
    Null,
    /// A boolean.
    Bool(bool),
    /// A number, as spelt.
    Number(&'a str),
    /// A string.
    String(&'a str),
    /// An array.
    Array(&'a [NodeId]),
    /// An object; see [`Tree::members`].
    Object,
}

/// All values of all files of one contract.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    items: Vec<NodeId>,
    members: Vec<Member>,
    text: String,
}

impl Tree {
    fn run(&self, run: Run) -> &str {
        self.text.get(run.start as usize..run.end as usize).unwrap_or("")
    }

    /// What the node is.
    pub(crate) fn kind(&self, id: NodeId) -> Kind<'_> {
        match self.nodes[id.0 as usize].value {
            Value::Null => Kind::Null,
            Value::Bool(value) => Kind::Bool(value),
            Value::Number(run) => Kind::Number(self.run(run)),
            Value::String(run) => Kind::String(self.run(run)),
            Value::Array { start, end } => Kind::Array(&self.items[start as usize..end as usize]),
            Value::Object { .. } => Kind::Object,
        }
    }

    /// Where the node stands.
    pub(crate) fn span(&self, id: NodeId) -> Span {
        self.nodes[id.0 as usize].span
    }

    /// The node's span, cut to its first line: readable in a message whatever its size.
    pub(crate) fn short_span(&self, id: NodeId, source: &str) -> Span {
        let span = self.span(id);
        let text = source.get(span.start as usize..span.end as usize).unwrap_or("");
        let mut length = text.len().min(LINE_LIMIT);
        while !text.is_char_boundary(length) {
            length -= 1;
        }
        let line = &text.as_bytes()[..length];
        let length = memchr::memchr2(b'\n', b'\r', line).unwrap_or(length);
        Span::new(span.file, span.start, span.start + length as u32)
    }

    /// The members of an object in order; none for anything else. Keys are unique.
    pub(crate) fn members(&self, id: NodeId) -> &[Member] {
        match self.nodes[id.0 as usize].value {
            Value::Object { start, end } => &self.members[start as usize..end as usize],
            _ => &[],
        }
    }

    /// The key of a member.
    pub(crate) fn key(&self, member: &Member) -> &str {
        self.run(member.key)
    }

    /// The elements of an array; none for anything else.
    pub(crate) fn elements(&self, id: NodeId) -> &[NodeId] {
        match self.kind(id) {
            Kind::Array(items) => items,
            _ => &[],
        }
    }

    /// The member with this key.
    pub(crate) fn member(&self, id: NodeId, key: &str) -> Option<&Member> {
        self.members(id).iter().find(|member| self.key(member) == key)
    }

    /// The value under this key.
    pub(crate) fn get(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.member(id, key).map(|member| member.value)
    }

    /// The string under this key.
    pub(crate) fn get_str(&self, id: NodeId, key: &str) -> Option<&str> {
        self.get(id, key).and_then(|value| self.as_str(value))
    }

    /// The boolean under this key; a string that spells one counts (dirty contracts quote them).
    pub(crate) fn get_bool(&self, id: NodeId, key: &str) -> Option<bool> {
        match self.kind(self.get(id, key)?) {
            Kind::Bool(value) => Some(value),
            Kind::String("true") => Some(true),
            Kind::String("false") => Some(false),
            _ => None,
        }
    }

    /// The number under this key.
    pub(crate) fn get_number(&self, id: NodeId, key: &str) -> Option<f64> {
        match self.kind(self.get(id, key)?) {
            Kind::Number(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        }
    }

    /// The node's string.
    pub(crate) fn as_str(&self, id: NodeId) -> Option<&str> {
        match self.kind(id) {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The text of any scalar but `null`, as spelt: `3.0` without quotes is still a version.
    pub(crate) fn scalar_text(&self, id: NodeId) -> Option<&str> {
        match self.kind(id) {
            Kind::String(text) | Kind::Number(text) => Some(text),
            Kind::Bool(true) => Some("true"),
            Kind::Bool(false) => Some("false"),
            _ => None,
        }
    }

    /// Whether the node is an object.
    pub(crate) fn is_object(&self, id: NodeId) -> bool {
        matches!(self.nodes[id.0 as usize].value, Value::Object { .. })
    }

    /// All nodes.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = NodeId> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    /// All members of all objects, in the order in which their objects end.
    pub(crate) fn all_members(&self) -> impl Iterator<Item = &Member> {
        self.members.iter()
    }
}

/// A key that stood twice in one object; the last one counts, as in `JSON.parse`.
#[derive(Debug, Clone)]
pub(crate) struct Duplicate {
    /// The key.
    pub(crate) key: String,
    /// The one that is dropped.
    pub(crate) dropped: Span,
    /// The one that counts.
    pub(crate) kept: Span,
}

/// An array or object that is being built.
#[derive(Debug, Default)]
pub(crate) struct Open {
    items: Vec<NodeId>,
    members: Vec<Member>,
}

/// Adds the values of one file to a [`Tree`].
pub(crate) struct Builder<'a> {
    tree: &'a mut Tree,
    file: FileId,
    /// Keys that stood twice.
    pub(crate) duplicates: Vec<Duplicate>,
    spare: Vec<Open>,
    seen: HashSet<String>,
}

impl<'a> Builder<'a> {
    /// A builder for the values of `file`.
    pub(crate) fn new(tree: &'a mut Tree, file: FileId) -> Self {
        Self { tree, file, duplicates: Vec::new(), spare: Vec::new(), seen: HashSet::new() }
    }

    /// A place in the file.
    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start as u32, end as u32)
    }

    fn add(&mut self, start: usize, end: usize, value: Value) -> NodeId {
        let span = self.span(start, end);
        self.tree.nodes.push(Node { span, value });
        NodeId(self.tree.nodes.len() as u32 - 1)
    }

    /// Copies text into the tree.
    pub(crate) fn text(&mut self, text: &str) -> Run {
        let start = self.tree.text.len() as u32;
        self.tree.text.push_str(text);
        Run { start, end: self.tree.text.len() as u32 }
    }

    /// `null`.
    pub(crate) fn null(&mut self, start: usize, end: usize) -> NodeId {
        self.add(start, end, Value::Null)
    }

    /// A boolean.
    pub(crate) fn bool(&mut self, start: usize, end: usize, value: bool) -> NodeId {
        self.add(start, end, Value::Bool(value))
    }

    /// A number as spelt in the text.
    pub(crate) fn number(&mut self, start: usize, end: usize, text: &str) -> NodeId {
        let run = self.text(text);
        self.add(start, end, Value::Number(run))
    }

    /// A string.
    pub(crate) fn string(&mut self, start: usize, end: usize, run: Run) -> NodeId {
        self.add(start, end, Value::String(run))
    }

    /// Starts an array or object.
    pub(crate) fn open(&mut self) -> Open {
        self.spare.pop().unwrap_or_default()
    }

    /// Adds an element to an open array.
    pub(crate) fn push(open: &mut Open, item: NodeId) {
        open.items.push(item);
    }

    /// Adds a member to an open object.
    pub(crate) fn insert(open: &mut Open, key: Run, key_span: Span, value: NodeId) {
        open.members.push(Member { key, key_span, value });
    }

    /// Ends an array.
    pub(crate) fn close_array(&mut self, start: usize, end: usize, mut open: Open) -> NodeId {
        let first = self.tree.items.len() as u32;
        self.tree.items.append(&mut open.items);
        let last = self.tree.items.len() as u32;
        self.spare.push(open);
        self.add(start, end, Value::Array { start: first, end: last })
    }

    /// Ends an object.
    pub(crate) fn close_object(&mut self, start: usize, end: usize, mut open: Open) -> NodeId {
        self.drop_duplicates(&mut open.members);
        let first = self.tree.members.len() as u32;
        self.tree.members.append(&mut open.members);
        let last = self.tree.members.len() as u32;
        self.spare.push(open);
        self.add(start, end, Value::Object { start: first, end: last })
    }

    /// Adds the members of a finished object to an open one, except those it has.
    pub(crate) fn merge(&self, open: &mut Open, from: NodeId) {
        let own: HashSet<&str> = open.members.iter().map(|m| self.tree.run(m.key)).collect();
        let added: Vec<Member> = self
            .tree
            .members(from)
            .iter()
            .filter(|member| !own.contains(self.tree.run(member.key)))
            .copied()
            .collect();
        open.members.extend(added);
    }

    /// The tree so far.
    pub(crate) fn tree(&self) -> &Tree {
        self.tree
    }

    fn drop_duplicates(&mut self, members: &mut Vec<Member>) {
        let text = &self.tree.text;
        let key = |member: &Member| &text[member.key.start as usize..member.key.end as usize];
        let unique = if members.len() <= 8 {
            members.iter().enumerate().all(|(i, a)| members[..i].iter().all(|b| key(a) != key(b)))
        } else {
            let mut seen = HashSet::with_capacity(members.len());
            members.iter().all(|member| seen.insert(key(member)))
        };
        if unique {
            return;
        }
        self.seen.clear();
        let mut kept: Vec<Member> = Vec::with_capacity(members.len());
        for member in members.iter().rev() {
            if self.seen.insert(key(member).to_owned()) {
                kept.push(*member);
            } else if self.duplicates.len() < DUPLICATE_LIMIT {
                let kept_span = kept
                    .iter()
                    .find(|k| key(k) == key(member))
                    .map_or(member.key_span, |k| k.key_span);
                self.duplicates.push(Duplicate {
                    key: key(member).to_owned(),
                    dropped: member.key_span,
                    kept: kept_span,
                });
            }
        }
        kept.reverse();
        *members = kept;
    }
}
