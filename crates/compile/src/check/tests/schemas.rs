//! Input schemas: the types they give, and what is refused.

use super::support::check_files;

fn check(schema: &str, value: &str) -> Result<String, Vec<String>> {
    let text = format!(
        "import {{ route }} from \"frontage\";\nimport {{ z }} from \"zod\";\n{schema}\nexport const POST = route({{ body: S }}, async ({{ body }}) => {{ return {value}; }});\n"
    );
    let outcome = check_files(&[("frontends/web/routes/x.ts", &text)]);
    if !outcome.checked.is_empty() { Ok(outcome.result()) } else { Err(outcome.faults()) }
}

#[test]
fn schemas_give_their_types() {
    let table = [
        ("z.string().min(1).max(9).trim()", "string"),
        ("z.email()", "string"),
        ("z.iso.date()", "string"),
        ("z.coerce.number().int().positive()", "number"),
        ("z.stringbool()", "boolean"),
        ("z.enum([\"a\", \"b\"])", "\"a\" | \"b\""),
        ("z.literal(3)", "3"),
        ("z.array(z.string()).nonempty()", "string[]"),
        ("z.tuple([z.string(), z.number()])", "[string, number]"),
        ("z.record(z.string(), z.number())", "{ [key: string]: number }"),
        ("z.union([z.string(), z.number()])", "string | number"),
        ("z.string().nullable()", "string | null"),
        ("z.string().nullish()", "string | undefined | null"),
        ("z.string().default(\"x\")", "string"),
        (
            "z.object({ a: z.string().optional(), b: z.number().default(1) })",
            "{ a?: string | undefined; b: number }",
        ),
        ("z.object({ a: z.string() }).extend({ b: z.boolean() })", "{ a: string; b: boolean }"),
        ("z.object({ a: z.string(), b: z.string() }).pick({ a: true })", "{ a: string }"),
        ("z.object({ a: z.string() }).partial()", "{ a?: string | undefined }"),
        ("z.looseObject({ a: z.string() })", "{ a: string; [key: string]: unknown }"),
        ("z.string().transform((s) => s.split(\",\"))", "string[]"),
        ("z.string().transform((s) => s.length).pipe(z.number().min(3))", "number"),
        ("z.string().nullable().refine((s) => s !== null)", "string"),
        ("z.preprocess((v) => String(v), z.string().min(1))", "string"),
        ("z.coerce.date().min(new Date(\"2024-01-01\"))", "Date"),
        ("z.array(z.string()).readonly()", "readonly string[]"),
        ("z.string().catch(\"x\")", "string"),
        ("z.object({ a: z.string() }).partial().required()", "{ a: string }"),
        ("z.object({ a: z.string(), b: z.number() }).keyof()", "\"a\" | \"b\""),
        ("z.partialRecord(z.enum([\"a\"]), z.number())", "{ a?: number }"),
        (
            "z.object({ a: z.string() }).and(z.object({ b: z.number() }))",
            "{ a: string; b: number }",
        ),
        (
            "z.object({ a: z.string() }).catchall(z.unknown())",
            "{ a: string; [key: string]: unknown }",
        ),
        ("z.enum({ A: \"x\", B: \"y\" })", "\"x\" | \"y\""),
        (
            "z.string().superRefine((s, ctx) => { if (s === \"\") ctx.addIssue(\"empty\"); })",
            "string",
        ),
        (
            "z.string().transform((s, ctx) => { if (s === \"\") { ctx.addIssue({ code: \"custom\", message: \"empty\" }); return z.NEVER; } return s.length; })",
            "number",
        ),
        (
            "z.discriminatedUnion(\"k\", [z.object({ k: z.literal(\"a\"), x: z.number() }), z.object({ k: z.literal(\"b\") })])",
            "{ k: \"a\"; x: number } | { k: \"b\" }",
        ),
    ];
    for (schema, ty) in table {
        assert_eq!(check(&format!("const S = {schema};"), "body"), Ok(ty.to_owned()), "{schema}");
    }
}

#[test]
fn schemas_are_found_through_constants_and_types() {
    let text = "const Base = z.object({ id: z.uuid() });\nconst S = Base.extend({ n: z.number() });\ntype Body = z.infer<typeof S>;\nconst f = (b: Body): string => b.id;";
    assert_eq!(check(text, "f(body)"), Ok("string".to_owned()));
}

#[test]
fn schemas_outside_the_subset_are_refused() {
    let table = [
        ("z.map(z.string(), z.string())", "FR2304 map"),
        ("z.any()", "FR2304 any"),
        ("z.string().brand()", "FR2304 brand"),
        ("z.string().parse(\"a\")", "FR2304 parse"),
        ("z.object({ toString: z.string() })", "FR2304 toString"),
        ("z.object({ a: z.string() }).pick({ b: true })", "FR2304 b"),
        ("z.string().pipe(z.number())", "FR2101 z.number()"),
        ("z.string().refine(async (s) => s.length > 1)", "FR2304 async (s) => s.length > 1"),
        ("z.string().min(1, { error: (i) => i.code })", "FR2304 (i) => i.code"),
        ("z.string().mn(1)", "FR2304 mn"),
        ("z.string().regex(/a(?=b)/)", "FR2304 /a(?=b)/"),
        ("z.number().min(\"1\")", "FR2304 \"1\""),
        ("z.array()", "FR2304 z.array()"),
        ("z.string().default(3)", "FR2101 3"),
    ];
    for (schema, fault) in table {
        assert_eq!(
            check(&format!("const S = {schema};"), "1"),
            Err(vec![fault.to_owned()]),
            "{schema}"
        );
    }
}

#[test]
fn params_are_those_of_the_path() {
    let text = "import { route } from \"frontage\";\nimport { z } from \"zod\";\nexport const GET = route({ params: z.object({ idd: z.string() }) }, async ({ params }) => params.idd);\n";
    let outcome = check_files(&[("frontends/web/routes/orders/[id].ts", text)]);
    assert_eq!(outcome.faults(), ["FR2303 z.object({ idd: z.string() })"]);
    assert_eq!(outcome.diagnostics[0].help.as_deref(), Some("did you mean `id`?"));
}
