import { route } from "frontage";
import { store } from "#upstreams";
import { brief } from "../../lib/brief.ts";

// One call for each of fifty orders, which name ten items.
export const GET = route(async () => {
  const { orders } = await store.getOrders({ kind: "repeated" });
  return {
    orders: await Promise.all(orders.map(async ({ id, quantity, itemId }) => ({
      id, quantity, item: brief(await store.getItem({ id: itemId })),
    }))),
  };
});
