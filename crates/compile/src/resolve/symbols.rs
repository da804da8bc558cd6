//! What a module declares, by name: values and types apart.
//!
//! In:    a module's tree.
//! Out:   [`Symbols`], with a diagnostic for every name that stands twice.
//! Never: names followed into other modules.

use std::collections::HashMap;
use std::sync::Arc;

use frontage_diagnostic::{Diagnostic, Span};
use frontage_syntax::tree::{
    self, ExportName, Ident, Imported, Item, ItemKind, Pattern, PatternKind,
};

use crate::codes;

/// A declaration: where in the module's items it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Decl {
    /// A binding of a `const` item, by both indexes.
    Const(usize, usize),
    /// A function.
    Function(usize),
    /// A type alias.
    Alias(usize),
    /// An interface.
    Interface(usize),
    /// A name of an import, by both indexes.
    Import(usize, usize),
    /// Something refused that was reported.
    Refused,
}

/// What an export of a module stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Export {
    /// A declaration of the module.
    Local,
    /// A name of an export list, by both indexes.
    List(usize, usize),
}

/// The declarations of one module.
#[derive(Debug, Default)]
pub(crate) struct Symbols {
    /// Values: constants, functions, imports.
    pub(crate) values: HashMap<Arc<str>, Decl>,
    /// Types: aliases, interfaces, imports.
    pub(crate) types: HashMap<Arc<str>, Decl>,
    /// Exports in order, with the place of their name.
    pub(crate) exports: Vec<(Arc<str>, Span, Export)>,
}

impl Symbols {
    /// Collects a module's declarations.
    pub(super) fn collect(module: &tree::Module, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut symbols = Self::default();
        let mut places: HashMap<(bool, Arc<str>), Span> = HashMap::new();
        for (i, item) in module.items.iter().enumerate() {
            let mut declare = |name: &Ident, decl: Decl, value: bool, ty: bool| {
                for (wanted, is_value) in [(value, true), (ty, false)] {
                    if !wanted {
                        continue;
                    }
                    let table = if is_value { &mut symbols.values } else { &mut symbols.types };
                    if let Some(&first) = places.get(&(is_value, name.name.clone())) {
                        let known = table.get(&name.name).copied();
                        diagnostics.push(match (known, decl) {
                            (Some(Decl::Interface(_)), Decl::Interface(_)) => {
                                table.insert(name.name.clone(), Decl::Refused);
                                not_merged(name, first)
                            }
                            _ => duplicate(name, first),
                        });
                        return;
                    }
                    places.insert((is_value, name.name.clone()), name.span);
                    table.insert(name.name.clone(), decl);
                }
                if item.exported {
                    symbols.exports.push((name.name.clone(), name.span, Export::Local));
                }
            };
            match &item.kind {
                ItemKind::Import(import) => {
                    for (j, name) in import.names.iter().enumerate() {
                        let type_only =
                            name.type_only && !matches!(name.imported, Imported::Namespace);
                        declare(&name.local, Decl::Import(i, j), !type_only, true);
                    }
                }
                ItemKind::Const(decl) => {
                    for (j, binding) in decl.bindings.iter().enumerate() {
                        for name in names_of(&binding.pattern) {
                            declare(&name, Decl::Const(i, j), true, false);
                        }
                    }
                }
                ItemKind::Function(decl) => declare(&decl.name, Decl::Function(i), true, false),
                ItemKind::TypeAlias(alias) => declare(&alias.name, Decl::Alias(i), false, true),
                ItemKind::Interface(interface) => {
                    declare(&interface.name, Decl::Interface(i), false, true);
                }
                ItemKind::Exports(_) => {}
                ItemKind::Error(names) => {
                    for name in names {
                        symbols.values.entry(name.name.clone()).or_insert(Decl::Refused);
                        symbols.types.entry(name.name.clone()).or_insert(Decl::Refused);
                        if item.exported {
                            symbols.exports.push((name.name.clone(), name.span, Export::Local));
                        }
                    }
                }
            }
        }
        symbols.export_lists(&module.items, diagnostics);
        symbols
    }

    fn export_lists(&mut self, items: &[Item], diagnostics: &mut Vec<Diagnostic>) {
        for (i, item) in items.iter().enumerate() {
            let ItemKind::Exports(list) = &item.kind else { continue };
            for (j, ExportName { exported, .. }) in list.names.iter().enumerate() {
                if let Some((_, first, _)) =
                    self.exports.iter().find(|(name, _, _)| *name == exported.name)
                {
                    diagnostics.push(duplicate(exported, *first));
                    continue;
                }
                self.exports.push((exported.name.clone(), exported.span, Export::List(i, j)));
            }
        }
    }

    /// The export of this name.
    pub(crate) fn export(&self, name: &str) -> Option<Export> {
        self.exports.iter().find(|(n, _, _)| &**n == name).map(|&(_, _, export)| export)
    }
}

/// Every name that a pattern binds.
pub(crate) fn names_of(pattern: &Pattern) -> Vec<Ident> {
    fn walk(pattern: &Pattern, names: &mut Vec<Ident>) {
        match &pattern.kind {
            PatternKind::Ident(name) => names.push(name.clone()),
            PatternKind::Object { props, rest } => {
                for prop in props {
                    walk(&prop.value, names);
                }
                names.extend(rest.clone());
            }
            PatternKind::Array { elements, rest } => {
                for element in elements.iter().flatten() {
                    walk(&element.value, names);
                }
                if let Some(rest) = rest {
                    walk(rest, names);
                }
            }
            PatternKind::Error => {}
        }
    }
    let mut names = Vec::new();
    walk(pattern, &mut names);
    names
}

/// An interface that stands twice: `tsc` makes one of both.
pub(crate) fn not_merged(name: &Ident, first: Span) -> Diagnostic {
    let message = format!("interfaces of one name are not merged: `{}`", name.name);
    Diagnostic::error(codes::TYPE_FORM, name.span, message)
        .also(first, "first declared here")
        .help("write one interface, or let one extend the other")
}

/// A name that stands twice.
pub(crate) fn duplicate(name: &Ident, first: Span) -> Diagnostic {
    Diagnostic::error(
        codes::DUPLICATE_NAME,
        name.span,
        format!("`{}` is declared twice", name.name),
    )
    .also(first, "first declared here")
    .help("give one of them another name")
}
