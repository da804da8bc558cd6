// Asks both running backends of the shop what their OpenAPI documents promise, with schemathesis.
//
// In:    the built programs; schemathesis in target/schemathesis (installed by the caller).
// Out:   its reports; status 1 if an answer does not fit its document.
//
// Examples and time are bounded and the seed is fixed, so that a run says the same twice as long as
// nothing changes.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { startBackends } from "../../../tests/browser/shop.mjs";

const root = resolve(import.meta.dirname, "../../..");
const [examples = "8", seconds = "18", seed = "1"] = process.argv.slice(2);

/** Runs a program to its end; meanwhile the logs of the backends are read, so that they can go on. */
const run = async (program, args, options) => (await once(spawn(resolve(root, program), args, { stdio: "inherit", cwd: root, ...options }), "exit"))[0] ?? 1;

const shop = await startBackends();
let failed = 0;
try {
  for (const frontend of ["web", "mobile"]) {
    const document = resolve(root, `target/openapi/${frontend}.json`);
    const made = await run("target/debug/frontage", ["openapi", frontend, "-q", "-C", "examples/shop", "-o", document]);
    if (made !== 0) throw new Error(`frontage openapi ${frontend} ended with ${made}`);
    const began = Date.now();
    const folder = resolve(root, "target/schemathesis");
    // A query's `z.coerce.number()` takes more than a schema can say: Number("\n") is 0.
    const status = await run("target/schemathesis/bin/schemathesis", [
      "--config-file", resolve(root, "xtask/src/openapi/schemathesis.toml"), "run", document, "--url", shop.backends[frontend], "--max-examples", examples, "--max-time", seconds, "--seed", seed,
      "--phases", "examples,coverage,fuzzing", "--exclude-checks", "negative_data_rejection", "--request-timeout", "20",
      "--continue-on-failure", "--warnings", "off", "--no-color", "--generation-database", "none",
    ], { cwd: folder });
    console.log(`schemathesis ${frontend}: ${status === 0 ? "nothing to complain about" : `status ${status}`} in ${((Date.now() - began) / 1000).toFixed(1)} s`);
    failed ||= status ?? 1;
  }
} finally {
  await shop.stop();
}
process.exitCode = failed === 0 ? 0 : 1;
