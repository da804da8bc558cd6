//! No text, however deep, exhausts a small stack: neither here nor in whoever walks the tree.

use std::thread;

use frontage_diagnostic::{Code, FileId};
use frontage_syntax::{Parsed, parse};

/// Half of what a thread has by default: what is measured here has room to spare.
const STACK: usize = 1 << 20;

/// Parses, copies, prints and drops on a small stack, in whatever profile the test is built.
fn on_a_small_stack(text: String) -> Parsed {
    thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || {
            let parsed = parse(FileId(0), "a.ts", &text);
            assert_eq!(parsed.clone(), parsed);
            parsed
        })
        .expect("a thread starts")
        .join()
        .expect("nothing panics")
}

/// Text before, repeated, between, repeated after.
const SHAPES: &[(&str, &str, &str, &str)] = &[
    ("const a = ", "(", "1", ")"),
    ("const a = ", "[", "1", "]"),
    ("const a = ", "{a:", "1", "}"),
    ("const a = ", "f(", "1", ")"),
    ("const a = ", "f(()=>{return ", "1", "})"),
    ("const a = ", "`${", "1", "}`"),
    ("const a = ", "!", "1", ""),
    ("const a = ", "- ", "1", ""),
    ("const a = ", "typeof ", "1", ""),
    ("const a = async () => ", "await ", "1", ""),
    ("const a = ", "new ", "A", ""),
    ("const a = ", "a=>", "1", ""),
    ("const a = ", "async a=>", "1", ""),
    ("const a = ", "1?2:", "1", ""),
    ("const a = ", "1?", "1", ":2"),
    ("const a = ", "1+", "1", ""),
    ("const a = ", "1**", "1", ""),
    ("const a = ", "a=", "1", ""),
    ("const a = ", "a??", "1", ""),
    ("const a = a", ".a", "", ""),
    ("const a = a", "?.a", "", ""),
    ("const a = a", "()", "", ""),
    ("const a = a", "[0]", "", ""),
    ("const a = a", "!", "", ""),
    ("const a = a", " as T", "", ""),
    ("const a = a", " satisfies T", "", ""),
    ("const a = a", "``", "", ""),
    ("const a = ", "<T>", "a", ""),
    ("const a = ", "class extends ", "a", "{}"),
    ("const a = ", "function(){return ", "a", "}"),
    ("const ", "[", "a", "] = b"),
    ("const ", "{a:", "a", "} = b"),
    ("const [", "a = [", "", "]] = b"),
    ("function f() {", "if(a)", "b", "}"),
    ("function f() {", "if(a)\n", "b", "}"),
    ("function f() {", "if(a){}else ", "b", "}"),
    ("function f() {", "if(a)b;else ", "b", "}"),
    ("function f() {", "if(a){", "b", "}"),
    ("function f() {", "{", "b", "}"),
    ("function f() {", "a:", "b", "}"),
    ("function f() {", "a:\n", "b", "}"),
    ("function f() {", "for(;;)", "b", "}"),
    ("function f() {", "do ", "b", " while(1)"),
    ("function f() {", "switch(a){case 1:", "b", "}"),
    ("", "function f(){", "b", "}"),
    ("type T = ", "(", "a", ")"),
    ("type T = ", "[", "a", "]"),
    ("type T = ", "{a:", "a", "}"),
    ("type T = ", "A<", "a", ">"),
    ("type T = ", "A<B,", "a", ">"),
    ("type T = a", "[]", "", ""),
    ("type T = ", "keyof ", "a", ""),
    ("type T = ", "keyof\n", "a", ""),
    ("type T = ", "readonly ", "a", ""),
    ("type T = ", "()=>", "a", ""),
    ("type T = ", "(a:", "a", ")=>b"),
    ("type T = ", "new()=>", "a", ""),
    ("type T = ", "a extends b?c:", "a", ""),
    ("type T = ", "a extends b?", "a", ":c"),
    ("type T = a", ".a", "", ""),
    ("type T = ", "`${", "a", "}`"),
    ("type T = ", "{[K in ", "a", "]:b}"),
    ("namespace a", ".a", "{}", ""),
    ("", "namespace a{", "", "}"),
    ("", "@", "a", " class A {}"),
    ("const a = 1 ? {", "} : 1 ? {", "", "} : 2"),
];

#[test]
fn deep_texts_are_refused_and_never_overflow() {
    for (before, repeated, middle, after) in SHAPES {
        for count in [20, 60, 100, 140, 200, 300, 400, 599, 1_000, 50_000] {
            let (open, close) = (repeated.repeat(count), after.repeat(count));
            let parsed = on_a_small_stack(format!("{before}{open}{middle}{close}"));
            if count >= 1_000 {
                assert!(!parsed.diagnostics.is_empty(), "{count} times {repeated}");
            }
        }
    }
}

#[test]
fn what_is_too_deep_is_said_once_and_where() {
    let parsed = on_a_small_stack(format!("const a = b{};", ".b".repeat(200)));
    let codes: Vec<_> = parsed.diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, [Code(1003)]);
    let parsed =
        on_a_small_stack(format!("const a = {}1{};", "[".repeat(10_000), "]".repeat(10_000)));
    let codes: Vec<_> = parsed.diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, [Code(1003)]);
}

#[test]
fn long_is_not_deep() {
    for (before, repeated, after) in [
        ("", "const a = (b) => !c ? d : e;\n", ""),
        ("", "const a = (b) => !c ? d : e\n", ""),
        ("function f() {", "if (a) return b; else c();\n", "}"),
        ("function f() {", "if (a) { b() }\n", "}"),
        ("const a = {", "b: !c ? d => e : f.g.h,", "}"),
        ("const a = [", "(b as const), c > d ? `${e}` : [f],", "]"),
        ("type T = ", "| 'a' ", ""),
        ("type T = {", "a: A<B>, b: () => C; c: D.E\n", "}"),
        ("interface I {", "a: A<B, C<D>>\n b?: (c: D) => E\n", "}"),
        ("function f() { switch (a) {", "case 1: case 2: return b;\n", "} }"),
        ("import {", "a as b,", "} from 'x'"),
        ("", "// ( [ {\n/* ((( */ const a = '((' + \"[[\" + `{{` + (/[(/]\\/(/).b;\n", ""),
    ] {
        let text = format!("{before}{}{after}", repeated.repeat(3_000));
        let parsed = on_a_small_stack(text);
        let codes: Vec<_> = parsed.diagnostics.iter().map(|d| d.code).collect();
        let only_casts = codes.iter().all(|code| *code == Code(1054));
        assert!(only_casts, "{repeated}: {:?}", parsed.diagnostics.first());
    }
}

#[test]
fn an_unclear_slash_is_refused() {
    for text in ["const a = {}\n/(/.b", "const a = await /b/", "f<T>/(/"] {
        let parsed = on_a_small_stack(text.to_owned());
        let codes: Vec<_> = parsed.diagnostics.iter().map(|d| d.code).collect();
        assert_eq!(codes, [Code(1004)], "{text}");
    }
    let text = "const a = (b) / c / [d][0] / e() / `${f}` / 1. / g.of / 'h', i = a => /j[/(]/";
    assert_eq!(on_a_small_stack(text.to_owned()).diagnostics, []);
}

/// Tokens that the parser may descend for, and some that end what is pending.
const TOKENS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "`${",
    "`",
    "!",
    "-",
    "typeof ",
    "await ",
    "new ",
    "a",
    "1",
    "=>",
    "?",
    ":",
    "?.",
    ".",
    ",",
    ";",
    "\n",
    "<",
    ">",
    "=",
    "**",
    "+",
    "if",
    "(a)",
    "else ",
    "do ",
    "while",
    "for(;;)",
    "function ",
    "class ",
    "extends ",
    "type ",
    "keyof ",
    "readonly ",
    "infer ",
    "unique ",
    "as ",
    "is ",
    "asserts ",
    "const ",
    "let ",
    "case ",
    "switch",
    "async ",
    "import ",
    "export ",
    "namespace ",
    "abstract ",
    "declare ",
    "enum ",
    "return ",
    "yield ",
    "@",
    "/",
    "/a/",
    "'a'",
    "void ",
    "delete ",
    "throw ",
    "try",
    "catch",
    "finally",
    "in ",
    "...",
    "|",
    "&",
    "satisfies ",
    "static ",
    "get ",
    "default ",
    "{}",
    "[]",
    "()",
    "<T>",
    "a:",
];

proptest::proptest! {
    #[test]
    fn no_repetition_overflows(
        before in proptest::collection::vec(proptest::sample::select(TOKENS), 0..4),
        repeated in proptest::collection::vec(proptest::sample::select(TOKENS), 1..6),
        count in proptest::sample::select(&[150_usize, 300, 599, 5_000][..]),
    ) {
        on_a_small_stack(before.concat() + &repeated.concat().repeat(count));
    }
}
