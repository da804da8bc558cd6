//! Bounds how deeply the parser has to recurse, before it starts.
//!
//! In:    the whole text.
//! Out:   a fault where brackets, prefixes and chains pile up beyond what a small stack bears.
//! Never: recursion, or a look at what the text means: only tokens, counted.
//!
//! The parser descends by recursion: ten thousand parentheses would end the process. Each open
//! bracket counts as [`BRACKET`], and each token that makes the parser descend without a bracket
//! (`!`, `=>`, `?`, `else`, `keyof` …) as one until the statement or list element that it stands
//! in has ended. The count errs upwards (six hundred `a < b` in one list count as type arguments
//! that were never closed), but real text stays far below [`LIMIT`].

use frontage_diagnostic::{Diagnostic, FileId, Span};

use crate::codes;

/// How much may be pending at one place.
const LIMIT: u32 = 600;
/// What an open bracket counts for; the parser takes several steps down for each.
const BRACKET: u32 = 4;

/// What came before a token, as far as it decides what a `/` or a line end means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// A name, literal or closing bracket: `/` divides, and a line end may end the statement.
    Value,
    /// A word that may be a name: `/` divides, but a line end need not end anything.
    Word,
    /// An operator or the start of the text: `/` starts a regular expression.
    Operator,
    /// `if`, `for`, `while` …: what is in the parentheses to come is no value.
    Head,
    /// `.`, `?.`: what comes is a member's name, whatever it is.
    Dot,
    /// `}`, `>`, `of`, `await`, `yield`: only the parser can tell.
    Unclear,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bracket {
    Module,
    Paren {
        after_head: bool,
    },
    Square,
    Curly,
    /// `${ … }`
    Hole,
}

/// An open bracket and what is pending in it.
#[derive(Debug)]
struct Open {
    bracket: Bracket,
    /// Ended by `;`, `,` and what else ends a statement.
    chain: u32,
    /// `<` without its `>`; not ended by `,`.
    angles: u32,
}

/// What `;`, `}` or a line end has ended, unless the next word goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Nothing,
    /// Before `;`: everything but an `if` that has an `else`.
    Statement,
    /// Before `}`: the same, if a word comes that cannot go on with the expression.
    Block,
}

struct Scan<'t> {
    file: FileId,
    text: &'t str,
    at: usize,
    before: Before,
    newline: bool,
    ended: Ended,
    open: Vec<Open>,
    total: u32,
}

/// Fails if the parser would have to descend too far, or if a `/` cannot be read.
pub(crate) fn check(file: FileId, text: &str) -> Result<(), Diagnostic> {
    let mut scan = Scan {
        file,
        text,
        at: 0,
        before: Before::Operator,
        newline: false,
        ended: Ended::Nothing,
        open: vec![Open { bracket: Bracket::Module, chain: 0, angles: 0 }],
        total: 0,
    };
    if text.starts_with("#!") {
        scan.line_comment();
    }
    while let Some(next) = scan.rest().chars().next() {
        scan.token(next)?;
    }
    Ok(())
}

impl<'t> Scan<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn token(&mut self, next: char) -> Result<(), Diagnostic> {
        let rest = self.rest();
        if matches!(next, '\n' | '\r' | '\u{2028}' | '\u{2029}') {
            self.newline = true;
            self.at += next.len_utf8();
            return Ok(());
        }
        if rest.starts_with("//") {
            self.line_comment();
            return Ok(());
        }
        if rest.starts_with("/*") {
            let end = rest.find("*/").map_or(rest.len(), |end| end + 2);
            self.newline |= rest[..end].contains(['\n', '\r', '\u{2028}', '\u{2029}']);
            self.at += end;
            return Ok(());
        }
        if next.is_whitespace() || next == '\u{feff}' {
            self.at += next.len_utf8();
            return Ok(());
        }
        let is_number = next.is_ascii_digit()
            || next == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit());
        if is_number {
            self.settle("");
            let length = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
                .unwrap_or(rest.len());
            self.at += length;
            self.before = Before::Value;
        } else if is_name(next) {
            let length = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
            self.at += length;
            self.word(&rest[..length])?;
        } else {
            self.mark(next)?;
        }
        self.newline = false;
        Ok(())
    }

    fn line_comment(&mut self) {
        let rest = self.rest();
        self.at += rest.find(['\n', '\r', '\u{2028}', '\u{2029}']).unwrap_or(rest.len());
    }

    /// Ends what the last `;`, `}` or line end has ended, now that the next word is known (empty
    /// for anything but a word).
    fn settle(&mut self, word: &str) {
        let goes_on = match word {
            "else" => true,
            "in" | "instanceof" | "as" | "satisfies" | "is" | "extends" | "implements" => {
                self.ended != Ended::Statement
            }
            "" => self.ended == Ended::Block,
            _ => false,
        };
        let by_newline = self.newline && self.before == Before::Value && !word.is_empty();
        if (self.ended != Ended::Nothing || by_newline) && !goes_on {
            self.end(true);
        }
        self.ended = Ended::Nothing;
    }

    /// Forgets what is pending in the innermost bracket.
    fn end(&mut self, angles_too: bool) {
        if let Some(open) = self.open.last_mut() {
            self.total -= std::mem::take(&mut open.chain);
            if angles_too {
                self.total -= std::mem::take(&mut open.angles);
            }
        }
    }

    fn descend(&mut self, start: usize) -> Result<(), Diagnostic> {
        if let Some(open) = self.open.last_mut() {
            open.chain += 1;
        }
        self.add(1, start)
    }

    fn add(&mut self, count: u32, start: usize) -> Result<(), Diagnostic> {
        self.total += count;
        if self.total <= LIMIT {
            return Ok(());
        }
        let span = Span::new(self.file, start as u32, start as u32 + 1);
        Err(Diagnostic::error(codes::TOO_DEEP, span, "this is nested too deeply")
            .label("too much is still open here")
            .help("give parts of it names of their own with `const`"))
    }

    fn word(&mut self, word: &str) -> Result<(), Diagnostic> {
        let start = self.at - word.len();
        if self.before == Before::Dot {
            self.before = Before::Value;
            return Ok(());
        }
        self.settle(word);
        self.before = match word {
            "case" | "default" => {
                self.end(true);
                Before::Operator
            }
            "for" | "if" | "while" | "with" | "switch" | "catch" => {
                self.descend(start)?;
                Before::Head
            }
            // `for await (`
            "await" if self.before == Before::Head => Before::Head,
            "await" | "yield" | "of" => {
                self.descend(start)?;
                Before::Unclear
            }
            "delete" | "do" | "else" | "extends" | "in" | "instanceof" | "new" | "return"
            | "throw" | "typeof" | "void" => {
                self.descend(start)?;
                Before::Operator
            }
            "abstract" | "as" | "asserts" | "async" | "class" | "declare" | "export"
            | "function" | "import" | "infer" | "is" | "keyof" | "readonly" | "satisfies"
            | "static" | "unique" => {
                self.descend(start)?;
                Before::Word
            }
            _ => Before::Value,
        };
        Ok(())
    }

    fn mark(&mut self, next: char) -> Result<(), Diagnostic> {
        let start = self.at;
        let rest = self.rest();
        self.settle("");
        match next {
            '"' | '\'' => self.string(next),
            '`' => {
                self.at += 1;
                self.template()?;
            }
            '/' => self.slash()?,
            '(' => {
                let after_head = self.before == Before::Head;
                self.push(Bracket::Paren { after_head })?;
            }
            '[' => self.push(Bracket::Square)?,
            '{' => self.push(Bracket::Curly)?,
            ')' | ']' | '}' => self.pop(next)?,
            ';' => {
                self.at += 1;
                self.ended = Ended::Statement;
                self.before = Before::Operator;
            }
            ',' => {
                self.at += 1;
                self.end(false);
                self.before = Before::Operator;
            }
            '.' => {
                self.at += 1;
                if rest.starts_with("...") {
                    self.at += 2;
                    self.before = Before::Operator;
                } else {
                    self.descend(start)?;
                    self.before = Before::Dot;
                }
            }
            '<' => {
                self.at += 1;
                // Not after a value, it starts a cast or a generic arrow, which `>` does not end.
                if matches!(self.before, Before::Operator | Before::Unclear) {
                    self.descend(start)?;
                }
                if let Some(open) = self.open.last_mut() {
                    open.angles += 1;
                }
                self.add(1, start)?;
                self.before = Before::Operator;
            }
            '>' => {
                self.at += 1;
                if let Some(open) = self.open.last_mut()
                    && open.angles > 0
                {
                    open.angles -= 1;
                    self.total -= 1;
                }
                self.before = Before::Unclear;
            }
            _ => self.operator(next, start)?,
        }
        Ok(())
    }

    fn operator(&mut self, next: char, start: usize) -> Result<(), Diagnostic> {
        let rest = self.rest();
        let two = rest.get(..2).unwrap_or("");
        let is_after_value = matches!(self.before, Before::Value | Before::Word | Before::Unclear);
        match two {
            // After a value they belong to it, and it stays one.
            "++" | "--" => {
                self.at += 2;
                self.before = if is_after_value { Before::Unclear } else { Before::Operator };
                return self.descend(start);
            }
            "=>" | "**" => {
                self.at += 2;
                self.before = Before::Operator;
                return self.descend(start);
            }
            "?." if !rest[2..].starts_with(|c: char| c.is_ascii_digit()) => {
                self.at += 2;
                self.before = Before::Dot;
                return self.descend(start);
            }
            "!=" | "==" | "&&" | "||" | "??" => {
                self.at += 2;
                self.before = Before::Operator;
                return Ok(());
            }
            _ => {}
        }
        self.at += next.len_utf8();
        let is_non_null = next == '!' && is_after_value;
        if is_non_null {
            self.before = Before::Unclear;
        } else {
            self.before = Before::Operator;
        }
        let divides = matches!(next, '*' | '%' | '^' | '|' | '&');
        let is_binary = is_after_value && matches!(next, '+' | '-');
        if divides || is_binary { Ok(()) } else { self.descend(start) }
    }

    fn push(&mut self, bracket: Bracket) -> Result<(), Diagnostic> {
        let start = self.at;
        self.at += if bracket == Bracket::Hole { 2 } else { 1 };
        self.open.push(Open { bracket, chain: 0, angles: 0 });
        self.before = Before::Operator;
        self.add(BRACKET, start)
    }

    fn pop(&mut self, closing: char) -> Result<(), Diagnostic> {
        self.at += 1;
        self.before = if closing == '}' { Before::Unclear } else { Before::Value };
        // The first one is the module itself. A bracket of the wrong kind ends the parse there.
        if self.open.len() == 1 {
            return Ok(());
        }
        self.end(true);
        self.total -= BRACKET;
        match self.open.pop().map(|open| open.bracket) {
            Some(Bracket::Hole) => return self.template(),
            Some(Bracket::Paren { after_head: true }) => self.before = Before::Operator,
            Some(Bracket::Curly) => self.ended = Ended::Block,
            _ => {}
        }
        Ok(())
    }

    fn string(&mut self, quote: char) {
        let mut escaped = false;
        let rest = &self.rest()[1..];
        let end = rest.find(|c: char| {
            let ends = !escaped && (c == quote || c == '\n' || c == '\r');
            escaped = !escaped && c == '\\';
            ends
        });
        self.at += 1 + end.map_or(rest.len(), |end| end + 1);
        self.before = Before::Value;
    }

    /// The text of a template up to its end or the next `${`.
    fn template(&mut self) -> Result<(), Diagnostic> {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            match byte {
                b'\\' => self.at += 2,
                b'`' => {
                    self.at += 1;
                    self.before = Before::Value;
                    return Ok(());
                }
                b'$' if bytes.get(self.at + 1) == Some(&b'{') => return self.push(Bracket::Hole),
                _ => self.at += 1,
            }
        }
        self.at = self.text.len();
        Ok(())
    }

    fn slash(&mut self) -> Result<(), Diagnostic> {
        let start = self.at;
        match self.before {
            Before::Value | Before::Word => {
                self.at += 1;
                self.before = Before::Operator;
            }
            Before::Operator | Before::Head | Before::Dot => self.regex(),
            Before::Unclear => {
                let span = Span::new(self.file, start as u32, start as u32 + 1);
                return Err(Diagnostic::error(
                    codes::AMBIGUOUS_SLASH,
                    span,
                    "it is not clear whether this `/` divides or starts a regular expression",
                )
                .label("after what stands before it, it could be either")
                .help("put parentheses around what is divided, or around the expression"));
            }
        }
        Ok(())
    }

    fn regex(&mut self) {
        let (mut escaped, mut in_class) = (false, false);
        let rest = &self.rest()[1..];
        let end = rest.find(|c: char| {
            let ends = match c {
                '\n' | '\r' | '\u{2028}' | '\u{2029}' => true,
                _ if escaped => false,
                '/' => !in_class,
                _ => false,
            };
            in_class = match c {
                '[' if !escaped => true,
                ']' if !escaped => false,
                _ => in_class,
            };
            escaped = !escaped && c == '\\';
            ends
        });
        self.at += 1 + end.map_or(rest.len(), |end| end + 1);
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        self.before = Before::Value;
    }
}

/// Part of a name; generous, since what is no name is refused by the parser.
fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '_' | '$' | '#' | '\\')
        || !c.is_ascii() && !c.is_whitespace() && c != '\u{feff}'
}
