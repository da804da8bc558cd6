//! What must hold of `frontage_json::read`: the projection of bytes is the projection of the value
//! that `serde_json` makes of them, and what `serde_json` refuses is refused where it is read.
//!
//! The first line of an input says the shape, in a spelling of its own: `?` anything, `_` skipped,
//! `0` null, `b` a boolean, `i` an integer, `n` a number, `s` a string, `[x` a list of `x`, `{` an
//! object with its fields up to `}` (a letter, `!` if it must be there, the shape), then `*` and a
//! shape if other members are kept, `|` two alternatives. A capital `R` before all: kept raw.

#[path = "model.rs"]
mod model;

use bytes::Bytes;
use frontage_json::{Value, Writer, parse_any, read};
use frontage_plan::{Form, Node, Plan, Shape, ShapeId};
use serde_json::Value as Json;

use model::{Tree, normal, project, store};

/// How deeply shapes and documents go at most; beyond, limits differ by design.
const DEPTH: usize = 60;

/// Reads the bytes after the first line by the shape in it.
///
/// # Panics
///
/// If a property above does not hold.
pub(crate) fn check(data: &[u8]) {
    let Some(end) = data.iter().position(|&byte| byte == b'\n') else { return };
    let (spec, body) = (&data[..end], &data[end + 1..]);
    if nesting(body) > DEPTH {
        // What is deep must end all the same.
        let _ = parse_any(body);
        return;
    }
    let (form, spec) = match spec.strip_prefix(b"R") {
        Some(rest) => (Form::Raw, rest),
        None => (Form::Decoded, spec),
    };
    // What is kept raw is kept whole: no plan skips a part of it that it names.
    let mut bytes = spec.iter().map(|&byte| match byte {
        b'_' if form == Form::Raw => b'?',
        byte => byte,
    });
    let tree = tree(&mut bytes, 0, 0);
    let parsed: Result<Json, _> = serde_json::from_slice(body);
    let well_formed = serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok();

    let mut nodes = Vec::new();
    let root = store(&tree, &mut nodes, form);
    let got = read_text(body, nodes, root);
    if !well_formed {
        assert!(got.is_none(), "accepted {:?}", String::from_utf8_lossy(body));
    }
    // Half a surrogate pair is all that we, like JavaScript, take and `serde_json` does not.
    let acceptable = well_formed && std::str::from_utf8(body).is_ok();
    assert!(acceptable || parsed.is_err());
    for form in [Form::Decoded, Form::Raw] {
        let any = vec![Node { shape: Shape::Any, form }];
        let accepted = read_text(body, any, ShapeId(0)).is_some();
        assert_eq!(accepted, acceptable, "{form:?} {:?}", String::from_utf8_lossy(body));
    }
    assert_eq!(parse_any(body).is_ok(), acceptable);
    let Ok(value) = parsed else { return };
    if !finite(&value) {
        return;
    }
    let expected = project(&value, &tree).map(|value| normal(&value, true));
    let got = got
        .map(|text| normal(&serde_json::from_str(&text).expect("what is written is JSON"), true));
    assert_eq!(got, expected, "{tree:?} {:?}", String::from_utf8_lossy(body));
}

fn read_text(body: &[u8], shapes: Vec<Node>, root: ShapeId) -> Option<String> {
    let plan = Plan {
        patterns: Vec::new(),
        frontend: "fuzz".into(),
        upstreams: Vec::new(),
        operations: Vec::new(),
        made: Vec::new(),
        shapes,
        routes: Vec::new(),
    };
    let answer = read(&Bytes::copy_from_slice(body), &plan, root).ok()?;
    if matches!(answer.value, Value::Undefined) {
        return Some("null".to_owned());
    }
    let mut out = Vec::new();
    Writer::new(&mut out).write(&answer.value).expect("what was read is not too deep");
    Some(String::from_utf8(out).expect("what is written is UTF-8"))
}

/// The deepest nesting that brackets could make.
fn nesting(body: &[u8]) -> usize {
    let (mut depth, mut most) = (0_usize, 0);
    for byte in body {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        most = most.max(depth);
    }
    most
}

/// - `unions`: how many unions stand around this shape without a list or an object between.
fn tree(bytes: &mut impl Iterator<Item = u8>, depth: usize, unions: usize) -> Tree {
    let byte = bytes.next().unwrap_or(b'?');
    // A plan's unions are flat; the reader gives up on many inside each other.
    if depth > 20 || (byte == b'|' && unions > 3) {
        return Tree::Leaf(Shape::Any);
    }
    match byte {
        b'_' => Tree::Leaf(Shape::Skip),
        b'0' => Tree::Leaf(Shape::Null),
        b'b' => Tree::Leaf(Shape::Bool),
        b'i' => Tree::Leaf(Shape::Integer),
        b'n' => Tree::Leaf(Shape::Number),
        b's' => Tree::Leaf(Shape::String),
        b'[' => Tree::List(Box::new(tree(bytes, depth + 1, 0))),
        b'|' => {
            let first = tree(bytes, depth + 1, unions + 1);
            Tree::Either(vec![first, tree(bytes, depth + 1, unions + 1)])
        }
        b'{' => {
            let mut fields: Vec<(String, Tree, bool)> = Vec::new();
            let mut rest = None;
            while let Some(name) = bytes.next() {
                match name {
                    b'}' => break,
                    b'*' => {
                        rest = Some(Box::new(tree(bytes, depth + 1, 0)));
                        break;
                    }
                    b'!' => {
                        let name = char::from(bytes.next().unwrap_or(b'a')).to_string();
                        let inner = tree(bytes, depth + 1, 0);
                        add(&mut fields, name, inner, true);
                    }
                    name => {
                        let inner = tree(bytes, depth + 1, 0);
                        add(&mut fields, char::from(name).to_string(), inner, false);
                    }
                }
            }
            Tree::Record(fields, rest)
        }
        _ => Tree::Leaf(Shape::Any),
    }
}

fn add(fields: &mut Vec<(String, Tree, bool)>, name: String, tree: Tree, required: bool) {
    if fields.iter().all(|(known, ..)| *known != name) {
        fields.push((name, tree, required));
    }
}

/// Whether all numbers are numbers to JavaScript.
fn finite(value: &Json) -> bool {
    match value {
        Json::Number(n) => n.as_str().parse::<f64>().is_ok_and(f64::is_finite),
        Json::Array(list) => list.iter().all(finite),
        Json::Object(members) => members.values().all(finite),
        _ => true,
    }
}
