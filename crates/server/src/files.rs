//! The frontend's own files.
//!
//! In:    a path's decoded segments; what the client accepts.
//! Out:   a [`Reply`] with the file, its precompressed variant or a part of it.
//! Never: a file outside the folder, a hidden file, a device; a name that is not exactly a name.
//!
//! Start at [`Files::answer`].

mod kind;
mod open;
mod range;

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use self::open::{FileStream, Opened, open};
use self::range::Range;
use crate::body::Content;
use crate::conditional;
use crate::negotiate::{Accepted, Coding, accepts_explicitly};
use crate::path::Segments;
use crate::reply::Reply;

/// Files up to this are read whole, in bytes.
const WHOLE: u64 = 1 << 20;

/// What pages may load: only what their own origin gives.
const PAGE_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; \
                           base-uri 'none'; frame-ancestors 'none'";

/// A folder of files.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    root: Arc<Path>,
    /// Put into pages, if anything is.
    script: Option<&'static str>,
}

impl Files {
    /// - `script`: text that goes into every page's head.
    ///
    /// # Errors
    ///
    /// The system's, if `root` is no folder that can be read.
    pub(crate) fn new(root: &Path, script: Option<&'static str>) -> io::Result<Self> {
        let root = root.canonicalize()?;
        if !root.is_dir() {
            return Err(io::Error::from(io::ErrorKind::NotADirectory));
        }
        Ok(Self { root: root.into(), script })
    }

    /// The file behind a `GET` or `HEAD`, the page for a path that a page's own router knows, or
    /// nothing.
    ///
    /// - `path_and_query`: as sent, for the redirect to a folder's own address.
    pub(crate) async fn answer(
        &self,
        segments: &Segments<'_>,
        path_and_query: &str,
        headers: &HeaderMap,
    ) -> Option<Reply> {
        let names = names(&segments.list);
        // A page's own router knows paths like `/orders/7`, not `/app.js`.
        let page = accepts_explicitly(headers, "text/html")
            && segments.list.last().is_none_or(|last| !last.contains('.'));
        let question = Question {
            root: Arc::clone(&self.root),
            names,
            trailing_slash: segments.trailing_slash || segments.list.is_empty(),
            page,
            plain: headers.contains_key(header::RANGE),
            accepted: Accepted::of(headers),
            edit_pages: self.script.is_some(),
        };
        let found = tokio::task::spawn_blocking(move || question.look_up()).await;
        match found {
            Ok(Found::File(found)) => Some(self.reply(found, headers)),
            Ok(Found::Folder) => folder(path_and_query),
            Ok(Found::Nothing) | Err(_) => None,
        }
    }

    fn reply(&self, found: FoundFile, headers: &HeaderMap) -> Reply {
        let FoundFile { opened, name, coding, content, fallback, varies } = found;
        let kind = kind::of(&name);
        let mut reply = Reply::new(StatusCode::OK);
        let out = &mut reply.headers;
        out.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind.media_type));
        let cache = if kind.is_page {
            "no-cache"
        } else if kind::has_hash(&name) {
            "public, max-age=31536000, immutable"
        } else {
            "public, max-age=0, must-revalidate"
        };
        out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        if kind.is_page {
            out.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
            out.insert(
                header::REFERRER_POLICY,
                HeaderValue::from_static("strict-origin-when-cross-origin"),
            );
        }
        if fallback {
            out.append(header::VARY, HeaderValue::from_static("accept"));
        }
        let injected = kind.is_page && self.script.is_some();
        if !injected && let Ok(date) = httpdate::fmt_http_date(opened.modified).parse() {
            out.insert(header::LAST_MODIFIED, date);
            reply.modified = Some(opened.modified);
        }
        if coding != Coding::Identity {
            out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
        }
        reply.varies = varies || kind.compressible;
        reply.compressible = kind.compressible && coding == Coding::Identity;
        match content {
            Some(bytes) if injected => {
                reply.content = inject(&bytes, self.script.unwrap_or_default()).into();
            }
            Some(bytes) if !headers.contains_key(header::RANGE) => {
                out.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
                reply.content = bytes.into();
            }
            content => {
                out.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
                part(&mut reply, opened, content, coding, headers);
            }
        }
        reply
    }
}

/// Fills in the whole of a large file or the part that is asked for.
fn part(
    reply: &mut Reply,
    opened: Opened,
    content: Option<Bytes>,
    coding: Coding,
    headers: &HeaderMap,
) {
    reply.compressible = false;
    let etag = match &content {
        Some(bytes) => conditional::etag(bytes, coding),
        None => opened.etag(coding),
    };
    let length = opened.length;
    let range = match headers.get(header::RANGE) {
        Some(field) if conditional::range_still_fits(headers, &etag, opened.modified) => {
            range::parse(field, length)
        }
        _ => Range::Whole,
    };
    if let Ok(etag) = etag.parse() {
        reply.headers.insert(header::ETAG, etag);
    }
    let (start, end) = match range {
        Range::Whole => (0, length),
        Range::Part { start, end } => {
            reply.status = StatusCode::PARTIAL_CONTENT;
            if let Ok(field) = format!("bytes {start}-{}/{length}", end - 1).parse() {
                reply.headers.insert(header::CONTENT_RANGE, field);
            }
            (start, end)
        }
        Range::Unsatisfiable => {
            reply.status = StatusCode::RANGE_NOT_SATISFIABLE;
            if let Ok(field) = format!("bytes */{length}").parse() {
                reply.headers.insert(header::CONTENT_RANGE, field);
            }
            return;
        }
    };
    reply.content = match content {
        Some(bytes) => {
            let at = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
            bytes.slice(at(start)..at(end)).into()
        }
        None => Content::Stream(Box::pin(FileStream::new(opened, start, end))),
    };
}

/// Puts the script where a page loads it first.
fn inject(page: &[u8], script: &str) -> Bytes {
    let lower = page.to_ascii_lowercase();
    let find = |needle: &[u8]| lower.windows(needle.len()).position(|w| w == needle);
    let at = find(b"</head>").or_else(|| find(b"</body>")).unwrap_or(page.len());
    [&page[..at], script.as_bytes(), &page[at..]].concat().into()
}

/// A folder is answered under its own address, which ends with `/`.
pub(crate) fn folder(path_and_query: &str) -> Option<Reply> {
    let (path, query) = match path_and_query.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path_and_query, None),
    };
    let location = match query {
        Some(query) => format!("{path}/?{query}"),
        None => format!("{path}/"),
    };
    let mut reply = Reply::new(StatusCode::PERMANENT_REDIRECT);
    reply.headers.insert(header::LOCATION, location.parse().ok()?);
    reply.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Some(reply)
}

/// The segments as names of files, or nothing if one cannot be a name or is hidden.
fn names(segments: &[Cow<'_, str>]) -> Option<PathBuf> {
    let mut path = PathBuf::new();
    for segment in segments {
        let bad = segment.is_empty()
            || segment.starts_with('.')
            || segment.contains(['/', '\\', '\0'])
            || segment.len() > 255;
        if bad {
            return None;
        }
        path.push(&**segment);
    }
    Some(path)
}

/// What is asked of the file system.
struct Question {
    root: Arc<Path>,
    names: Option<PathBuf>,
    trailing_slash: bool,
    page: bool,
    plain: bool,
    accepted: Accepted,
    edit_pages: bool,
}

enum Found {
    File(FoundFile),
    Folder,
    Nothing,
}

struct FoundFile {
    opened: Opened,
    name: String,
    coding: Coding,
    content: Option<Bytes>,
    fallback: bool,
    varies: bool,
}

impl Question {
    fn look_up(&self) -> Found {
        if let Some(names) = &self.names {
            let path = self.root.join(names);
            let is_folder = path.is_dir() && open::inside(&self.root, &path).is_some();
            match (is_folder, self.trailing_slash) {
                (true, true) => {
                    if let Some(found) = self.file(&path.join("index.html"), false) {
                        return Found::File(found);
                    }
                }
                (true, false) => {
                    if open(&self.root, &path.join("index.html")).is_some() {
                        return Found::Folder;
                    }
                }
                (false, true) => {}
                (false, false) => {
                    if let Some(found) = self.file(&path, false) {
                        return Found::File(found);
                    }
                }
            }
        }
        if self.page
            && let Some(found) = self.file(&self.root.join("index.html"), true)
        {
            return Found::File(found);
        }
        Found::Nothing
    }

    fn file(&self, path: &Path, fallback: bool) -> Option<FoundFile> {
        let plain = open(&self.root, path)?;
        let name = path.file_name()?.to_str()?.to_owned();
        let is_page = kind::of(&name).is_page;
        let mut variants = Vec::new();
        if !(is_page && self.edit_pages) {
            for coding in Coding::STORED {
                let mut stored = path.as_os_str().to_owned();
                stored.push(coding.suffix());
                // A variant that is clearly older than its file was not made from it.
                if let Some(variant) = open(&self.root, Path::new(&stored))
                    && variant.modified + open::SAME_BUILD >= plain.modified
                {
                    variants.push((coding, variant));
                }
            }
        }
        let varies = !variants.is_empty();
        let offered: Vec<Coding> = variants.iter().map(|(coding, _)| *coding).collect();
        let coding = if self.plain { Coding::Identity } else { self.accepted.choose(&offered) };
        let opened =
            variants.into_iter().find(|(c, _)| *c == coding).map_or(plain, |(_, variant)| variant);
        let content = if opened.length <= WHOLE { Some(opened.read_all().ok()?) } else { None };
        Some(FoundFile { opened, name, coding, content, fallback, varies })
    }
}
