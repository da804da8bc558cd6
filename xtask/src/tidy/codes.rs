//! Every diagnostic's code has its page, and every page its code; what the language refuses stands
//! in `docs/supported.md` too.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::Sources;

pub(super) fn check(sources: &Sources, faults: &mut Vec<String>) {
    let mut codes: BTreeMap<String, String> = BTreeMap::new();
    for file in sources.rust().filter(|f| f.path.ends_with("codes.rs") && f.path.contains("/src/"))
    {
        for (at, _) in file.text.match_indices("= Code(") {
            let digits: String =
                file.text[at + 7..].chars().take_while(char::is_ascii_digit).collect();
            if digits.len() != 4 {
                continue;
            }
            if let Some(first) = codes.insert(digits.clone(), file.path.clone()) {
                faults.push(format!("{}: FR{digits} stands in {first} too", file.path));
            }
        }
    }
    let mut pages = BTreeSet::new();
    for file in &sources.files {
        let Some(name) = file.path.strip_prefix("docs/errors/FR") else { continue };
        let Some(digits) = name.strip_suffix(".md") else { continue };
        pages.insert(digits.to_owned());
        if !file.text.starts_with(&format!("# FR{digits}: ")) {
            faults.push(format!("{}: does not begin with `# FR{digits}: `", file.path));
        }
    }
    for (digits, path) in &codes {
        if !pages.contains(digits) {
            faults.push(format!("{path}: FR{digits} has no page docs/errors/FR{digits}.md"));
        }
    }
    let supported = sources.files.iter().find(|f| f.path == "docs/supported.md");
    for digits in codes.keys().filter(|digits| !digits.starts_with(['3', '5'])) {
        let row = format!("| [FR{digits}](errors/FR{digits}.md) | ");
        if !supported.is_some_and(|page| page.text.contains(&row)) {
            faults.push(format!("docs/supported.md: FR{digits} does not stand among the refused"));
        }
    }
    for digits in pages {
        if !codes.contains_key(&digits) {
            faults.push(format!("docs/errors/FR{digits}.md: no code FR{digits}"));
        }
    }
}
