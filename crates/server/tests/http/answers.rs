//! What answers look like: headers, conditional requests, compression, problems, sessions.

use std::io::Read;

use frontage_server::{Auth, Handle};

use crate::plans::{settings, start, users};
use crate::raw::{Answer, ask, get, parse, send};
use crate::upstream::Upstream;

fn server() -> Handle {
    start(settings())
}

#[test]
fn an_answer_has_type_length_tag_and_id() {
    let server = server();
    let answer = get(server.local_addr(), "/small", "x-request-id: my-id");
    assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"a":"b"}"#));
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("content-length"), "9");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("x-request-id"), "my-id");
    assert!(answer.header("etag").starts_with('"'));
    assert_eq!(answer.header("cache-control"), "");
    assert_eq!(answer.header("vary"), "accept-encoding");
    assert_eq!(get(server.local_addr(), "/nothing", "").status, 204);
}

#[test]
fn a_known_tag_gives_304_for_exactly_its_coding() {
    let server = server();
    let address = server.local_addr();
    for coding in ["", "gzip", "zstd", "br"] {
        let accept = format!("accept-encoding: {coding}\r\n");
        let first = get(address, "/long", &accept);
        assert_eq!(first.header("content-encoding"), coding);
        let tag = first.header("etag");
        let again = get(address, "/long", &format!("{accept}if-none-match: \"x\", W/{tag}"));
        assert_eq!((again.status, again.body.len()), (304, 0), "{coding}");
        assert_eq!(again.header("etag"), tag);
        assert_eq!(again.header("vary"), "accept-encoding");
        assert_eq!(again.header("content-type"), "");
        let other = if coding == "gzip" { "br" } else { "gzip" };
        let accept = format!("accept-encoding: {other}\r\nif-none-match: {tag}");
        assert_eq!(get(address, "/long", &accept).status, 200, "{coding} is not {other}");
    }
}

fn decoded(answer: &Answer) -> Vec<u8> {
    let mut out = Vec::new();
    let body = &answer.body[..];
    let done = match answer.header("content-encoding") {
        "" => {
            out.extend_from_slice(body);
            Ok(0)
        }
        "gzip" => flate2::read::GzDecoder::new(body).read_to_end(&mut out),
        "br" => brotli::Decompressor::new(body, 4096).read_to_end(&mut out),
        "zstd" => zstd::stream::copy_decode(body, &mut out).map(|()| 0),
        other => panic!("{other}"),
    };
    done.unwrap_or_else(|e| panic!("{e}"));
    out
}

#[test]
fn long_answers_are_compressed_as_the_client_likes_it() {
    let server = server();
    let address = server.local_addr();
    for path in ["/long", "/very-long"] {
        let plain = get(address, path, "");
        assert_eq!(plain.header("content-encoding"), "");
        for (accept, expected) in [
            ("gzip", "gzip"),
            ("gzip, deflate, br, zstd", "zstd"),
            ("gzip, br", "gzip"),
            ("br", "br"),
            ("zstd;q=0.1, gzip;q=0.2", "gzip"),
            ("identity", ""),
            ("*;q=0", ""),
        ] {
            let answer = get(address, path, &format!("accept-encoding: {accept}"));
            assert_eq!(answer.header("content-encoding"), expected, "{accept}");
            assert_eq!(decoded(&answer), plain.body, "{path} {accept}");
            let length = answer.body.len();
            assert!(expected.is_empty() || length < plain.body.len() / 2, "{accept}: {length}");
        }
    }
    let small = get(address, "/small", "accept-encoding: gzip");
    assert_eq!(small.header("content-encoding"), "");
}

#[test]
fn head_is_get_without_a_body() {
    let server = server();
    let address = server.local_addr();
    for path in ["/small", "/long", "/nothing", "/none"] {
        let got = get(address, path, "");
        let head = ask(address, &format!("HEAD {path} HTTP/1.1"), b"");
        assert_eq!(head.status, got.status, "{path}");
        for name in ["content-length", "etag", "content-type", "vary"] {
            let both = (head.header(name), got.header(name));
            // The problem of a 404 holds the request's id, whose length is always the same.
            assert_eq!(both.0, both.1, "{path} {name}");
        }
    }
}

#[test]
fn options_and_other_methods_learn_what_a_path_has() {
    let server = server();
    let address = server.local_addr();
    for (request, status, allow) in [
        ("OPTIONS /small", 204, "GET, HEAD, OPTIONS"),
        ("OPTIONS /echo", 204, "POST, OPTIONS"),
        ("POST /small", 405, "GET, HEAD, OPTIONS"),
        ("GET /echo", 405, "POST, OPTIONS"),
        ("HEAD /echo", 405, "POST, OPTIONS"),
        ("TRACE /small", 405, "GET, HEAD, OPTIONS"),
        ("BREW /small", 405, "GET, HEAD, OPTIONS"),
        ("OPTIONS *", 204, ""),
        ("OPTIONS /none", 404, ""),
    ] {
        let answer = ask(address, &format!("{request} HTTP/1.1"), b"");
        assert_eq!((answer.status, answer.header("allow")), (status, allow), "{request}");
    }
}

#[test]
fn every_error_is_a_problem() {
    let mut settings = settings();
    settings.limits.request_body = 100;
    let server = start(settings);
    let address = server.local_addr();
    let body = |size: usize| format!("\"{}\"", "x".repeat(size - 2)).into_bytes();
    let post = |size: usize| {
        ask(
            address,
            &format!(
                "POST /echo HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: {size}"
            ),
            &body(size),
        )
    };
    assert_eq!(post(100).status, 200);
    for (answer, status, code) in [
        (get(address, "/none", ""), 404, "not_found"),
        (get(address, "/small/", ""), 404, "not_found"),
        (get(address, "//small", ""), 400, "malformed_path"),
        (post(101), 413, "body_too_large"),
        (ask(address, "POST /small HTTP/1.1\r\ncontent-length: 0", b""), 405, "method_not_allowed"),
    ] {
        assert_eq!(answer.status, status, "{code}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let json = answer.json();
        assert_eq!(json["status"], status);
        assert_eq!(json["code"], code);
        assert_eq!(json["requestId"], answer.header("x-request-id"));
        assert!(json["title"].is_string());
    }
}

#[test]
fn a_body_without_a_length_is_counted_while_it_comes() {
    let mut settings = settings();
    settings.limits.request_body = 100;
    let server = start(settings);
    let head =
        "POST /echo HTTP/1.1\r\ncontent-type: application/json\r\ntransfer-encoding: chunked";
    let chunk = |size: usize| format!("{size:x}\r\n{}\r\n", "1".repeat(size));
    let good = format!("{}{}0\r\n\r\n", chunk(50), chunk(50));
    assert_eq!(ask(server.local_addr(), head, good.as_bytes()).status, 200);
    let bad = format!("{}{}0\r\n\r\n", chunk(50), chunk(51));
    assert_eq!(ask(server.local_addr(), head, bad.as_bytes()).status, 413);
}

#[test]
fn path_parameters_stay_one_segment() {
    let server = server();
    let address = server.local_addr();
    assert_eq!(get(address, "/items/p%2F5", "").json()["id"], "p/5");
    assert_eq!(get(address, "/items/a;b", "").json()["id"], "a;b");
    assert_eq!(get(address, "/rest/a/b%20c", "").json()["path"], "a/b c");
    assert_eq!(get(address, "/items/a/b", "").status, 404);
}

#[test]
fn the_fixed_session_and_its_user_header_belong_to_dev_only() {
    let open = server();
    let answer = get(open.local_addr(), "/me", "x-frontage-dev-user: u7");
    assert_eq!(answer.text(), "{}");
    assert_eq!(answer.header("cache-control"), "private, no-store");
    let mut settings = settings();
    settings.auth = Auth::Dev { session: r#"{"sub":"u1","plan":"gold"}"#.into() };
    let dev = start(settings);
    let me = |fields: &str| get(dev.local_addr(), "/me", fields).json();
    assert_eq!(me("")["sub"], "u1");
    assert_eq!(me("x-frontage-dev-user: u7")["sub"], "u7");
    assert_eq!(me("x-frontage-dev-user: u7")["plan"], "gold");
    // A page of another site reaches this machine under a name of its own.
    let foreign = b"GET /me HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    let answers = parse(&send(dev.local_addr(), foreign), false);
    assert_eq!(answers[0].status, 421);
    let answers = parse(&send(open.local_addr(), foreign), false);
    assert_eq!(answers[0].status, 200);
}

#[test]
fn a_replaced_part_and_the_calls_are_named() {
    let upstream = Upstream::start();
    let mut settings = settings();
    settings.upstreams = users(upstream.address);
    settings.server_timing = true;
    let server = start(settings);
    let address = server.local_addr();
    let asking = std::thread::spawn(move || {
        get(
            address,
            "/optional",
            "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        )
    });
    let arrived = upstream.next();
    assert!(arrived.head.contains("4bf92f3577b34da6a3ce929d0e0e4736"), "{}", arrived.head);
    assert!(!arrived.head.contains("00f067aa0ba902b7"), "{}", arrived.head);
    arrived.raw(b"HTTP/1.1 500 Oh\r\ncontent-length: 6\r\n\r\nsecret");
    let answer = asking.join().unwrap_or_else(|_| panic!("panicked"));
    assert_eq!(answer.text(), r#"{"picks":null}"#);
    assert_eq!(answer.header("frontage-fallback"), "picks");
    let timing = answer.header("server-timing");
    assert!(
        timing.starts_with("users.getUser;dur=") && timing.contains(", total;dur="),
        "{timing}"
    );
}

#[test]
fn a_failed_upstream_tells_nothing_of_itself() {
    let closed = Upstream::start();
    let address = closed.address;
    let mut settings = settings();
    settings.upstreams = users(address);
    let server = start(settings);
    let local = server.local_addr();
    let asking = std::thread::spawn(move || get(local, "/user", ""));
    closed.next().raw(b"HTTP/1.1 500 Oh\r\ncontent-length: 6\r\n\r\nsecret");
    let answer = asking.join().unwrap_or_else(|_| panic!("panicked"));
    assert_eq!(answer.status, 502);
    let text = answer.text();
    assert!(!text.contains("secret") && !text.contains(&address.to_string()), "{text}");
    let late = std::thread::spawn(move || get(local, "/impatient", ""));
    let held = closed.next();
    assert_eq!(late.join().map(|a| a.status).ok(), Some(504));
    drop(held);
}
