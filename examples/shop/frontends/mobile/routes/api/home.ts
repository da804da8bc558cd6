import { error, route } from "frontage";
import { z } from "zod";
import { catalog, orders, users } from "#upstreams";
import { smallest } from "#shared/images";
import { money } from "#shared/money";
import { statusLabel, statusTone } from "#shared/orders";
import { card } from "../../lib/cards.ts";
import { greeting } from "../../lib/greeting.ts";

/** The phone's first screen: a greeting, the last orders, a few picks. */
export const GET = route(
  { query: z.object({ limit: z.coerce.number().int().min(1).max(10).default(3) }) },
  async ({ query, session, request }) => {
    const user = await users.getUser({ id: session.sub });
    const recent = await orders.listOrders({ userId: session.sub, limit: query.limit });
    const picks = await catalog.recommend({ segment: user.segment, limit: 6 }, { timeout: 80 }).catch(() => []);
    if (!user.active) {
      throw error(403, "account_suspended", "Your account is suspended. Please call us; we will sort it out.");
    }

    return {
      greeting: greeting(user.firstName, request.now),
      points: user.loyalty?.points ?? null,
      orders: await Promise.all(
        recent.items.map(async (order) => {
          const product = await catalog.getProduct({ id: order.productId });
          return {
            id: order.id,
            title: product.name,
            image: product.images[0] ? smallest(product.images[0].url) : null,
            pieces: order.itemCount,
            status: statusLabel(order.status),
            tone: statusTone(order.status),
            total: money(order.totalCents, order.currency),
          };
        }),
      ),
      picks: picks.slice(0, 6).map(card),
    };
  },
);
