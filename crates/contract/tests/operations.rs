//! Operations: names, parameters, bodies, answers, and what faults cost.

mod support;

fn check(name: &str, text: &str, expected: &str) {
    let found = support::print_files(&[("a.yaml", text)]);
    let trim = |text: &str| -> Vec<String> {
        text.trim().lines().map(|line| line.trim().to_owned()).collect()
    };
    assert_eq!(trim(&found), trim(expected), "{name}\n{found}");
}

#[test]
fn names_come_from_the_id_else_from_the_path() {
    check(
        "names",
        "
openapi: 3.0.3
paths:
  /users/{id}/orders:
    get: {responses: {204: {description: d}}, parameters: [{name: id, in: path, required: true, schema: {type: string}}]}
  /a:
    get: {operationId: users/list-all, responses: {204: {description: d}}}
    post: {operationId: same, responses: {204: {description: d}}}
  /b-c.d/e:
    put: {operationId: same, responses: {204: {description: d}}}
    delete: {operationId: 2fast, deprecated: true, responses: {204: {description: d}}}
  /:
    get: {operationId: '', responses: {204: {description: d}}}
  /then:
    get: {operationId: then, responses: {204: {description: d}}}
",
        "
getUsersByIdOrders GET /users/{id}/orders
  path id: string
  204 -
  => empty
usersListAll GET /a
  204 -
  => empty
same POST /a
  204 -
  => empty
putBCDE PUT /b-c.d/e
  204 -
  => empty
_2fast DELETE /b-c.d/e deprecated
  204 -
  => empty
get GET /
  204 -
  => empty
then_ GET /then
  204 -
  => empty
FR3011 10:24 two operations are called `same`
",
    );
}

#[test]
fn parameters_of_every_location_and_style() {
    check(
        "parameters",
        "
openapi: 3.1.0
paths:
  /r/{a}.{b}/x{c}:
    parameters:
      - {name: a, in: path, required: true, schema: {type: integer}}
      - {name: q, in: query, schema: {type: string}}
      - {$ref: '#/components/parameters/Page'}
    get:
      operationId: op
      parameters:
        - {name: b, in: path, required: true, style: label, schema: {type: string}}
        - {name: c, in: path, required: true, style: matrix, explode: true, schema: {type: string}}
        - {name: q, in: query, required: true, allowReserved: true, schema: {type: integer}}
        - {name: ids, in: query, explode: false, schema: {type: array, items: {type: string}}}
        - {name: s, in: query, style: spaceDelimited, schema: {type: array, items: {type: string}}}
        - {name: p, in: query, style: pipeDelimited, schema: {type: array, items: {type: string}}}
        - {name: deep, in: query, style: deepObject, explode: true, schema: {type: object, properties: {x: {type: string}}}}
        - {name: filter, in: query, content: {application/json: {schema: {type: object}}}}
        - {name: Idempotency-Key, in: header, required: true, schema: {type: string}}
        - {name: Authorization, in: header, schema: {type: string}}
        - {name: sid, in: cookie, schema: {type: string}}
      responses: {'200': {description: d, content: {application/json: {schema: {type: string}}}}}
components:
  parameters:
    Page: {name: page, in: query, schema: {type: integer, minimum: 1}}
",
        "
op GET /r/{a}.{b}/x{c}
  path a: integer
  query q: integer reserved
  query page?: integer>=1
  path b: string Label explode=false
  path c: string Matrix explode=true
  query ids?: [string] Form explode=false
  query s?: [string] SpaceDelimited explode=false
  query p?: [string] PipeDelimited explode=false
  query deep?: {x?: string} DeepObject explode=true
  query filter?: { ...} Json explode=false
  header Idempotency-Key: string
  cookie sid?: string
  200 string
  => string
",
    );
}

#[test]
fn parameters_that_contradict_the_path_or_each_other() {
    check(
        "dirty parameters",
        "
openapi: 3.0.3
paths:
  /r/{id}/{other}:
    post:
      operationId: op
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: id, in: query, schema: {type: string}}
        - {name: id, in: query, schema: {type: integer}}
        - {name: ghost, in: path, required: true, schema: {type: string}}
        - {name: body, in: header, schema: {type: string}}
        - {name: odd, in: query, style: simple}
        - {name: legacy, in: formData, type: string}
        - {in: query, schema: {type: string}}
      requestBody: {content: {application/json: {schema: {type: string}}}}
      responses: {'200': {description: d}}
  /clash/{query_id}:
    get:
      operationId: clash
      parameters:
        - {name: query_id, in: path, required: true, schema: {type: string}}
        - {name: id, in: cookie, schema: {type: string}}
        - {name: id, in: header, schema: {type: string}}
        - {name: header_id, in: query, schema: {type: string}}
        - {name: cookie_id, in: query, schema: {type: string}}
      responses: {'200': {description: d}}
",
        "
op POST /r/{id}/{other}
  path id: string
  query query_id?: string
  header header_body?: string
  query odd?: string
  path other: string
  body? string
  200 -
  => empty
  fault FR3010 a parameter cannot be in `formData`
  fault FR3010 a parameter needs `name` and `in`
clash GET /clash/{query_id}
  path query_id: string
  cookie cookie_id?: string
  header id?: string
  query header_id?: string
  query cookie_id?: string
  200 -
  => empty
  fault FR3013 two arguments of this operation are called `cookie_id`
FR3012 4:3 the path's parameter `other` is not declared; it is taken as a string
FR3015 10:18 the parameter `id` is declared twice
FR3012 11:18 `ghost` is no parameter of the path `/r/{id}/{other}`
FR3015 13:41 a parameter in query cannot have the style `simple`; the usual one is taken
FR3010 14:11 a parameter cannot be in `formData`
FR3010 15:11 a parameter needs `name` and `in`
FR3013 23:18 two arguments of this operation are called `cookie_id`
",
    );
}

#[test]
fn bodies_and_answers_of_every_kind() {
    check(
        "contents",
        "
openapi: 3.0.3
paths:
  /a:
    post:
      operationId: a
      requestBody:
        required: true
        content:
          multipart/form-data: {schema: {type: object}}
          application/x-www-form-urlencoded: {schema: {type: object}}
          application/vnd.x+json: {schema: {type: integer}}
      responses:
        200: {description: d, content: {application/json: {schema: {type: string}}, application/xml: {}}}
        '201': {$ref: '#/components/responses/Made'}
        '204': {description: d, content: {application/json: {schema: {type: string}}}}
        4XX: {description: d, content: {application/problem+json: {schema: {type: object}}}}
        default: {description: d, content: {text/plain: {schema: {type: string}}}}
        x-more: 1
        many: {}
  /b:
    get: {operationId: b, responses: {'200': {description: d, content: {image/png: {schema: {type: string, format: binary}}}}}}
    put: {operationId: b2, responses: {'200': {description: d, content: {text/csv: {}}}}}
    patch: {operationId: b3, responses: {'200': {description: d, content: {'*/*': {schema: {type: string, format: binary}}}}}}
  /c:
    get: {operationId: c, responses: {default: {description: d, content: {'*/*': {schema: {type: boolean}}}}}}
    head: {operationId: c2, responses: {default: {description: d, content: {'*/*': {schema: {type: boolean}}}}}}
    post: {operationId: c3}
    delete: {operationId: c4, responses: {2xx: {description: d, content: {application/json: {}}}}}
  /d:
    get: {operationId: d, requestBody: {content: {application/json: {}}}, responses: {'200': {description: d}}}
components:
  responses:
    Made: {description: d, content: {application/json; charset=utf-8: {schema: {$ref: '#/components/schemas/Thing'}}}}
  schemas:
    Thing: {type: object, properties: {id: {type: string}}}
",
        "
a POST /a
  body application/vnd.x+json Json integer, application/x-www-form-urlencoded Form { ...}, multipart/form-data Multipart { ...}
  200 string, application/xml Text unknown
  201 application/json; charset=utf-8 Json Thing
  204 string
  4XX application/problem+json Json { ...}
  default text/plain Text string
  => <string | Thing> or empty
b GET /b
  200 image/png Binary string(binary)
  => binary
b2 PUT /b
  200 text/csv Text unknown
  => text
b3 PATCH /b
  200 */* Binary string(binary)
  => binary
c GET /c
  default */* Json boolean
  => boolean
c2 HEAD /c
  default */* Json boolean
  => empty
c3 POST /c
  => unknown
c4 DELETE /c
  2XX unknown
  => unknown
d GET /d
  200 -
  => empty
Thing = {id?: string}
FR3010 20:9 `many` is no status
FR3015 31:27 a GET request has no body; `requestBody` is ignored
",
    );
}

#[test]
fn a_fault_costs_only_the_operations_that_need_it() {
    check(
        "faults",
        "
openapi: 3.0.3
paths:
  /good:
    get: {operationId: good, responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Good'}}}}}}
  /deep:
    get: {operationId: deep, responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Deep'}}}}}}
  /error:
    get: {operationId: error, responses: {'200': {description: d}, '400': {$ref: '#/nowhere'}, '500': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Bad'}}}}}}
  /answer:
    get: {operationId: answer, responses: {'200': {$ref: '#/nowhere'}}}
  /parameter:
    get: {operationId: parameter, parameters: [{$ref: '#/nowhere'}], responses: {'200': {description: d}}}
  /optional/{id}:
    get:
      operationId: optional
      parameters:
      - {name: sort, in: query, schema: {$ref: '#/components/schemas/Bad'}}
      - {name: id, in: path, required: true, schema: {type: string}}
      - {name: by, in: query, required: true, schema: {type: string}}
      responses: {'200': {description: d}}
  /required:
    get: {operationId: required, parameters: [{name: sort, in: query, required: true, schema: {$ref: '#/components/schemas/Bad'}}], responses: {'200': {description: d}}}
  /item:
    $ref: '#/nowhere'
  /odd/../x:
    get: {operationId: odd, responses: {'200': {description: d}}}
  /broken:
    get: nothing
components:
  schemas:
    Good: {type: object, properties: {x: {type: string}}}
    Deep: {type: object, properties: {list: {type: array, items: {$ref: '#/components/schemas/Bad'}}}}
    Bad: {type: wrong}
",
        "
good GET /good
  200 Good
  => Good
deep GET /deep
  200 Deep
  => Deep
  fault FR3009 `wrong` is not the name of a type
error GET /error
  200 -
  500 Bad
  => empty
answer GET /answer
  => unknown
  fault FR3005 `#/nowhere` leads nowhere: there is no `nowhere`
parameter GET /parameter
  200 -
  => empty
  fault FR3005 `#/nowhere` leads nowhere: there is no `nowhere`
optional GET /optional/{id}
  path id: string
  query by: string
  200 -
  => empty
required GET /required
  query sort: Bad
  200 -
  => empty
  fault FR3009 `wrong` is not the name of a type
odd GET
  200 -
  => empty
  fault FR3010 `/odd/../x` is no path: a path has no `.` or `..`
Good = {x?: string}
Deep = {list?: [Bad]}
Bad = BROKEN
FR3005 9:82 `#/nowhere` leads nowhere: there is no `nowhere`
FR3005 11:58 `#/nowhere` leads nowhere: there is no `nowhere`
FR3005 13:55 `#/nowhere` leads nowhere: there is no `nowhere`
FR3015 18:16 the optional parameter `sort` is left out: its schema is faulty
FR3005 25:11 `#/nowhere` leads nowhere: there is no `nowhere`
FR3010 26:3 `/odd/../x` is no path: a path has no `.` or `..`
FR3010 29:5 an operation must be a mapping
FR3009 34:17 `wrong` is not the name of a type
",
    );
}
