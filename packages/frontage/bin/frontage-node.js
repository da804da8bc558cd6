#!/usr/bin/env node
// The command `frontage-node`; see src/main.js.
//
// Node strips the types of route modules from 22.18 on, which is checked before anything else is
// read: older versions cannot even load what follows.

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(`frontage-node: this is Node ${process.version}, which does not run TypeScript: use Node 24, or 22.19 and later`);
  process.exit(1);
}
const { main } = await import("../src/main.js");
process.exitCode = await main(process.argv.slice(2));
// Open connections to upstreams must not keep a process that is done.
setTimeout(() => process.exit(), 1000).unref();
