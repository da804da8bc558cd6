// @ts-check
// The product table: every filter, the order and the page stand in the address.
import { api } from "../api.mjs";
import { h, icon, picture, shapes, stars } from "../dom.mjs";
import { empty, missing, pagination } from "../pieces.mjs";

/** @import { Shown, Visit } from "../app.mjs" */
/** @import { GetProductsAnswer as Table, GetProductsRequest } from "../client.mjs" */
/** @typedef {NonNullable<GetProductsRequest["query"]>} Query */

const filters = ["q", "category", "brand", "minPriceCents", "maxPriceCents", "inStock"];
const orders = /** @type {const} */ ({
  relevance: "Most wanted", name: "Name", price_asc: "Price, low to high", price_desc: "Price, high to low", rating: "Best rated", newest: "Newest",
});

/** This address with some parts changed; a changed filter starts at the first page. @param {URLSearchParams} query @param {Record<string, string | null>} change */
const to = (query, change) => {
  const next = new URLSearchParams(query);
  if (!("page" in change)) next.delete("page");
  for (const [key, value] of Object.entries(change)) {
    if (value === null || value === "") next.delete(key);
    else next.set(key, value);
  }
  return next.size ? `/products?${next}` : "/products";
};

/** What the address asks for; whether it can be is the backend's to say. @param {URLSearchParams} query @returns {Query} */
const asked = (query) => {
  const text = (/** @type {string} */ name) => query.get(name) || undefined;
  const number = (/** @type {string} */ name) => (query.get(name) ? Number(query.get(name)) : undefined);
  return {
    q: text("q"),
    category: text("category"),
    brand: text("brand"),
    minPriceCents: number("minPriceCents"),
    maxPriceCents: number("maxPriceCents"),
    inStock: /** @type {Query["inStock"]} */ (text("inStock")),
    sort: /** @type {Query["sort"]} */ (text("sort")),
    page: number("page"),
  };
};

/** @param {Visit} visit @returns {Promise<Shown>} */
export const products = async ({ query, signal, main, note }) => {
  const answer = await api.getProducts({ query: asked(query), signal });
  note(answer);
  const { data } = answer;
  const sort = query.get("sort") ?? "relevance";
  const focused = document.activeElement?.closest("[data-focus]")?.getAttribute("data-focus") ?? null;
  const opened = new Set([...main.querySelectorAll("details.facet[open]")].map((d) => d.getAttribute("data-facet")));
  const names = new Map([...data.facets.categories, ...(data.category ? [data.category] : []), ...data.facets.brands].map((f) => [f.id, f.name]));
  const q = query.get("q");
  const title = q ? `Results for “${q}”` : (data.category?.name ?? (query.has("category") ? "Products" : "All products"));

  const node = h("div", { class: "browse" },
    h("aside", { class: "facets", "aria-label": "Filters" },
      within(query),
      facet("category", "Department", data.category && !data.facets.categories.some((f) => f.id === data.category?.id) ? [{ ...data.category, count: data.total }, ...data.facets.categories] : data.facets.categories, query, true),
      prices(data, query),
      facet("brand", "Brand", data.facets.brands, query, opened.has("brand") || query.has("brand") || opened.size === 0),
      h("a", { class: "facet-choice alone", href: to(query, { inStock: query.has("inStock") ? null : "true" }), "data-keep": true, "data-focus": "inStock", "aria-current": query.has("inStock") ? "true" : null },
        h("span", { class: "box", "aria-hidden": "true" }), "Can be ordered now", h("span", { class: "count" }, data.facets.inStock.toLocaleString("en")))),
    h("section", { class: "results", "aria-label": "Products" },
      missing(answer.replaced),
      h("header", { class: "results-head" },
        h("h1", { tabindex: "-1" }, title),
        h("p", { class: "quiet", role: "status" }, data.total === 1 ? "1 product" : `${data.total.toLocaleString("en")} products`),
        h("label", { class: "sort" }, h("span", { class: "quiet small" }, "Order by"),
          h("select", { "data-focus": "sort", onchange: (/** @type {Event} */ event) => follow(to(query, { sort: /** @type {HTMLSelectElement} */ (event.target).value })) },
            Object.entries(orders).map(([value, name]) => h("option", { value, selected: value === sort }, name))))),
      chips(query, names, data),
      data.items.length === 0
        ? empty("Nothing matches all of these filters.", h("a", { href: "/products", class: "button" }, "Show all products"))
        : table(data, query, sort),
      data.pages > 1 && pagination(data.page, data.pages, (page) => to(query, { page: page === 1 ? null : String(page) }))),
  );

  const again = focused === null ? undefined : node.querySelector(`[data-focus="${CSS.escape(focused)}"]`);
  return { title, node, ...(again ? { focus: again } : {}) };
};

/** Goes on without losing the place. @param {string} address */
const follow = (address) => {
  const link = h("a", { href: address, "data-keep": true });
  document.body.append(link);
  link.click();
  link.remove();
};

/** @param {URLSearchParams} query */
const within = (query) =>
  h("form", {
    class: "within", role: "search", "aria-label": "Search in these products",
    onsubmit: (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      follow(to(query, { q: String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("q") ?? "").trim() }));
    },
  },
    h("label", { class: "hidden", for: "within" }, "Search in these products"),
    h("input", { id: "within", name: "q", type: "search", value: query.get("q") ?? "", placeholder: "Search here", maxlength: 100, "data-focus": "within" }),
    h("button", { type: "submit", class: "button" }, icon(shapes.search), h("span", { class: "hidden" }, "Search here")));

/**
 * @param {string} key @param {string} name @param {{ id: string, name: string, count: number }[]} choices
 * @param {URLSearchParams} query @param {boolean} open
 */
const facet = (key, name, choices, query, open) => {
  const chosen = query.get(key);
  return h("details", { class: "facet", "data-facet": key, open },
    h("summary", null, name),
    h("ul", null,
      chosen !== null && !choices.some((choice) => choice.id === chosen) && h("li", null, choiceLink(key, { id: chosen, name: chosen, count: 0 }, query, true)),
      choices.map((choice) => h("li", null, choiceLink(key, choice, query, choice.id === chosen)))));
};

/** @param {string} key @param {{ id: string, name: string, count: number }} choice @param {URLSearchParams} query @param {boolean} chosen */
const choiceLink = (key, choice, query, chosen) =>
  h("a", { class: "facet-choice", href: to(query, { [key]: chosen ? null : choice.id }), "data-keep": true, "data-focus": `${key}:${choice.id}`, "aria-current": chosen ? "true" : null },
    h("span", { class: "box", "aria-hidden": "true" }), choice.name, h("span", { class: "count" }, choice.count.toLocaleString("en")));

/** @param {Table} data @param {URLSearchParams} query */
const prices = (data, query) =>
  h("details", { class: "facet", "data-facet": "price", open: true },
    h("summary", null, "Price, net"),
    h("ul", null, data.facets.prices.map((range) => {
      const from = String(range.fromCents);
      const chosen = query.get("minPriceCents") === from;
      return h("li", null, h("a", {
        class: "facet-choice", "data-keep": true, "data-focus": `price:${from}`, "aria-current": chosen ? "true" : null,
        href: to(query, { minPriceCents: chosen ? null : from, maxPriceCents: chosen || range.toCents === null ? null : String(range.toCents) }),
      }, h("span", { class: "box", "aria-hidden": "true" }), range.label, h("span", { class: "count" }, range.count.toLocaleString("en"))));
    })));

/** What is filtered by, each to be taken away. @param {URLSearchParams} query @param {Map<string, string>} names @param {Table} data */
const chips = (query, names, data) => {
  const active = filters.filter((key) => query.has(key) && key !== "maxPriceCents");
  if (active.length === 0) return null;
  const text = (/** @type {string} */ key) => {
    const value = query.get(key) ?? "";
    if (key === "minPriceCents") return data.facets.prices.find((p) => String(p.fromCents) === value)?.label ?? "Price";
    return key === "q" ? `“${value}”` : key === "inStock" ? "Can be ordered now" : (names.get(value) ?? value);
  };
  return h("ul", { class: "chips", "aria-label": "Active filters" },
    active.map((key) => h("li", null, h("a", { class: "chip", "data-keep": true, href: to(query, key === "minPriceCents" ? { minPriceCents: null, maxPriceCents: null } : { [key]: null }) },
      h("span", { class: "hidden" }, "Remove "), text(key), icon(shapes.close)))),
    active.length > 1 && h("li", null, h("a", { href: "/products", class: "chip plain", "data-keep": true }, "Clear all")));
};

/** @param {Table} data @param {URLSearchParams} query @param {string} sort */
const table = (data, query, sort) => {
  /** @param {string} text @param {string} up @param {string | null} down @param {string} [kind] */
  const head = (text, up, down, kind = "") => {
    const now = sort === up ? "ascending" : sort === down ? "descending" : null;
    const next = sort === up && down ? down : sort === down && up !== down ? up : up;
    return h("th", { scope: "col", class: kind, "aria-sort": now },
      h("button", { type: "button", class: "sorter", "data-focus": `sort:${text}`, onclick: () => follow(to(query, { sort: next })) },
        text, icon(now === "descending" ? shapes.down : shapes.up)));
  };
  return h("div", { class: "table-frame", role: "region", "aria-label": "Product table", tabindex: "0" },
    h("table", { class: "products" },
      h("thead", null, h("tr", null,
        head("Product", "name", null),
        h("th", { scope: "col" }, "Brand"),
        h("th", { scope: "col" }, "Department"),
        head("Price", "price_asc", "price_desc", "end"),
        rated(sort, query),
        h("th", { scope: "col" }, "Stock"),
        h("th", { scope: "col", class: "end" }, "Leaves in"),
        h("th", { scope: "col", class: "end" }, "Warranty"))),
      h("tbody", null, data.items.map((item) =>
        h("tr", null,
          h("th", { scope: "row" }, h("div", { class: "named" },
            picture(item.image, { alt: "" }),
            h("div", null, h("a", { href: `/products/${item.id}`, class: "cover" }, item.name), h("span", { class: "sku" }, item.sku)))),
          h("td", null, item.brand),
          h("td", { class: "quiet" }, item.category),
          h("td", { class: "end number" },
            item.saving !== null && h("span", { class: "badge sale" }, `−${item.saving} %`),
            h("strong", null, item.price),
            item.tiers > 0 && h("span", { class: "sku" }, "less in bulk")),
          h("td", { class: "rating" }, stars(item.rating, item.reviews), h("span", { class: "quiet number" }, item.reviews > 0 ? `${item.rating.toFixed(1)} (${item.reviews})` : "–")),
          h("td", null, item.stock ? h("span", { class: `stock ${item.stock.status}` }, item.stock.label) : h("span", { class: "quiet" }, "unknown")),
          h("td", { class: "end number" }, item.dispatchDays === 1 ? "1 day" : `${item.dispatchDays} days`),
          h("td", { class: "end number quiet" }, `${item.warrantyMonths} mo.`))))));
};

/** Ratings have one order only: best first. @param {string} sort @param {URLSearchParams} query */
const rated = (sort, query) =>
  h("th", { scope: "col", "aria-sort": sort === "rating" ? "descending" : null },
    h("button", { type: "button", class: "sorter", "data-focus": "sort:Rating", onclick: () => follow(to(query, { sort: "rating" })) }, "Rating", icon(shapes.down)));
