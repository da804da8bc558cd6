//! Explanations of hand-made plans: stages by the executor's rules, and the texts.

use frontage_emit::explain;
use frontage_plan::{
    AnswerKind, Block, Call, Expr, Field, Form, Gather, Handler, Input, Location, Method, Node,
    Operation, OperationId, Parameter, PathPiece, PathSegment, Place, Plan, Rest, Route, RouteKind,
    Shape, ShapeId, Slot, Statuses, Step, Style, Upstream, UpstreamId, input_slot,
};

fn operation(name: &str, safe: bool) -> Operation {
    Operation {
        upstream: UpstreamId(0),
        name: name.into(),
        method: if safe { Method::Get } else { Method::Post },
        path: vec![PathPiece::Text(format!("/{name}/").into()), PathPiece::Parameter(0)],
        parameters: vec![Parameter {
            name: "id".into(),
            location: Location::Path,
            style: Style::Simple,
            explode: false,
            required: true,
        }],
        body: None,
        safe,
    }
}

fn slot(index: u16) -> Slot {
    Slot { level: 0, index }
}

fn call(to: Slot, operation: u32, argument: Expr) -> Step {
    call_with(to, operation, argument, |_| {})
}

fn call_with(to: Slot, operation: u32, argument: Expr, change: impl FnOnce(&mut Call)) -> Step {
    let mut call = Call {
        operation: OperationId(operation),
        arguments: vec![(0, argument)],
        body: None,
        timeout_ms: None,
        null_on: Vec::new(),
        headers: Vec::new(),
        answers: vec![(Statuses { from: 200, to: 200 }, AnswerKind::Json(ShapeId(0)))],
        in_handler: false,
        bulk: None,
        takes_turns: false,
        place: Place { path: "routes/a.ts".into(), line: 3, column: 7 },
    };
    change(&mut call);
    Step::Call { slot: to, call: Box::new(call) }
}

/// Operations 0 `get` and 1 `list` are safe, 2 `pay` is not; shape 0 is an object with lists.
fn plan(steps: Vec<Step>) -> Plan {
    let decoded = |shape| Node { shape, form: Form::Decoded };
    let field =
        |name: &str, shape| Field { name: name.into(), shape: ShapeId(shape), required: true };
    Plan {
        patterns: Vec::new(),
        frontend: "web".into(),
        upstreams: vec![Upstream { name: "shop".into(), timeout_ms: 2000 }],
        operations: vec![operation("get", true), operation("list", true), operation("pay", false)],
        made: Vec::new(),
        shapes: vec![
            decoded(Shape::Object {
                fields: vec![field("name", 1), field("items", 2), field("brand", 3)],
                rest: Rest::Cut,
            }),
            decoded(Shape::String),
            decoded(Shape::Array(ShapeId(4))),
            Node {
                shape: Shape::Object { fields: vec![field("id", 1)], rest: Rest::Cut },
                form: Form::Raw,
            },
            decoded(Shape::Object { fields: vec![field("id", 1)], rest: Rest::Cut }),
        ],
        routes: vec![Route {
            method: Method::Get,
            path: vec![PathSegment::Literal("a".into()), PathSegment::Parameter("id".into())],
            kind: RouteKind::Handler(Box::new(Handler {
                input: Input::default(),
                body: Block { steps },
                frames: vec![20, 20],
                sequential: false,
                reads_session: true,
            })),
            place: Place { path: "frontends/web/routes/a/[id].ts".into(), line: 5, column: 14 },
        }],
    }
}

fn constant(text: &str) -> Expr {
    Expr::string(text)
}

fn block(steps: Vec<Step>) -> Block {
    Block { steps }
}

/// Stage of each call, in text order.
fn stages(steps: Vec<Step>) -> Vec<u32> {
    let explanation = explain(&plan(steps), None);
    let mut calls = explanation.routes[0].calls.clone();
    calls.sort_by_key(|call| call.number);
    calls.into_iter().map(|call| call.stage).collect()
}

fn forbidden(test: Expr) -> Step {
    let error = Expr::Error {
        status: Box::new(constant("403")),
        code: Box::new(constant("no")),
        detail: None,
    };
    Step::If { test, then: block(vec![Step::Throw(error)]), otherwise: Block::default() }
}

#[test]
fn a_call_starts_after_what_it_reads_and_not_after_what_it_does_not() {
    let get = |to, from: Expr| call(slot(to), 0, from);
    let a = || Expr::Slot(slot(10)).member("name");
    assert_eq!(stages(vec![get(10, constant("x")), get(11, constant("y"))]), [1, 1]);
    assert_eq!(stages(vec![get(10, constant("x")), get(11, a())]), [1, 2]);
    let bound = Step::Let { slot: slot(12), value: a() };
    let chain = vec![get(10, constant("x")), bound, get(11, Expr::Slot(slot(12)))];
    assert_eq!(stages(chain), [1, 2]);
}

#[test]
fn guards_and_unsafe_calls_hold_back_what_follows() {
    let get = |to| call(slot(to), 0, constant("x"));
    let pay = |to| call(slot(to), 2, constant("x"));
    let tested = || Expr::Slot(slot(10)).member("name");
    assert_eq!(stages(vec![get(10), forbidden(tested()), get(11)]), [1, 2]);
    // A condition that ends nothing holds back only its own branches.
    let inside =
        Step::If { test: tested(), then: block(vec![get(12)]), otherwise: Block::default() };
    assert_eq!(stages(vec![get(10), inside, get(11)]), [1, 2, 1]);
    assert_eq!(stages(vec![get(10), pay(11), get(12)]), [1, 2, 3]);
}

#[test]
fn parts_run_side_by_side_and_a_handler_after_what_failed() {
    let get = |to| call(slot(to), 0, constant("x"));
    let all = Step::All {
        slot: slot(12),
        bodies: vec![block(vec![get(10)]), block(vec![get(11)])],
        gather: Gather::All,
    };
    assert_eq!(stages(vec![all, call(slot(13), 0, Expr::Slot(slot(12)))]), [1, 1, 2]);
    let tried = Step::Try {
        body: block(vec![get(10)]),
        error: None,
        handler: block(vec![call_with(slot(11), 0, constant("y"), |c| c.in_handler = true)]),
        part: None,
    };
    assert_eq!(stages(vec![tried]), [1, 2]);
}

#[test]
fn sequential_routes_have_one_call_in_each_stage() {
    let mut plan = plan(vec![call(slot(10), 0, constant("x")), call(slot(11), 1, constant("y"))]);
    if let RouteKind::Handler(handler) = &mut plan.routes[0].kind {
        handler.sequential = true;
    }
    assert_eq!(explain(&plan, None).routes[0].stages, 2);
}

#[test]
fn equal_safe_calls_are_joined_unless_an_unsafe_one_stands_between() {
    let joined = |steps| {
        let explanation = explain(&plan(steps), None);
        explanation.routes[0].calls.iter().filter(|call| call.joined_with.is_some()).count()
    };
    let get = |to, timeout| call_with(slot(to), 0, constant("x"), |call| call.timeout_ms = timeout);
    assert_eq!(joined(vec![get(10, None), get(11, None)]), 1);
    assert_eq!(joined(vec![get(10, None), get(11, Some(5))]), 0);
    let pay = call(slot(12), 2, constant("x"));
    assert_eq!(joined(vec![get(10, None), pay, get(11, None)]), 0);
}

fn example() -> Plan {
    let session = Expr::Slot(input_slot::SESSION).member("sub");
    let item = Slot { level: 1, index: 0 };
    let inner = Slot { level: 1, index: 1 };
    plan(vec![
        call(slot(10), 0, session),
        forbidden(Expr::Slot(slot(10)).member("name")),
        Step::Scope {
            slot: slot(12),
            body: block(vec![Step::Try {
                body: block(vec![call_with(slot(11), 1, constant("x"), |call| {
                    call.timeout_ms = Some(80);
                    call.null_on = vec![404];
                })]),
                error: None,
                handler: block(vec![Step::Return(Expr::Array(Vec::new()))]),
                part: Some("picks".into()),
            }]),
        },
        Step::Map {
            slot: slot(13),
            list: Expr::Slot(slot(10)).member("items"),
            item: Some(item),
            index: None,
            body: block(vec![
                call(inner, 0, Expr::Slot(item).member("id")),
                Step::Return(Expr::Slot(inner)),
            ]),
            gather: Gather::All,
            width: 32,
        },
        call(slot(14), 2, Expr::Slot(slot(10)).member("name")),
        Step::Return(Expr::Slot(slot(13))),
    ])
}

#[test]
fn the_text_shows_stages_budgets_and_fields() {
    let text = explain(&example(), Some("GET /a/{id}")).to_text();
    assert_eq!(text, include_str!("explain.txt"));
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
}

#[test]
fn the_chart_has_an_arrow_for_each_answer_that_is_read() {
    let chart = explain(&example(), None).to_mermaid();
    assert_eq!(chart, include_str!("explain.mmd"));
}

#[test]
fn a_route_is_found_by_its_path_with_or_without_method() {
    let plan = example();
    for (wanted, found) in [("get /a/{id}", 1), ("/a/{id}", 1), ("POST /a/{id}", 0), ("/b", 0)] {
        assert_eq!(explain(&plan, Some(wanted)).routes.len(), found, "{wanted}");
    }
}
