//! `cargo xtask bench`: builds and installs everybody who is measured, then runs the harness.
//!
//! In:    the checkout; crates, npm's and Debian's packages.
//! Out:   what `bench/harness` prints.
//! Never: a peer left out in silence: the harness names what the machine does not have.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::step::{command, run};

/// Builds, installs and runs.
///
/// # Errors
///
/// If something cannot be built or started, or a peer answers something else.
pub(crate) fn run_all(root: &Path, arguments: &[&str]) -> Result<(), String> {
    // Nothing is measured where answers are compared: what is built fastest will do.
    let check = arguments.contains(&"--check");
    let (profile, folder) = if check { ("dev", "debug") } else { ("release", "release") };
    let build = ["build", "--profile", profile, "--quiet"];
    // As the tests build it, so that they share what was built.
    let what = if check { &["--workspace", "--bins"][..] } else { &["-p", "frontage"] };
    let product = [&build[..], what].concat();
    run("build frontage", &mut command(root, "cargo", &product))?;
    let bench = root.join("bench");
    run("build the harness and its peers", &mut command(&bench, "cargo", &build))?;
    crate::test::npm(root)?;
    packages(&bench.join("node"))?;
    if !arguments.contains(&"--peer") || arguments.contains(&"hive") {
        hive(root, &bench.join("hive"))?;
    }
    nginx()?;
    let frontage = root.join("target").join(folder).join("frontage");
    let types = ["types", "--quiet", "-C", "bench/workspace"];
    run("types", &mut command(root, &frontage.display().to_string(), &types))?;
    let harness = bench.join("target").join(folder).join("frontage-bench");
    let mut measuring = Command::new(harness);
    measuring.arg("run").arg(root).args(arguments);
    let status = measuring.status().map_err(|e| format!("bench: {e}"))?;
    if status.success() { Ok(()) } else { Err("bench: it did not come to its end".to_owned()) }
}

/// Compares the answers of all peers that are quickly had, and measures nothing.
///
/// # Errors
///
/// If something cannot be built or started, or a peer answers something else.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let peers = ["floor", "nginx", "axum", "fastify", "routes-in-node", "tailcall"];
    let peers = peers.iter().flat_map(|peer| ["--peer", peer]);
    run_all(root, &std::iter::once("--check").chain(peers).collect::<Vec<_>>())
}

/// Peers that come from npm.
fn packages(folder: &Path) -> Result<(), String> {
    let stamp = folder.join("node_modules/.frontage-lock");
    let lock = std::fs::read(folder.join("package-lock.json")).map_err(|e| format!("npm: {e}"))?;
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let arguments = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
    run("npm: peers", &mut command(folder, "npm", &arguments))?;
    std::fs::write(stamp, lock).map_err(|e| format!("npm: {e}"))
}

/// Hive Gateway, and what it serves: the contract as GraphQL Mesh composes it.
fn hive(root: &Path, folder: &Path) -> Result<(), String> {
    packages(folder)?;
    let out = root.join("target/bench");
    std::fs::create_dir_all(&out).map_err(|e| format!("{}: {e}", out.display()))?;
    let out = out.join("supergraph.graphql").display().to_string();
    let mut compose = command(folder, "node_modules/.bin/mesh-compose", &["-o", &out]);
    run("compose the supergraph", compose.stdout(Stdio::null()).stderr(Stdio::null()))
}

/// nginx is Debian's; without the right to install it, the table goes without.
fn nginx() -> Result<(), String> {
    let quiet = |program: &str, argument: &str| {
        let mut command = Command::new(program);
        command.arg(argument).stdout(Stdio::null()).stderr(Stdio::null());
        command.output()
    };
    if quiet("nginx", "-v").is_ok() {
        return Ok(());
    }
    let root = quiet_text("id", "-u").is_some_and(|id| id == "0");
    if !root || quiet("apt-get", "--version").is_err() {
        eprintln!("== nginx is not installed, and is left out: apt-get install nginx-light");
        return Ok(());
    }
    let mut update = Command::new("apt-get");
    run("apt-get update", update.args(["update", "-qq"]))?;
    let mut install = Command::new("apt-get");
    install.args(["install", "-y", "-qq", "--no-install-recommends", "nginx-light"]);
    run("apt-get install nginx-light", &mut install)
}

fn quiet_text(program: &str, argument: &str) -> Option<String> {
    let out = Command::new(program).arg(argument).output().ok()?;
    Some(String::from_utf8_lossy(&out.stdout).trim().to_owned())
}
