//! `frontage infer`: what it drafts, a workspace takes as it is.

use frontage_testkit::process::Program;
use frontage_testkit::upstream::Upstream;

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_frontage"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_draft_out_of_files_and_addresses_is_a_contract() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let output = program().run(dir, &["new", "shop"]);
    assert!(output.status.success());
    let shop = dir.join("shop");
    std::fs::create_dir_all(shop.join("samples")).unwrap();
    let write = |name: &str, body: &str| std::fs::write(shop.join(name), body).unwrap();
    write("samples/alerts.json", r#"[{"kind":"storm","wind":9}]"#);
    write("samples/alerts.2.json", r#"[{"kind":"flood","level":1.5}]"#);
    let service = Upstream::start();
    service.json(
        "GET /forecast/b%2Fn?days=2&in%5B%5D=c",
        r#"{"city":"b","days":[{"high":1.5,"at":"2026-01-02"}]}"#,
    );
    let source = format!("/forecast/{{city}}={}/forecast/b%2Fn?days=2&in%5B%5D=c", service.url());
    let arguments = [
        "infer",
        "samples/alerts.json",
        "samples/alerts.2.json",
        "--get",
        &source,
        "-o",
        "contracts/weather.ts",
    ];
    let output = program().run(&shop, &arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(service.take().len(), 1);

    // Never overwritten unless asked.
    let again = program().run(&shop, &arguments);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("FR5017"), "{}", text(&again.stderr));
    let drafted = std::fs::read_to_string(shop.join("contracts/weather.ts")).unwrap();
    let forced = program().run(&shop, &[&arguments[..], &["--force", "--json"]].concat());
    let report: serde_json::Value = serde_json::from_slice(&forced.stdout).unwrap();
    assert_eq!(report["text"], drafted.as_str());
    assert_eq!(report["operations"][0]["name"], "getAlerts");
    assert_eq!(report["operations"][0]["samples"], 2);
    assert_eq!(report["operations"][1]["name"], "getForecastByCity");

    let config = std::fs::read_to_string(shop.join("frontage.toml")).unwrap();
    write(
        "frontage.toml",
        &(config
            + "\n[upstreams.weather]\ncontract = \"contracts/weather.ts\"\nurl = \"http://127.0.0.1:9\"\n"),
    );
    write(
        "frontends/web/routes/api/weather.ts",
        "import { route } from \"frontage\";\n\
         import { weather } from \"#upstreams\";\n\
         export const GET = route(async () => {\n\
           const forecast = await weather.getForecastByCity({ city: \"x\", days: 1, \"in[]\": \"c\" });\n\
           const alerts = await weather.getAlerts();\n\
           return { high: forecast.days[0]?.high ?? null, winds: alerts.map((a) => a.wind ?? 0) };\n\
         });\n",
    );
    let check = program().run(&shop, &["check"]);
    assert!(check.status.success(), "{}\n{drafted}", text(&check.stderr));
}

#[test]
fn what_is_no_sample_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    std::fs::write(dir.join("bad.json"), "{").unwrap();
    std::fs::write(dir.join("good.json"), "{}").unwrap();
    let cases: &[(&[&str], &str)] = &[
        (&["infer"], "there is nothing to infer from"),
        (&["infer", "none.json"], "none.json"),
        (&["infer", "bad.json"], "it is no JSON"),
        (&["infer", "--get", "x"], "has no `=`"),
        (&["infer", "--get", "x=good.json"], "`x` is no path"),
        (&["infer", "--get", "/x=http://127.0.0.1:1/x"], "http://127.0.0.1:1/x"),
        (&["infer", "--get", "/x/{id}/{id}=good.json"], "is no path"),
        (&["infer", "--get", "/x/../y=good.json"], "is no path"),
        (&["infer", "good.json", "--name", "a-b"], "a-b"),
        (&["infer", "good.json", "--name", "class"], "`class` cannot be"),
        (&["infer", "good.json", "--name", "get"], "`get` cannot be"),
    ];
    for (arguments, needed) in cases {
        let output = program().run(dir, arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let said = text(&output.stderr);
        assert!(said.contains("FR5031") && said.contains(needed), "{arguments:?}: {said}");
    }
}
