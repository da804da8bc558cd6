//! Schemas as JSON Schema (draft 2020-12, as OpenAPI 3.1 has it).

use serde_json::{Map, Value, json};

use crate::api::{Range, Rest, Schema, SchemaKind, Text, number};

/// A schema as JSON.
pub(super) fn written(schema: &Schema) -> Value {
    let mut out = Map::new();
    kind(&schema.kind, &mut out);
    if let Some(words) = &schema.description {
        out.insert("description".into(), words.as_str().into());
    }
    if let Some(default) = &schema.default {
        out.insert("default".into(), default.clone());
    }
    if let Some(example) = &schema.example {
        out.insert("examples".into(), json!([example]));
    }
    if schema.deprecated {
        out.insert("deprecated".into(), true.into());
    }
    Value::Object(out)
}

fn kind(kind: &SchemaKind, out: &mut Map<String, Value>) {
    let mut put = |key: &str, value: Value| {
        out.insert(key.to_owned(), value);
    };
    match kind {
        SchemaKind::Any | SchemaKind::Draft(_) => {}
        SchemaKind::Never => put("not", json!({})),
        SchemaKind::Null => put("type", "null".into()),
        SchemaKind::Boolean => put("type", "boolean".into()),
        SchemaKind::String(text) => {
            put("type", "string".into());
            of_text(text, out);
        }
        SchemaKind::Number(range) => {
            put("type", if range.integer { "integer" } else { "number" }.into());
            of_range(range, out);
        }
        SchemaKind::Constants(values) => {
            put("type", types(values));
            put("enum", Value::Array(values.clone()));
        }
        SchemaKind::Array { items, min, max } => {
            put("type", "array".into());
            put("items", written(items));
            min.iter().for_each(|min| put("minItems", (*min).into()));
            max.iter().for_each(|max| put("maxItems", (*max).into()));
        }
        SchemaKind::Tuple { items, required, rest } => {
            put("type", "array".into());
            if !items.is_empty() {
                put("prefixItems", items.iter().map(written).collect());
            }
            put("items", rest.as_ref().map_or(Value::Bool(false), |rest| written(rest)));
            put("minItems", (*required).into());
            if rest.is_none() {
                put("maxItems", items.len().into());
            }
        }
        SchemaKind::Object { members, rest } => {
            put("type", "object".into());
            if !members.is_empty() {
                let properties: Map<String, Value> =
                    members.iter().map(|m| (m.name.clone(), written(&m.schema))).collect();
                put("properties", Value::Object(properties));
            }
            let required: Vec<&str> =
                members.iter().filter(|m| m.required).map(|m| m.name.as_str()).collect();
            if !required.is_empty() {
                put("required", required.into());
            }
            match rest {
                Rest::Open => {}
                Rest::Closed => put("additionalProperties", false.into()),
                Rest::Of(values) => put("additionalProperties", written(values)),
            }
        }
        SchemaKind::Union { variants, exclusive, discriminator } => {
            if let Some(merged) = simple(variants) {
                out.extend(merged);
                return;
            }
            put(if *exclusive { "oneOf" } else { "anyOf" }, variants.iter().map(written).collect());
            if let Some((property, tags)) = discriminator {
                let mut mapping = Map::new();
                for (variant, tags) in variants.iter().zip(tags) {
                    if let SchemaKind::Named(name) = &variant.kind {
                        for tag in tags {
                            mapping.insert(tag.clone(), reference(name).into());
                        }
                    }
                }
                put("discriminator", json!({ "propertyName": property, "mapping": mapping }));
            }
        }
        SchemaKind::Named(name) => put("$ref", reference(name).into()),
    }
}

fn reference(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

/// The types of constants: one word, or a list.
fn types(values: &[Value]) -> Value {
    let mut words: Vec<&str> = Vec::new();
    for value in values {
        let word = match value {
            Value::String(_) => "string",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            _ => "null",
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    match words.as_slice() {
        [one] => (*one).into(),
        words => words.into(),
    }
}

/// A primitive or constants, or `null`: one schema with two types.
fn simple(variants: &[Schema]) -> Option<Map<String, Value>> {
    let [one, null] = variants else { return None };
    let plain = one.description.is_none()
        && one.default.is_none()
        && one.example.is_none()
        && !one.deprecated;
    if null.kind != SchemaKind::Null || !plain {
        return None;
    }
    let mut out = Map::new();
    kind(&one.kind, &mut out);
    match &one.kind {
        SchemaKind::Boolean | SchemaKind::String(_) | SchemaKind::Number(_) => {
            out["type"] = json!([out["type"], "null"]);
        }
        SchemaKind::Constants(values) => {
            let mut values = values.clone();
            values.push(Value::Null);
            out["type"] = types(&values);
            out["enum"] = Value::Array(values);
        }
        _ => return None,
    }
    Some(out)
}

fn of_text(text: &Text, out: &mut Map<String, Value>) {
    if let Some(format) = &text.format {
        out.insert("format".into(), format.as_str().into());
    }
    match text.patterns.as_slice() {
        [] => {}
        [one] => {
            out.insert("pattern".into(), one.as_str().into());
        }
        several => {
            let all = several.iter().map(|pattern| json!({ "pattern": pattern })).collect();
            out.insert("allOf".into(), Value::Array(all));
        }
    }
    if let Some(min) = text.min {
        out.insert("minLength".into(), min.into());
    }
    if let Some(max) = text.max {
        out.insert("maxLength".into(), max.into());
    }
}

fn of_range(range: &Range, out: &mut Map<String, Value>) {
    if let Some((min, outside)) = range.min {
        out.insert(if outside { "exclusiveMinimum" } else { "minimum" }.into(), number(min));
    }
    if let Some((max, outside)) = range.max {
        out.insert(if outside { "exclusiveMaximum" } else { "maximum" }.into(), number(max));
    }
    if let Some(step) = range.multiple_of {
        out.insert("multipleOf".into(), number(step));
    }
}
