//! What is generated of a backend: its OpenAPI and its clients, as commands write them.

use crate::clinic::{Clinic, WEB_ROUTE};

fn err(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn out(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn equal_input_gives_equal_texts() {
    let (one, other) = (Clinic::new(), Clinic::new());
    for arguments in [
        ["openapi", "web"].as_slice(),
        &["openapi", "web", "--yaml"],
        &["client", "web"],
        &["client", "web", "--lang", "js"],
    ] {
        let texts = [&one, &other].map(|clinic| {
            let output = clinic.program.run(clinic.folder.path(), arguments);
            assert!(output.status.success(), "{arguments:?}: {}", err(&output));
            out(&output)
        });
        assert!(texts[0].len() > 1000, "{arguments:?}: {}", texts[0]);
        assert_eq!(texts[0], texts[1], "{arguments:?}");
    }
}

#[test]
fn a_file_is_written_once_and_checked_without_writing() {
    let clinic = Clinic::new();
    let folder = clinic.folder.path();
    let file = folder.join("made/client.mjs");
    let write = ["client", "web", "--lang", "js", "-o", "made/client.mjs"];
    let check = [&write[..], &["--check"]].concat();

    let output = clinic.program.run(folder, &check);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    assert!(err(&output).contains("made/client.mjs is out of date"), "{}", err(&output));
    assert!(!file.exists());

    let output = clinic.program.run(folder, &[&write[..], &["--json"]].concat());
    assert_eq!(out(&output).trim(), r#"{"written":["made/client.mjs","made/client.d.mts"]}"#);
    let output = clinic.program.run(folder, &check);
    assert!(output.status.success(), "{}", err(&output));

    // A change that clients see makes it stale; one that they do not see leaves it.
    let before = std::fs::read(file.with_extension("d.mts")).unwrap();
    clinic.write(WEB_ROUTE, &Clinic::web_version(2));
    let unseen = clinic.program.run(folder, &check);
    assert!(unseen.status.success(), "{}", err(&unseen));
    clinic.write(WEB_ROUTE, &Clinic::web_version(1).replace("return {", "return { more: true,"));
    let output = clinic.program.run(folder, &[&check[..], &["--json"]].concat());
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    assert_eq!(out(&output).trim(), r#"{"stale":["made/client.d.mts"]}"#);
    assert_eq!(std::fs::read(file.with_extension("d.mts")).unwrap(), before);
}

#[test]
fn a_frontend_names_the_client_that_its_pages_use() {
    let clinic = Clinic::new();
    let folder = clinic.folder.path();
    let settings = folder.join("frontends/web/frontend.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, format!("client = \"public/api.ts\"\n{text}")).unwrap();
    let output = clinic.program.run(folder, &["types", "--json"]);
    assert!(output.status.success(), "{}", err(&output));
    assert!(out(&output).contains("frontends/web/public/api.ts"), "{}", out(&output));
    let client = std::fs::read_to_string(folder.join("frontends/web/public/api.ts")).unwrap();
    assert!(client.contains("getPatientsById(request: GetPatientsByIdRequest)"), "{client}");

    // A route with a fault keeps the client that there is.
    clinic.write(WEB_ROUTE, "export const GET = 1;\n");
    let _ = clinic.program.run(folder, &["types"]);
    let kept = std::fs::read_to_string(folder.join("frontends/web/public/api.ts")).unwrap();
    assert_eq!(kept, client);

    for (value, needed) in [
        ("../mobile/api.ts", "leads out of the frontend's folder"),
        ("/tmp/api.ts", "leads out of the frontend's folder"),
        ("public/api.txt", "is no file that a client can be written to"),
    ] {
        std::fs::write(&settings, format!("client = \"{value}\"\n{text}")).unwrap();
        let output = clinic.program.run(folder, &["check"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(err(&output).contains(needed), "{value}: {}", err(&output));
    }
}

#[test]
fn an_unknown_frontend_gets_the_nearest_name_and_a_broken_workspace_its_diagnostics() {
    let clinic = Clinic::new();
    let folder = clinic.folder.path();
    for command in ["openapi", "client"] {
        let output = clinic.program.run(folder, &[command, "wep"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(err(&output).contains("did you mean `web`?"), "{}", err(&output));
        let output = clinic.program.run(folder, &[command]);
        assert_eq!(output.status.code(), Some(2));
    }
    clinic.write(WEB_ROUTE, &Clinic::web_version(1).replace("getPatient", "getPatent"));
    for command in ["openapi", "client"] {
        let output = clinic.program.run(folder, &[command, "web", "-o", "made.json"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(err(&output).contains("did you mean `getPatient`?"), "{}", err(&output));
        assert!(out(&output).is_empty() && !folder.join("made.json").exists());
        // The other team's backend has no fault.
        let output = clinic.program.run(folder, &[command, "mobile", "-q"]);
        assert!(output.status.success(), "{}", err(&output));
    }
}

#[test]
fn the_document_follows_the_files_name() {
    let clinic = Clinic::new();
    let folder = clinic.folder.path();
    for (file, start) in
        [("a.json", "{\n  \"openapi\""), ("a.yaml", "openapi:"), ("a.yml", "openapi:")]
    {
        let output = clinic.program.run(folder, &["openapi", "web", "-o", file]);
        assert!(output.status.success(), "{}", err(&output));
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        assert!(text.starts_with(start), "{file}: {text}");
    }
}
