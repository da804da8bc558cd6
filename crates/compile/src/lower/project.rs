//! Projections: what is needed of an answer, put over what the contract says it is.
//!
//! In:    a [`Demand`] and a contract's type.
//! Out:   a [`ShapeId`] of the plan; equal shapes are one.
//! Never: an undeclared property (unless the contract declares that any may come); a property that
//!        only callers send.
//!
//! Start at [`Shapes::project`].

use std::collections::{BTreeMap, HashMap};

use frontage_contract::{
    Access, Additional, Constant as Declared, Contract, Discriminator, Object, Type, TypeId, Union,
};
use frontage_plan::{Field, Form, Made, MadeId, Name, Node, Rest, Shape, ShapeId};

use super::demand::Demand;

/// All shapes of a plan.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    pub(super) nodes: Vec<Node>,
    /// What is made of answers; equal ones are one.
    pub(super) made: Vec<Made>,
    known_made: HashMap<Made, MadeId>,
    /// Only ever asked for one node: its order is never seen.
    known: HashMap<Node, ShapeId>,
    done: BTreeMap<(u16, TypeId, Demand), Progress>,
}

#[derive(Debug, Clone, Copy)]
enum Progress {
    /// Being made; the id if something in it refers to it.
    Open(Option<ShapeId>),
    Done(ShapeId),
}

impl Shapes {
    /// The shape of what `demand` needs of a value of type `id` of `upstream`'s contract.
    pub(super) fn project(
        &mut self,
        upstream: u16,
        contract: &Contract,
        id: TypeId,
        demand: &Demand,
    ) -> ShapeId {
        let demand = if demand.whole { Demand::whole() } else { demand.clone() };
        let key = (upstream, id, demand);
        match self.done.get(&key).copied() {
            Some(Progress::Done(shape)) => return shape,
            Some(Progress::Open(Some(shape))) => return shape,
            Some(Progress::Open(None)) => {
                // A recursive type: its place is kept until it is known.
                let shape = self.push(Node { shape: Shape::Never, form: Form::Decoded });
                self.done.insert(key, Progress::Open(Some(shape)));
                return shape;
            }
            None => {}
        }
        self.done.insert(key.clone(), Progress::Open(None));
        let node = Projection { shapes: self, upstream, contract }.node(id, &key.2);
        let shape = match self.done.get(&key) {
            Some(Progress::Open(Some(kept))) => {
                let kept = *kept;
                self.nodes[kept.0 as usize] = node.clone();
                self.known.entry(node).or_insert(kept);
                kept
            }
            _ => self.intern(node),
        };
        self.done.insert(key, Progress::Done(shape));
        shape
    }

    fn push(&mut self, node: Node) -> ShapeId {
        self.nodes.push(node);
        ShapeId((self.nodes.len() - 1) as u32)
    }

    fn made(&mut self, made: Made) -> MadeId {
        if let Some(&known) = self.known_made.get(&made) {
            return known;
        }
        let id = MadeId(self.made.len() as u32);
        self.made.push(made.clone());
        self.known_made.insert(made, id);
        id
    }

    fn intern(&mut self, node: Node) -> ShapeId {
        if let Some(&known) = self.known.get(&node) {
            return known;
        }
        let id = self.push(node.clone());
        self.known.insert(node, id);
        id
    }
}

/// Projecting types of one contract.
struct Projection<'a> {
    shapes: &'a mut Shapes,
    upstream: u16,
    contract: &'a Contract,
}

impl Projection<'_> {
    fn child(&mut self, id: TypeId, demand: &Demand) -> ShapeId {
        self.shapes.project(self.upstream, self.contract, id, demand)
    }

    fn node(&mut self, id: TypeId, demand: &Demand) -> Node {
        if demand.is_nothing() {
            return Node { shape: Shape::Skip, form: Form::Decoded };
        }
        if let Some(tree) = &demand.made {
            let node = self.node(id, &tree.demand());
            let form = match tree.bind(&node, &self.shapes.nodes) {
                Some(made) => Form::Made(self.shapes.made(made)),
                None => {
                    debug_assert!(false, "what fits a type fits its shape");
                    node.form
                }
            };
            return Node { shape: node.shape, form };
        }
        let looks_inside = demand.whole || !demand.fields.is_empty() || demand.elements.is_some();
        // A raw list or object can be told from `null` without decoding it.
        let inside = if demand.raw && !looks_inside { Form::Raw } else { Form::Decoded };
        let own =
            if demand.raw && !looks_inside && !demand.looked { Form::Raw } else { Form::Decoded };
        let scalar = |shape| Node { shape, form: own };
        match self.contract.ty(id) {
            Type::Unknown | Type::Broken => Node { shape: Shape::Any, form: inside },
            Type::Never => scalar(Shape::Never),
            Type::Null => scalar(Shape::Null),
            Type::Boolean => scalar(Shape::Bool),
            Type::Number(number) if number.integer => scalar(Shape::Integer),
            Type::Number(_) => scalar(Shape::Number),
            Type::String(_) => scalar(Shape::String),
            Type::Enum(constants) => self.constants(constants, own),
            Type::Array(array) => {
                let element =
                    self.child(array.items, &inherit(demand, inside, demand.of_element()));
                Node { shape: Shape::Array(element), form: inside }
            }
            Type::Tuple(tuple) => {
                let items = tuple.items.iter().enumerate().map(|(position, item)| {
                    let own = demand.of_field(&position.to_string());
                    self.child(*item, &inherit(demand, inside, own))
                });
                let items = items.collect();
                let rest = tuple
                    .rest
                    .map(|rest| self.child(rest, &inherit(demand, inside, demand.of_element())));
                Node { shape: Shape::Tuple(items, rest), form: inside }
            }
            Type::Object(object) => {
                Node { shape: self.object(object, demand, inside), form: inside }
            }
            Type::Union(union) => Node { shape: self.union(union, demand), form: own },
        }
    }

    fn constants(&mut self, constants: &[Declared], form: Form) -> Node {
        let strings: Vec<Name> = constants
            .iter()
            .filter_map(
                |c| if let Declared::String(s) = c { Some(s.as_str().into()) } else { None },
            )
            .collect();
        let mut shapes = Vec::new();
        if !strings.is_empty() {
            shapes.push(Shape::Enum(strings));
        }
        // An unknown value passes; only its kind is held to the contract.
        if constants.iter().any(|c| matches!(c, Declared::Number(_))) {
            shapes.push(Shape::Number);
        }
        if constants.iter().any(|c| matches!(c, Declared::Boolean(_))) {
            shapes.push(Shape::Bool);
        }
        let mut nodes: Vec<_> = shapes.into_iter().map(|shape| Node { shape, form }).collect();
        match nodes.len() {
            0 => Node { shape: Shape::Never, form },
            1 => nodes.remove(0),
            _ => {
                let ids = nodes.into_iter().map(|node| self.shapes.intern(node)).collect();
                Node { shape: Shape::Union(ids), form }
            }
        }
    }

    fn object(&mut self, object: &Object, demand: &Demand, form: Form) -> Shape {
        let everything = demand.whole || demand.raw || demand.elements.is_some();
        let mut fields = Vec::new();
        for property in &object.properties {
            let is_needed = everything || demand.fields.contains_key(property.name.as_str());
            if !is_needed || property.access == Access::WriteOnly {
                continue;
            }
            let own = inherit(demand, form, demand.of_field(&property.name));
            fields.push(Field {
                name: property.name.as_str().into(),
                shape: self.child(property.ty, &own),
                required: property.required,
            });
        }
        let rest = match object.additional {
            Additional::Undeclared | Additional::Forbidden => None,
            Additional::Any => Some(None),
            Additional::Of(ty) => Some(Some(ty)),
        };
        let Some(rest) = rest else { return Shape::Object { fields, rest: Rest::Cut } };
        let mut value = |own: Demand| match rest {
            Some(ty) => self.child(ty, &own),
            None => self.any(&own),
        };
        if everything {
            let own = inherit(demand, form, demand.without_fields().of_element());
            let shape = value(own);
            return Shape::Object { fields, rest: Rest::Keep(shape) };
        }
        for (name, own) in &demand.fields {
            if object.property(name).is_none() {
                let shape = value(own.clone());
                fields.push(Field { name: name.clone(), shape, required: false });
            }
        }
        Shape::Object { fields, rest: Rest::Cut }
    }

    /// A value of any kind, as far as it is needed.
    fn any(&mut self, demand: &Demand) -> ShapeId {
        let node = if demand.is_nothing() {
            Node { shape: Shape::Skip, form: Form::Decoded }
        } else {
            let is_raw = *demand == Demand::raw();
            Node { shape: Shape::Any, form: if is_raw { Form::Raw } else { Form::Decoded } }
        };
        self.shapes.intern(node)
    }

    fn union(&mut self, union: &Union, demand: &Demand) -> Shape {
        let mapping = union.discriminator.as_ref().map_or(&[][..], |d| d.mapping.as_slice());
        let is_tagged = |id: TypeId| mapping.iter().any(|(_, variant)| *variant == id);
        let objects = union
            .variants
            .iter()
            .filter(|id| !is_tagged(**id) && matches!(self.contract.ty(**id), Type::Object(_)))
            .count();
        let mut variants: Vec<ShapeId> = Vec::new();
        let mut tagged_at = None;
        for &variant in &union.variants {
            if is_tagged(variant) {
                // All tagged variants stand together, where the first of them stood.
                tagged_at.get_or_insert(variants.len());
                continue;
            }
            let shape = match self.contract.ty(variant) {
                Type::Object(object) if objects > 1 => {
                    let told = told_apart(object, demand);
                    self.child(variant, &told)
                }
                _ => self.child(variant, demand),
            };
            if !variants.contains(&shape) {
                variants.push(shape);
            }
        }
        if let (Some(at), Some(discriminator)) = (tagged_at, &union.discriminator) {
            let tags = mapping
                .iter()
                .map(|(value, variant)| (value.as_str().into(), self.child(*variant, demand)))
                .collect();
            let shape =
                Shape::Tagged { property: discriminator.property.as_str().into(), variants: tags };
            let form = if *demand == Demand::raw() { Form::Raw } else { Form::Decoded };
            let untagged = self.untagged(union, discriminator, demand, form);
            if variants.is_empty() && untagged.is_empty() {
                return shape;
            }
            let id = self.shapes.intern(Node { shape, form });
            variants.splice(at..at, std::iter::once(id).chain(untagged));
        }
        Shape::Union(variants)
    }

    /// Contracts name a discriminator and do not require it: such variants may come without it,
    /// and are told apart by the rest. An answer that has it never gets here.
    fn untagged(
        &mut self,
        union: &Union,
        discriminator: &Discriminator,
        demand: &Demand,
        form: Form,
    ) -> Vec<ShapeId> {
        let contract = self.contract;
        let mut shapes = Vec::new();
        for &variant in &union.variants {
            let Type::Object(object) = contract.ty(variant) else { continue };
            let is_tagged = discriminator.mapping.iter().any(|(_, mapped)| *mapped == variant);
            let property = object.property(&discriminator.property);
            if !is_tagged || property.is_some_and(|property| property.required) {
                continue;
            }
            let mut shape = self.object(object, &told_apart(object, demand), form);
            let never = self.shapes.intern(Node { shape: Shape::Never, form: Form::Decoded });
            if let Shape::Object { fields, .. } = &mut shape {
                let name: Name = discriminator.property.as_str().into();
                let absent = Field { name, shape: never, required: false };
                match fields.iter_mut().find(|field| field.name == absent.name) {
                    Some(field) => *field = absent,
                    None => fields.push(absent),
                }
            }
            shapes.push(self.shapes.intern(Node { shape, form }));
        }
        shapes
    }
}

/// The demand on a part: a part of something raw is raw too.
fn inherit(around: &Demand, form: Form, own: Demand) -> Demand {
    if form == Form::Raw {
        return Demand::raw();
    }
    debug_assert!(!around.whole || own.whole, "what is needed whole is needed in all its parts");
    own
}

/// Without a discriminator, variants are told apart by what they require: all of it is read.
fn told_apart(object: &Object, demand: &Demand) -> Demand {
    if demand.whole || demand.raw || demand.elements.is_some() || demand.is_nothing() {
        return demand.clone();
    }
    let required = object.properties.iter().filter(|p| p.required && p.access != Access::WriteOnly);
    required.fold(demand.clone(), |demand, property| {
        demand.and(&Demand::field(&property.name, Demand::looked()))
    })
}
