//! Whether what a contract says of answers is what a plan reads.
//!
//! In:    a type of the new contract, and the shape that a plan made of the old one reads.
//! Out:   each [`Gap`]: a value that the contract allows and the plan takes for drift; and all places
//!        that the plan reads.
//! Never: a gap at a place that the plan does not read.
//!
//! Start at [`Reading`].

use std::collections::{BTreeMap, BTreeSet};

use frontage_contract::{Access, Additional, Constant, Contract, Object, Type, TypeId, type_text};
use frontage_plan::{Constant as Wanted, Field, Name, Plan, Rest, Shape, ShapeId};

use super::site::{Key, member, tags, variants};

/// An answer that the new contract allows and a plan does not take.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Gap {
    pub(super) key: Key,
    /// From the answer's root: `items[].name`.
    pub(super) path: String,
    /// The code of the change that it comes from, as far as it can be told here.
    pub(super) code: &'static str,
    pub(super) message: String,
    /// Only values of some kind contradict, not all.
    pub(super) is_possible: bool,
}

/// Places of a plan's shapes in a contract.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    pub(super) contract: &'a Contract,
    pub(super) plan: &'a Plan,
    /// What is read, with its path from the answer's root.
    pub(super) read: BTreeMap<Key, String>,
    /// What is known of pairs that were looked at: where they are met again, the gaps are theirs, but
    /// for those of which too many were found.
    known: BTreeMap<(TypeId, ShapeId), Vec<Gap>>,
    open: BTreeSet<(TypeId, ShapeId)>,
    /// Pairs that may still be looked at again.
    left: usize,
}

/// Pairs with gaps that are looked at again, each time at another place.
const AGAIN: usize = 20_000;

/// Where in an answer.
#[derive(Debug, Clone)]
struct At {
    key: Key,
    path: String,
}

impl At {
    fn inner(&self, step: &str) -> Self {
        Self { key: self.key.inner(step), path: format!("{}{step}", self.path) }
    }

    fn gap(&self, code: &'static str, message: impl Into<String>, is_possible: bool) -> Vec<Gap> {
        let (key, path) = (self.key.clone(), self.path.clone());
        vec![Gap { key, path, code, message: message.into(), is_possible }]
    }
}

impl<'a> Reading<'a> {
    pub(super) fn new(contract: &'a Contract, plan: &'a Plan) -> Self {
        Self {
            contract,
            plan,
            read: BTreeMap::new(),
            known: BTreeMap::new(),
            open: BTreeSet::new(),
            left: AGAIN,
        }
    }

    /// The values of `ty` that `shape` refuses.
    pub(super) fn answer(&mut self, ty: TypeId, shape: ShapeId, key: Key) -> Vec<Gap> {
        self.value(ty, shape, &At { key, path: String::new() })
    }

    fn value(&mut self, ty: TypeId, shape: ShapeId, at: &At) -> Vec<Gap> {
        if self.plan.shape(shape).shape == Shape::Skip {
            return Vec::new();
        }
        self.read.entry(at.key.clone()).or_insert_with(|| at.path.clone());
        let pair = (ty, shape);
        if let Some(known) = self.known.get(&pair) {
            if known.is_empty() || self.left == 0 {
                return known.clone();
            }
            self.left -= 1;
        }
        // What leads back to itself fits as far as everything else does.
        if !self.open.insert(pair) {
            return Vec::new();
        }
        let gaps = self.look(ty, shape, at);
        self.open.remove(&pair);
        self.known.insert(pair, gaps.clone());
        gaps
    }

    fn look(&mut self, ty: TypeId, shape: ShapeId, at: &At) -> Vec<Gap> {
        let plan = self.plan;
        let wanted = &plan.shape(shape).shape;
        if matches!(wanted, Shape::Any) {
            return Vec::new();
        }
        let given = variants(self.contract, ty);
        if let Some((property, mapping)) = tags(self.contract, ty)
            && let Some(taken) = self.tagged(shape, property)
        {
            let (property, mapping) = (property.to_owned(), mapping.to_vec());
            let mut gaps = Vec::new();
            for (value, variant) in &mapping {
                match taken.iter().find(|(name, _)| **name == **value) {
                    Some((_, taken)) => {
                        gaps.extend(self.tag(*variant, &property, shape, at));
                        gaps.extend(self.value(*variant, *taken, at));
                    }
                    None => {
                        let message = format!("its `{property}` may be {value:?}");
                        gaps.extend(at.gap("variant-added", message, true));
                    }
                }
            }
            for variant in given {
                if mapping.iter().all(|(_, mapped)| *mapped != variant) {
                    gaps.extend(self.alternative(variant, shape, at, true));
                }
            }
            gaps.dedup();
            return gaps;
        }
        let several = given.len() > 1;
        let mut gaps: Vec<Gap> = Vec::new();
        let mut fits = false;
        for variant in given {
            let own = self.alternative(variant, shape, at, several);
            fits |= own.is_empty() && !matches!(self.contract.ty(variant), Type::Null);
            for gap in own {
                if !gaps.contains(&gap) {
                    gaps.push(gap);
                }
            }
        }
        // What one variant contradicts, another still gives.
        gaps.iter_mut().for_each(|gap| gap.is_possible |= fits);
        gaps
    }

    /// The property that tells variants apart, which is always read: whether it is there, and a text.
    ///
    /// - `whole`: the shape of all variants, among which may be one for values without it.
    fn tag(&mut self, variant: TypeId, property: &str, whole: ShapeId, at: &At) -> Vec<Gap> {
        let Type::Object(object) = self.contract.ty(variant) else { return Vec::new() };
        let inner = At { key: Key::field(variant, property), path: member(&at.path, property) };
        self.read.entry(inner.key.clone()).or_insert_with(|| inner.path.clone());
        let own = object.property(property).filter(|own| own.access != Access::WriteOnly);
        let may_be_missing = own.is_none_or(|own| !own.required);
        let mut gaps = Vec::new();
        if may_be_missing && !self.takes_untagged(variant, whole, at) {
            gaps.extend(match own {
                Some(_) => inner.gap("field-optional", "it may be missing", true),
                None => inner.gap("field-removed", "it is gone", false),
            });
        }
        let Some(own) = own else { return gaps };
        for id in variants(self.contract, own.ty) {
            match self.contract.ty(id) {
                Type::String(_) | Type::Never => {}
                Type::Enum(all) if all.iter().all(|c| matches!(c, Constant::String(_))) => {}
                Type::Null => gaps.extend(inner.gap("null-added", "it may be null", true)),
                _ => {
                    let text = type_text(self.contract, own.ty);
                    gaps.extend(inner.gap("type-changed", format!("it is {text}"), false));
                }
            }
        }
        gaps
    }

    /// Whether a shape has a place for a variant without its tag.
    fn takes_untagged(&mut self, variant: TypeId, whole: ShapeId, at: &At) -> bool {
        let plan = self.plan;
        let Shape::Union(all) = &plan.shape(whole).shape else { return false };
        all.iter().any(|id| match &plan.shape(*id).shape {
            Shape::Object { fields, .. } => {
                // There, the tag is the one field that must not come.
                let fields: Vec<Field> = fields
                    .iter()
                    .filter(|field| !matches!(plan.shape(field.shape).shape, Shape::Never))
                    .cloned()
                    .collect();
                let Type::Object(object) = self.contract.ty(variant) else { return false };
                self.object(variant, object, &fields, Rest::Cut, at).is_empty()
            }
            _ => false,
        })
    }

    /// The variants of a shape, or of the one in it that is told apart by `property`.
    fn tagged(&self, shape: ShapeId, property: &str) -> Option<&'a [(Name, ShapeId)]> {
        let plan = self.plan;
        let of = |id: ShapeId| match &plan.shape(id).shape {
            Shape::Tagged { property: own, variants } if **own == *property => Some(&variants[..]),
            _ => None,
        };
        of(shape).or_else(|| match &plan.shape(shape).shape {
            Shape::Union(all) => all.iter().find_map(|id| of(*id)),
            _ => None,
        })
    }

    /// A type that is no union.
    fn alternative(&mut self, ty: TypeId, shape: ShapeId, at: &At, is_possible: bool) -> Vec<Gap> {
        let plan = self.plan;
        let Shape::Union(all) = &plan.shape(shape).shape else {
            return self.plain(ty, shape, at, is_possible);
        };
        if let Type::Enum(constants) = self.contract.ty(ty)
            && constants.iter().all(|own| all.iter().any(|id| takes(&plan.shape(*id).shape, own)))
        {
            return Vec::new();
        }
        let mut best: Option<Vec<Gap>> = None;
        for variant in all {
            // What is read while trying is read.
            let gaps = match plan.shape(*variant).shape {
                Shape::Union(_) => self.alternative(ty, *variant, at, is_possible),
                _ => self.plain(ty, *variant, at, is_possible),
            };
            if gaps.is_empty() {
                return gaps;
            }
            let is_kind = |gaps: &[Gap]| gaps.iter().any(|gap| gap.key == at.key);
            let better = best
                .as_ref()
                .is_none_or(|best| (is_kind(&gaps), gaps.len()) < (is_kind(best), best.len()));
            if better {
                best = Some(gaps);
            }
        }
        best.unwrap_or_default()
    }

    fn plain(&mut self, ty: TypeId, shape: ShapeId, at: &At, is_possible: bool) -> Vec<Gap> {
        let (contract, plan) = (self.contract, self.plan);
        let wanted = &plan.shape(shape).shape;
        let kind = || {
            let text = type_text(contract, ty);
            at.gap("type-changed", format!("it may be {text}"), is_possible)
        };
        match (contract.ty(ty), wanted) {
            (Type::Never, _) | (_, Shape::Any | Shape::Skip) => Vec::new(),
            (Type::Broken, _) => at.gap("operation-faulty", "the contract is faulty here", true),
            (Type::Unknown, _) => at.gap("type-changed", "it may be anything", true),
            (Type::Null, Shape::Null) | (Type::Boolean, Shape::Bool) => Vec::new(),
            (Type::Null, Shape::Constant(Wanted::Null)) => Vec::new(),
            (Type::Null, _) => at.gap("null-added", "it may be null", is_possible),
            (Type::Number(_), Shape::Number) => Vec::new(),
            (Type::Number(number), Shape::Integer) if number.integer => Vec::new(),
            (Type::Number(_), Shape::Integer) => {
                at.gap("number-widened", "it may have a fraction", true)
            }
            // A text that is not in the list passes, and is counted.
            (Type::String(_), Shape::String | Shape::Enum(_)) => Vec::new(),
            (Type::Enum(constants), wanted) => constants
                .iter()
                .filter(|constant| !takes(wanted, constant))
                .flat_map(|constant| {
                    let shown = frontage_contract::constant_text(constant);
                    at.gap("type-changed", format!("it may be {shown}"), constants.len() > 1)
                })
                .take(1)
                .collect(),
            (Type::Array(array), Shape::Array(element)) => {
                self.value(array.items, *element, &at.inner("[]"))
            }
            (Type::Array(array), Shape::Tuple(items, rest)) => {
                let mut gaps = Vec::new();
                if array.min_items.unwrap_or(0) < items.len() as u64 {
                    gaps = at.gap("type-changed", "it may have fewer elements", true);
                }
                for element in items.iter().chain(rest) {
                    gaps.extend(self.value(array.items, *element, &at.inner("[]")));
                }
                gaps
            }
            (Type::Tuple(tuple), Shape::Array(element)) => {
                let all = tuple.items.iter().chain(&tuple.rest);
                all.flat_map(|item| self.value(*item, *element, &at.inner("[]"))).collect()
            }
            (Type::Tuple(tuple), Shape::Tuple(items, rest)) => {
                let mut gaps = Vec::new();
                if tuple.required < items.len() {
                    gaps = at.gap("type-changed", "it may have fewer elements", true);
                }
                for (index, item) in tuple.items.iter().enumerate() {
                    if let Some(element) = items.get(index).or(rest.as_ref()) {
                        gaps.extend(self.value(*item, *element, &at.inner("[]")));
                    }
                }
                if let Some(own) = tuple.rest {
                    for element in items.iter().skip(tuple.items.len()).chain(rest) {
                        gaps.extend(self.value(own, *element, &at.inner("[]")));
                    }
                }
                gaps
            }
            (Type::Object(object), Shape::Object { fields, rest }) => {
                self.object(ty, object, fields, *rest, at)
            }
            (Type::Object(object), Shape::Tagged { property, variants }) => {
                self.of_tag(ty, object, property, variants, at)
            }
            _ => kind(),
        }
    }

    fn object(
        &mut self,
        ty: TypeId,
        object: &Object,
        fields: &[Field],
        rest: Rest,
        at: &At,
    ) -> Vec<Gap> {
        let mut gaps = Vec::new();
        for field in fields {
            let at = At { key: Key::field(ty, &field.name), path: member(&at.path, &field.name) };
            self.read.entry(at.key.clone()).or_insert_with(|| at.path.clone());
            let is_absent = matches!(self.plan.shape(field.shape).shape, Shape::Never);
            let property = object.property(&field.name).filter(|p| p.access != Access::WriteOnly);
            match property {
                // Something else told it apart by that.
                Some(_) if is_absent => {
                    gaps.extend(at.gap("field-added", "it is there", true));
                }
                Some(property) => {
                    if field.required && !property.required {
                        gaps.extend(at.gap("field-optional", "it may be missing", true));
                    }
                    gaps.extend(self.value(property.ty, field.shape, &at));
                }
                None => match object.additional {
                    Additional::Undeclared | Additional::Forbidden => {
                        if field.required {
                            gaps.extend(at.gap("field-removed", "it is gone", false));
                        }
                    }
                    Additional::Any | Additional::Of(_) => {
                        if field.required {
                            gaps.extend(at.gap("field-optional", "it may be missing", true));
                        }
                        match object.additional {
                            Additional::Of(ty) => gaps.extend(self.value(ty, field.shape, &at)),
                            _ => gaps.extend(self.untyped(field.shape, &at)),
                        }
                    }
                },
            }
        }
        if let Rest::Keep(kept) = rest {
            let any = At { key: Key::field(ty, "*"), path: member(&at.path, "*") };
            self.read.entry(any.key.clone()).or_insert_with(|| any.path.clone());
            match object.additional {
                Additional::Of(values) => gaps.extend(self.value(values, kept, &any)),
                Additional::Any => gaps.extend(self.untyped(kept, &any)),
                Additional::Undeclared | Additional::Forbidden => {}
            }
            for property in &object.properties {
                let comes = property.access != Access::WriteOnly;
                if comes && fields.iter().all(|field| *field.name != *property.name) {
                    let name = &property.name;
                    let at = At { key: Key::field(ty, name), path: member(&at.path, name) };
                    gaps.extend(self.value(property.ty, kept, &at));
                }
            }
        }
        gaps
    }

    fn untyped(&self, shape: ShapeId, at: &At) -> Vec<Gap> {
        match self.plan.shape(shape).shape {
            Shape::Any | Shape::Skip => Vec::new(),
            _ => at.gap("type-changed", "it may be anything", true),
        }
    }

    /// An object where the plan tells several apart by a property.
    fn of_tag(
        &mut self,
        ty: TypeId,
        object: &Object,
        property: &str,
        taken: &[(Name, ShapeId)],
        at: &At,
    ) -> Vec<Gap> {
        let inner = At { key: Key::field(ty, property), path: member(&at.path, property) };
        self.read.entry(inner.key.clone()).or_insert_with(|| inner.path.clone());
        let Some(own) = object.property(property) else {
            return inner.gap("field-removed", "it is gone", false);
        };
        let mut gaps = Vec::new();
        if !own.required {
            gaps.extend(inner.gap("field-optional", "it may be missing", true));
        }
        match self.contract.ty(own.ty) {
            Type::Enum(constants) => {
                for constant in constants {
                    let value = match constant {
                        Constant::String(value) => value.as_str(),
                        _ => "",
                    };
                    match taken.iter().find(|(name, _)| **name == *value) {
                        Some((_, shape)) => gaps.extend(self.value(ty, *shape, at)),
                        None => {
                            let shown = frontage_contract::constant_text(constant);
                            let message = format!("it may be {shown}");
                            gaps.extend(inner.gap("variant-added", message, true));
                        }
                    }
                }
            }
            _ => gaps.extend(inner.gap("type-changed", "it may be any value", true)),
        }
        gaps
    }
}

/// Whether a shape takes a constant of an enumeration.
fn takes(shape: &Shape, constant: &Constant) -> bool {
    match (constant, shape) {
        (Constant::String(_), Shape::String | Shape::Enum(_))
        | (Constant::Number(_), Shape::Number)
        | (Constant::Boolean(_), Shape::Bool) => true,
        (Constant::Number(number), Shape::Integer) => number.fract() == 0.0,
        (Constant::String(a), Shape::Constant(Wanted::String(b))) => **b == **a,
        (Constant::Number(a), Shape::Constant(Wanted::Number(b))) => *a == b.0,
        (Constant::Boolean(a), Shape::Constant(Wanted::Bool(b))) => a == b,
        _ => false,
    }
}
