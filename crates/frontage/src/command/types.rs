//! `frontage types`: declarations for editors and tsc, and glue for Node, in `.frontage/`; and the
//! clients that pages use.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::ExitCode;

use frontage_diagnostic::Diagnostic;

use super::output::{self, describe};
use super::{Done, client};
use crate::build::{Built, build, has_errors};
use crate::cli::Global;
use crate::codes;
use crate::terminal::{Terminal, for_machines, print};
use crate::workspace::{Loaded, find, load};

/// Writes what route modules import, and says which files changed.
pub(crate) fn run(global: &Global, terminal: &Terminal) -> Done {
    let loaded = load(&find(global.workspace.as_deref())?);
    let built = build(&loaded);
    let changed = write(&loaded, &built, None)?;
    let broken = has_errors(&loaded.diagnostics);
    if global.json {
        let faults = for_machines(&loaded.diagnostics, &loaded.sources);
        let report =
            serde_json::json!({ "ok": !broken, "written": changed, "diagnostics": faults });
        print(&report.to_string());
        return Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS });
    }
    terminal.diagnostics(&loaded.diagnostics, &loaded.sources);
    if changed.is_empty() && !broken {
        terminal.note("types are up to date");
    } else {
        for path in changed {
            terminal.note(&format!("wrote {path}"));
        }
    }
    Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Writes the files whose contents differ; gives their paths.
///
/// - `before`: a state of the workspace for which they were written, if there is one.
///
/// # Errors
///
/// If a file cannot be written.
pub(crate) fn write(
    loaded: &Loaded,
    built: &Built,
    before: Option<&Loaded>,
) -> Result<Vec<String>, Diagnostic> {
    let mut files = vec![("frontage.d.ts".to_owned(), frontage_emit::frontage_types().to_owned())];
    let is_there = |name: &&str| loaded.root.join(".frontage").join(name).exists();
    let same = before.is_some_and(|before| loaded.has_services_of(before));
    if !(same && UPSTREAM_FILES.iter().all(is_there)) {
        files.extend(upstreams(loaded));
    }
    for input in &loaded.inputs {
        // One whose session is not known keeps what it had.
        let Some(session) = &input.session else { continue };
        let path = format!("{}/session.d.ts", input.name);
        files.push((path, frontage_emit::session_types(session)));
    }
    // A frontend that does not compile keeps the routes it had.
    for (frontend, input) in built.frontends.iter().zip(&loaded.inputs) {
        if let Some(plan) = &frontend.plan {
            let path = format!("{}/routes.d.ts", frontend.name);
            files.push((path, frontage_emit::route_types(plan)));
            let modules = input.routes.iter().chain(&input.modules).chain(&loaded.workspace.shared);
            let texts = modules.map(|id| {
                let file = loaded.sources.file(*id);
                (file.path.as_str(), file.text.as_str())
            });
            let path = format!("{}/node.json", frontend.name);
            files.push((path, frontage_emit::node_frontend(plan, texts)));
        }
    }
    if wants_package(&loaded.root) {
        let package = frontage_emit::package_files().iter();
        files.extend(package.map(|(path, text)| (format!("package/{path}"), (*text).to_owned())));
    }
    // While a service is not known, editors go on with what they had.
    let kept = |path: &str| {
        let file = loaded.root.join(".frontage").join(path);
        UPSTREAM_FILES.contains(&path) && !loaded.knows_upstreams() && file.exists()
    };
    files.retain(|(path, _)| !kept(path));
    let files = files.into_iter().map(|(path, text)| (format!(".frontage/{path}"), text));
    let mut changed = Vec::new();
    for (path, text) in files.chain(clients(loaded, built)) {
        let fault = |e| Diagnostic::placeless(codes::CANNOT_WRITE, format!("`{path}`: {e}"));
        if !path.starts_with(".frontage/") {
            output::own(&loaded.root.join(&path))?;
        }
        if write_if_changed(&loaded.root.join(&path), &text).map_err(fault)? {
            changed.push(path);
        }
    }
    Ok(changed)
}

/// The clients that frontends' own pages use, with their paths in the workspace. A frontend that
/// does not compile keeps the client it had.
fn clients(loaded: &Loaded, built: &Built) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for config in &loaded.frontends {
        let Some(file) = &config.client else { continue };
        let Some((api, _)) = describe(loaded, built, &config.name) else { continue };
        let path = Path::new("frontends").join(&config.name).join(&file.value);
        let files = client::files(&api, &path);
        out.extend(files.into_iter().map(|(path, text)| (path.display().to_string(), text)));
    }
    out
}

/// Files that are made of the workspace's settings and contracts alone.
const UPSTREAM_FILES: [&str; 3] = ["upstreams.d.ts", "upstreams.js", "upstreams.json"];

/// These files' texts.
fn upstreams(loaded: &Loaded) -> impl Iterator<Item = (String, String)> {
    // Contracts with all that they refer to, and the workspace's settings.
    let common = loaded.sources.iter().map(|(_, file)| (file.path.as_str(), file.text.as_str()));
    let common = common.filter(|(path, _)| {
        !["frontends/", "shared/"].iter().any(|folder| path.starts_with(folder))
    });
    let texts = [
        frontage_emit::upstream_types(&loaded.workspace.upstreams),
        frontage_emit::node_module(&loaded.workspace),
        frontage_emit::node_upstreams(&loaded.workspace, common),
    ];
    UPSTREAM_FILES.into_iter().map(str::to_owned).zip(texts)
}

/// Whether `package.json` takes the npm package out of `.frontage/` (`file:.frontage/package`).
fn wants_package(root: &Path) -> bool {
    std::fs::read_to_string(root.join("package.json"))
        .is_ok_and(|text| text.contains("file:.frontage/package"))
}

/// Editors watch these files: an equal one is left alone.
fn write_if_changed(path: &Path, text: &str) -> std::io::Result<bool> {
    if std::fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(false);
    }
    output::write(path, text)?;
    if path.parent().is_some_and(|folder| folder.ends_with("package/bin")) {
        // What npm links to as a command.
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))?;
    }
    Ok(true)
}
