//! A table of handler bodies (`bodies.txt`): each with the type of its result, or its faults.
//!
//! `FRONTAGE_BLESS=1` writes what is found into the table; read the difference. The table was
//! compared with `tsc` 5.9 body by body when it was written: what stands there as accepted `tsc`
//! accepts with the same type, except what `known differences` lists.

use std::fmt::Write as _;

use super::support::check_body;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/check/tests/bodies.txt");

#[test]
fn bodies_give_their_types_and_faults() {
    let table = include_str!("bodies.txt");
    let mut blessed = String::new();
    let mut wrong = String::new();
    let mut count = 0;
    for part in table.split("\n=== ") {
        let part = part.strip_prefix("=== ").unwrap_or(part).trim_end();
        let (name, rest) = part.split_once('\n').expect("a name and a body");
        let (body, expected) = rest.split_once("\n--> ").unwrap_or((rest, ""));
        let outcome = check_body(body);
        let found = if outcome.checked.is_empty() {
            outcome.faults().join("\n--> ")
        } else {
            outcome.result()
        };
        if found != expected {
            let _ = writeln!(wrong, "=== {name}\n{body}\nexpected {expected}\nfound    {found}");
            let _ = writeln!(wrong, "{}\n", outcome.explained());
        }
        let _ = writeln!(blessed, "=== {name}\n{body}\n--> {found}");
        count += 1;
    }
    assert!(count > 300, "{count} bodies");
    if std::env::var_os("FRONTAGE_BLESS").is_some() {
        std::fs::write(PATH, blessed).expect("the table can be written");
        return;
    }
    assert!(wrong.is_empty(), "{wrong}");
}
