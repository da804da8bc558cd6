//! Limits of texts, numbers and lists: checks of validators as keywords of JSON Schema.
//!
//! In:    checks in the order in which they run.
//! Out:   what each says of the value that a client sends.
//! Never: a limit of a value that a check before it has changed.

use frontage_plan::{Check, CheckKind, NumberFormat, Pattern, StringFormat};

use super::schema::{Range, Schema, SchemaKind, Text};

/// Fewest and most elements or characters.
pub(super) fn length(checks: &[Check]) -> (Option<u64>, Option<u64>) {
    let (mut min, mut max) = (None, None);
    for check in checks {
        match &check.kind {
            CheckKind::MinLength(least) => min = min.max(Some(u64::from(*least))),
            CheckKind::MaxLength(most) => max = smaller(max, u64::from(*most)),
            CheckKind::Length(exact) => {
                min = min.max(Some(u64::from(*exact)));
                max = smaller(max, u64::from(*exact));
            }
            CheckKind::Overwrite(_) => break,
            _ => {}
        }
    }
    (min, max)
}

fn smaller(known: Option<u64>, new: u64) -> Option<u64> {
    Some(known.map_or(new, |known| known.min(new)))
}

/// The schema of a text.
pub(super) fn string(checks: &[Check]) -> Schema {
    let mut text = Text::default();
    // Once a text is changed, what is checked is no longer what was sent.
    let (mut trimmed, mut recased) = (false, false);
    for check in checks {
        let pattern = match &check.kind {
            CheckKind::Trim => {
                trimmed = true;
                None
            }
            CheckKind::ToLowerCase | CheckKind::ToUpperCase => {
                recased = true;
                None
            }
            CheckKind::Normalize(_) | CheckKind::Overwrite(_) => break,
            // Trimming makes a text shorter, never longer.
            CheckKind::MinLength(least) if !recased => {
                text.min = text.min.max(Some(u64::from(*least)));
                None
            }
            CheckKind::MaxLength(most) if !trimmed && !recased => {
                text.max = smaller(text.max, u64::from(*most));
                None
            }
            CheckKind::Length(exact) if !recased => {
                text.min = text.min.max(Some(u64::from(*exact)));
                if !trimmed {
                    text.max = smaller(text.max, u64::from(*exact));
                }
                None
            }
            _ if trimmed || recased => None,
            CheckKind::Regex(pattern) => source(pattern),
            CheckKind::Format(format) => {
                let (word, pattern) = format_word(format);
                text.format = text.format.or(word.map(str::to_owned));
                pattern
            }
            CheckKind::StartsWith(start) => Some(format!("^{}", escaped(start))),
            CheckKind::EndsWith(end) => Some(format!("{}$", escaped(end))),
            CheckKind::Includes(part, None) => Some(escaped(part)),
            CheckKind::Lowercase => Some("^[^A-Z]*$".into()),
            CheckKind::Uppercase => Some("^[^a-z]*$".into()),
            _ => None,
        };
        text.patterns.extend(pattern.filter(|pattern| !text.patterns.contains(pattern)));
    }
    Schema::new(SchemaKind::String(text))
}

/// A regular expression's source, unless its flags say more than a schema can.
fn source(pattern: &Pattern) -> Option<String> {
    pattern.portable.as_deref().map(str::to_owned)
}

/// JSON Schema's word for a format, and what Zod wants beyond it.
fn format_word(format: &StringFormat) -> (Option<&'static str>, Option<String>) {
    use StringFormat as F;
    let pattern = |text: &str| Some(text.to_owned());
    match format {
        F::Email => (Some("email"), None),
        F::Url(_) => (Some("uri"), None),
        F::Uuid(Some(version)) => (Some("uuid"), Some(format!("^.{{14}}{version}.{{4}}[89abAB]"))),
        F::Uuid(None) | F::Guid => (Some("uuid"), None),
        F::IsoDate => (Some("date"), None),
        F::IsoDateTime { offset: false, local: false, .. } => (Some("date-time"), pattern("Z$")),
        F::IsoDateTime { local: false, .. } => (Some("date-time"), None),
        F::IsoDateTime { .. } => (None, pattern(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")),
        F::IsoTime { .. } => (None, pattern(r"^\d{2}:\d{2}(:\d{2}(\.\d+)?)?$")),
        F::IsoDuration => (Some("duration"), None),
        F::Ipv4 => (Some("ipv4"), None),
        F::Ipv6 => (Some("ipv6"), None),
        F::Cidrv4 => (None, pattern(r"^[\d.]+/\d+$")),
        F::Cidrv6 => (None, pattern(r"^[0-9a-fA-F:.]+/\d+$")),
        F::Hostname => (Some("hostname"), None),
        F::Base64 => (None, pattern(r"^[0-9A-Za-z+/]*={0,2}$")),
        F::Base64Url => (None, pattern("^[A-Za-z0-9_-]*$")),
        F::Hex => (None, pattern("^[0-9a-fA-F]*$")),
        F::E164 => (None, pattern(r"^\+[1-9]\d{6,14}$")),
        F::Cuid => (None, pattern("^[cC][0-9a-z]{6,}$")),
        F::Cuid2 => (None, pattern("^[0-9a-z]+$")),
        F::Ulid => (None, pattern("^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$")),
        F::Xid => (None, pattern("^[0-9a-vA-V]{20}$")),
        F::Ksuid => (None, pattern("^[A-Za-z0-9]{27}$")),
        F::Nanoid(length) => (None, Some(format!("^[a-zA-Z0-9_-]{{{}}}$", length.unwrap_or(21)))),
        F::CurrencyCode => (None, pattern("^[A-Z]{3}$")),
        F::CreditCard => (None, pattern(r"^\d(?:[ -]?\d){11,18}$")),
        F::Iban => (None, pattern(r"^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$")),
        F::Custom(_, own) => (None, source(own)),
        F::Jwt(_) => (None, pattern(r"^[^.]+\.[^.]*\.[^.]*$")),
        F::Emoji | F::Mac(_) => (None, None),
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if r"\^$.|?*+()[]{}/-".contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

/// The schema of a number.
pub(super) fn range(checks: &[Check]) -> Schema {
    let mut range = Range::default();
    let low = |range: &mut Range, value: f64, outside: bool| {
        if range.min.is_none_or(|(known, _)| value > known || value == known && outside) {
            range.min = Some((value, outside));
        }
    };
    let high = |range: &mut Range, value: f64, outside: bool| {
        if range.max.is_none_or(|(known, _)| value < known || value == known && outside) {
            range.max = Some((value, outside));
        }
    };
    for check in checks {
        match &check.kind {
            CheckKind::NumberFormat(format) => match format {
                // Every whole number that a double holds exactly, as Zod's own JSON Schema says.
                NumberFormat::SafeInt => {
                    range.integer = true;
                    low(&mut range, -9_007_199_254_740_991.0, false);
                    high(&mut range, 9_007_199_254_740_991.0, false);
                }
                NumberFormat::Int32 => {
                    range.integer = true;
                    low(&mut range, -2_147_483_648.0, false);
                    high(&mut range, 2_147_483_647.0, false);
                }
                NumberFormat::Uint32 => {
                    range.integer = true;
                    low(&mut range, 0.0, false);
                    high(&mut range, 4_294_967_295.0, false);
                }
                NumberFormat::Float32 | NumberFormat::Float64 => {}
            },
            CheckKind::Min { value, inclusive } => low(&mut range, value.0, !inclusive),
            CheckKind::Max { value, inclusive } => high(&mut range, value.0, !inclusive),
            CheckKind::MultipleOf(step) if step.0 != 0.0 => range.multiple_of = Some(step.0.abs()),
            CheckKind::Overwrite(_) => break,
            _ => {}
        }
    }
    Schema::new(SchemaKind::Number(range))
}
