//! Everything that the binary tells a backend's server.
//!
//! In:    values that the binary read from configuration, environment and command line.
//! Out:   [`Settings`], plain data.
//! Never: a file or variable read here.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use frontage_exec::Settings as UpstreamSettings;

use crate::legacy::Legacy;

/// Settings of one backend's server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Name of the frontend.
    pub frontend: String,
    /// Version of the product, for `/version`.
    pub version: String,
    /// Address of the public listener; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Address of the admin listener, if there is one.
    pub admin: Option<SocketAddr>,
    /// Threads that serve, each with its own runtime; one for each core if absent.
    pub threads: Option<NonZeroUsize>,
    /// Who may ask, and as whom.
    pub auth: Auth,
    /// What one client or request may take.
    pub limits: Limits,
    /// The folder of the frontend's own files.
    pub static_dir: Option<PathBuf>,
    /// Answers carry `Server-Timing`.
    pub server_timing: bool,
    /// Every request is logged under the target `frontage::access`.
    pub access_log: bool,
    /// Pages get the script that shows errors and reloads.
    pub dev: bool,
    /// The services that plans call.
    pub upstreams: Vec<UpstreamSettings>,
    /// Backends that answer what is not moved yet.
    pub legacy: Vec<Legacy>,
    /// How long running requests may go on once the server stops.
    pub drain: Duration,
}

impl Settings {
    /// Settings with the limits that hold unless configured.
    #[must_use]
    pub fn new(frontend: &str, listen: SocketAddr) -> Self {
        Self {
            frontend: frontend.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            listen,
            admin: None,
            threads: None,
            auth: Auth::None,
            limits: Limits::default(),
            static_dir: None,
            server_timing: false,
            access_log: true,
            dev: false,
            upstreams: Vec::new(),
            legacy: Vec::new(),
            drain: Duration::from_secs(10),
        }
    }
}

/// Who may ask, and as whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Auth {
    /// Anyone; routes see no session.
    #[default]
    None,
    /// Anyone on this machine, as a fixed session. Refuses to listen beyond loopback.
    Dev {
        /// The session: the text of a JSON object. The header `x-frontage-dev-user` replaces its
        /// `sub`.
        session: String,
    },
}

/// What one client or request may take.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Time for a whole request, its body included, up to the head of its answer.
    pub request_timeout: Duration,
    /// Time in which a request's own expressions compute, in all.
    pub request_compute: Duration,
    /// Largest request body, in bytes.
    pub request_body: usize,
    /// Requests that run at once, and as many whose bodies are waited for; further ones are
    /// answered 503.
    pub concurrency: usize,
    /// Longest path with query, in bytes.
    pub uri: usize,
    /// All header fields together, in bytes.
    pub headers: usize,
    /// Connections at once; further ones wait in the system's bounded queue.
    pub connections: usize,
    /// Time from a request's first byte to the end of its head.
    pub header_read_timeout: Duration,
    /// Longest pause in a request's body.
    pub body_read_timeout: Duration,
    /// Longest pause in which a client takes nothing of its answer.
    pub write_timeout: Duration,
    /// How long a connection without a request is kept.
    pub idle_timeout: Duration,
    /// How long a connection without a request keeps its buffers: longer than between the requests
    /// of one page.
    pub rest_after: Duration,
    /// Requests at once on one HTTP/2 connection.
    pub streams: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(5),
            request_compute: Duration::from_secs(1),
            request_body: 1 << 20,
            concurrency: 1024,
            uri: 8 << 10,
            headers: 32 << 10,
            connections: 16 << 10,
            header_read_timeout: Duration::from_secs(10),
            body_read_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(75),
            rest_after: Duration::from_secs(1),
            streams: 128,
        }
    }
}
