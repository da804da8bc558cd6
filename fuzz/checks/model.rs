//! The slow model of `frontage_json::read`: what a shape leaves of a value of `serde_json`.
//!
//! In:    a shape as a tree, and a value.
//! Out:   the value cut to the shape; none if it does not fit.

use frontage_plan::{Field, Form, Node, Rest, Shape, ShapeId};
use serde_json::Value as Json;

/// A shape as a tree.
#[derive(Debug, Clone)]
pub(crate) enum Tree {
    /// Nothing within it.
    Leaf(Shape),
    /// A list.
    List(Box<Tree>),
    /// Fields, whether each must be there, and what others are.
    Record(Vec<(String, Tree, bool)>, Option<Box<Tree>>),
    /// The first of these that fits.
    Either(Vec<Tree>),
}

/// Puts a tree among the nodes of a plan.
pub(crate) fn store(tree: &Tree, nodes: &mut Vec<Node>, form: Form) -> ShapeId {
    let shape = match tree {
        Tree::Leaf(shape) => shape.clone(),
        Tree::List(inner) => Shape::Array(store(inner, nodes, form)),
        Tree::Record(fields, rest) => {
            let fields = fields
                .iter()
                .map(|(name, tree, required)| Field {
                    name: name.as_str().into(),
                    shape: store(tree, nodes, form),
                    required: *required,
                })
                .collect();
            let rest = rest.as_ref().map_or(Rest::Cut, |tree| Rest::Keep(store(tree, nodes, form)));
            Shape::Object { fields, rest }
        }
        Tree::Either(variants) => {
            Shape::Union(variants.iter().map(|tree| store(tree, nodes, form)).collect())
        }
    };
    nodes.push(Node { shape, form });
    ShapeId(u32::try_from(nodes.len() - 1).expect("few"))
}

/// The projection. What is skipped is null wherever a value has to stand.
pub(crate) fn project(value: &Json, tree: &Tree) -> Option<Json> {
    match (tree, value) {
        (Tree::Leaf(Shape::Skip), _) => Some(Json::Null),
        (Tree::Leaf(Shape::Any), value) => Some(value.clone()),
        (Tree::Leaf(Shape::Null), Json::Null)
        | (Tree::Leaf(Shape::Bool), Json::Bool(_))
        | (Tree::Leaf(Shape::Number), Json::Number(_))
        | (Tree::Leaf(Shape::String), Json::String(_)) => Some(value.clone()),
        (Tree::Leaf(Shape::Integer), Json::Number(n)) => {
            (n.as_f64()?.fract() == 0.0).then(|| value.clone())
        }
        (Tree::List(inner), Json::Array(list)) => {
            list.iter().map(|v| project(v, inner)).collect::<Option<Vec<_>>>().map(Json::Array)
        }
        (Tree::Record(fields, rest), Json::Object(members)) => {
            let mut kept = serde_json::Map::new();
            if fields.iter().any(|(name, _, required)| *required && !members.contains_key(name)) {
                return None;
            }
            for (name, member) in members {
                let field = fields.iter().find(|(f, ..)| f == name).map(|(_, tree, _)| tree);
                match field.or(rest.as_deref()) {
                    Some(Tree::Leaf(Shape::Skip)) | None => {}
                    Some(tree) => {
                        kept.insert(name.clone(), project(member, tree)?);
                    }
                }
            }
            Some(Json::Object(kept))
        }
        (Tree::Either(variants), value) => variants.iter().find_map(|tree| project(value, tree)),
        _ => None,
    }
}

/// Numbers as `f64`, so that spellings do not matter.
///
/// - `sorted`: the order of members does not matter either, as names of digits come first.
pub(crate) fn normal(value: &Json, sorted: bool) -> String {
    match value {
        Json::Number(n) => format!("{:?}", n.as_f64().map(|n| n + 0.0)),
        Json::Array(list) => {
            let list: Vec<String> = list.iter().map(|item| normal(item, sorted)).collect();
            format!("[{}]", list.join(","))
        }
        Json::Object(members) => {
            let member = |(name, value)| format!("{name:?}:{}", normal(value, sorted));
            let mut members: Vec<String> = members.iter().map(member).collect();
            if sorted {
                members.sort();
            }
            format!("{{{}}}", members.join(","))
        }
        other => other.to_string(),
    }
}
