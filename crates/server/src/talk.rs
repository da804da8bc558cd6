//! What is spoken on one connection: nothing yet or no longer, HTTP/1.1, or HTTP/2.
//!
//! In:    a socket.
//! Out:   hyper's connection over it, made when the client's first bytes are there; unmade when the
//!        client has been silent for a while, so that thousands of silent ones take little memory.
//! Never: a byte lost between the two.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::activity::Activity;
use crate::body::AnswerBody;
use crate::settings::Limits;

/// Runs hyper's tasks on this thread.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ThisThread;

impl<F> hyper::rt::Executor<F> for ThisThread
where
    F: Future + 'static,
    F::Output: 'static,
{
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
}

/// The protocols with their limits, made once for each thread.
pub(crate) struct Protocols {
    http1: http1::Builder,
    http2: http2::Builder<ThisThread>,
}

impl Protocols {
    /// The protocols that keep to these limits.
    pub(crate) fn new(limits: &Limits) -> Self {
        let mut http1 = http1::Builder::new();
        http1
            .timer(TokioTimer::new())
            // The deadlines of connections are our own: hyper's would also end idle ones.
            .header_read_timeout(None)
            .max_buf_size((limits.headers + limits.uri).max(8 << 10).next_power_of_two())
            .keep_alive(true)
            .half_close(false);
        let mut http2 = http2::Builder::new(ThisThread);
        http2
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits.streams)
            .max_pending_accept_reset_streams(20)
            .max_local_error_reset_streams(256)
            .max_header_list_size(u32::try_from(limits.headers).unwrap_or(u32::MAX))
            .max_send_buf_size(128 << 10)
            .initial_stream_window_size(64 << 10)
            .initial_connection_window_size(256 << 10);
        Self { http1, http2 }
    }
}

/// The first bytes of HTTP/2, which no request of HTTP/1.1 has.
const PREFACE: &[u8] = b"PRI";

/// How much of a client's first bytes is read at once before they are hyper's.
const FIRST: usize = 1024;

/// A connection, by what is spoken on it.
pub(crate) struct Talk<S>
where
    S: Service<Request<Incoming>, Response = Response<AnswerBody>, Error = Infallible>,
{
    activity: Rc<Activity>,
    state: State<S>,
}

enum State<S>
where
    S: Service<Request<Incoming>, Response = Response<AnswerBody>, Error = Infallible>,
{
    /// The client is silent: its socket, and the first bytes if they do not tell yet.
    Silent(TcpStream, Vec<u8>),
    One(Box<http1::Connection<TokioIo<Watched>, S>>),
    Two(Pin<Box<http2::Connection<TokioIo<Watched>, S, ThisThread>>>),
    Ended,
}

impl<S> Talk<S>
where
    S: Service<Request<Incoming>, Response = Response<AnswerBody>, Error = Infallible>,
    S::Future: 'static,
{
    /// A connection whose client has said nothing yet.
    pub(crate) fn new(stream: TcpStream, activity: Rc<Activity>) -> Self {
        Self { activity, state: State::Silent(stream, Vec::new()) }
    }

    /// Whether hyper has the connection.
    pub(crate) fn is_loud(&self) -> bool {
        matches!(self.state, State::One(_) | State::Two(_))
    }

    /// Goes on until the client has nothing more to say.
    ///
    /// - `service`: makes what answers requests.
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        protocols: &Protocols,
        service: &impl Fn() -> S,
    ) -> Poll<()> {
        loop {
            match &mut self.state {
                State::Ended => return Poll::Ready(()),
                State::One(connection) => return Pin::new(&mut **connection).poll(cx).map(drop),
                State::Two(connection) => return connection.as_mut().poll(cx).map(drop),
                State::Silent(stream, first) => {
                    if first.is_empty() || first.len() < PREFACE.len() && PREFACE.starts_with(first)
                    {
                        let mut space = [0; FIRST];
                        let mut buffer = ReadBuf::new(&mut space);
                        let read = ready!(Pin::new(stream).poll_read(cx, &mut buffer));
                        if read.is_err() || buffer.filled().is_empty() {
                            self.state = State::Ended;
                            continue;
                        }
                        self.activity.receives();
                        first.extend_from_slice(buffer.filled());
                        continue;
                    }
                    let State::Silent(stream, first) =
                        std::mem::replace(&mut self.state, State::Ended)
                    else {
                        continue;
                    };
                    let two = first.starts_with(PREFACE);
                    let activity = Rc::clone(&self.activity);
                    let io = TokioIo::new(Watched { stream, first: first.into(), activity });
                    self.state = if two {
                        self.activity.multiplexes();
                        State::Two(Box::pin(protocols.http2.serve_connection(io, service())))
                    } else {
                        State::One(Box::new(protocols.http1.serve_connection(io, service())))
                    };
                }
            }
        }
    }

    /// Lets running requests end, and the connection then.
    pub(crate) fn end(&mut self) {
        match &mut self.state {
            State::One(connection) => Pin::new(&mut **connection).graceful_shutdown(),
            State::Two(connection) => connection.as_mut().graceful_shutdown(),
            State::Silent(..) => self.state = State::Ended,
            State::Ended => {}
        }
    }

    /// Takes the socket back from hyper, whose buffers are given up. Everything has been answered,
    /// and what was answered is sent.
    pub(crate) fn rest(&mut self) {
        match std::mem::replace(&mut self.state, State::Ended) {
            State::One(connection) => {
                let parts = connection.into_parts();
                let Watched { stream, first, .. } = parts.io.into_inner();
                let before = [parts.read_buf, first].concat();
                if !before.is_empty() {
                    // The beginning of the next request, which came with the one before.
                    self.activity.receives();
                }
                self.state = State::Silent(stream, before);
            }
            other => self.state = other,
        }
    }
}

/// A socket that notes what its deadline depends on.
struct Watched {
    stream: TcpStream,
    /// What was read before the connection was hyper's, and hyper has not taken yet.
    first: Bytes,
    activity: Rc<Activity>,
}

impl Watched {
    fn note_write<T>(&self, poll: Poll<T>) -> Poll<T> {
        self.activity.blocks(poll.is_pending());
        poll
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.first.is_empty() {
            let count = self.first.len().min(buffer.remaining());
            buffer.put_slice(&self.first.split_to(count));
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let poll = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.activity.receives();
        }
        poll
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.note_write(poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.note_write(poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::future::poll_fn;
    use std::pin::pin;
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;
    use crate::body::{Content, Received};

    /// A hang becomes a failure after this time.
    const PATIENCE: Duration = Duration::from_secs(20);

    async fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (client, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
        (client.unwrap(), accepted.unwrap().0)
    }

    /// Lets the server go on until the client has read an answer that ends with `end`.
    async fn read_until<S>(
        client: &mut TcpStream,
        talk: &mut Talk<S>,
        service: &impl Fn() -> S,
        end: &str,
    ) where
        S: Service<Request<Incoming>, Response = Response<AnswerBody>, Error = Infallible>,
        S::Future: 'static,
    {
        let protocols = Protocols::new(&Limits::default());
        let mut read = Vec::new();
        let mut patience = pin!(tokio::time::sleep(PATIENCE));
        while !read.ends_with(end.as_bytes()) {
            tokio::select! {
                biased;
                () = &mut patience => panic!("nothing after {}", String::from_utf8_lossy(&read)),
                _ = client.read_buf(&mut read) => {}
                () = poll_fn(|cx| talk.poll(cx, &protocols, service)) => {
                    panic!("ended after {}", String::from_utf8_lossy(&read));
                }
            }
        }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn what_a_client_sent_early_is_there_after_the_rest() {
        let service = || {
            hyper::service::service_fn(|request: Request<Incoming>| async move {
                let path = Bytes::from(format!("{} {}", request.method(), request.uri()));
                Ok(Response::new(AnswerBody::new(Content::Whole(path), Box::new(|_, _| {}))))
            })
        };
        let text =
            |method: &str, at: usize| format!("{method} /{at} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        for method in ["GET", "POST", "PUT", "PRUNE"] {
            for cut in 0..text(method, 1).len() {
                let (mut client, stream) = pair().await;
                let mut talk = Talk::new(stream, Rc::new(Activity::new()));
                assert!(!talk.is_loud());
                let (first, second) = (text("GET", 0), text(method, 1));
                let (early, late) = second.split_at(cut);
                client.write_all(format!("{first}{early}").as_bytes()).await.unwrap();
                read_until(&mut client, &mut talk, &service, "GET /0").await;
                assert!(talk.is_loud());
                talk.rest();
                assert!(!talk.is_loud());
                client.write_all(late.as_bytes()).await.unwrap();
                read_until(&mut client, &mut talk, &service, &format!("{method} /1")).await;
                // And once more, of a connection that was taken up again.
                talk.rest();
                client.write_all(text(method, 2).as_bytes()).await.unwrap();
                read_until(&mut client, &mut talk, &service, &format!("{method} /2")).await;
            }
        }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn no_connection_rests_before_the_end_of_a_body() {
        let (limits, protocols) = (Limits::default(), Protocols::new(&Limits::default()));
        for given_up in [false, true] {
            let activity = Rc::new(Activity::new());
            let kept = RefCell::new(None);
            let (mut client, stream) = pair().await;
            let mut talk = Talk::new(stream, Rc::clone(&activity));
            let service = || {
                hyper::service::service_fn(|request: Request<Incoming>| {
                    let (running, body) = (activity.begin(), request.into_body());
                    *kept.borrow_mut() = Some(Received::new(body, activity.bodies(), 99, PATIENCE));
                    let content = Content::Whole(Bytes::from_static(b"early"));
                    let answer = AnswerBody::new(content, Box::new(move |_, _| drop(running)));
                    std::future::ready(Ok(Response::new(answer)))
                })
            };
            let head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345";
            client.write_all(head.as_bytes()).await.unwrap();
            read_until(&mut client, &mut talk, &service, "early").await;
            assert!(activity.rests_at(&limits).is_none());
            let body = kept.borrow_mut().take().unwrap();
            if given_up {
                drop(body);
                // What comes now is the rest of a body that nobody wants, and no request.
                assert!(activity.rests_at(&limits).is_none());
                continue;
            }
            client.write_all(b"67890").await.unwrap();
            tokio::select! {
                () = body.discard() => {}
                () = poll_fn(|cx| talk.poll(cx, &protocols, &service)) => panic!("ended"),
            }
            assert!(activity.rests_at(&limits).is_some());
        }
    }
}
