//! The cases: functions crossed with values that lie on their edges.

use frontage_plan::{
    ArrayItem, BinaryOp, Builtin as B, Constant, Expr, IterateOp, Key, Lambda, LogicalOp, Number,
    ObjectItem, Slot, UnaryOp,
};

/// A literal from JSON; the strings `@undefined`, `@NaN`, `@Infinity`, `@-Infinity`, `@-0` and
/// `@date:...` stand for what JSON lacks.
fn literal(value: &serde_json::Value) -> Expr {
    use serde_json::Value as Json;
    let number = |n: f64| Expr::Constant(Constant::Number(Number(n)));
    match value {
        Json::Null => Expr::Constant(Constant::Null),
        Json::Bool(value) => Expr::Constant(Constant::Bool(*value)),
        Json::Number(n) => number(n.as_str().parse().expect("a number")),
        Json::String(text) => match text.as_str() {
            "@undefined" => Expr::UNDEFINED,
            "@NaN" => Expr::Binary(BinaryOp::Divide, Box::new(number(0.0)), Box::new(number(0.0))),
            "@Infinity" => number(f64::INFINITY),
            "@-Infinity" => number(f64::NEG_INFINITY),
            "@-0" => number(-0.0),
            text => match text.strip_prefix("@date:") {
                Some(date) => Expr::Call(B::DateNew, vec![Expr::string(date)]),
                None => Expr::string(text),
            },
        },
        Json::Array(list) => {
            Expr::Array(list.iter().map(|v| ArrayItem::Item(literal(v))).collect())
        }
        Json::Object(members) => Expr::Object(
            members
                .iter()
                .map(|(k, v)| ObjectItem::Property(Key::Static(k.as_str().into()), literal(v)))
                .collect(),
        ),
    }
}

fn json(text: &str) -> Vec<Expr> {
    let list: Vec<serde_json::Value> = serde_json::from_str(text).expect(text);
    list.iter().map(literal).collect()
}

/// A call with the arguments of a JSON list.
pub(super) fn call(function: B, arguments: &str) -> Expr {
    Expr::Call(function, json(arguments))
}

/// Every function with every receiver and every rest of arguments.
fn cross(out: &mut Vec<Expr>, functions: &[B], receivers: &str, rests: &[&str]) {
    let receivers = json(receivers);
    for function in functions {
        for receiver in &receivers {
            for rest in rests {
                let mut arguments = vec![receiver.clone()];
                arguments.extend(json(rest));
                out.push(Expr::Call(*function, arguments));
            }
        }
    }
}

const VALUES: &str = r#"["@undefined", null, true, false, 0, "@-0", 1, -1.5, "@NaN", "@Infinity",
    1e21, 123456789, 0.1, 4294967297, "", "0", "a", " 12 ", "1e3", "0x1F", "b", "é", "😀",
    [], [1], [1, 2], [null, "@undefined", [3]], {}, {"a": 1}, "@date:2024-02-29T12:34:56.789Z", "@date:x"]"#;

const STRINGS: &str =
    r#"["", "a", "abc", "abcabc", "héllo", "a😀b", "  x y ", "\t\n\u00a0z\ufeff", "ÀßİŒ"]"#;

const NUMBERS: &str = r#"[0, "@-0", 1, -1, 0.5, -0.5, 1.5, 2.5, -1.5, -2.5, 0.49999999999999994, 1.005, 1.45, 8.345,
    0.000001, 1e-7, 123.456, 1234.5678, 1e20, 1e21, 1.5e300, 5e-324, 1.7976931348623157e308, 9007199254740991,
    9007199254740993, 0.1, 255, 4294967295, 2147483648, -2147483649, 3.14159, 1.25, 10.235, 4.35, "@NaN", "@Infinity", "@-Infinity"]"#;

fn strings(out: &mut Vec<Expr>) {
    let places = [
        "[]",
        "[0]",
        "[1]",
        "[2]",
        "[-1]",
        "[1,3]",
        "[3,1]",
        "[-3,-1]",
        "[\"@NaN\"]",
        "[\"@Infinity\"]",
        "[1.9]",
    ];
    cross(out, &[B::StringSlice, B::StringSubstring], STRINGS, &places);
    cross(
        out,
        &[B::StringAt, B::StringCharAt, B::StringCharCodeAt, B::StringCodePointAt],
        STRINGS,
        &places,
    );
    cross(
        out,
        &[
            B::StringTrim,
            B::StringTrimStart,
            B::StringTrimEnd,
            B::StringToUpperCase,
            B::StringToLowerCase,
        ],
        STRINGS,
        &["[]"],
    );
    let wanted = [
        "[\"\"]",
        "[\"a\"]",
        "[\"bc\"]",
        "[\"b\",2]",
        "[\"\",2]",
        "[\"\",99]",
        "[\"a\",-5]",
        "[\"c\",3]",
        "[\"@undefined\"]",
        "[\"😀\"]",
    ];
    cross(
        out,
        &[
            B::StringIncludes,
            B::StringIndexOf,
            B::StringLastIndexOf,
            B::StringStartsWith,
            B::StringEndsWith,
        ],
        STRINGS,
        &wanted,
    );
    cross(
        out,
        &[B::StringSplit],
        STRINGS,
        &[
            "[]",
            "[\"\"]",
            "[\"b\"]",
            "[\"\",2]",
            "[\"b\",1]",
            "[\"b\",0]",
            "[\"@undefined\",0]",
            "[\"bc\",-1]",
        ],
    );
    cross(
        out,
        &[B::StringReplace, B::StringReplaceAll],
        STRINGS,
        &["[\"b\",\"[$&]\"]", "[\"a\",\"$$-$`-$'-$1-$\"]", "[\"zz\",\"y\"]", "[\"bc\",\"\"]"],
    );
    cross(out, &[B::StringReplaceAll, B::StringReplace], r#"["", "abc"]"#, &["[\"\",\"-\"]"]);
    cross(
        out,
        &[B::StringPadStart, B::StringPadEnd],
        STRINGS,
        &["[6]", "[7,\"xy\"]", "[8,\"\"]", "[-1]", "[6,\"😀\"]", "[6,1]"],
    );
    cross(out, &[B::StringRepeat], STRINGS, &["[0]", "[3]", "[-1]", "[1.9]", "[\"@Infinity\"]"]);
    cross(out, &[B::StringConcat], STRINGS, &["[]", "[\"x\",1,null]"]);
    cross(out, &[B::EncodeUriComponent], STRINGS, &["[]"]);
    cross(
        out,
        &[B::DecodeUriComponent],
        r#"["a%20b", "%E2%82%AC", "%", "%zz", "%ff", "a+b", "%F0%9F%98%80", "é"]"#,
        &["[]"],
    );
}

fn numbers(out: &mut Vec<Expr>) {
    cross(
        out,
        &[B::NumberToFixed],
        NUMBERS,
        &["[]", "[0]", "[1]", "[2]", "[3]", "[10]", "[20]", "[100]", "[101]", "[-1]", "[\"@NaN\"]"],
    );
    cross(
        out,
        &[B::NumberToPrecision],
        NUMBERS,
        &["[]", "[1]", "[2]", "[3]", "[17]", "[100]", "[0]", "[101]"],
    );
    cross(out, &[B::NumberToString], NUMBERS, &["[]", "[2]", "[1]", "[37]"]);
    cross(
        out,
        &[B::NumberToString],
        "[0.1, -255.5, 4294967295, 9007199254740991, 1e-7, 3.14159, 123.456, 5e-324]",
        &["[16]", "[36]", "[7]", "[3]"],
    );
    cross(
        out,
        &[
            B::MathAbs,
            B::MathCeil,
            B::MathFloor,
            B::MathRound,
            B::MathTrunc,
            B::MathSign,
            B::MathSqrt,
            B::MathCbrt,
            B::MathLog,
            B::MathLog2,
            B::MathLog10,
            B::MathExp,
            B::NumberIsInteger,
            B::NumberIsFinite,
            B::NumberIsNaN,
            B::NumberIsSafeInteger,
            B::ToStringOf,
        ],
        NUMBERS,
        &["[]"],
    );
    cross(
        out,
        &[B::MathMin, B::MathMax, B::MathPow, B::MathHypot],
        NUMBERS,
        &[
            "[]",
            "[0]",
            "[\"@-0\"]",
            "[2]",
            "[-3]",
            "[0.5]",
            "[\"@NaN\"]",
            "[\"@Infinity\"]",
            "[\"2\"]",
        ],
    );
    for function in [B::MathMin, B::MathMax, B::MathHypot] {
        out.push(call(function, "[]"));
        out.push(Expr::CallSpread(
            function,
            vec![
                ArrayItem::Item(literal(&0.into())),
                ArrayItem::Spread(Expr::Array(
                    json("[3, 4, 2]").into_iter().map(ArrayItem::Item).collect(),
                )),
            ],
        ));
    }
    let texts = r#"["", " ", "12", " 12.5 ", "12px", "px", "-7", "+7", "--7", "0x1f", "-0x1f", "0b101", "0o17", "1e3",
        "1e", ".5", "5.", ".", "Infinity", "-Infinity", "infinity", "1_000", "0x", "1e1000", "-0", "\u00a012\u2003",
        "123456789012345678901234567890", "00012", "1.2.3", "-.5e-1x"]"#;
    cross(out, &[B::ToNumber, B::ParseFloat], texts, &["[]"]);
    cross(
        out,
        &[B::ParseInt],
        texts,
        &["[]", "[10]", "[16]", "[2]", "[36]", "[1]", "[37]", "[0]", "[\"@NaN\"]"],
    );
    cross(
        out,
        &[
            B::ToStringOf,
            B::ToNumber,
            B::ToBoolean,
            B::ParseInt,
            B::ParseFloat,
            B::NumberIsInteger,
            B::ArrayIsArray,
            B::JsonStringify,
            B::NumberIsNaN,
        ],
        VALUES,
        &["[]"],
    );
    out.extend([call(B::ToStringOf, "[]"), call(B::ToNumber, "[]"), call(B::ToBoolean, "[]")]);
}

fn lists(out: &mut Vec<Expr>) {
    let lists = r#"[[], [1], [1, 2, 3, 4], ["b", "a", "@undefined", null, "B", "é", "～", "😀"], ["@NaN", 0, "@-0", "0"],
        [[1, [2, [3, [4]]]], 5], [10, 9, 1, "@undefined", "@undefined", 2], [true, false, null]]"#;
    let places = [
        "[]",
        "[0]",
        "[1]",
        "[-1]",
        "[1,3]",
        "[3,1]",
        "[-3,-1]",
        "[\"@NaN\"]",
        "[99]",
        "[-99,99]",
        "[0,\"@undefined\"]",
    ];
    cross(out, &[B::ArraySlice, B::ArrayAt], lists, &places);
    cross(
        out,
        &[B::ArrayIncludes, B::ArrayIndexOf, B::ArrayLastIndexOf],
        lists,
        &[
            "[]",
            "[1]",
            "[\"a\"]",
            "[\"@NaN\"]",
            "[0]",
            "[\"@undefined\"]",
            "[null]",
            "[1,1]",
            "[4,-1]",
            "[1,-9]",
            "[4,99]",
            "[1,0]",
        ],
    );
    cross(
        out,
        &[B::ArrayToSorted, B::ArrayToReversed, B::ArrayKeys, B::ArrayEntries, B::ArrayFrom],
        lists,
        &["[]"],
    );
    cross(out, &[B::ArrayJoin], lists, &["[]", "[\"\"]", "[\"; \"]", "[\"@undefined\"]", "[null]"]);
    cross(out, &[B::ArrayFlat], lists, &["[]", "[0]", "[1]", "[2]", "[\"@Infinity\"]", "[-1]"]);
    cross(out, &[B::ArrayConcat], lists, &["[]", "[1]", "[[1,[2]]]", "[\"ab\",[],{}]"]);
    cross(out, &[B::ArrayWith], lists, &["[0,9]", "[-1,9]", "[1,9]", "[\"@NaN\",9]"]);
    cross(
        out,
        &[B::ArrayFrom],
        r#"["a😀", {"length": 3}, {"length": "2", "0": "x"}, {}, {"length": -1}]"#,
        &["[]"],
    );
    cross(
        out,
        &[B::ObjectKeys, B::ObjectValues, B::ObjectEntries],
        r#"[{}, {"b": 1, "a": 2, "2": 3, "10": 4, "01": 5, "-1": 6}, [4, 5], "ab", 7, null, "@undefined", true]"#,
        &["[]"],
    );
    cross(
        out,
        &[B::ObjectFromEntries],
        r#"[[], [["a", 1], ["b", 2], ["a", 3]], [[1, 2]], [1]]"#,
        &["[]"],
    );
    cross(
        out,
        &[B::ObjectHasOwn],
        r#"[{"a": 1, "b": "@undefined"}, [1]]"#,
        &["[\"a\"]", "[\"b\"]", "[\"c\"]", "[0]", "[1]", "[\"length\"]"],
    );
    cross(
        out,
        &[B::SetNew],
        r#"[[], [1, "1", 1, "@NaN", "@NaN", 0, "@-0"], "abca", "@undefined", null, [[1], [1]]]"#,
        &["[]"],
    );
    cross(
        out,
        &[B::MapNew],
        r#"[[], [["a", 1], ["b", 2], ["a", 3]], "@undefined", [[1, 2], ["1", 3], ["@-0", 4]], [5]]"#,
        &["[]"],
    );
    let map = call(B::MapNew, r#"[[["a", 1], ["b", 2], ["@NaN", 3], [0, 4]]]"#);
    let set = call(B::SetNew, r#"[["a", 1, "@NaN", "@-0"]]"#);
    for key in json(r#"["a", "z", "@NaN", "@-0", 1, "@undefined"]"#) {
        out.push(Expr::Call(B::MapGet, vec![map.clone(), key.clone()]));
        out.push(Expr::Call(B::MapHas, vec![map.clone(), key.clone()]));
        out.push(Expr::Call(B::SetHas, vec![set.clone(), key]));
    }
    for function in [B::MapKeys, B::MapValues, B::MapEntries] {
        out.push(Expr::Call(function, vec![map.clone()]));
    }
    out.push(Expr::Call(B::SetValues, vec![set.clone()]));
    for value in [map, set] {
        out.push(value.clone().member("size"));
        out.push(Expr::Array(vec![ArrayItem::Spread(value.clone())]));
        out.push(Expr::Call(B::JsonStringify, vec![value.clone()]));
        out.push(Expr::Call(B::ToStringOf, vec![value]));
    }
}

fn operators(out: &mut Vec<Expr>) {
    let values = json(VALUES);
    let ops = [
        BinaryOp::Add,
        BinaryOp::Subtract,
        BinaryOp::Multiply,
        BinaryOp::Divide,
        BinaryOp::Remainder,
        BinaryOp::Less,
        BinaryOp::LessOrEqual,
        BinaryOp::Greater,
        BinaryOp::GreaterOrEqual,
        BinaryOp::Equal,
        BinaryOp::NotEqual,
        BinaryOp::BitAnd,
        BinaryOp::BitOr,
        BinaryOp::BitXor,
        BinaryOp::ShiftLeft,
        BinaryOp::ShiftRight,
        BinaryOp::ShiftRightUnsigned,
        BinaryOp::Exponent,
    ];
    let binary = |op, left: &Expr, right: &Expr| {
        Expr::Binary(op, Box::new(left.clone()), Box::new(right.clone()))
    };
    for left in &values {
        for op in [UnaryOp::Not, UnaryOp::Minus, UnaryOp::Plus, UnaryOp::BitNot, UnaryOp::TypeOf] {
            out.push(Expr::Unary(op, Box::new(left.clone())));
        }
        for op in [BinaryOp::LooseEqual, BinaryOp::LooseNotEqual] {
            for right in [Constant::Null, Constant::Undefined] {
                out.push(binary(op, left, &Expr::Constant(right)));
            }
        }
        for op in [LogicalOp::And, LogicalOp::Or, LogicalOp::Nullish] {
            out.push(Expr::Logical(op, Box::new(left.clone()), Box::new(Expr::string("right"))));
        }
        out.push(Expr::Template(vec![Expr::string("<"), left.clone(), Expr::string(">")]));
        out.push(left.clone().member("length"));
        out.push(left.clone().member("a"));
        for index in json(r#"[0, 1, "0", "a", "length", -1, 0.5]"#) {
            out.push(Expr::Index(Box::new(left.clone()), Box::new(index)));
        }
        let bound = Slot { level: 0, index: 0 };
        out.push(Expr::Optional {
            object: Box::new(left.clone()),
            bind: bound,
            rest: Box::new(Expr::Slot(bound).member("a")),
        });
        out.push(Expr::Object(vec![
            ObjectItem::Property(Key::Static("a".into()), Expr::string("first")),
            ObjectItem::Spread(left.clone()),
            ObjectItem::Property(Key::Computed(left.clone()), Expr::string("last")),
        ]));
        for right in &values {
            for op in ops {
                out.push(binary(op, left, right));
            }
        }
    }
    for right in json(r#"[{"a": 1}, [5], "a", 1, null]"#) {
        for left in json(r#"["a", "b", 0, 1, "length"]"#) {
            // Node's message of a primitive shows more than its value.
            out.push(binary(BinaryOp::In, &left, &right));
        }
    }
}

fn callbacks(out: &mut Vec<Expr>) {
    let param = |index| Slot { level: 0, index };
    let read = |index| Box::new(Expr::Slot(param(index)));
    let lambda = |count: u16, body: Expr| Lambda {
        params: (0..count).map(param).collect(),
        body: Box::new(body),
    };
    let lists = json(
        r#"[[], [3, 1, 2], [5, 5, 1, "@undefined", 4], ["b", "a", "C"], [[1, 2], [], 3], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]]"#,
    );
    let bodies = [
        Expr::Binary(BinaryOp::Greater, read(0), Box::new(literal(&2.into()))),
        Expr::Binary(BinaryOp::Add, read(0), read(1)),
        Expr::Array(vec![ArrayItem::Item(*read(1)), ArrayItem::Item(*read(0))]),
        *read(0),
        Expr::Binary(BinaryOp::Remainder, read(0), Box::new(literal(&3.into()))),
    ];
    for list in lists {
        for body in &bodies {
            for op in [
                IterateOp::Map,
                IterateOp::Filter,
                IterateOp::Find,
                IterateOp::FindIndex,
                IterateOp::FindLast,
                IterateOp::FindLastIndex,
                IterateOp::Some,
                IterateOp::Every,
                IterateOp::FlatMap,
                IterateOp::GroupBy,
                IterateOp::ArrayFrom,
            ] {
                let receiver = Box::new(list.clone());
                out.push(Expr::Iterate {
                    op,
                    receiver,
                    lambda: lambda(3, body.clone()),
                    initial: None,
                });
            }
            for initial in [None, Some(Box::new(Expr::string("i")))] {
                let receiver = Box::new(list.clone());
                out.push(Expr::Iterate {
                    op: IterateOp::Reduce,
                    receiver,
                    lambda: lambda(4, body.clone()),
                    initial,
                });
            }
        }
        let one = |n: i32| Box::new(literal(&n.into()));
        let orders = [
            Expr::Binary(BinaryOp::Subtract, read(0), read(1)),
            Expr::Binary(BinaryOp::Subtract, read(1), read(0)),
            // Inconsistent: equal elements are greater both ways.
            Expr::Conditional(
                Box::new(Expr::Binary(BinaryOp::Less, read(0), read(1))),
                one(-1),
                one(1),
            ),
            Expr::Conditional(
                Box::new(Expr::Binary(BinaryOp::Greater, read(0), read(1))),
                one(1),
                one(0),
            ),
            Expr::Binary(BinaryOp::Less, read(0), read(1)),
            *one(-1),
            *one(0),
        ];
        for body in orders {
            let receiver = Box::new(list.clone());
            out.push(Expr::Iterate {
                op: IterateOp::ToSorted,
                receiver,
                lambda: lambda(2, body),
                initial: None,
            });
        }
    }
    // Stability of a long list: by the last digit only.
    let long = (0..200).map(|i| ArrayItem::Item(literal(&(i * 37 % 101).into()))).collect();
    let digit = |index| {
        Box::new(Expr::Binary(BinaryOp::Remainder, read(index), Box::new(literal(&10.into()))))
    };
    out.push(Expr::Iterate {
        op: IterateOp::ToSorted,
        receiver: Box::new(Expr::Array(long)),
        lambda: lambda(2, Expr::Binary(BinaryOp::Subtract, digit(0), digit(1))),
        initial: None,
    });
}

fn dates(out: &mut Vec<Expr>) {
    let texts = r#"["2024-02-29", "2024-02-30", "2024-02-32", "2024-13-01", "2024", "2024-05", "2024-02-29T12:34",
        "2024-02-29T12:34:56", "2024-02-29T12:34:56.7", "2024-02-29T12:34:56.7891234Z", "2024-02-29T12:34:56Z",
        "2024-02-29T12:34:56+02:00", "2024-02-29T12:34:56-0530", "2024-02-29T24:00:00Z", "2024-02-29T24:00:01Z",
        "2024-02-29T23:60:00Z", "2024-02-29 12:34:56", "+012024-01-01", "-000001-01-01T00:00:00Z",
        "", "x", "2024-02-29T", "2024-02-29T12", "1969-12-31T23:59:59.999Z"]"#;
    cross(out, &[B::DateNew, B::DateParse], texts, &["[]"]);
    cross(
        out,
        &[B::DateNew],
        r#"[0, 1.9, -1.9, 8.64e15, 8.64e15, 8.640000000000001e15, "@NaN", null, "@undefined", true]"#,
        &["[]"],
    );
    let parts =
        ["[]", "[0]", "[1,29]", "[13,-5]", "[0,1,25,61,61,1001]", "[\"@NaN\"]", "[0.9,1.9]"];
    cross(out, &[B::DateNew, B::DateUtc], "[2024, 99, 0, 1970, -1, 275760, 300000]", &parts[1..]);
    cross(out, &[B::DateUtc], "[2024, 99]", &parts);
    let dates = r#"["@date:2024-02-29T12:34:56.789Z", "@date:1969-07-20T20:17:40.001Z", "@date:x", "@date:-000001-12-31"]"#;
    cross(
        out,
        &[
            B::DateGetTime,
            B::DateToIsoString,
            B::DateGetFullYear,
            B::DateGetMonth,
            B::DateGetDate,
            B::DateGetDay,
            B::DateGetHours,
            B::DateGetMinutes,
            B::DateGetSeconds,
            B::DateGetMilliseconds,
            B::JsonStringify,
            B::ToStringOf,
            B::ToNumber,
        ],
        dates,
        &["[]"],
    );
    out.extend([call(B::DateNow, "[]"), call(B::DateNew, "[]")]);
}

fn stringify(out: &mut Vec<Expr>) {
    cross(
        out,
        &[B::JsonStringify],
        r#"[{"a": "@undefined", "b": ["@undefined", "@NaN", "@-0", "@Infinity"], "2": 1, "1": {"x": null}},
            "q\"\\\b\f\n\r\t\u0000\u001f\u007f\u2028é😀/", [1e21, 1e-7, 123456789012345680000, 0.1, -1.5e-10, 5e-324],
            ["@date:x", "@date:2024-01-01"], {"": {"\"": []}}, 1.7976931348623157e308]"#,
        &["[]"],
    );
}

/// All cases.
pub(super) fn all() -> Vec<Expr> {
    let mut out = Vec::new();
    strings(&mut out);
    numbers(&mut out);
    lists(&mut out);
    operators(&mut out);
    callbacks(&mut out);
    dates(&mut out);
    stringify(&mut out);
    out
}
