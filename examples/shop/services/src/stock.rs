//! The stock service: what lies where, and reservations of it.

mod reserve;

pub(crate) use reserve::{Wanted, allocate, check, record, release};

use crate::App;
use crate::answer::{created, json, list};
use crate::problem::{Fault, Problem};
use crate::request::{Body, Faults, Id, Params};
use crate::time::{now, timestamp};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use rusqlite::{Connection, OptionalExtension};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The service's routes.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/stock", get(list_stock))
        .route("/stock/{id}", get(get_stock))
        .route("/warehouses", get(list_warehouses))
        .route("/reservations", post(reserve_stock))
        .route("/reservations/{id}", delete(release_reservation))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewReservation {
    lines: Vec<Wanted>,
    preferred_warehouse_id: Option<String>,
    reference: Option<String>,
}

async fn list_stock(State(app): State<Arc<App>>, mut params: Params) -> Result<Response, Fault> {
    let ids = params.commas("productIds", 500).unwrap_or_default();
    if ids.is_empty() {
        params.fault("productIds", "must name at least one product");
    }
    params.finish()?;
    let items = app.store.read(move |db| {
        let mut items = Vec::with_capacity(ids.len());
        for id in &ids {
            items.extend(document(db, id)?.map(|stock| stock.to_string()));
        }
        Ok(items)
    });
    Ok(json(list(&items.await?)))
}

async fn get_stock(State(app): State<Arc<App>>, Id(id): Id) -> Result<Response, Fault> {
    let stock = app
        .store
        .read(move |db| Ok(document(db, &id)?.ok_or_else(|| Problem::not_found("product", &id))?));
    Ok(json(stock.await?.to_string()))
}

/// The contract's `ProductStock`, if the product exists.
fn document(db: &Connection, product: &str) -> Result<Option<Value>, Fault> {
    let facts = db
        .prepare_cached("SELECT sales, status FROM products WHERE id = ?")?
        .query_row([product], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))
        .optional()?;
    let Some((sales, status)) = facts else {
        return Ok(None);
    };
    let mut statement = db.prepare_cached(
        "SELECT w.id, w.name, w.city, w.country, s.quantity, s.reserved, s.restock_at, s.bin, s.updated_at
         FROM stock s JOIN warehouses w ON w.id = s.warehouse_id WHERE s.product_id = ? ORDER BY w.id",
    )?;
    let mut rows = statement.query([product])?;
    let (mut quantity, mut reserved) = (0, 0);
    let mut warehouses = Vec::new();
    while let Some(row) = rows.next()? {
        let (here, spoken_for): (i64, i64) = (row.get(4)?, row.get(5)?);
        (quantity, reserved) = (quantity + here, reserved + spoken_for);
        warehouses.push(json!({
            "warehouseId": row.get::<_, String>(0)?, "name": row.get::<_, String>(1)?,
            "city": row.get::<_, String>(2)?, "country": row.get::<_, String>(3)?,
            "quantity": here, "reserved": spoken_for, "available": here - spoken_for,
            "restockAt": row.get::<_, Option<String>>(6)?, "bin": row.get::<_, String>(7)?,
            "updatedAt": row.get::<_, String>(8)?,
        }));
    }
    let available = quantity - reserved;
    // What sells well is ordered sooner and in larger lots.
    let reorder_point = 4 + sales / 10;
    let state = match available {
        ..=0 => "out_of_stock",
        few if few < reorder_point => "low",
        _ => "in_stock",
    };
    Ok(Some(json!({
        "productId": product, "status": state,
        "quantity": quantity, "reserved": reserved, "available": available,
        "warehouses": warehouses,
        "policy": {
            "reorderPoint": reorder_point, "reorderQuantity": reorder_point * 3,
            "replenished": status == "active",
        },
    })))
}

async fn list_warehouses(State(app): State<Arc<App>>) -> Result<Response, Fault> {
    let items = app.store.read(|db| {
        let mut statement = db.prepare_cached("SELECT json FROM warehouses ORDER BY id")?;
        Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?)
    });
    Ok(json(list(&items.await?)))
}

async fn reserve_stock(State(app): State<Arc<App>>, body: Body) -> Result<Response, Fault> {
    let new: NewReservation = body.json()?;
    let mut faults = Faults::default();
    check(&mut faults, &new.lines, 999);
    let reference = new.reference.as_deref().unwrap_or_default();
    faults.expect(reference.chars().count() <= 200, "/reference", "has more than 200 characters");
    faults.finish()?;
    let (location, text) = app.store.write(move |db| {
        let preferred = new.preferred_warehouse_id.as_deref();
        if let Some(warehouse) = preferred
            && !db.prepare_cached("SELECT 1 FROM warehouses WHERE id = ?")?.exists([warehouse])?
        {
            return Err(Problem::unprocessable("unknown_warehouse", format!("There is no warehouse `{warehouse}`.")).into());
        }
        let missing: Vec<&str> = unknown_products(db, &new.lines)?;
        if let Some(id) = missing.first() {
            return Err(Problem::not_found("product", id).into());
        }
        let at = timestamp(now());
        let taken = allocate(db, &new.lines, |warehouse| preferred == Some(warehouse.id.as_str()), &at)?;
        let id = record(db, None, new.reference.as_deref(), &at, &new.lines, &taken)?;
        let lines: Vec<Value> = new.lines.iter().zip(&taken).flat_map(|(line, parts)| {
            parts.iter().map(|(warehouse, quantity)| json!({
                "productId": line.product_id, "warehouseId": warehouse, "quantity": quantity,
            }))
        }).collect();
        let text = json!({
            "id": id, "state": "active", "reference": new.reference, "createdAt": at, "lines": lines,
        });
        Ok((format!("/reservations/{id}"), text.to_string()))
    }).await?;
    Ok(created(&location, text))
}

/// Those lines' products that the catalog does not have.
pub(crate) fn unknown_products<'a>(
    db: &Connection,
    lines: &'a [Wanted],
) -> Result<Vec<&'a str>, Fault> {
    let mut statement = db.prepare_cached("SELECT 1 FROM products WHERE id = ?")?;
    let mut unknown = Vec::new();
    for line in lines {
        if !statement.exists([&line.product_id])? {
            unknown.push(line.product_id.as_str());
        }
    }
    Ok(unknown)
}

async fn release_reservation(State(app): State<Arc<App>>, Id(id): Id) -> Result<Response, Fault> {
    app.store
        .write(move |db| {
            let order: Option<Option<String>> = db
                .prepare_cached("SELECT order_id FROM reservations WHERE id = ?")?
                .query_row([&id], |row| row.get(0))
                .optional()?;
            match order {
                None => Err(Problem::not_found("reservation", &id).into()),
                Some(Some(order)) => Err(Problem::new(StatusCode::CONFLICT, "belongs_to_order")
                    .detail(format!("Cancel order `{order}` instead."))
                    .into()),
                Some(None) => release(db, &id, &timestamp(now())),
            }
        })
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
