import { route } from "frontage";
import { records } from "#upstreams";
import { byKey, first } from "../lib/lists.ts";

export const GET = route(async () => {
  const { items } = await records.listPatients({});
  return { ids: byKey(items, "id"), first: first(byKey(items, "balance"), 0), none: first<string>([], "none") };
});
