//! Flow: what is known of names and their members at a point of the program.
//!
//! In:    references (`x`, `x.y.z`) and the types they were narrowed to.
//! Out:   environments that are forked at a branch and joined after it.
//! Never: an assignment; everything is constant, so what is known stays known.

use std::collections::HashMap;
use std::sync::Arc;

use frontage_diagnostic::Span;
use frontage_syntax::tree::{Expr, ExprKind, TemplatePart};

use super::Checker;
use super::expr::regex_kind;
use crate::hir::LocalId;
use crate::resolve::{Decl, ModuleId};
use crate::types::print::number_text;
use crate::types::{Kind, Ty};

/// Something that can be narrowed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Reference {
    pub(super) root: Root,
    pub(super) path: Vec<Step>,
}

/// A step from a value to a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Step {
    /// `.name`, `["name"]`, `[0]`
    Member(Arc<str>),
    /// `[key]`, whatever the constant or parameter `key` holds.
    At(Root),
}

/// Where a reference starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Root {
    Local(LocalId),
    Decl(ModuleId, Decl),
}

impl From<Root> for Reference {
    fn from(root: Root) -> Self {
        Self { root, path: Vec::new() }
    }
}

/// What is known beside the declared types.
#[derive(Debug, Clone, Default)]
pub(super) struct Env {
    narrowed: HashMap<Reference, Ty>,
    /// What the bounds of references with open types were narrowed to; it is what their members
    /// are read of, while their types stay.
    bounds: HashMap<Reference, Ty>,
}

impl<'a> Checker<'a> {
    /// What an expression refers to, if that can be narrowed.
    pub(super) fn reference(&mut self, expr: &'a Expr) -> Option<Reference> {
        match &expr.kind {
            ExprKind::Ident(name) => self.root(name, expr.span).map(Reference::from),
            ExprKind::Member { object, name, .. } => {
                let mut reference = self.reference(object)?;
                reference.path.push(Step::Member(name.name.clone()));
                Some(reference)
            }
            ExprKind::Index { object, index, .. } => {
                let step = self.step_at(index)?;
                let mut reference = self.reference(object)?;
                reference.path.push(step);
                Some(reference)
            }
            // Not what stands before `satisfies`: in tsc too, no test of that narrows.
            ExprKind::Chain(inner) => self.reference(inner),
            _ => None,
        }
    }

    /// The constant, or the parameter, that a name stands for.
    fn root(&mut self, name: &Arc<str>, span: Span) -> Option<Root> {
        let (value, clean) = self.silently(|c| c.value_named(name, span));
        value.root().filter(|_| clean)
    }

    /// `object[index]`, if the index is a literal or a name.
    pub(super) fn step_at(&mut self, index: &'a Expr) -> Option<Step> {
        // As in tsc, a literal in parentheses is none.
        if self.in_parentheses(index.span) {
            return None;
        }
        let key = self.recorded.get(&address(index)).copied()?;
        let literal: Option<Arc<str>> = match self.types.kind(key) {
            Kind::StringLiteral { value, .. } => Some(value.clone()),
            Kind::NumberLiteral { value, .. } if value.0 >= 0.0 => {
                Some(number_text(value.0).into())
            }
            _ => None,
        };
        match &index.kind {
            ExprKind::String(_) | ExprKind::Number(_) => literal.map(Step::Member),
            ExprKind::Template(parts) => match parts.as_slice() {
                [TemplatePart::Text { .. }] => literal.map(Step::Member),
                _ => None,
            },
            ExprKind::Ident(name) => match (self.root(name, index.span)?, literal) {
                // A parameter is itself only, whatever its type is.
                (Root::Local(local), Some(_)) if self.info(local).parameter => {
                    Some(Step::At(Root::Local(local)))
                }
                (_, Some(name)) => Some(Step::Member(name)),
                (root, None) => Some(Step::At(root)),
            },
            _ => None,
        }
    }

    /// What a step from `object` gives, if that has such a part.
    pub(super) fn stepped(&mut self, object: Ty, step: &Step) -> Option<Ty> {
        match step {
            Step::Member(name) => match self.types.kind(object) {
                Kind::String | Kind::StringLiteral { .. } if name.parse::<usize>().is_ok() => {
                    Some(self.types.or_undefined(Ty::STRING))
                }
                _ => self.property_type(object, name),
            },
            Step::At(root) => {
                let key = self.current(&Reference::from(*root))?;
                self.indexed_value(object, key)
            }
        }
    }

    /// The bound of an open type, if it is one of several types.
    pub(super) fn union_bound(&mut self, ty: Ty) -> Option<Ty> {
        if !self.types.kind(ty).is_open() {
            return None;
        }
        let bound = self.constraint_of(ty)?;
        let plain = matches!(self.types.kind(bound), Kind::Union(_)) && !self.generic(bound);
        plain.then_some(bound)
    }

    /// What members of a reference of the open type `ty` are read of here, if its bound is one of
    /// several types.
    pub(super) fn bound_here(&mut self, reference: &Reference, ty: Ty) -> Option<Ty> {
        let bound = self.union_bound(ty)?;
        let known = self.flow.as_ref().and_then(|env| env.bounds.get(reference)).copied();
        Some(match known {
            Some(known) if self.subtype(known, bound) => known,
            _ => bound,
        })
    }

    /// As [`Checker::bound_here`], of an expression; else its own type.
    pub(super) fn read_of(&mut self, expr: &'a Expr, ty: Ty) -> Ty {
        if self.union_bound(ty).is_none() {
            return ty;
        }
        let reference = self.reference(expr);
        reference.and_then(|reference| self.bound_here(&reference, ty)).unwrap_or(ty)
    }

    /// Notes what the bound of a reference is from here on.
    pub(super) fn note_bound(&mut self, reference: &Reference, bound: Ty) {
        if self.by_alias > 0 && !self.lasting(reference) {
            return;
        }
        if let Some(env) = &mut self.flow {
            env.bounds.insert(reference.clone(), bound);
        }
    }

    /// What is known of a reference here; `declared` is what it is without that.
    pub(super) fn narrowed(&mut self, reference: &Reference, declared: Ty) -> Ty {
        let Some(env) = self.flow.as_ref().or(self.beyond.as_ref()) else { return declared };
        let known = env.narrowed.get(reference).copied().or_else(|| self.assigned(reference));
        let Some(known) = known else { return declared };
        if known == declared {
            return known;
        }
        // The object around may have been narrowed further since.
        match (self.subtype(declared, known), self.subtype(known, declared)) {
            (true, false) => declared,
            (false, false) => self.of_both_known(known, declared),
            (_, true) => known,
        }
    }

    /// What is known of a value by two ways: the parts of the one that the other has; `known` if
    /// they have nothing to do with each other.
    fn of_both_known(&mut self, known: Ty, declared: Ty) -> Ty {
        let mut kept = Vec::new();
        for member in self.types.members_of(known) {
            if self.subtype(member, declared) {
                kept.push(member);
                continue;
            }
            for own in self.types.members_of(declared) {
                if self.subtype(own, member) {
                    kept.push(own);
                }
            }
        }
        if kept.is_empty() { known } else { self.types.union(&kept) }
    }

    /// What a module's constant was set to, of the union that it was declared as: known in its
    /// module only, and not in what stands before it, as functions that are declared do.
    fn assigned(&self, reference: &Reference) -> Option<Ty> {
        let Root::Decl(module, decl) = reference.root else { return None };
        let here = reference.path.is_empty() && module == self.module && !self.declared;
        if here { self.assigned.get(&(module, decl)).copied() } else { None }
    }

    /// The members of a declared union that a value of type `assigned` may be.
    pub(super) fn assigned_part(&mut self, declared: Ty, assigned: Ty) -> Option<Ty> {
        if !matches!(self.types.kind(declared), Kind::Union(_)) {
            return None;
        }
        if assigned == Ty::NEVER {
            return Some(Ty::NEVER);
        }
        let mut kept = Vec::new();
        let own = self.types.regular(assigned);
        for member in self.types.members_of(declared) {
            let mut fits = false;
            for part in self.types.members_of(own) {
                fits |= self.assigns(part, member);
            }
            if fits {
                kept.push(member);
            }
        }
        // As in tsc, `true` and `false` just written still widen; texts and numbers stay.
        if let Kind::Boolean { value, fresh: true } = *self.types.kind(assigned)
            && kept.len() == 1
        {
            return Some(self.types.intern(Kind::Boolean { value, fresh: true }));
        }
        if kept.is_empty() { None } else { Some(self.types.union(&kept)) }
    }

    /// Whether what was set to a value of type `assigned` is known to be `member` of its union. A
    /// pattern with the flag `g` is no `RegExp` here, but was reported where it was set.
    pub(super) fn assigns(&mut self, assigned: Ty, member: Ty) -> bool {
        self.assignable(assigned, member)
            || regex_kind(self.types.kind(assigned)) && regex_kind(self.types.kind(member))
    }

    /// Whether each step of a reference is `readonly`, so that a condition may speak of it later.
    fn lasting(&mut self, reference: &Reference) -> bool {
        let mut at = Reference::from(reference.root);
        for step in &reference.path {
            let Some(object) = self.current(&at) else { return false };
            let Step::Member(name) = step else { return false };
            let present = self.types.non_nullish(object);
            let mut readonly = false;
            for member in self.types.members_of(present) {
                readonly |= match *self.types.kind(member) {
                    Kind::Object(id) => self.object(id).property(name).is_some_and(|p| p.readonly),
                    Kind::Tuple { readonly, .. } => readonly,
                    _ => false,
                };
            }
            if !readonly {
                return false;
            }
            at.path.push(step.clone());
        }
        true
    }

    /// Notes that a reference is `ty` from here on.
    pub(super) fn note(&mut self, reference: Reference, ty: Ty) {
        if self.by_alias > 0 && !self.lasting(&reference) {
            return;
        }
        if let Some(env) = &mut self.flow {
            env.narrowed.insert(reference, ty);
        }
    }

    /// What holds whichever of two ways was taken.
    pub(super) fn join(&mut self, a: Option<Env>, b: Option<Env>) -> Option<Env> {
        let (a, b) = match (a, b) {
            (Some(a), Some(b)) => (a, b),
            (a, b) => return a.or(b),
        };
        let mut joined = Env::default();
        for (key, &bound) in &a.bounds {
            if let Some(&other) = b.bounds.get(key) {
                let both = self.types.union(&[bound, other]);
                joined.bounds.insert(key.clone(), both);
            }
        }
        let mut keys: Vec<&Reference> = a.narrowed.keys().collect();
        keys.sort_by(|x, y| x.path.cmp(&y.path));
        for key in keys {
            if let Some(&other) = b.narrowed.get(key) {
                let ty = self.joined(key, &[a.narrowed[key], other]);
                joined.narrowed.insert(key.clone(), ty);
            }
        }
        // What one way found beyond the declared type, as `typeof` does of `{}`, stays among all.
        for (own, other) in [(&a, &b), (&b, &a)] {
            let mut alone: Vec<(&Reference, Ty)> = own
                .narrowed
                .iter()
                .filter(|(key, _)| key.path.is_empty() && !other.narrowed.contains_key(*key))
                .map(|(key, &ty)| (key, ty))
                .collect();
            alone.sort_by_key(|(key, _)| key.root);
            for (key, ty) in alone {
                let flow = self.flow.replace(other.clone());
                let there = self.current(key);
                self.flow = flow;
                let Some(there) = there else { continue };
                let shortcut = self.by_alias == 0 && self.is_assigned(key.root);
                if shortcut && Some(there) == self.declared(key) {
                    continue;
                }
                let members = self.types.members_of(there);
                if self.types.members_of(ty).iter().all(|member| members.contains(member)) {
                    continue;
                }
                let both = self.joined(key, &[there, ty]);
                if both != there {
                    joined.narrowed.insert(key.clone(), both);
                }
            }
        }
        Some(joined)
    }

    /// What a reference is after two ways. As in `tsc`, members of the declared type all stay, even
    /// where one covers another: a later test may still tell them apart.
    fn joined(&mut self, reference: &Reference, ways: &[Ty]) -> Ty {
        let union = self.types.union(ways);
        // What a name for a condition says is a plain union, for tsc too.
        if self.by_alias > 0 {
            return union;
        }
        let declared = self.declared(reference);
        let declared = declared.map(|ty| self.types.members_of(ty)).unwrap_or_default();
        let all = self.types.members_of(union).iter().all(|member| declared.contains(member));
        let joined = if all { union } else { self.subtype_union(ways) };
        // All that `unknown` was split into.
        let parts = self.types.members_of(joined);
        let split = [Ty::EMPTY, Ty::NULL, Ty::UNDEFINED];
        match parts.len() == split.len() && split.iter().all(|part| parts.contains(part)) {
            true => Ty::UNKNOWN,
            false => joined,
        }
    }

    /// Whether tsc takes it that a name has a value wherever it stands. Of such a name, one way on
    /// which nothing was found is enough to know no more after both.
    fn is_assigned(&mut self, root: Root) -> bool {
        match root {
            Root::Local(local) => {
                self.info(local).parameter
                    || local.0 < self.frame.first_local
                    || matches!(self.local_ty(local), Ty::UNKNOWN | Ty::VOID)
            }
            Root::Decl(..) => self.frame.is_function,
        }
    }

    /// What a reference is where nothing was tested.
    fn declared(&mut self, reference: &Reference) -> Option<Ty> {
        let (flow, beyond) = (self.flow.take(), self.beyond.take());
        let declared = self.current(reference);
        (self.flow, self.beyond) = (flow, beyond);
        declared
    }

    /// What a function that runs later still knows: names, but not members.
    pub(super) fn captured(&self) -> Env {
        let mut env = self.flow.clone().unwrap_or_default();
        env.narrowed.retain(|reference, _| reference.path.is_empty());
        env.bounds.retain(|reference, _| reference.path.is_empty());
        env
    }
}

/// An expression's address: what it is known by while its tree is borrowed.
pub(super) fn address(expr: &Expr) -> usize {
    std::ptr::from_ref(expr) as usize
}
