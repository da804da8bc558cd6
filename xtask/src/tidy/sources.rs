//! The checkout's text files, read once.

use std::path::Path;
use std::process::Command;

/// A tracked or new text file.
pub(super) struct File {
    /// Path relative to the checkout.
    pub(super) path: String,
    /// Its text.
    pub(super) text: String,
}

/// All of them.
pub(super) struct Sources {
    /// Sorted by path.
    pub(super) files: Vec<File>,
}

impl Sources {
    pub(super) fn read(root: &Path) -> Result<Self, String> {
        let listed = Command::new("git")
            .current_dir(root)
            .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
            .output()
            .map_err(|e| format!("git: {e}"))?;
        let names = String::from_utf8_lossy(&listed.stdout).into_owned();
        let mut files: Vec<File> = names
            .split('\0')
            .filter(|path| !path.is_empty())
            .filter_map(|path| {
                let text = std::fs::read_to_string(root.join(path)).ok()?;
                Some(File { path: path.to_owned(), text })
            })
            .collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        Ok(Self { files })
    }

    /// Rust files below the crates and this task runner.
    pub(super) fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.path.ends_with(".rs"))
    }
}
