//! How alike the backends of a workspace are.
//!
//! In:    the plans of all frontends, and the checked forms that they were made of.
//! Out:   an [`Overlap`]: figures for each pair with an advice, logic that stands in several, and
//!        logic that belongs to a service.
//! Never: a likeness of texts; names of locals, files and functions do not count.
//!
//! Start at [`overlap()`].

mod advice;
mod answers;
mod canonical;
mod fragment;
mod general;
mod page;
mod pairs;
mod repeated;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use frontage_compile::hir::Checked;
use frontage_diagnostic::{FileId, SourceMap, Span};
use frontage_plan::Plan;
use serde::Serialize;

pub use advice::{Advice, Verdict};
pub use general::{General, Rule, Stale};
pub use page::page;
pub use pairs::{Likeness, Pair, RoutePair, Shared};
pub use repeated::{Occurrence, Repeated};

use crate::fields;
use crate::uses::uses;

/// A backend to compare.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'a> {
    /// Its frontend.
    pub name: &'a str,
    /// Whose it is.
    pub owner: Option<&'a str>,
    /// What it runs.
    pub plan: &'a Plan,
    /// What the plan was made of.
    pub checked: &'a [Arc<Checked>],
}

/// What is around the backends.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The workspace's name.
    pub workspace: &'a str,
    /// Every text.
    pub sources: &'a SourceMap,
    /// Modules that all may use already.
    pub shared: &'a [FileId],
    /// Names of the upstreams, in their order.
    pub upstreams: &'a [&'a str],
}

impl Surroundings<'_> {
    /// A place for people.
    fn place(&self, span: Span) -> String {
        let file = self.sources.file(span.file);
        let at = file.line_column(span.start);
        format!("{}:{}:{}", file.path, at.line, at.column)
    }
}

/// What a comparison of backends finds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Overlap {
    /// The workspace.
    pub workspace: String,
    /// Each backend.
    pub frontends: Vec<Frontend>,
    /// Each two of them.
    pub pairs: Vec<Pair>,
    /// Logic that stands in several, the largest first.
    pub repeated: Vec<Repeated>,
    /// Logic that belongs to a service.
    pub general: Vec<General>,
    /// Comments that accept nothing.
    pub stale: Vec<Stale>,
}

/// One backend's figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Frontend {
    /// Its name.
    pub name: String,
    /// Its owner.
    pub owner: Option<String>,
    /// How many routes it has.
    pub routes: usize,
    /// How many operations of services it calls.
    pub operations: usize,
    /// How many fields of their answers it reads.
    pub fields: usize,
    /// Which, by operation.
    pub reads: BTreeMap<String, Vec<String>>,
    /// How many fields its own answers have.
    pub answers: usize,
    /// How many of these no similar route of another backend answers.
    pub specific: usize,
}

impl Frontend {
    /// How much of its answers is its own, from 0 to 1.
    #[must_use]
    pub fn specific_share(&self) -> f64 {
        pairs::share(self.specific, self.answers)
    }
}

/// What is compared of a backend.
#[derive(Debug)]
struct Facts {
    operations: BTreeSet<String>,
    /// `upstream.operation` and the field's path.
    fields: BTreeSet<(String, String)>,
    routes: Vec<RouteFacts>,
}

/// What is compared of a route.
#[derive(Debug)]
struct RouteFacts {
    method: &'static str,
    path: String,
    place: String,
    operations: BTreeSet<String>,
    answer: BTreeSet<String>,
}

impl RouteFacts {
    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// Compares all backends with each other.
#[must_use]
pub fn overlap(backends: &[Compared<'_>], around: &Surroundings<'_>) -> Overlap {
    let facts: Vec<Facts> = backends.iter().map(facts).collect();
    let repeated = repeated::find(backends, around);
    let mut pairs = Vec::new();
    // By backend and route: what of its answer others answer, too.
    let mut common: BTreeMap<(usize, usize), BTreeSet<&String>> = BTreeMap::new();
    for a in 0..facts.len() {
        for b in a + 1..facts.len() {
            let matched = pairs::matches(&facts[a], &facts[b]);
            for found in &matched {
                let (one, other) = (&facts[a].routes[found.a], &facts[b].routes[found.b]);
                let both = || one.answer.intersection(&other.answer);
                common.entry((a, found.a)).or_default().extend(both());
                common.entry((b, found.b)).or_default().extend(both());
            }
            let names = [backends[a].name, backends[b].name];
            let in_both = |own: &&Repeated| {
                names.iter().all(|name| own.occurrences.iter().any(|o| o.frontend == *name))
            };
            let repeated = repeated.iter().filter(in_both).count();
            pairs.push(pairs::pair(names, [&facts[a], &facts[b]], &matched, repeated));
        }
    }
    let frontends = backends
        .iter()
        .zip(&facts)
        .enumerate()
        .map(|(at, (backend, facts))| {
            let answers: usize = facts.routes.iter().map(|route| route.answer.len()).sum();
            let common: usize =
                common.range((at, 0)..(at + 1, 0)).map(|(_, fields)| fields.len()).sum();
            let mut reads: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for (operation, path) in &facts.fields {
                reads.entry(operation.clone()).or_default().push(path.clone());
            }
            Frontend {
                name: backend.name.to_owned(),
                owner: backend.owner.map(str::to_owned),
                routes: facts.routes.len(),
                operations: facts.operations.len(),
                fields: facts.fields.len(),
                reads,
                answers,
                specific: answers - common,
            }
        })
        .collect();
    let mut used = BTreeSet::new();
    let general =
        backends.iter().flat_map(|backend| general::find(backend, around, &mut used)).collect();
    let stale = general::stale(around, &used);
    Overlap { workspace: around.workspace.to_owned(), frontends, pairs, repeated, general, stale }
}

fn facts(backend: &Compared<'_>) -> Facts {
    let plan = backend.plan;
    let name = |id| {
        let operation = plan.operation(id);
        format!("{}.{}", plan.upstream(operation.upstream).name, operation.name)
    };
    let mut facts =
        Facts { operations: BTreeSet::new(), fields: BTreeSet::new(), routes: Vec::new() };
    let uses = uses(plan);
    for route in &plan.routes {
        let mut operations = BTreeSet::new();
        for own in uses.iter().filter(|own| std::ptr::eq(own.route, route)) {
            let operation = name(own.operation);
            let read = match own.call {
                Some(call) => fields::of_call(plan, call),
                // A passthrough hands on everything, whatever it is.
                None => BTreeSet::from(["*".to_owned()]),
            };
            facts.fields.extend(read.into_iter().map(|path| (operation.clone(), path)));
            operations.insert(operation);
        }
        let mut units = backend.checked.iter();
        let answer = units.find_map(|unit| {
            let mut routes = unit.routes.iter();
            let own = routes.find(|own| own.method == route.method && own.path == route.path)?;
            let handed_on = operations.first().map_or("", String::as_str);
            Some(answers::of_route(unit, own, handed_on))
        });
        let place = &route.place;
        facts.operations.extend(operations.iter().cloned());
        facts.routes.push(RouteFacts {
            method: route.method.as_str(),
            path: route.path_text(),
            place: format!("{}:{}:{}", place.path, place.line, place.column),
            operations,
            answer: answer.unwrap_or_default(),
        });
    }
    facts
}
