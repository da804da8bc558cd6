//! The numbers of this crate's diagnostics. Each has a page in `docs/errors/`; none is reused.

use frontage_diagnostic::Code;

// ------------------------------------------------------- the text as a whole

/// The text is not TypeScript.
pub const SYNTAX: Code = Code(1001);
/// The file is larger than a module may be.
pub const TOO_LARGE: Code = Code(1002);
/// Expressions, statements or types are nested too deeply.
pub const TOO_DEEP: Code = Code(1003);
/// A `/` that may divide or may start a regular expression.
pub const AMBIGUOUS_SLASH: Code = Code(1004);
/// A string holds half of a surrogate pair.
pub const LONE_SURROGATE: Code = Code(1005);

// ------------------------------------------------------------------ mutation

/// `let`, `var`, `using`.
pub const LET: Code = Code(1010);
/// `a = b`, `a += b`.
pub const ASSIGNMENT: Code = Code(1011);
/// `a++`, `--a`.
pub const INCREMENT: Code = Code(1012);
/// `delete a.b`.
pub const DELETE: Code = Code(1013);

// ---------------------------------------------------------------- statements

/// `for`, `while`, `do`.
pub const LOOP: Code = Code(1020);
/// Labels, `continue`, and a `break` that ends no `switch`.
pub const JUMP: Code = Code(1021);
/// `finally`.
pub const FINALLY: Code = Code(1022);
/// `debugger`.
pub const DEBUGGER: Code = Code(1023);
/// `with`.
pub const WITH: Code = Code(1024);
/// A statement at module level that declares nothing.
pub const MODULE_STATEMENT: Code = Code(1025);

// --------------------------------------------------------- functions, classes

/// Classes.
pub const CLASS: Code = Code(1030);
/// `this`, `super`, `new.target`.
pub const THIS: Code = Code(1031);
/// `function*`, `yield`.
pub const GENERATOR: Code = Code(1032);
/// `function` as an expression.
pub const FUNCTION_EXPRESSION: Code = Code(1033);
/// Methods, getters and setters in object literals.
pub const METHOD: Code = Code(1034);
/// `new` with anything but `Map`, `Set`, `Date`.
pub const NEW: Code = Code(1035);
/// A function without a body: an overload.
pub const OVERLOAD: Code = Code(1036);
/// `await` outside a function.
pub const MODULE_AWAIT: Code = Code(1037);
/// `arguments`.
pub const ARGUMENTS: Code = Code(1038);

// --------------------------------------------------------------- expressions

/// `value as T`, `<T>value`.
pub const CAST: Code = Code(1040);
/// `value!`.
pub const NON_NULL: Code = Code(1041);
/// `==` and `!=` with anything but `null`.
pub const LOOSE_EQUALITY: Code = Code(1042);
/// `a, b`.
pub const COMMA: Code = Code(1043);
/// A template with a function before it.
pub const TAGGED_TEMPLATE: Code = Code(1044);
/// `10n`, `bigint`.
pub const BIGINT: Code = Code(1045);
/// `void value`.
pub const VOID: Code = Code(1046);
/// `import(…)`, `import.meta`, `require(…)`.
pub const DYNAMIC_IMPORT: Code = Code(1047);
/// `eval(…)`, `Function(…)`.
pub const EVAL: Code = Code(1048);
/// `[1, , 2]`.
pub const HOLE: Code = Code(1049);
/// `{ __proto__: … }`.
pub const PROTO: Code = Code(1050);
/// `f<T>` without a call.
pub const INSTANTIATION: Code = Code(1051);
/// `<div />`.
pub const JSX: Code = Code(1052);
/// `#name`.
pub const PRIVATE_NAME: Code = Code(1053);
/// `as const` on something that is not a literal.
pub const AS_CONST: Code = Code(1054);
/// A number as a key whose text would need an exponent.
pub const NUMBER_KEY: Code = Code(1055);

// --------------------------------------------------------------------- types

/// `any`.
pub const ANY: Code = Code(1060);
/// `enum`.
pub const ENUM: Code = Code(1061);
/// `namespace`, `declare module`, `declare global`.
pub const NAMESPACE: Code = Code(1062);
/// `A extends B ? C : D`, `infer`.
pub const CONDITIONAL_TYPE: Code = Code(1063);
/// `{ [K in T]: U }`.
pub const MAPPED_TYPE: Code = Code(1064);
/// `` `a${T}` `` as a type.
pub const TEMPLATE_TYPE: Code = Code(1065);
/// `import("…").T`.
pub const IMPORT_TYPE: Code = Code(1066);
/// `new () => T`, and call and construct signatures.
pub const SIGNATURE: Code = Code(1067);
/// `symbol`, `unique symbol`.
pub const SYMBOL: Code = Code(1068);
/// `this` as a type or as a parameter.
pub const THIS_TYPE: Code = Code(1069);
/// `asserts x is T`, and a predicate that is not a return type.
pub const PREDICATE: Code = Code(1070);
/// `get` and `set` in an object type.
pub const TYPE_ACCESSOR: Code = Code(1071);
/// A member, parameter or method of a type without a type of its own.
pub const MISSING_TYPE: Code = Code(1072);
/// `declare const`, `declare function`.
pub const DECLARE: Code = Code(1073);
/// `@name`.
pub const DECORATOR: Code = Code(1074);
/// `[key]: T` in an object type, where `key` is not a literal.
pub const COMPUTED_TYPE_KEY: Code = Code(1075);
/// `in T`, `out T`.
pub const VARIANCE: Code = Code(1076);
/// A type spelt as in documentation comments: `?T`, `T!`, `*`.
pub const COMMENT_TYPE: Code = Code(1077);

// ------------------------------------------------------------------- modules

/// `export default`, `export =`.
pub const EXPORT_DEFAULT: Code = Code(1080);
/// `export *`.
pub const EXPORT_ALL: Code = Code(1081);
/// `import "…"` without names.
pub const IMPORT_NOTHING: Code = Code(1082);
/// `with { … }`, `import defer`, `import source`.
pub const IMPORT_ATTRIBUTES: Code = Code(1083);
/// `import x = …`, `export import`, `export as namespace`.
pub const IMPORT_EQUALS: Code = Code(1084);
/// `export { a as "b" }`.
pub const STRING_NAME: Code = Code(1085);
