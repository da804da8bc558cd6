//! The seeded data: always the same, complete, and kept.

use crate::shop::{Shop, open, options, runtime, template};
use crate::{invariants, orders};
use rusqlite::Connection;
use shop_services::{Options, Service, file_in, start};
use std::path::Path;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// Starts and stops over `data` and returns what was reported.
fn run(options: &Options) -> Vec<String> {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&lines);
    let runtime = runtime();
    let progress = move |line: &str| heard.lock().expect("no panic").push(line.to_owned());
    let running = runtime.block_on(start(options, progress)).expect("the services start");
    runtime.block_on(running.stop());
    let lines = lines.lock().expect("no panic");
    lines.clone()
}

/// Every row of every table, as text.
fn dump(file: &Path) -> Vec<String> {
    let database = open(file);
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let mut statement = database.prepare(names).expect("a query");
    let tables: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .expect("rows")
        .collect::<Result<_, _>>()
        .expect("names");
    assert!(tables.len() > 12, "{tables:?}");
    let mut rows = Vec::new();
    for table in tables {
        let mut statement = database.prepare(&format!("SELECT * FROM {table}")).expect("a query");
        let columns = statement.column_count();
        let mut found = statement.query([]).expect("rows");
        while let Some(row) = found.next().expect("a row") {
            let values: Vec<String> =
                (0..columns).map(|at| format!("{:?}", row.get_ref(at).expect("a value"))).collect();
            rows.push(format!("{table} {}", values.join(" ")));
        }
    }
    rows
}

#[test]
fn seeding_twice_gives_the_same_rows() {
    let data = TempDir::new().expect("a folder");
    run(&options(data.path()));
    let (first, second) = (dump(template()), dump(&file_in(data.path())));
    assert_eq!(first.len(), second.len());
    assert!(first == second, "the rows differ");
}

#[test]
fn the_seeded_rows_keep_every_rule() {
    let database = open(template());
    invariants::hold(&database);
    let one =
        |query: &str| -> i64 { database.query_row(query, [], |row| row.get(0)).expect(query) };
    for (query, expected) in [
        ("SELECT count(*) FROM products", 2_000),
        ("SELECT count(DISTINCT name) FROM products", 2_000),
        ("SELECT count(*) FROM users", 500),
        ("SELECT count(*) FROM orders", 5_000),
        ("SELECT count(*) FROM stock", 8_000),
        ("SELECT count(*) FROM users WHERE active AND id IN ('u1', 'u2', 'u3', 'u4')", 4),
        ("SELECT active FROM users WHERE id = 'u13'", 0),
        ("SELECT count(*) FROM product_documents WHERE length(json) NOT BETWEEN 2048 AND 4200", 0),
    ] {
        assert_eq!(one(query), expected, "{query}");
    }
    assert!(one("SELECT count(*) FROM order_lines") > 10_000, "orders have several lines");
    assert!(one("SELECT count(*) FROM reviews") > 2_000);
    let most = one("SELECT count(*) FROM orders WHERE user_id = 'u1'");
    assert!(most >= one("SELECT max(c) FROM (SELECT count(*) AS c FROM orders GROUP BY user_id)"));
    assert!(
        one(
            "SELECT count(*) FROM orders WHERE user_id = 'u1' AND status IN ('pending', 'paid', 'packed')"
        ) > 0
    );
}

#[test]
fn a_current_file_is_kept_and_an_unfit_one_is_not() {
    let data = TempDir::new().expect("a folder");
    let file = file_in(data.path());
    std::fs::write(data.path().join("shop.db.seeding-4294967295"), "of a killed process")
        .expect("written");
    std::fs::write(&file, "no database").expect("written");
    let lines = run(&options(data.path()));
    assert!(lines.len() == 1 && lines[0].contains("2,000 products"), "{lines:?}");
    assert_eq!(run(&options(data.path())), Vec::<String>::new(), "a current file was seeded again");

    let change = |sql: &str| Connection::open(&file).expect("opens").execute_batch(sql).expect(sql);
    change("DELETE FROM reviews");
    run(&Options { reset: true, ..options(data.path()) });
    let reviews: i64 = open(&file)
        .query_row("SELECT count(*) FROM reviews", [], |row| row.get(0))
        .expect("a count");
    assert!(reviews > 0, "--reset kept the file");
    change("PRAGMA user_version = 0");
    assert_eq!(run(&options(data.path())).len(), 1, "a file of another version was kept");
    let left: Vec<_> = std::fs::read_dir(data.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(left, ["shop.db"], "drafts or logs were left behind");
}

#[test]
fn orders_outlive_a_restart() {
    let mut shop = Shop::open();
    let order = orders::place(&shop, "restart", &orders::small("u1")).json();
    shop.restart();
    assert_eq!(
        shop.get(Service::Orders, &format!("/orders/{}", order["id"].as_str().expect("an id"))),
        order
    );
}
