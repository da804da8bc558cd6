//! Search, facets, recommendations, reviews and pictures.

use crate::invariants;
use crate::shop::Shop;
use serde_json::{Value, json};
use shop_services::Service::{Catalog, Stock};
use std::collections::HashMap;

fn ids(list: &Value) -> Vec<String> {
    let items = list.as_array().expect("a list").iter();
    items.map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

fn sum(facet: &Value) -> i64 {
    facet
        .as_array()
        .expect("a facet")
        .iter()
        .map(|entry| entry["count"].as_i64().expect("a count"))
        .sum()
}

const ORDERABLE: &str =
    "EXISTS (SELECT 1 FROM stock s WHERE s.product_id = products.id AND s.quantity > s.reserved)";

#[test]
fn filters_find_what_sql_finds() {
    let shop = Shop::open();
    for (query, sql) in [
        ("", "1".to_owned()),
        ("category=audio", "top_category_id = 'audio'".to_owned()),
        ("category=tents", "category_id = 'tents'".to_owned()),
        (
            "brand=nordvik&category=tents",
            "brand_id = 'nordvik' AND category_id = 'tents'".to_owned(),
        ),
        ("minPriceCents=5000&maxPriceCents=9999", "price_cents BETWEEN 5000 AND 9999".to_owned()),
        ("inStock=true&category=books", format!("top_category_id = 'books' AND {ORDERABLE}")),
        ("inStock=false", format!("NOT {ORDERABLE}")),
        ("category=none", "0".to_owned()),
        ("q=tunnel%20tent", "name LIKE '%tunnel tent%'".to_owned()),
        ("q=ESPRESSO", "name LIKE '%espresso%'".to_owned()),
        ("q=nordvik%20backp", "brand_id = 'nordvik' AND category_id = 'backpacks'".to_owned()),
        ("q=xylophone", "0".to_owned()),
    ] {
        let page = shop.get(Catalog, &format!("/products?limit=1&{query}"));
        let expected: i64 = shop.sql(&format!("SELECT count(*) FROM products WHERE {sql}"));
        assert_eq!(page["total"], expected, "{query}");
        assert!(expected > 0 || sql == "0", "{query} shows nothing");
    }
}

#[test]
fn facets_count_under_every_filter_but_their_own() {
    let shop = Shop::open();
    let count = |sql: &str| shop.sql::<i64>(&format!("SELECT count(*) FROM products WHERE {sql}"));
    let all = shop.get(Catalog, "/products?limit=1");
    for facet in ["categories", "prices"] {
        assert_eq!(sum(&all["facets"][facet]), 2_000, "{facet}");
    }
    assert_eq!(all["facets"]["inStock"], count(ORDERABLE));

    // By column: the entry's count must be what SQL counts with the others' filters.
    let page = shop.get(
        Catalog,
        "/products?limit=1&category=audio&brand=auris&minPriceCents=5000&maxPriceCents=40000",
    );
    let price = "price_cents BETWEEN 5000 AND 40000";
    assert_eq!(
        page["total"],
        count(&format!("top_category_id = 'audio' AND brand_id = 'auris' AND {price}"))
    );
    for (facet, column, others) in [
        (
            "categories",
            "category_id",
            format!("top_category_id = 'audio' AND brand_id = 'auris' AND {price}"),
        ),
        ("brands", "brand_id", format!("top_category_id = 'audio' AND {price}")),
    ] {
        let entries = page["facets"][facet].as_array().expect("a facet");
        assert!(entries.len() > 2, "{facet}");
        for entry in entries {
            let id = entry["id"].as_str().expect("an id");
            assert_eq!(
                entry["count"],
                count(&format!("{column} = '{id}' AND {others}")),
                "{facet} {id}"
            );
        }
        assert_eq!(sum(&page["facets"][facet]), count(&others), "{facet}");
    }
    let others = "top_category_id = 'audio' AND brand_id = 'auris'";
    assert_eq!(sum(&page["facets"]["prices"]), count(others));
    for range in page["facets"]["prices"].as_array().expect("ranges") {
        let to = range["toCents"].as_i64().unwrap_or(i64::MAX);
        let sql = format!("{others} AND price_cents BETWEEN {} AND {to}", range["fromCents"]);
        assert_eq!(range["count"], count(&sql), "{range}");
    }
    // A leaf shows its siblings, so that the choice can be changed.
    let leaf = shop.get(Catalog, "/products?limit=1&category=tents");
    assert_eq!(sum(&leaf["facets"]["categories"]), count("top_category_id = 'outdoor'"));
    assert_eq!(leaf["facets"]["categories"].as_array().expect("siblings").len(), 4);
}

#[test]
fn pages_meet_without_gap_or_overlap_in_every_order() {
    let shop = Shop::open();
    for sort in ["relevance", "name", "price_asc", "price_desc", "rating", "newest"] {
        for filter in ["category=knives", "q=lamp"] {
            let all = ids(
                &shop.get(Catalog, &format!("/products?{filter}&sort={sort}&limit=500"))["items"]
            );
            assert!(all.len() > 20, "{filter}");
            let pages: Vec<String> = (0..=all.len() / 9)
                .flat_map(|page| {
                    ids(&shop.get(
                        Catalog,
                        &format!("/products?{filter}&sort={sort}&limit=9&offset={}", page * 9),
                    )["items"])
                })
                .collect();
            assert_eq!(pages, all, "{sort} {filter}");
        }
    }
    let prices: Vec<i64> = shop.get(Catalog, "/products?sort=price_asc&limit=500")["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| item["price"]["cents"].as_i64().expect("cents"))
        .collect();
    assert!(prices.is_sorted());
    assert_eq!(prices[0], shop.sql::<i64>("SELECT min(price_cents) FROM products"));
}

#[test]
fn products_by_id_come_in_the_order_asked_for() {
    let shop = Shop::open();
    let page = shop.get(Catalog, "/products?ids=p7,p2000,nothing,p1,p7");
    assert_eq!(ids(&page["items"]), ["p7", "p2000", "p1"]);
    assert_eq!((&page["total"], sum(&page["facets"]["prices"])), (&json!(3), 3));
    let many: Vec<String> = (1..=300).rev().map(|n| format!("p{n}")).collect();
    assert_eq!(
        ids(&shop.get(Catalog, &format!("/products?ids={}", many.join(",")))["items"]),
        many
    );
    assert_eq!(
        page["items"][0],
        shop.get(Catalog, "/products/p7"),
        "the list has what the single call has"
    );
    assert_eq!(shop.get(Stock, "/stock?productIds=p7,nothing,p1")[1]["productId"], "p1");
}

#[test]
fn recommendations_fit_and_follow_the_stock() {
    let shop = Shop::open();
    let mut firsts = HashMap::new();
    for segment in ["new", "regular", "vip", "business"] {
        let picks = shop.get(Catalog, &format!("/recommendations?segment={segment}&limit=50"));
        let picked = ids(&picks);
        assert_eq!(picked.len(), 50, "{segment}");
        let mut of_category: HashMap<&str, usize> = HashMap::new();
        for pick in picks.as_array().expect("a list") {
            *of_category.entry(pick["category"]["id"].as_str().expect("an id")).or_default() += 1;
        }
        assert!(of_category.values().all(|count| *count <= 2), "{of_category:?}");
        let quoted = picked.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(",");
        let orderable: i64 = shop
            .sql(&format!("SELECT count(*) FROM products WHERE id IN ({quoted}) AND {ORDERABLE}"));
        assert_eq!(orderable, 50, "{segment}");
        assert_eq!(
            ids(&shop.get(Catalog, &format!("/recommendations?segment={segment}&limit=5"))),
            picked[..5]
        );
        let mean = picks
            .as_array()
            .expect("a list")
            .iter()
            .map(|pick| pick["price"]["cents"].as_i64().expect("cents"))
            .sum::<i64>()
            / 50;
        firsts.insert(segment, (picked[0].clone(), mean));
    }
    assert!(firsts["vip"].1 > firsts["new"].1, "a vip is shown dearer things: {firsts:?}");

    // What has just been sold out is recommended no more.
    let first = &firsts["regular"].0;
    let left = shop.get(Stock, &format!("/stock/{first}"))["available"].as_i64().expect("units");
    let lines = json!({ "lines": [{ "productId": first, "quantity": left }] });
    assert_eq!(shop.call(Stock, "POST", "/reservations", &[], Some(&lines)).status, 201);
    assert!(!ids(&shop.get(Catalog, "/recommendations?segment=regular&limit=50")).contains(first));
}

#[test]
fn a_review_changes_the_rating() {
    let shop = Shop::open();
    let product: String = shop.sql("SELECT product_id FROM order_lines l JOIN orders o ON o.id = l.order_id
        WHERE o.user_id = 'u1' AND o.status = 'delivered'
        AND NOT EXISTS (SELECT 1 FROM reviews r WHERE r.product_id = l.product_id AND r.user_id = 'u1') LIMIT 1");
    let path = format!("/products/{product}/reviews");
    let before = shop.get(Catalog, &path);
    let review = json!({ "userId": "u1", "rating": 1, "title": null, "body": "Broke on the first day.", "media": [
        { "kind": "video", "url": "/v.mp4", "posterUrl": null, "durationSeconds": 12.5, "codec": "av1" },
        { "kind": "photo", "url": "/p.svg", "alt": "Pieces", "width": 10, "height": 20 },
    ] });
    let answer = shop.call(Catalog, "POST", &path, &[], Some(&review));
    assert_eq!(answer.status, 201, "{}", answer.body);
    let stored = answer.json();
    assert_eq!((&stored["verifiedPurchase"], &stored["replies"]), (&json!(true), &json!([])));
    assert_eq!(
        stored["media"][0],
        json!({ "kind": "video", "url": "/v.mp4", "posterUrl": null, "durationSeconds": 12.5 })
    );
    let after = shop.get(Catalog, &format!("{path}?limit=1"));
    assert_eq!(after["items"][0], stored, "the newest review comes first");
    assert_eq!(after["total"].as_i64(), before["total"].as_i64().map(|total| total + 1));
    assert_eq!(after["summary"], shop.get(Catalog, &format!("/products/{product}"))["rating"]);
    let ones = |page: &Value| page["summary"]["histogram"]["1"].as_i64();
    assert_eq!(ones(&after), ones(&before).map(|count| count + 1));

    let code = |body: &Value| shop.call(Catalog, "POST", &path, &[], Some(body)).outcome();
    assert_eq!(code(&review), (409, "already_reviewed".into()));
    for (key, value, expected) in [
        ("rating", json!(6), "invalid_values"),
        ("body", json!("Too short"), "invalid_values"),
        ("media", json!([{ "kind": "gif" }]), "invalid_values"),
        ("media", json!([{ "kind": "photo", "url": 1 }]), "invalid_values"),
        ("userId", json!("u999"), "unknown_user"),
        ("userId", json!(7), "invalid_body"),
    ] {
        let mut body = review.clone();
        body[key] = value;
        assert_eq!(code(&body), (422, expected.to_owned()), "{body}");
    }
    invariants::hold(&shop.database());
}

#[test]
fn pictures_are_cacheable() {
    let shop = Shop::open();
    let product = shop.get(Catalog, "/products/p42");
    for (size, side) in [("thumb", 96), ("small", 320), ("large", 960)] {
        let entry = &product["images"][0]["sizes"][size];
        assert_eq!((&entry["width"], &entry["height"]), (&json!(side), &json!(side)));
        let url = entry["url"].as_str().expect("a url");
        let picture = shop.call(Catalog, "GET", url, &[], None);
        assert_eq!((picture.status, picture.header("content-type")), (200, "image/svg+xml"));
        assert!(picture.body.contains(&format!("width=\"{side}\"")));
        assert!(picture.header("cache-control").contains("max-age"));
        let again =
            shop.call(Catalog, "GET", url, &[("if-none-match", picture.header("etag"))], None);
        assert_eq!((again.status, again.body.as_str()), (304, ""));
        assert_eq!(
            shop.call(Catalog, "GET", url, &[("if-none-match", "\"other\"")], None).status,
            200
        );
    }
    let images: i64 = shop.sql("SELECT images FROM products WHERE n = 42");
    for file in [
        format!("00042-{}-s.svg", images + 1),
        "02001-1-s.svg".into(),
        "..%2fshop.db".into(),
        "%00".into(),
    ] {
        assert_eq!(
            shop.call(Catalog, "GET", &format!("/images/p/{file}"), &[], None).status,
            404,
            "{file}"
        );
    }
}
