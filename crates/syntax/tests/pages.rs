//! The pages of this crate's codes: what they call refused is, and what they advise is accepted.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use frontage_diagnostic::{Code, FileId};
use frontage_syntax::parse;

/// Pages whose example only hints at a text that would be too long to print.
const NOT_SHOWN: [u16; 2] = [1002, 1003];

/// The codes that a text is refused with, as a module and as a function's body.
fn readings(text: &str) -> [Vec<Code>; 2] {
    let codes = |path: &str, text: &str| -> Vec<Code> {
        parse(FileId(0), path, text).diagnostics.iter().map(|fault| fault.code).collect()
    };
    let path = if text.contains("</") { "a.tsx" } else { "a.ts" };
    [codes(path, text), codes(path, &format!("async function f() {{\n{text}\n}}"))]
}

#[test]
fn every_page_shows_its_fault_and_a_way_out() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let codes = fs::read_to_string(root.join("src/codes.rs")).expect("the codes are there");
    let codes: BTreeSet<u16> = codes
        .split("Code(")
        .skip(1)
        .filter_map(|rest| rest.split(')').next()?.parse().ok())
        .collect();
    let mut wrong = Vec::new();
    for code in codes {
        let path = root.join(format!("../../docs/errors/FR{code}.md"));
        let Ok(page) = fs::read_to_string(path) else {
            wrong.push(format!("FR{code} has no page"));
            continue;
        };
        if !page.starts_with(&format!("# FR{code}: ")) {
            wrong.push(format!("FR{code}'s page has another title"));
        }
        if NOT_SHOWN.contains(&code) {
            continue;
        }
        let examples: Vec<&str> =
            page.split("```ts\n").skip(1).filter_map(|rest| rest.split("\n```").next()).collect();
        let [refused, accepted] = examples[..] else {
            wrong.push(format!("FR{code} has {} examples", examples.len()));
            continue;
        };
        let readings_of_refused = readings(refused);
        if !readings_of_refused.iter().any(|codes| codes.contains(&Code(code))) {
            wrong.push(format!("FR{code}: {refused}\n  gives {readings_of_refused:?}"));
        }
        let readings_of_accepted = readings(accepted);
        if readings_of_accepted.iter().all(|codes| !codes.is_empty()) {
            wrong.push(format!("FR{code}: {accepted}\n  gives {readings_of_accepted:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
