//! What is made of an answer while it is read, against reading it and making it then.

use bytes::Bytes;
use frontage_json::{Answer, Value, Writer, read};
use frontage_plan::{Field, Form, Made, MadeId, Node, Plan, Read, Rest, Shape, ShapeId, Written};
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

/// `{ id: string, n?: integer, tags?: enum[], who: { name: string, age?: number },
/// rows: { k: enum, v?: any }[] }`, and what is made of it.
fn plan(write: Written) -> (Plan, ShapeId, ShapeId) {
    let mut shapes: Vec<Node> = Vec::new();
    let mut add = |shape, form| {
        shapes.push(Node { shape, form });
        ShapeId(u32::try_from(shapes.len() - 1).expect("few"))
    };
    let field = |name: &str, shape, required| Field { name: name.into(), shape, required };
    let string = add(Shape::String, Form::Raw);
    let integer = add(Shape::Integer, Form::Raw);
    let number = add(Shape::Number, Form::Raw);
    let any = add(Shape::Any, Form::Raw);
    let name = add(Shape::Enum(vec!["a".into(), "ab".into()]), Form::Raw);
    let tags = add(Shape::Array(name), Form::Raw);
    let who = Shape::Object {
        fields: vec![field("name", string, true), field("age", number, false)],
        rest: Rest::Cut,
    };
    let who = add(who, Form::Decoded);
    let row = Shape::Object {
        fields: vec![field("k", name, true), field("v", any, false)],
        rest: Rest::Cut,
    };
    let row = add(row, Form::Decoded);
    let rows = add(Shape::Array(row), Form::Decoded);
    let whole = Shape::Object {
        fields: vec![
            field("id", string, true),
            field("n", integer, false),
            field("tags", tags, false),
            field("who", who, true),
            field("rows", rows, true),
        ],
        rest: Rest::Cut,
    };
    let decoded = add(whole.clone(), Form::Decoded);
    let made = add(whole, Form::Made(MadeId(0)));
    let element = Made {
        pieces: 2,
        read: Read::Fields(vec![Read::Keep(1), Read::Keep(0)]),
        write: Written::Object(vec![
            ("\"v\":".into(), Written::Piece(0)),
            ("\"k\":".into(), Written::Piece(1)),
        ]),
    };
    let read = Read::Fields(vec![
        Read::Keep(0),
        Read::Keep(1),
        Read::Keep(2),
        Read::Fields(vec![Read::Check, Read::Keep(3)]),
        Read::Each(4, Box::new(element)),
    ]);
    let plan = Plan {
        patterns: Vec::new(),
        frontend: "test".into(),
        upstreams: Vec::new(),
        operations: Vec::new(),
        shapes,
        made: vec![Made { pieces: 5, read, write }],
        routes: Vec::new(),
    };
    (plan, decoded, made)
}

/// The same of the value that was read.
fn of_value(write: &Written, value: &Json) -> Option<Json> {
    Some(match write {
        Written::Piece(0) => value["id"].clone(),
        Written::Piece(1) => value.get("n")?.clone(),
        Written::Piece(2) => value.get("tags")?.clone(),
        Written::Piece(3) => value["who"].get("age")?.clone(),
        Written::Piece(_) => {
            let rows = value["rows"].as_array()?.iter().map(|row| {
                let mut members = Map::new();
                members.extend(row.get("v").map(|v| ("v".to_owned(), v.clone())));
                members.insert("k".to_owned(), row["k"].clone());
                Json::Object(members)
            });
            rows.collect()
        }
        Written::Text(text) => serde_json::from_str(text).expect("JSON"),
        Written::Object(members) => {
            let members = members.iter().filter_map(|(key, member)| {
                let name = serde_json::from_str(key.trim_end_matches(':')).expect("a name");
                Some((name, of_value(member, value)?))
            });
            Json::Object(members.collect())
        }
    })
}

fn text(value: &Value) -> String {
    let mut out = Vec::new();
    assert!(Writer::new(&mut out).write(value).expect("shallow"), "a value");
    String::from_utf8(out).expect("UTF-8")
}

/// Members in any order, some of them twice, some of them wrong.
fn members(known: Vec<(&'static str, BoxedStrategy<String>)>) -> BoxedStrategy<String> {
    let each = known.into_iter().map(|(name, value)| {
        let wrong = prop_oneof![
            Just("null".to_owned()),
            Just("true".to_owned()),
            Just("[{}]".to_owned()),
            Just("{\"name\":1}".to_owned())
        ];
        let value = prop_oneof![12 => value, 1 => wrong];
        let times = prop_oneof![1 => Just(0_usize), 8 => Just(1), 2 => Just(2)];
        (prop::collection::vec(value, 2), times).prop_map(move |(values, times)| {
            values.into_iter().take(times).map(|value| (name, value)).collect::<Vec<_>>()
        })
    });
    let unknown = Just(vec![("other", "[1, {\"id\": \"\\\"]\"}]".to_owned())]).boxed();
    let each: Vec<_> = each.map(Strategy::boxed).chain([unknown]).collect();
    (each, any::<bool>())
        .prop_flat_map(|(all, spaces)| {
            let all: Vec<_> = all.into_iter().flatten().collect();
            (Just(all).prop_shuffle(), Just(spaces))
        })
        .prop_map(|(all, spaces)| {
            let space = if spaces { " \n" } else { "" };
            let each = all.iter().map(|(name, value)| format!("\"{name}\"{space}:{space}{value}"));
            format!(
                "{{{space}{}{space}}}",
                each.collect::<Vec<_>>().join(&format!("{space},{space}"))
            )
        })
        .boxed()
}

fn document() -> impl Strategy<Value = String> {
    let text =
        || prop_oneof!["[a-c]{0,3}", "\\PC{0,4}"].prop_map(|text| json!(text).to_string()).boxed();
    let number =
        || prop_oneof![Just("1.0"), Just("-0"), Just("7"), Just("1e3")].prop_map(str::to_owned);
    let age = prop_oneof![number(), Just("1.10".to_owned())].boxed();
    let any = prop_oneof![text(), Just("[ 1 , 2 ]".to_owned()), Just("{\"a\": null}".to_owned())];
    let row = members(vec![("k", text()), ("v", any.boxed())]);
    let list = |item: BoxedStrategy<String>| {
        prop::collection::vec(item, 0..4)
            .prop_map(|items| format!("[{}]", items.join(", ")))
            .boxed()
    };
    members(vec![
        ("id", text()),
        ("n", number().boxed()),
        ("tags", list(text())),
        ("who", members(vec![("name", text()), ("age", age)])),
        ("rows", list(row)),
    ])
}

fn written() -> impl Strategy<Value = Written> {
    let leaf = prop_oneof![
        6 => (0..5_u16).prop_map(Written::Piece),
        1 => Just(Written::Text("\"a\\\"\"".into())),
    ];
    let object = |inner: BoxedStrategy<Written>| {
        prop::collection::btree_map("[a-z]{1,3}", inner, 0..5).prop_map(|members| {
            let members =
                members.into_iter().map(|(name, member)| (format!("\"{name}\":").into(), member));
            Written::Object(members.collect())
        })
    };
    let inner = leaf.prop_recursive(2, 12, 5, move |inner| object(inner.boxed()).boxed());
    object(inner.boxed())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn making_while_reading_is_reading_and_making(document in document(), write in written()) {
        let (plan, decoded, made) = plan(write.clone());
        let body = Bytes::from(document.clone());
        let first = read(&body, &plan, decoded);
        let got = read(&body, &plan, made);
        match (first, got) {
            (Ok(first), Ok(Answer { value, unknown_enums, made_bytes })) => {
                prop_assert_eq!(made_bytes, text(&value).len());
                prop_assert_eq!(unknown_enums, first.unknown_enums);
                let value: Json = serde_json::from_str(&text(&value)).expect("JSON");
                let whole: Json = serde_json::from_str(&text(&first.value)).expect("JSON");
                prop_assert_eq!(Some(value), of_value(&write, &whole), "{}", document);
            }
            (first, got) => {
                prop_assert_eq!(got.map(|a| text(&a.value)), first.map(|a| text(&a.value)), "{}", document);
            }
        }
    }
}

/// A list of `{ a?: number }`, of which this is made for each.
fn list(element: Written, form: impl Fn(Made) -> (Form, Form, Made)) -> Plan {
    let element = Made { pieces: 1, read: Read::Fields(vec![Read::Keep(0)]), write: element };
    let (list, row, made) = form(element);
    let fields = vec![Field { name: "a".into(), shape: ShapeId(0), required: false }];
    Plan {
        patterns: Vec::new(),
        frontend: "test".into(),
        upstreams: Vec::new(),
        operations: Vec::new(),
        shapes: vec![
            Node { shape: Shape::Number, form: Form::Raw },
            Node { shape: Shape::Object { fields, rest: Rest::Cut }, form: row },
            Node { shape: Shape::Array(ShapeId(1)), form: list },
        ],
        made: vec![made],
        routes: Vec::new(),
    }
}

/// The whole list is made.
fn whole(element: Made) -> (Form, Form, Made) {
    let read = Read::Each(0, Box::new(element));
    let made = Made { pieces: 1, read, write: Written::Piece(0) };
    (Form::Made(MadeId(0)), Form::Decoded, made)
}

#[test]
fn what_is_missing_in_a_list_is_null_and_spaces_go() {
    let body = Bytes::from_static(b"[ {\"a\" : 1.10} , {}, { \"b\": 1 , \"a\":2} ]");
    let answer = read(&body, &list(Written::Piece(0), whole), ShapeId(2)).expect("fits");
    assert_eq!(text(&answer.value), "[1.10,null,2]");
}

#[test]
fn what_is_made_is_no_larger_than_an_answer_may_be() {
    let long = Written::Text(format!("\"{}\"", "x".repeat(1000)).into());
    let long = Written::Object(vec![("\"t\":".into(), long)]);
    for (elements, fits) in [(60_000, true), (80_000, false)] {
        let body = Bytes::from(format!("[{}{{}}]", "{},".repeat(elements)));
        for form in [whole, |element| (Form::Decoded, Form::Made(MadeId(0)), element)] {
            let answer = read(&body, &list(long.clone(), form), ShapeId(2)).expect("fits");
            assert!(answer.made_bytes < (1 << 26) + 1024, "{}", answer.made_bytes);
            let mut out = Vec::new();
            assert_eq!(Writer::new(&mut out).write(&answer.value).is_ok(), fits, "{elements}");
        }
    }
}

#[test]
fn what_is_made_takes_as_much_as_it_holds() {
    let element = Written::Object(vec![("\"b\":".into(), Written::Piece(0))]);
    let body = Bytes::from(format!("[{}{{}}]", "{\"a\":1},".repeat(1000)));
    let plan = list(element, |element| (Form::Decoded, Form::Made(MadeId(0)), element));
    let Value::Array(items) = read(&body, &plan, ShapeId(2)).expect("fits").value else {
        panic!("a list");
    };
    let texts = items.iter().map(|item| match item {
        Value::Raw(raw) => raw.as_bytes().clone(),
        other => panic!("{other:?}"),
    });
    let texts: Vec<Bytes> = texts.collect();
    drop(items);
    for text in texts {
        let length = text.len();
        let own = text.try_into_mut().expect("nobody else has it");
        assert!(own.capacity() <= length * 2, "{} for {length}", own.capacity());
    }
}
