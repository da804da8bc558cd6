// The snippets that Frontage accepts, answered by Frontage and by Node: the same answers.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { both } from "./both.mjs";
import { program, root } from "./processes.mjs";
import { workspace } from "./workspace.mjs";

const folder = join(root, "cases/snippets");
/** Bodies that are not compared: they call, ask for the time, or read dates that are no ISO 8601. */
const LEFT_OUT = /deputy|records|agenda|request\.now|request\.id|Date\.now|new Date\(\)|new Date\(s\)/;

const frame = readFileSync(join(folder, "frame.ts"), "utf8")
  .replace(/.*deputy.*\n/, "")
  .replace("request.now.getTime()", "1795870879513");

const routes = new Map();
for (const file of readdirSync(folder)) {
  if (!file.endsWith(".txt") || file.startsWith("modules")) continue;
  readFileSync(join(folder, file), "utf8").split("\n").forEach((body, i) => {
    if (/^(#|! |$)/.test(body) || LEFT_OUT.test(body)) return;
    routes.set(`${file.slice(0, -4)}-${i + 1}`, frame.replace("BODY", () => body));
  });
}

/** Takes the routes away that are refused; what a plan refuses shows once all modules are fine. */
const accepted = ({ folder }) => {
  for (let left = 5; left > 0; left -= 1) {
    const { stdout } = spawnSync(program("frontage"), ["check", "--json", "-C", folder], { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
    const refused = new Set(JSON.parse(stdout).diagnostics.filter((found) => found.severity === "error").map((found) => found.path));
    if (refused.size === 0) return;
    for (const path of refused) {
      rmSync(join(folder, path));
      routes.delete(path.match(/routes\/(.*)\.ts$/)[1]);
    }
  }
  assert.fail("routes are refused again and again");
};

const answer = async (port, name) => {
  const answered = await fetch(`http://127.0.0.1:${port}/${name}`, { redirect: "manual" });
  const text = await answered.text();
  const body = /json/.test(answered.headers.get("content-type") ?? "") ? JSON.parse(text) : text;
  if (answered.status >= 400) delete body.requestId;
  return { status: answered.status, location: answered.headers.get("location"), body };
};

test("snippets are answered alike", async () => {
  const files = { "frontends/web/frontend.toml": 'owner = "team-web"\nlisten = "127.0.0.1:0"\n' };
  for (const [name, text] of routes) files[`frontends/web/routes/${name}.ts`] = text;
  const made = workspace(files);
  accepted(made);
  assert.ok(routes.size > 1000, `${routes.size} snippets`);
  const ports = await both(made.folder, {});
  for (const [name, text] of routes) {
    const [frontage, node] = await Promise.all([answer(ports.frontage, name), answer(ports.node, name)]);
    assert.deepEqual(frontage, node, text);
  }
  console.log(`${routes.size} snippets, 0 disagreements`);
});
