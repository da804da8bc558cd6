//! Writes a pattern in the words of the `regex` crate.

use super::parse::Tree;
use super::{Mode, Unsupported};

/// Patterns that together mean what one pattern of JavaScript means.
pub(super) struct Emitted {
    /// All of them match.
    pub(super) all: Vec<String>,
    /// None of them matches.
    pub(super) none: Vec<String>,
}

/// Writes a pattern; what matches stands last.
///
/// - `sticky`: it matches at the text's start only.
pub(super) fn emit(tree: &Tree, mode: Mode, sticky: bool) -> Result<Emitted, Unsupported> {
    let mut emitted = Emitted { all: Vec::new(), none: Vec::new() };
    let mut rest = tree;
    let trimmed;
    // What looks ahead from the text's start is a pattern of its own.
    if let Tree::Sequence(parts) = tree
        && let [Tree::Start, Tree::Ahead(..), ..] = parts.as_slice()
        && !mode.multiline
    {
        let count = parts[1..].iter().take_while(|part| matches!(part, Tree::Ahead(..))).count();
        for part in &parts[1..=count] {
            let Tree::Ahead(inner, negated) = part else { continue };
            let text = whole(&format!("\\A{}", written(inner, mode)?), mode);
            if *negated { emitted.none.push(text) } else { emitted.all.push(text) }
        }
        let mut left = vec![Tree::Start];
        left.extend_from_slice(&parts[count + 1..]);
        trimmed = Tree::Sequence(left);
        rest = &trimmed;
    }
    let text = written(rest, mode)?;
    let text = if sticky { format!("\\A{text}") } else { text };
    emitted.all.push(whole(&text, mode));
    Ok(emitted)
}

fn whole(text: &str, mode: Mode) -> String {
    if mode.unicode && mode.ignore_case { format!("(?i:{text})") } else { text.to_owned() }
}

fn written(tree: &Tree, mode: Mode) -> Result<String, Unsupported> {
    Ok(match tree {
        Tree::One(set) => match set.single().and_then(char::from_u32) {
            Some(only) if only.is_ascii_alphanumeric() => only.to_string(),
            _ => set.class(mode),
        },
        Tree::Property(text) => text.clone(),
        Tree::Mixed(parts, negated) => {
            let mut text = String::from(if *negated { "[^" } else { "[" });
            for part in parts {
                match part {
                    Tree::One(set) if *set == super::set::Set::default() => {}
                    Tree::One(set) => text.push_str(&set.class(mode)),
                    other => text.push_str(&written(other, mode)?),
                }
            }
            text.push(']');
            text
        }
        Tree::Start | Tree::End if mode.multiline => {
            return Err(Unsupported::new(
                "`^` or `$` of a regular expression with the flag `m`",
                "leave the flag out, or split the text into lines with `transform`",
            ));
        }
        Tree::Start => "\\A".into(),
        Tree::End => "\\z".into(),
        Tree::Boundary(_) if mode.unicode && mode.ignore_case => {
            return Err(Unsupported::new(
                "`\\b` of a regular expression with the flags `iu`",
                "use one of the two flags",
            ));
        }
        Tree::Boundary(false) => "(?-u:\\b)".into(),
        Tree::Boundary(true) => {
            return Err(Unsupported::new("`\\B` of a regular expression", "use `\\b`"));
        }
        Tree::Sequence(parts) => {
            let parts: Result<Vec<String>, Unsupported> =
                parts.iter().map(|part| written(part, mode)).collect();
            format!("(?:{})", parts?.concat())
        }
        Tree::Choice(options) => {
            let options: Result<Vec<String>, Unsupported> =
                options.iter().map(|option| written(option, mode)).collect();
            format!("(?:{})", options?.join("|"))
        }
        Tree::Group(inner, name) => {
            let inner = written(inner, mode)?;
            match name {
                Some(name) if mode.captures => format!("(?P<{name}>{inner})"),
                None if mode.captures => format!("({inner})"),
                _ => format!("(?:{inner})"),
            }
        }
        Tree::Repeat(inner, least, most, lazy) => {
            let inner = written(inner, mode)?;
            let count = match (least, most) {
                (0, None) => "*".to_owned(),
                (1, None) => "+".to_owned(),
                (0, Some(1)) => "?".to_owned(),
                (least, None) => format!("{{{least},}}"),
                (least, Some(most)) if least == most => format!("{{{least}}}"),
                (least, Some(most)) => format!("{{{least},{most}}}"),
            };
            format!("(?:{inner}){count}{}", if *lazy { "?" } else { "" })
        }
        Tree::Ahead(..) => {
            return Err(Unsupported::new(
                "a regular expression that looks ahead anywhere but at its start",
                "put `(?=…)` right after `^`, or check the rest on its own; in a schema with `refine`",
            ));
        }
    })
}
