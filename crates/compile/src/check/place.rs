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
use crate::types::{Kind, Signature, Ty, TypeParam};

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
                let map = self.by_result(signature, expected);
                self.substitute(param, &map)
            }
            _ => param,
        }
    }

    /// What the place of a call says of the parameters in its result.
    pub(super) fn by_result(&mut self, signature: &Signature, expected: Ty) -> Mapping {
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
