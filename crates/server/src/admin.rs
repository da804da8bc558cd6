//! The admin listener: whether the process is well, what it runs, what it counts.
//!
//! In:    requests on an address of its own, loopback by default.
//! Out:   `/healthz`, `/readyz`, `/metrics`, `/version`, `/migration`.
//! Never: a way to change anything.

use std::convert::Infallible;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, watch};
use tokio::task::LocalSet;

use crate::json_text::push_string;
use crate::problem::{problem, to_json};
use crate::releases::Use;
use crate::shared::Shared;

/// Connections at once.
const CONNECTIONS: usize = 32;

/// Time for the head of a request, and for an idle connection.
const PATIENCE: Duration = Duration::from_secs(30);

/// Answers until told to stop.
pub(crate) fn run(
    runtime: &Runtime,
    shared: &Arc<Shared>,
    listener: std::net::TcpListener,
    mut stop: watch::Receiver<bool>,
) {
    LocalSet::new().block_on(runtime, async {
        tokio::select! {
            () = serve(shared, listener) => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    });
}

async fn serve(shared: &Arc<Shared>, listener: std::net::TcpListener) {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(target: "frontage::server", {%error}, "cannot use the admin listener");
            return;
        }
    };
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut protocol = hyper::server::conn::http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(PATIENCE).max_buf_size(16 << 10);
    let protocol = Rc::new(protocol);
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let (shared, protocol) = (Arc::clone(shared), Rc::clone(&protocol));
        tokio::task::spawn_local(async move {
            let service = hyper::service::service_fn(|request: Request<Incoming>| {
                let response = answer(&shared, &request);
                async move { Ok::<_, Infallible>(response) }
            });
            // Errors are the client's.
            let _ = protocol.serve_connection(TokioIo::new(stream), service).await;
            drop(place);
        });
    }
}

fn answer(shared: &Shared, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    if *request.method() != Method::GET && *request.method() != Method::HEAD {
        let mut response = fault(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed");
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    match request.uri().path() {
        "/healthz" => text(StatusCode::OK, "text/plain; charset=utf-8", "ok\n".into()),
        "/readyz" if shared.is_draining() => {
            text(StatusCode::SERVICE_UNAVAILABLE, "text/plain; charset=utf-8", "draining\n".into())
        }
        "/readyz" => text(StatusCode::OK, "text/plain; charset=utf-8", "ready\n".into()),
        "/metrics" => text(
            StatusCode::OK,
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
            shared.metrics.text(),
        ),
        "/migration" => {
            text(StatusCode::OK, "application/json", shared.migration.to_json().to_string())
        }
        "/version" => text(StatusCode::OK, "application/json", version(shared)),
        _ => fault(StatusCode::NOT_FOUND, "not_found"),
    }
}

fn version(shared: &Shared) -> String {
    let mut out = String::from("{\"frontend\":");
    push_string(&mut out, &shared.settings.frontend);
    out.push_str(",\"version\":");
    push_string(&mut out, &shared.settings.version);
    let current = shared.current.load();
    let newest = current.newest();
    out.push_str(",\"plan\":");
    push_string(&mut out, &newest.digest);
    out.push_str(&format!(",\"routes\":{},\"releases\":[", newest.labels.len()));
    for (place, own) in current.all().enumerate() {
        let Use { version, plan, requests, .. } = own.usage();
        out.push_str(if place == 0 { "{\"release\":" } else { ",{\"release\":" });
        push_string(&mut out, &version);
        out.push_str(",\"plan\":");
        push_string(&mut out, &plan);
        out.push_str(&format!(",\"requests\":{requests}}}"));
    }
    out.push_str("]}");
    out
}

fn text(status: StatusCode, media_type: &'static str, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn fault(status: StatusCode, code: &str) -> Response<Full<Bytes>> {
    text(status, "application/problem+json", to_json(&problem(status, code, ""), "admin"))
}
