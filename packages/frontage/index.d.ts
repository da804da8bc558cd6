// What a route module imports from "frontage".
import type { z } from "zod";

declare const brand: unique symbol;
// Another one: what has a brand is never taken for what stands in its place.
declare const refused: unique symbol;

/** Stands where a value has no JSON image; `Reason` says why and what to write. */
export interface NotJson<Reason extends string> {
  readonly [refused]: Reason;
}

/**
 * The JSON image of a value. `R & Json<R>` makes `tsc` refuse promises, functions, maps and sets in
 * an answer.
 */
export type Json<T> = T extends string | number | boolean | null | undefined | void ? T
  : T extends bigint ? NotJson<"a bigint has no JSON: use Number(x) or String(x)">
  : T extends symbol ? NotJson<"a symbol has no JSON">
  : T extends Bytes ? NotJson<"bytes have no JSON: hand them on with passthrough">
  : T extends Reply<unknown> ? NotJson<"a reply is a whole answer: return it as it is">
  : T extends (...args: never[]) => unknown ? NotJson<"a function has no JSON: call it">
  : T extends PromiseLike<unknown> ? NotJson<"a promise has no JSON: await it">
  : T extends ReadonlyMap<unknown, unknown> ? NotJson<"a Map has no JSON: use Object.fromEntries(map.entries())">
  : T extends ReadonlySet<unknown> ? NotJson<"a Set has no JSON: use [...set]">
  : T extends Error ? "stack" extends keyof T ? NotJson<"an error has no JSON: name what clients may know of it, such as its status"> : { [K in keyof T]: Json<T[K]> }
  : T extends Date ? T
  : T extends readonly unknown[] ? { [K in keyof T]: Json<T[K]> }
  : T extends object ? { [K in keyof T]: Json<T[K]> }
  : unknown extends T ? T
  : never;

/** An answer that is neither JSON nor text; only `passthrough` can hand it on. */
export interface Bytes {
  readonly [brand]: "bytes";
}

/** What an operation returns: a promise whose `catch` sees `unknown`. */
export interface Call<T> extends Promise<T> {
  catch<F = never>(onrejected: (reason: unknown) => F | PromiseLike<F>): Promise<T | F>;
}

/** What `Promise.allSettled` gives for a promise that failed. */
export interface SettledFailure {
  status: "rejected";
  reason: unknown;
}

declare global {
  interface PromiseConstructor {
    /** The reason is unknown, as in `catch (e)`: narrow it. */
    allSettled<T extends readonly unknown[] | []>(values: T): Promise<{ -readonly [P in keyof T]: PromiseFulfilledResult<Awaited<T[P]>> | SettledFailure }>;
    allSettled<T>(values: Iterable<T | PromiseLike<T>>): Promise<(PromiseFulfilledResult<Awaited<T>> | SettledFailure)[]>;
  }
  interface Promise<T> {
    /** The reason is unknown, as in `catch (e)`: narrow it. */
    catch<F = never>(onrejected: (reason: unknown) => F | PromiseLike<F>): Promise<T | F>;
  }
}

/** Options of a call: literals only. */
export interface CallOptions {
  /** Milliseconds that this call may take. */
  readonly timeout?: number;
  /** Upstream statuses that give `null`; the type says so. */
  readonly nullOn?: readonly number[];
  /** Further request headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Options of a call that gives `null` for some statuses. */
export interface NullOptions extends CallOptions {
  readonly nullOn: readonly number[];
}

/** Options of a call that gives what its contract says. */
export interface PlainOptions extends CallOptions {
  readonly nullOn?: undefined;
}

/** The arguments of an operation; one without any takes an empty object. */
export type Arguments<A> = keyof A extends never ? { readonly [name: string]: never } : A;

/**
 * An operation of an upstream: arguments `A` (path, query and header parameters, and `body`), answer
 * `T`. `ReturnType` reads the last signature.
 */
export type Operation<A, T> = {} extends A
  ? {
      (args: Arguments<A> | undefined, options: NullOptions): Call<T | null>;
      (args?: Arguments<A>, options?: PlainOptions): Call<T>;
    }
  : { (args: A, options: NullOptions): Call<T | null>; (args: A, options?: PlainOptions): Call<T> };

/** Who asks. Filled in by the generated declarations from `[auth]` in `frontend.toml`. */
export interface Session {}

/** The request itself. */
export interface RequestInfo {
  /** Its method. */
  readonly method: string;
  /** Its path, percent-encoded as it came. */
  readonly path: string;
  /** Names it in logs and in answers. */
  readonly id: string;
  /** When it came; `Date.now()` is this instant. */
  readonly now: Date;
}

/** What a route reads, as Zod schemas. What is not declared is not read. */
export interface RouteInput {
  /** Path parameters; its keys are the path's. */
  readonly params?: z.ZodType;
  /** Query; a key is a list if its schema is an array. */
  readonly query?: z.ZodType;
  /** Request headers, by lower-case name. */
  readonly headers?: z.ZodType;
  /** JSON body. */
  readonly body?: z.ZodType;
  /** Run every await where it stands. */
  readonly sequential?: boolean;
}

type Declared<I, K extends keyof RouteInput> = I extends { readonly [P in K]: infer S extends z.ZodType } ? z.output<S> : undefined;

/** A handler's argument. What the route does not declare is `undefined`. */
export interface Context<I extends RouteInput> {
  readonly params: Declared<I, "params">;
  readonly query: Declared<I, "query">;
  readonly headers: Declared<I, "headers">;
  readonly body: Declared<I, "body">;
  readonly session: Session;
  readonly request: RequestInfo;
}

/** A whole reply with a value of type `R`. */
export interface Reply<R> {
  readonly [brand]: R;
}

/** What a reply says beside its value. */
export interface ReplyInit {
  /** 200 if absent. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds for which the answer may be kept, and by whom. */
  readonly cache?: {
    readonly maxAge: number;
    readonly staleWhileRevalidate?: number;
    readonly scope?: "private" | "public";
  };
}

/** Answers with `value` as JSON. */
export function json<R>(value: R & Json<R>, init?: ReplyInit): Reply<R>;
/** Answers 204. */
export function noContent(): Reply<undefined>;
/** Answers with a redirect; 302 if no status is given. */
export function redirect(location: string, status?: 301 | 302 | 303 | 307 | 308): Reply<never>;

/** What a route module exports under the name of an HTTP method; `R` is its answer. */
export interface Route<R> {
  readonly [brand]: R;
}

// A handler without a result answers 204.
type Result<R> = [R] extends [void] ? R : R extends Reply<unknown> ? R : R & Json<R>;

/** A route without input. */
export function route<R>(handler: (context: Context<{}>) => Promise<R & Result<R>>): Route<R>;
/** A route that reads what `input` declares. */
export function route<const I extends RouteInput, R>(input: I, handler: (context: Context<I>) => Promise<R & Result<R>>): Route<R>;

/** Streams an operation's answer as it is. Its parameters are filled by the route's of the same name. */
export function passthrough(operation: (...args: never[]) => Call<unknown>, options?: { readonly timeout?: number }): Route<unknown>;

/** What `throw error(...)` throws. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  private constructor();
}

/** Why a call failed. */
export class UpstreamError extends Error {
  /** The upstream's status; 504 for a timeout, 502 otherwise. */
  readonly status: number;
  readonly upstream: string;
  readonly operation: string;
  readonly reason: "status" | "timeout" | "connection" | "drift";
  private constructor();
}

/** An error to throw: answered as problem details with this status and `code`. */
export function error(status: number, code: string, detail?: string): HttpError;

// ------------------------------------------------ upstreams without a contract

/** A whole number. TypeScript cannot tell it from others; an answer with a fraction is drift. */
export type Integer = number;

/** As an operation's answer: text that is no JSON. */
export type Text = string;

/** What is known of a declared operation beside its types. */
export interface OperationSettings<A> {
  /** Whether calls only read, whatever the method. */
  readonly safe?: boolean;
  /** How the body is written; JSON if absent. */
  readonly body?: "json" | "form";
  /** Arguments that go into headers: argument to header name. */
  readonly headers?: { readonly [K in Exclude<keyof A, "body">]?: string };
}

/** An operation of `declareUpstream`: arguments `A`, answer `T`. */
export interface DeclaredOperation<A, T> {
  readonly method: string;
  readonly path: string;
  readonly settings: OperationSettings<A>;
  readonly [brand]?: (args: A) => T;
}

/**
 * Declares a `GET` operation. `A` are the arguments: those in `path` fill it, `body` is the body,
 * all others go into the query. `T` is the answer: JSON, `Text`, `Bytes`, or `undefined` for none.
 */
export function get<A extends object = {}, T = undefined>(path: `/${string}`, settings?: OperationSettings<A>): DeclaredOperation<A, T>;
/** Declares a `HEAD` operation; see `get`. */
export function head<A extends object = {}>(path: `/${string}`, settings?: OperationSettings<A>): DeclaredOperation<A, undefined>;
/** Declares a `POST` operation; see `get`. */
export function post<A extends object = {}, T = undefined>(path: `/${string}`, settings?: OperationSettings<A>): DeclaredOperation<A, T>;
/** Declares a `PUT` operation; see `get`. */
export function put<A extends object = {}, T = undefined>(path: `/${string}`, settings?: OperationSettings<A>): DeclaredOperation<A, T>;
/** Declares a `PATCH` operation; see `get`. */
export function patch<A extends object = {}, T = undefined>(path: `/${string}`, settings?: OperationSettings<A>): DeclaredOperation<A, T>;
/** Declares a `DELETE` operation; see `get`. */
export function del<A extends object = {}, T = undefined>(path: `/${string}`, settings?: OperationSettings<A>): DeclaredOperation<A, T>;
/** Declares a `QUERY` operation, a safe one with a body; see `get`. */
export function query<A extends object = {}, T = undefined>(path: `/${string}`, settings?: OperationSettings<A>): DeclaredOperation<A, T>;

/** Declares an upstream that has no contract; `contract = "contracts/NAME.ts"` in `frontage.toml` names the file. */
export function declareUpstream<const U extends { readonly [name: string]: DeclaredOperation<never, unknown> }>(operations: U): U;
