//! Calls of the service over kept connections of one thread.

use std::cell::RefCell;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::body::Body as _;
use hyper::client::conn::http1::SendRequest;
use hyper::header::HOST;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Connections to one address that wait for work.
pub(crate) struct Pool {
    address: String,
    idle: RefCell<Vec<SendRequest<Empty<Bytes>>>>,
}

impl Pool {
    pub(crate) fn new(address: String) -> Self {
        Self { address, idle: RefCell::default() }
    }

    /// The whole answer to a GET; none if it could not be had.
    pub(crate) async fn get(&self, path: &str) -> Option<Bytes> {
        let request = Request::get(path).header(HOST, self.address.as_str());
        let request = request.body(Empty::new()).ok()?;
        let pooled = self.idle.borrow_mut().pop();
        let mut sender = match pooled {
            Some(sender) if sender.is_ready() => sender,
            _ => self.connect().await?,
        };
        let response = sender.send_request(request).await.ok()?;
        if response.status() != hyper::StatusCode::OK {
            return None;
        }
        let mut incoming = response.into_body();
        let mut whole = Bytes::new();
        let mut parts = BytesMut::new();
        while let Some(frame) = incoming.frame().await {
            let Ok(data) = frame.ok()?.into_data() else { continue };
            if whole.is_empty() && parts.is_empty() {
                whole = data;
                continue;
            }
            if parts.is_empty() {
                let more = usize::try_from(incoming.size_hint().lower()).unwrap_or(0);
                parts.reserve(whole.len() + data.len() + more);
                parts.extend_from_slice(&whole);
            }
            parts.extend_from_slice(&data);
        }
        self.idle.borrow_mut().push(sender);
        Some(if parts.is_empty() { whole } else { parts.freeze() })
    }

    async fn connect(&self) -> Option<SendRequest<Empty<Bytes>>> {
        let stream = TcpStream::connect(&self.address).await.ok()?;
        stream.set_nodelay(true).ok()?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
        tokio::task::spawn_local(connection);
        sender.ready().await.ok()?;
        Some(sender)
    }
}
