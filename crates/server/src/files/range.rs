//! The `Range` field.
//!
//! One range is served; several are answered with the whole, as RFC 9110 §14.2 allows.

use http::HeaderValue;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Range {
    /// Everything.
    Whole,
    /// From `start`, up to and without `end`.
    Part {
        /// First byte.
        start: u64,
        /// The byte after the last.
        end: u64,
    },
    /// Nothing that the file has.
    Unsatisfiable,
}

/// Reads the field for a file of `length` bytes; what it does not understand is ignored.
pub(super) fn parse(field: &HeaderValue, length: u64) -> Range {
    let Some(range) = field.to_str().ok().and_then(|text| text.strip_prefix("bytes=")) else {
        return Range::Whole;
    };
    let Some((first, last)) = range.trim().split_once('-') else { return Range::Whole };
    let number = |text: &str| {
        if text.bytes().all(|b| b.is_ascii_digit()) { text.parse::<u64>().ok() } else { None }
    };
    match (first, last) {
        ("", suffix) => match number(suffix) {
            None => Range::Whole,
            Some(0) => Range::Unsatisfiable,
            Some(_) if length == 0 => Range::Unsatisfiable,
            Some(count) => Range::Part { start: length.saturating_sub(count), end: length },
        },
        (first, last) => {
            let Some(start) = number(first) else { return Range::Whole };
            let end = match last {
                "" => length,
                last => match number(last) {
                    Some(last) if last >= start => last.saturating_add(1).min(length),
                    _ => return Range::Whole,
                },
            };
            if start >= length { Range::Unsatisfiable } else { Range::Part { start, end } }
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::{Range, parse};

    #[test]
    fn one_range_is_read() {
        let part = |start, end| Range::Part { start, end };
        for (field, expected) in [
            ("bytes=0-0", part(0, 1)),
            ("bytes=2-5", part(2, 6)),
            ("bytes=2-", part(2, 10)),
            ("bytes=2-99", part(2, 10)),
            ("bytes=-3", part(7, 10)),
            ("bytes=-99", part(0, 10)),
            ("bytes=-0", Range::Unsatisfiable),
            ("bytes=10-", Range::Unsatisfiable),
            ("bytes=5-2", Range::Whole),
            ("bytes=0-1,3-4", Range::Whole),
            ("bytes=a-b", Range::Whole),
            ("bytes=+1-2", Range::Whole),
            ("bytes=99999999999999999999-", Range::Whole),
            ("bytes=0-18446744073709551615", part(0, 10)),
            ("lines=0-1", Range::Whole),
            ("", Range::Whole),
        ] {
            assert_eq!(parse(&HeaderValue::from_static(field), 10), expected, "{field}");
        }
        assert_eq!(parse(&HeaderValue::from_static("bytes=-1"), 0), Range::Unsatisfiable);
    }
}
