// One clock for a request: `Date.now()` and `new Date()` are the instant at which it came, in UTC.
//
// Outside of requests `Date` is what it was.

import { shared } from "./shared.js";

const INSTALLED = Symbol.for("frontage.clock");

/** Makes `Date` ask the running request. Once for a process, whoever asks first. */
export function installClock() {
  process.env["TZ"] = "UTC";
  const Real = globalThis.Date;
  if (Object.hasOwn(Real, INSTALLED)) return;
  const now = () => shared.running.getStore()?.now ?? Real.now();
  const Fixed = new Proxy(Real, {
    construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self === Fixed ? target : self),
    apply: () => new Real(now()).toString(),
    get: (target, key, self) => (key === "now" ? now : Reflect.get(target, key, self)),
  });
  Object.defineProperty(Real, INSTALLED, { value: true });
  globalThis.Date = Fixed;
}
