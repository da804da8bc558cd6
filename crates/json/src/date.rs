//! Dates as JavaScript counts them: milliseconds since 1970, proleptic Gregorian calendar, UTC.

/// A time in its parts, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the parts of a date by their names")]
pub struct Civil {
    pub year: i64,
    /// From 1.
    pub month: u32,
    pub day: u32,
    pub hour: u32,
    pub minute: u32,
    pub second: u32,
    pub millisecond: u32,
    /// From Sunday, 0.
    pub weekday: u32,
}

const DAY_MS: i64 = 86_400_000;
/// The largest time that a date can hold.
const LIMIT_MS: f64 = 8.64e15;

/// The parts of a time; none if it is no valid time.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "each part is in its range"
)]
pub fn civil(time_ms: f64) -> Option<Civil> {
    if time_ms.is_nan() || time_ms.abs() > LIMIT_MS {
        return None;
    }
    let time = time_ms as i64;
    let (days, rest) = (time.div_euclid(DAY_MS), time.rem_euclid(DAY_MS));
    // Days from 0000-03-01, in eras of 400 years.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    Some(Civil {
        year: year_of_era + era * 400 + i64::from(month <= 2),
        month: month as u32,
        day: (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32,
        hour: (rest / 3_600_000) as u32,
        minute: (rest / 60_000 % 60) as u32,
        second: (rest / 1000 % 60) as u32,
        millisecond: (rest % 1000) as u32,
        weekday: (days + 4).rem_euclid(7) as u32,
    })
}

/// The time of a year, a month from 0 and a day from 1, which may lie outside their ranges as
/// `Date.UTC` allows, plus `rest_ms`. `NaN` if it is beyond what a date can hold.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "years beyond the range were refused"
)]
pub fn time_from_civil(year: f64, month: f64, day: f64, rest_ms: f64) -> f64 {
    if !(year.is_finite() && month.is_finite() && day.is_finite() && rest_ms.is_finite()) {
        return f64::NAN;
    }
    let (year, month, day) = (year.trunc(), month.trunc(), day.trunc());
    if year.abs() > 1e6 || month.abs() > 1e7 {
        return f64::NAN;
    }
    let months = year as i64 * 12 + month as i64;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let first_of_month = era * 146_097 + day_of_era - 719_468;
    let time = (first_of_month as f64 + day - 1.0) * 86_400_000.0 + rest_ms;
    if time.abs() > LIMIT_MS { f64::NAN } else { time.trunc() + 0.0 }
}

/// `toISOString`; none for an invalid date.
#[must_use]
pub fn iso_text(time_ms: f64) -> Option<String> {
    let Civil { year, month, day, hour, minute, second, millisecond, .. } = civil(time_ms)?;
    let year = match year {
        0..=9999 => format!("{year:04}"),
        year if year < 0 => format!("-{:06}", -year),
        year => format!("+{year:06}"),
    };
    Some(format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z"))
}

/// `toString` in UTC.
#[must_use]
pub(crate) fn display_text(time_ms: f64) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let Some(Civil { year, month, day, hour, minute, second, weekday, .. }) = civil(time_ms) else {
        return "Invalid Date".into();
    };
    let year = if year < 0 { format!("-{:04}", -year) } else { format!("{year:04}") };
    format!(
        "{} {} {day:02} {year} {hour:02}:{minute:02}:{second:02} GMT+0000 (Coordinated Universal Time)",
        DAYS[weekday as usize % 7],
        MONTHS[(month as usize + 11) % 12],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_times() {
        for (time, text) in [
            (0.0, "1970-01-01T00:00:00.000Z"),
            (-1.0, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000.0, "2000-02-29T00:00:00.000Z"),
            (1_709_210_096_789.0, "2024-02-29T12:34:56.789Z"),
            (8.64e15, "+275760-09-13T00:00:00.000Z"),
            (-8.64e15, "-271821-04-20T00:00:00.000Z"),
            (-62_198_755_200_000.0, "-000001-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(iso_text(time).as_deref(), Some(text));
        }
        assert_eq!(iso_text(8.64e15 + 1.0), None);
        assert_eq!(iso_text(f64::NAN), None);
    }

    #[test]
    fn parts_and_times_are_inverse() {
        for days in (-100_000_000..100_000_000).step_by(99_991) {
            let time = f64::from(days) * 86_400_000.0;
            let civil = civil(time).expect("in range");
            let back = time_from_civil(
                civil.year as f64,
                f64::from(civil.month) - 1.0,
                f64::from(civil.day),
                0.0,
            );
            assert_eq!(back, time);
        }
    }
}
