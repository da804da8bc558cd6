//! `z.enum`, `z.literal`: one of some constants.
//!
//! In:    the constants, written in the call or in constants of modules.
//! Out:   a schema of them; what the handler sees is what TypeScript knows of them, which an
//!        annotation may make less, or another thing.
//! Never: a value that is computed.

use std::sync::Arc;

use frontage_diagnostic::Span;
use frontage_plan::{Constant, Name};
use frontage_syntax::tree::{Element, Expr, ExprKind};

use super::super::Checker;
use super::arguments::in_key_order;
use super::{Kind, Schema, argument_span};
use crate::hir;
use crate::types::{self, Index, Object, Property, Ty};

/// What an enum takes.
#[derive(Debug)]
pub(super) struct Entries {
    /// Values by their keys.
    values: Vec<(Name, Constant)>,
    /// The object of them, as TypeScript knows it.
    ty: Ty,
}

impl<'a> Checker<'a> {
    /// A schema of one of some values.
    fn one_of(values: Vec<Constant>, ty: Ty) -> Schema {
        Schema::same(Kind::OneOf(values), ty)
    }

    /// A schema of the values of an enum.
    fn enum_of(&mut self, values: Vec<(Name, Constant)>, ty: Ty) -> Schema {
        let mut held = Vec::new();
        if let types::Kind::Object(id) = *self.types.kind(ty) {
            let object = self.object(id);
            held.extend(object.index.map(|index| index.value));
            for property in &object.properties {
                held.push(self.read_type(property.ty, property.optional));
            }
        }
        let output = self.types.union(&held);
        let constants = values.iter().map(|(_, value)| value.clone()).collect();
        let mut schema = Self::one_of(constants, output);
        schema.entries = Some(Entries { values, ty }.into());
        schema
    }

    /// A schema of an enum whose values are its keys.
    pub(super) fn enum_of_keys(&mut self, values: Vec<(Name, Constant)>) -> Schema {
        let keys: Vec<Ty> =
            values.iter().map(|(name, _)| self.types.string_literal(name)).collect();
        let ty = self.keyed_by_itself(&keys);
        self.enum_of(values, ty)
    }

    /// `{ a: "a"; b: "b" }`
    fn keyed_by_itself(&mut self, keys: &[Ty]) -> Ty {
        let mut object = Object::default();
        for &key in keys {
            match self.types.kind(key).clone() {
                types::Kind::StringLiteral { value, .. } => {
                    object.properties.push(member(value, key));
                }
                _ => object.index = Some(Index { value: key, numeric: false }),
            }
        }
        self.types.object(object)
    }

    /// An argument of a `const` type parameter.
    fn constant_argument(&mut self, value: &'a Expr) -> hir::Expr {
        let param =
            types::TypeParam { name: "T".into(), constraint: None, default: None, is_const: true };
        let param = self.types.param(param);
        let wanted = self.types.intern(types::Kind::Param(param));
        let mut checked = self.value(value, Some(wanted));
        let ty = self.types.regular(checked.ty);
        checked.ty = self.widen(ty);
        checked
    }

    /// The constants of a list, or the first place where none is written.
    fn listed(&self, list: &hir::Expr) -> Result<Vec<(Constant, Span)>, Span> {
        let Some(hir::ExprKind::Array(items)) = self.written(list).map(|list| &list.kind) else {
            return Err(list.span);
        };
        let mut found = Vec::new();
        for item in items {
            match item {
                hir::Item::Value(value) => {
                    let constant = self.constant_value(value).ok_or(value.span)?;
                    found.push((constant, value.span));
                }
                hir::Item::Spread(list) => found.extend(self.listed(list)?),
            }
        }
        Ok(found)
    }

    /// The constants of an object by their keys, in JavaScript's order.
    fn entries(&self, object: &hir::Expr) -> Option<Vec<(Name, Constant)>> {
        let hir::ExprKind::Object(members) = &self.written(object)?.kind else { return None };
        let mut entries: Vec<(Name, Constant)> = Vec::new();
        for member in members {
            let more = match member {
                hir::Member::Static(key, value) => {
                    vec![(key.clone(), self.constant_value(value)?)]
                }
                hir::Member::Computed(key, value) => match self.constant_value(key)? {
                    Constant::String(key) => vec![(key, self.constant_value(value)?)],
                    _ => return None,
                },
                hir::Member::Spread(object) => self.entries(object)?,
            };
            for (key, value) in more {
                match entries.iter_mut().find(|(known, _)| *known == key) {
                    Some(slot) => slot.1 = value,
                    None => entries.push((key, value)),
                }
            }
        }
        Some(in_key_order(entries, |(key, _)| key))
    }

    fn is_list(&self, ty: Ty) -> bool {
        let list = |kind: &types::Kind| {
            matches!(kind, types::Kind::Array { .. } | types::Kind::Tuple { .. })
        };
        self.types.all(ty, list)
    }

    /// `z.enum([…])`, `z.enum({ … })`
    pub(super) fn enumeration(&mut self, args: &'a [Element], span: Span) -> Option<Schema> {
        let options = self.schema_options(args, 1, &[])?;
        let Some(Element::Value(value)) = args.first() else {
            return self.refuse_schema(
                argument_span(args, 0, span),
                "an enum without values",
                "write its values here",
            );
        };
        if let Some(place) = spread_in_place(value) {
            return self.not_written(place);
        }
        let checked = self.constant_argument(value);
        if checked.ty == Ty::ERROR {
            return None;
        }
        let mut schema = if self.is_list(checked.ty) {
            self.enum_of_list(&checked, value)?
        } else {
            self.enum_of_object(&checked, value)?
        };
        schema.validator.message = options.message;
        Some(schema)
    }

    fn enum_of_list(&mut self, list: &hir::Expr, place: &'a Expr) -> Option<Schema> {
        let constants = match self.listed(list) {
            Ok(constants) => constants,
            Err(span) => return self.not_written(span),
        };
        let mut values: Vec<(Name, Constant)> = Vec::new();
        for (constant, span) in constants {
            let Constant::String(key) = &constant else {
                return self.refuse_schema(
                    span,
                    "a value of an enum that is no text",
                    "use `z.literal([…])`",
                );
            };
            if !values.iter().any(|(known, _)| known == key) {
                values.push((key.clone(), constant));
            }
        }
        let texts = self.types.intern(types::Kind::Array { element: Ty::STRING, readonly: true });
        if !self.fits(place, list.ty, texts) {
            return None;
        }
        let keys = self.types.element(list.ty).unwrap_or(Ty::NEVER);
        let keys = self.types.members_of(keys);
        let ty = self.keyed_by_itself(&keys);
        Some(self.enum_of(in_key_order(values, |(key, _)| key), ty))
    }

    fn not_written<T>(&mut self, place: Span) -> Option<T> {
        self.refuse_schema(
            place,
            "a list that is not written out",
            "write the list here, or as a constant with `as const`",
        )
    }

    fn enum_of_object(&mut self, object: &hir::Expr, place: &'a Expr) -> Option<Schema> {
        let constant =
            |value: &Constant| matches!(value, Constant::String(_) | Constant::Number(_));
        let values = self.entries(object);
        let Some(values) = values.filter(|all| all.iter().all(|(_, value)| constant(value))) else {
            return self.refuse_schema(
                place.span,
                "an enum of values that are no literals",
                "write texts or numbers: `z.enum({ Open: \"open\" })`",
            );
        };
        // Names that JavaScript's enums keep for the way back from a number: what `Number(name)`
        // gives counts, which is 0 of `""`.
        let numbers: Vec<f64> = values
            .iter()
            .filter_map(|(_, value)| match value {
                Constant::Number(number) => Some(number.0),
                _ => None,
            })
            .collect();
        if values.iter().any(|(key, _)| numbers.iter().any(|&n| may_read_as(key, n))) {
            return self.refuse_schema(place.span, "an enum with numbers as names", "name them");
        }
        let value = self.types.either(Ty::STRING, Ty::NUMBER);
        let index = Some(Index { value, numeric: false });
        let wanted = self.types.object(Object { index, ..Object::default() });
        if !self.fits(place, object.ty, wanted) {
            return None;
        }
        Some(self.enum_of(values, object.ty))
    }

    /// `z.literal("a")`, `z.literal(["a", "b"])`
    pub(super) fn literal_schema(&mut self, args: &'a [Element], span: Span) -> Option<Schema> {
        let options = self.schema_options(args, 1, &[])?;
        let Some(Element::Value(value)) = args.first() else {
            return self.refuse_schema(span, "a literal without a value", "write the value");
        };
        if let Some(place) = spread_in_place(value) {
            return self.not_written(place);
        }
        let checked = self.constant_argument(value);
        if checked.ty == Ty::ERROR {
            return None;
        }
        let (found, ty) = if self.is_list(checked.ty) {
            let element = self.types.element(checked.ty).unwrap_or(Ty::NEVER);
            (self.listed(&checked), element)
        } else {
            let constant = self.constant_value(&checked).ok_or(value.span);
            (constant.map(|constant| vec![(constant, value.span)]), checked.ty)
        };
        let values: Vec<Constant> = match found {
            Ok(values) => values.into_iter().map(|(value, _)| value).collect(),
            Err(place) => {
                return self.refuse_schema(
                    place,
                    "a value that is not a literal",
                    "write the value",
                );
            }
        };
        if values.is_empty() {
            return self.refuse_schema(span, "a literal without a value", "write the value");
        }
        let mut schema = Self::one_of(values, ty);
        schema.validator.message = options.message;
        Some(schema)
    }

    /// `.exclude([…])`, `.extract([…])`
    pub(super) fn enum_method(
        &mut self,
        base: &Schema,
        method: &str,
        args: &'a [Element],
        place: Span,
    ) -> Option<Schema> {
        let options = self.schema_options(args, 1, &[])?;
        let entries = base.entries.clone()?;
        let Some(Element::Value(value)) = args.first() else {
            return self.not_written(argument_span(args, 0, place));
        };
        let list = self.constant_argument(value);
        if list.ty == Ty::ERROR {
            return None;
        }
        let names = match self.listed(&list) {
            Ok(names) => names,
            Err(span) => return self.not_written(span),
        };
        let mut wanted: Vec<Name> = Vec::new();
        for (name, span) in names {
            match name {
                Constant::String(key) if entries.values.iter().any(|(known, _)| *known == key) => {
                    wanted.push(key);
                }
                _ => {
                    return self.refuse_schema(
                        span,
                        "a name that the enum does not have",
                        "name values of the enum",
                    );
                }
            }
        }
        let element = self.keyof(entries.ty);
        let keys = self.types.intern(types::Kind::Array { element, readonly: true });
        if !self.fits(value, list.ty, keys) {
            return None;
        }
        let named = self.types.element(list.ty).unwrap_or(Ty::NEVER);
        let keep = method == "extract";
        if keep && wanted.iter().any(|key| &**key == "__proto__") {
            // It sets the prototype of the object that Zod makes of these.
            return self.refuse_schema(place, "`extract` of `__proto__`", "write the enum anew");
        }
        let left = if keep {
            // In the order of the list.
            let find = |key: &Name| entries.values.iter().find(|(k, _)| k == key).cloned();
            in_key_order(wanted.iter().filter_map(find).collect(), |(k, _)| k)
        } else {
            entries.values.iter().filter(|(key, _)| !wanted.contains(key)).cloned().collect()
        };
        let ty = self.some_entries(entries.ty, named, keep);
        let mut schema = self.enum_of(left, ty);
        schema.validator.message = options.message.or_else(|| base.validator.message.clone());
        Some(schema)
    }

    /// `Pick<T, K>` or `Omit<T, K>` of an enum's object.
    fn some_entries(&mut self, of: Ty, named: Ty, keep: bool) -> Ty {
        let types::Kind::Object(id) = *self.types.kind(of) else { return of };
        let object = self.object(id);
        let named = self.types.members_of(named);
        let mut left = Object::default();
        for property in &object.properties {
            let name = self.types.string_literal(&property.name);
            if named.contains(&name) == keep {
                left.properties.push(property.clone());
            }
        }
        let any = |ty: &Ty| matches!(*ty, Ty::STRING | Ty::NUMBER);
        left.index = object.index.filter(|_| !keep || named.iter().any(any));
        if let Some(index) = object.index
            && keep
        {
            for &name in &named {
                if let types::Kind::StringLiteral { value, .. } = self.types.kind(name).clone()
                    && object.property(&value).is_none()
                {
                    left.properties.push(member(value, index.value));
                }
            }
        }
        self.types.object(left)
    }
}

/// Whether `Number(name)` is `number`, or may be: of other forms than decimal ones nothing is known.
fn may_read_as(name: &str, number: f64) -> bool {
    let name = name.trim();
    let digits = name.trim_start_matches(['+', '-']);
    match name.parse::<f64>() {
        Ok(read) => read == number,
        Err(_) if name.is_empty() => number == 0.0,
        Err(_) => {
            ["0x", "0o", "0b"].iter().any(|form| digits.to_ascii_lowercase().starts_with(form))
        }
    }
}

fn member(name: Arc<str>, ty: Ty) -> Property {
    Property { name, ty, optional: false, readonly: false, span: None }
}

/// Where a list is spread that is written in the same place: tsc takes what it holds for any text.
fn spread_in_place(value: &Expr) -> Option<Span> {
    let ExprKind::Array(elements) = &value.kind else { return None };
    elements.iter().find_map(|element| match element {
        Element::Spread { value, .. } if matches!(value.kind, ExprKind::Array(_)) => {
            Some(value.span)
        }
        _ => None,
    })
}
