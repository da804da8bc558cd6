//! An upstream that answers as a test says, and can be held back.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request that reached the upstream, and the way to answer it.
pub(crate) struct Arrived {
    /// Its head.
    pub(crate) head: String,
    /// Its body as far as it came with a length.
    pub(crate) body: Vec<u8>,
    /// Where it waits.
    pub(crate) stream: TcpStream,
}

impl Arrived {
    /// Answers JSON.
    pub(crate) fn json(self, text: &str) {
        let length = text.len();
        self.raw(
            format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{text}"
            )
            .as_bytes(),
        );
    }

    /// Answers these bytes.
    pub(crate) fn raw(mut self, bytes: &[u8]) {
        // The other side may have given up.
        let _ = self.stream.write_all(bytes);
    }
}

/// A scripted upstream.
pub(crate) struct Upstream {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    arrived: Receiver<Arrived>,
}

impl Upstream {
    /// Every request waits until the test takes it.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap_or_else(|e| panic!("{e}"));
        let address = listener.local_addr().unwrap_or_else(|e| panic!("{e}"));
        let (sender, arrived) = channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sender = sender.clone();
                thread::spawn(move || serve(stream, &sender));
            }
        });
        Self { address, arrived }
    }

    /// The next request.
    pub(crate) fn next(&self) -> Arrived {
        self.arrived.recv_timeout(super::raw::PATIENCE).unwrap_or_else(|e| panic!("no call: {e}"))
    }

    /// Whether nothing has arrived.
    pub(crate) fn is_quiet(&self) -> bool {
        self.arrived.try_recv().is_err()
    }

    /// Answers every request with the same JSON from now on; gives back the heads so far.
    pub(crate) fn always(self, text: &'static str) -> Arc<Mutex<Vec<String>>> {
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&heads);
        thread::spawn(move || {
            for arrived in self.arrived {
                seen.lock().unwrap_or_else(|e| panic!("{e}")).push(arrived.head.clone());
                arrived.json(text);
            }
        });
        heads
    }
}

/// Hands requests over one by one; the answer is written elsewhere through a second handle.
fn serve(mut stream: TcpStream, sender: &Sender<Arrived>) {
    let mut bytes: Vec<u8> = Vec::new();
    let mut piece = [0; 16 << 10];
    loop {
        let head_end = loop {
            if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
                break end + 4;
            }
            match stream.read(&mut piece) {
                Ok(0) | Err(_) => return,
                Ok(count) => bytes.extend_from_slice(&piece[..count]),
            }
        };
        let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
        bytes.drain(..head_end);
        let length = head
            .lines()
            .find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length:").map(str::to_owned)
            })
            .and_then(|length| length.trim().parse().ok())
            .unwrap_or(0);
        while bytes.len() < length {
            match stream.read(&mut piece) {
                Ok(0) | Err(_) => return,
                Ok(count) => bytes.extend_from_slice(&piece[..count]),
            }
        }
        let body = bytes.drain(..length).collect();
        let Ok(other) = stream.try_clone() else { return };
        if sender.send(Arrived { head, body, stream: other }).is_err() {
            return;
        }
    }
}
