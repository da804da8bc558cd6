// The supported part of JavaScript's library, as types. Read by the checker as a module of its
// own; `prelude.rs` says which function of a plan each name stands for. Methods that stand here
// twice are overloads, tried in order.

interface Array<T> {
  length: number;
  map<U>(callback: (value: T, index: number, array: T[]) => U): U[];
  filter<S extends T>(predicate: (value: T, index: number, array: T[]) => value is S): S[];
  filter(predicate: (value: T, index: number, array: T[]) => unknown): T[];
  find<S extends T>(predicate: (value: T, index: number, array: T[]) => value is S): S | undefined;
  find(predicate: (value: T, index: number, array: T[]) => unknown): T | undefined;
  findLast<S extends T>(predicate: (value: T, index: number, array: T[]) => value is S): S | undefined;
  findLast(predicate: (value: T, index: number, array: T[]) => unknown): T | undefined;
  findIndex(predicate: (value: T, index: number, array: T[]) => unknown): number;
  findLastIndex(predicate: (value: T, index: number, array: T[]) => unknown): number;
  some(predicate: (value: T, index: number, array: T[]) => unknown): boolean;
  every<S extends T>(predicate: (value: T, index: number, array: T[]) => value is S): boolean;
  every(predicate: (value: T, index: number, array: T[]) => unknown): boolean;
  reduce(callback: (previous: T, current: T, index: number, array: T[]) => T): T;
  reduce(callback: (previous: T, current: T, index: number, array: T[]) => T, initial: T): T;
  reduce<U>(callback: (previous: U, current: T, index: number, array: T[]) => U, initial: U): U;
  flatMap<U>(callback: (value: T, index: number, array: T[]) => U | readonly U[]): U[];
  slice(start?: number, end?: number): T[];
  concat(...items: (T | readonly T[])[]): T[];
  flat(depth?: number): T[];
  includes(value: T, from?: number): boolean;
  indexOf(value: T, from?: number): number;
  lastIndexOf(value: T, from?: number): number;
  join(separator?: string): string;
  at(index: number): T | undefined;
  toSorted(compare?: (a: T, b: T) => number): T[];
  toReversed(): T[];
  with(index: number, value: T): T[];
  keys(): ArrayIterator<number>;
  entries(): ArrayIterator<[number, T]>;
  values(): ArrayIterator<T>;
}

interface String {
  length: number;
  slice(start?: number, end?: number): string;
  substring(start: number, end?: number): string;
  split(separator: string | RegExp | GlobalRegExp, limit?: number): string[];
  trim(): string;
  trimStart(): string;
  trimEnd(): string;
  padStart(length: number, fill?: string): string;
  padEnd(length: number, fill?: string): string;
  startsWith(search: string, position?: number): boolean;
  endsWith(search: string, end?: number): boolean;
  includes(search: string, position?: number): boolean;
  indexOf(search: string, position?: number): number;
  lastIndexOf(search: string, position?: number): number;
  replace(search: string | RegExp | GlobalRegExp, replacement: string): string;
  match(pattern: RegExp | GlobalRegExp): RegExpMatchArray | null;
  matchAll(pattern: GlobalRegExp): ArrayIterator<RegExpMatchArray>;
  search(pattern: RegExp | GlobalRegExp): number;
  replaceAll(search: string | GlobalRegExp, replacement: string): string;
  toUpperCase(): string;
  toLowerCase(): string;
  at(index: number): string | undefined;
  charAt(index: number): string;
  charCodeAt(index: number): number;
  codePointAt(index: number): number | undefined;
  repeat(count: number): string;
  concat(...strings: string[]): string;
  toString(): string;
}

interface Number {
  toFixed(digits?: number): string;
  toString(radix?: number): string;
  toPrecision(precision?: number): string;
}

interface Boolean {
  toString(): string;
}

interface Date {
  getTime(): number;
  valueOf(): number;
  toISOString(): string;
  toJSON(): string;
  getUTCFullYear(): number;
  getUTCMonth(): number;
  getUTCDate(): number;
  getUTCDay(): number;
  getUTCHours(): number;
  getUTCMinutes(): number;
  getUTCSeconds(): number;
  getUTCMilliseconds(): number;
  getFullYear(): number;
  getMonth(): number;
  getDate(): number;
  getDay(): number;
  getHours(): number;
  getMinutes(): number;
  getSeconds(): number;
  getMilliseconds(): number;
}

interface Map<K, V> {
  readonly size: number;
  get(key: K): V | undefined;
  has(key: K): boolean;
  keys(): MapIterator<K>;
  values(): MapIterator<V>;
  entries(): MapIterator<[K, V]>;
}

interface Set<T> {
  readonly size: number;
  has(value: T): boolean;
  keys(): SetIterator<T>;
  values(): SetIterator<T>;
  entries(): SetIterator<[T, T]>;
}

interface Promise<T> {
  catch<F = never>(onRejected: (reason: unknown) => F): Promise<T | F>;
}

interface Error {
  name: string;
  message: string;
}

// The second parameter of functions of input schemas.
interface RefinementCtx {
  addIssue(issue: string | RefinementIssue): void;
}

interface RefinementIssue {
  code: "custom";
  message?: string;
  path?: (string | number)[];
  input?: unknown;
  params?: { [key: string]: unknown };
  fatal?: boolean;
  continue?: boolean;
  [key: string]: unknown;
}

interface HttpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
}

interface UpstreamError extends Error {
  readonly status: number;
  readonly upstream: string;
  readonly operation: string;
  readonly reason: "status" | "timeout" | "connection" | "drift";
}

interface RequestInfo {
  readonly method: string;
  readonly path: string;
  readonly id: string;
  readonly now: Date;
}

interface Reply<R> {}
interface Route<R> {}
interface RegExp {
  test(text: string): boolean;
  exec(text: string): RegExpMatchArray | null;
}

// One with the flag `g`, which would remember where `test` stopped.
interface GlobalRegExp {}

interface Globals {
  String(value?: unknown): string;
  Number(value?: unknown): number;
  Boolean<T>(value?: T): boolean;
  parseInt(text: string, radix?: number): number;
  parseFloat(text: string): number;
  encodeURIComponent(value: string | number | boolean): string;
  decodeURIComponent(text: string): string;
  isNaN(value: number): boolean;
  isFinite(value: number): boolean;
}

interface ArrayConstructor {
  isArray(value: unknown): boolean;
  from<T>(list: Iterable<T> | { readonly length: number; readonly [index: number]: T }): T[];
  from<T, U>(list: Iterable<T> | { readonly length: number; readonly [index: number]: T }, map: (value: T, index: number) => U): U[];
}

interface ObjectConstructor {
  keys(value: {}): string[];
  values<T>(value: { readonly [key: string]: T } | readonly T[]): T[];
  entries<T>(value: { readonly [key: string]: T } | readonly T[]): [string, T][];
  fromEntries<T>(entries: Iterable<readonly [PropertyKey, T]>): { [key: string]: T };
  groupBy<K extends string | number, T>(items: Iterable<T>, key: (item: T, index: number) => K): Grouped<K, T>;
  hasOwn(value: object, key: PropertyKey): boolean;
}

interface NumberConstructor {
  isInteger(value: unknown): boolean;
  isFinite(value: unknown): boolean;
  isNaN(value: unknown): boolean;
  isSafeInteger(value: unknown): boolean;
  parseInt(text: string, radix?: number): number;
  parseFloat(text: string): number;
  readonly MAX_SAFE_INTEGER: number;
  readonly MIN_SAFE_INTEGER: number;
  readonly MAX_VALUE: number;
  readonly MIN_VALUE: number;
  readonly EPSILON: number;
  readonly POSITIVE_INFINITY: number;
  readonly NEGATIVE_INFINITY: number;
  readonly NaN: number;
}

interface Math {
  abs(x: number): number;
  ceil(x: number): number;
  floor(x: number): number;
  round(x: number): number;
  trunc(x: number): number;
  sign(x: number): number;
  min(...values: number[]): number;
  max(...values: number[]): number;
  pow(x: number, y: number): number;
  sqrt(x: number): number;
  cbrt(x: number): number;
  hypot(...values: number[]): number;
  log(x: number): number;
  log2(x: number): number;
  log10(x: number): number;
  exp(x: number): number;
  readonly PI: number;
  readonly E: number;
  readonly LN2: number;
  readonly LN10: number;
  readonly LOG2E: number;
  readonly LOG10E: number;
  readonly SQRT2: number;
  readonly SQRT1_2: number;
}

interface DateConstructor {
  now(): number;
  parse(text: string): number;
  UTC(year: number, month?: number, date?: number, hours?: number, minutes?: number, seconds?: number, ms?: number): number;
}

interface JSON {
  stringify(value: unknown): string;
}

interface Construct {
  Map<K, V>(entries?: Iterable<readonly [K, V]> | null): Map<K, V>;
  Set<T>(values?: Iterable<T> | null): Set<T>;
  Date(): Date;
  Date(value: number | string | Date): Date;
}

interface Frontage {
  error(status: number, code: string, detail?: string): HttpError;
  json<R>(value: R, init?: ReplyInit): Reply<R>;
  noContent(): Reply<undefined>;
  redirect(location: string, status?: 301 | 302 | 303 | 307 | 308): Reply<never>;
}

interface ReplyInit {
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string };
  readonly cache?: ReplyCache;
}

interface ReplyCache {
  readonly maxAge: number;
  readonly staleWhileRevalidate?: number;
  readonly scope?: "private" | "public";
}

interface CallOptions {
  readonly timeout?: number;
  readonly nullOn?: readonly number[];
  readonly headers?: { readonly [name: string]: string };
}

// What `Object.groupBy` gives; the checker makes `Partial<Record<K, T[]>>` of it.
interface Grouped<K, T> {}
interface ArrayIterator<T> {}
interface MapIterator<T> {}
interface SetIterator<T> {}
interface Iterable<T> {}
