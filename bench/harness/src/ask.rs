//! Single requests, outside all measuring.
//!
//! In:    a port, the bytes of a request.
//! Out:   an answer, its body as it came and as it is meant.
//! Never: a wait without end.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::process::Running;

/// How long a program may take until it listens, and an answer until it is there.
const PATIENCE: Duration = Duration::from_secs(60);

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// As it came, but for chunks.
    pub(crate) sent: Vec<u8>,
    /// Whether `sent` is compressed.
    gzip: bool,
}

impl Answer {
    /// Its body, decompressed.
    ///
    /// # Errors
    ///
    /// If it is not what its head says.
    pub(crate) fn body(&self) -> Result<Vec<u8>, String> {
        if !self.gzip {
            return Ok(self.sent.clone());
        }
        let mut body = Vec::new();
        let mut decoder = flate2::read::GzDecoder::new(&*self.sent);
        decoder.read_to_end(&mut body).map_err(|e| format!("no gzip: {e}"))?;
        Ok(body)
    }

    pub(crate) fn is_compressed(&self) -> bool {
        self.gzip
    }
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| format!("no free port: {e}"))?;
    Ok(listener.local_addr().map_err(|e| e.to_string())?.port())
}

/// Waits until a program takes connections.
pub(crate) fn wait_for(port: u16, running: &mut Running) -> Result<(), String> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Ok(());
        }
        if running.has_ended() {
            return Err("ended by itself".to_owned());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Err("does not listen".to_owned())
}

/// Asks once, on a connection of its own.
pub(crate) fn once(port: u16, request: &str) -> Result<Answer, String> {
    let io = |e: std::io::Error| e.to_string();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).map_err(io)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(io)?;
    let (line, rest) = request.split_once("\r\n").unwrap_or((request, ""));
    on(&mut stream, &format!("{line}\r\nconnection: close\r\n{rest}"))
}

/// Asks once, on a connection that is open.
pub(crate) fn on(stream: &mut TcpStream, request: &str) -> Result<Answer, String> {
    let io = |e: std::io::Error| e.to_string();
    stream.write_all(request.as_bytes()).map_err(io)?;
    let mut all = Vec::new();
    loop {
        if let Some(answer) = whole(&all)? {
            return Ok(answer);
        }
        let mut piece = [0; 16 * 1024];
        match stream.read(&mut piece).map_err(io)? {
            0 => return Err(format!("an answer without end: {}", String::from_utf8_lossy(&all))),
            read => all.extend_from_slice(&piece[..read]),
        }
    }
}

/// The answer, if it is there whole.
fn whole(all: &[u8]) -> Result<Option<Answer>, String> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut headers);
    let length = match response.parse(all) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(e) => return Err(format!("no HTTP: {e}")),
    };
    let status = response.code.unwrap_or(0);
    let body = &all[length..];
    let value = |name: &str| {
        let header = response.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(header.value).ok()
    };
    let gzip = value("content-encoding") == Some("gzip");
    if value("transfer-encoding").is_some() {
        return Ok(joined(body)?.map(|sent| Answer { status, sent, gzip }));
    }
    let length = value("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    Ok(body.get(..length).map(|body| Answer { status, sent: body.to_vec(), gzip }))
}

/// The chunks of a body as one, if they are all there.
fn joined(mut body: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let mut all = Vec::new();
    loop {
        let Some(end) = body.iter().position(|&b| b == b'\n') else { return Ok(None) };
        let size = std::str::from_utf8(&body[..end]).unwrap_or("");
        let size = size.trim().split(';').next().unwrap_or("");
        let size = usize::from_str_radix(size, 16).map_err(|_| "a broken chunk")?;
        let (from, to) = (end + 1, end + 1 + size);
        let Some(chunk) = body.get(from..to).filter(|_| body.len() >= to + 2) else {
            return Ok(None);
        };
        if size == 0 {
            return Ok(Some(all));
        }
        all.extend_from_slice(chunk);
        body = &body[to + 2..];
    }
}
