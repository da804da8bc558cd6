// One workspace behind both servers, and choices that a seed repeats.
import { join } from "node:path";
import { after } from "node:test";
import { program, root, run } from "./processes.mjs";

/**
 * Starts Frontage and Node over one workspace.
 *
 * @param {string} folder @param {Record<string, string>} env
 * @returns {Promise<{ frontage: number, node: number }>} Their ports.
 */
export const both = async (folder, env) => {
  const start = async (file, args) => {
    let port = 0;
    const child = await run(file, [...args, "web", "--json", "-C", folder], env, (line) => {
      port = Number(JSON.parse(line).address?.split(":")[1] ?? 0);
      return port !== 0;
    });
    after(child.stop);
    return port;
  };
  return {
    frontage: await start(program("frontage"), ["serve"]),
    node: await start(process.execPath, [join(root, "packages/frontage/bin/frontage-node.js")]),
  };
};

/** Numbers that SEED in the environment repeats. */
export const chance = () => {
  let state = Number(process.env["SEED"] ?? 1);
  const below = (/** @type {number} */ n) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % n;
  };
  return { below, pick: (items) => items[below(items.length)] };
};
