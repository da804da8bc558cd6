//! The patterns of a plan, compiled once.

use std::collections::HashMap;

use frontage_plan::{Check, Name, ObjectMode, Plan, RouteKind, Validator};
use regex::Regex;

use super::pattern;

/// Compiled patterns by their text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Prepared {
    patterns: HashMap<Name, Regex>,
}

impl Prepared {
    /// Compiles every pattern that the plan's validators use.
    pub(crate) fn new(plan: &Plan) -> Self {
        let mut prepared = Self::default();
        for route in &plan.routes {
            if let RouteKind::Handler(handler) = &route.kind {
                let input = &handler.input;
                for validator in [&input.params, &input.query, &input.headers, &input.body] {
                    validator.iter().for_each(|validator| prepared.add(validator));
                }
            }
        }
        prepared
    }

    /// Compiles the patterns of one validator.
    pub(super) fn add(&mut self, validator: &Validator) {
        match validator {
            Validator::String { checks, .. } => {
                for check in checks {
                    let check = if let Check::Said(check, _) = check { check } else { check };
                    if let Check::Regex(source) = check
                        && !self.patterns.contains_key(source)
                        && let Some(regex) = pattern::compile(source)
                    {
                        self.patterns.insert(source.clone(), regex);
                    }
                }
            }
            Validator::Object { fields, mode } => {
                fields.iter().for_each(|field| self.add(&field.validator));
                if let ObjectMode::Catchall(validator) = mode {
                    self.add(validator);
                }
            }
            Validator::Array { item, .. } => self.add(item),
            Validator::Tuple { items, rest } => {
                items.iter().chain(rest.as_deref()).for_each(|item| self.add(item));
            }
            Validator::Record { key, value } => {
                self.add(key);
                self.add(value);
            }
            Validator::Union(options) => options.iter().for_each(|option| self.add(option)),
            Validator::Discriminated { variants, .. } => {
                variants.iter().for_each(|(_, variant)| self.add(variant));
            }
            Validator::Optional(inner)
            | Validator::Nullable(inner)
            | Validator::Default(inner, _)
            | Validator::Transform(inner, _) => self.add(inner),
            Validator::Unknown
            | Validator::Null
            | Validator::Number { .. }
            | Validator::Boolean { .. }
            | Validator::StringBool
            | Validator::OneOf(_) => {}
        }
    }

    /// Whether the pattern matches somewhere in the text. One that the engine refuses matches
    /// nothing; the compiler lets none through.
    pub(super) fn is_match(&self, pattern: &Name, text: &str) -> bool {
        self.patterns.get(pattern).is_some_and(|regex| regex.is_match(text))
    }
}
