//! Texts of which only parts are known: what `as const` makes of a template.
//!
//! Their type is `string` here. tsc remembers the parts (`` `${number}px` ``), which shows where such
//! a text is compared with others: it is none that cannot be made of them.

use std::sync::Arc;

use frontage_diagnostic::Span;
use frontage_plan::Constant;

use super::Checker;
use crate::hir;
use crate::types::{Kind, Ty};

/// The parts of a text.
#[derive(Debug, Clone)]
pub(super) struct Template(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    /// These letters.
    Text(Arc<str>),
    /// Any letters.
    Any,
    /// A number, written somehow.
    Number,
}

impl Template {
    /// Whether a text can be made of the parts.
    fn has(&self, text: &str) -> bool {
        has(&self.0, text)
    }
}

fn has(parts: &[Part], text: &str) -> bool {
    let [first, rest @ ..] = parts else { return text.is_empty() };
    match first {
        Part::Text(own) => text.strip_prefix(&**own).is_some_and(|text| has(rest, text)),
        Part::Any | Part::Number => {
            // As in tsc, of two that touch the first is one letter.
            let touches = matches!(rest, [Part::Any | Part::Number, ..]);
            let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.any(|end| {
                let own = &text[..end];
                let long = !touches || own.chars().count() == 1;
                let fits = matches!(first, Part::Any) || is_number(own);
                long && fits && has(rest, &text[end..])
            })
        }
    }
}

/// Whether JavaScript reads a number, which is finite, out of a text, as tsc asks.
fn is_number(text: &str) -> bool {
    let trimmed = text.trim();
    let radix = |prefixes: [&str; 2], radix| {
        let digits = prefixes.iter().find_map(|prefix| trimmed.strip_prefix(prefix));
        digits.is_some_and(|d| !d.is_empty() && d.chars().all(|c| c.is_digit(radix)))
    };
    let decimal = |text: &str| {
        let known = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-');
        text.bytes().all(known) && text.parse::<f64>().is_ok_and(f64::is_finite)
    };
    // Nothing but space is zero.
    !text.is_empty()
        && (trimmed.is_empty()
            || decimal(trimmed)
            || radix(["0x", "0X"], 16)
            || radix(["0o", "0O"], 8)
            || radix(["0b", "0B"], 2))
}

impl<'a> Checker<'a> {
    /// Remembers the parts of a text, if they are texts and numbers.
    pub(super) fn keep_template(&mut self, span: Span, items: &[hir::Expr]) {
        let mut parts: Vec<Part> = Vec::new();
        for item in items {
            let part = match &item.kind {
                hir::ExprKind::Constant(Constant::String(text)) if text.is_empty() => continue,
                hir::ExprKind::Constant(Constant::String(text)) => Part::Text(text.clone()),
                _ => match self.types.kind(item.ty) {
                    Kind::String => Part::Any,
                    Kind::Number => Part::Number,
                    _ => return,
                },
            };
            parts.push(part);
        }
        // Texts and nothing else are any text.
        if !parts.iter().all(|part| matches!(part, Part::Any)) {
            self.templates.insert(span, Template(parts));
        }
    }

    /// Where the text stands that a value was just made of.
    pub(super) fn template_of(&self, value: &hir::Expr) -> Option<Span> {
        match value.kind {
            hir::ExprKind::Template(_) if self.templates.contains_key(&value.span) => {
                Some(value.span)
            }
            hir::ExprKind::Local(local) => self.local_infos.get(local.0 as usize)?.template,
            _ => None,
        }
    }

    /// Whether a value is a text that is none of these.
    pub(super) fn is_apart(&self, value: &hir::Expr, others: Ty) -> bool {
        let Some(template) = self.template_of(value).and_then(|at| self.templates.get(&at)) else {
            return false;
        };
        let members = self.types.members_of(others);
        let is_text = |member: &Ty| matches!(self.types.kind(*member), Kind::StringLiteral { .. });
        members.iter().any(is_text)
            && members.iter().all(|member| match self.types.kind(*member) {
                Kind::StringLiteral { value, .. } => !template.has(value),
                Kind::Null
                | Kind::Undefined
                | Kind::Boolean { .. }
                | Kind::Number
                | Kind::NumberLiteral { .. } => true,
                _ => false,
            })
    }
}
