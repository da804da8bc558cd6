//! Reading never panics, whatever the text; and reads what the project itself ships.

mod support;

use std::path::Path;

use frontage_contract::{codes, read, type_text};
use frontage_diagnostic::SourceMap;
use proptest::prelude::*;

const YAML: &str = include_str!("documents/rich.yaml");

fn survive(path: &str, text: &str) {
    let mut sources = SourceMap::new();
    let root = sources.add(path, text);
    let read = read(root, &mut sources, &mut |_| Err("no such file".to_owned()));
    for (id, _) in read.contract.types.iter() {
        let _ = type_text(&read.contract, id);
    }
    for diagnostic in &read.diagnostics {
        if let Some(label) = &diagnostic.primary {
            let file = sources.file(label.span.file);
            assert!(file.text.get(label.span.start as usize..label.span.end as usize).is_some());
        }
    }
    for operation in &read.contract.operations {
        assert!(!operation.name.is_empty());
    }
}

#[test]
fn references_through_references_end() {
    let codes_of = |schemas: &str| {
        let text = format!(
            "openapi: 3.1.0\npaths:\n  /a:\n    get:\n      responses:\n        '200': \
             {{description: d, content: {{application/json: {{schema: {{$ref: '#/s/A0/x'}}}}}}}}\n\
             s:\n{schemas}"
        );
        let (read, _) = support::read_files(&[("a.yaml", &text)]);
        let faults = read.contract.operations[0].faults.clone();
        faults.iter().map(|fault| fault.code).collect::<Vec<_>>()
    };
    let circle = "  A0: {$ref: '#/s/A1/x'}\n  A1: {$ref: '#/s/A0/x'}\n";
    assert_eq!(codes_of(circle), [codes::REFERENCE_CIRCLE]);
    let chain = |length: usize| {
        let link = |i: usize| format!("  A{i}: {{$ref: '#/s/A{}/x'}}\n", i + 1);
        let mut text: String = (0..length).map(link).collect();
        text.push_str(&format!("  A{length}: {{x: {{x: {{type: string}}}}}}\n"));
        text
    };
    assert_eq!(codes_of(&chain(20_000)), [codes::LIMIT]);
}

#[test]
fn the_rich_document_has_no_faults() {
    let (read, sources) = support::read_files(&[("rich.yaml", YAML)]);
    assert_eq!(support::print_diagnostics(&read, &sources), "");
    assert!(!read.contract.operations.is_empty());
}

#[test]
fn the_shops_contracts_have_no_faults() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop/contracts");
    let mut found = 0;
    for entry in std::fs::read_dir(&folder).expect("the shop has contracts") {
        let name = entry.expect("is readable").file_name().to_string_lossy().into_owned();
        if !name.contains(".openapi.") {
            continue;
        }
        found += 1;
        let mut sources = SourceMap::new();
        let text = std::fs::read_to_string(folder.join(&name)).expect("is text");
        let root = sources.add(format!("contracts/{name}"), text);
        let read = read(root, &mut sources, &mut |path| {
            let name = path.strip_prefix("contracts/").ok_or("outside")?;
            std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string())
        });
        assert_eq!(support::print_diagnostics(&read, &sources), "", "{name}");
        assert!(!read.contract.operations.is_empty(), "{name}");
    }
    assert!(found >= 4, "{found} contracts");
}

/// Each value looked for among all before it would take longer than anyone waits for a test.
#[test]
fn a_very_long_list_of_values_is_read() {
    let values: Vec<String> = (0..100_000).map(|n| format!("v{n}")).collect();
    let text = format!(
        "openapi: 3.1.0\ninfo: {{ title: t, version: '1' }}\npaths: {{}}\n\
         components:\n  schemas:\n    A: {{ type: string, enum: [{}, v7] }}\n",
        values.join(", ")
    );
    survive("a.yaml", &text);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Pieces of a real document, moved, dropped and replaced by what commonly goes wrong.
    #[test]
    fn mutated_documents_never_panic(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0..24usize, any::<prop::sample::Index>(), 0..10usize), 1..12),
        json in any::<bool>(),
    ) {
        let mut text = if json { rich_json() } else { YAML.to_owned() };
        for (at, length, other, what) in edits {
            let at = boundary(&text, at.index(text.len().max(1)));
            let end = boundary(&text, (at + length).min(text.len()));
            let from = boundary(&text, other.index(text.len().max(1)));
            let to = boundary(&text, (from + length).min(text.len()));
            let piece = match what {
                0 => String::new(),
                1 => "null".to_owned(),
                2 => "\"$ref\": ".to_owned(),
                3 => "[".to_owned(),
                4 => "é\u{feff}\u{2028}".to_owned(),
                5 => "\n".to_owned(),
                6 => "*a &a ".to_owned(),
                7 => "{".to_owned(),
                _ => text[from..to].to_owned(),
            };
            text.replace_range(at..end, &piece);
        }
        survive(if json { "a.json" } else { "a.yaml" }, &text);
    }

    /// Lines of dirty contracts, mixed.
    #[test]
    fn mixed_dirty_documents_never_panic(
        picks in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 1..12usize), 1..10),
        base in any::<prop::sample::Index>(),
    ) {
        let all = dirty();
        let mut lines: Vec<&str> = all[base.index(all.len())].lines().collect();
        for (document, at, count) in picks {
            let other: Vec<&str> = all[document.index(all.len())].lines().collect();
            let from = at.index(other.len());
            let piece = other[from..(from + count).min(other.len())].to_vec();
            let to = at.index(lines.len());
            let end = (to + count / 2).min(lines.len());
            lines.splice(to..end, piece);
        }
        survive("a.yaml", &lines.join("\n"));
    }

    /// Whole values swapped for others of the same document, so that the text stays well-formed.
    #[test]
    fn documents_with_swapped_values_never_panic(
        swaps in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..6),
    ) {
        let mut lines: Vec<String> = pretty(&rich_json());
        for (a, b) in swaps {
            let (a, b) = (a.index(lines.len()), b.index(lines.len()));
            let value = |line: &str| line.split_once(": ").map(|(_, value)| value.trim_end_matches(',').to_owned());
            if let (Some(new), Some(old)) = (value(&lines[b]), value(&lines[a]))
                && !new.ends_with(['{', '[']) && !old.ends_with(['{', '['])
            {
                lines[a] = lines[a].replacen(&old, &new, 1);
            }
        }
        survive("a.json", &lines.join("\n"));
    }
}

/// The YAML of all dirty contracts.
fn dirty() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dirty");
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the cases are there") {
        let text = std::fs::read_to_string(entry.expect("is readable").path()).expect("is text");
        let yaml = text.split("```yaml").nth(1).and_then(|rest| rest.split_once('\n'));
        let Some((_, rest)) = yaml else { continue };
        texts.push(rest.split("```").next().unwrap_or("").to_owned());
    }
    texts.sort();
    texts
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The rich document as JSON.
fn rich_json() -> String {
    include_str!("documents/rich.json").to_owned()
}

fn pretty(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

#[test]
fn the_rich_document_is_the_same_as_json() {
    let yaml = support::print_files(&[("rich.yaml", YAML)]);
    let json = support::print_files(&[("rich.json", &rich_json())]);
    assert_eq!(yaml, json);
}
