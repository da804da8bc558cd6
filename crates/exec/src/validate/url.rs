//! URLs as Zod takes them: what the WHATWG's parser takes, less what it rewrites.

use frontage_json::Text;
use frontage_plan::UrlRule;

use super::checks::in_pairs;
use super::pattern::Matcher;

/// What came of a text.
pub(super) struct Judged {
    /// How many faults it has.
    pub(super) faults: usize,
    /// What the route sees instead.
    pub(super) value: Option<Text>,
}

/// Judges a text without spaces around it; `matchers` are those of the host name and of the scheme.
pub(super) fn judge(trimmed: &Text, rule: &UrlRule, matchers: &[Option<Matcher>; 2]) -> Judged {
    let refused = Judged { faults: 1, value: None };
    if rule.needs_slashes && !rule.normalize && !has_slashes(trimmed) {
        return refused;
    }
    let Ok(url) = url::Url::parse(trimmed) else { return refused };
    let [hostname, protocol] = matchers;
    let host = url.host_str().unwrap_or("");
    let fits = |matcher: &Option<Matcher>, part: &str| {
        usize::from(matcher.as_ref().is_some_and(|m| !m.is_match(&part.into())))
    };
    let faults = fits(hostname, host) + fits(protocol, url.scheme());
    let value = if rule.normalize {
        url.as_str().into()
    } else {
        in_pairs(trimmed, |part| part.replace(['\t', '\n', '\r'], ""))
    };
    Judged { faults, value: Some(value) }
}

/// Whether a text is an absolute URL of the WHATWG's standard.
pub(super) fn is_url(text: &str) -> bool {
    url::Url::parse(text).is_ok()
}

fn has_slashes(text: &str) -> bool {
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    lower.starts_with("http://") || lower.starts_with("https://")
}
