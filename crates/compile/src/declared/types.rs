//! TypeScript's types as types of a contract.
//!
//! In:    types as syntax, with the module they stand in.
//! Out:   ids in the arena. Named types are reserved and made later, so that they may hold
//!        themselves.
//! Never: a type that no JSON has; each is refused at its place.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use frontage_contract::{
    Access, Additional, Array, Constant, Declaration, Number, Object, Property, Text, Tuple, Type,
    TypeId, Union,
};
use frontage_diagnostic::Span;
use frontage_syntax::tree::{self, Interface, KeywordType, TypeKind, TypeMember, TypeParam};

use super::modules::Found;
use super::{Reader, TYPE_LIMIT};
use crate::codes;

/// How often members may be gathered in one file: bases that share bases multiply.
const STEP_LIMIT: usize = 50_000;

/// Types of the library that give an object's members.
const UTILITIES: [&str; 6] = ["Record", "Partial", "Required", "Readonly", "Pick", "Omit"];

/// How deeply types may refer to each other before one has members of its own.
const DEPTH: usize = 64;

/// A declaration with the types of its parameters.
pub(super) type Key = (usize, Arc<str>, Vec<TypeId>);

/// Where a type stands: its module, and what the type parameters there are.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    pub(super) module: usize,
    pub(super) parameters: Rc<HashMap<Arc<str>, TypeId>>,
}

/// A named type that is reserved, and what it is made of.
pub(super) struct Work {
    id: TypeId,
    scope: Scope,
    body: tree::Type,
    interface: Option<Arc<Interface>>,
}

/// The members of an object type.
#[derive(Debug, Clone, Default)]
pub(super) struct Members {
    pub(super) properties: Vec<Property>,
    index: Option<TypeId>,
}

impl Members {
    fn add(&mut self, property: Property) {
        match self.properties.iter_mut().find(|known| known.name == property.name) {
            Some(known) => *known = property,
            None => self.properties.push(property),
        }
    }

    fn merge(&mut self, other: Self) {
        other.properties.into_iter().for_each(|property| self.add(property));
        self.index = other.index.or(self.index);
    }
}

impl Reader<'_> {
    /// Makes every type that was asked for.
    pub(super) fn finish(&mut self) {
        while let Some(Work { id, scope, body, interface }) = self.work.pop() {
            if self.types.len() > TYPE_LIMIT {
                let message = "these declarations lead to more types than can be read";
                self.fault(codes::DECLARED_TYPE, body.span, message, "use fewer type parameters");
                return;
            }
            let ty = match interface {
                Some(interface) => {
                    let members = self.interface(&scope, &interface, 0).unwrap_or_default();
                    self.object_of(members)
                }
                None => self.made(&scope, &body),
            };
            self.types.declaration_mut(id).ty = ty;
        }
    }

    pub(super) fn add(&mut self, span: Span, ty: Type) -> TypeId {
        self.types.add(Declaration { name: None, span, description: None, example: None, ty })
    }

    fn refuse(&mut self, span: Span, message: impl Into<String>, help: &str) -> TypeId {
        self.fault(codes::DECLARED_TYPE, span, message, help);
        self.unknown
    }

    /// The type of JSON values that `ty` describes.
    pub(super) fn ty(&mut self, scope: &Scope, ty: &tree::Type) -> TypeId {
        let span = ty.span;
        let made = match &ty.kind {
            TypeKind::Keyword(keyword) => return self.keyword(*keyword, span),
            TypeKind::String(text) => Type::Enum(vec![Constant::String(text.to_string())]),
            TypeKind::Number(number) => Type::Enum(vec![Constant::Number(*number)]),
            TypeKind::Boolean(value) => Type::Enum(vec![Constant::Boolean(*value)]),
            TypeKind::Array(element) => {
                let items = self.ty(scope, element);
                Type::Array(Array { items, min_items: None, max_items: None })
            }
            TypeKind::Readonly(inner) => return self.ty(scope, inner),
            TypeKind::Tuple(elements) => self.tuple(scope, elements),
            TypeKind::Union(members) => return self.union(scope, members, span),
            TypeKind::Object(_) | TypeKind::Intersection(_) => match self.members(scope, ty, 0) {
                Some(members) => self.object_of(members),
                None => return self.unknown,
            },
            TypeKind::Ref { path, args } => return self.reference(scope, path, args, span, 0),
            TypeKind::Error => return self.unknown,
            TypeKind::Function(_) | TypeKind::Predicate { .. } => {
                let help = "an answer has data only; leave the function out";
                return self.refuse(span, "no JSON holds a function", help);
            }
            TypeKind::Typeof { .. } | TypeKind::Keyof(_) | TypeKind::Indexed { .. } => {
                let help = "write the type out, or give it a name and use that";
                return self.refuse(span, "this kind of type is not read here", help);
            }
        };
        self.add(span, made)
    }

    fn keyword(&mut self, keyword: KeywordType, span: Span) -> TypeId {
        let ty = match keyword {
            KeywordType::String => Type::String(Text::default()),
            KeywordType::Number => Type::Number(Number::default()),
            KeywordType::Boolean => Type::Boolean,
            KeywordType::Null => return self.null,
            KeywordType::Unknown => return self.unknown,
            KeywordType::Never => Type::Never,
            KeywordType::Object => {
                Type::Object(Object { properties: Vec::new(), additional: Additional::Any })
            }
            KeywordType::Undefined | KeywordType::Void => {
                let help = "make the member optional with `?`; for a missing value write `null`";
                return self.refuse(span, "no JSON holds `undefined`", help);
            }
        };
        self.add(span, ty)
    }

    fn tuple(&mut self, scope: &Scope, elements: &[tree::TupleElement]) -> Type {
        let mut tuple = Tuple { items: Vec::new(), required: 0, rest: None };
        for element in elements {
            if element.rest {
                if let TypeKind::Array(inner) = &element.ty.kind {
                    tuple.rest = Some(self.ty(scope, inner));
                }
                continue;
            }
            tuple.items.push(self.ty(scope, &element.ty));
            if !element.optional {
                tuple.required = tuple.items.len();
            }
        }
        Type::Tuple(tuple)
    }

    /// A union: its literals become one enumeration.
    fn union(&mut self, scope: &Scope, members: &[tree::Type], span: Span) -> TypeId {
        let mut constants: Vec<Constant> = Vec::new();
        let mut variants: Vec<TypeId> = Vec::new();
        let mut null = false;
        for member in members {
            let constant = match &member.kind {
                TypeKind::String(text) => Constant::String(text.to_string()),
                TypeKind::Number(number) => Constant::Number(*number),
                TypeKind::Boolean(value) => Constant::Boolean(*value),
                TypeKind::Keyword(KeywordType::Null) => {
                    null = true;
                    continue;
                }
                _ => {
                    variants.push(self.ty(scope, member));
                    continue;
                }
            };
            if !constants.contains(&constant) {
                constants.push(constant);
            }
        }
        let both = [true, false].map(Constant::Boolean);
        if both.iter().all(|value| constants.contains(value)) {
            constants.retain(|constant| !both.contains(constant));
            let boolean = self.add(span, Type::Boolean);
            variants.push(boolean);
        }
        if !constants.is_empty() {
            let listed = self.add(span, Type::Enum(constants));
            variants.insert(0, listed);
        }
        if null {
            variants.push(self.null);
        }
        match variants[..] {
            [] => self.null,
            [single] => single,
            _ => self.add(span, Type::Union(Union { variants, discriminator: None })),
        }
    }

    fn object_of(&self, members: Members) -> Type {
        let additional = match members.index {
            None => Additional::Undeclared,
            Some(id) if id == self.unknown => Additional::Any,
            Some(id) => Additional::Of(id),
        };
        Type::Object(Object { properties: members.properties, additional })
    }

    /// A type that has a name.
    fn reference(
        &mut self,
        scope: &Scope,
        path: &[tree::Ident],
        args: &[tree::Type],
        span: Span,
        depth: usize,
    ) -> TypeId {
        let [name] = path else {
            let help = "import the type itself: `import type { Name } from \"./file.ts\"`";
            return self.refuse(span, "types of namespaces are not read here", help);
        };
        if let Some(&known) = scope.parameters.get(&name.name) {
            return known;
        }
        if depth > DEPTH {
            let message = format!("`{}` never comes to an end", name.name);
            return self.refuse(span, message, "break the circle with an object type");
        }
        match self.modules.find(scope.module, &name.name) {
            Found::Reported => self.unknown,
            Found::Frontage(export) => self.of_frontage(&export, span),
            Found::Nothing => self.of_library(scope, name, args, span),
            Found::Alias(module, alias) => {
                let Some(inner) = self.enter(scope, module, &alias.type_params, args, span) else {
                    return self.unknown;
                };
                if let TypeKind::Ref { path, args } = &alias.ty.kind
                    && !matches!(self.modules.find(module, &path[0].name), Found::Nothing)
                {
                    return self.reference(&inner, path, args, alias.ty.span, depth + 1);
                }
                self.later(inner, &alias.name, args, &alias.type_params, alias.ty.clone(), None)
            }
            Found::Interface(module, interface) => {
                let parameters = &interface.type_params;
                let Some(inner) = self.enter(scope, module, parameters, args, span) else {
                    return self.unknown;
                };
                let body = tree::Type { span: interface.span, kind: TypeKind::Error };
                let own = Some(interface.clone());
                self.later(inner, &interface.name, args, parameters, body, own)
            }
        }
    }

    /// Reserves a named type.
    fn later(
        &mut self,
        scope: Scope,
        name: &tree::Ident,
        args: &[tree::Type],
        parameters: &[TypeParam],
        body: tree::Type,
        interface: Option<Arc<Interface>>,
    ) -> TypeId {
        let given: Vec<TypeId> =
            parameters.iter().filter_map(|p| scope.parameters.get(&p.name.name).copied()).collect();
        let key = (scope.module, name.name.clone(), given);
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let words: Vec<&str> = args
            .iter()
            .filter_map(|arg| match &arg.kind {
                TypeKind::Ref { path, .. } => path.last().map(|last| &*last.name),
                _ => None,
            })
            .collect();
        let shown = if words.is_empty() {
            name.name.to_string()
        } else {
            format!("{}Of{}", name.name, words.join(""))
        };
        let id = self.types.add(Declaration {
            name: Some(shown),
            span: name.span,
            description: self.modules.doc(scope.module, &name.name),
            example: None,
            ty: Type::Never,
        });
        self.known.insert(key, id);
        self.work.push(Work { id, scope, body, interface });
        id
    }

    /// The scope inside a declaration: its type parameters are `args`.
    fn enter(
        &mut self,
        scope: &Scope,
        module: usize,
        parameters: &[TypeParam],
        args: &[tree::Type],
        span: Span,
    ) -> Option<Scope> {
        let mut inner = HashMap::new();
        if args.len() > parameters.len() {
            self.refuse(span, "this type takes fewer type arguments", "leave the others out");
            return None;
        }
        for (at, parameter) in parameters.iter().enumerate() {
            let made = match (args.get(at), &parameter.default) {
                (Some(arg), _) => self.ty(scope, arg),
                (None, Some(default)) => {
                    let own = Scope { module, parameters: Rc::new(inner.clone()) };
                    self.ty(&own, default)
                }
                (None, None) => {
                    let message = format!("the type argument `{}` is missing", parameter.name.name);
                    self.refuse(span, message, "write it in `<...>`");
                    return None;
                }
            };
            inner.insert(parameter.name.name.clone(), made);
        }
        Some(Scope { module, parameters: Rc::new(inner) })
    }

    fn of_frontage(&mut self, export: &str, span: Span) -> TypeId {
        match export {
            "Integer" => {
                self.add(span, Type::Number(Number { integer: true, ..Number::default() }))
            }
            "Text" => self.add(span, Type::String(Text::default())),
            "Bytes" => {
                let help = "bytes can be a whole answer only: `get<Args, Bytes>(...)`";
                self.refuse(span, "no JSON holds bytes", help)
            }
            other => {
                let message = format!("`{other}` of \"frontage\" describes no JSON");
                self.refuse(span, message, "of \"frontage\", `Integer`, `Text` and `Bytes` do")
            }
        }
    }

    fn of_library(
        &mut self,
        scope: &Scope,
        name: &tree::Ident,
        args: &[tree::Type],
        span: Span,
    ) -> TypeId {
        match (&*name.name, args) {
            ("Array" | "ReadonlyArray", [element]) => {
                let items = self.ty(scope, element);
                self.add(span, Type::Array(Array { items, min_items: None, max_items: None }))
            }
            (utility, _) if UTILITIES.contains(&utility) => {
                self.utility_later(scope, name, args, span)
            }
            ("Date", _) => {
                let help = "JSON has dates as strings: write `string`, and `new Date(x)` in routes";
                self.refuse(span, "no JSON holds a `Date`", help)
            }
            ("Map" | "Set" | "Promise", _) => {
                let message = format!("no JSON holds a `{}`", name.name);
                self.refuse(span, message, "write an array, or `Record<string, T>`")
            }
            (other, _) => {
                let message = format!("there is no type `{other}` here");
                self.refuse(span, message, "declare it in this file, or import it")
            }
        }
    }

    /// Reserves what `Partial<T>` and its like give: `T` may hold it.
    fn utility_later(
        &mut self,
        scope: &Scope,
        name: &tree::Ident,
        args: &[tree::Type],
        span: Span,
    ) -> TypeId {
        let mut own: Vec<_> = scope.parameters.iter().collect();
        own.sort_unstable();
        let own = own.into_iter().map(|(_, ty)| *ty).collect();
        let key = (scope.module, Arc::from(format!("{} {}", name.name, span.start)), own);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let id = self.add(span, Type::Never);
        self.known.insert(key, id);
        let kind = TypeKind::Ref { path: vec![name.clone()], args: args.to_vec() };
        let body = tree::Type { kind, span };
        self.work.push(Work { id, scope: scope.clone(), body, interface: None });
        id
    }

    /// What stands for a name: what `Partial<T>` and its like give at once, for all else its type.
    fn made(&mut self, scope: &Scope, body: &tree::Type) -> Type {
        if let TypeKind::Ref { path, args } = &body.kind
            && let [name] = &path[..]
            && UTILITIES.contains(&&*name.name)
            && matches!(self.modules.find(scope.module, &name.name), Found::Nothing)
        {
            return match self.utility(scope, &name.name, args, body.span, 0) {
                Some(members) => self.object_of(members),
                None => Type::Unknown,
            };
        }
        let made = self.ty(scope, body);
        self.types.declaration(made).ty.clone()
    }

    /// The members of an object type, for whoever needs them at once.
    pub(super) fn members(
        &mut self,
        scope: &Scope,
        ty: &tree::Type,
        depth: usize,
    ) -> Option<Members> {
        self.steps += 1;
        if depth > DEPTH || self.steps > STEP_LIMIT {
            let message = if depth > DEPTH {
                "this type extends itself"
            } else {
                "these declarations extend each other more often than can be followed"
            };
            self.refuse(ty.span, message, "write the members out");
            return None;
        }
        match &ty.kind {
            TypeKind::Object(members) => Some(self.own_members(scope, members)),
            TypeKind::Readonly(inner) => self.members(scope, inner, depth + 1),
            TypeKind::Intersection(parts) => {
                let mut all = Members::default();
                for part in parts {
                    all.merge(self.members(scope, part, depth + 1)?);
                }
                Some(all)
            }
            TypeKind::Ref { path, args } if path.len() == 1 => {
                match self.modules.find(scope.module, &path[0].name) {
                    Found::Alias(module, alias) => {
                        let inner = self.enter(scope, module, &alias.type_params, args, ty.span)?;
                        self.members(&inner, &alias.ty, depth + 1)
                    }
                    Found::Interface(module, interface) => {
                        let inner =
                            self.enter(scope, module, &interface.type_params, args, ty.span)?;
                        self.interface(&inner, &interface, depth + 1)
                    }
                    Found::Nothing => self.utility(scope, &path[0].name, args, ty.span, depth),
                    Found::Frontage(_) => self.no_object(ty.span),
                    Found::Reported => None,
                }
            }
            TypeKind::Error => None,
            _ => self.no_object(ty.span),
        }
    }

    fn no_object(&mut self, span: Span) -> Option<Members> {
        self.refuse(span, "an object type is wanted here", "write `{ name: string }`");
        None
    }

    fn interface(&mut self, scope: &Scope, interface: &Interface, depth: usize) -> Option<Members> {
        let mut all = Members::default();
        for base in &interface.extends {
            all.merge(self.members(scope, base, depth + 1)?);
        }
        let own = self.own_members(scope, &interface.members);
        all.merge(own);
        Some(all)
    }

    fn own_members(&mut self, scope: &Scope, members: &[TypeMember]) -> Members {
        let mut all = Members::default();
        for member in members {
            match member {
                TypeMember::Property { key, ty, optional, .. } => {
                    let Some(name) = key.name() else { continue };
                    let (ty, missing) = self.possibly_missing(scope, ty);
                    all.add(Property {
                        name: name.to_string(),
                        ty,
                        required: !optional && !missing,
                        access: Access::Both,
                        deprecated: false,
                        description: None,
                        span: key.span,
                    });
                }
                TypeMember::Index { value, .. } => all.index = Some(self.ty(scope, value)),
            }
        }
        all
    }

    /// The type without `undefined`, and whether that was among it.
    pub(super) fn possibly_missing(&mut self, scope: &Scope, ty: &tree::Type) -> (TypeId, bool) {
        let is_missing = |member: &tree::Type| {
            matches!(member.kind, TypeKind::Keyword(KeywordType::Undefined | KeywordType::Void))
        };
        match &ty.kind {
            TypeKind::Union(members) if members.iter().any(is_missing) => {
                let left: Vec<tree::Type> =
                    members.iter().filter(|m| !is_missing(m)).cloned().collect();
                (self.union(scope, &left, ty.span), true)
            }
            _ if is_missing(ty) => (self.undefined, true),
            _ => (self.ty(scope, ty), false),
        }
    }

    /// `Partial<T>` and its like.
    fn utility(
        &mut self,
        scope: &Scope,
        name: &str,
        args: &[tree::Type],
        span: Span,
        depth: usize,
    ) -> Option<Members> {
        match (name, args) {
            ("Record", [key, value]) => {
                if self.is_text(scope.module, key, depth) {
                    let index = Some(self.ty(scope, value));
                    return Some(Members { properties: Vec::new(), index });
                }
                let names = self.names(scope.module, key, depth)?;
                let ty = self.ty(scope, value);
                let properties = names.into_iter().map(|name| Property {
                    name,
                    ty,
                    required: true,
                    access: Access::Both,
                    deprecated: false,
                    description: None,
                    span: key.span,
                });
                Some(Members { properties: properties.collect(), index: None })
            }
            ("Partial" | "Required", [inner]) => {
                let mut members = self.members(scope, inner, depth + 1)?;
                members.properties.iter_mut().for_each(|p| p.required = name == "Required");
                Some(members)
            }
            ("Readonly", [inner]) => self.members(scope, inner, depth + 1),
            ("Pick" | "Omit", [inner, keys]) => {
                let mut members = self.members(scope, inner, depth + 1)?;
                let names = self.names(scope.module, keys, depth)?;
                members.properties.retain(|p| names.contains(&p.name) == (name == "Pick"));
                Some(members)
            }
            _ => {
                let message = format!("there is no object type `{name}` here");
                self.refuse(span, message, "declare it in this file, or import it");
                None
            }
        }
    }

    /// Whether it is `string`, by its name or another.
    fn is_text(&mut self, module: usize, ty: &tree::Type, depth: usize) -> bool {
        match &ty.kind {
            TypeKind::Keyword(KeywordType::String) => true,
            TypeKind::Ref { .. } if depth <= DEPTH => self
                .alias_of(module, ty)
                .is_some_and(|(module, own)| self.is_text(module, &own, depth + 1)),
            _ => false,
        }
    }

    /// What an alias without parameters stands for, with its module.
    fn alias_of(&mut self, module: usize, ty: &tree::Type) -> Option<(usize, tree::Type)> {
        let TypeKind::Ref { path, args } = &ty.kind else { return None };
        let ([name], []) = (&path[..], &args[..]) else { return None };
        match self.modules.find(module, &name.name) {
            Found::Alias(module, alias) if alias.type_params.is_empty() => {
                Some((module, alias.ty.clone()))
            }
            _ => None,
        }
    }

    /// Names that stand as literals, or as the name of such a choice.
    fn names(&mut self, module: usize, ty: &tree::Type, depth: usize) -> Option<Vec<String>> {
        match &ty.kind {
            TypeKind::String(text) => return Some(vec![text.to_string()]),
            TypeKind::Keyword(KeywordType::Never) => return Some(Vec::new()),
            TypeKind::Union(members) => {
                let mut all = Vec::new();
                for member in members {
                    for name in self.names(module, member, depth + 1)? {
                        if !all.contains(&name) {
                            all.push(name);
                        }
                    }
                }
                return Some(all);
            }
            TypeKind::Ref { .. } if depth <= DEPTH => {
                if let Some((module, own)) = self.alias_of(module, ty) {
                    return self.names(module, &own, depth + 1);
                }
            }
            _ => {}
        }
        let message = "keys are texts that stand as literals here";
        self.refuse(ty.span, message, "write `\"a\" | \"b\"`, or the name of such a type");
        None
    }
}
