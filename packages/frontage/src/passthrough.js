// Routes that hand an upstream's answer on as it is.
//
// In:    a request for such a route.
// Out:   the upstream's answer as a stream, without hop-by-hop fields and cookies.
// Never: cookies, credentials or forwarding claims of the client handed to the upstream.

import { Readable, Transform } from "node:stream";
import { ask } from "./call.js";
import { NoSuchPath, fill } from "./fill.js";
import { Problem } from "./problem.js";
import { decode } from "./shape.js";

/** Request headers that are handed on. */
const FORWARDED = [
  "accept", "accept-encoding", "accept-language", "content-type", "content-encoding", "range",
  "if-range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since",
];

/** Fields that belong to a connection. */
const HOP = ["connection", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];

/**
 * @param {import("./call.js").RunningRequest} running
 * @param {{ upstream: string, operation: string, timeout: number | undefined }} target
 * @param {{ method: string, params: Record<string, string>, query: string, headers: Record<string, string | string[] | undefined>, body: Uint8Array | import("node:stream").Readable | undefined }} request
 * @returns {Promise<import("./reply.js").Answer>}
 */
export async function passThrough(running, target, request) {
  const operation = running.parts.glue.operation(target.upstream, target.operation);
  const single = (name) => {
    const lower = name.toLowerCase();
    const value = Object.hasOwn(request.headers, lower) ? request.headers[lower] : undefined;
    const first = Array.isArray(value) ? value[0] : value;
    return first === undefined ? undefined : utf8(first);
  };
  const query = new URLSearchParams(request.query);
  let filled;
  try {
    filled = fill(operation, ([, name, location]) => {
      if (location === "path") return request.params[name];
      if (location === "header") return single(name);
      if (location === "cookie") return undefined;
      const values = query.getAll(name);
      return values.length > 1 ? values : values[0];
    });
  } catch (fault) {
    throw fault instanceof NoSuchPath ? new Problem(404, "upstream_not_found") : new Problem(400, "invalid_input", { cause: fault });
  }
  /** @type {Record<string, string>} */
  const headers = {};
  for (const name of FORWARDED) {
    const value = request.headers[name];
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  Object.assign(headers, { "x-request-id": running.id }, running.trace, Object.fromEntries(filled.headers));
  /** @type {{ fault?: Problem }} */
  const received = {};
  let answer;
  try {
    answer = await ask(running, {
      upstream: target.upstream,
      operation: target.operation,
      // `HEAD` comes by itself and costs the upstream no body.
      method: request.method === "HEAD" && operation.method === "GET" ? "HEAD" : operation.method,
      safe: operation.safe,
      target: filled.target,
      headers,
      body: operation.body === null ? undefined : bounded(request, running.parts.config.limits.requestBody, received),
      timeout: target.timeout,
      stream: true,
    });
  } catch (fault) {
    // A body that failed fails the call: the fault is the client's, not the upstream's.
    if (received.fault !== undefined) throw received.fault;
    throw /** @type {any} */ (fault).reason === "timeout" ? new Problem(504, "upstream_timeout", { cause: fault }) : new Problem(502, "upstream_unavailable", { cause: fault });
  }
  const named = String(answer.headers["connection"] ?? "").toLowerCase().split(",").map((name) => name.trim());
  const kept = Object.entries(answer.headers).filter(([name, value]) => value !== undefined && name !== "set-cookie" && !HOP.includes(name) && !named.includes(name));
  return { status: answer.status, headers: /** @type {any} */ (Object.fromEntries(kept)), body: answer.body };
}

/** The text of a field's bytes, which Node gives one character each; none if they are no UTF-8. */
function utf8(field) {
  try {
    return decode(Buffer.from(field, "latin1"));
  } catch {
    return undefined;
  }
}

/** The client's body, which ends with a fault beyond the limit. */
function bounded({ body, headers }, limit, received) {
  const empty = headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0;
  if (!(body instanceof Readable)) return body === undefined || body.length === 0 ? undefined : body;
  if (empty) return undefined;
  let left = limit;
  const counted = new Transform({
    transform(piece, _, done) {
      left -= piece.length;
      if (left >= 0) return done(null, piece);
      received.fault = tooLarge(limit);
      done(received.fault);
    },
  });
  body.on("error", () => {
    received.fault ??= new Problem(400, "broken_body");
    counted.destroy(received.fault);
  });
  counted.on("error", () => {});
  return body.pipe(counted);
}

/** @param {number} limit */
export function tooLarge(limit) {
  return new Problem(413, "body_too_large", { detail: `a body may have ${limit} bytes` });
}
