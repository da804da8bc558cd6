//! The scheduler against a scripted upstream: each test holds every answer in its hand, so that
//! order is a fact and not a matter of time.

// One scripted upstream serves the tests of both crates.
#[path = "../../../upstream/tests/client/scripted.rs"]
mod scripted;

mod plans;

mod answers;
mod bulk;
mod effort;
mod failures;
mod inputs;
mod joining;
mod malformed;
mod overlap;
mod streaming;
mod unsafe_calls;
