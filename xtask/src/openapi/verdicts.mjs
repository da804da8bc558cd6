// Holds what `frontage diff` and `frontage impact` say of changes of a contract against what another
// program (openapi-diff) says.
//
// In:  the path of the program, and a folder to write to.
// Out: one line for each change; status 1 if a verdict differs that no reason is given for.
//
// `diff` is asked about the two documents, `impact` about a workspace whose routes use every
// operation and all of its answers (`frontage new --from`, all drafts moved).

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const openapiDiff = createRequire(import.meta.url)("openapi-diff");
const [program, folder] = process.argv.slice(2).map((path) => resolve(path));

const string = { type: "string" };
const thing = {
  type: "object",
  required: ["id", "name", "kind", "count", "tags"],
  properties: {
    id: string,
    name: string,
    nick: { type: "string", nullable: true },
    kind: { type: "string", enum: ["a", "b"] },
    count: { type: "integer", minimum: 0, maximum: 10 },
    tags: { type: "array", items: string },
    inner: { type: "object", required: ["x"], properties: { x: { type: "number" }, y: string } },
  },
};
const body = (schema) => ({ required: true, content: { "application/json": { schema } } });
const answer = (schema) => ({ description: "it", content: { "application/json": { schema } } });
const base = {
  openapi: "3.0.3",
  info: { title: "Things", version: "1" },
  paths: {
    "/things": {
      get: {
        operationId: "listThings",
        parameters: [
          { name: "q", in: "query", schema: string },
          { name: "sort", in: "query", schema: { type: "string", enum: ["new", "old"] } },
          { name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: 100 } },
          { name: "realm", in: "query", required: true, schema: string },
        ],
        responses: { 200: answer({ type: "array", items: thing }) },
      },
      post: {
        operationId: "addThing",
        requestBody: body({
          type: "object",
          required: ["name"],
          properties: { name: { type: "string", maxLength: 20 }, kind: thing.properties.kind, note: string },
        }),
        responses: { 201: answer(thing) },
      },
    },
    "/things/{id}": {
      get: {
        operationId: "getThing",
        parameters: [{ name: "id", in: "path", required: true, schema: string }],
        responses: { 200: answer(thing), 404: { description: "none" } },
      },
    },
  },
};

const list = (doc) => doc.paths["/things"].get;
const item = (doc) => list(doc).responses[200].content["application/json"].schema.items;
const sent = (doc) => doc.paths["/things"].post.requestBody.content["application/json"].schema;
const query = (doc, name) => list(doc).parameters.find((own) => own.name === name);
const without = (array, value) => array.splice(array.indexOf(value), 1);

const ENUM = "openapi-diff does not look at enum";
const NULL = "openapi-diff does not look at nullable";
const PARAMETER = "openapi-diff does not compare query parameters of OpenAPI 3";
const OPEN = "openapi-diff takes a schema without additionalProperties: false for one of fields of any type, which a declared field narrows";

// A name, the change, and why a verdict differs from openapi-diff's where it does.
const changes = [
  ["nothing", () => {}],
  ["an operation is gone", (d) => delete d.paths["/things"].post],
  ["a path is gone", (d) => delete d.paths["/things/{id}"]],
  ["a path is new", (d) => (d.paths["/more"] = { get: { operationId: "more", responses: { 200: answer(string) } } })],
  ["a field of answers is gone", (d) => { delete item(d).properties.name; without(item(d).required, "name"); }],
  ["a field of answers may be missing", (d) => without(item(d).required, "name")],
  ["a field of answers is required now", (d) => item(d).required.push("nick")],
  ["a field of answers is new", (d) => (item(d).properties.more = string)],
  ["an optional field of answers is gone", (d) => delete item(d).properties.nick, {
    diff: "whoever reads it has to do without it already",
    impact: "it never comes any more: a drift, and no route fails",
  }],
  ["a field of answers may be null", (d) => (item(d).properties.name.nullable = true), { both: NULL }],
  ["a field of answers is never null", (d) => (item(d).properties.nick = string)],
  ["a field of answers has another type", (d) => (item(d).properties.name = { type: "integer" })],
  ["a whole number may have a fraction", (d) => (item(d).properties.count.type = "number")],
  ["a number is whole", (d) => (item(d).properties.inner.properties.x.type = "integer")],
  ["a value is new in answers", (d) => item(d).properties.kind.enum.push("c"), {
    diff: ENUM,
  }],
  ["a value is gone from answers", (d) => without(item(d).properties.kind.enum, "b")],
  ["a limit of answers is wider", (d) => (item(d).properties.count.maximum = 20), {
    impact: "limits of answers are not checked: a drift",
  }],
  ["a limit of answers is narrower", (d) => (item(d).properties.count.maximum = 5)],
  ["an element has another type", (d) => (item(d).properties.tags.items = { type: "integer" })],
  ["a field within is gone", (d) => { delete item(d).properties.inner.properties.x; item(d).properties.inner.required = ["y"]; }],
  ["a query parameter that is required is new", (d) => list(d).parameters.push({ name: "t", in: "query", required: true, schema: string }), { both: PARAMETER }],
  ["a query parameter is new", (d) => list(d).parameters.push({ name: "t", in: "query", schema: string })],
  ["a query parameter is gone", (d) => list(d).parameters.splice(0, 1), {
    diff: "whoever sends it expects it to count",
    impact: "routes that send it no longer check",
  }],
  ["a query parameter is required now", (d) => (query(d, "q").required = true), { both: PARAMETER }],
  ["a query parameter may be left out", (d) => delete query(d, "realm").required],
  ["a value is no longer taken", (d) => without(query(d, "sort").schema.enum, "old"), { both: PARAMETER }],
  ["a value is taken too", (d) => query(d, "sort").schema.enum.push("best")],
  ["a limit of a parameter is narrower", (d) => (query(d, "limit").schema.maximum = 50), { both: PARAMETER }],
  ["a limit of a parameter is wider", (d) => (query(d, "limit").schema.maximum = 500)],
  ["a parameter has another type", (d) => (query(d, "q").schema = { type: "integer" }), { both: PARAMETER }],
  ["a field of the body is required now", (d) => sent(d).required.push("note")],
  ["a required field of the body is new", (d) => { sent(d).properties.t = string; sent(d).required.push("t"); }],
  ["a field of the body is new", (d) => (sent(d).properties.t = string), { both: OPEN }],
  ["a field of the body may be left out", (d) => delete sent(d).required],
  ["a value of the body is no longer taken", (d) => without(sent(d).properties.kind.enum, "b"), { both: ENUM }],
  ["a length of the body is shorter", (d) => (sent(d).properties.name.maxLength = 10)],
  ["the body need not be sent", (d) => (d.paths["/things"].post.requestBody.required = false)],
  ["another status of success", (d) => {
    const all = d.paths["/things"].post.responses;
    all[200] = all[201];
    delete all[201];
  }],
  ["a failure is new", (d) => (list(d).responses[400] = { description: "bad" })],
  ["a failure is gone", (d) => delete d.paths["/things/{id}"].get.responses[404], {
    both: "openapi-diff calls each status that is gone breaking; nobody misses a failure",
  }],
];

const write = (name, doc) => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(doc, null, 2));
  return path;
};
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const old = write("old.json", base);
const workspace = join(folder, "workspace");
execFileSync(program, ["new", workspace, "--from", old], { stdio: "ignore" });
cpSync(join(workspace, "frontends/web/drafts"), join(workspace, "frontends/web/routes"), { recursive: true });
execFileSync(program, ["check", "-C", workspace], { stdio: "ignore" });

const theirs = async (doc) => {
  const spec = (content) => ({ content: JSON.stringify(content), location: "contract.json", format: "openapi3" });
  const found = await openapiDiff.diffSpecs({ sourceSpec: spec(base), destinationSpec: spec(doc) });
  return found.breakingDifferencesFound;
};
const ours = (words) => {
  const done = spawnSync(program, [...words, "--json"], { encoding: "utf8" });
  const said = JSON.parse(done.stdout);
  if (said.diagnostics) throw new Error(done.stdout);
  return said.changes !== undefined && done.status === 1;
};

let faults = 0;
const word = (breaks) => (breaks ? "breaks" : "harmless").padEnd(9);
console.log(`${"openapi-diff".padEnd(13)} ${"diff".padEnd(9)} ${"impact".padEnd(9)} change`);
for (const [name, change, reasons = {}] of changes) {
  // Parts that stand at several places are changed at one.
  const doc = JSON.parse(JSON.stringify(base));
  change(doc);
  const file = write("new.json", doc);
  const verdict = await theirs(doc);
  const diff = ours(["diff", old, file]);
  const impact = ours(["impact", "backend", file, "-C", workspace]);
  console.log(`${word(verdict).padEnd(13)} ${word(diff)} ${word(impact)} ${name}`);
  for (const [command, own] of [["diff", diff], ["impact", impact]]) {
    const why = reasons[command] ?? reasons.both;
    if ((own !== verdict) !== Boolean(why)) {
      faults += 1;
      console.log(`  ${command}: ${own === verdict ? "a reason is given for what agrees" : "no reason is given"}`);
    } else if (why) {
      console.log(`  ${command}: ${why}`);
    }
  }
}
console.log(`${changes.length} changes, ${faults} faults`);
process.exit(faults ? 1 : 0);
