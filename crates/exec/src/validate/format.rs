//! Formats of strings with Zod 4's rules.

use std::net::Ipv4Addr;
use std::sync::LazyLock;

use frontage_plan::StringFormat;
use regex::Regex;

use super::url::is_url;

/// What messages call a format.
pub(super) fn name(format: &StringFormat) -> &str {
    match format {
        StringFormat::Email => "email address",
        StringFormat::Url(_) => "URL",
        StringFormat::Emoji => "emoji",
        StringFormat::Uuid(_) => "UUID",
        StringFormat::Guid => "GUID",
        StringFormat::Nanoid(_) => "nanoid",
        StringFormat::Cuid => "cuid",
        StringFormat::Cuid2 => "cuid2",
        StringFormat::Ulid => "ULID",
        StringFormat::Xid => "XID",
        StringFormat::Ksuid => "KSUID",
        StringFormat::Ipv4 => "IPv4 address",
        StringFormat::Ipv6 => "IPv6 address",
        StringFormat::Cidrv4 => "IPv4 range",
        StringFormat::Cidrv6 => "IPv6 range",
        StringFormat::Mac(_) => "MAC address",
        StringFormat::Base64 => "base64-encoded string",
        StringFormat::Base64Url => "base64url-encoded string",
        StringFormat::E164 => "E.164 number",
        StringFormat::Jwt(_) => "JWT",
        StringFormat::IsoDate => "ISO date",
        StringFormat::IsoTime { .. } => "ISO time",
        StringFormat::IsoDateTime { .. } => "ISO datetime",
        StringFormat::IsoDuration => "ISO duration",
        StringFormat::Hostname => "hostname",
        StringFormat::Hex => "hex",
        StringFormat::CreditCard => "credit card number",
        StringFormat::Iban => "IBAN",
        StringFormat::CurrencyCode => "currency code",
        StringFormat::Custom(name, _) => name,
    }
}

/// Whether a string has a format.
pub(super) fn fits(format: &StringFormat, text: &str) -> bool {
    let all = |fits: fn(u8) -> bool| text.bytes().all(fits);
    match format {
        StringFormat::Email => is_email(text),
        StringFormat::Url(_) => is_url(text),
        StringFormat::Emoji => is_emoji(text),
        StringFormat::Uuid(version) => is_uuid(text, *version),
        StringFormat::Guid => has_uuid_form(text),
        StringFormat::Nanoid(length) => {
            text.len() == length.unwrap_or(21) as usize
                && all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        }
        StringFormat::Cuid => {
            text.len() >= 7
                && text.starts_with(['c', 'C'])
                && text.bytes().skip(1).all(is_lower_or_digit)
        }
        StringFormat::Cuid2 => !text.is_empty() && all(is_lower_or_digit),
        StringFormat::Ulid => {
            text.len() == 26
                && text.as_bytes()[0] <= b'7'
                && all(|b| b.is_ascii_alphanumeric() && !b"ILOUilou".contains(&b))
        }
        StringFormat::Xid => {
            text.len() == 20 && all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'v' | b'A'..=b'V'))
        }
        StringFormat::Ksuid => text.len() == 27 && all(|b| b.is_ascii_alphanumeric()),
        StringFormat::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
        StringFormat::Ipv6 => is_ipv6(text),
        StringFormat::Cidrv4 => text.split_once('/').is_some_and(|(address, bits)| {
            address.parse::<Ipv4Addr>().is_ok() && plain_number(bits).is_some_and(|n| n <= 32)
        }),
        StringFormat::Cidrv6 => text.split_once('/').is_some_and(|(address, bits)| {
            // As `Number` reads it and writes it again: Zod takes parts of a bit, too.
            let number = frontage_json::parse_number(bits);
            let is_plain = *frontage_json::number_text(number) == *bits;
            is_plain && (0.0..=128.0).contains(&number) && is_ipv6(address)
        }),
        StringFormat::Mac(delimiter) => is_mac(text, delimiter),
        StringFormat::Base64 => is_base64(text),
        StringFormat::Base64Url => is_base64url(text),
        StringFormat::E164 => text.strip_prefix('+').is_some_and(|digits| {
            (7..=15).contains(&digits.len())
                && !digits.starts_with('0')
                && digits.bytes().all(|b| b.is_ascii_digit())
        }),
        StringFormat::Jwt(algorithm) => is_jwt(text, algorithm.as_deref()),
        StringFormat::IsoDate => is_date(text),
        StringFormat::IsoTime { precision } => is_time(text, *precision, false),
        StringFormat::IsoDateTime { precision, offset, local } => {
            is_date_time(text, *precision, *offset, *local)
        }
        StringFormat::IsoDuration => is_duration(text),
        StringFormat::Hostname => is_hostname(text),
        StringFormat::Hex => all(|b| b.is_ascii_hexdigit()),
        StringFormat::CreditCard => is_credit_card(text),
        StringFormat::Iban => is_iban(text),
        StringFormat::CurrencyCode => text.len() == 3 && CURRENCIES.split(' ').any(|c| c == text),
        // Judged by its own pattern.
        StringFormat::Custom(..) => true,
    }
}

fn is_lower_or_digit(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_lowercase()
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

/// Pictographs and what joins them, at least one of which is more than a digit or a joiner.
fn is_emoji(text: &str) -> bool {
    static ALL: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^[\p{Extended_Pictographic}\p{Emoji_Component}]+$").ok());
    static ONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"[\p{Extended_Pictographic}\p{Regional_Indicator}\u{20E3}]").ok()
    });
    [&*ALL, &*ONE].into_iter().all(|regex| regex.as_ref().is_some_and(|r| r.is_match(text)))
}

fn has_uuid_form(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// RFC 9562's form with a version of 1 to 8 and its variant, or all zeros or all `f`.
fn is_uuid(text: &str, version: Option<u8>) -> bool {
    const MAX: &str = "ffffffff-ffff-ffff-ffff-ffffffffffff";
    const NIL: &str = "00000000-0000-0000-0000-000000000000";
    if version.is_none() && (text == NIL || text == MAX) {
        return true;
    }
    let bytes = text.as_bytes();
    has_uuid_form(text)
        && b"89abAB".contains(&bytes[19])
        && match version {
            Some(version) => bytes[14] == b'0' + version,
            None => (b'1'..=b'8').contains(&bytes[14]),
        }
}

fn is_ipv6(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit() || b == b':' || b == b'.')
        && is_url(&format!("http://[{text}]"))
}

/// A number without sign, point, or zeros before it.
fn plain_number(text: &str) -> Option<u32> {
    let is_plain = text.len() <= 3
        && text.bytes().all(|b| b.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    if is_plain { text.parse().ok() } else { None }
}

fn is_mac(text: &str, delimiter: &str) -> bool {
    let is_group = |group: &str, letter: fn(&u8) -> bool| {
        group.len() == 2 && group.bytes().all(|b| b.is_ascii_digit() || letter(&b))
    };
    if delimiter.is_empty() {
        let all = |letter: fn(&u8) -> bool| {
            text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit() || letter(&b))
        };
        return all(|b| (b'A'..=b'F').contains(b)) || all(|b| (b'a'..=b'f').contains(b));
    }
    let groups: Vec<&str> = text.split(delimiter).collect();
    groups.len() == 6
        && (groups.iter().all(|g| is_group(g, |b| (b'A'..=b'F').contains(b)))
            || groups.iter().all(|g| is_group(g, |b| (b'a'..=b'f').contains(b))))
}

/// Base64 as `atob` takes it, of a whole number of groups.
fn is_base64(text: &str) -> bool {
    let digits = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    text.len().is_multiple_of(4)
        && digits.len() % 4 != 1
        && digits.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
}

fn is_base64url(text: &str) -> bool {
    text.len() % 4 != 1 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// What `atob` makes of a text; none where it throws.
fn atob(text: &str) -> Option<Vec<u8>> {
    let text: Vec<u8> =
        text.bytes().filter(|b| !matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0C)).collect();
    let digits = match text.as_slice() {
        [rest @ .., b'=', b'='] if text.len().is_multiple_of(4) => rest,
        [rest @ .., b'='] if text.len().is_multiple_of(4) => rest,
        all => all,
    };
    if digits.len() % 4 == 1 {
        return None;
    }
    let (mut bits, mut count, mut out) = (0u32, 0, Vec::with_capacity(digits.len()));
    for digit in digits {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xFF_FFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xFF).unwrap_or_default());
        }
    }
    Some(out)
}

/// Three parts, the first of them a header that names an algorithm.
fn is_jwt(text: &str, algorithm: Option<&str>) -> bool {
    use frontage_json::Value;
    let parts: Vec<&str> = text.split('.').collect();
    let [header, _, _] = parts.as_slice() else { return false };
    if header.is_empty() {
        return false;
    }
    let Some(bytes) = atob(header) else { return false };
    // `atob` gives one character for each byte.
    let json: String = bytes.into_iter().map(char::from).collect();
    let Ok(Value::Object(header)) = frontage_json::parse_any(json.as_bytes()) else { return false };
    let member = |name: &str| header.get(name).map(Value::decoded);
    let is = |value: &Value, text: &str| matches!(value, Value::Text(t) if **t == *text);
    if member("typ").is_some_and(|typ| !is(&typ, "JWT")) {
        return false;
    }
    let Some(alg) = member("alg").filter(Value::truthy) else { return false };
    algorithm.is_none_or(|wanted| wanted.is_empty() || is(&alg, wanted))
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

/// `HH:mm`, `HH:mm:ss` or `HH:mm:ss.s…`, as precise as wanted.
fn is_time(text: &str, precision: Option<i8>, needs_seconds: bool) -> bool {
    let mut parts = text.splitn(3, ':');
    let mut below =
        |limit| parts.next().and_then(|part| number(part, 2)).is_some_and(|number| number < limit);
    if !below(24) || !below(60) {
        return false;
    }
    let Some(seconds) = parts.next() else {
        return precision == Some(-1) || (precision.is_none() && !needs_seconds);
    };
    let (whole, fraction) = match seconds.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (seconds, None),
    };
    let is_fraction =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    number(whole, 2).is_some_and(|seconds| seconds < 60)
        && match (precision, fraction) {
            (Some(-1), _) => false,
            (Some(0) | None, None) => true,
            (Some(0), Some(_)) => false,
            (Some(wanted), Some(digits)) => {
                usize::try_from(wanted).is_ok_and(|wanted| digits.len() == wanted)
                    && digits.bytes().all(|b| b.is_ascii_digit())
            }
            (Some(_), None) => false,
            (None, Some(digits)) => is_fraction(digits),
        }
}

fn is_date_time(text: &str, precision: Option<i8>, offset: bool, local: bool) -> bool {
    let Some((date, time)) = text.split_once('T') else { return false };
    if !is_date(date) {
        return false;
    }
    if local && is_time(time, precision, false) {
        return true;
    }
    if let Some(time) = time.strip_suffix('Z') {
        return is_time(time, precision, true);
    }
    if !offset {
        return false;
    }
    let Some(at) = time.rfind(['+', '-']) else { return false };
    let (time, zone) = time.split_at(at);
    let is_zone = zone[1..].split_once(':').is_some_and(|(hours, minutes)| {
        number(hours, 2).is_some_and(|h| h < 24) && number(minutes, 2).is_some_and(|m| m < 60)
    });
    is_zone && is_time(time, precision, true)
}

/// `P1W`, or years to seconds in order; only seconds may have a fraction.
fn is_duration(text: &str) -> bool {
    let Some(text) = text.strip_prefix('P') else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if let Some(weeks) = text.strip_suffix('W') {
        return digits(weeks);
    }
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    // Takes the parts of `rest` in the order of `units`, each at most once.
    let in_order = |mut rest: &str, units: &str, with_fraction: bool| {
        for unit in units.chars() {
            let end = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (number, tail) = rest.split_at(end);
            if number.is_empty() {
                continue;
            }
            if let Some(tail) = tail.strip_prefix(unit) {
                rest = tail;
            } else if unit == 'S' && with_fraction && tail.starts_with(['.', ',']) {
                let end = tail.bytes().skip(1).take_while(u8::is_ascii_digit).count() + 1;
                match tail[end..].strip_prefix('S') {
                    Some(tail) if end > 1 => rest = tail,
                    _ => return false,
                }
            }
        }
        rest.is_empty()
    };
    match time {
        None => !date.is_empty() && in_order(date, "YMD", false),
        Some(time) => {
            time.starts_with(|c: char| c.is_ascii_digit())
                && in_order(date, "YMD", false)
                && in_order(time, "HMS", true)
        }
    }
}

/// Labels of at most 63 letters, digits and inner hyphens, 253 characters in all; a last dot
/// does not count.
fn is_hostname(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

/// 12 to 19 digits, apart by single spaces or hyphens if at all, with Luhn's checksum.
fn is_credit_card(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_apart = |pair: &[u8]| pair.iter().any(u8::is_ascii_digit);
    let has_form = bytes.iter().all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'-'))
        && bytes.first().is_some_and(u8::is_ascii_digit)
        && bytes.last().is_some_and(u8::is_ascii_digit)
        && bytes.windows(2).all(is_apart);
    let digits: Vec<u32> =
        bytes.iter().filter(|b| b.is_ascii_digit()).map(|b| u32::from(b - b'0')).collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| if index % 2 == 0 { *digit } else { digit * 2 / 10 + digit * 2 % 10 })
        .sum();
    has_form && (12..=19).contains(&digits.len()) && sum.is_multiple_of(10)
}

/// Country, check digits that can occur, 11 to 30 letters or digits; 1 modulo 97.
fn is_iban(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has_form = (15..=34).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && !matches!(&bytes[2..4], b"00" | b"01" | b"99")
        && bytes[4..].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let step = |rest: u32, byte: &u8| match byte {
        b'A'..=b'Z' => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
        _ => (rest * 10 + u32::from(byte.wrapping_sub(b'0'))) % 97,
    };
    has_form && bytes[4..].iter().chain(&bytes[..4]).fold(0, step) == 1
}

/// ISO 4217.
const CURRENCIES: &str = "\
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN \
    BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD \
    EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR \
    IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD \
    MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD \
    OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE \
    SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI \
    UYU UYW UZS VED VES VND VUV WST XAD XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD \
    XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWG";
