// The frontend's own files: what no route answers.
//
// In:    a folder; a path's decoded segments.
// Out:   the file, the page for a path that a page's own router knows, or nothing.
// Never: a file outside the folder, a hidden file, a device.

import fs from "node:fs/promises";
import path from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".webmanifest": "application/manifest+json",
  ".txt": "text/plain; charset=utf-8",
  ".xml": "application/xml",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".avif": "image/avif",
  ".ico": "image/x-icon",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
  ".ttf": "font/ttf",
  ".pdf": "application/pdf",
  ".wasm": "application/wasm",
  ".mp4": "video/mp4",
  ".webm": "video/webm",
};

/** What pages may load: only what their own origin gives. */
const PAGE_POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

export class Files {
  /** @param {string} root */
  constructor(root) {
    this.root = root;
  }

  /**
   * @param {{ list: string[], trailingSlash: boolean }} segments
   * @param {string} url Path and query as sent.
   * @param {Record<string, string | string[] | undefined>} headers
   * @returns {Promise<import("./reply.js").Answer | undefined>}
   */
  async answer({ list, trailingSlash }, url, headers) {
    const names = list.every((name) => !name.startsWith(".") && !/[/\\:]/.test(name) && !/[. ]$/.test(name)) ? list : undefined;
    if (names !== undefined) {
      const found = await this.look(names);
      const folder = trailingSlash || list.length === 0;
      if (found === "folder" && folder) {
        const page = await this.look([...names, "index.html"]);
        if (typeof page === "object") return this.send(page, false);
      } else if (found === "folder") {
        const [own, query] = url.split(/\?(.*)/s);
        if (typeof (await this.look([...names, "index.html"])) === "object") {
          return { status: 308, headers: { location: `${own}/${query === undefined ? "" : `?${query}`}` }, body: Buffer.alloc(0) };
        }
      } else if (found !== undefined && !folder) return this.send(found, false);
    }
    // A page's own router knows paths like `/orders/7`, not `/app.js`.
    const page = String(headers["accept"] ?? "").includes("text/html") && !(list.at(-1) ?? "").includes(".");
    const index = page ? await this.look(["index.html"]) : undefined;
    return typeof index === "object" ? this.send(index, true) : undefined;
  }

  /** @param {string[]} names @returns {Promise<{ file: string, modified: Date } | "folder" | undefined>} */
  async look(names) {
    try {
      const root = await fs.realpath(this.root);
      const file = await fs.realpath(path.join(root, ...names));
      if (file !== root && !file.startsWith(root + path.sep)) return undefined;
      const state = await fs.stat(file);
      if (state.isDirectory()) return "folder";
      return state.isFile() ? { file, modified: state.mtime } : undefined;
    } catch {
      return undefined;
    }
  }

  async send({ file, modified }, fallback) {
    const bytes = await fs.readFile(file);
    const type = TYPES[/** @type {keyof typeof TYPES} */ (path.extname(file).toLowerCase())] ?? "application/octet-stream";
    const isPage = type.startsWith("text/html");
    const hashed = /[.-][0-9A-Za-z_-]{8,}\.\w+$/.test(path.basename(file)) && /\d/.test(path.basename(file));
    /** @type {Record<string, string | string[]>} */
    const out = {
      "content-type": type,
      "cache-control": isPage ? "no-cache" : hashed ? "public, max-age=31536000, immutable" : "public, max-age=0, must-revalidate",
      "last-modified": modified.toUTCString(),
    };
    if (isPage) Object.assign(out, { "content-security-policy": PAGE_POLICY, "referrer-policy": "strict-origin-when-cross-origin" });
    if (fallback) out["vary"] = "accept";
    return { status: 200, headers: out, body: bytes };
  }
}
