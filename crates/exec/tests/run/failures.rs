//! Which failure counts, what is cancelled, what is caught.

use frontage_plan::{Expr, Gather, Step};

use crate::plans::{
    READ, all, attempt, block, call_of, get, into_slot, list, plan_of, read, shown, slot, start,
    text, throw,
};
use crate::scripted::local;

#[test]
fn of_overlapping_awaits_the_first_failure_in_the_text_counts() {
    local(async {
        let mut run = start(plan_of([
            read(0, text("a")),
            read(1, text("b")),
            read(2, text("c")),
            Step::Return(get(0)),
        ]))
        .await;
        let (a, b, c) = (run.read("a").await, run.read("b").await, run.read("c").await);
        // `b` fails first in time: `c` can no longer count, `a` still can.
        b.answer(409, "{}");
        c.closed().await;
        a.answer(404, "{}");
        assert_eq!(run.answer().await, "404 upstream_not_found");
    });
}

#[test]
fn a_later_failure_counts_once_everything_before_it_has_succeeded() {
    local(async {
        let mut run = start(plan_of([read(0, text("a")), read(1, text("b"))])).await;
        run.read("b").await.answer(409, "{}");
        assert_eq!(run.waiting().await, ["/read?id=a"]);
        run.read("a").await.answer(200, "1");
        assert_eq!(run.answer().await, "409 upstream_conflict");
    });
}

#[test]
fn in_promise_all_the_first_failure_in_time_counts_and_the_rest_is_cancelled() {
    local(async {
        let part = |at, id| block([read(at, text(id)), Step::Return(get(at))]);
        let mut run =
            start(plan_of([all(0, Gather::All, [part(1, "a"), part(2, "b"), part(3, "c")])])).await;
        let (a, b, _c) = (run.read("a").await, run.read("b").await, run.read("c").await);
        b.answer(409, "{}");
        assert_eq!(run.answer().await, "409 upstream_conflict");
        a.closed().await;
    });
}

#[test]
fn all_settled_collects_values_and_reasons() {
    local(async {
        let part = |at, id| block([read(at, text(id)), Step::Return(get(at))]);
        let mut run = start(plan_of([
            all(0, Gather::Settled, [part(1, "a"), part(2, "b")]),
            Step::Return(list([
                Expr::Index(Box::new(get(0)), Box::new(crate::plans::number(0.0))),
                Expr::Index(Box::new(get(0)), Box::new(crate::plans::number(1.0)))
                    .member("reason")
                    .member("status"),
            ])),
        ]))
        .await;
        run.read("b").await.answer(409, "{}");
        run.read("a").await.answer(200, "1");
        assert_eq!(run.answer().await, "200 [{\"status\":\"fulfilled\",\"value\":1},409]");
    });
}

#[test]
fn a_caught_failure_gives_the_fallback_and_names_the_part() {
    local(async {
        let tried = block([read(0, text("a"))]);
        let fallback = block([Step::Let { slot: slot(1), value: get(24).member("status") }]);
        let mut run = start(plan_of([
            Step::Try {
                body: tried,
                error: Some(slot(24)),
                handler: fallback,
                part: Some("picks".into()),
            },
            Step::Return(get(1)),
        ]))
        .await;
        run.read("a").await.answer(503, "{}");
        let outcome = run.outcome().await;
        assert_eq!(shown(&outcome), "200 503");
        assert_eq!(outcome.replaced, ["picks".into()]);
    });
}

#[test]
fn a_part_is_replaced_once_its_handler_runs() {
    for (status, handler, expected, replaced) in
        [(200, block([]), "204 -", 0), (500, block([throw("gave_up")]), "418 gave_up", 1)]
    {
        local(async {
            let mut run = start(plan_of([attempt(block([read(0, text("a"))]), handler)])).await;
            run.read("a").await.answer(status, "1");
            let outcome = run.outcome().await;
            assert_eq!((&*shown(&outcome), outcome.replaced.len()), (expected, replaced));
        });
    }
}

#[test]
fn when_a_body_fails_the_rest_of_it_is_cancelled_before_the_handler_runs() {
    local(async {
        let body = block([read(0, text("a")), read(1, text("b"))]);
        let handler = block([read(2, text("instead")), Step::Return(get(2))]);
        let mut run = start(plan_of([attempt(body, handler)])).await;
        let (a, b) = (run.read("a").await, run.read("b").await);
        a.answer(500, "{}");
        b.closed().await;
        run.read("instead").await.answer(200, "3");
        assert_eq!(run.answer().await, "200 3");
    });
}

#[test]
fn errors_of_expressions_are_caught_or_internal() {
    let oops = || Step::Let { slot: slot(1), value: Expr::UNDEFINED.member("x") };
    let caught = Step::Return(get(24).member("name"));
    let cases = [
        (vec![oops()], "500 internal"),
        (
            vec![Step::Try {
                body: block([oops()]),
                error: Some(slot(24)),
                handler: block([caught]),
                part: None,
            }],
            "200 \"TypeError\"",
        ),
    ];
    for (steps, expected) in cases {
        local(async { assert_eq!(start(plan_of(steps)).await.answer().await, expected) });
    }
}

#[test]
fn a_timeout_is_504_and_can_be_caught() {
    for (caught, expected) in [(false, "504 upstream_timeout"), (true, "200 [504,\"timeout\"]")] {
        local(async {
            let mut call = call_of(READ, Some(text("slow")));
            call.timeout_ms = Some(30);
            let mut steps = vec![into_slot(0, call)];
            if caught {
                let reason = list([get(24).member("status"), get(24).member("reason")]);
                steps = vec![Step::Try {
                    body: block(steps),
                    error: Some(slot(24)),
                    handler: block([Step::Return(reason)]),
                    part: None,
                }];
            }
            let mut run = start(plan_of(steps)).await;
            let arrival = run.read("slow").await;
            assert_eq!(run.answer().await, expected);
            arrival.closed().await;
        });
    }
}

#[test]
fn a_result_that_is_known_early_still_waits_for_what_stands_before_it() {
    local(async {
        let mut run = start(plan_of([read(0, text("a")), Step::Return(text("ready"))])).await;
        let a = run.read("a").await;
        assert!(!run.outcome.is_finished());
        a.answer(500, "{}");
        assert_eq!(run.answer().await, "502 upstream_error");
    });
}
