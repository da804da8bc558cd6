//! Regular expressions in handlers: which ones a plan can run as JavaScript does.
//!
//! In:    a pattern's source and flags.
//! Out:   nothing, or what to say about the first part that is left out.
//! Never: a pattern whose time could grow faster than its text, or whose captures engines give
//!        differently.

use std::iter::Peekable;
use std::str::Chars;

/// Most repetitions that `{n,m}` may ask for, all that lie within each other multiplied.
const MOST: u32 = 1000;
/// Most groups within each other.
const DEPTH: u32 = 50;

/// What is known of a part of a pattern.
#[derive(Debug, Clone, Copy)]
struct Part {
    /// It may match the empty text.
    empty: bool,
    /// It holds a group that captures.
    captures: bool,
    /// How often `{n,m}` repeats something in it.
    times: u32,
}

/// Says why a plan cannot run a pattern: what is left out, and what to write instead.
///
/// # Errors
///
/// Both, for a diagnostic.
pub(super) fn review(source: &str, flags: &str) -> Result<(), (String, &'static str)> {
    if let Some(flag) = flags.chars().find(|flag| !"gisu".contains(*flag)) {
        return Err((format!("the flag `{flag}`"), "use `g`, `i`, `s` or `u`"));
    }
    let unicode = flags.contains('u');
    let folded = flags.contains('i');
    if unicode && folded {
        return Err(("the flags `i` and `u` together".into(), "list both cases: `[aA]`"));
    }
    let mut reader =
        Reader { rest: source.chars().peekable(), names: Vec::new(), unicode, folded, depth: 0 };
    let part = reader.alternatives()?;
    if reader.rest.peek().is_some() {
        return Err(("a `)` without its `(`".into(), "write `\\)`"));
    }
    if part.times > MOST {
        return Err(("so many repetitions".into(), "repeat at most 1000 times"));
    }
    Ok(())
}

struct Reader<'s> {
    rest: Peekable<Chars<'s>>,
    /// Of groups so far.
    names: Vec<String>,
    unicode: bool,
    folded: bool,
    depth: u32,
}

type Fault = (String, &'static str);

impl Reader<'_> {
    fn alternatives(&mut self) -> Result<Part, Fault> {
        let mut all = self.sequence()?;
        while self.rest.next_if_eq(&'|').is_some() {
            let next = self.sequence()?;
            all.empty |= next.empty;
            all.captures |= next.captures;
            all.times = all.times.max(next.times);
        }
        Ok(all)
    }

    fn sequence(&mut self) -> Result<Part, Fault> {
        let mut all = Part { empty: true, captures: false, times: 1 };
        while self.rest.peek().is_some_and(|c| !matches!(c, '|' | ')')) {
            let part = self.repeated()?;
            all.empty &= part.empty;
            all.captures |= part.captures;
            all.times = all.times.max(part.times);
        }
        Ok(all)
    }

    /// One item with what stands behind it.
    fn repeated(&mut self) -> Result<Part, Fault> {
        let (part, inner) = self.item()?;
        let (least, most) = match self.rest.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                self.rest.next();
                let bounds = self.bounds()?;
                return self.quantified(part, inner, bounds);
            }
            _ => return Ok(part),
        };
        self.rest.next();
        self.quantified(part, inner, (least, most))
    }

    fn quantified(
        &mut self,
        mut part: Part,
        inner: bool,
        (least, most): (u32, Option<u32>),
    ) -> Result<Part, Fault> {
        self.rest.next_if_eq(&'?');
        if matches!(self.rest.peek(), Some('*' | '+' | '?' | '{')) {
            return Err(("a repetition of a repetition".into(), "put the inner one into `(?:…)`"));
        }
        if part.empty {
            return Err((
                "a repetition of what may be empty".into(),
                "let the repeated part match at least one character",
            ));
        }
        if inner && most != Some(1) {
            return Err((
                "a capture within a repetition".into(),
                "capture the whole repetition, or use `(?:…)` inside",
            ));
        }
        part.empty |= least == 0;
        part.times = part.times.saturating_mul(most.unwrap_or(least).max(1));
        Ok(part)
    }

    /// `n}`, `n,}` or `n,m}`.
    fn bounds(&mut self) -> Result<(u32, Option<u32>), Fault> {
        let fault = || ("a `{` that repeats nothing".to_owned(), "write `\\{`");
        let least = self.digits().ok_or_else(fault)?;
        let mut most = Some(least);
        if self.rest.next_if_eq(&',').is_some() {
            most = self.digits();
        }
        self.rest.next_if_eq(&'}').ok_or_else(fault)?;
        if most.is_some_and(|most| most < least) {
            return Err(("bounds in the wrong order".into(), "write the smaller number first"));
        }
        Ok((least, most))
    }

    fn digits(&mut self) -> Option<u32> {
        let mut number: Option<u32> = None;
        while let Some(digit) = self.rest.peek().and_then(|c| c.to_digit(10)) {
            self.rest.next();
            number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(digit));
        }
        number
    }

    /// A character, a class, a group; and whether captures lie within it.
    fn item(&mut self) -> Result<(Part, bool), Fault> {
        let one = Part { empty: false, captures: false, times: 1 };
        let nothing = Part { empty: true, ..one };
        let Some(c) = self.rest.next() else { return Ok((nothing, false)) };
        match c {
            '^' | '$' => Ok((nothing, false)),
            '.' => Ok((one, false)),
            '(' => self.group(),
            '[' => self.class().map(|()| (one, false)),
            '\\' => match self.rest.next() {
                Some('b') => Ok((nothing, false)),
                Some('d' | 'D' | 'w' | 'W' | 's' | 'S') => Ok((one, false)),
                escaped => self.escape(escaped).map(|_| (one, false)),
            },
            '*' | '+' | '?' => Err((format!("a `{c}` that repeats nothing"), "escape it")),
            '{' | '}' | ']' => Err((format!("a bare `{c}`"), "escape it with `\\`")),
            other => self.plain(other).map(|_| (one, false)),
        }
    }

    fn group(&mut self) -> Result<(Part, bool), Fault> {
        let mut captures = true;
        if self.rest.next_if_eq(&'?').is_some() {
            match self.rest.next() {
                Some(':') => captures = false,
                Some('<') if self.rest.peek().is_some_and(|c| c.is_ascii_alphabetic()) => {
                    let mut name = String::new();
                    for c in self.rest.by_ref() {
                        if c == '>' {
                            break;
                        }
                        name.push(c);
                        if !c.is_ascii_alphanumeric() && c != '_' {
                            return Err((
                                "this name of a group".into(),
                                "use letters, digits and `_`",
                            ));
                        }
                    }
                    if self.names.contains(&name) {
                        return Err(("a second group of one name".into(), "choose another name"));
                    }
                    self.names.push(name);
                }
                _ => {
                    return Err((
                        "a part that looks around".into(),
                        "match what stands there, and take the part with a group",
                    ));
                }
            }
        }
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(("groups so deep".into(), "use fewer groups"));
        }
        let mut part = self.alternatives()?;
        self.depth -= 1;
        if self.rest.next().is_none() {
            return Err(("a `(` without its `)`".into(), "write `\\(`"));
        }
        let inner = part.captures;
        part.captures |= captures;
        Ok((part, inner))
    }

    fn class(&mut self) -> Result<(), Fault> {
        self.rest.next_if_eq(&'^');
        let mut before: Option<char> = None;
        loop {
            let Some(c) = self.rest.next() else {
                return Err(("a `[` without its `]`".into(), "write `\\[`"));
            };
            let low = match c {
                ']' => return Ok(()),
                '-' if before.is_some() && self.rest.peek().is_some_and(|c| *c != ']') => {
                    let high = match self.rest.next() {
                        Some('\\') => {
                            let escaped = self.rest.next();
                            self.member(escaped)?
                        }
                        Some(c) => Some(self.plain(c)?),
                        None => None,
                    };
                    match (before, high) {
                        (Some(low), Some(high)) if low <= high => {}
                        _ => return Err(("this range".into(), "write `-` last in the brackets")),
                    }
                    None
                }
                '\\' => {
                    let escaped = self.rest.next();
                    self.member(escaped)?
                }
                other => Some(self.plain(other)?),
            };
            before = low;
        }
    }

    /// An escape in brackets; `None`: a class.
    fn member(&mut self, escaped: Option<char>) -> Result<Option<char>, Fault> {
        match escaped {
            Some('d' | 'D' | 'w' | 'W' | 's' | 'S') => Ok(None),
            Some('-') => Ok(Some('-')),
            escaped => self.escape(escaped),
        }
    }

    /// An escape that stands for one character; `None`: a class of Unicode.
    fn escape(&mut self, escaped: Option<char>) -> Result<Option<char>, Fault> {
        let code = |value: u32| char::from_u32(value).filter(|c| *c < '\u{10000}');
        let found = match escaped {
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('v') => Some('\u{B}'),
            Some('f') => Some('\u{C}'),
            Some('0') if !self.rest.peek().is_some_and(char::is_ascii_digit) => Some('\0'),
            Some('x') => self.hex(2).and_then(code),
            Some('u') if self.rest.peek() != Some(&'{') => self.hex(4).and_then(code),
            Some('u') if self.unicode => {
                self.rest.next();
                let mut value = 0_u32;
                while let Some(digit) = self.rest.peek().and_then(|c| c.to_digit(16)) {
                    self.rest.next();
                    value = value.saturating_mul(16).saturating_add(digit);
                }
                self.rest.next_if_eq(&'}').and_then(|_| char::from_u32(value))
            }
            Some('p' | 'P') if self.unicode => {
                let name: String = self.rest.by_ref().take_while(|c| *c != '}').collect();
                let known =
                    ["{L", "{Lu", "{Ll", "{Lt", "{Lm", "{Lo", "{M", "{N", "{Nd", "{P", "{S", "{Z"];
                if known.contains(&&*name) {
                    return Ok(None);
                }
                return Err((format!("`\\p{name}}}`"), "use `\\p{L}`, `\\p{N}` or their like"));
            }
            Some(c) if c.is_ascii_punctuation() && (!self.unicode || syntax(c)) => Some(c),
            Some('1'..='9' | 'k') => {
                return Err(("a reference back to a group".into(), "compare the parts afterwards"));
            }
            _ => None,
        };
        found.map(Some).ok_or_else(|| {
            let shown = escaped.map_or(String::new(), String::from);
            (format!("the escape `\\{shown}`"), "write the character itself, or `\\u` and its code")
        })
    }

    fn hex(&mut self, digits: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..digits {
            value = value * 16 + self.rest.next()?.to_digit(16)?;
        }
        Some(value)
    }

    fn plain(&mut self, c: char) -> Result<char, Fault> {
        if c > '\u{FFFF}' && !self.unicode {
            return Err((format!("`{c}` without the flag `u`"), "add the flag `u`"));
        }
        if self.folded && !c.is_ascii() {
            return Err((format!("`{c}` with the flag `i`"), "list both cases: `[äÄ]`"));
        }
        Ok(c)
    }
}

/// What may be escaped under the flag `u`.
fn syntax(c: char) -> bool {
    matches!(
        c,
        '^' | '$'
            | '\\'
            | '.'
            | '*'
            | '+'
            | '?'
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '|'
            | '/'
            | '-'
    )
}

#[cfg(test)]
mod tests {
    use super::review;

    #[test]
    fn plain_patterns_pass_and_others_say_what_is_left_out() {
        for (source, flags) in [
            ("^[a-z]+(?:-[0-9]{1,3})?$", "i"),
            (r"(\d{4})-(\d\d)", "g"),
            (r"[^\w\s-]|[\u0041-\u005a]", "g"),
            (r"\p{L}+|\u{1F600}", "gu"),
            ("(?<year>[0-9]+)|x??", ""),
            ("[]|[^]|[.-]", "s"),
        ] {
            assert_eq!(review(source, flags), Ok(()), "/{source}/{flags}");
        }
        for (source, flags, what) in [
            ("a", "m", "the flag `m`"),
            ("(?=a)", "", "a part that looks around"),
            (r"(a)\1", "", "a reference back to a group"),
            ("(a*)*", "", "a repetition of what may be empty"),
            ("(?:(a)|b)+", "", "a capture within a repetition"),
            ("a{1,1000}{1,1000}", "", "a repetition of a repetition"),
            ("(?:a{100}){100}", "", "so many repetitions"),
            ("{", "", "a bare `{`"),
            ("é", "i", "`é` with the flag `i`"),
            ("😀", "", "`😀` without the flag `u`"),
            (r"\a", "", r"the escape `\a`"),
            ("[z-a]", "", "this range"),
            (r"\p{Script=Greek}", "u", r"`\p{Script=Greek}`"),
        ] {
            assert_eq!(review(source, flags).map_err(|f| f.0), Err(what.to_owned()), "/{source}/");
        }
    }
}
