// A backend on its listener, and its admin listener beside it.
//
// In:    a backend.
// Out:   addresses, and a way to stop: running requests may end first.
// Never: a request beyond the limits of head, connections and time handed on.
//
// Fastify carries the connections; routes, bodies and errors are the backend's own, so that they
// are the same without a socket.

import fastify from "fastify";
import http from "node:http";
import { answerProblem, Problem } from "./problem.js";
import { Metrics } from "./metrics.js";
import { VERSION } from "./version.js";

/** Time for a request's body, in milliseconds. */
const BODY_TIME = 30_000;

/**
 * @param {Awaited<ReturnType<typeof import("./backend.js").createBackend>>} backend
 * @param {(event: Record<string, unknown>) => void} log
 */
export async function listen(backend, log) {
  const { config } = backend;
  if (config.listen === undefined) throw new Error(`frontends/${config.frontend}/frontend.toml has no \`listen\``);
  const metrics = new Metrics();
  const state = { draining: false };
  const handler = (request, reply) => answer(backend, metrics, state, log, request, reply);
  const app = fastify({
    logger: false,
    exposeHeadRoutes: false,
    keepAliveTimeout: config.limits.idleTimeout,
    forceCloseConnections: "idle",
    return503OnClosing: false,
    http: { maxHeaderSize: config.limits.headers + config.limits.uri, headersTimeout: config.limits.headerTimeout, requestTimeout: config.limits.headerTimeout + BODY_TIME },
    // A path that Fastify cannot read is the backend's to refuse.
    frameworkErrors: (_, request, reply) => void handler(request, reply),
    routerOptions: { maxParamLength: config.limits.uri },
  });
  app.server.maxConnections = config.limits.connections;
  if (!app.supportedMethods.includes("QUERY")) app.addHttpMethod("QUERY", { hasBody: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
  app.setNotFoundHandler(handler);
  app.setErrorHandler((_, request, reply) => handler(request, reply));
  await app.listen({ host: config.listen.host, port: config.listen.port });
  const admin = http.createServer((request, response) => administer(backend, metrics, state, request, response));
  admin.maxConnections = 32;
  await new Promise((resolve, reject) => {
    admin.once("error", reject);
    admin.listen(config.admin.port, config.admin.host, () => resolve(undefined));
  });
  return {
    address: addressOf(app.server),
    admin: addressOf(admin),
    /** Takes no more connections and waits for running requests, as long as `limits.drain` says. */
    async stop() {
      state.draining = true;
      const closing = app.close();
      const drained = await Promise.race([closing.then(() => true), new Promise((resolve) => setTimeout(() => resolve(false), config.limits.drain).unref())]);
      if (!drained) app.server.closeAllConnections();
      admin.close();
      admin.closeAllConnections();
      await backend.close();
    },
  };
}

function addressOf(server) {
  const { address, port, family } = server.address();
  return family === "IPv6" ? `[${address}]:${port}` : `${address}:${port}`;
}

async function answer(backend, metrics, state, log, request, reply) {
  const { raw } = request;
  const began = performance.now();
  metrics.active += 1;
  reply.hijack();
  const response = reply.raw;
  const headers = { ...raw.headersDistinct };
  for (const [name, values] of Object.entries(headers)) if (values?.length === 1) headers[name] = values[0];
  // The whole address is what a proxy asks for (RFC 9112 §3.2.2); its path is what counts.
  const url = raw.url.replace(/^https?:\/\/[^/?]*(?=\/)/i, "");
  const { status, headers: fields, body, route, calls, requestId } = await backend.respond({ method: raw.method, url, headers, body: raw });
  let sent = 0;
  response.once("close", () => {
    metrics.active -= 1;
    const seconds = (performance.now() - began) / 1000;
    metrics.request(known(raw.method), route, status, seconds);
    for (const call of calls) metrics.call(call.upstream, call.operation, call.result, call.duration / 1000);
    if (!backend.config.accessLog) return;
    log({
      level: "INFO",
      message: "request",
      "http.request.method": known(raw.method),
      "http.route": route,
      "http.response.status_code": status,
      "http.server.request.duration": seconds,
      "http.response.body.size": sent,
      "network.protocol.version": raw.httpVersion,
      "frontage.calls": calls.length,
      "frontage.aborted": !response.writableFinished,
      request_id: requestId,
      target: "frontage::access",
    });
  });
  if (backend.config.serverTiming) {
    const timings = calls.slice(0, 32).map(({ upstream, operation, duration }) => `${upstream}.${operation};dur=${duration.toFixed(1)}`);
    fields["server-timing"] = [...timings, `total;dur=${(performance.now() - began).toFixed(1)}`].join(", ");
  }
  if (state.draining) fields["connection"] = "close";
  if (body instanceof Uint8Array) {
    if (status !== 204 && status !== 304 && raw.method !== "HEAD") fields["content-length"] = String(body.length);
    // A client that is still sending what nobody reads gets its answer, and its connection ends.
    if (!raw.complete && !raw.readableEnded && hasBody(raw)) fields["connection"] = "close";
    response.writeHead(status, fields);
    response.end(body);
    sent = raw.method === "HEAD" ? 0 : body.length;
    if (!raw.complete) raw.resume();
    return;
  }
  response.writeHead(status, fields);
  body.on("data", (piece) => (sent += piece.length));
  body.on("error", () => response.destroy());
  response.on("close", () => body.destroy());
  body.pipe(response);
}

function hasBody(raw) {
  return raw.headers["transfer-encoding"] !== undefined || Number(raw.headers["content-length"] ?? 0) > 0;
}

/** The method as a word that a client cannot choose freely. */
function known(method) {
  return ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY", "TRACE"].includes(method) ? method : "_OTHER";
}

/** `/healthz`, `/readyz`, `/metrics`, `/version`: nothing that changes anything. */
function administer(backend, metrics, state, request, response) {
  const send = (status, type, text) => {
    response.writeHead(status, { "content-type": type, "cache-control": "no-store", "x-content-type-options": "nosniff" });
    response.end(text);
  };
  const fault = (status, code) => send(status, "application/problem+json", answerProblem(new Problem(status, code), "admin").body);
  const plain = "text/plain; charset=utf-8";
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return fault(405, "method_not_allowed");
  }
  switch (request.url) {
    case "/healthz":
      return send(200, plain, "ok\n");
    case "/readyz":
      return state.draining ? send(503, plain, "draining\n") : send(200, plain, "ready\n");
    case "/metrics":
      return send(200, "application/openmetrics-text; version=1.0.0; charset=utf-8", metrics.text());
    case "/version":
      return send(200, "application/json", JSON.stringify({ frontend: backend.config.frontend, version: VERSION, runtime: `node ${process.version}` }));
    default:
      return fault(404, "not_found");
  }
}
