//! `version` and `[releases]` of a `frontend.toml`: what a release is called, and how several are
//! served side by side.

use frontage_diagnostic::{Diagnostic, Span};
use serde::{Deserialize, Serialize};

use super::table::{Located, Table};
use crate::codes;

/// Releases that are served at once unless `keep` says otherwise.
const KEPT: u32 = 5;
/// Most of them.
const MOST: u32 = 100;

/// How releases of one frontend are served side by side. The newest release's word counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Releases {
    /// How a client chooses its release.
    pub(crate) choose: Choose,
    /// How many are served at once.
    pub(crate) keep: u32,
    /// Those that clients should leave.
    pub(crate) deprecated: Vec<Deprecated>,
}

impl Default for Releases {
    fn default() -> Self {
        Self { choose: Choose::Newest, keep: KEPT, deprecated: Vec::new() }
    }
}

/// How a client chooses its release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Choose {
    /// The newest answers.
    Newest,
    /// By a header that holds a version.
    Header {
        /// Its name.
        name: String,
        /// Whether a version that is not served is refused.
        refuse: bool,
    },
    /// By the first segment of the path.
    Prefix,
}

/// A release that clients should leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Deprecated {
    /// Its version.
    pub(crate) version: String,
    /// Since when, in seconds since 1970.
    pub(crate) since: Option<u64>,
    /// From when on it may be gone, in seconds since 1970.
    pub(crate) sunset: Option<u64>,
    /// Where to read about it.
    pub(crate) link: Option<String>,
}

/// Whether a text can be a version: it stands in headers, paths, file names and metrics.
pub(crate) fn is_version(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphanumeric())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        && text.len() <= 64
}

/// What a version may be, for whoever wrote another.
pub(crate) const VERSION_HELP: &str =
    "at most 64 letters, digits, `.`, `_` and `-`, such as \"1.4.0\" or \"2026-11-30\"";

fn refused(faults: &mut Vec<Diagnostic>, at: Span, message: String, help: &str) {
    faults.push(Diagnostic::error(codes::INVALID_VALUE, at, message).help(help));
}

/// Reads `version`.
pub(super) fn read_version(root: &mut Table<'_>, faults: &mut Vec<Diagnostic>) -> Option<String> {
    let Located { value, span } = root.string("version", faults)?;
    if is_version(&value) {
        return Some(value);
    }
    refused(faults, span, format!("`version` cannot be {value:?}"), VERSION_HELP);
    None
}

/// Reads `[releases]`.
pub(super) fn read(mut table: Table<'_>, faults: &mut Vec<Diagnostic>) -> Releases {
    let mut out = Releases::default();
    let choose = table.string("choose", faults);
    let header = table.string("header", faults);
    let otherwise = table.string("otherwise", faults);
    // What is misspelt may be a header.
    let by_header =
        choose.as_ref().is_some_and(|c| !["newest", "prefix"].contains(&c.value.as_str()));
    for (key, found) in [("header", &header), ("otherwise", &otherwise)] {
        if let Some(found) = found.as_ref().filter(|_| !by_header) {
            let message = format!("`{key}` is read with `choose = \"header\"` only");
            refused(faults, found.span, message, "remove it, or set `choose = \"header\"`");
        }
    }
    let refuse = match otherwise.as_ref().map(|otherwise| otherwise.value.as_str()) {
        None | Some("newest") => false,
        Some("refuse") => true,
        Some(other) => {
            let at = otherwise.as_ref().map_or(table.span(), |otherwise| otherwise.span);
            let help = "write \"newest\", which answers for it, or \"refuse\" (410)";
            refused(faults, at, format!("`otherwise` cannot be {other:?}"), help);
            false
        }
    };
    match choose {
        None => {}
        Some(Located { value, span }) => match value.as_str() {
            "newest" => {}
            "prefix" => out.choose = Choose::Prefix,
            "header" => match header {
                None => table.missing("header", "\"x-app-release\"", faults),
                Some(header) => match http::HeaderName::from_bytes(header.value.as_bytes()) {
                    Ok(name) => out.choose = Choose::Header { name: name.to_string(), refuse },
                    Err(_) => {
                        let message = format!("`header` cannot be {:?}", header.value);
                        refused(faults, header.span, message, "write it like \"x-app-release\"");
                    }
                },
            },
            other => {
                let help = "the ways are: newest, header, prefix";
                refused(faults, span, format!("`choose` cannot be {other:?}"), help);
            }
        },
    }
    if let Some(keep) = table.integer("keep", 1..=MOST, faults) {
        out.keep = keep;
    }
    if let Some(deprecated) = table.table("deprecated", faults) {
        for (version, table) in deprecated.members(faults) {
            out.deprecated.extend(deprecation(version, table, faults));
        }
    }
    table.finish(faults);
    out
}

fn deprecation(
    version: Located<String>,
    mut table: Table<'_>,
    faults: &mut Vec<Diagnostic>,
) -> Option<Deprecated> {
    let since = table.date("since", faults);
    let sunset = table.date("sunset", faults);
    let link = table.string("link", faults);
    table.finish(faults);
    if !is_version(&version.value) {
        let message = format!("{:?} is no version", version.value);
        refused(faults, version.span, message, VERSION_HELP);
        return None;
    }
    if let (Some(since), Some(sunset)) = (&since, &sunset)
        && since.value > sunset.value
    {
        let message = "a release cannot be gone before clients are told to leave it".to_owned();
        refused(faults, sunset.span, message, "`sunset` is the later of the two");
    }
    let link = link.filter(|link| {
        let known = ["https://", "http://", "/"].iter().any(|start| link.value.starts_with(start));
        let clean = link.value.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"\\".contains(&b));
        if !(known && clean) {
            let message = format!("`link` cannot be {:?}", link.value);
            refused(faults, link.span, message, "write a URL, such as \"https://example.org/v2\"");
        }
        known && clean
    });
    Some(Deprecated {
        version: version.value,
        since: since.map(|since| since.value),
        sunset: sunset.map(|sunset| sunset.value),
        link: link.map(|link| link.value),
    })
}
