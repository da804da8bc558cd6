//! What must not come in: garbage, ambiguity, too much.

use std::io::Write;

use crate::plans::{settings, start};
use crate::raw::{ask, connect, get, parse, read_to_end, send};

#[test]
fn garbage_is_answered_400_or_closed_and_never_hangs() {
    let server = start(settings());
    for bytes in [
        &b"\0\0\0\0"[..],
        b"hello\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nx\0y: 1\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ngarbage that is no frame at all",
    ] {
        let mut stream = connect(server.local_addr());
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let answer = read_to_end(&mut stream);
        let ok = answer.is_empty() || answer.starts_with(b"HTTP/1.1 400") || answer[3] == 4;
        assert!(ok, "{bytes:?}: {:?}", String::from_utf8_lossy(&answer));
    }
    assert_eq!(get(server.local_addr(), "/small", "").status, 200);
}

#[test]
fn a_head_that_can_be_read_in_two_ways_is_refused() {
    let server = start(settings());
    let hidden = "GET /small HTTP/1.1\r\nHost: hidden\r\n\r\n";
    for (name, request) in [
        ("two lengths", format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 99\r\n\r\nnull{hidden}")),
        ("length list", format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4, 9\r\n\r\nnull{hidden}")),
        ("signed length", format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +4\r\n\r\nnull{hidden}")),
        ("length too long", format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\nnull{hidden}")),
        ("unknown coding", format!("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{hidden}")),
        ("coding not last", format!("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{hidden}")),
        ("space before colon", format!("GET /small HTTP/1.1\r\nHost : a\r\n\r\n{hidden}")),
        ("folded line", format!("GET /small HTTP/1.1\r\nHost: a\r\nx: 1\r\n folded\r\n\r\n{hidden}")),
        ("two hosts", "GET /small HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n".into()),
        ("no host", "GET /small HTTP/1.1\r\nConnection: close\r\n\r\n".into()),
        ("look-alikes", "GET /small HTTP/1.1\r\nHost: a\r\nX-User-Id: 1\r\nX_User_Id: 2\r\nConnection: close\r\n\r\n".into()),
        ("bad chunk size", format!("POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\ncontent-type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nnull\r\n0\r\n\r\n{hidden}")),
    ] {
        let bytes = send(server.local_addr(), request.as_bytes());
        let answers = parse(&bytes, false);
        assert_eq!(answers.len(), 1, "{name}: {}", String::from_utf8_lossy(&bytes));
        assert_eq!(answers[0].status, 400, "{name}");
    }
}

#[test]
fn length_beside_chunked_hides_no_request() {
    // RFC 9112 §6.1: chunked wins, and the connection ends after the answer.
    let server = start(settings());
    let request = "POST /echo HTTP/1.1\r\nHost: a\r\ncontent-type: application/json\r\n\
                   Content-Length: 60\r\nTransfer-Encoding: chunked\r\n\r\n\
                   4\r\nnull\r\n0\r\n\r\nGET /small HTTP/1.1\r\nHost: hidden\r\n\r\n";
    let bytes = send(server.local_addr(), request.as_bytes());
    let answers = parse(&bytes, false);
    assert_eq!(answers.len(), 1, "{}", String::from_utf8_lossy(&bytes));
    assert!(answers[0].status == 200 || answers[0].status == 400);
}

#[test]
fn each_request_of_a_byte_stream_gets_one_answer() {
    let server = start(settings());
    let mut stream = String::new();
    for body in ["1", "[2]", "null"] {
        stream.push_str(&format!(
            "POST /echo HTTP/1.1\r\nHost: a\r\ncontent-type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        ));
    }
    stream.push_str("GET /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let answers = parse(&send(server.local_addr(), stream.as_bytes()), false);
    let texts: Vec<String> = answers.iter().map(crate::raw::Answer::text).collect();
    assert_eq!(texts, ["1", "[2]", "null", r#"{"a":"b"}"#]);
}

#[test]
fn targets_and_heads_have_limits() {
    let server = start(settings());
    let address = server.local_addr();
    let long = |size: usize| format!("/small?{}", "q".repeat(size - 7));
    assert_eq!(get(address, &long(8192), "").status, 200);
    let answer = get(address, &long(8193), "");
    assert_eq!((answer.status, answer.json()["code"].as_str()), (414, Some("uri_too_long")));
    let field = |size: usize| format!("x: {}", "v".repeat(size));
    assert_eq!(get(address, "/small", &field(30 << 10)).status, 200);
    let answer = get(address, "/small", &field(33 << 10));
    assert_eq!((answer.status, answer.json()["code"].as_str()), (431, Some("headers_too_large")));
    let many: String = (0..120).map(|n| format!("x-{n}: 1\r\n")).collect();
    assert_eq!(get(address, "/small", &many).status, 431);
    let huge = send(address, format!("GET / HTTP/1.1\r\nx: {}", "v".repeat(300 << 10)).as_bytes());
    assert!(huge.is_empty() || huge.starts_with(b"HTTP/1.1 431"), "{huge:?}");
}

#[test]
fn confusing_paths_are_refused() {
    let server = start(settings());
    for path in [
        "//small",
        "/./small",
        "/../small",
        "/%2e%2e/small",
        "/a/%2E./small",
        "/small%00",
        "/small%0d%0ax",
        "/%ff",
        "/small%",
        "/small%2",
        "/items/%zz",
        "/a\\b",
    ] {
        assert_eq!(get(server.local_addr(), path, "").status, 400, "{path}");
    }
    assert_eq!(get(server.local_addr(), "/small%2f", "").status, 404);
    assert_eq!(get(server.local_addr(), "/smal%6c", "").status, 200);
}

#[test]
fn an_absolute_target_is_served_and_a_tunnel_is_not() {
    let server = start(settings());
    let address = server.local_addr();
    assert_eq!(ask(address, "GET http://other/small HTTP/1.1", b"").status, 200);
    let bytes =
        send(address, b"CONNECT other:443 HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n");
    assert!(bytes.starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&bytes));
}

#[test]
fn a_slow_head_and_a_slow_body_end() {
    let mut settings = settings();
    settings.limits.header_read_timeout = std::time::Duration::from_millis(50);
    settings.limits.body_read_timeout = std::time::Duration::from_millis(50);
    settings.limits.idle_timeout = std::time::Duration::from_millis(50);
    let server = start(settings);
    for start in ["", "GET /small HT", "GET /small HTTP/1.1\r\nHost: a\r\n"] {
        assert_eq!(send(server.local_addr(), start.as_bytes()), b"", "{start}");
    }
    let bytes = send(
        server.local_addr(),
        b"POST /echo HTTP/1.1\r\nHost: a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n12",
    );
    let answers = parse(&bytes, false);
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].json()["code"], "body_too_slow");
}

#[test]
fn a_client_that_sends_too_much_still_reads_its_answer() {
    let server = start(settings());
    let size = 8 << 20;
    for (path, status) in [("/echo", 413), ("/none", 404), ("/small", 405)] {
        let head = format!("POST {path} HTTP/1.1\r\ncontent-length: {size}");
        assert_eq!(ask(server.local_addr(), &head, &vec![b'1'; size]).status, status, "{path}");
    }
}

#[test]
fn an_unwanted_body_ends_no_connection() {
    let server = start(settings());
    let stream = "POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 44\r\n\r\n\
                  GET /small HTTP/1.1\r\nHost: hidden-hidden\r\n\r\n\
                  GET /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let large = 2 << 20;
    let mut long = format!("POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: {large}\r\n\r\n");
    long.push_str(&"x".repeat(large));
    long.push_str("GET /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    for stream in [stream, &*long] {
        let answers = parse(&send(server.local_addr(), stream.as_bytes()), false);
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, [404, 200], "the body is a body");
    }
}

#[test]
fn beyond_the_limit_a_connection_waits_for_its_turn() {
    let mut settings = settings();
    settings.limits.connections = 1;
    let server = start(settings);
    let mut first = connect(server.local_addr());
    let _ = first.write_all(b"GET /small HTTP/1.1\r\nHost: a\r\n\r\n");
    let mut byte = [0];
    assert!(std::io::Read::read_exact(&mut first, &mut byte).is_ok());
    let mut second = connect(server.local_addr());
    let _ = second.write_all(b"GET /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    drop(first);
    assert_eq!(parse(&read_to_end(&mut second), false).len(), 1);
}

#[test]
fn a_client_that_does_not_read_is_let_go() {
    let mut settings = settings();
    settings.limits.write_timeout = std::time::Duration::from_millis(50);
    let server = start(settings);
    let admin = server.admin_addr().unwrap_or_else(|| panic!("no admin"));
    let mut stream = connect(server.local_addr());
    let asked = 100;
    let _ = stream.write_all("GET /very-long HTTP/1.1\r\nHost: a\r\n\r\n".repeat(asked).as_bytes());
    // The first byte says that the connection is being served.
    assert!(std::io::Read::read_exact(&mut stream, &mut [0]).is_ok());
    let open = || get(admin, "/metrics", "").text().contains("frontage_connections 1");
    let since = std::time::Instant::now();
    while open() {
        assert!(since.elapsed() < crate::raw::PATIENCE, "the connection stays");
    }
    let one = get(server.local_addr(), "/very-long", "").body.len();
    assert!(read_to_end(&mut stream).len() < asked * one);
}
