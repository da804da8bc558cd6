//! `placeOrder`: everything that an order means, in one transaction.
//!
//! In:    a body from anybody, and the key that makes it safe to send again.
//! Out:   the order, its stock reserved; or a refusal, and nothing has changed.

use super::document::{Draft, Event, Line, id_of, insert, payment};
use crate::App;
use crate::answer::created;
use crate::pricing::{Item, country_of, quote};
use crate::problem::{Fault, Problem};
use crate::request::{Body, Faults};
use crate::stock::{Wanted, allocate, record, unknown_products};
use crate::time::{now, timestamp};
use crate::users;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewOrder {
    user_id: String,
    lines: Vec<Wanted>,
    address_id: Option<String>,
    note: Option<String>,
}

/// What came of a request: an answer, now or earlier.
struct Placed {
    id: String,
    text: String,
    replayed: bool,
}

pub(super) async fn place_order(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    let key = idempotency_key(&headers)?;
    let new: NewOrder = body.json()?;
    let mut faults = Faults::default();
    crate::stock::check(&mut faults, &new.lines, 99);
    let note = new.note.as_deref().unwrap_or_default();
    faults.expect(note.chars().count() <= 500, "/note", "has more than 500 characters");
    faults.finish()?;
    let placed = app.store.write(move |db| place(db, &key, &new)).await?;
    let mut response = created(&format!("/orders/{}", placed.id), placed.text);
    if placed.replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

fn idempotency_key(headers: &HeaderMap) -> Result<String, Problem> {
    let key =
        headers.get("idempotency-key").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if (1..=200).contains(&key.len()) {
        return Ok(key.to_owned());
    }
    Err(Problem::new(StatusCode::BAD_REQUEST, "idempotency_key_missing")
        .detail("Send a header `Idempotency-Key` of 1 to 200 characters, new for each order."))
}

fn place(db: &Connection, key: &str, new: &NewOrder) -> Result<Placed, Fault> {
    // As this program writes it: blanks and order of members do not matter.
    let request = serde_json::to_string(new)?;
    if let Some(placed) = replay(db, key, &request)? {
        return Ok(placed);
    }
    let user: Value = serde_json::from_str(&users::document(db, &new.user_id)?)?;
    if user["active"] != true {
        return Err(Problem::new(StatusCode::FORBIDDEN, "account_suspended")
            .detail("This account cannot order at the moment.")
            .into());
    }
    let (shipping_address, billing_address) = addresses(&user, new.address_id.as_deref())?;
    let code = shipping_address["country"].as_str().unwrap_or_default();
    let country = country_of(code).ok_or_else(|| {
        Problem::unprocessable("country_not_served", format!("The shop does not sell to {code}."))
    })?;
    if let Some(id) = unknown_products(db, &new.lines)?.first() {
        return Err(Problem::not_found("product", id).into());
    }

    let placed = now();
    let at = timestamp(placed);
    let allocations = allocate(db, &new.lines, |shelf| shelf.country == country.code, &at)?;
    let segment = user["segment"].as_str().unwrap_or_default();
    let (mut items, mut lines) = (Vec::new(), Vec::new());
    for (wanted, allocation) in new.lines.iter().zip(&allocations) {
        let (item, line) = facts(db, wanted, allocation)?;
        items.push(item);
        lines.push(line);
    }
    let quote = quote(segment, country, &items);
    let n: i64 =
        db.query_row("SELECT coalesce(max(n), 0) + 1 FROM orders", [], |row| row.get(0))?;
    let number: i64 = db
        .prepare_cached("SELECT n FROM users WHERE id = ?")?
        .query_row([&new.user_id], |row| row.get(0))?;
    let mut events = vec![Event { at: placed, status: "pending", by: "customer", note: None }];
    // Cards and wallets are charged at once; companies get an invoice.
    if segment != "business" {
        events.push(Event { at: placed, status: "paid", by: "system", note: None });
    }
    let text = insert(
        db,
        &Draft {
            n,
            user_id: &new.user_id,
            status: events.last().map_or("pending", |event| event.status),
            placed,
            country: country.code,
            lines,
            quote: &quote,
            shipping_address,
            billing_address,
            payment: payment(number, segment, placed),
            shipment: Value::Null,
            events,
            note: new.note.as_deref(),
            channel: "api",
        },
    )?;
    let id = id_of(n);
    record(db, Some(&id), None, &at, &new.lines, &allocations)?;
    for line in &new.lines {
        db.prepare_cached("UPDATE products SET sales = sales + ?2 WHERE id = ?1")?
            .execute(params![line.product_id, line.quantity])?;
    }
    db.prepare_cached("INSERT INTO idempotency VALUES (?, ?, ?, ?)")?
        .execute(params![key, request, id, text])?;
    Ok(Placed { id, text, replayed: false })
}

/// The answer that this key got before, if any.
fn replay(db: &Connection, key: &str, request: &str) -> Result<Option<Placed>, Fault> {
    let known = db
        .prepare_cached("SELECT request, order_id, answer FROM idempotency WHERE key = ?")?
        .query_row([key], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    match known {
        Some((earlier, id, text)) if earlier == request => {
            Ok(Some(Placed { id, text, replayed: true }))
        }
        Some(_) => Err(Problem::unprocessable(
            "idempotency_key_reused",
            "This key was used for another order.",
        )
        .into()),
        None => Ok(None),
    }
}

/// The address to send to, and the one to bill if it is another.
fn addresses<'a>(user: &'a Value, wanted: Option<&str>) -> Result<(&'a Value, Value), Problem> {
    let all = user["addresses"].as_array().map_or(&[][..], Vec::as_slice);
    let id = wanted.or(user["defaultAddressId"].as_str()).unwrap_or_default();
    let shipping = all.iter().find(|address| address["id"] == id).ok_or_else(|| {
        Problem::unprocessable("unknown_address", format!("The user has no address `{id}`."))
    })?;
    let billing = all.iter().find(|address| address["kind"] == "billing" && address["id"] != id);
    Ok((shipping, billing.cloned().unwrap_or_default()))
}

/// What pricing and the order's document need of a line's product.
fn facts(
    db: &Connection,
    wanted: &Wanted,
    allocation: &[(String, i64)],
) -> Result<(Item, Line), Fault> {
    let tiers = db
        .prepare_cached("SELECT min_quantity, unit_cents FROM price_tiers WHERE product_id = ? ORDER BY min_quantity")?
        .query_map([&wanted.product_id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<Vec<(i64, i64)>, _>>()?;
    let mut statement = db.prepare_cached(
        "SELECT n, sku, name, price_cents, reduced_tax, weight_grams, shipping_class FROM products WHERE id = ?",
    )?;
    Ok(statement.query_row([&wanted.product_id], |row| {
        let n: i64 = row.get(0)?;
        let class: String = row.get(6)?;
        let item = Item {
            quantity: wanted.quantity,
            price_cents: row.get(3)?,
            tiers,
            reduced_tax: row.get(4)?,
            weight_grams: row.get(5)?,
            bulky: class == "bulky",
        };
        let line = Line {
            product_id: wanted.product_id.clone(),
            sku: row.get(1)?,
            name: row.get(2)?,
            image_url: format!("/images/p/{n:05}-1-s.svg"),
            quantity: wanted.quantity,
            allocations: allocation.to_vec(),
        };
        Ok((item, line))
    })?)
}
