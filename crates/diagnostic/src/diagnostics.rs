//! The diagnostic itself.

use crate::{Code, SourceMap, Span};

/// How grave a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The workspace, or the part named, is not compiled.
    Error,
    /// Compiled, but probably not what was meant.
    Warning,
}

/// A place with a few words on what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// Words that stand beside the underline; may be empty.
    pub text: String,
}

/// One fault: what, where, why it was expected otherwise, and one fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable number.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// One sentence without a full stop; names in backquotes.
    pub message: String,
    /// Where the fault is; `None` only where no file is to blame (an address in use).
    pub primary: Option<Label>,
    /// Other places that explain it, such as the contract's declaration.
    pub secondary: Vec<Label>,
    /// What to write or do instead.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at `span`.
    #[must_use]
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            primary: Some(Label { span, text: String::new() }),
            secondary: Vec::new(),
            help: None,
        }
    }

    /// An error that no file is to blame for.
    #[must_use]
    pub fn placeless(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            primary: None,
            secondary: Vec::new(),
            help: None,
        }
    }

    /// The same as a warning.
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// Words beside the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        if let Some(primary) = &mut self.primary {
            primary.text = text.into();
        }
        self
    }

    /// Another place that explains the fault.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// The fix.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }
}

/// Sorts by file path, then place, then code; those without a place come first.
pub fn sort(diagnostics: &mut [Diagnostic], sources: &SourceMap) {
    let place = |d: &Diagnostic| {
        d.primary
            .as_ref()
            .map(|l| (sources.file(l.span.file).path.as_str(), l.span.start, l.span.end))
    };
    diagnostics.sort_by(|a, b| {
        place(a).cmp(&place(b)).then(a.code.cmp(&b.code)).then_with(|| a.message.cmp(&b.message))
    });
}
