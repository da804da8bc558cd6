//! `frontage explain`: a backend's plan for people.

use std::process::ExitCode;

use frontage_diagnostic::{Diagnostic, nearest};

use super::{Done, chosen};
use crate::build::build;
use crate::cli::Global;
use crate::codes;
use crate::terminal::{Terminal, print};
use crate::workspace::{find, load};

/// Prints the plan of a frontend, or of one of its routes.
pub(crate) fn run(
    global: &Global,
    terminal: &Terminal,
    frontend: &str,
    route: Option<&str>,
    mermaid: bool,
) -> Done {
    let loaded = load(&find(global.workspace.as_deref())?);
    if !loaded.frontends.is_empty() {
        chosen(&loaded, &[frontend.to_owned()])?;
    }
    let built = build(&loaded);
    let found = built.frontends.iter().find(|f| f.name == frontend);
    let Some(plan) = found.and_then(|f| f.plan.as_ref()) else {
        terminal.refused(&built.diagnostics(&loaded), &loaded.sources);
        return Ok(ExitCode::FAILURE);
    };
    let names: Vec<String> =
        plan.routes.iter().map(|r| format!("{} {}", r.method.as_str(), r.path_text())).collect();
    if let Some(route) = route
        && !names.iter().any(|name| name == route)
    {
        let fault = Diagnostic::placeless(
            codes::UNKNOWN_FRONTEND,
            format!("`{frontend}` has no route `{route}`"),
        );
        return Err(match nearest(route, names.iter().map(String::as_str)) {
            Some(near) => fault.help(format!("did you mean \"{near}\"?")),
            None => fault.help(format!("its routes are: {}", names.join(", "))),
        });
    }
    let explanation = frontage_emit::explain(plan, route);
    print(&if global.json {
        serde_json::to_string_pretty(&explanation).unwrap_or_default()
    } else if mermaid {
        explanation.to_mermaid()
    } else {
        explanation.to_text()
    });
    Ok(ExitCode::SUCCESS)
}
