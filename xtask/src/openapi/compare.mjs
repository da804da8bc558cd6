// The JSON image of a type of tsc and a JSON schema, in one form that can be compared.
//
// In:    a type of tsc's checker (`fromType`), or a schema of an OpenAPI 3.1 document (`fromSchema`).
// Out:   a node (below); what differs between two of them, each with its path (`differences`).
// Never: descriptions, formats, limits, examples: only what values are made of.
//
// A node is one of
//   { is: "unknown" | "null" | "boolean" | "string" | "number" | "never" | "undefined" }
//   { is: "literal", value }                          a string or a number; true and false too
//   { is: "array", items }
//   { is: "tuple", items, required, rest }            rest: a node or undefined
//   { is: "object", members: Map(name -> { node, required }), rest }
//   { is: "union", of }                               flat, each once
// Nodes of recursive types lead back to themselves; `items`, `node` and `rest` (and the `items` of a
// tuple) are functions, so that a node is made only when somebody looks.
//
// `undefined` is gone from objects (a member that may be it is not required, one that is nothing
// else is not there) and is `null` in lists, as `JSON.stringify` has it. It stays at the top, where
// it means 204.

import ts from "typescript";

const simple = (is) => ({ is });
const UNDEFINED = simple("undefined");
const literal = (value) => ({ is: "literal", value });
const BOOLEAN = { is: "union", of: [literal(true), literal(false)] };
const lazy = (make) => {
  let made;
  return () => (made ??= make());
};

// ------------------------------------------------------------------ types of tsc

/**
 * The JSON image of a type.
 *
 * `Reply<T>` of "frontage" counts as `T`, as in the type argument of `Route<...>`.
 */
export const fromType = (checker, type) => {
  const known = new Map();
  const image = (type) => {
    if (known.has(type)) return known.get(type);
    const node = {};
    known.set(type, node);
    return Object.assign(node, make(type));
  };
  const listed = (type) => insteadOfUndefined(image(type), simple("null"));
  const make = (type) => {
    const { flags } = type;
    if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return simple("unknown");
    if (flags & ts.TypeFlags.Never) return simple("never");
    if (flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) return UNDEFINED;
    if (flags & ts.TypeFlags.Null) return simple("null");
    if (flags & ts.TypeFlags.BooleanLiteral) return literal(checker.typeToString(type) === "true");
    if (flags & (ts.TypeFlags.StringLiteral | ts.TypeFlags.NumberLiteral)) return literal(type.value);
    if (flags & ts.TypeFlags.Boolean) return BOOLEAN;
    if (flags & (ts.TypeFlags.StringLike | ts.TypeFlags.TemplateLiteral | ts.TypeFlags.StringMapping)) return simple("string");
    if (flags & ts.TypeFlags.NumberLike) return simple("number");
    if (flags & ts.TypeFlags.NonPrimitive) return { is: "object", members: new Map(), rest: undefined };
    if (type.isUnion()) return union(type.types.map(image));
    const name = type.symbol?.name;
    if (name === "Reply" && checker.getTypeArguments(type).length === 1) return make(checker.getTypeArguments(type)[0]);
    if (name === "Date") return simple("string");
    if (checker.isTupleType(type)) return tuple(type);
    if (checker.isArrayType(type)) {
      const [element] = checker.getTypeArguments(type);
      return { is: "array", items: lazy(() => listed(element)) };
    }
    if (flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) return object(type);
    throw new Error(`no JSON image is known of ${checker.typeToString(type)}`);
  };
  const tuple = (type) => {
    const parts = checker.getTypeArguments(type);
    const kinds = type.target.elementFlags;
    const items = [];
    let required = 0;
    let rest;
    parts.forEach((part, at) => {
      if (kinds[at] & (ts.ElementFlags.Rest | ts.ElementFlags.Variadic)) {
        rest = lazy(() => listed(part));
        return;
      }
      if (kinds[at] & ts.ElementFlags.Required) required += 1;
      items.push(lazy(() => listed(kinds[at] & ts.ElementFlags.Optional ? withoutUndefinedType(part) : part)));
    });
    return { is: "tuple", items, required, rest };
  };
  const withoutUndefinedType = (type) => checker.getNonNullableType(type) === type ? type
    : type.isUnion() ? checker.getUnionType?.(type.types.filter((t) => !(t.flags & ts.TypeFlags.Undefined))) ?? type : type;
  const object = (type) => {
    const members = new Map();
    for (const property of checker.getPropertiesOfType(type)) {
      const own = checker.getTypeOfSymbol(property);
      const parts = own.isUnion() ? own.types : [own];
      const missing = ts.TypeFlags.Undefined | ts.TypeFlags.Void;
      const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      if (parts.every((part) => part.flags & (missing | (optional ? ts.TypeFlags.Never : 0)))) continue;
      // What is unknown may be undefined.
      const maybe = parts.some((part) => part.flags & (missing | ts.TypeFlags.Unknown | ts.TypeFlags.Any));
      // Of its parts, since the image of the whole may just be in the making.
      const there = parts.filter((part) => !(part.flags & missing));
      members.set(property.name, { node: lazy(() => union(there.map(image))), required: !optional && !maybe });
    }
    const [index] = checker.getIndexInfosOfType(type);
    const rest = index && lazy(() => insteadOfUndefined(image(index.type), undefined));
    return { is: "object", members, rest };
  };
  return image(type);
};

/** A union of nodes: flat, without what another covers. */
const union = (nodes) => {
  const flat = nodes.flatMap((node) => (node.is === "union" ? node.of : [node])).filter((node) => node.is !== "never");
  if (flat.some((node) => node.is === "unknown")) return simple("unknown");
  const bases = new Set(flat.map((node) => node.is));
  const kept = [];
  for (const node of flat) {
    if (node.is === "literal" && bases.has(typeof node.value)) continue;
    if (!kept.some((other) => other === node || same(other, node))) kept.push(node);
  }
  if (kept.length === 0) return simple("never");
  return kept.length === 1 ? kept[0] : { is: "union", of: kept };
};

/** The node with `other` where it may be undefined; the node itself if it may not. */
const insteadOfUndefined = (node, other) => {
  const extra = other ? [other] : [];
  if (node.is === "undefined") return union(extra);
  if (node.is !== "union" || !node.of.some((part) => part.is === "undefined")) return node;
  return union([...node.of.filter((part) => part.is !== "undefined"), ...extra]);
};

// ------------------------------------------------------------------ schemas

/** What a schema of `document` says of values. */
export const fromSchema = (document, schema) => {
  const known = new Map();
  const image = (schema) => {
    if (typeof schema !== "object") return simple(schema === false ? "never" : "unknown");
    if (schema.$ref !== undefined) return image(at(document, schema.$ref));
    if (known.has(schema)) return known.get(schema);
    const node = {};
    known.set(schema, node);
    return Object.assign(node, make(schema));
  };
  const make = (schema) => {
    const several = schema.oneOf ?? schema.anyOf;
    if (several) return union(several.map(image));
    if (schema.not && Object.keys(schema.not).length === 0) return simple("never");
    if ("const" in schema) return constant(schema.const);
    if (schema.enum) return union(schema.enum.map(constant));
    if (Array.isArray(schema.type)) return union(schema.type.map((type) => make({ ...schema, type })));
    switch (schema.type) {
      case "null": return simple("null");
      case "boolean": return BOOLEAN;
      case "string": return simple("string");
      case "number": case "integer": return simple("number");
      case "array": return list(schema);
      case "object": return object(schema);
      case undefined: return unsaid(schema);
      default: throw new Error(`no such type: ${schema.type}`);
    }
  };
  const unsaid = (schema) => {
    const words = ["description", "title", "default", "example", "examples", "deprecated"];
    const more = Object.keys(schema).filter((key) => !words.includes(key) && !key.startsWith("x-"));
    if (more.length > 0) throw new Error(`a schema without type that says ${more.join(", ")}`);
    return simple("unknown");
  };
  const list = (schema) => {
    if (!schema.prefixItems) {
      return { is: "array", items: lazy(() => image(schema.items ?? true)) };
    }
    const rest = schema.items === false ? undefined : lazy(() => image(schema.items ?? true));
    return { is: "tuple", items: schema.prefixItems.map((item) => lazy(() => image(item))), required: schema.minItems ?? 0, rest };
  };
  const object = (schema) => {
    const members = new Map();
    for (const [name, own] of Object.entries(schema.properties ?? {})) {
      members.set(name, { node: lazy(() => image(own)), required: (schema.required ?? []).includes(name) });
    }
    const more = schema.additionalProperties;
    return { is: "object", members, rest: more === undefined || more === false ? undefined : lazy(() => image(more)) };
  };
  const constant = (value) => (value === null ? simple("null") : literal(value));
  return image(schema);
};

/** What a `$ref` within the document names. */
export const at = (document, ref) =>
  ref.replace(/^#\//, "").split("/").reduce((node, key) => {
    const name = decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~");
    if (node?.[name] === undefined) throw new Error(`nothing is at ${ref}`);
    return node[name];
  }, document);

/** What an operation of `document` answers where it succeeds: all its JSON answers, and 204 as `undefined`. */
export const answerOf = (document, operation) => {
  const parts = [];
  for (const [status, given] of Object.entries(operation.responses ?? {})) {
    const response = given.$ref ? at(document, given.$ref) : given;
    const json = response.content?.["application/json"];
    if (json) parts.push(fromSchema(document, json.schema));
    else if (status === "204") parts.push(UNDEFINED);
  }
  return union(parts);
};

// ------------------------------------------------------------------ comparing

/** What differs, each with the path to it; empty if nothing does. */
export const differences = (left, right, names = ["tsc", "OpenAPI"]) => {
  const found = [];
  compare(left, right, "", [], (path, a, b) => found.push(`${path || "the answer"}: ${names[0]} ${a()}, ${names[1]} ${b()}`));
  return found;
};

const same = (left, right, assumed = []) => {
  let equal = true;
  compare(left, right, "", assumed, () => (equal = false));
  return equal;
};

// What differs is handed to `differ` as functions: nobody is to look into nodes that are not compared.
const compare = (left, right, path, assumed, differ) => {
  if (left === right || assumed.some(([a, b]) => a === left && b === right)) return;
  const inside = [...assumed, [left, right]];
  const whole = () => differ(path, () => show(left), () => show(right));
  if (left.is !== right.is) return whole();
  switch (left.is) {
    case "literal":
      if (left.value !== right.value) whole();
      return;
    case "array":
      return compare(left.items(), right.items(), `${path}[]`, inside, differ);
    case "tuple":
      if (left.items.length !== right.items.length || left.required !== right.required || !left.rest !== !right.rest) return whole();
      left.items.forEach((item, at) => compare(item(), right.items[at](), `${path}[${at}]`, inside, differ));
      if (left.rest) compare(left.rest(), right.rest(), `${path}[...]`, inside, differ);
      return;
    case "object":
      for (const name of new Set([...left.members.keys(), ...right.members.keys()])) {
        const own = path ? `${path}.${name}` : name;
        const [a, b] = [left.members.get(name), right.members.get(name)];
        if (!a || !b) {
          const words = (one) => () => (one ? `${one.required ? "has" : "may have"} ${show(one.node())}` : "has nothing");
          differ(own, words(a), words(b));
          continue;
        }
        const often = (one) => () => (one.required ? "always" : "perhaps");
        if (a.required !== b.required) differ(own, often(a), often(b));
        compare(a.node(), b.node(), own, inside, differ);
      }
      if (!left.rest !== !right.rest) {
        const keys = (one) => () => (one.rest ? "any key" : "no other key");
        return differ(`${path}[key]`, keys(left), keys(right));
      }
      if (left.rest) compare(left.rest(), right.rest(), `${path}[key]`, inside, differ);
      return;
    case "union": {
      const rest = [...right.of];
      const lonely = left.of.filter((part) => {
        const partner = rest.findIndex((other) => same(part, other, inside));
        if (partner < 0) return true;
        rest.splice(partner, 1);
        return false;
      });
      // One against one: say what differs within.
      if (lonely.length === 1 && rest.length === 1) return compare(lonely[0], rest[0], path, inside, differ);
      if (lonely.length + rest.length > 0) whole();
      return;
    }
    default:
  }
};

/** A node as TypeScript would write it, shortened. */
export const show = (node, depth = 3) => {
  switch (node.is) {
    case "literal": return JSON.stringify(node.value);
    case "array": return depth === 0 ? "[…]" : `(${show(node.items(), depth - 1)})[]`;
    case "tuple": return depth === 0 ? "[…]" : `[${[
      ...node.items.map((item, at) => `${show(item(), depth - 1)}${at < node.required ? "" : "?"}`),
      ...(node.rest ? [`...${show(node.rest(), depth - 1)}`] : []),
    ].join(", ")}]`;
    case "object": {
      if (depth === 0) return "{…}";
      const members = [...node.members].map(([name, { node: own, required }]) => `${name}${required ? "" : "?"}: ${show(own(), depth - 1)}`);
      if (node.rest) members.push(`[key]: ${show(node.rest(), depth - 1)}`);
      return `{ ${members.join("; ")} }`;
    }
    case "union": return node.of.map((part) => show(part, depth)).join(" | ");
    default: return node.is;
  }
};
