// @ts-check
// The phone page's shell: screens by address, the bar below, who is signed in.
import { api, become, NoPage, user } from "./api.mjs";
import { pieces } from "./basket.mjs";
import { h } from "./dom.mjs";
import { refused, skeleton } from "./pieces.mjs";
import { basket } from "./views/basket.mjs";
import { home } from "./views/home.mjs";
import { order, orders } from "./views/orders.mjs";
import { product } from "./views/product.mjs";
import { search } from "./views/search.mjs";

/**
 * What a screen is given, and gives.
 * @typedef {{ params: string[], query: URLSearchParams, signal: AbortSignal }} Visit
 * @typedef {{ title: string, node: Node, back?: string }} Shown
 */

/** @type {{ at: RegExp, tab: string, view: (visit: Visit) => Promise<Shown>, wait: () => Node }[]} */
const screens = [
  { at: /^\/$/, tab: "home", view: home, wait: () => h("div", null, skeleton(1, "title"), skeleton(3, "rows"), skeleton(4, "cards")) },
  { at: /^\/search$/, tab: "search", view: search, wait: () => skeleton(8, "cards") },
  { at: /^\/products\/([^/]+)$/, tab: "search", view: product, wait: () => h("div", null, skeleton(1, "picture"), skeleton(5)) },
  { at: /^\/basket$/, tab: "basket", view: basket, wait: () => skeleton(4, "rows") },
  { at: /^\/orders$/, tab: "orders", view: orders, wait: () => skeleton(7, "rows") },
  { at: /^\/orders\/([^/]+)$/, tab: "orders", view: order, wait: () => skeleton(8) },
];

const find = (/** @type {string} */ selector) => {
  const found = document.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`no ${selector} in the page`);
  return found;
};
const main = find("main");
const back = /** @type {HTMLAnchorElement} */ (find("#back"));

let leave = new AbortController();
let shownAt = "";

/** Shows what the address says. @param {boolean} [first] */
const show = async (first = false) => {
  leave.abort();
  leave = new AbortController();
  const { signal } = leave;
  shownAt = location.pathname + location.search;
  const path = decodeURI(location.pathname);
  const found = screens.find((screen) => screen.at.test(path));
  for (const link of document.querySelectorAll("#tabs a")) {
    if (link.getAttribute("data-tab") === found?.tab) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  main.setAttribute("aria-busy", "true");
  // A quick answer needs no skeleton: it would only flicker.
  const timer = setTimeout(() => main.replaceChildren(found ? found.wait() : skeleton(4)), first ? 0 : 150);
  try {
    if (!found) throw new NoPage(`There is no screen ${path}.`);
    const shown = await found.view({ params: (found.at.exec(path) ?? []).slice(1), query: new URLSearchParams(location.search), signal });
    if (signal.aborted) return;
    clearTimeout(timer);
    main.replaceChildren(shown.node);
    document.title = `${shown.title} · Kontor`;
    find("#live").textContent = shown.title;
    back.hidden = shown.back === undefined;
    back.href = shown.back ?? "/";
  } catch (error) {
    if (signal.aborted) return;
    clearTimeout(timer);
    main.replaceChildren(refused(error, () => void show()));
    document.title = "Kontor";
    back.hidden = path === "/";
    back.href = "/";
  } finally {
    if (!signal.aborted) main.removeAttribute("aria-busy");
  }
  const heading = main.querySelector("h1");
  if (!first && heading instanceof HTMLElement) heading.focus({ preventScroll: true });
};

/** @param {string} address */
export const go = (address) => {
  if (address === location.pathname + location.search) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  window.scrollTo(0, 0);
  void show();
};

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const address = link.getAttribute("href");
  if (!address?.startsWith("/") || address.startsWith("/api/")) return;
  event.preventDefault();
  go(address);
});
// A place within the page is not another page.
window.addEventListener("popstate", () => location.pathname + location.search !== shownAt && void show());
document.addEventListener("shop:refresh", () => void show());
document.addEventListener("shop:go", (event) => go(/** @type {CustomEvent<string>} */ (event).detail));

/** How many pieces wait in the basket, on its tab. */
const badge = () => {
  const count = pieces();
  const mark = find("#count");
  mark.hidden = count === 0;
  mark.textContent = String(count);
  find("#count-text").textContent = count === 0 ? "" : `, ${count} ${count === 1 ? "piece" : "pieces"}`;
};
document.addEventListener("shop:basket", badge);

/** The sheet that says who is signed in. */
const switcher = async () => {
  const open = find("#me");
  const sheet = /** @type {HTMLDialogElement} */ (find("#people"));
  const face = /** @type {HTMLImageElement} */ (find("#face"));
  const { data: people } = await api.getPeople();
  const draw = () => {
    const now = people.find((person) => person.id === (user() ?? people[0]?.id));
    if (now) face.src = now.avatar;
    face.hidden = now === undefined;
    open.setAttribute("aria-label", `Signed in as ${now?.name ?? "nobody"}. Change`);
    find("#people ul").replaceChildren(...people.map((person) =>
      h("li", null, h("button", {
        type: "button", class: "person", "aria-pressed": String(person === now),
        onclick: () => {
          become(person.id);
          sheet.close();
          draw();
          badge();
          // Somebody else's order is no place to stay at.
          if (location.pathname.startsWith("/orders/")) go("/orders");
          else void show();
        },
      }, h("img", { src: person.avatar, alt: "", width: 40, height: 40 }), h("span", null, person.name), h("span", { class: "quiet small" }, person.kind)))));
  };
  open.addEventListener("click", () => sheet.showModal());
  sheet.addEventListener("click", (event) => event.target === sheet && sheet.close());
  draw();
};

badge();
switcher().catch(() => (find("#me").hidden = true));
void show(true);
