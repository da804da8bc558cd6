//! `frontage new`: a small workspace that runs, or one in front of a backend that is there.
//!
//! In:    the folder to make; perhaps the contract of a backend.
//! Out:   the files of `templates/new`, with the folder's name for `{{name}}`; of a contract, the
//!        workspace that hands everything over to its backend, and drafts of its routes.
//! Never: an existing file overwritten.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use frontage_diagnostic::{Diagnostic, SourceMap, summary};
use frontage_emit::draft;

use super::{Done, types};
use crate::build::build;
use crate::codes;
use crate::files::Files;
use crate::terminal::{Terminal, Tone};
use crate::workspace::load;

/// Each file with its path; `.gitignore` is stored without its dot so that it does not act here.
macro_rules! template {
    ($($path:literal from $source:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../templates/new/", $source)))),*]
    };
}

const FILES: &[(&str, &str)] = template![
    "frontage.toml" from "frontage.toml",
    "package.json" from "package.json",
    "tsconfig.base.json" from "tsconfig.base.json",
    ".gitignore" from "gitignore",
    "README.md" from "README.md",
    "contracts/greetings.openapi.yaml" from "contracts/greetings.openapi.yaml",
    "services/greetings.mjs" from "services/greetings.mjs",
    "shared/numbers.ts" from "shared/numbers.ts",
    "frontends/web/frontend.toml" from "frontends/web/frontend.toml",
    "frontends/web/tsconfig.json" from "frontends/web/tsconfig.json",
    "frontends/web/lib/text.ts" from "frontends/web/lib/text.ts",
    "frontends/web/routes/api/greetings.ts" from "frontends/web/routes/api/greetings.ts",
    "frontends/web/routes/api/greetings/[language].ts"
        from "frontends/web/routes/api/greetings/[language].ts",
    "frontends/web/public/index.html" from "frontends/web/public/index.html",
    "frontends/web/public/app.mjs" from "frontends/web/public/app.mjs",
    "frontends/web/public/style.css" from "frontends/web/public/style.css",
];

/// Writes the workspace into `dir`, which must be missing or empty.
///
/// - `from`: the contract of a backend that is there.
/// - `frontend`: what its frontend is called.
pub(crate) fn run(terminal: &Terminal, dir: &Path, from: Option<&Path>, frontend: &str) -> Done {
    let filled = std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
    if filled {
        return Err(Diagnostic::placeless(
            codes::CANNOT_WRITE,
            format!("`{}` is not empty", dir.display()),
        )
        .help("name a folder that does not exist yet"));
    }
    let name = package_name(dir);
    if let Some(contract) = from {
        return in_front_of(terminal, dir, &name, contract, frontend);
    }
    for (path, text) in FILES {
        write(&dir.join(path), &text.replace("{{name}}", &name))?;
    }
    let loaded = load(dir);
    types::write(&loaded, &build(&loaded), None)?;
    terminal.note(&format!("made {} in {}", terminal.paint(Tone::Strong, &name), dir.display()));
    terminal.note(&format!("next: frontage dev -C {}", dir.display()));
    Ok(ExitCode::SUCCESS)
}

/// What a workspace in front of another backend has of the template.
const COMMON: [&str; 4] =
    ["package.json", "tsconfig.base.json", ".gitignore", "frontends/web/tsconfig.json"];

/// A workspace that hands everything over to a backend, and drafts of its routes.
fn in_front_of(
    terminal: &Terminal,
    dir: &Path,
    name: &str,
    contract: &Path,
    frontend: &str,
) -> Done {
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if frontend.is_empty() || !frontend.chars().all(letters) {
        let message = format!("a frontend cannot be called {frontend:?}");
        return Err(Diagnostic::placeless(codes::INVALID_VALUE, message)
            .help("give a name of letters, digits, `-` and `_` with `--frontend`"));
    }
    let mut sources = SourceMap::new();
    let read = read_contract(contract, &mut sources)?;
    if summary(&read.diagnostics).errors > 0 || read.contract.operations.is_empty() {
        terminal.refused(&read.diagnostics, &sources);
        if read.diagnostics.is_empty() {
            let message = format!("`{}` has no operation", contract.display());
            return Err(Diagnostic::placeless(codes::UNREADABLE, message)
                .help("name the OpenAPI contract of the backend that is there now"));
        }
        return Ok(ExitCode::FAILURE);
    }
    let (base, prefix) = server(contract);
    let drafts = draft(&read.contract, "backend", &prefix);
    // What the contract refers to keeps its place beside it.
    let mut own = String::new();
    for (id, file) in sources.iter() {
        let path = format!("contracts/{}", file.path);
        if id == read.contract.file {
            own.clone_from(&path);
        }
        write(&dir.join(&path), &file.text)?;
    }
    let example = drafts.modules.keys().next().cloned().unwrap_or_default();
    let filled = |text: &str| {
        text.replace("{{name}}", name)
            .replace("{{frontend}}", frontend)
            .replace("{{contract}}", &own)
            .replace("{{url}}", &base)
            .replace("{{example}}", &example)
    };
    for (path, text) in FILES.iter().filter(|(path, _)| COMMON.contains(path)) {
        let of = format!("frontends/{frontend}/");
        let text = text
            .replace("frontends/web", &format!("frontends/{frontend}"))
            .replace("frontage-node web", &format!("frontage-node {frontend}"))
            .replace(".frontage/web/", &format!(".frontage/{frontend}/"));
        write(&dir.join(path.replace("frontends/web/", &of)), &filled(&text))?;
    }
    write(&dir.join("frontage.toml"), &filled(include_str!("../../templates/from-frontage.toml")))?;
    write(&dir.join("README.md"), &filled(include_str!("../../templates/from-README.md")))?;
    let folder = dir.join("frontends").join(frontend);
    let settings = filled(include_str!("../../templates/from-frontend.toml"));
    write(&folder.join("frontend.toml"), &settings)?;
    for (path, text) in &drafts.modules {
        write(&folder.join("drafts").join(path), text)?;
    }
    let loaded = load(dir);
    types::write(&loaded, &build(&loaded), None)?;
    terminal.note(&format!("made {} in {}", terminal.paint(Tone::Strong, name), dir.display()));
    let routes = drafts.modules.values().map(|text| text.matches("\nexport const ").count());
    terminal.note(&format!(
        "drafted {} routes in {} modules: {}",
        routes.sum::<usize>(),
        drafts.modules.len(),
        folder.join("drafts").display()
    ));
    for (operation, why) in &drafts.left {
        terminal.note(&format!("  {operation} has none: {why}"));
    }
    terminal.note(&format!("next: BACKEND_URL=… frontage dev -C {}", dir.display()));
    Ok(ExitCode::SUCCESS)
}

fn write(target: &Path, text: &str) -> Result<(), Diagnostic> {
    let write = || {
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(target, text)
    };
    write().map_err(|e| {
        Diagnostic::placeless(codes::CANNOT_WRITE, format!("`{}`: {e}", target.display()))
    })
}

/// Reads a contract wherever it lies, with all that it refers to beside it.
fn read_contract(
    file: &Path,
    sources: &mut SourceMap,
) -> Result<frontage_contract::Read, Diagnostic> {
    let unreadable = |why: String| {
        Diagnostic::placeless(codes::UNREADABLE, format!("`{}`: {why}", file.display()))
            .help("name the OpenAPI contract of the backend that is there now")
    };
    let real = file.canonicalize().map_err(|error| unreadable(error.to_string()))?;
    let folder = real.parent().map(PathBuf::from).unwrap_or_default();
    let name = real.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let mut files = Files::new(&folder, None);
    let text = files.read(name).map_err(unreadable)?;
    let root = sources.add(name, text);
    Ok(frontage_contract::read(root, sources, &mut |path| files.read(path)))
}

/// The address of a contract's first server, and the path that it holds.
fn server(file: &Path) -> (String, String) {
    const NONE: &str = "http://127.0.0.1:8080";
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let document: serde_json::Value = serde_saphyr::from_str(&text).unwrap_or_default();
    let named = document["servers"][0]["url"].as_str().unwrap_or_default();
    // Swagger 2 counts paths from `basePath`.
    let base = document["basePath"].as_str().unwrap_or_default();
    let (origin, path) = match named.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            (format!("{scheme}://{host}"), path)
        }
        None => (NONE.to_owned(), named),
    };
    let path = if path.is_empty() { base } else { path };
    let plain = |text: &str| !text.contains(['{', '$', '"', '\\', '?']);
    let origin = if plain(&origin) { origin } else { NONE.to_owned() };
    let path = if plain(path) { path.trim_end_matches('/') } else { "" };
    (origin, path.to_owned())
}

/// The folder's name as npm and TOML both take it.
fn package_name(dir: &Path) -> String {
    let full = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let name = full.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
    let clean: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' }).collect();
    let clean = clean.trim_matches('-');
    if clean.is_empty() { "workspace".into() } else { clean.into() }
}

#[cfg(test)]
mod tests {
    use super::package_name;
    use std::path::Path;

    #[test]
    fn names_of_folders_become_names_of_packages() {
        let cases =
            [("/a/My Shop", "my-shop"), ("/a/shop", "shop"), ("/a/été!", "t"), ("/", "workspace")];
        for (dir, expected) in cases {
            assert_eq!(package_name(Path::new(dir)), expected, "{dir}");
        }
    }
}
