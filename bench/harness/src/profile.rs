//! Where Frontage's time goes in a scenario, by `perf`.
//!
//! In:    a scenario and the running backend.
//! Out:   parts of its CPU time by program, library or kernel, and by function.
//! Never: a figure of another process.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::load::Load;
use crate::measure::generate;
use crate::peer::Started;
use crate::process::descendants;
use crate::scenario::Scenario;

/// Samples for each second of CPU time; no divisor of the kernel's own clock.
const FREQUENCY: &str = "2999";
/// How long is sampled, in seconds, after as long a time to warm up.
const SECONDS: u64 = 4;
/// The least part of a function that is shown, in percent.
const LEAST: &str = "0.7";

/// Samples one scenario at saturation and prints what was seen.
///
/// # Errors
///
/// If there is no `perf` on this machine, or it may not look at processes.
pub(crate) fn run(scenario: &Scenario, started: &Started, scratch: &Path) -> Result<(), String> {
    let load = Load {
        port: started.port,
        request: started.peer.request(scenario),
        connections: scenario.connections,
        millis: (2 * SECONDS + 1) * 1000,
        rate: None,
        body: None,
    };
    let loading = std::thread::spawn(move || generate(&load));
    std::thread::sleep(std::time::Duration::from_secs(SECONDS));
    let samples = scratch.join("perf.data");
    let all: Vec<String> = descendants(started.running.id()).iter().map(u32::to_string).collect();
    let recorded = Command::new("perf")
        .args(["record", "-F", FREQUENCY, "-o"])
        .arg(&samples)
        .args(["-p", &all.join(","), "--", "sleep", &SECONDS.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .map_err(|e| format!("perf: {e}; Debian's package is linux-perf"))?;
    let outcome = loading.join().map_err(|_| "load: it panicked".to_owned())??;
    if !recorded.status.success() {
        return Err(format!("perf: {}", String::from_utf8_lossy(&recorded.stderr).trim()));
    }
    println!("\n{}: {}", scenario.name, scenario.title);
    println!("  {} answers, {} errors", outcome.answers, outcome.errors);
    for sort in [&["--sort", "dso"][..], &["--sort", "dso,symbol", "--percent-limit", LEAST]] {
        let mut report = Command::new("perf");
        report.args(["report", "--stdio", "--no-children", "-i"]).arg(&samples).args(sort);
        let said = report.output().map_err(|e| format!("perf: {e}"))?;
        let text = String::from_utf8_lossy(&said.stdout);
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        lines.for_each(|line| println!("{}", line.trim_end_matches([' ', '-'])));
        println!();
    }
    Ok(())
}
