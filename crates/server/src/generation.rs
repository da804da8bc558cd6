//! The releases that are served, made ready, and which of them answers a request.
//!
//! In:    releases, the newest first; how clients choose.
//! Out:   the one that answers a request, and what its answers say of it.
//! Never: a process, a thread or a pool for each; a request that changes its release on the way.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use frontage_exec::{Engine, Settings as UpstreamSettings, Value, parse_any};
use http::request::Parts;
use http::{HeaderName, HeaderValue};
use prometheus_client::metrics::counter::Counter;

use crate::dev::SCRIPT_TAG;
use crate::error::StartError;
use crate::files::Files;
use crate::legacy::Legacies;
use crate::metrics::{Metrics, PlanLabels, ReleaseLabels};
use crate::releases::{Choose, Release, Served, Use};
use crate::router::Router;
use crate::settings::{Auth, Settings};

/// One release with what is derived from it once.
#[derive(Debug)]
pub(crate) struct Generation {
    /// What clients choose it by.
    pub(crate) version: String,
    /// What its settings say of requests.
    pub(crate) settings: Settings,
    /// The plan.
    pub(crate) engine: Arc<Engine>,
    /// Its routes as a tree.
    pub(crate) router: Router,
    /// Its routes' templates, for logs and metrics.
    pub(crate) labels: Vec<Arc<str>>,
    /// Tells plans apart.
    pub(crate) digest: String,
    /// What its clients are made from.
    pub(crate) upstreams: Arc<Vec<UpstreamSettings>>,
    /// Who answers what is not moved yet.
    pub(crate) legacies: Legacies,
    /// The frontend's own files.
    pub(crate) files: Option<Files>,
    /// What its answers say of it.
    pub(crate) notice: Vec<(HeaderName, HeaderValue)>,
    requests: Counter,
    /// When it was taken up, and how long after that its last request came, in milliseconds.
    began: Instant,
    last_ms: AtomicU64,
}

/// No request yet.
const NEVER: u64 = u64::MAX;

impl Generation {
    /// - `known`: settings of upstreams for which there are connections.
    /// - `before`: the release as it was served so far, by its version and its plan's digest.
    fn new(
        release: Release,
        known: &[Arc<Vec<UpstreamSettings>>],
        before: impl Fn(&str, &str) -> Option<Arc<Self>>,
        metrics: &Metrics,
    ) -> Result<Self, StartError> {
        let Release { version, mut settings, engine, notice } = release;
        let plan = engine.plan();
        let mut hasher = xxhash_rust::xxh3::Xxh3::new();
        plan.hash(&mut hasher);
        let files = match &settings.static_dir {
            Some(path) => {
                let script = settings.dev.then_some(SCRIPT_TAG);
                let files = Files::new(path, script)
                    .map_err(|cause| StartError::Files { path: path.clone(), cause })?;
                Some(files)
            }
            None => None,
        };
        if let Auth::Dev { session } = &settings.auth
            && !matches!(parse_any(session.as_bytes()), Ok(Value::Object(_)))
        {
            return Err(StartError::Session);
        }
        let legacy = std::mem::take(&mut settings.legacy);
        let mut own = std::mem::take(&mut settings.upstreams);
        own.extend(legacy.iter().map(|legacy| legacy.upstream.clone()));
        let upstreams = known.iter().find(|known| ***known == own);
        let digest = format!("{:032x}", hasher.digest128());
        // When it was used last does not change by what else is served.
        let before = before(&version, &digest);
        let last = before.as_ref().map_or(NEVER, |own| own.last_ms.load(Ordering::Relaxed));
        Ok(Self {
            router: Router::new(plan),
            labels: plan.routes.iter().map(|route| route.path_text().into()).collect(),
            digest,
            upstreams: upstreams.cloned().unwrap_or_else(|| Arc::new(own)),
            notice: notice.map(|notice| notice.fields()).unwrap_or_default(),
            requests: metrics.releases.get_or_create(&labels(&settings, &version)).clone(),
            began: before.map_or_else(Instant::now, |own| own.began),
            last_ms: AtomicU64::new(last),
            legacies: Legacies::new(legacy),
            files,
            version,
            settings,
            engine,
        })
    }

    /// A request is answered by it.
    pub(crate) fn count(&self, at: Instant) {
        let since = at.saturating_duration_since(self.began).as_millis();
        self.last_ms.store(u64::try_from(since).unwrap_or(NEVER - 1), Ordering::Relaxed);
        self.requests.inc();
    }

    /// How much it is used.
    pub(crate) fn usage(&self) -> Use {
        let last = self.last_ms.load(Ordering::Relaxed);
        let last = (last != NEVER).then(|| Duration::from_millis(last));
        Use {
            version: self.version.clone(),
            plan: self.digest.clone(),
            requests: self.requests.get(),
            idle: last.map(|last| self.began.elapsed().saturating_sub(last)),
        }
    }
}

pub(crate) fn labels(settings: &Settings, version: &str) -> ReleaseLabels {
    ReleaseLabels { frontend: settings.frontend.clone(), release: version.to_owned() }
}

/// The releases that are served, made ready.
#[derive(Debug)]
pub(crate) struct Generations {
    newest: Arc<Generation>,
    older: Vec<Arc<Generation>>,
    choose: Choose,
    /// Tells one set from the one before.
    pub(crate) number: u64,
}

/// What answers a request.
pub(crate) struct Chosen<'a> {
    /// The release.
    pub(crate) generation: &'a Arc<Generation>,
    /// The path that it sees; nothing if the path ends with the release's name.
    pub(crate) path: &'a str,
    /// The client named a release that is not served, and no other may answer.
    pub(crate) gone: bool,
}

impl Generations {
    /// Makes releases ready. Those with equal settings of upstreams share connections.
    ///
    /// - `before`: what was served so far, whose connections are kept.
    ///
    /// # Errors
    ///
    /// [`StartError`] of a release that cannot be served.
    pub(crate) fn new(
        served: Served,
        before: Option<&Self>,
        metrics: &Metrics,
    ) -> Result<Self, StartError> {
        let Served { newest, older, choose } = served;
        let mut known: Vec<_> =
            before.into_iter().flat_map(Self::all).map(|own| Arc::clone(&own.upstreams)).collect();
        let same = |version: &str, digest: &str| {
            let mut all = before.into_iter().flat_map(Self::all);
            all.find(|own| own.version == version && own.digest == digest).cloned()
        };
        let mut make = |release| -> Result<_, StartError> {
            let generation = Generation::new(release, &known, same, metrics)?;
            known.push(Arc::clone(&generation.upstreams));
            Ok(Arc::new(generation))
        };
        let newest = make(newest)?;
        // Whom nobody can choose takes no memory, and one that cannot be served stops no other.
        let older = if choose == Choose::Newest { Vec::new() } else { older };
        let older = older.into_iter().filter_map(|release| {
            let version = release.version.clone();
            let made = make(release);
            if let Err(error) = &made {
                tracing::error!(
                    target: "frontage::server", {release = version, %error}, "it is not served");
            }
            made.ok()
        });
        let older = older.collect();
        let number = before.map_or(0, |before| before.number + 1);
        Ok(Self { newest, older, choose, number })
    }

    /// Leaves in the metrics what is served, and nothing that was.
    ///
    /// - `others`: of releases that may be there too.
    pub(crate) fn tell(&self, others: &[ReleaseLabels], metrics: &Metrics) {
        let served = self.release_labels();
        for gone in others.iter().filter(|other| !served.contains(other)) {
            metrics.releases.remove(gone);
        }
        metrics.plan.clear();
        for own in self.all() {
            let labels = PlanLabels {
                frontend: own.settings.frontend.clone(),
                digest: own.digest.clone(),
                release: own.version.clone(),
            };
            metrics.plan.get_or_create(&labels).set(1);
        }
    }

    /// Labels of all of them.
    pub(crate) fn release_labels(&self) -> Vec<ReleaseLabels> {
        self.all().map(|own| labels(&own.settings, &own.version)).collect()
    }

    /// What answers those that do not choose.
    pub(crate) const fn newest(&self) -> &Arc<Generation> {
        &self.newest
    }

    /// All of them, the newest first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Generation>> {
        std::iter::once(&self.newest).chain(&self.older)
    }

    /// What answers a request.
    pub(crate) fn choose<'a>(&'a self, parts: &'a Parts) -> Chosen<'a> {
        let path = parts.uri.path();
        let newest = Chosen { generation: &self.newest, path, gone: false };
        // What has no name cannot be chosen.
        let named = |version: &[u8]| {
            self.all().find(|own| !version.is_empty() && own.version.as_bytes() == version)
        };
        match &self.choose {
            Choose::Newest => newest,
            Choose::Header { name, refuse } => match parts.headers.get(name) {
                None => newest,
                Some(version) => match named(version.as_bytes()) {
                    Some(generation) => Chosen { generation, ..newest },
                    None => Chosen { gone: *refuse, ..newest },
                },
            },
            Choose::Prefix => {
                let first = path.strip_prefix('/').unwrap_or_default();
                let end = first.find('/').unwrap_or(first.len());
                match named(&first.as_bytes()[..end]) {
                    Some(generation) => Chosen { generation, path: &first[end..], gone: false },
                    None => newest,
                }
            }
        }
    }

    /// The header by which caches must tell answers apart, if one chooses.
    pub(crate) const fn varies_by(&self) -> Option<&HeaderName> {
        match &self.choose {
            Choose::Header { name, .. } => Some(name),
            Choose::Newest | Choose::Prefix => None,
        }
    }
}
