//! What the language leaves out: each construct has its number and its place.

use frontage_diagnostic::{Code, FileId, SourceMap};
use frontage_syntax::{MAX_BYTES, parse};

/// The faults of a text, each as `FR1010 text of the span`.
fn faults(path: &str, text: &str) -> Vec<String> {
    let mut sources = SourceMap::new();
    let file = sources.add(path, text);
    let parsed = parse(file, path, text);
    for fault in &parsed.diagnostics {
        assert!(!fault.message.ends_with('.'), "{}", fault.message);
        let label = fault.primary.as_ref().expect("every fault has a place");
        assert!(!label.text.is_empty(), "{}", fault.message);
        assert!(label.span.start <= label.span.end && label.span.end as usize <= text.len());
        let needs_help = fault.code != Code(1001);
        assert!(!needs_help || fault.help.is_some(), "{} has no help", fault.message);
    }
    let primary = parsed.diagnostics.iter().filter_map(|d| Some((d.code, d.primary.as_ref()?)));
    primary.map(|(code, label)| format!("{code} {}", sources.text(label.span))).collect()
}

/// Asserts each text's faults.
fn check(cases: &[(&str, &[&str])]) {
    let mut wrong = Vec::new();
    for (text, expected) in cases {
        let found = faults("routes/index.ts", text);
        if found != *expected {
            wrong.push(format!("{text}\n    expected {expected:?}\n    found    {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The same for texts that stand in an async function.
fn check_in_function(cases: &[(&str, &[&str])]) {
    let texts: Vec<String> =
        cases.iter().map(|(text, _)| format!("async function f(a: T) {{ {text} }}")).collect();
    let cases: Vec<_> =
        texts.iter().zip(cases).map(|(text, (_, expected))| (text.as_str(), *expected)).collect();
    check(&cases);
}

#[test]
fn mutation() {
    check_in_function(&[
        ("let x = 1;", &["FR1010 let"]),
        ("var x, y = this;", &["FR1010 var", "FR1031 this"]),
        ("using x = a;", &["FR1010 using"]),
        ("await using x = a;", &["FR1010 await using"]),
        ("x = 1;", &["FR1011 x = 1"]),
        ("a.b += this;", &["FR1011 a.b += this", "FR1031 this"]),
        ("[a, b] = c;", &["FR1011 [a, b] = c"]),
        ("x ??= 1;", &["FR1011 x ??= 1"]),
        ("x++; --x;", &["FR1012 x++", "FR1012 --x"]),
        ("delete a.b;", &["FR1013 delete a.b"]),
    ]);
    check(&[("let x = 1;", &["FR1010 let"]), ("export let x = 1;", &["FR1010 let"])]);
}

#[test]
fn statements() {
    check_in_function(&[
        ("for (const x of xs) {}", &["FR1020 for"]),
        ("for (const x in xs) {}", &["FR1020 for"]),
        ("for (let i = 0; i < 3; i++) { i++ }", &["FR1020 for"]),
        ("for await (const x of xs) {}", &["FR1020 for"]),
        ("while (a) {}", &["FR1020 while"]),
        ("do {} while (a)", &["FR1020 do"]),
        ("l: { break l; }", &["FR1021 l"]),
        ("if (a) break;", &["FR1021 break;"]),
        ("switch (a) { case 1: xs.map(() => { break; }) }", &["FR1021 break;"]),
        ("try { g() } finally { this }", &["FR1022 { this }", "FR1031 this"]),
        ("try { g() } catch { } finally { }", &["FR1022 { }"]),
        ("try { g() } catch (e: any) { }", &["FR1060 any"]),
        ("try { g() } catch (e: Error) { }", &["FR1040 Error"]),
        ("debugger;", &["FR1023 debugger;"]),
        ("with (a) {}", &["FR1024 with"]),
        ("class A { x = this }", &["FR1030 A"]),
    ]);
    check(&[
        ("f();", &["FR1025 f();"]),
        ("if (a) {}", &["FR1025 if (a) {}"]),
        ("const x = await f();", &["FR1037 await f()"]),
        ("return 1;", &["FR1001 return", "FR1025 return 1;"]),
    ]);
}

#[test]
fn functions_and_classes() {
    check_in_function(&[
        ("this.a;", &["FR1031 this"]),
        ("new.target;", &["FR1031 new.target"]),
        ("g(function () {});", &["FR1033 function () {}"]),
        ("g(function* () {});", &["FR1032 function* () {}"]),
        ("function* g() { yield 1 }", &["FR1032 g"]),
        ("g(class {});", &["FR1030 class {}"]),
        ("g({ m() {} });", &["FR1034 m"]),
        ("g({ get a() { return 1 }, set b(v) {} });", &["FR1034 a", "FR1034 b"]),
        ("new Foo(this);", &["FR1035 new Foo(this)", "FR1031 this"]),
        ("throw new Error('x');", &["FR1035 new Error('x')"]),
        ("arguments[0];", &["FR1038 arguments"]),
    ]);
    check(&[
        (
            "function f(a: A): B; function f(a: any) { return a }",
            &["FR1036 function f(a: A): B;", "FR1060 any"],
        ),
        ("declare const x: string;", &["FR1073 declare const x: string;"]),
        ("declare function f(): void;", &["FR1073 declare function f(): void;"]),
        ("function f(a?: A, b: B) {}", &["FR1001 b: B"]),
        ("function f(a?: A = 1) {}", &["FR1001 a"]),
        ("function f(this: A) {}", &["FR1069 this: A"]),
        ("function f() { await g() }", &["FR1001 await"]),
    ]);
}

#[test]
fn expressions() {
    check_in_function(&[
        ("g(<T>a);", &["FR1040 <T>a"]),
        ("g(<const>[a]);", &["FR1040 <const>[a]"]),
        ("g(a as any as T);", &["FR1060 any"]),
        ("g(a!.b);", &["FR1041 a!"]),
        ("g(a?.b!.c);", &["FR1041 a?.b!"]),
        ("g(a == 1, a /* != */ != b);", &["FR1042 ==", "FR1042 !="]),
        ("g(a == undefined);", &["FR1042 =="]),
        ("g((a, b));", &["FR1043 a, b"]),
        ("g(h`x`);", &["FR1044 h`x`"]),
        ("g(10n);", &["FR1045 10n"]),
        ("void g();", &["FR1046 void g()"]),
        ("await import('x');", &["FR1047 import('x')"]),
        ("g(import.meta.url);", &["FR1047 import.meta"]),
        ("require('x');", &["FR1047 require('x')"]),
        ("eval('x'); new Function('x');", &["FR1048 eval", "FR1035 new Function('x')"]),
        ("g([1, , 2]);", &["FR1049 ,"]),
        ("g({ __proto__: a, \"__proto__\": b });", &["FR1050 __proto__", "FR1050 \"__proto__\""]),
        ("g(h<T>);", &["FR1051 h<T>"]),
        ("g(a.#b);", &["FR1053 #b"]),
        ("g(a as const);", &["FR1054 a as const"]),
        ("g({ 1e300: 1 });", &["FR1055 1e300"]),
        ("g('\\uD83D', `\\uDC00`);", &["FR1005 '\\uD83D'", "FR1005 \\uDC00"]),
    ]);
    assert_eq!(faults("a.tsx", "const a = <b>{c}</b>;"), ["FR1052 <b>{c}</b>"]);
}

#[test]
fn types() {
    check(&[
        ("type T = any;", &["FR1060 any"]),
        ("const f = (a: any[], b: Record<string, any>) => a;", &["FR1060 any", "FR1060 any"]),
        ("enum E { A }", &["FR1061 E"]),
        ("export const enum E { A }", &["FR1061 E"]),
        ("namespace N { }", &["FR1062 N"]),
        ("declare module 'x' { }", &["FR1062 'x'"]),
        ("declare global { }", &["FR1062 global"]),
        ("type T = A extends (infer B)[] ? B : C;", &["FR1063 A extends (infer B)[] ? B : C"]),
        ("type T = { [K in A]: B };", &["FR1064 { [K in A]: B }"]),
        ("type T = `a${B}`;", &["FR1065 `a${B}`"]),
        ("type T = import('x').A;", &["FR1066 import('x').A"]),
        ("type T = new () => A;", &["FR1067 new () => A"]),
        ("type T = { (a: A): B; new (): C; d: D };", &["FR1067 (a: A): B;", "FR1067 new (): C;"]),
        ("type T = symbol | unique symbol;", &["FR1068 symbol", "FR1068 unique symbol"]),
        ("interface I { m(): this }", &["FR1069 this"]),
        ("const f = (a: A): asserts a is B => {};", &["FR1070 asserts a is B"]),
        ("type T = { get a(): A; set a(a: A) };", &["FR1071 get a(): A;", "FR1071 set a(a: A)"]),
        ("type T = { a; b: B };", &["FR1072 a;"]),
        ("interface I { m() }", &["FR1072 m()"]),
        ("type T = { [a.b]: C };", &["FR1075 a.b"]),
        ("type T<in A, out B> = A;", &["FR1076 in A", "FR1076 out B"]),
        ("type T = bigint | 10n;", &["FR1045 bigint", "FR1045 10n"]),
    ]);
}

#[test]
fn modules() {
    check(&[
        ("export default f;", &["FR1080 export default f;"]),
        ("export default function f() {}", &["FR1080 export default function f() {}"]),
        ("export = f;", &["FR1080 export = f;"]),
        ("export * from './x.ts';", &["FR1081 export * from './x.ts';"]),
        ("export * as x from './x.ts';", &["FR1081 export * as x from './x.ts';"]),
        ("import './x.ts';", &["FR1082 import './x.ts';"]),
        ("import a from './x.json' with { type: 'json' };", &["FR1083 { type: 'json' }"]),
        ("import x = require('x');", &["FR1084 import x = require('x');"]),
        ("import x = A.B;", &["FR1084 import x = A.B;"]),
        ("const a = 1; export { a as 'b c' };", &["FR1085 'b c'"]),
        ("@d class A {}", &["FR1030 A"]),
    ]);
}

#[test]
fn broken_text() {
    check(&[
        ("const a = ;", &["FR1001 ;"]),
        ("const a: = 1;", &["FR1001 ="]),
        ("const a = 'x", &["FR1001 'x"]),
        ("const a;", &["FR1001 a"]),
        ("export const GET = route(", &["FR1001 "]),
        ("}", &["FR1001 }"]),
        ("const a = 010, b = [09, 0, 0.5, 0x0f];", &["FR1001 010", "FR1001 09"]),
        (
            "const a = '\\08', b = '\\\\1', c = \"\\1\", d = '\\0';",
            &["FR1001 '\\08'", "FR1001 \"\\1\""],
        ),
        ("function f() { if (a) function g() {} }", &["FR1001 function g() {}"]),
        ("const f = () => { switch (a) { default: default: } }", &["FR1001 default:"]),
    ]);
    let huge = " ".repeat(MAX_BYTES + 1);
    assert_eq!(faults("a.ts", &huge), ["FR1002 "]);
}

#[test]
fn every_fault_is_reported_in_order_of_place() {
    check(&[(
        "import './x.ts';\nlet a = <T>b;\nclass C {}\nexport const d = { e: any!, f: 1n };\nfor (;;) {}",
        &[
            "FR1082 import './x.ts';",
            "FR1010 let",
            "FR1040 <T>b",
            "FR1030 C",
            "FR1041 any!",
            "FR1045 1n",
            "FR1025 for (;;) {}",
        ],
    )]);
}

#[test]
fn places_are_bytes_whatever_stands_before() {
    check(&[
        ("\u{feff}let a = 1;", &["FR1010 let"]),
        ("const é漢\u{1D4D0} = '\u{1F600}';\r\n// \u{2028}\r\nlet b = 1;\r\n", &["FR1010 let"]),
    ]);
    let text = "\u{feff}let a = 1;";
    let parsed = parse(FileId(7), "a.ts", text);
    let span = parsed.diagnostics[0].primary.as_ref().expect("has a place").span;
    assert_eq!((span.file, span.start, span.end), (FileId(7), 3, 6));
}
