//! The JSON image of checked types.
//!
//! In:    the type of a route's answer.
//! Out:   its schema; objects stand as drafts in a pool, which `naming` names or puts in place.
//! Never: `undefined`: a member that may be it is not required, in a list it is `null`.
//!
//! Dates are texts, maps and functions do not come this far (the checker refuses them). `NaN` and
//! infinities, which become `null`, are not in the type and so not in the schema.

use std::collections::BTreeMap;

use frontage_compile::hir::Checked;
use frontage_compile::types::{Kind, ObjectId, TupleElement, Ty};
use serde_json::Value;

use super::naming::{Draft, Pool, Wish};
use super::origins::{Origins, place};
use super::schema::{Member, Rest, Schema, SchemaKind, number};

/// Makes schemas of types.
pub(super) struct Answers<'a> {
    checked: &'a Checked,
    origins: &'a Origins<'a>,
    known: BTreeMap<ObjectId, usize>,
}

/// A type's image.
pub(super) struct Image {
    /// What it is where it is not `undefined`.
    pub(super) schema: Schema,
    /// It may be `undefined`.
    pub(super) undefined: bool,
}

impl<'a> Answers<'a> {
    pub(super) fn new(checked: &'a Checked, origins: &'a Origins<'a>) -> Self {
        Self { checked, origins, known: BTreeMap::new() }
    }

    /// The image of a type.
    pub(super) fn image(&mut self, ty: Ty, pool: &mut Pool) -> Image {
        let always = |kind| Image { schema: Schema::new(kind), undefined: false };
        match self.checked.types.kind(ty) {
            Kind::Never => always(SchemaKind::Never),
            Kind::Void | Kind::Undefined => {
                Image { schema: Schema::new(SchemaKind::Never), undefined: true }
            }
            Kind::Null => always(SchemaKind::Null),
            Kind::String => Image { schema: Schema::string(), undefined: false },
            Kind::Number => Image { schema: Schema::number(), undefined: false },
            Kind::NonPrimitive => {
                always(SchemaKind::Object { members: Vec::new(), rest: Rest::Open })
            }
            Kind::Boolean { value, .. } => always(SchemaKind::Constants(vec![Value::from(*value)])),
            Kind::StringLiteral { value, .. } => {
                always(SchemaKind::Constants(vec![Value::from(&**value)]))
            }
            Kind::NumberLiteral { value, .. } => {
                always(SchemaKind::Constants(vec![number(value.0)]))
            }
            Kind::Array { element, .. } => {
                let items = self.listed(*element, pool);
                Image { schema: Schema::array(items), undefined: false }
            }
            Kind::Tuple { elements, rest, .. } => {
                let required = elements.iter().filter(|e| !e.optional).count();
                // One that may be missing ends the list; it does not stand there as `null`.
                let mut item = |e: &TupleElement| match e.optional {
                    true => self.image(e.ty, pool).schema,
                    false => self.listed(e.ty, pool),
                };
                let items = elements.iter().map(&mut item).collect();
                let rest = rest.map(|rest| Box::new(self.listed(rest, pool)));
                always(SchemaKind::Tuple { items, required, rest })
            }
            Kind::Object(id) => always(SchemaKind::Draft(self.object(*id, pool))),
            Kind::Library(name, arguments) => match (&**name, arguments.first()) {
                ("Date", _) => Image { schema: Schema::format("date-time"), undefined: false },
                ("Reply", Some(&value)) => self.image(value, pool),
                _ => always(SchemaKind::Any),
            },
            Kind::Union(members) => {
                let images: Vec<Image> = members.iter().map(|&m| self.image(m, pool)).collect();
                let undefined = images.iter().any(|image| image.undefined);
                let parts = images.into_iter().map(|image| image.schema).collect();
                Image { schema: Schema::union(parts), undefined }
            }
            Kind::Unknown
            | Kind::Error
            | Kind::Function(_)
            | Kind::Param(_)
            | Kind::Keyof(_)
            | Kind::Indexed { .. }
            | Kind::Part { .. }
            | Kind::Both(_) => Image { schema: Schema::new(SchemaKind::Any), undefined: true },
        }
    }

    /// The image in a list, where `undefined` is `null`.
    fn listed(&mut self, ty: Ty, pool: &mut Pool) -> Schema {
        let Image { schema, undefined } = self.image(ty, pool);
        if undefined { Schema::union(vec![schema, Schema::new(SchemaKind::Null)]) } else { schema }
    }

    fn object(&mut self, id: ObjectId, pool: &mut Pool) -> usize {
        if let Some(&known) = self.known.get(&id) {
            return known;
        }
        let place = pool.reserve();
        self.known.insert(id, place);
        let checked = self.checked;
        let Some(object) = checked.types.members(id) else {
            // Nobody looked into it, so nothing that is answered holds it.
            pool.fill(place, Draft::unnamed(Schema::new(SchemaKind::Any)));
            return place;
        };
        let mut members = Vec::new();
        for property in &object.properties {
            let Image { mut schema, undefined } = self.image(property.ty, pool);
            let optional = property.optional || undefined;
            if optional && schema.kind == SchemaKind::Never {
                continue;
            }
            if let Some(span) = property.span {
                if let Some(comment) = checked.comments.get(&span) {
                    schema = schema.described(Some(comment.text.to_string()));
                    schema.deprecated |= comment.deprecated;
                }
                if let Some((name, upstream)) = self.origins.enrich(place!(span), &mut schema) {
                    schema = pool.constants(schema, name, upstream);
                }
            }
            members.push(Member { name: property.name.to_string(), schema, required: !optional });
        }
        let rest = match object.index {
            Some(index) => Rest::Of(Box::new(self.image(index.value, pool).schema)),
            None => Rest::Open,
        };
        let mut schema = Schema::new(SchemaKind::Object { members, rest });
        let mut upstream = None;
        if let Some(span) = object.span {
            if let Some(comment) = checked.comments.get(&span) {
                schema = schema.described(Some(comment.text.to_string()));
                schema.deprecated |= comment.deprecated;
            }
            if let Some((name, words)) = self.origins.of_type(place!(span)) {
                upstream = object.name.is_some().then(|| name.to_owned());
                schema = schema.described(words.map(str::to_owned));
            }
        }
        let wish =
            object.name.as_ref().map(|name| Wish::Declared { name: name.to_string(), upstream });
        pool.fill(place, Draft { schema, wish });
        place
    }
}
