//! `frontage codeowners`: who owns what.

use std::process::Output;

use crate::clinic::{Clinic, WEB_ROUTE};

impl Clinic {
    fn codeowners(&self, words: &[&str]) -> Output {
        let mut all = vec!["codeowners"];
        all.extend(words);
        self.program.run(self.folder.path(), &all)
    }

    /// A workspace in a folder of a repository, with owners and a module that both frontends use.
    fn owned() -> Self {
        let clinic = Self::new();
        std::fs::create_dir(clinic.folder.path().join(".git")).unwrap();
        let settings = std::fs::read_to_string(clinic.folder.path().join("frontage.toml")).unwrap();
        let settings = settings
            .replacen(
                "[workspace]",
                "[workspace]\nowner = \"platform\"\nowner_handle = \"@acme/{owner}\"",
                1,
            )
            .replacen("[upstreams.records]", "[upstreams.records]\nowner = \"@ada\"", 1);
        clinic.write("frontage.toml", &settings);
        let auth = "listen = \"127.0.0.1:0\"\n[auth]\nkind = \"dev\"\nsession = { sub = \"u\" }\n";
        for name in ["web", "mobile"] {
            let own = format!("owner = \"team-{name}\"\n{auth}");
            clinic.write(&format!("frontends/{name}/frontend.toml"), &own);
        }
        clinic.write("shared/greet.ts", "export const greet = (name: string) => `Hi ${name}`;\n");
        clinic.write("shared/unused.ts", "export const nothing = 1;\n");
        let route = "import { route } from \"frontage\";\nimport { greet } from \"#shared/greet\";\n\
                     export const GET = route(async () => ({ hi: greet(\"you\") }));\n";
        clinic.write("frontends/web/routes/api/greet.ts", route);
        clinic.write("frontends/mobile/routes/api/greet.ts", route);
        clinic
    }
}

const OWN: &str = "\
/frontage.toml @acme/platform
/contracts/ @acme/platform
/shared/ @acme/platform
/contracts/records.openapi.yaml @ada
/shared/greet.ts @acme/team-mobile @acme/team-web
/frontends/mobile/ @acme/team-mobile
/frontends/web/ @acme/team-web
";

#[test]
fn every_file_is_of_whoever_the_settings_say() {
    let clinic = Clinic::owned();
    let said = String::from_utf8(clinic.codeowners(&[]).stdout).unwrap();
    let lines: String =
        said.lines().filter(|line| !line.starts_with('#')).map(|l| format!("{l}\n")).collect();
    assert_eq!(lines, OWN);
    let json: serde_json::Value =
        serde_json::from_slice(&clinic.codeowners(&["--json"]).stdout).unwrap();
    assert_eq!(json["owners"].as_array().map(Vec::len), Some(7));
    // A fault in one frontend hides nobody's files.
    clinic.write(WEB_ROUTE, "export const GET = nothing;\n");
    assert_eq!(String::from_utf8(clinic.codeowners(&[]).stdout).unwrap(), said);
}

#[test]
fn what_others_wrote_into_the_file_stays() {
    let clinic = Clinic::owned();
    clinic.write(".github/CODEOWNERS", "* @everybody");
    let file = ["-o", ".github/CODEOWNERS"];
    let check = ["-o", ".github/CODEOWNERS", "--check"];
    assert_eq!(clinic.codeowners(&check).status.code(), Some(1));
    assert_eq!(clinic.codeowners(&file).status.code(), Some(0));
    assert_eq!(clinic.codeowners(&check).status.code(), Some(0));
    let path = clinic.folder.path().join(".github/CODEOWNERS");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("* @everybody\n\n# begin of"), "{text}");
    clinic.write(".github/CODEOWNERS", &format!("{text}/docs/ @writers\n"));
    let settings = "owner = \"team-www\"\nlisten = \"127.0.0.1:0\"\n";
    clinic.write("frontends/web/frontend.toml", settings);
    assert_eq!(clinic.codeowners(&check).status.code(), Some(1));
    assert_eq!(clinic.codeowners(&file).status.code(), Some(0));
    let changed = std::fs::read_to_string(&path).unwrap();
    assert_eq!(
        changed,
        format!("{text}/docs/ @writers\n").replace("@acme/team-web", "@acme/team-www")
    );
    // Words that speak of the lines are none of them, and ends of lines stay as they are.
    let quoted =
        format!("# see `# begin of `frontage codeowners``\r\n{}", changed.replace('\n', "\r\n"));
    clinic.write(".github/CODEOWNERS", &quoted);
    assert_eq!(clinic.codeowners(&check).status.code(), Some(0));
    assert_eq!(clinic.codeowners(&file).status.code(), Some(0));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), quoted);
    // Without its end nobody knows whose the rest is.
    clinic.write(".github/CODEOWNERS", "# begin of `frontage codeowners`\n* @everybody\n");
    let refused = clinic.codeowners(&file);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("FR5017"));
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 2);
}

#[test]
fn what_no_line_can_hold_is_refused() {
    let clinic = Clinic::owned();
    let settings = "owner = \"Team Web\"\nlisten = \"127.0.0.1:0\"\n";
    clinic.write("frontends/web/frontend.toml", settings);
    let refused = clinic.codeowners(&[]);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("Team Web") && said.contains("one word"), "{said}");
    // What a module that cannot be read imports, nobody knows.
    let clinic = Clinic::owned();
    clinic.write(
        "frontends/web/routes/api/greet.ts",
        "import { greet } from \"#shared/greet\";\nexport const GET = (\n",
    );
    assert_eq!(clinic.codeowners(&[]).status.code(), Some(1));
    clinic.write(
        "frontage.toml",
        "[workspace]\nname = \"w\"\nowner_handle = \"@acme\"\n[upstreams]\n",
    );
    let checked = clinic.program.run(clinic.folder.path(), &["check"]);
    let said = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(said.contains("owner_handle") && said.contains("FR5005"), "{said}");
}
