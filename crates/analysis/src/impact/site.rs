//! Where in a contract something stands: what a change and the uses that feel it have in common.

use frontage_contract::{Contract, Operation, TypeId, Union};

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

/// The types that a value may be, each of them no union; `null` among them.
pub(super) fn variants(contract: &Contract, id: TypeId) -> Vec<TypeId> {
    let mut found = Vec::new();
    let mut open = vec![id];
    let mut seen = Vec::new();
    while let Some(id) = open.pop() {
        match contract.ty(id) {
            frontage_contract::Type::Union(Union { variants, .. }) => {
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
    let frontage_contract::Type::Union(union) = contract.ty(id) else { return None };
    let found = union.discriminator.as_ref()?;
    Some((&found.property, &found.mapping))
}

/// The new contract's operation that answers the old one's requests: by method and path.
pub(super) fn same_request<'c>(contract: &'c Contract, old: &Operation) -> Option<&'c Operation> {
    contract.operations.iter().find(|new| {
        let ((a, b), (c, d)) = (request(old), request(new));
        a == c && b == d
    })
}

/// Whether any operation has the path of `old`.
pub(super) fn has_path(contract: &Contract, old: &Operation) -> bool {
    contract.operations.iter().any(|new| request(new).1 == request(old).1)
}

/// Method and path; what a parameter is called does not matter.
fn request(operation: &Operation) -> (frontage_contract::Method, Vec<Vec<Option<&str>>>) {
    let frontage_contract::Binding::Http(http) = &operation.binding;
    let piece = |piece| match piece {
        &frontage_contract::Piece::Literal(ref text) => Some(text.as_str()),
        frontage_contract::Piece::Parameter(_) => None,
    };
    let segments = http.segments.iter().map(|segment| segment.pieces.iter().map(piece).collect());
    (http.method, segments.collect())
}
