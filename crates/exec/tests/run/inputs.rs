//! Input is accepted or refused before any call.

use frontage_exec::OutcomeBody;
use frontage_plan::{
    Input, ObjectMode, Step, Validator, ValidatorField, ValidatorKind, input_slot,
};
use http::HeaderValue;

use crate::plans::{Asked, handler, list, plan_of, read, shown, start_with, text};
use crate::scripted::local;

fn object(name: &str, validator: Validator) -> Option<Validator> {
    let field = ValidatorField { name: name.into(), validator };
    Some(ValidatorKind::Object { fields: vec![field], mode: ObjectMode::Strip }.into())
}

fn number() -> Validator {
    ValidatorKind::Number { coerce: true }.into()
}

fn string() -> Validator {
    ValidatorKind::String { coerce: false }.into()
}

fn asked(content_type: Option<&'static str>, body: &'static str) -> Asked {
    let mut asked = Asked { body, ..Asked::default() };
    if let Some(content_type) = content_type {
        asked.headers.insert("content-type", HeaderValue::from_static(content_type));
    }
    asked
}

#[test]
fn bodies_are_read_or_refused() {
    let json = Some("application/json; charset=utf-8");
    let cases = [
        (json, "{\"a\":1}", "200 {\"a\":1}"),
        (Some("application/merge-patch+json"), "{\"a\":1}", "200 {\"a\":1}"),
        (json, "{\"a\":", "400 malformed_body"),
        (Some("text/plain"), "{\"a\":1}", "415 unsupported_media_type"),
        (None, "{\"a\":1}", "415 unsupported_media_type"),
        (None, "", "400 invalid_input"),
        (json, "{\"a\":\"x\"}", "400 invalid_input"),
    ];
    for (content_type, body, expected) in cases {
        local(async {
            let mut plan = plan_of([Step::Return(frontage_plan::Expr::Slot(input_slot::BODY))]);
            let strict = ValidatorKind::Number { coerce: false }.into();
            handler(&mut plan).input = Input { body: object("a", strict), ..Input::default() };
            let run = start_with(plan, asked(content_type, body)).await;
            assert_eq!(run.answer().await, expected, "{content_type:?} {body}");
        });
    }
}

#[test]
fn every_fault_of_every_part_is_listed_and_nothing_is_called() {
    local(async {
        let mut plan = plan_of([read(0, text("a"))]);
        handler(&mut plan).input = Input {
            params: object("id", number()),
            query: object("limit", number()),
            headers: object("x-page", string()),
            body: None,
        };
        let asked = Asked {
            query: Some("limit=many"),
            path_parameters: vec![("id".into(), "x".into())],
            ..Asked::default()
        };
        let outcome = start_with(plan, asked).await.outcome().await;
        assert_eq!(shown(&outcome), "400 invalid_input");
        assert!(outcome.calls.is_empty());
        let OutcomeBody::Problem(problem) = outcome.body else { panic!("a problem") };
        let found: Vec<(&str, &str)> =
            problem.issues.iter().map(|issue| (issue.part.as_str(), &*issue.path)).collect();
        assert_eq!(found, [("params", "id"), ("query", "limit"), ("headers", "x-page")]);
    });
}

#[test]
fn what_was_accepted_stands_where_the_handler_reads_it() {
    local(async {
        let slots = [
            input_slot::PARAMS,
            input_slot::QUERY,
            input_slot::HEADERS,
            input_slot::BODY,
            input_slot::SESSION,
        ];
        let request = frontage_plan::Expr::Slot(input_slot::REQUEST);
        let items = slots
            .map(frontage_plan::Expr::Slot)
            .into_iter()
            .chain([request.clone().member("method"), request.member("now")]);
        let mut plan = plan_of([Step::Return(list(items))]);
        handler(&mut plan).input = Input {
            params: object("id", string()),
            query: object("limit", number()),
            headers: object("x-page", string()),
            body: None,
        };
        let mut asked = Asked {
            query: Some("limit=3&other=1"),
            path_parameters: vec![("id".into(), "p/5".into())],
            ..Asked::default()
        };
        asked.headers.insert("x-page", HeaderValue::from_static("home"));
        let expected = concat!(
            "200 [{\"id\":\"p/5\"},{\"limit\":3},{\"x-page\":\"home\"},null,{},\"GET\",",
            "\"1970-01-01T00:00:00.000Z\"]"
        );
        assert_eq!(start_with(plan, asked).await.answer().await, expected);
    });
}
