// @ts-check
// The page's shell: which view an address shows, who is signed in, where the focus goes.
import { api, become, cost, NoPage, user } from "./api.mjs";
import { h } from "./dom.mjs";
import { refused, skeleton } from "./pieces.mjs";
import { account } from "./views/account.mjs";
import { home } from "./views/home.mjs";
import { orders } from "./views/orders.mjs";
import { product } from "./views/product.mjs";
import { products } from "./views/products.mjs";

/** @import { Timing } from "./api.mjs" */

/**
 * What a view is given, and gives.
 * @typedef {object} Visit
 * @property {string[]} params what the address holds
 * @property {URLSearchParams} query
 * @property {AbortSignal} signal aborted when the visitor has gone on
 * @property {HTMLElement} main where the page shows now: a view may keep what stands there
 * @property {(answer: { data: unknown, headers: Headers }) => void} note tells the footer where the time went
 *
 * @typedef {{ title: string, node?: Node, focus?: Element | null }} Shown
 */

/** @type {{ at: RegExp, name: string, view: (visit: Visit) => Promise<Shown>, wait: () => Node }[]} */
const views = [
  { at: /^\/$/, name: "home", view: home, wait: () => h("div", { class: "page-width" }, skeleton(2, "title"), skeleton(6, "tiles")) },
  { at: /^\/products$/, name: "products", view: products, wait: () => h("div", { class: "browse" }, skeleton(12), skeleton(14, "rows")) },
  { at: /^\/products\/([^/]+)$/, name: "products", view: product, wait: () => h("div", { class: "page-width product-grid" }, skeleton(1, "picture"), skeleton(8)) },
  { at: /^\/orders(?:\/([^/]+))?$/, name: "orders", view: orders, wait: () => h("div", { class: "history" }, skeleton(9, "rows"), skeleton(8)) },
  { at: /^\/account$/, name: "account", view: account, wait: () => h("div", { class: "page-width" }, skeleton(8)) },
];

const find = (/** @type {string} */ selector) => {
  const found = document.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`no ${selector} in the page`);
  return found;
};
const main = find("main");
const live = find("#live");
const under = find("#under");

let leave = new AbortController();
let shownAt = "";

/** Shows what the address says. @param {{ first?: boolean, keep?: boolean }} [how] */
const show = async ({ first = false, keep = false } = {}) => {
  leave.abort();
  leave = new AbortController();
  const { signal } = leave;
  shownAt = location.pathname + location.search;
  const path = decodeURI(location.pathname);
  const found = views.find((candidate) => candidate.at.test(path));
  for (const link of document.querySelectorAll("#menu a")) {
    const current = link.getAttribute("data-view") === found?.name;
    if (current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }

  main.setAttribute("aria-busy", "true");
  // A quick answer needs no skeleton: it would only flicker.
  const timer = keep ? undefined : setTimeout(() => main.replaceChildren(found ? found.wait() : skeleton(4)), first ? 0 : 150);
  /** @type {Timing[]} */
  const timings = [];
  let bytes = 0;
  const note = (/** @type {{ data: unknown, headers: Headers }} */ answer) => {
    const spent = cost(answer);
    timings.push(...spent.timings);
    bytes += spent.bytes;
  };
  try {
    if (!found) throw new NoPage(`There is no page ${path}.`);
    const params = (found.at.exec(path) ?? []).slice(1).filter((part) => part !== undefined);
    const shown = await found.view({ params, query: new URLSearchParams(location.search), signal, main, note });
    if (signal.aborted) return;
    clearTimeout(timer);
    if (shown.node) main.replaceChildren(shown.node);
    document.title = `${shown.title} · Kontor`;
    live.textContent = shown.title;
    if (!first) settle(shown.focus);
  } catch (error) {
    if (signal.aborted) return;
    clearTimeout(timer);
    main.replaceChildren(h("div", { class: "page-width" }, refused(error, () => void show())));
    document.title = "Kontor";
    if (!first) settle();
  } finally {
    clearTimeout(timer);
    if (!signal.aborted) {
      main.removeAttribute("aria-busy");
      under.replaceChildren(times(timings, bytes));
    }
  }
};

/** Puts the focus where reading goes on. @param {Element | null} [focus] */
const settle = (focus) => {
  const target = focus === undefined ? main.querySelector("h1") : focus;
  if (target instanceof HTMLElement) target.focus({ preventScroll: focus === undefined });
};

/** Where the backend's time went: its calls, side by side. @param {Timing[]} timings @param {number} bytes */
const times = (timings, bytes) => {
  const total = timings.filter((t) => t.name === "total").reduce((sum, t) => sum + t.ms, 0);
  const calls = timings.filter((t) => t.name !== "total");
  if (calls.length === 0) return h("p", { class: "quiet small" }, "One backend for this page, compiled from frontends/web/routes.");
  /** @type {Map<string, { count: number, longest: number }>} */
  const merged = new Map();
  for (const call of calls) {
    const before = merged.get(call.name) ?? { count: 0, longest: 0 };
    merged.set(call.name, { count: before.count + 1, longest: Math.max(before.longest, call.ms) });
  }
  const most = Math.max(total, ...[...merged.values()].map((m) => m.longest), 0.1);
  return h("details", { class: "times" },
    h("summary", null, `${calls.length} calls to services, answered in ${total.toFixed(1)} ms with ${(bytes / 1024).toFixed(1)} KiB`),
    h("ul", null, [...merged].map(([name, { count, longest }]) =>
      h("li", null, h("code", null, name), h("span", { class: "quiet" }, count > 1 ? `${count} times, up to ${longest.toFixed(1)} ms` : `${longest.toFixed(1)} ms`),
        h("progress", { max: most, value: longest, "aria-hidden": "true" })))));
};

/** @param {string} address @param {{ keep?: boolean }} [how] */
export const go = (address, how) => {
  if (address === location.pathname + location.search) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  if (!how?.keep) window.scrollTo(0, 0);
  void show(how);
};

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const address = link.getAttribute("href");
  if (!address?.startsWith("/") || address.startsWith("/api/")) return;
  event.preventDefault();
  go(address, { keep: link.hasAttribute("data-keep") });
});
// A place within the page is not another page.
window.addEventListener("popstate", () => location.pathname + location.search !== shownAt && void show());
// A view that changed something asks for a fresh look.
document.addEventListener("shop:refresh", () => void show({ keep: true }));

const search = find("#search");
search.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = new FormData(/** @type {HTMLFormElement} */ (search)).get("q");
  go(`/products?q=${encodeURIComponent(String(text ?? "").trim())}`);
});

/** Fills the switcher, and shows the page anew when somebody else takes over. */
const switcher = async () => {
  const select = /** @type {HTMLSelectElement} */ (find("#who"));
  const face = /** @type {HTMLImageElement} */ (find("#face"));
  try {
    const { data: people } = await api.getPeople();
    const now = user() ?? people[0]?.id ?? "";
    const draw = (/** @type {string} */ id) => {
      const person = people.find((p) => p.id === id);
      if (person) face.src = person.avatar;
      face.hidden = !person;
    };
    select.replaceChildren(...people.map((person) =>
      h("option", { value: person.id, selected: person.id === now }, `${person.name} (${person.kind})`)));
    select.disabled = false;
    draw(now);
    select.addEventListener("change", () => {
      become(select.value);
      draw(select.value);
      // Somebody else's order is no place to stay at.
      if (location.pathname.startsWith("/orders/")) go("/orders");
      else void show();
      void density();
    });
  } catch {
    select.replaceChildren(h("option", null, "nobody can be asked"));
  }
};

/** How dense this customer likes tables. */
const density = async () => {
  try {
    const { data } = await api.getAccount();
    document.documentElement.dataset.density = data.preferences.density;
  } catch {
    delete document.documentElement.dataset.density;
  }
};

void switcher();
void density();
void show({ first: true });
