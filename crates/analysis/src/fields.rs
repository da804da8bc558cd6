//! Which fields of answers a plan reads.

use std::collections::BTreeSet;

use frontage_plan::{AnswerKind, Call, Plan, Rest, Shape, ShapeId};

/// The fields that a call reads, as paths such as `items[].name`; a list or an object of which only
/// its being there is looked at counts as one.
pub(crate) fn of_call(plan: &Plan, call: &Call) -> BTreeSet<String> {
    let mut walk = Walk { plan, found: BTreeSet::new(), open: Vec::new() };
    for (_, kind) in &call.answers {
        match kind {
            AnswerKind::Json(shape) => walk.shape(*shape, ""),
            AnswerKind::Text => walk.add(""),
            AnswerKind::Empty => {}
        }
    }
    walk.found
}

struct Walk<'p> {
    plan: &'p Plan,
    found: BTreeSet<String>,
    open: Vec<ShapeId>,
}

impl Walk<'_> {
    fn add(&mut self, path: &str) {
        self.found.insert(path.to_owned());
    }

    fn shape(&mut self, id: ShapeId, path: &str) {
        // What holds itself is counted once.
        if self.open.contains(&id) {
            return;
        }
        self.open.push(id);
        let before = self.found.len();
        let plan = self.plan;
        let member = |name: &str| match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        match &plan.shape(id).shape {
            // A field of which only whether it is `null` counts is told by its other variants.
            Shape::Skip | Shape::Never | Shape::Null => {}
            Shape::Any
            | Shape::Bool
            | Shape::Integer
            | Shape::Number
            | Shape::String
            | Shape::Enum(_)
            | Shape::Constant(_) => self.add(path),
            Shape::Array(element) => {
                self.shape(*element, &format!("{path}[]"));
                if self.found.len() == before {
                    self.add(&format!("{path}[]"));
                }
            }
            Shape::Tuple(items, rest) => {
                for item in items.iter().chain(rest) {
                    self.shape(*item, &format!("{path}[]"));
                }
            }
            Shape::Object { fields, rest } => {
                for field in fields {
                    self.shape(field.shape, &member(&field.name));
                }
                if let Rest::Keep(shape) = rest {
                    self.shape(*shape, &member("*"));
                }
                if self.found.len() == before && !path.is_empty() {
                    self.add(path);
                }
            }
            Shape::Union(variants) => {
                for variant in variants {
                    self.shape(*variant, path);
                }
            }
            Shape::Tagged { property, variants } => {
                let had = self.found.contains(path);
                self.add(&member(property));
                for (_, variant) in variants {
                    self.shape(*variant, path);
                }
                // A variant of which nothing else is read.
                if !had {
                    self.found.remove(path);
                }
            }
        }
        self.open.pop();
    }
}
