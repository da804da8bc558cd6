//! Diagnostics for machines: editors, CI, `frontage check --json`.

use serde::Serialize;

use crate::{Diagnostic, Label, Severity, SourceMap};

/// A place as an editor counts: lines and columns from 1, columns in characters.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Place<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    label: &'a str,
}

#[derive(Serialize)]
struct Fault<'a> {
    code: String,
    severity: &'static str,
    message: &'a str,
    #[serde(flatten)]
    place: Option<Place<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    related: Vec<Place<'a>>,
}

/// One JSON object (one line, no newline) for a diagnostic: `code`, `severity`, `message`,
/// `path`, `line`, `column`, `endLine`, `endColumn`, `label`, `help`, `related`.
///
/// The members from `path` to `label` are missing where no file is to blame, and `help` where
/// there is none. `related` lists places with the same members.
///
/// # Panics
///
/// If a label's file is not one of `sources`.
#[must_use]
pub fn to_json(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let fault = Fault {
        code: diagnostic.code.to_string(),
        severity: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        message: &diagnostic.message,
        place: diagnostic.primary.as_ref().map(|label| place(label, sources)),
        help: diagnostic.help.as_deref(),
        related: diagnostic.secondary.iter().map(|label| place(label, sources)).collect(),
    };
    serde_json::to_string(&fault).expect("strings and numbers are always JSON")
}

fn place<'a>(label: &'a Label, sources: &'a SourceMap) -> Place<'a> {
    let file = sources.file(label.span.file);
    let start = file.line_column(label.span.start);
    let end = file.line_column(label.span.end.max(label.span.start));
    Place {
        path: &file.path,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        label: &label.text,
    }
}
