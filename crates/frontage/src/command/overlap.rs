//! `frontage overlap`: how alike the backends are.

use std::path::Path;
use std::process::ExitCode;

use frontage_analysis::{
    Compared, General, Overlap, Pair, Repeated, Rule, Shared, Surroundings, Verdict, overlap, page,
};
use frontage_diagnostic::Diagnostic;

use super::output::write;
use super::{Done, of_owner};
use crate::build::build;
use crate::cli::Global;
use crate::codes;
use crate::terminal::{Terminal, Tone, print};
use crate::workspace::{find, load};

/// Prints the comparison, and writes it as a page.
pub(crate) fn run(global: &Global, terminal: &Terminal, html: Option<&Path>) -> Done {
    let loaded = load(&find(global.workspace.as_deref())?);
    let built = build(&loaded);
    if built.frontends.iter().any(|frontend| frontend.plan.is_none()) {
        terminal.refused(&built.diagnostics(&loaded), &loaded.sources);
        return Ok(ExitCode::FAILURE);
    }
    let compared: Vec<Compared<'_>> = built
        .frontends
        .iter()
        .zip(&loaded.frontends)
        .filter_map(|(frontend, config)| {
            Some(Compared {
                name: &frontend.name,
                owner: config.owner.as_deref(),
                plan: frontend.plan.as_ref()?,
                checked: &frontend.checked,
            })
        })
        .collect();
    let upstreams: Vec<&str> = loaded.workspace.upstreams.iter().map(|own| &*own.name).collect();
    let found = overlap(
        &compared,
        &Surroundings {
            workspace: &loaded.config.name,
            sources: &loaded.sources,
            shared: &loaded.workspace.shared,
            upstreams: &upstreams,
        },
    );
    if let Some(file) = html {
        write(file, page(&found)).map_err(|error| {
            let message = format!("`{}`: {error}", file.display());
            Diagnostic::placeless(codes::CANNOT_WRITE, message)
        })?;
        terminal.note(&format!("wrote {}", file.display()));
    }
    if global.json {
        print(&serde_json::json!(found).to_string());
    } else if html.is_none() {
        print(text(terminal, &found).trim_end());
    }
    Ok(ExitCode::SUCCESS)
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

fn text(terminal: &Terminal, overlap: &Overlap) -> String {
    let mut out = String::new();
    let width = overlap.frontends.iter().map(|own| own.name.len()).max().unwrap_or(0).max(8);
    out.push_str(&format!(
        "{:width$}  {:>6}  {:>10}  {:>11}  {:>13}  {:>10}  owner\n",
        "frontend", "routes", "operations", "fields read", "answer fields", "of its own"
    ));
    for own in &overlap.frontends {
        out.push_str(&format!(
            "{:width$}  {:>6}  {:>10}  {:>11}  {:>13}  {:>10}  {}\n",
            own.name,
            own.routes,
            own.operations,
            own.fields,
            own.answers,
            percent(own.specific_share()),
            own.owner.as_deref().unwrap_or("–")
        ));
    }
    for pair in &overlap.pairs {
        of_pair(terminal, pair, &mut out);
    }
    if !overlap.repeated.is_empty() {
        let head = "logic that stands in several frontends";
        out.push_str(&format!("\n{}\n", terminal.paint(Tone::Strong, head)));
    }
    for repeated in &overlap.repeated {
        of_repeated(terminal, repeated, &mut out);
    }
    of_general(terminal, &overlap.general, &mut out);
    for own in &overlap.stale {
        out.push_str(&format!("\n{}: {}\n  {}\n", own.place, own.why, own.text));
    }
    out
}

fn of_pair(terminal: &Terminal, pair: &Pair, out: &mut String) {
    let Pair { a, b, .. } = pair;
    let tone = match pair.advice.verdict {
        Verdict::KeepApart => Tone::Good,
        Verdict::ShareFragments => Tone::Strong,
        Verdict::OneBackend => Tone::Bad,
    };
    let verdict = terminal.paint(tone, pair.advice.verdict.text());
    out.push_str(&format!(
        "\n{} and {}: {verdict}\n",
        terminal.paint(Tone::Strong, a),
        terminal.paint(Tone::Strong, b)
    ));
    for why in &pair.advice.why {
        out.push_str(&format!("  {why}\n"));
    }
    let (wide_a, wide_b) = (a.len().max(5), b.len().max(5));
    out.push_str(&format!("  {:<13}  {a:>wide_a$}  {b:>wide_b$}   both  in common\n", ""));
    let row = |name: &str, shared: Shared| {
        let Shared { a, b, both } = shared;
        let common = percent(shared.likeness());
        format!("  {name:<13}  {a:>wide_a$}  {b:>wide_b$}  {both:>5}  {common:>9}\n")
    };
    out.push_str(&row("operations", pair.operations));
    out.push_str(&row("fields read", pair.fields));
    out.push_str(&row("answer fields", pair.answers));
    for route in &pair.routes {
        let word = match route.kind {
            frontage_analysis::Likeness::Same => "same  ".to_owned(),
            frontage_analysis::Likeness::Near => {
                format!("{:>4}  ", percent(route.answer.likeness()))
            }
        };
        let names = match route.a == route.b {
            true => route.a.clone(),
            false => format!("{} and {}", route.a, route.b),
        };
        out.push_str(&format!("    {word}{names}\n"));
    }
}

fn of_repeated(terminal: &Terminal, repeated: &Repeated, out: &mut String) {
    let Repeated { weight, occurrences, file, .. } = repeated;
    let line = occurrences[0].text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: String = match line.char_indices().nth(96) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    };
    out.push_str(&format!("  {shown}\n"));
    for own in occurrences {
        let owner = of_owner(own.owner.as_deref());
        let line = format!("    {}{owner}", own.place);
        out.push_str(&format!("{}\n", terminal.paint(Tone::Dim, &line)));
    }
    let line = format!("    size {weight}; could be {file}");
    out.push_str(&format!("{}\n", terminal.paint(Tone::Dim, &line)));
}

fn of_general(terminal: &Terminal, general: &[General], out: &mut String) {
    let (accepted, open): (Vec<&General>, Vec<&General>) =
        general.iter().partition(|own| own.accepted.is_some());
    for rule in Rule::ALL {
        let own: Vec<&&General> = open.iter().filter(|own| own.rule == rule).collect();
        if own.is_empty() {
            continue;
        }
        out.push_str(&format!(
            "\n{}: {}\n",
            terminal.paint(Tone::Strong, rule.name()),
            rule.advice()
        ));
        for own in own {
            let owner = of_owner(own.owner.as_deref());
            let line = own.text.lines().next().unwrap_or_default();
            out.push_str(&format!("  {}{owner}  {line}\n", own.place));
        }
    }
    if !open.is_empty() {
        out.push_str(
            "\naccept one with its reason on the line above: // frontage-accept RULE: why\n",
        );
    }
    if !accepted.is_empty() {
        out.push_str(&format!("{} accepted with a reason\n", accepted.len()));
    }
}
