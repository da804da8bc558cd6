//! Changes that a rule of thumb would judge wrongly, each with the route that uses what changes.

use crate::support::judged;

/// What a route feels of a change, as `severity code path`.
fn felt(old: &str, new: &str, body: &str) -> Vec<String> {
    let [old, new] = [old, new]
        .map(|text| format!("openapi: 3.0.3\ninfo: {{ title: T, version: \"1\" }}\n{text}"));
    let text = format!(
        "import {{ error, route, UpstreamError }} from \"frontage\";\nimport {{ z }} from \"zod\";\n\
         import {{ up }} from \"#upstreams\";\nimport type {{ Up }} from \"#upstreams\";\n\
         export const POST = route({{ query: z.object({{ q: z.string().optional(), ids: z.array(z.string()) }}) }}, async ({{ query }}) => {{\n{body}\n}});\n"
    );
    let (_, found) = judged("up", [&old, &new], &text).unwrap_or_else(|wrong| panic!("{wrong}"));
    let mut all: Vec<String> = found
        .changes
        .iter()
        .flat_map(|change| {
            change.effects.iter().map(|effect| {
                format!("{:?} {} {}", effect.severity, change.code, effect.path)
                    .trim_end()
                    .to_owned()
            })
        })
        .collect();
    all.sort();
    all
}

/// A contract with `getA`, which answers `answer`, and `put`, which takes `body`.
fn up(answer: &str, body: &str) -> String {
    format!(
        "paths:
  /a/{{x}}:
    get:
      operationId: getA
      parameters:
        - {{ name: x, in: path, required: true, schema: {{ type: string }} }}
      responses:
        \"200\": {{ description: it, content: {{ application/json: {{ schema: {answer} }} }} }}
        \"404\": {{ description: none }}
    put:
      operationId: put
      parameters:
        - {{ name: x, in: path, required: true, schema: {{ type: string }} }}
      requestBody: {{ required: true, content: {{ application/json: {{ schema: {body} }} }} }}
      responses: {{ \"200\": {{ description: it, content: {{ application/json: {{ schema: {{ type: string }} }} }} }} }}
"
    )
}

const THING: &str =
    "{ type: object, required: [n], properties: { n: { type: integer }, o: { type: string } } }";
const LESS: &str = "{ type: object, properties: { n: { type: integer }, o: { type: string } } }";
const ANY: &str = "{ type: object, properties: { v: { type: string } } }";

#[test]
fn what_becomes_of_a_route_is_followed() {
    // `n` may be missing now: the call fails.
    for (body, expected) in [
        ("const a = await up.getA({ x: \"1\" }); return { n: a.n };", "MayFail"),
        (
            "const a = await up.getA({ x: \"1\" }).catch(() => null); return { n: a?.n ?? 0 };",
            "Loses",
        ),
        (
            "const a = await up.getA({ x: \"1\" }).catch(() => null); if (a === null) throw error(503, \"x\"); return { n: a.n };",
            "MayFail",
        ),
        (
            "const a = await up.getA({ x: \"1\" }).catch(() => undefined); if (!a) throw error(503, \"x\"); return { n: a.n };",
            "MayFail",
        ),
        (
            "const a = await up.getA({ x: \"1\" }).catch((e) => { if (e instanceof UpstreamError && e.status === 404) return null; throw e; }); return { n: a?.n ?? 0 };",
            "MayFail",
        ),
        (
            "const a = await up.getA({ x: \"1\" }).catch((e) => { if (e instanceof UpstreamError && e.status === 502) return null; throw e; }); return { n: a?.n ?? 0 };",
            "Loses",
        ),
        (
            "const [a] = await Promise.allSettled([up.getA({ x: \"1\" })]); return { n: a.status === \"fulfilled\" ? a.value.n : 0 };",
            "Loses",
        ),
        (
            "const [a] = await Promise.allSettled([up.getA({ x: \"1\" })]); if (a.status === \"rejected\") throw error(503, \"x\"); return { n: a.value.n };",
            "MayFail",
        ),
        (
            "const [a, b] = await Promise.all([up.getA({ x: \"1\" }).catch(() => null), 1]); if (a === null) throw error(503, \"x\"); return { n: a.n, b };",
            "MayFail",
        ),
        (
            "const [a, b] = await Promise.all([up.getA({ x: \"1\" }).catch(() => null), 1]); return { n: a?.n ?? 0, b };",
            "Loses",
        ),
    ] {
        let found = felt(&up(THING, ANY), &up(LESS, ANY), body);
        assert_eq!(found, [format!("{expected} field-optional n")], "{body}");
    }
    // The operation is gone: 404.
    let gone = up(THING, ANY).replacen("/a/{x}:", "/b/{x}:", 1);
    for (body, expected) in [
        (
            "const a = await up.getA({ x: \"1\" }, { nullOn: [404] }); return { n: a?.n ?? 0 };",
            "Loses",
        ),
        (
            "const a = await up.getA({ x: \"1\" }, { nullOn: [404] }); if (a === null) throw error(404, \"x\"); return { n: a.n };",
            "Fails",
        ),
        (
            "const [a] = await Promise.all([up.getA({ x: \"1\" }, { nullOn: [404] })]); if (a === null) throw error(404, \"x\"); return { n: a.n };",
            "Fails",
        ),
        ("const a = await up.getA({ x: \"1\" }); return { n: a.n };", "Fails"),
        (
            "if (query.q === undefined) return { n: 0 }; const a = await up.getA({ x: \"1\" }); return { n: a.n };",
            "MayFail",
        ),
        (
            "const all = await Promise.all(query.ids.map((x) => up.getA({ x }))); return all.map((a) => a.n);",
            "MayFail",
        ),
    ] {
        assert_eq!(
            felt(&up(THING, ANY), &gone, body),
            [format!("{expected} operation-moved")],
            "{body}"
        );
    }
}

const TAGGED: &str = "
components:
  schemas:
    Card: { type: object, required: [kind, amount], properties: { kind: { type: string }, amount: { type: number } } }
    Iban: { type: object, required: [kind, amount], properties: { kind: { type: string }, amount: { type: number } } }
    Pay:
      oneOf: [{ $ref: \"#/components/schemas/Card\" }, { $ref: \"#/components/schemas/Iban\" }]
      discriminator: { propertyName: kind, mapping: { card: \"#/components/schemas/Card\", iban: \"#/components/schemas/Iban\" } }
";

#[test]
fn what_tells_variants_apart_is_always_read() {
    let answer = "{ type: object, required: [pay], properties: { pay: { $ref: \"#/components/schemas/Pay\" } } }";
    let old = up(answer, ANY) + TAGGED;
    let route = "const a = await up.getA({ x: \"1\" }); return { n: a.pay.amount };";
    let iban =
        "Iban: { type: object, required: [kind, amount], properties: { kind: { type: string }, ";
    for (to, expected) in [
        (
            "Iban: { type: object, required: [amount], properties: { kind: { type: string }, ",
            "MayFail field-optional pay.kind",
        ),
        (
            "Iban: { type: object, required: [kind, amount], properties: { kind: { type: string, nullable: true }, ",
            "MayFail null-added pay.kind",
        ),
        (
            "Iban: { type: object, required: [kind, amount], properties: { kind: { type: integer }, ",
            "Fails type-changed pay.kind",
        ),
    ] {
        let new = old.replace(iban, to);
        assert_ne!(old, new);
        let found = felt(&old, &new, route);
        assert!(found.contains(&expected.to_owned()), "{to}: {found:?}");
    }
    assert_eq!(felt(&old, &old, route), Vec::<String>::new());
}

#[test]
fn what_is_sent_counts_however_it_is_written() {
    let body = |n: &str, required: &str| {
        format!(
            "{{ type: object, required: [{required}], properties: {{ n: {{ type: {n} }}, note: {{ type: string }} }} }}"
        )
    };
    let types = "components: { schemas: { O: BODY } }\n";
    let of = |n: &str, required: &str| {
        up(THING, "{ $ref: \"#/components/schemas/O\" }")
            + &types.replace("BODY", &body(n, required))
    };
    let old = of("number", "n");
    for (new, route, expected) in [
        // The checker knows numbers only.
        (
            of("integer", "n"),
            "return await up.put({ x: \"1\", body: { n: 2.5 } });",
            vec!["MayFail number-narrowed body: n"],
        ),
        (of("integer", "n"), "return await up.put({ x: \"1\", body: { n: 2 } });", vec![]),
        // Required now, and made elsewhere.
        (
            of("number", "n, note"),
            "const body: Up.O = { n: 1 }; return await up.put({ x: \"1\", body });",
            vec!["MayFail field-required body: note"],
        ),
        (
            of("number", "n, note"),
            "const body: Up.O = { n: 1, note: \"x\" }; return await up.put({ x: \"1\", body });",
            vec![],
        ),
        (
            of("number", "n, note"),
            "const make = (): Up.O => ({ n: 1 }); return await up.put({ x: \"1\", body: make() });",
            vec!["MayFail field-required body: note"],
        ),
        (
            of("number", "n, note"),
            "return await up.put({ x: \"1\", body: { n: 1 } });",
            vec!["MayFail field-required body: note"],
        ),
        (
            of("string", "n"),
            "return await up.put({ x: \"1\", body: { n: 1 } });",
            vec!["MayFail type-changed body: n"],
        ),
        // Called otherwise, so that its arguments are not looked at.
        (
            of("string", "n").replace("operationId: put", "operationId: store"),
            "return await up.put({ x: \"1\", body: { n: 1 } });",
            vec!["MayFail type-changed body: n"],
        ),
    ] {
        let found = felt(&old, &new, route);
        assert_eq!(found, expected, "{route}");
    }
}

/// A body with a list of lines.
fn lines(quantity: &str, code: &str) -> String {
    up(
        THING,
        &format!(
            "{{ type: object, required: [l], properties: {{ l: {{ type: array, items: {{ type: object, \
             additionalProperties: false, required: [q], properties: {{ q: {{ type: integer, {quantity} }}{code} }} }} }} }} }}"
        ),
    )
}

#[test]
fn what_is_sent_in_lists_counts_too() {
    let code = ", \"a.b\": { type: string, maxLength: 9 }";
    let old = lines("maximum: 99", code);
    let less = lines("maximum: 50", code);
    let shorter = lines("maximum: 99", ", \"a.b\": { type: string, maxLength: 3 }");
    let gone = lines("maximum: 99", "");
    let narrowed = "MayFail limit-narrowed body: l[].q";
    for (new, list, expected) in [
        (&less, "query.ids.map(() => ({ q: 60 }))", vec![narrowed]),
        (&less, "[{ q: 60 }]", vec![narrowed]),
        (&less, "[{ q: 40 }, { q: 60 }]", vec![narrowed]),
        (&less, "[{ q: query.ids.length }]", vec![narrowed]),
        (&less, "[...query.ids.map(() => ({ q: 1 }))]", vec![narrowed]),
        (&less, "[{ q: 40 }]", vec![]),
        (&less, "[]", vec![]),
        (&shorter, "[{ q: 1, \"a.b\": \"long\" }]", vec!["MayFail limit-narrowed body: l[].a.b"]),
        (&shorter, "[{ q: 1, \"a.b\": \"abc\" }, { q: 1 }]", vec![]),
        (
            &gone,
            "[{ q: 1 }, { q: 1, \"a.b\": \"a\" }]",
            vec!["MayFail field-removed body: l[].a.b"],
        ),
        (&gone, "[{ q: 1 }]", vec![]),
    ] {
        let route = format!("return await up.put({{ x: \"1\", body: {{ l: {list} }} }});");
        assert_eq!(felt(&old, new, &route), expected, "{list}");
    }
}

#[test]
fn a_plan_hands_on_no_field_that_it_does_not_know() {
    // A service begins to demand what it answers itself.
    let both = |more: &str, required: &str| {
        let thing = format!(
            "{{ type: object, required: [n{required}], properties: {{ n: {{ type: integer }}{more} }} }}"
        );
        up(&thing, &thing)
    };
    let (old, new) = (both("", ""), both(", c: { type: string }", ", c"));
    let added = "MayFail field-added body: c";
    for (body, expected) in [
        ("a", vec![added]),
        ("{ ...a }", vec![added]),
        ("{ ...a, n: 2 }", vec![added]),
        ("{ n: a.n }", vec![added]),
        ("{ ...a, ...own }", vec![]),
        ("own", vec![]),
    ] {
        let route = format!(
            "const a = await up.getA({{ x: \"1\" }}); const own = {{ n: 1, c: \"x\" }}; \
             return await up.put({{ x: own.c, body: {body} }});"
        );
        assert_eq!(felt(&old, &new, &route), expected, "{body}");
    }
    // And in lists.
    let list = |thing: &str| {
        up(
            &format!("{{ type: array, items: {thing} }}"),
            &format!("{{ type: array, items: {thing} }}"),
        )
    };
    let (old, new) = (
        list("{ type: object, required: [n], properties: { n: { type: integer } } }"),
        list(
            "{ type: object, required: [n, c], properties: { n: { type: integer }, c: { type: string } } }",
        ),
    );
    for list in ["a", "a.filter((own) => own.n > 1)", "[...a]"] {
        let route = format!(
            "const a = await up.getA({{ x: \"1\" }}); return await up.put({{ x: \"1\", body: {list} }});"
        );
        assert_eq!(felt(&old, &new, &route), ["MayFail field-added body: [].c"], "{list}");
    }
}

#[test]
fn what_one_variant_lacks_another_still_gives() {
    let old = up(THING, ANY);
    let gone = "{ type: object, required: [gone], properties: { gone: { type: boolean } } }";
    let new = up(&format!("{{ oneOf: [{THING}, {gone}] }}"), ANY);
    let found = felt(&old, &new, "const a = await up.getA({ x: \"1\" }); return { n: a.n };");
    assert!(!found.is_empty() && found.iter().all(|own| !own.starts_with("Fails")), "{found:?}");
    // All of them: then it is gone.
    let new = up(
        &format!(
            "{{ oneOf: [{{ type: object, properties: {{ m: {{ type: string }} }} }}, {gone}] }}"
        ),
        ANY,
    );
    let found = felt(&old, &new, "const a = await up.getA({ x: \"1\" }); return { n: a.n };");
    assert!(found.iter().any(|own| own.starts_with("Fails")), "{found:?}");
}

#[test]
fn a_schema_at_two_places_is_judged_at_both() {
    let schemas = |required: &str| {
        format!(
            "components: {{ schemas: {{ Ad: {{ type: object, required: [{required}], properties: {{ zip: {{ type: string }}, city: {{ type: string }} }} }} }} }}\n"
        )
    };
    let body = "{ type: object, required: [billing, shipping], properties: { billing: { $ref: \"#/components/schemas/Ad\" }, shipping: { $ref: \"#/components/schemas/Ad\" } } }";
    let (old, new) = (up(THING, body) + &schemas("city"), up(THING, body) + &schemas("city, zip"));
    let route = "return await up.put({ x: \"1\", body: { billing: { city: \"a\", zip: \"1\" }, shipping: { city: \"b\" } } });";
    assert_eq!(felt(&old, &new, route), ["MayFail field-required body: shipping.zip"]);
}

#[test]
fn what_is_the_same_on_the_wire_is_no_change() {
    let route = "return await up.put({ x: \"1\", body: { v: \"1\" } });";
    let old = up(THING, ANY);
    for (from, to) in [
        (
            "requestBody: { required: true, content: { application/json:",
            "requestBody: { required: true, content: { \"application/json; charset=utf-8\":",
        ),
        (
            "requestBody: { required: true, content: { application/json:",
            "requestBody: { required: true, content: { \"*/*\":",
        ),
        ("/a/{x}", "/a/{y}"),
    ] {
        let new = old.replace(from, to);
        let new = if to == "/a/{y}" { new.replace("name: x", "name: y") } else { new };
        assert_ne!(old, new);
        let found = felt(&old, &new, route);
        // A parameter of another name is another key of the call's arguments: what runs goes on.
        assert!(
            found
                .iter()
                .all(|own| own.starts_with("MayFail") && to == "/a/{y}" || found.is_empty()),
            "{found:?}"
        );
    }
}

#[test]
fn statuses_of_a_range_are_all_of_them() {
    let old = up(THING, ANY);
    let new = old.replacen("\"200\":", "\"2XX\":", 1);
    let found = felt(&old, &new, "const a = await up.getA({ x: \"1\" }); return { n: a.n };");
    assert_eq!(found, ["MayFail status-added"]);
    // A failure that gives `null`, and is no longer declared.
    let route =
        "const a = await up.getA({ x: \"1\" }, { nullOn: [404] }); return { n: a?.n ?? 0 };";
    let none = |status: &str| old.replacen("\"404\":", status, 1);
    let gone = "Drifts failure-removed";
    for (before, after, is_gone) in [
        ("\"404\":", "\"410\":", true),
        ("\"4XX\":", "\"5XX\":", true),
        ("\"404\":", "\"4XX\":", false),
        ("\"4XX\":", "\"404\":", false),
    ] {
        let found = felt(&none(before), &none(after), route);
        assert_eq!(found.iter().any(|own| own == gone), is_gone, "{before} {after}: {found:?}");
    }
}

#[test]
fn limits_are_of_what_is_sent() {
    let body = |most: u32| {
        format!(
            "{{ type: object, properties: {{ n: {{ type: integer, maximum: {most} }}, t: {{ type: string, maxLength: {most} }} }} }}"
        )
    };
    let (old, new) = (up(THING, &body(100)), up(THING, &body(10)));
    for (sent, expected) in [
        ("{}", vec![]),
        ("{ n: 3, t: \"short\" }", vec![]),
        (
            "{ n: 30, t: \"much longer than ten\" }",
            vec!["MayFail limit-narrowed body: n", "MayFail limit-narrowed body: t"],
        ),
        ("{ t: query.q }", vec!["MayFail limit-narrowed body: t"]),
    ] {
        let route = format!("return await up.put({{ x: \"1\", body: {sent} }});");
        assert_eq!(felt(&old, &new, &route), expected, "{sent}");
    }
}

#[test]
fn types_that_hold_themselves_end() {
    let schemas = "components: { schemas: { J: { anyOf: [{ type: string }, { type: array, items: { $ref: \"#/components/schemas/J\" } }] } } }\n";
    let answer = "{ $ref: \"#/components/schemas/J\" }";
    let old = up(answer, answer) + schemas;
    let new = old.replace("type: string }, { type: array", "type: integer }, { type: array");
    let route = "const a = await up.getA({ x: \"1\" }); return { a };";
    assert_eq!(felt(&old, &old, route), Vec::<String>::new());
    assert!(!felt(&old, &new, route).is_empty());
}

#[test]
fn what_was_refused_before_is_no_change() {
    for answer in [
        "{ type: object, properties: { k: { enum: [auto, 1, 2] } } }",
        "{ type: object, properties: { w: { type: string, writeOnly: true } }, additionalProperties: { type: integer } }",
    ] {
        let old = up(answer, ANY);
        assert_eq!(
            felt(&old, &old, "return await up.getA({ x: \"1\" });"),
            Vec::<String>::new(),
            "{answer}"
        );
    }
}
