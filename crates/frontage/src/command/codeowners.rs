//! `frontage codeowners`: who owns which folders, for the forge's `CODEOWNERS`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;

use frontage_diagnostic::{Area, Diagnostic};

use super::Done;
use super::output::write;
use crate::build::{Built, build};
use crate::cli::{Global, Output};
use crate::codes;
use crate::config::OWNER;
use crate::terminal::{Terminal, print};
use crate::workspace::{Loaded, WORKSPACE_FILE, find, load};

const BEGIN: &str =
    "# begin of `frontage codeowners`: change `owner` in the workspace's settings instead";
const END: &str = "# end of `frontage codeowners`";

/// A path from the repository's root, and whose it is.
type Line = (String, Vec<String>);

/// Prints the lines, or puts them in their place in a file.
pub(crate) fn run(global: &Global, terminal: &Terminal, output: &Output) -> Done {
    let loaded = load(&find(global.workspace.as_deref())?);
    let built = build(&loaded);
    // What a module imports that cannot be read, nobody knows: its lines would be missing.
    let faults = built.diagnostics(&loaded);
    if faults.iter().any(|fault| fault.code.area() == Area::Syntax) {
        terminal.refused(&faults, &loaded.sources);
        return Ok(ExitCode::FAILURE);
    }
    let lines = lines(&loaded, &built)?;
    let Some(file) = &output.file else {
        let all = lines
            .iter()
            .map(|(path, owners)| serde_json::json!({ "path": path, "owners": owners }));
        print(&match global.json {
            true => serde_json::json!({ "owners": all.collect::<Vec<_>>() }).to_string(),
            false => text(&lines),
        });
        return Ok(ExitCode::SUCCESS);
    };
    let cannot = |why: String| {
        Diagnostic::placeless(codes::CANNOT_WRITE, format!("`{}`: {why}", file.display()))
    };
    let before = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(cannot(error.to_string())),
    };
    let after = replaced(&before, &text(&lines)).ok_or_else(|| {
        cannot("its lines of `frontage codeowners` have no end".into())
            .help(format!("restore the line `{END}`, or remove all of them"))
    })?;
    if before == after {
        return Ok(ExitCode::SUCCESS);
    }
    if output.check {
        terminal.error(&format!("{} is not what it would be", file.display()));
        return Ok(ExitCode::FAILURE);
    }
    write(file, &after).map_err(|error| cannot(error.to_string()))?;
    terminal.note(&format!("wrote {}", file.display()));
    Ok(ExitCode::SUCCESS)
}

/// The lines, the last of which that matches a path counts.
fn lines(loaded: &Loaded, built: &Built) -> Result<Vec<Line>, Diagnostic> {
    let prefix = from_repository(&loaded.root);
    let config = &loaded.config;
    let handle = |owner: &str| -> Result<String, Diagnostic> {
        let broken = |text: &str| text.contains(|c: char| c.is_whitespace() || c == '#');
        let handle = match &config.owner_handle {
            // A handle or an address, as it is.
            _ if owner.contains('@') => owner.to_owned(),
            Some(handle) => handle.value.replace(OWNER, owner),
            None => format!("@{owner}"),
        };
        if owner.is_empty() || broken(&handle) {
            let message = format!("the owner {owner:?} cannot stand in CODEOWNERS");
            return Err(Diagnostic::placeless(codes::INVALID_VALUE, message)
                .help("write `owner` in one word: a team, a user or an address"));
        }
        Ok(handle)
    };
    let mut lines: Vec<Line> = Vec::new();
    if let Some(owner) = &config.owner {
        let own = handle(owner)?;
        for path in [WORKSPACE_FILE, "contracts/", "shared/"] {
            if loaded.root.join(path).exists() {
                lines.push((format!("{prefix}{path}"), vec![own.clone()]));
            }
        }
    }
    for upstream in &config.upstreams {
        if let Some((owner, contract)) = upstream.owner.as_ref().zip(upstream.contract.as_ref()) {
            let path = contract.value.trim_start_matches("./");
            lines.push((format!("{prefix}{path}"), vec![handle(owner)?]));
        }
    }
    let mut owners: BTreeMap<&str, String> = BTreeMap::new();
    for frontend in &loaded.frontends {
        if let Some(owner) = &frontend.owner {
            owners.insert(&frontend.name, handle(owner)?);
        }
    }
    // A shared module is of all who use it.
    for file in &loaded.workspace.shared {
        let users = built.frontends.iter().filter(|own| own.modules.contains(file));
        let own: BTreeSet<&String> =
            users.filter_map(|frontend| owners.get(frontend.name.as_str())).collect();
        if !own.is_empty() {
            let path = &loaded.sources.file(*file).path;
            lines.push((format!("{prefix}{path}"), own.into_iter().cloned().collect()));
        }
    }
    for frontend in &loaded.frontends {
        if let Some(own) = owners.get(frontend.name.as_str()) {
            lines.push((format!("{prefix}frontends/{}/", frontend.name), vec![own.clone()]));
        }
    }
    Ok(lines)
}

/// The workspace's folder, from the root of the repository that holds it: `/` or `/folder/`.
fn from_repository(root: &Path) -> String {
    let real = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let repository = real.ancestors().find(|folder| folder.join(".git").exists());
    let inner = repository.and_then(|repository| real.strip_prefix(repository).ok());
    match inner.map(|inner| inner.to_string_lossy().into_owned()) {
        Some(inner) if !inner.is_empty() => format!("/{inner}/"),
        _ => "/".to_owned(),
    }
}

fn text(lines: &[Line]) -> String {
    let mut text = format!("{BEGIN}\n");
    for (path, owners) in lines {
        // What a pattern would read otherwise.
        let path: String = path
            .chars()
            .flat_map(|c| {
                let escaped = matches!(c, ' ' | '*' | '?' | '[' | '\\').then_some('\\');
                escaped.into_iter().chain([c])
            })
            .collect();
        text.push_str(&format!("{path} {}\n", owners.join(" ")));
    }
    text.push_str(END);
    text.push('\n');
    text
}

/// The text of a file with new lines in the place of the old ones; all others stay. Nothing if the
/// old ones have no end.
fn replaced(before: &str, lines: &str) -> Option<String> {
    // A checkout may have another end of lines; they stay as they are.
    let crlf = before.contains("\r\n");
    let before = before.replace("\r\n", "\n");
    let at_line = |text: &str, mark: &str| {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
        starts.into_iter().find(|at| text[*at..].starts_with(mark))
    };
    let text = match at_line(&before, "# begin of `frontage codeowners`") {
        None => {
            let gap = match before.as_str() {
                "" => "",
                before if before.ends_with('\n') => "\n",
                _ => "\n\n",
            };
            format!("{before}{gap}{lines}")
        }
        Some(start) => {
            let length = at_line(&before[start..], END)? + END.len();
            let after = &before[start + length..];
            let after = after.strip_prefix('\n').unwrap_or(after);
            format!("{}{lines}{after}", &before[..start])
        }
    };
    Some(if crlf { text.replace('\n', "\r\n") } else { text })
}
