// What a route module imports from "frontage", for Node. Types: index.d.ts.
//
// These functions only describe: what a description does is up to whoever runs it (src/).

import { OPERATION, REPLY, ROUTE, shared } from "./src/shared.js";

export const { HttpError, UpstreamError } = shared;

/** `route(handler)` or `route(input, handler)`. */
export function route(input, handler) {
  if (handler === undefined) return { [ROUTE]: { kind: "handler", input: {}, handler: input } };
  return { [ROUTE]: { kind: "handler", input, handler } };
}

/** Streams an operation's answer as it is. */
export function passthrough(operation, options) {
  const target = operation?.[OPERATION];
  if (target === undefined) throw new TypeError("passthrough takes an operation of \"#upstreams\", such as users.getAvatar");
  return { [ROUTE]: { kind: "passthrough", ...target, timeout: options?.timeout } };
}

/** Answers with `value` as JSON. */
export function json(value, init) {
  return { [REPLY]: { kind: "json", value, init: init ?? {} } };
}

/** Answers 204. */
export function noContent() {
  return { [REPLY]: { kind: "empty" } };
}

/** Answers with a redirect. */
export function redirect(location, status) {
  return { [REPLY]: { kind: "redirect", location, status } };
}

/** An error to throw. */
export function error(status, code, detail) {
  return new HttpError(status, code, detail);
}

/** Declares an upstream that has no contract. Only its types are read, by `frontage`. */
export function declareUpstream(operations) {
  return operations;
}

const declares = (method) => (path, settings) => ({ method, path, settings: settings ?? {} });

export const get = declares("GET");
export const head = declares("HEAD");
export const post = declares("POST");
export const put = declares("PUT");
export const patch = declares("PATCH");
export const del = declares("DELETE");
export const query = declares("QUERY");
