import { route } from "frontage";
import { records } from "#upstreams";

export const GET = route(
  async () => {
    const { name, notes } = await records.getPatient({ id: "p1" });
    return {
      keys: Object.keys(name),
      values: Object.values(name),
      entries: Object.entries(notes ?? {}),
      swapped: Object.fromEntries(Object.entries(name).map(([key, value]) => [value, key])),
    };
  },
);
