//! Widening: what becomes of a literal's type once its value has a name.
//!
//! In:    the type of a value that may hold objects just written.
//! Out:   the same with ordinary objects; those of one union know each other's members.
//! Never: a change to texts and numbers, or to what somebody declared.
//!
//! As in tsc, only what stands in one union is made alike, and what stands under the same member of
//! its objects. Elements of a tuple, as `as const` gives them, stay as they are written.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Checker;
use crate::types::{Kind, Object, Property, Ty};

/// The types of one union, or of what its objects hold under one member.
#[derive(Debug, Default)]
struct Siblings {
    types: Vec<Ty>,
    /// Members that any of their literals has.
    names: Vec<Arc<str>>,
    /// What stands under their members, as far as anybody asked.
    below: HashMap<Arc<str>, Siblings>,
}

impl Checker<'_> {
    /// What a declaration without annotation makes of its value's type: literal objects become
    /// ordinary ones, and those of one union know each other's members.
    pub(super) fn widen(&mut self, ty: Ty) -> Ty {
        self.widen_beside(ty, None)
    }

    fn widen_beside(&mut self, ty: Ty, siblings: Option<&mut Siblings>) -> Ty {
        match self.types.kind(ty).clone() {
            Kind::Object(id) => {
                if !self.types.members(id).is_some_and(|o| o.literal) {
                    return ty;
                }
                if let (Some(&regular), None) = (self.regulars.get(&id), &siblings) {
                    return regular;
                }
                let alone = siblings.is_none();
                let object = (*self.object(id)).clone();
                let regular = self.widen_object(object, siblings);
                if alone {
                    self.regulars.insert(id, regular);
                }
                regular
            }
            Kind::Array { element, readonly } => {
                let element = self.widen(element);
                self.types.intern(Kind::Array { element, readonly })
            }
            Kind::Tuple { mut elements, rest, readonly, of_match } => {
                for element in Arc::make_mut(&mut elements) {
                    element.ty = self.widen(element.ty);
                }
                let rest = rest.map(|rest| self.widen(rest));
                self.types.intern(Kind::Tuple { elements, rest, readonly, of_match })
            }
            Kind::Library(name, args) => {
                let args = args.iter().map(|&a| self.widen(a)).collect();
                self.types.intern(Kind::Library(name, args))
            }
            Kind::Union(members) => {
                let mut own;
                let siblings = match siblings {
                    Some(around) => around,
                    None => {
                        own = self.siblings(members.to_vec());
                        &mut own
                    }
                };
                let mut widened = Vec::new();
                // An empty literal, once it may change, is whatever is there.
                let mut empty = false;
                for &member in members.iter() {
                    let regular = self.widen_beside(member, Some(siblings));
                    if let Kind::Object(id) = *self.types.kind(regular)
                        && regular != member
                    {
                        empty |= self.object(id).is_empty();
                    }
                    widened.push(regular);
                }
                if empty { self.subtype_union(&widened) } else { self.types.union(&widened) }
            }
            _ => ty,
        }
    }

    fn widen_object(&mut self, mut object: Object, mut siblings: Option<&mut Siblings>) -> Ty {
        object.literal = false;
        for property in &mut object.properties {
            let below = match &mut siblings {
                Some(beside) => Some(self.below(beside, &property.name)),
                None => None,
            };
            property.ty = self.widen_beside(property.ty, below);
        }
        let own: HashSet<Arc<str>> = object.properties.iter().map(|p| p.name.clone()).collect();
        for name in siblings.iter().flat_map(|beside| &beside.names) {
            if !own.contains(name) {
                object.properties.push(Property {
                    name: name.clone(),
                    ty: Ty::UNDEFINED,
                    optional: true,
                    readonly: false,
                    span: None,
                });
            }
        }
        self.types.object(object)
    }

    fn siblings(&self, types: Vec<Ty>) -> Siblings {
        let mut names: Vec<Arc<str>> = Vec::new();
        let mut known: HashSet<Arc<str>> = HashSet::new();
        for &ty in &types {
            if let Kind::Object(id) = *self.types.kind(ty)
                && let Some(object) = self.types.members(id)
                && object.literal
                && !object.spread
            {
                for p in &object.properties {
                    if known.insert(p.name.clone()) {
                        names.push(p.name.clone());
                    }
                }
            }
        }
        Siblings { types, names, below: HashMap::new() }
    }

    fn below<'s>(&self, beside: &'s mut Siblings, name: &Arc<str>) -> &'s mut Siblings {
        beside.below.entry(name.clone()).or_insert_with(|| {
            let mut types = Vec::new();
            for &ty in &beside.types {
                if let Kind::Object(id) = *self.types.kind(ty)
                    && let Some(object) = self.types.members(id)
                    && object.literal
                    && let Some(property) = object.property(name)
                {
                    types.extend(self.types.members_of(property.ty));
                }
            }
            self.siblings(types)
        })
    }
}
