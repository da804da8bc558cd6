//! What the converters share: places, names, faults, and how deep the tree is.
//!
//! In:    the parser's nodes, one at a time (`expressions`, `statements`, `patterns`, `types` and
//!        `modules` each add methods to [`Reader`] for their kind of node).
//! Out:   nodes of [`crate::tree`], and the faults found on the way.
//! Never: a tree deeper than [`MAX_DEPTH`], whatever the text.

use std::sync::Arc;

use frontage_diagnostic::{Code, Diagnostic, FileId, Span};

use crate::codes;
use crate::tree::Ident;

/// How many expressions, statements, patterns and types may stand within one another. Later
/// phases walk the tree by recursion, in debug builds and on threads with 2 MiB of stack; real
/// routes stay below 40.
pub const MAX_DEPTH: u32 = 128;

/// What surrounds the node that is being read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Surroundings {
    /// Within a function's body or parameters.
    pub(crate) in_function: bool,
    /// Within a `switch` of the same function.
    pub(crate) in_switch: bool,
}

/// Reads the parser's tree into ours.
#[derive(Debug)]
pub(crate) struct Reader<'t> {
    file: FileId,
    text: &'t str,
    depth: u32,
    too_deep_reported: bool,
    pub(crate) around: Surroundings,
    pub(crate) faults: Vec<Diagnostic>,
}

/// One refusal, in words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refusal<'a> {
    /// Its number.
    pub(crate) code: Code,
    /// What is refused: one sentence without a full stop.
    pub(crate) what: &'a str,
    /// Why, in a few words.
    pub(crate) why: &'a str,
    /// What to write instead.
    pub(crate) instead: &'a str,
}

impl<'t> Reader<'t> {
    pub(crate) fn new(file: FileId, text: &'t str) -> Self {
        Self {
            file,
            text,
            depth: 0,
            too_deep_reported: false,
            around: Surroundings::default(),
            faults: Vec::new(),
        }
    }

    pub(crate) fn span(&self, span: oxc_span::Span) -> Span {
        Span::new(self.file, span.start, span.end)
    }

    pub(crate) fn file(&self) -> FileId {
        self.file
    }

    pub(crate) fn text_between(&self, from: u32, to: u32) -> &'t str {
        self.text.get(from as usize..to as usize).unwrap_or("")
    }

    pub(crate) fn ident(&self, name: &str, span: oxc_span::Span) -> Ident {
        Ident { name: Arc::from(name), span: self.span(span) }
    }

    /// Reports a construct outside the language.
    pub(crate) fn refuse(&mut self, span: oxc_span::Span, refusal: Refusal<'_>) {
        let span = self.span(span);
        self.faults.push(
            Diagnostic::error(refusal.code, span, refusal.what)
                .label(refusal.why)
                .help(refusal.instead),
        );
    }

    /// One step down the tree; `false` (and a fault, once a file) if that is too deep. Pair it
    /// with [`Reader::leave`] unless it was.
    pub(crate) fn enter(&mut self, span: oxc_span::Span) -> bool {
        if self.depth >= MAX_DEPTH {
            if !self.too_deep_reported {
                self.too_deep_reported = true;
                self.refuse(
                    span,
                    Refusal {
                        code: codes::TOO_DEEP,
                        what: "this is nested too deeply",
                        why: "more than 128 levels lie around this",
                        instead: "give parts of it names of their own with `const`",
                    },
                );
            }
            return false;
        }
        self.depth += 1;
        true
    }

    /// One step up again.
    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Reads something within other surroundings, and restores the present ones.
    pub(crate) fn within<T>(
        &mut self,
        around: Surroundings,
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before = std::mem::replace(&mut self.around, around);
        let result = read(self);
        self.around = before;
        result
    }

    /// Reports what strict mode, and so every module, forbids, although the parser lets it pass.
    pub(crate) fn not_strict(&mut self, span: oxc_span::Span, what: &str, instead: &str) {
        let why = "modules are always strict";
        self.refuse(span, Refusal { code: codes::SYNTAX, what, why, instead });
    }

    /// A number's value; `010` is reported.
    pub(crate) fn number(&mut self, value: f64, span: oxc_span::Span) -> f64 {
        let mut digits = self.text_between(span.start, span.end).bytes();
        if digits.next() == Some(b'0') && digits.next().is_some_and(|byte| byte.is_ascii_digit()) {
            self.not_strict(
                span,
                "a number cannot start with a zero",
                "leave the zero out, or write `0o` before octal digits",
            );
        }
        value
    }

    /// A string literal's value; octal escapes and half surrogates are reported.
    pub(crate) fn literal(&mut self, node: &oxc_ast::ast::StringLiteral<'_>) -> Arc<str> {
        let raw = self.text_between(node.span.start, node.span.end);
        if has_octal_escape(raw) {
            self.not_strict(
                node.span,
                "a string cannot hold octal escapes",
                "write the character itself, or `\\x` and two hexadecimal digits",
            );
        }
        self.string(node.value.as_str(), node.lone_surrogates, node.span)
    }

    /// A string's value as shared text; half surrogates are reported.
    pub(crate) fn string(
        &mut self,
        value: &str,
        lone_surrogates: bool,
        span: oxc_span::Span,
    ) -> Arc<str> {
        if lone_surrogates {
            self.refuse(
                span,
                Refusal {
                    code: codes::LONE_SURROGATE,
                    what: "this string holds half of a surrogate pair",
                    why: "no UTF-8 text can carry it",
                    instead: "write the whole character, such as `\\u{1F600}`",
                },
            );
        }
        Arc::from(value)
    }
}

/// Whether a string literal's text holds `\1` or `\08`; a `\0` alone is the character NUL.
fn has_octal_escape(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte != b'\\' {
            at += 1;
            continue;
        }
        let after = bytes.get(at + 2).is_some_and(u8::is_ascii_digit);
        match bytes.get(at + 1) {
            Some(b'1'..=b'9') => return true,
            Some(b'0') if after => return true,
            _ => at += 2,
        }
    }
    false
}
