// The command `frontage-node`: one frontend of a workspace, served by Node.
//
// In:    arguments, the environment, signals.
// Out:   exit status 0 after SIGTERM or SIGINT, 1 if the backend cannot start, 2 for wrong arguments.

import { parseArgs } from "node:util";
import { createBackend } from "./backend.js";
import { ConfigError } from "./config.js";
import { listen } from "./server.js";

const USAGE = `Serves one frontend of a Frontage workspace with Node.

Usage: frontage-node FRONTEND [-C DIR] [--json]

  FRONTEND    its folder below frontends/
  -C DIR      the workspace's folder; the current one if absent
  --json      one JSON line on standard output once it listens

Run \`frontage types\` first, and whenever routes or contracts change: it writes what this reads.`;

/** Most bytes of the log that wait for their reader. */
const WAITING = 1 << 20;

/** @param {string[]} args */
export async function main(args) {
  let values;
  let positionals;
  try {
    ({ values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { workspace: { type: "string", short: "C", default: "." }, json: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } },
    }));
  } catch (fault) {
    console.error(`${/** @type {Error} */ (fault).message}\n\n${USAGE}`);
    return 2;
  }
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [frontend, ...more] = positionals;
  if (frontend === undefined || more.length > 0) {
    console.error(USAGE);
    return 2;
  }
  const log = lines(process.stderr);
  try {
    const backend = await createBackend({ workspace: values.workspace, frontend, log });
    const server = await listen(backend, log);
    if (values.json) console.log(JSON.stringify({ frontend, address: server.address, admin: server.admin }));
    else console.log(`${frontend}: http://${server.address}  (admin http://${server.admin}), Node ${process.version}`);
    await new Promise((resolve) => {
      process.once("SIGTERM", resolve);
      process.once("SIGINT", resolve);
    });
    await server.stop();
    return 0;
  } catch (fault) {
    const { code, message, stack } = /** @type {any} */ (fault);
    const words = fault instanceof ConfigError || code === "EADDRINUSE" || code === "EACCES" ? message : hint(code, message) ?? stack;
    if (values.json) console.log(JSON.stringify({ frontend, error: message }));
    console.error(`frontage-node: ${words}`);
    return 1;
  }
}

/**
 * Writes events as lines to a stream whose reader may be slow, or gone: nobody waits for it, and
 * nothing ends with it. Beyond the limit lines are dropped and counted.
 *
 * @param {import("node:stream").Writable} stream
 */
function lines(stream) {
  let dropped = 0;
  stream.on("error", () => {});
  /** @param {Record<string, unknown>} event */
  const write = (event) => stream.write(`${JSON.stringify({ timestamp: new Date().toISOString(), ...event })}\n`);
  /** @param {Record<string, unknown>} event */
  return (event) => {
    if (stream.destroyed || stream.writableLength > WAITING) {
      dropped += 1;
      return;
    }
    if (dropped > 0) write({ level: "WARN", message: "log lines were dropped: nobody read them in time", lines: dropped, target: "frontage::log" });
    dropped = 0;
    write(event);
  };
}

/** What to do about faults of loading that people meet first. */
function hint(code, message) {
  if (code === "ERR_MODULE_NOT_FOUND" || code === "ERR_PACKAGE_IMPORT_NOT_DEFINED") {
    return `${message}\n  help: run \`frontage types\`, then \`npm install\`; package.json needs the "imports" and "dependencies" that \`frontage new\` writes`;
  }
  if (code === "ERR_UNKNOWN_FILE_EXTENSION") return `${message}\n  help: this Node (${process.version}) does not strip types: use Node 24, or 22.19 and later`;
  return undefined;
}
