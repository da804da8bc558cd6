//! Log lines on their way to standard error: whoever logs never waits for whoever reads.
//!
//! In:    whole lines, from any thread.
//! Out:   the same lines in order, by a thread of their own; a count of those that did not fit.
//! Never: more than [`MOST`] bytes kept beside those that are being written; a request that waits, or fails, because nobody reads.
//!
//! Not `tracing-appender`: it bounds lines and not bytes, tells nobody what was lost, and its end
//! may print to a pipe that nobody reads.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Most bytes that wait to be written.
const MOST: usize = 1 << 20;
/// How long lines gather before they are written at once: nobody sees so short a time, and a system
/// call and two changes of thread for each line would be a good part of a request's cost.
const GATHER: Duration = Duration::from_millis(10);
/// So many bytes do not wait for more.
const ENOUGH: usize = 64 << 10;
/// What a pipe takes in one piece (`PIPE_BUF` of Linux). Backends share their standard error: what is
/// longer could be broken up by another's lines.
const AT_ONCE: usize = 4096;

/// Lines that wait for one output.
#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// One after the other.
    lines: Vec<u8>,
    /// Lines that did not fit since this was told last.
    dropped: u64,
    writing: bool,
    /// The thread waits for a line; nothing else wakes it.
    idle: bool,
    /// Somebody waits until everything is written.
    hurry: bool,
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
        if state.lines.len() + line.len() > MOST {
            state.dropped += 1;
            return;
        }
        state.lines.extend_from_slice(line);
        let wakes = std::mem::take(&mut state.idle)
            || state.lines.len() >= ENOUGH && state.lines.len() - line.len() < ENOUGH;
        drop(state);
        if wakes {
            self.changed.notify_all();
        }
    }

    /// Waits until everything is written, but no longer than `most`.
    pub(super) fn finish(&self, most: Duration) {
        let busy = |state: &mut State| state.writing || !state.lines.is_empty();
        let mut state = self.lock();
        state.hurry = true;
        self.changed.notify_all();
        let waited = self.changed.wait_timeout_while(state, most, busy);
        waited.unwrap_or_else(PoisonError::into_inner).0.hurry = false;
    }

    fn write(&self, mut out: impl Write, tell: &impl Fn(u64)) {
        let (mut lines, mut lost) = (Vec::new(), 0);
        loop {
            let waited = self.changed.wait_while(self.lock(), |state| {
                state.idle = state.lines.is_empty();
                state.idle
            });
            let state = waited.unwrap_or_else(PoisonError::into_inner);
            let few = |state: &mut State| !state.hurry && state.lines.len() < ENOUGH;
            let waited = self.changed.wait_timeout_while(state, GATHER, few);
            let mut state = waited.unwrap_or_else(PoisonError::into_inner).0;
            std::mem::swap(&mut lines, &mut state.lines);
            lost += std::mem::take(&mut state.dropped);
            state.writing = true;
            drop(state);
            let mut written = false;
            for piece in pieces(&lines) {
                match out.write_all(piece) {
                    Ok(()) => written = true,
                    // Whoever closed the other end misses the lines, and nothing else happens.
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
                    // Others may be taken: each is written whole or not at all.
                    Err(_) => lost += piece.iter().filter(|&&b| b == b'\n').count() as u64,
                }
            }
            let _ = out.flush();
            lines.clear();
            lines.shrink_to(2 * ENOUGH);
            // Not while nothing can be written: what is told is a line too.
            if written && lost > 0 {
                tell(std::mem::take(&mut lost));
            }
            self.lock().writing = false;
            self.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whole lines, as many at once as a pipe takes in one piece; a longer line by itself.
fn pieces(mut lines: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let most = &lines[..lines.len().min(AT_ONCE)];
        let end = most.iter().rposition(|&b| b == b'\n');
        let end = end.or_else(|| lines.iter().position(|&b| b == b'\n'));
        let (piece, rest) = lines.split_at(end.map_or(lines.len(), |at| at + 1));
        lines = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Writes one event's text, which `tracing` gives whole.
pub(super) struct Text(pub(super) Arc<Queue>);

impl Write for Text {
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

    use super::{AT_ONCE, MOST, Queue, pieces};

    /// An output that takes a piece whenever somebody reads one, and counts its bytes.
    struct Pipe(SyncSender<Vec<u8>>, Arc<AtomicUsize>);

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.send(bytes.to_vec()).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
            self.1.fetch_add(bytes.len(), Ordering::SeqCst);
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
        assert_eq!(written.load(Ordering::SeqCst) / line.len() + lost, pushed);
    }

    #[test]
    fn no_line_is_broken_that_a_pipe_takes_in_one_piece() {
        for lengths in [&[1, 2, 3][..], &[4095, 1], &[4096], &[4000, 200, 5000, 10, 4090], &[]] {
            let lines: Vec<Vec<u8>> = lengths
                .iter()
                .map(|length| [&vec![b'x'; length - 1][..], b"\n"].concat())
                .collect();
            let all = lines.concat();
            let pieces: Vec<&[u8]> = pieces(&all).collect();
            assert_eq!(pieces.concat(), all);
            for piece in pieces {
                let count = piece.iter().filter(|&&b| b == b'\n').count();
                assert!(piece.ends_with(b"\n") && (piece.len() <= AT_ONCE || count == 1));
            }
        }
    }

    #[test]
    fn lines_come_in_order_and_an_end_waits_for_them() {
        let Ends { queue, read, .. } = queue();
        for line in ["a\n", "b\n", "c\n"] {
            queue.push(line.as_bytes());
        }
        let reader = std::thread::spawn(move || read.iter().flatten().take(6).collect::<Vec<u8>>());
        queue.finish(Duration::from_secs(60));
        assert_eq!(reader.join().unwrap(), b"a\nb\nc\n");
    }

    /// An output that refuses a piece now and then, and takes the next.
    struct Refusing(SyncSender<Vec<u8>>, usize);

    impl Write for Refusing {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1 += 1;
            if self.1 == 1 {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            self.0.send(bytes.to_vec()).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_an_output_refuses_is_counted_and_the_rest_written() {
        let (sender, read) = sync_channel(16);
        let (tell, told) = sync_channel(16);
        let queue =
            Queue::start(Refusing(sender, 0), move |lost| tell.send(lost).unwrap()).unwrap();
        // Two pieces of two lines each.
        let line = [&[b'x'; AT_ONCE / 2 - 1][..], b"\n"].concat();
        (0..4).for_each(|_| queue.push(&line));
        queue.finish(Duration::from_secs(60));
        assert_eq!(read.recv().unwrap().len(), AT_ONCE);
        assert_eq!(told.recv().unwrap(), 2);
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
