//! Expressions by the type that is wanted.
//!
//! In:    a type, what is in scope, how deep to go.
//! Out:   an expression whose type in TypeScript is that type, or whose literal type fits it.
//! Never: a reference whose type a condition around has changed, other than by the template that
//!        says so.

use std::collections::HashMap;
use std::rc::Rc;

use super::node::{Node, Part};
use super::scope::{Reference, Scope};
use super::template::{Piece, Template};
use super::ty::{Bindings, Field, Ty, bound, key};

/// Texts that programs stumble over.
pub(crate) const TEXTS: &[&str] = &[
    "",
    "a",
    "b",
    "e",
    " ",
    "Ada",
    "open",
    "12",
    "0x1f",
    " 7 ",
    "-0",
    "1e3",
    "1.50",
    "NaN",
    "é",
    "e\u{301}",
    "😀",
    "a😀b",
    "ß",
    "İ",
    "ﬁ",
    "null",
    "Infinity",
    "a,b,,c",
    "10",
    "9",
    "%41%zz",
    "\u{2028}",
    "tab\there",
    "quote\"'`",
    "\\",
    "a b",
    "ΑΣ",
    "prototype",
    "length",
    "\u{feff}x",
    "Lorem ipsum dolor",
    "$&",
    "true",
    "2024-02-29",
    "\u{0}",
    "ǅ",
    "\u{10ffff}",
];

/// Numbers as they are written in a program.
const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "7",
    "10",
    "12",
    "31",
    "100",
    "(-1)",
    "(-2)",
    "0.5",
    "1.005",
    "2.5",
    "(-2.5)",
    "(-0.5)",
    "0.1",
    "1e21",
    "1e-7",
    "4294967296",
    "2147483648",
    "(-2147483649)",
    "9007199254740993",
    "5e-324",
    "1.7976931348623157e308",
    "(-0)",
    "123.456",
    "0.000001",
    "999999.9999999",
    "1700000000000",
    "8.64e15",
    "(0 / 0)",
];

/// Makes expressions.
pub(crate) struct Generator<'t> {
    /// Where all chance comes from.
    pub(crate) rng: fastrand::Rng,
    /// What can be referred to.
    pub(crate) scope: Scope,
    /// What expressions can be made of.
    pub(crate) templates: &'t [Template],
    /// Variables that are read rather than others.
    pub(crate) preferred: Vec<String>,
    next: u32,
}

impl<'t> Generator<'t> {
    /// With nothing in scope.
    pub(crate) fn new(seed: u64, templates: &'t [Template]) -> Self {
        let (rng, scope) = (fastrand::Rng::with_seed(seed), Scope::default());
        Self { rng, scope, templates, preferred: Vec::new(), next: 0 }
    }

    /// A name that nothing has yet.
    pub(crate) fn fresh(&mut self, prefix: &str) -> String {
        self.next += 1;
        format!("{prefix}{}", self.next)
    }

    /// True in so many of a hundred cases.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.rng.u32(0..100) < percent
    }

    /// One of several.
    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.rng.usize(0..list.len())]
    }

    /// Some type.
    pub(crate) fn random_type(&mut self, depth: u32) -> Ty {
        match self.rng.u32(0..if depth == 0 { 10 } else { 16 }) {
            0..=3 => Ty::Str,
            4..=7 => Ty::Num,
            8 | 9 => Ty::Bool,
            10 => self.random_type(0).or(Ty::Undef),
            11 => self.random_type(0).or(Ty::Null),
            12 => self.random_type(depth - 1).list(),
            13 => Ty::Enum(["open".into(), "closed".into(), "a-b".into()].into()),
            14 => Ty::Obj(
                ["id", "n", "note"]
                    .iter()
                    .map(|name| Field {
                        name: (*name).into(),
                        ty: self.random_type(0),
                        optional: *name == "note",
                    })
                    .collect(),
            ),
            _ => {
                let references = self.scope.references(1);
                let found: Vec<&Reference> = references.iter().filter(|r| r.ty.is_json()).collect();
                if found.is_empty() { Ty::Str } else { self.pick(&found).ty.clone() }
            }
        }
    }

    /// An expression of a type.
    ///
    /// - `literal`: `Some(true)` for literals only, `Some(false)` for anything whose type in
    ///   TypeScript is exactly the one that is wanted.
    pub(crate) fn expr(&mut self, wanted: &Ty, depth: u32, literal: Option<bool>) -> Node {
        if literal == Some(true) {
            return self.literal(wanted, depth);
        }
        let exact = literal == Some(false);
        if self.chance(if depth == 0 { 85 } else { 40 })
            && let Some(node) = self.reference(wanted, exact)
        {
            return node;
        }
        if depth > 0
            && self.chance(if exact { 95 } else { 75 })
            && let Some(node) = self.templated(wanted, depth)
            && !(exact && (node.lit || node.ty() != *wanted))
        {
            return node;
        }
        if !exact {
            return self.literal(wanted, depth);
        }
        match self.reference(wanted, true) {
            Some(node) => node,
            None => self.exactly(wanted, depth),
        }
    }

    /// A reference of a type.
    fn reference(&mut self, wanted: &Ty, exact: bool) -> Option<Node> {
        let found: Vec<Reference> = self
            .scope
            .references(3)
            .into_iter()
            .filter(|r| {
                r.ty == *wanted
                    || *wanted == Ty::Unknown
                    || !exact
                        && matches!(wanted, Ty::Union(_))
                        && r.ty.members().iter().all(|m| wanted.members().contains(m))
            })
            .collect();
        if found.is_empty() {
            return None;
        }
        let liked: Vec<&Reference> = found
            .iter()
            .filter(|r| self.preferred.iter().any(|name| begins_with(&r.text, name)))
            .collect();
        let reference = if !liked.is_empty() && self.chance(60) {
            (*self.pick(&liked)).clone()
        } else {
            self.pick(&found).clone()
        };
        if exact && *wanted == Ty::Unknown && reference.ty != Ty::Unknown {
            return None;
        }
        Some(leaf(reference))
    }

    /// An expression from one of the templates that give this type.
    fn templated(&mut self, wanted: &Ty, depth: u32) -> Option<Node> {
        for _ in 0..12 {
            let template = self.pick(self.templates);
            let mut bindings = Bindings::new();
            if template.result.unify(wanted, &mut bindings)
                && let Some(node) = self.instantiate(template, bindings, depth)
            {
                return Some(node);
            }
        }
        None
    }

    /// Any literal-like expression that fits a type where TypeScript knows which is wanted.
    pub(crate) fn literal(&mut self, wanted: &Ty, depth: u32) -> Node {
        let below = depth.saturating_sub(1);
        let mut node = match wanted {
            Ty::Str => {
                let text = *self.pick(TEXTS);
                Node::leaf(Ty::Str, &quoted(text)).id("expr.string")
            }
            Ty::Num => {
                let text = *self.pick(NUMBERS);
                Node::leaf(Ty::Num, text).id("expr.number")
            }
            Ty::Bool => Node::leaf(Ty::Bool, if self.rng.bool() { "true" } else { "false" })
                .id("expr.boolean"),
            Ty::Null => Node::leaf(Ty::Null, "null").id("expr.null"),
            Ty::Undef => Node::leaf(Ty::Undef, "undefined").id("expr.undefined"),
            Ty::Unknown => {
                let ty = self.random_type(1);
                let mut node = self.expr(&ty, below, None);
                node.kind = super::node::Kind::Expr(Ty::Unknown);
                node
            }
            Ty::Date => {
                let text = *self.pick(&[
                    "new Date(0)",
                    "new Date(\"2024-02-29T12:30:45.678Z\")",
                    "new Date(951782400000)",
                    "new Date(-1)",
                    "new Date(NaN)",
                ]);
                Node::leaf(Ty::Date, text).id("new.date")
            }
            Ty::Enum(texts) => {
                let text = self.pick(texts).clone();
                Node::leaf(wanted.clone(), &quoted(&text)).id("expr.string")
            }
            Ty::Arr(inner) => {
                let count = self.rng.usize(1..4);
                let items = (0..count).map(|_| self.item(inner, below)).collect();
                bracketed(wanted, "[", items, "]").id("expr.array")
            }
            Ty::Tup(members) => {
                let mut parts = vec![Part::Text("[".into())];
                for (index, member) in members.iter().enumerate() {
                    parts.push(Part::Text(if index > 0 { ", " } else { "" }.into()));
                    parts.push(Part::Node(self.expr(member, below, None)));
                }
                parts.push(Part::Text("]".into()));
                Node::expr(wanted.clone(), parts).id("expr.array")
            }
            Ty::Rec(inner) => {
                let names = ["a", "b", "10", "z", "2", "open", "x y"];
                let first = self.rng.usize(0..names.len());
                let count = self.rng.usize(0..4);
                let items = (0..count)
                    .map(|n| {
                        let name = names[(first + n) % names.len()];
                        let value = self.expr(inner, below, None);
                        Node::other(vec![
                            Part::Text(format!("{}: ", key(name)).into()),
                            Part::Node(value),
                        ])
                    })
                    .collect();
                bracketed(wanted, "{ ", items, " }").id("expr.object")
            }
            Ty::Obj(fields) => {
                let mut parts = vec![Part::Text("{ ".into())];
                let fields = Rc::clone(fields);
                let mut first = true;
                for field in fields.iter() {
                    if field.optional && self.chance(40) {
                        continue;
                    }
                    let comma = if first { "" } else { ", " };
                    first = false;
                    parts.push(Part::Text(format!("{comma}{}: ", key(&field.name)).into()));
                    parts.push(Part::Node(self.item(&field.ty, below)));
                }
                parts.push(Part::Text(" }".into()));
                Node::expr(wanted.clone(), parts).id("expr.object")
            }
            Ty::Union(members) => {
                let member = self.pick(members).clone();
                let mut node = self.literal(&member, depth);
                node.kind = super::node::Kind::Expr(wanted.clone());
                node
            }
            Ty::Map(key, value) => {
                let pair = Ty::Tup([key.as_ref().clone(), value.as_ref().clone()].into()).list();
                let list = self.literal(&pair, depth);
                let start = format!("new Map<{}, {}>(", key.text(), value.text());
                around(wanted, &start, list, ")").id("new.map")
            }
            Ty::Set(inner) => {
                let list = self.literal(&inner.as_ref().clone().list(), depth);
                around(wanted, &format!("new Set<{}>(", inner.text()), list, ")").id("new.set")
            }
            Ty::Var(_) => Node::leaf(Ty::Str, "\"\""),
        };
        node.lit = true;
        node
    }

    /// An element of a list or a member.
    fn item(&mut self, wanted: &Ty, depth: u32) -> Node {
        let node = self.expr(wanted, depth, None);
        self.widened(wanted, node)
    }

    /// A literal that stands in a list or an object widens; what a function gives that returns
    /// literals does not.
    fn widened(&mut self, wanted: &Ty, node: Node) -> Node {
        let written =
            |id: &Rc<str>| matches!(&**id, "expr.string" | "expr.number" | "expr.boolean");
        let widens = !node.lit || node.parts.len() < 2 && node.ids.iter().all(written);
        let plain = matches!(wanted, Ty::Str | Ty::Num | Ty::Bool);
        if widens || !plain { node } else { self.handed(wanted, node) }
    }

    /// An expression whose type in TypeScript is exactly this one.
    fn exactly(&mut self, wanted: &Ty, depth: u32) -> Node {
        let below = depth.saturating_sub(1);
        if self.rng.bool() {
            match wanted {
                Ty::Str => {
                    return around(wanted, "String(", self.literal(&Ty::Num, 0), ")")
                        .id("global.string");
                }
                Ty::Num => {
                    return around(wanted, "Number(", self.literal(&Ty::Str, 0), ")")
                        .id("global.number");
                }
                Ty::Bool => {
                    let list = self.literal(&Ty::Num, 0);
                    return around(wanted, "Boolean(", list, ")").id("global.boolean");
                }
                _ => {}
            }
        }
        let own = self.literal(wanted, below);
        self.handed(wanted, own)
    }

    /// A value handed through a function, so that its type is exactly this one.
    pub(crate) fn handed(&mut self, ty: &Ty, value: Node) -> Node {
        let name = self.fresh("v");
        let start = format!("(({name}: {}) => {name})(", ty.text());
        Node { tests: value.tests.clone(), ..around(ty, &start, value, ")") }
            .id("expr.immediate-call")
    }

    /// Fills a template's holes.
    pub(crate) fn instantiate(
        &mut self,
        template: &Template,
        mut bindings: Bindings,
        depth: u32,
    ) -> Option<Node> {
        let mark = self.scope.mark();
        let filled = self.fill(template, &mut bindings, depth);
        self.scope.reset(mark);
        let (parts, tests, lit) = filled?;
        let mut node = Node::expr(template.result.substitute(&bindings), parts);
        node.ids.extend(template.ids.iter().cloned());
        let narrowing = template.ids.iter().any(|id| NARROWING.contains(&&**id));
        if narrowing {
            node.tests = tests;
        }
        // A function that is called at once gives literal types where it returns literals.
        let called = matches!(template.pieces.first(), Some(Piece::Text(text))
            if text.starts_with("((") || text.starts_with("(() =>") || text.starts_with("(<"));
        // What is written out is known: an optional member that is `undefined` is nothing else.
        let known =
            template.ids.iter().any(|id| matches!(&**id, "expr.as-const" | "expr.undefined"));
        node.lit = is_open(&template.result) && lit || called || known;
        Some(node)
    }

    fn fill(
        &mut self,
        template: &Template,
        bindings: &mut Bindings,
        depth: u32,
    ) -> Option<(Vec<Part>, Vec<String>, bool)> {
        let mark = self.scope.mark();
        let below = depth.saturating_sub(1);
        let mut names: HashMap<Rc<str>, String> = HashMap::new();
        let (mut parts, mut tests, mut lit) = (Vec::new(), Vec::new(), false);
        for piece in &template.pieces {
            match piece {
                Piece::Text(text) => parts.push(Part::Text(Rc::clone(text))),
                Piece::Expr { small: true, .. } if self.chance(80) => {
                    let text = *self.pick(&["0", "1", "2", "3", "(-1)", "(-2)", "5", "8"]);
                    parts.push(Part::Node(Node::leaf(Ty::Num, text)));
                }
                Piece::Expr { ty, literal, condition, .. } => {
                    let inside = matches!(ty, Ty::Var(_)) && !is_open(&template.result);
                    self.bind(ty, bindings, literal.is_none());
                    let ty = ty.substitute(bindings);
                    // Nothing follows `if (x || true) throw ...`, as TypeScript sees it.
                    let decided = ty == Ty::Bool && DECIDING.contains(&&*template.ids[0]);
                    let literal = if *condition || decided { Some(false) } else { *literal };
                    // Where TypeScript infers a type, only some literals have the type meant.
                    let inferred = literal.is_none() && !is_plain(&ty);
                    let node = self.expr(&ty, below, if inferred { Some(false) } else { literal });
                    let node = if inside { self.widened(&ty, node) } else { node };
                    let node = parenthesised(node, parts.last());
                    let node = self.comparable(node, &ty, template);
                    lit |= node.lit;
                    for test in &node.tests {
                        if *condition || NARROWING.contains(&&*template.ids[0]) {
                            self.scope.block(test);
                        }
                        tests.push(test.clone());
                    }
                    parts.push(Part::Node(node));
                }
                Piece::Type(ty) => {
                    self.bind(ty, bindings, true);
                    parts.push(Part::Text(ty.substitute(bindings).text().into()));
                }
                Piece::Bind { name, ty, typed } => {
                    self.bind(ty, bindings, true);
                    let ty = ty.substitute(bindings);
                    let text = self.fresh(name);
                    let written =
                        if *typed { format!("{text}: {}", ty.text()) } else { text.clone() };
                    parts.push(Part::Text(written.into()));
                    self.scope.add(&text, ty);
                    names.insert(Rc::clone(name), text);
                }
                Piece::Fresh(name) => {
                    let text = self.fresh(name);
                    parts.push(Part::Text(text.as_str().into()));
                    names.insert(Rc::clone(name), text);
                }
                Piece::Reference { name, ty } => {
                    let found: Vec<Reference> = self
                        .scope
                        .references(3)
                        .into_iter()
                        .filter(|r| {
                            let mut own = bindings.clone();
                            !matches!(r.ty, Ty::Union(_))
                                == !matches!(ty, Ty::Union(_) | Ty::Var('D'))
                                && ty.unify(&r.ty, &mut own)
                                && ty.substitute(&own) == r.ty
                        })
                        .collect();
                    if found.is_empty() {
                        return None;
                    }
                    let reference = self.pick(&found).clone();
                    ty.unify(&reference.ty, bindings);
                    names.insert(Rc::clone(name), reference.text.clone());
                    let node = leaf(reference);
                    tests.extend(node.tests.iter().cloned());
                    parts.push(Part::Node(node));
                }
                Piece::Regex(flags) => parts.push(Part::Node(self.regex(flags))),
                Piece::Again(name) => parts.push(Part::Text(names.get(name)?.as_str().into())),
                Piece::Narrow { name, ty } => {
                    self.bind(ty, bindings, true);
                    self.scope.add(names.get(name)?, ty.substitute(bindings));
                }
                Piece::Block(name) => self.scope.block(names.get(name)?),
                Piece::End => self.scope.reset(mark),
            }
        }
        Some((parts, tests, lit))
    }

    /// A list or object that is written out cannot be compared.
    fn comparable(&mut self, node: Node, ty: &Ty, template: &Template) -> Node {
        let compared = ["expr.equal", "expr.loose-null", "expr.not"].contains(&&*template.ids[0]);
        if !compared || !node.text().starts_with(['[', '{', '(']) {
            return node;
        }
        self.handed(ty, node)
    }

    /// Decides what the unbound variables of a pattern stand for.
    ///
    /// - `free`: chosen from what is in scope, where something there fits.
    fn bind(&mut self, pattern: &Ty, bindings: &mut Bindings, free: bool) {
        let mut names = Vec::new();
        pattern.variables(&mut names);
        if names.iter().all(|name| bound(bindings, *name).is_some()) {
            return;
        }
        if free && !matches!(pattern, Ty::Var(_)) && self.chance(65) {
            let mut fitting: Vec<Bindings> = Vec::new();
            for reference in self.scope.references(2) {
                let mut own = bindings.clone();
                if pattern.unify(&reference.ty, &mut own)
                    && pattern.substitute(&own) == reference.ty
                {
                    fitting.push(own);
                }
            }
            if !fitting.is_empty() {
                *bindings = self.pick(&fitting).clone();
                return;
            }
        }
        for name in names {
            if bound(bindings, name).is_none() {
                let ty = self.variable(name);
                bindings.push((name, ty));
            }
        }
    }

    fn variable(&mut self, name: char) -> Ty {
        match name {
            'S' => self.pick(&[Ty::Str, Ty::Num]).clone(),
            'E' => Ty::Enum(["open".into(), "closed".into()].into()),
            'O' => Ty::object([("id", Ty::Str), ("n", Ty::Num)]),
            'D' => super::template::pattern("<kind:'circle',radius:num>|<kind:'square',side:num>")
                .unwrap_or(Ty::Str),
            'P' => {
                let ty = self.random_type(1);
                ty.present().unwrap_or(Ty::Num)
            }
            _ => self.random_type(1),
        }
    }
}

/// Whether what a template gives may be no more than what is put into it.
fn is_open(result: &Ty) -> bool {
    match result {
        Ty::Var(_) | Ty::Tup(_) => true,
        Ty::Union(list) => list.iter().any(|m| matches!(m, Ty::Var(_))),
        _ => false,
    }
}

/// Whether a literal of a type has that type where nothing says which is wanted.
fn is_plain(ty: &Ty) -> bool {
    match ty {
        Ty::Enum(_) | Ty::Tup(_) | Ty::Rec(_) | Ty::Union(_) | Ty::Unknown | Ty::Var(_) => false,
        Ty::Arr(inner) => is_plain(inner),
        Ty::Obj(fields) => fields.iter().all(|f| !f.optional && is_plain(&f.ty)),
        _ => true,
    }
}

/// An object literal after `=>` in parentheses.
fn parenthesised(node: Node, before: Option<&Part>) -> Node {
    let arrow = matches!(before, Some(Part::Text(text)) if text.ends_with("=> "));
    if !arrow || !node.text().starts_with('{') {
        return node;
    }
    let (lit, tests) = (node.lit, node.tests.clone());
    Node { lit, tests, ..around(&node.ty(), "(", node, ")") }
}

/// Forms whose value tells something about the types of what they look at.
const NARROWING: [&str; 10] = [
    "expr.equal",
    "expr.loose-null",
    "expr.typeof",
    "expr.in",
    "expr.and",
    "expr.or",
    "expr.not",
    "array.is-array",
    "expr.nullish",
    "expr.conditional",
];

/// Forms that a literal operand may decide.
const DECIDING: [&str; 3] = ["expr.and", "expr.or", "expr.nullish"];

/// Whether a reference is to a variable or something in it.
fn begins_with(text: &str, name: &str) -> bool {
    text.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '?']))
}

fn leaf(reference: Reference) -> Node {
    let mut node = Node::leaf(reference.ty, &reference.text);
    node.tests.push(reference.text);
    node.tests.extend(reference.tests);
    node.ids.extend(reference.id.map(Rc::from));
    node
}

fn around(ty: &Ty, start: &str, inner: Node, end: &str) -> Node {
    let (start, end) = (Part::Text(start.into()), Part::Text(end.into()));
    Node::expr(ty.clone(), vec![start, Part::Node(inner), end])
}

fn bracketed(ty: &Ty, start: &str, items: Vec<Node>, end: &str) -> Node {
    let (start, end) = (Part::Text(start.into()), Part::Text(end.into()));
    Node::expr(ty.clone(), vec![start, Part::List(items, ", "), end])
}

/// A text as a literal of TypeScript.
pub(crate) fn quoted(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if u32::from(c) < 0x20 || matches!(u32::from(c), 0x7f | 0x2028 | 0x2029 | 0xfeff) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
