//! A scripted upstream: every request waits until the test answers it.
//!
//! It speaks HTTP/1.1 by hand, so that it can also cut, stall and send garbage.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{LocalSet, spawn_local, yield_now};
use tokio::time::timeout;

/// Runs a test on one thread, as the server does.
pub(crate) fn local<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, async {
        // Not a measure of speed: a request that never comes must fail its test, not hang it.
        timeout(Duration::from_secs(30), test).await.expect("the test is stuck")
    })
}

/// Lets everything run that can run without an answer.
pub(crate) async fn settle() {
    for _ in 0..200 {
        yield_now().await;
    }
}

/// A listener of one upstream.
pub(crate) struct Scripted {
    pub(crate) port: u16,
    arrivals: mpsc::UnboundedReceiver<Arrival>,
    early: Vec<Arrival>,
    pub(crate) connections: Rc<Cell<usize>>,
    /// One is sent for each connection that ends.
    ended: mpsc::UnboundedReceiver<()>,
}

/// A request that waits for its answer.
pub(crate) struct Arrival {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// Which connection it came on, from 1.
    pub(crate) connection: usize,
    answer: oneshot::Sender<Reply>,
    closed: oneshot::Receiver<()>,
}

enum Reply {
    /// Bytes as they are; then the connection is kept or closed.
    Raw { bytes: Vec<u8>, keep: bool },
    /// A chunked answer, as chunks come; ended properly by `None`, cut by a dropped sender.
    Chunks(mpsc::UnboundedReceiver<Option<Vec<u8>>>),
}

impl Scripted {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, arrivals) = mpsc::unbounded_channel();
        let connections = Rc::new(Cell::new(0));
        let count = Rc::clone(&connections);
        let (end, ended) = mpsc::unbounded_channel();
        spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.set(count.get() + 1);
                let served = serve(stream, count.get(), sender.clone());
                let end = end.clone();
                spawn_local(async move {
                    served.await;
                    let _ = end.send(());
                });
            }
        });
        Self { port, arrivals, early: Vec::new(), connections, ended }
    }

    /// The next request.
    pub(crate) async fn next(&mut self) -> Arrival {
        if self.early.is_empty() {
            return self.arrivals.recv().await.expect("the listener runs");
        }
        self.early.remove(0)
    }

    /// The next request for `target`, whatever else arrives before it.
    pub(crate) async fn expect(&mut self, target: &str) -> Arrival {
        if let Some(at) = self.early.iter().position(|arrival| arrival.target == target) {
            return self.early.remove(at);
        }
        loop {
            let arrival = self.arrivals.recv().await.expect("the listener runs");
            if arrival.target == target {
                return arrival;
            }
            self.early.push(arrival);
        }
    }

    /// Waits until every connection so far has ended.
    pub(crate) async fn all_closed(&mut self) {
        for _ in 0..self.connections.get() {
            self.ended.recv().await.expect("the listener runs");
        }
    }

    /// Targets of the requests that wait, once nothing moves any more.
    pub(crate) async fn waiting(&mut self) -> Vec<String> {
        settle().await;
        while let Ok(arrival) = self.arrivals.try_recv() {
            self.early.push(arrival);
        }
        self.early.iter().map(|arrival| arrival.target.clone()).collect()
    }
}

impl Arrival {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn answer(self, status: u16, body: &str) {
        let kind = "content-type: application/json";
        self.raw(
            &format!(
                "HTTP/1.1 {status} X\r\n{kind}\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            ),
            true,
        );
    }

    pub(crate) fn raw(self, text: &str, keep: bool) {
        let _ = self.answer.send(Reply::Raw { bytes: text.as_bytes().to_vec(), keep });
    }

    /// Answers with a head and then chunks as they are sent.
    pub(crate) fn chunks(self) -> mpsc::UnboundedSender<Option<Vec<u8>>> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let _ = self.answer.send(Reply::Chunks(receiver));
        sender
    }

    /// Whether the client still waits.
    pub(crate) fn is_open(&self) -> bool {
        !self.answer.is_closed()
    }

    /// Waits until the client closes the connection.
    pub(crate) async fn closed(self) {
        let Self { closed, answer, .. } = self;
        closed.await.expect("closed by the client, not answered");
        drop(answer);
    }
}

async fn serve(
    mut stream: TcpStream,
    connection: usize,
    arrivals: mpsc::UnboundedSender<Arrival>,
) -> Option<()> {
    let mut buffer = Vec::new();
    loop {
        let (mut arrival, length) = read_head(&mut stream, &mut buffer).await?;
        while buffer.len() < length {
            if stream.read_buf(&mut buffer).await.ok()? == 0 {
                return None;
            }
        }
        arrival.body = String::from_utf8_lossy(&buffer[..length]).into_owned();
        if arrival.header("transfer-encoding").is_some() {
            arrival.body = read_chunks(&mut stream, &mut buffer).await?;
        } else {
            buffer.drain(..length);
        }
        arrival.connection = connection;
        let (answer, answered) = oneshot::channel();
        let (close, closed) = oneshot::channel();
        (arrival.answer, arrival.closed) = (answer, closed);
        arrivals.send(arrival).ok()?;
        let mut byte = [0];
        let reply = tokio::select! {
            reply = answered => reply.ok()?,
            _ = stream.read(&mut byte) => {
                let _ = close.send(());
                return None;
            }
        };
        match reply {
            Reply::Raw { bytes, keep } => {
                stream.write_all(&bytes).await.ok()?;
                if !keep {
                    return None;
                }
            }
            Reply::Chunks(mut chunks) => {
                let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nkeep-alive: x\r\n\r\n";
                stream.write_all(head.as_bytes()).await.ok()?;
                loop {
                    let chunk = chunks.recv().await?.unwrap_or_default();
                    let size = format!("{:x}\r\n", chunk.len());
                    let framed = [size.as_bytes(), &chunk, b"\r\n"];
                    stream.write_all(&framed.concat()).await.ok()?;
                    if chunk.is_empty() {
                        break;
                    }
                }
            }
        }
    }
}

async fn read_head(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<(Arrival, usize)> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    buffer.drain(..end + 4);
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().unwrap());
    let arrival = Arrival {
        method: first.next()?.to_owned(),
        target: first.next()?.to_owned(),
        headers,
        body: String::new(),
        connection: 0,
        answer: oneshot::channel().0,
        closed: oneshot::channel().1,
    };
    Some((arrival, length))
}

async fn read_chunks(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<String> {
    let mut body = Vec::new();
    loop {
        let end = loop {
            if let Some(at) = buffer.windows(2).position(|window| window == b"\r\n") {
                break at;
            }
            if stream.read_buf(buffer).await.ok()? == 0 {
                return None;
            }
        };
        let size = usize::from_str_radix(std::str::from_utf8(&buffer[..end]).ok()?, 16).ok()?;
        while buffer.len() < end + size + 4 {
            if stream.read_buf(buffer).await.ok()? == 0 {
                return None;
            }
        }
        body.extend_from_slice(&buffer[end + 2..end + 2 + size]);
        buffer.drain(..end + size + 4);
        if size == 0 {
            return String::from_utf8(body).ok();
        }
    }
}
