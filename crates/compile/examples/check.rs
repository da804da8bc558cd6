//! Prints the diagnostics of workspaces and what their routes answer with.
//!
//! `cargo run -p frontage-compile --example check -- DIR...` reads each folder's `frontage.toml` by
//! its lines only (names and contracts of upstreams); the real reader of configuration is the
//! binary's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use frontage_compile::{FrontendInput, SessionField, SessionType, UpstreamInput, Workspace};
use frontage_diagnostic::SourceMap;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut todo = vec![folder.to_path_buf()];
    while let Some(folder) = todo.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                todo.push(path);
            } else if path.extension().is_some_and(|e| e == "ts") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn main() {
    for folder in std::env::args().skip(1) {
        check(Path::new(&folder));
    }
}

fn check(root: &Path) {
    let toml = std::fs::read_to_string(root.join("frontage.toml")).unwrap_or_default();
    let mut contracts: BTreeMap<String, (String, BTreeMap<String, bool>)> = BTreeMap::new();
    let mut upstream = String::new();
    let mut operation = None;
    for line in toml.lines() {
        if let Some(table) = line.strip_prefix("[upstreams.").and_then(|l| l.split(']').next()) {
            let mut parts = table.split('.');
            upstream = parts.next().unwrap_or("").to_owned();
            operation = (parts.next() == Some("operations")).then(|| parts.next().unwrap_or(""));
        } else if let Some(path) = line.strip_prefix("contract = \"") {
            let path = path.split('"').next().unwrap_or("").to_owned();
            contracts.entry(upstream.clone()).or_default().0 = path;
        } else if let (Some(operation), Some(safe)) = (operation, line.strip_prefix("safe = ")) {
            let safe = safe.starts_with("true");
            contracts.entry(upstream.clone()).or_default().1.insert(operation.to_owned(), safe);
        }
    }
    let mut sources = SourceMap::new();
    let mut upstreams = Vec::new();
    for (name, (path, safe)) in contracts {
        let text = std::fs::read_to_string(root.join(&path)).unwrap_or_default();
        let id = sources.add(path, text);
        let read = frontage_contract::read(id, &mut sources, &mut |p| {
            std::fs::read_to_string(root.join(p)).map_err(|e| e.to_string())
        });
        upstreams.push(UpstreamInput {
            name: name.as_str().into(),
            contract: Arc::new(read.contract),
            timeout_ms: 2000,
            safe,
            bulk: Vec::new(),
            span: None,
        });
    }
    let mut add = |path: &Path| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let relative = path.strip_prefix(root).unwrap_or(path);
        sources.add(relative.to_string_lossy().into_owned(), text)
    };
    let shared = files(&root.join("shared")).iter().map(|p| add(p)).collect();
    let mut names: Vec<_> = std::fs::read_dir(root.join("frontends"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.is_dir())
        .collect();
    names.sort();
    let mut frontends = Vec::new();
    for folder in names {
        let (mut routes, mut modules) = (Vec::new(), Vec::new());
        for path in files(&folder) {
            let id = add(&path);
            if path.starts_with(folder.join("routes")) {
                routes.push(id);
            } else {
                modules.push(id);
            }
        }
        let name = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        frontends.push(FrontendInput {
            name: name.as_str().into(),
            routes,
            modules,
            session: Some(vec![SessionField { name: "sub".into(), ty: SessionType::String }]),
        });
    }
    let workspace = Workspace { upstreams, shared };
    for frontend in frontends {
        let start = std::time::Instant::now();
        let compiled = frontage_compile::compile(&workspace, &frontend, &sources);
        let took = start.elapsed();
        println!("== {} {} {took:.1?}", root.display(), frontend.name);
        print!("{}", frontage_diagnostic::render(&compiled.diagnostics, &sources, false));
        for checked in &compiled.checked {
            for route in &checked.routes {
                let path = &sources.file(route.span.file).path;
                println!("{path} {:?}: {}", route.method, checked.types.full_text(route.result));
            }
        }
    }
}
