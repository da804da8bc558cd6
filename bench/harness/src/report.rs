//! What is printed: tables with their spreads, and the conditions they were taken under.
//!
//! In:    figures of rounds.
//! Out:   text for a terminal, Markdown for `docs/benchmarks.md`, a structure for JSON.
//! Never: a median without its spread.

use std::fmt::Write as _;
use std::process::Command;

use serde::Serialize;

use crate::json::Reader;
use crate::measure::{Effort, Figures, Round};
use crate::resources::Resources;
use crate::scenario::Scenario;

/// A run's result.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) conditions: Conditions,
    pub(crate) rows: Vec<Row>,
    pub(crate) resources: Vec<Resources>,
    pub(crate) json: Vec<Reader>,
}

/// One scenario's part of it.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    scenario: &'static str,
    title: &'static str,
    /// Requests per second of the rounds at a fixed rate.
    rate: f64,
    /// How long a round is.
    round_seconds: f64,
    connections: usize,
    figures: Vec<Figures>,
}

/// What a reader has to know to compare.
#[derive(Debug, Serialize)]
pub(crate) struct Conditions {
    /// In UTC.
    date: String,
    system: String,
    processor: String,
    cores: usize,
    /// Of one minute, at the start and at the end.
    load: (String, String),
    effort: Effort,
    /// Peers that this machine does not have.
    missing: Vec<String>,
}

impl Conditions {
    pub(crate) fn now(effort: Effort, missing: &[&str]) -> Self {
        let said = |program: &str, arguments: &[&str]| {
            let out = Command::new(program).args(arguments).output();
            out.map_or_else(
                |_| String::new(),
                |out| String::from_utf8_lossy(&out.stdout).trim().to_owned(),
            )
        };
        let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
        let model = model.map_or("unknown", |rest| rest.trim_start_matches([' ', '\t', ':']));
        Self {
            date: said("date", &["-u", "+%Y-%m-%d %H:%M"]),
            system: said("uname", &["-sr"]),
            processor: model.to_owned(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            load: (average(), String::new()),
            effort,
            missing: missing.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    pub(crate) fn effort(&self) -> Effort {
        self.effort
    }

    /// Peers that this machine does not have.
    pub(crate) fn missing(&self) -> impl Iterator<Item = &str> {
        self.missing.iter().map(String::as_str)
    }

    /// Notes the state of the machine after the last round.
    pub(crate) fn end(&mut self) {
        self.load.1 = average();
    }

    pub(crate) fn text(&self) -> String {
        let Effort { rounds, millis, warm_millis } = self.effort;
        let mut text = format!(
            "\n{} UTC, {}, {} with {} cores; load {} at the start, {} at the end.\n\
             {rounds} rounds of {millis} ms at saturation and as many at a fixed rate, peers in turns, \
             {warm_millis} ms to warm up.\n\
             Server on one core, upstream and load generator on the other. Medians, [least, most].\n",
            self.date, self.system, self.processor, self.cores, self.load.0, self.load.1,
        );
        if !self.missing.is_empty() {
            let _ = writeln!(text, "Not on this machine: {}.", self.missing.join(", "));
        }
        text
    }
}

fn average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("").to_owned()
}

impl Report {
    pub(crate) fn add(&mut self, scenario: &Scenario, figures: Vec<Figures>) {
        self.rows.push(Row {
            scenario: scenario.name,
            title: scenario.title,
            rate: scenario.rate,
            round_seconds: self.conditions.effort.millis as f64 / 1000.0,
            connections: scenario.connections,
            figures,
        });
    }

    /// The table of the scenario that was added last.
    pub(crate) fn last(&self) -> String {
        self.rows.last().map(Row::text).unwrap_or_default()
    }

    fn resources_cells(&self) -> Vec<[String; 5]> {
        let megabytes = |kib: u64| format!("{:.1} MB", kib as f64 / 1024.0);
        let line = |own: &Resources| {
            let (least, median, most) = own.start_millis;
            [
                own.peer.to_owned(),
                format!("{median:.0} ms [{least:.0}, {most:.0}]"),
                megabytes(own.idle_kib),
                own.connections_kib.map_or_else(String::new, |kib| {
                    format!("{} for {}", megabytes(kib), own.connections)
                }),
                own.slow_kib
                    .map_or_else(String::new, |kib| format!("{} for {}", megabytes(kib), own.slow)),
            ]
        };
        self.resources.iter().map(line).collect()
    }

    fn json_cells(&self) -> Vec<[String; 2]> {
        let line = |reader: &Reader| {
            let mut all = reader.bytes_per_second.clone();
            all.sort_by(f64::total_cmp);
            let at = |place: usize| all.get(place).map_or(f64::NAN, |rate| rate / 1e9);
            let (least, median, most) = (at(0), at(all.len() / 2), at(all.len().max(1) - 1));
            [reader.name.clone(), format!("{median:.2} GB/s [{least:.2}, {most:.2}]")]
        };
        self.json.iter().map(line).collect()
    }

    /// The table of JSON alone.
    pub(crate) fn json_text(&self) -> String {
        let mut text =
            String::from("\njson: the 21 KB of projection-20k read and written, one core\n");
        for [name, rate] in self.json_cells() {
            let _ = writeln!(text, "  {name:<36} {rate}");
        }
        text
    }

    /// The table of starts and memory.
    pub(crate) fn resources_text(&self) -> String {
        let mut text = String::from(
            "\nresources: from start to first answer; memory after it; what idle connections take; what \
             clients take that read an answer slowly\n",
        );
        for [peer, start, idle, connections, slow] in self.resources_cells() {
            let _ = writeln!(
                text,
                "  {peer:<15} {start:>22} {idle:>10}  {connections:>20}  {slow:>20}"
            );
        }
        text
    }

    /// `docs/benchmarks.md`.
    pub(crate) fn page(&self) -> String {
        let mut page = String::from(
            "# Benchmarks\n\n\
             Written by `cargo xtask bench --write`, which anybody can repeat: it installs the peers, \
             compares their answers, counts the calls that the upstream sees, and measures all of them \
             in turns in one run. The figure that counts is CPU time of the server's processes for each \
             answer; wall-clock figures of a shared machine say less.\n",
        );
        let _ = write!(page, "{}", self.conditions.text());
        page.push_str("\nPeers:\n\n");
        let mut seen: Vec<&str> = Vec::new();
        for figures in self.rows.iter().flat_map(|row| &row.figures) {
            if !seen.contains(&figures.peer) {
                seen.push(figures.peer);
                let _ = writeln!(page, "- `{}`: {}", figures.peer, figures.version);
            }
        }
        for row in &self.rows {
            let _ = write!(
                page,
                "\n## {}: {}\n\n\
                 | peer | CPU/request | to frontage | requests/s | CPU at {}/s | p50 | p99 | p99.9 | memory |\n\
                 |---|---|---|---|---|---|---|---|---|\n",
                row.scenario, row.title, row.rate
            );
            for cells in row.cells() {
                let _ = writeln!(page, "| {} |", cells.join(" | "));
            }
            for note in row.notes() {
                let _ = writeln!(page, "\n{note}");
            }
        }
        if !self.json.is_empty() {
            page.push_str(
                "\n## json: the 21 KB of `projection-20k` read, and what it shows written, on one core\n\n\
                 | reader | bytes read |\n|---|---|\n",
            );
            for cells in self.json_cells() {
                let _ = writeln!(page, "| {} |", cells.join(" | "));
            }
        }
        if !self.resources.is_empty() {
            page.push_str(
                "\n## resources\n\n\
                 Slow clients ask for `projection-2m` over small TCP segments and take a few bytes \
                 of it each second: what a peer takes for them is what it keeps of the answers.\n\n\
                 | peer | start to first answer | memory after it | idle connections take | slow \
                 clients take |\n\
                 |---|---|---|---|---|\n",
            );
            for cells in self.resources_cells() {
                let _ = writeln!(page, "| {} |", cells.join(" | "));
            }
        }
        page
    }
}

impl Row {
    fn text(&self) -> String {
        let at = format!("at {}/s", self.rate);
        let heads =
            ["", "CPU/request", "to frontage", "requests/s", &at, "p50", "p99", "p99.9", "memory"];
        let mut lines = vec![heads.map(str::to_owned)];
        lines.extend(self.cells());
        let mut widths = [0; 9];
        for line in &lines {
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut text = format!("\n{}: {}\n", self.scenario, self.title);
        for line in &lines {
            for (place, (cell, width)) in line.iter().zip(widths).enumerate() {
                let pad = " ".repeat(width - cell.chars().count());
                let _ = match place {
                    0 => write!(text, "  {cell}{pad}"),
                    _ => write!(text, "  {pad}{cell}"),
                };
            }
            text.push('\n');
        }
        for note in self.notes() {
            let _ = writeln!(text, "  {note}");
        }
        text
    }

    fn cells(&self) -> Vec<[String; 9]> {
        let cpu = |figures: &Figures| spread(&figures.saturated, |round| round.cpu_micros).1;
        let own = self.figures.iter().find(|figures| figures.peer == "frontage").map(cpu);
        let line = |figures: &Figures| {
            let (least, median, most) = spread(&figures.saturated, |round| round.cpu_micros);
            let rps = spread(&figures.saturated, |round| round.rps).1;
            let fixed = |of: fn(&Round) -> f64| spread(&figures.fixed, of).1;
            let errors: u64 =
                figures.saturated.iter().chain(&figures.fixed).map(|r| r.errors).sum();
            let name =
                if errors == 0 { figures.peer.to_owned() } else { format!("{} (!)", figures.peer) };
            [
                name,
                format!("{} [{}, {}]", micros(median), micros(least), micros(most)),
                own.map_or_else(String::new, |own| format!("{:.2}×", median / own)),
                format!("{rps:.0}"),
                micros(fixed(|round| round.cpu_micros)),
                micros(fixed(|round| round.p50)),
                micros(fixed(|round| round.p99)),
                micros(fixed(|round| round.p999)),
                format!("{:.1} MB", figures.memory_kib as f64 / 1024.0),
            ]
        };
        self.figures.iter().map(line).collect()
    }

    /// Answers for each second below which a round did not keep the rate: a twentieth less, and what
    /// arrivals of that rate vary by in so short a time.
    fn least(&self) -> f64 {
        let spread = 3.0 * (self.rate / self.round_seconds).sqrt();
        self.rate * 0.95 - spread
    }

    /// What makes a figure doubtful.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        for figures in &self.figures {
            let rounds = || figures.saturated.iter().chain(&figures.fixed);
            let errors: u64 = rounds().map(|round| round.errors).sum();
            if let Some(error) = rounds().find_map(|round| round.error.as_ref()) {
                notes.push(format!("(!) {}: {errors} requests failed: {error}", figures.peer));
            }
            let slow = figures.fixed.iter().filter(|round| round.rps < self.least()).count();
            if slow > 0 {
                notes.push(format!("{}: could not keep the rate in {slow} rounds", figures.peer));
            }
            let busy = rounds().filter(|round| round.foreign > 0.2).count();
            if busy > 0 {
                notes.push(format!(
                    "{}: in {busy} rounds something else used over 20 % of the machine",
                    figures.peer
                ));
            }
        }
        notes
    }
}

/// The least, the median and the most.
fn spread(rounds: &[Round], of: impl Fn(&Round) -> f64) -> (f64, f64, f64) {
    let mut all: Vec<f64> = rounds.iter().map(of).collect();
    all.sort_by(f64::total_cmp);
    let first = all.first().copied().unwrap_or(f64::NAN);
    let last = all.last().copied().unwrap_or(f64::NAN);
    (first, all.get(all.len() / 2).copied().unwrap_or(f64::NAN), last)
}

/// Microseconds as people read them.
fn micros(value: f64) -> String {
    match value {
        v if v < 100.0 => format!("{v:.1} µs"),
        v if v < 10_000.0 => format!("{v:.0} µs"),
        v => format!("{:.1} ms", v / 1000.0),
    }
}
