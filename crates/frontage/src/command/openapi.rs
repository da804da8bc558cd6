//! `frontage openapi`: a backend's OpenAPI 3.1.

use std::path::Path;
use std::process::ExitCode;

use frontage_emit::openapi::{document, to_json, to_yaml};

use super::Done;
use super::output::{deliver, described};
use crate::cli::{Global, Output};
use crate::terminal::Terminal;

/// Prints or writes the document of one frontend.
pub(crate) fn run(
    global: &Global,
    terminal: &Terminal,
    frontend: &str,
    yaml: bool,
    output: &Output,
) -> Done {
    let Some((api, surroundings)) = described(global, terminal, frontend)? else {
        return Ok(ExitCode::FAILURE);
    };
    let document = document(&api, &surroundings);
    let named = output.file.as_deref().and_then(Path::extension);
    let yaml = yaml || named.is_some_and(|e| e == "yaml" || e == "yml");
    let text = if yaml { to_yaml(&document) } else { to_json(&document) };
    deliver(global, terminal, output, &text, |file| vec![(file.to_owned(), text.clone())])
}
