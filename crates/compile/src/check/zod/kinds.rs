//! `z.NAME(…)` and `z.coerce.NAME(…)`.

use frontage_diagnostic::Span;
use frontage_plan::{CheckKind, Constant, Name, NumberFormat, RecordMode};
use frontage_syntax::tree::{Element, ExprKind};

use super::super::Checker;
use super::formats::words;
use super::methods::takes_its_place;
use super::{Kind, Schema, argument_span};
use crate::types::Ty;

/// What a schema can be made with, for suggestions.
const KINDS: &str = "use `string`, `number`, `boolean`, `enum`, `literal`, `array`, `object`, `union`, `record` and their refinements";

/// What to write instead of a kind of schema that is not there.
fn instead(name: &str) -> &'static str {
    match name {
        "lazy" => "input is as deep as its schema: write the levels out",
        "map" => "use `z.record(…)`, and `new Map(Object.entries(…))` in the handler",
        "set" => "use `z.array(…)`, and `new Set(…)` in the handler",
        "bigint" | "int64" | "uint64" => "use `z.int()`, or `z.string().regex(/^\\d+$/)`",
        "custom" | "instanceof" => "use `z.unknown().refine((value) => …)`",
        "codec" => "use `transform`: input is only read",
        "templateLiteral" => "use `z.string().regex(/^…$/)`",
        "json" => "use `z.unknown()`",
        "file" => "let an upstream take files, with `passthrough`",
        "nativeEnum" => "use `z.enum({ … })` with a constant object",
        "hash" | "stringFormat" => "use `z.string().regex(/^…$/)`",
        _ => KINDS,
    }
}

impl<'a> Checker<'a> {
    /// `z.NAME(args)` or `z.coerce.NAME(args)`
    pub(super) fn constructor(
        &mut self,
        name: &str,
        place: Span,
        args: &'a [Element],
        coerce: bool,
        span: Span,
    ) -> Option<Schema> {
        if coerce && !matches!(name, "string" | "number" | "boolean" | "date") {
            return self.refuse_schema(
                place,
                &format!("`z.coerce.{name}`"),
                "use `z.coerce.string`, `number`, `boolean` or `date`",
            );
        }
        if let Some(schema) = self.format_schema(name, args, place) {
            return schema;
        }
        let plain = |checker: &mut Self, kind: Kind, output: Ty| {
            let options = checker.schema_options(args, 0, &[])?;
            let input = if coerce { Ty::UNKNOWN } else { output };
            let mut schema = Schema::new(kind, output, input);
            schema.validator.message = options.message;
            schema.is_plain = true;
            Some(schema)
        };
        let most = match name {
            "unknown" => 0,
            "keyof" | "optional" | "exactOptional" | "nullable" | "nullish" | "readonly" => 1,
            "intersection" | "pipe" | "preprocess" | "prefault" | "_default" | "nonoptional" => 2,
            _ => usize::MAX,
        };
        self.no_more_arguments(args, most)?;
        match name {
            "string" => plain(self, Kind::String { coerce }, Ty::STRING),
            "number" => plain(self, Kind::Number { coerce }, Ty::NUMBER),
            "boolean" => plain(self, Kind::Boolean { coerce }, Ty::BOOLEAN),
            "date" => {
                let date = self.types.library("Date", &[]);
                plain(self, Kind::Date { coerce }, date)
            }
            "int" => self.number_schema(NumberFormat::SafeInt, args),
            "int32" => self.number_schema(NumberFormat::Int32, args),
            "uint32" => self.number_schema(NumberFormat::Uint32, args),
            "float32" => self.number_schema(NumberFormat::Float32, args),
            "float64" => self.number_schema(NumberFormat::Float64, args),
            "stringbool" => self.string_bool(args),
            "null" => plain(self, Kind::Null, Ty::NULL),
            "undefined" => plain(self, Kind::Undefined, Ty::UNDEFINED),
            "void" => plain(self, Kind::Void, Ty::VOID),
            "never" => plain(self, Kind::Never, Ty::NEVER),
            "unknown" => plain(self, Kind::Unknown, Ty::UNKNOWN),
            "any" => self.refuse_schema(
                place,
                "`z.any`",
                "use `z.unknown()`, and narrow the value where it is read",
            ),
            "enum" => self.enumeration(args, span),
            "literal" => self.literal_schema(args, span),
            "object" | "strictObject" | "looseObject" => self.object_schema(name, args, span),
            "keyof" => {
                let base = self.schema_arg(args, 0, span)?;
                self.keys_schema(&base, place)
            }
            "array" => {
                let item = self.schema_arg(args, 0, span)?;
                let options = self.schema_options(args, 1, &[])?;
                let mut schema = self.array_of(item);
                schema.validator.message = options.message;
                Some(schema)
            }
            "tuple" => self.tuple_schema(args, span),
            "record" => self.record_schema(RecordMode::Strict, args, span),
            "partialRecord" => self.record_schema(RecordMode::Partial, args, span),
            "looseRecord" => self.record_schema(RecordMode::Loose, args, span),
            "union" | "xor" => self.union_schema(name == "xor", args, span),
            "discriminatedUnion" => self.discriminated_union(args, span),
            "intersection" => {
                let left = self.schema_arg(args, 0, span)?;
                let right = self.schema_arg(args, 1, span)?;
                self.both(left, right, span)
            }
            "optional" | "nullable" | "nullish" | "exactOptional" | "nonoptional" | "readonly" => {
                let base = self.schema_arg(args, 0, span)?;
                self.wrapped(base, name, &args[1..])
            }
            "prefault" | "_default" | "catch" => {
                let base = self.schema_arg(args, 0, span)?;
                self.held(base, name.trim_start_matches('_'), &args[1..], place)
            }
            "pipe" => {
                let first = self.schema_arg(args, 0, span)?;
                let second = self.schema_arg(args, 1, span)?;
                let is_open = matches!(args.get(1), Some(Element::Value(e)) if takes_its_place(e));
                self.piped(first, second, is_open, argument_span(args, 1, span))
            }
            "preprocess" => self.preprocess(args, span),
            _ => self.refuse_schema(place, &format!("`z.{name}`"), instead(name)),
        }
    }

    fn number_schema(&mut self, format: NumberFormat, args: &'a [Element]) -> Option<Schema> {
        let options = self.schema_options(args, 0, &[])?;
        let mut schema = Schema::same(Kind::Number { coerce: false }, Ty::NUMBER);
        schema.validator.checks.push(options.check(CheckKind::NumberFormat(format)));
        schema.validator.message = options.message;
        Some(schema)
    }

    fn string_bool(&mut self, args: &'a [Element]) -> Option<Schema> {
        let options = self.schema_options(args, 0, &["truthy", "falsy", "case"])?;
        let mut truthy = words(&["true", "1", "yes", "on", "y", "enabled"]);
        let mut falsy = words(&["false", "0", "no", "off", "n", "disabled"]);
        let mut sensitive = false;
        for (key, value) in &options.own {
            if &**key == "case" {
                match self.constant_of(value) {
                    Some(Constant::String(text)) if &*text == "sensitive" => sensitive = true,
                    Some(Constant::String(text)) if &*text == "insensitive" => {}
                    _ => {
                        return self.refuse_schema(
                            value.span,
                            "this `case`",
                            "write `\"sensitive\"` or `\"insensitive\"`",
                        );
                    }
                }
                continue;
            }
            let ExprKind::Array(elements) = &value.kind else {
                return self.refuse_schema(value.span, "this list", "write the words here");
            };
            let mut found: Vec<Name> = Vec::new();
            for element in elements {
                let text = match element {
                    Element::Value(word) => self.constant_of(word),
                    Element::Spread { .. } => None,
                };
                let Some(Constant::String(word)) = text else {
                    return self.refuse_schema(value.span, "this list", "write the words here");
                };
                found.push(word);
            }
            if &**key == "truthy" {
                truthy = found;
            } else {
                falsy = found;
            }
        }
        if !sensitive {
            for word in truthy.iter_mut().chain(&mut falsy) {
                *word = word.to_lowercase().into();
            }
        }
        for list in [&mut truthy, &mut falsy] {
            let mut once: Vec<Name> = Vec::new();
            for word in list.drain(..) {
                if !once.contains(&word) {
                    once.push(word);
                }
            }
            *list = once;
        }
        let kind = Kind::StringBool { truthy, falsy, sensitive };
        let mut schema = Schema::new(kind, Ty::BOOLEAN, Ty::STRING);
        schema.validator.message = options.message;
        Some(schema)
    }
}
