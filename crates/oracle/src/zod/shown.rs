//! Values as text, as `main.mjs` writes them.

use frontage_json::{Text, Value, number_text};

/// A value as text: JSON, and words for what JSON lacks.
pub(super) fn shown(value: &Value) -> String {
    match value.decoded() {
        Value::Undefined => "undefined".into(),
        Value::Null => "null".into(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) if number == 0.0 && number.is_sign_negative() => "-0".into(),
        Value::Number(number) => number_text(number).to_string(),
        Value::Text(text) => quoted(&text),
        Value::Array(list) => {
            let parts: Vec<String> = list.iter().map(shown).collect();
            format!("[{}]", parts.join(","))
        }
        Value::Object(object) => {
            let parts: Vec<String> = object
                .iter()
                .map(|(name, value)| format!("{}:{}", quoted(name), shown(value)))
                .collect();
            format!("{{{}}}", parts.join(","))
        }
        Value::Date(time) => format!("Date({})", number_text(*time)),
        other => format!("<{}>", other.type_of()),
    }
}

/// As `JSON.stringify` writes strings.
fn quoted(text: &Text) -> String {
    let mut out = String::from("\"");
    let units = text.units();
    for unit in char::decode_utf16(units.iter().copied()) {
        match unit {
            Ok('"') => out.push_str("\\\""),
            Ok('\\') => out.push_str("\\\\"),
            Ok('\u{8}') => out.push_str("\\b"),
            Ok('\u{C}') => out.push_str("\\f"),
            Ok('\n') => out.push_str("\\n"),
            Ok('\r') => out.push_str("\\r"),
            Ok('\t') => out.push_str("\\t"),
            Ok(c) if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            Ok(c) => out.push(c),
            Err(half) => out.push_str(&format!("\\u{:04x}", half.unpaired_surrogate())),
        }
    }
    out.push('"');
    out
}
