//! What a route answers, field by field, for comparing it with other routes.

use std::collections::{BTreeMap, BTreeSet};

use frontage_compile::hir::{Checked, CheckedKind, CheckedRoute};
use frontage_compile::types::{Kind, ObjectId, Ty, Types};

/// Deepest field that counts.
const DEEPEST: usize = 16;
/// Most fields of one answer that are told apart: types that hold each other have no end of them.
const MOST: usize = 5_000;

/// The fields of a route's answer with what they are: `items[].name: null | string`.
pub(super) fn of_route(unit: &Checked, route: &CheckedRoute, handed_on: &str) -> BTreeSet<String> {
    if matches!(route.kind, CheckedKind::Passthrough { .. }) {
        return BTreeSet::from([format!("all of {handed_on}")]);
    }
    let mut walk = Walk { types: &unit.types, found: BTreeMap::new(), open: Vec::new() };
    walk.value(route.result, "");
    let fields = walk.found.into_iter().map(|(path, kinds)| {
        let kinds: Vec<&str> = kinds.into_iter().collect();
        format!("{path}: {}", kinds.join(" | "))
    });
    fields.collect()
}

struct Walk<'t> {
    types: &'t Types,
    found: BTreeMap<String, BTreeSet<&'static str>>,
    open: Vec<ObjectId>,
}

impl Walk<'_> {
    fn leaf(&mut self, path: &str, kind: &'static str) {
        let path = if path.is_empty() { "it" } else { path };
        self.found.entry(path.to_owned()).or_default().insert(kind);
    }

    fn value(&mut self, ty: Ty, path: &str) {
        match self.types.kind(ty) {
            Kind::String | Kind::StringLiteral { .. } => self.leaf(path, "string"),
            Kind::Number | Kind::NumberLiteral { .. } => self.leaf(path, "number"),
            Kind::Boolean { .. } => self.leaf(path, "boolean"),
            Kind::Null => self.leaf(path, "null"),
            // Left out of an object, and nothing at all as an answer.
            Kind::Undefined | Kind::Void | Kind::Never => {}
            Kind::Array { element, .. } => self.value(*element, &format!("{path}[]")),
            Kind::Tuple { elements, rest, .. } => {
                let all: Vec<Ty> = elements.iter().map(|e| e.ty).chain(*rest).collect();
                for element in all {
                    self.value(element, &format!("{path}[]"));
                }
            }
            Kind::Union(variants) => {
                for variant in variants.iter().copied() {
                    self.value(variant, path);
                }
            }
            Kind::Library(name, arguments) => match (&**name, arguments.first()) {
                // What a reply carries; a date is written as text.
                ("Reply" | "Promise", Some(inner)) => self.value(*inner, path),
                ("Date", _) => self.leaf(path, "string"),
                _ => self.leaf(path, "other"),
            },
            Kind::Object(id) => self.object(*id, path),
            _ => self.leaf(path, "other"),
        }
    }

    fn object(&mut self, id: ObjectId, path: &str) {
        let Some(object) = self.types.members(id).cloned() else {
            return self.leaf(path, "object");
        };
        if self.open.contains(&id) || self.open.len() >= DEEPEST || self.found.len() >= MOST {
            return;
        }
        self.open.push(id);
        let member = |name: &str| match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        for property in &object.properties {
            self.value(property.ty, &member(&property.name));
        }
        if let Some(index) = object.index {
            self.value(index.value, &member("*"));
        }
        if object.is_empty() {
            self.leaf(path, "object");
        }
        self.open.pop();
    }
}
