//! Declarations at module level: constants, helpers, schemas.
//!
//! In:    a declaration, when somebody first names it.
//! Out:   a global, a function or a schema of the checked form, in an order in which each reads
//!        only those before it.
//! Never: a declaration that needs itself.

use frontage_diagnostic::{Diagnostic, Span};
use frontage_syntax::tree::{self, ExprKind, ItemKind, PatternKind};

use super::expr::made;
use super::names::Value;
use super::{Checker, DeclState, Definition, Effects};
use crate::codes;
use crate::hir::{self, FunctionId, GlobalId};
use crate::resolve::{Decl, ModuleId, Role};
use crate::types::{Kind, Ty};

impl<'a> Checker<'a> {
    /// The type of a module's value.
    pub(super) fn decl_ty(&mut self, module: ModuleId, decl: Decl) -> Ty {
        match self.decls.get(&(module, decl)) {
            Some(DeclState::Done(Definition::Global(_, ty) | Definition::Function(_, ty))) => *ty,
            _ => Ty::ERROR,
        }
    }

    /// The type of what a name stands for, for `typeof`.
    pub(super) fn type_of_value(&mut self, value: &Value, span: Span) -> Ty {
        match value {
            Value::Local(local) => self.local_ty(*local),
            Value::Decl(module, decl) => match self.definition(*module, *decl, span) {
                Definition::Global(_, ty) | Definition::Function(_, ty) => ty,
                Definition::Schema(_) => {
                    self.report(
                        Diagnostic::error(
                            codes::NOT_A_VALUE,
                            span,
                            "the type of a schema itself is of no use",
                        )
                        .help("write `z.infer<typeof …>`"),
                    );
                    Ty::ERROR
                }
                Definition::Refused => Ty::ERROR,
            },
            Value::Refused => Ty::ERROR,
            Value::Frontage(_)
            | Value::Zod
            | Value::Upstream(_)
            | Value::Namespace(_)
            | Value::Global(_) => {
                let message = format!("`typeof {}` is not part of the language", self.source(span));
                let fault = Diagnostic::error(codes::TYPE_FORM, span, message);
                self.report(fault.help("write the type out"));
                Ty::ERROR
            }
        }
    }

    /// A module's value where it is used.
    pub(super) fn decl_value(&mut self, module: ModuleId, decl: Decl, span: Span) -> hir::Expr {
        if let (Decl::Const(..), false) = (decl, self.frame.is_function) {
            let (name, at) = self.decl_name(module, decl);
            if at.file == span.file && at.start > span.start {
                let message = format!("`{name}` is used before it is declared");
                let fault = Diagnostic::error(codes::USED_BEFORE_DECLARED, span, message);
                self.report(fault.also(at, "declared here").help("move the declaration up"));
                return self.hole(span);
            }
        }
        match self.definition(module, decl, span) {
            Definition::Global(id, ty) => made(hir::ExprKind::Global(id), ty, span),
            Definition::Function(id, ty) => made(hir::ExprKind::Function(id), ty, span),
            Definition::Schema(_) => {
                self.report(
                    Diagnostic::error(
                        codes::NOT_A_VALUE,
                        span,
                        "a schema cannot stand here as a value",
                    )
                    .help("schemas are used in a route's input and in other schemas"),
                );
                self.hole(span)
            }
            Definition::Refused => self.hole(span),
        }
    }

    /// What a declaration is, checked now if nobody needed it so far.
    pub(super) fn definition(&mut self, module: ModuleId, decl: Decl, place: Span) -> Definition {
        match self.decls.get(&(module, decl)) {
            Some(DeclState::Done(definition)) => return definition.clone(),
            Some(DeclState::InProgress) => {
                let (name, at) = self.decl_name(module, decl);
                let function =
                    matches!(decl, Decl::Function(_)) || self.holds_function(module, decl);
                let fault = if function {
                    super::names::calls_itself(&name, place)
                } else {
                    Diagnostic::error(
                        codes::RECURSION,
                        place,
                        format!("`{name}` is needed for its own value"),
                    )
                    .help("give one of the two another value")
                };
                self.report(fault.also(at, "declared here"));
                return Definition::Refused;
            }
            None => {}
        }
        if self.depth > 300 {
            let message = "helpers stand too deep within each other here";
            let fault = Diagnostic::error(codes::TOO_COMPLEX, place, message);
            self.report(fault.help("call some of them side by side, not one from the next"));
            self.decls.insert((module, decl), DeclState::Done(Definition::Refused));
            return Definition::Refused;
        }
        self.decls.insert((module, decl), DeclState::InProgress);
        let definition = self.aside(module, |c| c.define(module, decl));
        self.decls.insert((module, decl), DeclState::Done(definition.clone()));
        definition
    }

    fn decl_name(&self, module: ModuleId, decl: Decl) -> (String, Span) {
        let items = &self.module_of(module).tree.items;
        match decl {
            Decl::Const(i, j) => match &items[i].kind {
                ItemKind::Const(decl) => {
                    let pattern = &decl.bindings[j].pattern;
                    match &pattern.kind {
                        PatternKind::Ident(name) => (name.name.to_string(), name.span),
                        _ => ("this".into(), pattern.span),
                    }
                }
                _ => ("this".into(), items[i].span),
            },
            Decl::Function(i) => match &items[i].kind {
                ItemKind::Function(decl) => (decl.name.name.to_string(), decl.name.span),
                _ => ("this".into(), items[i].span),
            },
            Decl::Alias(i) | Decl::Interface(i) | Decl::Import(i, _) => {
                ("this".into(), items[i].span)
            }
            Decl::Refused => ("this".into(), Span::new(crate::resolve::PRELUDE_FILE, 0, 0)),
        }
    }

    fn holds_function(&self, module: ModuleId, decl: Decl) -> bool {
        let Decl::Const(i, j) = decl else { return false };
        match &self.module_of(module).tree.items[i].kind {
            ItemKind::Const(decl) => matches!(decl.bindings[j].init.kind, ExprKind::Arrow(_)),
            _ => false,
        }
    }

    fn define(&mut self, module: ModuleId, decl: Decl) -> Definition {
        let items = &self.module_of(module).tree.items;
        match decl {
            Decl::Function(i) => {
                let ItemKind::Function(decl) = &items[i].kind else { return Definition::Refused };
                let checked =
                    self.function(Some(decl.name.name.clone()), &decl.function, None, false);
                self.add_function(checked)
            }
            Decl::Const(i, j) => {
                let ItemKind::Const(decl) = &items[i].kind else { return Definition::Refused };
                let binding = &decl.bindings[j];
                let defined = self.constant_item(binding);
                if binding.ty.is_none()
                    && matches!(defined, Definition::Global(..))
                    && let Some(folded) = self.folded(&binding.init)
                {
                    self.constants.insert((module, Decl::Const(i, j)), folded);
                }
                if let (Some(_), Definition::Global(id, ty)) = (&binding.ty, &defined) {
                    let assigned = self.globals[id.0 as usize].value.ty;
                    if self.assignable(assigned, *ty)
                        && let Some(known) = self.assigned_by(&binding.init, *ty, assigned)
                    {
                        self.assigned.insert((module, Decl::Const(i, j)), known);
                    }
                }
                defined
            }
            _ => Definition::Refused,
        }
    }

    fn add_function(&mut self, checked: super::function::CheckedFunction<'a>) -> Definition {
        let id = FunctionId(u32::try_from(self.functions.len()).unwrap_or(u32::MAX));
        self.functions.push(Some(checked.function));
        self.effects.push(Effects { ..checked.effects });
        Definition::Function(id, checked.ty)
    }

    fn constant_item(&mut self, binding: &'a tree::Binding) -> Definition {
        let PatternKind::Ident(name) = &binding.pattern.kind else {
            self.report(
                Diagnostic::error(
                    codes::MODULE_PATTERN,
                    binding.pattern.span,
                    "constants of a module are declared one by one",
                )
                .help("give the value a name, and read its members where they are needed"),
            );
            return Definition::Refused;
        };
        if self.is_schema(&binding.init) {
            if let Some(ty) = &binding.ty {
                let fault = Diagnostic::error(
                    codes::ZOD,
                    ty.span,
                    "a schema's type follows from how it is made",
                );
                self.report(fault.help("leave the annotation out"));
            }
            return match self.schema(&binding.init) {
                Some(schema) => Definition::Schema(std::rc::Rc::new(schema)),
                None => Definition::Refused,
            };
        }
        let annotated = binding.ty.as_ref().map(|ty| self.annotation(ty));
        if let ExprKind::Arrow(function) = &binding.init.kind {
            let context = annotated.and_then(|ty| match *self.types.kind(ty) {
                Kind::Function(id) => self.types.signatures(id).signatures.first().cloned(),
                _ => None,
            });
            let mut checked =
                self.function(Some(name.name.clone()), function, context.as_deref(), false);
            if let Some(wanted) = annotated {
                self.fits(&binding.init, checked.ty, wanted);
                checked.ty = wanted;
            }
            return self.add_function(checked);
        }
        self.regex_fits = true;
        let value = self.value(&binding.init, annotated);
        let ty = match annotated {
            Some(wanted) => {
                self.fits(&binding.init, value.ty, wanted);
                wanted
            }
            None => self.widen(value.ty),
        };
        if self.frame.effects.calls {
            self.report(
                Diagnostic::error(
                    codes::CALL_AT_MODULE,
                    binding.init.span,
                    "a module's constants are computed before any request",
                )
                .help("call the operation in a function"),
            );
            return Definition::Refused;
        }
        if self.frame.effects.clock {
            self.report(
                Diagnostic::error(
                    codes::CLOCK_AT_MODULE,
                    binding.init.span,
                    "a module's constants are computed before any request, so that they know no time",
                )
                .label("Node would take the instant at which it loads the module")
                .help("ask for the time in a function: each request has one instant"),
            );
            return Definition::Refused;
        }
        let id = GlobalId(u32::try_from(self.globals.len()).unwrap_or(u32::MAX));
        self.globals.push(hir::Global { name: name.name.clone(), value });
        Definition::Global(id, ty)
    }

    /// Checks every declaration that no route needed: its faults are faults all the same.
    pub(super) fn check_remaining(&mut self) {
        for &id in self.own {
            let module = self.module_of(id);
            let route = matches!(module.role, Role::Route(_));
            for (i, item) in module.tree.items.iter().enumerate() {
                match &item.kind {
                    ItemKind::Function(_) => {
                        self.definition(id, Decl::Function(i), item.span);
                    }
                    ItemKind::Const(decl) => {
                        for (j, binding) in decl.bindings.iter().enumerate() {
                            let exported = route && item.exported;
                            if exported && super::route::is_route_call(&binding.init) {
                                continue;
                            }
                            self.definition(id, Decl::Const(i, j), item.span);
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}
