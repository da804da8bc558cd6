//! Regular expressions in handlers.
//!
//! In:    a pattern as it is written (`/a+/g`), and texts.
//! Out:   what `test`, `match`, `search`, `replace` and `split` give in JavaScript.
//! Never: time that grows faster than the text; a pattern that the compiler has not reviewed.
//!
//! Without the flag `u` JavaScript matches code units. A text with characters beyond U+FFFF is
//! therefore matched with each surrogate as a character of its own, from the last private plane,
//! which such a text cannot hold itself.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use frontage_json::{Text, TextBuilder, Value};
use frontage_plan::Builtin;
use regex::{Captures, Regex};

use super::convert::{Args, count, to_uint32};
use super::{Thrown, bounds};

/// Patterns that a thread keeps compiled.
const KEPT: usize = 1000;
/// The character that stands for the surrogate U+D800.
const HALVES: u32 = 0x0010_F800;

/// A compiled pattern.
#[derive(Debug)]
struct Pattern {
    regex: Regex,
    global: bool,
    unicode: bool,
}

thread_local! {
    static PATTERNS: RefCell<HashMap<Text, Rc<Pattern>>> = RefCell::new(HashMap::new());
}

/// A text as it is matched.
struct Subject {
    text: String,
    /// Surrogates stand for themselves.
    halves: bool,
}

impl Subject {
    fn of(text: &Text, pattern: &Pattern) -> Self {
        let plain = text.is_well_formed()
            && (pattern.unicode || text.is_ascii() || text.chars().all(|c| c <= '\u{FFFF}'));
        if plain {
            return Self { text: text.as_str().to_owned(), halves: false };
        }
        let mut spelled = String::new();
        let half = |unit: u16| char::from_u32(HALVES + u32::from(unit) - 0xD800);
        for character in char::decode_utf16(text.units()) {
            match character {
                Ok(c) if c <= '\u{FFFF}' || pattern.unicode => spelled.push(c),
                Ok(c) => {
                    spelled.extend(c.encode_utf16(&mut [0; 2]).iter().filter_map(|u| half(*u)))
                }
                Err(lone) => spelled.extend(half(lone.unpaired_surrogate())),
            }
        }
        Self { text: spelled, halves: true }
    }

    /// A part of it as a string again.
    fn part(&self, part: &str) -> Text {
        if !self.halves {
            return part.into();
        }
        let mut units = Vec::new();
        for c in part.chars() {
            match u32::from(c).checked_sub(HALVES).map(|half| u16::try_from(half + 0xD800)) {
                Some(Ok(half)) => units.push(half),
                _ => units.extend(c.encode_utf16(&mut [0; 2]).iter()),
            }
        }
        Text::from_units(&units)
    }

    /// Where the search after an empty match at `at` goes on.
    fn after(&self, at: usize) -> usize {
        at + self.text[at..].chars().next().map_or(1, char::len_utf8)
    }
}

/// Calls a function with a pattern.
pub(super) fn call(function: Builtin, args: Args<'_>) -> Result<Value, Thrown> {
    let (text, pattern) = match function {
        Builtin::RegexTest | Builtin::RegexExec => (args.text(1)?, args.text(0)?),
        Builtin::StringMatch => (args.string("match")?, args.text(1)?),
        Builtin::StringMatchAll => (args.string("matchAll")?, args.text(1)?),
        Builtin::StringSearch => (args.string("search")?, args.text(1)?),
        Builtin::StringSplitRegex => (args.string("split")?, args.text(1)?),
        _ => (args.string("replace")?, args.text(1)?),
    };
    let pattern = compiled(&pattern)?;
    let subject = Subject::of(&text, &pattern);
    let regex = &pattern.regex;
    Ok(match function {
        Builtin::RegexTest => Value::Bool(regex.is_match(&subject.text)),
        Builtin::StringSearch => match regex.find(&subject.text) {
            Some(found) => count(subject.part(&subject.text[..found.start()]).len_utf16()),
            None => Value::Number(-1.0),
        },
        Builtin::StringMatch if pattern.global => {
            let all: Vec<Value> = matches(&subject, &pattern, true)?
                .iter()
                .map(|found| Value::Text(subject.part(&found[0])))
                .collect();
            if all.is_empty() { Value::Null } else { Value::array(all) }
        }
        Builtin::StringMatch | Builtin::RegexExec => {
            regex.captures(&subject.text).map_or(Value::Null, |found| groups(&subject, &found))
        }
        Builtin::StringMatchAll => {
            let all = matches(&subject, &pattern, true)?;
            Value::array(all.iter().map(|found| groups(&subject, found)).collect())
        }
        Builtin::StringSplitRegex => split(&text, &subject, &pattern, args)?,
        _ => replace(&subject, &pattern, &args.text(2)?)?,
    })
}

/// The pattern, compiled once for each thread.
fn compiled(literal: &Text) -> Result<Rc<Pattern>, Thrown> {
    if let Some(known) = PATTERNS.with_borrow(|known| known.get(literal).cloned()) {
        return Ok(known);
    }
    let invalid = || Thrown(Value::error("SyntaxError", "Invalid regular expression"));
    let (source, flags) =
        literal.strip_prefix('/').and_then(|rest| rest.rsplit_once('/')).ok_or_else(invalid)?;
    let has = |flag| flags.contains(flag);
    let translated = translate(source, has('i'), has('s'));
    let regex = Regex::new(&translated).map_err(|_| invalid())?;
    let pattern = Rc::new(Pattern { regex, global: has('g'), unicode: has('u') });
    PATTERNS.with_borrow_mut(|known| {
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(literal.clone(), Rc::clone(&pattern));
    });
    Ok(pattern)
}

/// All matches, or the first.
fn matches<'t>(
    subject: &'t Subject,
    pattern: &Pattern,
    all: bool,
) -> Result<Vec<Captures<'t>>, Thrown> {
    let mut found = Vec::new();
    let mut at = 0;
    while at <= subject.text.len() {
        let Some(captures) = pattern.regex.captures_at(&subject.text, at) else { break };
        let (start, end) = captures.get(0).map_or((at, at), |whole| (whole.start(), whole.end()));
        at = if start == end { subject.after(end) } else { end };
        found.push(captures);
        bounds::list(found.len())?;
        if !all {
            break;
        }
    }
    Ok(found)
}

/// A match and its groups; one that took no part is `undefined`.
fn groups(subject: &Subject, found: &Captures<'_>) -> Value {
    let part = |group: Option<regex::Match<'_>>| {
        group.map_or(Value::Undefined, |group| Value::Text(subject.part(group.as_str())))
    };
    Value::array(found.iter().map(part).collect())
}

fn split(
    text: &Text,
    subject: &Subject,
    pattern: &Pattern,
    args: Args<'_>,
) -> Result<Value, Thrown> {
    let limit = match args.get(2) {
        Value::Undefined => u32::MAX,
        limit => to_uint32(limit.to_number()),
    } as usize;
    let mut parts = Vec::new();
    let whole = &subject.text;
    if whole.is_empty() {
        let matches_nothing = pattern.regex.is_match("");
        if !matches_nothing && limit > 0 {
            parts.push(Value::Text(text.clone()));
        }
        return Ok(Value::array(parts));
    }
    let (mut from, mut at) = (0, 0);
    while at < whole.len() && parts.len() < limit {
        let Some(found) = pattern.regex.captures_at(whole, at) else { break };
        let Some(matched) = found.get(0) else { break };
        if matched.start() >= whole.len() {
            break;
        }
        if matched.end() == from {
            // An empty match where the last part ended.
            at = subject.after(at.max(matched.start()));
            continue;
        }
        parts.push(Value::Text(subject.part(&whole[from..matched.start()])));
        if let Value::Array(groups) = groups(subject, &found) {
            parts.extend(groups.iter().skip(1).cloned());
        }
        from = matched.end();
        at = from;
        bounds::list(parts.len())?;
    }
    if parts.len() < limit {
        parts.push(Value::Text(subject.part(&whole[from..])));
    }
    parts.truncate(limit);
    Ok(Value::array(parts))
}

fn replace(subject: &Subject, pattern: &Pattern, replacement: &Text) -> Result<Value, Thrown> {
    let whole = &subject.text;
    let mut out = TextBuilder::new();
    let mut from = 0;
    for found in matches(subject, pattern, pattern.global)? {
        let Some(matched) = found.get(0) else { continue };
        out.push(&subject.part(&whole[from..matched.start()]));
        expand(&mut out, subject, pattern, &found, replacement)?;
        from = matched.end();
        bounds::string(out.len())?;
    }
    out.push(&subject.part(&whole[from..]));
    bounds::string(out.len())?;
    Ok(Value::Text(out.finish()))
}

/// Appends a replacement with its `$` patterns filled in.
fn expand(
    out: &mut TextBuilder,
    subject: &Subject,
    pattern: &Pattern,
    found: &Captures<'_>,
    replacement: &Text,
) -> Result<(), Thrown> {
    let units = replacement.units();
    let Some(matched) = found.get(0) else { return Ok(()) };
    let digit = |at: usize| {
        let unit = units.get(at).copied().and_then(|unit| char::from_u32(u32::from(unit)));
        unit.and_then(|c| c.to_digit(10)).map(|d| d as usize)
    };
    let put = |out: &mut TextBuilder, group: Option<regex::Match<'_>>| {
        if let Some(group) = group {
            out.push(&subject.part(group.as_str()));
        }
    };
    let named = pattern.regex.capture_names().flatten().next().is_some();
    let mut at = 0;
    while at < units.len() {
        if units[at] != u16::from(b'$') {
            let end = units[at..].iter().position(|u| *u == u16::from(b'$'));
            let end = end.map_or(units.len(), |length| at + length);
            out.push_units(&units[at..end]);
            at = end;
            continue;
        }
        let next = units.get(at + 1).and_then(|unit| u8::try_from(*unit).ok());
        at += match next {
            Some(b'$') => {
                out.push_str("$");
                2
            }
            Some(b'&') => {
                put(out, Some(matched));
                2
            }
            Some(b'`') => {
                out.push(&subject.part(&subject.text[..matched.start()]));
                2
            }
            Some(b'\'') => {
                out.push(&subject.part(&subject.text[matched.end()..]));
                2
            }
            Some(b'0'..=b'9') => {
                let one = digit(at + 1).unwrap_or(0);
                let two = digit(at + 2).map(|second| one * 10 + second);
                match two.filter(|n| (1..found.len()).contains(n)) {
                    Some(group) => {
                        put(out, found.get(group));
                        3
                    }
                    None if (1..found.len()).contains(&one) => {
                        put(out, found.get(one));
                        2
                    }
                    None => {
                        out.push_str("$");
                        1
                    }
                }
            }
            Some(b'<') if named => {
                let end = units[at + 2..].iter().position(|u| *u == u16::from(b'>'));
                match end {
                    Some(length) => {
                        let name = String::from_utf16_lossy(&units[at + 2..at + 2 + length]);
                        put(out, found.name(&name));
                        length + 3
                    }
                    None => {
                        out.push_str("$");
                        1
                    }
                }
            }
            _ => {
                out.push_str("$");
                1
            }
        };
        bounds::string(out.len())?;
    }
    Ok(())
}

/// What JavaScript counts as space, inside brackets.
const SPACE: &str =
    r"\t-\r \x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}";

/// A reviewed pattern in the words of the `regex` crate.
fn translate(source: &str, folded: bool, dot_all: bool) -> String {
    let mut out = String::with_capacity(source.len() + 16);
    let mut rest = source.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('b') => out.push_str(r"(?-u:\b)"),
                Some(c @ ('d' | 'D' | 'w' | 'W' | 's' | 'S')) => shorthand(&mut out, c, false),
                Some(c @ ('p' | 'P')) => property(&mut out, c, &mut rest),
                Some(c) => {
                    let c = escaped(c, &mut rest);
                    literal(&mut out, c, folded);
                }
                None => {}
            },
            '[' => class(&mut out, &mut rest, folded),
            '.' if dot_all => out.push_str("(?s:.)"),
            '.' => out.push_str(r"[^\n\r\x{2028}\x{2029}]"),
            '(' | ')' | '|' | '^' | '$' | '*' | '+' | '?' => {
                out.push(c);
                if c == '(' && rest.next_if_eq(&'?').is_some() {
                    // `(?:` and `(?<name>`, whose letters are no literals.
                    out.push('?');
                    let named = rest.peek() == Some(&'<');
                    for c in rest.by_ref() {
                        out.push(c);
                        if !named || c == '>' {
                            break;
                        }
                    }
                }
            }
            '{' => {
                out.push('{');
                for c in rest.by_ref() {
                    out.push(c);
                    if c == '}' {
                        break;
                    }
                }
            }
            c => literal(&mut out, c, folded),
        }
    }
    out
}

fn code(out: &mut String, c: char) {
    use std::fmt::Write as _;
    // Writing to a string does not fail.
    let _ = write!(out, r"\x{{{:X}}}", u32::from(c));
}

fn literal(out: &mut String, c: char, folded: bool) {
    if folded && c.is_ascii_alphabetic() {
        out.extend(['[', c.to_ascii_lowercase(), c.to_ascii_uppercase(), ']']);
    } else {
        code(out, c);
    }
}

fn shorthand(out: &mut String, letter: char, in_class: bool) {
    let class = match letter.to_ascii_lowercase() {
        'd' => "0-9",
        'w' => "0-9A-Za-z_",
        _ => SPACE,
    };
    if letter.is_ascii_uppercase() {
        out.push_str("[^");
    } else if !in_class {
        out.push('[');
    }
    out.push_str(class);
    if letter.is_ascii_uppercase() || !in_class {
        out.push(']');
    }
}

fn property(out: &mut String, letter: char, rest: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    out.push('\\');
    out.push(letter);
    for c in rest.by_ref() {
        out.push(c);
        if c == '}' {
            break;
        }
    }
}

/// The character that an escape stands for.
fn escaped(c: char, rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> char {
    let mut hex = |digits: usize| {
        let mut value = 0;
        for _ in 0..digits {
            value = value * 16 + rest.next().and_then(|c| c.to_digit(16)).unwrap_or(0);
        }
        char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER)
    };
    match c {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{B}',
        'f' => '\u{C}',
        '0' => '\0',
        'x' => hex(2),
        'u' => {
            if rest.next_if_eq(&'{').is_none() {
                let mut value = 0;
                for _ in 0..4 {
                    value = value * 16 + rest.next().and_then(|c| c.to_digit(16)).unwrap_or(0);
                }
                return char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
            }
            let mut value = 0_u32;
            for c in rest.by_ref() {
                let Some(digit) = c.to_digit(16) else { break };
                value = value.saturating_mul(16).saturating_add(digit);
            }
            char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        other => other,
    }
}

/// A class behind its `[`.
fn class(out: &mut String, rest: &mut std::iter::Peekable<std::str::Chars<'_>>, folded: bool) {
    let negated = rest.next_if_eq(&'^').is_some();
    if rest.next_if_eq(&']').is_some() {
        // Nothing, or anything.
        out.push_str(if negated { r"[\s\S]" } else { r"[^\s\S]" });
        return;
    }
    out.push_str(if negated { "[^" } else { "[" });
    let mut before: Option<char> = None;
    while let Some(c) = rest.next() {
        let one = match c {
            ']' => break,
            '\\' => match rest.next() {
                Some(c @ ('d' | 'D' | 'w' | 'W' | 's' | 'S')) => {
                    shorthand(out, c, true);
                    None
                }
                Some(c @ ('p' | 'P')) => {
                    property(out, c, rest);
                    None
                }
                Some('b') => Some('\u{8}'),
                Some(c) => Some(escaped(c, rest)),
                None => None,
            },
            '-' if before.is_some() && rest.peek().is_some_and(|c| *c != ']') => {
                let high = match rest.next() {
                    Some('\\') => rest.next().map(|c| escaped(c, rest)),
                    other => other,
                };
                if let (Some(low), Some(high)) = (before, high) {
                    range(out, low, high, folded);
                }
                before = None;
                continue;
            }
            c => Some(c),
        };
        if let Some(one) = one {
            range(out, one, one, folded);
        }
        before = one;
    }
    out.push(']');
}

/// A range in brackets; with the flag `i` the other case of its letters too.
fn range(out: &mut String, low: char, high: char, folded: bool) {
    code(out, low);
    if low != high {
        out.push('-');
        code(out, high);
    }
    if folded {
        let other = (low..=high.min('\u{7F}')).filter(char::is_ascii_alphabetic).map(|c| {
            if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
        });
        out.extend(other);
    }
}
