//! The releases that a supervisor has, and which of them each frontend serves.
//!
//! In:    releases as files; what is served.
//! Out:   a folder for each release that nothing changes any more; after a fall of the machine at
//!        any point, what was served before or what was to be served then.
//! Never: two supervisors with one stock; a release that is half there; a folder served that is not
//!        what its name says.
//!
//! Below the folder: `admin/` with the socket, `lock`, and for each frontend `NAME/state.json` and
//! `NAME/DIGEST/` with `release` and `public/`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use frontage_diagnostic::Diagnostic;
use serde::{Deserialize, Serialize};

use super::format::{LARGEST, Release};
use crate::codes;

/// How many releases of one frontend are kept beside those that are served.
const REMEMBERED: usize = 20;

/// Which releases of one frontend are served, and which were.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    /// Digests of those that are served, the newest first.
    pub(crate) served: Vec<String>,
    /// Digests of those that were the newest before, the last first.
    pub(crate) history: Vec<String>,
    /// The digest that was last found in each file that is watched.
    pub(crate) seen: BTreeMap<String, String>,
}

/// A supervisor's stock of releases.
#[derive(Debug)]
pub(crate) struct Store {
    root: PathBuf,
    /// Held for as long as the stock is in use.
    _lock: File,
}

fn cannot(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::placeless(codes::CANNOT_WRITE, format!("`{}`: {error}", path.display()))
}

/// Reads a release from a file.
///
/// # Errors
///
/// If there is none that can be used.
pub(crate) fn read(path: &Path) -> Result<Release, Diagnostic> {
    let named = |fault: Diagnostic| Diagnostic {
        message: format!("`{}`: {}", path.display(), fault.message),
        ..fault
    };
    let unreadable = |error: &dyn std::fmt::Display| {
        named(Diagnostic::placeless(codes::UNREADABLE, error.to_string()))
    };
    let known = fs::metadata(path).map_err(|error| unreadable(&error))?;
    if !known.is_file() {
        return Err(unreadable(&"is no regular file"));
    }
    if known.len() > LARGEST {
        return Err(unreadable(&format!("is larger than {} MiB", LARGEST >> 20)));
    }
    let bytes = fs::read(path).map_err(|error| unreadable(&error))?;
    Release::read(bytes).map_err(named)
}

impl Store {
    /// Takes a folder into use; it is made if it is not there.
    ///
    /// # Errors
    ///
    /// If it cannot be written to, or another supervisor uses it.
    pub(crate) fn open(root: &Path) -> Result<Self, Diagnostic> {
        let root = std::path::absolute(root).map_err(|error| cannot(root, &error))?;
        let help = "name a folder that this user may write to: `--state DIR`";
        let lock = fs::DirBuilder::new()
            .recursive(true)
            // What is served may be nobody else's business.
            .mode(0o700)
            .create(&root)
            .and_then(|()| {
                File::options().create(true).append(true).mode(0o600).open(root.join("lock"))
            })
            .map_err(|error| cannot(&root, &error).help(help))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { root, _lock: lock }),
            Err(fs::TryLockError::WouldBlock) => {
                let message = format!("another supervisor uses `{}`", root.display());
                Err(Diagnostic::placeless(codes::CANNOT_START, message)
                    .help("stop it, or give this one a folder of its own: `--state DIR`"))
            }
            Err(fs::TryLockError::Error(error)) => Err(cannot(&root, &error)),
        }
    }

    /// Where it is.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The frontends that it knows something of.
    pub(crate) fn frontends(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(&self.root) else { return Vec::new() };
        let known = entries.flatten().filter(|entry| entry.path().join(STATE).exists());
        let mut names: Vec<String> =
            known.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
    }

    /// A release's folder.
    pub(crate) fn folder(&self, frontend: &str, digest: &str) -> PathBuf {
        self.root.join(frontend).join(digest)
    }

    /// A release, if it is there and whole.
    ///
    /// # Errors
    ///
    /// Why it cannot be used.
    pub(crate) fn get(&self, frontend: &str, digest: &str) -> Result<Release, Diagnostic> {
        get(&self.folder(frontend, digest))
    }

    /// Keeps a release.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub(crate) fn put(&self, release: &Release) -> Result<(), Diagnostic> {
        let folder = self.folder(&release.manifest.frontend, &release.digest);
        if get(&folder).is_ok() {
            return Ok(());
        }
        let draft = folder.with_extension("tmp");
        let written = || -> io::Result<()> {
            for old in [&folder, &draft] {
                match fs::remove_dir_all(old) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
            let public = draft.join(PUBLIC);
            fs::create_dir_all(&public)?;
            for (path, content) in release.files() {
                let path = public.join(path);
                if let Some(parent) = path.parent() {
                    fs::create_dir_all(parent)?;
                }
                write(&path, content)?;
            }
            write(&draft.join(RELEASE), release.bytes())?;
            sync(&draft)?;
            fs::rename(&draft, &folder)?;
            sync(&self.root.join(&release.manifest.frontend))
        };
        written().map_err(|error| cannot(&folder, &error))
    }

    /// What is served of a frontend. Where that cannot be read, every release that is there was
    /// served, the youngest last.
    pub(crate) fn state(&self, frontend: &str) -> State {
        let folder = self.root.join(frontend);
        let text = fs::read(folder.join(STATE));
        let state = match &text {
            Ok(text) => serde_json::from_slice(text).ok(),
            // Nothing has been served yet; what is there was refused.
            Err(error) => (error.kind() == io::ErrorKind::NotFound).then(State::default),
        };
        if let Some(state) = state {
            return state;
        }
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        let mut found: Vec<_> = entries
            .filter(|entry| entry.path().join(RELEASE).is_file())
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                // What was not finished has another name.
                let whole = name.bytes().all(|b| b.is_ascii_hexdigit());
                whole.then(|| (entry.metadata().and_then(|known| known.modified()).ok(), name))
            })
            .collect();
        found.sort();
        let history = found.into_iter().rev().map(|(_, name)| name).collect();
        State { history, ..State::default() }
    }

    /// Remembers what is served of a frontend, and forgets releases that are neither served nor
    /// remembered.
    ///
    /// # Errors
    ///
    /// If it cannot be written; then what was remembered before is.
    pub(crate) fn keep(&self, frontend: &str, state: &State) -> Result<(), Diagnostic> {
        let folder = self.root.join(frontend);
        let path = folder.join(STATE);
        let written = || -> io::Result<()> {
            fs::create_dir_all(&folder)?;
            let draft = path.with_extension("tmp");
            write(&draft, &serde_json::to_vec_pretty(state)?)?;
            fs::rename(&draft, &path)?;
            sync(&folder)
        };
        written().map_err(|error| cannot(&path, &error))?;
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.path().is_dir()) {
            let name = entry.file_name();
            let known = state.served.iter().chain(&state.history).any(|own| **own == *name);
            if !known {
                // Whoever serves a file of it has it open.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        Ok(())
    }
}

impl State {
    /// The release becomes the newest.
    ///
    /// - `older`: digests of those that are served beside it.
    pub(crate) fn activate(&mut self, digest: &str, older: Vec<String>) {
        if let Some(before) = self.served.first().filter(|before| *before != digest) {
            self.history.retain(|own| own != before);
            self.history.insert(0, before.clone());
        }
        self.history.retain(|own| own != digest);
        self.history.truncate(REMEMBERED);
        self.served = older;
        self.served.insert(0, digest.to_owned());
    }
}

/// The file of a release in its folder.
const RELEASE: &str = "release";
/// The folder of the frontend's own files in it.
pub(crate) const PUBLIC: &str = "public";
const STATE: &str = "state.json";

/// The release in a folder of a stock, if it is whole and its name is right.
///
/// # Errors
///
/// Why it cannot be used.
pub(crate) fn get(folder: &Path) -> Result<Release, Diagnostic> {
    let release = read(&folder.join(RELEASE))?;
    if folder.file_name().is_none_or(|name| *name != *release.digest) {
        let message = format!("`{}` holds another release", folder.display());
        return Err(Diagnostic::placeless(codes::RELEASE_REFUSED, message));
    }
    Ok(release)
}

/// Writes a file so that it is there after a fall of the machine.
fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::options().create(true).write(true).truncate(true).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Makes the names in a folder as lasting as its files.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
