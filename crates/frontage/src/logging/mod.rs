//! Logs: lines on standard error, for people or as JSON.

mod line;
mod queue;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use line::Lines;
use queue::{Queue, Text};

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
    let text = format == Format::Text || std::env::var(FORMAT).is_ok_and(|f| f == "text");
    // A second subscriber is refused; the first stays.
    let _ = if text {
        let lines = tracing_subscriber::fmt::layer().compact().without_time().with_ansi(false);
        let lines = lines.with_writer(|| Text(Arc::clone(queue)));
        tracing_subscriber::registry().with(filter).with(lines).try_init()
    } else {
        tracing_subscriber::registry().with(filter).with(Lines(Arc::clone(queue))).try_init()
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
