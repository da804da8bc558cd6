// Writes routes that call the operations of contracts nobody here wrote.
//
// In:  how many routes a contract gets at most; folders of workspaces with one upstream `up`, whose
//      `.frontage/` is current.
// Out: `frontends/web/routes/api/NN.ts` for each: one call with all required arguments, whose answer
//      is handed on; one JSON object: how many operations each workspace has, and how many are left out.
// Never: arguments that tsc would refuse.

import fs from "node:fs";
import path from "node:path";
import ts from "typescript";

const [most, ...workspaces] = process.argv.slice(2);
const counts = {};
for (const workspace of workspaces) counts[workspace] = write(path.resolve(workspace), Number(most));
console.log(JSON.stringify(counts));

function write(root, most) {
  const file = path.join(root, ".frontage/upstreams.d.ts");
  const frontage = path.join(root, ".frontage/frontage.d.ts");
  const program = ts.createProgram([file, frontage], {
    strict: true, types: [], skipLibCheck: true,
    module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2024, paths: { frontage: [frontage] },
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const operations = [...declared(source, "up")];
  // Evenly spread over the contract, as services sort their operations by subject.
  const step = Math.max(1, operations.length / most);
  for (let at = 0; at < operations.length; at += step) {
    const { name, type } = operations[Math.floor(at)];
    const [args, answer] = type.typeArguments;
    // Bytes are handed on by `passthrough` alone.
    if (/\bBytes\b/.test(answer.getText() + args.getText())) continue;
    const given = checker.getTypeFromTypeNode(args);
    const literal = checker.getPropertiesOfType(given).length > 0 ? value(checker, given, args, 0) : "";
    if (literal === undefined) continue;
    const access = /^[A-Za-z_$][\w$]*$/.test(name) ? `up.${name}` : `up[${JSON.stringify(name)}]`;
    fs.writeFileSync(path.join(root, `frontends/web/routes/api/r${Math.floor(at)}.ts`), [
      'import { route } from "frontage";',
      'import { up } from "#upstreams";',
      "export const POST = route(async () => {",
      `  const answer = await ${access}(${literal});`,
      "  return { answer };",
      "});",
      "",
    ].join("\n"));
  }
  const left = source.text.match(/^ {2}\/\/ `.*` is left out: /gm) ?? [];
  return { operations: operations.length, left: left.length };
}

/** The operations of an upstream: members of its constant whose type is `Operation<A, T>`. */
function* declared(source, upstream) {
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, type } of statement.declarationList.declarations) {
      if (name.getText() !== upstream || !type || !ts.isTypeLiteralNode(type)) continue;
      for (const member of type.members) {
        if (member.type && ts.isTypeReferenceNode(member.type) && member.type.typeArguments?.length === 2) {
          yield { name: member.name.text, type: member.type };
        }
      }
    }
  }
}

/** An expression of a type with what it requires and no more; none if it goes too deep. */
function value(checker, type, place, depth) {
  const flags = type.flags;
  if (depth > 12) return undefined;
  if (type.isUnion()) {
    if (flags & ts.TypeFlags.Boolean) return "true";
    for (const one of type.types) {
      if (one.flags & ts.TypeFlags.Undefined) continue;
      const found = value(checker, one, place, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (type.isStringLiteral() || type.isNumberLiteral()) return JSON.stringify(type.value);
  if (flags & ts.TypeFlags.BooleanLiteral) return type.intrinsicName;
  if (flags & ts.TypeFlags.Null) return "null";
  if (flags & ts.TypeFlags.StringLike) return '"x"';
  if (flags & ts.TypeFlags.NumberLike) return "1";
  if (flags & (ts.TypeFlags.Unknown | ts.TypeFlags.NonPrimitive)) return "{}";
  if (!(flags & ts.TypeFlags.Object || type.isIntersection())) return undefined;
  const all = (types, join) => {
    const made = types.map((one) => value(checker, one, place, depth + 1));
    return made.includes(undefined) ? undefined : join(made);
  };
  if (checker.isTupleType(type)) return all(checker.getTypeArguments(type), (made) => `[${made.join(", ")}]`);
  if (checker.isArrayType(type)) return all(checker.getTypeArguments(type), ([made]) => `[${made}]`) ?? "[]";
  const members = checker.getPropertiesOfType(type).filter((one) => !(one.flags & ts.SymbolFlags.Optional));
  const types = members.map((one) => checker.getTypeOfSymbolAtLocation(one, place));
  return all(types, (made) => `{ ${made.map((text, at) => `${JSON.stringify(members[at].name)}: ${text}`).join(", ")} }`);
}
