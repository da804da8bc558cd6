//! An order on its way into the tables: its rows, and the JSON that clients get.
//!
//! In:    a [`Draft`] whose quote has one line for each of its lines.
//! Out:   rows in `orders` and `order_lines`.

use crate::pricing::Quote;
use crate::problem::Fault;
use crate::time::{DAY, date, timestamp};
use rusqlite::{Connection, params};
use serde_json::{Number, Value, json};

/// An order with everything that its document says.
pub(crate) struct Draft<'a> {
    pub(crate) n: i64,
    pub(crate) user_id: &'a str,
    pub(crate) status: &'a str,
    pub(crate) placed: i64,
    pub(crate) country: &'a str,
    pub(crate) lines: Vec<Line>,
    pub(crate) quote: &'a Quote,
    pub(crate) shipping_address: &'a Value,
    pub(crate) billing_address: Value,
    pub(crate) payment: Value,
    pub(crate) shipment: Value,
    pub(crate) events: Vec<Event>,
    pub(crate) note: Option<&'a str>,
    pub(crate) channel: &'a str,
}

/// What an order's line says about its product.
pub(crate) struct Line {
    pub(crate) product_id: String,
    pub(crate) sku: String,
    pub(crate) name: String,
    pub(crate) image_url: String,
    pub(crate) quantity: i64,
    /// Warehouses and how much of the line comes from each.
    pub(crate) allocations: Vec<(String, i64)>,
}

/// One step in an order's history.
pub(crate) struct Event {
    pub(crate) at: i64,
    pub(crate) status: &'static str,
    pub(crate) by: &'static str,
    pub(crate) note: Option<String>,
}

/// States in which an order can be cancelled: its goods are still there.
pub(crate) const CANCELLABLE: [&str; 3] = ["pending", "paid", "packed"];

/// The id of order `n`.
pub(crate) fn id_of(n: i64) -> String {
    format!("o{n}")
}

impl Event {
    pub(crate) fn json(&self) -> Value {
        json!({ "at": timestamp(self.at), "status": self.status, "by": self.by, "note": self.note })
    }
}

/// How a customer pays: on account when a company, else by a stored method.
pub(crate) fn payment(user_number: i64, segment: &str, placed: i64) -> Value {
    if segment == "business" {
        let order = (user_number % 2 == 0).then(|| format!("PO-{}", 4_000 + user_number));
        return json!({ "kind": "invoice", "dueDate": date(placed + 14 * DAY), "purchaseOrder": order });
    }
    if user_number % 3 == 2 {
        return json!({ "kind": "wallet", "provider": "Portemonnaie", "account": format!("wallet-{user_number:04}") });
    }
    let brand = ["visa", "mastercard", "amex"][(user_number % 7 % 3) as usize];
    json!({
        "kind": "card", "brand": brand, "last4": format!("{:04}", user_number * 4_567 % 10_000),
        "expires": format!("20{}-{:02}", 28 + user_number % 4, 1 + user_number % 12),
    })
}

/// Writes the order's rows and returns its JSON.
///
/// # Errors
///
/// SQLite's.
pub(crate) fn insert(connection: &Connection, draft: &Draft<'_>) -> Result<String, Fault> {
    let id = id_of(draft.n);
    let quote = draft.quote;
    let json = serde_json::to_string(&document(&id, draft))?;
    connection.prepare_cached("INSERT INTO orders VALUES (?,?,?,?,?,'EUR',?,?,?,?,?,?)")?.execute(
        params![
            draft.n,
            id,
            draft.user_id,
            draft.status,
            timestamp(draft.placed),
            quote.subtotal,
            quote.discount,
            quote.shipping,
            quote.tax,
            quote.total,
            json,
        ],
    )?;
    let mut statement =
        connection.prepare_cached("INSERT INTO order_lines VALUES (?,?,?,?,?,?)")?;
    for (index, (line, priced)) in draft.lines.iter().zip(&quote.lines).enumerate() {
        statement.execute(params![
            id,
            index as i64 + 1,
            line.product_id,
            line.quantity,
            priced.unit,
            priced.total,
        ])?;
    }
    Ok(json)
}

fn document(id: &str, draft: &Draft<'_>) -> Value {
    let quote = draft.quote;
    let lines = draft.lines.iter().zip(&quote.lines).enumerate().map(|(index, (line, priced))| {
        json!({
            "line": index + 1, "productId": line.product_id, "sku": line.sku, "name": line.name,
            "imageUrl": line.image_url, "quantity": line.quantity, "unitPriceCents": priced.unit,
            "discountCents": priced.discount, "taxRate": percent(priced.rate),
            "taxCents": priced.tax, "totalCents": priced.total,
            "allocations": line.allocations.iter().map(|(warehouse, quantity)| {
                json!({ "warehouseId": warehouse, "quantity": quantity })
            }).collect::<Vec<_>>(),
        })
    });
    let taxes = quote.taxes.iter().map(|sum| json!({
        "country": draft.country, "rate": percent(sum.rate), "baseCents": sum.base, "taxCents": sum.tax,
    }));
    json!({
        "id": id,
        "number": format!("S-{}-{:06}", &timestamp(draft.placed)[..4], draft.n),
        "userId": draft.user_id,
        "status": draft.status,
        "placedAt": timestamp(draft.placed),
        "updatedAt": timestamp(draft.events.last().map_or(draft.placed, |event| event.at)),
        "currency": "EUR",
        "productId": draft.lines.first().map(|line| line.product_id.as_str()),
        "itemCount": draft.lines.iter().map(|line| line.quantity).sum::<i64>(),
        "subtotalCents": quote.subtotal,
        "discountCents": quote.discount,
        "shippingCents": quote.shipping,
        "taxCents": quote.tax,
        "totalCents": quote.total,
        "lines": lines.collect::<Vec<_>>(),
        "taxes": taxes.collect::<Vec<_>>(),
        "shippingAddress": address(draft.shipping_address),
        "billingAddress": address(&draft.billing_address),
        "payment": draft.payment,
        "shipment": draft.shipment,
        "history": draft.events.iter().map(Event::json).collect::<Vec<_>>(),
        "note": draft.note,
        "cancellable": CANCELLABLE.contains(&draft.status),
        "metadata": { "channel": draft.channel, "priceList": "net-eur" },
    })
}

/// A user's address as orders keep it: without what only the user needs.
fn address(of_user: &Value) -> Value {
    if of_user.is_null() {
        return Value::Null;
    }
    const KEPT: [&str; 7] = ["name", "line1", "line2", "postalCode", "city", "region", "country"];
    KEPT.iter().map(|key| ((*key).to_owned(), of_user[*key].clone())).collect()
}

/// Tenths of a percent as percent: 190 is 19, 55 is 5.5.
fn percent(rate: i64) -> Value {
    let number = if rate % 10 == 0 {
        Some(Number::from(rate / 10))
    } else {
        Number::from_f64(rate as f64 / 10.0)
    };
    number.map_or(Value::Null, Value::Number)
}
