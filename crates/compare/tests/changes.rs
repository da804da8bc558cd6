//! What is said of single changes.

#![expect(clippy::needless_pass_by_value, reason = "cases read better without borrows")]

use frontage_compare::compare;
use serde_json::{Value, json};

/// A document whose only route takes a body and answers 200.
fn document(body: Value, answer: Value) -> Value {
    json!({
        "paths": { "/x": { "post": {
            "requestBody": {
                "required": true,
                "content": { "application/json": { "schema": body } },
            },
            "responses": { "200": { "content": { "application/json": { "schema": answer } } } },
        } } },
    })
}

/// Each change as `! code place` if it breaks, else as `  code place`.
fn said(old: &Value, new: &Value) -> Vec<String> {
    let changes = compare(old, new);
    let mark = |breaking| if breaking { "!" } else { " " };
    changes.iter().map(|c| format!("{} {} {}", mark(c.breaking), c.code, c.place)).collect()
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn with(members: Value, required: Value) -> Value {
    json!({ "type": "object", "properties": members, "required": required })
}

#[test]
fn a_change_breaks_by_who_sends_it() {
    let none = json!({ "type": "object" });
    let a = with(json!({ "a": text() }), json!(["a"]));
    let maybe = with(json!({ "a": text() }), json!([]));
    let closed = json!({ "type": "object", "additionalProperties": false });
    let map = |values: Value| json!({ "type": "object", "additionalProperties": values });
    let list = |items: Value| json!({ "type": "array", "items": items });
    let limited = |key: &str, at: u32| json!({ "type": "string", key: at });
    let nullable = json!({ "type": ["string", "null"] });
    let words = |all: &[&str]| json!({ "type": "string", "enum": all });
    let (integer, number) = (json!({ "type": "integer" }), json!({ "type": "number" }));
    let anything = json!({});
    // Old, new, what is said of an answer, what is said of a body.
    let cases: Vec<(&Value, &Value, &[&str], &[&str])> = vec![
        (&a, &a, &[], &[]),
        (&none, &a, &["  field-added :a"], &["! field-added :a"]),
        (&a, &none, &["! field-removed :a"], &["  field-removed :a"]),
        (&none, &maybe, &["  field-added :a"], &["  field-added :a"]),
        (&maybe, &none, &["  field-removed :a"], &["  field-removed :a"]),
        (&maybe, &a, &["  field-required :a"], &["! field-required :a"]),
        (&a, &maybe, &["! field-optional :a"], &["  field-optional :a"]),
    ];
    for (old, new, answer, body) in cases {
        check(old, new, answer, body);
    }
    let open = "! field-added :*";
    check(&closed, &a, &["! field-added :a", open], &["! field-added :a", "  field-added :*"]);
    check(&none, &closed, &["  field-removed :*"], &["! field-removed :*"]);
    check(&map(text()), &none, &["! type-changed :*"], &["  type-widened :*"]);
    check(
        &words(&["x"]),
        &json!({ "type": "string", "format": "email" }),
        &["! type-changed"],
        &["! value-removed"],
    );
    let maybe_object =
        |members: Value| json!({ "anyOf": [with(members, json!([])), { "type": "null" }] });
    let (less, more) = (maybe_object(json!({})), maybe_object(json!({ "a": text() })));
    check(&less, &more, &["  field-added :a"], &["  field-added :a"]);
    check(&text(), &nullable, &["! null-added"], &["  null-added"]);
    check(&nullable, &text(), &["  null-removed"], &["! null-removed"]);
    check(&words(&["x"]), &words(&["x", "y"]), &["! value-added"], &["  value-added"]);
    check(&words(&["x", "y"]), &words(&["x"]), &["  value-removed"], &["! value-removed"]);
    check(&words(&["x"]), &text(), &["! type-changed"], &["  type-widened"]);
    check(&integer, &number, &["! type-changed"], &["  type-widened"]);
    check(&text(), &integer, &["! type-changed"], &["! type-changed"]);
    check(&text(), &anything, &["! type-changed"], &["  type-widened"]);
    check(&anything, &text(), &["  type-narrowed"], &["! type-changed"]);
    let (three, five) = (limited("maxLength", 3), limited("maxLength", 5));
    check(&three, &five, &["! limit-widened"], &["  limit-widened"]);
    check(&five, &three, &["  limit-narrowed"], &["! limit-narrowed"]);
    check(&list(text()), &list(integer.clone()), &["! type-changed :[]"], &["! type-changed :[]"]);
    check(&map(text()), &map(nullable), &["! null-added :*"], &["  null-added :*"]);
    check(
        &list(a),
        &list(with(json!({ "a": integer, "b": text() }), json!(["a", "b"]))),
        &["  field-added :[].b", "! type-changed :[].a"],
        &["! field-added :[].b", "! type-changed :[].a"],
    );
}

fn check(old: &Value, new: &Value, answer: &[&str], body: &[&str]) {
    let same = json!({});
    let sorted = |mut all: Vec<String>| {
        all.sort();
        all
    };
    let expected = |place: &str, all: &[&str]| {
        sorted(
            all.iter()
                .map(|one| match one.split_once(" :") {
                    Some((code, path)) => format!("{code} {place}: {path}"),
                    None => format!("{one} {place}"),
                })
                .collect(),
        )
    };
    let found = said(&document(same.clone(), old.clone()), &document(same.clone(), new.clone()));
    assert_eq!(sorted(found), expected("answer 200", answer), "answers: {old} {new}");
    let found = said(&document(old.clone(), same.clone()), &document(new.clone(), same));
    assert_eq!(sorted(found), expected("body", body), "bodies: {old} {new}");
}

#[test]
fn routes_parameters_and_statuses() {
    let route = |parameters: Value, responses: Value| json!({ "parameters": parameters, "responses": responses });
    let ok = json!({ "200": {} });
    let of = |paths: Value| json!({ "paths": paths });
    let parameter = |name: &str, place: &str, required: bool| json!({ "name": name, "in": place, "required": required, "schema": { "type": "string" } });
    let old = of(json!({
        "/a/{id}": { "get": route(json!([parameter("id", "path", true)]), ok.clone()) },
        "/b": { "get": route(json!([parameter("q", "query", false)]), ok.clone()) },
        "/c": { "get": route(json!([]), json!({ "200": {}, "404": {} })) },
        "/files/{path}": { "get": route(json!([
            { "name": "path", "in": "path", "required": true, "x-frontage-rest": true },
        ]), ok.clone()) },
        "/gone": { "get": route(json!([]), ok.clone()) },
    }));
    let new = of(json!({
        // Another name for the same place.
        "/a/{key}": { "get": route(json!([parameter("key", "path", true)]), ok.clone()) },
        "/b": { "get": route(json!([
            parameter("r", "query", true), parameter("s", "header", false),
        ]), ok.clone()) },
        "/c": { "get": route(json!([]), json!({ "201": {}, "409": {} })) },
        "/files/{path}": { "get": route(json!([
            { "name": "path", "in": "path", "required": true },
        ]), ok.clone()) },
        "/a/new": { "get": route(json!([]), ok) },
    }));
    let all: Vec<String> = compare(&old, &new)
        .iter()
        .map(|c| format!("{} {} {} {}", c.route, c.place, c.code, c.breaking))
        .collect();
    assert_eq!(
        all,
        [
            "GET /a/new  route-added false",
            "GET /b header s parameter-added false",
            "GET /b query q parameter-removed true",
            "GET /b query r parameter-added true",
            "GET /c answer 200 status-removed false",
            "GET /c answer 201 status-added true",
            "GET /c answer 404 status-removed false",
            "GET /c answer 409 status-added false",
            "GET /files/{path}  route-added false",
            "GET /files/{path}  route-removed true",
            "GET /gone  route-removed true",
        ]
    );
}

#[test]
fn schemas_that_refer_to_themselves_end() {
    let tree = |leaf: Value| {
        let mut document = document(json!({}), json!({ "$ref": "#/components/schemas/Tree" }));
        document["components"] = json!({ "schemas": { "Tree": {
            "type": "object",
            "properties": {
                "leaf": leaf,
                "children": { "type": "array", "items": { "$ref": "#/components/schemas/Tree" } },
            },
            "required": ["leaf", "children"],
        } } });
        document
    };
    let (old, new) = (tree(text()), tree(json!({ "type": ["string", "null"] })));
    assert_eq!(said(&old, &old), Vec::<String>::new());
    assert_eq!(said(&old, &new), ["! null-added answer 200: leaf"]);
    assert_eq!(said(&new, &old), ["  null-removed answer 200: leaf"]);
    // A union of itself, which says nothing and must not be unfolded for ever.
    let own = |more: Value| {
        let mut document = document(json!({}), json!({ "$ref": "#/components/schemas/Own" }));
        let own = json!({ "$ref": "#/components/schemas/Own" });
        document["components"] = json!({ "schemas": { "Own": { "anyOf": [own, more, own] } } });
        document
    };
    let (old, new) = (own(text()), own(json!({ "type": ["string", "null"] })));
    assert_eq!(said(&old, &new), ["! null-added answer 200"]);
}

#[test]
fn what_is_not_understood_breaks_unless_it_is_the_same() {
    let odd = |with: u32| json!({ "type": "string", "contentMediaType": format!("x{with}") });
    let (one, two) = (document(json!({}), odd(1)), document(json!({}), odd(2)));
    assert_eq!(said(&one, &one), Vec::<String>::new());
    assert_eq!(said(&one, &two), ["! unclear answer 200"]);
}
