//! JSON Schema of what a validator takes: the input side, before coercion and transforms.
//!
//! In:    a plan's validators.
//! Out:   schemas, as `z.toJSONSchema(schema, { io: "input" })` has them. What a client may send
//!        fits the schema; the schema may let more pass where JSON Schema cannot say what Zod
//!        checks (the length of a text after `trim`, a checksum, a function).
//! Never: what the handler sees.

use frontage_plan::{
    Absence, Constant, DefaultValue, Name, ObjectMode, RecordMode, Validator, ValidatorKind as K,
};
use serde_json::Value;

use super::limits;
use super::naming::{Draft, Pool, Wish};
use super::schema::{Member, Rest, Schema, SchemaKind, number};

/// A member of the input.
pub(super) struct Taken {
    /// What it is.
    pub(super) schema: Schema,
    /// It may be left out.
    pub(super) optional: bool,
}

/// The schema of a validator.
///
/// - `text`: the value comes as a text, such as in a query; else as JSON.
pub(super) fn taken(validator: &Validator, text: bool, pool: &mut Pool) -> Taken {
    let optional = optional(validator);
    let mut schema = kind(validator, text, pool);
    let named = about(&mut schema, &validator.about);
    if let (Some(name), SchemaKind::Draft(place)) = (named, &schema.kind) {
        pool.wish(*place, Wish::Declared { name, upstream: None });
    }
    Taken { schema, optional }
}

/// Whether a client may leave the member out, by its declared type: what a transform or `catch`
/// makes of nothing does not count.
fn optional(validator: &Validator) -> bool {
    match &validator.kind {
        K::Pipe(first, second) if matches!(first.kind, K::Transform(_)) => optional(second),
        K::Catch(inner, _) => optional(inner),
        _ => validator.absence() != Absence::Refused,
    }
}

fn kind(validator: &Validator, text: bool, pool: &mut Pool) -> Schema {
    let inner = |validator: &Validator, pool: &mut Pool| taken(validator, text, pool).schema;
    let checks = &validator.checks;
    match &validator.kind {
        K::Unknown | K::Transform(_) => Schema::new(SchemaKind::Any),
        K::Never | K::Undefined | K::Void => Schema::new(SchemaKind::Never),
        K::Null => Schema::new(SchemaKind::Null),
        K::String { coerce: true } if !text => Schema::new(SchemaKind::Any),
        K::String { .. } => limits::string(checks),
        K::Number { .. } => limits::range(checks),
        // Any text but the empty one is `true`.
        K::Boolean { coerce: true } if text => Schema::string(),
        K::Boolean { coerce: true } => Schema::new(SchemaKind::Any),
        K::Boolean { coerce: false } => Schema::new(SchemaKind::Boolean),
        K::Date { coerce: true } if text => Schema::string(),
        K::Date { coerce: true } => Schema::union(vec![Schema::string(), Schema::number()]),
        // Nothing that travels is a date.
        K::Date { coerce: false } => Schema::new(SchemaKind::Never),
        K::StringBool { truthy, falsy, .. } => {
            let words = truthy.iter().chain(falsy).map(|word| Value::from(&**word));
            Schema::new(SchemaKind::Constants(words.collect()))
        }
        K::OneOf(values) => one_of(values),
        K::Object { .. } => Schema::new(SchemaKind::Draft(object(validator, text, pool))),
        K::Array(item) => {
            let items = Box::new(inner(item, pool));
            let (min, max) = limits::length(checks);
            Schema::new(SchemaKind::Array { items, min, max })
        }
        K::Tuple { items, rest } => {
            let required = items.iter().rposition(|item| !optional(item)).map_or(0, |at| at + 1);
            let rest = rest.as_ref().map(|rest| Box::new(inner(rest, pool)));
            let items = items.iter().map(|item| inner(item, pool)).collect();
            Schema::new(SchemaKind::Tuple { items, required, rest })
        }
        K::Record { key, value, mode } => {
            let may_lack = *mode == RecordMode::Partial || optional(value);
            let value = inner(value, pool);
            let (members, rest) = match key.values() {
                // Zod wants every key of an enumeration.
                Some(keys) => {
                    let names = keys.iter().filter_map(|key| match key {
                        Constant::String(name) => Some(name.to_string()),
                        Constant::Number(number) => Some(number.0.to_string()),
                        _ => None,
                    });
                    let member = |name| Member { name, schema: value.clone(), required: !may_lack };
                    let rest = if *mode == RecordMode::Loose { Rest::Open } else { Rest::Closed };
                    (names.map(member).collect(), rest)
                }
                None if *mode == RecordMode::Loose => (Vec::new(), Rest::Open),
                None => (Vec::new(), Rest::Of(Box::new(value))),
            };
            Schema::new(SchemaKind::Object { members, rest })
        }
        K::Union { options, .. } => {
            Schema::union(options.iter().map(|option| inner(option, pool)).collect())
        }
        K::Discriminated { variants, .. } => {
            Schema::union(variants.iter().map(|(_, variant)| inner(variant, pool)).collect())
        }
        K::Intersection(left, right) => both(left, right, text, pool),
        K::Nullable(value) => {
            Schema::union(vec![inner(value, pool), Schema::new(SchemaKind::Null)])
        }
        K::Default(value, held) | K::Prefault(value, held) => {
            let mut schema = inner(value, pool);
            if let DefaultValue::Json(json) = held {
                // A default is what the handler sees: of a `stringbool` it is `false`, not a text.
                schema.default = serde_json::from_str(json).ok().filter(|json| schema.admits(json));
            }
            schema
        }
        // `z.preprocess(f, schema)`: what the schema wants is what is documented.
        K::Pipe(first, second) if matches!(first.kind, K::Transform(_)) => inner(second, pool),
        K::Pipe(value, _)
        | K::Optional(value)
        | K::ExactOptional(value)
        | K::NonOptional(value)
        | K::Catch(value, _)
        | K::Readonly(value) => inner(value, pool),
    }
}

/// Both sides of an intersection as one object, where they are objects; else the first, since what
/// fits both fits it.
fn both(left: &Validator, right: &Validator, text: bool, pool: &mut Pool) -> Schema {
    let members_of = |validator: &Validator, pool: &mut Pool| match &validator.kind {
        K::Object { mode, .. } => {
            Some((members(validator, text, pool), matches!(mode, ObjectMode::Strict)))
        }
        _ => None,
    };
    let (Some((mut all, closed)), Some((more, also_closed))) =
        (members_of(left, pool), members_of(right, pool))
    else {
        return taken(left, text, pool).schema;
    };
    for member in more {
        match all.iter_mut().find(|known| known.name == member.name) {
            Some(known) => known.required |= member.required,
            None => all.push(member),
        }
    }
    let rest = if closed && also_closed { Rest::Closed } else { Rest::Open };
    let place = pool.reserve();
    let schema = Schema::new(SchemaKind::Object { members: all, rest });
    pool.fill(place, Draft::unnamed(schema));
    Schema::new(SchemaKind::Draft(place))
}

/// What `.describe` and `.meta` say; gives the name that they ask for.
fn about(schema: &mut Schema, about: &[(Name, Name)]) -> Option<String> {
    let mut named = None;
    for (name, json) in about {
        let Ok(value) = serde_json::from_str::<Value>(json) else { continue };
        match (&**name, value) {
            ("description", Value::String(words)) => schema.description = Some(words),
            ("title", Value::String(words)) if schema.description.is_none() => {
                schema.description = Some(words);
            }
            ("deprecated", Value::Bool(deprecated)) => schema.deprecated = deprecated,
            ("example", value) => schema.example = Some(value),
            ("examples", Value::Array(values)) => schema.example = values.into_iter().next(),
            ("id", Value::String(name)) => named = Some(name),
            _ => {}
        }
    }
    named
}

/// The members of an object's validator with their schemas; none for another validator.
pub(super) fn members(validator: &Validator, text: bool, pool: &mut Pool) -> Vec<Member> {
    match &validator.kind {
        K::Object { fields, .. } => {
            let fields = fields.iter().map(|field| {
                let Taken { schema, optional } = taken(&field.validator, text, pool);
                Member { name: field.name.to_string(), schema, required: !optional }
            });
            fields.collect()
        }
        K::Pipe(first, second) if matches!(first.kind, K::Transform(_)) => {
            members(second, text, pool)
        }
        K::Intersection(left, right) => {
            let mut all = members(left, text, pool);
            for member in members(right, text, pool) {
                if !all.iter().any(|known| known.name == member.name) {
                    all.push(member);
                }
            }
            all
        }
        K::Optional(inner)
        | K::Default(inner, _)
        | K::Prefault(inner, _)
        | K::Readonly(inner)
        | K::Pipe(inner, _) => members(inner, text, pool),
        _ => Vec::new(),
    }
}

fn object(validator: &Validator, text: bool, pool: &mut Pool) -> usize {
    let members = members(validator, text, pool);
    let rest = match &validator.kind {
        K::Object { mode: ObjectMode::Strict, .. } => Rest::Closed,
        K::Object { mode: ObjectMode::Catchall(rest), .. } => {
            Rest::Of(Box::new(taken(rest, text, pool).schema))
        }
        _ => Rest::Open,
    };
    let place = pool.reserve();
    pool.fill(place, Draft::unnamed(Schema::new(SchemaKind::Object { members, rest })));
    place
}

fn one_of(values: &[Constant]) -> Schema {
    let mut parts = Vec::new();
    let mut constants = Vec::new();
    for value in values {
        match value {
            Constant::Undefined => {}
            Constant::Null => parts.push(Schema::new(SchemaKind::Null)),
            Constant::Bool(value) => constants.push(Value::from(*value)),
            Constant::Number(value) => constants.push(number(value.0)),
            Constant::String(text) => constants.push(Value::from(&**text)),
        }
    }
    if !constants.is_empty() {
        parts.insert(0, Schema::new(SchemaKind::Constants(constants)));
    }
    Schema::union(parts)
}
