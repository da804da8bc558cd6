// Small workspaces for tests, with what `frontage types` writes for them.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { program, root } from "./processes.mjs";

/** Answers for the clinic of `cases/fixture`. */
export const patient = { id: "p1", status: "active", name: { first: "Ada", last: "Byron" }, nickname: null, balance: 12.5, doctorId: "d1", tags: ["new"], notes: {} };

/**
 * Makes a workspace out of the cases' fixture and `files`; inside the repository, so that Node finds
 * its packages.
 *
 * @param {Record<string, string>} files
 */
export const workspace = (files) => {
  mkdirSync(join(root, "target/node-tests"), { recursive: true });
  const folder = mkdtempSync(join(root, "target/node-tests/w-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(root, "cases/fixture"), folder, { recursive: true });
  const write = (/** @type {string} */ path, /** @type {string} */ text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  const types = () => execFileSync(program("frontage"), ["types", "--quiet", "-C", folder], { cwd: root });
  types();
  return { folder, write, types };
};

/** A JSON answer of a scripted transport. @param {unknown} value @param {number} status */
export const json = (value, status = 200) => ({ status, headers: {}, body: Buffer.from(JSON.stringify(value)) });
