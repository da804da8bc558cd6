//! Rendering for terminals: the place, its line, what is expected, and the fix.
//!
//! In:    diagnostics in the order in which they are to be shown.
//! Out:   text like that of `rustc`.
//! Never: control characters from a source text: they are shown as symbols.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::excerpt::{Excerpt, excerpts};
use crate::{Diagnostic, Severity, SourceMap};

/// Wider than any excerpt, so that nothing is cut twice.
const WIDTH: usize = 400;

/// Renders `diagnostics` in the order given, each followed by an empty line.
///
/// - `color`: whether to write ANSI escape sequences.
///
/// # Panics
///
/// If a label's file is not one of `sources`.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(WIDTH);
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&render_one(diagnostic, sources, &renderer));
        text.push_str("\n\n");
    }
    text
}

fn render_one(diagnostic: &Diagnostic, sources: &SourceMap, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(&*diagnostic.message).id(diagnostic.code.to_string());
    let shown = diagnostic
        .primary
        .as_ref()
        .map_or_else(Vec::new, |primary| excerpts(primary, &diagnostic.secondary, sources));
    let mut group = Group::with_title(title);
    for excerpt in &shown {
        group = group.element(snippet(excerpt, &sources.file(excerpt.file).path));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(&**help));
    }
    let mut text = renderer.render(&[group]);
    for excerpt in &shown {
        correct_column(&mut text, excerpt, &sources.file(excerpt.file).path);
    }
    text
}

fn snippet<'a>(
    excerpt: &'a Excerpt<'_>,
    path: &'a str,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let marks = excerpt.marks.iter().map(|mark| {
        let kind = if mark.is_primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        let label = (!mark.text.is_empty()).then_some(mark.text);
        kind.span(mark.place.clone()).label(label)
    });
    Snippet::source(&*excerpt.text)
        .path(path)
        .line_start(excerpt.first_line)
        .fold(false)
        .annotations(marks)
}

/// The library takes the column from the excerpt; where that was cut, the true one is put in.
fn correct_column(text: &mut String, excerpt: &Excerpt<'_>, path: &str) {
    let (Some(column), Some(mark)) = (excerpt.true_column, excerpt.marks.first()) else { return };
    let shown = excerpt.text[..mark.place.start].chars().count() + 1;
    let before = format!("{path}:{}:{shown}", excerpt.first_line);
    let after = format!("{path}:{}:{column}", excerpt.first_line);
    *text = text.replacen(&before, &after, 1);
}
