// The command `frontage-node`: how it starts, what it says, how it ends.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import http from "node:http";
import net from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { root, run } from "./processes.mjs";
import { patient, workspace } from "./workspace.mjs";

const command = join(root, "node_modules/.bin/frontage-node");
const ROUTE = `import { route } from "frontage";
import { records } from "#upstreams";
export const GET = route(async () => (await records.getPatient({ id: "p1" })).id);
`;

const start = async (folder, env = {}) => {
  let told;
  const child = await run(process.execPath, [command, "web", "-C", folder, "--json"], env, (line) => {
    told = JSON.parse(line);
    return true;
  });
  after(child.stop);
  return { ...child, base: `http://${told.address}`, admin: `http://${told.admin}` };
};

/** An upstream that answers when it is told to. */
const slow = async () => {
  const waiting = [];
  const server = http.createServer((_, response) => waiting.push(() => response.end(JSON.stringify(patient))));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const asked = async () => {
    while (waiting.length === 0) await new Promise(setImmediate);
    return waiting.shift();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, asked, close: () => server.close() };
};

test("what is running ends before the process does", async () => {
  const { folder } = workspace({ "frontends/web/routes/x.ts": ROUTE });
  const upstream = await slow();
  const node = await start(folder, { RECORDS_URL: upstream.url });
  const answer = fetch(`${node.base}/x`);
  const open = await upstream.asked();
  assert.equal(await (await fetch(`${node.admin}/readyz`)).text(), "ready\n");
  node.signal("SIGTERM");
  while ((await fetch(`${node.admin}/readyz`).then((r) => r.status)) !== 503) await new Promise(setImmediate);
  open();
  assert.equal(await (await answer).json(), "p1");
  assert.equal(await node.ended, 0);
  upstream.close();
  const log = node.log().trim().split("\n").map((line) => JSON.parse(line));
  const access = log.find((line) => line.target === "frontage::access");
  assert.deepEqual([access["http.route"], access["http.response.status_code"], access["frontage.calls"]], ["/x", 200, 1]);
});

test("the admin listener tells what is counted, and changes nothing", async () => {
  const { folder } = workspace({ "frontends/web/routes/x.ts": ROUTE });
  const node = await start(folder);
  await fetch(`${node.base}/x`);
  await fetch(`${node.base}/nothing/here`);
  const metrics = await (await fetch(`${node.admin}/metrics`)).text();
  assert.match(metrics, /http_server_request_duration_seconds_count\{http_request_method="GET",http_route="\/x",http_response_status_code="502"\} 1/);
  assert.doesNotMatch(metrics, /nothing\/here/);
  assert.equal((await fetch(`${node.admin}/healthz`, { method: "POST" })).status, 405);
  assert.equal((await (await fetch(`${node.admin}/version`)).json()).frontend, "web");
  assert.equal(await node.stop(), 0);
});

test("a log that nobody reads any more ends nothing", async () => {
  const { folder } = workspace({ "frontends/web/routes/x.ts": ROUTE });
  const node = await start(folder);
  node.closeLog();
  for (let i = 0; i < 20; i += 1) assert.equal((await fetch(`${node.base}/x`)).status, 502);
  assert.equal(await node.stop(), 0);
});

test("clients that are no good harm nobody", async () => {
  const { folder } = workspace({ "frontends/web/routes/x.ts": ROUTE, "frontends/web/routes/y.ts": ROUTE.replace("GET = route(", "POST = route(").replace("async ()", "{ body: z.unknown() }, async ()").replace('import { records', 'import { z } from "zod";\nimport { records') });
  const node = await start(folder);
  const { hostname, port } = new URL(node.base);
  const raw = (/** @type {string} */ text) =>
    new Promise((resolve) => {
      let answer = "";
      const socket = net.connect(Number(port), hostname, () => socket.write(text));
      socket.on("data", (piece) => (answer += piece));
      socket.on("error", () => {});
      socket.on("close", () => resolve(answer.split("\r\n")[0]));
    });
  assert.match(await raw("no http\r\n\r\n"), / 400 /);
  assert.match(await raw(`GET /x HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n`), / 421 /);
  assert.match(await raw(`GET /${"a".repeat(9000)} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`), / 414 /);
  assert.match(await raw(`GET /x HTTP/1.1\r\nhost: localhost\r\na: ${"a".repeat(60_000)}\r\nconnection: close\r\n\r\n`), / 431 /);
  assert.match(await raw(`POST /y HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9999999\r\n\r\n1`), / 413 /);
  assert.match(await raw(`GET /../x HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`), / 400 /);
  assert.match(await raw(`GET /x HTTP/1.1\r\nhost: localhost\r\nhost: localhost\r\nconnection: close\r\n\r\n`), / 400 /);
  assert.match(await raw(`POST /y HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n`), / 400 /);
  assert.match(await raw(`GET /x HTTP/1.1\r\nhost: localhost\r\n__proto__: 1\r\nconstructor: 2\r\nconnection: close\r\n\r\n`), / 502 /);
  assert.match(await raw(`OPTIONS * HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`), / 204 /);
  assert.match(await raw(`GET http://localhost/x HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`), / 502 /);
  assert.match(await raw(`BREW /x HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`), / (400|405) /);
  assert.equal((await fetch(`${node.base}/x`)).status, 502);
  assert.equal(await node.stop(), 0);
});

test("a workspace that cannot start says why, in one line, with status 1", () => {
  const { folder, write } = workspace({ "frontends/web/routes/x.ts": ROUTE });
  write("frontends/web/routes/x.ts", 'import { nothing } from "#upstreams";\nexport const GET = nothing;\n');
  const cases = [
    [[], 2, /Usage/],
    [["web", "--what"], 2, /Unknown option/],
    [["tv", "-C", folder], 1, /no frontend "tv"/],
    [["web", "-C", join(folder, "..")], 1, /frontage\.toml cannot be read/],
    [["web", "-C", folder], 1, /does not provide an export named 'nothing'/],
  ];
  for (const [args, status, words] of cases) {
    const found = spawnSync(process.execPath, [command, ...args], { encoding: "utf8" });
    assert.equal(found.status, status, args.join(" "));
    assert.match(found.stderr, words);
  }
});
