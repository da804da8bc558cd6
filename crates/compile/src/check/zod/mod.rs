//! Zod schemas: from the calls that make one to a validator and the types that it takes and gives.
//!
//! In:    an expression made of `z`, in a route's input or a module's constant.
//! Out:   [`Schema`].
//! Never: a schema that a plan could not check exactly as Zod does; it is refused.
//!
//! `kinds` reads `z.NAME(…)`, `methods` reads `schema.NAME(…)`; what both need stands in
//! `arguments`, `formats`, `scalars`, `objects`, `compounds`, `wrappers` and `functions`.

mod arguments;
mod compounds;
mod enums;
mod formats;
mod functions;
mod kinds;
mod methods;
mod objects;
mod scalars;
mod wrappers;

use std::rc::Rc;

use frontage_diagnostic::{Diagnostic, Span};
use frontage_plan::{Name, ValidatorKind};
use frontage_syntax::tree::{self, Element, Expr, ExprKind, Ident, TypeKind};

use super::Checker;
use super::names::Value;
use super::{DeclState, Definition};
use crate::codes;
use crate::hir::CallbackId;
use crate::types::Ty;

/// How many steps of the checker one part of a copied schema counts for.
const COPY_STEPS: u32 = 20;

/// A validator whose functions are checked but not lowered.
pub(super) type Validator = frontage_plan::Validator<CallbackId>;
/// See [`Validator`].
pub(super) type Kind = ValidatorKind<CallbackId>;

/// A schema.
#[derive(Debug, Clone)]
pub(super) struct Schema {
    pub(super) validator: Validator,
    /// What the handler sees.
    pub(super) output: Ty,
    /// What a client sends.
    pub(super) input: Ty,
    /// As a member of an object, the handler sees it as optional.
    pub(super) optional: bool,
    /// As a member of an object, a client may leave it out.
    pub(super) optional_in: bool,
    /// An object's fields.
    fields: Option<Rc<Vec<Field>>>,
    /// An array's elements.
    element: Option<Rc<Schema>>,
    /// Within `optional`, `nullable`, `default` and their like.
    inner: Option<Rc<Schema>>,
    /// What `z.enum` takes.
    entries: Option<Rc<enums::Entries>>,
    /// Made by `z.string()`, `z.number()` …, not by a format of its own.
    is_plain: bool,
}

/// A field of an object schema.
#[derive(Debug, Clone)]
pub(super) struct Field {
    name: Name,
    schema: Schema,
    span: Span,
}

impl Schema {
    fn new(kind: Kind, output: Ty, input: Ty) -> Self {
        Self {
            validator: Validator::new(kind),
            output,
            input,
            optional: false,
            optional_in: false,
            fields: None,
            element: None,
            inner: None,
            entries: None,
            is_plain: false,
        }
    }

    /// A schema that gives what it takes.
    fn same(kind: Kind, ty: Ty) -> Self {
        Self::new(kind, ty, ty)
    }

    /// Whether it is an object's, whatever wraps it.
    pub(super) fn is_object(&self) -> bool {
        let mut validator = &self.validator;
        loop {
            validator = match &validator.kind {
                Kind::Object { .. } => return true,
                Kind::Pipe(first, second) => match first.kind {
                    Kind::Transform(_) => second,
                    _ => first,
                },
                Kind::Optional(inner)
                | Kind::Default(inner, _)
                | Kind::Prefault(inner, _)
                | Kind::Readonly(inner) => inner,
                Kind::Intersection(a, b) => {
                    return [a, b].iter().all(|v| matches!(v.kind, Kind::Object { .. }));
                }
                Kind::Discriminated { .. } => return true,
                Kind::Union { options, .. } => {
                    return options.iter().all(|v| matches!(v.kind, Kind::Object { .. }));
                }
                _ => return false,
            };
        }
    }

    /// The names of an object's fields, whatever wraps it.
    pub(super) fn fields(&self) -> Vec<Name> {
        let mut names = Vec::new();
        names_of(&self.validator, &mut names);
        names
    }

    /// Where the schema names a field of its own.
    pub(super) fn field_span(&self, name: &str) -> Option<Span> {
        let mut fields = self.fields.iter().flat_map(|fields| fields.iter());
        fields.find(|field| *field.name == *name).map(|field| field.span)
    }

    /// A field whose name is not in lower case, as headers' names are.
    pub(super) fn upper_case_field(&self) -> Option<(&Name, Span)> {
        let mut fields = self.fields.iter().flat_map(|fields| fields.iter());
        let found = fields.find(|field| field.name.chars().any(char::is_uppercase));
        found.map(|field| (&field.name, field.span))
    }
}

fn names_of(validator: &Validator, names: &mut Vec<Name>) {
    match &validator.kind {
        Kind::Object { fields, .. } => names.extend(fields.iter().map(|f| f.name.clone())),
        Kind::Pipe(first, second) if matches!(first.kind, Kind::Transform(_)) => {
            names_of(second, names);
        }
        Kind::Pipe(inner, _)
        | Kind::Optional(inner)
        | Kind::Default(inner, _)
        | Kind::Prefault(inner, _)
        | Kind::Readonly(inner) => names_of(inner, names),
        Kind::Intersection(a, b) => {
            names_of(a, names);
            names_of(b, names);
        }
        _ => {}
    }
}

impl<'a> Checker<'a> {
    /// Whether an initialiser makes a schema: its calls start at `z` or at another schema.
    pub(super) fn is_schema(&mut self, expr: &'a Expr) -> bool {
        let mut at = expr;
        loop {
            match &at.kind {
                ExprKind::Call { callee, .. } => at = callee,
                ExprKind::Member { object, .. } => at = object,
                ExprKind::Ident(name) => {
                    if std::ptr::eq(at, expr) {
                        return false;
                    }
                    return match self.silently(|c| c.value_named(name, expr.span)).0 {
                        Value::Zod => true,
                        Value::Decl(module, decl) => {
                            !matches!(self.decls.get(&(module, decl)), Some(DeclState::InProgress))
                                && matches!(
                                    self.definition(module, decl, expr.span),
                                    Definition::Schema(_)
                                )
                        }
                        _ => false,
                    };
                }
                _ => return false,
            }
        }
    }

    /// `z.infer<typeof X>`, `z.output<typeof X>`, `z.input<typeof X>`
    pub(super) fn zod_type(&mut self, name: &Ident, args: &'a [tree::Type], span: Span) -> Ty {
        let is_input = &*name.name == "input";
        if !matches!(&*name.name, "infer" | "output" | "input") {
            self.report(
                Diagnostic::error(
                    codes::ZOD,
                    name.span,
                    format!("`z.{}` is not supported as a type", name.name),
                )
                .help("write `z.infer<typeof schema>`"),
            );
            return Ty::ERROR;
        }
        if let [tree::Type { kind: TypeKind::Typeof { path, .. }, .. }] = args {
            let found = match path.as_slice() {
                [one] => self.value_named(&one.name, one.span),
                [first, second] => match self.value_named(&first.name, first.span) {
                    Value::Namespace(id) => {
                        self.exported_value(crate::resolve::Target::Module(id), &second.name, 0)
                    }
                    _ => Value::Refused,
                },
                _ => Value::Refused,
            };
            match found {
                Value::Decl(module, decl) => {
                    if let Definition::Schema(schema) = self.definition(module, decl, span) {
                        return if is_input { schema.input } else { schema.output };
                    }
                }
                Value::Refused => return Ty::ERROR,
                _ => {}
            }
        }
        self.report(
            Diagnostic::error(
                codes::ZOD,
                span,
                format!("`z.{}` wants the type of a schema", name.name),
            )
            .help("write `z.infer<typeof schema>`"),
        );
        Ty::ERROR
    }

    /// Reports a schema that is not supported.
    fn refuse_schema<T>(&mut self, place: Span, what: &str, instead: &str) -> Option<T> {
        self.report(
            Diagnostic::error(
                codes::ZOD,
                place,
                format!("{what} is not supported in an input schema"),
            )
            .help(instead),
        );
        None
    }

    /// Reads a schema.
    pub(super) fn schema(&mut self, expr: &'a Expr) -> Option<Schema> {
        if !self.step(expr.span) {
            return None;
        }
        self.depth += 1;
        let schema = self.schema_inner(expr);
        self.depth -= 1;
        schema
    }

    fn schema_inner(&mut self, expr: &'a Expr) -> Option<Schema> {
        match &expr.kind {
            ExprKind::Error => None,
            ExprKind::Ident(name) => {
                let value = self.value_named(name, expr.span);
                self.named_schema(&value, name, expr.span)
            }
            ExprKind::Member { object, name, .. } => self.schema_member(expr, object, name),
            ExprKind::Call { callee, type_args, args, .. } => {
                let ExprKind::Member { object, name, .. } = &callee.kind else {
                    return self.refuse_schema(
                        expr.span,
                        "a schema that a function makes",
                        "write the schema out, or declare it with `const`",
                    );
                };
                if let [ty, ..] = type_args.as_slice() {
                    return self.refuse_schema(
                        ty.span,
                        "a type argument",
                        "leave it out; the schema says the type",
                    );
                }
                if self.is_zod(object) {
                    return self.constructor(&name.name, name.span, args, false, expr.span);
                }
                if let ExprKind::Member { object: base, name: group, .. } = &object.kind
                    && self.is_zod(base)
                {
                    return match &*group.name {
                        "coerce" => self.constructor(&name.name, name.span, args, true, expr.span),
                        "iso" => self.iso(&name.name, name.span, args),
                        _ => self.refuse_schema(
                            group.span,
                            &format!("`z.{}`", group.name),
                            "use `z.coerce` or `z.iso`",
                        ),
                    };
                }
                let base = self.schema(object)?;
                self.method(base, name, args)
            }
            ExprKind::Object(_) => {
                self.refuse_schema(expr.span, "a plain object", "write `z.object({ … })`")
            }
            _ => self.refuse_schema(expr.span, "this", "use a schema made with `z`"),
        }
    }

    /// Whether an expression is `z` itself.
    fn is_zod(&mut self, expr: &'a Expr) -> bool {
        matches!(&expr.kind, ExprKind::Ident(root)
            if self.silently(|c| c.value_named(root, expr.span)).0 == Value::Zod)
    }

    fn named_schema(&mut self, value: &Value, name: &str, span: Span) -> Option<Schema> {
        match value {
            Value::Decl(module, decl) => match self.definition(*module, *decl, span) {
                Definition::Schema(schema) => return self.copy(&schema, span),
                Definition::Refused => return None,
                _ => {}
            },
            Value::Refused => return None,
            _ => {}
        }
        self.refuse_schema(span, &format!("`{name}`"), "use a schema made with `z`")
    }

    /// A copy of a schema that stands elsewhere. A plan holds each copy whole, so that names which
    /// stand for two others each would make it grow beyond all bounds.
    fn copy(&mut self, schema: &Schema, span: Span) -> Option<Schema> {
        fn size(validator: &Validator) -> u32 {
            validator.children().into_iter().map(size).fold(1, u32::saturating_add)
        }
        let steps = size(&schema.validator).saturating_mul(COPY_STEPS);
        self.steps = self.steps.saturating_add(steps);
        self.step(span).then(|| schema.clone())
    }

    /// `module.Schema`, `Schema.shape.field`, `List.element`
    fn schema_member(
        &mut self,
        expr: &'a Expr,
        object: &'a Expr,
        name: &'a Ident,
    ) -> Option<Schema> {
        if let ExprKind::Ident(root) = &object.kind
            && let (Value::Namespace(id), _) = self.silently(|c| c.value_named(root, object.span))
        {
            let value = self.exported_value(crate::resolve::Target::Module(id), &name.name, 0);
            return self.named_schema(&value, &name.name, expr.span);
        }
        if let ExprKind::Member { object: base, name: shape, .. } = &object.kind
            && &*shape.name == "shape"
        {
            let fields = self.shape_of(base)?;
            if let Some(field) = fields.iter().find(|f| f.name == name.name) {
                return self.copy(&field.schema, expr.span);
            }
            let known: Vec<&str> = fields.iter().map(|f| &*f.name).collect();
            let help = match frontage_diagnostic::nearest(&name.name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "use a field of the schema".to_owned(),
            };
            return self.refuse_schema(name.span, &format!("the field `{}`", name.name), &help);
        }
        if &*name.name == "element" && !self.is_zod(object) {
            let base = self.schema(object)?;
            if let Some(element) = base.element {
                return self.copy(&element, expr.span);
            }
        }
        self.refuse_schema(
            expr.span,
            &format!("`{}`", self.source(expr.span)),
            "call it, or use a schema made with `z`",
        )
    }

    /// The fields of an object schema, for `.shape`.
    fn shape_of(&mut self, base: &'a Expr) -> Option<Rc<Vec<Field>>> {
        let schema = self.schema(base)?;
        match schema.fields {
            Some(fields) => Some(fields),
            None => self.refuse_schema(
                base.span,
                "`shape` of this",
                "only object schemas have a `shape`",
            ),
        }
    }
}

/// The place of the first argument, or of the whole call.
fn first_span(args: &[Element], place: Span) -> Span {
    argument_span(args, 0, place)
}

/// The place of an argument, or of the whole call.
fn argument_span(args: &[Element], index: usize, place: Span) -> Span {
    match args.get(index) {
        Some(Element::Value(value)) => value.span,
        Some(Element::Spread { span, .. }) => *span,
        None => place,
    }
}
