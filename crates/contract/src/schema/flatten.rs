//! Flattens parts that must all hold: `$ref` and `allOf` are followed, and what remains is a list
//! of schemas whose own keywords count.

use std::collections::{HashMap, HashSet};

use frontage_diagnostic::Diagnostic;

use super::keywords::{self, Declared, Kinds};
use super::{Lowering, Part, STEP_LIMIT, Skip};
use crate::codes;
use crate::tree::{Kind, NodeId};

/// Parts without composition.
#[derive(Debug, Default)]
pub(super) struct Flat {
    /// Schemas whose own keywords count, bases before what extends them.
    pub(super) nodes: Vec<(NodeId, Skip)>,
    /// All schemas that the parts led to.
    pub(super) reached: HashSet<NodeId>,
    /// What `type` allows; `None`: no schema says.
    pub(super) kinds: Option<Kinds>,
    /// The `type` that was read last.
    pub(super) said: Option<NodeId>,
    /// Whether `null` is allowed; `None`: no schema says.
    pub(super) null: Option<bool>,
    /// Whether no value can fit: `false` is among the parts.
    pub(super) never: bool,
    /// Why no value can fit, if two types contradict each other.
    pub(super) contradiction: Option<Diagnostic>,
    /// Why the parts are of no use.
    pub(super) fault: Option<Diagnostic>,
}

enum Step {
    Enter(Part),
    Leave(Part),
}

/// Flattens `parts`.
pub(super) fn flatten(lowering: &mut Lowering<'_>, parts: &[Part]) -> Flat {
    let mut flat = Flat::default();
    let mut walk = Walk { lowering, flat: &mut flat, nulls: HashMap::new(), path: HashSet::new() };
    // What is dealt with elsewhere must not be entered again through a reference.
    for part in parts.iter().filter(|part| part.skip.composition) {
        walk.nulls.insert(part.node, None);
    }
    let mut steps: Vec<Step> = parts.iter().rev().map(|&part| Step::Enter(part)).collect();
    while let Some(step) = steps.pop() {
        match step {
            Step::Enter(part) => walk.enter(part, &mut steps),
            Step::Leave(part) => walk.leave(part),
        }
    }
    let nulls: Vec<Option<bool>> =
        parts.iter().map(|part| walk.nulls.get(&part.node).copied().flatten()).collect();
    let reached = walk.nulls.keys().copied().collect();
    flat.null = all(nulls);
    flat.reached = reached;
    flat
}

/// Whether all that say something say yes; `None` if none says anything.
fn all(answers: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    answers.into_iter().flatten().reduce(|a, b| a && b)
}

struct Walk<'w, 'a> {
    lowering: &'w mut Lowering<'a>,
    flat: &'w mut Flat,
    /// What each schema that was entered says about `null`; filled when it is left.
    nulls: HashMap<NodeId, Option<bool>>,
    path: HashSet<NodeId>,
}

impl Walk<'_, '_> {
    fn enter(&mut self, part: Part, steps: &mut Vec<Step>) {
        let Part { node, skip } = part;
        let tree = self.lowering.tree;
        self.lowering.steps += 1;
        if self.lowering.steps > STEP_LIMIT {
            let span = self.lowering.refs.place(node);
            let message = "the schemas lead through more `allOf` and `$ref` than can be followed";
            let diagnostic = Diagnostic::error(codes::LIMIT, span, message)
                .help("put what they share into fewer schemas")
                .warning();
            self.flat.fault.get_or_insert(diagnostic);
            return;
        }
        if !skip.composition && self.nulls.contains_key(&node) {
            if self.path.contains(&node) {
                self.circle(node);
            }
            return;
        }
        match tree.kind(node) {
            Kind::Bool(true) | Kind::Null => return,
            Kind::Bool(false) => {
                self.flat.never = true;
                return;
            }
            Kind::Object => {}
            _ => {
                self.malformed(node, "a schema must be an object or a boolean");
                return;
            }
        }
        self.nulls.insert(node, None);
        if skip.composition {
            self.leave(part);
            return;
        }
        self.path.insert(node);
        steps.push(Step::Leave(part));
        let first = steps.len();
        if let Some(reference) = tree.get(node, "$ref") {
            let circle = self.lowering.refs.follow(node).err();
            match self.lowering.refs.resolve(reference) {
                // A circle of references alone never says anything; one through `allOf` does.
                Ok(_) if circle.as_ref().is_some_and(|d| d.code == codes::REFERENCE_CIRCLE) => {
                    self.flat.fault = circle;
                }
                Ok(target) => {
                    steps.push(Step::Enter(Part { node: target, skip: Skip::default() }));
                }
                Err(diagnostic) => self.flat.fault = Some(diagnostic),
            }
            if !self.lowering.siblings {
                return;
            }
        }
        if let Some(list) = keywords::get(tree, node, "allOf") {
            match tree.kind(list) {
                Kind::Array(items) => {
                    let enter = |&node| Step::Enter(Part { node, skip: Skip::default() });
                    steps.extend(items.iter().map(enter));
                }
                _ => self.malformed(list, "`allOf` must be a list of schemas"),
            }
        }
        steps[first..].reverse();
    }

    fn leave(&mut self, part: Part) {
        let Part { node, skip } = part;
        let tree = self.lowering.tree;
        self.path.remove(&node);
        let declared = match keywords::declared(tree, node) {
            Ok(declared) => declared,
            Err(name) => {
                self.no_type(name);
                None
            }
        };
        if let Some((name, spelling)) = declared.and_then(|declared| declared.respelt) {
            let span = self.lowering.refs.place(name);
            let text = tree.as_str(name).unwrap_or("");
            let message = format!("the type `{text}` is taken as `{spelling}`");
            self.lowering.report(
                Diagnostic::error(codes::IGNORED_KEYWORD, span, message)
                    .help(format!("write `type: {spelling}`"))
                    .warning(),
            );
        }
        let reference_only = tree.get(node, "$ref").is_some() && !self.lowering.siblings;
        if !skip.composition {
            let own = self.own_null(node, declared, reference_only);
            let null = match own {
                Some(true) => own,
                _ => all(std::iter::once(own).chain(self.children_null(node, reference_only))),
            };
            self.nulls.insert(node, null);
        }
        if reference_only {
            return;
        }
        if let Some(declared) = declared {
            let kinds = self.flat.kinds.map_or(declared.kinds, |kinds| kinds.and(declared.kinds));
            self.flat.kinds = Some(kinds);
            let null_only = declared.kinds == Kinds::NONE;
            if !null_only {
                let place = tree.get(node, "type").map_or(node, |ty| ty);
                match self.flat.said {
                    Some(other) if kinds == Kinds::NONE => self.contradiction(other, place),
                    _ => self.flat.said = Some(place),
                }
            }
        }
        if !keywords::only(tree, node, &["$ref", "allOf", "nullable"]) {
            self.flat.nodes.push((node, skip));
        }
    }

    /// What the schema's own keywords say about `null`.
    fn own_null(
        &self,
        node: NodeId,
        declared: Option<Declared>,
        reference_only: bool,
    ) -> Option<bool> {
        let tree = self.lowering.tree;
        let is_null = |&item: &NodeId| tree.kind(item) == Kind::Null;
        let listed =
            keywords::get(tree, node, "enum").map(|list| tree.elements(list).iter().any(is_null));
        let constant = tree.get(node, "const").map(|value| is_null(&value));
        if keywords::nullable(tree, node)
            || declared.is_some_and(|declared| declared.null)
            || listed == Some(true)
            || constant == Some(true)
        {
            return Some(true);
        }
        let constrained = declared.is_some()
            || listed.is_some()
            || constant.is_some()
            || ["properties", "items"].iter().any(|key| keywords::get(tree, node, key).is_some());
        (constrained && !reference_only).then_some(false)
    }

    fn children_null(&self, node: NodeId, reference_only: bool) -> Vec<Option<bool>> {
        let tree = self.lowering.tree;
        let target =
            tree.get(node, "$ref").and_then(|reference| self.lowering.refs.resolve(reference).ok());
        let list = tree.get(node, "allOf").filter(|_| !reference_only);
        let parts = list.map_or(&[][..], |list| tree.elements(list));
        let of = |node: &NodeId| self.nulls.get(node).copied().flatten();
        target.iter().chain(parts).map(of).collect()
    }

    fn circle(&mut self, node: NodeId) {
        let name = self.lowering.refs.name_of(node);
        let span = name.as_ref().map_or_else(|| self.lowering.refs.place(node), |(_, span)| *span);
        let shown = name.map_or_else(|| "this schema".to_owned(), |(name, _)| format!("`{name}`"));
        let message = format!("`allOf` leads from {shown} back to itself, and is ignored there");
        self.lowering.report(
            Diagnostic::error(codes::ALL_OF_CIRCLE, span, message)
                .help("put what both schemas share into a third one")
                .warning(),
        );
    }

    /// Two types that must both hold, and that no value but `null` has.
    fn contradiction(&mut self, one: NodeId, other: NodeId) {
        let text = |node: NodeId| match self.lowering.tree.kind(node) {
            Kind::String(text) => format!("`{text}`"),
            _ => "another".to_owned(),
        };
        let message = format!("no value is of both types, {} and {}", text(one), text(other));
        let places = (self.lowering.refs.place(one), self.lowering.refs.place(other));
        self.flat.contradiction.get_or_insert_with(|| {
            Diagnostic::error(codes::MALFORMED_SCHEMA, places.1, message)
                .also(places.0, "the other type")
                .help("what `allOf` joins must fit together; use `oneOf` if either may come")
                .warning()
        });
    }

    fn no_type(&mut self, name: NodeId) {
        let (message, help) = match self.lowering.tree.scalar_text(name) {
            Some(text) => (format!("`{text}` is not the name of a type"), keywords::instead(text)),
            None => {
                let message = "`type` must be a name or a list of names".to_owned();
                (message, "write a schema's own `type` in it, as in `type: object`".to_owned())
            }
        };
        self.fault(name, &message, help);
    }

    fn malformed(&mut self, node: NodeId, message: &str) {
        self.fault(node, message, "a schema is written as a mapping, `allOf` as a list of them");
    }

    fn fault(&mut self, node: NodeId, message: &str, help: impl Into<String>) {
        self.flat.fault.get_or_insert_with(|| {
            Diagnostic::error(codes::MALFORMED_SCHEMA, self.lowering.refs.place(node), message)
                .help(help)
                .warning()
        });
    }
}
