//! An explanation as a Mermaid flowchart: calls by stage, arrows for what they read.

use std::fmt::Write;

use super::{CallExplanation, Explanation, RouteExplanation};

impl Explanation {
    /// The chart: solid arrows are data, dotted ones only order.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        let mut out = String::from("flowchart LR\n");
        for (number, route) in self.routes.iter().enumerate() {
            chart(&mut out, number + 1, route);
        }
        out
    }
}

fn chart(out: &mut String, number: usize, route: &RouteExplanation) {
    let title = quoted(&format!("{} {}", route.method, route.path));
    // Writing to a string cannot fail.
    let _ = writeln!(out, "  subgraph r{number} [{title}]");
    for stage in 1..=route.stages {
        let _ = writeln!(out, "    subgraph r{number}s{stage} [\"stage {stage}\"]");
        for call in route.calls.iter().filter(|call| call.stage == stage) {
            let (open, close) = if call.safe { ("[", "]") } else { ("[[", "]]") };
            let _ = writeln!(out, "      r{number}c{}{open}{}{close}", call.number, label(call));
        }
        let _ = writeln!(out, "    end");
    }
    for call in &route.calls {
        for from in &call.reads_from {
            let _ = writeln!(out, "    r{number}c{from} --> r{number}c{}", call.number);
        }
        for from in &call.waits_for {
            let _ = writeln!(out, "    r{number}c{from} -.-> r{number}c{}", call.number);
        }
    }
    let _ = writeln!(out, "  end");
}

fn label(call: &CallExplanation) -> String {
    let mut lines = vec![call.name.clone(), format!("{} {}", call.method, call.template)];
    lines.extend(call.for_each.iter().map(|each| format!("for each of {}", each.list)));
    if let Some(bulk) = &call.bulk {
        lines.push(format!("made together: {}", bulk.name));
    }
    if let Some(part) = &call.fallback {
        lines.push(format!("with fallback: {part}"));
    }
    if call.in_handler {
        lines.push("after a failure".into());
    } else if call.conditional {
        lines.push("under a condition".into());
    }
    quoted(&lines.join("\n"))
}

/// A label in quotes; Mermaid takes entities for characters with a meaning.
fn quoted(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\n', "<br/>");
    format!("\"{escaped}\"")
}
