//! What starts when: overlap, guards, `sequential`, `Promise.all`, `.map`.

use frontage_plan::{Block, Expr, Gather, Slot, Step};

use crate::plans::{
    all, attempt, block, bool, get, handler, list, number, plan_of, read, slot, start, text, throw,
    write,
};
use crate::scripted::local;

#[test]
fn independent_calls_overlap_and_dependent_ones_wait() {
    local(async {
        let mut run = start(plan_of([
            read(0, text("a")),
            read(1, text("b")),
            read(2, get(0)),
            Step::Return(list([get(0), get(1), get(2)])),
        ]))
        .await;
        assert_eq!(run.waiting().await, ["/read?id=a", "/read?id=b"]);
        run.read("a").await.answer(200, "7");
        // `b` is still open: what reads `a` alone does not wait for it.
        run.read("7").await.answer(200, "\"c\"");
        run.read("b").await.answer(200, "\"b\"");
        assert_eq!(run.answer().await, "200 [7,\"b\",\"c\"]");
    });
}

#[test]
fn a_sequential_route_awaits_each_call_where_it_stands() {
    local(async {
        let mut plan =
            plan_of([read(0, text("a")), read(1, text("b")), Step::Return(list([get(0), get(1)]))]);
        handler(&mut plan).sequential = true;
        let mut run = start(plan).await;
        assert_eq!(run.waiting().await, ["/read?id=a"]);
        run.read("a").await.answer(200, "1");
        run.read("b").await.answer(200, "2");
        assert_eq!(run.answer().await, "200 [1,2]");
    });
}

/// Steps before a call of `late`; `first` is in flight. Whether `late` may start beside it.
#[test]
fn calls_do_not_start_past_a_branch_that_may_leave() {
    let leave = || block([Step::Return(text("left"))]);
    let fail = || block([throw("left")]);
    let when = |then: Block| Step::If { test: get(0), then, otherwise: block([]) };
    let inline_throw = Expr::Block(Box::new(block([Step::If {
        test: get(0),
        then: fail(),
        otherwise: block([]),
    }])));
    let cases: Vec<(&str, Vec<Step>, bool)> = vec![
        ("nothing between", vec![], true),
        ("a branch that returns", vec![when(leave())], false),
        ("a branch that throws", vec![when(fail())], false),
        ("a branch that stays", vec![when(block([read(5, text("inner"))]))], true),
        (
            "a branch already taken",
            vec![Step::If { test: bool(false), then: leave(), otherwise: block([]) }],
            true,
        ),
        (
            "a return inside a scope",
            vec![Step::Scope { slot: slot(6), body: block([when(leave())]) }],
            true,
        ),
        (
            "a throw inside a scope",
            vec![Step::Scope { slot: slot(6), body: block([when(fail())]) }],
            false,
        ),
        ("a throw that is caught", vec![attempt(block([when(fail())]), block([]))], true),
        ("a return that is tried", vec![attempt(block([when(leave())]), block([]))], false),
        ("a handler that returns", vec![attempt(block([read(5, text("tried"))]), leave())], false),
        ("a handler that throws", vec![attempt(block([read(5, text("tried"))]), fail())], false),
        ("a fallback value", vec![attempt(block([read(5, text("tried"))]), block([]))], true),
        (
            "a throw in an inlined helper",
            vec![Step::Let { slot: slot(6), value: inline_throw }],
            false,
        ),
        (
            "a throw in a part of Promise.all",
            vec![all(6, Gather::All, [block([when(fail())]), block([])])],
            false,
        ),
        (
            "a return in a part of Promise.all",
            vec![all(6, Gather::All, [block([when(leave())]), block([])])],
            true,
        ),
    ];
    for (name, between, early) in cases {
        local(async {
            let mut steps = vec![read(0, text("first"))];
            steps.extend(between);
            steps.extend([read(1, text("late")), Step::Return(get(1))]);
            let mut run = start(plan_of(steps)).await;
            let waiting = run.waiting().await;
            assert_eq!(waiting.contains(&"/read?id=late".to_owned()), early, "{name}");
            run.read("first").await.answer(200, "false");
            for id in ["tried", "inner"] {
                if waiting.contains(&format!("/read?id={id}")) {
                    run.read(id).await.answer(200, "1");
                }
            }
            run.read("late").await.answer(200, "\"end\"");
            assert_eq!(run.answer().await, "200 \"end\"", "{name}");
        });
    }
}

#[test]
fn a_guard_that_leaves_prevents_the_call() {
    local(async {
        let mut run = start(plan_of([
            read(0, text("user")),
            Step::If {
                test: get(0),
                then: block([throw("account_suspended")]),
                otherwise: block([]),
            },
            read(1, text("late")),
        ]))
        .await;
        run.read("user").await.answer(200, "true");
        let outcome = run.outcome.await.unwrap();
        assert_eq!(crate::plans::shown(&outcome), "418 account_suspended");
        assert_eq!(outcome.calls.len(), 1);
    });
}

#[test]
fn calls_in_a_branch_start_past_awaits_they_do_not_depend_on() {
    local(async {
        let inner = block([read(2, text("inner")), Step::Return(get(2))]);
        let mut run = start(plan_of([
            read(0, text("slow")),
            Step::If { test: bool(true), then: inner, otherwise: block([]) },
        ]))
        .await;
        assert_eq!(run.waiting().await, ["/read?id=slow", "/read?id=inner"]);
        run.read("inner").await.answer(200, "2");
        // The return is known, but what stands before it may still fail.
        assert_eq!(run.waiting().await, ["/read?id=slow"]);
        run.read("slow").await.answer(200, "1");
        assert_eq!(run.answer().await, "200 2");
    });
}

#[test]
fn parts_of_promise_all_run_side_by_side_and_keep_their_order() {
    local(async {
        let part = |at: u16, id: &str| block([read(at, text(id)), Step::Return(get(at))]);
        let mut run = start(plan_of([
            all(0, Gather::All, [part(1, "a"), part(2, "b"), block([])]),
            Step::Return(get(0)),
        ]))
        .await;
        assert_eq!(run.waiting().await, ["/read?id=a", "/read?id=b"]);
        run.read("b").await.answer(200, "2");
        run.read("a").await.answer(200, "1");
        // `undefined` in an array is null.
        assert_eq!(run.answer().await, "200 [1,2,null]");
    });
}

fn element_map(width: u16, items: impl IntoIterator<Item = f64>) -> Vec<Step> {
    let inner = |index| Slot { level: 1, index };
    let call = crate::plans::call_of(crate::plans::READ, Some(Expr::Slot(inner(0))));
    vec![
        Step::Map {
            slot: slot(0),
            list: list(items.into_iter().map(number)),
            item: Some(inner(0)),
            index: Some(inner(1)),
            body: block([
                Step::Call { slot: inner(2), call: Box::new(call) },
                Step::Return(list([Expr::Slot(inner(1)), Expr::Slot(inner(2))])),
            ]),
            gather: Gather::All,
            width,
        },
        Step::Return(get(0)),
    ]
}

#[test]
fn elements_run_in_order_and_no_more_than_the_width_at_once() {
    local(async {
        let mut run = start(plan_of(element_map(2, [1.0, 2.0, 3.0, 4.0]))).await;
        assert_eq!(run.waiting().await, ["/read?id=1", "/read?id=2"]);
        run.read("2").await.answer(200, "20");
        assert_eq!(run.waiting().await, ["/read?id=1", "/read?id=3"]);
        run.read("1").await.answer(200, "10");
        run.read("3").await.answer(200, "30");
        run.read("4").await.answer(200, "40");
        assert_eq!(run.answer().await, "200 [[0,10],[1,20],[2,30],[3,40]]");
    });
}

#[test]
fn each_distinct_argument_of_a_map_is_asked_for_once() {
    local(async {
        let mut run = start(plan_of(element_map(10, [1.0, 2.0, 1.0, 1.0]))).await;
        assert_eq!(run.waiting().await, ["/read?id=1", "/read?id=2"]);
        run.read("1").await.answer(200, "10");
        run.read("2").await.answer(200, "20");
        let outcome = run.outcome().await;
        assert_eq!(crate::plans::shown(&outcome), "200 [[0,10],[1,20],[2,10],[3,10]]");
        let joined: Vec<u32> = outcome.calls.iter().map(|call| call.joined).collect();
        assert_eq!(joined, [2, 0]);
    });
}

#[test]
fn a_map_over_nothing_and_over_no_array() {
    for (list, expected) in [(list([]), "200 []"), (text("ab"), "500 internal")] {
        local(async {
            let mut plan = plan_of(element_map(2, []));
            if let Step::Map { list: own, .. } = &mut handler(&mut plan).body.steps[0] {
                *own = list;
            }
            assert_eq!(start(plan).await.answer().await, expected);
        });
    }
}

#[test]
fn a_large_map_of_pure_bodies_ends() {
    local(async {
        let mut steps = element_map(3, (0..5_000).map(f64::from));
        if let Step::Map { body, .. } = &mut steps[0] {
            *body = block([Step::Return(Expr::Slot(Slot { level: 1, index: 1 }))]);
        }
        let answer = start(plan_of(steps)).await.answer().await;
        assert!(answer.starts_with("200 [0,1,2,") && answer.ends_with(",4999]"));
    });
}

#[test]
fn steps_after_an_unsafe_call_wait_for_it() {
    local(async {
        let mut run =
            start(plan_of([write(0, text("w")), read(1, text("late")), Step::Return(get(1))]))
                .await;
        assert_eq!(run.waiting().await, ["/write?id=w"]);
        run.write("w").await.answer(200, "1");
        run.read("late").await.answer(200, "2");
        assert_eq!(run.answer().await, "200 2");
    });
}
