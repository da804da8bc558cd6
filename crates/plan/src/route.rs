//! Routes: what a backend answers under a method and a path.

use serde::{Deserialize, Serialize};

use crate::{Block, Lambda, Method, Name, OperationId, Place, Validator};

/// One route.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Route {
    /// Its method. `HEAD` and `OPTIONS` come by themselves.
    pub method: Method,
    /// Its path; no segment for `/`.
    pub path: Vec<PathSegment>,
    /// What it does.
    pub kind: RouteKind,
    /// The `export const`.
    pub place: Place,
}

impl Route {
    /// The path as people write it: `/orders/{id}`, `/files/{path...}`.
    #[must_use]
    pub fn path_text(&self) -> String {
        if self.path.is_empty() {
            return "/".into();
        }
        let mut text = String::new();
        for segment in &self.path {
            text.push('/');
            match segment {
                PathSegment::Literal(name) => text.push_str(name),
                PathSegment::Parameter(name) => {
                    text.push('{');
                    text.push_str(name);
                    text.push('}');
                }
                PathSegment::Rest(name) => {
                    text.push('{');
                    text.push_str(name);
                    text.push_str("...}");
                }
            }
        }
        text
    }
}

/// A segment of a route's path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PathSegment {
    /// Exactly this, after percent-decoding.
    Literal(Name),
    /// One segment, percent-decoded.
    Parameter(Name),
    /// All further segments (at least one), each percent-decoded, joined with `/`.
    Rest(Name),
}

/// What a route does.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RouteKind {
    /// Runs a handler.
    Handler(Box<Handler>),
    /// Streams an upstream's answer as it is.
    Passthrough(Passthrough),
}

/// A compiled handler.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Handler {
    /// Validators of what it reads.
    pub input: Input,
    /// What it does; its value comes by `Return`, else it is `undefined` (204).
    pub body: Block,
    /// Slots of each level's frame; level 0 has the inputs first.
    pub frames: Vec<u16>,
    /// Runs every await where it stands.
    pub sequential: bool,
    /// Reads the session: its answers are private.
    pub reads_session: bool,
}

/// Validators; what is absent is not read and `undefined` in the handler.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Input<F = Lambda> {
    /// Of path parameters; their values are strings.
    pub params: Option<Validator<F>>,
    /// Of the query. A key is a list if and only if its validator is an array.
    pub query: Option<Validator<F>>,
    /// Of headers, by lower-case name.
    pub headers: Option<Validator<F>>,
    /// Of the JSON body.
    pub body: Option<Validator<F>>,
}

impl<F> Default for Input<F> {
    fn default() -> Self {
        Self { params: None, query: None, headers: None, body: None }
    }
}

impl<F> Input<F> {
    /// Its validators, in the order in which they run.
    pub fn parts(&self) -> impl Iterator<Item = &Validator<F>> {
        [&self.params, &self.query, &self.headers, &self.body].into_iter().flatten()
    }

    /// The same validators with other functions, made in order by `f`.
    pub fn map<G>(&self, f: &mut dyn FnMut(&F) -> G) -> Input<G> {
        let mut part = |validator: &Option<Validator<F>>| validator.as_ref().map(|v| v.map(f));
        Input {
            params: part(&self.params),
            query: part(&self.query),
            headers: part(&self.headers),
            body: part(&self.body),
        }
    }
}

/// `passthrough(upstream.operation)`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Passthrough {
    /// What is called.
    pub operation: OperationId,
    /// Index of a parameter of the operation, and what fills it.
    pub arguments: Vec<(u16, PassthroughSource)>,
    /// Time until the answer's head, in milliseconds; the upstream's default if absent.
    pub timeout_ms: Option<u32>,
}

/// What fills a parameter of a passed-through operation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PassthroughSource {
    /// The route's path parameter of this name.
    Path(Name),
    /// The request's query key of this name, if there.
    Query(Name),
    /// The request's header of this name, if there.
    Header(Name),
}
