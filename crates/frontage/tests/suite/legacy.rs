//! `[[legacy]]`: what is not moved goes to the backend before, and moved routes are compared with it.

use std::net::SocketAddr;

use frontage_testkit::client::{Answer, get, send};
use frontage_testkit::process::{Program, Serving};
use frontage_testkit::upstream::{Action, Upstream};
use serde_json::{Value, json};

use crate::clinic::{Clinic, PATIENT};
use crate::shop::{Shop, copy, root};

/// A workspace whose `web` hands `/` over to a scripted backend.
struct Moving {
    clinic: Clinic,
    old: Upstream,
}

impl Moving {
    /// - `more`: further lines of the `[[legacy]]`.
    fn new(more: &str) -> Self {
        let moving = Self { clinic: Clinic::new(), old: Upstream::start() };
        moving.configure(&moving.old.url(), more);
        moving
    }

    fn configure(&self, url: &str, more: &str) {
        self.clinic.write(
            "frontends/web/frontend.toml",
            &format!(
                "owner = \"team-web\"\nlisten = \"127.0.0.1:0\"\n[auth]\nkind = \"dev\"\nsession = {{ sub = \"u\" }}\n\
                 [[legacy]]\npath = \"/\"\nurl = {url:?}\n{more}\n"
            ),
        );
    }

    fn serve(&self) -> Serving {
        self.clinic.program.serve(self.clinic.folder.path(), &["serve", "--json"], 2)
    }

    fn migrate(&self, serving: &Serving) -> Value {
        migrate(&self.clinic.program, self.clinic.folder.path(), serving, "web")
    }
}

fn migrate(program: &Program, folder: &std::path::Path, serving: &Serving, name: &str) -> Value {
    let admin = serving.admin(name).to_string();
    let output = program.run(folder, &["migrate", name, "--admin", &admin, "--json"]);
    let said = String::from_utf8_lossy(&output.stdout);
    let all: Value = serde_json::from_str(&said)
        .unwrap_or_else(|e| panic!("{e}: {said}{}", String::from_utf8_lossy(&output.stderr)));
    all["frontends"][0].clone()
}

/// What has been compared of a route, once that many requests have been.
fn compared(serving: &Serving, name: &str, route: &str, count: u64) -> Value {
    for _ in 0..20_000 {
        let all = get(serving.admin(name), "/migration").expect("counts").json();
        let own =
            all["compared"].as_array().expect("a list").iter().find(|own| own["route"] == route);
        if let Some(own) = own {
            let of = |key: &str| own[key].as_u64().unwrap_or(0);
            if of("same") + of("different") + of("failed") + of("skipped") >= count {
                return own.clone();
            }
        }
        std::thread::yield_now();
    }
    panic!("{route} was not compared {count} times");
}

/// What a comparison of a route finds: asked again where a part took too long on a busy machine,
/// since what is replaced is skipped.
fn comparison(serving: &Serving, route: &str, path: &str) -> Value {
    for asked in 1..=50 {
        assert_eq!(get(serving.address("web"), path).unwrap().status, 200, "{path}");
        let own = compared(serving, "web", route, asked);
        if own["skipped"] != asked {
            return own;
        }
    }
    panic!("{path} was never compared");
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Action {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    Action::Answer { status, headers, body: body.into() }
}

fn ask(address: SocketAddr, head: &str, body: &str) -> Answer {
    send(address, head, body.as_bytes()).expect("an answer")
}

#[test]
fn what_is_not_moved_is_handed_over_as_it_is() {
    let moving = Moving::new("");
    let old = &moving.old;
    old.on(
        "POST /api/patients/p1",
        answer(201, &[("set-cookie", "a=1"), ("x-own", "x"), ("location", "/api/x")], "made"),
    );
    old.on("DELETE /other/thing?x=%20y&x=", answer(204, &[], ""));
    old.on("OPTIONS /api/patients/p1", answer(200, &[("allow", "GET, POST")], ""));
    old.on("GET /", answer(200, &[("content-type", "text/html")], "<p>old</p>"));
    old.on("GET /api/patients/", answer(404, &[], "old 404"));
    let serving = moving.serve();
    let web = serving.address("web");

    // A route is moved by its method; the others of its path are not.
    assert_eq!(get(web, "/api/patients/p1").unwrap().json()["name"], "Ada");
    let made = ask(
        web,
        "POST /api/patients/p1\ncookie: s=1\nauthorization: Bearer t\nx-forwarded-for: 9.9.9.9\nx-real-ip: 9.9.9.9\nconnection: close, x-hop\nx-hop: 1\ncontent-type: a/b",
        "body",
    );
    assert_eq!((made.status, made.text().as_str()), (201, "made"));
    assert_eq!(made.header("set-cookie"), Some("a=1"));
    assert_eq!(made.header("x-own"), Some("x"));
    assert_eq!(made.header("x-content-type-options"), None);
    assert!(made.header("x-request-id").is_some());
    let asked = old.take().pop().expect("it was asked");
    let header = |name: &str| {
        asked.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    };
    assert_eq!(asked.body, b"body");
    assert_eq!(header("cookie"), Some("s=1"));
    assert_eq!(header("authorization"), Some("Bearer t"));
    assert_eq!(header("content-type"), Some("a/b"));
    for gone in ["x-forwarded-for", "x-real-ip", "x-hop"] {
        assert_eq!(header(gone), None, "{gone}");
    }
    assert_eq!(header("x-forwarded-host"), Some(web.to_string().as_str()));

    assert_eq!(ask(web, "DELETE /other/thing?x=%20y&x=", "").status, 204);
    assert_eq!(ask(web, "OPTIONS /api/patients/p1", "").header("allow"), Some("GET, POST"));
    assert_eq!(get(web, "/").unwrap().text(), "<p>old</p>");
    assert_eq!(get(web, "/api/patients/").unwrap().text(), "old 404");
    // What could be read in two ways is not handed on.
    assert_eq!(get(web, "/a//b").unwrap().status, 400);
    assert_eq!(get(web, "/a/../b").unwrap().status, 400);

    let said = moving.migrate(&serving);
    let paths = said["paths"].as_array().unwrap();
    let find = |method: &str, path: &str| {
        paths
            .iter()
            .find(|own| own["method"] == method && own["path"] == path)
            .unwrap_or_else(|| panic!("{paths:#?}"))
    };
    assert_eq!(find("POST", "/api/patients/{}")["answerBytes"], 4);
    assert_eq!(find("GET", "/")["requests"], 1);
    assert_eq!((&said["frontend"], &said["owner"]), (&json!("web"), &json!("team-web")));
    assert_eq!(said["compared"], json!([]), "nobody said to compare");
    let text = moving.clinic.program.run(
        moving.clinic.folder.path(),
        &["migrate", "--admin", &serving.admin("web").to_string()],
    );
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(
        text.starts_with("web (team-web): 1 route here, 5 paths left to the backend before\n"),
        "{text}"
    );
}

#[test]
fn large_bodies_stream_and_too_large_ones_are_refused() {
    let moving = Moving::new("request_body = \"2MiB\"");
    moving.old.on("POST /up", answer(200, &[], "got it"));
    let serving = moving.serve();
    // More than a route may have.
    let body = "x".repeat(1_500_000);
    assert_eq!(ask(serving.address("web"), "POST /up", &body).text(), "got it");
    assert_eq!(moving.old.take()[0].body.len(), body.len());
    let refused = ask(serving.address("web"), "POST /up", &"x".repeat(2_500_000));
    assert_eq!((refused.status, &refused.json()["code"]), (413, &json!("body_too_large")));
}

#[test]
fn differences_are_found_and_equal_answers_are_not() {
    let moving = Moving::new(
        "compare = \"100%\"\nignore = [\"at\"]\nunordered = [\"tags\"]\ntolerance = 0.01",
    );
    moving.clinic.records.json("GET /patients/p1", PATIENT);
    let route = "import { route } from \"frontage\";\nimport { z } from \"zod\";\n\
                 export const GET = route({ params: z.object({ id: z.string() }) }, async ({ params }) => \
                 ({ id: params.id, price: 1.004, tags: [\"a\", \"b\"], at: 1, secret: \"here\" }));\n";
    moving.clinic.write("frontends/web/routes/api/things/[id].ts", route);
    let same = r#"{"secret":"here","price":1.0,"at":99,"tags":["b","a"],"id":"t1"}"#;
    let other = r#"{"secret":"there!","price":2,"tags":["b"],"id":"t2","more":{}}"#;
    moving.old.json("GET /api/things/t1?x=1", same);
    moving.old.json("GET /api/things/t2", other);
    moving.old.on("GET /api/things/t3", answer(404, &[], "none"));
    moving.old.on("GET /api/things/t4", answer(500, &[], "broken"));
    let serving = moving.serve();
    let web = serving.address("web");
    // Neither a condition nor a coding of the client's reaches the other backend.
    let first = ask(
        web,
        "GET /api/things/t1?x=1\nif-none-match: \"x\"\naccept-encoding: gzip\ncookie: c=1",
        "",
    );
    assert_eq!(first.status, 200);
    let own = compared(&serving, "web", "/api/things/{id}", 1);
    assert_eq!((&own["same"], &own["different"]), (&json!(1), &json!(0)), "{own}");
    let asked = moving.old.take().pop().unwrap();
    let names: Vec<&str> = asked.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert!(
        names.contains(&"cookie")
            && !names.contains(&"if-none-match")
            && !names.contains(&"accept-encoding"),
        "{names:?}"
    );

    for id in ["t2", "t3", "t4"] {
        assert_eq!(get(web, &format!("/api/things/{id}")).unwrap().status, 200);
    }
    let own = compared(&serving, "web", "/api/things/{id}", 4);
    assert_eq!(
        (&own["same"], &own["different"], &own["failed"]),
        (&json!(1), &json!(2), &json!(1)),
        "{own}"
    );
    let mut found: Vec<String> = own["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| ["path", "how", "old", "new"].map(|key| d[key].as_str().unwrap()).join(" | "))
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            " | status | 404 | 200",
            "more | missing | object of 0 | nothing",
            "price | value | number | another number",
            "secret | value | text of 6 | text of 4",
            "tags | length | list of 1 | list of 2",
        ]
    );
    let text = own.to_string();
    assert!(!text.contains("there!") && !text.contains("here\""), "{text}");
}

#[test]
fn a_share_is_compared_and_only_safe_requests_are() {
    let moving = Moving::new("compare = \"5%\"");
    let route = "import { route } from \"frontage\";\n\
                 export const GET = route(async () => ({ a: 1 }));\n\
                 export const POST = route(async () => ({ a: 1 }));\n";
    moving.clinic.write("frontends/web/routes/api/one.ts", route);
    moving.clinic.write(
        "frontends/web/frontend.toml",
        &std::fs::read_to_string(moving.clinic.folder.path().join("frontends/web/frontend.toml"))
            .unwrap()
            .replace("owner =", "threads = 1\nowner ="),
    );
    moving.old.json("GET /api/one", "{\"a\":1}");
    let serving = moving.serve();
    for _ in 0..40 {
        assert_eq!(get(serving.address("web"), "/api/one").unwrap().status, 200);
        assert_eq!(ask(serving.address("web"), "POST /api/one", "").status, 200);
    }
    let own = compared(&serving, "web", "/api/one", 2);
    assert_eq!(own["same"], 2, "{own}");
    assert_eq!(moving.old.take().len(), 2);
}

#[test]
fn what_is_no_whole_answer_of_a_route_is_not_compared() {
    let moving = Moving::new("compare = \"100%\"");
    let head = "import { error, route } from \"frontage\";\n\
                import { records } from \"#upstreams\";\n";
    let patient = "records.getPatient({ id: \"p9\" })";
    for (name, body) in [
        ("replaced", format!("route(async () => ({{ a: await {patient}.catch(() => null) }}))")),
        ("failed", format!("route(async () => ({{ a: await {patient} }}))")),
        ("whole", "route(async () => ({ a: null }))".to_owned()),
        ("busy", "route(async () => { throw error(503, \"busy\"); })".to_owned()),
    ] {
        let text = format!("{head}export const GET = {body};\n");
        moving.clinic.write(&format!("frontends/web/routes/api/{name}.ts"), &text);
        moving.old.json(&format!("GET /api/{name}"), "{\"a\":{\"id\":\"p9\"}}");
    }
    let serving = moving.serve();
    // A route that fails where the other backend does not differs from it.
    for (name, status, is_compared) in [
        ("replaced", 200, false),
        ("busy", 503, false),
        ("failed", 502, true),
        ("whole", 200, true),
    ] {
        let path = format!("/api/{name}");
        assert_eq!(get(serving.address("web"), &path).unwrap().status, status, "{name}");
        let own = compared(&serving, "web", &path, 1);
        assert_eq!(own["different"], u64::from(is_compared), "{own}");
        assert_eq!(own["skipped"], u64::from(!is_compared), "{own}");
    }
    let asked: Vec<String> = moving.old.take().into_iter().map(|asked| asked.line).collect();
    assert_eq!(asked, ["GET /api/failed", "GET /api/whole"]);
}

#[test]
fn the_other_backend_costs_clients_of_moved_routes_nothing() {
    let moving = Moving::new("compare = \"100%\"\ntimeout = \"200ms\"");
    moving
        .old
        .on("GET /api/patients/p1", Action::Gate("slow".into(), Box::new(answer(200, &[], "{}"))));
    moving.old.on("GET /hang", Action::Hang);
    let serving = moving.serve();
    let web = serving.address("web");
    // It answers nobody, and each client has its answer; what is too much is not compared.
    for _ in 0..200 {
        assert_eq!(get(web, "/api/patients/p1").unwrap().status, 200);
    }
    let waiting = get(serving.admin("web"), "/migration").unwrap().json();
    assert!(waiting["compared"][0]["skipped"].as_u64().unwrap() >= 150, "{waiting}");
    // Who is handed over waits as long as was said.
    assert_eq!(get(web, "/hang").unwrap().status, 504);
    moving.old.open("slow");
    let own = compared(&serving, "web", "/api/patients/{id}", 200);
    assert!(own["different"].as_u64().unwrap() >= 1, "{own}");
    drop(serving);

    // Nobody listens there.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    moving.configure(&format!("http://{gone}"), "compare = \"100%\"");
    let serving = moving.serve();
    for _ in 0..20 {
        assert_eq!(get(serving.address("web"), "/api/patients/p1").unwrap().status, 200);
    }
    assert_eq!(get(serving.address("web"), "/else").unwrap().status, 502);
    let own = compared(&serving, "web", "/api/patients/{id}", 20);
    assert_eq!((&own["same"], &own["different"]), (&json!(0), &json!(0)));
}

#[test]
fn settings_that_say_nothing_usable_are_refused() {
    let moving = Moving::new("");
    for (lines, says) in [
        ("path = \"api\"\nurl = \"http://a\"", "legacy.path"),
        ("path = \"/a/../b\"\nurl = \"http://a\"", "legacy.path"),
        ("path = \"/a\"", "url"),
        ("url = \"http://a\"", "path"),
        ("path = \"/a\"\nurl = \"ftp://a\"", "url"),
        ("path = \"/a\"\nurl = \"http://a\"\ncompare = \"5\"", "legacy.compare"),
        ("path = \"/a\"\nurl = \"http://a\"\ncompare = \"200%\"", "legacy.compare"),
        ("path = \"/a\"\nurl = \"http://a\"\ncompare = \"0.001%\"", "legacy.compare"),
        ("path = \"/a\"\nurl = \"http://a\"\ntolerance = -1", "tolerance"),
        ("path = \"/a\"\nurl = \"http://a\"\ncomparre = \"5%\"", "comparre"),
        ("path = \"/\"\nurl = \"http://a\"", "twice"),
        ("path = \"/a\"\nurl = \"http://a\"\ncontract = \"none.yaml\"", "none.yaml"),
    ] {
        moving.configure("http://127.0.0.1:9", &format!("[[legacy]]\n{lines}"));
        let checked = moving.clinic.program.run(moving.clinic.folder.path(), &["check"]);
        let said = String::from_utf8_lossy(&checked.stderr).into_owned();
        assert_eq!(checked.status.code(), Some(1), "{lines}");
        assert!(said.contains(says) && said.contains("frontend.toml"), "{lines}\n{said}");
    }
    let none = Clinic::new();
    let said = none.program.run(none.folder.path(), &["migrate"]);
    assert!(String::from_utf8_lossy(&said.stderr).contains("[[legacy]]"));
    moving.configure("http://127.0.0.1:9", "");
    let said = moving.clinic.program.run(moving.clinic.folder.path(), &["migrate"]);
    assert!(String::from_utf8_lossy(&said.stderr).contains("--admin"));
}

/// The shop's desktop backend stands for the generic one; of a new one three routes are moved.
#[test]
fn the_shop_moves_route_by_route() {
    let shop = Shop::start();
    let before = shop.serve(&root());
    let folder = tempfile::tempdir().unwrap();
    copy(&root(), folder.path());
    let web = folder.path().join("frontends/web");
    std::fs::remove_dir_all(folder.path().join("frontends/mobile")).unwrap();
    let moved = ["account.ts", "categories.ts", "orders/[id].ts"];
    let kept: Vec<(&str, String)> = moved
        .iter()
        .map(|name| (*name, std::fs::read_to_string(web.join("routes/api").join(name)).unwrap()))
        .collect();
    std::fs::remove_dir_all(web.join("routes")).unwrap();
    for (name, text) in &kept {
        let path = web.join("routes/api").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let settings = std::fs::read_to_string(web.join("frontend.toml")).unwrap();
    let settings = format!(
        "{settings}\n[[legacy]]\npath = \"/\"\nurl = \"http://{}\"\ncompare = \"100%\"\n",
        before.address("web")
    )
    .replace("static = \"public\"\nclient = \"public/client.mjs\"\n", "");
    std::fs::write(web.join("frontend.toml"), settings).unwrap();
    let serving = shop.program.serve(folder.path(), &["serve", "--json"], 1);

    let old = before.address("web");
    let orders = get(old, "/api/orders").unwrap().json();
    let order = orders["items"][0]["id"].as_str().unwrap();
    let path = format!("/api/orders/{order}");
    // Moved or not, the answers are the same.
    for path in [
        "/",
        "/api/home",
        "/api/account",
        "/api/categories",
        &path,
        "/api/products?page=2",
        "/api/none",
    ] {
        let (there, here) = (get(old, path).unwrap(), get(serving.address("web"), path).unwrap());
        assert_eq!(there.status, here.status, "{path}");
        if path != "/api/home" && path != "/api/products?page=2" && path != "/api/none" {
            assert_eq!(there.text(), here.text(), "{path}");
        }
    }
    drop(serving);
    let serving = shop.program.serve(folder.path(), &["serve", "--json"], 1);
    let asked = [
        ("/api/account", "/api/account"),
        ("/api/categories", "/api/categories"),
        ("/api/orders/{id}", &path),
    ];
    for (route, path) in asked {
        let own = comparison(&serving, route, path);
        assert_eq!((&own["same"], &own["different"]), (&json!(1), &json!(0)), "{own}");
    }
    for path in ["/", "/api/home", "/api/products?page=2", "/api/none"] {
        let _ = get(serving.address("web"), path).unwrap();
    }
    let said = migrate(&shop.program, folder.path(), &serving, "web");
    let paths: Vec<&str> =
        said["paths"].as_array().unwrap().iter().map(|own| own["path"].as_str().unwrap()).collect();
    for path in ["/", "/api/home", "/api/products", "(not found)"] {
        assert!(paths.contains(&path), "{paths:?}");
    }
    drop(serving);

    // Planted: a field renamed, a text changed, a number.
    let plant = |name: &str, from: &str, to: &str| {
        let path = web.join("routes/api").join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        std::fs::write(path, text.replacen(from, to, 1)).unwrap();
    };
    plant("account.ts", "email: user.email", "mail: user.email");
    plant("orders/[id].ts", "quantity: line.quantity", "quantity: line.quantity + 1");
    let serving = shop.program.serve(folder.path(), &["serve", "--json"], 1);
    let differences = |(route, path): (&str, &str)| -> Vec<String> {
        let own = comparison(&serving, route, path);
        let all = own["differences"].as_array().unwrap().iter();
        all.map(|d| format!("{} {}", d["path"].as_str().unwrap(), d["how"].as_str().unwrap()))
            .collect()
    };
    assert_eq!(differences(asked[0]), ["email missing", "mail added"]);
    assert_eq!(differences(asked[1]), Vec::<String>::new());
    assert_eq!(differences(asked[2]), ["lines[].quantity value"]);
}

/// Makes a workspace in front of a backend, and moves all its drafts.
fn drafted(folder: &std::path::Path, contract: &std::path::Path) -> (Program, String) {
    let program = Program::new(env!("CARGO_BIN_EXE_frontage"));
    let (to, from) = (folder.to_str().unwrap(), contract.to_str().unwrap());
    let made = program.run(&root(), &["new", to, "--from", from]);
    let said = String::from_utf8_lossy(&made.stderr).into_owned();
    assert!(made.status.success(), "{said}");
    let web = folder.join("frontends/web");
    // As they lie, they are nobody's routes.
    let checked = program.run(folder, &["check"]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    std::fs::rename(web.join("drafts"), web.join("routes")).unwrap();
    let checked = program.run(folder, &["check"]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    (program, said)
}

#[test]
fn drafts_of_a_contract_answer_what_its_backend_answers() {
    let shop = Shop::start();
    let cases: [(&str, &str, &[&str]); 4] = [
        (
            "users",
            "users.openapi.yaml",
            &["/users/u1", "/users?limit=2&segment=vip", "/users/none"],
        ),
        (
            "orders",
            "orders.openapi.yaml",
            &["/orders?userId=u1&status=paid&status=shipped", "/orders/none"],
        ),
        (
            "catalog",
            "catalog.openapi.json",
            &["/products/p1", "/products?inStock=true&limit=3", "/categories"],
        ),
        ("stock", "stock.openapi.yaml", &["/stock?productIds=p1,p2", "/stock/p1", "/warehouses"]),
    ];
    for (name, contract, paths) in cases {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join(name);
        let (program, _) = drafted(&folder, &root().join("contracts").join(contract));
        let settings = folder.join("frontends/web/frontend.toml");
        let text = std::fs::read_to_string(&settings).unwrap();
        std::fs::write(&settings, text.replace("\"5%\"", "\"100%\"")).unwrap();
        let service = shop.service(name);
        let serving = program
            .with("BACKEND_URL", &format!("http://{service}"))
            .with("LISTEN", "127.0.0.1:0")
            .with("ADMIN_LISTEN", "127.0.0.1:0")
            .serve(&folder, &["serve", "--json"], 1);
        for path in paths {
            let (there, here) =
                (get(service, path).unwrap(), get(serving.address("web"), path).unwrap());
            assert_eq!(there.status, here.status, "{path}");
            if here.status == 200 {
                assert_eq!(there.json(), here.json(), "{path}");
            }
        }
        let all = get(serving.admin("web"), "/migration").unwrap().json();
        let routes: Vec<String> = all["compared"]
            .as_array()
            .unwrap()
            .iter()
            .map(|own| own["route"].as_str().unwrap().to_owned())
            .collect();
        for route in routes {
            assert_eq!(compared(&serving, "web", &route, 1)["different"], 0, "{route}");
        }
        assert_eq!(all["paths"], json!([]), "everything is moved");
    }
}

#[test]
fn drafts_of_a_huge_contract_check() {
    let contract = root().join("../../node_modules/@octokit/openapi/generated/api.github.com.json");
    let folder = tempfile::tempdir().unwrap();
    let (_, said) = drafted(&folder.path().join("gh"), &contract);
    let count =
        said.lines().find_map(|line| line.strip_prefix("drafted ")?.split(' ').next()).unwrap();
    assert!(count.parse::<usize>().unwrap() > 1_000, "{said}");
    // What has no route is named, with its reason.
    assert!(
        said.contains("GET /repos/{owner}/{repo}/compare/{base}...{head} has none: a segment"),
        "{said}"
    );
}

#[test]
fn what_nothing_can_be_drafted_from_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(env!("CARGO_BIN_EXE_frontage"));
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let empty = file("empty.yaml", "openapi: 3.1.0\ninfo: { title: A, version: '1' }\npaths: {}\n");
    let broken = file("broken.yaml", "openapi: [");
    let good = root().join("contracts/users.openapi.yaml");
    let good = good.to_str().unwrap();
    for words in [
        vec!["new", "a", "--from", "none.yaml"],
        vec!["new", "a", "--from", &empty],
        vec!["new", "a", "--from", &broken],
        vec!["new", "a", "--from", good, "--frontend", "../x"],
    ] {
        let refused = program.run(folder.path(), &words);
        assert_eq!(refused.status.code(), Some(1), "{words:?}");
        assert!(!folder.path().join("a").exists(), "{words:?}");
    }
}

#[test]
fn what_clients_claim_and_what_backends_say_of_themselves_stay_where_they_belong() {
    let moving = Moving::new("request_body = \"100KiB\"");
    let old = &moving.old;
    old.on("GET /x", answer(302, &[("location", &format!("{}/there?a=1", old.url()))], ""));
    for (path, location) in [("/y", "//evil.example/a"), ("/z", "/\\evil.example"), ("/q", "?a=1")]
    {
        let location = format!("{}{location}", old.url());
        old.on(&format!("GET {path}"), answer(302, &[("location", &location)], ""));
    }
    old.on("POST /x", Action::Hang);
    let serving = moving.serve();
    let web = serving.address("web");
    let moved = ask(
        web,
        "GET /x\nconnection: close, X-Forwarded-Host, X-Request-Id, traceparent, cookie\nx_forwarded_for: 6.6.6.6\nX_Real_IP: 6.6.6.6\nx-forwarded-scheme: evil",
        "",
    );
    // A redirect to its own address is one to this.
    assert_eq!(moved.header("location"), Some("/there?a=1"));
    let asked = old.take().pop().unwrap();
    let names: Vec<&str> = asked.headers.iter().map(|(name, _)| name.as_str()).collect();
    for there in ["x-forwarded-host", "x-request-id", "traceparent"] {
        assert!(names.contains(&there), "{names:?}");
    }
    for gone in ["x_forwarded_for", "x_real_ip", "x-forwarded-scheme"] {
        assert!(!names.contains(&gone), "{names:?}");
    }
    // A redirect is never made one to another host.
    for (path, location) in
        [("/y", "/.//evil.example/a"), ("/z", "/./\\evil.example"), ("/q", "/?a=1")]
    {
        assert_eq!(get(web, path).unwrap().header("location"), Some(location));
    }
    // A bound below the frontend's own holds for bodies without a length, too.
    let chunk = format!("{:x}\r\n{}\r\n0\r\n\r\n", 300_000, "x".repeat(300_000));
    let head = format!(
        "POST /x HTTP/1.1\r\nhost: {web}\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    let said = frontage_testkit::client::raw(web, format!("{head}{chunk}").as_bytes()).unwrap();
    assert!(
        String::from_utf8_lossy(&said).starts_with("HTTP/1.1 413"),
        "{}",
        String::from_utf8_lossy(&said)
    );
}

#[test]
fn what_is_handed_over_takes_no_places_of_routes() {
    let moving = Moving::new("concurrency = 4");
    let settings = moving.clinic.folder.path().join("frontends/web/frontend.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, text.replace("[auth]", "[limits]\nconcurrency = 4\n[auth]")).unwrap();
    moving.old.on("GET /slow", Action::Gate("slow".into(), Box::new(answer(200, &[], "late"))));
    let serving = moving.serve();
    let web = serving.address("web");
    std::thread::scope(|scope| {
        let waiting: Vec<_> =
            (0..4).map(|_| scope.spawn(|| get(web, "/slow").unwrap().status)).collect();
        let _ = moving.old.wait_for(4);
        // Its places are taken, and those of routes are not.
        assert_eq!(get(web, "/slow").unwrap().status, 503);
        for _ in 0..20 {
            assert_eq!(get(web, "/api/patients/p1").unwrap().status, 200);
        }
        moving.old.open("slow");
        for one in waiting {
            assert_eq!(one.join().unwrap(), 200);
        }
    });
    assert_eq!(get(web, "/slow").unwrap().status, 200);
}

#[test]
fn each_route_has_its_share() {
    let moving = Moving::new("compare = \"50%\"");
    for name in ["a", "b"] {
        let route = "import { route } from \"frontage\";\nexport const GET = route(async () => ({ a: 1 }));\n";
        moving.clinic.write(&format!("frontends/web/routes/api/{name}.ts"), route);
        moving.old.json(&format!("GET /api/{name}"), "{\"a\":1}");
    }
    let settings = moving.clinic.folder.path().join("frontends/web/frontend.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, text.replace("owner =", "threads = 1\nowner =")).unwrap();
    let serving = moving.serve();
    // However they take turns.
    for _ in 0..10 {
        for path in ["/api/a", "/api/b"] {
            assert_eq!(get(serving.address("web"), path).unwrap().status, 200);
        }
    }
    for route in ["/api/a", "/api/b"] {
        assert_eq!(compared(&serving, "web", route, 5)["same"], 5, "{route}");
    }
}

#[test]
fn counts_that_are_none_are_refused() {
    let moving = Moving::new("");
    let other = Upstream::start();
    let ask = |words: &[&str]| {
        let address = other.url().replace("http://", "");
        let mut all = vec!["migrate", "--admin", &address];
        all.extend(words);
        moving.clinic.program.run(moving.clinic.folder.path(), &all)
    };
    other.json("GET /migration", "[[],[]]");
    other.json(
        "GET /migration",
        r#"{"paths":[{"method":"GET","path":"/\u001b]0;x\u0007\n  fake","requests":1,"failed":0,"answerBytes":1,"seconds":0}],"compared":[]}"#,
    );
    let refused = ask(&["--json"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stdout).contains("FR5021"));
    let said = String::from_utf8(ask(&[]).stdout).unwrap();
    assert!(!said.contains('\u{1b}') && !said.contains("\n  fake"), "{said:?}");
}

/// Routes of a contract behind a path, with what clients could misread.
const ODD: &str = "openapi: 3.0.3
info: { title: Odd, version: \"1\" }
servers: [{ url: \"http://127.0.0.1:9/base/v1\" }]
paths:
  /users/{id}:
    get:
      operationId: getUser
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }, { name: ids, in: query, explode: false, schema: { type: array, items: { type: integer } } }]
      responses: { \"200\": { description: it, content: { application/json: { schema: { type: object, properties: { a: { type: string } } } } } } }
    put:
      operationId: putUser
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      requestBody: { required: true, content: { application/json: { schema: { type: object, properties: { a: { type: string } } } } } }
      responses: { \"200\": { description: it, content: { application/json: { schema: { type: object, properties: { a: { type: string } } } } } } }
    delete:
      operationId: dropUser
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses: { \"202\": { description: later }, \"204\": { description: now } }
  /users/me:
    get:
      operationId: me
      responses: { \"200\": { description: it, content: { application/json: { schema: { type: string } } } } }
  /find:
    get:
      operationId: find
      parameters: [{ name: \"filter\", in: query, style: deepObject, schema: { type: object, properties: { a: { type: string } } } }]
      responses: { \"200\": { description: it, content: { application/json: { schema: { type: string } } } } }
  /.well-known/conf:
    get:
      operationId: conf
      responses: { \"200\": { description: it, content: { application/json: { schema: { type: string } } } } }
";

#[test]
fn drafts_ask_where_and_what_the_contract_says() {
    let folder = tempfile::tempdir().unwrap();
    let contract = folder.path().join("odd \"x\".yaml");
    std::fs::write(&contract, ODD).unwrap();
    let folder = folder.path().join("ws");
    let (program, said) = drafted(&folder, &contract);
    for left in
        ["GET /find has none: its parameter", "GET /.well-known/conf has none: \".well-known\""]
    {
        assert!(said.contains(left), "{said}");
    }
    let old = Upstream::start();
    old.json("GET /base/v1/users/u1?ids=1,2", "{\"a\":\"x\"}");
    old.json("PUT /base/v1/users/u1", "{\"a\":\"x\"}");
    old.on("DELETE /base/v1/users/u1", answer(202, &[], ""));
    old.json("GET /base/v1/users/me", "\"me\"");
    old.json("GET /base/v1/find?filter[a]=1", "\"found\"");
    let serving = program
        .with("BACKEND_URL", &old.url())
        .with("LISTEN", "127.0.0.1:0")
        .with("ADMIN_LISTEN", "127.0.0.1:0")
        .serve(&folder, &["serve", "--json"], 1);
    let web = serving.address("web");
    assert_eq!(get(web, "/base/v1/users/u1?ids=1,2").unwrap().json(), json!({ "a": "x" }));
    assert_eq!(
        ask(
            web,
            "PUT /base/v1/users/u1\ncontent-type: application/json",
            "{\"a\":\"x\",\"more\":1}"
        )
        .status,
        200
    );
    // What the contract does not rule out is not lost.
    let sent = old.take().into_iter().find(|asked| asked.line.starts_with("PUT")).unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&sent.body).unwrap(),
        json!({ "a": "x", "more": 1 })
    );
    // Which of two successes it was, only the service knows.
    assert_eq!(ask(web, "DELETE /base/v1/users/u1", "").status, 202);
    assert_eq!(get(web, "/base/v1/users/me").unwrap().json(), json!("me"));
    assert_eq!(get(web, "/base/v1/find?filter[a]=1").unwrap().json(), json!("found"));
    let all = get(serving.admin("web"), "/migration").unwrap().json();
    let paths = all["paths"].as_array().unwrap();
    assert_eq!(paths.len(), 1, "{paths:#?}");
    assert_eq!(paths[0]["path"], "/base/v1/find");
}

#[test]
fn nothing_is_written_beside_the_new_folder() {
    let folder = tempfile::tempdir().unwrap();
    let victim = folder.path().join("victim");
    std::fs::create_dir_all(&victim).unwrap();
    std::fs::write(victim.join("x.ts"), "mine").unwrap();
    let contract = folder.path().join("c.yaml");
    let text = ODD.replace("/base/v1", "/../../../../victim").replace("/users/me:", "/x:");
    std::fs::write(&contract, text).unwrap();
    let program = Program::new(env!("CARGO_BIN_EXE_frontage"));
    let made = program.run(folder.path(), &["new", "t/ws", "--from", contract.to_str().unwrap()]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    assert_eq!(std::fs::read_to_string(victim.join("x.ts")).unwrap(), "mine");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
}
