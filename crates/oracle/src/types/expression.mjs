// Random expressions over what is in scope.
//
// In:    a place in a module, its checker.
// Out:   the text of an expression: mostly well typed, now and then not.
// Never: a name that the place does not see.

import ts from "typescript";

const F = ts.TypeFlags;

/** What an expression gives, as far as it is known: `type` (tsc's) or `kind`. */
function kindOf(checker, type) {
  if (!type) return "odd";
  if (type.isUnion() && !(type.flags & F.BooleanLike)) return "union";
  if (type.flags & F.StringLike) return "string";
  if (type.flags & F.NumberLike) return "number";
  if (type.flags & F.BooleanLike) return "boolean";
  if (type.flags & (F.Null | F.Undefined | F.Void)) return "nothing";
  if (type.flags & F.Unknown) return "unknown";
  if (checker.isArrayType(type) || checker.isTupleType(type)) return "array";
  if (type.getCallSignatures().length > 0) return "function";
  if (type.flags & F.Object) return ["Map", "Set", "Date"].includes(type.symbol?.name) ? type.symbol.name : "object";
  return "odd";
}

/** Names of values that `node` sees: parameters, constants and functions of its module. */
export function locals(checker, node) {
  const file = node.getSourceFile();
  const out = [];
  for (const symbol of checker.getSymbolsInScope(node, ts.SymbolFlags.Value)) {
    const declared = symbol.declarations?.[0];
    if (!declared || declared.getSourceFile() !== file || ts.isImportClause(declared) || ts.isImportSpecifier(declared)) continue;
    if (!(symbol.flags & ts.SymbolFlags.Variable)) continue;
    // What is declared further down, or is being declared, cannot be read.
    if (declared.pos >= node.pos || declared.end > node.pos) {
      if (!ts.isParameter(declared) && !ts.isBindingElement(declared)) continue;
      if (declared.end > node.pos) continue;
    }
    if (/^(GET|HEAD|POST|PUT|PATCH|DELETE)$/.test(symbol.name)) continue;
    out.push(symbol);
  }
  return out;
}

export class Expressions {
  constructor(random, checker, node) {
    this.random = random;
    this.checker = checker;
    this.node = node;
    this.names = locals(checker, node);
    this.fresh = 0;
  }

  /** An expression's text. */
  text(depth = 3) {
    return this.make(depth).text;
  }

  /** A path of members from a local, or a literal. */
  make(depth) {
    const { random, checker } = this;
    if (this.names.length === 0 || random.chance(0.08)) return this.literal();
    const symbol = random.pick(this.names);
    let found = { text: symbol.name, type: checker.getTypeOfSymbolAtLocation(symbol, this.node) };
    for (let i = 0; i < depth && random.chance(0.85); i++) {
      const next = this.step(found, depth - i - 1);
      if (!next) break;
      found = next;
    }
    return found;
  }

  literal() {
    const text = this.random.pick(['"a"', '""', "0", "1", "-1.5", "true", "false", "null", "undefined", "[]", "{}", '["a", "b"]', "[1, 2]", "{ a: 1, b: null }", "`t`"]);
    return { text, type: undefined };
  }

  step(found, depth) {
    const { random, checker } = this;
    const kind = found.kind ?? kindOf(checker, found.type);
    switch (kind) {
      case "union":
        return this.narrow(found, depth);
      case "object":
        return this.member(found, random.chance(0.1) ? "?." : ".");
      case "array":
        return this.element(found, depth);
      case "string":
        return random.pick(STRING)(found.text, this);
      case "number":
        return random.pick(NUMBER)(found.text, this);
      case "boolean":
        return random.pick(BOOLEAN)(found.text, this, depth);
      case "nothing":
        return { text: `(${found.text} ?? ${this.make(0).text})` };
      case "Map":
        return { text: `${found.text}.${random.pick(["size", "get(\"a\")", "has(\"a\")"])}` };
      case "Set":
        return { text: random.pick([`${found.text}.size`, `[...${found.text}]`, `${found.text}.has(${this.literal().text})`]) };
      case "Date":
        return { text: `${found.text}.${random.pick(["toISOString()", "getTime()", "getUTCFullYear()"])}` };
      case "unknown":
        return this.guess(found);
      case "function":
        return { text: `${found.text}(${random.chance(0.6) ? this.make(1).text : ""})` };
      default:
        return random.chance(0.3) ? this.guess(found) : undefined;
    }
  }

  member(found, dot) {
    const { random, checker } = this;
    const properties = checker.getPropertiesOfType(found.type).filter((p) => /^[A-Za-z_]\w*$/.test(p.name));
    if (properties.length === 0) return this.keys(found);
    if (random.chance(0.12)) return this.keys(found);
    if (random.chance(0.03)) return { text: `${found.text}${dot}${random.pick(["missing", "length", "name"])}` };
    const property = random.pick(properties);
    const type = checker.getTypeOfSymbol(property);
    return { text: `${found.text}${dot}${property.name}`, type };
  }

  keys({ text }) {
    return {
      text: this.random.pick([`Object.keys(${text})`, `Object.values(${text})`, `Object.entries(${text})`, `{ ...${text} }`, `{ ...${text}, extra: 1 }`, `[${text}]`, `{ inner: ${text} }`]),
    };
  }

  /** Something that takes `undefined`, `null` or a variant away, or forgets to. */
  narrow(found, depth) {
    const { random, checker } = this;
    const { text, type } = found;
    const present = checker.getNonNullableType(type);
    const missing = present !== type;
    const inner = kindOf(checker, present);
    const again = this.make(Math.min(depth, 1)).text;
    const choices = [
      () => ({ text: `(${text} ?? ${again})` }),
      () => ({ text: `(${text} || ${again})` }),
      () => ({ text: `(${text} && ${again})` }),
      () => ({ text: `(typeof ${text} === "string" ? ${text}.length : ${text})` }),
      () => ({ text: `(typeof ${text} === "number" ? ${text}.toFixed(1) : ${text})` }),
      () => ({ text: `(typeof ${text} !== "object" ? ${text} : null)` }),
      () => ({ text: `(Array.isArray(${text}) ? ${text}.length : ${text})` }),
      () => ({ text: `String(${text})` }),
      () => ({ text: `[${text}].filter((x) => x !== null)` }),
      () => ({ text: `[${text}].filter((x) => x !== undefined)` }),
      () => ({ text: `[${text}].filter(Boolean)` }),
      () => ({ text: `(!${text} ? ${text} : ${again})` }),
      () => ({ text: `(${text} === null ? 0 : ${text})` }),
      () => ({ text: `(${text} == null ? 0 : ${text})` }),
      () => ({ text: `(${text} !== undefined ? ${text} : 0)` }),
    ];
    if (missing) {
      const tail = (base, dot) => {
        const next = inner === "object" ? this.member({ text: base, type: present }, dot) : this.step({ text: base, type: present }, depth);
        return next ?? { text: base };
      };
      choices.push(
        () => ({ text: `(${text} !== undefined && ${text} !== null ? ${tail(text, ".").text} : null)` }),
        () => ({ text: `(${text} != null ? ${tail(text, ".").text} : null)` }),
        () => ({ text: `(${text} ? ${tail(text, ".").text} : undefined)` }),
        () => ({ text: `(${text} && ${tail(text, ".").text})` }),
        () => (inner === "object" ? { text: this.member({ text, type: present }, "?.").text } : { text: `${text}?.toString()` }),
        () => (inner === "object" ? { text: `(${this.member({ text, type: present }, "?.").text} ?? null)` } : { text: `(${text} ?? null)` }),
        () => ({ text, type: present }),
      );
    }
    const literals = present.isUnion() ? present.types.filter((t) => t.isStringLiteral?.() || t.isNumberLiteral?.()) : [];
    if (literals.length > 0) {
      const value = JSON.stringify(random.pick(literals).value);
      choices.push(
        () => ({ text: `(${text} === ${value})` }),
        () => ({ text: `(${text} !== ${value} ? ${text} : ${again})` }),
        () => ({ text: `({ ${value}: 1 }[${text}])` }),
      );
    }
    const variants = present.isUnion() ? present.types.filter((t) => t.flags & F.Object && !checker.isArrayType(t)) : [];
    if (variants.length > 1) {
      const variant = random.pick(variants);
      const keys = checker.getPropertiesOfType(variant).filter((p) => /^[A-Za-z_]\w*$/.test(p.name));
      const tag = keys.find((p) => checker.getTypeOfSymbol(p).isStringLiteral?.());
      const member = random.pick(keys);
      if (tag) choices.push(...[1, 2, 3].map(() => () => ({ text: `(${text}.${tag.name} === ${JSON.stringify(checker.getTypeOfSymbol(tag).value)} ? ${text}.${member.name} : ${text})` })));
      if (member) choices.push(() => ({ text: `("${member.name}" in ${text} ? ${text}.${member.name} : null)` }), () => ({ text: `${text}.${member.name}` }));
    }
    return random.pick(choices)();
  }

  element(found, depth) {
    const { random, checker } = this;
    const { text, type } = found;
    const element = checker.getIndexTypeOfType(type, ts.IndexKind.Number);
    const name = `e${++this.fresh}`;
    const body = () => this.step({ text: name, type: element }, depth)?.text ?? name;
    const wrap = (inner) => (inner.startsWith("{") ? `(${inner})` : inner);
    const choices = [
      () => ({ text: `${text}[0]` }),
      () => ({ text: `${text}.at(-1)` }),
      () => ({ text: `${text}[0]?.${kindOf(checker, element) === "object" ? this.member({ text: "", type: element }, "").text.replace(/^.*[({ ].*$/, "id") : "length"}` }),
      () => ({ text: `${text}.length`, kind: "number" }),
      () => ({ text: `${text}.map((${name}) => ${wrap(body())})` }),
      () => ({ text: `${text}.map((${name}, i) => ({ i, v: ${body()} }))` }),
      () => ({ text: `${text}.filter((${name}) => ${wrap(body())})`, type }),
      () => ({ text: `${text}.filter(Boolean)`, type }),
      () => ({ text: `${text}.find((${name}) => ${wrap(body())})` }),
      () => ({ text: `${text}.some((${name}) => ${wrap(body())})`, kind: "boolean" }),
      () => ({ text: `${text}.every((${name}) => ${wrap(body())})`, kind: "boolean" }),
      () => ({ text: `${text}.reduce((sum, ${name}) => sum + ${wrap(body())}, 0)` }),
      () => ({ text: `${text}.flatMap((${name}) => [${body()}])` }),
      () => ({ text: `${text}.toSorted((a, b) => (a > b ? 1 : -1))` }),
      () => ({ text: `${text}.slice(1)`, type }),
      () => ({ text: `${text}.concat(${this.make(1).text})` }),
      () => ({ text: `${text}.includes(${this.make(1).text})`, kind: "boolean" }),
      () => ({ text: `${text}.indexOf(${this.make(1).text})`, kind: "number" }),
      () => ({ text: `${text}.join(", ")`, kind: "string" }),
      () => ({ text: `[...${text}, ${this.make(1).text}]` }),
      () => ({ text: `[...new Set(${text})]` }),
      () => ({ text: `Object.fromEntries(${text}.map((${name}) => ["k", ${body()}]))` }),
      () => ({ text: `Object.fromEntries(${text}.map((${name}) => [${body()}, ${name}] as const))` }),
      () => ({ text: `Object.groupBy(${text}, (${name}) => ${wrap(body())})` }),
      () => ({ text: `new Map(${text}.map((${name}) => [${body()}, ${name}] as const)).get(${this.make(1).text})` }),
    ];
    return random.pick(choices)();
  }

  guess({ text }) {
    return {
      text: this.random.pick([
        `(typeof ${text} === "string" ? ${text}.length : null)`,
        `(typeof ${text} === "object" && ${text} !== null && "id" in ${text} ? ${text}.id : null)`,
        `String(${text})`,
        `${text}.id`,
        `(${text} ?? null)`,
        `(${text} === 1)`,
        `[${text}]`,
      ]),
    };
  }
}

const STRING = [
  (t) => ({ text: `${t}.length`, kind: "number" }),
  (t) => ({ text: `${t}.toUpperCase()`, kind: "string" }),
  (t) => ({ text: `${t}.slice(0, 2)`, kind: "string" }),
  (t) => ({ text: `${t}.split(",")` }),
  (t) => ({ text: `${t}[0]` }),
  (t) => ({ text: `${t}.at(0)` }),
  (t) => ({ text: `${t}.startsWith("a")`, kind: "boolean" }),
  (t) => ({ text: `\`<\${${t}}>\``, kind: "string" }),
  (t) => ({ text: `(${t} + 1)`, kind: "string" }),
  (t) => ({ text: `Number(${t})`, kind: "number" }),
  (t) => ({ text: `(${t} === "a")`, kind: "boolean" }),
  (t) => ({ text: `(${t} as const)` }),
  (t) => ({ text: `${t}.padStart(3, "0")`, kind: "string" }),
  (t) => ({ text: `${t}.replace("a", "b")`, kind: "string" }),
  (t, e) => ({ text: `${t}.includes(${e.make(1).text})`, kind: "boolean" }),
  (t, e) => ({ text: `(${t} === ${e.make(1).text})`, kind: "boolean" }),
  (t, e) => ({ text: `(${t} || ${e.make(1).text})` }),
];

const NUMBER = [
  (t) => ({ text: `${t}.toFixed(2)`, kind: "string" }),
  (t) => ({ text: `(${t} + 1)`, kind: "number" }),
  (t) => ({ text: `(-${t})`, kind: "number" }),
  (t) => ({ text: `Math.max(0, ${t})`, kind: "number" }),
  (t) => ({ text: `Math.round(${t})`, kind: "number" }),
  (t) => ({ text: `(${t} > 1)`, kind: "boolean" }),
  (t) => ({ text: `String(${t})`, kind: "string" }),
  (t) => ({ text: `(${t} || null)` }),
  (t) => ({ text: `\`\${${t}}\``, kind: "string" }),
  (t, e) => ({ text: `(${t} * ${e.make(1).text})`, kind: "number" }),
  (t, e) => ({ text: `(${t} + ${e.make(1).text})` }),
  (t, e) => ({ text: `(${t} < ${e.make(1).text})`, kind: "boolean" }),
  (t, e) => ({ text: `(${t} === ${e.make(1).text})`, kind: "boolean" }),
  (t) => ({ text: `new Date(${t}).getTime()`, kind: "number" }),
];

const BOOLEAN = [
  (t) => ({ text: `!${t}`, kind: "boolean" }),
  (t, e, d) => ({ text: `(${t} ? ${e.make(d).text} : ${e.make(d).text})` }),
  (t, e, d) => ({ text: `(${t} && ${e.make(d).text})` }),
  (t, e, d) => ({ text: `(${t} || ${e.make(d).text})` }),
  (t) => ({ text: `(${t} === true)`, kind: "boolean" }),
  (t) => ({ text: `(${t} ? "yes" : "no")` }),
  (t, e) => ({ text: `{ ...(${t} ? { a: ${e.make(1).text} } : {}) }` }),
  (t, e) => ({ text: `{ ...(${t} && { a: ${e.make(1).text} }) }` }),
  (t) => ({ text: `(${t} ? [1] : [])` }),
];
