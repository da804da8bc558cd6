//! Serves one backend over HTTP: listener, routes, limits, compression, files, plan swap, admin.
//!
//! In:    [`Settings`]; an [`Engine`](frontage_exec::Engine), which is a plan made ready.
//! Out:   a running server behind a [`Handle`].
//! Never: TypeScript, contracts, configuration files or environment variables; a setting in a
//!        plan; one thread waiting for another on the way of a request.
//!
//! Start at [`Server::start`]; a request's way is `request`.

mod accept;
mod activity;
mod admin;
mod body;
mod compress;
mod conditional;
mod connection;
mod dev;
mod error;
mod files;
mod generation;
mod handles;
mod head;
mod identity;
mod json_text;
mod legacy;
mod listen;
mod metrics;
mod negotiate;
mod outcome;
mod path;
mod problem;
mod record;
mod releases;
mod reply;
mod request;
mod router;
mod server;
mod settings;
mod shared;
mod talk;
mod unread;
mod worker;

pub use error::StartError;
pub use frontage_exec::{
    Address, AddressError, Engine, PrepareError, Scheme, Settings as UpstreamSettings,
};
pub use legacy::{Comparison, Legacy, Rules};
pub use releases::{Choose, Notice, Release, Served, Use};
pub use server::{Handle, Server};
pub use settings::{Auth, Limits, Settings};
