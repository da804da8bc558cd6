// Routes: found by the names of files, chosen by path and method.
//
// In:    `routes/orders/[id].ts`; a request's path.
// Out:   the most specific route: a literal beats a parameter, a parameter beats a rest, at the
//        first segment where two differ.
// Never: two readings of one path: what is ambiguous to some reader (`//`, `.`, `..`, `\`, a control
//        character, broken percent-encoding) is refused and not repaired.

import fs from "node:fs";
import path from "node:path";

/** Methods that route modules export. */
export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** @typedef {{ file: string, module: string, path: string, segments: { kind: "literal" | "parameter" | "rest", name: string }[] }} RouteFile */

/**
 * Finds the route files of a frontend.
 *
 * @param {string} root The workspace.
 * @param {string} frontend
 * @returns {RouteFile[]}
 */
export function findRoutes(root, frontend) {
  const folder = path.join(root, "frontends", frontend, "routes");
  /** @type {RouteFile[]} */
  const found = [];
  if (!fs.existsSync(folder)) return found;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".ts") || entry.name.endsWith(".d.ts")) continue;
    const file = path.join(entry.parentPath, entry.name);
    const relative = path.relative(folder, file).split(path.sep).join("/");
    const parts = relative.slice(0, -3).split("/");
    if (parts.at(-1) === "index") parts.pop();
    const segments = parts.map((part) => {
      const rest = /^\[\.\.\.(\w+)\]$/.exec(part);
      if (rest?.[1] !== undefined) return { kind: /** @type {const} */ ("rest"), name: rest[1] };
      const parameter = /^\[(\w+)\]$/.exec(part);
      if (parameter?.[1] !== undefined) return { kind: /** @type {const} */ ("parameter"), name: parameter[1] };
      return { kind: /** @type {const} */ ("literal"), name: part };
    });
    const words = segments.map(({ kind, name }) => (kind === "literal" ? name : kind === "parameter" ? `{${name}}` : `{${name}...}`));
    found.push({ file, module: `frontends/${frontend}/routes/${relative}`, path: `/${words.join("/")}`, segments });
  }
  return found.sort((a, b) => (a.module < b.module ? -1 : 1));
}

/** A tree of segments. @template T */
export class Router {
  constructor() {
    this.root = node();
  }

  /** @param {RouteFile["segments"]} segments @param {string} method @param {T} route */
  add(segments, method, route) {
    let at = this.root;
    for (const { kind, name } of segments) {
      if (kind === "rest") {
        at.rest.set(method, route);
        return;
      }
      if (kind === "parameter") at = at.parameter ??= node();
      else {
        const next = at.literals.get(name) ?? node();
        at.literals.set(name, next);
        at = next;
      }
    }
    at.ends.set(method, route);
  }

  /**
   * The most specific route with this method and path; else the methods that the path has.
   *
   * @param {string | undefined} method
   * @param {string[]} segments Decoded.
   * @returns {{ route: T, values: string[] } | { methods: string[] }}
   */
  find(method, segments) {
    /** @type {Set<string>} */
    const methods = new Set();
    /** @type {string[]} */
    const values = [];
    const end = (ends) => {
      const route = method === undefined ? undefined : (ends.get(method) ?? (method === "HEAD" ? ends.get("GET") : undefined));
      if (route === undefined) for (const name of ends.keys()) methods.add(name);
      return route;
    };
    const walk = (at, index) => {
      if (index === segments.length) return end(at.ends);
      const literal = at.literals.get(segments[index]);
      const found = literal === undefined ? undefined : walk(literal, index + 1);
      if (found !== undefined) return found;
      if (at.parameter !== undefined) {
        values.push(segments[index] ?? "");
        const route = walk(at.parameter, index + 1);
        if (route !== undefined) return route;
        values.pop();
      }
      if (at.rest.size > 0) {
        const route = end(at.rest);
        if (route !== undefined) {
          values.push(segments.slice(index).join("/"));
          return route;
        }
      }
      return undefined;
    };
    const route = walk(this.root, 0);
    return route === undefined ? { methods: [...methods] } : { route, values };
  }
}

function node() {
  return { literals: new Map(), parameter: /** @type {any} */ (undefined), ends: new Map(), rest: new Map() };
}

/** The `Allow` field for these methods, with those that come by themselves. */
export function allow(methods) {
  const order = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
  const own = methods.filter((method) => method !== "HEAD").sort((a, b) => order.indexOf(a) - order.indexOf(b));
  if (methods.includes("GET") || methods.includes("HEAD")) own.push("HEAD");
  return [...own, "OPTIONS"].join(", ");
}

/** Why a path is refused. */
export class PathError extends Error {}

/**
 * Splits a path at its slashes and decodes each segment.
 *
 * @param {string} text
 * @returns {{ list: string[], trailingSlash: boolean }}
 */
export function split(text) {
  if (!text.startsWith("/")) throw new PathError("the path must start with `/`");
  if (text === "/") return { list: [], trailingSlash: false };
  const pieces = text.slice(1).split("/");
  const trailingSlash = pieces.length > 1 && pieces.at(-1) === "";
  if (trailingSlash) pieces.pop();
  if (pieces.includes("")) throw new PathError("the path has an empty segment");
  return { list: pieces.map(decode), trailingSlash };
}

function decode(piece) {
  const forbidden = () => new PathError("the path has a control character or a backslash");
  if (piece.includes("\\")) throw forbidden();
  if (/%(?![0-9A-Fa-f]{2})/.test(piece)) throw new PathError("the path has a broken percent-encoding");
  let text;
  try {
    text = decodeURIComponent(piece);
  } catch {
    throw new PathError("the path is not UTF-8");
  }
  if (text === "." || text === "..") throw new PathError("the path has a `.` or `..` segment");
  if (/[\u0000-\u001f\u007f-\u009f]/.test(text)) throw forbidden();
  return text;
}
