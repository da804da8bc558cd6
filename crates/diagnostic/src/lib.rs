//! Diagnostics as plain data: where something is wrong, what, why, and the fix.
//!
//! In:    source texts ([`SourceMap`]) and faults found by any phase of the compile tower.
//! Out:   [`Diagnostic`]s, sorted and rendered for a terminal or as JSON.
//! Never: I/O, colours by default, or knowledge of what a phase checks.
//!
//! Start at [`Diagnostic`]; [`render`] turns a list of them into text.

mod code;
mod diagnostics;
mod render;
mod source;

pub use code::{Area, Code};
pub use diagnostics::{Diagnostic, Label, Severity, sort};
pub use render::{render, to_json};
pub use source::{FileId, LineColumn, SourceFile, SourceMap, Span};
