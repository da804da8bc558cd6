// frontends/mobile/routes/home.ts
import { route, error } from "frontage";
import { z } from "zod";
import { users, orders, catalog } from "#upstreams";
import { money } from "../lib/format.ts";

export const GET = route(
  { query: z.object({ limit: z.coerce.number().int().min(1).max(10).default(3) }) },
  async ({ query, session }) => {
    const user = await users.getUser({ id: session.sub });
    const recent = await orders.listOrders({ userId: user.id, limit: query.limit });
    const picks = await catalog.recommend({ segment: user.segment }, { timeout: 80 }).catch(() => []);
    if (!user.active) throw error(403, "account_suspended");

    return {
      greeting: `Hi ${user.firstName}`,
      orders: await Promise.all(
        recent.items.map(async (order) => ({
          id: order.id,
          total: money(order.totalCents, order.currency),
          title: (await catalog.getProduct({ id: order.productId })).name,
        })),
      ),
      picks: picks.slice(0, 5).map((p) => ({ id: p.id, title: p.name, image: p.images?.[0]?.url ?? null })),
    };
  },
);
