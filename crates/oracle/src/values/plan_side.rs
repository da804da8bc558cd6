//! Runs routes of a plan against scripted upstreams, in memory and without a clock of its own.
//!
//! In:    an engine, a request, how upstreams behave.
//! Out:   what is answered, and the calls that were made.
//! Never: a socket; real time. Calls end in the order of their dues: whenever nothing else can go
//!        on, the one with the least due of those in flight is answered.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use frontage_exec::{
    Address, Clients, Engine, Outcome, OutcomeBody, PassthroughRequest, Problem, RouteRequest,
    Settings, Stream,
};
use frontage_plan::{PathSegment, Plan, RouteKind};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use tokio::io::DuplexStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::{LocalSet, spawn_local};

use super::answered::{Answered, canonical};
use crate::generate::answer::{Asked, Fate, Mood};
use crate::generate::contract::Contract;
use crate::generate::input::Request;
use crate::generate::many;

/// The instant of every request, in milliseconds since 1970.
pub(crate) const NOW_MS: f64 = 1_767_225_600_123.0;

/// Runs plans.
pub(crate) struct PlanSide {
    runtime: Runtime,
    local: LocalSet,
    clients: Clients,
    upstreams: Rc<Upstreams>,
}

/// What the scripted upstreams know.
struct Upstreams {
    script: RefCell<Option<(Rc<Contract>, Mood)>>,
    asked: RefCell<Vec<Asked>>,
    /// Calls that are answered before all others, in this order.
    first: RefCell<Vec<Asked>>,
    /// Calls in flight: when they are due, and whom to tell.
    pending: RefCell<Vec<(u64, oneshot::Sender<()>)>>,
    arrived: Notify,
}

impl PlanSide {
    /// Without any plan yet.
    ///
    /// # Errors
    ///
    /// If the runtime cannot be made.
    pub(crate) fn new() -> Result<Self, String> {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        let runtime = runtime.map_err(|e| format!("no runtime: {e}"))?;
        let local = LocalSet::new();
        let upstreams = Rc::new(Upstreams {
            script: RefCell::new(None),
            asked: RefCell::new(Vec::new()),
            first: RefCell::new(Vec::new()),
            pending: RefCell::new(Vec::new()),
            arrived: Notify::new(),
        });
        let mut settings = Vec::new();
        for name in ["alpha", "beta"] {
            let (dial, mut accept) = mpsc::unbounded_channel::<DuplexStream>();
            let address = Address::parse("http://127.0.0.1:9").map_err(|e| e.to_string())?;
            let mut own = Settings::new(name, vec![address]);
            own.dial = Some(Arc::new(move || {
                let (near, far) = tokio::io::duplex(64 << 10);
                let lost = || std::io::Error::other("the upstream is gone");
                dial.send(far).map_err(|_| lost())?;
                Ok(Box::new(near) as Box<dyn Stream>)
            }));
            settings.push(own);
            let upstreams = Rc::clone(&upstreams);
            local.spawn_local(async move {
                while let Some(stream) = accept.recv().await {
                    spawn_local(serve(Rc::clone(&upstreams), name, stream));
                }
            });
        }
        let conducted = Rc::clone(&upstreams);
        local.spawn_local(async move { conducted.conduct().await });
        let clients = {
            let _guard = runtime.enter();
            Clients::new(settings)
        };
        Ok(Self { runtime, local, clients, upstreams })
    }

    /// Runs one request.
    ///
    /// - `first`: calls that are answered before all others, in this order.
    pub(crate) fn run(
        &self,
        engine: &Engine,
        contract: &Rc<Contract>,
        request: &Request,
        mood: Mood,
        first: &[Asked],
    ) -> Answered {
        *self.upstreams.first.borrow_mut() = first.to_vec();
        *self.upstreams.script.borrow_mut() = Some((Rc::clone(contract), mood));
        self.upstreams.asked.borrow_mut().clear();
        self.upstreams.pending.borrow_mut().clear();
        let (path, query) = match request.url.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (request.url.as_str(), None),
        };
        let Some((route, path_parameters)) = find(engine.plan(), request.method, path) else {
            return Answered::fault("no route");
        };
        let method = Method::from_bytes(request.method.as_bytes()).unwrap_or(Method::GET);
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        if matches!(engine.plan().routes[route].kind, RouteKind::Passthrough(_)) {
            let request = PassthroughRequest {
                method: &method,
                path_parameters,
                query,
                headers: &headers,
                request_id: "r1",
                trace: None,
            };
            let body = Full::new(Bytes::new()).map_err(|never: Infallible| match never {});
            let running = async {
                let passed =
                    frontage_exec::passthrough(engine, &self.clients, route, request, body).await;
                match passed {
                    Err(outcome) => answered(*outcome),
                    Ok(response) => whole(response).await,
                }
            };
            let mut answered = self.local.block_on(&self.runtime, running);
            answered.calls = self.upstreams.asked.borrow().clone();
            return answered;
        }
        let route_request = RouteRequest {
            method: &method,
            path,
            path_parameters,
            query,
            headers: &headers,
            body: Bytes::copy_from_slice(request.body.as_bytes()),
            session: frontage_exec::parse_any(super::world::SESSION.as_bytes())
                .unwrap_or(frontage_exec::Value::Undefined),
            request_id: "r1",
            now_ms: NOW_MS,
            trace: None,
            compute: frontage_exec::Compute::UNBOUNDED,
        };
        let running = frontage_exec::execute(engine, &self.clients, route, route_request);
        let outcome = self.local.block_on(&self.runtime, async {
            let outcome = running.await;
            // An unsafe call goes on after its route has ended: it is this run's.
            loop {
                tokio::time::sleep(Duration::from_millis(2)).await;
                if self.upstreams.pending.borrow().is_empty() {
                    return outcome;
                }
            }
        });
        let mut answered = answered(outcome);
        answered.calls = self.upstreams.asked.borrow().clone();
        // Node makes the calls that a bulk call stands for.
        let meant = answered.calls.iter().flat_map(|call| many::singles(contract, call));
        let meant: Vec<Asked> = meant.filter(|call| !answered.calls.contains(call)).collect();
        answered.calls.extend(meant);
        answered
    }
}

/// The route of a path, and its parameters.
fn find(
    plan: &Plan,
    method: &str,
    path: &str,
) -> Option<(usize, Vec<(frontage_plan::Name, String)>)> {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    plan.routes.iter().enumerate().find_map(|(index, route)| {
        if route.method.as_str() != method || route.path.len() != segments.len() {
            return None;
        }
        let mut values = Vec::new();
        for (own, found) in route.path.iter().zip(&segments) {
            match own {
                PathSegment::Literal(name) if **name == **found => {}
                PathSegment::Parameter(name) => values.push((
                    name.clone(),
                    percent_decode_str(found).decode_utf8_lossy().into_owned(),
                )),
                _ => return None,
            }
        }
        Some((index, values))
    })
}

impl Upstreams {
    /// Answers the calls in flight one after the other, each when nothing else can go on.
    async fn conduct(&self) {
        loop {
            if self.pending.borrow().is_empty() {
                self.arrived.notified().await;
            }
            // The clock moves only when every task waits.
            tokio::time::sleep(Duration::from_millis(1)).await;
            let mut pending = self.pending.borrow_mut();
            pending.retain(|(_, told)| !told.is_closed());
            let least = pending.iter().enumerate().min_by_key(|(_, (due, _))| *due);
            if let Some((index, _)) = least {
                let (_, told) = pending.swap_remove(index);
                // Whoever asked may be gone by now.
                let _ = told.send(());
            }
        }
    }

    async fn answer(
        &self,
        upstream: &'static str,
        request: hyper::Request<Incoming>,
    ) -> Result<hyper::Response<Full<Bytes>>, std::io::Error> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(std::io::Error::other)?.to_bytes();
        // Byte by byte, as Node shows header fields.
        let header = |name| {
            let value = parts.headers.get(name).map(HeaderValue::as_bytes);
            value.unwrap_or(b"-").iter().map(|byte| char::from(*byte)).collect::<String>()
        };
        let asked = Asked {
            upstream: upstream.into(),
            method: parts.method.as_str().into(),
            url: parts.uri.path_and_query().map_or("/", |p| p.as_str()).into(),
            headers: format!("{} {}", header("x-site"), header("x-key")),
            body: canonical(&String::from_utf8_lossy(&body)),
        };
        let script = self.script.borrow().clone();
        let Some((contract, mood)) = script else { return Err(std::io::Error::other("no script")) };
        self.asked.borrow_mut().push(asked.clone());
        let fate = mood.fate(&contract, &asked);
        if fate == Fate::Hang {
            std::future::pending::<()>().await;
        }
        let (tell, told) = oneshot::channel();
        // A bulk call ends when the last of those it stands for did.
        let singles = many::singles(&contract, &asked);
        let is_own = |own: &Asked| *own == asked || singles.contains(own);
        let known = self.first.borrow().iter().rposition(is_own);
        // Beyond the dues of a script stand those of nobody.
        let due = match (known, self.first.borrow().is_empty()) {
            (Some(place), _) => place as u64,
            (None, true) => mood.due_ms(&contract, &asked),
            (None, false) => u64::from(u32::MAX) + mood.due_ms(&contract, &asked),
        };
        self.pending.borrow_mut().push((due, tell));
        self.arrived.notify_one();
        told.await.map_err(std::io::Error::other)?;
        let Fate::Answer { status, headers, body } = fate else {
            return Err(std::io::Error::other("closed"));
        };
        let mut response = hyper::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(name, value);
        }
        response.body(Full::new(Bytes::from(body))).map_err(std::io::Error::other)
    }
}

async fn serve(upstreams: Rc<Upstreams>, name: &'static str, stream: DuplexStream) {
    let service = service_fn(|request| {
        let upstreams = Rc::clone(&upstreams);
        async move { upstreams.answer(name, request).await }
    });
    let connection = hyper::server::conn::http1::Builder::new();
    // A connection ends with an error where the script closes it.
    let _ = connection.serve_connection(TokioIo::new(stream), service).await;
    let _: Result<(), Infallible> = Ok(());
}

/// A streamed answer, read to its end.
async fn whole(response: http::Response<frontage_exec::StreamBody>) -> Answered {
    let (parts, body) = response.into_parts();
    let Ok(body) = body.collect().await else { return Answered::fault("the stream broke off") };
    let field = |(name, value): (&HeaderName, &HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    Answered {
        status: parts.status.as_u16(),
        headers: parts.headers.iter().map(field).collect(),
        body: body.to_bytes().to_vec(),
        ..Answered::default()
    }
}

/// What the server would make of an outcome.
fn answered(outcome: Outcome) -> Answered {
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, value) in &outcome.headers {
        headers
            .push((name.as_str().into(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    }
    let is_problem = matches!(outcome.body, OutcomeBody::Problem(_));
    if let Some(value) = &outcome.cache_control {
        headers.push(("cache-control".into(), value.to_str().unwrap_or_default().into()));
    } else if outcome.private && !is_problem {
        headers.push(("cache-control".into(), "private, no-store".into()));
    }
    let mut replaced = if is_problem { Vec::new() } else { outcome.replaced };
    replaced.sort();
    if !replaced.is_empty() {
        headers.push(("frontage-fallback".into(), replaced.join(", ")));
    }
    let body = match &outcome.body {
        OutcomeBody::Empty => Vec::new(),
        OutcomeBody::Json(bytes) => bytes.to_vec(),
        OutcomeBody::Problem(problem) => {
            if let Some(seconds) = problem.retry_after_s {
                headers.push(("retry-after".into(), seconds.to_string()));
            }
            problem_json(problem).to_string().into_bytes()
        }
    };
    let internal = outcome.internal;
    let started = outcome.calls.iter().map(|c| (c.upstream.to_string(), c.operation.to_string()));
    let started = started.collect();
    Answered {
        status: outcome.status,
        headers,
        body,
        calls: Vec::new(),
        started,
        order: Vec::new(),
        internal,
    }
}

fn problem_json(problem: &Problem) -> Value {
    let mut out = json!({
        "type": "about:blank", "title": problem.title, "status": problem.status, "code": problem.code,
    });
    if let Some(detail) = &problem.detail {
        out["detail"] = detail.as_str().into();
    }
    if !problem.issues.is_empty() {
        let issues = problem.issues.iter().map(|issue| {
            json!({ "in": issue.part.as_str(), "path": issue.path, "code": issue.code, "message": issue.message })
        });
        out["errors"] = issues.collect();
    }
    out
}
