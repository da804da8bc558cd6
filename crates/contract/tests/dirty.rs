//! Dirty contracts: what becomes of each fault that real ones have.
//!
//! A case is a file of `dirty/`: fences with a path are files of the contract (the first is its
//! root), the fence `expected` is the model and the diagnostics as `support` prints them. With
//! `FRONTAGE_BLESS=1`, `expected` is rewritten where it differs; read it before you commit it.

mod support;

use std::path::Path;

#[test]
fn every_dirty_contract_is_read_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dirty");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the cases are there")
        .map(|entry| entry.expect("is readable").path())
        .collect();
    paths.sort();
    assert!(paths.len() > 20, "{} cases", paths.len());
    let mut failed = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("is text");
        let (files, expected) = parse(&text);
        let files: Vec<(&str, &str)> =
            files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let found = support::print_files(&files);
        if found.trim_end() == expected.trim_end() {
            continue;
        }
        if std::env::var_os("FRONTAGE_BLESS").is_some() {
            let head = text.split("```expected").next().unwrap_or_default();
            let new = format!("{head}```expected\n{}\n```\n", found.trim_end());
            std::fs::write(&path, new).expect("is writable");
        } else {
            failed.push(format!("{}\n--- expected\n{expected}--- found\n{found}", path.display()));
        }
    }
    assert!(failed.is_empty(), "{} failed\n{}", failed.len(), failed.join("\n"));
}

/// The files and the expected text of a case.
fn parse(text: &str) -> (Vec<(String, String)>, String) {
    let (mut files, mut expected) = (Vec::new(), String::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(fence) = line.strip_prefix("```") else { continue };
        let inside: String = lines
            .by_ref()
            .take_while(|line| *line != "```")
            .flat_map(|line| [line, "\n"])
            .collect();
        match fence.split_once(' ') {
            Some((_, path)) => files.push((path.to_owned(), inside)),
            None => expected = inside,
        }
    }
    (files, expected)
}
