//! Names: what a name in a module stands for, followed through imports.
//!
//! In:    a name and the scopes around it.
//! Out:   [`Value`] or [`TypeName`]; a diagnostic with the nearest name where there is none.
//! Never: the type of a value (see `declare`).

use std::sync::Arc;

use frontage_diagnostic::{Diagnostic, Span, nearest};
use frontage_syntax::tree::{self, Imported, ItemKind};

use super::flow::Root;
use super::{Binding, Checker, TypeBinding, TypeScopeRef};
use crate::codes;
use crate::hir::LocalId;
use crate::prelude;
use crate::resolve::{Decl, Module, ModuleId, Target};

/// What the module `frontage` exports as values.
pub(super) const FRONTAGE_VALUES: &[&str] = &[
    "route",
    "passthrough",
    "error",
    "json",
    "noContent",
    "redirect",
    "HttpError",
    "UpstreamError",
];

/// What the module `frontage` exports as types.
pub(super) const FRONTAGE_TYPES: &[&str] = &[
    "HttpError",
    "UpstreamError",
    "Session",
    "RequestInfo",
    "Reply",
    "ReplyInit",
    "Route",
    "CallOptions",
];

/// What a value's name stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A binding of the function.
    Local(LocalId),
    /// A declaration of a module.
    Decl(ModuleId, Decl),
    /// An export of `frontage`.
    Frontage(Arc<str>),
    /// `z`
    Zod,
    /// An upstream.
    Upstream(u16),
    /// `import * as x`: all exports of a module.
    Namespace(ModuleId),
    /// A global of JavaScript.
    Global(Arc<str>),
    /// Nothing; reported.
    Refused,
}

impl Value {
    /// What may be narrowed by its name.
    pub(super) const fn root(&self) -> Option<Root> {
        match *self {
            Self::Local(local) => Some(Root::Local(local)),
            Self::Decl(module, decl @ Decl::Const(..)) => Some(Root::Decl(module, decl)),
            _ => None,
        }
    }
}

/// What a type's name stands for.
#[derive(Debug, Clone)]
pub(super) enum TypeName<'a> {
    /// Of a block or a generic declaration.
    Scoped(TypeBinding<'a>, TypeScopeRef<'a>),
    /// A declaration of a module.
    Decl(ModuleId, Decl),
    /// An export of `frontage`.
    Frontage(Arc<str>),
    /// `z`
    Zod,
    /// The types of an upstream's contract.
    Upstream(u16),
    /// `import * as x`
    Namespace(ModuleId),
    /// A name of TypeScript's library.
    Library,
    /// Nothing; reported.
    Refused,
}

impl<'a> Checker<'a> {
    pub(super) fn module_of(&self, id: ModuleId) -> &'a Module {
        &self.modules.all[id.0]
    }

    /// What `name` stands for here; reports it where it is nothing.
    pub(super) fn value_named(&mut self, name: &Arc<str>, span: Span) -> Value {
        for scope in self.scopes.iter().rev() {
            match scope.values.get(name) {
                Some(Binding::Local(local)) => return Value::Local(*local),
                Some(Binding::Refused) => return Value::Refused,
                Some(&Binding::Pending(declared)) if self.naming.contains(&declared) => {
                    self.report(calls_itself(name, span).also(declared, "declared here"));
                    return Value::Refused;
                }
                Some(&Binding::Pending(declared)) => {
                    self.report(
                        Diagnostic::error(
                            codes::USED_BEFORE_DECLARED,
                            span,
                            format!("`{name}` is used before it is declared"),
                        )
                        .also(declared, "declared here")
                        .help("move the declaration up"),
                    );
                    return Value::Refused;
                }
                None => {}
            }
        }
        self.module_value(self.module, name).unwrap_or_else(|| {
            if prelude::GLOBALS.contains(&&**name) {
                return Value::Global(name.clone());
            }
            self.unknown_name(name, span);
            Value::Refused
        })
    }

    fn unknown_name(&mut self, name: &Arc<str>, span: Span) {
        if let Some(instead) = crate::instead::instead("Globals", name) {
            self.report(
                Diagnostic::error(
                    codes::NOT_IN_LIBRARY,
                    span,
                    format!("`{name}` is not part of a backend's library"),
                )
                .help(instead),
            );
            return;
        }
        let module = self.module_of(self.module);
        if module.symbols.types.contains_key(name) || self.type_in_scope(name) {
            self.report(
                Diagnostic::error(
                    codes::TYPE_AS_VALUE,
                    span,
                    format!("`{name}` is a type, but is used as a value"),
                )
                .help("types are gone when the program runs; use a constant"),
            );
            return;
        }
        let mut known: Vec<Arc<str>> = Vec::new();
        for scope in &self.scopes {
            known.extend(scope.values.keys().cloned());
        }
        known.extend(module.symbols.values.keys().cloned());
        known.extend(prelude::GLOBALS.iter().map(|&g| g.into()));
        known.push("null".into());
        known.sort();
        let fault =
            Diagnostic::error(codes::UNKNOWN_NAME, span, format!("`{name}` is not defined"));
        let near = nearest(name, known.iter().map(|k| &**k)).map(str::to_owned);
        let fault = match near {
            _ if FRONTAGE_VALUES.contains(&&**name) => {
                fault.help(format!("import it: `import {{ {name} }} from \"frontage\"`"))
            }
            _ if self.workspace.upstreams.iter().any(|u| u.name == *name) => {
                fault.help(format!("import it: `import {{ {name} }} from \"#upstreams\"`"))
            }
            _ if &**name == "z" => fault.help("import it: `import { z } from \"zod\"`"),
            _ if matches!(
                &**name,
                "query" | "params" | "headers" | "body" | "session" | "request"
            ) =>
            {
                fault.help(format!(
                    "take it from the handler's argument: `async ({{ {name} }}) => …`"
                ))
            }
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault.help("declare it with `const`, or import it"),
        };
        self.report(fault);
    }

    fn type_in_scope(&self, name: &Arc<str>) -> bool {
        let mut scope = self.type_scope.as_ref();
        while let Some(node) = scope {
            if node.names.contains_key(name) {
                return true;
            }
            scope = node.parent.as_ref();
        }
        false
    }

    /// What a module's own name stands for as a value.
    pub(super) fn module_value(&mut self, module: ModuleId, name: &Arc<str>) -> Option<Value> {
        match *self.module_of(module).symbols.values.get(name)? {
            Decl::Import(item, index) => Some(self.imported_value(module, item, index)),
            Decl::Refused => Some(Value::Refused),
            decl => Some(Value::Decl(module, decl)),
        }
    }

    fn imported_value(&mut self, module: ModuleId, item: usize, index: usize) -> Value {
        let found = self.module_of(module);
        let ItemKind::Import(import) = &found.tree.items[item].kind else {
            return Value::Refused;
        };
        let Some(name) = import.names.get(index) else { return Value::Refused };
        let target = found.targets.get(&import.from.span.start).copied().unwrap_or(Target::Nowhere);
        match &name.imported {
            Imported::Name(ident) => self.exported_value(target, &ident.name, 0),
            Imported::Namespace | Imported::Default => match target {
                Target::Module(id) => Value::Namespace(id),
                Target::Zod => Value::Zod,
                _ => Value::Refused,
            },
        }
    }

    /// What a module (or one that is built in) exports under `name`.
    pub(super) fn exported_value(&mut self, target: Target, name: &Arc<str>, hops: u32) -> Value {
        match target {
            Target::Nowhere => Value::Refused,
            Target::Frontage if FRONTAGE_VALUES.contains(&&**name) => Value::Frontage(name.clone()),
            Target::Zod if matches!(&**name, "z" | "default") => Value::Zod,
            Target::Upstreams => self
                .workspace
                .upstreams
                .iter()
                .position(|u| u.name == *name)
                .map_or(Value::Refused, |i| Value::Upstream(u16::try_from(i).unwrap_or(u16::MAX))),
            Target::Frontage | Target::Zod => Value::Refused,
            Target::Module(id) => {
                let module = self.module_of(id);
                match module.symbols.export(name) {
                    Some(crate::resolve::Export::Local) => {
                        self.module_value(id, name).unwrap_or(Value::Refused)
                    }
                    Some(crate::resolve::Export::List(i, j)) if hops < 64 => {
                        let ItemKind::Exports(list) = &module.tree.items[i].kind else {
                            return Value::Refused;
                        };
                        let local = &list.names[j].local;
                        match &list.from {
                            Some(from) => {
                                let next = module.targets.get(&from.span.start).copied();
                                let next = next.unwrap_or(Target::Nowhere);
                                self.exported_value(next, &local.name, hops + 1)
                            }
                            None => self.module_value(id, &local.name).unwrap_or(Value::Refused),
                        }
                    }
                    _ => Value::Refused,
                }
            }
        }
    }

    /// What a type's name stands for here, without a report.
    pub(super) fn type_named(&mut self, name: &Arc<str>) -> Option<TypeName<'a>> {
        let mut scope = self.type_scope.clone();
        while let Some(node) = scope {
            if let Some(&binding) = node.names.get(name) {
                return Some(TypeName::Scoped(binding, Some(node)));
            }
            scope = node.parent.clone();
        }
        // Within the prelude, the library's own types are not ordinary interfaces.
        if self.module == ModuleId(0) && super::utility::KNOWN.contains(&&**name) {
            return Some(TypeName::Library);
        }
        if let Some(found) = self.module_type(self.module, name) {
            return Some(found);
        }
        super::utility::KNOWN.contains(&&**name).then_some(TypeName::Library)
    }

    fn module_type(&mut self, module: ModuleId, name: &Arc<str>) -> Option<TypeName<'a>> {
        let found = self.module_of(module);
        match *found.symbols.types.get(name)? {
            Decl::Import(item, index) => {
                let ItemKind::Import(import) = &found.tree.items[item].kind else {
                    return Some(TypeName::Refused);
                };
                let target = found.targets.get(&import.from.span.start).copied();
                let target = target.unwrap_or(Target::Nowhere);
                Some(match &import.names.get(index)?.imported {
                    Imported::Name(ident) => self.exported_type(target, &ident.name, 0),
                    Imported::Namespace | Imported::Default => match target {
                        Target::Module(id) => TypeName::Namespace(id),
                        Target::Zod => TypeName::Zod,
                        _ => TypeName::Refused,
                    },
                })
            }
            Decl::Refused => Some(TypeName::Refused),
            decl => Some(TypeName::Decl(module, decl)),
        }
    }

    /// The type that a module exports under `name`.
    pub(super) fn exported_type(
        &mut self,
        target: Target,
        name: &Arc<str>,
        hops: u32,
    ) -> TypeName<'a> {
        match target {
            Target::Frontage if FRONTAGE_TYPES.contains(&&**name) => {
                TypeName::Frontage(name.clone())
            }
            Target::Zod if matches!(&**name, "z" | "default") => TypeName::Zod,
            Target::Upstreams => self
                .workspace
                .upstreams
                .iter()
                .position(|u| pascal(&u.name) == **name)
                .map_or(TypeName::Refused, |i| {
                    TypeName::Upstream(u16::try_from(i).unwrap_or(u16::MAX))
                }),
            Target::Nowhere | Target::Frontage | Target::Zod => TypeName::Refused,
            Target::Module(id) => {
                let module = self.module_of(id);
                match module.symbols.export(name) {
                    Some(crate::resolve::Export::Local) => {
                        self.module_type(id, name).unwrap_or(TypeName::Refused)
                    }
                    Some(crate::resolve::Export::List(i, j)) if hops < 64 => {
                        let ItemKind::Exports(list) = &module.tree.items[i].kind else {
                            return TypeName::Refused;
                        };
                        let local = &list.names[j].local;
                        match &list.from {
                            Some(from) => {
                                let next = module.targets.get(&from.span.start).copied();
                                let next = next.unwrap_or(Target::Nowhere);
                                self.exported_type(next, &local.name, hops + 1)
                            }
                            None => self.module_type(id, &local.name).unwrap_or(TypeName::Refused),
                        }
                    }
                    _ => TypeName::Refused,
                }
            }
        }
    }

    /// Reports imports of names that their module does not export.
    pub(super) fn check_imports(&mut self) {
        for &id in self.own {
            let module = self.module_of(id);
            self.module = id;
            for item in &module.tree.items {
                match &item.kind {
                    ItemKind::Import(import) => self.check_import(module, import),
                    ItemKind::Exports(list) => self.check_export_list(module, list),
                    _ => {}
                }
            }
        }
    }

    fn check_import(&mut self, module: &'a Module, import: &'a tree::Import) {
        let target = module.targets.get(&import.from.span.start).copied();
        let target = target.unwrap_or(Target::Nowhere);
        for name in &import.names {
            match &name.imported {
                Imported::Name(ident) => self.check_exported(target, ident, &import.from.value),
                Imported::Default if target == Target::Zod => {}
                Imported::Default if target == Target::Nowhere => {}
                Imported::Default => self.report(
                    Diagnostic::error(
                        codes::UNKNOWN_EXPORT,
                        name.span,
                        format!("`{}` has no default export", import.from.value),
                    )
                    .help(format!("write `import {{ {} }} from …`", name.local.name)),
                ),
                Imported::Namespace if matches!(target, Target::Frontage | Target::Upstreams) => {
                    self.report(
                        Diagnostic::error(
                            codes::UNKNOWN_EXPORT,
                            name.span,
                            format!("`{}` is imported by name", import.from.value),
                        )
                        .help("write `import { … } from …` with the names that are used"),
                    );
                }
                Imported::Namespace => {}
            }
        }
    }

    fn check_export_list(&mut self, module: &'a Module, list: &'a tree::Exports) {
        for name in &list.names {
            match &list.from {
                Some(from) => {
                    let target = module.targets.get(&from.span.start).copied();
                    let target = target.unwrap_or(Target::Nowhere);
                    self.check_exported(target, &name.local, &from.value);
                }
                None => {
                    let symbols = &module.symbols;
                    let local = &name.local.name;
                    if !symbols.values.contains_key(local) && !symbols.types.contains_key(local) {
                        self.unknown_name(local, name.local.span);
                    }
                }
            }
        }
    }

    fn check_exported(&mut self, target: Target, name: &tree::Ident, from: &str) {
        let value = self.exported_value(target, &name.name, 0);
        if value != Value::Refused || target == Target::Nowhere {
            return;
        }
        if !matches!(self.exported_type(target, &name.name, 0), TypeName::Refused) {
            return;
        }
        let mut known: Vec<String> = match target {
            Target::Frontage => {
                FRONTAGE_VALUES.iter().chain(FRONTAGE_TYPES).map(|s| (*s).to_owned()).collect()
            }
            Target::Zod => vec!["z".to_owned()],
            Target::Upstreams => {
                self.workspace.upstreams.iter().map(|u| u.name.to_string()).collect()
            }
            Target::Module(id) => {
                let module = self.module_of(id);
                // A name that is exported and refused has been reported where it stands.
                if module.symbols.export(&name.name).is_some() {
                    return;
                }
                module.symbols.exports.iter().map(|(n, _, _)| n.to_string()).collect()
            }
            Target::Nowhere => return,
        };
        known.sort();
        known.dedup();
        let (code, message) = if target == Target::Upstreams {
            (codes::UNKNOWN_UPSTREAM, format!("`{}` is not an upstream", name.name))
        } else {
            (codes::UNKNOWN_EXPORT, format!("`{from}` does not export `{}`", name.name))
        };
        let mut fault = Diagnostic::error(code, name.span, message);
        let shown: Vec<String> = known.iter().take(12).map(|k| format!("`{k}`")).collect();
        if !shown.is_empty() {
            let word = if target == Target::Upstreams { "upstreams" } else { "it exports" };
            fault = fault.label(format!("{word}: {}", shown.join(", ")));
        }
        if let Some(near) = nearest(&name.name, known.iter().map(String::as_str)) {
            fault = fault.help(format!("did you mean `{near}`?"));
        } else if let Target::Module(id) = target {
            let module = self.module_of(id);
            if module.symbols.values.contains_key(&name.name)
                || module.symbols.types.contains_key(&name.name)
            {
                fault = fault.help(format!("write `export` before it in `{}`", module.path));
            }
        } else if target == Target::Upstreams {
            fault = fault.help("upstreams are declared in `frontage.toml`");
        }
        self.report(fault);
    }
}

/// `users` → `Users`, `order-items` → `OrderItems`: the namespace of an upstream's types.
pub(crate) fn pascal(name: &str) -> String {
    let mut result = String::new();
    let mut upper = true;
    for c in name.chars() {
        if c.is_alphanumeric() {
            if upper {
                result.extend(c.to_uppercase());
            } else {
                result.push(c);
            }
            upper = false;
        } else {
            upper = true;
        }
    }
    result
}

/// The report of a function that needs itself.
pub(super) fn calls_itself(name: &str, place: Span) -> Diagnostic {
    Diagnostic::error(codes::RECURSION, place, format!("`{name}` calls itself"))
        .label("helpers are inlined, so recursion has no end")
        .help("use array methods, or let the upstream give the flattened list")
}
