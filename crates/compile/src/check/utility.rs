//! The types that TypeScript's library and `frontage` bring: `Partial`, `Record`, `Session`.
//!
//! In:    a name and its arguments as written.
//! Out:   the type.
//! Never: a mapped type over a type parameter: that is refused with words.

use std::sync::Arc;

use frontage_diagnostic::{Diagnostic, Span};
use frontage_syntax::tree;

use super::substitute::Mapping;
use super::{Checker, Lazy};
use crate::codes;
use crate::input::{SessionField, SessionType};
use crate::resolve::ModuleId;
use crate::types::print::number_text;
use crate::types::{Index, Keys, Kind, Object, ObjectId, Property, TupleElement, Ty};

/// Names of the library's types.
pub(super) const KNOWN: &[&str] = &[
    "Array",
    "ReadonlyArray",
    "Promise",
    "Awaited",
    "Partial",
    "Required",
    "Readonly",
    "Pick",
    "Omit",
    "Record",
    "NonNullable",
    "Exclude",
    "Extract",
    "ReturnType",
    "Parameters",
    "Map",
    "ReadonlyMap",
    "Set",
    "ReadonlySet",
    "Date",
    "Error",
    "Iterable",
    "ArrayIterator",
    "MapIterator",
    "SetIterator",
    "RegExp",
    "RegExpMatchArray",
    "GlobalRegExp",
    "HttpError",
    "Reply",
    "Route",
    "UpstreamError",
    "Grouped",
    "PropertyKey",
];

/// What gives the members of an object type in another way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Utility {
    /// `Partial<T>`
    Partial,
    /// `Required<T>`
    Required,
    /// `Readonly<T>`
    Readonly,
    /// `Pick<T, K>`
    Pick,
    /// `Omit<T, K>`
    Omit,
}

impl<'a> Checker<'a> {
    pub(super) fn library_type(
        &mut self,
        name: &Arc<str>,
        args: &'a [tree::Type],
        span: Span,
    ) -> Ty {
        let in_prelude = self.module == ModuleId(0);
        let wanted = match &**name {
            "Date" | "Error" | "RegExp" | "RegExpMatchArray" | "GlobalRegExp" | "HttpError"
            | "UpstreamError" => 0,
            "Pick" | "Omit" | "Record" | "Exclude" | "Extract" | "Map" | "ReadonlyMap"
            | "Grouped" => 2,
            "PropertyKey" => 0,
            _ => 1,
        };
        if matches!(&**name, "PropertyKey") && !in_prelude {
            let message = "`PropertyKey` is not part of the language";
            let fault = Diagnostic::error(codes::UNKNOWN_TYPE, span, message);
            self.report(fault.help("write `string | number`, or `keyof T`"));
            return Ty::ERROR;
        }
        if matches!(
            &**name,
            "HttpError" | "Reply" | "Route" | "UpstreamError" | "GlobalRegExp" | "Grouped"
        ) && !in_prelude
        {
            self.report(
                Diagnostic::error(codes::UNKNOWN_TYPE, span, format!("there is no type `{name}`"))
                    .help(format!("import it: `import type {{ {name} }} from \"frontage\"`")),
            );
            return Ty::ERROR;
        }
        if args.len() != wanted {
            self.error(
                codes::TYPE_ARGUMENTS,
                span,
                format!("`{name}` takes {wanted} type arguments, not {}", args.len()),
            );
            return Ty::ERROR;
        }
        let args: Vec<Ty> = args.iter().map(|a| self.annotation(a)).collect();
        if args.contains(&Ty::ERROR) {
            return Ty::ERROR;
        }
        // What these leave of a type parameter is known once it is.
        let open = |k: &Kind| k.is_open() || matches!(k, Kind::Keyof(_));
        if matches!(&**name, "Exclude" | "Extract" | "Awaited") && self.types.any(args[0], open) {
            return self.no_mapping(span);
        }
        if matches!(&**name, "Exclude" | "Extract" | "Pick" | "Omit") && self.generic(args[1]) {
            return self.no_mapping(span);
        }
        // `Record<boolean, T>`, `Omit<T, string[]>`: no keys.
        let keys = match &**name {
            "Record" => Some(args[0]),
            "Omit" => Some(args[1]),
            _ => None,
        };
        if let Some(keys) = keys.filter(|&keys| keys != Ty::NEVER && !self.types.any(keys, open))
            && !self.key_type(keys)
        {
            let text = self.types.text(keys);
            let message = format!("`{text}` is no type of keys");
            let fault = Diagnostic::error(codes::TYPE_ARGUMENTS, span, message);
            self.report(fault.help("keys are texts or numbers: `string`, `\"a\" | \"b\"`"));
            return Ty::ERROR;
        }
        match &**name {
            "RegExpMatchArray" => {
                let first = TupleElement { ty: Ty::STRING, optional: false };
                self.types.intern(Kind::Tuple {
                    elements: [first].into(),
                    rest: Some(Ty::STRING),
                    readonly: false,
                    of_match: true,
                })
            }
            "Promise" if self.promises(args[0]) => {
                let text = self.types.awaited(args[0]);
                let text = self.types.text(text);
                let message = "a promise holds no promise: `await` gives what the inner one holds";
                let fault = Diagnostic::error(codes::TYPE_FORM, span, message);
                self.report(fault.help(format!("write `Promise<{text}>`")));
                Ty::ERROR
            }
            "PropertyKey" => {
                let other = self.types.intern(Kind::Keyof(Ty::NEVER));
                self.types.union(&[Ty::STRING, Ty::NUMBER, other])
            }
            "Array" => self.types.array(args[0]),
            "ReadonlyArray" => self.types.intern(Kind::Array { element: args[0], readonly: true }),
            "Awaited" => self.types.awaited(args[0]),
            "NonNullable" => self.without(args[0], true, true),
            "Exclude" | "Extract" => {
                let wanted = &**name == "Extract";
                let mut kept = Vec::new();
                for member in self.types.members_of(args[0]) {
                    if self.assignable(member, args[1]) == wanted {
                        kept.push(member);
                    }
                }
                self.types.union(&kept)
            }
            "Partial" => self.each_property(Utility::Partial, args[0], span),
            "Required" => self.each_property(Utility::Required, args[0], span),
            "Readonly" => match self.types.kind(args[0]) {
                Kind::Array { .. } | Kind::Tuple { .. } => self.readonly(args[0]),
                _ => self.each_property(Utility::Readonly, args[0], span),
            },
            "Pick" => self.picked(args[0], args[1], span),
            "Omit" => self.omitted(args[0], args[1], span),
            "Record" => self.record(args[0], args[1]),
            "ReturnType" | "Parameters" => match self.types.kind(args[0]).clone() {
                Kind::Function(id) => {
                    let function = self.types.signatures(id).clone();
                    let Some(last) = function.signatures.last() else { return Ty::ERROR };
                    // Of its own type parameters nothing more is known than their bounds.
                    let mut bounds = Mapping::new();
                    for &id in &last.type_params {
                        let bound = self.types.type_param(id).constraint.unwrap_or(Ty::UNKNOWN);
                        let bound = self.substitute(bound, &bounds);
                        bounds.insert(id, bound);
                    }
                    let last = &self.substitute_signature(last, &bounds);
                    if &**name == "ReturnType" {
                        last.result
                    } else {
                        let elements = last
                            .params
                            .iter()
                            .map(|p| TupleElement { ty: p.ty, optional: p.optional })
                            .collect();
                        let rest = last.rest;
                        self.types.intern(Kind::Tuple {
                            elements,
                            rest,
                            readonly: false,
                            of_match: false,
                        })
                    }
                }
                _ => {
                    self.error(codes::TYPE_FORM, span, format!("`{name}` wants a function's type"));
                    Ty::ERROR
                }
            },
            "ReadonlyMap" => self.types.library("Map", &args),
            "ReadonlySet" => self.types.library("Set", &args),
            _ => self.types.library(name, &args),
        }
    }

    fn each_property(&mut self, utility: Utility, ty: Ty, span: Span) -> Ty {
        match self.types.kind(ty).clone() {
            Kind::Object(id) => self.mapped(utility, id, Ty::NEVER),
            Kind::Union(members) => {
                let members: Vec<Ty> =
                    members.iter().map(|&m| self.each_property(utility, m, span)).collect();
                self.types.union(&members)
            }
            Kind::Param(_) | Kind::Indexed { .. } | Kind::Part { .. } | Kind::Both(_) => {
                self.no_mapping(span)
            }
            // Lists, functions and classes of the library would be taken apart.
            Kind::Array { .. } | Kind::Tuple { .. } | Kind::Function(_) | Kind::Library(..) => {
                self.not_mapped(ty, span)
            }
            Kind::Unknown => Ty::EMPTY,
            _ => ty,
        }
    }

    fn not_mapped(&mut self, ty: Ty, span: Span) -> Ty {
        if self.types.any(ty, |k| k.is_open()) {
            return self.no_mapping(span);
        }
        let text = self.types.text(ty);
        let message = format!("this utility type is not supported for `{text}`");
        let fault = Diagnostic::error(codes::TYPE_FORM, span, message);
        self.report(fault.help("apply it to an object's type"));
        Ty::ERROR
    }

    fn no_mapping(&mut self, span: Span) -> Ty {
        // The prelude's own `Partial<Record<K, T[]>>` never gets here: see `record`.
        self.report(
            Diagnostic::error(
                codes::TYPE_FORM,
                span,
                "this utility type cannot be applied to a type parameter",
            )
            .help("write the type out, or give the helper a type without parameters"),
        );
        Ty::ERROR
    }

    /// What `utility` makes of an object type; of one that is being read, once somebody looks.
    fn mapped(&mut self, utility: Utility, of: ObjectId, keys: Ty) -> Ty {
        if !self.reading_types() || !self.unread(of) {
            let object = self.object(of);
            let made = self.mapped_object(utility, &object, keys);
            return self.types.object(made);
        }
        if let Some(&known) = self.mapped.get(&(utility, of, keys)) {
            return known;
        }
        let ty = self.types.later(None);
        if let Kind::Object(id) = *self.types.kind(ty) {
            self.lazy.insert(id, Lazy::Mapped { utility, of, keys });
        }
        self.mapped.insert((utility, of, keys), ty);
        ty
    }

    /// What `utility` makes of an object's members.
    ///
    /// - `keys`: of `Pick` and `Omit`.
    pub(super) fn mapped_object(&mut self, utility: Utility, of: &Object, keys: Ty) -> Object {
        let mut made = Object { name: None, interface: false, ..of.clone() };
        match utility {
            Utility::Partial => {
                made.properties.iter_mut().for_each(|p| p.optional = true);
                // What any key gives may be missing, too.
                if let Some(index) = &mut made.index {
                    index.value = self.types.or_undefined(index.value);
                    if let Some(keys) = &mut made.keys {
                        keys.optional = true;
                    }
                }
            }
            Utility::Required => {
                for property in made.properties.iter_mut().filter(|p| p.optional) {
                    property.optional = false;
                    property.ty = self.types.filter(property.ty, |_, m| m != Ty::UNDEFINED);
                }
            }
            Utility::Readonly => made.properties.iter_mut().for_each(|p| p.readonly = true),
            Utility::Pick | Utility::Omit => {
                let named = self.types.members_of(keys);
                made.properties.retain(|property| {
                    let key = self.types.string_literal(&property.name);
                    named.contains(&key) == (utility == Utility::Pick)
                });
                if let Some(index) = made.index.filter(|_| utility == Utility::Pick) {
                    // What any key gives, the picked one does.
                    for &key in &named {
                        let Kind::StringLiteral { value: name, .. } = self.types.kind(key).clone()
                        else {
                            continue;
                        };
                        if !index.numeric && made.property(&name).is_none() {
                            made.properties.push(Property {
                                name,
                                ty: index.value,
                                optional: false,
                                readonly: false,
                                span: None,
                            });
                        }
                    }
                    made.index = None;
                }
            }
        }
        made
    }

    fn picked(&mut self, ty: Ty, keys: Ty, span: Span) -> Ty {
        let Kind::Object(id) = self.types.kind(ty).clone() else {
            return self.not_mapped(ty, span);
        };
        let known = self.keyof(ty);
        if !self.assignable(keys, known) {
            let message =
                format!("`{}` is not a key of `{}`", self.types.text(keys), self.types.text(ty));
            self.error(codes::TYPE_ARGUMENTS, span, message);
            return Ty::ERROR;
        }
        self.mapped(Utility::Pick, id, keys)
    }

    fn omitted(&mut self, ty: Ty, keys: Ty, span: Span) -> Ty {
        let Kind::Object(id) = self.types.kind(ty).clone() else {
            let object = |k: &Kind| matches!(k, Kind::Object(_));
            if matches!(self.types.kind(ty), Kind::Union(_)) && self.types.all(ty, object) {
                let all = self.keyof(ty);
                let left: Vec<Ty> = {
                    let gone = self.types.members_of(keys);
                    self.types.members_of(all).into_iter().filter(|k| !gone.contains(k)).collect()
                };
                let mut object = Object::default();
                for key in left {
                    if let Kind::StringLiteral { value, .. } = self.types.kind(key).clone()
                        && let Some(ty) = self.property_type(ty, &value)
                    {
                        object.properties.push(Property {
                            name: value,
                            ty,
                            optional: false,
                            readonly: false,
                            span: None,
                        });
                    }
                }
                return self.types.object(object);
            }
            return self.not_mapped(ty, span);
        };
        self.mapped(Utility::Omit, id, keys)
    }

    /// `Record<K, V>`
    pub(super) fn record(&mut self, keys: Ty, value: Ty) -> Ty {
        let mut object = Object::default();
        for key in self.types.members_of(keys) {
            match self.types.kind(key).clone() {
                Kind::StringLiteral { value: name, .. } => object.properties.push(Property {
                    name,
                    ty: value,
                    optional: false,
                    readonly: false,
                    span: None,
                }),
                Kind::NumberLiteral { value: number, .. } => object.properties.push(Property {
                    name: number_text(number.0).into(),
                    ty: value,
                    optional: false,
                    readonly: false,
                    span: None,
                }),
                Kind::Number if object.index.is_none() => {
                    object.index = Some(Index { value, numeric: true });
                }
                Kind::Number => {}
                _ => object.index = Some(Index { value, numeric: false }),
            }
        }
        if self.generic(keys) {
            let keys = Some(Keys { ty: keys, optional: false });
            let index = Some(Index { value, numeric: false });
            object = Object { index, keys, ..Object::default() };
        }
        self.types.object(object)
    }

    /// `Record<K, T>` or `Partial<Record<K, T>>`, once more is known of `K`.
    pub(super) fn record_of(&mut self, keys: Keys, value: Ty) -> Ty {
        let record = self.record(keys.ty, value);
        let Kind::Object(id) = *self.types.kind(record) else { return record };
        if !keys.optional {
            return record;
        }
        let mut object = (*self.object(id)).clone();
        for property in &mut object.properties {
            property.optional = true;
        }
        if let Some(open) = &mut object.keys {
            open.optional = true;
        }
        self.types.object(object)
    }

    pub(super) fn frontage_type(
        &mut self,
        name: &Arc<str>,
        args: &'a [tree::Type],
        span: Span,
    ) -> Ty {
        let wanted = usize::from(matches!(&**name, "Reply" | "Route"));
        if args.len() != wanted {
            self.error(
                codes::TYPE_ARGUMENTS,
                span,
                format!("`{name}` takes {wanted} type arguments, not {}", args.len()),
            );
            return Ty::ERROR;
        }
        let args: Vec<Ty> = args.iter().map(|a| self.annotation(a)).collect();
        match &**name {
            "Session" => self.session_ty(),
            "RequestInfo" | "ReplyInit" | "CallOptions" => self.prelude_object(name),
            _ => self.types.library(name, &args),
        }
    }

    /// An interface of the prelude as an ordinary object type.
    pub(super) fn prelude_object(&mut self, name: &Arc<str>) -> Ty {
        let module = self.module_of(ModuleId(0));
        let Some(&crate::resolve::Decl::Interface(i)) = module.symbols.types.get(name) else {
            return Ty::ERROR;
        };
        let tree::ItemKind::Interface(decl) = &module.tree.items[i].kind else { return Ty::ERROR };
        let key = (std::ptr::from_ref(decl) as usize, Vec::new());
        if let Some(Some(ty)) = self.aliases.get(&key) {
            return *ty;
        }
        let mut object = self.within(ModuleId(0), None, |c| c.interface_members(decl, None));
        object.span = None;
        for property in &mut object.properties {
            property.span = None;
        }
        let ty = self.types.object(object);
        self.aliases.insert(key, Some(ty));
        ty
    }

    /// The frontend's `Session`.
    pub(super) fn session_ty(&mut self) -> Ty {
        if let Some(ty) = self.session {
            return ty;
        }
        let ty = match self.frontend.session.clone() {
            Some(fields) => self.session_object(&fields, Some("Session")),
            None => Ty::ERROR,
        };
        self.session = Some(ty);
        ty
    }

    fn session_object(&mut self, fields: &[SessionField], name: Option<&str>) -> Ty {
        let properties = fields
            .iter()
            .map(|f| Property {
                name: f.name.clone(),
                ty: self.session_member(&f.ty),
                optional: false,
                readonly: true,
                span: None,
            })
            .collect();
        self.types.object(Object {
            name: name.map(Into::into),
            properties,
            interface: true,
            ..Object::default()
        })
    }

    fn session_member(&mut self, ty: &SessionType) -> Ty {
        match ty {
            SessionType::String => Ty::STRING,
            SessionType::Number => Ty::NUMBER,
            SessionType::Boolean => Ty::BOOLEAN,
            SessionType::Array(item) => {
                let item = self.session_member(item);
                self.types.array(item)
            }
            SessionType::Object(fields) => self.session_object(fields, None),
        }
    }
}
