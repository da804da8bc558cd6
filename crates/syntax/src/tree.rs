//! The tree of the supported language: owned, spanned, and free of everything that is refused.
//!
//! In:    nothing; plain data, built by this crate's converters only.
//! Out:   what `compile` resolves, checks and lowers.
//! Never: a parser's types, parentheses, or a construct outside the language. What was refused
//!        stands as an `Error` kind; a diagnostic for it has already been given, so later phases
//!        give it any type and stay silent.
//!
//! Start at [`Module`]; the other roots are [`Stmt`], [`Expr`], [`Pattern`] and [`Type`].
//!
//! Identifiers and string values are as JavaScript sees them: escapes are resolved, and a
//! template's line ends are `\n`.

use std::sync::Arc;

use frontage_diagnostic::{FileId, Span};

pub use crate::operators::{BinaryOp, LogicalOp, UnaryOp};

/// A name with its place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ident {
    /// The name, escapes resolved.
    pub name: Arc<str>,
    /// Its place.
    pub span: Span,
}

/// A string literal outside expressions, such as the module named by an import.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StringLiteral {
    /// The value, escapes resolved.
    pub value: Arc<str>,
    /// Its place, quotes included.
    pub span: Span,
}

// ---------------------------------------------------------------- modules

/// One file.
#[derive(Debug, Clone, PartialEq)]
pub struct Module {
    /// The file it was read from.
    pub file: FileId,
    /// The whole text.
    pub span: Span,
    /// Imports, declarations and export lists, in order of the text.
    pub items: Vec<Item>,
}

/// One statement at module level.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// From `export` or the declaration's first word to its end.
    pub span: Span,
    /// The `/** … */` comment right before it, without stars and without `@tags`.
    pub doc: Option<Arc<str>>,
    /// Whether `export` stands before the declaration; `false` for imports and export lists.
    pub exported: bool,
    /// What it is.
    pub kind: ItemKind,
}

/// The kinds of [`Item`].
#[derive(Debug, Clone, PartialEq)]
pub enum ItemKind {
    /// `import …`
    Import(Import),
    /// `const …`
    Const(ConstDecl),
    /// `function name(…) { … }`
    Function(FunctionDecl),
    /// `type Name = …`
    TypeAlias(TypeAlias),
    /// `interface Name { … }`
    Interface(Interface),
    /// `export { a, b as c }`, `export { a } from "…"`, `export type { T }`
    Exports(Exports),
    /// Refused; already reported. Holds the names that it would have declared.
    Error(Vec<Ident>),
}

/// `import { a, b as c, type T } from "…"`, `import * as z from "…"`, `import z from "…"`.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// The module's specifier.
    pub from: StringLiteral,
    /// `import type …`: every name is a type.
    pub type_only: bool,
    /// What is imported.
    pub names: Vec<ImportName>,
}

/// One name that an import brings into the module.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportName {
    /// From the imported name to the local one.
    pub span: Span,
    /// What is taken.
    pub imported: Imported,
    /// What it is called here.
    pub local: Ident,
    /// `type` before this name, or before the whole import.
    pub type_only: bool,
}

/// What an [`ImportName`] takes from the other module.
#[derive(Debug, Clone, PartialEq)]
pub enum Imported {
    /// An export by its name.
    Name(Ident),
    /// `import x from`: the default export.
    Default,
    /// `import * as x from`: all exports as one object.
    Namespace,
}

/// A list of exports without a declaration.
#[derive(Debug, Clone, PartialEq)]
pub struct Exports {
    /// `export type { … }`: every name is a type.
    pub type_only: bool,
    /// The names.
    pub names: Vec<ExportName>,
    /// The module that they come from, if not this one.
    pub from: Option<StringLiteral>,
}

/// One name of an export list.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportName {
    /// From the local name to the exported one.
    pub span: Span,
    /// Its name here (or in the module after `from`).
    pub local: Ident,
    /// Its name for others.
    pub exported: Ident,
    /// `type` before this name, or before the whole list.
    pub type_only: bool,
}

/// `type Name<T> = …`
#[derive(Debug, Clone, PartialEq)]
pub struct TypeAlias {
    /// From `type` to the end.
    pub span: Span,
    /// The name.
    pub name: Ident,
    /// `<T, …>`
    pub type_params: Vec<TypeParam>,
    /// What it stands for.
    pub ty: Type,
}

/// `interface Name<T> extends A, B { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Interface {
    /// From `interface` to `}`.
    pub span: Span,
    /// The name.
    pub name: Ident,
    /// `<T, …>`
    pub type_params: Vec<TypeParam>,
    /// What it extends; each is a [`TypeKind::Ref`] or [`TypeKind::Error`].
    pub extends: Vec<Type>,
    /// Its own members.
    pub members: Vec<TypeMember>,
}

// ------------------------------------------------- declarations, functions

/// `const a = …, b = …`
#[derive(Debug, Clone, PartialEq)]
pub struct ConstDecl {
    /// From `const` to the end of the last initialiser.
    pub span: Span,
    /// What is declared; never empty.
    pub bindings: Vec<Binding>,
}

/// One `pattern: type = init` of a `const`.
#[derive(Debug, Clone, PartialEq)]
pub struct Binding {
    /// The whole binding.
    pub span: Span,
    /// The name or pattern.
    pub pattern: Pattern,
    /// Its annotation.
    pub ty: Option<Type>,
    /// Its value.
    pub init: Expr,
}

/// `function name(…) { … }`; visible in its whole block, before its place too.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionDecl {
    /// From `async` or `function` to `}`.
    pub span: Span,
    /// The name.
    pub name: Ident,
    /// Parameters and body.
    pub function: Function,
}

/// What arrow functions and function declarations share.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// The whole function (for a declaration, the same as the declaration's).
    pub span: Span,
    /// It was declared by `function`, not written as an arrow function.
    pub is_declaration: bool,
    /// `async` stands before it.
    pub is_async: bool,
    /// `<T, …>`
    pub type_params: Vec<TypeParam>,
    /// Parameters, without a rest parameter.
    pub params: Vec<Param>,
    /// `...rest`; never has a default and is never optional.
    pub rest: Option<Box<Param>>,
    /// `: T` after the parameters; the only place where [`TypeKind::Predicate`] stands in a value.
    pub return_type: Option<Type>,
    /// The body.
    pub body: FunctionBody,
}

/// A function's body.
#[derive(Debug, Clone, PartialEq)]
pub enum FunctionBody {
    /// `=> expression`
    Expr(Box<Expr>),
    /// `{ … }`
    Block(Block),
}

/// One parameter of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// The whole parameter, `...` included.
    pub span: Span,
    /// The name or pattern.
    pub pattern: Pattern,
    /// Its annotation.
    pub ty: Option<Type>,
    /// `name?: T`
    pub optional: bool,
    /// `= value`, taken when the argument is `undefined`.
    pub default: Option<Expr>,
}

// ---------------------------------------------------------------- patterns

/// What a `const`, a parameter or a `catch` binds.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    /// Its place.
    pub span: Span,
    /// What it is.
    pub kind: PatternKind,
}

/// The kinds of [`Pattern`].
#[derive(Debug, Clone, PartialEq)]
pub enum PatternKind {
    /// `name`
    Ident(Ident),
    /// `{ a, b: c = 1, ...rest }`
    Object {
        /// The members taken.
        props: Vec<PropertyPattern>,
        /// `...rest`: the members that are not named.
        rest: Option<Ident>,
    },
    /// `[a, , b = 1, ...rest]`
    Array {
        /// Elements in order; `None` is a hole.
        elements: Vec<Option<ElementPattern>>,
        /// `...rest`: the elements after the last.
        rest: Option<Box<Pattern>>,
    },
    /// Refused; already reported.
    Error,
}

/// One member of an object pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct PropertyPattern {
    /// The whole member.
    pub span: Span,
    /// The member's key.
    pub key: PropertyKey,
    /// What it binds; for `{ a }` the identifier `a` again.
    pub value: Pattern,
    /// `= value`, taken when the member is `undefined`.
    pub default: Option<Expr>,
}

/// One element of an array pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct ElementPattern {
    /// What it binds.
    pub value: Pattern,
    /// `= value`, taken when the element is `undefined`.
    pub default: Option<Expr>,
}

// -------------------------------------------------------------- statements

/// `{ … }`, or the single statement that stands in its stead after `if` and `else`.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Its place, braces included.
    pub span: Span,
    /// Its statements.
    pub stmts: Vec<Stmt>,
}

/// One statement in a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Stmt {
    /// Its place.
    pub span: Span,
    /// What it is.
    pub kind: StmtKind,
}

/// The kinds of [`Stmt`].
#[derive(Debug, Clone, PartialEq)]
pub enum StmtKind {
    /// `const …`
    Const(ConstDecl),
    /// `function name(…) { … }`
    Function(FunctionDecl),
    /// `type Name = …`
    TypeAlias(TypeAlias),
    /// `interface Name { … }`
    Interface(Interface),
    /// `if (test) … else …`; `else if` is an `else` block that holds one `if`.
    If {
        /// The condition.
        test: Expr,
        /// Where it is truthy.
        then: Block,
        /// Where it is falsy.
        otherwise: Option<Block>,
    },
    /// `switch (subject) { … }`
    Switch {
        /// What is compared, by `===`.
        subject: Expr,
        /// The cases in order; at most one without a test.
        cases: Vec<SwitchCase>,
    },
    /// `break` out of the nearest `switch`.
    Break,
    /// `return value`
    Return(Option<Expr>),
    /// `throw value`
    Throw(Expr),
    /// `try { … } catch (param) { … }`
    Try {
        /// What may fail.
        body: Block,
        /// `(e)`; `None` for a bare `catch`.
        param: Option<Pattern>,
        /// What happens then.
        handler: Block,
    },
    /// An expression for its effect.
    Expr(Expr),
    /// `{ … }`
    Block(Block),
    /// Refused; already reported. Holds the names that it would have declared.
    Error(Vec<Ident>),
}

/// `case test: …` or `default: …`
#[derive(Debug, Clone, PartialEq)]
pub struct SwitchCase {
    /// From `case` to its last statement.
    pub span: Span,
    /// The value; `None` for `default`.
    pub test: Option<Expr>,
    /// Its statements; empty where it falls through to the next.
    pub body: Vec<Stmt>,
}

// ------------------------------------------------------------- expressions

/// One expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// Its place, without parentheses around it.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// The kinds of [`Expr`].
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `12.5`; always finite or `Infinity` (`1e999`), never negative.
    Number(f64),
    /// `"text"`
    String(Arc<str>),
    /// `true`, `false`
    Boolean(bool),
    /// `null`
    Null,
    /// `/pattern/flags`
    Regex {
        /// Between the slashes.
        pattern: Arc<str>,
        /// After the second slash.
        flags: Arc<str>,
    },
    /// `` `text ${expr}` ``; empty texts are left out.
    Template(Vec<TemplatePart>),
    /// A name; `undefined`, `NaN` and `Infinity` too.
    Ident(Arc<str>),
    /// `[a, ...b]`; no holes.
    Array(Vec<Element>),
    /// `{ a, "b": c, [d]: e, ...f }`
    Object(Vec<Property>),
    /// `object.name`, `object?.name`
    Member {
        /// Left of the dot.
        object: Box<Expr>,
        /// Right of the dot.
        name: Ident,
        /// `?.`: null and undefined on the left end the enclosing [`ExprKind::Chain`].
        optional: bool,
    },
    /// `object[index]`, `object?.[index]`
    Index {
        /// Left of the bracket.
        object: Box<Expr>,
        /// In the brackets.
        index: Box<Expr>,
        /// `?.`: null and undefined on the left end the enclosing [`ExprKind::Chain`].
        optional: bool,
    },
    /// `callee<T>(args)`, `callee?.(args)`
    Call {
        /// What is called.
        callee: Box<Expr>,
        /// `<T, …>`
        type_args: Vec<Type>,
        /// The arguments.
        args: Vec<Element>,
        /// `?.`: null and undefined on the left end the enclosing [`ExprKind::Chain`].
        optional: bool,
    },
    /// All of `a?.b.c`: becomes `undefined` where a `?.` inside finds nothing. Holds at least one
    /// optional member, index or call on its spine; a chain within parentheses is one of its own.
    Chain(Box<Expr>),
    /// `new Map<K, V>(args)`; the callee is always `Map`, `Set` or `Date`.
    New {
        /// Which of the three.
        callee: Ident,
        /// `<T, …>`
        type_args: Vec<Type>,
        /// The arguments.
        args: Vec<Element>,
    },
    /// `!a`, `-a`, `+a`, `~a`, `typeof a`
    Unary {
        /// The operator.
        op: UnaryOp,
        /// What it is applied to.
        operand: Box<Expr>,
    },
    /// `a + b`; both sides are always evaluated, left first.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// The operator's own place.
        op_span: Span,
        /// Left side.
        left: Box<Expr>,
        /// Right side.
        right: Box<Expr>,
    },
    /// `a && b`; the right side is evaluated only if the left does not decide.
    Logical {
        /// The operator.
        op: LogicalOp,
        /// Left side.
        left: Box<Expr>,
        /// Right side.
        right: Box<Expr>,
    },
    /// `test ? then : otherwise`
    Conditional {
        /// The condition.
        test: Box<Expr>,
        /// Where it is truthy.
        then: Box<Expr>,
        /// Where it is falsy.
        otherwise: Box<Expr>,
    },
    /// `(params) => body`
    Arrow(Box<Function>),
    /// `await value`
    Await(Box<Expr>),
    /// `value as const`
    AsConst(Box<Expr>),
    /// `value as T`; the checker accepts it where `T` is wider.
    As {
        /// What stands before `as`.
        value: Box<Expr>,
        /// The type after it.
        ty: Box<Type>,
    },
    /// `value satisfies T`
    Satisfies {
        /// The value.
        value: Box<Expr>,
        /// The type that it must fit.
        ty: Box<Type>,
    },
    /// Refused; already reported.
    Error,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq)]
pub enum TemplatePart {
    /// Text as it stands, escapes resolved; never empty.
    Text {
        /// The text.
        value: Arc<str>,
        /// Its place.
        span: Span,
    },
    /// `${ expr }`
    Expr(Expr),
}

/// An element of an array literal, or an argument of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Element {
    /// One value.
    Value(Expr),
    /// `...value`
    Spread {
        /// With the dots.
        span: Span,
        /// What is spread.
        value: Expr,
    },
}

/// A member of an object literal.
#[derive(Debug, Clone, PartialEq)]
pub enum Property {
    /// `key: value`, `key`
    Value {
        /// The whole member.
        span: Span,
        /// Its key; never `__proto__` unless computed or shorthand.
        key: PropertyKey,
        /// Its value; for `{ a }` the identifier `a`.
        value: Expr,
        /// Only the name stands there.
        shorthand: bool,
    },
    /// `...value`
    Spread {
        /// With the dots.
        span: Span,
        /// What is spread.
        value: Expr,
    },
}

impl Property {
    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Value { span, .. } | Self::Spread { span, .. } => *span,
        }
    }
}

/// A key of an object literal, an object pattern or an object type.
#[derive(Debug, Clone, PartialEq)]
pub struct PropertyKey {
    /// Its place, quotes included.
    pub span: Span,
    /// What it is.
    pub kind: PropertyKeyKind,
}

/// The kinds of [`PropertyKey`].
#[derive(Debug, Clone, PartialEq)]
pub enum PropertyKeyKind {
    /// `name`
    Name(Arc<str>),
    /// `"text"`, `["text"]`
    String(Arc<str>),
    /// `12`, as JavaScript writes the number: `1`, `0.5`.
    Number(Arc<str>),
    /// `[expr]`
    Computed(Box<Expr>),
}

impl PropertyKey {
    /// The key's text, unless it is computed.
    #[must_use]
    pub fn name(&self) -> Option<&Arc<str>> {
        match &self.kind {
            PropertyKeyKind::Name(text)
            | PropertyKeyKind::String(text)
            | PropertyKeyKind::Number(text) => Some(text),
            PropertyKeyKind::Computed(_) => None,
        }
    }
}

// ------------------------------------------------------------------- types

/// One type.
#[derive(Debug, Clone, PartialEq)]
pub struct Type {
    /// Its place, without parentheses around it.
    pub span: Span,
    /// What it is.
    pub kind: TypeKind,
}

/// The kinds of [`Type`].
#[derive(Debug, Clone, PartialEq)]
pub enum TypeKind {
    /// `string`, `unknown` …
    Keyword(KeywordType),
    /// `"text"`
    String(Arc<str>),
    /// `12`, `-1`
    Number(f64),
    /// `true`, `false`
    Boolean(bool),
    /// `T[]`
    Array(Box<Type>),
    /// `[a: T, b?: U, ...V[]]`
    Tuple(Vec<TupleElement>),
    /// `A | B`; at least two.
    Union(Vec<Type>),
    /// `A & B`; at least two.
    Intersection(Vec<Type>),
    /// `{ a: T; [key: string]: U }`
    Object(Vec<TypeMember>),
    /// `(a: T) => U`
    Function(Box<FunctionType>),
    /// `Name<T>`, `z.infer<T>`
    Ref {
        /// The name's parts; never empty.
        path: Vec<Ident>,
        /// `<T, …>`
        args: Vec<Type>,
    },
    /// `typeof name.member`
    Typeof {
        /// The name's parts; never empty.
        path: Vec<Ident>,
        /// `<T, …>`
        args: Vec<Type>,
    },
    /// `keyof T`
    Keyof(Box<Type>),
    /// `T["name"]`
    Indexed {
        /// Left of the bracket.
        object: Box<Type>,
        /// In the brackets.
        index: Box<Type>,
    },
    /// `readonly T[]`, `readonly [T, U]`
    Readonly(Box<Type>),
    /// `x is T`; only as a return type.
    Predicate {
        /// The parameter.
        param: Ident,
        /// What it is where the function returns true.
        ty: Box<Type>,
    },
    /// Refused; already reported.
    Error,
}

/// A type with a name of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeywordType {
    /// `string`
    String,
    /// `number`
    Number,
    /// `boolean`
    Boolean,
    /// `null`
    Null,
    /// `undefined`
    Undefined,
    /// `unknown`
    Unknown,
    /// `never`
    Never,
    /// `void`
    Void,
    /// `object`
    Object,
}

/// One element of a tuple type.
#[derive(Debug, Clone, PartialEq)]
pub struct TupleElement {
    /// The whole element.
    pub span: Span,
    /// `name:` before it.
    pub name: Option<Ident>,
    /// `T?`, `name?: T`
    pub optional: bool,
    /// `...T`
    pub rest: bool,
    /// Its type (for a rest element, the array type as written).
    pub ty: Type,
}

/// One member of an object type or interface.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeMember {
    /// `readonly name?: T`; a method `name(a: T): U` is one of function type.
    Property {
        /// The whole member.
        span: Span,
        /// Its key; never computed, except by a string or number literal.
        key: PropertyKey,
        /// Its type.
        ty: Type,
        /// `?`
        optional: bool,
        /// `readonly`
        readonly: bool,
        /// Written as a method; TypeScript compares its parameters both ways.
        method: bool,
    },
    /// `[key: string]: T`
    Index {
        /// The whole member.
        span: Span,
        /// The key's type.
        key: Type,
        /// The values' type.
        value: Type,
        /// `readonly`
        readonly: bool,
    },
}

/// `<T>(a: A, b?: B, ...rest: C[]) => R`
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionType {
    /// The whole type.
    pub span: Span,
    /// `<T, …>`
    pub type_params: Vec<TypeParam>,
    /// Parameters, without a rest parameter; none has a default.
    pub params: Vec<Param>,
    /// `...rest`
    pub rest: Option<Box<Param>>,
    /// What it returns.
    pub return_type: Type,
}

/// `T extends U = V`
#[derive(Debug, Clone, PartialEq)]
pub struct TypeParam {
    /// The whole parameter.
    pub span: Span,
    /// Its name.
    pub name: Ident,
    /// `extends U`
    pub constraint: Option<Type>,
    /// `= V`
    pub default: Option<Type>,
    /// `const` before it.
    pub is_const: bool,
}
