//! `frontage build`: a release of one backend.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use frontage_diagnostic::{Diagnostic, counted};
use frontage_emit::openapi::{document, to_json};

use super::output::{self, describe};
use super::{Done, chosen, client};
use crate::build::{build, concerns, has_errors};
use crate::cli::Global;
use crate::codes;
use crate::config::{VERSION_HELP, is_version};
use crate::release::{MAGIC, Release, pack};
use crate::terminal::{Terminal, print};
use crate::workspace::{find, load};

/// Compiles one frontend and writes its release.
///
/// - `version`: what to call it, if the command line says.
pub(crate) fn run(
    global: &Global,
    terminal: &Terminal,
    frontend: &str,
    to: Option<PathBuf>,
    version: Option<&str>,
) -> Done {
    if let Some(version) = version.filter(|version| !is_version(version)) {
        let message = format!("a release cannot be called {version:?}");
        return Err(Diagnostic::placeless(codes::INVALID_VALUE, message).help(VERSION_HELP));
    }
    let loaded = load(&find(global.workspace.as_deref())?);
    if !loaded.frontends.is_empty() {
        chosen(&loaded, &[frontend.to_owned()])?;
    }
    let built = build(&loaded);
    // What is wrong with another frontend is another team's business.
    let mut diagnostics = built.diagnostics(&loaded);
    diagnostics.retain(|fault| concerns(fault, frontend, &loaded.sources));
    let config = loaded.frontends.iter().find(|config| config.name == frontend);
    let plan =
        built.frontends.iter().find(|own| own.name == frontend).and_then(|f| f.plan.as_ref());
    let described = describe(&loaded, &built, frontend);
    let (Some(config), Some(plan), Some((api, surroundings))) = (config, plan, described) else {
        terminal.refused(&diagnostics, &loaded.sources);
        return Ok(ExitCode::FAILURE);
    };
    debug_assert!(!has_errors(&diagnostics), "a plan in spite of errors");
    terminal.diagnostics(&diagnostics, &loaded.sources);
    let openapi = to_json(&document(&api, &surroundings));
    // Whoever has never run `frontage types` gets the client all the same, and nobody an old one.
    let client = config.client.as_ref().map(|file| client::files(&api, Path::new(&file.value)));
    let generated = client.unwrap_or_default();
    let (manifest, bytes) = pack(&loaded, config, plan, openapi, generated, version)?;
    let file = to.unwrap_or_else(|| PathBuf::from(format!("{frontend}.release")));
    write(&file, &bytes)?;
    // What was written is what will be served.
    let release = Release::read(bytes)?;
    if global.json {
        let mut value = serde_json::json!(manifest);
        value["digest"] = release.digest.clone().into();
        value["file"] = file.display().to_string().into();
        value["bytes"] = release.bytes().len().into();
        print(&value.to_string());
    } else {
        terminal.note(&format!(
            "wrote {}: {frontend} {}, {}, {}, {} KiB, digest {}",
            file.display(),
            manifest.version,
            counted(manifest.routes, "route"),
            counted(manifest.files.len(), "file"),
            release.bytes().len().div_ceil(1024),
            &release.digest[..12]
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes a release in the place of nothing or another release.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    if path.exists() && !is_release(path) {
        let message = format!("`{}` is there, and is no release", path.display());
        return Err(Diagnostic::placeless(codes::CANNOT_WRITE, message)
            .help("name another file, or remove this one first"));
    }
    output::write(path, bytes).map_err(|error| {
        Diagnostic::placeless(codes::CANNOT_WRITE, format!("`{}`: {error}", path.display()))
    })
}

/// Whether a file is one that this command wrote, whole or not.
fn is_release(path: &Path) -> bool {
    let mut start = [0; 16];
    let read_start = std::fs::File::open(path)
        .and_then(|mut file| std::io::Read::read_exact(&mut file, &mut start));
    read_start.is_ok() && start == *MAGIC
}
