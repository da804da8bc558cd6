//! Names of operations: `GET /api/orders/{id}` is `getOrdersById`.
//!
//! In:    the routes of a plan.
//! Out:   a name for each: an identifier, unique, the same as long as method and path are.

use std::collections::BTreeMap;

use frontage_plan::{PathSegment, Route};

use super::naming::pascal;

/// The segment before all others that says nothing.
const API: &str = "api";

/// The names of all routes, in their order.
pub(super) fn ids(routes: &[Route]) -> Vec<String> {
    let short: Vec<String> = routes.iter().map(|route| id(route, true)).collect();
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for name in &short {
        *count.entry(name).or_default() += 1;
    }
    let mut taken = BTreeMap::new();
    let mut out = Vec::new();
    for (route, name) in routes.iter().zip(&short) {
        let name = if count[name.as_str()] > 1 { id(route, false) } else { name.clone() };
        let number = taken.entry(name.clone()).or_insert(0_u32);
        *number += 1;
        out.push(if *number > 1 { format!("{name}{number}") } else { name });
    }
    out
}

fn id(route: &Route, short: bool) -> String {
    let mut name = route.method.as_str().to_ascii_lowercase();
    let mut any = false;
    for segment in visible(&route.path, short) {
        any = true;
        match segment {
            PathSegment::Literal(literal) => name.push_str(&pascal(literal)),
            PathSegment::Parameter(parameter) | PathSegment::Rest(parameter) => {
                name.push_str("By");
                name.push_str(&pascal(parameter));
            }
        }
    }
    if !any {
        name.push_str("Index");
    }
    name
}

fn visible(path: &[PathSegment], short: bool) -> &[PathSegment] {
    match path {
        [PathSegment::Literal(first), rest @ ..] if short && &**first == API => rest,
        path => path,
    }
}

/// What a route belongs to.
pub(super) fn tag(path: &[PathSegment]) -> String {
    let literal = visible(path, true).iter().find_map(|segment| match segment {
        PathSegment::Literal(name) => Some(name.to_string()),
        _ => None,
    });
    literal.unwrap_or_else(|| "index".into())
}

/// What a helper's name says of what it gives: `toTile` and `tile` both `Tile`.
pub(super) fn made(helper: &str) -> String {
    for verb in
        ["to", "as", "get", "make", "build", "map", "create", "shape", "format", "load", "fetch"]
    {
        if let Some(rest) = helper.strip_prefix(verb)
            && rest.starts_with(|c: char| c.is_ascii_uppercase())
        {
            return pascal(rest);
        }
    }
    pascal(helper)
}
