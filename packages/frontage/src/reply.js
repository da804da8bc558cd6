// From what a handler gave to what is answered.
//
// Never: an upstream's name, status line or body in a problem, except the few statuses that a client
//        can act on.

import { REPLY, RETRY_AFTER, shared } from "./shared.js";
import { fieldValue } from "./fill.js";
import { Problem, reason } from "./problem.js";

/** Fields that belong to the connection. */
const FRAMING = ["connection", "content-length", "transfer-encoding", "upgrade", "trailer", "te"];

/** @typedef {{ status: number, headers: Record<string, string | string[]>, body: Uint8Array | import("node:stream").Readable }} Answer */

/**
 * The answer to a value that a handler returned.
 *
 * @param {any} value
 * @returns {Answer}
 */
export function answerValue(value) {
  const reply = value === null || typeof value !== "object" ? undefined : value[REPLY];
  if (reply === undefined) return jsonAnswer(200, value, {});
  if (reply.kind === "empty") return { status: 204, headers: {}, body: Buffer.alloc(0) };
  if (reply.kind === "redirect") {
    const status = reply.status ?? 302;
    if (!Number.isInteger(status) || status < 300 || status > 399) throw new RangeError("a redirect's status must be from 300 to 399");
    return { status, headers: { location: locationValue(String(reply.location)) }, body: Buffer.alloc(0) };
  }
  const { status = 200, headers = {}, cache } = reply.init;
  if (!Number.isInteger(status) || status < 200 || status > 599) throw new RangeError("a reply's status must be from 200 to 599");
  /** @type {Record<string, string | string[]>} */
  const fields = {};
  for (const [name, given] of Object.entries(headers)) {
    if (given === undefined) continue;
    const field = fieldValue(String(given));
    const lower = name.toLowerCase();
    if (field === undefined || FRAMING.includes(lower) || !/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(lower)) throw new TypeError("a reply's header cannot be written");
    fields[lower] = field;
  }
  if (cache !== undefined) {
    const stale = cache.staleWhileRevalidate === undefined ? "" : `, stale-while-revalidate=${cache.staleWhileRevalidate}`;
    fields["cache-control"] = `${cache.scope ?? "private"}, max-age=${cache.maxAge}${stale}`;
  }
  return jsonAnswer(status, reply.value, fields);
}

function jsonAnswer(status, value, headers) {
  const text = [204, 205, 304].includes(status) ? undefined : JSON.stringify(value);
  if (text === undefined) return { status: status === 200 ? 204 : status, headers, body: Buffer.alloc(0) };
  return { status, headers: { "content-type": "application/json", ...headers }, body: Buffer.from(text) };
}

/** A `Location`: ASCII as it is, everything else percent-encoded. */
function locationValue(location) {
  if (/[\u0000-\u001f\u007f]/.test(location)) throw new TypeError("a redirect's location cannot be written");
  return location.toWellFormed().replace(/[ "<>`]|[^\u0000-\u007f]+/g, encodeURIComponent);
}

/** Statuses of upstreams that a client can act on. */
const KEPT = {
  401: "upstream_unauthorized",
  403: "upstream_forbidden",
  404: "upstream_not_found",
  409: "upstream_conflict",
  410: "upstream_gone",
  422: "upstream_unprocessable",
};

/**
 * The problem that an error becomes which a handler did not catch.
 *
 * @param {any} thrown
 * @returns {Problem}
 */
export function problemOf(thrown) {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof shared.HttpError && thrown.status >= 400 && thrown.status <= 599 && Number.isInteger(thrown.status)) {
    return new Problem(thrown.status, thrown.code, { title: reason(thrown.status), detail: thrown.detail });
  }
  if (thrown instanceof shared.UpstreamError) {
    const { reason: why, status } = thrown;
    if (why === "timeout") return new Problem(504, "upstream_timeout", { cause: thrown });
    if (why === "drift") return new Problem(502, "upstream_drift", { cause: thrown });
    if (why !== "status") return new Problem(502, "upstream_unavailable", { cause: thrown });
    const kept = KEPT[/** @type {keyof typeof KEPT} */ (status)];
    if (kept !== undefined) return new Problem(status, kept);
    if (status === 429) return new Problem(503, "upstream_busy", { retryAfter: /** @type {any} */ (thrown)[RETRY_AFTER] ?? 1 });
    return new Problem(502, "upstream_error", { cause: thrown });
  }
  return new Problem(500, "internal", { cause: thrown });
}
