//! What tests drive the real program with: cases, scripted upstreams, processes, a client.
//!
//! In:    Markdown cases and the path of the program.
//! Out:   what the program printed, answered and called.
//! Never: a crate of the product: the suites see what users see.
//!
//! Start at [`case::Case`] for cases, at [`process::Program`] for suites of their own.

pub mod case;
pub mod client;
pub mod document;
pub mod process;
pub mod run;
pub mod supported;
pub mod upstream;
