//! The way of one request: limits, route, body, execution, answer.
//!
//! In:    a request whose head is complete.
//! Out:   an answer, whatever happens; a panic becomes a 500.
//! Never: a request beyond its limits handed on; two meanings of one head.
//!
//! Start at [`answer`].

use std::borrow::Cow;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use frontage_exec::{
    Compute, Handover, NotHandedOver, Object, Outcome, Passed, PassthroughRequest, Problem,
    RouteRequest, Text, Trace, Value,
};
use frontage_plan::{Handler, Method as PlanMethod, Name, PathSegment, Route, RouteKind};
use futures_util::FutureExt;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode, Version, header};
use http_body::Body;
use hyper::body::Incoming;

use crate::activity::Activity;
use crate::body::{AnswerBody, Content, Fault, Received};
use crate::files::folder;
use crate::generation::{Chosen, Generation};
use crate::legacy::{Comparing, FOREVER, Handed, Prepared, Shadow, Watched, fits};
use crate::path::{Segments, split};
use crate::problem::{passing, problem};
use crate::record::{Record, method_word};
use crate::reply::Reply;
use crate::router::{Arguments, Found, allow};
use crate::settings::Auth;
use crate::worker::{Local, Worker};
use crate::{dev, head, identity, outcome};

/// Chooses who the developer is; only auth of kind `dev` looks at it.
const DEV_USER: &str = "x-frontage-dev-user";

/// How long a request computes before others of its thread go on, where it can be held up.
const TURN: Duration = Duration::from_millis(10);

/// What is known of a request before its answer is.
struct Way<'a> {
    worker: &'a Worker,
    generation: &'a Arc<Generation>,
    chosen: &'a Chosen<'a>,
    parts: &'a Parts,
    record: &'a mut Record,
    trace: Trace,
    timing: Option<HeaderValue>,
    /// A route of the plan answers.
    moved: bool,
}

/// Answers one request.
pub(crate) async fn answer(
    worker: Rc<Worker>,
    activity: Rc<Activity>,
    request: Request<Incoming>,
) -> Result<Response<AnswerBody>, Infallible> {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let generations = worker.shared.current.load_full();
    let chosen = generations.choose(&parts);
    let generation = chosen.generation;
    generation.count(started);
    let trace = identity::trace(&parts.headers);
    let mut record = Record {
        worker: Rc::clone(&worker),
        started,
        method: method_word(&parts.method),
        version: parts.version,
        route: Arc::from("none"),
        status: StatusCode::INTERNAL_SERVER_ERROR,
        request_id: identity::request_id(&parts.headers),
        trace_id: trace.trace_id,
        request_size: body.size_hint().exact().unwrap_or(0),
        calls: 0,
        place: None,
        handed: None,
        passing: None,
        generation: Arc::clone(chosen.generation),
        running: activity.begin(),
    };
    let mut way = Way {
        worker: &worker,
        generation,
        chosen: &chosen,
        parts: &parts,
        record: &mut record,
        trace,
        timing: None,
        moved: false,
    };
    let limits = &generation.settings.limits;
    let mut body =
        Some(Received::new(body, activity.bodies(), limits.request_body, limits.body_read_timeout));
    // A defect ends this request, not the connection's others or the thread.
    let answered = AssertUnwindSafe(way.go(&mut body)).catch_unwind().await;
    let (timing, moved) = (way.timing.take(), way.moved);
    let reply = match answered {
        Ok(Ok(reply)) => reply,
        Ok(Err(problem)) => Reply::problem(&problem, &record.request_id),
        Err(_) => {
            worker.shared.metrics.panics.inc();
            tracing::error!(
                target: "frontage::server", {request_id = &*record.request_id,
                http.route = &*record.route}, "a request panicked");
            Reply::problem(&Problem::new(500, "internal"), &record.request_id)
        }
    };
    // Over HTTP/2 a stream is simply reset, and a client that expects `100` has sent nothing.
    if let Some(rest) = body
        && parts.version < Version::HTTP_2
        && !rest.is_end_stream()
        && !parts.headers.contains_key(header::EXPECT)
    {
        tokio::task::spawn_local(rest.discard());
    }
    let shadow = moved.then(|| shadow(&worker, &chosen, &parts, &reply, &record)).flatten();
    let mut reply = reply.finish(&parts.method, &parts.headers).await;
    if let Some(name) = generations.varies_by() {
        reply.headers.append(header::VARY, HeaderValue::from(name.clone()));
    }
    for (name, value) in &generation.notice {
        // A service's own word on itself is another's; links may be many.
        if *name == header::LINK {
            reply.headers.append(name, value.clone());
        } else {
            reply.headers.insert(name, value.clone());
        }
    }
    let response = respond(reply, record, &parts.method, timing, shadow);
    activity.sends(response.body());
    Ok(response)
}

/// Puts an answer on its way.
fn respond(
    reply: Reply,
    mut record: Record,
    method: &Method,
    timing: Option<HeaderValue>,
    shadow: Option<Shadow>,
) -> Response<AnswerBody> {
    let Reply { status, mut headers, mut content, .. } = reply;
    record.status = status;
    if let Ok(id) = HeaderValue::from_str(&record.request_id) {
        headers.insert(identity::REQUEST_ID, id);
    }
    if let Some(timing) = timing {
        headers.insert("server-timing", timing);
    }
    if *method == Method::HEAD {
        let length = match &content {
            Content::Empty => None,
            Content::Whole(bytes) => Some(bytes.len() as u64),
            Content::Stream(stream) => stream.size_hint().exact().filter(|length| *length > 0),
        };
        if let Some(length) = length {
            headers.insert(header::CONTENT_LENGTH, length.into());
        }
        content = Content::Empty;
    }
    if !matches!(content, Content::Stream(_)) {
        // What is whole costs no more than memory, which connections bound; a slow reader must
        // not keep others out.
        record.place = None;
    }
    // The client has its answer first.
    let after = shadow.map(|shadow| {
        let (tell, told) = tokio::sync::oneshot::channel::<()>();
        tokio::task::spawn_local(async move {
            if told.await.is_ok() {
                shadow.run().await;
            }
        });
        tell
    });
    let on_end = move |sent, whole| {
        record.end(sent, whole);
        if let Some(tell) = after.filter(|_| whole) {
            // Whoever stops does not compare.
            let _ = tell.send(());
        }
    };
    let body = AnswerBody::new(content, Box::new(on_end));
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

impl Way<'_> {
    async fn go(&mut self, body: &mut Option<Received>) -> Result<Reply, Problem> {
        let parts = self.parts;
        let settings = &self.generation.settings;
        head::check(parts, &settings.limits)?;
        if let Auth::Dev { .. } = settings.auth {
            head::check_loopback_host(parts)?;
        }
        if parts.method == Method::OPTIONS && parts.uri.path() == "*" {
            return Ok(Reply::new(StatusCode::NO_CONTENT));
        }
        if self.chosen.gone {
            let detail = "the release that the request names is not served here";
            return Err(problem(StatusCode::GONE, "release_gone", detail));
        }
        let path = self.chosen.path;
        // Of a tunnel it is empty from the start.
        if path.is_empty() && !parts.uri.path().is_empty() {
            let whole = parts.uri.path_and_query().map_or("/", |whole| whole.as_str());
            self.record.route = Arc::from("static");
            return folder(whole).ok_or_else(missing);
        }
        let segments = split(path).map_err(|error| {
            problem(StatusCode::BAD_REQUEST, "malformed_path", &error.to_string())
        })?;
        if let Some(dev) = &self.worker.shared.dev
            && let Some(name) = path.strip_prefix(dev::PREFIX)
        {
            self.record.route = Arc::from("dev");
            return match parts.method {
                Method::GET | Method::HEAD => dev.answer(name),
                _ => Ok(not_allowed("GET, HEAD, OPTIONS", &parts.method, self.record)),
            };
        }
        let method = if parts.method == Method::OPTIONS { None } else { known(&parts.method) };
        // A route's path never ends with `/`.
        let found = if segments.trailing_slash {
            Found::Nothing
        } else {
            self.generation.router.find(method, &segments.list)
        };
        match found {
            Found::Route { index, arguments } => {
                self.record.route = Arc::clone(&self.generation.labels[index]);
                self.moved = true;
                self.route(index, &arguments, &segments, body).await
            }
            // Of a path, methods are moved one by one.
            Found::OtherMethods(methods) => match self.generation.legacies.find(&segments.list) {
                Some(legacy) => self.hand_over(legacy, &segments, body).await,
                None => Ok(not_allowed(&allow(&methods), &parts.method, self.record)),
            },
            Found::Nothing => match self.generation.legacies.find(&segments.list) {
                Some(legacy) => self.hand_over(legacy, &segments, body).await,
                None => self.file(&segments).await,
            },
        }
    }

    async fn file(&mut self, segments: &Segments<'_>) -> Result<Reply, Problem> {
        let parts = self.parts;
        let Some(files) = &self.generation.files else { return Err(missing()) };
        let whole = parts.uri.path_and_query().map_or("/", |whole| whole.as_str());
        let limits = &self.generation.settings.limits;
        let Some(_place) = self.worker.shared.enter(limits) else { return Err(busy()) };
        let reply = files.answer(segments, whole, &parts.headers).await.ok_or_else(missing)?;
        self.record.route = Arc::from("static");
        match parts.method {
            Method::GET | Method::HEAD => Ok(reply),
            _ => Ok(not_allowed("GET, HEAD, OPTIONS", &parts.method, self.record)),
        }
    }

    async fn route(
        &mut self,
        index: usize,
        arguments: &Arguments,
        segments: &Segments<'_>,
        body: &mut Option<Received>,
    ) -> Result<Reply, Problem> {
        let limits = &self.generation.settings.limits;
        if body.as_ref().is_some_and(|b| b.size_hint().lower() > limits.request_body as u64) {
            return Err(too_large(limits.request_body));
        }
        let route = &self.generation.engine.plan().routes[index];
        let values = values(route, arguments, segments);
        match &route.kind {
            RouteKind::Handler(handler) => self.handler(index, handler, values, body).await,
            RouteKind::Passthrough(_) => self.passthrough(index, values, body).await,
        }
    }

    async fn handler(
        &mut self,
        index: usize,
        handler: &Handler,
        path_parameters: Vec<(Name, String)>,
        body: &mut Option<Received>,
    ) -> Result<Reply, Problem> {
        let worker = self.worker;
        let limits = &self.generation.settings.limits;
        let body = if let (Some(_), Some(body)) = (&handler.input.body, body.as_mut()) {
            // A client that sends slowly takes no place from those that have sent.
            let receiving = body.collect(|| worker.shared.receive(limits));
            let bytes = tokio::time::timeout(limits.request_timeout, receiving)
                .await
                .map_err(|_| not_received(Fault::TooSlow(limits.request_timeout)))?
                .map_err(|error| not_received((&error).into()))?;
            self.record.request_size = bytes.len() as u64;
            bytes
        } else {
            Bytes::new()
        };
        let Some(place) = worker.shared.enter(limits) else { return Err(busy()) };
        self.record.place = Some(place);
        let local = worker.local(self.generation);
        let clients = &local.clients;
        let started = Instant::now();
        let request = RouteRequest {
            method: &self.parts.method,
            path: self.chosen.path,
            path_parameters,
            query: self.parts.uri.query(),
            headers: &self.parts.headers,
            body,
            session: self.session(&local),
            request_id: &self.record.request_id,
            now_ms: now_ms(),
            trace: Some(self.trace.clone()),
            compute: Compute {
                most: limits.request_compute,
                turn: TURN,
                until: self.record.started.checked_add(limits.request_timeout),
            },
        };
        let running = frontage_exec::execute(&self.generation.engine, clients, index, request);
        // Its body took its part of the time.
        let until = self.record.started + limits.request_timeout;
        let running = worker.deadlines.within(until.into(), running);
        let outcome = running.await.map_err(|Passed| out_of_time())?;
        self.note(&outcome);
        if self.generation.settings.server_timing {
            self.timing = outcome::timing(&outcome.calls, started.elapsed());
        }
        Ok(outcome::reply(outcome, &self.record.request_id))
    }

    async fn passthrough(
        &mut self,
        index: usize,
        path_parameters: Vec<(Name, String)>,
        body: &mut Option<Received>,
    ) -> Result<Reply, Problem> {
        let worker = self.worker;
        let limits = &self.generation.settings.limits;
        let Some(place) = worker.shared.enter(limits) else { return Err(busy()) };
        self.record.place = Some(place);
        let Some(body) = body.take() else { return Err(Problem::new(500, "internal")) };
        let fault = body.fault();
        let local = worker.local(self.generation);
        let clients = &local.clients;
        let request = PassthroughRequest {
            method: &self.parts.method,
            path_parameters,
            query: self.parts.uri.query(),
            headers: &self.parts.headers,
            request_id: &self.record.request_id,
            trace: Some(self.trace.clone()),
        };
        let engine = &self.generation.engine;
        let running = frontage_exec::passthrough(engine, clients, index, request, body);
        let until = Instant::now() + limits.request_timeout;
        let response =
            worker.deadlines.within(until.into(), running).await.map_err(|Passed| out_of_time())?;
        match response {
            Ok(response) => {
                let (parts, body) = response.into_parts();
                let mut reply = Reply::new(parts.status);
                reply.headers = parts.headers;
                reply.untouched = true;
                reply.content = Content::Stream(Box::pin(body));
                Ok(reply)
            }
            Err(outcome) => {
                self.note(&outcome);
                // A body that failed fails the call: the fault is the client's, not the upstream's.
                if let Some(fault) = fault.get() {
                    return Err(not_received(fault));
                }
                Ok(outcome::reply(*outcome, &self.record.request_id))
            }
        }
    }

    /// Path and query as the chosen release sees them.
    fn path_and_query(&self) -> String {
        path_and_query(self.chosen, self.parts)
    }

    /// Lets the backend answer that was there before.
    async fn hand_over(
        &mut self,
        legacy: &Prepared,
        segments: &Segments<'_>,
        body: &mut Option<Received>,
    ) -> Result<Reply, Problem> {
        self.record.route = Arc::clone(&legacy.label);
        let most = legacy.legacy.request_body;
        if body.as_ref().is_some_and(|body| body.size_hint().lower() > most as u64) {
            return Err(too_large(most));
        }
        // Its requests take no places of those that routes answer.
        let Ok(place) = Arc::clone(&legacy.places).try_acquire_owned() else { return Err(busy()) };
        self.record.passing = Some(place);
        let Some(mut body) = body.take() else { return Err(Problem::new(500, "internal")) };
        body.set_limit(most);
        let fault = body.fault();
        self.record.handed = Some(Handed::new(
            &self.worker.shared.migration,
            &legacy.legacy.prefix,
            legacy.pattern(&segments.list),
            self.record.method,
        ));
        let path_and_query = self.path_and_query();
        let local = self.worker.local(self.generation);
        let (body, sent) = Watched::new(body);
        let request = Handover {
            to: &legacy.legacy.upstream.name,
            method: &self.parts.method,
            path_and_query: &path_and_query,
            host: asked_host(self.parts),
            headers: &self.parts.headers,
            request_id: &self.record.request_id,
            trace: Some(&self.trace),
            deadline: (Instant::now() + FOREVER).into(),
        };
        let running = frontage_exec::hand_over(&local.clients, request, Some(body));
        let Some(answered) = sent.within(legacy.legacy.timeout, running).await else {
            return Err(Problem::new(504, "upstream_timeout"));
        };
        match answered {
            Ok(response) => {
                let (parts, body) = response.into_parts();
                let mut reply = Reply::new(parts.status);
                reply.headers = parts.headers;
                legacy.relocate(&mut reply.headers);
                (reply.untouched, reply.foreign) = (true, true);
                reply.content = Content::Stream(Box::pin(body));
                Ok(reply)
            }
            Err(failed) => {
                let NotHandedOver { problem, why } = *failed;
                if let Some(fault) = fault.get() {
                    return Err(not_received(fault));
                }
                tracing::warn!(
                    target: "frontage::server", {request_id = &*self.record.request_id,
                    http.route = &*legacy.label}, "the backend before did not answer: {why}");
                Err(problem)
            }
        }
    }

    fn note(&mut self, outcome: &Outcome) {
        self.record.calls = outcome.calls.len();
        outcome::note(outcome, self.worker, &self.record.route, &self.record.request_id);
    }

    /// Who asks.
    fn session(&self, local: &Local) -> Value {
        let Some(session) = &local.session else { return Value::Undefined };
        let user = self.parts.headers.get(DEV_USER).and_then(|value| value.to_str().ok());
        match (session, user) {
            (Value::Object(session), Some(user)) if (1..=128).contains(&user.len()) => {
                let mut session = Object::clone(session);
                session.insert("sub", Value::text(Text::from(user)));
                Value::object(session)
            }
            _ => session.clone(),
        }
    }
}

/// The comparison of a moved route's answer that is to be made.
fn shadow(
    worker: &Rc<Worker>,
    chosen: &Chosen<'_>,
    parts: &Parts,
    reply: &Reply,
    record: &Record,
) -> Option<Shadow> {
    let generation = chosen.generation;
    if !generation.legacies.compares() || parts.method != Method::GET {
        return None;
    }
    let segments = split(chosen.path).ok()?;
    let Prepared { legacy, matcher, .. } = generation.legacies.find(&segments.list)?;
    let (comparison, rules) = legacy.comparison.as_ref().zip(matcher.as_ref())?;
    if !worker.shadows.is_due(&record.route, comparison.share) {
        return None;
    }
    let skip = || {
        worker.shared.migration.compared(&record.route, Comparing::Skipped);
        None
    };
    // What has a part replaced is not what the route answers; what is handed on is not held here.
    let body = match &reply.content {
        Content::Empty => Bytes::new(),
        Content::Whole(bytes) if fits(bytes) => bytes.clone(),
        Content::Whole(_) | Content::Stream(_) => return skip(),
    };
    // Who has no room for a request has none to ask twice.
    let has_no_room = reply.status == StatusCode::SERVICE_UNAVAILABLE;
    if reply.headers.contains_key(outcome::FALLBACK) || has_no_room {
        return skip();
    }
    let Some(waiting) = worker.shadows.wait() else { return skip() };
    Some(Shadow {
        migration: Arc::clone(&worker.shared.migration),
        clients: Rc::clone(&worker.local(generation).clients),
        to: Arc::clone(&legacy.upstream.name),
        route: Arc::clone(&record.route),
        path_and_query: path_and_query(chosen, parts),
        host: asked_host(parts),
        headers: parts.headers.clone(),
        request_id: record.request_id.clone(),
        rules: Arc::clone(rules),
        status: reply.status,
        body,
        places: worker.shadows.places(),
        waiting,
    })
}

fn path_and_query(chosen: &Chosen<'_>, parts: &Parts) -> String {
    match parts.uri.query() {
        Some(query) => format!("{}?{query}", chosen.path),
        None => chosen.path.to_owned(),
    }
}

/// The host that a client asked; HTTP/2 names it in the target.
fn asked_host(parts: &Parts) -> Option<HeaderValue> {
    let named = parts.headers.get(header::HOST).cloned();
    named.or_else(|| HeaderValue::from_str(parts.uri.authority()?.as_str()).ok())
}

/// What was wrong with a request's body.
fn not_received(fault: Fault) -> Problem {
    match fault {
        Fault::TooLarge(limit) => too_large(limit),
        Fault::TooSlow(_) => {
            problem(StatusCode::REQUEST_TIMEOUT, "body_too_slow", "the body came too slowly")
        }
        Fault::Crowded => busy(),
        Fault::Broken => problem(StatusCode::BAD_REQUEST, "broken_body", ""),
    }
}

/// The values of a route's path parameters.
fn values(route: &Route, arguments: &Arguments, segments: &Segments<'_>) -> Vec<(Name, String)> {
    let names = route.path.iter().filter_map(|segment| match segment {
        PathSegment::Literal(_) => None,
        PathSegment::Parameter(name) | PathSegment::Rest(name) => Some(name),
    });
    let text = |(at, rest): &(usize, bool)| match segments.list.get(*at..) {
        Some(list) if *rest => list.iter().map(Cow::as_ref).collect::<Vec<_>>().join("/"),
        Some([first, ..]) => first.clone().into_owned(),
        _ => String::new(),
    };
    names.zip(arguments).map(|(name, argument)| (Name::clone(name), text(argument))).collect()
}

/// The plan's word for a method; `None` for those that no route has.
fn known(method: &Method) -> Option<PlanMethod> {
    Some(match method.as_str() {
        "GET" => PlanMethod::Get,
        "HEAD" => PlanMethod::Head,
        "POST" => PlanMethod::Post,
        "PUT" => PlanMethod::Put,
        "PATCH" => PlanMethod::Patch,
        "DELETE" => PlanMethod::Delete,
        "QUERY" => PlanMethod::Query,
        _ => return None,
    })
}

/// The answer to `OPTIONS`, and to a method that a path does not have.
fn not_allowed(allowed: &str, method: &Method, record: &Record) -> Reply {
    let mut reply = if *method == Method::OPTIONS {
        Reply::new(StatusCode::NO_CONTENT)
    } else {
        let detail = format!("this path has {allowed}");
        let problem = problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", &detail);
        Reply::problem(&problem, &record.request_id)
    };
    if let Ok(allowed) = HeaderValue::from_str(allowed) {
        reply.headers.insert(header::ALLOW, allowed);
    }
    reply
}

fn too_large(limit: usize) -> Problem {
    let detail = format!("a body may have {limit} bytes");
    problem(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", &detail)
}

fn missing() -> Problem {
    problem(StatusCode::NOT_FOUND, "not_found", "nothing has this path")
}

fn busy() -> Problem {
    passing(StatusCode::SERVICE_UNAVAILABLE, "busy", "too many requests run at once", 1)
}

fn out_of_time() -> Problem {
    problem(StatusCode::GATEWAY_TIMEOUT, "request_timeout", "the request took too long")
}

/// The clock as routes see it.
#[expect(clippy::cast_precision_loss, reason = "exact in milliseconds for 280,000 years")]
fn now_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_millis() as f64)
}
