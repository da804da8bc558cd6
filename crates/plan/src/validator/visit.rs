//! Walks over validators: their parts, their functions, and changes of the latter.

use super::{
    Check, CheckKind, DefaultValue, ObjectMode, Validator, ValidatorField, ValidatorKind as K,
};

impl<F> Validator<F> {
    /// The validators directly in this one, in order.
    #[must_use]
    pub fn children(&self) -> Vec<&Self> {
        match &self.kind {
            K::Unknown
            | K::Never
            | K::Undefined
            | K::Void
            | K::Null
            | K::String { .. }
            | K::Number { .. }
            | K::Boolean { .. }
            | K::Date { .. }
            | K::StringBool { .. }
            | K::OneOf(_)
            | K::Transform(_) => Vec::new(),
            K::Object { fields, mode } => {
                let fields = fields.iter().map(|field| &field.validator);
                let rest = match mode {
                    ObjectMode::Catchall(rest) => Some(&**rest),
                    _ => None,
                };
                fields.chain(rest).collect()
            }
            K::Tuple { items, rest } => items.iter().chain(rest.as_deref()).collect(),
            K::Record { key, value, .. } => vec![key, value],
            K::Union { options, .. } => options.iter().collect(),
            K::Discriminated { variants, .. } => variants.iter().map(|(_, v)| v).collect(),
            K::Intersection(a, b) | K::Pipe(a, b) => vec![a, b],
            K::Array(inner)
            | K::Optional(inner)
            | K::ExactOptional(inner)
            | K::NonOptional(inner)
            | K::Nullable(inner)
            | K::Default(inner, _)
            | K::Prefault(inner, _)
            | K::Catch(inner, _)
            | K::Readonly(inner) => vec![inner],
        }
    }

    /// The functions of the schema's author that stand directly in this validator.
    #[must_use]
    pub fn functions(&self) -> Vec<&F> {
        let own = match &self.kind {
            K::Transform(function)
            | K::Default(_, DefaultValue::Computed(function))
            | K::Prefault(_, DefaultValue::Computed(function))
            | K::Catch(_, DefaultValue::Computed(function)) => Some(function),
            _ => None,
        };
        let checks = self.checks.iter().filter_map(|check| match &check.kind {
            CheckKind::Refine { test: function, .. }
            | CheckKind::SuperRefine(function)
            | CheckKind::Overwrite(function) => Some(function),
            _ => None,
        });
        own.into_iter().chain(checks).collect()
    }

    /// The same validator with other functions, made in order by `f`.
    pub fn map<G>(&self, f: &mut dyn FnMut(&F) -> G) -> Validator<G> {
        Validator {
            kind: self.map_kind(f),
            checks: self.checks.iter().map(|check| check.map(f)).collect(),
            message: self.message.clone(),
            about: self.about.clone(),
        }
    }

    fn map_kind<G>(&self, f: &mut dyn FnMut(&F) -> G) -> K<G> {
        let boxed = |v: &Self, f: &mut dyn FnMut(&F) -> G| Box::new(v.map(f));
        match &self.kind {
            K::Unknown => K::Unknown,
            K::Never => K::Never,
            K::Undefined => K::Undefined,
            K::Void => K::Void,
            K::Null => K::Null,
            K::String { coerce } => K::String { coerce: *coerce },
            K::Number { coerce } => K::Number { coerce: *coerce },
            K::Boolean { coerce } => K::Boolean { coerce: *coerce },
            K::Date { coerce } => K::Date { coerce: *coerce },
            K::StringBool { truthy, falsy, sensitive } => K::StringBool {
                truthy: truthy.clone(),
                falsy: falsy.clone(),
                sensitive: *sensitive,
            },
            K::OneOf(values) => K::OneOf(values.clone()),
            K::Object { fields, mode } => K::Object {
                fields: fields
                    .iter()
                    .map(|field| ValidatorField {
                        name: field.name.clone(),
                        validator: field.validator.map(f),
                    })
                    .collect(),
                mode: match mode {
                    ObjectMode::Strip => ObjectMode::Strip,
                    ObjectMode::Strict => ObjectMode::Strict,
                    ObjectMode::Loose => ObjectMode::Loose,
                    ObjectMode::Catchall(rest) => ObjectMode::Catchall(boxed(rest, f)),
                },
            },
            K::Array(item) => K::Array(boxed(item, f)),
            K::Tuple { items, rest } => K::Tuple {
                items: items.iter().map(|item| item.map(f)).collect(),
                rest: rest.as_ref().map(|rest| boxed(rest, f)),
            },
            K::Record { key, value, mode } => {
                K::Record { key: boxed(key, f), value: boxed(value, f), mode: *mode }
            }
            K::Union { options, exclusive } => K::Union {
                options: options.iter().map(|option| option.map(f)).collect(),
                exclusive: *exclusive,
            },
            K::Discriminated { property, variants } => K::Discriminated {
                property: property.clone(),
                variants: variants
                    .iter()
                    .map(|(values, variant)| (values.clone(), variant.map(f)))
                    .collect(),
            },
            K::Intersection(a, b) => K::Intersection(boxed(a, f), boxed(b, f)),
            K::Optional(inner) => K::Optional(boxed(inner, f)),
            K::ExactOptional(inner) => K::ExactOptional(boxed(inner, f)),
            K::NonOptional(inner) => K::NonOptional(boxed(inner, f)),
            K::Nullable(inner) => K::Nullable(boxed(inner, f)),
            K::Default(inner, value) => K::Default(boxed(inner, f), value.map(f)),
            K::Prefault(inner, value) => K::Prefault(boxed(inner, f), value.map(f)),
            K::Catch(inner, value) => K::Catch(boxed(inner, f), value.map(f)),
            K::Readonly(inner) => K::Readonly(boxed(inner, f)),
            K::Pipe(a, b) => K::Pipe(boxed(a, f), boxed(b, f)),
            K::Transform(function) => K::Transform(f(function)),
        }
    }
}

impl<F> Check<F> {
    fn map<G>(&self, f: &mut dyn FnMut(&F) -> G) -> Check<G> {
        use CheckKind as C;
        let kind = match &self.kind {
            C::MinLength(limit) => C::MinLength(*limit),
            C::MaxLength(limit) => C::MaxLength(*limit),
            C::Length(limit) => C::Length(*limit),
            C::Regex(pattern) => C::Regex(pattern.clone()),
            C::Format(format) => C::Format(format.clone()),
            C::StartsWith(text) => C::StartsWith(text.clone()),
            C::EndsWith(text) => C::EndsWith(text.clone()),
            C::Includes(text, from) => C::Includes(text.clone(), *from),
            C::Lowercase => C::Lowercase,
            C::Uppercase => C::Uppercase,
            C::Trim => C::Trim,
            C::ToLowerCase => C::ToLowerCase,
            C::ToUpperCase => C::ToUpperCase,
            C::Normalize(form) => C::Normalize(*form),
            C::NumberFormat(format) => C::NumberFormat(*format),
            C::Min { value, inclusive } => C::Min { value: *value, inclusive: *inclusive },
            C::Max { value, inclusive } => C::Max { value: *value, inclusive: *inclusive },
            C::MultipleOf(step) => C::MultipleOf(*step),
            C::Refine { test, path } => C::Refine { test: f(test), path: path.clone() },
            C::SuperRefine(function) => C::SuperRefine(f(function)),
            C::Overwrite(function) => C::Overwrite(f(function)),
        };
        Check { kind, message: self.message.clone(), abort: self.abort }
    }
}

impl<F> DefaultValue<F> {
    fn map<G>(&self, f: &mut dyn FnMut(&F) -> G) -> DefaultValue<G> {
        match self {
            Self::Json(text) => DefaultValue::Json(text.clone()),
            Self::Computed(function) => DefaultValue::Computed(f(function)),
        }
    }
}
