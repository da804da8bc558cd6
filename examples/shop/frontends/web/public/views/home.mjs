// @ts-check
// The start page: the account at a glance, the last orders, what might come next.
import { api } from "../api.mjs";
import { h, icon, shapes } from "../dom.mjs";
import { empty, missing, section, status, tile } from "../pieces.mjs";

/** @import { Shown, Visit } from "../app.mjs" */

/** @param {Visit} visit @returns {Promise<Shown>} */
export const home = async ({ signal, note }) => {
  const answer = await api.getHome({ signal });
  note(answer);
  const { user, suspended, orders, favourites, picks, newest } = answer.data;
  const number = (/** @type {number} */ n) => n.toLocaleString("en");

  return {
    title: "Start",
    node: h("div", { class: "page-width start" },
      missing(answer.replaced),
      suspended && h("p", { class: "notice bad", role: "status" }, icon(shapes.warning),
        h("span", null, h("b", null, "This account is suspended"), ` since ${suspended.since}, because ${suspended.why}. You can look at everything, but not order or write reviews.`,
          suspended.case && ` Case ${suspended.case}.`)),
      h("header", { class: "welcome" },
        h("div", null,
          h("p", { class: "eyebrow" }, user.company ?? `Customer since ${user.memberSince}`),
          h("h1", { tabindex: "-1" }, `Hello, ${user.firstName}`)),
        h("dl", { class: "figures" },
          h("div", null, h("dt", null, "on their way"), h("dd", null, number(orders.moving))),
          h("div", null, h("dt", null, "orders so far"), h("dd", null, number(orders.total))),
          user.loyalty && h("div", null, h("dt", null, `points, ${user.loyalty.tier}`), h("dd", null, number(user.loyalty.points))))),
      h("div", { class: "start-columns" },
        section("Your last orders",
          orders.recent.length === 0
            ? empty("You have not ordered yet.")
            : h("ul", { class: "order-lines" }, orders.recent.map((order) =>
                h("li", null,
                  order.image ? h("img", { src: order.image, alt: "", width: 56, height: 56, loading: "lazy" }) : h("span", { class: "no-picture" }),
                  h("div", null,
                    h("a", { href: `/orders/${order.id}`, class: "cover" }, order.title),
                    h("p", { class: "quiet small" }, `${order.on} · ${order.number}`, order.more > 0 && ` · ${order.more} more ${order.more === 1 ? "product" : "products"}`)),
                  status(order.tone, order.status),
                  h("strong", { class: "number" }, order.total)))),
          h("p", null, h("a", { href: "/orders", class: "on" }, "All orders", icon(shapes.right)))),
        section("Your departments",
          favourites.length === 0
            ? empty("Choose departments in your account.", h("a", { href: "/account" }, "To the account"))
            : h("ul", { class: "departments" }, favourites.map((category) =>
                h("li", null, icon(category.icon), h("a", { href: `/products?category=${category.id}`, class: "cover" }, category.name), h("span", { class: "quiet small number" }, `${category.products}`)))))),
      picks.length > 0 && section("Picked for you", h("ul", { class: "tiles" }, picks.map(tile))),
      section("New in the catalogue", h("ul", { class: "tiles" }, newest.map(tile)))),
  };
};
