//! Making a release of one frontend of a workspace.
//!
//! In:    a workspace that compiled.
//! Out:   a release's bytes.
//! Never: another frontend's files, or settings of services that this one does not call.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use frontage_diagnostic::Diagnostic;
use frontage_plan::Plan;

use super::format::{Content, ContractDigest, Manifest, PackedFile, is_public, pack as bytes, sum};
use super::store::PUBLIC;
use crate::codes;
use crate::config::FrontendConfig;
use crate::settings::BackendSettings;
use crate::workspace::Loaded;

/// Endings of files that were compressed beforehand.
const COMPRESSED: [&str; 3] = ["gz", "br", "zst"];
/// How much older than its file a compressed one may be and still be made from it.
const SAME_BUILD: Duration = Duration::from_secs(2);
/// Deepest folder and most files of a frontend's own.
const DEEPEST: u32 = 32;
const MOST_FILES: usize = 50_000;

/// A release's bytes and what it says of itself.
///
/// - `generated`: files of the frontend's folder that are generated: they are taken as they would be
///   now, and not as they were left.
/// - `version`: what it is called; twelve digits of what it is made of without one.
/// - `openapi`: the backend's document as JSON.
///
/// # Errors
///
/// If one of the frontend's own files cannot be read, or it becomes too large.
pub(crate) fn pack(
    loaded: &Loaded,
    config: &FrontendConfig,
    plan: &Arc<Plan>,
    openapi: String,
    generated: Vec<(PathBuf, String)>,
    version: Option<&str>,
) -> Result<(Manifest, Vec<u8>), Diagnostic> {
    let Some(mut settings) = BackendSettings::of(loaded, config, false) else {
        return Err(Diagnostic::placeless(codes::MISSING_KEY, "`listen` is missing"));
    };
    let called = |name: &str| plan.upstreams.iter().any(|upstream| *upstream.name == *name);
    settings.upstreams.retain(|upstream| called(&upstream.name));
    let files = match settings.static_dir.take() {
        Some(folder) => {
            settings.static_dir = Some(PathBuf::from(PUBLIC));
            let mut files: BTreeMap<String, Vec<u8>> = own_files(&folder)?.into_iter().collect();
            let root = config.static_dir.as_ref().map_or("", |root| &root.value);
            for (path, text) in generated {
                let below = path.strip_prefix(root).ok().and_then(Path::to_str);
                if let Some(path) = below {
                    files.insert(path.to_owned(), text.into_bytes());
                }
            }
            files.into_iter().collect()
        }
        None => Vec::new(),
    };
    let contracts = loaded
        .config
        .upstreams
        .iter()
        .filter(|upstream| called(&upstream.name.value))
        .filter_map(|upstream| loaded.contract_files(&upstream.contract.as_ref()?.value));
    let mut contracts: Vec<ContractDigest> = contracts
        .map(|(path, texts)| {
            let digest = sum(texts.iter().map(|text| text.as_bytes()));
            ContractDigest { path: path.to_owned(), digest }
        })
        .collect();
    contracts.sort_by(|a, b| a.path.cmp(&b.path));
    contracts.dedup();
    let sources = sources(loaded, &config.name, &files);
    let version = version.map(str::to_owned).or_else(|| config.version.clone());
    let of_all = std::iter::once(&sources).chain(contracts.iter().map(|own| &own.digest));
    let version =
        version.unwrap_or_else(|| sum(of_all.map(|digest| digest.as_bytes()))[..12].to_owned());
    settings.version = Some(version.clone());
    let manifest = Manifest {
        frontend: config.name.clone(),
        version,
        owner: config.owner.clone(),
        made_by: env!("CARGO_PKG_VERSION").to_owned(),
        routes: plan.routes.len(),
        sources,
        contracts,
        files: files
            .iter()
            .map(|(path, file)| PackedFile { path: path.clone(), size: file.len() as u64 })
            .collect(),
    };
    let content = Content { settings, plan: Arc::clone(plan), openapi };
    let files: Vec<Vec<u8>> = files.into_iter().map(|(_, content)| content).collect();
    let bytes = bytes(&manifest, &content, &files)?;
    Ok((manifest, bytes))
}

/// SHA-256 of everything that a release is made of, but for the contracts.
fn sources(loaded: &Loaded, frontend: &str, files: &[(String, Vec<u8>)]) -> String {
    let own = format!("frontends/{frontend}/");
    let is_source = |path: &str| {
        path.starts_with(&own)
            || path.starts_with("shared/")
            || path == crate::workspace::WORKSPACE_FILE
    };
    let mut texts: Vec<(&str, &str)> = loaded
        .sources
        .iter()
        .map(|(_, file)| (&*file.path, &*file.text))
        .filter(|(path, _)| is_source(path))
        .collect();
    texts.sort_unstable();
    let texts = texts.into_iter().flat_map(|(path, text)| [path.as_bytes(), text.as_bytes()]);
    let files = files.iter().flat_map(|(path, content)| [path.as_bytes(), content.as_slice()]);
    sum(texts.chain(files))
}

/// All files below a folder that a backend would serve.
fn own_files(root: &Path) -> Result<Vec<(String, Vec<u8>)>, Diagnostic> {
    let fault = |path: &Path, why: &dyn std::fmt::Display| {
        Diagnostic::placeless(codes::UNREADABLE, format!("`{}`: {why}", path.display()))
    };
    let root = root.canonicalize().map_err(|error| fault(root, &error))?;
    let mut out = Vec::new();
    let mut folders = vec![(root.clone(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| fault(&folder, &error))?;
        for entry in entries {
            let path = entry.map_err(|error| fault(&folder, &error))?.path();
            let Some(name) = path.strip_prefix(&root).ok().and_then(Path::to_str) else {
                return Err(fault(&path, &"its name is not UTF-8"));
            };
            // What is hidden, or leads elsewhere, no backend serves.
            if !is_public(name) {
                continue;
            }
            let Some(real) = path.canonicalize().ok().filter(|real| real.starts_with(&root)) else {
                continue;
            };
            if real.is_dir() {
                if depth == DEEPEST {
                    return Err(fault(&path, &"folders are nested too deeply"));
                }
                folders.push((path, depth + 1));
            } else if real.is_file() && !is_stale(&path) {
                if out.len() == MOST_FILES {
                    return Err(fault(&root, &format!("more than {MOST_FILES} files")));
                }
                let content = fs::read(&path).map_err(|error| fault(&path, &error))?;
                out.push((name.to_owned(), content));
            }
        }
    }
    Ok(out)
}

/// Whether a file was compressed from what its plain file was before.
fn is_stale(path: &Path) -> bool {
    let compressed = path.extension().is_some_and(|end| COMPRESSED.iter().any(|own| end == *own));
    let modified = |path: &Path| -> io::Result<_> { fs::metadata(path)?.modified() };
    let times = (modified(path), modified(&path.with_extension("")));
    compressed && matches!(times, (Ok(own), Ok(plain)) if own + SAME_BUILD < plain)
}
