//! Members of declared object types, read as far as somebody needs them.
//!
//! In:    an object type whose members come from a contract or a declaration.
//! Out:   its names alone, one member, or all of them; so a type may be made of parts of itself,
//!        as `replies: Omit<Thread, "replies">[]` within `Thread` is.
//! Never: a member that needs its own type to have one: that is a circle, and reported.

use std::sync::Arc;

use frontage_diagnostic::{Diagnostic, Span};
use frontage_syntax::tree::{self, TypeKind, TypeMember};

use super::utility::Utility;
use super::{Checker, Fit, Lazy};
use crate::codes;
use crate::types::{Index, Kind, Object, ObjectId, Property, Ty};

/// How many object types that are `A & B` of others a frontend may have.
const MOST_BOTH: usize = 6_000;

impl<'a> Checker<'a> {
    /// Whether a declared type is being read, so that what it names may not be known yet.
    pub(super) fn reading_types(&self) -> bool {
        self.alias_depth > 0 || !self.reading.is_empty() || self.members_open > 0
    }

    /// Whether a module or block declares the members, and nobody has read all of them so far.
    pub(super) fn unread(&self, id: ObjectId) -> bool {
        self.types.members(id).is_none()
            && self.lazy.get(&id).is_some_and(|lazy| !matches!(lazy, Lazy::Contract { .. }))
    }

    /// An object type's members, read now if nobody needed them so far.
    pub(super) fn object(&mut self, id: ObjectId) -> Arc<Object> {
        if let Some(object) = self.types.members(id) {
            return object.clone();
        }
        if self.reading.contains(&id) {
            return self.object_so_far(id);
        }
        self.reading.push(id);
        let object = match self.lazy.get(&id).cloned() {
            Some(Lazy::Contract { upstream, id, request }) => {
                self.contract_object(upstream, id, request)
            }
            Some(Lazy::Interface { module, decl, scope }) => {
                self.within(module, scope, |c| c.interface_members(decl, Some(id)))
            }
            Some(Lazy::Literal { module, members, scope }) => {
                self.within(module, scope, |c| c.literal_members(members, Some(id)))
            }
            Some(Lazy::Mapped { utility, of, keys }) => {
                let object = self.object(of);
                self.mapped_object(utility, &object, keys)
            }
            Some(Lazy::Both { parts }) => {
                let mut all = Object::default();
                for &part in &*parts {
                    let object = self.object(part);
                    all = self.combined(&all, &object, None);
                }
                all
            }
            None => Object::default(),
        };
        self.reading.pop();
        self.types.fill(id, object);
        self.check_fits();
        self.types.members(id).cloned().unwrap_or_default()
    }

    /// The members of a type that is being read, for whoever has to know more than names: what is
    /// not known because of that fits everywhere.
    fn object_so_far(&mut self, id: ObjectId) -> Arc<Object> {
        let mut object = (*self.outline(id)).clone();
        self.circles_fit += 1;
        for property in &mut object.properties {
            property.ty = self.member_now(id, &property.name).map_or(Ty::ERROR, |p| p.ty);
        }
        object.index = self.index_now(id);
        self.circles_fit -= 1;
        Arc::new(object)
    }

    /// The members without their types, which may need this one: each is [`Ty::ERROR`].
    pub(super) fn outline(&mut self, id: ObjectId) -> Arc<Object> {
        if !self.unread(id) {
            return self.object(id);
        }
        let Some(lazy) = self.lazy.get(&id).cloned() else { return Arc::default() };
        if let Some(known) = self.outlines.get(&id) {
            return known.clone();
        }
        if self.outlining.contains(&id) {
            self.outlining_cut = true;
            // Its bases lead back to it: it has what it declares itself.
            let Lazy::Interface { decl, .. } = lazy else { return Arc::default() };
            return Arc::new(outline_of(&decl.members));
        }
        self.outlining.push(id);
        let outline = match lazy {
            Lazy::Contract { .. } => Object::default(),
            Lazy::Literal { members, .. } => outline_of(members),
            Lazy::Interface { decl, .. } => {
                let mut outline = outline_of(&decl.members);
                outline.interface = true;
                for base in self.bases(id) {
                    let inherited = self.outline(base);
                    for property in &inherited.properties {
                        if outline.property(&property.name).is_none() {
                            outline.properties.push(property.clone());
                        }
                    }
                    outline.index = outline.index.or(inherited.index);
                }
                outline
            }
            Lazy::Mapped { utility, of, keys } => {
                let outline = self.outline(of);
                self.mapped_object(utility, &outline, keys)
            }
            Lazy::Both { parts } => {
                let mut all = Object::default();
                for &part in &*parts {
                    let outline = self.outline(part);
                    all = self.combined(&all, &outline, None);
                }
                all
            }
        };
        self.outlining.pop();
        let outline = Arc::new(outline);
        if !self.outlining_cut {
            self.outlines.insert(id, outline.clone());
        }
        self.outlining_cut &= !self.outlining.is_empty();
        outline
    }

    /// The objects that an interface extends.
    fn bases(&mut self, id: ObjectId) -> Vec<ObjectId> {
        let Some(Lazy::Interface { module, decl, scope }) = self.lazy.get(&id).cloned() else {
            return Vec::new();
        };
        if let Some(known) = self.bases.get(&id) {
            return known.clone();
        }
        let mut bases = Vec::new();
        self.members_open += 1;
        for base in &decl.extends {
            let ty = self.within(module, scope.clone(), |c| c.annotation(base));
            if let Kind::Object(base) = *self.types.kind(ty) {
                bases.push(base);
            }
        }
        self.members_open -= 1;
        self.bases.insert(id, bases.clone());
        bases
    }

    /// One member, without a look at the others.
    pub(super) fn member_now(&mut self, id: ObjectId, name: &Arc<str>) -> Option<Property> {
        if !self.unread(id) {
            return self.object(id).property(name).cloned();
        }
        match self.lazy.get(&id).cloned()? {
            Lazy::Contract { .. } => None,
            Lazy::Literal { module, members, scope } => {
                self.within(module, scope, |c| c.own_member(id, members, name))
            }
            Lazy::Interface { module, decl, scope } => {
                let own = self.within(module, scope, |c| c.own_member(id, &decl.members, name));
                if own.is_some() || self.outlining.contains(&id) {
                    return own;
                }
                self.outlining.push(id);
                let bases = self.bases(id);
                let found = bases.into_iter().find_map(|base| self.member_now(base, name));
                self.outlining.pop();
                found
            }
            Lazy::Mapped { utility, of, .. } => {
                let mut property = self.outline(id).property(name)?.clone();
                let own = self.member_now(of, name)?;
                property.ty = own.ty;
                if utility == Utility::Required && own.optional {
                    property.ty = self.types.filter(property.ty, |_, m| m != Ty::UNDEFINED);
                }
                Some(property)
            }
            Lazy::Both { parts } => {
                let mut all: Option<Property> = None;
                for &part in &*parts {
                    let Some(own) = self.member_now(part, name) else { continue };
                    all = Some(match all {
                        Some(known) => self.merged_property(&known, &own, None),
                        None => own,
                    });
                }
                all
            }
        }
    }

    fn own_member(
        &mut self,
        id: ObjectId,
        members: &'a [TypeMember],
        name: &Arc<str>,
    ) -> Option<Property> {
        let (at, member) = members.iter().enumerate().find(|(_, member)| match member {
            TypeMember::Property { key, .. } => key.name() == Some(name),
            TypeMember::Index { .. } => false,
        })?;
        let TypeMember::Property { span, key, ty, optional, readonly, .. } = member else {
            return None;
        };
        let ty = self.member_type(Some((id, at)), ty, key.span);
        let (name, optional, readonly) = (name.clone(), *optional, *readonly);
        Some(Property { name, ty, optional, readonly, span: Some(*span) })
    }

    /// The index signature, without a look at the members.
    pub(super) fn index_now(&mut self, id: ObjectId) -> Option<Index> {
        if !self.unread(id) {
            return self.object(id).index;
        }
        let outline = self.outline(id);
        let index = outline.index?;
        let value = match self.lazy.get(&id).cloned()? {
            Lazy::Contract { .. } => return None,
            Lazy::Literal { module, members, scope } => {
                self.within(module, scope, |c| c.own_index(id, members))?
            }
            Lazy::Interface { module, decl, scope } => {
                match self.within(module, scope, |c| c.own_index(id, &decl.members)) {
                    Some(value) => value,
                    None => {
                        let bases = self.bases(id);
                        bases.into_iter().find_map(|base| self.index_now(base))?.value
                    }
                }
            }
            Lazy::Mapped { utility, of, .. } => {
                let value = self.index_now(of)?.value;
                if utility == Utility::Partial { self.types.or_undefined(value) } else { value }
            }
            Lazy::Both { parts } => {
                let mut all = None;
                for &part in &*parts {
                    let Some(own) = self.index_now(part) else { continue };
                    all = Some(match all {
                        Some(known) => self.intersection(known, own.value, None),
                        None => own.value,
                    });
                }
                all?
            }
        };
        Some(Index { value, ..index })
    }

    fn own_index(&mut self, id: ObjectId, members: &'a [TypeMember]) -> Option<Ty> {
        members.iter().enumerate().find_map(|(at, member)| match member {
            TypeMember::Index { key, value, .. } => {
                Some(self.member_type(Some((id, at)), value, key.span))
            }
            TypeMember::Property { .. } => None,
        })
    }

    /// The type of a member as written.
    ///
    /// - `slot`: the object type and the member's place in its declaration; read once there.
    pub(super) fn member_type(
        &mut self,
        slot: Option<(ObjectId, usize)>,
        ty: &'a tree::Type,
        place: Span,
    ) -> Ty {
        let Some(slot) = slot else { return self.annotation(ty) };
        match self.member_types.get(&slot) {
            Some(Some(known)) => return *known,
            Some(None) => {
                if self.circles_fit == 0 {
                    let message = "the type of this member is made of itself";
                    let fault = Diagnostic::error(codes::CIRCULAR_TYPE, place, message);
                    self.report(fault.help("write out what it is: `string`, `\"a\" | \"b\"`"));
                }
                return Ty::ERROR;
            }
            None => {}
        }
        self.member_types.insert(slot, None);
        self.members_open += 1;
        let circles_fit = std::mem::take(&mut self.circles_fit);
        let made = self.annotation(ty);
        self.circles_fit = circles_fit;
        self.members_open -= 1;
        self.member_types.insert(slot, Some(made));
        made
    }

    /// `A & B` of objects; one made of others is known by these, whatever their order, so that what
    /// leads back to itself is found to.
    pub(super) fn both_objects(&mut self, a: ObjectId, b: ObjectId, place: Option<Span>) -> Ty {
        let (own, other) = (self.parts_of(a), self.parts_of(b));
        let mut parts = own.to_vec();
        parts.extend(other.iter().copied().filter(|part| !own.contains(part)));
        for (id, its) in [(a, &own), (b, &other)] {
            if its.len() == parts.len() {
                return self.types.intern(Kind::Object(id));
            }
        }
        let mut key = parts.clone();
        key.sort_unstable();
        if let Some(&known) = self.both.get(&key) {
            return known;
        }
        if self.both.len() >= MOST_BOTH {
            let (x, y) = (self.outline(own[0]), self.outline(other[0]));
            let declared = x.properties.iter().chain(&y.properties).find_map(|p| p.span);
            if let Some(span) = place.or(declared) {
                self.give_up(span);
                return Ty::ERROR;
            }
        }
        let later =
            self.combining > 0 || (self.reading_types() && (self.unread(a) || self.unread(b)));
        if !later {
            let (x, y) = (self.object(a), self.object(b));
            let made = match self.kept_apart(a, b) {
                true => Ty::NEVER,
                false => {
                    let merged = self.combined(&x, &y, place);
                    self.types.object(merged)
                }
            };
            self.both_known(key, parts, made);
            return made;
        }
        if self.kept_apart(a, b) {
            return Ty::NEVER;
        }
        let ty = self.types.later(None);
        if let Kind::Object(id) = *self.types.kind(ty) {
            self.lazy.insert(id, Lazy::Both { parts: parts.clone().into() });
        }
        self.both_known(key, parts, ty);
        ty
    }

    /// The objects that an object type is `A & B` of: itself, if that is not how it was made.
    fn parts_of(&self, id: ObjectId) -> Arc<[ObjectId]> {
        self.parts.get(&id).cloned().unwrap_or_else(|| [id].into())
    }

    fn both_known(&mut self, key: Vec<ObjectId>, parts: Vec<ObjectId>, made: Ty) {
        if let Kind::Object(id) = *self.types.kind(made) {
            self.parts.insert(id, parts.into());
        }
        self.both.insert(key, made);
    }

    /// Whether a member that both objects have tells them apart: no value is of both.
    fn kept_apart(&mut self, a: ObjectId, b: ObjectId) -> bool {
        let (x, y) = (self.outline(a), self.outline(b));
        x.properties.iter().any(|property| {
            let Some(other) = y.property(&property.name) else { return false };
            if property.optional && other.optional {
                return false;
            }
            match (self.member_plainly(a, &property.name), self.member_plainly(b, &property.name)) {
                (Some(own), Some(other)) => self.of_both(own, other) == Some(Ty::NEVER),
                _ => false,
            }
        })
    }

    /// `A & B`, if one of them is one value or a choice of some.
    fn of_both(&mut self, a: Ty, b: Ty) -> Option<Ty> {
        let told = self.types.is_unit(a) || self.types.is_unit(b);
        told.then(|| self.intersection(a, b, None))
    }

    /// A member's type, if that is known without a look at other types that are being read.
    fn member_plainly(&mut self, id: ObjectId, name: &Arc<str>) -> Option<Ty> {
        let reading = self.reading_types();
        let written: &[TypeMember] = match self.lazy.get(&id).cloned() {
            _ if self.types.members(id).is_some() => &[],
            Some(Lazy::Both { parts }) => {
                let mut found = None;
                for &part in &*parts {
                    let Some(ty) = self.member_plainly(part, name) else { continue };
                    found = match found {
                        Some(known) => self.of_both(known, ty).or(found),
                        None => Some(ty),
                    };
                }
                return found;
            }
            Some(Lazy::Mapped { of, .. }) if reading => {
                self.outline(id).property(name)?;
                return self.member_plainly(of, name);
            }
            Some(Lazy::Literal { members, .. }) if reading => members,
            Some(Lazy::Interface { decl, .. }) if reading => &decl.members,
            _ => &[],
        };
        let stands_by_itself = written.iter().all(|member| match member {
            TypeMember::Property { key, ty, .. } => key.name() != Some(name) || is_plain(ty),
            TypeMember::Index { .. } => true,
        });
        stands_by_itself.then(|| self.member_now(id, name)).flatten().map(|p| p.ty)
    }

    /// Reports `fault` unless `fit` holds, now or once all types that are being read are.
    pub(super) fn must_fit(&mut self, fit: Fit, fault: Diagnostic) {
        self.fits.push((fit, fault));
        self.check_fits();
    }

    /// Looks at what had to wait until types are read.
    pub(super) fn check_fits(&mut self) {
        while !self.reading_types() {
            let Some((fit, fault)) = self.fits.pop() else { return };
            let holds = self.assignable(fit.source, fit.target)
                && (!fit.same || self.assignable(fit.target, fit.source));
            if !holds {
                self.report(fault);
            }
        }
    }
}

/// Members as written, without their types.
fn outline_of(members: &[TypeMember]) -> Object {
    let mut outline = Object::default();
    for member in members {
        match member {
            TypeMember::Property { span, key, optional, readonly, .. } => {
                let Some(name) = key.name() else { continue };
                if outline.property(name).is_none() {
                    outline.properties.push(Property {
                        name: name.clone(),
                        ty: Ty::ERROR,
                        optional: *optional,
                        readonly: *readonly,
                        span: Some(*span),
                    });
                }
            }
            TypeMember::Index { key, .. } => {
                let numeric = matches!(key.kind, TypeKind::Keyword(tree::KeywordType::Number));
                outline.index.get_or_insert(Index { value: Ty::ERROR, numeric });
            }
        }
    }
    outline
}

/// Whether a type is written without a name, an object or a list.
fn is_plain(ty: &tree::Type) -> bool {
    match &ty.kind {
        TypeKind::String(_) | TypeKind::Number(_) | TypeKind::Boolean(_) | TypeKind::Keyword(_) => {
            true
        }
        TypeKind::Union(members) => members.iter().all(is_plain),
        _ => false,
    }
}
