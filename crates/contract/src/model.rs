//! The model that every kind of contract is read into: operations, and the types they use.
//!
//! In:    a reader (OpenAPI today) fills it through [`Contract`]'s public fields.
//! Out:   the checker, the `.d.ts` emitter and the drift shapes are made from it.
//! Never: a spelling of one contract language (`nullable`, `allOf`, `$ref`); readers
//!        normalise these away, so that whoever reads a type needs to know only [`Type`].
//!
//! Start at [`Contract`]; types live in an arena and refer to each other by [`TypeId`], which
//! makes recursive types ordinary.

use std::fmt;

use frontage_diagnostic::{Diagnostic, FileId, Span};

/// What one upstream offers.
#[derive(Debug, Clone)]
pub struct Contract {
    /// The file that the upstream names as its contract.
    pub file: FileId,
    /// The contract's own title; may be empty.
    pub title: String,
    /// The contract's own version; may be empty.
    pub version: String,
    /// Operations in the contract's order; names are unique.
    pub operations: Vec<Operation>,
    /// All types.
    pub types: Types,
}

impl Contract {
    /// The operation that routes call by this name.
    #[must_use]
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.name == name)
    }

    /// The type behind an id.
    #[must_use]
    pub fn ty(&self, id: TypeId) -> &Type {
        &self.types.declaration(id).ty
    }
}

/// A type of a [`Types`] arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub u32);

/// The arena of a contract's types.
#[derive(Debug, Clone, Default)]
pub struct Types {
    declarations: Vec<Declaration>,
}

/// A type with what is known about where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Declaration {
    /// The name the contract gives it (`components.schemas.NAME`), as spelt there. Unique within
    /// one file only; see [`crate::type_names`] for identifiers that are unique in the contract.
    pub name: Option<String>,
    /// Where it is declared: the name's place for a named type, else the schema's.
    pub span: Span,
    /// The contract's words on it.
    pub description: Option<String>,
    /// A value that the contract gives as an example, if it is a text, a number or a boolean.
    pub example: Option<Constant>,
    /// The type.
    pub ty: Type,
}

impl Types {
    /// Adds a type and returns its id.
    pub fn add(&mut self, declaration: Declaration) -> TypeId {
        self.declarations.push(declaration);
        TypeId(u32::try_from(self.declarations.len() - 1).unwrap_or(u32::MAX))
    }

    /// The declaration behind an id.
    ///
    /// # Panics
    ///
    /// If `id` is from another arena.
    #[must_use]
    pub fn declaration(&self, id: TypeId) -> &Declaration {
        &self.declarations[id.0 as usize]
    }

    /// The declaration behind an id, to be filled in.
    ///
    /// # Panics
    ///
    /// If `id` is from another arena.
    pub fn declaration_mut(&mut self, id: TypeId) -> &mut Declaration {
        &mut self.declarations[id.0 as usize]
    }

    /// All declarations with their ids, in order of insertion.
    pub fn iter(&self) -> impl Iterator<Item = (TypeId, &Declaration)> {
        self.declarations.iter().enumerate().map(|(i, d)| (TypeId(i as u32), d))
    }

    /// How many types there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.declarations.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.declarations.is_empty()
    }
}

/// A type of values as JSON knows them.
///
/// Nullability is always a [`Type::Union`] with [`Type::Null`]; a union never holds a union
/// directly (recursive ones aside), nor the same variant twice.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// Any value: an empty schema.
    Unknown,
    /// No value at all.
    Never,
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number(Number),
    /// A string.
    String(Text),
    /// One of these constants, none of them `null`, at least one. Unknown *values* pass at run
    /// time and are counted; unknown *kinds* (a number where strings are listed) are drift.
    Enum(Vec<Constant>),
    /// A list.
    Array(Array),
    /// A list whose first elements have types of their own.
    Tuple(Tuple),
    /// An object, a map, or both.
    Object(Object),
    /// One of several types.
    Union(Union),
    /// The contract is faulty here: no operation that reaches this type can be used, and each of
    /// them says why in [`Operation::faults`].
    Broken,
}

/// A number's limits.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Number {
    /// Whether only whole numbers are allowed.
    pub integer: bool,
    /// Smallest value.
    pub minimum: Option<Bound>,
    /// Largest value.
    pub maximum: Option<Bound>,
}

/// One end of a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// The limit.
    pub value: f64,
    /// Whether the limit itself lies outside.
    pub exclusive: bool,
}

/// A string's limits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    /// `date-time`, `uuid`, `byte`...; unknown ones are kept.
    pub format: Option<String>,
    /// Smallest length in characters.
    pub min_length: Option<u64>,
    /// Largest length in characters.
    pub max_length: Option<u64>,
}

/// A constant of an enumeration.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    /// A string.
    String(String),
    /// A number.
    Number(f64),
    /// A boolean.
    Boolean(bool),
}

/// A list of like elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Array {
    /// What each element is.
    pub items: TypeId,
    /// Smallest number of elements.
    pub min_items: Option<u64>,
    /// Largest number of elements.
    pub max_items: Option<u64>,
}

/// A list whose first elements have types of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tuple {
    /// Types of the first elements.
    pub items: Vec<TypeId>,
    /// How many of them are always there.
    pub required: usize,
    /// What comes after them; `None`: nothing may.
    pub rest: Option<TypeId>,
}

/// An object.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Declared properties in the contract's order; names are unique.
    pub properties: Vec<Property>,
    /// What holds for properties that are not declared.
    pub additional: Additional,
}

impl Object {
    /// The declared property with this name.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name == name)
    }
}

/// What holds for properties that are not declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Additional {
    /// The contract does not say. Such properties may come, and are cut: nothing undeclared leaks.
    Undeclared,
    /// The contract rules them out. (Read leniently: they are cut as well.)
    Forbidden,
    /// Any key with any value: a map of unknown values.
    Any,
    /// Any key, with values of this type.
    Of(TypeId),
}

/// A declared property.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// Its name, as in JSON.
    pub name: String,
    /// Its type.
    pub ty: TypeId,
    /// Whether it is always there.
    pub required: bool,
    /// Who may send it.
    pub access: Access,
    /// Whether the contract advises against it.
    pub deprecated: bool,
    /// The contract's words on it.
    pub description: Option<String>,
    /// Where its name stands in the contract.
    pub span: Span,
}

/// Who sends a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Access {
    /// Both sides.
    #[default]
    Both,
    /// Only the upstream, in answers; not part of arguments.
    ReadOnly,
    /// Only the caller, in arguments; never in answers.
    WriteOnly,
}

/// One of several types.
#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    /// The types, at least two.
    pub variants: Vec<TypeId>,
    /// How to tell the object variants apart, if the contract says or shows it.
    pub discriminator: Option<Discriminator>,
}

/// The property whose value says which variant of a union it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discriminator {
    /// The property's name.
    pub property: String,
    /// Which value means which variant. Several values may mean one.
    pub mapping: Vec<(String, TypeId)>,
}

/// Something an upstream can be asked to do.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The name routes call it by: an identifier, unique in the contract.
    pub name: String,
    /// Where it is declared: the `operationId`, else the method.
    pub span: Span,
    /// How the call goes over the wire.
    pub binding: Binding,
    /// The contract's short words on it.
    pub summary: Option<String>,
    /// Whether the contract advises against it.
    pub deprecated: bool,
    /// Whether its method (or kind, for other contract languages) has no effect on the upstream.
    pub safe: bool,
    /// Parameters in path, query, header and cookie, in the contract's order. Every parameter of
    /// the path is among them.
    pub parameters: Vec<Parameter>,
    /// The body it takes.
    pub body: Option<Body>,
    /// Its declared answers, in the contract's order.
    pub responses: Vec<Response>,
    /// What a successful call gives.
    pub success: Success,
    /// Why it cannot be used; empty for a sound operation. Severity as reported by the reader
    /// (warning); whoever meets a use makes it an error with the place of use.
    pub faults: Vec<Diagnostic>,
}

impl Operation {
    /// The key of the arguments object that holds the body.
    pub const BODY_KEY: &'static str = "body";

    /// The parameter that this key of the arguments object fills.
    #[must_use]
    pub fn parameter(&self, key: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.key == key)
    }

    /// Whether a call may leave its arguments out entirely.
    #[must_use]
    pub fn arguments_optional(&self) -> bool {
        self.parameters.iter().all(|p| !p.required)
            && self.body.as_ref().is_none_or(|body| !body.required)
    }

    /// The declared answer for `status`: the exact one, else its range, else the default.
    #[must_use]
    pub fn response(&self, status: u16) -> Option<&Response> {
        let find = |wanted: Status| self.responses.iter().find(|r| r.status == wanted);
        find(Status::Exact(status))
            .or_else(|| find(Status::Range((status / 100) as u8)))
            .or_else(|| find(Status::Default))
    }
}

/// How a call of an operation goes over the wire. GraphQL and gRPC will be further variants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binding {
    /// A plain HTTP request.
    Http(Http),
}

/// An operation's HTTP request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Http {
    /// The method.
    pub method: Method,
    /// The path as the contract writes it, for people: `/users/{id}`.
    pub template: String,
    /// The path's segments; each begins with `/` on the wire. `/` itself is one empty segment.
    pub segments: Vec<Segment>,
}

/// One segment of a path: pieces that follow each other without a `/`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Segment {
    /// The pieces; none for an empty segment.
    pub pieces: Vec<Piece>,
}

/// A piece of a path segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text that stands as it is.
    Literal(String),
    /// The path parameter with this index in [`Operation::parameters`].
    Parameter(usize),
}

/// HTTP methods that contracts use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// GET
    Get,
    /// HEAD
    Head,
    /// OPTIONS
    Options,
    /// QUERY
    Query,
    /// POST
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
    /// TRACE
    Trace,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Get,
        Self::Head,
        Self::Options,
        Self::Query,
        Self::Post,
        Self::Put,
        Self::Patch,
        Self::Delete,
        Self::Trace,
    ];

    /// As on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Query => "QUERY",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Trace => "TRACE",
        }
    }

    /// Whether a call by this method has no effect on the upstream.
    #[must_use]
    pub const fn is_safe(self) -> bool {
        matches!(self, Self::Get | Self::Head | Self::Options | Self::Query | Self::Trace)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A parameter of an operation.
///
/// The arguments of a call are one flat object. A parameter's key in it is its name; where two
/// parameters of one operation share a name, or one is called `body` and there is a body, the one
/// that comes first in the order path, query, header, cookie keeps it (the body before all), and
/// the others are spelt `LOCATION_NAME`, such as `query_id`.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name on the wire.
    pub name: String,
    /// Its key in the arguments object.
    pub key: String,
    /// Where it goes.
    pub location: Location,
    /// Whether a call must give it.
    pub required: bool,
    /// Its type.
    pub ty: TypeId,
    /// How its value is written.
    pub style: Style,
    /// Whether each element of a list, or property of an object, is written with a name of its own.
    pub explode: bool,
    /// Whether reserved characters stay as they are (query only).
    pub allow_reserved: bool,
    /// Whether the contract advises against it.
    pub deprecated: bool,
    /// The contract's words on it.
    pub description: Option<String>,
    /// Where it is declared; for an undeclared path parameter, the path.
    pub span: Span,
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Location {
    /// Into the path.
    Path,
    /// Into the query.
    Query,
    /// Into a header.
    Header,
    /// Into the `Cookie` header.
    Cookie,
}

impl Location {
    /// As contracts write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// How a parameter's value is written (OpenAPI 3.1, "Style Values").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// `a,b`: path and header.
    Simple,
    /// `.a.b`: path.
    Label,
    /// `;name=a;name=b`: path.
    Matrix,
    /// `name=a&name=b`, or `name=a,b` without explode: query and cookie.
    Form,
    /// `name=a%20b`: query.
    SpaceDelimited,
    /// `name=a|b`: query.
    PipeDelimited,
    /// `name[key]=value`: query.
    DeepObject,
    /// The value as JSON text (`content: application/json`).
    Json,
}

/// The body an operation takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    /// Whether a call must give it.
    pub required: bool,
    /// What it may be, the one that calls use first (JSON before form before text before others).
    pub content: Vec<Content>,
    /// Where it is declared.
    pub span: Span,
}

/// A body of one media type, in a request or an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// The media type as the contract writes it, such as `application/json`.
    pub media_type: String,
    /// How it is read or written.
    pub kind: ContentKind,
    /// The type of the value ([`Type::Unknown`] if the contract gives none).
    pub ty: TypeId,
    /// Where it is declared.
    pub span: Span,
}

/// How a body is read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContentKind {
    /// JSON (`application/json`, `*/*+json`, `*/*`).
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/*`.
    Multipart,
    /// Text that is not JSON (`text/*`).
    Text,
    /// Anything else: bytes.
    Binary,
}

/// A declared answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// For which statuses.
    pub status: Status,
    /// What may come; empty: no body.
    pub content: Vec<Content>,
    /// Where it is declared.
    pub span: Span,
}

impl Response {
    /// The content that calls ask for: JSON before text before others; `None`: no body.
    #[must_use]
    pub fn preferred(&self) -> Option<&Content> {
        self.content.iter().min_by_key(|content| content.rank())
    }
}

impl Content {
    /// Which content is preferred, the smallest first.
    pub(crate) fn rank(&self) -> u8 {
        match self.kind {
            ContentKind::Json if self.media_type == "application/json" => 0,
            ContentKind::Json => 1,
            ContentKind::Form => 2,
            ContentKind::Text => 3,
            ContentKind::Multipart => 4,
            ContentKind::Binary => 5,
        }
    }
}

/// The statuses an answer is declared for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// One status.
    Exact(u16),
    /// `2XX` is `Range(2)`.
    Range(u8),
    /// All that are not declared otherwise.
    Default,
}

impl Status {
    /// Whether it covers success statuses only.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Exact(200..=299) | Self::Range(2))
    }

    /// Whether it covers a status.
    #[must_use]
    pub const fn covers(self, status: u16) -> bool {
        match self {
            Self::Exact(own) => own == status,
            Self::Range(hundred) => hundred as u16 == status / 100,
            Self::Default => true,
        }
    }
}

/// What a successful call gives: the union of all answers declared for 2xx (or of `default`, if
/// no success is declared).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Success {
    /// The type of the JSON answers, several of them as a union; `None`: there are none.
    pub json: Option<TypeId>,
    /// Whether an answer may be text (a `string`).
    pub text: bool,
    /// Whether an answer may have no body (`undefined`).
    pub empty: bool,
    /// Whether an answer may be bytes, which only `passthrough` can hand on.
    pub binary: bool,
}
