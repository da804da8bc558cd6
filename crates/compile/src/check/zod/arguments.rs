//! Arguments of the calls that make schemas: constants, lists, and what is said of faults.

use std::sync::Arc;

use frontage_diagnostic::Span;
use frontage_plan::{Check, CheckKind, Constant, Name, Number, PathStep};
use frontage_syntax::tree::{self, Element, Expr, ExprKind, FunctionBody, Property, UnaryOp};

use super::super::Checker;
use super::super::names::Value;
use super::{Schema, argument_span, first_span};
use crate::hir::{self, CallbackId};
use crate::json_text::json_text;
use crate::types::Ty;

/// The options that a schema or check takes as its last argument.
#[derive(Debug, Default)]
pub(super) struct Options<'a> {
    /// Said of values that it refuses.
    pub(super) message: Option<Name>,
    /// No check after it runs once it has refused a value.
    pub(super) abort: bool,
    /// Where `refine` puts its issue.
    pub(super) path: Vec<PathStep>,
    /// Options of its own.
    pub(super) own: Vec<(Name, &'a Expr)>,
}

impl Options<'_> {
    /// A check with these options.
    pub(super) fn check(&self, kind: CheckKind<CallbackId>) -> Check<CallbackId> {
        Check { kind, message: self.message.clone(), abort: self.abort }
    }
}

impl<'a> Checker<'a> {
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
            ExprKind::Ident(_)
            | ExprKind::Member { .. }
            | ExprKind::Index { .. }
            | ExprKind::Template(_) => {
                let (checked, clean) = self.silently(|c| c.expr(expr, None));
                // An element of a list is one that may be missing, wherever it can be seen.
                if !clean || self.may_be_nullish(checked.ty) && checked.ty != Ty::NULL {
                    return None;
                }
                self.constant_value(&checked)?
            }
            ExprKind::AsConst(inner) => return self.constant_of(inner),
            ExprKind::Satisfies { .. } => {
                let (checked, clean) = self.silently(|c| c.expr(expr, None));
                return if clean { self.constant_value(&checked) } else { None };
            }
            _ => return None,
        })
    }

    /// The constant that an expression of the checked form is.
    pub(super) fn constant_value(&self, checked: &hir::Expr) -> Option<Constant> {
        match &self.written(checked)?.kind {
            hir::ExprKind::Constant(constant) => Some(constant.clone()),
            hir::ExprKind::Template(parts) => {
                let mut text = String::new();
                for part in parts {
                    match self.constant_value(part)? {
                        Constant::String(part) => text.push_str(&part),
                        _ => return None,
                    }
                }
                Some(Constant::String(text.into()))
            }
            _ => None,
        }
    }

    /// What is written for a value: through constants of modules, their members and elements.
    pub(super) fn written<'e>(&'e self, checked: &'e hir::Expr) -> Option<&'e hir::Expr> {
        match &checked.kind {
            hir::ExprKind::Global(id) => self.written(&self.globals.get(id.0 as usize)?.value),
            hir::ExprKind::Member(object, name) => self.written_member(object, name),
            hir::ExprKind::Index(list, at) => {
                let hir::ExprKind::Array(items) = &self.written(list)?.kind else { return None };
                let Constant::Number(at) = self.constant_value(at)? else { return None };
                let at = usize::try_from(whole(at.0)?).ok()?;
                match items.get(at) {
                    Some(hir::Item::Value(value))
                        if items[..at].iter().all(|i| matches!(i, hir::Item::Value(_))) =>
                    {
                        self.written(value)
                    }
                    _ => None,
                }
            }
            _ => Some(checked),
        }
    }

    fn written_member<'e>(&'e self, object: &'e hir::Expr, name: &str) -> Option<&'e hir::Expr> {
        self.last_member(object, name)?
    }

    /// The member as it is written; `Some(None)` where there is certainly none.
    fn last_member<'e>(
        &'e self,
        object: &'e hir::Expr,
        name: &str,
    ) -> Option<Option<&'e hir::Expr>> {
        let hir::ExprKind::Object(members) = &self.written(object)?.kind else { return None };
        for member in members.iter().rev() {
            match member {
                hir::Member::Static(key, value) if **key == *name => {
                    return self.written(value).map(Some);
                }
                hir::Member::Static(..) => {}
                hir::Member::Spread(more) => {
                    if let Some(found) = self.last_member(more, name)? {
                        return Some(Some(found));
                    }
                }
                hir::Member::Computed(key, value) => match self.constant_value(key)? {
                    Constant::String(key) if *key == *name => return self.written(value).map(Some),
                    Constant::String(_) => {}
                    _ => return None,
                },
            }
        }
        Some(None)
    }

    /// A number argument.
    pub(super) fn number_arg(&mut self, args: &'a [Element], place: Span) -> Option<f64> {
        if let Some(Element::Value(value)) = args.first()
            && let Some(Constant::Number(number)) = self.constant_of(value)
            && number.0.is_finite()
        {
            return Some(number.0);
        }
        self.refuse_schema(
            first_span(args, place),
            "a limit that is not a number literal",
            "write the number, or a constant of a module",
        )
    }

    /// A length argument.
    pub(super) fn length_arg(&mut self, args: &'a [Element], place: Span) -> Option<u32> {
        let number = self.number_arg(args, place)?;
        match whole(number) {
            Some(length) => Some(length),
            None => self.refuse_schema(
                first_span(args, place),
                "a length that is not a whole number from 0",
                "write a whole number",
            ),
        }
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
        )
    }

    /// The options at `from`: `"…"`, `{ error: "…", abort: true }`; `own` names those that only
    /// this schema or check takes.
    pub(super) fn schema_options(
        &mut self,
        args: &'a [Element],
        from: usize,
        own: &[&str],
    ) -> Option<Options<'a>> {
        let mut options = Options::default();
        let extra = match args.get(from) {
            None => return Some(options),
            Some(Element::Value(extra)) => extra,
            Some(Element::Spread { span, .. }) => {
                return self.refuse_schema(*span, "a spread", "write the arguments out");
            }
        };
        if let Some(Element::Value(more)) = args.get(from + 1) {
            return self.refuse_schema(more.span, "this argument", "leave it out");
        }
        let ExprKind::Object(properties) = &extra.kind else {
            options.message = self.message(extra)?;
            return Some(options);
        };
        self.written_once(properties);
        for property in properties {
            let Property::Value { key, value, .. } = property else {
                return self.refuse_schema(extra.span, "a spread", "write the options out");
            };
            let name = key.name().map_or("", |n| &**n);
            match name {
                "error" | "message" => options.message = self.message(value)?,
                "abort" => match self.constant_of(value) {
                    Some(Constant::Bool(abort)) => options.abort = abort,
                    _ => {
                        return self.refuse_schema(
                            value.span,
                            "an `abort` that is no literal",
                            "write `true` or `false`",
                        );
                    }
                },
                "path" if own.contains(&"path") => options.path = self.path_arg(value)?,
                name if own.contains(&name) => options.own.push((name.into(), value)),
                // For whoever reads issues as JavaScript values; nobody does here.
                "params" if own.contains(&"path") => {}
                _ => {
                    return self.refuse_schema(
                        key.span,
                        &format!("the option `{name}`"),
                        "leave it out; `error` is the message, `abort: true` ends the checks",
                    );
                }
            }
        }
        Some(options)
    }

    /// A message of the schema's own.
    fn message(&mut self, value: &'a Expr) -> Option<Option<Name>> {
        let text = match &value.kind {
            // `error: () => "…"`
            ExprKind::Arrow(function) if function.params.is_empty() => match &function.body {
                FunctionBody::Expr(body) => {
                    let text = self.constant_of(body);
                    if let (Some(Constant::String(text)), Some(declared)) =
                        (&text, &function.return_type)
                    {
                        let (own, wanted) =
                            (self.types.string_literal(text), self.annotation(declared));
                        self.fits(body, own, wanted);
                    }
                    text
                }
                FunctionBody::Block(_) => None,
            },
            _ => self.constant_of(value),
        };
        match text {
            Some(Constant::String(text)) => Some(Some(text)),
            _ => self.refuse_schema(
                value.span,
                "a message that is computed",
                "write the message as a text, or leave it out",
            ),
        }
    }

    fn path_arg(&mut self, value: &'a Expr) -> Option<Vec<PathStep>> {
        let mut path = Vec::new();
        let ExprKind::Array(elements) = &value.kind else {
            return self.refuse_schema(value.span, "this path", "write `path: [\"field\"]`");
        };
        for element in elements {
            let Element::Value(step) = element else {
                return self.refuse_schema(value.span, "a spread", "write the path out");
            };
            path.push(match self.constant_of(step) {
                Some(Constant::String(name)) => PathStep::Name(name),
                Some(Constant::Number(number)) if whole(number.0).is_some() => {
                    PathStep::Index(whole(number.0).unwrap_or_default())
                }
                _ => {
                    return self.refuse_schema(
                        step.span,
                        "a path that is computed",
                        "write names and whole numbers",
                    );
                }
            });
        }
        Some(path)
    }

    /// The schema at an index.
    pub(super) fn schema_arg(
        &mut self,
        args: &'a [Element],
        index: usize,
        span: Span,
    ) -> Option<Schema> {
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

    /// The elements of a list argument that is written here, or in a constant of a module.
    pub(super) fn list_arg(
        &mut self,
        args: &'a [Element],
        index: usize,
        place: Span,
    ) -> Option<Vec<&'a Expr>> {
        if let Some(Element::Value(value)) = args.get(index)
            && let Some(literal) = self.literal_of(value)
            && let ExprKind::Array(elements) = &literal.kind
        {
            let mut found = Vec::new();
            for element in elements {
                match element {
                    Element::Value(value) => found.push(value),
                    // tsc knows neither how many there are nor, then, where the others stand.
                    Element::Spread { value, span } if matches!(value.kind, ExprKind::Array(_)) => {
                        return self.refuse_schema(
                            *span,
                            "a spread of a list that is written here",
                            "write its elements without `...[]`",
                        );
                    }
                    Element::Spread { value, span } => match self.literal_of(value) {
                        Some(Expr { kind: ExprKind::Array(more), .. }) => {
                            for element in more {
                                let Element::Value(value) = element else {
                                    return self.refuse_schema(
                                        *span,
                                        "a spread",
                                        "write the elements out",
                                    );
                                };
                                found.push(value);
                            }
                        }
                        _ => {
                            return self.refuse_schema(*span, "a spread", "write the elements out");
                        }
                    },
                }
            }
            return Some(found);
        }
        self.refuse_schema(
            argument_span(args, index, place),
            "a list that is not written out",
            "write the list here, or as a constant with `as const`",
        )
    }

    /// A list or object literal, here or in a module's constant.
    fn literal_of(&mut self, expr: &'a Expr) -> Option<&'a Expr> {
        match &expr.kind {
            ExprKind::Array(_) | ExprKind::Object(_) => Some(expr),
            ExprKind::AsConst(inner) | ExprKind::Satisfies { value: inner, .. } => {
                self.literal_of(inner)
            }
            ExprKind::Ident(name) => {
                let (value, _) = self.silently(|c| c.value_named(name, expr.span));
                let Value::Decl(module, crate::resolve::Decl::Const(i, j)) = value else {
                    return None;
                };
                let tree::ItemKind::Const(decl) = &self.module_of(module).tree.items[i].kind else {
                    return None;
                };
                let mut init = &decl.bindings[j].init;
                while let ExprKind::AsConst(inner) | ExprKind::Satisfies { value: inner, .. } =
                    &init.kind
                {
                    init = inner;
                }
                matches!(init.kind, ExprKind::Array(_) | ExprKind::Object(_)).then_some(init)
            }
            _ => None,
        }
    }

    /// A value's JSON text; `None` where it is not a literal.
    pub(super) fn json_text_of(&mut self, expr: &'a Expr) -> Option<Arc<str>> {
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
                    let part = self.json_text_of(value)?;
                    if &*part == "undefined" {
                        return None;
                    }
                    parts.push(part.to_string());
                }
                Some(format!("[{}]", parts.join(",")).into())
            }
            ExprKind::Object(properties) => {
                let mut parts = Vec::new();
                for property in properties {
                    let Property::Value { key, value, .. } = property else { return None };
                    let text = self.json_text_of(value)?;
                    if &*text == "undefined" {
                        return None;
                    }
                    parts.push(format!("{}:{text}", json_text(key.name()?)));
                }
                Some(format!("{{{}}}", parts.join(",")).into())
            }
            ExprKind::AsConst(inner) => self.json_text_of(inner),
            _ => None,
        }
    }
}

/// A whole number from 0 that fits.
pub(super) fn whole(number: f64) -> Option<u32> {
    if number >= 0.0 && number.fract() == 0.0 && number <= f64::from(u32::MAX) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
        return Some(number as u32);
    }
    None
}

/// Keys in JavaScript's order: whole numbers first, by size.
pub(super) fn in_key_order<T>(items: Vec<T>, key: impl Fn(&T) -> &str) -> Vec<T> {
    let index = |text: &str| {
        let is_index = text == "0" || (!text.starts_with('0') && !text.is_empty());
        let digits = is_index && text.bytes().all(|b| b.is_ascii_digit());
        if digits { text.parse::<u32>().ok().filter(|n| *n < u32::MAX) } else { None }
    };
    let (mut numbers, mut names) = (Vec::new(), Vec::new());
    for item in items {
        match index(key(&item)) {
            Some(number) => numbers.push((number, item)),
            None => names.push(item),
        }
    }
    numbers.sort_by_key(|(number, _)| *number);
    numbers.into_iter().map(|(_, item)| item).chain(names).collect()
}
