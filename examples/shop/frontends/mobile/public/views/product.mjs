// @ts-check
// A product on one small screen, with the button that puts it into the basket.
import { api } from "../api.mjs";
import { count, put } from "../basket.mjs";
import { h, icon, rated, shapes } from "../dom.mjs";
import { missing } from "../pieces.mjs";

/** @import { Shown, Visit } from "../app.mjs" */

/** @param {Visit} visit @returns {Promise<Shown>} */
export const product = async ({ params: [id = ""], signal }) => {
  const { data, replaced } = await api.getProductsById({ params: { id }, signal });
  const said = h("span", { class: "hidden", role: "status" });
  const add = h("button", { type: "button", class: "button primary wide", disabled: !data.sold });
  const most = data.stock?.most ?? 10;
  const draw = () => {
    const held = count(data.id);
    add.textContent = !data.sold ? "Sold out" : held === 0 ? `Add to basket · ${data.price}` : held < most ? `Add another · ${held} in basket` : `${held} in basket, no more to have`;
    add.disabled = !data.sold || held >= most;
  };
  add.addEventListener("click", () => {
    put(data.id, count(data.id) + 1);
    draw();
    said.textContent = `${data.name}: ${count(data.id)} in the basket`;
  });
  draw();

  return {
    title: data.name,
    back: "/search",
    node: h("article", { class: "screen product" },
      h("ul", { class: "pictures", tabindex: "0", "aria-label": "Pictures" }, data.images.map((image) => h("li", null, h("img", { ...image, loading: "lazy" })))),
      h("header", null, h("p", { class: "quiet small" }, data.brand), h("h1", { tabindex: "-1" }, data.name), h("p", { class: "quiet" }, data.tagline)),
      h("p", { class: "price" }, h("strong", { class: "number" }, data.price), data.was !== null && h("s", null, h("span", { class: "hidden" }, "before "), data.was), data.saving !== null && h("span", { class: "badge" }, `−${data.saving} %`),
        data.rating && h("span", { class: "push" }, rated(data.rating.stars), h("span", { class: "quiet small" }, ` (${data.rating.count})`))),
      missing(replaced),
      h("p", { class: "delivery" }, icon(shapes.truck), data.sold ? data.delivery : "Sold out for now", data.stock && data.stock.low !== null && h("span", { class: "low" }, `only ${data.stock.low} left`)),
      h("ul", { class: "ticks" }, data.highlights.map((text) => h("li", null, icon(shapes.check), text))),
      data.facts.length > 0 && h("dl", { class: "facts" }, data.facts.map((fact) => h("div", null, h("dt", null, fact.name), h("dd", null, fact.value)))),
      data.voices.length > 0 && h("section", { "aria-labelledby": "voices" }, h("h2", { id: "voices" }, "What others say"),
        data.voices.map((voice) => h("blockquote", null, h("p", null, voice.text), h("footer", { class: "quiet small" }, rated(voice.stars), ` ${voice.author}`, voice.with.length > 0 && ` · with ${voice.with.join(" and ")}`)))),
      h("div", { class: "action" }, add, said)),
  };
};
