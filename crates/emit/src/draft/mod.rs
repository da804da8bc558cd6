//! Drafts of route modules: each operation of a contract as a route that answers what it answers.
//!
//! In:    the contract of a backend that is to be replaced route by route.
//! Out:   the texts of route modules by their paths, and why an operation has none.
//! Never: a route that would answer otherwise than the operation, as far as its contract says.
//!
//! Start at [`draft`].

mod zod;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use frontage_contract::{
    Binding, ContentKind, Contract, Http, Location, Method, Operation, Parameter, Piece, Status,
    Style, Type, TypeId,
};

use crate::typescript::{comment, is_identifier, key, quoted};

/// What became of a contract's operations.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Drafts {
    /// Route modules, by their paths below `routes/`.
    pub modules: BTreeMap<String, String>,
    /// How many routes these have.
    pub routes: usize,
    /// Operations that have none, and why.
    pub left: Vec<(String, String)>,
}

/// Drafts a route for each operation.
///
/// - `upstream`: the name by which routes call the backend.
/// - `prefix`: the path before the contract's own, such as `/api`; may be empty.
#[must_use]
pub fn draft(contract: &Contract, upstream: &str, prefix: &str) -> Drafts {
    let mut drafts = Drafts::default();
    let mut modules: BTreeMap<String, Module> = BTreeMap::new();
    // What a parameter at a place is called: one name for all routes through it.
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for operation in &contract.operations {
        let Binding::Http(http) = &operation.binding;
        let drafted = match operation.faults.first() {
            Some(fault) => Err(fault.message.clone()),
            None => path(http, operation, prefix, &mut names).and_then(|path| {
                Ok((Route { contract, operation, upstream, path: &path }.text()?, path))
            }),
        };
        match drafted {
            Ok((route, path)) => {
                let module = modules.entry(path.file).or_default();
                module.imports.extend(route.imports);
                module.zod |= route.zod;
                module.routes.push(route.text);
                drafts.routes += 1;
            }
            Err(why) => drafts.left.push((format!("{} {}", http.method, http.template), why)),
        }
    }
    for (file, module) in modules {
        let mut text = String::new();
        let imports: Vec<&str> = module.imports.into_iter().collect();
        let _ = writeln!(text, "import {{ {} }} from \"frontage\";", imports.join(", "));
        if module.zod {
            text.push_str("import { z } from \"zod\";\n");
        }
        let _ = writeln!(text, "import {{ {upstream} }} from \"#upstreams\";");
        for route in module.routes {
            text.push('\n');
            text.push_str(&route);
        }
        drafts.modules.insert(file, text);
    }
    drafts
}

#[derive(Default)]
struct Module {
    imports: BTreeSet<&'static str>,
    zod: bool,
    routes: Vec<String>,
}

/// Where a route stands, and what its parameters are called there.
struct Path {
    file: String,
    /// By index of the operation's parameter.
    names: BTreeMap<usize, String>,
}

fn path(
    http: &Http,
    operation: &Operation,
    prefix: &str,
    known: &mut BTreeMap<String, String>,
) -> Result<Path, String> {
    let mut parts: Vec<String> = Vec::new();
    for part in prefix.split('/').filter(|part| !part.is_empty()) {
        parts.push(segment_of_file(part)?);
    }
    let mut names = BTreeMap::new();
    let count = http.segments.len();
    for (at, segment) in http.segments.iter().enumerate() {
        match &segment.pieces[..] {
            [] if at + 1 == count && at == 0 => {}
            [] if at + 1 == count => {
                return Err("its path ends with a slash, which no route's does".into());
            }
            [] => return Err("its path has an empty segment, which no route's has".into()),
            [Piece::Literal(text)] => parts.push(segment_of_file(text)?),
            [Piece::Parameter(index)] => {
                let own = &operation.parameters[*index].name;
                let name =
                    known.entry(parts.join("/")).or_insert_with(|| parameter_name(own)).clone();
                if names.values().any(|other| *other == name) {
                    return Err(format!("two of its path's parameters would be called `{name}`"));
                }
                parts.push(format!("[{name}]"));
                names.insert(*index, name);
            }
            _ => return Err("a segment of its path is more than one parameter".into()),
        }
    }
    // `x.d.ts` is a declaration.
    if parts.last().is_some_and(|last| last.ends_with(".d")) {
        return Err("its file would be one of declarations".into());
    }
    // `index.ts` is of the folder.
    if parts.is_empty() || parts.last().is_some_and(|last| last == "index") {
        parts.push("index".to_owned());
    }
    Ok(Path { file: format!("{}.ts", parts.join("/")), names })
}

/// A segment that the name of a route file can say.
fn segment_of_file(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
    let fits = text.chars().all(plain) && !text.starts_with('.') && text != "node_modules";
    match fits {
        true => Ok(text.to_owned()),
        false => Err(format!("{text:?} cannot be a segment of a route file's path")),
    }
}

/// A parameter's name as a file can have it.
fn parameter_name(name: &str) -> String {
    let mut out = String::new();
    let mut upper = false;
    for c in name.chars() {
        match c {
            c if c.is_ascii_alphanumeric() || c == '_' => {
                out.push(if upper { c.to_ascii_uppercase() } else { c });
                upper = false;
            }
            _ => upper = !out.is_empty(),
        }
    }
    let odd = out.is_empty() || out == "__proto__";
    if odd || out.starts_with(|c: char| c.is_ascii_digit()) {
        out.insert(0, 'p');
    }
    out
}

struct Text {
    text: String,
    imports: BTreeSet<&'static str>,
    zod: bool,
}

/// One operation as a route.
struct Route<'c> {
    contract: &'c Contract,
    operation: &'c Operation,
    upstream: &'c str,
    path: &'c Path,
}

/// An argument of the call, and where it comes from.
struct Argument {
    /// The schema of the route's own input.
    schema: String,
    /// What is handed to the call.
    value: String,
}

impl Route<'_> {
    fn text(&self) -> Result<Text, String> {
        let operation = self.operation;
        let Binding::Http(http) = &operation.binding;
        let method = match http.method {
            Method::Get | Method::Post | Method::Put | Method::Patch | Method::Delete => {
                http.method.as_str()
            }
            Method::Head | Method::Options => return Err("routes answer this by themselves".into()),
            Method::Query | Method::Trace => return Err("few clients ask with this method".into()),
        };
        let mut words: Vec<String> = operation.summary.iter().cloned().collect();
        if operation.deprecated {
            words.push("@deprecated".into());
        }
        if let Some(odd) = operation.parameters.iter().find(|p| self.is_unfit(p)) {
            return Err(format!("its parameter {:?} is no plain value", odd.name));
        }
        let doc = comment(&words, 0);
        let call = format!("{}.{}", self.upstream, operation.name);
        if self.is_plain()
            && let Some(text) = self.handler(method, &call)
        {
            return Ok(Text { text: format!("{doc}{}", text.text), ..text });
        }
        // Handed on as it is: then parameters have the names that the contract has.
        for (index, name) in &self.path.names {
            if operation.parameters[*index].name != *name {
                return Err(
                    "its answer can only be handed on, and its parameters' names cannot".into()
                );
            }
        }
        let unnamed = |p: &&Parameter| p.required && matches!(p.location, Location::Cookie);
        if operation.parameters.iter().any(|p| unnamed(&p)) {
            return Err("it needs a cookie, which routes do not read".into());
        }
        let text = format!("{doc}export const {method} = passthrough({call});\n");
        Ok(Text { text, imports: BTreeSet::from(["passthrough"]), zod: false })
    }

    /// Whether a parameter's value is something that neither a route's input nor a passthrough takes.
    fn is_unfit(&self, parameter: &Parameter) -> bool {
        let mut types = vec![parameter.ty];
        if let Type::Union(union) = self.contract.ty(parameter.ty) {
            types.clone_from(&union.variants);
        }
        let is_object = |id: &TypeId| matches!(self.contract.ty(*id), Type::Object(_));
        matches!(parameter.style, Style::DeepObject | Style::Json)
            || types.iter().any(is_object)
            || parameter.name == "__proto__"
    }

    /// Whether all its successes are JSON, or have no body.
    fn is_plain(&self) -> bool {
        let success = self.operation.success;
        !success.binary && !success.text
    }

    fn handler(&self, method: &str, call: &str) -> Option<Text> {
        let operation = self.operation;
        let mut arguments: Vec<String> = Vec::new();
        let mut inputs: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (index, parameter) in operation.parameters.iter().enumerate() {
            let (part, name) = match parameter.location {
                Location::Path => ("params", self.path.names.get(&index)?.clone()),
                Location::Query => ("query", parameter.name.clone()),
                Location::Header => ("headers", parameter.name.to_ascii_lowercase()),
                // A passthrough hands on none either; it is optional there.
                Location::Cookie if parameter.required => return None,
                Location::Cookie => continue,
            };
            match self.argument(parameter, part, &name) {
                Some(Argument { schema, value }) => {
                    inputs.entry(part).or_default().push(format!("{}: {schema}", key(&name)));
                    arguments.push(format!("{}: {value}", key(&parameter.key)));
                }
                None => return None,
            }
        }
        let mut body = None;
        if let Some(own) = &operation.body {
            let content =
                own.content.first().filter(|content| content.kind == ContentKind::Json)?;
            let schema = zod::schema(self.contract, content.ty)?;
            body = Some(if own.required { schema } else { format!("{schema}.optional()") });
            arguments.push(format!("{}: body", Operation::BODY_KEY));
        }
        let mut imports = BTreeSet::from(["route"]);
        let parts: Vec<&str> =
            inputs.keys().copied().chain(body.as_ref().map(|_| "body")).collect();
        let arguments = match arguments.len() {
            0 => String::new(),
            _ => braced(&arguments, 2),
        };
        let asked = format!("{call}({arguments})");
        let status = self.status();
        let result = match (operation.success.json.is_some(), operation.success.empty, status) {
            (true, false, Some(200)) => format!("await {asked}"),
            (true, false, Some(status)) => {
                imports.insert("json");
                format!("json(await {asked}, {{ status: {status} }})")
            }
            (false, true, Some(204)) => {
                imports.insert("noContent");
                let context = context(&parts);
                let lines = format!("{{\n    await {asked};\n    return noContent();\n  }}");
                return Some(self.finish(
                    method,
                    &inputs,
                    body.as_ref(),
                    &context,
                    &lines,
                    imports,
                ));
            }
            // Several kinds of success, each with its status: only the operation itself tells.
            _ => return None,
        };
        let context = context(&parts);
        Some(self.finish(method, &inputs, body.as_ref(), &context, &result, imports))
    }

    fn finish(
        &self,
        method: &str,
        inputs: &BTreeMap<&str, Vec<String>>,
        body: Option<&String>,
        context: &str,
        result: &str,
        imports: BTreeSet<&'static str>,
    ) -> Text {
        let mut declared = String::new();
        for (part, members) in inputs {
            let _ = writeln!(declared, "    {part}: z.object({}),", braced(members, 4));
        }
        if let Some(body) = body {
            let _ = writeln!(declared, "    body: {body},");
        }
        let zod = !declared.is_empty();
        let text = if zod {
            format!(
                "export const {method} = route(\n  {{\n{declared}  }},\n  async ({context}) => {result},\n);\n"
            )
        } else {
            format!("export const {method} = route(\n  async () => {result},\n);\n")
        };
        Text { text, imports, zod }
    }

    /// The only status of success; nothing if there are several, or a range.
    fn status(&self) -> Option<u16> {
        let mut found = self.operation.responses.iter().filter(|r| r.status.is_success());
        match (found.next().map(|response| response.status), found.next()) {
            (Some(Status::Exact(status)), None) => Some(status),
            _ => None,
        }
    }

    fn argument(&self, parameter: &Parameter, part: &str, name: &str) -> Option<Argument> {
        let read = match is_identifier(name) {
            true => format!("{part}.{name}"),
            false => format!("{part}[{}]", quoted(name)),
        };
        let optional = if parameter.required { "" } else { ".optional()" };
        let ty = self.contract.ty(parameter.ty);
        if let Type::Array(array) = ty {
            if part != "query" {
                return None;
            }
            // A key that comes several times, or one value with its parts.
            let between = match parameter.style {
                _ if parameter.explode => None,
                Style::Form => Some(","),
                Style::SpaceDelimited => Some(" "),
                Style::PipeDelimited => Some("|"),
                _ => return None,
            };
            let Some(between) = between else {
                let element = zod::text_value(self.contract, array.items)?;
                return Some(Argument {
                    schema: format!("z.array({element}){optional}"),
                    value: read,
                });
            };
            let chain = if parameter.required { "." } else { "?." };
            let number = match self.contract.ty(array.items) {
                Type::String(_) | Type::Unknown => "",
                Type::Number(_) => ".map(Number)",
                _ => return None,
            };
            let value = format!("{read}{chain}split({}){number}", quoted(between));
            return Some(Argument { schema: format!("z.string(){optional}"), value });
        }
        if *ty == Type::Boolean {
            let schema = format!("z.enum([\"true\", \"false\"]){optional}");
            let value = match parameter.required {
                true => format!("{read} === \"true\""),
                false => format!("{read} === undefined ? undefined : {read} === \"true\""),
            };
            return Some(Argument { schema, value });
        }
        let schema = zod::text_value(self.contract, parameter.ty)?;
        Some(Argument { schema: format!("{schema}{optional}"), value: read })
    }
}

/// Longest list of members on one line.
const LINE: usize = 80;

/// Members in braces: on one line if that is short.
fn braced(members: &[String], indent: usize) -> String {
    let line = members.join(", ");
    if line.len() <= LINE {
        return format!("{{ {line} }}");
    }
    let pad = " ".repeat(indent + 2);
    let lines: Vec<String> = members.iter().map(|member| format!("{pad}{member},\n")).collect();
    format!("{{\n{}{}}}", lines.concat(), " ".repeat(indent))
}

/// `{ params, query }`
fn context(parts: &[&str]) -> String {
    if parts.is_empty() { String::new() } else { format!("{{ {} }}", parts.join(", ")) }
}
