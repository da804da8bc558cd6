//! Diagnostic codes of lowering: what checks, but cannot become a plan. Pages: `docs/errors/`.

use frontage_diagnostic::Code;

/// A function is not known when the route is compiled.
pub const FUNCTION_NOT_KNOWN: Code = Code(4001);
/// Inlined helpers make the plan too large.
pub const PLAN_TOO_LARGE: Code = Code(4002);
/// A call stands in a synchronous callback.
pub const CALL_IN_CALLBACK: Code = Code(4003);
/// A `break` stands where it cannot be followed.
pub const BREAK_TOO_DEEP: Code = Code(4004);
// 4005 and 4006 were faults that checking reports.
/// A route's path lacks a parameter of the operation it passes through to.
pub const PASSTHROUGH_PARAMETER: Code = Code(4007);
/// A call cannot write this operation's body.
pub const BODY_NOT_WRITABLE: Code = Code(4008);
/// A call cannot read this operation's answer.
pub const ANSWER_NOT_READABLE: Code = Code(4009);
/// An unsafe call stands in a route of a safe method.
pub const UNSAFE_IN_SAFE_ROUTE: Code = Code(4010);
/// Several unsafe calls would run side by side.
pub const UNSAFE_SIDE_BY_SIDE: Code = Code(4011);
/// The answer of a safe call is not used (warning).
pub const ANSWER_NOT_USED: Code = Code(4012);
/// A call for each element cannot be made by the bulk operation that stands for it (warning).
pub const NOT_BULK: Code = Code(4013);
