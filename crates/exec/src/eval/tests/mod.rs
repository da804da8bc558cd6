//! The evaluator against Node: every case is printed as JavaScript, run once there, and compared.

mod cases;
mod effort;
mod grid;
mod odd;
mod print;

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use frontage_json::{Value, iso_text};
use frontage_plan::Expr;

use super::{Compute, Env, Meter, Thrown, eval};

/// How both sides spell a result, so that `-0`, `undefined` and dates can be told apart.
fn spell(value: &Value) -> String {
    let list = |letter: char, parts: Vec<String>| format!("{letter}({})", parts.join(","));
    match value {
        Value::Undefined => "undefined".into(),
        Value::Null => "null".into(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) if *number == 0.0 && number.is_sign_negative() => "-0".into(),
        Value::Number(_) => value.to_text().expect("a number").as_str().into(),
        Value::Text(_) => {
            let mut text = Vec::new();
            frontage_json::Writer::new(&mut text).write(value).expect("a string");
            String::from_utf8(text).expect("UTF-8")
        }
        Value::Raw(raw) => spell(&raw.decode()),
        Value::Array(elements) => list('a', elements.iter().map(spell).collect()),
        Value::Object(object) => {
            let member = |(name, value): (&frontage_json::Text, &Value)| {
                format!("{}:{}", spell(&Value::Text(name.clone())), spell(value))
            };
            list('o', object.iter().map(member).collect())
        }
        Value::Map(map) => {
            list('m', map.iter().map(|(k, v)| format!("{}:{}", spell(k), spell(v))).collect())
        }
        Value::Set(set) => list('s', set.iter().map(spell).collect()),
        Value::Date(time) => format!("d({})", iso_text(**time).unwrap_or_default()),
        Value::Error(error) => format!("e({}:{})", error.name(), error.message()),
        Value::Reply(_) => "reply".into(),
    }
}

const PRELUDE: &str = r#"
const spell = (v) => {
  if (v === null) return "null";
  switch (typeof v) {
    case "string": return JSON.stringify(v);
    case "number": return Object.is(v, -0) ? "-0" : String(v);
    case "object": break;
    default: return String(v);
  }
  if (Array.isArray(v)) return "a(" + v.map(spell).join(",") + ")";
  if (v instanceof Map) return "m(" + [...v].map(([k, w]) => spell(k) + ":" + spell(w)).join(",") + ")";
  if (v instanceof Set) return "s(" + [...v].map(spell).join(",") + ")";
  if (v instanceof Date) return "d(" + (isNaN(v) ? "" : v.toISOString()) + ")";
  if (v instanceof Error) return "e(" + v.name + ":" + v.message + ")";
  if (v[Symbol.iterator]) return spell([...v]);
  return "o(" + Object.entries(v).map(([k, w]) => spell(k) + ":" + spell(w)).join(",") + ")";
};
Date.now = () => 1700000000123;
const OldDate = Date;
globalThis.Date = class extends OldDate { constructor(...a) { if (a.length) super(...a); else super(1700000000123); } };
Date.now = OldDate.now;
Object.groupBy ??= (xs, f) => { const o = {}; let i = 0; for (const x of xs) (o[f(x, i++)] ??= []).push(x); return o; };
const results = cases.map((f) => { try { return spell(f()); } catch (e) { return "throws " + spell(e); } });
process.stdout.write(JSON.stringify(results));
"#;

/// What Node says of each case.
fn node(cases: &[String]) -> Vec<String> {
    let pinned =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../node_modules/.bin/node");
    let mut node = Command::new(if pinned.exists() { pinned } else { "node".into() })
        .arg("-")
        .env("TZ", "UTC")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node is needed as the oracle: `cargo xtask test` installs it");
    let mut script = String::from("const cases = [\n");
    for case in cases {
        script.push_str(&format!("() => {{ let p0,p1,p2,p3,p4,p5,p6,p7; return ({case}); }},\n"));
    }
    script.push_str("];\n");
    script.push_str(PRELUDE);
    node.stdin.take().expect("piped").write_all(script.as_bytes()).expect("node reads");
    let output = node.wait_with_output().expect("node ends");
    assert!(output.status.success(), "node failed");
    serde_json::from_slice(&output.stdout).expect("a list of strings")
}

fn ours(expr: &Expr) -> String {
    let meter = Meter::new(Compute::UNBOUNDED);
    let env = Env::new(8, 1_700_000_000_123.0, Arc::default(), meter);
    match eval(expr, &env) {
        Ok(value) => spell(&value),
        Err(Thrown(thrown)) => format!("throws {}", spell(&thrown)),
    }
}

fn is_near(left: &str, right: &str) -> bool {
    match (left.parse::<f64>(), right.parse::<f64>()) {
        (Ok(left), Ok(right)) => ((left - right) / right).abs() < 4.0 * f64::EPSILON,
        _ => false,
    }
}

/// Compares; functions without an exact definition may differ in the last bit.
fn compare(cases: &[Expr]) {
    let (mut wrong, mut total) = (Vec::new(), 0);
    for part in cases.chunks(20_000) {
        let texts: Vec<String> = part.iter().map(print::expr).collect();
        let expected = node(&texts);
        assert_eq!(expected.len(), part.len());
        for ((case, text), expected) in part.iter().zip(&texts).zip(expected) {
            total += 1;
            let got = ours(case);
            let inexact = ["cbrt(", "pow(", "**", "exp(", "log(", "log2(", "log10(", "hypot("];
            let is_inexact = inexact.iter().any(|name| text.contains(name));
            if got != expected && !(is_inexact && is_near(&got, &expected)) {
                wrong.push(format!("{text}\n    node: {expected}\n    ours: {got}"));
            }
        }
    }
    println!("{total} cases, {} differ", wrong.len());
    assert!(total > 2000, "only {total} cases");
    wrong.truncate(100);
    assert!(wrong.is_empty(), "of {total} these differ:\n{}", wrong.join("\n"));
}

#[test]
fn every_case_gives_what_node_gives() {
    compare(&cases::all());
}

#[test]
fn random_arguments_give_what_node_gives() {
    compare(&grid::all());
}

#[test]
fn sizes_are_bounded() {
    use frontage_plan::Builtin as B;
    for (expr, message) in [
        (cases::call(B::StringRepeat, "[\"ab\", 1e9]"), "Invalid string length"),
        (cases::call(B::StringPadStart, "[\"ab\", 1e9]"), "Invalid string length"),
        (cases::call(B::ArrayFrom, "[{\"length\": 1e9}]"), "Invalid array length"),
    ] {
        let got = ours(&expr);
        assert_eq!(got, format!("throws e(RangeError:{message})"));
    }
}
