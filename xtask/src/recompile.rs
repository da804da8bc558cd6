//! How long a change takes in `frontage dev`: one of a thousand route modules, saved again and again.
//!
//! In:    the release build, a workspace with many route modules.
//! Out:   time until the new plan is handed over, as `dev` says it, and until the new answer comes.
//! Never: a figure of a change that did not show in an answer.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::figures::{RUNS, Running, frontage, spread};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two questions whether the answer is new: asking takes time from what is measured.
const PAUSE: Duration = Duration::from_millis(4);

/// What a change costs: for people, and the medians in milliseconds.
pub(crate) struct Recompiled {
    /// From the start of the compilation until the plan is handed over.
    pub(crate) handed_over: (String, f64),
    /// From the save until the new answer.
    pub(crate) answered: (String, f64),
}

/// Measures.
///
/// - `frontend`: the workspace's only frontend, in the folder of that name.
///
/// # Errors
///
/// If `dev` cannot be started, or a change does not show.
pub(crate) fn measure(root: &Path, workspace: &Path, frontend: &str) -> Result<Recompiled, String> {
    let module = workspace.join(format!("frontends/{frontend}/routes/probe.ts"));
    let save = |version: usize| {
        let text = format!(
            "import {{ route }} from \"frontage\";\n\nexport const GET = route(async () => ({{ version: {version} }}));\n"
        );
        std::fs::write(&module, text).map_err(|e| format!("{}: {e}", module.display()))
    };
    save(0)?;
    let _added = Added(&module);
    let mut child = frontage(root)
        .args(["dev", "-C"])
        .arg(workspace)
        .env(format!("{}_LISTEN", frontend.to_uppercase()), "127.0.0.1:0")
        .env("GITHUB_TOKEN", "none")
        .env("NO_COLOR", "1")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| format!("frontage dev: {e}"))?;
    let errors = child.stderr.take().ok_or("frontage dev: no output")?;
    let _running = Running(child);
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(errors).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    let next = |wanted: &str| loop {
        let line = lines.recv_timeout(PATIENCE).map_err(|e| format!("frontage dev: {e}"))?;
        if let Some((_, rest)) = line.split_once(wanted) {
            return Ok::<String, String>(rest.to_owned());
        }
        if line.contains("error[") {
            return Err(format!("frontage dev: {line}"));
        }
    };
    let address = next(": http://")?;
    let address = address.split('/').next().unwrap_or_default().to_owned();
    await_version(&address, 0)?;

    let (mut handed_over, mut answered) = (Vec::new(), Vec::new());
    for version in 1..=RUNS {
        let began = Instant::now();
        save(version)?;
        await_version(&address, version)?;
        answered.push(began.elapsed());
        let said = next("swapped ")?;
        let took = said.rsplit('(').next().and_then(|rest| rest.split(' ').next());
        let took = took.and_then(|ms| ms.parse().ok()).ok_or_else(|| format!("swapped {said}"))?;
        handed_over.push(Duration::from_millis(took));
        // Types for editors are still written, which is not what is measured next.
        std::thread::sleep(Duration::from_millis(500));
    }
    handed_over.sort();
    answered.sort();
    Ok(Recompiled { handed_over: spread(&handed_over), answered: spread(&answered) })
}

/// A module that is there for as long as it is measured: other figures count modules.
struct Added<'p>(&'p Path);

impl Drop for Added<'_> {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.0);
    }
}

/// Asks until the answer is that of a version.
fn await_version(address: &str, version: usize) -> Result<(), String> {
    let wanted = format!("{{\"version\":{version}}}");
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if ask(address).is_ok_and(|answer| answer.ends_with(&wanted)) {
            return Ok(());
        }
        std::thread::sleep(PAUSE);
    }
    Err(format!("/probe never answered version {version}"))
}

fn ask(address: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET /probe HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
