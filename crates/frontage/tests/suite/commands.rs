//! The commands as people and machines use them.

use crate::clinic::{Clinic, WEB_ROUTE};
use frontage_testkit::client::get;
use frontage_testkit::process::Program;

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_frontage"))
}

fn err(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn out(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_new_workspace_checks_and_serves() {
    let folder = tempfile::tempdir().unwrap();
    let output = program().run(folder.path(), &["new", "my shop"]);
    assert!(output.status.success(), "{}", err(&output));
    let dir = folder.path().join("my shop");
    let output = program().run(&dir, &["check"]);
    assert!(output.status.success(), "{}", err(&output));
    assert!(err(&output).contains("my-shop: 1 frontend, 2 routes; no errors"), "{}", err(&output));
    assert!(dir.join(".frontage/upstreams.d.ts").is_file());
    // The npm package that its package.json takes, as a command.
    let command = std::fs::metadata(dir.join(".frontage/package/bin/frontage-node.js")).unwrap();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&command.permissions()) & 0o111, 0o111);
    // Nothing is overwritten.
    let output = program().run(folder.path(), &["new", "my shop"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("FR5017"), "{}", err(&output));
}

#[test]
fn wrong_use_ends_with_2_and_a_missing_workspace_with_1() {
    let empty = tempfile::tempdir().unwrap();
    let cases: &[(&[&str], i32, &str)] = &[
        (&["chek"], 2, "check"),
        (&["check", "--nonsense"], 2, "--nonsense"),
        (&["explain"], 2, "FRONTEND"),
        (&["check"], 1, "FR5007"),
        (&["check", "-C", "nowhere"], 1, "nowhere"),
    ];
    for (arguments, code, needed) in cases {
        let output = program().run(empty.path(), arguments);
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains(needed), "{arguments:?}: {}", err(&output));
    }
}

#[test]
fn contracts_may_nest_deep() {
    let clinic = Clinic::new();
    let mut contract = String::from(
        "openapi: 3.1.0\npaths:\n  /deep:\n    get:\n      operationId: searchPatients\n      responses:\n        \
         '200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/S0'}}}}\n\
         components:\n  schemas:\n",
    );
    for i in 0..5_000 {
        contract.push_str(&format!(
            "    S{i}: {{type: object, properties: {{n: {{$ref: '#/components/schemas/S{}'}}}}}}\n",
            i + 1
        ));
    }
    contract.push_str("    S5000: {type: string}\n");
    clinic.write("contracts/records.openapi.yaml", &contract);
    let route = "import { route } from \"frontage\";\nimport { records } from \"#upstreams\";\n\
                 export const GET = route(async () => await records.searchPatients());\n";
    clinic.write(WEB_ROUTE, route);
    for arguments in [&["types"][..], &["openapi", "web"], &["client", "web", "-o", "client.ts"]] {
        let output = clinic.program.run(clinic.folder.path(), arguments);
        assert!(output.status.success(), "{arguments:?}: {}", err(&output));
    }
}

#[test]
fn check_finds_the_workspace_above_and_prints_json_for_machines() {
    let clinic = Clinic::new();
    let inside = clinic.folder.path().join("frontends/web/routes");
    let output = clinic.program.run(&inside, &["check", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(report["ok"], true);
    assert_eq!(report["frontends"][0]["name"], "mobile");
    assert_eq!(report["frontends"][1]["routes"][0]["path"], "/api/patients/{id}");

    clinic.write(WEB_ROUTE, &Clinic::web_version(1).replace("getPatient", "getPatent"));
    let output = clinic.program.run(&inside, &["check", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    let fault = &report["diagnostics"][0];
    assert_eq!(fault["path"], WEB_ROUTE);
    assert!(fault["code"].as_str().unwrap().starts_with("FR2"), "{fault}");
    assert_eq!(fault["line"], 6);
    assert!(fault["help"].as_str().unwrap_or_default().contains("getPatient"), "{fault}");
}

#[test]
fn commands_that_fail_say_why_to_machines() {
    let empty = tempfile::tempdir().unwrap();
    let clinic = Clinic::new();
    let folder = clinic.folder.path();
    let report = |folder: &std::path::Path, arguments: &[&str]| -> serde_json::Value {
        let output = clinic.program.run(folder, &[arguments, &["--json"]].concat());
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert_eq!(err(&output), "", "{arguments:?}");
        let report: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
        assert_eq!(report["ok"], false, "{arguments:?}");
        report["diagnostics"][0].clone()
    };
    let of_one: [&[&str]; 4] = [&["explain"], &["openapi"], &["client"], &["serve"]];
    for command in of_one {
        let fault = report(empty.path(), &[command, &["web"]].concat());
        assert_eq!(fault["code"], "FR5007", "{command:?}");
        let fault = report(folder, &[command, &["wbe"]].concat());
        assert_eq!(fault["code"], "FR5008", "{command:?}");
        assert_eq!(fault["help"], "did you mean `web`?", "{command:?}");
    }
    assert_eq!(report(empty.path(), &["check"])["code"], "FR5007");
    assert_eq!(report(empty.path(), &["infer", "none.json"])["code"], "FR5031");
    let fault = report(folder, &["explain", "web", "GET /none"]);
    assert!(fault["message"].as_str().unwrap().contains("`GET /none`"), "{fault}");

    clinic.write(WEB_ROUTE, &Clinic::web_version(1).replace("getPatient", "getPatent"));
    for command in of_one {
        let fault = report(folder, &[command, &["web"]].concat());
        assert_eq!((&fault["path"], &fault["line"]), (&WEB_ROUTE.into(), &6.into()), "{command:?}");
    }
    clinic.write("frontage.toml", "[workspace\n");
    for command in [&["check"][..], &["types"], &["openapi", "web"]] {
        let fault = report(folder, command);
        assert_eq!((&fault["code"], &fault["line"]), (&"FR5001".into(), &1.into()), "{command:?}");
    }
}

#[test]
fn explain_shows_the_plan_in_three_forms() {
    let clinic = Clinic::new();
    let folder = clinic.folder.path();
    let text = out(&clinic.program.run(folder, &["explain", "web"]));
    for needed in ["GET /api/patients/{id}", "records.getPatient", "name.first", "at most 2 s"] {
        assert!(text.contains(needed), "no {needed} in:\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    let json = out(&clinic.program.run(folder, &["explain", "web", "--json"]));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json.to_string().contains("records"), "{json}");
    let mermaid = out(&clinic
        .program
        .run(folder, &["explain", "web", "GET /api/patients/{id}", "--mermaid"]));
    assert!(mermaid.starts_with("flowchart"), "{mermaid}");

    let output = clinic.program.run(folder, &["explain", "wbe"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("did you mean `web`?"), "{}", err(&output));
    let output = clinic.program.run(folder, &["explain", "web", "GET /api/patient/{id}"]);
    assert!(err(&output).contains("did you mean \"GET /api/patients/{id}\"?"), "{}", err(&output));
}

#[test]
fn types_are_written_once() {
    let clinic = Clinic::new();
    let folder = clinic.folder.path();
    let output = clinic.program.run(folder, &["types"]);
    assert!(output.status.success(), "{}", err(&output));
    let text = std::fs::read_to_string(folder.join(".frontage/upstreams.d.ts")).unwrap();
    assert!(text.contains("getPatient"), "{text}");
    let session = std::fs::read_to_string(folder.join(".frontage/web/session.d.ts")).unwrap();
    assert!(session.contains("roles") && session.contains("string[]"), "{session}");
    let output = clinic.program.run(folder, &["types"]);
    assert!(err(&output).contains("up to date"), "{}", err(&output));
    // What is broken for a moment takes nothing away from editors.
    clinic.write("frontage.toml", "[workspace\n");
    let output = clinic.program.run(folder, &["types"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(folder.join(".frontage/upstreams.d.ts")).unwrap(), text);
}

#[test]
fn secrets_by_reference_reach_the_upstream_and_no_output() {
    let clinic = Clinic::new();
    let secret = clinic.folder.path().join("secret");
    std::fs::write(&secret, "s3cret-value\n").unwrap();
    let toml = std::fs::read_to_string(clinic.folder.path().join("frontage.toml")).unwrap();
    let header = format!(
        "headers = {{ authorization = \"Bearer ${{file:{}}}\" }}\n\n[upstreams.records.operations",
        secret.display()
    );
    let toml = toml.replacen("\n[upstreams.records.operations", &header, 1);
    clinic.write("frontage.toml", &toml);
    let serving = clinic.program.serve(clinic.folder.path(), &["serve", "web", "--json"], 1);
    assert_eq!(get(serving.address("web"), "/api/patients/p1").unwrap().status, 200);
    let request = clinic.records.wait_for(1).remove(0);
    let sent = request.headers.iter().find(|(n, _)| n == "authorization").map(|(_, v)| v.as_str());
    assert_eq!(sent, Some("Bearer s3cret-value"));
    let metrics = get(serving.admin("web"), "/metrics").unwrap().text();
    let (_, log) = serving.terminate();
    assert!(!log.contains("s3cret") && !metrics.contains("s3cret"));

    std::fs::remove_file(&secret).unwrap();
    let output = clinic.program.run(clinic.folder.path(), &["serve", "web"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("FR5010"), "{}", err(&output));
}
