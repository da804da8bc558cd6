//! Plans by hand, and requests for them.

use std::rc::Rc;
use std::sync::Arc;

use frontage_exec::{
    Address, Clients, Compute, Engine, Outcome, OutcomeBody, RouteRequest, Settings, Value, execute,
};
use frontage_plan::{
    AnswerKind, ArrayItem, Block, Call, Constant, Expr, Field, Form, Gather, Handler, Input,
    Location, Method, Node, Number, Operation, OperationId, Parameter, PathPiece, Place, Plan,
    Rest, Route, RouteKind, Shape, ShapeId, Slot, Statuses, Step, Style, Upstream, UpstreamId,
    input_slot,
};
use http::HeaderMap;
use tokio::task::{JoinHandle, spawn_local};

use crate::scripted::{Arrival, Scripted};

/// The only operation with side effects.
pub(crate) const WRITE: u32 = 1;
/// `GET /read/{id}`, or `GET /read` with `?id=`, see [`read`].
pub(crate) const READ: u32 = 0;
/// `GET /item/{id}`: a path parameter.
pub(crate) const ITEM: u32 = 2;

/// Anything.
pub(crate) const ANY: ShapeId = ShapeId(0);
/// An object whose `id` is a number; the rest is cut.
pub(crate) const WITH_ID: ShapeId = ShapeId(1);

/// Slot `index` of the route's own.
pub(crate) fn slot(index: u16) -> Slot {
    Slot { level: 0, index: input_slot::FIRST_FREE + index }
}

/// What slot `index` holds.
pub(crate) fn get(index: u16) -> Expr {
    Expr::Slot(slot(index))
}

pub(crate) fn number(value: f64) -> Expr {
    Expr::Constant(Constant::Number(Number(value)))
}

pub(crate) fn bool(value: bool) -> Expr {
    Expr::Constant(Constant::Bool(value))
}

pub(crate) fn block(steps: impl Into<Vec<Step>>) -> Block {
    Block { steps: steps.into() }
}

pub(crate) fn call_of(operation: u32, argument: Option<Expr>) -> Call {
    Call {
        operation: OperationId(operation),
        arguments: argument.map(|value| (0, value)).into_iter().collect(),
        body: None,
        timeout_ms: None,
        null_on: vec![],
        headers: vec![],
        answers: vec![(Statuses { from: 200, to: 299 }, AnswerKind::Json(ANY))],
        in_handler: false,
        bulk: None,
        takes_turns: false,
        place: Place { path: "routes/index.ts".into(), line: 1, column: 1 },
    }
}

pub(crate) fn into_slot(at: u16, call: Call) -> Step {
    Step::Call { slot: slot(at), call: Box::new(call) }
}

/// `slot = await read(id)`, asked as `/read?id=...`.
pub(crate) fn read(at: u16, id: Expr) -> Step {
    into_slot(at, call_of(READ, Some(id)))
}

/// `slot = await write(id)`
pub(crate) fn write(at: u16, id: Expr) -> Step {
    into_slot(at, call_of(WRITE, Some(id)))
}

pub(crate) fn text(value: &str) -> Expr {
    Expr::string(value)
}

pub(crate) fn throw(code: &str) -> Step {
    Step::Throw(Expr::Error {
        status: Box::new(number(418.0)),
        code: Box::new(text(code)),
        detail: None,
    })
}

pub(crate) fn list(items: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Array(items.into_iter().map(ArrayItem::Item).collect())
}

pub(crate) fn all(at: u16, gather: Gather, bodies: impl Into<Vec<Block>>) -> Step {
    Step::All { slot: slot(at), bodies: bodies.into(), gather }
}

pub(crate) fn attempt(body: Block, handler: Block) -> Step {
    Step::Try { body, error: Some(slot(30)), handler, part: Some("picks".into()) }
}

fn operation(name: &str, method: Method, in_path: bool) -> Operation {
    let mut path = vec![PathPiece::Text(format!("/{name}").into())];
    if in_path {
        path.push(PathPiece::Text("/".into()));
        path.push(PathPiece::Parameter(0));
    }
    Operation {
        upstream: UpstreamId(0),
        name: name.into(),
        method,
        path,
        parameters: vec![Parameter {
            name: "id".into(),
            location: if in_path { Location::Path } else { Location::Query },
            style: Style::Form,
            explode: true,
            required: in_path,
        }],
        body: None,
        safe: method.is_safe(),
    }
}

/// A plan with one route, `GET /`.
pub(crate) fn plan_of(steps: impl Into<Vec<Step>>) -> Plan {
    let node = |shape| Node { shape, form: Form::Decoded };
    let id = Field { name: "id".into(), shape: ShapeId(2), required: true };
    Plan {
        patterns: Vec::new(),
        frontend: "web".into(),
        upstreams: vec![Upstream { name: "users".into(), timeout_ms: 20_000 }],
        operations: vec![
            operation("read", Method::Get, false),
            operation("write", Method::Post, false),
            operation("item", Method::Get, true),
        ],
        made: Vec::new(),
        shapes: vec![
            node(Shape::Any),
            node(Shape::Object { fields: vec![id], rest: Rest::Cut }),
            node(Shape::Integer),
        ],
        routes: vec![Route {
            method: Method::Get,
            path: vec![],
            kind: RouteKind::Handler(Box::new(Handler {
                input: Input::default(),
                body: block(steps),
                frames: vec![64, 8, 8],
                sequential: false,
                reads_session: false,
            })),
            place: Place { path: "routes/index.ts".into(), line: 1, column: 1 },
        }],
    }
}

pub(crate) fn handler(plan: &mut Plan) -> &mut Handler {
    match &mut plan.routes[0].kind {
        RouteKind::Handler(handler) => handler,
        RouteKind::Passthrough(_) => unreachable!("plans by hand have handlers"),
    }
}

/// A route that runs while the test answers its calls.
pub(crate) struct Running {
    pub(crate) upstream: Scripted,
    pub(crate) outcome: JoinHandle<Outcome>,
}

/// What a test's request carries.
#[derive(Default)]
pub(crate) struct Asked {
    pub(crate) query: Option<&'static str>,
    pub(crate) path_parameters: Vec<(Arc<str>, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: &'static str,
    pub(crate) trace: Option<frontage_exec::Trace>,
    /// Unbounded if absent.
    pub(crate) compute: Option<Compute>,
}

/// Starts the route of a plan.
pub(crate) async fn start(plan: Plan) -> Running {
    start_with(plan, Asked::default()).await
}

pub(crate) async fn start_with(plan: Plan, asked: Asked) -> Running {
    let upstream = Scripted::start().await;
    let address = Address::parse(&format!("http://127.0.0.1:{}", upstream.port)).unwrap();
    let clients = Rc::new(Clients::new([Settings::new("users", vec![address])]));
    let engine = Arc::new(Engine::new(Arc::new(plan)).unwrap());
    let outcome = spawn_local(async move {
        let request = RouteRequest {
            method: &http::Method::GET,
            path: "/",
            path_parameters: asked.path_parameters,
            query: asked.query,
            headers: &asked.headers,
            body: asked.body.into(),
            session: Value::Undefined,
            request_id: "r-1",
            now_ms: 0.0,
            trace: asked.trace,
            compute: asked.compute.unwrap_or(Compute::UNBOUNDED),
        };
        execute(&engine, &clients, 0, request).await
    });
    Running { upstream, outcome }
}

impl Running {
    /// Waits for `GET /read?id=...`.
    pub(crate) async fn read(&mut self, id: &str) -> Arrival {
        self.upstream.expect(&format!("/read?id={id}")).await
    }

    pub(crate) async fn write(&mut self, id: &str) -> Arrival {
        self.upstream.expect(&format!("/write?id={id}")).await
    }

    /// Requests that wait, once nothing moves any more.
    pub(crate) async fn waiting(&mut self) -> Vec<String> {
        self.upstream.waiting().await
    }

    pub(crate) async fn outcome(self) -> Outcome {
        self.outcome.await.unwrap()
    }

    /// Status and body, or code, of the answer.
    pub(crate) async fn answer(self) -> String {
        shown(&self.outcome().await)
    }
}

/// Status and body, or code.
pub(crate) fn shown(outcome: &Outcome) -> String {
    let text = match &outcome.body {
        OutcomeBody::Json(text) => String::from_utf8_lossy(text).into_owned(),
        OutcomeBody::Empty => "-".into(),
        OutcomeBody::Problem(problem) => problem.code.clone(),
    };
    format!("{} {text}", outcome.status)
}
