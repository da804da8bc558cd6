//! Programs under measurement: started on their core, ended with their children, their cost read
//! from the operating system's accounting.
//!
//! In:    a command, the core it may use.
//! Out:   CPU time and memory of the program and all its descendants.
//! Never: a process ended that was not started here.

use std::collections::HashMap;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The core of servers; all else runs on [`OTHERS`].
pub(crate) const SERVER: usize = 1;
/// The core of upstream and load generator.
pub(crate) const OTHERS: usize = 0;

/// A program that runs until this value is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
}

impl Running {
    /// Starts a program on one core. What it prints goes to `log`.
    pub(crate) fn start(
        mut command: Command,
        core: usize,
        log: &std::path::Path,
    ) -> Result<Self, String> {
        let shown = format!("{}", command.get_program().display());
        // Always at its end, so that it can be emptied while it is written.
        let _ = fs::remove_file(log);
        let out = fs::OpenOptions::new().create(true).append(true).open(log);
        let out = out.map_err(|e| format!("{}: {e}", log.display()))?;
        let copy = out.try_clone().map_err(|e| format!("{}: {e}", log.display()))?;
        let mut pinned = Command::new("taskset");
        pinned.arg("-c").arg(core.to_string()).arg(command.get_program());
        pinned.args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => pinned.env(name, value),
                None => pinned.env_remove(name),
            };
        }
        if let Some(folder) = command.get_current_dir() {
            pinned.current_dir(folder);
        }
        command = pinned;
        command.stdin(Stdio::null()).stdout(out).stderr(copy);
        let child = command.spawn().map_err(|e| format!("{shown}: {e}"))?;
        Ok(Self { child })
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // `SIGTERM` first, so that one with children ends them.
        let all: Vec<(u32, u64)> = descendants(self.child.id())
            .into_iter()
            .skip(1)
            .filter_map(|id| Some((id, stat(id)?.started)))
            .collect();
        let _ =
            Command::new("kill").arg(self.child.id().to_string()).stderr(Stdio::null()).status();
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(3) && !self.has_ended() {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        for (id, started) in all {
            // The same process still, not one that was given its number since.
            if stat(id).is_some_and(|now| now.started == started) {
                let id = id.to_string();
                let _ = Command::new("kill").args(["-9", &id]).stderr(Stdio::null()).status();
            }
        }
    }
}

/// A process and everything it started, itself first.
pub(crate) fn descendants(root: u32) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        if let Some(stat) = stat(id) {
            children.entry(stat.parent).or_default().push(id);
        }
    }
    let mut all = vec![root];
    let mut at = 0;
    while let Some(id) = all.get(at) {
        all.extend(children.get(id).into_iter().flatten().copied());
        at += 1;
    }
    all
}

struct Stat {
    parent: u32,
    /// User and system time, in ticks of 10 ms.
    ticks: u64,
    /// When it started, in ticks since the machine did.
    started: u64,
}

fn stat(id: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The program's name stands in parentheses and may hold anything.
    let rest = &text[text.rfind(')')? + 2..];
    let fields: Vec<&str> = rest.split(' ').collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    let parent = u32::try_from(number(1)?).ok()?;
    Some(Stat { parent, ticks: number(11)? + number(12)?, started: number(19)? })
}

/// CPU time so far, to the nanosecond where the kernel says it.
pub(crate) fn cpu(root: u32) -> Duration {
    descendants(root).into_iter().map(cpu_of).sum()
}

fn cpu_of(id: u32) -> Duration {
    let mut nanos = 0;
    for task in fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten() {
        let text = fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
        nanos += text.split(' ').next().and_then(|n| n.parse::<u64>().ok()).unwrap_or(0);
    }
    match nanos {
        0 => Duration::from_millis(stat(id).map_or(0, |stat| stat.ticks * 10)),
        _ => Duration::from_nanos(nanos),
    }
}

/// Memory of a program and its descendants, what is shared by their shares, in KiB.
pub(crate) fn memory(root: u32) -> u64 {
    descendants(root).into_iter().map(memory_of).sum()
}

fn memory_of(id: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|rest| rest.trim().split(' ').next()?.parse().ok()).unwrap_or(0)
}

/// Busy time of all cores since the machine started, time that a host took away included.
pub(crate) fn machine_busy() -> Duration {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let line = text.lines().next().unwrap_or("");
    let fields: Vec<u64> = line.split_whitespace().skip(1).filter_map(|n| n.parse().ok()).collect();
    // user nice system idle iowait irq softirq steal
    let busy = [0, 1, 2, 5, 6, 7].iter().filter_map(|at| fields.get(*at)).sum::<u64>();
    Duration::from_millis(busy * 10)
}
