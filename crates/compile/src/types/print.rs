//! Types as text, short enough for a message.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::{Kind, ObjectId, Signature, TupleElement, Ty, Types};

/// Levels of anonymous types that are written out.
const DEPTH: usize = 4;
/// Bytes of a text beyond which no further level is written out.
const LENGTH: usize = 400;
/// The same as [`DEPTH`] for full texts.
const FULL_DEPTH: usize = 24;
/// Members of an object or a union that are written out.
const WIDTH: usize = 8;

impl Types {
    /// `ty` as TypeScript would write it, shortened where it is long.
    #[must_use]
    pub fn text(&self, ty: Ty) -> String {
        // What has many parts at each level is written less deep.
        let mut text = self.write(ty, 1, WIDTH);
        for depth in 2..=DEPTH {
            let deeper = self.write(ty, depth, WIDTH);
            if deeper.len() > LENGTH {
                break;
            }
            text = deeper;
        }
        text
    }

    /// `ty` as TypeScript would write it, at almost any length; named types within it by name.
    #[must_use]
    pub fn full_text(&self, ty: Ty) -> String {
        self.write(ty, FULL_DEPTH, usize::MAX)
    }

    fn write(&self, ty: Ty, depth: usize, width: usize) -> String {
        match self.kind(ty) {
            Kind::Error => "?".into(),
            Kind::Unknown => "unknown".into(),
            Kind::Never => "never".into(),
            Kind::Void => "void".into(),
            Kind::Undefined => "undefined".into(),
            Kind::Null => "null".into(),
            Kind::String => "string".into(),
            Kind::Number => "number".into(),
            Kind::NonPrimitive => "object".into(),
            Kind::Boolean { value, .. } => value.to_string(),
            Kind::StringLiteral { value, .. } => format!("{:?}", &**value),
            Kind::NumberLiteral { value, .. } => number_text(value.0),
            Kind::Array { element, readonly } => {
                let inner = self.write(*element, depth, width);
                let inner = match self.kind(*element) {
                    Kind::Union(_) | Kind::Function(_) | Kind::Keyof(_)
                        if *element != Ty::BOOLEAN =>
                    {
                        format!("({inner})")
                    }
                    _ => inner,
                };
                format!("{}{inner}[]", if *readonly { "readonly " } else { "" })
            }
            Kind::Tuple { of_match: true, .. } => "RegExpMatchArray".into(),
            Kind::Tuple { elements, rest, readonly, .. } => {
                let mut parts: Vec<String> = elements
                    .iter()
                    .map(|TupleElement { ty, optional }| {
                        let text = self.write(*ty, depth, width);
                        if *optional { format!("({text})?") } else { text }
                    })
                    .collect();
                if let Some(rest) = rest {
                    parts.push(format!("...({})[]", self.write(*rest, depth, width)));
                }
                format!("{}[{}]", if *readonly { "readonly " } else { "" }, parts.join(", "))
            }
            Kind::Object(id) => self.write_object(*id, depth, width),
            Kind::Function(id) => match self.signatures(*id).signatures.as_slice() {
                [one, ..] => self.signature_text_at(one, depth, width),
                [] => "Function".into(),
            },
            Kind::Library(name, args) if args.is_empty() => name.to_string(),
            Kind::Library(name, args) => {
                let args: Vec<String> = args.iter().map(|&a| self.write(a, depth, width)).collect();
                format!("{name}<{}>", args.join(", "))
            }
            Kind::Union(members) => self.write_union(members, depth, width),
            Kind::Param(id) => self.type_param(*id).name.to_string(),
            Kind::Part { of, by } => {
                let of = self.write(*of, depth, width);
                match *by == Ty::EMPTY {
                    true => format!("NonNullable<{of}>"),
                    false => format!("{of} & ({})", self.write(*by, depth, width)),
                }
            }
            Kind::Both(parts) => {
                let parts = parts.iter().map(|&part| self.write(part, depth, width));
                parts.collect::<Vec<_>>().join(" & ")
            }
            Kind::Keyof(Ty::NEVER) => "symbol".into(),
            Kind::Keyof(inner) => format!("keyof {}", self.write(*inner, depth, width)),
            Kind::Indexed { object, index, .. } => format!(
                "{}[{}]",
                self.write(*object, depth, width),
                self.write(*index, depth, width)
            ),
        }
    }

    fn write_union(&self, members: &[Ty], depth: usize, width: usize) -> String {
        let mut parts = Vec::new();
        let both = members.contains(&Ty::TRUE) && members.contains(&Ty::FALSE);
        let (last, first): (Vec<Ty>, Vec<Ty>) =
            members.iter().copied().partition(|&m| matches!(m, Ty::NULL | Ty::UNDEFINED));
        for member in first {
            match member {
                Ty::TRUE if both => parts.push("boolean".to_owned()),
                Ty::FALSE if both => {}
                _ => {
                    let text = self.write(member, depth, width);
                    let function = matches!(self.kind(member), Kind::Function(_));
                    parts.push(if function { format!("({text})") } else { text });
                }
            }
        }
        // Equal texts of different types (two literals of one shape) say nothing twice.
        let mut seen = HashSet::new();
        parts.retain(|part| seen.insert(part.clone()));
        let more = parts.len().saturating_sub(width);
        parts.truncate(width);
        if more > 0 {
            parts.push(format!("… {more} more"));
        }
        parts.extend(last.into_iter().map(|m| self.write(m, depth, width)));
        parts.join(" | ")
    }

    fn write_object(&self, id: ObjectId, depth: usize, width: usize) -> String {
        if let Some(name) = &self.names[id.0 as usize]
            && (width < usize::MAX || depth < FULL_DEPTH)
        {
            return name.to_string();
        }
        let (Some(object), true) = (self.members(id), depth > 0) else {
            return self.names[id.0 as usize].as_ref().map_or("{ … }".into(), |n| n.to_string());
        };
        let mut parts = Vec::new();
        for property in object.properties.iter().take(width) {
            parts.push(format!(
                "{}{}: {}",
                key_text(&property.name),
                if property.optional { "?" } else { "" },
                self.write(property.ty, depth - 1, width)
            ));
        }
        if object.properties.len() > width {
            parts.push(format!("… {} more", object.properties.len() - width));
        }
        if let (Some(keys), Some(index)) = (&object.keys, &object.index) {
            let (key, value) =
                (self.write(keys.ty, depth - 1, width), self.write(index.value, depth - 1, width));
            let record = format!("Record<{key}, {value}>");
            return if keys.optional { format!("Partial<{record}>") } else { record };
        }
        if let Some(index) = &object.index {
            let key = if index.numeric { "number" } else { "string" };
            parts.push(format!("[key: {key}]: {}", self.write(index.value, depth - 1, width)));
        }
        if parts.is_empty() { "{}".into() } else { format!("{{ {} }}", parts.join("; ")) }
    }

    /// A signature as text.
    #[must_use]
    pub fn signature_text(&self, signature: &Signature) -> String {
        self.signature_text_at(signature, DEPTH, WIDTH)
    }

    fn signature_text_at(&self, signature: &Signature, depth: usize, width: usize) -> String {
        let depth = depth.saturating_sub(1);
        let mut text = String::from("(");
        for (i, param) in signature.params.iter().enumerate() {
            let _ = write!(
                text,
                "{}{}{}: {}",
                if i > 0 { ", " } else { "" },
                param.name,
                if param.optional { "?" } else { "" },
                if depth == 0 { "…".into() } else { self.write(param.ty, depth, width) }
            );
        }
        if let Some(rest) = signature.rest {
            let comma = if signature.params.is_empty() { "" } else { ", " };
            let _ = write!(text, "{comma}...rest: ({})[]", self.write(rest, depth, width));
        }
        text.push_str(") => ");
        match signature.predicate {
            Some((i, ty)) => {
                let name = signature.params.get(i).map_or("value", |p| &*p.name);
                let _ = write!(text, "{name} is {}", self.write(ty, depth, width));
            }
            None if depth == 0 => text.push('…'),
            None => text.push_str(&self.write(signature.result, depth, width)),
        }
        text
    }
}

/// A number as JavaScript writes it.
pub(crate) fn number_text(value: f64) -> String {
    match value == 0.0 {
        true => "0".into(),
        false => ryu_js::Buffer::new().format(value).into(),
    }
}

/// A key, in quotes if it is no identifier.
fn key_text(name: &str) -> String {
    let mut chars = name.chars();
    let start = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_' || c == '$');
    if start && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '$') {
        name.to_owned()
    } else {
        format!("{name:?}")
    }
}
