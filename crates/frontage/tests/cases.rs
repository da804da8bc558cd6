//! Runs every case in `cases/` against the real program.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use frontage_testkit::process::Program;
use frontage_testkit::{case, run};

#[test]
fn every_case_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases");
    let only = std::env::var("CASE").unwrap_or_default();
    let mut cases = case::all(&folder).unwrap_or_else(|fault| panic!("{fault}"));
    cases.retain(|case| case.path.to_string_lossy().contains(&only));
    assert!(!cases.is_empty(), "no case matches {only:?}");
    let fixture = folder.join("fixture");
    let program = Program::new(env!("CARGO_BIN_EXE_frontage"));
    let (next, faults) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(fault) = run::run(&program, &fixture, case) {
                        let path = case.path.strip_prefix(&folder).unwrap_or(&case.path);
                        let text = format!("{} ({})\n{fault}\n", path.display(), case.title);
                        if let Ok(mut faults) = faults.lock() {
                            faults.push(text);
                        }
                    }
                }
            });
        }
    });
    let mut faults = faults.into_inner().unwrap_or_default();
    faults.sort();
    println!("{} cases, {} failed", cases.len(), faults.len());
    assert!(
        faults.is_empty(),
        "{} of {} cases failed\n\n{}",
        faults.len(),
        cases.len(),
        faults.join("\n")
    );
}
