//! The words of the most common faults: what, why, the contract's place, one fix.

use super::support::check_body;

fn first(body: &str) -> (String, Option<String>, usize) {
    let outcome = check_body(body);
    let found = outcome.diagnostics.first().expect("a fault");
    (found.message.clone(), found.help.clone(), found.secondary.len())
}

#[test]
fn unknown_field_suggests_the_nearest_name_and_shows_the_contract() {
    let (message, help, places) =
        first("const u = await users.getUser({ id: \"1\" }); return u.frstName;");
    assert_eq!(message, "`frstName` is not a field of `User`");
    assert_eq!(help.as_deref(), Some("did you mean `firstName`?"));
    assert_eq!(places, 1);
}

#[test]
fn missing_value_names_the_expression_and_offers_a_chain() {
    let (message, help, places) =
        first("const u = await users.getUser({ id: \"1\" }); return u.manager.firstName;");
    assert_eq!(message, "`u.manager` may be undefined");
    assert!(help.is_some_and(|h| h.contains("`u.manager?.firstName`") && h.contains("??")));
    assert_eq!(places, 1);
}

#[test]
fn forgotten_await_shows_the_await() {
    let (_, help, _) = first("const u = users.getUser({ id: \"1\" }); return u.id;");
    assert!(help.is_some_and(|h| h.contains("await users.getUser({ id: \"1\" })")));
}

#[test]
fn mutation_is_answered_with_the_function_that_copies() {
    let (_, help, _) = first("return [2, 1].sort();");
    assert_eq!(help.as_deref(), Some("use `toSorted`, which makes a new array"));
}

#[test]
fn unknown_argument_shows_the_parameters() {
    let (message, help, places) = first("return (await users.listUsers({ limt: 3 })).total;");
    assert_eq!(message, "`limt` is not a parameter of `listUsers`");
    assert_eq!(help.as_deref(), Some("did you mean `limit`?"));
    assert_eq!(places, 1);
}

#[test]
fn misspelt_constant_suggests_the_nearest() {
    let (_, help, _) =
        first("const u = await users.getUser({ id: \"1\" }); return u.status === \"actve\";");
    assert_eq!(help.as_deref(), Some("did you mean `\"active\"`?"));
}

#[test]
fn newcomers_slips_are_answered_with_what_to_write() {
    let slips = [
        ("return (await users.getUser({ userId: \"1\" })).id;", "`id` is needed: write that"),
        ("return (await users.getUser(\"1\")).id;", "write `{ id: … }`"),
        ("return error(404, \"gone\");", "throw it: `throw error(status, code)`"),
        ("return { a: nul };", "did you mean `null`?"),
    ];
    for (body, wanted) in slips {
        assert_eq!(first(body).1.as_deref(), Some(wanted), "{body}");
    }
}
