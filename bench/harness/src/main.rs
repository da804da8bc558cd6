//! `cargo xtask bench`: the same work by Frontage and by what people would use instead, side by
//! side in one run.
//!
//! In:    the checkout, built for release.
//! Out:   a table, or JSON; with `--write`, `docs/benchmarks.md`.
//! Never: a figure without the conditions under which it was taken.

mod ask;
mod canned;
mod hold;
mod json;
mod load;
mod measure;
mod peer;
mod process;
mod profile;
mod report;
mod resources;
mod scenario;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use measure::{Effort, Upstream};
use peer::{PEERS, Place, Started};
use process::{OTHERS, Running};
use report::{Conditions, Report};
use resources::Extent;
use scenario::{SCENARIOS, Scenario};

/// The parts of a run that are no scenario.
const RESOURCES: &str = "resources";
const JSON: &str = "json";

const USAGE: &str = "\
cargo xtask bench [--quick | --check | --profile] [--scenario NAME]... [--peer NAME]... [--json] [--write]
  --quick       short rounds, less than three minutes in all
  --profile     where Frontage's own time goes, by `perf`
  --check       compares answers and counts calls, and measures nothing
  --scenario    only these (a part of the name is enough); `resources` is start and memory,
                `json` its reader alone
  --peer        only these beside Frontage
  --json        the whole result for machines
  --write       docs/benchmarks.md";

struct Options {
    quick: bool,
    check: bool,
    profile: bool,
    build: &'static str,
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
        ["json", rounds, millis] => match (rounds.parse(), millis.parse()) {
            (Ok(rounds), Ok(millis)) => json::run(rounds, millis),
            _ => Err("json: ROUNDS MILLIS".to_owned()),
        },
        [way @ ("hold" | "sip"), port, count, request] => match (port.parse(), count.parse()) {
            (Ok(port), Ok(count)) if *way == "hold" => hold::run(port, count, request),
            (Ok(port), Ok(count)) => hold::sip(port, count, request),
            _ => Err(format!("{way}: PORT COUNT REQUEST")),
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
    let mut options = Options {
        quick: false,
        check: false,
        profile: false,
        build: "release",
        json: false,
        write: false,
        scenarios: vec![],
        peers: vec![],
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().map(|w| (*w).to_owned()).ok_or(USAGE.to_owned());
        match *word {
            "--quick" => options.quick = true,
            // Nothing is measured: what is built fastest will do.
            "--check" => (options.check, options.build) = (true, "debug"),
            "--json" => options.json = true,
            "--write" => options.write = true,
            "--profile" => options.profile = true,
            "--scenario" => options.scenarios.push(value()?),
            "--peer" => options.peers.push(value()?),
            _ => return Err(USAGE.to_owned()),
        }
    }
    for wanted in &options.scenarios {
        let is_known = SCENARIOS.iter().any(|s| s.name.contains(wanted.as_str()));
        let is_part = [RESOURCES, JSON].iter().any(|part| part.contains(wanted.as_str()));
        if !is_known && !is_part {
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
        build: options.build,
        logged: false,
        root,
        scratch,
    };
    let effort = match options.quick {
        true => Effort { rounds: 2, millis: 250, warm_millis: 200 },
        false => Effort { rounds: 7, millis: 1000, warm_millis: 1500 },
    };
    let chosen = |name: &str| {
        options.scenarios.is_empty()
            || options.scenarios.iter().any(|own| name.contains(own.as_str()))
    };
    let scenarios: Vec<&Scenario> = SCENARIOS.iter().filter(|own| chosen(own.name)).collect();
    let (started, missing) = start(&place, options, &scenarios)?;
    let mut report = Report {
        conditions: Conditions::now(effort, &missing),
        rows: Vec::new(),
        resources: Vec::new(),
        json: Vec::new(),
    };
    let peers: Vec<_> = started.iter().map(|started| started.peer).collect();
    compare(&place, &scenarios, &started, &upstream, options, &mut report)?;
    drop(started);
    // One after the other: what waits takes memory, and a core now and then.
    let place = Place { logged: true, ..place };
    let (logging, _) = start(&place, options, &scenarios)?;
    compare(&place, &scenarios, &logging, &upstream, options, &mut report)?;
    drop(logging);
    let place = Place { logged: false, ..place };
    let measures = !options.check && !options.profile;
    if chosen(JSON) && measures {
        progress("JSON alone");
        report.json = measure::json(effort)?;
        if !options.json {
            progress("");
            print!("{}", report.json_text());
        }
    }
    if chosen(RESOURCES) && measures {
        let extent = match options.quick {
            true => Extent { starts: 3, connections: 1000, slow: 50 },
            false => Extent { starts: 11, connections: 10_000, slow: 200 },
        };
        for peer in peers {
            // What every peer answers.
            let asked = SCENARIOS.iter().find(|s| s.is_for(peer));
            let Some(asked) = asked else { continue };
            progress(&format!("{}: starts and idle connections", peer.name));
            report.resources.push(resources::measure(peer, &place, asked, extent)?);
        }
        if !options.json {
            progress("");
            print!("{}", report.resources_text());
        }
    }
    progress("");
    if options.check || options.profile {
        let names: Vec<&str> = report.conditions.missing().collect();
        if !names.is_empty() {
            println!("not on this machine: {}", names.join(", "));
        }
        return Ok(());
    }
    report.conditions.end();
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

/// Starts the peers that take part in a chosen scenario; with the names of those that this machine
/// does not have.
fn start(
    place: &Place,
    options: &Options,
    scenarios: &[&Scenario],
) -> Result<(Vec<Started>, Vec<&'static str>), String> {
    let (mut started, mut missing) = (Vec::new(), Vec::new());
    for peer in PEERS {
        let wanted = options.peers.is_empty() || options.peers.iter().any(|own| own == peer.name);
        // Starts and memory are every peer's.
        let is_measured =
            !place.logged || scenarios.iter().any(|own| own.logged && own.is_for(peer));
        if !is_measured || !wanted && peer.name != "frontage" {
            continue;
        }
        match peer.version(place) {
            Some(version) => {
                progress(&format!("{} starts", peer.name));
                started.push(peer.start(place, version)?);
            }
            None => missing.push(peer.name),
        }
    }
    Ok((started, missing))
}

/// Compares answers in each scenario, and measures it.
fn compare(
    place: &Place,
    scenarios: &[&Scenario],
    started: &[Started],
    upstream: &Upstream,
    options: &Options,
    report: &mut Report,
) -> Result<(), String> {
    for &scenario in scenarios.iter().filter(|own| own.logged == place.logged) {
        let taking: Vec<&Started> =
            started.iter().filter(|own| scenario.is_for(own.peer)).collect();
        progress(&format!("{}: answers are compared", scenario.name));
        measure::verify(scenario, &taking, upstream)?;
        if options.check {
            progress("");
            let names: Vec<&str> = taking.iter().map(|own| own.peer.name).collect();
            println!("{}: the same answer by {}", scenario.name, names.join(", "));
            continue;
        }
        if options.profile {
            if let Some(own) = taking.iter().find(|own| own.peer.name == "frontage") {
                progress(&format!("{}: is sampled", scenario.name));
                profile::run(scenario, own, &place.scratch)?;
            }
            continue;
        }
        let effort = report.conditions.effort();
        let figures = measure::rounds(scenario, &taking, upstream, effort, |what| {
            progress(&format!("{}: {what}", scenario.name));
        })?;
        report.add(scenario, figures);
        if !options.json {
            progress("");
            print!("{}", report.last());
        }
    }
    Ok(())
}

/// Starts the service that all peers call.
fn upstream(scratch: &Path) -> Result<Upstream, String> {
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
