//! What is counted of the way from one backend to the other.
//!
//! In:    requests that were handed over; comparisons.
//! Out:   counts by path and by route, as JSON for the admin listener.
//! Never: more paths, routes or differences than a bound, whatever clients ask for.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::compare::Difference;

/// Most paths that are told apart; further ones are counted together.
const PATHS: usize = 500;
/// Most differences that are told apart for each route.
const DIFFERENCES: usize = 100;
/// What stands for further paths.
const OTHERS: &str = "(others)";
/// What stands for paths that the other backend does not know, which anybody can make up.
const UNKNOWN: &str = "(not found)";

/// Counts of one server.
#[derive(Debug, Default)]
pub(crate) struct Migration {
    paths: Mutex<HashMap<(&'static str, Arc<str>), PathUse>>,
    /// Of `GET` requests: others are never asked twice.
    routes: Mutex<BTreeMap<Arc<str>, Compared>>,
}

#[derive(Debug, Default, Clone)]
struct PathUse {
    prefix: String,
    requests: u64,
    failed: u64,
    request_bytes: u64,
    answer_bytes: u64,
    seconds: f64,
}

#[derive(Debug, Default, Clone)]
struct Compared {
    same: u64,
    different: u64,
    /// The other backend gave no answer that could be compared.
    failed: u64,
    /// Nobody had time for it, or the answer had a part replaced.
    skipped: u64,
    differences: BTreeMap<(String, &'static str), Seen>,
    /// Differences beyond those that are told apart.
    more: u64,
}

#[derive(Debug, Clone)]
struct Seen {
    count: u64,
    old: String,
    new: String,
}

/// What became of a comparison.
#[derive(Debug)]
pub(crate) enum Result {
    /// What differs; nothing if they are the same.
    Compared(Vec<Difference>),
    /// The other backend failed.
    Failed,
    /// It was not made.
    Skipped,
}

/// A request that was handed over, to be counted when it has ended.
///
/// Dropped before, it was given up: nobody waited for the answer's head.
#[derive(Debug)]
pub(crate) struct Handed {
    of: Option<(Arc<Migration>, String, String, &'static str)>,
}

impl Handed {
    pub(crate) fn new(
        migration: &Arc<Migration>,
        prefix: &str,
        pattern: String,
        method: &'static str,
    ) -> Self {
        Self { of: Some((Arc::clone(migration), prefix.to_owned(), pattern, method)) }
    }

    /// Its answer has been sent.
    ///
    /// - `status`: of the answer.
    /// - `whole`: whether all of it was sent.
    pub(crate) fn end(mut self, status: u16, whole: bool, bytes: (u64, u64), seconds: f64) {
        self.count(Some(status), whole, bytes, seconds);
    }

    fn count(&mut self, status: Option<u16>, whole: bool, bytes: (u64, u64), seconds: f64) {
        let Some((migration, prefix, pattern, method)) = self.of.take() else { return };
        let pattern = if status == Some(404) { UNKNOWN.to_owned() } else { pattern };
        let failed = !whole || status.is_none_or(|status| status >= 500);
        migration.handed(prefix, pattern, method, failed, bytes, seconds);
    }
}

impl Drop for Handed {
    fn drop(&mut self) {
        self.count(None, false, (0, 0), 0.0);
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    // Counts are whole after each statement.
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Migration {
    /// A request has been handed over, and its answer sent.
    fn handed(
        &self,
        prefix: String,
        pattern: String,
        method: &'static str,
        failed: bool,
        (request, answer): (u64, u64),
        seconds: f64,
    ) {
        let mut paths = held(&self.paths);
        let mut key = (method, Arc::from(pattern));
        if paths.len() >= PATHS && !paths.contains_key(&key) {
            key.1 = Arc::from(OTHERS);
        }
        let own = paths.entry(key).or_default();
        own.prefix = prefix;
        own.requests += 1;
        own.failed += u64::from(failed);
        own.request_bytes += request;
        own.answer_bytes += answer;
        own.seconds += seconds;
    }

    /// An answer has been compared, or not.
    pub(crate) fn compared(&self, route: &Arc<str>, result: Result) {
        let mut routes = held(&self.routes);
        let own = routes.entry(Arc::clone(route)).or_default();
        match result {
            Result::Failed => own.failed += 1,
            Result::Skipped => own.skipped += 1,
            Result::Compared(differences) if differences.is_empty() => own.same += 1,
            Result::Compared(differences) => {
                own.different += 1;
                for Difference { path, how, old, new } in differences {
                    let key = (path, how);
                    if own.differences.len() >= DIFFERENCES && !own.differences.contains_key(&key) {
                        own.more += 1;
                        continue;
                    }
                    let seen = own.differences.entry(key).or_insert(Seen { count: 0, old, new });
                    seen.count += 1;
                }
            }
        }
    }

    /// All of it.
    pub(crate) fn to_json(&self) -> Value {
        let mut paths: Vec<_> = held(&self.paths).clone().into_iter().collect();
        paths.sort_by(|((m, a), one), ((n, b), other)| {
            other.requests.cmp(&one.requests).then(a.cmp(b)).then(m.cmp(n))
        });
        let paths = paths.into_iter().map(|((method, path), own)| {
            json!({
                "method": method,
                "path": &*path,
                "prefix": own.prefix,
                "requests": own.requests,
                "failed": own.failed,
                "requestBytes": own.request_bytes,
                "answerBytes": own.answer_bytes,
                "seconds": own.seconds,
            })
        });
        let paths: Vec<Value> = paths.collect();
        let routes: Vec<Value> = held(&self.routes)
            .iter()
            .map(|(route, own)| {
                let differences = own.differences.iter().map(|((path, how), seen)| {
                    json!({
                        "path": path,
                        "how": how,
                        "count": seen.count,
                        "old": seen.old,
                        "new": seen.new,
                    })
                });
                let mut differences: Vec<Value> = differences.collect();
                differences.sort_by_key(|own| std::cmp::Reverse(own["count"].as_u64()));
                json!({
                    "method": "GET",
                    "route": &**route,
                    "same": own.same,
                    "different": own.different,
                    "failed": own.failed,
                    "skipped": own.skipped,
                    "differences": differences,
                    "more": own.more,
                })
            })
            .collect();
        json!({ "paths": paths, "compared": routes })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Handed, Migration, OTHERS, PATHS, Result};
    use crate::legacy::compare::Difference;

    #[test]
    fn what_clients_ask_for_is_bounded() {
        let migration = Arc::new(Migration::default());
        // What is made up has no place of its own, and what is given up is a failure.
        Handed::new(&migration, "/", "/made-up".into(), "GET").end(404, true, (0, 0), 0.1);
        drop(Handed::new(&migration, "/", "/1".into(), "GET"));
        for at in 0..PATHS * 2 {
            Handed::new(&migration, "/", format!("/{at}"), "GET").end(200, true, (1, 2), 0.5);
        }
        let route: Arc<str> = "/a".into();
        for at in 0..300 {
            let found = Difference {
                path: format!("p{at}"),
                how: "value",
                old: "a".into(),
                new: "b".into(),
            };
            migration.compared(&route, Result::Compared(vec![found]));
        }
        let json = migration.to_json();
        let paths = json["paths"].as_array().expect("paths");
        assert_eq!(paths.len(), PATHS + 1);
        assert!(paths.iter().all(|own| own["path"] != "/made-up"));
        let given_up = paths.iter().find(|own| own["path"] == "/1").expect("it is counted");
        assert_eq!((&given_up["requests"], &given_up["failed"]), (&2.into(), &1.into()));
        assert_eq!(
            (&paths[0]["path"], &paths[0]["requests"]),
            (&OTHERS.into(), &(PATHS as u64 + 1).into())
        );
        assert_eq!(json["compared"][0]["differences"].as_array().map(Vec::len), Some(100));
        assert_eq!(json["compared"][0]["more"], 200);
    }
}
