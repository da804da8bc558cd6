//! A scripted upstream: answers what its script says and remembers what it was asked.
//!
//! In:    lines such as `GET /users/u1 -> 200`, each with a body.
//! Out:   requests in the order in which they came.
//! Never: an answer that the script does not hold; an unknown request gets 599, which no
//!        workspace expects.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

/// What the upstream does with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Answers.
    Answer {
        /// Status.
        status: u16,
        /// Header fields.
        headers: Vec<(String, String)>,
        /// Body.
        body: Vec<u8>,
    },
    /// Keeps the connection open and says nothing.
    Hang,
    /// Closes the connection.
    Close,
    /// Sends something that is no HTTP.
    Garbage,
    /// Announces the whole body, sends half of it, and closes.
    Truncate(Vec<u8>),
    /// Sends a JSON string of this many bytes.
    Huge(usize),
    /// Waits until [`Upstream::open`] is called with this name, then answers with the rest.
    Gate(String, Box<Action>),
}

/// A request that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET /users/u1?x=1`
    pub line: String,
    /// Header fields, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

#[derive(Default)]
struct State {
    script: HashMap<String, Vec<Action>>,
    requests: Vec<Request>,
    open: Vec<String>,
}

/// A running upstream; its threads end with the process.
#[derive(Clone)]
pub struct Upstream {
    address: SocketAddr,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl std::fmt::Debug for Upstream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upstream").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Upstream {
    /// Starts on a free loopback port, with an empty script.
    ///
    /// # Panics
    ///
    /// If loopback has no free port.
    #[must_use]
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free loopback port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let upstream = Self { address, state: Arc::default() };
        let serving = upstream.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let upstream = serving.clone();
                thread::spawn(move || upstream.connection(stream));
            }
        });
        upstream
    }

    /// `http://127.0.0.1:…`
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an answer for `line` (`GET /users/u1`). Several for one line are given one after the
    /// other; the last goes on.
    pub fn on(&self, line: &str, action: Action) {
        self.lock().script.entry(line.to_owned()).or_default().push(action);
    }

    /// Adds a 200 with a JSON body.
    pub fn json(&self, line: &str, body: &str) {
        let headers = vec![("content-type".into(), "application/json".into())];
        self.on(line, Action::Answer { status: 200, headers, body: body.into() });
    }

    /// Lets requests through that wait at a gate, now and later.
    pub fn open(&self, gate: &str) {
        self.lock().open.push(gate.to_owned());
        self.state.1.notify_all();
    }

    /// Blocks until `count` requests came in all; gives them.
    #[must_use]
    pub fn wait_for(&self, count: usize) -> Vec<Request> {
        let state = self.lock();
        let state = self.state.1.wait_while(state, |s| s.requests.len() < count);
        state.unwrap_or_else(PoisonError::into_inner).requests.clone()
    }

    /// Takes the requests that came since the last time.
    #[must_use]
    pub fn take(&self) -> Vec<Request> {
        std::mem::take(&mut self.lock().requests)
    }

    fn connection(&self, stream: TcpStream) {
        let Ok(writing) = stream.try_clone() else { return };
        let mut reader = BufReader::new(stream);
        while let Some(request) = read(&mut reader) {
            let mut action = self.next(request);
            while let Action::Gate(gate, then) = action {
                let state = self.lock();
                drop(self.state.1.wait_while(state, |s| !s.open.contains(&gate)));
                action = *then;
            }
            if perform(&action, &writing).is_none() {
                break;
            }
        }
    }

    /// Remembers a request and takes its action off the script.
    fn next(&self, request: Request) -> Action {
        let mut state = self.lock();
        let line = request.line.clone();
        state.requests.push(request);
        let action = match state.script.get_mut(&line) {
            Some(actions) if actions.len() > 1 => actions.remove(0),
            Some(actions) => actions[0].clone(),
            None => Action::Answer {
                status: 599,
                headers: Vec::new(),
                body: format!("the script has no {line}").into_bytes(),
            },
        };
        drop(state);
        self.state.1.notify_all();
        action
    }
}

/// Acts; `None` if the connection is over.
fn perform(action: &Action, mut stream: &TcpStream) -> Option<()> {
    match action {
        Action::Answer { status, headers, body } => {
            let mut head = format!("HTTP/1.1 {status} x\r\n");
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            if *status == 204 || *status == 304 {
                head.push_str("\r\n");
            } else {
                head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
            }
            let mut bytes = head.into_bytes();
            bytes.extend_from_slice(body);
            stream.write_all(&bytes).ok()
        }
        Action::Hang => {
            // Until the other side gives up, whatever it still sends.
            let mut bytes = [0; 4096];
            while matches!(stream.read(&mut bytes), Ok(1..)) {}
            None
        }
        Action::Close => None,
        Action::Garbage => {
            let _ = stream.write_all(b"\x00\x01 this is no HTTP\r\n\r\n");
            None
        }
        Action::Truncate(body) => {
            let head = format!(
                "HTTP/1.1 200 x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(head.as_bytes());
            let _ = stream.write_all(&body[..body.len() / 2]);
            None
        }
        Action::Huge(size) => {
            let head = "HTTP/1.1 200 x\r\ncontent-type: application/json\r\n\
                        transfer-encoding: chunked\r\n\r\n";
            stream.write_all(head.as_bytes()).ok()?;
            stream.write_all(b"1\r\n\"\r\n").ok()?;
            let piece = vec![b'x'; 65_536];
            for _ in 0..size.div_ceil(piece.len()) {
                stream.write_all(b"10000\r\n").ok()?;
                stream.write_all(&piece).ok()?;
                stream.write_all(b"\r\n").ok()?;
            }
            stream.write_all(b"1\r\n\"\r\n0\r\n\r\n").ok()
        }
        Action::Gate(..) => None,
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let line = line.trim_end().strip_suffix(" HTTP/1.1")?.to_owned();
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let header = header.trim_end();
        if header.is_empty() {
            break;
        }
        let (name, value) = header.split_once(':')?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(n, _)| n == "content-length");
    let length = length.and_then(|(_, v)| v.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { line, headers, body })
}
