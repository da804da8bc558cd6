// Problem details: the body of every error (RFC 9457).
//
// Never: internals of upstreams, or anything a client did not send or may not know.

import { STATUS_CODES } from "node:http";

const TITLES = {
  invalid_input: "The request does not fit what this route takes",
  malformed_body: "The body is not JSON",
  unsupported_media_type: "The body must be application/json",
  upstream_timeout: "A service did not answer in time",
  upstream_unavailable: "A service could not be reached",
  upstream_drift: "A service answered something unexpected",
  upstream_busy: "A service asks to slow down",
  upstream_error: "A service failed",
  upstream_unauthorized: "A service wants to know who asks",
  upstream_forbidden: "A service does not allow this",
  upstream_not_found: "A service does not have this",
  upstream_conflict: "A service sees a conflict",
  upstream_gone: "A service no longer has this",
  upstream_unprocessable: "A service does not accept this",
  internal: "This route failed",
};

/** A fault to answer with. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {{ title?: string, detail?: string, errors?: object[], retryAfter?: number, cause?: unknown }} [more]
   */
  constructor(status, code, more = {}) {
    super(code, { cause: more.cause });
    this.status = status;
    this.code = code;
    this.title = more.title ?? TITLES[/** @type {keyof typeof TITLES} */ (code)] ?? reason(status);
    this.detail = more.detail;
    this.errors = more.errors;
    this.retryAfter = more.retryAfter;
    /** Whether it depends on who asks. */
    this.private = false;
  }
}

/** Where Node has other words than the registry, or words on what it does not know. */
const OWN_REASONS = new Map([[418, "I'm a teapot"], [509, "Error"]]);

/** The standard's words on a status. @param {number} status */
export function reason(status) {
  return OWN_REASONS.get(status) ?? STATUS_CODES[status] ?? "Error";
}

/**
 * The answer to a problem.
 *
 * @param {Problem} problem
 * @param {string} requestId
 */
export function answerProblem({ status, code, title, detail, errors, retryAfter, private: own }, requestId) {
  // A problem's words are whole characters, whatever a route made them of.
  const body = { type: "about:blank", title, status, code: code.toWellFormed(), detail: detail === undefined ? detail : String(detail).toWellFormed(), errors, requestId };
  /** @type {Record<string, string | string[]>} */
  const headers = { "content-type": "application/problem+json", "cache-control": own ? "private, no-store" : "no-store" };
  if (retryAfter !== undefined) headers["retry-after"] = String(retryAfter);
  return { status, headers, body: Buffer.from(JSON.stringify(body)) };
}
