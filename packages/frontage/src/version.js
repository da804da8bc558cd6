// The version of this package, as upstreams see it in `User-Agent`.

import { createRequire } from "node:module";

/** @type {string} */
export const VERSION = createRequire(import.meta.url)("../package.json").version;
