//! Formats of strings with Zod 4's rules.

use std::net::{Ipv4Addr, Ipv6Addr};

use frontage_plan::StringFormat;

/// What messages call a format.
pub(super) fn name(format: StringFormat) -> &'static str {
    match format {
        StringFormat::Email => "email address",
        StringFormat::Url => "URL",
        StringFormat::Uuid => "UUID",
        StringFormat::IsoDate => "ISO date",
        StringFormat::IsoDateTime => "ISO datetime",
        StringFormat::IsoTime => "ISO time",
        StringFormat::Ipv4 => "IPv4 address",
        StringFormat::Ipv6 => "IPv6 address",
        StringFormat::Base64 => "base64-encoded string",
        StringFormat::Cuid2 => "cuid2",
        StringFormat::Ulid => "ULID",
        StringFormat::Nanoid => "nanoid",
    }
}

/// Whether a string has a format.
pub(super) fn fits(format: StringFormat, text: &str) -> bool {
    match format {
        StringFormat::Email => is_email(text),
        StringFormat::Url => is_url(text.trim_matches(frontage_json::is_space)),
        StringFormat::Uuid => is_uuid(text),
        StringFormat::IsoDate => is_date(text),
        StringFormat::IsoDateTime => text
            .split_once('T')
            .and_then(|(date, time)| Some((date, time.strip_suffix('Z')?)))
            .is_some_and(|(date, time)| is_date(date) && is_time(time, true)),
        StringFormat::IsoTime => is_time(text, false),
        StringFormat::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
        StringFormat::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
        StringFormat::Base64 => is_base64(text),
        StringFormat::Cuid2 => {
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
        }
        StringFormat::Ulid => {
            let letter = |b: u8| b.is_ascii_alphanumeric() && !b"ILOUilou".contains(&b);
            text.len() == 26 && text.bytes().all(letter) && text.as_bytes()[0] <= b'7'
        }
        StringFormat::Nanoid => {
            let letter = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
            text.len() == 21 && text.bytes().all(letter)
        }
    }
}

/// Whether a text is an absolute URL of the WHATWG's standard.
pub(super) fn is_url(text: &str) -> bool {
    url::Url::parse(text).is_ok()
}

/// Words joined by dots before the `@`, a host name with a letter-only last label after it.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let local_byte = |b: u8| b.is_ascii_alphanumeric() || b"_'+-".contains(&b);
    let is_local = local.split('.').all(|word| !word.is_empty() && word.bytes().all(local_byte))
        && !local.ends_with('\'');
    let Some((labels, last)) = domain.rsplit_once('.') else { return false };
    let is_label = |label: &str| {
        label.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric)
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    is_local
        && labels.split('.').all(is_label)
        && last.len() >= 2
        && last.bytes().all(|b| b.is_ascii_alphabetic())
}

/// RFC 9562's form with a version of 1 to 8 and its variant, or all zeros or all `f`.
fn is_uuid(text: &str) -> bool {
    const MAX: &str = "ffffffff-ffff-ffff-ffff-ffffffffffff";
    const NIL: &str = "00000000-0000-0000-0000-000000000000";
    let has_form = text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            14 => (b'1'..=b'8').contains(&byte),
            19 => b"89abAB".contains(&byte),
            _ => byte.is_ascii_hexdigit(),
        });
    has_form || text == NIL || text == MAX
}

fn number(text: &str, length: usize) -> Option<u32> {
    let is_number = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

/// `YYYY-MM-DD` of the Gregorian calendar.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let mut part = |length| number(parts.next().unwrap_or(""), length);
    let (Some(year), Some(month), Some(day)) = (part(4), part(2), part(2)) else { return false };
    let is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// `HH:mm`, `HH:mm:ss` or `HH:mm:ss.s…`.
fn is_time(text: &str, with_seconds: bool) -> bool {
    let mut parts = text.splitn(3, ':');
    let mut below =
        |limit| parts.next().and_then(|part| number(part, 2)).is_some_and(|number| number < limit);
    if !below(24) || !below(60) {
        return false;
    }
    let Some(seconds) = parts.next() else { return !with_seconds };
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    number(whole, 2).is_some_and(|seconds| seconds < 60)
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_base64(text: &str) -> bool {
    let digits = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    text.len().is_multiple_of(4)
        && digits.len() % 4 != 1
        && digits.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
}
