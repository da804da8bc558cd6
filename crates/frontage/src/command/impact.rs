//! `frontage impact`: what a new version of an upstream's contract does to the routes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;

use frontage_analysis::{Backend, Effect, Felt, Impact, Refusal, Severity, impact};
use frontage_diagnostic::counted;

use super::{Done, of_owner};
use crate::build::{build, has_errors};
use crate::candidate::replace;
use crate::cli::Global;
use crate::terminal::{Terminal, Tone, for_machines, print};
use crate::workspace::{find, load};

/// How many faults of the new contract are shown; real ones have thousands.
const MOST_FINDINGS: usize = 20;

/// Prints what a new contract does.
pub(crate) fn run(global: &Global, terminal: &Terminal, upstream: &str, contract: &Path) -> Done {
    let mut loaded = load(&find(global.workspace.as_deref())?);
    let before = build(&loaded);
    if before.frontends.iter().any(|frontend| frontend.plan.is_none()) {
        terminal.refused(&before.diagnostics(&loaded), &loaded.sources);
        return Ok(ExitCode::FAILURE);
    }
    let replaced = replace(&mut loaded, upstream, contract)?;
    if replaced.is_unreadable {
        terminal.refused(&replaced.findings, &loaded.sources);
        return Ok(ExitCode::FAILURE);
    }
    let after = build(&loaded);
    let owners: BTreeMap<&str, &str> = loaded
        .frontends
        .iter()
        .filter_map(|config| Some((config.name.as_str(), config.owner.as_deref()?)))
        .collect();
    let backends: Vec<Backend<'_>> = before
        .frontends
        .iter()
        .zip(&after.frontends)
        .filter_map(|(old, new)| {
            Some(Backend {
                name: &old.name,
                owner: owners.get(old.name.as_str()).copied(),
                plan: old.plan.as_ref()?,
                checked: &old.checked,
                faulty: &new.faulty,
            })
        })
        .collect();
    let found = impact(upstream, (&replaced.old, &replaced.new), &backends, &loaded.sources);
    // Settings that the new contract does not fit are no less broken than routes.
    let breaks = breaks(&found) || has_errors(&replaced.findings);
    if global.json {
        let mut value = serde_json::json!(found);
        value["findings"] = for_machines(&replaced.findings, &loaded.sources).into();
        value["ok"] = (!breaks).into();
        print(&value.to_string());
    } else {
        let shown = &replaced.findings[..replaced.findings.len().min(MOST_FINDINGS)];
        terminal.diagnostics(shown, &loaded.sources);
        if shown.len() < replaced.findings.len() {
            let more = replaced.findings.len() - shown.len();
            terminal.note(&format!("and {more} more faults in the new contract"));
        }
        print(text(terminal, &found).trim_end());
    }
    Ok(if breaks { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Whether a route fails, loses something, or no longer checks.
fn breaks(impact: &Impact) -> bool {
    !impact.refusals.is_empty()
        || impact.changes.iter().any(|c| c.worst().is_some_and(|w| w < Severity::Drifts))
}

/// Whose: an owner, and a frontend.
type Whose<'i> = (Option<&'i str>, &'i str);

/// What each route feels.
type Routes<'i> = BTreeMap<&'i str, Vec<(&'i Felt, &'i Effect)>>;

fn text(terminal: &Terminal, impact: &Impact) -> String {
    let felt: Vec<&Felt> = impact.changes.iter().filter(|c| !c.effects.is_empty()).collect();
    let harmless: Vec<&Felt> = impact.changes.iter().filter(|c| c.effects.is_empty()).collect();
    let mut by_owner: BTreeMap<Whose<'_>, Routes<'_>> = BTreeMap::new();
    for change in &felt {
        for effect in &change.effects {
            let whose = (effect.owner.as_deref(), effect.frontend.as_str());
            let routes = by_owner.entry(whose).or_default();
            routes.entry(&effect.route).or_default().push((change, effect));
        }
    }
    let mut refusals: BTreeMap<Whose<'_>, Vec<&Refusal>> = BTreeMap::new();
    for refusal in &impact.refusals {
        let whose = (refusal.owner.as_deref(), refusal.frontend.as_str());
        refusals.entry(whose).or_default().push(refusal);
        by_owner.entry(whose).or_default();
    }
    let routes: BTreeSet<(&str, &str)> = felt
        .iter()
        .flat_map(|change| &change.effects)
        .map(|effect| (effect.frontend.as_str(), effect.route.as_str()))
        .collect();
    let mut out = String::new();
    out.push_str(&format!(
        "{}: {}, {} felt; {} of {} feel it\n",
        terminal.paint(Tone::Strong, &impact.upstream),
        counted(impact.changes.len(), "change"),
        felt.len(),
        routes.len(),
        counted(impact.routes, "route"),
    ));
    for (whose @ (owner, frontend), routes) in &by_owner {
        let owner = of_owner(*owner);
        out.push_str(&format!("\n{}{owner}\n", terminal.paint(Tone::Strong, frontend)));
        let mut routes: Vec<_> = routes.iter().collect();
        routes.sort_by_key(|(_, felt)| felt.iter().map(|(_, effect)| effect.severity).min());
        for (route, felt) in routes {
            of_route(terminal, route, felt, &mut out);
        }
        let own = refusals.get(whose).map_or(&[][..], Vec::as_slice);
        if !own.is_empty() {
            out.push_str(
                "  once the new contract stands in the workspace, this no longer checks:\n",
            );
        }
        for refusal in own {
            let Refusal { code, place, message, .. } = refusal;
            out.push_str(&format!("    {place}  {message} ({code})\n"));
        }
    }
    if !harmless.is_empty() {
        out.push_str(&format!("\n{}\n", terminal.paint(Tone::Good, "harmless: no route feels it")));
        for change in harmless {
            out.push_str(&format!("  {}: {}\n", change.place, change.message));
        }
    }
    out
}

fn of_route(terminal: &Terminal, route: &str, felt: &[(&Felt, &Effect)], out: &mut String) {
    let worst = felt.iter().map(|(_, effect)| effect.severity).min();
    let (word, tone) = worst.map_or(("", Tone::Dim), word);
    out.push_str(&format!("  {}  {route}\n", terminal.paint(tone, word)));
    for (change, effect) in felt {
        let (own, _) = word_of(effect);
        let own = if Some(effect.severity) == worst && effect.part.is_none() {
            String::new()
        } else {
            format!(" · {own}")
        };
        out.push_str(&format!("      {}: {}{own}\n", change.place, change.message));
        let places = if effect.reads.is_empty() {
            format!("called at {}", effect.call)
        } else {
            format!("read at {}", effect.reads.join(", "))
        };
        let said = |path: &str| {
            let end = change.place.strip_suffix(path);
            end.is_some_and(|rest| rest.is_empty() || rest.ends_with(['.', ' ']))
        };
        // What the change's place says already.
        let of = if effect.path.is_empty() || !effect.path.contains('.') && said(&effect.path) {
            effect.operation.clone()
        } else {
            format!("{} {}", effect.operation, effect.path)
        };
        out.push_str(&terminal.paint(Tone::Dim, &format!("        {of}, {places}")));
        out.push('\n');
    }
}

fn word(severity: Severity) -> (&'static str, Tone) {
    match severity {
        Severity::Fails => ("fails", Tone::Bad),
        Severity::MayFail => ("may fail", Tone::Bad),
        Severity::Loses => ("loses a part", Tone::Strong),
        Severity::Drifts => ("drifts", Tone::Dim),
    }
}

fn word_of(effect: &Effect) -> (String, Tone) {
    let (own, tone) = word(effect.severity);
    match &effect.part {
        Some(part) => (format!("loses `{part}`"), tone),
        None => (own.to_owned(), tone),
    }
}
