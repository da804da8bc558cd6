//! What upstreams answer: values of a schema, and everything that goes wrong.
//!
//! In:    a script's seed and a call.
//! Out:   the same answer to the same call, whoever asks and whenever.

use fastrand::Rng;

use super::contract::{Contract, Operation, Schema, Upstream};
use super::expression::TEXTS;
use super::many;

/// What becomes of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// An answer.
    Answer {
        /// Its status.
        status: u16,
        /// Its headers.
        headers: Vec<(&'static str, String)>,
        /// Its body.
        body: Vec<u8>,
    },
    /// The connection is closed without one.
    Close,
    /// Nothing ever comes.
    Hang,
}

/// A call as an upstream sees it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Asked {
    /// Whose.
    pub(crate) upstream: String,
    /// Its method.
    pub(crate) method: String,
    /// Path and query.
    pub(crate) url: String,
    /// The header `x-site`, which tells places of one operation apart, and `x-key`.
    pub(crate) headers: String,
    /// Its body.
    pub(crate) body: String,
}

/// How upstreams behave during one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mood {
    /// From which everything follows.
    pub(crate) seed: u64,
    /// How many of a thousand answers are failures.
    pub(crate) failures: u32,
    /// Whether calls may hang.
    pub(crate) hangs: bool,
}

impl Mood {
    /// Chance and time for a call: milliseconds until it is over. All calls of an operation that a
    /// bulk operation stands for take the same time, and so do those of the bulk operation.
    pub(crate) fn due_ms(&self, contract: &Contract, asked: &Asked) -> u64 {
        let path = match contract.operation(asked) {
            Some((_, Operation { many: Some(many), .. })) => Some(many.path.clone()),
            Some((upstream, single)) => upstream.many_of(single).map(|many| many.path.clone()),
            None => None,
        };
        let timed = match path {
            Some(url) => &Asked { url, ..asked.clone() },
            None => asked,
        };
        1 + hash(self.seed ^ 0x5bd1, timed) % 50_000
    }

    /// What becomes of a call.
    pub(crate) fn fate(&self, contract: &Contract, asked: &Asked) -> Fate {
        let mut rng = Rng::with_seed(hash(self.seed, asked));
        let found = contract.operation(asked);
        let json = |status, body: String| Fate::Answer {
            status,
            headers: vec![("content-type", "application/json".into())],
            body: body.into_bytes(),
        };
        let Some((upstream, operation)) = found else { return json(404, "{}".into()) };
        if let Some(many) = &operation.many {
            return many::fate(self, contract, many, asked, &mut rng);
        }
        let good = |rng: &mut Rng, drift: Drift| match &operation.answer {
            None => Fate::Answer { status: 204, headers: vec![], body: vec![] },
            Some(schema) => {
                let mut out = String::new();
                write(upstream, schema, rng, drift, 0, &mut out);
                json(200, out)
            }
        };
        let has_many = upstream.many_of(operation).is_some();
        if has_many && self.failures > 0 && rng.u32(0..10) == 0 {
            // A bulk operation says nothing of it.
            return json(404, "{\"message\": \"no\"}".into());
        }
        if rng.u32(0..1000) >= self.failures {
            return good(&mut rng, Drift::NONE);
        }
        match rng.u32(0..24) {
            0..=9 => {
                let status = [400, 401, 403, 404, 404, 404, 409, 410, 422, 429, 500, 502, 503]
                    [rng.usize(0..13)];
                let mut fate = json(status, "{\"message\": \"no\"}".into());
                if let Fate::Answer { headers, .. } = &mut fate
                    && status == 429
                    && rng.bool()
                {
                    headers.push(("retry-after", rng.u32(0..90).to_string()));
                }
                fate
            }
            10..=13 => good(&mut rng, Drift::MISSING),
            14 | 15 => Fate::Close,
            16 if self.hangs => Fate::Hang,
            17 => json(
                200,
                ["", "{", "[1,", "nul", "{\"id\": \"a\",}", "\u{feff}"][rng.usize(0..6)].into(),
            ),
            18 => json(200, ["null", "[]", "{}", "0", "\"x\"", "true"][rng.usize(0..6)].into()),
            19 => Fate::Answer {
                status: [204, 205, 301, 304, 418, 299][rng.usize(0..6)],
                headers: vec![],
                body: vec![],
            },
            _ => good(&mut rng, Drift::WRONG),
        }
    }
}

impl Contract {
    /// The operation that a call is of.
    pub(crate) fn operation(&self, asked: &Asked) -> Option<(&Upstream, &Operation)> {
        let upstream = self.upstreams.iter().find(|u| u.name == asked.upstream)?;
        let path = asked.url.split('?').next().unwrap_or_default();
        let fits = |o: &&Operation| o.method == asked.method && has_form(path, &o.path);
        upstream.operations.iter().find(fits).map(|operation| (upstream, operation))
    }
}

/// Whether a path has the form of a template.
fn has_form(path: &str, template: &str) -> bool {
    let (own, found): (Vec<&str>, Vec<&str>) =
        (template.split('/').collect(), path.split('/').collect());
    own.len() == found.len() && own.iter().zip(&found).all(|(o, f)| o.starts_with('{') || o == f)
}

/// FNV-1a over a call; enough to tell calls apart, and the same everywhere.
fn hash(seed: u64, asked: &Asked) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let parts = [&asked.upstream, &asked.method, &asked.url, &asked.headers, &asked.body];
    for byte in parts.into_iter().flat_map(|part| part.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^ (hash >> 29)
}

const ANSWERED: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "10",
    "-1",
    "-0",
    "0.5",
    "2.50",
    "1.005",
    "-2.5",
    "1e3",
    "1E+2",
    "12345678.9",
    "9007199254740993",
    "1e21",
    "1e-7",
    "5e-324",
    "1.7976931348623157e308",
    "123456789012345678901234567890",
    "0.1",
    "99.995",
    "4294967295",
    "-9223372036854775808",
];

/// How an answer contradicts its schema.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Drift {
    /// How many of a hundred values are of another kind.
    wrong: u32,
    /// How many of a hundred required members are not there.
    missing: u32,
}

impl Drift {
    /// Not at all.
    const NONE: Self = Self { wrong: 0, missing: 0 };
    /// By what is there.
    const WRONG: Self = Self { wrong: 12, missing: 3 };
    /// By what is not, and nothing else.
    const MISSING: Self = Self { wrong: 0, missing: 20 };
}

/// Writes a value of a schema.
fn write(
    upstream: &Upstream,
    schema: &Schema,
    rng: &mut Rng,
    drift: Drift,
    depth: u32,
    out: &mut String,
) {
    if drift.wrong > 0 && rng.u32(0..100) < drift.wrong {
        let wrong = ["null", "\"7\"", "7", "true", "[]", "{}", "1.5", "[null]", "\"open\""];
        out.push_str(wrong[rng.usize(0..wrong.len())]);
        return;
    }
    match schema {
        Schema::Text(Some("date-time")) => {
            let dates = [
                "2024-02-29T12:30:45.678Z",
                "1999-12-31T23:59:59+01:00",
                "2024-02-30T00:00:00Z",
                "soon",
            ];
            out.push_str(&json_text(dates[rng.usize(0..4)]));
        }
        Schema::Text(_) => out.push_str(&json_text(TEXTS[rng.usize(0..TEXTS.len())])),
        Schema::Int => {
            let whole =
                ["0", "1", "3", "-7", "42", "100000", "9007199254740991", "-0", "1e2", "5.0"];
            out.push_str(whole[rng.usize(0..if drift.wrong == 0 { 8 } else { 10 })]);
        }
        Schema::Num => out.push_str(ANSWERED[rng.usize(0..ANSWERED.len())]),
        Schema::Bool => out.push_str(if rng.bool() { "true" } else { "false" }),
        Schema::Enum(texts) => {
            // An unknown value passes and is counted.
            let unknown = texts.len() > 1 && rng.u32(0..40) == 0;
            let text = if unknown { "unheard-of" } else { texts[rng.usize(0..texts.len())] };
            out.push_str(&json_text(text));
        }
        Schema::Arr(inner) => {
            let most = if depth > 3 { 2 } else { 5 };
            out.push('[');
            for index in 0..rng.usize(0..most) {
                out.push_str(if index > 0 { ", " } else { "" });
                write(upstream, inner, rng, drift, depth + 1, out);
            }
            out.push(']');
        }
        Schema::Rec(inner) => {
            let names = ["b", "10", "a", "2", "x y", "open"];
            let first = rng.usize(0..names.len());
            out.push('{');
            for index in 0..rng.usize(0..4) {
                out.push_str(if index > 0 { ", " } else { "" });
                out.push_str(&json_text(names[(first + index) % names.len()]));
                out.push_str(": ");
                write(upstream, inner, rng, drift, depth + 1, out);
            }
            out.push('}');
        }
        Schema::Obj(properties) => {
            let mut order: Vec<usize> = (0..properties.len()).collect();
            if rng.u32(0..4) == 0 {
                rng.shuffle(&mut order);
            }
            let mut first = true;
            out.push('{');
            for property in order.into_iter().map(|index| &properties[index]) {
                let missing = if property.required {
                    drift.missing > 0 && rng.u32(0..100) < drift.missing
                } else {
                    rng.u32(0..3) == 0
                };
                if missing {
                    continue;
                }
                out.push_str(if first { "" } else { ", " });
                first = false;
                out.push_str(&json_text(property.name));
                out.push_str(": ");
                write(upstream, &property.schema, rng, drift, depth + 1, out);
            }
            if rng.u32(0..5) == 0 {
                out.push_str(if first { "" } else { ", " });
                out.push_str("\"undeclared\": {\"secret\": [1]}");
            }
            out.push('}');
        }
        Schema::OneOf(members) => {
            write(upstream, &members[rng.usize(0..members.len())], rng, drift, depth, out);
        }
        Schema::Nullable(inner) => {
            if rng.u32(0..3) == 0 {
                out.push_str("null");
            } else {
                write(upstream, inner, rng, drift, depth, out);
            }
        }
        Schema::Ref(index) => {
            write(upstream, &upstream.schemas[*index].1, rng, drift, depth + 1, out);
        }
    }
}

fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
