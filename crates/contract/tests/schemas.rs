//! Schemas: which type each becomes. A case is the YAML of `components.schemas`; the answer of
//! the only operation is the schema `A`.

mod support;

use std::fmt::Write as _;

/// A contract whose only operation answers with `#/components/schemas/A`.
fn contract(version: &str, schemas: &str) -> String {
    let mut text = format!(
        "openapi: {version}\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    get:\n      \
         operationId: a\n      responses:\n        '200':\n          description: d\n          \
         content:\n            application/json:\n              schema: \
         {{$ref: '#/components/schemas/A'}}\ncomponents:\n  schemas:\n"
    );
    for line in schemas.trim_matches('\n').lines() {
        let _ = writeln!(text, "    {line}");
    }
    text
}

/// The types that the schemas become, and the diagnostics, without the operation.
fn types(version: &str, schemas: &str) -> String {
    let text = contract(version, schemas);
    let printed = support::print_files(&[("a.yaml", &text)]);
    let start = printed.find("  => ").expect("the operation is printed") + 5;
    let (answer, rest) = printed[start..].split_once('\n').expect("lines end");
    let head = if answer == "A" { String::new() } else { format!("{answer}\n") };
    (head + rest).trim_end().to_owned()
}

struct Case {
    name: &'static str,
    versions: &'static [&'static str],
    schemas: &'static str,
    expected: &'static str,
}

const BOTH: &[&str] = &["3.0.3", "3.1.0"];
const OLD: &[&str] = &["3.0.3"];
const NEW: &[&str] = &["3.1.0"];

fn check(cases: &[Case]) {
    for case in cases {
        for version in case.versions {
            let found = types(version, case.schemas);
            let expected: Vec<&str> = case.expected.trim().lines().map(str::trim_start).collect();
            let found_lines: Vec<&str> = found.lines().map(str::trim_start).collect();
            assert_eq!(found_lines, expected, "{} ({version})\n{found}", case.name);
        }
    }
}

#[test]
fn scalars_arrays_and_objects() {
    check(&[
        Case {
            name: "scalars",
            versions: BOTH,
            schemas: "
A:
  type: object
  required: [s, n]
  properties:
    s: {type: string, format: uuid, minLength: 1, maxLength: 9}
    n: {type: number, minimum: 0.5}
    i: {type: integer, maximum: 10}
    b: {type: boolean}
    any: {}
    bare:
    made: {description: only words}
",
            expected: "A = {s: string(uuid)#1..9, n: number>=0.5, i?: integer<=10, b?: boolean, \
                       any?: unknown, bare?: unknown, made?: unknown}",
        },
        Case {
            name: "arrays",
            versions: BOTH,
            schemas: "
A:
  properties:
    a: {type: array, items: {type: string}, minItems: 1, maxItems: 3}
    b: {type: array}
    c: {items: {type: integer}}
",
            expected: "A = {a?: [string]#1..3, b?: [unknown], c?: [integer]}",
        },
        Case {
            name: "maps",
            versions: BOTH,
            schemas: "
A:
  type: object
  properties:
    a: {type: object}
    b: {type: object, additionalProperties: true}
    c: {type: object, additionalProperties: {}}
    d: {type: object, additionalProperties: {type: string}}
    e: {type: object, properties: {x: {type: string}}, additionalProperties: false}
    f: {type: object, properties: {x: {type: string}}, additionalProperties: {type: integer}}
    g: {type: object, patternProperties: {'^x-': {type: boolean}}}
",
            expected: "A = {a?: { ...}, b?: { ...}, c?: { ...}, d?: { ...string}, \
                       e?: {x?: string closed}, f?: {x?: string ...integer}, g?: { ...boolean}}",
        },
        Case {
            name: "tuples",
            versions: NEW,
            schemas: "
A:
  type: object
  properties:
    a: {type: array, prefixItems: [{type: string}, {type: integer}], minItems: 1, items: false}
    b: {type: array, prefixItems: [{type: string}], items: {type: boolean}}
",
            expected: "A = {a?: (string, integer?, ), b?: (string?, ...boolean)}",
        },
        Case {
            name: "both spellings of exclusive limits",
            versions: BOTH,
            schemas: "
A:
  properties:
    a: {type: number, minimum: 1, exclusiveMinimum: true, exclusiveMaximum: false, maximum: 2}
    b: {type: number, exclusiveMinimum: 0, exclusiveMaximum: 10}
",
            expected: "A = {a?: number>1<=2, b?: number>0<10}",
        },
        Case {
            name: "read and write only, deprecated, required that names nothing",
            versions: BOTH,
            schemas: "
A:
  type: object
  required: [id, nothing]
  properties:
    id: {type: string, readOnly: true}
    password: {type: string, writeOnly: true}
",
            expected: "A = {readonly id: string, writeonly password?: string}",
        },
        Case {
            name: "boolean schemas",
            versions: NEW,
            schemas: "
A:
  properties: {yes: true, no: false}
",
            expected: "A = {yes?: unknown, no?: never}",
        },
    ]);
}

#[test]
fn nullability_in_every_spelling() {
    check(&[
        Case {
            name: "3.0",
            versions: BOTH,
            schemas: "
A:
  properties:
    a: {type: string, nullable: true}
    b: {nullable: true, allOf: [{$ref: '#/components/schemas/B'}]}
    c: {type: string, nullable: true, enum: [x, y, null]}
    d: {type: string, nullable: true, enum: [x]}
    e: {type: string, nullable: false}
    f: {$ref: '#/components/schemas/B', nullable: true}
    g: {nullable: true, oneOf: [{$ref: '#/components/schemas/B'}, {type: string}]}
    h: {$ref: '#/components/schemas/N'}
    i: {type: array, items: {type: string, nullable: true}}
    j: {allOf: [{$ref: '#/components/schemas/N'}]}
    k: {nullable: true, type: object, allOf: [{$ref: '#/components/schemas/B'}, {properties: {y: {type: integer}}}]}
B: {type: object, properties: {x: {type: string}}}
N: {type: object, nullable: true, properties: {x: {type: string}}}
",
            expected: "
A = {a?: <string | null>, b?: <B | null>, c?: <\"x\"|\"y\" | null>, d?: <\"x\" | null>, e?: string, f?: <B | null>, g?: <B | string | null>, h?: N, i?: [<string | null>], j?: N, k?: <{x?: string, y?: integer} | null>}
B = {x?: string}
N = <{x?: string} | null>",
        },
        Case {
            name: "3.1",
            versions: NEW,
            schemas: "
A:
  properties:
    a: {type: [string, 'null']}
    b: {oneOf: [{$ref: '#/components/schemas/B'}, {type: 'null'}]}
    c: {anyOf: [{type: 'null'}, {type: string}, {type: integer}]}
    d: {enum: [x, null]}
    e: {type: [string, integer]}
    f: {const: null}
    g: {type: 'null'}
    h: {type: [array, 'null'], items: {type: string}}
    i: {$ref: '#/components/schemas/B', description: beside}
    j: {type: [integer, number, 'null']}
B: {type: object, properties: {x: {type: string}}}
",
            expected: "
A = {a?: <string | null>, b?: <B | null>, c?: <string | integer | null>, d?: <\"x\" | null>, e?: <string | integer>, f?: null, g?: null, h?: <[string] | null>, i?: B, j?: <number | null>}
B = {x?: string}",
        },
        Case {
            name: "an allOf of nullable and not nullable is not",
            versions: OLD,
            schemas: "
A:
  properties:
    a:
      allOf:
        - {$ref: '#/components/schemas/N'}
        - {type: object, properties: {y: {type: string}}}
N: {type: object, nullable: true, properties: {x: {type: string}}}
",
            expected: "A = {a?: {x?: string, y?: string}}",
        },
    ]);
}

#[test]
fn enumerations_and_constants() {
    check(&[
        Case {
            name: "strings, numbers, mixed",
            versions: BOTH,
            schemas: "
A:
  properties:
    a: {type: string, enum: [x, y, x]}
    b: {type: integer, enum: [1, 2]}
    c: {enum: [x, 1, true]}
    d: {type: string, enum: [yes, 1, true]}
    e: {type: integer, enum: ['1', '2']}
    f: {type: boolean, enum: [maybe]}
    g: {type: string, enum: []}
",
            expected: "A = {a?: \"x\"|\"y\", b?: 1|2, c?: \"x\"|1|true, d?: \"yes\"|\"1\"|\"true\", \
                       e?: 1|2, f?: boolean, g?: string}",
        },
        Case {
            name: "const",
            versions: NEW,
            schemas: "
A: {properties: {a: {const: x}, b: {type: integer, const: 3}}}
",
            expected: "A = {a?: \"x\", b?: 3}",
        },
        Case {
            name: "what all list",
            versions: BOTH,
            schemas: "
A:
  properties:
    a: {allOf: [{$ref: '#/components/schemas/E'}, {enum: [y, z]}]}
E: {type: string, enum: [x, y]}
",
            expected: "A = {a?: \"y\"}",
        },
    ]);
}

#[test]
fn all_of_becomes_one_object() {
    check(&[
        Case {
            name: "bases first, required from anywhere",
            versions: BOTH,
            schemas: "
A:
  allOf:
    - $ref: '#/components/schemas/B'
    - type: object
      required: [y]
      properties: {y: {type: string}}
    - required: [x]
  properties: {z: {type: boolean}}
B: {type: object, properties: {x: {type: string}}}
",
            expected: "A = {x: string, y: string, z?: boolean}",
        },
        Case {
            name: "the same property twice holds both",
            versions: BOTH,
            schemas: "
A:
  allOf:
    - properties: {x: {type: number, minimum: 1}, o: {properties: {a: {type: string}}}}
    - properties: {x: {type: integer, minimum: 0}, o: {properties: {b: {type: string}}}}
    - properties: {o: {}}
",
            expected: "A = {x?: integer>=1, o?: {a?: string, b?: string}}",
        },
        Case {
            name: "an enumeration narrows the base's string",
            versions: BOTH,
            schemas: "
A:
  allOf:
    - $ref: '#/components/schemas/B'
    - properties: {kind: {type: string, enum: [a]}}
B: {type: object, required: [kind], properties: {kind: {type: string}}}
",
            expected: "A = {kind: \"a\"}",
        },
        Case {
            name: "with oneOf inside",
            versions: BOTH,
            schemas: "
A:
  allOf:
    - properties: {id: {type: string}}
    - oneOf:
        - properties: {x: {type: string}}
        - properties: {y: {type: string}}
",
            expected: "A = <{id?: string, x?: string} | {id?: string, y?: string}>",
        },
        Case {
            name: "of contradictory types",
            versions: BOTH,
            schemas: "
A: {properties: {a: {allOf: [{type: string}, {type: integer}]}}}
",
            expected: "A = {a?: never}\nFR3009 15:57 no value is of both types, `string` and `integer`",
        },
        Case {
            name: "additional properties",
            versions: BOTH,
            schemas: "
A:
  properties:
    a: {allOf: [{properties: {x: {type: string}}, additionalProperties: true}, {properties: {y: {type: string}}}]}
    b: {allOf: [{properties: {x: {type: string}}, additionalProperties: false}, {properties: {y: {type: string}}}]}
",
            expected: "A = {a?: {x?: string, y?: string ...}, b?: {x?: string, y?: string closed}}",
        },
        Case {
            name: "in a circle",
            versions: BOTH,
            schemas: "
A: {allOf: [{$ref: '#/components/schemas/B'}], properties: {x: {type: string}}}
B: {allOf: [{$ref: '#/components/schemas/A'}], properties: {y: {type: string}}}
",
            expected: "
A = {y?: string, x?: string}
FR3014 15:5 `allOf` leads from `A` back to itself, and is ignored there",
        },
    ]);
}

#[test]
fn unions_and_discriminators() {
    check(&[
        Case {
            name: "required-only variants",
            versions: BOTH,
            schemas: "
A:
  type: object
  properties: {x: {type: string}, y: {type: string}}
  anyOf: [{required: [x]}, {required: [y]}]
",
            expected: "A = <{x: string, y?: string} | {x?: string, y: string}>",
        },
        Case {
            name: "mapping by reference and by name; the property becomes a constant",
            versions: BOTH,
            schemas: "
A:
  oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
  discriminator:
    propertyName: kind
    mapping: {cat: '#/components/schemas/Cat', dog: Dog, puppy: Dog}
Cat: {type: object, required: [kind], properties: {kind: {type: string}, lives: {type: integer}}}
Dog: {type: object, required: [kind], properties: {kind: {type: string}}}
",
            expected: "
A = <Cat | Dog by kind cat:0 dog:1 puppy:1>
Cat = {kind: \"cat\", lives?: integer}
Dog = {kind: \"dog\"|\"puppy\"}",
        },
        Case {
            name: "without mapping: by constant, else by name",
            versions: BOTH,
            schemas: "
A:
  oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
  discriminator: {propertyName: kind}
Cat: {type: object, required: [kind], properties: {kind: {type: string, enum: [cat]}}}
Dog: {type: object, required: [kind], properties: {kind: {type: string}}}
",
            expected: "
A = <Cat | Dog by kind cat:0 Dog:1>
Cat = {kind: \"cat\"}
Dog = {kind: \"Dog\"}",
        },
        Case {
            name: "found by constants",
            versions: BOTH,
            schemas: "
A:
  anyOf:
    - {type: object, required: [t, s], properties: {s: {type: string}, t: {enum: [a, b]}}}
    - {type: object, required: [t, s], properties: {s: {type: string}, t: {enum: [c]}}}
    - {type: string}
",
            expected: "A = <{s: string, t: \"a\"|\"b\"} | {s: string, t: \"c\"} | string by t a:0 b:0 c:1>",
        },
        Case {
            name: "constants that two share tell nothing apart",
            versions: BOTH,
            schemas: "
A:
  anyOf:
    - {type: object, required: [t], properties: {t: {enum: [a, b]}}}
    - {type: object, required: [t], properties: {t: {enum: [b]}}}
",
            expected: "A = <{t: \"a\"|\"b\"} | {t: \"b\"}>",
        },
        Case {
            name: "a base that lists its extensions",
            versions: BOTH,
            schemas: "
A:
  properties: {pet: {$ref: '#/components/schemas/Pet'}, dog: {$ref: '#/components/schemas/Dog'}}
Pet:
  type: object
  required: [kind]
  properties: {kind: {type: string}}
  discriminator: {propertyName: kind}
  oneOf: [{$ref: '#/components/schemas/Dog'}, {$ref: '#/components/schemas/Cat'}]
Dog: {allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {bark: {type: boolean}}}]}
Cat: {allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {purr: {type: boolean}}}]}
",
            expected: "
A = {pet?: Pet, dog?: Dog}
Pet = <Dog | Cat by kind Dog:0 Cat:1>
Dog = {kind: \"Dog\", bark?: boolean}
Cat = {kind: \"Cat\", purr?: boolean}",
        },
        Case {
            name: "nested and nullable unions are one",
            versions: BOTH,
            schemas: "
A:
  properties:
    a: {nullable: true, oneOf: [{$ref: '#/components/schemas/U'}, {type: boolean}]}
    b: {nullable: true, allOf: [{$ref: '#/components/schemas/U'}]}
    c: {oneOf: [{type: string}, {type: string}]}
    d: {oneOf: [{$ref: '#/components/schemas/X'}]}
U:
  oneOf: [{$ref: '#/components/schemas/X'}, {$ref: '#/components/schemas/Y'}]
  discriminator: {propertyName: t}
X: {type: object, required: [t], properties: {t: {type: string}}}
Y: {type: object, required: [t], properties: {t: {type: string}}}
",
            expected: "
A = {a?: <X | Y | boolean | null by t X:0 Y:1>, b?: <X | Y | null by t X:0 Y:1>, c?: string, d?: X}
X = {t: \"X\"}
Y = {t: \"Y\"}",
        },
        Case {
            name: "a mapping that names no variant",
            versions: BOTH,
            schemas: "
A:
  oneOf: [{$ref: '#/components/schemas/X'}]
  discriminator: {propertyName: t, mapping: {x: X, z: Nothing}}
X: {type: object, required: [t], properties: {t: {type: string}}}
",
            expected: "
A = {t: string}
FR3015 17:59 `Nothing` is none of the variants",
        },
        Case {
            name: "a union of itself",
            versions: BOTH,
            schemas: "
A: {oneOf: [{$ref: '#/components/schemas/A'}, {type: string}, {type: array, items: {$ref: '#/components/schemas/A'}}]}
",
            expected: "A = <string | [A]>",
        },
    ]);
}

#[test]
fn references_and_recursion() {
    check(&[
        Case {
            name: "recursive types",
            versions: BOTH,
            schemas: "
A: {type: object, properties: {children: {type: array, items: {$ref: '#/components/schemas/A'}}, up: {nullable: true, allOf: [{$ref: '#/components/schemas/A'}]}}}
",
            expected: "A = {children?: [A], up?: <A | null>}",
        },
        Case {
            name: "escapes in pointers, and pointers into schemas",
            versions: BOTH,
            schemas: "
A:
  properties:
    a: {$ref: '#/components/schemas/x~1y~0z'}
    b: {$ref: '#/components/schemas/with%20space'}
    c: {$ref: '#/components/schemas/B/properties/x'}
    d: {$ref: '#/components/schemas/Alias/properties/x'}
x/y~z: {type: string}
with space: {type: integer}
B: {type: object, properties: {x: {type: boolean}}}
Alias: {$ref: '#/components/schemas/B'}
",
            expected: "
A = {a?: x/y~z, b?: with space, c?: boolean, d?: boolean}
x/y~z = string
with space = integer",
        },
        Case {
            name: "definitions and anchors of a schema's own",
            versions: NEW,
            schemas: "
A:
  $defs: {Inner: {type: string}}
  properties: {a: {$ref: '#/components/schemas/A/$defs/Inner'}, b: {$ref: '#here'}}
B: {$anchor: here, type: object, properties: {x: {type: string}}}
",
            expected: "
A = {a?: Inner, b?: B}
Inner = string
B = {x?: string}",
        },
        Case {
            name: "siblings of a reference count since 3.1",
            versions: NEW,
            schemas: "
A: {$ref: '#/components/schemas/B', required: [x], properties: {y: {type: string}}}
B: {type: object, properties: {x: {type: string}}}
",
            expected: "A = {x: string, y?: string}",
        },
        Case {
            name: "and do not before",
            versions: OLD,
            schemas: "
A: {properties: {a: {$ref: '#/components/schemas/B', required: [x]}}}
B: {type: object, properties: {x: {type: string}}}
",
            expected: "
A = {a?: B}
B = {x?: string}",
        },
        Case {
            name: "a circle of references",
            versions: BOTH,
            schemas: "
A: {$ref: '#/components/schemas/B'}
B: {$ref: '#/components/schemas/A'}
",
            expected: "
BROKEN
fault FR3007 the reference `#/components/schemas/B` leads back to itself
FR3007 15:15 the reference `#/components/schemas/B` leads back to itself",
        },
        Case {
            name: "leads nowhere",
            versions: BOTH,
            schemas: "
A: {properties: {a: {$ref: '#/components/schemas/Usr'}}}
User: {type: string}
",
            expected: "
fault FR3005 `#/components/schemas/Usr` leads nowhere: there is no `Usr`
A = {a?: BROKEN}
FR3005 15:32 `#/components/schemas/Usr` leads nowhere: there is no `Usr`",
        },
        Case {
            name: "leads to another machine",
            versions: BOTH,
            schemas: "
A: {properties: {a: {$ref: 'https://example.com/a.json#/b'}}}
",
            expected: "
fault FR3006 `https://example.com/a.json#/b` is on another machine; contracts are read from files
A = {a?: BROKEN}
FR3006 15:32 `https://example.com/a.json#/b` is on another machine; contracts are read from files",
        },
    ]);
}

#[test]
fn malformed_schemas_say_where() {
    check(&[Case {
        name: "no type's name, no schema, no mapping, no list",
        versions: BOTH,
        schemas: "
A:
  properties:
    a: {type: strng}
    b: just words
    c: {properties: [x]}
    d: {oneOf: 1}
    e: {enum: x}
    f: {type: string, required: true}
    g: {type: boolean, default: 'yes', example: {$ref: '#/nowhere'}, x-vendor: 1}
",
        expected: "
fault FR3009 `strng` is not the name of a type
fault FR3009 a schema must be an object or a boolean
fault FR3009 `properties` must be a mapping
fault FR3009 `oneOf` must be a list of schemas
fault FR3009 `enum` must be a list
A = {a?: BROKEN, b?: BROKEN, c?: BROKEN, d?: BROKEN, e?: BROKEN, f?: string, g?: boolean}
FR3009 17:19 `strng` is not the name of a type
FR3009 18:12 a schema must be an object or a boolean
FR3009 19:25 `properties` must be a mapping
FR3009 20:20 `oneOf` must be a list of schemas
FR3009 21:19 `enum` must be a list
FR3015 22:27 `required` on a property has no effect",
    }]);
}
