//! Counts, and what is printed of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::answered::Answered;
use crate::generate::route::Route;
use crate::histogram::Histogram;
use crate::options::Options;

/// What came of all runs.
pub(crate) struct Report {
    root: PathBuf,
    json: bool,
    seed: u64,
    wanted: u64,
    began: Instant,
    told: Instant,
    histogram: Histogram,
    statuses: BTreeMap<u16, u64>,
    calls: BTreeMap<usize, u64>,
    passed: u64,
    failed: u64,
    refused: u64,
    runs: u64,
    errors: u64,
    dependent: u64,
    /// Runs with bulk calls.
    bulk: u64,
    cases: u64,
    most_shrunk: u64,
    spent: BTreeMap<&'static str, Duration>,
}

impl Report {
    /// Without any run yet.
    pub(crate) fn new(options: &Options) -> Self {
        let most = std::env::var("FRONTAGE_ORACLE_SHRINK").ok();
        Self {
            root: options.root.clone(),
            json: options.json,
            seed: options.seed,
            wanted: if options.only.is_some() { 1 } else { options.runs },
            began: Instant::now(),
            told: Instant::now(),
            histogram: Histogram::default(),
            statuses: BTreeMap::new(),
            calls: BTreeMap::new(),
            passed: 0,
            failed: 0,
            refused: 0,
            runs: 0,
            errors: 0,
            dependent: 0,
            bulk: 0,
            cases: 0,
            most_shrunk: most.and_then(|most| most.parse().ok()).unwrap_or(6),
            spent: BTreeMap::new(),
        }
    }

    /// How many runs there were.
    pub(crate) fn runs(&self) -> u64 {
        self.runs
    }

    /// Adds the time since `began` to a part of the work.
    pub(crate) fn spent(&mut self, part: &'static str, began: Instant) {
        *self.spent.entry(part).or_default() += began.elapsed();
        if self.told.elapsed() > Duration::from_secs(2) && !self.json {
            self.told = Instant::now();
            eprintln!(
                "oracle: {} of {} runs, {} disagreements, {} refused, {:.0} runs/s",
                self.runs,
                self.wanted,
                self.failed,
                self.refused,
                self.rate()
            );
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of runs")]
    fn rate(&self) -> f64 {
        self.runs as f64 / self.began.elapsed().as_secs_f64()
    }

    /// Counts a run of a route.
    pub(crate) fn ran(&mut self, ids: &BTreeSet<Rc<str>>, route: &Route, plan: &Answered) {
        self.runs += 1;
        ids.iter().for_each(|id| self.histogram.count(id));
        *self.statuses.entry(plan.status).or_default() += 1;
        *self.calls.entry(plan.calls.len().min(20)).or_default() += 1;
        self.errors += u64::from(!(200..300).contains(&plan.status));
        self.dependent += u64::from(route.dependent && plan.calls.len() >= 2);
    }

    /// Counts a run with bulk calls.
    pub(crate) fn bulk(&mut self, made: bool) {
        self.bulk += u64::from(made);
    }

    /// Counts an agreement.
    pub(crate) fn passed(&mut self) {
        self.passed += 1;
    }

    /// Counts a disagreement.
    pub(crate) fn failed(&mut self, seed: u64, text: &str) {
        self.failed += 1;
        eprintln!("oracle: run {seed}: {text}");
    }

    /// Whether another disagreement should be made small.
    pub(crate) fn shrinks(&self) -> bool {
        self.cases < self.most_shrunk
    }

    /// Counts a program that was refused.
    ///
    /// # Errors
    ///
    /// If it cannot be written down.
    pub(crate) fn refused(&mut self, seed: u64, text: &str, module: &str) -> Result<(), String> {
        self.refused += 1;
        if self.refused <= 12 {
            eprintln!("oracle: run {seed}: refused\n{text}");
        }
        self.write(&format!("refused-{seed}"), &format!("{text}\n\n{module}\n"))
    }

    /// Writes a case down.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub(crate) fn case(&mut self, seed: u64, text: &str) -> Result<(), String> {
        self.cases += 1;
        self.write(&format!("run-{seed}"), text)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), String> {
        let folder = self.root.join("target/oracle-failures");
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let path = folder.join(format!("{name}.md"));
        std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))?;
        eprintln!("oracle: written to target/oracle-failures/{name}.md");
        Ok(())
    }

    /// Prints everything; whether nothing disagreed and the shares hold.
    pub(crate) fn finish(&self, supported: &BTreeSet<String>) -> bool {
        let mut faults = Vec::new();
        let percent = |part: u64| part * 100 / self.runs.max(1);
        if self.wanted >= 500 {
            if percent(self.errors) < 30 {
                faults.push(format!(
                    "only {} % of the answers are other than 2xx",
                    percent(self.errors)
                ));
            }
            if self.bulk < self.runs / 200 {
                faults.push(format!("only {} runs have bulk calls", self.bulk));
            }
            if percent(self.dependent) < 40 {
                faults.push(format!(
                    "only {} % of the runs have dependent calls",
                    percent(self.dependent)
                ));
            }
        }
        // 50 in 20,000 runs; fewer runs only show what never occurs.
        let least = self.runs / 400;
        let rare: Vec<(&String, u64)> = supported
            .iter()
            .map(|id| (id, self.histogram.of(id)))
            .filter(|(_, count)| *count < least.max(1))
            .collect();
        if self.wanted >= 5_000 && !rare.is_empty() {
            let list: Vec<String> =
                rare.iter().map(|(id, count)| format!("{id} ({count})")).collect();
            faults.push(format!("below {least} runs: {}", list.join(", ")));
        }
        if self.json {
            self.print_json(&rare, &faults);
        } else {
            self.print(supported, &rare, &faults);
        }
        let failed = self.failed + self.refused;
        println!("oracle: {} passed, {failed} failed", self.passed);
        failed == 0 && faults.is_empty()
    }

    fn print(&self, supported: &BTreeSet<String>, rare: &[(&String, u64)], faults: &[String]) {
        println!("runs with each construct (of {}):", self.runs);
        let counts: Vec<String> =
            self.histogram.iter().map(|(id, count)| format!("{id} {count}")).collect();
        for line in counts.chunks(4) {
            println!(
                "  {}",
                line.iter().map(|cell| format!("{cell:<34}")).collect::<String>().trim_end()
            );
        }
        println!("answers by status: {}", list(&self.statuses));
        println!("runs by number of calls: {}", list(&self.calls));
        let percent = |part: u64| part * 100 / self.runs.max(1);
        println!(
            "other than 2xx: {} %; with dependent calls: {} %; with bulk calls: {}; supported ids: {} of {}",
            percent(self.errors),
            percent(self.dependent),
            self.bulk,
            supported.iter().filter(|id| self.histogram.of(id) > 0).count(),
            supported.len()
        );
        if !rare.is_empty() {
            let rare: Vec<String> =
                rare.iter().map(|(id, count)| format!("{id} {count}")).collect();
            println!("rare: {}", rare.join(", "));
        }
        let spent: Vec<String> = self
            .spent
            .iter()
            .map(|(part, time)| format!("{part} {:.1} s", time.as_secs_f64()))
            .collect();
        println!(
            "seed {}; {:.1} s ({}), {:.0} runs/s",
            self.seed,
            self.began.elapsed().as_secs_f64(),
            spent.join(", "),
            self.rate()
        );
        for fault in faults {
            println!("fault: {fault}");
        }
    }

    fn print_json(&self, rare: &[(&String, u64)], faults: &[String]) {
        let histogram: serde_json::Map<String, serde_json::Value> =
            self.histogram.iter().map(|(id, count)| (id.to_owned(), count.into())).collect();
        let out = serde_json::json!({
            "seed": self.seed, "runs": self.runs, "passed": self.passed, "failed": self.failed,
            "refused": self.refused, "otherThan2xx": self.errors, "dependentCalls": self.dependent,
            "bulkCalls": self.bulk,
            "statuses": self.statuses.iter().map(|(k, v)| (k.to_string(), *v)).collect::<BTreeMap<_, _>>(),
            "histogram": histogram,
            "rare": rare.iter().map(|(id, _)| id).collect::<Vec<_>>(), "faults": faults,
            "seconds": self.began.elapsed().as_secs_f64(),
        });
        println!("{out}");
    }
}

fn list<K: std::fmt::Display>(counts: &BTreeMap<K, u64>) -> String {
    let cells: Vec<String> = counts.iter().map(|(key, count)| format!("{key}: {count}")).collect();
    cells.join(", ")
}
