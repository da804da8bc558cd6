//! `frontage serve`: production. A supervisor with one process for each frontend, or one frontend
//! in this process.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use frontage_diagnostic::Diagnostic;
use frontage_plan::Plan;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::{Done, chosen};
use crate::activation::{Curator, dispatch, listen};
use crate::build::{build, has_errors};
use crate::cli::{Global, STATE};
use crate::codes;
use crate::logging::{self, Format};
use crate::process::{Bundle, Event, FromBackend, Order, Source, Supervisor, run_alone};
use crate::release::{Store, read};
use crate::settings::BackendSettings;
use crate::terminal::{Terminal, tell};
use crate::workspace::{Loaded, find, load};

/// Compiles, then serves until a signal comes.
pub(crate) fn run(global: &Global, terminal: &Terminal, names: &[String]) -> Done {
    let loaded = load(&find(global.workspace.as_deref())?);
    let names_chosen =
        if loaded.frontends.is_empty() { Vec::new() } else { chosen(&loaded, names)? };
    let built = build(&loaded);
    let diagnostics = built.diagnostics(&loaded);
    if has_errors(&diagnostics) {
        terminal.refused(&diagnostics, &loaded.sources);
        return Ok(ExitCode::FAILURE);
    }
    terminal.diagnostics(&diagnostics, &loaded.sources);
    let bundles: Vec<Bundle> = built
        .frontends
        .iter()
        .filter(|f| names_chosen.contains(&f.name))
        .filter_map(|f| bundle(&loaded, &f.name, f.plan.as_ref()?, false))
        .collect();
    logging::start(Format::Json, None, global.verbose);
    let mut bundles = bundles;
    if names.len() == 1
        && let Some(bundle) = bundles.pop()
    {
        let frontend = bundle.settings.frontend.clone();
        run_alone(bundle, |event| report(global, terminal, &frontend, event))?;
        return Ok(ExitCode::SUCCESS);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| no_start(&e))?;
    runtime.block_on(supervise(global, terminal, bundles))
}

/// The settings and plan of one frontend.
pub(crate) fn bundle(
    loaded: &Loaded,
    frontend: &str,
    plan: &Arc<Plan>,
    dev: bool,
) -> Option<Bundle> {
    let config = loaded.frontends.iter().find(|f| f.name == frontend)?;
    let settings = BackendSettings::of(loaded, config, dev)?;
    Some(Bundle { settings, plan: Source::Here(Arc::clone(plan)), older: Vec::new() })
}

async fn supervise(global: &Global, terminal: &Terminal, bundles: Vec<Bundle>) -> Done {
    let (mut supervisor, events) = Supervisor::new(Vec::new());
    let mut undecided: Vec<String> = Vec::new();
    for bundle in bundles {
        let frontend = bundle.settings.frontend.clone();
        undecided.push(frontend.clone());
        supervisor.order(&frontend, Order::Run(Box::new(bundle), None)).await;
    }
    watch(global, terminal, supervisor, events, undecided, Vec::new()).await
}

/// Serves releases until a signal comes.
///
/// - `files`: releases; what replaces one is served.
/// - `state`: where releases are kept; what is served there if no file is given.
pub(crate) fn run_releases(
    global: &Global,
    terminal: &Terminal,
    files: Vec<PathBuf>,
    state: Option<PathBuf>,
) -> Done {
    let root = state.unwrap_or_else(|| STATE.into());
    let store = Arc::new(Store::open(&root)?);
    let mut wanted: BTreeMap<String, Option<PathBuf>> = BTreeMap::new();
    if files.is_empty() {
        wanted.extend(store.frontends().into_iter().map(|frontend| (frontend, None)));
    }
    for file in files {
        let file = std::path::absolute(&file).unwrap_or(file);
        let frontend = match read(&file) {
            Ok(release) => release.manifest.frontend,
            // What was served of it before still can be.
            Err(fault) => {
                let seen = |frontend: &&String| {
                    store.state(frontend).seen.contains_key(&*file.to_string_lossy())
                };
                match store.frontends().iter().find(seen) {
                    Some(frontend) => {
                        terminal.fault(&fault);
                        frontend.clone()
                    }
                    None => return Err(fault),
                }
            }
        };
        if wanted.insert(frontend.clone(), Some(file)).is_some() {
            let message = format!("`--release` names two releases of `{frontend}`");
            return Err(Diagnostic::placeless(codes::RELEASE_REFUSED, message)
                .help("start with one, and activate the other: `frontage release activate FILE`"));
        }
    }
    if wanted.is_empty() {
        let message = format!("`{}` holds no releases", root.display());
        return Err(Diagnostic::placeless(codes::RELEASE_REFUSED, message)
            .help("give one with `--release FILE`; `frontage build FRONTEND` makes it"));
    }
    logging::start(Format::Json, None, global.verbose);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| no_start(&e))?;
    runtime.block_on(async {
        let (mut supervisor, events) = Supervisor::new(Vec::new());
        let (asks, asked) = mpsc::channel(8);
        let (decided, mut decisions) = mpsc::channel(8);
        let mut tasks = vec![listen(store.root(), asks)?];
        let mut curators = BTreeMap::new();
        for (frontend, file) in &wanted {
            let orders = supervisor.orders(frontend);
            let curator = Curator::new(frontend, Arc::clone(&store), orders);
            let (sender, commands) = mpsc::channel(8);
            curators.insert(frontend.clone(), sender);
            tasks.push(tokio::spawn(curator.curate(file.clone(), commands, decided.clone())));
        }
        drop(decided);
        tasks.push(tokio::spawn(dispatch(asked, curators)));
        // Some backend may come up later than others: only without anything to serve it is over.
        tasks.push(tokio::spawn(async move {
            let mut any = false;
            while let Some(serves) = decisions.recv().await {
                any |= serves;
            }
            if any {
                std::future::pending::<()>().await;
            }
        }));
        watch(global, terminal, supervisor, events, Vec::new(), tasks).await
    })
}

/// Follows what happens to backends until a signal comes, or nothing can be served.
///
/// - `undecided`: frontends whose backends neither listen nor failed yet: if all of them fail, it is
///   over.
/// - `tasks`: what gives orders meanwhile; the last ends when there is nothing to serve.
async fn watch(
    global: &Global,
    terminal: &Terminal,
    supervisor: Supervisor,
    mut events: mpsc::Receiver<Event>,
    mut undecided: Vec<String>,
    mut tasks: Vec<JoinHandle<()>>,
) -> Done {
    let mut terminate = signal(SignalKind::terminate()).map_err(|e| no_start(&e))?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|e| no_start(&e))?;
    let mut any_listens = false;
    let by_events = !undecided.is_empty();
    let code = loop {
        let over = async {
            match tasks.last_mut() {
                Some(last) => drop(last.await),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = over => {
                tasks.pop();
                break ExitCode::FAILURE;
            }
            _ = terminate.recv() => break ExitCode::SUCCESS,
            _ = interrupt.recv() => break ExitCode::SUCCESS,
            event = events.recv() => match event {
                Some(Event::Said { frontend, event }) => {
                    report(global, terminal, &frontend, &event);
                    undecided.retain(|name| *name != frontend);
                    any_listens |= matches!(event, FromBackend::Listening { .. });
                    if by_events && undecided.is_empty() && !any_listens {
                        break ExitCode::FAILURE;
                    }
                }
                Some(Event::Started { frontend, pid }) => {
                    tracing::info!(frontend, pid, "backend process started");
                }
                Some(Event::Died { frontend, how, again_in }) => {
                    let again_in_ms = again_in.as_millis() as u64;
                    tracing::error!(frontend, how, again_in_ms, "backend process ended; it is started again");
                }
                None => break ExitCode::FAILURE,
            },
        }
    };
    tasks.iter().for_each(JoinHandle::abort);
    for task in tasks {
        let _ = task.await;
    }
    // A supervisor whose events nobody reads must not hold its backends up.
    let reader = tokio::spawn(async move { while events.recv().await.is_some() {} });
    supervisor.stop().await;
    reader.abort();
    Ok(code)
}

/// Shows what a backend said.
pub(crate) fn report(global: &Global, terminal: &Terminal, frontend: &str, event: &FromBackend) {
    match event {
        FromBackend::Listening { address, admin } => {
            if global.json {
                tell(
                    &serde_json::json!({
                        "frontend": frontend,
                        "address": address.to_string(),
                        "admin": admin.map(|a| a.to_string()),
                    })
                    .to_string(),
                );
            } else {
                let admin = admin.map(|a| format!("  (admin http://{a})")).unwrap_or_default();
                terminal.note(&format!("{frontend}: http://{address}{admin}"));
            }
        }
        FromBackend::Used { .. } => {}
        FromBackend::Swapped => tracing::info!(frontend, "plan swapped"),
        FromBackend::Failed { message, help } => {
            if global.json {
                let code = codes::CANNOT_START.to_string();
                let event = serde_json::json!({
                    "frontend": frontend,
                    "error": message,
                    "code": code,
                    "help": help,
                });
                tell(&event.to_string());
            }
            let mut fault =
                Diagnostic::placeless(codes::CANNOT_START, format!("{frontend}: {message}"));
            fault.help.clone_from(help);
            terminal.fault(&fault);
        }
    }
}

fn no_start(error: &std::io::Error) -> Diagnostic {
    Diagnostic::placeless(codes::CANNOT_START, error.to_string())
}
