//! What to write instead of the parts of JavaScript's library that the language leaves out.
//!
//! In:    an interface of the prelude and a member's name.
//! Out:   words for a help line.
//! Never: a member that `prelude.rs` knows.

/// Interfaces, members, and what to write instead of any of these.
pub(crate) const INSTEAD: &[(&[&str], &[&str], &str)] = &[
    (
        &["Error", "HttpError", "UpstreamError"],
        &["stack", "cause"],
        "leave it out: what failed stands in the log; use `message`, `status` or `code`",
    ),
    (&["Array"], &["push", "unshift"], "make a new array: `[...list, item]`"),
    (&["Array"], &["pop", "shift"], "read with `at(-1)` or `[0]`, and cut with `slice`"),
    (&["Array"], &["splice"], "use `slice`, `concat`, `with` or `filter`, which make a new array"),
    (&["Array"], &["sort"], "use `toSorted`, which makes a new array"),
    (&["Array"], &["reverse"], "use `toReversed`, which makes a new array"),
    (&["Array"], &["fill", "copyWithin"], "use `map`, which makes a new array"),
    (&["Array"], &["forEach"], "use `map`, `filter` or `reduce` and take their result"),
    (&["Array"], &["reduceRight"], "use `toReversed().reduce(…)`"),
    (&["Array"], &["toSpliced"], "use `slice` and `concat`"),
    (
        &["Array", "String", "Number", "Date"],
        &["toLocaleString"],
        "write the format out; `Intl` comes later",
    ),
    (
        &["Date"],
        &[
            "toLocaleDateString",
            "toLocaleTimeString",
            "toString",
            "toDateString",
            "toTimeString",
            "toUTCString",
        ],
        "use `toISOString()` and the getters; `Intl` comes later",
    ),
    (
        &["Date"],
        &[
            "setTime",
            "setFullYear",
            "setMonth",
            "setDate",
            "setHours",
            "setMinutes",
            "setSeconds",
            "setMilliseconds",
            "setUTCFullYear",
            "setUTCMonth",
            "setUTCDate",
            "setUTCHours",
            "setUTCMinutes",
            "setUTCSeconds",
            "setUTCMilliseconds",
        ],
        "make another date with `new Date(…)`",
    ),
    (&["Date"], &["getTimezoneOffset"], "backends run in UTC; leave it out"),
    (
        &["String"],
        &["localeCompare"],
        "compare with `<` and `>`: `a < b ? -1 : a > b ? 1 : 0`; `Intl` comes later",
    ),
    (
        &["GlobalRegExp"],
        &["test", "exec"],
        "leave the flag `g` out: with it JavaScript remembers where the last search stopped",
    ),
    (
        &["String"],
        &["toLocaleLowerCase", "toLocaleUpperCase"],
        "use `toLowerCase` and `toUpperCase`; `Intl` comes later",
    ),
    (
        &["String"],
        &[
            "anchor",
            "big",
            "blink",
            "bold",
            "fixed",
            "fontcolor",
            "fontsize",
            "italics",
            "link",
            "small",
            "strike",
            "sub",
            "sup",
        ],
        "write the markup out in a template, or leave it to the frontend",
    ),
    (&["String", "Number", "Boolean"], &["valueOf"], "leave it out: it is the value itself"),
    (&["Number"], &["toExponential"], "use `toPrecision` or `toFixed`"),
    (&["Array"], &["toString"], "use `join(\",\")`"),
    (&["String"], &["substr"], "use `slice(start, end)`"),
    (&["String"], &["trimLeft"], "use `trimStart`"),
    (&["String"], &["trimRight"], "use `trimEnd`"),
    (&["String"], &["normalize", "isWellFormed", "toWellFormed"], "leave the string as it is"),
    (
        &["RefinementCtx"],
        &["value", "issues", "aborted"],
        "read the function's first parameter, and report with `ctx.addIssue(…)`",
    ),
    (&["Map"], &["set"], "give all entries at once: `new Map([...entries, [key, value]])`"),
    (&["Set"], &["add"], "give all values at once: `new Set([...values, value])`"),
    (&["Map", "Set"], &["delete", "clear"], "make another one from filtered entries"),
    (&["Map", "Set"], &["forEach"], "spread it and use `map`: `[...set].map(…)`"),
    (
        &["Set"],
        &["union", "intersection", "difference", "isSubsetOf", "isSupersetOf"],
        "spread both and use `filter`",
    ),
    (&["Promise"], &["then"], "use `await` and go on with its value"),
    (&["Promise"], &["finally"], "use `await`; nothing is left to clean up"),
    (&["PromiseConstructor"], &["race", "any"], "use `Promise.all`, or a call's `timeout` option"),
    (&["PromiseConstructor"], &["resolve"], "write the value itself"),
    (&["PromiseConstructor"], &["reject"], "use `throw error(status, code)`"),
    (&["ObjectConstructor"], &["assign"], "use spread: `{ ...a, ...b }`"),
    (&["ObjectConstructor"], &["freeze", "seal"], "leave it out: nothing can be changed anyway"),
    (&["ObjectConstructor"], &["create", "defineProperty"], "write an object literal"),
    (&["ArrayConstructor"], &["of"], "write an array literal"),
    (&["Math"], &["random"], "ask an upstream: a plan gives equal answers for equal input"),
    (&["JSON"], &["parse"], "let the contract describe the value; upstreams answer parsed JSON"),
    (
        &["Object"],
        &["toString", "toLocaleString"],
        "write its fields into a template, or use `JSON.stringify(value)`",
    ),
    (&["Object"], &["valueOf"], "leave it out: it is the value itself"),
    (&["Object"], &["hasOwnProperty"], "use `Object.hasOwn(value, key)`"),
    (
        &["Object"],
        &["constructor", "isPrototypeOf", "propertyIsEnumerable"],
        "leave it out: values are plain data here",
    ),
    (&["Function"], &["apply", "bind", "call"], "call it: `f(…)`, or write `(x) => f(x)`"),
    (&["Function"], &["length", "name"], "leave it out: functions have no members here"),
    (&["Globals"], &["fetch"], "declare the service as an upstream in `frontage.toml` and call it"),
    (&["Globals"], &["console"], "leave it out; traces and logs show every call and its time"),
    (
        &["Globals"],
        &["setTimeout", "setInterval", "queueMicrotask"],
        "leave it out; use a call's `timeout` option to bound its time",
    ),
    (&["Globals"], &["process"], "put settings into `frontage.toml` or a constant"),
    (&["Globals"], &["Intl"], "write the format out; `Intl` comes later"),
    (&["Globals"], &["structuredClone"], "leave it out: nothing can be changed anyway"),
    (
        &["Globals"],
        &["Symbol", "Reflect", "Proxy", "globalThis", "window", "global"],
        "use plain objects and functions",
    ),
    (&["Globals"], &["BigInt"], "use numbers, or strings for ids"),
    (&["Globals"], &["crypto"], "ask an upstream for ids; use `request.id` for the request's own"),
    (
        &["Globals"],
        &["Buffer", "URL", "URLSearchParams", "TextEncoder"],
        "use strings and `encodeURIComponent`",
    ),
    (
        &["Globals"],
        &["Response", "NextResponse"],
        "return the value, or `json(value, { status })` from \"frontage\"",
    ),
    (&["Globals"], &["RegExp"], "write the pattern as a literal: `/…/`"),
    (&["Globals"], &["WeakMap", "WeakSet"], "use `Map` or `Set`"),
];

/// What to write instead of `interface.name`; `None` if nothing is said about it.
pub(crate) fn instead(interface: &str, name: &str) -> Option<&'static str> {
    INSTEAD
        .iter()
        .find(|(interfaces, names, _)| interfaces.contains(&interface) && names.contains(&name))
        .map(|(_, _, words)| *words)
}
