//! Facts about validators that both towers ask for: absence, and values that they list.

use super::{Validator, ValidatorKind as K};
use crate::Constant;

/// What absence of a member means to its schema on the way in, as Zod's `optin` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Absence {
    /// A fault.
    Refused,
    /// Allowed; nothing stands for it.
    Allowed,
    /// Something stands for it.
    Replaced,
}

impl<F> Validator<F> {
    /// What absence of the member means.
    #[must_use]
    pub fn absence(&self) -> Absence {
        let most = |options: &mut dyn Iterator<Item = &Self>| {
            options.map(Self::absence).max().unwrap_or(Absence::Refused)
        };
        // A loop: rustc 1.95 compiles `inner.absence().max(…)` to what is never `Refused`, with
        // optimisations. See ADR 0083.
        let (mut at, mut least) = (self, Absence::Refused);
        let own = loop {
            at = match &at.kind {
                K::Union { options, .. } => break most(&mut options.iter()),
                K::Discriminated { variants, .. } => {
                    break most(&mut variants.iter().map(|(_, v)| v));
                }
                K::Optional(inner) | K::ExactOptional(inner) | K::Catch(inner, _) => {
                    least = Absence::Allowed;
                    inner
                }
                K::Nullable(inner) | K::Readonly(inner) | K::Pipe(inner, _) => inner,
                K::Default(..) | K::Prefault(..) => break Absence::Replaced,
                K::Transform(_) => break Absence::Allowed,
                _ => break Absence::Refused,
            };
        };
        own.max(least)
    }

    /// Whether the result may lack the member, as Zod's `optout` has it.
    #[must_use]
    pub fn may_vanish(&self) -> bool {
        match &self.kind {
            K::Union { options, .. } => options.iter().any(Self::may_vanish),
            K::Discriminated { variants, .. } => variants.iter().any(|(_, v)| v.may_vanish()),
            K::Optional(_) | K::ExactOptional(_) => true,
            K::Nullable(inner) | K::Readonly(inner) | K::Catch(inner, _) | K::Pipe(_, inner) => {
                inner.may_vanish()
            }
            _ => false,
        }
    }

    /// The values that it takes, where it lists them; each once, in order.
    #[must_use]
    pub fn values(&self) -> Option<Vec<Constant>> {
        let with = |inner: &Self, value: Constant| {
            let mut values = inner.values()?;
            add(&mut values, &value);
            Some(values)
        };
        match &self.kind {
            K::Undefined => Some(vec![Constant::Undefined]),
            K::Null => Some(vec![Constant::Null]),
            K::OneOf(values) => {
                let mut found = Vec::new();
                values.iter().for_each(|value| add(&mut found, value));
                Some(found)
            }
            K::Union { options, .. } => {
                let mut found = Vec::new();
                for option in options {
                    option.values()?.iter().for_each(|value| add(&mut found, value));
                }
                Some(found)
            }
            K::Optional(inner) => with(inner, Constant::Undefined),
            K::Nullable(inner) => with(inner, Constant::Null),
            K::NonOptional(inner) => {
                let values = inner.values()?;
                Some(values.into_iter().filter(|v| *v != Constant::Undefined).collect())
            }
            K::ExactOptional(inner)
            | K::Readonly(inner)
            | K::Default(inner, _)
            | K::Prefault(inner, _)
            | K::Catch(inner, _)
            | K::Pipe(inner, _) => inner.values(),
            _ => None,
        }
    }

    /// The values of a member by which a discriminated union knows its variant; none if it is
    /// no such object.
    #[must_use]
    pub fn tags(&self, property: &str) -> Option<Vec<Constant>> {
        match &self.kind {
            K::Object { fields, .. } => {
                let field = fields.iter().find(|field| *field.name == *property)?;
                let mut values = field.validator.values()?;
                if field.validator.absence() != Absence::Refused {
                    add(&mut values, &Constant::Undefined);
                }
                Some(values)
            }
            K::Pipe(inner, _) | K::Readonly(inner) => inner.tags(property),
            K::Discriminated { property: own, variants } => {
                let mut found = Vec::new();
                let mut absent = 0;
                for (_, variant) in variants {
                    let values = variant.tags(property)?;
                    absent +=
                        usize::from(values.contains(&Constant::Undefined) && **own == *property);
                    values.iter().for_each(|value| add(&mut found, value));
                }
                if absent > 1 {
                    found.retain(|value| *value != Constant::Undefined);
                }
                Some(found)
            }
            _ => None,
        }
    }
}

fn add(values: &mut Vec<Constant>, value: &Constant) {
    if !values.contains(value) {
        values.push(value.clone());
    }
}
