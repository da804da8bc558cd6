//! `frontage check`: everything that is wrong with a workspace.

use std::process::ExitCode;
use std::time::Instant;

use frontage_diagnostic::{Diagnostic, counted, summary};
use frontage_plan::RouteKind;

use super::Done;
use crate::build::{Built, build, has_errors};
use crate::cli::Global;
use crate::terminal::{Terminal, Tone, for_machines, print};
use crate::watch::Watch;
use crate::workspace::{Loaded, find, load};

/// Checks once, or again whenever a file changes.
pub(crate) fn run(global: &Global, terminal: &Terminal, watch: bool) -> Done {
    let root = find(global.workspace.as_deref())?;
    if !watch {
        let (loaded, _, clean) = once(global, terminal, &root);
        drop(loaded);
        return Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| {
        Diagnostic::placeless(crate::codes::CANNOT_START, format!("no runtime: {e}"))
    })?;
    runtime.block_on(async {
        let mut changes = Watch::new(&root)?;
        loop {
            let (loaded, ..) = once(global, terminal, &root);
            changes.follow(contracts(&loaded))?;
            terminal.note(&terminal.paint(Tone::Dim, "waiting for changes; stop with Ctrl+C"));
            tokio::select! {
                _ = changes.next() => {}
                _ = tokio::signal::ctrl_c() => return Ok(ExitCode::SUCCESS),
            }
        }
    })
}

/// Paths of the workspace's contracts.
pub(crate) fn contracts(loaded: &Loaded) -> impl Iterator<Item = &str> {
    loaded.config.upstreams.iter().filter_map(|u| u.contract.as_ref().map(|c| c.value.as_str()))
}

fn once(global: &Global, terminal: &Terminal, root: &std::path::Path) -> (Loaded, Built, bool) {
    let began = Instant::now();
    let loaded = load(root);
    let built = build(&loaded);
    let diagnostics = built.diagnostics(&loaded);
    let clean = !has_errors(&diagnostics);
    if global.json {
        print(&json(&loaded, &built, &diagnostics, began));
    } else {
        terminal.diagnostics(&diagnostics, &loaded.sources);
        let took = began.elapsed();
        let what = totals(&built, clean);
        let verdict = summary(&diagnostics).to_string();
        let verdict = terminal.paint(if clean { Tone::Good } else { Tone::Bad }, &verdict);
        terminal.note(&format!(
            "{}: {what}; {verdict} ({} ms)",
            loaded.config.name,
            took.as_millis()
        ));
        if terminal.verbose() {
            for upstream in &loaded.workspace.upstreams {
                let names: Vec<&str> =
                    upstream.contract.operations.iter().map(|o| o.name.as_str()).collect();
                terminal.note(&format!("  {}: {}", upstream.name, names.join(", ")));
            }
        }
    }
    (loaded, built, clean)
}

/// How much was checked; routes are known only of what compiles.
fn totals(built: &Built, clean: bool) -> String {
    let routes: usize =
        built.frontends.iter().filter_map(|f| f.plan.as_ref()).map(|p| p.routes.len()).sum();
    let frontends = built.frontends.len();
    let frontends = counted(frontends, "frontend");
    if clean { format!("{frontends}, {}", counted(routes, "route")) } else { frontends }
}

/// The most memory this process has had, in KiB; `None` where the system does not say.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn json(loaded: &Loaded, built: &Built, diagnostics: &[Diagnostic], began: Instant) -> String {
    let faults = for_machines(diagnostics, &loaded.sources);
    let frontends: Vec<serde_json::Value> = built
        .frontends
        .iter()
        .map(|frontend| {
            let routes: Option<Vec<serde_json::Value>> = frontend.plan.as_ref().map(|plan| {
                plan.routes
                    .iter()
                    .map(|route| {
                        serde_json::json!({
                            "method": route.method.as_str(),
                            "path": route.path_text(),
                            "module": &*route.place.path,
                            "passthrough": matches!(route.kind, RouteKind::Passthrough(_)),
                        })
                    })
                    .collect()
            });
            let config = loaded.frontends.iter().find(|f| f.name == frontend.name);
            let owner = config.and_then(|f| f.owner.as_deref());
            serde_json::json!({ "name": frontend.name, "owner": owner, "routes": routes })
        })
        .collect();
    serde_json::json!({
        "ok": !has_errors(diagnostics),
        "workspace": loaded.config.name,
        "frontends": frontends,
        "diagnostics": faults,
        "tookMs": u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        "peakMemoryKiB": peak_memory(),
    })
    .to_string()
}
