//! What peers cost before and beside their work: cold start, memory at rest, idle connections.
//!
//! In:    the peers that this machine has.
//! Out:   medians of their figures.
//! Never: a start that is not seen to answer.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::ask;
use crate::peer::{Peer, Place};
use crate::process;
use crate::scenario::{SCENARIOS, Scenario};

/// Figures of one peer.
#[derive(Debug, Serialize)]
pub(crate) struct Resources {
    pub(crate) peer: &'static str,
    /// From the start of the process to the first answer, in milliseconds: least, median, most.
    pub(crate) start_millis: (f64, f64, f64),
    /// After that first answer.
    pub(crate) idle_kib: u64,
    /// What connections take beyond that once they are idle, and how many there were.
    pub(crate) connections_kib: Option<u64>,
    pub(crate) connections: usize,
    /// What clients take beyond it that read their answers slowly, and how many there were.
    pub(crate) slow_kib: Option<u64>,
    pub(crate) slow: usize,
}

/// How often and how many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    pub(crate) starts: usize,
    pub(crate) connections: usize,
    pub(crate) slow: usize,
}

/// What a slow client asks for.
const SIPPED: &str = "projection-2m";

/// Measures one peer.
///
/// # Errors
///
/// If it does not start or answer.
pub(crate) fn measure(
    peer: &'static Peer,
    place: &Place,
    scenario: &Scenario,
    extent: Extent,
) -> Result<Resources, String> {
    let request = peer.request(scenario);
    let mut starts = Vec::new();
    let mut idle_kib = 0;
    let mut last = None;
    for _ in 0..extent.starts.max(1) {
        drop(last.take());
        let began = Instant::now();
        let started = peer.start(place, String::new())?;
        let status = ask::once(started.port, &request)?.status;
        starts.push(began.elapsed().as_secs_f64() * 1000.0);
        if status != 200 {
            return Err(format!("{}: status {status} after its start", peer.name));
        }
        idle_kib = process::memory(started.running.id());
        last = Some(started);
    }
    starts.sort_by(f64::total_cmp);
    let connections_kib = match &last {
        Some(started) if extent.connections > 0 => {
            let held = held("hold", started.port, &request, extent.connections)?;
            let with = settled(started.running.id());
            drop(held);
            Some(with.saturating_sub(idle_kib))
        }
        _ => None,
    };
    // A process that has had no idle connections.
    drop(last.take());
    let sipped = SCENARIOS.iter().find(|own| own.name == SIPPED && own.is_for(peer));
    let slow_kib = match sipped {
        Some(sipped) if extent.slow > 0 => {
            let started = peer.start(place, String::new())?;
            let request = peer.request(sipped);
            ask::once(started.port, &request)?;
            let before = process::memory(started.running.id());
            let held = held("sip", started.port, &request, extent.slow)?;
            let with = settled(started.running.id());
            drop(held);
            Some(with.saturating_sub(before))
        }
        _ => None,
    };
    let at = |place: usize| starts.get(place).copied().unwrap_or(f64::NAN);
    Ok(Resources {
        peer: peer.name,
        start_millis: (at(0), at(starts.len() / 2), at(starts.len() - 1)),
        idle_kib,
        connections_kib,
        connections: extent.connections,
        slow_kib,
        slow: extent.slow,
    })
}

/// The memory of a process that has nothing to do, in KiB, once it has not shrunk for two seconds;
/// what it has after fifteen, if it goes on.
fn settled(process: u32) -> u64 {
    let mut least = process::memory(process);
    let mut since = 0;
    for _ in 0..60 {
        std::thread::sleep(Duration::from_millis(250));
        let now = process::memory(process);
        since = if now < least { 0 } else { since + 1 };
        least = least.min(now);
        if since == 8 {
            break;
        }
    }
    least
}

/// A process that keeps connections, for as long as this value lives.
struct Held(std::process::Child);

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(5) {
            if matches!(self.0.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn held(way: &str, port: u16, request: &str, count: usize) -> Result<Held, String> {
    let own = std::env::current_exe().map_err(|e| format!("hold: {e}"))?;
    let child = Command::new(own)
        .args([way, &port.to_string(), &count.to_string(), request])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut held = Held(child.map_err(|e| format!("hold: {e}"))?);
    let mut line = String::new();
    if let Some(out) = held.0.stdout.take() {
        BufReader::new(out).read_line(&mut line).map_err(|e| format!("hold: {e}"))?;
    }
    if line.trim() == count.to_string() {
        return Ok(held);
    }
    let mut why = String::new();
    if let Some(error) = held.0.stderr.take() {
        let _ = BufReader::new(error).read_line(&mut why);
    }
    Err(format!("hold: {}", why.trim()))
}
