//! The order of routes, and routes that hand on an upstream's answer as it is.

use std::cmp::Ordering;

use frontage_contract::Location;
use frontage_diagnostic::Diagnostic;
use frontage_plan::{Method, Passthrough, PassthroughSource, PathSegment};

use super::codes;
use super::operations::{self, Operations};
use crate::Workspace;
use crate::hir::{CheckedRoute, OperationRef};

/// Of two routes that match one path the more specific stands first; then by path and method.
pub(crate) fn order(a: (&[PathSegment], Method), b: (&[PathSegment], Method)) -> Ordering {
    by_path(a.0, b.0).then_with(|| names(a.0).cmp(names(b.0))).then_with(|| a.1.cmp(&b.1))
}

fn names(path: &[PathSegment]) -> impl Iterator<Item = &str> {
    path.iter().map(|segment| match segment {
        PathSegment::Literal(name) | PathSegment::Parameter(name) | PathSegment::Rest(name) => {
            &**name
        }
    })
}

/// Literal before parameter before rest, at the first segment that differs in kind or text.
fn by_path(a: &[PathSegment], b: &[PathSegment]) -> Ordering {
    let rank = |segment: &PathSegment| match segment {
        PathSegment::Literal(_) => 0,
        PathSegment::Parameter(_) => 1,
        PathSegment::Rest(_) => 2,
    };
    for (x, y) in a.iter().zip(b) {
        let order = match (x, y) {
            (PathSegment::Literal(x), PathSegment::Literal(y)) => x.cmp(y),
            _ => rank(x).cmp(&rank(y)),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

/// Lowers `passthrough(...)`: parameters are filled by the route's own of the same name.
pub(super) fn passthrough(
    workspace: &Workspace,
    reference: OperationRef,
    route: &CheckedRoute,
    timeout_ms: Option<u32>,
    operations: &mut Operations,
    diagnostics: &mut Vec<Diagnostic>,
) -> Passthrough {
    let declared = operations::declared(workspace, reference);
    let mut arguments = Vec::new();
    for (index, parameter) in declared.parameters.iter().enumerate() {
        let name = parameter.name.as_str();
        let source = match parameter.location {
            Location::Path => {
                let has = route.path.iter().any(|segment| match segment {
                    PathSegment::Parameter(own) | PathSegment::Rest(own) => &**own == name,
                    PathSegment::Literal(_) => false,
                });
                if !has {
                    diagnostics.push(
                        Diagnostic::error(
                            codes::PASSTHROUGH_PARAMETER,
                            route.span,
                            format!(
                                "this route's path has no parameter `{name}`, which `{}` needs",
                                declared.name
                            ),
                        )
                        .also(parameter.span, "declared here")
                        .help(format!("name the file or folder of this route `[{name}]`")),
                    );
                    continue;
                }
                PassthroughSource::Path(name.into())
            }
            Location::Query => PassthroughSource::Query(name.into()),
            Location::Header => PassthroughSource::Header(name.into()),
            // Cookies belong to the front door and are never handed on.
            Location::Cookie => continue,
        };
        arguments.push((index as u16, source));
    }
    Passthrough { operation: operations.id(reference), arguments, timeout_ms }
}
