//! Bulk operations of made-up services: what they answer follows from what the single operation
//! answers for each key, so that nobody can tell which of the two was asked.
//!
//! Never: a status that means "too much to do": then a plan does not ask singly, as Node does.

use fastrand::Rng;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::answer::{Asked, Fate, Mood};
use super::contract::{Contract, Operation};

/// What a bulk operation stands for, and how it is asked.
#[derive(Debug, Clone)]
pub(crate) struct Many {
    /// The single operation.
    pub(crate) single: String,
    /// The path of the single operation before its key.
    pub(crate) path: String,
    /// Its list stands in `items`.
    pub(crate) wrapped: bool,
    /// It takes how many are wanted as `n`.
    pub(crate) counted: bool,
    /// Most keys, if the workspace says so.
    pub(crate) most: Option<u16>,
    /// A member of the single answer that its items do not have.
    pub(crate) lacks: Option<&'static str>,
}

/// The member of an item that is its key.
pub(crate) const KEY: &str = "key";

/// The calls of the single operation that a call of a bulk operation stands for.
pub(crate) fn singles(contract: &Contract, asked: &Asked) -> Vec<Asked> {
    match contract.operation(asked) {
        Some((_, Operation { many: Some(many), .. })) => of(many, asked),
        _ => Vec::new(),
    }
}

fn of(many: &Many, asked: &Asked) -> Vec<Asked> {
    let query = asked.url.split_once('?').map_or("", |(_, query)| query);
    let keys = query.split('&').filter_map(|pair| pair.strip_prefix("keys="));
    // As they stand in the query they would stand in a path: nothing but the unreserved is spared.
    let keys = keys.flat_map(|keys| keys.split(',')).filter(|key| !key.is_empty());
    keys.map(|key| Asked {
        method: "GET".into(),
        url: format!("{}/{key}", many.path),
        body: String::new(),
        ..asked.clone()
    })
    .collect()
}

/// What becomes of a call of a bulk operation.
pub(crate) fn fate(
    mood: &Mood,
    contract: &Contract,
    many: &Many,
    asked: &Asked,
    rng: &mut Rng,
) -> Fate {
    let json = |status, body: String| Fate::Answer {
        status,
        headers: vec![("content-type", "application/json".into())],
        body: body.into_bytes(),
    };
    let mut items: Vec<String> = Vec::new();
    for single in of(many, asked) {
        let key = percent_decode_str(single.url.rsplit('/').next().unwrap_or_default());
        let key = key.decode_utf8_lossy();
        let Fate::Answer { status, body, .. } = mood.fate(contract, &single) else {
            return json(500, "{}".into());
        };
        let text = String::from_utf8(body).unwrap_or_default();
        let members = serde_json::from_str::<Map<String, Value>>(&text);
        match (status, members) {
            (404, _) => {}
            (200, Ok(members)) => {
                let mut item = format!("{{\"{KEY}\": {}", Value::from(key));
                for (name, value) in members {
                    if Some(&*name) != many.lacks {
                        item.push_str(&format!(", {}: {value}", Value::from(name)));
                    }
                }
                items.push(item + "}");
            }
            _ => return json([500, 400, 502][rng.usize(0..3)], "{}".into()),
        }
    }
    match rng.u32(0..24) {
        0 => return Fate::Close,
        1 => {
            return json(
                200,
                ["", "[", "{}", "[{}]", "[1]", "{\"items\": {}}"][rng.usize(0..6)].into(),
            );
        }
        2 | 3 => items.extend(items.first().cloned()),
        4 | 5 => items.push(format!("{{\"{KEY}\": \"stranger\", \"name\": 1}}")),
        6..=9 => rng.shuffle(&mut items),
        _ => {}
    }
    let list = format!("[{}]", items.join(", "));
    json(200, if many.wrapped { format!("{{\"items\": {list}}}") } else { list })
}
