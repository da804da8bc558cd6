//! `schema.NAME(…)`

use frontage_diagnostic::{Span, nearest};
use frontage_plan::CheckKind;
use frontage_syntax::tree::{Element, Expr, ExprKind, Ident, Property};

use super::super::Checker;
use super::{Kind, Schema, first_span};
use crate::json_text::json_text;

/// Methods of every schema, for suggestions.
const EVERY: &[&str] = &[
    "optional",
    "nullable",
    "nullish",
    "default",
    "prefault",
    "catch",
    "array",
    "or",
    "and",
    "refine",
    "superRefine",
    "transform",
    "pipe",
    "overwrite",
    "readonly",
    "describe",
    "meta",
    "nonoptional",
    "exactOptional",
];

impl<'a> Checker<'a> {
    /// `schema.NAME(args)`
    pub(super) fn method(
        &mut self,
        base: Schema,
        name: &'a Ident,
        args: &'a [Element],
    ) -> Option<Schema> {
        let place = name.span;
        let method = &*name.name;
        if let Some(most) = most_arguments(method) {
            self.no_more_arguments(args, most)?;
        }
        match method {
            "optional" | "nullable" | "nullish" | "exactOptional" | "nonoptional" | "readonly" => {
                return self.wrapped(base, method, args);
            }
            "default" | "prefault" | "catch" => return self.held(base, method, args, place),
            "describe" | "meta" => return self.described(base, method, args, place),
            "array" => {
                self.schema_options(args, 0, &[])?;
                return Some(self.array_of(base));
            }
            "or" => {
                let other = self.schema_arg(args, 0, place)?;
                return Some(self.one_or_other(vec![base, other], false));
            }
            "and" => {
                let other = self.schema_arg(args, 0, place)?;
                return self.both(base, other, first_span(args, place));
            }
            "pipe" => {
                let next = self.schema_arg(args, 0, place)?;
                let is_open = matches!(args.first(), Some(Element::Value(e)) if takes_its_place(e));
                return self.piped(base, next, is_open, first_span(args, place));
            }
            "transform" => return self.transformed(base, args, place),
            "refine" => return self.refined(base, args, place),
            "superRefine" => return self.super_refined(base, args, place),
            "overwrite" => return self.overwritten(base, args, place),
            "unwrap" | "removeDefault" | "removeCatch" | "innerType" => {
                return match base.inner.or(base.element) {
                    Some(inner) => Some((*inner).clone()),
                    None => self.refuse_schema(place, "`unwrap` of this", "leave it out"),
                };
            }
            "brand" => {
                return self.refuse_schema(
                    place,
                    "`brand`",
                    "leave it out: it changes types only, and answers cannot carry it",
                );
            }
            "check" | "with" => {
                return self.refuse_schema(
                    place,
                    &format!("`{method}`"),
                    "use the method of the check, `refine` or `superRefine`",
                );
            }
            "parse" | "safeParse" | "parseAsync" | "safeParseAsync" | "spa" | "validate"
            | "encode" | "decode" => {
                return self.refuse_schema(
                    place,
                    &format!("`{method}`"),
                    "put the schema into the route's input: `route({ body: schema }, …)`",
                );
            }
            _ => {}
        }
        match base.validator.kind {
            Kind::String { .. } => self.text_method(base, method, args, place),
            Kind::Number { .. } => self.number_method(base, method, args, place),
            Kind::Date { .. } => self.date_method(base, method, args, place),
            Kind::Array(_) => self.list_method(base, method, args, place),
            Kind::Object { .. } => self.object_method(base, method, args, place),
            Kind::Tuple { .. } if method == "rest" => self.tuple_rest(base, args, place),
            Kind::OneOf(_) if base.entries.is_some() && matches!(method, "exclude" | "extract") => {
                self.enum_method(&base, method, args, place)
            }
            _ => self.no_method(method, place, "this schema", &[]),
        }
    }

    /// Refuses arguments after the first `most`.
    pub(super) fn no_more_arguments(&mut self, args: &'a [Element], most: usize) -> Option<()> {
        match args.get(most) {
            Some(Element::Value(more)) => {
                self.refuse_schema(more.span, "this argument", "leave it out")
            }
            _ => Some(()),
        }
    }

    /// Refuses a method that a schema does not have, with the nearest that is there.
    pub(super) fn no_method<T>(
        &mut self,
        method: &str,
        place: Span,
        whose: &str,
        known: &[&str],
    ) -> Option<T> {
        let near = nearest(method, known.iter().chain(EVERY).copied());
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "leave it out, or check the value with `refine`".to_owned(),
            None => {
                let shown: Vec<String> =
                    known.iter().take(8).map(|name| format!("`{name}`")).collect();
                format!("use {}, or check the value with `refine`", shown.join(", "))
            }
        };
        self.refuse_schema(place, &format!("`{method}` of {whose}"), &help)
    }

    fn list_method(
        &mut self,
        mut schema: Schema,
        method: &str,
        args: &'a [Element],
        place: Span,
    ) -> Option<Schema> {
        let kind = match method {
            "min" => CheckKind::MinLength(self.length_arg(args, place)?),
            "max" => CheckKind::MaxLength(self.length_arg(args, place)?),
            "length" => CheckKind::Length(self.length_arg(args, place)?),
            "nonempty" => CheckKind::MinLength(1),
            _ => {
                let known = ["min", "max", "length", "nonempty"];
                return self.no_method(method, place, "a list", &known);
            }
        };
        let options = self.schema_options(args, usize::from(method != "nonempty"), &[])?;
        schema.validator.checks.push(options.check(kind));
        Some(schema)
    }

    /// `.describe("…")`, `.meta({ … })`
    /// Reports a description of a kind that the member's name does not have.
    fn described_as(&mut self, name: &str, text: &str, place: Span) {
        let (fits, wanted) = match name {
            "id" | "title" | "description" => (text.starts_with('"'), "string"),
            "deprecated" => (matches!(text, "true" | "false"), "boolean"),
            _ => return,
        };
        if !fits && text != "undefined" {
            let message = format!("`{text}` does not fit where `{wanted}` is wanted");
            self.error(crate::codes::NOT_ASSIGNABLE, place, message);
        }
    }

    fn described(
        &mut self,
        mut schema: Schema,
        method: &str,
        args: &'a [Element],
        place: Span,
    ) -> Option<Schema> {
        let about = if method == "describe" {
            let text = self.text_arg(args, place)?;
            vec![("description".into(), json_text(&text).into())]
        } else {
            let Some(Element::Value(Expr { kind: ExprKind::Object(properties), .. })) =
                args.first()
            else {
                return self.refuse_schema(
                    first_span(args, place),
                    "this description",
                    "write `.meta({ title: \"…\", description: \"…\" })`",
                );
            };
            self.written_once(properties);
            let mut about = Vec::new();
            for property in properties {
                let found = match property {
                    Property::Value { key, value, .. } => {
                        key.name().cloned().zip(self.json_text_of(value))
                    }
                    Property::Spread { .. } => None,
                };
                if let (Some((name, text)), Property::Value { value, .. }) = (&found, property) {
                    self.described_as(name, text, value.span);
                }
                let Some((name, text)) = found else {
                    return self.refuse_schema(
                        first_span(args, place),
                        "a description that is computed",
                        "write texts, numbers, lists and objects",
                    );
                };
                about.retain(|(known, _): &(frontage_plan::Name, frontage_plan::Name)| {
                    *known != name
                });
                if &*text != "undefined" {
                    about.push((name, text));
                }
            }
            about
        };
        // What a copy says anew stands for what the original said.
        for (name, text) in about {
            schema.validator.about.retain(|(known, _)| *known != name);
            schema.validator.about.push((name, text));
        }
        Some(schema)
    }

    /// A list of a schema's values.
    pub(super) fn array_of(&mut self, item: Schema) -> Schema {
        let output = self.types.array(item.output);
        let input = self.types.array(item.input);
        let kind = Kind::Array(Box::new(item.validator.clone()));
        let mut schema = Schema::new(kind, output, input);
        schema.element = Some(item.into());
        schema
    }
}

/// How many arguments a method takes that takes no options as its last; `None` for those that do.
/// Whether a schema that is made here takes what its place gives: `z.coerce.number()` and
/// `z.preprocess(…)` have a type parameter for it.
pub(super) fn takes_its_place(expr: &Expr) -> bool {
    let ExprKind::Call { callee, .. } = &expr.kind else { return false };
    let ExprKind::Member { object, name, .. } = &callee.kind else { return false };
    let coerces = matches!(&object.kind, ExprKind::Member { name, .. } if &*name.name == "coerce");
    coerces || &*name.name == "preprocess"
}

fn most_arguments(method: &str) -> Option<usize> {
    Some(match method {
        "optional" | "exactOptional" | "nullable" | "nullish" | "readonly" | "array" | "unwrap"
        | "removeDefault" | "removeCatch" | "innerType" | "strict" | "strip" | "loose"
        | "passthrough" | "keyof" | "trim" | "toLowerCase" | "toUpperCase" | "slugify" => 0,
        "or" | "and" | "pipe" | "default" | "prefault" | "catch" | "nonoptional" | "transform"
        | "overwrite" | "describe" | "meta" | "normalize" | "rest" | "catchall" | "extend"
        | "safeExtend" | "merge" | "pick" | "omit" | "partial" | "required" => 1,
        _ => return None,
    })
}
