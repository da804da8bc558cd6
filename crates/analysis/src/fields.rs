//! Which fields of answers a plan reads.

use std::collections::BTreeSet;

use frontage_plan::{AnswerKind, Call, Plan, Rest, Shape, ShapeId};

/// The fields that a call reads, as paths such as `items[].name`; a list or an object of which only
/// its being there is looked at counts as one.
pub(crate) fn of_call(plan: &Plan, call: &Call) -> BTreeSet<String> {
    let mut walk = Walk { plan, found: BTreeSet::new(), open: Vec::new(), is_tagged: false };
    for (_, kind) in &call.answers {
        match kind {
            AnswerKind::Json(shape) => drop(walk.shape(*shape, "")),
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
    /// Directly within variants that a property tells apart.
    is_tagged: bool,
}

/// Most fields of one call that are told apart: types that hold each other have no end of them.
const MOST: usize = 5_000;

impl Walk<'_> {
    fn add(&mut self, path: &str) {
        self.found.insert(path.to_owned());
    }

    /// Whether anything is read there.
    fn shape(&mut self, id: ShapeId, path: &str) -> bool {
        // What holds itself is counted once.
        if self.open.contains(&id) || self.found.len() >= MOST {
            return true;
        }
        self.open.push(id);
        let reads = self.inner(id, path);
        self.open.pop();
        reads
    }

    fn inner(&mut self, id: ShapeId, path: &str) -> bool {
        let plan = self.plan;
        let member = |name: &str| match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        match &plan.shape(id).shape {
            // A field of which only whether it is `null` counts is told by its other variants.
            Shape::Skip | Shape::Never | Shape::Null => return false,
            Shape::Any
            | Shape::Bool
            | Shape::Integer
            | Shape::Number
            | Shape::String
            | Shape::Enum(_)
            | Shape::Constant(_) => self.add(path),
            Shape::Array(element) => {
                let inner = format!("{path}[]");
                if !self.shape(*element, &inner) {
                    self.add(&inner);
                }
            }
            Shape::Tuple(items, rest) => {
                for item in items.iter().chain(rest) {
                    self.shape(*item, &format!("{path}[]"));
                }
            }
            Shape::Object { fields, rest } => {
                let is_variant = std::mem::replace(&mut self.is_tagged, false);
                let mut reads = false;
                for field in fields {
                    reads |= self.shape(field.shape, &member(&field.name));
                }
                if let Rest::Keep(shape) = rest {
                    reads |= self.shape(*shape, &member("*"));
                }
                self.is_tagged = is_variant;
                if !reads && !is_variant && !path.is_empty() {
                    self.add(path);
                    return true;
                }
                return reads;
            }
            Shape::Union(variants) => {
                let mut reads = false;
                for variant in variants {
                    reads |= self.shape(*variant, path);
                }
                return reads;
            }
            Shape::Tagged { property, variants } => {
                self.add(&member(property));
                // Of a variant nothing else may be read.
                let around = std::mem::replace(&mut self.is_tagged, true);
                for (_, variant) in variants {
                    self.shape(*variant, path);
                }
                self.is_tagged = around;
            }
        }
        true
    }
}
