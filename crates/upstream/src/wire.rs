//! HTTP/1.1 as bytes: heads of requests written, heads and bodies of answers read.
//!
//! In:    what a request is made of; bytes as they arrive, in any pieces.
//! Out:   bytes to send; the head of an answer, then its body piece by piece.
//! Never: a body whose end two readers could see at different places; a head or trailers beyond
//!        their limits. Nothing here waits or knows a socket.
//!
//! Lines are parsed by `httparse`. What its grammar leaves open is decided here, for refusal.
//!
//! Source: RFC 9112 §6 (bodies), §7 (chunks), §9.3 (persistence); RFC 9110 §15.2 (interim answers).

use std::mem::MaybeUninit;

use bytes::{Buf, Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

/// Fields of a head.
const MOST_FIELDS: usize = 100;
/// The largest head.
const MOST_HEAD: usize = 64 << 10;
/// The longest line of a chunk's size.
const MOST_SIZE_LINE: usize = 4 << 10;
/// The most that may stand around the chunks of a body: behind their sizes, and behind the last.
const MOST_AROUND: usize = 16 << 10;
/// The longest path with its query, as `http::Uri` has it.
const LONGEST_TARGET: usize = (1 << 16) - 2;
/// Interim answers before the final one.
const MOST_INTERIM: usize = 16;

/// Fields that say where a message ends or whom it is for: they are written here and nowhere else.
const FRAMING: [&str; 4] = ["host", "content-length", "transfer-encoding", "connection"];

/// What came is no HTTP/1.1, or none that has one meaning only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Garbage(pub(crate) String);

impl From<httparse::Error> for Garbage {
    fn from(error: httparse::Error) -> Self {
        Self(error.to_string())
    }
}

/// How the body of a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    /// There is none.
    None,
    /// So many bytes.
    Known(u64),
    /// In chunks.
    Chunked,
}

/// Writes the head of a request.
///
/// - `path`: its parts, the query with the last.
/// - `fixed`: lines that every request to this address has, `Host` among them.
/// - `fixed_names`: names of those lines, which take the place of a request's own.
pub(crate) fn write_head(
    out: &mut Vec<u8>,
    method: &Method,
    path: [&str; 3],
    headers: &[(HeaderName, HeaderValue)],
    (fixed, fixed_names): (&[u8], &[HeaderName]),
    length: Length,
) {
    out.extend_from_slice(method.as_str().as_bytes());
    out.push(b' ');
    path.iter().for_each(|part| out.extend_from_slice(part.as_bytes()));
    out.extend_from_slice(b" HTTP/1.1\r\n");
    out.extend_from_slice(fixed);
    for (name, value) in headers {
        if !fixed_names.contains(name) && !FRAMING.contains(&name.as_str()) {
            write_field(out, name, value);
        }
    }
    match length {
        // A service may refuse a request without a length where its method means something by a
        // body (RFC 9110 §8.6).
        Length::None if matches!(*method, Method::POST | Method::PUT | Method::PATCH) => {
            out.extend_from_slice(b"content-length: 0\r\n");
        }
        Length::None => {}
        Length::Known(bytes) => {
            out.extend_from_slice(b"content-length: ");
            out.extend_from_slice(bytes.to_string().as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        Length::Chunked => out.extend_from_slice(b"transfer-encoding: chunked\r\n"),
    }
    out.extend_from_slice(b"\r\n");
}

/// Writes one line of a head.
pub(crate) fn write_field(out: &mut Vec<u8>, name: &HeaderName, value: &HeaderValue) {
    out.extend_from_slice(name.as_str().as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value.as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// Writes a piece of a chunked body; an empty one ends it.
pub(crate) fn write_chunk(out: &mut Vec<u8>, piece: &[u8]) {
    out.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
    out.extend_from_slice(piece);
    out.extend_from_slice(b"\r\n");
}

/// Whether a target can stand in the first line of a request.
pub(crate) fn is_target(text: &str) -> bool {
    // What URLs are made of; anything rarer is looked at more closely.
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-._~%?=&,:;@!$'()*+[]".contains(&b);
    if text.len() > LONGEST_TARGET {
        return false;
    }
    text.bytes().all(plain) || text.parse::<http::uri::PathAndQuery>().is_ok_and(|own| own == text)
}

/// The head of an answer.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) status: StatusCode,
    /// Its bytes, as they came.
    pub(crate) text: Bytes,
    pub(crate) body: Body,
    /// Whether the connection may be used again after the body.
    pub(crate) keeps: bool,
}

/// Reads the heads of one answer.
#[derive(Debug, Default)]
pub(crate) struct Heads {
    interim: usize,
    /// Bytes that were looked at, and hold no end of a head.
    seen: usize,
}

impl Heads {
    /// Takes the final head off `input`, once it is there whole; interim ones are passed over.
    ///
    /// - `asked`: the request's method.
    ///
    /// # Errors
    ///
    /// [`Garbage`].
    pub(crate) fn read(
        &mut self,
        input: &mut BytesMut,
        asked: &Method,
    ) -> Result<Option<Head>, Garbage> {
        loop {
            // Empty lines before a head mean nothing (RFC 9112 §2.2).
            while self.seen == 0 && input.starts_with(b"\r\n") {
                input.advance(2);
            }
            // What comes byte by byte is not parsed as often; what is no HTTP is found out at once.
            if input.is_empty() || self.seen > 0 && !has_end(input, self.seen) {
                self.seen = input.len();
                return self.bounded(input);
            }
            self.seen = input.len();
            let mut fields = [const { MaybeUninit::uninit() }; MOST_FIELDS];
            let mut answer = httparse::Response::new(&mut []);
            let parsed = httparse::ParserConfig::default().parse_response_with_uninit_headers(
                &mut answer,
                input,
                &mut fields,
            );
            let length = match parsed? {
                httparse::Status::Complete(length) => length,
                httparse::Status::Partial => return self.bounded(input),
            };
            if length > MOST_HEAD {
                return Err(too_large());
            }
            let code = answer.code.unwrap_or(0);
            match code {
                // Nobody asked for another protocol; beyond 599 no status has a meaning.
                101 | 600.. | ..=99 => return Err(Garbage(format!("the status {code}"))),
                100..=199 => {
                    self.interim += 1;
                    if self.interim > MOST_INTERIM {
                        return Err(Garbage("interim answers without end".into()));
                    }
                    input.advance(length);
                    self.seen = 0;
                    continue;
                }
                200..=599 => {}
            }
            let status = StatusCode::from_u16(code).map_err(|error| Garbage(error.to_string()))?;
            let Framing { body, keeps } = framing(&answer, code, asked)?;
            let text = input.split_to(length).freeze();
            return Ok(Some(Head { status, text, body, keeps }));
        }
    }

    /// Waits for the rest of a head, if it may become longer.
    fn bounded(&self, input: &BytesMut) -> Result<Option<Head>, Garbage> {
        if input.len() > MOST_HEAD { Err(too_large()) } else { Ok(None) }
    }
}

fn too_large() -> Garbage {
    Garbage(format!("a head of more than {MOST_HEAD} bytes"))
}

/// Whether a head ends in `input`, of which `seen` bytes hold no end.
fn has_end(input: &[u8], seen: usize) -> bool {
    let new = &input[seen.saturating_sub(3)..];
    new.windows(2).any(|two| two == b"\n\n") || new.windows(3).any(|three| three == b"\n\r\n")
}

/// The fields of a head that [`Heads::read`] took, without a length beside chunks.
pub(crate) fn fields(head: &Bytes) -> HeaderMap {
    let mut parsed = [const { MaybeUninit::uninit() }; MOST_FIELDS];
    let mut answer = httparse::Response::new(&mut []);
    let config = httparse::ParserConfig::default();
    // It was parsed before.
    let _ = config.parse_response_with_uninit_headers(&mut answer, head, &mut parsed);
    let mut map = HeaderMap::with_capacity(answer.headers.len());
    for field in answer.headers.iter() {
        if let Ok(name) = HeaderName::from_bytes(field.name.as_bytes())
            && let Ok(value) = HeaderValue::from_maybe_shared(head.slice_ref(field.value))
        {
            map.append(name, value);
        }
    }
    // Where both stand, the chunks are the body (RFC 9112 §6.3).
    if map.contains_key(http::header::TRANSFER_ENCODING) {
        map.remove(http::header::CONTENT_LENGTH);
    }
    map
}

struct Framing {
    body: Body,
    keeps: bool,
}

/// Where an answer's body ends.
///
/// Fields of an answer that never has a body say nothing about it, whatever they say.
fn framing(
    answer: &httparse::Response<'_, '_>,
    code: u16,
    asked: &Method,
) -> Result<Framing, Garbage> {
    let newer = answer.version == Some(1);
    let bodiless = *asked == Method::HEAD || code == 204 || code == 304;
    let mut length: Option<u64> = None;
    let (mut chunked, mut closes, mut keeps) = (false, false, false);
    // A 204 whose head speaks of a body: one may follow.
    let mut doubtful = false;
    for field in answer.headers.iter() {
        let is = |name: &str| field.name.eq_ignore_ascii_case(name);
        if is("connection") {
            for option in field.value.split(|&b| b == b',').map(<[u8]>::trim_ascii) {
                closes |= option.eq_ignore_ascii_case(b"close");
                keeps |= option.eq_ignore_ascii_case(b"keep-alive");
            }
            continue;
        }
        if bodiless {
            let empty = is("content-length") && field.value.trim_ascii() == b"0";
            let framing = is("content-length") || is("transfer-encoding");
            doubtful |= code == 204 && framing && !empty;
            continue;
        }
        if is("content-length") {
            for one in field.value.split(|&b| b == b',').map(<[u8]>::trim_ascii) {
                // `parse` takes a sign too.
                let digits = std::str::from_utf8(one).ok();
                let digits = digits.filter(|one| one.bytes().all(|b| b.is_ascii_digit()));
                let Some(own) = digits.and_then(|one| one.parse().ok()) else {
                    return Err(Garbage("a length that is no number".into()));
                };
                if length.is_some_and(|known| known != own) {
                    return Err(Garbage("two lengths".into()));
                }
                length = Some(own);
            }
        } else if is("transfer-encoding") {
            let is_chunked = field.value.trim_ascii().eq_ignore_ascii_case(b"chunked");
            if !newer || chunked || !is_chunked {
                return Err(Garbage("a transfer coding other than `chunked`".into()));
            }
            chunked = true;
        }
    }
    let keeps = !closes && (newer || keeps);
    let (body, keeps) = match (chunked, length) {
        _ if bodiless => (Body::Length(0), keeps && !doubtful),
        // Whoever sends both may have been told of one of them: nothing more is asked there.
        (true, Some(_)) => (Body::Chunked(Chunked::Size, 0), false),
        (true, None) => (Body::Chunked(Chunked::Size, 0), keeps),
        (false, Some(length)) => (Body::Length(length), keeps),
        (false, None) => (Body::UntilClose, false),
    };
    Ok(Framing { body, keeps })
}

/// What is still to come of an answer's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Body {
    /// So many bytes.
    Length(u64),
    /// Chunks; with the bytes that stood around them so far.
    Chunked(Chunked, usize),
    /// Whatever comes before the connection ends.
    UntilClose,
}

/// Where a chunked body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chunked {
    /// Before a chunk's size.
    Size,
    /// Within a chunk.
    Data(u64),
    /// Between a chunk's bytes and the end of its line.
    Line,
    /// Before what follows the last chunk; with the bytes of it that hold no end.
    Trailers(usize),
    /// Behind everything.
    End,
}

/// Whether a chunk's first line has a size, and nothing in it that others take for its end.
fn is_size_line(line: &[u8]) -> bool {
    let ends = line.iter().filter(|&&b| matches!(b, b'\r' | b'\n')).count();
    line.first().is_some_and(u8::is_ascii_hexdigit) && ends == 2
}

/// Whether each `\n` follows a `\r`.
fn has_whole_line_ends(text: &[u8]) -> bool {
    text.iter().enumerate().all(|(at, &b)| b != b'\n' || at > 0 && text[at - 1] == b'\r')
}

/// What the bytes that are there give.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A piece of the body.
    Piece(Bytes),
    /// Nothing before more bytes have come.
    More,
    /// The body is over.
    End,
}

impl Body {
    /// Whether nothing is to come.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self, Self::Length(0) | Self::Chunked(Chunked::End, _))
    }

    /// Bytes that are still to come, where that is known.
    pub(crate) fn left(&self) -> Option<u64> {
        match self {
            Self::Length(left) => Some(*left),
            Self::Chunked(Chunked::End, _) => Some(0),
            Self::Chunked(..) | Self::UntilClose => None,
        }
    }

    /// Takes what can be taken off `input`.
    ///
    /// # Errors
    ///
    /// [`Garbage`].
    pub(crate) fn next(&mut self, input: &mut BytesMut) -> Result<Step, Garbage> {
        let take = |input: &mut BytesMut, left: u64| {
            let most = usize::try_from(left).unwrap_or(usize::MAX);
            input.split_to(input.len().min(most)).freeze()
        };
        loop {
            if self.is_over() {
                return Ok(Step::End);
            }
            if input.is_empty() {
                return Ok(Step::More);
            }
            match self {
                Self::UntilClose => return Ok(Step::Piece(input.split().freeze())),
                Self::Length(left) => {
                    let piece = take(input, *left);
                    *left -= piece.len() as u64;
                    return Ok(Step::Piece(piece));
                }
                Self::Chunked(chunked, around) => match chunked {
                    Chunked::Size => match httparse::parse_chunk_size(input) {
                        Ok(httparse::Status::Complete((line, size)))
                            if is_size_line(&input[..line]) =>
                        {
                            let digits = input.iter().take_while(|b| b.is_ascii_hexdigit());
                            *around += line - 2 - digits.count();
                            if *around > MOST_AROUND {
                                return Err(Garbage("too much around its chunks".into()));
                            }
                            input.advance(line);
                            *chunked =
                                if size == 0 { Chunked::Trailers(0) } else { Chunked::Data(size) };
                        }
                        Ok(httparse::Status::Partial) if input.len() > MOST_SIZE_LINE => {
                            return Err(Garbage("a chunk's size without end".into()));
                        }
                        Ok(httparse::Status::Partial) => return Ok(Step::More),
                        Ok(httparse::Status::Complete(_)) | Err(_) => {
                            return Err(Garbage("a chunk's size that is none".into()));
                        }
                    },
                    Chunked::Data(left) => {
                        let piece = take(input, *left);
                        *left -= piece.len() as u64;
                        if *left == 0 {
                            *chunked = Chunked::Line;
                        }
                        return Ok(Step::Piece(piece));
                    }
                    Chunked::Line if input.starts_with(b"\r\n") => {
                        input.advance(2);
                        *chunked = Chunked::Size;
                    }
                    Chunked::Line if b"\r\n".starts_with(input) => return Ok(Step::More),
                    Chunked::Line => return Err(Garbage("a chunk longer than its size".into())),
                    Chunked::Trailers(seen) => {
                        if *around + input.len() > MOST_AROUND {
                            return Err(Garbage("too much around its chunks".into()));
                        }
                        if input.starts_with(b"\n") {
                            return Err(Garbage("a line that ends within itself".into()));
                        }
                        if !input.starts_with(b"\r\n") && !has_end(input, *seen) {
                            *seen = input.len();
                            return Ok(Step::More);
                        }
                        let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
                        match httparse::parse_headers(input, &mut fields)? {
                            httparse::Status::Complete((length, _)) => {
                                if !has_whole_line_ends(&input[..length]) {
                                    return Err(Garbage("a line that ends within itself".into()));
                                }
                                input.advance(length);
                                *chunked = Chunked::End;
                            }
                            httparse::Status::Partial => {
                                *seen = input.len();
                                return Ok(Step::More);
                            }
                        }
                    }
                    Chunked::End => return Ok(Step::End),
                },
            }
        }
    }
}
