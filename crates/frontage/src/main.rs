//! `frontage`: the command line; the only reader of files, environment and secrets.
//!
//! In:    arguments.
//! Out:   exit status 0 (done), 1 (the workspace has errors, or a check failed), 2 (wrong use).
//! Never: logic of compiling or serving; those are the two towers' crates.
//!
//! Start at [`main`].

mod activation;
mod build;
mod candidate;
mod cli;
mod codes;
mod command;
mod config;
mod files;
mod infer;
mod logging;
mod process;
mod release;
mod settings;
mod terminal;
mod watch;
mod workspace;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use cli::{Cli, Command};
use terminal::Terminal;

/// A request takes and gives back some hundred small pieces of memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Stack of the thread that compiles. Contracts nest as deep as their authors like, and what reads
/// types follows them; only what is used is ever taken.
pub(crate) const STACK: usize = 256 << 20;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if matches!(cli.command, Command::Backend { .. }) {
        // Plans are flat.
        return run(cli);
    }
    let thread = std::thread::Builder::new().name("main".into()).stack_size(STACK);
    match thread.spawn(|| run(cli)) {
        // A panic has told its story.
        Ok(thread) => thread.join().unwrap_or(ExitCode::from(101)),
        Err(_) => run(Cli::parse()),
    }
}

fn run(cli: Cli) -> ExitCode {
    let terminal = Terminal::new(&cli.global);
    let done = match cli.command {
        Command::New { dir, from, frontend } => {
            command::new::run(&terminal, &dir, from.as_deref(), &frontend)
        }
        Command::Dev { frontends } => command::dev::run(&cli.global, &terminal, &frontends),
        Command::Check { watch } => command::check::run(&cli.global, &terminal, watch),
        Command::Explain { frontend, route, mermaid } => {
            command::explain::run(&cli.global, &terminal, &frontend, route.as_deref(), mermaid)
        }
        Command::Client { frontend, lang, output } => {
            command::client::run(&cli.global, &terminal, &frontend, lang, &output)
        }
        Command::Codeowners { output } => command::codeowners::run(&cli.global, &terminal, &output),
        Command::Openapi { frontend, yaml, output } => {
            command::openapi::run(&cli.global, &terminal, &frontend, yaml, &output)
        }
        Command::Infer(infer) => command::infer::run(&cli.global, &terminal, &infer),
        Command::Types => command::types::run(&cli.global, &terminal),
        Command::Build { frontend, output, release_version } => {
            let version = release_version.as_deref();
            command::build::run(&cli.global, &terminal, &frontend, output, version)
        }
        Command::Diff { old, new, frontend } => {
            command::diff::run(&cli.global, &terminal, &old, &new, frontend.as_deref())
        }
        Command::Migrate { frontends, admin } => {
            command::migrate::run(&cli.global, &terminal, &frontends, admin.as_deref())
        }
        Command::Overlap { html } => command::overlap::run(&cli.global, &terminal, html.as_deref()),
        Command::Impact { upstream, contract } => {
            command::impact::run(&cli.global, &terminal, &upstream, &contract)
        }
        Command::Serve { frontends, release, state } if release.is_empty() && state.is_none() => {
            command::serve::run(&cli.global, &terminal, &frontends)
        }
        Command::Serve { release, state, .. } => {
            command::serve::run_releases(&cli.global, &terminal, release, state)
        }
        Command::Release { command } => command::release::run(&cli.global, &terminal, command),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "frontage", &mut text);
            terminal::print(String::from_utf8_lossy(&text).trim_end());
            Ok(ExitCode::SUCCESS)
        }
        Command::Backend { frontend } => {
            logging::start(logging::Format::Json, Some(&frontend), cli.global.verbose);
            Ok(process::run_supervised())
        }
    };
    logging::finish();
    done.unwrap_or_else(|fault| {
        terminal.refused(&[fault], &frontage_diagnostic::SourceMap::new());
        ExitCode::FAILURE
    })
}
