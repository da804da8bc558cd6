// @ts-check
// Parts that several views show: tiles, notices, pagination, skeletons, refusals.
import { told } from "./api.mjs";
import { h, icon, picture, shapes, stars } from "./dom.mjs";

/** @typedef {{ id: string, name: string, brand: string, price: string, was: string | null, saving: number | null, rating: number, reviews: number, image: { src: string, alt: string, width: number, height: number } | null }} Tile */

/** @param {Tile} product */
export const tile = (product) =>
  h("li", { class: "tile" },
    h("div", { class: "tile-picture" }, picture(product.image, { alt: "" }),
      product.saving !== null && h("span", { class: "badge sale" }, `−${product.saving} %`)),
    h("p", { class: "tile-brand" }, product.brand),
    h("a", { href: `/products/${product.id}`, class: "tile-name" }, product.name),
    h("p", { class: "tile-price" }, h("strong", null, product.price), product.was !== null && h("s", null, h("span", { class: "hidden" }, "before "), product.was)),
    h("p", { class: "tile-rating" }, stars(product.rating, product.reviews), product.reviews > 0 ? `${product.reviews}` : "new"));

/** @param {string} tone @param {string} text */
export const status = (tone, text) => h("span", { class: `status ${tone}` }, text);

/** What the names in `frontage-fallback` mean to somebody who looks at the page. */
const parts = /** @type {Record<string, string>} */ ({
  picks: "recommendations",
  stocks: "stock",
  shelf: "stock",
  shelves: "stock by warehouse",
  reviews: "reviews",
  warehouses: "names of warehouses",
});

/**
 * Says that the answer is not whole: some part did not come in time and was replaced.
 * @param {string[]} replaced
 */
export const missing = (replaced) => {
  if (replaced.length === 0) return null;
  const names = [...new Set(replaced.map((part) => parts[part] ?? parts[part.split(".")[0] ?? ""] ?? "a part"))];
  return h("p", { class: "notice partial", role: "status" }, icon(shapes.warning),
    h("span", null, `Not everything came in time: ${names.join(", ")} ${names.length > 1 ? "are" : names[0]?.endsWith("s") ? "are" : "is"} missing. The rest of this page is current.`));
};

/** @param {string} text @param {...(Node | string)} more */
export const empty = (text, ...more) => h("div", { class: "empty" }, icon(shapes.box), h("p", null, text), more);

/**
 * Why there is nothing to show, and what can be done.
 * @param {unknown} error
 * @param {() => void} retry
 */
export const refused = (error, retry) => {
  const problem = told(error);
  return h("section", { class: "refusal", role: "alert" },
    h("p", { class: "refusal-code" }, problem.status ? String(problem.status) : "offline"),
    h("h1", { tabindex: "-1" }, problem.status === 404 ? "We could not find that" : problem.title),
    problem.text && h("p", null, problem.text),
    problem.faults.length > 0 && h("ul", null, problem.faults.map((fault) => h("li", null, h("code", null, fault.path || fault.in), ` ${fault.message}`))),
    h("p", { class: "row" }, h("button", { type: "button", class: "button primary", onclick: retry }, "Try again"), h("a", { class: "button", href: "/" }, "To the start page")),
    h("p", { class: "small quiet" }, `code ${problem.code}`, problem.requestId && `, request ${problem.requestId}`));
};

/** Grey shapes where content will be. @param {number} lines @param {string} [kind] */
export const skeleton = (lines, kind = "line") =>
  h("div", { class: `skeletons ${kind}`, "aria-hidden": "true" }, Array.from({ length: lines }, () => h("span", { class: "skeleton" })));

/**
 * Links to the pages around this one.
 * @param {number} page @param {number} pages @param {(page: number) => string} to
 */
export const pagination = (page, pages, to) => {
  const near = [...new Set([1, page - 1, page, page + 1, pages])].filter((n) => n >= 1 && n <= pages).toSorted((a, b) => a - b);
  const step = (/** @type {number} */ n, /** @type {string} */ text, /** @type {string} */ shape) =>
    n >= 1 && n <= pages
      ? h("a", { href: to(n), class: "page step", rel: n < page ? "prev" : "next" }, icon(shape), h("span", { class: "hidden" }, text))
      : h("span", { class: "page step off", "aria-hidden": "true" }, icon(shape));
  return h("nav", { class: "pagination", "aria-label": "Pages" },
    step(page - 1, "Page before", shapes.left),
    near.flatMap((n, index) => [
      index > 0 && n - (near[index - 1] ?? n) > 1 ? h("span", { class: "gap", "aria-hidden": "true" }, "…") : null,
      h("a", { href: to(n), class: "page", "aria-current": n === page ? "page" : null, "aria-label": `Page ${n}` }, String(n)),
    ]),
    step(page + 1, "Page after", shapes.right));
};

/** @param {string} title @param {...(Node | string | null | false)} content */
export const section = (title, ...content) => {
  const id = `s-${title.toLowerCase().replace(/\W+/g, "-")}`;
  return h("section", { class: "section", "aria-labelledby": id }, h("h2", { id }, title), content);
};
