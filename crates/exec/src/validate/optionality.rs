//! Whether a member may be absent, as Zod derives it from the schema.

use frontage_plan::Validator;

/// What absence of a member means to its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Absence {
    /// A fault.
    Refused,
    /// Allowed; nothing stands for it.
    Allowed,
    /// A default stands for it.
    Replaced,
}

/// What absence on the way in means.
pub(super) fn absence(validator: &Validator) -> Absence {
    match validator {
        Validator::Optional(inner) => absence(inner).max(Absence::Allowed),
        Validator::Default(..) => Absence::Replaced,
        Validator::Nullable(inner) | Validator::Transform(inner, _) => absence(inner),
        Validator::Union(options) => options.iter().map(absence).max().unwrap_or(Absence::Refused),
        _ => Absence::Refused,
    }
}

/// Whether the result may lack the member.
pub(super) fn may_vanish(validator: &Validator) -> bool {
    match validator {
        Validator::Optional(_) => true,
        Validator::Nullable(inner) => may_vanish(inner),
        Validator::Union(options) => options.iter().any(may_vanish),
        _ => false,
    }
}
