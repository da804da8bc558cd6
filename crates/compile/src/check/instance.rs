//! Declarations of types: aliases and interfaces, generic or not, with what stands for their
//! parameters.
//!
//! In:    a declaration, and the types that it is given.
//! Out:   its type; one that names itself is read when somebody looks.
//! Never: the members of an object; these are `annotation`'s.

use std::collections::HashMap;
use std::rc::Rc;

use frontage_diagnostic::{Diagnostic, Span};
use frontage_syntax::tree::{self, Ident, TypeKind, TypeParam};

use super::{Checker, Fit, Generic, Instance, Lazy, TypeBinding, TypeScope, TypeScopeRef};
use crate::codes;
use crate::resolve::ModuleId;
use crate::types::{Kind, Ty};

/// Steps that one more instance of a generic type counts for.
const INSTANCE_STEPS: u32 = 30;

impl<'a> Checker<'a> {
    /// Binds a generic declaration's parameters to arguments; `None` if their number is wrong.
    fn bind(
        &mut self,
        name: &Ident,
        params: &'a [TypeParam],
        scope: TypeScopeRef<'a>,
        module: ModuleId,
        args: &'a [tree::Type],
        span: Span,
    ) -> Option<(Vec<Ty>, TypeScopeRef<'a>)> {
        let required = params.iter().filter(|p| p.default.is_none()).count();
        if args.len() < required || args.len() > params.len() {
            let wanted = if required == params.len() {
                required.to_string()
            } else {
                format!("{required} to {}", params.len())
            };
            self.report(
                Diagnostic::error(
                    codes::TYPE_ARGUMENTS,
                    span,
                    format!(
                        "`{}` takes {wanted} type argument{}, not {}",
                        name.name,
                        if wanted == "1" { "" } else { "s" },
                        args.len()
                    ),
                )
                .also(name.span, "declared here"),
            );
            return None;
        }
        if params.is_empty() {
            return Some((Vec::new(), scope));
        }
        let mut bound: Vec<Ty> = args.iter().map(|a| self.annotation(a)).collect();
        let mut names = HashMap::new();
        for (i, param) in params.iter().enumerate() {
            let ty = match (bound.get(i), &param.default) {
                (Some(&ty), _) => ty,
                (None, Some(default)) => {
                    let inner = Rc::new(TypeScope { names: names.clone(), parent: scope.clone() });
                    let ty = self.within(module, Some(inner), |c| c.annotation(default));
                    bound.push(ty);
                    ty
                }
                (None, None) => Ty::ERROR,
            };
            names.insert(param.name.name.clone(), TypeBinding::Ty(ty));
        }
        let inner: TypeScopeRef<'a> = Some(Rc::new(TypeScope { names, parent: scope }));
        for (i, param) in params.iter().enumerate() {
            let Some(constraint) = &param.constraint else { continue };
            let limit = self.within(module, inner.clone(), |c| c.annotation(constraint));
            let place = args.get(i).map_or(span, |a| a.span);
            let (own, wanted) = (self.types.text(bound[i]), self.types.text(limit));
            let message = format!("`{own}` is not a `{wanted}`");
            let fault = Diagnostic::error(codes::TYPE_ARGUMENTS, place, message);
            let fit = Fit { source: bound[i], target: limit, same: false };
            self.must_fit(fit, fault.also(param.span, "wanted here"));
        }
        Some((bound, inner))
    }

    pub(super) fn alias(
        &mut self,
        module: ModuleId,
        alias: &'a tree::TypeAlias,
        scope: TypeScopeRef<'a>,
        args: &'a [tree::Type],
        span: Span,
    ) -> Ty {
        let at_top = scope.is_none();
        let Some((bound, inner)) =
            self.bind(&alias.name, &alias.type_params, scope, module, args, span)
        else {
            return Ty::ERROR;
        };
        let scope_key = inner
            .as_ref()
            .map_or(0, |s| if alias.type_params.is_empty() { Rc::as_ptr(s) as usize } else { 0 });
        let key = (std::ptr::from_ref(alias) as usize ^ scope_key, bound);
        match self.aliases.get(&key) {
            Some(Some(ty)) => return *ty,
            Some(None) => {
                let name = &alias.name.name;
                let (message, help) = match self.lists_open > 0 {
                    true => (
                        format!(
                            "`{name}` is a list of itself, which is supported with an object between only"
                        ),
                        format!(
                            "write `{{ items: {name}[] }}` there, or take `unknown` for what nobody reads"
                        ),
                    ),
                    false => (
                        format!("the type `{name}` is made of itself"),
                        "put an object between: `{ children: … }`".to_owned(),
                    ),
                };
                self.report(Diagnostic::error(codes::CIRCULAR_TYPE, span, message).help(help));
                return Ty::ERROR;
            }
            None => {}
        }
        if !alias.type_params.is_empty() {
            // Aliases of aliases can double at every step.
            self.steps += INSTANCE_STEPS;
        }
        if let TypeKind::Object(members) = &alias.ty.kind {
            let lazy = Lazy::Literal { module, members, scope: inner };
            let decl = Generic::Alias(alias, members);
            return self.instance(module, decl, at_top, key, lazy);
        }
        self.aliases.insert(key.clone(), None);
        self.alias_depth += 1;
        let ty = self.within(module, inner, |c| c.annotation(&alias.ty));
        self.alias_depth -= 1;
        self.aliases.insert(key, Some(ty));
        self.check_fits();
        ty
    }

    pub(super) fn interface(
        &mut self,
        module: ModuleId,
        decl: &'a tree::Interface,
        scope: TypeScopeRef<'a>,
        args: &'a [tree::Type],
        span: Span,
    ) -> Ty {
        let at_top = scope.is_none();
        let Some((bound, inner)) =
            self.bind(&decl.name, &decl.type_params, scope, module, args, span)
        else {
            return Ty::ERROR;
        };
        let key = (std::ptr::from_ref(decl) as usize, bound);
        if let Some(Some(ty)) = self.aliases.get(&key) {
            return *ty;
        }
        let lazy = Lazy::Interface { module, decl, scope: inner };
        self.instance(module, Generic::Interface(decl), at_top, key, lazy)
    }

    /// The object type of a declaration, whose members are read when somebody looks.
    fn instance(
        &mut self,
        module: ModuleId,
        decl: Generic<'a>,
        at_top: bool,
        key: (usize, Vec<Ty>),
        lazy: Lazy<'a>,
    ) -> Ty {
        let name = match decl {
            Generic::Alias(alias, _) => &alias.name,
            Generic::Interface(decl) => &decl.name,
        };
        let ty = self.types.later(Some(name.name.clone()));
        if let Kind::Object(id) = *self.types.kind(ty) {
            self.lazy.insert(id, lazy);
            if at_top && !key.1.is_empty() {
                self.instances.insert(id, Instance { module, decl, args: key.1.clone() });
            }
        }
        self.aliases.insert(key, Some(ty));
        ty
    }

    /// The same declaration with other types for its parameters.
    pub(super) fn instance_of_args(&mut self, instance: &Instance<'a>, args: Vec<Ty>) -> Ty {
        let module = instance.module;
        let (place, params) = match instance.decl {
            Generic::Alias(alias, _) => (std::ptr::from_ref(alias) as usize, &alias.type_params),
            Generic::Interface(decl) => (std::ptr::from_ref(decl) as usize, &decl.type_params),
        };
        let key = (place, args);
        if let Some(Some(ty)) = self.aliases.get(&key) {
            return *ty;
        }
        let mut names = HashMap::new();
        for (param, &ty) in params.iter().zip(&key.1) {
            names.insert(param.name.name.clone(), TypeBinding::Ty(ty));
        }
        let scope = Some(Rc::new(TypeScope { names, parent: None }));
        let lazy = match instance.decl {
            Generic::Alias(_, members) => Lazy::Literal { module, members, scope },
            Generic::Interface(decl) => Lazy::Interface { module, decl, scope },
        };
        self.steps += INSTANCE_STEPS;
        self.instance(module, instance.decl, true, key, lazy)
    }
}
