//! Calls of one upstream.
//!
//! In:    a request with its deadline.
//! Out:   a whole answer, or why there is none.
//! Never: a second try of a request that may have taken effect; a redirect followed; a body that
//!        is larger than the limit in memory.

use std::rc::Rc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, Version, header, uri};
use tokio::time::Instant;

use crate::body::RequestBody;
use crate::coming::Coming;
use crate::connect::connect;
use crate::link::{Fault, Link};
use crate::pool::{Pool, Turn};
use crate::sender::Sender;
use crate::wire::{self, is_target, write_field, write_head};
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
    /// The lines of a head that every HTTP/1.1 request to an address has.
    fixed: Vec<Vec<u8>>,
    /// Names of those that the settings give.
    fixed_names: Vec<HeaderName>,
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
    /// Its header fields.
    pub fields: Fields,
    /// Its body, as sent.
    pub body: Bytes,
}

/// The header fields of an answer, which hardly anybody asks for.
#[derive(Debug, Clone)]
pub struct Fields(Told);

#[derive(Debug, Clone)]
enum Told {
    /// As they came.
    Head(Bytes),
    /// Read already.
    Map(HeaderMap),
}

impl Fields {
    /// The first value of a name.
    #[must_use]
    pub fn get(&self, name: &HeaderName) -> Option<HeaderValue> {
        match &self.0 {
            Told::Head(head) => wire::fields(head).get(name).cloned(),
            Told::Map(map) => map.get(name).cloned(),
        }
    }

    /// All of them.
    #[must_use]
    pub fn into_map(self) -> HeaderMap {
        match self.0 {
            Told::Head(head) => wire::fields(&head),
            Told::Map(map) => map,
        }
    }
}

/// An answer whose body is coming.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) fields: Fields,
    pub(crate) body: Coming,
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
        let hosts: Vec<HeaderValue> = settings
            .addresses
            .iter()
            .map(|address| {
                // An address that no `Host` can carry cannot be resolved either.
                HeaderValue::from_str(&address.host_field())
                    .unwrap_or(HeaderValue::from_static("invalid"))
            })
            .collect();
        let fixed = hosts.iter().map(|host| {
            let mut lines = Vec::new();
            write_field(&mut lines, &header::HOST, host);
            settings
                .headers
                .iter()
                .filter(|(name, _)| *name != header::HOST)
                .for_each(|(name, value)| write_field(&mut lines, name, value));
            lines
        });
        let fixed = fixed.collect();
        let fixed_names = settings.headers.iter().map(|(name, _)| name.clone()).collect();
        let pool = Pool::new(&settings);
        Self { inner: Rc::new(Inner { settings, hosts, fixed, fixed_names, pool, deadlines }) }
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
        let Reply { status, fields, body } = self.exchange(&head, RequestBody::Whole(body)).await?;
        let body = body.whole(self.settings.answer_limit).await.map_err(|f| self.failed(f))?;
        Ok(Answer { status, fields, body })
    }

    /// Sends a request on a connection and waits for the answer's head.
    pub(crate) async fn exchange(
        &self,
        head: &Head,
        mut body: RequestBody,
    ) -> Result<Reply, CallError> {
        let permit = self.pool.permit(&self.settings.name).await?;
        let mut last_error = None;
        let (mut again, mut only_fresh) = (false, false);
        for address in self.pool.addresses() {
            loop {
                let pooled = if only_fresh { None } else { self.pool.take(address) };
                let (sender, was_pooled) = match pooled {
                    Some(sender) => (sender, true),
                    None => match self.connect(address).await {
                        Ok(sender) => sender,
                        Err(error) => {
                            last_error = Some(error);
                            break;
                        }
                    },
                };
                let copy = body.copy();
                let (failed, is_shared) = match sender {
                    Sender::Own(mut link) => {
                        self.begin(&mut link, address, head, body)?;
                        match link.head(&head.method).await {
                            Ok(wire::Head { status, text, body, .. }) => {
                                let place = (Rc::clone(&self.pool), address);
                                let body = Coming::on_own(link, body, place, permit);
                                return Ok(Reply {
                                    status,
                                    fields: Fields(Told::Head(text)),
                                    body,
                                });
                            }
                            Err(fault) => {
                                let unsent = if link.is_touched() {
                                    None
                                } else {
                                    link.take_streamed()
                                        .or(copy.as_ref().and_then(RequestBody::copy))
                                };
                                let answered = link.is_answered();
                                (Failed { fault, unsent, answered, goes_on: false }, false)
                            }
                        }
                    }
                    Sender::Shared(shared) => {
                        let request = self.build(address, head, body)?;
                        match shared.send(request).await {
                            Ok(response) => {
                                let (parts, incoming) = response.into_parts();
                                check_final(parts.status).map_err(|fault| self.failed(fault))?;
                                let (status, fields) = (parts.status, Told::Map(parts.headers));
                                let body = Coming::on_shared(incoming, shared, permit);
                                return Ok(Reply { status, fields: Fields(fields), body });
                            }
                            Err(mut failed) => {
                                let unsent = failed.take_message().map(hyper::Request::into_body);
                                let error = failed.into_error();
                                let (answered, goes_on) = (error.is_parse(), shared.goes_on());
                                let fault = error.into();
                                (Failed { fault, unsent, answered, goes_on }, true)
                            }
                        }
                    }
                };
                // Others may have used a shared connection before.
                if !was_pooled && !is_shared {
                    return Err(self.failed(failed.fault));
                }
                // A connection that waited may have been closed by its peer meanwhile. What was
                // never written may be sent again; what was written, only if it has no effects,
                // once, and only if nothing that looks like an answer came.
                body = match (failed.unsent, copy) {
                    (Some(body), _) => body,
                    (None, Some(copy)) if head.safe && !again && !failed.answered => {
                        again = true;
                        // A stream may fail, and its connection go on.
                        only_fresh = !failed.goes_on;
                        copy
                    }
                    _ => return Err(self.failed(failed.fault)),
                };
            }
        }
        Err(last_error.unwrap_or_else(|| self.bad_request("the upstream has no address")))
    }

    /// Puts a request on a connection of its own.
    fn begin(
        &self,
        link: &mut Link,
        address: usize,
        head: &Head,
        body: RequestBody,
    ) -> Result<(), CallError> {
        let base = &*self.settings.addresses[address].base_path;
        let own = &*head.path_and_query;
        if !is_target(own) {
            return Err(self.bad_request("its path and query cannot stand in a URL"));
        }
        let slash = if own.starts_with('/') || base.starts_with('/') { "" } else { "/" };
        link.begin(body, |out, length| {
            let fixed = (&*self.fixed[address], &*self.fixed_names);
            write_head(out, &head.method, [base, slash, own], &head.headers, fixed, length);
        });
        Ok(())
    }

    /// A connection; whether it was used before.
    async fn connect(&self, address: usize) -> Result<(Sender, bool), CallError> {
        let turn = loop {
            match self.pool.turn(address) {
                Turn::Open(turn) => break turn,
                Turn::Wait(opening) => {
                    opening.over().await?;
                    if let Some(sender) = self.pool.take(address) {
                        return Ok((sender, true));
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
        let sender = result.map(|opened| (self.pool.opened(address, opened), false));
        // Those who wait are told once there is something to be told.
        drop(turn);
        sender
    }

    /// A request for a connection that is shared, which speaks HTTP/2.
    fn build(
        &self,
        address: usize,
        head: &Head,
        body: RequestBody,
    ) -> Result<hyper::Request<RequestBody>, CallError> {
        let base_path = &self.settings.addresses[address].base_path;
        let own = &head.path_and_query;
        let slash = if own.starts_with('/') || base_path.starts_with('/') { "" } else { "/" };
        let path = [base_path, slash, own].concat();
        let uri = Uri::try_from(path).map_err(|error| self.bad_request(&error.to_string()))?;
        let mut request = hyper::Request::new(body);
        *request.method_mut() = head.method.clone();
        *request.version_mut() = Version::HTTP_2;
        *request.uri_mut() = self.absolute(address, uri)?;
        let mut headers =
            HeaderMap::with_capacity(head.headers.len() + self.settings.headers.len());
        for (name, value) in &head.headers {
            headers.append(name.clone(), value.clone());
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

    fn failed(&self, fault: Fault) -> CallError {
        let upstream = self.settings.name.to_string();
        match fault {
            Fault::Garbage(cause) => CallError::Garbage { upstream, cause },
            Fault::Closed(cause) => CallError::Closed { upstream, cause },
            Fault::TooLarge => CallError::TooLarge { upstream, limit: self.settings.answer_limit },
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

/// How a request failed on one connection.
struct Failed {
    fault: Fault,
    /// Its body, if nothing of the request was written.
    unsent: Option<RequestBody>,
    /// Whether something came that may be an answer.
    answered: bool,
    /// Whether the connection takes further requests.
    goes_on: bool,
}

/// Refuses what is no final answer: nobody asked for another protocol, and beyond 599 no status
/// has a meaning.
fn check_final(status: StatusCode) -> Result<(), Fault> {
    if status.is_informational() || status.as_u16() >= 600 {
        return Err(Fault::Garbage(format!("the status {status}")));
    }
    Ok(())
}
