//! What must hold of `frontage_syntax::parse`, whatever the text.

use frontage_diagnostic::{SourceMap, render};

/// Parses the bytes as a route module.
///
/// # Panics
///
/// If a place lies outside the text, or two readings differ.
pub(crate) fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut sources = SourceMap::new();
    let file = sources.add("a.ts", text);
    let parsed = frontage_syntax::parse(file, "a.ts", text);
    for fault in &parsed.diagnostics {
        if let Some(label) = &fault.primary {
            let range = label.span.start as usize..label.span.end as usize;
            assert!(text.get(range).is_some(), "{fault:?}");
        }
    }
    let _ = render(&parsed.diagnostics, &sources, false);
    let again = frontage_syntax::parse(file, "a.ts", text);
    assert_eq!(parsed.diagnostics, again.diagnostics);
    assert_eq!(format!("{:?}", parsed.module), format!("{:?}", again.module));
}
