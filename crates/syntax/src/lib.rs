//! TypeScript text → spanned tree of the supported language.
//!
//! In:    the text of one route module or helper module.
//! Out:   a [`tree::Module`] and every fault found in the text (FR1xxx).
//! Never: I/O, names or types resolved, or a parser's type in a public signature: this is the
//!        only crate that knows the parser.
//!
//! Start at [`parse`].

pub mod codes;
mod expressions;
mod modules;
mod nesting;
mod operators;
mod patterns;
mod reader;
mod refusals;
mod statements;
pub mod tree;
mod types;

use frontage_diagnostic::{Diagnostic, FileId, Span};
use oxc_allocator::Allocator;
use oxc_parser::{ParseOptions, Parser};
use oxc_span::SourceType;
use oxc_syntax::keyword::is_reserved_keyword;

pub use reader::MAX_DEPTH;
use reader::Reader;

/// The largest text that [`parse`] reads, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// What became of one text: always a tree, as far as it could be understood, and its faults.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The tree; refused constructs stand in it as `Error` kinds. Empty if the text is not
    /// TypeScript, or is larger or deeper than a module may be.
    pub module: tree::Module,
    /// Everything outside the language, in order of place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Whether a name means something to JavaScript, so that no module can declare it.
#[must_use]
pub fn is_word(name: &str) -> bool {
    is_reserved_keyword(name) || ["arguments", "eval", "undefined"].contains(&name)
}

/// Reads one module.
///
/// - `file`: the file's id, used in every span.
/// - `path`: its path, for the ending only (`.tsx` may hold JSX; elsewhere it is tried where the text
///   is no TypeScript, so that it is refused by name).
/// - `text`: the whole text.
#[must_use]
pub fn parse(file: FileId, path: &str, text: &str) -> Parsed {
    let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let mut module = tree::Module { file, span: Span::new(file, 0, end), items: Vec::new() };
    if text.len() > MAX_BYTES {
        let fault = Diagnostic::error(
            codes::TOO_LARGE,
            Span::new(file, 0, 0),
            format!("this file is too large: {} bytes", text.len()),
        )
        .label("starts here")
        .help(format!("a module has at most {MAX_BYTES} bytes; move data to an upstream"));
        return Parsed { module, diagnostics: vec![fault] };
    }

    if let Err(fault) = nesting::check(file, text) {
        return Parsed { module, diagnostics: vec![fault] };
    }

    let allocator = Allocator::default();
    let parse = |jsx: bool| {
        let source_type = SourceType::ts().with_module(true).with_jsx(jsx);
        let options = ParseOptions { enable_ident_hashes: false, ..ParseOptions::default() };
        Parser::new(&allocator, text, source_type).with_options(options).parse()
    };
    let mut parsed = parse(path.ends_with(".tsx"));
    // Elements in a `.ts` file are no syntax at all; whoever wrote them is told by name.
    if !parsed.diagnostics.is_empty() && (text.contains("</") || text.contains("/>")) {
        let elements = parse(true);
        if elements.diagnostics.is_empty() {
            parsed = elements;
        }
    }

    let mut reader = Reader::new(file, text);
    module.items = reader.items(&parsed.program);
    let mut diagnostics = reader.faults;
    for fault in parsed.diagnostics.iter() {
        let place = fault.labels.first();
        let start = place.map_or(end, |label| label.offset()).min(end);
        let length = place.map_or(0, |label| label.len()).min(end - start);
        let words = place.and_then(|label| label.label()).unwrap_or("not expected here");
        let message = format!("this is not TypeScript: {}", sentence(&fault.message));
        let mut diagnostic =
            Diagnostic::error(codes::SYNTAX, Span::new(file, start, start + length), message)
                .label(sentence(words));
        for other in fault.labels.iter().skip(1) {
            let start = other.offset().min(end);
            let span = Span::new(file, start, start + other.len().min(end - start));
            diagnostic = diagnostic.also(span, sentence(other.label().unwrap_or("")));
        }
        if let Some(help) = &fault.help {
            diagnostic = diagnostic.help(sentence(help));
        }
        diagnostics.push(diagnostic);
    }
    diagnostics.sort_by_key(|fault| {
        let place = fault.primary.as_ref().map(|label| (label.span.start, label.span.end));
        (place, fault.code)
    });
    Parsed { module, diagnostics }
}

/// The parser's words in the form of ours: no capital at the start, no full stop at the end.
fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(' ' | 'a'..='z')) if first.is_ascii_uppercase() => {
            first.to_ascii_lowercase().to_string() + chars.as_str()
        }
        _ => text.to_owned(),
    }
}
