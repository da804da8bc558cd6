//! What was seen at one place of the samples.

use serde_json::Value;

/// How many different texts are remembered at one place.
const TEXTS: usize = 12;

/// The kinds of values that came at one place.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    pub(super) null: bool,
    pub(super) boolean: bool,
    pub(super) number: bool,
    /// Whether a number may have a fraction, or is larger than integers are counted.
    pub(super) fraction: bool,
    pub(super) text: Option<Texts>,
    /// What the elements of lists were.
    pub(super) list: Option<Box<Seen>>,
    pub(super) object: Option<Members>,
}

/// Texts at one place.
#[derive(Debug, Clone)]
pub(super) struct Texts {
    pub(super) count: usize,
    /// Different ones, sorted; `None` if there are too many to be an enumeration.
    pub(super) values: Option<Vec<String>>,
    /// Whether all look like `2026-01-02`, or like an instant.
    pub(super) date: bool,
    pub(super) instant: bool,
}

/// Members of the objects at one place.
#[derive(Debug, Clone, Default)]
pub(super) struct Members {
    /// How many objects came.
    pub(super) count: usize,
    /// In the order in which they came first, with how often.
    pub(super) members: Vec<(String, Seen, usize)>,
}

impl Seen {
    /// Adds a value.
    pub(super) fn add(&mut self, value: &Value) {
        match value {
            Value::Null => self.null = true,
            Value::Bool(_) => self.boolean = true,
            Value::Number(number) => {
                self.number = true;
                // `1.0` and `1e9` are written by who has fractions, too.
                self.fraction |= !(number.is_i64() || number.is_u64());
            }
            Value::String(text) => self.text.get_or_insert_default().add(text),
            Value::Array(list) => {
                let seen = self.list.get_or_insert_default();
                list.iter().for_each(|element| seen.add(element));
            }
            Value::Object(object) => {
                let seen = self.object.get_or_insert_default();
                seen.count += 1;
                for (name, value) in object {
                    seen.member(name).add(value);
                }
            }
        }
    }

    /// Adds what was seen elsewhere.
    fn merge(&mut self, other: &Self) {
        self.null |= other.null;
        self.boolean |= other.boolean;
        self.number |= other.number;
        self.fraction |= other.fraction;
        if let Some(texts) = &other.text {
            self.text.get_or_insert_default().merge(texts);
        }
        if let Some(list) = &other.list {
            self.list.get_or_insert_default().merge(list);
        }
        if let Some(object) = &other.object {
            let seen = self.object.get_or_insert_default();
            seen.count += object.count;
            for (name, member, count) in &object.members {
                let before = seen.member(name);
                before.merge(member);
                seen.counted(name, count - 1);
            }
        }
    }

    /// Which kinds came, `null` aside.
    fn kinds(&self) -> [bool; 5] {
        [self.boolean, self.number, self.text.is_some(), self.list.is_some(), self.object.is_some()]
    }
}

impl Default for Texts {
    fn default() -> Self {
        Self { count: 0, values: Some(Vec::new()), date: true, instant: true }
    }
}

impl Texts {
    fn add(&mut self, text: &str) {
        self.count += 1;
        self.date &= is_date(text);
        self.instant &= is_instant(text);
        self.remember(text);
    }

    fn remember(&mut self, text: &str) {
        let Some(values) = &mut self.values else { return };
        if let Err(at) = values.binary_search_by(|known| known.as_str().cmp(text)) {
            values.insert(at, text.to_owned());
        }
        if values.len() > TEXTS || text.len() > 64 {
            self.values = None;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.date &= other.date;
        self.instant &= other.instant;
        match &other.values {
            Some(values) => values.iter().for_each(|text| self.remember(text)),
            None => self.values = None,
        }
    }
}

impl Members {
    /// What was seen of a member; counts it once.
    fn member(&mut self, name: &str) -> &mut Seen {
        let at = self.members.iter().position(|(known, ..)| known == name).unwrap_or_else(|| {
            self.members.push((name.to_owned(), Seen::default(), 0));
            self.members.len() - 1
        });
        self.members[at].2 += 1;
        &mut self.members[at].1
    }

    fn counted(&mut self, name: &str, more: usize) {
        if let Some(member) = self.members.iter_mut().find(|(known, ..)| known == name) {
            member.2 += more;
        }
    }

    /// What the values are, if these objects are maps: their keys look like ids, or there are many
    /// and hardly one comes twice; and their values are of one kind.
    pub(super) fn as_record(&self) -> Option<Seen> {
        let (_, first, _) = self.members.first()?;
        let alike = self
            .members
            .iter()
            .all(|(_, seen, _)| seen.kinds() == first.kinds() || seen.kinds() == [false; 5]);
        let ids = self.members.iter().all(|(name, ..)| is_id(name));
        let scattered = self.members.len() >= TEXTS
            && self.members.iter().all(|(_, _, count)| count * 2 < self.count);
        if !alike || !(ids || scattered) {
            return None;
        }
        let mut values = Seen::default();
        self.members.iter().for_each(|(_, seen, _)| values.merge(seen));
        Some(values)
    }
}

/// A number, a date, or a long run of hexadecimal digits with or without hyphens.
fn is_id(name: &str) -> bool {
    let digits = !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit());
    let hex = name.len() >= 16 && name.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    digits || hex || is_date(name)
}

fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let shape = bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let number = |from: usize| text.get(from..from + 2).and_then(|digits| digits.parse().ok());
    shape && matches!((number(5), number(8)), (Some(1..=12), Some(1..=31)))
}

fn is_instant(text: &str) -> bool {
    let Some((date, time)) = text.split_once(['T', 't']) else { return false };
    let clock = time.as_bytes();
    is_date(date)
        && clock.len() >= 5
        && clock[2] == b':'
        && time.bytes().all(|b| b.is_ascii_digit() || b":.+-Zz".contains(&b))
}
