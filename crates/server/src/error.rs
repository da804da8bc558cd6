//! Why a server could not start, or take releases up.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a server could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Somebody else listens there.
    #[error("{address} is already in use by another program")]
    AddressInUse {
        /// The address.
        address: SocketAddr,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {cause}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's words.
        cause: io::Error,
    },
    /// A fixed session on an address that others reach.
    #[error("{address} is not loopback, and auth of kind `dev` lets anyone be anybody")]
    DevBeyondLoopback {
        /// The address.
        address: SocketAddr,
    },
    /// The fixed session is no JSON object.
    #[error("the session of auth of kind `dev` must be an object")]
    Session,
    /// The folder of files cannot be read.
    #[error("cannot read the folder {}: {cause}", path.display())]
    Files {
        /// The folder.
        path: PathBuf,
        /// The system's words.
        cause: io::Error,
    },
    /// The system gives no more threads.
    #[error("cannot start a thread: {0}")]
    Thread(#[source] io::Error),
}

impl StartError {
    /// What to do about it.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::AddressInUse { .. } => {
                "stop the other program, or choose another `listen` address"
            }
            Self::Listen { .. } => "choose an address of this machine and a port above 1023",
            Self::DevBeyondLoopback { .. } => {
                "listen on 127.0.0.1 or [::1], or choose another kind of `[auth]`"
            }
            Self::Session => "write it as a table, such as `session = { sub = \"u1\" }`",
            Self::Files { .. } => "create the folder, or correct or remove `static`",
            Self::Thread(_) => "raise the limit of processes, or set fewer threads",
        }
    }
}
