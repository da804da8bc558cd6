//! `frontage release`: what a running supervisor serves, and changing that.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use frontage_diagnostic::{Diagnostic, counted};
use frontage_json::iso_text;

use super::Done;
use crate::activation::{Activated, Command, Curated, Listed, ask};
use crate::cli::{Global, ReleaseCommand};
use crate::codes;
use crate::release::read;
use crate::terminal::{Terminal, print};

/// Asks the supervisor, and prints what it says.
pub(crate) fn run(global: &Global, terminal: &Terminal, command: ReleaseCommand) -> Done {
    let (stock, command) = match command {
        ReleaseCommand::Activate { file, stock } => {
            let file = file.canonicalize().map_err(|error| {
                Diagnostic::placeless(codes::UNREADABLE, format!("`{}`: {error}", file.display()))
            })?;
            (stock, Command::Activate { file })
        }
        ReleaseCommand::Rollback { frontend, version, stock } => {
            (stock, Command::Rollback { frontend, version })
        }
        ReleaseCommand::Retire { frontend, version, stock } => {
            (stock, Command::Retire { frontend, version })
        }
        ReleaseCommand::List { frontend, stock } => (stock, Command::List { frontend }),
        ReleaseCommand::Show { file } => {
            let release = read(&file)?;
            let mut value = serde_json::json!(release.manifest);
            value["digest"] = release.digest.into();
            let text = if global.json {
                value.to_string()
            } else {
                serde_json::to_string_pretty(&value).unwrap_or_default()
            };
            print(&text);
            return Ok(ExitCode::SUCCESS);
        }
    };
    let curated = ask(&stock.state, &command)?;
    if global.json {
        print(&serde_json::json!(curated).to_string());
        return Ok(ExitCode::SUCCESS);
    }
    match curated {
        Curated::Changed(activated) => terminal.note(&changed(&activated)),
        Curated::List { releases } => print(table(&releases).trim_end()),
    }
    Ok(ExitCode::SUCCESS)
}

fn changed(activated: &Activated) -> String {
    let Activated { frontend, version, digest, before, beside } = activated;
    let mut text =
        format!("{frontend}: {version} is served ({})", digest.get(..12).unwrap_or(digest));
    if let Some(before) = before {
        let _ = write!(text, ", before it {before}");
    }
    if !beside.is_empty() {
        let _ = write!(text, ", beside it {}", beside.join(", "));
    }
    text
}

/// Releases for people, by frontend.
fn table(releases: &[Listed]) -> String {
    let mut out = String::new();
    let longest = releases.iter().map(|own| own.version.len()).max().unwrap_or(0);
    let mut frontend = None;
    for own in releases {
        if frontend != Some(&own.frontend) {
            frontend = Some(&own.frontend);
            let _ = writeln!(out, "{}", own.frontend);
        }
        let mut notes = vec![own.state.clone()];
        if let Some(requests) = own.requests {
            let requests = usize::try_from(requests).unwrap_or(usize::MAX);
            notes.push(counted(requests, "request"));
        }
        if let Some(idle) = own.idle_ms {
            notes.push(format!("last {} ago", ago(Duration::from_millis(idle))));
        }
        if own.state != "kept" {
            notes.extend(own.deprecated.map(|since| format!("deprecated from {}", day(since))));
            notes.extend(own.sunset.map(|sunset| format!("sunset {}", day(sunset))));
        }
        let digest = own.digest.get(..12).unwrap_or(&own.digest);
        let _ = writeln!(out, "  {:<longest$}  {digest}  {}", own.version, notes.join(", "));
    }
    if out.is_empty() { "nothing is served yet".to_owned() } else { out }
}

fn ago(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7200 => format!("{} min", seconds / 60),
        seconds @ 7200..172_800 => format!("{} h", seconds / 3600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

fn day(seconds: u64) -> String {
    let text = iso_text(seconds as f64 * 1000.0).unwrap_or_default();
    text.split('T').next().unwrap_or_default().to_owned()
}
