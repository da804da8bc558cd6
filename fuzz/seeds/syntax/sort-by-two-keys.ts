import { route } from "frontage";
import { records } from "#upstreams";

export const GET = route(
  async () => {
    const { items } = await records.listPatients({});
    return items.toSorted((a, b) => b.tags.length - a.tags.length || (a.name.last < b.name.last ? -1 : 1)).map((p) => p.name.last);
  },
);
