// A backend without a socket: one frontend of a workspace, request in, answer out.
//
// In:    a workspace's folder, with what `frontage types` wrote; a frontend's name.
// Out:   `handle`, which answers one request. The server (server.js) and tests stand on it.
// Never: state outside of the backend; many may live in one process.
//
// Start at `createBackend`.

import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { ROUTE, shared } from "./shared.js";
import { RunningRequest } from "./call.js";
import { installClock } from "./clock.js";
import { ConfigError, isLoopback, readConfig } from "./config.js";
import { Files } from "./files.js";
import { Glue } from "./glue.js";
import { accept } from "./input.js";
import { passThrough, tooLarge } from "./passthrough.js";
import { Problem, answerProblem } from "./problem.js";
import { answerValue, problemOf } from "./reply.js";
import { METHODS, PathError, Router, allow, findRoutes, split } from "./router.js";
import { undiciTransport } from "./transport.js";

/**
 * @typedef {object} Options
 * @property {string} workspace The workspace's folder.
 * @property {string} frontend The frontend's name.
 * @property {import("./call.js").Transport} [transport] How upstreams are asked; undici if absent.
 * @property {() => number} [now] The clock, in milliseconds since 1970.
 * @property {{ setTimeout: (f: () => void, ms: number) => unknown, clearTimeout: (timer: any) => void }} [timers]
 * @property {Record<string, string | undefined>} [env] Where `${NAME}` is looked up; `process.env` if absent.
 * @property {string} [version] Set anew to read route modules anew that the process has read before.
 * @property {(event: Record<string, unknown>) => void} [log] What is told of requests and failures.
 */

/**
 * @typedef {object} HandleRequest
 * @property {string} method
 * @property {string} url Path and query.
 * @property {Record<string, string | string[] | undefined>} [headers]
 * @property {Uint8Array | string | Readable} [body]
 */

/** @typedef {{ config: import("./config.js").Config, glue: Glue, transport: import("./call.js").Transport, timers: { setTimeout: (f: () => void, ms: number) => unknown, clearTimeout: (timer: any) => void }, next: (upstream: string, count: number) => number }} Parts */

/** @param {Options} options */
export async function createBackend(options) {
  installClock();
  survive();
  const config = readConfig(options.workspace, options.frontend, options.env ?? process.env);
  const glue = new Glue(config.root, options.frontend);
  const own = options.transport === undefined ? undiciTransport({ connections: config.limits.upstreamConnections }) : undefined;
  /** @type {Map<string, number>} */
  const turns = new Map();
  /** @type {Parts} */
  const parts = {
    config,
    glue,
    transport: options.transport ?? /** @type {NonNullable<typeof own>} */ (own).transport,
    timers: options.timers ?? { setTimeout, clearTimeout },
    next(upstream, count) {
      const turn = turns.get(upstream) ?? 0;
      turns.set(upstream, (turn + 1) % count);
      return turn % count;
    },
  };
  const router = await readRoutes(config, options.version);
  const files = config.files === undefined ? undefined : new Files(config.files);
  const backend = new Backend(parts, router, files, options, own?.close);
  if (glue.changed.length > 0) {
    backend.log({ level: "WARN", message: `changed since \`frontage types\` ran: ${glue.changed.join(", ")}; calls of such modules read all that contracts declare`, target: "frontage::glue" });
  }
  if (glue.stale.length > 0) {
    backend.log({ level: "WARN", message: `changed since \`frontage types\` ran: ${glue.stale.join(", ")}; calls follow what was there before: run it again`, target: "frontage::glue" });
  }
  return backend;
}

/** @typedef {{ path: string, glue: string, params: string[], definition: any }} Route */

/** @returns {Promise<Router<Route>>} */
async function readRoutes(config, version) {
  /** @type {Router<Route>} */
  const router = new Router();
  for (const { file, module, path, segments } of findRoutes(config.root, config.frontend)) {
    const url = pathToFileURL(file).href + (version === undefined ? "" : `?${encodeURIComponent(version)}`);
    const exported = await import(url);
    const params = segments.filter(({ kind }) => kind !== "literal").map(({ name }) => name);
    for (const method of METHODS) {
      const definition = exported[method]?.[ROUTE];
      if (definition !== undefined) router.add(segments, method, { path, glue: `${method} ${module}`, params, definition });
      else if (exported[method] !== undefined) throw new ConfigError(`${module}: ${method} must be made with route(...) or passthrough(...)`);
    }
  }
  return router;
}

class Backend {
  #running = 0;

  /**
   * @param {Parts} parts @param {Router<Route>} router @param {Files | undefined} files
   * @param {Options} options @param {(() => Promise<void>) | undefined} close
   */
  constructor(parts, router, files, options, close) {
    this.parts = parts;
    this.router = router;
    this.files = files;
    this.now = options.now ?? Date.now;
    this.log = options.log ?? (() => {});
    this.closeTransport = close;
  }

  /** The settings it was made with. */
  get config() {
    return this.parts.config;
  }

  /**
   * Answers a request; never rejects.
   *
   * @param {HandleRequest} request
   * @returns {Promise<{ status: number, headers: Record<string, string | string[]>, body: Uint8Array }>}
   */
  async handle(request) {
    const answer = await this.respond(request);
    if (answer.body instanceof Uint8Array) return { ...answer, body: answer.body };
    const pieces = [];
    for await (const piece of answer.body) pieces.push(Buffer.from(piece));
    return { ...answer, body: Buffer.concat(pieces) };
  }

  /**
   * Answers a request; what is handed through is a stream.
   *
   * @param {HandleRequest} request
   * @returns {Promise<import("./reply.js").Answer & { route: string, calls: import("./call.js").CallRecord[], requestId: string }>}
   */
  async respond({ method, url, headers = {}, body }) {
    const fields = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const id = requestId(fields["x-request-id"]);
    /** @type {{ route: string, calls: import("./call.js").CallRecord[], requestId: string }} */
    const told = { route: "none", calls: [], requestId: id };
    /** @type {import("./reply.js").Answer} */
    let answer;
    try {
      answer = await this.#way({ method, url, headers: fields, body, id }, told);
    } catch (fault) {
      const problem = problemOf(fault);
      if (problem.code === "internal") this.log({ level: "WARN", message: "a route failed", "http.route": told.route, request_id: id, cause: String(/** @type {any} */ (problem.cause)?.stack ?? problem.cause), target: "frontage::route" });
      answer = answerProblem(problem, id);
    }
    answer.headers["x-request-id"] = id;
    answer.headers["x-content-type-options"] ??= "nosniff";
    if ((method === "GET" || method === "HEAD") && answer.status === 200 && answer.body instanceof Uint8Array) validate(answer, fields["if-none-match"]);
    if (method === "HEAD") {
      if (answer.body instanceof Uint8Array) {
        if (answer.body.length > 0) answer.headers["content-length"] = String(answer.body.length);
      } else answer.body.resume();
      answer.body = Buffer.alloc(0);
    }
    return { ...answer, ...told };
  }

  /** Stops asking upstreams. */
  async close() {
    await this.closeTransport?.();
  }

  async #way({ method, url, headers, body, id }, told) {
    const { config, glue } = this.parts;
    const { limits, session } = config;
    if (Buffer.byteLength(url) > limits.uri) throw new Problem(414, "uri_too_long", { detail: `path and query may have ${limits.uri} bytes` });
    if (Array.isArray(headers.host)) throw new Problem(400, "malformed_head", { detail: "a request needs exactly one Host" });
    if (session !== undefined && headers.host !== undefined && !isLoopback(hostOf(String(headers.host)))) {
      throw new Problem(421, "foreign_host", { detail: "auth of kind `dev` answers under 127.0.0.1, [::1] and localhost only" });
    }
    // Some programs read `X_User_Id` as `X-User-Id`: both mean an attempt to pass one off as the other.
    if (Object.keys(headers).some((name) => name.includes("_") && headers[name.replaceAll("_", "-")] !== undefined)) {
      throw new Problem(400, "malformed_head", { detail: "two headers differ only in `_` and `-`" });
    }
    if (method === "OPTIONS" && url === "*") return { status: 204, headers: {}, body: Buffer.alloc(0) };
    const at = url.indexOf("?");
    const path = at < 0 ? url : url.slice(0, at);
    const query = at < 0 ? "" : url.slice(at + 1);
    let segments;
    try {
      segments = split(path);
    } catch (fault) {
      if (fault instanceof PathError) throw new Problem(400, "malformed_path", { detail: fault.message });
      throw fault;
    }
    const found = segments.trailingSlash ? { methods: [] } : this.router.find(method === "OPTIONS" ? undefined : method, segments.list);
    if ("methods" in found) {
      if (found.methods.length > 0) return notAllowed(allow(found.methods), method, id);
      const answer = await this.files?.answer(segments, url, headers);
      if (answer === undefined) throw new Problem(404, "not_found", { detail: "nothing has this path" });
      told.route = "static";
      return method === "GET" || method === "HEAD" ? answer : notAllowed("GET, HEAD, OPTIONS", method, id);
    }
    const { route, values } = found;
    told.route = route.path;
    const params = Object.fromEntries(route.params.map((name, index) => [name, values[index] ?? ""]));
    const { definition } = route;
    if (Number(headers["content-length"] ?? 0) > limits.requestBody) throw tooLarge(limits.requestBody);
    const whole = definition.kind === "handler" && definition.input.body !== undefined ? await collect(body, limits.requestBody) : undefined;
    if (this.#running >= limits.concurrency) throw new Problem(503, "busy", { detail: "too many requests run at once", retryAfter: 1 });
    const now = this.now();
    const running = new RunningRequest({ parts: this.parts, route: glue.routes.get(route.glue), now, id, trace: trace(headers) });
    this.#running += 1;
    try {
      const work = shared.running.run(running, () =>
        definition.kind === "passthrough"
          ? passThrough(running, definition, { method, params, query, headers, body: typeof body === "string" ? Buffer.from(body) : body })
          : this.#handler(running, definition, { method, path, params, query, headers, body: whole ?? Buffer.alloc(0) }),
      );
      return await this.#inTime(work, limits.requestTimeout);
    } finally {
      this.#running -= 1;
      told.calls = running.calls;
      for (const call of running.calls.filter(({ message }) => message !== undefined)) {
        this.log({ level: "WARN", message: "a call failed", "http.route": route.path, request_id: id, upstream: call.upstream, operation: call.operation, cause: call.message, target: "frontage::call" });
      }
      for (const drift of running.drift) this.log({ level: "WARN", message: "an answer contradicts its contract", "http.route": route.path, request_id: id, ...drift, target: "frontage::drift" });
    }
  }

  async #handler(running, { input, handler }, request) {
    let reads = false;
    const session = sessionOf(this.parts.config.session, request.headers["x-frontage-dev-user"]);
    const finish = (answer) => {
      const isPrivate = running.route?.private ?? reads;
      if (isPrivate) answer.headers["cache-control"] ??= "private, no-store";
      const replaced = running.replaced();
      if (replaced.length > 0) answer.headers["frontage-fallback"] = replaced.join(", ");
      return answer;
    };
    try {
      const context = {
        ...accept(input, request),
        get session() {
          reads = true;
          return session;
        },
        request: { method: request.method, path: request.path, id: running.id, now: new Date(running.now) },
      };
      return finish(answerValue(await handler(context)));
    } catch (fault) {
      // A problem replaces the whole answer: it names no part.
      const problem = fault instanceof Problem ? fault : problemOf(fault);
      problem.private = running.route?.private ?? reads;
      throw problem;
    }
  }

  async #inTime(work, ms) {
    const { timers } = this.parts;
    /** @type {any} */
    let timer;
    const late = new Promise((_, reject) => {
      timer = timers.setTimeout(() => reject(new Problem(504, "request_timeout", { detail: "the request took too long" })), ms);
    });
    work.catch(() => {});
    try {
      return await Promise.race([work, late]);
    } finally {
      timers.clearTimeout(timer);
    }
  }
}

/** Gives a whole answer its validator, and answers a client that has it already (RFC 9110 §13). */
function validate(answer, known) {
  answer.headers["etag"] ??= `"${createHash("sha256").update(answer.body).digest("base64url").slice(0, 22)}"`;
  const weak = (tag) => tag.trim().replace(/^W\//, "");
  const tags = String(known ?? "").split(",").map(weak);
  if (!tags.includes("*") && !tags.includes(weak(String(answer.headers["etag"])))) return;
  answer.status = 304;
  answer.body = Buffer.alloc(0);
  delete answer.headers["content-type"];
}

function notAllowed(allowed, method, id) {
  const answer = method === "OPTIONS" ? { status: 204, headers: /** @type {Record<string, string>} */ ({}), body: Buffer.alloc(0) } : answerProblem(new Problem(405, "method_not_allowed", { detail: `this path has ${allowed}` }), id);
  answer.headers["allow"] = allowed;
  return answer;
}

/** The whole body, up to the limit. */
async function collect(body, limit) {
  if (body === undefined) return Buffer.alloc(0);
  if (!(body instanceof Readable)) {
    const bytes = Buffer.from(body);
    if (bytes.length > limit) throw tooLarge(limit);
    return bytes;
  }
  const pieces = [];
  let length = 0;
  try {
    for await (const piece of body) {
      length += piece.length;
      if (length > limit) throw tooLarge(limit);
      pieces.push(piece);
    }
  } catch (fault) {
    throw fault instanceof Problem ? fault : new Problem(400, "broken_body", { cause: fault });
  }
  return Buffer.concat(pieces);
}

/** Who asks: the session of `kind = "dev"`, under another name if the header gives one. */
function sessionOf(session, user) {
  if (session === undefined) return {};
  const name = Array.isArray(user) ? user[0] : user;
  return name !== undefined && name.length >= 1 && name.length <= 128 ? { ...structuredClone(session), sub: name } : structuredClone(session);
}

function hostOf(field) {
  return field.replace(/:\d*$/, "");
}

/** The client's own id if it has a harmless form, else a new one. */
function requestId(given) {
  return typeof given === "string" && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomBytes(16).toString("hex");
}

/** Continues the caller's trace (W3C Trace Context, §3.2), or starts one. */
function trace({ traceparent, tracestate }) {
  const match = typeof traceparent === "string" ? /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(traceparent) : null;
  const good = match !== null && match[1] !== "ff" && !(match[1] === "00" && match[5]) && !/^0+$/.test(match[2] ?? "") && !/^0+$/.test(match[3] ?? "");
  const span = randomBytes(8).toString("hex");
  if (!good) return { traceparent: `00-${randomBytes(16).toString("hex")}-${span}-00` };
  const state = typeof tracestate === "string" && tracestate.length <= 512 ? { tracestate } : {};
  return { traceparent: `00-${match[2]}-${span}-${match[4]}`, ...state };
}

let surviving = false;

/**
 * A handler may be over before all that it started is: in `Promise.all([a(), b(x.y)])` the second
 * argument may throw while the first call runs. Such a failure is nobody's, and must not end the
 * process. Once for a process.
 */
function survive() {
  if (surviving) return;
  surviving = true;
  process.on("unhandledRejection", (reason) => {
    if (reason instanceof shared.UpstreamError || reason instanceof shared.HttpError || reason instanceof Problem) return;
    process.emitWarning(`a failure that nobody waited for: ${reason instanceof Error ? reason.stack : String(reason)}`, "FrontageWarning");
  });
}
