//! What a change of a contract does to the routes that are served.
//!
//! In:    an upstream's contract, a new version of it, and all backends.
//! Out:   an [`Impact`]: each difference with the routes that feel it, and how.
//! Never: a route that does not use what has changed; a difference left out because nobody uses it.
//!
//! A plan that was made of the old contract goes on running while the service answers as the new one
//! says. What it reads of answers stands in its shapes, so that whether it takes them is exact; what
//! it sends is judged by the checker, which checked the routes with the new contract too.
//!
//! Start at [`impact()`].

mod changes;
mod judge;
mod reading;
mod request;
mod site;
mod source;

use std::collections::BTreeMap;
use std::sync::Arc;

use frontage_compile::hir::Checked;
use frontage_contract::Contract;
use frontage_diagnostic::{Diagnostic, FileId, SourceMap};
use frontage_plan::Plan;
use serde::Serialize;

use judge::Judge;
use site::Requests;

/// A backend whose routes may feel a change.
#[derive(Debug, Clone, Copy)]
pub struct Backend<'a> {
    /// Its frontend.
    pub name: &'a str,
    /// Whose it is.
    pub owner: Option<&'a str>,
    /// What is served: made with the old contract.
    pub plan: &'a Plan,
    /// What the plan was made of.
    pub checked: &'a [Arc<Checked>],
    /// By route module: what is wrong with it once the new contract stands in the old one's place.
    pub faulty: &'a BTreeMap<FileId, Vec<Diagnostic>>,
}

/// What a change of a contract does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Impact {
    /// The upstream.
    pub upstream: String,
    /// Every difference.
    pub changes: Vec<Felt>,
    /// What no longer checks once the new contract is taken up.
    pub refusals: Vec<Refusal>,
    /// How many routes there are.
    pub routes: usize,
}

/// A difference, and who feels it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Felt {
    /// Where it stands: `User.email`, `getUser`, `listUsers query limit`.
    pub place: String,
    /// What kind of change it is.
    pub code: &'static str,
    /// In words.
    pub message: String,
    /// Uses that feel it; none: it is harmless.
    pub effects: Vec<Effect>,
}

impl Felt {
    /// The worst that it does; nothing if nobody feels it.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.effects.iter().map(|effect| effect.severity).min()
    }
}

/// What a route does that feels a change; the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// It answers an error.
    Fails,
    /// It answers an error where values that are allowed now come.
    MayFail,
    /// A part of its answer is replaced, as it provides for.
    Loses,
    /// It answers, and something is not what it was: a value nobody knew, a field that never comes.
    Drifts,
}

/// Which way what has changed goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The route asks it.
    Request,
    /// The service answers it.
    Answer,
}

/// How one use feels a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Effect {
    /// The frontend.
    pub frontend: String,
    /// Its owner.
    pub owner: Option<String>,
    /// `GET /home`
    pub route: String,
    /// What becomes of it.
    pub severity: Severity,
    /// The part of its answer that is replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// Which way.
    pub side: Side,
    /// `users.getUser`
    pub operation: String,
    /// What of it: `items[].name`, `query limit`; empty for all of it.
    pub path: String,
    /// Where the call stands: file, line and column.
    pub call: String,
    /// Where the route reads the field, as far as it names it.
    pub reads: Vec<String>,
}

/// A fault that a route will have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// The frontend.
    pub frontend: String,
    /// Its owner.
    pub owner: Option<String>,
    /// Routes that have it.
    pub routes: Vec<String>,
    /// Its code.
    pub code: String,
    /// In words.
    pub message: String,
    /// Where it stands.
    pub place: String,
}

/// Finds out what a new version of an upstream's contract does.
#[must_use]
pub fn impact(
    upstream: &str,
    (old, new): (&Contract, &Contract),
    backends: &[Backend<'_>],
    sources: &SourceMap,
) -> Impact {
    let requests = Requests::of(new);
    let compared = changes::changes(old, new, &requests);
    let declared = &compared.declared;
    let mut felt: Vec<(changes::Change, Vec<Effect>)> =
        compared.changes.into_iter().map(|change| (change, Vec::new())).collect();
    let mut refusals = Vec::new();
    for backend in backends {
        let judge = Judge::new(upstream, (old, new), &requests, declared, backend, sources);
        judge.uses(&mut felt);
        refusals.extend(judge::refusals(backend, sources));
    }
    let mut changes: Vec<Felt> = felt
        .into_iter()
        .map(|(change, mut effects)| {
            effects.sort_by_key(|effect| effect.severity);
            Felt { place: change.label, code: change.code, message: change.message, effects }
        })
        .collect();
    // The worst first; what nobody feels last, in the contract's order.
    changes.sort_by_key(|change| change.worst().map_or(4, |worst| worst as u8));
    let routes = backends.iter().map(|backend| backend.plan.routes.len()).sum();
    Impact { upstream: upstream.to_owned(), changes, refusals, routes }
}
