//! Reads YAML text into the tree: the first document, by the rules of the core schema.
//!
//! In:    a text that is UTF-8 already.
//! Out:   the root node, or the first fault with its place. Aliases share their node; merge keys
//!        (`<<`) are merged away; keys are strings as spelt (`200:` is `"200"`).
//! Never: copies of aliased values, so that nested aliases cost nothing.
//!
//! Sources: YAML 1.2.2 §10.3 (core schema); yaml.org/type/merge (merge keys).

use std::collections::HashMap;

use frontage_diagnostic::{FileId, Span};
use granit_parser::{Event, Parser, ScalarStyle, Tag};

use crate::json::SyntaxFault;
use crate::tree::{Builder, DEPTH_LIMIT, Kind, NodeId, Open, Run};

/// How many members all merge keys of one file may add.
const MERGE_LIMIT: usize = 1 << 20;

/// Reads the first document of a YAML text; `None` if there is none.
pub(crate) fn parse(
    file: FileId,
    text: &str,
    builder: &mut Builder<'_>,
) -> Result<Option<NodeId>, SyntaxFault> {
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: DEPTH_LIMIT,
        block_nesting_limit: DEPTH_LIMIT,
    };
    let mut reader = Reader {
        file,
        text,
        builder,
        anchors: HashMap::new(),
        stack: Vec::new(),
        root: None,
        merged: 0,
    };
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = match next {
            Ok(next) => next,
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(0);
                let limit =
                    matches!(error.kind(), granit_parser::ErrorKind::RecursionLimitExceeded);
                let message = if limit {
                    format!("values are nested more than {DEPTH_LIMIT} deep")
                } else {
                    error.info()
                };
                return Err(SyntaxFault { limit, ..reader.fault(at, at, message) });
            }
        };
        let range = span.byte_range().unwrap_or(0..0);
        match event {
            Event::DocumentEnd => break,
            event => reader.event(event, range.start, range.end)?,
        }
    }
    Ok(reader.root)
}

/// An array or object whose end has not come yet.
struct Frame {
    start: usize,
    anchor: usize,
    open: Open,
    /// The key whose value comes next; for objects only.
    key: Option<(Run, Span, bool)>,
    /// What `<<` keys named, in order.
    merges: Vec<NodeId>,
    array: bool,
}

struct Reader<'a, 'b, 'c> {
    file: FileId,
    text: &'a str,
    builder: &'b mut Builder<'c>,
    /// Nodes behind anchors; `None` while the node is not finished.
    anchors: HashMap<usize, Option<NodeId>>,
    stack: Vec<Frame>,
    root: Option<NodeId>,
    merged: usize,
}

impl Reader<'_, '_, '_> {
    fn fault(&self, start: usize, end: usize, message: impl Into<String>) -> SyntaxFault {
        let mut start = start.min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = end.clamp(start, self.text.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        SyntaxFault {
            span: Span::new(self.file, start as u32, end as u32),
            message: message.into(),
            limit: false,
        }
    }

    fn wants_key(&self) -> bool {
        self.stack.last().is_some_and(|frame| !frame.array && frame.key.is_none())
    }

    fn event(&mut self, event: Event<'_>, start: usize, end: usize) -> Result<(), SyntaxFault> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                if self.wants_key() {
                    let merge = style == ScalarStyle::Plain && text == "<<";
                    let key = self.builder.text(&text);
                    if anchor != 0 {
                        let node = self.builder.string(start, end, key);
                        self.anchors.insert(anchor, Some(node));
                    }
                    let span = self.builder.span(start, end);
                    if let Some(frame) = self.stack.last_mut() {
                        frame.key = Some((key, span, merge));
                    }
                    return Ok(());
                }
                let node = self.scalar(&text, style, tag.as_deref(), start, end);
                if anchor != 0 {
                    self.anchors.insert(anchor, Some(node));
                }
                self.value(node, start, end)
            }
            Event::SequenceStart(_, anchor, _) => self.start(start, end, anchor, true),
            Event::MappingStart(_, anchor, _) => self.start(start, end, anchor, false),
            Event::SequenceEnd | Event::MappingEnd => self.end(end),
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(&Some(node)) if self.wants_key() => {
                    let Some(text) = self.builder.tree().scalar_text(node).map(str::to_owned)
                    else {
                        return Err(self.fault(start, end, "a key must be a string"));
                    };
                    let key = self.builder.text(&text);
                    let span = self.builder.span(start, end);
                    if let Some(frame) = self.stack.last_mut() {
                        frame.key = Some((key, span, false));
                    }
                    Ok(())
                }
                Some(&Some(node)) => self.value(node, start, end),
                _ => Err(self.fault(start, end, "this alias refers to a value that holds it")),
            },
            _ => Ok(()),
        }
    }

    fn start(
        &mut self,
        start: usize,
        end: usize,
        anchor: usize,
        array: bool,
    ) -> Result<(), SyntaxFault> {
        if self.wants_key() {
            return Err(self.fault(start, end, "a key must be a string"));
        }
        if self.stack.len() >= DEPTH_LIMIT {
            let message = format!("values are nested more than {DEPTH_LIMIT} deep");
            return Err(SyntaxFault { limit: true, ..self.fault(start, end, message) });
        }
        if anchor != 0 {
            self.anchors.insert(anchor, None);
        }
        let open = self.builder.open();
        self.stack.push(Frame { start, anchor, open, key: None, merges: Vec::new(), array });
        Ok(())
    }

    fn end(&mut self, end: usize) -> Result<(), SyntaxFault> {
        let Some(mut frame) = self.stack.pop() else { return Ok(()) };
        // A block's end event stands where the next token begins: cut the white space off.
        let run = self.text.get(frame.start..end).unwrap_or("").trim_end();
        let end = frame.start + run.len();
        for from in std::mem::take(&mut frame.merges) {
            self.merged += self.builder.tree().members(from).len();
            if self.merged > MERGE_LIMIT {
                let message = format!("merge keys add more than {MERGE_LIMIT} members");
                return Err(SyntaxFault { limit: true, ..self.fault(frame.start, end, message) });
            }
            self.builder.merge(&mut frame.open, from);
        }
        let node = if frame.array {
            self.builder.close_array(frame.start, end, frame.open)
        } else {
            self.builder.close_object(frame.start, end, frame.open)
        };
        if frame.anchor != 0 {
            self.anchors.insert(frame.anchor, Some(node));
        }
        self.value(node, frame.start, end)
    }

    /// Puts a finished value where it belongs.
    fn value(&mut self, node: NodeId, start: usize, end: usize) -> Result<(), SyntaxFault> {
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        if frame.array {
            Builder::push(&mut frame.open, node);
            return Ok(());
        }
        match frame.key.take() {
            Some((_, _, true)) => {
                let tree = self.builder.tree();
                match tree.kind(node) {
                    Kind::Object => frame.merges.push(node),
                    Kind::Array(items) if items.iter().all(|&item| tree.is_object(item)) => {
                        frame.merges.extend_from_slice(items);
                        if frame.merges.len() > MERGE_LIMIT {
                            return Err(self.fault(start, end, "too many mappings are merged"));
                        }
                    }
                    _ => {
                        let message = "`<<` takes a mapping or a list of mappings";
                        return Err(self.fault(start, end, message));
                    }
                }
            }
            Some((key, span, false)) => Builder::insert(&mut frame.open, key, span, node),
            None => {}
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        start: usize,
        end: usize,
    ) -> NodeId {
        let string = style != ScalarStyle::Plain
            || tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
        if !string {
            match text {
                "" | "~" | "null" | "Null" | "NULL" => return self.builder.null(start, end),
                "true" | "True" | "TRUE" => return self.builder.bool(start, end, true),
                "false" | "False" | "FALSE" => return self.builder.bool(start, end, false),
                _ => {
                    if is_number(text) {
                        return self.builder.number(start, end, text);
                    }
                }
            }
        }
        let run = self.builder.text(text);
        self.builder.string(start, end, run)
    }
}

/// Whether a plain scalar is a finite decimal number.
///
/// Octal, hexadecimal, infinite and missing numbers have no JSON spelling; they stay strings,
/// which no keyword of a contract takes.
fn is_number(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mantissa_fits =
        digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    let exponent_fits = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    mantissa_fits && exponent_fits
}
