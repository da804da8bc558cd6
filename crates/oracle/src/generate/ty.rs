//! Types of generated expressions, and the patterns of templates.
//!
//! A pattern is a type with variables: `T`, `U`, `K` stand for any type, `S` for texts and numbers,
//! `O` for objects, `E` for unions of texts, `D` for discriminated unions.

use std::fmt::Write as _;
use std::rc::Rc;

/// A type, or a pattern of types.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Ty {
    /// `string`
    Str,
    /// `number`
    Num,
    /// `boolean`
    Bool,
    /// `null`
    Null,
    /// `undefined`
    Undef,
    /// `unknown`
    Unknown,
    /// `Date`
    Date,
    /// A union of literal texts.
    Enum(Rc<[Rc<str>]>),
    /// `T[]`
    Arr(Rc<Self>),
    /// `{ [key: string]: T }`
    Rec(Rc<Self>),
    /// `Map<K, V>`
    Map(Rc<Self>, Rc<Self>),
    /// `Set<T>`
    Set(Rc<Self>),
    /// `[A, B]`
    Tup(Rc<[Self]>),
    /// An object with known members.
    Obj(Rc<[Field]>),
    /// One of several, none of them a union.
    Union(Rc<[Self]>),
    /// A variable of a pattern.
    Var(char),
}

/// A member of an object type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Field {
    /// Its name.
    pub(crate) name: Rc<str>,
    /// Its type where it is there.
    pub(crate) ty: Ty,
    /// It may be missing.
    pub(crate) optional: bool,
}

impl Field {
    /// The type that reading it gives.
    pub(crate) fn read(&self) -> Ty {
        if self.optional { self.ty.clone().or(Ty::Undef) } else { self.ty.clone() }
    }
}

/// What the variables of a pattern stand for.
pub(crate) type Bindings = Vec<(char, Ty)>;

/// What a variable stands for.
pub(crate) fn bound(bindings: &Bindings, name: char) -> Option<&Ty> {
    bindings.iter().rev().find(|(own, _)| *own == name).map(|(_, ty)| ty)
}

impl Ty {
    /// `T[]`
    pub(crate) fn list(self) -> Self {
        Self::Arr(Rc::new(self))
    }

    /// An object type.
    pub(crate) fn object(fields: impl IntoIterator<Item = (&'static str, Self)>) -> Self {
        let field = |(name, ty): (&str, _)| Field { name: name.into(), ty, optional: false };
        Self::Obj(fields.into_iter().map(field).collect())
    }

    /// The union of two types.
    pub(crate) fn or(self, other: Self) -> Self {
        Self::union([self, other])
    }

    /// The union of several types.
    pub(crate) fn union(types: impl IntoIterator<Item = Self>) -> Self {
        let mut out: Vec<Self> = Vec::new();
        let mut texts: Vec<Rc<str>> = Vec::new();
        for ty in types {
            for member in ty.members() {
                match member {
                    Self::Unknown => return Self::Unknown,
                    Self::Enum(list) => {
                        let new: Vec<_> =
                            list.iter().filter(|t| !texts.contains(t)).cloned().collect();
                        texts.extend(new);
                    }
                    member if !out.contains(member) => out.push(member.clone()),
                    _ => {}
                }
            }
        }
        if !texts.is_empty() && !out.contains(&Self::Str) {
            out.push(Self::Enum(texts.into()));
        }
        if out.len() == 1 { out.remove(0) } else { Self::Union(out.into()) }
    }

    /// The members of a union, or the type itself.
    pub(crate) fn members(&self) -> &[Self] {
        match self {
            Self::Union(members) => members,
            one => std::slice::from_ref(one),
        }
    }

    /// The type without `null` and `undefined`; `None` if nothing is left.
    pub(crate) fn present(&self) -> Option<Self> {
        self.without(|m| matches!(m, Self::Null | Self::Undef))
    }

    /// The type without some members of its union.
    pub(crate) fn without(&self, gone: impl Fn(&Self) -> bool) -> Option<Self> {
        let left: Vec<Self> = self.members().iter().filter(|m| !gone(m)).cloned().collect();
        if left.is_empty() { None } else { Some(Self::union(left)) }
    }

    /// Whether `null` or `undefined` is among its members.
    pub(crate) fn is_absent(&self) -> bool {
        self.members().iter().any(|m| matches!(m, Self::Null | Self::Undef))
    }

    /// Whether every value of this type is one of `other`.
    pub(crate) fn fits(&self, other: &Self) -> bool {
        if self == other || *other == Self::Unknown {
            return true;
        }
        match (self, other) {
            (Self::Union(members), _) => members.iter().all(|m| m.fits(other)),
            (_, Self::Union(members)) if members.iter().any(|m| self.fits(m)) => true,
            (Self::Enum(_), Self::Str) => true,
            (Self::Enum(own), Self::Enum(wide)) => own.iter().all(|text| wide.contains(text)),
            (Self::Arr(own), Self::Arr(wide)) | (Self::Rec(own), Self::Rec(wide)) => own.fits(wide),
            (Self::Tup(own), Self::Tup(wide)) => {
                own.len() == wide.len() && own.iter().zip(wide.iter()).all(|(a, b)| a.fits(b))
            }
            (Self::Obj(own), Self::Obj(wide)) => wide.iter().all(|field| {
                let found = own.iter().find(|f| f.name == field.name);
                found.is_some_and(|f| f.ty.fits(&field.ty) && (!f.optional || field.optional))
            }),
            _ => false,
        }
    }

    /// Whether a value of it can stand in an answer.
    pub(crate) fn is_json(&self) -> bool {
        match self {
            Self::Map(..) | Self::Set(_) | Self::Var(_) => false,
            Self::Arr(inner) | Self::Rec(inner) => inner.is_json(),
            Self::Tup(members) | Self::Union(members) => members.iter().all(Self::is_json),
            Self::Obj(fields) => fields.iter().all(|field| field.ty.is_json()),
            _ => true,
        }
    }

    /// Whether it is a union of objects that `kind` tells apart.
    pub(crate) fn is_discriminated(&self) -> bool {
        let kinded = |m: &Self| {
            matches!(m, Self::Obj(fields) if fields.iter().any(|f| &*f.name == "kind"
                && !f.optional && matches!(&f.ty, Self::Enum(texts) if texts.len() == 1)))
        };
        matches!(self, Self::Union(members) if members.iter().all(kinded))
    }

    /// Whether a variable may stand for it.
    fn allowed(&self, variable: char) -> bool {
        match variable {
            'S' => matches!(self, Self::Str | Self::Num),
            'O' => matches!(self, Self::Obj(_)),
            'E' => matches!(self, Self::Enum(_)),
            'D' => self.is_discriminated(),
            // What is certainly there.
            'P' => !self.is_absent() && *self != Self::Unknown,
            _ => true,
        }
    }

    /// Binds the variables of this pattern so that it gives only values of `wanted`.
    pub(crate) fn unify(&self, wanted: &Self, bindings: &mut Bindings) -> bool {
        match (self, wanted) {
            (Self::Var(name), _) => match bound(bindings, *name) {
                Some(ty) => ty.fits(wanted),
                None if wanted.allowed(*name) => {
                    bindings.push((*name, wanted.clone()));
                    true
                }
                None => match wanted {
                    Self::Union(members) => {
                        let found = members.iter().find(|m| m.allowed(*name));
                        found.is_some_and(|m| {
                            bindings.push((*name, m.clone()));
                            true
                        })
                    }
                    _ => false,
                },
            },
            (Self::Union(own), _) => {
                let fixed: Vec<&Self> = own.iter().filter(|m| !matches!(m, Self::Var(_))).collect();
                let fits = fixed.iter().all(|m| m.unify(wanted, bindings));
                let rest = wanted.without(|m| fixed.contains(&m));
                fits && rest.is_some_and(|rest| {
                    own.iter()
                        .filter(|m| matches!(m, Self::Var(_)))
                        .all(|m| m.unify(&rest, bindings))
                })
            }
            (_, Self::Union(members)) => members.iter().any(|m| {
                let mut own = bindings.clone();
                let fits = self.unify(m, &mut own);
                if fits {
                    *bindings = own;
                }
                fits
            }),
            (Self::Arr(own), Self::Arr(ty))
            | (Self::Rec(own), Self::Rec(ty))
            | (Self::Set(own), Self::Set(ty)) => own.unify(ty, bindings),
            (Self::Map(k, v), Self::Map(wk, wv)) => k.unify(wk, bindings) && v.unify(wv, bindings),
            (Self::Tup(own), Self::Tup(ty)) => {
                own.len() == ty.len()
                    && own.iter().zip(ty.iter()).all(|(o, t)| o.unify(t, bindings))
            }
            _ => self.fits(wanted),
        }
    }

    /// The pattern with its variables replaced.
    pub(crate) fn substitute(&self, bindings: &Bindings) -> Self {
        let inner = |ty: &Rc<Self>| Rc::new(ty.substitute(bindings));
        match self {
            Self::Var(name) => bound(bindings, *name).cloned().unwrap_or(Self::Str),
            Self::Arr(ty) => Self::Arr(inner(ty)),
            Self::Rec(ty) => Self::Rec(inner(ty)),
            Self::Set(ty) => Self::Set(inner(ty)),
            Self::Map(key, value) => Self::Map(inner(key), inner(value)),
            Self::Tup(list) => Self::Tup(list.iter().map(|t| t.substitute(bindings)).collect()),
            Self::Union(list) => Self::union(list.iter().map(|t| t.substitute(bindings))),
            Self::Obj(fields) => {
                let field = |f: &Field| Field { ty: f.ty.substitute(bindings), ..f.clone() };
                Self::Obj(fields.iter().map(field).collect())
            }
            other => other.clone(),
        }
    }

    /// The names of the variables of a pattern.
    pub(crate) fn variables(&self, out: &mut Vec<char>) {
        match self {
            Self::Var(name) if !out.contains(name) => out.push(*name),
            Self::Arr(ty) | Self::Rec(ty) | Self::Set(ty) => ty.variables(out),
            Self::Map(key, value) => {
                key.variables(out);
                value.variables(out);
            }
            Self::Tup(list) | Self::Union(list) => list.iter().for_each(|t| t.variables(out)),
            Self::Obj(fields) => fields.iter().for_each(|f| f.ty.variables(out)),
            _ => {}
        }
    }

    /// Its text in TypeScript.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, false);
        out
    }

    fn write(&self, out: &mut String, inside: bool) {
        match self {
            Self::Str => out.push_str("string"),
            Self::Num => out.push_str("number"),
            Self::Bool => out.push_str("boolean"),
            Self::Null => out.push_str("null"),
            Self::Undef => out.push_str("undefined"),
            Self::Unknown => out.push_str("unknown"),
            Self::Date => out.push_str("Date"),
            Self::Enum(texts) => {
                let list: Vec<String> = texts.iter().map(|t| format!("{t:?}")).collect();
                let text = list.join(" | ");
                out.push_str(&if inside && texts.len() > 1 { format!("({text})") } else { text });
            }
            Self::Arr(inner) => {
                inner.write(out, true);
                out.push_str("[]");
            }
            Self::Rec(inner) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "{{ [key: string]: {} }}", inner.text());
            }
            Self::Map(key, value) => {
                let _ = write!(out, "Map<{}, {}>", key.text(), value.text());
            }
            Self::Set(inner) => {
                let _ = write!(out, "Set<{}>", inner.text());
            }
            Self::Tup(list) => {
                let list: Vec<String> = list.iter().map(Self::text).collect();
                let _ = write!(out, "[{}]", list.join(", "));
            }
            Self::Obj(fields) => {
                let fields: Vec<String> = fields
                    .iter()
                    .map(|f| {
                        let mark = if f.optional { "?" } else { "" };
                        format!("{}{mark}: {}", key(&f.name), f.ty.text())
                    })
                    .collect();
                let _ = write!(out, "{{ {} }}", fields.join("; "));
            }
            Self::Union(list) => {
                let list: Vec<String> = list.iter().map(Self::text).collect();
                let text = list.join(" | ");
                out.push_str(&if inside { format!("({text})") } else { text });
            }
            Self::Var(name) => out.push(*name),
        }
    }
}

/// A member's name as it is written in an object.
pub(crate) fn key(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { name.to_owned() } else { format!("{name:?}") }
}
