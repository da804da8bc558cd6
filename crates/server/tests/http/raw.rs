//! A client that sends exactly the bytes it is given.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A hang becomes a failure after this time.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// One answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    /// Its status.
    pub(crate) status: u16,
    /// Its fields by lower-case name; several of one name are joined with `, `.
    pub(crate) headers: BTreeMap<String, String>,
    /// Its body, chunks joined.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A field's value, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }
}

/// Opens a connection whose reads fail rather than hang.
pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap_or_else(|e| panic!("connect: {e}"));
    stream.set_read_timeout(Some(PATIENCE)).unwrap_or_else(|e| panic!("{e}"));
    stream
}

/// Sends bytes and reads to the end of the connection, which the server must close.
pub(crate) fn send(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = connect(address);
    // The server may have closed already, which is a fine answer.
    let _ = stream.write_all(bytes);
    read_to_end(&mut stream)
}

/// Reads to the end; a reset counts as an end, a hang fails.
pub(crate) fn read_to_end(stream: &mut TcpStream) -> Vec<u8> {
    let mut out = Vec::new();
    let mut piece = [0; 16 << 10];
    loop {
        match stream.read(&mut piece) {
            Ok(0) => return out,
            Ok(count) => out.extend_from_slice(&piece[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return out,
            Err(error) => panic!("the connection stays open: {error}; read {}", out.len()),
        }
    }
}

/// One request with its own connection. `head` is everything before the empty line, without
/// `Host` and `Connection`.
pub(crate) fn ask(address: SocketAddr, head: &str, body: &[u8]) -> Answer {
    let mut request =
        format!("{head}\r\nHost: localhost\r\nConnection: close\r\n\r\n").into_bytes();
    request.extend_from_slice(body);
    let bytes = send(address, &request);
    let head_only = head.starts_with("HEAD ");
    let mut answers = parse(&bytes, head_only);
    assert_eq!(answers.len(), 1, "{head}: {}", String::from_utf8_lossy(&bytes));
    answers.remove(0)
}

/// `GET` with further fields, each ended by a line end.
pub(crate) fn get(address: SocketAddr, path: &str, fields: &str) -> Answer {
    let fields = fields.trim_end();
    let end = if fields.is_empty() { "" } else { "\r\n" };
    ask(address, &format!("GET {path} HTTP/1.1{end}{fields}"), b"")
}

/// Cuts a connection's bytes into answers.
pub(crate) fn parse(mut bytes: &[u8], head_only: bool) -> Vec<Answer> {
    let mut answers = Vec::new();
    while !bytes.is_empty() {
        let (answer, rest) = parse_one(bytes, head_only);
        if answer.status >= 200 {
            answers.push(answer);
        }
        bytes = rest;
    }
    answers
}

fn parse_one(bytes: &[u8], head_only: bool) -> (Answer, &[u8]) {
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no head in {:?}", String::from_utf8_lossy(bytes)));
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut rest = &bytes[end + 4..];
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    let mut answer = Answer {
        status: status.parse().unwrap_or_else(|e| panic!("{e}: {head}")),
        ..Answer::default()
    };
    for line in lines {
        let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("{line}"));
        let slot = answer.headers.entry(name.to_ascii_lowercase()).or_default();
        if !slot.is_empty() {
            slot.push_str(", ");
        }
        slot.push_str(value.trim());
    }
    let bodiless = head_only || answer.status < 200 || matches!(answer.status, 204 | 304);
    if bodiless {
        return (answer, rest);
    }
    if answer.header("transfer-encoding") == "chunked" {
        loop {
            let line = rest.windows(2).position(|w| w == b"\r\n").unwrap_or_else(|| panic!("cut"));
            let size = String::from_utf8_lossy(&rest[..line]).into_owned();
            let size = usize::from_str_radix(&size, 16).unwrap_or_else(|e| panic!("{e}: {size}"));
            rest = &rest[line + 2..];
            answer.body.extend_from_slice(&rest[..size]);
            rest = &rest[size + 2..];
            if size == 0 {
                return (answer, rest);
            }
        }
    }
    let length: usize = answer.header("content-length").parse().unwrap_or(rest.len());
    assert!(rest.len() >= length, "the body is cut: {} of {length}", rest.len());
    answer.body.extend_from_slice(&rest[..length]);
    (answer, &rest[length..])
}
