//! Circles between the top modules of a crate.
//!
//! A module is a file `src/NAME.rs` or a folder `src/NAME/`; what a folder holds may be mutually
//! recursive (a tree of statements and expressions is), what stands beside it may not.

use std::collections::{BTreeMap, BTreeSet};

use super::arrows::crate_of;
use super::sources::Sources;

type Graph<'s> = BTreeMap<&'s str, BTreeSet<&'s str>>;

pub(super) fn check(sources: &Sources, faults: &mut Vec<String>) {
    let mut crates: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for file in sources.rust() {
        let Some(name) = crate_of(&file.path) else { continue };
        let Some((_, inside)) = file.path.split_once("/src/") else { continue };
        crates.entry(name).or_default().push((inside, &file.text));
    }
    for (name, files) in crates {
        let root = files.iter().find(|(path, _)| matches!(*path, "lib.rs" | "main.rs"));
        let exported = root.map(|(_, text)| exports(text)).unwrap_or_default();
        let modules: BTreeSet<&str> = files
            .iter()
            .map(|(path, _)| module(path))
            .filter(|m| *m != "lib" && *m != "main")
            .collect();
        let mut graph: Graph<'_> = BTreeMap::new();
        for (path, text) in &files {
            let from = module(path);
            if !modules.contains(from) {
                continue;
            }
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            // What a comment names is no arrow.
            let code: String = code
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .flat_map(|line| [line, "\n"])
                .collect();
            for word in used(&code) {
                let to = exported.get(word).copied().or_else(|| modules.get(word).copied());
                if let Some(to) = to.filter(|to| *to != from && modules.contains(to)) {
                    graph.entry(from).or_default().insert(to);
                }
            }
        }
        if let Some(circle) = circle(&graph) {
            faults.push(format!("crates/{name}: modules in a circle: {}", circle.join(" -> ")));
        }
    }
}

fn module(path: &str) -> &str {
    path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
}

/// Names that the crate's root takes out of its modules, and from which.
fn exports(root: &str) -> BTreeMap<&str, &str> {
    let mut out = BTreeMap::new();
    for statement in root.split(';') {
        let Some((_, path)) = statement.rsplit_once("use ") else { continue };
        let Some((module, names)) = path.split_once("::") else { continue };
        for name in names.split(|c: char| !c.is_alphanumeric() && c != '_') {
            if !name.is_empty() {
                out.insert(name, module.trim());
            }
        }
    }
    out
}

/// First words after `crate::`, also inside braces.
fn used(code: &str) -> Vec<&str> {
    let mut out = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0usize;
            for part in list.split_inclusive([',', '{', '}']) {
                let word = part.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next();
                if depth == 0 {
                    out.extend(word.filter(|w| !w.is_empty()));
                }
                if part.ends_with('{') {
                    depth += 1;
                } else if part.ends_with('}') {
                    if depth == 0 {
                        break;
                    }
                    depth -= 1;
                }
            }
        } else {
            out.extend(rest.split(|c: char| !c.is_alphanumeric() && c != '_').next());
        }
    }
    out
}

/// One circle, as the modules along it.
fn circle<'s>(graph: &Graph<'s>) -> Option<Vec<&'s str>> {
    fn visit<'s>(
        node: &'s str,
        graph: &Graph<'s>,
        path: &mut Vec<&'s str>,
        done: &mut BTreeSet<&'s str>,
    ) -> Option<Vec<&'s str>> {
        if let Some(at) = path.iter().position(|known| *known == node) {
            let mut circle = path[at..].to_vec();
            circle.push(node);
            return Some(circle);
        }
        if done.contains(node) {
            return None;
        }
        path.push(node);
        for next in graph.get(node).into_iter().flatten() {
            if let Some(circle) = visit(next, graph, path, done) {
                return Some(circle);
            }
        }
        path.pop();
        done.insert(node);
        None
    }
    let mut done = BTreeSet::new();
    graph.keys().find_map(|node| visit(node, graph, &mut Vec::new(), &mut done))
}

#[cfg(test)]
mod tests {
    use super::{circle, exports, used};
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn uses_are_found_alone_and_in_braces() {
        let code = "use crate::{a::{B, c::D}, E, f};\nfn x(_: crate::g::H) {}";
        assert_eq!(used(code), ["a", "E", "f", "g"]);
    }

    #[test]
    fn names_lead_to_the_module_that_declares_them() {
        let exports = exports("mod a;\npub use a::{B, C};\npub use d::e;");
        assert_eq!(exports.get("B"), Some(&"a"));
        assert_eq!(exports.get("e"), Some(&"d"));
    }

    #[test]
    fn a_circle_is_found_and_a_diamond_is_none() {
        let edges = |list: &[(&'static str, &'static str)]| {
            let mut graph: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
            for (from, to) in list {
                graph.entry(from).or_default().insert(to);
            }
            graph
        };
        assert_eq!(circle(&edges(&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])), None);
        let found = circle(&edges(&[("a", "b"), ("b", "c"), ("c", "b")]));
        assert_eq!(found, Some(vec!["b", "c", "b"]));
    }
}
