// Arrow functions over made-up object types: what tells variants apart, and what fits what.
//
// In:    a source of chance.
// Out:   the text of an arrow function with an annotated parameter, and of arguments that fit it.
// Never: a name of the module around.

const NAMES = ["a", "b", "c", "d"];
const TYPES = [
  ["string", '"s"'],
  ["number", "1"],
  ["boolean", "true"],
  ['"x" | "y"', '"x"'],
  ["string[]", '["t"]'],
  ["string | null", "null"],
  ["{ n: number }", "{ n: 2 }"],
];

/** Members of an object: at least one that must be there. */
function members(r) {
  const picked = r.shuffled(NAMES).slice(0, 1 + r.below(3));
  return picked.map((name, index) => ({ name, type: r.pick(TYPES), optional: index > 0 && r.chance(0.45) }));
}

function typeOf(list) {
  return `{ ${list.map(({ name, type, optional }) => `${name}${optional ? "?" : ""}: ${type[0]}`).join("; ")} }`;
}

function valueOf(r, list) {
  const given = list.filter(({ optional }) => !optional || r.chance(0.5));
  return `{ ${given.map(({ name, type }) => `${name}: ${type[1]}`).join(", ")} }`;
}

/** A choice between variants; each branch uses the whole or a member of it. */
export function choice(r) {
  const kinded = r.chance(0.35);
  const variants = Array.from({ length: 2 + r.below(2) }, (_, i) => {
    const tag = { name: "kind", type: [`"k${i}"`, `"k${i}"`], optional: false };
    return [...(kinded ? [tag] : []), ...members(r)];
  });
  const known = [...new Set(variants.flat().map(({ name }) => name))];
  const tested = r.pick(known.filter((name) => name !== "kind"));
  const without = variants.filter((list) => !list.some(({ name, optional }) => name === tested && !optional));
  const other = r.pick((without.length > 0 ? r.pick(without) : variants[0]).map(({ name }) => name));
  const way = r.below(10);
  const test = !kinded || way < 3 ? (way === 9 ? `"${tested}" in v && v.${tested}` : `"${tested}" in v`) : r.pick(['v.kind === "k0"', 'v.kind !== "k1"']);
  const branches = [r.pick(["v", "v", "[v]", `v.${tested}`, `v.${tested}`, `v.${r.pick(known)}`]), r.pick(["v", "v", "[v]", "null", `v.${other}`, `v.${r.pick(known)}`])];
  const [yes, no] = r.chance(0.2) ? branches.toReversed() : branches;
  const text = `(v: ${variants.map(typeOf).join(" | ")}) => (${r.chance(0.15) ? `!(${test})` : test} ? ${yes} : ${no})`;
  return { text, values: variants.map((list) => valueOf(r, list)) };
}

/** What is handed on as a type that is nearly its own. */
export function relation(r) {
  const own = members(r);
  const wanted = own.flatMap((member) => {
    const [text, value] = member.type;
    switch (r.below(8)) {
      case 0:
        return [{ ...member, optional: !member.optional }];
      case 1:
        return [{ ...member, optional: false, type: [`${text} | undefined`, value] }];
      case 2:
        return [{ ...member, type: r.pick([[`${text} | null`, value], ["unknown", value], r.pick(TYPES)]) }];
      case 3:
        return own.length > 1 ? [] : [member];
      default:
        return [member];
    }
  });
  if (r.chance(0.1)) wanted.push({ name: "e", type: r.pick(TYPES), optional: r.chance(0.6) });
  const wrap = r.pick([(t) => t, (t) => t, (t) => `{ in: ${t} }`, (t) => `(${t})[]`, (t) => `${t} | null`]);
  const value = valueOf(r, own);
  const wrapped = wrap("").startsWith("{") ? `{ in: ${value} }` : wrap("").endsWith("[]") ? `[${value}]` : value;
  return { text: `(v: ${wrap(typeOf(own))}): ${wrap(typeOf(wanted))} => v`, values: [wrapped] };
}

/** A test with `in` for a member that one variant must have and another may have. */
export function inside(r) {
  const [tested, ...rest] = r.shuffled(NAMES);
  const member = (name, optional = false) => ({ name, type: r.pick(TYPES), optional });
  const always = [member(tested), ...(r.chance(0.3) ? [member(rest[0], r.chance(0.5))] : [])];
  const perhaps = [member(rest[1]), { ...always[0], optional: r.chance(0.8) }];
  const variants = [always, perhaps, ...(r.chance(0.5) ? [[member(rest[2])]] : [])];
  const yes = r.pick(["v", "[v]", `v.${tested}`, `{ ...v }`]);
  const no = r.pick(["v", "[v]", "null", "{ ...v }", `v.${rest[1]}`]);
  const test = r.chance(0.2) ? `!("${tested}" in v) ? ${no} : ${yes}` : `"${tested}" in v ? ${yes} : ${no}`;
  return { text: `(v: ${variants.map(typeOf).join(" | ")}) => (${test})`, values: variants.map((list) => valueOf(r, list)) };
}

/** What may be missing, handed on as what must be there, if only as `undefined`. */
export function required(r) {
  const own = [...members(r), { name: "e", type: r.pick(TYPES), optional: true }];
  const [text, value] = own.at(-1).type;
  const last = r.pick([
    { optional: false, type: [`${text} | undefined`, value] },
    { optional: false, type: ["unknown", value] },
    { optional: true, type: [`${text} | undefined`, value] },
    { optional: true, type: ["unknown", value] },
  ]);
  const wanted = [...own.slice(0, -1), { name: "e", ...last }];
  return { text: `(v: ${typeOf(own)}): ${typeOf(wanted)} => v`, values: [valueOf(r, own)] };
}
