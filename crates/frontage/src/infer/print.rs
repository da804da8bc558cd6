//! What was seen, as TypeScript.

use std::collections::HashSet;
use std::fmt::Write as _;

use frontage_emit::{key, quoted};

use super::seen::{Members, Seen, Texts};
use super::{capital, parameters, words};

/// Names that a declaration must not take.
const TAKEN: &[&str] = &[
    "Array", "Boolean", "Bytes", "Date", "Error", "Function", "Integer", "Map", "Number", "Object",
    "Promise", "Record", "Set", "String", "Symbol", "Text",
];

/// Words that cannot name an operation, as they stand on every object.
const UNFIT: &[&str] = &["constructor", "prototype", "then", "toString", "valueOf"];

/// Prints types; objects become interfaces with names.
pub(super) struct Printer {
    enums: bool,
    /// Whether `Integer` was used.
    pub(super) integers: bool,
    taken: HashSet<String>,
    operations: HashSet<String>,
    /// Interfaces by number, which is the order of their names; `None` while one is printed.
    declared: Vec<(String, Option<String>)>,
}

impl Printer {
    /// Nothing is declared yet.
    pub(super) fn new(enums: bool) -> Self {
        Self {
            enums,
            integers: false,
            taken: TAKEN.iter().map(|&name| name.to_owned()).collect(),
            operations: HashSet::new(),
            declared: Vec::new(),
        }
    }

    /// A name for `GET path`: `getForecastByCity`.
    pub(super) fn operation_name(&mut self, path: &str) -> String {
        let mut name = format!("get{}", words(path).concat());
        for parameter in parameters(path) {
            let plain: String = parameter.chars().filter(|c| c.is_alphanumeric()).collect();
            let _ = write!(name, "By{}", capital(&plain));
        }
        if UNFIT.contains(&name.as_str()) {
            name.push('_');
        }
        unique(&mut self.operations, &name)
    }

    /// All interfaces, in the order in which they were met.
    pub(super) fn declarations(&self) -> String {
        let mut text = String::new();
        for (name, body) in &self.declared {
            let _ =
                write!(text, "export interface {name} {{\n{}}}\n\n", body.as_deref().unwrap_or(""));
        }
        text
    }

    /// The type of what was seen.
    ///
    /// - `name`: what an object there would be called.
    pub(super) fn ty(&mut self, seen: &Seen, name: &str) -> String {
        let mut parts: Vec<String> = Vec::new();
        if let Some(members) = &seen.object {
            parts.push(self.object(members, name));
        }
        if let Some(list) = &seen.list {
            let element = self.ty(list, &singular(name));
            parts.push(if is_union(&element) {
                format!("({element})[]")
            } else {
                format!("{element}[]")
            });
        }
        if seen.number {
            self.integers |= !seen.fraction;
            parts.push(if seen.fraction { "number" } else { "Integer" }.to_owned());
        }
        if let Some(texts) = &seen.text {
            parts.push(self.texts(texts));
        }
        if seen.boolean {
            parts.push("boolean".to_owned());
        }
        match (parts.is_empty(), seen.null) {
            // Nothing but null tells nothing.
            (true, _) => "unknown".to_owned(),
            (false, true) => parts.join(" | ") + " | null",
            (false, false) => parts.join(" | "),
        }
    }

    fn texts(&self, texts: &Texts) -> String {
        match &texts.values {
            Some(values)
                if self.enums
                    && !(texts.date || texts.instant)
                    && values.len() * 2 <= texts.count =>
            {
                let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
                values.join(" | ")
            }
            _ => "string".to_owned(),
        }
    }

    fn object(&mut self, members: &Members, name: &str) -> String {
        if members.members.is_empty() {
            return "Record<string, unknown>".to_owned();
        }
        if let Some(values) = members.as_record() {
            return format!("Record<string, {}>", self.ty(&values, &singular(name)));
        }
        let name = unique(&mut self.taken, &identifier(name));
        let at = self.declared.len();
        self.declared.push((name.clone(), None));
        let mut body = String::new();
        for (member, seen, count) in &members.members {
            let mark = if *count < members.count { "?" } else { "" };
            let ty = self.ty(seen, &capital(member));
            let note = note(seen).map_or(String::new(), |note| format!(" // {note}"));
            let _ = writeln!(body, "  {}{mark}: {ty};{note}", key(member));
        }
        // An equal one under the same wish was there before.
        let wish = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let equal = self.declared[..at].iter().find(|(known, known_body)| {
            known.trim_end_matches(|c: char| c.is_ascii_digit()) == wish
                && known_body.as_ref() == Some(&body)
        });
        if let Some((known, _)) = equal
            && self.declared.len() == at + 1
        {
            let known = known.clone();
            self.declared.pop();
            self.taken.remove(&name);
            return known;
        }
        self.declared[at].1 = Some(body);
        name
    }
}

/// Whether a type is a union that stands in no brackets of its own.
fn is_union(ty: &str) -> bool {
    let mut depth = 0_i32;
    let mut quoted = false;
    let mut before = ' ';
    for c in ty.chars() {
        match c {
            '"' if before != '\\' => quoted = !quoted,
            '(' | '<' | '{' if !quoted => depth += 1,
            ')' | '>' | '}' if !quoted => depth -= 1,
            '|' if !quoted && depth == 0 => return true,
            _ => {}
        }
        before = if before == '\\' { ' ' } else { c };
    }
    false
}

/// What a reader should know of a member.
fn note(seen: &Seen) -> Option<&'static str> {
    let nothing_else = !seen.boolean && !seen.number && seen.object.is_none();
    match (&seen.text, &seen.list) {
        (Some(texts), None) if nothing_else && texts.instant => Some("date-time"),
        (Some(texts), None) if nothing_else && texts.date => Some("date"),
        (None, None) if nothing_else => Some("null in every sample"),
        (None, Some(list)) if nothing_else && list.is_nothing() => Some("empty in every sample"),
        _ => None,
    }
}

impl Seen {
    fn is_nothing(&self) -> bool {
        let scalar = self.null || self.boolean || self.number || self.text.is_some();
        !scalar && self.list.is_none() && self.object.is_none()
    }
}

/// An identifier with a capital first.
fn identifier(name: &str) -> String {
    let parts = name.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let joined: String = parts.map(capital).collect();
    match joined.chars().next() {
        None => "Value".to_owned(),
        Some(first) if first.is_numeric() => format!("Value{joined}"),
        Some(_) => joined,
    }
}

/// `Days` is a list of `Day`.
fn singular(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    if ["series", "news", "species"].iter().any(|same| lower.ends_with(same)) {
        return name.to_owned();
    }
    if let Some(stem) = name.strip_suffix("ren").filter(|_| lower == "children") {
        return stem.to_owned();
    }
    if ["sses", "tuses", "xes", "shes"].iter().any(|end| lower.ends_with(end)) {
        return name[..name.len() - 2].to_owned();
    }
    if let Some(stem) = name.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    let double = ["ss", "us", "is"].iter().any(|end| lower.ends_with(end));
    match name.strip_suffix('s') {
        Some(stem) if stem.len() > 1 && !double => stem.to_owned(),
        _ => name.to_owned(),
    }
}

/// The name, or the first of `name2`, `name3`... that is free; taken from then on.
fn unique(taken: &mut HashSet<String>, name: &str) -> String {
    let mut unique = name.to_owned();
    let mut number = 2;
    while !taken.insert(unique.clone()) {
        unique = format!("{name}{number}");
        number += 1;
    }
    unique
}
