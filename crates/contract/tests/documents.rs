//! Documents: YAML and JSON, several files, and texts that are no contract at all.

mod support;

use std::fmt::Write as _;

use frontage_contract::{read, type_definition, type_names, type_text};
use frontage_diagnostic::{Severity, SourceMap};

#[test]
fn references_lead_through_files() {
    let root = "
openapi: 3.1.0
paths:
  /a: {$ref: 'paths/a.yaml'}
components:
  schemas:
    Error: {type: object, properties: {code: {type: string}}}
";
    let path = "
get:
  operationId: a
  parameters: [{$ref: '../common.json#/parameters/Page'}]
  responses:
    '200':
      description: d
      content: {application/json: {schema: {$ref: ../schemas/User.yaml}}}
    '400':
      description: d
      content: {application/json: {schema: {$ref: '../../api/./root.yaml#/components/schemas/Error'}}}
";
    let common = r##"{
  "parameters": {"Page": {"name": "page", "in": "query", "schema": {"$ref": "#/definitions/Count"}}},
  "definitions": {"Count": {"type": "integer", "minimum": 0}}
}"##;
    let user = "
type: object
properties:
  id: {type: string}
  friend: {$ref: '#'}
  gone: {$ref: 'gone.yaml'}
  outside: {$ref: '../../../etc/passwd'}
  x: {$ref: 'a%20b.yaml#/x'}
";
    let found = support::print_files(&[
        ("api/root.yaml", root),
        ("api/paths/a.yaml", path),
        ("api/common.json", common),
        ("api/schemas/User.yaml", user),
        ("api/schemas/a b.yaml", "x: {type: boolean}"),
    ]);
    let expected = "\
a GET /a
  query page?: Count
  200 User
  400 Error
  => User
  fault FR3008 `api/schemas/gone.yaml` cannot be read: no such file
  fault FR3008 `../../../etc/passwd` lies outside the workspace
Count = integer>=0
User = {id?: string, friend?: User, gone?: BROKEN, outside?: BROKEN, x?: boolean}
Error = {code?: string}
FR3008 6:16 `api/schemas/gone.yaml` cannot be read: no such file
FR3008 7:19 `../../../etc/passwd` lies outside the workspace
";
    assert_eq!(found, expected, "{found}");
}

#[test]
fn each_file_is_asked_for_once_and_never_outside() {
    let mut sources = SourceMap::new();
    let root = sources.add(
        "c/r.yaml",
        "openapi: 3.0.0\nx: [{$ref: './b.yaml#/a'}, {$ref: 'b.yaml'}, {$ref: '/etc/passwd'}, \
         {$ref: '../../x.yaml'}, {$ref: 'http://x/y.yaml'}, {$ref: 'c:d.yaml'}]",
    );
    let mut asked = Vec::new();
    let _ = read(root, &mut sources, &mut |path| {
        asked.push(path.to_owned());
        Ok(String::from("a: {$ref: './b.yaml#/a', other: {$ref: 'r.yaml'}}"))
    });
    assert_eq!(asked, ["c/b.yaml", "c/c:d.yaml"]);
}

#[test]
fn yaml_says_the_same_as_json() {
    let yaml = "
openapi: 3.0.3 # a version is text
info: {title: Shop, version: 1.10}
x-base: &base
  type: object
  required: [id]
  properties: &properties
    id: {type: string}
x-more: &more {description: 'it''s', nullable: true}
paths:
  /a:
    get:
      operationId: a
      summary: >-
        folded
        text
      responses:
        200:
          description: |
            literal
          content:
            application/json:
              schema:
                $ref: \"#/components/schemas/A\"
        'default': {description: \"d\\u00e9\\n\"}
components:
  schemas:
    A:
      <<: *base
      properties:
        <<: [*properties, {name: {type: string, enum: [~, null, Null, 'null', '~', yes, 1.5]}}]
        again: *base
    B: {<<: *more, type: !!str string, maxLength: 3, x: 0x1F}
";
    let json = r##"{
  "openapi": "3.0.3",
  "info": {"title": "Shop", "version": "1.10"},
  "paths": {"/a": {"get": {
    "operationId": "a",
    "summary": "folded text",
    "responses": {
      "200": {"description": "literal\n", "content": {"application/json": {"schema": {"$ref": "#\/components\u002fschemas/A"}}}},
      "default": {"description": "d\u00e9\n"}
    }
  }}},
  "components": {"schemas": {
    "A": {"properties": {
      "again": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
      "id": {"type": "string"},
      "name": {"type": "string", "enum": [null, null, null, "null", "~", "yes", 1.5]}
    }, "type": "object", "required": ["id"]},
    "B": {"type": "string", "maxLength": 3, "description": "it's", "nullable": true}
  }}
}"##;
    let (from_yaml, yaml_sources) = support::read_files(&[("a.yaml", yaml)]);
    let (from_json, json_sources) = support::read_files(&[("a.json", json)]);
    let printed = support::print_contract(&from_yaml.contract);
    assert_eq!(printed, support::print_contract(&from_json.contract));
    assert!(printed.contains("A = {again?: {id: string}, id: string, name?: <"), "{printed}");
    assert_eq!(support::print_diagnostics(&from_yaml, &yaml_sources), "");
    assert_eq!(support::print_diagnostics(&from_json, &json_sources), "");
    for read in [&from_yaml, &from_json] {
        assert_eq!(read.contract.title, "Shop");
        assert_eq!(read.contract.version, "1.10");
        assert_eq!(read.contract.operations[0].summary.as_deref(), Some("folded text"));
    }
}

#[test]
fn places_are_those_of_the_text() {
    let text = "openapi: 3.1.0\npaths:\n  /ä: {}\n  /a:\n    get:\n      operationId: list\n      \
                responses: {'200': {description: d, content: {application/json: {schema: {$ref: \
                '#/components/schemas/Ü'}}}}}\ncomponents:\n  schemas:\n    Ü:\n      type: \
                object\n      properties:\n        größe: {type: string}\n        n:\n          \
                type: integer\n";
    for (path, text) in [("a.yaml", text.to_owned()), ("a.yml", text.replace('\n', "\r\n"))] {
        let (read, sources) = support::read_files(&[(path, &text)]);
        let operation = read.contract.operation("list").expect("is there");
        assert_eq!(sources.text(operation.span), "list");
        let id = operation.success.json.expect("answers JSON");
        let declaration = read.contract.types.declaration(id);
        assert_eq!(sources.text(declaration.span), "Ü");
        let frontage_contract::Type::Object(object) = &declaration.ty else { panic!("an object") };
        assert_eq!(sources.text(object.properties[0].span), "größe");
        assert_eq!(sources.text(object.properties[1].span), "n");
        let number = read.contract.types.declaration(object.properties[1].ty);
        assert_eq!(sources.text(number.span), "type: integer");
    }
}

#[test]
fn what_is_no_contract_is_refused_with_its_place() {
    let deep_json = format!("{{\"openapi\": \"3.0.0\", \"x\": {}", "[".repeat(10_000));
    let deep_yaml = format!("openapi: 3.0.0\nx: {}", "[".repeat(10_000));
    let mut deep_block = String::from("openapi: 3.0.0\n");
    for depth in 0..1_000 {
        let _ = writeln!(deep_block, "{}a:", " ".repeat(depth));
    }
    let cases: &[(&str, &str, &str)] = &[
        ("a.yaml", "", "FR3001 1:1 the contract cannot be read: the file is empty"),
        (
            "a.yaml",
            "# nothing\n",
            "FR3001 1:1 the contract cannot be read: the file holds nothing but comments",
        ),
        (
            "a.json",
            "{\"openapi\": ",
            "FR3001 1:13 the contract cannot be read: a value is expected, but the file ends",
        ),
        (
            "a.json",
            "{\n \"a\": 1,\n}",
            "FR3001 3:1 the contract cannot be read: a key in double quotes is expected, but found '}'",
        ),
        (
            "a.json",
            "{\"a\": 1} x",
            "FR3001 1:10 the contract cannot be read: nothing more is expected after the end of the value",
        ),
        ("a.json", "{\"a\": \"x", "FR3001 1:7 the contract cannot be read: this string has no end"),
        (
            "a.yaml",
            "openapi: 3.0.0\npaths: [\n",
            "FR3001 2:8 the contract cannot be read: unclosed bracket",
        ),
        ("a.yaml", "a: *missing", "FR3001 1:4 the contract cannot be read: "),
        (
            "a.yaml",
            "a: &x [*x]",
            "FR3001 1:8 the contract cannot be read: this alias refers to a value that holds it",
        ),
        ("a.yaml", "? [a]\n: b", "FR3001 1:3 the contract cannot be read: a key must be a string"),
        (
            "a.yaml",
            "<<: 3",
            "FR3001 1:5 the contract cannot be read: `<<` takes a mapping or a list of mappings",
        ),
        (
            "a.yaml",
            "openapi: \0",
            "FR3001 1:10 the contract cannot be read: the text holds a NUL byte: it is not a text file",
        ),
        ("a.yaml", "just words", "FR3002 1:1 this is no OpenAPI contract but a single value"),
        ("a.yaml", "[1]", "FR3002 1:1 this is no OpenAPI contract but a list"),
        (
            "a.yaml",
            "info: {}",
            "FR3002 1:1 this is no OpenAPI contract but a document without the key `openapi`",
        ),
        (
            "a.yaml",
            "asyncapi: 2.0.0",
            "FR3002 1:1 this is no OpenAPI contract but an AsyncAPI document",
        ),
        ("a.yaml", "swagger: '1.2'", "FR3003 1:10 OpenAPI version `1.2` is not supported"),
        (
            "a.yaml",
            "<html></html>",
            "FR3001 1:1 the contract cannot be read: it is a web page or XML",
        ),
        ("a.yaml", "openapi: 4.0.0", "FR3003 1:10 OpenAPI version `4.0.0` is not supported"),
        (
            "a.graphql",
            "type Query { a: Int }",
            "FR3003 1:1 GraphQL contracts are not supported yet",
        ),
        ("a.proto", "syntax = \"proto3\";", "FR3003 1:1 Protobuf contracts are not supported yet"),
        (
            "a.json",
            &deep_json,
            "FR3004 1:276 the contract cannot be read: values are nested more than 250 deep",
        ),
        (
            "a.yaml",
            &deep_yaml,
            "FR3004 2:254 the contract cannot be read: values are nested more than 250 deep",
        ),
        ("a.yaml", &deep_block, "FR3004 "),
    ];
    for (path, text, expected) in cases {
        let (read, sources) = support::read_files(&[(path, text)]);
        let found = support::print_diagnostics(&read, &sources);
        assert!(found.starts_with(&format!("error {expected}")), "{path}: {text:.40}\n{found}");
        assert_eq!(found.lines().count(), 1, "{found}");
        assert!(read.contract.operations.is_empty());
    }
}

#[test]
fn a_key_that_stands_twice_is_reported() {
    let text = "openapi: 3.0.0\npaths:\n  /a: {get: {operationId: one}}\n  /a: {get: {operationId: two}}\n";
    let (read, sources) = support::read_files(&[("a.yaml", text)]);
    let names: Vec<&str> = read.contract.operations.iter().map(|o| o.name.as_str()).collect();
    assert_eq!(names, ["two"]);
    assert_eq!(
        support::print_diagnostics(&read, &sources),
        "FR3016 3:3 the key `/a` stands twice; the last one counts\n"
    );
}

/// Each of these would take for ever, or all memory, if it were taken literally.
#[test]
fn bombs_end() {
    let mut aliases = String::from("openapi: 3.0.0\nx0: &a0 {type: string}\n");
    let mut merges = String::from("openapi: 3.0.0\nx0: &a0 {k: 1}\n");
    for n in 1..60 {
        let last = n - 1;
        let list = vec![format!("*a{last}"); 10].join(", ");
        let _ = writeln!(
            aliases,
            "x{n}: &a{n} {{properties: {{p: *a{last}, q: *a{last}}}, allOf: [{list}]}}"
        );
        let _ = writeln!(merges, "x{n}: &a{n} {{<<: [{list}], k{n}: 1}}");
    }
    let _ = write!(aliases, "components: {{schemas: {{A: *a59}}}}");

    // A product of unions: 8 to the power of 8.
    let mut product =
        String::from("openapi: 3.0.0\ncomponents:\n  schemas:\n    A:\n      allOf:\n");
    for factor in 0..8 {
        let _ = write!(product, "        - oneOf: [");
        for variant in 0..8 {
            let _ = write!(product, "{{properties: {{p{factor}_{variant}: {{type: string}}}}}},");
        }
        product.push_str("]\n");
    }

    // A chain of references, of bases and of properties: as deep as the file is long.
    let mut chain = String::from("openapi: 3.1.0\ncomponents:\n  schemas:\n");
    for n in 0..20_000 {
        let next = n + 1;
        let _ = match n % 3 {
            0 => writeln!(chain, "    S{n}: {{allOf: [{{$ref: '#/components/schemas/S{next}'}}]}}"),
            1 => writeln!(chain, "    S{n}: {{$ref: '#/components/schemas/S{next}'}}"),
            _ => writeln!(
                chain,
                "    S{n}: {{properties: {{p: {{$ref: '#/components/schemas/S{next}'}}}}}}"
            ),
        };
    }
    let _ = writeln!(chain, "    S20000: {{type: string}}");

    // A key that stands a million times.
    let same = format!("openapi: 3.0.0\n{}", "x: 1\n".repeat(1_000_000));
    let (read, _) = support::read_files(&[("a.yaml", &same)]);
    assert_eq!(read.diagnostics.len(), 100);

    for (name, text) in
        [("aliases", aliases), ("merges", merges), ("product", product), ("chain", chain)]
    {
        let (read, _) = support::read_files(&[("a.yaml", &text)]);
        let errors = read.diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
        assert_eq!(errors, 0, "{name}: {:?}", read.diagnostics.first());
    }
}

#[test]
fn types_are_spelt_as_typescript_does() {
    let text = "
openapi: 3.1.0
paths:
  /a: {get: {operationId: a, responses: {'200': {description: d, content: {application/json: {schema:
    {type: object, required: [id, 'odd-name'], properties: {
      id: {type: string}, 'odd-name': {type: [integer, 'null']},
      list: {type: array, items: {enum: [a, 1, true]}}, user: {$ref: '#/components/schemas/User.Full'},
      pair: {type: array, prefixItems: [{type: string}, {type: boolean}], minItems: 1, items: {type: [string, number]}},
      map: {type: object, additionalProperties: {type: array, items: {$ref: '#/components/schemas/Date'}}},
      any: {}}}}}}}}}
components:
  schemas:
    User.Full: {type: object, properties: {self: {$ref: '#/components/schemas/User-Full'}}}
    User-Full: {type: object}
    Date: {type: string}
";
    let (read, _) = support::read_files(&[("a.yaml", text)]);
    let contract = &read.contract;
    let id = contract.operations[0].success.json.expect("answers JSON");
    assert_eq!(
        type_text(contract, id),
        "{ id: string; \"odd-name\": number | null; list?: (\"a\" | 1 | true)[]; user?: User_Full; \
         pair?: [string, boolean?, ...(string | number)[]]; map?: { [key: string]: Date[] }; any?: unknown }"
    );
    let mut names: Vec<String> = type_names(contract).into_iter().map(|(_, name)| name).collect();
    names.sort();
    assert_eq!(names, ["Date_", "User_Full", "User_Full_2"]);
    let user = contract.types.iter().find(|(_, d)| d.name.as_deref() == Some("User.Full"));
    let (user, _) = user.expect("is named");
    assert_eq!(type_text(contract, user), "User_Full");
    assert_eq!(type_definition(contract, user), "{ self?: User_Full }");
}
