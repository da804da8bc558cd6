//! Regular expressions in handlers.
//!
//! In:    the text that stands for a pattern of the plan (`/a+/g`), and texts.
//! Out:   what `test`, `match`, `search`, `replace` and `split` give in JavaScript.
//! Never: time that grows faster than the text; a pattern that the compiler has not translated.
//!
//! A pattern is matched against another spelling of the text ([`Haystack`]); what is found there is
//! cut out of the text itself.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use frontage_json::{Text, TextBuilder, Value};
use frontage_plan::{Builtin, Haystack, Plan, folded, unit_char};
use regex::{Captures, Regex};

use super::convert::{Args, count, to_uint32};
use super::{Env, Meter, Thrown, bounds};

/// Units between places of a text that are known in its other spelling.
const STEP: usize = 64;

/// The regular expressions of a plan's functions, compiled.
#[derive(Debug, Default)]
pub(crate) struct Patterns(HashMap<Box<str>, Pattern>);

/// A compiled pattern.
#[derive(Debug)]
struct Pattern {
    regex: Regex,
    /// These must match, too: what looks ahead from the text's start.
    also: Vec<Regex>,
    /// None of these may match.
    without: Vec<Regex>,
    haystack: Haystack,
    global: bool,
}

impl Patterns {
    /// Compiles a plan's; one that an engine refuses is left out, and throws where it is used.
    pub(crate) fn new(plan: &Plan) -> Arc<Self> {
        let compiled = |sources: &[frontage_plan::Name]| -> Option<Vec<Regex>> {
            sources.iter().map(|source| Regex::new(source).ok()).collect()
        };
        let all = plan.patterns.iter().filter_map(|pattern| {
            let mut also = compiled(&pattern.regexes)?;
            let without = compiled(&pattern.without)?;
            let flags = pattern.shown.rsplit('/').next().unwrap_or_default();
            let (haystack, global) = (pattern.haystack, flags.contains('g'));
            let regex = also.pop()?;
            let shown = Box::from(&*pattern.shown);
            Some((shown, Pattern { regex, also, without, haystack, global }))
        });
        Arc::new(Self(all.collect()))
    }

    fn get(&self, literal: &Text) -> Result<&Pattern, Thrown> {
        let invalid = || Thrown(Value::error("SyntaxError", "Invalid regular expression"));
        self.0.get(literal.as_str()).ok_or_else(invalid)
    }
}

/// A text as it is matched.
struct Subject<'t> {
    text: &'t Text,
    /// How the pattern sees it.
    seen: Cow<'t, str>,
    /// Where both spellings differ.
    places: Option<Places>,
    by_units: bool,
    /// What looks ahead from the start allows a match.
    fits: bool,
}

/// How the places of two spellings of a text belong together.
struct Places {
    units: Vec<u16>,
    /// Some of them, in order: in the other spelling, and among the units.
    known: Vec<(usize, usize)>,
}

impl<'t> Subject<'t> {
    fn of(text: &'t Text, pattern: &Pattern) -> Self {
        let by_units = pattern.haystack != Haystack::CodePoints;
        let plain = text.is_well_formed()
            && match pattern.haystack {
                Haystack::CodePoints => true,
                Haystack::Units => text.is_ascii() || text.chars().all(|c| c <= '\u{FFFF}'),
                Haystack::FoldedUnits => text.is_ascii(),
            };
        let (seen, places) = match pattern.haystack {
            Haystack::FoldedUnits if plain => {
                (Cow::Owned(text.as_str().to_ascii_uppercase()), None)
            }
            _ if plain => (Cow::Borrowed(text.as_str()), None),
            haystack => {
                let (seen, places) = spelled(text, haystack);
                (Cow::Owned(seen), Some(places))
            }
        };
        let matches = |regex: &Regex| regex.is_match(&seen);
        let fits = pattern.also.iter().all(matches) && !pattern.without.iter().any(matches);
        Self { text, seen, places, by_units, fits }
    }

    /// The unit at which a place of the other spelling lies.
    fn unit(&self, places: &Places, place: usize) -> usize {
        let before = places.known.partition_point(|(seen, _)| *seen <= place);
        let (seen, mut at) = before.checked_sub(1).map_or((0, 0), |index| places.known[index]);
        for _ in self.seen[seen..place].chars() {
            at += width(&places.units, at, self.by_units);
        }
        at
    }

    /// A part of the text, by where it lies in the other spelling.
    fn part(&self, from: usize, to: usize) -> Text {
        match &self.places {
            None => self.text.as_str()[from..to].into(),
            Some(places) => {
                Text::from_units(&places.units[self.unit(places, from)..self.unit(places, to)])
            }
        }
    }

    /// The part that a group matched.
    fn group(&self, group: regex::Match<'_>) -> Text {
        self.part(group.start(), group.end())
    }

    fn captures_at(&self, pattern: &Pattern, at: usize) -> Option<Captures<'_>> {
        if self.fits { pattern.regex.captures_at(&self.seen, at) } else { None }
    }

    /// Where the search after an empty match at `at` goes on.
    fn after(&self, at: usize) -> usize {
        at + self.seen[at..].chars().next().map_or(1, char::len_utf8)
    }
}

/// A text as a pattern sees it, and how the places belong together.
fn spelled(text: &Text, haystack: Haystack) -> (String, Places) {
    let by_units = haystack != Haystack::CodePoints;
    let units = text.units();
    let mut known = Vec::with_capacity(units.len() / STEP + 1);
    let (mut seen, mut at, mut due) = (String::new(), 0, 0);
    while at < units.len() {
        if at >= due {
            known.push((seen.len(), at));
            due = at + STEP;
        }
        let width = width(&units, at, by_units);
        let one = match char::decode_utf16(units[at..at + width].iter().copied()).next() {
            Some(Ok(character)) => character,
            _ => unit_char(units[at]),
        };
        seen.push(if haystack == Haystack::FoldedUnits { folded(one) } else { one });
        at += width;
    }
    (seen, Places { units, known })
}

/// How many units the character is that begins here.
fn width(units: &[u16], at: usize, by_units: bool) -> usize {
    let high = matches!(units[at], 0xD800..0xDC00);
    let low = units.get(at + 1).is_some_and(|unit| matches!(unit, 0xDC00..0xE000));
    if high && low && !by_units { 2 } else { 1 }
}

/// Calls a function with a pattern.
pub(super) fn call(function: Builtin, args: Args<'_>, env: &Env) -> Result<Value, Thrown> {
    let (text, pattern) = match function {
        Builtin::RegexTest | Builtin::RegexExec => (args.text(1)?, args.text(0)?),
        Builtin::StringMatch => (args.string("match")?, args.text(1)?),
        Builtin::StringMatchAll => (args.string("matchAll")?, args.text(1)?),
        Builtin::StringSearch => (args.string("search")?, args.text(1)?),
        Builtin::StringSplitRegex => (args.string("split")?, args.text(1)?),
        _ => (args.string("replace")?, args.text(1)?),
    };
    let patterns = env.patterns();
    let pattern = patterns.get(&pattern)?;
    let subject = Subject::of(&text, pattern);
    Ok(match function {
        Builtin::RegexTest => Value::Bool(subject.fits && pattern.regex.is_match(&subject.seen)),
        Builtin::StringSearch => match pattern.regex.find(&subject.seen) {
            Some(found) if subject.fits => count(subject.part(0, found.start()).len_utf16()),
            _ => Value::Number(-1.0),
        },
        Builtin::StringMatch if pattern.global => {
            let mut all = Vec::new();
            for_matches(&subject, pattern, args.meter, |found| {
                all.extend(found.get(0).map(|whole| Value::Text(subject.group(whole))));
                bounds::list(all.len())
            })?;
            if all.is_empty() { Value::Null } else { Value::array(all) }
        }
        Builtin::StringMatch | Builtin::RegexExec => {
            let found = subject.captures_at(pattern, 0);
            found.map_or(Value::Null, |found| groups(&subject, &found))
        }
        Builtin::StringMatchAll => {
            let mut all = Vec::new();
            for_matches(&subject, pattern, args.meter, |found| {
                all.push(groups(&subject, found));
                bounds::list(all.len())
            })?;
            Value::array(all)
        }
        Builtin::StringSplitRegex => split(&text, &subject, pattern, args)?,
        _ => replace(&subject, pattern, &args.text(2)?, args.meter)?,
    })
}

/// Gives each match in turn, or the first only if the pattern is not global.
fn for_matches(
    subject: &Subject<'_>,
    pattern: &Pattern,
    meter: &Meter,
    mut visit: impl FnMut(&Captures<'_>) -> Result<(), Thrown>,
) -> Result<(), Thrown> {
    let mut at = 0;
    while at <= subject.seen.len() {
        let Some(captures) = subject.captures_at(pattern, at) else { break };
        // It may have looked to the end of the text.
        meter.units(1)?;
        meter.bytes(subject.seen.len() - at)?;
        let (start, end) = captures.get(0).map_or((at, at), |whole| (whole.start(), whole.end()));
        at = if start == end { subject.after(end) } else { end };
        visit(&captures)?;
        if !pattern.global {
            break;
        }
    }
    Ok(())
}

/// A match and its groups; one that took no part is `undefined`.
fn groups(subject: &Subject<'_>, found: &Captures<'_>) -> Value {
    let part = |group: Option<regex::Match<'_>>| {
        group.map_or(Value::Undefined, |group| Value::Text(subject.group(group)))
    };
    Value::array(found.iter().map(part).collect())
}

fn split(
    text: &Text,
    subject: &Subject<'_>,
    pattern: &Pattern,
    args: Args<'_>,
) -> Result<Value, Thrown> {
    let limit = match args.get(2) {
        Value::Undefined => u32::MAX,
        limit => to_uint32(limit.to_number()),
    } as usize;
    let mut parts = Vec::new();
    let whole = &subject.seen;
    if whole.is_empty() {
        let matches_nothing = subject.fits && pattern.regex.is_match("");
        if !matches_nothing && limit > 0 {
            parts.push(Value::Text(text.clone()));
        }
        return Ok(Value::array(parts));
    }
    let (mut from, mut at) = (0, 0);
    while at < whole.len() && parts.len() < limit {
        let Some(found) = subject.captures_at(pattern, at) else { break };
        let Some(matched) = found.get(0) else { break };
        args.meter.units(1)?;
        args.meter.bytes(whole.len() - at)?;
        if matched.start() >= whole.len() {
            break;
        }
        if matched.end() == from {
            // An empty match where the last part ended.
            at = subject.after(at.max(matched.start()));
            continue;
        }
        parts.push(Value::Text(subject.part(from, matched.start())));
        if let Value::Array(groups) = groups(subject, &found) {
            parts.extend(groups.iter().skip(1).cloned());
        }
        from = matched.end();
        at = from;
        bounds::list(parts.len())?;
    }
    if parts.len() < limit {
        parts.push(Value::Text(subject.part(from, whole.len())));
    }
    parts.truncate(limit);
    Ok(Value::array(parts))
}

fn replace(
    subject: &Subject<'_>,
    pattern: &Pattern,
    replacement: &Text,
    meter: &Meter,
) -> Result<Value, Thrown> {
    let whole = &subject.seen;
    let mut out = TextBuilder::new();
    let mut from = 0;
    for_matches(subject, pattern, meter, |found| {
        let Some(matched) = found.get(0) else { return Ok(()) };
        out.push(&subject.part(from, matched.start()));
        expand(&mut out, subject, pattern, found, replacement)?;
        from = matched.end();
        bounds::string(out.len())
    })?;
    out.push(&subject.part(from, whole.len()));
    bounds::string(out.len())?;
    Ok(Value::Text(out.finish()))
}

/// Appends a replacement with its `$` patterns filled in.
fn expand(
    out: &mut TextBuilder,
    subject: &Subject<'_>,
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
            out.push(&subject.group(group));
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
                out.push(&subject.part(0, matched.start()));
                2
            }
            Some(b'\'') => {
                out.push(&subject.part(matched.end(), subject.seen.len()));
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
