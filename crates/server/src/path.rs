//! Reads a request's path, segment by segment.
//!
//! In:    the path as it came over the wire.
//! Out:   [`Segments`]: percent-decoded, or why the path is refused.
//! Never: two readings of one path. What is ambiguous to some reader (`//`, `.`, `..`, `\`, a
//!        control character, broken percent-encoding) is refused and not repaired.
//!
//! A `%2F` stays inside its segment; `;` is an ordinary character.

use std::borrow::Cow;

use smallvec::SmallVec;

/// A path's segments, decoded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Segments<'a> {
    /// The segments; none for `/`.
    pub(crate) list: SmallVec<[Cow<'a, str>; 8]>,
    /// Whether the path ends with `/` (never for `/` itself).
    pub(crate) trailing_slash: bool,
}

/// Why a path is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PathError {
    /// It does not start with `/`.
    #[error("the path must start with `/`")]
    NotAbsolute,
    /// Two slashes in a row.
    #[error("the path has an empty segment")]
    EmptySegment,
    /// `.` or `..`, encoded or not.
    #[error("the path has a `.` or `..` segment")]
    DotSegment,
    /// A `%` without two hexadecimal digits.
    #[error("the path has a broken percent-encoding")]
    BrokenEncoding,
    /// The decoded bytes are no UTF-8.
    #[error("the path is not UTF-8")]
    NotUtf8,
    /// A character that has no place in a path.
    #[error("the path has a control character or a backslash")]
    Forbidden,
}

/// Splits `path` at its slashes and decodes each segment.
///
/// # Errors
///
/// [`PathError`], if different programs could read the path differently.
pub(crate) fn split(path: &str) -> Result<Segments<'_>, PathError> {
    let Some(rest) = path.strip_prefix('/') else { return Err(PathError::NotAbsolute) };
    let mut segments = Segments { list: SmallVec::new(), trailing_slash: false };
    if rest.is_empty() {
        return Ok(segments);
    }
    let mut pieces = rest.split('/').peekable();
    while let Some(piece) = pieces.next() {
        if piece.is_empty() {
            if pieces.peek().is_some() || segments.list.is_empty() {
                return Err(PathError::EmptySegment);
            }
            segments.trailing_slash = true;
            break;
        }
        segments.list.push(decode(piece)?);
    }
    Ok(segments)
}

fn decode(piece: &str) -> Result<Cow<'_, str>, PathError> {
    if piece.bytes().any(|b| b == b'\\') {
        return Err(PathError::Forbidden);
    }
    let text = if piece.contains('%') {
        let mut bytes = Vec::with_capacity(piece.len());
        let mut rest = piece.as_bytes();
        while let [first, tail @ ..] = rest {
            if *first == b'%' {
                let [high, low, tail @ ..] = tail else { return Err(PathError::BrokenEncoding) };
                let (Some(high), Some(low)) = (hex(*high), hex(*low)) else {
                    return Err(PathError::BrokenEncoding);
                };
                bytes.push(high << 4 | low);
                rest = tail;
            } else {
                bytes.push(*first);
                rest = tail;
            }
        }
        Cow::Owned(String::from_utf8(bytes).map_err(|_| PathError::NotUtf8)?)
    } else {
        Cow::Borrowed(piece)
    };
    if text == "." || text == ".." {
        return Err(PathError::DotSegment);
    }
    if text.chars().any(char::is_control) {
        return Err(PathError::Forbidden);
    }
    Ok(text)
}

const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{PathError, split};
    use proptest::prelude::{any, proptest};

    fn segments(path: &str) -> Vec<String> {
        split(path).map(|s| s.list.iter().map(ToString::to_string).collect()).unwrap_or_default()
    }

    #[test]
    fn segments_are_decoded_one_by_one() {
        let cases: &[(&str, &[&str])] = &[
            ("/", &[]),
            ("/a", &["a"]),
            ("/a/b", &["a", "b"]),
            ("/a/", &["a"]),
            ("/patients/p%2F5", &["patients", "p/5"]),
            ("/p%2f5", &["p/5"]),
            ("/a;b=1/c", &["a;b=1", "c"]),
            ("/%c3%a4", &["ä"]),
            ("/a%5cb", &["a\\b"]),
            ("/%252e%252e", &["%2e%2e"]),
            ("/...", &["..."]),
            ("/a+b", &["a+b"]),
        ];
        for (path, expected) in cases {
            assert_eq!(segments(path), *expected, "{path}");
        }
    }

    #[test]
    fn ambiguous_paths_are_refused() {
        let cases = [
            ("", PathError::NotAbsolute),
            ("a/b", PathError::NotAbsolute),
            ("//", PathError::EmptySegment),
            ("//a", PathError::EmptySegment),
            ("/a//b", PathError::EmptySegment),
            ("/a//", PathError::EmptySegment),
            ("/./a", PathError::DotSegment),
            ("/a/..", PathError::DotSegment),
            ("/%2e%2E/a", PathError::DotSegment),
            ("/.%2e", PathError::DotSegment),
            ("/%2e", PathError::DotSegment),
            ("/a%", PathError::BrokenEncoding),
            ("/a%2", PathError::BrokenEncoding),
            ("/a%zz", PathError::BrokenEncoding),
            ("/%ff", PathError::NotUtf8),
            ("/%c0%af", PathError::NotUtf8),
            ("/%00", PathError::Forbidden),
            ("/a%0d%0ab", PathError::Forbidden),
            ("/%7f", PathError::Forbidden),
            ("/%c2%80", PathError::Forbidden),
            ("/a\\b", PathError::Forbidden),
        ];
        for (path, expected) in cases {
            assert_eq!(split(path), Err(expected), "{path:?}");
        }
    }

    proptest! {
        #[test]
        fn no_path_panics_and_no_dot_segment_survives(path in any::<String>()) {
            if let Ok(segments) = split(&format!("/{path}")) {
                assert!(segments.list.iter().all(|s| !s.is_empty() && s != "." && s != ".."));
            }
        }
    }
}
