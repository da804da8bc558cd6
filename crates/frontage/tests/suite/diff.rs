//! `frontage diff`: what a new version changes for clients.

use serde_json::Value;

use crate::clinic::{Clinic, WEB_ROUTE};

impl Clinic {
    /// Runs `frontage diff`; its status and result.
    fn diff(&self, words: &[&str]) -> (Option<i32>, Value) {
        let mut all = vec!["diff", "--json"];
        all.extend(words);
        let output = self.program.run(self.folder.path(), &all);
        let said = String::from_utf8_lossy(&output.stdout);
        (
            output.status.code(),
            serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {said}")),
        )
    }

    fn run(&self, words: &[&str]) -> String {
        let output = self.program.run(self.folder.path(), words);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

/// Each change as frontend, place, code and whether it breaks.
fn short(diff: &Value) -> Vec<String> {
    let word = |change: &Value, key: &str| change[key].as_str().unwrap_or_default().to_owned();
    diff["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            let [frontend, route, place, code] =
                ["frontend", "route", "place", "code"].map(|key| word(change, key));
            format!("{frontend} {route} {place} {code} {}", change["breaking"])
        })
        .collect()
}

#[test]
fn a_release_is_compared_with_what_comes_next() {
    let clinic = Clinic::new();
    clinic.write(
        "frontends/web/frontend.toml",
        "owner = \"team-web\"\nlisten = \"127.0.0.1:0\"\n[auth]\nkind = \"dev\"\nsession = { sub = \"u\" }\n",
    );
    clinic.run(&["build", "web", "-o", "old.release"]);
    std::fs::write(clinic.folder.path().join("old.json"), clinic.run(&["openapi", "web"])).unwrap();
    let (status, same) = clinic.diff(&["old.release", "."]);
    assert_eq!((status, &same["breaking"], &same["harmless"]), (Some(0), &0.into(), &0.into()));

    let route = |answer: &str| {
        Clinic::web_version(1).replace("name: patient.name.first, version: 1", answer)
    };
    clinic.write(WEB_ROUTE, &route("name: patient.name.first, version: 1, born: patient.balance"));
    let (status, added) = clinic.diff(&["old.release", "."]);
    assert_eq!(status, Some(0), "{added}");
    let expected = "web GET /api/patients/{id} answer 200: born field-added false";
    assert_eq!(short(&added), [expected]);
    assert_eq!(added["changes"][0]["owner"], "team-web");
    clinic.write(WEB_ROUTE, &route("name: patient.balance < 0 ? null : patient.name.first"));
    let (status, broken) = clinic.diff(&["old.release", "."]);
    assert_eq!(status, Some(1), "{broken}");
    assert_eq!(
        short(&broken),
        [
            "web GET /api/patients/{id} answer 200: name null-added true",
            "web GET /api/patients/{id} answer 200: version field-removed true",
        ]
    );
    // A document has no name of its own.
    let (status, named) = clinic.diff(&["old.json", ".", "--frontend", "web"]);
    assert_eq!((status, short(&named)), (Some(1), short(&broken)));
    assert_eq!(clinic.diff(&["old.json", "."]).1["diagnostics"][0]["code"], "FR5008");
    // The other way round it is the other way round.
    clinic.run(&["build", "web", "-o", "new.release"]);
    let (status, back) = clinic.diff(&["new.release", "old.release"]);
    assert_eq!((status, &back["breaking"]), (Some(0), &0.into()), "{back}");
    // Two documents.
    std::fs::write(clinic.folder.path().join("new.json"), clinic.run(&["openapi", "web"])).unwrap();
    let (status, documents) = clinic.diff(&["old.json", "new.json"]);
    assert_eq!((status, &documents["breaking"]), (Some(1), &2.into()));
    let text = clinic.program.run(clinic.folder.path(), &["diff", "old.release", "."]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(text.starts_with("web (team-web): 2 breaking, 0 harmless\n"), "{text}");
    assert!(text.contains("answer 200: version: it is gone"), "{text}");
}

#[test]
fn workspaces_are_compared_frontend_by_frontend() {
    let (old, new) = (Clinic::new(), Clinic::new());
    let (before, after) =
        (old.folder.path().to_str().unwrap(), new.folder.path().to_str().unwrap());
    new.write(
        "frontends/mobile/routes/api/hello.ts",
        "import { route } from \"frontage\";\nexport const GET = route(async () => ({ hi: 1 }));\n",
    );
    let (status, diff) = new.diff(&[before, after]);
    assert_eq!(status, Some(1));
    assert_eq!(
        short(&diff),
        [
            "mobile GET /api/hello answer 200: hello field-removed true",
            "mobile GET /api/hello answer 200: hi field-added false",
        ]
    );
    assert_eq!(new.diff(&[before, after, "--frontend", "web"]).0, Some(0));
    std::fs::remove_dir_all(new.folder.path().join("frontends/mobile")).unwrap();
    let (status, diff) = new.diff(&[before, after]);
    assert_eq!((status, diff["changes"][0]["code"].as_str()), (Some(1), Some("frontend-removed")));
}

#[test]
fn what_cannot_be_compared_says_why() {
    let clinic = Clinic::new();
    std::fs::create_dir(clinic.folder.path().join("empty")).unwrap();
    std::fs::write(clinic.folder.path().join("a.json"), "{}").unwrap();
    std::fs::write(clinic.folder.path().join("a.txt"), "x").unwrap();
    for (words, code) in [
        (&["nowhere", "."][..], "FR5006"),
        (&["empty", "."], "FR5006"),
        (&["a.json", "."], "FR5006"),
        (&["a.txt", "."], "FR5006"),
        (&[".", ".", "--frontend", "none"], "FR5008"),
    ] {
        let (status, said) = clinic.diff(words);
        assert_eq!((status, said["diagnostics"][0]["code"].as_str()), (Some(1), Some(code)));
        assert!(said["diagnostics"][0]["help"].is_string(), "{said}");
    }
    clinic.write(WEB_ROUTE, "export const GET = nothing;\n");
    let (status, said) = clinic.diff(&[".", "."]);
    assert_eq!((status, &said["ok"]), (Some(1), &Value::Bool(false)));
}
