// Asks zod and Frontage about the same schemas and inputs, and compares.
//
// In:    one line: { runs, seed, only }; then a line for each question.
// Out:   lines of JSON: { ask }, { note }, and in the end { outcome }.
// Never: a run that depends on anything but its seed.

import { createRequire } from "node:module";
import { z } from "zod";
import { Random } from "../types/random.mjs";
import { bodies, headers, queries } from "./inputs.mjs";
import { flatObject, idsOf, schema, simpler, sourceOf } from "./schemas.mjs";

const BATCH = 50;
const EACH = 12;

// Not `readline`, which takes U+2028 for the end of a line.
const chunks = process.stdin.setEncoding("utf8")[Symbol.asyncIterator]();
let held = "";
async function read() {
  const parts = [held];
  for (;;) {
    const last = parts.at(-1);
    const end = last.indexOf("\n");
    if (end >= 0) {
      held = last.slice(end + 1);
      parts[parts.length - 1] = last.slice(0, end);
      return JSON.parse(parts.join(""));
    }
    const next = await chunks.next();
    if (next.done) process.exit(2);
    parts.push(next.value);
  }
}
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

// ------------------------------------------------------------------ zod's side

const made = new Function("z", "source", "return eval(source)");

function show(value) {
  if (value === undefined) return "undefined";
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${Array.from(value, show).join(",")}]`;
  if (value instanceof Date) return `Date(${+value})`;
  if (typeof value !== "object") return `<${typeof value}>`;
  return `{${Object.keys(value).map((k) => `${JSON.stringify(k)}:${show(value[k])}`).join(",")}}`;
}

function pathText(path) {
  let text = "";
  for (const key of path) {
    if (typeof key === "number" && Number.isInteger(key) && key >= 0) text += `[${key}]`;
    else text += (text === "" ? "" : ".") + String(key);
  }
  return text;
}

function asked(built, value) {
  let result;
  try {
    result = built.safeParse(value);
  } catch (error) {
    return `throws ${error.name}`;
  }
  if (result.success) return `ok ${show(result.data)}`;
  return result.error.issues.slice(0, 100).map((i) => `[${pathText(i.path)}] ${i.code}: ${i.message}`).join("\n");
}

/** A query as an object: a key is a list if and only if its schema is one; what the schema drops is no fault. */
function queryOf(text, lists, isDropped) {
  const members = new Map();
  const issues = [];
  const decode = (part) => {
    try {
      return decodeURIComponent(part.replaceAll("+", " "));
    } catch {
      return null;
    }
  };
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    const name = decode(at < 0 ? pair : pair.slice(0, at));
    if (name === null) {
      issues.push("[] invalid_format: Invalid percent encoding of a key");
      continue;
    }
    if (isDropped(name)) continue;
    const value = decode(at < 0 ? "" : pair.slice(at + 1));
    if (value === null) issues.push(`[${name}] invalid_format: Invalid percent encoding`);
    else if (lists.has(name)) members.set(name, [...(members.get(name) ?? []), value]);
    else if (!members.has(name)) members.set(name, value);
    else if (!issues.some((i) => i.startsWith(`[${name}] invalid_type`))) issues.push(`[${name}] invalid_type: Invalid input: expected one value, received several`);
  }
  if (issues.length) return { issues };
  const object = {};
  for (const [name, value] of members) Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  return { object };
}

function isList(schema) {
  const def = schema._zod.def;
  if (def.type === "array" || def.type === "tuple") return true;
  if (def.innerType) return isList(def.innerType);
  if (def.type === "pipe") return isList(def.in._zod.def.type === "transform" ? def.out : def.in);
  return false;
}

function zodSays(item) {
  let built;
  try {
    built = made(z, `(${item.source})`);
  } catch (error) {
    return { refused: `zod throws: ${error.message}` };
  }
  const results = item.inputs.map((input) => {
    if (item.part === "query") {
      const lists = new Set(Object.entries(built.shape).filter(([, f]) => isList(f)).map(([n]) => n));
      const isDropped = (name) => built._zod.def.catchall === undefined && !Object.hasOwn(built.shape, name);
      const { object, issues } = queryOf(input, lists, isDropped);
      return issues ? issues.join("\n") : asked(built, object);
    }
    if (item.part === "headers") return asked(built, input);
    return asked(built, input === "" ? undefined : JSON.parse(input));
  });
  return { results, built };
}

// ------------------------------------------------------------------ comparing

/** Where V8 reads dates that ISO 8601 does not have: a difference that the language's page names. */
function isOddDate(item, index) {
  if (!item.source.includes("z.coerce.date") && !item.source.includes("new Date(")) return false;
  const text = typeof item.inputs[index] === "string" ? item.inputs[index] : JSON.stringify(item.inputs[index]);
  const iso = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;
  const plain = item.part === "query" ? [...new URLSearchParams(text).values()] : (text.match(/"(?:[^"\\]|\\.)*"/g) ?? []).map((s) => JSON.parse(s));
  // A number that became a text before it became a date.
  if (/String\(v\)/.test(item.source) && /\d/.test(text)) return true;
  return plain.some((s) => !Number.isNaN(+new Date(s)) && !iso.test(s)) || /\[/.test(text);
}

/** Host names with punycode that UTS 46 refuses, which Node's parser lets pass. */
function isOddHost(item, index) {
  if (!/url|ipv6|cidrv6/i.test(item.source)) return false;
  // As the parser sees it: without tabs and ends of lines, and decoded.
  const text = JSON.stringify(item.inputs[index]).replace(/\\+[tnr]|%0[9ad]/gi, "");
  const decoded = text.replace(/%([2-7][0-9a-f])/gi, (_, code) => String.fromCharCode(parseInt(code, 16)));
  return /xn--/i.test(decoded);
}

function apart(item, ours, theirs) {
  if (ours.refused !== undefined || theirs.refused !== undefined) {
    // What zod throws at when it is made is no schema.
    return theirs.refused !== undefined ? [] : [{ index: -1, ours: `refused: ${ours.refused}`, theirs: "accepted" }];
  }
  const found = [];
  ours.results.forEach((mine, index) => {
    const its = theirs.results[index];
    if (mine !== its && !isOddDate(item, index) && !isOddHost(item, index)) found.push({ index, ours: mine, theirs: its });
  });
  return found;
}

// ------------------------------------------------------------------ JSON Schema

const require = createRequire(import.meta.url);
const Ajv = require("ajv/dist/2020").default;
const addFormats = require("ajv-formats").default;

function checker(schema) {
  const ajv = addFormats(new Ajv({ strict: false, allErrors: false, logger: false }));
  return ajv.compile(schema);
}

/** Ids whose schema may let more pass than zod's does, and why that is meant. */
const LOOSER = /coerce|date|trim|lower|upper|normalize|overwrite|preprocess|catch|intersection|looseRecord|record|stringbool|float|int$|safe|unknown|xor|discriminated|readonly|duration|time|mac|emoji|jwt|cidr|ipv|hostname|base64|email|url|uuid|guid|iban|credit|currency|regex|multiple|step|enum.object|default/i;

/** What a client may send fits the schema; what zod's own schema refuses, it refuses too. */
function documented(item, tree, ours, theirs) {
  if (item.part !== "body" || !ours.schema || /preprocess|catch\(/.test(item.source)) return [];
  // Booleans and `null` as dates, and words in upper case, are taken but not documented.
  // So are spaces around a URL and letters beyond ASCII; zod's schema forgets `uri` for other checks.
  const cased = /url\(/i.test(item.source) && /\.((lower|upper)case|startsWith|endsWith|includes|regex)\(/.test(item.source);
  const plain = !cased && !/coerce\.date|stringbool|multipleOf|step/.test(item.source);
  let mine, its;
  try {
    mine = checker(ours.schema);
  } catch (error) {
    return [{ index: -1, ours: `JSON Schema ${JSON.stringify(ours.schema)}: ${error.message}`, theirs: "a schema" }];
  }
  try {
    its = checker(z.toJSONSchema(theirs.built, { io: "input" }));
  } catch {
    its = null;
  }
  outcome.documented++;
  const exact = !idsOf(tree).some((id) => LOOSER.test(id));
  const found = [];
  item.inputs.forEach((input, index) => {
    if (input === "") return;
    const value = JSON.parse(input);
    const fits = mine(value);
    if (theirs.results[index].startsWith("ok ") && !fits && plain && its && its(value)) {
      found.push({ index, ours: `JSON Schema refuses it: ${JSON.stringify(ours.schema)}`, theirs: "accepts it" });
    } else if (exact && its && !its(value) && fits) {
      found.push({ index, ours: `JSON Schema takes it: ${JSON.stringify(ours.schema)}`, theirs: `its schema refuses it: ${JSON.stringify(z.toJSONSchema(theirs.built, { io: "input" }))}` });
    }
  });
  return found;
}

async function frontage(items) {
  say({ ask: items });
  return await read();
}

/** Whether two disagreements are of one sort. */
function alike(a, b) {
  const sort = (text) => text.replace(/`[^`]*`/g, "").replace(/\{.*/s, "").slice(0, 24);
  return a.index < 0 ? b.index < 0 && sort(a.ours) === sort(b.ours) : b.index >= 0 && sort(a.ours) === sort(b.ours);
}

async function shrink(item, tree, found) {
  let best = { tree, item: { ...item, inputs: found.index < 0 ? [] : [item.inputs[found.index]] }, found };
  for (let round = 0; round < 60; round++) {
    const candidates = simpler(best.tree).map((t) => ({ t, item: { ...best.item, source: sourceOf(t) } }));
    if (item.part !== "body") candidates.splice(0, candidates.length, ...candidates.filter((c) => c.t.kind === "object"));
    const inputs = best.item.inputs.flatMap((i) => (typeof i === "string" && item.part === "body" ? smallerJson(i) : []));
    for (const input of inputs) candidates.push({ t: best.tree, item: { ...best.item, inputs: [input] } });
    if (!candidates.length) break;
    let next;
    for (let from = 0; from < candidates.length && !next; from += 40) {
      const some = candidates.slice(from, from + 40);
      const answers = await frontage(some.map((c) => c.item));
      for (let i = 0; i < some.length && !next; i++) {
        const theirs = zodSays(some[i].item);
        const all = theirs.refused === undefined && answers[i].refused === undefined ? [...apart(some[i].item, answers[i], theirs), ...documented(some[i].item, some[i].t, answers[i], theirs)] : apart(some[i].item, answers[i], theirs);
        const still = all.find((f) => alike(f, found));
        if (still) next = { tree: some[i].t, item: some[i].item, found: still };
      }
    }
    if (!next) break;
    best = next;
  }
  return best;
}

function smallerJson(text) {
  if (text === "") return [];
  const value = JSON.parse(text);
  if (value === null || typeof value !== "object") return [];
  const out = Object.values(value).map((v) => JSON.stringify(v));
  for (const key of Object.keys(value)) {
    const copy = Array.isArray(value) ? value.filter((_, i) => String(i) !== key) : { ...value };
    if (!Array.isArray(value)) delete copy[key];
    out.push(JSON.stringify(copy));
  }
  return out;
}

// ------------------------------------------------------------------ the run

const task = await read();
const began = Date.now();
const outcome = { passed: 0, failed: 0, tried: 0, accepted: 0, documented: 0, schemas: {}, issues: {}, inputs: {}, disagreements: [] };
const count = (table, key, by = 1) => { table[key] = (table[key] ?? 0) + by; };
const first = new Random(task.seed);
const seeds = task.only !== null ? [task.only] : Array.from({ length: task.runs }, () => first.below(2 ** 32));
let told = Date.now();
for (let from = 0; from < seeds.length; from += BATCH) {
  const batch = seeds.slice(from, from + BATCH).map((seed) => {
    const r = new Random(seed);
    const way = r.below(10);
    const part = way < 7 ? "body" : way < 9 ? "query" : "headers";
    const tree = part === "body" ? schema(r, 3) : flatObject(r, part === "headers");
    const make = { body: bodies, query: queries, headers }[part];
    return { seed, tree, item: { part, source: sourceOf(tree), inputs: make(r, tree, EACH) } };
  });
  const answers = await frontage(batch.map((b) => b.item));
  for (let i = 0; i < batch.length; i++) {
    const { seed, tree, item } = batch[i];
    const theirs = zodSays(item);
    if (theirs.refused !== undefined) {
      count(outcome.inputs, "no schema to zod");
      outcome.passed++;
      continue;
    }
    const kebab = (id) => `zod.${id.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
    new Set(idsOf(tree)).forEach((id) => count(outcome.schemas, kebab(id)));
    count(outcome.inputs, item.part, item.inputs.length);
    outcome.tried += item.inputs.length;
    for (const result of theirs.results) {
      if (result.startsWith("ok ")) outcome.accepted++;
      else if (result.startsWith("throws")) count(outcome.issues, result);
      else for (const line of result.split("\n")) count(outcome.issues, line.match(/^\[.*?\] (\w+):/)?.[1] ?? "?");
    }
    const found = apart(item, answers[i], theirs);
    if (answers[i].refused === undefined && seed % 4 === 0) found.push(...documented(item, tree, answers[i], theirs));
    if (!found.length) {
      outcome.passed++;
      continue;
    }
    outcome.failed++;
    if (outcome.disagreements.length < Number(process.env.FRONTAGE_ORACLE_SHRINK ?? 8)) {
      const small = await shrink(item, tree, found[0]);
      outcome.disagreements.push(`--only ${seed} (${item.part})\n  schema: ${small.item.source}\n  input:  ${JSON.stringify(small.item.inputs[0])}\n  zod:    ${small.found.theirs.replaceAll("\n", "\n          ")}\n  ours:   ${small.found.ours.replaceAll("\n", "\n          ")}`);
    }
  }
  if (Date.now() - told > 5000) {
    told = Date.now();
    say({ note: `${from + batch.length} of ${seeds.length} schemas, ${outcome.failed} apart` });
  }
}
const sorted = (table) => Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1)));
for (const key of ["schemas", "issues", "inputs"]) outcome[key] = sorted(outcome[key]);
outcome.seconds = (Date.now() - began) / 1000;
say({ outcome });
process.exit(0);
