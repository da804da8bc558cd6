// @ts-check
// The basket, and placing the order.
import { api, told } from "../api.mjs";
import { clear, lines, orderKey, put } from "../basket.mjs";
import { h, icon, shapes, thumb } from "../dom.mjs";
import { empty, euros, missing } from "../pieces.mjs";

/** @import { Shown, Visit } from "../app.mjs" */
/** @import { GetBasketAnswer } from "../client.mjs" */
/** @typedef {GetBasketAnswer["items"][number]} Item */

/** The price of one piece when so many are bought. @param {Item} item @param {number} quantity */
const each = (item, quantity) => item.tiers.findLast((tier) => tier.from <= quantity)?.cents ?? item.cents;

/** @param {Visit} visit @returns {Promise<Shown>} */
export const basket = async ({ signal }) => {
  const held = lines();
  if (held.length === 0) {
    return { title: "Basket", node: h("div", { class: "screen" }, h("h1", { tabindex: "-1" }, "Basket"), empty("Nothing in here yet.", h("a", { href: "/search", class: "button primary" }, "Find something"))) };
  }
  const [answer, checkout] = await Promise.all([
    api.getBasket({ query: { id: held.map((line) => line.id) }, signal }),
    api.getCheckout({ signal }),
  ]);
  const { items, gone } = answer.data;
  for (const id of gone) put(id, 0);

  const net = h("strong", { class: "number" });
  const total = () => {
    const now = lines();
    net.textContent = euros(items.reduce((sum, item) => {
      const quantity = now.find((line) => line.id === item.id)?.quantity ?? 0;
      return sum + quantity * each(item, quantity);
    }, 0));
  };
  const list = h("ul", { class: "lines" }, items.map((item) => row(item, held.find((line) => line.id === item.id)?.quantity ?? 1, total)));
  total();

  const said = h("div", { class: "said", role: "alert" });
  const place = h("button", { type: "submit", class: "button primary wide" }, "Place order");
  const form = h("form", { class: "checkout" },
    h("fieldset", null, h("legend", null, "Where to?"), checkout.data.addresses.map((address, index) =>
      h("label", { class: "choice" }, h("input", { type: "radio", name: "address", value: address.id, checked: index === 0 }), h("span", null, h("b", null, address.label), h("span", { class: "quiet small" }, address.line))))),
    h("label", { for: "note", class: "small" }, "Note for us (optional)"), h("input", { id: "note", name: "note", maxlength: 500, autocomplete: "off" }),
    h("p", { class: "row between sum" }, h("span", null, "Goods, net of tax"), net),
    said, place);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = new FormData(form);
    const note = String(values.get("note") ?? "").trim();
    const order = {
      lines: lines().map((line) => ({ productId: line.id, quantity: line.quantity })),
      addressId: String(values.get("address") ?? ""),
      ...(note === "" ? {} : { note }),
    };
    place.disabled = true;
    place.textContent = "Placing the order…";
    said.replaceChildren();
    try {
      const { data: placed } = await api.postOrders({ body: order, headers: { "idempotency-key": orderKey(order) } });
      clear();
      document.dispatchEvent(new CustomEvent("shop:go", { detail: `/orders/${placed.id}?placed=1` }));
    } catch (error) {
      const problem = told(error);
      said.replaceChildren(h("p", { class: "notice bad" }, icon(shapes.warning), h("span", null, problem.text ?? problem.title,
        problem.faults.map((fault) => h("span", { class: "block" }, `${fault.path || fault.in}: ${fault.message}`)))));
      place.disabled = false;
      place.textContent = "Place order";
    }
  });

  return {
    title: "Basket",
    node: h("div", { class: "screen" }, h("h1", { tabindex: "-1" }, "Basket"), missing(answer.replaced),
      gone.length > 0 && h("p", { class: "notice", role: "status" }, icon(shapes.warning), gone.length === 1 ? "One product is no longer sold; it was taken out." : `${gone.length} products are no longer sold; they were taken out.`),
      list, form),
  };
};

/** @param {Item} item @param {number} quantity @param {() => void} changed */
const row = (item, quantity, changed) => {
  const shown = h("output", { class: "number", "aria-live": "polite" }, String(quantity));
  const price = h("p", { class: "quiet small number" });
  let now = quantity;
  const less = h("button", { type: "button", "aria-label": `One ${item.name} less` }, "−");
  const more = h("button", { type: "button", "aria-label": `One ${item.name} more` }, "+");
  const line = h("li", { class: "line" }, thumb(item.image, 56),
    h("div", { class: "grow" }, h("a", { href: `/products/${item.id}` }, item.name), price), h("div", { class: "stepper" }, less, shown, more));
  const draw = () => {
    shown.textContent = String(now);
    price.textContent = `${euros(each(item, now))} each`;
    more.disabled = now >= item.most;
  };
  const set = (/** @type {number} */ next) => {
    now = next;
    put(item.id, now);
    changed();
    if (now === 0) {
      const list = line.parentElement;
      line.remove();
      if (list?.children.length === 0) document.dispatchEvent(new Event("shop:refresh"));
      else list?.querySelector("a")?.focus();
    } else draw();
  };
  less.addEventListener("click", () => set(now - 1));
  more.addEventListener("click", () => set(now + 1));
  draw();
  return line;
};
