//! Project tasks: `cargo xtask test`, `tidy`, `figures`, `oracle`.
//!
//! In:    the checkout.
//! Out:   exit status 0 if everything held; a line for each step with its time.
//! Never: a step that is skipped in silence.

mod bench;
mod contracts;
mod figures;
mod fuzz;
mod mutants;
mod node;
mod openapi;
mod oracle;
mod page;
mod random;
mod recompile;
mod releases;
mod step;
mod survey;
mod test;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask test [--only STEP]...   every test; installs what it needs
cargo xtask tidy                    the checks that keep ARCHITECTURE.md true
cargo xtask figures [--json]        time of check, cold start, memory of idle backends
cargo xtask bench [--quick | --check | --profile] [--scenario NAME]... [--peer NAME]...
                  [--json] [--write]
                                    the same work by Frontage and by others, side by side
cargo xtask oracle [--types | --zod] [--runs N] [--seed S] [--only RUN-SEED] [--json]
                                    random programs, compared with Node, tsc or zod
cargo xtask mutants [--only RULE]...
                                    breaks one rule at a time; the oracles must notice
cargo xtask fuzz [TARGET]... [--seconds N]
                                    syntax, contract and json with libFuzzer; needs cargo-fuzz
cargo xtask survey [--contracts N | --all] [--seed S] [--routes K]
                                    public contracts: read, called, documented; fetches 45 MB once";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = root();
    let result = match words.as_slice() {
        ["test", rest @ ..] => test::run_all(&root, rest),
        ["tidy"] => tidy::run(&root),
        ["bench", rest @ ..] => bench::run_all(&root, rest),
        ["mutants", rest @ ..] => mutants::run_all(&root, rest),
        ["oracle", rest @ ..] => random::run(&root, rest),
        ["figures", rest @ ..] => figures::run_all(&root, rest.contains(&"--json")),
        ["survey", rest @ ..] => survey::run_all(&root, rest),
        ["fuzz", rest @ ..] => fuzz::run_all(&root, rest),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// The checkout: the folder above this crate's.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}
