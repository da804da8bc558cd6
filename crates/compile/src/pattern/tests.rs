//! What JavaScript matches, the translation matches.

use regex::Regex;

use super::{searching, translate};

fn matches(source: &str, flags: &str, text: &str) -> bool {
    let pattern = translate(source, flags).unwrap_or_else(|why| panic!("/{source}/: {why:?}"));
    let text = pattern.haystack.of(text);
    let is = |source: &std::sync::Arc<str>| Regex::new(source).unwrap().is_match(&text);
    pattern.regexes.iter().all(is) && !pattern.without.iter().any(is)
}

#[test]
fn classes_and_units_are_those_of_javascript() {
    for (source, flags, text, expected) in [
        (r"^\d+$", "", "12", true),
        (r"^\d+$", "", "१२", false),
        (r"^\w+$", "", "é", false),
        (r"^[\w-]+$", "", "a-b", true),
        (r"^\s$", "", "\u{FEFF}", true),
        (r"^\s$", "", "\u{85}", false),
        (r"^[\D]$", "", "a", true),
        (r"^.$", "", "\u{2028}", false),
        (r"^[[&&a]$", "", "&", true),
        (r"^a$", "", "a\n", false),
        (r"^a$", "i", "A", true),
        (r"^a.b$", "s", "a\nb", true),
        (r"^[^]$", "", "\n", true),
        (r"^[]$", "", "a", false),
        (r"^[^]$", "iu", "\n", true),
        (r"\bfoo\b", "", "a foo b", true),
        // A character beyond the first plane is two units, unless the flag is `u`.
        ("^.$", "", "😀", false),
        ("^..$", "", "😀", true),
        ("^.$", "u", "😀", true),
        ("^😀$", "", "😀", true),
        ("^[😀]$", "", "😀", false),
        ("^[😀]$", "u", "😀", true),
        ("^[^a]$", "", "😀", false),
        (r"\uD83D", "", "😀", true),
        (r"^\u{1F600}$", "u", "😀", true),
        (r"^[\u{1F600}-\u{1F64F}]$", "u", "😀", true),
        // Without `u`, letters beyond ASCII never equal ASCII ones.
        ("^k$", "i", "\u{212A}", false),
        ("^k$", "iu", "\u{212A}", true),
        ("^[^k]$", "i", "K", false),
        ("^é$", "i", "É", true),
        ("^ß$", "i", "ẞ", false),
        (r"^\p{Lu}$", "u", "É", true),
        (r"^[\p{L}\d]+$", "u", "É1", true),
        (r"^a{2,3}$", "", "aaaa", false),
        (r"^a{,3}$", "", "a{,3}", true),
        ("^(?=.*[A-Z])(?=.*[0-9]).{4,}$", "", "abC1", true),
        ("^(?=.*[A-Z])(?=.*[0-9]).{4,}$", "", "abc1", false),
        ("^(?!.*--)[a-z-]+$", "", "a-b", true),
        ("^(?!.*--)[a-z-]+$", "", "a--b", false),
        ("^a|b$", "", "xb", true),
    ] {
        assert_eq!(matches(source, flags, text), expected, "/{source}/{flags} on {text:?}");
    }
}

#[test]
fn what_needs_more_than_linear_time_is_refused() {
    for (source, flags) in [
        (r"(a)\1", ""),
        (r"(?<n>a)\k<n>", ""),
        ("a(?=b)", ""),
        ("(?<=a)b", ""),
        ("(?i:a)", ""),
        ("^a", "m"),
        ("[a&&b]", "v"),
        ("a{1000}{1000}{1000}", ""),
        ("(", ""),
    ] {
        assert!(translate(source, flags).is_err(), "/{source}/{flags}");
    }
}

#[test]
fn groups_and_ends_need_more_than_whether_something_matches() {
    for (source, flags) in [
        ("^[a-z]+(?:-[0-9]{1,3})?$", "i"),
        (r"(\d{4})-(\d\d)", "g"),
        (r"\p{L}+|\u{1F600}|(k)", "giu"),
        ("(?<year>[0-9]+)|x??", ""),
        ("(é)+|😀|{", "i"),
        (r"^(?=.*\d)(?!x)[^]{2,}?", "s"),
    ] {
        assert_eq!(searching(source, flags).err(), None, "/{source}/{flags}");
    }
    for (source, flags, what) in [
        ("a", "m", "the flag `m` of a regular expression"),
        ("a(?=b)", "", "a regular expression that looks ahead anywhere but at its start"),
        ("(?<=a)b", "", "a regular expression that looks back"),
        (r"(a)\1", "", "a regular expression that refers back to a group"),
        ("(a*)*", "", "a regular expression that repeats what may be empty"),
        ("(?:(a)|b)+", "", "a regular expression that captures within a repetition"),
        ("^(?=(a))", "", "a regular expression that captures where it looks ahead"),
        ("(?:a{100}){100}", "", "a regular expression with so many repetitions"),
        ("(?<a>x)(?<a>y)", "", "a regular expression with two groups of one name"),
        ("[z-a]", "", "a malformed regular expression"),
    ] {
        let found = searching(source, flags).map(|pattern| pattern.shown);
        assert_eq!(found.map_err(|why| why.what), Err(what.to_owned()), "/{source}/{flags}");
    }
    let found = searching(r"(?<n>a+?)(?:b|(c))", "g").map(|pattern| pattern.regexes[0].to_string());
    assert_eq!(found.as_deref(), Ok(r"(?:(?P<n>(?:(?:a)+?))(?:(?:b)|(?:((?:c)))))"));
}

#[test]
fn groups_within_each_other_are_looked_at_once() {
    // Looking at each once more for the repetition around it would take for ever.
    let nested = (0..40).fold("a".to_owned(), |inner, _| format!("({inner})?b"));
    assert_eq!(searching(&nested, "").err(), None);
}

#[test]
fn patterns_are_shown_as_javascript_shows_them() {
    assert_eq!(&*translate(r"^a\/b", "ui").unwrap().shown, r"/^a\/b/iu");
}
