//! Codes that refuse by design what tsc may accept: forms, names and uses that the language leaves
//! out. Every other code is a judgement about types, in which tsc must agree; of FR2103 that what is
//! read is `any` to it (`main.mjs`).

use frontage_compile::codes;
use frontage_diagnostic::{Area, Code};

/// Refusals among the FR2xxx.
const BY_DESIGN: &[Code] = &[
    codes::OTHER_FRONTEND,
    codes::MISSING_EXTENSION,
    codes::IMPORT_CYCLE,
    codes::IMPORT_OF_ROUTE,
    codes::ROUTE_FILE_NAME,
    codes::SAME_PATH,
    codes::NOT_A_METHOD,
    codes::NOT_A_ROUTE,
    codes::RECURSION,
    // Lists within an alias of itself: an object has to stand between.
    codes::CIRCULAR_TYPE,
    // Types of JavaScript's library that the language leaves out.
    codes::UNKNOWN_TYPE,
    codes::TYPE_FORM,
    codes::MODULE_PATTERN,
    codes::NOT_A_VALUE,
    // tsc lets functions read what is declared below them, whenever they are called.
    codes::USED_BEFORE_DECLARED,
    codes::CALL_AT_MODULE,
    codes::CLOCK_AT_MODULE,
    codes::NOT_IN_LIBRARY,
    codes::METHOD_AS_VALUE,
    codes::FUNCTION_AS_VALUE,
    codes::INSTANCEOF,
    codes::REGEX,
    codes::THROWN,
    codes::USELESS,
    codes::LITERAL_WANTED,
    codes::TOO_COMPLEX,
    codes::SPREAD_FORM,
    codes::CALL_OPTION,
    codes::FORGOTTEN_AWAIT,
    codes::ASYNC_CALLBACK,
    codes::PROMISE_LIST,
    codes::UNSAFE_IN_GET,
    codes::UNSAFE_TOGETHER,
    codes::UNSAFE_IN_MAP,
    codes::OPERATION_AS_VALUE,
    codes::BINARY_ANSWER,
    codes::CALL_TYPES,
    codes::ROUTE_ARGUMENTS,
    codes::ROUTE_INPUT,
    codes::ROUTE_PARAMS,
    codes::ZOD,
    codes::REPLY,
    // Of a union that has an object whose members may all be missing, tsc takes functions for that.
    codes::NOT_JSON,
    codes::PASSTHROUGH,
];

/// Whether `code` refuses by design.
pub(super) fn by_design(code: Code) -> bool {
    matches!(code.area(), Area::Syntax | Area::Plan) || BY_DESIGN.contains(&code)
}
