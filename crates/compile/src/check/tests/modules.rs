//! Modules: imports, exports, helpers, routes.

use super::support::{Outcome, check_files};

const FORMAT: (&str, &str) = (
    "frontends/web/lib/format.ts",
    "export const money = (cents: number, currency: string): string =>\n  `${(cents / 100).toFixed(2)} ${currency}`;\nexport type Size = \"small\" | \"large\";\n",
);

const HOME: &str = r##"
import { route, error } from "frontage";
import { z } from "zod";
import { users, catalog } from "#upstreams";
import { money } from "../lib/format.ts";

export const GET = route(
  { query: z.object({ limit: z.coerce.number().int().min(1).max(10).default(3) }) },
  async ({ query, session }) => {
    const user = await users.getUser({ id: session.sub });
    const recent = await users.listUsers({ limit: query.limit });
    const picks = await catalog.recommend({ segment: user.segment }, { timeout: 80 }).catch(() => []);
    if (!user.active) throw error(403, "account_suspended");

    return {
      greeting: `Hi ${user.firstName}`,
      orders: await Promise.all(
        recent.items.map(async (order) => ({
          id: order.id,
          total: money(order.age ?? 0, order.status),
          title: (await catalog.getProduct({ id: order.id })).name,
        })),
      ),
      picks: picks.slice(0, 5).map((p) => ({ id: p.id, title: p.name, image: p.images?.[0]?.url ?? null })),
    };
  },
);
"##;

#[test]
fn the_example_of_the_language_checks() {
    let outcome = check_files(&[("frontends/web/routes/home.ts", HOME), FORMAT]);
    assert_eq!(
        outcome.result(),
        "{ greeting: string; orders: { id: string; total: string; title: string }[]; \
         picks: { id: string; title: string; image: string | null }[] }"
    );
}

/// A route with imports of its own and a handler's body.
fn route(imports: &str, body: &str) -> String {
    format!(
        "import {{ route, error }} from \"frontage\";\n{imports}\nexport const GET = route(async () => {{ {body} }});\n"
    )
}

fn check(imports: &str, body: &str, others: &[(&str, &str)]) -> Outcome {
    let text = route(imports, body);
    let mut files = vec![("frontends/web/routes/x.ts", text.as_str())];
    files.extend_from_slice(others);
    check_files(&files)
}

#[test]
fn imports_are_followed() {
    let shared =
        ("shared/money.ts", "export function cents(n: number): number { return n * 100; }\n");
    let again = (
        "frontends/web/lib/again.ts",
        "export { money as cash } from \"./format.ts\";\nexport type { Size } from \"./format.ts\";\n",
    );
    let table = [
        ("import { money } from \"../lib/format.ts\";", "return money(1, \"EUR\");", "string"),
        ("import { cents } from \"#shared/money\";", "return cents(1);", "number"),
        ("import { cents } from \"#shared/money.ts\";", "return cents(1);", "number"),
        ("import { cash } from \"../lib/again.ts\";", "return cash(1, \"EUR\");", "string"),
        ("import * as f from \"../lib/format.ts\";", "return f.money(1, \"EUR\");", "string"),
        (
            "import type { Size } from \"../lib/again.ts\";",
            "const s: Size = \"small\"; return s;",
            "\"small\"",
        ),
        (
            "import * as f from \"../lib/format.ts\";",
            "const s: f.Size = \"small\"; return [s];",
            "(\"small\" | \"large\")[]",
        ),
    ];
    for (imports, body, ty) in table {
        let found = check(imports, body, &[FORMAT, shared, again]).result();
        // A declared union is known to be what it was set to.
        let narrowed = "\"small\"[]";
        assert!(found == ty || found == narrowed, "{imports}: {found}");
    }
}

#[test]
fn faulty_imports_are_refused() {
    let table = [
        ("import { money } from \"../lib/fromat.ts\";", "FR2001 \"../lib/fromat.ts\""),
        ("import { money } from \"../lib/format\";", "FR2003 \"../lib/format\""),
        ("import { x } from \"../../mobile/lib/x.ts\";", "FR2001 \"../../mobile/lib/x.ts\""),
        ("import { x } from \"../../../../etc/x.ts\";", "FR2001 \"../../../../etc/x.ts\""),
        ("import fs from \"node:fs\";", "FR2001 \"node:fs\""),
        ("import { x } from \"lodash\";", "FR2001 \"lodash\""),
        ("import { mony } from \"../lib/format.ts\";", "FR2005 mony"),
        ("import { rout } from \"frontage\";", "FR2005 rout"),
        ("import { user } from \"#upstreams\";", "FR2201 user"),
        ("import { GET as other } from \"./x.ts\";", "FR2006 \"./x.ts\""),
    ];
    for (imports, fault) in table {
        assert_eq!(check(imports, "return 1;", &[FORMAT]).faults(), [fault], "{imports}");
    }
}

#[test]
fn circles_of_modules_are_refused() {
    let a = ("frontends/web/lib/a.ts", "import { b } from \"./b.ts\";\nexport const a = 1;\n");
    let b = ("frontends/web/lib/b.ts", "import { a } from \"./a.ts\";\nexport const b = 2;\n");
    let outcome = check("import { a } from \"../lib/a.ts\";", "return a;", &[a, b]);
    assert_eq!(outcome.faults(), ["FR2004 \"./a.ts\""]);
}

#[test]
fn recursion_is_refused() {
    let table = [
        "export const f = (n: number): number => n < 1 ? 0 : f(n - 1);",
        "export function f(n: number): number { return g(n); }\nfunction g(n: number): number { return f(n); }",
    ];
    for text in table {
        let outcome = check(
            "import { f } from \"../lib/r.ts\";",
            "return f(3);",
            &[("frontends/web/lib/r.ts", text)],
        );
        assert!(outcome.faults().iter().all(|f| f.starts_with("FR2023")), "{:?}", outcome.faults());
        assert_eq!(outcome.faults().len(), 1);
    }
}

#[test]
fn unsafe_calls_are_found_through_helpers() {
    let lib = (
        "frontends/web/lib/w.ts",
        "import { users } from \"#upstreams\";\nexport const gone = async (id: string) => { await users.deleteUser({ id }); };\n",
    );
    let outcome =
        check("import { gone } from \"../lib/w.ts\";", "await gone(\"1\"); return 1;", &[lib]);
    assert_eq!(outcome.faults(), ["FR2211 gone"]);
}

#[test]
fn unsafe_calls_are_placed_with_care() {
    let post = |body: &str| {
        let text = format!(
            "import {{ route }} from \"frontage\";\nimport {{ users }} from \"#upstreams\";\nexport const POST = route(async () => {{ {body} }});\n"
        );
        check_files(&[("frontends/web/routes/x.ts", &text)]).faults()
    };
    let none: [&str; 0] = [];
    assert_eq!(post("await users.deleteUser({ id: \"1\" }); return 1;"), none);
    assert_eq!(
        post(
            "await Promise.all([users.deleteUser({ id: \"1\" }), users.deleteUser({ id: \"2\" })]); return 1;"
        ),
        ["FR2212 deleteUser"]
    );
    assert_eq!(
        post("await Promise.all([\"1\"].map((id) => users.deleteUser({ id }))); return 1;"),
        ["FR2213 deleteUser"]
    );
}

#[test]
fn operations_are_checked_against_their_contract() {
    let table = [
        ("return (await users.getUsr({ id: \"1\" })).id;", "FR2202 getUsr"),
        ("await users.broken(); return 1;", "FR2206 broken"),
        ("await users.getAvatar({ id: \"1\" }); return 1;", "FR2215 getAvatar"),
        ("return users.getUser;", "FR2214 users.getUser"),
        ("await users.getUser(); return 1;", "FR2203 getUser"),
        ("await users.getUser({ id: \"1\" }, { timeot: 3 }); return 1;", "FR2205 timeot"),
        ("await users.getUser({ id: \"1\" }, { timeout: 0 }); return 1;", "FR2205 0"),
        (
            "await users.getUser({ id: \"1\" }, { headers: { Host: \"x\" } }); return 1;",
            "FR2205 Host",
        ),
        ("await users.getUser({ id: \"1\" }, { nullOn: [200] }); return 1;", "FR2205 200"),
    ];
    for (body, fault) in table {
        let found = check("import { users } from \"#upstreams\";", body, &[]).faults();
        assert!(found.contains(&fault.to_owned()), "{body}: {found:?}");
    }
}

#[test]
fn exports_of_route_modules_are_routes() {
    let table = [
        ("export const get = route(async () => 1);", "FR2009 get"),
        ("export const limit = 3;\nexport const GET = route(async () => limit);", "FR2009 limit"),
        ("export const GET = 3;", "FR2010 3"),
        ("export const GET = route();", "FR2301 route()"),
        ("export const GET = route(() => 1);", "FR2301 () => 1"),
        ("const h = async () => 1;\nexport const GET = route(h);", "FR2301 h"),
        ("const x = 1;", "FR2009 "),
        ("export const GET = passthrough(3);", "FR2307 3"),
    ];
    for (text, fault) in table {
        let text = format!("import {{ route, passthrough }} from \"frontage\";\n{text}\n");
        assert_eq!(
            check_files(&[("frontends/web/routes/x.ts", &text)]).faults(),
            [fault],
            "{text}"
        );
    }
}

#[test]
fn routes_of_one_path_are_refused() {
    let text = "import { route } from \"frontage\";\nexport const GET = route(async () => 1);\n";
    let outcome = check_files(&[
        ("frontends/web/routes/a/[x].ts", text),
        ("frontends/web/routes/a/[y].ts", text),
    ]);
    assert_eq!(outcome.faults(), ["FR2008 GET"]);
    let outcome = check_files(&[
        ("frontends/web/routes/a.ts", text),
        ("frontends/web/routes/a/index.ts", text),
    ]);
    assert_eq!(outcome.faults(), ["FR2008 GET"]);
}

#[test]
fn specific_routes_stand_first() {
    let text = "import { route } from \"frontage\";\nexport const GET = route(async () => 1);\n";
    let outcome = check_files(&[
        ("frontends/web/routes/a/[...rest].ts", text),
        ("frontends/web/routes/a/[x].ts", text),
        ("frontends/web/routes/a/b.ts", text),
        ("frontends/web/routes/a.ts", text),
    ]);
    let plan = outcome.plan.expect("it compiles");
    let files: Vec<&str> = plan.routes.iter().map(|route| &*route.place.path).collect();
    assert_eq!(
        files,
        [
            "frontends/web/routes/a.ts",
            "frontends/web/routes/a/b.ts",
            "frontends/web/routes/a/[x].ts",
            "frontends/web/routes/a/[...rest].ts",
        ]
    );
}

#[test]
fn one_fault_has_no_followers() {
    let table = [
        (
            "const u = await users.getUsr({ id: 1 }); return { a: u.x.y, b: u.z + 1, c: [...u.q] };",
            1,
        ),
        ("const { a, b } = nothing; return a.b + b.c();", 1),
        ("const f = (x) => x.y.z; return f(1).q;", 1),
        ("const u: Nowhere = 3; return u.x;", 1),
        ("const u = nothing; return \"x\" in u ? u.x : u.y;", 1),
    ];
    for (body, count) in table {
        let outcome = check("import { users } from \"#upstreams\";", body, &[]);
        assert_eq!(outcome.faults().len(), count, "{body}: {}", outcome.explained());
    }
}
