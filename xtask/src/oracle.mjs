// Asks tsc about many workspaces at once.
//
// In:  a folder that holds workspaces as subfolders, each with its `.frontage/`.
// Out: one JSON object: subfolder -> what tsc has against it ("file(line,column): TSnnnn: words").
//
// Frontends whose sessions are equal go through one program, so that the library, zod and the
// types of "frontage" are read and bound once. `#upstreams` and `#shared/*` resolve by each
// workspace's own package.json.

import fs from "node:fs";
import path from "node:path";
import ts from "typescript";

const root = path.resolve(process.argv[2]);
const found = {};
const groups = new Map();

for (const name of fs.readdirSync(root).sort()) {
  const frontends = path.join(root, name, "frontends");
  if (!fs.existsSync(frontends)) continue;
  found[name] = [];
  for (const frontend of fs.readdirSync(frontends).sort()) {
    const files = ["routes", "lib"].flatMap((folder) => modules(path.join(frontends, frontend, folder)));
    files.push(...modules(path.join(root, name, "shared")), ...modules(path.join(root, name, "contracts")));
    const session = path.join(root, name, ".frontage", frontend, "session.d.ts");
    const types = path.join(root, name, ".frontage", "frontage.d.ts");
    if (!fs.existsSync(session) || files.length === 0) continue;
    const key = fs.readFileSync(session, "utf8") + fs.readFileSync(types, "utf8");
    if (!groups.has(key)) groups.set(key, { session, types, base: path.join(root, name, "tsconfig.base.json"), files: [] });
    groups.get(key).files.push(...files);
  }
}

for (const { session, types, base, files } of groups.values()) {
  const read = ts.readConfigFile(base, ts.sys.readFile);
  const { options, errors } = ts.parseJsonConfigFileContent(read.config, ts.sys, path.dirname(base));
  const faults = [read.error, ...errors].filter((fault) => fault && fault.code !== 18003);
  if (faults.length > 0) throw new Error(ts.flattenDiagnosticMessageText(faults[0].messageText, " "));
  options.paths = { frontage: [types] };
  const program = ts.createProgram([...new Set([session, ...files])], options);
  for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
    const words = ts.flattenDiagnosticMessageText(diagnostic.messageText, " ");
    if (!diagnostic.file) throw new Error(words);
    const [name, ...rest] = path.relative(root, diagnostic.file.fileName).split(path.sep);
    const { line, character } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
    const text = `${rest.join("/")}(${line + 1},${character + 1}): TS${diagnostic.code}: ${words}`;
    if (!found[name]) throw new Error(`outside the workspaces: ${diagnostic.file.fileName}: ${text}`);
    found[name].push(text);
  }
}
console.log(JSON.stringify(found));

function modules(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts"))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}
