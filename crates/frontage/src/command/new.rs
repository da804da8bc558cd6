//! `frontage new`: a small workspace that runs, or one in front of a backend that is there.
//!
//! In:    the folder to make; perhaps the contract of a backend.
//! Out:   the files of `templates/new`, with the folder's name for `{{name}}`; of a contract, the
//!        workspace that hands everything over to its backend, and drafts of its routes.
//! Never: an existing file overwritten.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use frontage_diagnostic::{Diagnostic, SourceMap, counted, summary};
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
    let Server { origin, prefix, wants_credentials } =
        server(&sources.file(read.contract.file).text);
    let drafts = draft(&read.contract, "backend", &prefix);
    if drafts.modules.is_empty() {
        let message = format!("no route can be drafted from `{}`", contract.display());
        let first = drafts.left.iter().take(5);
        let why: Vec<String> =
            first.map(|(operation, why)| format!("{operation}: {why}")).collect();
        terminal.diagnostics(&read.diagnostics, &sources);
        return Err(Diagnostic::placeless(codes::UNREADABLE, message).help(why.join("\n")));
    }
    // What the contract refers to keeps its place beside it.
    let mut own = String::new();
    for (id, file) in sources.iter() {
        let path = format!("contracts/{}", plain_path(&file.path));
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
            .replace("{{url}}", &origin)
            .replace("{{base}}", &prefix)
            .replace("{{credentials}}", if wants_credentials { CREDENTIALS } else { "" })
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
    terminal.note(&format!(
        "drafted {} in {}: {}",
        counted(drafts.routes, "route"),
        counted(drafts.modules.len(), "module"),
        folder.join("drafts").display()
    ));
    for (operation, why) in &drafts.left {
        terminal.note(&format!("  {operation} has none: {why}"));
    }
    if wants_credentials {
        terminal
            .note("its operations want credentials, which routes do not hand on: see README.md");
    }
    terminal.note(&format!("next: BACKEND_URL=… frontage dev -C {}", dir.display()));
    Ok(ExitCode::SUCCESS)
}

/// What a workspace in front of a backend with sign-in is told.
const CREDENTIALS: &str = "
Its contract asks for credentials. What is handed over keeps the client's; a route's calls carry none, so
that a moved draft is answered 401 until its services get theirs (`headers` of the upstream).
";

/// A file's name as settings and folders take it, beside others as it was.
fn plain_path(path: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-/".contains(c) { c } else { '_' };
    path.chars().map(plain).collect()
}

fn write(target: &Path, text: &str) -> Result<(), Diagnostic> {
    let write = || {
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder)?;
        }
        // Nothing that is there is written over.
        std::io::Write::write_all(&mut std::fs::File::create_new(target)?, text.as_bytes())
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

/// What a contract says of where its backend is.
struct Server {
    /// `http://127.0.0.1:8080`
    origin: String,
    /// The path before the contract's own: `/api/v1`; may be empty.
    prefix: String,
    /// It names a way to sign in.
    wants_credentials: bool,
}

fn server(text: &str) -> Server {
    const NONE: &str = "http://127.0.0.1:8080";
    let document: serde_json::Value = serde_saphyr::from_str(text).unwrap_or_default();
    let named = document["servers"][0]["url"].as_str().unwrap_or_default();
    let (mut origin, mut path) = match named.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            (format!("{scheme}://{host}"), path)
        }
        None => (String::new(), named),
    };
    // Swagger 2 has both apart.
    if document["swagger"].is_string() {
        let scheme = document["schemes"][0].as_str().unwrap_or("http");
        let host = document["host"].as_str();
        origin = host.map(|host| format!("{scheme}://{host}")).unwrap_or_default();
        path = document["basePath"].as_str().unwrap_or_default();
    }
    let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    let is_host = host.is_some_and(|host| {
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
        !host.is_empty() && host.chars().all(plain)
    });
    let path = path.trim_end_matches('/');
    let is_path = path.is_empty()
        || path.starts_with('/')
            && path.split('/').skip(1).all(|part| {
                let plain = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
                !part.is_empty() && !part.starts_with('.') && part.chars().all(plain)
            });
    let named = |value: &serde_json::Value| value.as_array().is_some_and(|all| !all.is_empty());
    let operations = document["paths"].as_object().into_iter().flatten();
    let secured = operations
        .flat_map(|(_, path)| path.as_object().into_iter().flatten())
        .any(|(_, operation)| named(&operation["security"]));
    Server {
        origin: if is_host { origin } else { NONE.to_owned() },
        prefix: if is_path { path.to_owned() } else { String::new() },
        wants_credentials: secured || named(&document["security"]),
    }
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
