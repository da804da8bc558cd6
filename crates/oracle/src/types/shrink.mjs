// Makes a variant that disagrees as small as it can while it still disagrees in the same way.
//
// In:    a module's text, and a judge of many texts at once.
// Out:   a smaller text.
// Never: another disagreement than the one that was found.

import ts from "typescript";
import { all, apply } from "./mutate.mjs";

/** Texts that are judged in one go. */
const AT_ONCE = 30;

/** `still(texts)` says of each text whether it still disagrees. */
export async function shrink(text, still, rounds = 14) {
  for (let round = 0; round < rounds; round++) {
    const edits = reductions(text);
    if (edits.length === 0) return text;
    // The largest first; beyond what is judged in one go, those spread over the module.
    edits.sort((a, b) => saved(b) - saved(a));
    const tried = edits.slice(0, AT_ONCE);
    const held = await still(tried.map((edit) => apply(text, [edit])));
    const good = tried.filter((_, i) => held[i]);
    if (good.length === 0) {
      const rest = edits.slice(AT_ONCE, 2 * AT_ONCE);
      const more = rest.length > 0 ? await still(rest.map((edit) => apply(text, [edit]))) : [];
      const found = rest.filter((_, i) => more[i]);
      if (found.length === 0) return text;
      text = apply(text, [found[0]]);
      continue;
    }
    // All that do not touch each other together, or half of them, or the best one.
    const apart = [];
    for (const edit of good) if (!apart.some(([from, to]) => edit[0] <= to && from <= edit[1])) apart.push(edit);
    const together = [apart, apart.slice(0, Math.ceil(apart.length / 2)), apart.slice(0, 1)].map((set) => apply(text, set));
    const fine = await still(together);
    text = together[Math.max(0, fine.indexOf(true))] ?? together[2];
    if (!fine.includes(true)) text = together[2];
  }
  return text;
}

/** Gathers the questions of everyone who shrinks, and asks them at once. */
export class Together {
  constructor(active, judge, variantOf) {
    this.active = active;
    this.judge = judge;
    this.variantOf = variantOf;
    this.waiting = [];
  }

  ask(variant, verdict, texts) {
    return new Promise((resolve) => {
      this.waiting.push({ variant, verdict, texts, resolve });
      this.flush();
    });
  }

  leave() {
    this.active--;
    this.flush();
  }

  async flush() {
    if (this.active === 0 || this.waiting.length < this.active) return;
    const asked = this.waiting;
    this.waiting = [];
    const variants = asked.flatMap(({ variant, texts }, who) => texts.map((text, which) => this.variantOf(variant, text, { who, which })));
    const answers = asked.map(() => []);
    for (const [variant, next] of await this.judge(variants)) {
      const { verdict } = asked[variant.who];
      // A refusal by design that shrinking brought in would hide what the disagreement is about.
      const known = verdict.ours.faults.map((fault) => fault.code);
      const alone = next.ours.faults.every((fault) => !fault.byDesign || known.includes(fault.code));
      answers[variant.who][variant.which] = alone && next.kind === verdict.kind && next.code === verdict.code;
    }
    asked.forEach(({ resolve }, who) => resolve(answers[who]));
  }
}

function saved([from, to, replacement]) {
  return to - from - replacement.length;
}

/** Edits that take something away. */
function reductions(text) {
  const source = ts.createSourceFile("x.ts", text, ts.ScriptTarget.ES2024, true);
  const out = [];
  const drop = (node) => {
    const comma = /^\s*,/.exec(text.slice(node.end))?.[0].length ?? 0;
    out.push([node.getStart(), node.end + comma, ""]);
  };
  const become = (node, inner) => out.push([node.getStart(), node.end, inner.getText()]);
  for (const node of all(source)) {
    if (node === source) continue;
    if (ts.isStatement(node) && (ts.isBlock(node.parent) || ts.isSourceFile(node.parent) || ts.isCaseOrDefaultClause(node.parent))) drop(node);
    if (ts.isObjectLiteralElementLike(node) || ts.isImportSpecifier(node) || ts.isPropertySignature(node) || ts.isCaseOrDefaultClause(node) || ts.isParameter(node) || ts.isBindingElement(node)) drop(node);
    if (ts.isArrayLiteralExpression(node)) node.elements.forEach(drop);
    if (ts.isCallExpression(node)) node.arguments.forEach(drop);
    if (ts.isIfStatement(node)) become(node, node.thenStatement);
    if (ts.isTypeNode(node) && node.getText().length > 6) out.push([node.getStart(), node.end, "string"]);
    if (node.type && ts.isTypeNode(node.type) && (ts.isParameter(node) || ts.isVariableDeclaration(node) || ts.isArrowFunction(node))) out.push([node.type.pos - 1, node.type.end, ""]);
    if (ts.isExpression(node) && !ts.isIdentifier(node)) {
      ts.forEachChild(node, (child) => {
        if (ts.isExpression(child)) become(node, child);
        else if (ts.isPropertyAssignment(child)) become(node, child.initializer);
      });
      if (node.getText().length > 4) out.push([node.getStart(), node.end, '""'], [node.getStart(), node.end, "0"]);
    }
  }
  return out.filter((edit) => saved(edit) > 0);
}
