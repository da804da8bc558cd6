//! Type annotations: from a type of the tree to a type of the checker.
//!
//! In:    a type as written, and the type names in scope.
//! Out:   its [`Ty`]; generic aliases and interfaces are read once for each list of arguments.
//! Never: a value's type, except through `typeof`.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use frontage_diagnostic::{Diagnostic, Span, nearest};
use frontage_syntax::tree::{
    self, FunctionType, Ident, ItemKind, KeywordType, TypeKind, TypeMember, TypeParam,
};

use super::flow::{Reference, Step};
use super::names::{TypeName, Value};
use super::utility::Utility;
use super::{Checker, Fit, Lazy, TypeBinding, TypeScope, TypeScopeRef};
use crate::codes;
use crate::resolve::{Decl, ModuleId, Target};
use crate::types::{
    Index, Kind, Object, ObjectId, Property, Signature, SignatureParam, TupleElement, Ty,
    TypeParam as Param, TypeParamId,
};

impl<'a> Checker<'a> {
    /// Runs `work` with the type names of `module` and `scope`.
    pub(super) fn within<T>(
        &mut self,
        module: ModuleId,
        scope: TypeScopeRef<'a>,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let module = std::mem::replace(&mut self.module, module);
        let scope = std::mem::replace(&mut self.type_scope, scope);
        let result = work(self);
        self.module = module;
        self.type_scope = scope;
        result
    }

    /// Opens a scope of type names; close it by restoring what this returns.
    pub(super) fn open_types(
        &mut self,
        names: HashMap<Arc<str>, TypeBinding<'a>>,
    ) -> TypeScopeRef<'a> {
        let parent = self.type_scope.clone();
        self.type_scope = Some(Rc::new(TypeScope { names, parent: parent.clone() }));
        parent
    }

    /// Opens a scope with the parameters of a generic function.
    pub(super) fn open_type_params(
        &mut self,
        params: &'a [TypeParam],
    ) -> (Vec<TypeParamId>, TypeScopeRef<'a>) {
        let mut ids = Vec::new();
        let mut names = HashMap::new();
        for param in params {
            let id = self.types.param(Param {
                name: param.name.name.clone(),
                constraint: None,
                default: None,
                is_const: param.is_const,
            });
            ids.push(id);
            let ty = self.types.intern(Kind::Param(id));
            names.insert(param.name.name.clone(), TypeBinding::Ty(ty));
        }
        let before = self.open_types(names);
        for (param, &id) in params.iter().zip(&ids) {
            let constraint = param.constraint.as_ref().map(|t| self.annotation(t));
            let default = param.default.as_ref().map(|t| self.annotation(t));
            self.types.set_bounds(id, constraint, default);
        }
        self.defaults_last(params);
        for (param, &id) in params.iter().zip(&ids) {
            let Some(written) = &param.constraint else { continue };
            if self.is_own_bound(id) {
                let default = self.types.type_param(id).default;
                self.types.set_bounds(id, None, default);
                let message = format!("the type parameter `{}` is its own bound", param.name.name);
                let fault = Diagnostic::error(codes::CIRCULAR_TYPE, written.span, message);
                self.report(fault.help("leave the bound out, or write a type that it can be"));
            }
        }
        (ids, before)
    }

    /// Reports a type parameter that has to be given and stands behind one that need not.
    pub(super) fn defaults_last(&mut self, params: &[TypeParam]) {
        let optional = params.iter().position(|param| param.default.is_some());
        if let Some(late) =
            optional.and_then(|first| params[first..].iter().find(|param| param.default.is_none()))
        {
            let message = format!("`{}` stands after one with a default", late.name.name);
            let fault = Diagnostic::error(codes::TYPE_ARGUMENTS, late.name.span, message);
            self.report(fault.help("give it a default too, or let it stand first"));
        }
    }

    /// Whether a type parameter's bound leads back to it, with no object or list between.
    fn is_own_bound(&mut self, id: TypeParamId) -> bool {
        let mut seen = Vec::new();
        let mut open: Vec<Ty> = self.types.type_param(id).constraint.into_iter().collect();
        while let Some(ty) = open.pop() {
            if seen.contains(&ty) {
                continue;
            }
            seen.push(ty);
            match self.types.kind(ty).clone() {
                Kind::Param(own) if own == id => return true,
                Kind::Param(own) => open.extend(self.types.type_param(own).constraint),
                Kind::Union(members) => open.extend(members.iter()),
                Kind::Keyof(of) | Kind::Part { of, .. } => open.push(of),
                Kind::Both(parts) => open.extend(parts.iter()),
                Kind::Indexed { object, index, .. } => {
                    open.extend([object, index]);
                    // `B["x"]` of a `B` whose `x` is known.
                    open.extend(self.indexed_bound(object, index, false));
                }
                _ => {}
            }
        }
        false
    }

    /// The type that is written there.
    pub(super) fn annotation(&mut self, ty: &'a tree::Type) -> Ty {
        if !self.step(ty.span) {
            return Ty::ERROR;
        }
        self.depth += 1;
        let result = self.annotation_inner(ty);
        self.depth -= 1;
        result
    }

    fn annotation_inner(&mut self, ty: &'a tree::Type) -> Ty {
        match &ty.kind {
            TypeKind::Keyword(keyword) => match keyword {
                KeywordType::String => Ty::STRING,
                KeywordType::Number => Ty::NUMBER,
                KeywordType::Boolean => Ty::BOOLEAN,
                KeywordType::Null => Ty::NULL,
                KeywordType::Undefined => Ty::UNDEFINED,
                KeywordType::Unknown => Ty::UNKNOWN,
                KeywordType::Never => Ty::NEVER,
                KeywordType::Void => Ty::VOID,
                KeywordType::Object => Ty::OBJECT,
            },
            TypeKind::String(text) => self.types.string_literal(text),
            TypeKind::Number(number) => self.types.number_literal(*number),
            TypeKind::Boolean(value) => self.types.boolean_literal(*value),
            TypeKind::Array(element) => {
                self.lists_open += 1;
                let element = self.annotation(element);
                self.lists_open -= 1;
                self.types.array(element)
            }
            TypeKind::Tuple(elements) => self.tuple_type(elements, false),
            TypeKind::Union(members) => {
                let members: Vec<Ty> = members.iter().map(|m| self.annotation(m)).collect();
                self.types.union(&members)
            }
            TypeKind::Intersection(members) => {
                let mut parts: Vec<Ty> = Vec::new();
                for member in members {
                    parts.push(self.annotation(member));
                }
                let mut result = parts.first().copied().unwrap_or(Ty::UNKNOWN);
                for part in parts.into_iter().skip(1) {
                    result = self.intersection(result, part, Some(ty.span));
                }
                result
            }
            TypeKind::Object(members) => self.object_type(members),
            TypeKind::Function(function) => {
                let signature = self.signature(function);
                self.types.function_of(signature)
            }
            TypeKind::Ref { path, args } => self.type_reference(path, args, ty.span),
            TypeKind::Typeof { path, .. } => self.typeof_path(path),
            TypeKind::Keyof(inner) => {
                let own = self.annotation(inner);
                if self.types.any(own, Kind::is_primitive) {
                    let message =
                        format!("`keyof` is not supported for `{}`", self.types.text(own));
                    let fault = Diagnostic::error(codes::TYPE_FORM, inner.span, message);
                    self.report(fault.help("apply it to an object's type"));
                    return Ty::ERROR;
                }
                self.keyof(own)
            }
            TypeKind::Indexed { object, index } => {
                let object = self.annotation(object);
                let index_ty = self.annotation(index);
                self.indexed(object, index_ty, Some(index.span))
            }
            TypeKind::Readonly(inner) => match &inner.kind {
                TypeKind::Tuple(elements) => self.tuple_type(elements, true),
                _ => {
                    let inner = self.annotation(inner);
                    self.readonly(inner)
                }
            },
            // Only as a function's result, where `signature` reads it.
            TypeKind::Predicate { .. } => Ty::BOOLEAN,
            TypeKind::Error => Ty::ERROR,
        }
    }

    /// An array or tuple type, made read-only.
    pub(super) fn readonly(&mut self, ty: Ty) -> Ty {
        match self.types.kind(ty).clone() {
            Kind::Array { element, .. } => {
                self.types.intern(Kind::Array { element, readonly: true })
            }
            Kind::Tuple { elements, rest, .. } => {
                self.types.intern(Kind::Tuple { elements, rest, readonly: true, of_match: false })
            }
            _ => ty,
        }
    }

    fn tuple_type(&mut self, elements: &'a [tree::TupleElement], readonly: bool) -> Ty {
        let mut fixed = Vec::new();
        let mut rest = None;
        for element in elements {
            self.lists_open += 1;
            let ty = self.annotation(&element.ty);
            self.lists_open -= 1;
            if let (Some(_), false) = (rest, element.rest) {
                self.report(
                    Diagnostic::error(
                        codes::TYPE_FORM,
                        element.ty.span,
                        "nothing stands behind the rest of a tuple",
                    )
                    .help("put the rest last, or write a list: `(string | number)[]`"),
                );
                return Ty::ERROR;
            }
            if element.rest {
                let list =
                    |k: &Kind| matches!(k, Kind::Array { .. } | Kind::Tuple { .. } | Kind::Error);
                if !self.types.all(ty, list) && !self.generic(ty) {
                    let text = self.types.text(ty);
                    let message = format!("a tuple's rest is a list, not `{text}`");
                    let fault = Diagnostic::error(codes::TYPE_FORM, element.ty.span, message);
                    self.report(fault.help(format!("write `...{text}[]`")));
                }
                rest = Some(self.types.element(ty).unwrap_or(Ty::ERROR));
            } else {
                fixed.push(TupleElement { ty, optional: element.optional });
            }
        }
        self.types.intern(Kind::Tuple { elements: fixed.into(), rest, readonly, of_match: false })
    }

    fn object_type(&mut self, members: &'a [TypeMember]) -> Ty {
        if !self.reading_types() || members.is_empty() {
            let object = self.literal_members(members, None);
            return self.types.object(object);
        }
        // Within another type, which it may name: read when somebody looks.
        let ty = self.types.later(None);
        if let Kind::Object(id) = *self.types.kind(ty) {
            let (module, scope) = (self.module, self.type_scope.clone());
            self.lazy.insert(id, Lazy::Literal { module, members, scope });
        }
        ty
    }

    /// The members of an object type or interface as written.
    ///
    /// - `id`: the object type, if others may name it.
    pub(super) fn literal_members(
        &mut self,
        members: &'a [TypeMember],
        id: Option<ObjectId>,
    ) -> Object {
        let mut object = Object::default();
        for (at, member) in members.iter().enumerate() {
            let slot = id.map(|id| (id, at));
            match member {
                TypeMember::Property { span, key, ty, optional, readonly, .. } => {
                    let Some(name) = key.name() else { continue };
                    let ty = self.member_type(slot, ty, key.span);
                    if object.property(name).is_some() {
                        self.error(
                            codes::DUPLICATE_NAME,
                            key.span,
                            format!("the member `{name}` stands in this type twice"),
                        );
                        continue;
                    }
                    object.properties.push(Property {
                        name: name.clone(),
                        ty,
                        optional: *optional,
                        readonly: *readonly,
                        span: Some(*span),
                    });
                }
                TypeMember::Index { key, value, .. } => {
                    let place = key.span;
                    let key = self.annotation(key);
                    let value = self.member_type(slot, value, place);
                    let plain = |k: &Kind| matches!(k, Kind::String | Kind::Number | Kind::Error);
                    if !self.types.all(key, plain) {
                        let text = self.types.text(key);
                        let message = format!("an index signature has no keys of `{text}`");
                        self.report(
                            Diagnostic::error(codes::TYPE_FORM, place, message)
                                .help("write `[key: string]: T`, or `Record<\"a\" | \"b\", T>`"),
                        );
                    }
                    if object.index.is_some() {
                        let message = "a type has one index signature at most";
                        let fault = Diagnostic::error(codes::TYPE_FORM, place, message);
                        self.report(
                            fault.help("keep `[key: string]: T`, with a `T` for all of them"),
                        );
                    }
                    if object.index.is_none_or(|index| index.numeric) {
                        object.index = Some(Index { value, numeric: key == Ty::NUMBER });
                    }
                }
            }
        }
        self.beside_index(&object, 0);
        object
    }

    /// Reports members, from the one at `from` on, that are not what the index signature says.
    fn beside_index(&mut self, object: &Object, from: usize) {
        let Some(index) = object.index else { return };
        for property in object.properties.iter().skip(from) {
            let own = self.read_type(property.ty, property.optional);
            if let Some(span) = property.span
                && index.holds(&property.name)
            {
                let fit = Fit { source: own, target: index.value, same: false };
                let (own, all) = (self.types.text(own), self.types.text(index.value));
                let message =
                    format!("`{}` is `{own}` here, and `{all}` by its key", property.name);
                let fault = Diagnostic::error(codes::NOT_ASSIGNABLE, span, message);
                self.must_fit(fit, fault.help("let the index signature's type include it"));
            }
        }
    }

    /// The members of an interface, inherited ones included.
    ///
    /// - `id`: its object type, if others may name it.
    pub(super) fn interface_members(
        &mut self,
        decl: &'a tree::Interface,
        id: Option<ObjectId>,
    ) -> Object {
        let around = std::mem::take(&mut self.extending);
        let mut object = self.literal_members(&decl.members, id);
        self.extending = around;
        let (own_members, own_index) = (object.properties.len(), object.index.is_some());
        object.name = Some(decl.name.name.clone());
        object.span = Some(decl.name.span);
        object.interface = true;
        self.extending.extend(id);
        for base in &decl.extends {
            let ty = self.annotation(base);
            let inherited = match self.types.kind(ty).clone() {
                // What it picks of itself it has.
                Kind::Object(of) if id.is_some_and(|id| self.picks_of(of, id)) => continue,
                Kind::Object(of) if self.extends_itself(of) => {
                    let message = format!("the interface `{}` extends itself", decl.name.name);
                    self.error(codes::CIRCULAR_TYPE, base.span, message);
                    continue;
                }
                Kind::Object(id) => self.object(id),
                // It may have any member.
                Kind::Error => {
                    object.index.get_or_insert(Index { value: Ty::ERROR, numeric: false });
                    continue;
                }
                _ => {
                    let message = format!("an interface cannot extend `{}`", self.types.text(ty));
                    self.error(codes::TYPE_FORM, base.span, message);
                    continue;
                }
            };
            for property in &inherited.properties {
                let at = object.properties.iter().position(|p| p.name == property.name);
                match at.map(|at| (at, object.properties[at].clone())) {
                    None => object.properties.push(property.clone()),
                    // Of two bases, it has to be the same.
                    Some((at, own)) if at >= own_members => {
                        let text = self.types.text(ty);
                        let message =
                            format!("`{}` of `{text}` differs from that of another base", own.name);
                        let fault = Diagnostic::error(codes::NOT_ASSIGNABLE, base.span, message)
                            .help("declare the member here, as both have it");
                        if own.optional != property.optional || own.readonly != property.readonly {
                            self.report(fault);
                            continue;
                        }
                        let fit = Fit { source: own.ty, target: property.ty, same: true };
                        self.must_fit(fit, fault);
                    }
                    Some((_, own)) => {
                        let target = self.read_type(property.ty, property.optional);
                        let source = self.read_type(own.ty, own.optional);
                        let text = self.types.text(ty);
                        let message =
                            format!("`{}` differs from the same member of `{text}`", own.name);
                        let place = own.span.unwrap_or(decl.name.span);
                        let fault = Diagnostic::error(codes::NOT_ASSIGNABLE, place, message);
                        self.must_fit(Fit { source, target, same: false }, fault);
                    }
                }
            }
            if object.index.is_none() {
                object.index = inherited.index;
            }
        }
        if id.is_some() {
            self.extending.pop();
        }
        self.beside_index(&object, if own_index { own_members } else { 0 });
        object
    }

    /// Whether an object type is `Pick<T, …>` of this one, which is being read.
    fn picks_of(&self, id: ObjectId, of: ObjectId) -> bool {
        let pick = Utility::Pick;
        matches!(self.lazy.get(&id), Some(Lazy::Mapped { utility, of: own, .. }) if *utility == pick && *own == of)
    }

    /// Whether the bases that are being looked at lead to this one.
    fn extends_itself(&self, base: ObjectId) -> bool {
        let mut open = vec![base];
        while let Some(id) = open.pop() {
            if self.extending.contains(&id) {
                return true;
            }
            match self.lazy.get(&id) {
                _ if self.types.members(id).is_some() => {}
                Some(&Lazy::Mapped { of, .. }) => open.push(of),
                Some(Lazy::Both { parts }) => open.extend(parts.iter()),
                _ => {}
            }
        }
        false
    }

    /// `T`, with `undefined` if it is optional.
    pub(super) fn read_type(&mut self, ty: Ty, optional: bool) -> Ty {
        if optional { self.types.or_undefined(ty) } else { ty }
    }

    /// A function type's signature.
    pub(super) fn signature(&mut self, function: &'a FunctionType) -> Signature {
        for param in function.params.iter().chain(function.rest.as_deref()) {
            if param.ty.is_none() {
                self.untyped(&pattern_name(&param.pattern), param.span);
            }
        }
        let (type_params, before) = self.open_type_params(&function.type_params);
        let mut params: Vec<SignatureParam> = function
            .params
            .iter()
            .map(|p| SignatureParam {
                name: pattern_name(&p.pattern),
                ty: p.ty.as_ref().map_or(Ty::ERROR, |t| self.annotation(t)),
                optional: p.optional || p.default.is_some(),
            })
            .collect();
        let mut rest = None;
        if let Some(param) = &function.rest {
            let list = param.ty.as_ref().map_or(Ty::ERROR, |t| self.annotation(t));
            let (_, further, more) = self.rest_parameter(list, param);
            params.extend(further);
            rest = more;
        }
        let (result, predicate) = self.result_annotation(&function.return_type, &params);
        self.type_scope = before;
        Signature { type_params, params, rest, result, predicate }
    }

    /// A function's declared result and predicate.
    pub(super) fn result_annotation(
        &mut self,
        ty: &'a tree::Type,
        params: &[SignatureParam],
    ) -> (Ty, Option<(usize, Ty)>) {
        let TypeKind::Predicate { param, ty } = &ty.kind else {
            return (self.annotation(ty), None);
        };
        let narrowed = self.annotation(ty);
        let Some(i) = params.iter().position(|own| own.name == param.name) else {
            let message = format!("`{}` is not a parameter", param.name);
            self.error(codes::UNKNOWN_NAME, param.span, message);
            return (Ty::BOOLEAN, None);
        };
        let whole = self.read_type(params[i].ty, params[i].optional);
        if !self.assignable(narrowed, whole) {
            let (own, whole) = (self.types.text(narrowed), self.types.text(whole));
            let message = format!("`{}` is `{whole}`, and never `{own}`", param.name);
            self.error(codes::NOT_ASSIGNABLE, ty.span, message);
        }
        (Ty::BOOLEAN, Some((i, narrowed)))
    }

    fn type_reference(&mut self, path: &'a [Ident], args: &'a [tree::Type], span: Span) -> Ty {
        let Some(first) = path.first() else { return Ty::ERROR };
        let Some(mut found) = self.type_named(&first.name) else {
            self.unknown_type(first);
            return Ty::ERROR;
        };
        for (i, part) in path.iter().enumerate().skip(1) {
            match found {
                TypeName::Namespace(id) => {
                    found = self.exported_type(Target::Module(id), &part.name, 0);
                    if matches!(found, TypeName::Refused) {
                        self.unknown_type(part);
                        return Ty::ERROR;
                    }
                }
                TypeName::Zod => return self.zod_type(part, args, span),
                TypeName::Upstream(upstream) if i + 1 == path.len() => {
                    return self.contract_named(upstream, part);
                }
                TypeName::Refused => return Ty::ERROR,
                _ => {
                    self.error(
                        codes::UNKNOWN_TYPE,
                        part.span,
                        format!("`{}` has no types in it", path[i - 1].name),
                    );
                    return Ty::ERROR;
                }
            }
        }
        match found {
            TypeName::Scoped(TypeBinding::Ty(ty), _) => ty,
            TypeName::Scoped(TypeBinding::Refused, _) | TypeName::Refused => Ty::ERROR,
            TypeName::Scoped(TypeBinding::Alias(alias), scope) => {
                self.alias(self.module, alias, scope, args, span)
            }
            TypeName::Scoped(TypeBinding::Interface(decl), scope) => {
                self.interface(self.module, decl, scope, args, span)
            }
            TypeName::Decl(module, Decl::Alias(i)) => {
                let ItemKind::TypeAlias(alias) = &self.module_of(module).tree.items[i].kind else {
                    return Ty::ERROR;
                };
                self.alias(module, alias, None, args, span)
            }
            TypeName::Decl(module, Decl::Interface(i)) => {
                let ItemKind::Interface(decl) = &self.module_of(module).tree.items[i].kind else {
                    return Ty::ERROR;
                };
                self.interface(module, decl, None, args, span)
            }
            TypeName::Decl(..) => Ty::ERROR,
            TypeName::Frontage(name) => self.frontage_type(&name, args, span),
            TypeName::Library => self.library_type(&first.name, args, span),
            TypeName::Zod | TypeName::Namespace(_) | TypeName::Upstream(_) => {
                self.error(
                    codes::UNKNOWN_TYPE,
                    span,
                    format!("`{}` is not a type itself", first.name),
                );
                Ty::ERROR
            }
        }
    }

    fn unknown_type(&mut self, name: &Ident) {
        let module = self.module_of(self.module);
        let mut known: Vec<Arc<str>> = module.symbols.types.keys().cloned().collect();
        known.extend(super::utility::KNOWN.iter().map(|&k| k.into()));
        known.sort();
        let is_value = module.symbols.values.contains_key(&name.name)
            || self.scopes.iter().any(|s| s.values.contains_key(&name.name));
        let fault = if is_value {
            Diagnostic::error(
                codes::TYPE_AS_VALUE,
                name.span,
                format!("`{}` is a value, but is used as a type", name.name),
            )
            .help(format!("write `typeof {}`", name.name))
        } else {
            let fault = Diagnostic::error(
                codes::UNKNOWN_TYPE,
                name.span,
                format!("there is no type `{}`", name.name),
            );
            let given = match &*name.name {
                "Request" | "NextRequest" => Some(
                    "the handler gets `params`, `query`, `headers`, `body`: declare them in `route(input, handler)`",
                ),
                "Response" | "NextResponse" => Some("leave it out: the answer's type is inferred"),
                _ => None,
            };
            if let Some(given) = given {
                self.report(fault.help(given));
                return;
            }
            match nearest(&name.name, known.iter().map(|k| &**k)) {
                Some(near) => fault.help(format!("did you mean `{near}`?")),
                None => fault.help("declare it with `type` or `interface`, or import it"),
            }
        };
        self.report(fault);
    }

    /// A named schema of an upstream's contract.
    fn contract_named(&mut self, upstream: u16, name: &Ident) -> Ty {
        let contract = self.contract(upstream);
        let names = frontage_contract::type_names(&contract);
        if let Some((id, _)) = names.iter().find(|(_, n)| **n == *name.name) {
            return self.contract_ty(upstream, *id, false);
        }
        let fault = Diagnostic::error(
            codes::UNKNOWN_TYPE,
            name.span,
            format!(
                "the contract of `{}` has no type `{}`",
                self.workspace.upstreams[usize::from(upstream)].name,
                name.name
            ),
        );
        let near = nearest(&name.name, names.iter().map(|(_, n)| n.as_str())).map(str::to_owned);
        self.report(match near {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault,
        });
        Ty::ERROR
    }

    fn typeof_path(&mut self, path: &'a [Ident]) -> Ty {
        let Some(first) = path.first() else { return Ty::ERROR };
        let mut value = self.value_named(&first.name, first.span);
        let mut at = first;
        let mut rest = &path[1..];
        if let (&Value::Namespace(module), [name, further @ ..]) = (&value, rest) {
            value = self.exported_value(Target::Module(module), &name.name, 0);
            if value == Value::Refused {
                let message = format!("`{}` is not exported there", name.name);
                self.error(codes::UNKNOWN_EXPORT, name.span, message);
            }
            (at, rest) = (name, further);
        }
        // As in tsc, what is known of a value here is so of its type.
        let mut reference = value.root().map(Reference::from);
        let mut ty = match (&value, rest) {
            (&Value::Upstream(upstream), [name, further @ ..]) => {
                rest = further;
                match self.operation_ty(upstream, name) {
                    Some(ty) => ty,
                    None => return Ty::ERROR,
                }
            }
            _ => self.type_of_value(&value, at.span),
        };
        if let Some(reference) = &reference {
            ty = self.narrowed(reference, ty);
        }
        for part in rest {
            match self.property_type(ty, &part.name) {
                Some(member) => {
                    ty = member;
                    if let Some(reference) = &mut reference {
                        reference.path.push(Step::Member(part.name.clone()));
                        ty = self.narrowed(reference, ty);
                    }
                }
                None => {
                    self.unknown_member(ty, part);
                    return Ty::ERROR;
                }
            }
        }
        // `typeof "a"` of a constant stays its literal.
        self.types.regular(ty)
    }
}

/// The name that a pattern gives a parameter, for messages.
pub(super) fn pattern_name(pattern: &tree::Pattern) -> Arc<str> {
    match &pattern.kind {
        tree::PatternKind::Ident(name) => name.name.clone(),
        _ => "value".into(),
    }
}
