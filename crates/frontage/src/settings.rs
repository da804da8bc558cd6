//! What a backend needs besides its plan, with its references unresolved.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::config::{
    Auth, FrontendConfig, LegacySettings, Limits, Reference, Releases, WorkspaceConfig,
};
use crate::workspace::Loaded;

/// Settings of one backend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BackendSettings {
    /// Name of the frontend.
    pub(crate) frontend: String,
    /// Where it listens.
    pub(crate) listen: Reference,
    /// Where its admin listener listens.
    pub(crate) admin: Option<Reference>,
    /// Folder of its own files, absolute.
    pub(crate) static_dir: Option<PathBuf>,
    /// Who may ask.
    pub(crate) auth: Auth,
    /// Bounds.
    pub(crate) limits: Limits,
    /// Whether answers carry `Server-Timing`.
    pub(crate) server_timing: bool,
    /// Whether requests are logged.
    pub(crate) access_log: bool,
    /// Threads.
    pub(crate) threads: Option<u32>,
    /// Serve the development pages' script.
    pub(crate) dev: bool,
    /// Addresses and headers of all upstreams.
    pub(crate) upstreams: Vec<UpstreamSettings>,
    /// What a release is called.
    pub(crate) version: Option<String>,
    /// How releases are served side by side.
    pub(crate) releases: Releases,
    /// What another backend goes on answering.
    pub(crate) legacy: Vec<LegacySettings>,
}

/// Addresses and headers of one upstream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UpstreamSettings {
    /// Its name.
    pub(crate) name: String,
    /// Its addresses.
    pub(crate) urls: Vec<Reference>,
    /// Whether HTTP/2 is spoken, if that is said.
    pub(crate) http2: Option<bool>,
    /// Headers of every request.
    pub(crate) headers: Vec<(String, Reference)>,
}

impl BackendSettings {
    /// What a process has once: another one must start for it to change.
    pub(crate) fn of_process(&self) -> impl PartialEq + use<'_> {
        let limits = (self.limits.connections, self.limits.drain);
        (&self.listen, &self.admin, self.threads, self.dev, limits)
    }

    /// Takes what one backend needs out of the configuration; `None` if it has no address, which
    /// is reported elsewhere.
    pub(crate) fn of(loaded: &Loaded, frontend: &FrontendConfig, dev: bool) -> Option<Self> {
        let root = std::path::absolute(&loaded.root).unwrap_or_else(|_| loaded.root.clone());
        let folder = root.join("frontends").join(&frontend.name);
        Some(Self {
            frontend: frontend.name.clone(),
            listen: frontend.listen.as_ref()?.value.clone(),
            admin: frontend.admin.as_ref().map(|a| a.value.clone()),
            static_dir: frontend.static_dir.as_ref().map(|s| folder.join(&s.value)),
            auth: frontend.auth.clone(),
            limits: frontend.limits.clone(),
            server_timing: frontend.server_timing,
            access_log: frontend.access_log,
            threads: frontend.threads,
            dev,
            upstreams: upstreams(&loaded.config),
            version: frontend.version.clone(),
            releases: frontend.releases.clone(),
            legacy: frontend.legacy.iter().map(|own| own.settings.clone()).collect(),
        })
    }
}

fn upstreams(config: &WorkspaceConfig) -> Vec<UpstreamSettings> {
    config
        .upstreams
        .iter()
        .map(|upstream| UpstreamSettings {
            name: upstream.name.value.clone(),
            urls: upstream.urls.iter().map(|u| u.value.clone()).collect(),
            http2: upstream.http2,
            headers: upstream
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), value.value.clone()))
                .collect(),
        })
        .collect()
}
