//! Objects: their fields, and the methods that make other objects of them.

use std::rc::Rc;

use frontage_diagnostic::{Span, nearest};
use frontage_plan::{Constant, Name, ObjectMode, ValidatorField};
use frontage_syntax::tree::{Element, Expr, ExprKind, Property};

use super::super::Checker;
use super::arguments::in_key_order;
use super::{Field, Kind, Schema, first_span};
use crate::hir::CallbackId;
use crate::types::{self, Index, Object, Ty};

/// What every object of JavaScript has, declared or not.
const INHERITED: &[&str] = &[
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
    "__proto__",
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
];

const METHODS: &[&str] = &[
    "strict",
    "strip",
    "loose",
    "passthrough",
    "catchall",
    "extend",
    "safeExtend",
    "pick",
    "omit",
    "partial",
    "exactPartial",
    "required",
    "keyof",
    "merge",
];

impl<'a> Checker<'a> {
    /// `z.object(…)` and its like.
    pub(super) fn object_schema(
        &mut self,
        name: &str,
        args: &'a [Element],
        span: Span,
    ) -> Option<Schema> {
        let mode = match name {
            "object" => ObjectMode::Strip,
            "strictObject" => ObjectMode::Strict,
            _ => ObjectMode::Loose,
        };
        if args.is_empty() {
            return self.refuse_schema(
                span,
                &format!("`z.{name}()` without fields"),
                &format!("write `z.{name}({{ … }})`"),
            );
        }
        let fields = self.fields_arg(args, span)?;
        let options = self.schema_options(args, 1, &[])?;
        let mut schema = self.object_with(fields, mode, Ty::UNKNOWN, Ty::UNKNOWN);
        schema.validator.message = options.message;
        Some(schema)
    }

    /// The fields that an argument lists: `{ a: schema, ...Other.shape }` or `Other.shape`.
    fn fields_arg(&mut self, args: &'a [Element], span: Span) -> Option<Vec<Field>> {
        let value = match args.first() {
            Some(Element::Value(value)) => value,
            _ => {
                return self.refuse_schema(
                    first_span(args, span),
                    "a list of fields that is not written out",
                    "write `z.object({ … })`",
                );
            }
        };
        if let ExprKind::Member { object, name, .. } = &value.kind
            && &*name.name == "shape"
        {
            return Some((*self.shape_of(object)?).clone());
        }
        let ExprKind::Object(properties) = &value.kind else {
            return self.refuse_schema(
                value.span,
                "a list of fields that is not written out",
                "write `z.object({ … })`",
            );
        };
        let mut fields: Vec<Field> = Vec::new();
        let mut fine = true;
        self.written_once(properties);
        for property in properties {
            match property {
                Property::Value { key, value, .. } => {
                    let Some(name) = key.name() else {
                        self.refuse_schema::<()>(
                            key.span,
                            "a computed field",
                            "write the field's name",
                        );
                        fine = false;
                        continue;
                    };
                    if INHERITED.contains(&&**name) {
                        self.refuse_schema::<()>(
                            key.span,
                            &format!("a field `{name}`, which every object of JavaScript has,"),
                            "choose another name",
                        );
                        fine = false;
                        continue;
                    }
                    match self.schema(value) {
                        Some(schema) => {
                            put(&mut fields, Field { name: name.clone(), schema, span: key.span });
                        }
                        None => fine = false,
                    }
                }
                Property::Spread { span, value } => {
                    let more = match &value.kind {
                        ExprKind::Member { object, name, .. } if &*name.name == "shape" => {
                            self.shape_of(object)
                        }
                        _ => self.refuse_schema(
                            *span,
                            "a spread",
                            "spread the shape of a schema: `...Base.shape`",
                        ),
                    };
                    match more {
                        Some(more) => {
                            for field in more.iter() {
                                put(&mut fields, field.clone());
                            }
                        }
                        None => fine = false,
                    }
                }
            }
        }
        fine.then_some(fields)
    }

    /// An object schema; `rest` and `rest_in` are the types of other members, if they are kept.
    fn object_with(
        &mut self,
        fields: Vec<Field>,
        mode: ObjectMode<CallbackId>,
        rest: Ty,
        rest_in: Ty,
    ) -> Schema {
        let fields = in_key_order(fields, |field| &field.name);
        let is_open = matches!(mode, ObjectMode::Loose | ObjectMode::Catchall(_));
        let output = self.object_ty(&fields, is_open.then_some(rest), false);
        let input = self.object_ty(&fields, is_open.then_some(rest_in), true);
        let validators = fields
            .iter()
            .map(|field| ValidatorField {
                name: field.name.clone(),
                validator: field.schema.validator.clone(),
            })
            .collect();
        let kind = Kind::Object { fields: validators, mode };
        let mut schema = Schema::new(kind, output, input);
        schema.fields = Some(Rc::new(fields));
        schema
    }

    fn object_ty(&mut self, fields: &[Field], rest: Option<Ty>, is_input: bool) -> Ty {
        let mut properties = Vec::new();
        for field in fields {
            let schema = &field.schema;
            let (ty, optional) = match is_input {
                true => (schema.input, schema.optional_in),
                false => (schema.output, schema.optional),
            };
            properties.push(types::Property {
                name: field.name.clone(),
                ty,
                optional,
                readonly: false,
                span: Some(field.span),
            });
        }
        let index = rest.map(|value| Index { value, numeric: false });
        // `Record<string, never>`
        let index = match (index, properties.is_empty()) {
            (None, true) => Some(Index { value: Ty::NEVER, numeric: false }),
            (index, _) => index,
        };
        self.types.object(Object { properties, index, ..Object::default() })
    }

    /// A schema of an object's keys.
    pub(super) fn keys_schema(&mut self, base: &Schema, place: Span) -> Option<Schema> {
        let Some(fields) = base.fields.clone().filter(|fields| !fields.is_empty()) else {
            return self.refuse_schema(place, "`keyof` of this", "use `z.enum([…])`");
        };
        let entries = fields.iter().map(|f| (f.name.clone(), Constant::String(f.name.clone())));
        let entries = entries.collect();
        Some(self.enum_of_keys(entries))
    }

    /// Methods of objects.
    pub(super) fn object_method(
        &mut self,
        base: Schema,
        method: &str,
        args: &'a [Element],
        place: Span,
    ) -> Option<Schema> {
        if !METHODS.contains(&method) {
            return self.no_method(method, place, "an object", METHODS);
        }
        if method == "keyof" {
            return self.keys_schema(&base, place);
        }
        let Kind::Object { mode, .. } = base.validator.kind.clone() else { return None };
        let fields: Vec<Field> = base.fields.as_deref().cloned().unwrap_or_default();
        let (mut rest, mut rest_in) = self.kept_types(&base);
        let has_checks = !base.validator.checks.is_empty();
        if has_checks
            && matches!(method, "pick" | "omit" | "partial" | "exactPartial" | "merge" | "extend")
        {
            return self.refuse_schema(
                place,
                &format!("`{method}` of an object with checks of its own"),
                "put `refine` after it, or use `safeExtend`",
            );
        }
        let mut mode = mode;
        let mut parts = fields;
        match method {
            "strict" => mode = ObjectMode::Strict,
            "strip" => mode = ObjectMode::Strip,
            "passthrough" | "loose" => {
                mode = ObjectMode::Loose;
                (rest, rest_in) = (Ty::UNKNOWN, Ty::UNKNOWN);
            }
            "catchall" => {
                let other = self.schema_arg(args, 0, place)?;
                (rest, rest_in) = (other.output, other.input);
                mode = match other.validator.kind {
                    Kind::Never => ObjectMode::Strict,
                    _ => ObjectMode::Catchall(Box::new(other.validator)),
                };
            }
            "extend" | "safeExtend" => {
                for field in self.fields_arg(args, place)? {
                    if method == "safeExtend"
                        && let Some(old) = parts.iter().find(|f| f.name == field.name).cloned()
                        && !self.extends(&old.schema, &field.schema)
                    {
                        return self.refuse_schema(
                            field.span,
                            &format!("a `{}` that does not fit the one before", field.name),
                            "keep its type, or use `extend` before the checks",
                        );
                    }
                    put(&mut parts, field);
                }
            }
            "merge" => {
                let other = self.schema_arg(args, 0, place)?;
                let Kind::Object { mode: other_mode, .. } = &other.validator.kind else {
                    return self.refuse_schema(
                        first_span(args, place),
                        "`merge` with this",
                        "merge with a `z.object({ … })`",
                    );
                };
                mode = other_mode.clone();
                (rest, rest_in) = self.kept_types(&other);
                for field in other.fields.iter().flat_map(|f| f.iter()) {
                    put(&mut parts, field.clone());
                }
                let mut schema = self.object_with(parts, mode, rest, rest_in);
                schema.validator.message = base.validator.message;
                schema.validator.checks = other.validator.checks;
                return Some(schema);
            }
            "pick" | "omit" => {
                let names = self.mask(&parts, args, place)?;
                parts.retain(|f| names.contains(&f.name) == (method == "pick"));
            }
            _ => {
                let names = match args.first() {
                    None => None,
                    Some(_) => Some(self.mask(&parts, args, place)?),
                };
                let wrapper = match method {
                    "partial" => "optional",
                    "exactPartial" => "exactOptional",
                    _ => "nonoptional",
                };
                for field in &mut parts {
                    if names.as_ref().is_none_or(|names| names.contains(&field.name)) {
                        field.schema = self.wrapped(field.schema.clone(), wrapper, &[])?;
                    }
                }
            }
        }
        let mut schema = self.object_with(parts, mode, rest, rest_in);
        schema.validator.message = base.validator.message;
        schema.validator.checks = base.validator.checks;
        Some(schema)
    }

    /// The types of members beyond the fields.
    fn kept_types(&mut self, schema: &Schema) -> (Ty, Ty) {
        let mut of = |ty: Ty| match *self.types.kind(ty) {
            types::Kind::Object(id) => {
                self.object(id).index.map_or(Ty::UNKNOWN, |index| index.value)
            }
            _ => Ty::UNKNOWN,
        };
        (of(schema.output), of(schema.input))
    }

    /// Whether a field may stand for another in an object whose checks know the other.
    fn extends(&mut self, old: &Schema, new: &Schema) -> bool {
        self.assignable(new.output, old.output) && self.assignable(new.input, old.input)
    }

    /// The names that `{ name: true }` lists.
    fn mask(&mut self, fields: &[Field], args: &'a [Element], place: Span) -> Option<Vec<Name>> {
        let Some(Element::Value(Expr { kind: ExprKind::Object(properties), .. })) = args.first()
        else {
            return self.refuse_schema(
                first_span(args, place),
                "this choice of fields",
                "write `{ field: true }`",
            );
        };
        self.written_once(properties);
        let mut names: Vec<Name> = Vec::new();
        for property in properties {
            let Property::Value { key, value, .. } = property else {
                return self.refuse_schema(place, "a spread", "write `{ field: true }`");
            };
            let name = key.name().cloned().unwrap_or_else(|| "".into());
            if !fields.iter().any(|f| f.name == name) {
                let known: Vec<&str> = fields.iter().map(|f| &*f.name).collect();
                let help = match nearest(&name, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "name fields of the schema".to_owned(),
                };
                let what = format!("`{name}`, which is no field of the schema,");
                return self.refuse_schema(key.span, &what, &help);
            }
            match value.kind {
                ExprKind::Boolean(true) => names.push(name),
                _ => {
                    return self.refuse_schema(
                        value.span,
                        "this choice of fields",
                        "write `{ field: true }`",
                    );
                }
            }
        }
        Some(names)
    }
}

/// Adds a field; one of the same name keeps its place, as keys of objects do.
fn put(fields: &mut Vec<Field>, field: Field) {
    match fields.iter_mut().find(|f| f.name == field.name) {
        Some(known) => *known = field,
        None => fields.push(field),
    }
}
