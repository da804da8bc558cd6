import { route } from "frontage";
import { store } from "#upstreams";
import { brief } from "../../lib/brief.ts";

export const GET = route(async () => {
  const [p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15, p16] = await Promise.all([
    store.getItem({ id: "1" }),
    store.getItem({ id: "2" }),
    store.getItem({ id: "3" }),
    store.getItem({ id: "4" }),
    store.getItem({ id: "5" }),
    store.getItem({ id: "6" }),
    store.getItem({ id: "7" }),
    store.getItem({ id: "8" }),
    store.getItem({ id: "9" }),
    store.getItem({ id: "10" }),
    store.getItem({ id: "11" }),
    store.getItem({ id: "12" }),
    store.getItem({ id: "13" }),
    store.getItem({ id: "14" }),
    store.getItem({ id: "15" }),
    store.getItem({ id: "16" }),
  ]);
  return {
    p1: brief(p1),
    p2: brief(p2),
    p3: brief(p3),
    p4: brief(p4),
    p5: brief(p5),
    p6: brief(p6),
    p7: brief(p7),
    p8: brief(p8),
    p9: brief(p9),
    p10: brief(p10),
    p11: brief(p11),
    p12: brief(p12),
    p13: brief(p13),
    p14: brief(p14),
    p15: brief(p15),
    p16: brief(p16),
  };
});
