//! The checked form of a frontend: names resolved, library methods known, every expression typed.
//!
//! In:    built by `check` only.
//! Out:   read by `lower` (and `emit`, for result types).
//! Never: an unresolved name, a pattern, a syntax error: what did not check is not here, and a unit
//!        with errors is not lowered.
//!
//! Start at [`Checked`], then [`CheckedRoute`], [`Function`] and [`ExprKind`].

mod visit;

use std::collections::BTreeMap;
use std::sync::Arc;

use frontage_diagnostic::Span;
use frontage_plan::{
    BinaryOp, Builtin, Constant, ErrorClass, Gather, Input, IterateOp, LogicalOp, Method,
    PathSegment, UnaryOp,
};

use crate::types::{Ty, Types};

pub use visit::{
    Reach, children, each_binding, each_expr, each_in, each_in_stmt, parts, parts_of_function,
    parts_of_stmt,
};

/// A checked frontend.
#[derive(Debug)]
pub struct Checked {
    /// Its routes, in order of module path and text.
    pub routes: Vec<CheckedRoute>,
    /// Functions at module level that routes can reach; [`FunctionId`] is an index.
    pub functions: Vec<Function>,
    /// Constants at module level that routes can reach; [`GlobalId`] is an index. A constant reads
    /// only constants before it.
    pub globals: Vec<Global>,
    /// Functions of input schemas; [`CallbackId`] is an index.
    pub callbacks: Vec<Expr>,
    /// Regular expressions of functions, sorted by the text that stands for each.
    pub patterns: Vec<frontage_plan::Pattern>,
    /// All locals of all functions; [`LocalId`] is an index.
    pub locals: Vec<Local>,
    /// All types.
    pub types: Types,
    /// Documentation comments before routes, types and their members, by the place of the name.
    pub comments: BTreeMap<Span, Comment>,
}

/// A documentation comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its words, without stars and without `@tags`; may be empty.
    pub text: Arc<str>,
    /// It has `@deprecated`.
    pub deprecated: bool,
}

/// Index into [`Checked::functions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionId(pub u32);

/// Index into [`Checked::globals`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GlobalId(pub u32);

/// Index into [`Checked::callbacks`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallbackId(pub u32);

/// Index into [`Checked::locals`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalId(pub u32);

/// A constant at module level.
#[derive(Debug)]
pub struct Global {
    /// Its name.
    pub name: Arc<str>,
    /// Its value; may be a function.
    pub value: Expr,
}

/// A binding within a function: a parameter, a `const`, a caught error, or a temporary.
#[derive(Debug)]
pub struct Local {
    /// Its name; `None` for a temporary.
    pub name: Option<Arc<str>>,
    /// Its type as declared or inferred (narrowing is seen at its uses).
    pub ty: Ty,
    /// Where it is declared.
    pub span: Span,
}

/// A checked route.
#[derive(Debug)]
pub struct CheckedRoute {
    /// Its method.
    pub method: Method,
    /// Its path.
    pub path: Vec<PathSegment>,
    /// Words of the comment above the export.
    pub doc: Option<Arc<str>>,
    /// The exported name.
    pub span: Span,
    /// What it does.
    pub kind: CheckedKind,
    /// Type of its JSON answer (what `route` infers as `R`).
    pub result: Ty,
}

impl CheckedRoute {
    /// Its handler; nothing of a passthrough.
    #[must_use]
    pub fn handler(&self) -> Option<&Function> {
        match &self.kind {
            CheckedKind::Handler { function, .. } => Some(function),
            CheckedKind::Passthrough { .. } => None,
        }
    }
}

/// What a route does.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one for each route, and nearly all are handlers")]
pub enum CheckedKind {
    /// `route(...)`
    Handler {
        /// Validators, from Zod.
        input: Input<CallbackId>,
        /// Types of the parts of the input after validation, for `emit`.
        input_types: InputTypes,
        /// The handler; takes no parameter (its context is read through [`ExprKind::Input`]).
        function: Function,
        /// `sequential: true`
        sequential: bool,
    },
    /// `passthrough(...)`
    Passthrough {
        /// What is called.
        operation: OperationRef,
        /// Milliseconds.
        timeout_ms: Option<u32>,
    },
}

/// Types of a route's declared input.
#[derive(Debug, Clone, Copy, Default)]
pub struct InputTypes {
    /// Path parameters.
    pub params: Option<Ty>,
    /// Query.
    pub query: Option<Ty>,
    /// Headers.
    pub headers: Option<Ty>,
    /// Body.
    pub body: Option<Ty>,
}

/// An operation of an upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperationRef {
    /// Index into [`crate::Workspace::upstreams`].
    pub upstream: u16,
    /// Index into the contract's operations.
    pub operation: u32,
}

/// A function: a helper, an arrow, a handler.
#[derive(Debug)]
pub struct Function {
    /// Name for messages; `None` for an arrow without one.
    pub name: Option<Arc<str>>,
    /// Parameters; destructuring stands as `Const`s at the start of the body.
    pub params: Vec<Param>,
    /// `...rest`: an array of the arguments after the parameters.
    pub rest: Option<LocalId>,
    /// The body; an arrow's expression stands as one `Return`.
    pub body: Vec<Stmt>,
    /// Gives a promise.
    pub is_async: bool,
    /// Is written `async`: what it throws fails its promise.
    pub written_async: bool,
    /// Type of what it gives; of an asynchronous one, what it promises.
    pub result: Ty,
    /// The whole function.
    pub span: Span,
}

/// A parameter.
#[derive(Debug)]
pub struct Param {
    /// What it binds.
    pub local: LocalId,
    /// Taken when the argument is `undefined` or missing.
    pub default: Option<Expr>,
}

/// A statement.
#[derive(Debug)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Where it stands.
    pub span: Span,
}

/// Kinds of statements.
#[derive(Debug)]
pub enum StmtKind {
    /// `const local = init`; the value may be a function.
    Const {
        /// What it binds.
        local: LocalId,
        /// Its value.
        init: Expr,
    },
    /// `if`
    If {
        /// Condition.
        test: Expr,
        /// If true.
        then: Vec<Stmt>,
        /// If false.
        otherwise: Vec<Stmt>,
    },
    /// `switch`; cases in order, falling through unless they end with [`StmtKind::Break`],
    /// `return` or `throw`.
    Switch {
        /// What is compared, by `===`.
        subject: Expr,
        /// The cases.
        cases: Vec<Case>,
    },
    /// `break` out of the nearest switch.
    Break,
    /// `return`
    Return(Option<Expr>),
    /// `throw`
    Throw(Expr),
    /// `try/catch`
    Try {
        /// What may fail.
        body: Vec<Stmt>,
        /// The caught error, if it is named.
        error: Option<LocalId>,
        /// What happens then.
        handler: Vec<Stmt>,
    },
    /// `{ ... }`
    Block(Vec<Stmt>),
    /// An expression for its effect.
    Expr(Expr),
}

/// A case of a switch.
#[derive(Debug)]
pub struct Case {
    /// What is compared; `None` for `default`.
    pub test: Option<Expr>,
    /// Its statements.
    pub body: Vec<Stmt>,
}

/// A typed expression.
#[derive(Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its type.
    pub ty: Ty,
    /// Where it stands.
    pub span: Span,
}

/// Kinds of expressions. Those marked *promise* stand only where the language lets a promise stand.
#[derive(Debug)]
pub enum ExprKind {
    /// A literal.
    Constant(Constant),
    /// A local.
    Local(LocalId),
    /// A constant at module level.
    Global(GlobalId),
    /// A helper as a value.
    Function(FunctionId),
    /// A function of the library as a value (`filter(Boolean)`, `map(String)`).
    BuiltinFunction(Builtin),
    /// An arrow function as a value.
    Arrow(Box<Function>),
    /// A part of the handler's context.
    Input(InputPart),
    /// The handler's whole context as an object.
    Context,
    /// `object.name`, also `length` and `size`.
    Member(Box<Expr>, Arc<str>),
    /// `object[index]`
    Index(Box<Expr>, Box<Expr>),
    /// A chain with `?.`: see [`frontage_plan::Expr::Optional`].
    Optional {
        /// What may be missing.
        object: Box<Expr>,
        /// The object, in `rest`.
        bind: LocalId,
        /// The rest of the chain.
        rest: Box<Expr>,
    },
    /// Prefix operator.
    Unary(UnaryOp, Box<Expr>),
    /// Operator.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `&&`, `||`, `??`
    Logical(LogicalOp, Box<Expr>, Box<Expr>),
    /// `? :`
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    /// Template; texts are string constants.
    Template(Vec<Expr>),
    /// Array literal.
    Array(Vec<Item>),
    /// Object literal.
    Object(Vec<Member>),
    /// A library function without a callback; the receiver, if any, is the first argument.
    Builtin(Builtin, Vec<Item>),
    /// A library method with a callback (a function value: arrow, helper, local, builtin).
    Iterate {
        /// Which.
        op: IterateOp,
        /// What it is called on.
        receiver: Box<Expr>,
        /// The callback; asynchronous or giving a promise only below [`ExprKind::All`].
        callback: Box<Expr>,
        /// `reduce`'s initial value.
        initial: Option<Box<Expr>>,
    },
    /// A call of a function value: helper, local arrow, parameter of function type. A *promise*
    /// if that function is asynchronous.
    Apply(Box<Expr>, Vec<Item>),
    /// `e instanceof Class`
    InstanceOf(Box<Expr>, ErrorClass),
    /// `error(status, code, detail?)`
    Error {
        /// Status.
        status: Box<Expr>,
        /// Code.
        code: Box<Expr>,
        /// Detail.
        detail: Option<Box<Expr>>,
    },
    /// `json(value, init)`
    Json {
        /// The answer.
        value: Box<Expr>,
        /// Status.
        status: Option<Box<Expr>>,
        /// Headers.
        headers: Vec<(Arc<str>, Expr)>,
        /// `Cache-Control`, already written out.
        cache_control: Option<Arc<str>>,
    },
    /// `noContent()`
    NoContent,
    /// `redirect(location, status)`
    Redirect {
        /// Where to.
        location: Box<Expr>,
        /// Status.
        status: Option<Box<Expr>>,
    },
    /// *Promise*: a call of an operation.
    Operation {
        /// Which.
        operation: OperationRef,
        /// The arguments' object.
        arguments: Option<Box<Expr>>,
        /// Options.
        options: CallOptions,
    },
    /// *Promise*: `promise.catch(handler)`; the handler is a function value.
    Catch(Box<Expr>, Box<Expr>),
    /// *Promise*: `Promise.all(list)`, `Promise.allSettled(list)`; the list is an array literal
    /// of promises and values, or an [`ExprKind::Iterate`] with `Map`.
    All(Gather, Box<Expr>),
    /// `await value`; of a promise, or of a plain value.
    Await(Box<Expr>),
}

/// A part of the handler's context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InputPart {
    /// `params`
    Params,
    /// `query`
    Query,
    /// `headers`
    Headers,
    /// `body`
    Body,
    /// `session`
    Session,
    /// `request`
    Request,
}

/// Options of a call; all literals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallOptions {
    /// Milliseconds.
    pub timeout_ms: Option<u32>,
    /// Statuses that give `null`.
    pub null_on: Vec<u16>,
    /// Request headers.
    pub headers: Vec<(Arc<str>, Arc<str>)>,
}

/// An element of an array literal or an argument.
#[derive(Debug)]
pub enum Item {
    /// One.
    Value(Expr),
    /// `...list`
    Spread(Expr),
}

/// A member of an object literal.
#[derive(Debug)]
pub enum Member {
    /// `key: value`
    Static(Arc<str>, Expr),
    /// `[key]: value`
    Computed(Expr, Expr),
    /// `...object`
    Spread(Expr),
}
