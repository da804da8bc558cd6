// @ts-check
// The basket: kept in this browser for each customer; what it costs is the backend's to say.
import { user } from "./api.mjs";

/** @typedef {{ id: string, quantity: number }} Line */

const MOST = 20;
const key = () => `shop-basket-${user() ?? ""}`;

/** @returns {Line[]} */
export const lines = () => {
  try {
    /** @type {unknown} */
    const stored = JSON.parse(localStorage.getItem(key()) ?? "[]");
    if (!Array.isArray(stored)) return [];
    return stored.filter((line) => typeof line?.id === "string" && Number.isInteger(line?.quantity) && line.quantity > 0);
  } catch {
    return [];
  }
};

/** @param {Line[]} list */
const keep = (list) => {
  localStorage.setItem(key(), JSON.stringify(list.slice(0, MOST)));
  document.dispatchEvent(new Event("shop:basket"));
};

/** Sets how many of a product are in the basket; 0 takes it out. @param {string} id @param {number} quantity */
export const put = (id, quantity) => {
  const others = lines();
  const at = others.findIndex((line) => line.id === id);
  if (at < 0 && quantity > 0) return keep([...others, { id, quantity }]);
  keep(others.flatMap((line) => (line.id !== id ? [line] : quantity > 0 ? [{ id, quantity }] : [])));
};

/** @param {string} id */
export const count = (id) => lines().find((line) => line.id === id)?.quantity ?? 0;

/** All pieces together. */
export const pieces = () => lines().reduce((sum, line) => sum + line.quantity, 0);

/** After an order: an equal one later is a new one, with a new key. */
export const clear = () => {
  sessionStorage.removeItem(`${key()}-key`);
  keep([]);
};

/**
 * The key that makes it safe to send this order again: the same until the order changes or is placed.
 * @param {unknown} order
 */
export const orderKey = (order) => {
  const place = `${key()}-key`;
  const content = JSON.stringify(order);
  /** @type {{ content?: string, value?: string }} */
  const stored = JSON.parse(sessionStorage.getItem(place) ?? "{}");
  if (stored.content === content && stored.value) return stored.value;
  const value = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  sessionStorage.setItem(place, JSON.stringify({ content, value }));
  return value;
};
