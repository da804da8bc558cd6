//! Route paths, from the names of route files.
//!
//! In:    `frontends/web/routes/orders/[id].ts`
//! Out:   `/orders/{id}`
//! Never: two parameters of one name, or anything after a `[...rest]`.

use std::sync::Arc;

use frontage_diagnostic::{Diagnostic, FileId, Span};
use frontage_plan::PathSegment;

use super::habits;
use crate::codes;

/// The route path of a file below `prefix`; `None` (and a diagnostic) for a name that gives none.
pub(super) fn read(
    file: FileId,
    path: &str,
    prefix: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<PathSegment>> {
    let relative = path.strip_prefix(prefix).unwrap_or(path);
    let stem = relative.strip_suffix(".ts").unwrap_or(relative);
    let mut parts: Vec<&str> = stem.split('/').collect();
    if parts.last() == Some(&"index") {
        parts.pop();
    }
    let mut segments = Vec::new();
    let mut names: Vec<Arc<str>> = Vec::new();
    let mut foreign = None;
    for (i, part) in parts.iter().enumerate() {
        let instead = habits::instead(part, i + 1 == parts.len());
        let mut fault = |why: String| {
            let forms = "name route files like `index.ts`, `orders/[id].ts` or \
                         `files/[...path].ts`; helpers stand in `lib/`";
            diagnostics.push(
                Diagnostic::error(
                    codes::ROUTE_FILE_NAME,
                    Span::new(file, 0, 0),
                    format!("`{relative}` does not name a route path: {why}"),
                )
                .help(instead.clone().unwrap_or_else(|| forms.to_owned())),
            );
        };
        let segment = if let Some(inner) = part.strip_prefix('[').and_then(|p| p.strip_suffix(']'))
        {
            let (name, rest) = match inner.strip_prefix("...") {
                Some(name) => (name, true),
                None => (inner, false),
            };
            if !is_identifier(name) {
                fault(format!("`{name}` is not a name for a parameter"));
                return None;
            }
            if rest && i + 1 != parts.len() {
                fault(format!("nothing can follow `[...{name}]`"));
                return None;
            }
            let name: Arc<str> = name.into();
            if names.contains(&name) {
                fault(format!("the parameter `{name}` stands in it twice"));
                return None;
            }
            names.push(name.clone());
            if rest { PathSegment::Rest(name) } else { PathSegment::Parameter(name) }
        } else if part.is_empty()
            || matches!(*part, "." | "..")
            || part.contains(['[', ']', '{', '}', '?', '#', '%', '\\'])
            || part.chars().any(|c| c.is_control() || c.is_whitespace())
        {
            fault(format!("`{part}` cannot be a segment"));
            return None;
        } else {
            foreign = foreign.or(instead.map(|instead| (*part, instead)));
            PathSegment::Literal((*part).into())
        };
        segments.push(segment);
    }
    if let Some((part, instead)) = foreign {
        let message = format!("`{part}` stands in the path of this route as it is written");
        diagnostics.push(
            Diagnostic::error(codes::FOREIGN_NAME, Span::new(file, 0, 0), message)
                .warning()
                .help(instead),
        );
    }
    Some(segments)
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The path with its parameters' names taken away: two routes with one key collide.
pub(crate) fn conflict_key(path: &[PathSegment]) -> String {
    let mut key = String::new();
    for segment in path {
        match segment {
            PathSegment::Literal(text) => {
                key.push('/');
                key.push_str(text);
            }
            PathSegment::Parameter(_) => key.push_str("/{}"),
            PathSegment::Rest(_) => key.push_str("/{...}"),
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::{conflict_key, read};
    use frontage_diagnostic::FileId;
    use frontage_plan::{Name, PathSegment};

    fn path(name: &str) -> Result<String, String> {
        let mut diagnostics = Vec::new();
        let path = format!("frontends/web/routes/{name}");
        match read(FileId(0), &path, "frontends/web/routes/", &mut diagnostics) {
            Some(segments) => Ok(segments
                .iter()
                .map(|s| match s {
                    PathSegment::Literal(n) => format!("/{n}"),
                    PathSegment::Parameter(n) => format!("/{{{n}}}"),
                    PathSegment::Rest(n) => format!("/{{{n}...}}"),
                })
                .collect()),
            None => Err(diagnostics.remove(0).message),
        }
    }

    #[test]
    fn file_names_give_paths() {
        assert_eq!(path("index.ts"), Ok(String::new()));
        assert_eq!(path("home.ts"), Ok("/home".into()));
        assert_eq!(path("orders/index.ts"), Ok("/orders".into()));
        assert_eq!(path("orders/[id].ts"), Ok("/orders/{id}".into()));
        assert_eq!(path("files/[...path].ts"), Ok("/files/{path...}".into()));
        assert_eq!(path("a/[x]/b/[y].ts"), Ok("/a/{x}/b/{y}".into()));
    }

    #[test]
    fn bad_file_names_are_reported() {
        for name in
            ["[].ts", "[a b].ts", "[...p]/x.ts", "a/[x]/[x].ts", "a[x].ts", "a/[x.ts", "a b.ts"]
        {
            assert!(path(name).is_err(), "{name}");
        }
    }

    #[test]
    fn names_of_parameters_do_not_tell_paths_apart() {
        let parameter = |n: &str| vec![PathSegment::Parameter(Name::from(n))];
        assert_eq!(conflict_key(&parameter("x")), conflict_key(&parameter("y")));
    }
}
