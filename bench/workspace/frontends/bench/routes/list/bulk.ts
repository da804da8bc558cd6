import { route } from "frontage";
import { bulk } from "#upstreams";
import { brief } from "../../lib/brief.ts";

// As `distinct`, of a service that has a bulk operation for its items.
export const GET = route(async () => {
  const { orders } = await bulk.getOrders({ kind: "distinct" });
  return {
    orders: await Promise.all(orders.map(async ({ id, quantity, itemId }) => ({
      id, quantity, item: brief(await bulk.getItem({ id: itemId })),
    }))),
  };
});
