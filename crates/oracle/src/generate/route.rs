//! Whole route modules with their helpers, and what is asked of them.
//!
//! In:    a seed for each route; the contract of its batch.
//! Out:   [`Route`]: files as trees, the id of every construct in them.

use super::answer::Mood;
use super::contract::Contract;
use super::expression::Generator;
use super::input::{Input, Request, Sample};
use super::module;
use super::node::{Node, Part};
use super::statement::Writer;
use super::template::Template;
use super::ty::Ty;

/// A route module and the helpers of its own.
#[derive(Debug)]
pub(crate) struct Route {
    /// Its method.
    pub(crate) method: &'static str,
    /// Its path without parameters: `/r7`.
    pub(crate) path: String,
    /// Its file.
    pub(crate) file: String,
    /// The module, without what it imports from `frontage`, `zod` and `#upstreams`.
    pub(crate) module: Node,
    /// Files that it imports: path and module.
    pub(crate) helpers: Vec<(String, Node)>,
    /// It declares this.
    pub(crate) input: Input,
    /// Some call reads what another gave.
    pub(crate) dependent: bool,
    /// It is a passthrough.
    pub(crate) passthrough: bool,
}

/// What all routes are made of.
pub(crate) struct Material {
    /// Templates of expressions.
    pub(crate) templates: Vec<Template>,
    /// Fields of bodies.
    pub(crate) samples: Vec<Sample>,
}

impl Material {
    /// Reads it.
    pub(crate) fn read() -> Self {
        Self { templates: super::template::all(), samples: super::input::samples() }
    }
}

fn text(text: &str) -> Part {
    Part::Text(text.into())
}

/// Generates a route.
///
/// - `number`: tells it from the others of its batch.
pub(crate) fn generate(
    seed: u64,
    number: usize,
    material: &Material,
    contract: &Contract,
) -> Route {
    let mut generator = Generator::new(seed, &material.templates);
    let method = *generator.pick(&["GET", "GET", "GET", "POST", "POST", "PUT", "PATCH", "DELETE"]);
    let params = generator.chance(45);
    let path = format!("/r{number}");
    let file = if params {
        format!("frontends/web/routes/r{number}/[id].ts")
    } else {
        format!("frontends/web/routes/r{number}.ts")
    };
    if generator.chance(3) {
        return module::passed_through(&mut generator, number, contract);
    }
    let module::Helpers { files: helpers, imports, functions } =
        module::helpers(&mut generator, number, params);
    let input = generator.input(&material.samples, method != "GET" && method != "DELETE", params);
    let mut route = Route {
        method,
        path,
        file,
        module: Node::other(Vec::new()),
        helpers,
        input,
        dependent: false,
        passthrough: false,
    };
    let mut list = Vec::new();
    for (name, ty) in &route.input.context {
        generator.scope.add(name, ty.clone());
    }
    let session = Ty::object([("sub", Ty::Str), ("roles", Ty::Str.list()), ("level", Ty::Num)]);
    generator.scope.add("session", session);
    let request = Ty::object([("method", Ty::Str), ("path", Ty::Str), ("now", Ty::Date)]);
    generator.scope.add("request", request);
    let (declarations, own) = module::declarations(&mut generator, contract);
    let mut writer = Writer::new(&mut generator, contract);
    writer.unsafe_calls = method != "GET";
    let mut functions: Vec<module::Function> = functions.into_iter().chain(own).collect();
    let calls = writer.generator.rng.usize(2..6);
    for _ in 0..calls {
        list.push(writer.calling());
        if writer.generator.chance(22) {
            list.push(writer.guard());
        }
        if writer.generator.chance(45) {
            list.push(writer.feature());
        }
        if let Some(function) = functions.pop() {
            list.push(writer.applied(&function));
        }
        if writer.generator.chance(25) {
            list.extend(writer.showing());
        }
    }
    for function in functions {
        list.push(writer.applied(&function));
    }
    if writer.generator.chance(18) {
        list.push(writer.tried());
    }
    if writer.generator.chance(18) {
        list.push(writer.branch());
    }
    for _ in 0..writer.generator.rng.usize(1..4) {
        list.push(writer.feature());
    }
    list.push(writer.last());
    let dependent = writer.dependent > 0;
    let mut members = std::mem::take(&mut route.input.members);
    if generator.chance(12) {
        members.push(Node::other(vec![text("sequential: true")]).id("module.sequential"));
    }
    let mut names: Vec<&str> = route.input.context.iter().map(|(name, _)| *name).collect();
    names.extend(["session", "request"]);
    let start = if members.is_empty() { "" } else { "{ " };
    let context = Node::other(vec![text(&format!(
        "{}async ({{ {} }}) => {{\n  ",
        if members.is_empty() { "" } else { " }, " },
        names.join(", ")
    ))])
    .id("context.session")
    .id("context.request");
    let module = Node::other(vec![
        Part::List(imports, "\n"),
        text("\n"),
        Part::List(declarations, "\n"),
        text(&format!("\nexport const {method} = route({start}")),
        Part::List(members, ", "),
        Part::Node(context),
        Part::List(list, "\n  "),
        text("\n});\n"),
    ])
    .id("module.route");
    Route { module, dependent, ..route }
}

/// What a run asks of a route, and how upstreams behave meanwhile.
pub(crate) fn script(seed: u64, route: &Route, material: &Material) -> (Request, Mood) {
    let mut generator = Generator::new(seed, &material.templates);
    let odd = generator.chance(12);
    let path = route.path.clone();
    let request = generator.request(&route.input, &material.samples, route.method, &path, odd);
    let failures = *generator.pick(&[0, 0, 0, 0, 60, 120, 240, 400]);
    (request, Mood { seed: generator.rng.u64(..), failures, hangs: true })
}

/// The text of a module, with the imports that it needs.
pub(crate) fn module_text(module: &Node) -> String {
    let body = module.text();
    let mut frontage = Vec::new();
    for name in ["route", "error", "json", "noContent", "redirect", "passthrough"] {
        if word(&body, &format!("{name}(")) {
            frontage.push(name);
        }
    }
    for name in ["UpstreamError", "HttpError"] {
        if body.contains(&format!("instanceof {name}")) {
            frontage.push(name);
        }
    }
    let mut out = String::new();
    if !frontage.is_empty() {
        out.push_str(&format!("import {{ {} }} from \"frontage\";\n", frontage.join(", ")));
    }
    if word(&body, "z.") {
        out.push_str("import { z } from \"zod\";\n");
    }
    let upstreams: Vec<&str> =
        ["alpha", "beta"].into_iter().filter(|name| word(&body, &format!("{name}."))).collect();
    if !upstreams.is_empty() {
        out.push_str(&format!("import {{ {} }} from \"#upstreams\";\n", upstreams.join(", ")));
    }
    let types: Vec<&str> =
        ["Alpha", "Beta"].into_iter().filter(|name| word(&body, &format!("{name}."))).collect();
    if !types.is_empty() {
        out.push_str(&format!("import type {{ {} }} from \"#upstreams\";\n", types.join(", ")));
    }
    out + &body
}

/// Whether a text has a word that is not the end of another.
fn word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        !before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '"'))
    })
}
