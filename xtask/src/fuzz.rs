//! `cargo xtask fuzz`: the fuzz targets of `fuzz/`, one after the other.
//!
//! In:    `fuzz/`, the program cargo-fuzz, the committed corpus in `fuzz/seeds`.
//! Out:   exit status 0 if nothing crashed; what was found new stays in `target/fuzz`.
//! Never: a change of the committed corpus; a nightly toolchain (the stable compiler is told to
//!        accept the flags that sanitizers need).

use std::path::{Path, PathBuf};

use crate::step::{command, exists, run};

const TARGETS: &[&str] = &["syntax", "contract", "json"];

/// Reads the arguments (`--seconds N`, names of targets) and fuzzes.
///
/// # Errors
///
/// If something is missing, or a target crashed.
pub(crate) fn run_all(root: &Path, rest: &[&str]) -> Result<(), String> {
    let mut seconds = "600";
    let mut targets = Vec::new();
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        match *word {
            "--seconds" => match words.next().filter(|n| n.parse::<u32>().is_ok()) {
                Some(number) => seconds = number,
                None => return Err("--seconds takes a number".into()),
            },
            word if TARGETS.contains(&word) => targets.push(word),
            _ => return Err(format!("targets: {}; --seconds N for each", TARGETS.join(", "))),
        }
    }
    if targets.is_empty() {
        targets = TARGETS.to_vec();
    }
    let program = program(root)?;
    let build = root.join("target/fuzz-build").display().to_string();
    let limit = format!("-max_total_time={seconds}");
    for target in targets {
        let found = root.join("target/fuzz").join(target);
        std::fs::create_dir_all(&found).map_err(|e| format!("{}: {e}", found.display()))?;
        let found = found.display().to_string();
        let seeds = root.join("fuzz/seeds").join(target).display().to_string();
        let arguments = [
            "run",
            "-O",
            "--target-dir",
            &build,
            target,
            &found,
            &seeds,
            "--",
            &limit,
            "-timeout=20",
            "-max_len=16384",
            "-rss_limit_mb=4096",
            "-print_final_stats=1",
        ];
        let fuzz = root.join("fuzz");
        run(
            &format!("fuzz {target} for {seconds} s"),
            command(&fuzz, &program, &arguments).env("RUSTC_BOOTSTRAP", "1"),
        )?;
    }
    Ok(())
}

/// The program cargo-fuzz.
fn program(root: &Path) -> Result<String, String> {
    let local: PathBuf = root.join("target/tools/bin/cargo-fuzz");
    if local.exists() {
        return Ok(local.display().to_string());
    }
    if exists("cargo-fuzz") {
        return Ok("cargo-fuzz".to_owned());
    }
    Err("cargo-fuzz is needed, and a C++ compiler for libFuzzer; install it once:\n  \
         cargo install cargo-fuzz --locked --root target/tools"
        .into())
}
