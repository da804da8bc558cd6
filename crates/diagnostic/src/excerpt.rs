//! Cuts the few lines out of a source text that a reader needs to see a label's place.
//!
//! In:    labels, in the order in which they are to be shown.
//! Out:   excerpts: whole lines, or a window of a line that is too long to print.
//! Never: a panic for a span that is empty, past the end or between two bytes of a character; an
//!        excerpt whose size depends on the size of the file.

use std::ops::Range;

use crate::{FileId, Label, SourceFile, SourceMap};

/// Lines of more characters than this are cut to a window.
const LONGEST_LINE: usize = 160;
/// Characters of a window before the place, and in all.
const WINDOW_BEFORE: usize = 50;
const WINDOW: usize = 140;
/// A label that covers more lines than this is drawn under its first line only.
const MOST_LINES: usize = 6;
/// Labels of one file that lie at most this many lines apart share an excerpt.
const NEAR: usize = 3;

/// A run of lines with the places that are marked in it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Excerpt<'a> {
    pub(crate) file: FileId,
    /// Number of the first line, from 1.
    pub(crate) first_line: usize,
    /// The lines, with `\n` between.
    pub(crate) text: String,
    pub(crate) marks: Vec<Mark<'a>>,
    /// The column of the first mark in the file, where the text does not show it: it was cut.
    pub(crate) true_column: Option<u32>,
    lines: Range<usize>,
}

/// A marked place of an [`Excerpt`], in bytes of its text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mark<'a> {
    pub(crate) place: Range<usize>,
    pub(crate) text: &'a str,
    pub(crate) is_primary: bool,
}

/// Where a label lies, made sane.
struct Place {
    bytes: Range<usize>,
    lines: Range<usize>,
    is_cut: bool,
}

/// The excerpts for a diagnostic's labels, the primary one's first.
pub(crate) fn excerpts<'a>(
    primary: &'a Label,
    secondary: &'a [Label],
    sources: &SourceMap,
) -> Vec<Excerpt<'a>> {
    let mut excerpts: Vec<Excerpt<'a>> = Vec::new();
    for (index, label) in std::iter::once(primary).chain(secondary).enumerate() {
        let file = sources.file(label.span.file);
        let place = locate(file, label.span.start as usize, label.span.end as usize);
        let near = excerpts.iter_mut().find(|excerpt| {
            excerpt.file == label.span.file
                && excerpt.true_column.is_none()
                && !place.is_cut
                && place.lines.start <= excerpt.lines.end + NEAR
                && excerpt.lines.start <= place.lines.end + NEAR
        });
        if let Some(excerpt) = near
            && widen(excerpt, file, &place.lines)
        {
            let offset = file.line(excerpt.lines.start).start;
            push(excerpt, file, offset, &place, label, index == 0);
        } else {
            excerpts.push(excerpt(file, &place, label, index == 0));
        }
    }
    excerpts
}

/// Clamps a span to the text, to character boundaries, and to lines that can be printed.
fn locate(file: &SourceFile, start: usize, end: usize) -> Place {
    let start = floor_boundary(&file.text, start);
    let end = floor_boundary(&file.text, end).max(start);
    let first = file.line_at(start);
    let last = if end > start { file.line_at(end - 1) } else { first };
    let line = file.line(first);
    let start = start.min(line.end);
    let is_long = |at: usize| is_long(&file.text[file.line(at)]);
    let is_cut = is_long(first);
    if last - first >= MOST_LINES || (first..=last).any(is_long) {
        return Place { bytes: start..end.clamp(start, line.end), lines: first..first + 1, is_cut };
    }
    Place {
        bytes: start..end.clamp(start, file.line(last).end.max(start)),
        lines: first..last + 1,
        is_cut,
    }
}

fn excerpt<'a>(
    file: &SourceFile,
    place: &Place,
    label: &'a Label,
    is_primary: bool,
) -> Excerpt<'a> {
    let mut excerpt = Excerpt {
        file: label.span.file,
        first_line: place.lines.start + 1,
        text: String::new(),
        marks: Vec::new(),
        true_column: None,
        lines: place.lines.clone(),
    };
    if place.is_cut {
        let line = file.line(place.lines.start);
        let before = &file.text[line.start..place.bytes.start];
        let from = before.char_indices().rev().nth(WINDOW_BEFORE - 1).map_or(0, |(at, _)| at);
        let window = &file.text[line.start + from..line.end];
        let to = window.char_indices().nth(WINDOW).map_or(window.len(), |(at, _)| at);
        let window = &window[..to];
        let lead = if from > 0 { "…" } else { "" };
        let trail = if line.start + from + to < line.end { "…" } else { "" };
        excerpt.text = format!("{lead}{window}{trail}");
        let at = |byte: usize| lead.len() + byte.saturating_sub(line.start + from).min(to);
        excerpt.marks.push(Mark {
            place: at(place.bytes.start)..at(place.bytes.end),
            text: &label.text,
            is_primary,
        });
        excerpt.true_column = Some(file.line_column(place.bytes.start as u32).column);
    } else {
        excerpt.text = lines_text(file, &place.lines);
        let offset = file.line(place.lines.start).start;
        push(&mut excerpt, file, offset, place, label, is_primary);
    }
    excerpt
}

/// Adds a mark; `offset` is where the excerpt's text starts in the file.
fn push<'a>(
    excerpt: &mut Excerpt<'a>,
    file: &SourceFile,
    offset: usize,
    place: &Place,
    label: &'a Label,
    is_primary: bool,
) {
    // Carriage returns at line ends are in the file but not in the excerpt.
    let at = |byte: usize| {
        let returns = file.text[offset..byte].matches("\r\n").count();
        (byte - offset - returns).min(excerpt.text.len())
    };
    let place = at(place.bytes.start)..at(place.bytes.end);
    excerpt.marks.push(Mark { place, text: &label.text, is_primary });
}

/// Makes an excerpt hold more lines; `false` (and unchanged) if one of them is too long.
fn widen(excerpt: &mut Excerpt<'_>, file: &SourceFile, lines: &Range<usize>) -> bool {
    let all = excerpt.lines.start.min(lines.start)..excerpt.lines.end.max(lines.end);
    if all.clone().any(|at| is_long(&file.text[file.line(at)])) {
        return false;
    }
    let added: usize = (all.start..excerpt.lines.start).map(|at| file.line(at).len() + 1).sum();
    for mark in &mut excerpt.marks {
        mark.place = mark.place.start + added..mark.place.end + added;
    }
    excerpt.text = lines_text(file, &all);
    excerpt.first_line = all.start + 1;
    excerpt.lines = all;
    true
}

fn lines_text(file: &SourceFile, lines: &Range<usize>) -> String {
    lines.clone().map(|at| &file.text[file.line(at)]).collect::<Vec<_>>().join("\n")
}

fn is_long(line: &str) -> bool {
    line.len() > LONGEST_LINE && line.chars().nth(LONGEST_LINE).is_some()
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
