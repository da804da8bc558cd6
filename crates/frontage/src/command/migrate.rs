//! `frontage migrate`: what still goes to the backend that was there before, and how moved routes
//! compare with it.

use std::collections::BTreeSet;
use std::process::ExitCode;

use frontage_diagnostic::{Diagnostic, counted};
use frontage_plan::Plan;
use serde::Deserialize;
use serde_json::Value;

use super::fetch::fetch;
use super::{Done, chosen, of_owner};
use crate::build::build;
use crate::cli::Global;
use crate::codes;
use crate::config::FrontendConfig;
use crate::terminal::{Terminal, Tone, print};
use crate::workspace::{find, load};

/// What a backend has counted.
#[derive(Debug, Deserialize)]
struct Counted {
    paths: Vec<PathUse>,
    compared: Vec<Compared>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PathUse {
    method: String,
    path: String,
    requests: u64,
    failed: u64,
    answer_bytes: u64,
    seconds: f64,
}

#[derive(Debug, Deserialize)]
struct Compared {
    method: String,
    route: String,
    same: u64,
    different: u64,
    failed: u64,
    skipped: u64,
    differences: Vec<Difference>,
    more: u64,
}

#[derive(Debug, Deserialize)]
struct Difference {
    path: String,
    how: String,
    count: u64,
    old: String,
    new: String,
}

/// Prints the list of one frontend, or of all that hand paths over.
pub(crate) fn run(
    global: &Global,
    terminal: &Terminal,
    frontends: &[String],
    admin: Option<&str>,
) -> Done {
    let loaded = load(&find(global.workspace.as_deref())?);
    let names = chosen(&loaded, frontends)?;
    let named = !frontends.is_empty();
    let own = |config: &&FrontendConfig| {
        names.contains(&config.name) && (named || !config.legacy.is_empty())
    };
    let configs: Vec<&FrontendConfig> = loaded.frontends.iter().filter(own).collect();
    if configs.is_empty() {
        let message = "no frontend hands paths over to another backend";
        return Err(Diagnostic::placeless(codes::UNKNOWN_FRONTEND, message)
            .help("name one by `[[legacy]]` in a `frontend.toml`, with its `path` and `url`"));
    }
    if admin.is_some() && configs.len() > 1 {
        let message = "`--admin` is the address of one backend";
        return Err(Diagnostic::placeless(codes::INVALID_VALUE, message)
            .help("name the frontend: `frontage migrate NAME --admin ADDRESS`"));
    }
    let built = build(&loaded);
    let mut all = Vec::new();
    let mut out = String::new();
    for config in configs {
        let (raw, seen) = ask(config, admin)?;
        let plan = built.frontends.iter().find(|own| own.name == config.name);
        let plan = plan.and_then(|own| own.plan.as_deref());
        let unseen = unseen(config, plan, &seen);
        if global.json {
            let mut value = raw;
            value["frontend"] = config.name.clone().into();
            value["owner"] = config.owner.clone().into();
            value["unseen"] = unseen.into();
            all.push(value);
        } else {
            text(terminal, config, plan, &seen, &unseen, &mut out);
        }
    }
    match global.json {
        true => print(&serde_json::json!({ "frontends": all }).to_string()),
        false => print(out.trim_end()),
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks a backend's admin listener.
fn ask(config: &FrontendConfig, admin: Option<&str>) -> Result<(Value, Counted), Diagnostic> {
    let known = config.admin.as_ref().and_then(|admin| admin.value.resolve().ok());
    let Some(address) = admin.map(str::to_owned).or(known) else {
        let message = format!("where the admin listener of `{}` is, nobody says", config.name);
        return Err(Diagnostic::placeless(codes::NO_SUPERVISOR, message).help(
            "give the address that `frontage serve` printed with `--admin`, or set `[admin] listen`",
        ));
    };
    let wrong = |why: String| {
        Diagnostic::placeless(
            codes::NO_SUPERVISOR,
            format!("the admin listener of `{}` at {address}: {why}", config.name),
        )
        .help("is its backend running?")
    };
    let host = if address.contains("://") { address.clone() } else { format!("http://{address}") };
    let body = fetch(&host, "/migration").map_err(wrong)?;
    let raw: Value = serde_json::from_slice(&body).map_err(|e| wrong(e.to_string()))?;
    if !raw.is_object() {
        return Err(wrong("its answer is of no backend".to_owned()));
    }
    let seen = serde_json::from_value(raw.clone()).map_err(|e| wrong(e.to_string()))?;
    Ok((raw, seen))
}

/// What the old contract has, and neither a route nor a request that was handed over has met.
fn unseen(config: &FrontendConfig, plan: Option<&Plan>, seen: &Counted) -> Vec<String> {
    // Parameters may be called otherwise.
    let plain = |path: &str| {
        let parts = path.split('/').map(|part| if part.contains('{') { "{}" } else { part });
        parts.collect::<Vec<_>>().join("/")
    };
    let moved =
        plan.into_iter().flat_map(|plan| &plan.routes).map(|route| plain(&route.path_text()));
    let met = seen.paths.iter().map(|own| plain(&own.path));
    let known: BTreeSet<String> = moved.chain(met).collect();
    let all = config.legacy.iter().flat_map(|legacy| &legacy.settings.templates);
    all.filter(|path| !known.contains(&plain(path))).cloned().collect()
}

/// A text from elsewhere, without what a terminal would obey.
fn plain(text: &str) -> String {
    let cut: String = text.chars().take(300).collect();
    cut.replace(char::is_control, "\u{fffd}")
}

fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "for people")]
    let bytes = bytes as f64;
    match bytes {
        b if b >= 1e9 => format!("{:.1} GB", b / 1e9),
        b if b >= 1e6 => format!("{:.1} MB", b / 1e6),
        b if b >= 1e3 => format!("{:.1} kB", b / 1e3),
        b => format!("{b} B"),
    }
}

fn text(
    terminal: &Terminal,
    config: &FrontendConfig,
    plan: Option<&Plan>,
    seen: &Counted,
    unseen: &[String],
    out: &mut String,
) {
    let owner = of_owner(config.owner.as_deref());
    let routes = plan.map_or(0, |plan| plan.routes.len());
    out.push_str(&format!(
        "{}{owner}: {} here, {} left to the backend before\n",
        terminal.paint(Tone::Strong, &config.name),
        counted(routes, "route"),
        counted(seen.paths.len(), "path"),
    ));
    if !seen.paths.is_empty() {
        out.push_str("\n  requests   failed  mean answer  mean time  path\n");
    }
    #[expect(clippy::cast_precision_loss, reason = "for people")]
    for own in &seen.paths {
        let requests = own.requests.max(1);
        out.push_str(&format!(
            "  {:>8} {:>8} {:>12} {:>7.1} ms  {} {}\n",
            own.requests,
            own.failed,
            size(own.answer_bytes / requests),
            own.seconds * 1000.0 / requests as f64,
            plain(&own.method),
            plain(&own.path)
        ));
    }
    if !seen.compared.is_empty() {
        out.push_str("\n  moved, and compared with it:\n");
    }
    for own in &seen.compared {
        let tone = if own.different > 0 { Tone::Bad } else { Tone::Good };
        let word = match (own.different, own.same) {
            (0, 0) => "not compared yet",
            (0, _) => "the same",
            _ => "differs",
        };
        out.push_str(&format!(
            "    {} {} {}  {} same, {} different, {} failed there, {} skipped\n",
            plain(&own.method),
            plain(&own.route),
            terminal.paint(tone, word),
            own.same,
            own.different,
            own.failed,
            own.skipped
        ));
        for Difference { path, how, count, old, new } in &own.differences {
            let path = if path.is_empty() { "the answer" } else { path.as_str() };
            let [path, how, old, new] = [path, how, old, new].map(plain);
            out.push_str(&format!("      {path}: {how} ({count}): there {old}, here {new}\n"));
        }
        if own.more > 0 {
            out.push_str(&format!("      and {} more\n", own.more));
        }
    }
    if !unseen.is_empty() {
        out.push_str(
            "\n  in its contract, not moved, and not asked for since the backend started:\n",
        );
        for path in unseen {
            out.push_str(&format!("    {path}\n"));
        }
    }
    out.push('\n');
}
