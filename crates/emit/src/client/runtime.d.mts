/** The backend's refusal. {@link isProblem} tells which codes a route has. */
export declare class ProblemError<Code extends string = string> extends Error {
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
  constructor(operation: string, problem: Problem<Code>, retryAfter?: number);
}
/** No answer came: no network, no such host, a connection that broke. `cause` says more. */
export declare class NetworkError extends Error {
  /** The function that was called. */
  readonly operation: string;
  constructor(operation: string, cause: unknown);
}
/** No answer came within the call's `timeout`. */
export declare class TimeoutError extends Error {
  /** The function that was called. */
  readonly operation: string;
  /** How long was waited, in milliseconds. */
  readonly timeout: number;
  constructor(operation: string, timeout: number);
}
/** What came is neither an answer nor a problem of this backend: not JSON, or from somebody between. */
export declare class AnswerError extends Error {
  /** The function that was called. */
  readonly operation: string;
  /** The status of the answer. */
  readonly status: number;
  /** What came, as text. */
  readonly text: string;
  constructor(operation: string, status: number, text: string, cause?: unknown);
}
/** Whether an error is the backend's refusal; of the named function, if one is named. */
export declare function isProblem<Id extends keyof Codes = keyof Codes>(error: unknown, operation?: Id): error is ProblemError<Codes[Id]>;
