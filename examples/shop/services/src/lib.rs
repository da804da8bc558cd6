//! The shop's services: a general-purpose backend with business logic, over one
//! SQLite file.
//!
//! Four services, each with a listener and a contract of its own in
//! `examples/shop/contracts`: users, orders, catalog and stock. Their answers
//! are large on purpose; what a screen needs of them is its backend's affair.
//!
//! Start at [`start`]. `main` only reads the command line.
//!
//! # The tables
//!
//! Tests may read the file `shop.db` while the services run (it is in WAL mode);
//! only the services write it. Times are RFC 3339 in UTC, money is in cents.
//!
//! | table | a row is | columns of note |
//! |---|---|---|
//! | `categories` | a category; `parent_id` is null for the ten roots | `position` orders siblings |
//! | `brands` | a brand | |
//! | `products` | a product's facts, `p1` to `p2000` | `price_cents` (net), `sales` (units ever ordered), `rating_average`, `rating_count` |
//! | `product_documents` | a product's JSON as clients get it, by the product's `n` | |
//! | `price_tiers` | a lower price from a quantity on | |
//! | `product_search` | FTS5 over name, brand, category, tags; `rowid` is the product's `n` | |
//! | `users` | a user, `u1` to `u500` | `active`, `segment`, `json` (what `getUser` answers) |
//! | `reviews` | a review; one of a user for a product | `json` |
//! | `orders` | an order, from `o1` | `status`, the sums, `json`; newest has the largest `n` |
//! | `order_lines` | an order's line | `unit_price_cents` (net), `total_cents` (with tax) |
//! | `idempotency` | a used `Idempotency-Key` and the answer it got | |
//! | `warehouses` | a warehouse, `w1` to `w4` | |
//! | `stock` | a product in a warehouse | what can be ordered is `quantity - reserved` |
//! | `reservations` | stock spoken for, of an order or not | `state`: `active`, `released` |
//! | `reservation_lines` | what a reservation takes from where | |
//!
//! Always true: `stock.reserved` is the sum of the active reservations' lines;
//! an order that can be cancelled (`pending`, `paid`, `packed`) has one active
//! reservation; `subtotal - discount + shipping + tax = total`.
//!
//! # Users of note
//!
//! `u1` (regular, more orders than anybody, some still open), `u2` (vip), `u3`
//! (business) and `u4` (new) are active. `u13` is suspended: placing an order
//! answers 403.

// The documents are large `json!` literals.
#![recursion_limit = "512"]

mod answer;
mod catalog;
mod delay;
mod options;
mod orders;
mod picture;
mod pricing;
mod problem;
mod random;
mod request;
mod schema;
mod seed;
mod serve;
mod stock;
mod store;
mod time;
mod users;

pub use options::{Options, Service, USAGE, UsageError};
pub use seed::{SeedError, file_in};
pub use serve::{Running, StartError, start};

use std::sync::Arc;

/// What all handlers share.
struct App {
    store: Arc<store::Store>,
    rankings: catalog::Rankings,
}
