// What every copy of this package in one process shares: symbols, the error classes, the request
// that is running.
//
// In:    nothing.
// Out:   brands that survive two copies of the package (one of the workspace, one of a test tool).
// Never: state of a workspace.

import { AsyncLocalStorage } from "node:async_hooks";

/** Marks what `route` and `passthrough` make. */
export const ROUTE = Symbol.for("frontage.route");
/** Marks what `json`, `noContent` and `redirect` make. */
export const REPLY = Symbol.for("frontage.reply");
/** Marks an operation of `#upstreams`. */
export const OPERATION = Symbol.for("frontage.operation");
/** Seconds that an upstream asked to wait, on its error. */
export const RETRY_AFTER = Symbol.for("frontage.retryAfter");

class HttpError extends Error {
  /** @param {number} status @param {string} code @param {string | undefined} detail */
  constructor(status, code, detail) {
    super(detail ?? code);
    this.status = status;
    this.code = code;
    if (detail !== undefined) this.detail = detail;
  }
}

/** @param {string} name @param {number} status @param {string} reason */
function words(name, status, reason) {
  if (reason === "status") return `${name} answered ${status}`;
  if (reason === "timeout") return `${name} did not answer in time`;
  if (reason === "drift") return `${name} contradicts its contract`;
  return `${name} could not be reached`;
}

class UpstreamError extends Error {
  /** @param {number} status @param {string} upstream @param {string} operation @param {string} reason */
  constructor(status, upstream, operation, reason) {
    super(words(`${upstream}.${operation}`, status, reason));
    this.status = status;
    this.upstream = upstream;
    this.operation = operation;
    this.reason = reason;
  }
}

// As with JavaScript's own errors, a class's name is no member of its values: nothing copies it or
// writes it into JSON.
for (const one of [HttpError, UpstreamError]) {
  Object.defineProperty(one.prototype, "name", { value: one.name, writable: true, configurable: true });
}

/**
 * @typedef {object} Shared
 * @property {typeof HttpError} HttpError
 * @property {typeof UpstreamError} UpstreamError
 * @property {AsyncLocalStorage<any>} running The request that is running: see `call.js`.
 */

const KEY = Symbol.for("frontage.shared");
const all = /** @type {Record<symbol, Shared>} */ (/** @type {unknown} */ (globalThis));

/** @type {Shared} */
export const shared = (all[KEY] ??= { HttpError, UpstreamError, running: new AsyncLocalStorage() });
