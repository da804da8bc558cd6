//! `frontage impact` on the shop: what it says of a changed contract is what comes of the change.
//!
//! Each case changes a contract and, on the way between the backends and the shop's real services,
//! what these answer. Every route is asked; those that fail must be those that were named.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use frontage_testkit::client::{Answer, send};
use frontage_testkit::process::{Program, Serving};
use serde_json::{Value, json};

use crate::shop::{Shop, UPSTREAMS, root};

/// What the service does once its contract has changed.
#[derive(Clone)]
enum Rule {
    /// Members of this name, wherever they are in its answers, become this; nothing: they are gone.
    Member(&'static str, Option<Value>),
    /// Requests of this method and path (`*` is a segment) are answered so.
    Answers(&'static str, &'static str, u16, &'static str, &'static str),
    /// Requests of this method and path are refused (400) unless query or body hold this.
    Needs(&'static str, &'static str, &'static str),
    /// Requests of this method and path are refused (400) if the query holds one of these.
    Refuses(&'static str, &'static str, &'static [&'static str]),
    /// A parameter of the query is no longer read.
    Ignores(&'static str, &'static str, &'static str),
    /// It goes on as it did.
    Nothing,
}

struct Case {
    name: &'static str,
    upstream: &'static str,
    change: fn(&mut Value),
    rule: Rule,
}

/// Where a schema stands in a contract.
fn schema<'v>(contract: &'v mut Value, name: &str) -> &'v mut Value {
    &mut contract["components"]["schemas"][name]
}

fn without(list: &mut Value, word: &str) {
    let list = list.as_array_mut().expect("a list");
    let before = list.len();
    list.retain(|own| own != word);
    assert_eq!(list.len() + 1, before, "{word} was there");
}

fn member(object: &mut Value, name: &str) -> Value {
    object.as_object_mut().and_then(|object| object.remove(name)).expect("it was there")
}

fn parameter<'v>(operation: &'v mut Value, name: &str) -> &'v mut Value {
    let all = operation["parameters"].as_array_mut().expect("parameters");
    all.iter_mut().find(|own| own["name"] == name).expect("it was there")
}

fn cases() -> Vec<Case> {
    let case = |name, upstream, rule, change| Case { name, upstream, change, rule };
    vec![
        case(
            "a field that nobody reads is gone",
            "users",
            Rule::Member("externalIds", None),
            |c| {
                let user = &mut schema(c, "User")["allOf"][1];
                without(&mut user["required"], "externalIds");
                member(&mut user["properties"], "externalIds");
            },
        ),
        case("a field is gone", "users", Rule::Member("firstName", None), |c| {
            let person = schema(c, "Person");
            without(&mut person["required"], "firstName");
            member(&mut person["properties"], "firstName");
        }),
        case("a field may be missing", "users", Rule::Member("email", None), |c| {
            without(&mut schema(c, "Person")["required"], "email");
        }),
        case("a field may be null", "users", Rule::Member("displayName", Some(Value::Null)), |c| {
            schema(c, "Person")["properties"]["displayName"]["nullable"] = true.into();
        }),
        case(
            "a field has another type",
            "users",
            Rule::Member("active", Some("yes".into())),
            |c| {
                schema(c, "User")["allOf"][1]["properties"]["active"] = json!({ "type": "string" });
            },
        ),
        case(
            "a number may have a fraction",
            "orders",
            Rule::Member("itemCount", Some(json!(1.5))),
            |c| {
                schema(c, "Order")["properties"]["itemCount"] = json!({ "type": "number" });
            },
        ),
        case("a value nobody knows", "orders", Rule::Member("by", Some("robot".into())), |c| {
            let by = &mut schema(c, "OrderEvent")["properties"]["by"];
            by["enum"].as_array_mut().expect("values").push("robot".into());
        }),
        case(
            "a further variant",
            "orders",
            Rule::Member("payment", Some(json!({ "kind": "crypto", "coin": "x" }))),
            |c| {
                *schema(c, "CryptoPayment") = json!({
                    "type": "object",
                    "required": ["kind", "coin"],
                    "properties": {
                        "kind": { "type": "string", "const": "crypto" },
                        "coin": { "type": "string" },
                    },
                });
                let payment = schema(c, "Payment");
                let own = "#/components/schemas/CryptoPayment";
                payment["oneOf"].as_array_mut().expect("variants").push(json!({ "$ref": own }));
                payment["discriminator"]["mapping"]["crypto"] = own.into();
            },
        ),
        case("a part that has a fallback", "stock", Rule::Member("status", Some(1.into())), |c| {
            schema(c, "ProductStock")["properties"]["status"] = json!({ "type": "integer" });
        }),
        case(
            "an operation that is handed on is gone",
            "users",
            Rule::Answers("GET", "/users/*/avatar", 404, "application/problem+json", "{}"),
            |c| {
                member(&mut c["paths"], "/users/{id}/avatar");
            },
        ),
        case(
            "an operation is gone, for which 404 means null, or another stands in bulk",
            "catalog",
            Rule::Answers("GET", "/products/*", 404, "application/problem+json", "{}"),
            |c| {
                member(&mut c["paths"]["/products/{id}"], "get");
            },
        ),
        case(
            "an operation has moved",
            "users",
            Rule::Answers("POST", "/users/search", 404, "application/problem+json", "{}"),
            |c| {
                let own = member(&mut c["paths"], "/users/search");
                c["paths"]["/people/search"] = own;
            },
        ),
        case(
            "an operation has another method",
            "users",
            Rule::Answers("PUT", "/users/*/preferences", 405, "application/problem+json", "{}"),
            |c| {
                let path = &mut c["paths"]["/users/{id}/preferences"];
                let own = member(path, "put");
                path["patch"] = own;
            },
        ),
        case("an operation has another name", "users", Rule::Nothing, |c| {
            c["paths"]["/users"]["get"]["operationId"] = "allUsers".into();
        }),
        case(
            "a field of the body is required",
            "users",
            Rule::Needs("POST", "/users/search", "realm"),
            |c| {
                let search = schema(c, "UserSearch");
                search["properties"]["realm"] = json!({ "type": "string" });
                search["required"] = json!(["realm"]);
            },
        ),
        case("a parameter is required", "orders", Rule::Needs("GET", "/orders", "status="), |c| {
            parameter(&mut c["paths"]["/orders"]["get"], "status")["required"] = true.into();
        }),
        case(
            "a required parameter is new",
            "orders",
            Rule::Needs("GET", "/orders/*", "tenant="),
            |c| {
                let own = &mut c["paths"]["/orders/{id}"]["get"];
                own["parameters"] = json!([
                    { "name": "tenant", "in": "query", "required": true, "schema": { "type": "string" } }
                ]);
            },
        ),
        case(
            "a value is no longer taken",
            "catalog",
            Rule::Refuses("GET", "/products", &["sort=newest"]),
            |c| without(&mut schema(c, "ProductSort")["enum"], "newest"),
        ),
        case(
            "a limit is narrower",
            "orders",
            Rule::Refuses("GET", "/orders", &["limit=4", "limit=5", "limit=9"]),
            |c| c["components"]["parameters"]["Limit"]["schema"]["maximum"] = 3.into(),
        ),
        case(
            "a success of another status",
            "orders",
            Rule::Answers("POST", "/orders", 202, "text/plain", ""),
            |c| {
                let responses = &mut c["paths"]["/orders"]["post"]["responses"];
                member(responses, "201");
                responses["202"] = json!({ "description": "It will be placed" });
            },
        ),
        case(
            "another media type",
            "orders",
            Rule::Answers("GET", "/orders/*", 200, "text/csv", "line,product"),
            |c| {
                let own = &mut c["paths"]["/orders/{id}"]["get"]["responses"]["200"]["content"];
                member(own, "application/json");
            },
        ),
        case(
            "the keys of a bulk call are no longer read",
            "catalog",
            Rule::Ignores("GET", "/products", "ids"),
            |c| {
                let all = c["paths"]["/products"]["get"]["parameters"].as_array_mut();
                all.expect("parameters").retain(|own| own["name"] != "ids");
            },
        ),
    ]
}

/// What stands between the backends and one service.
struct Way {
    service: SocketAddr,
    rule: Mutex<Rule>,
}

async fn pass(State(way): State<Arc<Way>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    tokio::task::spawn_blocking(move || way.answer(&head, &body)).await.expect("an answer")
}

impl Way {
    fn answer(&self, head: &http::request::Parts, body: &Bytes) -> Response {
        let rule = self.rule.lock().expect("a rule").clone();
        let (method, path) = (head.method.as_str(), head.uri.path());
        let query = head.uri.query().unwrap_or_default();
        let is = |own: &str, template: &str| {
            let (own_path, template) = (path.split('/'), template.split('/'));
            own == method
                && own_path.clone().count() == template.clone().count()
                && own_path.zip(template).all(|(a, b)| b == "*" || a == b)
        };
        let refused = || {
            let body =
                r#"{"type":"about:blank","title":"Bad request","status":400,"code":"refused"}"#;
            response(400, "application/problem+json", body.as_bytes().to_vec())
        };
        let mut asked = query.to_owned();
        match &rule {
            Rule::Answers(own, template, status, kind, text) if is(own, template) => {
                return response(*status, kind, text.as_bytes().to_vec());
            }
            Rule::Needs(own, template, word) if is(own, template) => {
                let body = String::from_utf8_lossy(body);
                if !query.contains(word) && !body.contains(word) {
                    return refused();
                }
            }
            Rule::Refuses(own, template, words)
                if is(own, template) && query.split('&').any(|pair| words.contains(&pair)) =>
            {
                return refused();
            }
            Rule::Ignores(own, template, name) if is(own, template) => {
                let kept = query.split('&').filter(|pair| pair.split('=').next() != Some(name));
                asked = kept.collect::<Vec<_>>().join("&");
            }
            _ => {}
        }
        let mut words = format!("{method} {path}");
        if !asked.is_empty() {
            words.push_str(&format!("?{asked}"));
        }
        for name in ["accept", "content-type", "idempotency-key"] {
            if let Some(value) = head.headers.get(name).and_then(|value| value.to_str().ok()) {
                words.push_str(&format!("\n{name}: {value}"));
            }
        }
        let answer = send(self.service, &words, body).expect("the service answers");
        let kind = answer.header("content-type").unwrap_or("text/plain").to_owned();
        let mut text = answer.body.clone();
        if let Rule::Member(name, value) = &rule
            && let Ok(mut json) = serde_json::from_slice::<Value>(&text)
            && answer.status < 300
        {
            everywhere(&mut json, name, value.as_ref());
            text = json.to_string().into_bytes();
        }
        response(answer.status, &kind, text)
    }
}

fn response(status: u16, kind: &str, body: Vec<u8>) -> Response {
    let head = Response::builder().status(status).header("content-type", kind);
    head.body(Body::from(body)).expect("a response")
}

fn everywhere(json: &mut Value, name: &str, value: Option<&Value>) {
    match json {
        Value::Array(items) => items.iter_mut().for_each(|item| everywhere(item, name, value)),
        Value::Object(members) => {
            if members.contains_key(name) {
                match value {
                    Some(value) => drop(members.insert(name.to_owned(), value.clone())),
                    None => drop(members.remove(name)),
                }
            }
            members.values_mut().for_each(|member| everywhere(member, name, value));
        }
        _ => {}
    }
}

/// The shop, with something on the way to each of its services.
struct Changing {
    /// Dropped first.
    serving: Serving,
    ways: BTreeMap<&'static str, Arc<Way>>,
    shop: Shop,
}

impl Changing {
    fn start() -> Self {
        let mut shop = Shop::start();
        let mut ways = BTreeMap::new();
        for name in UPSTREAMS {
            let service = shop.service(name);
            let way = Arc::new(Way { service, rule: Mutex::new(Rule::Nothing) });
            ways.insert(name, Arc::clone(&way));
            let any = SocketAddr::from(([127, 0, 0, 1], 0));
            let bound = shop.runtime.block_on(tokio::net::TcpListener::bind(any));
            let listener = bound.expect("a port");
            let address = listener.local_addr().expect("an address");
            let app = axum::Router::new().fallback(pass).with_state(way);
            shop.runtime.spawn(async move { axum::serve(listener, app).await });
            let variable = format!("{}_URL", name.to_uppercase());
            shop.program = shop.program.with(&variable, &format!("http://{address}"));
        }
        let serving = shop.serve(&root());
        Self { serving, ways, shop }
    }

    /// Asks every route in ways that lead to each of its calls; what became of each.
    fn ask(&self, run: usize) -> BTreeMap<String, Outcome> {
        let mut all: BTreeMap<String, Outcome> = BTreeMap::new();
        for (frontend, route, words, body) in self.requests(run) {
            // A call with little time may take longer than that: what comes of the change comes
            // each time.
            let tries = (0..6).map(|turn| {
                let words = words.replace("{turn}", &format!("{run}-{turn}"));
                let address = self.serving.address(frontend);
                Outcome::of(&send(address, &words, body.as_bytes()).expect("an answer"))
            });
            let mut best = Outcome::Fails;
            for outcome in tries {
                best = best.min(outcome);
                if best == Outcome::Answers || words.starts_with("POST") {
                    break;
                }
            }
            let known = all.entry(format!("{frontend} {route}")).or_insert(Outcome::Answers);
            *known = best.max(*known);
        }
        all
    }

    /// Requests: frontend, route, head and body. Each succeeds as long as nothing changes.
    fn requests(&self, run: usize) -> Vec<(&'static str, &'static str, String, String)> {
        let json = "\ncontent-type: application/json";
        let [one, other] = self.plenty();
        let several =
            json!([{ "productId": one, "quantity": 1 }, { "productId": other, "quantity": 2 }]);
        let order = json!({ "userId": "u1", "lines": several });
        // At the service itself, whatever stands on the way.
        let placed = |key: &str| {
            let head = format!("POST /orders{json}\nidempotency-key: {key}-{run}-key");
            let answer = send(self.shop.service("orders"), &head, order.to_string().as_bytes())
                .expect("an order");
            assert_eq!(answer.status, 201, "{}", answer.text());
            answer.json()["id"].as_str().expect("an id").to_owned()
        };
        let (own, cancelled) = (placed("read"), placed("cancel"));
        let reviewed = self.reviewed(run);
        let product =
            send(self.shop.service("catalog"), "GET /products/p1", b"").expect("a product").json();
        let image = product["images"][0]["sizes"][0]["url"]
            .as_str()
            .or(product["images"][0]["url"].as_str());
        let image = format!("/api{}", image.expect("a picture"));
        let preferences = json!({
            "newsletter": true,
            "density": "compact",
            "favouriteCategories": [],
            "notifications": { "orders": true },
        });
        let bought = json!({ "lines": several });
        let get = |path: &str| format!("GET {path}");
        vec![
            ("web", "GET /api/account", get("/api/account"), String::new()),
            (
                "web",
                "PUT /api/account/preferences",
                format!("PUT /api/account/preferences{json}"),
                preferences.to_string(),
            ),
            ("web", "GET /api/categories", get("/api/categories"), String::new()),
            ("web", "GET /api/home", get("/api/home"), String::new()),
            ("web", "GET /api/images/p/{file}", get(&image), String::new()),
            ("web", "GET /api/orders", get("/api/orders?pageSize=9"), String::new()),
            ("web", "GET /api/orders", get("/api/orders?show=open"), String::new()),
            ("web", "GET /api/orders/{id}", get(&format!("/api/orders/{own}")), String::new()),
            (
                "web",
                "POST /api/orders/{id}/cancel",
                format!("POST /api/orders/{cancelled}/cancel{json}"),
                "{}".into(),
            ),
            ("web", "GET /api/people", get("/api/people"), String::new()),
            ("web", "GET /api/products", get("/api/products?sort=newest"), String::new()),
            ("web", "GET /api/products", get("/api/products?category=c1"), String::new()),
            ("web", "GET /api/products/{id}", get("/api/products/p1"), String::new()),
            (
                "web",
                "GET /api/products/{id}/reviews",
                get("/api/products/p1/reviews"),
                String::new(),
            ),
            (
                "web",
                "POST /api/products/{id}/reviews",
                format!("POST /api/products/{reviewed}/reviews{json}"),
                json!({ "rating": 4, "body": "It does what it says." }).to_string(),
            ),
            ("web", "GET /api/users/{id}/avatar", get("/api/users/u1/avatar"), String::new()),
            ("mobile", "GET /api/basket", get("/api/basket?id=p1&id=p3"), String::new()),
            ("mobile", "GET /api/categories", get("/api/categories"), String::new()),
            ("mobile", "GET /api/checkout", get("/api/checkout"), String::new()),
            ("mobile", "GET /api/home", get("/api/home?limit=5"), String::new()),
            ("mobile", "GET /api/home", get("/api/home?limit=1"), String::new()),
            ("mobile", "GET /api/images/p/{file}", get(&image), String::new()),
            ("mobile", "GET /api/orders", get("/api/orders?limit=9"), String::new()),
            (
                "mobile",
                "POST /api/orders",
                format!("POST /api/orders{json}\nidempotency-key: {{turn}}-bought"),
                bought.to_string(),
            ),
            ("mobile", "GET /api/orders/{id}", get(&format!("/api/orders/{own}")), String::new()),
            ("mobile", "GET /api/people", get("/api/people"), String::new()),
            ("mobile", "GET /api/products/{id}", get("/api/products/p1"), String::new()),
            ("mobile", "GET /api/search", get("/api/search?q=a"), String::new()),
            ("mobile", "GET /api/users/{id}/avatar", get("/api/users/u1/avatar"), String::new()),
        ]
    }

    /// The two products of which the most can be had.
    fn plenty(&self) -> [String; 2] {
        let ids: Vec<String> = (1..200).map(|at| format!("p{at}")).collect();
        let path = format!("GET /stock?productIds={}", ids.join(","));
        let stock = send(self.shop.service("stock"), &path, b"").expect("the stock").json();
        let all = stock.as_array().expect("a list").iter();
        let mut all: Vec<(i64, &str)> = all
            .filter_map(|own| Some((own["available"].as_i64()?, own["productId"].as_str()?)))
            .collect();
        all.sort_unstable();
        [all[all.len() - 1].1.to_owned(), all[all.len() - 2].1.to_owned()]
    }

    /// A product that has not been reviewed by `u1`.
    fn reviewed(&self, run: usize) -> String {
        let mut at = 20 + run * 3;
        loop {
            let path = format!("GET /products/p{at}/reviews?limit=50");
            let answer = send(self.shop.service("catalog"), &path, b"").expect("reviews");
            assert_eq!(answer.status, 200, "{}", answer.text());
            let reviews = answer.json();
            let mut all = reviews["items"].as_array().expect("a page").iter();
            if all.all(|review| review["userId"] != "u1") {
                return format!("p{at}");
            }
            at += 1;
        }
    }

    /// What `frontage impact` says of a changed contract.
    fn impact(&self, upstream: &str, contract: &Value) -> Value {
        let file = self.shop.folder.path().join("new.json");
        std::fs::write(&file, contract.to_string()).expect("a contract is written");
        let file = file.to_str().expect("a path");
        let output = self.shop.program.run(&root(), &["impact", "--json", upstream, file]);
        let said = String::from_utf8_lossy(&output.stdout);
        serde_json::from_str(&said)
            .unwrap_or_else(|e| panic!("{e}: {said}{}", String::from_utf8_lossy(&output.stderr)))
    }
}

/// What becomes of a route; the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Answers,
    Loses,
    Fails,
}

impl Outcome {
    fn of(answer: &Answer) -> Self {
        match answer.status {
            400.. => Self::Fails,
            _ if answer.header("frontage-fallback").is_some() => Self::Loses,
            _ => Self::Answers,
        }
    }
}

/// What is said of each route that feels a change.
fn said(impact: &Value) -> BTreeMap<String, Outcome> {
    let mut all: BTreeMap<String, Outcome> = BTreeMap::new();
    let changes = impact["changes"].as_array().expect("changes").iter();
    for effect in changes.flat_map(|change| change["effects"].as_array().expect("effects")) {
        let outcome = match effect["severity"].as_str() {
            Some("fails" | "may-fail") => Outcome::Fails,
            // Without a part, `null` stands for what is not there.
            Some("loses") if effect["part"].is_string() => Outcome::Loses,
            Some("loses" | "drifts") => Outcome::Answers,
            other => panic!("{other:?}"),
        };
        let route = format!(
            "{} {}",
            effect["frontend"].as_str().unwrap(),
            effect["route"].as_str().unwrap()
        );
        let known = all.entry(route).or_insert(Outcome::Answers);
        *known = outcome.max(*known);
    }
    all
}

fn contract(upstream: &str) -> Value {
    let end = if upstream == "catalog" { "json" } else { "yaml" };
    let path = root().join(format!("contracts/{upstream}.openapi.{end}"));
    let text = std::fs::read_to_string(&path).expect("a contract");
    serde_saphyr::from_str(&text).expect("a contract")
}

#[test]
fn a_contract_without_operations_breaks_whoever_calls_one_and_no_contract_is_refused() {
    let program = Program::new(env!("CARGO_BIN_EXE_frontage"));
    let folder = tempfile::tempdir().unwrap();
    let ask = |text: &str| -> Value {
        let file = folder.path().join("new.yaml");
        std::fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        let output = program.run(&root(), &["impact", "--json", "users", file]);
        assert_eq!(output.status.code(), Some(1), "{text}");
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let found = ask("openapi: 3.1.0\ninfo: { title: U, version: '1' }\npaths: {}\n");
    let said = said(&found);
    assert_eq!(said["web GET /api/account"], Outcome::Fails, "{said:?}");
    assert!(said.len() > 5, "{said:?}");
    // A setting that speaks of what is gone is named beside them.
    assert_eq!(found["findings"][0]["code"], "FR5015");
    // Of what is no contract, only that is said.
    let refused = ask("[workspace]\n");
    let codes: Vec<&Value> =
        refused["diagnostics"].as_array().unwrap().iter().map(|own| &own["code"]).collect();
    assert_eq!(codes, ["FR3002"]);
}

#[test]
fn exactly_the_routes_that_are_named_fail() {
    let shop = Changing::start();
    let before = shop.ask(0);
    assert!(before.values().all(|outcome| *outcome == Outcome::Answers), "{before:?}");
    let explained = ["web", "mobile"].map(|name| {
        let output = shop.shop.program.run(&root(), &["explain", name, "--json"]);
        let value: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        value["routes"].as_array().map_or(0, Vec::len)
    });
    assert_eq!(before.len(), explained.iter().sum::<usize>(), "every route is asked");

    let mut faults = Vec::new();
    let mut kinds = BTreeSet::new();
    for (run, case) in cases().into_iter().enumerate() {
        let mut changed = contract(case.upstream);
        (case.change)(&mut changed);
        let impact = shop.impact(case.upstream, &changed);
        let said = said(&impact);
        let changes = impact["changes"].as_array().expect("changes");
        kinds.extend(changes.iter().filter_map(|c| c["code"].as_str().map(str::to_owned)));
        *shop.ways[case.upstream].rule.lock().expect("a rule") = case.rule;
        let seen = shop.ask(run + 1);
        *shop.ways[case.upstream].rule.lock().expect("a rule") = Rule::Nothing;
        for (route, seen) in seen {
            let said = said.get(&route).copied().unwrap_or(Outcome::Answers);
            if said != seen {
                faults.push(format!("{}: {route} {seen:?}, and was said: {said:?}", case.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(kinds.len() >= 18, "{kinds:?}");
}
