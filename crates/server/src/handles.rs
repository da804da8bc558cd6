//! Histograms that one thread has at hand, so that no request looks them up by texts of its own.
//!
//! In:    what happened to a request or a call.
//! Out:   the same counts as through [`Metrics`].
//! Never: a label that is not in [`Metrics`]; more entries than that has.

use std::cell::RefCell;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt as _};
use frontage_plan::Name;
use prometheus_client::metrics::histogram::Histogram;

use crate::metrics::{CallLabels, Metrics, RequestLabels};

/// An upstream, an operation, a status.
type Answered = (Name, Name, u16);
/// A route, a method, a status.
type Served = (Arc<str>, &'static str, u16);

/// Histograms of one thread.
#[derive(Debug)]
pub(crate) struct Handles {
    calls: RefCell<HashMap<Answered, Histogram>>,
    requests: RefCell<HashMap<Served, Histogram>>,
}

impl Handles {
    pub(crate) fn new() -> Self {
        Self { calls: RefCell::new(HashMap::new()), requests: RefCell::new(HashMap::new()) }
    }

    /// Notes a call that was answered.
    pub(crate) fn call(
        &self,
        metrics: &Metrics,
        (upstream, operation, status): (&Name, &Name, u16),
        seconds: f64,
    ) {
        let key = (Name::clone(upstream), Name::clone(operation), status);
        let mut calls = self.calls.borrow_mut();
        let histogram = calls.entry(key).or_insert_with(|| {
            let labels = CallLabels {
                upstream: upstream.to_string(),
                operation: operation.to_string(),
                status: status.to_string(),
            };
            metrics.calls.get_or_create(&labels).clone()
        });
        histogram.observe(seconds);
    }

    /// Notes a request.
    pub(crate) fn request(
        &self,
        metrics: &Metrics,
        (route, method, status): (&Arc<str>, &'static str, u16),
        seconds: f64,
    ) {
        let mut requests = self.requests.borrow_mut();
        let histogram = requests.entry((Arc::clone(route), method, status)).or_insert_with(|| {
            let labels = RequestLabels {
                http_request_method: method,
                http_route: route.to_string(),
                http_response_status_code: status,
            };
            metrics.requests.get_or_create(&labels).clone()
        });
        histogram.observe(seconds);
    }
}
