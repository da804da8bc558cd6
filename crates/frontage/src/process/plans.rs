//! What a backend is given, made ready for its server: plans, and settings without references.
//!
//! In:    a [`Bundle`].
//! Out:   [`Served`](server::Served).
//! Never: a plan made ready twice; a release beside the newest that keeps it from being served.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use frontage_diagnostic::Diagnostic;
use frontage_server::{self as server, Address, Engine, UpstreamSettings};
use http::{HeaderName, HeaderValue};

use super::protocol::{Bundle, Source};
use crate::codes;
use crate::config::{Auth, Choose, Deprecated, Reference};
use crate::release;
use crate::settings::BackendSettings;

/// The plans of stored releases, made ready.
#[derive(Debug, Default)]
pub(super) struct Plans(Vec<(PathBuf, Arc<Stored>)>);

#[derive(Debug)]
struct Stored {
    settings: BackendSettings,
    engine: Arc<Engine>,
}

impl Plans {
    /// Makes a bundle ready.
    ///
    /// # Errors
    ///
    /// Why its newest plan cannot be served.
    pub(super) fn served(&mut self, bundle: Bundle) -> Result<server::Served, Diagnostic> {
        let Bundle { settings, plan, older } = bundle;
        let mut used = older.clone();
        let deprecated = &settings.releases.deprecated;
        let newest = match plan {
            Source::Here(plan) => ready(&settings, engine(plan)?, deprecated)?,
            Source::Stored(folder) => {
                let stored = self.stored(&folder)?;
                used.push(folder);
                ready(&stored.settings, Arc::clone(&stored.engine), deprecated)?
            }
        };
        let mut beside = Vec::new();
        for folder in older {
            let made = self
                .stored(&folder)
                .and_then(|stored| ready(&stored.settings, Arc::clone(&stored.engine), deprecated));
            match made {
                Ok(release) => beside.push(release),
                Err(fault) => {
                    let (message, help) = (fault.message.as_str(), fault.help.as_deref());
                    tracing::error!(message, help, "a release is not served");
                }
            }
        }
        self.0.retain(|(folder, _)| used.contains(folder));
        let choose = match &settings.releases.choose {
            // Sources that run have a name only if they say so.
            _ if newest.version.is_empty() => server::Choose::Newest,
            Choose::Newest => server::Choose::Newest,
            Choose::Prefix => server::Choose::Prefix,
            Choose::Header { name, refuse } => match HeaderName::from_bytes(name.as_bytes()) {
                Ok(name) => server::Choose::Header { name, refuse: *refuse },
                // It was checked where it was read.
                Err(_) => server::Choose::Newest,
            },
        };
        Ok(server::Served { newest, older: beside, choose })
    }

    fn stored(&mut self, folder: &Path) -> Result<Arc<Stored>, Diagnostic> {
        if let Some((_, stored)) = self.0.iter().find(|(known, _)| known == folder) {
            return Ok(Arc::clone(stored));
        }
        let content = release::get(folder)?.content;
        let mut settings = content.settings;
        settings.static_dir = settings.static_dir.map(|_| folder.join(release::PUBLIC));
        let stored = Arc::new(Stored { settings, engine: engine(content.plan)? });
        self.0.push((folder.to_owned(), Arc::clone(&stored)));
        Ok(stored)
    }
}

fn engine(plan: Arc<frontage_plan::Plan>) -> Result<Arc<Engine>, Diagnostic> {
    Engine::new(plan)
        .map(Arc::new)
        .map_err(|error| Diagnostic::placeless(codes::CANNOT_START, error.to_string()))
}

fn ready(
    settings: &BackendSettings,
    engine: Arc<Engine>,
    deprecated: &[Deprecated],
) -> Result<server::Release, Diagnostic> {
    let version = settings.version.clone().unwrap_or_default();
    let notice = deprecated.iter().find(|own| own.version == version).map(|own| server::Notice {
        since: own.since,
        sunset: own.sunset,
        link: own.link.clone(),
    });
    Ok(server::Release { version, settings: resolve(settings)?, engine, notice })
}

/// Resolves every reference; from here on the process holds secrets.
fn resolve(settings: &BackendSettings) -> Result<server::Settings, Diagnostic> {
    let listen = address(&settings.listen, "listen")?;
    let mut out = server::Settings::new(&settings.frontend, listen);
    out.admin = Some(match &settings.admin {
        Some(admin) => address(admin, "admin.listen")?,
        None => SocketAddr::from(([127, 0, 0, 1], 0)),
    });
    out.threads = settings.threads.and_then(|n| NonZeroUsize::new(n as usize));
    out.auth = match &settings.auth {
        Auth::None => server::Auth::None,
        Auth::Dev { session } => server::Auth::Dev { session: session.clone() },
    };
    out.static_dir.clone_from(&settings.static_dir);
    out.server_timing = settings.server_timing;
    out.access_log = settings.access_log;
    out.dev = settings.dev;
    let limits = &settings.limits;
    out.drain = limits.drain;
    out.limits.request_timeout = limits.request_timeout;
    out.limits.request_compute = limits.request_compute;
    out.limits.request_body = limits.request_body;
    out.limits.concurrency = limits.concurrency as usize;
    out.limits.connections = limits.connections as usize;
    out.limits.uri = limits.uri;
    out.limits.headers = limits.headers;
    out.limits.header_read_timeout = limits.header_timeout;
    out.limits.idle_timeout = limits.idle_timeout;
    for legacy in &settings.legacy {
        let addresses = addresses(&legacy.urls, &format!("the url of `legacy` {}", legacy.path))?;
        // No service is called so.
        let mut target = UpstreamSettings::new(&format!("legacy {}", legacy.path), addresses);
        target.answer_limit = limits.upstream_answer;
        target.max_connections = limits.upstream_connections as usize;
        target.connect_timeout = Duration::from_secs(2);
        let rules = server::Rules {
            ignore: legacy.ignore.clone(),
            unordered: legacy.unordered.clone(),
            tolerance: legacy.tolerance.get(),
        };
        let share = legacy.compare;
        out.legacy.push(server::Legacy {
            prefix: legacy.path.clone(),
            upstream: target,
            timeout: legacy.timeout,
            request_body: legacy.request_body,
            concurrency: legacy.concurrency as usize,
            templates: legacy.templates.clone(),
            comparison: (share > 0).then_some(server::Comparison { share, rules }),
        });
    }
    for upstream in &settings.upstreams {
        let addresses = addresses(&upstream.urls, &format!("the url of `{}`", upstream.name))?;
        let mut target = UpstreamSettings::new(&upstream.name, addresses);
        target.http2 = upstream.http2;
        target.answer_limit = limits.upstream_answer;
        target.max_connections = limits.upstream_connections as usize;
        target.connect_timeout = Duration::from_secs(2);
        for (name, value) in &upstream.headers {
            let what = format!("the header `{name}` of `{}`", upstream.name);
            let invalid = || {
                Diagnostic::placeless(codes::INVALID_VALUE, format!("{what} is no header value"))
            };
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid())?;
            let mut value = HeaderValue::from_str(&text(value, &what)?).map_err(|_| invalid())?;
            value.set_sensitive(true);
            target.headers.push((name, value));
        }
        out.upstreams.push(target);
    }
    Ok(out)
}

fn addresses(urls: &[Reference], what: &str) -> Result<Vec<Address>, Diagnostic> {
    let parsed = urls.iter().map(|url| {
        Address::parse(&text(url, what)?).map_err(|error| {
            Diagnostic::placeless(codes::INVALID_VALUE, format!("{what} {error}"))
                .help("write it like \"http://127.0.0.1:4001\"")
        })
    });
    parsed.collect()
}

fn text(reference: &Reference, what: &str) -> Result<String, Diagnostic> {
    reference.resolve().map_err(|why| {
        Diagnostic::placeless(codes::UNRESOLVED_REFERENCE, format!("{what}: {why}"))
            .help("set it where the backend starts, or give a default: `${NAME:-default}`")
    })
}

fn address(reference: &Reference, key: &str) -> Result<SocketAddr, Diagnostic> {
    let text = text(reference, &format!("`{key}`"))?;
    // `localhost:3001` is what people write; names are looked up once, at the start.
    let found = text.to_socket_addrs().ok().and_then(|mut all| all.next());
    found.ok_or_else(|| {
        Diagnostic::placeless(codes::INVALID_VALUE, format!("`{key}` cannot be {text:?}"))
            .help("write an address and a port, such as \"127.0.0.1:3001\"")
    })
}
