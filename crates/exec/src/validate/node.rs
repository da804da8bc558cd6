//! Validators made ready to run: patterns compiled, facts about absence computed once.
//!
//! In:    validators of a plan.
//! Out:   [`Node`]s, which mirror them.

use std::collections::HashSet;

use frontage_json::{Value, parse_any};
use frontage_plan::{
    Absence, Check, CheckKind, Constant, DefaultValue, Lambda, Name, ObjectMode, Pattern,
    RecordMode, StringFormat, Validator, ValidatorKind as K,
};

use super::pattern::Matcher;

/// A validator made ready to run.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: NodeKind,
    pub(super) checks: Vec<NodeCheck>,
    pub(super) message: Option<Name>,
    /// What absence means.
    pub(super) absence: Absence,
    /// The result may lack the member (`optout`).
    pub(super) may_vanish: bool,
    /// All values that it takes, where it lists them.
    pub(super) values: Option<Vec<Constant>>,
}

/// One check made ready.
#[derive(Debug)]
pub(super) struct NodeCheck {
    pub(super) check: Check,
    /// Of a pattern, of a URL's host name, of its scheme.
    pub(super) matchers: [Option<Matcher>; 2],
}

/// See [`K`].
#[derive(Debug)]
pub(super) enum NodeKind {
    Unknown,
    Never,
    Undefined,
    Void,
    Null,
    String {
        coerce: bool,
    },
    Number {
        coerce: bool,
    },
    Boolean {
        coerce: bool,
    },
    Date {
        coerce: bool,
    },
    StringBool {
        truthy: Vec<Name>,
        falsy: Vec<Name>,
        sensitive: bool,
    },
    OneOf(Vec<Constant>),
    Object {
        fields: Vec<(Name, Node)>,
        known: HashSet<Name>,
        rest: Others,
    },
    Array(Box<Node>),
    Tuple {
        items: Vec<Node>,
        rest: Option<Box<Node>>,
    },
    Record {
        key: Box<Node>,
        value: Box<Node>,
        mode: RecordMode,
    },
    Union {
        options: Vec<Node>,
        exclusive: bool,
    },
    Discriminated {
        property: Name,
        variants: Vec<(Vec<Constant>, Node)>,
    },
    Intersection(Box<Node>, Box<Node>),
    Optional(Box<Node>),
    /// Hands on to the inner one: `.exactOptional()`, `.readonly()`.
    Same(Box<Node>),
    NonOptional(Box<Node>),
    Nullable(Box<Node>),
    Default(Box<Node>, Held),
    Prefault(Box<Node>, Held),
    Catch(Box<Node>, Held),
    Pipe(Box<Node>, Box<Node>),
    Transform(Lambda),
}

/// What becomes of keys that an object does not name.
#[derive(Debug)]
pub(super) enum Others {
    Strip,
    Strict,
    Loose,
    Catchall(Box<Node>),
}

/// A value that a schema holds.
#[derive(Debug)]
pub(super) enum Held {
    Json(Name),
    Computed(Lambda),
}

impl Held {
    fn new(value: &DefaultValue) -> Self {
        match value {
            DefaultValue::Json(text) => Self::Json(text.clone()),
            DefaultValue::Computed(lambda) => Self::Computed(lambda.clone()),
        }
    }
}

/// A constant's value. The compiler wrote it; what is no JSON is `undefined`.
pub(super) fn held_value(text: &str) -> Value {
    parse_any(text.as_bytes()).unwrap_or(Value::Undefined)
}

impl Node {
    pub(super) fn new(validator: &Validator) -> Self {
        let checks = validator.checks.iter().map(NodeCheck::new).collect();
        Self {
            kind: NodeKind::new(&validator.kind),
            checks,
            message: validator.message.clone(),
            absence: validator.absence(),
            may_vanish: validator.may_vanish(),
            values: validator.values(),
        }
    }
}

impl NodeCheck {
    fn new(check: &Check) -> Self {
        let matcher = |pattern: &Pattern| Some(Matcher::new(pattern));
        let matchers = match &check.kind {
            CheckKind::Regex(pattern) | CheckKind::Format(StringFormat::Custom(_, pattern)) => {
                [matcher(pattern), None]
            }
            CheckKind::Format(StringFormat::Url(rule)) => {
                [rule.hostname.as_ref().and_then(matcher), rule.protocol.as_ref().and_then(matcher)]
            }
            _ => [None, None],
        };
        Self { check: check.clone(), matchers }
    }
}

fn boxed(validator: &Validator) -> Box<Node> {
    Box::new(Node::new(validator))
}

impl NodeKind {
    fn new(kind: &K) -> Self {
        match kind {
            K::Unknown => Self::Unknown,
            K::Never => Self::Never,
            K::Undefined => Self::Undefined,
            K::Void => Self::Void,
            K::Null => Self::Null,
            K::String { coerce } => Self::String { coerce: *coerce },
            K::Number { coerce } => Self::Number { coerce: *coerce },
            K::Boolean { coerce } => Self::Boolean { coerce: *coerce },
            K::Date { coerce } => Self::Date { coerce: *coerce },
            K::StringBool { truthy, falsy, sensitive } => Self::StringBool {
                truthy: truthy.clone(),
                falsy: falsy.clone(),
                sensitive: *sensitive,
            },
            K::OneOf(values) => Self::OneOf(values.clone()),
            K::Object { fields, mode } => {
                let known = fields.iter().map(|field| field.name.clone()).collect();
                let fields = fields
                    .iter()
                    .map(|field| (field.name.clone(), Node::new(&field.validator)))
                    .collect();
                Self::Object {
                    known,
                    fields,
                    rest: match mode {
                        ObjectMode::Strip => Others::Strip,
                        ObjectMode::Strict => Others::Strict,
                        ObjectMode::Loose => Others::Loose,
                        ObjectMode::Catchall(rest) => Others::Catchall(boxed(rest)),
                    },
                }
            }
            K::Array(item) => Self::Array(boxed(item)),
            K::Tuple { items, rest } => Self::Tuple {
                items: items.iter().map(Node::new).collect(),
                rest: rest.as_deref().map(boxed),
            },
            K::Record { key, value, mode } => {
                Self::Record { key: boxed(key), value: boxed(value), mode: *mode }
            }
            K::Union { options, exclusive } => Self::Union {
                options: options.iter().map(Node::new).collect(),
                exclusive: *exclusive,
            },
            K::Discriminated { property, variants } => Self::Discriminated {
                property: property.clone(),
                variants: variants
                    .iter()
                    .map(|(values, variant)| (values.clone(), Node::new(variant)))
                    .collect(),
            },
            K::Intersection(a, b) => Self::Intersection(boxed(a), boxed(b)),
            K::Optional(inner) => Self::Optional(boxed(inner)),
            K::ExactOptional(inner) | K::Readonly(inner) => Self::Same(boxed(inner)),
            K::NonOptional(inner) => Self::NonOptional(boxed(inner)),
            K::Nullable(inner) => Self::Nullable(boxed(inner)),
            K::Default(inner, value) => Self::Default(boxed(inner), Held::new(value)),
            K::Prefault(inner, value) => Self::Prefault(boxed(inner), Held::new(value)),
            K::Catch(inner, value) => Self::Catch(boxed(inner), Held::new(value)),
            K::Pipe(a, b) => Self::Pipe(boxed(a), boxed(b)),
            K::Transform(lambda) => Self::Transform(lambda.clone()),
        }
    }
}
