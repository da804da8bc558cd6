//! Placing and cancelling orders.

use crate::client::Answer;
use crate::invariants;
use crate::shop::Shop;
use serde_json::{Value, json};
use shop_services::Service::{Catalog, Orders, Stock};
use std::collections::HashSet;

/// Sends `placeOrder`.
pub(crate) fn place(shop: &Shop, key: &str, order: &Value) -> Answer {
    shop.call(Orders, "POST", "/orders", &[("idempotency-key", key)], Some(order))
}

/// An order of one unit of something that is there in plenty.
pub(crate) fn small(user: &str) -> Value {
    json!({ "userId": user, "lines": [{ "productId": "p1", "quantity": 1 }] })
}

/// Products with what can be ordered of them, from most to least.
fn available(shop: &Shop) -> Vec<(String, i64)> {
    let database = shop.database();
    let mut statement = database
        .prepare("SELECT product_id, sum(quantity - reserved) AS a FROM stock GROUP BY product_id ORDER BY a DESC, product_id")
        .expect("a query");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
    rows.collect::<Result<_, _>>().expect("products")
}

/// A product of which `range` units are left.
fn with_units(shop: &Shop, range: std::ops::RangeInclusive<i64>) -> (String, i64) {
    available(shop).into_iter().find(|(_, units)| range.contains(units)).expect("such a product")
}

#[test]
fn an_order_is_priced_stored_and_takes_its_stock() {
    let shop = Shop::open();
    let plenty = available(&shop);
    let (first, second) = (&plenty[0].0, &plenty[1].0);
    let price =
        |id: &str| shop.sql::<i64>(&format!("SELECT price_cents FROM products WHERE id = '{id}'"));
    let body = json!({ "userId": "u1", "note": "Ring twice", "lines": [
        { "productId": first, "quantity": 3 }, { "productId": second, "quantity": 1 },
    ] });
    let answer = place(&shop, "k1", &body);
    assert_eq!(answer.status, 201, "{}", answer.body);
    let order = answer.json();
    assert_eq!(
        answer.header("location"),
        format!("/orders/{}", order["id"].as_str().expect("an id"))
    );
    assert_eq!(order["subtotalCents"], 3 * price(first) + price(second));
    assert_eq!(order["discountCents"], 0, "u1 is no vip");
    assert_eq!(
        (&order["productId"], &order["itemCount"], &order["status"]),
        (&json!(first), &json!(4), &json!("paid"))
    );
    assert_eq!(order["note"], "Ring twice");
    let sum = ["subtotalCents", "shippingCents", "taxCents"]
        .iter()
        .map(|key| order[*key].as_i64().expect("cents"))
        .sum::<i64>();
    assert_eq!(order["totalCents"], sum);
    let stock = shop.get(Stock, &format!("/stock/{first}"));
    assert_eq!(stock["available"], plenty[0].1 - 3);
    let listed = shop.get(Orders, "/orders?userId=u1&limit=1");
    assert_eq!(listed["items"][0], order, "the newest order comes first");
    invariants::hold(&shop.database());
}

#[test]
fn customers_pay_what_their_segment_and_tiers_say() {
    let shop = Shop::open();
    let query = "SELECT product_id FROM price_tiers t WHERE min_quantity = 5 AND
        (SELECT sum(quantity - reserved) FROM stock s WHERE s.product_id = t.product_id) > 40 LIMIT 1";
    let product: String = shop.sql(query);
    let tier: i64 = shop.sql(&format!(
        "SELECT unit_cents FROM price_tiers WHERE product_id = '{product}' AND min_quantity = 5"
    ));
    for (user, tenths, status, payment) in
        [("u1", 0, "paid", ""), ("u2", 50, "paid", ""), ("u3", 30, "pending", "invoice")]
    {
        let order = place(
            &shop,
            user,
            &json!({ "userId": user, "lines": [{ "productId": product, "quantity": 5 }] }),
        )
        .json();
        assert_eq!(order["lines"][0]["unitPriceCents"], tier, "{user}");
        assert_eq!(order["discountCents"], (5 * tier * tenths + 500) / 1000, "{user}");
        assert_eq!(order["status"], status, "{user}");
        assert!(payment.is_empty() || order["payment"]["kind"] == payment, "{user}");
        if user == "u2" {
            let bulky: bool = shop.sql(&format!(
                "SELECT shipping_class = 'bulky' FROM products WHERE id = '{product}'"
            ));
            assert_eq!(order["shippingCents"] == 0, !bulky, "parcels to a vip are free");
        }
    }
    invariants::hold(&shop.database());
}

#[test]
fn a_key_places_one_order_however_often_it_is_sent() {
    let shop = Shop::open();
    let before: i64 = shop.sql("SELECT count(*) FROM orders");
    let body = small("u1");
    let spaced = "{ \"lines\" : [ {\"quantity\":1, \"productId\":\"p1\"} ],\n \"userId\":\"u1\", \"note\": null }";
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| place(&shop, "same", &body))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert!(answers.iter().all(|answer| answer.status == 201 && answer.body == answers[0].body));
    assert_eq!(
        answers.iter().filter(|answer| answer.header("idempotency-replayed").is_empty()).count(),
        1
    );
    let headers =
        [("idempotency-key", "same"), ("content-type", "application/json; charset=utf-8")];
    let again = shop.send(Orders, "POST", "/orders", &headers, spaced.as_bytes());
    assert_eq!(
        (again.status, &again.body),
        (201, &answers[0].body),
        "blanks do not make another order"
    );
    assert_eq!(again.header("idempotency-replayed"), "true");

    let other = json!({ "userId": "u1", "lines": [{ "productId": "p1", "quantity": 2 }] });
    assert_eq!(place(&shop, "same", &other).outcome(), (422, "idempotency_key_reused".into()));
    assert_eq!(shop.sql::<i64>("SELECT count(*) FROM orders"), before + 1);

    // What a cancelled order's key answers is still what it answered first.
    let id = answers[0].json()["id"].as_str().expect("an id").to_owned();
    assert_eq!(shop.call(Orders, "POST", &format!("/orders/{id}/cancel"), &[], None).status, 200);
    assert_eq!(place(&shop, "same", &body).body, answers[0].body);
    invariants::hold(&shop.database());
}

#[test]
fn the_last_units_are_sold_once() {
    let shop = Shop::open();
    let (product, left) = with_units(&shop, 3..=8);
    let orders: i64 = shop.sql("SELECT count(*) FROM orders");
    let body = json!({ "userId": "u1", "lines": [{ "productId": product, "quantity": 1 }] });
    let outcomes: Vec<(u16, String)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..left + 7)
            .map(|n| {
                let (shop, body) = (&shop, &body);
                scope.spawn(move || place(shop, &format!("race-{n}"), body).outcome())
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    let count = |status, code: &str| {
        outcomes.iter().filter(|outcome| **outcome == (status, code.to_owned())).count() as i64
    };
    assert_eq!((count(201, ""), count(409, "out_of_stock")), (left, 7), "{outcomes:?}");
    assert_eq!(shop.get(Stock, &format!("/stock/{product}"))["status"], "out_of_stock");
    assert_eq!(shop.sql::<i64>("SELECT count(*) FROM orders"), orders + left);
    invariants::hold(&shop.database());
}

#[test]
fn a_shortage_names_every_short_product_and_reserves_nothing() {
    let shop = Shop::open();
    let plenty = available(&shop)[0].0.clone();
    let (few, left) = with_units(&shop, 1..=5);
    let (none, _) = with_units(&shop, 0..=0);
    let before: i64 = shop.sql("SELECT sum(reserved) FROM stock");
    let body = json!({ "userId": "u1", "lines": [
        { "productId": plenty, "quantity": 1 }, { "productId": few, "quantity": 90 }, { "productId": none, "quantity": 1 },
    ] });
    let answer = place(&shop, "short", &body);
    assert_eq!(answer.outcome(), (409, "out_of_stock".into()));
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(
        answer.json()["shortages"],
        json!([
            { "productId": few, "requested": 90, "available": left }, { "productId": none, "requested": 1, "available": 0 },
        ])
    );
    assert_eq!(shop.sql::<i64>("SELECT sum(reserved) FROM stock"), before);
    // A refusal uses no key up.
    assert_eq!(place(&shop, "short", &small("u1")).status, 201);
    invariants::hold(&shop.database());
}

#[test]
fn orders_that_cannot_be_are_refused() {
    let shop = Shop::open();
    let orders: i64 = shop.sql("SELECT count(*) FROM orders");
    let line =
        |product: &str, quantity: i64| json!([{ "productId": product, "quantity": quantity }]);
    let twice = json!([{ "productId": "p1", "quantity": 1 }, { "productId": "p1", "quantity": 1 }]);
    for (body, status, code) in [
        (json!({ "userId": "u13", "lines": line("p1", 1) }), 403, "account_suspended"),
        (json!({ "userId": "u999", "lines": line("p1", 1) }), 404, "not_found"),
        (json!({ "userId": "u1", "lines": line("p9999", 1) }), 404, "not_found"),
        (json!({ "userId": "u1", "lines": line("p1", 0) }), 422, "invalid_values"),
        (json!({ "userId": "u1", "lines": line("p1", 100) }), 422, "invalid_values"),
        (json!({ "userId": "u1", "lines": twice }), 422, "invalid_values"),
        (json!({ "userId": "u1", "lines": [] }), 422, "invalid_values"),
        (
            json!({ "userId": "u1", "lines": line("p1", 1), "addressId": "a2-1" }),
            422,
            "unknown_address",
        ),
        (
            json!({ "userId": "u1", "lines": [{ "productId": "p1", "quantity": 1.5 }] }),
            422,
            "invalid_body",
        ),
        (json!({ "userId": "u1", "lines": line("p1", 1), "coupon": "X" }), 422, "invalid_body"),
        (json!({ "userId": "u1" }), 422, "invalid_body"),
        (json!([]), 422, "invalid_body"),
    ] {
        assert_eq!(place(&shop, "refused", &body).outcome(), (status, code.to_owned()), "{body}");
    }
    let good = small("u1").to_string();
    let json = ("content-type", "application/json");
    for (headers, body, status, code) in [
        (vec![json], good.as_str(), 400, "idempotency_key_missing"),
        (vec![json, ("idempotency-key", "")], &good, 400, "idempotency_key_missing"),
        (vec![json, ("idempotency-key", "k")], "{", 400, "malformed_json"),
        (vec![("idempotency-key", "k")], &good, 415, "not_json"),
        (vec![json, ("idempotency-key", "k")], &" ".repeat((1 << 20) + 1), 413, "body_too_large"),
    ] {
        let answer = shop.send(Orders, "POST", "/orders", &headers, body.as_bytes());
        assert_eq!(answer.outcome(), (status, code.to_owned()), "{headers:?}");
    }
    assert_eq!(shop.sql::<i64>("SELECT count(*) FROM orders"), orders);
}

#[test]
fn cancelling_gives_the_stock_back_once() {
    let shop = Shop::open();
    let product = available(&shop)[0].0.clone();
    let stock =
        || shop.get(Stock, &format!("/stock/{product}"))["available"].as_i64().expect("units");
    let before = stock();
    let order = place(
        &shop,
        "c",
        &json!({ "userId": "u1", "lines": [{ "productId": product, "quantity": 7 }] }),
    )
    .json();
    assert_eq!(stock(), before - 7);
    let path = format!("/orders/{}/cancel", order["id"].as_str().expect("an id"));
    let cancelled =
        shop.call(Orders, "POST", &path, &[], Some(&json!({ "reason": "Too late" }))).json();
    assert_eq!(
        (&cancelled["status"], &cancelled["cancellable"]),
        (&json!("cancelled"), &json!(false))
    );
    assert_eq!(
        cancelled["history"].as_array().and_then(|events| events.last()).expect("an event")["note"],
        "Too late"
    );
    assert_eq!(stock(), before);
    let again = shop.call(Orders, "POST", &path, &[], None);
    assert_eq!(
        (again.status, again.json(), stock()),
        (200, cancelled, before),
        "the second time changes nothing"
    );

    for (status, expected) in [
        ("packed", 200),
        ("shipped", 409),
        ("delivered", 409),
        ("returned", 409),
        ("cancelled", 200),
    ] {
        let id: String = shop
            .sql(&format!("SELECT id FROM orders WHERE status = '{status}' ORDER BY n LIMIT 1"));
        let answer = shop.call(Orders, "POST", &format!("/orders/{id}/cancel"), &[], None);
        assert_eq!(answer.status, expected, "{status}: {}", answer.body);
    }
    invariants::hold(&shop.database());
}

#[test]
fn pages_of_orders_meet_without_gap_or_overlap() {
    let shop = Shop::open();
    for filter in ["userId=u1", "status=shipped&status=packed", "userId=u1&status=delivered"] {
        let all = shop.get(Orders, &format!("/orders?{filter}&limit=100"));
        let total = all["total"].as_u64().expect("a total") as usize;
        let ids = |page: &Value| -> Vec<String> {
            page["items"]
                .as_array()
                .expect("items")
                .iter()
                .map(|order| order["id"].as_str().expect("an id").to_owned())
                .collect()
        };
        let pages: Vec<String> = (0..=total / 7)
            .flat_map(|page| {
                ids(&shop.get(Orders, &format!("/orders?{filter}&limit=7&offset={}", page * 7)))
            })
            .collect();
        assert_eq!(pages, ids(&all), "{filter}");
        assert_eq!(pages.len(), total, "{filter}");
        assert_eq!(pages.iter().collect::<HashSet<_>>().len(), total, "{filter}");
    }
    let shipped: i64 =
        shop.sql("SELECT count(*) FROM orders WHERE status IN ('shipped', 'packed')");
    assert_eq!(shop.get(Orders, "/orders?status=shipped&status=packed&limit=1")["total"], shipped);
    assert_eq!(shop.get(Orders, "/orders?limit=1&offset=4999")["items"][0]["id"], "o1");
    assert_eq!(shop.get(Orders, "/orders?limit=1&offset=5000")["items"], json!([]));
}

#[test]
fn an_orders_lines_can_be_had_as_a_table() {
    let shop = Shop::open();
    let order = shop.get(Orders, "/orders/o5000");
    let table = shop.call(Orders, "GET", "/orders/o5000", &[("accept", "text/csv")], None);
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(table.body.lines().count(), 1 + order["lines"].as_array().expect("lines").len());
    let product = order["productId"].as_str().expect("an id");
    assert!(table.body.contains(&format!("1,\"{product}\",")), "{}", table.body);
    assert_eq!(
        shop.get(Catalog, &format!("/products/{product}"))["name"],
        order["lines"][0]["name"]
    );
}
