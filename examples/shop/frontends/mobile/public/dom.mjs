// @ts-check
// Builds elements. Text is always text: nothing here reads HTML.

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} Props */

/** @param {Element} element @param {Props} props */
const apply = (element, props) => {
  for (const [key, value] of Object.entries(props)) {
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, String(value));
  }
};

/**
 * An element: attributes, `on…` listeners, children.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Props | null} [props]
 * @param {...(Child | readonly Child[])} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export const h = (tag, props, ...children) => {
  const element = document.createElement(tag);
  apply(element, props ?? {});
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(typeof child === "number" ? String(child) : /** @type {Node | string} */ (child));
  }
  return element;
};

/** A drawing on a 24 by 24 grid, beside a text that says the same. @param {string} path @param {string} [kind] */
export const icon = (path, kind = "") => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  apply(svg, { viewBox: "0 0 24 24", class: kind ? `icon ${kind}` : "icon", "aria-hidden": "true", focusable: "false" });
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
};

/** Paths for {@link icon}. */
export const shapes = {
  star: "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9L3.5 9.7l5.9-.8L12 3.5Z",
  left: "M15 5l-7 7 7 7",
  right: "M9 5l7 7-7 7",
  box: "M3.5 7.5 12 3l8.5 4.5v9L12 21l-8.5-4.5v-9Zm0 0L12 12m0 0 8.5-4.5M12 12v9",
  check: "M5 12.5l4.5 4.5L19 7.5",
  warning: "M12 4 2.5 20.5h19L12 4Zm0 6v5m0 2.5v.5",
  truck: "M2.5 6.5h11v10h-11v-10Zm11 3.5h4l3.5 3.5v3h-7.5M6.5 19a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Zm10.5 0a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z",
};

/** A small picture; it says nothing that the text beside it does not. @param {string | null} src @param {number} side @param {string} [alt] */
export const thumb = (src, side, alt = "") =>
  src === null ? h("span", { class: "thumb none", "aria-hidden": "true" }) : h("img", { class: "thumb", src, alt, width: side, height: side, loading: "lazy" });

/** @param {number} average */
export const rated = (average) =>
  h("span", { class: "rated" }, icon(shapes.star, "solid"), h("span", { "aria-hidden": "true" }, average.toFixed(1)), h("span", { class: "hidden" }, `${average} of 5 stars`));
