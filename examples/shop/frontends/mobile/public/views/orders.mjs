// @ts-check
// Orders month by month, and where one of them is; also what is shown when one was just placed.
import { api } from "../api.mjs";
import { h, icon, shapes, thumb } from "../dom.mjs";
import { empty, orderRow } from "../pieces.mjs";

/** @import { Shown, Visit } from "../app.mjs" */

/** @param {Visit} visit @returns {Promise<Shown>} */
export const orders = async ({ signal }) => {
  const { data } = await api.getOrders({ signal });
  return {
    title: "Orders",
    node: h("div", { class: "screen" }, h("h1", { tabindex: "-1" }, "Orders"),
      data.months.length === 0
        ? empty("You have not ordered yet.", h("a", { href: "/search", class: "button primary" }, "Find something"))
        : data.months.map(({ month, orders: list }, index) => h("section", { "aria-labelledby": `m${index}` }, h("h2", { id: `m${index}` }, month), h("ul", { class: "lines" }, list.map(orderRow)))),
      data.total > 15 && h("p", { class: "quiet small center" }, `The last 15 of ${data.total} orders. The others are on the desktop page.`)),
  };
};

/** @param {Visit} visit @returns {Promise<Shown>} */
export const order = async ({ params: [id = ""], query, signal }) => {
  const { data } = await api.getOrdersById({ params: { id }, signal });
  const placed = query.has("placed");
  return {
    title: placed ? "Thank you" : `Order ${data.number}`,
    back: "/orders",
    node: h("article", { class: "screen" },
      placed
        ? h("header", { class: "thanks" }, h("span", { class: "tick" }, icon(shapes.check)), h("h1", { tabindex: "-1" }, "Thank you!"), h("p", null, "Your order ", h("b", { id: "placed" }, data.number), " is placed."))
        : h("header", null, h("p", { class: "quiet small" }, data.on), h("h1", { tabindex: "-1" }, data.number), h("p", null, h("span", { class: `status ${data.tone}` }, data.status))),
      data.steps.length > 0 && h("ol", { class: "steps" }, data.steps.map((step) => h("li", { class: step.done ? "done" : "" }, h("b", null, step.name, step.done && h("span", { class: "hidden" }, " (done)")), step.at && h("span", { class: "quiet small" }, step.at)))),
      h("ul", { class: "lines" }, data.lines.map((line) => h("li", { class: "line" }, thumb(line.image, 56),
        h("div", { class: "grow" }, h("a", { href: `/products/${line.productId}`, class: "cover" }, line.name), h("p", { class: "quiet small" }, `${line.quantity} ${line.quantity === 1 ? "piece" : "pieces"}`)), h("span", { class: "number" }, line.total)))),
      h("dl", { class: "facts" },
        h("div", null, h("dt", null, "Shipping"), h("dd", { class: "number" }, data.shipping)),
        h("div", null, h("dt", null, "Tax"), h("dd", { class: "number" }, data.tax)),
        h("div", { class: "total" }, h("dt", null, "Total"), h("dd", { class: "number", id: "total" }, data.total)),
        h("div", null, h("dt", null, "To"), h("dd", null, data.to)),
        data.tracking && h("div", null, h("dt", null, "Parcel"), h("dd", { class: "number" }, data.tracking)))),
  };
};
