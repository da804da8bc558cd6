//! A moved route's answer, held against the other backend's: after it was sent.
//!
//! In:    a safe request, and the answer to it.
//! Out:   a comparison in the [`Migration`](super::Migration), once the client has its answer.
//! Never: more than a few at once on a thread; a wait of the client, or a failure of it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use frontage_exec::{Clients, Handover, ask};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::compare::{Difference, Matcher, compare};
use super::tally::{Migration, Result};

/// Comparisons at once on one thread; what comes beyond is skipped.
const AT_ONCE: usize = 8;
/// Largest answer that is compared, in bytes.
const LARGEST: usize = 1 << 20;
/// Time for the other backend's answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers on their way that will be compared, on one thread; what comes beyond is skipped.
const WAITING: usize = 256;

/// What comparisons of one thread share.
#[derive(Debug)]
pub(crate) struct Shadows {
    places: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// What is left over of shares, by route: each request adds its own, and 10,000 are one
    /// comparison.
    due: RefCell<HashMap<Arc<str>, u32>>,
}

impl Shadows {
    pub(crate) fn new() -> Self {
        Self {
            places: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: Arc::new(Semaphore::new(WAITING)),
            due: RefCell::default(),
        }
    }

    /// Whether a request is one of those that are compared: evenly, so that 5 % is each twentieth
    /// of a route.
    pub(crate) fn is_due(&self, route: &Arc<str>, share: u32) -> bool {
        let mut due = self.due.borrow_mut();
        // As many as there are routes.
        let own = due.entry(Arc::clone(route)).or_default();
        let sum = *own + share.min(10_000);
        *own = sum % 10_000;
        sum >= 10_000
    }

    /// A place to wait in for the end of an answer, if one is free.
    pub(crate) fn wait(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.waiting).try_acquire_owned().ok()
    }

    /// The places of comparisons that are being made.
    pub(crate) fn places(&self) -> Arc<Semaphore> {
        Arc::clone(&self.places)
    }
}

/// A comparison that is to be made.
pub(crate) struct Shadow {
    pub(crate) migration: Arc<Migration>,
    pub(crate) clients: Rc<Clients>,
    pub(crate) to: Arc<str>,
    pub(crate) route: Arc<str>,
    pub(crate) path_and_query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) request_id: String,
    pub(crate) rules: Arc<Matcher>,
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    pub(crate) host: Option<HeaderValue>,
    pub(crate) places: Arc<Semaphore>,
    pub(crate) waiting: OwnedSemaphorePermit,
}

impl Shadow {
    /// Asks the other backend and compares, if there is time for it.
    pub(crate) async fn run(self) {
        drop(self.waiting);
        let Ok(_place) = Arc::clone(&self.places).try_acquire_owned() else {
            return self.migration.compared(&self.route, Result::Skipped);
        };
        let request = Handover {
            to: &self.to,
            method: &Method::GET,
            path_and_query: &self.path_and_query,
            host: self.host.clone(),
            headers: &self.headers,
            request_id: &self.request_id,
            trace: None,
            deadline: Instant::now() + PATIENCE,
        };
        let result = match ask(&self.clients, request).await {
            Ok(asked) if asked.status.is_server_error() && !self.status.is_server_error() => {
                Result::Failed
            }
            Ok(asked) if asked.body.len() > LARGEST => Result::Skipped,
            Ok(asked) => {
                let (status, body, rules) = (self.status, self.body, self.rules);
                let work = move || answers((asked.status, &asked.body), (status, &body), &rules);
                // Parsing takes a while: others of this thread go on.
                match tokio::task::spawn_blocking(work).await {
                    Ok(differences) => Result::Compared(differences),
                    Err(_) => Result::Failed,
                }
            }
            Err(_) => Result::Failed,
        };
        self.migration.compared(&self.route, result);
    }
}

/// Whether an answer is worth comparing.
pub(crate) fn fits(body: &Bytes) -> bool {
    body.len() <= LARGEST
}

/// Compares statuses, and bodies where both are successes.
fn answers(
    (old_status, old): (StatusCode, &Bytes),
    (new_status, new): (StatusCode, &Bytes),
    rules: &Matcher,
) -> Vec<Difference> {
    let whole =
        |how, old: String, new: String| vec![Difference { path: String::new(), how, old, new }];
    if old_status != new_status {
        return whole("status", old_status.as_u16().to_string(), new_status.as_u16().to_string());
    }
    // What is said of a failure has a form of its own here.
    if new_status.is_client_error() || new_status.is_server_error() {
        return Vec::new();
    }
    let json = |body: &Bytes| serde_json::from_slice::<Value>(body).ok();
    match (json(old), json(new)) {
        (Some(old), Some(new)) => compare(&old, &new, rules),
        _ if old == new => Vec::new(),
        (old_json, new_json) => {
            let text = |json: Option<Value>, body: &Bytes| match json {
                Some(_) => "JSON".to_owned(),
                None => format!("{} bytes", body.len()),
            };
            whole("body", text(old_json, old), text(new_json, new))
        }
    }
}
