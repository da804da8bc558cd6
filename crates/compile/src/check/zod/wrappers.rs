//! Schemas around another one: optional, nullable, with a default, one after the other.

use frontage_diagnostic::{Diagnostic, Span};
use frontage_plan::DefaultValue;
use frontage_syntax::tree::{Element, ExprKind};

use super::super::Checker;
use super::{Kind, Schema};
use crate::codes;
use crate::types::{Kind as TyKind, Signature, Ty};

impl<'a> Checker<'a> {
    /// `optional`, `nullable`, `nullish`, `exactOptional`, `nonoptional`, `readonly`.
    pub(super) fn wrapped(
        &mut self,
        base: Schema,
        name: &str,
        args: &'a [Element],
    ) -> Option<Schema> {
        let options = self.schema_options(args, 0, &[])?;
        if name == "nullish" {
            let nullable = self.wrapped(base, "nullable", &[])?;
            return self.wrapped(nullable, "optional", &[]);
        }
        let inner = Box::new(base.validator.clone());
        let without = |checker: &mut Self, ty| checker.types.filter(ty, |_, m| m != Ty::UNDEFINED);
        let (kind, output, input, optional, optional_in) = match name {
            "nullable" => (
                Kind::Nullable(inner),
                self.types.either(base.output, Ty::NULL),
                self.types.either(base.input, Ty::NULL),
                base.optional,
                base.optional_in,
            ),
            "optional" => (
                Kind::Optional(inner),
                self.types.or_undefined(base.output),
                self.types.or_undefined(base.input),
                true,
                true,
            ),
            "exactOptional" => (Kind::ExactOptional(inner), base.output, base.input, true, true),
            "nonoptional" => (
                Kind::NonOptional(inner),
                without(self, base.output),
                without(self, base.input),
                false,
                false,
            ),
            _ => (
                Kind::Readonly(inner),
                self.read_only(base.output),
                self.read_only(base.input),
                base.optional,
                base.optional_in,
            ),
        };
        let mut schema = Schema::new(kind, output, input);
        (schema.optional, schema.optional_in) = (optional, optional_in);
        schema.validator.message = options.message;
        schema.inner = Some(base.into());
        Some(schema)
    }

    /// What `Readonly` makes of a type.
    fn read_only(&mut self, ty: Ty) -> Ty {
        match self.types.kind(ty).clone() {
            TyKind::Array { element, .. } => {
                self.types.intern(TyKind::Array { element, readonly: true })
            }
            TyKind::Tuple { elements, rest, .. } => {
                self.types.intern(TyKind::Tuple { elements, rest, readonly: true, of_match: false })
            }
            TyKind::Object(id) => {
                let mut copy = (*self.object(id)).clone();
                copy.properties.iter_mut().for_each(|p| p.readonly = true);
                self.types.object(copy)
            }
            TyKind::Union(members) => {
                let members: Vec<Ty> = members.iter().map(|m| self.read_only(*m)).collect();
                self.types.union(&members)
            }
            _ => ty,
        }
    }

    /// `default(value)`, `prefault(value)`, `catch(value)`.
    pub(super) fn held(
        &mut self,
        base: Schema,
        method: &str,
        args: &'a [Element],
        place: Span,
    ) -> Option<Schema> {
        let [Element::Value(value)] = args else {
            return self.refuse_schema(
                place,
                &format!("`{method}` without a value"),
                "write the value",
            );
        };
        let without = self.types.filter(base.output, |_, m| m != Ty::UNDEFINED);
        let wanted = match method {
            "default" => without,
            "prefault" => base.input,
            _ => base.output,
        };
        let literal = match &value.kind {
            ExprKind::Arrow(_) => None,
            _ => self.json_text_of(value),
        };
        let held = match (literal, &value.kind) {
            (Some(text), _) => {
                let checked = self.value(value, Some(wanted));
                self.fits(value, checked.ty, wanted);
                DefaultValue::Json(text)
            }
            (None, ExprKind::Arrow(function)) => {
                if let Some(param) = function.params.first() {
                    return self.refuse_schema(
                        param.span,
                        &format!("`{method}` that looks at what was wrong"),
                        "write `() => …`, or use `preprocess`",
                    );
                }
                let signature = self.types.function_of(Signature {
                    type_params: Vec::new(),
                    params: Vec::new(),
                    rest: None,
                    result: wanted,
                    predicate: None,
                });
                // A value is among what both take, so that in tsc nothing says what a function of
                // them gives: its literals widen.
                let suggested = (method == "prefault").then_some(signature);
                let checked = self.value(value, suggested);
                if !self.assignable(checked.ty, signature) {
                    let gives = self.types.text(wanted);
                    let fault = self.mismatch(value.span, checked.ty, signature).help(format!(
                        "write the value itself, or what the function gives: `(): {gives} => …`"
                    ));
                    self.report(fault);
                    return None;
                }
                DefaultValue::Computed(self.callback(checked)?)
            }
            (None, _) => {
                let checked = self.value(value, Some(wanted));
                self.fits(value, checked.ty, wanted);
                DefaultValue::Computed(self.constant_callback(checked)?)
            }
        };
        let inner = Box::new(base.validator.clone());
        let (kind, output, input) = match method {
            "default" => (Kind::Default(inner, held), without, self.types.or_undefined(base.input)),
            "prefault" => {
                (Kind::Prefault(inner, held), base.output, self.types.or_undefined(base.input))
            }
            _ => (Kind::Catch(inner, held), base.output, base.input),
        };
        let mut schema = Schema::new(kind, output, input);
        schema.optional_in = method != "catch" || base.optional_in;
        schema.optional = method == "catch" && base.optional;
        schema.inner = Some(base.into());
        Some(schema)
    }

    /// `first.pipe(second)`
    pub(super) fn piped(
        &mut self,
        first: Schema,
        second: Schema,
        is_open: bool,
        span: Span,
    ) -> Option<Schema> {
        // As Zod declares it: the second takes nothing that the first does not give.
        if !is_open && !self.assignable(second.input, first.output) {
            let (takes, given) = (self.types.text(second.input), self.types.text(first.output));
            let message = format!("this schema takes `{takes}`, and what is piped is `{given}`");
            self.report(
                Diagnostic::error(codes::NOT_ASSIGNABLE, span, message)
                    .help("let the second schema take what the first one gives, and nothing else"),
            );
            return None;
        }
        let kind = Kind::Pipe(Box::new(first.validator), Box::new(second.validator));
        let mut schema = Schema::new(kind, second.output, first.input);
        (schema.optional, schema.optional_in) = (second.optional, first.optional_in);
        Some(schema)
    }
}
