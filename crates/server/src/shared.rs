//! What all threads of one server share.
//!
//! In:    settings; the plan that runs now.
//! Out:   a [`Generation`] for each request, which keeps it to its end.
//! Never: a lock on the way of a request.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use arc_swap::ArcSwap;
use frontage_exec::{Engine, Settings as UpstreamSettings};
use tokio::sync::Semaphore;

use crate::dev::Dev;
use crate::files::Files;
use crate::metrics::{Metrics, PlanLabels};
use crate::router::Router;
use crate::settings::Settings;

/// One plan with what is derived from it once.
#[derive(Debug)]
pub(crate) struct Generation {
    /// The plan.
    pub(crate) engine: Arc<Engine>,
    /// Its routes as a tree.
    pub(crate) router: Router,
    /// Its routes' templates, for logs and metrics.
    pub(crate) labels: Vec<Arc<str>>,
    /// Tells plans apart.
    pub(crate) digest: String,
    /// What its clients are made from.
    pub(crate) upstreams: Arc<Vec<UpstreamSettings>>,
}

impl Generation {
    pub(crate) fn new(engine: Arc<Engine>, upstreams: Arc<Vec<UpstreamSettings>>) -> Self {
        let plan = engine.plan();
        let mut hasher = xxhash_rust::xxh3::Xxh3::new();
        plan.hash(&mut hasher);
        Self {
            router: Router::new(plan),
            labels: plan.routes.iter().map(|route| route.path_text().into()).collect(),
            digest: format!("{:032x}", hasher.digest128()),
            upstreams,
            engine,
        }
    }
}

/// What all threads share.
#[derive(Debug)]
pub(crate) struct Shared {
    /// What the binary told.
    pub(crate) settings: Settings,
    /// The plan that new requests get.
    pub(crate) current: ArcSwap<Generation>,
    /// What is counted.
    pub(crate) metrics: Metrics,
    /// One permit for each connection that may be open.
    pub(crate) connections: Arc<Semaphore>,
    /// The frontend's own files.
    pub(crate) files: Option<Files>,
    /// What open pages are told, while developing.
    pub(crate) dev: Option<Dev>,
    running: AtomicUsize,
    receiving: AtomicUsize,
    draining: AtomicBool,
}

impl Shared {
    pub(crate) fn new(settings: Settings, files: Option<Files>, generation: Generation) -> Self {
        let shared = Self {
            connections: Arc::new(Semaphore::new(settings.limits.connections.max(1))),
            dev: settings.dev.then(Dev::new),
            settings,
            metrics: Metrics::new(),
            files,
            running: AtomicUsize::new(0),
            receiving: AtomicUsize::new(0),
            draining: AtomicBool::new(false),
            current: ArcSwap::from_pointee(generation),
        };
        shared.count_plan();
        shared
    }

    /// New requests get this plan from now on.
    pub(crate) fn swap(&self, generation: Generation) {
        self.current.store(Arc::new(generation));
        self.metrics.swaps.inc();
        self.count_plan();
    }

    fn count_plan(&self) {
        let labels = PlanLabels {
            frontend: self.settings.frontend.clone(),
            digest: self.current.load().digest.clone(),
        };
        self.metrics.plan.clear();
        self.metrics.plan.get_or_create(&labels).set(1);
    }

    /// A place among the requests that run; `None` if all are taken.
    pub(crate) fn enter(self: &Arc<Self>) -> Option<Place> {
        let before = self.running.fetch_add(1, Ordering::Relaxed);
        let place = Place(Arc::clone(self));
        self.metrics.active_requests.inc();
        if before >= self.settings.limits.concurrency {
            self.metrics.refused.inc();
            return None;
        }
        Some(place)
    }

    /// A place among the requests whose bodies are waited for, of which there are as many as may
    /// run; `None` if all are taken.
    pub(crate) fn receive(self: &Arc<Self>) -> Option<Receiving> {
        let before = self.receiving.fetch_add(1, Ordering::Relaxed);
        let place = Receiving(Arc::clone(self));
        if before >= self.settings.limits.concurrency {
            self.metrics.refused.inc();
            return None;
        }
        Some(place)
    }

    /// The server no longer wants new work.
    pub(crate) fn set_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether the server no longer wants new work.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

/// A place among the requests whose bodies are waited for, free again when dropped.
#[derive(Debug)]
pub(crate) struct Receiving(Arc<Shared>);

impl Drop for Receiving {
    fn drop(&mut self) {
        self.0.receiving.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A place among the requests that run, free again when dropped.
#[derive(Debug)]
pub(crate) struct Place(Arc<Shared>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
        self.0.metrics.active_requests.dec();
    }
}
