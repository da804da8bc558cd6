//! `frontage.toml`: upstreams and workspace defaults, the platform's file.

use std::collections::BTreeMap;
use std::time::Duration;

use frontage_compile::bulk::BulkSetting;
use frontage_compile::is_word;
use frontage_diagnostic::{Diagnostic, FileId};

use super::literal::{check_handle, check_header, check_url};
use super::reference::Reference;
use super::table::{Located, Table, parse};
use crate::codes;

/// The workspace's settings.
#[derive(Debug)]
pub(crate) struct WorkspaceConfig {
    /// Name of the workspace.
    pub(crate) name: String,
    /// Whose the workspace's own files are.
    pub(crate) owner: Option<String>,
    /// How `CODEOWNERS` names an owner: `{owner}` stands for what the settings say.
    pub(crate) owner_handle: Option<Located<String>>,
    /// The services, by name.
    pub(crate) upstreams: Vec<UpstreamConfig>,
    /// Nothing is known of further services; why was reported.
    pub(crate) is_partial: bool,
    /// Commands that `frontage dev` starts and stops.
    pub(crate) dev_run: Vec<Located<String>>,
}

/// One service.
#[derive(Debug)]
pub(crate) struct UpstreamConfig {
    /// Its name.
    pub(crate) name: Located<String>,
    /// Its contract, relative to the workspace.
    pub(crate) contract: Option<Located<String>>,
    /// Whose it is.
    pub(crate) owner: Option<String>,
    /// Its addresses.
    pub(crate) urls: Vec<Located<Reference>>,
    /// Time for each call.
    pub(crate) timeout: Duration,
    /// Whether HTTP/2 is spoken, if that is said.
    pub(crate) http2: Option<bool>,
    /// Request headers with values that may be secrets.
    pub(crate) headers: Vec<(String, Located<Reference>)>,
    /// Operations whose safety is said here.
    pub(crate) safe: BTreeMap<String, Located<bool>>,
    /// Operations that stand for many calls of another.
    pub(crate) bulk: Vec<BulkSetting>,
}

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);

impl WorkspaceConfig {
    /// Reads the file's text.
    pub(crate) fn read(text: &str, file: FileId, faults: &mut Vec<Diagnostic>) -> Self {
        let before = faults.len();
        let document = parse(text, file, faults);
        // What is not TOML says nothing more.
        let syntax = (faults.len() > before).then_some(faults.len());
        let mut root = Table::root(document.get_ref(), file);

        let (mut name, mut owner, mut owner_handle) = (None, None, None);
        if let Some(mut workspace) = root.table("workspace", faults) {
            name = workspace.string("name", faults);
            owner = workspace.string("owner", faults).map(|owner| owner.value);
            owner_handle = workspace.string("owner_handle", faults);
            if let Some(handle) = &owner_handle {
                check_handle(handle, faults);
            }
            workspace.finish(faults);
        }
        if name.is_none() && faults.is_empty() {
            root.missing("[workspace] name", "\"my-workspace\"", faults);
        }

        let mut upstreams = Vec::new();
        let known = faults.len();
        let members = root.table("upstreams", faults).map(|table| table.members(faults));
        let mut is_partial = syntax.is_some()
            || faults.len() > known
            || root.is_empty()
            || root.is_misspelt("upstreams");
        for (name, member) in members.unwrap_or_default() {
            is_partial |= !is_identifier(&name.value) || is_word(&name.value);
            upstreams.push(read_upstream(name, member, faults));
        }
        upstreams.sort_by(|a, b| a.name.value.cmp(&b.name.value));

        let mut dev_run = Vec::new();
        if let Some(mut dev) = root.table("dev", faults) {
            dev_run = dev.strings("run", faults).unwrap_or_default();
            dev.finish(faults);
        }
        root.finish(faults);
        faults.truncate(syntax.unwrap_or(faults.len()));
        let name = name.map(|n| n.value).unwrap_or_default();
        Self { name, owner, owner_handle, upstreams, is_partial, dev_run }
    }
}

fn read_upstream(
    name: Located<String>,
    mut table: Table<'_>,
    faults: &mut Vec<Diagnostic>,
) -> UpstreamConfig {
    if !is_identifier(&name.value) {
        faults.push(
            Diagnostic::error(
                codes::INVALID_VALUE,
                name.span,
                format!("`{}` cannot be an upstream's name", name.value),
            )
            .help(
                "route modules import it: use letters, digits and `_`, not starting with a digit",
            ),
        );
    }
    if is_word(&name.value) {
        let message = format!("`{}` cannot be an upstream's name", name.value);
        faults.push(Diagnostic::error(codes::INVALID_VALUE, name.span, message).help(format!(
            "it is a word of JavaScript, which route modules cannot import: `{}Service`",
            name.value
        )));
    }
    let contract = read_contract(&mut table, faults);
    let owner = table.string("owner", faults).map(|owner| owner.value);
    let mut urls = Vec::new();
    let url = table.string("url", faults);
    let many = table.strings("urls", faults);
    if url.is_none() && many.as_ref().is_none_or(Vec::is_empty) {
        table.missing("url", "\"http://127.0.0.1:4001\"", faults);
    }
    for text in url.into_iter().chain(many.unwrap_or_default()) {
        let url = table.parse_reference(&text, faults);
        url.iter().for_each(|url| check_url(&name.value, url, faults));
        urls.extend(url);
    }
    let timeout = table.duration("timeout", faults).unwrap_or(DEFAULT_TIMEOUT);
    let http2 = table.boolean("http2", faults);

    let mut headers = Vec::new();
    if let Some(members) = table.table("headers", faults) {
        for (key, value) in members.string_members(faults) {
            let lower = key.value.to_ascii_lowercase();
            let valid = http::HeaderName::from_bytes(lower.as_bytes()).is_ok();
            if !valid || is_connection_header(&lower) {
                faults.push(
                    Diagnostic::error(
                        codes::INVALID_VALUE,
                        key.span,
                        format!("`{}` cannot be set as a request header", key.value),
                    )
                    .help("headers that belong to the connection (`host`, `content-length`, ...) are set by Frontage"),
                );
                continue;
            }
            if let Some(value) = table.parse_reference(&value, faults) {
                check_header(&key.value, &value, faults);
                headers.push((lower, value));
            }
        }
    }

    let mut safe = BTreeMap::new();
    if let Some(operations) = table.table("operations", faults) {
        for (operation, mut settings) in operations.members(faults) {
            if let Some(value) = settings.boolean("safe", faults) {
                let span = operation.span;
                safe.insert(operation.value, Located { value, span });
            }
            settings.finish(faults);
        }
    }

    let mut bulk = Vec::new();
    if let Some(operations) = table.table("bulk", faults) {
        for (operation, settings) in operations.members(faults) {
            bulk.extend(read_bulk(operation, settings, faults));
        }
    }
    table.finish(faults);
    UpstreamConfig { name, contract, owner, urls, timeout, http2, headers, safe, bulk }
}

/// Most keys that a bulk call may be said to take.
const MOST_KEYS: u32 = 10_000;

/// One setting of `[upstreams.X.bulk]`; what it says of the contract is held against it elsewhere.
fn read_bulk(
    single: Located<String>,
    mut table: Table<'_>,
    faults: &mut Vec<Diagnostic>,
) -> Option<BulkSetting> {
    let at = |found: Option<Located<String>>| found.map(|found| (found.value, found.span));
    let [operation, key, matching] =
        [("operation", "\"listProducts\""), ("key", "\"ids\""), ("match", "\"id\"")].map(
            |(key, example)| {
                let found = table.string(key, faults);
                if found.is_none() {
                    table.missing(key, example, faults);
                }
                at(found)
            },
        );
    let items = at(table.string("items", faults));
    let argument = at(table.string("argument", faults));
    let count = at(table.string("count", faults));
    let span = table.place_of("max");
    let most = table.integer("max", 2..=MOST_KEYS, faults);
    table.finish(faults);
    Some(BulkSetting {
        single: (single.value, single.span),
        operation: operation?,
        key: key?,
        items,
        matching: matching?,
        argument,
        count,
        most: most.and_then(|most| Some((u16::try_from(most).ok()?, span?))),
    })
}

/// The contract's path. Its references are resolved now: commands read the contract, and a release
/// never does.
fn read_contract(table: &mut Table<'_>, faults: &mut Vec<Diagnostic>) -> Option<Located<String>> {
    let before = faults.len();
    let Some(Located { value, span }) = table.reference("contract", faults) else {
        if faults.len() == before {
            table.missing("contract", "\"contracts/users.openapi.yaml\"", faults);
        }
        return None;
    };
    match value.resolve() {
        Ok(value) => Some(Located { value, span }),
        Err(why) => {
            faults.push(
                Diagnostic::error(codes::INVALID_VALUE, span, format!("`contract`: {why}"))
                    .help("set it, or write `${NAME:-contracts/users.openapi.yaml}`"),
            );
            None
        }
    }
}

/// Whether route modules can import a name.
pub(super) fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_' || b == b'$')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'$')
}

fn is_connection_header(lower: &str) -> bool {
    matches!(
        lower,
        "host"
            | "connection"
            | "content-length"
            | "transfer-encoding"
            | "te"
            | "trailer"
            | "upgrade"
            | "keep-alive"
            | "proxy-connection"
            | "expect"
    )
}
