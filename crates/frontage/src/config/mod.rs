//! The configuration files: `frontage.toml` and each `frontend.toml`.
//!
//! In:    their texts, already in the source map.
//! Out:   [`WorkspaceConfig`] and [`FrontendConfig`], and every fault found in them.
//! Never: a resolved `${...}` reference: those are resolved where a backend starts, so that no
//!        secret is held longer or sent further than needed.

mod frontend;
mod legacy;
mod literal;
mod reference;
mod releases;
mod table;
mod units;
mod workspace;

pub(crate) use frontend::{Auth, FrontendConfig, Limits};
pub(crate) use legacy::{LegacyConfig, LegacySettings};
pub(crate) use literal::OWNER;
pub(crate) use reference::Reference;
pub(crate) use releases::{Choose, Deprecated, Releases, VERSION_HELP, is_version};
pub(crate) use workspace::WorkspaceConfig;
