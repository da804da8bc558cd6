//! Reservations apart from orders.

use crate::client::Answer;
use crate::invariants;
use crate::orders::{place, small};
use crate::shop::Shop;
use serde_json::{Value, json};
use shop_services::Service::Stock;

fn reserve(shop: &Shop, body: &Value) -> Answer {
    shop.call(Stock, "POST", "/reservations", &[], Some(body))
}

#[test]
fn a_reservation_takes_the_preferred_warehouse_first_and_comes_back() {
    let shop = Shop::open();
    let product: String = shop.sql(
        "SELECT a.product_id FROM stock a JOIN stock b ON b.product_id = a.product_id
        WHERE a.warehouse_id = 'w3' AND a.quantity - a.reserved BETWEEN 1 AND 5
        AND b.warehouse_id = 'w1' AND b.quantity - b.reserved > 9 LIMIT 1",
    );
    let in_third: i64 = shop.sql(&format!("SELECT quantity - reserved FROM stock WHERE product_id = '{product}' AND warehouse_id = 'w3'"));
    let before = shop.get(Stock, &format!("/stock/{product}"));
    let body = json!({ "lines": [{ "productId": product, "quantity": in_third + 2 }], "preferredWarehouseId": "w3", "reference": "fair" });
    let reservation = reserve(&shop, &body);
    assert_eq!(reservation.status, 201, "{}", reservation.body);
    let reservation = reservation.json();
    assert_eq!(
        reservation["lines"][0],
        json!({ "productId": product, "warehouseId": "w3", "quantity": in_third })
    );
    assert_eq!(reservation["lines"][1]["quantity"], 2);
    assert_eq!(reservation["reference"], "fair");
    let reserved = |stock: &Value| stock["reserved"].as_i64().expect("units");
    let during = shop.get(Stock, &format!("/stock/{product}"));
    assert_eq!(reserved(&during), reserved(&before) + in_third + 2);
    invariants::hold(&shop.database());

    let path = format!("/reservations/{}", reservation["id"].as_str().expect("an id"));
    for _ in 0..2 {
        assert_eq!(shop.call(Stock, "DELETE", &path, &[], None).status, 204);
        assert_eq!(reserved(&shop.get(Stock, &format!("/stock/{product}"))), reserved(&before));
    }
    invariants::hold(&shop.database());
}

#[test]
fn reservations_that_cannot_be_are_refused() {
    let shop = Shop::open();
    let line =
        |product: &str, quantity: i64| json!([{ "productId": product, "quantity": quantity }]);
    for (body, status, code) in [
        (json!({ "lines": line("p1", 0) }), 422, "invalid_values"),
        (json!({ "lines": line("p1", 999) }), 409, "out_of_stock"),
        (json!({ "lines": line("p0", 1) }), 404, "not_found"),
        (json!({ "lines": line("p1", 1), "preferredWarehouseId": "w9" }), 422, "unknown_warehouse"),
        (json!({ "lines": line("p1", 1), "reference": "x".repeat(201) }), 422, "invalid_values"),
        (json!({ "lines": [{ "productId": "p1" }] }), 422, "invalid_body"),
    ] {
        assert_eq!(reserve(&shop, &body).outcome(), (status, code.to_owned()), "{body}");
    }
    let order = place(&shop, "k", &small("u1")).json();
    let path = format!("/reservations/rs-{}", order["id"].as_str().expect("an id"));
    assert_eq!(
        shop.call(Stock, "DELETE", &path, &[], None).outcome(),
        (409, "belongs_to_order".into())
    );
    invariants::hold(&shop.database());
}

#[test]
fn a_products_stock_adds_up() {
    let shop = Shop::open();
    let ids: Vec<String> = (1..=500).map(|n| format!("p{n}")).collect();
    let all = shop.get(Stock, &format!("/stock?productIds={}", ids.join(",")));
    let all = all.as_array().expect("a list");
    assert_eq!(all.len(), 500);
    for stock in all {
        let warehouses = stock["warehouses"].as_array().expect("warehouses");
        assert_eq!(warehouses.len(), 4);
        for key in ["quantity", "reserved", "available"] {
            let sum: i64 = warehouses.iter().map(|here| here[key].as_i64().expect("units")).sum();
            assert_eq!(stock[key], sum, "{stock}");
        }
        let available = stock["available"].as_i64().expect("units");
        assert_eq!(stock["status"] == "out_of_stock", available == 0, "{stock}");
    }
    for status in ["in_stock", "low", "out_of_stock"] {
        assert!(all.iter().any(|stock| stock["status"] == status), "none is {status}");
    }
}
