//! A contract that may take the place of an upstream's.
//!
//! In:    a workspace that was read, an upstream's name, and a file.
//! Out:   the workspace as it would be with that contract; the old one beside it.
//! Never: a change of the workspace's files.

use std::path::Path;
use std::sync::Arc;

use frontage_contract::Contract;
use frontage_diagnostic::{Diagnostic, nearest};

use crate::build::has_errors;
use crate::codes;
use crate::files::Files;
use crate::workspace::Loaded;

/// Both contracts, and what was found wrong with the new one.
#[derive(Debug)]
pub(crate) struct Replaced {
    /// As it was.
    pub(crate) old: Arc<Contract>,
    /// In its place now.
    pub(crate) new: Arc<Contract>,
    /// Faults of the new contract, and of settings that it does not fit.
    pub(crate) findings: Vec<Diagnostic>,
    /// The new contract is none: its faults say why.
    pub(crate) is_unreadable: bool,
}

/// Puts the contract in a file in the place of an upstream's.
///
/// What it refers to is looked for beside it, and then beside the old one.
///
/// # Errors
///
/// If there is no such upstream, or the file cannot be read.
pub(crate) fn replace(
    loaded: &mut Loaded,
    upstream: &str,
    file: &Path,
) -> Result<Replaced, Diagnostic> {
    let names = || loaded.workspace.upstreams.iter().map(|known| &*known.name);
    let Some(at) = names().position(|name| name == upstream) else {
        let message = format!("the workspace has no upstream `{upstream}`");
        let fault = Diagnostic::placeless(codes::UNKNOWN_FRONTEND, message);
        return Err(match nearest(upstream, names()) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => {
                fault.help(format!("its upstreams are: {}", names().collect::<Vec<_>>().join(", ")))
            }
        });
    };
    let unreadable = |why: String| {
        Diagnostic::placeless(codes::UNREADABLE, format!("`{}`: {why}", file.display()))
            .help(format!("name a file with a new contract of `{upstream}`"))
    };
    let real = file.canonicalize().map_err(|error| unreadable(error.to_string()))?;
    let (Some(folder), Some(name)) = (real.parent(), real.file_name().and_then(|n| n.to_str()))
    else {
        return Err(unreadable("it is no file".into()));
    };
    let mut beside = Files::new(folder, None);
    let text = beside.read(name).map_err(unreadable)?;
    let mut inside = Files::new(&loaded.root, None);
    // What lies in the workspace is called as from there.
    let root = loaded.root.canonicalize().unwrap_or_else(|_| loaded.root.clone());
    let prefix = folder.strip_prefix(&root).unwrap_or(folder).to_string_lossy().into_owned();
    let within = |path: &str, prefix: &str| match prefix {
        "" => Some(path.to_owned()),
        prefix => path.strip_prefix(prefix)?.strip_prefix('/').map(str::to_owned),
    };
    let old = Arc::clone(&loaded.workspace.upstreams[at].contract);
    let old_path = loaded.sources.file(old.file).path.clone();
    let old_folder = old_path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut load = |path: &str| {
        let own = within(path, &prefix);
        let found = match &own {
            Some(own) => beside.read(own),
            None => inside.read(path),
        };
        found.or_else(|why| {
            let Some(own) = own else { return Err(why) };
            let other = format!("{old_folder}/{own}");
            inside.read(other.trim_start_matches('/')).map_err(|_| why)
        })
    };
    let shown = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
    let root = loaded.sources.add(shown, text);
    let (contract, mut findings) = if name.ends_with(".ts") {
        let read = frontage_compile::declared::read(root, &mut loaded.sources, &mut load);
        (read.contract, read.diagnostics)
    } else {
        let read = frontage_contract::read(root, &mut loaded.sources, &mut load);
        (read.contract, read.diagnostics)
    };
    let new = Arc::new(contract);
    let is_unreadable = new.operations.is_empty() && has_errors(&findings);
    let own = &mut loaded.workspace.upstreams[at];
    // What no contract fits is no news.
    if !is_unreadable
        && let Some(config) = loaded.config.upstreams.iter().find(|c| c.name.value == upstream)
    {
        let (bulk, faults) = frontage_compile::bulk::read(upstream, &new, &own.safe, &config.bulk);
        own.bulk = bulk;
        findings.extend(faults);
        for (operation, setting) in &config.safe {
            if new.operation(operation).is_none() {
                let message = format!("`{operation}` is not an operation of the new contract");
                findings.push(
                    Diagnostic::error(codes::UNKNOWN_OPERATION, setting.span, message)
                        .help("its setting in `frontage.toml` goes with the contract"),
                );
            }
        }
    }
    own.contract = Arc::clone(&new);
    Ok(Replaced { old, new, findings, is_unreadable })
}
