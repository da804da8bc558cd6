//! The services that `frontage dev` starts and stops: the commands of `[dev] run`.
//!
//! In:    commands, run by the shell in the workspace's folder.
//! Out:   their lines, prefixed; a note when one ends.
//! Never: a service left behind: each has a process group, which ends with this command.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::terminal::{Terminal, Tone};

/// How long a service may take to end after `SIGTERM`.
const GRACE: Duration = Duration::from_secs(5);
/// How long the status of a command is waited for after its output closed.
const SETTLE: Duration = Duration::from_millis(500);

/// Running services.
#[derive(Debug, Default)]
pub(crate) struct Services {
    running: Vec<Service>,
}

/// One of them.
#[derive(Debug)]
struct Service {
    command: String,
    child: Child,
    /// Its process group, which outlives the shell that leads it.
    group: Option<Pid>,
}

/// A service that ended by itself.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its command.
    pub(crate) command: String,
    /// How it ended.
    pub(crate) how: String,
}

impl Services {
    /// Starts every command; what cannot start is reported as ended.
    pub(crate) fn start<'c>(
        commands: impl Iterator<Item = &'c str>,
        root: &Path,
        terminal: &Terminal,
    ) -> (Self, mpsc::Receiver<Ended>) {
        let (sender, ended) = mpsc::channel(16);
        let mut services = Self::default();
        for command in commands {
            terminal.note(&format!("starting {}", terminal.paint(Tone::Strong, command)));
            let started = Command::new("sh")
                .args(["-c", command])
                .current_dir(root)
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .process_group(0)
                .kill_on_drop(true)
                .spawn();
            match started {
                Ok(mut child) => {
                    let out = child.stdout.take();
                    let err = child.stderr.take();
                    let copies = [
                        out.map(|o| tokio::spawn(copy(o, terminal.clone()))),
                        err.map(|e| tokio::spawn(copy(e, terminal.clone()))),
                    ];
                    let (sender, command_text) = (sender.clone(), command.to_owned());
                    tokio::spawn(async move {
                        // Both pipes close when the service and all it started have ended.
                        for copy in copies.into_iter().flatten() {
                            let _ = copy.await;
                        }
                        let how = "closed its output".to_owned();
                        let _ = sender.send(Ended { command: command_text, how }).await;
                    });
                    let id = child.id().and_then(|id| i32::try_from(id).ok());
                    let group = id.and_then(Pid::from_raw);
                    services.running.push(Service { command: command.to_owned(), child, group });
                }
                Err(error) => {
                    let ended = Ended { command: command.to_owned(), how: error.to_string() };
                    let _ = sender.try_send(ended);
                }
            }
        }
        (services, ended)
    }

    /// How a command that ended did so. From then on its group is nobody's to signal: its number
    /// may be another's one day.
    pub(crate) async fn status(&mut self, command: &str) -> Option<String> {
        let at = self.running.iter().position(|service| service.command == command)?;
        // Its pipes close a moment before its status is known.
        let status = timeout(SETTLE, self.running[at].child.wait()).await.ok()?.ok()?;
        self.running.remove(at);
        Some(status.to_string())
    }

    /// Ends all of them: `SIGTERM` to each group, then `SIGKILL`.
    pub(crate) async fn stop(mut self) {
        self.signal(Signal::TERM);
        for service in &mut self.running {
            let _ = timeout(GRACE, service.child.wait()).await;
        }
    }

    /// Sends a signal to the group of every service: the shell and all that it started.
    fn signal(&self, signal: Signal) {
        for group in self.running.iter().filter_map(|service| service.group) {
            // One that has ended already needs nothing.
            let _ = rustix::process::kill_process_group(group, signal);
        }
    }
}

impl Drop for Services {
    /// Whatever is left ends here, also when `frontage dev` ends by a fault.
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

async fn copy(from: impl AsyncRead + Unpin, terminal: Terminal) {
    let mut lines = BufReader::new(from).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches('\r');
        terminal.note(&format!("{} {text}", terminal.paint(Tone::Dim, "service |")));
    }
}
