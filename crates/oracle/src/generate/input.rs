//! What a route takes: Zod schemas from `templates/zod.txt`, and requests that fit or do not.

use super::expression::{Generator, TEXTS};
use super::node::{Node, Part};
use super::template::pattern;
use super::ty::{Field, Ty};

/// A field of a body that a route may declare.
#[derive(Debug)]
pub(crate) struct Sample {
    ids: Vec<&'static str>,
    schema: &'static str,
    ty: Ty,
    good: Vec<&'static str>,
    bad: Vec<&'static str>,
}

/// What a route takes.
#[derive(Debug, Default)]
pub(crate) struct Input {
    /// Members of the first argument of `route`.
    pub(crate) members: Vec<Node>,
    /// What the handler's argument has: names and types.
    pub(crate) context: Vec<(&'static str, Ty)>,
    /// Names and samples of the body's fields.
    body: Vec<(String, usize)>,
    query: bool,
    params: bool,
    headers: bool,
}

/// The fields that bodies may have.
///
/// # Panics
///
/// If a line is malformed, which the test of this module shows.
pub(crate) fn samples() -> Vec<Sample> {
    let lines = include_str!("templates/zod.txt").lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("# "));
    lines
        .map(|line| {
            let cells: Vec<&'static str> = line.split(" ; ").collect();
            let [ids, schema, ty, good, bad] = cells[..] else { panic!("{line}: five cells") };
            Sample {
                ids: ids.split(',').collect(),
                schema,
                ty: pattern(ty).unwrap_or_else(|fault| panic!("{line}: {fault}")),
                good: good.split("  ").collect(),
                bad: bad.split("  ").collect(),
            }
        })
        .collect()
}

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Its method.
    pub(crate) method: &'static str,
    /// Path and query.
    pub(crate) url: String,
    /// Its headers.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Its body.
    pub(crate) body: String,
}

impl Input {
    /// That of a route that hands through: nothing is declared.
    pub(crate) fn handed_through(params: bool) -> Self {
        Self { params, query: true, ..Self::default() }
    }
}

impl Generator<'_> {
    /// What a route of a method takes.
    ///
    /// - `params`: its path has the parameter `id`.
    pub(crate) fn input(&mut self, samples: &[Sample], with_body: bool, params: bool) -> Input {
        let mut input = Input { params, ..Input::default() };
        if params {
            let node =
                text("params: z.object({ id: z.string() })").id("context.params").id("zod.object");
            input.members.push(node.id("module.route-input"));
            input.context.push(("params", Ty::object([("id", Ty::Str)])));
        }
        if self.chance(55) {
            input.query = true;
            let node = text(
                "query: z.object({ limit: z.coerce.number().int().min(0).max(50).default(3), tag: z.array(z.string()).optional(), q: z.string().optional() })",
            );
            input
                .members
                .push(node.id("context.query").id("module.route-input").id("zod.coerce.number"));
            let field = |name: &str, ty, optional| Field { name: name.into(), ty, optional };
            input.context.push((
                "query",
                Ty::Obj(
                    [
                        field("limit", Ty::Num, false),
                        field("tag", Ty::Str.list(), true),
                        field("q", Ty::Str, true),
                    ]
                    .into(),
                ),
            ));
        }
        if self.chance(15) {
            input.headers = true;
            let node = text("headers: z.object({ \"x-tenant\": z.string().optional() })");
            input.members.push(node.id("context.headers"));
            let ty =
                Ty::Obj([Field { name: "x-tenant".into(), ty: Ty::Str, optional: true }].into());
            input.context.push(("headers", ty));
        }
        if with_body {
            let mut members = Vec::new();
            let mut fields = Vec::new();
            for number in 0..self.rng.usize(2..6) {
                let index = self.rng.usize(0..samples.len());
                let sample = &samples[index];
                let name = format!("f{number}");
                let mut node = self.schema(&name, sample.schema);
                node.ids.extend(sample.ids.iter().map(|id| (*id).into()));
                members.push(node);
                fields.push(Field {
                    name: name.as_str().into(),
                    ty: sample.ty.without(|m| *m == Ty::Undef).unwrap_or(Ty::Undef),
                    optional: sample.ty.members().contains(&Ty::Undef),
                });
                input.body.push((name, index));
            }
            let parts = vec![
                Part::Text("body: z.object({ ".into()),
                Part::List(members, ", "),
                Part::Text(" })".into()),
            ];
            input.members.push(Node::other(parts).id("context.body").id("zod.object"));
            input.context.push(("body", Ty::Obj(fields.into())));
        }
        input
    }

    /// A field with its schema; `«~»` is a regular expression there, `«n»` a small number.
    fn schema(&mut self, name: &str, schema: &str) -> Node {
        let mut parts = vec![Part::Text(format!("{name}: ").into())];
        for (index, piece) in schema.split(['«', '»']).enumerate() {
            parts.push(match piece {
                "~" if index % 2 == 1 => Part::Node(self.regex("")),
                "n" if index % 2 == 1 => Part::Text(self.rng.u32(0..5).to_string().into()),
                text => Part::Text(text.into()),
            });
        }
        Node::other(parts)
    }

    /// A request for a route.
    ///
    /// - `path`: the route's path without parameters.
    /// - `odd`: it need not fit.
    pub(crate) fn request(
        &mut self,
        input: &Input,
        samples: &[Sample],
        method: &'static str,
        path: &str,
        odd: bool,
    ) -> Request {
        let mut url = path.to_owned();
        if input.params {
            let ids = ["i1", "i2", "p%2F5", "%F0%9F%98%80", "a%20b", "x", "%25", "7"];
            url = format!("{url}/{}", self.pick(&ids));
        }
        let mut pairs: Vec<String> = Vec::new();
        if self.chance(60) {
            let limits: &[&str] = if odd {
                &["x", "-1", "51", "", "1.5", "%20"]
            } else {
                &["0", "2", "10", "%207", "1e1"]
            };
            pairs.push(format!("limit={}", self.pick(limits)));
        }
        for _ in 0..self.rng.usize(0..3) {
            pairs.push(format!("tag={}", encoded(self.pick::<&str>(TEXTS))));
        }
        if self.chance(60) {
            pairs.push(format!("q={}", encoded(self.pick::<&str>(TEXTS))));
        }
        if odd && self.chance(20) {
            pairs.push("q=again&q=again".into());
        }
        if input.query && !pairs.is_empty() {
            url = format!("{url}?{}", pairs.join("&"));
        }
        let mut headers = Vec::new();
        if input.headers && self.chance(70) {
            headers.push(("x-tenant", (*self.pick(&["t1", "", "a b", "0"])).to_owned()));
        }
        let mut body = String::new();
        if !input.body.is_empty() {
            headers.push(("content-type", "application/json".to_owned()));
            let mut members = Vec::new();
            for (name, index) in &input.body {
                let sample = &samples[*index];
                let list = if odd && self.chance(40) { &sample.bad } else { &sample.good };
                let value = *self.pick(list);
                if value != "(none)" {
                    members.push(format!("{name:?}: {value}"));
                }
            }
            if self.chance(15) {
                members.push("\"more\": [{}]".into());
            }
            body = format!("{{{}}}", members.join(", "));
            if odd && self.chance(8) {
                body = (*self.pick(&["", "{", "[]", "null", "7", "{\"f0\": 1,}"])).to_owned();
            }
        }
        Request { method, url, headers, body }
    }
}

fn text(text: &str) -> Node {
    Node::other(vec![Part::Text(text.into())])
}

/// A text as a query has it.
pub(crate) fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_sample_is_well_formed() {
        for sample in super::samples() {
            for text in sample.good.iter().chain(&sample.bad).filter(|t| **t != "(none)") {
                // Halves of surrogate pairs and numbers beyond a double are JSON, too.
                assert!(serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(), "{text}");
            }
        }
    }
}
