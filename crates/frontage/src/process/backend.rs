//! One backend in this process: references resolved, listener up, plans swapped.
//!
//! In:    a [`Bundle`], from a supervisor over standard input or from this program's own build.
//! Out:   a running server; events on standard output if there is a supervisor.
//! Never: a plan dropped under a running request: the server keeps what a request began with.

use std::io::{BufReader, Write as _};
use std::net::SocketAddr;

use frontage_diagnostic::Diagnostic;
use frontage_server as server;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use super::plans::Plans;
use super::protocol::{Bundle, FromBackend, ToBackend, Used, decode};
use crate::codes;

/// Runs one backend until it is told to stop: `frontage serve web`.
///
/// # Errors
///
/// Why it cannot start.
pub(crate) fn run_alone(
    bundle: Bundle,
    started: impl FnOnce(&FromBackend),
) -> Result<(), Diagnostic> {
    let handle = start(bundle, &[], &mut Plans::default())?;
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
    let mut known = Plans::default();
    let mut beside = Vec::new();
    runtime.block_on(async {
        let mut signal = std::pin::pin!(stop_signal());
        loop {
            let order = tokio::select! {
                order = orders.recv() => order,
                () = &mut signal => None,
            };
            match order {
                Some(ToBackend::Run(bundle)) => {
                    match run(*bundle, &beside, &mut running, &mut known) {
                        Ok(event) => say(&event),
                        Err(fault) => {
                            let code = failed(&fault);
                            if running.is_none() {
                                return code;
                            }
                        }
                    }
                }
                Some(ToBackend::Beside(addresses)) => beside = addresses,
                Some(ToBackend::Use) => {
                    let used = running.as_ref().map(server::Handle::usage).unwrap_or_default();
                    say(&FromBackend::Used { releases: used.into_iter().map(used_of).collect() });
                }
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
                end @ (Some(ToBackend::Drain | ToBackend::Leave) | None) => {
                    if let Some(mut handle) = running.take() {
                        if matches!(end, Some(ToBackend::Leave)) {
                            handle.close_admin();
                        }
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
fn run(
    bundle: Bundle,
    beside: &[SocketAddr],
    running: &mut Option<server::Handle>,
    known: &mut Plans,
) -> Result<FromBackend, Diagnostic> {
    match running {
        Some(handle) => {
            handle.serve(known.served(bundle)?).map_err(|error| no_start(&error))?;
            Ok(FromBackend::Swapped)
        }
        None => {
            let handle = start(bundle, beside, known)?;
            let event = listening(&handle);
            *running = Some(handle);
            Ok(event)
        }
    }
}

fn start(
    bundle: Bundle,
    beside: &[SocketAddr],
    known: &mut Plans,
) -> Result<server::Handle, Diagnostic> {
    server::Server::serve(known.served(bundle)?, beside).map_err(|error| no_start(&error))
}

fn no_start(error: &server::StartError) -> Diagnostic {
    let code = match error {
        server::StartError::DevBeyondLoopback { .. } => codes::DEV_BEYOND_LOOPBACK,
        _ => codes::CANNOT_START,
    };
    Diagnostic::placeless(code, error.to_string()).help(error.help())
}

fn used_of(usage: server::Use) -> Used {
    let server::Use { version, requests, idle, .. } = usage;
    let idle_ms = idle.map(|idle| u64::try_from(idle.as_millis()).unwrap_or(u64::MAX));
    Used { version, requests, idle_ms }
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
