//! The backend that was there before: what is not moved yet is handed over to it, and what is moved
//! can be held against it.
//!
//! In:    path prefixes with another backend's addresses; how to compare.
//! Out:   requests handed over as they are; counts by path; differences by route.
//! Never: a comparison before the client has its answer, or one that costs it anything; a value of an
//!        answer in what is reported.
//!
//! Start at [`Legacies::find`] and [`shadow::Shadow`].

mod compare;
mod pattern;
mod shadow;
mod tally;
mod watched;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use frontage_exec::Settings as UpstreamSettings;
use http::{HeaderMap, HeaderValue, header};
use tokio::sync::Semaphore;

use compare::Matcher;
pub use compare::Rules;
pub(crate) use shadow::{Shadow, Shadows, fits};
pub(crate) use tally::{Handed, Migration, Result as Comparing};
pub(crate) use watched::{FOREVER, Watched};

/// Requests below a path that another backend answers.
#[derive(Debug, Clone)]
pub struct Legacy {
    /// The path: `/api`; `/` for all.
    pub prefix: String,
    /// Where the other backend is. Its name is one that no service has.
    pub upstream: UpstreamSettings,
    /// Time until the head of its answer.
    pub timeout: Duration,
    /// Largest body of a request that is handed over, in bytes.
    pub request_body: usize,
    /// Requests that it answers at once; further ones are answered 503.
    pub concurrency: usize,
    /// Paths of its own contract, such as `/users/{id}`: requests are counted by these.
    pub templates: Vec<String>,
    /// How answers of moved routes are compared, if they are.
    pub comparison: Option<Comparison>,
}

/// How answers of moved routes are held against the other backend's.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// How many of 10,000 requests.
    pub share: u32,
    /// What does not count.
    pub rules: Rules,
}

/// All of a release, the longest prefix first.
#[derive(Debug, Default)]
pub(crate) struct Legacies(Vec<Prepared>);

/// One with what is derived from it once.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) legacy: Legacy,
    prefix: Vec<String>,
    templates: Vec<pattern::Template>,
    /// What does not count where answers are compared.
    pub(crate) matcher: Option<Arc<Matcher>>,
    /// For requests that are handed over: those of routes have places of their own.
    pub(crate) places: Arc<Semaphore>,
    /// What logs and metrics know it by.
    pub(crate) label: Arc<str>,
}

impl Legacies {
    pub(crate) fn new(all: Vec<Legacy>) -> Self {
        let mut all: Vec<Prepared> = all
            .into_iter()
            .map(|legacy| Prepared {
                prefix: legacy
                    .prefix
                    .split('/')
                    .filter(|part| !part.is_empty())
                    .map(str::to_owned)
                    .collect(),
                templates: {
                    let mut all: Vec<_> =
                        legacy.templates.iter().map(|text| pattern::Template::new(text)).collect();
                    all.sort_by_key(|own| std::cmp::Reverse(own.literals()));
                    all
                },
                matcher: legacy
                    .comparison
                    .as_ref()
                    .map(|comparison| Arc::new(Matcher::new(&comparison.rules))),
                places: Arc::new(Semaphore::new(legacy.concurrency)),
                label: format!("legacy {}", legacy.prefix).into(),
                legacy,
            })
            .collect();
        all.sort_by_key(|own| std::cmp::Reverse(own.prefix.len()));
        Self(all)
    }

    /// Whether any answer is compared.
    pub(crate) fn compares(&self) -> bool {
        self.0.iter().any(|own| own.legacy.comparison.is_some())
    }

    /// The one below whose prefix a path is.
    pub(crate) fn find(&self, segments: &[Cow<'_, str>]) -> Option<&Prepared> {
        self.0.iter().find(|own| {
            own.prefix.len() <= segments.len()
                && own.prefix.iter().zip(segments).all(|(own, segment)| *own == **segment)
        })
    }
}

impl Prepared {
    /// A redirect to the other backend's own address leads here: clients may not reach it.
    pub(crate) fn relocate(&self, headers: &mut HeaderMap) {
        let Some(to) = headers.get(header::LOCATION).and_then(|value| value.to_str().ok()) else {
            return;
        };
        let rest = self.legacy.upstream.addresses.iter().find_map(|address| {
            let rest = to.strip_prefix(&address.origin())?;
            (rest.is_empty() || rest.starts_with(['/', '?'])).then_some(rest)
        });
        let inner = rest.map(|rest| match rest.as_bytes() {
            // A path that begins with two slashes would be read as another host.
            [b'/', b'/' | b'\\', ..] => format!("/.{rest}"),
            [b'/', ..] => rest.to_owned(),
            _ => format!("/{rest}"),
        });
        if let Some(value) = inner.and_then(|inner| HeaderValue::from_str(&inner).ok()) {
            headers.insert(header::LOCATION, value);
        }
    }

    /// What a path is counted as: a template of the contract, else itself with what looks like an id
    /// left out.
    pub(crate) fn pattern(&self, segments: &[Cow<'_, str>]) -> String {
        let known = self.templates.iter().find(|own| own.is_of(segments));
        known.map_or_else(|| pattern::guessed(segments), |own| own.text.clone())
    }
}
