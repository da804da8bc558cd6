//! Running programs as steps, with their names and times on standard error: standard output is for
//! results.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// Runs a program that shows its own output.
///
/// # Errors
///
/// Names the step if the program fails or cannot start.
pub(crate) fn run(name: &str, command: &mut Command) -> Result<(), String> {
    eprintln!("== {name}");
    let began = Instant::now();
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|e| format!("{name}: cannot start {:?}: {e}", command.get_program()))?;
    let took = began.elapsed().as_secs_f32();
    if status.success() {
        eprintln!("== {name}: done in {took:.1} s");
        Ok(())
    } else {
        Err(format!("{name}: failed ({status}) after {took:.1} s"))
    }
}

/// A program that runs in `root`.
pub(crate) fn command(root: &Path, program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root).args(arguments);
    command
}

/// Whether a program can be run.
pub(crate) fn exists(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Does something with each of `items`, four at a time.
///
/// # Errors
///
/// The first that fails; what has begun is finished.
pub(crate) fn each<T: Sync>(
    items: &[T],
    work: impl Fn(&T) -> Result<(), String> + Sync,
) -> Result<(), String> {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let worker = || -> Result<(), String> {
            while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                work(item)?;
            }
            Ok(())
        };
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().try_for_each(|worker| {
            worker.join().unwrap_or_else(|_| Err("a worker panicked".to_owned()))
        })
    })
}
