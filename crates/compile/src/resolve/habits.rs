//! Names of route files as other frameworks have them, and what they are called here.
//!
//! In:    one segment of a route file's path.
//! Out:   the words for a diagnostic; `None` for a name that means nothing elsewhere.
//! Never: a judgement: [`super::path`] knows which of these are paths all the same.

/// Files that mean something elsewhere, and nothing here.
const SPECIAL: &[&str] = &[
    "_layout",
    "_middleware",
    "_app",
    "_document",
    "_error",
    "+server",
    "+page",
    "+page.server",
    "+layout",
    "+layout.server",
    "+error",
];

/// What to write instead of a segment.
///
/// - `last`: it is the file's name, without `.ts`.
pub(super) fn instead(segment: &str, last: bool) -> Option<String> {
    let inside = |open: &str, close: &str| segment.strip_prefix(open)?.strip_suffix(close);
    let parameter = |name: &str| {
        let name = name.trim_end_matches(['?', '*', '+']);
        let fine = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        fine.then(|| format!("a parameter is `[{name}]`, and the rest of a path `[...{name}]`"))
    };
    if let Some(name) = inside("[[...", "]]") {
        return Some(format!(
            "write `[...{name}]`, and `index.ts` beside it for the path without it"
        ));
    }
    if let Some(name) = inside("[[", "]]") {
        return Some(format!("write `[{name}]`, and `index.ts` beside it for the path without it"));
    }
    if let Some(found) = segment.strip_prefix(':').and_then(parameter) {
        return Some(found);
    }
    if let Some(found) = inside("{", "}").or_else(|| inside("<", ">")).and_then(parameter) {
        return Some(found);
    }
    // `orders.$id` is a path of two segments elsewhere.
    if let Some(found) =
        segment.rsplit('.').find_map(|part| part.strip_prefix('$')).and_then(parameter)
    {
        return Some(found);
    }
    if matches!(segment, "*" | "**" | "$") {
        return Some("the rest of a path is `[...path]`".to_owned());
    }
    if inside("(", ")").is_some() {
        return Some(
            "folders do not group: every one is a segment of the path; leave it out".to_owned(),
        );
    }
    if !last {
        return None;
    }
    if SPECIAL.contains(&segment) {
        return Some(
            "routes have no layouts or middleware; what several need is a helper in `lib/`"
                .to_owned(),
        );
    }
    let (name, method) = segment.rsplit_once('.')?;
    let known = ["get", "head", "post", "put", "patch", "delete"].contains(&method);
    known.then(|| {
        format!(
            "one file holds all methods: `export const {}` in `{name}.ts`",
            method.to_uppercase()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::instead;

    #[test]
    fn names_of_other_frameworks_are_known() {
        for (name, needed) in [
            (":id", "`[id]`"),
            (":id?", "`[id]`"),
            ("{id}", "`[id]`"),
            ("$id", "`[id]`"),
            ("orders.$id", "`[id]`"),
            ("[[...rest]]", "`[...rest]`"),
            ("[[id]]", "`[id]`"),
            ("*", "`[...path]`"),
            ("(shop)", "group"),
            ("_layout", "`lib/`"),
            ("+server", "`lib/`"),
            ("orders.get", "`export const GET` in `orders.ts`"),
        ] {
            let found = instead(name, true).unwrap_or_default();
            assert!(found.contains(needed), "{name}: {found}");
        }
    }

    #[test]
    fn plain_names_are_left_alone() {
        for name in ["orders", "v1:batch", "_health", "robots.txt", "a(b)", "route", "get", "a.b"] {
            assert_eq!(instead(name, true), None, "{name}");
        }
        assert_eq!(instead("_layout", false), None);
    }
}
