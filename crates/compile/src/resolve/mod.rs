//! Resolve: from files to modules that know each other.
//!
//! In:    the texts of a frontend's modules and of `shared/`.
//! Out:   [`Modules`]: every module's tree, its declarations by name, and where each import leads;
//!        the routes' paths.
//! Never: types.
//!
//! Start at [`resolve`].

mod graph;
mod habits;
mod path;
mod symbols;

use std::collections::HashMap;
use std::sync::Arc;

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

/// One module.
#[derive(Debug)]
pub(crate) struct Module {
    /// Its path in the workspace.
    pub(crate) path: Arc<str>,
    /// What it is for.
    pub(crate) role: Role,
    /// Its text is none that can be read; that was reported.
    pub(crate) is_unread: bool,
    /// Its tree.
    pub(crate) tree: tree::Module,
    /// Its declarations.
    pub(crate) symbols: Symbols,
    /// Where each import (and `export … from`) leads, by the start of its specifier.
    pub(crate) targets: HashMap<u32, Target>,
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

/// Parses all modules and follows their imports.
pub(crate) fn resolve(
    workspace: &Workspace,
    frontend: &FrontendInput,
    sources: &SourceMap,
) -> (Modules, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut all = Vec::new();
    let prelude = frontage_syntax::parse(PRELUDE_FILE, "prelude.ts", crate::prelude::TEXT);
    debug_assert!(prelude.diagnostics.is_empty(), "{:?}", prelude.diagnostics);
    all.push(Module {
        path: "prelude.ts".into(),
        role: Role::Prelude,
        is_unread: false,
        symbols: Symbols::collect(&prelude.module, &mut Vec::new()),
        tree: prelude.module,
        targets: HashMap::new(),
    });
    let prefix = format!("frontends/{}/routes/", frontend.name);
    let files = (frontend.routes.iter().map(|&f| (f, 0)))
        .chain(frontend.modules.iter().map(|&f| (f, 1)))
        .chain(workspace.shared.iter().map(|&f| (f, 2)));
    for (file, kind) in files {
        let source = sources.file(file);
        let parsed = frontage_syntax::parse(file, &source.path, &source.text);
        let is_unread = parsed.module.items.is_empty() && !parsed.diagnostics.is_empty();
        diagnostics.extend(parsed.diagnostics);
        let role = match kind {
            0 => Role::Route(path::read(file, &source.path, &prefix, &mut diagnostics)),
            1 => Role::Own,
            _ => Role::Shared,
        };
        let symbols = Symbols::collect(&parsed.module, &mut diagnostics);
        all.push(Module {
            path: source.path.as_str().into(),
            role,
            is_unread,
            tree: parsed.module,
            symbols,
            targets: HashMap::new(),
        });
    }
    graph::link(&mut all, &frontend.name, sources, &mut diagnostics);
    (Modules { all }, diagnostics)
}

pub(crate) use path::{conflict_key, specificity};
