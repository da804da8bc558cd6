//! An explanation as text for a terminal: aligned, at most 100 columns.

use std::fmt::Write;

use super::{BulkExplanation, CallExplanation, Explanation, RouteExplanation};

const WIDTH: usize = 100;

impl Explanation {
    /// The text: one paragraph for each route.
    #[must_use]
    pub fn to_text(&self) -> String {
        let texts: Vec<String> = self.routes.iter().map(route).collect();
        texts.join("\n")
    }
}

fn route(route: &RouteExplanation) -> String {
    let mut out = String::new();
    let title = format!("{} {}", route.method, route.path);
    let gap = WIDTH.saturating_sub(width(&title) + width(&route.place)).max(2);
    line(&mut out, &format!("{title}{:gap$}{}", "", route.place));
    let mut facts = vec![
        count(route.calls.len(), "call"),
        count(route.stages as usize, "stage"),
        format!("at most {}", duration(route.budget_ms)),
    ];
    if route.calls.is_empty() {
        facts = vec!["no calls".into()];
    }
    if route.passthrough {
        facts.push("hands the answer on as it is".into());
    }
    if route.sequential {
        facts.push("every await where it stands".into());
    }
    if route.reads_session {
        facts.push("depends on the session".into());
    }
    line(&mut out, &format!("  {}", facts.join(" · ")));
    let names = route.calls.iter().map(|call| width(&call.name)).max().unwrap_or(0).min(36);
    let times = route.calls.iter().map(|c| width(&duration(u64::from(c.timeout_ms)))).max();
    let times = times.unwrap_or(0);
    let numbers = route.calls.iter().map(|call| call.number.to_string().len()).max().unwrap_or(1);
    let mut stage = 0;
    for call in &route.calls {
        if call.stage != stage {
            stage = call.stage;
            line(&mut out, &format!("\n  stage {stage}"));
        }
        let time = duration(u64::from(call.timeout_ms));
        let head = format!("    {:>numbers$}  {:names$}  ", call.number, call.name);
        let request = format!("{} {}", call.method, call.template);
        let room = WIDTH.saturating_sub(width(&head) + times + 2).max(10);
        if width(&request) <= room {
            line(&mut out, &format!("{head}{request:room$}  {time:>times$}"));
        } else {
            let gap = WIDTH.saturating_sub(width(&head) + times);
            line(&mut out, &format!("{head}{:gap$}{time:>times$}", ""));
            wrapped(&mut out, numbers + 6, "", &[request], " ");
        }
        details(&mut out, call, numbers + 6);
    }
    out
}

fn details(out: &mut String, call: &CallExplanation, indent: usize) {
    for each in &call.for_each {
        let how = match &call.bulk {
            Some(BulkExplanation { name, at_most }) => format!("up to {at_most} in one `{name}`"),
            None => format!("at most {} at once", each.at_most),
        };
        let text = format!("for each of {}, {how}, each distinct argument once", each.list);
        wrapped(out, indent, "", &[text], " ");
    }
    let mut notes = Vec::new();
    if !call.safe {
        notes.push("changes something: waits for all before it, and all after it waits".to_owned());
    }
    if call.conditional {
        notes.push("runs only under a condition".to_owned());
    }
    if call.in_handler {
        notes.push("runs only after a failure".to_owned());
    }
    if let Some(part) = &call.fallback {
        notes.push(format!("has a fallback (part `{part}`)"));
    }
    if let Some(number) = call.joined_with {
        notes.push(format!("joined with call {number}: made once"));
    }
    if !call.null_on.is_empty() {
        let statuses: Vec<_> = call.null_on.iter().map(ToString::to_string).collect();
        notes.push(format!("`null` on {}", statuses.join(", ")));
    }
    for note in notes {
        wrapped(out, indent, "", &[note], " ");
    }
    let numbers = |all: &[usize]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
    if !call.reads_from.is_empty() {
        wrapped(out, indent, "after  ", &numbers(&call.reads_from), ", ");
    }
    if !call.waits_for.is_empty() {
        wrapped(out, indent, "waits for  ", &numbers(&call.waits_for), ", ");
    }
    if !call.fields.is_empty() {
        wrapped(out, indent, "reads  ", &call.fields, ", ");
    }
}

/// Writes `label` and `words`, later lines below the first word.
fn wrapped(out: &mut String, indent: usize, label: &str, words: &[String], separator: &str) {
    let hang = indent + width(label);
    let mut text = format!("{:indent$}{label}", "");
    let mut used = hang;
    for (i, word) in words.iter().enumerate() {
        let mark = if i + 1 < words.len() { separator.trim_end() } else { "" };
        let word_width = width(word) + width(mark);
        if used > hang && used + 1 + word_width > WIDTH {
            line(out, &text);
            text = format!("{:hang$}", "");
            used = hang;
        } else if used > hang {
            text.push(' ');
            used += 1;
        }
        text.push_str(word);
        text.push_str(mark);
        used += word_width;
    }
    line(out, &text);
}

fn line(out: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}", text.trim_end());
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

fn duration(ms: u64) -> String {
    if ms < 1000 {
        format!("{ms} ms")
    } else if ms.is_multiple_of(1000) {
        format!("{} s", ms / 1000)
    } else {
        format!("{:.2} s", ms as f64 / 1000.0)
    }
}
