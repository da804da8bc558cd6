#!/usr/bin/env node
// The command `frontage-node`; see src/main.js.

import { main } from "../src/main.js";

process.exitCode = await main(process.argv.slice(2));
// Open connections to upstreams must not keep a process that is done.
setTimeout(() => process.exit(), 1000).unref();
