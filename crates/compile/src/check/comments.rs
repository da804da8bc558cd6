//! Documentation comments: what people wrote above routes, types and their members.
//!
//! In:    the places of names, and the texts they stand in.
//! Out:   the words of each `/** … */` right before such a name.
//! Never: a comment of a contract; its words stand in the contract's own model.

use std::collections::BTreeMap;

use frontage_diagnostic::{SourceMap, Span};

use crate::hir::{CheckedRoute, Comment};
use crate::resolve::PRELUDE_FILE;
use crate::types::{Kind, Ty, Types};

/// The comments of all routes, and of the types that their answers and inputs are made of.
pub(super) fn read(
    routes: &[CheckedRoute],
    types: &Types,
    sources: &SourceMap,
) -> BTreeMap<Span, Comment> {
    let mut found = BTreeMap::new();
    let mut note = |span: Span| {
        if let Some(comment) = before(span, sources) {
            found.insert(span, comment);
        }
    };
    for route in routes {
        note(route.span);
    }
    let mut seen = std::collections::BTreeSet::new();
    let mut todo: Vec<Ty> = routes.iter().map(|route| route.result).collect();
    while let Some(ty) = todo.pop() {
        if !seen.insert(ty) {
            continue;
        }
        match types.kind(ty) {
            Kind::Array { element, .. } => todo.push(*element),
            Kind::Tuple { elements, rest, .. } => {
                todo.extend(elements.iter().map(|e| e.ty));
                todo.extend(rest);
            }
            Kind::Union(members) => todo.extend(members.iter()),
            Kind::Library(_, arguments) => todo.extend(arguments.iter()),
            Kind::Object(id) => {
                let Some(object) = types.members(*id) else { continue };
                object.span.into_iter().for_each(&mut note);
                for property in &object.properties {
                    property.span.into_iter().for_each(&mut note);
                    todo.push(property.ty);
                }
                todo.extend(object.index.map(|index| index.value));
            }
            _ => {}
        }
    }
    found
}

/// The comment that ends right before the declaration whose name stands at `span`.
fn before(span: Span, sources: &SourceMap) -> Option<Comment> {
    if span.file == PRELUDE_FILE {
        return None;
    }
    let file = sources.file(span.file);
    if !file.path.ends_with(".ts") {
        return None;
    }
    let mut text = file.text.get(..span.start as usize)?.trim_end();
    for word in ["const", "interface", "type", "readonly", "export"] {
        text = text.strip_suffix(word).map_or(text, str::trim_end);
    }
    let start = text.strip_suffix("*/")?.rfind("/*")?;
    let inside = text.get(start..)?.strip_prefix("/**")?.strip_suffix("*/")?;
    let mut words = String::new();
    let mut deprecated = false;
    let mut tagged = false;
    for line in inside.lines() {
        let line = line.trim().trim_start_matches('*').trim();
        if let Some(tag) = line.strip_prefix('@') {
            tagged = true;
            deprecated |= tag.split_whitespace().next() == Some("deprecated");
        }
        if tagged {
            continue;
        }
        if !words.is_empty() {
            words.push('\n');
        }
        words.push_str(line);
    }
    Some(Comment { text: words.trim().into(), deprecated })
}
