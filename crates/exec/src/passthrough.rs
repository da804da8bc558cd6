//! Routes that hand an upstream's answer through.

use std::time::Duration;

use bytes::Bytes;
use frontage_plan::{
    BodyKind, Method as PlanMethod, Operation, Passthrough, PassthroughSource, RouteKind,
};
use frontage_upstream::{Argument, BoxError, FillError, StreamBody, StreamRequest, fill};
use http::{HeaderMap, HeaderValue, Method, Response, header};
use http_body::Body;
use percent_encoding::percent_decode_str;
use tokio::time::Instant;

use crate::forward::problem_of;
use crate::request::Identity;
use crate::{Clients, Engine, Outcome, PassthroughRequest, Problem};

/// Request headers that are handed to the upstream. Cookies, credentials and forwarding claims of
/// the client are not among them.
const FORWARDED: [header::HeaderName; 11] = [
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::ACCEPT_LANGUAGE,
    header::CONTENT_TYPE,
    header::CONTENT_ENCODING,
    header::RANGE,
    header::IF_RANGE,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_UNMODIFIED_SINCE,
];

/// Sends a request on to the route's operation and streams the answer back as it is.
///
/// The answer keeps its status and headers without hop-by-hop ones and `Set-Cookie`.
///
/// # Errors
///
/// The [`Outcome`] to answer instead, if there is no answer's head.
pub async fn passthrough<B>(
    engine: &Engine,
    clients: &Clients,
    route: usize,
    request: PassthroughRequest<'_>,
    body: B,
) -> Result<Response<StreamBody>, Box<Outcome>>
where
    B: Body<Data = Bytes> + 'static,
    B::Error: Into<BoxError>,
{
    let plan = engine.plan();
    let fail = |problem: Problem, internal: Option<String>| {
        Box::new(Outcome { internal, ..Outcome::problem(problem, true) })
    };
    let internal = |text: &str| fail(Problem::new(500, "internal"), Some(text.to_owned()));
    let Some(RouteKind::Passthrough(passthrough)) = plan.routes.get(route).map(|r| &r.kind) else {
        return Err(internal("not a route that hands through"));
    };
    let operation = plan.operation(passthrough.operation);
    let upstream = plan.upstream(operation.upstream);
    let filled = fill(operation, &arguments(passthrough, &request)).map_err(|error| {
        let problem = match error {
            // As where a handler asks for it: such a path names nothing.
            FillError::Segment(_) => Problem::new(404, "upstream_not_found"),
            _ => Problem::new(400, "invalid_input"),
        };
        fail(problem, Some(error.to_string()))
    })?;
    let Some(client) = clients.get(&upstream.name) else {
        return Err(internal("the upstream has no client"));
    };
    let timeout_ms = passthrough.timeout_ms.unwrap_or(upstream.timeout_ms);
    let mut headers = forwarded(&request);
    headers.extend(filled.headers.into_iter().map(|(name, value)| (Some(name), value)));
    let method = match (request.method, operation.method) {
        // `HEAD` comes by itself and costs the upstream no body.
        (&Method::HEAD, PlanMethod::Get) => Method::HEAD,
        _ => Method::from_bytes(operation.method.as_str().as_bytes()).unwrap_or(Method::GET),
    };
    let result = client
        .stream(StreamRequest {
            method,
            path_and_query: filled.path_and_query,
            headers,
            body: takes_body(operation).then_some(body).filter(|body| !body.is_end_stream()),
            safe: operation.safe,
            deadline: Instant::now() + Duration::from_millis(u64::from(timeout_ms)),
        })
        .await;
    match result {
        Ok(mut response) => {
            // Cookies are the front door's.
            response.headers_mut().remove(header::SET_COOKIE);
            Ok(response)
        }
        Err(error) => Err(fail(problem_of(&error), Some(error.to_string()))),
    }
}

fn takes_body(operation: &Operation) -> bool {
    match operation.body {
        Some(BodyKind::Json(_) | BodyKind::Form | BodyKind::Text(_) | BodyKind::Binary) => true,
        None => false,
    }
}

fn forwarded(request: &PassthroughRequest<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for name in FORWARDED {
        for value in request.headers.get_all(&name) {
            headers.append(name.clone(), value.clone());
        }
    }
    let identity = Identity::new(request.request_id, request.trace.as_ref());
    for (name, value) in identity.fields() {
        headers.insert(name, value);
    }
    headers
}

fn arguments(passthrough: &Passthrough, request: &PassthroughRequest<'_>) -> Vec<(u16, Argument)> {
    let found = |source: &PassthroughSource| match source {
        PassthroughSource::Path(name) => request
            .path_parameters
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| Argument::Text(value.clone())),
        PassthroughSource::Query(name) => {
            let values = query_values(request.query.unwrap_or_default(), name);
            match <[String; 1]>::try_from(values) {
                Ok([value]) => Some(Argument::Text(value)),
                Err(values) if values.is_empty() => None,
                Err(values) => Some(Argument::List(values)),
            }
        }
        PassthroughSource::Header(name) => request
            .headers
            .get(&**name)
            .map(HeaderValue::as_bytes)
            .and_then(|value| String::from_utf8(value.to_vec()).ok())
            .map(Argument::Text),
    };
    passthrough
        .arguments
        .iter()
        .filter_map(|(index, source)| found(source).map(|value| (*index, value)))
        .collect()
}

/// Values of a key, in order, decoded as a form is.
fn query_values(query: &str, name: &str) -> Vec<String> {
    let decode =
        |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    query
        .split('&')
        .filter_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (!pair.is_empty() && decode(key) == name).then(|| decode(value))
        })
        .collect()
}
