//! Routes: what a route module exports.
//!
//! In:    route modules and their paths.
//! Out:   [`CheckedRoute`]s.
//! Never: two routes of one method and path, or an export that is no route.

use std::collections::HashMap;
use std::sync::Arc;

use frontage_diagnostic::{Diagnostic, SourceMap, Span, nearest};
use frontage_plan::{Input, Method, PathSegment};
use frontage_syntax::tree::{Element, Expr, ExprKind, Item, ItemKind, PatternKind, Property};

use super::Checker;
use super::names::Value;
use crate::codes;
use crate::hir::{self, CheckedKind, CheckedRoute, InputTypes};
use crate::resolve::{Export, Role, conflict_key};
use crate::types::{Kind, Object, Property as Member, Signature, SignatureParam, Ty};

const METHODS: &[(&str, Method)] = &[
    ("GET", Method::Get),
    ("HEAD", Method::Head),
    ("POST", Method::Post),
    ("PUT", Method::Put),
    ("PATCH", Method::Patch),
    ("DELETE", Method::Delete),
];

/// What is said of a handler without `async`, which says all of each `await` in it.
pub(crate) const NOT_ASYNC: &str = "the handler is an `async` function";

/// Whether an expression calls `route` or `passthrough`.
pub(super) fn is_route_call(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call { callee, .. }
        if matches!(&callee.kind, ExprKind::Ident(name) if matches!(&**name, "route" | "passthrough")))
}

impl<'a> Checker<'a> {
    /// Checks the routes of all route modules.
    pub(super) fn check_routes(&mut self) -> Vec<CheckedRoute> {
        let mut routes = Vec::new();
        for &id in self.own {
            let module = self.module_of(id);
            let Role::Route(path) = &module.role else { continue };
            let mut any = false;
            for (name, span, export) in &module.symbols.exports {
                any = true;
                self.aside(id, |c| c.check_export(name, *span, *export));
            }
            if !any {
                let place = Span::new(module.tree.file, 0, 0);
                self.report(
                    Diagnostic::error(codes::NOT_A_METHOD, place, "this route module exports no route")
                        .help("write `export const GET = route(async () => …)`, or move the file to `lib/`"),
                );
            }
            for item in &module.tree.items {
                let ItemKind::Const(decl) = &item.kind else { continue };
                if !item.exported {
                    continue;
                }
                for binding in &decl.bindings {
                    let PatternKind::Ident(name) = &binding.pattern.kind else { continue };
                    let Some(&(_, method)) = METHODS.iter().find(|(m, _)| **m == *name.name) else {
                        continue;
                    };
                    let path = path.clone();
                    let named = path.is_some();
                    if let Some(ty) = &binding.ty {
                        self.report(
                            Diagnostic::error(
                                codes::NOT_A_ROUTE,
                                ty.span,
                                "a route's type follows from its handler",
                            )
                            .help("leave the annotation out; annotate the handler's result"),
                        );
                    }
                    let checked =
                        self.aside(id, |c| c.route(item, &binding.init, name.span, method, path));
                    // One whose file names no path is nobody's rival.
                    routes.extend(checked.filter(|_| named));
                }
            }
        }
        routes
    }

    fn check_export(&mut self, name: &Arc<str>, span: Span, export: Export) {
        let known: Vec<&str> = METHODS.iter().map(|m| m.0).collect();
        let method = known.contains(&&**name);
        let fault = |message: String| Diagnostic::error(codes::NOT_A_METHOD, span, message);
        if method {
            if export != Export::Local {
                self.report(
                    fault(format!("`{name}` is exported where it is declared"))
                        .help(format!("write `export const {name} = route(…)`")),
                );
            } else if self.module_of(self.module).symbols.types.contains_key(name)
                || matches!(
                    self.module_of(self.module).symbols.values.get(name),
                    Some(crate::resolve::Decl::Function(_))
                )
            {
                self.report(
                    fault(format!("`{name}` is not a route"))
                        .help(format!("write `export const {name} = route(…)`")),
                );
            }
            return;
        }
        // Types may be exported: other tools read them.
        let symbols = &self.module_of(self.module).symbols;
        if export == Export::Local
            && symbols.types.contains_key(name)
            && !symbols.values.contains_key(name)
        {
            return;
        }
        if &**name == "OPTIONS" {
            self.report(fault("`OPTIONS` is answered by itself".to_owned()).help("leave it out"));
            return;
        }
        let found =
            fault(format!("a route module exports routes only, and `{name}` is no HTTP method"));
        let near = nearest(name, known.iter().copied());
        self.report(match near {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found.help("leave `export` out, or move it to a module in `lib/`"),
        });
    }

    fn route(
        &mut self,
        item: &'a Item,
        init: &'a Expr,
        span: Span,
        method: Method,
        path: Option<Vec<PathSegment>>,
    ) -> Option<CheckedRoute> {
        let callee = match &init.kind {
            ExprKind::Call { callee, args, type_args, .. } => {
                if let Some(first) = type_args.first() {
                    self.report(
                        Diagnostic::error(
                            codes::ROUTE_ARGUMENTS,
                            first.span,
                            "a route's types follow from its input and its handler",
                        )
                        .help("leave the type arguments out; annotate the handler's result"),
                    );
                }
                match &callee.kind {
                    ExprKind::Ident(name) => Some((self.value_named(name, callee.span), args)),
                    _ => None,
                }
            }
            ExprKind::Error => return None,
            _ => None,
        };
        match callee {
            Some((Value::Frontage(name), args)) if &*name == "route" => {
                self.handler_route(item, args, init.span, span, method, path)
            }
            Some((Value::Frontage(name), args)) if &*name == "passthrough" => {
                self.passthrough(item, args, init.span, span, method, path)
            }
            Some((Value::Refused, _)) => None,
            _ => {
                self.report(
                    Diagnostic::error(
                        codes::NOT_A_ROUTE,
                        init.span,
                        "an exported method is a call of `route` or `passthrough`",
                    )
                    .help("write `route(async ({ query }) => …)`"),
                );
                None
            }
        }
    }

    fn handler_route(
        &mut self,
        item: &'a Item,
        args: &'a [Element],
        call: Span,
        span: Span,
        method: Method,
        path: Option<Vec<PathSegment>>,
    ) -> Option<CheckedRoute> {
        let mut values = Vec::new();
        for arg in args {
            match arg {
                Element::Value(value) => values.push(value),
                Element::Spread { span, .. } => {
                    self.error(
                        codes::ROUTE_ARGUMENTS,
                        *span,
                        "the arguments of `route` are written out",
                    );
                    return None;
                }
            }
        }
        let (input, handler) = match values.as_slice() {
            [handler] => (None, *handler),
            [input, handler] => (Some(*input), *handler),
            _ => {
                self.report(
                    Diagnostic::error(
                        codes::ROUTE_ARGUMENTS,
                        call,
                        "`route` takes a handler, or its input and a handler",
                    )
                    .help("write `route({ query: z.object({ … }) }, async ({ query }) => …)`"),
                );
                return None;
            }
        };
        let (plan, input_types, sequential) = match input {
            Some(input) => self.route_input(input, method, path.as_deref()),
            None => (Input::default(), InputTypes::default(), false),
        };
        let context = self.context_ty(input_types);
        let ExprKind::Arrow(function) = &handler.kind else {
            if !matches!(handler.kind, ExprKind::Error) {
                self.report(
                    Diagnostic::error(
                        codes::ROUTE_ARGUMENTS,
                        handler.span,
                        "the handler is an arrow function, written here",
                    )
                    .help("write `async ({ query }) => { … }`, and call helpers from it"),
                );
            }
            return None;
        };
        if !function.is_async {
            self.report(
                Diagnostic::error(codes::ROUTE_ARGUMENTS, function.span, NOT_ASYNC)
                    .help("write `async` before its parameters"),
            );
        }
        if function.params.len() > 1 || function.rest.is_some() {
            self.report(
                Diagnostic::error(
                    codes::ROUTE_ARGUMENTS,
                    function.span,
                    "the handler takes one argument",
                )
                .help("take it apart: `async ({ params, query }) => …`"),
            );
            return None;
        }
        let signature = Signature {
            type_params: Vec::new(),
            params: vec![SignatureParam { name: "context".into(), ty: context, optional: false }],
            rest: None,
            result: Ty::UNKNOWN,
            predicate: None,
        };
        let checked = self.function(None, function, Some(&signature), true);
        if let Some(param) = function.params.first().filter(|p| p.ty.is_some())
            && let Kind::Function(id) = *self.types.kind(checked.ty)
            && let Some(declared) =
                self.types.signatures(id).signatures.first().and_then(|s| s.params.first().cloned())
        {
            let wanted = self.read_type(declared.ty, declared.optional);
            if !self.assignable(context, wanted) {
                let fault = self.mismatch(param.span, context, wanted);
                self.report(fault.help("leave the annotation out: the parameter is the context"));
            }
        }
        self.frame.effects = checked.effects;
        if matches!(method, Method::Get | Method::Head) {
            self.check_unsafe(method_name(method));
        }
        let result = self.result_of(&checked.returns, checked.result);
        let mut function = checked.function;
        function.params.clear();
        Some(CheckedRoute {
            method,
            path: path.unwrap_or_default(),
            doc: item.doc.clone(),
            span,
            kind: CheckedKind::Handler { input: plan, input_types, function, sequential },
            result,
        })
    }

    fn context_ty(&mut self, input: InputTypes) -> Ty {
        let session = self.session_ty();
        let request = self.prelude_object(&"RequestInfo".into());
        let members = [
            ("params", input.params.unwrap_or(Ty::UNDEFINED)),
            ("query", input.query.unwrap_or(Ty::UNDEFINED)),
            ("headers", input.headers.unwrap_or(Ty::UNDEFINED)),
            ("body", input.body.unwrap_or(Ty::UNDEFINED)),
            ("session", session),
            ("request", request),
        ];
        self.types.object(Object {
            name: Some("Context".into()),
            interface: true,
            properties: members
                .into_iter()
                .map(|(name, ty)| Member {
                    name: name.into(),
                    ty,
                    optional: false,
                    readonly: true,
                    span: None,
                })
                .collect(),
            ..Object::default()
        })
    }

    fn route_input(
        &mut self,
        written: &'a Expr,
        method: Method,
        path: Option<&[PathSegment]>,
    ) -> (Input<hir::CallbackId>, InputTypes, bool) {
        let mut input = Input::default();
        let mut types = InputTypes::default();
        let mut sequential = false;
        let ExprKind::Object(properties) = &written.kind else {
            self.report(
                Diagnostic::error(
                    codes::ROUTE_INPUT,
                    written.span,
                    "a route's input is an object of schemas, written here",
                )
                .help("write `{ query: z.object({ … }) }`"),
            );
            for name in ["params", "query", "headers", "body"] {
                *slot(&mut types, name) = Some(Ty::ERROR);
            }
            return (input, types, sequential);
        };
        self.written_once(properties);
        for property in properties {
            let Property::Value { key, value, .. } = property else {
                self.error(codes::ROUTE_INPUT, written.span, "a route's input cannot be spread");
                for name in ["params", "query", "headers", "body"] {
                    let _ = slot(&mut types, name).get_or_insert(Ty::ERROR);
                }
                continue;
            };
            let name = key.name().map_or("", |n| &**n);
            match name {
                "sequential" => match value.kind {
                    ExprKind::Boolean(on) => sequential = on,
                    _ => self.error(
                        codes::ROUTE_INPUT,
                        value.span,
                        "`sequential` is `true` or `false`",
                    ),
                },
                "params" | "query" | "headers" | "body" => {
                    if name == "body" && matches!(method, Method::Get | Method::Head) {
                        self.report(
                            Diagnostic::error(
                                codes::ROUTE_INPUT,
                                key.span,
                                format!("a `{}` route has no body", method_name(method)),
                            )
                            .help("use `query`, or export the route as `POST`"),
                        );
                    }
                    let Some(schema) = self.schema(value) else {
                        let slot = slot(&mut types, name);
                        *slot = Some(Ty::ERROR);
                        continue;
                    };
                    if name != "body" && !schema.is_object() {
                        self.report(
                            Diagnostic::error(
                                codes::ROUTE_INPUT,
                                value.span,
                                format!("`{name}` is a `z.object({{ … }})`"),
                            )
                            .help(format!("write `{name}: z.object({{ … }})`")),
                        );
                    }
                    if name != "body" {
                        self.check_texts(name, &schema, value.span);
                    }
                    let fits = match (name, path) {
                        ("params", Some(path)) => self.check_params(&schema, value.span, path),
                        _ => true,
                    };
                    if let ("headers", Some((field, place))) = (name, schema.upper_case_field()) {
                        let lower = field.to_lowercase();
                        self.report(
                            Diagnostic::error(
                                codes::ROUTE_INPUT,
                                place,
                                format!("a header is named in lower case, not `{field}`"),
                            )
                            .help(format!("write `\"{lower}\"`; clients may send it in any case")),
                        );
                    }
                    // Of a misspelt parameter nothing more is said where it is used.
                    *slot(&mut types, name) = Some(if fits { schema.output } else { Ty::ERROR });
                    let validator = Some(schema.validator);
                    match name {
                        "params" => input.params = validator,
                        "query" => input.query = validator,
                        "headers" => input.headers = validator,
                        _ => input.body = validator,
                    }
                }
                _ => {
                    let known = ["params", "query", "headers", "body", "sequential"];
                    let fault = Diagnostic::error(
                        codes::ROUTE_INPUT,
                        key.span,
                        format!("`{name}` is not part of a route's input"),
                    )
                    .label("parts: `params`, `query`, `headers`, `body`, `sequential`");
                    self.report(match nearest(name, known.iter().copied()) {
                        Some(near) => {
                            if near != "sequential" {
                                let _ = slot(&mut types, near).get_or_insert(Ty::ERROR);
                            }
                            fault.help(format!("did you mean `{near}`?"))
                        }
                        None => fault.help("leave it out"),
                    });
                }
            }
        }
        (input, types, sequential)
    }

    /// Whether the path has every parameter that the schema names; reports those that it lacks.
    fn check_params(
        &mut self,
        schema: &super::zod::Schema,
        place: Span,
        path: &[PathSegment],
    ) -> bool {
        let names: Vec<&str> = path
            .iter()
            .filter_map(|s| match s {
                PathSegment::Parameter(n) | PathSegment::Rest(n) => Some(&**n),
                PathSegment::Literal(_) => None,
            })
            .collect();
        let mut fits = true;
        for field in schema.fields() {
            if names.contains(&&*field) {
                continue;
            }
            fits = false;
            let fault = Diagnostic::error(
                codes::ROUTE_PARAMS,
                place,
                format!("the path of this route has no parameter `{field}`"),
            );
            let list: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
            let fault = if list.is_empty() {
                fault.label("its path has no parameters")
            } else {
                fault.label(format!("parameters of the path: {}", list.join(", ")))
            };
            self.report(match nearest(&field, names.iter().copied()) {
                Some(near) => fault.help(format!("did you mean `{near}`?")),
                None => fault
                    .help(format!("name the file `[{field}].ts`, or take `{field}` from `query`")),
            });
        }
        fits
    }

    fn passthrough(
        &mut self,
        item: &'a Item,
        args: &'a [Element],
        call: Span,
        span: Span,
        method: Method,
        path: Option<Vec<PathSegment>>,
    ) -> Option<CheckedRoute> {
        let wrong = |c: &mut Self, place: Span| {
            c.report(
                Diagnostic::error(
                    codes::PASSTHROUGH,
                    place,
                    "`passthrough` takes one operation of an upstream",
                )
                .help("write `passthrough(users.getAvatar)`"),
            );
        };
        let Some(Element::Value(target)) = args.first() else {
            wrong(self, call);
            return None;
        };
        let ExprKind::Member { object, name, .. } = &target.kind else {
            wrong(self, target.span);
            return None;
        };
        let upstream = match &object.kind {
            ExprKind::Ident(root) => match self.value_named(root, object.span) {
                Value::Upstream(upstream) => upstream,
                Value::Refused => return None,
                _ => {
                    wrong(self, target.span);
                    return None;
                }
            },
            _ => {
                wrong(self, target.span);
                return None;
            }
        };
        let operation = self.find_operation(upstream, name)?;
        let contract = self.contract(upstream);
        let declared = &contract.operations[operation.operation as usize];
        if self.faulty(&contract, declared, name.span) {
            return None;
        }
        if matches!(method, Method::Get | Method::Head) && !self.is_safe(operation) {
            self.frame.effects.unsafe_calls.push((operation, name.span));
            self.check_unsafe(method_name(method));
        }
        let mut timeout_ms = None;
        match args.get(1) {
            None => {}
            Some(Element::Value(options)) => timeout_ms = self.passthrough_timeout(options),
            Some(Element::Spread { span, .. }) => wrong(self, *span),
        }
        let result = self.answer_ty(upstream, declared);
        Some(CheckedRoute {
            method,
            path: path.unwrap_or_default(),
            doc: item.doc.clone(),
            span,
            kind: CheckedKind::Passthrough { operation, timeout_ms },
            result,
        })
    }

    fn passthrough_timeout(&mut self, options: &'a Expr) -> Option<u32> {
        if let ExprKind::Object(properties) = &options.kind
            && let [Property::Value { key, value, .. }] = properties.as_slice()
            && key.name().is_some_and(|n| &**n == "timeout")
            && let ExprKind::Number(ms) = value.kind
            && (1.0..=3_600_000.0).contains(&ms)
            && ms.fract() == 0.0
        {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "in range"
            )]
            return Some(ms as u32);
        }
        self.report(
            Diagnostic::error(
                codes::CALL_OPTION,
                options.span,
                "`passthrough` has one option: `timeout`",
            )
            .help("write `{ timeout: 80 }`, in milliseconds"),
        );
        None
    }
}

/// Routes that answer the same requests.
pub(crate) fn conflicts<'r>(
    routes: impl IntoIterator<Item = &'r CheckedRoute>,
    sources: &SourceMap,
) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    let mut seen: HashMap<(String, &'static str), Span> = HashMap::new();
    for route in routes {
        let key = (conflict_key(&route.path), method_name(route.method));
        if let Some(&first) = seen.get(&key) {
            if first.file == route.span.file {
                // One name twice in a module: its declarations were reported.
                continue;
            }
            let other = &sources.file(first.file).path;
            let fault = Diagnostic::error(
                codes::SAME_PATH,
                route.span,
                format!("`{}` of this path stands in `{other}` too", key.1),
            )
            .also(first, "first declared here")
            .help("delete or rename one of the two files");
            faults.push(fault);
            continue;
        }
        seen.insert(key, route.span);
    }
    faults
}

fn slot<'t>(types: &'t mut InputTypes, name: &str) -> &'t mut Option<Ty> {
    match name {
        "params" => &mut types.params,
        "query" => &mut types.query,
        "headers" => &mut types.headers,
        _ => &mut types.body,
    }
}

fn method_name(method: Method) -> &'static str {
    METHODS.iter().find(|(_, m)| *m == method).map_or("GET", |m| m.0)
}
