//! Pieces of TypeScript: names, strings, comments.

use std::fmt::Write;

/// A property's name: as it is if that is an identifier, else quoted.
#[must_use]
pub fn key(name: &str) -> String {
    if is_identifier(name) { name.to_owned() } else { quoted(name) }
}

/// Whether `name` may stand as an identifier (of ASCII letters; others are quoted, to be safe).
pub(crate) fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '$';
    characters.next().is_some_and(starts) && characters.all(|c| starts(c) || c.is_ascii_digit())
}

/// A string literal.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' || c == '\u{7f}' || c == '\u{2028}' || c == '\u{2029}' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A documentation comment of these paragraphs; nothing if there are none.
pub(crate) fn comment(paragraphs: &[String], indent: usize) -> String {
    let lines: Vec<String> = paragraphs
        .iter()
        .map(|paragraph| paragraph.trim())
        .filter(|paragraph| !paragraph.is_empty())
        .enumerate()
        .flat_map(|(i, paragraph)| {
            let gap = (i > 0 && !paragraph.starts_with('@')).then(String::new);
            let lines = paragraph.lines().map(|line| line.trim_end().replace("*/", "*\\/"));
            gap.into_iter().chain(lines).collect::<Vec<_>>()
        })
        .collect();
    let pad = " ".repeat(indent);
    match lines.as_slice() {
        [] => String::new(),
        [line] => format!("{pad}/** {line} */\n"),
        lines => {
            let mut out = format!("{pad}/**\n");
            for line in lines {
                let _ = writeln!(out, "{}", format!("{pad} * {line}").trim_end());
            }
            let _ = writeln!(out, "{pad} */");
            out
        }
    }
}

/// `order-items` becomes `OrderItems`: the namespace of an upstream's types, as in messages.
pub(crate) fn namespace(name: &str) -> String {
    let mut result = String::new();
    let mut upper = true;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            upper = true;
        } else if upper {
            result.push(c.to_ascii_uppercase());
            upper = false;
        } else {
            result.push(c);
        }
    }
    if result.starts_with(|c: char| c.is_ascii_digit()) || result.is_empty() {
        result.insert(0, '_');
    }
    result
}
