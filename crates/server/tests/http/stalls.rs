//! Clients that take nothing, and bodies that come too slowly or broken: what they hold is freed.

use std::io::{Read, Write};
use std::time::Duration;

use crate::plans::{settings, start, users};
use crate::raw::{connect, parse, read_to_end};
use crate::upstream::Upstream;

/// A frame of HTTP/2: its type, flags, stream and content.
fn frame(kind: u8, flags: u8, stream: u32, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap_or_else(|e| panic!("{e}")).to_be_bytes();
    let mut out = length[1..].to_vec();
    out.extend([kind, flags]);
    out.extend(stream.to_be_bytes());
    out.extend(content);
    out
}

/// `GET http://a/avatars/7`, with a path that is never indexed.
fn head() -> Vec<u8> {
    let path = b"/avatars/7";
    let mut out = vec![0x82, 0x86, 0x41, 1, b'a', 0x04, u8::try_from(path.len()).unwrap_or(0)];
    out.extend(path);
    out
}

#[test]
fn a_stream_whose_client_opens_no_window_frees_its_upstream_connection() {
    let upstream = Upstream::start();
    let mut settings = settings();
    settings.upstreams = users(upstream.address);
    settings.limits.write_timeout = Duration::from_millis(100);
    let server = start(settings);
    let mut client = connect(server.local_addr());
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    // SETTINGS_INITIAL_WINDOW_SIZE = 0: not a byte of any answer may be sent.
    bytes.extend(frame(4, 0, 0, &[0, 4, 0, 0, 0, 0]));
    bytes.extend(frame(1, 5, 1, &head()));
    client.write_all(&bytes).unwrap_or_else(|e| panic!("{e}"));
    let mut arrived = upstream.next();
    let piece = "x".repeat(64 << 10);
    let _ = arrived.stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
    arrived.stream.set_write_timeout(Some(crate::raw::PATIENCE)).unwrap_or_else(|e| panic!("{e}"));
    // The upstream is let go while the client keeps its connection open.
    let failed = loop {
        if let Err(error) = write!(arrived.stream, "10000\r\n{piece}\r\n") {
            break error;
        }
    };
    let closed = [std::io::ErrorKind::ConnectionReset, std::io::ErrorKind::BrokenPipe];
    assert!(closed.contains(&failed.kind()), "{failed}");
    // The connection itself still serves: a ping is answered.
    let ping = frame(6, 0, 0, b"12345678");
    client.write_all(&ping).unwrap_or_else(|e| panic!("{e}"));
    let mut seen = Vec::new();
    let mut part = [0; 1024];
    while !seen.windows(8).any(|window| window == b"12345678") {
        let count = client.read(&mut part).unwrap_or_else(|e| panic!("{e}"));
        assert_ne!(count, 0, "the connection was closed");
        seen.extend_from_slice(&part[..count]);
    }
}

#[test]
fn a_body_that_trickles_ends_although_it_never_pauses() {
    let mut settings = settings();
    settings.limits.body_read_timeout = Duration::from_millis(200);
    let server = start(settings);
    let mut client = connect(server.local_addr());
    let head = "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n\
                content-length: 100000\r\n\r\n";
    client.write_all(head.as_bytes()).unwrap_or_else(|e| panic!("{e}"));
    let mut sender = client.try_clone().unwrap_or_else(|e| panic!("{e}"));
    client.set_read_timeout(Some(Duration::from_millis(20))).unwrap_or_else(|e| panic!("{e}"));
    let (mut seen, mut part) = (Vec::new(), [0; 1024]);
    for _ in 0..1000 {
        // One byte for each read that finds nothing: about fifty in a second.
        if sender.write_all(b" ").is_err() {
            break;
        }
        match client.read(&mut part) {
            Ok(0) => break,
            Ok(count) => {
                seen.extend_from_slice(&part[..count]);
                break;
            }
            Err(_) => {}
        }
    }
    client.set_read_timeout(Some(crate::raw::PATIENCE)).unwrap_or_else(|e| panic!("{e}"));
    drop(sender);
    let _ = client.shutdown(std::net::Shutdown::Write);
    seen.extend(read_to_end(&mut client));
    assert_eq!(parse(&seen, false)[0].json()["code"], "body_too_slow");
}

#[test]
fn a_bodys_time_is_its_requests() {
    let mut settings = settings();
    settings.limits.request_timeout = Duration::from_millis(100);
    settings.limits.body_read_timeout = Duration::from_secs(3600);
    let server = start(settings);
    let mut client = connect(server.local_addr());
    let head = "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n\
                connection: close\r\ncontent-length: 100000\r\n\r\n{";
    client.write_all(head.as_bytes()).unwrap_or_else(|e| panic!("{e}"));
    let seen = crate::lifecycle::read_until(&mut client, "body_too_slow");
    assert!(seen.starts_with("HTTP/1.1 408 "), "{seen}");
}

#[test]
fn bodies_that_are_waited_for_are_bounded_and_hold_no_others_up() {
    let mut settings = settings();
    settings.limits.concurrency = 1;
    let server = start(settings);
    let address = server.local_addr();
    let head = |length: usize| {
        format!(
            "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n\
             connection: close\r\ncontent-length: {length}\r\n"
        )
    };
    let mut first = connect(address);
    let asking = format!("{}expect: 100-continue\r\n\r\n", head(8));
    first.write_all(asking.as_bytes()).unwrap_or_else(|e| panic!("{e}"));
    // From now on it is waited for.
    crate::lifecycle::read_until(&mut first, "100 Continue\r\n\r\n");
    let mut second = connect(address);
    second.write_all(format!("{}\r\n{{", head(8)).as_bytes()).unwrap_or_else(|e| panic!("{e}"));
    let seen = crate::lifecycle::read_until(&mut second, "\"busy\"");
    assert!(seen.starts_with("HTTP/1.1 503 "), "{seen}");
    // One that has come needs no place among those.
    let whole = format!("{}\r\n{{\"a\": 1}}", head(8));
    let answers = parse(&crate::raw::send(address, whole.as_bytes()), false);
    assert_eq!(answers[0].status, 200, "{}", answers[0].text());
    first.write_all(b"{\"a\": 1}").unwrap_or_else(|e| panic!("{e}"));
    assert!(read_to_end(&mut first).starts_with(b"HTTP/1.1 200 "));
}

#[test]
fn a_broken_body_on_its_way_through_is_the_clients_fault() {
    let upstream = Upstream::start();
    let mut settings = settings();
    settings.upstreams = users(upstream.address);
    settings.limits.request_body = 1000;
    let server = start(settings);
    let too_long = format!("3e9\r\n{}\r\n0\r\n\r\n", "x".repeat(1001));
    for (body, code) in [("zz\r\nx\r\n0\r\n\r\n", "broken_body"), (&too_long, "body_too_large")] {
        let mut client = connect(server.local_addr());
        let request = format!(
            "POST /uploads HTTP/1.1\r\nhost: a\r\ncontent-type: application/octet-stream\r\n\
             transfer-encoding: chunked\r\nconnection: close\r\n\r\n{body}"
        );
        client.write_all(request.as_bytes()).unwrap_or_else(|e| panic!("{e}"));
        let answers = parse(&read_to_end(&mut client), false);
        assert_eq!(answers[0].json()["code"], code, "{}", answers[0].text());
    }
}

#[test]
fn what_is_no_final_answer_is_not_handed_on() {
    let upstream = Upstream::start();
    let mut settings = settings();
    settings.upstreams = users(upstream.address);
    let server = start(settings);
    let address = server.local_addr();
    let cases = [
        ("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", 502, ""),
        ("HTTP/1.1 999 What\r\ncontent-length: 0\r\n\r\n", 502, ""),
        // The chunks are the body, whatever the length says.
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n\
             5\r\nwhole\r\n0\r\n\r\n",
            200,
            "whole",
        ),
    ];
    for (raw, status, body) in cases {
        let asking = std::thread::spawn(move || crate::raw::get(address, "/avatars/7", ""));
        upstream.next().raw(raw.as_bytes());
        let answer = asking.join().unwrap_or_else(|_| panic!("no answer"));
        assert_eq!(answer.status, status, "{raw}");
        if status == 200 {
            assert_eq!(answer.text(), body);
        }
    }
}
