//! A request whose own expressions compute long: it ends, and lets others go on before.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use frontage_exec::{CallResult, Compute, OutcomeBody};
use frontage_plan::{Builtin, Expr, Gather, IterateOp, Key, Lambda, ObjectItem, Slot, Step};
use tokio::task::{spawn_local, yield_now};

use crate::plans::{
    Asked, all, attempt, block, get, handler, number, plan_of, read, slot, start_with, text, write,
};
use crate::scripted::local;

/// `Array.from({ length }, (_, i) => i).length`
fn work(length: f64) -> Expr {
    let key = Key::Static("length".into());
    let receiver = Box::new(Expr::Object(vec![ObjectItem::Property(key, number(length))]));
    let lambda = Lambda { params: vec![slot(40), slot(41)], body: Box::new(get(41)) };
    let list = Expr::Iterate { op: IterateOp::ArrayFrom, receiver, lambda, initial: None };
    Expr::Member(Box::new(list), "length".into())
}

fn let_(at: u16, value: Expr) -> Step {
    Step::Let { slot: slot(at), value }
}

fn asked(compute: Compute) -> Asked {
    Asked { compute: Some(compute), ..Asked::default() }
}

/// It may compute no longer than until the first look at the clock.
fn spent() -> Asked {
    asked(Compute { most: Duration::ZERO, ..Compute::UNBOUNDED })
}

#[test]
fn a_request_that_computes_too_long_is_out_of_time() {
    local(async {
        let run = start_with(plan_of([Step::Return(work(10_000.0))]), spent()).await;
        let outcome = run.outcome().await;
        let OutcomeBody::Problem(problem) = &outcome.body else { panic!("{outcome:?}") };
        assert_eq!((problem.status, problem.code.as_str()), (504, "request_timeout"));
        // The log knows which route.
        let told = outcome.internal.as_deref();
        assert_eq!(told, Some("routes/index.ts:1 computed for longer than 0 ms"));
        let run = start_with(plan_of([Step::Return(work(1000.0))]), spent()).await;
        assert_eq!(run.answer().await, "200 1000");
    });
}

#[test]
fn no_handler_runs_and_nothing_starts_once_the_time_is_over() {
    local(async {
        let handler = block([write(1, text("w")), Step::Return(text("caught"))]);
        let plan = plan_of([
            attempt(block([let_(0, work(10_000.0)), Step::Return(get(0))]), handler),
            write(2, text("w")),
        ]);
        let outcome = start_with(plan, spent()).await.outcome().await;
        assert_eq!(outcome.status, 504);
        assert!(outcome.calls.is_empty(), "{:?}", outcome.calls);
    });
}

#[test]
fn a_call_is_not_made_whose_arguments_take_too_long() {
    local(async {
        let outcome = start_with(plan_of([write(0, work(10_000.0))]), spent()).await;
        let outcome = outcome.outcome().await;
        assert_eq!(outcome.status, 504);
        assert!(outcome.calls.is_empty(), "{:?}", outcome.calls);
    });
}

#[test]
fn many_short_steps_are_one_computation() {
    local(async {
        let steps: Vec<Step> = (0..20).map(|_| let_(0, work(1000.0))).collect();
        let outcome = start_with(plan_of(steps), spent()).await.outcome().await;
        assert_eq!(outcome.status, 504);
    });
}

/// A `.map` of `length` elements, each of which computes, then calls if it is the last.
fn elements(length: f64) -> Step {
    let key = Key::Static("length".into());
    let from = Expr::Object(vec![ObjectItem::Property(key, number(length))]);
    Step::Map {
        slot: slot(3),
        list: Expr::Call(Builtin::ArrayFrom, vec![from]),
        item: None,
        index: None,
        body: block([Step::Return(work(5000.0))]),
        gather: Gather::Settled,
        width: 4,
    }
}

#[test]
fn steps_without_callbacks_count_as_well() {
    local(async {
        let mut plan = plan_of([elements(1000.0), Step::Return(get(3))]);
        let Step::Map { body, .. } = &mut handler(&mut plan).body.steps[0] else {
            unreachable!("it was made so")
        };
        let inner = Slot { level: 1, index: 0 };
        *body = block(vec![Step::Let { slot: inner, value: number(1.0) }; 10]);
        assert_eq!(start_with(plan, spent()).await.outcome().await.status, 504);
    });
}

#[test]
fn it_does_not_wait_for_what_is_in_flight() {
    local(async {
        let steps = [read(0, text("a")), let_(1, work(10_000.0)), Step::Return(get(0))];
        let outcome = start_with(plan_of(steps), spent()).await.outcome().await;
        assert_eq!(outcome.status, 504);
        assert_eq!(outcome.calls.first().map(|call| &call.result), Some(&CallResult::Cancelled));
    });
}

#[test]
fn others_go_on_while_a_request_of_many_steps_computes() {
    local(async {
        let turns = Rc::new(Cell::new(0));
        let counted = Rc::clone(&turns);
        let other = spawn_local(async move {
            loop {
                counted.set(counted.get() + 1);
                yield_now().await;
            }
        });
        let compute = Compute { turn: Duration::ZERO, ..Compute::UNBOUNDED };
        let plan = plan_of([elements(40.0), read(4, text("a")), Step::Return(get(3))]);
        let mut run = start_with(plan, asked(compute)).await;
        let before = turns.get();
        run.read("a").await.answer(200, "1");
        let outcome = run.outcome().await;
        other.abort();
        let OutcomeBody::Json(json) = &outcome.body else { panic!("{outcome:?}") };
        let one = r#"{"status":"fulfilled","value":5000}"#;
        assert_eq!(json, &format!("[{}]", vec![one; 40].join(",")));
        // At least once for each element.
        assert!(turns.get() - before >= 40, "{}", turns.get() - before);
    });
}

#[test]
fn what_only_waits_holds_up_nothing() {
    local(async {
        // A look at all of them takes more than one look at the clock, and starts nothing.
        let part = || block([read(1, text("a")), Step::Return(get(1))]);
        let parts: Vec<_> = (0..5000).map(|_| part()).collect();
        let compute = Compute { turn: Duration::ZERO, ..Compute::UNBOUNDED };
        let plan = plan_of([all(0, Gather::All, parts), Step::Return(number(1.0))]);
        let mut run = start_with(plan, asked(compute)).await;
        run.read("a").await.answer(200, "1");
        assert_eq!(run.answer().await, "200 1");
    });
}
