// Odd requests, the same ones to Frontage and to Node: the same answers, and the same calls of the
// upstream (paths, queries, headers, cookies and bodies in every style).
//
// REQUESTS and SEED in the environment choose how many and which.
import assert from "node:assert/strict";
import http from "node:http";
import net from "node:net";
import { after, test } from "node:test";
import { both, chance } from "./both.mjs";
import { workspace } from "./workspace.mjs";

const ANY = { 200: { description: "", content: { "application/json": { schema: {} } } } };
const text = { type: "string" };
const list = { type: "array", items: text };
const inPath = (name, more = {}) => ({ name, in: "path", required: true, schema: text, ...more });
const contract = {
  openapi: "3.1.0",
  info: { title: "styles", version: "1" },
  paths: {
    "/a/{t}/{l}/{m}": { get: { operationId: "path", parameters: [inPath("t"), inPath("l", { style: "label", explode: true, schema: list }), inPath("m", { style: "matrix" })], responses: ANY } },
    "/pre-{t}.x": { get: { operationId: "affix", parameters: [inPath("t")], responses: ANY } },
    "/q": {
      get: {
        operationId: "query",
        parameters: [
          { name: "a[]", in: "query", schema: list },
          { name: "b", in: "query", explode: false, schema: list },
          { name: "c", in: "query", style: "pipeDelimited", explode: false, schema: list },
          { name: "d", in: "query", style: "spaceDelimited", explode: false, schema: list },
          { name: "e", in: "query", style: "deepObject", explode: true, schema: { type: "object", additionalProperties: text } },
          { name: "f", in: "query", schema: { type: "number" } },
          { name: "g", in: "query", schema: text },
          { name: "X-H", in: "header", schema: text },
          { name: "ck", in: "cookie", schema: text },
        ],
        responses: ANY,
      },
    },
    "/form": { post: { operationId: "form", requestBody: { required: true, content: { "application/x-www-form-urlencoded": { schema: { type: "object", properties: { s: text, n: { type: "number" }, l: list } } } } }, responses: ANY } },
    "/text": { post: { operationId: "text", requestBody: { required: true, content: { "text/plain": { schema: text } } }, responses: { 200: { description: "", content: { "text/plain": { schema: text } } } } } },
    "/json": { post: { operationId: "json", requestBody: { required: true, content: { "application/json": { schema: {} } } }, responses: ANY } },
    "/pass/{id}": { get: { operationId: "pass", parameters: [inPath("id"), { name: "q", in: "query", schema: list }, { name: "x-k", in: "header", schema: text }], responses: { 200: { description: "", content: { "image/png": {} } } } } },
  },
};

const ROUTE = `import { json, redirect, route } from "frontage";
import { z } from "zod";
import { styles } from "#upstreams";

export const GET = route(
  {
    params: z.object({ t: z.string() }),
    query: z.object({ l: z.array(z.string()).default([]), n: z.coerce.number().optional(), g: z.string().optional(), k: z.string().max(5).nullable().optional(), s: z.enum(["a", "b"]).default("a") }),
    headers: z.object({ "x-h": z.string().optional(), accept: z.string().optional(), "x-n": z.coerce.number().int().min(3).optional() }),
  },
  async ({ params, query, headers, request }) => ({
    echo: { params, query, headers, path: request.path, method: request.method },
    a: await styles.path({ t: params.t, l: query.l, m: query.g ?? "" }).catch((e) => String(e)),
    b: await styles.affix({ t: params.t }).catch((e) => String(e)),
    c: await styles.query({ "a[]": query.l, b: query.l, c: query.l, d: query.l, e: { x: query.g ?? "", [params.t]: "1" }, f: query.n, g: query.g, "X-H": headers["x-h"], ck: query.g }, { headers: { "x-lit": "1" } }).catch((e) => String(e)),
  }),
);
export const POST = route(
  { params: z.object({ t: z.string() }), body: z.object({ s: z.string(), n: z.number().optional(), l: z.array(z.string()).optional(), any: z.unknown() }) },
  async ({ params, body }) => {
    const a = await styles.form({ body: { s: body.s, n: body.n, l: body.l } }).catch((e) => String(e));
    const b = await styles.text({ body: body.s }).catch((e) => String(e));
    const c = await styles.json({ body: { a: body.any, t: params.t, u: undefined, l: body.l } }).catch((e) => String(e));
    return json({ a, b, c, body }, { status: 201, headers: { "x-a": body.s.length > 0 ? "1" : "0", location: \`/\${params.t}\` } });
  },
);
export const PUT = route({ params: z.object({ t: z.string() }) }, async ({ params }) => redirect(\`/to/\${params.t}\`, 303));
`;

const segments = ["a", "a%20b", "%C3%A4", "%F0%9F%98%80", "p%2F5", "%2e", "..", "%2e%2e", ".", "a;b=1", "a+b", "%25", "a%", "%zz", "%00", "~_-.", "(x)'!*", "a,b", "%22", "x%3Fy%23", "", "[id]", "%ff", "a:b@c&d=$", "%7f", "%c2%80"];
const values = ["", "1", "x", "a%20b", "+", "a+b", "%2B", "%C3%A4", "%F0%9F%98%80", "%", "%zz", "%ff", "a,b", "a%26b", "1e3", "0x10", "-0", "NaN", "%203", "1_000", "Infinity", "abcdef", "b", "[]", "%00", "a=b", "null", "%0a", "99999999999999999999"];
const keys = ["l", "n", "g", "k", "s", "zz", "__proto__", "constructor", "%6c", "l[]", "", "N", "q"];
const fields = ["", "x", "a b", "ä", "1", "3", "4.5", "x, y", "\t", "12"];
const bodies = [
  '{"s":"x"}', '{"s":"","n":1.5,"l":["a","b c","ä"],"any":{"a":[1,null,{"b":-0}],"c":1e400}}', '{"s":1}', "[]", "null", '{"s":"x","s":"y"}', '{"s":"x",}',
  ' {"s":"é😀","n":-0,"any":1.10}', '{"s":"x","any":{"__proto__":{"z":1},"2":1,"1":2,"b":3}}', '\ufeff{"s":"x"}', "", '{"s":"x","n":1e999}', '{"s":"x","l":null}',
  '{"s":"a\\ud800b","any":"\\ud800"}', '"', '{"s":"\u0000"}', '{"s":"x","__proto__":{"n":1}}', '{"s":"x","any":[[[[[[]]]]]]}',
];
const types = ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "text/plain", "application/merge-patch+json", "", "application/jsonx", "application/x-www-form-urlencoded"];

const { below, pick } = chance();

/** A request's bytes. */
const request = () => {
  const method = pick(["GET", "GET", "GET", "POST", "POST", "PUT", "HEAD", "PATCH", "OPTIONS"]);
  const base = pick(["/p/", "/p/", "/p/", "/p/", "/pass/", "/p", "/q/"]);
  const pairs = Array.from({ length: below(5) }, () => pick(keys) + (below(6) > 0 ? "=" : "") + pick(values));
  const lines = [`${method} ${base}${base.endsWith("/") ? pick(segments) : ""}${pairs.length > 0 ? `?${pairs.join("&")}` : ""} HTTP/1.1`, "host: localhost", "connection: close"];
  if (below(3) === 0) lines.push(`x-h: ${pick(fields)}`);
  if (below(4) === 0) lines.push(`x-n: ${pick(fields)}`);
  if (below(6) === 0) lines.push(`accept: ${pick(["*/*", "text/html", "a/b, c/d"])}`, "accept: z/z");
  if (below(6) === 0) lines.push(`x-k: ${pick(fields)}`);
  if (below(5) === 0) lines.push(`x-frontage-dev-user: u${below(3)}`);
  let body = "";
  if (["POST", "PATCH"].includes(method) || below(10) === 0) {
    body = pick(bodies);
    lines.push(`content-length: ${Buffer.byteLength(body)}`);
    const type = below(4) > 0 ? "application/json" : pick(types);
    if (type !== "") lines.push(`content-type: ${type}`);
  }
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
};

/** What the upstream was asked, apart from what belongs to one connection or one request. */
let asked = [];
const upstream = http.createServer((question, answer) => {
  const pieces = [];
  question.on("data", (piece) => pieces.push(piece));
  question.on("end", () => {
    const own = ["host", "connection", "x-request-id", "traceparent", "user-agent", "transfer-encoding", "content-length"];
    const headers = Object.entries(question.headers).filter(([name]) => !own.includes(name)).sort();
    asked.push(JSON.stringify([question.method, question.url, headers, Buffer.concat(pieces).toString("latin1")]));
    if (question.url?.startsWith("/base/text")) answer.setHeader("content-type", "text/plain").end(Buffer.concat(pieces));
    else answer.setHeader("content-type", "application/json").setHeader("set-cookie", "a=b").end('{"ok":1}');
  });
});

/** A workspace whose routes show everything they are given, and send it on in every style. */
const styles = () =>
  workspace({
    "contracts/styles.openapi.json": JSON.stringify(contract),
    "frontage.toml": '[workspace]\nname = "styles"\n\n[upstreams.styles]\ncontract = "contracts/styles.openapi.json"\nurl = "${STYLES_URL:-http://127.0.0.1:9}"\n',
    "frontends/web/routes/p/[t].ts": ROUTE,
    "frontends/web/routes/pass/[id].ts": 'import { passthrough } from "frontage";\nimport { styles } from "#upstreams";\nexport const GET = passthrough(styles.pass);\n',
  });

/** Sends bytes and reads what comes: status, the headers that count, body. */
const send = (port, bytes) =>
  new Promise((resolve) => {
    const pieces = [];
    const socket = net.connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.on("data", (piece) => pieces.push(piece));
    socket.on("error", () => {});
    socket.on("close", () => resolve(read(Buffer.concat(pieces))));
  });

const read = (answer) => {
  const end = answer.indexOf("\r\n\r\n");
  const [status = "", ...lines] = answer.subarray(0, end).toString("latin1").split("\r\n");
  const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]));
  let body = answer.subarray(end + 4);
  if (headers["transfer-encoding"] === "chunked") body = unchunked(body);
  const counts = ["content-type", "location", "cache-control", "allow", "x-a", "frontage-fallback", "set-cookie", "x-content-type-options"];
  const out = { status: status.split(" ")[1], headers: Object.fromEntries(counts.map((name) => [name, headers[name]])), body: /** @type {any} */ (body.toString()) };
  try {
    out.body = JSON.parse(out.body);
  } catch {
    return out;
  }
  delete out.body?.requestId;
  // What is wrong with a text that is no JSON is said in the parser's own words.
  if (out.body?.code === "malformed_body") delete out.body.detail;
  return out;
};

const unchunked = (body) => {
  const pieces = [];
  for (let at = 0; ; ) {
    const end = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.subarray(at, end).toString(), 16);
    if (!(size > 0)) return Buffer.concat(pieces);
    pieces.push(body.subarray(end + 2, end + 2 + size));
    at = end + 4 + size;
  }
};

test("odd requests are answered alike, and ask the upstream alike", async () => {
  await new Promise((resolve) => upstream.listen(0, "127.0.0.1", () => resolve(undefined)));
  after(() => upstream.close());
  const ports = await both(styles().folder, { STYLES_URL: `http://127.0.0.1:${upstream.address().port}/base` });
  const statuses = new Set();
  for (let left = Number(process.env["REQUESTS"] ?? 300); left > 0; left -= 1) {
    const bytes = request();
    const found = {};
    for (const name of ["frontage", "node"]) {
      asked = [];
      found[name] = { ...(await send(ports[name], bytes)), asked: [...new Set(asked)].sort() };
    }
    statuses.add(found.node.status);
    assert.deepEqual(found.node, found.frontage, JSON.stringify(bytes));
  }
  for (const status of ["200", "201", "303", "400", "404", "405", "415"]) assert.ok(statuses.has(status), `no ${status} among ${[...statuses]}`);
});
