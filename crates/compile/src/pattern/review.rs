//! Which patterns an engine without backtracking matches where JavaScript does, with its groups.
//!
//! In:    a pattern's tree.
//! Out:   nothing, or the first part that engines see differently.
//! Never: a fault of a pattern of which only counts whether it matches.

use super::Unsupported;
use super::parse::Tree;

/// Most repetitions that `{n,m}` may ask for, all that lie within each other multiplied.
const MOST: u32 = 1000;

/// What is known of a part of a pattern.
#[derive(Debug, Clone, Copy)]
struct Part {
    /// It may match the empty text.
    empty: bool,
    /// It holds a group that captures.
    captures: bool,
    /// It holds one that is not all of it. A group that is repeated itself holds what it matched
    /// last, in every engine; one further in may not.
    inside: bool,
    /// How often `{n,m}` repeats something in it.
    times: u32,
}

/// Says which part is left out.
pub(super) fn review(tree: &Tree) -> Result<(), Unsupported> {
    let mut names = Vec::new();
    if part(tree, &mut names)?.times > MOST {
        return Err(Unsupported::new(
            "a regular expression with so many repetitions",
            "repeat at most 1000 times",
        ));
    }
    Ok(())
}

fn part<'t>(tree: &'t Tree, names: &mut Vec<&'t str>) -> Result<Part, Unsupported> {
    let one = Part { empty: false, captures: false, inside: false, times: 1 };
    let nothing = Part { empty: true, ..one };
    Ok(match tree {
        Tree::One(_) | Tree::Property(_) | Tree::Mixed(..) => one,
        Tree::Start | Tree::End | Tree::Boundary(_) => nothing,
        Tree::Sequence(parts) => {
            let mut all = nothing;
            for inner in parts {
                let next = part(inner, names)?;
                all.empty &= next.empty;
                all.captures |= next.captures;
                all.inside |= next.captures;
                all.times = all.times.max(next.times);
            }
            all
        }
        Tree::Choice(options) => {
            let mut all = one;
            for option in options {
                let next = part(option, names)?;
                all.empty |= next.empty;
                all.captures |= next.captures;
                all.inside |= next.captures;
                all.times = all.times.max(next.times);
            }
            all
        }
        Tree::Group(inner, name) => {
            if let Some(name) = name {
                let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
                    && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                if !is_plain {
                    return Err(Unsupported::new(
                        "this name of a group in a regular expression",
                        "use letters, digits and `_`",
                    ));
                }
                if names.contains(&name.as_str()) {
                    return Err(Unsupported::new(
                        "a regular expression with two groups of one name",
                        "choose another name",
                    ));
                }
                names.push(name);
            }
            let inner = part(inner, names)?;
            Part { captures: true, inside: inner.captures, ..inner }
        }
        Tree::Ahead(inner, _) => {
            if part(inner, names)?.captures {
                return Err(Unsupported::new(
                    "a regular expression that captures where it looks ahead",
                    "use `(?:…)` inside, right after `^`; it looks ahead nowhere else",
                ));
            }
            nothing
        }
        Tree::Repeat(inner, least, most, _) => {
            let mut all = part(inner, names)?;
            if all.empty {
                return Err(Unsupported::new(
                    "a regular expression that repeats what may be empty",
                    "let the repeated part match at least one character",
                ));
            }
            if all.inside && *most != Some(1) {
                return Err(Unsupported::new(
                    "a regular expression that captures within a repetition",
                    "capture the whole repetition, or use `(?:…)` inside",
                ));
            }
            all.empty = *least == 0;
            all.inside = all.captures;
            all.times = all.times.saturating_mul(most.unwrap_or(*least).max(1));
            all
        }
    })
}
