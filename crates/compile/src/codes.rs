//! The numbers of the checker's diagnostics. Each has a page in `docs/errors/`; none is reused.

use frontage_diagnostic::Code;

/// An import that leads to no module.
pub const UNKNOWN_MODULE: Code = Code(2001);
/// An import from another frontend's folder.
pub const OTHER_FRONTEND: Code = Code(2002);
/// A relative import without `.ts`.
pub const MISSING_EXTENSION: Code = Code(2003);
/// Imports that form a circle.
pub const IMPORT_CYCLE: Code = Code(2004);
/// An import of a name that its module does not export.
pub const UNKNOWN_EXPORT: Code = Code(2005);
/// An import of a route module.
pub const IMPORT_OF_ROUTE: Code = Code(2006);
/// A route file whose name gives no path.
pub const ROUTE_FILE_NAME: Code = Code(2007);
/// Two routes of one method and path.
pub const SAME_PATH: Code = Code(2008);
/// An export of a route module that is no route.
pub const NOT_A_METHOD: Code = Code(2009);
/// An exported method that is no call of `route` or `passthrough`.
pub const NOT_A_ROUTE: Code = Code(2010);
/// A segment of a route's path that means something else in other frameworks (warning).
pub const FOREIGN_NAME: Code = Code(2011);
/// A name that nothing declares.
pub const UNKNOWN_NAME: Code = Code(2020);
/// A name that is declared twice.
pub const DUPLICATE_NAME: Code = Code(2021);
/// A name that is used before its declaration.
pub const USED_BEFORE_DECLARED: Code = Code(2022);
/// A helper or constant that needs itself.
pub const RECURSION: Code = Code(2023);
/// A type used as a value, or a value as a type.
pub const TYPE_AS_VALUE: Code = Code(2024);
/// A type's name that nothing declares.
pub const UNKNOWN_TYPE: Code = Code(2025);
/// Type arguments that do not fit their declaration.
pub const TYPE_ARGUMENTS: Code = Code(2026);
/// A type alias made of itself.
pub const CIRCULAR_TYPE: Code = Code(2027);
/// A form of type that the language leaves out.
pub const TYPE_FORM: Code = Code(2028);
/// Destructuring at module level.
pub const MODULE_PATTERN: Code = Code(2029);
/// Something that cannot stand as a value.
pub const NOT_A_VALUE: Code = Code(2030);
/// A call of an upstream outside a function.
pub const CALL_AT_MODULE: Code = Code(2031);
/// The clock, asked outside a function.
pub const CLOCK_AT_MODULE: Code = Code(2032);
/// A value of the wrong type.
pub const NOT_ASSIGNABLE: Code = Code(2101);
/// A value that may be missing, used as if it were there.
pub const MAYBE_MISSING: Code = Code(2102);
/// An `unknown` that is used without a check.
pub const UNKNOWN_USED: Code = Code(2103);
/// A field that its type does not have.
pub const UNKNOWN_MEMBER: Code = Code(2104);
/// An object without a field that is wanted.
pub const MISSING_MEMBER: Code = Code(2105);
/// An object literal with a field that is not wanted.
pub const EXCESS_MEMBER: Code = Code(2106);
/// A comparison that can only go one way.
pub const NO_OVERLAP: Code = Code(2107);
/// An operand of the wrong type.
pub const OPERAND: Code = Code(2108);
/// A call of something that is no function.
pub const NOT_CALLABLE: Code = Code(2109);
/// Too many or too few arguments.
pub const ARGUMENT_COUNT: Code = Code(2110);
/// A key that its object does not have.
pub const INDEX: Code = Code(2111);
/// A parameter without a type.
pub const UNTYPED_PARAMETER: Code = Code(2112);
/// A function that may end without its result.
pub const MISSING_RETURN: Code = Code(2113);
/// Something that cannot be spread or taken apart.
pub const SPREAD: Code = Code(2114);
/// `instanceof` with another class.
pub const INSTANCEOF: Code = Code(2115);
/// A condition that decides nothing.
pub const CONDITION: Code = Code(2116);
/// A part of JavaScript's library that the language leaves out.
pub const NOT_IN_LIBRARY: Code = Code(2117);
/// A method that is not called.
pub const METHOD_AS_VALUE: Code = Code(2118);
/// A function where a plain value is wanted.
pub const FUNCTION_AS_VALUE: Code = Code(2119);
/// A regular expression outside an input schema.
pub const REGEX: Code = Code(2120);
/// Something thrown that is no error.
pub const THROWN: Code = Code(2121);
/// A statement without effect.
pub const USELESS: Code = Code(2122);
/// A value that must be written as a literal.
pub const LITERAL_WANTED: Code = Code(2123);
/// Modules that are too complex to check.
pub const TOO_COMPLEX: Code = Code(2124);
/// A spread that the language leaves out.
pub const SPREAD_FORM: Code = Code(2125);
/// An import of an upstream that the workspace lacks.
pub const UNKNOWN_UPSTREAM: Code = Code(2201);
/// An operation that the contract does not have.
pub const UNKNOWN_OPERATION: Code = Code(2202);
/// A call without a required parameter.
pub const MISSING_ARGUMENT: Code = Code(2203);
/// A call with a parameter that the operation lacks.
pub const UNKNOWN_ARGUMENT: Code = Code(2204);
/// An option of a call that cannot be.
pub const CALL_OPTION: Code = Code(2205);
/// An operation whose contract is faulty.
pub const FAULTY_OPERATION: Code = Code(2206);
/// A promise that nothing awaits.
pub const FORGOTTEN_AWAIT: Code = Code(2207);
/// `await` in a function that is not `async`.
pub const AWAIT_OUTSIDE: Code = Code(2208);
/// A callback that gives promises.
pub const ASYNC_CALLBACK: Code = Code(2209);
/// A list of promises that is not written in place.
pub const PROMISE_LIST: Code = Code(2210);
/// A call that changes something in a route that only reads.
pub const UNSAFE_IN_GET: Code = Code(2211);
/// Two calls that change something, side by side.
pub const UNSAFE_TOGETHER: Code = Code(2212);
/// A call that changes something for each element of a list.
pub const UNSAFE_IN_MAP: Code = Code(2213);
/// An operation that is not called.
pub const OPERATION_AS_VALUE: Code = Code(2214);
/// A call whose answer is bytes.
pub const BINARY_ANSWER: Code = Code(2215);
/// Type arguments of a call whose type follows from elsewhere.
pub const CALL_TYPES: Code = Code(2216);
/// Wrong arguments of `route`.
pub const ROUTE_ARGUMENTS: Code = Code(2301);
/// A faulty input of a route.
pub const ROUTE_INPUT: Code = Code(2302);
/// A path parameter that the path does not have.
pub const ROUTE_PARAMS: Code = Code(2303);
/// A schema outside the supported subset.
pub const ZOD: Code = Code(2304);
/// A result that JSON cannot carry.
pub const NOT_JSON: Code = Code(2305);
/// A faulty reply.
pub const REPLY: Code = Code(2306);
/// A faulty `passthrough`.
pub const PASSTHROUGH: Code = Code(2307);
/// A part of a request that can hold no text, where all values are texts (warning).
pub const NO_TEXT: Code = Code(2308);
/// A file of declared operations that is not of the form.
pub const DECLARED_FORM: Code = Code(3020);
/// A declared type that no JSON has.
pub const DECLARED_TYPE: Code = Code(3021);
/// A declared path that its arguments contradict.
pub const DECLARED_PATH: Code = Code(3022);
/// A bulk operation of `frontage.toml` that cannot stand for single calls.
pub const BULK: Code = Code(5019);
