//! The services answer as their contracts say: every operation, every status.

use crate::client::Answer;
use crate::schemas::{Contract, Documented};
use crate::shop::Shop;
use jsonschema::Validator;
use serde_json::{Value, json};
use shop_services::Service::{self, Catalog, Orders, Stock, Users};
use std::collections::{BTreeMap, BTreeSet};

/// Judges answers by the contracts and remembers what was seen.
struct Judge {
    contracts: [Contract; 4],
    validators: BTreeMap<Documented, Vec<(String, Validator)>>,
    seen: BTreeSet<(Documented, String)>,
}

impl Judge {
    fn new() -> Self {
        let files = [
            "users.openapi.yaml",
            "orders.openapi.yaml",
            "catalog.openapi.json",
            "stock.openapi.yaml",
        ];
        Self {
            contracts: files.map(Contract::read),
            validators: BTreeMap::new(),
            seen: BTreeSet::new(),
        }
    }

    /// Fails unless the contract documents `answer` and its body fits.
    fn check(&mut self, service: Service, operation: &str, answer: &Answer) {
        let documented = Documented { operation: operation.to_owned(), status: answer.status };
        if !self.validators.contains_key(&documented) {
            let types = self.contracts[service as usize].answer(&documented);
            let types = types.unwrap_or_else(|| {
                panic!("{documented:?} is not in the contract: {}", answer.body)
            });
            self.validators.insert(documented.clone(), types);
        }
        let types = &self.validators[&documented];
        let essence =
            answer.header("content-type").split(';').next().unwrap_or_default().to_owned();
        let at = format!("{operation} {} {essence}", answer.status);
        if types.is_empty() {
            assert_eq!(answer.body, "", "{at}");
        } else {
            let (_, validator) = types
                .iter()
                .find(|(kind, _)| *kind == essence)
                .unwrap_or_else(|| panic!("{at} is not in the contract"));
            let body = if essence.ends_with("json") {
                serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{at}: {error}"))
            } else {
                Value::from(answer.body.as_str())
            };
            let faults: Vec<String> = validator
                .iter_errors(&body)
                .take(3)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(faults.is_empty(), "{at}:\n{}", faults.join("\n"));
        }
        self.seen.insert((documented, essence));
    }
}

/// Service, operation, expected status, method, target, body.
type Case<'a> = (Service, &'a str, u16, &'a str, &'a str, Option<Value>);

#[test]
fn every_documented_answer_is_given_and_fits() {
    let shop = Shop::open();
    let mut judge = Judge::new();
    let bought: String = shop.sql("SELECT id FROM orders WHERE status = 'delivered' LIMIT 1");
    let sold_out: String = shop.sql("SELECT product_id FROM stock GROUP BY product_id HAVING sum(quantity - reserved) = 0 LIMIT 1");
    let preferences = shop.get(Users, "/users/u1")["preferences"].clone();
    let mut strange = preferences.clone();
    strange["theme"] = json!("neon");
    let lines = |product: &str| json!([{ "productId": product, "quantity": 1 }]);
    let order = |user: &str, product: &str| json!({ "userId": user, "lines": lines(product) });
    let review = json!({ "userId": "u1", "rating": 5, "body": "As good as the first one." });
    let product: String = shop.sql("SELECT id FROM products p WHERE NOT EXISTS (SELECT 1 FROM reviews WHERE product_id = p.id) LIMIT 1");
    let (reviews, cancel) =
        (format!("/products/{product}/reviews"), format!("/orders/{bought}/cancel"));
    // Not JSON, though it says so.
    let broken = || Some(Value::Null);
    let none = || None;

    let cases: Vec<Case<'_>> = vec![
        (Users, "listUsers", 200, "GET", "/users?q=a&segment=vip", none()),
        (Users, "listUsers", 400, "GET", "/users?limit=x", none()),
        (
            Users,
            "searchUsers",
            200,
            "POST",
            "/users/search",
            Some(json!({ "active": false, "limit": 50 })),
        ),
        (Users, "searchUsers", 400, "POST", "/users/search", broken()),
        (Users, "searchUsers", 422, "POST", "/users/search", Some(json!({ "sort": "age" }))),
        (Users, "getUser", 200, "GET", "/users/u1", none()),
        (Users, "getUser", 404, "GET", "/users/u0", none()),
        (
            Users,
            "updatePreferences",
            200,
            "PUT",
            "/users/u2/preferences",
            Some(preferences.clone()),
        ),
        (Users, "updatePreferences", 400, "PUT", "/users/u2/preferences", broken()),
        (Users, "updatePreferences", 404, "PUT", "/users/u0/preferences", Some(preferences)),
        (Users, "updatePreferences", 422, "PUT", "/users/u2/preferences", Some(strange)),
        (Users, "getAvatar", 200, "GET", "/users/u1/avatar?size=64", none()),
        (Users, "getAvatar", 304, "GET", "/users/u1/avatar", none()),
        (Users, "getAvatar", 400, "GET", "/users/u1/avatar?size=1", none()),
        (Users, "getAvatar", 404, "GET", "/users/u0/avatar", none()),
        (
            Orders,
            "listOrders",
            200,
            "GET",
            "/orders?userId=u1&status=delivered&status=paid",
            none(),
        ),
        (Orders, "listOrders", 400, "GET", "/orders?status=lost", none()),
        (Orders, "placeOrder", 201, "POST", "/orders", Some(order("u1", "p1"))),
        (Orders, "placeOrder", 400, "POST", "/orders", broken()),
        (Orders, "placeOrder", 403, "POST", "/orders", Some(order("u13", "p1"))),
        (Orders, "placeOrder", 404, "POST", "/orders", Some(order("u1", "p0"))),
        (Orders, "placeOrder", 409, "POST", "/orders", Some(order("u1", &sold_out))),
        (
            Orders,
            "placeOrder",
            422,
            "POST",
            "/orders",
            Some(json!({ "userId": "u1", "lines": [] })),
        ),
        (Orders, "getOrder", 200, "GET", "/orders/o5001", none()),
        (Orders, "getOrder", 404, "GET", "/orders/o0", none()),
        (
            Orders,
            "cancelOrder",
            200,
            "POST",
            "/orders/o5001/cancel",
            Some(json!({ "reason": null })),
        ),
        (Orders, "cancelOrder", 400, "POST", "/orders/o5001/cancel", broken()),
        (Orders, "cancelOrder", 404, "POST", "/orders/o0/cancel", none()),
        (Orders, "cancelOrder", 409, "POST", &cancel, none()),
        (Orders, "cancelOrder", 422, "POST", &cancel, Some(json!({ "why": "?" }))),
        (
            Catalog,
            "listProducts",
            200,
            "GET",
            "/products?q=lamp&category=lighting&inStock=true&sort=price_desc&limit=50",
            none(),
        ),
        (Catalog, "listProducts", 400, "GET", "/products?sort=up", none()),
        (Catalog, "getProduct", 200, "GET", "/products/p42", none()),
        (Catalog, "getProduct", 304, "GET", "/products/p42", none()),
        (Catalog, "getProduct", 404, "GET", "/products/p0", none()),
        (Catalog, "listReviews", 200, "GET", "/products/p8/reviews", none()),
        (Catalog, "listReviews", 400, "GET", "/products/p8/reviews?limit=0", none()),
        (Catalog, "listReviews", 404, "GET", "/products/p0/reviews", none()),
        (Catalog, "addReview", 201, "POST", &reviews, Some(review.clone())),
        (Catalog, "addReview", 409, "POST", &reviews, Some(review.clone())),
        (Catalog, "addReview", 400, "POST", &reviews, broken()),
        (Catalog, "addReview", 404, "POST", "/products/p0/reviews", Some(review)),
        (
            Catalog,
            "addReview",
            422,
            "POST",
            &reviews,
            Some(json!({ "userId": "u2", "rating": 9, "body": "?" })),
        ),
        (Catalog, "listCategories", 200, "GET", "/categories", none()),
        (Catalog, "recommend", 200, "GET", "/recommendations?segment=business&limit=50", none()),
        (Catalog, "recommend", 400, "GET", "/recommendations?segment=none", none()),
        (Catalog, "getImage", 200, "GET", "/images/p/00042-1-s.svg", none()),
        (Catalog, "getImage", 304, "GET", "/images/p/00042-1-s.svg", none()),
        (Catalog, "getImage", 404, "GET", "/images/p/none.svg", none()),
        (Stock, "listStock", 200, "GET", "/stock?productIds=p1,p2", none()),
        (Stock, "listStock", 400, "GET", "/stock", none()),
        (Stock, "getStock", 200, "GET", "/stock/p1", none()),
        (Stock, "getStock", 404, "GET", "/stock/p0", none()),
        (Stock, "listWarehouses", 200, "GET", "/warehouses", none()),
        (
            Stock,
            "reserveStock",
            201,
            "POST",
            "/reservations",
            Some(json!({ "lines": lines("p1") })),
        ),
        (Stock, "reserveStock", 400, "POST", "/reservations", broken()),
        (
            Stock,
            "reserveStock",
            404,
            "POST",
            "/reservations",
            Some(json!({ "lines": lines("p0") })),
        ),
        (
            Stock,
            "reserveStock",
            409,
            "POST",
            "/reservations",
            Some(json!({ "lines": lines(&sold_out) })),
        ),
        (Stock, "reserveStock", 422, "POST", "/reservations", Some(json!({ "lines": [] }))),
        (Stock, "releaseReservation", 409, "DELETE", "/reservations/rs-o5000", none()),
        (Stock, "releaseReservation", 404, "DELETE", "/reservations/rs-0", none()),
    ];
    for (service, operation, status, method, target, body) in &cases {
        let known = (*status == 304)
            .then(|| shop.call(*service, method, target, &[], None).header("etag").to_owned());
        let key = format!("{operation} {status}");
        let mut headers =
            vec![("idempotency-key", key.as_str()), ("content-type", "application/json")];
        headers.extend(known.iter().map(|tag| ("if-none-match", tag.as_str())));
        let bytes = match body {
            Some(Value::Null) => "{\"a\":".to_owned(),
            Some(body) => body.to_string(),
            None => String::new(),
        };
        let answer = shop.send(*service, method, target, &headers, bytes.as_bytes());
        assert_eq!(answer.status, *status, "{operation} {target}: {}", answer.body);
        judge.check(*service, operation, &answer);
    }
    let csv = shop.call(Orders, "GET", "/orders/o1", &[("accept", "text/csv")], None);
    judge.check(Orders, "getOrder", &csv);
    let reservation =
        shop.call(Stock, "POST", "/reservations", &[], Some(&json!({ "lines": lines("p1") })));
    let released = shop.call(Stock, "DELETE", reservation.header("location"), &[], None);
    judge.check(Stock, "releaseReservation", &released);

    let seen: BTreeSet<&Documented> = judge.seen.iter().map(|(documented, _)| documented).collect();
    let all: Vec<Documented> = judge.contracts.iter().flat_map(Contract::documented).collect();
    let missing: Vec<&Documented> =
        all.iter().filter(|documented| !seen.contains(documented)).collect();
    assert!(missing.is_empty(), "documented, but never seen: {missing:?}");
}

#[test]
fn all_seeded_things_fit_their_contracts() {
    let shop = Shop::open();
    let mut judge = Judge::new();
    let pages: [(Service, &str, &str, usize, usize); 4] = [
        (Catalog, "listProducts", "/products?", 500, 2_000),
        (Users, "listUsers", "/users?", 100, 500),
        // The newest orders, which are in all states, and all of somebody.
        (Orders, "listOrders", "/orders?", 100, 500),
        (Orders, "listOrders", "/orders?userId=u1&", 100, 100),
    ];
    for (service, operation, path, limit, count) in pages {
        for offset in (0..count).step_by(limit) {
            let answer = shop.call(
                service,
                "GET",
                &format!("{path}limit={limit}&offset={offset}"),
                &[],
                None,
            );
            judge.check(service, operation, &answer);
        }
    }
    for n in (1..=2_000).step_by(25) {
        judge.check(
            Catalog,
            "listReviews",
            &shop.call(Catalog, "GET", &format!("/products/p{n}/reviews?limit=100"), &[], None),
        );
    }
    let ids =
        |from: usize| (from..from + 500).map(|n| format!("p{n}")).collect::<Vec<_>>().join(",");
    for from in [1, 501, 1_001, 1_501] {
        judge.check(
            Stock,
            "listStock",
            &shop.call(Stock, "GET", &format!("/stock?productIds={}", ids(from)), &[], None),
        );
    }
}
