//! Expressions: pure computations over slots, with JavaScript's meaning.
//!
//! Every expression can fail as it does in JavaScript (a member of `undefined`, `toFixed(101)`);
//! none relies on a static type for safety.

use serde::{Deserialize, Serialize};

use crate::{Block, Constant, Name, Slot};

/// A pure computation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Expr {
    /// A literal.
    Constant(Constant),
    /// What a slot holds.
    Slot(Slot),
    /// `object.name`; a `TypeError` if `object` is `null` or `undefined`.
    ///
    /// `length` of strings and arrays and `size` of maps and sets are members too, as are the
    /// fields of caught errors (`status`, `code`, `detail`, `message`, `name`, `reason`,
    /// `upstream`, `operation`).
    Member(Box<Expr>, Name),
    /// `object[index]`, with the same failure.
    Index(Box<Expr>, Box<Expr>),
    /// `object?.…`: `undefined` if `object` is `null` or `undefined`, else `rest`, which finds the
    /// object in `bind`. `a?.b.c` is one chain: `rest` is `bind.b.c`.
    Optional {
        /// What may be missing.
        object: Box<Expr>,
        /// Holds the object while `rest` is computed.
        bind: Slot,
        /// The rest of the chain.
        rest: Box<Expr>,
    },
    /// A prefix operator.
    Unary(UnaryOp, Box<Expr>),
    /// An operator that always computes both sides, left first.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `&&`, `||`, `??`.
    Logical(LogicalOp, Box<Expr>, Box<Expr>),
    /// `test ? then : otherwise`.
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    /// A template: texts and expressions joined in order, each as JavaScript's `ToString`.
    Template(Vec<Expr>),
    /// An array literal.
    Array(Vec<ArrayItem>),
    /// An object literal; later keys win, the first place stays.
    Object(Vec<ObjectItem>),
    /// A function of the library without a callback; the receiver, if any, is the first argument.
    /// Missing optional arguments are left out.
    Call(Builtin, Vec<Expr>),
    /// A function of the library with spread arguments (`Math.max(0, ...xs)`).
    CallSpread(Builtin, Vec<ArrayItem>),
    /// A method with a callback.
    Iterate {
        /// Which method.
        op: IterateOp,
        /// The array (or string list, map, set) it is called on.
        receiver: Box<Expr>,
        /// The callback.
        lambda: Lambda,
        /// `reduce`'s initial value; `Array.from`'s has none.
        initial: Option<Box<Expr>>,
    },
    /// Statements with a value (an inlined helper): what its `Return` gives, else `undefined`.
    /// Holds no asynchronous step.
    Block(Box<Block>),
    /// `e instanceof Class`.
    InstanceOf(Box<Expr>, ErrorClass),
    /// `error(status, code, detail?)`: an error as a value; `Step::Throw` throws it.
    Error {
        /// HTTP status.
        status: Box<Expr>,
        /// Machine-readable code.
        code: Box<Expr>,
        /// For people.
        detail: Option<Box<Expr>>,
    },
    /// `json(…)`, `noContent()`, `redirect(…)`: a whole reply as a value.
    Reply(Box<ReplyKind>),
}

impl Expr {
    /// The constant `undefined`.
    pub const UNDEFINED: Self = Self::Constant(Constant::Undefined);

    /// A string constant.
    #[must_use]
    pub fn string(text: &str) -> Self {
        Self::Constant(Constant::String(text.into()))
    }

    /// `self.name`.
    #[must_use]
    pub fn member(self, name: &str) -> Self {
        Self::Member(Box::new(self), name.into())
    }
}

/// A callback of the library: its parameters' slots (those it names, in order) and its body.
///
/// The slots belong to the frame in which the expression stands; each use overwrites them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Lambda {
    /// For array methods: element, index, array. For `reduce`: accumulator, element, index, array.
    /// For `toSorted`: both elements.
    pub params: Vec<Slot>,
    /// What it computes.
    pub body: Box<Expr>,
}

/// An element of an array literal or an argument list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ArrayItem {
    /// One element.
    Item(Expr),
    /// `...list`: arrays, strings, maps and sets.
    Spread(Expr),
}

/// A member of an object literal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ObjectItem {
    /// `key: value`.
    Property(Key, Expr),
    /// `...object`; `null` and `undefined` add nothing.
    Spread(Expr),
}

/// A key of an object literal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Key {
    /// Known when compiled.
    Static(Name),
    /// `[key]`.
    Computed(Expr),
}

/// Prefix operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum UnaryOp {
    /// `!x`
    Not,
    /// `-x`
    Minus,
    /// `+x`
    Plus,
    /// `~x`
    BitNot,
    /// `typeof x`
    TypeOf,
}

/// Operators of two operands that always compute both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the operators of JavaScript by their usual names")]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Exponent,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// `===`
    Equal,
    /// `!==`
    NotEqual,
    /// `== null`-style comparison, where `null` and `undefined` are the same.
    LooseEqual,
    /// `!= null`
    LooseNotEqual,
    /// `"key" in object`
    In,
    BitAnd,
    BitOr,
    BitXor,
    ShiftLeft,
    ShiftRight,
    ShiftRightUnsigned,
}

/// Operators that may not compute their right side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LogicalOp {
    /// `&&`
    And,
    /// `||`
    Or,
    /// `??`
    Nullish,
}

/// Classes that `instanceof` may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ErrorClass {
    /// Any error.
    Error,
    /// A failed call.
    UpstreamError,
    /// Thrown by `error(…)`.
    HttpError,
}

/// A whole reply.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ReplyKind {
    /// `json(value, init)`.
    Json {
        /// The answer.
        value: Expr,
        /// Status; 200 if absent.
        status: Option<Expr>,
        /// Headers, in order; values are computed to strings.
        headers: Vec<(Name, Expr)>,
        /// The `Cache-Control` field it asks for.
        cache_control: Option<Name>,
    },
    /// `noContent()`: 204.
    NoContent,
    /// `redirect(location, status)`.
    Redirect {
        /// Where to.
        location: Expr,
        /// 301, 302, 303, 307 or 308; 302 if absent.
        status: Option<Expr>,
    },
}

/// Methods with a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the methods of JavaScript by their own names")]
pub enum IterateOp {
    Map,
    Filter,
    Find,
    FindIndex,
    FindLast,
    FindLastIndex,
    Some,
    Every,
    Reduce,
    FlatMap,
    ToSorted,
    /// `Object.groupBy(list, lambda)`
    GroupBy,
    /// `Array.from(list, lambda)`; the receiver may be `{ length }`.
    ArrayFrom,
}

/// Functions of the library without a callback. Named `TypeMethod`; methods take their receiver
/// as the first argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the functions of JavaScript by their own names")]
pub enum Builtin {
    ArraySlice,
    ArrayConcat,
    ArrayFlat,
    ArrayIncludes,
    ArrayIndexOf,
    ArrayLastIndexOf,
    ArrayJoin,
    ArrayAt,
    /// Without a comparator: by the elements' strings.
    ArrayToSorted,
    ArrayToReversed,
    ArrayKeys,
    ArrayEntries,
    ArrayIsArray,
    ArrayFrom,
    ArrayWith,
    ObjectKeys,
    ObjectValues,
    ObjectEntries,
    ObjectFromEntries,
    ObjectHasOwn,
    StringSlice,
    StringSubstring,
    StringSplit,
    StringTrim,
    StringTrimStart,
    StringTrimEnd,
    StringPadStart,
    StringPadEnd,
    StringStartsWith,
    StringEndsWith,
    StringIncludes,
    StringIndexOf,
    StringLastIndexOf,
    StringReplace,
    StringReplaceAll,
    StringToUpperCase,
    StringToLowerCase,
    StringAt,
    StringCharAt,
    StringCharCodeAt,
    StringCodePointAt,
    StringRepeat,
    StringConcat,
    /// `String(x)`
    ToStringOf,
    NumberToFixed,
    NumberToString,
    NumberToPrecision,
    /// `Number(x)`
    ToNumber,
    NumberIsInteger,
    NumberIsFinite,
    NumberIsNaN,
    NumberIsSafeInteger,
    ParseInt,
    ParseFloat,
    /// `Boolean(x)`
    ToBoolean,
    BooleanToString,
    MathAbs,
    MathCeil,
    MathFloor,
    MathRound,
    MathTrunc,
    MathSign,
    MathMin,
    MathMax,
    MathPow,
    MathSqrt,
    MathCbrt,
    MathHypot,
    MathLog,
    MathLog2,
    MathLog10,
    MathExp,
    DateNow,
    /// `new Date()` and `new Date(x)`: a date.
    DateNew,
    DateParse,
    DateUtc,
    DateGetTime,
    DateToIsoString,
    /// `toJSON()`: as `toISOString()`, and `null` of an invalid date.
    DateToJson,
    DateGetFullYear,
    DateGetMonth,
    DateGetDate,
    DateGetDay,
    DateGetHours,
    DateGetMinutes,
    DateGetSeconds,
    DateGetMilliseconds,
    EncodeUriComponent,
    DecodeUriComponent,
    MapNew,
    MapGet,
    MapHas,
    MapKeys,
    MapValues,
    MapEntries,
    SetNew,
    SetHas,
    SetValues,
    JsonStringify,
    /// `{ a, ...rest } = object`: the object without the members that the strings after it name.
    ObjectRest,
    /// `pattern.test(text)`; a pattern is a string as it is written: `/a+/g`.
    RegexTest,
    RegexExec,
    StringMatch,
    StringMatchAll,
    StringSearch,
    StringSplitRegex,
    /// `replace` and `replaceAll` with a pattern.
    StringReplaceRegex,
    /// `ctx.addIssue(issue)` in a function of a validator.
    AddIssue,
}
