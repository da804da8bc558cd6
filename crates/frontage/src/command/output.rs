//! What is generated of one backend: the backend as its clients see it, and where texts go.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use frontage_diagnostic::Diagnostic;
use frontage_emit::Api;
use frontage_emit::openapi::{Door, Surroundings};

use super::{Done, chosen};
use crate::build::{Built, build};
use crate::cli::{Global, Output};
use crate::codes;
use crate::config::Auth;
use crate::terminal::{Terminal, print};
use crate::workspace::{Loaded, find, load};

/// A backend as its clients see it, with what its settings say.
///
/// - Result: `None` if the workspace has errors; they were printed.
///
/// # Errors
///
/// If there is no workspace, or no such frontend.
pub(crate) fn described(
    global: &Global,
    terminal: &Terminal,
    frontend: &str,
) -> Result<Option<(Api, Surroundings)>, Diagnostic> {
    let loaded = load(&find(global.workspace.as_deref())?);
    if !loaded.frontends.is_empty() {
        chosen(&loaded, &[frontend.to_owned()])?;
    }
    let built = build(&loaded);
    let found = describe(&loaded, &built, frontend);
    if found.is_none() {
        terminal.diagnostics(&built.diagnostics(&loaded), &loaded.sources);
    }
    Ok(found)
}

/// A frontend's backend as its clients see it, if it has no errors.
pub(crate) fn describe(
    loaded: &Loaded,
    built: &Built,
    frontend: &str,
) -> Option<(Api, Surroundings)> {
    let found = built.frontends.iter().find(|f| f.name == frontend)?;
    let (plan, checked) = (found.plan.as_ref()?, found.checked.as_ref()?);
    let config = loaded.frontends.iter().find(|f| f.name == frontend)?;
    let address = config.listen.as_ref().and_then(|listen| listen.value.by_default());
    let surroundings = Surroundings {
        workspace: loaded.config.name.clone(),
        owner: config.owner.clone(),
        servers: address.into_iter().map(|address| format!("http://{address}")).collect(),
        door: match config.auth {
            Auth::None => Door::Open,
            Auth::Dev { .. } => Door::Dev,
        },
    };
    Some((frontage_emit::describe(&loaded.workspace, checked, plan), surroundings))
}

/// Files to write: path and text.
pub(crate) type Files = Vec<(PathBuf, String)>;

/// Prints `text`, or writes or compares files.
///
/// - `text`: what is printed without `--output`.
/// - `files`: what is written with it.
///
/// # Errors
///
/// If a file cannot be written.
pub(crate) fn deliver(
    global: &Global,
    terminal: &Terminal,
    output: &Output,
    text: &str,
    files: impl FnOnce(&Path) -> Files,
) -> Done {
    let Some(file) = &output.file else {
        print(text);
        return Ok(ExitCode::SUCCESS);
    };
    let mut changed = Vec::new();
    for (path, text) in files(file) {
        let shown = path.display().to_string();
        let differs = !std::fs::read(&path).is_ok_and(|old| old == text.as_bytes());
        if !differs {
            continue;
        }
        if !output.check {
            write(&path, &text).map_err(|e| {
                Diagnostic::placeless(codes::CANNOT_WRITE, format!("`{shown}`: {e}"))
            })?;
        }
        changed.push(shown);
    }
    if global.json {
        let word = if output.check { "stale" } else { "written" };
        print(&serde_json::json!({ word: changed }).to_string());
    } else if changed.is_empty() {
        terminal.note(&format!("{} is up to date", file.display()));
    } else {
        for path in &changed {
            if output.check {
                terminal
                    .error(&format!("{path} is out of date: run the same command without --check"));
            } else {
                terminal.note(&format!("wrote {path}"));
            }
        }
    }
    let stale = output.check && !changed.is_empty();
    Ok(if stale { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Writes a file so that nobody sees half of it.
pub(crate) fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut draft = path.as_os_str().to_owned();
    draft.push(".tmp");
    std::fs::write(&draft, text)?;
    std::fs::rename(draft, path)
}
