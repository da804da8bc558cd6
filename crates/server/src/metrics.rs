//! Counters and histograms of one backend.
//!
//! In:    what happened to requests, calls, connections and plans.
//! Out:   the text that Prometheus reads.
//! Never: a label that a client can choose: only routes, operations, methods, statuses.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Upper bounds of durations, in seconds: OpenTelemetry's advice for HTTP, with finer steps below.
const SECONDS: [f64; 16] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0,
    10.0,
];

fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

/// Labels of a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct RequestLabels {
    /// Its method, `_OTHER` if unknown.
    pub(crate) http_request_method: &'static str,
    /// The route's template, or what else answered: `static`, `none`.
    pub(crate) http_route: String,
    /// The answer's status.
    pub(crate) http_response_status_code: u16,
}

/// Labels of an upstream call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct CallLabels {
    /// The upstream's name.
    pub(crate) upstream: String,
    /// The operation's name.
    pub(crate) operation: String,
    /// The answer's status, or why there is none.
    pub(crate) status: String,
}

/// Labels of a replaced part.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct PartLabels {
    /// The route's template.
    pub(crate) http_route: String,
    /// The part's name.
    pub(crate) part: String,
}

/// Labels of an answer that contradicts its contract.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct OperationLabels {
    /// The upstream's name.
    pub(crate) upstream: String,
    /// The operation's name.
    pub(crate) operation: String,
}

/// Labels of a plan that is served.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct PlanLabels {
    /// The frontend's name.
    pub(crate) frontend: String,
    /// The plan's digest.
    pub(crate) digest: String,
    /// The release's version.
    pub(crate) release: String,
}

/// Labels of a release that is served.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct ReleaseLabels {
    /// The frontend's name.
    pub(crate) frontend: String,
    /// The release's version.
    pub(crate) release: String,
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    /// Durations of requests.
    pub(crate) requests: Family<RequestLabels, Histogram, fn() -> Histogram>,
    /// Durations of upstream calls.
    pub(crate) calls: Family<CallLabels, Histogram, fn() -> Histogram>,
    /// Requests that run.
    pub(crate) active_requests: Gauge,
    /// Connections that are open.
    pub(crate) connections: Gauge,
    /// Requests refused because too many run.
    pub(crate) refused: Counter,
    /// Requests whose handling panicked.
    pub(crate) panics: Counter,
    /// Parts that were replaced.
    pub(crate) fallbacks: Family<PartLabels, Counter>,
    /// Answers that contradict their contract.
    pub(crate) drift: Family<OperationLabels, Counter>,
    /// Values of enums that their contract does not name.
    pub(crate) unknown_enums: Family<OperationLabels, Counter>,
    /// Plans swapped in after the first.
    pub(crate) swaps: Counter,
    /// The plans that are served; always 1.
    pub(crate) plan: Family<PlanLabels, Gauge>,
    /// Requests by the release that answered them.
    pub(crate) releases: Family<ReleaseLabels, Counter>,
}

impl Metrics {
    /// Everything at zero.
    pub(crate) fn new() -> Self {
        let mut registry = Registry::default();
        let requests = Family::new_with_constructor(seconds as fn() -> Histogram);
        let calls = Family::new_with_constructor(seconds as fn() -> Histogram);
        let metrics = Self {
            requests,
            calls,
            active_requests: Gauge::default(),
            connections: Gauge::default(),
            refused: Counter::<u64, AtomicU64>::default(),
            panics: Counter::<u64, AtomicU64>::default(),
            fallbacks: Family::default(),
            drift: Family::default(),
            unknown_enums: Family::default(),
            swaps: Counter::<u64, AtomicU64>::default(),
            plan: Family::default(),
            releases: Family::default(),
            registry: Registry::default(),
        };
        registry.register(
            "http_server_request_duration_seconds",
            "Time from a request's head to the end of its answer",
            metrics.requests.clone(),
        );
        registry.register(
            "http_client_request_duration_seconds",
            "Time of upstream calls",
            metrics.calls.clone(),
        );
        registry.register(
            "http_server_active_requests",
            "Requests that run",
            metrics.active_requests.clone(),
        );
        registry.register(
            "frontage_connections",
            "Connections that are open",
            metrics.connections.clone(),
        );
        registry.register(
            "frontage_requests_refused",
            "Requests refused because too many run",
            metrics.refused.clone(),
        );
        registry.register(
            "frontage_request_panics",
            "Requests that a defect of the server ended",
            metrics.panics.clone(),
        );
        registry.register(
            "frontage_fallbacks",
            "Parts of answers that a fallback replaced",
            metrics.fallbacks.clone(),
        );
        registry.register(
            "frontage_drift",
            "Upstream answers that contradict their contract",
            metrics.drift.clone(),
        );
        registry.register(
            "frontage_unknown_enum_values",
            "Values of enums that their contract does not name",
            metrics.unknown_enums.clone(),
        );
        registry.register(
            "frontage_plan_swaps",
            "Plans swapped in while running",
            metrics.swaps.clone(),
        );
        registry.register("frontage_plan", "The plans that are served", metrics.plan.clone());
        registry.register(
            "frontage_release_requests",
            "Requests by the release that answers them",
            metrics.releases.clone(),
        );
        Self { registry, ..metrics }
    }

    /// The text that Prometheus reads.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = prometheus_client::encoding::text::encode(&mut out, &self.registry);
        out
    }
}
