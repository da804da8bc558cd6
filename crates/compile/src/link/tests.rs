//! Shapes of several parts in one table: each means what it meant, and equal ones stand once.

use std::collections::BTreeSet;

use frontage_plan::{Field, Form, Node, Rest, Shape, ShapeId};
use proptest::prelude::*;

use super::{Shapes, Tables, each_part_mut};
use crate::lower::Part;

/// Shapes of a part that lead to one another in any way.
fn nodes() -> impl Strategy<Value = Vec<Node>> {
    (1..9_u32).prop_flat_map(|count| {
        let id = (0..count).prop_map(ShapeId);
        let field = |(name, shape): (u8, ShapeId)| Field {
            name: format!("f{name}").into(),
            shape,
            required: name % 2 == 0,
        };
        let shape = prop_oneof![
            Just(Shape::String),
            Just(Shape::Number),
            id.clone().prop_map(Shape::Array),
            proptest::collection::vec(id.clone(), 1..3).prop_map(Shape::Union),
            proptest::collection::vec((0..3_u8, id), 1..4).prop_map(move |fields| {
                let fields = fields.into_iter().map(field).collect();
                Shape::Object { fields, rest: Rest::Cut }
            }),
        ];
        let form = prop_oneof![Just(Form::Decoded), Just(Form::Raw)];
        let node = (shape, form).prop_map(|(shape, form)| Node { shape, form });
        proptest::collection::vec(node, count as usize)
    })
}

fn part(shapes: Vec<Node>) -> Part {
    let (operations, made) = (Vec::new(), Vec::new());
    Part { operations, shapes, made, routes: Vec::new(), patterns: Vec::new() }
}

/// The same shapes at other places.
fn moved(nodes: &[Node], by: usize) -> (Vec<Node>, Vec<usize>) {
    let places: Vec<usize> = (0..nodes.len()).map(|at| (at * 7 + by) % nodes.len()).collect();
    let mut sorted: Vec<usize> = (0..nodes.len()).collect();
    sorted.sort_by_key(|&at| (places[at], at));
    let mut now = vec![0; nodes.len()];
    sorted.iter().enumerate().for_each(|(place, &at)| now[at] = place);
    let renamed = sorted.iter().map(|&at| {
        let mut node = nodes[at].clone();
        each_part_mut(&mut node.shape, &mut |id| *id = ShapeId(now[id.0 as usize] as u32));
        node
    });
    (renamed.collect(), now)
}

/// A shape as text, some steps deep.
fn unfolded(nodes: &[Node], at: ShapeId, depth: usize) -> String {
    let mut node = nodes[at.0 as usize].clone();
    if depth == 0 {
        return String::new();
    }
    let mut parts = Vec::new();
    each_part_mut(&mut node.shape, &mut |id| {
        parts.push(unfolded(nodes, *id, depth - 1));
        *id = ShapeId(0);
    });
    format!("{node:?}({})", parts.join(","))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn each_shape_means_what_it_meant_and_stands_once(
        nodes in nodes(), by in 0..9_usize, first in 0..9_usize,
    ) {
        let mut tables = Tables::default();
        let one = part(nodes.clone());
        let mut shapes = Shapes::new(&one);
        // Whichever is asked for first.
        let first = first % nodes.len();
        let order = (first..nodes.len()).chain(0..first);
        let ids: Vec<ShapeId> = {
            let mut ids = vec![ShapeId(0); nodes.len()];
            order.for_each(|at| ids[at] = tables.shape(&mut shapes, at));
            ids
        };
        for (at, id) in ids.iter().enumerate() {
            let meant = unfolded(&nodes, ShapeId(at as u32), 5);
            prop_assert_eq!(meant, unfolded(&tables.nodes, *id, 5));
        }
        let count = tables.nodes.len();
        prop_assert!(count <= nodes.len());
        let (other, now) = moved(&nodes, by);
        let two = part(other);
        let mut shapes = Shapes::new(&two);
        for (at, place) in now.into_iter().enumerate() {
            let id = tables.shape(&mut shapes, place);
            let meant = unfolded(&nodes, ShapeId(at as u32), 5);
            prop_assert_eq!(meant, unfolded(&tables.nodes, id, 5));
        }
        // Of a circle whose shapes mean the same, another part may come to another one.
        let meanings = (0..nodes.len()).map(|at| unfolded(&nodes, ShapeId(at as u32), 8));
        if meanings.collect::<BTreeSet<String>>().len() == nodes.len() {
            prop_assert_eq!(tables.nodes.len(), count, "{:?}", tables.nodes);
        }
    }
}
