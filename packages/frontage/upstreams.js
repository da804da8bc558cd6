// What `.frontage/upstreams.js`, which `frontage types` writes, is made with.
//
// In:    the name of an upstream and of its operations.
// Out:   an object of functions; each calls through the request that is running.
// Never: an address, a client, a contract: those belong to the backend whose request it is.

import { OPERATION, shared } from "./src/shared.js";

/**
 * @param {string} upstream
 * @param {readonly string[]} operations
 */
export function upstream(upstream, operations) {
  /** @type {Record<string, unknown>} */
  const out = {};
  for (const operation of operations) {
    const call = (args, options) => {
      const request = shared.running.getStore();
      if (request === undefined) {
        throw new Error(`${upstream}.${operation} was called outside of a request: call it in a route's handler`);
      }
      return request.call(upstream, operation, args, options, call);
    };
    Object.defineProperty(call, "name", { value: operation });
    Object.defineProperty(call, OPERATION, { value: { upstream, operation } });
    out[operation] = call;
  }
  return Object.freeze(out);
}
