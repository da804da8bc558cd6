// tsc over many variants of modules at once.
//
// In:    workspaces on disk, each with its `.frontage/`; variants: some files' texts replaced.
// Out:   for each variant what tsc has against it, and the shapes of its routes' answers.
// Never: a file written. A variant lives in a folder of its own that exists only here
//        (`WORKSPACE~7/`); what it does not replace is read from its workspace.
//
// The library, zod and the types of "frontage" are read and parsed once for all programs. Frontends
// whose sessions are equal go through one program.

import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { answerShape } from "./shape.mjs";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** Whether what stands at `start..end` (in UTF-8) is `any`. */
function isAny(checker, source, start, end) {
  const bytes = Buffer.from(source.text);
  const at = (offset) => bytes.subarray(0, offset).toString().length;
  const [from, to] = [at(start), at(end)];
  let node = source;
  for (let inner = node; inner; ) {
    node = inner;
    inner = ts.forEachChild(node, (child) => (child.getStart(source) <= from && child.end >= to ? child : undefined));
  }
  return (checker.getTypeAtLocation(node).flags & ts.TypeFlags.Any) !== 0;
}

export class Tsc {
  constructor(root) {
    this.root = root;
    this.files = new Map();
    this.known = new Map();
    this.options = undefined;
  }

  /** Frontends of one key can share a program. */
  key(seed, frontend) {
    const session = path.join(seed.folder, ".frontage", frontend, "session.d.ts");
    return this.read(session) + this.read(path.join(seed.folder, ".frontage/frontage.d.ts"));
  }

  /**
   * Asks about variants (`{ seed, frontend, files }`) of one key; gives answers in their order.
   *
   * - `places` (`{ file, start, end }`, offsets in UTF-8): of each, whether it is `any` there.
   */
  ask(variants, places = []) {
    const overlay = new Map();
    const own = variants.map((variant, i) => {
      const folder = `${variant.seed.folder}~${i}`;
      const paths = Object.keys(variant.files).map((file) => path.join(folder, file));
      for (const [file, text] of Object.entries(variant.files)) overlay.set(path.join(folder, file), text);
      return paths;
    });
    const { seed, frontend } = variants[0];
    const session = path.join(seed.folder, ".frontage", frontend, "session.d.ts");
    const program = this.program([session, ...own.flat()], overlay, path.join(seed.folder, ".frontage/frontage.d.ts"));
    const checker = program.getTypeChecker();
    return own.map((paths) => {
      const faults = [];
      const results = {};
      for (const file of paths) {
        const source = program.getSourceFile(file);
        const short = file.slice(file.indexOf("~")).replace(/^~\d+\//, "");
        let found;
        try {
          found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
        } catch (error) {
          faults.push({ code: 0, file: short, line: 0, message: `tsc failed: ${error.message}` });
          continue;
        }
        for (const fault of found) {
          const { line } = source.getLineAndCharacterOfPosition(fault.start ?? 0);
          faults.push({ code: fault.code, file: short, line: line + 1, message: ts.flattenDiagnosticMessageText(fault.messageText, " ") });
        }
        if (faults.length > 0 || !short.includes("/routes/")) continue;
        const symbol = checker.getSymbolAtLocation(source);
        for (const exported of symbol ? checker.getExportsOfModule(symbol) : []) {
          if (!METHODS.includes(exported.name)) continue;
          const found = answerShape(checker, program, exported, source);
          if (found !== undefined) results[`${short} ${exported.name}`] = found;
        }
      }
      const any = places.map(({ file, start, end }) => {
        const source = program.getSourceFile(paths.find((own) => own.endsWith(`/${file}`)) ?? "");
        return source !== undefined && isAny(checker, source, start, end);
      });
      return { faults, results, any };
    });
  }

  /** A program over files on disk and in `overlay`. */
  program(roots, overlay, types) {
    const options = { ...this.compilerOptions(roots[0]), paths: { frontage: [types] } };
    const host = this.host(overlay);
    return ts.createProgram({ rootNames: [...new Set(roots)], options, host });
  }

  compilerOptions(file) {
    if (this.options) return this.options;
    const folder = path.join(path.dirname(file), "../..");
    const read = ts.readConfigFile(path.join(folder, "tsconfig.base.json"), ts.sys.readFile);
    const { options, errors } = ts.parseJsonConfigFileContent(read.config, ts.sys, folder);
    const faults = [read.error, ...errors].filter((fault) => fault && fault.code !== 18003);
    if (faults.length > 0) throw new Error(ts.flattenDiagnosticMessageText(faults[0].messageText, " "));
    this.options = options;
    return options;
  }

  host(overlay) {
    const real = (file) => file.replace(/~\d+(?=\/|$)/, "");
    const read = (file) => overlay.get(file) ?? this.read(real(file));
    const exists = (file) => overlay.has(file) || this.read(real(file)) !== undefined;
    const host = {
      fileExists: exists,
      readFile: read,
      directoryExists: (folder) => this.remember(`folder ${real(folder)}`, () => ts.sys.directoryExists(real(folder))),
      getDirectories: () => [],
      realpath: (file) => (file.includes("~") ? file : this.remember(`real ${file}`, () => ts.sys.realpath(file))),
      getCurrentDirectory: () => this.root,
      getCanonicalFileName: (file) => file,
      useCaseSensitiveFileNames: () => true,
      getNewLine: () => "\n",
      getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
      getDefaultLibLocation: () => path.dirname(ts.getDefaultLibFilePath({})),
      writeFile: () => {},
      getSourceFile: (file, settings) => {
        if (overlay.has(file)) return ts.createSourceFile(file, overlay.get(file), settings, true);
        const known = this.files.get(file);
        if (known) return known;
        const text = read(file);
        if (text === undefined) return undefined;
        const source = ts.createSourceFile(file, text, settings, true);
        this.files.set(file, source);
        return source;
      },
    };
    const cache = ts.createModuleResolutionCache(this.root, (file) => file);
    host.resolveModuleNameLiterals = (literals, from, redirected, options, source) =>
      literals.map((literal) => {
        const mode = ts.getModeForUsageLocation(source, literal, options);
        const found = ts.resolveModuleName(literal.text, from, options, host, cache, redirected, mode);
        const target = found.resolvedModule?.resolvedFileName;
        // What a variant does not replace is its workspace's, parsed once.
        if (target && target.includes("~") && !overlay.has(target)) {
          return { ...found, resolvedModule: { ...found.resolvedModule, resolvedFileName: real(target) } };
        }
        return found;
      });
    return host;
  }

  read(file) {
    return this.remember(`text ${file}`, () => {
      try {
        return fs.readFileSync(file, "utf8");
      } catch {
        return undefined;
      }
    });
  }

  remember(key, find) {
    if (!this.known.has(key)) this.known.set(key, find());
    return this.known.get(key);
  }
}
