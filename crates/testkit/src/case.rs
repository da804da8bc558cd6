//! Cases: one Markdown file each.
//!
//! Fences with a language and a path are files of the workspace; the others say what is asked:
//!
//! - `upstream`: entries `NAME METHOD PATH -> STATUS`, each with a body up to an empty line;
//! - `request`, then `answer`: any number of pairs, in order;
//! - `calls`: what the upstreams were asked since the last answer, in any order;
//! - `node-calls`: the same where Node asks otherwise; it stands behind `calls`;
//! - `diagnostics`: what `frontage check` prints; absent, nothing may be wrong;
//! - `explain PATH`: what `frontage explain` prints for a route;
//! - `openapi METHOD PATH`: what the backend's OpenAPI says of a route.
//!
//! Files that a case does not have come from `cases/fixture/`.

use std::path::{Path, PathBuf};

/// A case.
#[derive(Debug)]
pub struct Case {
    /// Its file.
    pub path: PathBuf,
    /// Its heading.
    pub title: String,
    /// Files: path and text.
    pub files: Vec<(String, String)>,
    /// Everything else, in order.
    pub blocks: Vec<Block>,
}

/// A fence that is no file.
#[derive(Debug)]
pub struct Block {
    /// First word after the fence: `upstream`, `request`, `answer`, `calls`, `diagnostics`, ...
    pub kind: String,
    /// What follows that word.
    pub argument: String,
    /// The text between the fences.
    pub text: String,
    /// Line of the opening fence, from 1.
    pub line: usize,
}

impl Case {
    /// Reads a case.
    ///
    /// # Errors
    ///
    /// Says what is wrong with its form.
    pub fn parse(path: &Path, text: &str) -> Result<Self, String> {
        let mut case = Self {
            path: path.to_owned(),
            title: String::new(),
            files: Vec::new(),
            blocks: Vec::new(),
        };
        let mut lines = text.lines().enumerate();
        while let Some((number, line)) = lines.next() {
            if let Some(title) = line.strip_prefix("# ") {
                case.title = title.to_owned();
            }
            let ticks = line.bytes().take_while(|b| *b == b'`').count();
            if ticks < 3 {
                continue;
            }
            let fence = &line[..ticks];
            let (kind, argument) = line[ticks..].split_once(' ').unwrap_or((&line[ticks..], ""));
            let mut inside = String::new();
            loop {
                let (_, next) =
                    lines.next().ok_or(format!("line {}: fence without end", number + 1))?;
                if next == fence {
                    break;
                }
                inside.push_str(next);
                inside.push('\n');
            }
            let known = [
                "upstream",
                "request",
                "answer",
                "calls",
                "node-calls",
                "diagnostics",
                "explain",
                "openapi",
            ];
            if known.contains(&kind) {
                case.blocks.push(Block {
                    kind: kind.to_owned(),
                    argument: argument.to_owned(),
                    text: inside,
                    line: number + 1,
                });
            } else if argument.is_empty() {
                return Err(format!("line {}: a file's fence needs its path", number + 1));
            } else {
                case.files.push((argument.to_owned(), inside));
            }
        }
        if case.title.is_empty() {
            return Err("no heading".into());
        }
        Ok(case)
    }

    /// Blocks of one kind.
    pub fn blocks<'c>(&'c self, kind: &'c str) -> impl Iterator<Item = &'c Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }

    /// Writes the workspace into `folder`: the fixture first, then the case's own files.
    ///
    /// # Errors
    ///
    /// If a file cannot be written.
    pub fn write(&self, fixture: &Path, folder: &Path) -> std::io::Result<()> {
        copy(fixture, folder)?;
        for (path, text) in &self.files {
            let target = folder.join(path);
            if let Some(parent) = target.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(target, text)?;
        }
        Ok(())
    }
}

/// All cases below a folder, sorted by path.
///
/// # Errors
///
/// The first that cannot be read, with its path.
pub fn all(folder: &Path) -> Result<Vec<Case>, String> {
    let mut paths = Vec::new();
    collect(folder, &mut paths);
    paths.sort();
    let mut out = Vec::new();
    for path in paths {
        let text =
            std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        out.push(Case::parse(&path, &text).map_err(|e| format!("{}: {e}", path.display()))?);
    }
    Ok(out)
}

fn collect(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && entry.file_name() != "fixture" {
            collect(&path, out);
        } else if path.extension().is_some_and(|e| e == "md") && entry.file_name() != "README.md" {
            out.push(path);
        }
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
