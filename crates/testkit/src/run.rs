//! Running a case against the real program.
//!
//! With `FRONTAGE_BLESS=1` in the environment, `diagnostics`, `explain` and `openapi` blocks that differ are
//! rewritten in their files instead of failing; look at the difference before you commit it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

use crate::case::{Block, Case};
use crate::client;
use crate::process::Program;
use crate::upstream::{Action, Upstream};

/// Names of the fixture's upstreams; a case's `upstream` blocks may name others. Each one's address
/// is given in `NAME_URL`.
const UPSTREAMS: &[&str] = &["records", "agenda"];

/// Runs a case; gives what differs.
///
/// # Errors
///
/// A text for people: what was expected and what came.
pub fn run(program: &Program, fixture: &Path, case: &Case) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    case.write(fixture, folder.path()).map_err(|e| e.to_string())?;
    check(program, folder.path(), case)?;
    for block in case.blocks("explain") {
        let arguments = ["explain", "web", &block.argument];
        let output = program.run(folder.path(), &arguments);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        same(case, block, text.trim_end())?;
    }
    if case.blocks("openapi").next().is_some() {
        let output = program.run(folder.path(), &["openapi", "web"]);
        let document: serde_json::Value = serde_json::from_slice(&output.stdout)
            .map_err(|e| format!("{e}: {}", String::from_utf8_lossy(&output.stderr)))?;
        // From the last, so that a block that is rewritten moves none that is still to come.
        for block in case.blocks("openapi").collect::<Vec<_>>().into_iter().rev() {
            same(case, block, &crate::document::part(&document, &block.argument)?)?;
        }
    }
    if case.blocks("request").next().is_some() {
        serve(program, folder.path(), case)?;
    }
    Ok(())
}

fn check(program: &Program, folder: &Path, case: &Case) -> Result<(), String> {
    let output = program.run(folder, &["check", "--color", "never"]);
    let printed = String::from_utf8_lossy(&output.stderr).into_owned();
    // The last line counts and tells the time.
    let printed = printed.trim_end().rsplit_once('\n').map_or("", |(text, _)| text).trim_end();
    let expected = case.blocks("diagnostics").next();
    match expected {
        Some(block) => {
            let errors = block.text.contains("error[");
            let status = output.status.code();
            if status != Some(i32::from(errors)) {
                return Err(format!("frontage check ended with {status:?}:\n{printed}"));
            }
            same(case, block, printed)
        }
        None if output.status.success() && printed.is_empty() => Ok(()),
        None => Err(format!("frontage check is not silent:\n{printed}")),
    }
}

/// Compares a block's text, or rewrites it.
fn same(case: &Case, block: &Block, found: &str) -> Result<(), String> {
    let trim =
        |text: &str| text.trim_end().lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    if trim(&block.text) == trim(found) {
        return Ok(());
    }
    if std::env::var_os("FRONTAGE_BLESS").is_some() {
        let text = std::fs::read_to_string(&case.path).map_err(|e| e.to_string())?;
        let lines: Vec<&str> = text.lines().collect();
        let end = block.line + block.text.lines().count();
        let new = [&lines[..block.line], &[&*trim(found)], &lines[end..]].concat().join("\n");
        return std::fs::write(&case.path, new + "\n").map_err(|e| e.to_string());
    }
    Err(format!(
        "`{}` at line {} differs\n--- expected\n{}\n--- found\n{}",
        block.kind,
        block.line,
        trim(&block.text),
        trim(found)
    ))
}

fn serve(program: &Program, folder: &Path, case: &Case) -> Result<(), String> {
    let mut upstreams = BTreeMap::new();
    let mut program = program.clone();
    let entries = case.blocks("upstream").flat_map(entries);
    let own = entries.filter_map(|entry| entry.split_once(' ').map(|(name, _)| name));
    for name in UPSTREAMS.iter().copied().chain(own) {
        if let Entry::Vacant(place) = upstreams.entry(name) {
            let upstream = place.insert(Upstream::start());
            program = program.with(&format!("{}_URL", name.to_uppercase()), &upstream.url());
        }
    }
    for block in case.blocks("upstream") {
        script(block, &upstreams)?;
    }
    let serving = program.serve(folder, &["serve", "web", "--json"], 1);
    let address = serving.address("web");
    let mut answer = None;
    for block in &case.blocks {
        let at = |message: String| format!("line {}: {message}", block.line);
        match block.kind.as_str() {
            "request" => {
                for upstream in upstreams.values() {
                    let _ = upstream.take();
                }
                let (head, body) = parts(&block.text);
                answer = Some(client::send(address, head, body).map_err(|e| at(e.to_string()))?);
            }
            "answer" => {
                let found = answer.as_ref().ok_or_else(|| at("no request before".into()))?;
                compare(&block.text, found).map_err(at)?;
            }
            "calls" => {
                let mut found = Vec::new();
                for (name, upstream) in &upstreams {
                    for request in upstream.take() {
                        let body = String::from_utf8_lossy(&request.body).into_owned();
                        found.push(format!("{name} {} {body}", request.line).trim().to_owned());
                    }
                }
                found.sort();
                let mut expected: Vec<&str> = block.text.lines().map(str::trim).collect();
                expected.sort_unstable();
                if found != expected {
                    return Err(at(format!("expected calls {expected:#?}, found {found:#?}")));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Head and body, which an empty line parts.
fn parts(text: &str) -> (&str, &[u8]) {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    (head.trim_end(), body.trim_end_matches('\n').as_bytes())
}

/// The entries of an `upstream` block, which empty lines part.
fn entries(block: &Block) -> impl Iterator<Item = &str> {
    block.text.split("\n\n").map(str::trim).filter(|entry| !entry.is_empty())
}

fn script(block: &Block, upstreams: &BTreeMap<&str, Upstream>) -> Result<(), String> {
    for entry in entries(block) {
        let (line, body) = entry.split_once('\n').unwrap_or((entry, ""));
        let bad = || format!("line {}: no upstream's entry: {line}", block.line);
        let (request, action) = line.split_once(" -> ").ok_or_else(bad)?;
        let (name, request) = request.split_once(' ').ok_or_else(bad)?;
        let upstream = upstreams.get(name).ok_or_else(bad)?;
        let body = body.as_bytes().to_vec();
        let (word, rest) = action.split_once(' ').unwrap_or((action, ""));
        let action = match word {
            "hang" => Action::Hang,
            "close" => Action::Close,
            "garbage" => Action::Garbage,
            "truncate" => Action::Truncate(body),
            "huge" => Action::Huge(rest.parse().map_err(|_| bad())?),
            status => {
                let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
                for header in rest.split(", ").filter(|h| !h.is_empty()) {
                    let (name, value) = header.split_once(": ").ok_or_else(bad)?;
                    headers.retain(|(n, _)| n != name);
                    headers.push((name.to_owned(), value.to_owned()));
                }
                Action::Answer { status: status.parse().map_err(|_| bad())?, headers, body }
            }
        };
        upstream.on(request, action);
    }
    Ok(())
}

/// Status, the headers that are named, and the body: as JSON if both are, else as text.
fn compare(expected: &str, found: &client::Answer) -> Result<(), String> {
    let (head, body) = parts(expected);
    let mut lines = head.lines();
    let status = lines.next().unwrap_or_default();
    let shown = || format!("{} {:?}\n{}", found.status, found.headers, found.text());
    if status != found.status.to_string() {
        return Err(format!("expected status {status}, found {}", shown()));
    }
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap_or((line, ""));
        let there = found.header(&name.to_ascii_lowercase());
        let fits = if value == "(none)" { there.is_none() } else { there == Some(value) };
        if !fits {
            return Err(format!("expected {line}, found {}", shown()));
        }
    }
    let text = String::from_utf8_lossy(body);
    if text == "*" {
        return Ok(());
    }
    let json: Result<serde_json::Value, _> = serde_json::from_slice(body);
    let equal = match json {
        Ok(json) => json == without_ids(found.json()),
        Err(_) => text == found.text(),
    };
    if equal { Ok(()) } else { Err(format!("expected {text}\nfound {}", shown())) }
}

/// Problem details carry the request's id, which no case can know.
fn without_ids(mut value: serde_json::Value) -> serde_json::Value {
    if let Some(object) = value.as_object_mut()
        && object.contains_key("requestId")
        && object.contains_key("status")
    {
        object.shift_remove("requestId");
    }
    value
}
