//! Resolve: from files to modules that know each other.
//!
//! In:    the texts of a frontend's modules and of `shared/`.
//! Out:   [`Modules`]: every module's tree, its declarations by name, and where each import leads;
//!        the routes' paths.
//! Never: types.
//!
//! Start at [`parse`] and [`resolve`].

mod graph;
mod habits;
mod path;
mod symbols;

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use frontage_diagnostic::{Diagnostic, FileId, SourceMap};
use frontage_plan::PathSegment;
use frontage_syntax::tree;

use crate::input::{FrontendInput, Workspace};

pub(crate) use symbols::{Decl, Export, Symbols, duplicate, names_of, not_merged};

/// Index into [`Modules::all`]; 0 is the library's prelude.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ModuleId(pub(crate) usize);

/// The file id of the prelude, which no source map holds.
pub(crate) const PRELUDE_FILE: FileId = FileId(u32::MAX);

/// What a module is for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Role {
    /// The declarations of the library.
    Prelude,
    /// A route module and its path; `None` if the file's name gives none.
    Route(Option<Vec<PathSegment>>),
    /// A helper of the frontend.
    Own,
    /// A module of `shared/`.
    Shared,
}

/// A text that was read: all that is known of a module by itself.
#[derive(Debug)]
pub(crate) struct Parsed {
    /// Its tree.
    pub(crate) tree: tree::Module,
    /// Its declarations.
    pub(crate) symbols: Symbols,
    /// It is none that can be read; that was reported.
    is_unread: bool,
    /// Whatever is wrong with it by itself.
    diagnostics: Vec<Diagnostic>,
}

/// One module.
#[derive(Debug)]
pub(crate) struct Module {
    /// Its path in the workspace.
    pub(crate) path: Arc<str>,
    /// What it is for.
    pub(crate) role: Role,
    /// Its text.
    parsed: Arc<Parsed>,
    /// Where each import (and `export … from`) leads, by the start of its specifier.
    pub(crate) targets: HashMap<u32, Target>,
}

impl Deref for Module {
    type Target = Parsed;

    fn deref(&self) -> &Parsed {
        &self.parsed
    }
}

/// Where an import leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// A module of the workspace.
    Module(ModuleId),
    /// `"frontage"`
    Frontage,
    /// `"zod"`
    Zod,
    /// `"#upstreams"`
    Upstreams,
    /// Nowhere; reported.
    Nowhere,
}

/// All modules of a frontend.
#[derive(Debug)]
pub(crate) struct Modules {
    /// The prelude, then routes, own modules and shared ones in the order of the input.
    pub(crate) all: Vec<Module>,
}

/// Reads a text.
pub(crate) fn parse(file: FileId, path: &str, text: &str) -> Parsed {
    let parsed = frontage_syntax::parse(file, path, text);
    let is_unread = parsed.module.items.is_empty() && !parsed.diagnostics.is_empty();
    let mut diagnostics = parsed.diagnostics;
    let symbols = Symbols::collect(&parsed.module, &mut diagnostics);
    Parsed { tree: parsed.module, symbols, is_unread, diagnostics }
}

/// The library's declarations.
fn prelude() -> Arc<Parsed> {
    static PRELUDE: LazyLock<Arc<Parsed>> = LazyLock::new(|| {
        let parsed = parse(PRELUDE_FILE, "prelude.ts", crate::prelude::TEXT);
        debug_assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
        Arc::new(parsed)
    });
    Arc::clone(&PRELUDE)
}

/// Follows the imports of all modules.
///
/// - `parsed`: what [`parse`] says of a file.
pub(crate) fn resolve(
    workspace: &Workspace,
    frontend: &FrontendInput,
    sources: &SourceMap,
    parsed: &mut dyn FnMut(FileId) -> Arc<Parsed>,
) -> (Modules, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut all = Vec::new();
    all.push(Module {
        path: "prelude.ts".into(),
        role: Role::Prelude,
        parsed: prelude(),
        targets: HashMap::new(),
    });
    let prefix = format!("frontends/{}/routes/", frontend.name);
    let files = (frontend.routes.iter().map(|&f| (f, 0)))
        .chain(frontend.modules.iter().map(|&f| (f, 1)))
        .chain(workspace.shared.iter().map(|&f| (f, 2)));
    for (file, kind) in files {
        let path = sources.file(file).path.as_str();
        let parsed = parsed(file);
        diagnostics.extend(parsed.diagnostics.iter().cloned());
        let role = match kind {
            0 => Role::Route(path::read(file, path, &prefix, &mut diagnostics)),
            1 => Role::Own,
            _ => Role::Shared,
        };
        all.push(Module { path: path.into(), role, parsed, targets: HashMap::new() });
    }
    graph::link(&mut all, &frontend.name, sources, &mut diagnostics);
    (Modules { all }, diagnostics)
}

impl Modules {
    /// A module and all that it imports, at first or second hand; in order.
    pub(crate) fn closure(&self, of: ModuleId) -> Vec<ModuleId> {
        let mut found = vec![of];
        let mut next = 0;
        while let Some(id) = found.get(next) {
            next += 1;
            let targets = self.all[id.0].targets.values();
            let mut new: Vec<ModuleId> = targets
                .filter_map(|target| match target {
                    Target::Module(id) => Some(*id),
                    _ => None,
                })
                .collect();
            new.retain(|id| !found.contains(id));
            new.sort_unstable();
            new.dedup();
            found.extend(new);
        }
        found.sort_unstable();
        found
    }
}

pub(crate) use path::conflict_key;
