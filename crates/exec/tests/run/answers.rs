//! What upstreams' answers and routes' results become.

use frontage_exec::{CallResult, OutcomeBody};
use frontage_plan::{AnswerKind, Expr, ReplyKind, Statuses, Step};

use crate::plans::{
    ITEM, READ, WITH_ID, call_of, get, into_slot, list, number, plan_of, shown, start, start_with,
    text,
};
use crate::scripted::local;

#[test]
fn statuses_that_nobody_caught() {
    let cases = [
        (401, "401 upstream_unauthorized"),
        (403, "403 upstream_forbidden"),
        (404, "404 upstream_not_found"),
        (409, "409 upstream_conflict"),
        (410, "410 upstream_gone"),
        (422, "422 upstream_unprocessable"),
        (429, "503 upstream_busy"),
        (400, "502 upstream_error"),
        (418, "502 upstream_error"),
        (500, "502 upstream_error"),
        (503, "502 upstream_error"),
        (302, "502 upstream_error"),
        (304, "502 upstream_error"),
    ];
    for (status, expected) in cases {
        local(async {
            let mut run = start(plan_of([into_slot(0, call_of(READ, None))])).await;
            run.upstream
                .next()
                .await
                .raw(&format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n"), true);
            assert_eq!(run.answer().await, expected);
        });
    }
}

#[test]
fn too_many_requests_pass_on_when_to_come_again() {
    for (field, expected) in [
        ("retry-after: 7\r\n", 7),
        ("retry-after: Wed, 21 Oct 2026 07:28:00 GMT\r\n", 1),
        ("", 1),
        ("retry-after: 999999999\r\n", 86_400),
    ] {
        local(async {
            let mut run = start(plan_of([into_slot(0, call_of(READ, None))])).await;
            let head = format!("HTTP/1.1 429 X\r\n{field}content-length: 0\r\n\r\n");
            run.upstream.next().await.raw(&head, true);
            let OutcomeBody::Problem(problem) = run.outcome().await.body else {
                panic!("a problem was expected")
            };
            assert_eq!(problem.retry_after_s, Some(expected), "{field}");
        });
    }
}

#[test]
fn answers_that_are_none() {
    let cases = [
        (
            "wrong type",
            "HTTP/1.1 200 X\r\ncontent-length: 10\r\n\r\n{\"id\":\"x\"}",
            "502 upstream_drift",
        ),
        ("missing", "HTTP/1.1 200 X\r\ncontent-length: 2\r\n\r\n{}", "502 upstream_drift"),
        ("no JSON", "HTTP/1.1 200 X\r\ncontent-length: 6\r\n\r\n<html>", "502 upstream_drift"),
        ("cut JSON", "HTTP/1.1 200 X\r\ncontent-length: 7\r\n\r\n{\"id\":1", "502 upstream_drift"),
        ("empty", "HTTP/1.1 200 X\r\ncontent-length: 0\r\n\r\n", "502 upstream_drift"),
        (
            "cut body",
            "HTTP/1.1 200 X\r\ncontent-length: 99\r\n\r\n{\"id\":1}",
            "502 upstream_unavailable",
        ),
        ("garbage", "not HTTP at all\r\n\r\n", "502 upstream_unavailable"),
        ("nothing", "", "502 upstream_unavailable"),
        (
            "too large",
            "HTTP/1.1 200 X\r\ncontent-length: 52428800\r\n\r\n",
            "502 upstream_unavailable",
        ),
        (
            "undeclared status",
            "HTTP/1.1 202 X\r\ncontent-length: 8\r\n\r\n{\"id\":1}",
            "502 upstream_drift",
        ),
        (
            "fine",
            "HTTP/1.1 200 X\r\ncontent-length: 14\r\n\r\n{\"id\":1,\"x\":2}",
            "200 {\"id\":1}",
        ),
    ];
    for (name, answer, expected) in cases {
        local(async {
            let mut call = call_of(READ, None);
            call.answers = vec![(Statuses { from: 200, to: 200 }, AnswerKind::Json(WITH_ID))];
            let mut run = start(plan_of([into_slot(0, call), Step::Return(get(0))])).await;
            run.upstream.next().await.raw(answer, false);
            let outcome = run.outcome().await;
            assert_eq!(shown(&outcome), expected, "{name}");
            let drifted = expected.ends_with("drift");
            assert_eq!(outcome.drift.len(), usize::from(drifted), "{name}");
            if let OutcomeBody::Problem(problem) = &outcome.body {
                let told = format!("{problem:?}");
                assert!(!told.contains("users") && !told.contains("127.0.0.1"), "{told}");
            }
        });
    }
}

#[test]
fn null_text_and_empty_answers() {
    let statuses = Statuses { from: 200, to: 299 };
    let cases = [
        (404, vec![404], AnswerKind::Json(WITH_ID), "x", "200 null"),
        (200, vec![200], AnswerKind::Json(WITH_ID), "x", "200 null"),
        (200, vec![], AnswerKind::Text, "plain", "200 \"plain\""),
        (200, vec![], AnswerKind::Empty, "ignored", "204 -"),
    ];
    for (status, null_on, kind, body, expected) in cases {
        local(async {
            let mut call = call_of(READ, None);
            call.null_on = null_on;
            call.answers = vec![(statuses, kind)];
            let mut run = start(plan_of([into_slot(0, call), Step::Return(get(0))])).await;
            run.upstream.next().await.answer(status, body);
            assert_eq!(run.answer().await, expected);
        });
    }
}

#[test]
fn results_of_routes() {
    let reply = |kind| Expr::Reply(Box::new(kind));
    let cases = [
        (number(1.5), "200 1.5"),
        (Expr::UNDEFINED, "204 -"),
        (number(f64::NAN), "200 null"),
        (
            reply(ReplyKind::Json {
                value: list([number(1.0)]),
                status: Some(number(201.0)),
                headers: vec![("x-a".into(), text("b"))],
                cache_control: None,
            }),
            "201 [1]",
        ),
        (reply(ReplyKind::NoContent), "204 -"),
        (reply(ReplyKind::Redirect { location: text("/é x"), status: None }), "302 -"),
        (
            reply(ReplyKind::Json {
                value: number(1.0),
                status: None,
                headers: vec![("x-a".into(), text("b\r\nset-cookie: c"))],
                cache_control: None,
            }),
            "500 internal",
        ),
        (reply(ReplyKind::Redirect { location: text("/a\r\nb: c"), status: None }), "500 internal"),
    ];
    for (value, expected) in cases {
        local(async {
            let outcome = start(plan_of([Step::Return(value)])).await.outcome().await;
            assert_eq!(shown(&outcome), expected);
            if outcome.status == 302 {
                assert_eq!(outcome.headers[0].1, "/%C3%A9%20x");
            }
            if outcome.status == 201 {
                assert_eq!(outcome.headers[0].1, "b");
            }
        });
    }
}

#[test]
fn a_path_that_names_nothing_is_not_asked_for() {
    for (id, null_on, expected) in [
        ("..", vec![], "404 upstream_not_found"),
        ("", vec![], "404 upstream_not_found"),
        (".", vec![404], "200 null"),
    ] {
        local(async {
            let mut call = call_of(ITEM, Some(text(id)));
            call.null_on = null_on;
            let run = start(plan_of([into_slot(0, call), Step::Return(get(0))])).await;
            let outcome = run.outcome().await;
            assert_eq!(shown(&outcome), expected);
            let refused =
                matches!(outcome.calls[0].result, CallResult::Failed { reason: "argument", .. });
            assert!(refused, "{:?}", outcome.calls);
        });
    }
}

#[test]
fn what_identifies_a_request_goes_along_and_what_identifies_its_sender_does_not() {
    local(async {
        let mut asked = crate::plans::Asked::default();
        for name in ["cookie", "authorization", "x-forwarded-for"] {
            asked.headers.insert(name, http::HeaderValue::from_static("secret"));
        }
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        asked.trace =
            frontage_exec::Trace::parse(&format!("00-{id}-00f067aa0ba902b7-01"), Some("a=b"));
        let mut call = call_of(READ, Some(text("a")));
        call.headers = vec![("x-page".into(), "home".into())];
        let mut run = start_with(plan_of([into_slot(0, call)]), asked).await;
        let arrival = run.read("a").await;
        assert!(arrival.headers.iter().all(|(_, value)| value != "secret"));
        assert_eq!(arrival.header("x-page"), Some("home"));
        assert_eq!(arrival.header("x-request-id"), Some("r-1"));
        assert_eq!(arrival.header("tracestate"), Some("a=b"));
        let parent = arrival.header("traceparent").unwrap_or_default().to_owned();
        assert!(parent.contains(id) && !parent.contains("00f067aa0ba902b7"), "{parent}");
        arrival.answer(200, "1");
        assert_eq!(run.answer().await, "204 -");
    });
}
