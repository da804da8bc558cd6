//! What people ask of a supervisor, and what it answers.

use std::path::PathBuf;

use frontage_diagnostic::Diagnostic;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

/// What is asked of a supervisor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub(crate) enum Command {
    /// Make the release in a file the newest.
    Activate {
        /// The file, absolute.
        file: PathBuf,
    },
    /// Make an earlier release the newest again.
    Rollback {
        /// Whose.
        frontend: String,
        /// Which; the one before without it.
        version: Option<String>,
    },
    /// No longer serve a release beside the newest.
    Retire {
        /// Whose.
        frontend: String,
        /// Which.
        version: String,
    },
    /// Say what is served and kept.
    List {
        /// Whose; everybody's without it.
        frontend: Option<String>,
    },
}

/// What a command came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Curated {
    /// Something else is served.
    Changed(Activated),
    /// What is served and kept.
    List {
        /// Each release.
        releases: Vec<Listed>,
    },
}

/// A command, and who waits for its result.
pub(crate) type Asked = (Command, oneshot::Sender<Result<Curated, Diagnostic>>);

/// What a change came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Activated {
    /// The frontend.
    pub(crate) frontend: String,
    /// The version that answers whoever does not choose.
    pub(crate) version: String,
    /// Its digest.
    pub(crate) digest: String,
    /// The version that did before, if another did.
    pub(crate) before: Option<String>,
    /// The versions that are served beside it.
    pub(crate) beside: Vec<String>,
}

/// A release in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Listed {
    /// The frontend.
    pub(crate) frontend: String,
    /// The release's version.
    pub(crate) version: String,
    /// Its digest.
    pub(crate) digest: String,
    /// `newest`, `served` beside it, or `kept` to roll back to.
    pub(crate) state: String,
    /// Requests that it has answered since it was taken up; of what is served.
    pub(crate) requests: Option<u64>,
    /// How long ago the last one came, in milliseconds.
    pub(crate) idle_ms: Option<u64>,
    /// Since when its clients are told to leave it, in seconds since 1970.
    pub(crate) deprecated: Option<u64>,
    /// From when on it may be gone, in seconds since 1970.
    pub(crate) sunset: Option<u64>,
}
