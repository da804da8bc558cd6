//! Types as TypeScript spells them, for messages and for names in generated files.

use std::collections::HashSet;
use std::fmt::Write as _;

use crate::model::{Additional, Constant, Contract, Object, Type, TypeId};

/// How deeply types without a name are spelt out.
const DEPTH: usize = 3;

/// How many properties or variants are spelt out.
const WIDTH: usize = 12;

/// The TypeScript spelling of a type, short enough for a message; named types by their name.
#[must_use]
pub fn type_text(contract: &Contract, id: TypeId) -> String {
    let mut text = String::new();
    write(contract, id, 0, false, &mut text);
    text
}

/// The TypeScript spelling of a type, with a named type itself spelt out (but not what it uses).
#[must_use]
pub fn type_definition(contract: &Contract, id: TypeId) -> String {
    let mut text = String::new();
    spell(contract, id, 0, false, &mut text);
    text
}

/// - `tight`: whether something binds the text from outside, such as `[]`.
fn write(contract: &Contract, id: TypeId, depth: usize, tight: bool, text: &mut String) {
    let declaration = contract.types.declaration(id);
    match &declaration.name {
        Some(name) => text.push_str(&identifier(name)),
        None => spell(contract, id, depth, tight, text),
    }
}

fn spell(contract: &Contract, id: TypeId, depth: usize, tight: bool, text: &mut String) {
    if depth > DEPTH {
        text.push('…');
        return;
    }
    match &contract.types.declaration(id).ty {
        Type::Unknown => text.push_str("unknown"),
        Type::Never => text.push_str("never"),
        Type::Null => text.push_str("null"),
        Type::Boolean => text.push_str("boolean"),
        Type::Number(_) => text.push_str("number"),
        Type::String(_) => text.push_str("string"),
        Type::Enum(constants) => {
            let spelt: Vec<String> = constants.iter().map(constant_text).collect();
            alternatives(&spelt, tight, text);
        }
        Type::Array(array) => {
            write(contract, array.items, depth + 1, true, text);
            text.push_str("[]");
        }
        Type::Tuple(tuple) => {
            text.push('[');
            for (index, &item) in tuple.items.iter().enumerate() {
                let optional = index >= tuple.required;
                separator(index, ", ", text);
                write(contract, item, depth + 1, optional, text);
                if optional {
                    text.push('?');
                }
            }
            if let Some(rest) = tuple.rest {
                separator(tuple.items.len(), ", ", text);
                text.push_str("...");
                write(contract, rest, depth + 1, true, text);
                text.push_str("[]");
            }
            text.push(']');
        }
        Type::Object(object) => spell_object(contract, object, depth, text),
        Type::Union(union) => {
            let spelt: Vec<String> = union
                .variants
                .iter()
                .take(WIDTH + 1)
                .map(|&variant| {
                    let mut spelt = String::new();
                    write(contract, variant, depth + 1, false, &mut spelt);
                    spelt
                })
                .collect();
            alternatives(&spelt, tight, text);
        }
        Type::Broken => text.push_str("<faulty type>"),
    }
}

fn spell_object(contract: &Contract, object: &Object, depth: usize, text: &mut String) {
    let index = match object.additional {
        Additional::Undeclared | Additional::Forbidden => None,
        Additional::Any => Some(None),
        Additional::Of(id) => Some(Some(id)),
    };
    if object.properties.is_empty() && index.is_none() {
        text.push_str("{}");
        return;
    }
    text.push_str("{ ");
    for (at, property) in object.properties.iter().take(WIDTH).enumerate() {
        separator(at, "; ", text);
        text.push_str(&key(&property.name));
        text.push_str(if property.required { ": " } else { "?: " });
        write(contract, property.ty, depth + 1, false, text);
    }
    if object.properties.len() > WIDTH {
        let _ = write!(text, "; …{} more", object.properties.len() - WIDTH);
    }
    if let Some(value) = index {
        separator(object.properties.len(), "; ", text);
        text.push_str("[key: string]: ");
        match value {
            Some(id) => write(contract, id, depth + 1, false, text),
            None => text.push_str("unknown"),
        }
    }
    text.push_str(" }");
}

fn separator(index: usize, separator: &str, text: &mut String) {
    if index > 0 {
        text.push_str(separator);
    }
}

fn alternatives(spelt: &[String], tight: bool, text: &mut String) {
    let many = spelt.len() > 1;
    if tight && many {
        text.push('(');
    }
    for (index, alternative) in spelt.iter().enumerate() {
        separator(index, " | ", text);
        if index == WIDTH {
            text.push('…');
            break;
        }
        text.push_str(alternative);
    }
    if tight && many {
        text.push(')');
    }
}

/// A constant as TypeScript spells it.
#[must_use]
pub fn constant_text(constant: &Constant) -> String {
    match constant {
        Constant::String(text) => quoted(text),
        Constant::Number(value) => value.to_string(),
        Constant::Boolean(value) => value.to_string(),
    }
}

/// A string literal.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _ = write!(quoted, "\\u{:04x}", character as u32);
            }
            character => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// A property's name as a key: quoted where it is no identifier.
fn key(name: &str) -> String {
    let mut characters = name.chars();
    let plain = characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_' || c == '$')
        && characters.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$');
    if plain { name.to_owned() } else { quoted(name) }
}

/// Names that TypeScript keeps for itself where a type is declared.
const RESERVED: &[&str] = &[
    "Array",
    "Date",
    "Map",
    "Object",
    "Promise",
    "Record",
    "Set",
    "String",
    "Number",
    "Boolean",
    "any",
    "bigint",
    "boolean",
    "never",
    "null",
    "number",
    "object",
    "string",
    "symbol",
    "undefined",
    "unknown",
    "void",
    "class",
    "enum",
    "function",
    "import",
    "export",
    "interface",
    "type",
    "delete",
    "default",
    "new",
    "in",
    "this",
    "true",
    "false",
];

/// Makes a TypeScript identifier of a schema's name: `Order.Line` becomes `Order_Line`.
fn identifier(name: &str) -> String {
    let mut identifier: String =
        name.chars()
            .map(|c| {
                if c.is_alphabetic() || c.is_ascii_digit() || c == '_' || c == '$' {
                    c
                } else {
                    '_'
                }
            })
            .collect();
    if identifier.is_empty() || identifier.starts_with(|c: char| c.is_numeric()) {
        identifier.insert(0, '_');
    }
    identifier
}

/// Identifiers for the named types, in the arena's order: unique in the contract, and fit for
/// TypeScript declarations (`Date` becomes `Date_`).
#[must_use]
pub fn type_names(contract: &Contract) -> Vec<(TypeId, String)> {
    let mut taken: HashSet<String> = RESERVED.iter().map(|&name| name.to_owned()).collect();
    let mut names = Vec::new();
    for (id, declaration) in contract.types.iter() {
        let Some(name) = &declaration.name else { continue };
        let plain = identifier(name);
        let mut unique = plain.clone();
        if RESERVED.contains(&plain.as_str()) {
            unique.push('_');
        }
        let mut number = 2;
        while !taken.insert(unique.clone()) {
            unique = format!("{plain}_{number}");
            number += 1;
        }
        names.push((id, unique));
    }
    names
}
