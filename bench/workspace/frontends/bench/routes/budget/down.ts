import { route } from "frontage";
import { down, store } from "#upstreams";
import { brief } from "../../lib/brief.ts";

// A part whose service is down.
export const GET = route(async () => {
  const [item, extra] = await Promise.all([
    store.getItem({ id: "1" }),
    down.getItem({ id: "2" }).catch(() => null),
  ]);
  return { item: brief(item), extra: extra && brief(extra) };
});
