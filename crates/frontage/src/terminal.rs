//! What people see: colours, notes, diagnostics.

use std::io::{IsTerminal as _, Write as _};

use frontage_diagnostic::{Diagnostic, Severity, SourceMap, render, to_json};

use crate::cli::{Color, Global};

/// Where notes go: standard error, so that standard output stays for results.
#[derive(Debug, Clone)]
pub(crate) struct Terminal {
    color: bool,
    quiet: bool,
    verbose: bool,
    json: bool,
}

/// Colours of notes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tone {
    /// Something went well.
    Good,
    /// Something is wrong.
    Bad,
    /// By the way.
    Dim,
    /// A heading.
    Strong,
}

impl Terminal {
    /// Follows the options, the terminal and `NO_COLOR`.
    pub(crate) fn new(global: &Global) -> Self {
        let color = match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                std::io::stderr().is_terminal()
                    && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
            }
        };
        Self { color, quiet: global.quiet, verbose: global.verbose, json: global.json }
    }

    /// Whether more was asked for.
    pub(crate) const fn verbose(&self) -> bool {
        self.verbose
    }

    /// `text` in a tone, if colours are on.
    pub(crate) fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let code = match tone {
            Tone::Good => "32",
            Tone::Bad => "1;31",
            Tone::Dim => "2",
            Tone::Strong => "1",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// A line for people, unless `-q`.
    pub(crate) fn note(&self, line: &str) {
        if !self.quiet {
            self.error(line);
        }
    }

    /// A line for people, even with `-q`.
    pub(crate) fn error(&self, line: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{line}");
    }

    /// Prints diagnostics; with `-q` only errors.
    pub(crate) fn diagnostics(&self, diagnostics: &[Diagnostic], sources: &SourceMap) {
        let shown: Vec<Diagnostic> = diagnostics
            .iter()
            .filter(|d| !self.quiet || d.severity == Severity::Error)
            .cloned()
            .collect();
        if !shown.is_empty() {
            let text = render(&shown, sources, self.color);
            let _ = std::io::stderr().lock().write_all(text.as_bytes());
        }
    }

    /// Prints why a command ends without its result: with `--json` as its only result, an object
    /// with `ok` and `diagnostics` as those of `frontage check`.
    pub(crate) fn refused(&self, diagnostics: &[Diagnostic], sources: &SourceMap) {
        if !self.json {
            return self.diagnostics(diagnostics, sources);
        }
        let faults = for_machines(diagnostics, sources);
        tell(&serde_json::json!({ "ok": false, "diagnostics": faults }).to_string());
    }

    /// Prints one diagnostic that no file is to blame for.
    pub(crate) fn fault(&self, fault: &Diagnostic) {
        self.diagnostics(std::slice::from_ref(fault), &SourceMap::new());
    }
}

/// Diagnostics as JSON: see [`to_json`].
pub(crate) fn for_machines(
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
) -> Vec<serde_json::Value> {
    let texts = diagnostics.iter().map(|diagnostic| to_json(diagnostic, sources));
    texts.filter_map(|text| serde_json::from_str(&text).ok()).collect()
}

/// Writes a result to standard output; a closed pipe is no fault.
pub(crate) fn print(text: &str) {
    match write_out(text) {
        // Whoever reads has read enough.
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            let _ = writeln!(std::io::stderr(), "error: the result cannot be written: {e}");
            std::process::exit(1);
        }
        _ => {}
    }
}

/// As [`print`], of a process that goes on whoever listens.
pub(crate) fn tell(text: &str) {
    let _ = write_out(text);
}

fn write_out(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()
}
