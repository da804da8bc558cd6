//! Compares Frontage with programs that nobody here wrote: Node, tsc, zod.
//!
//! In:    options, the checkout with its `node_modules/`, `docs/supported.md`.
//! Out:   what was compared and how often each supported construct occurred; exit status 0 if
//!        nothing disagreed, 1 if something did, 2 for a mistaken command line.
//! Never: a run that cannot be repeated from its seed; a disagreement left out in silence.
//!
//! Start at the module of an oracle: [`values`] (answers, against Node), [`types`] (what is
//! accepted, against tsc), [`zod`] (what input is accepted, against zod).

mod generate;
mod histogram;
mod options;
mod supported;
mod types;
mod values;
mod zod;

use std::process::ExitCode;

use options::{Options, Oracle};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let options = match Options::read(&arguments) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}\n\n{}", options::USAGE);
            return ExitCode::from(2);
        }
    };
    let result = match options.oracle {
        Oracle::Values => values::run(&options),
        Oracle::Types => types::run(&options),
        Oracle::Zod => zod::run(&options),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("oracle: {message}");
            ExitCode::FAILURE
        }
    }
}
