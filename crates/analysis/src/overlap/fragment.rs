//! A shared module for a piece of logic: a function of what the piece reads.
//!
//! In:    a piece in the checked form, and its text.
//! Out:   the text of a module: what the piece reads becomes parameters, with types of no more than it
//!        reads; shared modules that it uses are imported.
//! Never: a piece that uses what its own module defines otherwise than by calling it.

use std::collections::{BTreeMap, BTreeSet};

use frontage_compile::hir::{self, Checked, Expr, ExprKind, Function, InputPart, LocalId, Stmt};
use frontage_compile::is_word;
use frontage_compile::types::{Kind, ObjectId, Ty, Types};
use frontage_diagnostic::Span;
use frontage_plan::{ErrorClass, IterateOp};

use super::Surroundings;

/// Something that could be shared.
#[derive(Debug, Clone, Copy)]
pub(super) enum Piece<'a> {
    Expr(&'a Expr),
    Stmt(&'a Stmt),
    /// Of a module: it becomes the shared function itself.
    Function(&'a Function),
}

impl<'a> Piece<'a> {
    pub(super) fn span(self) -> Span {
        match self {
            Self::Expr(expr) => expr.span,
            Self::Stmt(stmt) => stmt.span,
            Self::Function(function) => function.span,
        }
    }

    fn each(self, f: &mut dyn FnMut(&'a Expr)) {
        match self {
            Self::Expr(expr) => hir::each_in(expr, f),
            Self::Stmt(stmt) => hir::each_in_stmt(stmt, f),
            Self::Function(function) => hir::each_expr(function, f),
        }
    }
}

/// A proposed module.
pub(super) struct Fragment {
    pub(super) name: String,
    pub(super) text: String,
}

/// The module that a piece could be.
///
/// - `hint`: what it is called where it stands.
pub(super) fn propose(
    unit: &Checked,
    piece: Piece<'_>,
    hint: Option<&str>,
    around: &Surroundings<'_>,
) -> Option<Fragment> {
    let source = around.sources.text(piece.span());
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut needs = BTreeSet::new();
    let mut is_async = false;
    piece.each(&mut |expr| {
        let mut own = |name: &str| {
            imports.entry("frontage".to_owned()).or_default().insert(name.to_owned());
        };
        is_async |= matches!(expr.kind, ExprKind::Await(_) | ExprKind::Operation { .. });
        let (name, span) = match &expr.kind {
            ExprKind::Function(id) => {
                let function = &unit.functions[id.0 as usize];
                (function.name.clone(), function.span)
            }
            ExprKind::Global(id) => {
                let global = &unit.globals[id.0 as usize];
                (Some(global.name.clone()), global.value.span)
            }
            ExprKind::Error { .. } => return own("error"),
            ExprKind::Json { .. } => return own("json"),
            ExprKind::NoContent => return own("noContent"),
            ExprKind::Redirect { .. } => return own("redirect"),
            ExprKind::InstanceOf(_, ErrorClass::UpstreamError) => return own("UpstreamError"),
            ExprKind::InstanceOf(_, ErrorClass::HttpError) => return own("HttpError"),
            ExprKind::Operation { operation, .. } => {
                if let Some(name) = around.upstreams.get(usize::from(operation.upstream)) {
                    let own = imports.entry("#upstreams".to_owned()).or_default();
                    own.insert((*name).to_owned());
                }
                return;
            }
            _ => return,
        };
        let path = &around.sources.file(span.file).path;
        let Some(name) = name else { return };
        match path.strip_prefix("shared/").and_then(|path| path.strip_suffix(".ts")) {
            Some(module) => {
                imports.entry(format!("#shared/{module}")).or_default().insert(name.to_string());
            }
            None => {
                needs.insert((path.clone(), name.to_string()));
            }
        }
    });
    // Inputs of a handler that names its whole context are not called so in the text.
    let mut named_otherwise = false;
    piece.each(&mut |expr| {
        if let ExprKind::Input(part) = expr.kind {
            named_otherwise |= around.sources.text(expr.span) != word(part);
        }
        named_otherwise |= matches!(expr.kind, ExprKind::Context);
    });
    if named_otherwise && !matches!(piece, Piece::Function(_)) {
        return None;
    }
    let mut text = String::new();
    for (module, names) in &imports {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        text.push_str(&format!("import {{ {} }} from {module:?};\n", names.join(", ")));
    }
    for (path, name) in &needs {
        text.push_str(&format!("// It also needs `{name}` of {path}.\n"));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let name = match piece {
        Piece::Function(function) => {
            let name = function.name.as_deref()?.to_owned();
            let path = &around.sources.file(function.span.file).path;
            text.push_str(&format!("// From {path}, with the types that it names.\n"));
            if source.starts_with("function") || source.starts_with("async function") {
                text.push_str(&format!("export {source}\n"));
            } else {
                text.push_str(&format!("export const {name} = {source};\n"));
            }
            name
        }
        Piece::Expr(expr) => {
            let mut name = match hint.filter(|hint| is_identifier(hint)) {
                Some(hint) => hint.to_owned(),
                None => name_of(expr, source),
            };
            let taken = imports.values().flatten().any(|own| *own == name);
            if taken || is_word(&name) {
                name.push_str("Of");
            }
            if [" satisfies ", " as "].iter().any(|word| source.contains(word)) {
                text.push_str("// With the types that it names.\n");
            }
            let parameters = parameters(unit, piece);
            let mark = if is_async { "async " } else { "" };
            let body = match expr.kind {
                ExprKind::Object(_) => format!("({source})"),
                _ => source.to_owned(),
            };
            text.push_str(&format!("export const {name} = {mark}({parameters}) => {body};\n"));
            name
        }
        Piece::Stmt(_) => {
            let parameters = parameters(unit, piece);
            let mark = if is_async { "async " } else { "" };
            let name = if throws(piece) { "refuse" } else { "step" }.to_owned();
            text.push_str(&format!(
                "export const {name} = {mark}({parameters}) => {{\n  {source}\n}};\n"
            ));
            name
        }
    };
    Some(Fragment { name, text })
}

fn throws(piece: Piece<'_>) -> bool {
    let mut found = false;
    piece.each(&mut |expr| found |= matches!(expr.kind, ExprKind::Error { .. }));
    found
}

/// Whether a constant can be called so.
fn is_identifier(name: &str) -> bool {
    let letters = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    letters && name.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// What an expression could be called: after what it is made of.
fn name_of(expr: &Expr, source: &str) -> String {
    let noun = match &expr.kind {
        ExprKind::Object(_) => "view",
        ExprKind::Iterate { .. } | ExprKind::Array(_) => "list",
        ExprKind::Template(_) => "text",
        ExprKind::Operation { .. } | ExprKind::Catch(..) | ExprKind::All(..) => "load",
        _ => "value",
    };
    // `order.shippingAddress.line1` is of an order.
    let word: String = source
        .chars()
        .skip_while(|c| !c.is_alphabetic())
        .take_while(|c| c.is_alphanumeric())
        .collect();
    let mut of = None;
    hir::each_in(expr, &mut |part| {
        if let (None, ExprKind::Member(object, name)) = (&of, &part.kind)
            && matches!(object.kind, ExprKind::Local(_))
        {
            of = Some(name.to_string());
        }
    });
    let mut name = of.unwrap_or(word);
    name.push_str(&noun[..1].to_uppercase());
    name.push_str(&noun[1..]);
    if is_identifier(&name) { name } else { noun.to_owned() }
}

/// What is read of a value.
#[derive(Debug, Default)]
struct Read {
    /// All of it, as this.
    whole: Option<Ty>,
    members: BTreeMap<String, Read>,
    /// Of a list: what is read of each element.
    elements: Option<Box<Read>>,
}

/// Parameters for what a piece reads from around it.
fn parameters(unit: &Checked, piece: Piece<'_>) -> String {
    let mut reading =
        Reading { unit, bound: BTreeMap::new(), locals: Vec::new(), inputs: BTreeMap::new() };
    bound(piece, &mut reading.bound);
    match piece {
        Piece::Expr(expr) => reading.expr(expr),
        Piece::Stmt(stmt) => hir::parts_of_stmt(stmt, &mut |expr| reading.expr(expr)),
        Piece::Function(_) => {}
    }
    let types = &unit.types;
    let mut parts = Vec::new();
    for (id, read) in &reading.locals {
        let name = unit.locals[id.0 as usize].name.as_deref().unwrap_or("value");
        parts.push(format!("{name}: {}", spelt(types, read)));
    }
    for (part, read) in &reading.inputs {
        parts.push(format!("{part}: {}", spelt(types, read)));
    }
    let line = parts.join(", ");
    match line.len() {
        0..=LINE => line,
        _ => format!("\n  {},\n", parts.join(",\n  ")),
    }
}

/// Longest list of parameters on one line.
const LINE: usize = 80;

/// Locals that a piece binds itself.
fn bound(piece: Piece<'_>, all: &mut BTreeMap<LocalId, Option<Path>>) {
    let mut bind = |local| {
        all.insert(local, None);
    };
    piece.each(&mut |expr| match &expr.kind {
        ExprKind::Arrow(function) => {
            function.params.iter().for_each(|param| bind(param.local));
            function.rest.into_iter().for_each(&mut bind);
            hir::each_binding(&function.body, &mut bind);
        }
        ExprKind::Optional { bind: own, .. } => bind(*own),
        _ => {}
    });
    if let Piece::Stmt(stmt) = piece {
        hir::each_binding(std::slice::from_ref(stmt), &mut bind);
    }
}

/// A part of a value from around: whose, and how it is reached.
type Path = (Root, Vec<Step>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Root {
    Local(LocalId),
    Input(InputPart),
}

#[derive(Debug, Clone)]
enum Step {
    Member(String),
    Element,
}

struct Reading<'a> {
    unit: &'a Checked,
    /// What is bound within, and the part of a value from around that it is, if it is one.
    bound: BTreeMap<LocalId, Option<Path>>,
    locals: Vec<(LocalId, Read)>,
    inputs: BTreeMap<&'static str, Read>,
}

impl Reading<'_> {
    fn expr(&mut self, expr: &Expr) {
        if let Some((root, steps)) = self.path(expr) {
            self.read(root, &steps, expr.ty);
            return;
        }
        match &expr.kind {
            ExprKind::Iterate {
                op:
                    // What is made of elements; others hand them on whole.
                    IterateOp::Map | IterateOp::Some | IterateOp::Every | IterateOp::FlatMap,
                receiver,
                callback,
                ..
            } => {
                let list = self.path(receiver);
                if let (Some((root, mut steps)), ExprKind::Arrow(function)) = (list, &callback.kind)
                    && function.params.len() == 1
                    && function.params[0].default.is_none()
                {
                    steps.push(Step::Element);
                    self.at(root, &steps);
                    self.bound.insert(function.params[0].local, Some((root, steps)));
                    hir::parts_of_function(function, &mut |part| self.expr(part));
                    return;
                }
                self.expr(receiver);
                self.expr(callback);
            }
            ExprKind::Optional { object, bind, rest } => {
                // What is read of something that may be missing, is read of it.
                if let Some(path) = self.path(object) {
                    self.read(path.0, &path.1, object.ty);
                    self.bound.insert(*bind, None);
                } else {
                    self.expr(object);
                }
                self.expr(rest);
            }
            ExprKind::Arrow(function) => {
                hir::parts_of_function(function, &mut |part| self.expr(part));
            }
            _ => hir::parts(expr, &mut |part| self.expr(part)),
        }
    }

    /// The part of a value from around that an expression is.
    fn path(&self, expr: &Expr) -> Option<Path> {
        match &expr.kind {
            ExprKind::Local(id) => match self.bound.get(id) {
                None => Some((Root::Local(*id), Vec::new())),
                Some(known) => known.clone(),
            },
            ExprKind::Input(part) => Some((Root::Input(*part), Vec::new())),
            ExprKind::Member(object, name) => {
                // Only objects have members of their own.
                let types = &self.unit.types;
                matches!(types.kind(object.ty), Kind::Object(_)).then_some(())?;
                let (root, mut steps) = self.path(object)?;
                steps.push(Step::Member(name.to_string()));
                Some((root, steps))
            }
            _ => None,
        }
    }

    fn root(&mut self, root: Root) -> &mut Read {
        match root {
            Root::Local(id) => {
                let at = match self.locals.iter().position(|(own, _)| *own == id) {
                    Some(at) => at,
                    None => {
                        self.locals.push((id, Read::default()));
                        self.locals.len() - 1
                    }
                };
                &mut self.locals[at].1
            }
            Root::Input(part) => self.inputs.entry(word(part)).or_default(),
        }
    }

    fn at(&mut self, root: Root, steps: &[Step]) -> &mut Read {
        let mut at = self.root(root);
        for step in steps {
            at = match step {
                Step::Member(name) => at.members.entry(name.clone()).or_default(),
                Step::Element => at.elements.get_or_insert_default(),
            };
        }
        at
    }

    fn read(&mut self, root: Root, steps: &[Step], ty: Ty) {
        let at = self.at(root, steps);
        // The first use has what the text around has found out; what follows may know more.
        at.whole = at.whole.or(Some(ty));
    }
}

const fn word(part: InputPart) -> &'static str {
    match part {
        InputPart::Params => "params",
        InputPart::Query => "query",
        InputPart::Headers => "headers",
        InputPart::Body => "body",
        InputPart::Session => "session",
        InputPart::Request => "request",
    }
}

/// The type of what is read.
fn spelt(types: &Types, read: &Read) -> String {
    if let Some(ty) = read.whole {
        return Spelling { types, open: Vec::new(), alone: true }.ty(ty);
    }
    if let Some(elements) = &read.elements {
        let inner = spelt(types, elements);
        return if inner.contains('|') { format!("({inner})[]") } else { format!("{inner}[]") };
    }
    if read.members.is_empty() {
        return "unknown".to_owned();
    }
    let members =
        read.members.iter().map(|(name, read)| format!("{}: {}", key(name), spelt(types, read)));
    format!("{{ {} }}", members.collect::<Vec<_>>().join("; "))
}

/// A field's name, in quotes if it needs them.
fn key(name: &str) -> String {
    if is_identifier(name) { name.to_owned() } else { format!("{name:?}") }
}

/// Types written out, so that a module needs no other to name them.
struct Spelling<'t> {
    types: &'t Types,
    open: Vec<ObjectId>,
    /// In no union.
    alone: bool,
}

/// Deepest object that is written out.
const DEEPEST: usize = 6;

impl Spelling<'_> {
    fn ty(&mut self, ty: Ty) -> String {
        match self.types.kind(ty) {
            Kind::Array { element, readonly } => {
                let inner = self.ty(*element);
                let inner = if inner.contains('|') { format!("({inner})") } else { inner };
                format!("{}{inner}[]", if *readonly { "readonly " } else { "" })
            }
            Kind::Union(variants) if ty != Ty::BOOLEAN => {
                let both = variants.contains(&Ty::TRUE) && variants.contains(&Ty::FALSE);
                let mut parts: Vec<String> = Vec::new();
                let alone = std::mem::replace(&mut self.alone, false);
                for variant in variants.iter() {
                    let text = match *variant {
                        Ty::TRUE if both => "boolean".to_owned(),
                        Ty::FALSE if both => continue,
                        variant => self.ty(variant),
                    };
                    if !parts.contains(&text) {
                        parts.push(text);
                    }
                }
                self.alone = alone;
                parts.join(" | ")
            }
            Kind::Object(id) => self.object(*id),
            // One value is what stands there; another place has another.
            Kind::StringLiteral { .. } if self.alone => "string".to_owned(),
            Kind::NumberLiteral { .. } if self.alone => "number".to_owned(),
            Kind::Boolean { .. } if self.alone => "boolean".to_owned(),
            _ => self.types.full_text(ty),
        }
    }

    fn object(&mut self, id: ObjectId) -> String {
        let Some(object) = self.types.members(id).cloned() else { return "object".to_owned() };
        if self.open.contains(&id) || self.open.len() >= DEEPEST {
            return "unknown".to_owned();
        }
        self.open.push(id);
        let mut parts: Vec<String> = Vec::new();
        for property in &object.properties {
            let mark = if property.optional { "?" } else { "" };
            parts.push(format!("{}{mark}: {}", key(&property.name), self.ty(property.ty)));
        }
        if let Some(index) = object.index {
            parts.push(format!("[key: string]: {}", self.ty(index.value)));
        }
        self.open.pop();
        if parts.is_empty() { "object".to_owned() } else { format!("{{ {} }}", parts.join("; ")) }
    }
}
