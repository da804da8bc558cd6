//! What the binary tells of the releases that a backend serves side by side.
//!
//! In:    plans made ready, with settings, versions, and how clients choose.
//! Out:   [`Served`], plain data.
//! Never: a setting read here.
//!
//! Sources: RFC 9745 (`Deprecation`), RFC 8594 (`Sunset`).

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use frontage_exec::Engine;
use http::{HeaderName, HeaderValue, header};

use crate::settings::Settings;

/// One release of a backend.
#[derive(Debug, Clone)]
pub struct Release {
    /// What clients, logs and metrics know it by: letters, digits, `.`, `_` and `-`.
    pub version: String,
    /// What its settings say. Of what a process has once ([`Settings::listen`], `admin`, `threads`,
    /// `drain`, `dev`, `limits.connections`) that counts with which the server started.
    pub settings: Settings,
    /// Its plan, made ready.
    pub engine: Arc<Engine>,
    /// That its clients should leave it.
    pub notice: Option<Notice>,
}

/// That the clients of a release should leave it: its answers say so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notice {
    /// Since when, in seconds since 1970.
    pub since: Option<u64>,
    /// From when on it may be gone, in seconds since 1970.
    pub sunset: Option<u64>,
    /// Where to read about it.
    pub link: Option<String>,
}

/// How a client chooses its release.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Choose {
    /// It does not: the newest answers.
    #[default]
    Newest,
    /// By a header that holds a version; without it the newest answers.
    Header {
        /// The header.
        name: HeaderName,
        /// Whether a version that is not served is refused, and not answered by the newest.
        refuse: bool,
    },
    /// By the first segment of the path; without it the newest answers.
    Prefix,
}

/// All that a backend serves.
#[derive(Debug, Clone)]
pub struct Served {
    /// What answers those that do not choose.
    pub newest: Release,
    /// What answers those that choose it.
    pub older: Vec<Release>,
    /// How it is chosen.
    pub choose: Choose,
}

impl Served {
    /// One release, without a choice.
    #[must_use]
    pub fn one(version: &str, settings: Settings, engine: Arc<Engine>) -> Self {
        let version = version.to_owned();
        let newest = Release { version, settings, engine, notice: None };
        Self { newest, older: Vec::new(), choose: Choose::Newest }
    }
}

/// How much a release is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Its version.
    pub version: String,
    /// Its plan's digest.
    pub plan: String,
    /// How many requests it has answered since it was taken up.
    pub requests: u64,
    /// How long ago the last of them came; nothing without any.
    pub idle: Option<Duration>,
}

impl Notice {
    /// What the answers say.
    pub(crate) fn fields(&self) -> Vec<(HeaderName, HeaderValue)> {
        let mut fields = Vec::new();
        if let Some(since) = self.since.and_then(|since| format!("@{since}").parse().ok()) {
            fields.push((HeaderName::from_static("deprecation"), since));
        }
        let sunset = self.sunset.and_then(|sunset| {
            let time = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(sunset))?;
            httpdate::fmt_http_date(time).parse().ok()
        });
        if let Some(sunset) = sunset {
            fields.push((HeaderName::from_static("sunset"), sunset));
        }
        let link = self.link.as_ref();
        if let Some(link) = link.and_then(|l| format!("<{l}>; rel=\"deprecation\"").parse().ok()) {
            fields.push((header::LINK, link));
        }
        fields
    }
}
