//! Numbers of the faults that reading a contract can find; each has a page in `docs/errors/`.

use frontage_diagnostic::Code;

/// The text is not YAML or JSON.
pub const BROKEN_TEXT: Code = Code(3001);
/// The document is no OpenAPI contract.
pub const NOT_A_CONTRACT: Code = Code(3002);
/// The kind or version of contract is not supported.
pub const UNSUPPORTED_CONTRACT: Code = Code(3003);
/// The document goes beyond what is read.
pub const LIMIT: Code = Code(3004);
/// A reference leads nowhere.
pub const DANGLING_REFERENCE: Code = Code(3005);
/// A reference leads to another machine.
pub const REMOTE_REFERENCE: Code = Code(3006);
/// References lead in a circle without ever reaching anything.
pub const REFERENCE_CIRCLE: Code = Code(3007);
/// A file that is referred to cannot be read.
pub const UNREADABLE_FILE: Code = Code(3008);
/// A schema is malformed.
pub const MALFORMED_SCHEMA: Code = Code(3009);
/// A part of an operation is malformed.
pub const MALFORMED_OPERATION: Code = Code(3010);
/// Two operations have one name.
pub const DUPLICATE_OPERATION: Code = Code(3011);
/// The path and the declared path parameters contradict each other.
pub const PATH_PARAMETER: Code = Code(3012);
/// Two arguments of one operation have one name.
pub const ARGUMENT_CLASH: Code = Code(3013);
/// `allOf` leads back to the schema it stands in.
pub const ALL_OF_CIRCLE: Code = Code(3014);
/// A keyword has no effect as it stands.
pub const IGNORED_KEYWORD: Code = Code(3015);
/// A key stands twice in one object.
pub const DUPLICATE_KEY: Code = Code(3016);
