//! Assignability: whether a value of one type may stand where another is wanted.
//!
//! In:    two types.
//! Out:   yes or no, by structure, as TypeScript's `strict` has it.
//! Never: excess members; these are a matter of how a value is written (see `assign`).

use std::collections::HashMap;
use std::sync::Arc;

use super::Checker;
use crate::types::{Kind, Object, ObjectId, Signature, Ty};

/// Types within each other that are looked at.
const DEPTH: usize = 40;

/// Which rules hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Rule {
    Assign,
    /// Optional members must be there too.
    Subtype,
}

/// What is known of pairs of types.
#[derive(Debug, Default)]
pub(super) struct Relations {
    known: HashMap<(Ty, Ty, Rule), bool>,
    /// Pairs among the known ones that hold if those around do, which are still looked at.
    assumed: Vec<(Ty, Ty, Rule)>,
    /// Something was nested too deep to be looked at.
    cut: bool,
}

impl Checker<'_> {
    /// Whether a `source` may stand where a `target` is wanted.
    pub(super) fn assignable(&mut self, source: Ty, target: Ty) -> bool {
        self.relate(source, target, Rule::Assign, &mut Vec::new())
    }

    /// Whether every `source` is a `target`, strictly enough to leave it out of a union.
    pub(super) fn subtype(&mut self, source: Ty, target: Ty) -> bool {
        self.relate(source, target, Rule::Subtype, &mut Vec::new())
    }

    /// Whether two types have values in common, as `===` and `switch` want it.
    pub(super) fn comparable(&mut self, a: Ty, b: Ty) -> bool {
        self.comparable_beside(a, b, &[])
    }

    /// As [`Checker::comparable`].
    ///
    /// - `written`: types of objects that the comparison itself writes out.
    pub(super) fn comparable_beside(&mut self, a: Ty, b: Ty, written: &[Ty]) -> bool {
        // Whatever is compared with `null` or `undefined` may be that, for tsc too.
        if matches!(a, Ty::NULL | Ty::UNDEFINED) || matches!(b, Ty::NULL | Ty::UNDEFINED) {
            return true;
        }
        self.comparable_parts(a, b, written)
    }

    fn comparable_parts(&mut self, a: Ty, b: Ty, written: &[Ty]) -> bool {
        if a == Ty::ERROR || b == Ty::ERROR || a == Ty::NEVER || b == Ty::NEVER {
            return true;
        }
        let (xs, ys) = (self.types.members_of(a), self.types.members_of(b));
        for &x in &xs {
            for &y in &ys {
                if x == y {
                    return true;
                }
                // One of several that a type parameter may be.
                for (open, other) in [(x, y), (y, x)] {
                    if !self.generic(other)
                        && let Some(bound) = self.union_bound(open)
                        && self.comparable_parts(bound, other, written)
                    {
                        return true;
                    }
                }
                let (x, y) = (self.types.regular(x), self.types.regular(y));
                if written.contains(&x) || written.contains(&y) {
                    let (ty, written) = if written.contains(&x) { (y, x) } else { (x, y) };
                    if self.comparable_to_written(ty, written) {
                        return true;
                    }
                    continue;
                }
                if self.assignable(x, y) || self.assignable(y, x) {
                    return true;
                }
                if self.weakly_comparable(x, y) || self.weakly_comparable(y, x) {
                    return true;
                }
                // Objects that might be one another: members of one name that are comparable.
                if let (Kind::Object(p), Kind::Object(q)) =
                    (self.types.kind(x).clone(), self.types.kind(y).clone())
                {
                    let (p, q) = (self.object(p), self.object(q));
                    if self.members_comparable(&p, &q) {
                        return true;
                    }
                }
            }
        }
        false
    }

    /// As [`Checker::comparable`], of an object just written: neither side has members that the
    /// other lacks, but for optional ones.
    fn comparable_to_written(&mut self, ty: Ty, written: Ty) -> bool {
        match *self.types.kind(ty) {
            Kind::Param(_) | Kind::Indexed { .. } | Kind::Part { .. } => {
                match self.constraint_of(ty) {
                    Some(bound) => self.comparable_beside(bound, written, &[written]),
                    None => true,
                }
            }
            Kind::Object(own) => {
                let Kind::Object(known) = *self.types.kind(written) else { return false };
                let (own, known) = (self.object(own), self.object(known));
                let bare = own.properties.is_empty() && own.index.is_none();
                (bare || own.index.is_some() || within(&known, &own))
                    && self.members_comparable(&known, &own)
                    || within(&own, &known) && self.members_comparable(&own, &known)
            }
            _ => self.assignable(written, ty),
        }
    }

    /// Whether `from` has a comparable member for each that `to` must have.
    fn members_comparable(&mut self, from: &Object, to: &Object) -> bool {
        to.properties.iter().all(|m| {
            m.optional
                || from.property(&m.name).is_some_and(|n| self.comparable_parts(n.ty, m.ty, &[]))
        })
    }

    /// As in `tsc`, a text or number may be an object of which nothing need be there.
    fn weakly_comparable(&mut self, value: Ty, object: Ty) -> bool {
        let (Kind::String | Kind::Number, Kind::Object(id)) =
            (self.types.kind(value), self.types.kind(object).clone())
        else {
            return false;
        };
        let object = self.object(id);
        object.index.is_none()
            && object
                .properties
                .iter()
                .all(|p| p.optional && self.property_type(value, &p.name).is_none())
    }

    fn relate(&mut self, source: Ty, target: Ty, rule: Rule, stack: &mut Vec<(Ty, Ty)>) -> bool {
        if source == target
            || target == Ty::UNKNOWN
            || matches!(source, Ty::ERROR | Ty::NEVER)
            || target == Ty::ERROR
        {
            return true;
        }
        if source == Ty::UNDEFINED && target == Ty::VOID {
            return true;
        }
        // Circles hold unless something speaks against them; so does what is nested without end.
        if stack.len() > DEPTH || stack.contains(&(source, target)) {
            self.relations.cut |= stack.len() > DEPTH;
            return true;
        }
        let pair = (source, target, rule);
        if let Some(&known) = self.relations.known.get(&pair) {
            return known;
        }
        let before = self.relations.assumed.len();
        stack.push((source, target));
        let result = self.relate_kinds(source, target, rule, stack);
        stack.pop();
        let Relations { known, assumed, cut } = &mut self.relations;
        let is_outermost = stack.is_empty() && before == 0;
        if !result || (is_outermost && *cut) {
            // What was assumed on the way holds only if the whole circle does.
            for pair in assumed.drain(before..) {
                known.remove(&pair);
            }
        } else if is_outermost {
            assumed.clear();
        } else {
            assumed.push(pair);
        }
        *cut &= !is_outermost;
        known.insert(pair, result);
        result
    }

    fn relate_kinds(
        &mut self,
        source: Ty,
        target: Ty,
        rule: Rule,
        stack: &mut Vec<(Ty, Ty)>,
    ) -> bool {
        let (s, t) = (self.types.kind(source).clone(), self.types.kind(target).clone());
        match (&s, &t) {
            (Kind::Union(members), _) => {
                members.iter().all(|&m| self.relate(m, target, rule, stack))
            }
            (_, Kind::Union(members)) => {
                if members.contains(&source) || members.contains(&self.types.regular(source)) {
                    return true;
                }
                if members.iter().any(|&m| self.relate(source, m, rule, stack)) {
                    return true;
                }
                if let Kind::Param(_) | Kind::Keyof(_) | Kind::Indexed { .. } | Kind::Part { .. } =
                    s
                    && let Some(bound) = self.constraint_of(source)
                {
                    return self.relate(bound, target, rule, stack);
                }
                self.relate_by_cases(&s, members, rule, stack)
            }
            // Read or written, it is the same.
            (
                Kind::Indexed { object: a, index: b, .. },
                Kind::Indexed { object: c, index: d, .. },
            ) if a == c && b == d => true,
            (_, Kind::Part { of, by }) => {
                self.relate(source, *of, rule, stack) && self.relate(source, *by, rule, stack)
            }
            (Kind::Part { of, .. }, _) if self.relate(*of, target, rule, stack) => true,
            (Kind::Param(_) | Kind::Indexed { .. } | Kind::Part { .. }, _) => {
                match self.constraint_of(source) {
                    Some(bound) => self.relate(bound, target, rule, stack),
                    None => false,
                }
            }
            (Kind::Keyof(inner), Kind::Keyof(other)) => inner == other,
            (Kind::Keyof(_), _) => {
                let all = self.types.union(&[Ty::STRING, Ty::NUMBER]);
                self.relate(all, target, rule, stack)
            }
            (Kind::StringLiteral { value: a, .. }, Kind::StringLiteral { value: b, .. }) => a == b,
            (Kind::NumberLiteral { value: a, .. }, Kind::NumberLiteral { value: b, .. }) => a == b,
            (Kind::Boolean { value: a, .. }, Kind::Boolean { value: b, .. }) => a == b,
            (Kind::StringLiteral { .. }, Kind::String)
            | (Kind::NumberLiteral { .. }, Kind::Number) => true,
            (Kind::Array { element: a, readonly: from }, Kind::Array { element: b, readonly }) => {
                (*readonly || !*from) && self.relate(*a, *b, rule, stack)
            }
            (Kind::Tuple { readonly: from, .. }, Kind::Array { element, readonly }) => {
                let own = self.types.element(source).unwrap_or(Ty::NEVER);
                (*readonly || !*from) && self.relate(own, *element, rule, stack)
            }
            (
                Kind::Tuple { elements: a, rest: more, readonly: from, .. },
                Kind::Tuple { elements: b, rest, readonly, .. },
            ) => {
                if *from && !*readonly {
                    return false;
                }
                let required = b.iter().filter(|e| !e.optional).count();
                if a.iter().filter(|e| !e.optional).count() < required {
                    return false;
                }
                if (a.len() > b.len() || more.is_some()) && rest.is_none() {
                    return false;
                }
                for (i, own) in a.iter().enumerate() {
                    let Some(wanted) = b.get(i).map(|e| e.ty).or(*rest) else { return false };
                    if !self.relate(own.ty, wanted, rule, stack) {
                        return false;
                    }
                }
                match (more, rest) {
                    (Some(more), Some(rest)) => self.relate(*more, *rest, rule, stack),
                    _ => true,
                }
            }
            (_, Kind::Library(name, args)) if &**name == "Iterable" => {
                match self.iterated(source) {
                    Some(own) => self.relate(own, args[0], rule, stack),
                    None => false,
                }
            }
            (Kind::Library(a, xs), Kind::Library(b, ys)) => {
                (a == b || matches!((&**a, &**b), ("HttpError" | "UpstreamError", "Error")))
                    && xs.iter().zip(ys.iter()).all(|(&x, &y)| self.relate(x, y, rule, stack))
            }
            (Kind::Function(a), Kind::Function(b)) => {
                let (a, b) = (self.types.signatures(*a).clone(), self.types.signatures(*b).clone());
                b.signatures.iter().all(|wanted| {
                    a.signatures.iter().any(|own| self.relate_signatures(own, wanted, rule, stack))
                })
            }
            (Kind::Object(a), Kind::Object(b)) => self.relate_objects(*a, *b, rule, stack),
            (_, Kind::NonPrimitive) => matches!(
                s,
                Kind::Object(_)
                    | Kind::Array { .. }
                    | Kind::Tuple { .. }
                    | Kind::Function(_)
                    | Kind::Library(..)
            ),
            (
                Kind::Null | Kind::Undefined | Kind::Void | Kind::Unknown | Kind::NonPrimitive,
                Kind::Object(id),
            ) => matches!(s, Kind::NonPrimitive) && self.object(*id).properties.is_empty(),
            (_, Kind::Object(id)) => self.relate_to_object(source, *id, rule, stack),
            _ => false,
        }
    }

    /// What a type that is not known yet is at least.
    pub(super) fn constraint_of(&mut self, ty: Ty) -> Option<Ty> {
        match self.types.kind(ty).clone() {
            Kind::Param(id) => self.types.type_param(id).constraint,
            Kind::Part { of, by } => {
                let bound = self.constraint_of(of).unwrap_or(Ty::UNKNOWN);
                Some(self.part(bound, by))
            }
            Kind::Indexed { object, index, read } => {
                let object = self.constraint_of(object).unwrap_or(object);
                let mut index = match self.types.kind(index) {
                    Kind::Param(_) => self.constraint_of(index)?,
                    _ => index,
                };
                if let Kind::Keyof(of) = *self.types.kind(index)
                    && let Some(bound) = self.constraint_of(of)
                {
                    index = self.keyof(bound);
                }
                let value = if read { self.indexed_value(object, index) } else { None };
                let found = value.unwrap_or_else(|| self.indexed(object, index, None));
                (!matches!(self.types.kind(found), Kind::Indexed { .. })).then_some(found)
            }
            _ => None,
        }
    }

    /// A value that is not an object where one is wanted: a string's `length`, an error's `name`.
    fn relate_to_object(
        &mut self,
        source: Ty,
        target: ObjectId,
        rule: Rule,
        stack: &mut Vec<(Ty, Ty)>,
    ) -> bool {
        let target = self.object(target);
        if rule == Rule::Subtype
            && target.literal
            && target.properties.is_empty()
            && target.index.is_none()
        {
            return false;
        }
        if let Some(index) = target.index {
            let element = self.types.element(source);
            return match element {
                Some(element) if index.numeric => {
                    self.relate(element, index.value, rule, stack)
                        && self.has_properties(source, &target, rule, stack)
                }
                _ => false,
            };
        }
        self.has_properties(source, &target, rule, stack)
    }

    fn has_properties(
        &mut self,
        source: Ty,
        target: &Arc<Object>,
        rule: Rule,
        stack: &mut Vec<(Ty, Ty)>,
    ) -> bool {
        let all_optional = target.properties.iter().all(|p| p.optional);
        let mut any = target.properties.is_empty();
        for property in &target.properties {
            match self.property_type(source, &property.name) {
                Some(own) => {
                    any = true;
                    let wanted = self.read_type(property.ty, property.optional);
                    if !self.relate(own, wanted, rule, stack) {
                        return false;
                    }
                }
                None if property.optional => {}
                None => return false,
            }
        }
        // Nothing in common with a type of which everything is optional: TypeScript's weak types.
        any || !all_optional
    }

    fn relate_objects(
        &mut self,
        source: ObjectId,
        target: ObjectId,
        rule: Rule,
        stack: &mut Vec<(Ty, Ty)>,
    ) -> bool {
        let (source, target) = (self.object(source), self.object(target));
        // What stands under keys that are not known yet can only stand under the same ones.
        if let Some(wanted) = target.keys
            && source.keys.is_none_or(|own| own.ty != wanted.ty || own.optional && !wanted.optional)
        {
            return false;
        }
        let mut common = target.properties.is_empty() || target.index.is_some();
        for wanted in &target.properties {
            match source.property(&wanted.name) {
                Some(own) => {
                    common = true;
                    if own.optional && !wanted.optional {
                        return false;
                    }
                    if rule == Rule::Subtype && own.readonly && !wanted.readonly {
                        return false;
                    }
                    let own_ty = self.read_type(own.ty, own.optional);
                    let wanted_ty = self.read_type(wanted.ty, wanted.optional);
                    if !self.relate(own_ty, wanted_ty, rule, stack) {
                        return false;
                    }
                }
                None if wanted.optional && (rule == Rule::Assign || source.literal) => {}
                None => return false,
            }
        }
        let bare = |o: &Object| o.properties.is_empty() && o.index.is_none();
        if rule == Rule::Subtype && target.literal && bare(&target) && !bare(&source) {
            return false;
        }
        if rule == Rule::Subtype {
            let mut beyond =
                source.properties.iter().filter(|p| target.property(&p.name).is_none());
            let excess = source.literal && target.index.is_none();
            if beyond.any(|p| excess || target.literal && p.ty != Ty::UNDEFINED) {
                return false;
            }
        }
        if let Some(index) = target.index {
            match source.index {
                Some(own) if !self.relate(own.value, index.value, rule, stack) => return false,
                Some(_) => {}
                None if source.interface => return false,
                None => {}
            }
            for own in &source.properties {
                if !index.holds(&own.name) {
                    continue;
                }
                // As tsc has it: what an optional member holds if it is there.
                let own_ty = match own.optional {
                    true => self.types.filter(own.ty, |_, m| m != Ty::UNDEFINED),
                    false => own.ty,
                };
                if !self.relate(own_ty, index.value, rule, stack) {
                    return false;
                }
            }
        }
        let weak = !target.properties.is_empty()
            && target.properties.iter().all(|p| p.optional)
            && target.index.is_none();
        !(weak && !common && !source.properties.is_empty())
    }

    /// An object whose discriminant is a union, against a union with a member for each value.
    fn relate_by_cases(
        &mut self,
        source: &Kind,
        members: &[Ty],
        rule: Rule,
        stack: &mut Vec<(Ty, Ty)>,
    ) -> bool {
        let Kind::Object(id) = source else { return false };
        let object = self.object(*id);
        for (i, property) in object.properties.iter().enumerate() {
            let cases = self.types.members_of(property.ty);
            if cases.len() < 2 || cases.len() > 25 || !self.types.is_unit(property.ty) {
                continue;
            }
            let fits = cases.into_iter().all(|case| {
                let mut variant = (*object).clone();
                variant.properties[i].ty = case;
                let variant = self.types.object(variant);
                members.iter().any(|&m| self.relate(variant, m, rule, stack))
            });
            if fits {
                return true;
            }
        }
        false
    }

    fn relate_signatures(
        &mut self,
        source: &Signature,
        target: &Signature,
        rule: Rule,
        stack: &mut Vec<(Ty, Ty)>,
    ) -> bool {
        if source.required() > target.params.len() && target.rest.is_none() {
            return false;
        }
        let source = if source.type_params.is_empty() {
            source.clone()
        } else {
            self.instantiate_for(source, target)
        };
        for (i, own) in source.params.iter().enumerate() {
            let Some(given) = target.params.get(i).map(|p| (p.ty, p.optional)) else {
                if let Some(rest) = target.rest
                    && !self.relate(rest, own.ty, rule, stack)
                {
                    return false;
                }
                continue;
            };
            let given = self.read_type(given.0, given.1);
            let own = self.read_type(own.ty, own.optional);
            if !self.relate(given, own, rule, stack) {
                return false;
            }
        }
        if let Some(rest) = source.rest {
            for given in target.params.iter().skip(source.params.len()) {
                if !self.relate(given.ty, rest, rule, stack) {
                    return false;
                }
            }
        }
        if let Some((_, wanted)) = target.predicate {
            match source.predicate {
                Some((_, own)) => return self.relate(own, wanted, rule, stack),
                None => return false,
            }
        }
        target.result == Ty::VOID || self.relate(source.result, target.result, rule, stack)
    }

    /// What an iteration of a value gives; `None` if it cannot be iterated.
    pub(super) fn iterated(&mut self, ty: Ty) -> Option<Ty> {
        match self.types.kind(ty).clone() {
            Kind::Error => Some(ty),
            Kind::String | Kind::StringLiteral { .. } => Some(Ty::STRING),
            Kind::Array { .. } | Kind::Tuple { .. } => self.types.element(ty),
            Kind::Library(name, args) => match &*name {
                "Iterable" | "Set" | "ArrayIterator" | "MapIterator" | "SetIterator" => {
                    args.first().copied()
                }
                "Map" => Some(self.types.tuple(&[args[0], args[1]])),
                _ => None,
            },
            Kind::Union(members) => {
                let mut parts = Vec::new();
                for &member in members.iter() {
                    parts.push(self.iterated(member)?);
                }
                Some(self.types.union(&parts))
            }
            Kind::Param(_) | Kind::Part { .. } => {
                self.constraint_of(ty).and_then(|c| self.iterated(c))
            }
            _ => None,
        }
    }

    /// The union of `members` without those that another covers.
    ///
    /// What stands alone stays as it is, as in `tsc`.
    pub(super) fn subtype_union(&mut self, members: &[Ty]) -> Ty {
        if let [only] = members {
            return *only;
        }
        let union = self.types.union(members);
        let Kind::Union(all) = self.types.kind(union).clone() else { return union };
        if all.len() > 100 {
            return union;
        }
        let union = match all.contains(&Ty::VOID) {
            true => self.types.filter(union, |_, m| m != Ty::UNDEFINED),
            false => union,
        };
        let Kind::Union(all) = self.types.kind(union).clone() else { return union };
        let mut kept: Vec<Ty> = all.to_vec();
        // Everything that is there is an empty object.
        let mut empty = false;
        for &member in all.iter() {
            if let Kind::Object(id) = *self.types.kind(member) {
                let object = self.object(id);
                empty |= object.properties.is_empty() && object.index.is_none();
            }
        }
        let mut i = kept.len();
        while i > 0 {
            i -= 1;
            let one = kept[i];
            let open = self.types.kind(one).is_open();
            let covered = kept.iter().enumerate().any(|(j, &other)| {
                j != i
                    && !matches!(self.types.kind(one), Kind::Null | Kind::Undefined)
                    && (open || (empty || self.structured(one)) && self.structured(other))
                    && self.subtype(one, other)
                    // Of two equal shapes the one that stands first stays.
                    && (!self.subtype(other, one) || j < i)
            });
            if covered {
                kept.remove(i);
            }
        }
        self.types.union(&kept)
    }

    fn structured(&self, ty: Ty) -> bool {
        matches!(
            self.types.kind(ty),
            Kind::Object(_)
                | Kind::Array { .. }
                | Kind::Tuple { .. }
                | Kind::Function(_)
                | Kind::Library(..)
        )
    }
}

/// Whether every member of `own` that says anything is one of `known`.
fn within(own: &Object, known: &Object) -> bool {
    own.properties.iter().all(|p| p.ty == Ty::UNDEFINED || known.property(&p.name).is_some())
}
