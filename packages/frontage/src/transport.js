// How upstreams are asked over HTTP: undici, one pool for each address.
//
// In:    a whole request.
// Out:   its answer: bytes up to a limit, or a stream.
// Never: a redirect followed; a second try of a request that may have taken effect. A connection that
//        waited may have been closed by its peer meanwhile: a safe request is then sent once more.

import { Pool } from "undici";
import { TransportError } from "./call.js";

/** Faults of connecting: nothing was sent, so that another address may be tried. */
const UNCONNECTED = new Set(["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

/** Faults of a connection that was there. */
const CUT = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);

/**
 * @param {{ connections: number }} limits
 * @returns {{ transport: import("./call.js").Transport, close: () => Promise<void> }}
 */
export function undiciTransport({ connections }) {
  /** @type {Map<string, Pool>} */
  const pools = new Map();
  /** Addresses to which connections may wait. @type {Set<string>} */
  const answered = new Set();
  const poolOf = (origin) => {
    let pool = pools.get(origin);
    if (pool === undefined) {
      // The call's own time is what bounds an answer.
      pool = new Pool(origin, { connections, headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 1000 } });
      pools.set(origin, pool);
    }
    return pool;
  };
  return {
    async transport(request) {
      for (const [index, url] of request.urls.entries()) {
        const { origin } = new URL(url);
        try {
          const answer = await send(poolOf(origin), request, url).catch((fault) => {
            if (!request.safe || request.body !== undefined || !answered.has(origin) || !CUT.has(/** @type {any} */ (fault).code)) throw fault;
            return send(poolOf(origin), request, url);
          });
          answered.add(origin);
          return answer;
        } catch (fault) {
          const { code, message } = /** @type {any} */ (fault);
          if (fault instanceof TransportError) throw fault;
          if (!UNCONNECTED.has(code) || index === request.urls.length - 1) throw new TransportError("connection", message);
        }
      }
      throw new TransportError("connection", "the upstream has no address");
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

async function send(pool, { method, headers, body, signal, limit, stream }, url) {
  const path = url.slice(url.indexOf("/", url.indexOf("://") + 3));
  const answer = await pool.request({ path, method, headers, body: body ?? null, signal });
  const { statusCode: status, headers: fields } = answer;
  if (status >= 600) {
    answer.body.destroy();
    throw new TransportError("connection", `the status ${status}`);
  }
  answer.body.on("error", () => {});
  if (stream) return { status, headers: fields, body: answer.body };
  const declared = Number(fields["content-length"] ?? 0);
  /** @type {Buffer[]} */
  const pieces = [];
  let length = 0;
  const tooLarge = () => {
    answer.body.destroy();
    return new TransportError("connection", `the answer is larger than ${limit} bytes`);
  };
  if (method !== "HEAD" && declared > limit) throw tooLarge();
  for await (const piece of answer.body) {
    length += piece.length;
    if (length > limit) throw tooLarge();
    pieces.push(piece);
  }
  return { status, headers: fields, body: Buffer.concat(pieces) };
}
