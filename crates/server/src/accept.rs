//! One thread that serves: accepts, and runs connections and their requests.
//!
//! In:    a listening socket; what all threads share.
//! Out:   answered requests.
//! Never: work that another thread waits for; a socket of another thread.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};
use tokio::task::LocalSet;

use crate::settings::Limits;
use crate::shared::Shared;
use crate::talk::Protocols;
use crate::worker::Worker;
use crate::{connection, request};

/// Serves until told to drain, and then until all connections have ended or the time is up.
pub(crate) fn run(
    runtime: &Runtime,
    shared: &Arc<Shared>,
    listener: std::net::TcpListener,
    drain: watch::Receiver<bool>,
    mut stop: watch::Receiver<bool>,
) {
    let tasks = LocalSet::new();
    tasks.block_on(runtime, async {
        let stopped = stop.wait_for(|stop| *stop);
        tokio::select! {
            () = serve(shared, listener, drain) => {}
            _ = stopped => {}
        }
    });
}

async fn serve(
    shared: &Arc<Shared>,
    listener: std::net::TcpListener,
    mut drain: watch::Receiver<bool>,
) {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(target: "frontage::server", {%error}, "cannot use the listener");
            return;
        }
    };
    let worker = Rc::new(Worker::new(shared));
    let mut bounds = Bounds::now(shared);
    // Each connection holds a sender; once all are gone, receiving ends.
    let (alive, mut ended) = mpsc::channel::<()>(1);
    let mut accepting = drain.clone();
    loop {
        let draining = *drain.borrow_and_update();
        let accepted = tokio::select! {
            biased;
            accepted = listener.accept() => accepted,
            // Those that the system has accepted for us are served: they were told we listen.
            () = std::future::ready(()), if draining => break,
            _ = accepting.wait_for(|drain| *drain), if !draining => continue,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(target: "frontage::server", {%error}, "cannot accept");
                // Too many open files, most likely; trying at once would only burn time.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        // Beyond the limit a connection waits here, and those behind it in the system's queue.
        let permit = tokio::select! {
            biased;
            permit = Arc::clone(&shared.connections).acquire_owned() => permit.ok(),
            // Who came before the end is served, however many there are: they are the last.
            _ = accepting.wait_for(|drain| *drain) => None,
        };
        let _ = stream.set_nodelay(true);
        if bounds.number != shared.current.load().number {
            bounds = Bounds::now(shared);
        }
        let (limits, protocols) = (Rc::clone(&bounds.limits), Rc::clone(&bounds.protocols));
        let worker = Rc::clone(&worker);
        let (stop, alive) = (drain.clone(), alive.clone());
        tokio::task::spawn_local(async move {
            worker.shared.metrics.connections.inc();
            let _open = Open(Rc::clone(&worker));
            let answer = |activity, request| request::answer(Rc::clone(&worker), activity, request);
            connection::serve(stream, &protocols, &limits, stop, answer).await;
            drop((permit, alive));
        });
    }
    drop((listener, alive));
    let _ = tokio::time::timeout(shared.settings.drain, ended.recv()).await;
}

/// What a new connection keeps to: the newest release's word.
struct Bounds {
    /// Of which set of releases.
    number: u64,
    limits: Rc<Limits>,
    protocols: Rc<Protocols>,
}

impl Bounds {
    fn now(shared: &Shared) -> Self {
        let current = shared.current.load();
        let limits = Rc::new(current.newest().settings.limits.clone());
        let protocols = Rc::new(Protocols::new(&limits));
        Self { number: current.number, limits, protocols }
    }
}

/// An open connection, for the gauge.
struct Open(Rc<Worker>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.shared.metrics.connections.dec();
    }
}
