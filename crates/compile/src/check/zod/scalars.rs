//! Checks of texts, numbers and dates.

use frontage_diagnostic::Span;
use frontage_plan::{CheckKind, Constant, NormalForm, Number, NumberFormat};
use frontage_syntax::tree::{Element, ExprKind};

use super::super::Checker;
use super::arguments::whole;
use super::formats::is_method;
use super::{Schema, first_span};

const TEXT: &[&str] = &[
    "min",
    "max",
    "length",
    "nonempty",
    "regex",
    "startsWith",
    "endsWith",
    "includes",
    "lowercase",
    "uppercase",
    "trim",
    "toLowerCase",
    "toUpperCase",
    "normalize",
    "email",
    "url",
    "uuid",
    "datetime",
    "date",
    "time",
    "duration",
];

const NUMBER: &[&str] = &[
    "min",
    "max",
    "gt",
    "gte",
    "lt",
    "lte",
    "int",
    "safe",
    "positive",
    "nonnegative",
    "negative",
    "nonpositive",
    "multipleOf",
    "step",
    "finite",
];

impl<'a> Checker<'a> {
    pub(super) fn text_method(
        &mut self,
        mut schema: Schema,
        method: &str,
        args: &'a [Element],
        place: Span,
    ) -> Option<Schema> {
        let checks = &mut schema.validator.checks;
        let (kind, options_at) = match method {
            "min" => (CheckKind::MinLength(self.length_arg(args, place)?), 1),
            "max" => (CheckKind::MaxLength(self.length_arg(args, place)?), 1),
            "length" => (CheckKind::Length(self.length_arg(args, place)?), 1),
            "nonempty" => (CheckKind::MinLength(1), 0),
            "startsWith" => (CheckKind::StartsWith(self.text_arg(args, place)?), 1),
            "endsWith" => (CheckKind::EndsWith(self.text_arg(args, place)?), 1),
            "includes" => return self.includes(schema, args, place),
            "trim" => (CheckKind::Trim, 0),
            "toLowerCase" => (CheckKind::ToLowerCase, 0),
            "toUpperCase" => (CheckKind::ToUpperCase, 0),
            "normalize" => {
                let form = match args.first() {
                    None => NormalForm::Nfc,
                    Some(_) => match &*self.text_arg(args, place)? {
                        "NFC" => NormalForm::Nfc,
                        "NFD" => NormalForm::Nfd,
                        "NFKC" => NormalForm::Nfkc,
                        "NFKD" => NormalForm::Nfkd,
                        _ => {
                            return self.refuse_schema(
                                first_span(args, place),
                                "this normal form",
                                "use `\"NFC\"`, `\"NFD\"`, `\"NFKC\"` or `\"NFKD\"`",
                            );
                        }
                    },
                };
                checks.push(frontage_plan::Check::new(CheckKind::Normalize(form)));
                return Some(schema);
            }
            "lowercase" => (CheckKind::Lowercase, 0),
            "uppercase" => (CheckKind::Uppercase, 0),
            "regex" => {
                let Some(Element::Value(value)) = args.first() else {
                    return self.refuse_schema(
                        first_span(args, place),
                        "a pattern that is not a literal",
                        "write `/…/` here",
                    );
                };
                (CheckKind::Regex(self.pattern_arg(value)?), 1)
            }
            "datetime" | "date" | "time" | "duration" if schema.is_plain => {
                checks.push(self.iso_check(method, args)?);
                return Some(schema);
            }
            _ if schema.is_plain && is_method(method) => {
                checks.push(self.format_check(method, args, place)?);
                return Some(schema);
            }
            _ => return self.no_method(method, place, "a text", TEXT),
        };
        let options = self.schema_options(args, options_at, &[])?;
        schema.validator.checks.push(options.check(kind));
        Some(schema)
    }

    fn includes(&mut self, mut schema: Schema, args: &'a [Element], place: Span) -> Option<Schema> {
        let text = self.text_arg(args, place)?;
        let options = self.schema_options(args, 1, &["position"])?;
        let mut from = None;
        for (_, value) in &options.own {
            match self.constant_of(value) {
                Some(Constant::Number(number)) if whole(number.0).is_some() => {
                    from = whole(number.0);
                }
                _ => {
                    return self.refuse_schema(value.span, "this position", "write a whole number");
                }
            }
        }
        schema.validator.checks.push(options.check(CheckKind::Includes(text, from)));
        Some(schema)
    }

    pub(super) fn number_method(
        &mut self,
        mut schema: Schema,
        method: &str,
        args: &'a [Element],
        place: Span,
    ) -> Option<Schema> {
        let low = |value, inclusive| CheckKind::Min { value: Number(value), inclusive };
        let high = |value, inclusive| CheckKind::Max { value: Number(value), inclusive };
        let (kind, options_at) = match method {
            "int" | "safe" => (CheckKind::NumberFormat(NumberFormat::SafeInt), 0),
            "min" | "gte" => (low(self.number_arg(args, place)?, true), 1),
            "gt" => (low(self.number_arg(args, place)?, false), 1),
            "max" | "lte" => (high(self.number_arg(args, place)?, true), 1),
            "lt" => (high(self.number_arg(args, place)?, false), 1),
            "positive" => (low(0.0, false), 0),
            "nonnegative" => (low(0.0, true), 0),
            "negative" => (high(0.0, false), 0),
            "nonpositive" => (high(0.0, true), 0),
            "multipleOf" | "step" => {
                (CheckKind::MultipleOf(Number(self.number_arg(args, place)?)), 1)
            }
            "finite" => return Some(schema),
            _ => return self.no_method(method, place, "a number", NUMBER),
        };
        let options = self.schema_options(args, options_at, &[])?;
        schema.validator.checks.push(options.check(kind));
        Some(schema)
    }

    pub(super) fn date_method(
        &mut self,
        mut schema: Schema,
        method: &str,
        args: &'a [Element],
        place: Span,
    ) -> Option<Schema> {
        if !matches!(method, "min" | "max") {
            return self.no_method(method, place, "a date", &["min", "max"]);
        }
        let time = match args.first() {
            Some(Element::Value(value)) => match &value.kind {
                ExprKind::New { callee, args, .. } if &*callee.name == "Date" => {
                    match args.as_slice() {
                        [Element::Value(only)] => match self.constant_of(only) {
                            Some(Constant::Number(number)) => Some(number.0),
                            Some(Constant::String(text)) => iso_time(&text),
                            _ => None,
                        },
                        _ => None,
                    }
                }
                _ => None,
            },
            _ => None,
        };
        let Some(time) = time else {
            return self.refuse_schema(
                first_span(args, place),
                "a limit that is no literal",
                "write `new Date(\"2024-01-01\")` or `new Date(\"2024-01-01T00:00:00Z\")`",
            );
        };
        let value = Number(time);
        let kind = match method {
            "min" => CheckKind::Min { value, inclusive: true },
            _ => CheckKind::Max { value, inclusive: true },
        };
        let options = self.schema_options(args, 1, &[])?;
        schema.validator.checks.push(options.check(kind));
        Some(schema)
    }
}

/// Milliseconds since 1970 of `YYYY-MM-DD` or `YYYY-MM-DDTHH:mm:ss[.sss]Z`.
fn iso_time(text: &str) -> Option<f64> {
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time.strip_suffix('Z')?)),
        None => (text, None),
    };
    let number = |text: &str, digits: usize| -> Option<i64> {
        let is_number = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| text.parse().ok())?
    };
    let mut parts = date.splitn(3, '-');
    let (year, month, day) =
        (number(parts.next()?, 4)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let lengths = [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = *lengths.get(usize::try_from(month - 1).ok()?)?;
    if !(1..=length).contains(&day) {
        return None;
    }
    // Days since 1970 by counting in years that begin in March.
    let (y, m) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719_468;
    let mut milliseconds = days * 86_400_000;
    if let Some(time) = time {
        let (clock, fraction) = time.split_once('.').unwrap_or((time, "000"));
        let mut parts = clock.splitn(3, ':');
        let (hours, minutes, seconds) =
            (number(parts.next()?, 2)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
        if hours > 23 || minutes > 59 || seconds > 59 {
            return None;
        }
        milliseconds += ((hours * 60 + minutes) * 60 + seconds) * 1000 + number(fraction, 3)?;
    }
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    Some(milliseconds as f64)
}
