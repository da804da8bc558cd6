//! What a use sends, held against what is taken now.
//!
//! In:    the changes of an operation's arguments, and a call as it is written.
//! Out:   an effect for each change that what is sent may meet.
//! Never: a change of something that the call does not send.
//!
//! The checker says what no longer fits the new contract's types. Where it cannot be asked (an
//! argument that is made elsewhere, in a route with other errors) what is sent counts.

use std::collections::BTreeMap;

use frontage_compile::hir::{self, ExprKind, Item, Member};
use frontage_contract::{Access, Additional, Contract, Operation, Type, TypeId};
use frontage_diagnostic::{Severity as Level, Span};
use frontage_plan::{Constant, RouteKind};

use super::changes::{Change, Limit, counterpart, is_same_media};
use super::judge::{At, BAD_REQUEST, Found, OfUse};
use super::site::{Key, Owner, Path, Step, and, shown, variants};
use super::source::{Written, knows, written};
use super::{Severity, Side};

/// Changes of what is sent that the checker sees, if the route sends what they rule out.
const CHECKED: &[&str] = &[
    "type-changed",
    "null-removed",
    "value-removed",
    "values-closed",
    "variant-removed",
    "map-closed",
];

/// An argument, and all that is known of it.
struct Argument<'a> {
    /// Its key.
    key: &'a str,
    shown: String,
    sent: bool,
    places: Places<'a>,
    /// The call as it is written.
    written: Option<&'a hir::Expr>,
}

impl OfUse<'_, '_> {
    pub(super) fn request(&self, after: &Operation, felt: &mut [Found]) {
        let judge = self.judge;
        let written = judge.sources.operation(self.one.place);
        for (index, parameter) in self.old.parameters.iter().enumerate() {
            let own = Key::of(Owner::Argument(self.old.name.clone(), parameter.key.clone()));
            let mut places = Places::new(judge.new);
            if let Some(now) = counterpart(self.old, after, index) {
                places.value(now.ty, &own, &[]);
            }
            places.add(own, &[]);
            let shown = format!("{} {}", parameter.location.as_str(), parameter.name);
            let (key, sent) = (parameter.key.as_str(), self.sends(index));
            self.argument(&Argument { key, shown, sent, places, written }, felt);
        }
        // What is new and must be sent is not, unless the call names the header itself.
        for (index, parameter) in after.parameters.iter().enumerate() {
            let given = parameter.location == frontage_contract::Location::Header
                && self.one.call.is_some_and(|call| {
                    call.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(&parameter.name))
                });
            if counterpart(after, self.old, index).is_none() && parameter.required && !given {
                let key = Key::of(Owner::Argument(self.old.name.clone(), parameter.key.clone()));
                let shown = format!("{} {}", parameter.location.as_str(), parameter.name);
                let at = At::new(&key, "parameter-added", &shown, Side::Request);
                self.fails(&at, BAD_REQUEST, false, felt);
            }
        }
        let own = Key::of(Owner::Argument(self.old.name.clone(), Operation::BODY_KEY.to_owned()));
        let mut places = Places::new(judge.new);
        let sent = self.old.body.as_ref().and_then(|body| body.content.first());
        if let Some((sent, now)) = sent.zip(after.body.as_ref()) {
            let mut content = now.content.iter();
            if let Some(now) = content.find(|c| is_same_media(&sent.media_type, &c.media_type)) {
                places.value(now.ty, &own, &[]);
            }
        }
        places.add(own, &[]);
        let sent = match self.one.call {
            Some(call) => call.body.is_some(),
            None => self.old.body.is_some(),
        };
        let (key, shown) = (Operation::BODY_KEY, "body".to_owned());
        self.argument(&Argument { key, shown, sent, places, written }, felt);
    }

    /// Whether a value is given for a parameter.
    fn sends(&self, index: usize) -> bool {
        match (self.one.call, &self.one.route.kind) {
            (Some(call), _) => call.arguments.iter().any(|(at, _)| usize::from(*at) == index),
            (None, RouteKind::Passthrough(passthrough)) => {
                passthrough.arguments.iter().any(|(at, _)| usize::from(*at) == index)
            }
            _ => false,
        }
    }

    /// Changes at an argument and below it.
    fn argument(&self, own: &Argument<'_>, felt: &mut [Found]) {
        let mut effects: Vec<(Key, &'static str, String, Option<bool>)> = Vec::new();
        for (change, _) in felt.iter() {
            for inner in own.places.paths(&change.key) {
                let Some(outcome) = self.outcome(own, change, &inner) else { continue };
                let shown = match shown(&inner) {
                    inner if inner.is_empty() => own.shown.clone(),
                    inner => format!("{}: {inner}", own.shown),
                };
                effects.push((change.key.clone(), change.code, shown, outcome));
            }
        }
        for (key, code, shown, outcome) in effects {
            let at = At::new(&key, code, &shown, Side::Request);
            match outcome {
                Some(possible) => self.fails(&at, BAD_REQUEST, possible, felt),
                None => self.feel(&at, Severity::Drifts, None, felt),
            }
        }
    }

    /// What a change does at a place: `Some(Some)` if the call fails, perhaps only with some values;
    /// `Some(None)` if something is not what it was.
    fn outcome(&self, own: &Argument<'_>, change: &Change, inner: &[Step]) -> Option<Option<bool>> {
        let mut path = vec![Step::Field(own.key.to_owned())];
        path.extend_from_slice(inner);
        let parts = own.written.and_then(|call| written(call, &path));
        let sent = own.sent;
        let refused = || self.refused(own.written, parts.as_deref(), sent).then_some(Some(true));
        // Whether something is sent that is not known to be otherwise.
        let is_sent = |is_otherwise: &dyn Fn(&hir::Expr) -> bool| match &parts {
            None => sent,
            Some(parts) => {
                sent && parts.iter().any(|part| match part {
                    Written::Missing(_) => false,
                    Written::There(expr) => !is_otherwise(expr),
                    Written::Inside(..) => true,
                })
            }
        };
        match change.code {
            "parameter-required" | "body-required" if !sent => Some(Some(false)),
            // Its value may be `undefined`.
            "parameter-required" | "body-required" => refused(),
            "body-added" if change.demands => Some(Some(false)),
            "parameter-written" | "media-type-removed" => sent.then_some(Some(true)),
            "parameter-removed" | "body-removed" | "deprecated" | "format-changed"
            | "undeclared-refused" => sent.then_some(None),
            // What a plan hands on of another answer are the fields that it knows, whatever comes.
            "field-added" if change.demands && sent && self.is_unknown(parts.as_deref()) => {
                Some(Some(true))
            }
            "field-added" | "field-required" if change.demands => refused(),
            // Who rules out what is not declared refuses it.
            "field-removed" => {
                is_sent(&|_| false).then(|| self.is_closed(&change.key).then_some(true))
            }
            "limit-narrowed" => {
                let keeps = |expr: &hir::Expr| change.limit.is_some_and(|l| is_within(l, expr));
                is_sent(&keeps).then_some(Some(true))
            }
            // The checker knows numbers, and not whether they are whole.
            "number-narrowed" => {
                let is_whole = |expr: &hir::Expr| {
                    matches!(&expr.kind,
                    ExprKind::Constant(Constant::Number(number)) if number.0.fract() == 0.0)
                };
                is_sent(&is_whole).then_some(Some(true))
            }
            code if CHECKED.contains(&code) => refused(),
            _ => None,
        }
    }

    /// Whether the object that a field was of rules out what it does not declare.
    fn is_closed(&self, key: &Key) -> bool {
        let Owner::Object(id) = key.owner else { return false };
        matches!(self.judge.new.ty(id), Type::Object(object)
            if object.additional == Additional::Forbidden)
    }

    /// Whether the checker refuses what stands there.
    fn refused(&self, call: Option<&hir::Expr>, parts: Option<&[Written<'_>]>, sent: bool) -> bool {
        let (Some(call), Some(parts)) = (call, parts) else { return sent };
        parts.iter().any(|part| self.is_refused(call, part, sent))
    }

    fn is_refused(&self, call: &hir::Expr, part: &Written<'_>, sent: bool) -> bool {
        let errors = &self.judge.errors;
        if errors.iter().any(|error| inside(part.span(), *error)) {
            return true;
        }
        // An error at the call itself: then its arguments were not looked at.
        let arguments = match &call.kind {
            ExprKind::Operation { arguments, .. } => arguments.as_deref().map(|own| own.span),
            _ => None,
        };
        let at_call = errors.iter().any(|error| {
            inside(call.span, *error) && !arguments.is_some_and(|around| inside(around, *error))
        });
        let elsewhere = match part {
            Written::There(expr) | Written::Inside(expr, _) => !is_written_out(expr),
            Written::Missing(_) => false,
        };
        at_call && (sent || matches!(part, Written::Missing(_)))
            || elsewhere && sent && self.has_errors()
    }

    /// Whether nothing that is sent can have a field: no type of what is written there knows it.
    fn is_unknown(&self, parts: Option<&[Written<'_>]>) -> bool {
        parts.is_some_and(|parts| {
            parts.iter().any(|part| match part {
                Written::Inside(expr, rest) => {
                    !self.judge.sources.types_of(expr).is_none_or(|types| knows(types, expr, rest))
                }
                Written::There(_) | Written::Missing(_) => false,
            })
        })
    }

    /// Whether the route has any error once the new contract is taken up: then the checker may have
    /// kept to itself what follows from it.
    fn has_errors(&self) -> bool {
        let judge = self.judge;
        judge.backend.faulty.iter().any(|(file, faults)| {
            judge.sources.is_of(*file, &self.one.route.place.path)
                && faults.iter().any(|fault| fault.severity == Level::Error)
        })
    }
}

/// Whether an expression says by itself what it is.
fn is_written_out(expr: &hir::Expr) -> bool {
    match &expr.kind {
        ExprKind::Constant(_) | ExprKind::Template(_) => true,
        ExprKind::Array(items) => items.iter().all(|item| match item {
            Item::Value(value) => is_written_out(value),
            Item::Spread(_) => false,
        }),
        ExprKind::Object(members) => members.iter().all(|member| match member {
            Member::Static(_, value) => is_written_out(value),
            _ => false,
        }),
        _ => false,
    }
}

/// Whether an error lies in an expression.
fn inside(around: Span, at: Span) -> bool {
    around.file == at.file && around.start <= at.start && at.end <= around.end
}

/// Whether a value that is written out keeps a limit.
fn is_within(limit: Limit, value: &hir::Expr) -> bool {
    match &value.kind {
        ExprKind::Constant(Constant::Number(number)) => limit.allows(number.0),
        #[expect(clippy::cast_precision_loss, reason = "lengths are small")]
        ExprKind::Constant(Constant::String(text)) => limit.allows(text.chars().count() as f64),
        #[expect(clippy::cast_precision_loss, reason = "lengths are small")]
        ExprKind::Array(items) if items.iter().all(|item| matches!(item, Item::Value(_))) => {
            limit.allows(items.len() as f64)
        }
        _ => false,
    }
}

/// All places of a type that callers send, with their paths from its root.
#[derive(Debug)]
pub(super) struct Places<'c> {
    contract: &'c Contract,
    found: BTreeMap<Key, Vec<Path>>,
    open: Vec<TypeId>,
    left: usize,
    /// Whether it is an answer: then what only callers send is left out, else what only services do.
    is_answer: bool,
}

/// Most places of a type.
const PLACES: usize = 10_000;

impl<'c> Places<'c> {
    fn new(contract: &'c Contract) -> Self {
        Self { contract, found: BTreeMap::new(), open: Vec::new(), left: PLACES, is_answer: false }
    }

    /// Places of an answer.
    pub(super) fn of_answer(contract: &'c Contract) -> Self {
        Self { is_answer: true, ..Self::new(contract) }
    }

    /// The paths of a place; also of a field that one of the objects no longer has.
    pub(super) fn paths(&self, key: &Key) -> Vec<Path> {
        if let Some(known) = self.found.get(key) {
            return known.clone();
        }
        let Owner::Object(_) = key.owner else { return Vec::new() };
        // A field that goes the other way is none of this one's.
        if let Owner::Object(id) = key.owner
            && let Type::Object(object) = self.contract.ty(id)
            && object.property(&key.rest).is_some()
        {
            return Vec::new();
        }
        let any = Key { owner: key.owner.clone(), rest: "*".to_owned() };
        let around = self.found.get(&any).map_or(&[][..], Vec::as_slice);
        let within = |path: &Path| and(&path[..path.len() - 1], Step::Field(key.rest.clone()));
        around.iter().filter(|path| path.last() == Some(&Step::Other)).map(within).collect()
    }

    pub(super) fn add(&mut self, key: Key, path: &[Step]) {
        let known = self.found.entry(key).or_default();
        if !known.iter().any(|own| own == path) {
            known.push(path.to_vec());
        }
    }

    pub(super) fn value(&mut self, ty: TypeId, key: &Key, path: &[Step]) {
        if self.open.contains(&ty) || self.left == 0 {
            return;
        }
        self.left -= 1;
        self.open.push(ty);
        for variant in variants(self.contract, ty) {
            self.part(variant, key, path);
        }
        self.open.pop();
    }

    fn part(&mut self, ty: TypeId, key: &Key, path: &[Step]) {
        let contract = self.contract;
        match contract.ty(ty) {
            Type::Array(array) => {
                let (key, path) = (key.inner("[]"), and(path, Step::Element));
                self.add(key.clone(), &path);
                self.value(array.items, &key, &path);
            }
            Type::Tuple(tuple) => {
                let (key, path) = (key.inner("[]"), and(path, Step::Element));
                self.add(key.clone(), &path);
                for item in tuple.items.iter().chain(&tuple.rest) {
                    self.value(*item, &key, &path);
                }
            }
            Type::Object(object) => {
                let own = Key::field(ty, "*");
                self.add(own.clone(), &and(path, Step::Other));
                let hidden = if self.is_answer { Access::WriteOnly } else { Access::ReadOnly };
                for property in object.properties.iter().filter(|p| p.access != hidden) {
                    let key = Key::field(ty, &property.name);
                    let path = and(path, Step::Field(property.name.to_string()));
                    self.add(key.clone(), &path);
                    self.value(property.ty, &key, &path);
                }
                if let Additional::Of(values) = object.additional {
                    self.value(values, &own, &and(path, Step::Other));
                }
            }
            _ => {}
        }
    }
}
