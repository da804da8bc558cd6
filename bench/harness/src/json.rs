//! JSON alone, on one core: the 21 KB of `projection-20k` read, and what a list shows of it written.
//!
//! In:    the body that the upstream has.
//! Out:   bytes read for each second, by Frontage's reader and by what others would use, in turns.
//! Never: a figure of one that writes something else than the others.

use std::fmt;
use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use frontage_json::{Writer, read};
use frontage_plan::{Field, Form, Made, MadeId, Node, Plan, Read, Rest, Shape, ShapeId, Written};
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::canned::products;

/// Members of a product that a list shows.
const SHOWN: [&str; 5] = ["id", "name", "price", "stock", "rating"];

/// What one way of reading reached, in bytes for each second, for each round.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Reader {
    pub(crate) name: String,
    pub(crate) bytes_per_second: Vec<f64>,
}

/// A way to read.
type Way = (&'static str, fn(&Case) -> Vec<u8>);

const WAYS: &[Way] = &[
    ("memcpy", |case| case.body.to_vec()),
    ("UTF-8 check (simdutf8)", |case| {
        simdutf8::basic::from_utf8(&case.body).map_or_else(|_| Vec::new(), |_| Vec::new())
    }),
    ("frontage: a plan's projection", frontage),
    ("serde_json, a seed driven by names", seed),
    ("serde_json, typed", typed),
    ("serde_json::Value", value),
];

/// Ways that project nothing: floors.
const FLOORS: usize = 2;

struct Case {
    body: Bytes,
    plan: Plan,
}

/// Measures all ways in turns; prints the result as JSON.
///
/// # Errors
///
/// If two ways write different things.
pub(crate) fn run(rounds: usize, millis: u64) -> Result<(), String> {
    let case = Case { body: Bytes::from(products(30)), plan: plan() };
    let mut first: Option<serde_json::Value> = None;
    for (name, way) in &WAYS[FLOORS..] {
        let written = serde_json::from_slice::<serde_json::Value>(&way(&case));
        let written = written.map_err(|e| format!("{name}: {e}"))?;
        if first.get_or_insert_with(|| written.clone()) != &written {
            return Err(format!("{name} writes something else"));
        }
    }
    let mut readers: Vec<Reader> = WAYS
        .iter()
        .map(|(name, _)| Reader { name: (*name).to_owned(), bytes_per_second: Vec::new() })
        .collect();
    for _ in 0..rounds {
        for ((_, way), reader) in WAYS.iter().zip(&mut readers) {
            let (began, mut count) = (Instant::now(), 0_u32);
            while began.elapsed() < Duration::from_millis(millis) {
                // The clock costs next to nothing beside so many.
                for _ in 0..50 {
                    black_box(way(black_box(&case)));
                }
                count += 50;
            }
            let read = f64::from(count) * case.body.len() as f64;
            reader.bytes_per_second.push(read / began.elapsed().as_secs_f64());
        }
    }
    println!("{}", serde_json::to_string(&readers).map_err(|e| e.to_string())?);
    Ok(())
}

/// `{ total, items: { id, name, price, stock, rating }[] }`, made while it is read, as the compiler
/// makes it of the route.
fn plan() -> Plan {
    let mut shapes: Vec<Node> = Vec::new();
    let mut add = |shape, form| {
        shapes.push(Node { shape, form });
        ShapeId(shapes.len() as u32 - 1)
    };
    let field = |name: &str, shape| Field { name: name.into(), shape, required: true };
    let string = add(Shape::String, Form::Raw);
    let number = add(Shape::Number, Form::Raw);
    let integer = add(Shape::Integer, Form::Raw);
    let kinds = [string, string, number, integer, number];
    let fields = SHOWN.iter().zip(kinds).map(|(name, kind)| field(name, kind)).collect();
    let product = add(Shape::Object { fields, rest: Rest::Cut }, Form::Decoded);
    let items = add(Shape::Array(product), Form::Decoded);
    let fields = vec![field("total", integer), field("items", items)];
    add(Shape::Object { fields, rest: Rest::Cut }, Form::Made(MadeId(0)));
    let member = |at: u16, name: &str| (format!("\"{name}\":").into(), Written::Piece(at));
    let element = Made {
        pieces: 5,
        read: Read::Fields((0..5).map(Read::Keep).collect()),
        write: Written::Object((0..).zip(SHOWN).map(|(at, name)| member(at, name)).collect()),
    };
    let made = Made {
        pieces: 2,
        read: Read::Fields(vec![Read::Keep(0), Read::Each(1, Box::new(element))]),
        write: Written::Object(vec![member(0, "total"), member(1, "items")]),
    };
    Plan {
        frontend: "json".into(),
        upstreams: Vec::new(),
        operations: Vec::new(),
        shapes,
        made: vec![made],
        routes: Vec::new(),
        patterns: Vec::new(),
    }
}

fn frontage(case: &Case) -> Vec<u8> {
    let whole = ShapeId(case.plan.shapes.len() as u32 - 1);
    let Ok(answer) = read(&case.body, &case.plan, whole) else { return Vec::new() };
    let mut out = Vec::new();
    match Writer::new(&mut out).write(&answer.value) {
        Ok(true) => out,
        _ => Vec::new(),
    }
}

#[derive(Deserialize, Serialize)]
struct Products {
    total: i64,
    items: Vec<Product>,
}

#[derive(Deserialize, Serialize)]
struct Product {
    id: String,
    name: String,
    price: f64,
    stock: i64,
    rating: f64,
}

fn typed(case: &Case) -> Vec<u8> {
    let read = serde_json::from_slice::<Products>(&case.body);
    read.ok().and_then(|products| serde_json::to_vec(&products).ok()).unwrap_or_default()
}

fn value(case: &Case) -> Vec<u8> {
    let Ok(read) = serde_json::from_slice::<serde_json::Value>(&case.body) else {
        return Vec::new();
    };
    let items = read["items"].as_array().into_iter().flatten().map(|item| {
        let members = SHOWN.map(|name| (name.to_owned(), item[name].clone()));
        members.into_iter().collect::<serde_json::Map<_, _>>()
    });
    let items: Vec<_> = items.collect();
    let shown = serde_json::json!({ "total": read["total"], "items": items });
    serde_json::to_vec(&shown).unwrap_or_default()
}

/// Reads by names that are known only at run time, over text that was checked at once, and copies
/// texts without reading them: what a plan's reader is when `serde_json` does the work.
fn seed(case: &Case) -> Vec<u8> {
    let Ok(text) = simdutf8::basic::from_utf8(&case.body) else { return Vec::new() };
    let mut out = Vec::new();
    let mut reader = serde_json::Deserializer::from_str(text);
    match (Whole { out: &mut out }).deserialize(&mut reader) {
        Ok(()) => out,
        Err(_) => Vec::new(),
    }
}

struct Whole<'o> {
    out: &'o mut Vec<u8>,
}

impl<'de> DeserializeSeed<'de> for Whole<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Whole<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut total: &str = "null";
        let mut items = Vec::new();
        while let Some(name) = members.next_key::<&str>()? {
            match name {
                "total" => total = members.next_value::<&RawValue>()?.get(),
                "items" => members.next_value_seed(Items { out: &mut items })?,
                _ => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        self.out.extend_from_slice(b"{\"total\":");
        self.out.extend_from_slice(total.as_bytes());
        self.out.extend_from_slice(b",\"items\":[");
        self.out.extend_from_slice(&items);
        self.out.extend_from_slice(b"]}");
        Ok(())
    }
}

struct Items<'o> {
    out: &'o mut Vec<u8>,
}

impl<'de> DeserializeSeed<'de> for Items<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Item { out: &mut *self.out })?.is_some() {}
        Ok(())
    }
}

struct Item<'o> {
    out: &'o mut Vec<u8>,
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut found: [&str; 5] = ["null"; 5];
        while let Some(name) = members.next_key::<&str>()? {
            match SHOWN.iter().position(|own| *own == name) {
                Some(at) => found[at] = members.next_value::<&RawValue>()?.get(),
                None => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        self.out.extend_from_slice(if self.out.is_empty() { b"{" } else { b",{" });
        for (at, (name, value)) in SHOWN.iter().zip(found).enumerate() {
            self.out.extend_from_slice(if at == 0 { b"\"" } else { b",\"" });
            self.out.extend_from_slice(name.as_bytes());
            self.out.extend_from_slice(b"\":");
            self.out.extend_from_slice(value.as_bytes());
        }
        self.out.push(b'}');
        Ok(())
    }
}
