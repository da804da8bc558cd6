//! Connections that rest between requests, however the bytes of these are cut.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::plans::{settings, start};
use crate::raw::{Answer, PATIENCE, connect, get, parse, read_to_end, send};

/// Requests of one connection; the last one ends it.
fn requests() -> Vec<String> {
    let head = |method: &str, path: &str, more: &str| {
        format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n")
    };
    vec![
        head("GET", "/items/ada", ""),
        head("POST", "/echo", "Content-Type: application/json\r\nContent-Length: 14\r\n")
            + "{\"name\":\"ada\"}",
        head("GET", "/missing", ""),
        head("PATCH", "/small", ""),
        head("GET", "/long", "Connection: close\r\n"),
    ]
}

/// Reads one answer with a `Content-Length`, and no more than comes with it.
fn read_answer(stream: &mut TcpStream) -> Vec<u8> {
    let mut out = Vec::new();
    let mut piece = [0; 4096];
    while !is_whole(&out) {
        match stream.read(&mut piece) {
            Ok(0) => panic!("ended after {}", String::from_utf8_lossy(&out)),
            Ok(read) => out.extend_from_slice(&piece[..read]),
            Err(error) => panic!("{error} after {}", String::from_utf8_lossy(&out)),
        }
    }
    out
}

fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let mut fields = head.lines().filter_map(|line| line.split_once(": "));
    let length = fields.find(|(name, _)| *name == "content-length").map(|(_, value)| value.parse());
    length.is_some_and(|length| length == Ok(body.len()))
}

#[test]
fn a_connection_that_rests_answers_as_one_that_does_not() {
    let mut answers = Vec::new();
    for rest_after in [Duration::ZERO, PATIENCE] {
        let mut settings = settings();
        settings.limits.rest_after = rest_after;
        let running = start(settings);
        let address = running.local_addr();
        let requests = requests();
        let all = requests.concat();
        // All at once.
        answers.push(parse(&send(address, all.as_bytes()), false));
        // One after the other, and each cut in two: what was sent early is kept.
        for cut in [1, 2, 3, 4, 17, 60] {
            let mut stream = connect(address);
            let mut bytes = Vec::new();
            let mut early = 0;
            for (at, request) in requests.iter().enumerate() {
                let next = requests.get(at + 1).map_or("", |next| &next[..cut.min(next.len() - 1)]);
                let send = format!("{}{next}", &request[early..]);
                stream.write_all(send.as_bytes()).unwrap_or_else(|e| panic!("{e}"));
                early = next.len();
                bytes.extend(read_answer(&mut stream));
            }
            answers.push(parse(&bytes, false));
        }
        running.drain();
        assert!(running.join());
    }
    let told = |answers: &[Answer]| -> Vec<(u16, serde_json::Value)> {
        let body = |answer: &Answer| {
            let mut body = answer.json();
            // Every request has another one.
            body.as_object_mut().map(|body| body.remove("requestId"));
            body
        };
        answers.iter().map(|answer| (answer.status, body(answer))).collect()
    };
    let first = told(&answers[0]);
    assert_eq!(first.len(), 5);
    for other in &answers {
        assert_eq!(told(other), first);
    }
}

#[test]
fn the_body_of_a_request_that_was_refused_is_no_request() {
    let running = start(settings());
    let address = running.local_addr();
    let inner = "GET /mark HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut stream = connect(address);
    let head = format!(
        "POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n",
        inner.len()
    );
    stream.write_all(head.as_bytes()).unwrap_or_else(|e| panic!("{e}"));
    let mut bytes = read_answer(&mut stream);
    // Enough time for a connection that thinks it has nothing to do.
    for _ in 0..100 {
        assert_eq!(get(address, "/small", "").status, 200);
    }
    let last = "GET /small HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(format!("{inner}{last}").as_bytes()).unwrap_or_else(|e| panic!("{e}"));
    bytes.extend(read_to_end(&mut stream));
    let answers = parse(&bytes, false);
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [405, 200]);
    assert_eq!(answers[1].text(), "{\"a\":\"b\"}");
}
