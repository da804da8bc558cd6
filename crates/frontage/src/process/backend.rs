//! One backend in this process: references resolved, listener up, plans swapped.
//!
//! In:    a [`Bundle`], from a supervisor over standard input or from this program's own build.
//! Out:   a running server; events on standard output if there is a supervisor.
//! Never: a plan dropped under a running request: the server keeps what a request began with.

use std::io::{BufReader, Write as _};
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use frontage_diagnostic::Diagnostic;
use frontage_server::{self as server, Address, Engine, UpstreamSettings};
use http::{HeaderName, HeaderValue};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use super::protocol::{Bundle, FromBackend, ToBackend, decode};
use super::settings::BackendSettings;
use crate::codes;
use crate::config::{Auth, Reference};

/// Runs one backend until it is told to stop: `frontage serve web`.
///
/// # Errors
///
/// Why it cannot start.
pub(crate) fn run_alone(
    bundle: Bundle,
    started: impl FnOnce(&FromBackend),
) -> Result<(), Diagnostic> {
    let handle = start(bundle)?;
    started(&listening(&handle));
    runtime()?.block_on(stop_signal());
    handle.drain();
    handle.join();
    Ok(())
}

/// Runs what a supervisor sends, until it says so, goes away, or a signal comes.
pub(crate) fn run_supervised() -> std::process::ExitCode {
    let (sender, mut orders) = mpsc::channel(16);
    // Reading blocks, and must not keep the process alive: a thread that nobody joins.
    std::thread::spawn(move || {
        let mut input = BufReader::new(std::io::stdin());
        while let Ok(Some(order)) = decode(&mut input) {
            if sender.blocking_send(order).is_err() {
                break;
            }
        }
    });
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(fault) => return failed(&fault),
    };
    let mut running: Option<server::Handle> = None;
    runtime.block_on(async {
        let mut signal = std::pin::pin!(stop_signal());
        loop {
            let order = tokio::select! {
                order = orders.recv() => order,
                () = &mut signal => None,
            };
            match order {
                Some(ToBackend::Run(bundle)) => match run(*bundle, &mut running) {
                    Ok(event) => say(&event),
                    Err(fault) => {
                        let code = failed(&fault);
                        if running.is_none() {
                            return code;
                        }
                    }
                },
                Some(ToBackend::Overlay(text)) => {
                    if let Some(handle) = &running {
                        handle.set_overlay(text);
                    }
                }
                Some(ToBackend::ReloadPages) => {
                    if let Some(handle) = &running {
                        handle.reload_pages();
                    }
                }
                Some(ToBackend::Drain) | None => {
                    if let Some(handle) = running.take() {
                        handle.drain();
                        handle.join();
                    }
                    return std::process::ExitCode::SUCCESS;
                }
            }
        }
    })
}

/// Starts the server, or swaps the plan of the one that runs.
fn run(bundle: Bundle, running: &mut Option<server::Handle>) -> Result<FromBackend, Diagnostic> {
    match running {
        Some(handle) => {
            handle.swap(engine(bundle)?);
            Ok(FromBackend::Swapped)
        }
        None => {
            let handle = start(bundle)?;
            let event = listening(&handle);
            *running = Some(handle);
            Ok(event)
        }
    }
}

fn start(bundle: Bundle) -> Result<server::Handle, Diagnostic> {
    let settings = resolve(&bundle.settings)?;
    let engine = engine(bundle)?;
    server::Server::start(settings, engine).map_err(|error| {
        let code = match error {
            server::StartError::DevBeyondLoopback { .. } => codes::DEV_BEYOND_LOOPBACK,
            _ => codes::CANNOT_START,
        };
        Diagnostic::placeless(code, error.to_string()).help(error.help())
    })
}

fn engine(bundle: Bundle) -> Result<Arc<Engine>, Diagnostic> {
    Engine::new(bundle.plan)
        .map(Arc::new)
        .map_err(|error| Diagnostic::placeless(codes::CANNOT_START, error.to_string()))
}

fn listening(handle: &server::Handle) -> FromBackend {
    FromBackend::Listening { address: handle.local_addr(), admin: handle.admin_addr() }
}

fn runtime() -> Result<tokio::runtime::Runtime, Diagnostic> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Diagnostic::placeless(codes::CANNOT_START, format!("no runtime: {e}")))
}

/// Waits for `SIGTERM` or `SIGINT`.
pub(super) async fn stop_signal() {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

fn say(event: &FromBackend) {
    if let Ok(line) = serde_json::to_string(event) {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{line}");
        let _ = out.flush();
    }
}

fn failed(fault: &Diagnostic) -> std::process::ExitCode {
    say(&FromBackend::Failed { message: fault.message.clone(), help: fault.help.clone() });
    std::process::ExitCode::FAILURE
}

/// Resolves every reference; from here on the process holds secrets.
fn resolve(settings: &BackendSettings) -> Result<server::Settings, Diagnostic> {
    let listen = address(&settings.listen, "listen")?;
    let mut out = server::Settings::new(&settings.frontend, listen);
    out.admin = Some(match &settings.admin {
        Some(admin) => address(admin, "admin.listen")?,
        None => SocketAddr::from(([127, 0, 0, 1], 0)),
    });
    out.threads = settings.threads.and_then(|n| NonZeroUsize::new(n as usize));
    out.auth = match &settings.auth {
        Auth::None => server::Auth::None,
        Auth::Dev { session } => server::Auth::Dev { session: session.clone() },
    };
    out.static_dir.clone_from(&settings.static_dir);
    out.server_timing = settings.server_timing;
    out.access_log = settings.access_log;
    out.dev = settings.dev;
    let limits = &settings.limits;
    out.drain = limits.drain;
    out.limits.request_timeout = limits.request_timeout;
    out.limits.request_compute = limits.request_compute;
    out.limits.request_body = limits.request_body;
    out.limits.concurrency = limits.concurrency as usize;
    out.limits.connections = limits.connections as usize;
    out.limits.uri = limits.uri;
    out.limits.headers = limits.headers;
    out.limits.header_read_timeout = limits.header_timeout;
    out.limits.idle_timeout = limits.idle_timeout;
    for upstream in &settings.upstreams {
        let mut addresses = Vec::new();
        for url in &upstream.urls {
            let what = format!("the url of `{}`", upstream.name);
            let text = text(url, &what)?;
            addresses.push(Address::parse(&text).map_err(|error| {
                Diagnostic::placeless(codes::INVALID_VALUE, format!("{what} {error}"))
                    .help("write it like \"http://127.0.0.1:4001\"")
            })?);
        }
        let mut target = UpstreamSettings::new(&upstream.name, addresses);
        target.http2 = upstream.http2;
        target.answer_limit = limits.upstream_answer;
        target.max_connections = limits.upstream_connections as usize;
        target.connect_timeout = Duration::from_secs(2);
        for (name, value) in &upstream.headers {
            let what = format!("the header `{name}` of `{}`", upstream.name);
            let invalid = || {
                Diagnostic::placeless(codes::INVALID_VALUE, format!("{what} is no header value"))
            };
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid())?;
            let mut value = HeaderValue::from_str(&text(value, &what)?).map_err(|_| invalid())?;
            value.set_sensitive(true);
            target.headers.push((name, value));
        }
        out.upstreams.push(target);
    }
    Ok(out)
}

fn text(reference: &Reference, what: &str) -> Result<String, Diagnostic> {
    reference.resolve().map_err(|why| {
        Diagnostic::placeless(codes::UNRESOLVED_REFERENCE, format!("{what}: {why}"))
            .help("set it where the backend starts, or give a default: `${NAME:-default}`")
    })
}

fn address(reference: &Reference, key: &str) -> Result<SocketAddr, Diagnostic> {
    let text = text(reference, &format!("`{key}`"))?;
    // `localhost:3001` is what people write; names are looked up once, at the start.
    let found = text.to_socket_addrs().ok().and_then(|mut all| all.next());
    found.ok_or_else(|| {
        Diagnostic::placeless(codes::INVALID_VALUE, format!("`{key}` cannot be {text:?}"))
            .help("write an address and a port, such as \"127.0.0.1:3001\"")
    })
}
