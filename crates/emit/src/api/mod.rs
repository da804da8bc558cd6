//! A backend as its clients see it: operations, and the schemas of what goes in and out.
//!
//! In:    the checked units of a frontend and its plan.
//! Out:   [`Api`], from which `openapi` and `client` are written.
//! Never: what only the server knows: upstreams, calls, settings.
//!
//! Start at [`describe`].

mod answers;
mod contract;
mod examples;
mod faults;
mod ids;
mod input;
mod limits;
mod naming;
mod origins;
mod parts;
mod passed;
mod replies;
mod schema;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use frontage_compile::Workspace;
use frontage_compile::hir::{Checked, CheckedKind, Function};
use frontage_plan::{
    Block, Expr, Input, Method, PathSegment, Plan, RouteKind, Step, Validator, each,
};

use answers::Answers;
pub(crate) use examples::example;
use faults::Own;
pub use faults::{Codes, Faults};
use naming::Pool;
pub(crate) use naming::pascal;
use origins::Origins;
pub(crate) use schema::number;
pub use schema::{Member, Range, Rest, Schema, SchemaKind, Text};

/// Names of schemas that every backend has.
pub(crate) const PROBLEM: &str = "Problem";
/// One fault of an input.
pub(crate) const FAULT: &str = "Fault";

/// A backend as its clients see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Api {
    /// The frontend whose backend it is.
    pub frontend: String,
    /// What clients can ask for, in the order of the plan.
    pub operations: Vec<ApiOperation>,
    /// Named schemas.
    pub schemas: BTreeMap<String, Schema>,
}

/// A route as its clients see it.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiOperation {
    /// Its name: unique, an identifier: `getOrdersById`.
    pub id: String,
    /// Its method.
    pub method: Method,
    /// Its path.
    pub path: Vec<PathSegment>,
    /// What it belongs to: the first fixed part of its path.
    pub tag: String,
    /// Words of the comment above the route.
    pub description: Option<String>,
    /// Advised against.
    pub deprecated: bool,
    /// Path parameters, query keys and headers.
    pub parameters: Vec<ApiParameter>,
    /// What its body is.
    pub body: Option<ApiBody>,
    /// What it answers where it succeeds, by status.
    pub answers: Vec<ApiAnswer>,
    /// How it can fail.
    pub faults: Faults,
    /// Parts of the answer that may be replaced when their calls fail.
    pub parts: BTreeSet<String>,
    /// An upstream's answer is handed on as it is.
    pub passed: bool,
    /// Who asks matters.
    pub private: bool,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiParameter {
    /// Its name; of a header in lower case.
    pub name: String,
    /// Where it goes.
    pub location: ApiLocation,
    /// Leaving it out is a fault.
    pub required: bool,
    /// What it is.
    pub schema: Schema,
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ApiLocation {
    /// Into the path, as one segment.
    Path,
    /// Into the path, as all further segments.
    Rest,
    /// Into the query; a list has a pair for each element.
    Query,
    /// Into a header.
    Header,
}

/// A body.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiBody {
    /// Leaving it out is a fault.
    pub required: bool,
    /// Media types, each with its schema; `None`: bytes.
    pub content: Vec<(String, Option<Schema>)>,
}

/// What is answered with one status.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiAnswer {
    /// The status; `None`: any that is not listed.
    pub status: Option<u16>,
    /// Media types, each with its schema; `None`: bytes. Empty: no body.
    pub content: Vec<(String, Option<Schema>)>,
    /// Headers that come with it, and whether they always do.
    pub headers: BTreeMap<String, bool>,
}

/// Describes the backend that a plan makes of a checked frontend.
///
/// - `units`: the checked form of each of its units.
#[must_use]
pub fn describe(workspace: &Workspace, units: &[Arc<Checked>], plan: &Plan) -> Api {
    let origins = Origins::new(workspace);
    let mut pool = Pool::default();
    let mut of_units: Vec<Answers<'_>> =
        units.iter().map(|checked| Answers::new(checked, &origins)).collect();
    // Only ever asked for one route: its order is never seen.
    let mut sources = HashMap::new();
    for (unit, checked) in units.iter().enumerate() {
        let routes = checked.routes.iter();
        sources.extend(routes.map(|route| ((&*route.path, route.method), (unit, route))));
    }
    let ids = ids::ids(&plan.routes);
    let mut operations = Vec::new();
    for (route, id) in plan.routes.iter().zip(ids) {
        let Some(&(unit, source)) = sources.get(&(&*route.path, route.method)) else { continue };
        let (checked, answers) = (&*units[unit], &mut of_units[unit]);
        let comment = checked.comments.get(&source.span);
        let description = comment.map(|c| c.text.to_string()).filter(|text| !text.is_empty());
        let mut operation = ApiOperation {
            id,
            method: route.method,
            path: route.path.clone(),
            tag: ids::tag(&route.path),
            description,
            deprecated: comment.is_some_and(|c| c.deprecated),
            parameters: path_parameters(&route.path),
            body: None,
            answers: Vec::new(),
            faults: Faults::new(),
            parts: BTreeSet::new(),
            passed: false,
            private: false,
        };
        match (&route.kind, &source.kind) {
            (RouteKind::Handler(handler), CheckedKind::Handler { function, .. }) => {
                operation.private = handler.reads_session;
                parts_of(&handler.body, &mut operation.parts);
                taken(&handler.input, &mut operation, &mut pool);
                given(checked, function, answers, &mut operation, &mut pool);
                operation.faults = faults::of_handler(workspace, checked, function);
                let own = own(&operation, &handler.input);
                faults::of_server(own, &mut operation.faults);
            }
            (RouteKind::Passthrough(_), CheckedKind::Passthrough { operation: called, .. }) => {
                passed::pass(workspace, *called, source.result, answers, &mut operation, &mut pool);
            }
            _ => continue,
        }
        operation.parameters.iter_mut().for_each(in_path);
        operations.push(operation);
    }
    for (checked, answers) in units.iter().zip(&mut of_units) {
        for function in &checked.functions {
            if let Some(name) = &function.name {
                let schema = answers.image(function.result, &mut pool).schema;
                pool.made(&schema, &ids::made(name));
            }
        }
    }
    let schemas = settle(pool, &mut operations);
    Api { frontend: plan.frontend.to_string(), operations, schemas }
}

fn path_parameters(path: &[PathSegment]) -> Vec<ApiParameter> {
    let parameter = |name: &str, location| ApiParameter {
        name: name.to_owned(),
        location,
        required: true,
        schema: Schema::string(),
    };
    path.iter()
        .filter_map(|segment| match segment {
            PathSegment::Literal(_) => None,
            PathSegment::Parameter(name) => Some(parameter(name, ApiLocation::Path)),
            PathSegment::Rest(name) => Some(parameter(name, ApiLocation::Rest)),
        })
        .collect()
}

/// What the server wants of every segment of a path: no control character, no backslash, and neither
/// `.` nor `..`.
pub(crate) const SEGMENT: &str = r"^(?!\.{1,2}$)[^\u0000-\u001f\u007f-\u009f\\]+$";

/// Adds to a path parameter what the server wants of every path.
fn in_path(parameter: &mut ApiParameter) {
    if let (ApiLocation::Path | ApiLocation::Rest, SchemaKind::String(text)) =
        (parameter.location, &mut parameter.schema.kind)
    {
        text.min = text.min.max(Some(1));
        text.patterns.push(SEGMENT.to_owned());
    }
}

/// What a validator takes as JSON, and the schemas that are named in it.
#[must_use]
pub fn describe_input(validator: &Validator) -> (Schema, BTreeMap<String, Schema>) {
    let mut pool = Pool::default();
    let mut schema = input::taken(validator, false, &mut pool).schema;
    let schemas = pool.settle(&mut [("Input".to_owned(), &mut schema)], &[]);
    (schema, schemas)
}

/// Adds what a handler's validators take.
fn taken(input: &Input, operation: &mut ApiOperation, pool: &mut Pool) {
    for member in input.params.iter().flat_map(|v| input::members(v, true, pool)) {
        if let Some(known) = operation.parameters.iter_mut().find(|p| p.name == member.name) {
            known.schema = member.schema;
        }
    }
    for (validator, location) in
        [(&input.query, ApiLocation::Query), (&input.headers, ApiLocation::Header)]
    {
        for member in validator.iter().flat_map(|v| input::members(v, true, pool)) {
            let Member { name, schema, required } = member;
            operation.parameters.push(ApiParameter { name, location, required, schema });
        }
    }
    if let Some(validator) = &input.body {
        let input::Taken { schema, optional } = input::taken(validator, false, pool);
        let content = vec![("application/json".to_owned(), Some(schema))];
        operation.body = Some(ApiBody { required: !optional, content });
    }
}

/// Adds what a handler answers.
fn given(
    checked: &Checked,
    handler: &Function,
    answers: &mut Answers<'_>,
    operation: &mut ApiOperation,
    pool: &mut Pool,
) {
    for (status, success) in replies::replies(checked, handler) {
        let values = success.values.into_iter();
        let schema = Schema::union(values.map(|ty| answers.image(ty, pool).schema).collect());
        let bodiless = schema.kind == SchemaKind::Never || operation.method == Method::Head;
        let content =
            if bodiless { Vec::new() } else { vec![("application/json".to_owned(), Some(schema))] };
        operation.answers.push(ApiAnswer { status, content, headers: success.headers });
    }
}

fn own(operation: &ApiOperation, input: &Input) -> Own {
    let path = operation
        .parameters
        .iter()
        .any(|p| matches!(p.location, ApiLocation::Path | ApiLocation::Rest));
    let any = |validator: &Option<Validator>| validator.is_some();
    let input_any = [&input.params, &input.query, &input.headers, &input.body].into_iter().any(any);
    Own { path, input: input_any, body: input.body.is_some() }
}

/// The names of parts that a fallback may replace.
fn parts_of(block: &Block, out: &mut BTreeSet<String>) {
    for step in &block.steps {
        match step {
            Step::Try { body, handler, part, .. } => {
                out.extend(part.iter().map(ToString::to_string));
                parts_of(body, out);
                parts_of(handler, out);
            }
            Step::If { then, otherwise, .. } => {
                parts_of(then, out);
                parts_of(otherwise, out);
            }
            Step::Scope { body, .. } | Step::Map { body, .. } => parts_of(body, out),
            Step::All { bodies, .. } => bodies.iter().for_each(|body| parts_of(body, out)),
            Step::Let { value, .. } => each(value, &mut |expr| {
                if let Expr::Block(block) = expr {
                    parts_of(block, out);
                }
            }),
            Step::Call { .. } | Step::Return(_) | Step::Throw(_) => {}
        }
    }
}

/// Names schemas and puts the names where they stand.
fn settle(pool: Pool, operations: &mut [ApiOperation]) -> BTreeMap<String, Schema> {
    let mut roots: Vec<(String, &mut Schema)> = Vec::new();
    let mut named: Vec<String> = vec![PROBLEM.to_owned(), FAULT.to_owned()];
    for operation in operations.iter_mut() {
        let base = pascal(&operation.id);
        for parameter in &mut operation.parameters {
            // A parameter's parts have the names of a query that nobody else has.
            roots.push((format!("{base}{}", pascal(&parameter.name)), &mut parameter.schema));
        }
        if let Some(body) = &mut operation.body {
            let name = format!("{base}Body");
            named.push(name.clone());
            for (_, schema) in &mut body.content {
                roots.extend(schema.as_mut().map(|schema| (name.clone(), schema)));
            }
        }
        for (at, answer) in operation.answers.iter_mut().enumerate() {
            let name = match (at, answer.status) {
                (0, _) | (_, None) => format!("{base}Answer"),
                (_, Some(status)) => format!("{base}Answer{status}"),
            };
            named.push(name.clone());
            for (_, schema) in &mut answer.content {
                roots.extend(schema.as_mut().map(|schema| (name.clone(), schema)));
            }
        }
    }
    let taken: Vec<&str> = named.iter().map(String::as_str).collect();
    let mut schemas = pool.settle(&mut roots, &taken);
    for (name, schema) in roots {
        // What is made of more than a word has a name, so that generators need not invent one.
        let made = matches!(
            schema.kind,
            SchemaKind::Array { .. }
                | SchemaKind::Tuple { .. }
                | SchemaKind::Object { .. }
                | SchemaKind::Union { .. }
        );
        if made && named.contains(&name) && !schemas.contains_key(&name) {
            let inner = std::mem::replace(schema, Schema::new(SchemaKind::Named(name.clone())));
            schemas.insert(name, inner);
        }
    }
    schemas
}
