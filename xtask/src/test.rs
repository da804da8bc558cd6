//! `cargo xtask test`: every test, after installing what it needs.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::step::{command, exists, run};
use crate::tidy;

type Step = (&'static str, fn(&Path) -> Result<(), String>);

const STEPS: &[Step] = &[
    ("format", format),
    ("npm", npm),
    ("chromium", chromium),
    ("tidy", tidy_checks),
    ("deny", deny),
    ("clippy", clippy),
    ("tests", tests),
    ("tsc", tsc),
    ("contracts", contracts),
    ("oracle", oracle),
    ("types", types),
    ("values", values),
    ("zod", zod),
    ("node", node),
    ("openapi", openapi),
    ("schemathesis", schemathesis),
    ("browser", browser),
    ("bench", crate::bench::check),
    ("optimised", optimised),
];

const EXAMPLES: [&str; 2] = ["examples/shop", "examples/github"];

/// Runs the steps in order; stops at the first that fails.
fn run_steps(root: &Path, only: &[&str]) -> Result<(), String> {
    let began = Instant::now();
    let mut passed = 0;
    for (name, step) in STEPS {
        if only.is_empty() || only.contains(name) {
            step(root)?;
            passed += 1;
        }
    }
    println!("all steps passed in {:.0} s", began.elapsed().as_secs_f32());
    println!("steps: {passed} passed, 0 failed");
    Ok(())
}

/// Reads the arguments (`--only STEP` picks steps) and runs the steps.
///
/// # Errors
///
/// The first step that failed.
pub(crate) fn run_all(root: &Path, rest: &[&str]) -> Result<(), String> {
    let mut only = Vec::new();
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        let names: Vec<&str> = STEPS.iter().map(|(name, _)| *name).collect();
        match (*word, words.next()) {
            ("--only", Some(step)) if names.contains(step) => only.push(*step),
            _ => return Err(format!("steps: {}; pick with --only STEP", names.join(", "))),
        }
    }
    run_steps(root, &only)
}

fn format(root: &Path) -> Result<(), String> {
    run("format", &mut command(root, "cargo", &["fmt", "--all", "--check"]))?;
    let bench = root.join("bench");
    run("format of bench", &mut command(&bench, "cargo", &["fmt", "--all", "--check"]))
}

/// Packages of the lock file: tsc, zod, playwright-core.
pub(crate) fn npm(root: &Path) -> Result<(), String> {
    let stamp = root.join("node_modules/.frontage-lock");
    let lock = std::fs::read(root.join("package-lock.json")).map_err(|e| format!("npm: {e}"))?;
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        eprintln!("== npm: packages of the lock file are installed");
        return Ok(());
    }
    run("npm", &mut command(root, "npm", &["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
    std::fs::write(stamp, lock).map_err(|e| format!("npm: {e}"))
}

/// Debian's Chromium, for the tests that click.
fn chromium(root: &Path) -> Result<(), String> {
    if exists("chromium") {
        eprintln!("== chromium: is installed");
        return Ok(());
    }
    eprintln!("== chromium: installing Debian's package, as root");
    run("apt-get update", &mut command(root, "apt-get", &["update", "-qq"]))?;
    run(
        "apt-get install chromium",
        command(root, "apt-get", &["install", "-y", "-qq", "--no-install-recommends", "chromium"])
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

fn tidy_checks(root: &Path) -> Result<(), String> {
    eprintln!("== tidy");
    tidy::run(root)
}

/// Licences, sources and banned crates. Installing the program takes minutes, so that outside CI
/// it runs only where it is there already.
fn deny(root: &Path) -> Result<(), String> {
    let local = root.join("target/tools/bin/cargo-deny");
    let program = if exists("cargo-deny") {
        "cargo-deny".to_owned()
    } else {
        if !local.exists() {
            if std::env::var_os("CI").is_none() {
                eprintln!("== deny: skipped, cargo-deny is not installed (CI installs it)");
                return Ok(());
            }
            let arguments =
                ["install", "cargo-deny", "--locked", "--root", "target/tools", "--quiet"];
            run("install cargo-deny", &mut command(root, "cargo", &arguments))?;
        }
        local.display().to_string()
    };
    run("deny", &mut command(root, &program, &["check", "bans", "licenses", "sources"]))
}

fn clippy(root: &Path) -> Result<(), String> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
    run("clippy", &mut command(root, "cargo", &arguments))
}

/// Unit tests, cases, and the suites that drive the real program over real sockets.
fn tests(root: &Path) -> Result<(), String> {
    // The suites start the shop's services, which are a program of their own.
    run("build", &mut command(root, "cargo", &["build", "--workspace", "--bins", "--quiet"]))?;
    run("tests", &mut command(root, "cargo", &["test", "--workspace", "--quiet"]))
}

/// The real tsc over the same files: routes of all example frontends, and the pages' scripts.
fn tsc(root: &Path) -> Result<(), String> {
    let frontage = root.join("target/debug/frontage");
    for workspace in EXAMPLES {
        let arguments = ["types", "-C", workspace];
        run("frontage types", Command::new(&frontage).current_dir(root).args(arguments))?;
    }
    for project in projects(root)? {
        let arguments = ["node_modules/typescript/bin/tsc", "-p", &project];
        run(&format!("tsc {project}"), &mut command(root, "node", &arguments))?;
    }
    Ok(())
}

/// Another reader's types of the examples' contracts against ours.
fn contracts(root: &Path) -> Result<(), String> {
    run("build", &mut command(root, "cargo", &["build", "--workspace", "--bins", "--quiet"]))?;
    crate::contracts::compare(root)
}

/// Variants of modules, well-typed and ill-typed, through the checker and tsc.
fn types(root: &Path) -> Result<(), String> {
    crate::random::run(root, crate::random::TYPES)
}

/// The real tsc over every case.
fn oracle(root: &Path) -> Result<(), String> {
    run("build", &mut command(root, "cargo", &["build", "--workspace", "--bins", "--quiet"]))?;
    crate::oracle::run(root)
}

/// Random workspaces: their plans against Node. The seed is fixed, so that a change is judged and
/// not the day.
fn values(root: &Path) -> Result<(), String> {
    crate::random::run(root, crate::random::VALUES)
}

/// Random input schemas and inputs, against zod.
fn zod(root: &Path) -> Result<(), String> {
    crate::random::run(root, crate::random::ZOD)
}

/// The Node runtime over every case that runs.
fn node(root: &Path) -> Result<(), String> {
    run("build", &mut command(root, "cargo", &["build", "--workspace", "--bins", "--quiet"]))?;
    crate::node::run(root)?;
    let files: Vec<String> = node_tests(root)?;
    let arguments: Vec<&str> =
        ["--test"].into_iter().chain(files.iter().map(String::as_str)).collect();
    run("the Node runtime", &mut command(root, "node_modules/.bin/node", &arguments))
}

/// The tests of `packages/frontage`, which drive it as a program.
fn node_tests(root: &Path) -> Result<Vec<String>, String> {
    let folder = root.join("tests/node");
    let entries = std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".test.mjs")).collect();
    names.sort();
    Ok(names.iter().map(|name| format!("tests/node/{name}")).collect())
}

/// OpenAPI documents through openapi-typescript, a validator and tsc.
fn openapi(root: &Path) -> Result<(), String> {
    run("build", &mut command(root, "cargo", &["build", "--workspace", "--bins", "--quiet"]))?;
    crate::openapi::run(root)
}

/// The shop's running backends, asked what their OpenAPI documents promise.
fn schemathesis(root: &Path) -> Result<(), String> {
    run("build", &mut command(root, "cargo", &["build", "--workspace", "--bins", "--quiet"]))?;
    crate::openapi::live(root)
}

/// What we ship: the profile of a release against the cases, against what a debug build writes for
/// the examples, and against Node and zod. See ADR 0083.
fn optimised(root: &Path) -> Result<(), String> {
    // One choice of packages for both: another would choose other features, and build all again.
    let what = ["--profile", "optimised", "--quiet", "-p", "frontage", "-p", "frontage-oracle"];
    let programs = ["build", "--bins", "--test", "cases"];
    run("optimised build", command(root, "cargo", &programs).args(what))?;
    let arguments = ["build", "--workspace", "--bins", "--quiet"];
    run("build", &mut command(root, "cargo", &arguments))?;
    for workspace in EXAMPLES {
        for (profile, must_agree) in [("debug", false), ("optimised", true)] {
            let program = root.join("target").join(profile).join("frontage");
            let mut types = Command::new(program);
            types.current_dir(root).args(["types", "--json", "-C", workspace]);
            let output = types.output().map_err(|e| format!("{profile} frontage types: {e}"))?;
            let answer: serde_json::Value = serde_json::from_slice(&output.stdout)
                .map_err(|e| format!("{profile} frontage types: {e}"))?;
            let agrees = answer["written"].as_array().is_some_and(Vec::is_empty);
            if !output.status.success() || must_agree && !agrees {
                return Err(format!("{workspace}: the {profile} build's `types` says {answer}"));
            }
        }
    }
    let oracle = root.join("target/optimised/frontage-oracle").display().to_string();
    for arguments in [crate::random::OPTIMISED_VALUES, crate::random::OPTIMISED_ZOD] {
        run("optimised oracle", &mut command(root, &oracle, arguments))?;
    }
    run("optimised cases", command(root, "cargo", &["test", "--test", "cases"]).args(what))
}

/// Folders of the examples' frontends with a `tsconfig.json`.
fn projects(root: &Path) -> Result<Vec<String>, String> {
    let mut out = vec!["packages/frontage".to_owned()];
    for example in ["shop", "github"] {
        let folder = root.join("examples").join(example).join("frontends");
        let entries =
            std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            for inner in ["", "/public"] {
                let project = format!("examples/{example}/frontends/{name}{inner}");
                if root.join(&project).join("tsconfig.json").is_file() {
                    out.push(project);
                }
            }
        }
    }
    out.sort();
    Ok(out)
}

/// Clicks through both pages of the shop in Chromium.
fn browser(root: &Path) -> Result<(), String> {
    run("build", &mut command(root, "cargo", &["build", "--workspace", "--bins", "--quiet"]))?;
    run("browser", &mut command(root, "node", &["--test", "tests/browser/"]))
}
