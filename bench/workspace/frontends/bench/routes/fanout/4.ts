import { route } from "frontage";
import { store } from "#upstreams";
import { brief } from "../../lib/brief.ts";

export const GET = route(async () => {
  const [p1, p2, p3, p4] = await Promise.all([
    store.getItem({ id: "1" }),
    store.getItem({ id: "2" }),
    store.getItem({ id: "3" }),
    store.getItem({ id: "4" }),
  ]);
  return {
    p1: brief(p1),
    p2: brief(p2),
    p3: brief(p3),
    p4: brief(p4),
  };
});
