//! Upstreams without a contract: `declareUpstream({ ... })` in a TypeScript file, read into the
//! same model as any contract.
//!
//! In:    the file, and a function that gives the text of files it imports types from.
//! Out:   a [`Read`]: operations and types. A fault makes the file unusable: it is the
//!        workspace's own, and can be corrected.
//! Never: I/O; a run of the file. Only its types and literals are looked at.
//!
//! Start at [`read`].

mod modules;
mod operations;
mod types;

use std::collections::HashMap;

use frontage_contract::{Contract, Declaration, Read, Type, TypeId, Types, tie_unions};
use frontage_diagnostic::{Code, Diagnostic, FileId, SourceMap, Span};
use frontage_syntax::tree::{Element, Expr, ExprKind, ItemKind, Pattern, PatternKind};

use crate::codes;
use modules::{Found, Modules};
use types::Key;

/// How many types one file may lead to.
const TYPE_LIMIT: usize = 20_000;

/// The state of reading one file.
struct Reader<'a> {
    modules: Modules<'a>,
    types: Types,
    null: TypeId,
    unknown: TypeId,
    undefined: TypeId,
    /// Types by their declaration and its arguments; those that are not made yet are in `work`.
    known: HashMap<Key, TypeId>,
    work: Vec<types::Work>,
    diagnostics: Vec<Diagnostic>,
}

/// Reads the declarations in the file `root` of `sources`.
///
/// - `load`: gives the text of a file that it imports types from, by its path relative to the
///   workspace, or says why it cannot.
#[must_use]
pub fn read(
    root: FileId,
    sources: &mut SourceMap,
    load: &mut dyn FnMut(&str) -> Result<String, String>,
) -> Read {
    let mut types = Types::default();
    let origin = Span::new(root, 0, 0);
    let mut basic = |ty| {
        types.add(Declaration { name: None, span: origin, description: None, example: None, ty })
    };
    let (null, unknown, undefined) = (basic(Type::Null), basic(Type::Unknown), basic(Type::Never));
    let mut reader = Reader {
        modules: Modules::new(sources, load),
        types,
        null,
        unknown,
        undefined,
        known: HashMap::new(),
        work: Vec::new(),
        diagnostics: Vec::new(),
    };
    let module = reader.modules.open(root);
    let operations = match reader.declaration(module) {
        Some(expr) => reader.operations(module, &expr),
        None => Vec::new(),
    };
    reader.finish();
    for id in tie_unions(&mut reader.types, null) {
        let span = reader.types.declaration(id).span;
        reader.fault(codes::DECLARED_TYPE, span, "this union has too many variants", "group them");
    }
    let Reader { modules, types, mut diagnostics, .. } = reader;
    diagnostics.extend(modules.diagnostics);
    frontage_diagnostic::sort(&mut diagnostics, sources);
    diagnostics.dedup();
    let contract =
        Contract { file: root, title: String::new(), version: String::new(), operations, types };
    Read { contract, diagnostics }
}

impl Reader<'_> {
    fn fault(&mut self, code: Code, span: Span, message: impl Into<String>, help: &str) {
        self.diagnostics.push(Diagnostic::error(code, span, message).help(help));
    }

    /// The object of operations: the argument of the file's one `declareUpstream`.
    fn declaration(&mut self, module: usize) -> Option<Expr> {
        let file = self.modules.file(module);
        let mut found: Vec<(Span, Vec<Element>)> = Vec::new();
        for item in self.modules.items(module) {
            let ItemKind::Const(constants) = item.kind else { continue };
            for binding in constants.bindings {
                let ExprKind::Call { callee, args, .. } = binding.init.kind else { continue };
                let ExprKind::Ident(name) = &callee.kind else { continue };
                if self.modules.find(module, name) != Found::Frontage("declareUpstream".into()) {
                    continue;
                }
                let named = matches!(binding.pattern, Pattern { kind: PatternKind::Ident(_), .. });
                if !item.exported || !named {
                    let help = "write `export const weather = declareUpstream({ ... })`";
                    let message = "the declared upstream must be exported by a name";
                    self.fault(codes::DECLARED_FORM, binding.span, message, help);
                }
                found.push((binding.span, args));
            }
        }
        let mut found = found.into_iter();
        let Some((span, args)) = found.next() else {
            // What is no TypeScript is reported already.
            if self.modules.diagnostics.is_empty() {
                let help = "write `export const weather = declareUpstream({ ... })`, with \
                            `import { declareUpstream, get } from \"frontage\"`";
                let message = "this file declares no upstream";
                self.fault(codes::DECLARED_FORM, Span::new(file, 0, 0), message, help);
            }
            return None;
        };
        if let Some((second, _)) = found.next() {
            let help = "keep each upstream in a file of its own";
            let message = "a file declares one upstream";
            self.fault(codes::DECLARED_FORM, second, message, help);
        }
        match <[Element; 1]>::try_from(args) {
            Ok([Element::Value(expr)]) if matches!(expr.kind, ExprKind::Object(_)) => Some(expr),
            _ => {
                let help = "write `declareUpstream({ getThing: get<{ id: string }, Thing>(\"/things/{id}\") })`";
                let message = "`declareUpstream` takes an object of operations";
                self.fault(codes::DECLARED_FORM, span, message, help);
                None
            }
        }
    }
}
