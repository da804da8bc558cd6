//! Starting and stopping a server.
//!
//! In:    [`Settings`] and an [`Engine`].
//! Out:   a [`Handle`], by which the binary swaps plans and stops the server.

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use frontage_exec::{Engine, Settings as UpstreamSettings, Value, parse_any};
use tokio::sync::watch;

use crate::dev::SCRIPT_TAG;
use crate::files::Files;
use crate::settings::{Auth, Settings};
use crate::shared::{Generation, Shared};
use crate::{accept, admin, listen};

/// Why a server could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Somebody else listens there.
    #[error("{address} is already in use by another program")]
    AddressInUse {
        /// The address.
        address: SocketAddr,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {cause}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's words.
        cause: io::Error,
    },
    /// A fixed session on an address that others reach.
    #[error("{address} is not loopback, and auth of kind `dev` lets anyone be anybody")]
    DevBeyondLoopback {
        /// The address.
        address: SocketAddr,
    },
    /// The fixed session is no JSON object.
    #[error("the session of auth of kind `dev` must be an object")]
    Session,
    /// The folder of files cannot be read.
    #[error("cannot read the folder {}: {cause}", path.display())]
    Files {
        /// The folder.
        path: PathBuf,
        /// The system's words.
        cause: io::Error,
    },
    /// The system gives no more threads.
    #[error("cannot start a thread: {0}")]
    Thread(#[source] io::Error),
}

impl StartError {
    /// What to do about it.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::AddressInUse { .. } => {
                "stop the other program, or choose another `listen` address"
            }
            Self::Listen { .. } => "choose an address of this machine and a port above 1023",
            Self::DevBeyondLoopback { .. } => {
                "listen on 127.0.0.1 or [::1], or choose another kind of `[auth]`"
            }
            Self::Session => "write it as a table, such as `session = { sub = \"u1\" }`",
            Self::Files { .. } => "create the folder, or correct or remove `static`",
            Self::Thread(_) => "raise the limit of processes, or set fewer threads",
        }
    }
}

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
        if let Auth::Dev { session } = &settings.auth {
            for address in [Some(settings.listen), settings.admin].into_iter().flatten() {
                if !address.ip().is_loopback() {
                    return Err(StartError::DevBeyondLoopback { address });
                }
            }
            if !matches!(parse_any(session.as_bytes()), Ok(Value::Object(_))) {
                return Err(StartError::Session);
            }
        }
        let files = match &settings.static_dir {
            Some(path) => {
                let script = settings.dev.then_some(SCRIPT_TAG);
                let files = Files::new(path, script)
                    .map_err(|cause| StartError::Files { path: path.clone(), cause })?;
                Some(files)
            }
            None => None,
        };
        let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let threads = settings.threads.unwrap_or(cores).get();
        let open = |address, count| {
            listen::open(address, count).map_err(|cause| match cause.kind() {
                io::ErrorKind::AddrInUse => StartError::AddressInUse { address },
                _ => StartError::Listen { address, cause },
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

        let upstreams = Arc::new(settings.upstreams.clone());
        let generation = Generation::new(engine, upstreams);
        let mut handle = Handle {
            shared: Arc::new(Shared::new(settings, files, generation)),
            drain: watch::Sender::new(false),
            stop: watch::Sender::new(false),
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
            let (shared, stop) = (Arc::clone(&handle.shared), handle.stop.subscribe());
            let thread = spawn("admin", move |runtime| {
                admin::run(runtime, &shared, listener, stop);
            })?;
            handle.admin_thread = Some(thread);
        }
        Ok(handle)
    }
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

    /// Gives new requests another plan. Running requests keep theirs; connections to upstreams
    /// stay open.
    pub fn swap(&self, engine: Arc<Engine>) {
        let upstreams = Arc::clone(&self.shared.current.load().upstreams);
        self.shared.swap(Generation::new(engine, upstreams));
    }

    /// Gives new requests another plan and new clients of upstreams, when those' settings changed.
    pub fn swap_with_upstreams(&self, engine: Arc<Engine>, upstreams: Vec<UpstreamSettings>) {
        self.shared.swap(Generation::new(engine, Arc::new(upstreams)));
    }

    /// The running plan's digest.
    #[must_use]
    pub fn plan_digest(&self) -> String {
        self.shared.current.load().digest.clone()
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

    /// Waits until the server has ended, which [`Handle::drain`] or a defect causes. Returns
    /// whether every thread ended as it should.
    pub fn join(mut self) -> bool {
        let mut well = true;
        for thread in self.threads.drain(..) {
            well &= thread.join().is_ok();
        }
        // The admin listener answers to the end, so that it can say what is going on.
        self.stop.send_replace(true);
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
        self.drain.send_replace(true);
    }
}
