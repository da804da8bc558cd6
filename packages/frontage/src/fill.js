// URL templates filled by encoders, and bodies: the only way from values to a request.
//
// In:    an operation of the glue and the arguments of a call.
// Out:   path with query, header fields, body.
// Never: a value that ends its segment, its pair or its line; a segment `.`, `..` or an empty one
//        made of values.
//
// Sources: OpenAPI 3.1 §4.8.12 (parameter styles), RFC 6570 §3.2, RFC 3986 §2.3 and §3.3.

/** The path would name nothing: an empty segment, `.` or `..`. */
export class NoSuchPath extends Error {}

/** Headers of parameters that belong to the connection. */
const RESERVED = ["host", "content-length", "transfer-encoding", "connection", "te", "upgrade"];

/** @typedef {{ text: string } | { list: string[] } | { map: [string, string][] }} Argument */
/** @typedef {[key: string, name: string, location: string, style: string, explode: number, required: number]} Parameter */

/**
 * Fills the template of an operation.
 *
 * @param {{ path: (string | number)[], parameters: Parameter[] }} operation
 * @param {(parameter: Parameter, index: number) => unknown} valueOf What a parameter's value is; `undefined` leaves it out.
 * @returns {{ target: string, headers: [string, string][] }}
 */
export function fill(operation, valueOf) {
  const values = operation.parameters.map((parameter, index) => argument(valueOf(parameter, index)));
  for (const [index, [, name, , , , required]] of operation.parameters.entries()) {
    if (required === 1 && values[index] === undefined) throw new TypeError(`parameter \`${name}\` has no value`);
  }
  let target = path(operation, values);
  /** @type {[string, string][]} */
  const headers = [];
  /** @type {string[]} */
  const pairs = [];
  /** @type {string[]} */
  const cookies = [];
  for (const [index, parameter] of operation.parameters.entries()) {
    const value = values[index];
    if (value === undefined) continue;
    if (parameter[2] === "query") queryPairs(parameter, value, pairs);
    else if (parameter[2] === "cookie") queryPairs(parameter, value, cookies);
    else if (parameter[2] === "header") headers.push(header(parameter, value));
  }
  if (pairs.length > 0) target += `?${pairs.join("&")}`;
  if (cookies.length > 0) headers.push(["cookie", cookies.join("; ")]);
  return { target, headers };
}

/**
 * A body and its content type; nothing for `undefined`.
 *
 * @param {unknown} value
 * @param {[string, string?]} kind
 * @returns {{ type: string, bytes: Buffer } | undefined}
 */
export function body(value, [kind, media]) {
  if (value === undefined) return undefined;
  switch (kind) {
    case "json": {
      const written = JSON.stringify(value);
      return written === undefined ? undefined : { type: String(media), bytes: Buffer.from(written) };
    }
    case "text":
      return { type: String(media), bytes: Buffer.from(text(value) ?? "") };
    case "form": {
      if (!isPlain(value)) throw new TypeError("a form is written from an object");
      const pairs = Object.entries(value).flatMap(([name, member]) => {
        const own = argument(member);
        if (own === undefined) return [];
        if ("text" in own) return [`${encode(name)}=${encode(own.text)}`];
        if ("list" in own) return own.list.map((item) => `${encode(name)}=${encode(item)}`);
        return own.map.map(([key, item]) => `${encode(key)}=${encode(item)}`);
      });
      return { type: "application/x-www-form-urlencoded", bytes: Buffer.from(pairs.join("&")) };
    }
    default:
      throw new TypeError("this body can only be handed through");
  }
}

/** @param {unknown} value @returns {Argument | undefined} */
function argument(value) {
  if (Array.isArray(value)) return { list: value.map(text).filter((item) => item !== undefined) };
  if (isPlain(value)) {
    const members = Object.entries(value).map(([name, member]) => /** @type {const} */ ([name, text(member)]));
    return { map: /** @type {[string, string][]} */ (members.filter(([, member]) => member !== undefined)) };
  }
  const own = text(value);
  return own === undefined ? undefined : { text: own };
}

/** A single value as text; `undefined` for what leaves a parameter out. */
function text(value) {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value === "boolean") return String(value);
  // As JSON writes it.
  if (typeof value === "number") return JSON.stringify(value);
  if (value instanceof Date) return JSON.stringify(value).replaceAll('"', "");
  throw new TypeError(`${typeof value} cannot be sent as a parameter`);
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isPlain(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return !(value instanceof Date || value instanceof Map || value instanceof Set || value instanceof Error);
}

/** Everything but RFC 3986's unreserved characters. */
function encode(value) {
  const escaped = (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(value).replace(/[!'()*]/g, escaped);
}

function path(operation, values) {
  let out = "";
  // Whether the segment that is being written holds a value.
  let filled = false;
  const check = () => {
    if (filled && ["", ".", ".."].includes(out.slice(out.lastIndexOf("/") + 1))) throw new NoSuchPath();
    filled = false;
  };
  for (const piece of operation.path) {
    if (typeof piece === "string") {
      for (const [index, part] of piece.split("/").entries()) {
        if (index > 0) {
          check();
          out += "/";
        }
        out += part;
      }
      continue;
    }
    const parameter = operation.parameters[piece];
    const value = values[piece];
    if (value === undefined) throw new TypeError(`parameter \`${parameter[1]}\` has no value`);
    if (("text" in value ? value.text : "list" in value ? value.list : value.map).length === 0) throw new NoSuchPath();
    out += pathValue(parameter, value);
    filled = true;
  }
  check();
  return out;
}

/** @param {Parameter} parameter @param {Argument} value */
function pathValue([, wire, , style, explode], value) {
  const name = encode(wire);
  if (style === "label") {
    if ("text" in value) return `.${encode(value.text)}`;
    if ("list" in value) return `.${all(value.list, explode ? "." : ",")}`;
    return `.${explode ? pairsOf(value.map, ".") : flat(value.map, ",")}`;
  }
  if (style === "matrix") {
    if ("text" in value) return value.text === "" ? `;${name}` : `;${name}=${encode(value.text)}`;
    if ("list" in value) {
      return explode ? value.list.map((item) => `;${name}=${encode(item)}`).join("") : `;${name}=${all(value.list, ",")}`;
    }
    return explode ? `;${pairsOf(value.map, ";")}` : `;${name}=${flat(value.map, ",")}`;
  }
  if ("text" in value) return encode(value.text);
  if ("list" in value) return all(value.list, ",");
  return explode ? pairsOf(value.map, ",") : flat(value.map, ",");
}

const all = (items, separator) => items.map(encode).join(separator);
const flat = (members, between) => members.map(([key, item]) => `${encode(key)}${between}${encode(item)}`).join(between);
const pairsOf = (members, separator) => members.map(([key, item]) => `${encode(key)}=${encode(item)}`).join(separator);

/** @param {Parameter} parameter @param {Argument} value @param {string[]} out */
function queryPairs([, wire, , style, explode], value, out) {
  const name = encode(wire);
  const separator = style === "spaceDelimited" ? "%20" : style === "pipeDelimited" ? "%7C" : ",";
  if ("text" in value) out.push(`${name}=${encode(value.text)}`);
  else if ("list" in value) {
    if (value.list.length === 0) return;
    if (explode) out.push(...value.list.map((item) => `${name}=${encode(item)}`));
    else out.push(`${name}=${all(value.list, separator)}`);
  } else {
    if (value.map.length === 0) return;
    if (style === "deepObject") out.push(...value.map.map(([key, item]) => `${name}%5B${encode(key)}%5D=${encode(item)}`));
    else if (explode) out.push(pairsOf(value.map, "&"));
    else out.push(`${name}=${flat(value.map, separator)}`);
  }
}

/**
 * Header values are not percent-encoded; what a field cannot carry is refused.
 *
 * @param {Parameter} parameter @param {Argument} value
 */
function header([, wire, , , explode], value) {
  const name = wire.toLowerCase();
  if (RESERVED.includes(name)) throw new TypeError(`parameter \`${wire}\` is a header that belongs to the connection`);
  const between = explode ? "=" : ",";
  const words =
    "text" in value ? value.text : "list" in value ? value.list.join(",") : value.map.map(([key, item]) => `${key}${between}${item}`).join(",");
  const field = fieldValue(words);
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) || field === undefined) throw new TypeError(`parameter \`${wire}\` cannot stand in a header`);
  return /** @type {[string, string]} */ ([name, field]);
}

/** Text as the bytes of a header's value (UTF-8, one character per byte); `undefined` if it holds a control character. */
export function fieldValue(words) {
  const bytes = Buffer.from(words, "utf8").toString("latin1");
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(bytes) ? bytes : undefined;
}
