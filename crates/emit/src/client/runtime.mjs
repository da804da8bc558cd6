/** The backend's refusal. {@link isProblem} tells which codes a route has. */
export class ProblemError extends Error {
  /** The function that was called, such as `getHome`. */
  operation;
  /** The status of the answer. */
  status;
  /** What happened, for programs. */
  code;
  /** The same for every problem of this code. */
  title;
  /** What happened this time, for people. */
  detail;
  /** Every fault of the request; empty unless `code` is `invalid_input`. */
  faults;
  /** Names the request in logs. */
  requestId;
  /** When to come again, in seconds. */
  retryAfter;
  constructor(operation, problem, retryAfter) {
    super(problem.detail ?? problem.title);
    this.name = "ProblemError";
    this.operation = operation;
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.detail = problem.detail;
    this.faults = problem.errors ?? [];
    this.requestId = problem.requestId;
    this.retryAfter = retryAfter;
  }
}
/** No answer came: no network, no such host, a connection that broke. `cause` says more. */
export class NetworkError extends Error {
  /** The function that was called. */
  operation;
  constructor(operation, cause) {
    super("The backend cannot be reached", { cause });
    this.name = "NetworkError";
    this.operation = operation;
  }
}
/** No answer came within the call's `timeout`. */
export class TimeoutError extends Error {
  /** The function that was called. */
  operation;
  /** How long was waited, in milliseconds. */
  timeout;
  constructor(operation, timeout) {
    super(`The backend did not answer within ${timeout} ms`);
    this.name = "TimeoutError";
    this.operation = operation;
    this.timeout = timeout;
  }
}
/** What came is neither an answer nor a problem of this backend: not JSON, or from somebody between. */
export class AnswerError extends Error {
  /** The function that was called. */
  operation;
  /** The status of the answer. */
  status;
  /** What came, as text. */
  text;
  constructor(operation, status, text, cause) {
    super(`What came with status ${status} is no answer of the backend`, { cause });
    this.name = "AnswerError";
    this.operation = operation;
    this.status = status;
    this.text = text;
  }
}
/** Whether an error is the backend's refusal; of the named function, if one is named. */
export function isProblem(error, operation) {
  return error instanceof ProblemError && (operation === undefined || error.operation === operation);
}
/** One segment, or several, of a path. */
const segment = (name, value) => {
  const text = String(value);
  // A URL has no other way to write these: it would lead elsewhere.
  if (value === undefined || value === null || text === "" || text === "." || text === "..") {
    throw new TypeError(`\`${name}\` cannot be ${JSON.stringify(value)}: it is a part of the path`);
  }
  return encodeURIComponent(text);
};
/** Path and query. */
const address = (pattern, { params, query }) => {
  const given = new Map(Object.entries(params ?? {}));
  const path = pattern.replace(/\{([^{}]+?)(\.\.\.)?\}/g, (_, name, rest) => {
    const value = given.get(name);
    return rest ? String(value ?? "").split("/").map((part) => segment(name, part)).join("/") : segment(name, value);
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null)
        search.append(name, String(one));
    }
  }
  const text = search.toString();
  return text === "" ? path : `${path}?${text}`;
};
const asker = (options) => {
  const base = (options.baseUrl ?? "").replace(/\/+$/, "");
  const url = (pattern, asked = {}) => base + address(pattern, asked);
  /** Sends, reads the body with `read`, and tells apart why nothing came. */
  const send = async (operation, method, pattern, media, asked, stays, read) => {
    const headers = new Headers({ accept: "application/json, application/problem+json;q=0.9, */*;q=0.1" });
    const common = typeof options.headers === "function" ? await options.headers() : options.headers;
    for (const [name, value] of [...Object.entries(common ?? {}), ...Object.entries(asked.headers ?? {})]) {
      if (value !== undefined && value !== null)
        headers.set(name, String(value));
    }
    const json = media === undefined || /[/+]json\b/.test(media);
    if (asked.body !== undefined && (json || media) && !headers.has("content-type") && !(asked.body instanceof FormData)) {
      headers.set("content-type", media ?? "application/json");
    }
    const target = url(pattern, asked);
    const { signal } = asked;
    signal?.throwIfAborted();
    const timeout = asked.timeout ?? options.timeout;
    const own = new AbortController();
    const leave = () => own.abort(signal?.reason);
    signal?.addEventListener("abort", leave, { once: true });
    let late = false;
    const timer = timeout === undefined ? undefined : setTimeout(() => {
      late = true;
      own.abort();
    }, timeout);
    try {
      const init = { method, headers, signal: own.signal };
      if (asked.body !== undefined)
        init.body = json ? JSON.stringify(asked.body) : asked.body;
      if (options.credentials !== undefined)
        init.credentials = options.credentials;
      return await read(await (options.fetch ?? globalThis.fetch)(target, init));
    }
    catch (cause) {
      if (cause instanceof ProblemError || cause instanceof AnswerError)
        throw cause;
      if (signal?.aborted)
        throw signal.reason;
      if (late && timeout !== undefined)
        throw new TimeoutError(operation, timeout);
      throw new NetworkError(operation, cause);
    }
    finally {
      clearTimeout(timer);
      // A body that the caller reads can still be given up.
      if (!stays)
        signal?.removeEventListener("abort", leave);
    }
  };
  const isJson = (response) => /[/+]json\b/.test(response.headers.get("content-type") ?? "");
  const refusal = (operation, response, text) => {
    try {
      const problem = isJson(response) ? JSON.parse(text) : undefined;
      if (typeof problem === "object" && problem !== null && "code" in problem && typeof problem.code === "string") {
        const after = Number(response.headers.get("retry-after") ?? Number.NaN);
        return new ProblemError(operation, { type: "about:blank", title: "", status: response.status, ...problem }, after >= 0 ? after : undefined);
      }
      return new AnswerError(operation, response.status, text);
    }
    catch (cause) {
      return new AnswerError(operation, response.status, text, cause);
    }
  };
  /** Asks a route that answers JSON. */
  const ask = (operation, method, pattern, asked = {}, media) => send(operation, method, pattern, media, asked, false, async (response) => {
    const text = await response.text();
    if (!response.ok)
      throw refusal(operation, response, text);
    const replaced = (response.headers.get("frontage-fallback") ?? "").split(",").map((part) => part.trim());
    const answer = { replaced: replaced.filter((part) => part !== ""), status: response.status, headers: response.headers };
    if (method === "HEAD" || response.status === 204)
      return { data: undefined, ...answer };
    try {
      if (!isJson(response))
        throw new TypeError("it is not JSON");
      return { data: JSON.parse(text), ...answer };
    }
    catch (cause) {
      throw new AnswerError(operation, response.status, text, cause);
    }
  });
  /** Asks a route that hands on an upstream's answer; the body is left to the caller. */
  const pass = (operation, method, pattern, asked = {}, media) => send(operation, method, pattern, media, asked, true, async (response) => {
    if (!response.ok)
      throw refusal(operation, response, await response.text());
    return response;
  });
  return { ask, pass, url };
};
