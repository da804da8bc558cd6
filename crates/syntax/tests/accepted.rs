//! What the language contains, and the tree that it becomes.

mod print;

use frontage_diagnostic::FileId;
use frontage_syntax::parse;

/// Asserts that each text is accepted and prints as expected.
fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let parsed = parse(FileId(0), "routes/index.ts", text);
        let faults: Vec<_> = parsed.diagnostics.iter().map(|d| (d.code, &d.message)).collect();
        assert!(faults.is_empty(), "{text}: {faults:?}");
        assert_eq!(print::module(&parsed.module), *expected, "{text}");
    }
}

/// The same for expressions, each as the value of a `const` in an async function.
fn check_expressions(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let text = format!("const f = async () => (({text}));");
        let expected = format!("(const f = (async () => {expected}))");
        check(&[(&text, &expected)]);
    }
}

/// The same for types, each behind `type T =`.
fn check_types(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        check(&[(&format!("type T = {text};"), &format!("(type T {expected})"))]);
    }
}

#[test]
fn modules() {
    check(&[
        ("", ""),
        (";;", ""),
        ("\"use strict\";", ""),
        ("import { a, b as c, type T } from \"./x.ts\";", "(import \"./x.ts\" a b:c type:T)"),
        ("import type { T, U as V } from '#shared/t';", "(import-type \"#shared/t\" T U:V)"),
        ("import * as z from \"zod\"", "(import \"zod\" *:z)"),
        ("import z, { type infer } from \"zod\"", "(import \"zod\" default:z type:infer)"),
        ("import {} from \"x\"", "(import \"x\")"),
        ("export const GET = route(f);", "(export (const GET = (call route f)))"),
        ("export const a = 1, b: string = 'x';", "(export (const a = 1 b: string = \"x\"))"),
        ("export function f() {}", "(export (function f () => (do)))"),
        (
            "export async function f(a: T): Promise<U> { return a }",
            "(export (function f async (a: T): Promise<U> => (do (return a))))",
        ),
        ("export type T = string", "(export (type T string))"),
        ("export interface I { a: string }", "(export (interface I (members a: string)))"),
        ("const a = 1; export { a, a as b };", "(const a = 1)\n(exports a:a a:b)"),
        ("export { a, type T } from './x.ts'", "(exports \"./x.ts\" a:a type:T:T)"),
        ("export type { T } from './x.ts'", "(exports-type \"./x.ts\" T:T)"),
    ]);
}

#[test]
fn documentation_comments() {
    check(&[
        (
            "/** Home screen. */ export const GET = 1",
            "(doc \"Home screen.\" (export (const GET = 1)))",
        ),
        (
            "/**\r\n * Home\r\n *   screen.\r\n * @internal x\r\n */\r\nexport const GET = 1",
            "(doc \"Home\\nscreen.\" (export (const GET = 1)))",
        ),
        ("/* no */ const a = 1", "(const a = 1)"),
        ("/** no */ // yes\nconst a = 1", "(const a = 1)"),
        ("/***/ const a = 1", "(const a = 1)"),
        ("/**/ const a = 1", "(const a = 1)"),
        ("/** a */ const a = 1; const b = 1", "(doc \"a\" (const a = 1))\n(const b = 1)"),
    ]);
}

#[test]
fn literals() {
    check_expressions(&[
        ("1", "1"),
        ("0.5e3", "500"),
        ("0xff", "255"),
        ("1_000", "1000"),
        ("'a\\n\"\\u{1F600}'", "\"a\\n\\\"😀\""),
        ("\"\\uD83D\\uDE00\"", "\"😀\""),
        ("true", "true"),
        ("null", "null"),
        ("undefined", "undefined"),
        ("``", "(template)"),
        ("`a${b}${c}\\n`", "(template \"a\" b c \"\\n\")"),
        ("`a\r\nb`", "(template \"a\\nb\")"),
        ("/^[a-z/]+$/iu", "/^[a-z/]+$/iu"),
        ("[]", "(array)"),
        ("[1, ...a, [b],]", "(array 1 ...a (array b))"),
        ("{}", "(object)"),
        (
            "{ a, b: 1, 'c d': 2, 3: 4, 0.5: 5, [e]: 6, ['f']: 7, ...g }",
            "(object a b: 1 \"c d\": 2 #3: 4 #0.5: 5 [e]: 6 \"f\": 7 ...g)",
        ),
        ("{ __proto__ }", "(object __proto__)"),
        ("{ ['__proto__']: 1 }", "(object \"__proto__\": 1)"),
    ]);
}

#[test]
fn access_and_calls() {
    check_expressions(&[
        ("a.b.c", "(.c (.b a))"),
        ("a[0]['b']", "([] ([] a 0) \"b\")"),
        ("a?.b.c", "(chain (.c (.?b a)))"),
        ("(a?.b).c", "(.c (chain (.?b a)))"),
        ("a?.b?.[c]?.(d)", "(chain (call? ([]? (.?b a) c) d))"),
        ("a.b?.c()", "(chain (call (.?c (.b a))))"),
        ("f(a, ...b)", "(call f a ...b)"),
        ("f<string, T[]>(a)", "(call<string, (array T)> f a)"),
        (
            "users.getUser({ id }).catch(() => null)",
            "(call (.catch (call (.getUser users) (object id))) (() => null))",
        ),
        ("new Set(xs)", "(new Set xs)"),
        ("new Map<string, number>()", "(new Map<string, number>)"),
        ("new Date", "(new Date)"),
        ("await f()", "(await (call f))"),
        ("a.if.default.any", "(.any (.default (.if a)))"),
    ]);
}

#[test]
fn operators() {
    check_expressions(&[
        ("a + b * c", "(Add a (Mul b c))"),
        ("(a + b) * c", "(Mul (Add a b) c)"),
        ("a ** b ** c", "(Pow a (Pow b c))"),
        ("a - b - c", "(Sub (Sub a b) c)"),
        ("a % b / c", "(Div (Rem a b) c)"),
        ("a === b !== c", "(Ne (Eq a b) c)"),
        ("a == null || null != b", "(Or (LooseEq a null) (LooseNe null b))"),
        ("a < b && c <= d", "(And (Lt a b) (Le c d))"),
        ("a > b || c >= d", "(Or (Gt a b) (Ge c d))"),
        ("a ?? (b || c)", "(Nullish a (Or b c))"),
        ("'x' in a", "(In \"x\" a)"),
        ("e instanceof UpstreamError", "(Instanceof e UpstreamError)"),
        ("a & b | c ^ d", "(BitOr (BitAnd a b) (BitXor c d))"),
        ("a << b >> c >>> d", "(UnsignedShr (Shr (Shl a b) c) d)"),
        ("!a", "(Not a)"),
        ("-1", "(Minus 1)"),
        ("+a", "(Plus a)"),
        ("~a", "(BitNot a)"),
        ("typeof a === 'string'", "(Eq (Typeof a) \"string\")"),
        ("a ? b : c ? d : e", "(? a b (? c d e))"),
        ("[1, 'a'] as const", "(const (array 1 \"a\"))"),
        ("-1 as const", "(const (Minus 1))"),
        ("({ a } satisfies T)", "(satisfies (object a) T)"),
        ("{ a } as const satisfies T", "(satisfies (const (object a)) T)"),
    ]);
}

#[test]
fn functions() {
    check_expressions(&[
        ("x => x", "((x) => x)"),
        ("() => ({})", "(() => (object))"),
        ("() => {}", "(() => (do))"),
        ("async (x) => await x", "(async (x) => (await x))"),
        (
            "<T, const U extends T = T>(x: T, y?: U): x is U => true",
            "(<T, const U extends T = T>(x: T y?: U): (is x U) => true)",
        ),
        (
            "({ a, b: { c = 1 }, ...r }, [d, , e = 2, ...f] = g, ...h: T[]) => a",
            "(({a: a, b: {c: c = 1}, ...r} [d, _, e = 2, ...f] = g ...h: (array T)) => a)",
        ),
        ("({ a = 1 }: T = {}) => a", "(({a: a = 1}: T = (object)) => a)"),
        ("(a = 1, b: T) => b", "((a = 1 b: T) => b)"),
        ("a => b => a + b", "((a) => ((b) => (Add a b)))"),
    ]);
}

#[test]
fn statements() {
    let in_function = |text: &str| format!("function f() {{ {text} }}");
    for (text, expected) in [
        ("const { a, 'b': c } = d, [e] = f;", "(const {a: a, \"b\": c} = d [e] = f)"),
        (
            "if (a) return; else if (b) { return c }",
            "(if a (do (return)) (do (if b (do (return c)))))",
        ),
        ("if (a) ; else {}", "(if a (do) (do))"),
        (
            "switch (a) { case 1: case 2: return b; case 3: { break } default: if (b) break; }",
            "(switch a (1) (2 (return b)) (3 (do (break))) (default (if b (do (break)))))",
        ),
        ("throw error(404, 'x')", "(throw (call error 404 \"x\"))"),
        ("try { a() } catch (e) { b() }", "(try (do (call a)) e (do (call b)))"),
        ("try { a() } catch (e: unknown) {}", "(try (do (call a)) e (do))"),
        ("try { a() } catch { }", "(try (do (call a)) _ (do))"),
        ("{ const a = 1; }", "(do (const a = 1))"),
        ("function g() { return 1 }", "(function g () => (do (return 1)))"),
        ("type T = string; interface I {}", "(type T string) (interface I (members))"),
        ("a(); ; b()", "(call a) (call b)"),
    ] {
        check(&[(&in_function(text), &format!("(function f () => (do {expected}))"))]);
    }
}

#[test]
fn types() {
    check_types(&[
        (
            "string | number | boolean | null | undefined",
            "(| string number boolean null undefined)",
        ),
        ("unknown | never | void | object", "(| unknown never void object)"),
        ("| 'a'", "\"a\""),
        ("| 'a' | -1 | 2 | true | `x`", "(| \"a\" -1 2 true \"x\")"),
        ("A & B", "(& A B)"),
        ("(A | B)[]", "(array (| A B))"),
        ("readonly string[]", "(readonly (array string))"),
        ("[a: A, b?: B, ...rest: C[]]", "(tuple a:A b:B? ...rest:(array C))"),
        ("[A, B?, ...C[]]", "(tuple A B? ...(array C))"),
        (
            "{ a: A; b?: B, readonly 'c-d': C\n 1: D; [key: string]: E }",
            "(object a: A b?: B readonly \"c-d\": C #1: D [string]: E)",
        ),
        (
            "{ m(a: A, b?: B): C; n?(): void }",
            "(object m(): (fn (a: A b?: B) C) n()?: (fn () void))",
        ),
        ("{ readonly [key: string]: A }", "(object readonly [string]: A)"),
        ("<T>(a: T, ...rest: T[]) => x", "(fn <T>(a: T ...rest: (array T)) x)"),
        ("(x: unknown) => x is A", "(fn (x: unknown) (is x A))"),
        ("z.infer<typeof schema.shape>", "z.infer<(typeof schema.shape)>"),
        ("keyof typeof a", "(keyof (typeof a))"),
        ("T['a'][number]", "([] ([] T \"a\") number)"),
        ("Array<Record<string, A>>", "Array<Record<string, A>>"),
    ]);
    check(&[
        ("type P<T extends A = B> = T", "(type P<T extends A = B> T)"),
        (
            "interface I<T> extends A<T>, b.C { a: T }",
            "(interface I<T> (extends A<T> b.C) (members a: T))",
        ),
    ]);
}

#[test]
fn the_example_of_the_language_page_is_accepted() {
    let parsed = parse(FileId(0), "routes/home.ts", include_str!("home.ts"));
    assert_eq!(parsed.diagnostics, []);
    assert_eq!(parsed.module.items.len(), 5);
}
