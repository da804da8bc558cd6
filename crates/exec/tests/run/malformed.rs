//! Plans from elsewhere are refused, not run into the ground.

use std::sync::Arc;

use frontage_exec::Engine;
use frontage_plan::{
    AnswerKind, Block, Expr, Form, Made, MadeId, OperationId, PathPiece, Plan, Read, ShapeId, Slot,
    Statuses, Step, UnaryOp, UpstreamId, Written,
};

use crate::plans::{READ, block, call_of, get, handler, into_slot, plan_of, read, slot, text};

fn fault(plan: Plan) -> Option<String> {
    Engine::new(Arc::new(plan)).err().map(|error| error.to_string())
}

#[test]
fn good_plans_pass() {
    assert_eq!(fault(plan_of([read(0, text("a")), Step::Return(get(0))])), None);
}

#[test]
fn faults_are_found() {
    let with = |change: &dyn Fn(&mut Plan)| {
        let mut plan = plan_of([read(0, text("a")), Step::Return(get(0))]);
        change(&mut plan);
        plan
    };
    let far = Slot { level: 0, index: 999 };
    let inner = Slot { level: 1, index: 0 };
    let returns =
        |value: Expr| with(&move |p| handler(p).body = block([Step::Return(value.clone())]));
    let calls = |change: &dyn Fn(&mut frontage_plan::Call)| {
        let mut call = call_of(READ, None);
        change(&mut call);
        with(&move |p| handler(p).body = block([into_slot(0, call.clone())]))
    };
    let mut deep = get(0);
    let mut nest = Block::default();
    for _ in 0..600 {
        deep = Expr::Unary(UnaryOp::Not, Box::new(deep));
        nest = block([Step::Scope { slot: slot(0), body: nest }]);
    }
    let map = |level: u16| Step::Map {
        slot: Slot { level, index: 0 },
        list: get(0),
        item: Some(Slot { level: level + 1, index: 0 }),
        index: None,
        body: Block::default(),
        gather: frontage_plan::Gather::All,
        width: 1,
    };
    let made = |made: Option<Made>| {
        with(&move |p| {
            p.made.extend(made.clone());
            p.shapes[0].form = Form::Made(MadeId(0));
        })
    };
    let piece = |read, write| Some(Made { pieces: 1, read, write });
    let cases: Vec<(&str, Plan, &str)> = vec![
        ("made", made(None), "does not fit"),
        ("a piece", made(piece(Read::Keep(0), Written::Piece(1))), "does not fit"),
        ("a place", made(piece(Read::Keep(1), Written::Piece(0))), "does not fit"),
        (
            "fields",
            made(piece(Read::Fields(vec![Read::Check; 9]), Written::Piece(0))),
            "does not fit",
        ),
        ("slot", returns(Expr::Slot(far)), "no slot 999"),
        ("level", returns(Expr::Slot(inner)), "no slot 0 of level 1"),
        ("depth of an expression", returns(deep), "nested too deeply"),
        ("depth of blocks", with(&|p| handler(p).body = nest.clone()), "nested too deeply"),
        ("frames", with(&|p| handler(p).frames.clear()), "no room for the inputs"),
        ("small frame", with(&|p| handler(p).frames[0] = 3), "no room for the inputs"),
        ("operation", calls(&|c| c.operation = OperationId(77)), "no operation 77"),
        ("argument", calls(&|c| c.arguments = vec![(9, text("a"))]), "no parameter 9"),
        (
            "shape",
            calls(&|c| {
                c.answers = vec![(Statuses { from: 200, to: 299 }, AnswerKind::Json(ShapeId(99)))]
            }),
            "no shape 99",
        ),
        ("header", calls(&|c| c.headers = vec![("x".into(), "a\r\nb: c".into())]), "is no header"),
        ("upstream", with(&|p| p.operations[0].upstream = UpstreamId(5)), "no upstream 5"),
        (
            "path parameter",
            with(&|p| p.operations[0].path.push(PathPiece::Parameter(0))),
            "no path parameter 0",
        ),
        (
            "call in an expression",
            returns(Expr::Block(Box::new(block([read(0, text("a"))])))),
            "asynchronous step",
        ),
        (
            "map without a frame",
            with(&|p| {
                handler(p).frames.truncate(1);
                handler(p).body = block([map(0)]);
            }),
            "no frame of level 1",
        ),
        ("slot of another level", with(&|p| handler(p).body = block([map(1)])), "level 1"),
    ];
    for (name, plan, expected) in cases {
        let found = fault(plan).unwrap_or_default();
        assert!(found.contains(expected), "{name}: {found:?}");
    }
}
