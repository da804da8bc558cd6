//! Calls of operations: `users.getUser({ id }, { timeout: 80 })`.
//!
//! In:    an upstream, the operation's name, arguments and options.
//! Out:   [`hir::ExprKind::Operation`], a promise of the answer's type.
//! Never: an operation whose contract is faulty, or an option that is not a literal.

use std::sync::Arc;

use frontage_contract::{Contract, Method, Operation};
use frontage_diagnostic::{Diagnostic, Span, nearest};
use frontage_syntax::tree::{self, Element, ExprKind, Ident, Property};

use super::Checker;
use super::expr::made;
use crate::codes;
use crate::hir::{self, CallOptions, OperationRef};
use crate::types::{Index, Kind, Object, Property as Member, Signature, SignatureParam, Ty};

/// Headers that a call never sets: they belong to the connection or to the front door.
const FORBIDDEN: &[&str] = &[
    "host",
    "authorization",
    "cookie",
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "content-length",
    "proxy-connection",
    "expect",
];

impl<'a> Checker<'a> {
    /// The operation of this name; reports it where there is none.
    pub(super) fn find_operation(&mut self, upstream: u16, name: &Ident) -> Option<OperationRef> {
        let contract = self.contract(upstream);
        if let Some(i) = contract.operations.iter().position(|o| o.name == *name.name) {
            let operation = u32::try_from(i).ok()?;
            return Some(OperationRef { upstream, operation });
        }
        let upstream_name = self.workspace.upstreams[usize::from(upstream)].name.clone();
        let mut known: Vec<&str> = contract.operations.iter().map(|o| o.name.as_str()).collect();
        known.sort_unstable();
        let mut fault = Diagnostic::error(
            codes::UNKNOWN_OPERATION,
            name.span,
            format!("`{}` is not an operation of `{upstream_name}`", name.name),
        );
        let list: Vec<String> = known.iter().take(12).map(|k| format!("`{k}`")).collect();
        if !list.is_empty() {
            let more = if known.len() > 12 { ", …" } else { "" };
            fault = fault.label(format!("operations: {}{more}", list.join(", ")));
        }
        if let Some(near) = nearest(&name.name, known.iter().copied()) {
            fault = fault.help(format!("did you mean `{near}`?"));
        }
        self.report(fault);
        None
    }

    /// Whether calls of an operation change nothing upstream.
    pub(super) fn is_safe(&self, operation: OperationRef) -> bool {
        let upstream = &self.workspace.upstreams[usize::from(operation.upstream)];
        let declared = &upstream.contract.operations[operation.operation as usize];
        upstream.safe.get(&declared.name).copied().unwrap_or(declared.safe)
    }

    /// Reports a use of an operation that its contract makes impossible; whether it did.
    pub(super) fn faulty(
        &mut self,
        contract: &Contract,
        operation: &Operation,
        place: Span,
    ) -> bool {
        let Some(cause) = operation.faults.first() else { return false };
        let mut fault = Diagnostic::error(
            codes::FAULTY_OPERATION,
            place,
            format!("`{}` cannot be called: its contract is faulty", operation.name),
        )
        .label(cause.message.clone());
        fault = match &cause.primary {
            Some(label) => fault.also(label.span, "the fault is here"),
            None => fault.also(operation.span, "declared here"),
        };
        let title = if contract.title.is_empty() { "the contract" } else { &contract.title };
        self.report(fault.help(format!("correct {title}, or ask its owner")));
        true
    }

    pub(super) fn operation_call(
        &mut self,
        upstream: u16,
        name: &'a Ident,
        args: &'a [Element],
        span: Span,
    ) -> hir::Expr {
        let Some(reference) = self.find_operation(upstream, name) else {
            self.check_loose(args);
            return self.hole(span);
        };
        let contract = self.contract(upstream);
        let operation = &contract.operations[reference.operation as usize];
        if self.faulty(&contract, operation, name.span) {
            self.check_loose(args);
            return self.hole(span);
        }
        self.frame.effects.calls = true;
        if !self.is_safe(reference) {
            self.frame.effects.unsafe_calls.push((reference, name.span));
        }
        let mut values = Vec::new();
        for arg in args {
            match arg {
                Element::Value(value) => values.push(value),
                Element::Spread { span, .. } => {
                    self.report(
                        Diagnostic::error(
                            codes::SPREAD,
                            *span,
                            "arguments of a call cannot be spread",
                        )
                        .help("give one object: `{ … }`"),
                    );
                    return self.hole(span.to(*span));
                }
            }
        }
        if values.len() > 2 {
            self.error(
                codes::ARGUMENT_COUNT,
                values[2].span,
                format!("`{}` takes its arguments in one object, then its options", operation.name),
            );
        }
        let arguments = self.arguments(upstream, operation, values.first().copied(), name);
        let options = values.get(1).map(|o| self.options(o)).unwrap_or_default();
        let mut result = self.answer_ty(upstream, operation);
        if operation.success.binary
            && operation.success.json.is_none()
            && !operation.success.text
            && !operation.success.empty
        {
            self.report(
                Diagnostic::error(
                    codes::BINARY_ANSWER,
                    name.span,
                    format!("`{}` answers bytes, which a route cannot read", operation.name),
                )
                .also(operation.span, "declared here")
                .help("hand them on: `export const GET = passthrough(…)`"),
            );
        }
        if !options.null_on.is_empty() {
            result = self.types.either(result, Ty::NULL);
        }
        let ty = self.types.promise(result);
        let kind = hir::ExprKind::Operation {
            operation: reference,
            arguments: arguments.map(Box::new),
            options,
        };
        made(kind, ty, span)
    }

    /// `typeof upstream.name`
    pub(super) fn operation_ty(&mut self, upstream: u16, name: &'a Ident) -> Option<Ty> {
        let reference = self.find_operation(upstream, name)?;
        let contract = self.contract(upstream);
        let operation = &contract.operations[reference.operation as usize];
        if self.faulty(&contract, operation, name.span) {
            return None;
        }
        let arguments = SignatureParam {
            name: "args".into(),
            ty: self.arguments_ty(upstream, operation),
            optional: operation.arguments_optional(),
        };
        let options = SignatureParam {
            name: "options".into(),
            ty: self.prelude_object(&"CallOptions".into()),
            optional: true,
        };
        let answer = self.answer_ty(upstream, operation);
        let result = self.types.promise(answer);
        Some(self.types.function_of(Signature {
            type_params: Vec::new(),
            params: vec![arguments, options],
            rest: None,
            result,
            predicate: None,
        }))
    }

    /// What a successful call gives.
    pub(super) fn answer_ty(&mut self, upstream: u16, operation: &Operation) -> Ty {
        let mut parts = Vec::new();
        if let Some(json) = operation.success.json {
            parts.push(self.contract_ty(upstream, json, false));
        }
        if operation.success.text {
            parts.push(Ty::STRING);
        }
        if operation.success.empty {
            parts.push(Ty::UNDEFINED);
        }
        if parts.is_empty() { Ty::UNDEFINED } else { self.types.union(&parts) }
    }

    /// The type of an operation's arguments' object.
    fn arguments_ty(&mut self, upstream: u16, operation: &Operation) -> Ty {
        let mut object = Object {
            name: Some(format!("arguments of {}", operation.name).into()),
            span: Some(operation.span),
            interface: true,
            ..Object::default()
        };
        for parameter in &operation.parameters {
            object.properties.push(Member {
                name: parameter.key.as_str().into(),
                ty: self.contract_ty(upstream, parameter.ty, true),
                optional: !parameter.required,
                readonly: false,
                span: Some(parameter.span),
            });
        }
        if let Some(body) = &operation.body {
            let ty = body
                .content
                .first()
                .map_or(Ty::UNKNOWN, |c| self.contract_ty(upstream, c.ty, true));
            object.properties.push(Member {
                name: Operation::BODY_KEY.into(),
                ty,
                optional: !body.required,
                readonly: false,
                span: Some(body.span),
            });
        }
        if object.properties.is_empty() {
            // An operation without arguments takes nothing but an empty object.
            object.index = Some(Index { value: Ty::NEVER, numeric: false });
        }
        self.types.object(object)
    }

    fn arguments(
        &mut self,
        upstream: u16,
        operation: &Operation,
        given: Option<&'a tree::Expr>,
        name: &Ident,
    ) -> Option<hir::Expr> {
        let wanted = self.arguments_ty(upstream, operation);
        let Kind::Object(id) = *self.types.kind(wanted) else { return None };
        let object = self.object(id);
        let missing_from = |present: &dyn Fn(&str) -> bool| -> Vec<Member> {
            object.properties.iter().filter(|p| !p.optional && !present(&p.name)).cloned().collect()
        };
        let Some(given) = given else {
            let missing = missing_from(&|_| false);
            self.missing_arguments(operation, &missing, name.span);
            return None;
        };
        let checked = self.value(given, Some(wanted));
        if checked.ty == Ty::ERROR {
            return Some(checked);
        }
        if checked.ty == Ty::UNDEFINED && operation.arguments_optional() {
            return None;
        }
        let wanted = self.read_type(wanted, operation.arguments_optional());
        if let (ExprKind::Object(properties), Kind::Object(own)) =
            (&given.kind, self.types.kind(checked.ty).clone())
        {
            let own = self.object(own);
            let mut faulty = false;
            for property in properties {
                let Property::Value { key, .. } = property else { continue };
                let Some(key_name) = key.name() else { continue };
                if object.property(key_name).is_none() {
                    let missing = missing_from(&|n| own.property(n).is_some());
                    self.unknown_argument(operation, &object, &missing, key_name, key.span);
                    faulty = true;
                }
            }
            let missing = missing_from(&|n| own.property(n).is_some());
            if !missing.is_empty() {
                if !faulty {
                    self.missing_arguments(operation, &missing, given.span);
                }
                return Some(checked);
            }
            if faulty {
                return Some(checked);
            }
        }
        let needed = missing_from(&|_| false);
        let scalar =
            |k: &Kind| matches!(k, Kind::String | Kind::StringLiteral { .. } | Kind::Number);
        if scalar(self.types.kind(checked.ty)) && !needed.is_empty() {
            // `getUser("u1")`: whoever writes this knows the value, not the shape.
            self.missing_arguments(operation, &needed, given.span);
            return Some(checked);
        }
        self.fits(given, checked.ty, wanted);
        Some(checked)
    }

    fn missing_arguments(&mut self, operation: &Operation, missing: &[Member], place: Span) {
        let Some(first) = missing.first() else { return };
        let names: Vec<String> = missing.iter().map(|m| format!("`{}`", m.name)).collect();
        let mut fault = Diagnostic::error(
            codes::MISSING_ARGUMENT,
            place,
            format!("`{}` needs {}", operation.name, names.join(" and ")),
        );
        if let Some(span) = first.span {
            fault = fault.also(span, "declared here");
        }
        let example: Vec<String> = missing.iter().map(|m| format!("{}: …", m.name)).collect();
        self.report(fault.help(format!("write `{{ {} }}`", example.join(", "))));
    }

    fn unknown_argument(
        &mut self,
        operation: &Operation,
        object: &Object,
        missing: &[Member],
        name: &str,
        place: Span,
    ) {
        let known: Vec<&str> = object.properties.iter().map(|p| &*p.name).collect();
        let mut fault = Diagnostic::error(
            codes::UNKNOWN_ARGUMENT,
            place,
            format!("`{name}` is not a parameter of `{}`", operation.name),
        );
        let list: Vec<String> = known.iter().take(12).map(|k| format!("`{k}`")).collect();
        if !list.is_empty() {
            fault = fault.label(format!("parameters: {}", list.join(", ")));
        }
        fault = fault.also(operation.span, "declared here");
        let in_body = operation.body.is_some() && known.len() == 1;
        self.report(match nearest(name, known.iter().copied()) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None if in_body => fault.help("fields of the body stand in `body: { … }`"),
            None => match missing.first() {
                Some(needed) => fault.help(format!("`{}` is needed: write that", needed.name)),
                None => fault.help("leave it out"),
            },
        });
    }

    fn bad_option(&mut self, place: Span, message: impl Into<String>, help: &str) {
        self.report(Diagnostic::error(codes::CALL_OPTION, place, message).help(help));
    }

    fn options(&mut self, given: &'a tree::Expr) -> CallOptions {
        let mut options = CallOptions::default();
        let ExprKind::Object(properties) = &given.kind else {
            self.bad_option(
                given.span,
                "options of a call are written where it stands",
                "write `{ timeout: 80 }`",
            );
            return options;
        };
        self.written_once(properties);
        for property in properties {
            let Property::Value { key, value, .. } = property else {
                self.bad_option(given.span, "options of a call cannot be spread", "write them out");
                continue;
            };
            match key.name().map(|n| &**n) {
                Some("timeout") => match &value.kind {
                    ExprKind::Number(ms)
                        if *ms >= 1.0 && *ms <= 3_600_000.0 && ms.fract() == 0.0 =>
                    {
                        #[expect(
                            clippy::cast_possible_truncation,
                            clippy::cast_sign_loss,
                            reason = "in range"
                        )]
                        let ms = *ms as u32;
                        options.timeout_ms = Some(ms);
                    }
                    _ => self.bad_option(
                        value.span,
                        "`timeout` is a number of milliseconds, written out",
                        "write a whole number from 1 to 3600000",
                    ),
                },
                Some("nullOn") => self.null_on(value, &mut options),
                Some("headers") => self.headers(value, &mut options),
                name => {
                    let name = name.unwrap_or("…").to_owned();
                    let known = ["timeout", "nullOn", "headers"];
                    let fault = Diagnostic::error(
                        codes::CALL_OPTION,
                        key.span,
                        format!("`{name}` is not an option of a call"),
                    )
                    .label("options: `timeout`, `nullOn`, `headers`");
                    self.report(match nearest(&name, known.iter().copied()) {
                        Some(near) => fault.help(format!("did you mean `{near}`?")),
                        None => fault.help("leave it out"),
                    });
                }
            }
        }
        options
    }

    fn null_on(&mut self, value: &'a tree::Expr, options: &mut CallOptions) {
        let ExprKind::Array(elements) = &value.kind else {
            self.bad_option(
                value.span,
                "`nullOn` is a list of statuses, written out",
                "write `nullOn: [404]`",
            );
            return;
        };
        if elements.is_empty() {
            self.bad_option(
                value.span,
                "`nullOn` lists at least one status",
                "write `nullOn: [404]`, or leave it out",
            );
        }
        for element in elements {
            match element {
                Element::Value(tree::Expr { kind: ExprKind::Number(status), .. })
                    if *status >= 300.0 && *status <= 599.0 && status.fract() == 0.0 =>
                {
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "in range"
                    )]
                    let status = *status as u16;
                    if !options.null_on.contains(&status) {
                        options.null_on.push(status);
                    }
                }
                Element::Value(tree::Expr { span, .. }) | Element::Spread { span, .. } => {
                    self.bad_option(
                        *span,
                        "a status in `nullOn` is a number from 300 to 599",
                        "write `nullOn: [404]`",
                    );
                }
            }
        }
        options.null_on.sort_unstable();
    }

    fn headers(&mut self, value: &'a tree::Expr, options: &mut CallOptions) {
        let ExprKind::Object(properties) = &value.kind else {
            self.bad_option(
                value.span,
                "`headers` is an object of texts, written out",
                "write `headers: { \"accept-language\": \"de\" }`",
            );
            return;
        };
        self.written_once(properties);
        for property in properties {
            let Property::Value { key, value, .. } = property else {
                let help = "write the headers out";
                self.bad_option(property.span(), "headers of a call cannot be spread", help);
                continue;
            };
            let name: Arc<str> = key.name().map_or("".into(), |n| n.to_lowercase().into());
            let token = !name.is_empty()
                && name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
            if !token {
                self.bad_option(
                    key.span,
                    "this is not the name of a header",
                    "use letters, digits and `-`",
                );
                continue;
            }
            if FORBIDDEN.contains(&&*name) {
                self.bad_option(
                    key.span,
                    format!("a call cannot set the header `{name}`"),
                    "connection, identity and length are not a route's business; secrets stand in `frontage.toml`",
                );
                continue;
            }
            match &value.kind {
                ExprKind::String(text)
                    if text.bytes().all(|b| (32..127).contains(&b) || b == b'\t') =>
                {
                    options.headers.push((name, text.clone()));
                }
                _ => self.bad_option(
                    value.span,
                    "the value of a header is a text of printable ASCII, written out",
                    "pass what varies as a parameter of the operation",
                ),
            }
        }
    }

    /// Reports calls that change something in a route that must not.
    pub(super) fn check_unsafe(&mut self, method: &str) {
        let calls = std::mem::take(&mut self.frame.effects.unsafe_calls);
        for (operation, place) in calls {
            let contract = self.contract(operation.upstream);
            let declared = &contract.operations[operation.operation as usize];
            let frontage_contract::Binding::Http(http) = &declared.binding;
            let why = if http.method == Method::Post
                || http.method == Method::Put
                || http.method == Method::Patch
                || http.method == Method::Delete
            {
                format!("`{}` is {} {}", declared.name, http.method, http.template)
            } else {
                format!("`{}` is marked as not safe", declared.name)
            };
            self.report(
                Diagnostic::error(
                    codes::UNSAFE_IN_GET,
                    place,
                    format!("a `{method}` route cannot call `{}`, which changes something", declared.name),
                )
                .label(why)
                .also(declared.span, "declared here")
                .help("export the route as `POST`; if the operation only reads, set `safe = true` for it in `frontage.toml`"),
            );
        }
    }
}
