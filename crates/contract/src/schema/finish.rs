//! Ties unions together once every type is known: nested unions become one, and discriminators
//! are completed or found.

use std::collections::{HashMap, HashSet};

use frontage_diagnostic::Diagnostic;

use super::{Lowering, VARIANT_LIMIT};
use crate::codes;
use crate::model::{
    Array, Constant, Declaration, Discriminator, Object, Type, TypeId, Types, Union,
};

/// Ties the unions of `lowering` together.
pub(super) fn finish(lowering: &mut Lowering<'_>) {
    complete_mappings(lowering);
    flatten_unions(lowering);
    find_discriminators(&mut lowering.types);
    name_variants(&mut lowering.types);
}

/// Ties together the unions of types that no schema declares: nested unions become one, and
/// discriminators are found.
///
/// - `null`: the id of [`Type::Null`].
/// - Result: unions with too many variants, which are left as they are.
pub fn tie_unions(types: &mut Types, null: TypeId) -> Vec<TypeId> {
    let unions: Vec<TypeId> = types
        .iter()
        .filter(|(_, declaration)| matches!(declaration.ty, Type::Union(_)))
        .map(|(id, _)| id)
        .collect();
    let flat: Vec<(TypeId, Option<Type>)> =
        unions.into_iter().map(|id| (id, flatten_union(types, null, id))).collect();
    let mut large = Vec::new();
    for (id, ty) in flat {
        match ty {
            Some(ty) => types.declaration_mut(id).ty = ty,
            None => large.push(id),
        }
    }
    find_discriminators(types);
    large
}

/// Adds to mappings the variants that the contract leaves to be found: by the constant their
/// property has, else by their schema's name.
fn complete_mappings(lowering: &mut Lowering<'_>) {
    for (union, variant, name) in std::mem::take(&mut lowering.implicit) {
        let Type::Union(Union { discriminator: Some(discriminator), .. }) =
            &lowering.types.declaration(union).ty
        else {
            continue;
        };
        let property = discriminator.property.clone();
        let constants = strings(&lowering.types, variant, &property);
        let values = match (constants, name) {
            (Some(constants), _) => constants,
            (None, Some(name)) => vec![name],
            (None, None) => continue,
        };
        if let Type::Union(Union { discriminator: Some(discriminator), .. }) =
            &mut lowering.types.declaration_mut(union).ty
        {
            for value in values {
                if discriminator.mapping.iter().all(|(known, _)| *known != value) {
                    discriminator.mapping.push((value, variant));
                }
            }
        }
    }
}

/// The string constants that a property of an object type lists.
fn strings(types: &Types, object: TypeId, property: &str) -> Option<Vec<String>> {
    let Type::Object(object) = &types.declaration(object).ty else { return None };
    let Type::Enum(constants) = &types.declaration(object.property(property)?.ty).ty else {
        return None;
    };
    constants
        .iter()
        .map(|constant| match constant {
            Constant::String(text) => Some(text.clone()),
            _ => None,
        })
        .collect()
}

/// Puts the variants of unions inside unions into the outer one.
fn flatten_unions(lowering: &mut Lowering<'_>) {
    let unions: Vec<TypeId> = lowering
        .types
        .iter()
        .filter(|(_, declaration)| matches!(declaration.ty, Type::Union(_)))
        .map(|(id, _)| id)
        .collect();
    let flat: Vec<(TypeId, Option<Type>)> = unions
        .into_iter()
        .map(|id| (id, flatten_union(&lowering.types, lowering.null, id)))
        .collect();
    for (id, ty) in flat {
        let ty = match ty {
            Some(Type::Never) => {
                let span = lowering.types.declaration(id).span;
                let message = "no value fits any of these alternatives";
                let diagnostic = Diagnostic::error(codes::MALFORMED_SCHEMA, span, message)
                    .help("each of them contradicts what stands beside them, or leads back here")
                    .warning();
                lowering.impossible(id, diagnostic)
            }
            Some(ty) => ty,
            None => {
                let span = lowering.types.declaration(id).span;
                let message = format!(
                    "a union may have {VARIANT_LIMIT} variants at most, nested ones included"
                );
                let diagnostic = Diagnostic::error(codes::LIMIT, span, message)
                    .help("group the variants")
                    .warning();
                lowering.broken(id, diagnostic)
            }
        };
        lowering.types.declaration_mut(id).ty = ty;
    }
}

/// The union without nesting; `None` if it is too large.
fn flatten_union(types: &Types, null_id: TypeId, id: TypeId) -> Option<Type> {
    let mut seen = HashSet::from([id]);
    let mut variants: Vec<TypeId> = Vec::new();
    let mut discriminators: Vec<&Discriminator> = Vec::new();
    let mut stack = vec![id];
    let mut null = false;
    while let Some(at) = stack.pop() {
        match &types.declaration(at).ty {
            Type::Union(union) => {
                discriminators.extend(&union.discriminator);
                for &variant in union.variants.iter().rev() {
                    let nested = matches!(types.declaration(variant).ty, Type::Union(_));
                    if !nested || seen.insert(variant) {
                        stack.push(variant);
                    }
                }
                if stack.len() > VARIANT_LIMIT {
                    return None;
                }
            }
            Type::Never => {}
            Type::Null => null = true,
            Type::Unknown => return Some(Type::Unknown),
            ty => {
                let known = variants.iter().any(|&other| {
                    other == at || (is_simple(ty) && types.declaration(other).ty == *ty)
                });
                if !known {
                    variants.push(at);
                }
            }
        }
        if variants.len() > VARIANT_LIMIT {
            return None;
        }
    }
    if null {
        variants.push(null_id);
    }
    Some(match variants[..] {
        [] => Type::Never,
        [single] => types.declaration(single).ty.clone(),
        _ => {
            let discriminator = joined(&discriminators, &variants);
            Type::Union(Union { variants, discriminator })
        }
    })
}

/// Whether equal types of this kind are the same to everyone.
fn is_simple(ty: &Type) -> bool {
    matches!(ty, Type::Boolean | Type::Number(_) | Type::String(_) | Type::Enum(_))
}

/// The discriminators of nested unions as one, if they agree on the property.
fn joined(discriminators: &[&Discriminator], variants: &[TypeId]) -> Option<Discriminator> {
    let property = &discriminators.first()?.property;
    if discriminators.iter().any(|other| other.property != *property) {
        return None;
    }
    let mut mapping: Vec<(String, TypeId)> = Vec::new();
    for (value, variant) in discriminators.iter().flat_map(|one| &one.mapping) {
        if variants.contains(variant) && mapping.iter().all(|(known, _)| known != value) {
            mapping.push((value.clone(), *variant));
        }
    }
    (!mapping.is_empty()).then(|| Discriminator { property: property.clone(), mapping })
}

/// Finds the property that tells the variants of a union apart where the contract names none:
/// required in all of them, with string constants that no two share.
fn find_discriminators(types: &mut Types) {
    let mut found: Vec<(TypeId, Discriminator)> = Vec::new();
    for (id, declaration) in types.iter() {
        let Type::Union(Union { variants, discriminator: None }) = &declaration.ty else {
            continue;
        };
        let objects: Vec<(TypeId, &Object)> = variants
            .iter()
            .filter_map(|&id| match &types.declaration(id).ty {
                Type::Object(object) => Some((id, object)),
                _ => None,
            })
            .collect();
        let [(_, first), _, ..] = objects[..] else { continue };
        let discriminator = first.properties.iter().filter(|p| p.required).find_map(|property| {
            let mut values = HashSet::new();
            let mut mapping = Vec::new();
            for (id, object) in &objects {
                object.property(&property.name).filter(|p| p.required)?;
                for value in strings(types, *id, &property.name)? {
                    if !values.insert(value.clone()) {
                        return None;
                    }
                    mapping.push((value, *id));
                }
            }
            Some(Discriminator { property: property.name.clone(), mapping })
        });
        found.extend(discriminator.map(|discriminator| (id, discriminator)));
    }
    for (id, discriminator) in found {
        if let Type::Union(union) = &mut types.declaration_mut(id).ty {
            union.discriminator = Some(discriminator);
        }
    }
}

/// Gives the discriminating property of each variant the values that mean this variant, where it
/// is declared as any string: that is what lets TypeScript narrow by it.
fn name_variants(types: &mut Types) {
    let mut values: HashMap<(TypeId, String), Vec<Constant>> = HashMap::new();
    let mut order: Vec<(TypeId, String)> = Vec::new();
    for (_, declaration) in types.iter() {
        let Type::Union(Union { discriminator: Some(discriminator), .. }) = &declaration.ty else {
            continue;
        };
        for (value, variant) in &discriminator.mapping {
            let key = (*variant, discriminator.property.clone());
            let list = values.entry(key.clone()).or_insert_with(|| {
                order.push(key);
                Vec::new()
            });
            let value = Constant::String(value.clone());
            if !list.contains(&value) {
                list.push(value);
            }
        }
    }
    for key in order {
        let (variant, name) = &key;
        let Type::Object(object) = &types.declaration(*variant).ty else { continue };
        let Some(property) = object.property(name) else { continue };
        if !may_be_any_string(types, property.ty) {
            continue;
        }
        let span = property.span;
        let ty = Type::Enum(values.remove(&key).unwrap_or_default());
        let literal =
            types.add(Declaration { name: None, span, description: None, example: None, ty });
        if let Type::Object(object) = &mut types.declaration_mut(*variant).ty {
            for property in object.properties.iter_mut().filter(|p| p.name == *name) {
                property.ty = literal;
            }
        }
    }
}

/// A string without limits, or an enumeration, which lists the values of all variants.
fn may_be_any_string(types: &Types, id: TypeId) -> bool {
    matches!(types.declaration(id).ty, Type::String(_) | Type::Enum(_))
}

/// The types that a type is made of, directly.
pub(crate) fn children(ty: &Type) -> Vec<TypeId> {
    match ty {
        Type::Array(Array { items, .. }) => vec![*items],
        Type::Tuple(tuple) => tuple.items.iter().copied().chain(tuple.rest).collect(),
        Type::Object(object) => {
            let additional = match object.additional {
                crate::model::Additional::Of(id) => Some(id),
                _ => None,
            };
            object.properties.iter().map(|p| p.ty).chain(additional).collect()
        }
        Type::Union(union) => union.variants.clone(),
        _ => Vec::new(),
    }
}
