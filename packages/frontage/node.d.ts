// What `import ... from "frontage/node"` gives: a frontend's backend in this process.
import type { Readable } from "node:stream";

/** How an upstream is asked. */
export interface TransportRequest {
  readonly upstream: string;
  readonly operation: string;
  readonly method: string;
  /** The whole address: `urls[0]`. */
  readonly url: string;
  /** The same at every address of the upstream, the one to try first in front. */
  readonly urls: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | Readable | undefined;
  /** Milliseconds for this call. The runtime keeps this time itself, with its timers. */
  readonly timeout: number;
  readonly safe: boolean;
  /** Aborted when the time is over. */
  readonly signal: AbortSignal;
  /** Largest answer, in bytes. */
  readonly limit: number;
  /** Whether the body is wanted as it comes (`passthrough`). */
  readonly stream: boolean;
}

export interface TransportAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array | Readable;
}

/** Rejects if there is no answer; a `TransportError` says why, anything else counts as `connection`. */
export type Transport = (request: TransportRequest) => Promise<TransportAnswer>;

/** Why there is no answer. */
export class TransportError extends Error {
  constructor(reason: "timeout" | "connection", message: string);
  readonly reason: "timeout" | "connection";
}

/** What is wrong with a workspace, for people. */
export class ConfigError extends Error {}

export interface BackendOptions {
  /** The workspace's folder; `frontage types` has run in it. */
  readonly workspace: string;
  /** The frontend's name. */
  readonly frontend: string;
  /** How upstreams are asked; undici if absent. */
  readonly transport?: Transport;
  /** The clock, in milliseconds since 1970; one request sees one instant. */
  readonly now?: () => number;
  readonly timers?: { setTimeout(f: () => void, ms: number): unknown; clearTimeout(timer: unknown): void };
  /** Where `${NAME}` is looked up; `process.env` if absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Set anew to read route modules anew that this process has read before (not what they import). */
  readonly version?: string;
  /** What is told of failures. */
  readonly log?: (event: Record<string, unknown>) => void;
}

export interface BackendRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: Uint8Array | string | Readable;
}

export interface BackendAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Record<string, string | string[]>;
  readonly body: Uint8Array;
}

export interface Backend {
  /** Answers a request; never rejects. */
  handle(request: BackendRequest): Promise<BackendAnswer>;
  /** Stops asking upstreams. */
  close(): Promise<void>;
}

/** Reads a workspace's configuration, glue and route modules. Rejects with a `ConfigError`. */
export function createBackend(options: BackendOptions): Promise<Backend>;
