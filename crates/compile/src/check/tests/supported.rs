//! `docs/supported.md` and the library of the checker say the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::instead::INSTEAD;
use crate::prelude::{self, Function};

const PAGE: &str = include_str!("../../../../../docs/supported.md");

/// The prefix of the page's names for an interface of the prelude; `None`: no part of the library
/// that a route names by itself.
fn prefix(interface: &str) -> Option<&'static str> {
    Some(match interface {
        "Array" | "ArrayConstructor" => "array",
        "String" | "StringConstructor" => "string",
        "Number" | "NumberConstructor" => "number",
        "Boolean" => "boolean",
        "Date" | "DateConstructor" => "date",
        "Map" | "MapConstructor" => "map",
        "Set" => "set",
        "RegExp" => "regex",
        "Promise" => "promise",
        "Globals" => "global",
        "ObjectConstructor" => "object",
        "Math" => "math",
        "JSON" => "json",
        "Construct" => "new",
        _ => return None,
    })
}

/// `toISOString` becomes `to-iso-string`.
fn kebab(name: &str) -> String {
    let name: Vec<char> = name.replace("NaN", "Nan").replace('_', "-").chars().collect();
    let mut text = String::new();
    for (i, c) in name.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| name[i]);
        let ends_word = before.is_some_and(|b| b.is_lowercase())
            || before.is_some_and(|b| b.is_uppercase())
                && name.get(i + 1).is_some_and(|a| a.is_lowercase());
        if c.is_uppercase() && ends_word {
            text.push('-');
        }
        text.extend(c.to_lowercase());
    }
    text
}

/// Every member of the prelude's interfaces: interface and name.
fn members() -> Vec<(&'static str, &'static str)> {
    let mut interface = "";
    let mut found = Vec::new();
    for line in prelude::TEXT.lines() {
        if let Some(rest) = line.strip_prefix("interface ") {
            interface = rest.split(['<', ' ']).next().unwrap_or_default();
        } else if let Some(rest) = line.strip_prefix("  ") {
            let rest = rest.strip_prefix("readonly ").unwrap_or(rest);
            found.push((interface, rest.split(['<', '(', ':', '?']).next().unwrap_or_default()));
        }
    }
    found
}

/// First cells of the page's rows.
fn names() -> BTreeSet<&'static str> {
    PAGE.lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` |"))
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn every_member_of_the_library_stands_on_the_page_and_the_other_way_round() {
    let on_page = names();
    let mut expected = BTreeSet::new();
    for (interface, name) in members() {
        let Some(prefix) = prefix(interface) else { continue };
        let id = format!("{prefix}.{}", kebab(name));
        let constant = matches!(prelude::function(interface, name), Some(Function::Constant(_)));
        let known = prelude::function(interface, name).is_some()
            || matches!(id.as_str(), "array.length" | "string.length" | "map.size" | "set.size")
            || id == "promise.catch"
            || constant;
        assert!(known, "the prelude declares `{interface}.{name}`, which no plan knows");
        assert!(on_page.contains(id.as_str()), "docs/supported.md lacks `{id}`");
        expected.insert(id);
    }
    // Not members: checked by names of their own.
    let apart = [
        "regex.literal",
        "regex.const",
        "regex.table",
        "regex.groups",
        "regex.replace",
        "regex.replace-all",
        "regex.split",
        "regex.property",
        "global.nan",
        "promise.all",
        "promise.all-map",
        "promise.all-map-direct",
        "promise.all-catch",
        "promise.all-conditional",
        "promise.all-settled",
        "promise.all-settled-map",
    ];
    let prefixes: BTreeSet<&str> = members().iter().filter_map(|(i, _)| prefix(i)).collect();
    for id in on_page {
        let Some((first, _)) = id.split_once('.') else { continue };
        if prefixes.contains(first) && !apart.contains(&id) && id.chars().all(|c| !c.is_uppercase())
        {
            assert!(expected.contains(id), "docs/supported.md has `{id}`, the prelude has not");
        }
    }
}

#[test]
fn what_to_write_instead_of_the_rest_stands_on_the_page() {
    let rows: BTreeMap<&str, &str> = PAGE
        .split_once("## Missing from the library")
        .map_or("", |(_, rest)| rest)
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` | "))
        .collect();
    let mut known = BTreeSet::new();
    for (interfaces, members, words) in INSTEAD {
        for interface in *interfaces {
            for member in *members {
                let name = match *interface {
                    "Globals" => (*member).to_owned(),
                    "GlobalRegExp" => format!("/…/g.{member}"),
                    "Math" | "JSON" => format!("{interface}.{member}"),
                    _ => match interface.strip_suffix("Constructor") {
                        Some(name) => format!("{name}.{member}"),
                        None => format!("{interface}.prototype.{member}"),
                    },
                };
                assert!(
                    prelude::function(interface, member).is_none(),
                    "`{name}` is in the library, and refused"
                );
                assert_eq!(
                    rows.get(name.as_str()).copied(),
                    Some(words.replace('|', "\\|").as_str()),
                    "docs/supported.md: what to write instead of `{name}`"
                );
                known.insert(name);
            }
        }
    }
    for name in rows.keys() {
        assert!(
            known.contains(*name),
            "docs/supported.md: nothing is said of `{name}` in the code"
        );
    }
}
