//! Start, swap, overload, drain; streams in both directions.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use frontage_server::{Auth, Server, StartError};

use crate::plans::{engine, plan, settings, start, swap, users};
use crate::raw::{connect, get, parse, read_to_end};
use crate::upstream::Upstream;

/// Reads until the text is there.
pub(crate) fn read_until(stream: &mut TcpStream, text: &str) -> String {
    let mut out = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let so_far = String::from_utf8_lossy(&out).into_owned();
        if so_far.contains(text) {
            return so_far;
        }
        match stream.read(&mut piece) {
            Ok(0) => panic!("ended without {text}: {so_far}"),
            Ok(count) => out.extend_from_slice(&piece[..count]),
            Err(error) => panic!("{error} without {text}: {so_far}"),
        }
    }
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let running = start(settings());
    let mut taken = settings();
    taken.listen = running.local_addr();
    let error = Server::start(taken, engine(plan("two"))).err();
    let address = running.local_addr();
    assert!(matches!(&error, Some(StartError::AddressInUse { address: a }) if *a == address));
    assert!(error.is_some_and(|e| e.to_string().contains(&address.to_string())));

    let mut open = settings();
    open.auth = Auth::Dev { session: "{}".into() };
    open.listen = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    let error = Server::start(open, engine(plan("two"))).err();
    assert!(matches!(error, Some(StartError::DevBeyondLoopback { .. })));

    let mut session = settings();
    session.auth = Auth::Dev { session: "[1]".into() };
    let error = Server::start(session, engine(plan("two"))).err();
    assert!(matches!(error, Some(StartError::Session)));

    let mut files = settings();
    files.static_dir = Some("/nonexistent/folder".into());
    let error = Server::start(files, engine(plan("two"))).err();
    assert!(matches!(error, Some(StartError::Files { .. })));
}

#[test]
fn a_swap_keeps_running_requests_and_their_connections() {
    let upstream = Upstream::start();
    let mut settings = settings();
    settings.upstreams = users(upstream.address);
    settings.threads = std::num::NonZeroUsize::new(1);
    let server = start(settings.clone());
    let address = server.local_addr();
    let before = server.plan_digest();
    let asking = thread::spawn(move || get(address, "/user", ""));
    let held = upstream.next();
    // The new plan no longer has the route that is running.
    let mut next = plan("two");
    next.routes.retain(|route| route.path_text() != "/user");
    swap(&server, settings.clone(), next);
    assert_ne!(server.plan_digest(), before);
    assert_eq!(get(address, "/mark", "").text(), r#"{"mark":"two"}"#);
    assert_eq!(get(address, "/user", "").status, 404);
    let port = held.stream.peer_addr().map(|a| a.port()).ok();
    held.json(r#"{"name":"Ada"}"#);
    let answer = asking.join().unwrap_or_else(|_| panic!("panicked"));
    assert_eq!(answer.text(), r#"{"name":"Ada"}"#);
    swap(&server, settings, plan("three"));
    let asking = thread::spawn(move || get(address, "/user", ""));
    let held = upstream.next();
    assert_eq!(held.stream.peer_addr().map(|a| a.port()).ok(), port, "the pool was kept");
    held.json(r#"{"name":"Ada"}"#);
    assert_eq!(asking.join().map(|a| a.status).ok(), Some(200));
}

#[test]
fn swaps_under_load_fail_no_request() {
    let server =
        Server::start(settings(), engine(plan("mark first"))).unwrap_or_else(|e| panic!("{e}"));
    let address = server.local_addr();
    let clients: Vec<_> = (0..4)
        .map(|_| {
            thread::spawn(move || {
                let mut stream = connect(address);
                for _ in 0..300 {
                    let _ = stream.write_all(b"GET /mark HTTP/1.1\r\nHost: a\r\n\r\n");
                    let answer = read_until(&mut stream, "\"}");
                    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
                    assert!(answer.contains("{\"mark\":\"mark "), "{answer}");
                }
            })
        })
        .collect();
    for number in 0..100 {
        swap(&server, settings(), plan(&format!("mark {number}")));
    }
    for client in clients {
        assert!(client.join().is_ok());
    }
}

#[test]
fn new_upstreams_get_new_clients() {
    let (old, new) = (Upstream::start(), Upstream::start());
    let mut settings = settings();
    settings.upstreams = users(old.address);
    let server = start(settings.clone());
    settings.upstreams = users(new.address);
    swap(&server, settings, plan("two"));
    let new = new.always(r#"{"name":"New"}"#);
    assert_eq!(get(server.local_addr(), "/user", "").text(), r#"{"name":"New"}"#);
    assert_eq!(new.lock().map(|heads| heads.len()).ok(), Some(1));
    assert!(old.is_quiet());
}

#[test]
fn beyond_the_limit_requests_are_refused_at_once() {
    let upstream = Upstream::start();
    let mut settings = settings();
    settings.upstreams = users(upstream.address);
    settings.limits.concurrency = 1;
    let server = start(settings);
    let address = server.local_addr();
    let asking = thread::spawn(move || get(address, "/user", ""));
    let held = upstream.next();
    let refused = get(address, "/small", "");
    assert_eq!((refused.status, refused.header("retry-after")), (503, "1"));
    assert_eq!(refused.json()["code"], "busy");
    held.json(r#"{"name":"Ada"}"#);
    assert_eq!(asking.join().map(|a| a.status).ok(), Some(200));
    assert_eq!(get(address, "/small", "").status, 200);
}

#[test]
fn a_request_has_a_time_limit() {
    let upstream = Upstream::start();
    let mut settings = settings();
    settings.upstreams = users(upstream.address);
    settings.limits.request_timeout = Duration::from_millis(50);
    let server = start(settings);
    let address = server.local_addr();
    let asking = thread::spawn(move || get(address, "/user", ""));
    let mut held = upstream.next();
    let answer = asking.join().unwrap_or_else(|_| panic!("panicked"));
    assert_eq!((answer.status, answer.json()["code"].as_str()), (504, Some("request_timeout")));
    // Its safe call is cancelled: the upstream sees the end of the connection.
    assert_eq!(read_to_end(&mut held.stream), b"");
}

#[test]
fn draining_finishes_what_runs_and_accepts_nothing_new() {
    let upstream = Upstream::start();
    let mut settings = settings();
    settings.upstreams = users(upstream.address);
    let server = start(settings);
    let (address, admin) = (server.local_addr(), server.admin_addr());
    let admin = admin.unwrap_or_else(|| panic!("no admin"));
    assert_eq!(get(admin, "/readyz", "").status, 200);
    let mut idle = connect(address);
    let _ = idle.write_all(b"GET /small HTTP/1.1\r\nHost: a\r\n\r\n");
    read_until(&mut idle, "{\"a\":\"b\"}");
    let mut running = connect(address);
    let _ = running.write_all(b"GET /user HTTP/1.1\r\nHost: a\r\n\r\n");
    let held = upstream.next();
    server.drain();
    assert_eq!(read_to_end(&mut idle), b"", "an idle connection is closed");
    assert_eq!(get(admin, "/readyz", "").status, 503);
    assert_eq!(get(admin, "/healthz", "").status, 200);
    held.json(r#"{"name":"Ada"}"#);
    let answers = parse(&read_to_end(&mut running), false);
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].text(), r#"{"name":"Ada"}"#);
    assert_eq!(answers[0].header("connection"), "close");
    assert!(server.join());
    assert!(TcpStream::connect(address).is_err());
    assert!(TcpStream::connect(admin).is_err());
}

#[test]
fn draining_waits_no_longer_than_it_may() {
    let upstream = Upstream::start();
    let mut settings = settings();
    settings.upstreams = users(upstream.address);
    settings.drain = Duration::from_millis(50);
    let server = start(settings);
    let mut running = connect(server.local_addr());
    let _ = running.write_all(b"GET /user HTTP/1.1\r\nHost: a\r\n\r\n");
    let _held = upstream.next();
    server.drain();
    assert!(server.join());
    assert_eq!(read_to_end(&mut running), b"");
}

#[test]
fn bodies_stream_through_in_both_directions() {
    let upstream = Upstream::start();
    let mut settings = settings();
    settings.upstreams = users(upstream.address);
    let server = start(settings);
    let mut down = connect(server.local_addr());
    let _ = down.write_all(b"GET /avatars/p%2F5 HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nCookie: c=1\r\nConnection: close\r\n\r\n");
    let mut arrived = upstream.next();
    assert!(arrived.head.starts_with("GET /users/p%2F5 HTTP/1.1\r\n"), "{}", arrived.head);
    assert!(!arrived.head.to_ascii_lowercase().contains("cookie"), "{}", arrived.head);
    let head = "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ntransfer-encoding: chunked\r\netag: \"theirs\"\r\nset-cookie: a=b\r\n\r\n";
    let _ = arrived.stream.write_all(format!("{head}5\r\nfirst\r\n").as_bytes());
    // The first piece is here before the upstream has written the second.
    let begun = read_until(&mut down, "first");
    assert!(begun.contains("etag: \"theirs\"") && begun.contains("image/png"), "{begun}");
    assert!(!begun.contains("set-cookie"), "{begun}");
    let _ = arrived.stream.write_all(b"6\r\nsecond\r\n0\r\n\r\n");
    let rest = read_to_end(&mut down);
    assert!(String::from_utf8_lossy(&rest).contains("second"));

    let mut up = connect(server.local_addr());
    let head = "POST /uploads HTTP/1.1\r\nHost: a\r\ncontent-type: image/png\r\ncontent-length: 10\r\nConnection: close\r\n\r\n";
    let _ = up.write_all(format!("{head}01234").as_bytes());
    let _ = up.write_all(b"56789");
    let arrived = upstream.next();
    let head = arrived.head.to_ascii_lowercase();
    assert!(head.starts_with("post /uploads http/1.1\r\n"), "{head}");
    if head.contains("content-length: 10") {
        assert_eq!(arrived.body, b"0123456789");
    }
    arrived.raw(b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok");
    let answers = parse(&read_to_end(&mut up), false);
    assert_eq!((answers[0].status, answers[0].text().as_str()), (201, "ok"));
}

#[test]
fn a_cut_upstream_never_becomes_a_whole_answer() {
    let upstream = Upstream::start();
    let mut settings = settings();
    settings.upstreams = users(upstream.address);
    let server = start(settings);
    let mut down = connect(server.local_addr());
    let _ = down.write_all(b"GET /avatars/1 HTTP/1.1\r\nHost: a\r\n\r\n");
    let mut arrived = upstream.next();
    let _ = arrived
        .stream
        .write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n");
    read_until(&mut down, "first");
    let _ = arrived.stream.shutdown(std::net::Shutdown::Both);
    let rest = read_to_end(&mut down);
    assert!(!String::from_utf8_lossy(&rest).contains("0\r\n\r\n"), "{rest:?}");
}

#[test]
fn open_pages_learn_of_errors_and_changes() {
    let mut settings = settings();
    settings.dev = true;
    let server = start(settings);
    server.set_overlay(Some("error[FR2104]: <b>`price`</b>\nline two".into()));
    let mut events = connect(server.local_addr());
    let _ = events.write_all(b"GET /_frontage/events HTTP/1.1\r\nHost: a\r\n\r\n");
    let begun = read_until(&mut events, "line two\"}\n\n");
    assert!(begun.contains("content-type: text/event-stream"), "{begun}");
    assert!(
        begun
            .contains(r#"data: {"kind":"error","text":"error[FR2104]: <b>`price`</b>\nline two"}"#)
    );
    server.set_overlay(None);
    read_until(&mut events, "data: {\"kind\":\"ok\"}\n\n");
    server.reload_pages();
    read_until(&mut events, "data: {\"kind\":\"reload\"}\n\n");
    // An open page keeps no server alive.
    server.drain();
    assert!(server.join());
    read_to_end(&mut events);
}
