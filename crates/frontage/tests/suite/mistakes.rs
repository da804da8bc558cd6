//! One mistake, one diagnostic: nothing that only follows from it is reported.

use std::path::Path;

use frontage_testkit::process::Program;

const WORKSPACE: &str = "frontage.toml";
const FRONTEND: &str = "frontends/web/frontend.toml";
const ROUTE: &str = "frontends/web/routes/api/greetings.ts";
const DETAIL: &str = "frontends/web/routes/api/greetings/[language].ts";
const HELPER: &str = "frontends/web/lib/text.ts";

/// The codes that `check` gives for a new workspace in which `old` of `file` is `new`; all of the
/// file if `old` is empty.
fn codes(folder: &Path, file: &str, old: &str, new: &str) -> Vec<String> {
    let path = folder.join(file);
    let before = std::fs::read_to_string(&path).unwrap();
    assert!(before.contains(old), "{file}: {old}");
    let after = if old.is_empty() { new.to_owned() } else { before.replacen(old, new, 1) };
    std::fs::write(&path, after).unwrap();
    let output = Program::new(env!("CARGO_BIN_EXE_frontage")).run(folder, &["check", "--json"]);
    std::fs::write(&path, before).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = report["diagnostics"].as_array().unwrap().iter();
    found.map(|fault| fault["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn one_mistake_gives_one_diagnostic() {
    let parent = tempfile::tempdir().unwrap();
    let program = Program::new(env!("CARGO_BIN_EXE_frontage"));
    assert!(program.run(parent.path(), &["new", "shop"]).status.success());
    let folder = parent.path().join("shop");
    let upstream = "[upstreams.greetings]";
    let kind = "kind = \"dev\"";
    let session = "session = { sub = \"u1\" }";
    let listen = "listen = \"127.0.0.1:3000\"";
    let mistakes = [
        (WORKSPACE, "", "", "FR5004"),
        (WORKSPACE, "", "hello world\n", "FR5001"),
        (WORKSPACE, "", "{ \"workspace\": { \"name\": \"x\" } }\n", "FR5001"),
        (WORKSPACE, "timeout = \"2s\"", "timeout =", "FR5001"),
        (WORKSPACE, "[dev]", "[workspace]\nname = \"y\"\n[dev]", "FR5001"),
        (WORKSPACE, upstream, "[upstream.greetings]", "FR5002"),
        (WORKSPACE, upstream, "[upstreams.my-greetings]", "FR5005"),
        (WORKSPACE, "contract = ", "contracts = ", "FR5002"),
        (FRONTEND, "", "", "FR5004"),
        (FRONTEND, listen, "listen = 127.0.0.1:3000", "FR5001"),
        (FRONTEND, kind, "kind = \"developer\"", "FR5005"),
        (FRONTEND, kind, "kind = \"bearer\"", "FR5012"),
        (FRONTEND, kind, "kind = \"none\"", "FR5005"),
        (FRONTEND, kind, "kid = \"dev\"", "FR5002"),
        (FRONTEND, kind, "", "FR5004"),
        (FRONTEND, session, "", "FR5004"),
        (FRONTEND, "[auth]", "[auht]", "FR5002"),
        (ROUTE, "", "", "FR2009"),
        (ROUTE, "route(async () =>", "route(() =>", "FR2301"),
        (ROUTE, "export const GET", "const GET", "FR2030"),
        (DETAIL, "params: z.object({ language", "params: z.object({ langage", "FR2303"),
        (DETAIL, "params: z.object", "param: z.object", "FR2302"),
        (HELPER, "", "export const short = (n: number) => {;\n", "FR1001"),
    ];
    for (file, old, new, code) in mistakes {
        let found = codes(&folder, file, old, new);
        assert_eq!(found, [code], "{file}: {old:?} -> {new:?}");
    }
}
