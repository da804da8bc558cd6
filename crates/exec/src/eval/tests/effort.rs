//! What computes long can end, and what holds much does.

use std::time::Duration;

use frontage_json::{Object, Value, held_bytes};
use frontage_plan::{
    ArrayItem, BinaryOp as O, Block, Builtin as B, Expr, Haystack, IterateOp as I, Key, Lambda,
    ObjectItem, Pattern, Plan, Slot, Step, UnaryOp,
};

use super::cases::call;
use super::spell;
use crate::eval::{Compute, Env, Meter, Patterns, Thrown, eval};

/// A list, a long text, a list of pairs, an object and a list of lists; then parameters.
const LIST: u16 = 0;
const TEXT: u16 = 1;
const PAIRS: u16 = 2;
const OBJECT: u16 = 3;
const NESTED: u16 = 4;
const OTHER: u16 = 5;
const A: u16 = 6;
const B2: u16 = 7;

fn slot(index: u16) -> Slot {
    Slot { level: 0, index }
}

fn get(index: u16) -> Expr {
    Expr::Slot(slot(index))
}

fn number(value: f64) -> Expr {
    Expr::Constant(frontage_plan::Constant::Number(frontage_plan::Number(value)))
}

fn lambda(params: &[u16], body: Expr) -> Lambda {
    Lambda { params: params.iter().map(|at| slot(*at)).collect(), body: Box::new(body) }
}

fn iterate(op: I, receiver: Expr, lambda: Lambda) -> Expr {
    Expr::Iterate { op, receiver: Box::new(receiver), lambda, initial: None }
}

fn binary(op: O, left: Expr, right: Expr) -> Expr {
    Expr::Binary(op, Box::new(left), Box::new(right))
}

/// Values of 10,000 elements, or 600,000 bytes: more than two looks at the clock.
fn values() -> Vec<(u16, Value)> {
    let numbers = || (0..10_000).map(|i| Value::Number(f64::from(i)));
    let pair = |value: Value| Value::array(vec![value.clone(), value]);
    let object: Object = (0..10_000).map(|i| (format!("k{i}"), Value::Null)).collect();
    vec![
        (LIST, Value::array(numbers().collect())),
        (TEXT, Value::text("xy,".repeat(200_000))),
        (OTHER, Value::text("xy,".repeat(200_000))),
        (PAIRS, Value::array(numbers().map(pair).collect())),
        (OBJECT, Value::object(object)),
        (NESTED, Value::array(vec![Value::array(numbers().collect()); 2])),
    ]
}

/// A frame that holds them.
fn frame(values: &[(u16, Value)], compute: Compute) -> Env {
    let plan = Plan {
        frontend: "web".into(),
        upstreams: vec![],
        operations: vec![],
        made: Vec::new(),
        shapes: vec![],
        routes: vec![],
        patterns: vec![Pattern {
            shown: "/x/g".into(),
            regexes: vec!["x".into()],
            without: vec![],
            haystack: Haystack::CodePoints,
            portable: None,
        }],
    };
    let env = Env::new(8, 0.0, Patterns::new(&plan), Meter::new(compute));
    for (index, value) in values {
        env.set(slot(*index), value.clone());
    }
    env
}

/// Everything that a route can have done often with one expression.
fn long() -> Vec<Expr> {
    let of = |function: B, first: u16, rest: &[Expr]| {
        let mut arguments = vec![get(first)];
        arguments.extend(rest.iter().cloned());
        Expr::Call(function, arguments)
    };
    let nothing = || lambda(&[A], Expr::UNDEFINED);
    let text = || Expr::string("zz");
    let mut all = Vec::new();
    for op in [I::Map, I::Filter, I::Find, I::FindIndex, I::FindLast, I::FindLastIndex, I::Some] {
        all.push(iterate(op, get(LIST), nothing()));
    }
    for op in [I::Reduce, I::FlatMap, I::GroupBy, I::ArrayFrom] {
        all.push(iterate(op, get(LIST), nothing()));
    }
    all.push(iterate(I::FlatMap, get(NESTED), lambda(&[A], get(A))));
    all.push(iterate(I::Every, get(LIST), lambda(&[A], number(1.0))));
    all.push(iterate(
        I::ToSorted,
        get(LIST),
        lambda(&[A, B2], binary(O::Subtract, get(A), get(B2))),
    ));
    for function in [B::ArraySlice, B::ArrayConcat, B::ArrayFlat, B::ArrayJoin, B::ArrayToSorted] {
        all.push(of(function, LIST, &[]));
    }
    for function in [B::ArrayToReversed, B::ArrayKeys, B::ArrayEntries, B::ArrayFrom, B::SetNew] {
        all.push(of(function, LIST, &[]));
    }
    for function in [B::ArrayIncludes, B::ArrayIndexOf, B::ArrayLastIndexOf] {
        all.push(of(function, LIST, &[text()]));
    }
    all.push(of(B::ArrayFlat, NESTED, &[number(f64::INFINITY)]));
    all.push(of(B::ArrayWith, LIST, &[number(0.0), number(1.0)]));
    all.push(call(B::ArrayFrom, r#"[{"length": 10000}]"#));
    for function in [B::ObjectKeys, B::ObjectValues, B::ObjectEntries, B::ObjectRest] {
        all.push(of(function, OBJECT, &[]));
        all.push(of(function, LIST, &[]));
        all.push(of(function, TEXT, &[]));
    }
    for function in [B::ObjectFromEntries, B::MapNew] {
        all.push(of(function, PAIRS, &[]));
    }
    for function in [B::StringTrim, B::StringToUpperCase, B::StringToLowerCase, B::StringConcat] {
        all.push(of(function, TEXT, &[]));
    }
    for function in [B::StringIncludes, B::StringIndexOf, B::StringLastIndexOf, B::StringSplit] {
        all.push(of(function, TEXT, &[text()]));
        all.push(of(function, TEXT, &[Expr::string("")]));
    }
    for function in [B::StringReplace, B::StringReplaceAll] {
        all.push(of(function, TEXT, &[text(), text()]));
    }
    for function in [B::RegexTest, B::RegexExec] {
        all.push(Expr::Call(function, vec![Expr::string("/x/g"), get(TEXT)]));
    }
    for function in [B::StringMatch, B::StringMatchAll, B::StringSearch, B::StringSplitRegex] {
        all.push(of(function, TEXT, &[Expr::string("/x/g")]));
    }
    all.push(of(B::StringReplaceRegex, TEXT, &[Expr::string("/x/g"), text()]));
    all.push(call(B::StringPadStart, r#"["", 1000000, "a"]"#));
    for function in [B::ParseInt, B::ParseFloat, B::ToNumber, B::EncodeUriComponent] {
        all.push(of(function, TEXT, &[]));
    }
    all.push(of(B::DecodeUriComponent, TEXT, &[]));
    all.push(of(B::JsonStringify, TEXT, &[]));
    all.push(of(B::ToStringOf, LIST, &[]));
    for op in [O::Add, O::Equal, O::LooseEqual, O::NotEqual, O::Less, O::Subtract] {
        all.push(binary(op, get(TEXT), get(OTHER)));
    }
    all.push(Expr::Unary(UnaryOp::Plus, Box::new(get(TEXT))));
    all.push(Expr::Template(vec![get(TEXT)]));
    all.push(Expr::Array(vec![ArrayItem::Spread(get(LIST))]));
    all.push(Expr::Array(vec![ArrayItem::Spread(get(TEXT))]));
    all.push(Expr::CallSpread(B::MathMax, vec![ArrayItem::Spread(get(LIST))]));
    all.push(Expr::Object(vec![ObjectItem::Spread(get(OBJECT))]));
    let key = ObjectItem::Property(Key::Computed(get(TEXT)), number(1.0));
    all.push(Expr::Object(vec![key]));
    all.push(Expr::Index(Box::new(get(OBJECT)), Box::new(get(TEXT))));
    all
}

#[test]
fn every_long_function_ends_when_the_time_is_up() {
    let spent = Compute { most: Duration::ZERO, ..Compute::UNBOUNDED };
    let values = values();
    let mut endless = Vec::new();
    for expr in long() {
        let env = frame(&values, spent);
        let ended = eval(&expr, &env).is_err() && env.meter().is_over();
        // With time, it is no failure.
        assert!(eval(&expr, &frame(&values, Compute::UNBOUNDED)).is_ok(), "{expr:?}");
        if !ended {
            endless.push(format!("{expr:?}"));
        }
    }
    assert!(endless.is_empty(), "nothing ends these:\n{}", endless.join("\n"));
}

#[test]
fn short_work_needs_no_look_at_the_clock() {
    let env = frame(&[], Compute { most: Duration::ZERO, ..Compute::UNBOUNDED });
    let short = iterate(I::Map, call(B::ArrayFrom, r#"[{"length": 1000}]"#), lambda(&[A], get(A)));
    assert!(eval(&short, &env).is_ok() && !env.meter().is_over());
}

#[test]
fn a_deadline_ends_it_too_and_no_handler_runs() {
    let until = std::time::Instant::now();
    let env = frame(&values(), Compute { until: Some(until), ..Compute::UNBOUNDED });
    let map = iterate(I::Map, get(LIST), lambda(&[A], get(A)));
    let block = |step| Block { steps: vec![step] };
    let attempt = Step::Try {
        body: block(Step::Return(map)),
        error: None,
        handler: block(Step::Return(number(1.0))),
        part: None,
    };
    assert!(eval(&Expr::Block(Box::new(block(attempt))), &env).is_err());
    assert!(env.meter().is_over());
    // Nothing runs any more.
    assert!(eval(&call(B::MathAbs, "[1]"), &env).is_err());
}

/// `Array.from({ length }, () => "x".repeat(bytes))`, or its last.
fn texts(op: I, length: u32, bytes: u32) -> Expr {
    let list = call(B::ArrayFrom, &format!(r#"[{{"length": {length}}}]"#));
    iterate(op, list, lambda(&[A, B2], call(B::StringRepeat, &format!(r#"["x", {bytes}]"#))))
}

#[test]
fn what_is_held_at_once_is_bounded_and_what_was_let_go_is_not_counted() {
    let before = held_bytes();
    let env = frame(&[], Compute::UNBOUNDED);
    let thrown = eval(&texts(I::Map, 300, 1 << 20), &env).map_err(|Thrown(error)| spell(&error));
    assert_eq!(thrown.map(|_| ()), Err("e(RangeError:Out of memory)".into()));
    // It goes on: a route may catch it.
    assert!(eval(&texts(I::Reduce, 300, 1 << 20), &env).is_ok());
    assert!(eval(&texts(I::Map, 100, 1 << 20), &env).is_ok());
    drop(env);
    assert_eq!(held_bytes(), before);
}

#[test]
fn a_request_counts_what_it_holds_and_nothing_of_others() {
    let env = frame(&[], Compute::UNBOUNDED);
    let large = || Value::array((0..160).map(|_| Value::text("x".repeat(1 << 20))).collect());
    let before = large();
    env.meter().begin();
    let answer = env.meter().apart(large);
    assert!(eval(&texts(I::Map, 100, 1 << 20), &env).is_ok());
    env.set(slot(OTHER), eval(&texts(I::Map, 200, 1 << 20), &env).unwrap_or(Value::Undefined));
    env.meter().end();
    drop((before, answer));
    let others = large();
    env.meter().begin();
    assert!(eval(&texts(I::Map, 50, 1 << 20), &env).is_ok());
    // What it kept counts in the next stretch.
    assert!(eval(&texts(I::Map, 100, 1 << 20), &env).is_err());
    drop(others);
}

#[test]
fn what_is_made_of_answers_counts_to_the_end_of_the_request() {
    let env = frame(&[], Compute::UNBOUNDED);
    env.meter().begin();
    assert!(eval(&texts(I::Map, 100, 1 << 20), &env).is_ok());
    env.meter().keep(200 << 20);
    assert!(eval(&texts(I::Map, 100, 1 << 20), &env).is_err());
    env.meter().end();
    env.meter().begin();
    assert!(eval(&texts(I::Map, 100, 1 << 20), &env).is_err());
    assert!(eval(&texts(I::Map, 10, 1 << 20), &env).is_ok());
}

#[test]
fn texts_of_lists_are_bounded() {
    let env = frame(&[], Compute::UNBOUNDED);
    let long = Value::text("x".repeat(1 << 20));
    env.set(slot(LIST), Value::array(vec![long; 1000]));
    let text = eval(&Expr::Template(vec![get(LIST)]), &env).map_err(|Thrown(error)| spell(&error));
    assert_eq!(text.map(|_| ()), Err("e(RangeError:Invalid string length)".into()));
}
