//! From route modules and contracts to a plan: resolve, check, lower.
//!
//! In:    parsed contracts and the texts of a frontend's modules ([`FrontendInput`]).
//! Out:   a [`frontage_plan::Plan`] and every diagnostic that was found.
//! Never: I/O, clocks, randomness. Equal input gives an equal plan, byte for byte.
//!
//! Start at [`compile`].

pub mod bulk;
mod check;
pub mod codes;
pub mod declared;
pub mod hir;
mod input;
mod instead;
mod json_text;
pub mod lower;
mod pattern;
mod prelude;
mod resolve;
pub mod types;

use frontage_diagnostic::{Area, Code, Diagnostic, FileId, Severity, SourceMap, Span};
use frontage_plan::Plan;

use hir::Checked;
pub use input::{FrontendInput, SessionField, SessionType, UpstreamInput, Workspace};

/// What became of a frontend.
#[derive(Debug)]
pub struct Compiled {
    /// The checked form; `None` if anything was wrong.
    pub checked: Option<Checked>,
    /// The plan; `None` if anything was wrong.
    pub plan: Option<Plan>,
    /// Every diagnostic, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Resolves and checks a frontend; the checked form is there only if nothing is wrong.
#[must_use]
pub fn check(
    workspace: &Workspace,
    frontend: &FrontendInput,
    sources: &SourceMap,
) -> (Option<Checked>, Vec<Diagnostic>) {
    let (modules, mut diagnostics) = resolve::resolve(workspace, frontend, sources);
    let (checked, found) = check::check(workspace, frontend, &modules, sources);
    diagnostics.extend(found);
    without_followers(&mut diagnostics);
    frontage_diagnostic::sort(&mut diagnostics, sources);
    diagnostics.dedup();
    let wrong = diagnostics.iter().any(|d| d.severity == Severity::Error);
    ((!wrong).then_some(checked), diagnostics)
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

/// Compiles a frontend to its plan.
#[must_use]
pub fn compile(workspace: &Workspace, frontend: &FrontendInput, sources: &SourceMap) -> Compiled {
    let (checked, mut diagnostics) = check(workspace, frontend, sources);
    let mut plan = None;
    if let Some(checked) = &checked {
        let (lowered, found) = lower::lower(workspace, &frontend.name, checked, sources);
        let wrong = found.iter().any(|d| d.severity == Severity::Error);
        diagnostics.extend(found);
        frontage_diagnostic::sort(&mut diagnostics, sources);
        plan = (!wrong).then_some(lowered);
    }
    Compiled { checked, plan, diagnostics }
}
