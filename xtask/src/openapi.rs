//! OpenAPI documents before programs that nobody here wrote: the examples' and every accepted case's.
//!
//! In:    the cases, the shop, the built `frontage`, npm's packages.
//! Out:   how many documents and routes were compared; what is wrong with them.
//! Never: an accepted case whose document is not asked about.
//!
//! `openapi/check.mjs` says who is asked what.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use frontage_testkit::case;
use serde::Deserialize;

use crate::step::{command, each, run as step};

/// What `check.mjs` gives.
#[derive(Deserialize)]
struct Found {
    counts: Counts,
    faults: Vec<String>,
}

#[derive(Deserialize)]
struct Counts {
    documents: usize,
    operations: usize,
    routes: usize,
}

/// Compares all documents.
///
/// # Errors
///
/// What is wrong, or why nothing can be compared.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    current(root)?;
    step(
        "clients against the running shop",
        &mut command(root, "node_modules/.bin/node", &["--test", "tests/client/client.test.mjs"]),
    )?;
    let verdicts = root.join("target/verdicts");
    step(
        "verdicts on changes beside openapi-diff's",
        command(root, "node_modules/.bin/node", &["xtask/src/openapi/verdicts.mjs"])
            .arg(root.join("target/debug/frontage"))
            .arg(verdicts),
    )?;
    eprintln!("== openapi: the documents of the cases and the examples");
    let began = Instant::now();
    let folder = root.join("target/openapi");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let cases = case::all(&root.join("cases"))?;
    let mut workspaces: Vec<PathBuf> = Vec::new();
    for case in &cases {
        let refused = case.blocks("diagnostics").any(|block| block.text.contains("error["));
        if refused {
            continue;
        }
        let name = crate::oracle::name(root, case);
        let target = folder.join(&name);
        case.write(&root.join("cases/fixture"), &target).map_err(|e| format!("{name}: {e}"))?;
        workspaces.push(target);
    }
    let accepted = workspaces.len();
    let examples = ["shop", "github"].map(|name| root.join("examples").join(name));
    workspaces.extend(examples.clone());
    each(&workspaces, |at| write(root, at))?;
    let Found { counts, faults } = ask(root, &folder, &examples)?;
    println!(
        "openapi: {} documents of {accepted} accepted cases and two examples, {} operations; {} answers \
         compared with tsc, {} faults in {:.1} s",
        counts.documents,
        counts.operations,
        counts.routes,
        faults.len(),
        began.elapsed().as_secs_f32()
    );
    if counts.documents < workspaces.len() {
        return Err("openapi: a workspace without a document".into());
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// What others say of the documents and clients of the workspaces in a folder: how many answers were
/// compared, and what is wrong.
///
/// # Errors
///
/// If they cannot be asked.
pub(crate) fn judge(root: &Path, folder: &Path) -> Result<(usize, Vec<String>), String> {
    let Found { counts, faults } = ask(root, folder, &[])?;
    Ok((counts.routes, faults))
}

/// Generated files that are committed are what would be generated now.
fn current(root: &Path) -> Result<(), String> {
    step(
        "the clients' runtime",
        &mut command(root, "node", &["xtask/src/openapi/runtime.mjs", "--check"]),
    )?;
    let shop = root.join("examples/shop");
    for frontend in ["web", "mobile"] {
        let document = format!("examples/shop/openapi/{frontend}.yaml");
        let client = format!("examples/shop/frontends/{frontend}/public/client.mjs");
        let check = ["--quiet", "--check", "-o"];
        frontage(root, &[&["openapi", frontend], &check[..], &[&document]].concat(), &shop)?;
        let client = [&["client", frontend, "--lang", "js"], &check[..], &[&client]].concat();
        frontage(root, &client, &shop)?;
    }
    Ok(())
}

/// The version of schemathesis that is asked.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// Asks the shop's running backends what their documents promise, with schemathesis.
///
/// # Errors
///
/// If an answer does not fit, or schemathesis cannot be installed.
pub(crate) fn live(root: &Path) -> Result<(), String> {
    let stamp = root.join("target/schemathesis/installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == SCHEMATHESIS) {
        eprintln!("== schemathesis: is installed");
    } else {
        let venv = ["-m", "venv", "--clear", "target/schemathesis"];
        step("python3 -m venv target/schemathesis", &mut command(root, "python3", &venv))?;
        let install = ["install", "--quiet", "--disable-pip-version-check", SCHEMATHESIS];
        step(
            "pip install schemathesis",
            &mut command(root, "target/schemathesis/bin/pip", &install),
        )?;
        std::fs::write(&stamp, SCHEMATHESIS).map_err(|e| format!("schemathesis: {e}"))?;
    }
    let folder = root.join("target/openapi");
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    step("schemathesis", &mut command(root, "node", &["xtask/src/openapi/live.mjs"]))
}

/// Writes the declarations and the documents of one workspace.
fn write(root: &Path, workspace: &Path) -> Result<(), String> {
    frontage(root, &["types", "--quiet"], workspace)?;
    let frontends = std::fs::read_dir(workspace.join("frontends"))
        .map_err(|e| format!("{}: {e}", workspace.display()))?;
    for frontend in frontends.flatten() {
        let name = frontend.file_name().to_string_lossy().into_owned();
        let made = workspace.join(".frontage").join(&name);
        let file = |file: &str| made.join(file).display().to_string();
        // The JavaScript client has the types of the other, and YAML is made of the JSON: the shop's
        // stand for all.
        let all: [(Vec<&str>, String); 4] = [
            (vec!["openapi", &name], file("openapi.json")),
            (vec!["client", &name, "--lang", "ts"], file("client.ts")),
            (vec!["openapi", &name], file("openapi.yaml")),
            (vec!["client", &name, "--lang", "js"], file("client.mjs")),
        ];
        let shop = workspace.ends_with("examples/shop");
        for (arguments, file) in all.iter().take(if shop { 4 } else { 2 }) {
            frontage(
                root,
                &[arguments.as_slice(), &["--quiet", "-o", file][..]].concat(),
                workspace,
            )?;
        }
    }
    Ok(())
}

fn frontage(root: &Path, arguments: &[&str], workspace: &Path) -> Result<(), String> {
    let output = Command::new(root.join("target/debug/frontage"))
        .current_dir(root)
        .args(arguments)
        .arg("-C")
        .arg(workspace)
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("cannot start frontage: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    Err(format!("{}: frontage {}: {words}", workspace.display(), arguments.join(" ")))
}

fn ask(root: &Path, folder: &Path, examples: &[PathBuf]) -> Result<Found, String> {
    let output = command(root, "node", &["xtask/src/openapi/check.mjs"])
        .arg(folder)
        .args(examples)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("cannot start node: {e}"))?;
    if !output.status.success() {
        return Err("openapi: the documents could not be asked about".into());
    }
    serde_json::from_slice(&output.stdout).map_err(|e| format!("openapi: {e}"))
}
