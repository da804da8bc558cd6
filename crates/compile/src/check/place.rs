//! What is known of a call's type parameters before its arguments: by its place, by what was
//! written out.
//!
//! In:    a signature, the type that the place of the call wants, the arguments as written.
//! Out:   what the parameters suggest to the arguments.
//! Never: a choice between signatures; that is `call`'s.

use frontage_diagnostic::Span;
use frontage_syntax::tree::{self, Element, ExprKind};

use super::Checker;
use super::flow::address;
use super::infer::Inference;
use super::substitute::Mapping;
use crate::codes;
use crate::types::{FunctionType, Kind, Object, Signature, Ty, TypeParam};

impl<'a> Checker<'a> {
    /// Reports type arguments beyond the bounds of their parameters.
    pub(super) fn within_bounds(&mut self, signature: &Signature, given: &Mapping, place: Span) {
        for &id in &signature.type_params {
            let (Some(&own), Some(bound)) = (given.get(&id), self.types.type_param(id).constraint)
            else {
                continue;
            };
            let bound = self.substitute(bound, given);
            if !self.assignable(own, bound) {
                let (own, bound) = (self.types.text(own), self.types.text(bound));
                self.error(
                    codes::TYPE_ARGUMENTS,
                    place,
                    format!("the type argument `{own}` does not fit its bound `{bound}`"),
                );
            }
        }
    }

    /// What a parameter's type suggests to its argument before anything is inferred.
    pub(super) fn context_of(
        &mut self,
        param: Ty,
        signature: &Signature,
        explicit: &[Ty],
        expected: Option<Ty>,
    ) -> Ty {
        if !explicit.is_empty() {
            let params = signature.type_params.iter().copied();
            let given: Mapping = params.zip(explicit.iter().copied()).collect();
            return self.substitute(param, &given);
        }
        match expected {
            Some(expected) if !signature.type_params.is_empty() => {
                let mut map = self.by_result(signature, expected);
                // What is left open around says by its bound what is written here.
                if let (Kind::Param(open), Kind::Param(own)) =
                    (self.types.kind(expected), self.types.kind(signature.result))
                    && self.calling.contains(open)
                {
                    map.entry(*own).or_insert(expected);
                }
                self.substitute(param, &map)
            }
            _ => param,
        }
    }

    /// What the place of a call says of the parameters in its result.
    pub(super) fn by_result(&mut self, signature: &Signature, expected: Ty) -> Mapping {
        // Where nothing is known of the place, nothing follows from it.
        if expected == Ty::ERROR {
            let params = signature.type_params.iter().copied();
            let named = params.filter(|&id| self.mentions(signature.result, id));
            return named.map(|id| (id, Ty::ERROR)).collect();
        }
        let mut inference = Inference { placing: true, ..Inference::of(signature) };
        // Of a promise that is awaited, its place wants what it promises.
        let result = match self.types.promised(expected) {
            Some(_) => signature.result,
            None => self.types.awaited(signature.result),
        };
        self.infer(expected, result, &mut inference);
        let mut map = self.known(signature, &inference);
        map.retain(|_, ty| *ty != Ty::UNKNOWN);
        map
    }

    /// `map`, and for the parameters that it leaves open such as are bound by what it says: where
    /// `A` is a number, the `F` of `F extends (a: A) => unknown` takes one.
    pub(super) fn bounds_by(&mut self, signature: &Signature, mut map: Mapping) -> Mapping {
        for &id in &signature.type_params {
            let param = self.types.type_param(id).clone();
            let Some(constraint) = param.constraint.filter(|_| !map.contains_key(&id)) else {
                continue;
            };
            let bound = self.substitute(constraint, &map);
            if bound != constraint {
                let own = self.types.param(TypeParam { constraint: Some(bound), ..param });
                self.calling.push(own);
                map.insert(id, self.types.intern(Kind::Param(own)));
            }
        }
        map
    }

    /// What a parameter's type suggests to an argument with functions in it: what these take by all
    /// that is known, all else, as in tsc, by what the call's place wants.
    pub(super) fn wanted_of(
        &mut self,
        param: Ty,
        known: &Mapping,
        signature: &Signature,
        place: &Mapping,
    ) -> Ty {
        let place = self.bounds_by(signature, place.clone());
        self.wanted_at(param, known, &place, 0)
    }

    fn wanted_at(&mut self, ty: Ty, known: &Mapping, place: &Mapping, depth: u32) -> Ty {
        if depth > 12 || !self.generic(ty) {
            return ty;
        }
        match self.types.kind(ty).clone() {
            // A function that stands there looks like the one that is known.
            Kind::Param(id) => {
                let own = known.get(&id).copied();
                let function = |k: &Kind| matches!(k, Kind::Function(_));
                match own.map(|own| self.members_by_bounds(own)) {
                    Some(members) if members.iter().any(|&m| function(self.types.kind(m))) => {
                        own.unwrap_or(ty)
                    }
                    _ => self.substitute(ty, place),
                }
            }
            Kind::Array { element, readonly } => {
                let element = self.wanted_at(element, known, place, depth + 1);
                self.types.intern(Kind::Array { element, readonly })
            }
            Kind::Library(name, args) => {
                let args = args.iter().map(|&a| self.wanted_at(a, known, place, depth + 1));
                let args = args.collect();
                self.types.intern(Kind::Library(name, args))
            }
            Kind::Union(members) => {
                let members: Vec<Ty> =
                    members.iter().map(|&m| self.wanted_at(m, known, place, depth + 1)).collect();
                self.types.union(&members)
            }
            Kind::Function(id) => {
                let mut function = FunctionType::clone(self.types.signatures(id));
                for signature in &mut function.signatures {
                    let mut own = self.substitute_signature(signature, known);
                    own.result = self.wanted_at(signature.result, known, place, depth + 1);
                    *signature = own.into();
                }
                self.types.function(function)
            }
            Kind::Object(id) if !self.instances.contains_key(&id) => {
                let mut object = Object::clone(&self.object(id));
                if object.keys.is_some() {
                    return self.substitute(ty, known);
                }
                for property in &mut object.properties {
                    property.ty = self.wanted_at(property.ty, known, place, depth + 1);
                }
                if let Some(index) = &mut object.index {
                    index.value = self.wanted_at(index.value, known, place, depth + 1);
                }
                self.types.object(object)
            }
            _ => self.substitute(ty, known),
        }
    }

    /// Notes the type parameters that only the argument at `at` says something of.
    pub(super) fn note_said_once(&mut self, signature: &Signature, at: usize, count: usize) {
        let Some(param) = signature.params.get(at) else { return };
        let mut others: Vec<Ty> = Vec::new();
        others.extend(
            signature
                .params
                .iter()
                .take(count)
                .enumerate()
                .filter_map(|(i, other)| (i != at).then_some(other.ty)),
        );
        others.extend(signature.rest.filter(|_| count > signature.params.len()));
        for &id in &signature.type_params {
            if self.mentions(param.ty, id) && !others.iter().any(|&ty| self.mentions(ty, id)) {
                self.said_once.push(id);
            }
        }
    }

    /// Whether `wanted` is a type parameter that the argument standing there says alone. For tsc
    /// a function that is written there is then what is wanted there.
    pub(super) fn is_said_once(&self, wanted: Ty) -> bool {
        self.types.any(wanted, |k| matches!(k, Kind::Param(id) if self.said_once.contains(id)))
    }

    /// Notes the types of the lists that an argument writes out.
    pub(super) fn lists_written(&self, expr: &'a tree::Expr, inference: &mut Inference) {
        let mut todo = vec![expr];
        while let Some(expr) = todo.pop() {
            match &expr.kind {
                ExprKind::Array(elements) => {
                    inference.lists.extend(self.recorded.get(&address(expr)).copied());
                    todo.extend(elements.iter().filter_map(|element| match element {
                        Element::Value(value) => Some(value),
                        Element::Spread { .. } => None,
                    }));
                }
                ExprKind::Object(properties) => {
                    todo.extend(properties.iter().filter_map(|property| match property {
                        tree::Property::Value { value, .. } => Some(value),
                        tree::Property::Spread { .. } => None,
                    }));
                }
                _ => {}
            }
        }
    }
}
