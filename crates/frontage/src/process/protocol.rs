//! Messages between a supervisor and a backend.
//!
//! To the backend, on its standard input: frames of a big-endian `u32` length and a message in
//! postcard. From it, on its standard output: one JSON object a line. Both ends are the same
//! program, so the format needs no version.

use std::io::Read;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use frontage_plan::Plan;
use serde::{Deserialize, Serialize};

use crate::settings::BackendSettings;

/// Everything that one backend runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Bundle {
    /// Listener, limits, addresses and secrets by reference.
    pub(crate) settings: BackendSettings,
    /// What it answers.
    pub(crate) plan: Source,
    /// Folders of the releases that clients may choose instead.
    pub(crate) older: Vec<PathBuf>,
}

/// Where a plan is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Source {
    /// Here.
    Here(Arc<Plan>),
    /// In the release in this folder of a stock.
    Stored(PathBuf),
}

/// How much a release is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Used {
    /// Its version.
    pub(crate) version: String,
    /// Requests that it has answered since it was taken up.
    pub(crate) requests: u64,
    /// How long ago the last one came, in milliseconds.
    pub(crate) idle_ms: Option<u64>,
}

/// What a supervisor says.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum ToBackend {
    /// On these addresses others of this backend listen, which end once this one listens too.
    Beside(Vec<SocketAddr>),
    /// Run this; a second one swaps the plan.
    Run(Box<Bundle>),
    /// Say how much each release is used.
    Use,
    /// Show this text over the open pages, or nothing any more.
    Overlay(Option<String>),
    /// Static files changed: reload the open pages.
    ReloadPages,
    /// Finish what runs, then end.
    Drain,
    /// The same; another has taken this one's place, on its admin address too.
    Leave,
}

/// What a backend says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum FromBackend {
    /// It answers requests.
    Listening {
        /// Its public address.
        address: SocketAddr,
        /// Its admin address.
        admin: Option<SocketAddr>,
    },
    /// A new plan answers all requests from now on.
    Swapped,
    /// How much each release is used.
    Used {
        /// Each that is served.
        releases: Vec<Used>,
    },
    /// It cannot run what it was given.
    Failed {
        /// Why, for people.
        message: String,
        /// What to do.
        help: Option<String>,
    },
}

const MAX_FRAME: u32 = 512 << 20;

/// A message as a frame.
///
/// # Errors
///
/// If the message cannot be encoded, which no value of this program is known to cause.
pub(crate) fn encode(message: &ToBackend) -> Result<Vec<u8>, String> {
    let body = postcard::to_stdvec(message).map_err(|e| e.to_string())?;
    let length = u32::try_from(body.len()).ok().filter(|&n| n <= MAX_FRAME);
    let length = length.ok_or("the plan is larger than 512 MiB")?;
    let mut frame = length.to_be_bytes().to_vec();
    frame.extend_from_slice(&body);
    Ok(frame)
}

/// Reads the next frame; `None` at the end of the stream.
///
/// # Errors
///
/// If the stream breaks or holds something else.
pub(crate) fn decode(input: &mut impl Read) -> std::io::Result<Option<ToBackend>> {
    let mut length = [0; 4];
    if let Err(error) = input.read_exact(&mut length) {
        let ended = error.kind() == std::io::ErrorKind::UnexpectedEof;
        return if ended { Ok(None) } else { Err(error) };
    }
    let length = u32::from_be_bytes(length);
    if length > MAX_FRAME {
        return Err(std::io::Error::other("the frame is too long"));
    }
    let mut body = Vec::new();
    input.take(u64::from(length)).read_to_end(&mut body)?;
    postcard::from_bytes(&body).map(Some).map_err(std::io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::{ToBackend, decode, encode};

    #[test]
    fn a_frame_is_read_back_and_a_cut_one_is_an_error() {
        let frame = encode(&ToBackend::Overlay(Some("text".into()))).unwrap();
        let mut two = frame.clone();
        two.extend(encode(&ToBackend::Drain).unwrap());
        let mut input = two.as_slice();
        assert!(matches!(decode(&mut input), Ok(Some(ToBackend::Overlay(Some(t)))) if t == "text"));
        assert!(matches!(decode(&mut input), Ok(Some(ToBackend::Drain))));
        assert!(matches!(decode(&mut input), Ok(None)));
        assert!(decode(&mut &frame[..frame.len() - 1]).is_err());
        assert!(decode(&mut [255, 255, 255, 255, 0].as_slice()).is_err());
    }
}
