//! Seeded orders: two years of them, priced as the shop prices new ones.
//!
//! In:    the products and users.
//! Out:   rows; [`Sold`] for the reviews. The last 40 orders are still open,
//!        the 40 before those are on their way. `u1` has more than anybody.

use super::products::Product;
use super::stock::WAREHOUSES;
use super::users::User;
use crate::orders::document::{CANCELLABLE, Draft, Event, Line, insert, payment};
use crate::pricing::{COUNTRIES, Item, country_of, quote};
use crate::problem::Fault;
use crate::random::Random;
use crate::time::{DAY, timestamp};
use rusqlite::{Connection, params};
use serde_json::{Value, json};

/// Orders at the end that have not left the warehouse.
const OPEN: i64 = 40;

/// A delivered line: whom it went to, and when it was ordered.
pub(crate) struct Sold {
    pub(crate) user: usize,
    pub(crate) product: usize,
    pub(crate) placed: i64,
}

/// Writes orders 1 to `count`, spread over the two years before `end`.
pub(crate) fn write(
    connection: &Connection,
    (count, end): (i64, i64),
    users: &[User],
    products: &[Product],
) -> Result<Vec<Sold>, Fault> {
    let step = 730 * DAY / count.max(1);
    let mut sold = Vec::new();
    for n in 1..=count {
        let mut random = Random::of("order", n as u64);
        let placed = end - (count - n + 1) * step + random.between(0, step - 60);
        let user = buyer(&mut random, n, count, placed, users);
        let status = status(&mut random, count - n, users[user].segment);
        let chosen = basket(&mut random, placed, products);
        let quantities: Vec<i64> =
            chosen.iter().map(|_| *random.pick(&[1, 1, 1, 2, 2, 3, 5])).collect();
        write_one(
            connection,
            n,
            (placed, end),
            status,
            &mut random,
            (&users[user], products),
            (&chosen, &quantities),
        )?;
        if status == "delivered" {
            sold.extend(chosen.into_iter().map(|product| Sold { user, product, placed }));
        }
    }
    Ok(sold)
}

/// Some users buy often, most seldom; nobody buys before signing up.
fn buyer(random: &mut Random, n: i64, count: i64, placed: i64, users: &[User]) -> usize {
    if n % 125 == 0 || n == count - 15 || n == count - 50 {
        return 0;
    }
    loop {
        let user = random.below(users.len()).min(random.below(users.len()));
        if users[user].created < placed || users.len() < 20 {
            return user;
        }
    }
}

fn status(random: &mut Random, younger: i64, segment: &str) -> &'static str {
    if younger < OPEN {
        let first = if segment == "business" { "pending" } else { "paid" };
        return if younger < OPEN / 2 || random.chance(40) { first } else { "packed" };
    }
    if younger < 2 * OPEN {
        return "shipped";
    }
    match random.below(100) {
        0..6 => "cancelled",
        6..10 => "returned",
        _ => "delivered",
    }
}

/// One to five different products that were on sale by then; some are popular.
fn basket(random: &mut Random, placed: i64, products: &[Product]) -> Vec<usize> {
    let wanted = *random.pick(&[1, 2, 2, 3, 3, 4, 5]);
    let mut chosen: Vec<usize> = Vec::with_capacity(wanted);
    while chosen.len() < wanted {
        let rank = random.below(products.len()).min(random.below(products.len()));
        let product = (rank * 1_237 + 7) % products.len();
        if products[product].created < placed && !chosen.contains(&product) {
            chosen.push(product);
        }
    }
    chosen
}

fn write_one(
    connection: &Connection,
    n: i64,
    (placed, end): (i64, i64),
    status: &'static str,
    random: &mut Random,
    (user, products): (&User, &[Product]),
    (chosen, quantities): (&[usize], &[i64]),
) -> Result<(), Fault> {
    let items: Vec<Item> = chosen
        .iter()
        .zip(quantities)
        .map(|(product, quantity)| {
            let product = &products[*product];
            Item {
                quantity: *quantity,
                price_cents: product.price_cents,
                tiers: product.tiers.clone(),
                reduced_tax: product.reduced_tax,
                weight_grams: product.weight_grams,
                bulky: product.shipping == "bulky",
            }
        })
        .collect();
    let quote = quote(user.segment, country_of(user.country).unwrap_or(COUNTRIES[0]), &items);
    let warehouse = WAREHOUSES[n as usize % WAREHOUSES.len()].id;
    let lines = chosen
        .iter()
        .zip(quantities)
        .map(|(product, quantity)| {
            let product = &products[*product];
            Line {
                product_id: product.id.clone(),
                sku: product.sku.clone(),
                name: product.name.clone(),
                image_url: format!("/images/p/{:05}-1-s.svg", product.n),
                quantity: *quantity,
                allocations: vec![(warehouse.to_owned(), *quantity)],
            }
        })
        .collect();
    let events = events(placed, end, status, user.segment);
    let shipped = events.iter().find(|event| event.status == "shipped").map(|event| event.at);
    let delivered = events.iter().find(|event| event.status == "delivered").map(|event| event.at);
    let shipment = shipped.map_or(Value::Null, |at| {
        json!({
            "carrier": random.pick(&["Hanse Parcel", "Alpenpost", "EuroFreight"]),
            "trackingNumber": format!("HP{:010}", n * 7_919_113 % 10_000_000_000),
            "shippedAt": timestamp(at), "deliveredAt": delivered.map(timestamp),
            "parcels": 1 + items.len() / 3,
        })
    });
    let addresses = user.json["addresses"].as_array().map_or(&[][..], Vec::as_slice);
    let billing = addresses.iter().find(|address| address["kind"] == "billing");
    insert(
        connection,
        &Draft {
            n,
            user_id: &user.id,
            status,
            placed,
            country: user.country,
            lines,
            quote: &quote,
            shipping_address: addresses.first().unwrap_or(&Value::Null),
            billing_address: billing.cloned().unwrap_or_default(),
            payment: payment(user.n, user.segment, placed),
            shipment,
            events,
            note: random.chance(8).then(|| {
                *random.pick(&[
                    "Please ring twice.",
                    "Leave it with the neighbour.",
                    "It is a present: no invoice in the box.",
                ])
            }),
            channel: random.pick::<&str>(&["web", "web", "mobile", "phone"]),
        },
    )?;
    if CANCELLABLE.contains(&status) {
        reserve(
            connection,
            n,
            placed,
            warehouse,
            chosen.iter().map(|product| &products[*product]).zip(quantities),
        )?;
    }
    Ok(())
}

/// An open order's goods are on the shelf and spoken for.
fn reserve<'a>(
    connection: &Connection,
    n: i64,
    placed: i64,
    warehouse: &str,
    lines: impl Iterator<Item = (&'a Product, &'a i64)>,
) -> Result<(), Fault> {
    let (reservation, order) = (format!("rs-o{n}"), format!("o{n}"));
    connection
        .prepare_cached(
            "INSERT INTO reservations (id, order_id, state, created_at) VALUES (?, ?, 'active', ?)",
        )?
        .execute(params![reservation, order, timestamp(placed)])?;
    for (product, quantity) in lines {
        connection
            .prepare_cached("INSERT INTO reservation_lines VALUES (?, ?, ?, ?)")?
            .execute(params![reservation, product.id, warehouse, quantity])?;
        connection
            .prepare_cached("UPDATE stock SET quantity = quantity + ?3, reserved = reserved + ?3 WHERE product_id = ?1 AND warehouse_id = ?2")?
            .execute(params![product.id, warehouse, quantity])?;
    }
    Ok(())
}

fn events(placed: i64, end: i64, status: &'static str, segment: &str) -> Vec<Event> {
    const HOUR: i64 = 3_600;
    let way: &[(&str, &str, i64)] = match status {
        "pending" => &[],
        "paid" => &[("paid", "system", 0)],
        "packed" => &[("paid", "system", 0), ("packed", "warehouse", 20)],
        "shipped" => {
            &[("paid", "system", 0), ("packed", "warehouse", 20), ("shipped", "warehouse", 27)]
        }
        "cancelled" => &[("paid", "system", 0), ("cancelled", "customer", 3)],
        "returned" => &[
            ("paid", "system", 0),
            ("packed", "warehouse", 22),
            ("shipped", "warehouse", 30),
            ("delivered", "system", 77),
            ("returned", "support", 250),
        ],
        _ => &[
            ("paid", "system", 0),
            ("packed", "warehouse", 22),
            ("shipped", "warehouse", 30),
            ("delivered", "system", 77),
        ],
    };
    let mut events = vec![Event { at: placed, status: "pending", by: "customer", note: None }];
    events.extend(way.iter().map(|&(status, by, hours)| Event {
        at: (placed + hours * HOUR + 40).min(end),
        status,
        by,
        note: match status {
            "cancelled" => Some("Ordered by mistake".to_owned()),
            "paid" if segment == "business" => Some("On account".to_owned()),
            _ => None,
        },
    }));
    events
}
