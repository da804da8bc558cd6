//! Assignability: whether a value of one type may stand where another is wanted.
//!
//! In:    two types.
//! Out:   yes or no, by structure, as TypeScript's `strict` has it.
//! Never: excess members; these are a matter of how a value is written (see `assign`).

use std::collections::HashMap;
use std::sync::Arc;

use super::Checker;
use crate::types::{Kind, Object, ObjectId, Signature, TupleElement, Ty};

/// Types within each other that are looked at.
const DEPTH: usize = 40;

/// Which rules hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Rule {
    Assign,
    /// Optional members must be there too.
    Subtype,
    /// Some value of the one may be one of the other: one of a union is enough, and what is less
    /// known may be what is more known.
    Compare,
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
        // Whatever is compared with `null` or `undefined` may be that, for tsc too.
        matches!(a, Ty::NULL | Ty::UNDEFINED)
            || matches!(b, Ty::NULL | Ty::UNDEFINED)
            || self.relate(a, b, Rule::Compare, &mut Vec::new())
            || self.relate(b, a, Rule::Compare, &mut Vec::new())
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
        if rule == Rule::Compare && self.less_known(source, target) {
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
            (Kind::Union(members), _) if rule == Rule::Compare => {
                members.iter().any(|&m| self.relate(m, target, rule, stack))
            }
            (Kind::Union(members), _) => {
                members.iter().all(|&m| self.relate(m, target, rule, stack))
            }
            (_, Kind::Union(members)) => {
                if members.contains(&source)
                    || members.contains(&self.types.regular(source))
                    || members.iter().any(|&m| self.made_of(&s, m))
                {
                    return true;
                }
                let source = match rule {
                    Rule::Compare => match self.known_to_some(source, members, stack) {
                        Some(regular) => regular,
                        None => return false,
                    },
                    _ => source,
                };
                if members.iter().any(|&m| self.relate(source, m, rule, stack)) {
                    return true;
                }
                if let Kind::Param(_)
                | Kind::Keyof(_)
                | Kind::Indexed { .. }
                | Kind::Part { .. }
                | Kind::Both(_) = s
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
            ) if a == c && self.relate(*b, *d, rule, stack) => true,
            (_, Kind::Both(parts)) => {
                parts.iter().all(|&part| self.relate(source, part, rule, stack))
            }
            (Kind::Both(parts), _)
                if parts.iter().any(|&part| self.relate(part, target, rule, stack)) =>
            {
                true
            }
            (_, Kind::Part { of, by }) => {
                self.relate(source, *of, rule, stack) && self.relate(source, *by, rule, stack)
            }
            (&Kind::Part { of, by }, _) if rule == Rule::Compare => {
                self.compare_part(source, (of, by), target, stack)
            }
            (Kind::Part { of, .. }, _) if self.relate(*of, target, rule, stack) => true,
            (_, Kind::Indexed { object, index, .. })
                if rule != Rule::Subtype
                    && self.relate_to_indexed(source, (*object, *index), rule, stack) =>
            {
                true
            }
            // What its bound has, it has.
            (_, Kind::Keyof(of)) if self.relate_to_keys(source, *of, rule, stack) => true,
            (Kind::Param(_), Kind::Param(_)) if rule == Rule::Compare => self
                .constraint_of(source)
                .filter(|&bound| matches!(self.types.kind(bound), Kind::Param(_)))
                .is_some_and(|bound| self.relate(bound, target, rule, stack)),
            (Kind::Param(_) | Kind::Indexed { .. } | Kind::Part { .. } | Kind::Both(_), _) => {
                let bound = self.constraint_of(source).unwrap_or(Ty::UNKNOWN);
                self.relate(bound, target, rule, stack)
            }
            (Kind::Keyof(inner), Kind::Keyof(other)) if inner == other || *other == Ty::NEVER => {
                true
            }
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
                Kind::Array { element, readonly: from },
                Kind::Tuple { elements, rest, readonly, .. },
            ) => {
                (*readonly || !*from)
                    && self.relate_elements((&[], Some(*element)), (elements, *rest), rule, stack)
            }
            (
                Kind::Tuple { elements: a, rest: more, readonly: from, .. },
                Kind::Tuple { elements: b, rest, readonly, .. },
            ) => (*readonly || !*from) && self.relate_elements((a, *more), (b, *rest), rule, stack),
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
            (Kind::Object(a), Kind::Object(b)) => {
                self.made_of(&s, target) || self.relate_objects(*a, *b, rule, stack)
            }
            // What may be a text is no `object`.
            (Kind::Object(id), Kind::NonPrimitive) if rule == Rule::Subtype => {
                let object = self.object(*id);
                object.literal || object.interface || !object.is_empty()
            }
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
            ) => matches!(s, Kind::NonPrimitive) && self.object(*id).is_empty(),
            (_, Kind::Object(id)) => self.relate_to_object(source, *id, rule, stack),
            _ => false,
        }
    }

    /// Whether `source` is `A & B` of objects one of which is `target`.
    fn made_of(&self, source: &Kind, target: Ty) -> bool {
        match (source, self.types.kind(target)) {
            (Kind::Object(both), Kind::Object(part)) => {
                self.parts.get(both).is_some_and(|parts| parts.contains(part))
            }
            _ => false,
        }
    }

    /// Whether `source` is known less well than `target`, and may so be it.
    fn less_known(&self, source: Ty, target: Ty) -> bool {
        match (self.types.kind(source), self.types.kind(target)) {
            (Kind::Unknown, kind) => !matches!(kind, Kind::Never),
            (Kind::String, Kind::StringLiteral { .. })
            | (Kind::Number, Kind::NumberLiteral { .. })
            | (Kind::Void, Kind::Undefined) => true,
            (Kind::NonPrimitive, _) => self.structured(target),
            _ => false,
        }
    }

    /// As [`Rule::Compare`] has it: a literal object as an ordinary one, if some type of the union
    /// knows each of its members; other types as they are.
    fn known_to_some(
        &mut self,
        source: Ty,
        members: &[Ty],
        stack: &mut Vec<(Ty, Ty)>,
    ) -> Option<Ty> {
        let Kind::Object(id) = *self.types.kind(source) else { return Some(source) };
        let object = self.object(id);
        if !object.literal {
            return Some(source);
        }
        let mut objects = Vec::new();
        for &member in members {
            if let Kind::Object(id) = *self.types.kind(member) {
                objects.push(self.object(id));
            }
        }
        if objects.iter().any(|o| o.is_empty()) {
            return Some(self.widen(source));
        }
        for property in &object.properties {
            if !objects.iter().any(|o| o.has(&property.name)) {
                return None;
            }
            let mut wanted = Vec::new();
            for &member in members {
                let held = self.property_type(member, &property.name);
                wanted.push(held.unwrap_or(Ty::UNDEFINED));
            }
            let wanted = self.types.union(&wanted);
            if !self.relate(property.ty, wanted, Rule::Compare, stack) {
                return None;
            }
        }
        Some(self.widen(source))
    }

    /// As [`Rule::Compare`] has it, of a part of a type.
    fn compare_part(
        &mut self,
        source: Ty,
        (of, by): (Ty, Ty),
        target: Ty,
        stack: &mut Vec<(Ty, Ty)>,
    ) -> bool {
        if !self.structured(target) {
            // As in tsc, a text may well be a list or an object too.
            let bound = match self.structured(by) {
                true => self.constraint_of(of),
                false => self.constraint_of(source),
            };
            let bound = bound.unwrap_or(Ty::UNKNOWN);
            return bound != Ty::NEVER
                && (self.relate(bound, target, Rule::Compare, stack)
                    || self.relate(target, bound, Rule::Compare, stack));
        }
        if !self.relate(of, target, Rule::Compare, stack)
            && !self.relate(by, target, Rule::Compare, stack)
        {
            return false;
        }
        // As one object, it has each member.
        let Kind::Object(id) = *self.types.kind(target) else { return true };
        let bound = self.constraint_of(of).unwrap_or(Ty::UNKNOWN);
        let bound = self.types.non_nullish(bound);
        self.object(id).properties.iter().all(|wanted| {
            let own = self.property_type(bound, &wanted.name);
            match own.or_else(|| self.property_type(by, &wanted.name)) {
                Some(own) => self.relate(own, wanted.ty, Rule::Compare, stack),
                None => wanted.optional,
            }
        })
    }

    /// As tsc has it, `T[K]` takes what the bound of `T` takes under each key that `K` may be.
    fn relate_to_indexed(
        &mut self,
        source: Ty,
        (object, index): (Ty, Ty),
        rule: Rule,
        stack: &mut Vec<(Ty, Ty)>,
    ) -> bool {
        let bound = self.constraint_of(object).unwrap_or(object);
        let index = self.constraint_of(index).unwrap_or(index);
        if let Kind::Array { .. } | Kind::Tuple { .. } = self.types.kind(bound) {
            let number = |k: &Kind| matches!(k, Kind::Number | Kind::NumberLiteral { .. });
            return self.types.all(index, number) && {
                let wanted = self.indexed(bound, index, None);
                self.relate(source, wanted, rule, stack)
            };
        }
        let Kind::Object(id) = *self.types.kind(bound) else { return false };
        let bound = self.object(id);
        self.types.members_of(index).into_iter().all(|key| {
            let Kind::StringLiteral { value, .. } = self.types.kind(key) else { return false };
            let Some(held) = bound.property(value) else { return false };
            let wanted = self.read_type(held.ty, held.optional);
            self.relate(source, wanted, rule, stack)
        })
    }

    fn relate_to_keys(
        &mut self,
        source: Ty,
        of: Ty,
        rule: Rule,
        stack: &mut Vec<(Ty, Ty)>,
    ) -> bool {
        let Some(bound) = self.constraint_of(of) else { return false };
        let keys = self.keyof(bound);
        self.relate(source, keys, rule, stack)
    }

    /// Elements before a rest and that rest, against the ones that are wanted.
    fn relate_elements(
        &mut self,
        (own, more): (&[TupleElement], Option<Ty>),
        (wanted, rest): (&[TupleElement], Option<Ty>),
        rule: Rule,
        stack: &mut Vec<(Ty, Ty)>,
    ) -> bool {
        let required = |elements: &[TupleElement]| elements.iter().filter(|e| !e.optional).count();
        if required(own) < required(wanted)
            || rest.is_none() && (own.len() > wanted.len() || more.is_some())
        {
            return false;
        }
        // As tsc has it, a rest stands for the element at its own place only.
        for i in 0..own.len() + usize::from(more.is_some()) {
            let place = |elements: &[TupleElement], rest: Option<Ty>| match elements.get(i) {
                Some(element) => Some((element.ty, element.optional)),
                None => rest.map(|ty| (ty, false)),
            };
            let (Some(own), Some(wanted)) = (place(own, more), place(wanted, rest)) else {
                return false;
            };
            let own = self.read_type(own.0, own.1);
            let wanted = self.read_type(wanted.0, wanted.1);
            if !self.relate(own, wanted, rule, stack) {
                return false;
            }
        }
        true
    }

    /// What a type that is not known yet is at least.
    pub(super) fn constraint_of(&mut self, ty: Ty) -> Option<Ty> {
        match self.types.kind(ty).clone() {
            Kind::Param(id) => self.types.type_param(id).constraint,
            Kind::Both(parts) => {
                let mut bound = Ty::UNKNOWN;
                for &part in parts.iter() {
                    // Of `keyof T & string` the texts are what is known.
                    if let Kind::Keyof(_) = self.types.kind(part) {
                        continue;
                    }
                    let own = self.bound_of(part);
                    bound = self.intersection(bound, own, None);
                }
                Some(bound)
            }
            Kind::Part { of, by } => {
                let bound = self.constraint_of(of).unwrap_or(Ty::UNKNOWN);
                Some(self.part(bound, by))
            }
            Kind::Indexed { object, index, read } => {
                // Types whose bounds name each other have none.
                if self.bounding.contains(&ty) {
                    return None;
                }
                self.bounding.push(ty);
                let found = self.indexed_bound(object, index, read);
                let mut last = found;
                let mut circular = false;
                for _ in 0..DEPTH {
                    let Some(next) = last.filter(|&next| self.types.kind(next).is_open()) else {
                        break;
                    };
                    circular |= next == ty;
                    last = self.constraint_of(next);
                }
                self.bounding.pop();
                found.filter(|_| !circular)
            }
            _ => None,
        }
    }

    /// What `T[K]` is by the bounds of `T` and `K`.
    pub(super) fn indexed_bound(&mut self, object: Ty, index: Ty, read: bool) -> Option<Ty> {
        let object = self.constraint_of(object).unwrap_or(object);
        if let Some(value) = self.under_keys(object, index) {
            return Some(value);
        }
        let mut index = match self.types.kind(index) {
            Kind::Param(_) => self.constraint_of(index)?,
            _ => index,
        };
        // The keys of a type that is not known may be more than those of its bound.
        match *self.types.kind(index) {
            Kind::Keyof(_) => index = self.types.union(&[Ty::STRING, Ty::NUMBER]),
            Kind::Both(_) => index = self.bound_of(index),
            _ => {}
        }
        let value = if read { self.indexed_value(object, index) } else { None };
        let found = value.unwrap_or_else(|| self.indexed(object, index, None));
        let known = found != Ty::ERROR && !matches!(self.types.kind(found), Kind::Indexed { .. });
        known.then_some(found)
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
        // Beside what is written out, a text or a list has members of its own.
        if rule != Rule::Assign
            && target.literal
            && !matches!(self.types.kind(source), Kind::Function(_))
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
        any || !all_optional || rule == Rule::Compare && !self.types.is_unit(source)
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
        if target.keys.is_some_and(|keys| keys.optional)
            && source.is_empty()
            && target.properties.is_empty()
            && rule != Rule::Subtype
        {
            return true;
        }
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
                    if own.optional && !wanted.optional && rule != Rule::Compare {
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
                None if wanted.optional && (rule != Rule::Subtype || source.literal) => {}
                None => return false,
            }
        }
        if rule == Rule::Subtype && target.literal && target.is_empty() && !source.is_empty() {
            return false;
        }
        if rule != Rule::Assign {
            let excess = source.literal && !(rule == Rule::Compare && target.is_empty());
            let mut beyond =
                source.properties.iter().filter(|p| target.property(&p.name).is_none());
            if beyond
                .any(|p| excess && !target.has(&p.name) || target.literal && p.ty != Ty::UNDEFINED)
            {
                return false;
            }
        }
        if let Some(index) = target.index {
            match source.index {
                Some(own) if !self.relate(own.value, index.value, rule, stack) => return false,
                Some(_) => {}
                None if source.interface || rule == Rule::Subtype && !source.literal => {
                    return false;
                }
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
        rule == Rule::Compare || !(weak && !common && !source.properties.is_empty())
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
        let (source, target) = match rule {
            Rule::Compare => (self.erased(source), self.erased(target)),
            _ if source.type_params.is_empty() => (source.clone(), target.clone()),
            _ => (self.instantiate_for(source, target), target.clone()),
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
        if let Some((place, wanted)) = target.predicate {
            match source.predicate {
                Some((own_place, own)) if own_place == place => {
                    return self.relate(own, wanted, rule, stack);
                }
                _ => return false,
            }
        }
        target.result == Ty::VOID || self.relate(source.result, target.result, rule, stack)
    }

    /// A signature whose own type parameters may be anything.
    fn erased(&mut self, signature: &Signature) -> Signature {
        let map = signature.type_params.iter().map(|&p| (p, Ty::ERROR)).collect();
        self.substitute_signature(signature, &map)
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
            Kind::Param(_) | Kind::Part { .. } | Kind::Both(_) => {
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
                empty |= object.is_empty();
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
                    && (open
                        || (empty || self.structured(one))
                            && (self.structured(other) || other == Ty::OBJECT))
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
