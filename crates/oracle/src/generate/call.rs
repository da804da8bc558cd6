//! Calls of operations, with arguments from what is in scope.

use super::contract::{Contract, Operation, Place};
use super::expression::Generator;
use super::node::{Node, Part};
use super::ty::{Ty, key};

impl Generator<'_> {
    /// `alpha.getThing0({ id: … }, { … })`, without `await`; its type is that of its answer.
    pub(crate) fn call(&mut self, contract: &Contract, operation: &Operation, depth: u32) -> Node {
        let mut given: Vec<Node> = Vec::new();
        let mut optional: Vec<Node> = Vec::new();
        let schemas = operation.parameters.iter().map(|p| (p.name, &p.schema, p.required, p.place));
        let schemas = schemas.chain(operation.body.iter().map(|b| ("body", b, true, Place::Query)));
        for (name, schema, required, place) in schemas.collect::<Vec<_>>() {
            let ty = contract.ty(operation.upstream, schema);
            if !required && self.chance(60) {
                continue;
            }
            let ty = if !required && self.chance(20) { ty.or(Ty::Undef) } else { ty };
            let value = self.argument(&ty, depth, place == Place::Path);
            let list = if required { &mut given } else { &mut optional };
            list.push(member(name, value));
        }
        let empty = given.is_empty() && optional.is_empty();
        let bare = empty && operation.parameters.iter().all(|p| !p.required) && self.chance(30);
        let options = self.options();
        let mut parts =
            vec![Part::Text(format!("{}.{}(", operation.upstream, operation.id).into())];
        if !(bare && options.is_none()) {
            parts.push(Part::Text("{ ".into()));
            for (index, node) in given.into_iter().enumerate() {
                parts.push(Part::Text(if index > 0 { ", " } else { "" }.into()));
                parts.push(Part::Node(node));
            }
            parts.push(Part::Text(if parts.len() > 2 { ", " } else { "" }.into()));
            parts.push(Part::List(optional, ", "));
            parts.push(Part::Text(" }".into()));
        }
        let mut nulls = false;
        if let Some((node, null_on)) = options {
            nulls = null_on;
            parts.push(Part::Text(", ".into()));
            parts.push(Part::Node(node));
        }
        parts.push(Part::Text(")".into()));
        let ty = match &operation.answer {
            Some(schema) => contract.ty(operation.upstream, schema),
            None => Ty::Undef,
        };
        let ty = if nulls { ty.or(Ty::Null) } else { ty };
        let node = Node::expr(ty, parts).id("call.operation");
        let node = if empty { node.id("call.no-arguments") } else { node };
        if operation.safe { node } else { node.id("call.unsafe") }
    }

    /// An argument; one in a path mostly is a text that names something.
    fn argument(&mut self, ty: &Ty, depth: u32, path: bool) -> Node {
        if path && self.chance(35) {
            let text = ["\"i1\"", "\"i2\"", "\"a/b\"", "\"é ü\""];
            return Node::leaf(Ty::Str, self.pick::<&str>(&text[..])).id("expr.string");
        }
        self.expr(ty, depth, None)
    }

    /// Options of a call, and whether it may give `null`.
    fn options(&mut self) -> Option<(Node, bool)> {
        if self.chance(60) {
            return None;
        }
        let mut node = Node::other(Vec::new());
        let mut members = Vec::new();
        let mut nulls = false;
        if self.chance(40) {
            let text = *self.pick(&["timeout: 60000", "timeout: 120000", "timeout: 90001"]);
            members.push(Node::other(vec![Part::Text(text.into())]).id("call.timeout"));
        }
        if self.chance(55) {
            nulls = true;
            let text = *self.pick(&["[404]", "[404, 410]", "[400, 403, 404, 409]", "[500, 503]"]);
            // Its going would change the type of what the call gives.
            node.parts.push(Part::Text(format!("{{ nullOn: {text}, ").into()));
            node = node.id("call.null-on");
        } else {
            node.parts.push(Part::Text("{ ".into()));
        }
        if self.chance(35) {
            let text = *self.pick(&["s1", "s2", "s3"]);
            let text = format!("headers: {{ \"x-site\": \"{text}\" }}");
            members.push(Node::other(vec![Part::Text(text.into())]).id("call.headers"));
        }
        node.parts.push(Part::List(members, ", "));
        node.parts.push(Part::Text(" }".into()));
        Some((node, nulls))
    }
}

/// `name: value`
pub(crate) fn member(name: &str, value: Node) -> Node {
    Node::other(vec![Part::Text(format!("{}: ", key(name)).into()), Part::Node(value)])
}
