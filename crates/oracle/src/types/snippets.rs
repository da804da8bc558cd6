//! Workspaces of `cases/snippets/`: handlers' bodies of one line, and modules of a few.
//!
//! In:    `cases/snippets/*.txt`, and the module that bodies are put into, `frame.ts`.
//! Out:   a folder for each snippet.
//! Never: another expectation than that a snippet is refused by design: what tsc says of it is what
//!        Frontage has to say.

use std::path::{Path, PathBuf};

use super::workspace::copy;

/// Stands before what Frontage refuses by design and tsc accepts.
const REFUSED: &str = "! ";

/// Writes every snippet below `folder`; gives their names and folders.
///
/// # Errors
///
/// If a file cannot be read or written.
pub(super) fn write(cases: &Path, folder: &Path) -> Result<Vec<(String, PathBuf)>, String> {
    let snippets = cases.join("snippets");
    let fault = |path: &Path, e: &std::io::Error| format!("{}: {e}", path.display());
    let entries = std::fs::read_dir(&snippets).map_err(|e| fault(&snippets, &e))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    let path = snippets.join("frame.ts");
    let frame = std::fs::read_to_string(&path).map_err(|e| fault(&path, &e))?;
    let mut out = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).map_err(|e| fault(&path, &e))?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for (line, refused, module) in modules(&frame, &text, stem.starts_with("modules")) {
            let name = format!("snippet--{stem}-{line}{}", if refused { "--refused" } else { "" });
            let target = folder.join(&name);
            copy(&cases.join("fixture"), &target)?;
            let contract = "agenda.openapi.yaml";
            copy(&snippets.join(contract), &target.join("contracts").join(contract))?;
            let routes = target.join("frontends/web/routes");
            std::fs::create_dir_all(&routes).map_err(|e| fault(&routes, &e))?;
            let route = routes.join("snippet.ts");
            std::fs::write(&route, module).map_err(|e| fault(&route, &e))?;
            out.push((name, target));
        }
    }
    Ok(out)
}

/// The modules of a file: the lines they start at, and whether they are refused by design.
fn modules(frame: &str, text: &str, whole: bool) -> Vec<(usize, bool, String)> {
    let marked = |text: &str| match text.strip_prefix(REFUSED) {
        Some(rest) => (true, rest.to_owned()),
        None => (false, text.to_owned()),
    };
    let mut out = Vec::new();
    if !whole {
        for (i, body) in text.lines().enumerate() {
            if !body.is_empty() && !body.starts_with('#') {
                let (refused, body) = marked(body);
                out.push((i + 1, refused, frame.replacen("BODY", &body, 1)));
            }
        }
        return out;
    }
    let imports: String =
        frame.lines().filter(|l| l.starts_with("import ")).map(|l| format!("{l}\n")).collect();
    let mut line = 1;
    for module in text.split("----\n") {
        let (refused, own) = marked(module);
        out.push((line, refused, format!("{imports}{own}")));
        line += module.lines().count() + 1;
    }
    out
}
