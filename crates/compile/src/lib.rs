//! From route modules and contracts to a plan: resolve, check, lower.
//!
//! In:    parsed contracts and the texts of a frontend's modules ([`FrontendInput`]).
//! Out:   a [`frontage_plan::Plan`] and every diagnostic that was found.
//! Never: I/O, clocks, randomness. Equal input gives an equal plan, byte for byte.
//!
//! Start at [`compile`].

mod check;
pub mod codes;
pub mod declared;
pub mod hir;
mod input;
mod instead;
pub mod lower;
mod pattern;
mod prelude;
mod resolve;
pub mod types;

use frontage_diagnostic::{Area, Code, Diagnostic, FileId, Severity, SourceMap};
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
    // What was not read for its syntax is not missing.
    let broken: Vec<_> = files_of(&diagnostics, |code| code.area() == Area::Syntax);
    diagnostics.retain(|d| {
        d.code != codes::NOT_A_METHOD || !d.primary.iter().any(|p| broken.contains(&p.span.file))
    });
    frontage_diagnostic::sort(&mut diagnostics, sources);
    diagnostics.dedup();
    let wrong = diagnostics.iter().any(|d| d.severity == Severity::Error);
    ((!wrong).then_some(checked), diagnostics)
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
