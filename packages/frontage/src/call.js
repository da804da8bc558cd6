// One request that is running, and the upstream calls that it makes.
//
// In:    an operation, its arguments and options, the place where the call stands.
// Out:   a promise of the answer, cut to what is read there, or of an `UpstreamError`.
// Never: a rejection that ends the process because the handler was already done; an answer larger
//        than the limit.

import { RETRY_AFTER, shared } from "./shared.js";
import { NoSuchPath, body, fieldValue, fill } from "./fill.js";
import { Drift, decode, read } from "./shape.js";
import { callSite } from "./glue.js";
import { VERSION } from "./version.js";

/** Longest `Retry-After` that is passed on, in seconds. */
const LONGEST_RETRY = 86400;

/** Longest path with query that a call may have, in bytes. */
const LONGEST_TARGET = 65534;

/**
 * How an upstream is asked. The runtime's own transport is `undici`; tests script theirs.
 *
 * @callback Transport
 * @param {TransportRequest} request
 * @returns {Promise<TransportAnswer>} Rejects if there is no answer; a `TransportError` says why.
 */

/**
 * @typedef {object} TransportRequest
 * @property {string} upstream
 * @property {string} operation
 * @property {string} method
 * @property {string} url The whole address: `urls[0]`.
 * @property {string[]} urls The same at every address of the upstream, the one to try first in front.
 * @property {Record<string, string>} headers
 * @property {Uint8Array | import("node:stream").Readable | undefined} body
 * @property {number} timeout Milliseconds for this call; the runtime keeps it too, by `signal`.
 * @property {boolean} safe
 * @property {AbortSignal} signal Aborted when the time is over.
 * @property {number} limit Largest answer, in bytes.
 * @property {boolean} stream Whether the body is wanted as it comes.
 */

/**
 * @typedef {object} TransportAnswer
 * @property {number} status
 * @property {Record<string, string | string[] | undefined>} headers By lower-case name.
 * @property {Uint8Array | import("node:stream").Readable} body
 */

/** Why there is no answer. */
export class TransportError extends Error {
  /** @param {"timeout" | "connection"} reason @param {string} message */
  constructor(reason, message) {
    super(message);
    this.reason = reason;
  }
}

/** @typedef {{ upstream: string, operation: string, start: number, duration: number, result: string, message?: string }} CallRecord */

/** The store of `shared.running`. */
export class RunningRequest {
  /**
   * @param {object} setting
   * @param {import("./backend.js").Parts} setting.parts What the backend is made of.
   * @param {import("./glue.js").RouteGlue | undefined} setting.route
   * @param {number} setting.now
   * @param {string} setting.id
   * @param {Record<string, string>} setting.trace Headers that continue the caller's trace.
   */
  constructor({ parts, route, now, id, trace }) {
    this.parts = parts;
    this.route = route;
    this.now = now;
    this.id = id;
    this.trace = trace;
    /** Failures of calls that stand where a fallback replaces a part. @type {{ part: string, fault: unknown }[]} */
    this.failures = [];
    /** @type {CallRecord[]} */
    this.calls = [];
    /** @type {object[]} */
    this.drift = [];
  }

  /**
   * Called by the functions of `#upstreams`.
   *
   * @param {string} upstream @param {string} operation
   * @param {any} args @param {any} options
   * @param {Function} below The function that the handler called.
   */
  call(upstream, operation, args, options, below) {
    const site = callSite(below);
    const promise = this.run(upstream, operation, args ?? {}, options ?? {}, site);
    // A call that nobody waits for any longer may fail.
    promise.catch(() => {});
    return promise;
  }

  /** Parts that were replaced. */
  replaced() {
    return [...new Set(this.failures.map(({ part }) => part))].sort();
  }

  async run(upstream, name, args, options, site) {
    const { glue } = this.parts;
    const operation = glue.operation(upstream, name);
    const reading = glue.reading(this.route, upstream, name, site);
    try {
      return await this.exchange(upstream, name, operation, reading, args, options);
    } catch (fault) {
      if (reading.part !== undefined) this.failures.push({ part: reading.part, fault });
      throw fault;
    }
  }

  async exchange(upstream, name, operation, reading, args, options) {
    const failed = (status, reason) => new shared.UpstreamError(status, upstream, name, reason);
    const nullOn = options.nullOn ?? [];
    let filled;
    try {
      filled = fill(operation, ([key]) => (Object.hasOwn(args, key) ? args[key] : undefined));
    } catch (fault) {
      if (!(fault instanceof NoSuchPath)) throw fault;
      if (nullOn.includes(404)) return null;
      throw failed(404, "status");
    }
    const payload = operation.body === null ? undefined : body(args.body, operation.body);
    const json = reading.answers.some(([, , kind]) => typeof kind === "number");
    /** @type {Record<string, string>} */
    const headers = {
      accept: json ? "application/json, */*;q=0.5" : "*/*",
      "user-agent": `frontage/${VERSION}`,
      "x-request-id": this.id,
      ...this.trace,
      ...Object.fromEntries(filled.headers),
    };
    if (payload !== undefined) headers["content-type"] = payload.type;
    for (const [key, value] of Object.entries(options.headers ?? {})) headers[key.toLowerCase()] = fieldValue(String(value)) ?? "";
    let answer;
    try {
      answer = await ask(this, { upstream, operation: name, method: operation.method, safe: operation.safe, target: filled.target, headers, body: payload?.bytes, timeout: options.timeout, stream: false });
    } catch (fault) {
      throw /** @type {any} */ (fault).reason === "timeout" ? failed(504, "timeout") : failed(502, "connection");
    }
    const { status } = answer;
    if (nullOn.includes(status)) return null;
    if (status < 200 || status > 299) {
      const error = failed(status, "status");
      if (status === 429) Object.defineProperty(error, RETRY_AFTER, { value: retryAfter(answer.headers["retry-after"]) });
      throw error;
    }
    try {
      return value(answer, reading);
    } catch (fault) {
      if (!(fault instanceof Drift)) throw fault;
      this.drift.push({ upstream, operation: name, place: fault.path, expected: fault.expected, found: fault.found });
      throw failed(502, "drift");
    }
  }
}

/** What a successful answer gives where it is read. */
function value({ status, body }, { answers, shapes }) {
  const found = answers.find(([from, to]) => from <= status && status <= to);
  if (found === undefined) throw new Drift("a status of the contract", `status ${status}`);
  const kind = found[2];
  if (kind === "empty") return undefined;
  if (kind !== "text") return read(body, shapes, kind);
  try {
    return decode(body);
  } catch {
    throw new Drift("text in UTF-8", "other bytes");
  }
}

function retryAfter(field) {
  const text = String(Array.isArray(field) ? field[0] : (field ?? "")).trim();
  return /^\+?\d{1,10}$/.test(text) && Number(text) < 2 ** 32 ? Math.min(Math.max(Number(text), 1), LONGEST_RETRY) : 1;
}

/**
 * Asks an upstream, within its time.
 *
 * @param {RunningRequest} request
 * @param {{ upstream: string, operation: string, method: string, safe: boolean, target: string, headers: Record<string, string>, body: any, timeout: number | undefined, stream: boolean }} what
 * @returns {Promise<TransportAnswer>}
 */
export async function ask(request, { target, ...what }) {
  const { config, glue, transport, timers, next } = request.parts;
  const upstream = config.upstreams.get(what.upstream);
  if (upstream === undefined) throw new TransportError("connection", `${what.upstream} is not configured`);
  const timeout = what.timeout ?? glue.upstreams[what.upstream]?.timeout ?? 5000;
  const first = next(what.upstream, upstream.urls.length);
  const turned = [...upstream.urls.slice(first), ...upstream.urls.slice(0, first)];
  const urls = turned.map((base) => base + (target.startsWith("/") ? target : /^https?:\/\/[^/]+$/.test(base) ? `/${target}` : target));
  const longest = Math.max(...urls.map((url) => url.replace(/^https?:\/\/[^/]*/, "").length));
  const record = { upstream: what.upstream, operation: what.operation, start: performance.now(), duration: 0, result: "cancelled" };
  request.calls.push(record);
  const abort = new AbortController();
  /** @type {any} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = timers.setTimeout(() => {
      reject(new TransportError("timeout", `no answer within ${timeout} ms`));
      abort.abort();
    }, timeout);
  });
  try {
    if (longest > LONGEST_TARGET) throw new TransportError("connection", "the URL is too long");
    const asked = transport({ ...what, url: urls[0] ?? "", urls, headers: { ...what.headers, ...upstream.headers }, timeout, signal: abort.signal, limit: config.limits.upstreamAnswer });
    asked.catch(() => {});
    const answer = await Promise.race([asked, late]);
    if (answer.body instanceof Uint8Array && answer.body.length > config.limits.upstreamAnswer) throw new TransportError("connection", "the answer is larger than the limit");
    record.result = String(answer.status);
    return answer;
  } catch (fault) {
    const { reason, message } = /** @type {any} */ (fault);
    Object.assign(record, { result: reason === "timeout" ? "timeout" : "connection", message });
    throw fault;
  } finally {
    timers.clearTimeout(timer);
    record.duration = performance.now() - record.start;
  }
}
