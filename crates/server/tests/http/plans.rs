//! Plans written by hand, and servers that run them.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use frontage_plan::{
    AnswerKind, Block, BodyKind, Call, Constant, Expr, Field, Form, Handler, Input, Key, Location,
    Method, Name, Node, Number, ObjectItem, ObjectMode, Operation, OperationId, Parameter,
    Passthrough, PassthroughSource, PathPiece, PathSegment, Place, Plan, Rest, Route, RouteKind,
    Shape, ShapeId, Slot, Statuses, Step, Style, Upstream, UpstreamId, ValidatorField,
    ValidatorKind, input_slot,
};
use frontage_server::{Address, Engine, Handle, Served, Server, Settings, UpstreamSettings};

/// `{ key: value, ... }`
pub(crate) fn object(members: Vec<(&str, Expr)>) -> Expr {
    let item = |(key, value): (&str, Expr)| ObjectItem::Property(Key::Static(key.into()), value);
    Expr::Object(members.into_iter().map(item).collect())
}

fn place() -> Place {
    Place { path: Name::from("routes/test.ts"), line: 1, column: 1 }
}

fn path(text: &str) -> Vec<PathSegment> {
    text.split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| match segment.strip_prefix('{').and_then(|s| s.strip_suffix('}')) {
            Some(name) => match name.strip_suffix("...") {
                Some(name) => PathSegment::Rest(name.into()),
                None => PathSegment::Parameter(name.into()),
            },
            None => PathSegment::Literal(segment.into()),
        })
        .collect()
}

/// A route with a handler.
pub(crate) fn route(method: Method, text: &str, input: Input, steps: Vec<Step>) -> Route {
    let handler = Handler {
        input,
        body: Block { steps },
        frames: vec![input_slot::FIRST_FREE + 4],
        sequential: false,
        reads_session: text == "/me",
    };
    Route { method, path: path(text), kind: RouteKind::Handler(Box::new(handler)), place: place() }
}

/// A route that gives a value.
pub(crate) fn value(text: &str, value: Expr) -> Route {
    route(Method::Get, text, Input::default(), vec![Step::Return(value)])
}

fn text_field(name: &str) -> ValidatorField {
    ValidatorField { name: name.into(), validator: ValidatorKind::String { coerce: false }.into() }
}

fn params(name: &str) -> Input {
    let fields = vec![text_field(name)];
    Input {
        params: Some(ValidatorKind::Object { fields, mode: ObjectMode::Strip }.into()),
        ..Input::default()
    }
}

fn call(slot: Slot, timeout_ms: u32) -> Step {
    let call = Call {
        operation: OperationId(0),
        arguments: vec![(0, Expr::string("u1"))],
        body: None,
        timeout_ms: Some(timeout_ms),
        null_on: Vec::new(),
        headers: Vec::new(),
        answers: vec![(Statuses { from: 200, to: 299 }, AnswerKind::Json(ShapeId(1)))],
        in_handler: false,
        bulk: None,
        takes_turns: false,
        place: place(),
    };
    Step::Call { slot, call: Box::new(call) }
}

fn user_route(text: &str, method: Method, timeout_ms: u32) -> Route {
    let slot = Slot { level: 0, index: input_slot::FIRST_FREE };
    let answer = object(vec![("name", Expr::Slot(slot).member("name"))]);
    route(method, text, Input::default(), vec![call(slot, timeout_ms), Step::Return(answer)])
}

fn passthrough(method: Method, text: &str, operation: u32) -> Route {
    let arguments =
        if operation == 0 { vec![(0, PassthroughSource::Path("id".into()))] } else { Vec::new() };
    let kind = RouteKind::Passthrough(Passthrough {
        operation: OperationId(operation),
        arguments,
        timeout_ms: None,
    });
    Route { method, path: path(text), kind, place: place() }
}

/// The plan of most tests; `mark` is what `GET /mark` says.
pub(crate) fn plan(mark: &str) -> Plan {
    let slot = Slot { level: 0, index: input_slot::FIRST_FREE };
    let optional = Step::Try {
        body: Block { steps: vec![call(slot, 5000)] },
        error: None,
        handler: Block { steps: vec![Step::Let { slot, value: Expr::Constant(Constant::Null) }] },
        part: Some("picks".into()),
    };
    let long = |count: usize| {
        let number = |n: usize| Expr::Constant(Constant::Number(Number(n as f64)));
        let item = |n| {
            object(vec![("title", Expr::string("a product of the shop")), ("price", number(n))])
        };
        let items = (0..count).map(|n| frontage_plan::ArrayItem::Item(item(n))).collect();
        object(vec![("items", Expr::Array(items))])
    };
    let routes = vec![
        value("/small", object(vec![("a", Expr::string("b"))])),
        value("/long", long(100)),
        value("/very-long", long(8000)),
        value("/me", Expr::Slot(input_slot::SESSION)),
        value("/mark", object(vec![("mark", Expr::string(mark))])),
        value("/nothing", Expr::UNDEFINED),
        route(
            Method::Get,
            "/items/{id}",
            params("id"),
            vec![Step::Return(object(vec![("id", Expr::Slot(input_slot::PARAMS).member("id"))]))],
        ),
        route(
            Method::Get,
            "/rest/{path...}",
            params("path"),
            vec![Step::Return(Expr::Slot(input_slot::PARAMS))],
        ),
        route(
            Method::Post,
            "/echo",
            Input { body: Some(ValidatorKind::Unknown.into()), ..Input::default() },
            vec![Step::Return(Expr::Slot(input_slot::BODY))],
        ),
        user_route("/user", Method::Get, 10_000),
        user_route("/impatient", Method::Get, 30),
        route(
            Method::Get,
            "/optional",
            Input::default(),
            vec![optional, Step::Return(object(vec![("picks", Expr::Slot(slot))]))],
        ),
        passthrough(Method::Get, "/avatars/{id}", 0),
        passthrough(Method::Post, "/uploads", 1),
    ];
    let node = |shape| Node { shape, form: Form::Decoded };
    Plan {
        patterns: Vec::new(),
        frontend: "web".into(),
        upstreams: vec![Upstream { name: "users".into(), timeout_ms: 10_000 }],
        operations: vec![
            Operation {
                upstream: UpstreamId(0),
                name: "getUser".into(),
                method: Method::Get,
                path: vec![PathPiece::Text("/users/".into()), PathPiece::Parameter(0)],
                parameters: vec![Parameter {
                    name: "id".into(),
                    location: Location::Path,
                    style: Style::Simple,
                    explode: false,
                    required: true,
                }],
                body: None,
                safe: true,
            },
            Operation {
                upstream: UpstreamId(0),
                name: "upload".into(),
                method: Method::Post,
                path: vec![PathPiece::Text("/uploads".into())],
                parameters: Vec::new(),
                body: Some(BodyKind::Binary),
                safe: false,
            },
        ],
        made: Vec::new(),
        shapes: vec![
            node(Shape::String),
            node(Shape::Object {
                fields: vec![Field { name: "name".into(), shape: ShapeId(0), required: true }],
                rest: Rest::Cut,
            }),
        ],
        routes,
    }
}

/// A plan made ready.
pub(crate) fn engine(plan: Plan) -> Arc<Engine> {
    Arc::new(Engine::new(Arc::new(plan)).unwrap_or_else(|e| panic!("{e}")))
}

/// Settings on a free port.
pub(crate) fn settings() -> Settings {
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let mut settings = Settings::new("web", any);
    settings.threads = std::num::NonZeroUsize::new(2);
    settings.admin = Some(any);
    // Every connection gives up its buffers right after each answer, which nobody may notice.
    settings.limits.rest_after = std::time::Duration::ZERO;
    settings
}

/// The upstream `users` at an address.
pub(crate) fn users(address: SocketAddr) -> Vec<UpstreamSettings> {
    let address = Address::parse(&format!("http://{address}")).unwrap_or_else(|e| panic!("{e}"));
    vec![UpstreamSettings::new("users", vec![address])]
}

/// Gives a server another plan.
///
/// - `settings`: what it was started with, but for what is to change.
pub(crate) fn swap(server: &Handle, settings: Settings, plan: Plan) {
    let served = Served::one("", settings, engine(plan));
    server.serve(served).unwrap_or_else(|e| panic!("{e}"));
}

/// Starts a server of [`plan`].
pub(crate) fn start(settings: Settings) -> Handle {
    Server::start(settings, engine(plan("one"))).unwrap_or_else(|e| panic!("{e}"))
}
