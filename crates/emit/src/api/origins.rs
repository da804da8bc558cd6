//! What contracts say of the properties and types that answers are made of.
//!
//! In:    the contracts of a workspace.
//! Out:   by the place of a property's name or a type's declaration: the contract's words on it.
//! Never: a property that a route module declares.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use frontage_compile::Workspace;
use frontage_contract::{Constant, Contract, Property, Type, TypeId};
use serde_json::Value;

use super::schema::{Schema, SchemaKind, number};

/// Where a span of a contract leads.
pub(super) struct Origins<'w> {
    workspace: &'w Workspace,
    properties: BTreeMap<Place, (u16, TypeId, usize)>,
    types: BTreeMap<Place, (u16, TypeId)>,
}

/// File, first and last byte.
type Place = (u32, u32, u32);

macro_rules! place {
    ($span:expr) => {
        ($span.file.0, $span.start, $span.end)
    };
}
pub(super) use place;

impl<'w> Origins<'w> {
    /// Reads the places of all contracts.
    pub(super) fn new(workspace: &'w Workspace) -> Self {
        let mut properties = BTreeMap::new();
        let mut types = BTreeMap::new();
        for (upstream, input) in (0_u16..).zip(&workspace.upstreams) {
            for (id, declaration) in input.contract.types.iter() {
                types.entry(place!(declaration.span)).or_insert((upstream, id));
                if let Type::Object(object) = &declaration.ty {
                    for (at, property) in object.properties.iter().enumerate() {
                        properties.entry(place!(property.span)).or_insert((upstream, id, at));
                    }
                }
            }
        }
        Self { workspace, properties, types }
    }

    fn contract(&self, upstream: u16) -> &'w Arc<Contract> {
        &self.workspace.upstreams[usize::from(upstream)].contract
    }

    /// The upstream that declares the type, and the contract's words on it.
    pub(super) fn of_type(&self, at: Place) -> Option<(&'w str, Option<&'w str>)> {
        let &(upstream, id) = self.types.get(&at)?;
        let declaration = self.contract(upstream).types.declaration(id);
        let name = &*self.workspace.upstreams[usize::from(upstream)].name;
        Some((name, declaration.description.as_deref()))
    }

    /// Adds to `schema`, a member's, what the contract says of the property; gives the name and the
    /// upstream of an enumeration that has one.
    pub(super) fn enrich(&self, at: Place, schema: &mut Schema) -> Option<(&'w str, &'w str)> {
        let &(upstream, owner, index) = self.properties.get(&at)?;
        let contract = self.contract(upstream);
        let Type::Object(object) = contract.ty(owner) else { return None };
        let property: &Property = object.properties.get(index)?;
        if schema.description.is_none() {
            schema.description.clone_from(&property.description);
        }
        schema.deprecated |= property.deprecated;
        let declaration = contract.types.declaration(property.ty);
        if schema.example.is_none() {
            let given = declaration.example.as_ref().map(constant);
            schema.example = given.filter(|value| schema.admits(value));
        }
        match (&mut schema.kind, &declaration.ty) {
            (SchemaKind::String(own), Type::String(text)) => own.format.clone_from(&text.format),
            (SchemaKind::Number(own), Type::Number(number)) => own.integer = number.integer,
            (SchemaKind::Constants(own), Type::Enum(values)) => {
                let values: Vec<Value> = values.iter().map(constant).collect();
                let known: HashSet<&Value> = values.iter().collect();
                let equal = own.len() == values.len() && own.iter().all(|v| known.contains(v));
                if let (true, Some(name)) = (equal, &declaration.name) {
                    *own = values;
                    return Some((name, &self.workspace.upstreams[usize::from(upstream)].name));
                }
            }
            _ => {}
        }
        None
    }
}

/// A contract's constant as JSON.
pub(super) fn constant(constant: &Constant) -> Value {
    match constant {
        Constant::String(text) => Value::from(text.as_str()),
        Constant::Number(value) => number(*value),
        Constant::Boolean(value) => Value::from(*value),
    }
}
