// @ts-check
// Search: words, departments, and results a screenful at a time.
import { api } from "../api.mjs";
import { h, icon } from "../dom.mjs";
import { card, empty } from "../pieces.mjs";

/** @import { Shown, Visit } from "../app.mjs" */

/** @param {string} q @param {string | null} category */
const to = (q, category) => {
  const query = new URLSearchParams({ ...(q ? { q } : {}), ...(category ? { category } : {}) });
  return query.size ? `/search?${query}` : "/search";
};

/** @param {Visit} visit @returns {Promise<Shown>} */
export const search = async ({ query, signal }) => {
  const q = query.get("q") ?? "";
  const category = query.get("category");
  const asked = { q: q || undefined, category: category ?? undefined };
  const [{ data }, { data: categories }] = await Promise.all([
    api.getSearch({ query: asked, signal }),
    api.getCategories({ signal }),
  ]);
  const list = h("ul", { class: "cards" }, data.items.map(card));
  let { next } = data;
  const said = h("p", { class: "quiet small", role: "status" }, data.total === 1 ? "1 product" : `${data.total.toLocaleString("en")} products`);
  const more = h("button", { type: "button", class: "button wide" }, "Show more");
  more.hidden = next === null;
  more.addEventListener("click", async () => {
    more.disabled = true;
    try {
      const { data: page } = await api.getSearch({ query: { ...asked, offset: next ?? undefined }, signal });
      const added = page.items.map(card);
      list.append(...added);
      next = page.next;
      more.hidden = next === null;
      said.textContent = `${list.children.length} of ${page.total.toLocaleString("en")} products`;
      added[0]?.querySelector("a")?.focus();
    } finally {
      more.disabled = false;
    }
  });

  return {
    title: q ? `Results for ${q}` : "Search",
    node: h("div", { class: "screen" },
      h("h1", { class: "hidden", tabindex: "-1" }, q ? `Results for ${q}` : "Search"),
      h("form", {
        role: "search", class: "search",
        onsubmit: (/** @type {SubmitEvent} */ event) => {
          event.preventDefault();
          const text = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("q") ?? "").trim();
          document.dispatchEvent(new CustomEvent("shop:go", { detail: to(text, category) }));
        },
      },
        h("label", { class: "hidden", for: "q" }, "What are you looking for?"),
        h("input", { id: "q", name: "q", type: "search", value: q, placeholder: "What are you looking for?", autocomplete: "off", maxlength: 80, enterkeyhint: "search" }),
        h("button", { type: "submit", class: "button primary" }, "Find")),
      h("nav", { class: "chips", "aria-label": "Departments" }, h("ul", null, categories.map((one) =>
        h("li", null, h("a", { href: to(q, one.id === category ? null : one.id), class: "chip", "aria-current": one.id === category ? "true" : null }, icon(one.icon), one.name))))),
      said,
      data.items.length === 0 ? empty("Nothing found that can be ordered now.", h("a", { href: "/search", class: "button" }, "Show bestsellers")) : list,
      more),
  };
};
