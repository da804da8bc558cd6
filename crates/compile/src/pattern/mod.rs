//! JavaScript's regular expressions in the words of a linear-time engine.
//!
//! In:    source and flags of a literal.
//! Out:   a [`Pattern`] that matches what JavaScript's would, or why there is none.
//! Never: a pattern that looks around (but at its start) or back: no engine is linear for those.
//!
//! Without the flag `u`, JavaScript matches UTF-16 units; so does the result (see [`Haystack`]).

mod emit;
mod parse;
mod review;
mod set;

use frontage_plan::{Haystack, Pattern};

/// Why a regular expression is not supported, and what to write instead.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unsupported {
    /// What it is: "a regular expression that …".
    pub(crate) what: String,
    /// The way to write it.
    pub(crate) instead: &'static str,
}

impl Unsupported {
    fn new(what: impl Into<String>, instead: &'static str) -> Self {
        Self { what: what.into(), instead }
    }
}

/// How a pattern is read.
#[derive(Debug, Clone, Copy)]
struct Mode {
    /// Flag `u`: by code points.
    unicode: bool,
    /// Flag `i`.
    ignore_case: bool,
    /// Flag `s`.
    dot_all: bool,
    /// Flag `m`.
    multiline: bool,
    /// Groups are wanted, and where the match ends.
    captures: bool,
}

/// Translates a literal of a handler, which also gives what matched and its groups.
pub(crate) fn searching(source: &str, flags: &str) -> Result<Pattern, Unsupported> {
    if let Some(flag) = flags.chars().find(|flag| !"gisu".contains(*flag)) {
        return Err(Unsupported::new(
            format!("the flag `{flag}` of a regular expression"),
            "use `g`, `i`, `s` or `u`",
        ));
    }
    translated(source, flags, true)
}

/// Translates a literal of a schema, of which only counts whether it matches.
pub(crate) fn translate(source: &str, flags: &str) -> Result<Pattern, Unsupported> {
    translated(source, flags, false)
}

fn translated(source: &str, flags: &str, captures: bool) -> Result<Pattern, Unsupported> {
    if let Some(flag) = flags.chars().find(|c| !"dgimsuy".contains(*c)) {
        return Err(Unsupported::new(
            format!("the flag `{flag}` of a regular expression"),
            "use `i`, `s`, `u` or none",
        ));
    }
    let mode = Mode {
        unicode: flags.contains('u'),
        ignore_case: flags.contains('i'),
        dot_all: flags.contains('s'),
        multiline: flags.contains('m'),
        captures,
    };
    let tree = parse::parse(source, mode)?;
    if captures {
        review::review(&tree)?;
    }
    let emitted = emit::emit(&tree, mode, flags.contains('y'))?;
    for regex in emitted.all.iter().chain(&emitted.none) {
        if regex::Regex::new(regex).is_err() {
            return Err(Unsupported::new(
                "a regular expression this large",
                "use smaller counts, and check lengths with `min` and `max`",
            ));
        }
    }
    let mut sorted: Vec<char> = flags.chars().collect();
    sorted.sort_unstable();
    let shown = format!("/{source}/{}", sorted.into_iter().collect::<String>());
    let haystack = match (mode.unicode, mode.ignore_case) {
        (true, _) => Haystack::CodePoints,
        (false, true) => Haystack::FoldedUnits,
        (false, false) => Haystack::Units,
    };
    let by_points = Mode { unicode: true, ..mode };
    let is_portable =
        !flags.contains(['i', 'm', 's', 'y']) && parse::parse(source, by_points).is_ok();
    let names = |list: Vec<String>| list.into_iter().map(Into::into).collect();
    Ok(Pattern {
        shown: shown.into(),
        regexes: names(emitted.all),
        without: names(emitted.none),
        haystack,
        portable: is_portable.then(|| source.into()),
    })
}

#[cfg(test)]
mod tests;
