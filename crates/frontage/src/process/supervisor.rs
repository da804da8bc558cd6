//! The supervisor: one process for each frontend, restarted when it dies.
//!
//! In:    a bundle for each frontend, orders, and what the processes say.
//! Out:   [`Event`]s for whoever shows them.
//! Never: one backend waiting for, or ended by, another.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::protocol::{Bundle, FromBackend, ToBackend, encode};

/// First pause before a restart; doubles up to [`MAX_BACK_OFF`].
const MIN_BACK_OFF: Duration = Duration::from_millis(100);
/// Longest pause before a restart.
const MAX_BACK_OFF: Duration = Duration::from_secs(10);
/// A process that lived this long starts again with the shortest pause.
const STABLE: Duration = Duration::from_secs(30);
/// How much longer than its own drain a process may take to end.
const KILL_GRACE: Duration = Duration::from_secs(3);
/// Longest line a backend may say.
const MAX_LINE: u64 = 64 << 10;

/// What is asked of one backend.
#[derive(Debug)]
pub(crate) enum Order {
    /// Run this from now on. Same settings: the plan is swapped; other settings: a new process.
    Run(Box<Bundle>),
    /// Show this text over the open pages, or nothing any more.
    Overlay(Option<String>),
    /// Reload the open pages.
    ReloadPages,
}

/// What happened to a backend.
#[derive(Debug)]
pub(crate) enum Event {
    /// A process started.
    Started {
        /// The frontend.
        frontend: String,
        /// Its process.
        pid: u32,
    },
    /// The process said something.
    Said {
        /// The frontend.
        frontend: String,
        /// What.
        event: FromBackend,
    },
    /// The process ended by itself and will be started again.
    Died {
        /// The frontend.
        frontend: String,
        /// How it ended.
        how: String,
        /// When the next one starts.
        again_in: Duration,
    },
}

/// All backends of a workspace.
#[derive(Debug)]
pub(crate) struct Supervisor {
    backends: Vec<(String, mpsc::Sender<Order>, tokio::task::JoinHandle<()>)>,
    /// Those that were told to end.
    ending: Vec<tokio::task::JoinHandle<()>>,
    events: mpsc::Sender<Event>,
    environment: Environment,
}

/// Environment variables that backends get beside their supervisor's own.
type Environment = Vec<(&'static str, &'static str)>;

impl Supervisor {
    /// A supervisor without backends, and what will happen to them.
    pub(crate) fn new(environment: Environment) -> (Self, mpsc::Receiver<Event>) {
        let (events, receiver) = mpsc::channel(256);
        (Self { backends: Vec::new(), ending: Vec::new(), events, environment }, receiver)
    }

    /// Gives an order to one backend; the first makes its process.
    pub(crate) async fn order(&mut self, frontend: &str, order: Order) {
        if !self.backends.iter().any(|(name, ..)| name == frontend) {
            let (sender, orders) = mpsc::channel(16);
            let keeper = Keeper {
                frontend: frontend.to_owned(),
                orders,
                events: self.events.clone(),
                bundle: None,
                overlay: None,
                environment: self.environment.clone(),
            };
            let task = tokio::spawn(keeper.keep());
            self.backends.push((frontend.to_owned(), sender, task));
        }
        if let Some((_, sender, _)) = self.backends.iter().find(|(name, ..)| name == frontend) {
            // Only a keeper that was stopped does not listen.
            let _ = sender.send(order).await;
        }
    }

    /// Drains and ends one backend's process; the next order would make another.
    pub(crate) fn end(&mut self, frontend: &str) {
        if let Some(at) = self.backends.iter().position(|(name, ..)| name == frontend) {
            let (_, _, task) = self.backends.swap_remove(at);
            self.ending.retain(|task| !task.is_finished());
            self.ending.push(task);
        }
    }

    /// Drains and ends every process, side by side.
    pub(crate) async fn stop(self) {
        let mut tasks = self.ending;
        for (_, sender, task) in self.backends {
            drop(sender);
            tasks.push(task);
        }
        for task in tasks {
            let _ = task.await;
        }
    }
}

/// Keeps one backend's process alive.
struct Keeper {
    frontend: String,
    orders: mpsc::Receiver<Order>,
    events: mpsc::Sender<Event>,
    /// What it runs; a new process gets the newest.
    bundle: Option<Box<Bundle>>,
    overlay: Option<String>,
    environment: Environment,
}

/// Why a process is no longer watched.
enum End {
    /// It ended by itself.
    Died(String),
    /// Its settings changed.
    Replace,
    /// The supervisor stops.
    Stop,
}

impl Keeper {
    async fn keep(mut self) {
        let mut back_off = MIN_BACK_OFF;
        loop {
            while self.bundle.is_none() {
                match self.orders.recv().await {
                    Some(order) => drop(self.note(order)),
                    None => return,
                }
            }
            let began = Instant::now();
            let how = match self.live().await {
                End::Stop => return,
                End::Replace => continue,
                End::Died(how) => how,
            };
            if began.elapsed() >= STABLE {
                back_off = MIN_BACK_OFF;
            }
            let frontend = self.frontend.clone();
            let died = Event::Died { frontend, how, again_in: back_off };
            let _ = self.events.send(died).await;
            let wake = Instant::now() + back_off;
            back_off = (back_off * 2).min(MAX_BACK_OFF);
            loop {
                tokio::select! {
                    () = tokio::time::sleep_until(wake) => break,
                    order = self.orders.recv() => match order {
                        // A new plan or address may be the cure: try at once.
                        Some(order) => if self.note(order) { break },
                        None => return,
                    },
                }
            }
        }
    }

    /// Remembers an order for the next process; whether it changes what the process runs.
    fn note(&mut self, order: Order) -> bool {
        match order {
            Order::Run(bundle) => {
                self.bundle = Some(bundle);
                true
            }
            Order::Overlay(text) => {
                self.overlay = text;
                false
            }
            Order::ReloadPages => false,
        }
    }

    /// One process, from its start to its end.
    async fn live(&mut self) -> End {
        let mut child = match self.spawn() {
            Ok(child) => child,
            Err(error) => return End::Died(format!("cannot start a process: {error}")),
        };
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return End::Died("has no pipes".into());
        };
        if let Some(pid) = child.id() {
            let _ = self.events.send(Event::Started { frontend: self.frontend.clone(), pid }).await;
        }
        let drain = self.drain();
        let first = self.bundle.clone().map(ToBackend::Run);
        let overlay = self.overlay.clone().map(|text| ToBackend::Overlay(Some(text)));
        for message in first.into_iter().chain(overlay) {
            if let Err(error) = send(&mut input, &message).await {
                end(child, input, Duration::ZERO).await;
                return End::Died(error);
            }
        }
        let mut lines = BufReader::new(tokio::io::AsyncReadExt::take(output, MAX_LINE));
        let mut line = String::new();
        loop {
            tokio::select! {
                read = lines.read_line(&mut line) => {
                    if !matches!(read, Ok(1..)) {
                        let how = wait(&mut child).await;
                        return End::Died(how);
                    }
                    lines.get_mut().set_limit(MAX_LINE);
                    if let Ok(event) = serde_json::from_str(&line) {
                        let frontend = self.frontend.clone();
                        let _ = self.events.send(Event::Said { frontend, event }).await;
                    }
                    line.clear();
                }
                order = self.orders.recv() => {
                    let Some(order) = order else {
                        end(child, input, drain).await;
                        return End::Stop;
                    };
                    let message = match order {
                        Order::Run(bundle) => {
                            let same = self.bundle.as_ref().is_some_and(|b| b.settings == bundle.settings);
                            self.bundle = Some(bundle.clone());
                            if !same {
                                end(child, input, drain).await;
                                return End::Replace;
                            }
                            ToBackend::Run(bundle)
                        }
                        Order::Overlay(text) => {
                            self.overlay.clone_from(&text);
                            ToBackend::Overlay(text)
                        }
                        Order::ReloadPages => ToBackend::ReloadPages,
                    };
                    if let Err(error) = send(&mut input, &message).await {
                        end(child, input, Duration::ZERO).await;
                        return End::Died(error);
                    }
                }
            }
        }
    }

    fn drain(&self) -> Duration {
        self.bundle.as_ref().map(|b| b.settings.limits.drain).unwrap_or_default()
    }

    fn spawn(&self) -> std::io::Result<Child> {
        Command::new(program()?)
            .args(["backend", &self.frontend])
            .envs(self.environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            // Signals of the terminal go to the supervisor, which drains its backends.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
    }
}

/// This program, also after its file was replaced.
fn program() -> std::io::Result<PathBuf> {
    let link = PathBuf::from("/proc/self/exe");
    if link.exists() { Ok(link) } else { std::env::current_exe() }
}

async fn send(input: &mut ChildStdin, message: &ToBackend) -> Result<(), String> {
    let frame = encode(message)?;
    input.write_all(&frame).await.map_err(|e| format!("does not listen: {e}"))?;
    input.flush().await.map_err(|e| format!("does not listen: {e}"))
}

/// Asks a process to drain, and kills it if it does not end in time.
async fn end(mut child: Child, mut input: ChildStdin, drain: Duration) {
    if drain > Duration::ZERO {
        let _ = send(&mut input, &ToBackend::Drain).await;
        drop(input);
        if timeout(drain + KILL_GRACE, child.wait()).await.is_ok() {
            return;
        }
    }
    let _ = child.kill().await;
}

/// How a process ended; one that closed its output but lives is ended.
async fn wait(child: &mut Child) -> String {
    match timeout(KILL_GRACE, child.wait()).await {
        Ok(Ok(status)) => describe(status),
        Ok(Err(error)) => error.to_string(),
        Err(_) => {
            let _ = child.kill().await;
            "stopped talking and was killed".into()
        }
    }
}

fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("ended with status {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "ended".into(),
    }
}
