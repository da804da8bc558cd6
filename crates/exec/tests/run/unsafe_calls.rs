//! Unsafe calls: barriers that run to their end.

use frontage_plan::{Gather, Step};

use crate::plans::{
    WRITE, all, attempt, block, bool, call_of, get, into_slot, list, plan_of, read, start, text,
    throw, write,
};
use crate::scripted::local;

#[test]
fn an_unsafe_call_starts_after_everything_before_it_has_succeeded() {
    local(async {
        let mut run = start(plan_of([
            read(0, text("a")),
            attempt(block([read(1, text("b"))]), block([])),
            write(2, text("w")),
            Step::Return(get(2)),
        ]))
        .await;
        assert_eq!(run.waiting().await, ["/read?id=a", "/read?id=b"]);
        run.read("b").await.answer(200, "1");
        assert_eq!(run.waiting().await, ["/read?id=a"]);
        run.read("a").await.answer(200, "1");
        run.write("w").await.answer(200, "\"done\"");
        assert_eq!(run.answer().await, "200 \"done\"");
    });
}

#[test]
fn a_failure_before_it_prevents_it() {
    local(async {
        let mut run = start(plan_of([read(0, text("a")), write(1, text("w"))])).await;
        run.read("a").await.answer(404, "{}");
        let outcome = run.outcome().await;
        assert_eq!(crate::plans::shown(&outcome), "404 upstream_not_found");
        assert_eq!(outcome.calls.len(), 1);
    });
}

#[test]
fn inside_a_branch_it_waits_for_what_stands_before_the_branch() {
    local(async {
        let mut run = start(plan_of([
            read(0, text("a")),
            Step::If { test: bool(true), then: block([write(1, text("w"))]), otherwise: block([]) },
            read(2, text("late")),
        ]))
        .await;
        assert_eq!(run.waiting().await, ["/read?id=a"]);
        run.read("a").await.answer(200, "1");
        assert_eq!(run.waiting().await, ["/write?id=w"]);
        run.write("w").await.answer(200, "1");
        run.read("late").await.answer(200, "1");
        assert_eq!(run.answer().await, "204 -");
    });
}

#[test]
fn a_handler_that_may_write_holds_up_what_follows() {
    local(async {
        let mut run = start(plan_of([
            attempt(block([read(0, text("a"))]), block([write(1, text("w"))])),
            read(2, text("late")),
        ]))
        .await;
        assert_eq!(run.waiting().await, ["/read?id=a"]);
        run.read("a").await.answer(500, "{}");
        run.write("w").await.answer(200, "1");
        run.read("late").await.answer(200, "1");
        assert_eq!(run.answer().await, "204 -");
    });
}

#[test]
fn beside_it_in_promise_all_nothing_waits() {
    local(async {
        let mut run = start(plan_of([
            all(
                0,
                Gather::All,
                [
                    block([write(1, text("w")), Step::Return(get(1))]),
                    block([read(2, text("a")), Step::Return(get(2))]),
                ],
            ),
            Step::Return(get(0)),
        ]))
        .await;
        let mut waiting = run.waiting().await;
        waiting.sort();
        assert_eq!(waiting, ["/read?id=a", "/write?id=w"]);
        run.read("a").await.answer(200, "2");
        run.write("w").await.answer(200, "1");
        assert_eq!(run.answer().await, "200 [1,2]");
    });
}

#[test]
fn a_dropped_request_cancels_safe_calls_and_lets_unsafe_ones_run() {
    local(async {
        let mut run = start(plan_of([read(0, text("a"))])).await;
        let arrival = run.read("a").await;
        run.outcome.abort();
        arrival.closed().await;

        let mut run = start(plan_of([write(0, text("w"))])).await;
        let arrival = run.write("w").await;
        run.outcome.abort();
        assert!((&mut run.outcome).await.is_err());
        crate::scripted::settle().await;
        assert!(arrival.is_open(), "the unsafe call was cut");
        arrival.answer(200, "1");
    });
}

#[test]
fn a_sibling_that_fails_does_not_cut_it() {
    local(async {
        let mut run = start(plan_of([all(
            0,
            Gather::All,
            [block([write(1, text("w"))]), block([read(2, text("a"))])],
        )]))
        .await;
        let writing = run.write("w").await;
        run.read("a").await.answer(409, "{}");
        let outcome = (&mut run.outcome).await.unwrap();
        assert_eq!(crate::plans::shown(&outcome), "409 upstream_conflict");
        crate::scripted::settle().await;
        assert!(writing.is_open(), "the unsafe call was cut");
        writing.answer(200, "1");
    });
}

#[test]
fn a_sibling_that_fails_at_once_does_not_keep_it_from_starting() {
    local(async {
        let parts =
            [block([throw("own")]), block([read(2, text("a"))]), block([write(1, text("w"))])];
        let mut run = start(plan_of([all(0, Gather::All, parts)])).await;
        let outcome = (&mut run.outcome).await.unwrap();
        assert_eq!(crate::plans::shown(&outcome), "418 own");
        run.write("w").await.answer(200, "1");
        assert_eq!(run.waiting().await, [] as [&str; 0]);
    });
}

#[test]
fn unsafe_calls_are_never_joined_and_end_joining_across_them() {
    local(async {
        let mut run = start(plan_of([
            read(0, text("a")),
            write(1, text("w")),
            write(2, text("w")),
            read(3, text("a")),
            Step::Return(list([get(0), get(3)])),
        ]))
        .await;
        run.read("a").await.answer(200, "1");
        run.write("w").await.answer(200, "1");
        run.write("w").await.answer(200, "1");
        run.read("a").await.answer(200, "2");
        assert_eq!(run.answer().await, "200 [1,2]");
    });
}

#[test]
fn a_throw_after_it_answers_with_the_throw() {
    local(async {
        let call = into_slot(0, call_of(WRITE, Some(text("w"))));
        let mut run = start(plan_of([call, throw("too_late"), read(1, text("late"))])).await;
        run.write("w").await.answer(200, "1");
        assert_eq!(run.answer().await, "418 too_late");
    });
}
