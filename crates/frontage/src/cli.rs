//! The command line's grammar.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Builds and runs a backend for each frontend, compiled from TypeScript route modules.
#[derive(Debug, Parser)]
#[command(name = "frontage", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// What all commands take.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The workspace's folder [default: the current one or the nearest above with frontage.toml]
    #[arg(short = 'C', long, value_name = "DIR", global = true)]
    pub(crate) workspace: Option<PathBuf>,
    /// Print JSON for machines
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = Color::Auto, global = true)]
    pub(crate) color: Color,
    /// Print errors only
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Print more
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What a client is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// One TypeScript file.
    Ts,
    /// A JavaScript module for pages without a bundler; with -o, its declarations beside it.
    Js,
}

/// Where a generated file goes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Output {
    /// Write FILE, if it differs, instead of printing
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Write nothing; end with status 1 if FILE is not what would be written
    #[arg(long, requires = "file")]
    pub(crate) check: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a small workspace that runs
    New {
        /// The folder to make
        dir: PathBuf,
        /// The OpenAPI contract of a backend that is there: hand everything over to it, and draft routes
        #[arg(long, value_name = "CONTRACT")]
        from: Option<PathBuf>,
        /// With --from, the frontend whose backend it is
        #[arg(long, value_name = "NAME", default_value = "web", requires = "from")]
        frontend: String,
    },
    /// Start the services and every backend; watch, recompile and swap
    Dev {
        /// The frontends to run [default: all]
        frontends: Vec<String>,
    },
    /// Report everything that is wrong with the workspace
    Check {
        /// Check again whenever a file changes
        #[arg(long)]
        watch: bool,
    },
    /// Print a backend's plan: stages, calls, fields read, budgets
    Explain {
        /// The frontend
        frontend: String,
        /// One route, such as "GET /home"
        route: Option<String>,
        /// Print a Mermaid flowchart
        #[arg(long, conflicts_with = "json")]
        mermaid: bool,
    },
    /// Print a typed client of a backend
    Client {
        /// The frontend
        frontend: String,
        /// What it is written in
        #[arg(long, value_enum, default_value_t = Language::Ts)]
        lang: Language,
        /// Where it goes.
        #[command(flatten)]
        output: Output,
    },
    /// Print who owns which files, for CODEOWNERS
    Codeowners {
        /// Where it goes; lines of the file that others wrote stay.
        #[command(flatten)]
        output: Output,
    },
    /// Print a backend's OpenAPI 3.1
    Openapi {
        /// The frontend
        frontend: String,
        /// Write YAML [default: by the name of FILE, else JSON]
        #[arg(long)]
        yaml: bool,
        /// Where it goes.
        #[command(flatten)]
        output: Output,
    },
    /// Draft the types of an upstream without a contract from sample answers
    Infer(Infer),
    /// Write .frontage/ for editors, tsc and Node
    Types,
    /// Make a release of a backend: one file that `frontage serve --release` runs
    Build {
        /// The frontend
        frontend: String,
        /// The file to write [default: FRONTEND.release]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// What to call it [default: `version` of frontend.toml, else by its sources]
        #[arg(long, value_name = "VERSION")]
        release_version: Option<String>,
    },
    /// Print what a new version changes for the clients of backends; status 1 if anything breaks
    Diff {
        /// A release, a workspace, or a document of `frontage openapi`
        old: PathBuf,
        /// The same, newer
        new: PathBuf,
        /// Of two workspaces, compare this frontend only
        #[arg(long, value_name = "NAME")]
        frontend: Option<String>,
    },
    /// Print what still goes to the backend that was there before, and how moved routes compare
    Migrate {
        /// The frontends [default: all with `[[legacy]]`]
        frontends: Vec<String>,
        /// Address of the backend's admin listener [default: `[admin] listen` of frontend.toml]
        #[arg(long, value_name = "ADDRESS")]
        admin: Option<String>,
    },
    /// Print how alike the backends are, what stands in several, and what belongs to a service
    Overlap {
        /// Write one self-contained page instead of printing
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    },
    /// Print what a new version of an upstream's contract does to the routes; status 1 if one breaks
    Impact {
        /// The upstream
        upstream: String,
        /// The file with its new contract
        contract: PathBuf,
    },
    /// Run backends: a supervisor with one process each, or one in this process if one is named
    Serve {
        /// The frontends to run [default: all]
        #[arg(conflicts_with_all = ["release", "state"])]
        frontends: Vec<String>,
        /// Run this release, and each that replaces the file; may be repeated
        #[arg(long, value_name = "FILE")]
        release: Vec<PathBuf>,
        /// Where releases and the admin socket are kept [default: frontage-state]
        #[arg(long, value_name = "DIR")]
        state: Option<PathBuf>,
    },
    /// Change what a running `frontage serve --release` serves
    Release {
        /// What to do
        #[command(subcommand)]
        command: ReleaseCommand,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Run one backend under a supervisor, which speaks on standard input
    #[command(hide = true)]
    Backend {
        /// The frontend
        frontend: String,
    },
}

/// What `frontage release` does.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ReleaseCommand {
    /// Make the release in a file the newest of its frontend
    Activate {
        /// The file
        file: PathBuf,
        /// Where the supervisor keeps its releases
        #[command(flatten)]
        stock: Stock,
    },
    /// Make an earlier release the newest again
    Rollback {
        /// The frontend
        frontend: String,
        /// The release's version [default: the one before the newest]
        version: Option<String>,
        /// Where the supervisor keeps its releases
        #[command(flatten)]
        stock: Stock,
    },
    /// Print what is served and what can be rolled back to, and how much each is used
    List {
        /// The frontend [default: all]
        frontend: Option<String>,
        /// Where the supervisor keeps its releases
        #[command(flatten)]
        stock: Stock,
    },
    /// No longer serve a release beside the newest
    Retire {
        /// The frontend
        frontend: String,
        /// The release's version
        version: String,
        /// Where the supervisor keeps its releases
        #[command(flatten)]
        stock: Stock,
    },
    /// Print what a release file says of itself
    Show {
        /// The file
        file: PathBuf,
    },
}

/// Which supervisor is asked.
#[derive(Debug, Clone, Args)]
pub(crate) struct Stock {
    /// The folder that the supervisor was given
    #[arg(long, value_name = "DIR", default_value = STATE)]
    pub(crate) state: PathBuf,
}

/// Where a supervisor keeps its releases unless it is told.
pub(crate) const STATE: &str = "frontage-state";

/// What `frontage infer` takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Infer {
    /// Files with one JSON answer each; forecast.json and forecast.2.json are answers of /forecast
    #[arg(value_name = "SAMPLE")]
    pub(crate) samples: Vec<PathBuf>,
    /// An answer of GET PATH, such as /forecast/{city}=https://example.org/forecast/rome
    #[arg(long, value_name = "PATH=URL|FILE")]
    pub(crate) get: Vec<String>,
    /// The file to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The upstream's name [default: by the name of FILE]
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Take texts that repeat few values for enumerations
    #[arg(long)]
    pub(crate) enums: bool,
    /// Replace FILE
    #[arg(long)]
    pub(crate) force: bool,
}
