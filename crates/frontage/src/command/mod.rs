//! The commands, one file each.

pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod client;
pub(crate) mod codeowners;
pub(crate) mod dev;
pub(crate) mod diff;
pub(crate) mod explain;
mod fetch;
pub(crate) mod impact;
pub(crate) mod infer;
pub(crate) mod migrate;
pub(crate) mod new;
pub(crate) mod openapi;
mod output;
pub(crate) mod overlap;
pub(crate) mod release;
pub(crate) mod serve;
mod services;
pub(crate) mod types;

use std::process::ExitCode;

use frontage_diagnostic::{Diagnostic, nearest};

use crate::codes;
use crate::workspace::Loaded;

/// How a command ends.
pub(crate) type Done = Result<ExitCode, Diagnostic>;

/// An owner in brackets, for the end of a line.
pub(crate) fn of_owner(owner: Option<&str>) -> String {
    owner.map(|owner| format!(" ({owner})")).unwrap_or_default()
}

/// The frontends that were named, or all; in the workspace's order.
///
/// # Errors
///
/// If a name is none of a frontend.
pub(crate) fn chosen(loaded: &Loaded, names: &[String]) -> Result<Vec<String>, Diagnostic> {
    let known: Vec<&str> = loaded.frontends.iter().map(|f| f.name.as_str()).collect();
    for name in names {
        if !known.contains(&name.as_str()) {
            let fault = Diagnostic::placeless(
                codes::UNKNOWN_FRONTEND,
                format!("the workspace has no frontend `{name}`"),
            );
            return Err(match nearest(name, known.iter().copied()) {
                Some(near) => fault.help(format!("did you mean `{near}`?")),
                None => fault.help(format!("its frontends are: {}", known.join(", "))),
            });
        }
    }
    let all = names.is_empty();
    Ok(known
        .into_iter()
        .filter(|name| all || names.iter().any(|n| n == name))
        .map(str::to_owned)
        .collect())
}
