// The Node side of the comparison with tsc.
//
// In:    one line with the task; then a line for each variant that Frontage judged.
// Out:   lines of JSON: variants to judge, notes for people, in the end the outcome.
// Never: a file written; a variant that depends on anything but its run's seed.

import path from "node:path";
import { createInterface } from "node:readline";
import ts from "typescript";
import { mutate } from "./mutate.mjs";
import { hash, Random } from "./random.mjs";
import { text } from "./shape.mjs";
import { shrink, Together } from "./shrink.mjs";
import { Tsc } from "./tsc.mjs";

/** Variants that go through tsc in one program. */
const AT_ONCE = 150;
/** Disagreements that are made small; further ones are only counted. */
const MOST_SHRUNK = Number(process.env.FRONTAGE_ORACLE_SHRINK ?? 12);

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const listen = async () => JSON.parse((await lines.next()).value);
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

const task = await listen();
const tsc = new Tsc(task.root);
const began = Date.now();

/** Frontends by what their programs can share. */
const groups = new Map();
const modules = [];
for (const seed of task.seeds) {
  for (const [frontend, paths] of Object.entries(seed.frontends)) {
    const key = tsc.key(seed, frontend);
    if (!groups.has(key)) groups.set(key, { seed, frontend, files: [], program: undefined });
    const group = groups.get(key);
    group.files.push(...paths.map((file) => path.join(seed.folder, file)));
    const importers = importersOf(seed, paths);
    for (const file of paths) modules.push({ seed, frontend, file, group, importers: importers.get(file), hash: hash(`${seed.name} ${frontend} ${file}`) });
  }
}
for (const group of groups.values()) {
  const session = path.join(group.seed.folder, ".frontage", group.frontend, "session.d.ts");
  group.program = tsc.program([session, ...group.files], new Map(), path.join(group.seed.folder, ".frontage/frontage.d.ts"));
}

const pools = Object.groupBy(modules, ({ seed }) => kindOf(seed));
const histogram = {};
const refusals = {};
const found = new Map();
const totals = { passed: 0, failed: 0, compared: 0, slowest: 0 };

await originals();
const first = task.only ?? 0;
const last = task.only === null ? task.runs : task.only + 1;
for (let run = first; run < last; run += AT_ONCE) {
  await batch(run, Math.min(run + AT_ONCE, last));
  say({ note: `${Math.min(run + AT_ONCE, last) - first} of ${last - first} runs, ${totals.failed} apart, ${((Date.now() - began) / 1000).toFixed(0)} s` });
}
const disagreements = await small();
const sorted = Object.fromEntries(Object.entries(histogram).sort(([a], [b]) => (a < b ? -1 : 1)));
const outcome = { ...totals, seed: task.seed, seconds: (Date.now() - began) / 1000, slowest: Math.round(totals.slowest), histogram: sorted, refusals, disagreements };
process.stdout.write(`${JSON.stringify({ outcome })}\n`, () => process.exit(0));

/** Where a seed is from. */
function kindOf(seed) {
  if (seed.name.startsWith("snippet--")) return "snippets";
  return seed.name === "shop" ? "shop" : seed.name.startsWith("generated--") ? "generated" : "cases";
}

/** Every seed as it stands. */
async function originals() {
  const whole = new Map();
  for (const module of modules) {
    const key = `${module.seed.name} ${module.frontend}`;
    if (!whole.has(key)) whole.set(key, { ...module, change: { generated: "none, generated", snippets: "none, snippets" }[kindOf(module.seed)] ?? "none", files: {} });
    whole.get(key).files[module.file] = original(module);
  }
  await compare([...whole.values()].map((variant) => ({ ...variant, text: variant.files[variant.file] })));
}

/** Runs `from..to`. */
async function batch(from, to) {
  const variants = [];
  for (let run = from; run < to; run++) {
    const random = new Random(BigInt(task.seed) * 1_000_003n + BigInt(run));
    // Modules of the shop and of the generator are larger than those of the cases.
    const kind = random.chance(0.2) ? "shop" : random.chance(0.5) ? "generated" : "cases";
    const pool = pools[kind] ?? modules;
    const module = random.rank(pool);
    const source = module.group.program.getSourceFile(path.join(module.seed.folder, module.file));
    const variant = mutate(random, source, module.group.program.getTypeChecker());
    if (!variant) continue;
    variants.push(variantOf(module, variant.text, { run, change: variant.change, changes: variant.changes }));
  }
  await compare(variants);
}

/** A module with another text, and those that import it. */
function variantOf(module, replaced, more) {
  const files = { [module.file]: replaced };
  for (const file of module.importers) files[file] = original({ ...module, file });
  return { ...module, ...more, files, text: replaced };
}

/** Judges variants on both sides and keeps what is apart. */
async function compare(variants) {
  for (const [variant, first] of await judge(variants)) {
    const verdict = first.kind ? again(variant, first.ours) : first;
    if (!verdict.kind && variant.run === undefined) surprise(variant.seed.name, verdict);
    const row = (histogram[variant.change] ??= { runs: 0, accepted: 0, rejected: 0, refused: 0, apart: 0 });
    row.runs++;
    totals.slowest = Math.max(totals.slowest, verdict.ours.ms);
    totals.compared += verdict.compared;
    if (task.spoken && variant.run === undefined) say({ note: spoken(variant, verdict) });
    if (verdict.kind) {
      row.apart++;
      totals.failed++;
      const sign = `${verdict.kind} ${verdict.code} ${verdict.words.replace(/['`"][^'`"]*['`"]/g, "_").slice(0, 60)}`;
      if (!found.has(sign)) {
        found.set(sign, { variant, verdict, count: 0, runs: [] });
        say({ note: `apart: ${verdict.kind}: ${variant.seed.name} ${variant.file} (run ${variant.run ?? "as it stands"}): ${verdict.code} ${verdict.words}` });
      }
      const known = found.get(sign);
      known.count++;
      if (known.runs.length < 8) known.runs.push(variant.run);
      // The shortest of those that are alike is the easiest to make small.
      if (variant.text.length < known.variant.text.length) Object.assign(known, { variant, verdict });
      continue;
    }
    totals.passed++;
    row[verdict.word]++;
    if (verdict.word === "refused") for (const fault of verdict.ours.faults) refusals[fault.code] = (refusals[fault.code] ?? 0) + 1;
  }
}

/**
 * Of what stands as it was written it is known whether it is refused by design: what the generator
 * writes is supported, and a snippet says so of itself.
 */
function surprise(name, verdict) {
  const known = name.startsWith("generated--") || name.startsWith("snippet--");
  const wanted = name.endsWith("--refused");
  if (!known || wanted === (verdict.word === "refused")) return;
  const [fault] = verdict.ours.faults;
  const words = wanted ? `${name} is ${verdict.word}, not refused by design` : fault.message;
  Object.assign(verdict, { kind: "refused", code: fault?.code ?? "none", words });
}

/** Verdicts on variants, in pairs. */
async function judge(variants) {
  const out = [];
  for (const group of new Set(variants.map((variant) => variant.group))) {
    const members = variants.filter((variant) => variant.group === group);
    const theirs = tsc.ask(members);
    for (const [i, variant] of members.entries()) {
      say({ check: { seed: variant.seed.name, frontend: variant.frontend, files: variant.files } });
      const ours = await listen();
      const verdict = decide(theirs[i], ours);
      const open = verdict.kind === "refused" && ours.faults.some((fault) => fault.ofUnknown);
      out.push([variant, open ? again(variant, ours) : verdict]);
    }
  }
  return out;
}

/**
 * The verdict on one variant alone: a fault of a type is told of once in a program, and one that
 * stands in two variants, of the first. What is `any` to tsc is `unknown` here, by design.
 */
function again(variant, ours) {
  const unknown = ours.faults.filter((fault) => fault.ofUnknown);
  const [theirs] = tsc.ask([variant], unknown);
  for (const [i, fault] of unknown.entries()) fault.byDesign = theirs.any[i];
  return decide(theirs, ours);
}

/** Whether both sides agree; `kind` says how they do not. */
function decide(theirs, ours) {
  const base = { theirs, ours, compared: 0 };
  if (ours.faults.length === 0 && theirs.faults.length > 0) {
    const [fault] = theirs.faults;
    return { ...base, kind: "accepted", code: `TS${fault.code}`, words: fault.message };
  }
  if (ours.faults.some((fault) => fault.code === "panic")) return { ...base, kind: "panic", code: "panic", words: "the checker panicked" };
  if (ours.faults.length > 0) {
    if (theirs.faults.length > 0) return { ...base, word: "rejected" };
    // A form that is left out is nothing that a type follows from.
    const form = ours.faults.some((one) => /^FR1/.test(one.code));
    const fault = form ? undefined : ours.faults.find((one) => !one.byDesign);
    return fault ? { ...base, kind: "refused", code: fault.code, words: fault.message } : { ...base, word: "refused" };
  }
  for (const [key, type] of Object.entries(theirs.results)) {
    if (!(key in ours.results)) continue;
    base.compared++;
    const [a, b] = [text(type), text(settled(ours.results[key]))];
    if (a !== b) return { ...base, kind: "result", code: "type", words: difference(a, b) };
  }
  return { ...base, word: "accepted" };
}

/** A verdict in words. */
function spoken(variant, { kind, word, theirs, ours }) {
  const faults = (side) => side.faults.map((fault) => `${fault.code} ${fault.file}:${fault.line} ${fault.message}`);
  const results = Object.keys({ ...theirs.results, ...ours.results }).flatMap((key) => [`tsc  ${key}: ${text(theirs.results[key] ?? null)}`, `ours ${key}: ${text(settled(ours.results[key] ?? null))}`]);
  return [`${kind ? "APART" : "agreed"} ${variant.seed.name}: ${kind ?? word}`, ...faults(theirs), ...faults(ours), ...results].join("\n    ");
}

/** Frontage's shape in the order that `shape.mjs` gives. */
function settled(found) {
  if (Array.isArray(found)) return found.map(settled);
  if (found === null || typeof found !== "object") return found;
  if (Array.isArray(found.union)) {
    const parts = found.union.map(settled);
    parts.sort((a, b) => (text(a) < text(b) ? -1 : 1));
    return { union: parts };
  }
  return Object.fromEntries(Object.entries(found).map(([key, value]) => [key, settled(value)]));
}

/** Where two texts part, with a little before. */
function difference(a, b) {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const from = Math.max(0, at - 30);
  return `tsc …${a.slice(from, at + 60)} | ours …${b.slice(from, at + 60)}`;
}

/** Disagreements made small, one of each kind, all side by side: a program costs a second. */
async function small() {
  const kinds = [...found.values()];
  const together = new Together(kinds.length, judge, variantOf);
  const least = await Promise.all(
    kinds.map(async ({ variant, verdict }, i) => {
      const still = (texts) => together.ask(variant, verdict, texts);
      const result = i < MOST_SHRUNK && variant.run !== undefined ? await shrink(variant.text, still) : variant.text;
      together.leave();
      return result;
    }),
  );
  const last = await judge(kinds.map(({ variant }, i) => variantOf(variant, least[i], { index: i })));
  const verdicts = new Map(last.map(([variant, verdict]) => [variant.index, again(variant, verdict.ours)]));
  return kinds.map(({ variant, verdict, count, runs }, i) => {
    const shown = verdicts.get(i)?.kind ? verdicts.get(i) : verdict;
    const summary = `${shown.kind}: ${variant.seed.name} ${variant.file} (${variant.changes?.join(", ") ?? variant.change}; runs ${runs.join(", ")}): ${shown.code} ${shown.words}`;
    return { kind: shown.kind, count, summary, case: caseOf(variant, least[i], shown, summary) };
  });
}

/** A disagreement in the form of `cases/`. */
function caseOf(variant, least, verdict, summary) {
  const files = { ...variant.files, [variant.file]: least };
  const sides = [...verdict.theirs.faults.map((fault) => `TS${fault.code} ${fault.file}:${fault.line} ${fault.message}`), ...verdict.ours.faults.map((fault) => `${fault.code} ${fault.file}:${fault.line} ${fault.message}`)];
  if (verdict.kind === "result") for (const [key, type] of Object.entries(verdict.theirs.results)) sides.push(`${key}: tsc ${text(type)}`, `${key}: ours ${text(settled(verdict.ours.results[key] ?? null))}`);
  const note = { shop: "\nIn `examples/shop`.\n", generated: `\nIn \`target/oracle-types/${variant.seed.name}\`.\n` }[kindOf(variant.seed)] ?? "";
  const blocks = Object.entries(files).map(([file, content]) => `\`\`\`\`ts ${file}\n${content.trim()}\n\`\`\`\``);
  return `# ${summary.slice(0, 100)}\n${note}\n${summary}\n\n${sides.join("\n")}\n\n${blocks.join("\n\n")}\n`;
}

function original({ seed, file }) {
  return tsc.read(path.join(seed.folder, file));
}

/** For each module of a frontend, the modules that need it, itself left out. */
function importersOf(seed, paths) {
  const direct = new Map(paths.map((file) => [file, []]));
  for (const file of paths) {
    for (const { fileName } of ts.preProcessFile(original({ seed, file })).importedFiles) {
      const target = fileName.startsWith(".") ? path.join(path.dirname(file), fileName) : fileName.startsWith("#shared/") ? `shared/${fileName.slice(8)}.ts` : undefined;
      direct.get(target)?.push(file);
    }
  }
  const out = new Map();
  for (const file of paths) {
    const seen = new Set();
    const visit = (at) => direct.get(at).forEach((next) => !seen.has(next) && (seen.add(next), visit(next)));
    visit(file);
    seen.delete(file);
    out.set(file, [...seen]);
  }
  return out;
}
