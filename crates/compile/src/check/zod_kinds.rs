//! The kinds of Zod schemas, and the methods that refine them.
//!
//! In:    `z.NAME(args)` and `schema.NAME(args)`.
//! Out:   [`Schema`]s.
//! Never: a method that needs a function, except those that the plan knows.

use std::sync::Arc;

use frontage_diagnostic::Span;
use frontage_plan::{
    Check, Constant, Name, Number, ObjectMode, StringFormat, Validator, ValidatorField,
};
use frontage_syntax::tree::{Element, Expr, ExprKind, Ident, Property};

use super::Checker;
use super::zod::{Schema, first_span};
use crate::types::{Index, Kind, Object, Ty};

/// What a schema can be made with, for suggestions.
const KINDS: &str = "use `string`, `number`, `boolean`, `enum`, `literal`, `array`, `object`, `union`, `record` and their refinements";

fn format(name: &str) -> Option<StringFormat> {
    Some(match name {
        "email" => StringFormat::Email,
        "url" => StringFormat::Url,
        "uuid" => StringFormat::Uuid,
        "ipv4" => StringFormat::Ipv4,
        "ipv6" => StringFormat::Ipv6,
        "base64" => StringFormat::Base64,
        "cuid2" => StringFormat::Cuid2,
        "ulid" => StringFormat::Ulid,
        "nanoid" => StringFormat::Nanoid,
        _ => return None,
    })
}

fn text(coerce: bool, checks: Vec<Check>) -> Schema {
    Schema::new(Validator::String { coerce, checks }, Ty::STRING)
}

impl<'a> Checker<'a> {
    pub(super) fn iso(&mut self, name: &str, place: Span) -> Option<Schema> {
        let format = match name {
            "date" => StringFormat::IsoDate,
            "datetime" => StringFormat::IsoDateTime,
            "time" => StringFormat::IsoTime,
            _ => {
                return self.refuse_schema(
                    place,
                    &format!("`z.iso.{name}`"),
                    "use `date`, `datetime` or `time`",
                );
            }
        };
        Some(text(false, vec![Check::Format(format)]))
    }

    /// `z.NAME(args)` or `z.coerce.NAME(args)`
    pub(super) fn constructor(
        &mut self,
        name: &str,
        place: Span,
        args: &'a [Element],
        coerce: bool,
        span: Span,
    ) -> Option<Schema> {
        let number = |coerce, checks| Schema::new(Validator::Number { coerce, checks }, Ty::NUMBER);
        if coerce && !matches!(name, "string" | "number" | "boolean") {
            return self.refuse_schema(
                place,
                &format!("`z.coerce.{name}`"),
                "use `z.coerce.string`, `number` or `boolean`",
            );
        }
        if let Some(format) = format(name) {
            // Its message is said of values that are no text, too.
            let mut checks = self.wrong_type(args, 0);
            checks.push(match self.message(args, 0) {
                Some(message) => Check::Said(Box::new(Check::Format(format)), message),
                None => Check::Format(format),
            });
            return Some(text(false, checks));
        }
        let plain = matches!(
            name,
            "string"
                | "number"
                | "int"
                | "boolean"
                | "stringbool"
                | "null"
                | "unknown"
                | "undefined"
        );
        if plain && !matches!(name, "string" | "number") {
            self.no_message(args, 0);
        }
        Some(match name {
            "string" => text(coerce, self.wrong_type(args, 0)),
            "number" => number(coerce, self.wrong_type(args, 0)),
            "int" => number(false, vec![Check::Int]),
            "boolean" => Schema::new(Validator::Boolean { coerce }, Ty::BOOLEAN),
            "stringbool" => Schema::new(Validator::StringBool, Ty::BOOLEAN),
            "null" => Schema::new(Validator::Null, Ty::NULL),
            "unknown" => Schema::new(Validator::Unknown, Ty::UNKNOWN),
            "enum" => {
                let mut values = Vec::new();
                if let Some(Element::Value(Expr { kind: ExprKind::Object(_), span })) = args.first()
                {
                    return self.refuse_schema(
                        *span,
                        "an enum of an object",
                        "write a list: `z.enum([\"a\", \"b\"])`",
                    );
                }
                for element in self.list_arg(args, span)? {
                    match self.constant_of(element) {
                        Some(constant @ Constant::String(_)) => values.push(constant),
                        _ => {
                            return self.refuse_schema(
                                element.span,
                                "a value of an enum that is no text",
                                "use `z.literal` and `z.union`",
                            );
                        }
                    }
                }
                self.no_message(args, 1);
                self.one_of(values)
            }
            "literal" => {
                let mut values = Vec::new();
                if let Some(Element::Value(Expr { kind: ExprKind::Array(_), .. })) = args.first() {
                    for element in self.list_arg(args, span)? {
                        match self.constant_of(element) {
                            Some(constant) => values.push(constant),
                            None => {
                                return self.refuse_schema(
                                    element.span,
                                    "a value that is not a literal",
                                    "write the value",
                                );
                            }
                        }
                    }
                } else if let Some(Element::Value(value)) = args.first() {
                    match self.constant_of(value) {
                        Some(constant) => values.push(constant),
                        None => {
                            return self.refuse_schema(
                                value.span,
                                "a value that is not a literal",
                                "write the value",
                            );
                        }
                    }
                } else {
                    return self.refuse_schema(
                        span,
                        "a literal without a value",
                        "write the value",
                    );
                }
                self.no_message(args, 1);
                self.one_of(values)
            }
            "object" | "strictObject" | "looseObject" => {
                let mode = match name {
                    "object" => ObjectMode::Strip,
                    "strictObject" => ObjectMode::Strict,
                    _ => ObjectMode::Loose,
                };
                let fields = self.fields(args, span)?;
                self.no_message(args, 1);
                self.object_schema(fields, mode)
            }
            "array" => {
                let item = self.schema_arg(args, 0, span)?;
                let checks = self.wrong_type(args, 1);
                let output = self.types.array(item.output);
                Schema::new(Validator::Array { item: Box::new(item.validator), checks }, output)
            }
            "tuple" => {
                let mut items = Vec::new();
                let mut tys = Vec::new();
                for element in self.list_arg(args, span)? {
                    let item = self.schema(element)?;
                    tys.push(crate::types::TupleElement {
                        ty: item.output,
                        optional: item.optional,
                    });
                    items.push(item.validator);
                }
                let rest = match args.get(1) {
                    Some(_) => Some(self.schema_arg(args, 1, span)?),
                    None => None,
                };
                let output = self.types.intern(Kind::Tuple {
                    elements: tys.into(),
                    rest: rest.as_ref().map(|r| r.output),
                    readonly: false,
                });
                Schema::new(
                    Validator::Tuple { items, rest: rest.map(|r| Box::new(r.validator)) },
                    output,
                )
            }
            "record" => {
                let key = self.schema_arg(args, 0, span)?;
                let value = self.schema_arg(args, 1, span)?;
                if !matches!(key.validator, Validator::String { .. } | Validator::OneOf(_)) {
                    return self.refuse_schema(
                        first_span(args, span),
                        "a key that is no text",
                        "write `z.record(z.string(), …)`",
                    );
                }
                let output = if self.types.is_unit(key.output) {
                    self.record(key.output, value.output)
                } else {
                    self.types.object(Object {
                        index: Some(Index { value: value.output, numeric: false }),
                        ..Object::default()
                    })
                };
                Schema::new(
                    Validator::Record {
                        key: Box::new(key.validator),
                        value: Box::new(value.validator),
                    },
                    output,
                )
            }
            "union" => {
                let mut variants = Vec::new();
                let mut tys = Vec::new();
                for element in self.list_arg(args, span)? {
                    let schema = self.schema(element)?;
                    tys.push(schema.output);
                    variants.push(schema.validator);
                }
                let output = self.types.union(&tys);
                Schema::new(Validator::Union(variants), output)
            }
            "discriminatedUnion" => return self.discriminated_union(args, span),
            "optional" | "nullable" | "nullish" => {
                let base = self.schema_arg(args, 0, span)?;
                return self.missing_allowed(base, name);
            }
            "lazy" | "map" | "set" | "date" | "instanceof" | "custom" | "preprocess" | "pipe"
            | "transform" | "any" | "never" | "bigint" | "symbol" | "function" | "promise"
            | "intersection" | "file" | "json" | "undefined" | "void" | "nan" => {
                return self.refuse_schema(place, &format!("`z.{name}`"), KINDS);
            }
            _ => return self.refuse_schema(place, &format!("`z.{name}`"), KINDS),
        })
    }

    fn one_of(&mut self, values: Vec<Constant>) -> Schema {
        let tys: Vec<Ty> = values.iter().map(|v| self.constant_ty(v)).collect();
        let output = self.types.union(&tys);
        Schema::new(Validator::OneOf(values), output)
    }

    fn schema_arg(&mut self, args: &'a [Element], index: usize, span: Span) -> Option<Schema> {
        match args.get(index) {
            Some(Element::Value(value)) => self.schema(value),
            Some(Element::Spread { span, .. }) => {
                self.refuse_schema(*span, "a spread", "write the schema here")
            }
            None => self.refuse_schema(
                span,
                "a missing schema",
                "write the schema that each value must fit",
            ),
        }
    }

    fn fields(&mut self, args: &'a [Element], span: Span) -> Option<Vec<(Name, Schema, Span)>> {
        let Some(Element::Value(Expr { kind: ExprKind::Object(properties), .. })) = args.first()
        else {
            if args.is_empty() {
                return Some(Vec::new());
            }
            self.refuse_schema(
                first_span(args, span),
                "a list of fields that is not written out",
                "write `z.object({ … })`",
            );
            return None;
        };
        let mut fields: Vec<(Name, Schema, Span)> = Vec::new();
        let mut fine = true;
        for property in properties {
            match property {
                Property::Value { key, value, .. } => {
                    let Some(name) = key.name() else {
                        self.refuse_schema(key.span, "a computed field", "write the field's name");
                        fine = false;
                        continue;
                    };
                    match self.schema(value) {
                        Some(schema) => {
                            fields.retain(|(n, _, _)| n != name);
                            fields.push((name.clone(), schema, key.span));
                        }
                        None => fine = false,
                    }
                }
                Property::Spread { span, .. } => {
                    self.refuse_schema(*span, "a spread", "use `.extend({ … })`");
                    fine = false;
                }
            }
        }
        fine.then_some(fields)
    }

    fn object_schema(&mut self, fields: Vec<(Name, Schema, Span)>, mode: ObjectMode) -> Schema {
        let mut output = self.fields_ty(&fields);
        if mode == ObjectMode::Loose {
            output = self.open(output);
        }
        let fields = fields
            .into_iter()
            .map(|(name, schema, _)| ValidatorField { name, validator: schema.validator })
            .collect();
        Schema::new(Validator::Object { fields, mode }, output)
    }

    /// An object whose other keys are kept.
    fn open(&mut self, ty: Ty) -> Ty {
        let Kind::Object(id) = *self.types.kind(ty) else { return ty };
        let mut copy = (*self.object(id)).clone();
        copy.index = Some(Index { value: Ty::UNKNOWN, numeric: false });
        self.types.object(copy)
    }

    fn discriminated_union(&mut self, args: &'a [Element], span: Span) -> Option<Schema> {
        let property = self.text_arg(args, span)?;
        let mut variants = Vec::new();
        let mut tys = Vec::new();
        for element in self.list_arg(&args[1..], span)? {
            let schema = self.schema(element)?;
            let values = match &schema.validator {
                Validator::Object { fields, .. } => {
                    fields.iter().find(|f| f.name == property).and_then(|f| match &f.validator {
                        Validator::OneOf(values) => Some(values.clone()),
                        _ => None,
                    })
                }
                _ => None,
            };
            let Some(values) = values else {
                return self.refuse_schema(
                    element.span,
                    &format!("a variant whose `{property}` is no literal"),
                    &format!("write `z.object({{ {property}: z.literal(…), … }})`"),
                );
            };
            tys.push(schema.output);
            variants.push((values, schema.validator));
        }
        let output = self.types.union(&tys);
        Some(Schema::new(Validator::Discriminated { property, variants }, output))
    }

    fn missing_allowed(&mut self, base: Schema, name: &str) -> Option<Schema> {
        let nullable = matches!(name, "nullable" | "nullish");
        let optional = matches!(name, "optional" | "nullish");
        let mut schema = base;
        if nullable {
            schema.output = self.types.either(schema.output, Ty::NULL);
            schema.validator = Validator::Nullable(Box::new(schema.validator));
        }
        if optional {
            schema.output = self.types.or_undefined(schema.output);
            schema.validator = Validator::Optional(Box::new(schema.validator));
            schema.optional = true;
        }
        Some(schema)
    }

    /// `schema.NAME(args)`
    pub(super) fn refinement(
        &mut self,
        base: Schema,
        name: &'a Ident,
        args: &'a [Element],
    ) -> Option<Schema> {
        let place = name.span;
        let method = &*name.name;
        match method {
            "optional" | "nullable" | "nullish" => return self.missing_allowed(base, method),
            "default" | "prefault" => return self.default(base, method, args, place),
            "describe" | "meta" | "brand" | "readonly" if method != "readonly" => {
                return Some(base);
            }
            "array" => {
                let output = self.types.array(base.output);
                return Some(Schema::new(
                    Validator::Array { item: Box::new(base.validator), checks: Vec::new() },
                    output,
                ));
            }
            "or" => {
                let other = self.schema_arg(args, 0, place)?;
                let output = self.types.either(base.output, other.output);
                return Some(Schema::new(
                    Validator::Union(vec![base.validator, other.validator]),
                    output,
                ));
            }
            "unwrap" => {
                return match base.validator {
                    Validator::Optional(inner) => {
                        let output = self.types.filter(base.output, |_, m| m != Ty::UNDEFINED);
                        Some(Schema::new(*inner, output))
                    }
                    Validator::Nullable(inner) => {
                        let output = self.types.filter(base.output, |_, m| m != Ty::NULL);
                        Some(Schema::new(*inner, output))
                    }
                    _ => self.refuse_schema(place, "`unwrap` of this", "leave it out"),
                };
            }
            "refine" | "superRefine" | "check" => {
                return self.refuse_schema(
                    place,
                    &format!("`{method}`"),
                    "check the value in the handler: `if (…) throw error(400, \"…\")`",
                );
            }
            "transform" | "pipe" | "overwrite" | "catch" => {
                return self.refuse_schema(
                    place,
                    &format!("`{method}`"),
                    "compute it in the handler",
                );
            }
            _ => {}
        }
        match base.validator {
            Validator::String { .. } => self.text_refinement(base, method, args, place),
            Validator::Number { .. } => self.number_refinement(base, method, args, place),
            Validator::Array { .. } => {
                let mut schema = base;
                let check = match method {
                    "min" => Check::MinLength(self.length_arg(args, place)?),
                    "max" => Check::MaxLength(self.length_arg(args, place)?),
                    "length" => Check::Length(self.length_arg(args, place)?),
                    "nonempty" => Check::MinLength(1),
                    _ => {
                        return self.refuse_schema(
                            place,
                            &format!("`{method}` of a list"),
                            "use `min`, `max`, `length` or `nonempty`",
                        );
                    }
                };
                let check = self.said(check, args, usize::from(method != "nonempty"));
                schema.checks()?.push(check);
                Some(schema)
            }
            Validator::Object { .. } => self.object_refinement(base, method, args, place),
            Validator::OneOf(ref values) if matches!(method, "exclude" | "extract") => {
                let mut wanted = Vec::new();
                for element in self.list_arg(args, place)? {
                    wanted.extend(self.constant_of(element));
                }
                let keep = method == "extract";
                let left = values.iter().filter(|v| wanted.contains(v) == keep).cloned().collect();
                Some(self.one_of(left))
            }
            _ => self.refuse_schema(
                place,
                &format!("`{method}`"),
                "leave it out, or check the value in the handler",
            ),
        }
    }

    fn default(
        &mut self,
        base: Schema,
        method: &str,
        args: &'a [Element],
        place: Span,
    ) -> Option<Schema> {
        if method == "prefault" {
            return self.refuse_schema(place, "`prefault`", "use `default`");
        }
        let Some(Element::Value(value)) = args.first() else {
            return self.refuse_schema(place, "a default without a value", "write the value");
        };
        let Some(text) = self.default_text(value) else {
            return self.refuse_schema(value.span, "a default that is computed", "write a literal");
        };
        let output = self.types.filter(base.output, |_, m| m != Ty::UNDEFINED);
        let checked = self.value(value, Some(output));
        self.fits(value, checked.ty, output);
        let mut schema = Schema::new(Validator::Default(Box::new(base.validator), text), output);
        schema.optional = false;
        Some(schema)
    }

    fn text_refinement(
        &mut self,
        base: Schema,
        method: &str,
        args: &'a [Element],
        place: Span,
    ) -> Option<Schema> {
        let mut schema = base;
        let check = match method {
            "min" => Check::MinLength(self.length_arg(args, place)?),
            "max" => Check::MaxLength(self.length_arg(args, place)?),
            "length" => Check::Length(self.length_arg(args, place)?),
            "nonempty" => Check::MinLength(1),
            "startsWith" => Check::StartsWith(self.text_arg(args, place)?),
            "endsWith" => Check::EndsWith(self.text_arg(args, place)?),
            "includes" => Check::Includes(self.text_arg(args, place)?),
            "trim" => Check::Trim,
            "toLowerCase" => Check::ToLowerCase,
            "toUpperCase" => Check::ToUpperCase,
            "lowercase" => Check::Lowercase,
            "uppercase" => Check::Uppercase,
            "regex" => Check::Regex(self.regex_arg(args, place)?),
            "datetime" => Check::Format(StringFormat::IsoDateTime),
            "date" => Check::Format(StringFormat::IsoDate),
            "time" => Check::Format(StringFormat::IsoTime),
            _ => match format(method) {
                Some(format) => Check::Format(format),
                None => {
                    return self.refuse_schema(place, &format!("`{method}` of a text"), "use `min`, `max`, `regex`, `email`, `url`, `uuid`, `startsWith`, `trim` and their like");
                }
            },
        };
        let takes = matches!(
            method,
            "min" | "max" | "length" | "startsWith" | "endsWith" | "includes" | "regex"
        );
        let check = self.said(check, args, usize::from(takes));
        schema.checks()?.push(check);
        Some(schema)
    }

    fn regex_arg(&mut self, args: &'a [Element], place: Span) -> Option<Arc<str>> {
        match args.first() {
            Some(Element::Value(Expr { kind: ExprKind::Regex { pattern, flags }, span })) => {
                if !flags.is_empty() && &**flags != "u" && &**flags != "i" && &**flags != "iu" {
                    self.refuse_schema(*span, &format!("the flags `{flags}`"), "use `i` or none");
                    return None;
                }
                // What no automaton can check in time that grows with the text alone.
                let lookaround = ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|p| pattern.contains(p));
                let back = pattern.as_bytes().windows(2).any(|w| {
                    w[0] == b'\\' && (w[1].is_ascii_digit() && w[1] != b'0' || w[1] == b'k')
                });
                if lookaround || back {
                    self.refuse_schema(
                        *span,
                        "a regular expression that looks around or back",
                        "use a simpler pattern, and check the rest in the handler",
                    );
                    return None;
                }
                let mut source = pattern.to_string();
                if flags.contains('i') {
                    source = format!("(?i){source}");
                }
                Some(source.into())
            }
            _ => {
                self.refuse_schema(
                    first_span(args, place),
                    "a pattern that is not a literal",
                    "write `/…/` here",
                );
                None
            }
        }
    }

    fn number_refinement(
        &mut self,
        base: Schema,
        method: &str,
        args: &'a [Element],
        place: Span,
    ) -> Option<Schema> {
        let mut schema = base;
        let low = |value, inclusive| Check::Min { value: Number(value), inclusive };
        let high = |value, inclusive| Check::Max { value: Number(value), inclusive };
        let check = match method {
            "int" => Check::Int,
            "min" | "gte" => low(self.number_arg(args, place)?, true),
            "gt" => low(self.number_arg(args, place)?, false),
            "max" | "lte" => high(self.number_arg(args, place)?, true),
            "lt" => high(self.number_arg(args, place)?, false),
            "positive" => low(0.0, false),
            "nonnegative" => low(0.0, true),
            "negative" => high(0.0, false),
            "nonpositive" => high(0.0, true),
            "multipleOf" | "step" => Check::MultipleOf(Number(self.number_arg(args, place)?)),
            "finite" | "safe" => return Some(schema),
            _ => {
                return self.refuse_schema(
                    place,
                    &format!("`{method}` of a number"),
                    "use `int`, `min`, `max`, `gt`, `lt`, `positive`, `multipleOf`",
                );
            }
        };
        let takes =
            matches!(method, "min" | "gte" | "gt" | "max" | "lte" | "lt" | "multipleOf" | "step");
        let check = self.said(check, args, usize::from(takes));
        schema.checks()?.push(check);
        Some(schema)
    }

    fn object_refinement(
        &mut self,
        base: Schema,
        method: &str,
        args: &'a [Element],
        place: Span,
    ) -> Option<Schema> {
        let Validator::Object { fields, mode } = base.validator else { return None };
        // Field by field with its output, to be put together again.
        let mut parts: Vec<(Name, Schema, Span)> = Vec::new();
        if let Kind::Object(id) = *self.types.kind(base.output) {
            let object = self.object(id);
            for field in fields {
                let Some(property) = object.property(&field.name) else { continue };
                let schema = Schema {
                    validator: field.validator,
                    output: property.ty,
                    optional: property.optional,
                };
                parts.push((field.name, schema, property.span.unwrap_or(place)));
            }
        }
        let mut mode = mode;
        match method {
            "strict" => mode = ObjectMode::Strict,
            "strip" => mode = ObjectMode::Strip,
            "passthrough" | "loose" => mode = ObjectMode::Loose,
            "extend" | "safeExtend" => {
                for (name, schema, span) in self.fields(args, place)? {
                    parts.retain(|(n, _, _)| *n != name);
                    parts.push((name, schema, span));
                }
            }
            "pick" | "omit" => {
                let Some(Element::Value(Expr { kind: ExprKind::Object(properties), .. })) =
                    args.first()
                else {
                    return self.refuse_schema(
                        first_span(args, place),
                        "this choice of fields",
                        "write `{ field: true }`",
                    );
                };
                let names: Vec<Name> = properties
                    .iter()
                    .filter_map(|p| match p {
                        Property::Value { key, .. } => key.name().cloned(),
                        Property::Spread { .. } => None,
                    })
                    .collect();
                parts.retain(|(n, _, _)| names.contains(n) == (method == "pick"));
            }
            "partial" => {
                if !args.is_empty() {
                    return self.refuse_schema(
                        first_span(args, place),
                        "`partial` of some fields",
                        "use `.extend({ field: ….optional() })`",
                    );
                }
                let mut optional = Vec::new();
                for (name, schema, span) in parts {
                    optional.push((name, self.missing_allowed(schema, "optional")?, span));
                }
                parts = optional;
            }
            _ => {
                return self.refuse_schema(
                    place,
                    &format!("`{method}` of an object"),
                    "use `strict`, `loose`, `extend`, `pick`, `omit` or `partial`",
                );
            }
        }
        Some(self.object_schema(parts, mode))
    }
}
