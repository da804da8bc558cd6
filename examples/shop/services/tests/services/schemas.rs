//! The contracts as JSON Schema 2020-12, so that an independent validator can
//! judge answers.
//!
//! In:    the four contracts as files, OpenAPI 3.0 or 3.1.
//! Out:   one schema document for each, in which 3.0's `nullable` is spelt as
//!        3.1 does, other files are copied in, and undeclared members are refused.

use jsonschema::Validator;
use serde_json::{Map, Value, json};
use std::path::Path;

/// A contract, normalised.
pub(crate) struct Contract {
    document: Value,
}

/// One documented answer of an operation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Documented {
    pub(crate) operation: String,
    pub(crate) status: u16,
}

fn read(name: &str) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../contracts").join(name);
    let text = std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    if name.ends_with(".json") {
        serde_json::from_str(&text).expect("JSON")
    } else {
        serde_saphyr::from_str(&text).expect("YAML")
    }
}

impl Contract {
    /// Reads a contract of the shop by its file's name.
    pub(crate) fn read(name: &str) -> Self {
        let mut document = read(name);
        let is_3_0 = document["openapi"].as_str().is_some_and(|version| version.starts_with("3.0"));
        let mut shared = read("common.yaml");
        point_elsewhere(
            &mut document,
            "common.yaml#/components/schemas/",
            "#/components/schemas/common.",
        );
        point_elsewhere(&mut shared, "#/components/schemas/", "#/components/schemas/common.");
        let names = document["components"]["schemas"].as_object_mut().expect("schemas");
        for (name, schema) in shared["components"]["schemas"].as_object().expect("schemas") {
            names.insert(format!("common.{name}"), schema.clone());
        }
        for schema in names.values_mut() {
            normalise(schema, is_3_0, true);
        }
        visit_contents(&mut document, &mut |schema| normalise(schema, is_3_0, false));
        Self { document }
    }

    /// Every answer that the contract documents.
    pub(crate) fn documented(&self) -> Vec<Documented> {
        let mut found = Vec::new();
        for (_, operation) in self.operations() {
            let id = operation["operationId"].as_str().expect("an operationId");
            for status in operation["responses"].as_object().expect("responses").keys() {
                found.push(Documented {
                    operation: id.to_owned(),
                    status: status.parse().expect("a status"),
                });
            }
        }
        found
    }

    /// The media types of an answer, each with its validator.
    ///
    /// - Result: `None` when the contract does not document the answer.
    pub(crate) fn answer(&self, documented: &Documented) -> Option<Vec<(String, Validator)>> {
        let (pointer, operation) = self
            .operations()
            .into_iter()
            .find(|(_, operation)| operation["operationId"] == documented.operation.as_str())?;
        let status = documented.status.to_string();
        let mut pointer = format!("{pointer}/responses/{status}");
        let mut response = operation["responses"].get(&status)?;
        if let Some(reference) = response["$ref"].as_str() {
            pointer = reference.trim_start_matches('#').to_owned();
            response = self.document.pointer(&pointer)?;
        }
        let types = response["content"].as_object().cloned().unwrap_or_default();
        Some(
            types
                .keys()
                .map(|kind| {
                    let pointer = format!("{pointer}/content/{}/schema", kind.replace('/', "~1"));
                    (kind.clone(), self.validator(&pointer))
                })
                .collect(),
        )
    }

    fn validator(&self, pointer: &str) -> Validator {
        let mut root = self.document.clone();
        let fragment = pointer.replace('{', "%7B").replace('}', "%7D").replace('+', "%2B");
        root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        root["$ref"] = json!(format!("#{fragment}"));
        let options = jsonschema::options().should_validate_formats(true);
        options.build(&root).unwrap_or_else(|error| panic!("{pointer}: {error}"))
    }

    fn operations(&self) -> Vec<(String, &Value)> {
        const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];
        let paths = self.document["paths"].as_object().expect("paths");
        paths
            .iter()
            .flat_map(|(path, item)| {
                let own =
                    METHODS.iter().filter_map(move |method| Some((*method, item.get(method)?)));
                own.map(move |(method, operation)| {
                    (format!("/paths/{}/{method}", path.replace('/', "~1")), operation)
                })
            })
            .collect()
    }
}

/// Rewrites the beginning of references.
fn point_elsewhere(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(target) if key == "$ref" => {
                        if let Some(rest) = target.strip_prefix(from) {
                            *target = format!("{to}{rest}");
                        }
                    }
                    member => point_elsewhere(member, from, to),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| point_elsewhere(item, from, to)),
        _ => {}
    }
}

/// Calls `change` for the schema of every media type.
fn visit_contents(value: &mut Value, change: &mut dyn FnMut(&mut Value)) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::Object(types) if key == "content" => {
                        types.values_mut().for_each(|kind| change(&mut kind["schema"]));
                    }
                    member => visit_contents(member, change),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| visit_contents(item, change)),
        _ => {}
    }
}

/// Spells a schema as 2020-12 does and closes it.
///
/// - `open`: leave undeclared members to whoever refers to the schema: a part of
///   an `allOf` cannot know what the other parts declare.
fn normalise(schema: &mut Value, is_3_0: bool, open: bool) {
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    if is_3_0 {
        members.remove("example");
        if members.remove("nullable") == Some(Value::Bool(true)) {
            let kind = members["type"].take();
            members.insert("type".to_owned(), json!([kind, "null"]));
        }
    }
    members.remove("discriminator");
    for (key, member) in members.iter_mut() {
        match (key.as_str(), member) {
            ("properties", Value::Object(properties)) => {
                properties.values_mut().for_each(|each| normalise(each, is_3_0, false))
            }
            ("items" | "additionalProperties", each) => normalise(each, is_3_0, false),
            ("allOf", Value::Array(parts)) => {
                parts.iter_mut().for_each(|each| normalise(each, is_3_0, true))
            }
            ("oneOf" | "anyOf", Value::Array(parts)) => {
                parts.iter_mut().for_each(|each| normalise(each, is_3_0, false))
            }
            _ => {}
        }
    }
    let says = |members: &Map<String, Value>, keys: &[&str]| {
        keys.iter().any(|key| members.contains_key(*key))
    };
    if !open
        && says(members, &["$ref", "properties", "allOf"])
        && !says(members, &["additionalProperties"])
    {
        members.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
    }
}

#[test]
fn the_validator_sees_what_is_wrong() {
    let users = Contract::read("users.openapi.yaml");
    let catalog = Contract::read("catalog.openapi.json");
    let check = |contract: &Contract, operation: &str, status, body: &Value| {
        let documented = Documented { operation: operation.to_owned(), status };
        contract.answer(&documented).expect("documented")[0].1.is_valid(body)
    };
    let problem = json!({ "type": "urn:x", "title": "T", "status": 404, "code": "c" });
    for (good, key, value) in [
        (true, "detail", json!("D")),
        (false, "detail", json!(null)),
        (false, "status", json!("404")),
        (false, "unknown", json!(1)),
    ] {
        let mut body = problem.clone();
        body[key] = value;
        assert_eq!(check(&users, "getUser", 404, &body), good, "{body}");
        assert_eq!(check(&catalog, "getProduct", 404, &body), good, "{body}");
    }
    let rating = json!({ "average": 0, "count": 0, "histogram": {} });
    let page = |media: Value| {
        json!({ "total": 1, "limit": 1, "offset": 0, "summary": rating, "items": [{
        "id": "r", "productId": "p", "userId": "u", "author": "A", "rating": 5, "title": null, "body": "B", "locale": "de",
        "createdAt": "2026-01-01T00:00:00Z", "verifiedPurchase": true, "helpful": 0, "replies": [], "media": [media],
    }] })
    };
    for (good, media) in [
        (true, json!({ "kind": "photo", "url": "u", "alt": "a", "width": 1, "height": 1 })),
        (true, json!({ "kind": "video", "url": "u", "posterUrl": null, "durationSeconds": 1.5 })),
        (false, json!({ "kind": "photo", "url": "u", "alt": "a", "width": 1 })),
        (
            false,
            json!({ "kind": "photo", "url": "u", "alt": "a", "width": 1, "height": 1, "depth": 1 }),
        ),
        (false, json!({ "kind": "gif", "url": "u" })),
    ] {
        assert_eq!(check(&catalog, "listReviews", 200, &page(media.clone())), good, "{media}");
    }
}
