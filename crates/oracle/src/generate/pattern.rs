//! Regular expressions as they are written in handlers and schemas.
//!
//! In:    chance, the flags that are wanted.
//! Out:   literals such as `/(\d+)-?x/gi`, of what `docs/supported.md` lists.
//! Never: a pattern that is refused: no looking around but at the start, no references back,
//!        nothing that may be empty or that captures within a repetition.

use super::expression::Generator;
use super::node::{Node, Part};

/// Single characters and classes.
const ATOMS: &[&str] = &[
    "a",
    "b",
    "e",
    "o",
    "A",
    "1",
    " ",
    ",",
    "-",
    ".",
    "\\d",
    "\\D",
    "\\w",
    "\\W",
    "\\s",
    "\\S",
    "[a-e]",
    "[^a]",
    "[\\w-]",
    "[^\\s,]",
    "[\\d.,]",
    "[^]",
    "\\.",
    "\\/",
    "\\\\",
    "\\$",
    "\\n",
    "\\t",
    "\\x41",
    "\\u0061",
    "é",
    "ß",
    "k",
    "İ",
    "[à-ý]",
    "\\u00e9",
    "\\u0301",
    "\\ufeff",
    "[\\u0000-\\u0020]",
    "😀",
    "[^😀]",
];
/// Halves of surrogate pairs, which the flag `u` rules out.
const HALVES: &[&str] = &["\\ud83d", "\\ude00", "[\\ud800-\\udfff]"];
/// What needs the flag `u`.
const UNICODE: &[&str] = &["\\u{1F600}", "[😀-🙏]", "[\\u{10000}-\\u{10ffff}]"];
/// Properties of Unicode.
const PROPERTIES: &[&str] = &[
    "\\p{L}",
    "\\p{Lu}",
    "\\p{Ll}",
    "\\p{Lt}",
    "\\p{Lm}",
    "\\p{Lo}",
    "\\p{M}",
    "\\p{N}",
    "\\p{Nd}",
    "\\p{P}",
    "\\p{S}",
    "\\p{Z}",
    "\\P{L}",
    "\\P{Lu}",
    "[\\p{Lu}\\d]",
    "[^\\p{L}]",
];
const ANCHORS: &[&str] = &["^", "$", "\\b"];
const REPETITIONS: &[&str] =
    &["*", "+", "?", "{2}", "{1,}", "{0,2}", "{1,3}", "*?", "+?", "??", "{1,2}?"];

/// A part of a pattern, and what decides whether it may be repeated.
struct Piece {
    node: Node,
    /// It may match the empty text.
    empty: bool,
    /// It holds a group that captures.
    captures: bool,
}

/// What a pattern may be made of.
struct Words {
    atoms: Vec<&'static str>,
    anchors: &'static [&'static str],
    /// Groups that have a name so far.
    names: u32,
}

impl Generator<'_> {
    /// A literal.
    ///
    /// - `flags`: those that it has; others may come with them, but never `g`. With `u` among
    ///   them it has a property of Unicode.
    pub(crate) fn regex(&mut self, flags: &str) -> Node {
        let mut all = flags.to_owned();
        if !flags.contains('u') {
            all.push_str(self.pick::<&str>(&["", "", "", "i", "i", "s", "is", "u", "su", "iu"]));
        }
        let unicode = all.contains('u');
        let mut atoms = ATOMS.to_vec();
        if unicode {
            atoms.extend(UNICODE);
            atoms.extend(PROPERTIES);
        } else {
            atoms.extend(HALVES);
        }
        let anchors = if unicode && all.contains('i') { &ANCHORS[..2] } else { ANCHORS };
        let mut words = Words { atoms, anchors, names: 0 };
        let mut whole = self.alternatives(&mut words, 2).node;
        if self.chance(10) {
            // What looks ahead stands right after the text's start, before all alternatives.
            let ahead =
                *self.pick::<&str>(&["^(?=.*\\d)(?:", "^(?!\\s|a)(?:", "^(?=[^]{2})(?!.*-)(?:"]);
            whole = around(ahead, whole, ")");
        }
        let (start, end) = match *self.pick::<&str>(PROPERTIES) {
            _ if !flags.contains('u') || whole.text().starts_with('^') => {
                (String::new(), String::new())
            }
            property if self.rng.bool() => (format!("{property}(?:"), ")".to_owned()),
            property => ("(?:".to_owned(), format!("){property}+")),
        };
        around(&format!("/{start}"), whole, &format!("{end}/{all}")).id("regex.literal")
    }

    fn alternatives(&mut self, words: &mut Words, depth: u32) -> Piece {
        let count = if self.chance(25) { 2 } else { 1 };
        let all: Vec<Piece> = (0..count).map(|_| self.sequence(words, depth)).collect();
        let empty = all.iter().any(|piece| piece.empty);
        joined(all, "|", empty)
    }

    fn sequence(&mut self, words: &mut Words, depth: u32) -> Piece {
        let count = self.rng.usize(1..4);
        let all: Vec<Piece> = (0..count).map(|_| self.repeated(words, depth)).collect();
        let empty = all.iter().all(|piece| piece.empty);
        joined(all, "", empty)
    }

    fn repeated(&mut self, words: &mut Words, depth: u32) -> Piece {
        if self.chance(12) {
            return piece(self.pick::<&str>(words.anchors), true);
        }
        let mut inner_captures = false;
        let mut item = if depth > 0 && self.chance(30) {
            let inner = self.alternatives(words, depth - 1);
            inner_captures = inner.captures;
            let (start, captures) = match self.rng.u32(0..5) {
                0 | 1 => ("(?:".to_owned(), inner.captures),
                2 => {
                    words.names += 1;
                    (format!("(?<n{}>", words.names), true)
                }
                _ => ("(".to_owned(), true),
            };
            Piece { node: around(&start, inner.node, ")"), captures, ..inner }
        } else {
            piece(self.pick::<&str>(&words.atoms), false)
        };
        if !item.empty && self.chance(35) {
            let times = *self.pick::<&str>(REPETITIONS);
            if !inner_captures || times.starts_with('?') {
                item.empty = times.starts_with(['*', '?']) || times.starts_with("{0");
                item.node.parts.push(Part::Text(times.into()));
            }
        }
        item
    }
}

fn piece(text: &str, empty: bool) -> Piece {
    Piece { node: Node::other(vec![Part::Text(text.into())]), empty, captures: false }
}

fn joined(all: Vec<Piece>, between: &'static str, empty: bool) -> Piece {
    let captures = all.iter().any(|piece| piece.captures);
    let list = all.into_iter().map(|piece| piece.node).collect();
    Piece { node: Node::other(vec![Part::List(list, between)]), empty, captures }
}

fn around(start: &str, inner: Node, end: &str) -> Node {
    let (start, end) = (Part::Text(start.into()), Part::Text(end.into()));
    Node::other(vec![start, Part::Node(inner), end])
}
