//! The dashboard over GitHub's own contract, with the contract's own examples as answers.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use frontage_testkit::client::{Answer, get, send};
use frontage_testkit::process::Program;
use frontage_testkit::upstream::{Action, Upstream};
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn contract() -> Value {
    let path = root().join("node_modules/@octokit/openapi/generated/api.github.com.json");
    let text = std::fs::read(&path)
        .unwrap_or_else(|e| panic!("{}: {e}; run `cargo xtask test --only npm`", path.display()));
    serde_json::from_slice(&text).expect("GitHub's contract is JSON")
}

/// What the contract gives as an example of a successful answer to `METHOD /path?query`: status
/// and body.
fn example(contract: &Value, line: &str) -> Option<(u16, Value)> {
    let (method, target) = line.split_once(' ')?;
    let path = target.split('?').next()?;
    let paths = contract["paths"].as_object()?;
    let (_, item) = paths
        .iter()
        .filter(|(template, _)| fits(template, path))
        .min_by_key(|(template, _)| template.matches('{').count())?;
    let responses = item.get(method.to_ascii_lowercase())?["responses"].as_object()?;
    let (status, response) = responses.iter().find(|(status, _)| status.starts_with('2'))?;
    let example = response["content"]["application/json"]["examples"]
        .as_object()
        .and_then(|examples| examples.values().next());
    let mut value = example.cloned().unwrap_or(Value::Null);
    while let Some(next) = value.get("$ref").and_then(Value::as_str).map(str::to_owned) {
        value = contract.pointer(next.strip_prefix('#')?)?.clone();
    }
    let value = value.get("value").cloned().unwrap_or(value);
    // One example is a reference inside a value.
    let value = match value.get("$ref").and_then(Value::as_str) {
        Some(next) => contract.pointer(next.strip_prefix('#')?)?["value"].clone(),
        None => value,
    };
    Some((status.parse().ok()?, value))
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template.zip(path).all(|(t, p)| t.starts_with('{') || t == p)
}

/// Asks again and again, until the upstream knows an answer for everything it is asked.
fn ask(
    contract: &Value,
    upstream: &Upstream,
    mut once: impl FnMut() -> Answer,
    known: &mut HashSet<String>,
) -> Answer {
    loop {
        let answer = once();
        let mut learnt = false;
        for request in upstream.take() {
            if !known.insert(request.line.clone()) {
                continue;
            }
            learnt = true;
            let (status, body) = example(contract, &request.line)
                .unwrap_or_else(|| panic!("no example for {}", request.line));
            let headers = vec![("content-type".into(), "application/json".into())];
            let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
            upstream.on(&request.line, Action::Answer { status, headers, body });
        }
        if !learnt {
            return answer;
        }
    }
}

#[test]
fn the_dashboard_answers_out_of_githubs_examples() {
    let contract = contract();
    let github = Upstream::start();
    let program = Program::new(env!("CARGO_BIN_EXE_frontage"))
        .with("GITHUB_URL", &github.url())
        .with("GITHUB_TOKEN", "secret")
        .with("DASHBOARD_LISTEN", "127.0.0.1:0");
    let serving = program.serve(&root().join("examples/github"), &["serve", "--json"], 1);
    let address: SocketAddr = serving.address("dashboard");
    let mut known = HashSet::new();
    let repo = "/api/repos/octocat/Hello-World";
    let expected = [
        ("/api/me".to_owned(), "/login", Value::from("octocat")),
        ("/api/notifications".to_owned(), "/0/repository", Value::from("octocat/Hello-World")),
        ("/api/search?q=rust".to_owned(), "/repositories/items/0/licence", Value::from("MIT")),
        (repo.to_owned(), "/languages/0/name", Value::from("C")),
        (format!("{repo}/issues"), "/filters/labels/0/color", Value::from("#f29513")),
        (format!("{repo}/issues/1347"), "/comments/0/role", Value::from("COLLABORATOR")),
        (format!("{repo}/pulls"), "/0/status", Value::from("success")),
        (format!("{repo}/pulls/1347"), "/checks/outcome", Value::from("passing")),
        (format!("{repo}/commits"), "/commits/0/author/login", Value::from("octocat")),
        (format!("{repo}/commits/main"), "/stats/total", Value::from(108)),
        (format!("{repo}/compare?base=main&head=next"), "/ahead", Value::from(1)),
        (format!("{repo}/releases"), "/0/downloads", Value::from(42)),
    ];
    let mut wrong = Vec::new();
    for (path, pointer, wanted) in expected {
        let once = || get(address, &path).expect("an answer");
        let answer = ask(&contract, &github, once, &mut known);
        if answer.status != 200 || answer.json().pointer(pointer) != Some(&wanted) {
            wrong.push(format!("{path}: {} {}", answer.status, answer.text()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");

    let head = format!("POST {repo}/issues\ncontent-type: application/json");
    let once = || send(address, &head, br#"{"title":"A fault"}"#).expect("an answer");
    let opened = ask(&contract, &github, once, &mut known);
    assert_eq!((opened.status, &opened.json()["number"]), (201, &Value::from(1347)));
    let read = || send(address, "PATCH /api/notifications/1", b"").expect("an answer");
    let read = ask(&contract, &github, read, &mut known);
    assert_eq!((read.status, read.text()), (204, String::new()));
    assert!(known.len() >= 24, "{} calls", known.len());
}
