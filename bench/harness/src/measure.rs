//! One scenario: every peer checked, warmed up, and measured in turns.
//!
//! In:    peers that run, an upstream, how long and how often.
//! Out:   the figures of each peer in each round.
//! Never: a figure of an answer that differs from the others', of a plan that calls more than it
//!        should, or of a round in which the machine did something else.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::ask;
use crate::json::Reader;
use crate::load::{Load, Outcome};
use crate::peer::Started;
use crate::process::{self, OTHERS, Running, SERVER};
use crate::scenario::Scenario;

/// A round in which anything else used more than this part of the machine is repeated.
const MOST_FOREIGN: f64 = 0.2;
/// How often; then it stands, and its figure is marked.
const MOST_REPEATS: usize = 4;
/// Requests that are sent to see what the upstream gets to see.
const COUNTED: u32 = 5;
/// Answers from this size on are compressed where that is asked for, in bytes.
const COMPRESSED: usize = 1024;

/// How long and how often.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Effort {
    pub(crate) rounds: usize,
    pub(crate) millis: u64,
    pub(crate) warm_millis: u64,
}

/// The service behind the peers.
pub(crate) struct Upstream {
    pub(crate) running: Running,
    pub(crate) port: u16,
}

/// Figures of one peer in one scenario.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    pub(crate) peer: &'static str,
    pub(crate) version: String,
    /// At saturation, a figure for each round.
    pub(crate) saturated: Vec<Round>,
    /// At the scenario's rate.
    pub(crate) fixed: Vec<Round>,
    /// After all rounds.
    pub(crate) memory_kib: u64,
}

/// What one round gave.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Round {
    /// CPU time of the server for each answer, in microseconds.
    pub(crate) cpu_micros: f64,
    /// Answers for each second.
    pub(crate) rps: f64,
    /// Microseconds.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) p999: f64,
    pub(crate) errors: u64,
    pub(crate) error: Option<String>,
    /// The part of the machine that something else used.
    pub(crate) foreign: f64,
}

/// Checks that all peers answer the same with the calls that the scenario wants.
///
/// # Errors
///
/// If one does not.
pub(crate) fn verify(
    scenario: &Scenario,
    peers: &[&Started],
    upstream: &Upstream,
) -> Result<(), String> {
    let mut first: Option<(&str, serde_json::Value)> = None;
    for started in peers {
        let (peer, request) = (started.peer, started.peer.request(scenario));
        // The first request may open connections and compile code.
        ask::once(started.port, &request)?;
        counts(upstream)?;
        let mut body = Vec::new();
        for _ in 0..COUNTED {
            let answer = ask::once(started.port, &request)?;
            let status = answer.status;
            if status != 200 {
                let text = String::from_utf8_lossy(&answer.sent);
                return Err(format!("{}: {}: status {status}: {text}", scenario.name, peer.name));
            }
            body = answer.body()?;
            let compressed = scenario.logged && body.len() >= COMPRESSED;
            if answer.is_compressed() != compressed {
                let not = if compressed { "not " } else { "" };
                return Err(format!("{}: {} is {not}compressed", scenario.name, peer.name));
            }
        }
        let seen = counts(upstream)?;
        for (kind, expected) in scenario.calls {
            let made = seen.get(*kind).and_then(serde_json::Value::as_f64).unwrap_or(0.0);
            let made = made / f64::from(COUNTED);
            let exempt = peer.may_call_more(scenario);
            if (made - expected).abs() > 0.01 && !exempt {
                return Err(format!(
                    "{}: {} made {made} calls of {kind} for a request, not {expected}",
                    scenario.name, peer.name
                ));
            }
        }
        let answer = normal(peer.answer(scenario, &body)?);
        match &first {
            None => first = Some((peer.name, answer)),
            Some((other, expected)) if *expected != answer => {
                return Err(format!(
                    "{}: {} answers {answer}, {other} {expected}",
                    scenario.name, peer.name
                ));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Numbers by their value: `1.0` and `1` are the same in JSON.
fn normal(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Number(n) => n.as_f64().map_or(Value::Null, Value::from),
        Value::Array(items) => items.into_iter().map(normal).collect(),
        Value::Object(members) => {
            // In any order: a gateway may have its own.
            let mut members: Vec<_> = members.into_iter().map(|(k, v)| (k, normal(v))).collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(members.into_iter().collect())
        }
        other => other,
    }
}

/// Calls that the upstream saw since it was last asked.
fn counts(upstream: &Upstream) -> Result<serde_json::Value, String> {
    let answer = ask::once(upstream.port, "GET /counts HTTP/1.1\r\nhost: upstream\r\n\r\n")?;
    serde_json::from_slice(&answer.sent).map_err(|e| format!("upstream: {e}"))
}

/// Measures all peers in turns.
///
/// # Errors
///
/// If the load generator cannot run.
pub(crate) fn rounds(
    scenario: &Scenario,
    peers: &[&Started],
    upstream: &Upstream,
    effort: Effort,
    mut progress: impl FnMut(&str),
) -> Result<Vec<Figures>, String> {
    let mut all: Vec<Figures> = peers
        .iter()
        .map(|started| Figures {
            peer: started.peer.name,
            version: started.version.clone(),
            saturated: Vec::new(),
            fixed: Vec::new(),
            memory_kib: 0,
        })
        .collect();
    let mut bodies = Vec::new();
    for started in peers {
        progress(&format!("{} warms up", started.peer.name));
        let request = started.peer.request(scenario);
        bodies.push(ask::once(started.port, &request)?.sent.len());
        let warm = Load {
            port: started.port,
            request,
            connections: scenario.connections,
            millis: effort.warm_millis,
            rate: None,
            body: None,
        };
        generate(&warm)?;
        if scenario.logged {
            emptied(started, true)?;
        }
    }
    for rate in [None, Some(scenario.rate)] {
        for number in 1..=effort.rounds {
            for (at, started) in peers.iter().enumerate() {
                let way = if rate.is_some() { "at a fixed rate" } else { "at saturation" };
                progress(&format!(
                    "round {number} of {}: {} {way}",
                    effort.rounds, started.peer.name
                ));
                let load = Load {
                    port: started.port,
                    request: started.peer.request(scenario),
                    connections: match rate {
                        None => scenario.connections,
                        // Enough that a request need not wait for a connection.
                        Some(_) => 256,
                    },
                    millis: effort.millis,
                    rate,
                    body: Some(bodies[at]),
                };
                let round = round(&load, started, upstream)?;
                if scenario.logged {
                    // At a rate a peer may still keep what it has to write.
                    emptied(started, rate.is_none())?;
                }
                let into = if rate.is_some() { &mut all[at].fixed } else { &mut all[at].saturated };
                into.push(round);
            }
        }
    }
    for (figures, started) in all.iter_mut().zip(peers) {
        figures.memory_kib = process::memory(started.running.id());
    }
    Ok(all)
}

fn round(load: &Load, started: &Started, upstream: &Upstream) -> Result<Round, String> {
    let mut repeats = 0;
    loop {
        let (began, busy) = (Instant::now(), process::machine_busy());
        let (server, service) =
            (process::cpu(started.running.id()), process::cpu(upstream.running.id()));
        let own = process::cpu(std::process::id());
        let outcome = generate(load)?;
        let elapsed = began.elapsed();
        let server = process::cpu(started.running.id()).saturating_sub(server);
        let ours = server
            + process::cpu(upstream.running.id()).saturating_sub(service)
            + process::cpu(std::process::id()).saturating_sub(own)
            + Duration::from_secs_f64(outcome.own_cpu);
        let foreign = process::machine_busy().saturating_sub(busy).saturating_sub(ours);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        #[expect(clippy::cast_precision_loss, reason = "a few cores, some million answers")]
        let (cores, answers) = (cores as f64, outcome.answers.max(1) as f64);
        let foreign = foreign.as_secs_f64() / (elapsed.as_secs_f64() * cores);
        if foreign > MOST_FOREIGN && repeats < MOST_REPEATS {
            repeats += 1;
            continue;
        }
        return Ok(Round {
            cpu_micros: server.as_secs_f64() * 1e6 / answers,
            rps: answers / outcome.seconds,
            p50: outcome.p50,
            p99: outcome.p99,
            p999: outcome.p999,
            errors: outcome.errors,
            error: outcome.error,
            foreign,
        });
    }
}

/// Empties a peer's log after a round, so that the disk does not fill up.
///
/// - `must_hold`: whether something must stand there.
///
/// # Errors
///
/// If it wrote none: it did less than the others.
fn emptied(started: &Started, must_hold: bool) -> Result<(), String> {
    let fault = |why: String| format!("{}: {why}", started.log.display());
    let file = std::fs::OpenOptions::new().write(true).open(&started.log);
    let file = file.map_err(|e| fault(e.to_string()))?;
    let written = file.metadata().map_err(|e| fault(e.to_string()))?.len();
    if written == 0 && must_hold {
        return Err(fault("no access log was written".to_owned()));
    }
    file.set_len(0).map_err(|e| fault(e.to_string()))
}

/// Measures JSON alone, in a process of its own on the servers' core.
///
/// # Errors
///
/// If two readers differ.
pub(crate) fn json(effort: Effort) -> Result<Vec<Reader>, String> {
    let own = std::env::current_exe().map_err(|e| format!("json: {e}"))?;
    let out = Command::new("taskset")
        .args(["-c", &SERVER.to_string()])
        .arg::<&Path>(own.as_ref())
        .args(["json", &effort.rounds.to_string(), &(effort.millis / 4).to_string()])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("json: {e}"))?;
    serde_json::from_slice(&out.stdout).map_err(|e| format!("json: {e}"))
}

/// Runs the generator as a process of its own, on the core of all that is not measured.
pub(crate) fn generate(load: &Load) -> Result<Outcome, String> {
    let own = std::env::current_exe().map_err(|e| format!("load: {e}"))?;
    let text = serde_json::to_string(load).map_err(|e| format!("load: {e}"))?;
    let out = Command::new("taskset")
        .arg("-c")
        .arg(OTHERS.to_string())
        .arg::<&Path>(own.as_ref())
        .arg("load")
        .arg(text)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("load: {e}"))?;
    serde_json::from_slice(&out.stdout).map_err(|e| format!("load: {e}"))
}
