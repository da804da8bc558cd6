//! Statements of a handler: constants from templates, calls in all their forms, guards.
//!
//! Each adds what it declares to the scope; the handler's last statement answers with some of it.

use super::call::member;
use super::contract::{Contract, Operation};
use super::expression::Generator;
use super::node::{Kind, Node, Part};
use super::ty::Ty;

/// A handler, or the body of a nested block, while it grows.
pub(crate) struct Writer<'g, 't, 'c> {
    /// Makes its expressions.
    pub(crate) generator: &'g mut Generator<'t>,
    /// What it may call.
    pub(crate) contract: &'c Contract,
    /// Unsafe calls are allowed.
    pub(crate) unsafe_calls: bool,
    /// Names that can stand in the answer, with their types.
    pub(crate) results: Vec<(String, Ty)>,
    /// How many calls read what an earlier call gave.
    pub(crate) dependent: u32,
}

fn text(text: &str) -> Part {
    Part::Text(text.into())
}

impl<'g, 't, 'c> Writer<'g, 't, 'c> {
    /// With nothing declared.
    pub(crate) fn new(generator: &'g mut Generator<'t>, contract: &'c Contract) -> Self {
        Self { generator, contract, unsafe_calls: false, results: Vec::new(), dependent: 0 }
    }

    /// A constant of an expression.
    pub(super) fn constant(&mut self, prefix: &str, value: Node) -> Node {
        let name = self.generator.fresh(prefix);
        let ty = value.ty();
        let tests = value.tests.clone();
        // A constant of a union is what it begins with: `const c: string | undefined = undefined`.
        let narrows = matches!(ty, Ty::Union(_) | Ty::Enum(_) | Ty::Bool);
        let (annotation, value) = match value.lit {
            true if narrows => (String::new(), self.generator.handed(&ty, value)),
            true => (format!(": {}", ty.text()), value),
            false => (String::new(), value),
        };
        let node = Node::other(vec![
            text(&format!("const {name}{annotation} = ")),
            Part::Node(value),
            text(";"),
        ]);
        self.generator.scope.add_tested(&name, ty.clone(), tests);
        self.results.push((name, ty));
        node.id("stmt.const")
    }

    /// One template with random holes; each id is as likely as any other.
    pub(crate) fn feature(&mut self) -> Node {
        let telling = self.generator.chance(35);
        for _ in 0..100 {
            let index = self.generator.rng.usize(0..self.generator.templates.len());
            let template = &self.generator.templates[index];
            if telling && !template.telling
                || !telling && self.generator.rng.usize(0..template.alike) > 0
            {
                continue;
            }
            if let Some(node) = self.generator.instantiate(template, Vec::new(), 3) {
                return self.constant("c", node);
            }
        }
        let node = self.generator.expr(&Ty::Str, 2, None);
        self.constant("c", node)
    }

    /// An operation that may be called here.
    fn operation(&mut self) -> &'c Operation {
        let all: Vec<&Operation> = self.contract.operations().filter(|o| o.safe).collect();
        all[self.generator.rng.usize(0..all.len())]
    }

    /// A call, counted if it reads what another gave.
    fn call(&mut self, operation: &Operation) -> Node {
        // What calls gave is preferred: it is what makes one depend on another.
        let node = self.generator.call(self.contract, operation, 1);
        self.note(&node);
        node
    }

    pub(super) fn note(&mut self, node: &Node) {
        let written = node.text();
        if self.generator.preferred.iter().any(|name| contains(&written, name)) {
            self.dependent += 1;
        }
    }

    fn awaited(&mut self, value: Node, ty: Ty, ids: &[&str]) -> Node {
        let mut node = self.constant("r", Node::expr(ty, vec![text("await "), Part::Node(value)]));
        node.ids.extend(ids.iter().map(|id| (*id).into()));
        node.ids.push("expr.await".into());
        if let Some((name, _)) = self.results.last() {
            self.generator.preferred.push(name.clone());
        }
        node
    }

    /// A call of which only parts are shown, if there is one that gives something with parts.
    pub(crate) fn showing(&mut self) -> Option<Node> {
        let all: Vec<&Operation> = self.contract.operations().filter(|o| o.safe).collect();
        for _ in 0..4 {
            let operation = all[self.generator.rng.usize(0..all.len())];
            let call = self.call(operation);
            if Self::has_parts(&call.ty()) {
                return Some(self.shown(call));
            }
        }
        None
    }

    /// A call in one of its forms.
    pub(crate) fn calling(&mut self) -> Node {
        let operation = self.operation();
        match self.generator.rng.u32(0..18) {
            0..=3 => {
                let call = self.call(operation);
                let ty = call.ty();
                self.awaited(call, ty, &[])
            }
            4 => {
                let call = self.call(operation);
                let ty = call.ty();
                let (fallback, ty) = if self.generator.chance(50) {
                    (Node::leaf(Ty::Null, "null"), ty.or(Ty::Null))
                } else {
                    let value = self.generator.expr(&Ty::Str, 1, None);
                    (value, ty.or(Ty::Str))
                };
                let parts =
                    vec![Part::Node(call), text(".catch(() => "), Part::Node(fallback), text(")")];
                self.awaited(
                    Node::expr(ty.clone(), parts),
                    ty,
                    &["call.catch-value", "promise.catch"],
                )
            }
            5 => {
                let call = self.call(operation);
                let ty = call.ty().or(Ty::Num);
                let other = self.generator.expr(&Ty::Num, 1, None);
                let parts = vec![
                    Part::Node(call),
                    text(
                        ".catch((e) => (e instanceof UpstreamError ? e.status + e.reason.length : ",
                    ),
                    Part::Node(other),
                    text("))"),
                ];
                let ids =
                    ["call.catch-error", "expr.instanceof", "narrow.instanceof", "error.upstream"];
                self.awaited(Node::expr(ty.clone(), parts), ty, &ids)
            }
            6 => {
                let first = self.call(operation);
                let second = self.call(operation);
                let ty = first.ty().or(second.ty());
                let parts =
                    vec![Part::Node(first), text(".catch(() => "), Part::Node(second), text(")")];
                self.awaited(Node::expr(ty.clone(), parts), ty, &["call.catch-call"])
            }
            7 => {
                let (test, call) = self.guarded(operation);
                let ty = call.ty().or(Ty::Null);
                let parts =
                    vec![Part::Node(test), text(" ? await "), Part::Node(call), text(" : null")];
                let node = self.constant("r", Node::expr(ty, parts));
                self.generator.preferred.extend(self.results.last().map(|(name, _)| name.clone()));
                node.id("call.guarded").id("expr.conditional")
            }
            8 | 9 => self.side_by_side(),
            10 | 11 => self.mapped(operation),
            12 => self.settled(operation),
            13 => self.settled_map(operation),
            14 => self.nested_argument(),
            15 => self.async_helper(operation),
            16 => self.in_condition(operation),
            _ if self.unsafe_calls => self.changing(),
            _ => {
                let call = self.call(operation);
                let ty = call.ty();
                self.awaited(call, ty, &[])
            }
        }
    }

    /// A condition, and a call that is made where it holds: what it tests is narrower there.
    fn guarded(&mut self, operation: &Operation) -> (Node, Node) {
        let test = self.generator.expr(&Ty::Bool, 2, Some(false));
        let mark = self.generator.scope.mark();
        for tested in &test.tests {
            self.generator.scope.block(tested);
        }
        let call = self.call(operation);
        self.generator.scope.reset(mark);
        (test, call)
    }

    fn side_by_side(&mut self) -> Node {
        let count = self.generator.rng.usize(2..4);
        let mut parts = vec![text("const [")];
        let mut calls: Vec<(Node, Ty)> = Vec::new();
        let (mut caught, mut conditional) = (false, false);
        let changed = (self.unsafe_calls && self.generator.chance(20))
            .then(|| self.generator.rng.usize(0..count));
        for index in 0..count {
            let operation = if changed == Some(index) { self.change() } else { self.operation() };
            if self.generator.chance(30) {
                caught = true;
                let call = self.call(operation);
                let ty = call.ty().or(Ty::Null);
                let parts = vec![Part::Node(call), text(".catch(() => null)")];
                calls.push((Node::expr(ty.clone(), parts), ty));
            } else if self.generator.chance(20) {
                conditional = true;
                let (test, call) = self.guarded(operation);
                let ty = call.ty().or(Ty::Null);
                let parts = vec![Part::Node(test), text(" ? "), Part::Node(call), text(" : null")];
                calls.push((Node::expr(ty.clone(), parts), ty));
            } else {
                let call = self.call(operation);
                let ty = call.ty();
                calls.push((call, ty));
            }
        }
        let names: Vec<String> = calls.iter().map(|_| self.generator.fresh("r")).collect();
        parts.push(text(&format!("{}] = await Promise.all([", names.join(", "))));
        for (index, (call, _)) in calls.iter().enumerate() {
            parts.push(text(if index > 0 { ", " } else { "" }));
            parts.push(Part::Node(call.clone()));
        }
        parts.push(text("]);"));
        for (name, (_, ty)) in names.into_iter().zip(calls) {
            self.generator.scope.add(&name, ty.clone());
            self.generator.preferred.push(name.clone());
            self.results.push((name, ty));
        }
        let node = Node::other(parts).id("promise.all").id("stmt.destructure-array");
        let node = if conditional { node.id("promise.all-conditional") } else { node };
        if caught { node.id("promise.all-catch") } else { node }
    }

    /// A list of texts to make calls for.
    fn list(&mut self) -> (Node, Ty) {
        let found: Vec<_> = self
            .generator
            .scope
            .references(2)
            .into_iter()
            .filter(|r| matches!(&r.ty, Ty::Arr(e) if matches!(**e, Ty::Str | Ty::Obj(_))))
            .collect();
        if !found.is_empty() && self.generator.chance(75) {
            let reference = found[self.generator.rng.usize(0..found.len())].clone();
            let mut node = Node::leaf(reference.ty.clone(), &reference.text);
            node.ids.extend(reference.id.map(Into::into));
            let Ty::Arr(element) = reference.ty else { return self.list() };
            return (node, element.as_ref().clone());
        }
        (self.generator.expr(&Ty::Str.list(), 1, Some(false)), Ty::Str)
    }

    fn mapped(&mut self, operation: &Operation) -> Node {
        let (list, element) = self.list();
        self.note(&list);
        let name = self.generator.fresh("x");
        let mark = self.generator.scope.mark();
        self.generator.scope.add(&name, element);
        // Of a call that can be made together with others the element is the key.
        let together: Vec<&Operation> = self.contract.made_together().collect();
        let operation = match together.as_slice() {
            [_, ..] if self.generator.chance(60) => {
                together[self.generator.rng.usize(0..together.len())]
            }
            _ => operation,
        };
        let called = self.generator.preferred.len();
        if together.iter().any(|own| own.id == operation.id) {
            self.generator.preferred.push(name.clone());
        }
        let call = self.call(operation);
        self.generator.preferred.truncate(called);
        let direct = self.generator.chance(30);
        let mut parts = vec![text("await Promise.all("), Part::Node(list), text(".map(")];
        let (ty, id) = if direct {
            let ty = call.ty();
            parts.extend([text(&format!("({name}) => ")), Part::Node(call), text("))")]);
            (ty, "promise.all-map-direct")
        } else {
            let own = self.generator.fresh("y");
            self.generator.scope.add(&own, call.ty());
            parts.extend([
                text(&format!("async ({name}) => {{ const {own} = await ")),
                Part::Node(call),
                text("; "),
            ]);
            if self.generator.chance(25) {
                self.generator.preferred.push(own);
                let next = self.operation();
                let call = self.call(next);
                let further = self.generator.fresh("z");
                self.generator.scope.add(&further, call.ty());
                parts.extend([
                    text(&format!("const {further} = await ")),
                    Part::Node(call),
                    text("; "),
                ]);
            }
            let ty = self.generator.random_type(1);
            let value = self.generator.expr(&ty, 2, Some(false));
            let given = value.ty();
            parts.extend([text("return "), Part::Node(value), text("; }))")]);
            (given, "promise.all-map")
        };
        self.generator.scope.reset(mark);
        self.generator.preferred.retain(|called| !called.starts_with('y'));
        let value = Node::expr(ty.list(), parts).id(id);
        let node = self.constant("r", value);
        self.generator.preferred.extend(self.results.last().map(|(name, _)| name.clone()));
        node
    }

    fn settled(&mut self, operation: &Operation) -> Node {
        let (first, second) = (self.call(operation), {
            let other = self.operation();
            self.call(other)
        });
        let (a, b) = (self.generator.fresh("s"), self.generator.fresh("s"));
        let mark = self.generator.scope.mark();
        let value = format!("{a}.value");
        self.generator.scope.add(&value, first.ty());
        let shown = self.generator.expr(&Ty::Str, 2, Some(false));
        self.generator.scope.reset(mark);
        let name = self.generator.fresh("r");
        let node = Node::other(vec![
            text(&format!("const [{a}, {b}] = await Promise.allSettled([")),
            Part::Node(first),
            text(", "),
            Part::Node(second),
            text(&format!("]); const {name} = [{a}.status === \"fulfilled\" ? ")),
            Part::Node(shown),
            text(&format!(
                " : \"failed\", {b}.status === \"rejected\" && {b}.reason instanceof UpstreamError ? {b}.reason.status : 0];"
            )),
        ]);
        self.generator.scope.add(&name, Ty::Str.or(Ty::Num).list());
        self.results.push((name, Ty::Str.or(Ty::Num).list()));
        node.id("promise.all-settled")
    }

    fn settled_map(&mut self, operation: &Operation) -> Node {
        let (list, element) = self.list();
        let name = self.generator.fresh("x");
        let mark = self.generator.scope.mark();
        self.generator.scope.add(&name, element);
        let call = self.call(operation);
        self.generator.scope.reset(mark);
        let parts = vec![
            text("(await Promise.allSettled("),
            Part::Node(list),
            text(&format!(".map(({name}) => ")),
            Part::Node(call),
            text("))).map((s) => s.status)"),
        ];
        // The statuses are literal texts; as texts they are of use to others.
        let value = Node { lit: true, ..Node::expr(Ty::Str.list(), parts) };
        self.constant("r", value.id("promise.all-settled-map"))
    }

    fn nested_argument(&mut self) -> Node {
        let by_id = |o: &&Operation| o.safe && o.path.ends_with("{id}") && !o.id.ends_with("Shape");
        let all: Vec<&Operation> = self.contract.operations().filter(by_id).collect();
        let first = all[self.generator.rng.usize(0..all.len())];
        let second = all[self.generator.rng.usize(0..all.len())];
        let id = self.generator.expr(&Ty::Str, 1, None);
        let parts = vec![
            text(&format!(
                "await {}.{}({{ id: (await {}.{}({{ id: ",
                first.upstream, first.id, second.upstream, second.id
            )),
            Part::Node(id),
            text(" })).name })"),
        ];
        self.dependent += 1;
        let ty = first.answer.as_ref().map_or(Ty::Undef, |s| self.contract.ty(first.upstream, s));
        let node = self.constant("r", Node::expr(ty, parts));
        self.generator.preferred.extend(self.results.last().map(|(name, _)| name.clone()));
        node.id("call.as-argument").id("call.operation").id("expr.await")
    }

    /// A helper with calls of its own, in one of several forms of `try`.
    fn async_helper(&mut self, operation: &Operation) -> Node {
        let helper = self.generator.fresh("get");
        let parameter = self.generator.fresh("p");
        let mark = self.generator.scope.mark();
        self.generator.scope.add(&parameter, Ty::Str);
        let call = self.call(operation);
        let own = self.generator.fresh("w");
        self.generator.scope.add(&own, call.ty());
        let ty = self.generator.random_type(1);
        let value = self.generator.expr(&ty, 2, Some(false));
        let (form, gives, ids): (&str, Ty, &[&str]) = match self.generator.rng.u32(0..5) {
            0 => (
                " } catch (e) { if (e instanceof UpstreamError) return e.reason; throw e; }",
                Ty::Unknown,
                &["error.upstream", "error.rethrow", "narrow.instanceof"],
            ),
            1 => (" } catch { return null; }", ty.or(Ty::Null), &["stmt.try-catch-bare"]),
            2 => (
                " } catch (e) { return e instanceof UpstreamError ? [e.status, e.upstream, e.operation, e.reason] : null; }",
                Ty::Unknown,
                &["error.upstream"],
            ),
            3 => (
                " } catch (e) { throw error(409, \"lost\", e instanceof Error ? e.name : \"?\"); }",
                ty,
                &["error.throw", "error.error"],
            ),
            _ => ("", ty, &[]),
        };
        self.generator.scope.reset(mark);
        let argument = self.generator.expr(&Ty::Str, 1, None);
        self.note(&argument);
        let name = self.generator.fresh("r");
        let tried = if form.is_empty() { "" } else { "try { " };
        let mut node = Node::other(vec![
            text(&format!(
                "const {helper} = async ({parameter}: string) => {{ {tried}const {own} = await "
            )),
            Part::Node(call),
            text("; return "),
            Part::Node(value),
            text(&format!(";{form} }}; const {name} = await {helper}(")),
            Part::Node(argument),
            text(");"),
        ])
        .id("call.in-helper")
        .id("expr.await");
        if !form.is_empty() {
            node.ids.push("stmt.try-catch".into());
        }
        node.ids.extend(ids.iter().map(|id| (*id).into()));
        if gives != Ty::Unknown {
            self.generator.scope.add(&name, gives.clone());
            self.generator.preferred.push(name.clone());
        }
        self.results.push((name, gives));
        node
    }

    fn in_condition(&mut self, operation: &Operation) -> Node {
        let call = self.call(operation);
        let Kind::Expr(ty) = call.kind.clone() else { return self.feature() };
        let test = match &ty {
            Ty::Arr(_) => ".length > 1",
            _ if ty.is_absent() => " !== null",
            _ => "",
        };
        let inner = self.call(operation);
        let given = inner.ty().or(Ty::Str);
        let parts = vec![
            text("(await "),
            Part::Node(call),
            text(&format!("){test} ? await ")),
            Part::Node(inner),
            text(" : \"none\""),
        ];
        // An object is always there, which TypeScript knows of no promise's value.
        let node = self.constant("r", Node::expr(given, parts));
        self.generator.preferred.extend(self.results.last().map(|(name, _)| name.clone()));
        node.id("call.guarded").id("expr.conditional")
    }

    /// An unsafe operation.
    fn change(&mut self) -> &'c Operation {
        let all: Vec<&Operation> = self.contract.operations().filter(|o| !o.safe).collect();
        all[self.generator.rng.usize(0..all.len())]
    }

    /// An unsafe call, for its effect or its answer.
    pub(crate) fn changing(&mut self) -> Node {
        let operation = self.change();
        let call = self.call(operation);
        if operation.answer.is_none() || self.generator.chance(40) {
            return Node::other(vec![text("await "), Part::Node(call), text(";")]).id("stmt.call");
        }
        let ty = call.ty();
        self.awaited(call, ty, &[])
    }

    /// An early end.
    pub(crate) fn guard(&mut self) -> Node {
        let test = self.generator.expr(&Ty::Bool, 2, Some(false));
        let tests = test.tests.clone();
        let (rest, id) = if self.generator.chance(50) {
            let status = *self.generator.pick(&[400, 403, 404, 409, 422, 500, 503]);
            let detail = self.generator.expr(&Ty::Str, 1, None);
            (
                vec![
                    text(&format!(") throw error({status}, \"stop_{status}\", ")),
                    Part::Node(detail),
                    text(");"),
                ],
                "error.throw",
            )
        } else {
            let value = self.generator.expr(&Ty::Str, 2, None);
            (vec![text(") return { early: "), Part::Node(value), text(" };")], "stmt.return")
        };
        let mut parts = vec![text("if ("), Part::Node(test)];
        parts.extend(rest);
        for tested in tests {
            self.generator.scope.block(&tested);
        }
        Node::other(parts).id("stmt.if").id(id)
    }

    /// A branch with statements of its own.
    pub(crate) fn branch(&mut self) -> Node {
        let test = self.generator.expr(&Ty::Bool, 2, Some(false));
        let mark = self.generator.scope.mark();
        let (results, called) = (self.results.clone(), self.generator.preferred.len());
        for tested in &test.tests {
            self.generator.scope.block(tested);
        }
        let mut list = vec![self.calling(), self.feature()];
        let own: Vec<(String, Ty)> = self.results[results.len()..].to_vec();
        let last = self.answer(&own);
        list.push(Node::other(vec![text("return "), Part::Node(last), text(";")]));
        self.generator.scope.reset(mark);
        self.results = results;
        self.generator.preferred.truncate(called);
        for tested in &test.tests {
            self.generator.scope.block(tested);
        }
        let parts =
            vec![text("if ("), Part::Node(test), text(") { "), Part::List(list, " "), text(" }")];
        Node::other(parts).id("stmt.if")
    }

    /// `try` around statements, one of which answers.
    pub(crate) fn tried(&mut self) -> Node {
        let mark = self.generator.scope.mark();
        let (results, called) = (self.results.clone(), self.generator.preferred.len());
        let mut list = vec![self.calling(), self.calling()];
        let test = self.generator.expr(&Ty::Bool, 1, Some(false));
        let tests = test.tests.clone();
        let own: Vec<(String, Ty)> = self.results[results.len()..].to_vec();
        let last = self.answer(&own);
        list.push(Node::other(vec![
            text("if ("),
            Part::Node(test),
            text(") return "),
            Part::Node(last),
            text(";"),
        ]));
        self.generator.scope.reset(mark);
        self.results = results;
        self.generator.preferred.truncate(called);
        for tested in tests {
            self.generator.scope.block(&tested);
        }
        let handlers = [
            "catch (e) { if (e instanceof UpstreamError && e.status === 404) return { missing: e.operation }; throw e; }",
            "catch (e) { if (!(e instanceof UpstreamError)) throw e; return { reason: e.reason, upstream: e.upstream }; }",
            "catch { return { failed: true }; }",
            "catch (e) { if (e instanceof HttpError) return [e.status, e.code]; throw error(502, \"wrapped\", e instanceof Error ? e.name : \"\"); }",
        ];
        let handler = *self.generator.pick(&handlers);
        let parts = vec![text("try { "), Part::List(list, " "), text(&format!(" }} {handler}"))];
        Node::other(parts)
            .id("stmt.try-catch")
            .id("error.upstream")
            .id("error.rethrow")
            .id("narrow.instanceof")
    }

    /// An object of some results.
    pub(crate) fn answer(&mut self, results: &[(String, Ty)]) -> Node {
        let mut members = Vec::new();
        for (name, ty) in results {
            let value = match ty {
                Ty::Map(..) => format!("[...{name}]"),
                Ty::Set(_) => format!("[...{name}]"),
                ty if !ty.is_json() => continue,
                _ => name.clone(),
            };
            if value == *name && self.generator.chance(30) {
                members.push(Node::other(vec![text(name)]).id("expr.shorthand"));
            } else {
                members.push(member(name, Node::leaf(ty.clone(), &value)));
            }
        }
        let parts = vec![text("({ "), Part::List(members, ", "), text(" })")];
        Node::other(parts).id("expr.object")
    }

    /// The last statement.
    pub(crate) fn last(&mut self) -> Node {
        let results = self.results.clone();
        let value = self.answer(&results);
        let (start, end, id) = match self.generator.rng.u32(0..24) {
            0 => ("return json(", ", { status: 201 });", "reply.json"),
            1 => (
                "return json(",
                ", { headers: { \"x-count\": String(1 / 3), \"x-b\": \"t\" } });",
                "reply.headers",
            ),
            2 => (
                "return json(",
                ", { status: 202, cache: { maxAge: 60, staleWhileRevalidate: 30, scope: \"public\" } });",
                "reply.cache",
            ),
            3 => {
                let node = Node::other(vec![text("return noContent();")]);
                return node.id("reply.no-content");
            }
            4 => {
                let to = self.generator.expr(&Ty::Str, 1, None);
                let parts = vec![
                    text("return redirect(`/x/${encodeURIComponent("),
                    Part::Node(to),
                    text(")}`, 303);"),
                ];
                return Node::other(parts).id("reply.redirect");
            }
            5 => return Node::other(vec![text("return undefined;")]).id("reply.undefined"),
            6 => {
                let operation = self.operation();
                let call = self.call(operation);
                return Node::other(vec![text("return "), Part::Node(call), text(";")])
                    .id("call.return");
            }
            _ => ("return ", ";", "reply.value"),
        };
        Node::other(vec![text(start), Part::Node(value), text(end)]).id(id).id("stmt.return")
    }
}

/// Whether a text names something.
fn contains(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let next = text[at + name.len()..].chars().next();
        !next.is_some_and(|c| c.is_ascii_alphanumeric())
    })
}
