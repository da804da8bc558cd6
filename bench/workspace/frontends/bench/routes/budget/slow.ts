import { route } from "frontage";
import { store } from "#upstreams";
import { brief } from "../../lib/brief.ts";

// A part that is worth 80 ms of waiting, and is late.
export const GET = route(async () => {
  const [item, extra] = await Promise.all([
    store.getItem({ id: "1" }),
    store.getSlow({ id: "2" }, { timeout: 80 }).catch(() => null),
  ]);
  return { item: brief(item), extra: extra && brief(extra) };
});
