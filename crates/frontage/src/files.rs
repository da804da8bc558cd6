//! Texts of the workspace's files: each is read once, and again when it may have changed.
//!
//! In:    paths relative to the workspace.
//! Out:   their texts; or that a file is still what it was when it was read last.
//! Never: a file outside the workspace; a symbolic link followed out of it; a time of change that is
//!        too young to tell.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Largest file that is read, in bytes; the largest contracts known have 13 MB.
const MAX_FILE: u64 = 256 << 20;

/// What was changed so shortly before it was read may change again at what is, by the clock of its
/// file system, the same time.
const YOUNG: Duration = Duration::from_millis(100);

/// What tells whether a file is what it was: which one, its size, and when it was last changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    device: u64,
    node: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    /// Of a regular file, if one is there.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let known = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        Some(Self {
            device: known.dev(),
            node: known.ino(),
            size: known.size(),
            modified: (known.mtime(), known.mtime_nsec()),
            changed: (known.ctime(), known.ctime_nsec()),
        })
    }

    /// Whether every change after `now` will show in it.
    fn is_settled(&self, now: SystemTime) -> bool {
        let (seconds, nanoseconds) = self.modified.max(self.changed);
        let (Ok(seconds), Ok(nanoseconds)) = (u64::try_from(seconds), u32::try_from(nanoseconds))
        else {
            return false;
        };
        let last = SystemTime::UNIX_EPOCH + Duration::new(seconds, nanoseconds);
        now.duration_since(last).is_ok_and(|age| age > YOUNG)
    }
}

/// The files that were read, by their paths; those that had changed shortly before are not there.
pub(crate) type Stamps = HashMap<String, Stamp>;

/// Reads the files of one workspace.
pub(crate) struct Files<'b> {
    root: PathBuf,
    real_root: Result<PathBuf, String>,
    /// What was read last.
    before: Option<&'b Stamps>,
    stamps: Stamps,
    clock: fn() -> SystemTime,
}

impl<'b> Files<'b> {
    /// Of the workspace in `root`.
    pub(crate) fn new(root: &Path, before: Option<&'b Stamps>) -> Self {
        let real_root = root.canonicalize().map_err(|error| reason(&error));
        let (root, stamps) = (root.to_owned(), Stamps::new());
        Self { root, real_root, before, stamps, clock: SystemTime::now }
    }

    /// Reads `path`, which must stay inside the workspace. What begins with `node_modules/` may also
    /// lie in that folder beside or above it, as Node looks for packages.
    ///
    /// # Errors
    ///
    /// Why it cannot be read.
    pub(crate) fn read(&mut self, path: &str) -> Result<String, String> {
        let real = self.locate(path)?;
        let (now, stamp) = ((self.clock)(), Stamp::of(&real));
        let bytes = read_file(&real)?;
        let text = String::from_utf8(bytes)
            .map_err(|e| format!("is not UTF-8 text (byte {})", e.utf8_error().valid_up_to()))?;
        match stamp.filter(|stamp| stamp.is_settled(now)) {
            Some(stamp) => self.stamps.insert(path.to_owned(), stamp),
            None => self.stamps.remove(path),
        };
        Ok(text)
    }

    /// Whether a file is what it was when it was read last.
    pub(crate) fn is_unchanged(&mut self, path: &str) -> bool {
        let Some(stamp) = self.before.and_then(|before| before.get(path)) else { return false };
        // What lies elsewhere now is another file, or the one that was inside before.
        let at = match path.starts_with("node_modules/") {
            true => self.locate(path).ok(),
            false => Some(self.root.join(path)),
        };
        let same = at.and_then(|at| Stamp::of(&at)).is_some_and(|now| now == *stamp);
        if same {
            self.stamps.insert(path.to_owned(), stamp.clone());
        }
        same
    }

    /// What to look at the next time.
    pub(crate) fn into_stamps(self) -> Stamps {
        self.stamps
    }

    fn locate(&self, path: &str) -> Result<PathBuf, String> {
        let relative = Path::new(path);
        if !relative.components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir)) {
            return Err("lies outside the workspace".into());
        }
        let mut real_root = self.real_root.as_deref().map_err(Clone::clone)?;
        if relative.starts_with("node_modules") {
            let holder = real_root.ancestors().find(|folder| folder.join(relative).exists());
            real_root = holder.unwrap_or(real_root);
        }
        let real = real_root.join(relative).canonicalize().map_err(|e| reason(&e))?;
        match real.starts_with(real_root) {
            true => Ok(real),
            false => Err("a link leads outside the workspace".into()),
        }
    }
}

/// All bytes of a regular file: a pipe would never end, or never begin.
fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    let known = std::fs::metadata(path).map_err(|e| reason(&e))?;
    if known.is_dir() {
        return Err("is a folder".into());
    }
    if !known.is_file() {
        return Err("is no regular file".into());
    }
    if known.len() > MAX_FILE {
        return Err(format!("is larger than {} MiB", MAX_FILE >> 20));
    }
    std::fs::read(path).map_err(|e| reason(&e))
}

fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file".into(),
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn later() -> SystemTime {
        SystemTime::now() + Duration::from_secs(3600)
    }

    fn stamps_of(root: &Path, path: &str, clock: fn() -> SystemTime) -> Stamps {
        let mut files = Files { clock, ..Files::new(root, None) };
        files.read(path).expect("a text");
        files.into_stamps()
    }

    fn is_unchanged(root: &Path, path: &str, before: &Stamps) -> bool {
        Files::new(root, Some(before)).is_unchanged(path)
    }

    #[test]
    fn a_file_is_unchanged_until_anything_of_it_is_another() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        std::fs::create_dir(root.join("v1")).expect("a folder");
        std::fs::create_dir(root.join("v2")).expect("a folder");
        std::fs::write(root.join("v1/a.ts"), "1").expect("a file");
        std::fs::write(root.join("v2/a.ts"), "2").expect("a file");
        std::os::unix::fs::symlink("v1", root.join("current")).expect("a link");
        for path in ["v1/a.ts", "current/a.ts"] {
            let stamps = stamps_of(root, path, later);
            assert!(is_unchanged(root, path, &stamps), "{path}");
            let mut files = Files::new(root, Some(&stamps));
            assert!(files.is_unchanged(path));
            assert!(is_unchanged(root, path, &files.into_stamps()), "{path}: once more");
            assert!(!is_unchanged(root, "v2/a.ts", &stamps), "it was not read");
        }

        // The same size, and the same time of change as far as a program can set it.
        let stamps = stamps_of(root, "v1/a.ts", later);
        let file = std::fs::File::options().write(true).open(root.join("v1/a.ts")).expect("a file");
        let modified = file.metadata().and_then(|known| known.modified()).expect("a time");
        std::fs::write(root.join("v1/a.ts"), "3").expect("a file");
        file.set_modified(modified).expect("a time");
        assert!(!is_unchanged(root, "v1/a.ts", &stamps));

        // A folder on the way leads elsewhere.
        let stamps = stamps_of(root, "current/a.ts", later);
        std::fs::remove_file(root.join("current")).expect("no link");
        std::os::unix::fs::symlink("v2", root.join("current")).expect("a link");
        assert!(!is_unchanged(root, "current/a.ts", &stamps));

        let stamps = stamps_of(root, "v1/a.ts", later);
        std::fs::remove_file(root.join("v1/a.ts")).expect("no file");
        assert!(!is_unchanged(root, "v1/a.ts", &stamps));
    }

    #[test]
    fn what_was_changed_shortly_before_it_was_read_is_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("a.ts"), "1").expect("a file");
        assert!(stamps_of(folder.path(), "a.ts", SystemTime::now).is_empty());
        assert!(!stamps_of(folder.path(), "a.ts", later).is_empty());
    }

    #[test]
    fn what_lies_outside_is_not_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("workspace");
        std::fs::create_dir(&root).expect("a folder");
        std::fs::write(folder.path().join("secret"), "1").expect("a file");
        std::os::unix::fs::symlink("../secret", root.join("link")).expect("a link");
        for path in ["../secret", "link", "/etc/passwd"] {
            assert!(Files::new(&root, None).read(path).is_err(), "{path}");
        }
    }
}
