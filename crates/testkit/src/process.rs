//! Processes of the program under test.
//!
//! In:    the program's path, arguments, environment.
//! Out:   addresses that it said; its output once it ended.
//! Never: a process left behind: it is ended with the value that holds it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

/// How long a program may take until its backends listen.
const START: Duration = Duration::from_secs(60);

/// The program and what all its runs share.
#[derive(Debug, Clone)]
pub struct Program {
    path: PathBuf,
    environment: Vec<(String, String)>,
    log: Log,
}

/// What becomes of the log of a program that serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// It is read as it comes.
    Read,
    /// Its pipe is open, and nobody reads before the program is asked to end.
    Unread,
    /// Its pipe is closed.
    Closed,
}

impl Program {
    /// The program at `path`.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), environment: Vec::new(), log: Log::Read }
    }

    /// The same with another reader of its log.
    #[must_use]
    pub fn with_log(mut self, log: Log) -> Self {
        self.log = log;
        self
    }

    /// The same with an environment variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    fn command(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        command
            .current_dir(folder)
            .args(arguments)
            .envs(self.environment.iter().map(|(n, v)| (n, v)))
            .env_remove("NO_COLOR")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs to the end.
    ///
    /// # Panics
    ///
    /// If the program cannot be started.
    #[must_use]
    pub fn run(&self, folder: &Path, arguments: &[&str]) -> Output {
        self.command(folder, arguments).output().expect("the program starts")
    }

    /// Starts something that serves, and reads its JSON lines until `backends` of them named an
    /// address.
    ///
    /// # Panics
    ///
    /// If it ends before that; with what it said.
    #[must_use]
    pub fn serve(&self, folder: &Path, arguments: &[&str], backends: usize) -> Serving {
        let mut child = self.command(folder, arguments).spawn().expect("the program starts");
        let out = child.stdout.take().expect("its output is a pipe");
        let mut err = child.stderr.take().expect("its errors are a pipe");
        let (held, release) = std::sync::mpsc::channel();
        let held = (self.log == Log::Unread).then_some(held);
        let is_closed = self.log == Log::Closed;
        let log = std::thread::spawn(move || {
            let mut text = Vec::new();
            if is_closed {
                return String::new();
            }
            // Ends at once, unless the other end is held.
            let _ = release.recv();
            let _ = err.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        // A program that neither listens nor ends must not hold a test forever.
        let (decided, waiting) = std::sync::mpsc::channel::<()>();
        let id = child.id();
        std::thread::spawn(move || {
            if waiting.recv_timeout(START).is_err_and(|e| e == RecvTimeoutError::Timeout) {
                signal(id, "KILL");
            }
        });
        let mut serving = Serving {
            child,
            lines: BufReader::new(out),
            log: Some(log),
            held,
            addresses: BTreeMap::new(),
            admins: BTreeMap::new(),
            failed: BTreeSet::new(),
        };
        while serving.addresses.len() < backends {
            if !serving.read() {
                let _ = serving.child.kill();
                let said = serving.log.take().and_then(|l| l.join().ok()).unwrap_or_default();
                panic!("the program ended before {backends} backends listened:\n{said}");
            }
        }
        drop(decided);
        serving
    }
}

/// A program that serves.
#[derive(Debug)]
pub struct Serving {
    child: Child,
    lines: BufReader<ChildStdout>,
    log: Option<std::thread::JoinHandle<String>>,
    /// As long as it is held, nobody reads the log.
    held: Option<std::sync::mpsc::Sender<()>>,
    addresses: BTreeMap<String, SocketAddr>,
    admins: BTreeMap<String, SocketAddr>,
    /// Backends that said that they cannot start.
    failed: BTreeSet<String>,
}

impl Serving {
    /// Reads the next line; whether there was one.
    fn read(&mut self) -> bool {
        let mut line = String::new();
        if !matches!(self.lines.read_line(&mut line), Ok(1..)) {
            return false;
        }
        let event: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        if let (Some(name), Some(address)) = (event["frontend"].as_str(), event["address"].as_str())
            && let Ok(address) = address.parse()
        {
            self.addresses.insert(name.to_owned(), address);
            if let Some(admin) = event["admin"].as_str().and_then(|a| a.parse().ok()) {
                self.admins.insert(name.to_owned(), admin);
            }
        }
        if let (Some(name), Some(_)) = (event["frontend"].as_str(), event["error"].as_str()) {
            self.failed.insert(name.to_owned());
        }
        true
    }

    /// Reads lines until a backend has said that it cannot start.
    ///
    /// # Panics
    ///
    /// If the program ends before that.
    pub fn wait_for_failure(&mut self, frontend: &str) {
        while !self.failed.contains(frontend) {
            assert!(self.read(), "the program ended before {frontend} failed");
        }
    }

    /// Forgets a backend's address and reads lines until it is said again: it was restarted.
    ///
    /// # Panics
    ///
    /// If the program ends before that.
    pub fn wait_for_restart(&mut self, frontend: &str) -> SocketAddr {
        self.addresses.remove(frontend);
        while !self.addresses.contains_key(frontend) {
            assert!(self.read(), "the program ended before {frontend} was there again");
        }
        self.address(frontend)
    }

    /// Where a backend listens.
    ///
    /// # Panics
    ///
    /// If the program did not say.
    #[must_use]
    pub fn address(&self, frontend: &str) -> SocketAddr {
        self.addresses[frontend]
    }

    /// Where a backend's admin listener listens.
    ///
    /// # Panics
    ///
    /// If the program did not say.
    #[must_use]
    pub fn admin(&self, frontend: &str) -> SocketAddr {
        self.admins[frontend]
    }

    /// The program's own process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Processes that this one started, with their arguments.
    #[must_use]
    pub fn children(&self) -> Vec<(u32, Vec<String>)> {
        let mut out = Vec::new();
        for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
            let Some(id) = entry.file_name().to_str().and_then(|n| n.parse().ok()) else {
                continue;
            };
            let status = std::fs::read_to_string(entry.path().join("status")).unwrap_or_default();
            let parent = status.lines().find_map(|l| l.strip_prefix("PPid:"));
            if parent.is_some_and(|p| p.trim() == self.id().to_string()) {
                let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
                let words = line.split(|b| *b == 0).filter(|w| !w.is_empty());
                out.push((id, words.map(|w| String::from_utf8_lossy(w).into_owned()).collect()));
            }
        }
        out
    }

    /// Asks it to end (`SIGTERM`) and waits; gives its status and log.
    ///
    /// # Panics
    ///
    /// If it cannot be waited for.
    #[must_use]
    pub fn terminate(mut self) -> (ExitStatus, String) {
        signal(self.id(), "TERM");
        self.held = None;
        let status = self.child.wait().expect("a child can be waited for");
        let log = self.log.take().and_then(|l| l.join().ok()).unwrap_or_default();
        (status, log)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.held = None;
        if matches!(self.child.try_wait(), Ok(None)) {
            signal(self.id(), "TERM");
            let _ = self.child.wait();
        }
    }
}

/// Sends a signal to one process that a test started.
pub fn signal(id: u32, name: &str) {
    let _ = Command::new("kill").args(["-s", name, &id.to_string()]).status();
}
