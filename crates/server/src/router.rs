//! Finds the route behind a method and a path.
//!
//! In:    the routes of a plan; a path's decoded segments.
//! Out:   the route and its path arguments, or which methods the path has.
//! Never: a choice by the routes' order. A literal beats a parameter, a parameter beats a rest,
//!        at the first segment where two routes differ.
//!
//! The tree is walked at most once per node: a path costs no more than the tree has nodes.

use std::borrow::Cow;
use std::collections::HashMap;

use frontage_plan::{Method, PathSegment, Plan};
use smallvec::SmallVec;

/// The routes of one plan as a tree of segments.
#[derive(Debug, Default)]
pub(crate) struct Router {
    root: Node,
}

#[derive(Debug, Default)]
struct Node {
    literals: HashMap<Box<str>, Node>,
    parameter: Option<Box<Node>>,
    ends: Ends,
    rest: Ends,
}

/// Methods and indices of the routes that end at a node.
type Ends = Vec<(Method, u32)>;

/// What the router says of a path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A route.
    Route {
        /// Its index in the plan.
        index: usize,
        /// Where its path arguments stand, in the order of its path: first segment, and whether
        /// all further ones belong to it.
        arguments: Arguments,
    },
    /// The path has routes, but not under this method.
    OtherMethods(Vec<Method>),
    /// No route has this path.
    Nothing,
}

/// Positions of path arguments: index of a segment; `true` for it and all further ones.
pub(crate) type Arguments = SmallVec<[(usize, bool); 4]>;

impl Router {
    /// The tree of a plan's routes.
    pub(crate) fn new(plan: &Plan) -> Self {
        let mut router = Self::default();
        for (index, route) in plan.routes.iter().enumerate() {
            let mut node = &mut router.root;
            let mut rest = false;
            for segment in &route.path {
                match segment {
                    PathSegment::Literal(text) => {
                        node = node.literals.entry(Box::from(&**text)).or_default();
                    }
                    PathSegment::Parameter(_) => {
                        node = node.parameter.get_or_insert_with(Box::default);
                    }
                    PathSegment::Rest(_) => {
                        rest = true;
                        break;
                    }
                }
            }
            let ends = if rest { &mut node.rest } else { &mut node.ends };
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            if !ends.iter().any(|(method, _)| *method == route.method) {
                ends.push((route.method, index));
            }
        }
        router
    }

    /// The most specific route with this method and path. A `GET` route answers `HEAD` too.
    pub(crate) fn find(&self, method: Option<Method>, segments: &[Cow<'_, str>]) -> Found {
        let mut search = Search { method, segments, methods: Vec::new(), found: None };
        let mut arguments = Arguments::new();
        search.walk(&self.root, 0, &mut arguments);
        match search.found {
            Some((index, arguments)) => Found::Route { index: index as usize, arguments },
            None if search.methods.is_empty() => Found::Nothing,
            None => {
                search.methods.sort_unstable();
                search.methods.dedup();
                Found::OtherMethods(search.methods)
            }
        }
    }
}

struct Search<'a> {
    method: Option<Method>,
    segments: &'a [Cow<'a, str>],
    methods: Vec<Method>,
    found: Option<(u32, Arguments)>,
}

impl Search<'_> {
    /// Returns whether the search is over.
    fn walk(&mut self, node: &Node, at: usize, arguments: &mut Arguments) -> bool {
        let Some(segment) = self.segments.get(at) else {
            return self.end(&node.ends, arguments);
        };
        if let Some(next) = node.literals.get(&**segment)
            && self.walk(next, at + 1, arguments)
        {
            return true;
        }
        if let Some(next) = &node.parameter {
            arguments.push((at, false));
            if self.walk(next, at + 1, arguments) {
                return true;
            }
            arguments.pop();
        }
        if !node.rest.is_empty() {
            arguments.push((at, true));
            if self.end(&node.rest, arguments) {
                return true;
            }
            arguments.pop();
        }
        false
    }

    fn end(&mut self, ends: &Ends, arguments: &Arguments) -> bool {
        let by = |wanted: Method| ends.iter().find(|(method, _)| *method == wanted);
        let hit = self.method.and_then(|method| {
            by(method).or_else(|| if method == Method::Head { by(Method::Get) } else { None })
        });
        if let Some((_, index)) = hit {
            self.found = Some((*index, arguments.clone()));
            return true;
        }
        self.methods.extend(ends.iter().map(|(method, _)| *method));
        false
    }
}

/// The `Allow` field for these methods, with those that come by themselves.
pub(crate) fn allow(methods: &[Method]) -> String {
    let mut text = String::new();
    let mut add = |name: &str| {
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(name);
    };
    for method in methods {
        match method {
            Method::Options | Method::Head => {}
            _ => add(method.as_str()),
        }
    }
    if methods.contains(&Method::Get) || methods.contains(&Method::Head) {
        add("HEAD");
    }
    add("OPTIONS");
    text
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use frontage_plan::RouteKind;
    use frontage_plan::{Block, Handler, Input, Method, Name, PathSegment, Place, Plan, Route};

    use super::{Found, Router, allow};
    use crate::path;

    fn plan(routes: &[(Method, &str)]) -> Plan {
        let routes = routes
            .iter()
            .map(|(method, path)| Route {
                method: *method,
                path: path
                    .split('/')
                    .filter(|s| !s.is_empty())
                    .map(|s| match s.strip_prefix('{').and_then(|s| s.strip_suffix('}')) {
                        Some(name) => match name.strip_suffix("...") {
                            Some(name) => PathSegment::Rest(name.into()),
                            None => PathSegment::Parameter(name.into()),
                        },
                        None => PathSegment::Literal(s.into()),
                    })
                    .collect(),
                kind: RouteKind::Handler(Box::new(Handler {
                    input: Input::default(),
                    body: Block::default(),
                    frames: vec![6],
                    sequential: false,
                    reads_session: false,
                })),
                place: Place { path: Name::from("a.ts"), line: 1, column: 1 },
            })
            .collect();
        Plan {
            patterns: Vec::new(),
            frontend: "web".into(),
            upstreams: Vec::new(),
            operations: Vec::new(),
            made: Vec::new(),
            shapes: Vec::new(),
            routes,
        }
    }

    fn find(plan: &Plan, method: Method, text: &str) -> String {
        let segments = path::split(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        match Router::new(plan).find(Some(method), &segments.list) {
            Found::Route { index, arguments } => {
                let values: Vec<String> = arguments
                    .iter()
                    .map(|(at, rest)| {
                        let end = if *rest { segments.list.len() } else { at + 1 };
                        segments.list[*at..end]
                            .iter()
                            .map(Cow::as_ref)
                            .collect::<Vec<_>>()
                            .join("/")
                    })
                    .collect();
                format!("{} {values:?}", plan.routes[index].path_text())
            }
            Found::OtherMethods(methods) => format!("allow {}", allow(&methods)),
            Found::Nothing => "nothing".into(),
        }
    }

    #[test]
    fn the_most_specific_route_is_found() {
        use Method::{Delete, Get, Head, Post, Put};
        let plan = plan(&[
            (Get, "/"),
            (Get, "/orders/mine"),
            (Get, "/orders/{id}"),
            (Post, "/orders/{id}"),
            (Get, "/orders/{id}/lines/{line}"),
            (Get, "/files/{path...}"),
            (Put, "/files/readme"),
            (Get, "/{page}/about"),
            (Delete, "/only"),
        ]);
        let cases = [
            (Get, "/", "/ []"),
            (Head, "/", "/ []"),
            (Get, "/orders/mine", "/orders/mine []"),
            (Post, "/orders/mine", r#"/orders/{id} ["mine"]"#),
            (Get, "/orders/p%2F5", r#"/orders/{id} ["p/5"]"#),
            (Get, "/orders/7/lines/2", r#"/orders/{id}/lines/{line} ["7", "2"]"#),
            (Get, "/orders/about", r#"/orders/{id} ["about"]"#),
            (Get, "/files/about", r#"/files/{path...} ["about"]"#),
            (Get, "/files/a/b%2Fc/d", r#"/files/{path...} ["a/b/c/d"]"#),
            (Get, "/files/readme", r#"/files/{path...} ["readme"]"#),
            (Get, "/files", "nothing"),
            (Get, "/x/about", r#"/{page}/about ["x"]"#),
            (Get, "/orders", "nothing"),
            (Delete, "/orders/7", "allow GET, POST, HEAD, OPTIONS"),
            (Get, "/only", "allow DELETE, OPTIONS"),
            (Head, "/only", "allow DELETE, OPTIONS"),
            (Get, "/orders/7/lines", "nothing"),
        ];
        for (method, path, expected) in cases {
            assert_eq!(find(&plan, method, path), expected, "{} {path}", method.as_str());
        }
    }

    #[test]
    fn an_unknown_method_learns_what_is_allowed() {
        let plan = plan(&[(Method::Get, "/a")]);
        let segments = path::split("/a").unwrap_or_else(|e| panic!("{e}"));
        let found = Router::new(&plan).find(None, &segments.list);
        assert_eq!(found, Found::OtherMethods(vec![Method::Get]));
    }
}
