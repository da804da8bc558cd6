//! The supervisor: one process for each frontend, restarted when it dies.
//!
//! In:    a bundle for each frontend, orders, and what the processes say.
//! Out:   [`Event`]s for whoever shows them.
//! Never: one backend waiting for, or ended by, another.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use frontage_diagnostic::Diagnostic;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Take};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, timeout};

use super::protocol::{Bundle, FromBackend, ToBackend, Used, encode};
use crate::codes;

/// First pause before a restart; doubles up to [`MAX_BACK_OFF`].
const MIN_BACK_OFF: Duration = Duration::from_millis(100);
/// Longest pause before a restart.
const MAX_BACK_OFF: Duration = Duration::from_secs(10);
/// A process that lived this long starts again with the shortest pause.
const STABLE: Duration = Duration::from_secs(30);
/// How much longer than its own drain a process may take to end.
const KILL_GRACE: Duration = Duration::from_secs(3);
/// How long a process may take until it runs what it was given.
const SUCCESSION: Duration = Duration::from_secs(30);
/// Longest line a backend may say.
const MAX_LINE: u64 = 64 << 10;

/// What is asked of one backend.
#[derive(Debug)]
pub(crate) enum Order {
    /// Run this from now on, in the process that runs if it can; and tell whoever waits for it.
    /// What is waited for and cannot be run is given up, and what ran before is run.
    Run(Box<Bundle>, Option<Taken>),
    /// Say how much each release is used.
    Use(oneshot::Sender<Vec<Used>>),
    /// Show this text over the open pages, or nothing any more.
    Overlay(Option<String>),
    /// Reload the open pages.
    ReloadPages,
}

/// Told whether a backend runs what it was given.
pub(crate) type Taken = oneshot::Sender<Result<(), Diagnostic>>;

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
    stop: watch::Sender<bool>,
}

/// Environment variables that backends get beside their supervisor's own.
type Environment = Vec<(&'static str, &'static str)>;

impl Supervisor {
    /// A supervisor without backends, and what will happen to them.
    pub(crate) fn new(environment: Environment) -> (Self, mpsc::Receiver<Event>) {
        let (events, receiver) = mpsc::channel(256);
        let (backends, ending, stop) = (Vec::new(), Vec::new(), watch::Sender::new(false));
        (Self { backends, ending, events, environment, stop }, receiver)
    }

    /// Gives an order to one backend; the first makes its process.
    pub(crate) async fn order(&mut self, frontend: &str, order: Order) {
        // Only a keeper that was stopped does not listen.
        let _ = self.orders(frontend).send(order).await;
    }

    /// Takes orders for one backend; as long as it does, its process is kept.
    pub(crate) fn orders(&mut self, frontend: &str) -> mpsc::Sender<Order> {
        if !self.backends.iter().any(|(name, ..)| name == frontend) {
            let (sender, orders) = mpsc::channel(16);
            let keeper = Keeper {
                frontend: frontend.to_owned(),
                orders,
                events: self.events.clone(),
                bundle: None,
                sound: None,
                stop: self.stop.subscribe(),
                asked: None,
                ending: Vec::new(),
                wonders: None,
                overlay: None,
                environment: self.environment.clone(),
            };
            let task = tokio::spawn(keeper.keep());
            self.backends.push((frontend.to_owned(), sender.clone(), task));
            return sender;
        }
        let known = self.backends.iter().find(|(name, ..)| name == frontend);
        known.map(|(_, sender, _)| sender.clone()).unwrap_or_else(|| mpsc::channel(1).0)
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
        self.stop.send_replace(true);
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
    /// What ran last, if anything has.
    sound: Option<Box<Bundle>>,
    /// Tells that the supervisor stops.
    stop: watch::Receiver<bool>,
    /// What the process has not answered yet; further orders wait until it has.
    asked: Option<Asked>,
    /// Processes that another took the place of, with their addresses, until they have ended.
    ending: Vec<(tokio::task::JoinHandle<()>, Vec<SocketAddr>)>,
    /// Who wonders how much each release is used.
    wonders: Option<oneshot::Sender<Vec<Used>>>,
    overlay: Option<String>,
    environment: Environment,
}

/// A bundle that a process was given and has not answered.
struct Asked {
    /// Who waits.
    taken: Option<Taken>,
    /// What ran before, if another did.
    before: Option<Box<Bundle>>,
    since: Instant,
}

/// Why a process is no longer watched.
enum End {
    /// It ended by itself.
    Died(String),
    /// The supervisor stops.
    Stop,
}

/// A backend's process.
struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<Take<ChildStdout>>,
    line: Vec<u8>,
    /// Its addresses, once it listens.
    addresses: Vec<SocketAddr>,
}

impl Process {
    /// What it says next, if that is something; nothing once it has ended. What was read of a line
    /// stays if nobody waits for its end.
    async fn next(&mut self) -> Option<Option<FromBackend>> {
        let read = self.output.read_until(b'\n', &mut self.line).await;
        if read.is_err() || self.line.is_empty() {
            return None;
        }
        self.output.get_mut().set_limit(MAX_LINE);
        let event = serde_json::from_slice(&self.line).ok();
        self.line.clear();
        if let Some(FromBackend::Listening { address, admin }) = &event {
            self.addresses = std::iter::once(*address).chain(*admin).collect();
        }
        Some(event)
    }

    async fn send(&mut self, message: &ToBackend) -> Result<(), String> {
        let frame = encode(message)?;
        self.input.write_all(&frame).await.map_err(|e| format!("does not listen: {e}"))?;
        self.input.flush().await.map_err(|e| format!("does not listen: {e}"))
    }

    /// Asks it to drain, and kills it if it does not end in time.
    ///
    /// - `how`: [`ToBackend::Drain`], or [`ToBackend::Leave`] if another took its place.
    async fn end(mut self, how: ToBackend, drain: Duration) {
        if drain > Duration::ZERO {
            let _ = self.send(&how).await;
            drop(self.input);
            if timeout(drain + KILL_GRACE, self.child.wait()).await.is_ok() {
                return;
            }
        }
        let _ = self.child.kill().await;
    }
}

impl Keeper {
    async fn keep(mut self) {
        self.run().await;
        for (old, _) in self.ending {
            let _ = old.await;
        }
    }

    async fn run(&mut self) {
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
                End::Died(how) => how,
            };
            self.wonders = None;
            self.settle(Err(self.gone(&how)));
            if self.bundle.is_none() {
                // It was tried for somebody, who knows now.
                continue;
            }
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
            Order::Run(bundle, taken) => {
                self.take_up(bundle, taken);
                true
            }
            // Nothing runs.
            Order::Use(_) => false,
            Order::Overlay(text) => {
                self.overlay = text;
                false
            }
            Order::ReloadPages => false,
        }
    }

    fn take_up(&mut self, bundle: Box<Bundle>, taken: Option<Taken>) {
        let before = self.bundle.replace(bundle);
        self.asked = Some(Asked { taken, before, since: Instant::now() });
    }

    /// What was given last is run, or cannot be: then it is given up for what ran before.
    fn settle(&mut self, result: Result<(), Diagnostic>) {
        let Some(Asked { taken, before, .. }) = self.asked.take() else { return };
        match (&result, &taken, &self.sound) {
            (Ok(()), ..) => self.sound.clone_from(&self.bundle),
            (Err(_), Some(_), _) => self.bundle = before,
            (Err(_), None, Some(_)) => self.bundle.clone_from(&self.sound),
            // What nobody waits for is tried again while nothing else has ever run.
            (Err(_), None, None) => {}
        }
        if let Some(taken) = taken {
            // Whoever no longer listens finds out by itself.
            let _ = taken.send(result);
        }
    }

    /// Takes note of what a process says, and hands it on.
    async fn hear(&mut self, mut event: FromBackend) {
        match &mut event {
            FromBackend::Listening { .. } | FromBackend::Swapped => self.settle(Ok(())),
            FromBackend::Failed { message, help } => {
                let mut fault = Diagnostic::placeless(codes::CANNOT_START, message.clone());
                fault.help.clone_from(help);
                self.settle(Err(fault));
            }
            FromBackend::Used { releases } => {
                if let Some(wonders) = self.wonders.take() {
                    let _ = wonders.send(std::mem::take(releases));
                }
            }
        }
        let _ = self.events.send(Event::Said { frontend: self.frontend.clone(), event }).await;
    }

    fn gone(&self, how: &str) -> Diagnostic {
        let message = format!("the backend of `{}` {how}", self.frontend);
        Diagnostic::placeless(codes::CANNOT_START, message)
    }

    /// Backends from the start of one process to the end of the last that followed it.
    async fn live(&mut self) -> End {
        let (beside, mut stop) = (self.held(), self.stop.clone());
        let mut process = match self.start(beside).await {
            Ok(process) => process,
            Err(how) => return End::Died(how),
        };
        loop {
            let late = self.asked.as_ref().map(|asked| asked.since + SUCCESSION);
            tokio::select! {
                () = tokio::time::sleep_until(late.unwrap_or_else(Instant::now)), if late.is_some() => {
                    process.end(ToBackend::Drain, Duration::ZERO).await;
                    return End::Died("does not answer".into());
                }
                event = process.next() => match event {
                    Some(Some(event)) => self.hear(event).await,
                    Some(None) => {}
                    None => return End::Died(wait(&mut process.child).await),
                },
                () = told(&mut stop) => {
                    process.end(ToBackend::Drain, self.drain()).await;
                    return End::Stop;
                }
                // One at a time: an answer is that of what was given last. And nothing to a process
                // that has said that it cannot run.
                order = self.orders.recv(), if late.is_none() && !process.addresses.is_empty() => {
                    let Some(order) = order else {
                        process.end(ToBackend::Drain, self.drain()).await;
                        return End::Stop;
                    };
                    let message = match order {
                        Order::Run(bundle, taken) => {
                            let same = self.bundle.as_ref().is_some_and(|before| {
                                before.settings.of_process() == bundle.settings.of_process()
                            });
                            let drain = self.drain();
                            self.take_up(bundle.clone(), taken);
                            if !same {
                                if let Some(next) = self.succeed(&process).await {
                                    let old = std::mem::replace(&mut process, next);
                                    let addresses = old.addresses.clone();
                                    let end = tokio::spawn(old.end(ToBackend::Leave, drain));
                                    self.ending.push((end, addresses));
                                }
                                continue;
                            }
                            ToBackend::Run(bundle)
                        }
                        Order::Overlay(text) => {
                            self.overlay.clone_from(&text);
                            ToBackend::Overlay(text)
                        }
                        Order::Use(sender) => {
                            self.wonders = Some(sender);
                            ToBackend::Use
                        }
                        Order::ReloadPages => ToBackend::ReloadPages,
                    };
                    if let Err(error) = process.send(&message).await {
                        process.end(ToBackend::Drain, Duration::ZERO).await;
                        return End::Died(error);
                    }
                }
            }
        }
    }

    /// A process with what it is to run.
    ///
    /// - `beside`: addresses on which others of this backend listen that will end.
    async fn start(&mut self, beside: Vec<SocketAddr>) -> Result<Process, String> {
        // Also what is only tried again is answered before anything else is.
        let since = Instant::now();
        self.asked.get_or_insert(Asked { taken: None, before: None, since }).since = since;
        let mut child = self.spawn().map_err(|error| format!("cannot start a process: {error}"))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("has no pipes".into());
        };
        if let Some(pid) = child.id() {
            let _ = self.events.send(Event::Started { frontend: self.frontend.clone(), pid }).await;
        }
        let output = BufReader::new(tokio::io::AsyncReadExt::take(output, MAX_LINE));
        let (line, addresses) = (Vec::new(), Vec::new());
        let mut process = Process { child, input, output, line, addresses };
        let beside = (!beside.is_empty()).then_some(ToBackend::Beside(beside));
        let first = self.bundle.clone().map(ToBackend::Run);
        let overlay = self.overlay.clone().map(|text| ToBackend::Overlay(Some(text)));
        for message in beside.into_iter().chain(first).chain(overlay) {
            if let Err(error) = process.send(&message).await {
                process.end(ToBackend::Drain, Duration::ZERO).await;
                return Err(error);
            }
        }
        Ok(process)
    }

    /// Addresses of processes that another took the place of and that have not ended.
    fn held(&mut self) -> Vec<SocketAddr> {
        self.ending.retain(|(old, _)| !old.is_finished());
        self.ending.iter().flat_map(|(_, addresses)| addresses.iter().copied()).collect()
    }

    /// A process that takes the place of the one that runs, once it listens beside it.
    async fn succeed(&mut self, running: &Process) -> Option<Process> {
        let mut beside = self.held();
        beside.extend(&running.addresses);
        let mut process = match self.start(beside).await {
            Ok(process) => process,
            Err(how) => {
                self.settle(Err(self.gone(&how)));
                return None;
            }
        };
        let mut stop = self.stop.clone();
        let listens = async {
            loop {
                match process.next().await {
                    Some(Some(event)) => {
                        let listens = matches!(event, FromBackend::Listening { .. });
                        self.hear(event).await;
                        if listens {
                            return true;
                        }
                    }
                    Some(None) => {}
                    None => return false,
                }
            }
        };
        let listens = tokio::select! {
            listens = timeout(SUCCESSION, listens) => listens == Ok(true),
            () = told(&mut stop) => false,
        };
        if listens {
            return Some(process);
        }
        if self.asked.is_some() {
            let fault = self.gone("cannot be replaced: the new one does not listen");
            let event = FromBackend::Failed { message: fault.message.clone(), help: None };
            self.settle(Err(fault));
            let _ = self.events.send(Event::Said { frontend: self.frontend.clone(), event }).await;
        }
        process.end(ToBackend::Drain, Duration::ZERO).await;
        None
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

/// Waits until the supervisor stops.
async fn told(stop: &mut watch::Receiver<bool>) {
    // Whoever is gone has stopped.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// This program, also after its file was replaced.
fn program() -> std::io::Result<PathBuf> {
    let link = PathBuf::from("/proc/self/exe");
    if link.exists() { Ok(link) } else { std::env::current_exe() }
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
