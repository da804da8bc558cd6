//! Calls of one upstream.
//!
//! In:    a request with its deadline.
//! Out:   a whole answer, or why there is none.
//! Never: a second try of a request that may have taken effect; a redirect followed; a body that
//!        is larger than the limit in memory.

use std::rc::Rc;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, Version, header, uri};
use http_body::Body as _;
use http_body_util::BodyExt;
use hyper::Response;
use hyper::body::Incoming;
use tokio::time::Instant;

use crate::body::RequestBody;
use crate::connect::connect;
use crate::pool::{Lease, Permit, Pool, Turn};
use crate::sender::Sender;
use crate::{CallError, Deadlines, Passed, Scheme, Settings};

/// A client of one upstream, for one thread; clones share its connections.
#[derive(Clone)]
pub struct Client {
    inner: Rc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) settings: Settings,
    /// `Host` of each address.
    hosts: Vec<HeaderValue>,
    pub(crate) pool: Rc<Pool>,
    pub(crate) deadlines: Deadlines,
}

/// A request whose answer is wanted whole.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its method.
    pub method: Method,
    /// Path and query as [`crate::fill`] builds them.
    pub path_and_query: String,
    /// Its own headers, each name once; those of the settings are added.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Its body.
    pub body: Option<Bytes>,
    /// Free of side effects: may be sent again if a connection proves to be dead.
    pub safe: bool,
    /// When it was asked for.
    pub started: Instant,
    /// When to give up.
    pub deadline: Instant,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, as sent.
    pub body: Bytes,
}

/// What a request is made of, apart from its body.
pub(crate) struct Head {
    pub(crate) method: Method,
    pub(crate) path_and_query: String,
    /// Several of a name follow each other in their order.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) safe: bool,
}

impl Client {
    /// A client without connections yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self::sharing(settings, Deadlines::new())
    }

    /// A client without connections yet that shares a timer with others.
    #[must_use]
    pub fn sharing(settings: Settings, deadlines: Deadlines) -> Self {
        let hosts = settings
            .addresses
            .iter()
            .map(|address| {
                // An address that no `Host` can carry cannot be resolved either.
                HeaderValue::from_str(&address.host_field())
                    .unwrap_or(HeaderValue::from_static("invalid"))
            })
            .collect();
        let pool = Pool::new(&settings);
        Self { inner: Rc::new(Inner { settings, hosts, pool, deadlines }) }
    }

    /// The upstream's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.inner.settings.name
    }

    /// Sends a request and reads its whole answer. Dropped before it is done, it closes its
    /// connection.
    ///
    /// # Errors
    ///
    /// [`CallError`]; none of them comes with a part of an answer.
    pub async fn call(&self, request: Request) -> Result<Answer, CallError> {
        let Request { method, path_and_query, headers, body, safe, started, deadline } = request;
        let head = Head { method, path_and_query, headers, safe };
        match self.inner.deadlines.within(deadline, self.inner.call(head, body)).await {
            Ok(result) => result,
            Err(Passed) => Err(self.inner.deadline_passed(started)),
        }
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }
}

impl Inner {
    async fn call(&self, head: Head, body: Option<Bytes>) -> Result<Answer, CallError> {
        let (response, lease) = self.exchange(&head, RequestBody::Whole(body)).await?;
        let (parts, incoming) = response.into_parts();
        let body = self.read(incoming).await?;
        lease.put_back();
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }

    /// Reads a body up to the limit; beyond it the connection is dropped.
    async fn read(&self, mut incoming: Incoming) -> Result<Bytes, CallError> {
        let limit = self.settings.answer_limit;
        let too_large = || CallError::TooLarge { upstream: self.settings.name.to_string(), limit };
        if incoming.size_hint().lower() > limit as u64 {
            return Err(too_large());
        }
        let mut first = Bytes::new();
        let mut rest = BytesMut::new();
        while let Some(frame) = incoming.frame().await {
            let frame = frame.map_err(|error| self.failed(&error))?;
            let Ok(data) = frame.into_data() else { continue };
            if first.len() + rest.len() + data.len() > limit {
                return Err(too_large());
            }
            // Most answers are one piece, which need not be copied.
            if first.is_empty() && rest.is_empty() {
                first = data;
                continue;
            }
            if rest.is_empty() {
                let expected = usize::try_from(incoming.size_hint().lower()).unwrap_or(0);
                rest.reserve(first.len() + data.len() + expected.min(limit));
                rest.extend_from_slice(&first);
                first = Bytes::new();
            }
            rest.extend_from_slice(&data);
        }
        Ok(if rest.is_empty() { first } else { rest.freeze() })
    }

    /// Sends a request on a connection and waits for the answer's head.
    pub(crate) async fn exchange(
        &self,
        head: &Head,
        mut body: RequestBody,
    ) -> Result<(Response<Incoming>, Lease), CallError> {
        let permit = self.pool.permit(&self.settings.name).await?;
        let mut last_error = None;
        let (mut again, mut only_fresh) = (false, false);
        for address in self.pool.addresses() {
            loop {
                let pooled = if only_fresh { None } else { self.pool.take(address) };
                let was_pooled = pooled.is_some();
                let mut sender = match pooled {
                    Some(sender) => sender,
                    None => match self.connect(address).await {
                        Ok(sender) => sender,
                        Err(error) => {
                            last_error = Some(error);
                            break;
                        }
                    },
                };
                let copy = body.copy();
                let request = self.build(address, head, body, sender.is_http2())?;
                let sent = sender.send(request);
                let mut failed = match sent.await {
                    Ok(response) => {
                        let response = self.final_answer(response)?;
                        return Ok((response, self.lease(address, sender, permit)));
                    }
                    Err(failed) => failed,
                };
                let unsent = failed.take_message();
                let error = failed.into_error();
                // Others may have used a shared connection before.
                if !was_pooled && !sender.is_http2() {
                    return Err(self.failed(&error));
                }
                // A connection that waited may have been closed by its peer meanwhile. What was
                // never written may be sent again; what was written, only if it has no effects,
                // once, and only if nothing that looks like an answer came.
                body = match (unsent, copy) {
                    (Some(request), _) => request.into_body(),
                    (None, Some(copy)) if head.safe && !again && !error.is_parse() => {
                        again = true;
                        // A stream may fail, and its connection go on.
                        only_fresh = !sender.goes_on();
                        copy
                    }
                    _ => return Err(self.failed(&error)),
                };
            }
        }
        Err(last_error.unwrap_or_else(|| self.bad_request("the upstream has no address")))
    }

    /// Refuses what is no final answer, and takes away a length that is not the body's.
    fn final_answer(
        &self,
        mut response: Response<Incoming>,
    ) -> Result<Response<Incoming>, CallError> {
        let status = response.status();
        // Nobody asked for another protocol; beyond 599 no status has a meaning.
        if status.is_informational() || status.as_u16() >= 600 {
            let upstream = self.settings.name.to_string();
            return Err(CallError::Garbage { upstream, cause: format!("the status {status}") });
        }
        // Where both stand, the chunks are the body (RFC 9112 §6.3).
        if response.headers().contains_key(header::TRANSFER_ENCODING) {
            response.headers_mut().remove(header::CONTENT_LENGTH);
        }
        Ok(response)
    }

    async fn connect(&self, address: usize) -> Result<Sender, CallError> {
        let turn = loop {
            match self.pool.turn(address) {
                Turn::Open(turn) => break turn,
                Turn::Wait(opening) => {
                    opening.over().await?;
                    if let Some(sender) = self.pool.take(address) {
                        return Ok(sender);
                    }
                    // Who opened it was given up, or it cannot be shared.
                }
            }
        };
        // Rare, and larger than all the rest of a call, which need not carry it about.
        let connecting = connect(&self.settings, &self.settings.addresses[address]);
        let result = Box::pin(connecting).await;
        self.pool.note_connect(address, result.is_ok());
        if let (Err(error), Some(turn)) = (&result, &turn) {
            turn.failed(error);
        }
        let sender = result.map(|opened| self.pool.opened(address, opened));
        // Those who wait are told once there is something to be told.
        drop(turn);
        sender
    }

    fn lease(&self, address: usize, sender: Sender, permit: Permit) -> Lease {
        Lease::new(Rc::clone(&self.pool), address, sender, permit)
    }

    fn build(
        &self,
        address: usize,
        head: &Head,
        body: RequestBody,
        http2: bool,
    ) -> Result<hyper::Request<RequestBody>, CallError> {
        let base_path = &self.settings.addresses[address].base_path;
        let own = &head.path_and_query;
        let slash = if own.starts_with('/') || base_path.starts_with('/') { "" } else { "/" };
        // Exactly as long as it gets, and so without a second allocation.
        let mut path = String::with_capacity(base_path.len() + slash.len() + own.len());
        path.push_str(base_path);
        path.push_str(slash);
        path.push_str(own);
        let uri = Uri::try_from(path).map_err(|error| self.bad_request(&error.to_string()))?;
        let mut request = hyper::Request::new(body);
        *request.method_mut() = head.method.clone();
        *request.uri_mut() = uri;
        let mut headers =
            HeaderMap::with_capacity(head.headers.len() + self.settings.headers.len() + 1);
        for (name, value) in &head.headers {
            headers.append(name.clone(), value.clone());
        }
        if http2 {
            *request.version_mut() = Version::HTTP_2;
            let whole = self.absolute(address, std::mem::take(request.uri_mut()))?;
            *request.uri_mut() = whole;
        } else {
            headers.insert(header::HOST, self.hosts[address].clone());
        }
        for (name, value) in &self.settings.headers {
            headers.insert(name.clone(), value.clone());
        }
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// The URL with scheme and authority, which HTTP/2 has in place of `Host`.
    fn absolute(&self, address: usize, uri: Uri) -> Result<Uri, CallError> {
        let mut parts = uri.into_parts();
        parts.scheme = Some(match self.settings.addresses[address].scheme {
            Scheme::Http => uri::Scheme::HTTP,
            Scheme::Https => uri::Scheme::HTTPS,
        });
        let authority = uri::Authority::try_from(self.hosts[address].as_bytes());
        parts.authority = Some(authority.map_err(|error| self.bad_request(&error.to_string()))?);
        Uri::from_parts(parts).map_err(|error| self.bad_request(&error.to_string()))
    }

    pub(crate) fn failed(&self, error: &hyper::Error) -> CallError {
        let upstream = self.settings.name.to_string();
        let cause = error.to_string();
        if error.is_parse() {
            CallError::Garbage { upstream, cause }
        } else {
            CallError::Closed { upstream, cause }
        }
    }

    pub(crate) fn deadline_passed(&self, started: Instant) -> CallError {
        CallError::DeadlinePassed {
            upstream: self.settings.name.to_string(),
            waited: started.elapsed(),
        }
    }

    fn bad_request(&self, cause: &str) -> CallError {
        CallError::BadRequest { upstream: self.settings.name.to_string(), cause: cause.to_owned() }
    }
}
