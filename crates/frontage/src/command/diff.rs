//! `frontage diff`: what a new version of backends changes for their clients.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use frontage_compare::{Change, compare};
use frontage_diagnostic::Diagnostic;
use frontage_emit::openapi::document;
use serde_json::Value;

use super::output::describe;
use super::{Done, of_owner};
use crate::build::{build, concerns};
use crate::cli::Global;
use crate::codes;
use crate::release::{MAGIC, read};
use crate::terminal::{Terminal, Tone, print};
use crate::workspace::{WORKSPACE_FILE, load};

/// A backend as one side of the comparison knows it.
struct Backend {
    owner: Option<String>,
    document: Value,
}

/// The backends of one side, by frontend. What is only a document has no name.
type Side = BTreeMap<Option<String>, Backend>;

/// Compares two releases, workspaces or OpenAPI documents.
pub(crate) fn run(
    global: &Global,
    terminal: &Terminal,
    old: &Path,
    new: &Path,
    frontend: Option<&str>,
) -> Done {
    // What is only a document is of the frontend that is named.
    let named = |mut side: Side| {
        if let Some(name) = frontend
            && let Some(backend) = side.remove(&None)
        {
            side.insert(Some(name.to_owned()), backend);
        }
        side
    };
    let Some(old) = side(terminal, old)?.map(named) else { return Ok(ExitCode::FAILURE) };
    // A workspace has all frontends that there are.
    let whole = new.is_dir();
    let Some(new) = side(terminal, new)?.map(named) else { return Ok(ExitCode::FAILURE) };
    let mut compared = Vec::new();
    for (name, backend) in &old {
        if frontend.is_some_and(|only| name.as_deref().is_some_and(|name| name != only)) {
            continue;
        }
        match counterpart(name.as_ref(), &old, &new) {
            Some(other) => {
                let changes = compare(&backend.document, &other.document);
                let name = name.clone().or_else(|| new.keys().next().cloned().flatten());
                let owner = other.owner.clone().or_else(|| backend.owner.clone());
                compared.push((name, owner, changes));
            }
            // A release says nothing of other frontends, nor a document of whose it is.
            None if !whole || name.is_none() => {}
            None => {
                let gone = Change {
                    route: String::new(),
                    place: String::new(),
                    breaking: true,
                    code: "frontend-removed",
                    message: "the frontend is gone".to_owned(),
                };
                compared.push((name.clone(), backend.owner.clone(), vec![gone]));
            }
        }
    }
    if compared.is_empty() {
        let names = |side: &Side| {
            let names: Vec<&str> = side.keys().filter_map(|name| name.as_deref()).collect();
            names.join(", ")
        };
        let message = "the two have no frontend in common: name it with `--frontend NAME`";
        return Err(Diagnostic::placeless(codes::UNKNOWN_FRONTEND, message).help(format!(
            "the old has: {}; the new has: {}",
            names(&old),
            names(&new)
        )));
    }
    let breaks = compared.iter().any(|(_, _, changes)| changes.iter().any(|c| c.breaking));
    if global.json {
        print(&json(&compared).to_string());
    } else {
        print(text(terminal, &compared).trim_end());
    }
    Ok(if breaks { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The same backend on the other side; two that stand alone are compared whatever they are called.
fn counterpart<'s>(name: Option<&String>, old: &Side, new: &'s Side) -> Option<&'s Backend> {
    let alone = old.len() == 1 && new.len() == 1;
    let nameless = name.is_none() || new.contains_key(&None);
    new.get(&name.cloned()).or_else(|| new.values().next().filter(|_| alone && nameless))
}

/// Reads one side; nothing if its workspace has errors, which were printed.
fn side(terminal: &Terminal, path: &Path) -> Result<Option<Side>, Diagnostic> {
    if path.join(WORKSPACE_FILE).is_file() {
        return Ok(workspace(terminal, path));
    }
    let unreadable = |why: &dyn std::fmt::Display| {
        Diagnostic::placeless(codes::UNREADABLE, format!("`{}`: {why}", path.display()))
            .help("name a release, a workspace, or a document of `frontage openapi`")
    };
    if path.is_dir() {
        return Err(unreadable(&format!("the folder has no `{WORKSPACE_FILE}`")));
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(&error))?;
    if bytes.starts_with(MAGIC) {
        let release = read(path)?;
        let document =
            serde_json::from_str(&release.content.openapi).map_err(|error| unreadable(&error))?;
        let backend = Backend { owner: release.manifest.owner, document };
        return Ok(Some(Side::from([(Some(release.manifest.frontend), backend)])));
    }
    let mut document: Value = serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))?;
    if document.get("openapi").is_none() {
        return Err(unreadable(&"it is neither a release nor an OpenAPI document"));
    }
    if document["openapi"].as_str().is_some_and(|version| version.starts_with("3.0")) {
        as_of_3_1(&mut document);
    }
    Ok(Some(Side::from([(None, Backend { owner: None, document })])))
}

/// What OpenAPI 3.0 says in words of its own, as 3.1 says it: `nullable`, and limits that are left out.
fn as_of_3_1(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(as_of_3_1),
        Value::Object(members) => {
            members.values_mut().for_each(as_of_3_1);
            for (exclusive, limit) in
                [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")]
            {
                match members.get(exclusive).and_then(Value::as_bool) {
                    Some(true) => {
                        if let Some(bound) = members.remove(limit) {
                            members.insert(exclusive.to_owned(), bound);
                        }
                    }
                    Some(false) => drop(members.remove(exclusive)),
                    None => {}
                }
            }
            // Beside a type only; elsewhere it says nothing.
            let nullable = members.get("nullable").and_then(Value::as_bool);
            if let (Some(nullable), Some(Value::String(kind))) = (nullable, members.get("type")) {
                let kind = kind.clone();
                members.remove("nullable");
                if nullable {
                    members.insert("type".to_owned(), serde_json::json!([kind, "null"]));
                }
            }
        }
        _ => {}
    }
}

fn workspace(terminal: &Terminal, root: &Path) -> Option<Side> {
    let loaded = load(root);
    let built = build(&loaded);
    let mut side = Side::new();
    for config in &loaded.frontends {
        let Some((api, surroundings)) = describe(&loaded, &built, &config.name) else { continue };
        let backend =
            Backend { owner: config.owner.clone(), document: document(&api, &surroundings) };
        side.insert(Some(config.name.clone()), backend);
    }
    if side.len() < loaded.frontends.len() || side.is_empty() {
        let mut faults = built.diagnostics(&loaded);
        let broken = |name: &str| !side.contains_key(&Some(name.to_owned()));
        faults.retain(|fault| {
            side.is_empty()
                || loaded
                    .frontends
                    .iter()
                    .any(|own| broken(&own.name) && concerns(fault, &own.name, &loaded.sources))
        });
        terminal.refused(&faults, &loaded.sources);
        return None;
    }
    Some(side)
}

type Compared = Vec<(Option<String>, Option<String>, Vec<Change>)>;

fn json(compared: &Compared) -> Value {
    let count = |breaking: bool| {
        let all = compared.iter().flat_map(|(_, _, changes)| changes);
        all.filter(|change| change.breaking == breaking).count()
    };
    let changes: Vec<Value> = compared
        .iter()
        .flat_map(|(frontend, owner, changes)| {
            changes.iter().map(move |change| {
                let mut value = serde_json::json!(change);
                value["frontend"] = serde_json::json!(frontend);
                value["owner"] = serde_json::json!(owner);
                value
            })
        })
        .collect();
    serde_json::json!({ "breaking": count(true), "harmless": count(false), "changes": changes })
}

fn text(terminal: &Terminal, compared: &Compared) -> String {
    let mut out = String::new();
    for (frontend, owner, changes) in compared {
        let (breaking, harmless): (Vec<&Change>, Vec<&Change>) =
            changes.iter().partition(|change| change.breaking);
        let name = frontend.as_deref().unwrap_or("the backend");
        let owner = of_owner(owner.as_deref());
        let head = if changes.is_empty() {
            "nothing changes for its clients".to_owned()
        } else {
            format!("{} breaking, {} harmless", breaking.len(), harmless.len())
        };
        out.push_str(&format!("{}{owner}: {head}\n", terminal.paint(Tone::Strong, name)));
        for (word, tone, changes) in
            [("breaks", Tone::Bad, &breaking), ("harmless", Tone::Good, &harmless)]
        {
            let mut route = None;
            if !changes.is_empty() {
                out.push_str(&format!("  {}\n", terminal.paint(tone, word)));
            }
            for change in changes {
                if route != Some(&change.route) {
                    route = Some(&change.route);
                    if !change.route.is_empty() {
                        out.push_str(&format!("    {}\n", change.route));
                    }
                }
                let place = if change.place.is_empty() {
                    String::new()
                } else {
                    format!("{}: ", change.place)
                };
                out.push_str(&format!("      {place}{}\n", change.message));
            }
        }
    }
    out
}
