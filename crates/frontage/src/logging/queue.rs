//! Log lines on their way to standard error: whoever logs never waits for whoever reads.
//!
//! In:    whole lines, from any thread.
//! Out:   the same lines in order, by a thread of their own; a count of those that did not fit.
//! Never: more than [`MOST`] bytes kept; a request that waits, or fails, because nobody reads.
//!
//! Not `tracing-appender`: it bounds lines and not bytes, tells nobody what was lost, and its end
//! may print to a pipe that nobody reads.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Most bytes that wait to be written.
const MOST: usize = 1 << 20;

/// Lines that wait for one output.
#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    /// Lines that did not fit since this was told last.
    dropped: u64,
    writing: bool,
}

impl Queue {
    /// A queue whose lines a thread writes to `out`.
    ///
    /// - `dropped`: told how many lines were lost, once there is room again.
    ///
    /// # Errors
    ///
    /// If the thread cannot be started.
    pub(super) fn start(
        out: impl Write + Send + 'static,
        dropped: impl Fn(u64) + Send + 'static,
    ) -> io::Result<Arc<Self>> {
        let queue = Arc::new(Self::default());
        let own = Arc::clone(&queue);
        std::thread::Builder::new().name("log".into()).spawn(move || own.write(out, &dropped))?;
        Ok(queue)
    }

    /// Adds a line, or counts it as lost.
    pub(super) fn push(&self, line: &[u8]) {
        let mut state = self.lock();
        if state.bytes + line.len() > MOST {
            state.dropped += 1;
            return;
        }
        state.bytes += line.len();
        state.lines.push_back(line.to_vec());
        drop(state);
        self.changed.notify_all();
    }

    /// Waits until everything is written, but no longer than `most`.
    pub(super) fn finish(&self, most: Duration) {
        let busy = |state: &mut State| state.writing || !state.lines.is_empty();
        let waited = self.changed.wait_timeout_while(self.lock(), most, busy);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    fn write(&self, mut out: impl Write, tell: &impl Fn(u64)) {
        loop {
            let state = self.lock();
            let waited = self.changed.wait_while(state, |state| state.lines.is_empty());
            let mut state = waited.unwrap_or_else(PoisonError::into_inner);
            let lines = std::mem::take(&mut state.lines);
            let dropped = std::mem::take(&mut state.dropped);
            state.bytes = 0;
            state.writing = true;
            drop(state);
            // Whoever closed the other end misses the lines, and nothing else happens.
            let _ = lines.iter().try_for_each(|line| out.write_all(line));
            let _ = out.flush();
            if dropped > 0 {
                tell(dropped);
            }
            self.lock().writing = false;
            self.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes one event's line, which `tracing` gives whole.
pub(super) struct Line(pub(super) Arc<Queue>);

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
    use std::time::Duration;

    use super::{MOST, Queue};

    /// An output that takes a piece whenever somebody reads one, and counts them.
    struct Pipe(SyncSender<Vec<u8>>, Arc<AtomicUsize>);

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.send(bytes.to_vec()).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
            self.1.fetch_add(1, Ordering::SeqCst);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Ends {
        queue: Arc<Queue>,
        read: Receiver<Vec<u8>>,
        told: Receiver<u64>,
        written: Arc<AtomicUsize>,
    }

    fn queue() -> Ends {
        let (sender, read) = sync_channel(0);
        let (tell, told) = sync_channel(16);
        let written = Arc::new(AtomicUsize::new(0));
        let pipe = Pipe(sender, Arc::clone(&written));
        let queue = Queue::start(pipe, move |lost| tell.send(lost).unwrap()).unwrap();
        Ends { queue, read, told, written }
    }

    #[test]
    fn what_nobody_reads_is_bounded_and_counted() {
        let Ends { queue, read, told, written } = queue();
        let line = [b'x'; 1024];
        let pushed = 3 * MOST / line.len();
        // Some are taken out to be written; as many again fit, and the rest is lost.
        for _ in 0..pushed {
            queue.push(&line);
        }
        std::thread::spawn(move || read.iter().count());
        let lost = usize::try_from(told.recv().unwrap()).unwrap();
        queue.finish(Duration::from_secs(60));
        assert!(lost >= pushed / 3, "{lost}");
        assert_eq!(written.load(Ordering::SeqCst) + lost, pushed);
    }

    #[test]
    fn lines_come_in_order_and_an_end_waits_for_them() {
        let Ends { queue, read, .. } = queue();
        for line in ["a\n", "b\n", "c\n"] {
            queue.push(line.as_bytes());
        }
        let reader = std::thread::spawn(move || read.iter().take(3).flatten().collect::<Vec<u8>>());
        queue.finish(Duration::from_secs(60));
        assert_eq!(reader.join().unwrap(), b"a\nb\nc\n");
    }

    #[test]
    fn a_closed_output_loses_lines_and_nothing_else() {
        let Ends { queue, read, .. } = queue();
        drop(read);
        queue.push(b"a\n");
        queue.push(b"b\n");
        queue.finish(Duration::from_secs(60));
    }
}
