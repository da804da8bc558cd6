//! A contract's types as TypeScript declares them.
//!
//! In:    types of one contract, each in a direction: what travels in requests may differ from
//!        what travels in answers.
//! Out:   their text, and declarations of all named and recursive types that it mentions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use frontage_contract::{Access, Additional, Constant, Contract, Object, Type, TypeId, type_names};

use crate::typescript::{comment, key, quoted};

/// Which way a value travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Direction {
    /// From the upstream: without write-only properties.
    Answer,
    /// To the upstream: without read-only properties.
    Request,
}

/// Spells the types of one contract.
pub(crate) struct Spelling<'c> {
    contract: &'c Contract,
    /// Names of declared types, without the suffix of requests.
    names: BTreeMap<TypeId, String>,
    taken: BTreeSet<String>,
    /// Types that differ by direction.
    two_faced: BTreeSet<TypeId>,
    namespace: &'c str,
    /// Declarations that are wanted, and those made; by name, so that the order is stable.
    wanted: Vec<(TypeId, Direction)>,
    seen: BTreeSet<(TypeId, Direction)>,
}

impl<'c> Spelling<'c> {
    /// - `namespace`: where the declarations will stand.
    pub(crate) fn new(contract: &'c Contract, namespace: &'c str) -> Self {
        let mut names: BTreeMap<TypeId, String> = type_names(contract).into_iter().collect();
        let mut taken: BTreeSet<String> = names.values().cloned().collect();
        for id in unnamed_cycles(contract, &names) {
            let name = unique(&mut taken, "Recursive");
            names.insert(id, name);
        }
        Self {
            contract,
            names,
            taken,
            two_faced: two_faced(contract),
            namespace,
            wanted: Vec::new(),
            seen: BTreeSet::new(),
        }
    }

    /// The text of a type outside the namespace.
    pub(crate) fn text(&mut self, id: TypeId, direction: Direction) -> String {
        let prefix = format!("{}.", self.namespace);
        self.write(id, direction, false, &prefix)
    }

    /// All declarations that texts so far need, in order of the contract.
    pub(crate) fn declarations(&mut self) -> String {
        let mut made: BTreeMap<(TypeId, Direction), String> = BTreeMap::new();
        while let Some((id, direction)) = self.wanted.pop() {
            let text = self.declaration(id, direction);
            made.insert((id, direction), text);
        }
        made.into_values().collect()
    }

    fn declaration(&mut self, id: TypeId, direction: Direction) -> String {
        let declaration = self.contract.types.declaration(id);
        let mut out = comment(&declaration.description.iter().cloned().collect::<Vec<_>>(), 2);
        let name = self.name(id, direction);
        match &declaration.ty {
            Type::Object(object) => {
                let members = self.members(object, direction, "");
                if members.is_empty() {
                    let _ = writeln!(out, "  interface {name} {{}}");
                    return out;
                }
                let _ = writeln!(out, "  interface {name} {{");
                for (words, member) in members {
                    out.push_str(&comment(&words, 4));
                    let _ = writeln!(out, "    {member};");
                }
                let _ = writeln!(out, "  }}");
            }
            _ => {
                let text = self.spell(id, direction, false, "");
                let _ = writeln!(out, "  type {name} = {text};");
            }
        }
        out
    }

    fn name(&mut self, id: TypeId, direction: Direction) -> String {
        let name = self.names.get(&id).cloned().unwrap_or_default();
        if direction == Direction::Request && self.two_faced.contains(&id) {
            let mut request = format!("{name}Input");
            while self.taken.contains(&request) {
                request.push('_');
            }
            return request;
        }
        name
    }

    /// - `tight`: whether something binds the text from outside, such as `[]`.
    fn write(&mut self, id: TypeId, direction: Direction, tight: bool, prefix: &str) -> String {
        if !self.names.contains_key(&id) {
            return self.spell(id, direction, tight, prefix);
        }
        let direction = if self.two_faced.contains(&id) { direction } else { Direction::Answer };
        if self.seen.insert((id, direction)) {
            self.wanted.push((id, direction));
        }
        format!("{prefix}{}", self.name(id, direction))
    }

    fn spell(&mut self, id: TypeId, direction: Direction, tight: bool, prefix: &str) -> String {
        match &self.contract.types.declaration(id).ty {
            Type::Unknown | Type::Broken => "unknown".into(),
            Type::Never => "never".into(),
            Type::Null => "null".into(),
            Type::Boolean => "boolean".into(),
            Type::Number(_) => "number".into(),
            Type::String(_) => "string".into(),
            Type::Enum(constants) => alternatives(constants.iter().map(constant).collect(), tight),
            Type::Array(array) => {
                format!("{}[]", self.write(array.items, direction, true, prefix))
            }
            Type::Tuple(tuple) => {
                let mut parts: Vec<String> = Vec::new();
                for (index, item) in tuple.items.iter().enumerate() {
                    let optional = index >= tuple.required;
                    let text = self.write(*item, direction, optional, prefix);
                    parts.push(if optional { format!("{text}?") } else { text });
                }
                if let Some(rest) = tuple.rest {
                    parts.push(format!("...{}[]", self.write(rest, direction, true, prefix)));
                }
                format!("[{}]", parts.join(", "))
            }
            Type::Object(object) => {
                let members = self.members(object, direction, prefix);
                let members: Vec<String> = members.into_iter().map(|(_, member)| member).collect();
                if members.is_empty() {
                    "{}".into()
                } else {
                    format!("{{ {} }}", members.join("; "))
                }
            }
            Type::Union(union) => {
                let variants: Vec<TypeId> = union.variants.clone();
                let parts =
                    variants.iter().map(|v| self.write(*v, direction, false, prefix)).collect();
                alternatives(parts, tight)
            }
        }
    }

    /// The members of an object with the contract's words on each.
    fn members(
        &mut self,
        object: &Object,
        direction: Direction,
        prefix: &str,
    ) -> Vec<(Vec<String>, String)> {
        let hidden = hidden(direction);
        let mut members = Vec::new();
        let mut kinds: Vec<String> = Vec::new();
        let mut any_optional = false;
        for property in object.properties.iter().filter(|p| p.access != hidden) {
            let text = self.write(property.ty, direction, false, prefix);
            let mark = if property.required { "" } else { "?" };
            any_optional |= !property.required;
            let mut words: Vec<String> = property.description.iter().cloned().collect();
            if property.deprecated {
                words.push("@deprecated".into());
            }
            members.push((words, format!("{}{mark}: {text}", key(&property.name))));
            if !kinds.contains(&text) {
                kinds.push(text);
            }
        }
        let index = match object.additional {
            Additional::Undeclared | Additional::Forbidden => None,
            Additional::Any => Some("unknown".to_owned()),
            Additional::Of(ty) => {
                // TypeScript wants the declared members to fit the index signature.
                let own = self.write(ty, direction, false, prefix);
                kinds.retain(|kind| *kind != own);
                let mut all = vec![own];
                all.extend(kinds);
                if any_optional {
                    all.push("undefined".into());
                }
                Some(all.join(" | "))
            }
        };
        members.extend(index.map(|value| (Vec::new(), format!("[key: string]: {value}"))));
        members
    }
}

fn hidden(direction: Direction) -> Access {
    match direction {
        Direction::Answer => Access::WriteOnly,
        Direction::Request => Access::ReadOnly,
    }
}

fn constant(constant: &Constant) -> String {
    match constant {
        Constant::String(text) => quoted(text),
        Constant::Number(number) => number.to_string(),
        Constant::Boolean(value) => value.to_string(),
    }
}

fn alternatives(mut parts: Vec<String>, tight: bool) -> String {
    let mut seen = BTreeSet::new();
    parts.retain(|part| seen.insert(part.clone()));
    let text = parts.join(" | ");
    if tight && parts.len() > 1 { format!("({text})") } else { text }
}

fn unique(taken: &mut BTreeSet<String>, stem: &str) -> String {
    let mut number = 1;
    loop {
        let name = format!("{stem}{number}");
        if taken.insert(name.clone()) {
            return name;
        }
        number += 1;
    }
}

/// The types directly in a type.
fn parts(ty: &Type) -> Vec<TypeId> {
    match ty {
        Type::Array(array) => vec![array.items],
        Type::Tuple(tuple) => tuple.items.iter().copied().chain(tuple.rest).collect(),
        Type::Object(object) => {
            let rest = match object.additional {
                Additional::Of(ty) => Some(ty),
                _ => None,
            };
            object.properties.iter().map(|p| p.ty).chain(rest).collect()
        }
        Type::Union(union) => union.variants.clone(),
        _ => Vec::new(),
    }
}

/// Types that hold a property of one direction only, or a type that does.
fn two_faced(contract: &Contract) -> BTreeSet<TypeId> {
    let mut users: BTreeMap<TypeId, Vec<TypeId>> = BTreeMap::new();
    let mut found = BTreeSet::new();
    let mut todo = Vec::new();
    for (id, declaration) in contract.types.iter() {
        for part in parts(&declaration.ty) {
            users.entry(part).or_default().push(id);
        }
        if let Type::Object(object) = &declaration.ty
            && object.properties.iter().any(|p| p.access != Access::Both)
        {
            todo.push(id);
        }
    }
    while let Some(id) = todo.pop() {
        if found.insert(id) {
            todo.extend(users.get(&id).into_iter().flatten());
        }
    }
    found
}

/// Types without a name that lead back to themselves through types without a name: one of each
/// circle, which must be declared so that it can be spelt.
fn unnamed_cycles(contract: &Contract, names: &BTreeMap<TypeId, String>) -> Vec<TypeId> {
    let mut cycles = BTreeSet::new();
    let mut done = BTreeSet::new();
    for (start, _) in contract.types.iter() {
        // Depth first without recursion: a type and which of its parts come next.
        let mut path: Vec<(TypeId, std::vec::IntoIter<TypeId>)> = Vec::new();
        let mut open = BTreeSet::new();
        let mut enter = Some(start);
        loop {
            if let Some(id) = enter.take()
                && !names.contains_key(&id)
                && !cycles.contains(&id)
            {
                if open.contains(&id) {
                    cycles.insert(id);
                } else if done.insert(id) {
                    open.insert(id);
                    path.push((id, parts(contract.ty(id)).into_iter()));
                }
            }
            let Some((id, rest)) = path.last_mut() else { break };
            match rest.next() {
                Some(part) => enter = Some(part),
                None => {
                    open.remove(id);
                    path.pop();
                }
            }
        }
    }
    cycles.into_iter().collect()
}
