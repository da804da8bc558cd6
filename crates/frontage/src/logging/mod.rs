//! Logs: lines on standard error, for people or as JSON.

mod queue;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tracing_subscriber::EnvFilter;

use queue::{Line, Queue};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// Environment variable that overrides what is logged, in `tracing`'s filter syntax.
pub(crate) const FILTER: &str = "FRONTAGE_LOG";
/// Environment variable by which a supervisor tells its backends how to log.
pub(crate) const FORMAT: &str = "FRONTAGE_LOG_FORMAT";

/// How long the end of a process waits for lines that are not written yet.
const LAST: Duration = Duration::from_secs(1);

static QUEUE: OnceLock<Arc<Queue>> = OnceLock::new();

/// Starts logging; once for each process. Nobody who logs waits for whoever reads.
///
/// - `frontend`: whose backend this process is, if one's.
pub(crate) fn start(format: Format, frontend: Option<&str>, verbose: bool) {
    let level = if verbose { "debug" } else { "info" };
    let filter = EnvFilter::try_from_env(FILTER).unwrap_or_else(|_| EnvFilter::new(level));
    let Ok(queue) = Queue::start(std::io::stderr(), tell_dropped) else { return };
    let queue = QUEUE.get_or_init(|| queue);
    let writer = || Line(Arc::clone(queue));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    let text = format == Format::Text || std::env::var(FORMAT).is_ok_and(|f| f == "text");
    // A second subscriber is refused; the first stays.
    let _ = if text {
        builder.compact().without_time().with_ansi(false).try_init()
    } else {
        builder.json().flatten_event(true).with_current_span(false).try_init()
    };
    if let Some(frontend) = frontend {
        tracing::debug!(frontend, "backend process");
    }
}

/// Waits a moment for lines that are not written yet; before the process ends.
pub(crate) fn finish() {
    if let Some(queue) = QUEUE.get() {
        queue.finish(LAST);
    }
}

fn tell_dropped(lines: u64) {
    tracing::warn!(target: "frontage::log", lines, "log lines were dropped: nobody read them in time");
}
