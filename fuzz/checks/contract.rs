//! What must hold of `frontage_contract::read`, whatever the text.

use std::collections::HashSet;

use frontage_contract::{Read, read, type_definition, type_names, type_text};
use frontage_diagnostic::{SourceMap, render};

/// Reads the bytes as a contract: as YAML, or as JSON if they begin like it. References to other
/// files find the same text again.
///
/// # Panics
///
/// If a place lies outside its file, names are not unique, or two readings differ.
pub(crate) fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let path = if text.starts_with('{') { "a.json" } else { "a.yaml" };
    let (first, sources) = read_text(path, text);
    let mut names = HashSet::new();
    for operation in &first.contract.operations {
        assert!(!operation.name.is_empty());
        assert!(names.insert(operation.name.clone()), "{} twice", operation.name);
        let keys: HashSet<&str> = operation.parameters.iter().map(|p| p.key.as_str()).collect();
        assert!(keys.len() == operation.parameters.len() || !operation.faults.is_empty());
    }
    for (id, _) in first.contract.types.iter() {
        assert!(!type_text(&first.contract, id).is_empty());
        assert!(!type_definition(&first.contract, id).is_empty());
    }
    let names = type_names(&first.contract);
    let unique: HashSet<&String> = names.iter().map(|(_, name)| name).collect();
    assert_eq!(names.len(), unique.len());
    for fault in &first.diagnostics {
        if let Some(label) = &fault.primary {
            let range = label.span.start as usize..label.span.end as usize;
            assert!(sources.file(label.span.file).text.get(range).is_some(), "{fault:?}");
        }
    }
    let _ = render(&first.diagnostics, &sources, false);
    let (second, _) = read_text(path, text);
    assert_eq!(format!("{first:?}"), format!("{second:?}"));
}

fn read_text(path: &str, text: &str) -> (Read, SourceMap) {
    let mut sources = SourceMap::new();
    let root = sources.add(path, text);
    let mut loaded = 0;
    let read = read(root, &mut sources, &mut |_| {
        loaded += 1;
        if loaded < 4 { Ok(text.to_owned()) } else { Err("no such file".to_owned()) }
    });
    (read, sources)
}
