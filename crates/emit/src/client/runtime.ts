/** The backend's refusal. {@link isProblem} tells which codes a route has. */
export class ProblemError<Code extends string = string> extends Error {
  /** The function that was called, such as `getHome`. */
  readonly operation: string;
  /** The status of the answer. */
  readonly status: number;
  /** What happened, for programs. */
  readonly code: Code;
  /** The same for every problem of this code. */
  readonly title: string;
  /** What happened this time, for people. */
  readonly detail: string | undefined;
  /** Every fault of the request; empty unless `code` is `invalid_input`. */
  readonly faults: Fault[];
  /** Names the request in logs. */
  readonly requestId: string | undefined;
  /** When to come again, in seconds. */
  readonly retryAfter: number | undefined;

  constructor(operation: string, problem: Problem<Code>, retryAfter?: number) {
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
  readonly operation: string;

  constructor(operation: string, cause: unknown) {
    super("The backend cannot be reached", { cause });
    this.name = "NetworkError";
    this.operation = operation;
  }
}

/** No answer came within the call's `timeout`. */
export class TimeoutError extends Error {
  /** The function that was called. */
  readonly operation: string;
  /** How long was waited, in milliseconds. */
  readonly timeout: number;

  constructor(operation: string, timeout: number) {
    super(`The backend did not answer within ${timeout} ms`);
    this.name = "TimeoutError";
    this.operation = operation;
    this.timeout = timeout;
  }
}

/** What came is neither an answer nor a problem of this backend: not JSON, or from somebody between. */
export class AnswerError extends Error {
  /** The function that was called. */
  readonly operation: string;
  /** The status of the answer. */
  readonly status: number;
  /** What came, as text. */
  readonly text: string;

  constructor(operation: string, status: number, text: string, cause?: unknown) {
    super(`What came with status ${status} is no answer of the backend`, { cause });
    this.name = "AnswerError";
    this.operation = operation;
    this.status = status;
    this.text = text;
  }
}

/** Whether an error is the backend's refusal; of the named function, if one is named. */
export function isProblem<Id extends keyof Codes = keyof Codes>(error: unknown, operation?: Id): error is ProblemError<Codes[Id]> {
  return error instanceof ProblemError && (operation === undefined || error.operation === operation);
}

interface Asked {
  readonly params?: object | undefined;
  readonly query?: object | undefined;
  readonly headers?: object | undefined;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly timeout?: number | undefined;
}

/** One segment, or several, of a path. */
const segment = (name: string, value: unknown): string => {
  const text = String(value);
  // A URL has no other way to write these: it would lead elsewhere.
  if (value === undefined || value === null || text === "" || text === "." || text === "..") {
    throw new TypeError(`\`${name}\` cannot be ${JSON.stringify(value)}: it is a part of the path`);
  }
  return encodeURIComponent(text);
};

/** Path and query. */
const address = (pattern: string, { params, query }: Asked): string => {
  const given = new Map<string, unknown>(Object.entries(params ?? {}));
  const path = pattern.replace(/\{([^{}]+?)(\.\.\.)?\}/g, (_, name: string, rest?: string) => {
    const value = given.get(name);
    return rest ? String(value ?? "").split("/").map((part) => segment(name, part)).join("/") : segment(name, value);
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) search.append(name, String(one));
    }
  }
  const text = search.toString();
  return text === "" ? path : `${path}?${text}`;
};

interface Asker {
  ask: <Data, Part extends string>(operation: string, method: string, pattern: string, asked?: Asked, media?: string) => Promise<Answer<Data, Part>>;
  pass: (operation: string, method: string, pattern: string, asked?: Asked, media?: string) => Promise<Response>;
  url: (pattern: string, asked?: Asked) => string;
}

const asker = (options: ClientOptions): Asker => {
  const base = (options.baseUrl ?? "").replace(/\/+$/, "");
  const url = (pattern: string, asked: Asked = {}): string => base + address(pattern, asked);

  /** Sends, reads the body with `read`, and tells apart why nothing came. */
  const send = async <T>(
    operation: string,
    method: string,
    pattern: string,
    media: string | undefined,
    asked: Asked,
    stays: boolean,
    read: (response: Response) => Promise<T>,
  ): Promise<T> => {
    const headers = new Headers({ accept: "application/json, application/problem+json;q=0.9, */*;q=0.1" });
    const common = typeof options.headers === "function" ? await options.headers() : options.headers;
    for (const [name, value] of [...Object.entries(common ?? {}), ...Object.entries(asked.headers ?? {})]) {
      if (value !== undefined && value !== null) headers.set(name, String(value));
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
    const leave = (): void => own.abort(signal?.reason);
    signal?.addEventListener("abort", leave, { once: true });
    let late = false;
    const timer = timeout === undefined ? undefined : setTimeout(() => {
      late = true;
      own.abort();
    }, timeout);
    try {
      const init: RequestInit = { method, headers, signal: own.signal };
      if (asked.body !== undefined) init.body = json ? JSON.stringify(asked.body) : (asked.body as BodyInit);
      if (options.credentials !== undefined) init.credentials = options.credentials;
      return await read(await (options.fetch ?? globalThis.fetch)(target, init));
    } catch (cause) {
      if (cause instanceof ProblemError || cause instanceof AnswerError) throw cause;
      if (signal?.aborted) throw signal.reason;
      if (late && timeout !== undefined) throw new TimeoutError(operation, timeout);
      throw new NetworkError(operation, cause);
    } finally {
      clearTimeout(timer);
      // A body that the caller reads can still be given up.
      if (!stays) signal?.removeEventListener("abort", leave);
    }
  };

  const isJson = (response: Response): boolean => /[/+]json\b/.test(response.headers.get("content-type") ?? "");

  const refusal = (operation: string, response: Response, text: string): Error => {
    try {
      const problem: unknown = isJson(response) ? JSON.parse(text) : undefined;
      if (typeof problem === "object" && problem !== null && "code" in problem && typeof problem.code === "string") {
        const after = Number(response.headers.get("retry-after") ?? Number.NaN);
        return new ProblemError(operation, { type: "about:blank", title: "", status: response.status, ...(problem as object) } as Problem, after >= 0 ? after : undefined);
      }
      return new AnswerError(operation, response.status, text);
    } catch (cause) {
      return new AnswerError(operation, response.status, text, cause);
    }
  };

  /** Asks a route that answers JSON. */
  const ask = <Data, Part extends string>(
    operation: string,
    method: string,
    pattern: string,
    asked: Asked = {},
    media?: string,
  ): Promise<Answer<Data, Part>> =>
    send(operation, method, pattern, media, asked, false, async (response) => {
      const text = await response.text();
      if (!response.ok) throw refusal(operation, response, text);
      const replaced = (response.headers.get("frontage-fallback") ?? "").split(",").map((part) => part.trim());
      const answer = { replaced: replaced.filter((part) => part !== "") as Part[], status: response.status, headers: response.headers };
      if (method === "HEAD" || response.status === 204) return { data: undefined as Data, ...answer };
      try {
        if (!isJson(response)) throw new TypeError("it is not JSON");
        return { data: JSON.parse(text) as Data, ...answer };
      } catch (cause) {
        throw new AnswerError(operation, response.status, text, cause);
      }
    });

  /** Asks a route that hands on an upstream's answer; the body is left to the caller. */
  const pass = (operation: string, method: string, pattern: string, asked: Asked = {}, media?: string): Promise<Response> =>
    send(operation, method, pattern, media, asked, true, async (response) => {
      if (!response.ok) throw refusal(operation, response, await response.text());
      return response;
    });

  return { ask, pass, url };
};
