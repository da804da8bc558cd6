//! What is remembered of a request until its answer has been sent: for the log and the metrics.
//!
//! Never: a raw path or query, a header's value, anything that a user wrote.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use frontage_exec::id_text;
use http::{Method, StatusCode};
use tokio::sync::OwnedSemaphorePermit;

use crate::activity::Running;
use crate::generation::Generation;
use crate::legacy::Handed;
use crate::shared::Place;
use crate::worker::Worker;

/// A request on its way.
pub(crate) struct Record {
    /// Where it is answered.
    pub(crate) worker: Rc<Worker>,
    /// Since when.
    pub(crate) started: Instant,
    /// Its method.
    pub(crate) method: &'static str,
    /// The protocol's version.
    pub(crate) version: http::Version,
    /// The template of the route that answered, or what else did.
    pub(crate) route: Arc<str>,
    /// The answer's status.
    pub(crate) status: StatusCode,
    /// Its id.
    pub(crate) request_id: String,
    /// Its trace.
    pub(crate) trace_id: u128,
    /// Bytes of its body, as far as known.
    pub(crate) request_size: u64,
    /// Upstream calls that it made.
    pub(crate) calls: usize,
    /// The release that answers.
    pub(crate) generation: Arc<Generation>,
    /// It is handed over to another backend.
    pub(crate) handed: Option<Handed>,
    /// Held until the end of a streamed answer.
    pub(crate) place: Option<Place>,
    /// Held until the end of the answer, by a request that is handed over.
    pub(crate) passing: Option<OwnedSemaphorePermit>,
    /// Held until the end of the answer.
    pub(crate) running: Running,
}

/// The method as a word that a client cannot choose freely.
pub(crate) fn method_word(method: &Method) -> &'static str {
    const KNOWN: [&str; 10] =
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY", "TRACE", "CONNECT"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("_OTHER")
}

impl Record {
    /// The answer has been sent, or given up.
    ///
    /// - `sent`: bytes of its body.
    /// - `whole`: whether that was all.
    pub(crate) fn end(mut self, sent: u64, whole: bool) {
        let seconds = self.started.elapsed().as_secs_f64();
        let shared = &self.worker.shared;
        let answered = (&self.route, self.method, self.status.as_u16());
        self.worker.handles.request(&shared.metrics, answered, seconds);
        if let Some(handed) = self.handed.take() {
            handed.end(self.status.as_u16(), whole, (self.request_size, sent), seconds);
        }
        if self.generation.settings.access_log {
            tracing::info!(
                target: "frontage::access", {http.request.method = self.method,
                http.route = &*self.route,
                http.response.status_code = self.status.as_u16(),
                http.server.request.duration = seconds,
                http.request.body.size = self.request_size,
                http.response.body.size = sent,
                network.protocol.version = match self.version {
                    http::Version::HTTP_2 => "2",
                    http::Version::HTTP_10 => "1.0",
                    _ => "1.1",
                },
                frontage.release = self.generation.version.as_str(),
                frontage.calls = self.calls,
                frontage.aborted = !whole,
                request_id = &*self.request_id,
                trace_id = %id_text(self.trace_id)}, "request");
        }
        drop((self.place, self.passing, self.running));
    }
}
