//! Figures of releases, on the shop: how large one is, how long a change takes and what it costs
//! others, what many of them take side by side.
//!
//! In:    the release build, the shop and its services.
//! Out:   sizes, times and memory.
//! Never: a figure from an answer other than 200.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::figures::{Running, ask, children, frontage, spread, times};

/// Releases that are served side by side.
const MANY: usize = 30;
/// Changes under load, and how often they are measured in turns with none.
const CHANGES: usize = 50;
const ROUNDS: usize = 3;
/// How often something is changed: much oftener than any team does.
const PACE: Duration = Duration::from_millis(100);

/// What was measured.
pub(crate) struct Figures {
    pub(crate) size: u64,
    pub(crate) build: (String, f64),
    pub(crate) change: (String, f64),
    /// The other frontend's requests without and during changes: median and 99 of 100, in ms.
    pub(crate) calm: (f64, f64),
    pub(crate) changing: (f64, f64),
    /// Resident KiB with one release and with [`MANY`], each asked once.
    pub(crate) one_kib: u64,
    pub(crate) many_kib: u64,
}

impl Figures {
    pub(crate) fn print(&self) {
        println!(
            "frontage build web of the shop: {}; {} KiB",
            self.build.0,
            self.size.div_ceil(1024)
        );
        println!("frontage release activate or rollback under load: {}", self.change.0);
        let (calm, changing) = (self.calm, self.changing);
        println!(
            "  the other frontend meanwhile: median {:.2} ms, p99 {:.2} ms; without: {:.2} ms, {:.2} ms",
            changing.0, changing.1, calm.0, calm.1
        );
        println!(
            "{MANY} releases of web side by side: {:.1} MiB, one: {:.1} MiB; {} KiB for each more",
            self.many_kib as f64 / 1024.0,
            self.one_kib as f64 / 1024.0,
            self.many_kib.saturating_sub(self.one_kib) / (MANY as u64 - 1)
        );
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "releaseBytes": self.size, "buildMs": self.build.1, "changeMs": self.change.1,
            "otherCalmMs": self.calm, "otherChangingMs": self.changing,
            "oneReleaseKiB": self.one_kib, "manyReleasesKiB": self.many_kib, "releases": MANY,
        })
    }
}

/// Measures; the shop's services run.
pub(crate) fn measure(root: &Path) -> Result<Figures, String> {
    let place = root.join("target/figures-releases");
    let _ = std::fs::remove_dir_all(&place);
    let shop = place.join("shop");
    copy(&root.join("examples/shop"), &shop)?;
    let settings = shop.join("frontends/web/frontend.toml");
    let text = std::fs::read_to_string(&settings).map_err(|e| e.to_string())?;
    let choose = "[releases]\nchoose = \"header\"\nheader = \"x-release\"\nkeep = 30\n";
    std::fs::write(&settings, format!("{text}\n{choose}")).map_err(|e| e.to_string())?;

    let build = times(|| release(root, &shop, "web", "1", &place.join("web-1.release")))?;
    let mut files = Vec::new();
    for number in 1..=MANY {
        let file = place.join(format!("web-{number}.release"));
        release(root, &shop, "web", &number.to_string(), &file)?;
        files.push(file);
    }
    let size = std::fs::metadata(&files[0]).map_err(|e| e.to_string())?.len();
    let mobile = place.join("mobile.release");
    release(root, &shop, "mobile", "1", &mobile)?;

    let (serving, addresses) = serve(root, &place, &[&files[0], &mobile])?;
    let web = &addresses["web"];
    ask(web, "/api/home")?;
    let memory = |serving: &Running| -> Result<u64, String> {
        let found = children(serving.0.id())?.into_iter().find(|(name, _)| name == "web");
        found.map(|(_, kib)| kib).ok_or_else(|| "web has no process".into())
    };
    let one_kib = memory(&serving)?;
    for (number, file) in files.iter().enumerate().skip(1) {
        change(root, &place, &["activate", &file.display().to_string()])?;
        ask(web, "/api/home")?;
        ask_release(web, &(number + 1).to_string())?;
    }
    let many_kib = memory(&serving)?;
    drop(serving);

    let _ = std::fs::remove_dir_all(place.join("state"));
    let (serving, addresses) = serve(root, &place, &[&files[0], &mobile])?;
    let (mut changes, mut calm, mut changing) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let began = Instant::now();
        changing.push(under_load(&addresses, || {
            for _ in 0..CHANGES / 2 {
                let file = files[1].display().to_string();
                for words in [&["activate", &*file][..], &["rollback", "web"]] {
                    let began = Instant::now();
                    change(root, &place, words)?;
                    changes.push(began.elapsed());
                    std::thread::sleep(PACE.saturating_sub(began.elapsed()));
                }
            }
            Ok(())
        })?);
        let took = began.elapsed();
        calm.push(under_load(&addresses, || {
            // As long as the changes took, so that both are of as many requests.
            std::thread::sleep(took);
            Ok(())
        })?);
    }
    drop(serving);
    changes.sort();
    Ok(Figures {
        size,
        build,
        change: spread(&changes),
        calm: middle(calm),
        changing: middle(changing),
        one_kib,
        many_kib,
    })
}

fn middle(mut rounds: Vec<(f64, f64)>) -> (f64, f64) {
    let mut of = |which: fn(&(f64, f64)) -> f64| {
        rounds.sort_by(|a, b| which(a).total_cmp(&which(b)));
        which(&rounds[rounds.len() / 2])
    };
    (of(|round| round.0), of(|round| round.1))
}

/// Median and 99 of 100 of the other frontend's requests while `work` is done and both are asked.
fn under_load(
    addresses: &std::collections::BTreeMap<String, String>,
    work: impl FnOnce() -> Result<(), String>,
) -> Result<(f64, f64), String> {
    let stop = AtomicBool::new(false);
    let load = |address: &str| -> Result<Vec<Duration>, String> {
        let mut times = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            let began = Instant::now();
            ask(address, "/api/home")?;
            times.push(began.elapsed());
        }
        Ok(times)
    };
    std::thread::scope(|scope| {
        let web = scope.spawn(|| load(&addresses["web"]));
        let mobile = scope.spawn(|| load(&addresses["mobile"]));
        let done = work();
        stop.store(true, Ordering::Relaxed);
        let lost = |_| "a client panicked".to_owned();
        web.join().map_err(lost)??;
        let mut times = mobile.join().map_err(lost)??;
        done?;
        times.sort();
        let at = |part: f64| {
            let place = ((times.len() as f64 * part) as usize).min(times.len().saturating_sub(1));
            times.get(place).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
        };
        Ok((at(0.5), at(0.99)))
    })
}

fn release(
    root: &Path,
    shop: &Path,
    frontend: &str,
    version: &str,
    to: &Path,
) -> Result<(), String> {
    let status = frontage(root)
        .args(["build", frontend, "-q", "--release-version", version, "-C"])
        .arg(shop)
        .arg("-o")
        .arg(to)
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("frontage build: {status}")),
        Err(error) => Err(format!("frontage build: {error}")),
    }
}

fn change(root: &Path, place: &Path, words: &[&str]) -> Result<(), String> {
    let output = frontage(root)
        .args(["release", "--json"])
        .args(words)
        .arg("--state")
        .arg(place.join("state"))
        .output()
        .map_err(|e| format!("frontage release: {e}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.success() { Ok(()) } else { Err(format!("frontage release: {said}")) }
}

type Addresses = std::collections::BTreeMap<String, String>;

fn serve(root: &Path, place: &Path, files: &[&PathBuf]) -> Result<(Running, Addresses), String> {
    let mut command = frontage(root);
    command.args(["serve", "--json", "--state"]).arg(place.join("state"));
    for file in files {
        command.arg("--release").arg(file);
    }
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| format!("frontage serve: {e}"))?;
    let out = child.stdout.take();
    let running = Running(child);
    let mut lines = BufReader::new(out.ok_or("frontage serve: no output")?).lines();
    let mut addresses = Addresses::new();
    while addresses.len() < files.len() {
        let line = lines.next().ok_or("frontage serve ended")?.map_err(|e| e.to_string())?;
        let event: serde_json::Value = serde_json::from_str(&line).map_err(|e| e.to_string())?;
        let text = |name: &str| event[name].as_str().map(str::to_owned);
        addresses.insert(text("frontend").ok_or("no name")?, text("address").ok_or("no address")?);
    }
    // Whatever else it says, its output stays open.
    std::thread::spawn(move || lines.for_each(drop));
    Ok((running, addresses))
}

fn ask_release(address: &str, release: &str) -> Result<(), String> {
    crate::figures::ask_with(address, "/api/home", &format!("x-release: {release}\r\n"))
}

/// Copies a folder's files, without what is hidden or was made in it.
fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let fault = |e: std::io::Error| format!("{}: {e}", from.display());
    std::fs::create_dir_all(to).map_err(fault)?;
    for entry in std::fs::read_dir(from).map_err(fault)?.flatten() {
        let name = entry.file_name();
        if name.as_encoded_bytes().starts_with(b".") || name == "node_modules" || name == "target" {
            continue;
        }
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(&name))?;
        } else {
            std::fs::copy(entry.path(), to.join(&name)).map_err(fault)?;
        }
    }
    Ok(())
}
