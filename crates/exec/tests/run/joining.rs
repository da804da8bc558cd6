//! Equal calls are made once.

use frontage_plan::{AnswerKind, Call, Expr, Gather, Location, Parameter, Statuses, Step, Style};

use crate::plans::{
    READ, WITH_ID, all, attempt, block, call_of, get, into_slot, list, plan_of, read, shown, start,
    text,
};
use crate::scripted::local;

#[test]
fn equal_calls_share_an_answer_in_flight_and_afterwards() {
    local(async {
        let mut run = start(plan_of([
            read(0, text("a")),
            read(1, text("a")),
            read(2, text("b")),
            // Starts only when `b` is there, long after `a`.
            Step::If { test: get(2), then: block([read(3, text("a"))]), otherwise: block([]) },
            Step::Return(list([get(0), get(1), get(3)])),
        ]))
        .await;
        assert_eq!(run.waiting().await, ["/read?id=a", "/read?id=b"]);
        run.read("a").await.answer(200, "1");
        run.read("b").await.answer(200, "1");
        let outcome = run.outcome().await;
        assert_eq!(shown(&outcome), "200 [1,1,1]");
        assert_eq!(outcome.calls.iter().map(|c| c.joined).collect::<Vec<_>>(), [2, 0]);
    });
}

#[test]
fn calls_are_equal_in_whatever_order_their_arguments_stand() {
    local(async {
        let with = |arguments: Vec<(u16, Expr)>| Call { arguments, ..call_of(READ, None) };
        let mut plan = plan_of([
            into_slot(0, with(vec![(0, text("a")), (1, text("de"))])),
            into_slot(1, with(vec![(1, text("de")), (0, text("a"))])),
            // An empty list of an optional parameter is not sent.
            into_slot(2, with(vec![(0, text("b")), (1, list([]))])),
            into_slot(3, with(vec![(0, text("b"))])),
            Step::Return(list([get(0), get(1), get(2), get(3)])),
        ]);
        plan.operations[READ as usize].parameters.push(Parameter {
            name: "lang".into(),
            location: Location::Query,
            style: Style::Form,
            explode: true,
            required: false,
        });
        let mut run = start(plan).await;
        assert_eq!(run.waiting().await, ["/read?id=a&lang=de", "/read?id=b"]);
        run.read("a&lang=de").await.answer(200, "1");
        run.read("b").await.answer(200, "2");
        assert_eq!(run.answer().await, "200 [1,1,2,2]");
    });
}

#[test]
fn each_place_judges_the_shared_answer_by_its_own_options() {
    local(async {
        let mut lenient = call_of(READ, Some(text("a")));
        lenient.null_on = vec![404];
        let mut run = start(plan_of([
            into_slot(0, lenient),
            attempt(
                block([read(1, text("a"))]),
                block([Step::Let { slot: crate::plans::slot(1), value: text("none") }]),
            ),
            Step::Return(list([get(0), get(1)])),
        ]))
        .await;
        assert_eq!(run.waiting().await, ["/read?id=a"]);
        run.read("a").await.answer(404, "{}");
        assert_eq!(run.answer().await, "200 [null,\"none\"]");
    });
}

#[test]
fn each_place_reads_the_shared_answer_through_its_own_shape() {
    local(async {
        let mut narrow = call_of(READ, Some(text("a")));
        narrow.answers = vec![(Statuses { from: 200, to: 299 }, AnswerKind::Json(WITH_ID))];
        let mut run = start(plan_of([
            into_slot(0, narrow),
            read(1, text("a")),
            Step::Return(list([get(0), get(1)])),
        ]))
        .await;
        run.read("a").await.answer(200, "{\"id\":1,\"secret\":2}");
        assert_eq!(run.answer().await, "200 [{\"id\":1},{\"id\":1,\"secret\":2}]");
    });
}

#[test]
fn other_timeouts_or_headers_are_other_calls() {
    local(async {
        let mut timed = call_of(READ, Some(text("a")));
        timed.timeout_ms = Some(9_000);
        let mut headed = call_of(READ, Some(text("a")));
        headed.headers = vec![("x-page".into(), "1".into())];
        let mut run =
            start(plan_of([read(0, text("a")), into_slot(1, timed), into_slot(2, headed)])).await;
        assert_eq!(run.waiting().await.len(), 3);
        for _ in 0..3 {
            run.read("a").await.answer(200, "1");
        }
        assert_eq!(run.answer().await, "204 -");
    });
}

#[test]
fn failures_are_shared_but_not_with_a_call_that_runs_because_of_them() {
    for (in_handler, expected) in [(false, "502 upstream_error"), (true, "200 2")] {
        local(async {
            let mut again = call_of(READ, Some(text("a")));
            again.in_handler = in_handler;
            let handler = block([into_slot(1, again), Step::Return(get(1))]);
            let mut run = start(plan_of([attempt(block([read(0, text("a"))]), handler)])).await;
            run.read("a").await.answer(500, "{}");
            if in_handler {
                run.read("a").await.answer(200, "2");
            }
            assert_eq!(run.answer().await, expected);
        });
    }
}

#[test]
fn a_shared_call_lives_as_long_as_one_place_waits() {
    local(async {
        let part = |at, id| block([read(at, text(id))]);
        let body = block([all(0, Gather::All, [part(1, "a"), part(2, "x")])]);
        let mut run =
            start(plan_of([attempt(body, block([])), read(3, text("a")), Step::Return(get(3))]))
                .await;
        let a = run.read("a").await;
        // The part that asked first is cancelled; the second place still waits.
        run.read("x").await.answer(500, "{}");
        crate::scripted::settle().await;
        assert!(a.is_open());
        a.answer(200, "1");
        assert_eq!(run.answer().await, "200 1");
    });
}

#[test]
fn a_cancelled_call_is_not_joined() {
    local(async {
        let body = block([read(0, text("x")), read(1, text("a"))]);
        let handler = block([read(2, text("a")), Step::Return(get(2))]);
        let mut run = start(plan_of([attempt(body, handler)])).await;
        let (x, a) = (run.read("x").await, run.read("a").await);
        x.answer(500, "{}");
        a.closed().await;
        run.read("a").await.answer(200, "2");
        assert_eq!(run.answer().await, "200 2");
    });
}
