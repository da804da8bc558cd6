//! Formats of strings: `z.email()`, `z.string().email()`, `z.iso.datetime()`.

use frontage_diagnostic::Span;
use frontage_plan::{CheckKind, Constant, Name, StringFormat, UrlRule};
use frontage_syntax::tree::{Element, Expr, ExprKind};

use super::super::Checker;
use super::arguments::{Options, whole};
use super::{Kind, Schema};
use crate::types::Ty;

/// `z.url()`'s host names and schemes as `z.httpUrl()` takes them.
const DOMAIN: &str =
    r"^(?=.{1,253}$)([a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]{2,63}$";

/// The options of its own that a format takes; none if there is no such format.
fn options_of(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "email" => &["pattern"],
        "url" => &["hostname", "protocol", "normalize"],
        "uuid" => &["version"],
        "nanoid" => &["length"],
        "mac" => &["delimiter"],
        "jwt" => &["alg"],
        "guid" | "cuid" | "cuid2" | "ulid" | "xid" | "ksuid" | "ipv4" | "ipv6" | "cidrv4"
        | "cidrv6" | "base64" | "base64url" | "e164" | "emoji" | "hostname" | "hex" | "httpUrl"
        | "creditCard" | "iban" | "currencyCode" | "uuidv4" | "uuidv6" | "uuidv7" => &[],
        _ => return None,
    })
}

/// The formats that `z.string()` has methods for.
pub(super) fn is_method(name: &str) -> bool {
    options_of(name).is_some()
        && !matches!(
            name,
            "mac" | "hostname" | "hex" | "httpUrl" | "creditCard" | "iban" | "currencyCode"
        )
}

impl<'a> Checker<'a> {
    /// `z.email(…)` and its like; `None` outside if there is no such format.
    pub(super) fn format_schema(
        &mut self,
        name: &str,
        args: &'a [Element],
        place: Span,
    ) -> Option<Option<Schema>> {
        let own = options_of(name)?;
        Some(self.format_of(name, own, args, place).map(text_of))
    }

    /// The check of a format, with its options at the start of `args`.
    pub(super) fn format_check(
        &mut self,
        name: &str,
        args: &'a [Element],
        place: Span,
    ) -> Option<frontage_plan::Check<crate::hir::CallbackId>> {
        let own = options_of(name).unwrap_or(&[]);
        let (options, format) = self.format_of(name, own, args, place)?;
        Some(options.check(CheckKind::Format(format)))
    }

    fn format_of(
        &mut self,
        name: &str,
        own: &[&str],
        args: &'a [Element],
        place: Span,
    ) -> Option<(Options<'a>, StringFormat)> {
        use StringFormat as F;
        let options = self.schema_options(args, 0, own)?;
        let mut format = match name {
            "email" => F::Email,
            "url" => F::Url(UrlRule::default()),
            "httpUrl" => F::Url(UrlRule {
                hostname: Some(self.pattern(DOMAIN, "", place)?),
                protocol: Some(self.pattern("^https?$", "", place)?),
                needs_slashes: true,
                normalize: false,
            }),
            "uuid" => F::Uuid(None),
            "uuidv4" => F::Uuid(Some(4)),
            "uuidv6" => F::Uuid(Some(6)),
            "uuidv7" => F::Uuid(Some(7)),
            "guid" => F::Guid,
            "nanoid" => F::Nanoid(None),
            "cuid" => F::Cuid,
            "cuid2" => F::Cuid2,
            "ulid" => F::Ulid,
            "xid" => F::Xid,
            "ksuid" => F::Ksuid,
            "ipv4" => F::Ipv4,
            "ipv6" => F::Ipv6,
            "cidrv4" => F::Cidrv4,
            "cidrv6" => F::Cidrv6,
            "mac" => F::Mac(":".into()),
            "base64" => F::Base64,
            "base64url" => F::Base64Url,
            "e164" => F::E164,
            "jwt" => F::Jwt(None),
            "emoji" => F::Emoji,
            "hostname" => F::Hostname,
            "hex" => F::Hex,
            "creditCard" => F::CreditCard,
            "iban" => F::Iban,
            "currencyCode" => F::CurrencyCode,
            _ => return self.refuse_schema(place, &format!("`{name}`"), "use another format"),
        };
        for (key, value) in &options.own {
            format = self.with_option(format, key, value)?;
        }
        Some((options, format))
    }

    fn with_option(
        &mut self,
        format: StringFormat,
        key: &str,
        value: &'a Expr,
    ) -> Option<StringFormat> {
        use StringFormat as F;
        match (format, key) {
            (F::Email, "pattern") => {
                let pattern = self.pattern_arg(value)?;
                return Some(F::Custom("email address".into(), pattern));
            }
            (F::Url(mut rule), "hostname") => {
                rule.hostname = Some(self.pattern_arg(value)?);
                return Some(F::Url(rule));
            }
            (F::Url(mut rule), "protocol") => {
                let pattern = self.pattern_arg(value)?;
                rule.needs_slashes = &*pattern.shown == "/^https?$/";
                rule.protocol = Some(pattern);
                return Some(F::Url(rule));
            }
            (F::Url(mut rule), "normalize") => {
                if let Some(Constant::Bool(normalize)) = self.constant_of(value) {
                    rule.normalize = normalize;
                    return Some(F::Url(rule));
                }
            }
            (F::Uuid(_), "version") => {
                if let Some(Constant::String(version)) = self.constant_of(value)
                    && let Some(number) = version.strip_prefix('v').and_then(|n| n.parse().ok())
                    && (1..=8).contains(&number)
                {
                    return Some(F::Uuid(Some(number)));
                }
            }
            (F::Nanoid(_), "length") => {
                if let Some(Constant::Number(length)) = self.constant_of(value)
                    && let Some(length) = whole(length.0).filter(|length| *length > 0)
                {
                    return Some(F::Nanoid(Some(length)));
                }
            }
            (F::Mac(_), "delimiter") => {
                if let Some(Constant::String(delimiter)) = self.constant_of(value) {
                    return Some(F::Mac(delimiter));
                }
            }
            (F::Jwt(_), "alg") => {
                if let Some(Constant::String(algorithm)) = self.constant_of(value) {
                    return Some(F::Jwt(Some(algorithm)));
                }
            }
            _ => {}
        }
        self.refuse_schema(value.span, &format!("this `{key}`"), "write a literal")
    }

    /// `z.iso.NAME(…)`
    pub(super) fn iso(&mut self, name: &str, place: Span, args: &'a [Element]) -> Option<Schema> {
        if !matches!(name, "date" | "datetime" | "time" | "duration") {
            return self.refuse_schema(
                place,
                &format!("`z.iso.{name}`"),
                "use `date`, `datetime`, `time` or `duration`",
            );
        }
        self.iso_of(name, args).map(text_of)
    }

    /// The check of a format of ISO 8601.
    pub(super) fn iso_check(
        &mut self,
        name: &str,
        args: &'a [Element],
    ) -> Option<frontage_plan::Check<crate::hir::CallbackId>> {
        let (options, format) = self.iso_of(name, args)?;
        Some(options.check(CheckKind::Format(format)))
    }

    fn iso_of(&mut self, name: &str, args: &'a [Element]) -> Option<(Options<'a>, StringFormat)> {
        let own: &[&str] = match name {
            "datetime" => &["precision", "offset", "local"],
            "time" => &["precision"],
            _ => &[],
        };
        let options = self.schema_options(args, 0, own)?;
        let (mut precision, mut offset, mut local) = (None, false, false);
        for (key, value) in &options.own {
            match (&**key, self.constant_of(value)) {
                ("precision", Some(Constant::Number(number)))
                    if number.0.fract() == 0.0 && (-1.0..=100.0).contains(&number.0) =>
                {
                    #[expect(clippy::cast_possible_truncation, reason = "-1 to 100")]
                    let number = number.0 as i8;
                    precision = Some(number);
                }
                ("offset", Some(Constant::Bool(value))) => offset = value,
                ("local", Some(Constant::Bool(value))) => local = value,
                _ => {
                    return self.refuse_schema(
                        value.span,
                        &format!("this `{key}`"),
                        "write a literal",
                    );
                }
            }
        }
        let format = match name {
            "date" => StringFormat::IsoDate,
            "time" => StringFormat::IsoTime { precision },
            "datetime" => StringFormat::IsoDateTime { precision, offset, local },
            _ => StringFormat::IsoDuration,
        };
        Some((options, format))
    }

    /// A pattern argument: a literal, or one that Zod has: `z.regexes.NAME`.
    pub(super) fn pattern_arg(&mut self, value: &'a Expr) -> Option<frontage_plan::Pattern> {
        match &value.kind {
            ExprKind::Regex { pattern, flags } => self.pattern(pattern, flags, value.span),
            ExprKind::Member { object, name, .. } => {
                let known = match &object.kind {
                    ExprKind::Member { object: base, name: group, .. }
                        if &*group.name == "regexes" && self.is_zod(base) =>
                    {
                        regex_of_zod(&name.name)
                    }
                    _ => None,
                };
                match known {
                    Some((source, flags)) => self.pattern(source, flags, value.span),
                    None => self.no_pattern(value.span),
                }
            }
            _ => self.no_pattern(value.span),
        }
    }

    fn no_pattern<T>(&mut self, span: Span) -> Option<T> {
        self.refuse_schema(span, "a pattern that is not a literal", "write `/…/` here")
    }

    pub(super) fn pattern(
        &mut self,
        source: &str,
        flags: &str,
        span: Span,
    ) -> Option<frontage_plan::Pattern> {
        match crate::pattern::translate(source, flags) {
            Ok(pattern) => Some(pattern),
            Err(why) => self.refuse_schema(span, &why.what, why.instead),
        }
    }
}

/// Patterns that Zod exports, as far as they are linear.
fn regex_of_zod(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "html5Email" | "browserEmail" => (
            r"^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$",
            "",
        ),
        "rfc5322Email" => (
            r#"^(([^<>()\[\]\\.,;:\s@"]+(\.[^<>()\[\]\\.,;:\s@"]+)*)|(".+"))@((\[[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}])|(([a-zA-Z\-0-9]+\.)+[a-zA-Z]{2,}))$"#,
            "",
        ),
        "unicodeEmail" | "idnEmail" => (r#"^[^\s@"]{1,64}@[^\s@]{1,255}$"#, "u"),
        "domain" => (DOMAIN, ""),
        "httpProtocol" => ("^https?$", ""),
        _ => return None,
    })
}

/// A schema of strings of a format: its message is said of values that are no text, too.
fn text_of((options, format): (Options<'_>, StringFormat)) -> Schema {
    let mut schema = Schema::same(Kind::String { coerce: false }, Ty::STRING);
    schema.validator.message = options.message.clone();
    schema.validator.checks.push(options.check(CheckKind::Format(format)));
    schema
}

/// The words of `z.stringbool()`.
pub(super) fn words(list: &[&str]) -> Vec<Name> {
    list.iter().map(|word| (*word).into()).collect()
}
