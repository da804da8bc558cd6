//! Tuples, records, unions, intersections.

use frontage_diagnostic::Span;
use frontage_plan::{Constant, RecordMode};
use frontage_syntax::tree::Element;

use super::super::Checker;
use super::{Kind, Schema, argument_span, first_span};
use crate::types::{self, Index, Object, Ty};

impl<'a> Checker<'a> {
    pub(super) fn tuple_schema(&mut self, args: &'a [Element], span: Span) -> Option<Schema> {
        let elements = self.list_arg(args, 0, span)?;
        let mut items = Vec::new();
        for element in elements {
            items.push(self.schema(element)?);
        }
        // `z.tuple(items, rest)` or `z.tuple(items, "what is said")`
        let is_rest = match args.get(1) {
            Some(Element::Value(value)) => self.is_schema(value) || self.is_named_schema(value),
            _ => false,
        };
        let rest = if is_rest { Some(self.schema_arg(args, 1, span)?) } else { None };
        if rest.is_some() && items.is_empty() {
            return self.refuse_schema(
                span,
                "a tuple of a rest alone",
                "write `z.tuple([]).rest(…)`, or `z.array(…)`",
            );
        }
        let options = self.schema_options(args, if is_rest { 2 } else { 1 }, &[])?;
        let mut schema = self.tuple_of(&items, rest.as_ref());
        schema.validator.message = options.message;
        Some(schema)
    }

    /// Whether an expression is the name of a schema.
    fn is_named_schema(&mut self, expr: &'a frontage_syntax::tree::Expr) -> bool {
        matches!(expr.kind, frontage_syntax::tree::ExprKind::Ident(_))
            && self.silently(|c| c.schema(expr)).0.is_some()
    }

    fn tuple_of(&mut self, items: &[Schema], rest: Option<&Schema>) -> Schema {
        let mut ty = |of: &dyn Fn(&Schema) -> (Ty, bool)| {
            // Only the last ones may be missing.
            let last = items.iter().rposition(|item| !of(item).1).map_or(0, |i| i + 1);
            let elements = items.iter().enumerate().map(|(index, item)| types::TupleElement {
                ty: of(item).0,
                optional: index >= last,
            });
            let elements = elements.collect();
            let rest = rest.map(|rest| of(rest).0);
            self.types.intern(types::Kind::Tuple {
                elements,
                rest,
                readonly: false,
                of_match: false,
            })
        };
        let output = ty(&|schema| (schema.output, schema.optional));
        let input = ty(&|schema| (schema.input, schema.optional_in));
        let kind = Kind::Tuple {
            items: items.iter().map(|item| item.validator.clone()).collect(),
            rest: rest.map(|rest| Box::new(rest.validator.clone())),
        };
        let mut schema = Schema::new(kind, output, input);
        // For `rest`, which needs the items again.
        let fields = items.iter().map(|item| super::Field {
            name: "".into(),
            schema: item.clone(),
            span: Span::new(crate::resolve::PRELUDE_FILE, 0, 0),
        });
        schema.fields = Some(std::rc::Rc::new(fields.collect()));
        schema
    }

    pub(super) fn tuple_rest(
        &mut self,
        base: Schema,
        args: &'a [Element],
        place: Span,
    ) -> Option<Schema> {
        let rest = self.schema_arg(args, 0, place)?;
        let items: Vec<Schema> =
            base.fields.iter().flat_map(|f| f.iter()).map(|f| f.schema.clone()).collect();
        let mut schema = self.tuple_of(&items, Some(&rest));
        schema.validator.message = base.validator.message;
        schema.validator.checks = base.validator.checks;
        Some(schema)
    }

    pub(super) fn record_schema(
        &mut self,
        mode: RecordMode,
        args: &'a [Element],
        span: Span,
    ) -> Option<Schema> {
        if args.len() < 2 {
            return self.refuse_schema(
                first_span(args, span),
                "a record without keys",
                "write `z.record(z.string(), …)`",
            );
        }
        let key = self.schema_arg(args, 0, span)?;
        let value = self.schema_arg(args, 1, span)?;
        let options = self.schema_options(args, 2, &[])?;
        let is_key = |checker: &Self, ty: Ty| {
            checker.types.all(ty, |kind| {
                matches!(
                    kind,
                    types::Kind::String
                        | types::Kind::Number
                        | types::Kind::StringLiteral { .. }
                        | types::Kind::NumberLiteral { .. }
                )
            })
        };
        if key.output == Ty::NEVER || !is_key(self, key.output) {
            return self.refuse_schema(
                first_span(args, span),
                "a key that is no text",
                "write `z.record(z.string(), …)`",
            );
        }
        if let Some(values) = key.validator.values()
            && values.iter().any(|value| {
                matches!(value, Constant::String(name)
                if matches!(&**name, "constructor" | "toString" | "valueOf" | "hasOwnProperty"
                    | "isPrototypeOf" | "propertyIsEnumerable" | "toLocaleString"))
            })
        {
            return self.refuse_schema(
                first_span(args, span),
                "a key that every object of JavaScript has",
                "choose another name",
            );
        }
        let partial = mode == RecordMode::Partial;
        let output = self.record_ty(key.output, value.output, partial);
        // Only texts and numbers are keys; whatever a key is read from, it was a text.
        let key_in = if is_key(self, key.input) { key.input } else { Ty::STRING };
        let input = self.record_ty(key_in, value.input, partial);
        let kind =
            Kind::Record { key: Box::new(key.validator), value: Box::new(value.validator), mode };
        let mut schema = Schema::new(kind, output, input);
        schema.validator.message = options.message;
        Some(schema)
    }

    fn record_ty(&mut self, key: Ty, value: Ty, partial: bool) -> Ty {
        let is_unit =
            self.types.members_of(key).into_iter().all(|member| self.types.is_unit(member));
        if !is_unit {
            let numeric = key == Ty::NUMBER;
            let index = Some(Index { value, numeric });
            return self.types.object(Object { index, ..Object::default() });
        }
        let record = self.record(key, value);
        if !partial {
            return record;
        }
        let types::Kind::Object(id) = *self.types.kind(record) else { return record };
        let mut copy = (*self.object(id)).clone();
        copy.properties.iter_mut().for_each(|p| p.optional = true);
        self.types.object(copy)
    }

    pub(super) fn union_schema(
        &mut self,
        exclusive: bool,
        args: &'a [Element],
        span: Span,
    ) -> Option<Schema> {
        let elements = self.list_arg(args, 0, span)?;
        let mut options = Vec::new();
        for element in elements {
            options.push(self.schema(element)?);
        }
        if options.is_empty() {
            return self.refuse_schema(span, "a union of nothing", "write its schemas");
        }
        let said = self.schema_options(args, 1, &[])?;
        let mut schema = self.one_or_other(options, exclusive);
        schema.validator.message = said.message;
        Some(schema)
    }

    /// A union.
    pub(super) fn one_or_other(&mut self, options: Vec<Schema>, exclusive: bool) -> Schema {
        let outputs: Vec<Ty> = options.iter().map(|o| o.output).collect();
        let inputs: Vec<Ty> = options.iter().map(|o| o.input).collect();
        let (output, input) = (self.types.union(&outputs), self.types.union(&inputs));
        let optional = options.iter().any(|o| o.optional);
        let optional_in = options.iter().any(|o| o.optional_in);
        let options = options.into_iter().map(|o| o.validator).collect();
        let mut schema = Schema::new(Kind::Union { options, exclusive }, output, input);
        (schema.optional, schema.optional_in) = (optional, optional_in);
        schema
    }

    pub(super) fn discriminated_union(
        &mut self,
        args: &'a [Element],
        span: Span,
    ) -> Option<Schema> {
        let property = self.text_arg(args, span)?;
        let elements = self.list_arg(args, 1, span)?;
        let said = self.schema_options(args, 2, &[])?;
        let mut options: Vec<Schema> = Vec::new();
        let mut tags: Vec<Vec<Constant>> = Vec::new();
        let mut seen: Vec<Constant> = Vec::new();
        let mut absent = 0;
        for element in elements {
            let schema = self.schema(element)?;
            let Some(values) = schema.validator.tags(&property).filter(|v| !v.is_empty()) else {
                return self.refuse_schema(
                    element.span,
                    &format!("a variant whose `{property}` is no literal"),
                    &format!("write `z.object({{ {property}: z.literal(…), … }})`"),
                );
            };
            for value in &values {
                if *value == Constant::Undefined {
                    absent += 1;
                } else if seen.contains(value) {
                    return self.refuse_schema(
                        element.span,
                        &format!("a second variant with the same `{property}`"),
                        "use `z.union` where a value does not tell the variants apart",
                    );
                } else {
                    seen.push(value.clone());
                }
            }
            tags.push(values);
            options.push(schema);
        }
        if options.is_empty() {
            return self.refuse_schema(
                argument_span(args, 1, span),
                "a union of nothing",
                "write its schemas",
            );
        }
        if absent > 1 {
            // Absence tells nothing then.
            tags.iter_mut().for_each(|values| values.retain(|v| *v != Constant::Undefined));
        }
        let variants = tags.into_iter().zip(options.iter().map(|o| o.validator.clone())).collect();
        let mut schema = self.one_or_other(options, false);
        schema.validator = super::Validator::new(Kind::Discriminated { property, variants });
        schema.validator.message = said.message;
        Some(schema)
    }

    /// An intersection.
    pub(super) fn both(&mut self, left: Schema, right: Schema, span: Span) -> Option<Schema> {
        let output = self.intersection(left.output, right.output, Some(span));
        let input = self.intersection(left.input, right.input, Some(span));
        let kind = Kind::Intersection(Box::new(left.validator), Box::new(right.validator));
        let mut schema = Schema::new(kind, output, input);
        schema.optional = left.optional && right.optional;
        schema.optional_in = left.optional_in && right.optional_in;
        Some(schema)
    }
}
