// Random schemas of the supported subset.
//
// In:    a source of chance.
// Out:   trees: { base, checks, ids, out, children, write }. `sourceOf` writes one as TypeScript,
//        `simpler` gives smaller ones.
// Never: a schema that Frontage refuses, or one that zod itself throws at.

import { WORDS, VALID } from "./words.mjs";

// What a schema gives, as far as functions of authors and defaults need to know.
const STR = "string";
const NUM = "number";
const BOOL = "boolean";
const DATE = "date";
const LIST = "list";
const OBJ = "object";
const ANY = "any";

export function leaf(base, ids, out, samples) {
  return { kind: "leaf", base, ids, out, samples, checks: [], children: [] };
}

const q = JSON.stringify;

// ------------------------------------------------------------------ texts

const FORMATS = {
  email: "email", url: "url", uuid: "uuid", uuidv4: "uuid", uuidv7: "uuid", guid: "guid",
  nanoid: "nanoid", cuid: "cuid", cuid2: "cuid2", ulid: "ulid", xid: "xid", ksuid: "ksuid",
  ipv4: "ipv4", ipv6: "ipv6", cidrv4: "cidrv4", cidrv6: "cidrv6", base64: "base64",
  base64url: "base64url", e164: "e164", jwt: "jwt", emoji: "emoji",
};
const OWN_FORMATS = {
  mac: "mac", hostname: "hostname", hex: "hex", httpUrl: "url", creditCard: "creditCard",
  iban: "iban", currencyCode: "currencyCode",
};
const ISO = {
  date: [["", "isoDate"]],
  time: [["", "isoTime"], ["{ precision: 0 }", "isoTime"], ["{ precision: 3 }", "isoTime"], ["{ precision: -1 }", "isoTime"]],
  datetime: [
    ["", "isoDateTime"], ["{ offset: true }", "isoDateTime"], ["{ local: true }", "isoDateTime"],
    ["{ precision: 3 }", "isoDateTime"], ["{ precision: -1, local: true }", "isoDateTime"],
    ["{ offset: true, precision: 0 }", "isoDateTime"],
  ],
  duration: [["", "isoDuration"]],
};
const OPTIONS = {
  email: ["{ pattern: z.regexes.html5Email }", "{ pattern: z.regexes.unicodeEmail }", "{ pattern: /^.+@.+$/ }"],
  url: ["{ protocol: /^https?$/ }", "{ hostname: /^example\\.com$/ }", "{ normalize: true }", "{ hostname: z.regexes.domain }"],
  uuid: ['{ version: "v4" }', '{ version: "v7" }', '{ version: "v1" }'],
  nanoid: ["{ length: 10 }"],
  mac: ['{ delimiter: "-" }'],
  jwt: ['{ alg: "HS256" }'],
};
const PATTERNS = [
  "/^[a-c]+$/", "/b/", "/^\\d{2,3}$/", "/^\\w+$/", "/\\s/", "/^[^a]*$/", "/^a.c$/", "/^a|b$/", "/^.$/",
  "/^..$/", "/^.$/u", "/^[😀-🙏]$/u", "/^[😀]$/", "/é/i", "/^[a-z]+$/i", "/^\\p{L}+$/u", "/^\\p{Lu}/u",
  "/\\bfoo\\b/", "/^(?:ab)+$/", "/^(?=.*[A-Z])(?=.*\\d).{4,}$/", "/^(?!.*--)[a-z-]+$/", "/k/i", "/k/iu",
  "/^[\\s\\S]*$/", "/^\\u0061/", "/[\\]a]/", "/^$/", "/x*/", "/^[\\w.-]+@/", "/a{,2}/", "/^[^\\W]+$/i",
  "/^\\S+$/", "/\\//", "/^.+$/s", "/ß/i", "/^[^k]$/iu", "/[\\d-x]/", "/ǆ/i", "/^[à-ý]+$/i",
];

function textCheck(r) {
  const n = r.pick([0, 1, 2, 3, 5, 8]);
  const word = r.pick(["a", "ab", "b", "x", "é", "😀", ""]);
  const [text, id] = r.pick([
    [`min(${n}`, "string.min"], [`max(${n}`, "string.max"], [`length(${n}`, "string.length"],
    ["nonempty(", "string.nonempty"], [`startsWith(${q(word)}`, "string.starts-with"],
    [`endsWith(${q(word)}`, "string.ends-with"], [`includes(${q(word)}`, "string.includes"],
    [`regex(${r.pick(PATTERNS)}`, "string.regex"], [`regex(${r.pick(PATTERNS)}`, "string.regex"],
    ["trim(", "string.trim"], ["toLowerCase(", "string.to-lower-case"],
    ["toUpperCase(", "string.to-upper-case"], ["lowercase(", "string.lowercase"],
    ["uppercase(", "string.uppercase"],
    [`normalize(${r.pick(["", '"NFC"', '"NFD"', '"NFKC"', '"NFKD"'])}`, "string.normalize"],
  ]);
  const takesOptions = !/^(trim|toLowerCase|toUpperCase|normalize)\(/.test(text);
  return { text: `.${text}${takesOptions ? said(r, !text.endsWith("(")) : ""})`, id };
}

/** A message or options at the end of arguments. */
function said(r, after) {
  if (!r.chance(0.25)) return "";
  const text = r.pick(['"no!"', '{ error: "bad" }', '{ message: "m" }', "{ abort: true }", '{ error: "e", abort: true }', '{ error: () => "f" }']);
  return after ? `, ${text}` : text;
}

function text(r) {
  const way = r.below(10);
  if (way < 3) {
    const node = leaf(`z.string(${said(r, false)})`, ["string"], STR, WORDS);
    for (let i = r.below(4); i > 0; i--) node.checks.push(textCheck(r));
    return node;
  }
  if (way < 5) {
    const node = leaf(`z.string(${said(r, false)})`, ["string"], STR, WORDS);
    const name = r.pick(Object.keys(FORMATS));
    node.checks.push({ text: `.${name}(${said(r, false)})`, id: `string.${name}` });
    node.samples = VALID[FORMATS[name]];
    if (r.chance(0.3)) node.checks.push(textCheck(r));
    return node;
  }
  if (way < 8) {
    const name = r.pick([...Object.keys(FORMATS), ...Object.keys(OWN_FORMATS)]);
    const ruled = OPTIONS[name] && r.chance(0.5);
    const options = ruled ? r.pick(OPTIONS[name]) : said(r, false);
    const ids = ruled && name === "url" ? [name, "url.rules"] : [name];
    const node = leaf(`z.${name}(${options})`, ids, STR, VALID[FORMATS[name] ?? OWN_FORMATS[name]]);
    if (r.chance(0.3)) node.checks.push(textCheck(r));
    return node;
  }
  if (way < 9) {
    const name = r.pick(Object.keys(ISO));
    const [options, valid] = r.pick(ISO[name]);
    const node = r.chance(0.3)
      ? Object.assign(leaf("z.string()", ["string"], STR, VALID[valid]), { checks: [{ text: `.${name}(${options})`, id: `string.${name}` }] })
      : leaf(`z.iso.${name}(${options})`, options ? [`iso.${name}`, "iso.options"] : [`iso.${name}`], STR, VALID[valid]);
    return node;
  }
  const node = leaf(`z.coerce.string(${said(r, false)})`, ["coerce.string"], STR, WORDS);
  if (r.chance(0.5)) node.checks.push(textCheck(r));
  return node;
}

// ------------------------------------------------------------------ numbers and the rest

function numberCheck(r) {
  const n = r.pick([0, 1, -1, 2.5, 10, 100, 0.1, 1e21, -5]);
  const m = r.pick([1, 2, 0.1, 0.07, 5, 1e-7]);
  const [text, id] = r.pick([
    [`min(${n}`, "number.min"], [`max(${n}`, "number.max"], [`gt(${n}`, "number.gt"],
    [`gte(${n}`, "number.gte"], [`lt(${n}`, "number.lt"], [`lte(${n}`, "number.lte"],
    ["int(", "number.int"], ["safe(", "number.safe"], ["positive(", "number.positive"],
    ["nonnegative(", "number.nonnegative"], ["negative(", "number.negative"],
    ["nonpositive(", "number.nonpositive"], [`multipleOf(${m}`, "number.multiple-of"],
    [`step(${m}`, "number.step"],
  ]);
  return { text: `.${text}${said(r, !text.endsWith("("))})`, id };
}

const NUMBERS = [
  "0", "-0", "1", "-1", "1.5", "2", "10", "100", "0.1", "0.3", "2.03", "-0.7", "2147483647", "2147483648",
  "-2147483649", "4294967296", "9007199254740991", "9007199254740993", "-9007199254740993", "1e21",
  "1e300", "5e-324", "3.5e38", "1e400", "0.07", "1E2", "12345678901234567890",
];

function number(r) {
  const [base, id] = r.pick([
    ["z.number(", "number"], ["z.number(", "number"], ["z.coerce.number(", "coerce.number"],
    ["z.coerce.number(", "coerce.number"], ["z.int(", "int"], ["z.int32(", "int32"],
    ["z.uint32(", "uint32"], ["z.float32(", "float32"], ["z.float64(", "float64"],
  ]);
  const node = leaf(`${base}${said(r, false)})`, [id], NUM, NUMBERS.map((n) => ({ number: n })));
  for (let i = r.below(3); i > 0; i--) node.checks.push(numberCheck(r));
  if (r.chance(0.05)) node.checks.push({ text: ".finite()", id: "number.finite" });
  return node;
}

const ENUMS = [
  [["a", "b", "c"], ""], [["asc", "desc"], ""], [["b", "10", "2"], ""], [["x"], ""], [["a", "a", "b"], ""],
];

function scalar(r) {
  switch (r.below(14)) {
    case 0: case 1: return leaf(`z.boolean(${said(r, false)})`, ["boolean"], BOOL, [true, false]);
    case 2: return leaf(`z.coerce.boolean(${said(r, false)})`, ["coerce.boolean"], BOOL, [true, false, "", "x", { number: "0" }, null]);
    case 3: return leaf(r.pick(["z.stringbool()", 'z.stringbool({ truthy: ["ja", "J"], falsy: ["nein"] })', 'z.stringbool({ case: "sensitive" })', 'z.stringbool("yes or no")']), ["stringbool"], BOOL, ["true", "FALSE", "1", "off", "ja", "NEIN", "maybe"]);
    case 4: case 5: {
      const [values] = r.pick(ENUMS);
      const node = leaf(`z.enum(${q(values)}${said(r, true)})`, ["enum"], { values }, values);
      if (values.length === 3 && values[0] === "a" && values[1] === "b" && r.chance(0.4)) {
        node.checks.push(r.pick([{ text: '.exclude(["a"])', id: "enum.exclude" }, { text: '.extract(["c", "b"])', id: "enum.extract" }]));
        node.out = { values: node.checks[0].id === "enum.exclude" ? ["b", "c"] : ["c", "b"] };
      }
      return node;
    }
    case 6: return leaf(r.pick(['z.enum({ Open: "open", Shut: "shut" })', "z.enum({ One: 1, Two: 2 })", 'z.enum({ A: "x", B: 2 })']), ["enum.object"], ANY, ["open", "shut", { number: "1" }, { number: "2" }, "x"]);
    case 7: {
      const values = r.pick([["a"], ["a", "b"], [1, 2], [true], [null], ["a", 1, null], ["x", undefined], [-1.5]]);
      const shown = values.map((v) => (v === undefined ? "undefined" : q(v)));
      const source = values.length === 1 ? shown[0] : `[${shown.join(", ")}]`;
      return leaf(`z.literal(${source}${said(r, true)})`, [values.length === 1 ? "literal" : "literal.several"], ANY, values.map((v) => (typeof v === "number" ? { number: String(v) } : v)));
    }
    case 8: return leaf(`z.null(${said(r, false)})`, ["null"], ANY, [null]);
    case 9: {
      const [base, id] = r.pick([["z.unknown()", "unknown"], ["z.unknown()", "unknown"], ["z.undefined()", "undefined"], ["z.void()", "undefined"], ["z.never()", "never"]]);
      return leaf(base, [id], ANY, ["x", null, { number: "1" }, undefined]);
    }
    case 10: case 11: {
      const node = leaf(`z.coerce.date(${said(r, false)})`, ["coerce.date"], DATE, [...VALID.isoDateTime, ...VALID.isoDate, { number: "0" }, { number: "1700000000000" }, { number: "9e15" }, null, true, "x"]);
      if (r.chance(0.4)) node.checks.push({ text: `.${r.pick(["min", "max"])}(new Date("2024-01-01")${said(r, true)})`, id: "date.min" });
      return node;
    }
    case 12: return leaf("z.date()", ["date"], DATE, ["2024-01-01", { number: "0" }]);
    default: return number(r);
  }
}

// ------------------------------------------------------------------ compounds

const NAMES = ["a", "b", "c", "id", "x y", "10", "2", "name", "length", "ü", "__proto"];

function object(r, depth, flat) {
  const names = r.shuffled(NAMES).slice(0, r.below(4) + (flat ? 1 : 0));
  const fields = names.map((name) => [name, schema(r, depth - 1)]);
  const base = r.pick(["object", "object", "strictObject", "looseObject"]);
  const node = { kind: "object", base, fields, checks: [], ids: [base], out: OBJ, children: fields.map((f) => f[1]), said: said(r, true) };
  if (r.chance(0.35)) node.checks.push(objectMethod(r, node, depth));
  if (fields.length > 1 && r.chance(0.1)) {
    node.spread = 1 + r.below(fields.length - 1);
    node.ids.push("object.shape");
  }
  return node;
}

function objectMethod(r, node, depth) {
  const names = node.fields.map((f) => f[0]);
  const some = names.filter(() => r.chance(0.5));
  const mask = `{ ${some.map((n) => `${q(n)}: true`).join(", ")} }`;
  const other = () => {
    const field = schema(r, Math.min(depth - 1, 1));
    return { node: field, name: r.pick(["a", "z", "n"]) };
  };
  switch (r.below(13)) {
    case 12: { const o = other(); return { text: `.safeExtend({ ${o.name === "a" ? "z" : o.name}: ${sourceOf(o.node)} })`, id: "object.safe-extend", uses: o.node }; }
    case 0: return { text: ".strict()", id: "object.strict" };
    case 1: return { text: ".strip()", id: "object.strip" };
    case 2: return { text: r.pick([".loose()", ".passthrough()"]), id: "object.loose" };
    case 3: { const o = schema(r, 0); return { text: `.catchall(${sourceOf(o)})`, id: "object.catchall", uses: o }; }
    case 4: case 5: { const o = other(); return { text: `.extend({ ${o.name}: ${sourceOf(o.node)} })`, id: "object.extend", uses: o.node }; }
    case 6: return { text: `.pick(${mask})`, id: "object.pick" };
    case 7: return { text: `.omit(${mask})`, id: "object.omit" };
    case 8: return { text: r.chance(0.5) ? ".partial()" : `.partial(${mask})`, id: "object.partial" };
    case 9: return { text: r.chance(0.5) ? ".required()" : `.required(${mask})`, id: "object.required" };
    case 10: { const o = other(); return { text: `.merge(z.${r.pick(["object", "strictObject", "looseObject"])}({ ${o.name}: ${sourceOf(o.node)} }))`, id: "object.merge", uses: o.node }; }
    default: return { text: ".exactPartial()", id: "object.exact-partial" };
  }
}

/** A field of an object, or its names. */
function ofObject(r, depth) {
  const [first, ...others] = r.shuffled(["a", "b", "id", "name"]).slice(0, 1 + r.below(3));
  if (r.chance(0.4)) {
    const names = [first, ...others];
    const fields = names.map((name) => `${q(name)}: ${r.pick(["z.string()", "z.number().optional()"])}`);
    return leaf(`z.object({ ${fields.join(", ")} }).keyof()`, ["object.keyof"], { values: names }, names);
  }
  const field = schema(r, depth - 1);
  return { kind: "field", name: first, field, checks: [], ids: ["object.shape"], out: field.out, children: [field] };
}

function compound(r, depth) {
  switch (r.below(13)) {
    case 12: return ofObject(r, depth);
    case 0: case 1: case 2: return object(r, depth);
    case 3: case 4: {
      const item = schema(r, depth - 1);
      const node = { kind: "array", item, checks: [], ids: ["array"], out: LIST, children: [item], said: said(r, true) };
      for (let i = r.below(3); i > 0; i--) {
        const n = r.below(4);
        const [text, id] = r.pick([[`min(${n}`, "array.min"], [`max(${n}`, "array.max"], [`length(${n}`, "array.length"], ["nonempty(", "array.nonempty"]]);
        node.checks.push({ text: `.${text}${said(r, !text.endsWith("("))})`, id });
      }
      return node;
    }
    case 5: {
      const items = Array.from({ length: r.below(4) }, () => schema(r, depth - 1));
      const rest = r.chance(0.4) ? schema(r, 0) : null;
      return { kind: "tuple", items, rest, checks: [], ids: rest ? ["tuple", "tuple.rest"] : ["tuple"], out: LIST, children: rest ? [...items, rest] : items, said: said(r, true), dotted: r.chance(0.4) };
    }
    case 6: {
      const key = r.pick([
        leaf("z.string()", ["string"], STR, ["a", "b", "k1"]), leaf("z.string().min(2)", ["string.min"], STR, ["ab", "k1"]),
        leaf('z.enum(["a", "b"])', ["enum"], STR, ["a", "b"]), leaf("z.string().toUpperCase()", ["string"], STR, ["a", "B"]),
        leaf("z.literal([1, 2])", ["literal"], NUM, ["1", "2"]), leaf("z.coerce.number()", ["coerce.number"], NUM, ["1", "2.5"]),
        leaf("z.number().min(2)", ["number"], NUM, ["1", "2.5", "3"]), leaf('z.string().regex(/^k/)', ["string.regex"], STR, ["k1", "k2"]),
        leaf('z.enum(["b", "10", "2"])', ["enum"], STR, ["b", "10", "2"]),
      ]);
      const value = schema(r, depth - 1);
      const name = r.pick(["record", "record", "partialRecord", "looseRecord"]);
      return { kind: "record", name, key, value, checks: [], ids: [name], out: OBJ, children: [value], said: said(r, true) };
    }
    case 7: case 8: {
      const options = Array.from({ length: 1 + r.below(3) }, () => schema(r, depth - 1));
      const name = r.chance(0.15) ? "xor" : options.length > 1 && r.chance(0.3) ? "or" : "union";
      return { kind: "union", name, options, checks: [], ids: [name], out: ANY, children: options, said: name === "or" ? "" : said(r, true) };
    }
    case 9: {
      const tags = r.shuffled(["a", "b", "c"]).slice(0, 1 + r.below(3));
      const options = tags.map((tag) => {
        const node = object(r, depth - 1);
        node.fields = node.fields.filter((f) => f[0] !== "kind");
        const literal = leaf(r.pick([`z.literal(${q(tag)})`, `z.enum([${q(tag)}])`, `z.literal(${q(tag)}).optional()`, `z.literal([${q(tag)}, ${q(tag + "2")}])`]), ["literal"], STR, [tag]);
        node.fields.unshift(["kind", literal]);
        node.checks = node.checks.filter((c) => !/pick|omit|partial|required|merge|exact/.test(c.id));
        node.children = node.fields.map((f) => f[1]);
        return node;
      });
      return { kind: "discriminated", options, checks: [], ids: ["discriminated-union"], out: ANY, children: options, said: said(r, true) };
    }
    case 10: {
      const left = object(r, depth - 1);
      const right = object(r, depth - 1);
      right.fields = right.fields.filter((f) => !left.fields.some((l) => l[0] === f[0]));
      right.children = right.fields.map((f) => f[1]);
      for (const side of [left, right]) side.checks = side.checks.filter((c) => /strict|strip|loose/.test(c.id));
      return { kind: "both", left, right, form: r.chance(0.5), checks: [], ids: ["intersection"], out: OBJ, children: [left, right] };
    }
    default: return scalar(r);
  }
}

// ------------------------------------------------------------------ wrappers

function held(r, inner) {
  const out = inner.out;
  if (out === STR) return r.pick(['"dflt"', '() => "made"', '`t${1 + 1}`']);
  if (out === NUM) return r.pick(["7", "() => 8", "-1"]);
  if (out === BOOL) return r.pick(["true", "() => false"]);
  if (out === LIST && inner.kind === "array") return "[]";
  if (typeof out === "object") return q(r.pick(out.values));
  if (out === DATE) return "new Date(0)";
  return null;
}

function wrapper(r, inner) {
  const wrap = (text, id, out, extra) => ({ kind: "wrap", inner, text, checks: [], ids: [id], out, children: [inner], ...extra });
  switch (r.below(16)) {
    case 0: case 1: case 2: return wrap(".optional()", "optional", ANY, { absent: true });
    case 3: return wrap(".nullable()", "nullable", ANY, { nulls: true });
    case 4: return wrap(".nullish()", "nullish", ANY, { nulls: true, absent: true });
    case 5: case 6: { const value = held(r, inner); return value ? wrap(`.default(${value})`, "default", inner.out, { absent: true }) : wrap(".optional()", "optional", ANY, { absent: true }); }
    case 7: { const value = held(r, inner); return value && !/coerce\.date|stringbool/.test(sourceOf(inner)) && inner.kind === "leaf" ? wrap(`.prefault(${value})`, "prefault", inner.out, { absent: true }) : inner; }
    case 8: case 9: { const value = held(r, inner); return value ? wrap(`.catch(${value})`, "catch", inner.out, { absent: true }) : inner; }
    case 10: return wrap(".readonly()", "readonly", inner.out === LIST ? ANY : inner.out, {});
    case 11: return wrap(`.nonoptional(${said(r, false)})`, "nonoptional", inner.out, {});
    case 12: return wrap(".exactOptional()", "exact-optional", ANY, { absent: true });
    case 13: if (r.chance(0.4)) return wrap(r.pick([".optional().unwrap()", ".nullable().unwrap()"]), "unwrap", inner.out, {});
      return wrap('.describe("words")', "describe", inner.out, {});
    case 14: return wrap('.meta({ title: "T", deprecated: true })', "meta", inner.out, {});
    default: return wrap(".optional().nullable()", "optional", ANY, { nulls: true, absent: true });
  }
}

// ------------------------------------------------------------------ functions

const TRANSFORMS = {
  [STR]: [
    ["(s) => s.length", NUM], ['(s) => s.split(",")', LIST], ["(s) => s.toUpperCase()", STR],
    ["(s) => ({ raw: s, size: s.length })", ANY], ['(s) => (s === "" ? undefined : s)', ANY], ["(s) => Number(s)", NUM],
    ['(s, ctx) => { if (s.length > 3) { ctx.addIssue({ code: "custom", message: "long", path: ["at", 1] }); return z.NEVER; } return s; }', STR],
    ['(s, ctx) => { if (s.length > 3) ctx.addIssue("plain"); return s.length; }', NUM],
    ["(s) => decodeURIComponent(s)", STR], ["(s) => s.repeat(2)", STR], ["(s) => s.trim().slice(1)", STR],
    ["(s) => new Date(s.length)", DATE],
  ],
  [NUM]: [["(n) => n * 2", NUM], ["(n) => String(n)", STR], ["(n) => [n]", ANY], ["(n) => n.toFixed(2)", STR], ["(n) => (n > 3 ? n : null)", ANY], ["(n) => Math.round(n)", NUM]],
  [BOOL]: [["(b) => !b", BOOL], ["(b) => (b ? 1 : 0)", ANY]],
  [LIST]: [["(xs) => xs.length + 1", NUM], ["(xs) => xs.slice(0, 1)", ANY], ["(xs) => xs.toReversed()", ANY]],
  [OBJ]: [["(o) => Object.keys(o).length", NUM], ["(o) => ({ ...o, extra: 1 })", ANY], ["(o) => Object.keys(o)", ANY]],
  [DATE]: [["(d) => d.toISOString()", STR], ["(d) => d.getTime()", NUM]],
  [ANY]: [["(v) => typeof v", ANY], ["(v) => v", ANY], ["(v) => [v]", ANY], ["() => 5", NUM]],
};
const TESTS = {
  [STR]: ["(s) => s.length > 2", '(s) => s !== "x"', '(s) => s.startsWith("a")', "(s) => s"],
  [NUM]: ["(n) => n > 0", "(n) => n % 2 === 0", "(n) => n"],
  [LIST]: ["(xs) => xs.length < 3"],
  [OBJ]: ["(o) => Object.keys(o).length > 1"],
  [ANY]: ["() => false", '(v) => String(typeof v).length > 6'],
};
const SUPER = [
  '(v, ctx) => { if (typeof v === "string") { ctx.addIssue("text"); } }',
  '(v, ctx) => { if (typeof v !== "object") { ctx.addIssue({ code: "custom", message: "scalar", path: ["p", 0], fatal: true }); return; } ctx.addIssue({ code: "custom", message: "second" }); }',
  '(v, ctx) => { const kind = typeof v; if (kind === "number") { ctx.addIssue({ code: "custom", message: kind }); ctx.addIssue({ code: "custom" }); } else { ctx.addIssue({ code: "custom", message: "no number", continue: false }); } }',
  "() => {}",
];

function key(out) {
  return typeof out === "object" ? ANY : out;
}

function functions(r, inner) {
  const wrap = (text, id, out) => ({ kind: "wrap", inner, text, checks: [], ids: [id], out, children: [inner] });
  switch (r.below(10)) {
    case 0: case 1: case 2: {
      const [text, out] = r.pick(TRANSFORMS[key(inner.out)]);
      return wrap(`.transform(${text})`, "transform", out);
    }
    case 3: case 4: case 5: {
      const test = r.pick(TESTS[key(inner.out)] ?? TESTS[ANY]);
      const options = r.pick(["", ', "refused"', ', { error: "e", path: ["p", 2] }', ", { abort: true }", ', { path: ["q"], abort: true }']);
      return wrap(`.refine(${test}${options})`, "refine", inner.out);
    }
    case 6: return wrap(`.superRefine(${r.pick(SUPER)})`, "super-refine", inner.out);
    case 7: {
      if (inner.out === STR) return wrap(".overwrite((s) => s.trim())", "overwrite", STR);
      if (inner.out === NUM) return wrap(".overwrite((n) => n + 1)", "overwrite", NUM);
      return wrap(`.superRefine(${r.pick(SUPER)})`, "super-refine", inner.out);
    }
    case 8: {
      // What coerces and is checked takes anything, and tsc wants what the first one gives.
      const plain = (make) => {
        for (;;) {
          const node = make(r);
          if (!/coerce/.test(sourceOf(node))) return node;
        }
      };
      const next = inner.out === STR ? plain(text) : inner.out === NUM ? plain(number) : leaf("z.preprocess((v) => v, z.unknown())", ["preprocess", "unknown"], ANY, []);
      return { kind: "pipe", inner, next, checks: [], ids: ["pipe"], out: next.out, children: [inner, next] };
    }
    default: {
      const before = r.pick(["(v) => v", '(v) => (typeof v === "string" ? v.trim() : v)', '(v) => (v === "" ? undefined : v)', '(v) => (typeof v === "number" ? String(v) : v)', '(v, ctx) => { if (v === null) ctx.addIssue("null!"); return v; }']);
      return { kind: "pre", inner, before, checks: [], ids: ["preprocess"], out: inner.out, children: [inner] };
    }
  }
}

// ------------------------------------------------------------------ the whole

/** A random schema of at most this depth. */
export function schema(r, depth) {
  let node = depth <= 0 || r.chance(0.35) ? (r.chance(0.5) ? text(r) : scalar(r)) : compound(r, depth);
  if (r.chance(0.3)) node = wrapper(r, node);
  if (r.chance(0.2)) node = functions(r, node);
  if (r.chance(0.1)) node = wrapper(r, node);
  return node;
}

/** A random schema of a query or of headers: an object of what texts can be. */
export function flatObject(r, isHeaders) {
  const names = r.shuffled(isHeaders ? ["x-a", "x-b", "accept", "x-page"] : ["a", "b", "tags", "limit", "q"]).slice(0, 1 + r.below(4));
  const fields = names.map((name) => {
    let node = r.chance(0.2) && !isHeaders ? listOfTexts(r) : r.chance(0.6) ? text(r) : scalar(r);
    if (r.chance(0.4)) node = wrapper(r, node);
    if (r.chance(0.2)) node = functions(r, node);
    return [name, node];
  });
  const base = isHeaders ? "object" : r.pick(["object", "object", "strictObject", "looseObject"]);
  return { kind: "object", base, fields, checks: [], ids: [base], out: OBJ, children: fields.map((f) => f[1]), said: "" };
}

function listOfTexts(r) {
  const item = r.chance(0.5) ? text(r) : number(r);
  const node = { kind: "array", item, checks: [], ids: ["array"], out: LIST, children: [item], said: "" };
  if (r.chance(0.5)) node.checks.push({ text: `.max(${r.below(3)})`, id: "array.max" });
  return node;
}

/** A schema as TypeScript. */
export function sourceOf(node) {
  const checks = node.checks.map((c) => c.text).join("");
  switch (node.kind) {
    case "leaf": return node.base + checks;
    case "object": {
      const fields = node.fields.map(([n, f]) => `${q(n)}: ${sourceOf(f)}`);
      const spread = fields.splice(0, node.spread ?? 0).join(", ");
      if (spread) fields.unshift(`...z.object({ ${spread} }).shape`);
      return `z.${node.base}({ ${fields.join(", ")} }${node.said})${checks}`;
    }
    case "array": return `z.array(${sourceOf(node.item)}${node.said})${checks}`;
    case "tuple": {
      const items = `[${node.items.map(sourceOf).join(", ")}]`;
      // For tsc, only a tuple with an element takes a rest beside its items.
      if (node.rest && (node.dotted || node.items.length === 0)) return `z.tuple(${items}${node.said}).rest(${sourceOf(node.rest)})`;
      return `z.tuple(${items}${node.rest ? `, ${sourceOf(node.rest)}` : ""}${node.said})`;
    }
    case "record": return `z.${node.name}(${sourceOf(node.key)}, ${sourceOf(node.value)}${node.said})`;
    case "union": if (node.name === "or") return node.options.map((o, i) => (i ? `.or(${sourceOf(o)})` : sourceOf(o))).join("");
      return `z.${node.name}([${node.options.map(sourceOf).join(", ")}]${node.said})`;
    case "discriminated": return `z.discriminatedUnion("kind", [${node.options.map(sourceOf).join(", ")}]${node.said})`;
    case "both": return node.form ? `z.intersection(${sourceOf(node.left)}, ${sourceOf(node.right)})` : `${sourceOf(node.left)}.and(${sourceOf(node.right)})`;
    case "wrap": return sourceOf(node.inner) + node.text;
    case "field": return `z.object({ ${q(node.name)}: ${sourceOf(node.field)} }).shape.${node.name}`;
    case "pipe": return `${sourceOf(node.inner)}.pipe(${sourceOf(node.next)})`;
    case "pre": return `z.preprocess(${node.before}, ${sourceOf(node.inner)})`;
  }
}

/** The ids of what a schema is made of. */
export function idsOf(node) {
  const own = [...node.ids, ...node.checks.map((c) => c.id), ...node.children.flatMap(idsOf)];
  if (/"no!"|\berror:|\bmessage: "m"/.test([node.base, node.said, ...node.checks.map((c) => c.text)].join(" "))) own.push("message");
  return own;
}

/** Smaller schemas, each by one step. */
export function simpler(node) {
  const out = [...node.children];
  const put = (change) => out.push({ ...node, ...change });
  node.checks.forEach((_, i) => put({ checks: node.checks.filter((_, j) => j !== i) }));
  if (node.said) put({ said: "" });
  const each = (list, rebuild) => {
    list.forEach((child, i) => {
      for (const smaller of simpler(child)) out.push(rebuild(list.map((c, j) => (i === j ? smaller : c))));
    });
  };
  switch (node.kind) {
    case "object":
      node.fields.forEach((_, i) => {
        const fields = node.fields.filter((_, j) => j !== i);
        put({ fields, children: fields.map((f) => f[1]) });
      });
      each(node.fields.map((f) => f[1]), (list) => ({ ...node, fields: node.fields.map(([n], i) => [n, list[i]]), children: list }));
      break;
    case "array": each([node.item], ([item]) => ({ ...node, item, children: [item] })); break;
    case "tuple":
      node.items.forEach((_, i) => put({ items: node.items.filter((_, j) => j !== i) }));
      if (node.rest) put({ rest: null, children: node.items });
      each(node.items, (items) => ({ ...node, items, children: node.rest ? [...items, node.rest] : items }));
      break;
    case "record": each([node.value], ([value]) => ({ ...node, value, children: [value] })); break;
    case "union": case "discriminated":
      if (node.options.length > 1) node.options.forEach((_, i) => { const options = node.options.filter((_, j) => j !== i); put({ options, children: options }); });
      each(node.options, (options) => ({ ...node, options, children: options }));
      break;
    case "both": each([node.left, node.right], ([left, right]) => ({ ...node, left, right, children: [left, right] })); break;
    case "field": each([node.field], ([field]) => ({ ...node, field, children: [field] })); break;
    case "wrap": case "pre": each([node.inner], ([inner]) => ({ ...node, inner, children: [inner] })); break;
    case "pipe": each([node.inner, node.next], ([inner, next]) => ({ ...node, inner, next, children: [inner, next] })); break;
  }
  return out;
}
