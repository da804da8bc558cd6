//! Contracts of made-up services: schemas, operations, their OpenAPI.

use std::rc::Rc;

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::many::{KEY, Many};
use super::ty::{Field, Ty};

/// A schema of a contract.
#[derive(Debug, Clone)]
pub(crate) enum Schema {
    /// `string`, with a format.
    Text(Option<&'static str>),
    /// `integer`
    Int,
    /// `number`
    Num,
    /// `boolean`
    Bool,
    /// A text out of a few.
    Enum(Vec<&'static str>),
    /// A list.
    Arr(Box<Self>),
    /// `additionalProperties`
    Rec(Box<Self>),
    /// Properties.
    Obj(Vec<Property>),
    /// Objects that `kind` tells apart.
    OneOf(Vec<Self>),
    /// Or `null`.
    Nullable(Box<Self>),
    /// A named schema of the same contract.
    Ref(usize),
}

/// A property of an object.
#[derive(Debug, Clone)]
pub(crate) struct Property {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) schema: Schema,
    /// It is always there.
    pub(crate) required: bool,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
}

/// A parameter of an operation.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    /// Its name.
    pub(crate) name: &'static str,
    /// Where it stands.
    pub(crate) place: Place,
    /// What it holds.
    pub(crate) schema: Schema,
    /// It must be given.
    pub(crate) required: bool,
}

/// An operation.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    /// Its upstream's name.
    pub(crate) upstream: &'static str,
    /// Its name.
    pub(crate) id: String,
    /// Its method.
    pub(crate) method: &'static str,
    /// Its path.
    pub(crate) path: String,
    /// Its parameters.
    pub(crate) parameters: Vec<Parameter>,
    /// Its JSON body.
    pub(crate) body: Option<Schema>,
    /// Its JSON answer; 204 if there is none.
    pub(crate) answer: Option<Schema>,
    /// Free of side effects.
    pub(crate) safe: bool,
    /// It stands for many calls of another.
    pub(crate) many: Option<Many>,
}

/// A service.
#[derive(Debug, Clone)]
pub(crate) struct Upstream {
    /// Its name.
    pub(crate) name: &'static str,
    /// The namespace of its types.
    pub(crate) namespace: &'static str,
    /// Named schemas.
    pub(crate) schemas: Vec<(String, Schema)>,
    /// What it can do.
    pub(crate) operations: Vec<Operation>,
    /// 3.1 instead of 3.0.
    new: bool,
}

/// The services of a workspace.
#[derive(Debug, Clone)]
pub(crate) struct Contract {
    /// In order of name.
    pub(crate) upstreams: Vec<Upstream>,
}

const NAMES: [&str; 18] = [
    "id", "name", "title", "price", "tags", "note", "state", "owner", "count", "ratio", "active",
    "meta", "items", "at", "x-y", "size", "parts", "label",
];
const STATES: [&[&str]; 3] =
    [&["open", "closed", "held"], &["new", "used"], &["s", "m", "l", "x-l"]];

impl Contract {
    /// The contract of a batch.
    pub(crate) fn generate(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let services = [("alpha", "Alpha"), ("beta", "Beta")];
        let upstreams = services.map(|(name, space)| Upstream::generate(name, space, &mut rng));
        Self { upstreams: upstreams.into() }
    }

    /// Every operation that routes call; those that stand for many calls of another are the plan's.
    pub(crate) fn operations(&self) -> impl Iterator<Item = &Operation> {
        let all = self.upstreams.iter().flat_map(|u| &u.operations);
        all.filter(|operation| operation.many.is_none())
    }

    /// Operations that others stand for many calls of.
    pub(crate) fn made_together(&self) -> impl Iterator<Item = &Operation> {
        let all = self.upstreams.iter().flat_map(|u| u.operations.iter().map(move |o| (u, o)));
        all.filter(|(upstream, o)| upstream.many_of(o).is_some()).map(|(_, o)| o)
    }

    /// The type of a schema of one of its services.
    pub(crate) fn ty(&self, upstream: &str, schema: &Schema) -> Ty {
        let found = self.upstreams.iter().find(|u| u.name == upstream);
        found.map_or(Ty::Unknown, |u| u.ty(schema))
    }
}

impl Upstream {
    fn generate(name: &'static str, namespace: &'static str, rng: &mut Rng) -> Self {
        let mut schemas: Vec<(String, Schema)> = Vec::new();
        for index in 0..4 {
            let schema = object(rng, index, index);
            schemas.push((format!("Thing{index}"), schema));
        }
        schemas.push(("Shape".into(), shapes()));
        let mut operations = Vec::new();
        let path_id = || Parameter {
            name: "id",
            place: Place::Path,
            schema: Schema::Text(None),
            required: true,
        };
        let query =
            |name, schema, required| Parameter { name, place: Place::Query, schema, required };
        for (index, (schema_name, _)) in schemas.iter().enumerate() {
            let path = format!("/{}s", schema_name.to_lowercase());
            let one = format!("{path}/{{id}}");
            let this = || Some(Schema::Ref(index));
            let mut add = |id: &str, method, path: &str, parameters, body, answer, safe| {
                operations.push(Operation {
                    upstream: name,
                    id: format!("{id}{schema_name}"),
                    method,
                    path: path.into(),
                    parameters,
                    body,
                    answer,
                    safe,
                    many: None,
                });
            };
            add("get", "GET", &one, vec![path_id()], None, this(), true);
            let listed = vec![
                query("limit", Schema::Int, false),
                query("tag", Schema::Arr(Box::new(Schema::Text(None))), false),
                query("q", Schema::Text(None), rng.bool()),
                query("flag", Schema::Bool, false),
            ];
            let list = Schema::Arr(Box::new(Schema::Ref(index)));
            let answer = if rng.bool() {
                list
            } else {
                let own = |name, schema, required| Property { name, schema, required };
                Schema::Obj(vec![
                    own("items", list, true),
                    own("total", Schema::Int, true),
                    own("next", Schema::Text(None), false),
                ])
            };
            add("list", "GET", &path, listed, None, Some(answer), true);
            let body = Schema::Obj(vec![
                Property { name: "name", schema: Schema::Text(None), required: true },
                Property { name: "price", schema: Schema::Num, required: false },
                Property {
                    name: "tags",
                    schema: Schema::Arr(Box::new(Schema::Text(None))),
                    required: false,
                },
                Property {
                    name: "note",
                    schema: Schema::Nullable(Box::new(Schema::Text(None))),
                    required: false,
                },
            ]);
            let key = Parameter {
                name: "x-key",
                place: Place::Header,
                schema: Schema::Text(None),
                required: false,
            };
            match index {
                0 => add("add", "POST", &path, vec![key], Some(body), this(), false),
                1 => add(
                    "search",
                    "POST",
                    &format!("{path}/search"),
                    vec![],
                    Some(body),
                    Some(Schema::Arr(Box::new(Schema::Ref(1)))),
                    true,
                ),
                2 => add("change", "PATCH", &one, vec![path_id()], Some(body), this(), false),
                3 => add("remove", "DELETE", &one, vec![path_id()], None, None, false),
                _ => {}
            }
            if let Schema::Obj(properties) = &schemas[index].1
                && rng.bool()
            {
                let (wrapped, counted) = (rng.bool(), rng.bool());
                let most = [None, Some(2), Some(3)][rng.usize(0..3)];
                let single = format!("get{schema_name}");
                let mut item = properties.clone();
                // What its items lack is asked of the single operation.
                let lacks = rng.bool().then(|| item.remove(rng.usize(1..item.len())).name);
                item.push(Property { name: KEY, schema: Schema::Text(None), required: true });
                let list = Schema::Arr(Box::new(Schema::Obj(item)));
                let items = Property { name: "items", schema: list.clone(), required: true };
                let mut parameters =
                    vec![query("keys", Schema::Arr(Box::new(Schema::Text(None))), true)];
                if counted {
                    parameters.push(query("n", Schema::Int, false));
                }
                operations.push(Operation {
                    upstream: name,
                    id: format!("many{schema_name}"),
                    method: "GET",
                    path: format!("/many-{}", &path[1..]),
                    parameters,
                    body: None,
                    answer: Some(if wrapped { Schema::Obj(vec![items]) } else { list }),
                    safe: true,
                    many: Some(Many { single, path, wrapped, counted, most, lacks }),
                });
            }
        }
        Self { name, namespace, schemas, operations, new: rng.bool() }
    }

    /// What stands for many calls of an operation.
    pub(crate) fn many_of(&self, single: &Operation) -> Option<&Many> {
        let mut all = self.operations.iter().filter_map(|operation| operation.many.as_ref());
        all.find(|many| many.single == single.id)
    }

    /// The type of one of its schemas.
    pub(crate) fn ty(&self, schema: &Schema) -> Ty {
        match schema {
            Schema::Text(_) => Ty::Str,
            Schema::Int | Schema::Num => Ty::Num,
            Schema::Bool => Ty::Bool,
            Schema::Enum(texts) => Ty::Enum(texts.iter().map(|text| Rc::from(*text)).collect()),
            Schema::Arr(inner) => self.ty(inner).list(),
            Schema::Rec(inner) => Ty::Rec(Rc::new(self.ty(inner))),
            Schema::Obj(properties) => Ty::Obj(
                properties
                    .iter()
                    .map(|p| Field {
                        name: p.name.into(),
                        ty: self.ty(&p.schema),
                        optional: !p.required,
                    })
                    .collect(),
            ),
            Schema::OneOf(members) => Ty::union(members.iter().map(|m| self.ty(m))),
            Schema::Nullable(inner) => self.ty(inner).or(Ty::Null),
            Schema::Ref(index) => self.ty(&self.schemas[*index].1),
        }
    }

    /// Its contract.
    pub(crate) fn openapi(&self) -> Value {
        let mut paths: Map<String, Value> = Map::new();
        for operation in &self.operations {
            let parameters: Vec<Value> = operation
                .parameters
                .iter()
                .map(|p| {
                    let place = match p.place {
                        Place::Path => "path",
                        Place::Query => "query",
                        Place::Header => "header",
                    };
                    json!({ "name": p.name, "in": place, "required": p.required, "schema": self.json(&p.schema) })
                })
                .collect();
            let content =
                |schema: &Schema| json!({ "application/json": { "schema": self.json(schema) } });
            let answers = match &operation.answer {
                Some(schema) => {
                    json!({ "200": { "description": "ok", "content": content(schema) } })
                }
                None => json!({ "204": { "description": "done" } }),
            };
            let mut own = json!({ "operationId": operation.id, "parameters": parameters, "responses": answers });
            if let Some(body) = &operation.body {
                own["requestBody"] = json!({ "required": true, "content": content(body) });
            }
            let entry = paths.entry(operation.path.clone()).or_insert_with(|| json!({}));
            entry[operation.method.to_lowercase()] = own;
        }
        let schemas: Map<String, Value> =
            self.schemas.iter().map(|(name, schema)| (name.clone(), self.json(schema))).collect();
        json!({
            "openapi": if self.new { "3.1.0" } else { "3.0.3" },
            "info": { "title": self.name, "version": "1" },
            "paths": paths,
            "components": { "schemas": schemas },
        })
    }

    fn json(&self, schema: &Schema) -> Value {
        match schema {
            Schema::Text(None) => json!({ "type": "string" }),
            Schema::Text(Some(format)) => json!({ "type": "string", "format": format }),
            Schema::Int => json!({ "type": "integer" }),
            Schema::Num => json!({ "type": "number" }),
            Schema::Bool => json!({ "type": "boolean" }),
            Schema::Enum(texts) => json!({ "type": "string", "enum": texts }),
            Schema::Arr(inner) => json!({ "type": "array", "items": self.json(inner) }),
            Schema::Rec(inner) => {
                json!({ "type": "object", "additionalProperties": self.json(inner) })
            }
            Schema::Obj(list) => {
                let properties: Map<String, Value> =
                    list.iter().map(|p| (p.name.to_owned(), self.json(&p.schema))).collect();
                let required: Vec<&str> =
                    list.iter().filter(|p| p.required).map(|p| p.name).collect();
                json!({ "type": "object", "required": required, "properties": properties })
            }
            Schema::OneOf(members) => {
                json!({ "oneOf": members.iter().map(|m| self.json(m)).collect::<Vec<_>>() })
            }
            Schema::Nullable(inner) => {
                let mut own = self.json(inner);
                if self.new {
                    return json!({ "anyOf": [own, { "type": "null" }] });
                }
                if own.get("$ref").is_some() {
                    own = json!({ "allOf": [own] });
                }
                own["nullable"] = true.into();
                own
            }
            Schema::Ref(index) => {
                json!({ "$ref": format!("#/components/schemas/{}", self.schemas[*index].0) })
            }
        }
    }
}

fn object(rng: &mut Rng, named: usize, salt: usize) -> Schema {
    let mut properties = vec![
        Property { name: "id", schema: Schema::Text(None), required: true },
        Property { name: "name", schema: Schema::Text(None), required: true },
        Property { name: "price", schema: Schema::Num, required: salt.is_multiple_of(2) },
        Property {
            name: "tags",
            schema: Schema::Arr(Box::new(Schema::Text(None))),
            required: true,
        },
        Property { name: "state", schema: Schema::Enum(STATES[salt % 3].to_vec()), required: true },
    ];
    let mut names = NAMES.to_vec();
    names.retain(|name| properties.iter().all(|p| p.name != *name));
    rng.shuffle(&mut names);
    for name in names.into_iter().take(rng.usize(2..6)) {
        let schema = member(rng, named, 2);
        properties.push(Property { name, schema, required: rng.u32(0..3) > 0 });
    }
    Schema::Obj(properties)
}

/// - `named`: how many named schemas there are already.
fn member(rng: &mut Rng, named: usize, depth: u32) -> Schema {
    let nested = if depth == 0 { 9 } else { 16 };
    match rng.u32(0..nested) {
        0 | 1 => Schema::Text(None),
        2 => Schema::Text(Some("date-time")),
        3 => Schema::Int,
        4 | 5 => Schema::Num,
        6 => Schema::Bool,
        7 => Schema::Enum(STATES[rng.usize(0..3)].to_vec()),
        8 => Schema::Text(Some("uri")),
        9 | 10 => Schema::Nullable(Box::new(match member(rng, named, depth - 1) {
            Schema::Nullable(inner) => *inner,
            other => other,
        })),
        11 | 12 => Schema::Arr(Box::new(member(rng, named, depth - 1))),
        13 => Schema::Rec(Box::new(member(rng, named, depth - 1))),
        14 if named > 0 => Schema::Ref(rng.usize(0..named)),
        15 => shapes(),
        _ => Schema::Obj(vec![
            Property { name: "code", schema: Schema::Int, required: true },
            Property { name: "label", schema: member(rng, named, depth - 1), required: rng.bool() },
        ]),
    }
}

fn shapes() -> Schema {
    let member = |kind: &'static str, name, schema| {
        Schema::Obj(vec![
            Property { name: "kind", schema: Schema::Enum(vec![kind]), required: true },
            Property { name, schema, required: true },
        ])
    };
    Schema::OneOf(vec![
        member("circle", "radius", Schema::Num),
        member("square", "side", Schema::Num),
    ])
}
