//! `frontend.toml`: owner, listener, front door and limits of one backend, its team's file.

use std::path::{Component, Path};
use std::sync::Arc;
use std::time::Duration;

use frontage_compile::{SessionField, SessionType};
use frontage_diagnostic::{Diagnostic, FileId, Span};
use serde::{Deserialize, Serialize};
use toml::de::DeValue;

use super::legacy::{self, LegacyConfig};
use super::literal::check_listen;
use super::reference::Reference;
use super::releases::{self, Releases, read_version};
use super::table::{Located, Table, parse};
use crate::codes;

/// One frontend's settings.
#[derive(Debug)]
pub(crate) struct FrontendConfig {
    /// Its folder's name.
    pub(crate) name: String,
    /// Team or person.
    pub(crate) owner: Option<String>,
    /// Where it listens.
    pub(crate) listen: Option<Located<Reference>>,
    /// Where its admin listener listens; a free loopback port if absent.
    pub(crate) admin: Option<Located<Reference>>,
    /// Folder of its own files, relative to the frontend's folder.
    pub(crate) static_dir: Option<Located<String>>,
    /// The client that its pages use: a file to generate, relative to the frontend's folder.
    pub(crate) client: Option<Located<String>>,
    /// Who may ask.
    pub(crate) auth: Auth,
    /// Members of `session`; `None` if they cannot be known, which was reported.
    pub(crate) session: Option<Vec<SessionField>>,
    /// Bounds.
    pub(crate) limits: Limits,
    /// Whether answers carry `Server-Timing`.
    pub(crate) server_timing: bool,
    /// Whether every request is logged.
    pub(crate) access_log: bool,
    /// Threads; a number fit for the machine if absent.
    pub(crate) threads: Option<u32>,
    /// What a release is called, unless `frontage build` is told.
    pub(crate) version: Option<String>,
    /// How releases are served side by side.
    pub(crate) releases: Releases,
    /// What another backend goes on answering.
    pub(crate) legacy: Vec<LegacyConfig>,
}

/// The front door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Auth {
    /// Everybody; no session.
    None,
    /// A fixed session for development, as a JSON object's text.
    Dev {
        /// The session.
        session: String,
    },
}

/// Bounds of one backend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Limits {
    /// Whole request.
    pub(crate) request_timeout: Duration,
    /// Time in which a request's own expressions compute.
    pub(crate) request_compute: Duration,
    /// Body of a request, bytes.
    pub(crate) request_body: usize,
    /// One answer of an upstream, bytes.
    pub(crate) upstream_answer: usize,
    /// Requests at once.
    pub(crate) concurrency: u32,
    /// Open connections of clients.
    pub(crate) connections: u32,
    /// Connections to each upstream.
    pub(crate) upstream_connections: u32,
    /// Path and query, bytes.
    pub(crate) uri: usize,
    /// All headers of a request, bytes.
    pub(crate) headers: usize,
    /// Time for a request's headers.
    pub(crate) header_timeout: Duration,
    /// How long an idle connection stays open.
    pub(crate) idle_timeout: Duration,
    /// How long running requests may take when the backend stops.
    pub(crate) drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(10),
            request_compute: Duration::from_secs(1),
            request_body: 1 << 20,
            upstream_answer: 8 << 20,
            concurrency: 1024,
            connections: 16_384,
            upstream_connections: 256,
            uri: 8 << 10,
            headers: 32 << 10,
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            drain: Duration::from_secs(10),
        }
    }
}

impl FrontendConfig {
    /// Reads the file's text.
    pub(crate) fn read(name: &str, text: &str, file: FileId, faults: &mut Vec<Diagnostic>) -> Self {
        let before = faults.len();
        let document = parse(text, file, faults);
        // What is not TOML says nothing more.
        let syntax = (faults.len() > before).then_some(faults.len());
        let mut root = Table::root(document.get_ref(), file);
        let owner = root.string("owner", faults).map(|owner| owner.value);
        let listen = root.reference("listen", faults);
        match &listen {
            Some(listen) => check_listen("listen", listen, faults),
            None => root.missing("listen", "\"127.0.0.1:3001\"", faults),
        }
        let static_dir = root.string("static", faults).filter(|folder| is_public(folder, faults));
        let client = root.string("client", faults).filter(|file| is_client(file, faults));
        let threads = root.integer("threads", 1..=256, faults);
        let version = read_version(&mut root, faults);

        let mut admin = None;
        if let Some(mut table) = root.table("admin", faults) {
            admin = table.reference("listen", faults);
            if let Some(admin) = &admin {
                check_listen("admin.listen", admin, faults);
            }
            table.finish(faults);
        }

        let known = faults.len();
        let (auth, session) = match root.table("auth", faults) {
            Some(table) => read_auth(table, file, faults),
            None => (Auth::None, Vec::new()),
        };
        let is_known = syntax.is_none()
            && faults.len() == known
            && !root.is_empty()
            && !root.is_misspelt("auth");
        let session = is_known.then_some(session);

        let mut limits = Limits::default();
        if let Some(table) = root.table("limits", faults) {
            read_limits(table, &mut limits, faults);
        }

        let (mut server_timing, mut access_log) = (false, true);
        if let Some(mut table) = root.table("telemetry", faults) {
            server_timing = table.boolean("server_timing", faults).unwrap_or(server_timing);
            access_log = table.boolean("access_log", faults).unwrap_or(access_log);
            table.finish(faults);
        }
        let releases = match root.table("releases", faults) {
            Some(table) => releases::read(table, faults),
            None => Releases::default(),
        };
        let legacy = legacy::read(root.tables("legacy", faults), faults);
        root.finish(faults);
        faults.truncate(syntax.unwrap_or(faults.len()));
        Self {
            name: name.to_owned(),
            owner,
            listen,
            admin,
            static_dir,
            client,
            auth,
            session,
            limits,
            server_timing,
            access_log,
            threads,
            version,
            releases,
            legacy,
        }
    }
}

/// Whether everybody may see what a folder holds: it is one of the frontend's own, beside its
/// settings and sources.
fn is_public(folder: &Located<String>, faults: &mut Vec<Diagnostic>) -> bool {
    let mut parts =
        Path::new(&folder.value).components().filter(|part| !matches!(part, Component::CurDir));
    let sources = match parts.next() {
        Some(Component::Normal(first)) => first == "routes" || first == "lib",
        _ => true,
    };
    if !sources && parts.all(|part| matches!(part, Component::Normal(_))) {
        return true;
    }
    let why = format!("everybody could read what stands in `{}`", folder.value);
    faults.push(
        Diagnostic::error(codes::INVALID_VALUE, folder.span, why)
            .help("name a folder of this frontend that holds nothing but public files: `public`"),
    );
    false
}

/// Whether a client can be written there: inside the frontend's folder, in a language that there is.
fn is_client(file: &Located<String>, faults: &mut Vec<Diagnostic>) -> bool {
    let path = Path::new(&file.value);
    let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
    let known =
        path.extension().is_some_and(|e| ["ts", "mts", "mjs", "js"].iter().any(|k| e == *k));
    let first = path.components().next();
    let sources =
        first.is_some_and(|part| ["routes", "lib"].iter().any(|own| part.as_os_str() == *own));
    if inside && known && !sources {
        return true;
    }
    let why = if sources {
        format!("`{}` is where the backend's own sources stand", file.value)
    } else if inside {
        format!("`{}` is no file that a client can be written to", file.value)
    } else {
        format!("`{}` leads out of the frontend's folder", file.value)
    };
    faults.push(
        Diagnostic::error(codes::INVALID_VALUE, file.span, why)
            .help("name a `.ts` or `.mjs` file of this frontend, such as `public/client.mjs`"),
    );
    false
}

fn read_auth(
    mut table: Table<'_>,
    file: FileId,
    faults: &mut Vec<Diagnostic>,
) -> (Auth, Vec<SessionField>) {
    let kind = table.string("kind", faults);
    let session = table.table("session", faults);
    let out = match kind.as_ref().map(|k| k.value.as_str()) {
        Some("none") => {
            if let Some(session) = &session {
                faults.push(
                    Diagnostic::error(
                        codes::INVALID_VALUE,
                        session.span(),
                        "`session` is read by `kind = \"dev\"` only",
                    )
                    .help("remove it, or set `kind = \"dev\"`"),
                );
            }
            (Auth::None, Vec::new())
        }
        Some("dev") => {
            let mut fields = Vec::new();
            let mut json = serde_json::Map::new();
            if let Some(session) = session {
                for (key, value) in session.raw() {
                    let span = value.span();
                    let span = Span::new(file, span.start as u32, span.end as u32);
                    if let Some((ty, value)) = session_value(value.get_ref(), span, 0, faults) {
                        fields.push(SessionField { name: Arc::from(&**key.get_ref()), ty });
                        json.insert(key.get_ref().to_string(), value);
                    }
                }
            }
            if !json.get("sub").is_some_and(serde_json::Value::is_string) {
                faults.push(
                    Diagnostic::error(
                        codes::MISSING_KEY,
                        table.span(),
                        "`kind = \"dev\"` needs a session with `sub`, who is signed in",
                    )
                    .help("add `session = { sub = \"u1\" }`"),
                );
            }
            (Auth::Dev { session: serde_json::Value::Object(json).to_string() }, fields)
        }
        Some(later @ ("session" | "bearer" | "api-key")) => {
            if let Some(kind) = &kind {
                faults.push(
                    Diagnostic::error(
                        codes::NOT_YET,
                        kind.span,
                        format!("`kind = \"{later}\"` is not built yet"),
                    )
                    .help("this version has `none` and `dev`"),
                );
            }
            (Auth::None, Vec::new())
        }
        Some(_) => {
            if let Some(kind) = &kind {
                faults.push(
                    Diagnostic::error(
                        codes::INVALID_VALUE,
                        kind.span,
                        format!("`{}` is no kind of `[auth]`", kind.value),
                    )
                    .help("the kinds are: none, dev, session, bearer, api-key"),
                );
            }
            (Auth::None, Vec::new())
        }
        None => {
            table.missing("kind", "\"none\"", faults);
            (Auth::None, Vec::new())
        }
    };
    table.finish(faults);
    out
}

/// The type and the JSON value of a session's member.
fn session_value(
    value: &DeValue<'_>,
    span: Span,
    depth: u32,
    faults: &mut Vec<Diagnostic>,
) -> Option<(SessionType, serde_json::Value)> {
    if depth > 16 {
        faults.push(Diagnostic::error(
            codes::INVALID_VALUE,
            span,
            "`session` is nested too deeply",
        ));
        return None;
    }
    match value {
        DeValue::String(text) => Some((SessionType::String, text.to_string().into())),
        DeValue::Boolean(flag) => Some((SessionType::Boolean, (*flag).into())),
        DeValue::Integer(number) => {
            let digits = number.as_str().replace('_', "");
            let read = i64::from_str_radix(&digits, number.radix()).ok();
            if read.is_none() {
                faults.push(Diagnostic::error(
                    codes::INVALID_VALUE,
                    span,
                    "the number is too large",
                ));
            }
            Some((SessionType::Number, read?.into()))
        }
        DeValue::Float(number) => {
            let read: Option<f64> = number.as_str().replace('_', "").parse().ok();
            let read = read.filter(|n| n.is_finite()).and_then(serde_json::Number::from_f64);
            if read.is_none() {
                faults.push(Diagnostic::error(
                    codes::INVALID_VALUE,
                    span,
                    "JSON has no such number",
                ));
            }
            Some((SessionType::Number, serde_json::Value::Number(read?)))
        }
        DeValue::Datetime(date) => Some((SessionType::String, date.to_string().into())),
        DeValue::Array(items) => {
            let mut types: Vec<SessionType> = Vec::new();
            let mut values = Vec::new();
            for item in items.iter() {
                let (ty, value) = session_value(item.get_ref(), span, depth + 1, faults)?;
                if !types.contains(&ty) {
                    types.push(ty);
                }
                values.push(value);
            }
            if types.len() > 1 {
                faults.push(
                    Diagnostic::error(
                        codes::INVALID_VALUE,
                        span,
                        "a list in `session` has one type",
                    )
                    .help("give all its elements the same type"),
                );
                return None;
            }
            let item = types.pop().unwrap_or(SessionType::String);
            Some((SessionType::Array(Box::new(item)), values.into()))
        }
        DeValue::Table(table) => {
            let mut fields = Vec::new();
            let mut json = serde_json::Map::new();
            for (key, value) in table {
                let (ty, value) = session_value(value.get_ref(), span, depth + 1, faults)?;
                fields.push(SessionField { name: Arc::from(&**key.get_ref()), ty });
                json.insert(key.get_ref().to_string(), value);
            }
            Some((SessionType::Object(fields), serde_json::Value::Object(json)))
        }
    }
}

fn read_limits(mut table: Table<'_>, limits: &mut Limits, faults: &mut Vec<Diagnostic>) {
    let durations: [(&'static str, &mut Duration); 5] = [
        ("request_timeout", &mut limits.request_timeout),
        ("request_compute", &mut limits.request_compute),
        ("header_timeout", &mut limits.header_timeout),
        ("idle_timeout", &mut limits.idle_timeout),
        ("drain", &mut limits.drain),
    ];
    for (key, target) in durations {
        if let Some(found) = table.duration(key, faults) {
            *target = found;
        }
    }
    let sizes: [(&'static str, &mut usize); 4] = [
        ("request_body", &mut limits.request_body),
        ("upstream_answer", &mut limits.upstream_answer),
        ("uri", &mut limits.uri),
        ("headers", &mut limits.headers),
    ];
    for (key, target) in sizes {
        if let Some(found) = table.size(key, faults) {
            *target = found;
        }
    }
    let counts: [(&'static str, &mut u32); 3] = [
        ("concurrency", &mut limits.concurrency),
        ("connections", &mut limits.connections),
        ("upstream_connections", &mut limits.upstream_connections),
    ];
    for (key, target) in counts {
        if let Some(found) = table.integer(key, 1..=1_000_000, faults) {
            *target = found;
        }
    }
    table.finish(faults);
}
