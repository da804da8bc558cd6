// What `frontage new` makes also runs in Node, by the package that it brings along.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { after, test } from "node:test";
import { program, root, run } from "./processes.mjs";

test("a new workspace runs in Node", async () => {
  mkdirSync(join(root, "target/node-tests"), { recursive: true });
  const around = mkdtempSync(join(root, "target/node-tests/n-"));
  after(() => rmSync(around, { recursive: true, force: true }));
  execFileSync(program("frontage"), ["new", "fresh"], { cwd: around });
  const folder = join(around, "fresh");
  const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  assert.equal(dependencies.frontage, "file:.frontage/package");

  const service = http.createServer((request, response) => {
    const one = { code: "de", name: "German", speakers: 95_000_000 };
    response.end(JSON.stringify(request.url === "/languages" ? [one] : { language: "German", text: "Hallo", note: null }));
  });
  await new Promise((resolve) => service.listen(0, "127.0.0.1", () => resolve(undefined)));
  after(() => service.close());
  let told;
  // Its listener has a port of its own, which may be taken here.
  const env = { GREETINGS_URL: `http://127.0.0.1:${service.address().port}` };
  const config = join(folder, "frontends/web/frontend.toml");
  writeFileSync(config, readFileSync(config, "utf8").replace(/^listen = .*$/m, 'listen = "127.0.0.1:0"'));
  const node = await run(process.execPath, [join(folder, ".frontage/package/bin/frontage-node.js"), "web", "-C", folder, "--json"], env, (line) => {
    told = JSON.parse(line);
    return true;
  });
  after(node.stop);
  const answer = await fetch(`http://${told.address}/api/greetings`);
  assert.deepEqual(await answer.json(), { greetings: [{ code: "de", language: "German", text: "Hallo", speakers: "95 million" }] });
  assert.match(await (await fetch(`http://${told.address}/`, { headers: { accept: "text/html" } })).text(), /<!doctype html>/);
  assert.equal(await node.stop(), 0);
});
