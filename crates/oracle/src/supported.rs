//! The published list of what is supported: the ids in the first column of `docs/supported.md`.

use std::collections::BTreeSet;
use std::path::Path;

/// Reads the ids.
///
/// # Errors
///
/// If the file cannot be read or names nothing.
pub(crate) fn ids(root: &Path) -> Result<BTreeSet<String>, String> {
    let path = root.join("docs/supported.md");
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let ids = read(&text);
    if ids.is_empty() { Err(format!("{}: no id", path.display())) } else { Ok(ids) }
}

/// Cells such as `` | `array.map` | ``.
fn read(text: &str) -> BTreeSet<String> {
    let supported = text.split("\n## Refused").next().unwrap_or_default();
    let cells = supported.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    cells.map(|(id, _)| id.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn ids_are_the_first_cells() {
        let text = "| id | what |\n|---|---|\n| `array.map` | `xs.map(f)` |\n| no | `x.y` |\n";
        assert_eq!(super::read(text).into_iter().collect::<Vec<_>>(), ["array.map"]);
    }
}
