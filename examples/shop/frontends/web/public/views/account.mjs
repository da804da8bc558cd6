// @ts-check
// The account: what is known about the customer, and what they may change.
import { api, told } from "../api.mjs";
import { h, icon, shapes } from "../dom.mjs";
import { missing, section } from "../pieces.mjs";

/** @import { Shown, Visit } from "../app.mjs" */
/** @import { GetAccountAnswer as Account, GetCategoriesAnswer as Categories } from "../client.mjs" */

/** @param {Visit} visit @returns {Promise<Shown>} */
export const account = async ({ signal, note }) => {
  const [answer, categories] = await Promise.all([api.getAccount({ signal }), api.getCategories({ signal })]);
  note(answer);
  note(categories);
  const { data } = answer;
  return {
    title: "Account",
    node: h("div", { class: "page-width" },
      missing(answer.replaced),
      h("header", { class: "account-head" }, h("img", { src: data.avatar, alt: "", width: 72, height: 72 }),
        h("div", null, h("p", { class: "eyebrow" }, `${data.segment} customer since ${data.memberSince}`), h("h1", { tabindex: "-1" }, data.name),
          h("p", { class: "quiet" }, [data.email, data.phone, data.company?.name].filter((part) => part !== null && part !== undefined).join(" · ")))),
      h("div", { class: "account-columns" },
        section("Preferences", form(data, categories.data)),
        h("div", null,
          section("Addresses", h("ul", { class: "addresses" }, data.addresses.map((address) =>
            h("li", null, h("p", { class: "row between" }, h("b", null, address.label), h("span", { class: "quiet small" }, address.isDefault ? "usual" : address.kind)), h("address", null, address.lines.map((line) => h("span", null, line))))))),
          section("Consents", h("ul", { class: "consents" }, data.consents.map((consent) =>
            h("li", null, icon(consent.granted ? shapes.check : shapes.close), h("span", null, consent.kind), h("span", { class: "quiet small" }, `${consent.granted ? "granted" : "refused"} ${consent.on}`)))))))),
  };
};

/** @param {Account} data @param {Categories} categories */
const form = (data, categories) => {
  const { preferences } = data;
  const said = h("p", { class: "said", role: "status" });
  const save = h("button", { type: "submit", class: "button primary" }, "Save");
  /** @param {string} name @param {string} value @param {string} text @param {boolean} checked @param {string} [type] */
  const choice = (name, value, text, checked, type = "checkbox") => h("label", { class: "choice" }, h("input", { type, name, value, checked }), text);
  const made = h("form", { class: "preferences" },
    h("fieldset", null, h("legend", null, "Tables"), choice("density", "comfortable", "Comfortable", preferences.density === "comfortable", "radio"), choice("density", "compact", "Compact", preferences.density === "compact", "radio")),
    h("fieldset", null, h("legend", null, "Messages"), choice("newsletter", "yes", "Newsletter", preferences.newsletter),
      Object.entries(preferences.notifications).map(([channel, on]) => choice("channel", channel, `By ${channel}`, on))),
    h("fieldset", null, h("legend", null, "Departments on the start page"), categories.map((category) => choice("favourite", category.id, category.name, preferences.favouriteCategories.includes(category.id)))),
    h("p", { class: "row" }, save, said));
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = new FormData(made);
    const channels = values.getAll("channel");
    save.disabled = true;
    said.className = "said";
    said.textContent = "Saving…";
    try {
      const { data: stored } = await api.putAccountPreferences({
        body: {
          newsletter: values.has("newsletter"),
          density: values.get("density") === "compact" ? "compact" : "comfortable",
          favouriteCategories: values.getAll("favourite").map(String),
          notifications: Object.fromEntries(Object.keys(preferences.notifications).map((channel) => [channel, channels.includes(channel)])),
        },
      });
      document.documentElement.dataset.density = stored.density;
      said.className = "said good";
      said.textContent = "Saved.";
    } catch (error) {
      said.className = "said bad";
      said.textContent = told(error).text ?? told(error).title;
    } finally {
      save.disabled = false;
    }
  });
  return made;
};
