//! Numbers of the diagnostics about configuration and the workspace's layout (FR5xxx).

use frontage_diagnostic::Code;

/// A configuration file is not TOML.
pub(crate) const TOML_SYNTAX: Code = Code(5001);
/// A key that nothing reads.
pub(crate) const UNKNOWN_KEY: Code = Code(5002);
/// A value of another type than the key takes.
pub(crate) const WRONG_TYPE: Code = Code(5003);
/// A key that must be there is not.
pub(crate) const MISSING_KEY: Code = Code(5004);
/// A value of the right type that says nothing usable.
pub(crate) const INVALID_VALUE: Code = Code(5005);
/// A file cannot be read.
pub(crate) const UNREADABLE: Code = Code(5006);
/// No workspace here.
pub(crate) const NO_WORKSPACE: Code = Code(5007);
/// No such frontend, or none at all.
pub(crate) const UNKNOWN_FRONTEND: Code = Code(5008);
/// Two frontends want one address.
pub(crate) const SHARED_ADDRESS: Code = Code(5009);
/// A `${...}` reference that cannot be resolved.
pub(crate) const UNRESOLVED_REFERENCE: Code = Code(5010);
/// A backend cannot start.
pub(crate) const CANNOT_START: Code = Code(5011);
/// A setting that this version does not have yet.
pub(crate) const NOT_YET: Code = Code(5012);
/// `kind = "dev"` on an address that others can reach.
pub(crate) const DEV_BEYOND_LOOPBACK: Code = Code(5013);
/// A route and a static file under one path.
pub(crate) const ROUTE_HIDES_FILE: Code = Code(5014);
/// `[upstreams.X.operations.OP]` names an operation that the contract lacks.
pub(crate) const UNKNOWN_OPERATION: Code = Code(5015);
/// A command of `[dev] run` failed.
pub(crate) const DEV_COMMAND: Code = Code(5016);
/// A folder that must not be written to, or cannot.
pub(crate) const CANNOT_WRITE: Code = Code(5017);
/// A file below `routes/` that is no module of the language (warning).
pub(crate) const NOT_A_ROUTE_FILE: Code = Code(5018);
/// A release that cannot be used, or is not there.
pub(crate) const RELEASE_REFUSED: Code = Code(5020);
/// No supervisor listens there.
pub(crate) const NO_SUPERVISOR: Code = Code(5021);
/// A contract with more faults than are shown.
pub(crate) const MORE_FINDINGS: Code = Code(5030);
/// A sample answer that cannot be used.
pub(crate) const NO_SAMPLE: Code = Code(5031);
