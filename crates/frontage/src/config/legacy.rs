//! `[[legacy]]`: paths that the backend before this one goes on answering, and how moved routes are
//! held against it.

use std::time::Duration;

use frontage_diagnostic::{Diagnostic, Span};
use serde::{Deserialize, Serialize};

use super::literal::check_url;
use super::reference::Reference;
use super::table::{Located, Table};
use crate::codes;

/// One prefix as `frontend.toml` says it.
#[derive(Debug, Clone)]
pub(crate) struct LegacyConfig {
    /// What a backend is told.
    pub(crate) settings: LegacySettings,
    /// The other backend's own contract.
    pub(crate) contract: Option<Located<String>>,
    /// The path before those of the contract.
    pub(crate) base: Option<String>,
}

/// One prefix as a backend is told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LegacySettings {
    /// The path: `/api`; `/` for all.
    pub(crate) path: String,
    /// Where the other backend is.
    pub(crate) urls: Vec<Reference>,
    /// Time until the head of its answer.
    pub(crate) timeout: Duration,
    /// Body of a request, bytes.
    pub(crate) request_body: usize,
    /// Requests that it answers at once.
    pub(crate) concurrency: u32,
    /// Paths of its contract.
    pub(crate) templates: Vec<String>,
    /// How many of 10,000 requests of moved routes are compared; none if 0.
    pub(crate) compare: u32,
    /// Paths of answers that are not compared.
    pub(crate) ignore: Vec<String>,
    /// Paths of lists whose order does not count.
    pub(crate) unordered: Vec<String>,
    /// How far numbers may be apart, by its bits.
    pub(crate) tolerance: Tolerance,
}

/// A number that can be compared and stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tolerance(u64);

impl Tolerance {
    fn new(value: f64) -> Self {
        Self(value.to_bits())
    }

    pub(crate) fn get(self) -> f64 {
        f64::from_bits(self.0)
    }
}

const TIMEOUT: Duration = Duration::from_secs(30);
const REQUEST_BODY: usize = 64 << 20;
const CONCURRENCY: u32 = 256;

/// Reads every `[[legacy]]`.
pub(super) fn read(tables: Vec<Table<'_>>, faults: &mut Vec<Diagnostic>) -> Vec<LegacyConfig> {
    let mut all: Vec<LegacyConfig> = Vec::new();
    for table in tables {
        let Some((at, read)) = one(table, faults) else { continue };
        let path = &read.settings.path;
        if all.iter().any(|own| own.settings.path == *path) {
            let message = format!("`{path}` is handed over twice");
            faults.push(
                Diagnostic::error(codes::INVALID_VALUE, at, message)
                    .help("leave one of them, or name several `urls`"),
            );
            continue;
        }
        all.push(read);
    }
    all
}

fn one(mut table: Table<'_>, faults: &mut Vec<Diagnostic>) -> Option<(Span, LegacyConfig)> {
    let path = table.string("path", faults);
    if path.is_none() {
        table.missing("path", "\"/api\"", faults);
    }
    let mut urls = Vec::new();
    let url = table.string("url", faults);
    let many = table.strings("urls", faults);
    if url.is_none() && many.as_ref().is_none_or(Vec::is_empty) {
        table.missing("url", "\"http://127.0.0.1:8080\"", faults);
    }
    for text in url.into_iter().chain(many.unwrap_or_default()) {
        let url = table.parse_reference(&text, faults);
        url.iter().for_each(|url| check_url("legacy", url, faults));
        urls.extend(url.map(|url| url.value));
    }
    let timeout = table.duration("timeout", faults).unwrap_or(TIMEOUT);
    let request_body = table.size("request_body", faults).unwrap_or(REQUEST_BODY);
    let concurrency = table.integer("concurrency", 1..=1_000_000, faults).unwrap_or(CONCURRENCY);
    let contract = table.string("contract", faults);
    let base = table.string("base", faults).and_then(|base| clean(&base, "base", faults));
    let compare = table.string("compare", faults).and_then(|text| share(&text, faults));
    let mut paths = |key| -> Vec<String> {
        let all = table.strings(key, faults).unwrap_or_default();
        all.into_iter().map(|path| path.value).collect()
    };
    let (ignore, unordered) = (paths("ignore"), paths("unordered"));
    let tolerance = table.number("tolerance", faults).unwrap_or(0.0);
    table.finish(faults);
    let path = path?;
    let at = path.span;
    let path = clean(&path, "path", faults)?;
    let settings = LegacySettings {
        path,
        urls,
        timeout,
        request_body,
        concurrency,
        templates: Vec::new(),
        compare: compare.unwrap_or(0),
        ignore,
        unordered,
        tolerance: Tolerance::new(tolerance),
    };
    Some((at, LegacyConfig { settings, contract, base }))
}

/// A prefix without a `/` at its end.
fn clean(path: &Located<String>, key: &str, faults: &mut Vec<Diagnostic>) -> Option<String> {
    let trimmed = path.value.trim_end_matches('/');
    let parts = || trimmed.split('/').skip(1);
    let fits = path.value.starts_with('/')
        && parts().all(|part| !part.is_empty() && part != "." && part != "..")
        && !trimmed.contains(['?', '#', '%', '\\', '{', '*'])
        && !trimmed.contains(char::is_whitespace);
    if fits {
        return Some(if trimmed.is_empty() { "/".to_owned() } else { trimmed.to_owned() });
    }
    let message = format!("`legacy.{key}` cannot be {:?}", path.value);
    faults.push(
        Diagnostic::error(codes::INVALID_VALUE, path.span, message)
            .help("write the beginning of a path, such as \"/api\"; \"/\" is all of them"),
    );
    None
}

/// A share as parts of 10,000: `"5%"`, `"0.5 %"`; `"0.01%"` is the smallest but none.
fn share(text: &Located<String>, faults: &mut Vec<Diagnostic>) -> Option<u32> {
    let number = text.value.strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
    let number = number.filter(|number| (0.0..=100.0).contains(number));
    let share = number.map(|number| (number * 100.0).round());
    // What is less than one of them would be none.
    let share = share.filter(|share| *share >= 1.0 || number == Some(0.0));
    if share.is_none() {
        let message = format!("`legacy.compare` cannot be {:?}", text.value);
        faults.push(
            Diagnostic::error(codes::INVALID_VALUE, text.span, message)
                .help("write how many requests of moved routes are compared, such as \"5%\""),
        );
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 10,000")]
    share.map(|share| share as u32)
}
