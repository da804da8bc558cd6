// @ts-check
// Asks this page's backend. Every route, its parameters and its answer are typed by what
// `frontage types` writes, so that a renamed field is a type error here.
/** @import { Routes } from "../../../.frontage/mobile/routes.js" */

/**
 * The names between braces: `"/a/{b}/{c}"` gives `"b" | "c"`.
 * @template {string} Path
 * @typedef {Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never} Names
 */

/** @typedef {string | number | boolean | null | undefined | readonly (string | number)[]} QueryValue */

/**
 * What a request may carry; `params` exactly if the path has some.
 * @template {string} Path
 * @typedef {{
 *   query?: Record<string, QueryValue>,
 *   headers?: Record<string, string>,
 *   body?: unknown,
 *   signal?: AbortSignal | undefined,
 * } & ([Names<Path>] extends [never] ? { params?: undefined } : { params: Record<Names<Path>, string> })} Options
 */

/** @typedef {{ in: string, path: string, code: string, message: string }} Fault */

/**
 * An answer: the data, and the parts that the backend had to replace.
 * @template T
 * @typedef {{ data: T, replaced: string[] }} Answered
 */

/** The backend's refusal: problem details (RFC 9457), or that it cannot be reached. */
export class Problem extends Error {
  /** @param {{ status?: number, title?: string, code?: string, detail?: string, errors?: Fault[], requestId?: string }} body */
  constructor(body) {
    super(body.detail ?? body.title ?? "Something went wrong");
    this.status = body.status ?? 0;
    this.title = body.title ?? "Something went wrong";
    this.code = body.code ?? "unreachable";
    this.detail = body.detail;
    this.faults = body.errors ?? [];
    this.requestId = body.requestId;
  }
}

const USER = "shop-user";

/** Who is signed in, as the switcher says; the backend's default if it says nothing. */
export const user = () => sessionStorage.getItem(USER);

/** @param {string} id */
export const become = (id) => sessionStorage.setItem(USER, id);

/**
 * @template {keyof Routes} Name
 * @param {Name} route method and path, as `frontage explain` shows them
 * @param {Options<Name>} [options]
 * @returns {Promise<Answered<Routes[Name]>>}
 */
export const ask = async (route, options) => {
  const { params, query = {}, headers = {}, body, signal } = options ?? /** @type {Options<string>} */ ({});
  const [method = "GET", pattern = "/"] = route.split(" ");
  const known = /** @type {Record<string, string>} */ (params ?? {});
  const path = pattern.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(known[name] ?? ""));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== "") search.append(key, String(one));
    }
  }

  const who = user();
  /** @type {Response} */
  let response;
  try {
    response = await fetch(search.size ? `${path}?${search}` : path, {
      method,
      signal: signal ?? null,
      headers: {
        accept: "application/json",
        ...(who ? { "x-frontage-dev-user": who } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Problem({ title: "The shop cannot be reached", detail: "Please check your connection and try again." });
  }

  const text = await response.text();
  if (!response.ok) throw refusal(response.status, text);
  const replaced = (response.headers.get("frontage-fallback") ?? "").split(",").map((part) => part.trim());
  return { data: text === "" ? undefined : JSON.parse(text), replaced: replaced.filter((part) => part !== "") };
};

/** @param {number} status @param {string} text */
const refusal = (status, text) => {
  try {
    return new Problem({ status, ...JSON.parse(text) });
  } catch {
    return new Problem({ status, title: `The shop answered ${status}` });
  }
};
