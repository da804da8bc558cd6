// Route modules as tsc sees them, and the operations of an OpenAPI document that stand for them.
//
// In:    a program of tsc with a workspace's route modules; the document of one frontend.
// Out:   for each exported route: its method, its path, and the JSON image of what it answers.

import path from "node:path";
import ts from "typescript";
import { answerOf, differences, fromSchema, fromType } from "./compare.mjs";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** `orders/[id].ts` below `routes/` is `/orders/{id}`. */
export const pathOf = (file) => {
  const parts = file.replace(/\.ts$/, "").split(/[\\/]/);
  if (parts.at(-1) === "index") parts.pop();
  return `/${parts.map((part) => part.replace(/^\[(?:\.\.\.)?(.+)\]$/, "{$1}")).join("/")}`;
};

/**
 * The routes of the modules below `folder` (a frontend's `routes/`): `{ method, path, node }`, the
 * node as in compare.mjs. Routes that hand on an upstream's answer have none.
 */
export const routesOf = (program, folder) => {
  const checker = program.getTypeChecker();
  const found = [];
  for (const source of program.getSourceFiles()) {
    const inside = path.relative(folder, source.fileName);
    if (inside.startsWith("..") || path.isAbsolute(inside) || source.isDeclarationFile) continue;
    const module = checker.getSymbolAtLocation(source);
    for (const symbol of module ? checker.getExportsOfModule(module) : []) {
      if (!METHODS.includes(symbol.name)) continue;
      const type = checker.getTypeOfSymbol(symbol);
      const [answer] = type.symbol?.name === "Route" ? checker.getTypeArguments(type) : [];
      if (!answer) throw new Error(`${source.fileName}: ${symbol.name} is no route to tsc: ${checker.typeToString(type)}`);
      const passed = /^passthrough\b/.test(initialiser(symbol));
      found.push({ method: symbol.name, path: pathOf(inside), node: passed ? undefined : fromType(checker, answer) });
    }
  }
  return found;
};

const initialiser = (symbol) => {
  const declaration = symbol.valueDeclaration;
  return declaration && ts.isVariableDeclaration(declaration) ? (declaration.initializer?.getText() ?? "") : "";
};

/**
 * Compares what tsc infers for the routes with what a document says they answer.
 * Gives how many were compared, and what differs.
 */
export const compareRoutes = (routes, document) => {
  const faults = [];
  let compared = 0;
  const seen = new Set();
  for (const { method, path: at, node } of routes) {
    const operation = document.paths?.[at]?.[method.toLowerCase()];
    seen.add(`${method} ${at}`);
    if (!operation) {
      faults.push(`${method} ${at}: the document does not have it`);
      continue;
    }
    // A HEAD has no body, and what is handed on has the upstream's.
    if (!node || method === "HEAD") continue;
    compared += 1;
    faults.push(...differences(node, answerOf(document, operation)).map((fault) => `${method} ${at}: ${fault}`));
  }
  for (const [at, item] of Object.entries(document.paths ?? {})) {
    for (const method of Object.keys(item)) {
      if (!seen.has(`${method.toUpperCase()} ${at}`)) faults.push(`${method} ${at}: no route module exports it`);
    }
  }
  return { compared, faults };
};

export { fromSchema };
