//! Type declarations of modules: each is read once, used or not, so that its faults are found.
//!
//! In:    aliases and interfaces of all modules.
//! Out:   diagnostics only.
//! Never: generic ones without arguments; their faults show where they are used.

use frontage_syntax::tree::{Interface, ItemKind, TypeAlias};

use super::Checker;
use crate::types::Kind;

impl Checker<'_> {
    pub(super) fn check_module_types(&mut self) {
        for &id in self.own {
            let module = self.module_of(id);
            for item in &module.tree.items {
                match &item.kind {
                    ItemKind::TypeAlias(alias) if alias.type_params.is_empty() => {
                        self.aside(id, |c| {
                            let ty = c.annotation(&alias.ty);
                            if let Kind::Object(id) = *c.types.kind(ty) {
                                c.object(id);
                            }
                        });
                    }
                    ItemKind::Interface(decl) if decl.type_params.is_empty() => {
                        self.aside(id, |c| {
                            c.interface_members(decl, None);
                        });
                    }
                    ItemKind::TypeAlias(TypeAlias { type_params, .. })
                    | ItemKind::Interface(Interface { type_params, .. }) => {
                        self.aside(id, |c| c.defaults_last(type_params));
                    }
                    _ => {}
                }
            }
        }
    }
}
