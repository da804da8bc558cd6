// Makes the JavaScript of the generated client's runtime, and its declarations, of its TypeScript.
//
// In:    crates/emit/src/client/runtime.ts
// Out:   runtime.mjs and runtime.d.mts beside it; with `--check`, status 1 if they differ.

import fs from "node:fs";
import ts from "typescript";

const folder = new URL("../../../crates/emit/src/client/", import.meta.url);
const read = (name) => (fs.existsSync(new URL(name, folder)) ? fs.readFileSync(new URL(name, folder), "utf8") : "");
const two = (text) => text.replace(/^(?: {4})+/gm, (pad) => pad.slice(pad.length / 2));
const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true, isolatedDeclarations: true };

const source = read("runtime.ts");
const code = ts.transpileModule(source, { compilerOptions }).outputText;
const { outputText, diagnostics } = ts.transpileDeclaration(source, { compilerOptions, fileName: "runtime.ts" });
if (diagnostics?.length) throw new Error(ts.flattenDiagnosticMessageText(diagnostics[0].messageText, " "));
// What is not exported is nobody's business.
const declarations = outputText.replace(/^interface [\s\S]*?^}\n/gm, "").replace(/^declare const [\s\S]*?;\n/gm, "").replace(/^export \{\};\n/gm, "");

let stale = false;
for (const [name, text] of [["runtime.mjs", two(code)], ["runtime.d.mts", two(declarations)]]) {
  if (read(name) === text) continue;
  stale = true;
  if (process.argv.includes("--check")) console.error(`${name} is not made of runtime.ts: run node xtask/src/openapi/runtime.mjs`);
  else fs.writeFileSync(new URL(name, folder), text);
}
process.exitCode = stale && process.argv.includes("--check") ? 1 : 0;
