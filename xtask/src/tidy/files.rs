//! Single files: a header on each, none too long, nothing private to a machine.

use super::sources::Sources;

const MOST_LINES: usize = 800;

/// Words that have no place in the project, in two halves so that this file does not hold them.
const PRIVATE: &[(&str, &str)] = &[("/wo", "rk/"), ("/ro", "ot/"), ("/ho", "me/")];

pub(super) fn check(sources: &Sources, faults: &mut Vec<String>) {
    for file in sources.rust() {
        if !file.text.trim_start().starts_with("//!") {
            faults.push(format!("{}: no `//!` header", file.path));
        }
    }
    for file in &sources.files {
        let code = [".rs", ".ts", ".mjs", ".js", ".css"].iter().any(|end| file.path.ends_with(end));
        let lines = file.text.lines().count();
        if code && lines > MOST_LINES {
            faults.push(format!("{}: {lines} lines, more than {MOST_LINES}", file.path));
        }
        for (a, b) in PRIVATE {
            if file.text.contains(&format!("{a}{b}")) {
                faults.push(format!("{}: holds a path of one machine ({a}{b})", file.path));
            }
        }
    }
}
