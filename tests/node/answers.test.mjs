// Odd answers of an upstream, the same ones to Frontage and to Node: the same reading of them, drift
// included.
//
// ANSWERS and SEED in the environment choose how many and which.
import assert from "node:assert/strict";
import http from "node:http";
import { after, test } from "node:test";
import { read } from "../../packages/frontage/src/shape.js";
import { both, chance } from "./both.mjs";
import { workspace } from "./workspace.mjs";

const ref = (name) => ({ $ref: `#/components/schemas/${name}` });
const integer = { type: "integer" };
const text = { type: "string" };
const list = (items) => ({ type: "array", items });
const object = (required, properties, more = {}) => ({ type: "object", required, properties, ...more });
const content = (schema, type = "application/json") => ({ description: "", content: { [type]: { schema } } });
const contract = {
  openapi: "3.1.0",
  info: { title: "odd", version: "1" },
  paths: {
    "/one": { get: { operationId: "one", responses: { 200: content(ref("Root")) } } },
    "/several": { get: { operationId: "several", responses: { 200: content(ref("Root")), 201: content(text, "text/plain"), 204: { description: "" }, "2XX": content(object(["id"], { id: integer })) } } },
  },
  components: {
    schemas: {
      Root: object(["i", "u", "t", "list", "m"], {
        i: integer,
        n: { type: ["number", "null"] },
        s: text,
        b: { type: "boolean" },
        e: { enum: ["p", "q"] },
        mixed: { enum: ["p", 1, true, null] },
        c: { const: "k" },
        cn: { const: 3 },
        u: { oneOf: [ref("A"), ref("B"), { type: "null" }, list(integer)] },
        t: { oneOf: [ref("Cat"), ref("Dog")], discriminator: { propertyName: "kind" } },
        list: list(ref("Item")),
        m: { type: "object", additionalProperties: integer },
        open: object(["k"], { k: text }, { additionalProperties: true }),
        pair: { type: "array", prefixItems: [text, integer], items: false },
        row: { type: "array", prefixItems: [text], items: { type: "number" }, minItems: 1 },
        any: {},
        tree: ref("Tree"),
        w: { type: "string", writeOnly: true },
      }),
      A: object(["a"], { a: integer, z: text }),
      B: object(["b"], { b: text, z: { type: "number" } }),
      Cat: object(["kind", "lives"], { kind: { const: "Cat" }, lives: integer }),
      Dog: object(["kind"], { kind: { const: "Dog" }, good: { type: "boolean" } }),
      Item: object(["id"], { id: text, v: { type: ["integer", "null"] }, sub: { anyOf: [text, list(ref("Item"))] } }),
      Tree: object(["v"], { v: integer, kids: list(ref("Tree")) }),
    },
  },
};

/** What routes make of it: all of it, and parts of it in every way. */
const bodies = {
  whole: "return await odd.one();",
  several: 'const r = await odd.several(); return typeof r === "string" ? { text: r } : r === undefined ? "none" : r;',
  unions: 'const r = await odd.one(); return { i: r.i + 1, u: r.u === null ? "null" : Array.isArray(r.u) ? r.u.length : "a" in r.u ? { a: r.u.a, z: r.u.z } : { b: r.u.b.length }, t: r.t.kind === "Cat" ? r.t.lives : (r.t.good ?? "?") };',
  lists: "const r = await odd.one(); return { ids: r.list.map((x) => x.id), vs: r.list.map((x) => x.v ?? 0).reduce((p, q) => p + q, 0), keys: Object.keys(r.m), sum: Object.values(r.m).reduce((p, q) => p + q, 0), k: r.open?.k, second: r.pair?.[1], row: r.row };",
  parts: "const r = await odd.one(); return { list: r.list, tree: r.tree, kids: r.tree?.kids?.map((t) => t.v), any: r.any, e: r.e, c: r.c, open: r.open, isNull: r.n === null, b: r.b ? 1 : 2 };",
  caught: 'const r = await odd.one().catch((e) => (e instanceof UpstreamError ? e.reason : "?")); return typeof r === "string" ? r : { ...r, list: r.list.filter((x) => x.v !== null).length, subs: r.list.map((x) => (typeof x.sub === "string" ? x.sub.length : (x.sub?.length ?? -1))) };',
  text: 'const { u, t, s = "none", n = 5 } = await odd.one(); return [u, t, s, n, JSON.stringify(u)];',
};

const { below, pick } = chance();
const int = () => pick(["0", "1", "-5", "1.0", "1e3", "1.5", "-0", "9007199254740993", "1E2", "12e-1"]);
const str = () => pick(['"a"', '""', '"p"', '"é"', '"\\u00e9\\n"', '"k"', '"😀"']);
const other = () => pick(["null", "1", '"x"', "true", "[]", "{}", "1.5", '""', "[1]", '{"a":1}', '"ä😀"', "1e5", "-0", '"\\ud800"']);
const mostly = (make) => (below(100) === 0 ? other() : make());
const needed = (name, make) => (below(150) === 0 ? undefined : [name, mostly(make)]);
const perhaps = (name, make) => (below(3) === 0 ? undefined : [name, mostly(make)]);
const array = (make, most = 4) => `[${Array.from({ length: below(most) }, make).join(",")}]`;
/** Members in some order, sometimes twice, sometimes with strangers and space. */
const members = (...all) => {
  const there = all.filter((member) => member !== undefined);
  const twice = there.flatMap((member) => (below(40) === 0 ? [[member[0], other()], member] : [member]));
  if (below(4) === 0) twice.splice(below(twice.length + 1), 0, [`extra${below(3)}`, other()]);
  if (below(3) === 0) twice.reverse();
  const space = () => (below(9) === 0 ? " " : "");
  return `{${twice.map(([name, value]) => `${space()}"${name}"${space()}:${space()}${value}`).join(",")}}`;
};
const item = (depth = 0) => members(needed("id", str), perhaps("v", () => (below(3) === 0 ? "null" : int())), perhaps("sub", () => (depth < 2 && below(2) === 0 ? array(() => item(depth + 1), 3) : str())));
const tree = (depth = 0) => members(needed("v", int), perhaps("kids", () => (depth < 3 ? array(() => tree(depth + 1), 3) : "[]")));
const variant = () =>
  pick([
    () => members(needed("a", int), perhaps("z", str)),
    () => members(needed("b", str), perhaps("z", int)),
    () => "null",
    () => array(int),
    () => members(needed("a", int), needed("b", str), perhaps("z", other)),
  ])();
const tagged = () => pick([() => members(needed("kind", () => '"Cat"'), needed("lives", int)), () => members(needed("kind", () => pick(['"Dog"', '"Dog"', '"Cow"'])), perhaps("good", () => "true"))])();
const whole = () =>
  members(
    needed("i", int),
    perhaps("n", () => pick(["1", "null", "2.5"])),
    perhaps("s", str),
    perhaps("b", () => "false"),
    perhaps("e", () => pick(['"p"', '"new"'])),
    perhaps("mixed", () => pick(['"p"', "1", "true", "null", '"n"', "2"])),
    perhaps("c", () => pick(['"k"', '"k"', '"j"'])),
    perhaps("cn", () => pick(["3", "3.0", "4"])),
    needed("u", variant),
    needed("t", tagged),
    needed("list", () => array(item)),
    needed("m", () => members(perhaps("b", int), perhaps("10", int), perhaps("2", int), below(9) === 0 ? ["__proto__", int()] : undefined)),
    perhaps("open", () => members(needed("k", str), perhaps("o", other), perhaps("1", other))),
    perhaps("pair", () => pick(['["a",1]', '["a",1]', '["a",1.5]', '["a"]', '["a",1,2,"x"]', "[1,2]"])),
    perhaps("row", () => pick(['["a"]', '["a",1,2.5]', '["a","b"]', "[]"])),
    perhaps("any", other),
    perhaps("tree", tree),
    below(5) === 0 ? ["w", '"secret"'] : undefined,
  );
const broken = () => pick(["", "{", "[1,]", "\ufeff{}", "nul", "{}x", '{"i":1', Buffer.from([0x22, 0xff, 0x22])]);

test("odd answers are read alike", async () => {
  let answer = { status: 200, body: /** @type {string | Buffer} */ ("") };
  const upstream = http.createServer((_, response) => response.writeHead(answer.status).end(answer.status === 204 ? undefined : answer.body));
  await new Promise((resolve) => upstream.listen(0, "127.0.0.1", () => resolve(undefined)));
  after(() => upstream.close());
  const head = 'import { route, UpstreamError } from "frontage";\nimport { odd } from "#upstreams";\n';
  const routes = Object.entries(bodies).map(([name, body]) => [`frontends/web/routes/${name}.ts`, `${head}export const GET = route(async () => { ${body} });\n`]);
  const { folder } = workspace({
    "contracts/odd.openapi.json": JSON.stringify(contract),
    "frontage.toml": '[workspace]\nname = "odd"\n\n[upstreams.odd]\ncontract = "contracts/odd.openapi.json"\nurl = "${ODD_URL:-http://127.0.0.1:9}"\n',
    ...Object.fromEntries(routes),
  });
  const ports = await both(folder, { ODD_URL: `http://127.0.0.1:${upstream.address().port}` });
  const ask = async (port, path) => {
    const response = await fetch(`http://127.0.0.1:${port}/${path}`);
    const found = await response.text();
    // Untouched numbers keep their digits in Frontage: `-0` is written so, and is 0.
    const body = found === "" ? undefined : JSON.parse(found, (_, value) => (value === 0 ? 0 : value));
    if (response.status >= 400) delete body.requestId;
    return { status: response.status, fallback: response.headers.get("frontage-fallback"), body };
  };
  const succeeded = new Set();
  for (let left = Number(process.env["ANSWERS"] ?? 100); left > 0; left -= 1) {
    const status = below(6) === 0 ? pick([201, 204, 202, 205, 299, 404, 500, 429]) : 200;
    answer = { status, body: below(30) === 0 ? broken() : whole() };
    for (const path of Object.keys(bodies)) {
      const expected = await ask(ports.frontage, path);
      const found = await ask(ports.node, path);
      assert.deepEqual(found, expected, `${path}: ${status} ${answer.body}`);
      if (found.status < 300 && status === 200 && path !== "caught") succeeded.add(path);
    }
  }
  assert.ok(succeeded.size > 3, `only ${[...succeeded]} ever succeeded`);
});

test("variants that nearly fit, within each other, end", () => {
  const shapes = [["union", [1, 2]], ["object", ["c", 0, 0, "k", 3, 1]], ["object", ["c", 0, 0, "k", 4, 1]], ["constant", "a"], ["constant", "b"]];
  const nested = (depth) => {
    let value = { k: "b" };
    for (let i = 0; i < depth; i += 1) value = { c: value, k: "b" };
    return Buffer.from(JSON.stringify(value));
  };
  assert.equal(read(nested(5), shapes, 0).c.c.k, "b");
  // Each level doubles what is looked at: without a limit, for ever.
  assert.throws(() => read(nested(60), shapes, 0), { found: "too many near misses" });
});
