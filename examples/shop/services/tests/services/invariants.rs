//! What is always true of the tables, whatever the services were asked to do.

use rusqlite::Connection;

/// Queries that find rows which should not be.
const VIOLATIONS: &[(&str, &str)] = &[
    (
        "stock.reserved is the sum of active reservations",
        "SELECT s.product_id || ' in ' || s.warehouse_id FROM stock s WHERE s.reserved <> (
             SELECT coalesce(sum(l.quantity), 0) FROM reservation_lines l JOIN reservations r ON r.id = l.reservation_id
             WHERE r.state = 'active' AND l.product_id = s.product_id AND l.warehouse_id = s.warehouse_id)",
    ),
    (
        "an order that can be cancelled has one active reservation, others have none",
        "SELECT o.id FROM orders o WHERE (o.status IN ('pending', 'paid', 'packed')) <>
             (SELECT count(*) FROM reservations r WHERE r.order_id = o.id AND r.state = 'active')",
    ),
    (
        "an active order's reservation has what its lines have",
        "SELECT o.id FROM orders o JOIN reservations r ON r.order_id = o.id AND r.state = 'active'
         WHERE (SELECT sum(quantity) FROM order_lines WHERE order_id = o.id)
            <> (SELECT sum(quantity) FROM reservation_lines WHERE reservation_id = r.id)",
    ),
    (
        "an order's sums add up",
        "SELECT id FROM orders WHERE subtotal_cents - discount_cents + shipping_cents + tax_cents <> total_cents",
    ),
    (
        "an order's subtotal is that of its lines",
        "SELECT id FROM orders WHERE subtotal_cents <>
             (SELECT sum(quantity * unit_price_cents) FROM order_lines WHERE order_id = orders.id)",
    ),
    (
        "an order's JSON says what its row says",
        "SELECT id FROM orders WHERE (json ->> '$.id', json ->> '$.status', json ->> '$.userId', json ->> '$.placedAt',
             json ->> '$.totalCents', json ->> '$.history[#-1].status') <> (id, status, user_id, placed_at, total_cents, status)",
    ),
    (
        "an order's JSON has the lines of the table",
        "SELECT o.id FROM orders o, json_each(o.json, '$.lines') j LEFT JOIN order_lines l
             ON l.order_id = o.id AND l.line = j.value ->> '$.line' AND l.product_id = j.value ->> '$.productId'
             AND l.quantity = j.value ->> '$.quantity' AND l.total_cents = j.value ->> '$.totalCents'
         WHERE l.line IS NULL",
    ),
    (
        "a line's allocations are its quantity",
        "SELECT o.id FROM orders o, json_each(o.json, '$.lines') j WHERE j.value ->> '$.quantity' <>
             (SELECT sum(a.value ->> '$.quantity') FROM json_each(j.value, '$.allocations') a)",
    ),
    (
        "the first line's product is the order's",
        "SELECT id FROM orders WHERE json ->> '$.productId' <> json ->> '$.lines[0].productId'",
    ),
    (
        "a product's rating is that of its reviews",
        "SELECT p.id FROM products p JOIN product_documents d USING (n)
         WHERE (SELECT count(*) FROM reviews WHERE product_id = p.id) <> p.rating_count
            OR d.json ->> '$.rating.count' <> p.rating_count OR d.json ->> '$.rating.average' <> p.rating_average
            OR abs(p.rating_average - (SELECT avg(rating) FROM reviews WHERE product_id = p.id)) > 0.0501",
    ),
    (
        "a product's JSON says what its row says",
        "SELECT p.id FROM products p JOIN product_documents d USING (n)
         WHERE (d.json ->> '$.id', d.json ->> '$.name', d.json ->> '$.price.cents', d.json ->> '$.category.id', d.json ->> '$.brand.id')
            <> (p.id, p.name, p.price_cents, p.category_id, p.brand_id)",
    ),
    (
        "a product has sold what was ordered",
        "SELECT id FROM products p WHERE sales <> (SELECT coalesce(sum(quantity), 0) FROM order_lines WHERE product_id = p.id)",
    ),
    (
        "nobody orders before signing up or before the product is there",
        "SELECT o.id FROM orders o JOIN users u ON u.id = o.user_id JOIN order_lines l ON l.order_id = o.id
         JOIN products p ON p.id = l.product_id WHERE o.placed_at < u.created_at OR o.placed_at < p.created_at",
    ),
    (
        "a review is verified only of goods that were ordered",
        "SELECT r.id FROM reviews r WHERE (r.json ->> '$.verifiedPurchase') > EXISTS (
             SELECT 1 FROM orders o JOIN order_lines l ON l.order_id = o.id
             WHERE o.user_id = r.user_id AND l.product_id = r.product_id)",
    ),
];

/// Fails with every rule that does not hold and up to three rows that break it.
pub(crate) fn hold(database: &Connection) {
    let mut broken = Vec::new();
    for (rule, violations) in VIOLATIONS {
        let mut statement =
            database.prepare(violations).unwrap_or_else(|error| panic!("{rule}: {error}"));
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).expect("a query");
        let found: Vec<String> = rows.take(3).collect::<Result<_, _>>().expect("rows");
        if !found.is_empty() {
            broken.push(format!("{rule}: {}", found.join(", ")));
        }
    }
    assert!(broken.is_empty(), "broken rules:\n{}", broken.join("\n"));
}
