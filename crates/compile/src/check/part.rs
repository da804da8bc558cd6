//! Parts of types: what is left of one where a condition holds, or does not.
//!
//! In:    a type, and what a condition says of its values.
//! Out:   the members for which that may be true; of types that are not known yet, `T & U`.
//! Never: a reference or the flow: these are `narrow`'s.

use std::sync::Arc;

use super::Checker;
use crate::types::{Kind, Object, Property, Ty};

impl Checker<'_> {
    /// As [`Checker::truthy_part`], of a reference: what is truthy is there, whatever its type is.
    pub(super) fn truthy_here(&mut self, ty: Ty, truthy: bool) -> Ty {
        let part = self.truthy_part(ty, truthy);
        if truthy { self.without(part, true, true) } else { part }
    }

    pub(super) fn truthy_part(&mut self, ty: Ty, truthy: bool) -> Ty {
        if ty == Ty::UNKNOWN {
            return if truthy { Ty::EMPTY } else { ty };
        }
        self.types.filter(ty, |types, m| match types.kind(m) {
            Kind::Null | Kind::Undefined | Kind::Void => !truthy,
            Kind::Boolean { value, .. } => *value == truthy,
            Kind::StringLiteral { value, .. } => value.is_empty() != truthy,
            Kind::NumberLiteral { value, .. } => (value.0 == 0.0 || value.0.is_nan()) != truthy,
            Kind::Object(id) => {
                truthy || types.members(*id).is_some_and(|o| o.is_empty() && !o.interface)
            }
            Kind::Array { .. }
            | Kind::Tuple { .. }
            | Kind::Function(_)
            | Kind::Library(..)
            | Kind::NonPrimitive => truthy,
            _ => true,
        })
    }

    pub(super) fn nullish_part(&mut self, ty: Ty, nullish: bool) -> Ty {
        if !nullish {
            return self.without(ty, true, true);
        }
        if ty == Ty::UNKNOWN {
            return self.types.union(&[Ty::NULL, Ty::UNDEFINED]);
        }
        self.types.filter(ty, |types, m| match types.kind(m) {
            Kind::Null | Kind::Undefined | Kind::Void => true,
            Kind::Part { by, .. } => types.nullish(*by),
            Kind::Param(_) | Kind::Indexed { .. } | Kind::Error => true,
            _ => false,
        })
    }

    /// What is left of `ty` without `null`, without `undefined`, or without both.
    pub(super) fn without(&mut self, ty: Ty, null: bool, undefined: bool) -> Ty {
        let mut there = vec![Ty::EMPTY];
        there.extend((!null).then_some(Ty::NULL));
        there.extend((!undefined).then_some(Ty::UNDEFINED));
        if ty == Ty::UNKNOWN {
            return self.types.union(&there);
        }
        let mut parts = Vec::new();
        for member in self.types.members_of(ty) {
            match *self.types.kind(member) {
                Kind::Null if null => {}
                Kind::Undefined | Kind::Void if undefined => {}
                Kind::Param(_) | Kind::Indexed { .. } | Kind::Part { .. } | Kind::Both(_) => {
                    let (nulls, undefineds) = self.open_to_nothing(member);
                    parts.push(match null && nulls || undefined && undefineds {
                        true => {
                            let by = self.types.union(&there);
                            self.part(member, by)
                        }
                        false => member,
                    });
                }
                _ => parts.push(member),
            }
        }
        self.types.union(&parts)
    }

    /// `ty & by`
    pub(super) fn part(&mut self, ty: Ty, by: Ty) -> Ty {
        let mut parts = Vec::new();
        for member in self.types.members_of(ty) {
            let (of, by) = match *self.types.kind(member) {
                Kind::Param(_) | Kind::Indexed { .. } => (member, by),
                Kind::Part { of, by: before } => (of, self.by_predicate(before, by, true)),
                _ => {
                    parts.push(self.by_predicate(member, by, true));
                    continue;
                }
            };
            let known = self.constraint_of(of);
            let none = known.is_some_and(|known| self.by_predicate(known, by, true) == Ty::NEVER);
            if !none && by != Ty::NEVER {
                parts.push(self.types.intern(Kind::Part { of, by }));
            }
        }
        self.types.union(&parts)
    }

    /// Whether `null` and whether `undefined` may stand for a type that is not known yet.
    fn open_to_nothing(&mut self, ty: Ty) -> (bool, bool) {
        let Some(bound) = self.constraint_of(ty) else { return (true, true) };
        let (mut null, mut undefined) = (false, false);
        for member in self.types.members_of(bound) {
            let (a, b) = match *self.types.kind(member) {
                Kind::Unknown => (true, true),
                Kind::Null => (true, false),
                Kind::Undefined | Kind::Void => (false, true),
                Kind::Param(_) | Kind::Indexed { .. } | Kind::Part { .. } | Kind::Both(_) => {
                    self.open_to_nothing(member)
                }
                _ => (false, false),
            };
            null |= a;
            undefined |= b;
        }
        (null, undefined)
    }

    /// Whether the bound of a type that is not known yet names `null` or `undefined`.
    pub(super) fn bound_is_nullish(&mut self, ty: Ty) -> bool {
        self.types.members_of(ty).into_iter().any(|member| match self.types.kind(member) {
            Kind::Param(_) | Kind::Indexed { .. } | Kind::Part { .. } | Kind::Both(_) => {
                self.constraint_of(member).is_some_and(|bound| self.types.nullish(bound))
            }
            _ => false,
        })
    }

    pub(super) fn equal_part(&mut self, ty: Ty, value: Ty, equal: bool) -> Ty {
        // A text that is equal to a literal just written is known, but still widens.
        let written = value;
        let value = self.types.regular(value);
        match value {
            Ty::NULL if !equal => return self.without(ty, true, false),
            Ty::UNDEFINED if !equal => return self.without(ty, false, true),
            _ => {}
        }
        if ty == Ty::UNKNOWN {
            return if equal { self.equal_to(written) } else { ty };
        }
        if let Ty::NULL | Ty::UNDEFINED = value {
            let mut kept = Vec::new();
            for member in self.types.members_of(ty) {
                let (null, undefined) = match self.types.kind(member) {
                    Kind::Null => (true, false),
                    Kind::Undefined | Kind::Void => (false, true),
                    Kind::Unknown | Kind::Error => (true, true),
                    kind if kind.is_open() => self.open_to_nothing(member),
                    _ => (false, false),
                };
                if if value == Ty::NULL { null } else { undefined } {
                    kept.push(member);
                }
            }
            return self.types.union(&kept);
        }
        if equal {
            let mut kept = Vec::new();
            for member in self.types.members_of(ty) {
                let regular = self.types.regular(member);
                let mut parts = Vec::new();
                for fresh in self.types.members_of(written) {
                    let other = self.types.regular(fresh);
                    if self.assignable(other, regular)
                        && matches!(
                            self.types.kind(regular),
                            Kind::String | Kind::Number | Kind::Boolean { .. }
                        )
                        && unit(self.types.kind(other))
                    {
                        parts.push(if matches!(regular, Ty::STRING | Ty::NUMBER) {
                            fresh
                        } else {
                            other
                        });
                    } else if self.overlap(regular, other) {
                        parts.push(member);
                    }
                }
                kept.extend(parts);
            }
            return self.types.union(&kept);
        }
        self.other_part(ty, value)
    }

    /// What is left of `ty` without what has one value only, `value`.
    pub(super) fn other_part(&mut self, ty: Ty, value: Ty) -> Ty {
        let value = self.types.regular(value);
        if !unit(self.types.kind(value)) {
            return ty;
        }
        self.types.filter(ty, |types, m| {
            let same = match (types.kind(m), types.kind(value)) {
                (Kind::StringLiteral { value: a, .. }, Kind::StringLiteral { value: b, .. }) => {
                    a == b
                }
                (Kind::NumberLiteral { value: a, .. }, Kind::NumberLiteral { value: b, .. }) => {
                    a == b
                }
                (Kind::Boolean { value: a, .. }, Kind::Boolean { value: b, .. }) => a == b,
                _ => m == value,
            };
            !same
        })
    }

    /// Whether `ty` may be whatever is there: `{}`.
    pub(super) fn may_be_empty(&self, ty: Ty) -> bool {
        self.types.any(ty, |k| match k {
            Kind::Object(id) => {
                self.types.members(*id).is_some_and(|o| o.is_empty() && !o.interface)
            }
            _ => false,
        })
    }

    /// What something `unknown` is that equals a value of type `ty`. As in tsc, a union says nothing
    /// of it.
    pub(super) fn equal_to(&self, ty: Ty) -> Ty {
        match self.types.kind(ty) {
            Kind::Union(_) if ty != Ty::BOOLEAN => Ty::UNKNOWN,
            Kind::Error | Kind::Keyof(_) => Ty::UNKNOWN,
            kind if kind.is_open() => Ty::UNKNOWN,
            Kind::Object(_)
            | Kind::Array { .. }
            | Kind::Tuple { .. }
            | Kind::Library(..)
            | Kind::Function(_) => Ty::OBJECT,
            _ => ty,
        }
    }

    fn overlap(&mut self, a: Ty, b: Ty) -> bool {
        if matches!(a, Ty::NULL | Ty::UNDEFINED) || matches!(b, Ty::NULL | Ty::UNDEFINED) {
            let nothing = |ty| matches!(ty, Ty::UNDEFINED | Ty::VOID);
            return a == b || nothing(a) && nothing(b) || a == Ty::UNKNOWN || b == Ty::UNKNOWN;
        }
        self.comparable(a, b)
    }

    /// Whether some member of `a` and some of `b` have values in common.
    pub(super) fn overlap_of_any(&mut self, a: Ty, b: Ty) -> bool {
        let (a, b) = (self.types.regular(a), self.types.regular(b));
        let others = self.types.members_of(b);
        self.types.members_of(a).into_iter().any(|x| others.iter().any(|&y| self.overlap(x, y)))
    }

    pub(super) fn typeof_part(&mut self, ty: Ty, name: &str, equal: bool) -> Ty {
        if ty == Ty::UNKNOWN {
            return match (equal, name) {
                (true, _) => by_typeof(name).map_or(ty, |by| self.types.union(by)),
                (false, "undefined") => self.without(ty, false, true),
                (false, "object") => self.without(ty, true, false),
                (false, _) => ty,
            };
        }
        let mut kept = Vec::new();
        for member in self.types.members_of(ty) {
            let own = match self.types.kind(member).clone() {
                Kind::String | Kind::StringLiteral { .. } => "string",
                Kind::Number | Kind::NumberLiteral { .. } => "number",
                Kind::Boolean { .. } => "boolean",
                Kind::Undefined | Kind::Void => "undefined",
                Kind::Function(_) => "function",
                Kind::Object(id) => {
                    let object = self.object(id);
                    let empty = object.is_empty();
                    // What an interface without members is not, tsc thinks to be an object.
                    if empty && (equal || object.interface) {
                        if !equal {
                            if name != "object" {
                                kept.push(member);
                            }
                            continue;
                        }
                        // `{}` may be a primitive, but is there.
                        if name == "undefined" {
                            continue;
                        }
                        kept.push(match name {
                            "string" => Ty::STRING,
                            "number" => Ty::NUMBER,
                            "boolean" => Ty::BOOLEAN,
                            "object" => Ty::OBJECT,
                            _ => member,
                        });
                        continue;
                    }
                    if empty { "" } else { "object" }
                }
                Kind::Param(_) | Kind::Indexed { .. } | Kind::Part { .. } | Kind::Both(_) => {
                    kept.push(match (equal, by_typeof(name)) {
                        (true, Some(by)) => {
                            let by = self.types.union(by);
                            self.part(member, by)
                        }
                        (false, _) if name == "undefined" => self.without(member, false, true),
                        (false, _) => {
                            let by = match *self.types.kind(member) {
                                Kind::Part { by, .. } => Some(by),
                                _ => self.constraint_of(member),
                            };
                            match by.map(|by| self.typeof_part(by, name, false)) {
                                Some(Ty::NEVER) => Ty::NEVER,
                                _ => member,
                            }
                        }
                        _ => member,
                    });
                    continue;
                }
                Kind::Error => {
                    kept.push(member);
                    continue;
                }
                _ => "object",
            };
            if (own == name) == equal {
                kept.push(member);
            }
        }
        self.types.union(&kept)
    }

    pub(super) fn having(&mut self, ty: Ty, name: &Arc<str>, has: bool) -> Ty {
        let members = self.types.members_of(ty);
        let mut kept = Vec::new();
        let mut known = false;
        for &member in &members {
            // What is known of its bound is so of an open type, which stays.
            if let Some(bound) = self.union_bound(member) {
                let parts = self.types.members_of(bound);
                if parts.into_iter().any(|part| self.property_type(part, name).is_some()) {
                    known = true;
                    kept.push(member);
                    continue;
                }
            }
            let own = match self.types.kind(member).clone() {
                Kind::Object(id) => {
                    let object = self.object(id);
                    let own = object.property(name).map(|p| p.optional);
                    // What an index holds may be there, or not.
                    own.or(object.index_of(name).map(|_| true))
                }
                _ => self.property_type(member, name).map(|_| false),
            };
            known |= own.is_some();
            let stays = match own {
                Some(optional) => has || optional,
                None => !has,
            };
            if stays {
                kept.push(member);
            }
        }
        if has && !known {
            let with: Vec<Ty> = members.into_iter().map(|m| self.with_member(m, name)).collect();
            return self.types.union(&with);
        }
        self.types.union(&kept)
    }

    /// `ty & { name: unknown }`
    fn with_member(&mut self, ty: Ty, name: &Arc<str>) -> Ty {
        let mut object = match self.types.kind(ty).clone() {
            Kind::Object(id) => (*self.object(id)).clone(),
            Kind::Library(class, _) if class.ends_with("Error") => self.members_of_error(ty),
            _ => Object::default(),
        };
        object.properties.push(Property {
            name: name.clone(),
            ty: Ty::UNKNOWN,
            optional: false,
            readonly: false,
            span: None,
        });
        self.types.object(object)
    }

    /// The members of an error, as an object's.
    fn members_of_error(&mut self, ty: Ty) -> Object {
        let Some((class, _)) = self.apparent(ty) else { return Object::default() };
        let mut names = self.prelude_names(&class);
        names.extend(self.prelude_names("Error"));
        let mut object = Object::default();
        for name in names {
            if object.property(&name).is_none()
                && let Some(ty) = self.property_type(ty, &name)
            {
                let (optional, readonly) = (false, true);
                object.properties.push(Property { name, ty, optional, readonly, span: None });
            }
        }
        object
    }

    pub(super) fn array_part(&mut self, ty: Ty, is: bool) -> Ty {
        if ty == Ty::UNKNOWN {
            return if is { self.types.array(Ty::UNKNOWN) } else { ty };
        }
        let any = self.types.array(Ty::UNKNOWN);
        let mut kept = Vec::new();
        let members = self.types.members_of(ty);
        // As in tsc, a type parameter may be one only where nothing else is.
        let listed =
            |m: &Ty| matches!(self.types.kind(*m), Kind::Array { .. } | Kind::Tuple { .. });
        let told = is && members.iter().any(listed);
        for member in members {
            match self.types.kind(member).clone() {
                Kind::Param(_) | Kind::Indexed { .. } | Kind::Part { .. } | Kind::Both(_)
                    if told => {}
                // Reported where it is asked.
                Kind::Array { readonly: true, .. } | Kind::Tuple { readonly: true, .. } => {
                    kept.push(if is { Ty::ERROR } else { member });
                }
                Kind::Array { .. } | Kind::Tuple { .. } if !is => {}
                Kind::NonPrimitive if is => kept.push(any),
                Kind::Object(id) if is && self.object(id).is_empty() => kept.push(any),
                Kind::Param(_) | Kind::Indexed { .. } | Kind::Part { .. } | Kind::Both(_) if is => {
                    kept.push(self.part(member, any));
                }
                Kind::Array { .. }
                | Kind::Tuple { .. }
                | Kind::Unknown
                | Kind::Param(_)
                | Kind::Indexed { .. }
                | Kind::Part { .. }
                | Kind::Both(_)
                | Kind::Error => kept.push(member),
                _ if is => {}
                _ => kept.push(member),
            }
        }
        let kept = self.types.union(&kept);
        // What is never a list was reported where it is asked.
        let present = self.types.non_nullish(ty) != Ty::NEVER
            || self.types.any(ty, |k| matches!(k, Kind::Void));
        if is && kept == Ty::NEVER && present { Ty::ERROR } else { kept }
    }

    /// What `ty` is where a predicate for `wanted` held, or not.
    pub(super) fn by_predicate(&mut self, ty: Ty, wanted: Ty, held: bool) -> Ty {
        if ty == Ty::UNKNOWN {
            return if held { wanted } else { ty };
        }
        let mut kept = Vec::new();
        let mut generic = Vec::new();
        for member in self.types.members_of(ty) {
            let inside = self.assignable(member, wanted);
            if !held {
                if !inside {
                    kept.push(member);
                }
            } else if inside {
                kept.push(member);
            } else {
                for candidate in self.types.members_of(wanted) {
                    if self.assignable(candidate, member) {
                        kept.push(candidate);
                    }
                }
                if matches!(self.types.kind(member), Kind::Param(_) | Kind::Indexed { .. }) {
                    generic.push(member);
                }
            }
        }
        if kept.is_empty() {
            for member in generic {
                let bound = self.bound_of(member);
                if self.overlap_of_any(bound, wanted) {
                    kept.push(self.part(member, wanted));
                }
            }
        }
        // What fits neither way is both.
        let object = |k: &Kind| matches!(k, Kind::Object(_));
        if held && kept.is_empty() && self.types.all(wanted, object) {
            for member in self.types.members_of(ty) {
                if object(self.types.kind(member)) {
                    kept.push(self.intersection(member, wanted, None));
                }
            }
        }
        self.types.union(&kept)
    }
}

/// What `typeof` says of a value of which nothing else is known.
fn by_typeof(name: &str) -> Option<&'static [Ty]> {
    Some(match name {
        "string" => &[Ty::STRING],
        "number" => &[Ty::NUMBER],
        "boolean" => &[Ty::BOOLEAN],
        "undefined" => &[Ty::UNDEFINED],
        "object" => &[Ty::OBJECT, Ty::NULL],
        _ => return None,
    })
}

/// Whether a kind has one value only.
pub(super) fn unit(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::StringLiteral { .. }
            | Kind::NumberLiteral { .. }
            | Kind::Boolean { .. }
            | Kind::Null
            | Kind::Undefined
    )
}
