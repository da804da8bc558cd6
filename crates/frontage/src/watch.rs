//! Watching a workspace's folders.
//!
//! In:    the workspace's folder and the places of its contracts.
//! Out:   batches of changed paths, once a burst of changes has calmed down; whether only texts have
//!        changed.
//! Never: what Frontage or package managers write: `.frontage`, `node_modules`, dot files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use frontage_diagnostic::Diagnostic;
use notify::event::ModifyKind;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use crate::codes;
use crate::workspace::Names;

/// A burst ends when nothing changed for so long.
const CALM: Duration = Duration::from_millis(10);
/// A burst that does not calm down is handed on after so long.
const PATIENCE: Duration = Duration::from_millis(400);

/// A watch on a workspace; ends when dropped.
#[derive(Debug)]
pub(crate) struct Watch {
    watcher: RecommendedWatcher,
    changes: mpsc::Receiver<(PathBuf, Names)>,
    root: PathBuf,
    watched: BTreeSet<PathBuf>,
    /// Changes that nobody has been told of yet.
    burst: BTreeSet<PathBuf>,
    /// Of those: files may have come, gone or changed their names.
    names: Names,
    /// There were more changes than the queue holds.
    lost: Arc<AtomicBool>,
}

/// Changes that came shortly after one another.
#[derive(Debug)]
pub(crate) struct Burst {
    /// What has changed, relative to the workspace.
    pub(crate) paths: BTreeSet<PathBuf>,
    /// Whether files may have come, gone or changed their names.
    pub(crate) names: Names,
}

impl Watch {
    /// Watches `root`'s own files, `frontends/`, `shared/` and the folders of `contracts`.
    ///
    /// # Errors
    ///
    /// If the system refuses, as when its watches are used up.
    pub(crate) fn new(root: &Path) -> Result<Self, Diagnostic> {
        let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let (sender, changes) = mpsc::channel(1024);
        let ignored_below = root.clone();
        let lost = Arc::new(AtomicBool::new(false));
        let is_lost = Arc::clone(&lost);
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let Ok(event) = event else { return };
            if matches!(event.kind, EventKind::Access(_)) {
                return;
            }
            if event.need_rescan() {
                is_lost.store(true, Ordering::Release);
                let _ = sender.try_send((ignored_below.clone(), Names::MayDiffer));
            }
            let is_text = matches!(event.kind, EventKind::Modify(ModifyKind::Data(_)));
            for path in event.paths {
                // Settings may say that other files count.
                let is_module = path.extension().is_some_and(|ending| ending == "ts");
                let names = if is_text && is_module { Names::AsBefore } else { Names::MayDiffer };
                if !ignored(&path, &ignored_below) && sender.try_send((path, names)).is_err() {
                    is_lost.store(true, Ordering::Release);
                }
            }
        })
        .map_err(|e| refused(&e))?;
        let (watched, burst) = (BTreeSet::new(), BTreeSet::new());
        let names = Names::AsBefore;
        let mut watch = Self { watcher, changes, root: root.clone(), watched, burst, names, lost };
        watch.add(&root, RecursiveMode::NonRecursive)?;
        Ok(watch)
    }

    /// Watches what a new state of the workspace has beyond the old one.
    ///
    /// - `contracts`: paths relative to the workspace.
    ///
    /// # Errors
    ///
    /// As [`Watch::new`].
    pub(crate) fn follow<'p>(
        &mut self,
        contracts: impl Iterator<Item = &'p str>,
    ) -> Result<(), Diagnostic> {
        let root = self.root.clone();
        // A folder that went away is another one when it comes back.
        self.watched.retain(|folder| folder.is_dir());
        let before = self.watched.len();
        for folder in ["frontends", "shared"] {
            self.add(&root.join(folder), RecursiveMode::Recursive)?;
        }
        for contract in contracts {
            if let Some(folder) = root.join(contract).parent()
                && folder != root
            {
                self.add(folder, RecursiveMode::Recursive)?;
            }
        }
        if self.watched.len() > before && before > 1 {
            // What came into a new folder before it was watched nobody was told of.
            self.note((root, Names::MayDiffer));
        }
        Ok(())
    }

    fn add(&mut self, folder: &Path, mode: RecursiveMode) -> Result<(), Diagnostic> {
        if folder.is_dir() && self.watched.insert(folder.to_owned()) {
            self.watcher.watch(folder, mode).map_err(|e| refused(&e))?;
        }
        Ok(())
    }

    /// Waits for the next burst of changes.
    ///
    /// Dropping the future loses nothing: what came so far belongs to the next burst.
    pub(crate) async fn next(&mut self) -> Burst {
        if self.burst.is_empty() {
            let Some(first) = self.changes.recv().await else {
                return std::future::pending().await;
            };
            self.note(first);
        }
        let end = Instant::now() + PATIENCE;
        while let Ok(Some(path)) =
            timeout_at((Instant::now() + CALM).min(end), self.changes.recv()).await
        {
            self.note(path);
        }
        if self.lost.swap(false, Ordering::Acquire) {
            // Whatever they were.
            self.note((self.root.clone(), Names::MayDiffer));
        }
        let names = std::mem::replace(&mut self.names, Names::AsBefore);
        Burst { paths: std::mem::take(&mut self.burst), names }
    }

    fn note(&mut self, (path, names): (PathBuf, Names)) {
        if names == Names::MayDiffer {
            self.names = names;
        }
        self.burst.insert(path.strip_prefix(&self.root).map(Path::to_owned).unwrap_or(path));
    }
}

fn ignored(path: &Path, root: &Path) -> bool {
    let inside = path.strip_prefix(root).unwrap_or(path);
    inside.components().any(|part| {
        let name = part.as_os_str().to_string_lossy();
        name.starts_with('.') || name == "node_modules" || name == "target" || name.ends_with('~')
    })
}

fn refused(error: &notify::Error) -> Diagnostic {
    Diagnostic::placeless(codes::UNREADABLE, format!("the workspace cannot be watched: {error}"))
        .help("raise the system's limit of watches (`fs.inotify.max_user_watches`), or use `frontage serve`")
}
