//! The shape of types: members, keys, intersections.
//!
//! In:    any type.
//! Out:   what reading a member of it gives.
//! Never: a diagnostic about a member; whoever reads one says what is missing.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use frontage_diagnostic::Span;
use frontage_syntax::tree::{ItemKind, TypeKind, TypeMember};

use super::{Checker, TypeBinding, TypeScope};
use crate::codes;
use crate::resolve::{Decl, ModuleId};
use crate::types::print::number_text;
use crate::types::{FunctionType, Index, Kind, Object, Property, Ty};

impl Checker<'_> {
    /// The interface of the library that describes a value which is not an object, and its
    /// arguments.
    pub(super) fn apparent(&mut self, ty: Ty) -> Option<(Arc<str>, Vec<Ty>)> {
        Some(match self.types.kind(ty).clone() {
            Kind::String | Kind::StringLiteral { .. } => ("String".into(), Vec::new()),
            Kind::Number | Kind::NumberLiteral { .. } => ("Number".into(), Vec::new()),
            Kind::Boolean { .. } => ("Boolean".into(), Vec::new()),
            Kind::Array { element, .. } => ("Array".into(), vec![element]),
            Kind::Tuple { .. } => {
                let element = self.types.element(ty)?;
                ("Array".into(), vec![element])
            }
            Kind::Library(name, args) => (name, args.to_vec()),
            _ => return None,
        })
    }

    /// The type of a member of the library's `interface`.
    pub(super) fn prelude_member(
        &mut self,
        interface: &Arc<str>,
        args: &[Ty],
        name: &Arc<str>,
    ) -> Option<Ty> {
        let key = (interface.clone(), args.to_vec(), name.clone());
        if let Some(&found) = self.prelude_members.get(&key) {
            return found;
        }
        let prelude = ModuleId(0);
        let module = self.module_of(prelude);
        let Some(&Decl::Interface(item)) = module.symbols.types.get(interface) else { return None };
        let ItemKind::Interface(decl) = &module.tree.items[item].kind else { return None };
        let names: HashMap<Arc<str>, TypeBinding<'_>> = decl
            .type_params
            .iter()
            .zip(args)
            .map(|(p, &ty)| (p.name.name.clone(), TypeBinding::Ty(ty)))
            .collect();
        let scope = Some(Rc::new(TypeScope { names, parent: None }));
        let mut found = None;
        let mut signatures = Vec::new();
        self.within(prelude, scope, |c| {
            for member in &decl.members {
                let TypeMember::Property { key, ty, optional, .. } = member else { continue };
                if key.name() != Some(name) {
                    continue;
                }
                if let TypeKind::Function(function) = &ty.kind {
                    let signature = c.signature(function);
                    signatures.push(Arc::new(signature));
                } else {
                    let ty = c.annotation(ty);
                    found = Some(c.read_type(ty, *optional));
                }
            }
        });
        if !signatures.is_empty() {
            found = Some(self.types.function(FunctionType { signatures }));
        }
        if found.is_none()
            && decl
                .extends
                .iter()
                .any(|e| matches!(&e.kind, TypeKind::Ref { path, .. } if &*path[0].name == "Error"))
        {
            found = self.prelude_member(&"Error".into(), &[], name);
        }
        self.prelude_members.insert(key, found);
        found
    }

    /// The names of all members of a library's interface.
    pub(super) fn prelude_names(&self, interface: &str) -> Vec<Arc<str>> {
        let module = self.module_of(ModuleId(0));
        let Some(&Decl::Interface(item)) = module.symbols.types.get(interface) else {
            return Vec::new();
        };
        let ItemKind::Interface(decl) = &module.tree.items[item].kind else { return Vec::new() };
        let mut names: Vec<Arc<str>> = Vec::new();
        for member in &decl.members {
            if let TypeMember::Property { key, .. } = member
                && let Some(name) = key.name()
                && !names.contains(name)
            {
                names.push(name.clone());
            }
        }
        names
    }

    /// What `value.name` gives for a value of type `ty`; `None` where some of its values have no
    /// such member (nullish ones count as having none).
    pub(super) fn property_type(&mut self, ty: Ty, name: &Arc<str>) -> Option<Ty> {
        match self.types.kind(ty).clone() {
            Kind::Error => Some(Ty::ERROR),
            Kind::Never => Some(Ty::NEVER),
            Kind::Union(members) => {
                if ty == Ty::BOOLEAN {
                    return self.prelude_member(&"Boolean".into(), &[], name);
                }
                self.property_of_each(&members, name)
            }
            Kind::Object(id) => {
                let object = self.object(id);
                if let Some(property) = object.property(name) {
                    return Some(self.read_type(property.ty, property.optional));
                }
                let index = object.index_of(name)?;
                // `noUncheckedIndexedAccess`
                Some(self.types.or_undefined(index.value))
            }
            Kind::Tuple { elements, rest, .. } => {
                if let Some(i) = place_named(name) {
                    return match (elements.get(i), rest) {
                        (Some(e), _) => Some(self.read_type(e.ty, e.optional)),
                        (None, Some(rest)) => Some(self.types.or_undefined(rest)),
                        (None, None) => None,
                    };
                }
                if let Some(rest) = rest.filter(|_| names_number(name)) {
                    return Some(self.types.or_undefined(rest));
                }
                if &**name == "length" && rest.is_none() {
                    let least = elements.iter().position(|e| e.optional).unwrap_or(elements.len());
                    #[expect(clippy::cast_precision_loss, reason = "no tuple is that long")]
                    let lengths: Vec<Ty> = (least..=elements.len())
                        .map(|length| self.types.number_literal(length as f64))
                        .collect();
                    return Some(self.types.union(&lengths));
                }
                let (interface, args) = self.apparent(ty)?;
                self.prelude_member(&interface, &args, name)
            }
            Kind::Param(_) | Kind::Indexed { .. } | Kind::Part { .. } | Kind::Both(_) => {
                let bound = self.constraint_of(ty)?;
                self.property_type(bound, name)
            }
            Kind::Array { element, .. } if names_number(name) => {
                Some(self.types.or_undefined(element))
            }
            Kind::String | Kind::StringLiteral { .. } if names_number(name) => {
                Some(self.types.or_undefined(Ty::STRING))
            }
            _ => {
                let (interface, args) = self.apparent(ty)?;
                self.prelude_member(&interface, &args, name)
            }
        }
    }

    /// What `value.name` gives for a value of one of `members`. As in `tsc`, what one literal of
    /// several lacks is `undefined` there, and where one has the member itself, index signatures of
    /// others give what they hold.
    fn property_of_each(&mut self, members: &[Ty], name: &Arc<str>) -> Option<Ty> {
        if let Some(at) = place_named(name)
            && let Some(found) = self.place_of_each(members, at, true)
        {
            return Some(found);
        }
        let (mut own, mut held, mut lacking) = (Vec::new(), Vec::new(), false);
        for &member in members {
            if let Kind::Object(id) = *self.types.kind(member) {
                let object = self.object(id);
                if let (None, Some(index)) = (object.property(name), object.index)
                    && index.holds(name)
                {
                    held.push(index.value);
                    continue;
                }
            }
            match self.property_type(member, name) {
                Some(part) => own.push(part),
                None if self.complete_literal(member) => lacking = true,
                None => return None,
            }
        }
        if own.is_empty() && (lacking || held.is_empty()) {
            return None;
        }
        if own.is_empty() || lacking {
            own.push(Ty::UNDEFINED);
        }
        own.extend(held);
        Some(self.types.union(&own))
    }

    /// What the place `at` of one of several lists, tuples and texts is, if these are not all
    /// tuples. As in tsc, where a tuple has that place, the others give what they hold; where none
    /// has, it is any of what all of them hold.
    ///
    /// - `read`: of a value, where that may be missing.
    pub(super) fn place_of_each(&mut self, members: &[Ty], at: usize, read: bool) -> Option<Ty> {
        let (mut own, mut others, mut all) = (Vec::new(), Vec::new(), Vec::new());
        let mut tuples = 0;
        for &member in members {
            match self.types.kind(member).clone() {
                Kind::Tuple { elements, rest, of_match, .. } => {
                    // A match is a list with a first element.
                    tuples += usize::from(!of_match);
                    all.extend(self.types.element(member));
                    match elements.get(at) {
                        Some(element) => own.push(self.read_type(element.ty, element.optional)),
                        None => others.push(rest.unwrap_or(Ty::UNDEFINED)),
                    }
                }
                Kind::Array { element, .. } => {
                    others.push(element);
                    all.push(element);
                }
                Kind::String | Kind::StringLiteral { .. } => {
                    others.push(Ty::STRING);
                    all.push(Ty::STRING);
                }
                _ => return None,
            }
        }
        if members.len() < 2 || tuples == members.len() {
            return None;
        }
        if own.is_empty() {
            all.extend(read.then_some(Ty::UNDEFINED));
            return Some(self.types.union(&all));
        }
        own.extend(others);
        Some(self.types.union(&own))
    }

    /// Whether it is an object that was just written, with nothing spread into it.
    pub(super) fn complete_literal(&mut self, ty: Ty) -> bool {
        match *self.types.kind(ty) {
            Kind::Object(id) => {
                let object = self.object(id);
                object.literal && !object.spread
            }
            _ => false,
        }
    }

    /// `T[K]`
    pub(super) fn indexed(&mut self, object: Ty, index: Ty, place: Option<Span>) -> Ty {
        if object == Ty::ERROR || index == Ty::ERROR {
            return Ty::ERROR;
        }
        if index == Ty::NEVER {
            return Ty::NEVER;
        }
        if let Kind::Part { of, .. } = *self.types.kind(object) {
            return self.indexed(of, index, place);
        }
        if let Kind::Both(_) = self.types.kind(object) {
            let bound = self.bound_of(object);
            return self.indexed(bound, index, place);
        }
        if let Some(value) = self.under_keys(object, index) {
            return value;
        }
        match self.types.kind(index).clone() {
            Kind::Union(members) => {
                let parts: Vec<Ty> =
                    members.iter().map(|&m| self.indexed(object, m, place)).collect();
                return self.types.union(&parts);
            }
            Kind::Param(_) | Kind::Keyof(_) | Kind::Both(_) => {
                return self.types.intern(Kind::Indexed { object, index, read: false });
            }
            _ => {}
        }
        if let Kind::Param(_) = self.types.kind(object) {
            return self.types.intern(Kind::Indexed { object, index, read: false });
        }
        if let Kind::Indexed { .. } = self.types.kind(object) {
            if let (Some(bound), Some(_)) = (self.constraint_of(object), place)
                && self.indexed(bound, index, place) == Ty::ERROR
            {
                return Ty::ERROR;
            }
            return self.types.intern(Kind::Indexed { object, index, read: false });
        }
        let found = match self.types.kind(index).clone() {
            Kind::StringLiteral { value, .. } => self.property_or_value(object, &value),
            Kind::NumberLiteral { value, .. } => {
                let name: Arc<str> = number_text(value.0).into();
                let members = self.types.members_of(object);
                let among =
                    place_named(&name).and_then(|at| self.place_of_each(&members, at, false));
                match self.types.kind(object) {
                    _ if among.is_some() => among,
                    Kind::Array { element, .. } => Some(*element),
                    _ => self.property_or_value(object, &name),
                }
            }
            Kind::Number => match self.types.kind(object).clone() {
                Kind::Union(members) => {
                    let parts: Vec<Ty> =
                        members.iter().map(|&m| self.indexed(m, index, place)).collect();
                    return self.types.union(&parts);
                }
                Kind::Object(id) => self.index_now(id).map(|i| i.value),
                Kind::String | Kind::StringLiteral { .. } => Some(Ty::STRING),
                _ => self.types.element(object),
            },
            Kind::String => match self.types.kind(object).clone() {
                Kind::Object(id) => self.index_now(id).filter(|i| !i.numeric).map(|i| i.value),
                _ => None,
            },
            _ => None,
        };
        found.unwrap_or_else(|| {
            // Past a tuple's end, if only what is given for `K` says so.
            if place.is_none()
                && let Kind::Tuple { .. } = self.types.kind(object)
                && let Kind::NumberLiteral { .. } = self.types.kind(index)
            {
                return Ty::UNDEFINED;
            }
            if let Some(span) = place {
                let message = format!(
                    "`{}` is not a key of `{}`",
                    self.types.text(index),
                    self.types.text(object)
                );
                self.error(codes::UNKNOWN_MEMBER, span, message);
            }
            Ty::ERROR
        })
    }

    /// As [`Checker::property_type`], but an index signature gives its values as they are.
    fn property_or_value(&mut self, object: Ty, name: &Arc<str>) -> Option<Ty> {
        if let Kind::Object(id) = *self.types.kind(object) {
            if self.outline(id).property(name).is_none() {
                return self.index_now(id).map(|i| i.value);
            }
            if self.unread(id) && self.reading_types() {
                let property = self.member_now(id, name)?;
                return Some(self.read_type(property.ty, property.optional));
            }
        }
        // Of a choice of types that are being read, each has it.
        if let Kind::Union(members) = self.types.kind(object).clone()
            && self.reading_types()
            && self.types.all(object, |k| matches!(k, Kind::Object(_)))
        {
            let parts = members.iter().map(|&member| self.property_or_value(member, name));
            let parts: Option<Vec<Ty>> = parts.collect();
            return parts.map(|parts| self.types.union(&parts));
        }
        self.property_type(object, name)
    }

    /// `Record<K, T>[K]`
    pub(super) fn under_keys(&mut self, object: Ty, key: Ty) -> Option<Ty> {
        let Kind::Object(id) = *self.types.kind(object) else { return None };
        if self.unread(id) {
            return None;
        }
        let object = self.object(id);
        object.index.filter(|_| object.keys.is_some_and(|k| k.ty == key)).map(|i| i.value)
    }

    /// `keyof T`
    pub(super) fn keyof(&mut self, ty: Ty) -> Ty {
        match self.types.kind(ty).clone() {
            Kind::Param(_) | Kind::Indexed { .. } => self.types.intern(Kind::Keyof(ty)),
            Kind::Part { of, .. } => self.keyof(of),
            Kind::Both(parts) => {
                let keys: Vec<Ty> = parts.iter().map(|&part| self.keyof(part)).collect();
                self.types.union(&keys)
            }
            Kind::Never => self.types.union(&[Ty::STRING, Ty::NUMBER]),
            Kind::Object(id) => {
                let object = self.outline(id);
                if let Some(keys) = object.keys {
                    return keys.ty;
                }
                let mut keys: Vec<Ty> =
                    object.properties.iter().map(|p| self.types.string_literal(&p.name)).collect();
                if let Some(index) = object.index {
                    keys.push(Ty::NUMBER);
                    if !index.numeric {
                        keys.push(Ty::STRING);
                    }
                }
                self.types.union(&keys)
            }
            Kind::Union(members) => {
                let mut common: Option<Vec<Ty>> = None;
                for &member in members.iter() {
                    let keys = self.keyof(member);
                    let keys = self.types.members_of(keys);
                    common = Some(match common {
                        None => keys,
                        Some(c) => c.into_iter().filter(|k| keys.contains(k)).collect(),
                    });
                }
                self.types.union(&common.unwrap_or_default())
            }
            Kind::Error => Ty::ERROR,
            _ => {
                let Some((interface, _)) = self.apparent(ty) else { return Ty::NEVER };
                let mut keys = Vec::new();
                if matches!(&*interface, "Array" | "String") {
                    keys.push(Ty::NUMBER);
                }
                let places = match self.types.kind(ty) {
                    Kind::Tuple { elements, .. } => elements.len(),
                    _ => 0,
                };
                keys.extend((0..places).map(|i| self.types.string_literal(&i.to_string())));
                for name in self.prelude_names(&interface) {
                    keys.push(self.types.string_literal(&name));
                }
                self.types.union(&keys)
            }
        }
    }

    /// `A & B`
    ///
    /// - `place`: where it is written, if it is; there, one with a type parameter is reported.
    pub(super) fn intersection(&mut self, a: Ty, b: Ty, place: Option<Span>) -> Ty {
        if a == b || b == Ty::UNKNOWN || a == Ty::ERROR {
            return a;
        }
        if a == Ty::UNKNOWN || b == Ty::ERROR {
            return b;
        }
        if let Kind::Union(members) = self.types.kind(a).clone() {
            let parts: Vec<Ty> = members.iter().map(|&m| self.intersection(m, b, place)).collect();
            return self.types.union(&parts);
        }
        if let Kind::Union(members) = self.types.kind(b).clone() {
            let parts: Vec<Ty> = members.iter().map(|&m| self.intersection(a, m, place)).collect();
            return self.types.union(&parts);
        }
        if let Some(both) = self.open_both(a, b).or_else(|| self.keys_that_are_texts(a, b)) {
            return both;
        }
        let (Kind::Object(x), Kind::Object(y)) =
            (self.types.kind(a).clone(), self.types.kind(b).clone())
        else {
            if self.assignable(a, b) {
                return a;
            }
            if self.assignable(b, a) {
                return b;
            }
            // What is nothing is no object, whatever that holds.
            let nothing =
                matches!(a, Ty::NULL | Ty::UNDEFINED) || matches!(b, Ty::NULL | Ty::UNDEFINED);
            let object = |kind: &Kind| matches!(kind, Kind::Object(_));
            let apart = nothing && (object(self.types.kind(a)) || object(self.types.kind(b)));
            if let Some(span) = place
                && !apart
                && (self.generic(a) || self.generic(b))
            {
                self.error(
                    codes::TYPE_FORM,
                    span,
                    "only objects and other type parameters are combined with a type parameter",
                );
                return Ty::ERROR;
            }
            return Ty::NEVER;
        };
        self.both_objects(x, y, place)
    }

    /// The members of two objects, as those of one.
    pub(super) fn combined(&mut self, x: &Object, y: &Object, place: Option<Span>) -> Object {
        let mut merged = Object { interface: x.interface || y.interface, ..Object::default() };
        for property in &x.properties {
            merged.properties.push(match y.property(&property.name) {
                Some(other) => self.merged_property(property, other, place),
                None => property.clone(),
            });
        }
        for property in &y.properties {
            if x.property(&property.name).is_none() {
                merged.properties.push(property.clone());
            }
        }
        merged.index = match (x.index, y.index) {
            (Some(i), Some(j)) => {
                self.combining += 1;
                let value = self.intersection(i.value, j.value, place);
                self.combining -= 1;
                Some(Index { value, numeric: i.numeric && j.numeric })
            }
            (i, j) => i.or(j),
        };
        merged
    }

    /// A member that two objects have, as one that is both.
    pub(super) fn merged_property(
        &mut self,
        own: &Property,
        other: &Property,
        place: Option<Span>,
    ) -> Property {
        self.combining += 1;
        let ty = self.intersection(own.ty, other.ty, place);
        self.combining -= 1;
        Property {
            ty,
            optional: own.optional && other.optional,
            readonly: own.readonly && other.readonly,
            ..own.clone()
        }
    }

    /// `keyof T & string`
    fn keys_that_are_texts(&mut self, a: Ty, b: Ty) -> Option<Ty> {
        let keys = |c: &Self, ty: Ty| match c.types.kind(ty) {
            Kind::Keyof(of) => *of != Ty::NEVER,
            Kind::Both(parts) => parts.iter().all(|&part| match c.types.kind(part) {
                Kind::Keyof(of) => *of != Ty::NEVER,
                kind => matches!(kind, Kind::String),
            }),
            _ => false,
        };
        let (keys, _) = match (keys(self, a), keys(self, b)) {
            (true, _) if b == Ty::STRING => (a, b),
            (_, true) if a == Ty::STRING => (b, a),
            _ => return None,
        };
        let already = matches!(self.types.kind(keys), Kind::Both(_));
        Some(if already { keys } else { self.types.intern(Kind::Both([keys, Ty::STRING].into())) })
    }

    /// `A & B` where one of them is not known yet; the objects of both are one.
    fn open_both(&mut self, a: Ty, b: Ty) -> Option<Ty> {
        let mut parts = Vec::new();
        for ty in [a, b] {
            match self.types.kind(ty).clone() {
                Kind::Both(own) => parts.extend(own.iter().copied()),
                Kind::Param(_) | Kind::Indexed { .. } | Kind::Part { .. } => parts.push(ty),
                // `{}` says no more than that it is there.
                Kind::Object(_) if ty != Ty::EMPTY => parts.push(ty),
                _ => return None,
            }
        }
        let (open, objects): (Vec<Ty>, Vec<Ty>) =
            parts.into_iter().partition(|&part| self.types.kind(part).is_open());
        let mut parts = open;
        if parts.is_empty() {
            return None;
        }
        let mut seen = HashSet::new();
        parts.retain(|&part| seen.insert(part));
        let mut objects = objects.into_iter();
        if let Some(first) = objects.next() {
            let object = objects.fold(first, |all, next| self.intersection(all, next, None));
            parts.push(object);
        }
        Some(match parts.as_slice() {
            [only] => *only,
            _ => self.types.intern(Kind::Both(parts.into())),
        })
    }
}

/// The place in a list that a member's name is.
pub(super) fn place_named(name: &str) -> Option<usize> {
    name.parse::<usize>().ok().filter(|at| at.to_string() == name)
}

/// Whether a name is a number as JavaScript writes it: lists have a place for each, as tsc sees it.
fn names_number(name: &str) -> bool {
    name.parse::<f64>().is_ok_and(|number| number_text(number) == name)
}
