//! Reading TOML tables with places: every fault is collected, no key goes unread.

use std::time::Duration;

use frontage_diagnostic::{Diagnostic, FileId, Span, nearest};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::reference::Reference;
use super::units;
use crate::codes;

/// A value with the place it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Located<T> {
    /// The value.
    pub(crate) value: T,
    /// Where it stands.
    pub(crate) span: Span,
}

/// Reads one table; knows which keys were asked for.
pub(super) struct Table<'t> {
    table: &'t DeTable<'t>,
    file: FileId,
    /// Place of the table's header or key, for what is missing in it.
    span: Span,
    /// `upstreams.users`; empty for the file itself.
    name: String,
    asked: Vec<&'static str>,
}

impl<'t> Table<'t> {
    pub(super) fn root(table: &'t DeTable<'t>, file: FileId) -> Self {
        let span = Span::new(file, 0, 0);
        Self { table, file, span, name: String::new(), asked: Vec::new() }
    }

    pub(super) const fn span(&self) -> Span {
        self.span
    }

    pub(super) fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    fn place<T>(&self, value: &Spanned<T>) -> Span {
        let span = value.span();
        Span::new(self.file, span.start as u32, span.end as u32)
    }

    fn full(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    fn get(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.asked.push(key);
        self.table.get(key)
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) -> Diagnostic {
        let found = value.get_ref().type_str();
        Diagnostic::error(
            codes::WRONG_TYPE,
            self.place(value),
            format!("`{}` takes {wanted}, not {}", self.full(key), article(found)),
        )
    }

    /// Where a key's value stands.
    pub(super) fn place_of(&self, key: &str) -> Option<Span> {
        Some(self.place(self.table.get(key)?))
    }

    /// A string, whatever is in it.
    pub(super) fn string(
        &mut self,
        key: &'static str,
        faults: &mut Vec<Diagnostic>,
    ) -> Option<Located<String>> {
        let value = self.get(key)?;
        match value.get_ref().as_str() {
            Some(text) => Some(Located { value: text.to_owned(), span: self.place(value) }),
            None => {
                faults.push(self.wrong(key, value, "a string"));
                None
            }
        }
    }

    /// A string in which `${...}` may stand.
    pub(super) fn reference(
        &mut self,
        key: &'static str,
        faults: &mut Vec<Diagnostic>,
    ) -> Option<Located<Reference>> {
        let text = self.string(key, faults)?;
        self.parse_reference(&text, faults)
    }

    pub(super) fn parse_reference(
        &self,
        text: &Located<String>,
        faults: &mut Vec<Diagnostic>,
    ) -> Option<Located<Reference>> {
        match Reference::parse(&text.value) {
            Ok(value) => Some(Located { value, span: text.span }),
            Err(why) => {
                faults.push(
                    Diagnostic::error(codes::INVALID_VALUE, text.span, why)
                        .help("write `${NAME}`, `${NAME:-default}`, `${file:/path}`, or `$$` for a dollar sign"),
                );
                None
            }
        }
    }

    /// A string that `read` understands; `example` shows one that it does.
    fn parsed<T>(
        &mut self,
        key: &'static str,
        example: &str,
        read: impl Fn(&str) -> Option<T>,
        faults: &mut Vec<Diagnostic>,
    ) -> Option<Located<T>> {
        let value = self.get(key)?;
        let Some(text) = value.get_ref().as_str() else {
            faults.push(self.wrong(key, value, &format!("a string such as {example}")));
            return None;
        };
        match read(text) {
            Some(read) => Some(Located { value: read, span: self.place(value) }),
            None => {
                faults.push(
                    Diagnostic::error(
                        codes::INVALID_VALUE,
                        self.place(value),
                        format!("`{}` cannot be {text:?}", self.full(key)),
                    )
                    .help(format!("write it like {example}")),
                );
                None
            }
        }
    }

    /// A duration of at least a millisecond and at most a day.
    pub(super) fn duration(
        &mut self,
        key: &'static str,
        faults: &mut Vec<Diagnostic>,
    ) -> Option<Duration> {
        let bounds = Duration::from_millis(1)..=Duration::from_secs(86_400);
        self.parsed(
            key,
            "\"80ms\" or \"2s\" (1ms to 24h)",
            |text| units::duration(text).filter(|d| bounds.contains(d)),
            faults,
        )
        .map(|found| found.value)
    }

    /// A size in bytes, at least 1.
    pub(super) fn size(
        &mut self,
        key: &'static str,
        faults: &mut Vec<Diagnostic>,
    ) -> Option<usize> {
        self.parsed(
            key,
            "\"64KiB\" or \"1MiB\"",
            |text| units::size(text).filter(|&n| n > 0).and_then(|n| usize::try_from(n).ok()),
            faults,
        )
        .map(|found| found.value)
    }

    /// A whole number within bounds.
    pub(super) fn integer(
        &mut self,
        key: &'static str,
        bounds: std::ops::RangeInclusive<u32>,
        faults: &mut Vec<Diagnostic>,
    ) -> Option<u32> {
        let value = self.get(key)?;
        let Some(integer) = value.get_ref().as_integer() else {
            faults.push(self.wrong(key, value, "a whole number"));
            return None;
        };
        let number = u32::from_str_radix(&integer.as_str().replace('_', ""), integer.radix()).ok();
        let number = number.filter(|n| bounds.contains(n));
        if number.is_none() {
            faults.push(Diagnostic::error(
                codes::INVALID_VALUE,
                self.place(value),
                format!(
                    "`{}` lies between {} and {}",
                    self.full(key),
                    bounds.start(),
                    bounds.end()
                ),
            ));
        }
        number
    }

    /// A day, as a date of TOML or a string, by its first second since 1970 in UTC.
    pub(super) fn date(
        &mut self,
        key: &'static str,
        faults: &mut Vec<Diagnostic>,
    ) -> Option<Located<u64>> {
        let value = self.get(key)?;
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(date) => date.to_string(),
            _ => {
                faults.push(self.wrong(key, value, "a day such as 2026-11-30"));
                return None;
            }
        };
        let read = units::day(&text);
        if read.is_none() {
            faults.push(
                Diagnostic::error(
                    codes::INVALID_VALUE,
                    self.place(value),
                    format!("`{}` cannot be {text}", self.full(key)),
                )
                .help("write a day from 1970 on, such as 2026-11-30"),
            );
        }
        Some(Located { value: read?, span: self.place(value) })
    }

    /// `true` or `false`.
    pub(super) fn boolean(
        &mut self,
        key: &'static str,
        faults: &mut Vec<Diagnostic>,
    ) -> Option<bool> {
        let value = self.get(key)?;
        let found = value.get_ref().as_bool();
        if found.is_none() {
            faults.push(self.wrong(key, value, "`true` or `false`"));
        }
        found
    }

    /// A list of strings.
    pub(super) fn strings(
        &mut self,
        key: &'static str,
        faults: &mut Vec<Diagnostic>,
    ) -> Option<Vec<Located<String>>> {
        let value = self.get(key)?;
        let Some(list) = value.get_ref().as_array() else {
            faults.push(self.wrong(key, value, "a list of strings"));
            return None;
        };
        let mut out = Vec::new();
        for item in list.iter() {
            match item.get_ref().as_str() {
                Some(text) => {
                    out.push(Located { value: text.to_owned(), span: self.place(item) });
                }
                None => faults.push(self.wrong(key, item, "a list of strings")),
            }
        }
        Some(out)
    }

    /// A table under a fixed key.
    pub(super) fn table(
        &mut self,
        key: &'static str,
        faults: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let value = self.get(key)?;
        let name = self.full(key);
        match value.get_ref().as_table() {
            Some(table) => Some(Self {
                table,
                file: self.file,
                span: self.place(value),
                name,
                asked: Vec::new(),
            }),
            None => {
                faults.push(self.wrong(key, value, "a table"));
                None
            }
        }
    }

    /// A list of tables: `[[key]]`.
    pub(super) fn tables(&mut self, key: &'static str, faults: &mut Vec<Diagnostic>) -> Vec<Self> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let name = self.full(key);
        let Some(list) = value.get_ref().as_array() else {
            faults.push(self.wrong(key, value, "a list of tables, each headed `[[…]]`"));
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in list.iter() {
            match item.get_ref().as_table() {
                Some(table) => out.push(Self {
                    table,
                    file: self.file,
                    span: self.place(item),
                    name: name.clone(),
                    asked: Vec::new(),
                }),
                None => faults.push(self.wrong(key, item, "a table")),
            }
        }
        out
    }

    /// A number that is not negative.
    pub(super) fn number(
        &mut self,
        key: &'static str,
        faults: &mut Vec<Diagnostic>,
    ) -> Option<f64> {
        let value = self.get(key)?;
        let text = match value.get_ref() {
            DeValue::Float(number) => Some(number.as_str().to_owned()),
            DeValue::Integer(number) => Some(number.as_str().to_owned()),
            _ => None,
        };
        let number = text.and_then(|text| text.replace('_', "").parse::<f64>().ok());
        let number = number.filter(|number| number.is_finite() && *number >= 0.0);
        if number.is_none() {
            faults.push(self.wrong(key, value, "a number from 0 on"));
        }
        number
    }

    /// Every member of this table as a table of its own, by name; for tables whose keys are the
    /// user's names.
    pub(super) fn members(&self, faults: &mut Vec<Diagnostic>) -> Vec<(Located<String>, Self)> {
        let mut out = Vec::new();
        for (key, value) in self.table {
            let at = Located { value: key.get_ref().to_string(), span: self.place(key) };
            match value.get_ref().as_table() {
                Some(table) => {
                    let name = self.full(&at.value);
                    let inner =
                        Self { table, file: self.file, span: at.span, name, asked: Vec::new() };
                    out.push((at, inner));
                }
                None => faults.push(self.wrong(&at.value, value, "a table")),
            }
        }
        out
    }

    /// Every member of this table as a string.
    pub(super) fn string_members(
        &self,
        faults: &mut Vec<Diagnostic>,
    ) -> Vec<(Located<String>, Located<String>)> {
        let mut out = Vec::new();
        for (key, value) in self.table {
            let at = Located { value: key.get_ref().to_string(), span: self.place(key) };
            match value.get_ref().as_str() {
                Some(text) => {
                    out.push((at, Located { value: text.to_owned(), span: self.place(value) }));
                }
                None => faults.push(self.wrong(&at.value, value, "a string")),
            }
        }
        out
    }

    /// The members as they are.
    pub(super) const fn raw(&self) -> &'t DeTable<'t> {
        self.table
    }

    /// Whether a key that was not asked for looks like `key`, which is not there.
    pub(super) fn is_misspelt(&self, key: &str) -> bool {
        let near = |name: &str| !self.asked.contains(&name) && nearest(name, [key]).is_some();
        !self.table.contains_key(key) && self.table.iter().any(|(name, _)| near(name.get_ref()))
    }

    /// Reports that `key` must be there, unless it is there with a value of a wrong kind, which has
    /// been reported, or a key looks like its misspelling, which [`Table::finish`] reports.
    pub(super) fn missing(&self, key: &'static str, example: &str, faults: &mut Vec<Diagnostic>) {
        if self.table.contains_key(key) || self.is_misspelt(key) {
            return;
        }
        let message = if self.name.is_empty() {
            format!("`{key}` is missing")
        } else {
            format!("`{key}` is missing in `[{}]`", self.name)
        };
        faults.push(
            Diagnostic::error(codes::MISSING_KEY, self.span, message)
                .help(format!("add `{key} = {example}`")),
        );
    }

    /// Reports every key that was not asked for.
    pub(super) fn finish(self, faults: &mut Vec<Diagnostic>) {
        for (key, _) in self.table {
            let name = key.get_ref();
            if self.asked.iter().any(|asked| asked == name) {
                continue;
            }
            let place = if self.name.is_empty() {
                "at the top of the file".to_owned()
            } else {
                format!("in `[{}]`", self.name)
            };
            let mut fault = Diagnostic::error(
                codes::UNKNOWN_KEY,
                self.place(key),
                format!("`{name}` is not a key {place}"),
            );
            fault = match nearest(name, self.asked.iter().copied()) {
                Some(near) => fault.help(format!("did you mean `{near}`?")),
                None => fault.help(format!("its keys are: {}", self.asked.join(", "))),
            };
            faults.push(fault);
        }
    }
}

fn article(kind: &str) -> String {
    let vowel = kind.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {kind}", if vowel { "an" } else { "a" })
}

/// Parses a file's text; faults in its syntax are reported with their place.
pub(super) fn parse<'t>(
    text: &'t str,
    file: FileId,
    faults: &mut Vec<Diagnostic>,
) -> Spanned<DeTable<'t>> {
    let before = faults.len();
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let place = Span::new(file, span.start as u32, span.end as u32);
        // The parser's own words end in what its grammar wanted, which says nothing to people.
        let message = error.message();
        // A table that stands twice has keys that stand twice.
        if message == "duplicate key"
            && faults[before..].iter().any(|f| f.message.ends_with(message))
        {
            continue;
        }
        let unquoted = message.starts_with("string values must be quoted");
        let message = if unquoted { "string values must be quoted" } else { message };
        let fault = Diagnostic::error(codes::TOML_SYNTAX, place, format!("not TOML: {message}"));
        let bare =
            text.get(span).unwrap_or_default().split(['#', '\n']).next().unwrap_or_default().trim();
        faults.push(if unquoted && !bare.is_empty() {
            fault.help(format!("write `\"{bare}\"`"))
        } else {
            fault
        });
    }
    table
}
