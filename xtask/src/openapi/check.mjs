// Asks programs that nobody here wrote about the OpenAPI documents of many workspaces.
//
// In:  a folder that holds workspaces as subfolders, each with its `.frontage/` and, for each
//      frontend without errors, `.frontage/FRONTEND/openapi.json`; further workspaces as arguments.
// Out: one JSON object: counts, and a list of faults.
//
// - openapi-typescript makes types of each document; tsc --strict accepts them;
// - @redocly/openapi-core, which openapi-typescript brings, finds the document valid;
// - js-yaml reads the same document out of the YAML;
// - what tsc infers for each route is what the document says it answers (compare.mjs);
// - tsc accepts the generated clients beside it (`client.ts`, `client.mjs` with `client.d.mts`), under
//   the strictest options, and the two clients of one backend fit each other.

import { isDeepStrictEqual } from "node:util";
import fs from "node:fs";
import path from "node:path";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import openapiTS, { astToString } from "openapi-typescript";
import yaml from "js-yaml";
import ts from "typescript";
import { compareRoutes, routesOf } from "./routes.mjs";

const [root, ...others] = process.argv.slice(2).map((folder) => path.resolve(folder));
const workspaces = [...fs.readdirSync(root).sort().map((name) => path.join(root, name)), ...others];
const faults = [];
const counts = { documents: 0, operations: 0, routes: 0 };
const groups = new Map();
const made = new Map();

// The rules of OpenAPI itself, without those of taste.
const config = await createConfig({ extends: ["spec"], rules: { "no-invalid-media-type-examples": "error", "no-invalid-parameter-examples": "error" } });

for (const workspace of workspaces) {
  const frontends = path.join(workspace, "frontends");
  if (!fs.existsSync(frontends)) continue;
  for (const frontend of fs.readdirSync(frontends).sort()) {
    const file = path.join(workspace, ".frontage", frontend, "openapi.json");
    if (!fs.existsSync(file)) continue;
    const name = `${path.basename(workspace)}/${frontend}`;
    const text = fs.readFileSync(file, "utf8");
    const document = JSON.parse(text);
    counts.documents += 1;
    counts.operations += Object.values(document.paths).reduce((sum, item) => sum + Object.keys(item).length, 0);
    unique(name, document);
    const beside = file.replace(/json$/, "yaml");
    const asYaml = !fs.existsSync(beside) ? document : yaml.load(fs.readFileSync(beside, "utf8"));
    if (!isDeepStrictEqual(asYaml, document)) faults.push(`${name}: the YAML says something else than the JSON`);
    for (const problem of await lintFromString({ source: text, absoluteRef: file, config })) {
      if (problem.severity === "error") faults.push(`${name}: ${problem.ruleId}: ${problem.message} at ${problem.location[0]?.pointer ?? ""}`);
    }
    try {
      made.set(`${name}/openapi.ts`, astToString(await openapiTS(document, { silent: true })));
    } catch (error) {
      faults.push(`${name}: openapi-typescript: ${error.message}`);
    }
    group(workspace, frontend, name, document);
    clients(workspace, frontend, name);
  }
}

/** Names of operations are unique and identifiers. */
function unique(name, document) {
  const seen = new Set();
  for (const item of Object.values(document.paths)) {
    for (const { operationId } of Object.values(item)) {
      if (!/^[A-Za-z_$][\w$]*$/.test(operationId) || seen.has(operationId)) faults.push(`${name}: operationId ${operationId}`);
      seen.add(operationId);
    }
  }
}

/** The clients of a backend, and a module that wants each where the other is. */
function clients(workspace, frontend, name) {
  const at = (file) => path.join(workspace, ".frontage", frontend, file);
  made.set(`${name}/client.ts`, fs.readFileSync(at("client.ts"), "utf8"));
  if (!fs.existsSync(at("client.d.mts"))) return;
  made.set(`${name}/client.d.mts`, fs.readFileSync(at("client.d.mts"), "utf8"));
  made.set(`${name}/both.ts`, [
    'import * as one from "./client.ts";',
    'import * as other from "./client.mjs";',
    "export const first: typeof one.createClient = other.createClient;",
    "export const second: typeof other.createClient = one.createClient;",
    "export const codes: one.Codes = {} as other.Codes;",
  ].join("\n"));
}

/** Frontends with equal sessions go through one program, so that the library and zod are read once. */
function group(workspace, frontend, name, document) {
  const generated = path.join(workspace, ".frontage");
  const session = path.join(generated, frontend, "session.d.ts");
  const types = path.join(generated, "frontage.d.ts");
  const key = fs.readFileSync(session, "utf8") + fs.readFileSync(types, "utf8");
  if (!groups.has(key)) groups.set(key, { session, types, base: path.join(workspace, "tsconfig.base.json"), members: [] });
  groups.get(key).members.push({ name, document, routes: path.join(workspace, "frontends", frontend, "routes") });
}

for (const { session, types, base, members } of groups.values()) {
  const read = ts.readConfigFile(base, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(read.config, ts.sys, path.dirname(base));
  options.paths = { frontage: [types] };
  const files = members.flatMap(({ routes }) => !fs.existsSync(routes) ? [] :
    fs.readdirSync(routes, { recursive: true }).filter((file) => file.endsWith(".ts")).map((file) => path.join(routes, file)));
  const program = ts.createProgram([session, ...files], options);
  for (const file of files) complain(ts.getPreEmitDiagnostics(program, program.getSourceFile(file)), root);
  for (const { name, document, routes } of members) {
    try {
      const { compared, faults: found } = compareRoutes(routesOf(program, routes), document);
      counts.routes += compared;
      faults.push(...found.map((fault) => `${name}: ${fault}`));
    } catch (error) {
      faults.push(`${name}: ${error.stack}`);
    }
  }
}

accept(made, {
  strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, verbatimModuleSyntax: true,
  erasableSyntaxOnly: true, isolatedModules: true, noUnusedLocals: true, noImplicitOverride: true,
  noPropertyAccessFromIndexSignature: true, allowImportingTsExtensions: true, checkJs: false,
  lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
});
console.log(JSON.stringify({ counts, faults }));

/** tsc over texts that were made. */
function accept(texts, options) {
  const folder = path.join(root, ".made");
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }');
  for (const [name, text] of texts) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  const all = { ...options, noEmit: true, skipLibCheck: false, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, types: [] };
  const program = ts.createProgram([...texts.keys()].map((name) => path.join(folder, name)), all);
  complain(ts.getPreEmitDiagnostics(program), folder);
}

/** What tsc says, as faults. */
function complain(diagnostics, folder) {
  for (const diagnostic of diagnostics) {
    const words = ts.flattenDiagnosticMessageText(diagnostic.messageText, " ");
    const place = diagnostic.file ? `${path.relative(folder, diagnostic.file.fileName)}:${diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line + 1}` : "";
    faults.push(`${place}: tsc: TS${diagnostic.code}: ${words}`);
  }
}
