//! `cargo xtask bench`: the same work by Frontage and by what people would use instead, side by
//! side in one run.
//!
//! In:    the checkout, built for release.
//! Out:   a table, or JSON; with `--write`, `docs/benchmarks.md`.
//! Never: a figure without the conditions under which it was taken.

mod ask;
mod canned;
mod hold;
mod load;
mod measure;
mod peer;
mod process;
mod report;
mod resources;
mod scenario;

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use measure::{Effort, Upstream};
use peer::{PEERS, Place, Started};
use process::{OTHERS, Running};
use report::{Conditions, Report};
use resources::Extent;
use scenario::SCENARIOS;

/// The part of a run that is no scenario.
const RESOURCES: &str = "resources";

const USAGE: &str = "\
cargo xtask bench [--quick] [--scenario NAME]... [--peer NAME]... [--json] [--write]
  --quick       short rounds, less than three minutes in all
  --scenario    only these (a part of the name is enough); `resources` is start and memory
  --peer        only these beside Frontage
  --json        the whole result for machines
  --write       docs/benchmarks.md";

struct Options {
    quick: bool,
    json: bool,
    write: bool,
    scenarios: Vec<String>,
    peers: Vec<String>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["upstream", port] => match port.parse() {
            Ok(port) => canned::serve(port),
            Err(_) => Err(format!("upstream: no port: {port}")),
        },
        ["load", load] => run_load(load),
        ["hold", port, count, request] => match (port.parse(), count.parse()) {
            (Ok(port), Ok(count)) => hold::run(port, count, request),
            _ => Err("hold: PORT COUNT REQUEST".to_owned()),
        },
        ["run", root, rest @ ..] => options(rest).and_then(|options| run(root.into(), &options)),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run_load(text: &str) -> Result<(), String> {
    let load = serde_json::from_str(text).map_err(|e| format!("load: {e}"))?;
    let outcome = load::run(&load)?;
    println!("{}", serde_json::to_string(&outcome).map_err(|e| e.to_string())?);
    Ok(())
}

fn options(words: &[&str]) -> Result<Options, String> {
    let mut options =
        Options { quick: false, json: false, write: false, scenarios: vec![], peers: vec![] };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().map(|w| (*w).to_owned()).ok_or(USAGE.to_owned());
        match *word {
            "--quick" => options.quick = true,
            "--json" => options.json = true,
            "--write" => options.write = true,
            "--scenario" => options.scenarios.push(value()?),
            "--peer" => options.peers.push(value()?),
            _ => return Err(USAGE.to_owned()),
        }
    }
    for wanted in &options.scenarios {
        let is_known = SCENARIOS.iter().any(|s| s.name.contains(wanted.as_str()));
        if !is_known && !RESOURCES.contains(wanted.as_str()) {
            let names: Vec<&str> = SCENARIOS.iter().map(|s| s.name).collect();
            return Err(format!("no scenario is called `{wanted}`: {}", names.join(", ")));
        }
    }
    for wanted in &options.peers {
        if !PEERS.iter().any(|p| p.name == wanted) {
            let names: Vec<&str> = PEERS.iter().map(|p| p.name).collect();
            return Err(format!("no peer is called `{wanted}`: {}", names.join(", ")));
        }
    }
    Ok(options)
}

fn run(root: PathBuf, options: &Options) -> Result<(), String> {
    let scratch = root.join("target/bench");
    std::fs::create_dir_all(&scratch).map_err(|e| format!("{}: {e}", scratch.display()))?;
    let upstream = upstream(&scratch)?;
    let place = Place {
        store: format!("http://127.0.0.1:{}", upstream.port),
        // The first of the reserved ports, at which nothing listens on a loopback address.
        down: "http://127.0.0.1:1".to_owned(),
        root,
        scratch,
    };
    let effort = match options.quick {
        true => Effort { rounds: 2, millis: 250, warm_millis: 200 },
        false => Effort { rounds: 5, millis: 2000, warm_millis: 2000 },
    };
    let (mut started, mut missing): (Vec<Started>, Vec<&str>) = (Vec::new(), Vec::new());
    for peer in PEERS {
        let wanted = options.peers.is_empty() || options.peers.iter().any(|own| own == peer.name);
        if !wanted && peer.name != "frontage" {
            continue;
        }
        match peer.version(&place) {
            Some(version) => {
                progress(&format!("{} starts", peer.name));
                started.push(peer.start(&place, version)?);
            }
            None => missing.push(peer.name),
        }
    }
    let mut report = Report {
        conditions: Conditions::now(effort, &missing),
        rows: Vec::new(),
        resources: Vec::new(),
    };
    let chosen = |name: &str| {
        options.scenarios.is_empty()
            || options.scenarios.iter().any(|own| name.contains(own.as_str()))
    };
    for scenario in SCENARIOS {
        if !chosen(scenario.name) {
            continue;
        }
        let taking: Vec<&Started> =
            started.iter().filter(|s| scenario.is_for(s.peer.kind)).collect();
        progress(&format!("{}: answers are compared", scenario.name));
        measure::verify(scenario, &taking, &upstream)?;
        let figures = measure::rounds(scenario, &taking, &upstream, effort, |what| {
            progress(&format!("{}: {what}", scenario.name));
        })?;
        report.add(scenario, figures);
        if !options.json {
            progress("");
            print!("{}", report.last());
        }
    }
    let peers: Vec<_> = started.iter().map(|started| started.peer).collect();
    drop(started);
    if chosen(RESOURCES) {
        let extent = match options.quick {
            true => Extent { starts: 3, connections: 1000 },
            false => Extent { starts: 11, connections: 10_000 },
        };
        for peer in peers {
            // What every peer answers.
            let asked = SCENARIOS.iter().find(|s| s.is_for(peer.kind));
            let Some(asked) = asked else { continue };
            progress(&format!("{}: starts and idle connections", peer.name));
            report.resources.push(resources::measure(peer, &place, asked, extent)?);
        }
        if !options.json {
            progress("");
            print!("{}", report.resources_text());
        }
    }
    report.conditions.end();
    progress("");
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report).map_err(|e| e.to_string())?);
    } else {
        print!("{}", report.conditions.text());
    }
    if options.write {
        let path = place.root.join("docs/benchmarks.md");
        std::fs::write(&path, report.page()).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

/// Starts the service that all peers call.
fn upstream(scratch: &std::path::Path) -> Result<Upstream, String> {
    let port = ask::free_port()?;
    let own = std::env::current_exe().map_err(|e| format!("upstream: {e}"))?;
    let mut command = Command::new(own);
    command.arg("upstream").arg(port.to_string());
    let mut running = Running::start(command, OTHERS, &scratch.join("upstream.log"))?;
    ask::wait_for(port, &mut running).map_err(|why| format!("upstream: {why}"))?;
    Ok(Upstream { running, port })
}

/// What goes on, on one line of a terminal that is written over; nothing where nobody looks.
fn progress(what: &str) {
    use std::io::IsTerminal as _;
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[2K{what}");
    }
}
