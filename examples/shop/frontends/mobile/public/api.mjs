// @ts-check
// This page's backend: the client that `frontage types` and `frontage dev` make of the route modules
// (client.mjs), so that a renamed field is a type error here; and who is signed in.
import { createClient, NetworkError, ProblemError } from "./client.mjs";

/** @import { Fault } from "./client.mjs" */

const USER = "shop-user";

/** Who is signed in, as the switcher says; the backend's default if it says nothing. */
export const user = () => sessionStorage.getItem(USER);

/** @param {string} id */
export const become = (id) => sessionStorage.setItem(USER, id);

export const api = createClient({ headers: () => ({ "x-frontage-dev-user": user() ?? undefined }) });

/** There is no such page. */
export class NoPage extends Error {}

/**
 * What people are told of a failure.
 * @typedef {{ status: number, title: string, text: string | undefined, code: string, faults: Fault[], requestId: string | undefined }} Told
 */

/** @param {unknown} error @returns {Told} */
export const told = (error) => {
  if (error instanceof ProblemError) {
    const { status, title, detail, code, faults, requestId } = error;
    return { status, title, text: detail, code, faults, requestId };
  }
  const plain = { faults: [], requestId: undefined };
  if (error instanceof NetworkError) {
    return { ...plain, status: 0, title: "The shop cannot be reached", text: "Please check your connection and try again.", code: "unreachable" };
  }
  if (error instanceof NoPage) return { ...plain, status: 404, title: "Not found", text: error.message, code: "no_page" };
  return { ...plain, status: 0, title: "This page has a fault", text: String(error), code: "page_fault" };
};
