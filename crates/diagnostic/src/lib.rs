//! Diagnostics as plain data: where something is wrong, what, why, and the fix.
//!
//! In:    source texts ([`SourceMap`]) and faults found by any phase of the compile tower.
//! Out:   [`Diagnostic`]s, sorted and rendered for a terminal or as JSON.
//! Never: I/O, colours by default, or knowledge of what a phase checks.
//!
//! Start at [`Diagnostic`]; [`render`] turns a list of them into text.

mod code;
mod diagnostics;
mod excerpt;
mod json;
mod nearest;
mod render;
mod source;
mod summary;

pub use code::{Area, Code};
pub use diagnostics::{Diagnostic, Label, Severity, sort};
pub use json::to_json;
pub use nearest::nearest;
pub use render::render;
pub use source::{FileId, LineColumn, SourceFile, SourceMap, Span};
pub use summary::{Summary, counted, summary};
