//! JSON Schema of a contract's types, for what passes through a backend untouched.
//!
//! In:    parameters and bodies of an operation.
//! Out:   schemas with the contract's limits; objects stand as drafts.
//! Never: a property that does not travel in requests.

use std::collections::BTreeMap;

use frontage_contract::{Access, Additional, Contract, Type, TypeId};
use serde_json::Value;

use super::naming::{Draft, Pool, Wish};
use super::origins::constant;
use super::schema::{Member, Range, Rest, Schema, SchemaKind, Text};

/// Makes schemas of one contract's types.
pub(super) struct Contracts<'c> {
    contract: &'c Contract,
    upstream: &'c str,
    known: BTreeMap<TypeId, usize>,
}

impl<'c> Contracts<'c> {
    pub(super) fn new(contract: &'c Contract, upstream: &'c str) -> Self {
        Self { contract, upstream, known: BTreeMap::new() }
    }

    /// The schema of a type as it travels in requests.
    pub(super) fn request(&mut self, id: TypeId, pool: &mut Pool) -> Schema {
        let contract = self.contract;
        let declaration = contract.types.declaration(id);
        let schema = match &declaration.ty {
            Type::Unknown | Type::Broken => Schema::new(SchemaKind::Any),
            Type::Never => Schema::new(SchemaKind::Never),
            Type::Null => Schema::new(SchemaKind::Null),
            Type::Boolean => Schema::new(SchemaKind::Boolean),
            Type::Number(limits) => Schema::new(SchemaKind::Number(Range {
                integer: limits.integer,
                min: limits.minimum.map(|bound| (bound.value, bound.exclusive)),
                max: limits.maximum.map(|bound| (bound.value, bound.exclusive)),
                multiple_of: None,
            })),
            Type::String(limits) => Schema::new(SchemaKind::String(Text {
                format: limits.format.clone(),
                patterns: Vec::new(),
                min: limits.min_length,
                max: limits.max_length,
            })),
            Type::Enum(values) => {
                let values: Vec<Value> = values.iter().map(constant).collect();
                Schema::new(SchemaKind::Constants(values))
            }
            Type::Array(array) => {
                // A list that holds itself has no object between: nothing is said of it.
                if self.known.insert(id, usize::MAX).is_some() {
                    return Schema::new(SchemaKind::Any);
                }
                let items = Box::new(self.request(array.items, pool));
                self.known.remove(&id);
                let (min, max) = (array.min_items, array.max_items);
                Schema::new(SchemaKind::Array { items, min, max })
            }
            Type::Tuple(tuple) => {
                if self.known.insert(id, usize::MAX).is_some() {
                    return Schema::new(SchemaKind::Any);
                }
                let items = tuple.items.iter().map(|&item| self.request(item, pool)).collect();
                let rest = tuple.rest.map(|rest| Box::new(self.request(rest, pool)));
                self.known.remove(&id);
                Schema::new(SchemaKind::Tuple { items, required: tuple.required, rest })
            }
            Type::Union(union) => {
                if self.known.insert(id, usize::MAX).is_some() {
                    return Schema::new(SchemaKind::Any);
                }
                let parts = union.variants.iter().map(|&part| self.request(part, pool)).collect();
                self.known.remove(&id);
                Schema::union(parts)
            }
            Type::Object(_) => Schema::new(SchemaKind::Draft(self.object(id, pool))),
        };
        let mut schema = schema;
        let given = declaration.example.as_ref().map(constant);
        schema.example = given.filter(|value| schema.admits(value));
        if declaration.name.is_none() {
            schema.described(declaration.description.clone())
        } else {
            schema
        }
    }

    fn object(&mut self, id: TypeId, pool: &mut Pool) -> usize {
        if let Some(&known) = self.known.get(&id) {
            return known;
        }
        let place = pool.reserve();
        self.known.insert(id, place);
        let contract = self.contract;
        let declaration = contract.types.declaration(id);
        let Type::Object(object) = &declaration.ty else { return place };
        let mut members = Vec::new();
        for property in object.properties.iter().filter(|p| p.access != Access::ReadOnly) {
            let mut schema =
                self.request(property.ty, pool).described(property.description.clone());
            schema.deprecated |= property.deprecated;
            let name = property.name.clone();
            members.push(Member { name, schema, required: property.required });
        }
        let rest = match object.additional {
            Additional::Undeclared => Rest::Open,
            Additional::Forbidden => Rest::Closed,
            Additional::Any => Rest::Of(Box::new(Schema::new(SchemaKind::Any))),
            Additional::Of(values) => Rest::Of(Box::new(self.request(values, pool))),
        };
        let schema = Schema::new(SchemaKind::Object { members, rest })
            .described(declaration.description.clone());
        let wish = declaration.name.as_ref().map(|name| Wish::Declared {
            name: name.clone(),
            upstream: Some(self.upstream.to_owned()),
        });
        pool.fill(place, Draft { schema, wish });
        place
    }
}
