// Compares Frontage's reading of contracts with openapi-typescript's.
//
// In:    folders of workspaces whose `.frontage/` is current, as arguments.
// Out:   for each upstream how many operations agree, and every difference that is not explained
//        below; exit status 1 if there is one.
// Never: a difference that is passed over without being counted under its explanation.
//
// Both sides are types of one tsc program: `Operation<A, T>` of `.frontage/upstreams.d.ts` on ours,
// `paths[...][method]` of openapi-typescript on the other. They are compared member by member.

import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";
import { parse } from "smol-toml";

// What differs by design, each with what it is counted under.
const EXPLAINED = {
  header: "ours leaves out the headers Accept, Authorization and Content-Type, as the specification says",
  "body of GET": "ours ignores a body of GET and HEAD",
  bytes: "bytes are `Bytes` of ours, which only passthrough hands on, and `string` of theirs",
  discriminator: "ours knows the constants of a discriminator where the contract only implies them",
  closed: "an object that can have no members is `{}` of ours and a map of theirs",
  index: "a map with declared members: theirs has the index signature in an intersection",
  "beside variants": "ours joins what stands beside `anyOf` or `oneOf` with each variant (`anyOf: [{required: [a]}, ...]`), theirs intersects",
};

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
let failed = false;


async function compareWorkspace(root) {
  const config = parse(fs.readFileSync(path.join(root, "frontage.toml"), "utf8"));
  for (const [name, upstream] of Object.entries(config.upstreams)) {
    const contract = locate(root, upstream.contract.replace(/\$\{\w+:-([^}]*)\}/g, "$1"));
    if (contract.endsWith(".ts")) continue;
    const text = astToString(
      await openapiTS(pathToFileURL(contract), { defaultNonNullable: false, emptyObjectsUnknown: true, silent: true }),
    );
    const theirs = path.join(root, ".frontage", `openapi-typescript-${name}.d.ts`);
    fs.writeFileSync(theirs, text);
    compareUpstream(root, name, theirs);
    fs.rmSync(theirs);
  }
}

/** The contract's file, looked for in the folders above where it is a package's. */
function locate(root, contract) {
  for (let folder = root; ; folder = path.dirname(folder)) {
    const file = path.join(folder, contract);
    if (fs.existsSync(file) || !contract.startsWith("node_modules/") || folder === path.dirname(folder)) return file;
  }
}

function compareUpstream(root, upstream, theirFile) {
  const ourFile = path.join(root, ".frontage", "upstreams.d.ts");
  const frontage = path.join(root, ".frontage", "frontage.d.ts");
  const program = ts.createProgram([ourFile, theirFile, frontage], {
    strict: true,
    noUncheckedIndexedAccess: false,
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2024,
    types: [],
    skipLibCheck: true,
    paths: { frontage: [frontage] },
  });
  const checker = program.getTypeChecker();
  const compare = new Comparison(checker);
  const paths = declared(program.getSourceFile(theirFile), "paths");
  const pathsType = checker.getTypeAtLocation(paths.name);
  let [agreed, total] = [0, 0];
  for (const { name, method, template, args, answer } of operations(program.getSourceFile(ourFile), upstream)) {
    total++;
    const item = checker.getPropertyOfType(pathsType, template);
    const operation = item && member(checker, checker.getTypeOfSymbol(item), method);
    const before = compare.differences.length;
    if (!operation) compare.differ(name, "is no operation of theirs");
    else {
      compare.place = name;
      compare.arguments(checker.getTypeFromTypeNode(args), operation, method);
      compare.answer(checker.getTypeFromTypeNode(answer), operation, method);
    }
    if (compare.differences.length === before) agreed++;
  }
  const title = path.relative(process.cwd(), root) || ".";
  console.log(`${title}, ${upstream}: ${agreed} of ${total} operations agree`);
  for (const [why, count] of [...compare.explained].sort()) console.log(`  ${count} places differ by design: ${EXPLAINED[why]}`);
  for (const difference of compare.differences.slice(0, 40)) console.log(`  differs: ${difference}`);
  if (agreed !== total || total === 0) failed = true;
}

/** The operations of an upstream's constant, with their method and path out of the comment. */
function* operations(file, upstream) {
  const constant = file.statements
    .filter(ts.isVariableStatement)
    .flatMap((statement) => [...statement.declarationList.declarations])
    .find((declaration) => declaration.name.text === upstream);
  for (const property of constant.type.members) {
    const comment = file.text.slice(property.getFullStart(), property.getStart());
    const [, method, template] = /`([A-Z]+) (\/[^`]*)`/.exec(comment);
    const [args, answer] = property.type.typeArguments;
    yield { name: property.name.text, method: method.toLowerCase(), template, args, answer };
  }
}

function declared(file, name) {
  return file.statements.find((statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === name);
}

function member(checker, type, name) {
  const symbol = checker.getPropertyOfType(type, name);
  return symbol && checker.getNonNullableType(checker.getTypeOfSymbol(symbol));
}

class Comparison {
  differences = [];
  explained = new Map();
  place = "";
  #seen = new Map();
  /** Pairs that are being reported: types may hold themselves. */
  #reported = new Set();

  constructor(checker) {
    this.checker = checker;
  }

  differ(where, what) {
    this.differences.push(`${where}: ${what}`);
  }

  explain(why) {
    this.explained.set(why, (this.explained.get(why) ?? 0) + 1);
    return true;
  }

  /** Ours: one object. Theirs: parameters by place, and a body. */
  arguments(ours, operation, method) {
    const { checker } = this;
    const theirs = new Map();
    const parameters = member(checker, operation, "parameters");
    for (const place of ["path", "query", "header", "cookie"]) {
      const group = parameters && member(checker, parameters, place);
      if (!group || group.flags & ts.TypeFlags.Never) continue;
      for (const symbol of checker.getPropertiesOfType(group)) {
        const own = place === "header" && /^(accept|authorization|content-type)$/i.test(symbol.name);
        if (own) this.explain("header");
        else theirs.set(theirs.has(symbol.name) ? `${place}_${symbol.name}` : symbol.name, this.#property(symbol));
      }
    }
    const body = checker.getPropertyOfType(operation, "requestBody");
    const bodyType = body && checker.getTypeOfSymbol(body);
    if (bodyType && !(checker.getNonNullableType(bodyType).flags & ts.TypeFlags.Never)) {
      const content = this.#content(checker.getNonNullableType(bodyType));
      if (method === "get" || method === "head") this.explain("body of GET");
      else if (content) theirs.set("body", { type: content.type, optional: !!(body.flags & ts.SymbolFlags.Optional), media: content.media });
    }
    this.#members("arguments", ours, theirs, true);
  }

  /** Theirs: the union of the contents of all successes. */
  answer(ours, operation, method) {
    const { checker } = this;
    const responses = member(checker, operation, "responses");
    let statuses = responses ? checker.getPropertiesOfType(responses) : [];
    const successes = statuses.filter((symbol) => /^2(\d\d|XX)$/i.test(symbol.name));
    statuses = successes.length > 0 ? successes : statuses.filter((symbol) => symbol.name === "default");
    const parts = [];
    let bytes = false;
    for (const status of statuses) {
      const content = method === "head" || /^20[45]$/.test(status.name) ? undefined : this.#content(checker.getTypeOfSymbol(status));
      if (!content) parts.push(checker.getUndefinedType());
      else if (content.kind === "json") parts.push(content.type);
      else if (content.kind === "text") parts.push(checker.getStringType());
      else bytes = true;
    }
    if (statuses.length === 0 && ours.flags & ts.TypeFlags.Unknown) return;
    const isBytes = ours.symbol?.name === "Bytes";
    if (bytes) {
      this.explain("bytes");
      if (isBytes && parts.length === 0) return;
    } else if (isBytes) return this.differ(this.place, "answer: bytes of ours only");
    this.#union("answer", [ours], parts, false);
  }

  /** The content that calls ask for, by the same order of preference as ours. */
  #content(holder) {
    const { checker } = this;
    const content = member(checker, holder, "content");
    if (!content || content.flags & ts.TypeFlags.Never) return undefined;
    const all = checker.getPropertiesOfType(content).map((symbol) => {
      const media = symbol.name.split(";")[0].trim().toLowerCase();
      const sub = media.split("/")[1] ?? "";
      const json = sub === "json" || sub.endsWith("+json") || media === "*/*" || media === "application/*";
      const text = (media.startsWith("text/") && media !== "text/event-stream") || media === "application/xml" || sub.endsWith("+xml");
      const form = media === "application/x-www-form-urlencoded";
      const kind = json ? "json" : form ? "form" : text ? "text" : media.startsWith("multipart/") ? "multipart" : "binary";
      const rank = media === "application/json" ? 0 : ["", "json", "form", "text", "multipart", "binary"].indexOf(kind);
      return { media, kind, rank, type: checker.getTypeOfSymbol(symbol) };
    });
    return all.sort((a, b) => a.rank - b.rank)[0];
  }

  #property(symbol) {
    return { type: this.checker.getTypeOfSymbol(symbol), optional: !!(symbol.flags & ts.SymbolFlags.Optional) };
  }

  #members(where, ours, theirs, request) {
    const mine = new Map(this.checker.getPropertiesOfType(ours).map((symbol) => [symbol.name, this.#property(symbol)]));
    for (const [name, other] of theirs) {
      const own = mine.get(name);
      if (!own) this.differ(`${this.place}.${where}`, `\`${name}\` is theirs only`);
      else {
        const literal = other.type.flags & ts.TypeFlags.StringLiteral;
        if (own.optional && !other.optional && literal) this.explain("discriminator");
        else if (own.optional !== other.optional) this.differ(`${this.place}.${where}.${name}`, `optional: ${own.optional} of ours, ${other.optional} of theirs`);
        const theirType = other.optional ? this.#defined(other.type) : other.type;
        this.#union(`${where}.${name}`, [own.optional ? this.#defined(own.type) : own.type], [theirType], request);
      }
    }
    for (const name of mine.keys()) if (!theirs.has(name)) this.differ(`${this.place}.${where}`, `\`${name}\` is ours only`);
  }

  #defined(type) {
    if (!(type.flags & ts.TypeFlags.Union)) return type;
    const left = type.types.filter((part) => !(part.flags & ts.TypeFlags.Undefined));
    return left.length === 1 ? left[0] : { parts: left, flags: 0 };
  }

  #parts(types) {
    const out = [];
    for (const type of types) {
      if (type.parts) out.push(...this.#parts(type.parts));
      else if (type.flags & ts.TypeFlags.Union) out.push(...this.#parts(type.types));
      else if (!out.includes(type)) out.push(type);
    }
    return out.filter((type) => !(type.flags & ts.TypeFlags.Never));
  }

  /** Each part of one side has one of the other that is equal. */
  #union(where, ours, theirs, request) {
    const [mine, others] = [this.#parts(ours), this.#parts(theirs)];
    const any = (parts) => parts.some((part) => part.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any));
    if (any(mine) && any(others)) return true;
    const missing = mine.filter((own) => !others.some((other) => this.#equal(own, other, request)));
    const extra = others.filter((other) => !mine.some((own) => this.#equal(own, other, request)));
    if (missing.length === 0 && extra.length === 0) return true;
    const why = this.#whyUnion(missing, extra, mine, others);
    if (why) return this.explain(why);
    // The closest pair says more than both sides whole.
    if (missing.length === 1 && extra.length === 1) {
      const key = `${missing[0].id}:${extra[0].id}`;
      if (!this.#reported.has(key)) {
        this.#reported.add(key);
        this.#report(where, missing[0], extra[0], request);
        this.#reported.delete(key);
      }
      return false;
    }
    const text = (parts) => parts.map((part) => this.#text(part)).join(" | ") || "nothing";
    this.differ(`${this.place}.${where}`, `${text(missing)} of ours, ${text(extra)} of theirs`);
    return false;
  }

  #whyUnion(missing, extra, mine, others) {
    const isString = (part) => part.flags & (ts.TypeFlags.String | ts.TypeFlags.StringLiteral);
    const vague = ts.TypeFlags.Unknown | ts.TypeFlags.Null;
    const objects = [...missing, ...extra].every((part) => this.#isObject(part) || part.flags & vague);
    const several = mine.filter((part) => this.#isObject(part)).length > 1;
    if (objects && several && missing.length > 0 && missing.every((part) => this.#hasMembersOf(part, others))) return "beside variants";
    if (extra.length > 0 && missing.length > 0 && [...missing, ...extra].every(isString)) return "discriminator";
    return undefined;
  }

  /** Whether one of `others` has the members of an object, required or not; or says nothing. */
  #hasMembersOf(type, others) {
    const names = (of) => this.checker.getPropertiesOfType(of).map((symbol) => symbol.name);
    if (type.flags & ts.TypeFlags.Null) return others.some((other) => other.flags & ts.TypeFlags.Unknown);
    return others.some((other) => other.flags & ts.TypeFlags.Unknown || names(type).every((name) => names(other).includes(name)));
  }

  #isObject(type) {
    return !!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) && !this.checker.isArrayType(type) && !this.checker.isTupleType(type);
  }

  /** Whether two types are equal, tried without reporting. */
  #equal(own, other, request) {
    if (own === other) return true;
    const key = `${own.id}:${other.id}:${request}`;
    const known = this.#seen.get(key);
    if (known !== undefined) return known;
    this.#seen.set(key, true);
    const [differences, explained] = [this.differences, new Map(this.explained)];
    this.differences = [];
    this.#report("", own, other, request);
    const equal = this.differences.length === 0;
    this.differences = differences;
    if (!equal) this.explained = explained;
    this.#seen.set(key, equal);
    return equal;
  }

  #report(where, own, other, request) {
    const { checker } = this;
    const scalar = ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BooleanLike | ts.TypeFlags.Null | ts.TypeFlags.Undefined;
    const unlike = () => this.differ(`${this.place}.${where}`, `${this.#text(own)} of ours, ${this.#text(other)} of theirs`);
    if (own.flags & scalar || other.flags & scalar) {
      const kind = ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BooleanLike | ts.TypeFlags.Null | ts.TypeFlags.Undefined;
      const equal = (own.flags & kind) === (other.flags & kind) && this.#text(own) === this.#text(other);
      return equal || unlike();
    }
    if (checker.isTupleType(own) || checker.isTupleType(other) || checker.isArrayType(own) || checker.isArrayType(other)) {
      const [a, b] = [checker.getTypeArguments(own), checker.getTypeArguments(other)];
      if (checker.isArrayType(own) !== checker.isArrayType(other) || a.length !== b.length) return unlike();
      return a.every((element, index) => this.#union(`${where}[]`, [element], [b[index]], request));
    }
    if (!this.#isObject(own) || !this.#isObject(other)) return unlike();
    const theirs = new Map(checker.getPropertiesOfType(other).map((symbol) => [symbol.name, this.#property(symbol)]));
    const [mineIndex, theirIndex] = [own, other].map((type) => checker.getIndexInfoOfType(type, ts.IndexKind.String)?.type);
    if (mineIndex || theirIndex) {
      const empty = theirIndex && theirIndex.flags & (ts.TypeFlags.Never | ts.TypeFlags.Unknown) && theirs.size === 0;
      if (empty && !mineIndex && checker.getPropertiesOfType(own).length === 0) return this.explain("closed");
      if (!mineIndex || !theirIndex) this.differ(`${this.place}.${where}`, `a map on ${mineIndex ? "our" : "their"} side only`);
      else if (theirs.size > 0) this.explain("index");
      else this.#union(`${where}{}`, [mineIndex], [theirIndex], request);
    }
    this.#members(where, own, theirs, request);
    return true;
  }

  #text(type) {
    return this.checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation).slice(0, 120);
  }
}

for (const workspace of process.argv.slice(2)) await compareWorkspace(path.resolve(workspace));
process.exit(failed ? 1 : 0);
