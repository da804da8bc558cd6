// A type of tsc's as plain data that can be compared with Frontage's (`shape.rs` writes the same).
//
// In:    a type and its checker.
// Out:   a JSON value: names of primitives, { lit }, { array }, { tuple }, { object }, { union },
//        { lib }; members of unions sorted by their text, equal ones once.
// Never: `readonly`, freshness or names of objects: they are nothing that an answer shows.

import ts from "typescript";

/** Levels of objects that are written out; both sides stop at the same. */
const DEPTH = 6;

/** The shape of a route's answer: the `R` of `Route<R>`. */
export function answerShape(checker, program, symbol, node) {
  const type = checker.getTypeOfSymbolAtLocation(symbol, node);
  const args = type.symbol?.name === "Route" ? checker.getTypeArguments(type) : [];
  return args.length === 1 ? withoutReply(shape(checker, program, args[0], 0)) : undefined;
}

/** What a reply carries is the answer. */
function withoutReply(found) {
  if (found.lib === "Reply") return found.args[0];
  return found.union ? union(found.union.map(withoutReply).filter((part) => part !== "never")) : found;
}

function shape(checker, program, type, depth) {
  const inner = (part) => shape(checker, program, part, depth);
  const flags = type.flags;
  // `any`, too, says nothing of a value: the language has `unknown` for it.
  if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return "unknown";
  if (flags & ts.TypeFlags.Never) return "never";
  if (flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) return "undefined";
  if (flags & ts.TypeFlags.Null) return "null";
  if (flags & ts.TypeFlags.String) return "string";
  if (flags & ts.TypeFlags.Number) return "number";
  if (flags & ts.TypeFlags.BooleanLiteral) return { lit: type.intrinsicName === "true" };
  if (flags & (ts.TypeFlags.StringLiteral | ts.TypeFlags.NumberLiteral)) return { lit: type.value };
  if (flags & ts.TypeFlags.NonPrimitive) return "object";
  if (type.isUnion()) return union(type.types.map(inner));
  // The language has no types of templates: where tsc makes one, it is a text.
  if (flags & (ts.TypeFlags.TemplateLiteral | ts.TypeFlags.StringMapping)) return "string";
  // `void & {}`: tsc keeps what no value is.
  if (type.isIntersection() && type.types.some((part) => part.flags & ts.TypeFlags.Void)) return "undefined";
  if (flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) return objectShape(checker, program, type, depth);
  return `flags ${flags}`;
}

function objectShape(checker, program, type, depth) {
  const inner = (part) => shape(checker, program, part, depth);
  if (checker.isTupleType(type)) {
    const target = type.target;
    const args = checker.getTypeArguments(type);
    // Elements behind the rest: here, so many are there for certain, any of which may be any.
    const at = target.elementFlags.findIndex((flag) => flag & ts.ElementFlags.Rest);
    const behind = at >= 0 ? args.length - 1 - at : 0;
    if (behind > 0) {
      const any = union(args.slice(at).map(inner));
      return { tuple: [...args.slice(0, at).map(inner), ...Array(behind).fill(any)], rest: any };
    }
    const out = { tuple: [], rest: null };
    args.forEach((arg, i) => {
      const flag = target.elementFlags[i];
      if (flag & ts.ElementFlags.Rest) out.rest = inner(arg);
      else out.tuple.push(flag & ts.ElementFlags.Optional ? { optional: withoutUndefined(inner(arg)) } : inner(arg));
    });
    return out;
  }
  if (checker.isArrayType(type)) return { array: inner(checker.getTypeArguments(type)[0]) };
  if (type.getCallSignatures().length > 0) return "function";
  const name = type.symbol?.name;
  const declared = type.symbol?.declarations?.[0]?.getSourceFile();
  if (declared && !name.startsWith("Promise") && (program.isSourceFileDefaultLibrary(declared) || (name === "Reply" && declared.fileName.endsWith("/frontage.d.ts"))) && !["__type", "__object"].includes(name) && !type.aliasSymbol) {
    return { lib: name, args: (type.target ? checker.getTypeArguments(type) : []).map(inner) };
  }
  if (depth >= DEPTH) return "…";
  const below = (part) => shape(checker, program, part, depth + 1);
  const members = {};
  for (const property of checker.getPropertiesOfType(type)) {
    const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    let found = below(checker.getTypeOfSymbol(property));
    if (optional) found = withoutUndefined(found);
    if (optional && found === "never") continue;
    members[optional ? `${property.name}?` : property.name] = found;
  }
  // Names of a form, `Record<`x-${string}`, T>`, are names.
  const forms = checker.getIndexInfosOfType(type).filter(({ keyType }) => keyType.flags & ts.TypeFlags.TemplateLiteral);
  const index = checker.getIndexTypeOfType(type, ts.IndexKind.String) ?? forms[0]?.type;
  const sorted = Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  return { object: sorted, index: index ? below(index) : null };
}

function union(parts) {
  const seen = new Map();
  for (const part of parts.flatMap((p) => (p.union ? p.union : [p]))) seen.set(text(part), part);
  // Only beside a template, which stands here as a text, are there other texts.
  if (seen.has('"string"')) for (const [key, part] of seen) if (typeof part.lit === "string") seen.delete(key);
  const keys = [...seen.keys()].sort();
  return keys.length === 1 ? seen.get(keys[0]) : { union: keys.map((key) => seen.get(key)) };
}

function withoutUndefined(found) {
  if (found === "undefined") return "never";
  if (!found.union) return found;
  return union(found.union.filter((part) => part !== "undefined"));
}

/** Equal for equal shapes, however their members are ordered. */
export function text(found) {
  if (Array.isArray(found)) return `[${found.map(text).join(",")}]`;
  if (found === null || typeof found !== "object") return JSON.stringify(found);
  const keys = Object.keys(found).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${text(found[key])}`).join(",")}}`;
}
