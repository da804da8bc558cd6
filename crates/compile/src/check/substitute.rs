//! Putting types in the place of type parameters.
//!
//! In:    a type with parameters, and what stands for each.
//! Out:   the type without them.
//! Never: a copy of a type that holds none of the parameters.

use std::collections::{HashMap, HashSet};

use super::Checker;
use crate::types::{
    FunctionType, Index, Keys, Kind, Object, ObjectId, Signature, SignatureParam, TupleElement, Ty,
    TypeParamId,
};

/// Objects and functions within each other that are looked at.
const DEPTH: u32 = 12;

/// What stands for each parameter.
pub(super) type Mapping = HashMap<TypeParamId, Ty>;

impl Checker<'_> {
    /// Whether `ty` holds a type parameter.
    pub(super) fn generic(&mut self, ty: Ty) -> bool {
        self.holds(ty, None)
    }

    /// Whether `ty` holds this type parameter.
    pub(super) fn mentions(&mut self, ty: Ty, param: TypeParamId) -> bool {
        self.holds(ty, Some(param))
    }

    /// Whether `ty` holds this type parameter, or any. What is within more than [`DEPTH`] others is
    /// not looked at, and nothing twice: types may hold each other in circles.
    fn holds(&mut self, ty: Ty, param: Option<TypeParamId>) -> bool {
        let mut level = vec![ty];
        let mut seen: HashSet<Ty> = HashSet::new();
        for _ in 0..=DEPTH {
            let mut deeper = Vec::new();
            while let Some(ty) = level.pop() {
                match self.types.kind(ty).clone() {
                    Kind::Param(id) if param.is_none_or(|wanted| wanted == id) => return true,
                    Kind::Keyof(of) | Kind::Part { of, .. } => level.push(of),
                    Kind::Indexed { object, index, .. } => level.extend([object, index]),
                    Kind::Array { element, .. } => level.push(element),
                    Kind::Tuple { elements, rest, .. } => {
                        level.extend(elements.iter().map(|e| e.ty).chain(rest));
                    }
                    Kind::Library(_, args) => level.extend(args.iter()),
                    Kind::Union(members) | Kind::Both(members) => level.extend(members.iter()),
                    Kind::Object(id) if seen.insert(ty) => self.held_by(id, &mut deeper),
                    Kind::Function(id) if seen.insert(ty) => {
                        for s in &self.types.signatures(id).signatures {
                            deeper.extend(s.params.iter().map(|p| p.ty).chain(s.rest));
                            deeper.extend(s.predicate.map(|p| p.1).into_iter().chain([s.result]));
                        }
                    }
                    _ => {}
                }
            }
            if deeper.is_empty() {
                return false;
            }
            level = deeper;
        }
        false
    }

    /// Adds the types that parameters may stand in within an object.
    fn held_by(&mut self, id: ObjectId, out: &mut Vec<Ty>) {
        if matches!(self.lazy.get(&id), Some(super::Lazy::Contract { .. })) {
            return;
        }
        if let Some(instance) = self.instances.get(&id) {
            out.extend(instance.args.iter());
            return;
        }
        let object = self.object(id);
        out.extend(object.properties.iter().map(|p| p.ty));
        out.extend(object.index.map(|i| i.value));
        out.extend(object.keys.map(|k| k.ty));
    }

    /// `ty` with every parameter of `map` replaced.
    pub(super) fn substitute(&mut self, ty: Ty, map: &Mapping) -> Ty {
        if map.is_empty() { ty } else { self.substitute_at(ty, map, 0) }
    }

    fn substitute_at(&mut self, ty: Ty, map: &Mapping, depth: u32) -> Ty {
        match self.types.kind(ty).clone() {
            Kind::Param(id) => map.get(&id).copied().unwrap_or(ty),
            Kind::Array { element, readonly } => {
                let element = self.substitute_at(element, map, depth);
                self.types.intern(Kind::Array { element, readonly })
            }
            Kind::Tuple { elements, rest, readonly, of_match } => {
                let elements = elements
                    .iter()
                    .map(|e| TupleElement {
                        ty: self.substitute_at(e.ty, map, depth),
                        optional: e.optional,
                    })
                    .collect();
                let rest = rest.map(|r| self.substitute_at(r, map, depth));
                self.types.intern(Kind::Tuple { elements, rest, readonly, of_match })
            }
            Kind::Library(name, args) => {
                let args = args.iter().map(|&a| self.substitute_at(a, map, depth)).collect();
                self.types.intern(Kind::Library(name, args))
            }
            Kind::Union(members) => {
                let members: Vec<Ty> =
                    members.iter().map(|&m| self.substitute_at(m, map, depth)).collect();
                self.types.union(&members)
            }
            Kind::Part { of, by } => {
                let of = self.substitute_at(of, map, depth);
                // As in tsc, what was just written is a type that stays.
                let of = self.types.regular(of);
                self.part(of, by)
            }
            Kind::Both(parts) => {
                let mut both = Ty::UNKNOWN;
                for &part in parts.iter() {
                    let part = self.substitute_at(part, map, depth);
                    both = self.intersection(both, part, None);
                }
                both
            }
            // Of `PropertyKey`.
            Kind::Keyof(Ty::NEVER) => ty,
            Kind::Keyof(inner) => {
                let inner = self.substitute_at(inner, map, depth);
                self.keyof(inner)
            }
            Kind::Indexed { object, index, read } => {
                let object = self.substitute_at(object, map, depth);
                let index = self.substitute_at(index, map, depth);
                let found = if read { self.indexed_value(object, index) } else { None };
                found.unwrap_or_else(|| self.indexed(object, index, None))
            }
            Kind::Object(id) if self.instances.contains_key(&id) => {
                let instance = self.instances[&id].clone();
                let args: Vec<Ty> =
                    instance.args.iter().map(|&a| self.substitute_at(a, map, depth + 1)).collect();
                if args == instance.args || depth > DEPTH {
                    return ty;
                }
                self.instance_of_args(&instance, args)
            }
            Kind::Object(id) if depth < DEPTH && self.generic(ty) => {
                let object = self.object(id);
                let mut copy: Object = (*object).clone();
                for property in &mut copy.properties {
                    property.ty = self.substitute_at(property.ty, map, depth + 1);
                }
                copy.index = copy.index.map(|i| Index {
                    value: self.substitute_at(i.value, map, depth + 1),
                    numeric: i.numeric,
                });
                if let (Some(keys), Some(index)) = (copy.keys, copy.index) {
                    let known = self.substitute_at(keys.ty, map, depth + 1);
                    if known == keys.ty && copy.index == object.index {
                        return ty;
                    }
                    return self.record_of(Keys { ty: known, ..keys }, index.value);
                }
                if copy.properties == object.properties && copy.index == object.index {
                    ty
                } else {
                    self.types.object(copy)
                }
            }
            Kind::Function(id) if depth < DEPTH && self.generic(ty) => {
                let function = self.types.signatures(id).clone();
                let signatures = function
                    .signatures
                    .iter()
                    .map(|s| self.substitute_signature_at(s, map, depth + 1).into())
                    .collect();
                self.types.function(FunctionType { signatures })
            }
            _ => ty,
        }
    }

    /// A signature with every parameter of `map` replaced.
    pub(super) fn substitute_signature(&mut self, s: &Signature, map: &Mapping) -> Signature {
        self.substitute_signature_at(s, map, 0)
    }

    fn substitute_signature_at(&mut self, s: &Signature, map: &Mapping, depth: u32) -> Signature {
        let mut own;
        let mut map = map;
        let mut type_params: Vec<TypeParamId> =
            s.type_params.iter().copied().filter(|p| !map.contains_key(p)).collect();
        let mut bounds: Vec<Ty> = Vec::new();
        for &id in &type_params {
            let param = self.types.type_param(id);
            bounds.extend(param.constraint.into_iter().chain(param.default));
        }
        // Parameters of its own whose bounds name what is replaced are others then.
        if bounds.into_iter().any(|ty| map.keys().any(|&param| self.mentions(ty, param))) {
            own = map.clone();
            for id in &mut type_params {
                let param = self.types.type_param(*id).clone();
                let new = self.types.param(param);
                own.insert(*id, self.types.intern(Kind::Param(new)));
                *id = new;
            }
            for &id in &type_params {
                let param = self.types.type_param(id).clone();
                let constraint = param.constraint.map(|c| self.substitute_at(c, &own, depth + 1));
                let default = param.default.map(|d| self.substitute_at(d, &own, depth + 1));
                self.types.set_bounds(id, constraint, default);
            }
            map = &own;
        }
        Signature {
            type_params,
            params: s
                .params
                .iter()
                .map(|p| SignatureParam {
                    name: p.name.clone(),
                    ty: self.substitute_at(p.ty, map, depth),
                    optional: p.optional,
                })
                .collect(),
            rest: s.rest.map(|r| self.substitute_at(r, map, depth)),
            result: self.substitute_at(s.result, map, depth),
            predicate: s.predicate.map(|(i, ty)| (i, self.substitute_at(ty, map, depth))),
        }
    }
}
