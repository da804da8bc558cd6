//! An event as a line of JSON: its time, level, fields and target in one object.
//!
//! In:    events, from any thread.
//! Out:   a whole line each, in the queue.
//! Never: spans, which nothing here opens; a line of several lines.
//!
//! Not `tracing-subscriber`'s own: it gives the same members (a test compares), by way of a map, a
//! text and a writer, which was a fifth of what a request that is handed through costs.

use std::cell::RefCell;
use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use frontage_json::iso_text;
use serde::Serialize;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::queue::Queue;

/// Longest line that leaves its memory to the next.
const KEPT: usize = 4096;

/// Writes events to a queue.
pub(super) struct Lines(pub(super) Arc<Queue>);

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        thread_local! {
            static SPACE: RefCell<Line> = const { RefCell::new(Line::new()) };
        }
        SPACE.with(|space| match space.try_borrow_mut() {
            Ok(mut line) => self.0.push(line.write(event)),
            // An event inside the writing of another.
            Err(_) => self.0.push(Line::new().write(event)),
        });
    }
}

/// One line, and the space for it.
struct Line {
    out: Vec<u8>,
    /// What a field's `Debug` or `Display` says.
    said: String,
    /// The last line's second since 1970, and its text as far as the point.
    second: (u64, String),
}

impl Line {
    const fn new() -> Self {
        Self { out: Vec::new(), said: String::new(), second: (0, String::new()) }
    }

    fn write(&mut self, event: &Event<'_>) -> &[u8] {
        self.out.clear();
        self.out.shrink_to(KEPT);
        let metadata = event.metadata();
        self.out.extend_from_slice(br#"{"timestamp":""#);
        self.time();
        self.out.extend_from_slice(br#"","level":""#);
        self.out.extend_from_slice(metadata.level().as_str().as_bytes());
        self.out.push(b'"');
        event.record(self);
        self.member("target", &metadata.target());
        self.out.extend_from_slice(b"}\n");
        &self.out
    }

    /// Now, in UTC, to the microsecond.
    fn time(&mut self) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let (second, text) = &mut self.second;
        if text.is_empty() || *second != now.as_secs() {
            *second = now.as_secs();
            *text = iso_text(*second as f64 * 1e3).unwrap_or_default();
            // Without its `000Z`.
            text.truncate(text.len().saturating_sub(4));
        }
        self.out.extend_from_slice(text.as_bytes());
        let mut micros = now.subsec_micros();
        let mut digits = *b"000000Z";
        for digit in digits[..6].iter_mut().rev() {
            *digit += (micros % 10) as u8;
            micros /= 10;
        }
        self.out.extend_from_slice(&digits);
    }

    fn member(&mut self, name: &str, value: &impl Serialize) {
        self.out.push(b',');
        self.value(&name);
        self.out.push(b':');
        self.value(value);
    }

    fn value(&mut self, value: &impl Serialize) {
        let before = self.out.len();
        if serde_json::to_writer(&mut self.out, value).is_err() {
            // Nothing that a field can be is refused.
            self.out.truncate(before);
            self.out.extend_from_slice(b"null");
        }
    }
}

impl Visit for Line {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.member(field.name(), &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.member(field.name(), &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.member(field.name(), &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.member(field.name(), &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.member(field.name(), &value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut said = std::mem::take(&mut self.said);
        said.clear();
        said.shrink_to(KEPT);
        // A `Debug` that fails has said what it could.
        let _ = write!(said, "{value:?}");
        self.member(field.name(), &said);
        self.said = said;
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use frontage_json::iso_text;
    use serde_json::{Map, Value};
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::{Lines, Queue};

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Kept {
        /// Its lines without their times, which lie between these.
        fn lines(&self, between: [&str; 2]) -> Vec<Map<String, Value>> {
            let bytes = self.0.lock().unwrap();
            let lines = std::str::from_utf8(&bytes).unwrap().lines();
            lines
                .map(|line| {
                    let Value::Object(mut line) = serde_json::from_str(line).unwrap() else {
                        panic!("{line}")
                    };
                    let time = line.remove("timestamp").unwrap();
                    let time = time.as_str().unwrap();
                    let [from, to] = between.map(|time| &time[..23]);
                    assert!((from..=to).contains(&&time[..23]), "{time} in {between:?}");
                    assert!(time.len() == 27 && time.ends_with('Z'), "{time}");
                    line
                })
                .collect()
        }
    }

    fn now() -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        iso_text(now.as_millis() as f64).unwrap()
    }

    #[test]
    fn lines_are_those_of_tracings_own_formatter() {
        let (ours, theirs, before) = (Kept::default(), Kept::default(), now());
        let queue = Queue::start(ours.clone(), |_| {}).unwrap();
        let kept = theirs.clone();
        let fmt = tracing_subscriber::fmt::layer()
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_writer(move || kept.clone());
        let subscriber = tracing_subscriber::registry().with(Lines(Arc::clone(&queue))).with(fmt);
        tracing::subscriber::with_default(subscriber, || {
            let odd = "a \"quoted\" \\ line\nand another\u{0}\u{2028}é😀";
            let error = io::Error::other("it \"broke\"\n");
            tracing::info!("nothing else");
            tracing::warn!(target: "some::target", {http.route = odd, %error}, "{odd}");
            tracing::error!(error = &error as &dyn std::error::Error, r#type = ?Some(odd));
            tracing::debug!(
                least = i64::MIN,
                most = u64::MAX,
                half = 0.5,
                tiny = 5e-324,
                none = f64::NAN
            );
            tracing::trace!(yes = true, no = false, empty = "", "odd name" = 1);
        });
        queue.finish(Duration::from_secs(60));
        let between = [&*before, &*now()];
        let (ours, theirs) = (ours.lines(between), theirs.lines(between));
        assert_eq!(ours.len(), 5);
        assert_eq!(ours, theirs);
    }
}
