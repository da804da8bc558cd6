//! What stands around a handler: helper modules with their imports, declarations of the route's
//! own module, passthroughs.

use super::contract::{Contract, Place};
use super::expression::Generator;
use super::input::Input;
use super::node::{Node, Part};
use super::route::Route;
use super::statement::Writer;
use super::ty::Ty;

/// A function that a handler may apply.
#[derive(Debug)]
pub(crate) struct Function {
    /// How it is named where it is applied.
    name: String,
    parameters: Vec<Ty>,
    result: Ty,
    /// It makes calls.
    is_async: bool,
    ids: Vec<&'static str>,
}

/// Helper modules of a route.
pub(crate) struct Helpers {
    /// Paths and modules.
    pub(crate) files: Vec<(String, Node)>,
    /// How the route imports them.
    pub(crate) imports: Vec<Node>,
    /// What that gives.
    pub(crate) functions: Vec<Function>,
}

fn text(text: &str) -> Part {
    Part::Text(text.into())
}

fn line(words: &str) -> Node {
    Node::other(vec![text(words)])
}

/// A declaration of a function whose body sees its parameters only.
fn declared(generator: &mut Generator<'_>, name: &str, exported: bool) -> (Node, Vec<Ty>, Ty) {
    let scope = std::mem::take(&mut generator.scope);
    let count = generator.rng.usize(1..3);
    let parameters: Vec<Ty> = (0..count).map(|_| generator.random_type(1)).collect();
    let result = generator.random_type(1);
    let mut list = Vec::new();
    for ty in &parameters {
        let own = generator.fresh("p");
        list.push(format!("{own}: {}", ty.text()));
        generator.scope.add(&own, ty.clone());
    }
    let value = generator.expr(&result, 3, None);
    generator.scope = scope;
    let export = if exported { "export " } else { "" };
    let (list, ty) = (list.join(", "), result.text());
    let (parts, id) = if generator.chance(50) {
        let start = format!("{export}function {name}({list}): {ty} {{ return ");
        (vec![text(&start), Part::Node(value), text("; }")], "module.function")
    } else {
        let start = format!("{export}const {name} = ({list}): {ty} => (");
        (vec![text(&start), Part::Node(value), text(");")], "module.arrow")
    };
    (Node::other(parts).id(id), parameters, result)
}

/// Modules in `lib/` and `shared/`, and how a route imports them.
pub(crate) fn helpers(generator: &mut Generator<'_>, number: usize, params: bool) -> Helpers {
    let mut out = Helpers { files: Vec::new(), imports: Vec::new(), functions: Vec::new() };
    // Scopes of helpers know nothing of the route.
    let up = if params { "../.." } else { ".." };
    if generator.chance(25) {
        let name = generator.fresh("help");
        let (node, parameters, result) = declared(generator, &name, true);
        let mut list = vec![node];
        if generator.chance(40) {
            let limit = generator.fresh("SIZE");
            list.insert(0, line(&format!("const {limit} = 3;")).id("module.const"));
        }
        let path = format!("frontends/web/lib/h{number}.ts");
        let mut from = format!("{up}/lib/h{number}.ts");
        out.files.push((path, Node::other(vec![Part::List(list, "\n"), text("\n")])));
        let mut ids = Vec::new();
        if generator.chance(25) {
            let again = format!("export {{ {name} }} from \"./h{number}.ts\";\n");
            let path = format!("frontends/web/lib/e{number}.ts");
            out.files.push((path, line(&again).id("module.export-from")));
            from = format!("{up}/lib/e{number}.ts");
            ids.push("module.export-from");
        }
        let (import, used, id) = match generator.rng.u32(0..3) {
            0 => (format!("import {{ {name} }} from \"{from}\";"), name, "module.import"),
            1 => {
                let own = generator.fresh("own");
                let import = format!("import {{ {name} as {own} }} from \"{from}\";");
                (import, own, "module.import-as")
            }
            _ => {
                let own = generator.fresh("space");
                let import = format!("import * as {own} from \"{from}\";");
                (import, format!("{own}.{name}"), "module.import-namespace")
            }
        };
        out.imports.push(line(&import).id(id));
        out.functions.push(Function { name: used, parameters, result, is_async: false, ids });
    }
    if generator.chance(15) {
        let name = generator.fresh("common");
        let (node, parameters, result) = declared(generator, &name, true);
        let path = format!("shared/s{number}.ts");
        out.files.push((path, Node::other(vec![Part::Node(node), text("\n")])));
        let import = format!("import {{ {name} }} from \"#shared/s{number}\";");
        out.imports.push(line(&import).id("module.import-shared"));
        let ids = Vec::new();
        out.functions.push(Function { name, parameters, result, is_async: false, ids });
    }
    out
}

/// Declarations of a route's own module, and what of them can be applied.
pub(crate) fn declarations(
    generator: &mut Generator<'_>,
    contract: &Contract,
) -> (Vec<Node>, Vec<Function>) {
    let (mut list, mut functions) = (Vec::new(), Vec::new());
    if generator.chance(25) {
        let scope = std::mem::take(&mut generator.scope);
        let name = generator.fresh("LIMIT");
        let mut value = generator.expr(&Ty::Num, 1, None);
        // A module's constants know no time (FR2032).
        if ["Date.now()", "new Date()"].iter().any(|clock| value.text().contains(clock)) {
            value = Node::leaf(Ty::Num, "10");
        }
        generator.scope = scope;
        let parts = vec![text(&format!("const {name}: number = ")), Part::Node(value), text(";")];
        list.push(Node::other(parts).id("module.const"));
        generator.scope.add(&name, Ty::Num);
    }
    if generator.chance(12) {
        let name = generator.fresh("own");
        let (node, parameters, result) = declared(generator, &name, false);
        list.push(node);
        functions.push(Function { name, parameters, result, is_async: false, ids: Vec::new() });
    }
    if generator.chance(10) {
        let (alias, name) = (generator.fresh("Row"), generator.fresh("row"));
        let (form, id) = if generator.chance(50) {
            (format!("type {alias} = {{ id: string; n?: number }};"), "module.type-alias")
        } else {
            (format!("interface {alias} {{ id: string; n?: number }}"), "module.interface")
        };
        let body = "`${row.id}/${row.n ?? 0}`";
        list.push(
            line(&format!("{form}\nconst {name} = (row: {alias}): string => {body};")).id(id),
        );
        let optional = super::template::pattern("<id:str,n?:num>").unwrap_or(Ty::Str);
        let (parameters, ids) = (vec![optional], Vec::new());
        functions.push(Function { name, parameters, result: Ty::Str, is_async: false, ids });
    }
    if generator.chance(10) {
        let upstream = &contract.upstreams[generator.rng.usize(0..contract.upstreams.len())];
        let (schema_name, schema) = &upstream.schemas[generator.rng.usize(0..4)];
        let name = generator.fresh("shown");
        let words = format!(
            "const {name} = (thing: {}.{schema_name}): string => `${{thing.id}} ${{thing.tags.length}}`;",
            upstream.namespace
        );
        list.push(line(&words).id("type.contract").id("module.import-type"));
        let parameters = vec![upstream.ty(schema)];
        let ids = Vec::new();
        functions.push(Function { name, parameters, result: Ty::Str, is_async: false, ids });
    }
    if generator.chance(10) {
        let (schema, alias, name) =
            (generator.fresh("Filter"), generator.fresh("Wanted"), generator.fresh("told"));
        let words = format!(
            "const {schema} = z.object({{ q: z.string(), n: z.number().optional() }});\n\
             type {alias} = z.infer<typeof {schema}>;\n\
             const {name} = (wanted: {alias}): string => wanted.q + (wanted.n ?? \"-\");"
        );
        list.push(line(&words).id("type.zod-infer"));
        let optional = super::template::pattern("<q:str,n?:num>").unwrap_or(Ty::Str);
        let (parameters, ids) = (vec![optional], Vec::new());
        functions.push(Function { name, parameters, result: Ty::Str, is_async: false, ids });
    }
    if generator.chance(12) {
        let all: Vec<_> = contract
            .operations()
            .filter(|o| o.path.ends_with("{id}") && o.safe && !o.id.ends_with("Shape"))
            .collect();
        let operation = all[generator.rng.usize(0..all.len())];
        let name = generator.fresh("load");
        let words = format!(
            "const {name} = async (id: string): Promise<string> => (await {}.{}({{ id }})).name;",
            operation.upstream, operation.id
        );
        list.push(line(&words).id("module.async-helper").id("type.promise").id("call.in-helper"));
        let ids = Vec::new();
        functions.push(Function {
            name,
            parameters: vec![Ty::Str],
            result: Ty::Str,
            is_async: true,
            ids,
        });
    }
    (list, functions)
}

impl Writer<'_, '_, '_> {
    /// A constant of what a function gives.
    pub(crate) fn applied(&mut self, function: &Function) -> Node {
        let mut parts = Vec::new();
        let start = if function.is_async { "await " } else { "" };
        parts.push(text(&format!("{start}{}(", function.name)));
        for (index, ty) in function.parameters.iter().enumerate() {
            parts.push(text(if index > 0 { ", " } else { "" }));
            let argument = self.generator.expr(ty, 2, None);
            if function.is_async {
                self.note(&argument);
            }
            parts.push(Part::Node(argument));
        }
        parts.push(text(")"));
        let mut node = Node::expr(function.result.clone(), parts).id("expr.call");
        node.ids.extend(function.ids.iter().map(|id| (*id).into()));
        self.constant("k", node)
    }
}

/// A route that streams an operation's answer.
pub(crate) fn passed_through(
    generator: &mut Generator<'_>,
    number: usize,
    contract: &Contract,
) -> Route {
    let fits = |o: &&super::contract::Operation| {
        o.method == "GET" && o.parameters.iter().all(|p| p.place != Place::Header)
    };
    let all: Vec<_> = contract.operations().filter(fits).collect();
    let operation = all[generator.rng.usize(0..all.len())];
    let params = operation.path.ends_with("{id}");
    let file = if params { format!("r{number}/[id].ts") } else { format!("r{number}.ts") };
    let words =
        format!("\nexport const GET = passthrough({}.{});\n", operation.upstream, operation.id);
    Route {
        method: "GET",
        path: format!("/r{number}"),
        file: format!("frontends/web/routes/{file}"),
        module: line(&words).id("module.passthrough"),
        helpers: Vec::new(),
        input: Input::handed_through(params),
        dependent: false,
        passthrough: true,
    }
}
