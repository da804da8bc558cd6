//! Schemas as TypeScript.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::api::{Member, Rest, Schema, SchemaKind};
use crate::typescript::{comment, key, quoted};

/// Names that the client's own text needs.
const RESERVED: &[&str] = &[
    "AbortController",
    "AbortSignal",
    "Answer",
    "AnswerError",
    "Array",
    "Asked",
    "Asker",
    "BodyInit",
    "CallOptions",
    "Client",
    "ClientOptions",
    "Codes",
    "Error",
    "FormData",
    "HeaderValues",
    "Headers",
    "JSON",
    "Map",
    "NetworkError",
    "Number",
    "Object",
    "Omit",
    "Pick",
    "ProblemError",
    "Promise",
    "Readonly",
    "Record",
    "RequestCredentials",
    "RequestInit",
    "Response",
    "String",
    "TimeoutError",
    "TypeError",
    "URLSearchParams",
];

/// Which way a value travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// To the backend: what may be left out may be `undefined` too.
    Sent,
    /// From the backend.
    Received,
}

/// Spells schemas.
pub(super) struct Spelling {
    names: BTreeMap<String, String>,
}

impl Spelling {
    /// - `schemas`: names in the document; each keeps its own unless the client needs that.
    pub(super) fn new<'n>(schemas: impl Iterator<Item = &'n String>) -> Self {
        let mut names = BTreeMap::new();
        for name in schemas {
            let own =
                if RESERVED.contains(&name.as_str()) { format!("{name}_") } else { name.clone() };
            names.insert(name.clone(), own);
        }
        Self { names }
    }

    pub(super) fn name<'s>(&'s self, name: &'s str) -> &'s str {
        self.names.get(name).map_or(name, String::as_str)
    }

    /// A named schema's declaration.
    pub(super) fn declaration(&self, name: &str, schema: &Schema, side: Side) -> String {
        let mut out = format!("\n{}", comment(&words(schema), 0));
        let name = self.name(name);
        // Writing to a string cannot fail.
        match &schema.kind {
            SchemaKind::Object { members, rest } if !members.is_empty() || *rest != Rest::Open => {
                let _ = writeln!(out, "export interface {name} {{");
                self.members(members, rest, side, 2, &mut out);
                out.push_str("}\n");
            }
            _ => {
                let text = self.text(schema, side, 0);
                let _ = writeln!(out, "export type {name} = {text};");
            }
        }
        out
    }

    pub(super) fn members(
        &self,
        members: &[Member],
        rest: &Rest,
        side: Side,
        indent: usize,
        out: &mut String,
    ) {
        let pad = " ".repeat(indent);
        let mut kinds: Vec<String> = Vec::new();
        let mut optional = false;
        for Member { name, schema, required } in members {
            out.push_str(&comment(&words(schema), indent));
            let text = self.text(schema, side, indent);
            let mark = if *required { "" } else { "?" };
            let missing = if !required && side == Side::Sent { " | undefined" } else { "" };
            let _ = writeln!(out, "{pad}{}{mark}: {text}{missing};", key(name));
            optional |= !required;
            if !kinds.contains(&text) {
                kinds.push(text);
            }
        }
        if let Rest::Of(values) = rest {
            // TypeScript wants the declared members to fit the index signature.
            let own = self.text(values, side, indent);
            kinds.retain(|kind| *kind != own);
            kinds.insert(0, own);
            if optional {
                kinds.push("undefined".into());
            }
            let _ = writeln!(out, "{pad}[key: string]: {};", kinds.join(" | "));
        }
    }

    /// A schema's text; a lengthy one goes on at `indent`.
    pub(super) fn text(&self, schema: &Schema, side: Side, indent: usize) -> String {
        match &schema.kind {
            SchemaKind::Any | SchemaKind::Draft(_) => "unknown".into(),
            SchemaKind::Never => "never".into(),
            SchemaKind::Null => "null".into(),
            SchemaKind::Boolean => "boolean".into(),
            SchemaKind::String(_) => "string".into(),
            SchemaKind::Number(_) => "number".into(),
            SchemaKind::Constants(values) => {
                values.iter().map(literal).collect::<Vec<_>>().join(" | ")
            }
            SchemaKind::Array { items, .. } => {
                let inner = self.text(items, side, indent);
                let readonly = if side == Side::Sent { "readonly " } else { "" };
                if self.tight(items) {
                    format!("{readonly}{inner}[]")
                } else {
                    format!("{readonly}({inner})[]")
                }
            }
            SchemaKind::Tuple { items, required, rest } => {
                let mut parts: Vec<String> = Vec::new();
                for (at, item) in items.iter().enumerate() {
                    let text = self.text(item, side, indent);
                    parts.push(if at < *required { text } else { format!("({text})?") });
                }
                if let Some(rest) = rest {
                    parts.push(format!("...({})[]", self.text(rest, side, indent)));
                }
                let readonly = if side == Side::Sent { "readonly " } else { "" };
                format!("{readonly}[{}]", parts.join(", "))
            }
            SchemaKind::Object { members, rest } => {
                if members.is_empty() && matches!(rest, Rest::Open | Rest::Closed) {
                    return "object".into();
                }
                let mut out = String::from("{\n");
                self.members(members, rest, side, indent + 2, &mut out);
                out.push_str(&" ".repeat(indent));
                out.push('}');
                out
            }
            SchemaKind::Union { variants, .. } => {
                let mut parts: Vec<String> = Vec::new();
                for variant in variants {
                    let text = self.text(variant, side, indent);
                    if !parts.contains(&text) {
                        parts.push(text);
                    }
                }
                parts.join(" | ")
            }
            SchemaKind::Named(name) => self.name(name).to_owned(),
        }
    }

    /// Whether `[]` may follow a schema's text.
    fn tight(&self, schema: &Schema) -> bool {
        match &schema.kind {
            SchemaKind::Constants(values) => values.len() == 1,
            SchemaKind::Union { .. } | SchemaKind::Array { .. } | SchemaKind::Tuple { .. } => false,
            _ => true,
        }
    }
}

/// The paragraphs of a schema's comment.
fn words(schema: &Schema) -> Vec<String> {
    let mut words: Vec<String> = schema.description.iter().cloned().collect();
    if let Some(default) = &schema.default {
        words.push(format!("@default {default}"));
    }
    if schema.deprecated {
        words.push("@deprecated".into());
    }
    words
}

fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}
