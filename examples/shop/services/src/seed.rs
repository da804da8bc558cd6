//! Makes the database: equal files on every machine, in about a second.
//!
//! Out:   a complete file under its final name, or nothing: it is written under
//!        another name and linked when done, so that a killed seeding leaves no
//!        half database.
//! Never: a clock, or randomness other than [`crate::random`]'s.
//!
//! Start at [`ensure`].

mod kinds;
mod orders;
mod products;
mod prose;
mod reviews;
mod stock;
mod users;
mod vocabulary;

use crate::catalog::rating_json;
use crate::problem::Fault;
use crate::schema::{INDEXES, TABLES, VERSION};
use crate::time::timestamp;
use products::{Product, top_of};
use rusqlite::{Connection, params};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use users::User;

/// Products, users and orders that are seeded.
const PRODUCTS: i64 = 2_000;
const USERS: i64 = 500;
const ORDERS: i64 = 5_000;

/// When the seeded past ends: 2026-09-30T18:00:00Z.
const END: i64 = 1_790_791_200;

/// Name of a file that is being seeded, before the process's id.
const DRAFT: &str = "shop.db.seeding-";

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The folder or file cannot be written.
    #[error("{}: {cause}", file.display())]
    File {
        /// What was being written.
        file: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The rows cannot be written.
    #[error("seeding: {0}")]
    Rows(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The database's file in the folder of data.
pub fn file_in(data: &Path) -> PathBuf {
    data.join("shop.db")
}

/// Makes the database in `data` unless a current one is there.
///
/// - `reset`: make a new one in any case.
/// - `progress`: is told what takes a moment, before it is done.
///
/// # Errors
///
/// [`SeedError`]; then there is no database under the final name, or the one
/// that was there before.
pub(crate) fn ensure(
    data: &Path,
    reset: bool,
    progress: &mut dyn FnMut(&str),
) -> Result<PathBuf, SeedError> {
    let file = file_in(data);
    let at = |file: &Path| {
        let file = file.to_owned();
        move |cause| SeedError::File { file, cause }
    };
    fs::create_dir_all(data).map_err(at(data))?;
    if !reset && is_current(&file) {
        return Ok(file);
    }
    let count = |n: i64| format!("{},{:03}", n / 1000, n % 1000);
    progress(&format!(
        "seeding {}: {} products, {USERS} users, {} orders ...",
        file.display(),
        count(PRODUCTS),
        count(ORDERS)
    ));
    remove_left_drafts(data);
    let draft = data.join(format!("{DRAFT}{}", std::process::id()));
    remove(&draft).map_err(at(&draft))?;
    write(&draft).map_err(|fault| {
        let _ = remove(&draft);
        SeedError::Rows(Box::new(fault))
    })?;
    for old in ["shop.db", "shop.db-wal", "shop.db-shm"] {
        remove(&data.join(old)).map_err(at(&data.join(old)))?;
    }
    fs::rename(&draft, &file).map_err(at(&file))?;
    Ok(file)
}

/// Removes what killed seedings left, where it can be known that they are dead.
fn remove_left_drafts(data: &Path) {
    let alive = |process: &str| Path::new("/proc").join(process).exists();
    if !alive("self") {
        return;
    }
    for entry in fs::read_dir(data).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(DRAFT));
        if process.is_some_and(|process| !alive(process)) {
            // One that stays is in nobody's way.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether the file is a complete database of this version.
fn is_current(file: &Path) -> bool {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE;
    let version = || -> Result<i64, rusqlite::Error> {
        Connection::open_with_flags(file, flags)?
            .query_row("PRAGMA user_version", [], |row| row.get(0))
    };
    file.exists() && version().is_ok_and(|version| version == VERSION)
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes a whole database to a new file, in one transaction.
fn write(file: &Path) -> Result<(), Fault> {
    let mut connection = Connection::open(file)?;
    // A killed seeding's file is thrown away: no journal is needed.
    connection.pragma_update(None, "journal_mode", "OFF")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.set_prepared_statement_cache_capacity(32);
    let transaction = connection.transaction()?;
    transaction.execute_batch(TABLES)?;
    let users = users::users(USERS, END);
    let mut products = products::products(PRODUCTS, END);
    write_categories(&transaction)?;
    write_products(&transaction, &products)?;
    write_users(&transaction, &users)?;
    stock::write(&transaction, &products, END)?;
    let sold = orders::write(&transaction, (ORDERS, END), &users, &products)?;
    let stars = reviews::write(&transaction, &sold, &users, &products, END)?;
    write_documents(&transaction, &mut products, &stars)?;
    transaction.execute_batch(INDEXES)?;
    transaction.execute_batch(
        "UPDATE products SET sales = (SELECT coalesce(sum(quantity), 0) FROM order_lines WHERE product_id = products.id)",
    )?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    connection.execute_batch("PRAGMA optimize")?;
    Ok(())
}

fn write_categories(connection: &Connection) -> Result<(), Fault> {
    let mut insert = connection.prepare("INSERT INTO categories VALUES (?, ?, ?, ?, ?, ?, ?)")?;
    for (position, top) in vocabulary::TOPS.iter().enumerate() {
        insert.execute(params![
            top.id,
            None::<&str>,
            position,
            top.name,
            top.description,
            top.icon,
            top.hue
        ])?;
        for brand in top.brands {
            connection
                .prepare_cached("INSERT OR IGNORE INTO brands VALUES (?, ?)")?
                .execute(params![prose::slug(brand), brand])?;
        }
    }
    for (position, kind) in kinds::KINDS.iter().enumerate() {
        let description = format!("{} and more.", prose::capitalised(&kind.nouns.join(", ")));
        insert.execute(params![
            kind.id,
            kind.top,
            position,
            kind.name,
            description,
            top_of(kind).icon,
            top_of(kind).hue,
        ])?;
    }
    Ok(())
}

fn write_products(connection: &Connection, products: &[Product]) -> Result<(), Fault> {
    let mut insert = connection.prepare(
        "INSERT INTO products (n, id, sku, name, brand_id, category_id, top_category_id, price_cents,
             list_price_cents, reduced_tax, weight_grams, shipping_class, images, status, created_at)
         VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    )?;
    let mut search = connection.prepare(
        "INSERT INTO product_search (rowid, name, brand, category, tags) VALUES (?,?,?,?,?)",
    )?;
    let mut tier = connection.prepare("INSERT INTO price_tiers VALUES (?, ?, ?)")?;
    for product in products {
        let kind = product.kind;
        insert.execute(params![
            product.n,
            product.id,
            product.sku,
            product.name,
            product.brand_id,
            kind.id,
            kind.top,
            product.price_cents,
            product.list_price_cents,
            product.reduced_tax,
            product.weight_grams,
            product.shipping,
            product.images,
            product.status,
            timestamp(product.created),
        ])?;
        let category = format!("{} {}", kind.name, top_of(kind).name);
        search.execute(params![
            product.n,
            product.name,
            product.brand,
            category,
            product.tags.join(" ")
        ])?;
        for (quantity, cents) in &product.tiers {
            tier.execute(params![product.id, quantity, cents])?;
        }
    }
    Ok(())
}

fn write_users(connection: &Connection, users: &[User]) -> Result<(), Fault> {
    let mut insert = connection.prepare("INSERT INTO users VALUES (?,?,?,?,?,?,?,?,?,?)")?;
    for user in users {
        insert.execute(params![
            user.n,
            user.id,
            user.first_name,
            user.last_name,
            user.email,
            user.segment,
            user.country,
            user.active,
            timestamp(user.created),
            user.json.to_string(),
        ])?;
    }
    Ok(())
}

/// Completes the products with their ratings and stores their JSON.
fn write_documents(
    connection: &Connection,
    products: &mut [Product],
    stars: &[[i64; 5]],
) -> Result<(), Fault> {
    let mut insert = connection.prepare("INSERT INTO product_documents VALUES (?, ?)")?;
    let mut rate = connection
        .prepare("UPDATE products SET rating_average = ?2, rating_count = ?3 WHERE n = ?1")?;
    for (product, stars) in products.iter_mut().zip(stars) {
        let rating = rating_json(*stars);
        rate.execute(params![product.n, rating["average"].as_f64(), stars.iter().sum::<i64>()])?;
        product.json["rating"] = rating;
        insert.execute(params![product.n, product.json.to_string()])?;
    }
    Ok(())
}
