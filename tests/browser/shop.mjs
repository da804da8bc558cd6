// Starts the shop as a whole on free ports, with a browser: for tests and for pictures.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const root = resolve(import.meta.dirname ?? ".", "../..");
const programs = join(resolve(root, process.env["CARGO_TARGET_DIR"] ?? "target"), process.env["SHOP_PROFILE"] ?? "debug");

/** Runs a program until its lines say that it is ready. */
const run = async (
  /** @type {string} */ name,
  /** @type {string[]} */ args,
  /** @type {Record<string, string>} */ env,
  /** @type {(line: string) => boolean} */ ready,
) => {
  const child = spawn(join(programs, name), args, { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (/** @type {Buffer} */ chunk) => (errors = (errors + chunk).slice(-8000)));
  await new Promise((done, failed) => {
    child.once("error", failed);
    child.once("exit", (code, signal) => failed(new Error(`${name} ended (${code ?? signal}) before it was ready:\n${errors}`)));
    createInterface(child.stdout).on("line", (line) => ready(line) && done(undefined));
  });
  return {
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
      await gone;
      clearTimeout(late);
    },
  };
};

/** Asks SQLite itself, not the services. */
const reader = `
import json, sqlite3, sys
file, sql, values = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
db = sqlite3.connect("file:" + file + "?mode=ro", uri=True, timeout=10)
db.row_factory = sqlite3.Row
print(json.dumps([dict(row) for row in db.execute(sql, values)]))
`;

/**
 * Starts services and both backends.
 * @param {{ services?: string[] }} [options]
 */
export const startBackends = async ({ services = [] } = {}) => {
  const data = mkdtempSync(join(tmpdir(), "shop-"));
  /** @type {{ stop: () => Promise<unknown> }[]} */
  const running = [{ stop: async () => rmSync(data, { recursive: true, force: true }) }];
  const stop = async () => {
    for (const one of running.splice(0).reverse()) await one.stop();
  };
  try {
    /** @type {Record<string, string>} */
    const urls = {};
    const ports = ["users", "orders", "catalog", "stock"].flatMap((name) => [`--${name}`, "127.0.0.1:0"]);
    running.push(await run("shop-services", ["--data", data, ...ports, ...services], {}, (line) => {
      const found = /^(\w+) listening on (http:\S+)$/.exec(line);
      if (found) urls[`${found[1]?.toUpperCase()}_URL`] = found[2] ?? "";
      return line === "ready";
    }));
    /** @type {Record<string, string>} */
    const backends = {};
    running.push(await run("frontage", ["serve", "--json", "-C", "examples/shop"], { ...urls, WEB_LISTEN: "127.0.0.1:0", MOBILE_LISTEN: "127.0.0.1:0" }, (line) => {
      const said = JSON.parse(line);
      if (said.frontend && said.address) backends[said.frontend] = `http://${said.address}`;
      return backends["web"] !== undefined && backends["mobile"] !== undefined;
    }));
    return { backends, data, running, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

/**
 * Starts services, both backends and a browser.
 * @param {{ services?: string[], scheme?: "light" | "dark" }} [options]
 */
export const start = async ({ services = [], scheme = "light" } = {}) => {
  const { backends, data, running, stop } = await startBackends({ services });
  try {
    const browser = await chromium.launch({
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    });
    running.push({ stop: () => browser.close() });

    /** A page of its own, watched. @param {string} origin @param {import("playwright-core").BrowserContextOptions} options */
    const open = async (origin, options) => {
      const context = await browser.newContext({ baseURL: origin, colorScheme: scheme, locale: "en-GB", ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      const seen = watch(page, origin);
      return { page, seen };
    };
    return {
      stop,
      backends,
      desktop: (options = {}) => open(backends["web"] ?? "", { viewport: { width: 1440, height: 900 }, ...options }),
      phone: (options = {}) => open(backends["mobile"] ?? "", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, ...options }),
      /** Rows of the database, as SQLite gives them. @param {string} sql @param {unknown[]} values @returns {Record<string, any>[]} */
      query: (sql, ...values) => JSON.parse(execFileSync("python3", ["-c", reader, join(data, "shop.db"), sql, JSON.stringify(values)], { encoding: "utf8", maxBuffer: 1 << 26 })),
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** Notes what a page must not do. @param {import("playwright-core").Page} page @param {string} origin */
const watch = (page, origin) => {
  /** @type {string[]} */
  const errors = [];
  /** @type {string[]} */
  const strangers = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.origin !== origin) strangers.push(request.url());
  });
  return {
    /** Nothing went wrong and nobody else was asked. @param {{ statuses?: number[] }} [expected] */
    clean: ({ statuses = [] } = {}) => {
      const known = statuses.map((status) => `status of ${status}`);
      assert.deepEqual(errors.filter((error) => !known.some((part) => error.includes(part))), [], "errors in the console");
      assert.deepEqual(strangers, [], "requests beyond the page's own origin");
    },
  };
};
