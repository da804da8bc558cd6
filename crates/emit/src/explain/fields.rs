//! The fields that a projection reads, as paths such as `items[].name`.

use frontage_plan::{AnswerKind, Call, Form, Plan, Rest, Shape, ShapeId};

/// What a call reads of its answers, in the contract's order.
pub(super) fn of_call(plan: &Plan, call: &Call) -> Vec<String> {
    let mut paths = Paths { plan, found: Vec::new(), open: Vec::new() };
    for (_, kind) in &call.answers {
        match kind {
            AnswerKind::Json(shape) => paths.shape(*shape, String::new()),
            AnswerKind::Text => paths.add("…".into()),
            AnswerKind::Empty => {}
        }
    }
    paths.found
}

struct Paths<'p> {
    plan: &'p Plan,
    found: Vec<String>,
    open: Vec<ShapeId>,
}

impl Paths<'_> {
    fn add(&mut self, path: String) {
        if !path.is_empty() && !self.found.contains(&path) {
            self.found.push(path);
        }
    }

    fn shape(&mut self, id: ShapeId, path: String) {
        if self.open.contains(&id) {
            return self.add(path + "…");
        }
        let node = self.plan.shape(id);
        let is_part = matches!(
            node.shape,
            Shape::Object { .. } | Shape::Array(_) | Shape::Tuple(..) | Shape::Tagged { .. }
        );
        if node.form == Form::Raw && is_part {
            return self.add(path + "…");
        }
        self.open.push(id);
        match &node.shape {
            Shape::Skip | Shape::Null | Shape::Never => {}
            Shape::Any => self.add(path + "…"),
            Shape::Bool
            | Shape::Integer
            | Shape::Number
            | Shape::String
            | Shape::Enum(_)
            | Shape::Constant(_) => {
                self.add(if path.is_empty() { "…".into() } else { path });
            }
            Shape::Array(element) => self.elements(&[*element], path),
            Shape::Tuple(items, rest) => {
                let all: Vec<_> = items.iter().chain(rest).copied().collect();
                self.elements(&all, path);
            }
            Shape::Object { fields, rest } => {
                let before = self.found.len();
                for field in fields {
                    let dot = if path.is_empty() { "" } else { "." };
                    self.shape(field.shape, format!("{path}{dot}{}", field.name));
                }
                if let Rest::Keep(shape) = rest {
                    let dot = if path.is_empty() { "" } else { "." };
                    self.shape(*shape, format!("{path}{dot}*"));
                }
                if self.found.len() == before {
                    self.add(path);
                }
            }
            Shape::Union(variants) => {
                for variant in variants {
                    self.shape(*variant, path.clone());
                }
            }
            Shape::Tagged { property, variants } => {
                let dot = if path.is_empty() { "" } else { "." };
                self.add(format!("{path}{dot}{property}"));
                for (_, variant) in variants {
                    self.shape(*variant, path.clone());
                }
            }
        }
        self.open.pop();
    }

    fn elements(&mut self, elements: &[ShapeId], path: String) {
        let path = path + "[]";
        let before = self.found.len();
        for element in elements {
            self.shape(*element, path.clone());
        }
        if self.found.len() == before {
            self.add(path);
        }
    }
}
