//! The socket on which people change what a supervisor serves.
//!
//! In:    one command for each connection, a line of JSON.
//! Out:   its result, a line of JSON.
//! Never: anybody but the user whose folder it stands in; more than a few at once; a client that is
//!        waited for.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use frontage_diagnostic::{Code, Diagnostic};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixListener;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::timeout;

use super::command::{Asked, Command, Curated};
use crate::codes;
use crate::release::read;

/// Its place in the folder.
const SOCKET: &str = "admin/socket";
/// Longest command and longest answer, in bytes.
const LONGEST: u64 = 1 << 20;
/// Connections at once.
const CONNECTIONS: usize = 8;
/// How long a command may take to come.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long an answer is waited for: a process may have to start.
const ANSWER: Duration = Duration::from_secs(180);

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    Done(Curated),
    Refused { code: u16, message: String, help: Option<String> },
}

fn broken(root: &Path, why: &dyn std::fmt::Display) -> Diagnostic {
    let message = format!("no supervisor answers in `{}`: {why}", root.display());
    Diagnostic::placeless(codes::NO_SUPERVISOR, message).help(
        "start one with `frontage serve --release FILE`, or name its folder with `--state DIR`",
    )
}

/// Asks the supervisor that keeps its releases in `root`.
///
/// # Errors
///
/// If there is none, or it refuses.
pub(crate) fn ask(root: &Path, command: &Command) -> Result<Curated, Diagnostic> {
    let asked = || -> std::io::Result<Reply> {
        let mut stream = UnixStream::connect(root.join(SOCKET))?;
        stream.set_read_timeout(Some(ANSWER))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut line = serde_json::to_vec(command)?;
        line.push(b'\n');
        stream.write_all(&line)?;
        let mut answer = String::new();
        BufReader::new(stream.take(LONGEST)).read_line(&mut answer)?;
        if answer.is_empty() {
            return Err(std::io::Error::other("it went away"));
        }
        Ok(serde_json::from_str(&answer)?)
    };
    match asked().map_err(|error| broken(root, &error))? {
        Reply::Done(curated) => Ok(curated),
        Reply::Refused { code, message, help } => {
            let mut fault = Diagnostic::placeless(Code(code), message);
            fault.help = help;
            Err(fault)
        }
    }
}

/// Listens in `root`, for as long as the task lives.
///
/// - `asked`: gets every command.
///
/// # Errors
///
/// If the socket cannot be made.
pub(crate) fn listen(
    root: &Path,
    asked: mpsc::Sender<Asked>,
) -> Result<tokio::task::JoinHandle<()>, Diagnostic> {
    let path = root.join(SOCKET);
    let cannot = |error: &std::io::Error| {
        let message = format!("cannot listen on `{}`: {error}", path.display());
        Diagnostic::placeless(codes::CANNOT_START, message)
            .help("its path may have about 100 bytes: name another folder with `--state DIR`")
    };
    // The folder may be open to others; who enters this one may change what is served.
    if let Some(folder) = path.parent() {
        let private = std::fs::Permissions::from_mode(0o700);
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::set_permissions(folder, private))
            .map_err(|error| cannot(&error))?;
    }
    // Whoever holds the folder's lock is the only one who listens here: what is there is left over.
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path).map_err(|error| cannot(&error))?;
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    Ok(tokio::spawn(async move {
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            let Ok((stream, _)) = listener.accept().await else {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let asked = asked.clone();
            tokio::spawn(async move {
                // Whoever goes away does not want to know.
                let _ = answer(stream, &asked).await;
                drop(place);
            });
        }
    }))
}

/// Hands every command to whom it concerns.
///
/// - `curators`: who decides, by frontend.
pub(crate) async fn dispatch(
    mut asked: mpsc::Receiver<Asked>,
    curators: BTreeMap<String, mpsc::Sender<Asked>>,
) {
    let curators = Arc::new(curators);
    while let Some((command, sender)) = asked.recv().await {
        let curators = Arc::clone(&curators);
        // A slow one keeps nobody else waiting; how many there are the socket bounds.
        tokio::spawn(async move {
            let _ = sender.send(hand_on(command, &curators).await);
        });
    }
}

async fn hand_on(
    command: Command,
    curators: &BTreeMap<String, mpsc::Sender<Asked>>,
) -> Result<Curated, Diagnostic> {
    let frontend = match &command {
        Command::List { frontend: None } => {
            let mut releases = Vec::new();
            for curator in curators.values() {
                if let Curated::List { releases: own } = one(curator, command.clone()).await? {
                    releases.extend(own);
                }
            }
            return Ok(Curated::List { releases });
        }
        Command::Activate { file } => {
            let file = file.clone();
            let release = tokio::task::spawn_blocking(move || read(&file)).await;
            release.map_err(|_| stopping())??.manifest.frontend
        }
        Command::Rollback { frontend, .. }
        | Command::Retire { frontend, .. }
        | Command::List { frontend: Some(frontend) } => frontend.clone(),
    };
    let Some(curator) = curators.get(&frontend) else {
        let known: Vec<&str> = curators.keys().map(String::as_str).collect();
        let message = format!("this supervisor does not serve `{frontend}`");
        return Err(Diagnostic::placeless(codes::UNKNOWN_FRONTEND, message)
            .help(format!("it serves: {}", known.join(", "))));
    };
    one(curator, command).await
}

async fn one(curator: &mpsc::Sender<Asked>, command: Command) -> Result<Curated, Diagnostic> {
    let (sender, result) = oneshot::channel();
    curator.send((command, sender)).await.map_err(|_| stopping())?;
    result.await.map_err(|_| stopping())?
}

fn stopping() -> Diagnostic {
    Diagnostic::placeless(codes::NO_SUPERVISOR, "the supervisor is stopping")
}

async fn answer(
    mut stream: tokio::net::UnixStream,
    asked: &mpsc::Sender<Asked>,
) -> std::io::Result<()> {
    let (read, mut write) = stream.split();
    let mut line = String::new();
    let mut reader = tokio::io::BufReader::new(read.take(LONGEST));
    timeout(PATIENCE, reader.read_line(&mut line)).await??;
    let result = match serde_json::from_str(&line) {
        Ok(command) => {
            let (sender, result) = oneshot::channel();
            let sent = asked.send((command, sender)).await;
            match sent {
                Ok(()) => result.await.ok(),
                Err(_) => None,
            }
        }
        Err(error) => {
            let message = format!("no command of this frontage: {error}");
            Some(Err(Diagnostic::placeless(codes::INVALID_VALUE, message)))
        }
    };
    let reply = match result.unwrap_or_else(|| Err(stopping())) {
        Ok(curated) => Reply::Done(curated),
        Err(Diagnostic { code, message, help, .. }) => {
            Reply::Refused { code: code.0, message, help }
        }
    };
    let mut line = serde_json::to_vec(&reply)?;
    line.push(b'\n');
    timeout(PATIENCE, write.write_all(&line)).await??;
    write.shutdown().await
}
