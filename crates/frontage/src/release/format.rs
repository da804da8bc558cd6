//! A release as one file.
//!
//! In:    a plan, settings with their references unresolved, OpenAPI, the frontend's own files.
//! Out:   the file's bytes, equal for equal input; or all of it again from those bytes.
//! Never: a time, a machine's path or a secret in it; a part of a file that is not whole.
//!
//! The layout, numbers big-endian: [`MAGIC`], format (2 bytes), length of the manifest (4), the
//! manifest as JSON, length of the content (8), the content in postcard, the files one after the
//! other as the manifest lists them, and the SHA-256 of everything before it, which names the
//! release.

use std::collections::BTreeSet;
use std::path::{Component, Path};
use std::sync::Arc;

use frontage_diagnostic::Diagnostic;
use frontage_plan::Plan;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::codes;
use crate::config::is_version;
use crate::settings::BackendSettings;

/// How every release begins.
pub(crate) const MAGIC: &[u8; 16] = b"frontage release";
/// The layout, and the types of what is in postcard. `cargo xtask tidy` knows when it must grow.
pub(crate) const FORMAT: u16 = 2;
/// Bytes of a SHA-256.
const SUM: usize = 32;
/// Largest release, in bytes.
pub(crate) const LARGEST: u64 = 1 << 30;

/// What a release says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// Whose backend it is.
    pub(crate) frontend: String,
    /// What it is called.
    pub(crate) version: String,
    /// Who owns the frontend.
    pub(crate) owner: Option<String>,
    /// The version of this program that made it.
    pub(crate) made_by: String,
    /// How many routes it has.
    pub(crate) routes: usize,
    /// SHA-256 of the modules and settings that it was made of.
    pub(crate) sources: String,
    /// SHA-256 of each contract that it was made of.
    pub(crate) contracts: Vec<ContractDigest>,
    /// The frontend's own files, sorted by path.
    pub(crate) files: Vec<PackedFile>,
}

/// A contract that a release was made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ContractDigest {
    /// Its path in the workspace.
    pub(crate) path: String,
    /// SHA-256 of its files.
    pub(crate) digest: String,
}

/// One of the frontend's own files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PackedFile {
    /// Its path below the folder, with `/`.
    pub(crate) path: String,
    /// Its size in bytes.
    pub(crate) size: u64,
}

/// What a backend runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Content {
    /// Settings with their references unresolved.
    pub(crate) settings: BackendSettings,
    /// The plan.
    pub(crate) plan: Arc<Plan>,
    /// The backend's OpenAPI 3.1, as JSON.
    pub(crate) openapi: String,
}

/// A release that was read.
#[derive(Debug)]
pub(crate) struct Release {
    /// What it says of itself.
    pub(crate) manifest: Manifest,
    /// What a backend runs.
    pub(crate) content: Content,
    /// SHA-256 of the whole, in hexadecimal: which release it is.
    pub(crate) digest: String,
    bytes: Vec<u8>,
    /// Where the files begin.
    files_at: usize,
}

/// SHA-256 in hexadecimal.
pub(crate) fn sum<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // So that no two lists of parts give the same bytes.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut out, byte| {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn refused(message: impl Into<String>) -> Diagnostic {
    Diagnostic::placeless(codes::RELEASE_REFUSED, message)
}

/// The bytes of a release.
///
/// - `files`: contents in the order of the manifest's list.
///
/// # Errors
///
/// If it becomes too large.
pub(crate) fn pack(
    manifest: &Manifest,
    content: &Content,
    files: &[Vec<u8>],
) -> Result<Vec<u8>, Diagnostic> {
    let invalid = |error: &dyn std::fmt::Display| refused(format!("cannot be written: {error}"));
    let manifest = serde_json::to_vec(manifest).map_err(|error| invalid(&error))?;
    let content = postcard::to_stdvec(content).map_err(|error| invalid(&error))?;
    let size = manifest.len() + content.len() + files.iter().map(Vec::len).sum::<usize>();
    if size as u64 > LARGEST - 4096 {
        return Err(refused(format!("a release has at most {} MiB", LARGEST >> 20))
            .help("keep large files out of the folder that `static` names"));
    }
    let mut out = Vec::with_capacity(size + 64);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&FORMAT.to_be_bytes());
    out.extend_from_slice(&(manifest.len() as u32).to_be_bytes());
    out.extend_from_slice(&manifest);
    out.extend_from_slice(&(content.len() as u64).to_be_bytes());
    out.extend_from_slice(&content);
    for file in files {
        out.extend_from_slice(file);
    }
    let sum = Sha256::digest(&out);
    out.extend_from_slice(&sum);
    Ok(out)
}

/// Takes pieces off the front of a release.
struct Pieces<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Pieces<'b> {
    fn take(&mut self, count: usize) -> Result<&'b [u8], Diagnostic> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len());
        let end = end
            .ok_or_else(|| refused("the release is cut off").help("copy or build it once more"))?;
        let piece = &self.bytes[self.at..end];
        self.at = end;
        Ok(piece)
    }

    fn number<const N: usize>(&mut self) -> Result<u64, Diagnostic> {
        let bytes = self.take(N)?;
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn sized(&mut self, size: u64) -> Result<&'b [u8], Diagnostic> {
        self.take(usize::try_from(size).unwrap_or(usize::MAX))
    }
}

impl Release {
    /// Reads a release, all of it.
    ///
    /// # Errors
    ///
    /// Why it cannot be used: something else, of a newer format, cut off, damaged.
    pub(crate) fn read(bytes: Vec<u8>) -> Result<Self, Diagnostic> {
        let damaged = || refused("the release is damaged").help("copy or build it once more");
        let mut pieces = Pieces { bytes: &bytes, at: 0 };
        if !bytes.starts_with(&MAGIC[..MAGIC.len().min(bytes.len())]) || bytes.is_empty() {
            return Err(refused("this is no release").help("`frontage build` makes one"));
        }
        pieces.take(MAGIC.len())?;
        let format = pieces.number::<2>()?;
        if format != u64::from(FORMAT) {
            let message =
                format!("the release has format {format}, and this frontage reads {FORMAT}");
            let help = if format > u64::from(FORMAT) {
                "it was made by a newer frontage: serve it with that one"
            } else {
                "build it once more with this frontage"
            };
            return Err(refused(message).help(help));
        }
        let size = pieces.number::<4>()?;
        let manifest = pieces.sized(size)?;
        let size = pieces.number::<8>()?;
        let content = pieces.sized(size)?;
        let files_at = pieces.at;
        let Some(sum_at) = bytes.len().checked_sub(SUM).filter(|at| *at >= files_at) else {
            pieces.take(SUM)?;
            return Err(damaged());
        };
        let sum = Sha256::digest(&bytes[..sum_at]);
        // What it says of itself tells damage from what was cut off.
        let manifest: Option<Manifest> = serde_json::from_slice(manifest).ok();
        if sum[..] != bytes[sum_at..] {
            let said = manifest.map(|m| m.files.iter().map(|f| u128::from(f.size)).sum::<u128>());
            return match said {
                Some(size) if size > (sum_at - files_at) as u128 => {
                    Err(refused("the release is cut off").help("copy or build it once more"))
                }
                _ => Err(damaged()),
            };
        }
        let manifest = manifest.ok_or_else(damaged)?;
        let content: Content = postcard::from_bytes(content).map_err(|_| damaged())?;
        let size: u128 = manifest.files.iter().map(|file| u128::from(file.size)).sum();
        let paths: BTreeSet<&str> = manifest.files.iter().map(|file| &*file.path).collect();
        let sound = size == (sum_at - files_at) as u128
            && paths.len() == manifest.files.len()
            && paths.iter().all(|path| is_public(path))
            && is_version(&manifest.version)
            && is_public(&manifest.frontend)
            && !manifest.frontend.contains('/')
            && manifest.frontend == content.settings.frontend;
        if !sound {
            return Err(damaged());
        }
        let digest = hex(&sum);
        Ok(Self { manifest, content, digest, bytes, files_at })
    }

    /// The frontend's own files: path and content.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let mut rest = &self.bytes[self.files_at..];
        self.manifest.files.iter().map(move |file| {
            // Their sizes were added up when the release was read.
            let (content, after) = rest.split_at(file.size as usize);
            rest = after;
            (&*file.path, content)
        })
    }

    /// The whole.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Whether a path leads to a file below a folder, and not to a hidden one.
pub(crate) fn is_public(path: &str) -> bool {
    let hidden = |part: Component<'_>| match part {
        Component::Normal(name) => name.as_encoded_bytes().starts_with(b"."),
        _ => true,
    };
    !path.is_empty()
        && !path.contains(['\\', '\0'])
        && !Path::new(path).components().any(hidden)
        && path.split('/').all(|part| !part.is_empty() && part.len() <= 255)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use frontage_plan::Plan;

    use super::{Content, Manifest, PackedFile, Release, is_public, pack};
    use crate::config::{Auth, Limits, Reference, Releases};
    use crate::settings::BackendSettings;

    fn release(path: &str) -> Vec<u8> {
        let plan = Plan {
            frontend: "web".into(),
            upstreams: Vec::new(),
            operations: Vec::new(),
            shapes: Vec::new(),
            made: Vec::new(),
            routes: Vec::new(),
            patterns: Vec::new(),
        };
        let settings = BackendSettings {
            frontend: "web".into(),
            listen: Reference::parse("${LISTEN:-127.0.0.1:1}").unwrap(),
            admin: None,
            static_dir: Some("public".into()),
            auth: Auth::None,
            limits: Limits::default(),
            server_timing: false,
            access_log: true,
            threads: None,
            dev: false,
            upstreams: Vec::new(),
            version: Some("1".into()),
            releases: Releases::default(),
            legacy: Vec::new(),
        };
        let manifest = Manifest {
            frontend: "web".into(),
            version: "1".into(),
            owner: None,
            made_by: "0".into(),
            routes: 0,
            sources: String::new(),
            contracts: Vec::new(),
            files: vec![
                PackedFile { path: path.into(), size: 3 },
                PackedFile { path: "b/c.js".into(), size: 2 },
            ],
        };
        let content = Content { settings, plan: Arc::new(plan), openapi: "{}".into() };
        pack(&manifest, &content, &[b"abc".to_vec(), b"de".to_vec()]).unwrap()
    }

    #[test]
    fn what_was_packed_is_read_and_nothing_that_is_not_whole() {
        let bytes = release("a.html");
        let read = Release::read(bytes.clone()).unwrap();
        let files: Vec<(&str, &[u8])> = read.files().collect();
        assert_eq!(files, [("a.html", &b"abc"[..]), ("b/c.js", b"de")]);
        assert_eq!(read.content.settings.version.as_deref(), Some("1"));
        assert_eq!(read.digest.len(), 64);
        for length in 0..bytes.len() {
            assert!(Release::read(bytes[..length].to_vec()).is_err(), "cut at {length}");
        }
        for at in 0..bytes.len() {
            for bit in [0x01, 0x80] {
                let mut spoilt = bytes.clone();
                spoilt[at] ^= bit;
                assert!(Release::read(spoilt).is_err(), "bit {bit} at {at}");
            }
        }
        assert!(Release::read([&bytes[..], &bytes].concat()).is_err());
    }

    #[test]
    fn no_file_leads_out_of_its_folder() {
        for path in ["../a", "/a", "a/../../b", ".env", "a/.git/b", "", "a//b", "a/", "b/c.js"] {
            assert!(Release::read(release(path)).is_err(), "{path:?}");
        }
        assert!(is_public("a/b.c") && !is_public("a\\b"));
    }
}
