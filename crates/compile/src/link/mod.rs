//! Linking: the parts of a plan become one.
//!
//! In:    what lowering made of each unit, with tables of its own.
//! Out:   a plan with one table of each kind, in which equal things stand once.
//! Never: an order that depends on the order of the parts: equal input gives an equal plan.
//!
//! Start at [`link`].

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash as _, Hasher as _};

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
    /// Of shapes that lead back to themselves: all of a circle, numbered in the order in which they are
    /// met from one of them; what each has become.
    circles: HashMap<Vec<Node>, Vec<ShapeId>>,
    made: Vec<Made>,
    known_made: HashMap<Made, MadeId>,
}

/// The shapes of a part, and what became of them so far.
struct Shapes<'p> {
    part: &'p Part,
    /// The circle that each is in, by the number that all its shapes share.
    circles: Vec<Option<usize>>,
    ids: Vec<Option<ShapeId>>,
}

impl<'p> Shapes<'p> {
    fn new(part: &'p Part) -> Self {
        let circles = circles(&part.shapes);
        Self { part, ids: vec![None; circles.len()], circles }
    }

    /// A shape and all others of its circle, in the order in which they are met.
    fn circle_from(&self, root: usize) -> Vec<usize> {
        let circle = self.circles[root];
        let mut met = vec![root];
        let mut next = 0;
        while let Some(&at) = met.get(next) {
            next += 1;
            each_part(&self.part.shapes[at].shape, &mut |id| {
                let part = id.0 as usize;
                if self.circles[part] == circle && !met.contains(&part) {
                    met.push(part);
                }
            });
        }
        met
    }
}

/// The circle that each shape is in, if it leads back to itself: Tarjan's algorithm, without recursion.
fn circles(nodes: &[Node]) -> Vec<Option<usize>> {
    const UNSEEN: usize = usize::MAX;
    let parts_of = |at: usize| {
        let mut parts = Vec::new();
        each_part(&nodes[at].shape, &mut |id| parts.push(id.0 as usize));
        parts
    };
    let mut found = vec![None; nodes.len()];
    let (mut order, mut low) = (vec![UNSEEN; nodes.len()], vec![0; nodes.len()]);
    let mut open = Vec::new();
    let mut is_open = vec![false; nodes.len()];
    let mut seen = 0;
    for root in 0..nodes.len() {
        if order[root] != UNSEEN {
            continue;
        }
        let mut path = vec![(root, parts_of(root), 0)];
        while let Some((at, parts, next)) = path.last_mut() {
            let at = *at;
            if order[at] == UNSEEN {
                (order[at], low[at]) = (seen, seen);
                seen += 1;
                open.push(at);
                is_open[at] = true;
            }
            if let Some(&part) = parts.get(*next) {
                *next += 1;
                if order[part] == UNSEEN {
                    path.push((part, parts_of(part), 0));
                } else if is_open[part] {
                    low[at] = low[at].min(order[part]);
                }
                continue;
            }
            let leads_to_itself = parts.contains(&at);
            path.pop();
            if let Some((around, ..)) = path.last() {
                low[*around] = low[*around].min(low[at]);
            }
            if low[at] == order[at] {
                let start = open.iter().position(|&member| member == at).unwrap_or(open.len());
                let members = open.split_off(start);
                let is_circle = members.len() > 1 || leads_to_itself;
                for member in members {
                    is_open[member] = false;
                    found[member] = is_circle.then_some(at);
                }
            }
        }
    }
    found
}

impl Tables {
    /// What a shape of a part is in the plan; it is added with its parts unless its like is there.
    fn shape(&mut self, shapes: &mut Shapes<'_>, at: usize) -> ShapeId {
        if let Some(known) = shapes.ids[at] {
            return known;
        }
        let id = if shapes.circles[at].is_some() {
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

    /// Adds the shapes of a circle, or finds their like; what one of them has become.
    fn circle(&mut self, shapes: &mut Shapes<'_>, root: usize) -> ShapeId {
        let members = shapes.circle_from(root);
        // What they lead to outside is there first.
        for &at in &members {
            let mut outside = Vec::new();
            each_part(&shapes.part.shapes[at].shape, &mut |id| outside.push(id.0 as usize));
            outside.retain(|part| shapes.circles[*part] != shapes.circles[root]);
            for part in outside {
                self.shape(shapes, part);
            }
        }
        // Wherever a part comes into a circle, it looks for it from the same member: the one whose
        // own node says least, or each of these.
        let mut alike = shapes.ids.clone();
        members.iter().for_each(|&member| alike[member] = Some(INSIDE));
        let prints: Vec<u64> =
            members.iter().map(|&at| fingerprint(&self.renamed(shapes.part, at, &alike))).collect();
        let least = prints.iter().min();
        let starts = members.iter().zip(&prints).filter(|(_, print)| Some(*print) == least);
        let starts: Vec<usize> = starts.map(|(&at, _)| at).collect();

        let mut keys = Vec::new();
        for &start in &starts {
            let met = shapes.circle_from(start);
            let mut numbers = shapes.ids.clone();
            for (number, &at) in met.iter().enumerate() {
                numbers[at] = Some(ShapeId(INSIDE.0 - number as u32));
            }
            let key: Vec<Node> =
                met.iter().map(|&at| self.renamed(shapes.part, at, &numbers)).collect();
            if let Some(known) = self.circles.get(&key) {
                met.iter().zip(known).for_each(|(&at, id)| shapes.ids[at] = Some(*id));
                return shapes.ids[root].unwrap_or(known[0]);
            }
            keys.push((key, met));
        }
        // Each gets its id before any of them is known.
        for &at in &members {
            shapes.ids[at] = Some(ShapeId(self.nodes.len() as u32));
            self.nodes.push(Node { shape: Shape::Never, form: Form::Decoded });
        }
        for &at in &members {
            let node = self.renamed(shapes.part, at, &shapes.ids);
            if let Some(id) = shapes.ids[at] {
                self.nodes[id.0 as usize] = node;
            }
        }
        for (key, met) in keys {
            self.circles.insert(key, met.iter().filter_map(|&at| shapes.ids[at]).collect());
        }
        shapes.ids[root].unwrap_or(INSIDE)
    }
}

/// Stands for a shape of the circle that is looked at: no plan has so many.
const INSIDE: ShapeId = ShapeId(u32::MAX);

/// Equal for equal nodes, in every process.
fn fingerprint(node: &Node) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    node.hash(&mut hasher);
    hasher.finish()
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
