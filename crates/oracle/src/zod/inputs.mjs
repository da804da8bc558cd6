// Inputs for a schema: near-valid by construction, then mutated, then odd.
//
// In:    a schema's tree and a source of chance.
// Out:   JSON texts, query strings, headers.
// Never: a text that is no JSON.

import { WORDS } from "./words.mjs";

const ABSENT = Symbol("absent");

/** A value that nearly fits: trees of null, booleans, texts, { number }, { list }, { members }. */
function near(r, node) {
  const odd = () => (r.chance(0.08) ? any(r, 1) : undefined);
  const replaced = odd();
  if (replaced !== undefined) return replaced;
  switch (node.kind) {
    case "leaf": {
      const sample = node.samples.length ? r.pick(node.samples) : r.pick(WORDS);
      if (sample === undefined) return ABSENT;
      return typeof sample === "string" && r.chance(0.15) ? bent(r, sample) : sample;
    }
    case "object": {
      const members = [];
      for (const [name, field] of node.fields) {
        const value = near(r, field);
        if (value !== ABSENT && !r.chance(0.06)) members.push([name, value]);
      }
      if (r.chance(0.25)) members.push([r.pick(["extra", "z", "1", "__proto__", "length", "constructor"]), any(r, 1)]);
      return { members: r.chance(0.2) ? r.shuffled(members) : members };
    }
    case "array": return { list: Array.from({ length: r.below(5) }, () => held(near(r, node.item))) };
    case "tuple": {
      const list = node.items.map((item) => held(near(r, item)));
      if (node.rest) for (let i = r.below(3); i > 0; i--) list.push(held(near(r, node.rest)));
      if (r.chance(0.25)) list.pop();
      if (r.chance(0.1)) list.push(any(r, 0));
      return { list };
    }
    case "record": {
      const keys = node.key.samples;
      const members = keys.filter(() => r.chance(0.8)).map((k) => [k, held(near(r, node.value))]);
      if (r.chance(0.3)) members.push([r.pick(["zz", "7", "-1", "1.50", "", "__proto__", "K"]), held(near(r, node.value))]);
      return { members };
    }
    case "union": case "discriminated": return near(r, r.pick(node.options));
    case "both": {
      const [a, b] = [near(r, node.left), near(r, node.right)];
      return a?.members && b?.members ? { members: [...a.members, ...b.members] } : a;
    }
    case "wrap":
      if (node.absent && r.chance(0.3)) return ABSENT;
      if (node.nulls && r.chance(0.3)) return null;
      return near(r, node.inner);
    case "pipe": case "pre": return near(r, node.inner);
    case "field": return near(r, node.field);
  }
}

function held(value) {
  return value === ABSENT ? null : value;
}

/** A text with one character more, less or other. */
function bent(r, text) {
  const at = r.below(text.length + 1);
  const odd = r.pick(["a", "Z", "0", " ", "-", ".", "é", "😀", "\n", ":", "T", "@", "/"]);
  return r.pick([text.slice(0, at) + odd + text.slice(at), text.slice(0, at) + text.slice(at + 1), text.slice(0, at) + odd + text.slice(at + 1)]);
}

/** Any value. */
function any(r, depth) {
  switch (r.below(depth > 0 ? 9 : 6)) {
    case 0: return null;
    case 1: return r.chance(0.5);
    case 2: return { number: r.pick(["0", "1", "-0", "1.5", "1e400", "12345678901", "2", "-3"]) };
    case 3: case 4: case 5: return r.pick(WORDS);
    case 6: return { list: Array.from({ length: r.below(4) }, () => any(r, depth - 1)) };
    default: return { members: Array.from({ length: r.below(3) }, () => [r.pick(["a", "b", "kind", "length", "x"]), any(r, depth - 1)]) };
  }
}

export function jsonOf(value) {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (value.number !== undefined) return value.number;
  if (value.list) return `[${value.list.map(jsonOf).join(",")}]`;
  return `{${value.members.map(([n, v]) => `${JSON.stringify(n)}:${jsonOf(v)}`).join(",")}}`;
}

/** JSON texts for a body; "" is no body. */
export function bodies(r, node, count) {
  return Array.from({ length: count }, () => {
    const value = r.chance(0.9) ? near(r, node) : any(r, 2);
    return value === ABSENT || value === undefined ? "" : jsonOf(value);
  });
}

function scalarText(r, value) {
  if (typeof value === "string") return value;
  if (value === null) return "null";
  if (typeof value === "boolean") return String(value);
  if (value.number !== undefined) return value.number;
  return "";
}

/** Query strings. */
export function queries(r, node, count) {
  return Array.from({ length: count }, () => {
    const pairs = [];
    const write = (name, text) => {
      const encoded = encodeURIComponent(text.isWellFormed() ? text : "?").replace(/%20/g, r.chance(0.5) ? "+" : "%20");
      pairs.push(`${encodeURIComponent(name)}=${encoded}`);
    };
    for (const [name, field] of node.fields) {
      const value = near(r, field);
      if (value === ABSENT || r.chance(0.1)) continue;
      if (value?.list) for (const item of value.list) write(name, scalarText(r, item));
      else write(name, scalarText(r, value));
      if (r.chance(0.05)) write(name, "again");
    }
    if (r.chance(0.2)) write(r.pick(["extra", "z", "__proto__", "1"]), "e");
    if (r.chance(0.03)) pairs.push(r.pick(["%zz=1", "a=%E0", "novalue", "=x", ""]));
    return r.shuffled(pairs).join("&");
  });
}

/** Headers: texts that a header can hold, each under a name in lower case. */
export function headers(r, node, count) {
  return Array.from({ length: count }, () => {
    const out = {};
    for (const [name, field] of node.fields) {
      const value = near(r, field);
      if (value === ABSENT || r.chance(0.1)) continue;
      const text = scalarText(r, value).replace(/[^\x21-\x7e ]/g, "").trim();
      out[name] = text;
    }
    return out;
  });
}
