//! Reads many contracts and prints what was found in them: operations, those that cannot be used
//! and why, the slowest files, and files that are refused.
//!
//! `cargo run --release -p frontage-contract --example survey FILE...`

use std::collections::BTreeMap;
use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, Instant};

use frontage_diagnostic::{Severity, SourceMap};

#[derive(Default)]
struct Totals {
    operations: usize,
    faulty: usize,
    /// By code and the shape of the message: how many operations it costs, and the first place.
    causes: BTreeMap<String, (usize, String)>,
    warnings: BTreeMap<String, (usize, String)>,
    refused: Vec<String>,
    panicked: Vec<String>,
    slowest: Vec<(Duration, String)>,
}

fn main() {
    let mut totals = Totals::default();
    let mut files = 0;
    for path in std::env::args().skip(1) {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let Ok(text) = String::from_utf8(bytes) else {
            totals.refused.push(format!("{path}: not UTF-8"));
            continue;
        };
        files += 1;
        let began = Instant::now();
        let read = catch_unwind(|| {
            let folder = Path::new(&path).parent().unwrap_or(Path::new(".")).to_owned();
            let name = Path::new(&path).file_name().unwrap_or_default().to_string_lossy();
            let mut sources = SourceMap::new();
            let root = sources.add(name, text);
            let read = frontage_contract::read(root, &mut sources, &mut |other| {
                std::fs::read_to_string(folder.join(other)).map_err(|e| e.to_string())
            });
            (read, sources)
        });
        totals.slowest.push((began.elapsed(), path.clone()));
        match read {
            Ok((read, sources)) => totals.add(&path, &read, &sources),
            Err(_) => totals.panicked.push(path),
        }
    }
    totals.print(files);
}

impl Totals {
    fn add(&mut self, path: &str, read: &frontage_contract::Read, sources: &SourceMap) {
        for diagnostic in &read.diagnostics {
            if diagnostic.severity == Severity::Error {
                self.refused.push(format!("{path}: {}", diagnostic.message));
                continue;
            }
            let place = diagnostic.primary.as_ref().map_or(0, |label| {
                sources.file(label.span.file).line_column(label.span.start).line
            });
            let key = format!("{} {}", diagnostic.code, shape(&diagnostic.message));
            let entry = self.warnings.entry(key).or_default();
            entry.0 += 1;
            if entry.1.is_empty() {
                entry.1 = format!("{path}:{place} {}", diagnostic.message);
            }
        }
        self.operations += read.contract.operations.len();
        for operation in &read.contract.operations {
            let Some(fault) = operation.faults.first() else { continue };
            self.faulty += 1;
            let key = format!("{} {}", fault.code, shape(&fault.message));
            let entry = self.causes.entry(key).or_default();
            entry.0 += 1;
            if entry.1.is_empty() {
                entry.1 = format!("{path} {}: {}", operation.name, fault.message);
            }
        }
    }

    fn print(mut self, files: usize) {
        println!(
            "{files} files, {} operations, {} of them faulty, {} files refused, {} panicked",
            self.operations,
            self.faulty,
            self.refused.len(),
            self.panicked.len()
        );
        for (title, causes) in [("faulty", self.causes), ("warnings", self.warnings)] {
            println!("-- {title}");
            let mut sorted: Vec<_> = causes.into_iter().collect();
            sorted.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
            for (cause, (count, first)) in sorted.into_iter().take(40) {
                println!("{count:7} {cause}\n        {}", short(&first));
            }
        }
        println!("-- refused");
        self.refused.iter().take(40).for_each(|line| println!("{}", short(line)));
        println!("-- panicked");
        self.panicked.iter().for_each(|line| println!("{line}"));
        println!("-- slowest");
        self.slowest.sort_by_key(|(took, _)| std::cmp::Reverse(*took));
        for (took, path) in self.slowest.iter().take(8) {
            println!("{took:9.1?} {path}");
        }
    }
}

/// A message with what it quotes left out.
fn shape(message: &str) -> String {
    message.split('`').enumerate().map(|(i, part)| if i % 2 == 0 { part } else { "…" }).collect()
}

fn short(text: &str) -> String {
    text.chars().take(200).collect()
}
