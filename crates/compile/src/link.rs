//! Linking: the parts of a plan become one.
//!
//! In:    what lowering made of each unit, with tables of its own.
//! Out:   a plan with one table of each kind, in which equal things stand once.
//! Never: an order that depends on the order of the parts: equal input gives an equal plan.
//!
//! Start at [`link`].

use std::collections::{BTreeMap, HashMap};

use frontage_plan::{
    AnswerKind, Form, Made, MadeId, Name, Node, Operation, OperationId, Pattern, Plan, Rest, Route,
    RouteKind, Shape, ShapeId, Upstream, UpstreamId,
};

use crate::Workspace;
use crate::hir::OperationRef;
use crate::lower::{Part, each_call, order, without_unused};

/// Links parts to a plan.
pub(crate) fn link(frontend: &Name, workspace: &Workspace, parts: &[&Part]) -> Plan {
    let mut called: BTreeMap<OperationRef, &Operation> = BTreeMap::new();
    let mut patterns: BTreeMap<&Name, &Pattern> = BTreeMap::new();
    let mut routes: Vec<(&Route, usize)> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        called.extend(part.operations.iter().map(|(reference, operation)| (*reference, operation)));
        patterns.extend(part.patterns.iter().map(|pattern| (&pattern.shown, pattern)));
        routes.extend(part.routes.iter().map(|route| (route, at)));
    }
    // In the order of the plan, so that nothing depends on the order of files.
    routes.sort_by(|(a, _), (b, _)| order((&a.path, a.method), (&b.path, b.method)));

    let mut used: Vec<u16> = called.keys().map(|reference| reference.upstream).collect();
    used.dedup();
    let upstreams = used.iter().map(|&index| {
        let upstream = &workspace.upstreams[usize::from(index)];
        Upstream { name: upstream.name.clone(), timeout_ms: upstream.timeout_ms }
    });
    let operations = called.iter().map(|(reference, operation)| {
        let index = used.partition_point(|&index| index < reference.upstream);
        Operation { upstream: UpstreamId(index as u16), ..Operation::clone(operation) }
    });
    let ids: BTreeMap<OperationRef, OperationId> = called
        .keys()
        .enumerate()
        .map(|(at, reference)| (*reference, OperationId(at as u32)))
        .collect();

    let mut tables = Tables::default();
    let mut open: Vec<Option<Shapes<'_>>> = parts.iter().map(|_| None).collect();
    let routes: Vec<Route> = routes
        .into_iter()
        .map(|(route, at)| {
            let part = parts[at];
            let shapes = open[at].get_or_insert_with(|| Shapes::new(part));
            let mut route = route.clone();
            let operation = |id: &mut OperationId| *id = ids[&part.operations[id.0 as usize].0];
            match &mut route.kind {
                RouteKind::Passthrough(passthrough) => operation(&mut passthrough.operation),
                RouteKind::Handler(handler) => each_call(&mut handler.body, &mut |_, call| {
                    operation(&mut call.operation);
                    if let Some(bulk) = &mut call.bulk {
                        operation(&mut bulk.operation);
                    }
                    for (_, answer) in &mut call.answers {
                        if let AnswerKind::Json(shape) = answer {
                            *shape = tables.shape(shapes, shape.0 as usize);
                        }
                    }
                }),
            }
            route
        })
        .collect();
    let mut plan = Plan {
        frontend: frontend.clone(),
        upstreams: upstreams.collect(),
        operations: operations.collect(),
        shapes: tables.nodes,
        made: tables.made,
        routes,
        patterns: patterns.into_values().cloned().collect(),
    };
    without_unused(&mut plan);
    plan
}

/// The tables of answers, in which equal things stand once.
#[derive(Default)]
struct Tables {
    nodes: Vec<Node>,
    /// Only ever asked for one node: its order is never seen.
    known: HashMap<Node, ShapeId>,
    /// Of shapes that lead back to themselves: all that can be reached from one, numbered in the order
    /// in which it is met.
    circles: HashMap<Vec<Node>, Vec<ShapeId>>,
    made: Vec<Made>,
    known_made: HashMap<Made, MadeId>,
}

/// The shapes of a part, and what became of them so far.
struct Shapes<'p> {
    part: &'p Part,
    /// Whether each leads to a circle.
    circular: Vec<bool>,
    ids: Vec<Option<ShapeId>>,
}

impl<'p> Shapes<'p> {
    fn new(part: &'p Part) -> Self {
        // A shape stands behind its parts, unless it is one of them.
        let mut circular = vec![false; part.shapes.len()];
        for (at, node) in part.shapes.iter().enumerate() {
            let mut found = false;
            each_part(&node.shape, &mut |id| {
                found |= id.0 as usize >= at || circular[id.0 as usize];
            });
            circular[at] = found;
        }
        Self { part, ids: vec![None; circular.len()], circular }
    }

    /// A shape and all that it leads to, in the order in which they are met.
    fn reached(&self, root: usize) -> Vec<usize> {
        let mut met = vec![root];
        let mut is_met = vec![false; self.ids.len()];
        is_met[root] = true;
        let mut next = 0;
        while let Some(&at) = met.get(next) {
            next += 1;
            each_part(&self.part.shapes[at].shape, &mut |id| {
                if !std::mem::replace(&mut is_met[id.0 as usize], true) {
                    met.push(id.0 as usize);
                }
            });
        }
        met
    }
}

impl Tables {
    /// What a shape of a part is in the plan; it is added with its parts unless its like is there.
    fn shape(&mut self, shapes: &mut Shapes<'_>, at: usize) -> ShapeId {
        if let Some(known) = shapes.ids[at] {
            return known;
        }
        let id = if shapes.circular[at] {
            self.circle(shapes, at)
        } else {
            let mut parts = Vec::new();
            each_part(&shapes.part.shapes[at].shape, &mut |id| parts.push(id.0 as usize));
            for part in parts {
                self.shape(shapes, part);
            }
            let node = self.renamed(shapes.part, at, &shapes.ids);
            self.node(node)
        };
        shapes.ids[at] = Some(id);
        id
    }

    fn made(&mut self, made: &Made) -> MadeId {
        if let Some(&known) = self.known_made.get(made) {
            return known;
        }
        let id = MadeId(self.made.len() as u32);
        self.made.push(made.clone());
        self.known_made.insert(made.clone(), id);
        id
    }

    fn node(&mut self, node: Node) -> ShapeId {
        if let Some(&known) = self.known.get(&node) {
            return known;
        }
        let id = ShapeId(self.nodes.len() as u32);
        self.nodes.push(node.clone());
        self.known.insert(node, id);
        id
    }

    /// A part's node with other ids in place of its own.
    fn renamed(&mut self, part: &Part, at: usize, ids: &[Option<ShapeId>]) -> Node {
        let mut node = part.shapes[at].clone();
        each_part_mut(&mut node.shape, &mut |id| *id = ids[id.0 as usize].unwrap_or(*id));
        if let Form::Made(id) = &mut node.form {
            *id = self.made(&part.made[id.0 as usize]);
        }
        node
    }

    /// Adds a shape that leads to a circle, with all that it leads to; or finds its like.
    fn circle(&mut self, shapes: &mut Shapes<'_>, root: usize) -> ShapeId {
        let met = shapes.reached(root);
        let mut numbers = vec![None; shapes.ids.len()];
        for (number, &at) in met.iter().enumerate() {
            numbers[at] = Some(ShapeId(number as u32));
        }
        let part = shapes.part;
        let key: Vec<Node> = met.iter().map(|&at| self.renamed(part, at, &numbers)).collect();
        if let Some(known) = self.circles.get(&key) {
            met.iter().zip(known).for_each(|(&at, id)| shapes.ids[at] = Some(*id));
            return known[0];
        }
        // What of it has no id yet gets one, before any of it is known.
        let mut new = Vec::new();
        for &at in &met {
            if shapes.ids[at].is_none() && shapes.circular[at] {
                shapes.ids[at] = Some(ShapeId(self.nodes.len() as u32));
                self.nodes.push(Node { shape: Shape::Never, form: Form::Decoded });
                new.push(at);
            }
        }
        let ids: Vec<ShapeId> = met.iter().map(|&at| self.shape(shapes, at)).collect();
        for at in new {
            let node = self.renamed(part, at, &shapes.ids);
            let id = self.shape(shapes, at);
            self.nodes[id.0 as usize] = node;
        }
        let id = ids[0];
        self.circles.insert(key, ids);
        id
    }
}

fn each_part(shape: &Shape, f: &mut dyn FnMut(ShapeId)) {
    match shape {
        Shape::Array(id) => f(*id),
        Shape::Tuple(ids, rest) => ids.iter().chain(rest).for_each(|id| f(*id)),
        Shape::Object { fields, rest } => {
            fields.iter().for_each(|field| f(field.shape));
            if let Rest::Keep(id) = rest {
                f(*id);
            }
        }
        Shape::Union(ids) => ids.iter().for_each(|id| f(*id)),
        Shape::Tagged { variants, .. } => variants.iter().for_each(|(_, id)| f(*id)),
        _ => {}
    }
}

fn each_part_mut(shape: &mut Shape, f: &mut dyn FnMut(&mut ShapeId)) {
    match shape {
        Shape::Array(id) => f(id),
        Shape::Tuple(ids, rest) => ids.iter_mut().chain(rest).for_each(f),
        Shape::Object { fields, rest } => {
            fields.iter_mut().for_each(|field| f(&mut field.shape));
            if let Rest::Keep(id) = rest {
                f(id);
            }
        }
        Shape::Union(ids) => ids.iter_mut().for_each(f),
        Shape::Tagged { variants, .. } => variants.iter_mut().for_each(|(_, id)| f(id)),
        _ => {}
    }
}
