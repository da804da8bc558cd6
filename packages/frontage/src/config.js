// Reads `frontage.toml` and `frontends/NAME/frontend.toml`, as docs/configuration.md has them.
//
// In:    a workspace's folder, a frontend's name, an environment.
// Out:   upstreams with their addresses and headers, listener, session, limits.
// Never: a reference resolved in the text of a file: only in single values, after parsing.
//
// `frontage check` is what says precisely what is wrong with a file; this reader refuses what it
// cannot use.

import fs from "node:fs";
import path from "node:path";
import { parse } from "smol-toml";

/** What is wrong with a workspace, for people. */
export class ConfigError extends Error {}

/**
 * @typedef {object} Upstream
 * @property {string[]} urls Addresses, without a slash at the end.
 * @property {Record<string, string>} headers Headers of every call; values may be secrets.
 */

/**
 * @typedef {object} Config
 * @property {string} root The workspace's folder, with links resolved.
 * @property {string} frontend The frontend's name.
 * @property {Map<string, Upstream>} upstreams
 * @property {{ host: string, port: number } | undefined} listen
 * @property {{ host: string, port: number }} admin
 * @property {string | undefined} files Folder of static files.
 * @property {Record<string, unknown> | undefined} session The session of `kind = "dev"`.
 * @property {{ requestTimeout: number, requestBody: number, upstreamAnswer: number, concurrency: number, connections: number, upstreamConnections: number, uri: number, headers: number, headerTimeout: number, idleTimeout: number, drain: number }} limits
 * @property {boolean} accessLog
 * @property {boolean} serverTiming
 */

const LIMITS = {
  requestTimeout: "10s",
  requestBody: "1MiB",
  upstreamAnswer: "8MiB",
  concurrency: 1024,
  connections: 16384,
  upstreamConnections: 256,
  uri: "8KiB",
  headers: "32KiB",
  headerTimeout: "10s",
  idleTimeout: "75s",
  drain: "10s",
};

/**
 * @param {string} workspace
 * @param {string} frontend
 * @param {Record<string, string | undefined>} env
 * @returns {Config}
 */
export function readConfig(workspace, frontend, env) {
  let root;
  try {
    root = fs.realpathSync(workspace);
  } catch {
    throw new ConfigError(`there is no folder ${workspace}`);
  }
  const platform = toml(path.join(root, "frontage.toml"));
  const folder = path.join(root, "frontends", frontend);
  if (!/^[^/\\]+$/.test(frontend) || !fs.existsSync(folder)) {
    const known = fs.existsSync(path.join(root, "frontends")) ? fs.readdirSync(path.join(root, "frontends")) : [];
    throw new ConfigError(`there is no frontend "${frontend}"; the workspace has: ${known.join(", ") || "none"}`);
  }
  const team = toml(path.join(folder, "frontend.toml"));
  const resolve = (text, where) => resolveReference(String(text), where, env);

  const upstreams = new Map();
  for (const [name, settings] of Object.entries(platform.upstreams ?? {})) {
    const where = `upstreams.${name}`;
    const urls = [settings.url, ...(settings.urls ?? [])].filter((url) => url !== undefined);
    if (urls.length === 0) throw new ConfigError(`frontage.toml: ${where} needs a \`url\``);
    const headers = Object.fromEntries(
      Object.entries(settings.headers ?? {}).map(([key, value]) => [key.toLowerCase(), resolve(value, `${where}.headers.${key}`)]),
    );
    upstreams.set(name, { urls: urls.map((url) => address(resolve(url, `${where}.url`), where)), headers });
  }

  const auth = team.auth ?? { kind: "none" };
  if (!["none", "dev"].includes(auth.kind)) throw new ConfigError(`frontend.toml: auth.kind = "${auth.kind}" is not built yet; there are "none" and "dev"`);
  if (auth.kind === "dev" && typeof auth.session?.sub !== "string") {
    throw new ConfigError("frontend.toml: `kind = \"dev\"` needs a session with `sub`, such as session = { sub = \"u1\" }");
  }
  const session = auth.kind === "dev" ? plain(auth.session) : undefined;
  const listen = team.listen === undefined ? undefined : socket(resolve(team.listen, "listen"), "listen");
  const admin = socket(team.admin?.listen === undefined ? "127.0.0.1:0" : resolve(team.admin.listen, "admin.listen"), "admin.listen");
  if (session !== undefined && listen !== undefined && !isLoopback(listen.host)) {
    throw new ConfigError("frontend.toml: `kind = \"dev\"` lets anybody be anyone: listen on 127.0.0.1");
  }
  const limits = /** @type {Config["limits"]} */ (
    Object.fromEntries(
      Object.entries(LIMITS).map(([key, standard]) => {
        const written = key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
        const value = team.limits?.[written] ?? standard;
        return [key, typeof standard === "number" ? Number(value) : measure(value, `limits.${written}`)];
      }),
    )
  );
  const files = team.static === undefined ? undefined : path.join(folder, team.static);
  if (files !== undefined && !isPublic(path.relative(folder, files))) {
    throw new ConfigError(`frontend.toml: everybody could read what stands in \`${team.static}\``);
  }
  return {
    root,
    frontend,
    upstreams,
    listen,
    admin,
    files,
    session,
    limits,
    accessLog: team.telemetry?.access_log ?? true,
    serverTiming: team.telemetry?.server_timing ?? false,
  };
}

/** Whether a folder is one of the frontend's own beside its settings and sources. @param {string} folder */
function isPublic(folder) {
  const [first = ""] = folder.split(path.sep);
  return !["", "..", "routes", "lib"].includes(first) && !path.isAbsolute(folder);
}

/** @param {string} file @returns {Record<string, any>} */
function toml(file) {
  let text;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch {
    throw new ConfigError(`${file} cannot be read: is this the folder of a workspace? Name it with -C DIR`);
  }
  try {
    return parse(text);
  } catch (fault) {
    throw new ConfigError(`${file}: ${/** @type {Error} */ (fault).message}`);
  }
}

/**
 * `${NAME}`, `${NAME:-default}`, `${file:/path}` and `$$`.
 *
 * @param {string} text
 * @param {string} where
 * @param {Record<string, string | undefined>} env
 */
export function resolveReference(text, where, env) {
  return text.replace(/\$\$|\$\{([^}]*)\}?/g, (match, inside) => {
    if (match === "$$") return "$";
    if (!match.endsWith("}")) throw new ConfigError(`${where}: "\${" without its "}"`);
    if (inside.startsWith("file:")) {
      const file = inside.slice(5);
      try {
        return fs.readFileSync(file, "utf8").replace(/[\r\n]+$/, "");
      } catch {
        throw new ConfigError(`${where}: the file "${file}" cannot be read`);
      }
    }
    const at = inside.indexOf(":-");
    const name = at < 0 ? inside : inside.slice(0, at);
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new ConfigError(`${where}: "${name}" is no name of an environment variable`);
    const value = env[name];
    if (at >= 0) return value === undefined || value === "" ? inside.slice(at + 2) : value;
    if (value === undefined) throw new ConfigError(`${where}: the environment variable "${name}" is not set`);
    return value;
  });
}

function address(text, where) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) throw new ConfigError(`${where}: "${text}" must begin with http:// or https://`);
  if (url.username || url.password) throw new ConfigError(`${where}: an address carries no user name or password; use \`headers\``);
  if (url.search || url.hash) throw new ConfigError(`${where}: an address has no query or fragment`);
  return text.replace(/\/+$/, "");
}

function socket(text, where) {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text);
  if (match === null) throw new ConfigError(`frontend.toml: ${where} = "${text}" is no address and port, such as "127.0.0.1:3001"`);
  return { host: match[1] ?? match[2] ?? "", port: Number(match[3]) };
}

/** @param {string} host */
export function isLoopback(host) {
  const name = host.replace(/^\[|\]$/g, "").toLowerCase();
  return /^127(\.\d{1,3}){3}$/.test(name) || name === "::1" || name === "localhost" || name.endsWith(".localhost");
}

const UNITS = {
  ms: 1, s: 1e3, m: 6e4, h: 36e5, //
  B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9,
};

/** Milliseconds of a duration, bytes of a size. */
function measure(text, where) {
  const match = /^(\d+(?:\.\d+)?)([A-Za-z]+)$/.exec(String(text));
  const unit = match === null ? undefined : UNITS[/** @type {keyof typeof UNITS} */ (match[2])];
  if (match === null || unit === undefined) throw new ConfigError(`frontend.toml: ${where} = "${text}" is no duration ("2s") or size ("1MiB")`);
  return Number(match[1]) * unit;
}

/** TOML's dates become texts; tables ordinary objects. */
function plain(value) {
  return JSON.parse(JSON.stringify(value));
}
