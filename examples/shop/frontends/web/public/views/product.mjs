// @ts-check
// One product: pictures, prices, stock by warehouse, reviews and a form to add one.
import { api, told } from "../api.mjs";
import { h, icon, picture, shapes, stars } from "../dom.mjs";
import { empty, missing, section, tile } from "../pieces.mjs";

/** @import { Shown, Visit } from "../app.mjs" */
/** @import { GetProductsByIdAnswer as Product } from "../client.mjs" */
/** @typedef {NonNullable<Product["reviews"]>["items"][number]} Review */

/** @param {Visit} visit @returns {Promise<Shown>} */
export const product = async ({ params: [id = ""], signal, note }) => {
  const answer = await api.getProductsById({ params: { id }, signal });
  note(answer);
  const { data } = answer;
  return {
    title: data.name,
    node: h("article", { class: "page-width product" },
      h("nav", { class: "crumbs", "aria-label": "Where this is" }, h("ol", null,
        h("li", null, h("a", { href: "/products" }, "Products")),
        data.category.path.slice(0, -1).map((name) => h("li", null, name)),
        h("li", null, h("a", { href: `/products?category=${data.category.id}` }, data.category.name)))),
      missing(answer.replaced),
      h("div", { class: "product-grid" },
        gallery(data),
        h("div", { class: "facts" },
          h("p", { class: "eyebrow" }, h("a", { href: `/products?brand=${data.brand.id}` }, data.brand.name), ` · ${data.sku}`),
          h("h1", { tabindex: "-1" }, data.name),
          h("p", { class: "tagline" }, data.tagline),
          h("p", { class: "row rating" }, stars(data.rating.average, data.rating.count),
            h("a", { href: "#reviews" }, data.rating.count === 0 ? "No reviews yet" : data.rating.count === 1 ? "1 review" : `${data.rating.count} reviews`)),
          price(data),
          h("ul", { class: "highlights" }, data.highlights.map((text) => h("li", null, icon(shapes.check), text))),
          h("p", { class: "prose" }, data.description),
          h("p", { class: "quiet small" }, `Leaves in ${data.shipping.days} ${data.shipping.days === 1 ? "day" : "days"} as ${data.shipping.kind}. Supplied by ${data.supplier.name}, ${data.supplier.country}, within ${data.supplier.leadTimeDays} days.`,
            data.shipping.restrictions.length > 0 && ` Restrictions: ${data.shipping.restrictions.join(", ")}.`))),
      h("div", { class: "product-columns" },
        section("Stock by warehouse", warehouses(data)),
        section("Specifications", h("div", { class: "specs" }, data.specs.map((group) =>
          h("div", null, h("h3", null, group.group), h("dl", null, group.items.map((item) => h("div", null, h("dt", null, item.name), h("dd", null, item.value))))))))),
      reviewed(data),
      data.related.length > 0 && section("Often compared", h("ul", { class: "tiles" }, data.related.map(tile)))),
  };
};

/** @param {Product} data */
const gallery = (data) => {
  const first = data.images[0];
  if (!first) return h("div", { class: "gallery" }, picture(null));
  const large = picture(first.large, { loading: "eager", class: "large" });
  const choose = (/** @type {Event} */ event) => {
    const button = /** @type {HTMLElement} */ (event.currentTarget);
    const image = data.images[Number(button.dataset.index)]?.large;
    if (!image) return;
    large.setAttribute("src", image.src);
    large.setAttribute("alt", image.alt);
    for (const other of button.parentElement?.parentElement?.querySelectorAll("button") ?? []) other.setAttribute("aria-pressed", String(other === button));
  };
  return h("div", { class: "gallery" }, large,
    data.images.length > 1 && h("ul", { "aria-label": "Pictures" }, data.images.map((image, index) =>
      h("li", null, h("button", { type: "button", "data-index": index, "aria-pressed": index === 0 ? "true" : "false", onclick: choose }, picture(image.thumb))))));
};

/** @param {Product} data */
const price = (data) =>
  h("div", { class: "price" },
    h("p", { class: "price-now" }, data.price, data.was !== null && h("s", null, h("span", { class: "hidden" }, "before "), data.was), data.saving !== null && h("span", { class: "badge sale" }, `−${data.saving} %`)),
    h("p", { class: "quiet small" }, "net of tax, each"),
    data.discontinued ? h("p", { class: "stock out_of_stock" }, `No longer made since ${data.discontinued}`) : data.stock && h("p", { class: `stock ${data.stock.status}` }, data.stock.label),
    data.tiers.length > 0 && h("table", { class: "tiers" }, h("caption", null, "Lower prices for more"),
      h("tbody", null, data.tiers.map((tier) => h("tr", null, h("th", { scope: "row" }, `from ${tier.from}`), h("td", { class: "number" }, tier.price))))));

/** @param {Product} data */
const warehouses = (data) =>
  data.stock === null
    ? empty("The warehouses have not answered in time.", h("button", { type: "button", class: "button", onclick: () => document.dispatchEvent(new Event("shop:refresh")) }, "Ask again"))
    : h("div", { class: "table-frame" }, h("table", { class: "plain" },
        h("thead", null, h("tr", null, h("th", { scope: "col" }, "Warehouse"), h("th", { scope: "col", class: "end" }, "Free"), h("th", { scope: "col", class: "end" }, "Reserved"), h("th", { scope: "col" }, "Shelf"), h("th", { scope: "col" }, "Next delivery"))),
        h("tbody", null, data.stock.warehouses.map((house) => h("tr", null,
          h("th", { scope: "row" }, house.name, h("span", { class: "sku" }, house.place)),
          h("td", { class: "end number" }, h("strong", { class: house.available === 0 ? "quiet" : "" }, String(house.available))),
          h("td", { class: "end number quiet" }, String(house.reserved)),
          h("td", { class: "number quiet" }, house.bin),
          h("td", { class: "quiet" }, house.restock ?? "–")))),
        h("tfoot", null, h("tr", null, h("th", { scope: "row" }, "Together"), h("td", { class: "end number" }, h("strong", null, String(data.stock.available))), h("td", { colspan: 3 })))));

/** @param {Product} data */
const reviewed = (data) => {
  const list = h("ol", { class: "reviews" }, data.reviews?.items.map(review));
  const total = data.reviews?.total ?? 0;
  const more = h("button", { type: "button", class: "button" }, "Show more reviews");
  more.hidden = list.children.length >= total;
  more.addEventListener("click", async () => {
    more.disabled = true;
    try {
      const { data: page } = await api.getProductsByIdReviews({ params: { id: data.id }, query: { offset: list.children.length, limit: 10 } });
      const added = page.items.map(review);
      list.append(...added);
      more.hidden = list.children.length >= page.total || added.length === 0;
      added[0]?.focus();
    } finally {
      more.disabled = false;
    }
  });
  const written = data.reviews?.items.some((r) => r.mine) ?? false;
  return h("section", { class: "section", id: "reviews", "aria-labelledby": "reviews-title" },
    h("h2", { id: "reviews-title" }, "Reviews"),
    h("div", { class: "review-columns" },
      h("div", { class: "review-side" },
        h("p", { class: "average" }, h("strong", null, data.rating.count === 0 ? "–" : data.rating.average.toFixed(1)), stars(data.rating.average, data.rating.count)),
        h("ul", { class: "histogram" }, data.rating.stars.map(({ stars: n, count }) =>
          h("li", null, h("span", null, `${n} ★`), h("meter", { min: 0, max: Math.max(1, data.rating.count), value: count, "aria-label": `${n} stars` }), h("span", { class: "number quiet" }, String(count))))),
        written ? h("p", { class: "quiet" }, "You have reviewed this product. Thank you!") : form(data, list)),
      h("div", null,
        data.reviews === null ? empty("The reviews have not come in time.") : total === 0 ? h("div", { id: "no-reviews" }, empty("Nobody has reviewed this product yet. Be the first.")) : null,
        list, more)));
};

/** @param {Review} data */
const review = (data) =>
  h("li", { class: data.mine ? "review mine" : "review", tabindex: "-1" },
    h("p", { class: "row" }, stars(data.rating), h("strong", null, data.title ?? ""), data.mine && h("span", { class: "badge" }, "yours")),
    h("p", { class: "prose" }, data.body),
    data.media.length > 0 && h("ul", { class: "media" }, data.media.map((medium) =>
      h("li", null, medium.kind === "photo"
        ? h("img", { src: medium.src, alt: medium.alt, width: 96, height: 96, loading: "lazy" })
        : h("span", { class: "video" }, medium.poster !== null && h("img", { src: medium.poster, alt: "", width: 96, height: 96, loading: "lazy" }), icon(shapes.play, "solid"), h("span", { class: "length" }, h("span", { class: "hidden" }, "Video, "), medium.length))))),
    h("p", { class: "quiet small" }, `${data.author}, ${data.on}`, data.verified && ", bought here", data.helpful > 0 && `, helpful to ${data.helpful}`),
    data.replies.length > 0 && h("ol", { class: "replies" }, data.replies.map((reply) =>
      h("li", null, replied(reply), reply.replies.length > 0 && h("ol", null, reply.replies.map((inner) => h("li", null, replied(inner))))))));

/** @param {{ author: string, staff: boolean, body: string, on: string }} reply */
const replied = (reply) =>
  h("p", null, h("b", null, reply.author), reply.staff && h("span", { class: "badge" }, "staff"), ` ${reply.body} `, h("span", { class: "quiet small" }, reply.on));

/** Adds a review; says at each field what is wrong with it. @param {Product} data @param {HTMLElement} list */
const form = (data, list) => {
  const said = h("p", { class: "said", role: "status" });
  /** @param {string} name @param {string} label @param {HTMLElement} input */
  const field = (name, label, input) => {
    input.setAttribute("aria-describedby", `fault-${name}`);
    return h("div", { class: "field", "data-field": name }, h("label", { for: input.id }, label), input, h("p", { class: "fault", id: `fault-${name}` }));
  };
  const submit = h("button", { type: "submit", class: "button primary" }, "Send review");
  const made = h("form", { class: "review-form", novalidate: true, "aria-labelledby": "form-title" },
    h("h3", { id: "form-title" }, "Your opinion"),
    h("fieldset", { class: "field star-input", "data-field": "rating" }, h("legend", null, "Stars"),
      [1, 2, 3, 4, 5].map((n) => h("label", null, h("input", { type: "radio", name: "rating", value: n, "aria-describedby": "fault-rating" }), h("span", { class: "hidden" }, n === 1 ? "1 star" : `${n} stars`), icon(shapes.star, "solid"))),
      h("p", { class: "fault", id: "fault-rating" })),
    field("title", "Title (optional)", h("input", { id: "review-title", name: "title", maxlength: 120 })),
    field("body", "What should others know?", h("textarea", { id: "review-body", name: "body", rows: 4, maxlength: 4000 })),
    h("p", { class: "row" }, submit), said);

  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = new FormData(made);
    const rating = Number(values.get("rating") ?? 0);
    const title = String(values.get("title") ?? "");
    faults([]);
    said.className = "said";
    said.textContent = "Sending…";
    submit.disabled = true;
    try {
      const { data: added } = await api.postProductsByIdReviews({
        params: { id: data.id },
        body: { rating, body: String(values.get("body") ?? ""), ...(title === "" ? {} : { title }) },
      });
      const entry = review(added);
      list.prepend(entry);
      document.querySelector("#no-reviews")?.remove();
      made.replaceChildren(h("p", { class: "said good", role: "status" }, "Thank you for your review."));
      entry.focus();
    } catch (error) {
      const problem = told(error);
      faults(problem.faults);
      said.className = "said bad";
      said.textContent = problem.faults.length > 0 ? "Please look at the marked fields." : (problem.text ?? problem.title);
    } finally {
      submit.disabled = false;
    }
  });

  /** @param {{ path: string, message: string }[]} found */
  const faults = (found) => {
    for (const part of made.querySelectorAll("[data-field]")) {
      const name = part.getAttribute("data-field");
      const fault = found.find((one) => one.path === name);
      const text = part.querySelector(".fault");
      if (text) text.textContent = fault ? (name === "rating" ? "Please choose 1 to 5 stars." : fault.message) : "";
      for (const input of part.querySelectorAll("input, textarea")) input.setAttribute("aria-invalid", String(fault !== undefined));
    }
    const first = made.querySelector("[aria-invalid=true]");
    if (first instanceof HTMLElement) first.focus();
  };
  return made;
};
