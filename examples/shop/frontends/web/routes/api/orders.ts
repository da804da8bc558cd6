import { route } from "frontage";
import { z } from "zod";
import { orders } from "#upstreams";
import { day } from "#shared/dates";
import { smallest } from "#shared/images";
import { money } from "#shared/money";
import { statusLabel, statusTone } from "#shared/orders";

const groups = {
  open: ["pending", "paid", "packed", "shipped"],
  done: ["delivered"],
  undone: ["cancelled", "returned"],
} as const;

/** The customer's orders, newest first: the left side of the order history. */
export const GET = route(
  {
    query: z.object({
      show: z.enum(["all", "open", "done", "undone"]).default("all"),
      page: z.coerce.number().int().min(1).max(1000).default(1),
      pageSize: z.coerce.number().int().min(1).max(50).default(12),
    }),
  },
  async ({ query, session }) => {
    const found = await orders.listOrders({
      userId: session.sub,
      status: query.show === "all" ? undefined : [...groups[query.show]],
      limit: query.pageSize,
      offset: (query.page - 1) * query.pageSize,
    });
    return {
      total: found.total,
      page: query.page,
      pages: Math.max(1, Math.ceil(found.total / query.pageSize)),
      items: found.items.map((order) => ({
        id: order.id,
        number: order.number,
        on: day(order.placedAt),
        status: statusLabel(order.status),
        tone: statusTone(order.status),
        total: money(order.totalCents, order.currency),
        pieces: order.itemCount,
        images: order.lines.slice(0, 4).map((line) => ({ src: smallest(line.imageUrl), alt: line.name })),
        more: Math.max(0, order.lines.length - 4),
      })),
    };
  },
);
