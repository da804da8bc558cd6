// What `frontage types` wrote for Node: operations, and what each call reads of its answer.
//
// In:    `.frontage/upstreams.json`, `.frontage/FRONTEND/node.json`.
// Out:   operations by name; for a call at a place of the source, the shapes of its answers.
// Never: a projection of a module that was changed since: its calls read all that is declared.

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError } from "./config.js";

const VERSION = 1;

/** @typedef {[from: number, to: number, shape: number | "text" | "empty"][]} Answers */
/** @typedef {{ method: string, path: (string | number)[], parameters: import("./fill.js").Parameter[], body: [string, string?] | null, safe: boolean, answers: Answers }} Operation */
/** @typedef {{ answers: Answers, shapes: import("./shape.js").Shape[], part: string | undefined }} Reading */
/** @typedef {{ private: boolean | undefined, arguments: [number, string, string][] | undefined, calls: Map<string, { line: number, column: number, answers: Answers, part: string | undefined }[]> }} RouteGlue */

export class Glue {
  /** @param {string} root @param {string} frontend */
  constructor(root, frontend) {
    this.root = root;
    const upstreams = data(path.join(root, ".frontage", "upstreams.json"));
    if (upstreams === undefined) throw new ConfigError(`${root} has no glue for Node: run \`frontage types -C ${root}\` first`);
    /** @type {Record<string, { timeout: number, operations: Record<string, Operation>, shapes: import("./shape.js").Shape[] }>} */
    this.upstreams = upstreams.upstreams;
    /** Contracts and settings that were changed since the glue was written; Node needs none of them. @type {string[]} */
    this.stale = changed(root, upstreams.files).filter((file) => fs.existsSync(path.join(root, file)));
    const own = data(path.join(root, ".frontage", frontend, "node.json"));
    /** @type {import("./shape.js").Shape[]} */
    this.shapes = own?.shapes ?? [];
    /** @type {Map<string, RouteGlue>} */
    this.routes = new Map();
    /** Modules that were changed since the glue was written. @type {string[]} */
    this.changed = own === undefined ? [`frontends/${frontend}`] : changed(root, own.modules);
    /** @type {Map<string, string>} */
    this.paths = new Map();
    /** Lines of modules that were looked into. @type {Map<string, string[]>} */
    this.lines = new Map();
    for (const route of own?.routes ?? []) {
      // What a route reads depends on its own module and on every helper.
      const routes = `frontends/${frontend}/routes/`;
      if (this.changed.some((module) => module === route.module || !module.startsWith(routes))) continue;
      this.routes.set(`${route.method} ${route.module}`, { private: route.private, arguments: route.arguments, calls: byPlace(route.calls ?? []) });
    }
  }

  /** The upstream's name and operation; throws if the contract had none such. */
  operation(upstream, name) {
    const operations = this.upstreams[upstream]?.operations;
    const operation = operations !== undefined && Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (operation === undefined) throw new ConfigError(`there is no operation ${upstream}.${name}: run \`frontage types\``);
    return operation;
  }

  /**
   * What a call reads.
   *
   * @param {RouteGlue | undefined} route
   * @param {string} upstream
   * @param {string} operation
   * @param {{ file: string, line: number, column: number } | undefined} site
   * @returns {Reading}
   */
  reading(route, upstream, operation, site) {
    const module = site === undefined ? "" : this.module(site.file);
    const places = route?.calls.get(`${module} ${upstream}.${operation}`);
    if (places !== undefined && site !== undefined) {
      // The engine's place is that of the operation's name; the plan's is where the call begins.
      const several = places.filter(({ line }) => line === site.line).length > 1;
      const at = several ? this.characters(module, site) : site.column;
      const found = places.findLast(({ line, column }) => line < site.line || (line === site.line && column <= at));
      if (found !== undefined) return { answers: found.answers, shapes: this.shapes, part: found.part };
    }
    const declared = this.operation(upstream, operation);
    return { answers: declared.answers, shapes: this.upstreams[upstream]?.shapes ?? [], part: undefined };
  }

  /** The plan counts characters where the engine counts UTF-16 units. */
  characters(module, { line, column }) {
    let lines = this.lines.get(module);
    if (lines === undefined) {
      lines = fs.readFileSync(path.join(this.root, module), "utf8").split("\n");
      this.lines.set(module, lines);
    }
    return [...(lines[line - 1] ?? "").slice(0, column - 1)].length + 1;
  }

  /** A module's path in the workspace, by its URL. */
  module(url) {
    let known = this.paths.get(url);
    if (known === undefined) {
      const file = url.startsWith("file:") ? fileURLToPath(url.replace(/\?.*$/, "")) : url;
      known = path.relative(this.root, file).split(path.sep).join("/");
      this.paths.set(url, known);
    }
    return known;
  }
}

function data(file) {
  let text;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const read = JSON.parse(text);
  if (read.version !== VERSION) throw new ConfigError(`${file} was written by another version: run \`frontage types\``);
  return read;
}

function byPlace(calls) {
  const out = new Map();
  for (const [module, line, column, upstream, operation, answers, part] of calls) {
    const key = `${module} ${upstream}.${operation}`;
    if (!out.has(key)) out.set(key, []);
    out.get(key).push({ line, column, answers, part: part ?? undefined });
  }
  for (const places of out.values()) places.sort((a, b) => a.line - b.line || a.column - b.column);
  return out;
}

/** Files that are not what they were, or no longer there. */
function changed(root, files) {
  return Object.entries(files)
    .filter(([file, digest]) => {
      try {
        return digestOf(fs.readFileSync(path.join(root, file))) !== digest;
      } catch {
        return true;
      }
    })
    .map(([file]) => file);
}

/** Two FNV-1a sums, in hexadecimal. @param {Uint8Array} bytes */
function digestOf(bytes) {
  let first = 0x811c9dc5;
  let second = 0x12345678;
  for (const byte of bytes) {
    first = Math.imul(first ^ byte, 0x01000193);
    second = Math.imul(second ^ byte, 0x01000193);
  }
  const hex = (sum) => (sum >>> 0).toString(16).padStart(8, "0");
  return hex(first) + hex(second);
}

/**
 * Where the function that is `below` was called. @param {Function} below
 * @returns {{ file: string, line: number, column: number } | undefined}
 */
export function callSite(below) {
  const { prepareStackTrace, stackTraceLimit } = Error;
  /** @type {{ stack?: any }} */
  const holder = {};
  Error.stackTraceLimit = 1;
  Error.prepareStackTrace = (_, sites) => sites;
  Error.captureStackTrace(holder, below);
  const [site] = holder.stack ?? [];
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  const file = site?.getFileName();
  if (!file) return undefined;
  return { file, line: site.getLineNumber(), column: site.getColumnNumber() };
}
