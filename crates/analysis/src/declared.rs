//! Where the checker's types are declared.

use frontage_compile::types::{Kind, Ty, Types};
use frontage_diagnostic::Span;

/// Where the member of this name is declared, in each object that a type may be.
pub(crate) fn declarations(types: &Types, ty: Ty, name: &str) -> Vec<Span> {
    match types.kind(ty) {
        Kind::Object(id) => {
            let members = types.members(*id);
            let property = members.and_then(|members| members.property(name));
            property.and_then(|property| property.span).into_iter().collect()
        }
        Kind::Union(variants) => {
            variants.iter().flat_map(|variant| declarations(types, *variant, name)).collect()
        }
        _ => Vec::new(),
    }
}
