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

/** @param {ParentNode} parent @param {readonly (Child | readonly Child[])[]} children */
const fill = (parent, children) => {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    parent.append(typeof child === "number" ? String(child) : /** @type {Node | string} */ (child));
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
  fill(element, children);
  return element;
};

const SVG = "http://www.w3.org/2000/svg";

/**
 * A drawing on a 24 by 24 grid, beside a text that says the same.
 * @param {string} path
 * @param {string} [kind] `solid` fills it
 */
export const icon = (path, kind = "") => {
  const svg = document.createElementNS(SVG, "svg");
  apply(svg, { viewBox: "0 0 24 24", class: kind ? `icon ${kind}` : "icon", "aria-hidden": "true", focusable: "false" });
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
};

/** Paths for {@link icon}. */
export const shapes = {
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm4.7-1.8L20 20",
  star: "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9L3.5 9.7l5.9-.8L12 3.5Z",
  close: "M6 6l12 12M18 6 6 18",
  warning: "M12 4 2.5 20.5h19L12 4Zm0 6v5m0 2.5v.5",
  left: "M15 5l-7 7 7 7",
  right: "M9 5l7 7-7 7",
  up: "M12 6v12m0-12-4 4m4-4 4 4",
  down: "M12 18V6m0 12-4-4m4 4 4-4",
  box: "M3.5 7.5 12 3l8.5 4.5v9L12 21l-8.5-4.5v-9Zm0 0L12 12m0 0 8.5-4.5M12 12v9",
  check: "M5 12.5l4.5 4.5L19 7.5",
  play: "M8 5l11 7-11 7V5Z",
};

/**
 * Stars with their number as text for those who cannot see them.
 * @param {number} average @param {number} [count]
 */
export const stars = (average, count) => {
  const label = count === 0 ? "not rated yet" : `${average} of 5 stars`;
  const marks = [1, 2, 3, 4, 5].map((n) => {
    const mark = icon(shapes.star, "solid");
    mark.classList.toggle("off", average < n - 0.25);
    return mark;
  });
  return h("span", { class: "stars" }, h("span", { class: "marks", "aria-hidden": "true" }, marks), h("span", { class: "hidden" }, label));
};

/**
 * A picture of the catalog, or a quiet square where there is none.
 * @param {{ src: string, alt: string, width: number, height: number } | null} image
 * @param {Props} [props]
 */
export const picture = (image, props = {}) =>
  image
    ? h("img", { src: image.src, alt: image.alt, width: image.width, height: image.height, loading: "lazy", ...props })
    : h("span", { class: "no-picture", "aria-hidden": "true" });
