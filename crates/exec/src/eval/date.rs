//! Dates, in UTC.

use frontage_json::{Civil, Text, Value, civil, iso_text, time_from_civil};
use frontage_plan::Builtin;

use super::convert::{Args, no_function};
use super::{Env, Thrown};

/// Calls a function of dates.
pub(super) fn call(function: Builtin, args: Args<'_>, env: &Env) -> Result<Value, Thrown> {
    let method = match function {
        Builtin::DateNow => return Ok(Value::Number(env.now_ms())),
        Builtin::DateNew => return construct(args, env),
        Builtin::DateParse => return Ok(Value::Number(parse(&args.text(0)?))),
        Builtin::DateUtc => return Ok(Value::Number(utc(args))),
        Builtin::DateToIsoString => "toISOString",
        Builtin::DateToJson => "toJSON",
        Builtin::DateGetTime => "getTime",
        Builtin::DateGetFullYear => "getFullYear",
        Builtin::DateGetMonth => "getMonth",
        Builtin::DateGetDate => "getDate",
        Builtin::DateGetDay => "getDay",
        Builtin::DateGetHours => "getHours",
        Builtin::DateGetMinutes => "getMinutes",
        Builtin::DateGetSeconds => "getSeconds",
        _ => "getMilliseconds",
    };
    let time = match args.get(0) {
        Value::Date(time) => **time,
        other if other.is_nullish() => return Err(Thrown::unreadable(other, method)),
        _ => return Err(no_function(method)),
    };
    if function == Builtin::DateGetTime {
        return Ok(Value::Number(time));
    }
    if function == Builtin::DateToIsoString {
        let text = iso_text(time).ok_or_else(|| Thrown::range_error("Invalid time value"))?;
        return Ok(Value::text(text));
    }
    if function == Builtin::DateToJson {
        return Ok(iso_text(time).map_or(Value::Null, Value::text));
    }
    let Some(civil) = civil(time) else { return Ok(Value::Number(f64::NAN)) };
    let Civil { year, month, day, hour, minute, second, millisecond, weekday } = civil;
    #[expect(clippy::cast_precision_loss, reason = "years of dates are small")]
    let year = year as f64;
    Ok(Value::Number(match function {
        Builtin::DateGetFullYear => year,
        Builtin::DateGetMonth => f64::from(month) - 1.0,
        Builtin::DateGetDate => f64::from(day),
        Builtin::DateGetDay => f64::from(weekday),
        Builtin::DateGetHours => f64::from(hour),
        Builtin::DateGetMinutes => f64::from(minute),
        Builtin::DateGetSeconds => f64::from(second),
        _ => f64::from(millisecond),
    }))
}

/// A time as a date can hold it.
fn clip(time: f64) -> f64 {
    if time.abs() <= 8.64e15 { time.trunc() + 0.0 } else { f64::NAN }
}

/// `new Date(value)`
pub(crate) fn new_date(value: &Value, env: &Env) -> Result<Value, Thrown> {
    construct(Args { values: std::slice::from_ref(value), meter: env.meter() }, env)
}

fn construct(args: Args<'_>, env: &Env) -> Result<Value, Thrown> {
    let time = match args.values {
        [] => env.now_ms(),
        [Value::Date(time)] => **time,
        [value] => match value.decoded() {
            Value::Text(text) => parse(&text),
            Value::Array(list) => parse(&args.meter.text(&Value::Array(list))?),
            other => clip(other.to_number()),
        },
        _ => utc(args),
    };
    Ok(Value::date(time))
}

/// `Date.UTC`
fn utc(args: Args<'_>) -> f64 {
    let part = |index: usize, default: f64| {
        if index < args.values.len() { args.number(index).trunc() } else { default }
    };
    let year = part(0, f64::NAN);
    let year = if (0.0..=99.0).contains(&year) { 1900.0 + year } else { year };
    let rest =
        part(3, 0.0) * 3_600_000.0 + part(4, 0.0) * 60_000.0 + part(5, 0.0) * 1000.0 + part(6, 0.0);
    time_from_civil(year, part(1, 0.0), part(2, 1.0), rest)
}

/// Reads the date-time format of ECMAScript: `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, each with an
/// optional `THH:mm`, `:ss`, `.sss` and zone. Without a zone a time is local, and so UTC here. A
/// space may stand for the `T` after a whole date, as V8 allows.
pub(super) fn parse(text: &Text) -> f64 {
    parse_iso(text.as_bytes()).map_or(f64::NAN, clip)
}

/// Takes digits off the front of a text.
struct Reader<'t>(&'t [u8]);

impl Reader<'_> {
    fn take(&mut self, byte: u8) -> bool {
        let is = self.0.first() == Some(&byte);
        if is {
            self.0 = &self.0[1..];
        }
        is
    }

    fn digits(&mut self, count: usize) -> Option<f64> {
        let digits = self.0.get(..count).filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
        let value = digits.iter().fold(0.0, |sum, digit| sum * 10.0 + f64::from(digit - b'0'));
        self.0 = &self.0[count..];
        Some(value)
    }
}

/// What V8 reads `YYYY-MM-DD` as where a space follows: the form is not ECMAScript's then, so that a
/// year below 100 is one of this century or the last, and below 32 may be a month before a day and
/// a year.
fn spaced_date(year: f64, month: f64, day: f64) -> Option<(f64, f64, f64)> {
    let of_century = |year: f64| if year < 50.0 { 2000.0 + year } else { 1900.0 + year };
    match year {
        100.0.. => Some((year, month, day)),
        1.0..=12.0 => Some((of_century(day), year, month)),
        13.0..=31.0 => None,
        _ => Some((of_century(year), month, day)),
    }
}

fn parse_iso(text: &[u8]) -> Option<f64> {
    let mut reader = Reader(text);
    let signed = matches!(text.first(), Some(b'+' | b'-'));
    let mut year = if reader.take(b'+') {
        reader.digits(6)?
    } else if reader.take(b'-') {
        let year = reader.digits(6)?;
        if year == 0.0 {
            return None;
        }
        -year
    } else {
        reader.digits(4)?
    };
    let mut month = if reader.take(b'-') { reader.digits(2)? } else { 1.0 };
    let has_day = text.len() > 7 && reader.take(b'-');
    let mut day = if has_day { reader.digits(2)? } else { 1.0 };
    if !(1.0..=12.0).contains(&month) || !(1.0..=31.0).contains(&day) {
        return None;
    }
    let mut rest = 0.0;
    let spaced = reader.take(b' ');
    if spaced {
        if signed || !has_day {
            return None;
        }
        (year, month, day) = spaced_date(year, month, day)?;
    }
    if spaced || reader.take(b'T') || reader.take(b't') {
        let hour = reader.digits(2)?;
        if !reader.take(b':') {
            return None;
        }
        let minute = reader.digits(2)?;
        let has_seconds = reader.take(b':');
        let second = if has_seconds { reader.digits(2)? } else { 0.0 };
        let mut fraction = 0.0;
        if has_seconds && reader.take(b'.') {
            let digits = reader.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 {
                return None;
            }
            // Only milliseconds count.
            fraction = reader.digits(digits.min(3))? * [100.0, 10.0, 1.0][digits.min(3) - 1];
            reader.0 = &reader.0[digits.saturating_sub(3)..];
        }
        let is_midnight = hour == 24.0 && minute == 0.0 && second == 0.0 && fraction == 0.0;
        if (hour > 23.0 && !is_midnight) || minute > 59.0 || second > 59.0 {
            return None;
        }
        rest = hour * 3_600_000.0 + minute * 60_000.0 + second * 1000.0 + fraction;
        if !(reader.take(b'Z') || reader.take(b'z')) {
            let sign = if reader.take(b'+') {
                1.0
            } else if reader.take(b'-') {
                -1.0
            } else {
                0.0
            };
            if sign != 0.0 {
                let hours = reader.digits(2)?;
                reader.take(b':');
                let minutes = reader.digits(2)?;
                if hours > 23.0 || minutes > 59.0 {
                    return None;
                }
                rest -= sign * (hours * 60.0 + minutes) * 60_000.0;
            }
        }
    }
    reader.0.is_empty().then(|| time_from_civil(year, month - 1.0, day, rest))
}
