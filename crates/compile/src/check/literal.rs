//! Object and array literals.
//!
//! In:    the literal and the type that its place suggests.
//! Out:   its own type: literals in it stay where the place asks for them, else they widen.
//! Never: a check against the place's type (see `assign`).

use std::sync::Arc;

use frontage_diagnostic::{Diagnostic, Span};
use frontage_syntax::tree::{self, Element, PropertyKeyKind};

use super::Checker;
use super::argument::sensitive;
use super::expr::made;
use super::spread::Built;
use crate::codes;
use crate::hir;
use crate::types::print::number_text;
use crate::types::{Kind, TupleElement, Ty};

/// At this many elements a tuple is refused, as in `tsc`.
const MOST_ELEMENTS: usize = 10_000;

impl<'a> Checker<'a> {
    /// The type of a value where it may change: literals widen, unless the place asks for them.
    pub(super) fn settle(&mut self, ty: Ty, expected: Option<Ty>) -> Ty {
        if self.as_const {
            return self.types.regular(ty);
        }
        match expected {
            Some(expected) if self.asks_for_literal(ty, expected) => self.types.regular(ty),
            _ => self.types.widen_literal(ty),
        }
    }

    /// [`Self::settle`] for a member of which several variants want something: `string | "x"` is no
    /// more than `string`, yet one of them asks for the literal.
    fn settle_among(&mut self, ty: Ty, parts: &[Ty], expected: Option<Ty>) -> Ty {
        let asked = parts.iter().any(|&part| self.asks_for_literal(ty, part));
        if asked { self.types.regular(ty) } else { self.settle(ty, expected) }
    }

    pub(super) fn asks_for_literal(&mut self, ty: Ty, expected: Ty) -> bool {
        match self.types.kind(expected).clone() {
            Kind::Union(members) => members.iter().any(|&m| self.asks_for_literal(ty, m)),
            Kind::StringLiteral { .. } | Kind::Keyof(_) => {
                self.types.any(ty, |k| matches!(k, Kind::StringLiteral { .. }))
            }
            Kind::NumberLiteral { .. } => {
                self.types.any(ty, |k| matches!(k, Kind::NumberLiteral { .. }))
            }
            Kind::Boolean { .. } => self.types.any(ty, |k| matches!(k, Kind::Boolean { .. })),
            Kind::Part { of, .. } => self.asks_for_literal(ty, of),
            Kind::Both(parts) => parts.iter().any(|&part| self.asks_for_literal(ty, part)),
            Kind::Param(id) => {
                let param = self.types.type_param(id).clone();
                param.is_const
                    || param.constraint.is_some_and(|c| {
                        if let Kind::Both(_) = self.types.kind(c) {
                            return self.asks_for_literal(ty, c);
                        }
                        let bound = self.types.base(c);
                        let own = self.types.base(ty);
                        self.types.any(bound, |k| {
                            matches!(k, Kind::String | Kind::Number | Kind::Boolean { .. })
                                || matches!(k, Kind::Keyof(_))
                        }) && (self.assignable(own, bound)
                            || matches!(self.types.kind(c), Kind::Keyof(_)))
                    })
            }
            _ => false,
        }
    }

    pub(super) fn array_literal(
        &mut self,
        elements: &'a [Element],
        span: Span,
        expected: Option<Ty>,
    ) -> hir::Expr {
        let expected = expected.map(|e| self.types.non_nullish(e));
        let constant = self.as_const;
        let by_pattern = std::mem::take(&mut self.by_pattern);
        // Where a list is wanted that may change, `as const` gives one, as in `tsc`; what a call has
        // inferred so far wants nothing.
        let inferred = self.frame.inferred && expected == self.frame.expected;
        let readonly = constant
            && !expected.filter(|_| !inferred).is_some_and(|e| {
                let bound = self.bound_of(e);
                self.types.any(bound, |k| {
                    matches!(
                        k,
                        Kind::Array { readonly: false, .. } | Kind::Tuple { readonly: false, .. }
                    )
                })
            });
        let tuple = constant
            || expected.is_some_and(|e| {
                let bound = self.bound_of(e);
                self.tuple_like(bound)
            });
        let mut items = Vec::new();
        let mut tys: Vec<Ty> = Vec::new();
        let mut fixed: Vec<TupleElement> = Vec::new();
        let mut rest = None;
        // How many elements stand behind those of a list.
        let mut behind = 0;
        for (i, element) in elements.iter().enumerate() {
            let wanted = expected.and_then(|e| self.element_wanted(e, i));
            match element {
                Element::Value(value) => {
                    let item = self.value(value, wanted);
                    let ty = self.settle(item.ty, wanted);
                    if rest.is_none() {
                        fixed.push(TupleElement { ty, optional: false });
                    } else if let Some(more) = rest {
                        rest = Some(self.types.either(more, ty));
                        behind += 1;
                    }
                    tys.push(ty);
                    items.push(hir::Item::Value(item));
                }
                Element::Spread { value, .. } => {
                    // As in tsc, the place says nothing of a list within it.
                    let item = self.value(value, None);
                    match self.types.kind(item.ty).clone() {
                        Kind::Tuple { elements, rest: None, .. }
                            if fixed.len() + elements.len() >= MOST_ELEMENTS =>
                        {
                            self.report(
                                Diagnostic::error(
                                    codes::TOO_COMPLEX,
                                    span,
                                    format!("this list would have {MOST_ELEMENTS} elements or more"),
                                )
                                .help("annotate the lists that are spread: `const list: string[] = …`"),
                            );
                            return self.hole(span);
                        }
                        Kind::Tuple { elements, rest: further, .. } if rest.is_none() => {
                            for element in elements.iter() {
                                fixed.push(*element);
                                tys.push(self.read_type(element.ty, element.optional));
                            }
                            tys.extend(further);
                            rest = further;
                        }
                        found => {
                            // As in tsc, lists and all between them are one list.
                            behind = match &found {
                                Kind::Tuple { elements, rest: None, .. } => {
                                    let required =
                                        elements.iter().rev().take_while(|e| !e.optional);
                                    match elements.iter().any(|e| e.optional) {
                                        true => required.count(),
                                        false => behind + elements.len(),
                                    }
                                }
                                _ => 0,
                            };
                            let ty = self.spread_elements(&item);
                            tys.push(ty);
                            rest = Some(rest.map_or(ty, |r| self.types.either(r, ty)));
                        }
                    }
                    items.push(hir::Item::Spread(item));
                }
            }
        }
        // What stands behind a list is somewhere: as in tsc, so many elements are there for certain.
        if let (true, Some(rest)) = (constant || by_pattern, rest) {
            let somewhere = TupleElement { ty: rest, optional: false };
            fixed.extend(std::iter::repeat_n(somewhere, behind));
        }
        // What may be missing before what is there may be `undefined`.
        let required = fixed.iter().rposition(|e| !e.optional).unwrap_or(0);
        for element in fixed.iter_mut().take(required).filter(|e| e.optional) {
            *element = TupleElement { ty: self.types.or_undefined(element.ty), optional: false };
        }
        let ty = if let (true, true, Some(rest)) = (tuple, fixed.is_empty(), rest) {
            self.types.intern(Kind::Array { element: rest, readonly })
        } else if tuple {
            self.types.intern(Kind::Tuple {
                elements: fixed.into(),
                rest,
                readonly,
                of_match: false,
            })
        } else {
            // An empty list fits every list.
            let element = self.subtype_union(&tys);
            self.types.array(element)
        };
        made(hir::ExprKind::Array(items), ty, span)
    }

    /// What spreading a list gives.
    pub(super) fn spread_elements(&mut self, item: &hir::Expr) -> Ty {
        if self.nullish_use(item, "spread") {
            return Ty::ERROR;
        }
        match self.iterated(item.ty) {
            Some(ty) => ty,
            None if item.ty == Ty::NEVER => Ty::NEVER,
            None => {
                let fault = Diagnostic::error(
                    codes::SPREAD,
                    item.span,
                    format!("`{}` cannot be spread into a list", self.types.text(item.ty)),
                );
                self.report(fault.help("spread an array, or `Object.entries(…)` of an object"));
                Ty::ERROR
            }
        }
    }

    fn tuple_like(&self, ty: Ty) -> bool {
        // As in tsc, a match is like a tuple too: it has an element by its place.
        self.types.any(ty, |k| matches!(k, Kind::Tuple { .. }))
    }

    fn element_wanted(&mut self, ty: Ty, index: usize) -> Option<Ty> {
        let mut parts = Vec::new();
        for member in self.types.members_of(ty) {
            match self.types.kind(member).clone() {
                Kind::Tuple { elements, rest, .. } => {
                    parts.extend(elements.get(index).map(|e| e.ty).or(rest));
                }
                Kind::Array { element, .. } => parts.push(element),
                Kind::Library(name, args) if &*name == "Iterable" => parts.push(args[0]),
                Kind::Param(_) | Kind::Part { .. } | Kind::Both(_) => {
                    if let Some(bound) = self.constraint_of(member) {
                        parts.extend(self.element_wanted(bound, index));
                    }
                }
                _ => {}
            }
        }
        if parts.is_empty() { None } else { Some(self.types.union(&parts)) }
    }

    /// What the place of a literal wants of a member.
    pub(super) fn property_wanted(&mut self, ty: Ty, name: &Arc<str>) -> Option<Ty> {
        let parts = self.property_parts(ty, name);
        if parts.is_empty() { None } else { Some(self.types.union(&parts)) }
    }

    /// What each variant of the place of a literal wants of a member.
    fn property_parts(&mut self, ty: Ty, name: &Arc<str>) -> Vec<Ty> {
        let mut parts = Vec::new();
        for member in self.types.members_of(ty) {
            match self.types.kind(member).clone() {
                Kind::Object(id) => {
                    let object = self.object(id);
                    match (object.property(name), object.index) {
                        (Some(p), _) => parts.push(self.read_type(p.ty, p.optional)),
                        (None, Some(index)) => parts.push(index.value),
                        (None, None) => {}
                    }
                }
                Kind::Param(_) | Kind::Part { .. } | Kind::Both(_) => {
                    if let Some(bound) = self.constraint_of(member) {
                        parts.extend(self.property_parts(bound, name));
                    }
                }
                _ => {}
            }
        }
        parts
    }

    /// Of a union that a literal is wanted for, the members that its constant members allow.
    ///
    /// - `absent`: so do those that it leaves out, as in what the place says of its functions.
    pub(super) fn discriminated(
        &mut self,
        properties: &'a [tree::Property],
        expected: Ty,
        absent: bool,
    ) -> Ty {
        let mut kept = self.types.members_of(expected);
        if kept.len() < 2 {
            return expected;
        }
        let mut written: Vec<&Arc<str>> = Vec::new();
        let mut spread = false;
        for property in properties {
            let tree::Property::Value { key, value, .. } = property else {
                spread = true;
                continue;
            };
            let Some(name) = key.name() else { continue };
            written.push(name);
            let own = match &value.kind {
                tree::ExprKind::String(text) => self.types.string_literal(text),
                tree::ExprKind::Number(number) => self.types.number_literal(*number),
                tree::ExprKind::Boolean(value) => self.types.boolean_literal(*value),
                tree::ExprKind::Null => Ty::NULL,
                tree::ExprKind::Ident(name) if absent && &**name == "undefined" => Ty::UNDEFINED,
                _ => continue,
            };
            self.told_by(&mut kept, name, own);
        }
        if absent && !spread {
            let mut names: Vec<Arc<str>> = Vec::new();
            for &member in &kept {
                if let Kind::Object(id) = *self.types.kind(member) {
                    let object = self.object(id);
                    let optional = object.properties.iter().filter(|p| p.optional);
                    names.extend(optional.map(|p| p.name.clone()));
                }
            }
            names.retain(|name| !written.contains(&name));
            names.sort();
            names.dedup();
            for name in names {
                self.told_by(&mut kept, &name, Ty::UNDEFINED);
            }
        }
        self.types.union(&kept)
    }

    /// Keeps the types whose member `name` may be `own`, if that tells any apart; what lacks it
    /// stays, as in tsc.
    fn told_by(&mut self, kept: &mut Vec<Ty>, name: &Arc<str>, own: Ty) {
        if !self.discriminant(kept, name) {
            return;
        }
        let mut wanted: Vec<Option<Ty>> = Vec::new();
        for &member in kept.iter() {
            wanted.push(self.property_type(member, name));
        }
        let fitting: Vec<bool> =
            wanted.iter().map(|ty| ty.is_some_and(|ty| self.assignable(own, ty))).collect();
        if fitting.contains(&true) {
            let mut stays = wanted.iter().zip(fitting).map(|(ty, fits)| fits || ty.is_none());
            kept.retain(|_| stays.next() == Some(true));
        }
    }

    pub(super) fn object_literal(
        &mut self,
        properties: &'a [tree::Property],
        span: Span,
        expected: Option<Ty>,
    ) -> hir::Expr {
        let expected = expected.map(|e| self.discriminated(properties, e, true));
        let constant = self.as_const;
        let mut members = Vec::new();
        let mut built = Built::default();
        for property in properties {
            match property {
                tree::Property::Value { key, value, .. } => {
                    self.literal_member(key, value, expected, &mut members, &mut built);
                }
                tree::Property::Spread { value, .. } => {
                    self.as_const = false;
                    let item = self.value(value, expected);
                    self.as_const = constant;
                    self.spread_into(&item, &mut built, constant);
                    members.push(hir::Member::Spread(item));
                }
            }
        }
        let ty = self.finish_literal(built, constant);
        made(hir::ExprKind::Object(members), ty, span)
    }

    fn literal_member(
        &mut self,
        key: &'a tree::PropertyKey,
        value: &'a tree::Expr,
        expected: Option<Ty>,
        members: &mut Vec<hir::Member>,
        built: &mut Built,
    ) {
        let constant = self.as_const;
        if let PropertyKeyKind::Computed(inner) = &key.kind {
            self.as_const = false;
            let key = self.value(inner, None);
            self.as_const = constant;
            let name = match self.types.kind(key.ty).clone() {
                Kind::StringLiteral { value, .. } => Some(value),
                Kind::NumberLiteral { value, .. } => Some(number_text(value.0).into()),
                _ => None,
            };
            if name.is_none() && key.ty != Ty::NEVER && !self.key_type(key.ty) {
                let fault = Diagnostic::error(
                    codes::INDEX,
                    key.span,
                    format!("`{}` cannot be a key", self.types.text(key.ty)),
                );
                self.report(fault.help("keys are strings or numbers"));
            }
            let wanted = match (&name, expected) {
                (Some(name), Some(e)) => self.property_wanted(e, name),
                (None, Some(e)) => self.property_wanted(e, &"\u{0}".into()),
                _ => None,
            };
            let item = self.value(value, wanted);
            let ty = self.settle(item.ty, wanted);
            let numeric = self.types.is_number(key.ty);
            match &name {
                Some(name) => self.put_once(built, name, ty, key.span),
                None => built.put_computed(ty, numeric),
            }
            members.push(hir::Member::Computed(key, item));
            return;
        }
        let Some(name) = key.name() else { return };
        let parts = expected.map(|e| self.property_parts(e, name)).unwrap_or_default();
        let wanted = match parts.is_empty() {
            // What is written here is what `T` is, and so are its members.
            true => expected.filter(|&e| sensitive(value) && self.is_said_once(e)),
            false => Some(self.types.union(&parts)),
        };
        let item = self.value(value, wanted);
        let ty = self.settle_among(item.ty, &parts, wanted);
        match name.is_empty() && !self.stands_after(key.span, '[') {
            // As in tsc, one without a name may stand there twice.
            true => _ = built.put(name, ty, constant, key.span),
            false => self.put_once(built, name, ty, key.span),
        }
        members.push(hir::Member::Static(name.clone(), item));
    }

    /// Adds a member to a literal; reports a second one of its name.
    fn put_once(&mut self, built: &mut Built, name: &Arc<str>, ty: Ty, span: Span) {
        let first = built.put(name, ty, self.as_const, span);
        if !(if name.is_empty() { built.first_computed_empty() } else { first }) {
            let fault = format!("the member `{name}` stands in this object twice");
            self.error(codes::DUPLICATE_NAME, span, fault);
        }
    }

    /// Reports members that an object of schemas or options names twice.
    pub(super) fn written_once(&mut self, properties: &'a [tree::Property]) {
        let mut seen: Vec<&Arc<str>> = Vec::new();
        for property in properties {
            let tree::Property::Value { key, .. } = property else { continue };
            let Some(name) = key.name() else { continue };
            if seen.contains(&name) {
                self.error(
                    codes::DUPLICATE_NAME,
                    key.span,
                    format!("the member `{name}` stands in this object twice"),
                );
            }
            seen.push(name);
        }
    }

    /// Whether values of `ty` may be keys.
    pub(super) fn key_type(&mut self, ty: Ty) -> bool {
        let bound = self.bound_of(ty);
        self.types.all(bound, |k| {
            matches!(
                k,
                Kind::String
                    | Kind::StringLiteral { .. }
                    | Kind::Number
                    | Kind::NumberLiteral { .. }
                    | Kind::Error
                    | Kind::Keyof(_)
            )
        })
    }
}
