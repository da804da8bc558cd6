// @ts-check
// Home: a greeting, the last orders, a few picks.
import { api } from "../api.mjs";
import { h, icon, shapes } from "../dom.mjs";
import { card, empty, missing, orderRow } from "../pieces.mjs";

/** @import { Shown, Visit } from "../app.mjs" */

/** @param {Visit} visit @returns {Promise<Shown>} */
export const home = async ({ signal }) => {
  const { data, replaced } = await api.getHome({ query: { limit: 3 }, signal });
  return {
    title: "Home",
    node: h("div", { class: "screen" },
      h("header", { class: "hello" }, h("h1", { tabindex: "-1" }, data.greeting),
        data.points !== null && h("p", { class: "quiet" }, h("span", { class: "number" }, data.points.toLocaleString("en")), " points collected")),
      missing(replaced),
      h("section", { "aria-labelledby": "last" }, h("div", { class: "row between" }, h("h2", { id: "last" }, "Last orders"), h("a", { href: "/orders", class: "on" }, "All", icon(shapes.right))),
        data.orders.length === 0 ? empty("You have not ordered yet.", h("a", { href: "/search", class: "button primary" }, "Find something")) : h("ul", { class: "lines" }, data.orders.map(orderRow))),
      data.picks.length > 0 && h("section", { "aria-labelledby": "picks" }, h("h2", { id: "picks" }, "Picked for you"), h("ul", { class: "cards" }, data.picks.map(card)))),
  };
};
