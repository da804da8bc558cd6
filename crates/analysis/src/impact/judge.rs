//! How the uses of one backend feel the differences of a contract.

use std::collections::{BTreeMap, BTreeSet};

use frontage_contract::{ContentKind, Contract, Operation, Status, Type, TypeId};
use frontage_diagnostic::{Diagnostic, Severity as Level, SourceMap, Span};
use frontage_plan::{AnswerKind, Call, Place, Route, UpstreamId};

use super::changes::{Change, is_success, status_text};
use super::reading::{Gap, Reading};
use super::request::Places;
use super::site::{Key, Owner, Requests, shown, variants};
use super::source::{Sources, Spot};
use super::{Backend, Effect, Refusal, Severity, Side};
use crate::uses::{Consequence, Use, uses};

/// What a service answers to what it cannot read.
pub(super) const BAD_REQUEST: u16 = 400;
/// What stands for an answer that contradicts its contract.
const DRIFT: u16 = 502;

/// Changes of answers that a plan takes, and that are not what they were.
const DRIFTS: &[&str] = &[
    "field-removed",
    "value-added",
    "values-opened",
    "variant-added",
    "format-changed",
    "limit-widened",
    "map-closed",
    "access-changed",
    "deprecated",
];

/// Changes by which something comes that did not come before.
const WIDENS: &[&str] = &[
    "type-changed",
    "variant-added",
    "null-added",
    "number-widened",
    "values-opened",
    "field-optional",
    "field-removed",
    "status-added",
    "media-type-changed",
    "body-removed",
];

pub(super) type Found = (Change, Vec<Effect>);

/// Judges a backend's uses of one upstream.
pub(super) struct Judge<'a> {
    upstream: &'a str,
    old: &'a Contract,
    pub(super) new: &'a Contract,
    requests: &'a Requests<'a>,
    declared: &'a BTreeMap<Key, BTreeSet<Span>>,
    pub(super) backend: &'a Backend<'a>,
    pub(super) sources: Sources<'a>,
    /// What is wrong with the routes once the new contract is taken up.
    pub(super) errors: Vec<Span>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(
        upstream: &'a str,
        (old, new): (&'a Contract, &'a Contract),
        requests: &'a Requests<'a>,
        declared: &'a BTreeMap<Key, BTreeSet<Span>>,
        backend: &'a Backend<'a>,
        sources: &'a SourceMap,
    ) -> Self {
        let all = backend.faulty.values().flatten().filter(|f| f.severity == Level::Error);
        let errors = all.filter_map(|fault| fault.primary.as_ref().map(|label| label.span));
        let errors = errors.collect();
        let sources = Sources::new(backend.checked, sources);
        Self { upstream, old, new, requests, declared, backend, sources, errors }
    }

    /// Adds what every use feels.
    pub(super) fn uses(&self, felt: &mut Vec<Found>) {
        let plan = self.backend.plan;
        let Some(own) = plan.upstreams.iter().position(|known| *known.name == *self.upstream)
        else {
            return;
        };
        let own = UpstreamId(own as u16);
        let mut fields: Option<(&Route, BTreeMap<Span, BTreeSet<Spot>>)> = None;
        for one in uses(plan) {
            let operation = plan.operation(one.operation);
            if operation.upstream != own {
                continue;
            }
            if fields.as_ref().is_none_or(|(route, _)| !std::ptr::eq(*route, one.route)) {
                fields = Some((one.route, self.sources.fields(one.route)));
            }
            let places = fields.as_ref().map(|(_, places)| places);
            let Some(old) = self.old.operation(&operation.name) else { continue };
            let judged = OfUse { judge: self, one: &one, old, places };
            judged.all(felt);
            // A bulk call that fails is made of single ones.
            if let Some(bulk) = one.call.and_then(|call| call.bulk.as_ref())
                && let Some(old) = self.old.operation(&plan.operation(bulk.operation).name)
            {
                OfUse { old, ..judged }.bulk(bulk, felt);
            }
        }
    }
}

/// One use of an operation.
#[derive(Clone, Copy)]
pub(super) struct OfUse<'a, 'u> {
    pub(super) judge: &'u Judge<'a>,
    pub(super) one: &'u Use<'u>,
    /// The operation, as the plan knows it.
    pub(super) old: &'a Operation,
    places: Option<&'u BTreeMap<Span, BTreeSet<Spot>>>,
}

impl OfUse<'_, '_> {
    fn all(&self, felt: &mut Vec<Found>) {
        let own = |code: &'static str| (Key::of(Owner::Operation(self.old.name.clone())), code);
        let judge = self.judge;
        let Some(after) = judge.requests.same(self.old) else {
            let status = if judge.requests.has_path(self.old) { 405 } else { 404 };
            let moved = judge.requests.successor(self.old).is_some();
            let (key, code) = own(if moved { "operation-moved" } else { "operation-removed" });
            self.fails(&At::new(&key, code, "", Side::Request), status, false, felt);
            return;
        };
        for code in ["operation-faulty", "deprecated"] {
            let (key, code) = own(code);
            if felt.iter().any(|(change, _)| change.key == key && change.code == code) {
                self.feel(&At::new(&key, code, "", Side::Request), Severity::Drifts, None, felt);
            }
        }
        if !after.faults.is_empty() {
            return;
        }
        self.request(after, felt);
        match self.one.call {
            Some(call) => self.answers(call, after, felt),
            None => self.handed_on(after, felt),
        }
    }

    /// A bulk call in place of this one: whatever is wrong with it, single calls are made.
    fn bulk(&self, bulk: &frontage_plan::Bulk, felt: &mut Vec<Found>) {
        let drift = |key: &Key, code, felt: &mut Vec<Found>| {
            self.feel(&At::new(key, code, "", Side::Request), Severity::Drifts, None, felt);
        };
        let (judge, new) = (self.judge, self.judge.new);
        let key = Key::of(Owner::Operation(self.old.name.clone()));
        let Some(after) = judge.requests.same(self.old) else {
            let moved = judge.requests.successor(self.old).is_some();
            let code = if moved { "operation-moved" } else { "operation-removed" };
            return drift(&key, code, felt);
        };
        if self.old.name != after.name {
            drift(&key, "operation-renamed", felt);
        }
        for parameter in &after.parameters {
            let key = Key::of(Owner::Argument(self.old.name.clone(), parameter.key.clone()));
            for code in ["parameter-added", "parameter-required"] {
                if parameter.required {
                    drift(&key, code, felt);
                }
            }
        }
        let sent = [Some(bulk.key), bulk.count].into_iter().flatten();
        for index in sent.chain(bulk.others.iter().map(|(_, other)| *other)) {
            let parameter = &self.old.parameters[usize::from(index)];
            let owner = Owner::Argument(self.old.name.clone(), parameter.key.clone());
            let key = Key::of(owner);
            drift(&key, "type-changed", felt);
            drift(&key, "limit-narrowed", felt);
            // Whoever does not read the keys answers other items.
            let is_key = index == bulk.key;
            for code in ["parameter-removed", "parameter-written"] {
                match is_key {
                    true => self.fails(&At::new(&key, code, "", Side::Request), 404, true, felt),
                    false => drift(&key, code, felt),
                }
            }
        }
        // Members that lead to the items, and the one that tells them apart.
        let mut at = after.success.json;
        let follow = |ty: TypeId, name: &str, felt: &mut Vec<Found>| {
            let objects = variants(new, ty);
            objects.into_iter().find_map(|id| {
                let Type::Object(object) = new.ty(id) else { return None };
                let key = Key::field(id, name);
                for code in ["field-removed", "field-optional", "null-added", "type-changed"] {
                    drift(&key, code, felt);
                }
                object.property(name).map(|property| property.ty)
            })
        };
        for name in &bulk.items {
            at = at.and_then(|ty| follow(ty, name, felt));
        }
        let list = at.and_then(|ty| {
            variants(new, ty).into_iter().find_map(|id| match new.ty(id) {
                Type::Array(array) => Some(array.items),
                _ => None,
            })
        });
        if let Some(item) = list {
            follow(item, &bulk.matching, felt);
        }
        // What the single call reads of its answer is read of an item.
        if let Some((item, call)) = list.zip(self.one.call) {
            let shape = call.answers.iter().find_map(|(_, kind)| match kind {
                AnswerKind::Json(shape) => Some(*shape),
                _ => None,
            });
            if let Some(shape) = shape {
                let mut reading = Reading::new(new, self.judge.backend.plan);
                let key = Key::of(Owner::Answer(self.old.name.clone())).inner("[]");
                let gaps = reading.answer(item, shape, key);
                self.answered(&gaps, &reading.read, felt);
            }
        }
    }

    /// What the service answers is read as the plan reads it.
    fn answers(&self, call: &Call, after: &Operation, felt: &mut Vec<Found>) {
        let key = Key::of(Owner::Answer(self.old.name.clone()));
        let (mut gaps, read) = self.gaps(call, self.judge.new, after, &key);
        // What the plan refuses of the old contract's answers, too, is not changed.
        let before = self.gaps(call, self.judge.old, self.old, &key).0;
        gaps.retain(|gap| before.iter().all(|old| (&old.path, old.code) != (&gap.path, gap.code)));
        self.answered(&gaps, &read, felt);
        for (change, effects) in felt.iter_mut().filter(|(change, _)| change.key == key) {
            let matters = match change.code {
                "failure-added" => true,
                // One that gives `null`, and that nothing else declares.
                "failure-removed" => call.null_on.iter().any(|status| {
                    change.status.is_some_and(|removed| removed.covers(*status))
                        && !after.responses.iter().any(|own| own.status.covers(*status))
                }),
                _ => false,
            };
            if matters {
                let at = At::new(&key, "", "", Side::Answer);
                once(effects, self.effect(&at, Severity::Drifts, None));
            }
        }
    }

    /// What of a contract's answers a plan refuses, and the places that it reads.
    fn gaps(
        &self,
        call: &Call,
        contract: &Contract,
        operation: &Operation,
        key: &Key,
    ) -> (Vec<Gap>, BTreeMap<Key, String>) {
        let is_head = matches!(&operation.binding, frontage_contract::Binding::Http(http)
            if http.method == frontage_contract::Method::Head);
        let mut reading = Reading::new(contract, self.judge.backend.plan);
        let mut gaps: Vec<Gap> = Vec::new();
        let gap = |code, message: String| Gap {
            key: key.clone(),
            path: String::new(),
            code,
            message,
            is_possible: operation.responses.len() > 1,
        };
        for response in operation.responses.iter().filter(|r| is_success(operation, r.status)) {
            let shown = status_text(response.status);
            let (from, to) = match response.status {
                Status::Exact(status) => (status, status),
                Status::Range(hundred) => (u16::from(hundred) * 100, u16::from(hundred) * 100 + 99),
                Status::Default => (200, 299),
            };
            let taken: Vec<&AnswerKind> = call
                .answers
                .iter()
                .filter(|(statuses, _)| statuses.from <= to && from <= statuses.to)
                .map(|(_, kind)| kind)
                .collect();
            let whole = call.answers.iter().any(|(s, _)| s.contains(from) && s.contains(to));
            if !whole {
                let message = format!("{shown} may be answered");
                gaps.push(Gap { is_possible: !taken.is_empty(), ..gap("status-added", message) });
            }
            let content = response.preferred().filter(|_| !is_head && !matches!(from, 204 | 205));
            // The most exact stands first; a range meets several.
            let met = if from == to { 1 } else { taken.len() };
            for kind in taken.into_iter().take(met) {
                match (kind, content) {
                    (AnswerKind::Empty, _) => {}
                    (_, None) => gaps.push(gap("body-removed", format!("{shown} has no body"))),
                    (AnswerKind::Json(shape), Some(content))
                        if content.kind == ContentKind::Json =>
                    {
                        gaps.extend(reading.answer(content.ty, *shape, key.clone()));
                    }
                    (AnswerKind::Text, Some(content)) if content.kind == ContentKind::Text => {
                        reading.read.insert(key.clone(), String::new());
                    }
                    (_, Some(content)) => {
                        let message = format!("it is `{}`", content.media_type);
                        gaps.push(gap("media-type-changed", message));
                    }
                }
            }
        }
        (gaps, reading.read)
    }

    /// What is read of answers, and what of that does not fit.
    fn answered(&self, gaps: &[Gap], read: &BTreeMap<Key, String>, felt: &mut Vec<Found>) {
        let known = felt.len();
        for gap in gaps {
            let at = felt[..known]
                .iter()
                .position(|(change, _)| change.key == gap.key && change.code == gap.code)
                .or_else(|| {
                    felt[..known].iter().position(|(change, _)| {
                        change.key == gap.key && WIDENS.contains(&change.code)
                    })
                });
            match at {
                Some(at) => {
                    let (key, code) = (felt[at].0.key.clone(), felt[at].0.code);
                    self.fails(
                        &At::new(&key, code, &gap.path, Side::Answer),
                        DRIFT,
                        gap.is_possible,
                        felt,
                    );
                }
                // What follows from a variant that is new, say.
                None => {
                    let label = format!("{}: {}", self.old.name, gap.path);
                    let label = label.trim_end_matches(": ").to_owned();
                    let change = Change::new(&gap.key, &label, gap.code, gap.message.clone());
                    felt.push((change, Vec::new()));
                    let key = &gap.key;
                    self.fails(
                        &At::new(key, gap.code, &gap.path, Side::Answer),
                        DRIFT,
                        gap.is_possible,
                        felt,
                    );
                }
            }
        }
        for (change, effects) in felt.iter_mut() {
            let Some(path) = read.get(&change.key) else { continue };
            let refused = gaps.iter().any(|gap| gap.key == change.key && gap.code == change.code);
            if !refused && DRIFTS.contains(&change.code) {
                let effect = self.effect(
                    &At::new(&change.key, "", path, Side::Answer),
                    Severity::Drifts,
                    None,
                );
                once(effects, effect);
            }
        }
    }

    /// A passthrough hands on whatever comes: its clients feel every change.
    fn handed_on(&self, after: &Operation, felt: &mut [Found]) {
        let mut places = Places::of_answer(self.judge.new);
        let key = Key::of(Owner::Answer(self.old.name.clone()));
        for response in after.responses.iter().filter(|r| is_success(after, r.status)) {
            for content in &response.content {
                places.value(content.ty, &key, &[]);
            }
        }
        places.add(key, &[]);
        for (change, effects) in felt.iter_mut() {
            for path in places.paths(&change.key).iter().map(|path| shown(path)) {
                let at = At::new(&change.key, "", &path, Side::Answer);
                once(effects, self.effect(&at, Severity::Drifts, None));
            }
        }
    }

    /// The call fails there, with this status.
    pub(super) fn fails(&self, at: &At<'_>, status: u16, is_possible: bool, felt: &mut [Found]) {
        // Several calls may be made as one of another operation.
        let in_bulk = self.one.call.is_some_and(|call| call.bulk.is_some());
        let is_possible = is_possible || self.one.is_conditional || in_bulk;
        let (severity, part) = match self.one.on_failure(status) {
            Consequence::Fails if is_possible => (Severity::MayFail, None),
            Consequence::Fails => (Severity::Fails, None),
            Consequence::MayFail => (Severity::MayFail, None),
            Consequence::Loses(part) => (Severity::Loses, part),
            Consequence::Null => (Severity::Loses, None),
        };
        self.feel(at, severity, part.as_deref(), felt);
    }

    pub(super) fn feel(
        &self,
        at: &At<'_>,
        severity: Severity,
        part: Option<&str>,
        felt: &mut [Found],
    ) {
        let own = |(change, _): &&mut Found| change.key == *at.key && change.code == at.code;
        for (_, effects) in felt.iter_mut().filter(own) {
            let effect = self.effect(at, severity, part);
            match effects.iter_mut().find(|known| known.is_of_same(&effect)) {
                Some(known) if known.severity > effect.severity => *known = effect,
                Some(_) => {}
                None => effects.push(effect),
            }
        }
    }

    fn effect(&self, at: &At<'_>, severity: Severity, part: Option<&str>) -> Effect {
        let backend = self.judge.backend;
        let route = self.one.route;
        let own = Key { rest: at.key.rest.trim_end_matches("[]").to_owned(), ..at.key.clone() };
        let mut reads = BTreeSet::new();
        if at.side == Side::Answer
            && let Some((declared, places)) = self.judge.declared.get(&own).zip(self.places)
        {
            reads.extend(declared.iter().filter_map(|span| places.get(span)).flatten());
        }
        let operation = backend.plan.operation(self.one.operation);
        let place = |place: &Place| format!("{}:{}:{}", place.path, place.line, place.column);
        let spot = |(path, line, column): &Spot| format!("{path}:{line}:{column}");
        Effect {
            frontend: backend.name.to_owned(),
            owner: backend.owner.map(str::to_owned),
            route: format!("{} {}", route.method.as_str(), route.path_text()),
            severity,
            part: part.map(str::to_owned),
            side: at.side,
            operation: format!("{}.{}", self.judge.upstream, operation.name),
            path: at.path.to_owned(),
            call: place(self.one.place),
            reads: reads.into_iter().map(spot).collect(),
        }
    }
}

/// A change, and where a use meets it.
pub(super) struct At<'k> {
    key: &'k Key,
    code: &'static str,
    path: &'k str,
    side: Side,
}

impl<'k> At<'k> {
    pub(super) fn new(key: &'k Key, code: &'static str, path: &'k str, side: Side) -> Self {
        Self { key, code, path, side }
    }
}

/// Adds an effect unless it is there.
fn once(effects: &mut Vec<Effect>, effect: Effect) {
    if !effects.iter().any(|known| known.is_of_same(&effect)) {
        effects.push(effect);
    }
}

impl Effect {
    /// Whether it is of the same use, at the same place.
    fn is_of_same(&self, other: &Self) -> bool {
        (&self.frontend, &self.route, &self.call, &self.path, self.side)
            == (&other.frontend, &other.route, &other.call, &other.path, other.side)
    }
}

/// What no longer checks, each fault once.
pub(super) fn refusals(backend: &Backend<'_>, sources: &SourceMap) -> Vec<Refusal> {
    let mut found: Vec<(&Diagnostic, Vec<String>)> = Vec::new();
    for (file, faults) in backend.faulty {
        let path = &sources.file(*file).path;
        let own = backend.plan.routes.iter().filter(|route| *route.place.path == **path);
        let routes: Vec<String> =
            own.map(|route| format!("{} {}", route.method.as_str(), route.path_text())).collect();
        for fault in faults.iter().filter(|fault| fault.severity == Level::Error) {
            match found.iter_mut().find(|(known, _)| *known == fault) {
                Some((_, all)) => all.extend(routes.clone()),
                None => found.push((fault, routes.clone())),
            }
        }
    }
    let place = |fault: &Diagnostic| {
        let span = fault.primary.as_ref()?.span;
        let file = sources.file(span.file);
        let at = file.line_column(span.start);
        Some(format!("{}:{}:{}", file.path, at.line, at.column))
    };
    found
        .into_iter()
        .map(|(fault, routes)| Refusal {
            frontend: backend.name.to_owned(),
            owner: backend.owner.map(str::to_owned),
            routes,
            code: fault.code.to_string(),
            message: fault.message.clone(),
            place: place(fault).unwrap_or_default(),
        })
        .collect()
}
