//! Opens a file below a folder, and only there.
//!
//! Never: a link that leaves the folder, a hidden name, a device or pipe.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::task::JoinHandle;

use crate::body::BoxError;
use crate::negotiate::Coding;

/// Files of one build or checkout may differ this much in age.
pub(super) const SAME_BUILD: Duration = Duration::from_secs(2);

/// Bytes that are read at once.
const PIECE: u64 = 64 << 10;

/// An open file and what was known of it then.
#[derive(Debug)]
pub(super) struct Opened {
    file: Arc<File>,
    /// Its length, in bytes.
    pub(super) length: u64,
    /// When it was last changed.
    pub(super) modified: SystemTime,
}

impl Opened {
    /// A validator that needs no reading; good for large files.
    pub(super) fn etag(&self, coding: Coding) -> String {
        let age = self.modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        format!("\"{:x}-{:x}{}\"", age.as_nanos(), self.length, coding.suffix())
    }

    /// All its bytes.
    ///
    /// # Errors
    ///
    /// The system's; also if the file is no longer as long as it was.
    pub(super) fn read_all(&self) -> io::Result<Bytes> {
        read(&self.file, 0, self.length)
    }
}

fn read(file: &File, offset: u64, length: u64) -> io::Result<Bytes> {
    let length = usize::try_from(length).map_err(io::Error::other)?;
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, offset)?;
    Ok(bytes.into())
}

/// Where `path` leads if that is inside `root` and not hidden there.
pub(super) fn inside(root: &Path, path: &Path) -> Option<PathBuf> {
    let real = path.canonicalize().ok()?;
    let below = real.strip_prefix(root).ok()?;
    let hidden =
        below.components().any(|part| part.as_os_str().as_encoded_bytes().starts_with(b"."));
    if hidden { None } else { Some(real) }
}

/// Opens a regular file inside `root`.
pub(super) fn open(root: &Path, path: &Path) -> Option<Opened> {
    let real = inside(root, path)?;
    let file = OpenOptions::new()
        .read(true)
        // No link may take the name's place meanwhile, and a pipe must not block.
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
        .open(real)
        .ok()?;
    let known = file.metadata().ok()?;
    if !known.is_file() {
        return None;
    }
    let modified = known.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    Some(Opened { file: Arc::new(file), length: known.len(), modified })
}

/// A part of a file, piece by piece. A file that shrinks meanwhile breaks the answer off.
pub(super) struct FileStream {
    file: Arc<File>,
    at: u64,
    end: u64,
    reading: Option<JoinHandle<io::Result<Bytes>>>,
}

impl FileStream {
    /// The bytes from `start` up to and without `end`.
    pub(super) fn new(opened: Opened, start: u64, end: u64) -> Self {
        Self { file: opened.file, at: start, end, reading: None }
    }
}

impl Body for FileStream {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if this.at >= this.end {
            return Poll::Ready(None);
        }
        let (file, at, length) = (&this.file, this.at, PIECE.min(this.end - this.at));
        let reading = this.reading.get_or_insert_with(|| {
            let file = Arc::clone(file);
            tokio::task::spawn_blocking(move || read(&file, at, length))
        });
        let piece = ready!(Pin::new(reading).poll(cx));
        this.reading = None;
        Poll::Ready(Some(match piece {
            Ok(Ok(bytes)) => {
                this.at += bytes.len() as u64;
                Ok(Frame::data(bytes))
            }
            Ok(Err(error)) => Err(error.into()),
            Err(error) => Err(error.into()),
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.at >= self.end
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.end.saturating_sub(self.at))
    }
}
