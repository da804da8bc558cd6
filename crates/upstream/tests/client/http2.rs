//! HTTP/2: calls share a connection, and what happens to it.
//!
//! The peer is hyper's own server.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use frontage_upstream::{Address, Client, Request, Settings};
use http::{Method, Response, StatusCode, Version};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::spawn_local;

use crate::calls::{Running, get, start};
use crate::scripted::{local, settle};

/// Tasks of the thread.
#[derive(Clone, Copy)]
struct Here;

impl<F: Future<Output: 'static> + 'static> hyper::rt::Executor<F> for Here {
    fn execute(&self, task: F) {
        spawn_local(task);
    }
}

/// A request that waits for its answer.
struct Arrival {
    version: Version,
    uri: String,
    host: Option<String>,
    body: String,
    connection: usize,
    answer: oneshot::Sender<(u16, Bytes)>,
}

/// A service that speaks HTTP/2 and nothing else.
struct Service {
    port: u16,
    arrivals: mpsc::UnboundedReceiver<Arrival>,
    connections: Rc<Cell<usize>>,
    /// Streams that were given up before their answer.
    reset: Rc<Cell<usize>>,
    /// Ends the connections: at once, or once their streams are done.
    stop: Rc<Notify>,
    ended: Rc<Cell<usize>>,
}

impl Service {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (arrived, arrivals) = mpsc::unbounded_channel();
        let (connections, reset) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let (stop, ended) = (Rc::new(Notify::new()), Rc::new(Cell::new(0)));
        let own = (Rc::clone(&connections), Rc::clone(&reset));
        let (stopping, over) = (Rc::clone(&stop), Rc::clone(&ended));
        spawn_local(async move {
            let (connections, reset) = own;
            while let Ok((stream, _)) = listener.accept().await {
                connections.set(connections.get() + 1);
                let (number, arrived, reset) =
                    (connections.get(), arrived.clone(), Rc::clone(&reset));
                let service = service_fn(move |request: http::Request<Incoming>| {
                    let (arrived, reset) = (arrived.clone(), Rc::clone(&reset));
                    async move {
                        let mut given_up = GivenUp(Some(reset));
                        let answered = serve(request, number, &arrived).await;
                        given_up.0 = None;
                        answered
                    }
                });
                let (stopping, over) = (Rc::clone(&stopping), Rc::clone(&over));
                spawn_local(async move {
                    let connection = hyper::server::conn::http2::Builder::new(Here)
                        .serve_connection(TokioIo::new(stream), service);
                    tokio::pin!(connection);
                    tokio::select! {
                        _ = connection.as_mut() => {}
                        () = stopping.notified() => {
                            connection.as_mut().graceful_shutdown();
                            let _ = connection.await;
                        }
                    }
                    over.set(over.get() + 1);
                });
            }
        });
        Self { port, arrivals, connections, reset, stop, ended }
    }

    fn client(&self) -> Client {
        Client::new(self.settings())
    }

    fn settings(&self) -> Settings {
        let address = Address::parse(&format!("http://127.0.0.1:{}/v1", self.port)).unwrap();
        let mut settings = Settings::new("users", vec![address]);
        settings.http2 = Some(true);
        settings
    }

    async fn next(&mut self) -> Arrival {
        self.arrivals.recv().await.expect("the service goes on")
    }
}

/// Counts a request whose answer nobody waited for.
struct GivenUp(Option<Rc<Cell<usize>>>);

impl Drop for GivenUp {
    fn drop(&mut self) {
        if let Some(count) = &self.0 {
            count.set(count.get() + 1);
        }
    }
}

async fn serve(
    request: http::Request<Incoming>,
    connection: usize,
    arrived: &mpsc::UnboundedSender<Arrival>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let (answer, answered) = oneshot::channel();
    let host = parts.headers.get("host").map(|value| value.to_str().unwrap().to_owned());
    let body = String::from_utf8(body.to_vec()).unwrap();
    let (version, uri) = (parts.version, parts.uri.to_string());
    let _ = arrived.send(Arrival { version, uri, host, body, connection, answer });
    let (status, body) = answered.await.unwrap_or((500, Bytes::new()));
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    Ok(response)
}

async fn text(running: Running) -> String {
    match running.await.unwrap() {
        Ok(answer) => {
            format!("{} {}", answer.status.as_u16(), String::from_utf8_lossy(&answer.body))
        }
        Err(error) => error.reason().as_str().to_owned(),
    }
}

#[test]
fn calls_share_one_connection_from_the_first_on() {
    local(async {
        let mut service = Service::start().await;
        let client = service.client();
        let running: Vec<Running> =
            (0..20).map(|n| start(&client, get(&format!("/items?n={n}")))).collect();
        let mut arrivals = Vec::new();
        for _ in 0..20 {
            arrivals.push(service.next().await);
        }
        // They are there side by side, and are answered in another order.
        assert_eq!(service.connections.get(), 1);
        let first = &arrivals[0];
        assert_eq!(first.version, Version::HTTP_2);
        assert_eq!(first.uri, format!("http://127.0.0.1:{}/v1/items?n=0", service.port));
        assert_eq!(first.host, None);
        for Arrival { uri, answer, .. } in arrivals.into_iter().rev() {
            let number = uri.split('=').next_back().unwrap().to_owned();
            answer.send((200, number.into())).unwrap();
        }
        for (number, running) in running.into_iter().enumerate() {
            assert_eq!(text(running).await, format!("200 {number}"));
        }
    });
}

#[test]
fn a_body_is_sent_and_one_that_is_too_large_fails_its_call_only() {
    local(async {
        let mut service = Service::start().await;
        let mut settings = service.settings();
        settings.answer_limit = 100_000;
        let client = Client::new(settings);
        let body = Some(Bytes::from_static(b"{\"n\":1}"));
        let large =
            start(&client, Request { method: Method::POST, body, safe: false, ..get("/a") });
        let small = start(&client, get("/b"));
        for _ in 0..2 {
            let arrival = service.next().await;
            let is_large = arrival.uri.ends_with("/a");
            assert_eq!(arrival.body, if is_large { "{\"n\":1}" } else { "" });
            let size = if is_large { 200_000 } else { 3 };
            arrival.answer.send((200, vec![b'x'; size].into())).unwrap();
        }
        assert_eq!(text(large).await, "answer");
        assert_eq!(text(small).await, "200 xxx");
        let again = start(&client, get("/c"));
        service.next().await.answer.send((204, Bytes::new())).unwrap();
        assert_eq!(text(again).await, "204 ");
        assert_eq!(service.connections.get(), 1);
    });
}

#[test]
fn a_call_that_is_given_up_ends_its_stream_and_not_the_connection() {
    local(async {
        let mut service = Service::start().await;
        let client = service.client();
        let (given_up, kept) = (start(&client, get("/a")), start(&client, get("/b")));
        let (a, b) = (service.next().await, service.next().await);
        given_up.abort();
        while service.reset.get() == 0 {
            tokio::task::yield_now().await;
        }
        assert!(a.answer.is_closed() && !b.answer.is_closed());
        b.answer.send((200, "b".into())).unwrap();
        assert_eq!(text(kept).await, "200 b");
        assert_eq!(service.connections.get(), 1);
    });
}

#[test]
fn a_connection_that_goes_away_finishes_its_calls_and_is_followed_by_another() {
    local(async {
        let mut service = Service::start().await;
        let client = service.client();
        let first = start(&client, get("/a"));
        let arrival = service.next().await;
        service.stop.notify_waiters();
        settle().await;
        arrival.answer.send((200, "a".into())).unwrap();
        assert_eq!(text(first).await, "200 a");
        let second = start(&client, get("/b"));
        let arrival = service.next().await;
        assert_eq!(arrival.connection, 2);
        arrival.answer.send((200, "b".into())).unwrap();
        assert_eq!(text(second).await, "200 b");
    });
}

#[test]
fn an_unused_connection_is_closed() {
    local(async {
        let mut service = Service::start().await;
        let mut settings = service.settings();
        settings.idle_timeout = Duration::from_millis(20);
        let client = Client::new(settings);
        let running = start(&client, get("/a"));
        service.next().await.answer.send((200, "a".into())).unwrap();
        assert_eq!(text(running).await, "200 a");
        while service.ended.get() == 0 {
            tokio::task::yield_now().await;
        }
        let running = start(&client, get("/b"));
        let arrival = service.next().await;
        assert_eq!(arrival.connection, 2);
        drop(arrival);
        assert_eq!(text(running).await, "500 ");
    });
}

#[test]
fn who_waits_for_a_connection_that_fails_is_told_too() {
    local(async {
        // Nobody listens there any more.
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let address = Address::parse(&format!("http://127.0.0.1:{port}")).unwrap();
        let mut settings = Settings::new("users", vec![address]);
        settings.http2 = Some(true);
        let client = Client::new(settings);
        let running: Vec<Running> = (0..5).map(|_| start(&client, get("/a"))).collect();
        for running in running {
            assert_eq!(text(running).await, "connection");
        }
    });
}

/// A service behind TLS that offers protocols, and a client that trusts it.
async fn behind_tls(offered: &[&str]) -> (Client, Rc<RefCell<Vec<Version>>>, Rc<Cell<usize>>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = || std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    config.alpn_protocols = offered.iter().map(|name| name.as_bytes().to_vec()).collect();
    let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (versions, connections) = (Rc::new(RefCell::new(Vec::new())), Rc::new(Cell::new(0)));
    let (seen, count) = (Rc::clone(&versions), Rc::clone(&connections));
    spawn_local(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.set(count.get() + 1);
            let (acceptor, seen) = (acceptor.clone(), Rc::clone(&seen));
            spawn_local(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                let service = service_fn(move |request: http::Request<Incoming>| {
                    seen.borrow_mut().push(request.version());
                    async { Ok::<_, Infallible>(Response::new(Full::new(Bytes::from("yes")))) }
                });
                let io = TokioIo::new(stream);
                if http2 {
                    let _ = hyper::server::conn::http2::Builder::new(Here)
                        .serve_connection(io, service)
                        .await;
                } else {
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(io, service)
                        .await;
                }
            });
        }
    });
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate).unwrap();
    let trust = rustls::ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let address = Address::parse(&format!("https://localhost:{port}")).unwrap();
    let mut settings = Settings::new("users", vec![address]);
    settings.tls = Some(std::sync::Arc::new(trust));
    settings.connect_timeout = Duration::from_secs(10);
    (Client::new(settings), versions, connections)
}

#[test]
fn behind_tls_it_is_spoken_where_it_is_offered() {
    for (offered, version, fewest, most) in [
        (&["h2", "http/1.1"][..], Version::HTTP_2, 1, 1),
        (&["http/1.1"][..], Version::HTTP_11, 1, 4),
        (&[][..], Version::HTTP_11, 1, 4),
    ] {
        local(async {
            let (client, versions, connections) = behind_tls(offered).await;
            let running: Vec<Running> = (0..4).map(|_| start(&client, get("/a"))).collect();
            for running in running {
                assert_eq!(text(running).await, "200 yes");
            }
            assert_eq!(*versions.borrow(), [version; 4], "{offered:?}");
            assert!((fewest..=most).contains(&connections.get()), "{offered:?}");
        });
    }
}
