//! The files of declared upstreams, and what their names stand for.
//!
//! In:    the root file, and a function that gives the text of others.
//! Out:   items by module, and [`Found`] for each name.
//! Never: a file outside the workspace; an import of anything but types and `frontage`.

use std::collections::HashMap;
use std::sync::Arc;

use frontage_diagnostic::{Diagnostic, FileId, SourceMap, Span};
use frontage_syntax::tree::{Imported, Interface, Item, ItemKind, TypeAlias};

use crate::codes;

/// How many files one declaration may consist of.
const FILE_LIMIT: usize = 200;

/// How many imports a name may be handed on through.
const HOPS: usize = 32;

/// What a name stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    /// An export of the package `frontage`.
    Frontage(Arc<str>),
    /// `type Name = ...` of a module.
    Alias(usize, Arc<TypeAlias>),
    /// `interface Name { ... }` of a module.
    Interface(usize, Arc<Interface>),
    /// Nothing that is known here.
    Nothing,
    /// Nothing, and that has been reported.
    Reported,
}

struct Module {
    file: FileId,
    items: Vec<Item>,
    declared: HashMap<Arc<str>, Named>,
    docs: HashMap<Arc<str>, Arc<str>>,
}

#[derive(Debug, Clone)]
enum Named {
    Alias(Arc<TypeAlias>),
    Interface(Arc<Interface>),
    Import { from: Arc<str>, span: Span, name: Arc<str> },
}

/// All modules that were read.
pub(super) struct Modules<'a> {
    sources: &'a mut SourceMap,
    load: &'a mut dyn FnMut(&str) -> Result<String, String>,
    modules: Vec<Module>,
    by_path: HashMap<String, Option<usize>>,
    /// What was found in reading them.
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> Modules<'a> {
    /// No modules yet.
    pub(super) fn new(
        sources: &'a mut SourceMap,
        load: &'a mut dyn FnMut(&str) -> Result<String, String>,
    ) -> Self {
        Self {
            sources,
            load,
            modules: Vec::new(),
            by_path: HashMap::new(),
            diagnostics: Vec::new(),
        }
    }

    /// Reads a file that is in the source map.
    pub(super) fn open(&mut self, file: FileId) -> usize {
        let source = self.sources.file(file);
        let path = source.path.clone();
        let parsed = frontage_syntax::parse(file, &path, &source.text);
        self.diagnostics.extend(parsed.diagnostics.into_iter().map(suited));
        let mut declared = HashMap::new();
        let mut docs = HashMap::new();
        for item in &parsed.module.items {
            match &item.kind {
                ItemKind::TypeAlias(alias) => {
                    docs.extend(item.doc.clone().map(|doc| (alias.name.name.clone(), doc)));
                    let named = Named::Alias(Arc::new(alias.clone()));
                    declared.insert(alias.name.name.clone(), named);
                }
                ItemKind::Interface(interface) => {
                    docs.extend(item.doc.clone().map(|doc| (interface.name.name.clone(), doc)));
                    let named = Named::Interface(Arc::new(interface.clone()));
                    declared.insert(interface.name.name.clone(), named);
                }
                ItemKind::Import(import) => {
                    for name in &import.names {
                        let Imported::Name(imported) = &name.imported else { continue };
                        let named = Named::Import {
                            from: import.from.value.clone(),
                            span: import.from.span,
                            name: imported.name.clone(),
                        };
                        declared.insert(name.local.name.clone(), named);
                    }
                }
                _ => {}
            }
        }
        self.modules.push(Module { file, items: parsed.module.items, declared, docs });
        let index = self.modules.len() - 1;
        self.by_path.insert(path, Some(index));
        index
    }

    /// The file of a module.
    pub(super) fn file(&self, module: usize) -> FileId {
        self.modules[module].file
    }

    /// The items of a module.
    pub(super) fn items(&self, module: usize) -> Vec<Item> {
        self.modules[module].items.clone()
    }

    /// The words before a declaration.
    pub(super) fn doc(&self, module: usize, name: &str) -> Option<String> {
        self.modules[module].docs.get(name).map(|doc| doc.to_string())
    }

    /// What `name` stands for in a module.
    pub(super) fn find(&mut self, module: usize, name: &str) -> Found {
        let mut at = module;
        let mut name: Arc<str> = name.into();
        for _ in 0..HOPS {
            match self.modules[at].declared.get(&name).cloned() {
                None => return Found::Nothing,
                Some(Named::Alias(alias)) => return Found::Alias(at, alias),
                Some(Named::Interface(interface)) => return Found::Interface(at, interface),
                Some(Named::Import { from, name, .. }) if &*from == "frontage" => {
                    return Found::Frontage(name);
                }
                Some(Named::Import { from, span, name: imported }) => {
                    let Some(next) = self.import(at, &from, span) else { return Found::Reported };
                    at = next;
                    name = imported;
                }
            }
        }
        Found::Nothing
    }

    /// The module behind a specifier.
    fn import(&mut self, module: usize, from: &str, span: Span) -> Option<usize> {
        let base = self.sources.file(self.modules[module].file).path.clone();
        let why = match join(&base, from) {
            None => "is no file of the workspace".to_owned(),
            Some(path) => {
                if let Some(&known) = self.by_path.get(&path) {
                    return known;
                }
                self.by_path.insert(path.clone(), None);
                let text = match self.sources.find(&path) {
                    Some(file) => return Some(self.open(file)),
                    None if self.modules.len() >= FILE_LIMIT => {
                        Err(format!("is one of more than {FILE_LIMIT} files"))
                    }
                    None => (self.load)(&path),
                };
                match text {
                    Ok(text) => {
                        let file = self.sources.add(path, text);
                        return Some(self.open(file));
                    }
                    Err(why) => why,
                }
            }
        };
        self.diagnostics.push(
            Diagnostic::error(
                codes::DECLARED_FORM,
                span,
                format!("`{from}` cannot be imported here: {why}"),
            )
            .help("import types from `frontage` or a file beside this one: `\"./shared.ts\"`"),
        );
        None
    }
}

/// A fault of syntax with words that fit a file of declarations.
fn suited(mut fault: Diagnostic) -> Diagnostic {
    if fault.code == frontage_syntax::codes::EXPORT_DEFAULT {
        fault.help = Some("write `export const weather = declareUpstream({ ... })`".into());
    }
    fault
}

/// The path that a relative specifier names.
fn join(base: &str, specifier: &str) -> Option<String> {
    if !specifier.starts_with("./") && !specifier.starts_with("../") {
        return None;
    }
    let mut parts: Vec<&str> = base.split('/').collect();
    parts.pop();
    for part in specifier.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
