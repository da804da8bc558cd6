//! `frontage dev`: services, backends, watching, swapping, and errors where people look.
//!
//! In:    a workspace that changes under our hands.
//! Out:   every backend running the newest plan that compiled.
//! Never: a running plan lost to an error; one frontend's error shown on another's pages.

use std::collections::{BTreeMap, BTreeSet};
use std::net::ToSocketAddrs as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use frontage_diagnostic::{Diagnostic, Severity, render, summary};
use frontage_plan::Plan;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use super::check::contracts;
use super::serve::{bundle, report};
use super::services::Services;
use super::{Done, chosen, types};
use crate::build::{Built, Memories, build_again, concerns, has_errors};
use crate::cli::Global;
use crate::codes;
use crate::logging;
use crate::process::{Event, FromBackend, Order, Supervisor};
use crate::settings::BackendSettings;
use crate::terminal::{Terminal, Tone};
use crate::watch::{Burst, Watch};
use crate::workspace::{Loaded, Names, find, load_again};

/// How often an upstream that does not answer yet is tried.
const PROBE: Duration = Duration::from_millis(250);
/// How often it is said that one does not answer yet.
const REMIND: Duration = Duration::from_secs(5);
/// How long upstreams are waited for before that is called a fault.
const PATIENCE: Duration = Duration::from_secs(600);

/// Runs until a signal comes.
pub(crate) fn run(global: &Global, terminal: &Terminal, names: &[String]) -> Done {
    let root = find(global.workspace.as_deref())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .thread_stack_size(crate::STACK)
        .build();
    let runtime = runtime.map_err(|e| Diagnostic::placeless(codes::CANNOT_START, e.to_string()))?;
    let done = runtime.block_on(async {
        let watch = Watch::new(&root)?;
        let (supervisor, events) = Supervisor::new(environment(global));
        let dev = Dev {
            global,
            terminal,
            root: root.clone(),
            names: names.to_vec(),
            supervisor,
            running: BTreeMap::new(),
            overlays: BTreeMap::new(),
            failures: BTreeMap::new(),
            refused: BTreeSet::new(),
            memories: Memories::new(),
            written: None,
        };
        dev.run(watch, events).await
    });
    runtime.shutdown_background();
    done
}

/// How backends log while people look on: lines for people, and of requests only those that failed.
fn environment(global: &Global) -> Vec<(&'static str, &'static str)> {
    let filter = if global.verbose { "debug" } else { "info,frontage::access=warn" };
    let unset = |name: &str| std::env::var_os(name).is_none();
    let wanted = [(logging::FORMAT, "text"), (logging::FILTER, filter)];
    wanted.into_iter().filter(|(name, _)| unset(name)).collect()
}

struct Dev<'a> {
    global: &'a Global,
    terminal: &'a Terminal,
    root: PathBuf,
    /// The frontends that were asked for; all if empty.
    names: Vec<String>,
    supervisor: Supervisor,
    /// What each backend runs.
    running: BTreeMap<String, (BackendSettings, Arc<Plan>)>,
    /// What each backend's pages show.
    overlays: BTreeMap<String, String>,
    /// Why each backend that cannot start last said that it cannot.
    failures: BTreeMap<String, String>,
    /// Backends that could not take what they were given last: it is given to them again.
    refused: BTreeSet<String>,
    /// What need not be compiled once more.
    memories: Memories,
    /// The state for which types were written last.
    written: Option<Arc<Loaded>>,
}

impl Dev<'_> {
    async fn run(mut self, mut watch: Watch, mut events: mpsc::Receiver<Event>) -> Done {
        let no_signals =
            |e: std::io::Error| Diagnostic::placeless(codes::CANNOT_START, e.to_string());
        let mut terminate = signal(SignalKind::terminate()).map_err(no_signals)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(no_signals)?;

        let mut loaded = self.refresh(None).await?;
        watch.follow(contracts(&loaded))?;
        let commands = loaded.config.dev_run.iter().map(|c| c.value.as_str());
        let (mut services, mut ended) = Services::start(commands, &self.root, self.terminal);
        let probes = probe(&loaded, self.terminal);

        // What came while the first state was read nobody was told of.
        let mut pending = Names::MayDiffer;
        let code = loop {
            tokio::select! {
                _ = terminate.recv() => break ExitCode::SUCCESS,
                _ = interrupt.recv() => break ExitCode::SUCCESS,
                event = events.recv() => if let Some(event) = event {
                    if let Event::Said { frontend, event: FromBackend::Swapped } = &event {
                        // What the open pages show came from the plan before.
                        self.supervisor.order(frontend, Order::ReloadPages).await;
                    }
                    self.show(event);
                },
                Some(end) = ended.recv() => {
                    let how = services.status(&end.command).await.unwrap_or(end.how);
                    let fault = Diagnostic::placeless(
                        codes::DEV_COMMAND,
                        format!("the service `{}` has ended: {how}", end.command),
                    );
                    self.terminal.fault(&fault.help("see its lines above; start `frontage dev` again once it runs"));
                }
                Burst { paths: changed, names } = watch.next() => {
                    if names == Names::MayDiffer {
                        pending = names;
                    }
                    if changed.iter().any(|path| self.needs_compiling(path)) {
                        let names = std::mem::replace(&mut pending, Names::AsBefore);
                        loaded = self.refresh(Some((&loaded, names))).await?;
                        watch.follow(contracts(&loaded))?;
                    }
                    for name in self.running.keys().cloned().collect::<Vec<_>>() {
                        if changed.iter().any(|path| self.is_page_of(&name, path)) {
                            self.supervisor.order(&name, Order::ReloadPages).await;
                        }
                    }
                }
            }
        };
        probes.abort();
        self.terminal.note("stopping");
        let reader = tokio::spawn(async move { while events.recv().await.is_some() {} });
        tokio::join!(self.supervisor.stop(), services.stop());
        reader.abort();
        Ok(code)
    }

    /// Reads and compiles everything, and gives each backend what became of its frontend.
    ///
    /// - `before`: what was read last, and what has changed since; nothing the first time.
    async fn refresh(
        &mut self,
        before: Option<(&Arc<Loaded>, Names)>,
    ) -> Result<Arc<Loaded>, Diagnostic> {
        let first = before.is_none();
        let began = Instant::now();
        let names = before.map_or(Names::MayDiffer, |(_, names)| names);
        let before = before.map(|(before, _)| before);
        let loaded = Arc::new(load_again(&self.root, before.map(|before| &**before), names));
        let built = Arc::new(build_again(&loaded, &mut self.memories));
        if first {
            // A backend serves the folder that its client is written to.
            self.write_types(&loaded, &built).await;
        }
        let all = built.diagnostics(&loaded);
        self.terminal.diagnostics(&all, &loaded.sources);
        let names = match chosen(&loaded, &self.names) {
            Ok(names) => names,
            Err(fault) if first && !loaded.frontends.is_empty() => return Err(fault),
            // It may come back with a later change.
            Err(_) => {
                let there = loaded.frontends.iter().map(|frontend| &frontend.name);
                there.filter(|name| self.names.contains(name)).cloned().collect()
            }
        };
        let mut swapped = Vec::new();
        for name in &names {
            if self.give(name, &loaded, &built).await {
                swapped.push(name.as_str());
            }
        }
        // A backend whose `frontend.toml` went away runs on, and its pages say what is wrong.
        let gone: Vec<String> =
            self.running.keys().filter(|name| !names.contains(name)).cloned().collect();
        for name in gone {
            if self.root.join("frontends").join(&name).is_dir() {
                self.overlay(&name, &built.workspace, &loaded).await;
            } else {
                self.end(&name);
            }
        }
        let took = began.elapsed().as_millis();
        if !first {
            // Meanwhile the backends swap their plans; pages are told to load again after this.
            self.write_types(&loaded, &built).await;
        }
        if has_errors(&all) {
            let kept = if first { "waiting for a fix" } else { "the running plans stay" };
            let text = format!("{}; {kept} ({took} ms)", summary(&all));
            self.terminal.error(&self.terminal.paint(Tone::Bad, &text));
        } else if !first {
            let what = if swapped.is_empty() {
                "no errors; the plans are as before".into()
            } else {
                format!("swapped {}", swapped.join(", "))
            };
            self.terminal.note(&self.terminal.paint(Tone::Good, &format!("{what} ({took} ms)")));
        }
        Ok(loaded)
    }

    /// Writes what editors and pages read, while everything else goes on.
    async fn write_types(&mut self, loaded: &Arc<Loaded>, built: &Arc<Built>) {
        let (now, built, before) = (Arc::clone(loaded), Arc::clone(built), self.written.take());
        let write = move || types::write(&now, &built, before.as_deref());
        match tokio::task::spawn_blocking(write).await {
            Ok(Ok(_)) => self.written = Some(Arc::clone(loaded)),
            Ok(Err(fault)) => self.terminal.fault(&fault),
            Err(ended) => {
                if let Ok(panic) = ended.try_into_panic() {
                    std::panic::resume_unwind(panic);
                }
            }
        }
    }

    /// Brings one backend up to date; whether it got something new to run.
    async fn give(&mut self, name: &str, loaded: &Loaded, built: &Built) -> bool {
        let Some(frontend) = built.frontends.iter().find(|f| f.name == name) else { return false };
        let mut faults = built.workspace.clone();
        faults.extend(frontend.diagnostics.iter().cloned());
        self.overlay(name, &faults, loaded).await;
        let Some(plan) = &frontend.plan else { return false };
        let Some(bundle) = bundle(loaded, name, plan, true) else { return false };
        let same = !self.refused.remove(name)
            && self.running.get(name).is_some_and(|(settings, running)| {
                *settings == bundle.settings && *running == *plan
            });
        if same {
            return false;
        }
        self.running.insert(name.to_owned(), (bundle.settings.clone(), Arc::clone(plan)));
        self.supervisor.order(name, Order::Run(Box::new(bundle), None)).await;
        true
    }

    /// Ends the backend of a frontend that is no more.
    fn end(&mut self, name: &str) {
        self.supervisor.end(name);
        self.running.remove(name);
        self.overlays.remove(name);
        self.failures.remove(name);
        self.refused.remove(name);
        self.terminal.note(&format!("{name}: its folder is gone, and its backend ends"));
    }

    /// Shows a frontend's errors over its open pages, or takes them away; no other frontend's.
    async fn overlay(&mut self, name: &str, faults: &[Diagnostic], loaded: &Loaded) {
        let mut faults = faults.to_vec();
        faults.retain(|d| d.severity == Severity::Error && concerns(d, name, &loaded.sources));
        let overlay = (!faults.is_empty()).then(|| render(&faults, &loaded.sources, false));
        if self.overlays.get(name) != overlay.as_ref() {
            match &overlay {
                Some(text) => self.overlays.insert(name.to_owned(), text.clone()),
                None => self.overlays.remove(name),
            };
            self.supervisor.order(name, Order::Overlay(overlay)).await;
        }
    }

    fn show(&mut self, event: Event) {
        if let Event::Said { frontend, event } = &event {
            match event {
                // It is tried again and again; its reason is said once.
                FromBackend::Failed { message, .. } => {
                    self.refused.insert(frontend.clone());
                    let before = self.failures.insert(frontend.clone(), message.clone());
                    if before.as_ref() == Some(message) {
                        return;
                    }
                }
                _ => {
                    self.failures.remove(frontend);
                }
            }
        }
        match event {
            Event::Said { frontend, event: FromBackend::Listening { address, admin } }
                if !self.global.json =>
            {
                let admin = admin.map(|a| format!("   admin http://{a}")).unwrap_or_default();
                let page = self.terminal.paint(Tone::Strong, &format!("http://{address}/"));
                self.terminal
                    .note(&format!("{frontend}: {page}{}", self.terminal.paint(Tone::Dim, &admin)));
            }
            Event::Said { event: FromBackend::Swapped, .. } | Event::Started { .. } => {}
            Event::Said { frontend, event } => {
                report(self.global, self.terminal, &frontend, &event);
            }
            Event::Died { frontend, how, again_in } => {
                // What it was given last may have ended it.
                self.refused.insert(frontend.clone());
                self.terminal.error(&format!(
                    "{} {how}; starting it again in {} ms",
                    self.terminal.paint(Tone::Bad, &format!("{frontend}: the backend")),
                    again_in.as_millis()
                ));
            }
        }
    }

    /// Modules, contracts and configuration; a page's files only need a reload.
    fn needs_compiling(&self, path: &Path) -> bool {
        // What was refused may have lacked a page's folder.
        !self.refused.is_empty()
            || !self.running.keys().any(|frontend| self.is_page_of(frontend, path))
    }

    fn is_page_of(&self, frontend: &str, path: &Path) -> bool {
        let Some((settings, _)) = self.running.get(frontend) else { return false };
        let Some(folder) = &settings.static_dir else { return false };
        let root = std::path::absolute(&self.root).unwrap_or_else(|_| self.root.clone());
        folder.strip_prefix(root).is_ok_and(|folder| path.starts_with(folder))
    }
}

/// Waits for the upstreams side by side and says when they are there.
fn probe(loaded: &Loaded, terminal: &Terminal) -> tokio::task::JoinHandle<()> {
    let mut waiting: Vec<(String, String)> = Vec::new();
    for upstream in &loaded.config.upstreams {
        for url in &upstream.urls {
            let Ok(url) = url.value.resolve() else { continue };
            if let Ok(address) = frontage_server::Address::parse(&url) {
                let host = format!("{}:{}", address.host, address.port);
                waiting.push((upstream.name.value.clone(), host));
            }
        }
    }
    let terminal = terminal.clone();
    tokio::spawn(async move {
        let began = Instant::now();
        let mut reminded = Instant::now();
        while !waiting.is_empty() && began.elapsed() < PATIENCE {
            let mut still = Vec::new();
            for (name, host) in waiting {
                let address = host.to_socket_addrs().ok().and_then(|mut a| a.next());
                let there = match address {
                    Some(address) => {
                        let connect = tokio::net::TcpStream::connect(address);
                        matches!(tokio::time::timeout(PROBE, connect).await, Ok(Ok(_)))
                    }
                    None => false,
                };
                if there {
                    terminal.note(&format!("upstream {name} is up at {host}"));
                } else {
                    still.push((name, host));
                }
            }
            waiting = still;
            if !waiting.is_empty() && reminded.elapsed() >= REMIND {
                reminded = Instant::now();
                let names: Vec<&str> = waiting.iter().map(|(name, _)| name.as_str()).collect();
                terminal.note(&terminal.paint(
                    Tone::Dim,
                    &format!("waiting for {} ({} s)", names.join(", "), began.elapsed().as_secs()),
                ));
            }
            if !waiting.is_empty() {
                tokio::time::sleep(PROBE).await;
            }
        }
        for (name, host) in waiting {
            terminal.error(&format!("upstream {name} does not answer at {host}; its calls fail"));
        }
    })
}
