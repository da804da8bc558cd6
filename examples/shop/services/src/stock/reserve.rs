//! Reserving stock: all lines or none, inside the caller's transaction.
//!
//! In:    lines of different, known products with quantities of at least 1.
//! Out:   for each line the warehouses it comes from; `stock.reserved` is raised.
//! Never: a commit: an error must undo the caller's transaction.

use crate::problem::{Fault, Problem, Shortage};
use crate::request::Faults;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

/// One line: a product and how much of it.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Wanted {
    pub(crate) product_id: String,
    pub(crate) quantity: i64,
}

/// A warehouse that has some of a product.
pub(crate) struct Shelf {
    pub(crate) id: String,
    pub(crate) country: String,
    available: i64,
}

/// Warehouses and how much comes from each.
pub(crate) type Allocation = Vec<(String, i64)>;

/// Notes what is wrong with the lines of a request.
pub(crate) fn check(faults: &mut Faults, lines: &[Wanted], most: i64) {
    faults.expect((1..=50).contains(&lines.len()), "/lines", "must have 1 to 50 items");
    for (index, line) in lines.iter().enumerate() {
        let good = (1..=most).contains(&line.quantity);
        faults.expect(
            good,
            format!("/lines/{index}/quantity"),
            format!("must be from 1 to {most}"),
        );
        let again = lines[..index].iter().any(|other| other.product_id == line.product_id);
        faults.expect(
            !again,
            format!("/lines/{index}/productId"),
            "stands in an earlier line, too",
        );
    }
}

/// Reserves the lines.
///
/// - `preferred`: whether a warehouse goes before others; of equals, the one
///   that has most goes first.
///
/// # Errors
///
/// 409 with every product that is short.
pub(crate) fn allocate(
    db: &Connection,
    lines: &[Wanted],
    preferred: impl Fn(&Shelf) -> bool,
    at: &str,
) -> Result<Vec<Allocation>, Fault> {
    let mut allocations = Vec::with_capacity(lines.len());
    let mut shortages = Vec::new();
    for line in lines {
        let mut shelves = shelves(db, &line.product_id)?;
        let available: i64 = shelves.iter().map(|shelf| shelf.available).sum();
        if available < line.quantity {
            let (product_id, requested) = (line.product_id.clone(), line.quantity);
            shortages.push(Shortage { product_id, requested, available });
            continue;
        }
        shelves.sort_by_key(|shelf| (!preferred(shelf), -shelf.available));
        let mut rest = line.quantity;
        let mut parts = Allocation::new();
        for shelf in shelves.into_iter().filter(|shelf| shelf.available > 0) {
            let part = rest.min(shelf.available);
            if part > 0 {
                parts.push((shelf.id, part));
                rest -= part;
            }
        }
        allocations.push(parts);
    }
    if !shortages.is_empty() {
        return Err(Problem::out_of_stock(shortages).into());
    }
    for (line, parts) in lines.iter().zip(&allocations) {
        for (warehouse, quantity) in parts {
            add_reserved(db, &line.product_id, warehouse, *quantity, at)?;
        }
    }
    Ok(allocations)
}

/// Writes down what was allocated and returns the reservation's id.
pub(crate) fn record(
    db: &Connection,
    order: Option<&str>,
    reference: Option<&str>,
    at: &str,
    lines: &[Wanted],
    allocations: &[Allocation],
) -> Result<String, Fault> {
    let id = match order {
        Some(order) => format!("rs-{order}"),
        None => db.query_row(
            "SELECT 'rs-' || (coalesce(max(n), 0) + 1) FROM reservations",
            [],
            |row| row.get(0),
        )?,
    };
    db.prepare_cached("INSERT INTO reservations (id, order_id, reference, state, created_at) VALUES (?, ?, ?, 'active', ?)")?
        .execute(params![id, order, reference, at])?;
    for (line, parts) in lines.iter().zip(allocations) {
        for (warehouse, quantity) in parts {
            db.prepare_cached("INSERT INTO reservation_lines VALUES (?, ?, ?, ?)")?
                .execute(params![id, line.product_id, warehouse, quantity])?;
        }
    }
    Ok(id)
}

/// Gives an active reservation's stock back; for any other, does nothing.
pub(crate) fn release(db: &Connection, reservation: &str, at: &str) -> Result<(), Fault> {
    let released = db
        .prepare_cached(
            "UPDATE reservations SET state = 'released' WHERE id = ? AND state = 'active'",
        )?
        .execute([reservation])?;
    if released == 0 {
        return Ok(());
    }
    let lines = db
        .prepare_cached("SELECT product_id, warehouse_id, quantity FROM reservation_lines WHERE reservation_id = ?")?
        .query_map([reservation], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<Vec<(String, String, i64)>, _>>()?;
    for (product, warehouse, quantity) in lines {
        add_reserved(db, &product, &warehouse, -quantity, at)?;
    }
    Ok(())
}

fn add_reserved(
    db: &Connection,
    product: &str,
    warehouse: &str,
    quantity: i64,
    at: &str,
) -> Result<(), Fault> {
    db.prepare_cached("UPDATE stock SET reserved = reserved + ?3, updated_at = ?4 WHERE product_id = ?1 AND warehouse_id = ?2")?
        .execute(params![product, warehouse, quantity, at])?;
    Ok(())
}

fn shelves(db: &Connection, product: &str) -> Result<Vec<Shelf>, Fault> {
    let mut statement = db.prepare_cached(
        "SELECT w.id, w.country, s.quantity - s.reserved FROM stock s
         JOIN warehouses w ON w.id = s.warehouse_id WHERE s.product_id = ? ORDER BY w.id",
    )?;
    let rows = statement.query_map([product], |row| {
        Ok(Shelf { id: row.get(0)?, country: row.get(1)?, available: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
