//! Two backends, side by side.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::advice::{Advice, advise};
use super::{Facts, RouteFacts};

/// From which likeness on two answers are nearly the same.
const NEAR: f64 = 0.6;

/// How much two backends have in common.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pair {
    /// One.
    pub a: String,
    /// The other.
    pub b: String,
    /// Operations of services that they call.
    pub operations: Shared,
    /// Fields of these operations' answers that they read.
    pub fields: Shared,
    /// Fields of their own answers; common are those of routes that go together.
    pub answers: Shared,
    /// The operations that both call.
    pub common_operations: Vec<String>,
    /// The fields that both read, by operation.
    pub common_fields: BTreeMap<String, Vec<String>>,
    /// Routes whose answers are the same or nearly so, the likest first.
    pub routes: Vec<RoutePair>,
    /// Pieces of logic that stand in both.
    pub repeated: usize,
    /// What to do.
    pub advice: Advice,
}

/// Two sets, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Shared {
    /// Of one.
    pub a: usize,
    /// Of the other.
    pub b: usize,
    /// Of both.
    pub both: usize,
}

impl Shared {
    fn of<T: Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> Self {
        Self { a: a.len(), b: b.len(), both: a.intersection(b).count() }
    }

    /// How much of all they have in common, from 0 to 1; 0 if there is nothing.
    #[must_use]
    pub fn likeness(&self) -> f64 {
        share(self.both, self.a + self.b - self.both)
    }

    /// How much of one's own the other has not, from 0 to 1: of `a`, and of `b`.
    #[must_use]
    pub fn specific(&self) -> [f64; 2] {
        [self.a, self.b].map(|own| if own == 0 { 0.0 } else { 1.0 - share(self.both, own) })
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of fields")]
pub(super) fn share(part: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { part as f64 / of as f64 }
}

/// Two routes that go together.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RoutePair {
    /// The one's: `GET /home`.
    pub a: String,
    /// The other's.
    pub b: String,
    /// Where the one stands.
    pub a_place: String,
    /// Where the other stands.
    pub b_place: String,
    /// How alike they are.
    pub kind: Likeness,
    /// Fields of their answers.
    pub answer: Shared,
    /// Operations that they call.
    pub operations: Shared,
    /// Fields that only the one answers.
    pub only_a: Vec<String>,
    /// Fields that only the other answers.
    pub only_b: Vec<String>,
}

/// How alike two routes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Likeness {
    /// They answer the same fields.
    Same,
    /// They answer nearly the same fields.
    Near,
}

/// Two routes that go together: indices in both backends.
pub(super) struct Match {
    pub(super) a: usize,
    pub(super) b: usize,
}

/// Which routes go together: of one method, with the same path or a call in common; each with the
/// one whose answer is the likest.
pub(super) fn matches(a: &Facts, b: &Facts) -> Vec<Match> {
    let mut found: Vec<(f64, bool, usize, usize)> = Vec::new();
    for (i, one) in a.routes.iter().enumerate() {
        for (j, other) in b.routes.iter().enumerate() {
            let same_path = one.path == other.path;
            let akin = same_path || !one.operations.is_disjoint(&other.operations);
            if one.method != other.method || !akin {
                continue;
            }
            let likeness = Shared::of(&one.answer, &other.answer).likeness();
            if likeness > 0.0 {
                found.push((likeness, same_path, i, j));
            }
        }
    }
    found.sort_by(|x, y| y.0.total_cmp(&x.0).then(y.1.cmp(&x.1)).then((x.2, x.3).cmp(&(y.2, y.3))));
    let mut matches: Vec<Match> = Vec::new();
    for (_, _, i, j) in found {
        if matches.iter().all(|known| known.a != i && known.b != j) {
            matches.push(Match { a: i, b: j });
        }
    }
    matches
}

/// The figures of two backends.
///
/// - `repeated`: pieces of logic that stand in both.
pub(super) fn pair(
    names: [&str; 2],
    [a, b]: [&Facts; 2],
    matches: &[Match],
    repeated: usize,
) -> Pair {
    let sum = |facts: &Facts| facts.routes.iter().map(|route| route.answer.len()).sum();
    let both = matches
        .iter()
        .map(|found| a.routes[found.a].answer.intersection(&b.routes[found.b].answer).count());
    let answers = Shared { a: sum(a), b: sum(b), both: both.sum() };
    let routes: Vec<RoutePair> = matches
        .iter()
        .filter_map(|found| route_pair(&a.routes[found.a], &b.routes[found.b]))
        .collect();
    let operations = Shared::of(&a.operations, &b.operations);
    let fields = Shared::of(&a.fields, &b.fields);
    let mut common_fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (operation, path) in a.fields.intersection(&b.fields) {
        common_fields.entry(operation.clone()).or_default().push(path.clone());
    }
    let advice = advise(names, answers, fields, &routes, repeated);
    Pair {
        a: names[0].to_owned(),
        b: names[1].to_owned(),
        operations,
        fields,
        answers,
        common_operations: a.operations.intersection(&b.operations).cloned().collect(),
        common_fields,
        routes,
        repeated,
        advice,
    }
}

fn route_pair(a: &RouteFacts, b: &RouteFacts) -> Option<RoutePair> {
    let answer = Shared::of(&a.answer, &b.answer);
    let kind = match answer.likeness() {
        _ if a.answer == b.answer => Likeness::Same,
        likeness if likeness >= NEAR => Likeness::Near,
        _ => return None,
    };
    Some(RoutePair {
        a: a.name(),
        b: b.name(),
        a_place: a.place.clone(),
        b_place: b.place.clone(),
        kind,
        answer,
        operations: Shared::of(&a.operations, &b.operations),
        only_a: a.answer.difference(&b.answer).cloned().collect(),
        only_b: b.answer.difference(&a.answer).cloned().collect(),
    })
}
