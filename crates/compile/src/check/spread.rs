//! What an object literal is made of: written members, and other objects spread into it.
//!
//! In:    members in the order of the text, types of what is spread.
//! Out:   the literal's type: one object, or one for each variant of what is spread.
//! Never: members of a value that is not spread member by member (a list, a map, a text).
//!
//! The rules are tsc's: a union of one object and of what spreads to nothing makes the object's
//! members optional; an index signature stays only where both sides have one.

use std::collections::HashMap;
use std::sync::Arc;

use frontage_diagnostic::{Diagnostic, Span};

use super::Checker;
use crate::codes;
use crate::hir;
use crate::types::{Index, Kind, Object, Property, Ty};

/// Variants of one literal; more is too much for anybody to follow.
const MOST_VARIANTS: usize = 512;

/// A literal as far as it was read.
#[derive(Debug, Default)]
pub(super) struct Built {
    /// What was spread so far, one for each variant; `None` as long as nothing was.
    variants: Vec<Option<Object>>,
    /// Members written since.
    pending: Object,
    /// Types of members under computed keys since; `true`: by a number.
    computed: Vec<(Ty, bool)>,
    /// All members written so far.
    written: HashMap<Arc<str>, Span>,
    /// A computed name of one was `""`.
    computed_empty: bool,
    spread: bool,
    wrong: bool,
    /// Types that are not known yet, and the objects between them, so far.
    open: Vec<Ty>,
}

impl Built {
    /// Adds a member; `false` if one of this name was written before.
    pub(super) fn put(&mut self, name: &Arc<str>, ty: Ty, readonly: bool, span: Span) -> bool {
        let property =
            Property { name: name.clone(), ty, optional: false, readonly, span: Some(span) };
        match self.pending.properties.iter_mut().find(|p| p.name == property.name) {
            Some(old) => *old = property,
            None => self.pending.properties.push(property),
        }
        self.written.insert(name.clone(), span).is_none()
    }

    /// Whether no member `""` with a computed name was written before.
    pub(super) fn first_computed_empty(&mut self) -> bool {
        !std::mem::replace(&mut self.computed_empty, true)
    }

    /// Adds a member whose name is not known.
    pub(super) fn put_computed(&mut self, ty: Ty, numeric: bool) {
        self.computed.push((ty, numeric));
    }
}

impl Checker<'_> {
    /// Adds what `item` holds.
    pub(super) fn spread_into(&mut self, item: &hir::Expr, built: &mut Built, readonly: bool) {
        if item.ty == Ty::ERROR || built.wrong {
            built.wrong = true;
            return;
        }
        if self.is_open_object(item.ty) {
            self.spread_open(item, built, readonly);
            return;
        }
        let truthy = self.truthy_part(item.ty, true);
        let members = self.types.members_of(truthy);
        let fits = |kind: &Kind| matches!(kind, Kind::Object(_) | Kind::NonPrimitive);
        let known = item.ty != Ty::UNKNOWN;
        if !known || members.is_empty() || !members.iter().all(|&m| fits(self.types.kind(m))) {
            built.wrong = true;
            self.not_spread(item, &members);
            return;
        }
        self.flush(built, readonly);
        let merged = self.merged(item.ty);
        self.hidden_members(merged, built, item.span);
        let left = self.merge_variants(std::mem::take(&mut built.variants));
        let right = self.types.members_of(merged);
        if left.len() * right.len() > MOST_VARIANTS {
            built.wrong = true;
            let fault = Diagnostic::error(
                codes::TOO_COMPLEX,
                item.span,
                format!("spreading this gives more than {MOST_VARIANTS} variants of the object"),
            );
            self.report(fault.help("give the object fewer parts that may be one thing or another"));
            return;
        }
        for variant in left {
            for &member in &right {
                built.variants.push(match *self.types.kind(member) {
                    Kind::Object(id) => {
                        let object = self.object(id);
                        Some(self.spread_object(variant.as_ref(), &object, readonly))
                    }
                    _ => variant.clone(),
                });
            }
        }
        built.spread = true;
    }

    /// Whether it is of a type parameter that is bound to an object.
    fn is_open_object(&mut self, ty: Ty) -> bool {
        let bound = self.innermost_bound(ty);
        self.types.kind(ty).is_open()
            && matches!(self.types.kind(bound), Kind::Object(_) | Kind::NonPrimitive)
    }

    /// As tsc has it, `{ a: 1, ...t, b: 2 }` is `{ a: number } & T & { b: number }`.
    fn spread_open(&mut self, item: &hir::Expr, built: &mut Built, readonly: bool) {
        self.flush(built, readonly);
        let bound = self.innermost_bound(item.ty);
        self.hidden_members(bound, built, item.span);
        self.close_part(built);
        built.open.push(item.ty);
    }

    /// What was read since the last type that is not known yet is a part of its own.
    fn close_part(&mut self, built: &mut Built) {
        let mut tys = Vec::new();
        let variants = self.merge_variants(std::mem::take(&mut built.variants));
        let none = variants.iter().all(|v| v.as_ref().is_none_or(Object::is_empty));
        for variant in variants.into_iter().filter(|_| !none) {
            let object = self.types.object(variant.unwrap_or_else(empty_literal));
            tys.push(self.widen(object));
        }
        if !tys.is_empty() {
            let part = self.types.union(&tys);
            built.open.push(part);
        }
        built.spread = false;
    }

    /// The type of the whole literal.
    pub(super) fn finish_literal(&mut self, mut built: Built, readonly: bool) -> Ty {
        if built.wrong {
            return Ty::ERROR;
        }
        if !built.spread && built.open.is_empty() {
            let only = self.pending(&mut built);
            return self.types.object(only);
        }
        self.flush(&mut built, readonly);
        if !built.open.is_empty() {
            self.close_part(&mut built);
            let parts = built.open.into_iter();
            return parts.fold(Ty::UNKNOWN, |all, part| self.intersection(all, part, None));
        }
        let mut tys = Vec::new();
        for variant in built.variants {
            let object = variant.unwrap_or_else(empty_literal);
            tys.push(self.types.object(object));
        }
        self.types.union(&tys)
    }

    /// Members written so far become one more object that is spread.
    fn flush(&mut self, built: &mut Built, readonly: bool) {
        if built.variants.is_empty() {
            built.variants.push(None);
        }
        if built.pending.properties.is_empty() && built.computed.is_empty() {
            return;
        }
        let pending = self.pending(built);
        let variants = self.merge_variants(std::mem::take(&mut built.variants));
        for variant in variants {
            let object = self.spread_object(variant.as_ref(), &pending, readonly);
            built.variants.push(Some(object));
        }
        built.spread = true;
    }

    fn pending(&mut self, built: &mut Built) -> Object {
        let mut object = std::mem::take(&mut built.pending);
        object.literal = true;
        let computed = std::mem::take(&mut built.computed);
        if !computed.is_empty() {
            let mut all: Vec<Ty> = object.properties.iter().map(|p| p.ty).collect();
            all.extend(computed.iter().map(|c| c.0));
            let value = self.subtype_union(&all);
            let numeric = computed.iter().all(|c| c.1);
            object.index = Some(Index { value, numeric });
        }
        object
    }

    fn not_spread(&mut self, item: &hir::Expr, members: &[Ty]) {
        let text = self.types.text(item.ty);
        let other = item.ty != Ty::UNKNOWN
            && !members.is_empty()
            && members.iter().all(|&m| {
                let kind = self.types.kind(m);
                matches!(
                    kind,
                    Kind::Object(_)
                        | Kind::NonPrimitive
                        | Kind::Array { .. }
                        | Kind::Tuple { .. }
                        | Kind::Function(_)
                        | Kind::Library(..)
                        | Kind::Param(_)
                        | Kind::Part { .. }
                        | Kind::Both(_)
                        | Kind::Indexed { .. }
                )
            });
        let (code, message) = if other {
            let message = format!("spreading `{text}` into an object is not part of the language");
            (codes::SPREAD_FORM, message)
        } else {
            (codes::SPREAD, format!("`{text}` cannot be spread into an object"))
        };
        let help = if self.types.any(item.ty, |k| matches!(k, Kind::Boolean { value: true, .. })) {
            "write `...(condition ? { … } : {})`"
        } else if self.types.kind(item.ty).is_open() {
            "bind the type parameter to an object: `<T extends object>`"
        } else {
            "spread an object whose members are known"
        };
        self.report(Diagnostic::error(code, item.span, message).help(help));
    }

    /// Members that were written and can never be seen.
    fn hidden_members(&mut self, spread: Ty, built: &Built, place: Span) {
        let members = self.types.members_of(spread);
        let objects: Vec<Arc<Object>> = members
            .iter()
            .filter_map(|&m| match *self.types.kind(m) {
                Kind::Object(id) => Some(self.object(id)),
                _ => None,
            })
            .collect();
        let Some((first, others)) = objects.split_first() else { return };
        if objects.len() < members.len() {
            return;
        }
        for property in &first.properties {
            let Some(&at) = built.written.get(&property.name) else { continue };
            let always = |o: &Arc<Object>| o.property(&property.name).is_some_and(|p| !p.optional);
            if !property.optional && others.iter().all(always) {
                self.report(
                    Diagnostic::error(
                        codes::DUPLICATE_NAME,
                        at,
                        format!("the member `{}` is overwritten by what is spread", property.name),
                    )
                    .also(place, "overwritten here")
                    .help("write it after the spread, or leave it out"),
                );
            }
        }
    }

    /// A union of one object and of what spreads to nothing: the object, its members optional.
    fn merged(&mut self, ty: Ty) -> Ty {
        let members = self.types.members_of(ty);
        if members.len() < 2 {
            return ty;
        }
        let full: Vec<Ty> = members.iter().copied().filter(|&m| !self.spreads_empty(m)).collect();
        match full.as_slice() {
            [] => {
                let object = |m: &&Ty| matches!(self.types.kind(**m), Kind::Object(_));
                match members.iter().find(object) {
                    Some(&empty) => empty,
                    None => self.types.object(empty_literal()),
                }
            }
            [only] => match *self.types.kind(*only) {
                Kind::Object(id) => {
                    let object = Self::partial_object(&self.object(id));
                    self.types.object(object)
                }
                _ => ty,
            },
            _ => ty,
        }
    }

    fn merge_variants(&mut self, variants: Vec<Option<Object>>) -> Vec<Option<Object>> {
        if variants.len() < 2 {
            return variants;
        }
        let empty = |v: &Option<Object>| v.as_ref().is_none_or(Object::is_empty);
        let full: Vec<&Option<Object>> = variants.iter().filter(|v| !empty(v)).collect();
        match full.as_slice() {
            [] => vec![variants.into_iter().next().flatten()],
            [Some(only)] => vec![Some(Self::partial_object(only))],
            _ => variants,
        }
    }

    fn partial_object(object: &Object) -> Object {
        let mut partial = Object { name: None, span: None, interface: false, ..object.clone() };
        for property in &mut partial.properties {
            property.optional = true;
        }
        partial
    }

    fn spreads_empty(&mut self, ty: Ty) -> bool {
        match *self.types.kind(ty) {
            Kind::Object(id) => self.object(id).is_empty(),
            // In tsc what is `void` is a variant of its own.
            Kind::Void => false,
            _ => true,
        }
    }

    /// `{ ...left, ...right }`
    fn spread_object(&mut self, left: Option<&Object>, right: &Object, readonly: bool) -> Object {
        // What stands under the keys of a record stays there beside one more of the same kind.
        if let Some(left) = left
            && let (Some(_), Some(own), Some(more)) = (left.keys, left.index, right.index)
            && right.properties.is_empty()
            && self.assignable(more.value, own.value)
        {
            return Object { spread: true, literal: true, ..left.clone() };
        }
        let index = match left {
            None => right.index,
            Some(left) => match (left.index, right.index) {
                (Some(a), Some(b)) => Some(Index {
                    value: self.types.either(a.value, b.value),
                    numeric: a.numeric || b.numeric,
                }),
                _ => None,
            },
        };
        let copy = |p: &Property| Property { readonly, ..p.clone() };
        let mut properties: Vec<Property> =
            left.into_iter().flat_map(|left| left.properties.iter().map(copy)).collect();
        for property in &right.properties {
            let Some(slot) = properties.iter_mut().find(|p| p.name == property.name) else {
                properties.push(copy(property));
                continue;
            };
            if !property.optional {
                *slot = copy(property);
                continue;
            }
            // An optional member leaves what was there where it is missing.
            let old = slot.clone();
            let own = self.types.filter(property.ty, |_, m| m != Ty::UNDEFINED);
            let before = self.types.filter(old.ty, |_, m| m != Ty::UNDEFINED);
            let ty = if own == before { old.ty } else { self.subtype_union(&[old.ty, own]) };
            if let Some(slot) = properties.iter_mut().find(|p| p.name == property.name) {
                *slot = Property { ty, optional: old.optional, ..copy(property) };
            }
        }
        let keys = right.keys.filter(|_| left.is_none());
        Object { properties, index, keys, spread: true, ..empty_literal() }
    }
}

fn empty_literal() -> Object {
    Object { literal: true, ..Object::default() }
}
