//! From route modules and contracts to a plan: resolve, check, lower, link.
//!
//! In:    parsed contracts and the texts of a frontend's modules ([`FrontendInput`]).
//! Out:   a [`frontage_plan::Plan`] and every diagnostic that was found.
//! Never: I/O, clocks, randomness. Equal input gives an equal plan, byte for byte.
//!
//! Start at [`compile`], then `unit`.

pub mod bulk;
mod check;
pub mod codes;
pub mod declared;
pub mod hir;
mod input;
mod instead;
mod json_text;
mod link;
pub mod lower;
mod pattern;
mod prelude;
mod resolve;
pub mod types;
mod unit;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use frontage_diagnostic::{Area, Code, Diagnostic, FileId, SourceMap, Span};
use frontage_plan::Plan;

pub use frontage_syntax::is_word;
use hir::Checked;
pub use input::{FrontendInput, SessionField, SessionType, UpstreamInput, Workspace};
pub use unit::{Memory, Project, Unit};

/// What became of a frontend.
#[derive(Debug)]
pub struct Compiled {
    /// The checked form of each unit; none if anything was wrong.
    pub checked: Vec<Arc<Checked>>,
    /// The plan; `None` if anything was wrong.
    pub plan: Option<Plan>,
    /// Every diagnostic, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
    /// By the file of a route module that did not check: the errors that it met, wherever they are.
    pub faulty: BTreeMap<FileId, Vec<Diagnostic>>,
    /// Every module that a route module imports, directly or not, and the route modules themselves.
    pub modules: BTreeSet<FileId>,
}

/// Takes away what only follows from something else that was reported.
fn without_followers(diagnostics: &mut Vec<Diagnostic>) {
    let spans = |kind: &dyn Fn(&Diagnostic) -> bool| -> Vec<Span> {
        let faults = diagnostics.iter().filter(|d| kind(d));
        faults.filter_map(|d| d.primary.as_ref().map(|p| p.span)).collect()
    };
    // What was not read for its syntax is not missing; nor is a route that stands elsewhere.
    let broken = files_of(diagnostics, |code| code.area() == Area::Syntax);
    let misplaced = files_of(diagnostics, |code| code == codes::NOT_A_VALUE);
    // The parser says of an `await` what the checker says better, and a handler's is said once.
    let awaits = spans(&|d| d.code == codes::AWAIT_OUTSIDE);
    let handlers = spans(&|d| d.message == check::NOT_ASYNC);
    let inside = |around: &Span, at: Span| {
        around.file == at.file && around.start <= at.start && at.end <= around.end
    };
    diagnostics.retain(|d| {
        let Some(at) = d.primary.as_ref().map(|p| p.span) else { return true };
        match d.code {
            codes::NOT_A_METHOD => {
                let of_file = at.start == at.end;
                !(broken.contains(&at.file) || of_file && misplaced.contains(&at.file))
            }
            codes::AWAIT_OUTSIDE => !handlers.iter().any(|handler| inside(handler, at)),
            code if code.area() == Area::Syntax => {
                !awaits.iter().any(|a| a.file == at.file && a.start == at.start)
            }
            _ => true,
        }
    });
}

/// Files with faults of a kind.
fn files_of(diagnostics: &[Diagnostic], kind: impl Fn(Code) -> bool) -> Vec<FileId> {
    let faults = diagnostics.iter().filter(|d| kind(d.code));
    faults.filter_map(|d| d.primary.as_ref().map(|p| p.span.file)).collect()
}

/// Compiles a frontend to its plan. [`Project`] does the same in pieces.
#[must_use]
pub fn compile(workspace: &Workspace, frontend: &FrontendInput, sources: &SourceMap) -> Compiled {
    let project = Project::new(workspace, frontend, sources, &Memory::default());
    let made = (0..project.open()).map(|at| project.make(at)).collect();
    project.link(made).0
}

/// The plan of a single unit, and what lowering found.
#[cfg(test)]
fn lowered(
    workspace: &Workspace,
    frontend: &str,
    checked: &Checked,
    sources: &SourceMap,
) -> (Plan, Vec<Diagnostic>) {
    let (part, found) = lower::lower(workspace, checked, sources);
    (link::link(&frontend.into(), workspace, &[&part]), found)
}
