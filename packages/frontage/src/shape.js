// Reads an answer through a shape: cuts it to what is declared and used, and finds drift.
//
// In:    shapes as `frontage types` writes them: a word, or a list that begins with one; a value of
//        `JSON.parse`.
// Out:   the value cut to the shape, or `Drift`.
// Never: an undeclared member handed on; a change of the value given.
//
// The rules are those of the plan's reader: whole numbers may be written `1.0`, unknown values of
// enumerations pass, of a union the first variant that fits counts, a tag that no variant names
// fits nothing.

/** @typedef {string | [string, ...any[]]} Shape */
/** @typedef {{ shapes: Shape[], depth: number, hops: number, seen: number, budget: number }} Reader */

/** Most lists and objects within each other. */
const DEPTH = 128;
/** Most unions directly within each other. */
const HOPS = 8;

/** Values that unions may look at in vain: variants that nearly fit, within each other, multiply. */
const BUDGET = 4096;

/** How an answer contradicts its contract. It holds no value of the answer. */
export class Drift extends Error {
  /** @param {string} expected @param {string} found */
  constructor(expected, found) {
    super("drift");
    this.expected = expected;
    this.found = found;
    /** @type {string[]} Innermost step first. */
    this.steps = [];
  }

  /** Where: `items[3].price`; empty for the whole answer. */
  get path() {
    return this.steps.reduceRight((path, step) => (step.startsWith("[") || path === "" ? path + step : `${path}.${step}`), "");
  }
}

/**
 * Reads a body.
 *
 * @param {Uint8Array} body
 * @param {Shape[]} shapes
 * @param {number} id
 */
export function read(body, shapes, id) {
  let value;
  try {
    value = JSON.parse(decode(body));
  } catch {
    throw new Drift("JSON", "other bytes");
  }
  return fit(value, { shapes, depth: DEPTH, hops: 0, seen: 0, budget: BUDGET + 16 * body.length }, id);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Text in UTF-8; throws if it is none.
 *
 * @param {Uint8Array} bytes
 */
export function decode(bytes) {
  return utf8.decode(bytes);
}

/**
 * @param {any} value
 * @param {Reader} at
 * @param {number} id
 * @returns {any}
 */
function fit(value, at, id) {
  at.seen += 1;
  const shape = at.shapes[id];
  if (shape === undefined) throw new Error(`there is no shape ${id}: run \`frontage types\``);
  if (typeof shape === "string") return word(value, at, shape);
  const [kind, first, second] = shape;
  switch (kind) {
    case "constant":
      if (value === first) return value;
      throw new Drift(JSON.stringify(first), kindOf(value) === "string" ? "another string" : kindOf(value));
    case "array":
      if (!Array.isArray(value)) throw new Drift("array", kindOf(value));
      return deeper(at, () => value.map((item, index) => within(`[${index}]`, () => fit(item, at, first))));
    case "tuple":
      if (!Array.isArray(value)) throw new Drift("array", kindOf(value));
      return deeper(at, () => tuple(value, at, first, second));
    case "object":
      if (kindOf(value) !== "object") throw new Drift("object", kindOf(value));
      return deeper(at, () => object(value, at, first, second));
    case "union":
      return union(value, at, first);
    case "tagged": {
      if (kindOf(value) !== "object") throw new Drift("object", kindOf(value));
      const tag = Object.hasOwn(value, first) ? value[first] : undefined;
      const variant = second.find(([name]) => name === tag);
      if (variant !== undefined) return hop(at, () => fit(value, at, variant[1]));
      const names = second.map(([name]) => JSON.stringify(name)).join(" or ");
      const fault = new Drift(names, typeof tag === "string" ? "another value" : "no string");
      fault.steps.push(first);
      throw fault;
    }
    default:
      throw new Error(`unknown shape ${kind}: run \`frontage types\` with the version of this package`);
  }
}

function word(value, at, shape) {
  const kind = kindOf(value);
  switch (shape) {
    case "skip":
      return undefined;
    case "any":
      measure(value, at.depth);
      return value;
    case "never":
      throw new Drift("no value", kind);
    case "integer":
      if (kind !== "number") throw new Drift("integer", kind);
      if (!Number.isInteger(value)) throw new Drift("integer", "number");
      return value;
    default:
      if (kind !== shape) throw new Drift(shape, kind);
      return value;
  }
}

function tuple(value, at, items, rest) {
  const out = [];
  for (const [index, item] of value.entries()) {
    const id = index < items.length ? items[index] : rest;
    if (id === null) break;
    out.push(within(`[${index}]`, () => fit(item, at, id)));
  }
  if (value.length < items.length) throw new Drift(`${items.length} elements`, "fewer");
  return out;
}

function object(value, at, fields, rest) {
  const known = fieldsOf(fields);
  const out = {};
  for (const name of Object.keys(value)) {
    const id = known.get(name) ?? rest;
    if (id === undefined) continue;
    const member = within(name, () => fit(value[name], at, id));
    if (name === "__proto__") Object.defineProperty(out, name, { value: member, enumerable: true, writable: true, configurable: true });
    else out[name] = member;
  }
  for (let i = 0; i < fields.length; i += 3) {
    if (fields[i + 2] === 1 && !Object.hasOwn(value, fields[i])) {
      const fault = new Drift(expectation(at.shapes[fields[i + 1]]), "nothing");
      fault.steps.push(fields[i]);
      throw fault;
    }
  }
  return out;
}

/** @type {WeakMap<any[], Map<string, number>>} */
const tables = new WeakMap();

/** Ids by name, of a flat list `name, id, required, ...`. */
function fieldsOf(fields) {
  let table = tables.get(fields);
  if (table === undefined) {
    table = new Map();
    for (let i = 0; i < fields.length; i += 3) table.set(fields[i], fields[i + 1]);
    tables.set(fields, table);
  }
  return table;
}

function union(value, at, variants) {
  const kind = kindOf(value);
  const candidates = variants.filter((id) => canBe(at.shapes, id, kind, 8));
  for (const id of candidates) {
    const before = at.seen;
    try {
      return hop(at, () => fit(value, at, id));
    } catch (fault) {
      if (!(fault instanceof Drift) || candidates.length === 1) throw fault;
    }
    at.budget -= at.seen - before;
    if (at.budget < 0) throw new Drift("a value that fits early in its union", "too many near misses");
  }
  throw new Drift(variants.map((id) => expectation(at.shapes[id])).join(" or "), kind);
}

/** Whether a value of a kind can fit the shape; unions are looked into `depth` deep. */
function canBe(shapes, id, kind, depth) {
  const shape = shapes[id];
  if (typeof shape === "string") {
    if (shape === "skip" || shape === "any") return true;
    if (shape === "integer") return kind === "number";
    return shape === kind;
  }
  switch (shape[0]) {
    case "constant":
      return kindOf(shape[1]) === kind;
    case "array":
    case "tuple":
      return kind === "array";
    case "union":
      return depth === 0 || shape[1].some((variant) => canBe(shapes, variant, kind, depth - 1));
    default:
      return kind === "object";
  }
}

function hop(at, next) {
  if (at.hops === HOPS) throw new Drift("a value", "a union without end");
  at.hops += 1;
  try {
    return next();
  } finally {
    at.hops -= 1;
  }
}

function deeper(at, next) {
  if (at.depth === 0) throw new Drift(`at most ${DEPTH} levels`, "a value nested deeper");
  const { hops } = at;
  at.hops = 0;
  at.depth -= 1;
  try {
    return next();
  } finally {
    at.depth += 1;
    at.hops = hops;
  }
}

/** Refuses a value that nests deeper than `depth` levels. */
function measure(value, depth) {
  if (value === null || typeof value !== "object") return;
  if (depth === 0) throw new Drift(`at most ${DEPTH} levels`, "a value nested deeper");
  for (const member of Object.values(value)) measure(member, depth - 1);
}

function within(step, next) {
  try {
    return next();
  } catch (fault) {
    if (fault instanceof Drift) fault.steps.push(step);
    throw fault;
  }
}

function kindOf(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}

function expectation(shape) {
  if (shape === "skip" || shape === "any") return "a value";
  if (shape === "never") return "no value";
  if (typeof shape === "string") return shape;
  if (shape[0] === "constant") return JSON.stringify(shape[1]);
  if (shape[0] === "array" || shape[0] === "tuple") return "array";
  if (shape[0] === "union") return "one of its variants";
  return "object";
}
