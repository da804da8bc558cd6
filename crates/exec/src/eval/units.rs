//! Methods of strings over UTF-16 code units: what UTF-8 cannot do.
//!
//! In:    strings with half of a surrogate pair, and functions that may look between the halves.
//! Out:   what JavaScript gives.
//! Never: time beyond the product's length: a search does not go back in the text.

use frontage_json::{Text, TextBuilder, Value, is_space};
use frontage_plan::Builtin;

use super::convert::{Args, place, relative, to_f64, to_index, to_uint32};
use super::{Meter, Thrown, bounds};

/// Whether a function must see code units: one of the strings is no UTF-8, or it may look between
/// the halves of a pair.
pub(super) fn are_needed(function: Builtin, text: &Text, args: Args<'_>) -> Result<bool, Thrown> {
    use Builtin as B;
    // Which arguments are strings, and whether a position may lie within a pair.
    let (texts, looks_between) = match function {
        B::StringTrim
        | B::StringTrimStart
        | B::StringTrimEnd
        | B::StringToUpperCase
        | B::StringToLowerCase => (0, false),
        B::StringRepeat => (0, false),
        B::StringIncludes
        | B::StringIndexOf
        | B::StringLastIndexOf
        | B::StringStartsWith
        | B::StringEndsWith => (1, !args.get(2).is_undefined()),
        B::StringSplit => (1, true),
        B::StringReplace => (2, false),
        B::StringReplaceAll => (2, true),
        // These cut by themselves, or join.
        _ => return Ok(false),
    };
    if !text.is_well_formed() {
        return Ok(true);
    }
    if texts == 0 || args.get(1).is_undefined() {
        return Ok(false);
    }
    let wanted = args.text(1)?;
    if !wanted.is_well_formed() || (texts == 2 && !args.text(2)?.is_well_formed()) {
        return Ok(true);
    }
    let between = looks_between
        && (matches!(
            function,
            B::StringIncludes
                | B::StringIndexOf
                | B::StringLastIndexOf
                | B::StringStartsWith
                | B::StringEndsWith
        ) || wanted.is_empty());
    Ok(between && !text.is_ascii())
}

/// Calls a method for which [`are_needed`] holds.
pub(super) fn call(function: Builtin, text: &Text, args: Args<'_>) -> Result<Value, Thrown> {
    let units = text.units();
    let wanted = || Ok::<_, Thrown>(args.text(1)?.units());
    let made = |units: &[u16]| Value::Text(Text::from_units(units));
    let space = |unit: &u16| char::from_u32(u32::from(*unit)).is_some_and(is_space);
    let first = || units.iter().position(|unit| !space(unit)).unwrap_or(units.len());
    let last = || units.iter().rposition(|unit| !space(unit)).map_or(0, |at| at + 1);
    Ok(match function {
        Builtin::StringTrim => made(units.get(first()..last()).unwrap_or(&[])),
        Builtin::StringTrimStart => made(&units[first()..]),
        Builtin::StringTrimEnd => made(&units[..last()]),
        Builtin::StringToUpperCase => cased(&units, str::to_uppercase),
        Builtin::StringToLowerCase => cased(&units, str::to_lowercase),
        Builtin::StringStartsWith => {
            let from = relative(args.integer(2).max(0.0), units.len());
            Value::Bool(units[from..].starts_with(&wanted()?))
        }
        Builtin::StringEndsWith => {
            let to = relative(args.integer_or(2, f64::INFINITY).max(0.0), units.len());
            Value::Bool(units[..to].ends_with(&wanted()?))
        }
        Builtin::StringIncludes => {
            Value::Bool(Search::of(&wanted()?).next(&units, from(args, &units)).is_some())
        }
        Builtin::StringIndexOf => place(Search::of(&wanted()?).next(&units, from(args, &units))),
        Builtin::StringLastIndexOf => {
            let mut wanted = wanted()?;
            let from = args.number(2);
            let from = if from.is_nan() { f64::INFINITY } else { from.trunc().max(0.0) };
            let end = to_index(from + to_f64(wanted.len())).min(units.len());
            // The last match is the first one of both reversed.
            let mut part = units[..end].to_vec();
            part.reverse();
            wanted.reverse();
            let found = Search::of(&wanted).next(&part, 0);
            place(found.map(|at| end - at - wanted.len()))
        }
        Builtin::StringRepeat => {
            let times = args.integer(1);
            if !(0.0..f64::INFINITY).contains(&times) {
                let times = args.text(1)?;
                return Err(Thrown::range_error(format!("Invalid count value: {times}")));
            }
            bounds::string(units.len().saturating_mul(to_index(times)))?;
            made(&units.repeat(to_index(times)))
        }
        Builtin::StringSplit => split(&units, args)?,
        _ => {
            let all = function == Builtin::StringReplaceAll;
            replace(&units, &wanted()?, &args.text(2)?.units(), all, args.meter)?
        }
    })
}

fn from(args: Args<'_>, units: &[u16]) -> usize {
    relative(args.integer(2).max(0.0), units.len())
}

/// Changes the case of every part that is UTF-8.
fn cased(units: &[u16], change: impl Fn(&str) -> String) -> Value {
    let mut out = TextBuilder::new();
    let mut part = String::new();
    for character in char::decode_utf16(units.iter().copied()) {
        match character {
            Ok(character) => part.push(character),
            Err(half) => {
                out.push_str(&change(&std::mem::take(&mut part)));
                out.push_units(&[half.unpaired_surrogate()]);
            }
        }
    }
    out.push_str(&change(&part));
    Value::Text(out.finish())
}

fn split(units: &[u16], args: Args<'_>) -> Result<Value, Thrown> {
    let limit = match args.get(2) {
        Value::Undefined => u32::MAX,
        limit => to_uint32(limit.to_number()),
    } as usize;
    if args.get(1).is_undefined() {
        let whole = Value::Text(Text::from_units(units));
        return Ok(Value::array(if limit == 0 { Vec::new() } else { vec![whole] }));
    }
    let separator = args.text(1)?.units();
    let mut parts: Vec<&[u16]> = Vec::new();
    if separator.is_empty() {
        parts = bounds::collect(units.chunks(1).take(limit), args.meter)?;
    } else {
        let search = Search::of(&separator);
        let mut start = 0;
        while parts.len() < limit {
            let found = search.next(units, start);
            parts.push(&units[start..found.unwrap_or(units.len())]);
            let Some(at) = found else { break };
            start = at + separator.len();
            args.meter.units(1)?;
            bounds::list(parts.len())?;
        }
    }
    let parts = parts.iter().map(|part| Value::Text(Text::from_units(part)));
    Ok(Value::array(bounds::collect(parts, args.meter)?))
}

fn replace(
    units: &[u16],
    wanted: &[u16],
    replacement: &[u16],
    all: bool,
    meter: &Meter,
) -> Result<Value, Thrown> {
    let search = Search::of(wanted);
    let mut out: Vec<u16> = Vec::new();
    let mut kept = 0;
    let mut next = search.next(units, 0);
    while let Some(at) = next {
        out.extend_from_slice(&units[kept..at]);
        expand(&mut out, units, at, wanted.len(), replacement)?;
        meter.units(1)?;
        bounds::string(out.len())?;
        kept = at + wanted.len();
        let from = if wanted.is_empty() { at + 1 } else { kept };
        next = if all && from <= units.len() { search.next(units, from) } else { None };
    }
    out.extend_from_slice(&units[kept..]);
    bounds::string(out.len())?;
    Ok(Value::Text(Text::from_units(&out)))
}

/// Appends a replacement with its `$` patterns filled in.
fn expand(
    out: &mut Vec<u16>,
    units: &[u16],
    at: usize,
    length: usize,
    replacement: &[u16],
) -> Result<(), Thrown> {
    let mut rest = replacement;
    while let Some((first, tail)) = rest.split_first() {
        let second = tail.first().and_then(|unit| u8::try_from(*unit).ok());
        let filled: Option<&[u16]> = match second.filter(|_| *first == u16::from(b'$')) {
            Some(b'$') => Some(&rest[..1]),
            Some(b'&') => Some(&units[at..at + length]),
            Some(b'`') => Some(&units[..at]),
            Some(b'\'') => Some(&units[at + length..]),
            _ => None,
        };
        match filled {
            Some(filled) => {
                out.extend_from_slice(filled);
                bounds::string(out.len())?;
                rest = &rest[2..];
            }
            None => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    Ok(())
}

/// A search for a string of code units in linear time (Knuth, Morris and Pratt).
struct Search<'w> {
    wanted: &'w [u16],
    /// For each prefix the length of its longest proper prefix that is its suffix too.
    borders: Vec<usize>,
}

impl<'w> Search<'w> {
    fn of(wanted: &'w [u16]) -> Self {
        let mut borders = vec![0; wanted.len()];
        let mut length = 0;
        for at in 1..wanted.len() {
            while length > 0 && wanted[at] != wanted[length] {
                length = borders[length - 1];
            }
            length += usize::from(wanted[at] == wanted[length]);
            borders[at] = length;
        }
        Self { wanted, borders }
    }

    /// Where the string first stands at or after `from`.
    fn next(&self, units: &[u16], from: usize) -> Option<usize> {
        if self.wanted.is_empty() {
            return (from <= units.len()).then_some(from);
        }
        let mut length = 0;
        for (at, unit) in units.iter().enumerate().skip(from) {
            while length > 0 && *unit != self.wanted[length] {
                length = self.borders[length - 1];
            }
            length += usize::from(*unit == self.wanted[length]);
            if length == self.wanted.len() {
                return Some(at + 1 - length);
            }
        }
        None
    }
}
