//! The validators against what Zod itself answered.
//!
//! `zod.json` holds Zod's answers to every case. To record them again after a change of the cases:
//! `ZOD=<folder with node_modules/zod> cargo test -p frontage-exec zod -- --ignored`.

use std::process::{Command, Stdio};

use frontage_json::{Value, Writer, parse_any};
use frontage_plan::{Check, Constant, Number, ObjectMode, StringFormat, Validator, ValidatorField};

use super::{PathKey, Prepared, Refusal, query_object, validate};
use crate::eval::Env;

const RECORDED: &str = include_str!("zod.json");

fn string(checks: Vec<Check>) -> Validator {
    Validator::String { coerce: false, checks }
}

fn said(check: Check, message: &str) -> Check {
    Check::Said(Box::new(check), message.into())
}

fn number(checks: Vec<Check>) -> Validator {
    Validator::Number { coerce: false, checks }
}

fn object(fields: Vec<(&str, Validator)>, mode: ObjectMode) -> Validator {
    let fields = fields
        .into_iter()
        .map(|(name, validator)| ValidatorField { name: name.into(), validator })
        .collect();
    Validator::Object { fields, mode }
}

fn one_of(values: &[&str]) -> Validator {
    Validator::OneOf(values.iter().map(|value| Constant::String((*value).into())).collect())
}

fn boxed(validator: Validator) -> Box<Validator> {
    Box::new(validator)
}

fn min(value: f64) -> Check {
    Check::Min { value: Number(value), inclusive: true }
}

const SCALARS: &str = r#"[null, true, 0, 1, -1, 1.5, 10, 1e300, 9007199254740993, 0.3, 1.1, "", "a", "abc", " Abc ",
    "12", "abcdef", "true", "YES", "off", "😀😀", [], ["a"], [1, 2, 3], {}, {"a": "x"}]"#;

const WORDS: &str = r#"["", "a@b.co", "a.b+c@d-e.fr.com", ".a@b.co", "a..b@c.co", "a@b", "a@-b.co", "o'k@b.co", "o'@b.co", "a@b.c1",
    "https://a.b/c?d#e", " https://a.b ", "http:", "mailto:x@y.z", "a.b", "//a", "https://", "ftp://x/\n", "http://a b/",
    "123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-02d3-a456-426614174000", "123e4567-e89b-12d3-c456-426614174000",
    "00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29", "2024-04-31", "2024-13-01", "2024-1-1", "2024-02-29T12:34:56Z",
    "2024-02-29T12:34Z", "2024-02-29T12:34:56.123456Z", "2024-02-29T12:34:56+01:00", "2024-02-29T12:34:56", "2024-02-29T24:00:00Z",
    "12:34", "12:34:56", "12:34:56.7", "24:00", "12:60", "12:34:56.", "1.2.3.4", "1.2.3", "01.2.3.4", "256.1.1.1",
    "::1", "::", "1::2::3", "fe80::1%eth0", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9", "12345::",
    "YQ==", "YWI=", "YWJj", "YQ", "Y===", "====", "YW J", "YWJj\n", "tz4a98xxat96iws9zmbrgj3a", "Tz4a",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV", "81ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAU", "V1StGXR8_Z5jdHi6B-myT", "V1StGXR8_Z5jdHi6B-my!"]"#;

/// Validators and the JSON list of inputs that each gets.
fn cases() -> Vec<(Validator, &'static str)> {
    use StringFormat as F;
    let formats = [
        F::Email,
        F::Url,
        F::Uuid,
        F::IsoDate,
        F::IsoDateTime,
        F::IsoTime,
        F::Ipv4,
        F::Ipv6,
        F::Base64,
        F::Cuid2,
        F::Ulid,
        F::Nanoid,
    ];
    let mut cases: Vec<(Validator, &str)> =
        formats.into_iter().map(|format| (string(vec![Check::Format(format)]), WORDS)).collect();
    let scalars = vec![
        Validator::Unknown,
        Validator::Null,
        string(vec![]),
        Validator::String { coerce: true, checks: vec![] },
        string(vec![Check::MinLength(2), Check::MaxLength(3)]),
        string(vec![Check::Length(3)]),
        string(vec![
            Check::Regex("^[a-c]+$".into()),
            Check::StartsWith("a".into()),
            Check::EndsWith("c".into()),
            Check::Includes("b".into()),
        ]),
        string(vec![Check::Trim, Check::ToLowerCase, Check::Lowercase, Check::MinLength(3)]),
        string(vec![Check::ToUpperCase, Check::Uppercase]),
        string(vec![Check::Lowercase]),
        string(vec![Check::Uppercase]),
        number(vec![]),
        Validator::Number {
            coerce: true,
            checks: vec![Check::Int, min(1.0), Check::Max { value: Number(10.0), inclusive: true }],
        },
        number(vec![Check::Int]),
        number(vec![Check::Int, min(100.0)]),
        number(vec![
            Check::Min { value: Number(1.0), inclusive: false },
            Check::Max { value: Number(10.0), inclusive: false },
        ]),
        number(vec![Check::MultipleOf(Number(0.1))]),
        string(vec![
            Check::WrongType("a text, please".into()),
            said(Check::MinLength(2), "short"),
            said(Check::MaxLength(3), "long"),
            said(Check::Regex("^[a-c]+$".into()), "only a to c"),
            said(Check::StartsWith("a".into()), "a first"),
        ]),
        number(vec![
            Check::WrongType("a number, please".into()),
            said(Check::Int, "whole"),
            said(min(100.0), "more"),
            said(Check::MultipleOf(Number(7.0)), "sevens"),
        ]),
        Validator::Array {
            item: boxed(string(vec![])),
            checks: vec![
                Check::WrongType("a list, please".into()),
                said(Check::MinLength(2), "few"),
                said(Check::MaxLength(2), "many"),
            ],
        },
        Validator::Boolean { coerce: false },
        Validator::Boolean { coerce: true },
        Validator::StringBool,
        one_of(&["a", "abc"]),
        one_of(&["a"]),
        Validator::OneOf(vec![Constant::Number(Number(1.0)), Constant::Bool(true), Constant::Null]),
        Validator::Array {
            item: boxed(string(vec![])),
            checks: vec![Check::MinLength(2), Check::MaxLength(2)],
        },
        Validator::Array { item: boxed(number(vec![Check::Int])), checks: vec![Check::Length(1)] },
        Validator::Tuple { items: vec![string(vec![])], rest: None },
        Validator::Tuple {
            items: vec![number(vec![]), Validator::Optional(boxed(number(vec![])))],
            rest: Some(boxed(number(vec![min(3.0)]))),
        },
        Validator::Optional(boxed(string(vec![]))),
        Validator::Nullable(boxed(string(vec![]))),
        Validator::Union(vec![string(vec![]), number(vec![])]),
        Validator::Union(vec![
            string(vec![Check::MinLength(3)]),
            Validator::Boolean { coerce: false },
        ]),
        object(vec![], ObjectMode::Strip),
    ];
    cases.extend(scalars.into_iter().map(|validator| (validator, SCALARS)));
    let objects = r#"[{}, {"a": "x"}, {"a": 1, "b": 2, "c": 3}, {"b": 1}, {"a": null}, [], "x", {"__proto__": 1}, {"a": "y", "b": "z", "10": 1, "2": 2}]"#;
    let modes = [
        ObjectMode::Strip,
        ObjectMode::Strict,
        ObjectMode::Loose,
        ObjectMode::Catchall(boxed(number(vec![]))),
    ];
    for mode in modes {
        cases.push((
            object(
                vec![("a", string(vec![])), ("b", Validator::Optional(boxed(number(vec![]))))],
                mode,
            ),
            objects,
        ));
    }
    let fields = vec![
        Validator::Unknown,
        Validator::String { coerce: true, checks: vec![] },
        Validator::Number { coerce: true, checks: vec![] },
        Validator::Boolean { coerce: true },
        Validator::Nullable(boxed(string(vec![]))),
        Validator::Default(boxed(string(vec![])), "\"d\"".into()),
        Validator::Default(boxed(Validator::Optional(boxed(number(vec![])))), "3".into()),
        Validator::Optional(boxed(Validator::Default(boxed(string(vec![])), "\"d\"".into()))),
        Validator::Optional(boxed(Validator::Nullable(boxed(string(vec![]))))),
        Validator::Nullable(boxed(Validator::Optional(boxed(string(vec![]))))),
        Validator::Union(vec![string(vec![]), Validator::Optional(boxed(number(vec![])))]),
        Validator::StringBool,
        object(
            vec![("a", object(vec![("a", number(vec![]))], ObjectMode::Strict))],
            ObjectMode::Strip,
        ),
        Validator::Array {
            item: boxed(object(vec![("a", string(vec![]))], ObjectMode::Strip)),
            checks: vec![Check::MinLength(1)],
        },
    ];
    let members = r#"[{}, {"a": "x"}, {"a": null}, {"a": 1}, {"a": "yes"}, {"a": {}}, {"a": {"a": {}}}, {"a": {"a": {"a": 1, "b": 2, "c": 3}}}, {"a": []}, {"a": [{"a": 1}, {"a": "x"}, 3]}]"#;
    for field in fields {
        cases.push((object(vec![("a", field)], ObjectMode::Strip), members));
    }
    let records = r#"[{}, {"a": 1, "b": 2}, {"a": "x", "c": 1}, {"1": 1, "x": 2, "1.5": 3}, [], null, {"ab": 1, "__proto__": 2}]"#;
    for key in [
        string(vec![]),
        string(vec![Check::MinLength(2)]),
        one_of(&["a", "b"]),
        number(vec![Check::Int]),
        string(vec![Check::ToUpperCase]),
    ] {
        cases.push((Validator::Record { key: boxed(key), value: boxed(number(vec![])) }, records));
    }
    cases.push((
        Validator::Record {
            key: boxed(one_of(&["a", "b"])),
            value: boxed(Validator::Optional(boxed(number(vec![])))),
        },
        records,
    ));
    let tag = |value: &str, field: &'static str| {
        let fields = vec![("t", one_of(&[value])), (field, number(vec![]))];
        (vec![Constant::String(value.into())], object(fields, ObjectMode::Strip))
    };
    let tagged = r#"[{"t": "a", "x": 1}, {"t": "b", "y": 1, "z": 2}, {"t": "a"}, {"t": "c"}, {}, [], "a", {"t": 1}]"#;
    cases.push((
        Validator::Discriminated {
            property: "t".into(),
            variants: vec![tag("a", "x"), tag("b", "y")],
        },
        tagged,
    ));
    let tuples = r#"[[], ["a"], ["a", 1], ["a", null], ["a", 1, 2], ["a", "b", "c"], {}]"#;
    let pair = vec![string(vec![]), Validator::Optional(boxed(number(vec![])))];
    cases.push((Validator::Tuple { items: pair.clone(), rest: None }, tuples));
    cases.push((Validator::Tuple { items: pair, rest: Some(boxed(string(vec![]))) }, tuples));
    let filled = vec![string(vec![]), Validator::Default(boxed(number(vec![])), "7".into())];
    cases.push((Validator::Tuple { items: filled, rest: None }, tuples));
    let near = Validator::Union(vec![
        object(vec![("a", string(vec![]))], ObjectMode::Strict),
        number(vec![]),
    ]);
    cases.push((near, r#"[{"a": "x"}, {"a": "x", "b": 1}, {"a": 1}, 3, null]"#));
    cases
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string")
}

fn js(constant: &Constant) -> String {
    match constant {
        Constant::String(text) => quoted(text),
        Constant::Number(number) => format!("{:?}", number.0),
        Constant::Bool(value) => value.to_string(),
        Constant::Null => "null".into(),
        Constant::Undefined => "undefined".into(),
    }
}

fn check(check: &Check) -> String {
    use StringFormat as F;
    match check {
        Check::MinLength(n) => format!(".min({n})"),
        Check::MaxLength(n) => format!(".max({n})"),
        Check::Length(n) => format!(".length({n})"),
        Check::Regex(source) => format!(".regex(/{source}/)"),
        Check::StartsWith(text) => format!(".startsWith({})", quoted(text)),
        Check::EndsWith(text) => format!(".endsWith({})", quoted(text)),
        Check::Includes(text) => format!(".includes({})", quoted(text)),
        Check::Lowercase => ".lowercase()".into(),
        Check::Uppercase => ".uppercase()".into(),
        Check::Trim => ".trim()".into(),
        Check::ToLowerCase => ".toLowerCase()".into(),
        Check::ToUpperCase => ".toUpperCase()".into(),
        Check::Int => ".int()".into(),
        Check::Min { value, inclusive } => {
            format!(".{}({})", if *inclusive { "gte" } else { "gt" }, value.0)
        }
        Check::Max { value, inclusive } => {
            format!(".{}({})", if *inclusive { "lte" } else { "lt" }, value.0)
        }
        Check::MultipleOf(value) => format!(".multipleOf({})", value.0),
        Check::Said(inner, message) => {
            let plain = self::check(inner);
            let open = plain.strip_suffix(')').expect("a call");
            let comma = if open.ends_with('(') { "" } else { ", " };
            format!("{open}{comma}{})", quoted(message))
        }
        Check::WrongType(_) => String::new(),
        Check::Format(format) => match format {
            F::Email => ".check(z.email())",
            F::Url => ".check(z.url())",
            F::Uuid => ".check(z.uuid())",
            F::IsoDate => ".check(z.iso.date())",
            F::IsoDateTime => ".check(z.iso.datetime())",
            F::IsoTime => ".check(z.iso.time())",
            F::Ipv4 => ".check(z.ipv4())",
            F::Ipv6 => ".check(z.ipv6())",
            F::Base64 => ".check(z.base64())",
            F::Cuid2 => ".check(z.cuid2())",
            F::Ulid => ".check(z.ulid())",
            F::Nanoid => ".check(z.nanoid())",
        }
        .into(),
    }
}

/// A validator as Zod spells it.
fn zod(validator: &Validator) -> String {
    let checks = |list: &[Check]| list.iter().map(check).collect::<String>();
    let list = |list: &[Validator]| list.iter().map(zod).collect::<Vec<_>>().join(", ");
    let prefix = |coerce: bool| if coerce { "z.coerce." } else { "z." };
    let wrong = |list: &[Check]| match list.first() {
        Some(Check::WrongType(message)) => quoted(message),
        _ => String::new(),
    };
    match validator {
        Validator::Unknown => "z.unknown()".into(),
        Validator::Null => "z.null()".into(),
        Validator::String { coerce, checks: c } => {
            format!("{}string({}){}", prefix(*coerce), wrong(c), checks(c))
        }
        Validator::Number { coerce, checks: c } => {
            format!("{}number({}){}", prefix(*coerce), wrong(c), checks(c))
        }
        Validator::Boolean { coerce } => format!("{}boolean()", prefix(*coerce)),
        Validator::StringBool => "z.stringbool()".into(),
        Validator::OneOf(values) => {
            format!("z.literal([{}])", values.iter().map(js).collect::<Vec<_>>().join(", "))
        }
        Validator::Object { fields, mode } => {
            let fields: Vec<String> = fields
                .iter()
                .map(|field| format!("{}: {}", field.name, zod(&field.validator)))
                .collect();
            let fields = fields.join(", ");
            match mode {
                ObjectMode::Strip => format!("z.object({{{fields}}})"),
                ObjectMode::Strict => format!("z.strictObject({{{fields}}})"),
                ObjectMode::Loose => format!("z.looseObject({{{fields}}})"),
                ObjectMode::Catchall(rest) => {
                    format!("z.object({{{fields}}}).catchall({})", zod(rest))
                }
            }
        }
        Validator::Array { item, checks: c } => {
            let comma = if wrong(c).is_empty() { "" } else { ", " };
            format!("z.array({}{comma}{}){}", zod(item), wrong(c), checks(c))
        }
        Validator::Tuple { items, rest: Some(rest) } => {
            format!("z.tuple([{}], {})", list(items), zod(rest))
        }
        Validator::Tuple { items, rest: None } => format!("z.tuple([{}])", list(items)),
        Validator::Record { key, value } => format!("z.record({}, {})", zod(key), zod(value)),
        Validator::Union(options) => format!("z.union([{}])", list(options)),
        Validator::Discriminated { property, variants } => {
            let variants: Vec<String> = variants.iter().map(|(_, variant)| zod(variant)).collect();
            format!("z.discriminatedUnion({}, [{}])", quoted(property), variants.join(", "))
        }
        Validator::Optional(inner) => format!("{}.optional()", zod(inner)),
        Validator::Nullable(inner) => format!("{}.nullable()", zod(inner)),
        Validator::Default(inner, value) => format!("{}.default({value})", zod(inner)),
        Validator::Transform(..) => panic!("no case transforms"),
    }
}

/// Runs one case; the result as both sides spell it.
fn ours(validator: &Validator, input: &serde_json::Value) -> String {
    let mut prepared = Prepared::default();
    prepared.add(validator);
    let input = parse_any(input.to_string().as_bytes()).expect("JSON");
    let env = Env::new(4, 0.0);
    match validate(validator, input, &env, &prepared) {
        Ok(value) => {
            let mut text = Vec::new();
            let is_written = Writer::new(&mut text).write(&value).expect("shallow");
            if is_written { String::from_utf8(text).expect("UTF-8") } else { "undefined".into() }
        }
        Err(Refusal::Issues(issues)) => {
            let lines: Vec<String> = issues
                .iter()
                .map(|issue| {
                    let path: Vec<String> = issue
                        .path
                        .iter()
                        .map(|key| match key {
                            PathKey::Name(name) => name.as_str().to_owned(),
                            PathKey::Index(index) => index.to_string(),
                        })
                        .collect();
                    format!("[{}] {}: {}", path.join("/"), issue.code, issue.message)
                })
                .collect();
            lines.join("\n")
        }
        Err(Refusal::Thrown(thrown)) => panic!("{thrown:?}"),
    }
}

fn flat() -> Vec<(Validator, serde_json::Value)> {
    let mut flat = Vec::new();
    for (validator, inputs) in cases() {
        let inputs: Vec<serde_json::Value> = serde_json::from_str(inputs).expect(inputs);
        flat.extend(inputs.into_iter().map(|input| (validator.clone(), input)));
    }
    flat
}

#[test]
fn every_input_gives_what_zod_gives() {
    let recorded: Vec<(String, String, String)> = serde_json::from_str(RECORDED).expect("a list");
    let cases = flat();
    assert_eq!(recorded.len(), cases.len(), "record `zod.json` again");
    let mut wrong = Vec::new();
    for ((validator, input), (schema, text, expected)) in cases.iter().zip(&recorded) {
        assert_eq!(
            (&zod(validator), &input.to_string()),
            (schema, text),
            "record `zod.json` again"
        );
        let got = ours(validator, input);
        if got != *expected {
            wrong.push(format!("{schema} on {text}\n    zod: {expected}\n    ours: {got}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
#[ignore = "writes zod.json; needs Zod and ZOD=<its folder>"]
fn record_zod() {
    let folder = std::env::var("ZOD").expect("ZOD");
    let mut script = String::from(
        "import { z } from 'zod';\nconst out = [];\nconst run = (n, t, s, v) => { const r = s.safeParse(v); out.push([n, t, r.success ? (JSON.stringify(r.data) ?? 'undefined') : r.error.issues.map((i) => `[${i.path.join('/')}] ${i.code}: ${i.message}`).join('\\n')]); };\n",
    );
    for (validator, input) in flat() {
        let (schema, text) = (zod(&validator), input.to_string());
        let (name, json) = (quoted(&schema), quoted(&text));
        script.push_str(&format!("run({name}, {json}, {schema}, JSON.parse({json}));\n"));
    }
    script.push_str("process.stdout.write('[\\n' + out.map((l) => JSON.stringify(l)).join(',\\n') + '\\n]\\n');\n");
    let file = std::path::Path::new(&folder).join("record.mjs");
    std::fs::write(&file, script).expect("writes");
    let output = Command::new("node").arg(&file).stderr(Stdio::inherit()).output().expect("node");
    assert!(output.status.success());
    let target = concat!(env!("CARGO_MANIFEST_DIR"), "/src/validate/zod.json");
    std::fs::write(std::env::var("ZOD_OUT").unwrap_or(target.into()), output.stdout)
        .expect("writes");
}

#[test]
fn queries_become_objects() {
    let fields = vec![
        ("q", string(vec![])),
        (
            "tag",
            Validator::Optional(boxed(Validator::Array {
                item: boxed(string(vec![])),
                checks: vec![],
            })),
        ),
    ];
    let validator = object(fields, ObjectMode::Strip);
    let cases = [
        (None, "{}"),
        (Some(""), "{}"),
        (Some("q=a+b%20c&tag=1"), r#"{"q":"a b c","tag":["1"]}"#),
        (Some("tag=1&q=%C3%A9&tag=2&&x"), r#"{"tag":["1","2"],"q":"é","x":""}"#),
        (Some("q=1&q=2&q=3"), "[q] Invalid input: expected one value, received several"),
        (Some("q=%"), "[q] Invalid percent encoding"),
        (Some("q=%ff&tag=%zz"), "[q] Invalid percent encoding\n[tag] Invalid percent encoding"),
        (Some("%ff=1"), "[] Invalid percent encoding of a key"),
        (Some("q=a=b"), r#"{"q":"a=b"}"#),
        (Some("toString=1&__proto__=2"), r#"{"toString":"1","__proto__":"2"}"#),
    ];
    for (raw, expected) in cases {
        let got = match query_object(raw, Some(&validator)) {
            Ok(value) => {
                let mut text = Vec::new();
                Writer::new(&mut text).write(&value).expect("shallow");
                String::from_utf8(text).expect("UTF-8")
            }
            Err(issues) => {
                let line = |issue: &super::Issue| match issue.path.first() {
                    Some(PathKey::Name(name)) => format!("[{name}] {}", issue.message),
                    _ => format!("[] {}", issue.message),
                };
                issues.iter().map(line).collect::<Vec<_>>().join("\n")
            }
        };
        assert_eq!(got, expected, "{raw:?}");
    }
}

#[test]
fn issues_are_bounded_and_transforms_run_on_valid_values() {
    let validator = Validator::Array { item: boxed(string(vec![])), checks: vec![] };
    let many = Value::array(vec![Value::Null; 100_000]);
    let env = Env::new(1, 0.0);
    let Err(Refusal::Issues(issues)) = validate(&validator, many, &env, &Prepared::default())
    else {
        panic!("refused");
    };
    assert_eq!(issues.len(), super::MOST_ISSUES);

    let slot = frontage_plan::Slot { level: 0, index: 0 };
    let body = Box::new(frontage_plan::Expr::Slot(slot).member("length"));
    let lambda = frontage_plan::Lambda { params: vec![slot], body };
    let validator = Validator::Transform(boxed(string(vec![Check::MinLength(2)])), lambda);
    let run = |input| validate(&validator, input, &env, &Prepared::default());
    assert!(matches!(run(Value::text("abc")), Ok(Value::Number(3.0))));
    assert!(matches!(run(Value::text("a")), Err(Refusal::Issues(issues)) if issues.len() == 1));
}
