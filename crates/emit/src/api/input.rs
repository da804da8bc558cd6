//! JSON Schema of what a validator takes: the input side, before coercion and transforms.
//!
//! In:    a plan's validators.
//! Out:   schemas. What fits the validator fits the schema; the schema may let more pass where
//!        JSON Schema cannot say what Zod checks (the length of a text after `trim`, a checksum).
//! Never: what the handler sees.

use frontage_plan::{Check, Constant, ObjectMode, StringFormat, Validator};
use serde_json::Value;

use super::naming::{Draft, Pool};
use super::schema::{Member, Range, Rest, Schema, SchemaKind, Text, number};

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
    let mut inner = |validator: &Validator| taken(validator, text, pool);
    let always = |schema| Taken { schema, optional: false };
    match validator {
        Validator::Unknown => Taken { schema: Schema::new(SchemaKind::Any), optional: true },
        Validator::Null => always(Schema::new(SchemaKind::Null)),
        Validator::String { coerce: true, .. } if !text => {
            Taken { schema: Schema::new(SchemaKind::Any), optional: true }
        }
        Validator::String { checks, .. } => always(string(checks)),
        Validator::Number { checks, .. } => always(range(checks)),
        // Any text but the empty one is `true`.
        Validator::Boolean { coerce: true } if text => always(Schema::string()),
        Validator::Boolean { coerce: true } => {
            Taken { schema: Schema::new(SchemaKind::Any), optional: true }
        }
        Validator::Boolean { coerce: false } => always(Schema::new(SchemaKind::Boolean)),
        Validator::StringBool => {
            let words = ["true", "1", "yes", "on", "y", "enabled"];
            let opposites = ["false", "0", "no", "off", "n", "disabled"];
            let all = words.into_iter().chain(opposites).map(Value::from).collect();
            always(Schema::new(SchemaKind::Constants(all)))
        }
        Validator::OneOf(values) => one_of(values),
        Validator::Object { .. } => {
            let place = object(validator, text, pool);
            always(Schema::new(SchemaKind::Draft(place)))
        }
        Validator::Array { item, checks } => {
            let items = Box::new(inner(item).schema);
            let (min, max) = length(checks);
            always(Schema::new(SchemaKind::Array { items, min, max }))
        }
        Validator::Tuple { items, rest } => {
            let parts: Vec<Taken> = items.iter().map(&mut inner).collect();
            let required = parts.iter().rposition(|part| !part.optional).map_or(0, |at| at + 1);
            let rest = rest.as_ref().map(|rest| Box::new(inner(rest).schema));
            let items = parts.into_iter().map(|part| part.schema).collect();
            always(Schema::new(SchemaKind::Tuple { items, required, rest }))
        }
        Validator::Record { key, value } => {
            let value = inner(value);
            let (members, rest) = match &**key {
                // Zod wants every key of an enumeration.
                Validator::OneOf(keys) => {
                    let names = keys.iter().filter_map(|key| match key {
                        Constant::String(name) => Some(name.to_string()),
                        Constant::Number(number) => Some(number.0.to_string()),
                        _ => None,
                    });
                    let member = |name| Member {
                        name,
                        schema: value.schema.clone(),
                        required: !value.optional,
                    };
                    (names.map(member).collect(), Rest::Closed)
                }
                _ => (Vec::new(), Rest::Of(Box::new(value.schema))),
            };
            always(Schema::new(SchemaKind::Object { members, rest }))
        }
        Validator::Union(options) => {
            let parts: Vec<Taken> = options.iter().map(&mut inner).collect();
            let optional = parts.iter().any(|part| part.optional);
            let schema = Schema::union(parts.into_iter().map(|part| part.schema).collect());
            Taken { schema, optional }
        }
        Validator::Discriminated { variants, .. } => {
            let parts = variants.iter().map(|(_, variant)| inner(variant).schema).collect();
            always(Schema::union(parts))
        }
        Validator::Optional(value) => Taken { optional: true, ..inner(value) },
        Validator::Nullable(value) => {
            let Taken { schema, optional } = inner(value);
            let schema = Schema::union(vec![schema, Schema::new(SchemaKind::Null)]);
            Taken { schema, optional }
        }
        Validator::Default(value, default) => {
            let Taken { mut schema, .. } = inner(value);
            schema.default = serde_json::from_str(default).ok();
            Taken { schema, optional: true }
        }
        Validator::Transform(value, _) => inner(value),
    }
}

/// The members of an object's validator with their schemas; none for another validator.
pub(super) fn members(validator: &Validator, text: bool, pool: &mut Pool) -> Vec<Member> {
    let Validator::Object { fields, .. } = validator else { return Vec::new() };
    fields
        .iter()
        .map(|field| {
            let Taken { schema, optional } = taken(&field.validator, text, pool);
            Member { name: field.name.to_string(), schema, required: !optional }
        })
        .collect()
}

fn object(validator: &Validator, text: bool, pool: &mut Pool) -> usize {
    let members = members(validator, text, pool);
    let rest = match validator {
        Validator::Object { mode: ObjectMode::Strict, .. } => Rest::Closed,
        Validator::Object { mode: ObjectMode::Catchall(rest), .. } => {
            Rest::Of(Box::new(taken(rest, text, pool).schema))
        }
        _ => Rest::Open,
    };
    let place = pool.reserve();
    pool.fill(place, Draft::unnamed(Schema::new(SchemaKind::Object { members, rest })));
    place
}

fn one_of(values: &[Constant]) -> Taken {
    let mut parts = Vec::new();
    let mut constants = Vec::new();
    let mut optional = false;
    for value in values {
        match value {
            Constant::Undefined => optional = true,
            Constant::Null => parts.push(Schema::new(SchemaKind::Null)),
            Constant::Bool(value) => constants.push(Value::from(*value)),
            Constant::Number(value) => constants.push(number(value.0)),
            Constant::String(text) => constants.push(Value::from(&**text)),
        }
    }
    if !constants.is_empty() {
        parts.insert(0, Schema::new(SchemaKind::Constants(constants)));
    }
    Taken { schema: Schema::union(parts), optional }
}

fn plain(check: &Check) -> &Check {
    match check {
        Check::Said(inner, _) => plain(inner),
        other => other,
    }
}

fn length(checks: &[Check]) -> (Option<u64>, Option<u64>) {
    let (mut min, mut max) = (None, None);
    for check in checks.iter().map(plain) {
        match check {
            Check::MinLength(least) => min = min.max(Some(u64::from(*least))),
            Check::MaxLength(most) => max = smaller(max, u64::from(*most)),
            Check::Length(exact) => {
                min = min.max(Some(u64::from(*exact)));
                max = smaller(max, u64::from(*exact));
            }
            _ => {}
        }
    }
    (min, max)
}

fn smaller(known: Option<u64>, new: u64) -> Option<u64> {
    Some(known.map_or(new, |known| known.min(new)))
}

fn string(checks: &[Check]) -> Schema {
    let mut text = Text::default();
    // Once a text is changed, what is checked is no longer what was sent.
    let (mut trimmed, mut recased) = (false, false);
    for check in checks.iter().map(plain) {
        let pattern = match check {
            Check::Trim => {
                trimmed = true;
                None
            }
            Check::ToLowerCase | Check::ToUpperCase => {
                recased = true;
                None
            }
            // Trimming makes a text shorter, never longer.
            Check::MinLength(least) => {
                text.min = text.min.max(Some(u64::from(*least)));
                None
            }
            Check::MaxLength(most) if !trimmed => {
                text.max = smaller(text.max, u64::from(*most));
                None
            }
            Check::Length(exact) => {
                text.min = text.min.max(Some(u64::from(*exact)));
                if !trimmed {
                    text.max = smaller(text.max, u64::from(*exact));
                }
                None
            }
            _ if trimmed || recased => None,
            Check::Regex(pattern) => source(pattern),
            Check::Format(format) => {
                let (word, pattern) = format_word(*format);
                text.format = text.format.or(word.map(str::to_owned));
                pattern.map(str::to_owned)
            }
            Check::StartsWith(start) => Some(format!("^{}", escaped(start))),
            Check::EndsWith(end) => Some(format!("{}$", escaped(end))),
            Check::Includes(part) => Some(escaped(part)),
            Check::Lowercase => Some("^[^A-Z]*$".into()),
            Check::Uppercase => Some("^[^a-z]*$".into()),
            _ => None,
        };
        text.patterns.extend(pattern);
    }
    Schema::new(SchemaKind::String(text))
}

/// A regular expression's source, unless its flags say more than a schema can.
fn source(pattern: &str) -> Option<String> {
    match pattern.strip_prefix('/').and_then(|rest| rest.rsplit_once('/')) {
        Some((source, flags)) => {
            flags.chars().all(|flag| "uvgd".contains(flag)).then(|| source.to_owned())
        }
        None => Some(pattern.to_owned()),
    }
}

/// JSON Schema's word for a format, and what Zod wants beyond it.
fn format_word(format: StringFormat) -> (Option<&'static str>, Option<&'static str>) {
    match format {
        StringFormat::Email => (Some("email"), None),
        StringFormat::Url => (Some("uri"), None),
        StringFormat::Uuid => (Some("uuid"), None),
        StringFormat::IsoDate => (Some("date"), None),
        StringFormat::IsoDateTime => (Some("date-time"), Some("Z$")),
        StringFormat::IsoTime => (None, Some(r"^\d{2}:\d{2}(:\d{2}(\.\d+)?)?$")),
        StringFormat::Ipv4 => (Some("ipv4"), None),
        StringFormat::Ipv6 => (Some("ipv6"), None),
        StringFormat::Base64 => (None, Some(r"^[0-9A-Za-z+/]*={0,2}$")),
        StringFormat::Cuid2 => (None, Some("^[0-9a-z]+$")),
        StringFormat::Ulid => (None, Some("^[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{26}$")),
        StringFormat::Nanoid => (None, Some("^[a-zA-Z0-9_-]{21}$")),
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if r"\^$.|?*+()[]{}/-".contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

fn range(checks: &[Check]) -> Schema {
    let mut range = Range::default();
    for check in checks.iter().map(plain) {
        match check {
            Check::Int => range.integer = true,
            Check::Min { value, inclusive } => {
                let tighter = range.min.is_none_or(|(known, _)| value.0 >= known);
                if tighter {
                    range.min = Some((value.0, !inclusive));
                }
            }
            Check::Max { value, inclusive } => {
                let tighter = range.max.is_none_or(|(known, _)| value.0 <= known);
                if tighter {
                    range.max = Some((value.0, !inclusive));
                }
            }
            Check::MultipleOf(step) => range.multiple_of = Some(step.0),
            _ => {}
        }
    }
    Schema::new(SchemaKind::Number(range))
}
