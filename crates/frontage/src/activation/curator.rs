//! Who decides which releases one frontend serves.
//!
//! In:    releases, from files that are watched and from people; what is remembered.
//! Out:   bundles for the backend's process; what is served from now on, remembered once the backend
//!        serves it.
//! Never: a release that is served remembered before its backend took it; one frontend waiting for
//!        another.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use frontage_diagnostic::Diagnostic;
use frontage_server::Engine;
use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;

use super::command::{Activated, Asked, Command, Curated, Listed};
use crate::codes;
use crate::config::{Choose, Deprecated};
use crate::files::Stamp;
use crate::process::{Bundle, Order, Source, Used};
use crate::release::{Release, State, Store, read};
use crate::settings::BackendSettings;

/// How often a file is looked at.
const WATCH: Duration = Duration::from_millis(500);
/// How long a backend may take to serve what it was given.
const PATIENCE: Duration = Duration::from_secs(60);

/// A release that is served or was.
#[derive(Debug, Clone)]
struct Known {
    digest: String,
    version: String,
    settings: BackendSettings,
}

impl Known {
    fn of(release: &Release) -> Self {
        let Release { manifest, content, digest, .. } = release;
        let (digest, version) = (digest.clone(), manifest.version.clone());
        Self { digest, version, settings: content.settings.clone() }
    }
}

/// Decides for one frontend.
#[derive(Debug)]
pub(crate) struct Curator {
    frontend: String,
    store: Arc<Store>,
    orders: mpsc::Sender<Order>,
    /// The newest first; empty until the first is taken up.
    served: Vec<Known>,
    state: State,
    /// What was read of releases that are there.
    read: BTreeMap<String, Known>,
}

fn refused(message: String) -> Diagnostic {
    Diagnostic::placeless(codes::RELEASE_REFUSED, message)
}

impl Curator {
    /// Decides for a frontend from now on.
    ///
    /// - `orders`: to the backend's process.
    pub(crate) fn new(frontend: &str, store: Arc<Store>, orders: mpsc::Sender<Order>) -> Self {
        let (frontend, served) = (frontend.to_owned(), Vec::new());
        let (state, read) = (store.state(&frontend), BTreeMap::new());
        Self { state, frontend, store, orders, served, read }
    }

    /// Serves again what was served last, or what can be served of it.
    ///
    /// - Result: what cannot be, and why.
    async fn resume(&mut self) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        let mut found = Vec::new();
        for digest in self.state.served.clone() {
            match self.known(&digest).await {
                Ok(known) => found.push(known),
                Err(fault) => faults.push(fault),
            }
        }
        for digest in self.state.history.clone() {
            if !found.is_empty() {
                break;
            }
            match self.known(&digest).await {
                Ok(known) => found.push(known),
                Err(fault) => faults.push(fault),
            }
        }
        if !found.is_empty() {
            let _ = self.orders.send(Order::Run(Box::new(self.bundle(&found)), None)).await;
            self.served = found;
        }
        faults
    }

    /// Serves what was served last, then what replaces a file, and what people ask for.
    ///
    /// - `watched`: the file.
    /// - `asked`: what people ask for; it ends when nobody can any more.
    /// - `decided`: told whether there is anything to serve, once that is known.
    pub(crate) async fn curate(
        mut self,
        watched: Option<PathBuf>,
        mut asked: mpsc::Receiver<Asked>,
        decided: mpsc::Sender<bool>,
    ) {
        for fault in self.resume().await {
            self.tell_fault(&fault);
        }
        // As it was when it was looked at last, and when it was read last.
        let (mut last, mut done) = (None, None);
        if let Some(file) = &watched {
            last = Stamp::of(file);
            done.clone_from(&last);
            self.look(file).await;
        }
        let _ = decided.send(!self.served.is_empty()).await;
        drop(decided);
        let mut watch = tokio::time::interval(WATCH);
        watch.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                command = asked.recv() => {
                    let Some((command, sender)) = command else { return };
                    let result = self.obey(command).await;
                    // Whoever went away can look at the list.
                    let _ = sender.send(result);
                }
                _ = watch.tick(), if watched.is_some() => {
                    let Some(file) = &watched else { continue };
                    let now = Stamp::of(file);
                    // What is being written is left alone until it rests.
                    let rests = now == last;
                    last.clone_from(&now);
                    if now.is_some() && rests && now != done {
                        done = now;
                        self.look(file).await;
                    }
                }
            }
        }
    }

    /// Takes up what a watched file holds, if that is new.
    async fn look(&mut self, file: &Path) {
        match self.activate(file, true).await {
            Ok(Some(activated)) => self.tell(&activated),
            Ok(None) => {}
            Err(fault) => self.tell_fault(&fault),
        }
    }

    async fn obey(&mut self, command: Command) -> Result<Curated, Diagnostic> {
        let activated = match command {
            Command::List { .. } => return Ok(Curated::List { releases: self.list().await }),
            Command::Activate { file } => match self.activate(&file, false).await? {
                Some(activated) => activated,
                None => return Err(self.nothing()),
            },
            Command::Rollback { version, .. } => self.roll_back(version.as_deref()).await?,
            Command::Retire { version, .. } => self.retire(&version).await?,
        };
        self.tell(&activated);
        Ok(Curated::Changed(activated))
    }

    fn tell(&self, activated: &Activated) {
        let Activated { frontend, version, digest, before, .. } = activated;
        let before = before.as_deref().unwrap_or_default();
        tracing::info!(frontend, version, digest, before, "a release is served");
    }

    fn tell_fault(&self, fault: &Diagnostic) {
        let (frontend, help) = (&*self.frontend, fault.help.as_deref());
        tracing::error!(frontend, help, "{}", fault.message);
    }

    /// Makes the release in a file the newest.
    ///
    /// - `watched`: the file is one that is watched: nothing happens if the release was found in it
    ///   before.
    ///
    /// # Errors
    ///
    /// Why it is not served; then everything is as before.
    async fn activate(
        &mut self,
        file: &Path,
        watched: bool,
    ) -> Result<Option<Activated>, Diagnostic> {
        let (path, store, frontend) =
            (file.to_owned(), Arc::clone(&self.store), self.frontend.clone());
        let key = file.to_string_lossy().into_owned();
        let seen = self.state.seen.get(&key).filter(|_| watched).cloned();
        let known = blocking(move || {
            let release = read(&path)?;
            if release.manifest.frontend != frontend {
                let other = &release.manifest.frontend;
                let message = format!(
                    "`{}` is a release of `{other}`, and not of `{frontend}`",
                    path.display()
                );
                return Err(refused(message).help(format!("build it: `frontage build {frontend}`")));
            }
            if seen.is_some_and(|seen| seen == release.digest) {
                return Ok(None);
            }
            // What cannot run is not kept.
            Engine::new(Arc::clone(&release.content.plan))
                .map_err(|error| refused(format!("`{}`: {error}", path.display())))?;
            store.put(&release)?;
            Ok(Some(Known::of(&release)))
        })
        .await?;
        let Some(known) = known else { return Ok(None) };
        let mut state = self.state.clone();
        if watched {
            state.seen.insert(key, known.digest.clone());
        }
        self.change(known, state, &[]).await.map(Some)
    }

    /// Makes an earlier release the newest again.
    ///
    /// - `version`: of the release; of the one before the newest without it.
    ///
    /// # Errors
    ///
    /// If there is none, or its backend does not take it.
    async fn roll_back(&mut self, version: Option<&str>) -> Result<Activated, Diagnostic> {
        let Some(newest) = self.served.first().cloned() else { return Err(self.nothing()) };
        let beside = self.served[1..].iter().map(|known| known.digest.clone());
        let earlier: Vec<String> = match version {
            None => self.state.history.clone(),
            Some(_) => self.state.history.iter().cloned().chain(beside).collect(),
        };
        let mut seen = Vec::new();
        for digest in earlier {
            let Ok(known) = self.known(&digest).await else { continue };
            if version.is_none_or(|version| version == known.version) {
                let state = self.state.clone();
                // What was left is not served to those that choose it either, nor rolled back to.
                let mut activated = self.change(known, state, &[&newest.digest]).await?;
                activated.before = Some(newest.version);
                return Ok(activated);
            }
            seen.push(known.version);
        }
        let what = version.map_or("an earlier release".to_owned(), |v| format!("release `{v}`"));
        let fault = refused(format!("`{}` has no {what} to roll back to", self.frontend));
        Err(if seen.is_empty() {
            fault.help("activate a file: `frontage release activate FILE`")
        } else {
            fault.help(format!("there are: {}", seen.join(", ")))
        })
    }

    /// No longer serves a release beside the newest.
    ///
    /// # Errors
    ///
    /// If it is the newest, or not served.
    async fn retire(&mut self, version: &str) -> Result<Activated, Diagnostic> {
        let Some(newest) = self.served.first().cloned() else { return Err(self.nothing()) };
        if newest.version == version {
            let fault =
                refused(format!("`{version}` is the newest release of `{}`", self.frontend));
            return Err(fault.help("activate another first, or roll back"));
        }
        let Some(gone) = self.served.iter().find(|known| known.version == version).cloned() else {
            let served: Vec<&str> = self.served.iter().map(|known| &*known.version).collect();
            let fault = refused(format!("`{}` does not serve `{version}`", self.frontend));
            return Err(fault.help(format!("it serves: {}", served.join(", "))));
        };
        let state = self.state.clone();
        self.change(newest, state, &[&gone.digest]).await
    }

    /// What is served and kept.
    async fn list(&mut self) -> Vec<Listed> {
        let mut kept = Vec::new();
        for digest in self.state.history.clone() {
            if !self.served.iter().any(|known| known.digest == digest) {
                kept.extend(self.known(&digest).await);
            }
        }
        let (sender, used) = oneshot::channel();
        let asked = self.orders.send(Order::Use(sender)).await;
        let used = match asked {
            Ok(()) => tokio::time::timeout(PATIENCE, used).await.ok().and_then(Result::ok),
            Err(_) => None,
        };
        let used: BTreeMap<String, Used> =
            used.unwrap_or_default().into_iter().map(|used| (used.version.clone(), used)).collect();
        let deprecated: &[Deprecated] =
            self.served.first().map_or(&[], |newest| &newest.settings.releases.deprecated);
        let listed = |known: &Known, state: &str| {
            // The backend says which of those beside the newest it cannot serve.
            let failed = state == SERVED && !used.is_empty() && !used.contains_key(&known.version);
            let state = if failed { FAILED } else { state };
            let used = used.get(&known.version).filter(|_| state != KEPT);
            let notice = deprecated.iter().find(|own| own.version == known.version);
            Listed {
                frontend: self.frontend.clone(),
                version: known.version.clone(),
                digest: known.digest.clone(),
                state: state.to_owned(),
                requests: used.map(|used| used.requests),
                idle_ms: used.and_then(|used| used.idle_ms),
                deprecated: notice.and_then(|notice| notice.since),
                sunset: notice.and_then(|notice| notice.sunset),
            }
        };
        let mut out: Vec<Listed> = self
            .served
            .iter()
            .enumerate()
            .map(|(place, known)| listed(known, if place == 0 { NEWEST } else { SERVED }))
            .collect();
        out.extend(kept.iter().map(|known| listed(known, KEPT)));
        out
    }

    /// What there is to know of a release in stock.
    async fn known(&mut self, digest: &str) -> Result<Known, Diagnostic> {
        if let Some(known) = self.read.get(digest) {
            return Ok(known.clone());
        }
        let (store, frontend) = (Arc::clone(&self.store), self.frontend.clone());
        let name = digest.to_owned();
        let known = blocking(move || Ok(Known::of(&store.get(&frontend, &name)?))).await?;
        self.read.insert(digest.to_owned(), known.clone());
        Ok(known)
    }

    /// Serves `newest` and whatever may be served beside it, and remembers that.
    ///
    /// - `state`: what is remembered so far.
    /// - `without`: digests of those that are not to be served any longer.
    async fn change(
        &mut self,
        newest: Known,
        mut state: State,
        without: &[&str],
    ) -> Result<Activated, Diagnostic> {
        let before = self.served.first().map(|known| known.version.clone());
        let releases = &newest.settings.releases;
        let room = match releases.choose {
            Choose::Newest => 0,
            Choose::Header { .. } | Choose::Prefix => releases.keep.saturating_sub(1) as usize,
        };
        let beside = self
            .served
            .iter()
            .filter(|known| known.version != newest.version && !without.contains(&&*known.digest));
        let mut after: Vec<Known> = beside.take(room).cloned().collect();
        after.insert(0, newest);
        let (sender, taken) = oneshot::channel();
        let order = Order::Run(Box::new(self.bundle(&after)), Some(sender));
        let gone = || {
            Diagnostic::placeless(codes::CANNOT_START, format!("`{}` is stopping", self.frontend))
        };
        self.orders.send(order).await.map_err(|_| gone())?;
        match tokio::time::timeout(PATIENCE, taken).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(fault))) => return Err(fault),
            Ok(Err(_)) => return Err(gone()),
            Err(_) => {
                if !self.served.is_empty() {
                    // Should it be taken after all, what was served follows it.
                    let back = Order::Run(Box::new(self.bundle(&self.served)), None);
                    let _ = self.orders.send(back).await;
                }
                let message = format!("the backend of `{}` does not answer", self.frontend);
                return Err(Diagnostic::placeless(codes::CANNOT_START, message));
            }
        }
        let digests: Vec<String> = after.iter().map(|known| known.digest.clone()).collect();
        state.activate(&digests[0], digests[1..].to_vec());
        state.history.retain(|own| !without.contains(&&**own));
        let version = after[0].version.clone();
        let activated = Activated {
            frontend: self.frontend.clone(),
            before: before.filter(|before| *before != version),
            version,
            digest: digests[0].clone(),
            beside: after[1..].iter().map(|known| known.version.clone()).collect(),
        };
        self.served = after;
        self.state = state;
        let (store, frontend, state) =
            (Arc::clone(&self.store), self.frontend.clone(), self.state.clone());
        let kept = &self.state;
        self.read.retain(|own, _| kept.served.contains(own) || kept.history.contains(own));
        self.read.extend(self.served.iter().map(|known| (known.digest.clone(), known.clone())));
        let kept = blocking(move || store.keep(&frontend, &state)).await;
        kept.map(|()| activated).map_err(|fault| {
            let Diagnostic { message, .. } = &fault;
            let version = &self.served[0].version;
            let message = format!("{version} is served until the next start only: {message}");
            Diagnostic { message, ..fault }
        })
    }

    fn bundle(&self, served: &[Known]) -> Bundle {
        let folder = |known: &Known| self.store.folder(&self.frontend, &known.digest);
        Bundle {
            settings: served[0].settings.clone(),
            plan: Source::Stored(folder(&served[0])),
            older: served[1..].iter().map(folder).collect::<Vec<PathBuf>>(),
        }
    }

    fn nothing(&self) -> Diagnostic {
        refused(format!("`{}` serves no release", self.frontend))
            .help("activate a file: `frontage release activate FILE`")
    }
}

/// The states of a listed release.
const NEWEST: &str = "newest";
const SERVED: &str = "served";
const FAILED: &str = "failed";
const KEPT: &str = "kept";

/// Work with files, away from what waits.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Diagnostic> + Send + 'static,
) -> Result<T, Diagnostic> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|ended| {
        Err(Diagnostic::placeless(codes::CANNOT_START, format!("a task ended: {ended}")))
    })
}
