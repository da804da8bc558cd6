//! What the figures of two backends say: the pattern's advice is to keep apart what differs, and not
//! to split where the requests are the same.

use frontage_diagnostic::counted;
use serde::Serialize;

use super::pairs::{Likeness, RoutePair, Shared};

/// Below which share of answers of its own a backend is none of its own.
const HARDLY: f64 = 0.25;
/// Below which share it has much in common with the other.
const HALF: f64 = 0.5;

/// What to do with two backends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// In a word.
    pub verdict: Verdict,
    /// What it rests on.
    pub why: Vec<String>,
}

/// The advice in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// They serve different clients: two backends are right.
    KeepApart,
    /// Two backends are right, and a part of their logic is the same.
    ShareFragments,
    /// One of them asks for hardly anything of its own.
    OneBackend,
}

impl Verdict {
    /// For machines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::KeepApart => "keep-apart",
            Self::ShareFragments => "share-fragments",
            Self::OneBackend => "one-backend",
        }
    }

    /// For people.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::KeepApart => "keep apart",
            Self::ShareFragments => "share fragments",
            Self::OneBackend => "one backend for both",
        }
    }
}

/// The advice for two backends.
pub(super) fn advise(
    names: [&str; 2],
    answers: Shared,
    fields: Shared,
    routes: &[RoutePair],
    repeated: usize,
) -> Advice {
    // Of nothing, nothing is another's.
    let of_each = names.into_iter().zip([answers.a, answers.b]);
    let empty: Vec<&str> = of_each.filter(|(_, own)| *own == 0).map(|(name, _)| name).collect();
    if !empty.is_empty() {
        let why = format!("nothing to compare: no answer of {} has a field", empty.join(" and "));
        return Advice { verdict: Verdict::KeepApart, why: vec![why] };
    }
    let specific = answers.specific();
    let least = if specific[0] <= specific[1] { 0 } else { 1 };
    let verdict = match specific[least] {
        own if own <= HARDLY => Verdict::OneBackend,
        own if repeated > 0 || own <= HALF => Verdict::ShareFragments,
        _ => Verdict::KeepApart,
    };
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let mut why = vec![
        format!(
            "{} of {}'s answers and {} of {}'s are its own",
            percent(specific[0]),
            names[0],
            percent(specific[1]),
            names[1],
        ),
        format!(
            "of {} fields that they read of services, {} are read by both",
            fields.a + fields.b - fields.both,
            fields.both
        ),
    ];
    let count = |kind| routes.iter().filter(|route| route.kind == kind).count();
    let (same, near) = (count(Likeness::Same), count(Likeness::Near));
    why.push(format!(
        "{} with the same answer, {near} with nearly the same",
        counted(same, "route")
    ));
    if repeated > 0 {
        why.push(format!("logic that stands in both: {}", counted(repeated, "piece")));
    }
    Advice { verdict, why }
}
