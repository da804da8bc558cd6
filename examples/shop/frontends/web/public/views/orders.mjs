// @ts-check
// The order history: the list on the left stays while the order on the right changes.
import { api, told, user } from "../api.mjs";
import { h } from "../dom.mjs";
import { empty, missing, pagination, refused, status } from "../pieces.mjs";

/** @import { Shown, Visit } from "../app.mjs" */
/** @import { GetOrdersAnswer as List, GetOrdersByIdAnswer as Order, GetOrdersRequest } from "../client.mjs" */
/** @typedef {NonNullable<GetOrdersRequest["query"]>} Query */

const shows = /** @type {const} */ ({ all: "All", open: "Open", done: "Delivered", undone: "Cancelled or returned" });

/** @param {Visit} visit @returns {Promise<Shown>} */
export const orders = async ({ params: [id], query, signal, main, note }) => {
  const key = `${user()}?${new URLSearchParams([...query].toSorted())}`;
  // The same list as before stays as it is, with its place and its focus.
  const kept = main.querySelector(`[data-list="${CSS.escape(key)}"]`);
  const detail = kept?.querySelector(".order-detail");
  if (kept && detail && id !== undefined) {
    detail.setAttribute("aria-busy", "true");
    for (const link of kept.querySelectorAll("a.cover")) {
      if (link.getAttribute("data-order") === id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    const { title, node } = await one(id, signal, note);
    if (signal.aborted) return { title };
    detail.replaceChildren(node);
    detail.removeAttribute("aria-busy");
    return { title, focus: node.querySelector("h2") };
  }

  const show = /** @type {Query["show"]} */ (query.get("show") ?? undefined);
  const listed = api.getOrders({ query: { show, page: Number(query.get("page") ?? 1) }, signal });
  const early = id === undefined ? null : one(id, signal, note);
  early?.catch(() => undefined);
  const answer = await listed;
  note(answer);
  const first = id ?? answer.data.items[0]?.id;
  const { title, node } = first === undefined ? { title: "Orders", node: h("p") } : await (early ?? one(first, signal, note));
  return {
    title,
    node: h("div", { class: "history", "data-list": key },
      list(answer.data, query, first),
      h("section", { class: "order-detail", "aria-label": "Order" }, node)),
  };
};

/** @param {List} data @param {URLSearchParams} query @param {string | undefined} chosen */
const list = (data, query, chosen) => {
  const show = query.get("show") ?? "all";
  const suffix = query.size ? `?${query}` : "";
  return h("section", { class: "order-list", "aria-labelledby": "orders-title" },
    h("header", null, h("h1", { id: "orders-title", tabindex: "-1" }, "Orders"), h("p", { class: "quiet number", role: "status" }, String(data.total))),
    h("nav", { class: "segments", "aria-label": "Which orders" }, Object.entries(shows).map(([value, name]) =>
      h("a", { href: value === "all" ? "/orders" : `/orders?show=${value}`, "aria-current": value === show ? "true" : null }, name))),
    data.items.length === 0
      ? empty(show === "all" ? "You have not ordered yet." : "There is no such order.")
      : h("ol", { class: "order-cards" }, data.items.map((order) =>
          h("li", null,
            h("p", { class: "row between" }, h("a", { href: `/orders/${order.id}${suffix}`, class: "cover", "data-order": order.id, "data-keep": true, "aria-current": order.id === chosen ? "true" : null }, order.number), h("strong", { class: "number" }, order.total)),
            h("p", { class: "row between" }, h("span", { class: "quiet small" }, `${order.on}, ${order.pieces} ${order.pieces === 1 ? "piece" : "pieces"}`), status(order.tone, order.status)),
            h("p", { class: "order-images" }, order.images.map((image) => h("img", { src: image.src, alt: "", title: image.alt, width: 36, height: 36, loading: "lazy" })), order.more > 0 && h("span", { class: "quiet small" }, `+${order.more}`))))),
    data.pages > 1 && pagination(data.page, data.pages, (page) => {
      const next = new URLSearchParams(query);
      if (page === 1) next.delete("page");
      else next.set("page", String(page));
      return next.size ? `/orders?${next}` : "/orders";
    }));
};

/** @param {string} id @param {AbortSignal} signal @param {Visit["note"]} note */
const one = async (id, signal, note) => {
  try {
    const answer = await api.getOrdersById({ params: { id }, signal });
    note(answer);
    return { title: `Order ${answer.data.number}`, node: h("div", null, missing(answer.replaced), order(answer.data)) };
  } catch (error) {
    if (signal.aborted) throw error;
    return { title: "Order", node: h("div", null, refused(error, () => document.dispatchEvent(new Event("shop:refresh")))) };
  }
};

/** @param {Order} data */
const order = (data) =>
  h("article", { class: "order" },
    h("header", { class: "row between" },
      h("div", null, h("p", { class: "eyebrow" }, data.on), h("h2", { tabindex: "-1" }, `Order ${data.number}`)),
      h("div", { class: "row" }, status(data.tone, data.status), data.cancellable && canceller(data))),
    h("div", { class: "table-frame" }, h("table", { class: "plain lines" },
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "Product"), h("th", { scope: "col", class: "end" }, "Pieces"), h("th", { scope: "col", class: "end" }, "Each"), h("th", { scope: "col", class: "end" }, "Tax"), h("th", { scope: "col", class: "end" }, "Sum"), h("th", { scope: "col" }, "Order again"))),
      h("tbody", null, data.lines.map((line) => h("tr", null,
        h("th", { scope: "row" }, h("div", { class: "named" }, h("img", { src: line.image, alt: "", width: 40, height: 40, loading: "lazy" }),
          h("div", null, h("a", { href: `/products/${line.productId}` }, line.name), h("span", { class: "sku" }, [line.brand, line.sku, ...line.from].filter((part) => part !== null).join(" · "))))),
        h("td", { class: "end number" }, String(line.quantity)),
        h("td", { class: "end number" }, line.unit),
        h("td", { class: "end number quiet" }, line.tax),
        h("td", { class: "end number" }, h("strong", null, line.total)),
        h("td", null, line.again ? h("span", null, h("span", { class: "number" }, line.again.price), h("span", { class: "sku" }, line.again.stock)) : h("span", { class: "quiet" }, "not now"))))))),
    h("div", { class: "order-columns" },
      h("section", null, h("h3", null, "Way"), h("ol", { class: "way" }, data.history.map((event) =>
        h("li", null, h("b", null, event.status), h("span", { class: "quiet small" }, `${event.at}, by ${event.by}`), event.note && h("span", { class: "small" }, event.note))))),
      h("section", null, h("h3", null, "Ship to"), h("address", null, data.shipTo.map((part) => h("span", null, part))),
        data.billTo && [h("h3", null, "Bill to"), h("address", null, data.billTo.map((part) => h("span", null, part)))],
        data.shipment && [h("h3", null, "Shipment"), h("p", null, `${data.shipment.carrier} `, h("span", { class: "number" }, data.shipment.tracking), h("br"), h("span", { class: "quiet small" }, `sent ${data.shipment.shipped}`, data.shipment.delivered && `, delivered ${data.shipment.delivered}`, `, ${data.shipment.parcels} ${data.shipment.parcels === 1 ? "parcel" : "parcels"}`))]),
      h("section", { class: "sums" }, h("h3", null, "Sum"),
        h("dl", null, data.sums.map((sum) => h("div", null, h("dt", null, sum.name), h("dd", { class: "number" }, sum.amount))), h("div", { class: "total" }, h("dt", null, "Total"), h("dd", { class: "number" }, data.total))),
        h("p", { class: "quiet small" }, `Paid by ${data.paidBy}`), data.note && h("p", { class: "small" }, `Note: ${data.note}`))));

/** Asks before it cancels. @param {Order} data */
const canceller = (data) => {
  const said = h("p", { class: "said bad", role: "status" });
  const reason = h("input", { id: "reason", name: "reason", maxlength: 500 });
  const sure = h("button", { type: "submit", class: "button danger" }, "Cancel the order");
  const dialog = h("dialog", { "aria-labelledby": "cancel-title" },
    h("form", null, h("h2", { id: "cancel-title" }, `Cancel order ${data.number}?`), h("p", null, "Its goods go back to the shelves."),
      h("div", { class: "field" }, h("label", { for: "reason" }, "Reason (optional)"), reason), said,
      h("p", { class: "row end" }, h("button", { type: "button", class: "button", onclick: () => dialog.close() }, "Keep it"), sure)));
  dialog.addEventListener("submit", async (event) => {
    event.preventDefault();
    sure.disabled = true;
    try {
      await api.postOrdersByIdCancel({ params: { id: data.id }, body: reason.value === "" ? {} : { reason: reason.value } });
      dialog.close();
      document.querySelector("[data-list]")?.removeAttribute("data-list");
      document.dispatchEvent(new Event("shop:refresh"));
    } catch (error) {
      said.textContent = told(error).text ?? told(error).title;
    } finally {
      sure.disabled = false;
    }
  });
  return [h("button", { type: "button", class: "button", onclick: () => dialog.showModal() }, "Cancel…"), dialog];
};
