//! What all threads of one server share.
//!
//! In:    settings; the releases that are served now.
//! Out:   [`Generations`] for each request, which keeps what it began with to its end.
//! Never: a lock on the way of a request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use arc_swap::ArcSwap;
use tokio::sync::Semaphore;

use crate::dev::Dev;
use crate::error::StartError;
use crate::generation::{Generations, labels};
use crate::legacy::Migration;
use crate::metrics::Metrics;
use crate::releases::Served;
use crate::settings::{Limits, Settings};

/// What all threads share.
#[derive(Debug)]
pub(crate) struct Shared {
    /// What the binary told.
    pub(crate) settings: Settings,
    /// The releases that new requests get.
    pub(crate) current: ArcSwap<Generations>,
    /// What is counted.
    pub(crate) metrics: Metrics,
    /// What is counted of the way from another backend to this one.
    pub(crate) migration: Arc<Migration>,
    /// One permit for each connection that may be open.
    pub(crate) connections: Arc<Semaphore>,
    /// What open pages are told, while developing.
    pub(crate) dev: Option<Dev>,
    running: AtomicUsize,
    receiving: AtomicUsize,
    draining: AtomicBool,
}

impl Shared {
    /// Of what the server starts with.
    pub(crate) fn new(settings: Settings, served: Served) -> Result<Self, StartError> {
        let metrics = Metrics::new();
        let generations = Generations::new(served, None, &metrics)?;
        generations.tell(&[], &metrics);
        Ok(Self {
            connections: Arc::new(Semaphore::new(settings.limits.connections.max(1))),
            dev: settings.dev.then(Dev::new),
            settings,
            metrics,
            migration: Arc::default(),
            running: AtomicUsize::new(0),
            receiving: AtomicUsize::new(0),
            draining: AtomicBool::new(false),
            current: ArcSwap::from_pointee(generations),
        })
    }

    /// New requests get these releases from now on.
    pub(crate) fn swap(&self, served: Served) -> Result<(), StartError> {
        let before = self.current.load_full();
        let all = std::iter::once(&served.newest).chain(&served.older);
        let wanted: Vec<_> = all.map(|own| labels(&own.settings, &own.version)).collect();
        let after = Generations::new(served, Some(&before), &self.metrics);
        // What is not taken up leaves no trace.
        let after = after.inspect_err(|_| before.tell(&wanted, &self.metrics))?;
        let after = Arc::new(after);
        self.current.store(Arc::clone(&after));
        self.metrics.swaps.inc();
        let gone = [before.release_labels(), wanted].concat();
        after.tell(&gone, &self.metrics);
        Ok(())
    }

    /// A place among the requests that run; `None` if all are taken.
    pub(crate) fn enter(self: &Arc<Self>, limits: &Limits) -> Option<Place> {
        let before = self.running.fetch_add(1, Ordering::Relaxed);
        let place = Place(Arc::clone(self));
        self.metrics.active_requests.inc();
        if before >= limits.concurrency {
            self.metrics.refused.inc();
            return None;
        }
        Some(place)
    }

    /// A place among the requests whose bodies are waited for, of which there are as many as may
    /// run; `None` if all are taken.
    pub(crate) fn receive(self: &Arc<Self>, limits: &Limits) -> Option<Receiving> {
        let before = self.receiving.fetch_add(1, Ordering::Relaxed);
        let place = Receiving(Arc::clone(self));
        if before >= limits.concurrency {
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
