//! Runs one route of a plan for one request.
//!
//! In:    a plan, an accepted request, clients of the upstreams.
//! Out:   an [`Outcome`]: status, headers, body or problem, and what happened on the way.
//! Never: a setting of a listener, TypeScript, a contract; trust in a static type; a call that
//!        goes on, unless it is unsafe, after nobody waits for it.
//!
//! Futures of this crate belong to one thread and run inside a `tokio::task::LocalSet`.
//!
//! Start at [`execute`]; then `run`, the scheduler.

mod check;
mod clients;
mod engine;
mod eval;
mod execute;
mod forward;
mod input;
mod outcome;
mod passthrough;
mod prepare;
mod reply;
mod request;
mod run;
mod validate;

pub use check::PrepareError;
pub use clients::Clients;
pub use engine::Engine;
pub use eval::Compute;
pub use execute::{CheckedInput, InputFault, check_input, execute};
pub use forward::{Asked, Handover, NotHandedOver, ask, hand_over};
pub use frontage_json::{JsonFault, Object, Text, Value, parse_any};
pub use frontage_upstream::{
    Address, AddressError, BoxError, Deadlines, Dial, Passed, Reason, Scheme, Settings, Stream,
    StreamBody,
};
pub use outcome::{
    CallRecord, CallResult, DriftFault, DriftRecord, InputPart, Issue, Outcome, OutcomeBody,
    Problem,
};
pub use passthrough::passthrough;
pub use request::{PassthroughRequest, RouteRequest, Trace, id_text};
