//! Makes a disagreement small and writes it as a case.
//!
//! In:    a route and a run of it in which the sides differ.
//! Out:   a Markdown file in the form of `cases/`, with what both sides answer.
//! Never: a smaller program that differs only because one side refuses it.

use std::fmt::Write as _;
use std::rc::Rc;
use std::time::Instant;

use super::answered::Answered;
use super::report::Report;
use super::world::World;
use super::{SHRINKING, Sent, Sides};
use crate::generate::answer::{Asked, Fate, Mood};
use crate::generate::contract::Contract;
use crate::generate::input::Request;
use crate::generate::node::Node;
use crate::generate::route::{Route, module_text};

/// Makes a disagreement small and writes it down.
///
/// # Errors
///
/// If a side is gone or a file cannot be written.
pub(super) fn shrink(
    sides: &mut Sides,
    report: &mut Report,
    contract: &Rc<Contract>,
    route: &Route,
    sent: &Sent,
    text: &str,
    node: &Answered,
) -> Result<(), String> {
    let began = Instant::now();
    let mut smallest = copy(route, route.module.clone());
    let mut found = (text.to_owned(), sent.plan.clone(), node.clone());
    let mut changed = true;
    let mut tries = 0;
    while changed && began.elapsed() < SHRINKING {
        changed = false;
        for module in smallest.module.smaller() {
            if began.elapsed() > SHRINKING {
                break;
            }
            tries += 1;
            let candidate = copy(&smallest, module);
            let world = World::of(contract.as_ref().clone(), vec![(0, candidate)]);
            if world.engine.is_none() || world.routes.is_empty() || sides.open(&world).is_err() {
                continue;
            }
            let Some(result) = sides.compare(&world, contract, &sent.request, sent.mood)? else {
                continue;
            };
            // Another kind of difference is another fault.
            if kind(&result.0) != kind(text) || result.2.status == 0 && node.status != 0 {
                continue;
            }
            let Some((_, route)) = world.routes.into_iter().next() else { continue };
            smallest = route;
            found = result;
            changed = true;
            break;
        }
    }
    report.spent("shrink", began);
    let case = case(contract, &smallest, &sent.request, sent.mood, &found, tries);
    report.case(sent.seed.number(), &case)
}

/// The first word of a difference: `status`, `answer`, a header.
fn kind(text: &str) -> &str {
    text.split([':', '.', '[']).next().unwrap_or_default()
}

fn copy(route: &Route, module: Node) -> Route {
    Route {
        method: route.method,
        path: route.path.clone(),
        file: route.file.clone(),
        module,
        helpers: route.helpers.clone(),
        input: crate::generate::input::Input::default(),
        dependent: route.dependent,
        passthrough: route.passthrough,
    }
}

fn case(
    contract: &Contract,
    route: &Route,
    request: &Request,
    mood: Mood,
    (text, plan, node): &(String, Answered, Answered),
    tries: u32,
) -> String {
    let mut out = format!(
        "# {text}\n\nFound by `cargo xtask oracle`; {tries} smaller programs were tried.\n\n"
    );
    let mut calls: Vec<&Asked> = plan.calls.iter().chain(&node.calls).collect();
    calls.sort();
    calls.dedup();
    if !calls.is_empty() {
        out.push_str("```upstream\n");
        for call in calls {
            let fate = match mood.fate(contract, call) {
                Fate::Hang => "hang".to_owned(),
                Fate::Close => "close".to_owned(),
                Fate::Answer { status, body, .. } => {
                    format!("{status}\n{}", String::from_utf8_lossy(&body))
                }
            };
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{} {} {} -> {fate}\n", call.upstream, call.method, call.url);
        }
        out.push_str("```\n\n");
    }
    let _ = writeln!(out, "```ts {}\n{}```\n", route.file, module_text(&route.module));
    for (path, module) in &route.helpers {
        let _ = writeln!(out, "```ts {path}\n{}```\n", module_text(module));
    }
    let _ = writeln!(out, "```request\n{} {}", request.method, request.url);
    for (name, value) in &request.headers {
        let _ = writeln!(out, "{name}: {value}");
    }
    if !request.body.is_empty() {
        let _ = writeln!(out, "\n{}", request.body);
    }
    let _ = writeln!(
        out,
        "```\n\nNode's answer:\n\n```answer\n{}```\n\nThe plan's:\n\n{}",
        node.text(),
        plan.text()
    );
    out
}
