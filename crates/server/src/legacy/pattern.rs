//! Paths as they are counted: without what tells one thing from another.

use std::borrow::Cow;

/// A path with parameters.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) text: String,
    segments: Vec<String>,
}

impl Template {
    pub(super) fn new(text: &str) -> Self {
        let segments = text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Self { text: text.to_owned(), segments }
    }

    /// How many segments are written out: `/users/me` comes before `/users/{id}`.
    pub(super) fn literals(&self) -> usize {
        self.segments.iter().filter(|own| !own.contains('{')).count()
    }

    pub(super) fn is_of(&self, path: &[Cow<'_, str>]) -> bool {
        self.segments.len() == path.len()
            && self.segments.iter().zip(path).all(|(own, part)| own.contains('{') || *own == **part)
    }
}

/// Segments of a path that are written out.
const SEGMENTS: usize = 5;
/// Longest segment that is a word.
const WORD: usize = 20;
/// Endings of files, which have names of their own.
const ENDINGS: [&str; 12] =
    ["css", "html", "ico", "jpg", "js", "json", "mjs", "php", "png", "svg", "txt", "xml"];

/// A path with `{}` for what looks like an id or a secret: something with digits, something long,
/// letters of both cases, other characters than names have.
pub(super) fn guessed(path: &[Cow<'_, str>]) -> String {
    if path.is_empty() {
        return "/".to_owned();
    }
    let mut text = String::new();
    for segment in path.iter().take(SEGMENTS) {
        text.push('/');
        text.push_str(if is_word(segment) { segment } else { "{}" });
    }
    if path.len() > SEGMENTS {
        text.push_str("/…");
    }
    text
}

fn is_word(segment: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || matches!(c, '-' | '_');
    // A version is part of a name.
    let version = segment.strip_prefix('v').is_some_and(|rest| {
        (1..=2).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_digit())
    });
    let stem = match segment.rsplit_once('.') {
        Some((stem, ending)) if ENDINGS.contains(&ending) => stem,
        _ => segment,
    };
    // `orderItems` is a word, and `AbCdEfGh` is none.
    let humps = stem.chars().filter(char::is_ascii_uppercase).count();
    let word = stem.chars().all(|c| plain(c) || c.is_ascii_uppercase())
        && stem.starts_with(plain)
        && humps <= 2;
    version || stem.len() <= WORD && word
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{Template, guessed};

    fn split(path: &str) -> Vec<Cow<'_, str>> {
        path.split('/').filter(|part| !part.is_empty()).map(Cow::Borrowed).collect()
    }

    #[test]
    fn ids_are_left_out() {
        for (path, pattern) in [
            ("/", "/"),
            ("/api/users", "/api/users"),
            ("/api/v2/users/123", "/api/v2/users/{}"),
            ("/api/users/u17/orders", "/api/users/{}/orders"),
            ("/users/7f9c24e8-3b12-4fef-91e0-4f8f4d6a2b1c", "/users/{}"),
            ("/find/ada lovelace", "/find/{}"),
            ("/a/b/c/d/e/f/g/h/i/j", "/a/b/c/d/e/…"),
            ("/users/ada.lovelace", "/users/{}"),
            ("/reset/AbCdEfGhIjKl", "/reset/{}"),
            ("/orderItems/app.js", "/orderItems/app.js"),
            ("/abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", "/{}"),
        ] {
            assert_eq!(guessed(&split(path)), pattern, "{path}");
        }
    }

    #[test]
    fn templates_are_of_their_paths_only() {
        let template = Template::new("/users/{id}/orders");
        for (path, is) in [
            ("/users/a/orders", true),
            ("/users/orders", false),
            ("/users/a/b", false),
            ("/users/a/orders/b", false),
        ] {
            assert_eq!(template.is_of(&split(path)), is, "{path}");
        }
    }
}
