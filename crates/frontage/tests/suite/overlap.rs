//! `frontage overlap`: figures against a count by hand, on a small workspace and on the shop.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use frontage_testkit::process::Program;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::clinic::Clinic;
use crate::shop::{copy, root};

/// A workspace whose backends can be counted at a glance.
fn small(web: &[(&str, &str)], mobile: &[(&str, &str)]) -> Clinic {
    let clinic = Clinic::new();
    for name in ["web", "mobile"] {
        let folder = clinic.folder.path().join("frontends").join(name);
        std::fs::remove_dir_all(folder.join("routes")).unwrap();
        let settings =
            "listen = \"127.0.0.1:0\"\n[auth]\nkind = \"dev\"\nsession = { sub = \"u\" }\n";
        let own = format!("owner = \"team-{name}\"\n{settings}");
        clinic.write(&format!("frontends/{name}/frontend.toml"), &own);
    }
    for (name, routes) in [("web", web), ("mobile", mobile)] {
        for (path, body) in routes {
            let text = match body.contains("export") {
                true => (*body).to_owned(),
                false => route(body),
            };
            clinic.write(&format!("frontends/{name}/{path}"), &text);
        }
    }
    clinic
}

fn route(body: &str) -> String {
    format!(
        "import {{ error, route }} from \"frontage\";\nimport {{ z }} from \"zod\";\n\
         import {{ records }} from \"#upstreams\";\n\
         export const GET = route({{ params: z.object({{ id: z.string() }}) }}, async ({{ params, session }}) => {{\n\
         {body}\n}});\n"
    )
}

impl Clinic {
    fn overlap(&self) -> Value {
        of(&self.program, self.folder.path())
    }
}

fn of(program: &Program, folder: &Path) -> Value {
    let output = program.run(folder, &["overlap", "--json"]);
    let said = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&said)
        .unwrap_or_else(|e| panic!("{e}: {said}{}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn figures_are_those_of_a_count_by_hand() {
    let clinic = small(
        &[
            (
                "routes/a/[id].ts",
                "const p = await records.getPatient({ id: params.id });\n\
                 return { id: p.id, first: p.name.first, last: p.name.last, balance: p.balance };",
            ),
            (
                "routes/c/[id].ts",
                "const p = await records.getPatient({ id: params.id });\n\
                 return { id: p.id, first: p.name.first };",
            ),
            ("routes/labs/[id].ts", "return await records.listLabs({ id: params.id });"),
        ],
        &[(
            "routes/b/[id].ts",
            "const who = await records.getPatient({ id: params.id });\n\
             return { id: who.id, first: who.name.first, nickname: who.nickname ?? null };",
        )],
    );
    let found = clinic.overlap();
    let web = &found["frontends"][1];
    assert_eq!(
        web["reads"],
        json!({
            "records.getPatient": ["balance", "id", "name.first", "name.last"],
            "records.listLabs": ["[].code", "[].kind", "[].text", "[].unit", "[].value"],
        })
    );
    // Answers: 4, 2 and 5 fields; of these `id` and `first` of one route are the phone's, too.
    let figures = |own: &Value| {
        ["routes", "operations", "fields", "answers", "specific"]
            .map(|key| own[key].as_u64().unwrap())
    };
    assert_eq!(figures(web), [3, 2, 9, 11, 9]);
    assert_eq!(figures(&found["frontends"][0]), [1, 1, 3, 3, 1]);
    let pair = &found["pairs"][0];
    assert_eq!(pair["operations"], json!({ "a": 1, "b": 2, "both": 1 }));
    assert_eq!(pair["fields"], json!({ "a": 3, "b": 9, "both": 2 }));
    assert_eq!(pair["answers"], json!({ "a": 3, "b": 11, "both": 2 }));
    assert_eq!(pair["commonFields"], json!({ "records.getPatient": ["id", "name.first"] }));
    // The likest go together: two of three fields, where the other route has two of five.
    assert_eq!(pair["routes"].as_array().unwrap().len(), 1);
    let route = &pair["routes"][0];
    assert_eq!((&route["a"], &route["b"]), (&json!("GET /b/{id}"), &json!("GET /c/{id}")));
    assert_eq!(
        (&route["kind"], &route["onlyA"]),
        (&json!("near"), &json!(["nickname: null | string"]))
    );
    assert_eq!(pair["advice"]["verdict"], "share-fragments");
    assert_eq!(pair["advice"]["why"][0], "33 % of mobile's answers and 82 % of web's are its own");
}

#[test]
fn names_do_not_count_and_constants_do() {
    let first = |name: &str, number: u32| {
        let before =
            if name == "who" { "const one = 1;\nconst two = [one].map((x) => x);\n" } else { "" };
        format!(
            "{before}const {name}0 = {number};\nconst {name} = await records.getPatient({{ id: params.id }});\n\
             return {{ a: {name}.balance > {number} ? `${{{name}.name.first}} ${{{name}.name.last}}` : {name}.tags.join(\", \"), {name}: 1 }};"
        )
    };
    let clinic = small(
        &[("routes/a/[id].ts", &first("patient", 7))],
        &[("routes/b/[id].ts", &first("who", 7)), ("routes/c/[id].ts", &first("other", 8))],
    );
    let found = clinic.overlap();
    let all = found["repeated"].as_array().unwrap();
    assert_eq!(all.len(), 1, "{all:#?}");
    let places: Vec<&str> = all[0]["occurrences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| own["place"].as_str().unwrap())
        .collect();
    assert_eq!(
        places,
        ["frontends/mobile/routes/b/[id].ts:9:13", "frontends/web/routes/a/[id].ts:7:13"]
    );
    assert_eq!(all[0]["file"], "shared/a.ts");
    assert_eq!(
        all[0]["fragment"],
        "export const a = (who: { balance: number; name: { first: string; last: string }; tags: string[] }) => \
         who.balance > 7 ? `${who.name.first} ${who.name.last}` : who.tags.join(\", \");\n"
    );
}

#[test]
fn helpers_are_compared_by_what_they_are() {
    let helper = |name: &str, value: &str| {
        format!(
            "export const {name} = (x: number): string => x < 0 ? `minus ${{-x}}` : x === 0 ? \"{value}\" : `plus ${{x}}`;\n"
        )
    };
    let uses = |name: &str| {
        format!(
            "import {{ route }} from \"frontage\";\nimport {{ records }} from \"#upstreams\";\n\
             import {{ {name} }} from \"../lib/{name}.ts\";\n\
             export const GET = route(async () => {{\n\
             const page = await records.listPatients({{ limit: 3 }});\n\
             return page.items.map((p) => ({{ id: p.id, [p.id]: {name}(p.balance), all: {name}(page.total) }}));\n}});\n"
        )
    };
    let web = [("lib/sign.ts", &*helper("sign", "none")), ("routes/a.ts", &*uses("sign"))];
    let same =
        small(&web, &[("lib/mark.ts", &helper("mark", "none")), ("routes/b.ts", &uses("mark"))]);
    let found = same.overlap();
    let texts: Vec<&str> = found["repeated"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| own["file"].as_str().unwrap())
        .collect();
    // The helper, and the list that is made with it.
    assert_eq!(texts.len(), 2, "{:#}", found["repeated"]);
    assert!(texts.contains(&"shared/mark.ts"), "{texts:?}");
    // Another constant in it, and both are something else.
    let other =
        small(&web, &[("lib/mark.ts", &helper("mark", "zero")), ("routes/b.ts", &uses("mark"))]);
    assert_eq!(other.overlap()["repeated"], json!([]));
}

#[test]
fn what_only_looks_alike_is_told_apart() {
    // The same expression, with a helper that does something else.
    let body = |helper: &str| {
        format!(
            "const f = (n: number): string => {helper};\nconst p = await records.getPatient({{ id: params.id }});\n\
             return {{ a: p.balance < 0 ? `${{f(p.balance)}} owed by ${{p.name.last}}` : f(p.balance).toUpperCase() }};"
        )
    };
    let web = body("`${n} pcs`");
    let other =
        small(&[("routes/a/[id].ts", &web)], &[("routes/b/[id].ts", &body("(n * 7).toFixed(2)"))]);
    assert_eq!(other.overlap()["repeated"], json!([]));
    let same = small(&[("routes/a/[id].ts", &web)], &[("routes/b/[id].ts", &web)]);
    assert_eq!(same.overlap()["repeated"].as_array().map(Vec::len), Some(1));
}

#[test]
fn proposed_modules_say_what_they_are_given() {
    // Narrowed around the piece; called like what it imports; called like a word; by its context.
    let narrowed = "const p = await records.getPatient({ id: params.id });\nconst nick = p.nickname;\n\
                    if (nick == null) throw error(404, \"none\");\n\
                    return { delete: nick.length > 3 ? `${nick.toUpperCase()} ${p.name.first}` : nick.trim() + p.name.last };";
    let whole = "import { route } from \"frontage\";\nimport { z } from \"zod\";\n\
                 export const POST = route({ query: z.object({ page: z.string() }) }, async (ctx) => {\n\
                 return { a: ctx.query.page === \"1\" ? `first ${ctx.query.page}` : `later ${ctx.query.page.trim()}` };\n});\n";
    let clinic = small(
        &[("routes/a/[id].ts", narrowed), ("routes/ctx.ts", whole)],
        &[("routes/b/[id].ts", narrowed), ("routes/ctx.ts", whole)],
    );
    let found = clinic.overlap();
    let mut proposed = 0;
    for own in found["repeated"].as_array().unwrap() {
        proposed += 1;
        clinic.write(own["file"].as_str().unwrap(), own["fragment"].as_str().unwrap());
    }
    assert!(proposed >= 1, "{found}");
    let checked = clinic.program.run(clinic.folder.path(), &["check"]);
    assert!(checked.status.success(), "{}\n{found:#}", String::from_utf8_lossy(&checked.stderr));
}

#[test]
fn a_backend_without_answers_is_nobody_elses() {
    let clinic = small(&[("routes/a/[id].ts", "return { a: params.id };")], &[]);
    let found = clinic.overlap();
    assert_eq!(found["pairs"][0]["advice"]["verdict"], "keep-apart");
    assert_eq!(found["frontends"][0]["routes"], 0);
}

#[test]
fn types_that_hold_each_other_end() {
    use std::fmt::Write as _;
    let names = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L"];
    let mut schemas = String::new();
    for name in names {
        let members: Vec<String> = names
            .iter()
            .map(|own| {
                format!("{}: {{ $ref: \"#/components/schemas/{own}\" }}", own.to_lowercase())
            })
            .collect();
        let _ = writeln!(
            schemas,
            "    {name}: {{ type: object, properties: {{ v: {{ type: string }}, {} }} }}",
            members.join(", ")
        );
    }
    let clinic = small(
        &[("routes/a/[id].ts", "return await records.getAll({ id: params.id });")],
        &[("routes/b/[id].ts", "return await records.getAll({ id: params.id });")],
    );
    let path = clinic.folder.path().join("contracts/records.openapi.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let operation = "paths:\n  /all/{id}:\n    get:\n      operationId: getAll\n      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]\n      responses: { \"200\": { description: it, content: { application/json: { schema: { $ref: \"#/components/schemas/A\" } } } }, \"201\": { description: it, content: { application/json: { schema: { $ref: \"#/components/schemas/A\" } } } } }\n";
    let text = text.replacen("paths:\n", operation, 1).replacen(
        "  schemas:\n",
        &format!("  schemas:\n{schemas}"),
        1,
    );
    std::fs::write(&path, text).unwrap();
    let found = clinic.overlap();
    assert_eq!(found["pairs"][0]["routes"][0]["kind"], "same");
    assert_eq!(found["pairs"][0]["advice"]["verdict"], "one-backend");
    let contract = path.to_str().unwrap().to_owned();
    let impact =
        clinic.program.run(clinic.folder.path(), &["impact", "records", &contract, "--json"]);
    let said: Value = serde_json::from_slice(&impact.stdout).unwrap();
    assert_eq!((&said["changes"], &said["ok"]), (&json!([]), &json!(true)));
}

#[test]
fn fields_are_counted_once_however_many_answers_have_them() {
    let body = "const p = await records.updatePatient({ id: params.id, body: { status: \"active\" } });\nreturn { a: p?.name.first ?? null, b: p?.tags.map((t) => t) ?? [] };";
    let module = route(body).replace("export const GET", "export const POST");
    let clinic = small(&[("routes/a/[id].ts", &module)], &[]);
    let reads = clinic.overlap()["frontends"][1]["reads"].clone();
    assert_eq!(reads, json!({ "records.updatePatient": ["name.first", "tags[]"] }));
}

const RULES: &str = "
import { error, json, route } from \"frontage\";
import { z } from \"zod\";
import { records } from \"#upstreams\";
const params = z.object({ id: z.string() });
export const POST = route({ params }, async ({ params }) => {
  const patient = await records.getPatient({ id: params.id });
  if (patient.status === \"archived\") throw error(409, \"archived\");
  await records.updatePatient({ id: params.id, body: { status: \"active\" } });
  await records.updatePatient({ id: params.id, body: { status: \"suspended\" } });
  return { rich: patient.balance > 10000, some: patient.balance > 0, tags: patient.tags.length > 3 };
});
export const GET = route({ params }, async ({ params }) => {
  const [patient, other] = await Promise.all([
    records.getPatient({ id: params.id }, { nullOn: [404] }),
    records.getPatient({ id: \"p2\" }),
  ]);
  if (patient === null) throw error(404, \"unknown\");
  return { ratio: patient.balance / other.balance, double: patient.balance * 2 };
});
export const PUT = route({ params }, async ({ params, session }) => {
  const { balance, status, tags } = await records.getPatient({ id: params.id });
  if (status !== session.sub) {
    const why = \"not yours\";
    throw error(403, why);
  }
  if (tags.length === 0 || !tags[0]) throw error(404, \"none\");
  if (status === \"active\") await records.updatePatient({ id: params.id, body: { status: \"suspended\" } });
  else await records.updatePatient({ id: params.id, body: { status: \"active\" } });
  return { big: balance > LIMIT };
});
const LIMIT = 500;
";

/// What a handler does with a `patient` and other `patients`, and whether that is a rule of the
/// business.
const REFUSALS: [(&str, bool); 33] = [
    (r#"if (patient.status === "active") return 1; throw error(409, "no");"#, true),
    (
        r#"if (patient.status === "active") { return 1; } const e = error(409, "no"); throw e;"#,
        true,
    ),
    (r#"if (patient.status === "archived") deny();"#, true),
    (r#"if (patient.status === "archived") return deny();"#, true),
    (r#"if (patient.status === "archived") await denyLater();"#, true),
    (r#"if (patient.status === "archived") throw refusal();"#, true),
    (
        r#"const own = () => { throw error(409, "no"); }; if (patient.status === "archived") own();"#,
        true,
    ),
    (
        r#"switch (patient.status) { case "archived": throw error(409, "no"); default: return 1; }"#,
        true,
    ),
    (
        r#"const archived = patient.status === "archived"; if (archived) throw error(409, "no");"#,
        true,
    ),
    (
        r#"switch (patient.status) { case "active": return 1; default: throw error(502, "odd"); }"#,
        false,
    ),
    (r#"if (other !== null) return other; throw error(404, "none");"#, false),
    (r#"if (other) return other; throw error(404, "none");"#, false),
    (r#"if (!other) throw error(404, "none");"#, false),
    (r#"const there = other !== null; if (!there) throw error(404, "none");"#, false),
    (r#"if (patient.tags.length > 0) return 1; throw error(404, "none");"#, false),
    (r#"if (patient.tags.length >= 1) return 1; throw error(404, "none");"#, false),
    (r#"if (session.sub === "nobody") return 1; throw error(403, "no");"#, false),
    (r#"if (patient.status === "active") return 1; else sign();"#, false),
    (
        r#"switch (params.id) { case "a": { const s = patient.status === "archived"; if (s) throw error(409, "no"); return 1; } default: return 1; }"#,
        true,
    ),
    // Chosen by what a service says of it, and by who it is.
    (
        r#"const b = [patient].find((p) => p.status === "archived"); if (b) throw error(409, "no");"#,
        true,
    ),
    (
        r#"const b = [patient].filter((p) => p.status === "archived"); if (b.length > 0) throw error(409, "no");"#,
        true,
    ),
    (
        r#"if ([patient].filter((p) => p.status === "archived").length === 0) throw error(409, "no");"#,
        true,
    ),
    (r#"if ([patient].some((p) => p.status === "archived")) throw error(409, "no");"#, true),
    (
        r#"const b = [patient].find((p) => p.id === params.id); if (!b) throw error(404, "none");"#,
        false,
    ),
    (r#"if (![patient].some((p) => p.id === params.id)) throw error(404, "none");"#, false),
    (r#"if ([patient].every((p) => p.id !== params.id)) throw error(404, "none");"#, false),
    (r#"if ([patient].findIndex((p) => p.id === params.id) < 0) throw error(404, "none");"#, false),
    (
        r#"if ([patient].findIndex((p) => p.id === params.id) === -1) throw error(404, "none");"#,
        false,
    ),
    (r#"if (![patient].map((p) => p.id).includes(params.id)) throw error(404, "none");"#, false),
    (r#"if (!patient.name) throw error(404, "none");"#, false),
    (r#"if (!other?.name) throw error(404, "none");"#, false),
    (r#"if (other?.balance === undefined) throw error(404, "none");"#, false),
    (r#"if (patient.status === "active") return 1;"#, false),
];

/// The rules that a handler of `params` and `session` meets which does this, in a block of its own.
fn rules_of(body: &str) -> Vec<String> {
    let text = format!(
        r##"import {{ route, error }} from "frontage";
import {{ z }} from "zod";
import {{ records }} from "#upstreams";
function deny(): never {{ throw error(409, "no"); }}
async function denyLater() {{ return deny(); }}
function refusal() {{ return error(409, "no"); }}
function sign() {{ return 1; }}
export const POST = route({{ params: z.object({{ id: z.string() }}) }}, async ({{ params, session }}) => {{
  const patient = await records.getPatient({{ id: params.id }});
  const other = await records.getPatient({{ id: "p2" }}, {{ nullOn: [404] }});
  if (params.id !== "p3") {{
    {body}
  }}
  return {{ id: session.sub, patient, other }};
}});
"##
    );
    let found = small(&[("routes/p/[id].ts", &text)], &[]).overlap();
    let general = found["general"].as_array().unwrap_or_else(|| panic!("{body}: {found:#}"));
    general.iter().map(|own| own["rule"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_rule_of_the_business_is_one_however_it_refuses() {
    for (body, is_rule) in REFUSALS {
        let expected = if is_rule { vec!["business-rule"] } else { vec![] };
        assert_eq!(rules_of(body), expected, "{body}");
    }
}

#[test]
fn calls_on_different_ways_are_not_several() {
    let call = "await records.updatePatient({ id: params.id, body: { status: \"active\" } });";
    let own = "if (params.id === \"a\")";
    for (body, are_several) in [
        (format!("{own} {{ {call} return 1; }} {call} return 2;"), false),
        (format!("{own} {{ {call} throw error(409, \"no\"); }} {call} return 2;"), false),
        (format!("{own} {{ {call} return 1; }} else {{ {call} }} return 2;"), false),
        (format!("{own} {{ return 1; }} {call} return 2;"), false),
        (format!("try {{ {call} return 1; }} catch {{ return 2; }}"), false),
        (format!("{own} {{ {call} }} {call} return 2;"), true),
        (format!("{call} {own} {{ {call} return 1; }} return 2;"), true),
        (format!("{own} {{ {call} {call} return 1; }} return 2;"), true),
        (format!("try {{ {call} }} catch {{ {call} }} return 2;"), true),
        (format!("try {{ {call} return 1; }} catch {{ {call} return 2; }}"), true),
    ] {
        let expected = if are_several { vec!["several-unsafe-calls"] } else { vec![] };
        assert_eq!(rules_of(&body), expected, "{body}");
    }
}

#[test]
fn general_logic_is_found_and_accepted_with_a_reason() {
    let clinic = small(&[("routes/p/[id].ts", RULES)], &[]);
    let open = |found: &Value| -> Vec<String> {
        let all = found["general"].as_array().unwrap().iter();
        let open = all.filter(|own| own["accepted"].is_null());
        open.map(|own| {
            format!("{} {}", own["rule"].as_str().unwrap(), own["place"].as_str().unwrap())
        })
        .collect()
    };
    let found = clinic.overlap();
    let path = "frontends/web/routes/p/[id].ts";
    assert_eq!(
        open(&found),
        [
            format!("several-unsafe-calls {path}:6:14"),
            format!("business-rule {path}:8:3"),
            format!("policy-threshold {path}:11:18"),
            format!("business-figure {path}:19:19"),
            format!("business-rule {path}:23:3"),
            format!("policy-threshold {path}:30:17"),
        ]
    );
    assert_eq!(found["general"][0]["owner"], "team-web");
    assert_eq!(found["general"][0]["routes"], json!(["POST /p/{id}"]));
    assert_eq!(found["stale"], json!([]));

    let accepted = RULES
        .replace("  if (patient.status ===", "  // frontage-accept business-rule: the ward wants it so\n  // and more words\n  if (patient.status ===")
        .replace("patient.tags.length > 3 };", "patient.tags.length > 3 }; // frontage-accept policy-threshold: only a colour");
    clinic.write(path, &accepted);
    let found = clinic.overlap();
    assert_eq!(open(&found).len(), 4, "{:?}", open(&found));
    let reasons: BTreeSet<&str> = found["general"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|own| own["accepted"].as_str())
        .collect();
    assert_eq!(reasons, BTreeSet::from(["only a colour", "the ward wants it so"]));
    assert_eq!(found["stale"], json!([]));

    for (comment, why) in [
        ("// frontage-accept business-rule", "no reason"),
        ("// frontage-accept bussiness-rule: it is so", "no rule `bussiness-rule`"),
        ("// frontage-accept business-figure: it is so", "nothing here is a business-figure"),
    ] {
        let line = format!("  {comment}\n  if (patient.status ===");
        clinic.write(path, &RULES.replace("  if (patient.status ===", &line));
        let found = clinic.overlap();
        assert_eq!(open(&found).len(), 6);
        assert_eq!(found["stale"][0]["place"], format!("{path}:8"));
        let said = found["stale"][0]["why"].as_str().unwrap();
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn the_page_holds_everything_and_fetches_nothing() {
    let body = "const p = await records.getPatient({ id: params.id });\n\
                return { a: p.balance > 0 ? `<script>alert(1)</script>${p.name.first}` : p.name.last.trim() };";
    let clinic = small(&[("routes/a/[id].ts", body)], &[("routes/b/[id].ts", body)]);
    let output = clinic.program.run(clinic.folder.path(), &["overlap", "--html", "out/page.html"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = std::fs::read_to_string(clinic.folder.path().join("out/page.html")).unwrap();
    for word in ["one backend for both", "team-web", "&lt;script&gt;alert(1)", "shared/b.ts"] {
        assert!(page.contains(word), "{word}");
    }
    for word in ["<script", "http://", "https://", "url(", "src=", "@import"] {
        assert!(!page.contains(word), "{word}");
    }
    let refused = clinic.program.run(clinic.folder.path(), &["overlap", "--html", "out"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("FR5017"));
}

/// The shop with a third frontend: the phone's, with one field more.
struct Tablet {
    folder: TempDir,
    program: Program,
}

impl Tablet {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(&root(), folder.path());
        let frontends = folder.path().join("frontends");
        copy(&frontends.join("mobile"), &frontends.join("tablet"));
        let edit = |path: PathBuf, from: &str, to: &str| {
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.contains(from), "{from}");
            std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
        };
        let settings = frontends.join("tablet/frontend.toml");
        edit(settings.clone(), "team-phone", "team-tablet");
        edit(settings, "MOBILE_LISTEN:-127.0.0.1:3002", "TABLET_LISTEN:-127.0.0.1:3003");
        edit(
            frontends.join("tablet/routes/api/home.ts"),
            "points: user.loyalty",
            "tier: user.loyalty?.tier ?? null, points: user.loyalty",
        );
        Self { folder, program: Program::new(env!("CARGO_BIN_EXE_frontage")) }
    }
}

#[test]
fn of_the_shop_the_tablet_is_to_be_merged_and_the_desktop_is_not() {
    let shop = Tablet::new();
    let found = of(&shop.program, shop.folder.path());
    let verdicts: Vec<(&str, &str, &str)> = found["pairs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| {
            let word = |value: &'static str| pair[value].as_str().unwrap();
            (word("a"), word("b"), pair["advice"]["verdict"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        verdicts,
        [
            ("mobile", "tablet", "one-backend"),
            ("mobile", "web", "share-fragments"),
            ("tablet", "web", "share-fragments"),
        ]
    );
    // Eleven routes are as they were; home has one field more.
    let pair = &found["pairs"][0];
    let kinds: Vec<&str> =
        pair["routes"].as_array().unwrap().iter().map(|r| r["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "same").count(), 11);
    assert_eq!(pair["routes"][11]["onlyB"], json!(["tier: null | string"]));
    assert_eq!(pair["fields"]["b"].as_u64(), pair["fields"]["a"].as_u64().map(|own| own + 1));

    // Counted in the route modules by hand.
    let pair = &found["pairs"][1];
    assert_eq!(pair["operations"], json!({ "a": 14, "b": 17, "both": 12 }));
    let reads = |at: usize, operation: &str| found["frontends"][at]["reads"][operation].clone();
    let (mobile, web) = (0, 2);
    assert_eq!(reads(mobile, "stock.getStock"), json!(["available", "status"]));
    assert_eq!(
        reads(web, "stock.getStock"),
        json!([
            "available",
            "status",
            "warehouses[].available",
            "warehouses[].bin",
            "warehouses[].city",
            "warehouses[].country",
            "warehouses[].name",
            "warehouses[].reserved",
            "warehouses[].restockAt",
            "warehouses[].warehouseId",
        ])
    );
    assert_eq!(
        reads(mobile, "users.getUser"),
        json!([
            "active",
            "addresses[].city",
            "addresses[].id",
            "addresses[].kind",
            "addresses[].label",
            "addresses[].line1",
            "addresses[].postalCode",
            "defaultAddressId",
            "firstName",
            "id",
            "loyalty.points",
            "segment",
        ])
    );
    assert_eq!(
        reads(mobile, "catalog.listReviews"),
        json!([
            "items[].author",
            "items[].body",
            "items[].media[].durationSeconds",
            "items[].media[].kind",
            "items[].rating",
        ])
    );
    assert_eq!(reads(web, "stock.listWarehouses"), json!(["[].city", "[].id"]));
    assert_eq!(reads(web, "orders.cancelOrder"), json!(["id", "status"]));
    assert_eq!(
        pair["commonFields"]["users.getUser"].as_array().unwrap().len(),
        12,
        "the desktop reads all that the phone reads of a user"
    );
    for own in found["frontends"].as_array().unwrap() {
        let reads = own["reads"].as_object().unwrap().values();
        let sum: usize = reads.map(|paths| paths.as_array().unwrap().len()).sum();
        assert_eq!(own["fields"].as_u64(), Some(sum as u64));
    }
}

#[test]
fn proposed_modules_check_where_they_are_put() {
    let shop = Tablet::new();
    let found = of(&shop.program, shop.folder.path());
    let mut count = 0;
    for own in found["repeated"].as_array().unwrap() {
        let fragment = own["fragment"].as_str().unwrap();
        // Whole helpers are moved with their types, and some pieces with a helper of their own.
        if fragment.contains("// From ") || fragment.contains("// It also needs") {
            continue;
        }
        count += 1;
        std::fs::write(shop.folder.path().join(own["file"].as_str().unwrap()), fragment).unwrap();
    }
    assert!(count >= 8, "{count}");
    let checked = shop.program.run(shop.folder.path(), &["check", "--json"]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}
