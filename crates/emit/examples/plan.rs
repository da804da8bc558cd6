//! Prints what a frontend's routes become: explanations, then plans. For people who work on the
//! compiler.
//!
//! `cargo run -p frontage-emit --example plan -- FRONTEND NAME=CONTRACT... [OPERATION...]`, from
//! the workspace's directory; the frontend is `frontends/FRONTEND`, its session has `sub`, and the
//! operations named are safe whatever their method.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use frontage_compile::{FrontendInput, SessionField, SessionType, UpstreamInput, Workspace};
use frontage_diagnostic::{FileId, SourceMap};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(name) = arguments.next() else {
        eprintln!("which frontend?");
        std::process::exit(2);
    };
    let mut sources = SourceMap::new();
    let mut upstreams = Vec::new();
    let arguments: Vec<String> = arguments.collect();
    let named = arguments.iter().filter(|argument| !argument.contains('='));
    let safe: BTreeMap<String, bool> = named.map(|name| (name.clone(), true)).collect();
    for argument in &arguments {
        let Some((name, path)) = argument.split_once('=') else { continue };
        let root = sources.add(path, std::fs::read_to_string(path).unwrap_or_default());
        let mut load = |path: &str| std::fs::read_to_string(path).map_err(|e| e.to_string());
        let contract = frontage_contract::read(root, &mut sources, &mut load).contract;
        upstreams.push(UpstreamInput {
            name: name.into(),
            contract: Arc::new(contract),
            timeout_ms: 2000,
            safe: safe.clone(),
            bulk: Vec::new(),
            span: None,
        });
    }
    upstreams.sort_by(|a, b| a.name.cmp(&b.name));
    let folder = format!("frontends/{name}");
    let shared = modules(Path::new("shared"), &mut sources);
    let routes = modules(&Path::new(&folder).join("routes"), &mut sources);
    let modules = modules(&Path::new(&folder).join("lib"), &mut sources);
    let session = vec![SessionField { name: "sub".into(), ty: SessionType::String }];
    let workspace = Workspace { upstreams, shared };
    let frontend =
        FrontendInput { name: name.as_str().into(), routes, modules, session: Some(session) };
    let compiled = frontage_compile::compile(&workspace, &frontend, &sources);
    eprint!("{}", frontage_diagnostic::render(&compiled.diagnostics, &sources, false));
    if let Some(plan) = &compiled.plan {
        println!("{}", frontage_emit::explain(plan, None).to_text());
        println!("{}", frontage_compile::lower::print(plan));
    }
}

fn modules(folder: &Path, sources: &mut SourceMap) -> Vec<FileId> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    let mut paths: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            found.extend(modules(&path, sources));
        } else if path.extension().is_some_and(|e| e == "ts") {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            found.push(sources.add(path.to_string_lossy().replace('\\', "/"), text));
        }
    }
    found
}
