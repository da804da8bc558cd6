//! A copy of the checkout's files, in which rules may be broken.

use std::path::{Path, PathBuf};

use crate::step::command;

/// Copies every file that git knows or would add; gives the copy's folder.
///
/// # Errors
///
/// If git does not answer or a file cannot be copied.
pub(super) fn tree(root: &Path) -> Result<PathBuf, String> {
    let tree = root.join("target/mutants");
    if tree.exists() {
        std::fs::remove_dir_all(&tree).map_err(|e| format!("{}: {e}", tree.display()))?;
    }
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let listed =
        command(root, "git", &arguments).output().map_err(|e| format!("cannot start git: {e}"))?;
    let text = String::from_utf8_lossy(&listed.stdout);
    for path in text.split('\0').filter(|path| !path.is_empty() && root.join(path).is_file()) {
        let target = tree.join(path);
        let copied = std::fs::create_dir_all(target.parent().unwrap_or(&tree))
            .and_then(|()| std::fs::copy(root.join(path), &target));
        copied.map_err(|e| format!("{path}: {e}"))?;
    }
    rename(&tree)?;
    let modules = tree.join("node_modules");
    std::os::unix::fs::symlink(root.join("node_modules"), &modules)
        .map_err(|e| format!("{}: {e}", modules.display()))?;
    Ok(tree)
}

/// Gives the copy's crates a version of their own. Cargo knows crates of a workspace by name and
/// version, not by their folder: without it, what is built of the copy would pass for the checkout's.
fn rename(tree: &Path) -> Result<(), String> {
    let path = tree.join("Cargo.toml");
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let own = text.lines().find(|line| line.starts_with("version = "));
    let own = own.ok_or("Cargo.toml: the workspace has no version")?;
    let named = text.replacen(own, "version = \"9999.0.0\"", 1);
    std::fs::write(&path, named).map_err(|e| format!("{}: {e}", path.display()))
}
