//! Text out of a checked workspace: declarations for editors, explanations of plans.
//!
//! In:    contracts, session types, plans.
//! Out:   text, or data that becomes text; one function per output.
//! Never: I/O.

pub mod api;
pub mod client;
mod draft;
mod explain;
mod node;
pub mod openapi;
mod package;
mod routes;
mod session;
mod spelling;
mod typescript;
mod upstreams;

pub use api::{Api, describe};
pub use draft::{Drafts, draft};
pub use explain::{
    BulkExplanation, CallExplanation, Explanation, ForEach, RouteExplanation, explain,
};
pub use node::{node_frontend, node_module, node_upstreams};
pub use package::{frontage_types, package_files};
pub use routes::route_types;
pub use session::session_types;
pub use typescript::{key, quoted};
pub use upstreams::upstream_types;
