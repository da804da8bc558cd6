/** Header fields by name. */
export type HeaderValues = Readonly<Record<string, string | number | boolean | undefined>>;

/** What every call takes beside its own parts. */
export interface CallOptions {
  /** Further header fields. */
  headers?: HeaderValues | undefined;
  /** Ends the call: it then fails with the signal's reason, as `fetch` does. */
  signal?: AbortSignal | undefined;
  /** Milliseconds until the call fails with {@link TimeoutError}; overrides the client's. */
  timeout?: number | undefined;
}

/** How a client asks. */
export interface ClientOptions {
  /** Where the backend is; without it, at the page's own origin. */
  baseUrl?: string | undefined;
  /** Header fields of every call, or a function that gives them when a call is made. */
  headers?: HeaderValues | (() => HeaderValues | Promise<HeaderValues>) | undefined;
  /** Instead of the global `fetch`. */
  fetch?: ((input: string, init: RequestInit) => Promise<Response>) | undefined;
  /** Whether cookies travel, as `fetch` has it. */
  credentials?: RequestCredentials | undefined;
  /** Milliseconds until a call fails with {@link TimeoutError}; without it, calls wait. */
  timeout?: number | undefined;
}

/** An answer. `Part` names the parts that the backend may have to replace. */
export interface Answer<Data, Part extends string = never> {
  /** What the route answers. */
  data: Data;
  /** Parts of `data` that could not be had and were replaced. */
  replaced: Part[];
  /** The status. */
  status: number;
  /** Header fields of the answer. */
  headers: Headers;
}

/** One fault of a request. */
export interface Fault {
  /** Where it is. */
  in: "params" | "query" | "headers" | "body";
  /** Names and indices that lead to it: `items[2].id`. */
  path: string;
  /** What kind of fault, in Zod's words. */
  code: string;
  /** For people. */
  message: string;
}

/** Problem details (RFC 9457), as the backend sends them. */
export interface Problem<Code extends string = string> {
  type: string;
  title: string;
  status: number;
  /** What happened, for programs. */
  code: Code;
  /** What happened this time, for people. */
  detail?: string;
  /** Every fault of the request, with `invalid_input`. */
  errors?: Fault[];
  /** Names the request in logs. */
  requestId?: string;
}
