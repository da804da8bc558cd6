//! `frontage client`: a typed client of a backend.

use std::path::Path;
use std::process::ExitCode;

use frontage_emit::Api;
use frontage_emit::client::{javascript, javascript_types, typescript};

use super::Done;
use super::output::{Files, deliver, described};
use crate::cli::{Global, Language, Output};
use crate::terminal::Terminal;

/// Prints or writes the client of one frontend.
pub(crate) fn run(
    global: &Global,
    terminal: &Terminal,
    frontend: &str,
    language: Language,
    output: &Output,
) -> Done {
    let Some((api, _)) = described(global, terminal, frontend)? else {
        return Ok(ExitCode::FAILURE);
    };
    let text = match language {
        Language::Ts => typescript(&api),
        Language::Js => javascript(&api),
    };
    deliver(global, terminal, output, &text, |file| match language {
        Language::Ts => vec![(file.to_owned(), text.clone())],
        Language::Js => javascript_files(&api, file),
    })
}

/// The client as files: in the language that the file's name says.
pub(crate) fn files(api: &Api, file: &Path) -> Files {
    if file.extension().is_some_and(|e| e == "ts" || e == "mts") {
        vec![(file.to_owned(), typescript(api))]
    } else {
        javascript_files(api, file)
    }
}

/// The JavaScript client: `client.mjs` and, for editors and tsc, `client.d.mts`.
fn javascript_files(api: &Api, file: &Path) -> Files {
    let declarations = if file.extension().is_some_and(|e| e == "mjs") { "d.mts" } else { "d.ts" };
    vec![
        (file.to_owned(), javascript(api)),
        (file.with_extension(declarations), javascript_types(api)),
    ]
}
