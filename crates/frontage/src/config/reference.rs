//! `${NAME}`, `${NAME:-default}` and `${file:/path}` in string values.

use serde::{Deserialize, Serialize};

/// A string value whose references are not resolved yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reference {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Piece {
    Text(String),
    Environment { name: String, default: Option<String> },
    File(String),
}

impl Reference {
    /// Reads the references out of `text`; `$$` stands for a dollar sign.
    ///
    /// # Errors
    ///
    /// Says what is wrong with a `${` that is no reference.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            plain.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('$') {
                plain.push('$');
                rest = after;
            } else if let Some(after) = rest.strip_prefix('{') {
                let end = after.find('}').ok_or("`${` without its `}`")?;
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                pieces.push(Self::piece(&after[..end])?);
                rest = &after[end + 1..];
            } else {
                plain.push('$');
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self { pieces })
    }

    fn piece(inside: &str) -> Result<Piece, String> {
        if let Some(path) = inside.strip_prefix("file:") {
            if path.is_empty() {
                return Err("`${file:}` names no file".into());
            }
            return Ok(Piece::File(path.into()));
        }
        let (name, default) = match inside.split_once(":-") {
            Some((name, default)) => (name, Some(default.to_owned())),
            None => (inside, None),
        };
        let valid = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && name.bytes().next().is_some_and(|b| !b.is_ascii_digit());
        if !valid {
            return Err(format!("`{name}` is no name of an environment variable"));
        }
        Ok(Piece::Environment { name: name.into(), default })
    }

    /// Puts in what the environment and files hold now.
    ///
    /// # Errors
    ///
    /// Names the variable or file that is missing; never shows a value.
    pub(crate) fn resolve(&self) -> Result<String, String> {
        self.resolve_with(&|name| std::env::var(name).ok(), &|path| {
            std::fs::read_to_string(path).map_err(|e| e.to_string())
        })
    }

    /// What it says, if it has no references.
    pub(crate) fn literal(&self) -> Option<String> {
        let text = |piece: &Piece| match piece {
            Piece::Text(text) => Some(text.clone()),
            _ => None,
        };
        self.pieces.iter().map(text).collect()
    }

    /// What it says where nothing is set: only its own text and defaults. `None` if that is not
    /// enough.
    pub(crate) fn by_default(&self) -> Option<String> {
        self.resolve_with(&|_| None, &|_| Err(String::new())).ok()
    }

    fn resolve_with(
        &self,
        environment: &dyn Fn(&str) -> Option<String>,
        file: &dyn Fn(&str) -> Result<String, String>,
    ) -> Result<String, String> {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Environment { name, default } => {
                    let value = environment(name).filter(|v| !v.is_empty() || default.is_none());
                    match value.as_ref().or(default.as_ref()) {
                        Some(value) => out.push_str(value),
                        None => {
                            return Err(format!("the environment variable `{name}` is not set"));
                        }
                    }
                }
                Piece::File(path) => {
                    let text = file(path).map_err(|e| format!("the file `{path}`: {e}"))?;
                    out.push_str(text.trim_end_matches(['\r', '\n']));
                }
            }
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::Reference;

    fn resolve(text: &str) -> Result<String, String> {
        Reference::parse(text)?.resolve_with(
            &|name| match name {
                "HOST" => Some("db".into()),
                "EMPTY" => Some(String::new()),
                "TRICK" => Some("${HOST}".into()),
                _ => None,
            },
            &|path| {
                if path == "/run/s" { Ok("secret\n".into()) } else { Err("no such file".into()) }
            },
        )
    }

    #[test]
    fn the_default_alone_needs_neither_environment_nor_files() {
        let default = |text: &str| Reference::parse(text).ok().and_then(|r| r.by_default());
        assert_eq!(default("${PATH:-x}:1").as_deref(), Some("x:1"));
        assert_eq!(default("${PATH}"), None);
        assert_eq!(default("${file:/etc/hostname}"), None);
    }

    #[test]
    fn references_take_values_defaults_and_files() {
        let cases = [
            ("plain", Ok("plain")),
            ("http://${HOST}:1", Ok("http://db:1")),
            ("${NONE:-x}", Ok("x")),
            ("${EMPTY:-x}", Ok("x")),
            ("a${EMPTY}b", Ok("ab")),
            ("${HOST:-x}", Ok("db")),
            ("Bearer ${file:/run/s}", Ok("Bearer secret")),
            ("5$ and $$ and $${HOST}", Ok("5$ and $ and ${HOST}")),
            ("${TRICK}", Ok("${HOST}")),
            ("${NONE}", Err("the environment variable `NONE` is not set")),
            ("${file:/no}", Err("the file `/no`: no such file")),
            ("${HOST", Err("`${` without its `}`")),
            ("${A B}", Err("`A B` is no name of an environment variable")),
            ("${}", Err("`` is no name of an environment variable")),
        ];
        for (text, expected) in cases {
            assert_eq!(resolve(text).as_deref().map_err(String::as_str), expected, "{text:?}");
        }
    }
}
