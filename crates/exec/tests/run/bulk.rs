//! Calls for elements of a list are made together.

use frontage_plan::{
    AnswerKind, Bulk, Call, Expr, Gather, Location, OperationId, Parameter, Plan, Slot, Statuses,
    Step, Style,
};

use crate::plans::{
    ITEM, WITH_ID, attempt, block, call_of, get, handler, into_slot, list, plan_of, shown, slot,
    start, text,
};
use crate::scripted::local;

/// `GET /many?ids=…&n=…&lang=…`, or with another style `?ids=a,b`.
const MANY: u32 = 3;

fn bulk() -> Bulk {
    Bulk {
        operation: OperationId(MANY),
        argument: 0,
        key: 0,
        count: None,
        others: Vec::new(),
        statuses: vec![Statuses { from: 200, to: 200 }],
        items: Vec::new(),
        matching: "id".into(),
        most: 100,
    }
}

/// `item(element)` for each element of the list, `null` where there is none.
fn call(bulk: Bulk) -> Call {
    let mut call = call_of(ITEM, Some(Expr::Slot(ELEMENT)));
    call.null_on = vec![404];
    call.bulk = Some(Box::new(bulk));
    call.takes_turns = true;
    call
}

const ELEMENT: Slot = Slot { level: 1, index: 0 };
const ANSWER: Slot = Slot { level: 1, index: 1 };

/// A plan that answers what `call` gives for each of the keys.
fn plan(keys: impl IntoIterator<Item = Expr>, call: Call) -> Plan {
    let steps =
        [Step::Call { slot: ANSWER, call: Box::new(call) }, Step::Return(Expr::Slot(ANSWER))];
    let map = Step::Map {
        slot: slot(0),
        list: list(keys),
        item: Some(ELEMENT),
        index: None,
        body: block(steps),
        gather: Gather::All,
        width: 1024,
    };
    plan_with([map, Step::Return(get(0))])
}

fn plan_with(steps: impl Into<Vec<Step>>) -> Plan {
    let mut plan = plan_of(steps);
    let mut many = plan.operations[0].clone();
    many.name = "many".into();
    many.path = vec![frontage_plan::PathPiece::Text("/many".into())];
    let parameter = |name: &str, explode| Parameter {
        name: name.into(),
        location: Location::Query,
        style: Style::Form,
        explode,
        required: false,
    };
    many.parameters = vec![parameter("ids", false), parameter("n", true), parameter("lang", true)];
    plan.operations.push(many);
    let item = &mut plan.operations[ITEM as usize].parameters;
    item.push(parameter("lang", true));
    plan
}

fn keys(keys: &[&str]) -> Vec<Expr> {
    keys.iter().map(|key| text(key)).collect()
}

#[test]
fn calls_for_elements_are_one_call_whatever_the_order_of_its_items() {
    local(async {
        let mut run = start(plan(keys(&["a", "b", "c", "a"]), call(bulk()))).await;
        assert_eq!(run.waiting().await, ["/many?ids=a,b,c"]);
        let many = run.upstream.expect("/many?ids=a,b,c").await;
        // An element that nobody asked for, and none for `b`.
        many.answer(200, r#"[{"id":"c","n":3},{"id":"x"},{"id":"a","n":1.5}]"#);
        let outcome = run.outcome().await;
        let expected = r#"200 [{"id":"a","n":1.5},null,{"id":"c","n":3},{"id":"a","n":1.5}]"#;
        assert_eq!(shown(&outcome), expected);
        let calls: Vec<_> = outcome.calls.iter().map(|c| (&*c.operation, c.joined)).collect();
        assert_eq!(calls, [("many", 3)]);
    });
}

#[test]
fn an_item_that_is_not_there_is_a_404() {
    local(async {
        let mut strict = call(bulk());
        strict.null_on = vec![];
        let mut run = start(plan(keys(&["a", "b"]), strict)).await;
        run.upstream.expect("/many?ids=a,b").await.answer(200, r#"[{"id":"a"}]"#);
        assert_eq!(run.answer().await, "404 upstream_not_found");
    });
}

#[test]
fn keys_are_parted_evenly_and_one_key_is_a_single_call() {
    local(async {
        let mut own = bulk();
        own.most = 3;
        own.count = Some(1);
        let mut run = start(plan(keys(&["a", "b", "c", "d"]), call(own.clone()))).await;
        let mut waiting = run.waiting().await;
        waiting.sort();
        assert_eq!(waiting, ["/many?ids=a,b&n=2", "/many?ids=c,d&n=2"]);
        drop(run);
        let mut run = start(plan(keys(&["a"]), call(own))).await;
        assert_eq!(run.waiting().await, ["/item/a"]);
        run.upstream.expect("/item/a").await.answer(200, "7");
        assert_eq!(run.answer().await, "200 [7]");
    });
}

#[test]
fn a_bulk_call_that_fails_is_made_up_for_by_single_calls() {
    for (status, body) in [
        (500, "{}"),
        (404, "{}"),
        (204, ""),
        (202, "[]"),
        (200, "nonsense"),
        (200, r#"{"items":[]}"#),
        (200, r#"[{"id":null}]"#),
    ] {
        local(async {
            let mut run = start(plan(keys(&["a", "b"]), call(bulk()))).await;
            run.upstream.expect("/many?ids=a,b").await.answer(status, body);
            run.upstream.expect("/item/b").await.answer(404, "{}");
            run.upstream.expect("/item/a").await.answer(200, "1");
            let outcome = run.outcome().await;
            assert_eq!(shown(&outcome), "200 [1,null]", "{status} {body}");
            let calls: Vec<_> = outcome.calls.iter().map(|c| &*c.operation).collect();
            assert_eq!(calls, ["many", "item", "item"]);
        });
    }
}

#[test]
fn a_service_that_has_too_much_to_do_is_not_asked_once_more_for_each_element() {
    for (status, expected) in [(429, "503 upstream_busy"), (503, "502 upstream_error")] {
        local(async {
            let mut run = start(plan(keys(&["a", "b"]), call(bulk()))).await;
            run.upstream.expect("/many?ids=a,b").await.answer(status, "{}");
            assert_eq!(run.answer().await, expected, "{status}");
        });
    }
}

#[test]
fn what_two_items_leave_open_is_asked_singly() {
    local(async {
        let mut run = start(plan(keys(&["a", "b"]), call(bulk()))).await;
        let items = r#"[{"id":"a","n":1},{"id":"b"},{"id":"b"},{"id":"a","n":2}]"#;
        run.upstream.expect("/many?ids=a,b").await.answer(200, items);
        run.upstream.expect("/item/a").await.answer(200, "3");
        assert_eq!(run.answer().await, r#"200 [3,{"id":"b"}]"#);
    });
}

#[test]
fn keys_that_a_list_could_not_tell_apart_are_asked_singly() {
    local(async {
        let mut run = start(plan(keys(&["a", "b,c", "d"]), call(bulk()))).await;
        let mut waiting = run.waiting().await;
        waiting.sort();
        assert_eq!(waiting, ["/item/b%2Cc", "/many?ids=a,d"]);
    });
}

#[test]
fn only_calls_with_equal_further_arguments_are_made_together() {
    local(async {
        let mut own = bulk();
        own.others = vec![(1, 2)];
        let mut localised = call(own);
        let first = Expr::Call(
            frontage_plan::Builtin::StringSlice,
            vec![Expr::Slot(ELEMENT), crate::plans::number(0.0), crate::plans::number(1.0)],
        );
        localised.arguments.push((1, first));
        let mut run = start(plan(keys(&["a1", "b1", "a2", "b2"]), localised)).await;
        let mut waiting = run.waiting().await;
        waiting.sort();
        assert_eq!(waiting, ["/many?ids=a1,a2&lang=a", "/many?ids=b1,b2&lang=b"]);
    });
}

#[test]
fn long_lists_of_keys_are_parted_so_that_a_request_stays_short() {
    local(async {
        let long: Vec<String> = (0..8).map(|n| format!("{n}{}", "k".repeat(1500))).collect();
        let own: Vec<Expr> = long.iter().map(|key| text(key)).collect();
        let mut run = start(plan(own, call(bulk()))).await;
        let waiting = run.waiting().await;
        assert_eq!(waiting.len(), 2);
        assert!(waiting.iter().all(|url| url.len() < 8000));
    });
}

#[test]
fn an_item_that_contradicts_the_contract_fails_its_own_element_only() {
    local(async {
        let mut named = bulk();
        named.matching = "name".into();
        let mut checked = call(named);
        checked.answers = vec![(Statuses { from: 200, to: 200 }, AnswerKind::Json(WITH_ID))];
        let mut plan = plan(keys(&["1", "2"]), checked);
        if let Step::Map { body, .. } = &mut handler(&mut plan).body.steps[0] {
            let steps = std::mem::take(&mut body.steps);
            let (error, part) = (None, None);
            let handler = block([Step::Return(text("drift"))]);
            body.steps.push(Step::Try { body: block(steps), error, handler, part });
        }
        let mut run = start(plan).await;
        let items = r#"[{"id":1,"name":"1","secret":1},{"id":"two","name":"2"}]"#;
        run.upstream.expect("/many?ids=1,2").await.answer(200, items);
        let outcome = run.outcome().await;
        assert_eq!(shown(&outcome), r#"200 [{"id":1},"drift"]"#);
        let drift: Vec<_> = outcome.drift.iter().map(|d| (&*d.operation, &d.fault)).collect();
        let [("many", Some(fault))] = drift[..] else { panic!("{drift:?}") };
        assert_eq!(fault.path, "[].id");
    });
}

#[test]
fn few_single_calls_fly_at_once() {
    local(async {
        let many: Vec<String> = (0..50).map(|n| format!("k{n}")).collect();
        let own: Vec<Expr> = many.iter().map(|key| text(key)).collect();
        let mut run = start(plan(own, call(bulk()))).await;
        let url = format!("/many?ids={}", many.join(","));
        run.upstream.expect(&url).await.answer(500, "{}");
        assert_eq!(run.waiting().await.len(), 32);
        for key in &many {
            run.upstream.expect(&format!("/item/{key}")).await.answer(200, "1");
        }
        assert!(run.answer().await.starts_with("200 [1,1,"));
    });
}

#[test]
fn a_bulk_call_that_nobody_waits_for_is_given_up() {
    local(async {
        let map = plan(keys(&["a", "b"]), call(bulk()));
        let mut steps = match &map.routes[0].kind {
            frontage_plan::RouteKind::Handler(handler) => handler.body.steps.clone(),
            frontage_plan::RouteKind::Passthrough(_) => unreachable!("a plan by hand"),
        };
        steps.pop();
        steps.insert(0, crate::plans::read(1, text("x")));
        let guarded = attempt(block(steps), block([Step::Return(text("none"))]));
        let mut run = start(plan_with([guarded])).await;
        let many = run.upstream.expect("/many?ids=a,b").await;
        run.read("x").await.answer(500, "{}");
        many.closed().await;
        assert_eq!(run.answer().await, "200 \"none\"");
    });
}

#[test]
fn a_call_that_reads_more_than_items_have_is_not_answered_by_one() {
    local(async {
        // The same call, once for each element and once for itself.
        let map = plan(keys(&["a", "b"]), call(bulk()));
        let frontage_plan::RouteKind::Handler(own) = &map.routes[0].kind else { return };
        let mut steps = own.body.steps.clone();
        steps.pop();
        steps.push(into_slot(1, call_of(ITEM, Some(text("a")))));
        steps.push(Step::Return(list([get(0), get(1)])));
        let mut run = start(plan_with(steps)).await;
        let mut waiting = run.waiting().await;
        waiting.sort();
        assert_eq!(waiting, ["/item/a", "/many?ids=a,b"]);
        run.upstream.expect("/many?ids=a,b").await.answer(200, r#"[{"id":"a"},{"id":"b"}]"#);
        run.upstream.expect("/item/a").await.answer(200, r#"{"id":"a","text":"long"}"#);
        let expected = r#"200 [[{"id":"a"},{"id":"b"}],{"id":"a","text":"long"}]"#;
        assert_eq!(run.answer().await, expected);
    });
}

#[test]
fn bulk_calls_take_turns() {
    local(async {
        let many: Vec<String> = (0..100).map(|n| format!("k{n}")).collect();
        let own: Vec<Expr> = many.iter().map(|key| text(key)).collect();
        let mut pairs = bulk();
        pairs.most = 2;
        let mut run = start(plan(own, call(pairs))).await;
        assert_eq!(run.waiting().await.len(), 32);
    });
}

#[test]
fn a_number_is_found_as_it_is_spelt_and_another_spelling_is_asked_singly() {
    local(async {
        let ids = ["12345678901234567890", "7", "007"];
        let mut run = start(plan(keys(&ids), call(bulk()))).await;
        let url = "/many?ids=12345678901234567890,7,007";
        let items = r#"[{"id":7.0},{"id":12345678901234567890,"n":1},null]"#;
        run.upstream.expect(url).await.answer(200, items);
        run.upstream.expect("/item/007").await.answer(200, "8");
        let answer = run.answer().await;
        assert!(answer.ends_with(r#""n":1},{"id":7},8]"#), "{answer}");
    });
}
