//! `cargo xtask figures`: what a newcomer's day costs on the shop, and a check of a huge contract.
//!
//! In:    the release build, the shop and its services, GitHub's contract out of `node_modules`.
//! Out:   time and memory of `frontage check`, time that a change takes in `frontage dev`, time from start
//!        to first answer, memory of idle backends; what `releases` measures.
//! Never: a figure from a debug build, or from an answer other than 200.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::step::{command, run};

/// Runs of each measurement; the median counts.
pub(crate) const RUNS: usize = 15;
/// How long a program may take to say that it is ready.
const PATIENCE: Duration = Duration::from_secs(60);

/// A child that is ended with this value.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // `SIGTERM` first, so that a supervisor ends its backends.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
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

/// Measures and prints.
///
/// # Errors
///
/// If something cannot be built, started or asked.
pub(crate) fn run_all(root: &Path, json: bool) -> Result<(), String> {
    run(
        "build",
        &mut command(
            root,
            "cargo",
            &["build", "--release", "--quiet", "-p", "frontage", "-p", "shop-services"],
        ),
    )?;
    let check = times(|| check(root))?;
    let contract = crate::contracts::figures(root)?;
    let recompiled = crate::recompile::measure(root, &contract.large, "dashboard")?;
    let _services = services(root)?;
    let mut starts = Vec::new();
    let mut memory = Vec::new();
    for _ in 0..RUNS {
        let (took, sizes) = start(root)?;
        starts.push(took);
        memory = sizes;
    }
    starts.sort();
    let start = spread(&starts);
    let releases = crate::releases::measure(root)?;
    if json {
        let backends: Vec<_> = memory
            .iter()
            .map(|(name, kib)| serde_json::json!({ "frontend": name, "rssKiB": kib }))
            .collect();
        println!(
            "{}",
            serde_json::json!({
                "checkMs": check.1, "startMs": start.1, "backends": backends, "runs": RUNS,
                "githubCheckMs": contract.check.1, "githubCheckPeakKiB": contract.peak_kib,
                "githubTypesMs": contract.types.1, "manyModules": contract.routes,
                "manyCheckMs": contract.many.0.1, "manyCheckPeakKiB": contract.many.1,
                "releases": releases.json(),
                "devHandedOverMs": recompiled.handed_over.1, "devAnsweredMs": recompiled.answered.1,
            })
        );
        return Ok(());
    }
    println!("frontage check -C examples/shop: {} ({RUNS} runs)", check.0);
    println!("frontage check -C examples/github ({}): {}", contract.size, contract.check.0);
    println!("  peak memory {:.1} MiB", contract.peak_kib as f64 / 1024.0);
    println!("frontage types -C examples/github: {}", contract.types.0);
    println!(
        "frontage check of {} route modules over that contract: {}",
        contract.routes, contract.many.0.0
    );
    println!("  peak memory {:.1} MiB", contract.many.1 as f64 / 1024.0);
    println!(
        "frontage dev of these, one saved: new plan handed over: {}",
        recompiled.handed_over.0
    );
    println!("  from the save to the new answer: {}", recompiled.answered.0);
    println!("frontage serve, start to first answer of both backends: {}", start.0);
    for (name, kib) in memory {
        println!("{name}: {:.1} MiB resident, idle after its first answer", kib as f64 / 1024.0);
    }
    releases.print();
    Ok(())
}

pub(crate) fn times(mut once: impl FnMut() -> Result<(), String>) -> Result<(String, f64), String> {
    let mut all = Vec::new();
    for _ in 0..RUNS {
        let began = Instant::now();
        once()?;
        all.push(began.elapsed());
    }
    all.sort();
    Ok(spread(&all))
}

/// Median and range of sorted times, for people and in milliseconds.
pub(crate) fn spread(sorted: &[Duration]) -> (String, f64) {
    let ms = |d: &Duration| d.as_secs_f64() * 1000.0;
    let median = ms(&sorted[sorted.len() / 2]);
    let text = format!(
        "median {median:.1} ms, {:.1} to {:.1}",
        ms(&sorted[0]),
        ms(&sorted[sorted.len() - 1])
    );
    (text, median)
}

pub(crate) fn frontage(root: &Path) -> Command {
    let mut command = Command::new(root.join("target/release/frontage"));
    command
        .current_dir(root)
        .env("WEB_LISTEN", "127.0.0.1:0")
        .env("MOBILE_LISTEN", "127.0.0.1:0")
        .stdin(Stdio::null());
    command
}

fn check(root: &Path) -> Result<(), String> {
    let status = frontage(root).args(["check", "-q", "-C", "examples/shop"]).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("frontage check: {status}")),
        Err(error) => Err(format!("frontage check: {error}")),
    }
}

/// Starts the services on their usual ports with data of their own.
fn services(root: &Path) -> Result<Running, String> {
    let data = root.join("target/figures-data");
    let mut child = Command::new(root.join("target/release/shop-services"))
        .args(["--data".as_ref(), data.as_os_str()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("shop-services: {e}"))?;
    let out = child.stdout.take();
    let running = Running(child);
    for line in BufReader::new(out.ok_or("shop-services: no output")?).lines() {
        if line.map_err(|e| e.to_string())?.trim() == "ready" {
            return Ok(running);
        }
    }
    Err("shop-services ended before it was ready; are its ports in use?".into())
}

/// One start of both backends: the time until both answered, and their memory.
fn start(root: &Path) -> Result<(Duration, Vec<(String, u64)>), String> {
    let began = Instant::now();
    let mut child = frontage(root)
        .args(["serve", "--json", "-C", "examples/shop"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| format!("frontage serve: {e}"))?;
    let out = child.stdout.take();
    let supervisor = child.id();
    let running = Running(child);
    let mut lines = BufReader::new(out.ok_or("frontage serve: no output")?).lines();
    for _ in 0..2 {
        let line = lines.next().ok_or("frontage serve ended")?.map_err(|e| e.to_string())?;
        let event: serde_json::Value = serde_json::from_str(&line).map_err(|e| e.to_string())?;
        let address = event["address"].as_str().ok_or("no address")?;
        ask(address, "/api/home")?;
    }
    let took = began.elapsed();
    if took > PATIENCE {
        return Err("frontage serve took over a minute".into());
    }
    let sizes = children(supervisor)?;
    drop(running);
    Ok((took, sizes))
}

/// One request; anything but 200 is an error.
pub(crate) fn ask(address: &str, path: &str) -> Result<(), String> {
    ask_with(address, path, "")
}

/// As [`ask`], with further header lines.
pub(crate) fn ask_with(address: &str, path: &str, fields: &str) -> Result<(), String> {
    let mut stream = TcpStream::connect(address).map_err(|e| format!("{address}: {e}"))?;
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n{fields}connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).map_err(|e| e.to_string())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).map_err(|e| e.to_string())?;
    let head = String::from_utf8_lossy(&answer);
    let status = head.lines().next().unwrap_or_default();
    if status.contains(" 200 ") { Ok(()) } else { Err(format!("{path}: {status}")) }
}

/// Names and resident KiB of the backends below a supervisor.
pub(crate) fn children(parent: u32) -> Result<Vec<(String, u64)>, String> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir("/proc").map_err(|e| e.to_string())?.flatten() {
        let Ok(status) = std::fs::read_to_string(entry.path().join("status")) else { continue };
        let field = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1).map(str::to_owned)
        };
        if field("PPid:").is_some_and(|ppid| ppid == parent.to_string()) {
            let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let name = line.split(|b| *b == 0).rfind(|word| !word.is_empty()).unwrap_or_default();
            let kib = field("VmRSS:").and_then(|kib| kib.parse().ok()).unwrap_or(0);
            out.push((String::from_utf8_lossy(name).into_owned(), kib));
        }
    }
    out.sort();
    Ok(out)
}
