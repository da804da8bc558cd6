//! What docs/supported.md promises, as a case: a route for each row.
//!
//! In:    the page, the built `frontage`.
//! Out:   one more case for the oracles.
//! Never: rows that call upstreams among those that are asked: other cases script these.

use std::path::Path;

use frontage_testkit::case::{Block, Case};
use frontage_testkit::client;
use frontage_testkit::process::Program;
use frontage_testkit::supported::{self, BODY, Row};

/// The page's routes, without requests.
///
/// # Errors
///
/// If the page cannot be read.
pub(crate) fn case(root: &Path) -> Result<Case, String> {
    let rows = rows(root)?;
    // Its name stands beside those of the cases; nothing there says more of it.
    let path = root.join("cases/supported.md");
    let files = supported::files(&rows);
    Ok(Case { path, title: "docs/supported.md".into(), files, blocks: Vec::new() })
}

/// The page's routes with a request for each row that computes, and what `frontage` answers.
///
/// # Errors
///
/// If the program does not answer.
pub(crate) fn answered(root: &Path) -> Result<Case, String> {
    let mut case = case(root)?;
    let folder = root.join("target/page");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    case.write(&root.join("cases/fixture"), &folder).map_err(|e| e.to_string())?;
    let program = Program::new(root.join("target/debug/frontage"));
    let serving = program.serve(&folder, &["serve", "web", "--json"], 1);
    let asked = |row: &Row| {
        row.runs()
            && !["records.", "agenda.", "Date.now", "request."]
                .iter()
                .any(|no| row.code.contains(no))
    };
    for row in rows(root)?.iter().filter(|row| asked(row) && !row.code.is_empty()) {
        let head = format!("POST {}\ncontent-type: application/json", row.url());
        let found = client::send(serving.address("web"), &head, BODY.as_bytes())
            .map_err(|e| format!("{}: {e}", row.id))?;
        let body = if found.status < 300 { found.text() } else { "*".into() };
        let block = |kind: &str, text: String| Block {
            kind: kind.into(),
            argument: row.id.clone(),
            text,
            line: case.blocks.len() + 1,
        };
        let request = block("request", format!("{head}\n\n{BODY}\n"));
        let answer = block("answer", format!("{}\n\n{body}\n", found.status));
        case.blocks.extend([request, answer]);
    }
    Ok(case)
}

fn rows(root: &Path) -> Result<Vec<Row>, String> {
    let path = root.join("docs/supported.md");
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(supported::rows(&text))
}
