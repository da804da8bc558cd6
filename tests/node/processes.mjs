// Programs that a test starts and stops.
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

export const root = resolve(import.meta.dirname, "../..");
const programs = join(resolve(root, process.env["CARGO_TARGET_DIR"] ?? "target"), "debug");

/** A program of this repository. @param {string} name */
export const program = (name) => join(programs, name);

/**
 * Runs a program until one of its lines says that it is ready.
 *
 * @param {string} file @param {string[]} args @param {Record<string, string>} env
 * @param {(line: string) => boolean} ready
 */
export const run = async (file, args, env, ready) => {
  const child = spawn(file, args, { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stderr.on("data", (chunk) => (log = (log + chunk).slice(-16000)));
  const ended = new Promise((done) => child.once("exit", (code, signal) => done(code ?? signal)));
  await new Promise((done, failed) => {
    child.once("error", failed);
    ended.then((how) => failed(new Error(`${file} ended (${how}) before it was ready:\n${log}`)));
    createInterface(child.stdout).on("line", (line) => ready(line) && done(undefined));
  });
  return {
    log: () => log,
    closeLog: () => child.stderr.destroy(),
    signal: (name) => child.kill(name),
    ended,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
      const how = await ended;
      clearTimeout(late);
      return how;
    },
  };
};
