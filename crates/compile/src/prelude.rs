//! The library: which function of a plan each name of `prelude.ts` stands for.
//!
//! In:    an interface of the prelude and a member's name.
//! Out:   [`Function`], or the words that say what to write instead of a member that the language
//!        leaves out.
//! Never: types; these stand in `prelude.ts`.

use frontage_plan::{Builtin, IterateOp};

/// The declarations.
pub(crate) const TEXT: &str = include_str!("prelude.ts");

/// What a member of the library is in a plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Function {
    /// Computed from its arguments; a method's receiver is the first.
    Plain(Builtin),
    /// Runs a callback; the first argument of a static function is what it runs over.
    Iterate(IterateOp),
    /// A number.
    Constant(f64),
}

/// What `interface.name` stands for; `None`: a property, or not of the library.
pub(crate) fn function(interface: &str, name: &str) -> Option<Function> {
    use Builtin as B;
    use Function::{Constant, Iterate, Plain};
    use IterateOp as I;
    Some(match (interface, name) {
        ("Array", "map") => Iterate(I::Map),
        ("Array", "filter") => Iterate(I::Filter),
        ("Array", "find") => Iterate(I::Find),
        ("Array", "findLast") => Iterate(I::FindLast),
        ("Array", "findIndex") => Iterate(I::FindIndex),
        ("Array", "findLastIndex") => Iterate(I::FindLastIndex),
        ("Array", "some") => Iterate(I::Some),
        ("Array", "every") => Iterate(I::Every),
        ("Array", "reduce") => Iterate(I::Reduce),
        ("Array", "flatMap") => Iterate(I::FlatMap),
        ("Array", "toSorted") => Iterate(I::ToSorted),
        ("Array", "slice") => Plain(B::ArraySlice),
        ("Array", "concat") => Plain(B::ArrayConcat),
        ("Array", "flat") => Plain(B::ArrayFlat),
        ("Array", "includes") => Plain(B::ArrayIncludes),
        ("Array", "indexOf") => Plain(B::ArrayIndexOf),
        ("Array", "lastIndexOf") => Plain(B::ArrayLastIndexOf),
        ("Array", "join") => Plain(B::ArrayJoin),
        ("Array", "at") => Plain(B::ArrayAt),
        ("Array", "toReversed") => Plain(B::ArrayToReversed),
        ("Array", "with") => Plain(B::ArrayWith),
        ("Array", "keys") => Plain(B::ArrayKeys),
        ("Array", "entries") => Plain(B::ArrayEntries),
        ("Array", "values") => Plain(B::ArraySlice),
        ("String", "slice") => Plain(B::StringSlice),
        ("String", "substring") => Plain(B::StringSubstring),
        ("String", "split") => Plain(B::StringSplit),
        ("String", "trim") => Plain(B::StringTrim),
        ("String", "trimStart") => Plain(B::StringTrimStart),
        ("String", "trimEnd") => Plain(B::StringTrimEnd),
        ("String", "padStart") => Plain(B::StringPadStart),
        ("String", "padEnd") => Plain(B::StringPadEnd),
        ("String", "startsWith") => Plain(B::StringStartsWith),
        ("String", "endsWith") => Plain(B::StringEndsWith),
        ("String", "includes") => Plain(B::StringIncludes),
        ("String", "indexOf") => Plain(B::StringIndexOf),
        ("String", "lastIndexOf") => Plain(B::StringLastIndexOf),
        ("String", "replace") => Plain(B::StringReplace),
        ("String", "replaceAll") => Plain(B::StringReplaceAll),
        ("String", "toUpperCase") => Plain(B::StringToUpperCase),
        ("String", "toLowerCase") => Plain(B::StringToLowerCase),
        ("String", "at") => Plain(B::StringAt),
        ("String", "charAt") => Plain(B::StringCharAt),
        ("String", "charCodeAt") => Plain(B::StringCharCodeAt),
        ("String", "codePointAt") => Plain(B::StringCodePointAt),
        ("String", "repeat") => Plain(B::StringRepeat),
        ("String", "concat") => Plain(B::StringConcat),
        ("String", "toString") | ("Globals", "String") => Plain(B::ToStringOf),
        ("Number", "toFixed") => Plain(B::NumberToFixed),
        ("Number", "toString") => Plain(B::NumberToString),
        ("Number", "toPrecision") => Plain(B::NumberToPrecision),
        ("Boolean", "toString") => Plain(B::BooleanToString),
        ("Date", "getTime" | "valueOf") => Plain(B::DateGetTime),
        ("Date", "toISOString" | "toJSON") => Plain(B::DateToIsoString),
        ("Date", "getFullYear" | "getUTCFullYear") => Plain(B::DateGetFullYear),
        ("Date", "getMonth" | "getUTCMonth") => Plain(B::DateGetMonth),
        ("Date", "getDate" | "getUTCDate") => Plain(B::DateGetDate),
        ("Date", "getDay" | "getUTCDay") => Plain(B::DateGetDay),
        ("Date", "getHours" | "getUTCHours") => Plain(B::DateGetHours),
        ("Date", "getMinutes" | "getUTCMinutes") => Plain(B::DateGetMinutes),
        ("Date", "getSeconds" | "getUTCSeconds") => Plain(B::DateGetSeconds),
        ("Date", "getMilliseconds" | "getUTCMilliseconds") => Plain(B::DateGetMilliseconds),
        ("Map", "get") => Plain(B::MapGet),
        ("Map", "has") => Plain(B::MapHas),
        ("Map", "keys") => Plain(B::MapKeys),
        ("Map", "values") => Plain(B::MapValues),
        ("Map", "entries") => Plain(B::MapEntries),
        ("Set", "has") => Plain(B::SetHas),
        ("Set", "keys" | "values") => Plain(B::SetValues),
        ("Globals", "Number") => Plain(B::ToNumber),
        ("Globals", "Boolean") => Plain(B::ToBoolean),
        ("Globals" | "NumberConstructor", "parseInt") => Plain(B::ParseInt),
        ("Globals" | "NumberConstructor", "parseFloat") => Plain(B::ParseFloat),
        ("Globals", "encodeURIComponent") => Plain(B::EncodeUriComponent),
        ("Globals", "decodeURIComponent") => Plain(B::DecodeUriComponent),
        ("Globals" | "NumberConstructor", "isNaN") => Plain(B::NumberIsNaN),
        ("Globals" | "NumberConstructor", "isFinite") => Plain(B::NumberIsFinite),
        ("NumberConstructor", "isInteger") => Plain(B::NumberIsInteger),
        ("NumberConstructor", "isSafeInteger") => Plain(B::NumberIsSafeInteger),
        ("NumberConstructor", "MAX_SAFE_INTEGER") => Constant(9_007_199_254_740_991.0),
        ("NumberConstructor", "MIN_SAFE_INTEGER") => Constant(-9_007_199_254_740_991.0),
        ("NumberConstructor", "MAX_VALUE") => Constant(f64::MAX),
        ("NumberConstructor", "MIN_VALUE") => Constant(5e-324),
        ("NumberConstructor", "EPSILON") => Constant(f64::EPSILON),
        ("NumberConstructor", "POSITIVE_INFINITY") => Constant(f64::INFINITY),
        ("NumberConstructor", "NEGATIVE_INFINITY") => Constant(f64::NEG_INFINITY),
        ("NumberConstructor", "NaN") => Constant(f64::NAN),
        ("ArrayConstructor", "isArray") => Plain(B::ArrayIsArray),
        ("ArrayConstructor", "from") => Iterate(I::ArrayFrom),
        ("ObjectConstructor", "keys") => Plain(B::ObjectKeys),
        ("ObjectConstructor", "values") => Plain(B::ObjectValues),
        ("ObjectConstructor", "entries") => Plain(B::ObjectEntries),
        ("ObjectConstructor", "fromEntries") => Plain(B::ObjectFromEntries),
        ("ObjectConstructor", "hasOwn") => Plain(B::ObjectHasOwn),
        ("ObjectConstructor", "groupBy") => Iterate(I::GroupBy),
        ("Math", "abs") => Plain(B::MathAbs),
        ("Math", "ceil") => Plain(B::MathCeil),
        ("Math", "floor") => Plain(B::MathFloor),
        ("Math", "round") => Plain(B::MathRound),
        ("Math", "trunc") => Plain(B::MathTrunc),
        ("Math", "sign") => Plain(B::MathSign),
        ("Math", "min") => Plain(B::MathMin),
        ("Math", "max") => Plain(B::MathMax),
        ("Math", "pow") => Plain(B::MathPow),
        ("Math", "sqrt") => Plain(B::MathSqrt),
        ("Math", "cbrt") => Plain(B::MathCbrt),
        ("Math", "hypot") => Plain(B::MathHypot),
        ("Math", "log") => Plain(B::MathLog),
        ("Math", "log2") => Plain(B::MathLog2),
        ("Math", "log10") => Plain(B::MathLog10),
        ("Math", "exp") => Plain(B::MathExp),
        ("Math", "PI") => Constant(std::f64::consts::PI),
        ("Math", "E") => Constant(std::f64::consts::E),
        ("Math", "LN2") => Constant(std::f64::consts::LN_2),
        ("Math", "LN10") => Constant(std::f64::consts::LN_10),
        ("Math", "LOG2E") => Constant(std::f64::consts::LOG2_E),
        ("Math", "LOG10E") => Constant(std::f64::consts::LOG10_E),
        ("Math", "SQRT2") => Constant(std::f64::consts::SQRT_2),
        ("Math", "SQRT1_2") => Constant(std::f64::consts::FRAC_1_SQRT_2),
        ("DateConstructor", "now") => Plain(B::DateNow),
        ("DateConstructor", "parse") => Plain(B::DateParse),
        ("DateConstructor", "UTC") => Plain(B::DateUtc),
        ("JSON", "stringify") => Plain(B::JsonStringify),
        ("Construct", "Map") => Plain(B::MapNew),
        ("Construct", "Set") => Plain(B::SetNew),
        ("Construct", "Date") => Plain(B::DateNew),
        _ => return None,
    })
}

/// The interface that describes a global object such as `Math`.
pub(crate) fn namespace(name: &str) -> Option<&'static str> {
    Some(match name {
        "Math" => "Math",
        "JSON" => "JSON",
        "Array" => "ArrayConstructor",
        "Object" => "ObjectConstructor",
        "Number" => "NumberConstructor",
        "Date" => "DateConstructor",
        "Promise" => "PromiseConstructor",
        "String" => "StringConstructor",
        "Boolean" => "BooleanConstructor",
        _ => return None,
    })
}

/// Every global name that the language knows, for suggestions.
pub(crate) const GLOBALS: &[&str] = &[
    "undefined",
    "NaN",
    "Infinity",
    "Math",
    "JSON",
    "Array",
    "Object",
    "Number",
    "Date",
    "Promise",
    "String",
    "Boolean",
    "parseInt",
    "parseFloat",
    "encodeURIComponent",
    "decodeURIComponent",
    "isNaN",
    "isFinite",
    "Map",
    "Set",
];

/// What to write instead of a member of JavaScript's library that the language leaves out.
pub(crate) fn instead(interface: &str, name: &str) -> Option<&'static str> {
    Some(match (interface, name) {
        ("Array", "push" | "unshift") => "make a new array: `[...list, item]`",
        ("Array", "pop" | "shift") => "read with `at(-1)` or `[0]`, and cut with `slice`",
        ("Array", "splice") => "use `slice`, `concat`, `with` or `filter`, which make a new array",
        ("Array", "sort") => "use `toSorted`, which makes a new array",
        ("Array", "reverse") => "use `toReversed`, which makes a new array",
        ("Array", "fill" | "copyWithin") => "use `map`, which makes a new array",
        ("Array", "forEach") => "use `map`, `filter` or `reduce` and take their result",
        ("Array", "reduceRight") => "use `toReversed().reduce(…)`",
        ("Array", "toSpliced") => "use `slice` and `concat`",
        ("Array" | "String" | "Number" | "Date", "toLocaleString") => {
            "write the format out; `Intl` comes later"
        }
        ("Date", "toLocaleDateString" | "toLocaleTimeString" | "toString" | "toDateString") => {
            "use `toISOString()` and the getters; `Intl` comes later"
        }
        ("Date", n) if n.starts_with("set") => "make another date with `new Date(…)`",
        ("Date", "getTimezoneOffset") => "backends run in UTC; leave it out",
        ("String", "localeCompare") => {
            "compare with `<` and `>`: `a < b ? -1 : a > b ? 1 : 0`; `Intl` comes later"
        }
        ("String", "match" | "matchAll" | "search") => {
            "use `includes`, `indexOf`, `split` or `replaceAll`"
        }
        ("String", "substr") => "use `slice(start, end)`",
        ("String", "trimLeft") => "use `trimStart`",
        ("String", "trimRight") => "use `trimEnd`",
        ("String", "normalize" | "isWellFormed" | "toWellFormed") => "leave the string as it is",
        ("Map", "set") => "give all entries at once: `new Map([...entries, [key, value]])`",
        ("Set", "add") => "give all values at once: `new Set([...values, value])`",
        ("Map" | "Set", "delete" | "clear") => "make another one from filtered entries",
        ("Map" | "Set", "forEach") => "spread it and use `map`: `[...set].map(…)`",
        ("Set", "union" | "intersection" | "difference" | "isSubsetOf" | "isSupersetOf") => {
            "spread both and use `filter`"
        }
        ("Promise", "then") => "use `await` and go on with its value",
        ("Promise", "finally") => "use `await`; nothing is left to clean up",
        ("PromiseConstructor", "race" | "any") => "use `Promise.all`, or a call's `timeout` option",
        ("PromiseConstructor", "resolve") => "write the value itself",
        ("PromiseConstructor", "reject") => "use `throw error(status, code)`",
        ("ObjectConstructor", "assign") => "use spread: `{ ...a, ...b }`",
        ("ObjectConstructor", "freeze" | "seal") => "leave it out: nothing can be changed anyway",
        ("ObjectConstructor", "create" | "defineProperty") => "write an object literal",
        ("ArrayConstructor", "of") => "write an array literal",
        ("Math", "random") => "ask an upstream: a plan gives equal answers for equal input",
        ("JSON", "parse") => "let the contract describe the value; upstreams answer parsed JSON",
        ("Globals", "fetch") => "declare the service as an upstream in `frontage.toml` and call it",
        ("Globals", "console") => "leave it out; traces and logs show every call and its time",
        ("Globals", "setTimeout" | "setInterval" | "queueMicrotask") => {
            "leave it out; use a call's `timeout` option to bound its time"
        }
        ("Globals", "process") => "put settings into `frontage.toml` or a constant",
        ("Globals", "Intl") => "write the format out; `Intl` comes later",
        ("Globals", "structuredClone") => "leave it out: nothing can be changed anyway",
        ("Globals", "Symbol" | "Reflect" | "Proxy" | "globalThis" | "window" | "global") => {
            "use plain objects and functions"
        }
        ("Globals", "BigInt") => "use numbers, or strings for ids",
        ("Globals", "crypto") => "ask an upstream for ids; use `request.id` for the request's own",
        ("Globals", "Buffer" | "URL" | "URLSearchParams" | "TextEncoder") => {
            "use strings and `encodeURIComponent`"
        }
        ("Globals", "RegExp") => "use `includes`, `split` or `replaceAll`",
        ("Globals", "WeakMap" | "WeakSet") => "use `Map` or `Set`",
        _ => return None,
    })
}
