//! Reads an OpenAPI document, or a Swagger 2.0 one: version, paths, operations; then settles which
//! operations the faults that were found cost.
//!
//! In:    the gathered files of the contract.
//! Out:   a [`Contract`], and what was found on the way.
//! Never: `servers` (addresses are configuration) or security schemes (the front door's and the
//!        upstream's configuration's affair).
//!
//! Sources: OpenAPI Specification 2.0, 3.0.4, 3.1.1 and 3.2.0.

mod body;
mod operation;
mod parameter;
mod swagger;

use std::collections::HashSet;

use frontage_diagnostic::{Code, Diagnostic, FileId, Span};

use crate::codes;
use crate::model::{Binding, Contract, Method, Operation, Parameter, Piece, Type, TypeId, Types};
use crate::names;
use crate::references::References;
use crate::schema::{Lowering, children};
use crate::tree::{Kind, NodeId, Tree};

/// How many faults of types one operation tells.
const FAULT_LIMIT: usize = 10;

/// An operation with what its use needs, before faults are settled.
pub(crate) struct Draft {
    operation: Operation,
    /// Types that a use of the operation touches.
    needs: Vec<TypeId>,
}

/// Reads one document.
struct Reader<'a> {
    refs: &'a References<'a>,
    tree: &'a Tree,
    lowering: Lowering<'a>,
    /// The document's root.
    root: NodeId,
    dialect: Dialect,
}

/// What the document is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// Swagger 2.0.
    Swagger,
    /// OpenAPI 3.0.
    Old,
    /// OpenAPI 3.1 and later: siblings of `$ref` count.
    New,
}

/// The contract without anything in it.
pub(crate) fn empty(file: FileId) -> Contract {
    Contract {
        file,
        title: String::new(),
        version: String::new(),
        operations: Vec::new(),
        types: Types::default(),
    }
}

/// Reads the document with this root node.
pub(crate) fn read<'a>(file: FileId, root: NodeId, refs: &'a References<'a>) -> crate::Read {
    let tree = refs.tree;
    let dialect = match dialect(root, refs) {
        Ok(dialect) => dialect,
        Err(diagnostic) => {
            return crate::Read { contract: empty(file), diagnostics: vec![*diagnostic] };
        }
    };
    let schemas = match dialect {
        Dialect::Swagger => tree.get(root, "definitions"),
        Dialect::Old | Dialect::New => {
            tree.get(root, "components").and_then(|c| tree.get(c, "schemas"))
        }
    };
    let schemas = schemas.map_or(&[][..], |schemas| tree.members(schemas));
    for member in schemas {
        refs.name(member.value, tree.key(member), member.key_span);
    }
    let origin = Span::new(file, 0, 0);
    let lowering = Lowering::new(refs, dialect == Dialect::New, origin);
    let mut reader = Reader { refs, tree, lowering, root, dialect };
    let drafts = reader.paths(root);
    // What no operation reaches costs nothing, and its faults nobody. A document of schemas alone
    // is read for their sake.
    if drafts.is_empty() {
        for member in schemas.iter().filter(|member| !tree.key(member).starts_with("x-")) {
            reader.lowering.lower(member.value);
        }
    }
    reader.lowering.finish();
    let Lowering { types, faults, impossible, mut diagnostics, .. } = reader.lowering;
    let mut left_out = HashSet::new();
    let mut operations = Vec::with_capacity(drafts.len());
    for Draft { mut operation, needs } in drafts {
        let answer = operation.success.json.and_then(|id| impossible.get(&id));
        operation.faults.extend(answer.cloned());
        if !faults.is_empty() {
            let mut broken = reached(&types, needs);
            broken.sort_unstable();
            for fault in broken.iter().filter_map(|id| faults.get(id)).take(FAULT_LIMIT) {
                if !operation.faults.contains(fault) {
                    operation.faults.push(fault.clone());
                }
            }
            for parameter in drop_faulty(&mut operation, &types) {
                if left_out.insert(parameter.span) {
                    let message = format!(
                        "the optional parameter `{}` is left out: its schema is faulty",
                        parameter.name
                    );
                    diagnostics.push(
                        Diagnostic::error(codes::IGNORED_KEYWORD, parameter.span, message)
                            .help("calls cannot give it before the schema is corrected")
                            .warning(),
                    );
                }
            }
        }
        operations.push(operation);
    }
    let info = tree.get(root, "info");
    let text = |key: &str| {
        info.and_then(|info| tree.get(info, key))
            .and_then(|value| tree.scalar_text(value))
            .unwrap_or("")
            .to_owned()
    };
    let contract =
        Contract { file, title: text("title"), version: text("version"), operations, types };
    crate::Read { contract, diagnostics }
}

/// Takes out the optional parameters whose types are broken; whoever does not give them loses
/// nothing.
fn drop_faulty(operation: &mut Operation, types: &Types) -> Vec<Parameter> {
    let mut dropped = Vec::new();
    let mut kept = Vec::with_capacity(operation.parameters.len());
    let mut places = Vec::with_capacity(operation.parameters.len());
    for parameter in std::mem::take(&mut operation.parameters) {
        places.push(kept.len());
        if parameter.required || reached(types, vec![parameter.ty]).is_empty() {
            kept.push(parameter);
        } else {
            dropped.push(parameter);
        }
    }
    operation.parameters = kept;
    // What a path holds is required, and so is still there.
    let Binding::Http(http) = &mut operation.binding;
    for piece in http.segments.iter_mut().flat_map(|segment| &mut segment.pieces) {
        if let Piece::Parameter(place) = piece {
            *place = places[*place];
        }
    }
    dropped
}

/// The broken types that `needs` lead to.
fn reached(types: &Types, needs: Vec<TypeId>) -> Vec<TypeId> {
    let mut seen: HashSet<TypeId> = needs.iter().copied().collect();
    let mut stack = needs;
    let mut broken = Vec::new();
    while let Some(id) = stack.pop() {
        let ty = &types.declaration(id).ty;
        if *ty == Type::Broken {
            broken.push(id);
        }
        stack.extend(children(ty).into_iter().filter(|&child| seen.insert(child)));
    }
    broken
}

/// What the document is written in.
fn dialect(root: NodeId, refs: &References<'_>) -> Result<Dialect, Box<Diagnostic>> {
    let tree = refs.tree;
    let fail = |code: Code, node: NodeId, message: String, help: &str| {
        Err(Box::new(Diagnostic::error(code, refs.place(node), message).help(help)))
    };
    let known = "Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2 are";
    if let Some(version) = tree.get(root, "openapi").or_else(|| tree.get(root, "swagger")) {
        let text = tree.scalar_text(version).unwrap_or("").trim();
        let mut numbers = text.trim_start_matches(['v', 'V']).split('.');
        return match (numbers.next(), numbers.next()) {
            (Some("2"), Some("0") | None) => Ok(Dialect::Swagger),
            (Some("3"), Some("0") | None) => Ok(Dialect::Old),
            (Some("3"), Some("1" | "2")) => Ok(Dialect::New),
            (Some(""), _) => {
                let message = "the contract does not say which version of OpenAPI it is".to_owned();
                fail(codes::UNSUPPORTED_CONTRACT, version, message, "write `openapi: 3.1.0`")
            }
            _ => {
                let message = format!("OpenAPI version `{text}` is not supported");
                fail(codes::UNSUPPORTED_CONTRACT, version, message, known)
            }
        };
    }
    let other = [
        ("asyncapi", "an AsyncAPI document"),
        ("raml", "a RAML document"),
        ("$schema", "a JSON Schema"),
        ("arazzo", "an Arazzo document"),
    ];
    let found = other.iter().find(|(key, _)| tree.get(root, key).is_some());
    let what = match (found, tree.kind(root)) {
        (Some((_, what)), _) => (*what).to_owned(),
        (None, Kind::Object) => "a document without the key `openapi`".to_owned(),
        (None, Kind::Array(_)) => "a list".to_owned(),
        (None, _) => "a single value".to_owned(),
    };
    fail(
        codes::NOT_A_CONTRACT,
        root,
        format!("this is no OpenAPI contract but {what}"),
        "an OpenAPI contract begins with `openapi: 3.1.0`; check `contract` in frontage.toml",
    )
}

impl Reader<'_> {
    fn warn(
        &mut self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        help: &str,
    ) -> Diagnostic {
        let diagnostic = Diagnostic::error(code, span, message).help(help).warning();
        self.lowering.report(diagnostic.clone());
        diagnostic
    }

    fn paths(&mut self, root: NodeId) -> Vec<Draft> {
        let tree = self.tree;
        let Some(paths) = tree.get(root, "paths") else { return Vec::new() };
        if !tree.is_object(paths) && tree.kind(paths) != Kind::Null {
            let span = self.refs.place(paths);
            let help = "write one `/path:` for each";
            self.warn(codes::MALFORMED_OPERATION, span, "`paths` must be a mapping", help);
        }
        let mut drafts: Vec<Draft> = Vec::new();
        for member in tree.members(paths) {
            let template = tree.key(member);
            if template.starts_with("x-") {
                continue;
            }
            let item = match self.refs.follow(member.value) {
                Ok(item) => item,
                Err(diagnostic) => {
                    self.lowering.report(diagnostic);
                    continue;
                }
            };
            for operation in tree.members(item) {
                let key = tree.key(operation);
                let method = Method::ALL
                    .into_iter()
                    .find(|method| method.as_str().eq_ignore_ascii_case(key));
                let Some(method) = method else { continue };
                if !tree.is_object(operation.value) {
                    let span = operation.key_span;
                    let help = "write at least `responses` in it";
                    let message = "an operation must be a mapping";
                    self.warn(codes::MALFORMED_OPERATION, span, message, help);
                    continue;
                }
                drafts.push(self.operation(member, item, method, operation));
            }
        }
        self.name(&mut drafts);
        drafts
    }

    /// Gives operations their names: the contract's own first, so that a derived one never takes
    /// the name that another operation declares.
    fn name(&mut self, drafts: &mut [Draft]) {
        let mut taken = HashSet::new();
        let mut first: std::collections::HashMap<String, Span> = std::collections::HashMap::new();
        let mut unnamed = Vec::new();
        for (index, draft) in drafts.iter_mut().enumerate() {
            let name = std::mem::take(&mut draft.operation.name);
            if name.is_empty() {
                unnamed.push((index, None));
            } else if taken.insert(name.clone()) {
                first.insert(name.clone(), draft.operation.span);
                draft.operation.name = name;
            } else {
                unnamed.push((index, Some(name)));
            }
        }
        for (index, duplicate) in unnamed {
            let operation = &mut drafts[index].operation;
            let Binding::Http(http) = &operation.binding;
            let name = names::unique(&names::from_path(http.method, &http.template), &mut taken);
            operation.name.clone_from(&name);
            if let Some(duplicate) = duplicate {
                let message = format!("two operations are called `{duplicate}`");
                let mut diagnostic =
                    Diagnostic::error(codes::DUPLICATE_OPERATION, operation.span, message)
                        .label(format!("this one is called `{name}` instead"))
                        .help("give each operation an `operationId` of its own")
                        .warning();
                if let Some(&span) = first.get(&duplicate) {
                    diagnostic = diagnostic.also(span, "the first one keeps the name");
                }
                self.lowering.report(diagnostic);
            }
        }
    }
}
