//! The load generator: requests over kept connections, as fast as they are answered or at a rate.
//!
//! In:    a request as bytes, how many connections, for how long, at which rate.
//! Out:   how many answers came, how long they took, what went wrong.
//! Never: an answer that counts though its status or its length is not the expected.
//!
//! At a rate, arrivals are jittered (a Poisson process), and an answer's time counts from when its
//! request was due: a server that makes requests queue cannot hide that.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::sync::mpsc;

/// How long one answer may take before it counts as an error.
const PATIENCE: Duration = Duration::from_secs(20);
/// Requests that are due and not sent yet.
const MOST_WAITING: usize = 1 << 16;

/// What to send.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Load {
    /// Port of `127.0.0.1`.
    pub(crate) port: u16,
    /// The whole request.
    pub(crate) request: String,
    /// Connections, kept.
    pub(crate) connections: usize,
    /// How long requests are begun, in milliseconds.
    pub(crate) millis: u64,
    /// Requests per second; none for as many as are answered.
    pub(crate) rate: Option<f64>,
    /// Bytes of the expected body, decoded; none if that is not looked at.
    pub(crate) body: Option<usize>,
}

/// What came of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) answers: u64,
    pub(crate) errors: u64,
    /// The first error.
    pub(crate) error: Option<String>,
    pub(crate) seconds: f64,
    /// CPU time of the generator itself, in seconds.
    pub(crate) own_cpu: f64,
    /// Microseconds.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) p999: f64,
}

struct Tally {
    answers: u64,
    errors: u64,
    error: Option<String>,
    times: Histogram<u64>,
}

impl Tally {
    fn note(&mut self, since: Instant, result: Result<(), String>) {
        match result {
            Ok(()) => {
                self.answers += 1;
                let micros = u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX);
                self.times.saturating_record(micros);
            }
            Err(error) => {
                self.errors += 1;
                self.error.get_or_insert(error);
            }
        }
    }
}

/// Runs a load to its end.
///
/// # Errors
///
/// If it cannot begin.
pub(crate) fn run(load: &Load) -> Result<Outcome, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| format!("load: {e}"))?;
    let times = Histogram::new_with_max(60_000_000, 3).map_err(|e| format!("load: {e}"))?;
    let tally = Rc::new(RefCell::new(Tally { answers: 0, errors: 0, error: None, times }));
    let began = Instant::now();
    tokio::task::LocalSet::new().block_on(&runtime, async {
        match load.rate {
            None => closed(load, &tally, began).await,
            Some(rate) => open(load, rate, &tally, began).await,
        }
    });
    let seconds = began.elapsed().as_secs_f64();
    let tally = tally.borrow();
    #[expect(clippy::cast_precision_loss, reason = "microseconds below a minute")]
    let at = |quantile| tally.times.value_at_quantile(quantile) as f64;
    Ok(Outcome {
        answers: tally.answers,
        errors: tally.errors,
        error: tally.error.clone(),
        seconds,
        own_cpu: crate::process::cpu(std::process::id()).as_secs_f64(),
        p50: at(0.5),
        p99: at(0.99),
        p999: at(0.999),
    })
}

/// Every connection sends its next request when the last was answered.
async fn closed(load: &Load, tally: &Rc<RefCell<Tally>>, began: Instant) {
    let until = began + Duration::from_millis(load.millis);
    let mut tasks = Vec::new();
    for _ in 0..load.connections {
        let (load, tally) = (load.clone(), Rc::clone(tally));
        tasks.push(tokio::task::spawn_local(async move {
            let mut connection = Connection::new(load);
            while Instant::now() < until {
                let since = Instant::now();
                let result = connection.exchange().await;
                tally.borrow_mut().note(since, result);
            }
        }));
    }
    for task in tasks {
        let _ = task.await;
    }
}

/// Requests are due at random times; the next free connection takes the oldest.
async fn open(load: &Load, rate: f64, tally: &Rc<RefCell<Tally>>, began: Instant) {
    let (due, arrivals) = mpsc::channel::<Instant>(MOST_WAITING);
    let until = began + Duration::from_millis(load.millis);
    // A thread of its own: its sleeps are finer than the runtime's timers.
    let clock = std::thread::spawn(move || {
        let mut random = fastrand::Rng::with_seed(11);
        let mut next = began;
        loop {
            next += Duration::from_secs_f64(-(1.0 - random.f64()).ln() / rate);
            if next >= until {
                return;
            }
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
            if due.try_send(next).is_err() {
                return;
            }
        }
    });
    let arrivals = Rc::new(Mutex::new(arrivals));
    let mut tasks = Vec::new();
    for _ in 0..load.connections {
        let (load, tally, arrivals) = (load.clone(), Rc::clone(tally), Rc::clone(&arrivals));
        tasks.push(tokio::task::spawn_local(async move {
            let mut connection = Connection::new(load);
            loop {
                let Some(since) = arrivals.lock().await.recv().await else { return };
                let result = connection.exchange().await;
                tally.borrow_mut().note(since, result);
            }
        }));
    }
    for task in tasks {
        let _ = task.await;
    }
    let _ = clock.join();
}

/// A connection, opened when it is needed.
struct Connection {
    load: Load,
    stream: Option<TcpStream>,
    input: Vec<u8>,
}

impl Connection {
    fn new(load: Load) -> Self {
        Self { load, stream: None, input: Vec::with_capacity(64 * 1024) }
    }

    async fn exchange(&mut self) -> Result<(), String> {
        let result = match tokio::time::timeout(PATIENCE, self.try_exchange()).await {
            Ok(result) => result,
            Err(_) => Err("no answer".to_owned()),
        };
        if result.is_err() {
            self.stream = None;
        }
        result
    }

    async fn try_exchange(&mut self) -> Result<(), String> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let stream = TcpStream::connect(("127.0.0.1", self.load.port)).await;
                let stream = stream.map_err(|e| format!("connect: {e}"))?;
                stream.set_nodelay(true).map_err(|e| e.to_string())?;
                none.insert(stream)
            }
        };
        stream.write_all(self.load.request.as_bytes()).await.map_err(|e| format!("write: {e}"))?;
        self.input.clear();
        let mut body = Body::default();
        let mut keep = true;
        while !body.done {
            let before = self.input.len();
            match stream.read_buf(&mut self.input).await {
                Ok(0) => return Err("the connection ended within an answer".to_owned()),
                Ok(_) => {}
                Err(e) => return Err(format!("read: {e}")),
            }
            if body.framing.is_none() {
                let Some(head) = head(&self.input)? else { continue };
                if head.status != 200 {
                    return Err(format!("status {}", head.status));
                }
                keep = head.keep;
                body.framing = Some(head.framing);
                body.take(&self.input[head.length..])?;
            } else {
                body.take(&self.input[before..])?;
            }
        }
        if !keep {
            self.stream = None;
        }
        match self.load.body {
            Some(expected) if expected != body.bytes => {
                Err(format!("a body of {} bytes instead of {expected}", body.bytes))
            }
            _ => Ok(()),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Framing {
    Length(usize),
    Chunked,
}

struct Head {
    status: u16,
    length: usize,
    framing: Framing,
    keep: bool,
}

fn head(input: &[u8]) -> Result<Option<Head>, String> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut headers);
    let length = match response.parse(input) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(e) => return Err(format!("an answer that is no HTTP: {e}")),
    };
    let status = response.code.unwrap_or(0);
    let (mut framing, mut keep) = (Framing::Length(0), true);
    for header in response.headers.iter() {
        let value = std::str::from_utf8(header.value).unwrap_or("");
        if header.name.eq_ignore_ascii_case("content-length") {
            framing = Framing::Length(value.trim().parse().map_err(|_| "a broken length")?);
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            framing = Framing::Chunked;
        } else if header.name.eq_ignore_ascii_case("connection") {
            keep = !value.eq_ignore_ascii_case("close");
        }
    }
    Ok(Some(Head { status, length, framing, keep }))
}

/// What was read of a body: its bytes are counted, not kept.
#[derive(Default)]
struct Body {
    framing: Option<Framing>,
    bytes: usize,
    done: bool,
    /// Bytes of the running chunk, its line end included, that are still to come.
    left: usize,
    /// The running line of a chunk's size.
    line: Vec<u8>,
    last: bool,
}

impl Body {
    fn take(&mut self, mut input: &[u8]) -> Result<(), String> {
        match self.framing {
            None => return Ok(()),
            Some(Framing::Length(length)) => {
                self.bytes += input.len();
                self.done = self.bytes >= length;
                return Ok(());
            }
            Some(Framing::Chunked) => {}
        }
        while let Some(&byte) = input.first() {
            if self.left > 0 {
                let part = self.left.min(input.len());
                self.left -= part;
                input = &input[part..];
                self.done = self.last && self.left == 0;
                continue;
            }
            input = &input[1..];
            if byte != b'\n' {
                self.line.push(byte);
                continue;
            }
            let line = std::str::from_utf8(&self.line).unwrap_or("");
            let size = line.trim().split(';').next().unwrap_or("");
            let size = usize::from_str_radix(size, 16).map_err(|_| "a broken chunk")?;
            self.line.clear();
            self.bytes += size;
            self.last = size == 0;
            self.left = size + 2;
        }
        Ok(())
    }
}
