//! Starting and stopping a server.
//!
//! In:    [`Settings`] and an [`Engine`].
//! Out:   a [`Handle`], by which the binary swaps plans and stops the server.

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use frontage_exec::Engine;
use tokio::sync::watch;

use crate::error::StartError;
use crate::releases::{Release, Served, Use};
use crate::settings::{Auth, Settings};
use crate::shared::Shared;
use crate::{accept, admin, listen};

/// A server of one backend.
#[derive(Debug)]
pub struct Server;

impl Server {
    /// Starts serving; when it returns, connections are accepted.
    ///
    /// # Errors
    ///
    /// [`StartError`], and then nothing is left running.
    pub fn start(settings: Settings, engine: Arc<Engine>) -> Result<Handle, StartError> {
        Self::serve(Served::one("", settings, engine), &[])
    }

    /// As [`Server::start`], with several releases. What a process has once is as the newest says.
    ///
    /// - `beside`: addresses on which another process of ours listens, which will end.
    ///
    /// # Errors
    ///
    /// [`StartError`], and then nothing is left running.
    pub fn serve(mut served: Served, beside: &[SocketAddr]) -> Result<Handle, StartError> {
        let settings = served.newest.settings.clone();
        check_doors(&mut served, settings.listen, settings.admin)?;
        let shared = Arc::new(Shared::new(settings, served)?);
        let settings = &shared.settings;
        let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let threads = settings.threads.unwrap_or(cores).get();
        let open = |address, count| {
            listen::open(address, count, is_held(address, beside)).map_err(|cause| {
                match cause.kind() {
                    io::ErrorKind::AddrInUse => StartError::AddressInUse { address },
                    _ => StartError::Listen { address, cause },
                }
            })
        };
        let listeners = open(settings.listen, threads)?;
        let admin_listener = match settings.admin {
            Some(address) => open(address, 1)?.pop(),
            None => None,
        };
        let address_of = |listener: &std::net::TcpListener, asked| {
            listener.local_addr().map_err(|cause| StartError::Listen { address: asked, cause })
        };
        let mut local = settings.listen;
        if let Some(listener) = listeners.first() {
            local = address_of(listener, settings.listen)?;
        }
        let admin = match &admin_listener {
            Some(listener) => Some(address_of(listener, local)?),
            None => None,
        };

        let mut handle = Handle {
            shared,
            drain: watch::Sender::new(false),
            stop: watch::Sender::new(false),
            stop_admin: watch::Sender::new(false),
            threads: Vec::new(),
            admin_thread: None,
            local,
            admin,
        };
        for (number, listener) in listeners.into_iter().enumerate() {
            let (shared, drain, stop) =
                (Arc::clone(&handle.shared), handle.drain.subscribe(), handle.stop.subscribe());
            let thread = spawn(&format!("serve-{number}"), move |runtime| {
                accept::run(runtime, &shared, listener, drain, stop);
            })?;
            handle.threads.push(thread);
        }
        if let Some(listener) = admin_listener {
            let (shared, stop) = (Arc::clone(&handle.shared), handle.stop_admin.subscribe());
            let thread = spawn("admin", move |runtime| {
                admin::run(runtime, &shared, listener, stop);
            })?;
            handle.admin_thread = Some(thread);
        }
        Ok(handle)
    }
}

/// Whether one of these listens on an address, or on one of its port that includes it.
fn is_held(address: SocketAddr, held: &[SocketAddr]) -> bool {
    held.iter().any(|own| {
        let any = own.ip().is_unspecified() || address.ip().is_unspecified();
        *own == address || own.port() == address.port() && any
    })
}

/// Nobody beyond this machine reaches auth of kind `dev`: the newest release is refused with it, and
/// others are not served.
fn check_doors(
    served: &mut Served,
    listen: SocketAddr,
    admin: Option<SocketAddr>,
) -> Result<(), StartError> {
    let open = std::iter::once(listen).chain(admin).find(|address| !address.ip().is_loopback());
    let Some(address) = open else { return Ok(()) };
    let is_dev = |release: &Release| matches!(release.settings.auth, Auth::Dev { .. });
    if is_dev(&served.newest) {
        return Err(StartError::DevBeyondLoopback { address });
    }
    served.older.retain(|release| {
        let version = &*release.version;
        if is_dev(release) {
            tracing::error!(
                target: "frontage::server", {release = version}, "its auth is for development");
        }
        !is_dev(release)
    });
    Ok(())
}

/// Starts a thread with a runtime of its own.
fn spawn(
    name: &str,
    run: impl FnOnce(&tokio::runtime::Runtime) + Send + 'static,
) -> Result<JoinHandle<()>, StartError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(16)
        .thread_name(format!("{name}-files"))
        .build()
        .map_err(StartError::Thread)?;
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || run(&runtime))
        .map_err(StartError::Thread)
}

/// A running server. Dropped, it stops at once.
#[derive(Debug)]
pub struct Handle {
    shared: Arc<Shared>,
    drain: watch::Sender<bool>,
    stop: watch::Sender<bool>,
    stop_admin: watch::Sender<bool>,
    threads: Vec<JoinHandle<()>>,
    admin_thread: Option<JoinHandle<()>>,
    local: SocketAddr,
    admin: Option<SocketAddr>,
}

impl Handle {
    /// Where the backend answers.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Where the admin listener answers.
    #[must_use]
    pub fn admin_addr(&self) -> Option<SocketAddr> {
        self.admin
    }

    /// Gives new requests other releases. Running requests keep theirs; connections to upstreams
    /// whose settings are as before stay open.
    ///
    /// # Errors
    ///
    /// [`StartError`], and then everything is as before.
    pub fn serve(&self, mut served: Served) -> Result<(), StartError> {
        check_doors(&mut served, self.local, self.admin)?;
        self.shared.swap(served)
    }

    /// The digest of the newest release's plan.
    #[must_use]
    pub fn plan_digest(&self) -> String {
        self.shared.current.load().newest().digest.clone()
    }

    /// How much each release is used, the newest first.
    #[must_use]
    pub fn usage(&self) -> Vec<Use> {
        self.shared.current.load().all().map(|own| own.usage()).collect()
    }

    /// Shows an error in every open page, or takes it away; only with [`Settings::dev`].
    pub fn set_overlay(&self, text: Option<String>) {
        if let Some(dev) = &self.shared.dev {
            dev.set_overlay(text);
        }
    }

    /// Reloads every open page; only with [`Settings::dev`].
    pub fn reload_pages(&self) {
        if let Some(dev) = &self.shared.dev {
            dev.reload_pages();
        }
    }

    /// Accepts no more connections, and lets running requests finish for at most
    /// [`Settings::drain`]. Returns at once; [`Handle::join`] waits.
    pub fn drain(&self) {
        self.shared.set_draining();
        self.drain.send_replace(true);
        if let Some(dev) = &self.shared.dev {
            dev.end();
        }
    }

    /// Closes the admin listener before everything else: another process answers on its address.
    pub fn close_admin(&mut self) {
        self.stop_admin.send_replace(true);
        if let Some(thread) = self.admin_thread.take() {
            let _ = thread.join();
        }
    }

    /// Waits until the server has ended, which [`Handle::drain`] or a defect causes. Returns
    /// whether every thread ended as it should.
    pub fn join(mut self) -> bool {
        let mut well = true;
        for thread in self.threads.drain(..) {
            well &= thread.join().is_ok();
        }
        // The admin listener answers to the end, so that it can say what is going on.
        self.stop.send_replace(true);
        self.stop_admin.send_replace(true);
        if let Some(thread) = self.admin_thread.take() {
            well &= thread.join().is_ok();
        }
        well
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.set_draining();
        self.stop.send_replace(true);
        self.stop_admin.send_replace(true);
        self.drain.send_replace(true);
    }
}
