//! JavaScript's patterns in the words of the `regex` crate.
//!
//! A pattern is its source, or source and flags as a literal (`/^a/i`): a source never starts with
//! a bare slash. Strings are matched by characters, as with JavaScript's `u` flag.

use regex::Regex;

/// What JavaScript counts as space, inside brackets.
const SPACE: &str =
    r"\t-\r \u{A0}\u{1680}\u{2000}-\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}\u{FEFF}";

/// Source and flags.
fn parts(pattern: &str) -> (&str, &str) {
    let literal = pattern.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'));
    literal.unwrap_or((pattern, ""))
}

/// The pattern as JavaScript shows it.
pub(super) fn shown(pattern: &str) -> String {
    let (source, flags) = parts(pattern);
    format!("/{source}/{flags}")
}

/// Compiles a pattern; none if the linear-time engine refuses it.
pub(super) fn compile(pattern: &str) -> Option<Regex> {
    let (source, flags) = parts(pattern);
    let mut text = translate(source, flags.contains('s'));
    if flags.contains('y') {
        text = format!("^(?:{text})");
    }
    let has = |flag| flags.contains(flag);
    regex::RegexBuilder::new(&text).case_insensitive(has('i')).multi_line(has('m')).build().ok()
}

/// Rewrites what the two languages spell alike but mean differently.
fn translate(source: &str, dot_all: bool) -> String {
    let mut out = String::with_capacity(source.len() + 16);
    let mut in_class = false;
    let mut characters = source.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                let Some(escaped) = characters.next() else {
                    out.push('\\');
                    break;
                };
                escape(&mut out, escaped, in_class);
            }
            '[' if in_class => out.push_str(r"\["),
            '[' => {
                let negated = characters.next_if_eq(&'^').is_some();
                if characters.next_if_eq(&']').is_some() {
                    // Nothing, or anything.
                    out.push_str(if negated { r"[\s\S]" } else { r"[^\s\S]" });
                    continue;
                }
                out.push_str(if negated { "[^" } else { "[" });
                in_class = true;
            }
            ']' if in_class => {
                out.push(']');
                in_class = false;
            }
            ']' => out.push_str(r"\]"),
            '&' | '~' if in_class => {
                out.push('\\');
                out.push(character);
            }
            '.' if !in_class => {
                out.push_str(if dot_all { r"[\s\S]" } else { r"[^\n\r\u{2028}\u{2029}]" });
            }
            other => out.push(other),
        }
    }
    out
}

fn escape(out: &mut String, escaped: char, in_class: bool) {
    let class = match escaped {
        'd' | 'D' => "0-9",
        'w' | 'W' => "0-9A-Za-z_",
        's' | 'S' => SPACE,
        _ => {
            match escaped {
                'b' if in_class => out.push_str(r"\x08"),
                'b' => out.push_str(r"(?-u:\b)"),
                'B' => out.push_str(r"(?-u:\B)"),
                '0' => out.push_str(r"\x00"),
                other => {
                    out.push('\\');
                    out.push(other);
                }
            }
            return;
        }
    };
    if escaped.is_ascii_uppercase() {
        out.push_str("[^");
        out.push_str(class);
        out.push(']');
    } else if in_class {
        out.push_str(class);
    } else {
        out.push('[');
        out.push_str(class);
        out.push(']');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_mean_what_javascript_means() {
        for (pattern, text, expected) in [
            (r"^\d+$", "12", true),
            (r"^\d+$", "१२", false),
            (r"^\w+$", "a_1", true),
            (r"^\w+$", "é", false),
            (r"^[\w-]+$", "a-b", true),
            (r"^\s$", "\u{FEFF}", true),
            (r"^\s$", "\u{85}", false),
            (r"^[^\s]$", "a", true),
            (r"^[\D]$", "a", true),
            (r"^.$", "\u{2028}", false),
            (r"^[[&&a]$", "&", true),
            (r"^[[&&a]$", "[", true),
            (r"^a$", "a\n", false),
            (r"/^a$/i", "A", true),
            (r"/^a.b$/s", "a\nb", true),
            (r"^a\/b$", "a/b", true),
            (r"^\u0041$", "A", true),
            (r"^[^]$", "\n", true),
            (r"\bfoo\b", "a foo b", true),
        ] {
            let regex = compile(pattern).expect(pattern);
            assert_eq!(regex.is_match(text), expected, "{pattern} on {text:?}");
        }
        assert!(compile(r"(a)\1").is_none());
        assert!(compile("(?=a)").is_none());
        assert_eq!(shown("^a$"), "/^a$/");
        assert_eq!(shown("/^a$/i"), "/^a$/i");
    }
}
