//! Programs that would take for ever if a part were looked at once for each way that leads to it.

use super::support::{check_body, check_files, module_around};

#[test]
fn nested_conditions_are_looked_at_once() {
    let mut condition = "q".to_owned();
    for level in 0..60 {
        let (op, name) = if level % 2 == 0 { ("||", "sort") } else { ("&&", "n") };
        condition = format!("({condition} {op} {name})");
    }
    let body = format!("const {{ q, n, sort }} = query; if ({condition}) return 1; return 2;");
    assert_eq!(check_body(&body).result(), "1 | 2");
    // The same through conditions with names.
    let mut body = String::from("const c0 = query.q !== undefined;");
    for level in 1..40 {
        body.push_str(&format!("const c{level} = c{0} && (query.n > 1 || c{0});", level - 1));
    }
    body.push_str("if (c39) return 1; return 2;");
    assert_eq!(check_body(&body).result(), "1 | 2");
}

#[test]
fn types_of_one_form_are_compared_once() {
    let mut types = String::new();
    for name in ["A", "B"] {
        for level in 0..30 {
            let next = format!("{name}{}", level + 1);
            types.push_str(&format!(
                "interface {name}{level} {{ x: {next}; y: {next}; up?: {name}0 }}\n"
            ));
        }
        types.push_str(&format!("interface {name}30 {{ z: string }}\n"));
    }
    types.push_str("const same = (a: A0): B0 => a;\n");
    let module = format!("{}{types}", module_around("return 1;"));
    let outcome = check_files(&[("frontends/web/routes/index.ts", &module)]);
    assert_eq!(outcome.result(), "number");
    // What speaks against it at the end is found all the same.
    let other = module.replace("interface B30 { z: string }", "interface B30 { z: number }");
    let outcome = check_files(&[("frontends/web/routes/index.ts", &other)]);
    assert_eq!(outcome.faults(), ["FR2101 a"]);
}

#[test]
fn what_doubles_is_refused_before_it_is_made() {
    let mut tuples = String::from("const t0 = [1, 2] as const;");
    let mut schemas = String::from("const S0 = z.object({ v: z.string() });\n");
    for level in 1..40 {
        tuples.push_str(&format!("const t{level} = [...t{0}, ...t{0}] as const;", level - 1));
        schemas
            .push_str(&format!("const S{level} = z.object({{ a: S{0}, b: S{0} }});\n", level - 1));
    }
    let outcome = check_body(&format!("{tuples} return t39.length;"));
    assert_eq!(outcome.faults(), ["FR2124 [...t12, ...t12]"]);
    let module = format!(
        "{}{schemas}export const POST = route({{ body: S39 }}, async ({{ body }}) => body.a.b.a);\n",
        module_around("return 1;")
    );
    let outcome = check_files(&[("frontends/web/routes/index.ts", &module)]);
    assert!(outcome.faults().iter().any(|f| f.starts_with("FR2124")), "{:?}", outcome.faults());
}

#[test]
fn texts_that_double_are_not_worked_out() {
    let mut plain = String::from("const a0 = \"ab\"; const b0 = \"ab\" as const;");
    for level in 1..14 {
        let below = level - 1;
        plain.push_str(&format!("const a{level} = `${{a{below}}}${{a{below}}}`;"));
        plain.push_str(&format!("const b{level} = `${{b{below}}}${{b{below}}}` as const;"));
    }
    for (name, text) in
        [("a2", "\"abababab\""), ("a13", "string"), ("b2", "\"abababab\""), ("b13", "string")]
    {
        let outcome = check_body(&format!("{plain} return [{name}] as const;"));
        assert_eq!(outcome.result(), format!("readonly [{text}]"));
    }
}

#[test]
fn literals_within_calls_are_looked_at_ahead_a_few_times_only() {
    let mut call = "q ?? \"\"".to_owned();
    for _ in 0..40 {
        call = format!("w({{ v: {call}, show: (t) => t }})");
    }
    let body = format!(
        "const {{ q }} = query; const w = <T,>(o: {{ v: T; show: (t: T) => T }}): T => o.show(o.v); return {call};"
    );
    assert_eq!(check_body(&body).result(), "string");
}

#[test]
fn types_made_of_parts_of_each_other_are_read_once() {
    let mut types = String::new();
    for level in 0..200 {
        let next = format!("A{}", level + 1);
        types.push_str(&format!(
            "interface A{level} {{ x: {next}[\"x\"]; y: Omit<{next}, \"y\">; z: keyof {next} }}\n\
             type B{level} = B{0} & {{ x{level}: Omit<B{level}, \"x{level}\"> }};\n",
            level + 1
        ));
    }
    types.push_str("interface A200 { x: string; y: number }\ntype B200 = { x: string };\n");
    let module = format!("{}{types}", module_around("return 1;"));
    let outcome = check_files(&[("frontends/web/routes/index.ts", &module)]);
    assert_eq!(outcome.result(), "number");
}

#[test]
fn objects_that_are_several_are_known_by_these() {
    let mut types = String::new();
    for level in 0..40 {
        let (next, after) = ((level + 1) % 40, (level + 2) % 40);
        types
            .push_str(&format!("type A{level} = {{ x{level}: string; n: A{next} & A{after} }};\n"));
    }
    types.push_str("const far = (a: A0): string => a.n.n.n.n.n.n.x8;\n");
    // Each leads back to itself by another order.
    types.push_str(
        "interface B { n: C & B } interface C { n: D & C } interface D { n: B & D }\n\
         const round = (b: B): B & C & D => ({ n: b.n.n });\n",
    );
    let module = format!("{}{types}", module_around("return 1;"));
    let outcome = check_files(&[("frontends/web/routes/index.ts", &module)]);
    assert_eq!(outcome.faults(), Vec::<String>::new());
}

#[test]
fn a_table_of_many_lists_is_looked_through_once() {
    let rows: Vec<String> = (0..400)
        .map(|row| format!("a{row}: [\"a{}\", \"a{}\"]", row * 7 % 400, row * 11 % 400))
        .collect();
    let module = format!(
        "{}const table = {{ {} }} as const;\n\
         const f = (k: keyof typeof table) => [table[k].find((x) => x === \"a3\"), table[k].filter((x) => x !== \"a5\").length];\n",
        module_around("return 1;"),
        rows.join(", ")
    );
    let outcome = check_files(&[("frontends/web/routes/index.ts", &module)]);
    assert_eq!(outcome.result(), "number");
}

#[test]
fn what_grows_with_each_look_is_refused() {
    let types = "interface A<T> { v: T; n: A<T[]> & B<T> } interface B<T> { v: T; n: B<A<T>> & A<T> }\n\
         interface C<T> { v: T; n: C<T> }\n\
         const f = (a: A<string>): C<string> => a.n.n.n.n;\n";
    let module = format!("{}{types}", module_around("return 1;"));
    let outcome = check_files(&[("frontends/web/routes/index.ts", &module)]);
    assert!(outcome.faults().iter().any(|f| f.starts_with("FR2124")), "{:?}", outcome.faults());
}

#[test]
fn recursive_unions_of_many_variants_are_told_of_in_short() {
    let variants = |name: &str, more: &str| {
        let one = |i| format!("{{ next: {name}; prev: {name} | null; v{i}: number{more} }}");
        format!("type {name} = {};", (0..40).map(one).collect::<Vec<_>>().join(" | "))
    };
    let types = [variants("U", ""), variants("V", "; x: string")].join("\n");
    let use_of = "const both = (w: U & V): U => w; const less = (w: V): U => w;";
    let body = format!("{use_of} const f = (w: U): V => w; return 1;");
    let module = format!("{}{types}", module_around(&body));
    let outcome = check_files(&[("frontends/web/routes/index.ts", &module)]);
    assert_eq!(outcome.faults(), ["FR2101 w"]);
    let message = &outcome.diagnostics[0].message;
    assert!(message.len() < 2000, "{} bytes: {message}", message.len());
}
