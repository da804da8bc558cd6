//! Contract types as checker types, converted when they are needed.
//!
//! In:    an upstream and a type of its contract.
//! Out:   one [`Ty`] for each (upstream, type, direction); the members of an object type are read
//!        only when somebody looks at them, so that a large contract costs little.
//! Never: a property that does not travel in the direction at hand (read-only in a request,
//!        write-only in an answer).

use std::sync::Arc;

use frontage_contract::{Access, Additional, Constant, Contract, Type, TypeId};

use super::{Checker, Lazy};
use crate::types::{Index, Kind, Object, Property, TupleElement, Ty};

impl Checker<'_> {
    pub(super) fn contract(&self, upstream: u16) -> Arc<Contract> {
        self.workspace.upstreams[usize::from(upstream)].contract.clone()
    }

    /// The checker's type of a contract's type.
    ///
    /// - `request`: as an argument; else as an answer.
    pub(super) fn contract_ty(&mut self, upstream: u16, id: TypeId, request: bool) -> Ty {
        if let Some(&ty) = self.contract_types.get(&(upstream, id, request)) {
            return ty;
        }
        let contract = self.contract(upstream);
        let declaration = contract.types.declaration(id);
        let key = (upstream, id, request);
        let ty = match &declaration.ty {
            Type::Object(_) => {
                let name = declaration.name.as_deref().map(Arc::from);
                let ty = self.types.later(name);
                if let Kind::Object(object) = *self.types.kind(ty) {
                    self.lazy.insert(object, Lazy::Contract { upstream, id, request });
                }
                ty
            }
            Type::Unknown => Ty::UNKNOWN,
            Type::Never => Ty::NEVER,
            Type::Null => Ty::NULL,
            Type::Boolean => Ty::BOOLEAN,
            Type::Number(_) => Ty::NUMBER,
            Type::String(_) => Ty::STRING,
            Type::Enum(values) => {
                let members: Vec<Ty> = values.iter().map(|v| self.constant(v)).collect();
                self.types.union(&members)
            }
            Type::Broken => Ty::ERROR,
            // Lists and unions may lead back to themselves without an object between; such a
            // part is unknown, which is always right if seldom useful.
            Type::Array(array) => {
                self.contract_types.insert(key, Ty::UNKNOWN);
                let element = self.contract_ty(upstream, array.items, request);
                self.types.array(element)
            }
            Type::Tuple(tuple) => {
                self.contract_types.insert(key, Ty::UNKNOWN);
                let elements: Arc<[TupleElement]> = tuple
                    .items
                    .iter()
                    .enumerate()
                    .map(|(i, &item)| TupleElement {
                        ty: self.contract_ty(upstream, item, request),
                        optional: i >= tuple.required,
                    })
                    .collect();
                let rest = tuple.rest.map(|rest| self.contract_ty(upstream, rest, request));
                self.types.intern(Kind::Tuple { elements, rest, readonly: false, of_match: false })
            }
            Type::Union(union) => {
                self.contract_types.insert(key, Ty::UNKNOWN);
                let members: Vec<Ty> = union
                    .variants
                    .iter()
                    .map(|&v| self.contract_ty(upstream, v, request))
                    .collect();
                self.types.union(&members)
            }
        };
        self.contract_types.insert(key, ty);
        ty
    }

    fn constant(&mut self, constant: &Constant) -> Ty {
        match constant {
            Constant::String(text) => self.types.string_literal(text),
            Constant::Number(number) => self.types.number_literal(*number),
            Constant::Boolean(value) => self.types.boolean_literal(*value),
        }
    }

    /// The members of a contract's object type.
    pub(super) fn contract_object(&mut self, upstream: u16, id: TypeId, request: bool) -> Object {
        let contract = self.contract(upstream);
        let declaration = contract.types.declaration(id);
        let Type::Object(object) = &declaration.ty else { return Object::default() };
        let hidden = if request { Access::ReadOnly } else { Access::WriteOnly };
        let properties: Vec<Property> = object
            .properties
            .iter()
            .filter(|p| p.access != hidden)
            .map(|p| Property {
                name: p.name.as_str().into(),
                ty: self.contract_ty(upstream, p.ty, request),
                optional: !p.required,
                readonly: false,
                span: Some(p.span),
            })
            .collect();
        let index = match object.additional {
            Additional::Undeclared | Additional::Forbidden => None,
            Additional::Any => Some(Ty::UNKNOWN),
            // TypeScript wants declared members to fit the index signature.
            Additional::Of(values) => {
                let mut all = vec![self.contract_ty(upstream, values, request)];
                for property in &properties {
                    all.push(property.ty);
                    if property.optional {
                        all.push(Ty::UNDEFINED);
                    }
                }
                Some(self.types.union(&all))
            }
        };
        Object {
            spread: false,
            name: declaration.name.as_deref().map(Arc::from),
            span: Some(declaration.span),
            interface: declaration.name.is_some(),
            literal: false,
            properties,
            index: index.map(|value| Index { value, numeric: false }),
            keys: None,
        }
    }

    /// Reads the members of every object type that `ty` reaches.
    pub(super) fn force(&mut self, ty: Ty) {
        let mut seen = std::collections::HashSet::new();
        let mut todo = vec![ty];
        while let Some(ty) = todo.pop() {
            if !seen.insert(ty) {
                continue;
            }
            match self.types.kind(ty).clone() {
                Kind::Array { element, .. } => todo.push(element),
                Kind::Tuple { elements, rest, .. } => {
                    todo.extend(elements.iter().map(|e| e.ty));
                    todo.extend(rest);
                }
                Kind::Library(_, args) => todo.extend(args.iter()),
                Kind::Union(members) => todo.extend(members.iter()),
                Kind::Object(id) => {
                    let object = self.object(id);
                    todo.extend(object.properties.iter().map(|p| p.ty));
                    todo.extend(object.index.map(|i| i.value));
                }
                _ => {}
            }
        }
    }
}
