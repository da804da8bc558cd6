//! Reads JavaScript's regular expressions, with the liberties that come without the flag `u`.

use frontage_plan::units;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::set::Set;
use super::{Mode, Unsupported};

/// A part of a pattern.
#[derive(Debug, Clone)]
pub(super) enum Tree {
    /// One character out of a set.
    One(Set),
    /// A property of Unicode, `\p{…}`, as the engine writes it.
    Property(String),
    /// A class that holds properties: parts, and whether it is negated.
    Mixed(Vec<Self>, bool),
    /// `^`
    Start,
    /// `$`
    End,
    /// `\b`, or `\B` if negated.
    Boundary(bool),
    /// One after the other.
    Sequence(Vec<Self>),
    /// One of several.
    Choice(Vec<Self>),
    /// A group that captures, and its name.
    Group(Box<Self>, Option<String>),
    /// Again and again, and whether as rarely as can be.
    Repeat(Box<Self>, u32, Option<u32>, bool),
    /// `(?=…)`, or `(?!…)` if negated.
    Ahead(Box<Self>, bool),
}

type Parsed<T> = Result<T, Unsupported>;

/// Reads a pattern.
pub(super) fn parse(source: &str, mode: Mode) -> Parsed<Tree> {
    let text: Vec<char> = if mode.unicode {
        source.chars().collect()
    } else {
        source.chars().flat_map(units).collect()
    };
    let mut parser = Parser { text, at: 0, mode, depth: 0 };
    let tree = parser.choice()?;
    if parser.at < parser.text.len() {
        return Err(malformed());
    }
    Ok(tree)
}

/// The code points of a property that the engine knows.
fn property(name: &str) -> Vec<(u32, u32)> {
    let parsed = regex_syntax::parse(&format!("\\p{{{name}}}"));
    match parsed.map(Hir::into_kind) {
        Ok(HirKind::Class(Class::Unicode(class))) => {
            class.iter().map(|range| (range.start().into(), range.end().into())).collect()
        }
        _ => Vec::new(),
    }
}

fn malformed() -> Unsupported {
    Unsupported::new("a malformed regular expression", "write a pattern that Node accepts")
}

fn looks_back() -> Unsupported {
    Unsupported::new(
        "a regular expression that looks back",
        "match what stands there too, and take the part with a group",
    )
}

fn half() -> Unsupported {
    Unsupported::new(
        "half of a surrogate pair in a regular expression with the flag `u`",
        "write the whole character, or leave the flag out",
    )
}

fn refers() -> Unsupported {
    Unsupported::new(
        "a regular expression that refers back to a group",
        "compare the parts afterwards; in a schema with `refine`",
    )
}

/// The number of a character as read: surrogates of a pattern without `u` stand in plane 16.
fn number(character: char) -> u32 {
    match u32::from(character) {
        number @ 0x10_D800..=0x10_DFFF => number - 0x10_0000,
        number => number,
    }
}

struct Parser {
    text: Vec<char>,
    at: usize,
    mode: Mode,
    depth: u32,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, wanted: char) -> bool {
        let is = self.peek() == Some(wanted);
        self.at += usize::from(is);
        is
    }

    fn take_all(&mut self, wanted: &str) -> bool {
        let is = wanted.chars().enumerate().all(|(i, c)| self.text.get(self.at + i) == Some(&c));
        if is {
            self.at += wanted.chars().count();
        }
        is
    }

    /// A character's number: with the flag `u` as it is, else its unit.
    fn number(&self, character: char) -> u32 {
        if self.mode.unicode { u32::from(character) } else { number(character) }
    }

    fn choice(&mut self) -> Parsed<Tree> {
        self.depth += 1;
        if self.depth > 60 {
            return Err(Unsupported::new("a regular expression this deep", "use fewer groups"));
        }
        let mut options = vec![self.sequence()?];
        while self.take('|') {
            options.push(self.sequence()?);
        }
        self.depth -= 1;
        Ok(match options.pop() {
            Some(only) if options.is_empty() => only,
            last => {
                options.extend(last);
                Tree::Choice(options)
            }
        })
    }

    fn sequence(&mut self) -> Parsed<Tree> {
        let mut parts = Vec::new();
        while let Some(next) = self.peek() {
            if matches!(next, '|' | ')') {
                break;
            }
            let part = self.part()?;
            parts.push(self.repeated(part)?);
        }
        Ok(Tree::Sequence(parts))
    }

    fn part(&mut self) -> Parsed<Tree> {
        let Some(next) = self.peek() else { return Err(malformed()) };
        self.at += 1;
        Ok(match next {
            '^' => Tree::Start,
            '$' => Tree::End,
            '.' => {
                let lines = Set::of(&[(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)]);
                let none = Set::default();
                let without = if self.mode.dot_all { none } else { lines };
                Tree::One(without.negated(self.mode))
            }
            '(' => self.group()?,
            '[' => self.class()?,
            '\\' => match self.escape()? {
                Tree::One(set) => self.one(set),
                other => other,
            },
            '*' | '+' | '?' => return Err(malformed()),
            '{' | '}' | ']' if self.mode.unicode => return Err(malformed()),
            '{' if self.braces(self.at - 1).is_some() => return Err(malformed()),
            other => self.one(Set::one(self.number(other))),
        })
    }

    /// One character of a set, as the flag `i` compares it.
    fn one(&self, set: Set) -> Tree {
        let folds = self.mode.ignore_case && !self.mode.unicode;
        Tree::One(if folds { set.folded() } else { set })
    }

    fn group(&mut self) -> Parsed<Tree> {
        let ahead = if self.take_all("?=") {
            Some(false)
        } else if self.take_all("?!") {
            Some(true)
        } else {
            None
        };
        if ahead.is_none() && (self.take_all("?<=") || self.take_all("?<!")) {
            return Err(looks_back());
        }
        let mut captures = ahead.is_none();
        let mut name = None;
        if captures && self.take_all("?<") {
            let from = self.at;
            while !self.take('>') {
                if self.at >= self.text.len() {
                    return Err(malformed());
                }
                self.at += 1;
            }
            name = Some(self.text[from..self.at - 1].iter().collect());
        } else if captures && self.take_all("?:") {
            captures = false;
        } else if captures && self.peek() == Some('?') {
            return Err(Unsupported::new(
                "a group with flags of its own",
                "set the flags for the whole pattern: `/…/i`",
            ));
        }
        let inner = self.choice()?;
        if !self.take(')') {
            return Err(malformed());
        }
        Ok(match ahead {
            Some(negated) => Tree::Ahead(Box::new(inner), negated),
            None if captures => Tree::Group(Box::new(inner), name),
            None => inner,
        })
    }

    fn repeated(&mut self, part: Tree) -> Parsed<Tree> {
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => match self.braces(self.at) {
                Some((least, most, end)) => {
                    self.at = end - 1;
                    (least, most)
                }
                None => return Ok(part),
            },
            _ => return Ok(part),
        };
        self.at += 1;
        let lazy = self.take('?');
        if matches!(part, Tree::Start | Tree::End | Tree::Boundary(_) | Tree::Ahead(..)) {
            return Err(malformed());
        }
        if most.is_some_and(|most| most < least) {
            return Err(malformed());
        }
        Ok(Tree::Repeat(Box::new(part), least, most, lazy))
    }

    /// `{n}`, `{n,}`, `{n,m}` at a place, and where it ends.
    fn braces(&self, at: usize) -> Option<(u32, Option<u32>, usize)> {
        let end = at + self.text.get(at..)?.iter().position(|c| *c == '}')?;
        let inner: String = self.text.get(at + 1..end)?.iter().collect();
        let count = |text: &str| {
            let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            is_number.then(|| text.parse::<u32>().unwrap_or(u32::MAX))
        };
        let (least, most) = match inner.split_once(',') {
            None => (count(&inner)?, Some(count(&inner)?)),
            Some((least, "")) => (count(least)?, None),
            Some((least, most)) => (count(least)?, Some(count(most)?)),
        };
        Some((least, most, end + 1))
    }

    fn escape(&mut self) -> Parsed<Tree> {
        match self.peek() {
            Some('b') => {
                self.at += 1;
                Ok(Tree::Boundary(false))
            }
            Some('B') => {
                self.at += 1;
                Ok(Tree::Boundary(true))
            }
            Some('1'..='9' | 'k') => Err(refers()),
            _ => self.class_escape(),
        }
    }

    /// An escape that stands for characters, after its backslash.
    fn class_escape(&mut self) -> Parsed<Tree> {
        let Some(next) = self.peek() else { return Err(malformed()) };
        self.at += 1;
        let set = match next {
            'd' => digits(),
            'D' => digits().negated(self.mode),
            'w' => self.words(),
            'W' => self.words().negated(self.mode),
            's' => spaces(),
            'S' => spaces().negated(self.mode),
            't' => Set::one(0x09),
            'n' => Set::one(0x0A),
            'v' => Set::one(0x0B),
            'f' => Set::one(0x0C),
            'r' => Set::one(0x0D),
            '0' if !self.peek().is_some_and(|c| c.is_ascii_digit()) => Set::one(0),
            '0'..='9' => {
                return Err(Unsupported::new("an octal escape", "write `\\xHH`"));
            }
            'c' => match self.peek() {
                Some(letter) if letter.is_ascii_alphabetic() => {
                    self.at += 1;
                    Set::one(u32::from(letter) % 32)
                }
                _ => return Err(malformed()),
            },
            'x' => match self.hex(2) {
                Some(number) => Set::one(number),
                None if self.mode.unicode => return Err(malformed()),
                None => Set::one(u32::from('x')),
            },
            'u' => Set::one(self.unicode_escape()?),
            'p' | 'P' if self.mode.unicode => return self.property(next == 'P'),
            other => Set::one(self.number(other)),
        };
        Ok(Tree::One(set))
    }

    fn hex(&mut self, digits: usize) -> Option<u32> {
        let text: String = self.text.get(self.at..self.at + digits)?.iter().collect();
        if !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        self.at += digits;
        u32::from_str_radix(&text, 16).ok()
    }

    fn unicode_escape(&mut self) -> Parsed<u32> {
        let number = self.escaped_number()?;
        if self.mode.unicode && (0xD800..0xE000).contains(&number) {
            return Err(half());
        }
        Ok(number)
    }

    fn escaped_number(&mut self) -> Parsed<u32> {
        if self.mode.unicode && self.take('{') {
            let mut text = String::new();
            while let Some(c) = self.peek() {
                self.at += 1;
                if c == '}' {
                    break;
                }
                text.push(c);
            }
            return u32::from_str_radix(&text, 16)
                .ok()
                .filter(|number| *number <= 0x10_FFFF)
                .ok_or_else(malformed);
        }
        let Some(first) = self.hex(4) else {
            return if self.mode.unicode { Err(malformed()) } else { Ok(u32::from('u')) };
        };
        if self.mode.unicode && (0xD800..0xDC00).contains(&first) {
            let before = self.at;
            if self.take_all("\\u")
                && let Some(second) = self.hex(4)
                && (0xDC00..0xE000).contains(&second)
            {
                return Ok(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00));
            }
            self.at = before;
        }
        Ok(first)
    }

    /// `\p{L}`, `\p{Script=Greek}`
    fn property(&mut self, negated: bool) -> Parsed<Tree> {
        if !self.take('{') {
            return Err(malformed());
        }
        let mut name = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            if c == '}' {
                break;
            }
            name.push(c);
        }
        let is_word = |text: &str| {
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        let is_known = match name.split_once('=') {
            Some((key, value)) => {
                matches!(
                    key,
                    "Script" | "sc" | "Script_Extensions" | "scx" | "General_Category" | "gc"
                ) && is_word(value)
            }
            None => is_word(&name),
        };
        let p = if negated { 'P' } else { 'p' };
        let text = format!("\\{p}{{{name}}}");
        if !is_known || regex::Regex::new(&text).is_err() {
            return Err(Unsupported::new(
                format!("the property `{name}` of a regular expression"),
                "use a general category, such as `\\p{L}`, or a script",
            ));
        }
        if negated && self.mode.ignore_case {
            // JavaScript negates before it folds, the engine after it.
            return Ok(Tree::One(Set::of(&property(&name)).negated(self.mode)));
        }
        Ok(Tree::Property(text))
    }

    fn words(&self) -> Set {
        let mut set = Set::of(&[(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)]);
        if self.mode.unicode && self.mode.ignore_case {
            set.add(&Set::of(&[(0x17F, 0x17F), (0x212A, 0x212A)]));
        }
        set
    }

    fn class(&mut self) -> Parsed<Tree> {
        let negated = self.take('^');
        let mut set = Set::default();
        let mut mixed: Vec<Tree> = Vec::new();
        loop {
            let Some(next) = self.peek() else { return Err(malformed()) };
            self.at += 1;
            if next == ']' {
                break;
            }
            let low = self.member(next)?;
            // A range, unless one of its ends is a class.
            let is_range =
                self.peek() == Some('-') && self.text.get(self.at + 1).is_some_and(|c| *c != ']');
            if !is_range {
                low.put(&mut set, &mut mixed);
                continue;
            }
            self.at += 1;
            let Some(next) = self.peek() else { return Err(malformed()) };
            self.at += 1;
            let high = self.member(next)?;
            match (&low, &high) {
                (Member::One(low), Member::One(high)) => {
                    if low > high {
                        return Err(malformed());
                    }
                    set.add(&Set::of(&[(*low, *high)]));
                }
                _ if self.mode.unicode => return Err(malformed()),
                _ => {
                    set.add(&Set::one(u32::from('-')));
                    low.put(&mut set, &mut mixed);
                    high.put(&mut set, &mut mixed);
                }
            }
        }
        if mixed.is_empty() {
            if self.mode.ignore_case && !self.mode.unicode {
                set = set.folded();
            }
            // With `i` and `u` the engine folds, so it must also negate.
            let folds = self.mode.ignore_case && self.mode.unicode;
            if negated && folds && set != Set::default() {
                return Ok(Tree::Mixed(vec![Tree::One(set)], true));
            }
            return Ok(Tree::One(if negated { set.negated(self.mode) } else { set }));
        }
        mixed.push(Tree::One(set));
        Ok(Tree::Mixed(mixed, negated))
    }

    fn member(&mut self, next: char) -> Parsed<Member> {
        if next != '\\' {
            return Ok(Member::One(self.number(next)));
        }
        match self.peek() {
            Some('b') => {
                self.at += 1;
                return Ok(Member::One(0x08));
            }
            Some('d' | 'D' | 'w' | 'W' | 's' | 'S') => {
                return Ok(match self.class_escape()? {
                    Tree::One(set) => Member::Set(set),
                    other => Member::Other(other),
                });
            }
            Some('1'..='9') => return Err(Unsupported::new("an octal escape", "write `\\xHH`")),
            _ => {}
        }
        Ok(match self.class_escape()? {
            Tree::One(set) => match set.single() {
                Some(number) => Member::One(number),
                None => Member::Set(set),
            },
            other => Member::Other(other),
        })
    }
}

/// A member of a class.
enum Member {
    One(u32),
    Set(Set),
    Other(Tree),
}

impl Member {
    fn put(self, set: &mut Set, mixed: &mut Vec<Tree>) {
        match self {
            Self::One(number) => set.add(&Set::one(number)),
            Self::Set(other) => set.add(&other),
            Self::Other(tree) => mixed.push(tree),
        }
    }
}

fn digits() -> Set {
    Set::of(&[(0x30, 0x39)])
}

/// What JavaScript counts as space.
fn spaces() -> Set {
    Set::of(&[
        (0x09, 0x0D),
        (0x20, 0x20),
        (0xA0, 0xA0),
        (0x1680, 0x1680),
        (0x2000, 0x200A),
        (0x2028, 0x2029),
        (0x202F, 0x202F),
        (0x205F, 0x205F),
        (0x3000, 0x3000),
        (0xFEFF, 0xFEFF),
    ])
}
