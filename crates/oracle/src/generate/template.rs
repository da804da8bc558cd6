//! Templates of expressions: the data of `templates/`, one per line.
//!
//! A line is `ID[,ID] ; TYPE ; TEXT`. In the text, `«...»` is a hole:
//!
//! - `T`: an expression of a type; `T!`: one that is no literal; `?bool`: a condition, whose
//!   references are left alone in what follows;
//! - `'T`: a literal; `#T`: the type itself, as TypeScript writes it;
//! - `x:T`: a new variable of that type; `x::T`: the same, with its type; `$x`: a new name;
//! - `x@T`: a reference to something of exactly that type; `=x`: what `x` stands for, again;
//! - `x:=T`: from here on `x` has that type; `-x`: from here on `x` is left alone;
//! - `~gu`: a regular expression with these flags;
//! - `/`: variables, narrowed and left alone references of this template end.
//!
//! Types: `str num int bool null undef unknown date`, `[T]` a list, `{T}` a record, `(A,B)` a
//! tuple, `<a:T,b?:U>` an object, `map(K,T)`, `set(T)`, `'a'` a literal text, `A|B`, `T?` for
//! `T|undef`, and the variables of [`super::ty`]. `int` is a number that is small and whole.

use std::rc::Rc;

use super::ty::{Field, Ty};

/// One template.
#[derive(Debug)]
pub(crate) struct Template {
    /// What it shows.
    pub(crate) ids: Vec<Rc<str>>,
    /// What it gives.
    pub(crate) result: Ty,
    /// Its text.
    pub(crate) pieces: Vec<Piece>,
    /// Its value shows what few others show, so that routes have it more often.
    pub(crate) telling: bool,
    /// How many templates show first what it shows first, itself included.
    pub(crate) alike: usize,
}

/// A part of a template's text.
#[derive(Debug)]
pub(crate) enum Piece {
    /// As it stands.
    Text(Rc<str>),
    /// An expression.
    Expr { ty: Ty, small: bool, literal: Option<bool>, condition: bool },
    /// A type.
    Type(Ty),
    /// A new variable.
    Bind { name: Rc<str>, ty: Ty, typed: bool },
    /// A new name.
    Fresh(Rc<str>),
    /// A reference.
    Reference { name: Rc<str>, ty: Ty },
    /// A regular expression.
    Regex(Rc<str>),
    /// What a name stands for.
    Again(Rc<str>),
    /// A reference has another type from here on.
    Narrow { name: Rc<str>, ty: Ty },
    /// A reference is left alone from here on.
    Block(Rc<str>),
    /// The template's own scope ends.
    End,
}

/// The templates of this program.
///
/// # Panics
///
/// If a line is malformed, which the test of this module shows.
pub(crate) fn all() -> Vec<Template> {
    let texts = [
        (include_str!("templates/expressions.txt"), false),
        (include_str!("templates/library.txt"), false),
        (include_str!("templates/narrowing.txt"), false),
        (include_str!("templates/regex.txt"), false),
        (include_str!("templates/types.txt"), false),
        (include_str!("templates/telling.txt"), true),
    ];
    let lines = texts.iter().flat_map(|(text, telling)| text.lines().map(|line| (line, *telling)));
    let lines = lines.filter(|(line, _)| !line.is_empty() && !line.starts_with("# "));
    let mut all: Vec<Template> = lines
        .map(|(line, telling)| {
            read(line, telling).unwrap_or_else(|fault| panic!("{line}: {fault}"))
        })
        .collect();
    let firsts: Vec<Rc<str>> = all.iter().map(|template| Rc::clone(&template.ids[0])).collect();
    for template in &mut all {
        template.alike = firsts.iter().filter(|first| **first == template.ids[0]).count();
    }
    all
}

fn read(line: &str, telling: bool) -> Result<Template, String> {
    let mut cells = line.splitn(3, " ; ");
    let mut cell = || cells.next().ok_or("three cells are wanted");
    let (ids, result, text) = (cell()?, cell()?, cell()?);
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('«') {
        if at > 0 {
            pieces.push(Piece::Text(rest[..at].into()));
        }
        let end = rest.find('»').ok_or("a hole without end")?;
        pieces.push(hole(&rest[at + '«'.len_utf8()..end])?);
        rest = &rest[end + '»'.len_utf8()..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.into()));
    }
    let ids = ids.split(',').map(Rc::from).collect();
    Ok(Template { ids, result: pattern(result)?, pieces, telling, alike: 1 })
}

fn hole(text: &str) -> Result<Piece, String> {
    if let Some(name) = text.strip_prefix('=') {
        return Ok(Piece::Again(name.into()));
    }
    if let Some(name) = text.strip_prefix('-') {
        return Ok(Piece::Block(name.into()));
    }
    if let Some(name) = text.strip_prefix('$') {
        return Ok(Piece::Fresh(name.into()));
    }
    if let Some(flags) = text.strip_prefix('~') {
        return Ok(Piece::Regex(flags.into()));
    }
    if let Some(ty) = text.strip_prefix('#') {
        return Ok(Piece::Type(pattern(ty)?));
    }
    if text == "/" {
        return Ok(Piece::End);
    }
    let name_end = text.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(text.len());
    let (name, rest) = text.split_at(name_end);
    if !name.is_empty() {
        if let Some(ty) = rest.strip_prefix(":=") {
            return Ok(Piece::Narrow { name: name.into(), ty: pattern(ty)? });
        }
        if let Some(ty) = rest.strip_prefix("::") {
            return Ok(Piece::Bind { name: name.into(), ty: pattern(ty)?, typed: true });
        }
        if let Some(ty) = rest.strip_prefix(':') {
            return Ok(Piece::Bind { name: name.into(), ty: pattern(ty)?, typed: false });
        }
        if let Some(ty) = rest.strip_prefix('@') {
            return Ok(Piece::Reference { name: name.into(), ty: pattern(ty)? });
        }
    }
    let (text, condition) = text.strip_prefix('?').map_or((text, false), |rest| (rest, true));
    let (text, literal) = match (text.strip_prefix('\''), text.strip_suffix('!')) {
        (Some(rest), _) if !rest.ends_with('\'') => (rest, Some(true)),
        (_, Some(rest)) => (rest, Some(false)),
        _ => (text, None),
    };
    Ok(Piece::Expr { ty: pattern(text)?, small: text == "int", literal, condition })
}

/// Reads a pattern.
///
/// # Errors
///
/// Where it is malformed.
pub(crate) fn pattern(text: &str) -> Result<Ty, String> {
    let mut reader = Reader { text, at: 0 };
    let ty = reader.union()?;
    if reader.at == text.len() { Ok(ty) } else { Err(format!("`{text}` at {}", reader.at)) }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn eat(&mut self, token: &str) -> bool {
        let found = self.text[self.at..].starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.eat(token) { Ok(()) } else { Err(format!("`{token}` wanted in `{}`", self.text)) }
    }

    fn word(&mut self) -> &str {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn union(&mut self) -> Result<Ty, String> {
        let mut members = vec![self.postfix()?];
        while self.eat("|") {
            members.push(self.postfix()?);
        }
        Ok(if members.len() == 1 { members.remove(0) } else { Ty::union(members) })
    }

    fn postfix(&mut self) -> Result<Ty, String> {
        let ty = self.atom()?;
        Ok(if self.eat("?") { ty.or(Ty::Undef) } else { ty })
    }

    fn atom(&mut self) -> Result<Ty, String> {
        if self.eat("[") {
            let inner = self.union()?;
            self.expect("]")?;
            return Ok(inner.list());
        }
        if self.eat("{") {
            let inner = self.union()?;
            self.expect("}")?;
            return Ok(Ty::Rec(Rc::new(inner)));
        }
        if self.eat("(") {
            let mut members = vec![self.union()?];
            while self.eat(",") {
                members.push(self.union()?);
            }
            self.expect(")")?;
            return Ok(Ty::Tup(members.into()));
        }
        if self.eat("<") {
            let mut fields = Vec::new();
            loop {
                let name = Rc::from(self.word());
                let optional = self.eat("?");
                self.expect(":")?;
                fields.push(Field { name, ty: self.union()?, optional });
                if self.eat(">") {
                    return Ok(Ty::Obj(fields.into()));
                }
                self.expect(",")?;
            }
        }
        if self.eat("'") {
            let text = Rc::from(self.word());
            self.expect("'")?;
            return Ok(Ty::Enum([text].into()));
        }
        let ty = match self.word() {
            "str" => Ty::Str,
            "num" | "int" => Ty::Num,
            "bool" => Ty::Bool,
            "null" => Ty::Null,
            "undef" => Ty::Undef,
            "unknown" => Ty::Unknown,
            "date" => Ty::Date,
            "map" => {
                self.expect("(")?;
                let key = self.union()?;
                self.expect(",")?;
                let value = self.union()?;
                self.expect(")")?;
                Ty::Map(Rc::new(key), Rc::new(value))
            }
            "set" => {
                self.expect("(")?;
                let inner = self.union()?;
                self.expect(")")?;
                Ty::Set(Rc::new(inner))
            }
            word => match word.chars().next() {
                Some(name) if word.len() == 1 && name.is_ascii_uppercase() => Ty::Var(name),
                _ => return Err(format!("`{word}` is no type")),
            },
        };
        Ok(ty)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_template_is_well_formed() {
        assert!(super::all().len() > 300);
    }

    #[test]
    fn patterns_are_read() {
        for (pattern, text) in [
            ("[str|null]", "(null | string)[]"),
            ("map(str,num)?", "undefined | Map<string, number>"),
            ("<a:str,b?:{num}>", "{ a: string; b?: { [key: string]: number } }"),
            ("'a'|'b'", "\"a\" | \"b\""),
        ] {
            let ty = super::pattern(pattern);
            let mut found = ty.map(|ty| ty.text()).unwrap_or_else(|fault| fault);
            // The order of a union's members is not the point.
            if found == "(string | null)[]" {
                found = "(null | string)[]".into()
            }
            if found == "Map<string, number> | undefined" {
                found = "undefined | Map<string, number>".into()
            }
            assert_eq!(found, text);
        }
    }
}
