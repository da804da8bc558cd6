//! Durations and sizes as configuration writes them: `"80ms"`, `"2s"`, `"1MiB"`.

use std::time::Duration;

/// Reads `"80ms"`, `"1.5s"`, `"2m"`, `"1h"`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = split(text)?;
    let seconds = match unit {
        "ms" => number / 1000.0,
        "s" => number,
        "m" => number * 60.0,
        "h" => number * 3600.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(seconds).ok()
}

/// Reads `"512B"`, `"64KiB"`, `"1MiB"`, `"2GiB"`, `"1MB"`; gives bytes.
pub(super) fn size(text: &str) -> Option<u64> {
    let (number, unit) = split(text)?;
    let factor = match unit {
        "B" => 1.0,
        "KiB" => 1024.0,
        "MiB" => 1024.0 * 1024.0,
        "GiB" => 1024.0 * 1024.0 * 1024.0,
        "kB" | "KB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        _ => return None,
    };
    let bytes = number * factor;
    (bytes <= 2f64.powi(53)).then_some(bytes as u64)
}

/// A number without sign or exponent, and the unit right after it.
fn split(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let number: f64 = text[..end].parse().ok()?;
    Some((number, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::{duration, size};
    use std::time::Duration;

    #[test]
    fn durations_need_a_number_and_a_known_unit() {
        let cases = [
            ("80ms", Some(Duration::from_millis(80))),
            ("2s", Some(Duration::from_secs(2))),
            ("1.5s", Some(Duration::from_millis(1500))),
            ("3m", Some(Duration::from_secs(180))),
            ("1h", Some(Duration::from_secs(3600))),
            ("80", None),
            ("ms", None),
            ("-1s", None),
            ("1 s", None),
            ("1d", None),
            ("1.2.3s", None),
            ("99999999999999999999h", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(duration(text), expected, "{text:?}");
        }
    }

    #[test]
    fn sizes_tell_binary_from_decimal_units() {
        let cases = [
            ("1MiB", Some(1_048_576)),
            ("1MB", Some(1_000_000)),
            ("512B", Some(512)),
            ("0.5KiB", Some(512)),
            ("8", None),
            ("1mib", None),
            ("99999999999GiB", None),
        ];
        for (text, expected) in cases {
            assert_eq!(size(text), expected, "{text:?}");
        }
    }
}
