//! Chooses what is made of answers while they are read, and takes it out of the block.
//!
//! In:    a lowered block with the plan's operations.
//! Out:   the block, in which the values of such expressions stand in their place; the demands that
//!        say what is made of each answer.
//! Never: anything made of an answer of which something else is needed, too, or that may come to
//!        the expression from elsewhere than an answer.
//!
//! Start at [`make`].

use std::collections::{BTreeMap, BTreeSet};

use frontage_contract::{ContentKind, Type, TypeId};
use frontage_plan::{
    Block, Call, Constant, Expr, Gather, IterateOp, Name, Slot, Step, each_expr_mut, each_in_block,
};

use super::answers;
use super::demand::{self, Candidate, Demand, Demands};
use super::operations::Tables;
use crate::Workspace;

/// Most times that the block is looked through: each time, some expressions are left out.
const MOST_ROUNDS: usize = 8;

/// Most answers, counted once for each way, from which one value may come.
const MOST_ORIGINS: usize = 64;

/// Rewrites a block, and gives the demands of what it became.
pub(super) fn make(block: &mut Block, workspace: &Workspace, tables: &Tables) -> Demands {
    let mut refused = BTreeSet::new();
    for _ in 0..MOST_ROUNDS {
        let mut demands = Demands::new(std::mem::take(&mut refused));
        // What a handler returns is handed on.
        demand::of_block(block, &Demand::raw(), &mut demands, &tables.operations);
        let sources = Sources::of(block);
        let read = answers::by_place(block, &demands);
        let unfit: Vec<usize> = demands
            .candidates
            .iter()
            .filter(|(address, candidate)| {
                demands.refused.contains(address)
                    || !fits(candidate, &sources, &read, workspace, tables)
            })
            .map(|(address, _)| *address)
            .collect();
        if unfit.is_empty() {
            each_expr_mut(block, &mut |expr| {
                let address = std::ptr::from_ref(expr).addr();
                let Some(candidate) = demands.candidates.get(&address) else { return true };
                *expr = candidate.value.clone();
                false
            });
            return demands;
        }
        refused = std::mem::take(&mut demands.refused);
        refused.extend(unfit);
    }
    // Nothing that is left is tried.
    each_in_block(block, &mut |expr| {
        refused.insert(std::ptr::from_ref(expr).addr());
    });
    let mut demands = Demands::new(refused);
    demand::of_block(block, &Demand::raw(), &mut demands, &tables.operations);
    debug_assert!(demands.candidates.is_empty(), "every expression is refused");
    demands
}

/// Whether everything that may come to a candidate is an answer that can be read so, and of which
/// nothing else is needed.
fn fits(
    candidate: &Candidate,
    sources: &Sources<'_>,
    read: &BTreeMap<answers::PlaceKey, Demand>,
    workspace: &Workspace,
    tables: &Tables,
) -> bool {
    let mut origins = Vec::new();
    if !sources.origins(&candidate.value, Vec::new(), &mut origins) || origins.is_empty() {
        return false;
    }
    let wanted = Demand::made(candidate.tree.clone());
    origins.into_iter().all(|Origin { call, path }| {
        let Some(demand) = read.get(&answers::key(call)) else { return false };
        let demand = path.iter().fold(demand.clone(), |demand, step| match step {
            Way::Field(name) => demand.of_field(name),
            Way::Index(at) => demand.of_field(&at.to_string()),
            Way::Each => demand.of_element(),
        });
        let reference = tables.references[call.operation.0 as usize];
        let contract = &workspace.upstreams[usize::from(reference.upstream)].contract;
        let below = |ty: TypeId| {
            path.iter().try_fold(ty, |ty, step| match (contract.ty(ty), step) {
                (Type::Object(object), Way::Field(name)) => {
                    let property = object.property(name).filter(|property| property.required);
                    property.map(|property| property.ty)
                }
                (Type::Array(array), Way::Each) => Some(array.items),
                // What may be missing is not there to be made anything of.
                _ => None,
            })
        };
        // `null` for a status would be made to nothing.
        call.null_on.is_empty()
            && demand == wanted
            && answers::types(workspace, reference).is_some_and(|types| {
                !types.is_empty()
                    && types.into_iter().all(|(kind, ty)| {
                        kind == ContentKind::Json
                            && below(ty).is_some_and(|ty| candidate.tree.fits(contract, ty))
                    })
            })
    })
}

/// A step from an answer to a part of it.
#[derive(Clone)]
enum Way {
    Field(Name),
    Index(usize),
    Each,
}

/// A call, and the way to the part of its answer that is meant.
struct Origin<'b> {
    call: &'b Call,
    path: Vec<Way>,
}

/// What fills each slot.
enum Source<'b> {
    Value(&'b Expr),
    Call(&'b Call),
    Scope(&'b Block),
    All(&'b [Block]),
    /// What the body gives for each element.
    Map(&'b Block),
    /// An element of a list.
    Element(&'b Expr),
}

struct Sources<'b>(BTreeMap<Slot, Option<Source<'b>>>);

impl<'b> Sources<'b> {
    fn of(block: &'b Block) -> Self {
        let mut sources = Self(BTreeMap::new());
        sources.block(block);
        each_in_block(block, &mut |expr| match expr {
            Expr::Iterate { op: IterateOp::Map, receiver, lambda, .. } => {
                if let Some(param) = lambda.params.first() {
                    sources.note(*param, Source::Element(receiver));
                }
            }
            Expr::Block(block) => sources.block(block),
            _ => {}
        });
        sources
    }

    /// Notes what fills a slot. What is filled in two places comes from anywhere.
    fn note(&mut self, slot: Slot, source: Source<'b>) {
        let source = if self.0.contains_key(&slot) { None } else { Some(source) };
        self.0.insert(slot, source);
    }

    fn block(&mut self, block: &'b Block) {
        for step in &block.steps {
            match step {
                Step::Let { slot, value } => self.note(*slot, Source::Value(value)),
                Step::Call { slot, call } => self.note(*slot, Source::Call(call)),
                Step::If { then, otherwise, .. } => {
                    self.block(then);
                    self.block(otherwise);
                }
                Step::Scope { slot, body } => {
                    self.note(*slot, Source::Scope(body));
                    self.block(body);
                }
                Step::Try { body, handler, .. } => {
                    self.block(body);
                    self.block(handler);
                }
                Step::All { slot, bodies, gather } => {
                    if *gather == Gather::All {
                        self.note(*slot, Source::All(bodies));
                    }
                    bodies.iter().for_each(|body| self.block(body));
                }
                Step::Map { slot, list, item, body, gather, .. } => {
                    if *gather == Gather::All {
                        self.note(*slot, Source::Map(body));
                    }
                    if let Some(item) = item {
                        self.note(*item, Source::Element(list));
                    }
                    self.block(body);
                }
                Step::Return(_) | Step::Throw(_) => {}
            }
        }
    }

    /// Adds the calls from which a part of a value comes; `false` if it may come from elsewhere.
    fn origins(&self, value: &Expr, mut path: Vec<Way>, found: &mut Vec<Origin<'b>>) -> bool {
        match value {
            Expr::Member(object, name) => {
                path.insert(0, Way::Field(name.clone()));
                self.origins(object, path, found)
            }
            Expr::Index(list, index) => {
                let Expr::Constant(Constant::Number(at)) = **index else { return false };
                if !(0.0..1e9).contains(&at.0) || at.0.fract() != 0.0 {
                    return false;
                }
                #[expect(
                    clippy::cast_sign_loss,
                    clippy::cast_possible_truncation,
                    reason = "a small whole number"
                )]
                path.insert(0, Way::Index(at.0 as usize));
                self.origins(list, path, found)
            }
            Expr::Conditional(_, then, otherwise) => {
                self.origins(then, path.clone(), found) && self.origins(otherwise, path, found)
            }
            Expr::Slot(slot) => match self.0.get(slot) {
                Some(Some(source)) => self.source(source, path, found),
                _ => false,
            },
            _ => false,
        }
    }

    fn source(&self, source: &Source<'b>, mut path: Vec<Way>, found: &mut Vec<Origin<'b>>) -> bool {
        match source {
            Source::Value(value) => self.origins(value, path, found),
            Source::Call(call) => {
                found.push(Origin { call, path });
                found.len() <= MOST_ORIGINS
            }
            Source::Scope(body) => self.returned(body, &path, found),
            Source::All(bodies) => match path.first() {
                Some(Way::Index(at)) => {
                    let body = bodies.get(*at);
                    path.remove(0);
                    body.is_some_and(|body| self.returned(body, &path, found))
                }
                _ => false,
            },
            Source::Map(body) => match path.first() {
                Some(Way::Each | Way::Index(_)) => {
                    path.remove(0);
                    self.returned(body, &path, found)
                }
                _ => false,
            },
            Source::Element(list) => {
                path.insert(0, Way::Each);
                self.origins(list, path, found)
            }
        }
    }

    /// As [`Self::origins`], of whatever a block gives; `undefined` comes from elsewhere.
    fn returned(&self, block: &Block, path: &[Way], found: &mut Vec<Origin<'b>>) -> bool {
        ends(block) && self.returns(block, path, found)
    }

    fn returns(&self, block: &Block, path: &[Way], found: &mut Vec<Origin<'b>>) -> bool {
        block.steps.iter().all(|step| match step {
            Step::Return(value) => self.origins(value, path.to_vec(), found),
            Step::If { then, otherwise, .. } => {
                self.returns(then, path, found) && self.returns(otherwise, path, found)
            }
            Step::Try { body, handler, .. } => {
                self.returns(body, path, found) && self.returns(handler, path, found)
            }
            _ => true,
        })
    }
}

/// Whether a block never comes to its end without a `return` or `throw`.
fn ends(block: &Block) -> bool {
    block.steps.iter().any(|step| match step {
        Step::Return(_) | Step::Throw(_) => true,
        Step::If { then, otherwise, .. } => ends(then) && ends(otherwise),
        Step::Try { body, handler, .. } => ends(body) && ends(handler),
        _ => false,
    })
}
