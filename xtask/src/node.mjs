// Runs cases through the Node runtime and compares what it answers with what they say.
//
// In:  a folder that holds workspaces as subfolders, each with `.frontage/` and a `case.json`: its
//      blocks, and the id of a deliberate difference if it names one.
// Out: a JSON object: the number of answers compared, and what differs by subfolder.
//
// Upstreams are real sockets with a script, asked by the runtime's own transport. Calls are
// compared as sets: Node makes every call where it stands, one after the other, so that it may ask
// more often (no joining) and must never ask what the plan does not; nor less, unless a call failed.

import fs from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { createBackend } from "frontage/node";
import { Upstream } from "./upstream.mjs";

const root = path.resolve(process.argv[2]);
const names = fs.readdirSync(root).filter((name) => fs.existsSync(path.join(root, name, "case.json"))).sort();
// Timeouts of a few milliseconds are there to pass, not to be met by a busy machine.
const patience = 10;
const timers = { setTimeout: (f, ms) => setTimeout(f, ms * patience), clearTimeout };
const found = { answers: 0, cases: names.length, differences: {} };
const note = (name, faults) => {
  if (faults.length > 0) found.differences[name] = faults;
};
// All is loaded before anything is timed: cases have timeouts of 50 ms.
const ready = [];
for (const name of names) {
  await prepare(path.join(root, name)).then(
    (prepared) => ready.push([name, prepared]),
    (fault) => note(name, [String(fault?.stack ?? fault)]),
  );
}
await Promise.all(
  Array.from({ length: 4 }, async () => {
    for (let next = ready.shift(); next !== undefined; next = ready.shift()) {
      note(next[0], await run(next[1]).catch((fault) => [String(fault?.stack ?? fault)]));
    }
  }),
);
// Upstreams that hang would keep the process.
process.stdout.write(JSON.stringify(found), () => process.exit(0));

async function prepare(folder) {
  const { blocks, differs } = JSON.parse(fs.readFileSync(path.join(folder, "case.json"), "utf8"));
  const upstreams = new Map();
  const env = {};
  const all = blocks.filter(({ kind }) => kind === "upstream").flatMap(({ text }) => entries(text));
  for (const name of ["records", "agenda", ...all.map((entry) => entry.split(" ")[0])]) {
    if (upstreams.has(name)) continue;
    const upstream = new Upstream();
    upstreams.set(name, upstream);
    env[`${name.toUpperCase()}_URL`] = await upstream.start();
  }
  for (const entry of all) {
    const [, name, request, action, body] = /^(\S+) (.*?) -> ([^\n]*)\n?([^]*)$/.exec(entry);
    upstreams.get(name).on(request, action, body);
  }
  const logged = [];
  const backend = await createBackend({ workspace: folder, frontend: "web", env, timers, log: (event) => logged.push(event) });
  return { blocks, differs, upstreams, logged, backend };
}

async function run({ blocks, differs, upstreams, logged, backend }) {
  const faults = [];
  let answer;
  for (const [index, { kind, text, line }] of blocks.entries()) {
    const fault = (message) => faults.push(`line ${line}: ${message}${logged.length > 0 ? `\n${JSON.stringify(logged)}` : ""}`);
    if (kind === "request") {
      for (const upstream of upstreams.values()) upstream.take();
      logged.length = 0;
      const [head, body] = parts(text);
      const [first, ...fields] = head.split("\n");
      const [method, url] = first.split(" ");
      const headers = { host: "127.0.0.1:1" };
      for (const field of fields) {
        const at = field.indexOf(":");
        const key = field.slice(0, at).toLowerCase();
        // As Node's parser gives them: the bytes of a field, one character each.
        const value = Buffer.from(field.slice(at + 1).trim()).toString("latin1");
        headers[key] = headers[key] === undefined || key === "host" ? value : [headers[key], value].flat();
      }
      answer = await backend.handle({ method, url, headers, body });
    } else if (kind === "answer") {
      found.answers += 1;
      const difference = compare(text, answer) ?? (differs === null ? undefined : written(text, answer));
      if (difference !== undefined) fault(difference);
    } else if (kind === "node-calls" || (kind === "calls" && blocks[index + 1]?.kind !== "node-calls")) {
      const made = new Set([...upstreams].flatMap(([name, upstream]) => upstream.take().map((call) => `${name} ${call}`.trim())));
      const expected = new Set(text.trim().split("\n").map((call) => call.trim()));
      const unknown = [...made].filter((call) => !expected.has(call));
      // What neither fails nor is replaced makes the same calls in both.
      const complete = answer.status < 400 && answer.headers["frontage-fallback"] === undefined;
      const missing = complete ? [...expected].filter((call) => call !== "" && !made.has(call)) : [];
      if (missing.length > 0) fault(`calls that only the plan makes: ${missing.join("; ")}`);
      if (unknown.length > 0) fault(`calls that the plan does not make: ${unknown.join("; ")}; it makes ${[...expected].join("; ")}`);
    }
  }
  await backend.close();
  for (const upstream of upstreams.values()) upstream.stop();
  return faults;
}

function entries(text) {
  return text.split("\n\n").map((entry) => entry.trim()).filter((entry) => entry !== "");
}

function parts(text) {
  const at = text.indexOf("\n\n");
  return at < 0 ? [text.trimEnd(), ""] : [text.slice(0, at).trimEnd(), text.slice(at + 2).replace(/\n+$/, "")];
}

/** Numbers are compared by value and names in any order; what differs by design may be how they are written. */
function written(text, { body }) {
  const found = Buffer.from(body).toString();
  const expected = parts(text)[1];
  return found === expected ? undefined : `expected ${expected}, found ${found}`;
}

function compare(text, { status, headers, body }) {
  const [head, expected] = parts(text);
  const [wanted, ...fields] = head.split("\n");
  const found = Buffer.from(body).toString();
  const shown = `found ${status} ${JSON.stringify(headers)}\n${found}`;
  if (wanted !== String(status)) return `expected status ${wanted}, ${shown}`;
  for (const field of fields) {
    const [name, value = ""] = field.split(/: (.*)/s);
    const there = headers[name.toLowerCase()];
    const first = Array.isArray(there) ? there[0] : there;
    // What the server adds on its own is not the route's.
    if (["content-length", "etag", "vary", "content-encoding"].includes(name.toLowerCase())) continue;
    if (value === "(none)" ? first !== undefined : first !== value) return `expected ${field}, ${shown}`;
  }
  if (expected === "*") return undefined;
  let json;
  try {
    json = JSON.parse(expected);
  } catch {
    return found === expected ? undefined : `expected ${expected}, ${shown}`;
  }
  let own = null;
  try {
    own = JSON.parse(found);
  } catch {}
  if (own !== null && typeof own === "object" && "status" in own) delete own.requestId;
  return isDeepStrictEqual(own, json) ? undefined : `expected ${expected}\n${shown}`;
}
