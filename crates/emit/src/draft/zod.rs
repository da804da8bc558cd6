//! Zod schemas of a contract's types.
//!
//! In:    a type of a contract.
//! Out:   a schema that takes what the type allows, or more; nothing where that cannot be said.
//! Never: a check that the contract does not name.

use frontage_contract::{Access, Additional, Constant, Contract, Number, Text, Type, TypeId};

use crate::typescript::{key, quoted};

/// Deepest schema that is written out.
const DEEPEST: usize = 8;
/// Most members that are written out.
const WIDEST: usize = 60;

/// The schema of a JSON body.
pub(super) fn schema(contract: &Contract, id: TypeId) -> Option<String> {
    Writer { contract, open: Vec::new() }.ty(id)
}

/// The schema of a value that comes as text: in a path, a query or a header.
pub(super) fn text_value(contract: &Contract, id: TypeId) -> Option<String> {
    match contract.ty(id) {
        Type::String(text) => Some(string(text)),
        Type::Number(number) => Some(limits("z.coerce.number()", *number)),
        Type::Enum(constants) => {
            strings(constants).map(|all| format!("z.enum([{}])", all.join(", ")))
        }
        Type::Unknown => Some("z.string()".to_owned()),
        // `null` has no text.
        Type::Union(union) => {
            let is_null = |id: &&TypeId| *contract.ty(**id) == Type::Null;
            let mut others = union.variants.iter().filter(|id| !is_null(id));
            let only = others.next().filter(|_| others.next().is_none())?;
            text_value(contract, *only)
        }
        _ => None,
    }
}

struct Writer<'c> {
    contract: &'c Contract,
    open: Vec<TypeId>,
}

impl Writer<'_> {
    fn ty(&mut self, id: TypeId) -> Option<String> {
        // A type that holds itself has no end.
        if self.open.contains(&id) || self.open.len() >= DEEPEST {
            return None;
        }
        self.open.push(id);
        let text = self.inner(id);
        self.open.pop();
        text
    }

    fn inner(&mut self, id: TypeId) -> Option<String> {
        Some(match self.contract.ty(id) {
            Type::Unknown => "z.unknown()".to_owned(),
            Type::Never | Type::Broken => return None,
            Type::Null => "z.null()".to_owned(),
            Type::Boolean => "z.boolean()".to_owned(),
            Type::Number(number) => limits("z.number()", *number),
            Type::String(text) => string(text),
            Type::Enum(constants) => match strings(constants) {
                Some(all) => format!("z.enum([{}])", all.join(", ")),
                None => {
                    let all = constants.iter().map(|constant| match constant {
                        Constant::String(text) => quoted(text),
                        Constant::Number(number) => number.to_string(),
                        Constant::Boolean(value) => value.to_string(),
                    });
                    format!("z.literal([{}])", all.collect::<Vec<_>>().join(", "))
                }
            },
            Type::Array(array) => {
                let mut text = format!("z.array({})", self.ty(array.items)?);
                if let Some(least) = array.min_items.filter(|least| *least > 0) {
                    text.push_str(&format!(".min({least})"));
                }
                if let Some(most) = array.max_items {
                    text.push_str(&format!(".max({most})"));
                }
                text
            }
            Type::Tuple(_) => return None,
            Type::Object(object) => {
                let own = object.properties.iter().filter(|p| p.access != Access::ReadOnly);
                let mut members = Vec::new();
                for property in own {
                    // A literal's prototype is no member.
                    if property.name == "__proto__" {
                        return None;
                    }
                    let schema = self.ty(property.ty)?;
                    let optional = if property.required { "" } else { ".optional()" };
                    members.push(format!("{}: {schema}{optional}", key(&property.name)));
                }
                if members.len() > WIDEST {
                    return None;
                }
                match (members.is_empty(), object.additional) {
                    (true, Additional::Of(values)) => {
                        format!("z.record(z.string(), {})", self.ty(values)?)
                    }
                    (true, Additional::Any) => "z.record(z.string(), z.unknown())".to_owned(),
                    // Both at once cannot be said in one schema.
                    (false, Additional::Of(_)) => return None,
                    (_, Additional::Forbidden) => format!("z.object({})", braces(&members)),
                    // What is not named is taken by the service, and handed on.
                    _ => format!("z.looseObject({})", braces(&members)),
                }
            }
            Type::Union(union) => {
                let is_null = |id: &&TypeId| *self.contract.ty(**id) == Type::Null;
                let nullable = union.variants.iter().any(|id| is_null(&id));
                let others: Vec<TypeId> =
                    union.variants.iter().filter(|id| !is_null(id)).copied().collect();
                let mut parts = Vec::new();
                for variant in others {
                    parts.push(self.ty(variant)?);
                }
                let text = match &parts[..] {
                    [] => return Some("z.null()".to_owned()),
                    [only] => only.clone(),
                    several => format!("z.union([{}])", several.join(", ")),
                };
                if nullable { format!("{text}.nullable()") } else { text }
            }
        })
    }
}

fn braces(members: &[String]) -> String {
    if members.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", members.join(", ")) }
}

fn strings(constants: &[Constant]) -> Option<Vec<String>> {
    let text = |constant: &Constant| match constant {
        Constant::String(text) => Some(quoted(text)),
        _ => None,
    };
    constants.iter().map(text).collect()
}

fn string(text: &Text) -> String {
    let mut out = "z.string()".to_owned();
    if let Some(least) = text.min_length.filter(|least| *least > 0) {
        out.push_str(&format!(".min({least})"));
    }
    if let Some(most) = text.max_length {
        out.push_str(&format!(".max({most})"));
    }
    out
}

fn limits(schema: &str, number: Number) -> String {
    let mut out = schema.to_owned();
    if number.integer {
        out.push_str(".int()");
    }
    if let Some(least) = number.minimum {
        let word = if least.exclusive { "gt" } else { "min" };
        out.push_str(&format!(".{word}({})", least.value));
    }
    if let Some(most) = number.maximum {
        let word = if most.exclusive { "lt" } else { "max" };
        out.push_str(&format!(".{word}({})", most.value));
    }
    out
}
