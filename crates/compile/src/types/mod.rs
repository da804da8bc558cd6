//! Types of the checker: an arena of interned types, as TypeScript sees values.
//!
//! In:    `check` builds types through the constructors here.
//! Out:   [`Ty`], a small id whose equality is the identity of the type.
//! Never: a contract's own model (see `check::contract_types`) or a rule that needs one.
//!
//! Start at [`Kind`]; object types live apart ([`Object`]), since they may refer to themselves.

pub(crate) mod print;
mod union;

use std::collections::HashMap;
use std::sync::Arc;

use frontage_diagnostic::Span;
use frontage_plan::Number;

/// Index into [`Types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ty(pub u32);

impl Ty {
    /// The type of what did not check: fits everywhere, silently.
    pub const ERROR: Self = Self(0);
    /// `unknown`
    pub const UNKNOWN: Self = Self(1);
    /// `never`
    pub const NEVER: Self = Self(2);
    /// `void`
    pub const VOID: Self = Self(3);
    /// `undefined`
    pub const UNDEFINED: Self = Self(4);
    /// `null`
    pub const NULL: Self = Self(5);
    /// `string`
    pub const STRING: Self = Self(6);
    /// `number`
    pub const NUMBER: Self = Self(7);
    /// `true`
    pub const TRUE: Self = Self(8);
    /// `false`
    pub const FALSE: Self = Self(9);
    /// `boolean`, the union of both.
    pub const BOOLEAN: Self = Self(10);
    /// `object`: anything that is not a primitive.
    pub const OBJECT: Self = Self(11);
    /// `true` as an expression: becomes `boolean` where it may change.
    pub const FRESH_TRUE: Self = Self(12);
    /// `false` as an expression.
    pub const FRESH_FALSE: Self = Self(13);
    /// `{}`: anything that is there.
    pub const EMPTY: Self = Self(14);
}

/// Index of an object type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId(pub u32);

/// Index of a function type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionTypeId(pub u32);

/// Index of a type parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeParamId(pub u32);

/// What a type is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Kind {
    /// See [`Ty::ERROR`].
    Error,
    /// `unknown`
    Unknown,
    /// `never`
    Never,
    /// `void`
    Void,
    /// `undefined`
    Undefined,
    /// `null`
    Null,
    /// `string`
    String,
    /// `number`
    Number,
    /// `object`
    NonPrimitive,
    /// `true` or `false`.
    Boolean {
        /// Which.
        value: bool,
        /// Written as an expression; widened where a value may change.
        fresh: bool,
    },
    /// `"text"`
    StringLiteral {
        /// The text.
        value: Arc<str>,
        /// As for booleans.
        fresh: bool,
    },
    /// `12`
    NumberLiteral {
        /// The number.
        value: Number,
        /// As for booleans.
        fresh: bool,
    },
    /// `T[]`
    Array {
        /// Elements.
        element: Ty,
        /// `readonly T[]`
        readonly: bool,
    },
    /// `[A, B?, ...C[]]`
    Tuple {
        /// Elements before the rest.
        elements: Arc<[TupleElement]>,
        /// Type of each further element.
        rest: Option<Ty>,
        /// `readonly [...]`
        readonly: bool,
        /// What `match` gives: it has further members, and so no JSON for `tsc`.
        of_match: bool,
    },
    /// An object type.
    Object(ObjectId),
    /// A function.
    Function(FunctionTypeId),
    /// A type of the library: `Promise<T>`, `Map<K, V>`, `Date`, `Reply<R>`, `HttpError`.
    Library(Arc<str>, Arc<[Ty]>),
    /// One of several; at least two, sorted, none of them a union.
    Union(Arc<[Ty]>),
    /// A type parameter of a generic function.
    Param(TypeParamId),
    /// `keyof T` of a type that is not known yet; of `never`, what `PropertyKey` has beside texts
    /// and numbers: whatever a key that is not known yet may be.
    Keyof(Ty),
    /// `T[K]` of types that are not known yet.
    Indexed {
        /// `T`
        object: Ty,
        /// `K`
        index: Ty,
        /// It is read from a value, so that what an index signature gives may be missing.
        read: bool,
    },
    /// `T & U`: a type that is not known yet, and what a condition says of its value.
    /// `NonNullable<T>` is `T & {}`.
    Part {
        /// `T` or `T[K]`.
        of: Ty,
        /// `U`, of types that are known.
        by: Ty,
    },
    /// `T & U & { a: string }`: types that are not known yet, and objects beside them.
    Both(Arc<[Ty]>),
}

impl Kind {
    /// Whether it is of texts, numbers, or yes or no.
    #[must_use]
    pub const fn is_primitive(&self) -> bool {
        matches!(
            self,
            Self::String
                | Self::StringLiteral { .. }
                | Self::Number
                | Self::NumberLiteral { .. }
                | Self::Boolean { .. }
        )
    }

    /// Whether it is not known before a type parameter is: `T`, `T[K]`, `T & U`.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Param(_) | Self::Indexed { .. } | Self::Part { .. } | Self::Both(_))
    }
}

/// An element of a tuple type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TupleElement {
    /// Its type.
    pub ty: Ty,
    /// May be missing.
    pub optional: bool,
}

/// An object type's members.
#[derive(Debug, Clone, Default)]
pub struct Object {
    /// Its name, if it has one.
    pub name: Option<Arc<str>>,
    /// Where it is declared.
    pub span: Option<Span>,
    /// Declared by an interface: it has no implicit index signature.
    pub interface: bool,
    /// Just written as a literal; unions of such objects know each other's members.
    pub literal: bool,
    /// Of a literal into which other objects are spread: what it lacks nobody knows.
    pub spread: bool,
    /// Members in order.
    pub properties: Vec<Property>,
    /// `[key: string]: T`
    pub index: Option<Index>,
    /// `Record<K, T>` of keys that are not known yet: what `index` holds is under these.
    pub keys: Option<Keys>,
}

/// Keys that are not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keys {
    /// `K`
    pub ty: Ty,
    /// `Partial<Record<K, T>>`
    pub optional: bool,
}

impl Object {
    /// The member of this name.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|p| &*p.name == name)
    }

    /// Whether nothing is known of what it holds: `{}`.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.properties.is_empty() && self.index.is_none()
    }

    /// Whether it may hold a member of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.property(name).is_some() || self.index.is_some_and(|index| index.holds(name))
    }

    /// The index signature under which a member of this name falls that is no property.
    #[must_use]
    pub fn index_of(&self, name: &str) -> Option<Index> {
        self.index.filter(|index| self.keys.is_none() && index.holds(name))
    }
}

/// A member of an object type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// Its name.
    pub name: Arc<str>,
    /// Its type, without the `undefined` that `optional` adds.
    pub ty: Ty,
    /// May be missing.
    pub optional: bool,
    /// May not be written.
    pub readonly: bool,
    /// Where it is declared.
    pub span: Option<Span>,
}

/// An index signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Index {
    /// Type of the values.
    pub value: Ty,
    /// Only number keys.
    pub numeric: bool,
}

impl Index {
    /// Whether a member of this name falls under it.
    #[must_use]
    pub fn holds(&self, name: &str) -> bool {
        !self.numeric || name.parse::<f64>().is_ok()
    }
}

/// A function type: its signatures, tried in order.
#[derive(Debug, Clone, Default)]
pub struct FunctionType {
    /// At least one.
    pub signatures: Vec<Arc<Signature>>,
}

/// One way to call a function.
#[derive(Debug, Clone)]
pub struct Signature {
    /// `<T, ...>`
    pub type_params: Vec<TypeParamId>,
    /// Parameters in order.
    pub params: Vec<SignatureParam>,
    /// Type of each further argument.
    pub rest: Option<Ty>,
    /// What it gives.
    pub result: Ty,
    /// `x is T`: index of the parameter, and the type.
    pub predicate: Option<(usize, Ty)>,
}

impl Signature {
    /// Fewest arguments.
    #[must_use]
    pub fn required(&self) -> usize {
        self.params.iter().rposition(|p| !p.optional && p.ty != Ty::VOID).map_or(0, |i| i + 1)
    }
}

/// A parameter of a signature.
#[derive(Debug, Clone)]
pub struct SignatureParam {
    /// Its name, for messages.
    pub name: Arc<str>,
    /// Its type, without the `undefined` that `optional` adds.
    pub ty: Ty,
    /// May be left out.
    pub optional: bool,
}

/// A type parameter.
#[derive(Debug, Clone)]
pub struct TypeParam {
    /// Its name.
    pub name: Arc<str>,
    /// `extends`
    pub constraint: Option<Ty>,
    /// `=`
    pub default: Option<Ty>,
    /// `const T`
    pub is_const: bool,
}

/// All types of a checked frontend.
#[derive(Debug)]
pub struct Types {
    kinds: Vec<Kind>,
    interned: HashMap<Kind, Ty>,
    objects: Vec<Option<Arc<Object>>>,
    names: Vec<Option<Arc<str>>>,
    functions: Vec<Arc<FunctionType>>,
    params: Vec<TypeParam>,
}

impl Default for Types {
    fn default() -> Self {
        let mut types = Self {
            kinds: Vec::new(),
            interned: HashMap::new(),
            objects: Vec::new(),
            names: Vec::new(),
            functions: Vec::new(),
            params: Vec::new(),
        };
        // In the order of the constants of `Ty`.
        for kind in [
            Kind::Error,
            Kind::Unknown,
            Kind::Never,
            Kind::Void,
            Kind::Undefined,
            Kind::Null,
            Kind::String,
            Kind::Number,
            Kind::Boolean { value: true, fresh: false },
            Kind::Boolean { value: false, fresh: false },
            Kind::Union(Arc::from([Ty::TRUE, Ty::FALSE])),
            Kind::NonPrimitive,
            Kind::Boolean { value: true, fresh: true },
            Kind::Boolean { value: false, fresh: true },
        ] {
            types.intern(kind);
        }
        types.object(Object::default());
        types
    }
}

impl Types {
    /// What a type is.
    #[must_use]
    pub fn kind(&self, ty: Ty) -> &Kind {
        &self.kinds[ty.0 as usize]
    }

    /// The type of this kind.
    pub fn intern(&mut self, kind: Kind) -> Ty {
        if let Some(&ty) = self.interned.get(&kind) {
            return ty;
        }
        let ty = Ty(u32::try_from(self.kinds.len()).unwrap_or(0));
        self.kinds.push(kind.clone());
        self.interned.insert(kind, ty);
        ty
    }

    /// `"text"`, as a type that stays.
    pub fn string_literal(&mut self, value: &str) -> Ty {
        self.intern(Kind::StringLiteral { value: value.into(), fresh: false })
    }

    /// A number as a type that stays.
    pub fn number_literal(&mut self, value: f64) -> Ty {
        self.intern(Kind::NumberLiteral { value: Number(value), fresh: false })
    }

    /// `true` or `false` as a type that stays.
    #[must_use]
    pub fn boolean_literal(&self, value: bool) -> Ty {
        if value { Ty::TRUE } else { Ty::FALSE }
    }

    /// `T[]`
    pub fn array(&mut self, element: Ty) -> Ty {
        self.intern(Kind::Array { element, readonly: false })
    }

    /// `[A, B]`
    pub fn tuple(&mut self, elements: &[Ty]) -> Ty {
        let elements = elements.iter().map(|&ty| TupleElement { ty, optional: false }).collect();
        self.intern(Kind::Tuple { elements, rest: None, readonly: false, of_match: false })
    }

    /// A type of the library.
    pub fn library(&mut self, name: &str, arguments: &[Ty]) -> Ty {
        self.intern(Kind::Library(name.into(), arguments.into()))
    }

    /// `Promise<T>`
    pub fn promise(&mut self, value: Ty) -> Ty {
        self.library("Promise", &[value])
    }

    /// Adds an object type whose members are known.
    pub fn object(&mut self, object: Object) -> Ty {
        let name = object.name.clone();
        self.objects.push(Some(Arc::new(object)));
        self.names.push(name);
        self.object_ty()
    }

    /// Adds an object type whose members will be given later by [`Types::fill`].
    pub fn later(&mut self, name: Option<Arc<str>>) -> Ty {
        self.objects.push(None);
        self.names.push(name);
        self.object_ty()
    }

    fn object_ty(&mut self) -> Ty {
        let id = ObjectId(u32::try_from(self.objects.len() - 1).unwrap_or(u32::MAX));
        self.intern(Kind::Object(id))
    }

    /// Gives an object type its members.
    pub fn fill(&mut self, id: ObjectId, object: Object) {
        self.objects[id.0 as usize] = Some(Arc::new(object));
    }

    /// An object type's members; `None` if nobody has needed them so far.
    #[must_use]
    pub fn members(&self, id: ObjectId) -> Option<&Arc<Object>> {
        self.objects[id.0 as usize].as_ref()
    }

    /// Adds a function type.
    pub fn function(&mut self, function: FunctionType) -> Ty {
        self.functions.push(Arc::new(function));
        let id = FunctionTypeId(u32::try_from(self.functions.len() - 1).unwrap_or(u32::MAX));
        self.intern(Kind::Function(id))
    }

    /// Adds a function type with one signature.
    pub fn function_of(&mut self, signature: Signature) -> Ty {
        self.function(FunctionType { signatures: vec![Arc::new(signature)] })
    }

    /// A function type's signatures.
    #[must_use]
    pub fn signatures(&self, id: FunctionTypeId) -> &Arc<FunctionType> {
        &self.functions[id.0 as usize]
    }

    /// Adds a type parameter.
    pub fn param(&mut self, param: TypeParam) -> TypeParamId {
        self.params.push(param);
        TypeParamId(u32::try_from(self.params.len() - 1).unwrap_or(u32::MAX))
    }

    /// A type parameter.
    #[must_use]
    pub fn type_param(&self, id: TypeParamId) -> &TypeParam {
        &self.params[id.0 as usize]
    }

    /// Gives a type parameter its bounds, once all of its list are known.
    pub fn set_bounds(&mut self, id: TypeParamId, constraint: Option<Ty>, default: Option<Ty>) {
        let param = &mut self.params[id.0 as usize];
        param.constraint = constraint;
        param.default = default;
    }
}
