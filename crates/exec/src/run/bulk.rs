//! Calls that are made together: gathered while elements of a list come to them, sent as one, and
//! told apart again in its answer.
//!
//! In:    calls with a [`Bulk`] that may start.
//! Out:   requests of bulk calls; what an answer holds for each call.
//! Never: a bulk call for a single key; a key that the bulk call's parameter could not tell from
//!        two; a request longer than [`LONGEST`].

use std::ops::Range;

use bytes::Bytes;
use foldhash::{HashMap, HashMapExt as _};
use frontage_json::{Drift, Item, Text, items, number_text};
use frontage_plan::{Bulk, Call, Location, Operation, Style};
use frontage_upstream::{Answer, Argument, Filled, fill};
use http::{HeaderName, HeaderValue, StatusCode};

use super::calls::Unsent;
use super::encode::{Encoded, own_headers};

/// Most bytes of path, query and own headers: servers and proxies commonly take 8 KB for the first
/// line.
const LONGEST: usize = 7000;

/// A call and the key by which its answer is found.
pub(super) struct Keyed {
    /// Place of the key among the call's arguments.
    pub(super) at: usize,
    pub(super) call: Unsent,
}

impl Keyed {
    /// Its key.
    pub(super) fn key(&self) -> &str {
        match self.call.wanted.arguments.get(self.at) {
            Some((_, Argument::Text(key))) => key,
            _ => "",
        }
    }
}

/// What calls that are made together agree in.
#[derive(Debug, Clone)]
pub(super) struct Together {
    pub(super) bulk: Bulk,
    /// Arguments of the bulk call beside its keys.
    pub(super) others: Vec<(u16, Argument)>,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) timeout_ms: u32,
}

/// Calls that have been gathered.
pub(super) struct Batch {
    pub(super) together: Together,
    pub(super) calls: Vec<Keyed>,
}

impl Together {
    /// Whether a call agrees in all of it.
    pub(super) fn takes(&self, like: &Like<'_>) -> bool {
        self.timeout_ms == like.timeout_ms
            && self.bulk == *like.bulk
            && self.others == like.others
            && own_headers(like.call).eq(self.headers.iter().cloned())
    }
}

/// The same of a call that has just been written.
pub(super) struct Like<'c> {
    pub(super) call: &'c Call,
    pub(super) bulk: &'c Bulk,
    pub(super) others: Vec<(u16, Argument)>,
    pub(super) timeout_ms: u32,
}

impl Like<'_> {
    /// As something that lasts.
    pub(super) fn together(self) -> Together {
        let Self { call, bulk, others, timeout_ms } = self;
        let headers = own_headers(call).collect();
        Together { bulk: bulk.clone(), others, headers, timeout_ms }
    }
}

/// A bulk call: what it is sent as, and for whom.
pub(super) struct Chunk {
    pub(super) encoded: Encoded,
    pub(super) calls: Vec<Keyed>,
}

/// The place of a call's key among its arguments, if it can stand in a list of keys.
///
/// - `operation`: the bulk operation.
pub(super) fn place_of_key(
    bulk: &Bulk,
    operation: &Operation,
    arguments: &[(u16, Argument)],
) -> Option<usize> {
    let place = arguments.iter().position(|(at, _)| *at == bulk.argument)?;
    let Argument::Text(key) = &arguments[place].1 else { return None };
    let parameter = &operation.parameters[usize::from(bulk.key)];
    // As `fill` writes lists.
    let ends = match (parameter.style, parameter.location) {
        (Style::Matrix, _) | (_, Location::Query | Location::Cookie) if parameter.explode => None,
        (Style::Label, Location::Path) if parameter.explode => Some('.'),
        (Style::SpaceDelimited, Location::Query | Location::Cookie) => Some(' '),
        (Style::PipeDelimited, Location::Query | Location::Cookie) => Some('|'),
        _ => Some(','),
    };
    // Many services decode a list before they part it.
    let stands = !key.is_empty() && ends.is_none_or(|end| !key.contains(end));
    stands.then_some(place)
}

/// The arguments of the bulk call beside its keys.
pub(super) fn others(bulk: &Bulk, arguments: &[(u16, Argument)]) -> Vec<(u16, Argument)> {
    let both = bulk.others.iter();
    both.filter_map(|(own, other)| {
        let (_, value) = arguments.iter().find(|(at, _)| at == own)?;
        Some((*other, value.clone()))
    })
    .collect()
}

impl Batch {
    /// Parts it into bulk calls, and calls that are better made singly.
    ///
    /// - `operation`: the bulk operation.
    pub(super) fn part(self, operation: &Operation) -> (Vec<Chunk>, Vec<Unsent>) {
        let Self { together, mut calls } = self;
        calls.retain(|keyed| !keyed.call.is_given_up());
        let (mut chunks, mut singly) = (Vec::new(), Vec::new());
        let most = usize::from(together.bulk.most).max(1);
        // As even as can be: the last of them is not a call for one key.
        let mut parts: Vec<Vec<Keyed>> = Vec::new();
        let mut left = calls.len().div_ceil(most);
        while !calls.is_empty() {
            let size = calls.len().div_ceil(left.max(1));
            left = left.saturating_sub(1);
            let rest = calls.split_off(size);
            parts.push(std::mem::replace(&mut calls, rest));
        }
        parts.reverse();
        while let Some(mut part) = parts.pop() {
            if part.len() < 2 {
                singly.extend(part.into_iter().map(|keyed| keyed.call));
                continue;
            }
            match together.encode(operation, &part) {
                Some(encoded) if length(&encoded) <= LONGEST => {
                    chunks.push(Chunk { encoded, calls: part });
                }
                Some(_) => {
                    let rest = part.split_off(part.len() / 2);
                    parts.extend([rest, part]);
                }
                None => singly.extend(part.into_iter().map(|keyed| keyed.call)),
            }
        }
        (chunks, singly)
    }
}

/// Bytes of what its arguments become.
fn length(encoded: &Encoded) -> usize {
    let headers = encoded.headers.iter().map(|(name, value)| name.as_str().len() + value.len());
    encoded.path_and_query.len() + headers.sum::<usize>()
}

impl Together {
    fn encode(&self, operation: &Operation, calls: &[Keyed]) -> Option<Encoded> {
        let keys: Vec<String> = calls.iter().map(|keyed| keyed.key().to_owned()).collect();
        let mut arguments = self.others.clone();
        if let Some(count) = self.bulk.count {
            arguments.push((count, Argument::Text(keys.len().to_string())));
        }
        arguments.push((self.bulk.key, Argument::List(keys)));
        let Filled { path_and_query, mut headers } = fill(operation, &arguments).ok()?;
        headers.extend(self.headers.iter().cloned());
        Some(Encoded { path_and_query, headers, body: None })
    }
}

/// What a bulk call's answer holds.
pub(super) struct Found {
    body: Bytes,
    /// By key; nothing if several items that differ have it.
    items: HashMap<Text, Option<Range<usize>>>,
}

/// What it holds for one key.
pub(super) enum Part {
    /// An item.
    Item(Bytes),
    /// No item.
    Missing,
    /// Several that differ: which is meant, only the single call can tell.
    Open,
}

impl Found {
    /// Reads a bulk call's answer.
    ///
    /// # Errors
    ///
    /// [`Drift`] if it is not what a bulk operation answers.
    pub(super) fn read(bulk: &Bulk, answer: &Answer) -> Result<Self, Drift> {
        let body = answer.body.clone();
        let mut found = HashMap::new();
        for Item { name, literal, text } in items(&body, &bulk.items, &bulk.matching)? {
            for name in std::iter::once(name).chain(literal) {
                let known = found.entry(name).or_insert_with(|| Some(text.clone()));
                if known.as_ref().is_some_and(|known| body[known.clone()] != body[text.clone()]) {
                    *known = None;
                }
            }
        }
        Ok(Self { body, items: found })
    }

    /// What it holds for a key.
    pub(super) fn part(&self, key: &str) -> Part {
        match self.items.get(key) {
            Some(Some(text)) => Part::Item(self.body.slice(text.clone())),
            Some(None) => Part::Open,
            // Another spelling of a number may name something to the service.
            None if key.parse().is_ok_and(|number| number_text(number) != *key) => Part::Open,
            None => Part::Missing,
        }
    }
}

/// Whether a status says that the service has too much to do: many single calls would not help it.
pub(super) fn is_overload(status: StatusCode) -> bool {
    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
}
