//! Which keywords of a schema constrain values, and how to read the small ones.

use crate::model::{Bound, Constant, Number, Text};
use crate::tree::{Kind, NodeId, Tree};

/// Keywords that constrain values or lead to schemas that do; all others are annotations.
const CONSTRAINTS: &[&str] = &[
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "nullable",
    "oneOf",
    "patternProperties",
    "prefixItems",
    "properties",
    "required",
    "type",
    "unevaluatedProperties",
    "x-nullable",
];

/// Whether a schema has no constraining keyword but those named.
pub(super) fn only(tree: &Tree, node: NodeId, allowed: &[&str]) -> bool {
    tree.members(node).iter().all(|member| {
        let key = tree.key(member);
        allowed.contains(&key)
            || CONSTRAINTS.binary_search(&key).is_err()
            || (key == "x-nullable" && allowed.contains(&"nullable"))
            || (matches!(key, "nullable" | "x-nullable")
                && tree.kind(member.value) == Kind::Bool(false))
            || (key == "required" && !matches!(tree.kind(member.value), Kind::Array(_)))
    })
}

/// Whether a schema says that `null` may come; Swagger 2.0 has only the extension.
pub(super) fn nullable(tree: &Tree, node: NodeId) -> bool {
    tree.get_bool(node, "nullable") == Some(true) || tree.get_bool(node, "x-nullable") == Some(true)
}

/// The schema's example: `example` (3.0), or the first of `examples` (3.1), if it is no list and no
/// object.
pub(super) fn example(tree: &Tree, node: NodeId) -> Option<Constant> {
    let first = || tree.elements(get(tree, node, "examples")?).first().copied();
    let value = get(tree, node, "example").or_else(first)?;
    match tree.kind(value) {
        Kind::String(text) => Some(Constant::String(text.to_owned())),
        Kind::Bool(value) => Some(Constant::Boolean(value)),
        Kind::Number(text) => {
            text.parse().ok().filter(|number: &f64| number.is_finite()).map(Constant::Number)
        }
        _ => None,
    }
}

/// The value of a keyword; an empty YAML value counts as absent.
pub(super) fn get(tree: &Tree, node: NodeId, key: &str) -> Option<NodeId> {
    tree.get(node, key).filter(|&value| tree.kind(value) != Kind::Null)
}

/// A set of kinds of values, `null` left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kinds(u8);

impl Kinds {
    pub(super) const NONE: Self = Self(0);
    pub(super) const BOOLEAN: Self = Self(1);
    pub(super) const INTEGER: Self = Self(2);
    /// Numbers, whole ones included.
    pub(super) const NUMBER: Self = Self(2 | 4);
    pub(super) const STRING: Self = Self(8);
    pub(super) const ARRAY: Self = Self(16);
    pub(super) const OBJECT: Self = Self(32);

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// What a schema's `type` allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Declared {
    pub(super) kinds: Kinds,
    pub(super) null: bool,
    /// A name that is spelt as no specification spells it, and the right spelling.
    pub(super) respelt: Option<(NodeId, &'static str)>,
}

/// Reads `type`; `None` if there is none.
///
/// # Errors
///
/// The node that is no type's name.
pub(super) fn declared(tree: &Tree, node: NodeId) -> Result<Option<Declared>, NodeId> {
    let Some(value) = get(tree, node, "type") else { return Ok(None) };
    let names = match tree.kind(value) {
        Kind::Array(names) => names,
        _ => &[value],
    };
    if names.is_empty() {
        return Ok(None);
    }
    let mut all = Declared { kinds: Kinds::NONE, null: false, respelt: None };
    for &name in names {
        let Kind::String(text) = tree.kind(name) else {
            if tree.kind(name) == Kind::Null {
                all.null = true;
                continue;
            }
            return Err(name);
        };
        let Some(&(spelling, kinds)) = TYPES.iter().find(|(n, _)| n.eq_ignore_ascii_case(text))
        else {
            return Err(name);
        };
        if text != spelling {
            all.respelt = Some((name, spelling));
        }
        all.null |= spelling == "null";
        all.kinds = all.kinds.or(kinds);
    }
    Ok(Some(all))
}

/// Names of types. `file` is Swagger 2.0's, which survives in converted contracts: bytes as text.
const TYPES: &[(&str, Kinds)] = &[
    ("string", Kinds::STRING),
    ("object", Kinds::OBJECT),
    ("integer", Kinds::INTEGER),
    ("array", Kinds::ARRAY),
    ("boolean", Kinds::BOOLEAN),
    ("number", Kinds::NUMBER),
    ("null", Kinds::NONE),
    ("file", Kinds::STRING),
];

/// What to write instead of a word that is no type's name.
pub(super) fn instead(word: &str) -> String {
    let lower = word.to_ascii_lowercase();
    let (ty, format) = match lower.as_str() {
        "any" | "mixed" | "unknown" | "*" => {
            return "leave `type` out: a schema without it allows any value".to_owned();
        }
        "date-time" | "datetime" | "timestamp" | "time" => ("string", "date-time"),
        "date" | "uuid" | "email" | "uri" | "byte" | "binary" | "password" | "hostname" => {
            ("string", lower.as_str())
        }
        "url" => ("string", "uri"),
        "str" | "text" | "char" | "enum" => ("string", ""),
        "float" | "double" => ("number", lower.as_str()),
        "decimal" | "money" => ("number", ""),
        "int" => ("integer", ""),
        "int32" | "int64" => ("integer", lower.as_str()),
        "long" => ("integer", "int64"),
        "bool" => ("boolean", ""),
        "list" | "set" => ("array", ""),
        "map" | "dict" | "hash" | "struct" => ("object", ""),
        _ => {
            let near = TYPES[..7]
                .iter()
                .map(|&(name, _)| (strsim::jaro_winkler(name, &lower), name))
                .filter(|(likeness, _)| *likeness > 0.8)
                .max_by(|a, b| a.0.total_cmp(&b.0));
            return match near {
                Some((_, name)) => format!("did you mean `{name}`?"),
                None => "types are `string`, `number`, `integer`, `boolean`, `array`, `object` \
                         and `null`"
                    .to_owned(),
            };
        }
    };
    if format.is_empty() {
        format!("write `type: {ty}`")
    } else {
        format!("write `type: {ty}` and `format: {format}`")
    }
}

/// Reads limits of numbers over several schemas that all hold.
pub(super) fn number(tree: &Tree, nodes: &[NodeId], integer: bool) -> Number {
    let mut number = Number { integer, minimum: None, maximum: None };
    for &node in nodes {
        let ends = [
            ("minimum", "exclusiveMinimum", &mut number.minimum, 1.0),
            ("maximum", "exclusiveMaximum", &mut number.maximum, -1.0),
        ];
        for (plain, exclusive, end, sign) in ends {
            let plain = tree.get_number(node, plain).map(|value| Bound {
                value,
                exclusive: tree.get_bool(node, exclusive) == Some(true),
            });
            let exclusive =
                tree.get_number(node, exclusive).map(|value| Bound { value, exclusive: true });
            for bound in [plain, exclusive].into_iter().flatten() {
                let tighter = end.is_none_or(|end: Bound| {
                    bound.value * sign > end.value * sign
                        || (bound.value.total_cmp(&end.value).is_eq() && bound.exclusive)
                });
                if tighter {
                    *end = Some(bound);
                }
            }
        }
    }
    number
}

/// Reads limits of strings over several schemas that all hold.
pub(super) fn text(tree: &Tree, nodes: &[NodeId]) -> Text {
    let mut text = Text::default();
    for &node in nodes {
        if text.format.is_none() {
            text.format = tree.get_str(node, "format").map(str::to_owned);
        }
        let lengths = size(tree, node, "minLength", "maxLength");
        text.min_length = text.min_length.max(lengths.0);
        text.max_length = least(text.max_length, lengths.1);
    }
    text
}

/// Reads a smallest and a largest size.
pub(super) fn size(
    tree: &Tree,
    node: NodeId,
    smallest: &str,
    largest: &str,
) -> (Option<u64>, Option<u64>) {
    let whole = |key: &str| {
        tree.get_number(node, key).filter(|n| *n >= 0.0 && *n <= 9e15).map(|n| n as u64)
    };
    (whole(smallest), whole(largest))
}

/// The smaller of two limits, either of which may be absent.
pub(super) fn least(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
