//! What path, query and headers hold is text: fields that no text fits.
//!
//! In:    the schema of a route's `params`, `query` or `headers`.
//! Out:   a warning for each field that every request with it is refused for.
//! Never: an error: what tsc accepts and Node runs is only hardly meant.

use frontage_diagnostic::{Diagnostic, Span};
use frontage_plan::Constant;

use super::Checker;
use super::zod::{Kind, Schema, Validator};
use crate::codes;

/// Why no text fits.
struct Misfit {
    /// What the schema wants, with an article.
    wants: &'static str,
    /// What to write.
    instead: &'static str,
}

impl Checker<'_> {
    /// Warns of fields that can never hold what a client sends.
    ///
    /// - `part`: `params`, `query` or `headers`.
    /// - `place`: where the route names the schema.
    pub(super) fn check_texts(&mut self, part: &str, schema: &Schema, place: Span) {
        let mut found = Vec::new();
        fields_of(&schema.validator, part == "query", &mut found);
        for (name, Misfit { wants, instead }) in found {
            let at = schema.field_span(&name).unwrap_or(place);
            let message = format!("`{name}` wants {wants}, but every value of `{part}` is a text");
            let fault = Diagnostic::error(codes::NO_TEXT, at, message)
                .warning()
                .label("no request with it fits")
                .help(instead);
            let inside = at.file == place.file && place.start <= at.start && at.end <= place.end;
            self.report(if inside { fault } else { fault.also(place, format!("`{part}` here")) });
        }
    }
}

/// The fields of the objects that a part may be, each with why no text fits it.
fn fields_of(validator: &Validator, lists: bool, found: &mut Vec<(String, Misfit)>) {
    match &validator.kind {
        Kind::Object { fields, .. } => {
            for field in fields {
                let known = found.iter().any(|(name, _)| **name == *field.name);
                if let Some(misfit) = misfit(&field.validator, lists).filter(|_| !known) {
                    found.push((field.name.to_string(), misfit));
                }
            }
        }
        // Functions may have made anything of the text before.
        Kind::Pipe(first, _) => fields_of(first, lists, found),
        Kind::Array(_) | Kind::Tuple { .. } | Kind::Record { .. } => {}
        _ => validator.children().into_iter().for_each(|inner| fields_of(inner, lists, found)),
    }
}

/// Why no text fits a schema; `None` if one may.
///
/// - `lists`: a list may stand here, of texts.
fn misfit(validator: &Validator, lists: bool) -> Option<Misfit> {
    let because = |wants, instead| Some(Misfit { wants, instead });
    match &validator.kind {
        Kind::Number { coerce: false } => because("a number", "write `z.coerce.number()`"),
        Kind::Boolean { coerce: false } => because("a boolean", "write `z.stringbool()`"),
        Kind::Date { coerce: false } => because("a date", "write `z.coerce.date()`"),
        Kind::Null => because("`null`", "write `.optional()` if it may be missing"),
        Kind::OneOf(values) if values.iter().all(|v| matches!(v, Constant::Number(_))) => {
            because("a number", "write `z.coerce.number().pipe(…)` around it, or list texts")
        }
        Kind::OneOf(values) if !values.iter().any(|v| matches!(v, Constant::String(_))) => {
            because("what is no text", "list texts, or write `z.stringbool()`")
        }
        Kind::Object { .. } | Kind::Record { .. } | Kind::Discriminated { .. } => {
            because("an object", "name each of its members here, or take it as `body`")
        }
        Kind::Array(_) | Kind::Tuple { .. } if !lists => because(
            "a list",
            "write `z.string().transform((text) => text.split(\",\"))`, or take it from `query`",
        ),
        // What stands there has an element at least.
        Kind::Array(item) => misfit(item, false),
        Kind::Tuple { items, .. } => items.iter().find_map(|item| misfit(item, false)),
        // One that fits is enough.
        Kind::Union { options, .. } => {
            let mut misfits = options.iter().map(|option| misfit(option, lists));
            let first = misfits.next()?;
            misfits.all(|other| other.is_some()).then_some(first)?
        }
        Kind::Intersection(a, b) => misfit(a, lists).or_else(|| misfit(b, lists)),
        Kind::Optional(inner)
        | Kind::ExactOptional(inner)
        | Kind::NonOptional(inner)
        | Kind::Nullable(inner)
        | Kind::Default(inner, _)
        | Kind::Prefault(inner, _)
        | Kind::Readonly(inner)
        | Kind::Pipe(inner, _) => misfit(inner, lists),
        // `z.never()` and `z.undefined()` say that nothing may stand there; `.catch` takes anything.
        _ => None,
    }
}
