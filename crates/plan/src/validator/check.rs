//! Checks and changes of validated values, in Zod's words.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{Lambda, Name, Number};

/// One check or change of a validator.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Check<F = Lambda> {
    /// What it is.
    pub kind: CheckKind<F>,
    /// What is said of values that it refuses: `.min(10, "…")`.
    pub message: Option<Name>,
    /// No check after it runs once it has refused a value.
    pub abort: bool,
}

impl<F> Check<F> {
    /// A check without a message of its own.
    #[must_use]
    pub fn new(kind: CheckKind<F>) -> Self {
        Self { kind, message: None, abort: false }
    }
}

/// Kinds of checks and changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "Zod's own words")]
pub enum CheckKind<F = Lambda> {
    /// Lengths count code points of strings, as Zod 4 does, and elements of lists.
    MinLength(u32),
    MaxLength(u32),
    Length(u32),
    Regex(Pattern),
    Format(StringFormat),
    StartsWith(Name),
    EndsWith(Name),
    /// From an index in UTF-16 units, if it is given.
    Includes(Name, Option<u32>),
    Lowercase,
    Uppercase,
    Trim,
    ToLowerCase,
    ToUpperCase,
    Normalize(NormalForm),
    NumberFormat(NumberFormat),
    /// Of a number, or of a date by its milliseconds.
    Min {
        value: Number,
        inclusive: bool,
    },
    /// As [`CheckKind::Min`].
    Max {
        value: Number,
        inclusive: bool,
    },
    MultipleOf(Number),
    /// `.refine(test, { path })`: a lambda of one parameter.
    Refine {
        test: F,
        path: Vec<PathStep>,
    },
    /// `.superRefine(f)`: a lambda of one parameter, which adds issues as it runs.
    SuperRefine(F),
    /// `.overwrite(f)`: a lambda of one parameter.
    Overwrite(F),
}

/// A step to a part of a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PathStep {
    /// A member.
    Name(Name),
    /// An element.
    Index(u32),
}

/// A regular expression of JavaScript in the words of a linear-time engine.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pattern {
    /// As JavaScript shows it: `/^a/i`.
    pub shown: Name,
    /// In the words of the `regex` crate; all of them must match.
    pub regexes: Vec<Name>,
    /// None of these may match.
    pub without: Vec<Name>,
    /// What they are matched against.
    pub haystack: Haystack,
    /// Its source, where JSON Schema means the same by it: no flag that changes it, and the
    /// same to an engine with the flag `u`.
    pub portable: Option<Name>,
}

/// What a pattern is matched against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Haystack {
    /// UTF-16 units: those beyond the first plane stand as two characters each
    /// (U+D800..U+DFFF as U+10D800..U+10DFFF).
    Units,
    /// Units, each in upper case as JavaScript's `i` flag compares them.
    FoldedUnits,
    /// The text itself (flag `u`).
    CodePoints,
}

impl Haystack {
    /// The text that the pattern is matched against.
    #[must_use]
    pub fn of(self, text: &str) -> Cow<'_, str> {
        let is_plain = text.chars().all(|c| u32::from(c) < 0x1_0000);
        match self {
            Self::Units if !is_plain => Cow::Owned(text.chars().flat_map(units).collect()),
            Self::FoldedUnits => Cow::Owned(text.chars().flat_map(units).map(folded).collect()),
            Self::CodePoints | Self::Units => Cow::Borrowed(text),
        }
    }

    /// The text of these units, halves of surrogate pairs included.
    #[must_use]
    pub fn of_units(self, text: &[u16]) -> String {
        let characters = text.iter().map(|unit| unit_char(*unit));
        match self {
            Self::FoldedUnits => characters.map(folded).collect(),
            Self::CodePoints | Self::Units => characters.collect(),
        }
    }
}

/// A character as UTF-16 units, each of them one character.
pub fn units(character: char) -> impl Iterator<Item = char> {
    let mut buffer = [0; 2];
    let units: Vec<char> =
        character.encode_utf16(&mut buffer).iter().map(|unit| unit_char(*unit)).collect();
    units.into_iter()
}

/// A UTF-16 unit as one character: surrogates stand as U+10D800 to U+10DFFF.
#[must_use]
pub fn unit_char(unit: u16) -> char {
    char::from_u32(u32::from(unit))
        .or_else(|| char::from_u32(0x10_0000 + u32::from(unit)))
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// A unit as JavaScript's `i` flag compares it: in upper case, if that is one unit and does not
/// turn it into ASCII.
#[must_use]
pub fn folded(unit: char) -> char {
    let mut upper = unit.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None)
            if u32::from(upper) < 0x1_0000 && (unit.is_ascii() || !upper.is_ascii()) =>
        {
            upper
        }
        _ => unit,
    }
}

/// Unicode's normal forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "Unicode's own words")]
pub enum NormalForm {
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
}

/// Formats of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "Zod's own words")]
pub enum NumberFormat {
    SafeInt,
    Int32,
    Uint32,
    Float32,
    Float64,
}

/// Formats of strings with Zod 4's rules.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "Zod's own words")]
pub enum StringFormat {
    Email,
    Url(UrlRule),
    Emoji,
    /// Of any version, or of one.
    Uuid(Option<u8>),
    Guid,
    Nanoid(Option<u32>),
    Cuid,
    Cuid2,
    Ulid,
    Xid,
    Ksuid,
    Ipv4,
    Ipv6,
    Cidrv4,
    Cidrv6,
    /// With its delimiter.
    Mac(Name),
    Base64,
    Base64Url,
    E164,
    /// With the wanted algorithm.
    Jwt(Option<Name>),
    IsoDate,
    IsoTime {
        /// Digits after the seconds' point; -1 for none, not even seconds.
        precision: Option<i8>,
    },
    IsoDateTime {
        /// As for times.
        precision: Option<i8>,
        /// Offsets beside `Z`.
        offset: bool,
        /// Without zone.
        local: bool,
    },
    IsoDuration,
    Hostname,
    Hex,
    CreditCard,
    Iban,
    CurrencyCode,
    /// A pattern in the place of a format's own: its name in messages, and the pattern.
    Custom(Name, Pattern),
}

/// What a URL must be beyond being one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct UrlRule {
    /// Of the host name.
    pub hostname: Option<Pattern>,
    /// Of the scheme, without its colon.
    pub protocol: Option<Pattern>,
    /// `http` and `https` need `://` (`z.httpUrl()`).
    pub needs_slashes: bool,
    /// The handler sees the normalised URL.
    pub normalize: bool,
}
