//! Zod schemas: from the calls that make one to a validator and the type that a handler sees.
//!
//! In:    an expression made of `z`, in a route's input or a module's constant.
//! Out:   [`Schema`].
//! Never: a schema that a plan could not check exactly as Zod does; it is refused.

use std::sync::Arc;

use frontage_diagnostic::{Diagnostic, Span};
use frontage_plan::{Check, Constant, Name, Number, Validator, ValidatorField};
use frontage_syntax::tree::{self, Element, Expr, ExprKind, Ident, TypeKind, UnaryOp};

use super::Checker;
use super::names::Value;
use super::{DeclState, Definition};
use crate::codes;
use crate::types::{Object, Property, Ty};

/// A schema.
#[derive(Debug, Clone)]
pub(super) struct Schema {
    pub(super) validator: Validator,
    /// What the handler sees.
    pub(super) output: Ty,
    /// As a member of an object, the handler sees it as optional.
    pub(super) optional: bool,
}

impl Schema {
    pub(super) fn new(validator: Validator, output: Ty) -> Self {
        Self { validator, output, optional: false }
    }

    /// Whether it is an object's.
    pub(super) fn is_object(&self) -> bool {
        matches!(self.validator, Validator::Object { .. })
    }

    /// The names of an object's fields.
    pub(super) fn fields(&self) -> Vec<Name> {
        match &self.validator {
            Validator::Object { fields, .. } => fields.iter().map(|f| f.name.clone()).collect(),
            _ => Vec::new(),
        }
    }

    /// The checks of a text, a number or a list.
    pub(super) fn checks(&mut self) -> Option<&mut Vec<Check>> {
        match &mut self.validator {
            Validator::String { checks, .. }
            | Validator::Number { checks, .. }
            | Validator::Array { checks, .. } => Some(checks),
            _ => None,
        }
    }
}

/// Headers are named in lower case, however the schema spells them.
pub(super) fn lower_case_keys(validator: Validator) -> Validator {
    match validator {
        Validator::Object { fields, mode } => Validator::Object {
            fields: fields
                .into_iter()
                .map(|f| ValidatorField { name: f.name.to_lowercase().into(), ..f })
                .collect(),
            mode,
        },
        other => other,
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
        if !matches!(&*name.name, "infer" | "output") {
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
                        return schema.output;
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
    pub(super) fn refuse_schema(
        &mut self,
        place: Span,
        what: &str,
        instead: &str,
    ) -> Option<Schema> {
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
            ExprKind::Ident(name) => match self.value_named(name, expr.span) {
                Value::Decl(module, decl) => match self.definition(module, decl, expr.span) {
                    Definition::Schema(schema) => Some((*schema).clone()),
                    Definition::Refused => None,
                    _ => self.refuse_schema(
                        expr.span,
                        &format!("`{name}`"),
                        "use a schema made with `z`",
                    ),
                },
                Value::Refused => None,
                _ => self.refuse_schema(
                    expr.span,
                    &format!("`{name}`"),
                    "use a schema made with `z`",
                ),
            },
            ExprKind::Member { object, name, .. } => {
                if let ExprKind::Ident(root) = &object.kind
                    && let (Value::Namespace(id), _) =
                        self.silently(|c| c.value_named(root, object.span))
                {
                    let value =
                        self.exported_value(crate::resolve::Target::Module(id), &name.name, 0);
                    if let Value::Decl(module, decl) = value
                        && let Definition::Schema(schema) = self.definition(module, decl, expr.span)
                    {
                        return Some((*schema).clone());
                    }
                }
                if let ExprKind::Member { object: base, name: shape, .. } = &object.kind
                    && &*shape.name == "shape"
                {
                    return self.field_of(base, name);
                }
                self.refuse_schema(
                    expr.span,
                    &format!("`{}`", self.source(expr.span)),
                    "call it, or use a schema made with `z`",
                )
            }
            ExprKind::Call { callee, args, .. } => {
                let ExprKind::Member { object, name, .. } = &callee.kind else {
                    return self.refuse_schema(expr.span, "this", "use a schema made with `z`");
                };
                if let ExprKind::Ident(root) = &object.kind
                    && self.silently(|c| c.value_named(root, object.span)).0 == Value::Zod
                {
                    return self.constructor(&name.name, name.span, args, false, expr.span);
                }
                if let ExprKind::Member { object: base, name: group, .. } = &object.kind
                    && let ExprKind::Ident(root) = &base.kind
                    && self.silently(|c| c.value_named(root, base.span)).0 == Value::Zod
                {
                    return match &*group.name {
                        "coerce" => self.constructor(&name.name, name.span, args, true, expr.span),
                        "iso" => self.iso(&name.name, name.span),
                        _ => self.refuse_schema(
                            group.span,
                            &format!("`z.{}`", group.name),
                            "use `z.coerce` or `z.iso`",
                        ),
                    };
                }
                let base = self.schema(object)?;
                self.refinement(base, name, args)
            }
            ExprKind::Object(_) => {
                self.refuse_schema(expr.span, "a plain object", "write `z.object({ … })`")
            }
            _ => self.refuse_schema(expr.span, "this", "use a schema made with `z`"),
        }
    }

    fn field_of(&mut self, base: &'a Expr, name: &Ident) -> Option<Schema> {
        let schema = self.schema(base)?;
        if let Validator::Object { fields, .. } = &schema.validator
            && let Some(field) = fields.iter().find(|f| f.name == name.name)
        {
            let validator = field.validator.clone();
            let output = self.property_type(schema.output, &name.name)?;
            return Some(Schema::new(validator, output));
        }
        self.refuse_schema(
            name.span,
            &format!("the field `{}`", name.name),
            "use a field of the schema",
        )
    }

    // ------------------------------------------------------------ arguments

    /// A constant argument.
    pub(super) fn constant_of(&mut self, expr: &'a Expr) -> Option<Constant> {
        Some(match &expr.kind {
            ExprKind::String(text) => Constant::String(text.clone()),
            ExprKind::Number(number) => Constant::Number(Number(*number)),
            ExprKind::Boolean(value) => Constant::Bool(*value),
            ExprKind::Null => Constant::Null,
            ExprKind::Unary { op: UnaryOp::Minus, operand } => match operand.kind {
                ExprKind::Number(number) => Constant::Number(Number(-number)),
                _ => return None,
            },
            ExprKind::Ident(name) if &**name == "undefined" => Constant::Undefined,
            ExprKind::Ident(_) | ExprKind::Member { .. } => {
                let (checked, clean) = self.silently(|c| c.expr(expr, None));
                if !clean {
                    return None;
                }
                match checked.kind {
                    crate::hir::ExprKind::Constant(constant) => constant,
                    crate::hir::ExprKind::Global(id) => {
                        match &self.globals.get(id.0 as usize)?.value.kind {
                            crate::hir::ExprKind::Constant(constant) => constant.clone(),
                            _ => return None,
                        }
                    }
                    _ => return None,
                }
            }
            ExprKind::AsConst(inner) => return self.constant_of(inner),
            _ => return None,
        })
    }

    /// The type of a constant.
    pub(super) fn constant_ty(&mut self, constant: &Constant) -> Ty {
        match constant {
            Constant::Undefined => Ty::UNDEFINED,
            Constant::Null => Ty::NULL,
            Constant::Bool(value) => self.types.boolean_literal(*value),
            Constant::Number(number) => self.types.number_literal(number.0),
            Constant::String(text) => self.types.string_literal(text),
        }
    }

    /// A number argument.
    pub(super) fn number_arg(&mut self, args: &'a [Element], place: Span) -> Option<f64> {
        if let Some(Element::Value(value)) = args.first()
            && let Some(Constant::Number(number)) = self.constant_of(value)
            && number.0.is_finite()
        {
            return Some(number.0);
        }
        let place = first_span(args, place);
        self.refuse_schema(
            place,
            "a limit that is not a number literal",
            "write the number, or a constant of a module",
        );
        None
    }

    /// A length argument.
    pub(super) fn length_arg(&mut self, args: &'a [Element], place: Span) -> Option<u32> {
        let number = self.number_arg(args, place)?;
        if number >= 0.0 && number.fract() == 0.0 && number <= f64::from(u32::MAX) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "in range"
            )]
            return Some(number as u32);
        }
        self.refuse_schema(
            first_span(args, place),
            "a length that is not a whole number from 0",
            "write a whole number",
        );
        None
    }

    /// A text argument.
    pub(super) fn text_arg(&mut self, args: &'a [Element], place: Span) -> Option<Name> {
        if let Some(Element::Value(value)) = args.first()
            && let Some(Constant::String(text)) = self.constant_of(value)
        {
            return Some(text);
        }
        self.refuse_schema(
            first_span(args, place),
            "a text that is not a literal",
            "write the text, or a constant of a module",
        );
        None
    }

    /// A message of the schema's own, where an argument gives one: `"…"`, `{ error: "…" }`.
    pub(super) fn message(&mut self, args: &'a [Element], from: usize) -> Option<Name> {
        let Some(Element::Value(extra)) = args.get(from) else { return None };
        let text = match &extra.kind {
            ExprKind::Object(properties) => match properties.as_slice() {
                [tree::Property::Value { key, value, .. }]
                    if key.name().is_some_and(|n| matches!(&**n, "error" | "message")) =>
                {
                    self.constant_of(value)
                }
                _ => None,
            },
            _ => self.constant_of(extra),
        };
        match text {
            Some(Constant::String(text)) => Some(text),
            _ => {
                self.refuse_schema(
                    extra.span,
                    "a message that is computed, or another option",
                    "write the message as a text, or leave it out",
                );
                None
            }
        }
    }

    /// A check with the message that its argument at `from` gives, if any.
    pub(super) fn said(&mut self, check: Check, args: &'a [Element], from: usize) -> Check {
        match self.message(args, from) {
            Some(message) => Check::Said(Box::new(check), message),
            None => check,
        }
    }

    /// What is said of values of another type, as the first of a schema's checks.
    pub(super) fn wrong_type(&mut self, args: &'a [Element], from: usize) -> Vec<Check> {
        self.message(args, from).map(Check::WrongType).into_iter().collect()
    }

    /// Refuses a message for a schema that has no place for one.
    pub(super) fn no_message(&mut self, args: &'a [Element], from: usize) {
        if let Some(Element::Value(extra)) = args.get(from) {
            self.refuse_schema(
                extra.span,
                "a message of its own for this kind of schema",
                "leave it out; texts, numbers, lists and their checks may have one",
            );
        }
    }

    /// The elements of a list argument.
    pub(super) fn list_arg(&mut self, args: &'a [Element], place: Span) -> Option<Vec<&'a Expr>> {
        if let Some(Element::Value(value)) = args.first() {
            let mut list = value;
            while let ExprKind::AsConst(inner) = &list.kind {
                list = inner;
            }
            if let Some(elements) = self.list_of(list) {
                let mut found = Vec::new();
                for element in elements {
                    match element {
                        Element::Value(value) => found.push(value),
                        Element::Spread { span, .. } => {
                            self.refuse_schema(*span, "a spread", "write the elements out");
                            return None;
                        }
                    }
                }
                return Some(found);
            }
        }
        self.refuse_schema(
            first_span(args, place),
            "a list that is not written out",
            "write the list here, or as a constant of this module",
        );
        None
    }

    /// The elements of a list literal, here or in a module's constant.
    fn list_of(&mut self, expr: &'a Expr) -> Option<&'a [Element]> {
        match &expr.kind {
            ExprKind::Array(elements) => Some(elements),
            ExprKind::Ident(name) => {
                let (value, _) = self.silently(|c| c.value_named(name, expr.span));
                let Value::Decl(module, crate::resolve::Decl::Const(i, j)) = value else {
                    return None;
                };
                let tree::ItemKind::Const(decl) = &self.module_of(module).tree.items[i].kind else {
                    return None;
                };
                let mut init = &decl.bindings[j].init;
                while let ExprKind::AsConst(inner) = &init.kind {
                    init = inner;
                }
                match &init.kind {
                    ExprKind::Array(elements) => Some(elements),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The output type of an object schema.
    pub(super) fn fields_ty(&mut self, fields: &[(Name, Schema, Span)]) -> Ty {
        let properties = fields
            .iter()
            .map(|(name, schema, span)| Property {
                name: name.clone(),
                ty: schema.output,
                optional: schema.optional,
                readonly: false,
                span: Some(*span),
            })
            .collect();
        self.types.object(Object { properties, ..Object::default() })
    }

    /// A default's JSON text; `None` where it is not a literal.
    pub(super) fn default_text(&mut self, expr: &'a Expr) -> Option<Arc<str>> {
        if let Some(constant) = self.constant_of(expr) {
            return Some(match constant {
                Constant::Undefined => "undefined".into(),
                Constant::Null => "null".into(),
                Constant::Bool(value) => value.to_string().into(),
                Constant::Number(number) if number.0.is_finite() => number.0.to_string().into(),
                Constant::Number(_) => return None,
                Constant::String(text) => json_text(&text).into(),
            });
        }
        match &expr.kind {
            ExprKind::Array(elements) => {
                let mut parts = Vec::new();
                for element in elements {
                    let Element::Value(value) = element else { return None };
                    parts.push(self.default_text(value)?.to_string());
                }
                Some(format!("[{}]", parts.join(",")).into())
            }
            ExprKind::Object(properties) => {
                let mut parts = Vec::new();
                for property in properties {
                    let tree::Property::Value { key, value, .. } = property else { return None };
                    let text = self.default_text(value)?;
                    parts.push(format!("{}:{text}", json_text(key.name()?)));
                }
                Some(format!("{{{}}}", parts.join(",")).into())
            }
            ExprKind::AsConst(inner) => self.default_text(inner),
            _ => None,
        }
    }
}

/// A text as JSON.
fn json_text(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The place of the first argument, or of the whole call.
pub(super) fn first_span(args: &[Element], place: Span) -> Span {
    match args.first() {
        Some(Element::Value(value)) => value.span,
        Some(Element::Spread { span, .. }) => *span,
        None => place,
    }
}
