//! Where in a contract something stands: what a change and the uses that feel it have in common.

use std::collections::{BTreeMap, BTreeSet};

use frontage_contract::{Binding, Contract, Method, Operation, Piece, Type, TypeId, Union};

/// A place in a contract, by its new form where there is one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) owner: Owner,
    /// From the owner, such as `name`, `tags[]`; empty for the owner itself.
    pub(super) rest: String,
}

/// What a place is counted from: the innermost object around it, else the part of the operation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    /// An object type of the new contract.
    Object(TypeId),
    /// The operation of this name in the old contract (in the new one, if it is new).
    Operation(String),
    /// One of its arguments, by its key; `body` is its body.
    Argument(String, String),
    /// Its successful answers.
    Answer(String),
}

impl Key {
    pub(super) fn of(owner: Owner) -> Self {
        Self { owner, rest: String::new() }
    }

    pub(super) fn field(owner: TypeId, name: &str) -> Self {
        Self { owner: Owner::Object(owner), rest: name.to_owned() }
    }

    /// Further in, within the same owner.
    pub(super) fn inner(&self, step: &str) -> Self {
        Self { owner: self.owner.clone(), rest: format!("{}{step}", self.rest) }
    }
}

/// `path.name`
pub(super) fn member(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// A step into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A field of this name.
    Field(String),
    /// Any element of a list.
    Element,
    /// Any field that has no name in the contract.
    Other,
}

/// Steps from the root of a value.
pub(super) type Path = Vec<Step>;

/// One step further.
pub(super) fn and(path: &[Step], step: Step) -> Path {
    let mut longer = path.to_vec();
    longer.push(step);
    longer
}

/// `items[].name`
pub(super) fn shown(path: &[Step]) -> String {
    path.iter().fold(String::new(), |shown, step| match step {
        Step::Field(name) => member(&shown, name),
        Step::Element => format!("{shown}[]"),
        Step::Other => member(&shown, "*"),
    })
}

/// The types that a value may be, each of them no union; `null` among them.
pub(super) fn variants(contract: &Contract, id: TypeId) -> Vec<TypeId> {
    let mut found = Vec::new();
    let mut open = vec![id];
    let mut seen = Vec::new();
    while let Some(id) = open.pop() {
        match contract.ty(id) {
            Type::Union(Union { variants, .. }) => {
                if !seen.contains(&id) {
                    seen.push(id);
                    open.extend(variants.iter().rev());
                }
            }
            _ => found.push(id),
        }
    }
    found
}

/// The value's discriminator, if its union has one.
pub(super) fn tags(contract: &Contract, id: TypeId) -> Option<(&str, &[(String, TypeId)])> {
    let Type::Union(union) = contract.ty(id) else { return None };
    let found = union.discriminator.as_ref()?;
    Some((&found.property, &found.mapping))
}

/// A contract's operations by what they answer to.
#[derive(Debug)]
pub(super) struct Requests<'c> {
    by_request: BTreeMap<(Method, String), &'c Operation>,
    paths: BTreeSet<String>,
    by_name: BTreeMap<&'c str, &'c Operation>,
}

impl<'c> Requests<'c> {
    pub(super) fn of(contract: &'c Contract) -> Self {
        let all = || contract.operations.iter();
        Self {
            by_request: all().map(|operation| (request(operation), operation)).collect(),
            paths: all().map(|operation| request(operation).1).collect(),
            by_name: all().map(|operation| (operation.name.as_str(), operation)).collect(),
        }
    }

    /// The operation that answers the requests of another contract's: by method and path.
    pub(super) fn same(&self, old: &Operation) -> Option<&'c Operation> {
        self.by_request.get(&request(old)).copied()
    }

    /// The one that takes its place: of the same request, else of the same name.
    pub(super) fn successor(&self, old: &Operation) -> Option<&'c Operation> {
        self.same(old).or_else(|| self.by_name.get(old.name.as_str()).copied())
    }

    /// Whether any operation has the path of `old`.
    pub(super) fn has_path(&self, old: &Operation) -> bool {
        self.paths.contains(&request(old).1)
    }
}

/// Method and path; what a parameter is called does not matter.
fn request(operation: &Operation) -> (Method, String) {
    let Binding::Http(http) = &operation.binding;
    let mut path = String::new();
    for segment in &http.segments {
        path.push('/');
        for piece in &segment.pieces {
            match piece {
                Piece::Literal(text) => path.push_str(text),
                // No literal of a path holds one.
                Piece::Parameter(_) => path.push('{'),
            }
        }
    }
    (http.method, path)
}
