//! Inference: what the type parameters of a generic function are in a call.
//!
//! In:    the types of arguments beside those of parameters.
//! Out:   candidates for each type parameter, and one type out of them.
//! Never: a diagnostic.

use std::collections::{HashMap, HashSet};

use super::Checker;
use super::substitute::Mapping;
use crate::types::{Kind, Signature, Ty, TypeParamId};

/// What is known of a call's type parameters so far.
#[derive(Debug, Default, Clone)]
pub(super) struct Inference {
    pub(super) candidates: HashMap<TypeParamId, Candidates>,
    /// What the call's place wants; it counts where nothing else is known.
    pub(super) by_place: Mapping,
    /// Types of lists that are written out in the arguments.
    pub(super) lists: HashSet<Ty>,
    /// Something that it was to follow from did not check.
    pub(super) broken: bool,
    /// It is the call's place that speaks, in which calls around may have left something open.
    pub(super) placing: bool,
}

/// What is known of one type parameter.
#[derive(Debug, Default, Clone)]
pub(super) struct Candidates {
    co: Vec<Ty>,
    contra: Vec<Ty>,
    /// What counts only if nothing else is known.
    weak: Vec<Ty>,
    /// Only ever seen as a whole parameter (`x: T`).
    nested: bool,
    /// Decided: an arrow function has been checked with it.
    fixed: Option<Ty>,
}

impl Inference {
    pub(super) fn of(signature: &Signature) -> Self {
        Self {
            by_place: Mapping::new(),
            lists: HashSet::new(),
            broken: false,
            placing: false,
            candidates: signature
                .type_params
                .iter()
                .map(|&id| (id, Candidates::default()))
                .collect(),
        }
    }
}

impl Inference {
    /// Whether it is a parameter of the call of which nothing is known so far.
    pub(super) fn says_nothing_of(&self, kind: &Kind) -> bool {
        let Kind::Param(id) = kind else { return false };
        !self.by_place.contains_key(id)
            && self.candidates.get(id).is_some_and(|found| {
                found.fixed.is_none() && found.co.is_empty() && found.contra.is_empty()
            })
    }
}

impl Checker<'_> {
    /// Collects what `source`, standing where `target` is wanted, says of the parameters.
    pub(super) fn infer(&mut self, source: Ty, target: Ty, inference: &mut Inference) {
        let top = match self.types.kind(target) {
            Kind::Param(_) | Kind::Part { .. } => true,
            Kind::Union(members) => members
                .iter()
                .any(|&m| matches!(self.types.kind(m), Kind::Param(_) | Kind::Part { .. })),
            _ => false,
        };
        self.infer_at(source, target, inference, true, top, 0);
    }

    fn infer_at(
        &mut self,
        source: Ty,
        target: Ty,
        inference: &mut Inference,
        co: bool,
        top: bool,
        depth: u32,
    ) {
        let param = matches!(self.types.kind(target), Kind::Param(_));
        if depth > 12 || source == Ty::ERROR && !param {
            inference.broken |= source == Ty::ERROR;
            return;
        }
        let (s, t) = (self.types.kind(source).clone(), self.types.kind(target).clone());
        // What has members is told of by what its own parameters are bound to.
        if s.is_open()
            && self.types.all(target, |kind| {
                matches!(
                    kind,
                    Kind::Object(_)
                        | Kind::Array { .. }
                        | Kind::Tuple { .. }
                        | Kind::Library(..)
                        | Kind::Function(_)
                )
            })
            && let Some(bound) = self.constraint_of(source)
        {
            return self.infer_at(bound, target, inference, co, top, depth + 1);
        }
        match (&s, &t) {
            // `T & {}` says what `T` is only where nothing else does.
            (_, Kind::Part { of, .. }) => match *self.types.kind(*of) {
                Kind::Param(id) if source != *of && co => {
                    if let Some(found) = inference.candidates.get_mut(&id)
                        && !found.weak.contains(&source)
                    {
                        found.weak.push(source);
                    }
                }
                _ => self.infer_at(source, *of, inference, co, top, depth + 1),
            },
            (_, Kind::Both(parts)) => {
                for &part in parts.iter() {
                    match *self.types.kind(part) {
                        Kind::Param(id) if source != part && co => {
                            if let Some(found) = inference.candidates.get_mut(&id)
                                && !found.co.contains(&source)
                            {
                                found.nested |= !top;
                                found.co.push(source);
                            }
                        }
                        _ => self.infer_at(source, part, inference, co, top, depth + 1),
                    }
                }
            }
            // A generic function that is handed on says nothing of what it takes from here.
            (_, Kind::Param(id)) if source != target && self.mentions(source, *id) => {}
            (Kind::Param(open), Kind::Param(_))
                if inference.placing && self.calling.contains(open) => {}
            (_, Kind::Param(id)) => {
                if let Some(found) = inference.candidates.get_mut(id) {
                    found.nested |= !top;
                    let list = if co { &mut found.co } else { &mut found.contra };
                    if !list.contains(&source) && source != target {
                        list.push(source);
                    }
                }
            }
            (_, Kind::Union(targets)) => {
                let sources = self.types.members_of(source);
                let (naked, others): (Vec<Ty>, Vec<Ty>) = targets.iter().copied().partition(|&m| {
                    matches!(self.types.kind(m), Kind::Param(_) | Kind::Part { .. })
                });
                let mut rest: Vec<Ty> =
                    sources.iter().copied().filter(|m| !others.contains(m)).collect();
                for &other in &others {
                    if !self.generic(other) {
                        continue;
                    }
                    for &one in &sources {
                        if self.alike(one, other) {
                            self.infer_at(one, other, inference, co, false, depth + 1);
                            rest.retain(|&r| r != one);
                        }
                    }
                }
                let rest = self.types.union(&rest);
                for param in naked {
                    self.infer_at(rest, param, inference, co, top, depth + 1);
                }
            }
            (_, Kind::Library(name, args)) if &**name == "Iterable" => {
                // Of several lists, each says something of its own.
                for one in self.types.members_of(source) {
                    if let Some(element) = self.iterated(one) {
                        self.infer_at(element, args[0], inference, co, false, depth + 1);
                    }
                }
            }
            // What the place of a call wants, seen from the call's result.
            (Kind::Library(name, args), Kind::Array { element, .. }) if &**name == "Iterable" => {
                self.infer_at(args[0], *element, inference, co, false, depth + 1);
            }
            (Kind::Union(members), _) => {
                for &member in members.iter() {
                    self.infer_at(member, target, inference, co, false, depth + 1);
                }
            }
            (
                Kind::Tuple { elements: a, rest: x, .. },
                Kind::Tuple { elements: b, rest: y, .. },
            ) => {
                for (i, own) in a.iter().enumerate() {
                    if let Some(wanted) = b.get(i).map(|e| e.ty).or(*y) {
                        self.infer_at(own.ty, wanted, inference, co, false, depth + 1);
                    }
                }
                if let (Some(x), Some(y)) = (x, y) {
                    self.infer_at(*x, *y, inference, co, false, depth + 1);
                }
            }
            (Kind::Array { .. } | Kind::Tuple { .. }, Kind::Array { element, .. }) => {
                if let Some(own) = self.types.element(source) {
                    self.infer_at(own, *element, inference, co, false, depth + 1);
                }
            }
            (Kind::Library(a, xs), Kind::Library(b, ys)) if a == b => {
                for (&x, &y) in xs.iter().zip(ys.iter()) {
                    self.infer_at(x, y, inference, co, false, depth + 1);
                }
            }
            (Kind::Function(a), Kind::Function(b)) => {
                let (a, b) = (self.types.signatures(*a).clone(), self.types.signatures(*b).clone());
                let (Some(own), Some(wanted)) = (a.signatures.last(), b.signatures.last()) else {
                    return;
                };
                let instance;
                let own: &Signature = if own.type_params.is_empty() {
                    own
                } else {
                    // It takes what is known so far.
                    let known = self.known_so_far(inference);
                    let wanted = self.substitute_signature(wanted, &known);
                    instance = self.instantiate_for(own, &wanted);
                    &instance
                };
                for (i, param) in own.params.iter().enumerate() {
                    if let Some(given) = wanted.params.get(i) {
                        self.infer_at(param.ty, given.ty, inference, !co, false, depth + 1);
                    }
                }
                if let (Some((i, x)), Some((j, y))) = (own.predicate, wanted.predicate)
                    && i == j
                {
                    self.infer_at(x, y, inference, co, false, depth + 1);
                }
                self.infer_at(own.result, wanted.result, inference, co, false, depth + 1);
            }
            (_, Kind::Object(id)) => {
                let target = self.object(*id);
                for wanted in &target.properties {
                    if let Some(own) = self.property_type(source, &wanted.name) {
                        // What may be missing may be `undefined`, which is no `T` then.
                        let wanted = self.read_type(wanted.ty, wanted.optional);
                        self.infer_at(own, wanted, inference, co, false, depth + 1);
                    }
                }
                if let Some(keys) = target.keys
                    && let Kind::Param(id) = *self.types.kind(keys.ty)
                    && matches!(s, Kind::Object(_))
                {
                    let own = self.keyof(source);
                    inference.by_place.entry(id).or_insert(own);
                }
                if let Some(index) = target.index {
                    if let Kind::Object(own) = s {
                        let own = self.object(own);
                        // What stands under keys that are not known yet says nothing of others.
                        if own.keys.is_some() && target.keys.is_none() {
                            return;
                        }
                        let mut values: Vec<Ty> = Vec::new();
                        values.extend(own.index.map(|i| i.value));
                        if !own.interface || own.index.is_some() {
                            for p in &own.properties {
                                if !index.holds(&p.name) {
                                    continue;
                                }
                                // What an optional member holds if it is there.
                                values.push(match p.optional {
                                    true => self.types.filter(p.ty, |_, m| m != Ty::UNDEFINED),
                                    false => p.ty,
                                });
                            }
                        }
                        if !values.is_empty() {
                            let values = self.types.union(&values);
                            self.infer_at(values, index.value, inference, co, false, depth + 1);
                        }
                    } else if let (true, Some(element)) =
                        (index.numeric, self.types.element(source))
                    {
                        self.infer_at(element, index.value, inference, co, false, depth + 1);
                    }
                }
            }
            _ => {}
        }
    }

    /// What the parameters of which something is known are, as far as they are.
    fn known_so_far(&mut self, inference: &Inference) -> Mapping {
        let mut map = Mapping::new();
        for (&id, found) in &inference.candidates {
            if let Some(ty) = found.fixed {
                map.insert(id, ty);
            } else if !found.co.is_empty() {
                let widened: Vec<Ty> =
                    found.co.iter().map(|&ty| self.types.widen_literal(ty)).collect();
                map.insert(id, self.supertype(&widened, &inference.lists));
            }
        }
        map
    }

    /// Whether a member of a union belongs to a generic member of another.
    fn alike(&self, source: Ty, target: Ty) -> bool {
        match (self.types.kind(source), self.types.kind(target)) {
            (Kind::Array { .. } | Kind::Tuple { .. }, Kind::Array { .. } | Kind::Tuple { .. })
            | (Kind::Object(_), Kind::Object(_))
            | (Kind::Function(_), Kind::Function(_)) => true,
            (Kind::Library(a, _), Kind::Library(b, _)) => a == b || &**b == "Iterable",
            (
                Kind::String | Kind::StringLiteral { .. } | Kind::Array { .. } | Kind::Tuple { .. },
                Kind::Library(b, _),
            ) => &**b == "Iterable",
            _ => false,
        }
    }

    /// What the parameters are by what is known; those of which nothing is known are left out.
    pub(super) fn known(&mut self, signature: &Signature, inference: &Inference) -> Mapping {
        let mut map = Mapping::new();
        for &id in &signature.type_params {
            if let Some(ty) = self.inferred(id, signature, inference, false) {
                map.insert(id, ty);
            }
        }
        map
    }

    /// Decides every parameter that `ty` names.
    pub(super) fn fix(&mut self, ty: Ty, signature: &Signature, inference: &mut Inference) {
        for &id in &signature.type_params {
            if self.mentions(ty, id) {
                let known = self.inferred(id, signature, inference, false);
                let nothing = if inference.broken { Ty::ERROR } else { Ty::UNKNOWN };
                let decided = known.or(inference.by_place.get(&id).copied()).unwrap_or(nothing);
                if let Some(found) = inference.candidates.get_mut(&id) {
                    found.fixed = Some(decided);
                }
            }
        }
    }

    /// What every parameter is in the end.
    pub(super) fn conclude(&mut self, signature: &Signature, inference: &Inference) -> Mapping {
        let mut map = Mapping::new();
        for &id in &signature.type_params {
            let known = self.inferred(id, signature, inference, true);
            let mut ty = known.or(inference.by_place.get(&id).copied());
            let param = self.types.type_param(id).clone();
            if ty.is_none() {
                ty = param.default.map(|d| self.substitute(d, &map));
            }
            if ty.is_none() && inference.broken {
                ty = Some(Ty::ERROR);
            }
            if ty.is_none() {
                ty = param.constraint.map(|c| self.substitute(c, &map));
            }
            map.insert(id, ty.unwrap_or(Ty::UNKNOWN));
        }
        for &id in &signature.type_params {
            if let Some(constraint) = self.types.type_param(id).constraint {
                let limit = self.substitute(constraint, &map);
                if !self.assignable(map[&id], limit) {
                    map.insert(id, limit);
                }
            }
        }
        map
    }

    fn inferred(
        &mut self,
        id: TypeParamId,
        signature: &Signature,
        inference: &Inference,
        last: bool,
    ) -> Option<Ty> {
        let found = inference.candidates.get(&id)?.clone();
        if found.fixed.is_some() {
            return found.fixed;
        }
        let mut found = found;
        if found.co.is_empty() && found.contra.is_empty() {
            found.co = std::mem::take(&mut found.weak);
        }
        // What did not check says nothing, and nothing follows from it.
        if found.co.contains(&Ty::ERROR) || found.contra.contains(&Ty::ERROR) {
            return Some(Ty::ERROR);
        }
        if found.co.is_empty() {
            let mut contra = found.contra.into_iter();
            let mut best = contra.next()?;
            for other in contra {
                if self.assignable(other, best) {
                    best = other;
                }
            }
            return Some(best);
        }
        let param = self.types.type_param(id).clone();
        let primitive = param.constraint.is_some_and(|c| {
            let primitive = |k: &Kind| {
                matches!(
                    k,
                    Kind::String
                        | Kind::Number
                        | Kind::Boolean { .. }
                        | Kind::StringLiteral { .. }
                        | Kind::NumberLiteral { .. }
                        | Kind::Keyof(_)
                )
            };
            self.types.any(c, |k| match k {
                Kind::Both(parts) => parts.iter().any(|&part| primitive(self.types.kind(part))),
                _ => primitive(k),
            })
        });
        let own = self.types.intern(Kind::Param(id));
        let at_top = self.types.any(signature.result, |kind| match kind {
            Kind::Param(param) => *param == id,
            Kind::Part { of, .. } => *of == own,
            _ => false,
        });
        let widen = !primitive && !param.is_const && !found.nested && (!at_top || !last);
        let mut all: Vec<Ty> = Vec::new();
        let place = inference.by_place.get(&id).copied();
        for ty in found.co {
            // A literal stays where the call's place wants one.
            let asked = place.is_some_and(|place| self.asks_for_literal(ty, place));
            let ty = match (primitive || param.is_const || asked, widen) {
                (true, _) => self.types.regular(ty),
                (false, true) => self.types.widen_literal(ty),
                (false, false) => ty,
            };
            if !all.contains(&ty) {
                all.push(ty);
            }
        }
        let ty = self.supertype(&all, &inference.lists);
        Some(self.widen(ty))
    }

    /// The candidate that covers all others, else the first; `null` and `undefined` beside it.
    fn supertype(&mut self, all: &[Ty], lists: &HashSet<Ty>) -> Ty {
        let mut nullish = Vec::new();
        let mut rest = Vec::new();
        for &ty in all {
            for m in self.types.members_of(ty) {
                if matches!(m, Ty::NULL | Ty::UNDEFINED | Ty::VOID) && !nullish.contains(&m) {
                    nullish.push(m);
                }
            }
            let ty = self.types.non_nullish(ty);
            if ty != Ty::NEVER {
                rest.push(ty);
            }
        }
        // Objects and lists just written are one candidate, the last: any of them.
        let (literals, others): (Vec<Ty>, Vec<Ty>) =
            rest.into_iter().partition(|&ty| match *self.types.kind(ty) {
                Kind::Object(id) => self.types.members(id).is_some_and(|o| o.literal),
                _ => lists.contains(&ty),
            });
        let mut rest = others;
        if !literals.is_empty() {
            rest.push(self.subtype_union(&literals));
        }
        // Literals of one kind stand beside each other.
        let unit = rest.iter().all(|&t| self.types.is_unit(t));
        let bases: Vec<Ty> = rest.iter().map(|&t| self.types.base(t)).collect();
        let best = if unit && bases.windows(2).all(|w| w[0] == w[1]) && !rest.is_empty() {
            self.types.union(&rest)
        } else {
            let mut best = rest.first().copied().unwrap_or(Ty::NEVER);
            for &other in rest.iter().skip(1) {
                if self.subtype(best, other) {
                    best = other;
                }
            }
            best
        };
        nullish.push(best);
        self.types.union(&nullish)
    }

    /// A generic signature with its parameters chosen so that it may stand for `target`.
    pub(super) fn instantiate_for(&mut self, source: &Signature, target: &Signature) -> Signature {
        let mut inference = Inference::of(source);
        for (own, given) in source.params.iter().zip(&target.params) {
            self.infer(given.ty, own.ty, &mut inference);
        }
        let map = self.conclude(source, &inference);
        self.substitute_signature(source, &map)
    }
}
