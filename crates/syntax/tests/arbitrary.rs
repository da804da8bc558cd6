//! Whatever the text, a tree and faults come back, and every place lies in the text.

use frontage_diagnostic::{FileId, SourceMap, render};
use frontage_syntax::parse;
use proptest::prelude::{Strategy, any, prop, proptest};

/// A program that holds most of the language.
const PROGRAM: &str = include_str!("home.ts");

/// Pieces that are likely to meet in broken texts.
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "`",
    "${",
    "'",
    "\"",
    "/",
    "/*",
    "*/",
    "//",
    "\n",
    "\\",
    "<",
    ">",
    "=>",
    "?",
    "?.",
    ":",
    ";",
    ",",
    "...",
    "!",
    "=",
    "==",
    "await ",
    "async ",
    "const ",
    "let ",
    "if ",
    "else ",
    "switch ",
    "case ",
    "type ",
    "interface ",
    "import ",
    "export ",
    "from ",
    "as ",
    "const",
    "satisfies ",
    "new ",
    "class ",
    "function ",
    "return ",
    "a",
    "é",
    "\u{1F600}",
    "1",
    "1n",
    "\u{2028}",
    "\u{0}",
    "\r\n",
    "\u{feff}",
    "#",
    "@",
    "keyof ",
    "is ",
];

fn holds(text: &str) {
    let mut sources = SourceMap::new();
    let file = sources.add("a.ts", text);
    let parsed = parse(file, "a.ts", text);
    assert_eq!(parsed.module.file, FileId(0));
    for fault in &parsed.diagnostics {
        for label in fault.primary.iter().chain(&fault.secondary) {
            let (start, end) = (label.span.start as usize, label.span.end as usize);
            assert!(
                text.get(start..end).is_some(),
                "{start}..{end} of {text:?}: {}",
                fault.message
            );
        }
    }
    for item in &parsed.module.items {
        assert!(text.get(item.span.start as usize..item.span.end as usize).is_some());
    }
    let rendered = render(&parsed.diagnostics, &sources, false);
    assert_eq!(rendered.is_empty(), parsed.diagnostics.is_empty());
}

/// The program with some runs of characters replaced by pieces.
fn mutated() -> impl Strategy<Value = String> {
    let change = (any::<prop::sample::Index>(), 0..12_usize, prop::sample::select(PIECES));
    prop::collection::vec(change, 1..6).prop_map(|changes| {
        let mut text: Vec<char> = PROGRAM.chars().collect();
        for (index, length, piece) in changes {
            let start = index.index(text.len());
            let end = (start + length).min(text.len());
            text.splice(start..end, piece.chars());
        }
        text.into_iter().collect()
    })
}

proptest! {
    #[test]
    fn any_text(text in any::<String>()) {
        holds(&text);
    }

    #[test]
    fn any_pieces(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        holds(&pieces.concat());
    }

    #[test]
    fn a_program_with_changes(text in mutated()) {
        holds(&text);
    }
}
