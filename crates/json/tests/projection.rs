//! The projecting reader against a slow model over `serde_json`, and its own rules as tables.

#[path = "../../../fuzz/checks/model.rs"]
mod model;

use bytes::Bytes;
use frontage_json::{Answer, Drift, ErrorValue, Value, Writer, parse_any, read};
use frontage_plan::{Constant, Field, Form, Node, Plan, Rest, Shape, ShapeId};
use proptest::prelude::*;

use model::{Tree, normal, project, store};

fn plan(shapes: Vec<Node>) -> Plan {
    Plan {
        patterns: Vec::new(),
        frontend: "test".into(),
        upstreams: Vec::new(),
        operations: Vec::new(),
        made: Vec::new(),
        shapes,
        routes: Vec::new(),
    }
}

fn text(value: &Value) -> String {
    let mut out = Vec::new();
    if !Writer::new(&mut out).write(value).expect("shallow") {
        return "undefined".into();
    }
    String::from_utf8(out).expect("UTF-8")
}

/// Adds shapes to a plan under construction.
#[derive(Default)]
struct Shapes(Vec<Node>);

impl Shapes {
    fn add(&mut self, shape: Shape, form: Form) -> ShapeId {
        self.0.push(Node { shape, form });
        ShapeId(u32::try_from(self.0.len() - 1).expect("few"))
    }

    fn field(&mut self, name: &str, shape: Shape, required: bool) -> Field {
        let shape = self.add(shape, Form::Decoded);
        Field { name: name.into(), shape, required }
    }

    fn object(&mut self, fields: Vec<Field>, form: Form) -> ShapeId {
        self.add(Shape::Object { fields, rest: Rest::Cut }, form)
    }
}

fn read_text(body: &str, shapes: &Shapes, root: ShapeId) -> Result<String, String> {
    read(&Bytes::copy_from_slice(body.as_bytes()), &plan(shapes.0.clone()), root)
        .map(|Answer { value, unknown_enums, .. }| match unknown_enums {
            0 => text(&value),
            n => format!("{} ({n} unknown)", text(&value)),
        })
        .map_err(|Drift { path, expected, found }| format!("{path}: {expected}, not {found}"))
}

/// `{ items: { price: number, name?: string, kind?: enum }[] , note?: string | null }`
fn shop(form: Form) -> (Shapes, ShapeId) {
    let mut shapes = Shapes::default();
    let price = shapes.field("price", Shape::Number, true);
    let name = shapes.field("name", Shape::String, false);
    let kind = shapes.field("kind", Shape::Enum(vec!["a".into(), "b".into()]), false);
    let item = shapes.object(vec![price, name, kind], form);
    let list = shapes.add(Shape::Array(item), form);
    let null = shapes.add(Shape::Null, form);
    let string = shapes.add(Shape::String, form);
    let note = shapes.add(Shape::Union(vec![string, null]), form);
    let fields = vec![
        Field { name: "items".into(), shape: list, required: true },
        Field { name: "note".into(), shape: note, required: false },
    ];
    let root = shapes.object(fields, form);
    (shapes, root)
}

#[test]
fn answers_are_cut_and_checked_in_both_forms() {
    // (body, decoded, raw); one entry if both are the same.
    let cases: &[(&str, &str, Option<&str>)] = &[
        (r#"{"items":[]}"#, r#"{"items":[]}"#, None),
        (r#"{"secret":1,"items":[]}"#, r#"{"items":[]}"#, None),
        (r#"{"items":[],"secret":{"a":[1,2]}}"#, r#"{"items":[]}"#, None),
        (
            r#" { "x" : [ ] , "items" : [ ] , "y" : 1 , "note" : null } "#,
            r#"{"items":[],"note":null}"#,
            None,
        ),
        (
            r#"{"items":[{"price":1.50,"x":{},"name":"a"},{"y":"}","name":"b","price":2e1}]}"#,
            r#"{"items":[{"price":1.5,"name":"a"},{"name":"b","price":20}]}"#,
            Some(r#"{"items":[{"price":1.50,"name":"a"},{"name":"b","price":2e1}]}"#),
        ),
        (
            r#"{"items":[{"price":12345678901234567890}]}"#,
            r#"{"items":[{"price":12345678901234567000}]}"#,
            Some(r#"{"items":[{"price":12345678901234567890}]}"#),
        ),
        (
            r#"{"items":[{"price":1,"kind":"a"},{"price":1,"kind":"z"}]}"#,
            r#"{"items":[{"price":1,"kind":"a"},{"price":1,"kind":"z"}]} (1 unknown)"#,
            None,
        ),
        (
            r#"{"\u0069tems":[],"n\u006fte":"\u00e9"}"#,
            r#"{"items":[],"note":"é"}"#,
            Some(r#"{"\u0069tems":[],"n\u006fte":"\u00e9"}"#),
        ),
        // The last of two members counts.
        (r#"{"items":7,"items":[]}"#, r#"{"items":[]}"#, None),
        (
            r#"{"items":[{"name":1,"price":2,"name":"n"}]}"#,
            r#"{"items":[{"price":2,"name":"n"}]}"#,
            None,
        ),
        // Drift.
        (r#"{"items":[{"price":1},{"price":"1"}]}"#, "items[1].price: number, not string", None),
        (r#"{"items":[{"price":1},{}]}"#, "items[1].price: number, not nothing", None),
        (r#"{"items":{}}"#, "items: array, not object", None),
        (r#"{"items":[],"note":3}"#, "note: string or null, not number", None),
        ("[]", ": object, not array", None),
        ("{}", "items: array, not nothing", None),
        // Not JSON, wherever it stands.
        (
            r#"{"items":[],"x":[01]}"#,
            ": JSON, not expected a comma or the end of a list or object at byte 18",
            None,
        ),
        (r#"{"items":[]} ,"#, ": JSON, not expected the end of the text at byte 13", None),
        (r#"{"items":[],}"#, ": JSON, not expected a string at byte 12", None),
        (r#"{"x":"\x","items":[]}"#, ": JSON, not malformed escape in a string at byte 6", None),
        ("", ": JSON, not expected a value at byte 0", None),
    ];
    for (body, decoded, raw) in cases {
        for (form, expected) in [(Form::Decoded, *decoded), (Form::Raw, raw.unwrap_or(decoded))] {
            let (shapes, root) = shop(form);
            let got = read_text(body, &shapes, root).unwrap_or_else(|drift| drift);
            assert_eq!(got, expected, "{form:?} {body}");
        }
    }
}

#[test]
fn scalars_fit_their_shapes() {
    let strings = |names: &[&str]| names.iter().map(|n| (*n).into()).collect::<Vec<_>>();
    let cases: Vec<(Shape, &str, &str)> = vec![
        (Shape::Integer, "1.0", "1"),
        (Shape::Integer, "1e3", "1000"),
        (Shape::Integer, "-0", "0"),
        (Shape::Integer, "1.5", ": integer, not number"),
        (Shape::Integer, "1e-1", ": integer, not number"),
        (Shape::Integer, "1e999", ": integer, not number"),
        (Shape::Number, "1e999", "null"),
        (Shape::Number, "-", ": JSON, not expected a digit at byte 1"),
        (Shape::Bool, "true", "true"),
        (Shape::Bool, "null", ": boolean, not null"),
        (Shape::Null, "null", "null"),
        (Shape::Never, "1", ": no value, not number"),
        (Shape::Any, r#"{"a":[1,{"b":"\ud83d"}]}"#, r#"{"a":[1,{"b":"\ud83d"}]}"#),
        (Shape::Skip, "[1]", "undefined"),
        (Shape::Constant(Constant::String("x".into())), r#""\u0078""#, r#""x""#),
        (Shape::Constant(Constant::String("x".into())), r#""y""#, r#": "x", not another string"#),
        (Shape::Constant(Constant::Bool(true)), "false", ": true, not boolean"),
        (Shape::Enum(strings(&["x"])), "1", ": string, not number"),
    ];
    for (shape, body, expected) in cases {
        let mut shapes = Shapes::default();
        let root = shapes.add(shape.clone(), Form::Decoded);
        let got = read_text(body, &shapes, root).unwrap_or_else(|drift| drift);
        assert_eq!(got, expected, "{shape:?} {body}");
    }
}

#[test]
fn unions_take_the_first_variant_that_fits() {
    let mut shapes = Shapes::default();
    let a = shapes.field("a", Shape::String, true);
    let b = shapes.field("b", Shape::Number, true);
    let first = shapes.object(vec![a], Form::Decoded);
    let second = shapes.object(vec![b], Form::Decoded);
    let number = shapes.add(Shape::Number, Form::Decoded);
    let union = shapes.add(Shape::Union(vec![first, second, number]), Form::Decoded);
    let raw = shapes.add(Shape::Union(vec![first, second, number]), Form::Raw);
    let tagged = |first, second| Shape::Tagged {
        property: "t".into(),
        variants: vec![("one".into(), first), ("two".into(), second)],
    };
    let tagged = shapes.add(tagged(first, second), Form::Decoded);
    let cases = [
        (union, r#"{"a":"x","b":1}"#, r#"{"a":"x"}"#),
        (union, r#"{"a":2,"b":1}"#, r#"{"b":1}"#),
        (raw, r#"{"a":2,"b":1.0,"c":1}"#, r#"{"b":1.0}"#),
        (raw, r#"{"c":1,"a":"x","b":1}"#, r#"{"a":"x"}"#),
        (union, "3", "3"),
        (union, r#"{"a":2}"#, ": object or object or number, not object"),
        (
            union,
            r#"{"a":2,"b":01}"#,
            ": JSON, not expected a comma or the end of an object at byte 12",
        ),
        (tagged, r#"{"a":2,"b":1,"t":"two"}"#, r#"{"b":1}"#),
        (tagged, r#"{"t":"\u006fne","a":"x","b":1}"#, r#"{"a":"x"}"#),
        (tagged, r#"{"t":"one","b":1}"#, "a: string, not nothing"),
        (tagged, r#"{"t":"three"}"#, r#"t: "one" or "two", not another value"#),
        (tagged, r#"{"a":"x"}"#, r#"t: "one" or "two", not no string"#),
    ];
    for (root, body, expected) in cases {
        let got = read_text(body, &shapes, root).unwrap_or_else(|drift| drift);
        assert_eq!(got, expected, "{body}");
    }
}

#[test]
fn tuples_and_rests() {
    for form in [Form::Decoded, Form::Raw] {
        let mut shapes = Shapes::default();
        let number = shapes.add(Shape::Number, form);
        let string = shapes.add(Shape::String, form);
        let pair = shapes.add(Shape::Tuple(vec![number, string], None), form);
        let open = shapes.add(Shape::Tuple(vec![number], Some(string)), form);
        let none = shapes.add(Shape::Tuple(vec![], None), form);
        let map = shapes.add(Shape::Object { fields: vec![], rest: Rest::Keep(number) }, form);
        let cases = [
            (pair, r#"[1, "a"]"#, r#"[1,"a"]"#),
            (pair, r#"[1,"a" , {"x":1},[]]"#, r#"[1,"a"]"#),
            (pair, "[1]", ": 2 elements, not fewer"),
            (open, r#"[1,"a","b"]"#, r#"[1,"a","b"]"#),
            (open, "[1,2]", "[1]: string, not number"),
            (none, "[ 1,2 ]", "[]"),
            (map, r#"{"x":1, "y":2}"#, r#"{"x":1,"y":2}"#),
            (map, r#"{"x":1,"y":"2"}"#, "y: number, not string"),
        ];
        for (root, body, expected) in cases {
            let got = read_text(body, &shapes, root).unwrap_or_else(|drift| drift);
            assert_eq!(got, expected, "{form:?} {body}");
        }
    }
}

#[test]
fn bombs_neither_overflow_nor_take_quadratic_time() {
    let (shapes, root) = shop(Form::Decoded);
    let open = format!(r#"{{"items":[],"x":{}"#, "[".repeat(1_000_000));
    assert!(read_text(&open, &shapes, root).expect_err("no end").contains("JSON"));
    let closed =
        format!(r#"{{"items":[],"x":{}{}}}"#, r#"{"a":["#.repeat(500_000), "]}".repeat(500_000));
    assert_eq!(read_text(&closed, &shapes, root).as_deref(), Ok(r#"{"items":[]}"#));

    let mut shapes = Shapes::default();
    let any = shapes.add(Shape::Any, Form::Decoded);
    let raw = shapes.add(Shape::Any, Form::Raw);
    // list(0) = list of list(0): a recursive shape.
    let list = ShapeId(2);
    shapes.add(Shape::Array(list), Form::Decoded);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let too_deep = ": at most 128 levels, not a value nested deeper";
    assert_eq!(read_text(&deep, &shapes, any), Err(too_deep.into()));
    assert_eq!(read_text(&deep, &shapes, raw), Ok(deep.clone()));
    assert!(read_text(&deep, &shapes, list).expect_err("deep").contains("128 levels"));

    // Each variant fails at the innermost value: 2^depth tries without a bound.
    let mut shapes = Shapes::default();
    let (one, two, union) = (ShapeId(0), ShapeId(1), ShapeId(2));
    let number = ShapeId(3);
    let fields = |_: u8| {
        vec![
            Field { name: "n".into(), shape: union, required: false },
            Field { name: "v".into(), shape: number, required: false },
        ]
    };
    shapes.object(fields(1), Form::Decoded);
    shapes.object(fields(2), Form::Decoded);
    shapes.add(Shape::Union(vec![one, two]), Form::Decoded);
    shapes.add(Shape::Number, Form::Decoded);
    let chain = format!("{}{{\"v\":\"x\"}}{}", r#"{"n":"#.repeat(60), "}".repeat(60));
    assert!(read_text(&chain, &shapes, union).is_err());

    let mut keys = String::from("{\"items\":[]");
    for i in 0..200_000 {
        keys.push_str(&format!(",\"k{i}\":1"));
    }
    keys.push('}');
    let mut shapes = Shapes::default();
    let any = shapes.add(Shape::Any, Form::Decoded);
    assert_eq!(read_text(&keys, &shapes, any).map(|text| text.len()), Ok(keys.len()));
}

#[test]
fn invalid_utf8_is_refused_everywhere() {
    let (shapes, root) = shop(Form::Raw);
    let body = Bytes::from_static(b"{\"items\":[],\"x\":\"\xff\"}");
    let drift = read(&body, &plan(shapes.0), root).expect_err("not UTF-8");
    assert_eq!(
        (drift.expected.as_str(), drift.found.as_str()),
        ("JSON", "malformed UTF-8 at byte 17")
    );
}

#[test]
fn messages_of_errors_are_strings() {
    let error = ErrorValue::Http { status: 403, code: "no".into(), detail: None };
    assert_eq!(error.message(), "no");
}

/// Any JSON document, spelled compactly or with space.
fn document() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        (-1000_i64..1000).prop_map(Into::into),
        (-1.0e6..1.0e6).prop_map(|n: f64| serde_json::json!(n)),
        "[a-c\"\\\\\n\u{e9}\u{1F600}]{0,6}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            prop::collection::vec(("[a-e]", inner), 0..5)
                .prop_map(|members| { serde_json::Value::Object(members.into_iter().collect()) }),
        ]
    })
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        Just(Shape::Any),
        Just(Shape::Null),
        Just(Shape::Bool),
        Just(Shape::Integer),
        Just(Shape::Number),
        Just(Shape::String),
    ]
    .prop_map(Tree::Leaf);
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|tree| Tree::List(Box::new(tree))),
            (
                prop::collection::btree_map("[a-e]", (inner.clone(), any::<bool>()), 0..4),
                prop::option::of(inner.clone())
            )
                .prop_map(|(fields, rest)| Tree::Record(
                    fields
                        .into_iter()
                        .map(|(name, (tree, required))| (name, tree, required))
                        .collect(),
                    rest.map(Box::new)
                )),
            prop::collection::vec(inner, 1..4).prop_map(Tree::Either),
        ]
    })
}

proptest! {
    #[test]
    fn projection_of_bytes_is_projection_of_the_parsed_value(
        value in document(),
        tree in tree(),
        pretty in any::<bool>(),
    ) {
        let body = if pretty {
            serde_json::to_string_pretty(&value)
        } else {
            serde_json::to_string(&value)
        }.expect("writes");
        let expected = project(&value, &tree).map(|value| normal(&value, false));
        for form in [Form::Decoded, Form::Raw] {
            let mut shapes = Shapes::default();
            let root = store(&tree, &mut shapes.0, form);
            let got = read_text(&body, &shapes, root).ok().map(|text| {
                normal(&serde_json::from_str(&text).expect("JSON"), false)
            });
            prop_assert_eq!(&got, &expected, "{:?} {}", form, body);
        }
    }

    #[test]
    fn mutated_documents_are_accepted_exactly_as_serde_json_does(
        value in document(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..3_u8), 0..4),
    ) {
        const ALPHABET: &[u8] = b"{}[],:\"\\ 0123.eE+-trufalsn\n\x01\xc3\xa9\xff";
        let mut body = serde_json::to_vec(&value).expect("writes");
        for (place, byte, edit) in edits {
            let at = place.index(body.len() + 1);
            let byte = ALPHABET[byte.index(ALPHABET.len())];
            match edit {
                0 => body.insert(at, byte),
                1 if at < body.len() => body[at] = byte,
                _ if at < body.len() => { body.remove(at); }
                _ => {}
            }
        }
        // `IgnoredAny` checks the grammar without building numbers or pairing surrogates.
        let accepted = serde_json::from_slice::<serde_json::Value>(&body).is_ok();
        for (shape, form) in [(Shape::Any, Form::Decoded), (Shape::Any, Form::Raw), (Shape::Skip, Form::Decoded)] {
            let mut shapes = Shapes::default();
            let root = shapes.add(shape, form);
            let got = read(&Bytes::from(body.clone()), &plan(shapes.0), root).is_ok();
            prop_assert_eq!(got, accepted, "{:?}", String::from_utf8_lossy(&body));
        }
        prop_assert_eq!(parse_any(&body).is_ok(), accepted);
    }
}
