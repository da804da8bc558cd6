// What `import ... from "frontage/node"` gives: a frontend's backend in this process.

export { createBackend } from "./backend.js";
export { TransportError } from "./call.js";
export { ConfigError } from "./config.js";
