//! `frontage infer`: drafts the types of an upstream without a contract from sample answers.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use frontage_compile::is_word;
use frontage_diagnostic::{Diagnostic, counted};

use super::Done;
use super::fetch::fetch;
use crate::cli::{Global, Infer};
use crate::codes;
use crate::infer::{Sample, draft, parameters};
use crate::terminal::{Terminal, print};

/// Reads the samples, and prints or writes the draft.
pub(crate) fn run(global: &Global, terminal: &Terminal, infer: &Infer) -> Done {
    if let Some(file) = infer.output.as_deref().filter(|file| file.exists() && !infer.force) {
        let message = format!("`{}` exists already", file.display());
        return Err(Diagnostic::placeless(codes::CANNOT_WRITE, message)
            .help("write to another file, or replace it with `--force`"));
    }
    let mut samples = Vec::new();
    for file in &infer.samples {
        let body = read(file)?;
        samples.push(Sample { path: path_of(file)?, query: Vec::new(), body });
    }
    for pair in &infer.get {
        samples.push(asked(pair)?);
    }
    if samples.is_empty() {
        let fault = Diagnostic::placeless(codes::NO_SAMPLE, "there is nothing to infer from");
        return Err(fault.help(
            "name files with sample answers, or `--get /forecast/{city}=URL` with an address",
        ));
    }
    let name = upstream_name(infer)?;
    let (text, operations) = draft(&name, &samples, infer.enums);
    if let Some(file) = &infer.output {
        write(file, &text)?;
    }
    if global.json {
        let operations: Vec<_> = operations
            .iter()
            .map(|o| {
                serde_json::json!({
                    "name": o.name, "method": "GET", "path": o.path, "samples": o.samples,
                })
            })
            .collect();
        let written = infer.output.as_ref().map(|file| file.display().to_string());
        print(
            &serde_json::json!({ "upstream": name, "operations": operations, "text": text, "written": written })
                .to_string(),
        );
    } else if let Some(file) = &infer.output {
        terminal.note(&format!(
            "wrote {} with {}",
            file.display(),
            counted(operations.len(), "operation")
        ));
    } else {
        print(text.trim_end());
    }
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> Result<serde_json::Value, Diagnostic> {
    let unreadable = |why: String| {
        let message = format!("the sample `{}` cannot be read: {why}", file.display());
        Diagnostic::placeless(codes::NO_SAMPLE, message)
            .help("a sample is a file with one JSON answer, as the service sent it")
    };
    let bytes = std::fs::read(file).map_err(|e| unreadable(e.to_string()))?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    serde_json::from_slice(text).map_err(|e| unreadable(format!("it is no JSON: {e}")))
}

/// `samples/forecast.2.json` is an answer of `/forecast`.
fn path_of(file: &Path) -> Result<String, Diagnostic> {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    if stem.is_empty() || stem.contains(['{', '}', '?', '#']) {
        let message = format!("`{name}` names no path");
        return Err(Diagnostic::placeless(codes::NO_SAMPLE, message)
            .help("call the file like the path's last word, or write `--get /things/{id}=FILE`"));
    }
    Ok(format!("/{stem}"))
}

/// A sample of `--get PATH=URL` or `--get PATH=FILE`.
fn asked(pair: &str) -> Result<Sample, Diagnostic> {
    let wrong = |message: String| {
        Diagnostic::placeless(codes::NO_SAMPLE, message)
            .help("write `--get /forecast/{city}=https://example.org/forecast/rome?days=2`")
    };
    let (path, source) =
        pair.split_once('=').ok_or_else(|| wrong(format!("`{pair}` has no `=`")))?;
    let names = parameters(path);
    let twice = names.iter().enumerate().any(|(at, name)| names[..at].contains(name));
    let valid = path.starts_with('/')
        && !twice
        && !path.split('/').any(|segment| matches!(segment, "." | ".."))
        && !path.contains(['?', '#', '"', '\\'])
        && path.matches('{').count() == names.len()
        && names.iter().all(|name| !name.is_empty());
    if !valid {
        return Err(wrong(format!("`{path}` is no path")));
    }
    if !source.starts_with("http://") && !source.starts_with("https://") {
        let body = read(Path::new(source))?;
        return Ok(Sample { path: path.to_owned(), query: Vec::new(), body });
    }
    let start = source.find("://").map_or(0, |at| at + 3);
    let slash = source[start..].find(['/', '?']).map_or(source.len(), |at| start + at);
    let (host, rest) = source.split_at(slash);
    let target = if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") };
    let bytes = fetch(host, &target).map_err(|why| wrong(format!("`{source}`: {why}")))?;
    let body = serde_json::from_slice(&bytes)
        .map_err(|e| wrong(format!("`{source}` answers no JSON: {e}")))?;
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let query = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect();
    Ok(Sample { path: path.to_owned(), query, body })
}

/// A part of a query as it was meant.
fn decoded(part: &str) -> String {
    let part = part.replace('+', " ");
    percent_encoding::percent_decode_str(&part).decode_utf8_lossy().into_owned()
}

/// The constant's name: as given, else the output file's.
fn upstream_name(infer: &Infer) -> Result<String, Diagnostic> {
    let stem = infer.output.as_deref().and_then(Path::file_stem);
    let stem = stem.map(|stem| stem.to_string_lossy().into_owned());
    let name = infer.name.clone().or(stem).unwrap_or_else(|| "upstream".to_owned());
    let fit = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '$')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$');
    // The draft imports two names of its own.
    if fit && !is_word(&name) && !["get", "declareUpstream"].contains(&name.as_str()) {
        return Ok(name);
    }
    let message = format!("`{name}` cannot be the upstream's name");
    Err(Diagnostic::placeless(codes::NO_SAMPLE, message)
        .help("give one with `--name weather`: letters, digits and `_`, no word of JavaScript"))
}

fn write(file: &PathBuf, text: &str) -> Result<(), Diagnostic> {
    let cannot = |e: std::io::Error| {
        Diagnostic::placeless(codes::CANNOT_WRITE, format!("`{}`: {e}", file.display()))
    };
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(cannot)?;
    }
    std::fs::write(file, text).map_err(cannot)
}
