// A request's input, checked by the route's own Zod schemas.
//
// In:    path parameters, query, headers, body; the schemas that the route declares.
// Out:   what the handler is given, or a problem that lists every fault of every part.
// Never: a call of an upstream before all input has been accepted.

import { decode } from "./shape.js";
import { Problem } from "./problem.js";

/** Most faults that are listed. */
const MOST_ISSUES = 100;

/**
 * @param {any} input What `route` was given.
 * @param {{ params: Record<string, string>, query: string, headers: Record<string, string | string[] | undefined>, body: Uint8Array }} request
 */
export function accept(input, request) {
  /** @type {object[]} */
  const errors = [];
  /** @type {{ thrown?: unknown, any: boolean }} */
  const failure = { any: false };
  /** @type {Record<string, unknown>} */
  const out = { params: undefined, query: undefined, headers: undefined, body: undefined };
  const part = (name, value) => {
    let result;
    try {
      result = input[name].safeParse(value);
    } catch (thrown) {
      if (!failure.any) Object.assign(failure, { any: true, thrown });
      return;
    }
    if (result.success) out[name] = result.data;
    else note(name, result.error.issues);
  };
  const note = (name, issues) => {
    for (const { path, code, message } of issues.slice(0, MOST_ISSUES)) errors.push({ in: name, path: pathText(path), code, message });
  };
  if (input.params !== undefined) part("params", request.params);
  if (input.query !== undefined) {
    const { value, issues } = queryObject(request.query, input.query);
    if (issues.length > 0) note("query", issues);
    else part("query", value);
  }
  if (input.headers !== undefined) part("headers", headerObject(request.headers));
  if (input.body !== undefined) part("body", readBody(request));
  if (errors.length > 0) throw new Problem(400, "invalid_input", { errors });
  if (failure.any) throw failure.thrown;
  return out;
}

/** `items[2].id` */
function pathText(path) {
  const isIndex = (key) => typeof key === "number" && Number.isInteger(key) && key >= 0;
  return path.reduce((text, key) => (isIndex(key) ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`), "");
}

/** A query string as an object; a key is a list if and only if its schema is an array. */
function queryObject(raw, schema) {
  /** @type {any[]} */
  const issues = [];
  /** @type {Map<string, string | string[]>} */
  const members = new Map();
  const reported = new Set();
  for (const pair of raw.split("&").filter((pair) => pair !== "")) {
    if (issues.length >= MOST_ISSUES) break;
    const at = pair.indexOf("=");
    const name = decodeForm(at < 0 ? pair : pair.slice(0, at));
    if (name === undefined) {
      issues.push({ path: [], code: "invalid_format", message: "Invalid percent encoding of a key" });
      continue;
    }
    // What no schema looks at can be no fault.
    if (drops(schema, name)) continue;
    const value = decodeForm(at < 0 ? "" : pair.slice(at + 1));
    if (value === undefined) {
      issues.push({ path: [name], code: "invalid_format", message: "Invalid percent encoding" });
      continue;
    }
    const known = members.get(name);
    if (known === undefined) members.set(name, isList(schema, name) ? [value] : value);
    else if (Array.isArray(known)) known.push(value);
    else if (!reported.has(name)) {
      reported.add(name);
      issues.push({ path: [name], code: "invalid_type", message: "Invalid input: expected one value, received several" });
    }
  }
  return { value: Object.fromEntries(members), issues };
}

function decodeForm(text) {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

/** The schema inside optional, nullable, default and transform. */
function inner(schema) {
  let at = schema;
  for (;;) {
    const def = at?._zod?.def;
    if (["optional", "nullable", "default", "prefault", "nonoptional", "readonly", "catch"].includes(def?.type)) at = def.innerType;
    // `z.preprocess(f, schema)`: what the schema wants is what the client sends.
    else if (def?.type === "pipe") at = def.in?._zod.def.type === "transform" ? def.out : def.in;
    else return at;
  }
}

function isList(schema, name) {
  const object = inner(schema)?._zod?.def;
  if (object?.type === "intersection") return isList(object.left, name) || isList(object.right, name);
  if (object?.type !== "object" || !Object.hasOwn(object.shape, name)) return false;
  return ["array", "tuple"].includes(inner(object.shape[name])?._zod?.def.type);
}

/** Whether the schema leaves the key out, whatever stands there, and no function sees it before. */
function drops(schema, name) {
  const def = schema?._zod?.def;
  switch (def?.type) {
    case "object": return def.catchall === undefined && !Object.hasOwn(def.shape, name);
    case "intersection": return drops(def.left, name) && drops(def.right, name);
    case "union": return def.options.every((option) => drops(option, name));
    case "pipe": return drops(def.in, name);
    default: return def?.innerType !== undefined && drops(def.innerType, name);
  }
}

function headerObject(headers) {
  const entries = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => {
    const key = name.toLowerCase();
    // Cookies that a client sends apart are one list with semicolons (RFC 9113, 8.2.3).
    return [key, Array.isArray(value) ? value.join(key === "cookie" ? "; " : ", ") : value];
  }));
}

/** The JSON body; `undefined` if none was sent. */
function readBody({ headers, body }) {
  if (body.length === 0) return undefined;
  const given = headers["content-type"];
  const media = String((Array.isArray(given) ? given[0] : given) ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (media !== "application/json" && !(media.startsWith("application/") && media.endsWith("+json"))) {
    throw new Problem(415, "unsupported_media_type");
  }
  try {
    return JSON.parse(decode(body));
  } catch (fault) {
    throw new Problem(400, "malformed_body", { detail: fault instanceof SyntaxError ? fault.message : "the body is not UTF-8" });
  }
}
