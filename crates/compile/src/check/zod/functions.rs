//! Functions of a schema's author: `transform`, `refine`, `superRefine`, `overwrite`, `preprocess`.
//!
//! They are checked as callbacks of the library are, and lowered with the route that uses them.

use std::sync::Arc;

use frontage_diagnostic::{Diagnostic, Span};
use frontage_plan::{Check, CheckKind};
use frontage_syntax::tree::Element;

use super::super::Checker;
use super::{Kind, Schema, Validator, first_span};
use crate::codes;
use crate::hir::{self, CallbackId};
use crate::types::{FunctionType, Kind as TyKind, Signature, SignatureParam, Ty, TypeParam};

impl<'a> Checker<'a> {
    /// Keeps a checked function for the routes that use it.
    pub(super) fn callback(&mut self, function: hir::Expr) -> Option<CallbackId> {
        if self.returns_promise(function.ty) || self.frame.effects.calls {
            self.report(
                Diagnostic::error(
                    codes::ZOD,
                    function.span,
                    "a call or a promise is not supported in an input schema",
                )
                .help("check it in the handler: `if (…) throw error(400, \"…\")`"),
            );
            self.frame.effects = super::super::Effects::default();
            return None;
        }
        let id = CallbackId(u32::try_from(self.callbacks.len()).unwrap_or(u32::MAX));
        self.callbacks.push(function);
        Some(id)
    }

    /// A function without parameters that gives a value.
    pub(super) fn constant_callback(&mut self, value: hir::Expr) -> Option<CallbackId> {
        let (ty, span) = (value.ty, value.span);
        let body = vec![hir::Stmt { kind: hir::StmtKind::Return(Some(value)), span }];
        let function = hir::Function {
            name: None,
            params: Vec::new(),
            rest: None,
            body,
            is_async: false,
            written_async: false,
            result: ty,
            span,
        };
        let kind = hir::ExprKind::Arrow(Box::new(function));
        self.callback(hir::Expr { kind, ty, span })
    }

    fn context_param(&mut self) -> SignatureParam {
        let ty = self.types.library("RefinementCtx", &[]);
        SignatureParam { name: "ctx".into(), ty, optional: false }
    }

    /// Checks the call of a method that takes a function; gives the function and the result.
    fn with_function(
        &mut self,
        signature: Signature,
        args: &'a [Element],
        place: Span,
    ) -> Option<(hir::Expr, Ty)> {
        let Some(Element::Value(_)) = args.first() else {
            return self.refuse_schema(
                first_span(args, place),
                "a missing function",
                "write an arrow function: `(value) => …`",
            );
        };
        let function = Arc::new(FunctionType { signatures: vec![Arc::new(signature)] });
        let before = self.diagnostics.len();
        let resolved = self.resolve_call(&function, &[], &args[..1], place, None)?;
        if self.diagnostics.len() > before {
            return None;
        }
        match resolved.items.into_iter().next() {
            Some(hir::Item::Value(function)) => Some((function, resolved.result)),
            _ => None,
        }
    }

    /// The signature of a method whose function takes `value` and gives anything of type `U`.
    fn generic_signature(&mut self, value: Ty) -> Signature {
        let id = self.types.param(TypeParam {
            name: "NewOut".into(),
            constraint: None,
            default: None,
            is_const: false,
        });
        let result = self.types.intern(TyKind::Param(id));
        let ctx = self.context_param();
        let callback = self.types.function_of(Signature {
            type_params: Vec::new(),
            params: vec![SignatureParam { name: "value".into(), ty: value, optional: false }, ctx],
            rest: None,
            result,
            predicate: None,
        });
        Signature {
            type_params: vec![id],
            params: vec![SignatureParam {
                name: "transform".into(),
                ty: callback,
                optional: false,
            }],
            rest: None,
            result,
            predicate: None,
        }
    }

    /// The signature of a method whose function takes `value` (and perhaps the context).
    fn plain_signature(&mut self, value: Ty, result: Ty, context: bool) -> Signature {
        let mut params = vec![SignatureParam { name: "value".into(), ty: value, optional: false }];
        if context {
            params.push(self.context_param());
        }
        let callback = self.types.function_of(Signature {
            type_params: Vec::new(),
            params,
            rest: None,
            result,
            predicate: None,
        });
        Signature {
            type_params: Vec::new(),
            params: vec![SignatureParam { name: "check".into(), ty: callback, optional: false }],
            rest: None,
            result: Ty::UNKNOWN,
            predicate: None,
        }
    }

    /// `.transform(f)`
    pub(super) fn transformed(
        &mut self,
        base: Schema,
        args: &'a [Element],
        place: Span,
    ) -> Option<Schema> {
        let signature = self.generic_signature(base.output);
        let (function, output) = self.with_function(signature, args, place)?;
        let callback = self.callback(function)?;
        let next = Validator::new(Kind::Transform(callback));
        let kind = Kind::Pipe(Box::new(base.validator), Box::new(next));
        let mut schema = Schema::new(kind, output, base.input);
        schema.optional_in = base.optional_in;
        Some(schema)
    }

    /// `z.preprocess(f, schema)`
    pub(super) fn preprocess(&mut self, args: &'a [Element], span: Span) -> Option<Schema> {
        let signature = self.generic_signature(Ty::UNKNOWN);
        let (function, _) = self.with_function(signature, args, span)?;
        let callback = self.callback(function)?;
        let schema = self.schema_arg(args, 1, span)?;
        let first = Validator::new(Kind::Transform(callback));
        let kind = Kind::Pipe(Box::new(first), Box::new(schema.validator));
        let mut result = Schema::new(kind, schema.output, Ty::UNKNOWN);
        (result.optional, result.optional_in) = (schema.optional, schema.optional_in);
        Some(result)
    }

    /// `.refine(test, { path, error })`
    pub(super) fn refined(
        &mut self,
        mut base: Schema,
        args: &'a [Element],
        place: Span,
    ) -> Option<Schema> {
        let signature = self.plain_signature(base.output, Ty::UNKNOWN, false);
        let options = self.schema_options(args, 1, &["path"])?;
        let (test, _) = self.with_function(signature, args, place)?;
        // A function that is a predicate tells the type.
        if let TyKind::Function(id) = *self.types.kind(test.ty)
            && let Some((0, narrow)) =
                self.types.signatures(id).signatures.first().and_then(|s| s.predicate)
            && self.assignable(narrow, base.output)
        {
            base.output = narrow;
        }
        let test = self.callback(test)?;
        let kind = CheckKind::Refine { test, path: options.path.clone() };
        base.validator.checks.push(options.check(kind));
        Some(base)
    }

    /// `.superRefine((value, ctx) => { … })`
    pub(super) fn super_refined(
        &mut self,
        mut base: Schema,
        args: &'a [Element],
        place: Span,
    ) -> Option<Schema> {
        if let Some(Element::Value(extra)) = args.get(1) {
            return self.refuse_schema(extra.span, "this option", "leave it out");
        }
        // What a function for `void` alone returns is nobody's business; here it is zod's.
        let later = self.types.promise(Ty::VOID);
        let result = self.types.either(Ty::VOID, later);
        let signature = self.plain_signature(base.output, result, true);
        let (function, _) = self.with_function(signature, args, place)?;
        let callback = self.callback(function)?;
        base.validator.checks.push(Check::new(CheckKind::SuperRefine(callback)));
        Some(base)
    }

    /// `.overwrite(f)`
    pub(super) fn overwritten(
        &mut self,
        mut base: Schema,
        args: &'a [Element],
        place: Span,
    ) -> Option<Schema> {
        let signature = self.plain_signature(base.output, base.output, false);
        let (function, _) = self.with_function(signature, args, place)?;
        let callback = self.callback(function)?;
        base.validator.checks.push(Check::new(CheckKind::Overwrite(callback)));
        Some(base)
    }
}
