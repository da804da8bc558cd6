//! Methods of strings: positions count UTF-16 code units.

use frontage_json::{Text, TextBuilder, Value, is_space};
use frontage_plan::Builtin;

use super::convert::{Args, count, place, relative, to_f64, to_index, to_uint32};
use super::{Meter, Thrown, bounds, member, units};

/// Calls a method of strings.
pub(super) fn call(function: Builtin, args: Args<'_>) -> Result<Value, Thrown> {
    let text = args.string(name(function))?;
    if units::are_needed(function, &text, args)? {
        return units::call(function, &text, args);
    }
    Ok(Value::Text(match function {
        Builtin::StringSlice => {
            let length = text.len_utf16();
            let from = relative(args.integer(1), length);
            text.slice_utf16(from, relative(args.integer_or(2, f64::INFINITY), length))
        }
        Builtin::StringSubstring => {
            let length = to_f64(text.len_utf16());
            let from = args.integer(1).clamp(0.0, length);
            let to = args.integer_or(2, length).clamp(0.0, length);
            text.slice_utf16(to_index(from.min(to)), to_index(from.max(to)))
        }
        Builtin::StringSplit => return split(&text, args),
        Builtin::StringTrim => trimmed(&text, text.trim_matches(is_space)),
        Builtin::StringTrimStart => trimmed(&text, text.trim_start_matches(is_space)),
        Builtin::StringTrimEnd => trimmed(&text, text.trim_end_matches(is_space)),
        Builtin::StringPadStart => pad(&text, args, true)?,
        Builtin::StringPadEnd => pad(&text, args, false)?,
        Builtin::StringStartsWith => {
            let from = to_index(args.integer(2).max(0.0));
            let is = text.slice_utf16(from, usize::MAX).starts_with(args.text(1)?.as_str());
            return Ok(Value::Bool(is));
        }
        Builtin::StringEndsWith => {
            let to = to_index(args.integer_or(2, f64::INFINITY).max(0.0));
            let is = text.slice_utf16(0, to).ends_with(args.text(1)?.as_str());
            return Ok(Value::Bool(is));
        }
        Builtin::StringIncludes => {
            return Ok(Value::Bool(find(&text, &args.text(1)?, args.integer(2)).is_some()));
        }
        Builtin::StringIndexOf => {
            return Ok(place(find(&text, &args.text(1)?, args.integer(2))));
        }
        Builtin::StringLastIndexOf => {
            let wanted = args.text(1)?;
            let from = args.number(2);
            let from = if from.is_nan() { f64::INFINITY } else { from.trunc().max(0.0) };
            // A match may start at `from`, and so reach beyond it.
            let end = to_index(from + to_f64(wanted.len_utf16()));
            let part = text.slice_utf16(0, end);
            let found = part.rfind(wanted.as_str());
            return Ok(place(found.map(|at| count_units(&part[..at]))));
        }
        Builtin::StringReplace => {
            let (pattern, replacement) = (args.text(1)?, args.text(2)?);
            match text.find(pattern.as_str()) {
                None => text,
                Some(at) => {
                    let mut replaced = String::from(&text[..at]);
                    expand(&mut replaced, &text, at, &pattern, &replacement)?;
                    replaced.push_str(&text[at + pattern.len()..]);
                    replaced.into()
                }
            }
        }
        Builtin::StringReplaceAll => {
            replace_all(&text, &args.text(1)?, &args.text(2)?, args.meter)?
        }
        Builtin::StringToUpperCase => text.to_uppercase().into(),
        Builtin::StringToLowerCase => text.to_lowercase().into(),
        Builtin::StringAt => {
            let index = args.integer(1);
            let index = if index < 0.0 { to_f64(text.len_utf16()) + index } else { index };
            let unit = (index >= 0.0).then(|| member::unit(&text, to_index(index))).flatten();
            return Ok(unit.unwrap_or(Value::Undefined));
        }
        Builtin::StringCharAt => {
            let index = args.integer(1);
            let unit = (index >= 0.0).then(|| member::unit(&text, to_index(index))).flatten();
            return Ok(unit.unwrap_or(Value::Text(Text::EMPTY)));
        }
        Builtin::StringCharCodeAt => {
            let index = args.integer(1);
            let unit = (index >= 0.0).then(|| text.unit_at(to_index(index))).flatten();
            return Ok(Value::Number(unit.map_or(f64::NAN, f64::from)));
        }
        Builtin::StringCodePointAt => return Ok(code_point(&text, args.integer(1))),
        Builtin::StringRepeat => {
            let times = args.integer(1);
            if !(0.0..f64::INFINITY).contains(&times) {
                let times = args.text(1)?;
                return Err(Thrown::range_error(format!("Invalid count value: {times}")));
            }
            bounds::string(text.len().saturating_mul(to_index(times)))?;
            text.repeat(if text.is_empty() { 0 } else { to_index(times) }).into()
        }
        _ => {
            let mut all = TextBuilder::new();
            all.push(&text);
            for part in args.from(1) {
                args.meter.push(&mut all, part)?;
            }
            all.finish()
        }
    }))
}

/// The method's own name, for messages.
fn name(function: Builtin) -> &'static str {
    match function {
        Builtin::StringSlice => "slice",
        Builtin::StringSubstring => "substring",
        Builtin::StringSplit => "split",
        Builtin::StringTrim => "trim",
        Builtin::StringTrimStart => "trimStart",
        Builtin::StringTrimEnd => "trimEnd",
        Builtin::StringPadStart => "padStart",
        Builtin::StringPadEnd => "padEnd",
        Builtin::StringStartsWith => "startsWith",
        Builtin::StringEndsWith => "endsWith",
        Builtin::StringIncludes => "includes",
        Builtin::StringIndexOf => "indexOf",
        Builtin::StringLastIndexOf => "lastIndexOf",
        Builtin::StringReplace => "replace",
        Builtin::StringReplaceAll => "replaceAll",
        Builtin::StringToUpperCase => "toUpperCase",
        Builtin::StringToLowerCase => "toLowerCase",
        Builtin::StringAt => "at",
        Builtin::StringCharAt => "charAt",
        Builtin::StringCharCodeAt => "charCodeAt",
        Builtin::StringCodePointAt => "codePointAt",
        Builtin::StringRepeat => "repeat",
        _ => "concat",
    }
}

fn count_units(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() }
}

fn trimmed(whole: &Text, part: &str) -> Text {
    if whole.len() == part.len() { whole.clone() } else { part.into() }
}

/// Where `wanted` first stands at or after `from`.
fn find(text: &Text, wanted: &str, from: f64) -> Option<usize> {
    let from = relative(from.max(0.0), text.len_utf16());
    // The byte of the first character that starts at or after the unit.
    let mut position = 0;
    let start = if text.is_ascii() {
        from
    } else {
        let mut starts = text.char_indices().skip_while(|(_, character)| {
            let before = position < from;
            position += if before { character.len_utf16() } else { 0 };
            before
        });
        starts.next().map_or(text.len(), |(at, _)| at)
    };
    let found = text[start..].find(wanted)?;
    if wanted.is_empty() {
        return Some(from);
    }
    Some(count_units(&text[..start + found]))
}

fn split(text: &Text, args: Args<'_>) -> Result<Value, Thrown> {
    let limit = match args.get(2) {
        Value::Undefined => u32::MAX,
        limit => to_uint32(limit.to_number()),
    } as usize;
    let separator = match args.get(1) {
        Value::Undefined if limit == 0 => return Ok(Value::array(Vec::new())),
        Value::Undefined => return Ok(Value::array(vec![Value::Text(text.clone())])),
        separator => args.meter.text(separator)?,
    };
    if separator.is_empty() {
        bounds::list(text.len().min(limit))?;
        let units = (0..text.len().min(limit)).filter_map(|at| member::unit(text, at));
        return Ok(Value::array(bounds::collect(units, args.meter)?));
    }
    let parts = text.split(separator.as_str()).take(limit).map(Value::text);
    Ok(Value::array(bounds::collect(parts, args.meter)?))
}

fn pad(text: &Text, args: Args<'_>, at_start: bool) -> Result<Text, Thrown> {
    let length = text.len_utf16();
    let target = to_index(args.integer(1).max(0.0));
    let fill = match args.get(2) {
        Value::Undefined => Text::from_static(" "),
        fill => args.meter.text(fill)?,
    };
    if target <= length || fill.is_empty() {
        return Ok(text.clone());
    }
    let missing = target - length;
    bounds::string(target)?;
    let fill_length = fill.len_utf16();
    bounds::string(text.len() + fill.len().saturating_mul(missing / fill_length))?;
    let mut padding = TextBuilder::new();
    for _ in 0..missing / fill_length {
        args.meter.units(1)?;
        padding.push(&fill);
    }
    padding.push(&fill.slice_utf16(0, missing % fill_length));
    let padding = padding.finish();
    let mut padded = TextBuilder::with_capacity(text.len() + padding.len());
    padded.push(if at_start { &padding } else { text });
    padded.push(if at_start { text } else { &padding });
    Ok(padded.finish())
}

/// Appends a replacement with its `$` patterns filled in for the match at `at`.
fn expand(
    out: &mut String,
    text: &str,
    at: usize,
    matched: &str,
    replacement: &str,
) -> Result<(), Thrown> {
    let mut rest = replacement;
    while let Some(dollar) = rest.find('$') {
        out.push_str(&rest[..dollar]);
        let (put, used) = match rest.as_bytes().get(dollar + 1) {
            Some(b'$') => ("$", 2),
            Some(b'&') => (matched, 2),
            Some(b'`') => (&text[..at], 2),
            Some(b'\'') => (&text[at + matched.len()..], 2),
            _ => ("$", 1),
        };
        out.push_str(put);
        bounds::string(out.len())?;
        rest = &rest[dollar + used..];
    }
    out.push_str(rest);
    bounds::string(out.len())
}

fn replace_all(
    text: &Text,
    pattern: &str,
    replacement: &str,
    meter: &Meter,
) -> Result<Text, Thrown> {
    let mut replaced = String::new();
    let mut end = 0;
    for (at, matched) in text.match_indices(pattern) {
        meter.units(1)?;
        let before = replaced.len();
        replaced.push_str(&text[end..at]);
        expand(&mut replaced, text, at, matched, replacement)?;
        meter.bytes(replaced.len() - before)?;
        end = at + matched.len();
    }
    replaced.push_str(&text[end..]);
    bounds::string(replaced.len())?;
    Ok(replaced.into())
}

fn code_point(text: &Text, index: f64) -> Value {
    if index < 0.0 {
        return Value::Undefined;
    }
    let index = to_index(index);
    let Some(unit) = text.unit_at(index) else { return Value::Undefined };
    if (0xD800..0xDC00).contains(&unit)
        && let Some(low) = text.unit_at(index + 1)
    {
        let pair = char::decode_utf16([unit, low]).next().and_then(Result::ok);
        if let Some(character) = pair {
            return Value::Number(f64::from(u32::from(character)));
        }
    }
    count(usize::from(unit))
}
