//! Durations, sizes and days as configuration writes them: `"80ms"`, `"1MiB"`, `2026-11-30`.

use std::time::Duration;

use frontage_json::{civil, time_from_civil};

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

/// A day as its first second since 1970, in UTC: `2026-11-30`.
pub(super) fn day(text: &str) -> Option<u64> {
    let [year, month, day] = text.split('-').collect::<Vec<_>>().try_into().ok()?;
    let number = |text: &str, digits| {
        let fits = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
        if fits { text.parse::<u32>().ok() } else { None }
    };
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let time = time_from_civil(year.into(), f64::from(month) - 1.0, day.into(), 0.0);
    // The 31st of February would be another day.
    let same = civil(time)?;
    let is_day = (same.month, same.day) == (month, day);
    (is_day && time >= 0.0).then_some((time / 1000.0) as u64)
}

/// A number without sign or exponent, and the unit right after it.
fn split(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let number: f64 = text[..end].parse().ok()?;
    Some((number, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::{day, duration, size};
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
    fn a_day_is_one_of_the_calendar() {
        let cases = [
            ("1970-01-01", Some(0)),
            ("2026-11-30", Some(1_795_996_800)),
            ("2024-02-29", Some(1_709_164_800)),
            ("2026-02-29", None),
            ("2026-13-01", None),
            ("2026-00-10", None),
            ("2026-1-1", None),
            ("1969-12-31", None),
            ("2026-11-30T10:00:00Z", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(day(text), expected, "{text:?}");
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
