//! Requests handed over to another backend as they are: what a frontend has not moved yet.
//!
//! In:    a request's head, and its body as it comes.
//! Out:   the other backend's answer, as it comes; or all of it, for comparing.
//! Never: a hop-by-hop field; a forwarding claim of the client.

use bytes::Bytes;
use frontage_upstream::{
    BoxError, CallError, Client, Reason, Request, StreamBody, StreamRequest, remove_hop_by_hop,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use http_body::Body;
use tokio::time::Instant;

use crate::request::Identity;
use crate::{Clients, Problem, Trace};

/// Fields by which a client could claim to be somebody else, or to have asked for something else;
/// those that begin with `x-forwarded-`, too. Some programs read `_` as `-`.
const CLAIMS: [&str; 2] = ["forwarded", "x-real-ip"];

/// What a comparison must not ask for: a part of an answer, or none of it.
const CONDITIONS: [HeaderName; 9] = [
    header::RANGE,
    header::IF_RANGE,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_UNMODIFIED_SINCE,
    header::ACCEPT_ENCODING,
    header::CONTENT_LENGTH,
    header::EXPECT,
];

/// A request to hand over.
#[derive(Debug)]
pub struct Handover<'r> {
    /// The name of the client for the other backend.
    pub to: &'r str,
    /// Its method.
    pub method: &'r Method,
    /// Path and query as the client wrote them.
    pub path_and_query: &'r str,
    /// The host that it was asked under.
    pub host: Option<HeaderValue>,
    /// Its headers: cookies and credentials are handed over too, since they were made for that
    /// backend.
    pub headers: &'r HeaderMap,
    /// Tells it from others in logs.
    pub request_id: &'r str,
    /// Its trace.
    pub trace: Option<&'r Trace>,
    /// When to give up waiting.
    pub deadline: Instant,
}

impl Handover<'_> {
    fn fields(&self) -> HeaderMap {
        let mut headers = self.headers.clone();
        // What the client names there is its own connection's, and not what is added below.
        remove_hop_by_hop(&mut headers);
        headers.remove(header::HOST);
        let claims: Vec<HeaderName> = headers
            .keys()
            .filter(|name| {
                let name = name.as_str().replace('_', "-");
                CLAIMS.contains(&name.as_str()) || name.starts_with("x-forwarded-")
            })
            .cloned()
            .collect();
        for name in claims {
            headers.remove(name);
        }
        // HTTP/2 may send them apart; over HTTP/1.1 they are one (RFC 9113, 8.2.3).
        let cookies: Vec<&[u8]> =
            headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes).collect();
        if cookies.len() > 1
            && let Ok(cookies) = HeaderValue::from_bytes(&cookies.join(&b"; "[..]))
        {
            headers.insert(header::COOKIE, cookies);
        }
        if let Some(host) = &self.host {
            headers.insert("x-forwarded-host", host.clone());
        }
        for (name, value) in Identity::new(self.request_id, self.trace).fields() {
            headers.insert(name, value);
        }
        headers
    }

    fn client<'c>(&self, clients: &'c Clients) -> Result<&'c Client, Box<NotHandedOver>> {
        clients.get(self.to).ok_or_else(|| {
            let why = "the other backend has no client".to_owned();
            Box::new(NotHandedOver { problem: Problem::new(500, "internal"), why })
        })
    }
}

/// Why there is no answer's head.
#[derive(Debug)]
pub struct NotHandedOver {
    /// What to answer instead.
    pub problem: Problem,
    /// For the log.
    pub why: String,
}

impl NotHandedOver {
    #[expect(clippy::needless_pass_by_value, reason = "it is what calls fail with")]
    fn of(error: CallError) -> Box<Self> {
        Box::new(Self { problem: problem_of(&error), why: error.to_string() })
    }
}

/// What a client is told of a call whose answer would have been handed on.
pub(crate) fn problem_of(error: &CallError) -> Problem {
    match error.reason() {
        Reason::Timeout => Problem::new(504, "upstream_timeout"),
        Reason::Argument => Problem::new(400, "invalid_input"),
        Reason::Connection | Reason::Answer => Problem::new(502, "upstream_unavailable"),
    }
}

/// Hands a request over, and streams the answer back.
///
/// # Errors
///
/// [`NotHandedOver`], before the answer's head.
pub async fn hand_over<B>(
    clients: &Clients,
    request: Handover<'_>,
    body: Option<B>,
) -> Result<Response<StreamBody>, Box<NotHandedOver>>
where
    B: Body<Data = Bytes> + 'static,
    B::Error: Into<BoxError>,
{
    let client = request.client(clients)?;
    let stream = StreamRequest {
        method: request.method.clone(),
        path_and_query: request.path_and_query.to_owned(),
        headers: request.fields(),
        body: body.filter(|body| !body.is_end_stream()),
        safe: request.method.is_safe(),
        deadline: request.deadline,
    };
    client.stream(stream).await.map_err(NotHandedOver::of)
}

/// What the other backend answers, whole.
#[derive(Debug)]
pub struct Asked {
    /// Its status.
    pub status: StatusCode,
    /// Its body, within the limit of the settings.
    pub body: Bytes,
}

/// Asks the other backend what it would have answered: all of it, and not coded.
///
/// # Errors
///
/// [`NotHandedOver`].
pub async fn ask(clients: &Clients, request: Handover<'_>) -> Result<Asked, Box<NotHandedOver>> {
    let client = request.client(clients)?;
    let mut fields = request.fields();
    for name in CONDITIONS {
        fields.remove(name);
    }
    let headers = fields.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let answer = client
        .call(Request {
            method: request.method.clone(),
            path_and_query: request.path_and_query.to_owned(),
            headers,
            body: None,
            safe: true,
            started: Instant::now(),
            deadline: request.deadline,
        })
        .await
        .map_err(NotHandedOver::of)?;
    Ok(Asked { status: answer.status, body: answer.body })
}
