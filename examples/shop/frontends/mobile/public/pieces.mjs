// @ts-check
// Parts that several screens show.
import { told } from "./api.mjs";
import { h, icon, rated, shapes, thumb } from "./dom.mjs";

/** @typedef {{ id: string, name: string, brand: string, price: string, saving: number | null, stars: number | null, image: string | null }} Card */

/** @param {Card} product */
export const card = (product) =>
  h("li", { class: "card" }, thumb(product.image, 96),
    product.saving !== null && h("span", { class: "badge" }, `−${product.saving} %`),
    h("a", { href: `/products/${product.id}`, class: "cover" }, product.name),
    h("p", { class: "row between" }, h("strong", { class: "number" }, product.price), product.stars !== null && rated(product.stars)));

/** @param {{ id: string, title: string, image: string | null, pieces: number, status: string, tone: string, total: string, on?: string }} order */
export const orderRow = (order) =>
  h("li", { class: "line" }, thumb(order.image, 56),
    h("div", { class: "grow" }, h("a", { href: `/orders/${order.id}`, class: "cover" }, order.title),
      h("p", { class: "quiet small" }, h("span", { class: `status ${order.tone}` }, order.status), ` · ${order.pieces} ${order.pieces === 1 ? "piece" : "pieces"}`, order.on && ` · ${order.on}`)),
    h("strong", { class: "number" }, order.total));

const parts = /** @type {Record<string, string>} */ ({ picks: "our picks", shelf: "the stock", voices: "what others say" });

/** Says that some part did not come in time. @param {string[]} replaced */
export const missing = (replaced) => {
  if (replaced.length === 0) return null;
  const names = [...new Set(replaced.map((part) => parts[part] ?? "a part"))];
  return h("p", { class: "notice", role: "status" }, icon(shapes.warning), `Without ${names.join(" and ")} for now: that took too long.`);
};

/** @param {string} text @param {...Node} more */
export const empty = (text, ...more) => h("div", { class: "empty" }, icon(shapes.box), h("p", null, text), more);

/** Why there is nothing to show, and what can be done. @param {unknown} error @param {() => void} retry */
export const refused = (error, retry) => {
  const problem = told(error);
  const suspended = problem.code === "account_suspended";
  return h("section", { class: "refusal", role: "alert" }, icon(shapes.warning),
    h("h1", { tabindex: "-1" }, suspended ? "Account suspended" : problem.status === 404 ? "Not found" : problem.title),
    h("p", null, problem.text ?? `The shop answered ${problem.status}.`),
    problem.faults.length > 0 && h("ul", null, problem.faults.map((fault) => h("li", null, `${fault.path || fault.in}: ${fault.message}`))),
    h("button", { type: "button", class: "button primary wide", onclick: retry }, "Try again"),
    suspended ? h("a", { href: "/search", class: "button wide" }, "Look around") : h("a", { href: "/", class: "button wide" }, "Home"),
    h("p", { class: "small quiet" }, problem.code, problem.requestId && ` · ${problem.requestId}`));
};

/** @param {number} count @param {string} [kind] */
export const skeleton = (count, kind = "lines") =>
  h("div", { class: `skeletons ${kind}`, "aria-hidden": "true" }, Array.from({ length: count }, () => h("span", { class: "skeleton" })));

/** `€1,234.56`, as the backend writes it. @param {number} cents */
export const euros = (cents) => `€${(cents / 100).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
