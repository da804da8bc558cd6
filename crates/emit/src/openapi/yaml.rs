//! JSON values as YAML 1.2 text: block style, strings quoted where YAML would read them otherwise.

use std::fmt::Write as _;

use serde_json::Value;

/// The value as YAML text.
#[must_use]
pub fn to_yaml(value: &Value) -> String {
    let mut out = String::new();
    block(value, 0, &mut out);
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

/// Writes what stands after a key or a dash; a collection begins on a line of its own.
fn block(value: &Value, indent: usize, out: &mut String) {
    let pad = "  ".repeat(indent);
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (key, inner) in members {
                // Writing to a string cannot fail.
                let _ = write!(out, "{pad}{}:", text(key));
                after(inner, indent + 1, out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                let _ = write!(out, "{pad}-");
                let mut inner = String::new();
                after(item, indent + 1, &mut inner);
                match item {
                    // The first member stands beside the dash.
                    Value::Object(members) if !members.is_empty() => {
                        out.push(' ');
                        out.push_str(inner.trim_start());
                    }
                    _ => out.push_str(&inner),
                }
            }
        }
        _ => {
            let _ = writeln!(out, "{pad}{}", scalar(value));
        }
    }
}

fn after(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            out.push('\n');
            block(value, indent, out);
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('\n');
            block(value, indent, out);
        }
        _ => {
            let _ = writeln!(out, " {}", scalar(value));
        }
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(string) => text(string),
        Value::Object(_) => "{}".into(),
        Value::Array(_) => "[]".into(),
        other => other.to_string(),
    }
}

/// A string: plain if that can mean nothing else, else as JSON, which YAML reads too.
fn text(string: &str) -> String {
    let plain = string.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && string.chars().all(|c| c.is_ascii_alphanumeric() || "/_-.{} ".contains(c))
        && !string.ends_with(' ')
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
            .contains(&string.to_ascii_lowercase().as_str());
    if plain { string.to_owned() } else { Value::from(string).to_string() }
}
