//! Schemas: what a value of a backend's requests and answers is made of.
//!
//! In:    built by `answers` (types), `input` (validators) and `contract` (passed-through parts).
//! Out:   written as JSON Schema by `openapi`, as TypeScript by `client`.
//! Never: a spelling of one of these.

use std::collections::HashSet;

use serde_json::Value;

/// What a value must be.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// What it is made of.
    pub kind: SchemaKind,
    /// Words for people.
    pub description: Option<String>,
    /// Advised against.
    pub deprecated: bool,
    /// What stands for a value that is left out.
    pub default: Option<Value>,
    /// A value of it, from the source that it stems from.
    pub example: Option<Value>,
}

/// What a value is made of.
#[derive(Debug, Clone, PartialEq)]
pub enum SchemaKind {
    /// Any JSON.
    Any,
    /// Nothing.
    Never,
    /// `null`
    Null,
    /// `true`, `false`
    Boolean,
    /// A text.
    String(Text),
    /// A number.
    Number(Range),
    /// One of these; none is `null`.
    Constants(Vec<Value>),
    /// A list.
    Array {
        /// Each element.
        items: Box<Schema>,
        /// Fewest elements.
        min: Option<u64>,
        /// Most elements.
        max: Option<u64>,
    },
    /// A list whose first elements have schemas of their own.
    Tuple {
        /// By position.
        items: Vec<Schema>,
        /// How many are always there.
        required: usize,
        /// Further elements; `None`: there are none.
        rest: Option<Box<Schema>>,
    },
    /// An object.
    Object {
        /// Its members in order.
        members: Vec<Member>,
        /// Other members.
        rest: Rest,
    },
    /// One of several, which no value is two of if `exclusive`.
    Union {
        /// The alternatives; none is a union of its own kind.
        variants: Vec<Schema>,
        /// No value is two of them.
        exclusive: bool,
        /// The member whose value says which, and the values of each variant.
        discriminator: Option<(String, Vec<Vec<String>>)>,
    },
    /// A named schema.
    Named(String),
    /// An object that `naming` has not decided about yet: index into its pool.
    Draft(usize),
}

/// Limits of a text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Text {
    /// JSON Schema's word for its form.
    pub format: Option<String>,
    /// A regular expression that it matches somewhere; several: each of them.
    pub patterns: Vec<String>,
    /// Fewest characters.
    pub min: Option<u64>,
    /// Most characters.
    pub max: Option<u64>,
}

/// Limits of a number.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Range {
    /// A whole number.
    pub integer: bool,
    /// The smallest, and whether it lies outside.
    pub min: Option<(f64, bool)>,
    /// The largest, and whether it lies outside.
    pub max: Option<(f64, bool)>,
    /// It is a multiple of this.
    pub multiple_of: Option<f64>,
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// What it is.
    pub schema: Schema,
    /// Always there.
    pub required: bool,
}

/// Members that an object does not name.
#[derive(Debug, Clone, PartialEq)]
pub enum Rest {
    /// Nothing is said of them.
    Open,
    /// There are none.
    Closed,
    /// Each of them is this.
    Of(Box<Schema>),
}

impl Schema {
    /// A schema without words.
    #[must_use]
    pub fn new(kind: SchemaKind) -> Self {
        Self { kind, description: None, deprecated: false, default: None, example: None }
    }

    /// Any text.
    #[must_use]
    pub fn string() -> Self {
        Self::new(SchemaKind::String(Text::default()))
    }

    /// A text of this form.
    #[must_use]
    pub fn format(name: &str) -> Self {
        Self::new(SchemaKind::String(Text { format: Some(name.into()), ..Text::default() }))
    }

    /// Any number.
    #[must_use]
    pub fn number() -> Self {
        Self::new(SchemaKind::Number(Range::default()))
    }

    /// A list of these.
    #[must_use]
    pub fn array(items: Self) -> Self {
        Self::new(SchemaKind::Array { items: Box::new(items), min: None, max: None })
    }

    /// One of several; flat, each once, nothing beside what covers it.
    #[must_use]
    pub fn union(parts: Vec<Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        for part in parts {
            match part.kind {
                SchemaKind::Union { variants, discriminator: None, .. } => flat.extend(variants),
                SchemaKind::Never => {}
                _ => flat.push(part),
            }
        }
        if let Some(any) = flat.iter().find(|part| part.kind == SchemaKind::Any) {
            return any.clone();
        }
        let texts = flat.iter().any(|p| p.kind == SchemaKind::String(Text::default()));
        let numbers = flat.iter().any(|p| p.kind == SchemaKind::Number(Range::default()));
        let booleans = flat.iter().any(|p| p.kind == SchemaKind::Boolean);
        let mut constants: Vec<Value> = Vec::new();
        // Contracts list tens of thousands.
        let mut seen: HashSet<Value> = HashSet::new();
        let mut kept: Vec<Self> = Vec::new();
        let mut place = None;
        for part in flat {
            if let SchemaKind::Constants(values) = &part.kind {
                for value in values {
                    let covered = texts && value.is_string()
                        || numbers && value.is_number()
                        || booleans && value.is_boolean();
                    if !covered && seen.insert(value.clone()) {
                        constants.push(value.clone());
                    }
                }
                place = place.or(Some(kept.len()));
            } else if !kept.contains(&part) {
                kept.push(part);
            }
        }
        if let (Some(place), false) = (place, constants.is_empty()) {
            let both = [true, false].iter().all(|value| seen.contains(&Value::Bool(*value)));
            if both {
                constants.retain(|value| !value.is_boolean());
                kept.insert(place, Self::new(SchemaKind::Boolean));
            }
            if !constants.is_empty() {
                kept.insert(place, Self::new(SchemaKind::Constants(constants)));
            }
        }
        // `null` last, as people write it.
        let (nulls, mut variants): (Vec<Self>, Vec<Self>) =
            kept.into_iter().partition(|part| part.kind == SchemaKind::Null);
        variants.extend(nulls.into_iter().take(1));
        match variants.len() {
            0 => Self::new(SchemaKind::Never),
            1 => variants.swap_remove(0),
            _ => Self::new(SchemaKind::Union { variants, exclusive: false, discriminator: None }),
        }
    }

    /// Whether a value is of the kind that the schema wants, limits and members aside.
    #[must_use]
    pub fn admits(&self, value: &Value) -> bool {
        match &self.kind {
            SchemaKind::Any => true,
            SchemaKind::Never => false,
            SchemaKind::Null => value.is_null(),
            SchemaKind::Boolean => value.is_boolean(),
            SchemaKind::String(_) => value.is_string(),
            SchemaKind::Number(_) => value.is_number(),
            SchemaKind::Constants(values) => values.contains(value),
            SchemaKind::Array { items, .. } => {
                value.as_array().is_some_and(|list| list.iter().all(|item| items.admits(item)))
            }
            SchemaKind::Tuple { .. } => value.is_array(),
            SchemaKind::Object { .. } | SchemaKind::Named(_) | SchemaKind::Draft(_) => {
                value.is_object()
            }
            SchemaKind::Union { variants, .. } => variants.iter().any(|part| part.admits(value)),
        }
    }

    /// The same with words.
    #[must_use]
    pub fn described(mut self, words: Option<String>) -> Self {
        if let Some(words) = words.filter(|words| !words.trim().is_empty()) {
            self.description = Some(words.trim().to_owned());
        }
        self
    }

    /// The schemas directly within.
    pub fn parts_mut(&mut self) -> Vec<&mut Self> {
        match &mut self.kind {
            SchemaKind::Array { items, .. } => vec![items.as_mut()],
            SchemaKind::Tuple { items, rest, .. } => {
                items.iter_mut().chain(rest.as_deref_mut()).collect()
            }
            SchemaKind::Object { members, rest } => {
                let rest = match rest {
                    Rest::Of(values) => Some(values.as_mut()),
                    Rest::Open | Rest::Closed => None,
                };
                members.iter_mut().map(|member| &mut member.schema).chain(rest).collect()
            }
            SchemaKind::Union { variants, .. } => variants.iter_mut().collect(),
            _ => Vec::new(),
        }
    }

    /// The schemas directly within.
    #[must_use]
    pub fn parts(&self) -> Vec<&Self> {
        match &self.kind {
            SchemaKind::Array { items, .. } => vec![items.as_ref()],
            SchemaKind::Tuple { items, rest, .. } => items.iter().chain(rest.as_deref()).collect(),
            SchemaKind::Object { members, rest } => {
                let rest = match rest {
                    Rest::Of(values) => Some(values.as_ref()),
                    Rest::Open | Rest::Closed => None,
                };
                members.iter().map(|member| &member.schema).chain(rest).collect()
            }
            SchemaKind::Union { variants, .. } => variants.iter().collect(),
            _ => Vec::new(),
        }
    }
}

/// A number as JSON writes it: whole ones without a point.
pub(crate) fn number(value: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
    if value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_991.0 {
        return Value::from(value as i64);
    }
    serde_json::Number::from_f64(value).map_or(Value::Null, Value::Number)
}
