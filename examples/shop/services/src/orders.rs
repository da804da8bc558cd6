//! The orders service: reading, placing and cancelling orders.

pub(crate) mod document;
mod place;

use crate::App;
use crate::answer::{Page, json};
use crate::problem::{Fault, Problem};
use crate::request::{Body, Faults, Id, Params};
use crate::stock::release;
use crate::time::{now, timestamp};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use document::{CANCELLABLE, Event};
use rusqlite::types::Value as Bound;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use serde::Deserialize;
use serde_json::Value;
use std::fmt::Write as _;
use std::sync::Arc;

/// Every state of an order.
const STATES: [&str; 7] =
    ["pending", "paid", "packed", "shipped", "delivered", "cancelled", "returned"];

/// The service's routes.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/orders", get(list_orders).post(place::place_order))
        .route("/orders/{id}", get(get_order))
        .route("/orders/{id}/cancel", post(cancel_order))
}

async fn list_orders(State(app): State<Arc<App>>, mut params: Params) -> Result<Response, Fault> {
    let user = params.text("userId");
    let states = params.repeated("status", &STATES);
    let limit = params.integer("limit", 1..=100).unwrap_or(20);
    let offset = params.integer("offset", 0..=i64::from(i32::MAX)).unwrap_or(0);
    params.finish()?;
    let text = app.store.read(move |db| {
        let mut parts = vec!["1"];
        let mut values: Vec<Bound> = Vec::new();
        if let Some(user) = user {
            parts.push("user_id = ?");
            values.push(Bound::from(user));
        }
        if !states.is_empty() {
            parts.push("status IN (SELECT value FROM json_each(?))");
            values.push(Bound::from(Value::from(states).to_string()));
        }
        let matching = parts.join(" AND ");
        let total = db
            .prepare_cached(&format!("SELECT count(*) FROM orders WHERE {matching}"))?
            .query_row(params_from_iter(&values), |row| row.get(0))?;
        values.extend([Bound::from(limit), Bound::from(offset)]);
        let items = db
            .prepare_cached(&format!(
                "SELECT json FROM orders WHERE {matching} ORDER BY n DESC LIMIT ? OFFSET ?"
            ))?
            .query_map(params_from_iter(&values), |row| row.get(0))?
            .collect::<Result<Vec<String>, _>>()?;
        Ok(Page { total, limit, offset }.json(&items, &[]))
    });
    Ok(json(text.await?))
}

async fn get_order(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Id(id): Id,
) -> Result<Response, Fault> {
    let text = app.store.read(move |db| stored(db, &id)).await?;
    let accept =
        headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut response = if prefers_csv(accept) {
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"))];
        (kind, csv(&serde_json::from_str(&text)?)).into_response()
    } else {
        json(text)
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

/// An order's JSON.
fn stored(db: &Connection, id: &str) -> Result<String, Fault> {
    let text = db
        .prepare_cached("SELECT json FROM orders WHERE id = ?")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    Ok(text.ok_or_else(|| Problem::not_found("order", id))?)
}

/// Whether `text/csv` is named with a higher weight than JSON has.
fn prefers_csv(accept: &str) -> bool {
    let weight = |kinds: &[&str]| -> f32 {
        let ranges = accept.split(',').filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let kind = parts.next()?;
            let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok());
            kinds.contains(&kind).then(|| weight.unwrap_or(1.0))
        });
        ranges.fold(0.0, f32::max)
    };
    weight(&["text/csv", "text/*"]) > weight(&["application/json", "application/*", "*/*"])
}

/// An order's lines as RFC 4180 says, first line names.
fn csv(order: &Value) -> String {
    const COLUMNS: [&str; 8] = [
        "line",
        "productId",
        "sku",
        "name",
        "quantity",
        "unitPriceCents",
        "taxCents",
        "totalCents",
    ];
    let mut text = COLUMNS.join(",") + "\r\n";
    for line in order["lines"].as_array().into_iter().flatten() {
        for (index, column) in COLUMNS.iter().enumerate() {
            let separator = if index == 0 { "" } else { "," };
            // Writing to a string cannot fail.
            let _ = match &line[*column] {
                Value::String(value) => {
                    write!(text, "{separator}\"{}\"", value.replace('"', "\"\""))
                }
                value => write!(text, "{separator}{value}"),
            };
        }
        text.push_str("\r\n");
    }
    text
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Cancellation {
    reason: Option<String>,
}

async fn cancel_order(
    State(app): State<Arc<App>>,
    Id(id): Id,
    body: Body,
) -> Result<Response, Fault> {
    let cancellation: Cancellation =
        if body.is_empty() { Cancellation::default() } else { body.json()? };
    let mut faults = Faults::default();
    let reason = cancellation.reason.as_deref().unwrap_or_default();
    faults.expect(reason.chars().count() <= 500, "/reason", "has more than 500 characters");
    faults.finish()?;
    let text = app.store.write(move |db| {
        let text = stored(db, &id)?;
        let mut order: Value = serde_json::from_str(&text)?;
        let status = order["status"].as_str().unwrap_or_default().to_owned();
        if status == "cancelled" {
            return Ok(text);
        }
        if !CANCELLABLE.contains(&status.as_str()) {
            return Err(Problem::new(StatusCode::CONFLICT, "not_cancellable")
                .detail(format!("Order `{id}` is {status}."))
                .into());
        }
        let at = now();
        release(db, &format!("rs-{id}"), &timestamp(at))?;
        let event = Event { at, status: "cancelled", by: "customer", note: cancellation.reason };
        if let Some(history) = order["history"].as_array_mut() {
            history.push(event.json());
        }
        order["status"] = Value::from("cancelled");
        order["updatedAt"] = Value::from(timestamp(at));
        order["cancellable"] = Value::from(false);
        let text = order.to_string();
        db.prepare_cached("UPDATE orders SET status = 'cancelled', json = ?2 WHERE id = ?1")?
            .execute(params![id, text])?;
        Ok(text)
    });
    Ok(json(text.await?))
}

#[cfg(test)]
mod tests {
    use super::{csv, prefers_csv};
    use serde_json::json;

    #[test]
    fn csv_is_given_only_to_those_who_prefer_it() {
        for (accept, expected) in [
            ("", false),
            ("*/*", false),
            ("text/csv", true),
            ("text/csv;q=0.4, application/json", false),
            ("application/json;q=0.4, text/csv", true),
            ("text/csv, */*;q=0.1", true),
        ] {
            assert_eq!(prefers_csv(accept), expected, "{accept}");
        }
    }

    #[test]
    fn csv_quotes_text() {
        let order = json!({ "lines": [{ "line": 1, "productId": "p1", "sku": "A", "name": "5\" pan, large",
            "quantity": 2, "unitPriceCents": 3, "taxCents": 1, "totalCents": 7 }] });
        assert_eq!(csv(&order).lines().nth(1), Some("1,\"p1\",\"A\",\"5\"\" pan, large\",2,3,1,7"));
    }
}
