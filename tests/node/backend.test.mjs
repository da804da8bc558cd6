// The runtime without a socket: scripted upstreams, scripted time.
import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ConfigError, TransportError, createBackend } from "frontage/node";
import { json, patient, workspace } from "./workspace.mjs";

const route = (/** @type {string} */ body) => `import { error, route, UpstreamError } from "frontage";
import { z } from "zod";
import { agenda, records } from "#upstreams";
${body}
`;

const get = async (backend, url, headers = {}) => {
  const { status, headers: fields, body } = await backend.handle({ method: "GET", url, headers });
  const text = Buffer.from(body).toString();
  return { status, headers: fields, body: text === "" ? undefined : JSON.parse(text) };
};

test("a call reads what its route uses; drift elsewhere is not seen", async () => {
  const { folder } = workspace({
    "frontends/web/routes/name.ts": route("export const GET = route(async () => (await records.getPatient({ id: 'p1' })).name.first);"),
    "frontends/web/routes/whole.ts": route("export const GET = route(async () => records.getPatient({ id: 'p1' }));"),
  });
  const transport = async () => json({ ...patient, balance: "much", secret: 1 });
  const backend = await createBackend({ workspace: folder, frontend: "web", env: {}, transport });
  assert.equal((await get(backend, "/name")).body, "Ada");
  assert.equal((await get(backend, "/whole")).body.code, "upstream_drift");
});

test("two calls on one line read what each of them uses", async () => {
  const { folder } = workspace({
    "frontends/web/routes/x.ts": route("export const GET = route(async () => ({ a: (await records.getPatient({ id: (await records.getPatient({ id: 'p1' })).id })).name.first, b: (await records.getPatient({ id: 'p2' })).tags }));"),
  });
  const bodies = [{ id: "d1" }, { name: { first: "x", last: "y" } }, { tags: ["t"] }];
  const backend = await createBackend({ workspace: folder, frontend: "web", env: {}, transport: async () => json(bodies.shift()) });
  assert.deepEqual((await get(backend, "/x")).body, { a: "x", b: ["t"] });
});

test("characters beyond the basic plane do not move a call", async () => {
  const { folder } = workspace({
    "frontends/web/routes/x.ts": route(`export const GET = route(async () => ({ '${"😀".repeat(90)}': 1, a: (await records.getPatient({ id: '1' })).id, b: (await records.getPatient({ id: '2' })).tags }));`),
  });
  const bodies = [{ id: "a" }, { tags: ["t"] }];
  const backend = await createBackend({ workspace: folder, frontend: "web", env: {}, transport: async () => json(bodies.shift()) });
  const { body } = await get(backend, "/x");
  assert.deepEqual([body.a, body.b], ["a", ["t"]]);
});

test("a module that was changed since the glue was written reads all that is declared, and says so", async () => {
  const text = (field) => route(`export const GET = route(async () => (await records.getPatient({ id: 'p1' })).${field});`);
  const { folder, write, types } = workspace({ "frontends/web/routes/x.ts": text("doctorId"), "frontends/web/routes/y.ts": text("doctorId") });
  const sent = { ...patient, balance: "much" };
  write("frontends/web/routes/x.ts", text("id"));
  const logged = [];
  const options = { workspace: folder, frontend: "web", env: {}, transport: async () => json(sent), log: (event) => logged.push(event) };
  const changed = await createBackend(options);
  assert.match(JSON.stringify(logged), /routes\/x\.ts/);
  assert.equal((await get(changed, "/x")).status, 502);
  assert.equal((await get(changed, "/y")).status, 200);
  types();
  assert.equal((await get(await createBackend(options), "/x")).status, 200);
});

test("a contract or settings that were changed since are named, and refuse nothing", async () => {
  const { folder, types } = workspace({ "frontends/web/routes/x.ts": route("export const GET = route(async () => (await records.getPatient({ id: 'p1' })).id);") });
  const start = async () => {
    const logged = [];
    const backend = await createBackend({ workspace: folder, frontend: "web", env: {}, transport: async () => json(patient), log: (event) => logged.push(event) });
    assert.equal((await get(backend, "/x")).status, 200);
    return JSON.stringify(logged);
  };
  assert.equal(await start(), "[]");
  for (const file of ["contracts/records.openapi.yaml", "frontage.toml"]) {
    appendFileSync(join(folder, file), "# changed\n");
    const told = await start();
    assert.ok(told.includes(file) && told.includes("frontage types"), told);
  }
  types();
  assert.equal(await start(), "[]");
});

test("a changed helper makes every route's glue old", async () => {
  const lib = "frontends/web/lib/a.ts";
  const { folder, write } = workspace({
    [lib]: "export const id = 'p1';\n",
    "frontends/web/routes/x.ts": `import { id } from "../lib/a.ts";\n${route("export const GET = route(async () => (await records.getPatient({ id })).doctorId);")}`,
  });
  write(lib, "export const id = 'p2';\n");
  const backend = await createBackend({ workspace: folder, frontend: "web", env: {}, transport: async () => json({ doctorId: "d1" }) });
  assert.equal((await get(backend, "/x")).status, 502);
});

test("time is scripted: a call's timeout, and the request's", async () => {
  const { folder } = workspace({
    "frontends/web/routes/x.ts": route("export const GET = route(async ({ request }) => ({ a: await records.getPatient({ id: 'p1' }, { timeout: 70 }).catch((e) => (e instanceof UpstreamError ? e.reason : 'other')), now: request.now, same: Date.now() === request.now.getTime() }));"),
    "frontends/web/routes/y.ts": route("export const GET = route(async () => (await agenda.getDoctor({ id: 'd1' })).id);"),
  });
  let now = 1000;
  /** @type {{ at: number, run: () => void }[]} */
  let timers = [];
  const clock = {
    setTimeout: (run, ms) => {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return timer;
    },
    clearTimeout: (timer) => (timers = timers.filter((other) => other !== timer)),
  };
  const backend = await createBackend({ workspace: folder, frontend: "web", env: {}, now: () => now, timers: clock, transport: () => new Promise(() => {}) });
  const pass = async (answer) => {
    let done = false;
    answer.finally(() => (done = true));
    for (;;) {
      await new Promise(setImmediate);
      if (done) return await answer;
      const [next] = timers.sort((a, b) => a.at - b.at);
      now = next.at;
      timers = timers.filter((timer) => timer !== next);
      next.run();
    }
  };
  const first = await pass(get(backend, "/x"));
  assert.deepEqual(first.body, { a: "timeout", now: "1970-01-01T00:00:01.000Z", same: true });
  assert.equal(now, 1070);
  const second = await pass(get(backend, "/y"));
  assert.equal(second.body.code, "upstream_timeout");
  assert.equal(now, 3070);
  assert.equal(timers.length, 0);
});

test("two instants in two requests at once", async () => {
  const { folder } = workspace({
    "frontends/web/routes/x.ts": route("export const GET = route(async () => { const a = Date.now(); await records.getPatient({ id: 'p1' }); return [a, Date.now(), new Date().getTime()]; });"),
  });
  const opens = [];
  let now = 1;
  const transport = () => new Promise((resolve) => opens.push(() => resolve(json({}))));
  const backend = await createBackend({ workspace: folder, frontend: "web", env: {}, now: () => now, transport });
  const first = get(backend, "/x");
  now = 2;
  const second = get(backend, "/x");
  await new Promise(setImmediate);
  opens.reverse().forEach((open) => open());
  assert.deepEqual((await first).body, [1, 1, 1]);
  assert.deepEqual((await second).body, [2, 2, 2]);
  assert.ok(Date.now() > 1e12);
});

test("a failure that nobody waits for any longer ends nothing", async () => {
  const { folder } = workspace({
    "frontends/web/routes/x.ts": route("export const GET = route(async () => { const a = await records.getPatient({ id: 'p1' }); await Promise.all([agenda.getDoctor({ id: 'd1' }), records.getPatient({ id: (12).toFixed(101) })]); return a.id; });"),
  });
  const transport = async ({ upstream }) => {
    if (upstream === "records") return json({ id: "p1" });
    throw new TransportError("connection", "refused");
  };
  const backend = await createBackend({ workspace: folder, frontend: "web", env: {}, transport });
  const { status, body } = await get(backend, "/x");
  await new Promise(setImmediate);
  assert.deepEqual([status, body.code], [500, "internal"]);
});

test("what happens within stays within: problems have no internals, logs have", async () => {
  const { folder } = workspace({ "frontends/web/routes/x.ts": route("export const GET = route(async () => (await records.getPatient({ id: 'p1' })).id);") });
  const logged = [];
  const transport = async () => {
    throw new Error("10.0.0.1 refused");
  };
  const backend = await createBackend({ workspace: folder, frontend: "web", env: {}, transport, log: (event) => logged.push(event) });
  const { body } = await get(backend, "/x");
  assert.doesNotMatch(JSON.stringify(body), /10\.0|records|stack/);
  assert.match(JSON.stringify(logged), /10\.0\.0\.1 refused/);
});

test("a workspace without glue, an unknown frontend, an unset variable: each says what to do", async () => {
  const { folder, write } = workspace({ "frontends/web/routes/x.ts": route("export const GET = route(async () => 1);") });
  const refused = async (options, words) => assert.rejects(createBackend({ workspace: folder, frontend: "web", env: {}, ...options }), (fault) => fault instanceof ConfigError && words.test(fault.message));
  await refused({ frontend: "tv" }, /no frontend "tv".*web/);
  await refused({ workspace: "/nowhere" }, /no folder/);
  write("frontends/web/frontend.toml", 'listen = "${PORT_OF_WEB}"\n');
  await refused({}, /PORT_OF_WEB.*not set/);
  write("frontends/web/frontend.toml", 'listen = "0.0.0.0:1"\n[auth]\nkind = "dev"\nsession = { sub = "u" }\n');
  await refused({}, /listen on 127\.0\.0\.1/);
});

test("references take values, defaults and files; nothing in them is looked at again", async () => {
  const { folder, write } = workspace({ "frontends/web/routes/x.ts": route("export const GET = route(async () => (await records.getPatient({ id: 'p1' })).id);") });
  write("secret", "s3cret\n\n");
  const env = { HOST: "db", EMPTY: "", TRICK: "${HOST}" };
  for (const [text, expected] of [
    ["plain", "plain"],
    ["a${HOST}:1", "adb:1"],
    ["${NONE:-x}", "x"],
    ["${EMPTY:-x}", "x"],
    ["a${EMPTY}b", "ab"],
    ["${HOST:-x}", "db"],
    [`Bearer \${file:${folder}/secret}`, "Bearer s3cret"],
    ["5$ and $$ and $${HOST}", "5$ and $ and ${HOST}"],
    ["${TRICK}", "${HOST}"],
    ["${NONE}", /`?"?NONE"? is not set/],
    ["${file:/no}", /"\/no" cannot be read/],
    ["${HOST", /without its "}"/],
    ["${A B}", /no name of an environment variable/],
    ["${}", /no name of an environment variable/],
  ]) {
    write("frontage.toml", `[workspace]\nname = "x"\n[upstreams.records]\ncontract = "contracts/records.openapi.yaml"\nurl = "http://h"\nheaders = { "X-Key" = ${JSON.stringify(text)} }\n`);
    let sent;
    const transport = async ({ headers }) => {
      sent = headers["x-key"];
      return json(patient);
    };
    const made = createBackend({ workspace: folder, frontend: "web", env, transport });
    if (expected instanceof RegExp) await assert.rejects(made, (fault) => fault instanceof ConfigError && expected.test(fault.message), String(text));
    else {
      await get(await made, "/x");
      assert.equal(sent, expected);
    }
  }
});

test("an ETag saves the body", async () => {
  const { folder } = workspace({ "frontends/web/routes/x.ts": route("export const GET = route(async () => ({ a: 1 }));") });
  const backend = await createBackend({ workspace: folder, frontend: "web", env: {} });
  const { headers } = await get(backend, "/x");
  const again = await get(backend, "/x", { "if-none-match": `"other", W/${headers.etag}` });
  assert.deepEqual([again.status, again.body], [304, undefined]);
});

test("too many requests at once are refused, and none is forgotten", async () => {
  const { folder } = workspace({
    "frontends/web/frontend.toml": 'listen = "127.0.0.1:0"\n[limits]\nconcurrency = 1\n',
    "frontends/web/routes/x.ts": route("export const GET = route(async () => (await records.getPatient({ id: 'p1' })).id);"),
  });
  const opens = [];
  const backend = await createBackend({ workspace: folder, frontend: "web", env: {}, transport: () => new Promise((resolve) => opens.push(() => resolve(json(patient)))) });
  const first = get(backend, "/x");
  const { status, headers } = await get(backend, "/x");
  assert.deepEqual([status, headers["retry-after"]], [503, "1"]);
  await new Promise(setImmediate);
  opens[0]();
  assert.equal((await first).status, 200);
  const third = get(backend, "/x");
  await new Promise(setImmediate);
  opens[1]();
  assert.equal((await third).status, 200);
});
