//! Finding users, their preferences and pictures.

use crate::shop::Shop;
use serde_json::{Value, json};
use shop_services::Service::Users;

#[test]
fn searches_find_what_sql_finds() {
    let shop = Shop::open();
    for (body, sql) in [
        (json!({}), "1"),
        (json!({ "query": "gre" }), "first_name || last_name || email LIKE '%gre%'"),
        (json!({ "query": "a_b%" }), "0"),
        (
            json!({ "segments": ["vip", "business"], "countries": ["FR", "IT"] }),
            "segment IN ('vip', 'business') AND country IN ('FR', 'IT')",
        ),
        (json!({ "active": false }), "NOT active"),
        (json!({ "active": null, "segments": [] }), "1"),
        (
            json!({ "createdAfter": "2026-08-01T02:00:00+02:00" }),
            "created_at > '2026-08-01T00:00:00Z'",
        ),
    ] {
        let answer = shop.call(Users, "POST", "/users/search", &[], Some(&body));
        let expected: i64 = shop.sql(&format!("SELECT count(*) FROM users WHERE {sql}"));
        assert_eq!(
            (answer.status, answer.json()["total"].as_i64()),
            (200, Some(expected)),
            "{body}"
        );
        assert!(expected > 0 || sql == "0", "{body} shows nothing");
    }
    let newest = shop
        .call(Users, "POST", "/users/search", &[], Some(&json!({ "sort": "newest", "limit": 1 })))
        .json();
    assert_eq!(
        newest["items"][0]["id"],
        shop.sql::<String>("SELECT id FROM users ORDER BY created_at DESC, n LIMIT 1")
    );
}

#[test]
fn lists_are_filtered_and_paged() {
    let shop = Shop::open();
    let page = shop.get(Users, "/users?segment=vip&limit=3&offset=2");
    let third: String =
        shop.sql("SELECT id FROM users WHERE segment = 'vip' ORDER BY n LIMIT 1 OFFSET 2");
    assert_eq!(page["items"][0]["id"], third);
    assert_eq!(page["total"], shop.sql::<i64>("SELECT count(*) FROM users WHERE segment = 'vip'"));
    let (first, last): (String, String) = (
        shop.sql("SELECT first_name FROM users WHERE n = 1"),
        shop.sql("SELECT last_name FROM users WHERE n = 1"),
    );
    assert_eq!(shop.get(Users, &format!("/users?q={last}+{first}"))["items"][0]["id"], "u1");
}

#[test]
fn preferences_are_replaced_and_stay() {
    let shop = Shop::open();
    let before = shop.get(Users, "/users/u1");
    let preferences = json!({
        "newsletter": false, "theme": "dark", "density": "compact", "favouriteCategories": ["audio"],
        "notifications": { "carrier pigeon": true }, "quietHours": { "from": "21:30", "to": "06:00" },
    });
    let put = |body: &Value| shop.call(Users, "PUT", "/users/u1/preferences", &[], Some(body));
    assert_eq!(put(&preferences).json(), preferences);
    let mut expected = before;
    expected["preferences"] = preferences.clone();
    assert_eq!(shop.get(Users, "/users/u1"), expected);
    for (key, value) in [
        ("theme", json!("neon")),
        ("density", json!("roomy")),
        ("quietHours", json!({ "from": "25:00", "to": "06:00" })),
        ("notifications", json!({ "email": "yes" })),
        ("font", json!("serif")),
    ] {
        let mut bad = preferences.clone();
        bad[key] = value;
        assert_eq!(put(&bad).status, 422, "{bad}");
    }
    assert_eq!(shop.get(Users, "/users/u1"), expected);
}

#[test]
fn what_is_not_there_is_said_so() {
    let shop = Shop::open();
    for (method, target, status) in [
        ("GET", "/users/u501", 404),
        ("GET", "/users/%F0%9F%A6%8A", 404),
        ("GET", "/users/%FF", 400),
        ("GET", "/users/u1'%20OR%20'1'='1", 404),
        ("GET", "/nothing", 404),
        ("DELETE", "/users/u1", 405),
        ("GET", "/users?limit=101", 400),
        ("GET", "/users?limit=1&limit=2", 400),
        ("GET", "/users?segment=poor", 400),
    ] {
        let answer = shop.call(Users, method, target, &[], None);
        assert_eq!(answer.status, status, "{method} {target}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{method} {target}");
        assert_eq!(answer.json()["status"], status, "{method} {target}");
    }
}
