// Variants of a module: small changes of its text, found on its tree.
//
// In:    a module's tree, its checker, a source of chance.
// Out:   a new text, and the name of the change; the same for the same chance.
// Never: a judgement: whether a variant is well typed is for tsc and Frontage to say.

import ts from "typescript";
import { Expressions, locals } from "./expression.mjs";
import { choice, inside, relation, required } from "./made.mjs";

const K = ts.SyntaxKind;

/** Changes by name: each takes a node and gives an edit ([start, end, text]), or nothing. */
const CHANGES = {
  // --- members, chains, operators
  "member.rename"(n, c) {
    if (!ts.isPropertyAccessExpression(n)) return;
    const names = c.checker.getPropertiesOfType(c.checker.getTypeAtLocation(n.expression)).map((p) => p.name);
    const others = names.filter((name) => name !== n.name.text && /^[A-Za-z_]\w*$/.test(name));
    return over(n.name, c.random.chance(0.85) && others.length > 0 ? c.random.pick(others) : `${n.name.text}x`);
  },
  "member.borrow"(n, c) {
    if (!ts.isPropertyAccessExpression(n)) return;
    const other = c.random.pick(c.nodes.filter(ts.isPropertyAccessExpression));
    return over(n.name, other.name.text);
  },
  "chain.drop": (n) => (n.kind === K.QuestionDotToken ? over(n, ts.isPropertyAccessExpression(n.parent) ? "." : "") : undefined),
  "chain.add"(n) {
    if (!ts.isPropertyAccessExpression(n) || n.questionDotToken) return;
    return [n.expression.end, n.name.getStart(), "?."];
  },
  "element.add": (n, c) => (ts.isIdentifier(n) && isValue(n) ? after(n, c.random.pick(["[0]", "?.[0]", '["id"]', ".at(0)", "?.length"])) : undefined),
  "nullish.drop": (n, c) => (ts.isBinaryExpression(n) && LOGICAL.has(n.operatorToken.kind) ? over(n, text(c.random.chance(0.7) ? n.left : n.right)) : undefined),
  "operator.change"(n, c) {
    if (!ts.isBinaryExpression(n)) return;
    const group = OPERATORS.find((g) => g.includes(n.operatorToken.getText()));
    const pool = group && c.random.chance(0.8) ? group : OPERATORS.flat();
    return over(n.operatorToken, c.random.pick(pool));
  },
  "operator.sides": (n) => (ts.isBinaryExpression(n) ? over(n, `${text(n.right)} ${n.operatorToken.getText()} ${text(n.left)}`) : undefined),
  "operator.drop": (n) => (ts.isBinaryExpression(n) ? over(n, text(n.left)) : undefined),
  "not.drop": (n) => (ts.isPrefixUnaryExpression(n) ? over(n, text(n.operand)) : undefined),
  "ternary.branch": (n, c) => (ts.isConditionalExpression(n) ? over(n, text(c.random.pick([n.whenTrue, n.whenFalse]))) : undefined),
  "ternary.swap": (n) => (ts.isConditionalExpression(n) ? over(n, `${text(n.condition)} ? ${text(n.whenFalse)} : ${text(n.whenTrue)}`) : undefined),
  "condition.change"(n, c) {
    if (!ts.isConditionalExpression(n) && !ts.isIfStatement(n)) return;
    const condition = n.condition ?? n.expression;
    return over(condition, c.random.pick([`!(${text(condition)})`, "true", c.expression(n), `${text(condition)} && ${c.expression(n)}`, `${text(condition)} || ${c.expression(n)}`]));
  },

  // --- promises and calls
  "await.drop": (n) => (ts.isAwaitExpression(n) ? over(n, text(n.expression)) : undefined),
  "async.drop": (n) => (n.kind === K.AsyncKeyword ? over(n, "") : undefined),
  "catch.add"(n, c) {
    if (!ts.isAwaitExpression(n)) return;
    const fallback = c.random.pick([".catch(() => null)", ".catch(() => [])", ".catch(() => undefined)", ".catch((e) => e)", '.catch(() => ({ id: "x" }))', ".catch(() => 0)"]);
    // A deliberate difference: cases/refused/pattern-of-a-fallback.md.
    if (fallback === ".catch(() => [])" && ts.isVariableDeclaration(n.parent) && ts.isArrayBindingPattern(n.parent.name)) return;
    return after(n.expression, fallback);
  },
  "catch.drop": (n) => (ts.isCallExpression(n) && ts.isPropertyAccessExpression(n.expression) && n.expression.name.text === "catch" ? over(n, text(n.expression.expression)) : undefined),
  "argument.drop"(n, c) {
    if (!ts.isCallExpression(n) || n.arguments.length === 0) return;
    return over(c.random.pick(n.arguments), "", true);
  },
  "argument.add": (n, c) => (ts.isCallExpression(n) ? [n.arguments.end, n.arguments.end, `${n.arguments.length ? ", " : ""}${c.expression(n)}`] : undefined),
  "argument.replace": (n, c) => (ts.isCallExpression(n) && n.arguments.length > 0 ? over(c.random.pick(n.arguments), c.expression(n)) : undefined),
  "argument.swap": (n) => (ts.isCallExpression(n) && n.arguments.length > 1 ? [n.arguments[0].getStart(), n.arguments[1].end, `${text(n.arguments[1])}, ${text(n.arguments[0])}`] : undefined),
  "call.drop": (n) => (ts.isCallExpression(n) ? over(n, text(n.expression)) : undefined),
  "call.option": (n, c) => (ts.isAwaitExpression(n) && ts.isCallExpression(n.expression) ? [n.expression.arguments.end, n.expression.arguments.end, `${n.expression.arguments.length ? ", " : "{}, "}${c.random.pick(["{ nullOn: [404] }", "{ timeout: 50 }", '{ timeout: "1s" }', "{ nullOn: [] }", "{ retry: 1 }", '{ headers: { "x-a": "1" } }'])}`] : undefined),
  "method.change"(n, c) {
    if (!ts.isPropertyAccessExpression(n) || !ts.isCallExpression(n.parent) || n.parent.expression !== n) return;
    const group = METHODS.find((g) => g.includes(n.name.text));
    return group ? over(n.name, c.random.pick(group)) : undefined;
  },

  // --- names and values
  "name.swap"(n, c) {
    if (!ts.isIdentifier(n) || !isValue(n)) return;
    const names = locals(c.checker, n).map((s) => s.name).filter((name) => name !== n.text);
    return names.length > 0 ? over(n, c.random.pick(names)) : undefined;
  },
  "expression.replace": (n, c) => (isExpression(n) && n.end - n.pos < 200 ? over(n, c.expression(n)) : undefined),
  "expression.graft"(n, c) {
    if (!isExpression(n)) return;
    const other = c.random.pick(c.nodes.filter((m) => isExpression(m) && m.end - m.pos < 120));
    return other ? over(n, text(other)) : undefined;
  },
  "expression.wrap"(n, c) {
    if (!isExpression(n) || n.end - n.pos > 300) return;
    const t = text(n);
    return over(n, c.random.pick(WRAPS)(ts.isIdentifier(n) || ts.isPropertyAccessExpression(n) || ts.isCallExpression(n) ? t : `(${t})`));
  },
  "literal.change"(n, c) {
    if (ts.isStringLiteral(n) && !ts.isImportDeclaration(n.parent)) return over(n, c.random.pick(['"zz"', '""', "1", "null", "undefined", `${n.text.length}`, JSON.stringify(n.text.toUpperCase()), "`t`"]));
    if (ts.isNumericLiteral(n)) return over(n, c.random.pick(["0", "-1", "1.5", `"${n.text}"`, "null", "true"]));
    if ([K.TrueKeyword, K.FalseKeyword].includes(n.kind)) return over(n, c.random.pick(["true", "false", "0", '"true"', "null"]));
    if (n.kind === K.NullKeyword && !ts.isLiteralTypeNode(n.parent)) return over(n, c.random.pick(["undefined", "0", '""', "{}", "[]"]));
  },

  // --- objects and arrays
  "field.drop": (n, c) => (ts.isObjectLiteralExpression(n) && n.properties.length > 0 ? over(c.random.pick(n.properties), "", true) : undefined),
  "field.add": (n, c) => (ts.isObjectLiteralExpression(n) ? [n.properties.pos, n.properties.pos, ` extra: ${c.expression(n)},`] : undefined),
  "field.add.more": (n, c) => (ts.isObjectLiteralExpression(n) ? [n.properties.pos, n.properties.pos, ` extra: ${c.expression(n, 5)}, more: ${c.expression(n, 4)},`] : undefined),
  "field.rename": (n) => (ts.isPropertyAssignment(n) && ts.isIdentifier(n.name) ? over(n.name, `${n.name.text}2`) : undefined),
  "field.repeat": (n) => (ts.isPropertyAssignment(n) ? after(n, `, ${text(n)}`) : undefined),
  "field.value": (n, c) => (ts.isPropertyAssignment(n) ? over(n.initializer, c.expression(n, 4)) : undefined),
  "field.spread": (n, c) => (ts.isObjectLiteralExpression(n) ? [n.properties.pos, n.properties.pos, ` ...${wrapped(c.expression(n))},`] : undefined),
  "field.shorthand"(n, c) {
    if (!ts.isObjectLiteralExpression(n)) return;
    const name = c.random.pick(locals(c.checker, n))?.name;
    return name ? [n.properties.pos, n.properties.pos, ` ${name},`] : undefined;
  },
  "item.drop": (n, c) => (ts.isArrayLiteralExpression(n) && n.elements.length > 0 ? over(c.random.pick(n.elements), "", true) : undefined),
  "item.add": (n, c) => (ts.isArrayLiteralExpression(n) ? [n.elements.pos, n.elements.pos, `${c.expression(n)}${n.elements.length ? ", " : ""}`] : undefined),
  "item.spread": (n, c) => (ts.isArrayLiteralExpression(n) ? [n.elements.pos, n.elements.pos, `...${wrapped(c.expression(n))}${n.elements.length ? ", " : ""}`] : undefined),

  // --- statements
  "guard.drop": (n) => (ts.isIfStatement(n) ? over(n, n.elseStatement ? text(n.elseStatement) : ";") : undefined),
  "guard.always": (n) => (ts.isIfStatement(n) ? over(n, text(n.thenStatement)) : undefined),
  "guard.add"(n, c) {
    if (!isStatementInBlock(n)) return;
    const name = c.random.pick(locals(c.checker, n))?.name;
    if (!name) return;
    const path = c.random.chance(0.5) ? name : c.expression(n, 1);
    const test = c.random.pick(TESTS)(path);
    return before(n, `if (${test}) ${c.random.pick(["return null;", `return ${wrapped(c.expression(n, 2))};`, 'throw error(404, "gone");', "{ return; }"])}\n`);
  },
  "guard.value"(n, c) {
    if (!isStatementInBlock(n)) return;
    const name = c.random.pick(locals(c.checker, n))?.name;
    if (!name) return;
    const path = c.random.chance(0.4) ? name : c.expression(n, 1);
    const test = c.random.pick(TESTS)(path);
    return before(n, `if (${test}) return { seen: ${path}, and: ${c.expression(n, 3)} };\n`);
  },
  "statement.drop": (n) => (isStatementInBlock(n) ? over(n, "") : undefined),
  "statement.repeat": (n) => (isStatementInBlock(n) && !ts.isVariableStatement(n) ? after(n, `\n${text(n)}`) : undefined),
  "statement.swap"(n) {
    if (!isStatementInBlock(n)) return;
    const all = n.parent.statements;
    const next = all[all.indexOf(n) + 1];
    return next ? [n.getStart(), next.end, `${text(next)}\n${text(n)}`] : undefined;
  },
  "const.add": (n, c) => (isStatementInBlock(n) ? before(n, `const added = ${wrapped(c.expression(n, 4))};\n`) : undefined),
  "const.add.used"(n, c) {
    if (!ts.isReturnStatement(n) || !n.expression || !isStatementInBlock(n)) return;
    return over(n, `const added = ${wrapped(c.expression(n, 4))};\nreturn { was: ${text(n.expression)}, added };`);
  },
  "const.pattern"(n, c) {
    if (!ts.isReturnStatement(n) || !isStatementInBlock(n)) return;
    const name = c.random.pick(locals(c.checker, n));
    if (!name) return;
    const keys = c.checker.getPropertiesOfType(c.checker.getTypeOfSymbolAtLocation(name, n)).map((p) => p.name).filter((k) => /^[A-Za-z_]\w*$/.test(k));
    const key = c.random.pick(keys) ?? "id";
    const pattern = c.random.pick([`{ ${key}: part }`, `{ ${key}: part = ${c.literal()} }`, `{ ${key}: part, ...others }`, `{ ${key}: { id: part } }`, "[part]", "[part, ...others]"]);
    const shown = pattern.includes("others") ? "part, others" : "part";
    return over(n, `const ${pattern} = ${name.name};\nreturn { ${shown} };`);
  },
  "return.replace": (n, c) => (ts.isReturnStatement(n) ? over(n, `return ${wrapped(c.expression(n, 5))};`) : undefined),
  "return.drop": (n) => (ts.isReturnStatement(n) ? over(n, n.expression ? `${text(n.expression)};` : "") : undefined),
  "return.narrowed"(n, c) {
    if (!ts.isReturnStatement(n) || !n.expression || !isStatementInBlock(n)) return;
    const path = c.expression(n, 2);
    return over(n, `if (${c.random.pick(TESTS)(path)}) {\nreturn { path: ${path} };\n}\nreturn { other: ${path} };`);
  },
  "switch.case": (n) => (ts.isCaseClause(n) || ts.isDefaultClause(n) ? over(n, "") : undefined),
  "switch.value": (n, c) => (ts.isCaseClause(n) ? over(n.expression, c.random.pick(['"zz"', "1", "null", c.expression(n, 1)])) : undefined),
  "switch.repeat": (n) => (ts.isCaseClause(n) ? after(n, `\n${text(n)}`) : undefined),
  "switch.break": (n) => (ts.isBreakStatement(n) ? over(n, "") : undefined),
  "switch.add"(n, c) {
    if (!ts.isReturnStatement(n) || !isStatementInBlock(n)) return;
    const path = c.expression(n, 2);
    return over(n, `switch (${path}) {\ncase ${c.literal()}: return { a: ${path} };\ncase ${c.literal()}: return { b: ${path} };\ndefault: return { c: ${path} };\n}`);
  },

  // --- functions
  "arrow.block": (n) => (ts.isArrowFunction(n) && !ts.isBlock(n.body) ? over(n.body, `{ return ${text(n.body)}; }`) : undefined),
  "arrow.forget": (n) => (ts.isArrowFunction(n) && !ts.isBlock(n.body) ? over(n.body, `{ ${ts.isParenthesizedExpression(n.body) ? text(n.body.expression) : text(n.body)}; }`) : undefined),
  "parameter.drop": (n, c) => (isFunction(n) && n.parameters.length > 0 ? over(c.random.pick(n.parameters), "", true) : undefined),
  "parameter.add": (n, c) => (isFunction(n) ? [n.parameters.end, n.parameters.end, `${n.parameters.length ? ", " : ""}${c.random.pick(["more", "more: string", "more?: number", "more = 1", "...more: string[]"])}`] : undefined),
  "parameter.optional": (n) => (ts.isParameter(n) && n.type && !n.initializer && ts.isIdentifier(n.name) ? (n.questionToken ? over(n.questionToken, "") : after(n.name, "?")) : undefined),
  "parameter.default": (n, c) => (ts.isParameter(n) ? (n.initializer ? [n.type?.end ?? n.name.end, n.end, ""] : after(n, ` = ${c.literal()}`)) : undefined),
  "helper.add"(n, c) {
    if (!ts.isReturnStatement(n) || !n.expression || !isStatementInBlock(n)) return;
    const help = c.random.pick(HELPERS);
    return over(n, `${help.text}\nreturn { was: ${text(n.expression)}, helped: ${help.name}(${c.expression(n, 2)}${c.random.chance(help.two ? 0.85 : 0.1) ? `, ${c.expression(n, 2)}` : ""}) };`);
  },
  "choice.add": (n, c) => (ts.isObjectLiteralExpression(n) ? added(n, "choice", choice(c.random)) : undefined),
  "inside.add": (n, c) => (isAnswer(n) ? beside(n, inside(c.random)) : undefined),
  "required.add": (n, c) => (isAnswer(n) ? beside(n, required(c.random)) : undefined),
  "relation.add": (n, c) => (ts.isObjectLiteralExpression(n) ? added(n, "relation", relation(c.random)) : undefined),

  // --- annotations
  "type.drop": (n) => (n.type && (ts.isParameter(n) || ts.isVariableDeclaration(n) || isFunction(n)) ? [n.type.pos - 1, n.type.end, ""] : undefined),
  "type.change"(n, c) {
    if (!ts.isTypeNode(n) || ts.isExpressionWithTypeArguments(n)) return;
    const t = text(n);
    return over(n, c.random.pick(TYPES)(t));
  },
  "type.borrow"(n, c) {
    if (!ts.isTypeNode(n)) return;
    return over(n, text(c.random.pick(c.nodes.filter(ts.isTypeNode))));
  },
  "type.annotate"(n, c) {
    if (!ts.isVariableDeclaration(n) || n.type || !n.initializer || !ts.isIdentifier(n.name) || ts.isCatchClause(n.parent) || /^[A-Z]+$/.test(n.name.text)) return;
    const own = c.typeText(n.name);
    return after(n.name, `: ${c.random.pick([() => own, () => c.random.pick(TYPES)(own), () => c.random.pick(["string", "number", "unknown", "boolean", "{}", "object"])])()}`);
  },
  "type.returns"(n, c) {
    if (!isFunction(n) || n.type || n.parameters.some((p) => p.pos < 0)) return;
    const signature = c.checker.getSignatureFromDeclaration(n);
    const own = c.spell(c.checker.getReturnTypeOfSignature(signature), n);
    const paren = n.getChildren().find((child) => child.kind === K.CloseParenToken);
    if (!paren) return;
    return after(paren, `: ${c.random.pick([() => own, () => own, () => c.random.pick(TYPES)(own), () => "string", () => "unknown"])()}`);
  },
  "type.member": (n, c) => (ts.isPropertySignature(n) ? c.random.pick([() => over(n, ""), () => (n.questionToken ? over(n.questionToken, "") : after(n.name, "?")), () => after(n, ` added: string;`), () => over(n.name, `${text(n.name)}2`)])() : undefined),
  "type.argument": (n, c) => (ts.isCallExpression(n) && !n.typeArguments ? after(n.expression, `<${c.random.pick(["string", "number", c.typeText(n), "unknown", "string, number"])}>`) : undefined),
  "type.arguments.drop": (n) => (n.typeArguments?.length > 0 && ts.isCallExpression(n) ? [n.typeArguments.pos - 1, n.typeArguments.end + 1, ""] : undefined),
  "type.parameter": (n, c) => (ts.isTypeParameterDeclaration(n) ? over(n, c.random.pick([n.name.text, `${n.name.text} extends string`, `${n.name.text} extends { id: string }`, `${n.name.text} extends readonly unknown[]`, `const ${n.name.text}`, `${n.name.text} = string`])) : undefined),
  "satisfies.add"(n, c) {
    if (!isExpression(n) || n.end - n.pos > 200) return;
    const own = c.typeText(n);
    return over(n, `(${text(n)} satisfies ${c.random.pick([own, c.random.pick(TYPES)(own), "string", "unknown"])})`);
  },
  "satisfies.drop": (n) => (ts.isSatisfiesExpression(n) || ts.isAsExpression(n) ? over(n, text(n.expression)) : undefined),
  "const.assert": (n) => ((ts.isObjectLiteralExpression(n) || ts.isArrayLiteralExpression(n) || ts.isStringLiteral(n)) && isExpression(n) ? over(n, `(${text(n)} as const)`) : undefined),

  // --- schemas
  "zod.method"(n, c) {
    if (!ts.isPropertyAccessExpression(n) || !/(^|[^\w])z\./.test(n.getText())) return;
    return over(n.name, c.random.pick(ZOD));
  },
  "zod.add": (n, c) => (ts.isCallExpression(n) && n.getText().startsWith("z.") ? after(n, c.random.pick([".optional()", ".nullable()", ".nullish()", '.default("a")', ".default(1)", ".min(1)", ".max(3)", ".int()", ".optional().default(2)", ".email()", ".array()", ".catch(1)", ".strict()", ".partial()"])) : undefined),
  "zod.drop": (n) => (ts.isCallExpression(n) && ts.isPropertyAccessExpression(n.expression) && n.getText().startsWith("z.") && n.expression.expression.kind !== K.Identifier ? over(n, text(n.expression.expression)) : undefined),
};

const LOGICAL = new Set([K.QuestionQuestionToken, K.BarBarToken, K.AmpersandAmpersandToken]);
const OPERATORS = [["===", "!==", "==", "!="], ["<", "<=", ">", ">="], ["+", "-", "*", "/", "%", "**"], ["??", "||", "&&"], ["in", "instanceof", "&", "|", "^", "<<", ">>"]];
const METHODS = [
  ["map", "filter", "find", "findIndex", "some", "every", "flatMap", "findLast", "reduce", "toSorted"],
  ["slice", "concat", "includes", "indexOf", "join", "at", "flat", "toReversed", "length"],
  ["toUpperCase", "toLowerCase", "trim", "split", "startsWith", "endsWith", "padStart", "replace", "replaceAll", "substring"],
  ["toFixed", "toString", "toPrecision"],
  ["keys", "values", "entries", "fromEntries", "groupBy", "assign"],
  ["max", "min", "round", "floor", "abs", "pow", "sign"],
  ["get", "has", "size"],
];
const ZOD = ["string", "number", "boolean", "int", "object", "array", "optional", "nullable", "enum", "literal", "union", "tuple", "record", "email", "uuid", "min", "max", "coerce", "strictObject", "looseObject", "default", "unknown", "any", "date", "bigint", "iso", "url"];
const TYPES = [
  () => "string", () => "number", () => "boolean", () => "unknown", () => "null", () => "undefined", () => "never", () => "object", () => "{}", () => '"a" | "b"', () => "string | number",
  (t) => `${t} | null`, (t) => `${t} | undefined`, (t) => `(${t})[]`, (t) => `readonly (${t})[]`, (t) => `Partial<${t}>`, (t) => `Required<${t}>`, (t) => `Readonly<${t}>`, (t) => `NonNullable<${t}>`, (t) => `Record<string, ${t}>`, (t) => `keyof ${t}`,
  (t) => `[${t}, ${t}]`, (t) => `Exclude<${t}, undefined>`, (t) => `Extract<${t}, string>`, (t) => `{ id: ${t} }`, (t) => `Pick<${t}, "id">`, (t) => `Omit<${t}, "id">`, (t) => `${t} & { id: string }`, (t) => `Promise<${t}>`, (t) => `Awaited<${t}>`, (t) => `(${t})[number]`, (t) => `(${t})["id"]`, (t) => `() => ${t}`, (t) => `Map<string, ${t}>`,
];
const WRAPS = [
  (t) => `[${t}]`, (t) => `[${t}][0]`, (t) => `({ v: ${t} })`, (t) => `({ v: ${t} }).v`, (t) => `String(${t})`, (t) => `Number(${t})`, (t) => `!${t}`, (t) => `-${t}`, (t) => `+${t}`, (t) => `typeof ${t}`, (t) => `${t}.length`, (t) => `(${t} ?? null)`, (t) => `(${t} || undefined)`, (t) => `(${t} && 1)`,
  (t) => `({ ...${t} })`, (t) => `[...${t}]`, (t) => `\`\${${t}}\``, (t) => `${t}.toString()`, (t) => `JSON.stringify(${t})`, (t) => `(() => ${t})()`, (t) => `((x) => x)(${t})`, (t) => `(<T,>(x: T) => x)(${t})`, (t) => `(<T,>(x: T) => [x])(${t})`, (t) => `(<T,>(x: T) => ({ x }))(${t})`, (t) => `Object.keys(${t})`, (t) => `Object.entries(${t})`, (t) => `Array.isArray(${t})`, (t) => `(await ${t})`, (t) => `(await Promise.all([${t}]))`, (t) => `(true ? ${t} : null)`, (t) => `(${t} === ${t})`, (t) => `(${t} === null ? 1 : ${t})`, (t) => `(typeof ${t} === "string" ? ${t} : null)`, (t) => `(${t} !== undefined ? ${t} : 0)`, (t) => `(${t} as const)`, (t) => `Boolean(${t})`, (t) => `encodeURIComponent(${t})`, (t) => `new Set([${t}])`, (t) => `[${t}].map((x) => x)`, (t) => `[${t}].filter((x) => x)`, (t) => `[${t}].filter((x) => x !== null)`, (t) => `[${t}].find((x) => x)`, (t) => `[${t}, null]`, (t) => `[${t}, 1].at(0)`, (t) => `[${t}].flat()`, (t) => `new Date(${t})`, (t) => `Math.max(${t}, 1)`, (t) => `parseInt(${t}, 10)`,
];
const TESTS = [
  (t) => t, (t) => `!${t}`, (t) => `${t} === undefined`, (t) => `${t} !== undefined`, (t) => `${t} === null`, (t) => `${t} !== null`, (t) => `${t} == null`, (t) => `${t} != null`, (t) => `typeof ${t} === "string"`, (t) => `typeof ${t} !== "string"`, (t) => `typeof ${t} === "object"`, (t) => `typeof ${t} === "undefined"`, (t) => `Array.isArray(${t})`, (t) => `"id" in ${t}`, (t) => `${t} === "a"`, (t) => `${t} === 1`, (t) => `${t} instanceof Error`, (t) => `${t} && ${t} !== null`, (t) => `${t} === undefined || ${t} === null`, (t) => `typeof ${t} === "string" && ${t} !== ""`, (t) => `!(${t} === null)`, (t) => `${t} > 0`, (t) => `Boolean(${t})`,
];
const HELPERS = [
  { name: "first", text: "const first = <T,>(list: readonly T[]) => list[0];" },
  { name: "same", text: "const same = <T,>(value: T): T => value;" },
  { name: "both", two: true, text: "const both = <T,>(a: T, b: T) => [a, b];" },
  { name: "pair", two: true, text: "const pair = <A, B>(a: A, b: B) => ({ a, b });" },
  { name: "orElse", two: true, text: "const orElse = <T,>(value: T | undefined, other: T) => value ?? other;" },
  { name: "orNull", text: "const orNull = <T,>(value: T | null | undefined) => value ?? null;" },
  { name: "present", text: "const present = <T,>(value: T | null | undefined): value is T => value !== null && value !== undefined;" },
  { name: "keep", text: "const keep = <T,>(list: readonly (T | null | undefined)[]) => list.filter((x) => x !== null && x !== undefined);" },
  { name: "byId", two: true, text: "const byId = <T extends { id: string }>(list: readonly T[], id: string) => list.find((x) => x.id === id);" },
  { name: "get", two: true, text: "const get = <T, K extends keyof T>(value: T, key: K) => value[key];" },
  { name: "named", text: "const named = ({ name, ...rest }: { name?: string; id: string }) => ({ name: name ?? \"-\", rest });" },
  { name: "text", text: "const text = (value: string | number | null) => (value === null ? \"\" : typeof value === \"number\" ? value.toFixed(1) : value.trim());" },
  { name: "apply", two: true, text: "const apply = <A, B>(value: A, change: (value: A) => B) => change(value);" },
  { name: "size", text: "const size = (value: { length: number }) => value.length;" },
  { name: "opt", two: true, text: "const opt = (a: string, b?: number) => (b === undefined ? a : b);" },
  { name: "tally", text: "const tally = (list: readonly string[]) => list.reduce((sums: Record<string, number>, x) => ({ ...sums, [x]: (sums[x] ?? 0) + 1 }), {});" },
  { name: "collect", text: "const collect = <T,>(list: readonly T[]) => list.reduce((all: T[], x) => [...all, x], []);" },
  { name: "last", text: "const last = <T,>(list: readonly T[]) => list.reduce((found: T | null, x) => x ?? found, null);" },
  { name: "must", two: true, text: "const must = <T,>(value: T, what: string) => { if (value === null || value === undefined) throw error(404, what); return value; };" },
  { name: "or", two: true, text: "const or = <T,>(value: T, other: NonNullable<T>) => value ?? other;" },
  { name: "some", text: "const some = <T,>(value: T) => (value ? { value } : null);" },
  { name: "kind", text: "const kind = <T,>(value: T) => (typeof value === \"string\" ? value.length : Array.isArray(value) ? value.length : value);" },
  { name: "column", two: true, text: "const column = <T, K extends keyof T>(list: readonly T[], key: K) => list.map((x) => x[key]);" },
  { name: "pluck", two: true, text: "const pluck = <K extends string, T extends Record<K, unknown>>(list: readonly T[], key: K) => list.map((x) => x[key]);" },
  { name: "keyed", two: true, text: "const keyed = <T,>(list: readonly T[], key: (x: T) => string) => new Map(list.map((x) => [key(x), x] as const));" },
  { name: "counts", text: "const counts = <K extends string>(all: Record<K, number>) => Object.entries<number>(all).map(([name, count]) => ({ name, count }));" },
  { name: "group", two: true, text: "const group = <T, K extends string>(list: readonly T[], key: (value: T) => K) => Object.groupBy(list, key);" },
];

function text(node) {
  return node.getText();
}

function wrapped(expression) {
  return expression.startsWith("{") ? `(${expression})` : expression;
}

/** Replaces a node; `listed`: with the comma after it. */
function over(node, replacement, listed = false) {
  let end = node.end;
  if (listed) {
    const rest = node.getSourceFile().text.slice(end);
    end += /^\s*,/.exec(rest)?.[0].length ?? 0;
  }
  return [node.getStart(), end, replacement];
}

function after(node, addition) {
  return [node.end, node.end, addition];
}

/** A member in front of an object's own: what a function made up gives for each of its arguments. */
function added(object, name, { text, values }) {
  return [object.properties.pos, object.properties.pos, ` ${name}: [${values.map((value) => `(${text})(${value})`).join(", ")}],`];
}

/** What a function returns, beside what a function made up gives: more is well typed than within any object. */
function beside(statement, { text: made, values }) {
  return over(statement.expression, `{ was: ${text(statement.expression)}, made: [${values.map((value) => `(${made})(${value})`).join(", ")}] }`);
}

function before(node, addition) {
  return [node.getStart(), node.getStart(), addition];
}

function isFunction(node) {
  return ts.isArrowFunction(node) || ts.isFunctionDeclaration(node);
}

function isAnswer(node) {
  return ts.isReturnStatement(node) && node.expression !== undefined && isStatementInBlock(node);
}

function isStatementInBlock(node) {
  return ts.isStatement(node) && !ts.isBlock(node) && ts.isBlock(node.parent);
}

/** An identifier that is read. */
function isValue(node) {
  return isExpression(node);
}

function isExpression(node) {
  if (!ts.isExpression(node) || ts.isTypeNode(node)) return false;
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false;
  if (ts.isCallExpression(parent) && parent.expression === node) return false;
  if (ts.isIdentifier(node)) {
    if (parent.name === node || parent.propertyName === node) return false;
    if (ts.isShorthandPropertyAssignment(parent) || ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent) || ts.isTypeReferenceNode(parent) || ts.isQualifiedName(parent) || ts.isTypeQueryNode(parent) || ts.isTypePredicateNode(parent)) return false;
  }
  if (ts.isLiteralTypeNode(parent) || ts.isImportDeclaration(parent) || ts.isAsExpression(parent)) return false;
  return true;
}

/** All nodes below `root`, in the order of the text. */
export function all(root) {
  const out = [];
  const visit = (node) => {
    out.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return out;
}

/** Changes that bring in new expressions are taken more often: they reach more rules. */
const OFTEN = { "choice.add": 6, "relation.add": 6, "inside.add": 6, "required.add": 5, "field.add.more": 5, "const.add.used": 5, "guard.value": 4, "return.narrowed": 4, "helper.add": 5, "expression.wrap": 3, "expression.replace": 2, "return.replace": 3, "const.pattern": 3, "switch.add": 3, "field.value": 2, "type.annotate": 2, "type.returns": 2, "satisfies.add": 2, "condition.change": 2 };

/** Names of all changes, some several times. */
const names = Object.keys(CHANGES).flatMap((name) => Array(OFTEN[name] ?? 1).fill(name));

/** A variant of `source`: `{ text, change }`, or nothing if no place was found. */
export function mutate(random, source, checker) {
  const nodes = all(source);
  const context = {
    random,
    checker,
    nodes,
    expression: (node, depth = 3) => new Expressions(random, checker, node).text(depth),
    literal: () => random.pick(['"a"', "0", "1", "true", "null", "undefined", "[]", '""', "{}"]),
    spell: (type, node) => checker.typeToString(type, node, ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope),
    typeText: (node) => context.spell(checker.getTypeAtLocation(node), node),
  };
  const edits = [];
  const used = [];
  const wanted = random.chance(0.75) ? 1 : random.chance(0.7) ? 2 : 3;
  for (let attempt = 0; attempt < 40 && edits.length < wanted; attempt++) {
    const name = random.pick(names);
    for (const node of random.shuffled(nodes)) {
      if (node === source) continue;
      const edit = CHANGES[name](node, context);
      if (!edit || edits.some(([from, to]) => edit[0] <= to && from <= edit[1])) continue;
      if (source.text.slice(edit[0], edit[1]) === edit[2]) continue;
      edits.push(edit);
      used.push(name);
      break;
    }
  }
  if (edits.length === 0) return undefined;
  return { text: apply(source.text, edits), change: used.length === 1 ? used[0] : "several", changes: used };
}

/** A text with edits made. */
export function apply(text, edits) {
  let out = text;
  for (const [from, to, replacement] of [...edits].sort((a, b) => b[0] - a[0])) {
    out = out.slice(0, from) + replacement + out.slice(to);
  }
  return out;
}
